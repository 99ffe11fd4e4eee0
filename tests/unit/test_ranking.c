/* Tests of searching through the public header: which records match, in what order, with what counts and passages. */
#include "fixture.h"

#include <pthread.h>

static const char *const cables[] = {
    "{\"id\":\"k1\",\"title\":\"Border report\",\"date\":\"1961-12-02\",\"body\":\"The illegal border crossers came. 20,517 "
    "crossed.\\n\\nSecond paragraph on the harvest.\",\"places\":[\"Asia > Korea\"],\"archive\":\"A1\"}",
    "{\"id\":\"k2\",\"title\":\"Harvest\",\"date\":\"1962\",\"body\":\"The border is illegal; crossers of the river. "
    "Harvest.\",\"places\":[\"Asia > China\",\"Asia > Korea\"],\"archive\":\"A1\"}",
    "{\"id\":\"k3\",\"title\":\"Trade\",\"date\":\"1961-12-02\",\"body\":\"Trade talks and crossing guards at the harvest "
    "fair\",\"summary\":\"A talk on trade.\",\"archive\":\"A2\"}",
    "{\"id\":\"k4\",\"title\":\"Trade\",\"body\":\"Trade talks and crossing guards at the harvest fair\",\"summary\":\"A "
    "talk on trade.\",\"places\":[\"Europe\"]}",
    NULL};

static search_index *index_of_cables(void) {
    fixture_build(cables);
    return fixture_open();
}

static search_results *run(const search_index *index, search_request *request, const char *query) {
    request->query = search_text_of(query);
    search_results *results = NULL;
    search_error error;
    if (search_run(index, request, &results, &error) != SEARCH_OK) {
        fail_msg("%s: %s", query, error.message);
    }
    return results;
}

/* The ids of the hits, joined by blanks. */
static const char *ids(const search_index *index, const char *query) {
    static char text[256];
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = run(index, &request, query);
    text[0] = '\0';
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_text id = search_results_hit(results, i)->id;
        strncat(text, i == 0 ? "" : " ", 2);
        strncat(text, id.bytes, id.n_bytes);
    }
    search_results_free(results);
    return text;
}

static search_status run_status(const search_index *index, const char *query, search_error *error) {
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of(query);
    search_results *results = NULL;
    const search_status status = search_run(index, &request, &results, error);
    search_results_free(results);
    return status;
}

static void test_words_and_operators(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    assert_int_equal(fixture_total(index, "harvest"), 4);
    assert_int_equal(fixture_total(index, "crossing"), 3); /* crossed, crossing; crossers is another stem */
    assert_int_equal(fixture_total(index, "harvest border"), 2);
    assert_int_equal(fixture_total(index, "border OR trade"), 4);
    assert_int_equal(fixture_total(index, "harvest -border"), 2);
    assert_int_equal(fixture_total(index, "NOT border"), 2);
    assert_int_equal(fixture_total(index, "(border OR trade) NOT title:trade"), 2);
    assert_int_equal(fixture_total(index, "absent"), 0);
    search_index_free(index);
}

static void test_phrases(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    assert_string_equal(ids(index, "\"illegal border crossers\""), "k1");
    assert_int_equal(fixture_total(index, "\"crossers border\""), 0);
    assert_int_equal(fixture_total(index, "\"illegal borders\""), 0); /* exact words */
    assert_int_equal(fixture_total(index, "\"came 20517 crossed\""), 1);
    assert_int_equal(fixture_total(index, "\"fair trade\""), 0);     /* fields are apart */
    assert_int_equal(fixture_total(index, "\"crossed second\""), 1); /* paragraphs are not */
    search_index_free(index);
}

static void test_numbers(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    assert_string_equal(ids(index, "20517"), "k1");
    assert_string_equal(ids(index, "20,517"), "k1");
    search_index_free(index);
}

static void test_fields(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    assert_int_equal(fixture_total(index, "title:trade"), 2);
    assert_int_equal(fixture_total(index, "title:harvest"), 1);
    assert_int_equal(fixture_total(index, "body:harvest"), 4);
    assert_int_equal(fixture_total(index, "body:report"), 0);
    assert_int_equal(fixture_total(index, "summary:trade"), 2);
    assert_int_equal(fixture_total(index, "places:Korea"), 2);
    assert_int_equal(fixture_total(index, "title:\"border report\""), 1);
    assert_int_equal(fixture_total(index, "body:\"border report\""), 0);
    assert_int_equal(fixture_total(index, "body:\"border crossers\""), 1);
    search_index_free(index);
}

static void test_body_is_not_the_original(void **state) {
    (void)state;
    fixture_build((const char *const[]){"{\"id\":\"a\",\"body\":\"walks\",\"original\":\"running\"}", NULL});
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "body:run"), 0);
    assert_int_equal(fixture_total(index, "original:running"), 1);
    assert_int_equal(fixture_total(index, "running"), 1);
    search_index_free(index);
}

static void test_order(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    assert_string_equal(ids(index, ""), "k2 k1 k3 k4");           /* by date, then id, undated last */
    assert_string_equal(ids(index, "trade"), "k3 k4");            /* equal scores */
    assert_int_equal(strncmp(ids(index, "harvest"), "k2", 2), 0); /* in the title */
    search_index_free(index);
}

static void test_punctuation_restricts_nothing(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    assert_int_equal(fixture_total(index, "border &"), 2);
    assert_int_equal(fixture_total(index, "border -&"), 2);
    assert_int_equal(fixture_total(index, "border OR &"), 2);
    assert_int_equal(fixture_total(index, "NOT (border OR &)"), 2);
    assert_int_equal(fixture_total(index, "&"), 4);
    search_index_free(index);
}

static void test_pages_agree(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request whole = SEARCH_REQUEST_INIT;
    search_results *all = run(index, &whole, "harvest");
    for (size_t i = 0; i < 5; i++) {
        search_request one = SEARCH_REQUEST_INIT;
        one.offset = i;
        one.limit = 1;
        search_results *page = run(index, &one, "harvest");
        assert_int_equal(search_results_total(page), 4);
        assert_int_equal(search_results_n_hits(page), i < 4 ? 1 : 0);
        if (i < 4) {
            assert_memory_equal(search_results_hit(page, 0)->id.bytes, search_results_hit(all, i)->id.bytes, 2);
            assert_true(search_results_hit(page, 0)->score == search_results_hit(all, i)->score);
        }
        search_results_free(page);
    }
    assert_null(search_results_hit(all, 4));
    search_results_free(all);
    search_index_free(index);
}

static void test_errors(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_error error;
    assert_int_equal(run_status(index, "\"open", &error), SEARCH_E_QUERY);
    assert_int_equal(error.offset, 0);
    assert_int_equal(run_status(index, "nofield:x", &error), SEARCH_E_QUERY);
    assert_non_null(strstr(error.hint, "title"));
    assert_int_equal(run_status(index, "\xff", &error), SEARCH_E_ARGUMENT);
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.limit = 10001;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_LIMIT);
    request.limit = 1;
    const search_facet_request unknown = {.name = {"nofacet", 7}};
    request.facets = &unknown;
    request.n_facets = 1;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_FACET);
    assert_non_null(strstr(error.hint, "archive"));
    assert_null(results);
    search_index_free(index);
}

static const search_facet_value *value_of(const search_facet_counts *facet, const char *value) {
    for (size_t i = 0; i < facet->n_values; i++) {
        const search_text v = facet->values[i].value;
        if (value == NULL ? v.bytes == NULL
                          : v.bytes != NULL && v.n_bytes == strlen(value) && memcmp(v.bytes, value, v.n_bytes) == 0) {
            return &facet->values[i];
        }
    }
    return NULL;
}

static void test_facets(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    const search_facet_request asked[] = {
        {.name = {"places", 6}}, {.name = {"archive", 7}, .limit = 1}, {.name = {"year", 4}}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = asked;
    request.n_facets = 3;
    search_results *results = run(index, &request, "harvest");
    const search_facet_counts *places = search_results_facet(results, 0);
    assert_int_equal(places->n_distinct, 4);
    assert_int_equal(value_of(places, "Asia")->count, 2); /* once a record */
    assert_int_equal(value_of(places, "Asia > Korea")->count, 2);
    assert_int_equal(value_of(places, NULL)->count, 1);
    const search_facet_counts *archive = search_results_facet(results, 1);
    assert_int_equal(archive->n_distinct, 2);
    assert_int_equal(archive->n_values, 2); /* one asked for, and the records without */
    assert_int_equal(value_of(archive, "A1")->count, 2);
    assert_int_equal(value_of(search_results_facet(results, 2), "1961")->count, 2);
    const search_date_counts dates = search_results_dates(results);
    assert_int_equal(dates.certain, 2);
    assert_int_equal(dates.possible, 1);
    assert_int_equal(dates.undated, 1);
    search_results_free(results);
    search_index_free(index);
}

static void test_drill_sideways(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    const search_facet_request asked[] = {{.name = {"places", 6}}, {.name = {"archive", 7}}};
    const search_where wheres[] = {{{"archive", 7}, {"A1", 2}}, {{"archive", 7}, {"none such", 9}}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = asked;
    request.n_facets = 2;
    request.wheres = wheres;
    request.n_wheres = 2;
    search_results *results = run(index, &request, "harvest");
    assert_int_equal(search_results_total(results), 2);
    assert_null(value_of(search_results_facet(results, 0), "Europe"));
    assert_int_equal(value_of(search_results_facet(results, 1), "A2")->count, 1); /* its own selection aside */
    assert_true(value_of(search_results_facet(results, 1), "A1")->selected);
    assert_int_equal(value_of(search_results_facet(results, 1), NULL)->count, 1);
    search_results_free(results);
    search_index_free(index);
}

static void test_where_selects_descendants_and_null(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_where where = {{"places", 6}, {"Asia", 4}};
    search_request request = SEARCH_REQUEST_INIT;
    request.wheres = &where;
    request.n_wheres = 1;
    search_results *results = run(index, &request, "");
    assert_int_equal(search_results_total(results), 2);
    search_results_free(results);
    where.value = (search_text){NULL, 0};
    results = run(index, &request, "");
    assert_int_equal(search_results_total(results), 1);
    assert_memory_equal(search_results_hit(results, 0)->id.bytes, "k3", 2);
    search_results_free(results);
    search_index_free(index);
}

static void test_selected_value_is_shown_at_zero(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    const search_facet_request asked = {.name = {"archive", 7}, .limit = 1};
    const search_where where = {{"archive", 7}, {"A2", 2}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = &asked;
    request.n_facets = 1;
    request.wheres = &where;
    request.n_wheres = 1;
    search_results *results = run(index, &request, "border");
    assert_int_equal(search_results_total(results), 0);
    assert_int_equal(value_of(search_results_facet(results, 0), "A2")->count, 0);
    assert_int_equal(value_of(search_results_facet(results, 0), "A1")->count, 2);
    search_results_free(results);
    search_index_free(index);
}

static void test_required_filter_binds_everything(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    const search_facet_request asked = {.name = {"archive", 7}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = &asked;
    request.n_facets = 1;
    request.required_filter = search_text_of("archive:A2");
    search_results *results = run(index, &request, "harvest");
    assert_int_equal(search_results_total(results), 1);
    assert_null(value_of(search_results_facet(results, 0), "A1"));
    assert_null(value_of(search_results_facet(results, 0), NULL));
    search_results_free(results);
    search_index_free(index);
}

static void test_required_filter_without_words_is_refused(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request request = SEARCH_REQUEST_INIT;
    request.required_filter = search_text_of("&");
    search_results *results = NULL;
    search_error error;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_ARGUMENT);
    assert_null(results);
    search_index_free(index);
}

static void test_unknown_selected_value_is_shown_at_zero(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    const search_facet_request asked = {.name = {"archive", 7}};
    const search_where wheres[] = {{{"archive", 7}, {"none such", 9}}, {{"archive", 7}, {"none such", 9}}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = &asked;
    request.n_facets = 1;
    request.wheres = wheres;
    request.n_wheres = 2;
    search_results *results = run(index, &request, "");
    const search_facet_value *value = value_of(search_results_facet(results, 0), "none such");
    assert_non_null(value);
    assert_int_equal(value->count, 0);
    assert_true(value->selected);
    search_results_free(results);
    search_index_free(index);
}

static void test_phrase_has_a_limit(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    char query[1024] = "\"";
    for (int i = 0; i < 257; i++) {
        strcat(query, "a ");
    }
    strcat(query, "\"");
    search_error error;
    assert_int_equal(run_status(index, query, &error), SEARCH_E_LIMIT);
    assert_string_equal(error.id, "query.phrase_too_long");
    search_index_free(index);
}

static void test_snippets(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request request = SEARCH_REQUEST_INIT;
    request.n_snippets = 2;
    search_results *results = run(index, &request, "\"illegal border crossers\" harvest");
    const search_hit *hit = search_results_hit(results, 0);
    assert_int_equal(hit->n_snippets, 2);
    const search_snippet *first = &hit->snippets[0];
    assert_string_equal(first->field, "body");
    assert_int_equal(first->para, 1);
    assert_int_equal(first->n_marks, 1);
    assert_memory_equal(first->text.bytes + first->marks[0].from, "illegal border crossers", 23);
    assert_int_equal(first->marks[0].to - first->marks[0].from, 23);
    assert_false(first->cut_before);
    assert_false(first->cut_after);
    assert_int_equal(hit->snippets[1].para, 2);
    search_results_free(results);
    search_index_free(index);
}

static void test_snippet_of_a_long_paragraph(void **state) {
    (void)state;
    char *json = malloc(1 << 21);
    char *at = json + sprintf(json, "{\"id\":\"a\",\"body\":\"");
    for (int i = 0; i < 40000; i++) {
        at += sprintf(at, "word%d caf\xc3\xa9 ", i % 100);
    }
    at += sprintf(at, "needle ");
    for (int i = 0; i < 40000; i++) {
        at += sprintf(at, "more%d ", i % 100);
    }
    sprintf(at, "\"}");
    fixture_build((const char *const[]){json, NULL});
    free(json);
    search_index *index = fixture_open();
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = run(index, &request, "needle");
    const search_snippet *snippet = &search_results_hit(results, 0)->snippets[0];
    assert_true(snippet->cut_before);
    assert_true(snippet->cut_after);
    assert_true(snippet->text.n_bytes < 400);
    assert_memory_equal(snippet->text.bytes + snippet->marks[0].from, "needle", 6);
    search_results_free(results);
    search_index_free(index);
}

static void test_results_outlive_the_index(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = run(index, &request, "border");
    search_index_free(index);
    assert_string_equal(search_results_query(results), "border");
    assert_memory_equal(search_results_hit(results, 0)->title.bytes, "Border report", 13);
    assert_string_equal(search_results_hit(results, 0)->date_earliest, "1961-12-02");
    search_results_free(results);
}

static void *search_often(void *context) {
    const search_index *index = context;
    for (int i = 0; i < 50; i++) {
        if (fixture_total(index, "harvest") != 4 || fixture_total(index, "\"border crossers\" OR trade") != 3) {
            return NULL;
        }
    }
    return context;
}

static void test_threads_share_a_handle(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, search_often, index), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *answer = NULL;
        pthread_join(threads[i], &answer);
        assert_ptr_equal(answer, index);
    }
    search_index_free(index);
}

static bool always(void *context) {
    (void)context;
    return true;
}

static void test_cancel(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of("harvest");
    request.on_cancel = always;
    search_results *results = NULL;
    search_error error;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_CANCELLED);
    search_index_free(index);
}

static search_status run_json(const search_index *index, const char *request, char **out) {
    size_t n_out = 0;
    search_error error;
    return search_run_json(index, request, strlen(request), out, &n_out, &error);
}

static void test_json_door(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    char *out = NULL;
    assert_int_equal(
        run_json(index, "{\"query\":\"border crossers\",\"facets\":[\"archive:1\"],\"where\":[[\"archive\",\"A1\"]]}",
                 &out),
        SEARCH_OK);
    assert_non_null(strstr(out, "\"total\":2,\"exact\":true,\"relaxed\":null,\"suggestion\":null,\"offset\":0"));
    assert_non_null(strstr(out, "{\"value\":\"A1\",\"count\":2,\"selected\":true}"));
    search_bytes_free(out);
    static const char *const bad[] = {"",
                                      "[]",
                                      "{\"nokey\":1}",
                                      "{\"limit\":\"ten\"}",
                                      "{\"limit\":-1}",
                                      "{\"facets\":[\"a:b\"]}",
                                      "{\"where\":[[\"a\"]]}",
                                      "{\"query\":1}",
                                      "{\"query\":"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(run_json(index, bad[i], &out), SEARCH_E_ARGUMENT);
        assert_null(out);
    }
    search_index_free(index);
}

static void test_json_marks_are_code_points(void **state) {
    (void)state;
    fixture_build((const char *const[]){
        "{\"id\":\"a\",\"body\":\"P\xe2\x80\x99y\xc5\x8fngyang \xe2\x80\x9cneedle\xe2\x80\x9d\"}", NULL});
    search_index *index = fixture_open();
    char *out = NULL;
    assert_int_equal(run_json(index, "{\"query\":\"needle\"}", &out), SEARCH_OK);
    assert_non_null(strstr(out, "\"marks\":[[12,18]]"));
    search_bytes_free(out);
    search_index_free(index);
}

/* ---- facets against counting by hand ---- */

enum { n_random = 60 };
static const char *const words[] = {"alpha", "beta", "gamma", "delta"};
static const char *const values[] = {"v0", "v1", "v2"};

typedef struct random_record {
    unsigned words;  /* bits */
    unsigned values; /* bits */
} random_record;

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

static void build_random(random_record *records, unsigned *seed) {
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    for (int i = 0; i < n_random; i++) {
        records[i] = (random_record){next_random(seed) % 16, next_random(seed) % 8};
        char json[256];
        int n = sprintf(json, "{\"id\":\"r%d\",\"body\":\"all", i);
        for (int b = 0; b < 4; b++) {
            n += sprintf(json + n, " %s", records[i].words >> b & 1 ? words[b] : "filler");
        }
        n += sprintf(json + n, "\",\"tags\":[\"\"");
        for (int b = 0; b < 3; b++) {
            n += sprintf(json + n, "%s\"%s\"", ",", records[i].values >> b & 1 ? values[b] : "");
        }
        sprintf(json + n, "]}");
        fixture_put(w, json);
    }
    fixture_commit(w);
}

static void check_random_query(const search_index *index, const random_record *records, unsigned *seed) {
    const unsigned yes = next_random(seed) % 4;
    const unsigned no = next_random(seed) % 4;
    const unsigned selected = next_random(seed) % 3;
    char query[64];
    sprintf(query, "%s -%s", words[yes], words[no]);
    const search_facet_request asked = {.name = {"tags", 4}};
    const search_where where = {{"tags", 4}, {values[selected], 2}};
    search_request request = SEARCH_REQUEST_INIT;
    request.facets = &asked;
    request.n_facets = 1;
    request.wheres = &where;
    request.n_wheres = next_random(seed) % 2;
    search_results *results = run(index, &request, query);
    uint64_t total = 0;
    uint64_t counts[3] = {0};
    for (int i = 0; i < n_random; i++) {
        if (!(records[i].words >> yes & 1) || (records[i].words >> no & 1)) {
            continue;
        }
        total += request.n_wheres == 0 || (records[i].values >> selected & 1) ? 1 : 0;
        for (int b = 0; b < 3; b++) {
            counts[b] += records[i].values >> b & 1;
        }
    }
    assert_int_equal(search_results_total(results), total);
    for (int b = 0; b < 3; b++) {
        const search_facet_value *v = value_of(search_results_facet(results, 0), values[b]);
        assert_int_equal(v == NULL ? 0 : v->count, counts[b]);
    }
    search_results_free(results);
}

static void test_facets_equal_counting_by_hand(void **state) {
    (void)state;
    random_record records[n_random];
    unsigned seed = 1961;
    build_random(records, &seed);
    search_index *index = fixture_open();
    for (int i = 0; i < 200; i++) {
        check_random_query(index, records, &seed);
    }
    search_index_free(index);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(test_words_and_operators),
        CASE(test_phrases),
        CASE(test_numbers),
        CASE(test_fields),
        CASE(test_body_is_not_the_original),
        CASE(test_order),
        CASE(test_punctuation_restricts_nothing),
        CASE(test_pages_agree),
        CASE(test_errors),
        CASE(test_facets),
        CASE(test_drill_sideways),
        CASE(test_where_selects_descendants_and_null),
        CASE(test_selected_value_is_shown_at_zero),
        CASE(test_required_filter_binds_everything),
        CASE(test_required_filter_without_words_is_refused),
        CASE(test_unknown_selected_value_is_shown_at_zero),
        CASE(test_phrase_has_a_limit),
        CASE(test_snippets),
        CASE(test_snippet_of_a_long_paragraph),
        CASE(test_results_outlive_the_index),
        CASE(test_threads_share_a_handle),
        CASE(test_cancel),
        CASE(test_json_door),
        CASE(test_json_marks_are_code_points),
        CASE(test_facets_equal_counting_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
