/* Markdown: front matter, and the text without its marks.  All text is made up. */
#include "libsearch/cable/markdown_text.h"
#include "tests/unit/reading.h"
#include <time.h>

static reading read_one(const char *text) {
    reading r = read_as("markdown", text);
    if (r.n_records != 1)
        fail_msg("%s", r.n_reports > 0 ? r.reports[0].reason : "no record");
    return r;
}

/* ---- Front matter --------------------------------------------------------------------------------------------- */

static void front_matter_gives_the_keys(void **state) {
    (void)state;
    reading r = read_one("---\ndoc_date: '1961-12-02'\ndoc_num: 93\nTitle: Alpha to Beta\nvol_title: 'Volume 1: A'\n"
                         "to:\n- Alpha, A.\n- Beta; B.\ntopics: war; peace\nshelf: 7\n---\n\nThe envoy called.\n");
    assert_int_equal(r.n_reports, 0);
    assert_values(r.records[0], "date", "1961-12-02");
    assert_values(r.records[0], "number", "93");
    assert_values(r.records[0], "title", "Alpha to Beta");
    assert_values(r.records[0], "collection", "Volume 1: A");
    assert_values(r.records[0], "to", "Alpha, A.|Beta; B.");
    assert_values(r.records[0], "topics", "war|peace");
    assert_values(r.records[0], "shelf", "7");
    assert_values(r.records[0], "body", "The envoy called.");
    reading_free(&r);
}

static void mappings_inside_have_joined_names(void **state) {
    (void)state;
    reading r = read_one("---\nnaa_refs:\n- naa_series: A1\n  reference: '[AA : A1, 2/1]'\n- naa_series: A2\n"
                         "  reference: B\n  naa_barcode: 5\nbox: {row: {shelf: c}}\n---\nx\n");
    assert_values(r.records[0], "source", "[AA : A1, 2/1]; B");
    assert_values(r.records[0], "series", "A1|A2");
    assert_values(r.records[0], "naa_refs_naa_barcode", "5");
    assert_values(r.records[0], "box_row_shelf", "c");
    reading_free(&r);
}

static void null_is_no_value_and_tags_say_nothing(void **state) {
    (void)state;
    reading r = read_one("---\na: ~\nb: null\nc:\nd: '~'\ne: !!binary aGk=\nsummary: >\n  two\n  lines\n---\nx\n");
    assert_values(r.records[0], "a", "");
    assert_values(r.records[0], "b", "");
    assert_values(r.records[0], "c", "");
    assert_values(r.records[0], "d", "~");
    assert_values(r.records[0], "e", "aGk=");
    assert_values(r.records[0], "summary", "two lines");
    reading_free(&r);
}

static void the_text_is_the_body_whatever_the_front_matter_has(void **state) {
    (void)state;
    reading r = read_one("---\ntranscript: scan.pdf\n---\nThe text.\n");
    assert_values(r.records[0], "body", "The text.");
    assert_values(r.records[0], "transcript", "scan.pdf");
    reading_free(&r);
    r = read_one("---\nbody: |\n  One\n\n  two\n---\n");
    assert_values(r.records[0], "body", "One\n\ntwo");
    reading_free(&r);
}

static void aliases_stand_for_nothing(void **state) {
    (void)state;
    buffer bomb = {0};
    buffer_add_string(&bomb, "---\na0: &a0 lol\n");
    for (int i = 1; i < 60; i++)
        buffer_add_format(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
    buffer_add_string(&bomb, "---\nThe text.\n");
    reading r = read_one(bomb.bytes);
    assert_values(r.records[0], "a0", "lol");
    assert_values(r.records[0], "a1", "");
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.yaml_alias", 0, false);
    reading_free(&r);
    buffer_free(&bomb);
}

static void assert_refused(search_text text, const char *id, const char *reason) {
    reading r = read_text("markdown", text);
    assert_int_equal(r.status, SEARCH_OK);
    assert_int_equal(r.n_records, 0);
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, id, 0, true);
    if (strstr(r.reports[0].reason, reason) == NULL)
        fail_msg("%s", r.reports[0].reason);
}

static void bad_front_matter_is_refused(void **state) {
    (void)state;
    static const char id[] = "record.bad_front_matter";
    assert_refused(text_of("---\ntitle: a\nsummary: b: c\n---\nx"), id, "line 3: mapping values are not allowed");
    assert_refused(text_of("---\n- a\n---\nx"), id, "it is no mapping");
    assert_refused(text_of("---\n# a\n%TAG !a! b\n%TAG !a! b\n---\nx"), id, "line 3: a directive");
    assert_refused(text_of("---\n[a]: b\n---\nx"), id, "a key is no text");
    assert_refused(text_of("---\n'?': b\n---\nx"), id, "a key has no letters");
    assert_refused(text_of("---\na: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]\n---\nx"), id, "too deep");
    assert_refused(text_of(""), "record.empty", "empty");
}

/* 1 MiB and a little of `line` between the marks. */
static buffer large_front_matter(const char *line, size_t n_bytes) {
    buffer text = {0};
    buffer_add_string(&text, "---\n");
    while (text.n_bytes < n_bytes)
        buffer_add_string(&text, line);
    buffer_add_string(&text, "\n---\nx");
    return text;
}

static void large_front_matter_is_refused(void **state) {
    (void)state;
    buffer text = large_front_matter("title: a\n", ((size_t)1 << 20) + 100);
    assert_refused((search_text){text.bytes, text.n_bytes}, "record.bad_front_matter", "larger than 1 MiB");
    buffer_free(&text);
}

static void hostile_front_matter_takes_no_time(void **state) {
    (void)state;
    static const char *const lines[] = {"[", "a: [", "{a: ", "- ", "? ", "title: [a, b]\n", "'", "&a ", "!!a "};
    clock_t start = clock();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        buffer text = large_front_matter(lines[i], ((size_t)1 << 20) - 100);
        reading r = read_text("markdown", (search_text){text.bytes, text.n_bytes});
        assert_int_equal(r.status, SEARCH_OK);
        reading_free(&r);
        buffer_free(&text);
    }
    assert_true(clock() - start < 60 * CLOCKS_PER_SEC);
}

static void front_matter_that_does_not_end_is_text(void **state) {
    (void)state;
    reading r = read_one("---\ntitle: a\n\nx");
    assert_values(r.records[0], "title", "");
    assert_values(r.records[0], "body", "title: a\n\nx");
    reading_free(&r);
    r = read_one("\xEF\xBB\xBF---\r\ntitle: a\r\n...\r\nx\r\ny\r\n");
    assert_values(r.records[0], "title", "a");
    assert_values(r.records[0], "body", "x\ny");
    reading_free(&r);
}

static void bad_bytes_are_repaired_and_reported(void **state) {
    (void)state;
    reading r = read_one("---\ntitle: a\xFFz\n---\nx");
    assert_values(r.records[0], "title", "a\xEF\xBF\xBDz");
    assert_report(&r, 0, "record.bad_utf8", 0, false);
    reading_free(&r);
}

static void front_matter_is_told_from_text(void **state) {
    (void)state;
    assert_true(markdown_looks_like(text_of("---\ntitle: a\n---\n")));
    assert_true(markdown_looks_like(text_of("\xEF\xBB\xBF---\r\n# made by hand\r\n\r\ntitle: a\r\n")));
    assert_false(markdown_looks_like(text_of("")));
    assert_false(markdown_looks_like(text_of("---\n")));
    assert_false(markdown_looks_like(text_of("---\nA line of prose\n")));
    assert_false(markdown_looks_like(text_of("# A heading\ntitle: a\n")));
}

/* ---- The title ------------------------------------------------------------------------------------------------ */

static void a_heading_is_the_title_of_a_text_without(void **state) {
    (void)state;
    reading r = read_one("---\ndate: 1950\n---\n\n# Alpha *to* Beta #\n\nText.\n\n# Second\n");
    assert_values(r.records[0], "title", "Alpha to Beta");
    assert_values(r.records[0], "body", "Text.\n\nSecond");
    reading_free(&r);
    r = read_one("Alpha to Beta\n=============\nText.\n");
    assert_values(r.records[0], "title", "Alpha to Beta");
    assert_values(r.records[0], "body", "Text.");
    reading_free(&r);
}

static void a_heading_that_is_no_title_is_text(void **state) {
    (void)state;
    reading r = read_one("---\ntitle: Alpha\n---\n# Alpha\nText.\n");
    assert_values(r.records[0], "body", "Text.");
    reading_free(&r);
    r = read_one("---\ntitle: Alpha\n---\n# Beta\nText.\n");
    assert_values(r.records[0], "title", "Alpha");
    assert_values(r.records[0], "body", "Beta\n\nText.");
    reading_free(&r);
    r = read_one("Text.\n\n# Beta\n");
    assert_values(r.records[0], "title", "");
    assert_values(r.records[0], "body", "Text.\n\nBeta");
    reading_free(&r);
}

/* ---- The text ------------------------------------------------------------------------------------------------- */

typedef struct plain_case {
    const char *markdown;
    const char *plain;
} plain_case;

static void assert_plain(const plain_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buffer plain = {0};
        markdown_text text;
        assert_true(markdown_plain(text_of(cases[i].markdown), &plain, &text));
        if (text.all.n_bytes != strlen(cases[i].plain) || memcmp(text.all.bytes, cases[i].plain, text.all.n_bytes) != 0)
            fail_msg("%s\nis\n%.*s", cases[i].markdown, (int)text.all.n_bytes, text.all.bytes);
        buffer_free(&plain);
    }
}
#define ASSERT_PLAIN(cases) assert_plain(cases, sizeof(cases) / sizeof *(cases))

static void emphasis_is_no_text(void **state) {
    (void)state;
    static const plain_case cases[] = {
        {"_a_ and __b c__ and *d* and **e f** and ***g***", "a and b c and d and e f and g"},
        {"**a *b* c**d", "a b cd"},
        {"***a** b*", "a b"},
        {"a_b snake_case_name", "a_b snake_case_name"},
        {"2*3*4 and 5 * 6 * 7", "2*3*4 and 5 * 6 * 7"},
        {"The Minister* left **at once", "The Minister* left **at once"},
        {"Name: ______", "Name: ______"},
        {" _1 Sent by wire.\n\n2 Not found.\n\n_\n\n_[A]_", "1 Sent by wire.\n\n2 Not found.\n\n[A]"},
        {"\\*a\\* \\_b\\_ 1\\. C:\\x \\\\", "*a* _b_ 1. C:\\x \\"},
        {"[*a* b*", "[a b*"},
    };
    ASSERT_PLAIN(cases);
}

static void links_are_their_text(void **state) {
    (void)state;
    static const plain_case cases[] = {
        {"[a *b*](https://example.org/_x_(y)) c", "a b c"},
        {"[a](note.md \"A title\") ![map](m/p.png)", "a map"},
        {"said[1](#f1) [[2]](#f2) [(3)](#f3)", "said[1] [2] (3)"},
        {"said[^1] and[^star-1]\n\n[^1]: A note", "said[1] and[star-1]\n\n[1] A note"},
        {"[North] Korea [sic](two) [ment of][2] [x](y z)", "[North] Korea [sic](two) [ment of][2] [x](y z)"},
        {"<https://example.org/a_b> <a.b@example.org>", "https://example.org/a_b a.b@example.org"},
        {"_See https://example.org/_a_/b_", "See https://example.org/_a_/b"},
        {"[[illegible]] ] [", "[[illegible]] ] ["},
    };
    ASSERT_PLAIN(cases);
}

static void lines_lose_their_marks(void **state) {
    (void)state;
    static const plain_case cases[] = {
        {"# A #\nb\n## C\n\n\n\nd\n#e\n####### f", "A\n\nb\n\nC\n\nd\n#e\n####### f"},
        {"A\n---\nb\n\n***\n* * *\n---\nc", "A\n\nb\n\nc"},
        {"> a\n> > b\n>\n> c", "a\nb\n\nc"},
        {"* a\n  + b\n- c\n\n1. d\n-e", "- a\n- b\n- c\n\n1. d\n-e"},
        {"a  \nb\\\n   c", "a\nb\nc"},
        {"|a|b|\n|---|:-:|\n|c|d|", "|a|b|\n|c|d|"},
        {"a\n```c\n*x*\n\n  y_\n```\nb", "a\n\n*x*\n\n  y_\n\nb"},
        {"~~~\n```\n~~~~\na", "```\n\na"},
        {"\r\na\r\n\r\nb\r\n", "a\n\nb"},
    };
    ASSERT_PLAIN(cases);
}

static void code_tags_and_entities(void **state) {
    (void)state;
    static const plain_case cases[] = {
        {"`a *b*` ``c ` d``", "a *b* c ` d"},
        {"`Abd and Ta`if, Isma`il", "`Abd and Ta`if, Isma`il"},
        {"<p>a<br>b<br/>\nc</p><a href=\"x\">d</a>", "a\nb\ncd"},
        {"a<!-- b\n\nc -->d\n\n<!-- e", "ad\n\n<!-- e"},
        {"<illegible> <Top Secret> 1 < 2 > 0", "<illegible> <Top Secret> 1 < 2 > 0"},
        {"A &amp; B&nbsp;C &mdash; &#65;&#x42; &nope; &#0; AT&T", "A & B\xC2\xA0"
                                                                  "C — AB &nope; &#0; AT&T"},
    };
    ASSERT_PLAIN(cases);
}

static void hostile_marks_take_no_time(void **state) {
    (void)state;
    static const char *const marks[] = {"[",       "*a", "*a ",  "](", "](a",  "](#\"", "<",       "<a ", "`a ",
                                        "`a ``b ", "&",  "<!--", "_",  "> ",   ">",     "![",      "\\",  "# ",
                                        "a\n",     "[^", "**",   "]",  "[a](", ":/",    "[*a](#b)"};
    clock_t start = clock();
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        buffer text = {0};
        buffer plain = {0};
        markdown_text parts;
        while (text.n_bytes < (size_t)2 << 20)
            buffer_add_string(&text, marks[i]);
        assert_true(markdown_plain((search_text){text.bytes, text.n_bytes}, &plain, &parts));
        buffer_free(&text);
        buffer_free(&plain);
    }
    assert_true(clock() - start < 60 * CLOCKS_PER_SEC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_matter_gives_the_keys),
        cmocka_unit_test(mappings_inside_have_joined_names),
        cmocka_unit_test(null_is_no_value_and_tags_say_nothing),
        cmocka_unit_test(the_text_is_the_body_whatever_the_front_matter_has),
        cmocka_unit_test(aliases_stand_for_nothing),
        cmocka_unit_test(bad_front_matter_is_refused),
        cmocka_unit_test(large_front_matter_is_refused),
        cmocka_unit_test(hostile_front_matter_takes_no_time),
        cmocka_unit_test(front_matter_that_does_not_end_is_text),
        cmocka_unit_test(bad_bytes_are_repaired_and_reported),
        cmocka_unit_test(front_matter_is_told_from_text),
        cmocka_unit_test(a_heading_is_the_title_of_a_text_without),
        cmocka_unit_test(a_heading_that_is_no_title_is_text),
        cmocka_unit_test(emphasis_is_no_text),
        cmocka_unit_test(links_are_their_text),
        cmocka_unit_test(lines_lose_their_marks),
        cmocka_unit_test(code_tags_and_entities),
        cmocka_unit_test(hostile_marks_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
