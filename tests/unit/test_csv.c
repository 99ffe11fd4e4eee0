/* Tables: CSV, TSV and the names of their columns.  All text is made up. */
#include "tests/unit/reading.h"

/* ---- Rows and fields ------------------------------------------------------------------------------------------ */

static void a_row_is_a_record_with_its_line(void **state) {
    (void)state;
    reading r = read_as("csv", "id,title,body\n1,Alpha to Beta,The envoy called.\n2,Beta to Alpha,He left.\n");
    assert_int_equal(r.n_records, 2);
    assert_int_equal(r.n_reports, 0);
    assert_values(r.records[0], "id", "1");
    assert_values(r.records[0], "title", "Alpha to Beta");
    assert_values(r.records[1], "body", "He left.");
    assert_int_equal(r.lines[0], 2);
    assert_int_equal(r.lines[1], 3);
    reading_free(&r);
}

static void quoted_fields_hold_commas_lines_and_quotes(void **state) {
    (void)state;
    reading r = read_as("csv", "id,title,body\r\n1,\"Alpha, to \"\"Beta\"\"\",\"One\r\ntwo\n\nthree\"\r\n2,x,y");
    assert_int_equal(r.n_records, 2);
    assert_int_equal(r.n_reports, 0);
    assert_values(r.records[0], "title", "Alpha, to \"Beta\"");
    assert_values(r.records[0], "body", "One\ntwo\n\nthree");
    assert_int_equal(r.lines[1], 6);
    assert_values(r.records[1], "body", "y");
    reading_free(&r);
}

static void byte_order_mark_and_returns_are_no_text(void **state) {
    (void)state;
    reading r = read_as("csv", "\xEF\xBB\xBF\"id\",title\r1,a\r2,b\r");
    assert_int_equal(r.n_records, 2);
    assert_values(r.records[0], "id", "1");
    assert_values(r.records[1], "title", "b");
    assert_int_equal(r.lines[1], 3);
    reading_free(&r);
}

static void blank_rows_are_passed_over(void **state) {
    (void)state;
    reading r = read_as("csv", "\nid,title\n\n1,a\n,\n\n2,b\n,,,\n");
    assert_int_equal(r.n_records, 2);
    assert_int_equal(r.n_reports, 0);
    assert_int_equal(r.lines[1], 7);
    reading_free(&r);
}

static void blanks_around_quotes_are_no_text(void **state) {
    (void)state;
    reading r = read_as("csv", "id, title ,body\n1, \"a, b\" ,c\n");
    assert_int_equal(r.n_reports, 0);
    assert_values(r.records[0], "title", "a, b");
    assert_values(r.records[0], "body", "c");
    reading_free(&r);
}

static void stray_quotes_are_kept_and_reported_once(void **state) {
    (void)state;
    reading r = read_as("csv", "id,title\n1,The \"Alpha\" note\n2,\"The \"Beta\" note\"\n3,\"The \"Gamma\"\n");
    assert_int_equal(r.n_records, 3);
    assert_values(r.records[0], "title", "The \"Alpha\" note");
    assert_values(r.records[1], "title", "The \"Beta\" note");
    assert_values(r.records[2], "title", "The \"Gamma");
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.stray_quote", 2, false);
    reading_free(&r);
}

static void short_rows_are_kept_and_long_rows_skipped(void **state) {
    (void)state;
    reading r = read_as("csv", "id,title,body\n1,a\n2,a,b,c,d\n3,a,b\n");
    assert_int_equal(r.n_records, 2);
    assert_values(r.records[0], "title", "a");
    assert_values(r.records[0], "body", "");
    assert_int_equal(r.n_reports, 2);
    assert_report(&r, 0, "record.too_few_fields", 2, false);
    assert_report(&r, 1, "record.too_many_fields", 3, true);
    assert_string_equal(r.reports[1].reason, "the row has 5 fields and the header 3");
    reading_free(&r);
}

static void an_unclosed_quote_ends_the_reading(void **state) {
    (void)state;
    reading r = read_as("csv", "id,title\n1,a\n2,\"never closed\n3,c\n");
    assert_int_equal(r.n_records, 1);
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.unclosed_quote", 3, true);
    reading_free(&r);
}

/* A table of one row whose field `n_bytes` long; `end` comes after it. */
static reading read_long_row(size_t n_bytes, const char *end) {
    buffer text = {0};
    buffer_add_string(&text, "id,body\n1,\"");
    assert_true(buffer_reserve(&text, n_bytes));
    memset(text.bytes + text.n_bytes, 'x', n_bytes);
    text.n_bytes += n_bytes;
    buffer_add_string(&text, end);
    reading r = read_text("csv", (search_text){text.bytes, text.n_bytes});
    buffer_free(&text);
    return r;
}

static void a_row_too_long_is_passed_over(void **state) {
    (void)state;
    reading r = read_long_row(RECORD_MAX_N_BYTES, "\"\n2,next\n");
    assert_int_equal(r.status, SEARCH_OK);
    assert_int_equal(r.n_records, 1);
    assert_values(r.records[0], "body", "next");
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.too_large", 2, true);
    reading_free(&r);
}

static void an_unclosed_quote_is_told_of_a_row_too_long(void **state) {
    (void)state;
    reading r = read_long_row(RECORD_MAX_N_BYTES + 10, "\n2,next\n");
    assert_int_equal(r.n_records, 0);
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.unclosed_quote", 2, true);
    reading_free(&r);
}

static void bad_bytes_are_repaired_and_reported(void **state) {
    (void)state;
    reading r = read_as("csv", "id,title\n1,a\xFFz\n");
    assert_values(r.records[0], "title", "a\xEF\xBF\xBDz");
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.bad_utf8", 2, false);
    reading_free(&r);
}

/* ---- Separators ----------------------------------------------------------------------------------------------- */

static void a_semicolon_separates_where_the_header_has_no_comma(void **state) {
    (void)state;
    reading r = read_as("csv", "id;\"title, in full\";body\n1;a, b;c\n");
    assert_values(r.records[0], "title_in_full", "a, b");
    assert_values(r.records[0], "body", "c");
    reading_free(&r);
}

static void a_tab_separates_tsv(void **state) {
    (void)state;
    reading r = read_as("tsv", "id\ttitle\tbody\n1\ta, b; c\t\"d\te\"\n");
    assert_values(r.records[0], "title", "a, b; c");
    assert_values(r.records[0], "body", "d\te");
    reading_free(&r);
}

/* ---- The header ----------------------------------------------------------------------------------------------- */

/* The message goes on with the path of the file that was read. */
static void assert_bad_header(const char *text, const char *message) {
    reading r = read_text("csv", text_of(text));
    assert_int_equal(r.status, SEARCH_E_INPUT);
    assert_int_equal(r.n_records, 0);
    assert_string_equal(r.error.id, "source.bad_header");
    buffer start = {0};
    buffer_add_format(&start, "%s /tmp/libsearch-reading-", message);
    assert_memory_equal(r.error.message, start.bytes, start.n_bytes);
    buffer_free(&start);
}

static void a_bad_header_fails_the_source(void **state) {
    (void)state;
    assert_bad_header("id,Title,body,title\n1,a,b,c\n", "two columns have one name: column 4 \"title\", in line 1 of");
    assert_bad_header("\n\nid,,title\n1,a,b\n", "a column has no name: column 2 \"\", in line 3 of");
    assert_bad_header("id,title,?\n1,a,b\n", "a column has no name: column 3 \"\", in line 1 of");
    assert_bad_header("", "the table has no row of column names, in");
    assert_bad_header("\"id,title\n1,a\n", "the table has no row of column names, in line 1 of");
}

static void names_of_columns_are_folded(void **state) {
    (void)state;
    char name[KEY_MAX_N_BYTES + 1];
    static const char *const cases[][2] = {{"Original Archive", "original_archive"},
                                           {"  Author(s) ", "authors"},
                                           {"No.", "no"},
                                           {"Person/People", "person_people"},
                                           {"Dat\xC3\xA9", "dat\xC3\xA9"},
                                           {"A\xC2\xA0-\nB", "a_b"},
                                           {"#", ""},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        key_fold(text_of(cases[i][0]), name);
        assert_string_equal(name, cases[i][1]);
    }
}

static void synonyms_stand_for_keys(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"document_id", "id"},
                                           {"documentid", "id"},
                                           {"transcript", "body"},
                                           {"authors", "from"},
                                           {"recipients", "to"},
                                           {"subjects_discussed", "topics"},
                                           {"associated_people_organizations", "people"},
                                           {"original_archive", "archive"},
                                           {"cable_number", "number"},
                                           {"no", "number"},
                                           {"link", "url"},
                                           {"originallanguage", "original_language"},
                                           {"original_language", "original_language"},
                                           {"shelf", "shelf"},
                                           {"documen", "documen"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(key_of(cases[i][0]), cases[i][1]);
}

static void keys_of_many_values_are_divided(void **state) {
    (void)state;
    reading r = read_as("csv", "Record ID,Title,Author(s),Subject(s),Repository,Shelf\n"
                               "7,Note,\"Alpha, A.; Beta, B.\",War|Peace;,Archive A; B,x;y\n");
    assert_values(r.records[0], "id", "7");
    assert_values(r.records[0], "from", "Alpha, A.|Beta, B.");
    assert_values(r.records[0], "topics", "War|Peace");
    assert_values(r.records[0], "archive", "Archive A; B");
    assert_values(r.records[0], "shelf", "x;y");
    reading_free(&r);
}

static void a_second_synonym_keeps_its_name(void **state) {
    (void)state;
    reading r = read_as("csv", "id,Doc date,Date created,Text,Title\n1,1950,1951,b,t\n2,,1952,b,t\n");
    assert_values(r.records[0], "date", "1950");
    assert_values(r.records[0], "date_created", "1951");
    assert_values(r.records[1], "date", "1952");
    reading_free(&r);
}

static void the_own_name_of_a_key_goes_before_a_synonym(void **state) {
    (void)state;
    reading r = read_as("csv", "id,Doc date,Date,Text,Title\n1,1950,1951,b,t\n2,1952, ,b,t\n");
    assert_values(r.records[0], "date", "1951");
    assert_values(r.records[0], "doc_date", "1950");
    assert_values(r.records[1], "date", "1952");
    assert_values(r.records[1], "doc_date", "");
    reading_free(&r);
    r = read_as("markdown", "---\ndoc_date: 1950\ndate: 1951\n---\nx\n");
    assert_values(r.records[0], "date", "1951");
    assert_values(r.records[0], "doc_date", "1950");
    reading_free(&r);
}

static void too_many_values_are_refused(void **state) {
    (void)state;
    buffer table = {0};
    buffer_add_string(&table, "id,title,places\n1,t,");
    for (int i = 0; i <= 100000; i++)
        buffer_add_string(&table, "a;");
    buffer_add_string(&table, "\n2,t,a;b\n");
    reading r = read_as("csv", table.bytes);
    buffer_free(&table);
    assert_int_equal(r.n_records, 1);
    assert_int_equal(r.n_reports, 1);
    assert_report(&r, 0, "record.too_many_values", 2, true);
    reading_free(&r);
}

static void a_column_named_derived_is_no_key(void **state) {
    (void)state;
    reading r = read_as("csv", "id,derived,body\n1,places,b\n");
    assert_int_equal(r.n_records, 1);
    assert_values(r.records[0], "derived", "");
    reading_free(&r);
}

/* ---- What looks like a table ---------------------------------------------------------------------------------- */

static void tables_are_told_from_text(void **state) {
    (void)state;
    assert_true(csv_looks_like(text_of("id,title\n1,a\n")));
    assert_true(csv_looks_like(text_of("\xEF\xBB\xBFRecord ID;Shelf\r\n1;\"a\r\nb\"")));
    assert_true(csv_looks_like(text_of("Title,title\n1,a\n")));
    assert_true(tsv_looks_like(text_of("Date\tText\n1950\tb\n")));
    assert_false(csv_looks_like(text_of("")));
    assert_false(csv_looks_like(text_of("id,title\n")));
    assert_false(csv_looks_like(text_of("id,title\n1,a,b\n")));
    assert_false(csv_looks_like(text_of("title\nText\n")));
    assert_false(csv_looks_like(text_of("Title, text\nA line of prose\n")));
    assert_false(csv_looks_like(text_of("Moscow, 1950\nDear Comrade, greetings\n")));
    assert_false(tsv_looks_like(text_of("id,title\n1,a\n")));
}

static void a_head_may_end_within_a_long_row(void **state) {
    (void)state;
    buffer head = {0};
    buffer_add_string(&head, "id,body\n1,\"");
    for (size_t i = 0; i < 5000; i++)
        buffer_add_string(&head, "x, ");
    assert_true(csv_looks_like((search_text){head.bytes, head.n_bytes}));
    buffer_free(&head);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_a_record_with_its_line),
        cmocka_unit_test(quoted_fields_hold_commas_lines_and_quotes),
        cmocka_unit_test(byte_order_mark_and_returns_are_no_text),
        cmocka_unit_test(blank_rows_are_passed_over),
        cmocka_unit_test(blanks_around_quotes_are_no_text),
        cmocka_unit_test(stray_quotes_are_kept_and_reported_once),
        cmocka_unit_test(short_rows_are_kept_and_long_rows_skipped),
        cmocka_unit_test(an_unclosed_quote_ends_the_reading),
        cmocka_unit_test(a_row_too_long_is_passed_over),
        cmocka_unit_test(an_unclosed_quote_is_told_of_a_row_too_long),
        cmocka_unit_test(bad_bytes_are_repaired_and_reported),
        cmocka_unit_test(a_semicolon_separates_where_the_header_has_no_comma),
        cmocka_unit_test(a_tab_separates_tsv),
        cmocka_unit_test(a_bad_header_fails_the_source),
        cmocka_unit_test(names_of_columns_are_folded),
        cmocka_unit_test(synonyms_stand_for_keys),
        cmocka_unit_test(keys_of_many_values_are_divided),
        cmocka_unit_test(a_second_synonym_keeps_its_name),
        cmocka_unit_test(the_own_name_of_a_key_goes_before_a_synonym),
        cmocka_unit_test(too_many_values_are_refused),
        cmocka_unit_test(a_column_named_derived_is_no_key),
        cmocka_unit_test(tables_are_told_from_text),
        cmocka_unit_test(a_head_may_end_within_a_long_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
