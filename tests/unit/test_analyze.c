/* Analysis for people, through the public header: tokens with their bytes and forms, brackets, readings, variants, and
 * the JSON of them, without an index and with one. */
#include "tests/unit/fixture.h"
#include <sys/wait.h>

static search_analysis *analyzed(const search_index *index, search_text text) {
    search_analysis *a = NULL;
    assert_ok(search_analyze(index, text, &a, &last_error));
    assert_non_null(a);
    return a;
}

static search_analysis *analyzed_string(const char *text) {
    return analyzed(NULL, search_text_of(text));
}

static void assert_token(const search_analysis *a, size_t i, const search_token *expected) {
    const search_token *t = search_analysis_token(a, i);
    assert_non_null(t);
    assert_int_equal(t->from, expected->from);
    assert_int_equal(t->to, expected->to);
    assert_int_equal(t->position, expected->position);
    assert_int_equal(t->is_extra, expected->is_extra);
    assert_text(t->exact, expected->exact.bytes);
    assert_text(t->folded, expected->folded.bytes);
    assert_text(t->stem, expected->stem.bytes);
}

/* A token as expected: its bytes, position, and forms. */
#define TOKEN(from, to, position, is_extra, exact, folded, stem)                                                       \
    (&(search_token){from, to, position, is_extra, {exact, 0}, {folded, 0}, {stem, 0}})

static void assert_json(const search_analysis *a, const char *expected) {
    char *json = NULL;
    size_t n_json = 0;
    assert_ok(search_analysis_to_json(a, &json, &n_json, &last_error));
    assert_string_equal(json, expected);
    assert_int_equal(n_json, strlen(expected));
    search_bytes_free(json);
}

/* ---- Tokens ---- */

static void words_have_all_forms(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("Border crossings at P'yŏngyang");
    assert_token(a, 0, TOKEN(0, 6, 1, false, "border", "border", "border"));
    assert_token(a, 1, TOKEN(7, 16, 2, false, "crossings", "crossings", "cross"));
    assert_token(a, 2, TOKEN(17, 19, 3, false, "at", "at", "at"));
    assert_token(a, 3, TOKEN(20, 31, 4, false, "p'yŏngyang", "pyongyang", "pyongyang"));
    assert_null(search_analysis_token(a, 4));
    assert_null(search_analysis_token(a, (size_t)-1));
    assert_null(search_analysis_bracket(a, 0));
    assert_int_equal(search_analysis_n_bad_bytes(a), 0);
    search_analysis_free(a);
}

static void text_without_words_is_no_error(void **state) {
    (void)state;
    const search_text texts[] = {{NULL, 0}, {"", 0}, {" ... []", 7}};
    for (size_t i = 0; i < 3; i++) {
        search_analysis *a = analyzed(NULL, texts[i]);
        assert_null(search_analysis_token(a, 0));
        assert_null(search_analysis_bracket(a, 0));
        assert_null(search_analysis_reading(a, 0));
        assert_null(search_analysis_variant(a, 0));
        search_analysis_free(a);
    }
    search_analysis_free(NULL);
}

static void the_length_is_honoured(void **state) {
    (void)state;
    search_analysis *a = analyzed(NULL, (search_text){"rice and sugar", 8});
    assert_non_null(search_analysis_token(a, 1));
    assert_null(search_analysis_token(a, 2));
    search_analysis_free(a);
}

static void bad_bytes_are_counted(void **state) {
    (void)state;
    search_analysis *a = analyzed(NULL, (search_text){"\xFF rice\xC3 \0sugar", 14});
    assert_int_equal(search_analysis_n_bad_bytes(a), 2);
    assert_token(a, 0, TOKEN(2, 6, 1, false, "rice", "rice", "rice"));
    assert_token(a, 1, TOKEN(9, 14, 2, false, "sugar", "sugar", "sugar"));
    assert_json(a, "{\"format\":1,\"text\":\"\uFFFD rice\uFFFD \\u0000sugar\",\"tokens\":["
                   "{\"from\":2,\"to\":6,\"position\":1,\"extra\":false,\"text\":\"rice\",\"exact\":\"rice\","
                   "\"folded\":\"rice\",\"stem\":\"rice\"},"
                   "{\"from\":9,\"to\":14,\"position\":2,\"extra\":false,\"text\":\"sugar\",\"exact\":\"sugar\","
                   "\"folded\":\"sugar\",\"stem\":\"sugar\"}],"
                   "\"brackets\":[],\"readings\":[],\"variants\":[],\"bad_bytes\":2}");
    search_analysis_free(a);
}

static void every_byte_is_survived(void **state) {
    (void)state;
    unsigned char bytes[4096];
    uint32_t seed = 1;
    for (size_t round = 0; round < 64; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] =
                round % 2 == 0 ? (unsigned char)(seed >> 24) : (unsigned char)("a[ ]B's-\xC5\x8F\n"[seed >> 24 & 7]);
        }
        search_analysis *a = analyzed(NULL, (search_text){(const char *)bytes, sizeof bytes});
        const search_token *t;
        uint32_t position = 0;
        for (size_t i = 0; (t = search_analysis_token(a, i)) != NULL; i++) {
            assert_true(t->from < t->to && t->to <= sizeof bytes);
            assert_true(t->is_extra ? t->position == position : t->position == position + 1);
            assert_true(t->exact.n_bytes > 0 && t->folded.n_bytes > 0);
            position = t->position;
        }
        char *json = NULL;
        size_t n_json = 0;
        assert_ok(search_analysis_to_json(a, &json, &n_json, &last_error));
        assert_int_equal(strlen(json), n_json);
        search_bytes_free(json);
        search_analysis_free(a);
    }
}

static void a_text_may_be_too_long(void **state) {
    (void)state;
    const size_t n = ((size_t)64 << 20) + 1;
    char *bytes = calloc(n, 1);
    assert_non_null(bytes);
    search_analysis *a = (search_analysis *)(void *)bytes;
    assert_fails(search_analyze(NULL, (search_text){bytes, n}, &a, &last_error), SEARCH_E_LIMIT);
    assert_null(a);
    free(bytes);
}

/* ---- Brackets, readings, variants ---- */

static void brackets_are_told(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("Kim Tae-hui [Kim Thae Hui] received");
    const search_bracket *b = search_analysis_bracket(a, 0);
    assert_non_null(b);
    assert_int_equal(b->position_first, 4);
    assert_int_equal(b->position_last, 6);
    assert_null(search_analysis_bracket(a, 1));
    search_analysis_free(a);
}

static void other_forms_are_extra(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("Kim Il Sung's W[illiam]");
    assert_token(a, 2, TOKEN(7, 13, 3, false, "sung's", "sungs", "sung"));
    assert_int_equal(search_analysis_token(a, 3)->position, 3);
    assert_true(search_analysis_token(a, 3)->is_extra);
    assert_text(search_analysis_token(a, 3)->folded, "sung");
    bool has_william = false;
    for (size_t i = 4; search_analysis_token(a, i) != NULL; i++) {
        const search_token *t = search_analysis_token(a, i);
        has_william = has_william || (t->is_extra && t->position == 4 && t->folded.n_bytes == 7);
    }
    assert_true(has_william);
    search_analysis_free(a);
}

/* Whether the words at first .. last have a reading. */
static bool has_reading(const search_analysis *a, uint32_t first, uint32_t last, const char *key) {
    const search_reading *r;
    for (size_t i = 0; (r = search_analysis_reading(a, i)) != NULL; i++) {
        if (r->position_first == first && r->position_last == last && r->key.n_bytes == strlen(key) &&
            memcmp(r->key.bytes, key, r->key.n_bytes) == 0) {
            assert_true(r->rule.n_bytes > 0);
            return true;
        }
    }
    return false;
}

static void names_have_readings(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("Comrade Mao Tse-tung said");
    assert_true(has_reading(a, 2, 4, "zh:mao-ze-dong"));
    search_analysis_free(a);
    a = analyzed_string("mao zedong");
    assert_true(has_reading(a, 1, 2, "zh:mao-ze-dong"));
    search_analysis_free(a);
    a = analyzed_string("border crossers");
    assert_null(search_analysis_reading(a, 0));
    search_analysis_free(a);
}

static bool has_variant(const search_analysis *a, uint32_t first, uint32_t last, const char *words) {
    const search_variant *v;
    for (size_t i = 0; (v = search_analysis_variant(a, i)) != NULL; i++) {
        if (v->position_first == first && v->position_last == last && v->words.n_bytes == strlen(words) &&
            memcmp(v->words.bytes, words, v->words.n_bytes) == 0) {
            assert_true(v->rule.n_bytes > 0);
            return true;
        }
    }
    return false;
}

static void spellings_are_variants(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("the Labour Party");
    assert_true(has_variant(a, 2, 2, "labor"));
    assert_text(search_analysis_token(a, 1)->stem, "labor");
    search_analysis_free(a);
    a = analyzed_string("Labor");
    assert_true(has_variant(a, 1, 1, "labour"));
    search_analysis_free(a);
}

/* ---- JSON ---- */

static void json_counts_in_code_points(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("\"Łódź\" — ÷ rice");
    assert_json(a, "{\"format\":1,\"text\":\"\\\"Łódź\\\" — ÷ rice\",\"tokens\":["
                   "{\"from\":1,\"to\":5,\"position\":1,\"extra\":false,\"text\":\"Łódź\",\"exact\":\"łódź\","
                   "\"folded\":\"lodz\",\"stem\":\"lodz\"},"
                   "{\"from\":11,\"to\":15,\"position\":2,\"extra\":false,\"text\":\"rice\",\"exact\":\"rice\","
                   "\"folded\":\"rice\",\"stem\":\"rice\"}],"
                   "\"brackets\":[],\"readings\":[],\"variants\":[],\"bad_bytes\":0}");
    search_analysis_free(a);
}

static void json_has_every_part(void **state) {
    (void)state;
    search_analysis *a = analyzed_string("[Mao Zedong]");
    char *json = NULL;
    size_t n_json = 0;
    assert_ok(search_analysis_to_json(a, &json, &n_json, &last_error));
    assert_non_null(strstr(json, "\"brackets\":[[1,2]]"));
    assert_non_null(strstr(json, "{\"positions\":[1,2],\"reading\":\"zh:mao-ze-dong\",\"rule\":\""));
    search_bytes_free(json);
    search_analysis_free(a);
}

/* ---- With an index ---- */

static void the_analysis_outlives_the_index(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"title\":\"Rice\",\"body\":\"Border crossings.\"}"));
    search_index *index = fixture_open();
    search_analysis *a = analyzed(index, search_text_of("crossings"));
    search_analysis *b = analyzed(index, search_text_of("rice"));
    search_index_free(index);
    assert_token(a, 0, TOKEN(0, 9, 1, false, "crossings", "crossings", "cross"));
    assert_token(b, 0, TOKEN(0, 4, 1, false, "rice", "rice", "rice"));
    search_analysis_free(a);
    search_analysis_free(b);
}

static void the_stemmer_is_that_of_the_index(void **state) {
    (void)state;
    search_schema *schema = NULL;
    search_writer *w = NULL;
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    const search_field body = {"body", SEARCH_FIELD_TEXT, SEARCH_ZONE_BODY, false};
    assert_ok(search_schema_new("none", &schema, &last_error));
    assert_ok(search_schema_add(schema, &body, &last_error));
    options.schema = schema;
    options.force = true;
    assert_ok(search_writer_open(fixture_directory, &options, &w, &last_error));
    fixture_put(w, "{\"id\":\"a\",\"body\":\"Border crossings.\"}");
    fixture_commit(w);
    search_schema_free(schema);
    search_index *index = fixture_open();
    search_analysis *a = analyzed(index, search_text_of("crossings"));
    assert_token(a, 0, TOKEN(0, 9, 1, false, "crossings", "crossings", "crossings"));
    search_analysis_free(a);
    search_index_free(index);
}

static void a_child_has_no_index(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"body\":\"Rice.\"}"));
    search_index *index = fixture_open();
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        search_analysis *a = NULL;
        const search_status status = search_analyze(index, search_text_of("rice"), &a, NULL);
        _exit(status == SEARCH_E_FORKED && a == NULL ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    search_index_free(index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_all_forms),
        cmocka_unit_test(text_without_words_is_no_error),
        cmocka_unit_test(the_length_is_honoured),
        cmocka_unit_test(bad_bytes_are_counted),
        cmocka_unit_test(every_byte_is_survived),
        cmocka_unit_test(a_text_may_be_too_long),
        cmocka_unit_test(brackets_are_told),
        cmocka_unit_test(other_forms_are_extra),
        cmocka_unit_test(names_have_readings),
        cmocka_unit_test(spellings_are_variants),
        cmocka_unit_test(json_counts_in_code_points),
        cmocka_unit_test(json_has_every_part),
        cmocka_unit_test_setup_teardown(the_analysis_outlives_the_index, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(the_stemmer_is_that_of_the_index, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_child_has_no_index, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
