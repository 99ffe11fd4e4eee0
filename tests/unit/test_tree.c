/* Tests of queries as trees: what is built prints to a text that reads back to the same tree, what cannot be written
 * cannot be built, and requests take trees and lenient queries. */
#include "fixture.h"

#include "libsearch/query/query.h"

static const char *const cables[] = {
    "{\"id\":\"t1\",\"title\":\"Border report\",\"date\":\"1961-12-02\",\"body\":\"The armistice line at the border.\"}",
    "{\"id\":\"t2\",\"title\":\"Harvest\",\"date\":\"1962\",\"body\":\"The harvest at the border (AND OR).\"}",
    "{\"id\":\"t3\",\"title\":\"Trade\",\"body\":\"Trade talks on the harvest.\"}", NULL};

static search_index *index_of_cables(void) {
    fixture_build(cables);
    return fixture_open();
}

static search_text of(const char *string) {
    return search_text_of(string);
}

static search_query *word(const char *text) {
    search_query *q = NULL;
    assert_int_equal(search_query_word(of(""), of(text), 0, &q, NULL), SEARCH_OK);
    return q;
}

static search_query *parsed(const char *text) {
    search_query *q = NULL;
    search_error error;
    if (search_query_parse(NULL, of(text), false, &q, &error) != SEARCH_OK)
        fail_msg("%s: %s", text, error.message);
    return q;
}

/* Frees the query. */
static void assert_prints(search_query *q, const char *expected) {
    char *text = NULL;
    size_t n_text = 0;
    assert_non_null(q);
    assert_int_equal(search_query_to_text(q, &text, &n_text, NULL), SEARCH_OK);
    assert_string_equal(text, expected);
    assert_int_equal(n_text, strlen(expected));
    search_bytes_free(text);
    search_query_free(q);
}

/* The call must have failed so, leaving nothing in `q`. */
static void assert_bad(search_status got, const search_query *q, const search_error *error, const char *id) {
    assert_int_equal(got, SEARCH_E_ARGUMENT);
    assert_int_equal(error->status, SEARCH_E_ARGUMENT);
    assert_string_equal(error->id, id);
    assert_string_not_equal(error->message, "");
    assert_string_not_equal(error->hint, "");
    assert_null(q);
}

/* ---- Building ---- */

static void test_leaves(void **state) {
    (void)state;
    search_query *q = NULL;
    assert_int_equal(search_query_word(of("title"), of("AND"), 0, &q, NULL), SEARCH_OK);
    assert_prints(q, "title:AND");
    assert_int_equal(search_query_word(of(""), of("date:kore*(~1"), SEARCH_QUERY_EXACT, &q, NULL), SEARCH_OK);
    assert_prints(q, "exact:\\date:kore\\*\\(\\~1");
    assert_int_equal(search_query_word(of(""), of("k\\*re*"), SEARCH_QUERY_PATTERN, &q, NULL), SEARCH_OK);
    assert_prints(q, "k\\*re*");
    assert_int_equal(search_query_phrase(of("title"), of("a \"b\" c*"), SEARCH_QUERY_INFLECTED, &q, NULL), SEARCH_OK);
    assert_prints(q, "title:~\"a \\\"b\\\" c\\*\"");
    assert_int_equal(search_query_phrase(of(""), of("a b~2"), SEARCH_QUERY_PATTERN, &q, NULL), SEARCH_OK);
    assert_prints(q, "\"a b~2\"");
    assert_int_equal(search_query_verbatim(of("title"), of("An [sic]*"), &q, NULL), SEARCH_OK);
    assert_prints(q, "verbatim:title:\"An [sic]*\"");
    assert_int_equal(search_query_source(of("PRC FMA 118"), &q, NULL), SEARCH_OK);
    assert_prints(q, "src:\"PRC FMA 118\"");
    assert_int_equal(search_query_date(of(" March 1964 .. c. 1970 "), true, &q, NULL), SEARCH_OK);
    assert_prints(q, "date=1964-03..1971-12");
    assert_int_equal(search_query_date(of("None"), false, &q, NULL), SEARCH_OK);
    assert_prints(q, "date:none");
}

static void test_groups(void **state) {
    (void)state;
    search_query *q = NULL;
    search_query *inner = NULL;
    assert_int_equal(search_query_or((search_query *[]){word("a"), parsed("b OR c")}, 2, &inner, NULL), SEARCH_OK);
    assert_int_equal(search_query_near((search_query *[]){inner, word("d")}, 2, 3, &q, NULL), SEARCH_OK);
    assert_int_equal(search_query_not(q, &q, NULL), SEARCH_OK);
    assert_int_equal(search_query_and((search_query *[]){parsed("e f"), q}, 2, &q, NULL), SEARCH_OK);
    assert_prints(q, "e f -((a OR b OR c) NEAR/3 d)");
    assert_int_equal(search_query_adj((search_query *[]){word("a"), parsed("b ADJ/0 c")}, 2, 0, &q, NULL), SEARCH_OK);
    assert_prints(q, "a ADJ/0 b ADJ/0 c");
    assert_int_equal(search_query_not(parsed("-a"), &q, NULL), SEARCH_OK);
    assert_prints(q, "a");
    assert_int_equal(search_query_or((search_query *[]){word("a")}, 1, &q, NULL), SEARCH_OK);
    assert_prints(q, "a");
    assert_prints(parsed(" "), "");
}

static void test_bad_leaves(void **state) {
    (void)state;
    search_query *q = NULL;
    search_error error;
    const struct {
        const char *field;
        const char *text;
        unsigned flags;
        const char *id;
    } rows[] = {
        {"", "", 0, "query.empty_clause"},
        {"", "  ", 0, "query.empty_clause"},
        {"", "a b", 0, "query.bad_operand"},
        {"", "caf\xE9", 0, "query.not_utf8"},
        {"", "a", SEARCH_QUERY_INFLECTED, "query.bad_flags"},
        {"", "a", 64, "query.bad_flags"},
        {"", "*", SEARCH_QUERY_PATTERN, "query.empty_clause"},
        {"", "a~7", SEARCH_QUERY_PATTERN, "query.bad_fuzzy"},
        {"", "a*~1", SEARCH_QUERY_PATTERN, "query.conflict"},
        {"Title", "a", 0, "query.unknown_field"},
        {"src", "a", 0, "query.unknown_field"},
        {"a_name_of_more_than_thirty_two_bytes", "a", 0, "query.unknown_field"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_bad(search_query_word(of(rows[i].field), of(rows[i].text), rows[i].flags, &q, &error), q, &error,
                   rows[i].id);
    assert_bad(search_query_phrase(of(""), of("a"), SEARCH_QUERY_EXACT | SEARCH_QUERY_INFLECTED, &q, &error), q, &error,
               "query.conflict");
    assert_bad(search_query_source(of("--"), &q, &error), q, &error, "query.empty_clause");
    assert_bad(search_query_date(of("soon"), false, &q, &error), q, &error, "query.bad_date");
    assert_bad(search_query_date(of("1963..1961"), false, &q, &error), q, &error, "query.reversed_dates");
    assert_bad(search_query_date(of(".."), false, &q, &error), q, &error, "query.empty_clause");
    char *text = malloc(65537);
    assert_non_null(text);
    memset(text, 'a', 65537);
    assert_int_equal(search_query_word(of(""), (search_text){text, 65537}, 0, &q, &error), SEARCH_E_LIMIT);
    assert_string_equal(error.id, "query.too_long");
    free(text);
    assert_int_equal(search_query_parse(NULL, of("(a"), false, &q, &error), SEARCH_E_QUERY);
    assert_null(q);
}

/* The children are freed all the same: the sanitizers would tell. */
static void test_bad_groups(void **state) {
    (void)state;
    search_query *q = NULL;
    search_error error;
    assert_bad(search_query_and(NULL, 0, &q, &error), q, &error, "query.empty_clause");
    assert_bad(search_query_or((search_query *[]){word("a"), NULL}, 2, &q, &error), q, &error, "query.empty_clause");
    assert_bad(search_query_not(parsed(""), &q, &error), q, &error, "query.empty_clause");
    assert_bad(search_query_near((search_query *[]){word("a"), word("b")}, 2, 100, &q, &error), q, &error,
               "query.bad_distance");
    const char *const operands[] = {"b c", "-b", "b NEAR/2 c", "b ADJ/3 c", "date:1961", "verbatim:b", "src:b"};
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++)
        assert_bad(search_query_near((search_query *[]){word("a"), parsed(operands[i])}, 2, 3, &q, &error), q, &error,
                   "query.bad_operand");
    search_query *titled = NULL;
    assert_int_equal(search_query_word(of("title"), of("b"), 0, &titled, NULL), SEARCH_OK);
    assert_bad(search_query_adj((search_query *[]){word("a"), titled}, 2, 3, &q, &error), q, &error,
               "query.mixed_fields");
}

static void test_too_deep(void **state) {
    (void)state;
    search_query *q = word("a");
    search_error error;
    search_status status = SEARCH_OK;
    size_t n_levels = 0;
    while (status == SEARCH_OK && n_levels < 100) {
        search_query *const two[] = {q, word("b")};
        status = (n_levels % 2 == 0 ? search_query_and : search_query_or)(two, 2, &q, &error);
        n_levels += status == SEARCH_OK ? 1 : 0;
    }
    assert_int_equal(status, SEARCH_E_LIMIT);
    assert_string_equal(error.id, "query.too_deep");
    assert_int_equal(n_levels, 64);
    assert_null(q);
}

/* ---- Random trees ---- */

static uint64_t dice;

static size_t roll(size_t n) {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (size_t)(dice % n);
}

static search_query *random_tree(size_t depth);

static search_query *random_words(void) {
    static const char *const texts[] = {
        "a",      "kore*", "b?d",   "Kim~1", "AND",  "-x", "title:y", "date=1961", "\\*",  "\"q\"",     "(", "~",
        "NEAR/3", "a\\~2", "朝*鮮", "what?", "?a~2", "*",  "x~0.8",   "\\",        "src:", "verbatim:", "“", "k*~1"};
    search_query *q = NULL;
    const search_text text = of(texts[roll(sizeof texts / sizeof *texts)]);
    const search_text field = of(roll(3) == 0 ? "title" : "");
    const unsigned flags = (roll(2) == 0 ? SEARCH_QUERY_PATTERN : 0u) | (roll(3) == 0 ? SEARCH_QUERY_EXACT : 0u);
    if (roll(2) == 0) {
        search_query_word(field, text, flags, &q, NULL);
        return q;
    }
    char phrase[128];
    snprintf(phrase, sizeof phrase, "%s %s\n", text.bytes, texts[roll(sizeof texts / sizeof *texts)]);
    search_query_phrase(field, of(phrase), roll(3) == 0 ? SEARCH_QUERY_INFLECTED : flags, &q, NULL);
    return q;
}

static search_query *random_leaf(void) {
    static const char *const bounds[] = {"1961", "1961-02..1963", "..March 1964", "c. 1962", "none", "1964-02-29..",
                                         "x"};
    search_query *q = NULL;
    switch (roll(6)) {
    case 0:
        search_query_date(of(bounds[roll(7)]), roll(2) == 0, &q, NULL);
        return q;
    case 1:
        search_query_verbatim(of(roll(2) == 0 ? "title" : ""), of("An \"s\\aid\" [x]*"), &q, NULL);
        return q;
    case 2:
        search_query_source(of("\"PRC\" 118\\"), &q, NULL);
        return q;
    default:
        return random_words();
    }
}

/* Null where what was rolled cannot be built. */
static search_query *random_tree(size_t depth) {
    search_query *children[3] = {NULL, NULL, NULL};
    search_query *q = NULL;
    const size_t kind = depth == 0 ? 9 : roll(8);
    const size_t n = 1 + roll(3);
    if (kind >= 6)
        return random_leaf();
    if (kind == 5) {
        search_query_not(random_tree(depth - 1), &q, NULL);
        return q;
    }
    for (size_t i = 0; i < n; i++) {
        /* one that cannot be built is rolled anew, so that large trees come about */
        for (size_t n_tries = 0; children[i] == NULL && n_tries < 20; n_tries++)
            children[i] = kind == 2 || kind == 3 ? random_words() : random_tree(depth - 1);
    }
    if (kind == 2)
        search_query_near(children, n, roll(100), &q, NULL);
    else if (kind == 3)
        search_query_adj(children, n, roll(100), &q, NULL);
    else
        (kind == 4 ? search_query_or : search_query_and)(children, n, &q, NULL);
    return q;
}

static void test_random_trees_print_and_read_back(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    size_t n_built = 0;
    for (uint64_t seed = 1; seed <= 6000; seed++) {
        dice = seed * 0x9E3779B97F4A7C15u;
        search_query *q = random_tree(seed % 5);
        search_query *again = NULL;
        search_error error;
        char *text = NULL;
        size_t n_text = 0;
        if (q == NULL)
            continue;
        n_built++;
        assert_int_equal(search_query_to_text(q, &text, &n_text, NULL), SEARCH_OK);
        if (search_query_parse(index, (search_text){text, n_text}, false, &again, &error) != SEARCH_OK)
            fail_msg("%s: %s", text, error.message);
        if (!query_equal(q->tree.root, again->tree.root))
            fail_msg("another tree comes of: %s", text);
        assert_int_equal(q->tree.n_leaves, again->tree.n_leaves);
        search_bytes_free(text);
        search_query_free(again);
        search_query_free(q);
    }
    assert_true(n_built > 2000);
    search_index_free(index);
}

/* ---- Searching ---- */

static search_results *run_tree(const search_index *index, const search_query *q) {
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    search_error error;
    request.tree = q;
    if (search_run(index, &request, &results, &error) != SEARCH_OK)
        fail_msg("%s", error.message);
    return results;
}

static void test_a_request_takes_a_tree(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_query *q = NULL;
    search_query *not = NULL;
    assert_int_equal(search_query_not(word("armistice"), &not, NULL), SEARCH_OK);
    assert_int_equal(search_query_and((search_query *[]){word("border"), not }, 2, &q, NULL), SEARCH_OK);
    for (size_t i = 0; i < 2; i++) { /* a tree stays as it is */
        search_results *results = run_tree(index, q);
        assert_int_equal(search_results_total(results), 1);
        assert_int_equal(search_results_hit(results, 0)->id.bytes[1], '2');
        assert_string_equal(search_results_query(results), "border -armistice");
        search_results_free(results);
    }
    search_query_free(q);
    q = word("AND");
    search_results *results = run_tree(index, q);
    assert_int_equal(search_results_total(results), 1); /* a word, not an operator */
    search_query_free(q);
    assert_string_equal(search_results_query(results), "\\AND");
    search_results_free(results);
    search_index_free(index);
}

static void test_a_request_refuses_trees(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    search_error error;
    search_query *q = NULL;
    assert_int_equal(search_query_word(of("tilte"), of("a"), 0, &q, NULL), SEARCH_OK);
    request.tree = q;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_ARGUMENT);
    assert_string_equal(error.id, "query.unknown_field");
    assert_int_equal(error.offset, SEARCH_NO_OFFSET);
    search_query_free(q);
    request.tree = q = parsed("a b c");
    request.max_terms = 2;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_LIMIT);
    assert_string_equal(error.id, "query.too_many_terms");
    request.max_terms = 0;
    request.query = of("a");
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_ARGUMENT);
    assert_null(results);
    search_query_free(q);
    search_index_free(index);
}

static void test_lenient_requests(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    search_error error;
    request.query = of("“armistice line");
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_QUERY);
    request.lenient = true;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_OK);
    assert_int_equal(search_results_total(results), 1);
    assert_int_equal(search_results_n_warnings(results), 1);
    assert_string_equal(search_results_warning(results, 0)->id, "query.unclosed_quote");
    assert_int_equal(search_results_warning(results, 0)->offset, 0);
    assert_null(search_results_warning(results, 1));
    search_results_free(results);
    request.query = of("border");
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_OK);
    assert_int_equal(search_results_n_warnings(results), 0);
    search_results_free(results);
    request.required_filter = of("(border"); /* never lenient */
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_E_QUERY);
    search_index_free(index);
}

static void test_lenient_json(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    char *answer = NULL;
    size_t n_answer = 0;
    search_error error;
    const char *request = "{\"query\":\"“é” (border\",\"lenient\":true}";
    assert_int_equal(search_run_json(index, request, strlen(request), &answer, &n_answer, &error), SEARCH_OK);
    assert_non_null(strstr(answer, "\"warnings\":[{\"id\":\"query.unclosed_parenthesis\",\"message\":"));
    assert_non_null(strstr(answer, "\"offset\":4,\"hint\":")); /* code points */
    search_bytes_free(answer);
    request = "{\"query\":\"border\"}";
    assert_int_equal(search_run_json(index, request, strlen(request), &answer, &n_answer, &error), SEARCH_OK);
    assert_non_null(strstr(answer, "\"warnings\":[]"));
    search_bytes_free(answer);
    request = "{\"query\":\"border\",\"lenient\":1}";
    assert_int_equal(search_run_json(index, request, strlen(request), &answer, &n_answer, &error), SEARCH_E_ARGUMENT);
    search_index_free(index);
}

static void test_a_lenient_tree_has_its_warnings(void **state) {
    (void)state;
    search_index *index = index_of_cables();
    search_query *q = NULL;
    assert_int_equal(search_query_parse(index, of("(border"), true, &q, NULL), SEARCH_OK);
    assert_int_equal(search_query_n_warnings(q), 1);
    assert_string_equal(search_query_warning(q, 0)->id, "query.unclosed_parenthesis");
    assert_null(search_query_warning(q, 1));
    search_results *results = run_tree(index, q);
    assert_int_equal(search_results_n_warnings(results), 1);
    search_results_free(results);
    search_query_free(q);
    search_query_free(NULL);
    search_index_free(index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_bad_leaves),
        cmocka_unit_test(test_bad_groups),
        cmocka_unit_test(test_too_deep),
        cmocka_unit_test_setup_teardown(test_random_trees_print_and_read_back, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_takes_a_tree, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_refuses_trees, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_lenient_requests, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_lenient_json, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_lenient_tree_has_its_warnings, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
