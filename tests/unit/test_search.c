/* What searches answer at their edges: scores, pages, facets and selections against counting by hand, passages of any
 * text, limits, and the JSON door. */
#include "fixture.h"
#include "libsearch/support/utf8.h"

#include <jansson.h>
#include <pthread.h>
#include <time.h>

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

static search_index *index_of(const scratch *s, const char *const *records) {
    rebuild(s->index, records);
    return open_index(s->index);
}

static search_results *answer(const search_index *index, search_request *request, const char *query) {
    search_results *results = NULL;
    request->query = text_of(query);
    assert_ok(search_run(index, request, &results, &last_error));
    return results;
}

/* The ids of all hits, joined by blanks. */
static const char *ids_of(const search_index *index, const char *query) {
    static char ids[4096];
    search_request request = SEARCH_REQUEST_INIT;
    request.limit = 1000;
    search_results *results = answer(index, &request, query);
    ids[0] = '\0';
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_text id = search_results_hit(results, i)->id;
        strcat(ids, i == 0 ? "" : " ");
        strncat(ids, id.bytes, id.n_bytes);
    }
    assert_int_equal(search_results_total(results), search_results_n_hits(results));
    search_results_free(results);
    return ids;
}

static double score_of(const search_index *index, const char *query, const char *id) {
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = answer(index, &request, query);
    double score = -1;
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        if (hit->id.n_bytes == strlen(id) && memcmp(hit->id.bytes, id, hit->id.n_bytes) == 0)
            score = hit->score;
    }
    search_results_free(results);
    return score;
}

static const search_facet_value *find_value(const search_facet_counts *facet, search_text value) {
    for (size_t i = 0; i < facet->n_values; i++) {
        const search_text v = facet->values[i].value;
        if ((v.bytes == NULL) == (value.bytes == NULL) && v.n_bytes == value.n_bytes &&
            (v.n_bytes == 0 || memcmp(v.bytes, value.bytes, v.n_bytes) == 0))
            return &facet->values[i];
    }
    return NULL;
}

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* ---- Scores and order -------------------------------------------------------------------------------------------- */

/* A phrase counts as one word: as often and in as many records as it occurs. */
static void test_a_phrase_scores_as_a_word(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"alpha beta one gamma two\"}",
                                 "{\"id\":\"2\",\"body\":\"alpha beta gamma alpha beta gamma alpha\"}",
                                 "{\"id\":\"3\",\"body\":\"beta alpha three four\"}",
                                 "{\"id\":\"4\",\"title\":\"alpha beta gamma\",\"body\":\"five\"}",
                                 "{\"id\":\"5\",\"people\":[\"Alpha Beta\",\"Gamma\"],\"body\":\"six\"}"));
    static const char *const ids[] = {"1", "2", "4", "5"};
    for (size_t i = 0; i < 4; i++)
        assert_true(score_of(index, "\"alpha beta\"", ids[i]) == score_of(index, "gamma", ids[i]));
    assert_true(score_of(index, "gamma", "1") > 0);
    assert_true(score_of(index, "gamma", "2") > score_of(index, "gamma", "1"));
    assert_true(score_of(index, "\"alpha beta\"", "3") < 0);
    search_index_free(index);
}

static void test_the_title_weighs_more_than_the_body(void **state) {
    search_index *index = index_of(
        *state,
        RECORDS("{\"id\":\"b\",\"title\":\"Report on grain\",\"body\":\"missiles were seen\",\"summary\":\"fish\"}",
                "{\"id\":\"t\",\"title\":\"Report on missiles\",\"body\":\"grain was seen\",\"summary\":\"fish\"}",
                "{\"id\":\"s\",\"title\":\"Report on fish\",\"body\":\"fish was seen\",\"summary\":\"missiles\"}"));
    assert_string_equal(ids_of(index, "missiles"), "t s b");
    search_index_free(index);
}

static void test_ties_end_in_date_and_id(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"b\",\"body\":\"same\",\"date\":\"1960\"}", "{\"id\":\"\xC3\xA9\",\"body\":\"same\"}",
                        "{\"id\":\"a\",\"body\":\"same\",\"date\":\"1960\"}", "{\"id\":\"Z\",\"body\":\"same\"}",
                        "{\"id\":\"9\",\"body\":\"same\"}", "{\"id\":\"10\",\"body\":\"same\"}",
                        "{\"id\":\"n\",\"body\":\"same\",\"date\":\"1961-05-05\"}"));
    assert_string_equal(ids_of(index, "same"), "n a b 10 9 Z \xC3\xA9");
    assert_string_equal(ids_of(index, ""), "n a b 10 9 Z \xC3\xA9");
    assert_string_equal(ids_of(index, "-nothing"), "n a b 10 9 Z \xC3\xA9");
    assert_true(score_of(index, "", "n") == 0.0);
    assert_true(score_of(index, "-nothing", "n") == 0.0);
    search_index_free(index);
}

static void test_excluded_words_do_not_score(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"body\":\"war and peace\"}", "{\"id\":\"2\",\"body\":\"war and war\"}"));
    assert_true(score_of(index, "war -peace", "2") == score_of(index, "war", "2"));
    assert_true(score_of(index, "war OR -peace", "1") == score_of(index, "war", "1"));
    search_index_free(index);
}

/* ---- Matching -----------------------------------------------------------------------------------------------------
 */

static void test_phrases_stay_within_a_value(void **state) {
    search_index *index = index_of(
        *state,
        RECORDS(
            "{\"id\":\"1\",\"body\":\"ends here\",\"title\":\"Begins there\",\"people\":[\"Kim Il\",\"Sung Pak\"]}"));
    assert_string_equal(ids_of(index, "\"here begins\""), "");
    assert_string_equal(ids_of(index, "\"il sung\""), "");
    assert_string_equal(ids_of(index, "\"kim il\""), "1");
    assert_string_equal(ids_of(index, "people:\"kim il\""), "1");
    assert_string_equal(ids_of(index, "people:\"il sung\""), "");
    assert_string_equal(ids_of(index, "title:\"kim il\""), "");
    assert_string_equal(ids_of(index, "body:\"ends here\""), "1");
    assert_string_equal(ids_of(index, "body:\"begins there\""), "");
    assert_string_equal(ids_of(index, "title:\"begins there\""), "1");
    search_index_free(index);
}

static void test_phrases_with_repeated_words(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"no no never\"}", "{\"id\":\"2\",\"body\":\"no never no\"}",
                                 "{\"id\":\"3\",\"body\":\"no no no no\"}"));
    assert_string_equal(ids_of(index, "\"no no never\""), "1");
    assert_string_equal(ids_of(index, "\"no no no\""), "3");
    assert_string_equal(ids_of(index, "\"no never no\""), "2");
    assert_string_equal(ids_of(index, "\"no no no no no\""), "");
    search_index_free(index);
}

static void test_a_quoted_word_is_not_stemmed(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"body\":\"one crossing\"}", "{\"id\":\"2\",\"body\":\"two crossings\"}"));
    assert_string_equal(ids_of(index, "\"crossing\""), "1");
    assert_string_equal(ids_of(index, "crossing"), "1 2");
    assert_string_equal(ids_of(index, "CROSSINGS"), "1 2");
    search_index_free(index);
}

static void test_marks_and_apostrophes_fold(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"P\xE2\x80\x98y\xC5\x8Fngyang, 20,517 tons\"}",
                                 "{\"id\":\"2\",\"body\":\"Pyongyang 20517\"}"));
    static const char *const queries[] = {"pyongyang", "P'y\xC5\x8Fngyang", "20517", "20,517", "\"pyongyang 20517\""};
    search_request request = SEARCH_REQUEST_INIT;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        search_results *results = answer(index, &request, queries[i]);
        assert_int_equal(search_results_total(results), 2);
        search_results_free(results);
    }
    search_index_free(index);
}

static void test_words_of_any_length(void **state) {
    char word[2001];
    char json[2200];
    char query[2100];
    memset(word, 'w', 2000);
    word[2000] = '\0';
    snprintf(json, sizeof json, "{\"id\":\"1\",\"body\":\"a %s z\"}", word);
    search_index *index = index_of(*state, RECORDS(json));
    assert_string_equal(ids_of(index, word), "1");
    snprintf(query, sizeof query, "\"a %s z\"", word);
    assert_string_equal(ids_of(index, query), "1");
    snprintf(query, sizeof query, "body:%s", word);
    assert_string_equal(ids_of(index, query), "1");
    word[1999] = 'v';
    assert_string_equal(ids_of(index, word), "");
    search_index_free(index);
}

/* ---- Pages ---------------------------------------------------------------------------------------------------------
 */

static search_index *index_of_many(const scratch *s, unsigned n) {
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    unsigned seed = 7;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (unsigned i = 0; i < n; i++) {
        char json[256];
        const unsigned r = next_random(&seed);
        snprintf(json, sizeof json, "{\"id\":\"m%u\",\"body\":\"common %s %s filler\",\"date\":\"19%02u\"}",
                 i * 7919 % n, r % 3 == 0 ? "common" : "other", r % 5 == 0 ? "common rare" : "often", 40 + r % 7);
        assert_ok(put_json(w, json, &last_error));
    }
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
    return open_index(s->index);
}

static void check_pages(const search_index *index, const char *query, size_t page) {
    search_request request = SEARCH_REQUEST_INIT;
    request.limit = 10000;
    request.n_snippets = 0;
    search_results *all = answer(index, &request, query);
    const size_t total = (size_t)search_results_total(all);
    assert_int_equal(search_results_n_hits(all), total);
    request.limit = page;
    for (size_t offset = 0; offset < total + page; offset += page) {
        request.offset = offset;
        search_results *some = answer(index, &request, query);
        assert_int_equal(search_results_total(some), total);
        for (size_t i = 0; i < search_results_n_hits(some); i++) {
            const search_hit *a = search_results_hit(some, i);
            const search_hit *b = search_results_hit(all, offset + i);
            assert_int_equal(a->id.n_bytes, b->id.n_bytes);
            assert_memory_equal(a->id.bytes, b->id.bytes, a->id.n_bytes);
            assert_true(a->score == b->score);
        }
        const size_t left = offset < total ? total - offset : 0;
        assert_int_equal(search_results_n_hits(some), left < page ? left : page);
        assert_null(search_results_hit(some, search_results_n_hits(some)));
        search_results_free(some);
    }
    search_results_free(all);
}

static void test_pages_agree_with_the_whole(void **state) {
    search_index *index = index_of_many(*state, 331);
    check_pages(index, "common", 1);
    check_pages(index, "common OR rare", 10);
    check_pages(index, "", 64);
    check_pages(index, "-rare", 100);
    search_index_free(index);
}

static void test_pages_at_the_end(void **state) {
    search_index *index = index_of_many(*state, 20);
    search_request request = SEARCH_REQUEST_INIT;
    static const size_t offsets[] = {19, 20, 21, SIZE_MAX / 2, SIZE_MAX};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        request.offset = offsets[i];
        search_results *results = answer(index, &request, "common");
        assert_int_equal(search_results_total(results), 20);
        assert_int_equal(search_results_n_hits(results), i == 0 ? 1 : 0);
        search_results_free(results);
    }
    request.offset = 0;
    request.limit = 0;
    search_results *results = answer(index, &request, "common");
    assert_int_equal(search_results_total(results), 20);
    assert_int_equal(search_results_n_hits(results), 0);
    search_results_free(results);
    search_index_free(index);
}

/* ---- Limits and errors
 * ----------------------------------------------------------------------------------------------- */

static void test_limits(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"a\"}"));
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = (search_results *)&last_error;
    char query[600] = "";
    for (int i = 0; i < 257; i++)
        strcat(query, "a ");
    request.query = text_of(query);
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_LIMIT);
    assert_null(results);
    assert_string_equal(last_error.id, "query.too_many_terms");
    request.query.n_bytes -= 2;
    assert_ok(search_run(index, &request, &results, &last_error));
    search_results_free(results);
    request.query = text_of("a \"b c\" d");
    request.max_terms = 2;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_LIMIT);
    request.max_terms = 3;
    assert_ok(search_run(index, &request, &results, &last_error));
    search_results_free(results);
    request = (search_request)SEARCH_REQUEST_INIT;
    request.limit = 10000;
    assert_ok(search_run(index, &request, &results, &last_error));
    search_results_free(results);
    search_facet_request *facets = calloc(300, sizeof *facets);
    search_where *wheres = calloc(1100, sizeof *wheres);
    assert_true(facets != NULL && wheres != NULL);
    for (size_t i = 0; i < 300; i++)
        facets[i].name = text_of("year");
    for (size_t i = 0; i < 1100; i++)
        wheres[i] = (search_where){text_of("year"), text_of("1950")};
    request.facets = facets;
    request.n_facets = 257;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_LIMIT);
    request.n_facets = 256;
    assert_ok(search_run(index, &request, &results, &last_error));
    search_results_free(results);
    request.wheres = wheres;
    request.n_wheres = 1025;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_LIMIT);
    request.n_wheres = 1024;
    assert_ok(search_run(index, &request, &results, &last_error));
    search_results_free(results);
    free(facets);
    free(wheres);
    search_index_free(index);
}

static void test_requests_of_another_version(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"a\"}"));
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.size = sizeof request + 8;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    request.size = 0;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    request.size = offsetof(search_request, offset); /* an older, shorter one */
    request.limit = 99999;
    assert_ok(search_run(index, &request, &results, &last_error));
    assert_int_equal(search_results_n_hits(results), 1);
    search_results_free(results);
    search_index_free(index);
}

static void test_unknown_names(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"a\",\"series\":\"Blue\"}"));
    search_results *results = NULL;
    search_request request = SEARCH_REQUEST_INIT;
    request.query = text_of("serise:blue");
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_QUERY);
    assert_int_equal(last_error.offset, 0);
    assert_non_null(strstr(last_error.hint, "series"));
    request.query = text_of("");
    request.required_filter = text_of("a OR");
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_QUERY);
    request.required_filter = text_of("\xFF");
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    request.required_filter = text_of("");
    static const char *const names[] = {"body", "title", "", "Series", "serie", "id", "a\nb"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const search_facet_request facet = {.name = text_of(names[i])};
        request.facets = &facet;
        request.n_facets = 1;
        assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_FACET);
        assert_non_null(strstr(last_error.hint, "series"));
        const search_where where = {text_of(names[i]), text_of("x")};
        request.n_facets = 0;
        request.wheres = &where;
        request.n_wheres = 1;
        assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_FACET);
        request.n_wheres = 0;
    }
    const search_facet_request bad = {.name = text_of("caf\xE9")};
    request.facets = &bad;
    request.n_facets = 1;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    assert_true(utf8_valid(last_error.message, strlen(last_error.message)));
    search_index_free(index);
}

static bool say_stop(void *context) {
    ++*(int *)context;
    return true;
}

/* Lets the deadline pass. */
static bool dawdle(void *context) {
    (void)context;
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
    return false;
}

static void test_cancel_and_deadline(void **state) {
    search_index *index = index_of_many(*state, 30);
    static const char *const queries[] = {"", "common", "\"common other\"", "-rare", "&"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        search_request request = SEARCH_REQUEST_INIT;
        search_results *results = NULL;
        int n_asked = 0;
        request.query = text_of(queries[i]);
        request.n_snippets = 0;
        request.on_cancel = say_stop;
        request.context = &n_asked;
        assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_CANCELLED);
        assert_int_equal(n_asked, 1);
        request.on_cancel = dawdle;
        request.deadline_ms = 1;
        assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_DEADLINE);
        assert_null(results);
        request.deadline_ms = UINT32_MAX;
        assert_ok(search_run(index, &request, &results, &last_error));
        search_results_free(results);
    }
    search_index_free(index);
}

/* ---- Facets
 * ---------------------------------------------------------------------------------------------------------- */

static void test_values_by_count_then_bytes(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"body\":\"x\",\"topics\":[\"b\",\"a\",\"Z\",\"\xC3\xA9\"]}",
                        "{\"id\":\"2\",\"body\":\"x\",\"topics\":[\"b\",\"c\"]}", "{\"id\":\"3\",\"body\":\"x\"}"));
    const search_facet_request facets[] = {
        {.name = text_of("topics")}, {.name = text_of("topics"), .limit = 2}, {.name = text_of("donors"), .limit = 5}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = facets;
    request.n_facets = 3;
    search_results *results = answer(index, &request, "x");
    assert_int_equal(search_results_n_facets(results), 3);
    const search_facet_counts *topics = search_results_facet(results, 0);
    assert_text(topics->name, "topics");
    assert_int_equal(topics->n_distinct, 5);
    static const char *const expected[] = {"b", "Z", "a", "c", "\xC3\xA9"};
    assert_int_equal(topics->n_values, 6);
    for (size_t i = 0; i < 5; i++) {
        assert_text(topics->values[i].value, expected[i]);
        assert_int_equal(topics->values[i].count, i == 0 ? 2 : 1);
        assert_false(topics->values[i].selected);
    }
    assert_null(topics->values[5].value.bytes);
    assert_int_equal(topics->values[5].count, 1);
    const search_facet_counts *two = search_results_facet(results, 1);
    assert_int_equal(two->n_distinct, 5);
    assert_int_equal(two->n_values, 3);
    assert_text(two->values[1].value, "Z");
    const search_facet_counts *donors = search_results_facet(results, 2);
    assert_int_equal(donors->n_distinct, 0);
    assert_int_equal(donors->n_values, 1);
    assert_int_equal(donors->values[0].count, 3);
    assert_null(search_results_facet(results, 3));
    search_results_free(results);
    search_index_free(index);
}

static uint64_t total_where(const search_index *index, const char *facet, const char *value) {
    const search_where where = {text_of(facet), text_of(value)};
    search_request request = SEARCH_REQUEST_INIT;
    request.wheres = &where;
    request.n_wheres = 1;
    search_results *results = answer(index, &request, "");
    const uint64_t total = search_results_total(results);
    search_results_free(results);
    return total;
}

static void test_dates_are_intervals(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"day\",\"body\":\"x\",\"date\":\"1961-12-02\"}",
                                                   "{\"id\":\"month\",\"body\":\"x\",\"date\":\"December 1961\"}",
                                                   "{\"id\":\"year\",\"body\":\"x\",\"date\":\"1961\"}",
                                                   "{\"id\":\"circa\",\"body\":\"x\",\"date\":\"c. 1960\"}",
                                                   "{\"id\":\"none\",\"body\":\"x\",\"date\":\"Spring 1961\"}"));
    assert_int_equal(total_where(index, "month", "1961-12"), 4);
    assert_int_equal(total_where(index, "month", "1961-11"), 2);
    assert_int_equal(total_where(index, "year", "1961"), 4);
    assert_int_equal(total_where(index, "year", "1959"), 1);
    assert_int_equal(total_where(index, "decade", "1950s"), 1);
    assert_int_equal(total_where(index, "decade", "1960s"), 4);
    assert_int_equal(total_where(index, "decade", NULL), 1);
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = answer(index, &request, "x");
    const search_date_counts dates = search_results_dates(results);
    assert_int_equal(dates.certain, 1);
    assert_int_equal(dates.possible, 3);
    assert_int_equal(dates.undated, 1);
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        if (hit->id.bytes[0] == 'm') {
            assert_text(hit->date, "December 1961");
            assert_string_equal(hit->date_earliest, "1961-12-01");
            assert_string_equal(hit->date_latest, "1961-12-31");
        } else if (hit->id.bytes[0] == 'n') {
            assert_text(hit->date, "Spring 1961");
            assert_string_equal(hit->date_earliest, "");
            assert_string_equal(hit->date_latest, "");
        }
    }
    search_results_free(results);
    search_index_free(index);
}

/* -- Against counting by hand: random records, queries and selections. -- */

enum { n_records = 90, n_words = 5, n_tags = 4, n_places = 6, n_rounds = 400 };
static const char *const words[n_words] = {"alpha", "bravo", "charlie", "delta", "echo"};
static const char *const tags[n_tags] = {"red", "green", "blue", "grey"};
static const char *const places[n_places] = {"Asia",         "Asia > Korea", "Asia > Korea > North Korea",
                                             "Asia > China", "Europe",       "Europe > Poland"};

typedef struct model_record {
    unsigned words;  /* bits: in the body */
    unsigned titles; /* bits: in the title */
    unsigned tags;
    unsigned places; /* with their ancestors */
    unsigned year;   /* 0: none */
} model_record;

static bool is_below(const char *value, const char *ancestor) {
    const size_t n = strlen(ancestor);
    return strncmp(value, ancestor, n) == 0 && (value[n] == '\0' || strncmp(value + n, " > ", 3) == 0);
}

static void put_model(search_writer *w, unsigned i, model_record *m, unsigned *seed) {
    buffer json = {0};
    *m = (model_record){next_random(seed) % 32, next_random(seed) % 4, next_random(seed) % 16, 0, 0};
    buffer_add_format(&json, "{\"id\":\"r%02u\",\"title\":\"Cable", i);
    for (unsigned b = 0; b < n_words; b++)
        if (m->titles >> b & 1)
            buffer_add_format(&json, " %s", words[b]);
    buffer_add_string(&json, "\",\"body\":\"all");
    for (unsigned b = 0; b < n_words; b++)
        if (m->words >> b & 1)
            buffer_add_format(&json, " %s", words[b]);
    buffer_add_string(&json, "\",\"tags\":[\"\"");
    for (unsigned b = 0; b < n_tags; b++)
        if (m->tags >> b & 1)
            buffer_add_format(&json, ",\"%s\"", tags[b]);
    buffer_add_string(&json, "],\"places\":[\"\"");
    for (unsigned drawn = next_random(seed) % 3; drawn > 0; drawn--) {
        const char *place = places[next_random(seed) % n_places];
        buffer_add_format(&json, ",\"%s\"", place);
        for (unsigned b = 0; b < n_places; b++)
            m->places |= is_below(place, places[b]) ? 1u << b : 0;
    }
    buffer_add_string(&json, "]");
    if (next_random(seed) % 4 != 0) {
        m->year = 1948 + next_random(seed) % 5;
        buffer_add_format(&json, ",\"date\":\"%u\"", m->year);
    }
    buffer_add_string(&json, "}");
    assert_ok(put_json(w, json.bytes, &last_error));
    buffer_free(&json);
}

/* A random query of at most `depth` levels and whether each record matches it. */
static void draw_query(buffer *text, const model_record *models, bool *matches, unsigned depth, unsigned *seed) {
    bool other[n_records];
    const unsigned kind = depth == 0 ? 0 : next_random(seed) % 5;
    if (kind < 2) {
        const unsigned word = next_random(seed) % n_words;
        const unsigned field = next_random(seed) % 4;
        buffer_add_format(text, "%s%s", field == 0 ? "title:" : field == 1 ? "body:" : "", words[word]);
        for (unsigned i = 0; i < n_records; i++) {
            const bool in_title = models[i].titles >> word & 1;
            const bool in_body = models[i].words >> word & 1;
            matches[i] = field == 0 ? in_title : field == 1 ? in_body : in_title || in_body;
        }
        return;
    }
    buffer_add_string(text, kind == 4 ? "NOT (" : "(");
    draw_query(text, models, matches, depth - 1, seed);
    if (kind != 4) {
        buffer_add_string(text, kind == 2 ? " AND " : " OR ");
        draw_query(text, models, other, depth - 1, seed);
    }
    buffer_add_string(text, ")");
    for (unsigned i = 0; i < n_records; i++)
        matches[i] = kind == 4 ? !matches[i] : kind == 2 ? matches[i] && other[i] : matches[i] || other[i];
}

typedef struct model_facet {
    const char *name;
    const char *const *values;
    unsigned n_values;
    bool is_selected;
    unsigned selected; /* bits */
    bool null_selected;
} model_facet;

static unsigned bits_of(const model_record *m, size_t facet) {
    return facet == 0 ? m->tags : m->places;
}

static bool is_chosen(const model_record *m, const model_facet *facets, size_t except) {
    for (size_t f = 0; f < 2; f++) {
        const unsigned bits = bits_of(m, f);
        if (f != except && facets[f].is_selected && !(bits & facets[f].selected) &&
            !(facets[f].null_selected && bits == 0))
            return false;
    }
    return true;
}

static void draw_selection(model_facet *f, search_where *wheres, size_t *n_wheres, unsigned *seed) {
    f->selected = 0;
    f->null_selected = false;
    for (unsigned drawn = next_random(seed) % 3; drawn > 0; drawn--) {
        const unsigned value = next_random(seed) % (f->n_values + 1);
        search_where *where = &wheres[(*n_wheres)++];
        where->facet = text_of(f->name);
        where->value = value == f->n_values ? (search_text){NULL, 0} : text_of(f->values[value]);
        f->null_selected = f->null_selected || value == f->n_values;
        f->selected |= value == f->n_values ? 0 : 1u << value;
    }
    f->is_selected = f->selected != 0 || f->null_selected;
}

static void check_facet(const search_facet_counts *counts, const model_record *models, const bool *matches,
                        const model_facet *facets, size_t f) {
    uint64_t expected[8] = {0};
    uint64_t n_without = 0;
    size_t n_distinct = 0;
    for (unsigned i = 0; i < n_records; i++) {
        if (!matches[i] || !is_chosen(&models[i], facets, f))
            continue;
        n_without += bits_of(&models[i], f) == 0 ? 1 : 0;
        for (unsigned v = 0; v < facets[f].n_values; v++)
            expected[v] += bits_of(&models[i], f) >> v & 1;
    }
    for (unsigned v = 0; v < facets[f].n_values; v++) {
        const search_facet_value *value = find_value(counts, text_of(facets[f].values[v]));
        const bool is_selected = facets[f].selected >> v & 1;
        n_distinct += expected[v] > 0 ? 1 : 0;
        if (expected[v] > 0 || is_selected) {
            assert_non_null(value);
            assert_int_equal(value->count, expected[v]);
            assert_int_equal(value->selected, is_selected);
        } else {
            assert_null(value);
        }
    }
    const search_facet_value *without = find_value(counts, (search_text){NULL, 0});
    assert_int_equal(without == NULL ? 0 : without->count, n_without);
    assert_int_equal(without != NULL, n_without > 0 || facets[f].null_selected);
    assert_int_equal(counts->n_distinct, n_distinct);
}

static void check_round(const search_index *index, const model_record *models, unsigned *seed) {
    model_facet facets[2] = {{.name = "tags", .values = tags, .n_values = n_tags},
                             {.name = "places", .values = places, .n_values = n_places}};
    const search_facet_request asked[] = {{.name = text_of("tags"), .limit = 100}, {.name = text_of("places")}};
    bool matches[n_records];
    search_where wheres[8];
    size_t n_wheres = 0;
    buffer query = {0};
    draw_query(&query, models, matches, 3, seed);
    draw_selection(&facets[0], wheres, &n_wheres, seed);
    draw_selection(&facets[1], wheres, &n_wheres, seed);
    search_request request = SEARCH_REQUEST_INIT;
    request.limit = 1000;
    request.n_snippets = 0;
    request.facets = asked;
    request.n_facets = 2;
    request.wheres = wheres;
    request.n_wheres = n_wheres;
    if (next_random(seed) % 3 == 0) {
        request.required_filter = text_of("bravo");
        for (unsigned i = 0; i < n_records; i++)
            matches[i] = matches[i] && ((models[i].words | models[i].titles) >> 1 & 1);
    }
    search_results *results = answer(index, &request, query.bytes);
    uint64_t total = 0;
    uint64_t n_undated = 0;
    bool expected[n_records];
    for (unsigned i = 0; i < n_records; i++) {
        expected[i] = matches[i] && is_chosen(&models[i], facets, SIZE_MAX);
        total += expected[i] ? 1 : 0;
        n_undated += expected[i] && models[i].year == 0 ? 1 : 0;
    }
    if (search_results_total(results) != total)
        fail_msg("%s: %d, not %d", query.bytes, (int)search_results_total(results), (int)total);
    assert_int_equal(search_results_n_hits(results), total);
    for (size_t i = 0; i < search_results_n_hits(results); i++)
        assert_true(expected[strtoul(search_results_hit(results, i)->id.bytes + 1, NULL, 10)]);
    assert_int_equal(search_results_dates(results).undated, n_undated);
    assert_int_equal(search_results_dates(results).possible, total - n_undated);
    check_facet(search_results_facet(results, 0), models, matches, facets, 0);
    check_facet(search_results_facet(results, 1), models, matches, facets, 1);
    search_results_free(results);
    buffer_free(&query);
}

static void test_random_searches_equal_counting_by_hand(void **state) {
    const scratch *s = *state;
    model_record models[n_records];
    unsigned seed = 19611202;
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (unsigned i = 0; i < n_records; i++)
        put_model(w, i, &models[i], &seed);
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
    search_index *index = open_index(s->index);
    for (int i = 0; i < n_rounds; i++)
        check_round(index, models, &seed);
    search_index_free(index);
}

/* ---- Snippets
 * ---------------------------------------------------------------------------------------------------------- */

/* What holds of every snippet: it is a piece of its field in UTF-8, cut between characters, and its marks lie in it. */
static void check_snippet(const search_record *record, const search_snippet *snippet) {
    bool found = false;
    assert_true(snippet->text.n_bytes > 0);
    assert_true(utf8_valid(snippet->text.bytes, snippet->text.n_bytes));
    for (size_t i = 0; i < search_record_n_values(record, snippet->field); i++) {
        const search_text value = search_record_value(record, snippet->field, i);
        found = found || memmem(value.bytes, value.n_bytes, snippet->text.bytes, snippet->text.n_bytes) != NULL;
    }
    assert_true(found);
    assert_true(snippet->para >= 1);
    for (size_t i = 0; i < snippet->n_marks; i++) {
        const search_mark mark = snippet->marks[i];
        assert_true(mark.from < mark.to && mark.to <= snippet->text.n_bytes);
        assert_true(i == 0 || mark.from >= snippet->marks[i - 1].to);
        assert_true(utf8_valid(snippet->text.bytes + mark.from, mark.to - mark.from));
    }
}

static void check_snippets(const search_index *index, const char *query, size_t n_max) {
    search_request request = SEARCH_REQUEST_INIT;
    request.n_snippets = n_max;
    search_results *results = answer(index, &request, query);
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        search_record *record = NULL;
        assert_ok(search_index_record(index, hit->id, &record, &last_error));
        assert_true(hit->n_snippets <= n_max);
        for (size_t n = 0; n < hit->n_snippets; n++)
            check_snippet(record, &hit->snippets[n]);
        search_record_free(record);
    }
    search_results_free(results);
}

/* The first snippet of the first hit, its marks in brackets and its cuts as "<" and ">". */
static const char *shown(const search_index *index, const char *query) {
    static char text[4096];
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = answer(index, &request, query);
    assert_true(search_results_n_hits(results) > 0);
    const search_hit *hit = search_results_hit(results, 0);
    text[0] = '\0';
    if (hit->n_snippets > 0) {
        const search_snippet *s = &hit->snippets[0];
        char *at = text + sprintf(text, "%s %zu: %s", s->field, s->para, s->cut_before ? "<" : "");
        size_t mark = 0;
        for (size_t i = 0; i <= s->text.n_bytes; i++) {
            if (mark < s->n_marks && i == s->marks[mark].to) {
                *at++ = ']';
                mark++;
            }
            if (mark < s->n_marks && i == s->marks[mark].from)
                *at++ = '[';
            if (i < s->text.n_bytes)
                *at++ = s->text.bytes[i];
        }
        strcpy(at, s->cut_after ? ">" : "");
    }
    search_results_free(results);
    return text;
}

static void test_what_is_marked(void **state) {
    search_index *index = index_of(
        *state,
        RECORDS(
            "{\"id\":\"1\",\"title\":\"Only here: quince\",\"summary\":\"A summary.\",\"body\":\"The first paragraph.\\n\\n"
            "Crossers of the border, crossing borders.\\n\\nThe illegal border crossers came.\","
            "\"places\":[\"Asia > Korea\"],\"people\":[\"Kim Il-sung\"]}"));
    assert_string_equal(shown(index, "border"), "body 2: Crossers of the [border], crossing [borders].");
    assert_string_equal(shown(index, "\"border crossers\""), "body 3: The illegal [border crossers] came.");
    assert_string_equal(shown(index, "border illegal"), "body 3: The [illegal] [border] crossers came.");
    assert_string_equal(shown(index, "border -absent"), "body 2: Crossers of the [border], crossing [borders].");
    assert_string_equal(shown(index, "places:korea"), "places 1: Asia > [Korea]");
    assert_string_equal(shown(index, "people:kim OR absent"), "people 1: [Kim] Il-sung");
    assert_string_equal(shown(index, "title:quince"), "summary 1: A summary.");
    assert_string_equal(shown(index, ""), "summary 1: A summary.");
    assert_string_equal(shown(index, "title:only body:first"), "body 1: The [first] paragraph.");
    search_index_free(index);
}

static void test_long_paragraphs_are_cut_at_words(void **state) {
    buffer json = {0};
    buffer_add_string(&json, "{\"id\":\"1\",\"body\":\"Begins.");
    for (int i = 0; i < 300; i++)
        buffer_add_format(&json, " caf\xC3\xA9%d", i);
    buffer_add_string(&json, " needle in it");
    for (int i = 0; i < 300; i++)
        buffer_add_format(&json, " na\xC3\xAFve%d", i);
    buffer_add_string(&json, " end.\"}");
    search_index *index = index_of(*state, RECORDS(json.bytes));
    const char *text = shown(index, "needle");
    assert_memory_equal(text, "body 1: <caf\xC3\xA9", 14);
    assert_non_null(strstr(text, " [needle] in it na\xC3\xAFve0 "));
    assert_true(text[strlen(text) - 1] == '>');
    assert_true(strlen(text) > 200 && strlen(text) < 400);
    assert_memory_equal(shown(index, "begins"), "body 1: [Begins]. caf", 20);
    text = shown(index, "end");
    assert_string_equal(text + strlen(text) - 6, "[end].");
    text = shown(index, "");
    assert_memory_equal(text, "body 1: Begins. caf", 18);
    assert_true(strlen(text) > 200 && strlen(text) < 300);
    assert_memory_equal(strrchr(text, ' '), " caf\xC3\xA9", 6);
    const size_t n_last = strlen(strrchr(text, ' ')); /* a whole word, such as " café29>" */
    assert_true(n_last >= 8 && n_last <= 9);
    check_snippets(index, "needle OR begins OR end OR \"needle in it\"", 5);
    search_index_free(index);
    buffer_free(&json);
}

/* Text without blanks is cut between characters, around the words as elsewhere. */
static void test_text_without_blanks(void **state) {
    buffer json = {0};
    buffer_add_string(&json, "{\"id\":\"1\",\"body\":\"x\",\"original\":\"");
    for (int i = 0; i < 200; i++)
        buffer_add_string(&json, "\xE4\xBA\xBA\xE6\xB0\x91\xE5\x85\xB1\xE5\x92\x8C\xE5\x9B\xBD"); /* 人民共和国 */
    buffer_add_string(&json, "\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90");                             /* 金日成 */
    for (int i = 0; i < 200; i++)
        buffer_add_string(&json, "\xE4\xBA\xBA\xE6\xB0\x91\xE5\x85\xB1\xE5\x92\x8C\xE5\x9B\xBD");
    buffer_add_string(&json, "\"}");
    char body[5000];
    strcpy(body, "{\"id\":\"2\",\"body\":\"");
    memset(body + strlen(body), 'e', 4000);
    strcpy(body + 4000 + strlen("{\"id\":\"2\",\"body\":\""), "\"}");
    search_index *index = index_of(*state, RECORDS(json.bytes, body));
    check_snippets(index, "", 3);
    check_snippets(index, "\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90", 3);
    const char *text = shown(index, "original:\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90");
    assert_memory_equal(text, "original 1: <", 13);
    assert_true(strlen(text) > 150 && strlen(text) < 400); /* with what stands around */
    search_index_free(index);
    buffer_free(&json);
}

static void test_one_megabyte_of_matches(void **state) {
    buffer json = {0};
    buffer_add_string(&json, "{\"id\":\"1\",\"body\":\"");
    for (int i = 0; i < 100000; i++)
        buffer_add_string(&json, i % 1000 == 999 ? "korea war.\\n\\n" : "korea war ");
    buffer_add_string(&json, "\"}");
    search_index *index = index_of(*state, RECORDS(json.bytes));
    check_snippets(index, "korea war", 100);
    check_snippets(index, "\"korea war korea\"", SIZE_MAX);
    search_index_free(index);
    buffer_free(&json);
}

static void test_any_text_gives_whole_characters(void **state) {
    static const char *const pieces[] = {"korea",
                                         " ",
                                         "\\n\\n",
                                         "\xE2\x80\x9Cwar\xE2\x80\x9D",
                                         ", ",
                                         "\xF0\x9F\x9A\xA2",
                                         "\xC2\xA0",
                                         "\\u0000",
                                         "e\xCC\x81",
                                         "\xE9\x9F\x93\xE5\x9B\xBD",
                                         ".",
                                         "\\n",
                                         "\xFF",
                                         "war korea war",
                                         "P\xE2\x80\x98y\xC5\x8Fngyang"};
    const scratch *s = *state;
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    unsigned seed = 42;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (int i = 0; i < 40; i++) {
        buffer json = {0};
        buffer_add_format(&json, "{\"id\":\"%d\",\"title\":\"t\",\"body\":\"", i);
        for (unsigned n = next_random(&seed) % 300; n > 0; n--)
            buffer_add_string(&json, pieces[next_random(&seed) % (sizeof pieces / sizeof *pieces)]);
        buffer_add_string(&json, "\"}");
        search_record *record = NULL;
        if (search_record_from_json((search_text){json.bytes, json.n_bytes}, &record, NULL) == SEARCH_OK)
            assert_ok(search_writer_put(w, record, &last_error));
        search_record_free(record);
        buffer_free(&json);
    }
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
    search_index *index = open_index(s->index);
    static const char *const queries[] = {
        "", "korea", "war", "\"war korea\"", "korea OR \xE9\x9F\x93\xE5\x9B\xBD", "pyongyang -war"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        check_snippets(index, queries[i], 4);
    search_index_free(index);
}

/* ---- Threads
 * ------------------------------------------------------------------------------------------------------------ */

static char *ask_json(const search_index *index, const char *request) {
    char *out = NULL;
    size_t n_out = 0;
    search_error e;
    if (search_run_json(index, request, strlen(request), &out, &n_out, &e) != SEARCH_OK || strlen(out) != n_out)
        return NULL;
    char *took = strstr(out, "\"took_ms\":"); /* the one thing that differs */
    char *comma = took == NULL ? NULL : strchr(took, ',');
    if (comma != NULL)
        memmove(took, comma + 1, strlen(comma));
    return out;
}

static const char *const requests[] = {
    "{\"query\":\"common rare\",\"facets\":[\"year\",\"decade:1\"]}",
    "{\"query\":\"\\\"common other\\\" OR often\",\"snippets\":2,\"limit\":50}",
    "{\"query\":\"\",\"where\":[[\"year\",\"1943\"],[\"year\",null]],\"facets\":[\"year\"]}",
    "{\"query\":\"-rare\",\"offset\":7,\"limit\":3,\"required_filter\":\"common\"}"};
enum { n_requests = sizeof requests / sizeof *requests, n_threads = 4, n_searches = 50 };

typedef struct searcher {
    pthread_t thread;
    const search_index *index;
    char *const *expected;
    int n_wrong;
} searcher;

static void *search_many(void *context) {
    searcher *s = context;
    for (int i = 0; i < n_searches; i++) {
        char *out = ask_json(s->index, requests[i % n_requests]);
        s->n_wrong += out == NULL || strcmp(out, s->expected[i % n_requests]) != 0 ? 1 : 0;
        search_bytes_free(out);
    }
    return NULL;
}

static void test_threads_get_equal_answers(void **state) {
    search_index *index = index_of_many(*state, 150);
    char *expected[n_requests];
    searcher searchers[n_threads];
    for (size_t i = 0; i < n_requests; i++) {
        expected[i] = ask_json(index, requests[i]);
        assert_non_null(expected[i]);
    }
    for (size_t i = 0; i < n_threads; i++) {
        searchers[i] = (searcher){.index = index, .expected = expected};
        assert_int_equal(pthread_create(&searchers[i].thread, NULL, search_many, &searchers[i]), 0);
    }
    for (size_t i = 0; i < n_threads; i++) {
        assert_int_equal(pthread_join(searchers[i].thread, NULL), 0);
        assert_int_equal(searchers[i].n_wrong, 0);
    }
    for (size_t i = 0; i < n_requests; i++)
        search_bytes_free(expected[i]);
    search_index_free(index);
}

/* ---- The JSON door
 * -------------------------------------------------------------------------------------------------------- */

static void test_equal_requests_give_equal_bytes(void **state) {
    search_index *index = index_of_many(*state, 60);
    search_index *other = open_index(((const scratch *)*state)->index);
    for (size_t i = 0; i < n_requests; i++) {
        char *first = ask_json(index, requests[i]);
        char *second = ask_json(other, requests[i]);
        assert_non_null(first);
        assert_non_null(second);
        assert_string_equal(first, second);
        search_bytes_free(first);
        search_bytes_free(second);
    }
    search_index_free(other);
    search_index_free(index);
}

static void assert_bad_request(const search_index *index, const char *request, size_t n, const char *part) {
    char *out = (char *)&last_error;
    size_t n_out = 1;
    assert_fails(search_run_json(index, request, n, &out, &n_out, &last_error), SEARCH_E_ARGUMENT);
    assert_null(out);
    assert_int_equal(n_out, 0);
    assert_true(utf8_valid(last_error.message, strlen(last_error.message)));
    if (strstr(last_error.message, part) == NULL)
        fail_msg("%s: \"%s\" has no \"%s\"", request, last_error.message, part);
}

static void test_bad_requests(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"a\"}"));
    static const char *const bad[][2] = {{"", "JSON"},
                                         {"null", "JSON"},
                                         {"[]", "JSON"},
                                         {"{\"query\":\"a\"} x", "JSON"},
                                         {"{\"query\":\"a\",\"query\":\"b\"}", "JSON"},
                                         {"{\"query\":\"\xFF\"}", "JSON"},
                                         {"{\"querry\":\"a\"}", "querry"},
                                         {"{\"\":\"a\"}", "\"\""},
                                         {"{\"query\":null}", "query"},
                                         {"{\"query\":[\"a\"]}", "query"},
                                         {"{\"required_filter\":7}", "required_filter"},
                                         {"{\"limit\":1.5}", "limit"},
                                         {"{\"limit\":\"1\"}", "limit"},
                                         {"{\"offset\":-1}", "offset"},
                                         {"{\"snippets\":true}", "snippets"},
                                         {"{\"max_terms\":null}", "max_terms"},
                                         {"{\"deadline_ms\":4294967296}", "deadline_ms"},
                                         {"{\"deadline_ms\":1e3}", "deadline_ms"},
                                         {"{\"facets\":\"year\"}", "facets"},
                                         {"{\"facets\":[1]}", "facets"},
                                         {"{\"facets\":[\"year:\"]}", "year:"},
                                         {"{\"facets\":[\"year:x\"]}", "year:x"},
                                         {"{\"facets\":[\"year:9999999999\"]}", "year:"},
                                         {"{\"where\":{}}", "where"},
                                         {"{\"where\":[\"year\"]}", "where"},
                                         {"{\"where\":[[\"year\"]]}", "where"},
                                         {"{\"where\":[[\"year\",1]]}", "where"},
                                         {"{\"where\":[[null,\"a\"]]}", "where"},
                                         {"{\"where\":[[\"year\",\"a\",\"b\"]]}", "where"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_bad_request(index, bad[i][0], strlen(bad[i][0]), bad[i][1]);
    buffer key = {0};
    buffer_add_string(&key, "{\"x");
    for (int i = 0; i < 100; i++)
        buffer_add_string(&key, "\xE9\x9F\x93");
    buffer_add_string(&key, "\":1}");
    assert_bad_request(index, key.bytes, key.n_bytes, "\xE9\x9F\x93");
    buffer_clear(&key);
    for (int i = 0; i < 100000; i++)
        buffer_add_byte(&key, '[');
    assert_bad_request(index, key.bytes, key.n_bytes, "JSON");
    buffer_free(&key);
    static const char two[] = "{\"query\":\"a\"}{\"query\":\"b\"}"; /* the length is honoured */
    char *out = NULL;
    size_t n_out = 0;
    assert_ok(search_run_json(index, two, 13, &out, &n_out, &last_error));
    search_bytes_free(out);
    search_index_free(index);
}

static void test_errors_of_the_search_come_through(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"a\"}"));
    static const struct {
        const char *request;
        search_status status;
    } all[] = {{"{\"query\":\"\\\"open\"}", SEARCH_E_QUERY},
               {"{\"facets\":[\"nothing\"]}", SEARCH_E_FACET},
               {"{\"where\":[[\"nothing\",null]]}", SEARCH_E_FACET},
               {"{\"limit\":10001}", SEARCH_E_LIMIT},
               {"{\"query\":\"a b\",\"max_terms\":1}", SEARCH_E_LIMIT}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char *out = NULL;
        size_t n_out = 0;
        assert_fails(search_run_json(index, all[i].request, strlen(all[i].request), &out, &n_out, &last_error),
                     all[i].status);
        assert_null(out);
    }
    search_index_free(index);
}

/* Any text comes out as JSON, and marks count characters. */
static void test_json_of_any_text(void **state) {
    search_index *index = index_of(
        *state,
        RECORDS(
            "{\"id\":\"\\\"quoted\\\"\",\"title\":\"Tab\\there, NUL\\u0000there\",\"body\":\"\xF0\x9F\x9A\xA2 \xC3\xA9 "
            "needle \\u202e \xEF\xBF\xBD \\\"needle\\\"\",\"date\":\"1950\",\"number\":\"No. 7\"}"));
    char *out = ask_json(index, "{\"query\":\"needle\",\"facets\":[\"year\"]}");
    assert_non_null(out);
    assert_true(utf8_valid(out, strlen(out)));
    json_t *root = json_loads(out, JSON_ALLOW_NUL, NULL);
    assert_non_null(root);
    json_t *hit = json_array_get(json_object_get(root, "hits"), 0);
    assert_string_equal(json_string_value(json_object_get(hit, "id")), "\"quoted\"");
    assert_int_equal(json_string_length(json_object_get(hit, "title")), 19);
    assert_string_equal(json_string_value(json_object_get(hit, "date_latest")), "1950-12-31");
    assert_string_equal(json_string_value(json_object_get(hit, "number")), "No. 7");
    assert_true(json_is_null(json_object_get(hit, "reference")));
    json_t *marks = json_object_get(json_array_get(json_object_get(hit, "snippets"), 0), "marks");
    assert_int_equal(json_array_size(marks), 2);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(marks, 0), 0)), 4);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(marks, 0), 1)), 10);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(marks, 1), 0)), 16);
    json_decref(root);
    search_bytes_free(out);
    search_index_free(index);
}

/* ---- Main
 * ------------------------------------------------------------------------------------------------------------------ */

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_a_phrase_scores_as_a_word),
        ON_SCRATCH(test_the_title_weighs_more_than_the_body),
        ON_SCRATCH(test_ties_end_in_date_and_id),
        ON_SCRATCH(test_excluded_words_do_not_score),
        ON_SCRATCH(test_phrases_stay_within_a_value),
        ON_SCRATCH(test_phrases_with_repeated_words),
        ON_SCRATCH(test_a_quoted_word_is_not_stemmed),
        ON_SCRATCH(test_marks_and_apostrophes_fold),
        ON_SCRATCH(test_words_of_any_length),
        ON_SCRATCH(test_pages_agree_with_the_whole),
        ON_SCRATCH(test_pages_at_the_end),
        ON_SCRATCH(test_limits),
        ON_SCRATCH(test_requests_of_another_version),
        ON_SCRATCH(test_unknown_names),
        ON_SCRATCH(test_cancel_and_deadline),
        ON_SCRATCH(test_values_by_count_then_bytes),
        ON_SCRATCH(test_dates_are_intervals),
        ON_SCRATCH(test_random_searches_equal_counting_by_hand),
        ON_SCRATCH(test_what_is_marked),
        ON_SCRATCH(test_long_paragraphs_are_cut_at_words),
        ON_SCRATCH(test_text_without_blanks),
        ON_SCRATCH(test_one_megabyte_of_matches),
        ON_SCRATCH(test_any_text_gives_whole_characters),
        ON_SCRATCH(test_threads_get_equal_answers),
        ON_SCRATCH(test_equal_requests_give_equal_bytes),
        ON_SCRATCH(test_bad_requests),
        ON_SCRATCH(test_errors_of_the_search_come_through),
        ON_SCRATCH(test_json_of_any_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
