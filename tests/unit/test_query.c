/* The query language: the lexer, parser and printer together, for none of them means much alone.  The examples of
 * doc/query-language.md are read from there ($top_srcdir, else the working directory) and checked row by row; what they
 * cannot show (offsets, limits, odd bytes) is here, and two property tests: random trees print and parse back, and
 * random texts either parse and print back or fail with an offset and a hint. */
#include "libsearch/query/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Helpers ---- */

static const char *field(const void *context, size_t i) {
    static const char *const names[] = {"title", "body", "from", "to", "places", "date", NULL};
    (void)context;
    return names[i];
}

/* YYYY, YYYY-MM and YYYY-MM-DD, and one text of words; every month has the days that it has in 1961, and February of
 * 1964 one more. */
static bool read_day(search_text text, int32_t *earliest, int32_t *latest) {
    static const int n_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char copy[32];
    int year = 0;
    int month = 0;
    int day = 0;
    int n = 0;
    if (text.n_bytes >= sizeof copy)
        return false;
    memcpy(copy, text.bytes, text.n_bytes);
    copy[text.n_bytes] = '\0';
    if (strcmp(copy, "March 1964") == 0) {
        *earliest = 19640301;
        *latest = 19640331;
        return true;
    }
    const char *forms[] = {"%4d%n", "%4d-%2d%n", "%4d-%2d-%2d%n"};
    for (size_t i = 0; i < 3; i++) {
        n = year = month = day = 0;
        const int got = i == 0   ? sscanf(copy, forms[i], &year, &n)
                        : i == 1 ? sscanf(copy, forms[i], &year, &month, &n)
                                 : sscanf(copy, forms[i], &year, &month, &day, &n);
        if (got == (int)i + 1 && n == (int)text.n_bytes && n == 4 + 3 * (int)i)
            break;
    }
    if (n != (int)text.n_bytes || n < 4 || year < 1000 || year > 2999 || month > 12 || (n > 4 && month < 1))
        return false;
    const int first_month = n > 4 ? month : 1;
    const int last_month = n > 4 ? month : 12;
    const int n_last = n_days[last_month - 1] + (last_month == 2 && year == 1964 ? 1 : 0);
    if (n > 7 && (day < 1 || day > n_last))
        return false;
    *earliest = year * 10000 + first_month * 100 + (n > 7 ? day : 1);
    *latest = year * 10000 + last_month * 100 + (n > 7 ? day : n_last);
    return true;
}

static const query_options defaults = {.field = field, .date = read_day};
static const query_options lenient = {.field = field, .date = read_day, .is_lenient = true};

static query parsed(const char *text) {
    query q;
    search_error error;
    search_status status = query_parse(search_text_of(text), &defaults, &q, &error);
    if (status != SEARCH_OK)
        fail_msg("%s: %s at %zu: %s", text, error.id, error.offset, error.message);
    assert_int_equal(error.status, SEARCH_OK);
    return q;
}

static void assert_text(search_text text, const char *expected) {
    assert_int_equal(text.n_bytes, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.n_bytes);
}

static void assert_canonical(const char *text, const char *expected) {
    query q = parsed(text);
    buffer printed = {0};
    query_print(q.root, &printed);
    assert_false(printed.failed);
    assert_string_equal(printed.bytes != NULL ? printed.bytes : "", expected);
    query again = parsed(expected);
    assert_true(query_equal(q.root, again.root));
    query_free(&again);
    query_free(&q);
    buffer_free(&printed);
}

static void assert_refused(search_text text, const query_options *options, search_status status, const char *id,
                           size_t offset) {
    query q;
    search_error error;
    search_status got = query_parse(text, options, &q, &error);
    if (got != status || strcmp(error.id, id) != 0 || error.offset != offset)
        fail_msg("%.*s: got %d %s at %zu, not %d %s at %zu", (int)(text.n_bytes < 80 ? text.n_bytes : 80), text.bytes,
                 (int)got, error.id, error.offset, (int)status, id, offset);
    assert_int_equal(error.status, status);
    assert_string_not_equal(error.message, "");
    assert_string_not_equal(error.hint, "");
    assert_null(q.root);
    query_free(&q);
}

static void assert_fault(const char *text, const char *id, size_t offset) {
    assert_refused(search_text_of(text), &defaults, SEARCH_E_QUERY, id, offset);
}

static void assert_leaf(const query_node *node, query_kind kind, const char *field_name, const char *text) {
    assert_int_equal(node->kind, kind);
    assert_text(node->field, field_name);
    assert_text(node->text, text);
    assert_int_equal(node->n_children, 0);
}

static void assert_place(const query_node *node, size_t offset, size_t n_bytes) {
    assert_int_equal(node->offset, offset);
    assert_int_equal(node->n_bytes, n_bytes);
}

static void assert_word(const char *query_text, const char *field_name, const char *text) {
    query q = parsed(query_text);
    assert_leaf(q.root, QUERY_WORD, field_name, text);
    query_free(&q);
}

static void assert_phrase(const char *query_text, const char *text) {
    query q = parsed(query_text);
    assert_leaf(q.root, QUERY_PHRASE, "", text);
    query_free(&q);
}

/* n times `piece`, malloc'ed */
static char *repeated(const char *piece, size_t n) {
    size_t n_piece = strlen(piece);
    char *text = malloc(n * n_piece + 1);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * n_piece, piece, n_piece);
    text[n * n_piece] = '\0';
    return text;
}

/* ---- Words and phrases ---- */

static void test_empty_query_is_all(void **state) {
    (void)state;
    const char *const texts[] = {"", " ", "\t\r\n", "\xC2\xA0\xE3\x80\x80", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        query q = parsed(texts[i]);
        assert_int_equal(q.root->kind, QUERY_ALL);
        assert_int_equal(q.n_leaves, 0);
        query_free(&q);
        assert_canonical(texts[i], "");
    }
}

static void test_null_text_is_all(void **state) {
    (void)state;
    query q;
    assert_int_equal(query_parse((search_text){NULL, 0}, NULL, &q, NULL), SEARCH_OK);
    assert_int_equal(q.root->kind, QUERY_ALL);
    query_free(&q);
}

static void test_one_word(void **state) {
    (void)state;
    assert_word("armistice", "", "armistice");
    assert_word("  armistice\n", "", "armistice");
}

static void test_word_keeps_its_punctuation(void **state) {
    (void)state;
    const char *const words[] = {"Tae-hui", "Ch'oe", "U.S.", "W[illiam]", "20,517", "10:30",
                                 "x-",      "&",     "...",  "?",         "~",      "~5"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_word(words[i], "", words[i]);
}

static void test_words_are_and(void **state) {
    (void)state;
    query q = parsed("Kim Il Sung");
    assert_int_equal(q.root->kind, QUERY_AND);
    assert_int_equal(q.root->n_children, 3);
    assert_int_equal(q.n_leaves, 3);
    assert_leaf(q.root->children[2], QUERY_WORD, "", "Sung");
    query_free(&q);
}

static void test_unicode_white_space_separates(void **state) {
    (void)state;
    assert_canonical("a\xC2\xA0"
                     "b\xE3\x80\x80"
                     "c\xE2\x80\x8B"
                     "d\xE2\x80\xA8"
                     "e",
                     "a b c d e");
}

static void test_phrase(void **state) {
    (void)state;
    assert_phrase("\"peaceful unification\"", "peaceful unification");
    assert_phrase("\" a  b\n\"", " a  b\n");
    assert_phrase("\"AND (OR -x title:y\"", "AND (OR -x title:y");
}

static void test_curly_phrase(void **state) {
    (void)state;
    assert_phrase("“peace treaty”", "peace treaty");
    assert_phrase("”peace treaty”", "peace treaty");
    assert_phrase("„peace treaty“", "peace treaty");
    assert_phrase("“a \"b\" c”", "a \"b\" c");
    assert_phrase("\"a “b” c\"", "a “b” c");
}

static void test_escaped_quote_in_phrase(void **state) {
    (void)state;
    assert_phrase("\"a \\\"b\\\"\"", "a \"b\"");
    assert_phrase("“a \\” b”", "a ” b");
}

static void test_quote_ends_a_word(void **state) {
    (void)state;
    assert_canonical("a\"b c\"d", "a \"b c\" d");
    assert_canonical("a(b)c", "a b c");
}

static void test_nul_is_a_character(void **state) {
    (void)state;
    query q;
    assert_int_equal(query_parse((search_text){"a\0b \"c\0\"", 8}, NULL, &q, NULL), SEARCH_OK);
    assert_int_equal(q.root->children[0]->text.n_bytes, 3);
    assert_memory_equal(q.root->children[0]->text.bytes, "a\0b", 3);
    assert_int_equal(q.root->children[1]->text.n_bytes, 2);
    query_free(&q);
}

static void test_length_is_honoured(void **state) {
    (void)state;
    query q;
    assert_int_equal(query_parse((search_text){"Korea Vietnam", 5}, NULL, &q, NULL), SEARCH_OK);
    assert_leaf(q.root, QUERY_WORD, "", "Korea");
    query_free(&q);
    assert_refused((search_text){"\"Korea\"", 6}, &defaults, SEARCH_E_QUERY, "query.unclosed_quote", 0);
}

static void test_tree_outlives_the_text(void **state) {
    (void)state;
    char text[] = "title:Korea \"a b\"";
    query q = parsed(text);
    memset(text, 'x', sizeof text - 1);
    assert_leaf(q.root->children[0], QUERY_WORD, "title", "Korea");
    assert_leaf(q.root->children[1], QUERY_PHRASE, "", "a b");
    query_free(&q);
}

/* ---- Operators ---- */

static void test_precedence(void **state) {
    (void)state;
    assert_canonical("NOT a b OR c AND d", "(-a b) OR (c d)");
    assert_canonical("a OR b c OR d", "a OR (b c) OR d");
    assert_canonical("a AND (b OR c)", "a (b OR c)");
}

static void test_groups_flatten(void **state) {
    (void)state;
    assert_canonical("(a b) (c AND (d e))", "a b c d e");
    assert_canonical("a OR (b OR (c OR d))", "a OR b OR c OR d");
    assert_canonical("(((a)))", "a");
    query q = parsed("(a b) c");
    assert_int_equal(q.root->n_children, 3);
    query_free(&q);
}

static void test_double_not_cancels(void **state) {
    (void)state;
    assert_canonical("NOT NOT a", "a");
    assert_canonical("NOT -a", "a");
    assert_canonical("---a", "-a");
    assert_canonical("-(-a)", "a");
    assert_canonical("-(NOT (a OR b))", "a OR b");
    assert_canonical("c -(-(a b))", "c a b");
}

static void test_pure_not(void **state) {
    (void)state;
    query q = parsed("-Korea");
    assert_int_equal(q.root->kind, QUERY_NOT);
    assert_int_equal(q.root->n_children, 1);
    assert_leaf(q.root->children[0], QUERY_WORD, "", "Korea");
    query_free(&q);
    assert_canonical("-a -b", "-a -b");
}

static void test_lower_case_operators_are_words(void **state) {
    (void)state;
    assert_canonical("a and b Or not near/3 c", "a and b Or not near/3 c");
    assert_canonical("ANDREI ORDER NOTE AND, NEAR", "ANDREI ORDER NOTE AND, NEAR");
}

static void test_minus_needs_an_operand_at_once(void **state) {
    (void)state;
    assert_canonical("a - b", "a \\- b");
    assert_canonical("a -- b", "a \\-- b");
    assert_canonical("a -", "a \\-");
    assert_canonical("(a -)", "a \\-");
    assert_canonical("a-b", "a-b");
}

static void test_minus_before_all_operands(void **state) {
    (void)state;
    assert_canonical("-a -\"b c\" -“d e” -(f OR g) -title:h", "-a -\"b c\" -\"d e\" -(f OR g) -title:h");
}

/* ---- Fields ---- */

static void test_field_of_word(void **state) {
    (void)state;
    assert_word("title:Korea", "title", "Korea");
    assert_word("TITLE:Korea", "title", "Korea");
    assert_word("title:Korea:north", "title", "Korea:north");
    assert_word("title::Korea", "title", ":Korea");
}

static void test_field_of_phrase(void **state) {
    (void)state;
    query q = parsed("from:“Kim Il Sung”");
    assert_leaf(q.root, QUERY_PHRASE, "from", "Kim Il Sung");
    query_free(&q);
}

static void test_field_of_group(void **state) {
    (void)state;
    assert_canonical("title:(a OR -(b \"c d\"))", "title:a OR -(title:b title:\"c d\")");
    assert_canonical("title:(a from:(b c) d) e", "title:a from:b from:c title:d e");
    assert_canonical("title:((a))", "title:a");
}

static void test_field_with_minus(void **state) {
    (void)state;
    assert_canonical("title:-a", "-title:a");
    assert_canonical("title:-(a OR b)", "-(title:a OR title:b)");
    assert_canonical("-title:-a", "title:a");
    assert_canonical("title:- a", "title:\\- a");
}

static void test_field_value_is_no_operator(void **state) {
    (void)state;
    assert_word("title:AND", "title", "AND");
    assert_word("title:NEAR/3", "title", "NEAR/3");
    assert_word("title:from:x", "title", "from:x");
    assert_canonical("title:-NOT", "-title:NOT");
}

static void test_words_with_colons(void **state) {
    (void)state;
    assert_word("10:30", "", "10:30");
    assert_word(":x", "", ":x");
    assert_word("_a:b", "", "_a:b");
    assert_word("été:b", "", "été:b");
    assert_canonical("Subject: Korea", "\\Subject: Korea");
}

static void test_unknown_field_lists_the_fields(void **state) {
    (void)state;
    query q;
    search_error error;
    search_text text = search_text_of("a tilte:Korea");
    assert_int_equal(query_parse(text, &defaults, &q, &error), SEARCH_E_QUERY);
    assert_string_equal(error.id, "query.unknown_field");
    assert_int_equal(error.offset, 2);
    assert_string_equal(error.message, "there is no field named tilte");
    assert_non_null(strstr(error.hint, "title, body, from, to, places"));
    assert_non_null(strstr(error.hint, "quotes"));
    assert_null(strstr(error.hint, "date")); /* reserved: it could not be used */
}

static const char *long_field(const void *context, size_t i) {
    return i < 64 ? context : NULL;
}

static void test_a_long_list_of_fields_is_cut_between_names(void **state) {
    (void)state;
    query_options options = {.field = long_field, .context = "a_name_of_exactly_thirty_two_byte"};
    query q;
    search_error error;
    assert_int_equal(query_parse(search_text_of("b:c"), &options, &q, &error), SEARCH_E_QUERY);
    size_t n = strlen(error.hint);
    assert_string_equal(error.hint + n - strlen("byte, ..."), "byte, ...");
}

static void test_without_options_no_field_is_known(void **state) {
    (void)state;
    assert_refused(search_text_of("title:a"), NULL, SEARCH_E_QUERY, "query.unknown_field", 0);
}

/* ---- exact: ---- */

static void test_exact_leaves(void **state) {
    (void)state;
    query q = parsed("exact:labour labour Exact:\"a b\"");
    assert_leaf(q.root->children[0], QUERY_WORD, "", "labour");
    assert_leaf(q.root->children[2], QUERY_PHRASE, "", "a b");
    assert_true(q.root->children[0]->is_exact);
    assert_false(q.root->children[1]->is_exact);
    assert_true(q.root->children[2]->is_exact);
    query_free(&q);
}

static void test_exact_before_a_field(void **state) {
    (void)state;
    query q = parsed("EXACT:Title:x");
    assert_leaf(q.root, QUERY_WORD, "title", "x");
    assert_true(q.root->is_exact);
    query_free(&q);
    assert_canonical("exact:title:x", "exact:title:x");
    assert_canonical("exact:title:“Kim Il Sung”", "exact:title:\"Kim Il Sung\"");
    assert_canonical("exact:title:10:30", "exact:title:10:30");
}

static void test_exact_of_group(void **state) {
    (void)state;
    assert_canonical("exact:(a OR b) c", "(exact:a OR exact:b) c");
    assert_canonical("exact:(a title:(b OR -\"c d\")) e", "exact:a (exact:title:b OR -exact:title:\"c d\") e");
    assert_canonical("title:(a exact:b exact:(c from:d))", "title:a exact:title:b exact:title:c exact:from:d");
    assert_canonical("exact:((a))", "exact:a");
}

static void test_exact_and_exclusion(void **state) {
    (void)state;
    assert_canonical("-exact:a", "-exact:a");
    assert_canonical("exact:-a", "-exact:a");
    assert_canonical("-exact:-a", "exact:a");
    assert_canonical("exact:- a", "exact:\\- a");
    assert_canonical("exact:-(a OR title:-b)", "-(exact:a OR -exact:title:b)");
}

static void test_exact_twice_is_exact(void **state) {
    (void)state;
    assert_canonical("exact:exact:a", "exact:a");
    assert_canonical("exact:(a exact:b)", "exact:a exact:b");
}

/* No field: after a field's colon, in quotes and behind a backslash it is a part of the word. */
static void test_exact_as_a_word(void **state) {
    (void)state;
    const char *const texts[] = {"title:exact:a", "\"exact:a\"", "\\exact:a", "exact", "inexact", "exact=a"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        query q = parsed(texts[i]);
        assert_false(q.root->is_exact);
        assert_canonical(texts[i], texts[i]);
        query_free(&q);
    }
}

static void test_exact_of_nothing(void **state) {
    (void)state;
    assert_fault("exact:", "query.empty_clause", 0);
    assert_fault("a exact: b", "query.empty_clause", 2);
    assert_fault("(exact:)", "query.empty_clause", 1);
    assert_fault("exact:()", "query.empty_clause", 6);
    assert_fault("exact:\"\"", "query.empty_clause", 6);
    assert_fault("exact:*", "query.empty_clause", 6);
    assert_fault("exact:title:", "query.empty_clause", 6);
    assert_fault("exact:tilte:a", "query.unknown_field", 6);
    assert_fault("exact:AND", "query.empty_clause", 0);
}

static void test_exact_is_bounded(void **state) {
    (void)state;
    char *text = repeated("exact:", 65);
    text = realloc(text, 65 * 6 + 2);
    assert_non_null(text);
    strcat(text, "a");
    assert_refused(search_text_of(text), &defaults, SEARCH_E_LIMIT, "query.too_deep", 64 * 6);
    assert_canonical(text + 6, "exact:a");
    free(text);
    query_options two = {.max_depth = 2};
    assert_refused(search_text_of("exact:(exact:a)"), &two, SEARCH_E_LIMIT, "query.too_deep", 7);
}

static void test_places_of_exact(void **state) {
    (void)state;
    query q = parsed("a exact:title:(b OR c)");
    const query_node *group = q.root->children[1];
    assert_place(group, 2, 20);
    assert_place(group->children[0], 15, 1);
    query_free(&q);
}

/* ---- Escapes ---- */

static void test_backslash_in_words(void **state) {
    (void)state;
    assert_word("\\AND", "", "AND");
    assert_word("A\\ND", "", "AND");
    assert_word("\\-x", "", "-x");
    assert_word("\\title:x", "", "title:x");
    assert_word("title\\:x", "", "title:x");
    assert_word("title:\\-x", "title", "-x");
    assert_word("\\(\\)\\\"\\*\\?\\~\\\\", "", "()\"*?~\\");
    assert_word("\\é\\朝", "", "é朝");
    assert_word("\\“x\\”", "", "“x”");
    assert_word("\\date=1961", "", "date=1961");
}

static void test_backslash_before_nothing_stands_for_itself(void **state) {
    (void)state;
    assert_canonical("a\\ b\\", "a\\\\ b\\\\");
    assert_phrase("\"a\\ b\"", "a\\ b");
    assert_word("\\", "", "\\");
    assert_canonical("-\\", "-\\\\");
}

static void test_escaped_closing_quote_does_not_close(void **state) {
    (void)state;
    assert_fault("\"a\\\"", "query.unclosed_quote", 0);
    assert_fault("(a\\)", "query.unclosed_parenthesis", 0);
}

static void test_printing_escapes(void **state) {
    (void)state;
    assert_canonical("“a\\b \\\\ \"c\" \\* d\\?e f?”", "\"ab \\\\ \\\"c\\\" \\* d\\?e f?\"");
    assert_canonical("a\\~1 a~\\1 a~b", "a\\~1 a\\~1 a~b");
    assert_canonical("\\NEAR/3 \\ADJ/x \\NOT -\\OR", "\\NEAR/3 \\ADJ/x \\NOT -\\OR");
}

/* ---- Places in the text ---- */

static void test_offsets(void **state) {
    (void)state;
    query q = parsed(" ab -title:(c OR \"d e\") NOT f");
    const query_node *root = q.root;
    assert_int_equal(root->n_children, 3);
    assert_place(root, 1, 28);
    assert_place(root->children[0], 1, 2);
    assert_place(root->children[1], 4, 19);
    assert_place(root->children[1]->children[0], 5, 18);
    assert_place(root->children[1]->children[0]->children[0], 12, 1);
    assert_place(root->children[1]->children[0]->children[1], 17, 5);
    assert_place(root->children[2], 24, 5);
    assert_place(root->children[2]->children[0], 28, 1);
    query_free(&q);
}

static void test_offset_of_a_field_leaf(void **state) {
    (void)state;
    query q = parsed("a title:b");
    assert_place(q.root->children[1], 2, 7);
    query_free(&q);
}

static void test_equality_ignores_places(void **state) {
    (void)state;
    query a = parsed("a  OR b");
    query b = parsed("a OR b");
    query c = parsed("a OR B");
    query d = parsed("a b");
    query e = parsed("title:a OR b");
    query f = parsed("a OR b OR c");
    query g = parsed("a OR exact:b");
    assert_true(query_equal(a.root, b.root));
    assert_false(query_equal(a.root, c.root));
    assert_false(query_equal(a.root, d.root));
    assert_false(query_equal(a.root, e.root));
    assert_false(query_equal(a.root, f.root));
    assert_false(query_equal(a.root, g.root));
    query *all[] = {&a, &b, &c, &d, &e, &f, &g};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        query_free(all[i]);
}

/* ---- Errors ---- */

static void test_unclosed_quote(void **state) {
    (void)state;
    assert_fault("a \"b c", "query.unclosed_quote", 2);
    assert_fault("\"", "query.unclosed_quote", 0);
    assert_fault("“b c\"", "query.unclosed_quote", 0);
    assert_fault("é (a “b", "query.unclosed_quote", 6);
}

static void test_unclosed_parenthesis(void **state) {
    (void)state;
    assert_fault("(", "query.unclosed_parenthesis", 0);
    assert_fault("a (b (c) d", "query.unclosed_parenthesis", 2);
    assert_fault("a (b (c", "query.unclosed_parenthesis", 5);
    assert_fault("title:(a", "query.unclosed_parenthesis", 6);
}

static void test_stray_parenthesis(void **state) {
    (void)state;
    assert_fault("a)", "query.stray_parenthesis", 1);
    assert_fault(")", "query.stray_parenthesis", 0);
    assert_fault("(a)) b", "query.stray_parenthesis", 3);
}

static void test_missing_operand(void **state) {
    (void)state;
    assert_fault("AND", "query.missing_operand", 0);
    assert_fault("a AND", "query.missing_operand", 2);
    assert_fault("a OR AND b", "query.missing_operand", 2);
    assert_fault("OR a", "query.missing_operand", 0);
    assert_fault("NOT", "query.missing_operand", 0);
    assert_fault("a NOT OR b", "query.missing_operand", 2);
    assert_fault("(a OR)", "query.missing_operand", 3);
    assert_fault("-AND", "query.missing_operand", 0);
}

static void test_empty_clause(void **state) {
    (void)state;
    assert_fault("a ()", "query.empty_clause", 2);
    assert_fault("a ( )", "query.empty_clause", 2);
    assert_fault("\"\"", "query.empty_clause", 0);
    assert_fault("“ ”", "query.empty_clause", 0);
    assert_fault("title:", "query.empty_clause", 0);
    assert_fault("a title: b", "query.empty_clause", 2);
    assert_fault("(title:)", "query.empty_clause", 1);
    assert_fault("title:()", "query.empty_clause", 6);
    assert_fault("title:\"\"", "query.empty_clause", 6);
    assert_fault("date: 1961", "query.empty_clause", 0);
    assert_fault("*", "query.empty_clause", 0);
    assert_fault("title:**", "query.empty_clause", 6);
}

/* ---- Wildcards and similar words ---- */

static void assert_patterns(const char *text, const char *expected, size_t n, const query_pattern *patterns) {
    query q = parsed(text);
    assert_text(q.root->text, expected);
    assert_int_equal(q.root->n_patterns, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(q.root->patterns[i].at, patterns[i].at);
        assert_int_equal(q.root->patterns[i].kind, patterns[i].kind);
        assert_int_equal(q.root->patterns[i].n_edits, patterns[i].n_edits);
    }
    query_free(&q);
}

static void test_wildcards(void **state) {
    (void)state;
    assert_patterns("kore*", "kore*", 1, (const query_pattern[]){{4, '*', 0}});
    assert_patterns("*gyang", "*gyang", 1, (const query_pattern[]){{0, '*', 0}});
    assert_patterns("P?ongyang", "P?ongyang", 1, (const query_pattern[]){{1, '?', 0}});
    assert_patterns("-title:k?r\\?a*?", "", 0, NULL); /* the NOT */
    assert_patterns("title:k?r\\?a*?", "k?r?a*?", 2, (const query_pattern[]){{1, '?', 0}, {5, '*', 0}});
    assert_patterns("kore?*", "kore?*", 2, (const query_pattern[]){{4, '?', 0}, {5, '*', 0}});
    assert_patterns("朝?鮮", "朝?鮮", 1, (const query_pattern[]){{3, '?', 0}});
    assert_patterns("\"a kore* b?d?\"", "a kore* b?d?", 2, (const query_pattern[]){{6, '*', 0}, {9, '?', 0}});
    assert_patterns("\"\\\"kore*\\\"\"", "\"kore*\"", 1, (const query_pattern[]){{5, '*', 0}});
    assert_patterns("exact:k*", "k*", 1, (const query_pattern[]){{1, '*', 0}});
    assert_canonical("\\k* “k* \\*”", "k* \"k* \\*\"");
}

static void test_wildcards_alone(void **state) {
    (void)state;
    assert_fault("a ?*", "query.empty_clause", 2);
    assert_fault("*~1", "query.empty_clause", 0);
    assert_fault("\"Kim * Sung\"", "query.empty_clause", 5);
    assert_fault("exact:*.*", "query.empty_clause", 6);
}

static void test_similar_words(void **state) {
    (void)state;
    assert_patterns("word~", "word", 1, (const query_pattern[]){{4, '~', 1}});
    assert_patterns("word~1", "word", 1, (const query_pattern[]){{4, '~', 1}});
    assert_patterns("title:word~2", "word", 1, (const query_pattern[]){{4, '~', 2}});
    assert_patterns("\"a~ b c~2\"", "a b c", 2, (const query_pattern[]){{1, '~', 1}, {5, '~', 2}});
    assert_patterns("a\\~1~1", "a~1", 1, (const query_pattern[]){{3, '~', 1}});
    assert_patterns("a\\\\~1", "a\\", 1, (const query_pattern[]){{2, '~', 1}});
    assert_patterns("what?~1", "what?", 1, (const query_pattern[]){{5, '~', 1}});
    assert_patterns("AND~1", "AND", 1, (const query_pattern[]){{3, '~', 1}});
    assert_canonical("word~ AND~1 a\\?~1~1", "word~1 \\AND~1 a\\?~1~1");
    assert_canonical("~5 a~b ~ ...~1", "~5 a~b ~ ...~1");
}

static void test_bad_similar_words(void **state) {
    (void)state;
    assert_fault("word~0.8", "query.bad_fuzzy", 4);
    assert_fault("word~0", "query.bad_fuzzy", 4);
    assert_fault("a \"b word~3\"", "query.bad_fuzzy", 9);
    assert_fault("kor\\e*~1", "query.conflict", 5);
    assert_fault("\"a b\"~3", "query.bad_fuzzy", 5);
    assert_canonical("\"a b\" ~3", "\"a b\" ~3");
}

static void test_inflected_phrases(void **state) {
    (void)state;
    query q = parsed("a ~\"b c\" title:~“d e*”");
    assert_false(q.root->children[0]->is_inflected);
    assert_true(q.root->children[1]->is_inflected);
    assert_leaf(q.root->children[2], QUERY_PHRASE, "title", "d e*");
    assert_true(q.root->children[2]->is_inflected);
    assert_place(q.root->children[1], 2, 6);
    query_free(&q);
    assert_canonical("-title:~“d e”", "-title:~\"d e\"");
    assert_canonical("~ \"a\"", "~ \"a\"");
    assert_fault("exact:(a ~\"b c\")", "query.conflict", 9);
    assert_fault("~\"b", "query.unclosed_quote", 1);
}

/* ---- NEAR and ADJ ---- */

static void test_near(void **state) {
    (void)state;
    query q = parsed("a NEAR/3 b NEAR/3 \"c d\"");
    assert_int_equal(q.root->kind, QUERY_NEAR);
    assert_int_equal(q.root->distance, 3);
    assert_int_equal(q.root->n_children, 3);
    assert_leaf(q.root->children[2], QUERY_PHRASE, "", "c d");
    assert_place(q.root, 0, 23);
    query_free(&q);
    q = parsed("a ADJ/0 b");
    assert_int_equal(q.root->kind, QUERY_ADJ);
    assert_int_equal(q.root->distance, 0);
    query_free(&q);
    assert_canonical("a NEAR/99 b", "a NEAR/99 b");
    assert_canonical("a NEAR/007 b", "a NEAR/7 b");
}

static void test_precedence_of_near(void **state) {
    (void)state;
    assert_canonical("a b NEAR/3 c d", "a (b NEAR/3 c) d");
    assert_canonical("a OR b ADJ/3 c", "a OR (b ADJ/3 c)");
    assert_canonical("NOT a NEAR/3 b", "-(a NEAR/3 b)");
    assert_canonical("-a NEAR/3 b", "-(a NEAR/3 b)");
    assert_canonical("(a NEAR/3 b) NEAR/3 c", "a NEAR/3 b NEAR/3 c");
    assert_canonical("a NEAR/3 (b OR (c OR d*))", "a NEAR/3 (b OR c OR d*)");
    assert_canonical("exact:a NEAR/3 exact:\"b c\"", "exact:a NEAR/3 exact:\"b c\"");
}

static void test_fields_of_near(void **state) {
    (void)state;
    assert_canonical("title:(a NEAR/3 (b OR c))", "title:a NEAR/3 (title:b OR title:c)");
    assert_canonical("title:a NEAR/3 title:b", "title:a NEAR/3 title:b");
    assert_fault("title:a NEAR/3 b", "query.mixed_fields", 15);
    assert_fault("a NEAR/3 (b OR title:c)", "query.mixed_fields", 15);
    assert_fault("(a OR title:b) NEAR/3 c", "query.mixed_fields", 6);
}

static void test_operands_of_near(void **state) {
    (void)state;
    assert_fault("(a b) NEAR/3 c", "query.bad_operand", 0);
    assert_fault("a NEAR/3 (b c)", "query.bad_operand", 9);
    assert_fault("a NEAR/3 NOT b", "query.bad_operand", 9);
    assert_fault("a NEAR/3 -b", "query.bad_operand", 9);
    assert_fault("a NEAR/3 title:-b", "query.bad_operand", 9);
    assert_fault("a NEAR/3 date:1961", "query.bad_operand", 9);
    assert_fault("a NEAR/3 verbatim:b", "query.bad_operand", 9);
    assert_fault("src:a NEAR/3 b", "query.bad_operand", 0);
    assert_fault("a NEAR/3 b NEAR/2 c", "query.bad_operand", 11);
    assert_fault("a NEAR/3 b ADJ/3 c", "query.bad_operand", 11);
    assert_fault("a NEAR/3 (b ADJ/3 c)", "query.bad_operand", 9);
    assert_fault("a NEAR/3 (b OR (c NEAR/3 d))", "query.bad_operand", 15);
    assert_fault("a NEAR/3", "query.missing_operand", 2);
    assert_fault("NEAR/3 a", "query.missing_operand", 0);
    assert_fault("a ADJ/3 OR b", "query.missing_operand", 2);
}

static void test_distances(void **state) {
    (void)state;
    const char *const texts[] = {"a NEAR/ b",    "a NEAR/x b",  "a NEAR/-1 b",
                                 "a NEAR/100 b", "a ADJ/3,5 b", "a ADJ/99999999999999999999999 b"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_fault(texts[i], "query.bad_distance", 2);
    assert_canonical("a NEAR b near/3 \\NEAR/3 title:NEAR/3 \\ADJ/x", "a NEAR b near/3 \\NEAR/3 title:NEAR/3 \\ADJ/x");
}

/* ---- Dates ---- */

static void test_date_nodes(void **state) {
    (void)state;
    query q = parsed("date:1961..1963-02");
    assert_leaf(q.root, QUERY_DATE, "", "1961-01..1963-02");
    assert_true(q.root->date.has_earliest && q.root->date.has_latest);
    assert_int_equal(q.root->date.earliest, 19610101);
    assert_int_equal(q.root->date.latest, 19630228);
    assert_int_equal(q.n_leaves, 1);
    query_free(&q);
    q = parsed("until:1961-12");
    assert_false(q.root->date.has_earliest);
    assert_int_equal(q.root->date.latest, 19611231);
    query_free(&q);
    q = parsed("date=1961");
    assert_true(q.root->date.is_certain);
    query_free(&q);
    q = parsed("date=None");
    assert_true(q.root->date.is_none);
    assert_false(q.root->date.is_certain);
    query_free(&q);
}

static void test_dates_print_in_one_way(void **state) {
    (void)state;
    assert_canonical("date:1961", "date:1961");
    assert_canonical("date:1961..1961", "date:1961");
    assert_canonical("date:1961-01-01..1961-12-31", "date:1961");
    assert_canonical("date:1961-12-01..1961-12", "date:1961-12");
    assert_canonical("date:1964-02-29", "date:1964-02-29");
    assert_canonical("date:1964-02-01..1964-02-29", "date:1964-02");
    assert_canonical("date:1961-01-01", "date:1961-01-01");
    assert_canonical("date:1961..1961-01-01", "date:1961-01-01");
    assert_canonical("date:1961..1961-06", "date:1961-01..1961-06");
    assert_canonical("since:1961 Until:1961-12-30", "date:1961.. date:..1961-12-30");
    assert_canonical("date:..1961-12 date:1961-12..", "date:..1961 date:1961-12..");
    assert_canonical("date:\"March 1964\"", "date:1964-03");
    assert_canonical("date:“March 1964”..1964", "date:1964-03..1964-12");
    assert_canonical("date:\"March 1964 .. 1964-05\"", "date:1964-03..1964-05");
    assert_canonical("DATE=\"March 1964\"..", "date=1964-03..");
    assert_canonical("-date:1961 -date:none", "-date:1961 -date:none");
    assert_canonical("exact:date:1961 title:(a date:1961)", "date:1961 title:a date:1961");
    assert_canonical("title:date:1961 title:date=1961 \\date=1961", "title:date:1961 title:date=1961 \\date=1961");
}

static void test_bad_dates(void **state) {
    (void)state;
    assert_fault("date:foo", "query.bad_date", 5);
    assert_fault("a date:1961..foo", "query.bad_date", 13);
    assert_fault("date:\"1961..x\"", "query.bad_date", 12);
    assert_fault("date:1961..1962..1963", "query.bad_date", 11);
    assert_fault("date:1961-02-29", "query.bad_date", 5);
    assert_fault("since:1961..1963", "query.bad_date", 6);
    assert_fault("until:none", "query.bad_date", 6);
    assert_fault("date=1963..1961", "query.reversed_dates", 5);
    assert_fault("date:..", "query.empty_clause", 5);
    assert_fault("date:\"\"", "query.empty_clause", 5);
    assert_fault("date=", "query.empty_clause", 0);
    assert_fault("date:(1961 OR 1962)", "query.bad_operand", 5);
    assert_fault("date:\"1961", "query.unclosed_quote", 5);
    const query_options no_dates = {.field = field};
    assert_refused(search_text_of("a since:1961"), &no_dates, SEARCH_E_QUERY, "query.no_dates", 2);
    assert_refused(search_text_of("date=1961"), &no_dates, SEARCH_E_QUERY, "query.no_dates", 0);
}

/* ---- verbatim: and src: ---- */

static void test_verbatim(void **state) {
    (void)state;
    query q = parsed("verbatim:\"An [sic] said*\" title:verbatim:An Verbatim:Title:“An \\” b?d~1”");
    assert_leaf(q.root->children[0], QUERY_VERBATIM, "", "An [sic] said*");
    assert_leaf(q.root->children[1], QUERY_VERBATIM, "title", "An");
    assert_leaf(q.root->children[2], QUERY_VERBATIM, "title", "An ” b?d~1");
    assert_int_equal(q.root->children[2]->n_patterns, 0);
    query_free(&q);
    assert_canonical("verbatim:An", "verbatim:\"An\"");
    assert_canonical("title:(verbatim:\\-x -verbatim:from:y)", "verbatim:title:\"-x\" -verbatim:from:\"y\"");
    assert_canonical("title:verbatim:from:x", "verbatim:title:\"from:x\"");
    assert_canonical("exact:verbatim:-5 verbatim:10:30", "verbatim:\"-5\" verbatim:\"10:30\"");
    assert_canonical("title:\\verbatim:x title:-\\verbatim:x", "title:\\verbatim:x -title:\\verbatim:x");
    assert_canonical("verbatim:\"a\\\\b \\\"c\\\"\"", "verbatim:\"a\\\\b \\\"c\\\"\"");
}

static void test_bad_verbatim(void **state) {
    (void)state;
    assert_fault("verbatim:", "query.empty_clause", 0);
    assert_fault("verbatim: An", "query.empty_clause", 0);
    assert_fault("verbatim:\" \"", "query.empty_clause", 0);
    assert_fault("verbatim:title:", "query.empty_clause", 0);
    assert_fault("verbatim:tilte:An", "query.unknown_field", 9);
    assert_fault("verbatim:date:An", "query.unknown_field", 9);
    assert_fault("verbatim:(a b)", "query.bad_operand", 9);
    assert_fault("verbatim:\"An", "query.unclosed_quote", 9);
}

static void test_source(void **state) {
    (void)state;
    query q = parsed("src:\"PRC FMA 118-01026-07 126\"");
    assert_leaf(q.root, QUERY_SOURCE, "", "PRC FMA 118-01026-07 126");
    query_free(&q);
    assert_canonical("title:(a SRC:118-01026-07)", "title:a src:\"118-01026-07\"");
    assert_fault("src:\"- -\"", "query.empty_clause", 0);
    assert_fault("src:(a)", "query.bad_operand", 4);
}

static void test_question_marks_are_punctuation(void **state) {
    (void)state;
    assert_canonical("Who is Kim? ?! why?? (what?) Kim?’ ?", "Who is Kim? ?! why?? what? Kim?’ ?");
    assert_canonical("\"Who? What? \"", "\"Who? What? \"");
}

static void test_not_utf8(void **state) {
    (void)state;
    const struct {
        const char *text;
        size_t offset;
    } rows[] = {{"caf\xE9", 3}, {"\x80", 0}, {"a \xC0\xAF", 2}, {"\"\xED\xA0\x80\"", 1}, {"é\xF4\x90\x80\x80", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(search_text_of(rows[i].text), &defaults, SEARCH_E_ARGUMENT, "query.not_utf8", rows[i].offset);
}

static void test_error_may_be_null(void **state) {
    (void)state;
    query q;
    assert_int_equal(query_parse(search_text_of("(a"), &defaults, &q, NULL), SEARCH_E_QUERY);
    assert_int_equal(query_parse(search_text_of("b:a"), &defaults, &q, NULL), SEARCH_E_QUERY);
    query_free(&q);
    query_free(NULL);
}

/* ---- Limits ---- */

static void test_too_many_terms(void **state) {
    (void)state;
    char *text = repeated("a ", 257);
    assert_refused(search_text_of(text), &defaults, SEARCH_E_LIMIT, "query.too_many_terms", 512);
    text[512] = '\0';
    query q = parsed(text);
    assert_int_equal(q.n_leaves, 256);
    query_free(&q);
    free(text);
    query_options two = {.max_leaves = 2};
    assert_refused(search_text_of("a (b OR c)"), &two, SEARCH_E_LIMIT, "query.too_many_terms", 8);
}

static void test_too_deep(void **state) {
    (void)state;
    char *open = repeated("(", 65000);
    assert_refused(search_text_of(open), &defaults, SEARCH_E_LIMIT, "query.too_deep", 64);
    query_options deep = {.max_depth = SIZE_MAX};
    assert_refused(search_text_of(open), &deep, SEARCH_E_LIMIT, "query.too_deep", 1000);
    free(open);
    query_options two = {.max_depth = 2};
    assert_refused(search_text_of("(((a)))"), &two, SEARCH_E_LIMIT, "query.too_deep", 2);
    assert_refused(search_text_of("a (b OR c d)"), &two, SEARCH_E_LIMIT, "query.too_deep", 8);
    query q;
    assert_int_equal(query_parse(search_text_of("a (b OR ((c)))"), &two, &q, NULL), SEARCH_E_LIMIT);
    assert_int_equal(query_parse(search_text_of("a (b OR (c))"), &two, &q, NULL), SEARCH_OK);
    query_free(&q);
}

static void test_a_hundred_thousand_parentheses(void **state) {
    (void)state;
    char *open = repeated("(", 100000);
    assert_refused(search_text_of(open), &defaults, SEARCH_E_LIMIT, "query.too_long", 65536);
    free(open);
}

static void test_too_long(void **state) {
    (void)state;
    char *text = repeated("a", QUERY_MAX_N_BYTES + 1);
    assert_refused(search_text_of(text), &defaults, SEARCH_E_LIMIT, "query.too_long", QUERY_MAX_N_BYTES);
    text[QUERY_MAX_N_BYTES] = '\0';
    query q = parsed(text);
    assert_int_equal(q.root->text.n_bytes, QUERY_MAX_N_BYTES);
    query_free(&q);
    free(text);
}

/* Takes seconds a row when a lookahead starts anew at each character. */
static void test_long_runs_take_linear_time(void **state) {
    (void)state;
    const char *const pieces[] = {"-",          "?",
                                  "~",          "a~1",
                                  "NOT ",       "\\",
                                  "\\?",        "? ",
                                  "- ",         "\"? ",
                                  "a:",         "title:-",
                                  "“ ",         "exact:",
                                  "*",          "a*?",
                                  "~",          "a~9 ",
                                  "„ \"",       "„",
                                  "a NEAR/1 ",  "a NEAR/1 (b) ",
                                  "date:1..2 ", "date:\"",
                                  "verbatim:x", "verbatim:title:(",
                                  ")",          "OR ",
                                  "\"a\"~1",    "src:(",
                                  "(a OR -",    "(",
                                  "b:\""};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *text = repeated(pieces[i], 65000 / strlen(pieces[i]));
        query q;
        search_error error;
        for (size_t mode = 0; mode < 2; mode++) {
            query_options options = mode == 0 ? defaults : lenient;
            options.max_leaves = 100000;
            if (query_parse(search_text_of(text), &options, &q, &error) == SEARCH_OK) {
                buffer printed = {0};
                query_print(q.root, &printed);
                assert_false(printed.failed);
                buffer_free(&printed);
            }
            query_free(&q);
        }
        free(text);
    }
}

/* ---- Lenient ---- */

/* `ids`: those of the warnings, one blank between. */
static void assert_mended(const char *text, const query_options *options, const char *expected, const char *ids) {
    query q;
    search_error error;
    buffer printed = {0};
    buffer got = {0};
    assert_int_equal(query_parse(search_text_of(text), options, &q, &error), SEARCH_OK);
    query_print(q.root, &printed);
    buffer_add_string(&printed, "");
    for (size_t i = 0; i < q.n_warnings; i++) {
        buffer_add_format(&got, "%s%s %zu", i > 0 ? " " : "", q.warnings[i].id, q.warnings[i].offset);
        assert_string_not_equal(q.warnings[i].message, "");
        assert_string_not_equal(q.warnings[i].hint, "");
    }
    buffer_add_string(&got, "");
    if (strcmp(printed.bytes, expected) != 0 || strcmp(got.bytes, ids) != 0)
        fail_msg("%s: got %s (%s), not %s (%s)", text, printed.bytes, got.bytes, expected, ids);
    buffer_free(&printed);
    buffer_free(&got);
    query_free(&q);
}

static void test_lenient_repairs(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
        const char *ids;
    } rows[] = {
        {"a \"b c", "a \"b c\"", "query.unclosed_quote 2"},
        {"“b c\" d", "\"b c\" d", "query.unclosed_quote 0"},
        {"a \"", "a", "query.unclosed_quote 2 query.empty_clause 2"},
        {"(a OR (b c", "a OR (b c)", "query.unclosed_parenthesis 6 query.unclosed_parenthesis 0"},
        {"a OR b) c", "a OR (b c)", "query.stray_parenthesis 6"},
        {"(a)))", "a", "query.stray_parenthesis 3 query.stray_parenthesis 4"},
        {"AND a OR", "a", "query.missing_operand 0 query.missing_operand 6"},
        {"a AND OR b", "a OR b", "query.missing_operand 2"},
        {"a OR AND b", "a OR b", "query.missing_operand 2 query.missing_operand 5"},
        {"a NOT NEAR/3 b", "a b", "query.missing_operand 2 query.missing_operand 6"},
        {"(OR) b -", "b \\-", "query.missing_operand 1"},
        {"-() a", "a", "query.empty_clause 1"},
        {"title: a exact: *", "a", "query.empty_clause 0 query.empty_clause 9 query.empty_clause 16"},
        {"", "", ""},
        {"()", "", "query.empty_clause 0"},
        {"see http://example.org", "see \\http://example.org", "query.unknown_field 4"},
        {"tilte:\"a b\" exact:tilte:c*", "\\tilte: \"a b\" exact:\\tilte:c*",
         "query.unknown_field 0 query.unknown_field 18"},
        {"a NEAR/500 b", "a NEAR/99 b", "query.bad_distance 2"},
        {"a NEAR/x b", "a b", "query.bad_distance 2"},
        {"a NEAR/3 b ADJ/3 c", "a b c", "query.bad_operand 11"},
        {"a NEAR/3 -b c", "a -b c", "query.bad_operand 9"},
        {"a NEAR/3 title:b", "a title:b", "query.mixed_fields 9"},
        {"a NEAR/3 \"\" b", "a b", "query.empty_clause 9"},
        {"a~5 b~0 c*~1", "a~2 b~1 c\\*~1", "query.bad_fuzzy 1 query.bad_fuzzy 5 query.conflict 9"},
        {"\"a b\"~3 \"c * d\"", "\"a b\" \"c \\* d\"", "query.bad_fuzzy 5 query.empty_clause 11"},
        {"exact:~\"a b\"", "exact:\"a b\"", "query.conflict 6"},
        {"date:foo date=foo", "\\date:foo \\date=foo", "query.bad_date 5 query.bad_date 14"},
        {"date:1963..1961", "date:1961..1963", "query.reversed_dates 5"},
        {"date:.. a", "a", "query.empty_clause 5"},
        {"date:(1961)", "1961", "query.bad_operand 5"},
        {"title:verbatim:(a b)", "a b", "query.bad_operand 15"},
        {"verbatim:Re:x src:- y", "verbatim:\"Re:x\" y", "query.unknown_field 9 query.empty_clause 14"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_mended(rows[i].text, &lenient, rows[i].expected, rows[i].ids);
    const query_options no_dates = {.field = field, .is_lenient = true};
    assert_mended("date:1961", &no_dates, "\\date:1961", "query.no_dates 0");
}

static void test_lenient_cuts_at_limits(void **state) {
    (void)state;
    query_options two = lenient;
    two.max_leaves = 2;
    assert_mended("a (b OR c) d", &two, "a b", "query.too_many_terms 8");
    two = lenient;
    two.max_depth = 2;
    assert_mended("(((a))) b", &two, "", "query.too_deep 2");
    assert_mended("a (b OR c d)", &two, "a b", "query.too_deep 8");
    assert_mended("a OR b (c OR -(d e))", &two, "a OR b", "query.too_deep 7");
    char *text = repeated("é", QUERY_MAX_N_BYTES / 2 + 1);
    text[0] = 'a'; /* so that the limit lies within a character */
    text[1] = 'a';
    text[2] = 'a';
    text[3] = 'a';
    query q;
    memmove(text, text + 1, strlen(text));
    assert_int_equal(query_parse(search_text_of(text), &lenient, &q, NULL), SEARCH_OK);
    assert_int_equal(q.n_warnings, 1);
    assert_string_equal(q.warnings[0].id, "query.too_long");
    assert_int_equal(q.warnings[0].offset, QUERY_MAX_N_BYTES - 1);
    assert_int_equal(q.root->text.n_bytes, QUERY_MAX_N_BYTES - 1);
    query_free(&q);
    free(text);
}

static void test_lenient_keeps_few_warnings(void **state) {
    (void)state;
    char *text = repeated(") ", 1000);
    query q;
    assert_int_equal(query_parse(search_text_of(text), &lenient, &q, NULL), SEARCH_OK);
    assert_int_equal(q.n_warnings, QUERY_MAX_N_WARNINGS);
    query_free(&q);
    free(text);
}

static void test_lenient_refuses_what_is_not_utf8(void **state) {
    (void)state;
    assert_refused(search_text_of("(a \xE9"), &lenient, SEARCH_E_ARGUMENT, "query.not_utf8", 3);
}

/* ---- The printed text ---- */

static void test_nothing_is_printed_for_all(void **state) {
    (void)state;
    query q = parsed("");
    buffer printed = {0};
    query_print(q.root, &printed);
    assert_int_equal(printed.n_bytes, 0);
    buffer_free(&printed);
    query_free(&q);
}

static void test_printing_appends(void **state) {
    (void)state;
    query q = parsed("a OR b");
    buffer printed = {0};
    buffer_add_string(&printed, "query: ");
    query_print(q.root, &printed);
    assert_string_equal(printed.bytes, "query: a OR b");
    buffer_free(&printed);
    query_free(&q);
}

/* AND inside OR is typed without parentheses and printed with them: depth must be counted so that it parses again. */
static void test_what_is_accepted_prints_acceptably(void **state) {
    (void)state;
    char text[512] = "";
    char end[64] = "";
    query_options options = {.max_depth = 8};
    for (size_t i = 0; i < 12; i++) {
        query q;
        query again;
        char whole[1024];
        snprintf(whole, sizeof whole, "%sx%s", text, end);
        if (query_parse(search_text_of(whole), &options, &q, NULL) == SEARCH_OK) {
            buffer printed = {0};
            query_print(q.root, &printed);
            assert_int_equal(query_parse((search_text){printed.bytes, printed.n_bytes}, &options, &again, NULL),
                             SEARCH_OK);
            assert_true(query_equal(q.root, again.root));
            buffer_free(&printed);
            query_free(&again);
        }
        query_free(&q);
        strcat(text, "a OR b (");
        strcat(end, ")");
    }
}

/* ---- Properties ---- */

typedef struct dice {
    uint64_t state;
} dice;

static size_t roll(dice *d, size_t n) {
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (size_t)(d->state % n);
}

static const char *const pieces[] = {
    "a",      "Korea", "朝",     "é",    "1",      "-",         "--",    "*",     "?",     "~",   "~1",  ".",
    ":",      "\\",    "(",      ")",    "\"",     "“",         "”",     "„",     "&",     "/",   "=",   "AND",
    "OR",     "NOT",   "ADJ/",   "date", "date=",  "title",     "from:", "src:",  "’",     "x",   "Kim", "exact:",
    "NEAR/3", "..",    "since:", "1961", "title:", "verbatim:", "~2",    "ADJ/0", "date:", "-12", "~\"", "none"};
static const char *const spaces[] = {" ", "  ", "\n", "\xC2\xA0", "\xE3\x80\x80"};

static const char *piece(dice *d) {
    return pieces[roll(d, sizeof pieces / sizeof *pieces)];
}

static search_text random_text(arena *memory, dice *d, bool in_phrase) {
    buffer text = {0};
    for (size_t n = 1 + roll(d, 6); n > 0; n--) {
        buffer_add_string(&text, piece(d));
        if (in_phrase && roll(d, 2) == 0)
            buffer_add_string(&text, spaces[roll(d, sizeof spaces / sizeof *spaces)]);
    }
    char *copy = arena_copy(memory, text.bytes, text.n_bytes);
    assert_non_null(copy);
    search_text out = {copy, text.n_bytes};
    buffer_free(&text);
    return out;
}

static void random_leaf(arena *memory, dice *d, search_text field_name, query_node *node) {
    node->field = field_name;
    node->text = random_text(memory, d, node->kind == QUERY_PHRASE);
    node->is_exact = roll(d, 4) == 0;
    node->is_inflected = node->kind == QUERY_PHRASE && !node->is_exact && roll(d, 4) == 0;
    if (roll(d, 2) == 0) {
        /* patterns as a reader finds them */
        query q;
        search_error error;
        buffer typed = {0};
        for (size_t i = 0; i < node->text.n_bytes; i++)
            if (strchr("\"\\()", node->text.bytes[i]) == NULL || node->text.bytes[i] == '\0')
                buffer_add_byte(&typed, node->text.bytes[i]);
        buffer quoted = {0};
        buffer_add_format(&quoted, "\"%.*s\"", (int)typed.n_bytes, typed.n_bytes > 0 ? typed.bytes : "");
        if (query_parse((search_text){quoted.bytes, quoted.n_bytes}, &defaults, &q, &error) == SEARCH_OK &&
            q.root->kind == QUERY_PHRASE && q.root->n_patterns > 0) {
            query_pattern *patterns = arena_array(memory, q.root->n_patterns, sizeof *patterns);
            memcpy(patterns, q.root->patterns, q.root->n_patterns * sizeof *patterns);
            node->kind = QUERY_PHRASE;
            node->text =
                (search_text){arena_copy(memory, q.root->text.bytes, q.root->text.n_bytes), q.root->text.n_bytes};
            node->patterns = patterns;
            node->n_patterns = q.root->n_patterns;
        }
        query_free(&q);
        buffer_free(&typed);
        buffer_free(&quoted);
    }
}

static search_text random_field(dice *d) {
    static const char *const fields[] = {"", "", "title", "from"};
    return search_text_of(fields[roll(d, 4)]);
}

static void random_date(dice *d, query_node *node) {
    static const struct {
        const char *text;
        query_date date;
    } dates[] = {{"1961", {false, false, true, true, 19610101, 19611231}},
                 {"1961-02..1963-12-30", {false, false, true, true, 19610201, 19631230}},
                 {"1961-12..", {false, false, true, false, 19611201, 0}},
                 {"..1964-02", {false, false, false, true, 0, 19640229}},
                 {"none", {true, false, false, false, 0, 0}}};
    const size_t i = roll(d, 4) == 0 ? 4 : roll(d, 4);
    node->text = search_text_of(dates[i].text);
    node->date = dates[i].date;
    if (i == 1) {
        node->text = search_text_of("1961-02-01..1963-12-30");
    }
    node->date.is_certain = i != 4 && roll(d, 2) == 0;
}

static query_node *random_tree(arena *memory, dice *d, query_kind parent, size_t depth);

/* Words and phrases of one field, or ORs of them. */
static query_node *random_operand(arena *memory, dice *d, search_text field_name, bool may_be_or) {
    query_node *node = arena_alloc(memory, sizeof *node);
    assert_non_null(node);
    node->field = node->text = search_text_of("");
    node->kind = may_be_or && roll(d, 4) == 0 ? QUERY_OR : roll(d, 2) == 0 ? QUERY_WORD : QUERY_PHRASE;
    if (node->kind != QUERY_OR) {
        random_leaf(memory, d, field_name, node);
        return node;
    }
    node->n_children = 2;
    node->children = arena_array(memory, 2, sizeof *node->children);
    for (size_t i = 0; i < 2; i++)
        node->children[i] = random_operand(memory, d, field_name, false);
    return node;
}

/* Keeps to what query.h says of trees: nothing stands directly under its own kind. */
static query_node *random_tree(arena *memory, dice *d, query_kind parent, size_t depth) {
    query_node *node = arena_alloc(memory, sizeof *node);
    assert_non_null(node);
    static const query_kind kinds[] = {QUERY_WORD,     QUERY_PHRASE, QUERY_WORD, QUERY_PHRASE, QUERY_DATE,
                                       QUERY_VERBATIM, QUERY_SOURCE, QUERY_NEAR, QUERY_ADJ,    QUERY_AND,
                                       QUERY_OR,       QUERY_NOT,    QUERY_AND,  QUERY_OR};
    do
        node->kind = kinds[roll(d, depth == 0 ? 7 : sizeof kinds / sizeof *kinds)];
    while (node->kind == parent);
    node->field = search_text_of("");
    node->text = search_text_of("");
    if (node->kind == QUERY_WORD || node->kind == QUERY_PHRASE) {
        random_leaf(memory, d, random_field(d), node);
        return node;
    }
    if (node->kind == QUERY_DATE) {
        random_date(d, node);
        return node;
    }
    if (node->kind == QUERY_VERBATIM || node->kind == QUERY_SOURCE) {
        node->field = node->kind == QUERY_VERBATIM ? random_field(d) : node->field;
        do
            node->text = random_text(memory, d, true);
        while (strpbrk(node->text.bytes, "aeKxo1") == NULL);
        return node;
    }
    const search_text field_name = random_field(d);
    const bool is_distance = node->kind == QUERY_NEAR || node->kind == QUERY_ADJ;
    node->distance = is_distance ? roll(d, 100) : 0;
    node->n_children = node->kind == QUERY_NOT ? 1 : 2 + roll(d, 3);
    node->children = arena_array(memory, node->n_children, sizeof *node->children);
    assert_non_null(node->children);
    for (size_t i = 0; i < node->n_children; i++)
        node->children[i] = is_distance ? random_operand(memory, d, field_name, depth > 1)
                                        : random_tree(memory, d, node->kind, depth - 1);
    return node;
}

static void assert_round_trip(const query_node *root, const query_options *options) {
    buffer printed = {0};
    query_print(root, &printed);
    assert_false(printed.failed);
    query again;
    search_error error;
    if (query_parse((search_text){printed.bytes, printed.n_bytes}, options, &again, &error) != SEARCH_OK)
        fail_msg("%s: %s at %zu", printed.bytes, error.id, error.offset);
    if (!query_equal(root, again.root))
        fail_msg("another tree comes of: %s", printed.bytes);
    buffer twice = {0};
    query_print(again.root, &twice);
    assert_int_equal(twice.n_bytes, printed.n_bytes);
    if (printed.n_bytes > 0)
        assert_memory_equal(twice.bytes, printed.bytes, printed.n_bytes);
    buffer_free(&twice);
    buffer_free(&printed);
    query_free(&again);
}

static void test_random_trees_print_and_parse_back(void **state) {
    (void)state;
    query_options options = defaults;
    options.max_leaves = 10000;
    for (uint64_t seed = 1; seed <= 8000; seed++) {
        arena memory = {0};
        dice d = {seed * 0x9E3779B97F4A7C15u};
        assert_round_trip(random_tree(&memory, &d, QUERY_ALL, seed % 5), &options);
        arena_free(&memory);
    }
}

static void test_random_texts_parse_or_explain(void **state) {
    (void)state;
    size_t n_parsed = 0;
    for (uint64_t seed = 1; seed <= 40000; seed++) {
        dice d = {seed * 0x9E3779B97F4A7C15u};
        buffer text = {0};
        for (size_t n = 1 + roll(&d, 10); n > 0; n--) {
            buffer_add_string(&text, piece(&d));
            if (roll(&d, 2) == 0)
                buffer_add_string(&text, spaces[roll(&d, sizeof spaces / sizeof *spaces)]);
        }
        const search_text typed = {text.bytes, text.n_bytes};
        query q;
        query mended;
        search_error error;
        assert_int_equal(query_parse(typed, &lenient, &mended, NULL), SEARCH_OK);
        assert_round_trip(mended.root, &defaults);
        if (query_parse(typed, &defaults, &q, &error) == SEARCH_OK) {
            n_parsed++;
            assert_round_trip(q.root, &defaults);
            assert_true(query_equal(q.root, mended.root));
            assert_int_equal(mended.n_warnings, 0);
        } else {
            assert_true(error.offset < text.n_bytes);
            assert_string_not_equal(error.hint, "");
            assert_true(mended.n_warnings > 0);
        }
        query_free(&q);
        query_free(&mended);
        buffer_free(&text);
    }
    assert_true(n_parsed > 4000); /* else the pieces are too hostile to test much */
}

/* ---- The page ---- */

static FILE *open_page(void) {
    const char *top = getenv("top_srcdir");
    char path[4096];
    snprintf(path, sizeof path, "%s/doc/query-language.md", top != NULL ? top : ".");
    FILE *page = fopen(path, "r");
    if (page == NULL)
        fail_msg("cannot open %s", path);
    return page;
}

/* Cuts the next cell, which stands in backticks, out of a row; null when there is none. */
static char *next_cell(char **row) {
    char *from = strstr(*row, "| `");
    char *to = from != NULL ? strstr(from, "` |") : NULL;
    if (to == NULL)
        return NULL;
    *to = '\0';
    *row = to + 2;
    return from + 3;
}

static void test_every_row_of_the_page(void **state) {
    (void)state;
    FILE *page = open_page();
    char line[1024];
    size_t n_canonical = 0;
    size_t n_errors = 0;
    while (fgets(line, sizeof line, page) != NULL) {
        char *row = line;
        if (strncmp(line, "| `", 3) != 0)
            continue;
        char *text = next_cell(&row);
        char *expected = next_cell(&row);
        assert_non_null(expected);
        if (strncmp(expected, "query.", 6) == 0) {
            assert_fault(text, expected, strtoul(row + 2, NULL, 10));
            n_errors++;
        } else {
            assert_canonical(text, expected);
            n_canonical++;
        }
    }
    fclose(page);
    assert_true(n_canonical >= 100 && n_errors >= 40);
}

/* Every id that the parser can give is on the page. */
static void test_the_page_names_every_error(void **state) {
    (void)state;
    static const char *const ids[] = {"query.unclosed_quote",    "query.unclosed_parenthesis",
                                      "query.stray_parenthesis", "query.missing_operand",
                                      "query.empty_clause",      "query.unknown_field",
                                      "query.bad_distance",      "query.bad_operand",
                                      "query.mixed_fields",      "query.bad_fuzzy",
                                      "query.conflict",          "query.bad_date",
                                      "query.reversed_dates",    "query.no_dates",
                                      "query.not_utf8",          "query.too_many_terms",
                                      "query.too_deep",          "query.too_long"};
    static char text[65536];
    FILE *page = open_page();
    size_t n = fread(text, 1, sizeof text - 1, page);
    fclose(page);
    text[n] = '\0';
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_non_null(strstr(text, ids[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_query_is_all),
        cmocka_unit_test(test_null_text_is_all),
        cmocka_unit_test(test_one_word),
        cmocka_unit_test(test_word_keeps_its_punctuation),
        cmocka_unit_test(test_words_are_and),
        cmocka_unit_test(test_unicode_white_space_separates),
        cmocka_unit_test(test_phrase),
        cmocka_unit_test(test_curly_phrase),
        cmocka_unit_test(test_escaped_quote_in_phrase),
        cmocka_unit_test(test_quote_ends_a_word),
        cmocka_unit_test(test_nul_is_a_character),
        cmocka_unit_test(test_length_is_honoured),
        cmocka_unit_test(test_tree_outlives_the_text),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_groups_flatten),
        cmocka_unit_test(test_double_not_cancels),
        cmocka_unit_test(test_pure_not),
        cmocka_unit_test(test_lower_case_operators_are_words),
        cmocka_unit_test(test_minus_needs_an_operand_at_once),
        cmocka_unit_test(test_minus_before_all_operands),
        cmocka_unit_test(test_field_of_word),
        cmocka_unit_test(test_field_of_phrase),
        cmocka_unit_test(test_field_of_group),
        cmocka_unit_test(test_field_with_minus),
        cmocka_unit_test(test_field_value_is_no_operator),
        cmocka_unit_test(test_words_with_colons),
        cmocka_unit_test(test_unknown_field_lists_the_fields),
        cmocka_unit_test(test_a_long_list_of_fields_is_cut_between_names),
        cmocka_unit_test(test_without_options_no_field_is_known),
        cmocka_unit_test(test_exact_leaves),
        cmocka_unit_test(test_exact_before_a_field),
        cmocka_unit_test(test_exact_of_group),
        cmocka_unit_test(test_exact_and_exclusion),
        cmocka_unit_test(test_exact_twice_is_exact),
        cmocka_unit_test(test_exact_as_a_word),
        cmocka_unit_test(test_exact_of_nothing),
        cmocka_unit_test(test_exact_is_bounded),
        cmocka_unit_test(test_places_of_exact),
        cmocka_unit_test(test_backslash_in_words),
        cmocka_unit_test(test_backslash_before_nothing_stands_for_itself),
        cmocka_unit_test(test_escaped_closing_quote_does_not_close),
        cmocka_unit_test(test_printing_escapes),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_offset_of_a_field_leaf),
        cmocka_unit_test(test_equality_ignores_places),
        cmocka_unit_test(test_unclosed_quote),
        cmocka_unit_test(test_unclosed_parenthesis),
        cmocka_unit_test(test_stray_parenthesis),
        cmocka_unit_test(test_missing_operand),
        cmocka_unit_test(test_empty_clause),
        cmocka_unit_test(test_wildcards),
        cmocka_unit_test(test_wildcards_alone),
        cmocka_unit_test(test_similar_words),
        cmocka_unit_test(test_bad_similar_words),
        cmocka_unit_test(test_inflected_phrases),
        cmocka_unit_test(test_near),
        cmocka_unit_test(test_precedence_of_near),
        cmocka_unit_test(test_fields_of_near),
        cmocka_unit_test(test_operands_of_near),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_date_nodes),
        cmocka_unit_test(test_dates_print_in_one_way),
        cmocka_unit_test(test_bad_dates),
        cmocka_unit_test(test_verbatim),
        cmocka_unit_test(test_bad_verbatim),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_question_marks_are_punctuation),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_error_may_be_null),
        cmocka_unit_test(test_too_many_terms),
        cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_a_hundred_thousand_parentheses),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_long_runs_take_linear_time),
        cmocka_unit_test(test_lenient_repairs),
        cmocka_unit_test(test_lenient_cuts_at_limits),
        cmocka_unit_test(test_lenient_keeps_few_warnings),
        cmocka_unit_test(test_lenient_refuses_what_is_not_utf8),
        cmocka_unit_test(test_nothing_is_printed_for_all),
        cmocka_unit_test(test_printing_appends),
        cmocka_unit_test(test_what_is_accepted_prints_acceptably),
        cmocka_unit_test(test_random_trees_print_and_parse_back),
        cmocka_unit_test(test_random_texts_parse_or_explain),
        cmocka_unit_test(test_every_row_of_the_page),
        cmocka_unit_test(test_the_page_names_every_error),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
