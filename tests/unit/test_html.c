/* Saved pages as HTML.  188166.html is the page of corpus/pages/188166.txt; all other text is made up here. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

typedef struct seen {
    search_record *record;
    char reports[256]; /* their ids, each with "-" before it when nothing was read */
} seen;

static search_status keep(void *context, const search_record *record, const char *source, size_t line,
                          search_error *error) {
    (void)source, (void)line, (void)error;
    seen *s = context;
    assert_null(s->record);
    s->record = record_clone(record);
    return SEARCH_OK;
}

static void note(void *context, const search_report *report) {
    seen *s = context;
    size_t n = strlen(s->reports);
    snprintf(s->reports + n, sizeof s->reports - n, "%s%s ", report->skipped ? "-" : "", report->id);
}

static seen read_path(const char *path, const char *format) {
    seen s = {0};
    cable_sink sink = {.on_record = keep, .on_report = note, .context = &s};
    search_error error;
    if (source_read(path, format, &sink, &error) != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    return s;
}

static seen read_bytes(const char *bytes, size_t n_bytes, const char *format) {
    char path[] = "/tmp/test_html.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
    seen s = read_path(path, format);
    unlink(path);
    return s;
}

static seen read_html(const char *html) {
    return read_bytes(html, strlen(html), "html");
}

static void assert_values(const search_record *record, const char *key, const char *expected) {
    buffer joined = {0};
    buffer_add_string(&joined, "");
    assert_non_null(record);
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        search_text value = search_record_value(record, key, i);
        if (i > 0)
            buffer_add_byte(&joined, '|');
        buffer_add(&joined, value.bytes, value.n_bytes);
    }
    assert_string_equal(joined.bytes, expected);
    buffer_free(&joined);
}

/* What a page with this body says. */
static void assert_body(const char *html, const char *expected) {
    buffer page = {0};
    buffer_add_format(&page, "<!DOCTYPE html><html><body><h1>Title</h1>%s</body></html>", html);
    seen s = read_html(page.bytes);
    assert_values(s.record, "body", expected);
    assert_string_equal(s.reports, "");
    search_record_free(s.record);
    buffer_free(&page);
}

static const char *path_of(const char *name, char path[512]) {
    const char *top = getenv("top_srcdir");
    snprintf(path, 512, "%s/%s", top == NULL ? "." : top, name);
    return path;
}

/* ---- The same page as text and as HTML ------------------------------------------------------------------------ */

static void seed_is_the_same_record(void **state) {
    (void)state;
    char path[512];
    seen html = read_path(path_of("tests/unit/pages/188166.html", path), NULL);
    seen text = read_path(path_of("corpus/pages/188166.txt", path), NULL);
    char *a = NULL;
    char *b = NULL;
    size_t n;
    assert_int_equal(search_record_to_json(html.record, &a, &n, NULL), SEARCH_OK);
    assert_int_equal(search_record_to_json(text.record, &b, &n, NULL), SEARCH_OK);
    assert_string_equal(a, b);
    assert_string_equal(html.reports, "");
    search_bytes_free(a);
    search_bytes_free(b);
    search_record_free(html.record);
    search_record_free(text.record);
}

/* A page of text becomes HTML: each line a paragraph. */
static void assert_same_as_text(const char *name) {
    char path[512];
    char line[8192];
    buffer html = {0};
    FILE *file = fopen(path_of(name, path), "r");
    assert_non_null(file);
    buffer_add_string(&html, "<!-- saved --><html><head><title>x</title></head><body><div>");
    while (fgets(line, sizeof line, file) != NULL) {
        buffer_add_string(&html, "\n<p>");
        for (const char *at = line; *at != '\0'; at++)
            if (*at == '&')
                buffer_add_string(&html, "&amp;");
            else
                buffer_add_byte(&html, *at);
        buffer_add_string(&html, "</p>");
    }
    fclose(file);
    seen s = read_bytes(html.bytes, html.n_bytes, NULL);
    seen text = read_path(path, NULL);
    char *a = NULL;
    char *b = NULL;
    size_t n;
    assert_int_equal(search_record_to_json(s.record, &a, &n, NULL), SEARCH_OK);
    assert_int_equal(search_record_to_json(text.record, &b, &n, NULL), SEARCH_OK);
    assert_string_equal(a, b);
    search_bytes_free(a);
    search_bytes_free(b);
    search_record_free(s.record);
    search_record_free(text.record);
    buffer_free(&html);
}

static void pages_without_marks_are_read_as_text(void **state) {
    (void)state;
    assert_same_as_text("corpus/pages/900004.txt");
    assert_same_as_text("tests/unit/pages/stripped.txt");
    assert_same_as_text("tests/unit/pages/flat.txt");
    assert_same_as_text("tests/unit/pages/old.txt");
    assert_same_as_text("tests/unit/pages/pdf-run-on.txt");
}

/* ---- The marks of the site ------------------------------------------------------------------------------------ */

static void marks_of_the_site(void **state) {
    (void)state;
    seen s =
        read_html("<!doctype html><title>T | Site</title><body><h1>Site</h1><div class='meta date'>May 6, 1950</div>"
                  "<h1 class=title>Cable from\n the Embassy</h1>"
                  "<div class=donated>This document was made possible with support from the X Fund</div>"
                  "<button data-bs-target='#o'>Russian Transcript</button><button id=e>English</button>"
                  "<div class=tab-pane id=o><p>Тайна.</div>"
                  "<div class='tab-pane active' aria-labelledby=e><p>Secret<p>We saw it.<p>It is invented.</div>"
                  "<div class=text-block>What it says.</div>"
                  "<h3>Author(s)</h3><div><a>Brie, Horst</a> <a>Kim, Il Sung</a></div>"
                  "<h3>Associated People &amp; Organizations</h3><ul><li><a>Mao, Zedong</a></li></ul>"
                  "<h3>Associated Places</h3><div><span class=pill>Korea</span><span class=pill>China</span></div>"
                  "<h3>Subjects Discussed</h3><a>Labor unions</a>"
                  "<h2>Document Information</h2><h3>Source</h3><p>PRC FMA <a>1-2</a>, 3. Translated by A B.</p>"
                  "<h3>Language</h3><p>Chinese</p><h3>Original Classification</h3><p>Secret</p>"
                  "<h3>Record ID</h3><p>77</p><h3>Donors</h3><p>X Fund</p><p>Y Fund</p>"
                  "<h3>Related Documents</h3><div class=text-block>Another says more.</div>");
    assert_values(s.record, "id", "77");
    assert_values(s.record, "title", "Cable from the Embassy");
    assert_values(s.record, "date", "1950-05-06");
    assert_values(s.record, "donors", "X Fund|Y Fund");
    assert_values(s.record, "classification", "Secret");
    assert_values(s.record, "body", "We saw it.\n\nIt is invented.");
    assert_values(s.record, "original", "Тайна.");
    assert_values(s.record, "original_language", "Russian");
    assert_values(s.record, "summary", "What it says.");
    assert_values(s.record, "people", "Brie, Horst|Kim, Il Sung|Mao, Zedong");
    assert_values(s.record, "places", "Korea|China");
    assert_values(s.record, "topics", "Labor unions");
    assert_values(s.record, "source", "PRC FMA 1-2, 3. Translated by A B.");
    assert_values(s.record, "language", "Chinese");
    search_record_free(s.record);
}

static void summary_of_a_related_document_is_not_taken(void **state) {
    (void)state;
    seen s = read_html("<html><h1 class=title>T</h1><div class=tab-pane><p>Text.<p>Source</div>"
                       "<h3>Related Documents</h3><div class=text-block>Another says more.</div>"
                       "<h3>Record ID</h3><p>77</p>");
    assert_values(s.record, "summary", "");
    assert_values(s.record, "body", "Text.\n\nSource");
    assert_values(s.record, "id", "77");
    search_record_free(s.record);
}

static void id_of_the_canonical_address(void **state) {
    (void)state;
    seen s = read_html("<html><head><link rel=canonical href='https://example.org/document/134845'></head>"
                       "<body><h1>T</h1><p>Text.</p></body></html>");
    assert_values(s.record, "id", "134845");
    assert_values(s.record, "url", "https://example.org/document/134845");
    search_record_free(s.record);
}

/* ---- Text ----------------------------------------------------------------------------------------------------- */

static void white_space_is_that_of_html(void **state) {
    (void)state;
    assert_body("<p> One \n\t two<b> three</b> <i>four</i>.</p>\n<p>&nbsp;</p><p>Five<br>six<br/><br/>seven</p>",
                "One two three four.\n\nFive\nsix\n\nseven");
    assert_body("<pre>a\n  b\n\nc</pre>", "a\nb\n\nc");
    assert_body("loose<div>block</div>loose", "loose\n\nblock\n\nloose");
    assert_body("a&lt;b &amp; c&eacute;&#x4e2d;&#8217;&nbsp;d", "a<b & cé中’\xC2\xA0"
                                                                "d");
}

static void lists_keep_their_marks(void **state) {
    (void)state;
    assert_body("<ul><li>a<li>b</ul>", "• a\n\n• b");
    assert_body("<ol start=3><li><p>a</p><li value=7>b<li><li>c</ol><ol><li>d</ol>", "3. a\n\n7. b\n\n9. c\n\n1. d");
    assert_body("<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n\n• b\n\n2. c");
}

static void tables_keep_their_cells(void **state) {
    (void)state;
    assert_body("<table><tr><th>Wool<th>Tons</tr><tr><td><p>white</p></td><td>7<br>8</td></tr>"
                "<tr><td>a<td><td>c</table>",
                "Wool\tTons\nwhite\t7 8\na\t\tc");
    assert_body("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\n\nc");
}

static void boilerplate_is_left_out(void **state) {
    (void)state;
    assert_body("<script>x</script><style>y</style><nav>n</nav><header>h</header><footer>f</footer><aside>s</aside>"
                "<form>q<input value=v></form><div hidden>i</div><div class='a breadcrumb'>b</div><svg><text>z</text>"
                "</svg><!-- c --><p>Text.",
                "Text.");
    seen s = read_html("<html><body><form><header><h1>In a Form</h1></header><p>Text.</p></form></body></html>");
    assert_values(s.record, "title", "In a Form");
    assert_values(s.record, "body", "Text.");
    search_record_free(s.record);
}

static void page_of_another_site(void **state) {
    (void)state;
    seen s = read_html("<html><head><title>Note</title></head><body><nav>Home</nav><p>Around.</p><main>"
                       "<time>6 May 1950</time><p>Secret</p><p>Text.</p></main></body></html>");
    assert_values(s.record, "title", "Note");
    assert_values(s.record, "date", "1950-05-06");
    assert_values(s.record, "classification", "Secret");
    assert_values(s.record, "body", "Text.");
    search_record_free(s.record);
}

/* ---- Encodings ------------------------------------------------------------------------------------------------ */

static void assert_title_of(const char *bytes, size_t n_bytes, const char *expected) {
    seen s = read_bytes(bytes, n_bytes, NULL);
    assert_values(s.record, "title", expected);
    assert_string_equal(s.reports, "");
    search_record_free(s.record);
}

static void encodings(void **state) {
    (void)state;
    static const char latin[] = "<html><head><meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>"
                                "</head><body><h1>caf\xE9 \x93q\x94</h1><p>x</p>";
    static const char cyrillic[] = "<html><meta charset=\"windows-1251\"><h1>\xCC\xE8\xF0</h1><p>x</p>";
    static const char plain[] = "<html><h1>caf\xC3\xA9</h1><p>x</p>";
    static const char marked[] = "\xEF\xBB\xBF<html><meta charset=windows-1251><h1>caf\xC3\xA9</h1><p>x</p>";
    static const char wide[] = "\xFF\xFE<\0h\0t\0m\0l\0>\0<\0h\0001\0>\0\xE9\0<\0/\0h\0001\0>\0x\0";
    static const char unknown[] = "<html><meta charset=x-none><h1>caf\xC3\xA9</h1><p>x</p>";
    assert_title_of(latin, sizeof latin - 1, "café “q”");
    assert_title_of(cyrillic, sizeof cyrillic - 1, "Мир");
    assert_title_of(plain, sizeof plain - 1, "café");
    assert_title_of(marked, sizeof marked - 1, "café");
    assert_title_of(wide, sizeof wide - 1, "é");
    assert_title_of(unknown, sizeof unknown - 1, "café");
}

static void bad_bytes_are_reported(void **state) {
    (void)state;
    seen s = read_html("<html><h1>caf\xE9</h1><p>x</p>");
    assert_values(s.record, "title", "caf\xEF\xBF\xBD");
    assert_string_equal(s.reports, "record.bad_utf8 ");
    search_record_free(s.record);
    static const char nul[] = "<html><h1>a\0b</h1><p>x</p>";
    assert_title_of(nul, sizeof nul - 1, "a b");
}

/* ---- What is HTML, and what is none --------------------------------------------------------------------------- */

static void looks_like(void **state) {
    (void)state;
    static const char *const pages[] = {" <!DOCTYPE HTML PUBLIC \"-//W3C//DTD\">", "<HTML lang=en>",
                                        "<!-- saved from url=1 -->\n<html>",       "<head><title>x</title>",
                                        "<?xml version='1.0'?><!DOCTYPE html>",    "\xEF\xBB\xBF<!doctype html>"};
    static const char *const others[] = {
        "", "Skip to content\n\n<body", "{\"id\":1}", "<?xml version='1.0'?><TEI>", "<b>bold</b>", "<!--"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_true(html_looks_like(search_text_of(pages[i])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(html_looks_like(search_text_of(others[i])));
}

static void assert_refused(const char *html, const char *reports) {
    seen s = read_html(html);
    assert_null(s.record);
    assert_string_equal(s.reports, reports);
}

static void pages_that_hold_nothing(void **state) {
    (void)state;
    assert_refused("", "-record.empty ");
    assert_refused(" \n", "-record.empty ");
    assert_refused("<html>", "-record.not_a_cable ");
    assert_refused("<html><h1>Title</h1></html>", "-record.not_a_cable ");
    assert_refused("<html><p>Text</p></html>", "-record.not_a_cable ");
    assert_refused("<html><title>T</title><script>x</script>", "-record.not_a_cable ");
}

static void depth_is_bounded(void **state) {
    (void)state;
    buffer html = {0};
    buffer_add_string(&html, "<html><body><h1>T</h1><p>Text.</p>");
    for (int i = 0; i < 100000; i++)
        buffer_add_string(&html, "<div>");
    buffer_add_string(&html, "deep");
    seen s = read_html(html.bytes);
    assert_values(s.record, "title", "T");
    assert_string_equal(s.reports, "-record.html_cut ");
    search_record_free(s.record);
    buffer_free(&html);
}

static void size_is_bounded(void **state) {
    (void)state;
    buffer html = {0};
    buffer_add_string(&html, "<html><body><h1>T</h1>");
    for (size_t n = 0; n < RECORD_MAX_N_BYTES; n += 64)
        buffer_add_string(&html, "                                                               x");
    seen s = read_html(html.bytes);
    assert_null(s.record);
    assert_string_equal(s.reports, "-record.too_large ");
    buffer_free(&html);
}

static void long_texts_are_cut(void **state) {
    (void)state;
    buffer html = {0};
    buffer_add_string(&html, "<html><body><h1>T</h1><p>Before.</p><p>");
    while (html.n_bytes < (size_t)24 << 20)
        buffer_add_string(&html, "words of one long paragraph ");
    buffer_add_string(&html, "</p></body></html>");
    seen s = read_html(html.bytes);
    assert_values(s.record, "title", "T");
    assert_string_equal(s.reports, "-record.html_cut ");
    search_record_free(s.record);
    buffer_free(&html);
}

static void assert_refused_for_size(const char *opening, const char *piece, size_t n) {
    buffer html = {0};
    buffer_add_string(&html, opening);
    for (size_t i = 0; i < n; i++)
        buffer_add_string(&html, piece);
    assert_false(html.failed);
    assert_refused(html.bytes, "-record.too_many_tags ");
    buffer_free(&html);
}

static void tags_and_attributes_are_bounded(void **state) {
    (void)state;
    assert_refused_for_size("<html><h1>T</h1>", "<p>", 500001);
    assert_refused_for_size("<html><h1>T</h1><p ", "a=\">\" ", 2001);
    assert_refused_for_size("<html><h1>T</h1>", "<p a='<' b=c d>x", 125001);
    seen s = read_html("<html><h1>T</h1><p a=\"b b b b > <\" c = 'd'>Text.");
    assert_values(s.record, "body", "Text.");
    search_record_free(s.record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seed_is_the_same_record),
        cmocka_unit_test(pages_without_marks_are_read_as_text),
        cmocka_unit_test(marks_of_the_site),
        cmocka_unit_test(summary_of_a_related_document_is_not_taken),
        cmocka_unit_test(id_of_the_canonical_address),
        cmocka_unit_test(white_space_is_that_of_html),
        cmocka_unit_test(lists_keep_their_marks),
        cmocka_unit_test(tables_keep_their_cells),
        cmocka_unit_test(boilerplate_is_left_out),
        cmocka_unit_test(page_of_another_site),
        cmocka_unit_test(encodings),
        cmocka_unit_test(bad_bytes_are_reported),
        cmocka_unit_test(looks_like),
        cmocka_unit_test(pages_that_hold_nothing),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(tags_and_attributes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
