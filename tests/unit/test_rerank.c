/* Stage 2 of ranking: words that stand near each other, titles, weights, explanations that add up, and pages across the
 * last document that is looked at.  Records are invented. */
#include "libsearch/ranking/window.h"
#include "tests/unit/fixture.h"

#include <math.h>

#define RERANK_MAX 1000 /* documents of stage 1 that stage 2 looks at */

static search_results *run(const search_index *index, search_request *request, const char *query) {
    search_results *results = NULL;
    request->query = search_text_of(query);
    request->n_snippets = 0;
    assert_ok(search_run(index, request, &results, &last_error));
    return results;
}

static void assert_ids(const search_index *index, const search_weights *weights, const char *query,
                       const char *expected) {
    char ids[256] = "";
    search_request request = SEARCH_REQUEST_INIT;
    request.weights = weights;
    search_results *results = run(index, &request, query);
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_text id = search_results_hit(results, i)->id;
        strcat(ids, i == 0 ? "" : " ");
        strncat(ids, id.bytes, id.n_bytes);
    }
    search_results_free(results);
    assert_string_equal(ids, expected);
}

/* Enough other records that two words are rare: words in more than a fifth of all have no neighbours. */
static search_index *index_of(const char *const *records) {
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    for (size_t i = 0; records[i] != NULL; i++) {
        fixture_put(w, records[i]);
    }
    for (int i = 0; i < 30; i++) {
        char json[128];
        snprintf(json, sizeof json, "{\"id\":\"z%d\",\"body\":\"filler text of no meaning\"}", i);
        fixture_put(w, json);
    }
    fixture_commit(w);
    return fixture_open();
}

static void nearer_words_come_first(void **state) {
    (void)state;
    search_index *index = index_of(
        RECORDS("{\"id\":\"far\",\"body\":\"rice one two three four five six seven eight nine ten trade\"}",
                "{\"id\":\"near\",\"body\":\"rice one two trade three four five six seven eight nine ten\"}",
                "{\"id\":\"side\",\"body\":\"rice trade one two three four five six seven eight nine ten\"}",
                "{\"id\":\"turned\",\"body\":\"trade rice one two three four five six seven eight nine ten\"}"));
    assert_ids(index, NULL, "rice trade", "side turned near far");
    assert_ids(index, NULL, "trade rice", "turned side near far");
    search_weights flat = SEARCH_WEIGHTS_INIT;
    flat.pair = flat.window = flat.title = 0;
    assert_ids(index, &flat, "rice trade", "far near side turned"); /* equal: by id */
    search_index_free(index);
}

static void what_is_typed_comes_before_inflections(void **state) {
    (void)state;
    search_index *index = index_of(RECORDS("{\"id\":\"a\",\"body\":\"the ship traded grain there\"}",
                                           "{\"id\":\"b\",\"body\":\"the ship trading grain there\"}"));
    assert_ids(index, NULL, "trading grain", "b a");
    assert_ids(index, NULL, "traded grain", "a b");
    search_index_free(index);
}

static void the_title_that_is_asked_for_comes_first(void **state) {
    (void)state;
    search_index *index =
        index_of(RECORDS("{\"id\":\"a\",\"title\":\"Oak to Elm\",\"body\":\"text\"}",
                         "{\"id\":\"b\",\"title\":\"Elm to Oak\",\"body\":\"text\"}",
                         "{\"id\":\"c\",\"title\":\"Oak to Elm and many others far away\",\"body\":\"text\"}"));
    assert_ids(index, NULL, "elm oak", "b a c");
    assert_ids(index, NULL, "oak elm", "a b c");
    search_index_free(index);
}

/* ---- Explanations ---- */

static void explanations_add_up(void **state) {
    (void)state;
    static const char *const queries[] = {"rice",
                                          "rice trade",
                                          "trade rice -oak",
                                          "\"rice trade\" oak",
                                          "rice OR trade",
                                          "title:rice trade",
                                          "labour oak",
                                          "exact:traded rice",
                                          "mao zedong",
                                          "\"mao zedong\" rice",
                                          "tra* r?ce",
                                          "\"rice tra*\"",
                                          "rise~1 oak",
                                          "~\"rice trading\"",
                                          "rice NEAR/3 trade",
                                          "(oak OR labour) ADJ/5 rice",
                                          "verbatim:\"rice trade\" labour",
                                          "\"mao zedong on\" rice",
                                          "labour rice date:none",
                                          "src:118 OR rice",
                                          "zedong exact:mao",
                                          "oak (mao OR labour) zedong OR rice"};
    search_index *index =
        index_of(RECORDS("{\"id\":\"1\",\"title\":\"Rice\",\"body\":\"rice trade and traded oak labor rice\"}",
                         "{\"id\":\"2\",\"title\":\"Trade in rice\",\"body\":\"Mao Tse-tung on rice, labour\"}",
                         "{\"id\":\"3\",\"summary\":\"rice\",\"people\":[\"Mao Zedong\"],\"body\":\"trade oak\"}"));
    size_t n_checked = 0;
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        search_request request = SEARCH_REQUEST_INIT;
        request.explain = true;
        search_results *results = run(index, &request, queries[q]);
        for (size_t i = 0; i < search_results_n_hits(results); i++) {
            const search_hit *hit = search_results_hit(results, i);
            double sum = 0;
            for (size_t e = 0; e < hit->n_explanations; e++) {
                assert_true(hit->explanations[e].value > 0);
                sum += hit->explanations[e].value;
            }
            assert_true(fabs(sum - hit->score) < 1e-9);
            n_checked++;
        }
        search_results_free(results);
    }
    assert_true(n_checked > 30);
    search_index_free(index);
}

static void an_explanation_names_words_counts_and_rules(void **state) {
    (void)state;
    search_index *index = index_of(RECORDS("{\"id\":\"1\",\"title\":\"Labor\",\"body\":\"labor and rice\"}",
                                           "{\"id\":\"2\",\"body\":\"labour and rice\"}"));
    search_request request = SEARCH_REQUEST_INIT;
    request.explain = true;
    search_results *results = run(index, &request, "Labour rice");
    const search_hit *hit = search_results_hit(results, 0);
    assert_int_equal(hit->explanations[0].part, SEARCH_PART_WORD);
    assert_int_equal(hit->explanations[0].text.n_bytes, strlen("Labour"));
    assert_memory_equal(hit->explanations[0].text.bytes, "Labour", strlen("Labour"));
    bool has_rule = false;
    for (size_t i = 0; i < 2; i++) {
        hit = search_results_hit(results, i);
        const search_explanation *word = &hit->explanations[0];
        const bool is_american = hit->id.bytes[0] == '1';
        assert_true((word->counts[SEARCH_ZONE_TITLE] > 0) == is_american);
        assert_true(word->counts[SEARCH_ZONE_SUMMARY] == 0);
        assert_true((word->rule.n_bytes > 0) == is_american);
        has_rule = has_rule || word->rule.n_bytes > 0;
    }
    assert_true(has_rule);
    search_results_free(results);
    request.explain = false;
    results = run(index, &request, "Labour rice");
    assert_null(search_results_hit(results, 0)->explanations);
    search_results_free(results);
    search_index_free(index);
}

/* ---- Weights ---- */

static void weights_have_bounds(void **state) {
    (void)state;
    search_index *index = index_of(RECORDS("{\"id\":\"1\",\"body\":\"rice trade\"}"));
    search_results *results = NULL;
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of("rice");
    search_weights weights = SEARCH_WEIGHTS_INIT;
    request.weights = &weights;
    weights.pair = -1;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    assert_string_equal(last_error.id, "search.weights");
    weights.pair = NAN;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    weights.pair = INFINITY;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    weights.pair = 1000;
    weights.zone_b[1] = 1.5;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    weights.zone_b[1] = 1;
    weights.size = sizeof weights + 1;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    weights.size = sizeof weights;
    memset(weights.zone, 0, sizeof weights.zone);
    weights.k1 = 0;
    request.explain = true;
    assert_ok(search_run(index, &request, &results, &last_error)); /* nothing counts, and nothing divides by 0 */
    assert_true(search_results_hit(results, 0)->score == 0);
    assert_int_equal(search_results_hit(results, 0)->n_explanations, 0);
    search_results_free(results);
    search_index_free(index);
}

/* ---- Pages ---- */

static void pages_agree_across_stages(void **state) {
    (void)state;
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    for (unsigned i = 0; i < RERANK_MAX + 60; i++) {
        char json[256];
        snprintf(json, sizeof json, "{\"id\":\"%05u\",\"body\":\"%s %s %s %s\"}", i, i % 3 == 0 ? "rice" : "one rice",
                 i % 5 == 0 ? "trade" : "two three trade", i % 7 == 0 ? "rice" : "four", i % 2 == 0 ? "" : "five");
        fixture_put(w, json);
    }
    for (unsigned i = 0; i < 6 * RERANK_MAX; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":\"z%u\",\"body\":\"six\"}", i);
        fixture_put(w, json);
    }
    fixture_commit(w);
    search_index *index = fixture_open();
    search_request request = SEARCH_REQUEST_INIT;
    request.limit = 10000;
    search_results *all = run(index, &request, "rice trade");
    assert_int_equal(search_results_n_hits(all), RERANK_MAX + 60);
    for (request.offset = 0; request.offset < RERANK_MAX + 60; request.offset += 53) {
        request.limit = 53;
        search_results *page = run(index, &request, "rice trade");
        for (size_t i = 0; i < search_results_n_hits(page); i++) {
            const search_hit *hit = search_results_hit(page, i);
            const search_hit *same = search_results_hit(all, request.offset + i);
            assert_int_equal(hit->id.n_bytes, same->id.n_bytes);
            assert_memory_equal(hit->id.bytes, same->id.bytes, hit->id.n_bytes);
            assert_true(hit->score == same->score);
        }
        search_results_free(page);
    }
    for (size_t i = 1; i < search_results_n_hits(all); i++) {
        assert_true(search_results_hit(all, i)->score <= search_results_hit(all, i - 1)->score);
    }
    search_results_free(all);
    search_index_free(index);
}

/* ---- Windows ---- */

#define POSITIONS(...)                                                                                                 \
    (term_positions) {                                                                                                 \
        (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)                    \
    }

static void pairs_of_positions(void **state) {
    (void)state;
    const term_positions none = {NULL, 0};
    const term_positions a = POSITIONS(1, 50, 90);
    const term_positions b = POSITIONS(20, 52, 300);
    assert_int_equal(window_pair(&a, &b, 2), 0);
    assert_int_equal(window_pair(&a, &b, 1), 1);
    assert_int_equal(window_pair(&b, &a, 1), 4); /* 52 before 50: two back, and one for the order */
    assert_int_equal(window_pair(&a, &none, 1), WINDOW_NONE);
    assert_int_equal(window_pair(&none, &a, 1), WINDOW_NONE);
}

static uint32_t plain_span(const term_positions *lists, size_t n, size_t at, uint32_t low, uint32_t high) {
    if (at == n) {
        return high - low + 1;
    }
    uint32_t best = WINDOW_NONE;
    for (size_t i = 0; i < lists[at].n; i++) {
        const uint32_t p = lists[at].positions[i];
        const uint32_t now = plain_span(lists, n, at + 1, p < low ? p : low, p > high ? p : high);
        best = now < best ? now : best;
    }
    return lists[at].n == 0 ? plain_span(lists, n, at + 1, low, high) : best;
}

static void spans_are_the_shortest(void **state) {
    (void)state;
    uint32_t seed = 1961;
    for (int round = 0; round < 2000; round++) {
        uint32_t positions[4][5];
        term_positions lists[4];
        size_t n_open = 0;
        for (size_t i = 0; i < 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            const size_t n = seed >> 29 > 5 ? 5 : seed >> 29;
            uint32_t p = 0;
            for (size_t j = 0; j < n; j++) {
                seed = seed * 1664525u + 1013904223u;
                p += 1 + (seed >> 27);
                positions[i][j] = p;
            }
            lists[i] = (term_positions){positions[i], n};
            n_open += n > 0 ? 1 : 0;
        }
        assert_int_equal(window_span(lists, 4), n_open < 2 ? WINDOW_NONE : plain_span(lists, 4, 0, UINT32_MAX, 0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nearer_words_come_first, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_typed_comes_before_inflections, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_title_that_is_asked_for_comes_first, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(explanations_add_up, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(an_explanation_names_words_counts_and_rules, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(weights_have_bounds, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(pages_agree_across_stages, fixture_set_up, fixture_tear_down),
        cmocka_unit_test(pairs_of_positions),
        cmocka_unit_test(spans_are_the_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
