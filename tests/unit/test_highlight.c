/* Marking texts that the host gives: what is marked, for which word, and where in each unit of offsets. */
#include "fixture.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/utf8.h"

static search_index *index_of(const scratch *s, const char *const *records) {
    rebuild(s->index, records);
    return open_index(s->index);
}

static search_index *small_index(const scratch *s) {
    return index_of(s,
                    RECORDS("{\"id\":\"1\",\"title\":\"On Korea\",\"body\":\"The illegal border crossers crossed. Mao "
                            "Tse-tung and Kim Il-sung spoke.\",\"places\":[\"Korea\"],\"url\":\"http://korea\"}"));
}

static search_highlights *highlight(const search_index *index, const char *query, const char *field, search_text text,
                                    search_unit unit) {
    search_highlight_options options = SEARCH_HIGHLIGHT_OPTIONS_INIT;
    search_highlights *out = NULL;
    options.unit = unit;
    assert_ok(search_highlight(index, text_of(query), text_of(field), text, &options, &out, &last_error));
    return out;
}

/* The text with its marks in braces, each with the number of its term. */
static void assert_marked(const search_index *index, const char *query, const char *field, const char *text,
                          const char *expected) {
    search_highlights *found = highlight(index, query, field, text_of(text), SEARCH_UNIT_BYTES);
    buffer got = {0};
    size_t at = 0;
    for (size_t i = 0; i < search_highlights_n_marks(found); i++) {
        const search_highlight_mark *m = search_highlights_mark(found, i);
        assert_true(at <= m->from && m->from < m->to && m->to <= strlen(text));
        buffer_add(&got, text + at, m->from - at);
        buffer_add_format(&got, "{%zu:", m->term);
        buffer_add(&got, text + m->from, m->to - m->from);
        buffer_add_byte(&got, '}');
        at = m->to;
    }
    buffer_add_string(&got, text + at);
    assert_null(search_highlights_mark(found, search_highlights_n_marks(found)));
    if (strcmp(got.bytes, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", query, got.bytes, expected);
    buffer_free(&got);
    search_highlights_free(found);
}

static void test_terms_have_numbers(void **state) {
    search_index *index = small_index(*state);
    assert_marked(index, "border korea", "", "Korea's borders, Korea", "{1:Korea's} {0:borders}, {1:Korea}");
    assert_marked(index, "border -korea illegal", "", "Korea: illegal border", "Korea: {2:illegal} {0:border}");
    assert_marked(index, "date:1961 border", "", "1961 border", "1961 {1:border}");
    assert_marked(index, "mao zedong", "", "with Mao Tse-tung", "with {0:Mao Tse-tung}");
    assert_marked(index, "ilsung", "", "Kim Il-sung", "Kim {0:Il-sung}");
    assert_marked(index, "cross*", "", "crossers across crossing", "{0:crossers} across crossing");
    assert_marked(index, "border NEAR/1 crossed", "", "border crossers crossed; the border was never ever crossed",
                  "{0:border} crossers {0:crossed}; the border was never ever crossed");
    assert_marked(index, "verbatim:\"The Illegal\"", "", "the illegal. The Illegal", "the illegal. {0:The Illegal}");
    assert_marked(index, "border", "", "border", "{0:border}");
    assert_marked(index, "border", "", "", "");
    assert_marked(index, "", "", "border", "border");
    assert_marked(index, "\"border crossers\"", "", "border [guards] crossers, borders crossers",
                  "{0:border [guards] crossers}, borders crossers");
    search_index_free(index);
}

/* The mark that begins first is whole, of those that begin together the longest. */
static void test_marks_do_not_overlap(void **state) {
    search_index *index = small_index(*state);
    assert_marked(index, "border \"border crossers\"", "", "border crossers", "{1:border crossers}");
    assert_marked(index, "\"illegal border\" \"border crossers\"", "", "illegal border, crossers",
                  "{0:illegal border}, {1:crossers}");
    assert_marked(index, "\"a b a\"", "", "a b a b a b", "{0:a b a b a} b");
    search_index_free(index);
}

static void test_fields(void **state) {
    search_index *index = small_index(*state);
    assert_marked(index, "title:korea border", "title", "Korea border", "{0:Korea} {1:border}");
    assert_marked(index, "title:korea border", "body", "Korea border", "Korea {1:border}");
    assert_marked(index, "title:korea border", "", "Korea border", "{0:Korea} {1:border}");
    assert_marked(index, "korea", "url", "Korea", "Korea");
    search_highlights *out = NULL;
    assert_fails(search_highlight(index, text_of("x"), text_of("nowhere"), text_of("x"), NULL, &out, &last_error),
                 SEARCH_E_ARGUMENT);
    assert_string_equal(last_error.id, "highlight.unknown_field");
    search_index_free(index);
}

static void test_what_is_refused(void **state) {
    search_index *index = small_index(*state);
    search_highlight_options options = SEARCH_HIGHLIGHT_OPTIONS_INIT;
    search_highlights *out = NULL;
    const search_text text = text_of("korea korea korea");
    assert_fails(search_highlight(index, text_of("(korea"), text_of(""), text, NULL, &out, &last_error),
                 SEARCH_E_QUERY);
    assert_null(out);
    assert_int_equal(last_error.offset, 0);
    assert_fails(search_highlight(index, text_of("\xFF"), text_of(""), text, NULL, &out, &last_error),
                 SEARCH_E_ARGUMENT);
    options.lenient = true;
    options.max_marks = 2;
    assert_ok(search_highlight(index, text_of("(korea"), text_of(""), text, &options, &out, &last_error));
    assert_int_equal(search_highlights_n_marks(out), 2);
    assert_true(search_highlights_is_cut(out));
    search_highlights_free(out);
    options.max_marks = 3;
    assert_ok(search_highlight(index, text_of("korea"), text_of(""), text, &options, &out, &last_error));
    assert_false(search_highlights_is_cut(out));
    search_highlights_free(out);
    options.unit = (search_unit)3;
    assert_fails(search_highlight(index, text_of("korea"), text_of(""), text, &options, &out, &last_error),
                 SEARCH_E_ARGUMENT);
    options.size = 3;
    assert_fails(search_highlight(index, text_of("korea"), text_of(""), text, &options, &out, &last_error),
                 SEARCH_E_ARGUMENT);
    search_index_free(index);
}

static bool cancel(void *context) {
    return *(bool *)context;
}

static void test_long_texts(void **state) {
    search_index *index = small_index(*state);
    search_highlight_options options = SEARCH_HIGHLIGHT_OPTIONS_INIT;
    search_highlights *out = NULL;
    const size_t n = ((size_t)64 << 20) + 1;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, ' ', n);
    for (size_t at = 0; at + 6 < (size_t)4 << 20; at += 6)
        memcpy(text + at, "korea ", 6);
    assert_fails(
        search_highlight(index, text_of("korea"), text_of(""), (search_text){text, n}, NULL, &out, &last_error),
        SEARCH_E_LIMIT);
    assert_ok(search_highlight(index, text_of("korea \"korea korea\" korea*"), text_of(""),
                               (search_text){text, (size_t)4 << 20}, NULL, &out, &last_error));
    assert_int_equal(search_highlights_n_marks(out), 1); /* all of them touch in the phrase */
    search_highlights_free(out);
    bool stops = true;
    options.on_cancel = cancel;
    options.context = &stops;
    assert_fails(
        search_highlight(index, text_of("korea"), text_of(""), (search_text){text, 100}, &options, &out, &last_error),
        SEARCH_E_CANCELLED);
    free(text);
    search_index_free(index);
}

/* ---- Offsets ----------------------------------------------------------------------------------------------------- */

static size_t units_before(search_text text, size_t byte, search_unit unit) {
    size_t n = 0;
    for (size_t at = 0; at < byte;) {
        const uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        n += unit == SEARCH_UNIT_UTF16 && c != UTF8_BAD && c > 0xFFFF ? 2 : 1;
    }
    return n;
}

static void check_units(const search_index *index, const char *query, search_text text) {
    search_highlights *bytes = highlight(index, query, "", text, SEARCH_UNIT_BYTES);
    for (search_unit unit = SEARCH_UNIT_UTF16; unit <= SEARCH_UNIT_CODE_POINTS; unit++) {
        search_highlights *other = highlight(index, query, "", text, unit);
        assert_int_equal(search_highlights_n_marks(other), search_highlights_n_marks(bytes));
        for (size_t i = 0; i < search_highlights_n_marks(other); i++) {
            const search_highlight_mark *a = search_highlights_mark(bytes, i);
            const search_highlight_mark *b = search_highlights_mark(other, i);
            assert_true(a->from < a->to && a->to <= text.n_bytes);
            assert_true(i == 0 || search_highlights_mark(bytes, i - 1)->to <= a->from);
            assert_int_equal(b->from, units_before(text, a->from, unit));
            assert_int_equal(b->to, units_before(text, a->to, unit));
            assert_int_equal(a->term, b->term);
        }
        search_highlights_free(other);
    }
    search_highlights_free(bytes);
}

static void test_units(void **state) {
    search_index *index = small_index(*state);
    const search_text text = text_of("\xF0\x9F\x9A\xA2 \xFF\xF0\x9F Kor\xC3\xA9"
                                     "a \xE9\x9F\x93\xE5\x9B\xBD");
    search_highlights *found = highlight(index, "korea", "", text, SEARCH_UNIT_UTF16);
    assert_int_equal(search_highlights_n_marks(found), 1);
    assert_int_equal(search_highlights_mark(found, 0)->from, 6); /* a pair, a blank, two U+FFFD, a blank */
    assert_int_equal(search_highlights_mark(found, 0)->to, 11);
    search_highlights_free(found);
    found = highlight(index, "korea", "", text, SEARCH_UNIT_CODE_POINTS);
    assert_int_equal(search_highlights_mark(found, 0)->from, 5);
    assert_int_equal(search_highlights_mark(found, 0)->to, 10);
    search_highlights_free(found);
    search_index_free(index);
}

static void test_units_agree(void **state) {
    static const char *const pieces[] = {"korea",
                                         " ",
                                         "\n\n",
                                         ("\xE2\x80\x9C"
                                          "border\xE2\x80\x9D"),
                                         ", ",
                                         "\xF0\x9F\x9A\xA2",
                                         "\xF0\xA0\x80\x80",
                                         "e\xCC\x81",
                                         "\xFF",
                                         "\xF0\x9F",
                                         "illegal border crossers",
                                         "Kim [Il] Sung",
                                         "W[illiam]",
                                         "\xE9\x9F\x93\xE5\x9B\xBD"};
    static const char *const queries[] = {"korea border", "\"border crossers\" illegal*", "\xE9\x9F\x93\xE5\x9B\xBD",
                                          "border NEAR/3 korea", "\"kim sung\" OR kim OR william"};
    search_index *index = small_index(*state);
    unsigned seed = 7;
    for (int i = 0; i < 200; i++) {
        buffer text = {0};
        for (int n = 0; n < 40; n++) {
            seed = seed * 1103515245u + 12345u;
            buffer_add_string(&text, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        check_units(index, queries[i % 5], (search_text){text.bytes, text.n_bytes});
        buffer_free(&text);
    }
    search_index_free(index);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_terms_have_numbers), ON_SCRATCH(test_marks_do_not_overlap), ON_SCRATCH(test_fields),
        ON_SCRATCH(test_what_is_refused),    ON_SCRATCH(test_long_texts),           ON_SCRATCH(test_units),
        ON_SCRATCH(test_units_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
