/* The ways of a record into and out of bytes agree: JSON read fast and by the parser gives the same record, and so does
 * a frame.  All text is made up here, besides what corpus/ and the fuzz corpus below $top_srcdir hold. */
#include "libsearch/cable/cable.h"
#include "libsearch/support/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

static void assert_same_key(const record_key *a, const record_key *b) {
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->n_name, strlen(a->name));
    assert_int_equal(a->n_name, b->n_name);
    assert_int_equal(a->form, b->form);
    assert_int_equal(a->derived, b->derived);
    assert_int_equal(a->n_values, b->n_values);
    for (size_t i = 0; i < a->n_values; i++) {
        assert_int_equal(a->values[i].n_bytes, b->values[i].n_bytes);
        assert_memory_equal(a->values[i].bytes, b->values[i].bytes, a->values[i].n_bytes + 1);
    }
}

static void assert_same(const search_record *a, const search_record *b) {
    assert_int_equal(a->n_keys, b->n_keys);
    assert_int_equal(a->n_values, b->n_values);
    assert_int_equal(a->n_bytes, b->n_bytes);
    for (size_t i = 0; i < a->n_keys; i++)
        assert_same_key(&a->keys[i], &b->keys[i]);
}

/* Of bytes in memory of exactly their size, so that a read past their end is seen. */
static search_status read_frame(search_text frame, search_record **out, search_error *error) {
    char *exact = malloc(frame.n_bytes == 0 ? 1 : frame.n_bytes);
    if (frame.n_bytes > 0)
        memcpy(exact, frame.bytes, frame.n_bytes);
    const search_status status = record_frame_read((search_text){exact, frame.n_bytes}, out, error);
    free(exact);
    return status;
}

static void check_frame(const search_record *record) {
    buffer frame = {0};
    search_record *again = NULL;
    assert_true(record_frame_write(&frame, record));
    assert_int_equal(read_frame((search_text){frame.bytes, frame.n_bytes}, &again, NULL), SEARCH_OK);
    assert_same(record, again);
    search_record_free(again);
    buffer_free(&frame);
}

/* In memory of exactly its size, so that a read past its end is seen.  Whether the fast way took it. */
static bool check_ways(search_text json) {
    char *exact = malloc(json.n_bytes == 0 ? 1 : json.n_bytes);
    if (json.n_bytes > 0)
        memcpy(exact, json.bytes, json.n_bytes);
    const search_text text = {exact, json.n_bytes};
    search_record *parsed = NULL;
    search_record *scanned = record_scan_json(text);
    const search_status status = record_parse_json(text, &parsed, NULL);
    const bool is_taken = scanned != NULL;
    if (status == SEARCH_OK)
        check_frame(parsed);
    if (is_taken) {
        if (status != SEARCH_OK)
            fail_msg("the parser does not take %.*s", (int)json.n_bytes, json.bytes);
        assert_same(scanned, parsed);
    }
    search_record_free(scanned);
    search_record_free(parsed);
    free(exact);
    return is_taken;
}

static bool is_taken(const char *json) {
    return check_ways(search_text_of(json));
}

static char *in_sources(const char *path) {
    const char *top_srcdir = getenv("top_srcdir");
    char *full = file_path(top_srcdir == NULL ? "." : top_srcdir, path);
    assert_non_null(full);
    return full;
}

/* ---- The fast way --------------------------------------------------------------------------------------------- */

static void takes_what_is_plain(void **state) {
    (void)state;
    static const char *const plain[] = {
        "{}",
        " \t\r\n{ } \n",
        "{\"id\":\"1\",\"title\":\"A\",\"body\":\" b \",\"to\":[\"x\",\" \",\"y\"],\"box\":[\"p\"],\"note\":\"q\"}",
        "{\"id\" : 7, \"date\": [\"1961\"], \"number\":[], \"x\":0, \"y\":true, \"z\":null, \"people\":false}",
        "{\"title\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\",\"\\u0062ox\":\"1\"}",
        "{\"title\":\"A\",\"derived\":[\"title\",\"box\",\"none\"],\"box\":[\"1\",\"2\"]}",
        "{\"title\":\"\",\"box\":\"  \",\"to\":[],\"derived\":[]}",
        "{\"title\":\"\xE2\x80\x9CQuoted\xE2\x80\x9D \xE3\x80\x80\",\"x\":123456789012345678}",
        "{\"derived\":null,\"a\":\"b\",\"\":\"c\"}",
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (!is_taken(plain[i]))
            fail_msg("not taken: %s", plain[i]);
}

static void leaves_what_is_not(void **state) {
    (void)state;
    static const char *const others[] = {
        "",
        "[]",
        "{\"a\":1.0}",
        "{\"a\":-1}",
        "{\"a\":01}",
        "{\"a\":1e5}",
        "{\"a\":1234567890123456789}",
        "{\"a\":{}}",
        "{\"a\":[1]}",
        "{\"a\":[null]}",
        "{\"a\":[[]]}",
        "{\"a\":\"x\",\"a\":\"y\"}",
        "{\"a\":null,\"\\u0061\":\"y\"}",
        "{\"id\":[\"x\",\"\"]}",
        "{\"derived\":\"a\"}",
        "{\"derived\":1}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"b\n\"}",
        "{\"a\":\"b\xFF\"}",
        "\xEF\xBB\xBF{}",
        "{\"a\":\"b\"} x",
        "{\"a\":\"b\",}",
        "{\"a\":\"b\" \"c\":\"d\"}",
        "{\"a\" \"b\"}",
        "{\"a\":truex}",
        "{\"a\":}",
        "{\"a\":[\"b\",]}",
        "{\"a\":[\"b\"",
        "{a:1}",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (is_taken(others[i]))
            fail_msg("taken: %s", others[i]);
}

static void leaves_what_is_cut_off(void **state) {
    (void)state;
    static const char whole[] =
        "{\"title\":\"A \\\"long\\\" title\\u20ac\\ud83d\\ude00\",\"to\":[\"x\",\"y\"],\"n\":12}";
    assert_true(is_taken(whole));
    for (size_t n = 0; n < sizeof whole - 1; n++)
        assert_false(check_ways((search_text){whole, n}));
}

static void leaves_what_is_much(void **state) {
    (void)state;
    buffer json = {0};
    for (size_t n = 199; n <= 201; n++) {
        buffer_clear(&json);
        buffer_add_string(&json, "{\"to\":[\"\"");
        for (size_t i = 1; i < n; i++)
            buffer_add_string(&json, ",\"x\"");
        buffer_add_string(&json, "]}");
        assert_int_equal(check_ways((search_text){json.bytes, json.n_bytes}), n <= 200);
    }
    for (size_t n = 63; n <= 65; n++) {
        buffer_clear(&json);
        for (size_t i = 0; i < n; i++)
            buffer_add_format(&json, "%s\"k%zu\":\"v\"", i == 0 ? "{" : ",", i);
        buffer_add_string(&json, "}");
        assert_int_equal(check_ways((search_text){json.bytes, json.n_bytes}), n <= 64);
    }
    buffer_free(&json);
}

/* What is added to a record that was read fast, or taken from it, leaves it sound. */
static void stays_a_record(void **state) {
    (void)state;
    search_record *record = record_scan_json(
        search_text_of("{\"title\":\"A\",\"to\":[\"x\",\"y\"],\"box\":\"1\",\"body\":\"text\",\"derived\":[\"to\"]}"));
    assert_non_null(record);
    assert_int_equal(search_record_add(record, "title", search_text_of("Another title"), NULL), SEARCH_OK);
    for (int i = 0; i < 40; i++)
        assert_int_equal(search_record_add(record, "to", search_text_of("z"), NULL), SEARCH_OK);
    for (int i = 0; i < 80; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        assert_int_equal(search_record_add(record, key, search_text_of("v"), NULL), SEARCH_OK);
    }
    assert_int_equal(record_replace(record, "to", 1, search_text_of("other"), NULL), SEARCH_OK);
    record_remove(record, "box");
    assert_memory_equal(search_record_value(record, "title", 0).bytes, "Another title", 14);
    assert_memory_equal(search_record_value(record, "to", 0).bytes, "x", 2);
    assert_memory_equal(search_record_value(record, "to", 1).bytes, "other", 6);
    assert_int_equal(search_record_n_values(record, "to"), 42);
    assert_true(search_record_is_derived(record, "to"));
    assert_int_equal(search_record_n_values(record, "box"), 0);
    search_record *clone = record_clone(record);
    assert_non_null(clone);
    assert_same(record, clone);
    search_record_free(record);
    assert_int_equal(search_record_add(clone, "box", search_text_of("2"), NULL), SEARCH_OK);
    search_record_free(clone);
}

/* ---- Frames --------------------------------------------------------------------------------------------------- */

static buffer a_frame(void) {
    buffer frame = {0};
    search_record *record = NULL;
    const char *json = "{\"title\":\"A\",\"to\":[\"x\",\"\\u00e9\"],\"n\":{\"a\":1},\"\":\"b\",\"derived\":[\"to\"]}";
    assert_int_equal(search_record_from_json(search_text_of(json), &record, NULL), SEARCH_OK);
    assert_true(record_frame_write(&frame, record));
    search_record_free(record);
    return frame;
}

static void assert_damaged(search_text frame) {
    search_error error;
    search_record *record = NULL;
    assert_int_equal(read_frame(frame, &record, &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.damaged");
    assert_null(record);
}

static void refuses_frames_that_are_cut_or_longer(void **state) {
    (void)state;
    buffer frame = a_frame();
    for (size_t n = 0; n < frame.n_bytes; n++)
        assert_damaged((search_text){frame.bytes, n});
    buffer_add_byte(&frame, 0);
    assert_damaged((search_text){frame.bytes, frame.n_bytes});
    buffer_free(&frame);
}

/* A byte changed makes another record, or none: never a read or write where nothing is. */
static void survives_frames_that_are_damaged(void **state) {
    (void)state;
    buffer frame = a_frame();
    size_t n_refused = 0;
    for (size_t at = 0; at < frame.n_bytes; at++) {
        const char whole = frame.bytes[at];
        for (int value = 0; value < 256; value++) {
            search_record *record = NULL;
            frame.bytes[at] = (char)value;
            if (read_frame((search_text){frame.bytes, frame.n_bytes}, &record, NULL) == SEARCH_OK)
                check_frame(record);
            else
                n_refused++;
            search_record_free(record);
        }
        frame.bytes[at] = whole;
    }
    assert_in_range(n_refused, frame.n_bytes * 100, frame.n_bytes * 250);
    buffer_free(&frame);
}

/* ---- Much that is made up ------------------------------------------------------------------------------------- */

static uint32_t below(uint64_t *seed, uint32_t n) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static void add_one_of(buffer *out, uint64_t *seed, const char *const *pieces, uint32_t n) {
    buffer_add_string(out, pieces[below(seed, n)]);
}
#define ADD_ONE_OF(out, seed, pieces) add_one_of(out, seed, pieces, sizeof(pieces) / sizeof *(pieces))

static void make_string(buffer *out, uint64_t *seed) {
    static const char *const pieces[] = {"a",
                                         "B c",
                                         "The Foreign Ministry in Moscow",
                                         " ",
                                         "\\n",
                                         "\\\"",
                                         "\\\\",
                                         "\\u00e9",
                                         "\\u20AC",
                                         "\xC3\xA9",
                                         "\xE2\x80\x99",
                                         "\\ud83d\\ude00",
                                         "\\/",
                                         "\\t",
                                         "\xF0\x9F\x98\x80",
                                         "\\u00a0",
                                         "{[,:]}",
                                         "\xE3\x80\x80",
                                         "\x7F",
                                         "0123456789abcdef"};
    static const char *const rare[] = {"\\u0000", "\\ud800", "\\q", "\xFF", "\n", "\\u001f", "\\udc00"};
    buffer_add_byte(out, '"');
    for (uint32_t n = below(seed, 9); n > 0; n--)
        ADD_ONE_OF(out, seed, pieces);
    if (below(seed, 200) == 0)
        ADD_ONE_OF(out, seed, rare);
    buffer_add_byte(out, '"');
}

static void make_value(buffer *out, uint64_t *seed, bool in_list) {
    static const char *const literals[] = {"null", "true", "false", "0", "17", "123456789012345678"};
    static const char *const rare[] = {"-1", "1.50", "{\"a\":1}", "[[]]", "01", "1e400", "nul", "-0"};
    const uint32_t kind = below(seed, 40);
    if (kind == 0 || (in_list && kind == 1))
        ADD_ONE_OF(out, seed, rare);
    else if (kind < 5 && (!in_list || kind == 2))
        ADD_ONE_OF(out, seed, literals);
    else if (kind < 12 && !in_list) {
        buffer_add_byte(out, '[');
        for (uint32_t i = 0, n = below(seed, 4); i < n; i++) {
            buffer_add_string(out, i == 0 ? "" : ", ");
            make_value(out, seed, true);
        }
        buffer_add_byte(out, ']');
    } else
        make_string(out, seed);
}

static void make_object(buffer *out, uint64_t *seed) {
    static const char *const keys[] = {"id",     "title", "body",  "from",    "to", "date",      "number", "places",
                                       "people", "box",   "notes", "derived", "",   "\\u0062ox", "x y",    "source"};
    static const char *const spaces[] = {"", "", "", " ", "\t", "\r\n"};
    buffer_clear(out);
    buffer_add_byte(out, '{');
    for (uint32_t i = 0, n = below(seed, 7); i < n; i++) {
        buffer_add_string(out, i == 0 ? "" : ",");
        ADD_ONE_OF(out, seed, spaces);
        buffer_add_byte(out, '"');
        ADD_ONE_OF(out, seed, keys);
        buffer_add_string(out, "\":");
        ADD_ONE_OF(out, seed, spaces);
        make_value(out, seed, false);
        ADD_ONE_OF(out, seed, spaces);
    }
    if (below(seed, 10) == 0)
        buffer_add_string(out, ",\"derived\":[\"title\", \"box\",\"to\"]");
    buffer_add_byte(out, '}');
}

static void reads_as_the_parser(void **state) {
    (void)state;
    uint64_t seed = 1;
    size_t n_taken = 0;
    buffer json = {0};
    for (int i = 0; i < 50000; i++) {
        make_object(&json, &seed);
        n_taken += check_ways((search_text){json.bytes, json.n_bytes});
        if (json.n_bytes > 2) { /* one byte of it changed: hardly ever sound */
            json.bytes[below(&seed, (uint32_t)json.n_bytes)] = (char)below(&seed, 256);
            check_ways((search_text){json.bytes, json.n_bytes});
        }
    }
    buffer_free(&json);
    assert_in_range(n_taken, 15000, 45000); /* many of either kind */
}

/* ---- What there is already ------------------------------------------------------------------------------------ */

static search_status check_file(void *context, const char *path, search_error *error) {
    size_t *n_taken = context;
    buffer contents = {0};
    const search_status status = file_read(path, RECORD_MAX_N_BYTES, &contents, error);
    if (status == SEARCH_OK)
        *n_taken += check_ways((search_text){contents.bytes, contents.n_bytes});
    for (size_t from = 0; status == SEARCH_OK && from < contents.n_bytes;) {
        const char *newline = memchr(contents.bytes + from, '\n', contents.n_bytes - from);
        const size_t to = newline == NULL ? contents.n_bytes : (size_t)(newline - contents.bytes);
        *n_taken += check_ways((search_text){contents.bytes + from, to - from});
        from = to + 1;
    }
    buffer_free(&contents);
    return status;
}

static void reads_the_corpora(void **state) {
    (void)state;
    size_t n_taken = 0;
    const file_walk walk = {.visit = check_file, .context = &n_taken};
    char *fuzz = in_sources("tests/fuzz/corpus/json");
    char *cables = in_sources("corpus/cables.jsonl");
    assert_int_equal(file_walk_tree(fuzz, &walk, NULL), SEARCH_OK);
    assert_true(n_taken > 0);
    n_taken = 0;
    assert_int_equal(check_file(&n_taken, cables, NULL), SEARCH_OK);
    assert_true(n_taken >= 10); /* that is what the fast way is for */
    free(fuzz);
    free(cables);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_plain),
        cmocka_unit_test(leaves_what_is_not),
        cmocka_unit_test(leaves_what_is_cut_off),
        cmocka_unit_test(leaves_what_is_much),
        cmocka_unit_test(stays_a_record),
        cmocka_unit_test(reads_as_the_parser),
        cmocka_unit_test(reads_the_corpora),
        cmocka_unit_test(refuses_frames_that_are_cut_or_longer),
        cmocka_unit_test(survives_frames_that_are_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
