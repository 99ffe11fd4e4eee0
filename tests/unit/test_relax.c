/* Queries that nothing matches: corrections, words that may be missing, suggestions, and what a required filter hides;
 * and the list of the vocabulary. */
#include "fixture.h"

/* Invented records. */
static const char *const records[] = {
    "{\"id\":\"a\",\"title\":\"Smuggling at Chongjin\",\"status\":\"public\",\"places\":[\"Korea\"],"
    "\"body\":\"The consul reports smuggling of ginseng through the harbour of Chongjin in winter.\"}",
    "{\"id\":\"b\",\"title\":\"Harbours\",\"status\":\"public\",\"places\":[\"Korea\"],"
    "\"body\":\"Chongjin and Wonsan are harbours. Fishing goes on in winter.\"}",
    "{\"id\":\"c\",\"title\":\"Snuggling\",\"status\":\"public\",\"places\":[\"Cuba\"],"
    "\"body\":\"Children are snuggling in the cold of the shelters.\"}",
    "{\"id\":\"d\",\"title\":\"Consul\",\"status\":\"public\",\"places\":[\"Cuba\"],"
    "\"body\":\"The consul went to Wonsan by rail.\"}",
    "{\"id\":\"e\",\"title\":\"Draft\",\"status\":\"draft\",\"places\":[\"Korea\"],"
    "\"body\":\"Plutonium was seen in wintery Wonsan by the consul, and plutonium once more.\"}",
    NULL};

static int set_up(void **state) {
    const int failed = fixture_set_up(state);
    if (failed == 0)
        fixture_build(records);
    return failed;
}

typedef struct asked {
    search_index *index;
    search_results *results;
    const search_relaxation *relaxed;
} asked;

static asked ask_request(const search_request *request) {
    asked a = {.index = fixture_open()};
    assert_ok(search_run(a.index, request, &a.results, &last_error));
    a.relaxed = search_results_relaxation(a.results);
    return a;
}

static asked ask(const char *text, const char *filter) {
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of(text);
    request.required_filter = search_text_of(filter);
    request.relax = true;
    return ask_request(&request);
}

static void done(asked *a) {
    search_results_free(a->results);
    search_index_free(a->index);
}

/* The ids of the hits, sorted, and how the query was relaxed, such as "a b | smugling>smuggling@0 | -zzz | 2/3"; and
 * the suggestion. */
static void assert_answer(const char *query, const char *filter, const char *expected, const char *suggestion) {
    char told[512];
    size_t n = 0;
    asked a = ask(query, filter);
    for (char id = 'a'; id <= 'e'; id++)
        for (size_t i = 0; i < search_results_n_hits(a.results); i++)
            if (search_results_hit(a.results, i)->id.bytes[0] == id)
                n += (size_t)snprintf(told + n, sizeof told - n, "%s%c", n > 0 ? " " : "", id);
    told[n] = '\0';
    assert_int_equal(search_results_total(a.results), search_results_n_hits(a.results));
    for (size_t i = 0; a.relaxed != NULL && i < a.relaxed->n_corrections; i++) {
        const search_correction *c = &a.relaxed->corrections[i];
        n += (size_t)snprintf(told + n, sizeof told - n, " | %.*s>%.*s@%zu", (int)c->from.n_bytes, c->from.bytes,
                              (int)c->to.n_bytes, c->to.bytes, c->offset);
    }
    for (size_t i = 0; a.relaxed != NULL && i < a.relaxed->n_missing; i++) {
        const search_text word = a.relaxed->missing[i];
        n += (size_t)snprintf(told + n, sizeof told - n, " | -%.*s", (int)word.n_bytes, word.bytes);
    }
    if (a.relaxed != NULL)
        snprintf(told + n, sizeof told - n, " | %zu/%zu", a.relaxed->n_required, a.relaxed->n_words);
    assert_string_equal(told, expected);
    assert_text(search_results_suggestion(a.results), suggestion);
    assert_string_equal(search_results_query(a.results), query);
    done(&a);
}

/* ---- Relaxing --------------------------------------------------------------------------------------------------- */

static void what_matches_is_not_relaxed(void **state) {
    (void)state;
    assert_answer("chongjin winter", "", "a b", "");
    assert_answer("smuggling chongjin", "", "a", "");
}

/* `snuggling` is as near to the wrong word as `smuggling`: the other word decides. */
static void a_word_takes_the_correction_that_occurs_with_the_others(void **state) {
    (void)state;
    assert_answer("suggling chongjin", "", "a | suggling>smuggling@0 | 2/2", "");
    assert_answer("cold suggling", "", "c | suggling>snuggling@5 | 2/2", "");
    assert_answer("ginsegn", "", "a | ginsegn>ginseng@0 | 1/1", "");
    assert_answer("smugglign chogjin", "", "a | smugglign>smuggling@0 | chogjin>chongjin@10 | 2/2", "");
}

static void words_may_be_missing(void **state) {
    (void)state;
    assert_answer("chongjin winter shelters", "", "a b | 2/3", "");
    assert_answer("zzyzx rail", "", "d | -zzyzx | 1/2", "");
    assert_answer("zzyzx rail smugglign", "", "a d | smugglign>smuggling@11 | -zzyzx | 1/3", "");
    assert_answer("ginseng 19991", "", "a | -19991 | 1/2", "");
    assert_answer("zzyzx", "", "", "");
    assert_answer("zzyzx -rail", "", "", "");
}

static void only_bare_words_give_way(void **state) {
    (void)state;
    assert_answer("ginseng \"cold harbour\"", "", "", "");
    assert_answer("title:draft ginseng", "", "e | 0/1", "");
    assert_answer("ginseng exact:shelters", "", "c | 0/1", "");
    assert_answer("ginseng rail -consul", "", "", "");
    assert_answer("ginsegn OR rial", "", "", "");
    assert_answer("exact:ginsegn", "", "", "");
}

static void relaxing_must_be_asked(void **state) {
    (void)state;
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of("ginsegn winter");
    asked a = ask_request(&request);
    assert_int_equal(search_results_total(a.results), 0);
    assert_null(a.relaxed);
    assert_text(search_results_suggestion(a.results), "ginseng winter");
    done(&a);
}

/* What is relaxed is decided before the selections; facets, dates and pages use the one set. */
static void selections_do_not_relax(void **state) {
    (void)state;
    const search_where cuba = {search_text_of("places"), search_text_of("Cuba")};
    const search_facet_request facet = {.name = search_text_of("places")};
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of("ginseng winter");
    request.relax = true;
    request.wheres = &cuba;
    request.n_wheres = 1;
    asked a = ask_request(&request);
    assert_int_equal(search_results_total(a.results), 0);
    assert_null(a.relaxed);
    done(&a);
    request.query = search_text_of("chongjin winter shelters");
    request.wheres = NULL;
    request.n_wheres = 0;
    request.facets = &facet;
    request.n_facets = 1;
    request.limit = 1;
    request.offset = 1;
    a = ask_request(&request);
    assert_int_equal(search_results_total(a.results), 2);
    assert_int_equal(search_results_facet(a.results, 0)->values[0].count, 2);
    assert_int_equal(search_results_dates(a.results).undated, 2);
    assert_int_equal(search_results_n_hits(a.results), 1);
    assert_text(search_results_hit(a.results, 0)->id, "b");
    done(&a);
}

static void the_json_door_relaxes_when_asked(void **state) {
    (void)state;
    static const char accepted[] = "{\"query\":\"\u00e9l\u00e9 ginsegn\",\"relax\":true,\"limit\":0}";
    static const char refused[] = "{\"query\":\"ginsegn\",\"relax\":1}";
    search_index *index = fixture_open();
    char *out = NULL;
    size_t n_out = 0;
    assert_ok(search_run_json(index, accepted, strlen(accepted), &out, &n_out, &last_error));
    assert_non_null(strstr(out, "\"relaxed\":{\"corrections\":[{\"from\":\"ginsegn\",\"to\":\"ginseng\",\"offset\":4}],"
                                "\"missing\":[\"\u00e9l\u00e9\"],\"words\":[\"\u00e9l\u00e9\",\"ginseng\"],"
                                "\"required\":1},\"suggestion\":null"));
    search_bytes_free(out);
    assert_fails(search_run_json(index, refused, strlen(refused), &out, &n_out, &last_error), SEARCH_E_ARGUMENT);
    search_index_free(index);
}

static void what_is_searched_is_marked(void **state) {
    (void)state;
    asked a = ask("ginsegn", "");
    const search_snippet *s = search_results_hit(a.results, 0)->snippets;
    assert_int_equal(s->n_marks, 1);
    assert_memory_equal(s->text.bytes + s->marks[0].from, "ginseng", 7);
    done(&a);
}

/* ---- Suggestions ------------------------------------------------------------------------------------------------ */

static void a_word_is_corrected_in_its_field(void **state) {
    (void)state;
    assert_answer("title:smugling", "", "", "title:smuggling");
    assert_answer("places:korae", "", "", "places:korea");
    assert_answer("title:korae", "", "", "");
    assert_answer("\"smugling of ginseng\"", "", "", "\"smuggling of ginseng\"");
    assert_answer("\"smuggling of ginsegn\" smugling", "", "", "\"smuggling of ginseng\" smuggling");
}

/* Both words are words of the index, but not of one record. */
static void a_word_that_exists_is_put_otherwise(void **state) {
    (void)state;
    assert_answer("ginseng harbour snuggling", "", "a | 2/3", "ginseng harbour smuggling");
    assert_answer("rail snuggling", "", "c d | 1/2", "");
}

static void a_suggestion_finds_more_with_the_filters(void **state) {
    (void)state;
    const search_where cuba = {search_text_of("places"), search_text_of("Cuba")};
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of("title:darft");
    request.wheres = &cuba;
    request.n_wheres = 1;
    asked a = ask_request(&request);
    assert_text(search_results_suggestion(a.results), "");
    done(&a);
    request.query = search_text_of("title:smugling"); /* `smuggling` is nearer, but not there */
    a = ask_request(&request);
    assert_text(search_results_suggestion(a.results), "title:snuggling");
    done(&a);
}

/* ---- The required filter ---------------------------------------------------------------------------------------- */

static void what_is_not_allowed_does_not_exist(void **state) {
    (void)state;
    assert_answer("plutonim", "", "e | plutonim>plutonium@0 | 1/1", "");
    assert_answer("plutonim", "status:public", "", "");
    assert_answer("title:darft", "", "", "title:draft");
    assert_answer("title:darft", "status:public", "", "");
    assert_answer("\"plutonim was\"", "status:public", "", "");
    assert_answer("plutonium consul", "", "e", "");
    assert_answer("plutonium consul", "status:public", "a d | -plutonium | 1/2", "");
    assert_answer("plutonium zzyzx", "status:public", "", "");
    assert_answer("\"in wintery\"", "", "e", "");
    assert_answer("\"in wintery\"", "status:public", "", "\"in winter\"");
}

static void cables_like_a_hidden_one_are_not_told(void **state) {
    (void)state;
    search_index *index = fixture_open();
    search_results *results = NULL;
    search_request request = SEARCH_REQUEST_INIT;
    request.similar_to = search_text_of("e");
    request.max_terms = 1; /* of what is asked, not of what a record holds */
    assert_ok(search_run(index, &request, &results, &last_error));
    assert_true(search_results_total(results) > 1);
    assert_non_null(strstr(search_results_query(results), " OR "));
    search_results_free(results);
    request.required_filter = search_text_of("status:public");
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_NOT_FOUND);
    assert_string_equal(last_error.id, "index.no_record");
    assert_null(results);
    request.similar_to = search_text_of("a");
    assert_ok(search_run(index, &request, &results, &last_error));
    assert_int_equal(search_results_total(results), 2); /* b and d */
    search_results_free(results);
    search_index_free(index);
}

static void a_nul_is_no_end_of_what_was_asked(void **state) {
    (void)state;
    search_request request = SEARCH_REQUEST_INIT;
    request.query = (search_text){"\"consul\0zz\" smugling", 21};
    asked a = ask_request(&request);
    assert_int_equal(search_results_total(a.results), 0);
    assert_string_equal(search_results_query(a.results), "\"consul");
    done(&a);
}

/* ---- The vocabulary --------------------------------------------------------------------------------------------- */

static void assert_terms(const char *pattern, const char *field, const char *filter, bool by_word,
                         const char *expected) {
    char told[512] = "";
    size_t n = 0;
    search_index *index = fixture_open();
    search_term_list *list = NULL;
    search_terms_request request = SEARCH_TERMS_REQUEST_INIT;
    request.pattern = search_text_of(pattern);
    request.field = search_text_of(field);
    request.required_filter = search_text_of(filter);
    request.by_word = by_word;
    request.limit = 4;
    assert_ok(search_terms(index, &request, &list, &last_error));
    for (size_t i = 0; search_term_list_term(list, i) != NULL; i++) {
        const search_term *t = search_term_list_term(list, i);
        n += (size_t)snprintf(told + n, sizeof told - n, "%.*s/%d ", (int)t->word.n_bytes, t->word.bytes,
                              (int)t->n_records);
    }
    snprintf(told + n, sizeof told - n, "of %zu", search_term_list_n_all(list));
    assert_string_equal(told, expected);
    search_term_list_free(list);
    search_index_free(index);
}

static void terms_of_a_beginning_or_a_pattern(void **state) {
    (void)state;
    assert_terms("Wons", "", "", false, "wonsan/3 of 1");
    assert_terms("s", "", "", false, "seen/1 shelters/1 smuggling/1 snuggling/1 of 4");
    assert_terms("*uggling", "", "", false, "smuggling/1 snuggling/1 of 2");
    assert_terms("s?uggling", "title", "", true, "smuggling/1 snuggling/1 of 2");
    assert_terms("harbo?r", "", "", false, "harbour/1 of 1");
    assert_terms("", "places", "", false, "korea/3 cuba/2 of 2");
    assert_terms("xyz", "", "", false, "of 0");
    assert_terms("-", "places", "", false, "korea/3 cuba/2 of 2");
}

static void terms_of_records_that_are_allowed(void **state) {
    (void)state;
    assert_terms("plu", "", "", false, "plutonium/1 of 1");
    assert_terms("plu", "", "status:public", false, "of 0");
    assert_terms("wonsan", "", "status:public", false, "wonsan/2 of 1");
    assert_terms("", "places", "status:public", true, "cuba/2 korea/2 of 2");
}

static void bad_requests_for_terms_are_refused(void **state) {
    (void)state;
    search_index *index = fixture_open();
    search_term_list *list = NULL;
    search_terms_request request = SEARCH_TERMS_REQUEST_INIT;
    request.pattern = search_text_of("il sung");
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_ARGUMENT);
    assert_string_equal(last_error.id, "terms.pattern");
    assert_null(list);
    request.pattern = search_text_of("\xff");
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_ARGUMENT);
    char longest[1026];
    memset(longest, '*', sizeof longest);
    request.pattern = (search_text){longest, 1025};
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_LIMIT);
    request.pattern.n_bytes = 1024;
    assert_ok(search_terms(index, &request, &list, &last_error));
    search_term_list_free(list);
    request.pattern = search_text_of("a");
    request.field = search_text_of("colour");
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_QUERY);
    assert_non_null(strstr(last_error.hint, "title"));
    request.field = search_text_of("body");
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_ARGUMENT);
    request.field = search_text_of("");
    request.required_filter = search_text_of("&");
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_ARGUMENT);
    request.size = 3;
    assert_fails(search_terms(index, &request, &list, &last_error), SEARCH_E_ARGUMENT);
    search_index_free(index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matches_is_not_relaxed),
        cmocka_unit_test(a_word_takes_the_correction_that_occurs_with_the_others),
        cmocka_unit_test(words_may_be_missing),
        cmocka_unit_test(only_bare_words_give_way),
        cmocka_unit_test(relaxing_must_be_asked),
        cmocka_unit_test(selections_do_not_relax),
        cmocka_unit_test(the_json_door_relaxes_when_asked),
        cmocka_unit_test(what_is_searched_is_marked),
        cmocka_unit_test(a_word_is_corrected_in_its_field),
        cmocka_unit_test(a_word_that_exists_is_put_otherwise),
        cmocka_unit_test(a_suggestion_finds_more_with_the_filters),
        cmocka_unit_test(what_is_not_allowed_does_not_exist),
        cmocka_unit_test(cables_like_a_hidden_one_are_not_told),
        cmocka_unit_test(a_nul_is_no_end_of_what_was_asked),
        cmocka_unit_test(terms_of_a_beginning_or_a_pattern),
        cmocka_unit_test(terms_of_records_that_are_allowed),
        cmocka_unit_test(bad_requests_for_terms_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, fixture_tear_down);
}
