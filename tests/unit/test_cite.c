/* Citations of records: footnotes, RIS and BibTeX.  The first record is the sample cable; the others are invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libsearch.h>

static const char sample[] =
    "{\"id\":\"188166\",\"date\":\"1961-12-02\",\"title\":\"Cable from the Chinese Embassy in North Korea, 'On Chinese "
    "Citizens of the Korean Nationality Illegally Crossing the Border to Come to Korea'\",\"classification\":\"Top "
    "Secret\",\"number\":\"(61) Korea Consular No. 103\",\"to\":[\"Ministry of Foreign Affairs Consular Affairs "
    "Department\",\"Ministry of Public Security\"],\"from\":[\"Chinese Embassy in North Korea\"],\"body\":\"On Chinese "
    "Citizens of the Korean Nationality Illegally Crossing the Border to Come to [North] Korea\\n\\nOn November "
    "10\",\"source\":\"PRC FMA 118-01026-07, 125-128. Translated by David Cowhig.\",\"translators\":[\"David "
    "Cowhig\"]}";

static void assert_cited(const char *json, search_citation_style style, const char *expected) {
    search_error error;
    search_record *record = NULL;
    char *text = NULL;
    size_t n_text = 0;
    assert_int_equal(search_record_from_json(search_text_of(json), &record, &error), SEARCH_OK);
    assert_int_equal(search_record_cite(record, style, &text, &n_text, &error), SEARCH_OK);
    assert_int_equal(n_text, strlen(text));
    assert_string_equal(text, expected);
    search_bytes_free(text);
    search_record_free(record);
}

static void assert_note(const char *json, const char *expected) {
    assert_cited(json, SEARCH_CITATION_NOTE, expected);
}

static void note_of_the_sample(void **state) {
    (void)state;
    assert_note(
        sample,
        "Chinese Embassy in North Korea, \"On Chinese Citizens of the Korean Nationality Illegally Crossing the "
        "Border to Come to [North] Korea,\" cable to the Ministry of Foreign Affairs Consular Affairs Department "
        "and the Ministry of Public Security, (61) Korea Consular No. 103, December 2, 1961, Top Secret, PRC FMA "
        "118-01026-07, 125-128, trans. David Cowhig, record 188166.");
}

static void missing_parts_are_left_out(void **state) {
    (void)state;
    assert_note("{\"title\":\"On Rice\"}", "\"On Rice,\".");
    assert_note("{\"id\":\"7\",\"body\":\"text\"}", "record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"On Rice\",\"to\":[\"Ann Oak\"]}", "\"On Rice,\" to Ann Oak, record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"On Rice\",\"archive\":\"PRC FMA\"}", "\"On Rice,\" PRC FMA, record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"On Rice\",\"number\":\"12\",\"collection\":\"Volume 1\"}",
                "\"On Rice,\" No. 12, Volume 1, record 7.");
}

static void titles(void **state) {
    (void)state;
    /* without a sender the page's title says who wrote */
    assert_note("{\"id\":\"7\",\"title\":\"Cable from the Embassy, 'On Rice'\"}",
                "\"Cable from the Embassy, 'On Rice',\" record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"Letter from Oak, “On ‘Rice’”\",\"from\":[\"Oak\"]}",
                "Oak, \"On ‘Rice’,\" letter, record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"Songs from the Embassy, 'On Rice'\",\"from\":[\"Oak\"]}",
                "Oak, \"Songs from the Embassy, 'On Rice',\" record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"Who is “Oak”?\"}", "\"Who is ‘Oak’?\" record 7.");
    assert_note("{\"id\":\"7\",\"title\":\"A \\\"B\\\"\\n  C\"}", "\"A 'B' C,\" record 7.");
    /* the first line of the text is another one */
    assert_note("{\"title\":\"Cable from Oak, 'On Rice'\",\"from\":[\"Oak\"],\"body\":\"On Ice\\n\\nText.\"}",
                "Oak, \"On Rice,\" cable.");
}

static void names(void **state) {
    (void)state;
    assert_note("{\"title\":\"T\",\"to\":[\"the Ministry\",\"Ann Oak\",\"Foreign Ministry\"]}",
                "\"T,\" to the Ministry, Ann Oak, and the Foreign Ministry.");
    assert_note("{\"title\":\"T\",\"to\":[\"Oak, Ann\",\"Elm\"]}", "\"T,\" to Oak, Ann; and Elm.");
    assert_note("{\"title\":\"T\",\"translators\":[\"A\",\"B\"]}", "\"T,\" trans. A and B.");
}

static void dates(void **state) {
    (void)state;
    assert_note("{\"title\":\"T\",\"date\":\"March 1964\"}", "\"T,\" March 1964.");
    assert_note("{\"title\":\"T\",\"date\":\"1964-03\"}", "\"T,\" March 1964.");
    assert_note("{\"title\":\"T\",\"date\":\"c. 1962\"}", "\"T,\" c. 1962.");
    assert_note("{\"title\":\"T\",\"date\":\"in the spring\"}", "\"T,\" in the spring.");
    assert_note("{\"title\":\"T\",\"date\":\"05/06/1961\"}", "\"T,\" 05/06/1961."); /* day and month in doubt */
}

static void ris(void **state) {
    (void)state;
    assert_cited(sample, SEARCH_CITATION_RIS,
                 "TY  - PCOMM\nID  - 188166\nAU  - Chinese Embassy in North Korea\n"
                 "TI  - On Chinese Citizens of the Korean Nationality Illegally Crossing the Border to Come to [North] "
                 "Korea\n"
                 "A2  - Ministry of Foreign Affairs Consular Affairs Department\nA2  - Ministry of Public Security\n"
                 "A4  - David Cowhig\nPY  - 1961\nDA  - 1961/12/02/\nM3  - Cable\n"
                 "M1  - (61) Korea Consular No. 103\nAN  - PRC FMA 118-01026-07, 125-128\nN1  - Top Secret\nER  - \n");
    assert_cited("{\"title\":\"T\\nER  - \\nTY  - X\",\"date\":\"1960..1963\"}", SEARCH_CITATION_RIS,
                 "TY  - UNPB\nTI  - T ER - TY - X\nDA  - 1960..1963\nER  - \n");
}

static void bibtex(void **state) {
    (void)state;
    assert_cited(
        "{\"id\":\"a/b 1\",\"title\":\"50% of {A} & B_C \\\\ ~ #\",\"from\":[\"Oak and Elm\"],\"date\":\"March "
        "1964\",\"url\":\"https://example.org/a_b\"}",
        SEARCH_CITATION_BIBTEX,
        "@misc{a_b_1,\n  author = {{Oak and Elm}},\n"
        "  title = {{50\\% of \\{A\\} \\& B\\_C \\textbackslash{} \\~{} \\#}},\n"
        "  year = {1964},\n  month = mar,\n  url = {https://example.org/a\\_b}\n}\n");
    assert_cited("{\"title\":\"T\"}", SEARCH_CITATION_BIBTEX, "@misc{x,\n  title = {{T}}\n}\n");
}

static void unknown_style(void **state) {
    (void)state;
    search_error error;
    search_record *record = NULL;
    char *text = NULL;
    size_t n_text = 1;
    assert_int_equal(search_record_from_json(search_text_of(sample), &record, &error), SEARCH_OK);
    assert_int_equal(search_record_cite(record, (search_citation_style)9, &text, &n_text, &error), SEARCH_E_ARGUMENT);
    assert_string_equal(error.id, "citation.no_style");
    assert_null(text);
    assert_int_equal(n_text, 0);
    search_record_free(record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(note_of_the_sample),
        cmocka_unit_test(missing_parts_are_left_out),
        cmocka_unit_test(titles),
        cmocka_unit_test(names),
        cmocka_unit_test(dates),
        cmocka_unit_test(ris),
        cmocka_unit_test(bibtex),
        cmocka_unit_test(unknown_style),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
