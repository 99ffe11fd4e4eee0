/* Saved pages as text, in all layouts: each is read from tests/unit/pages below $top_srcdir, or made up here. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

/* The values of a key, divided by "|". */
static void assert_values(const search_record *record, const char *key, const char *expected) {
    buffer joined = {0};
    buffer_add_string(&joined, "");
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        search_text value = search_record_value(record, key, i);
        if (i > 0)
            buffer_add_byte(&joined, '|');
        buffer_add(&joined, value.bytes, value.n_bytes);
    }
    assert_string_equal(joined.bytes, expected);
    buffer_free(&joined);
}

static search_record *page(const char *text) {
    search_record *record = NULL;
    search_error error;
    if (page_read(search_text_of(text), &record, &error) != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    return record;
}

static search_status keep(void *context, const search_record *record, const char *source, size_t line,
                          search_error *error) {
    (void)source, (void)line, (void)error;
    search_record **out = context;
    assert_null(*out);
    *out = record_clone(record);
    return SEARCH_OK;
}

static void no_report(void *context, const search_report *report) {
    (void)context;
    fail_msg("%s: %s", report->id, report->reason);
}

/* The record as a source hands it on, with what the source line says. */
static search_record *page_file(const char *name) {
    char path[512];
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/unit/pages/%s", top == NULL ? "." : top, name);
    search_record *record = NULL;
    cable_sink sink = {.on_record = keep, .on_report = no_report, .context = &record};
    assert_int_equal(source_read(path, NULL, &sink, NULL), SEARCH_OK);
    assert_non_null(record);
    return record;
}

/* ---- Layout A with lines lost --------------------------------------------------------------------------------- */

static void stripped_page(void **state) {
    (void)state;
    search_record *r = page_file("stripped.txt");
    assert_values(r, "id", "990101");
    assert_values(r, "title", "Cable from the Chinese Embassy in Mongolia");
    assert_values(r, "donors", "Example Foundation");
    assert_values(r, "to", "Ministry of Foreign Trade");
    assert_values(r, "summary",
                  "The Chinese Embassy in Mongolia reports to the Ministry of Foreign Trade on complaints about felt "
                  "boots.");
    assert_values(r, "source", "PRC FMA 999-00001-02, 35. Translated by Ann Example and Bob Sample.");
    assert_values(r, "translators", "Ann Example|Bob Sample");
    assert_values(r, "archive", "PRC FMA");
    assert_values(r, "language", "");
    assert_values(r, "people", "");
    assert_values(r, "body",
                  "Please have the Second Department [of the Ministry of Foreign Trade] study this. Invented for "
                  "testing.\n\nOn the afternoon of 2 [November] the deputy minister Damdin [Damdiny] received the "
                  "attaché and spoke of felt boots.\n\nThe boots of last winter were two sizes too small.\n\n"
                  "[Chinese] Embassy in Mongolia\n\n3 November 1963");
    search_record_free(r);
}

/* ---- Mirrors -------------------------------------------------------------------------------------------------- */

static void flat_page(void **state) {
    (void)state;
    search_record *r = page_file("flat.txt");
    assert_values(r, "id", "990102");
    assert_values(r, "date", "1950-10-14");
    assert_values(r, "title", "Ciphered Telegram, Ivanov to Petrov");
    assert_values(r, "from", "Ivanov");
    assert_values(r, "to", "Petrov");
    assert_values(r, "number", "No. 1476/sh");
    assert_values(r, "distribution", "Petrov|file");
    assert_values(r, "summary", "");
    assert_values(r, "places", "Bulgaria");
    assert_values(r, "type", "Telegram");
    assert_values(r, "language", "Russian");
    assert_values(r, "body",
                  "Sent by wire on 10/14/50 at 03:15 a.m.\n\nDistribution list - 3 copies: Petrov - 2, file - 1\n\n"
                  "I met the director of the observatory. He is invented for testing, and so is his telescope.\n\n"
                  "He asks for a lens of forty centimetres. I promised nothing.\n\nI V A N O V");
    search_record_free(r);
}

static void flat_page_without_a_date(void **state) {
    (void)state;
    search_record *r = page("A summary of another document, which stands above this one.\nNote on Wool (undated)\n"
                            "This document was made possible with support from the X Fund.\nText of the note.\n"
                            "Document Information\nSource\nX 1\nRecord ID\n8");
    assert_values(r, "title", "Note on Wool (undated)");
    assert_values(r, "date", "");
    assert_values(r, "donors", "X Fund");
    assert_values(r, "body", "Text of the note.");
    search_record_free(r);
}

static void title_may_be_lost(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nThis document was made possible with support from X\n\n"
                            "Text.\n\nDocument Information\n\nRecord ID\n\n7");
    assert_values(r, "title", "");
    assert_values(r, "donors", "X");
    assert_values(r, "body", "Text.");
    search_record_free(r);
}

static void labels_may_hold_their_values(void **state) {
    (void)state;
    search_record *r = page("Skip to content\nMay 6, 1950\nNote\nSource: this is text.\nAuthor: so is this.\n"
                            "Associated Places: Korea\nChina\nDocument Information\nSource: PRC FMA 1-2, 3.\n"
                            "Language: Chinese\nRecord ID: 7");
    assert_values(r, "id", "7");
    assert_values(r, "places", "Korea|China");
    assert_values(r, "source", "PRC FMA 1-2, 3.");
    assert_values(r, "language", "Chinese");
    assert_values(r, "body", "Source: this is text.\n\nAuthor: so is this.");
    search_record_free(r);
}

static void names_of_versions_are_no_text(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nNote\n\nEnglish Translation\n\nA text.\n\nMore.\n\n"
                            "Russian Transcript\n\nТекст.\n\nDocument Information\n\nRecord ID\n\n7");
    assert_values(r, "body", "A text.\n\nMore.");
    assert_values(r, "original", "Текст.");
    assert_values(r, "original_language", "Russian");
    search_record_free(r);
}

/* ---- Addresses ------------------------------------------------------------------------------------------------ */

static void id_of_an_address(void **state) {
    (void)state;
    search_record *r =
        page("Skip to content\n\nhttps://example.org/node/99018\n\nhttps://example.org/document/a-slug\n\n"
             "https://example.org/document/134845\n\nMay 6, 1950\n\nNote\n\nText.\n\nRelated Documents\n\n"
             "https://example.org/document/5\n\nDocument Information\n\nSource\n\nX 1");
    assert_values(r, "id", "134845");
    assert_values(r, "url", "https://example.org/document/134845");
    assert_values(r, "title", "Note");
    search_record_free(r);
}

static void record_id_goes_before_addresses(void **state) {
    (void)state;
    search_record *r = page("https://example.org/document/99018\n\nMay 6, 1950\n\nNote\n\nText.\n\n"
                            "Document Information\n\nSource\n\nX 1\n\nRecord ID\n\n134845");
    assert_values(r, "id", "134845");
    search_record_free(r);
}

/* ---- The old layout ------------------------------------------------------------------------------------------- */

static void old_page(void **state) {
    (void)state;
    search_record *r = page_file("old.txt");
    assert_values(r, "id", "990110");
    assert_values(r, "url", "https://digitalarchive.example.org/document/990110");
    assert_values(r, "date", "1955-09-09");
    assert_values(r, "title", "CABLE FROM THE FOREIGN MINISTRY, 'ON THE DRAFT ABOUT TEA'");
    assert_values(r, "donors", "Example Foundation");
    assert_values(r, "summary",
                  "The Foreign Ministry's instructions regarding the draft about tea, which is invented for testing.");
    assert_values(r, "source", "PRC FMA 999-00019-01, 5-8. Translated by Ann Example.");
    assert_values(r, "archive", "PRC FMA");
    assert_values(r, "translators", "Ann Example");
    assert_values(r, "classification", "Top Secret");
    assert_values(r, "from", "Foreign Ministry");
    assert_values(r, "to", "Ambassador Example");
    assert_values(r, "body",
                  "1. Your telegram dated 9:30 a.m., 8 September [1955], was received. Nothing in it is true.\n\n"
                  "2. The third paragraph of the draft is to speak of green tea only.\n\nThe Foreign Ministry\n\n"
                  "9 September 1955");
    search_record_free(r);
}

static void old_page_without_a_title(void **state) {
    (void)state;
    search_record *r = page_file("old-flat.txt");
    assert_values(r, "title", "Note on Herring");
    assert_values(r, "date", "1959-03");
    assert_values(r, "donors", "Leon Example Foundation");
    assert_values(r, "summary", "");
    assert_values(r, "source",
                  "AMSZ, z. 9/99, w. 1, t. 2, k. 3. Obtained by Jan Sample and translated by Ewa Example.");
    assert_values(r, "translators", "Ewa Example");
    assert_values(r, "body", "Note for the Minister.\n\nThe herring, invented for testing, has arrived in Gdynia.");
    assert_values(r, "original", "Notatka dla Ministra.\n\nŚledź, zmyślony dla próby, przybył do Gdyni.");
    assert_values(r, "original_language", "Polish");
    search_record_free(r);
}

static void old_page_without_a_citation(void **state) {
    (void)state;
    search_record *r = page("May 06, 1950\n\nNOTE\n\nCitation\n\nget citation\n\nA summary in two parts.\n\n"
                            "The second part.\n\nshare document\n\nEnglish HTML\n\nText.\n\nMore text of it.");
    assert_values(r, "title", "NOTE");
    assert_values(r, "date", "1950-05-06");
    assert_values(r, "summary", "A summary in two parts.\n\nThe second part.");
    assert_values(r, "body", "Text.\n\nMore text of it.");
    assert_values(r, "source", "");
    search_record_free(r);
}

static void old_page_without_buttons_is_none(void **state) {
    (void)state;
    assert_false(page_looks_like(search_text_of("May 06, 1950\n\nNOTE\n\nCitation\n\nText.")));
    assert_true(page_looks_like(search_text_of("May 06, 1950\n\nNOTE\n\nget citation\n\nText.")));
}

/* ---- The PDF export ------------------------------------------------------------------------------------------- */

static void pdf_page(void **state) {
    (void)state;
    search_record *r = page_file("pdf.txt");
    assert_values(r, "id", "990120");
    assert_values(r, "date", "1952-07-26");
    assert_values(r, "title", "Cable, Zhou Enlai to the Chairman [Mao Zedong], on Umbrellas");
    assert_values(r, "summary", "Zhou Enlai is made to share a draft about umbrellas, invented for testing.");
    assert_values(r, "donors", "Example Foundation");
    assert_values(r, "source",
                  "Invented Manuscripts, vol. 7 (Beijing: No Press, 2018), 37-39. Translated by Ann Example.");
    assert_values(r, "translators", "Ann Example");
    assert_values(r, "original_language", "Chinese");
    assert_values(r, "original", "主席：雨伞尚未制成。");
    assert_values(
        r, "body",
        "The umbrellas that were asked for have not been made.\n\nThey will be made in August.\n\n[1] This note is invented too.");
    search_record_free(r);
}

static void pdf_page_with_labels_that_run_on(void **state) {
    (void)state;
    search_record *r = page_file("pdf-run-on.txt");
    assert_values(r, "id", "990121");
    assert_values(r, "date", "1952-07-26");
    assert_values(r, "title", "Cable, Zhou Enlai to the Chairman [Mao Zedong] and Comrades Liu [Shaoqi], on Lamps");
    assert_values(r, "summary", "Zhou Enlai is made to ask for lamps. All is invented for testing.");
    assert_values(r, "donors", "Henry Example Foundation");
    assert_values(r, "original_language", "Chinese");
    assert_values(r, "source", "Invented Manuscripts, vol. 7, 40. Translated by David Example.");
    assert_values(r, "translators", "David Example");
    assert_values(r, "to", "Chairman [Mao Zedong] and Comrades Liu [Shaoqi]");
    assert_values(r, "body",
                  "Forty lamps are wanted in the "
                  "hall.\n\n[1] The lamps are invented.");
    search_record_free(r);
}

static void pdf_page_of_a_scan(void **state) {
    (void)state;
    search_record *r = page_file("pdf-scan.txt");
    assert_values(r, "title", "Memorandum on Glue, 16 May 1959");
    assert_values(r, "date", "1959");
    assert_values(r, "summary", "");
    assert_values(r, "original_language", "English");
    assert_values(r, "source", "Invented Library, Box 9.");
    assert_values(r, "body",
                  "Secreta1·y of State, Washington\n\nAmbassado1· Example called on , 1959, to speak of glue "
                  "invented for testing.");
    search_record_free(r);
}

static void pdf_text_may_follow_its_label(void **state) {
    (void)state;
    search_record *r = page("Note\nCitation: \"Note,\" 1959, Wilson Center Digital Archive, X 1. Summary: S. Contents: "
                            "English Translation Russian Transcript The text.\nMore of it.");
    assert_values(r, "date", "1959");
    assert_values(r, "summary", "S.");
    assert_values(r, "body", "The text.\n\nMore of it.");
    search_record_free(r);
}

static void pdf_text_may_be_one_line(void **state) {
    (void)state;
    search_record *r =
        page("July 26, 1952 Cable, A to B Citation: \"Cable, A to B,\" July 26, 1952, Wilson Center "
             "Digital Archive, X 1. Summary: S. Original Language: Chinese Contents: English Translation "
             "The text.");
    assert_values(r, "date", "1952-07-26");
    assert_values(r, "title", "Cable, A to B");
    assert_values(r, "source", "X 1.");
    assert_values(r, "original_language", "Chinese");
    assert_values(r, "body", "The text.");
    search_record_free(r);
}

static void pdf_banner_may_run_on(void **state) {
    (void)state;
    static const char rest[] = "Citation: \"Cable, A to B,\" July 26, 1952, Wilson Center Digital Archive, X 1. "
                               "Summary: S. Contents: English Translation The text.";
    static const char *const heads[] = {
        "Digital Archive International History Declassified digitalarchive.wilsoncenter.org\nJuly 26, 1952\nCable, A to "
        "B\n",
        "Digital Archive International History Declassified July 26, 1952 Cable, A to B "};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        buffer text = {0};
        buffer_add_string(&text, heads[i]);
        buffer_add_string(&text, rest);
        search_record *r = page(text.bytes);
        buffer_free(&text);
        assert_values(r, "date", "1952-07-26");
        assert_values(r, "title", "Cable, A to B");
        assert_values(r, "body", "The text.");
        search_record_free(r);
    }
}

static void rights_show_where_the_information_begins(void **state) {
    (void)state;
    search_record *r =
        page("May 6, 1950\n\nNote\n\nText.\n\nX 1, 2. Translated by A B.\n\nThe History and Public Policy "
             "Program welcomes reuse of Digital Archive materials for research.\n\n"
             "Original Uploaded Date\n\n2011-11-20");
    assert_values(r, "source", "X 1, 2. Translated by A B.");
    assert_values(r, "uploaded", "2011-11-20");
    assert_values(r, "body", "Text.");
    search_record_free(r);
}

/* 11.03.1962 may be of March or of November: only what is printed can tell. */
static void doubtful_dates_stay_as_printed(void **state) {
    (void)state;
    search_record *r = page("11.03.1962\n\nNote\n\nText.\n\nRecord ID\n\n7\n");
    assert_values(r, "date", "11.03.1962");
    search_record_free(r);
    r = page("24.03.1962\n\nNote\n\nText.\n\nRecord ID\n\n7\n");
    assert_values(r, "date", "1962-03-24");
    search_record_free(r);
}

static void lines_are_bounded(void **state) {
    (void)state;
    buffer text = {0};
    search_record *record = NULL;
    search_error error;
    buffer_add_string(&text, "Skip to content\n");
    for (int i = 0; i < 1000000; i++)
        buffer_add_string(&text, "x\n");
    assert_int_equal(page_read((search_text){text.bytes, text.n_bytes}, &record, &error), SEARCH_E_INPUT);
    assert_string_equal(error.id, "record.too_many_lines");
    buffer_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stripped_page),
        cmocka_unit_test(flat_page),
        cmocka_unit_test(flat_page_without_a_date),
        cmocka_unit_test(title_may_be_lost),
        cmocka_unit_test(labels_may_hold_their_values),
        cmocka_unit_test(names_of_versions_are_no_text),
        cmocka_unit_test(id_of_an_address),
        cmocka_unit_test(record_id_goes_before_addresses),
        cmocka_unit_test(old_page),
        cmocka_unit_test(old_page_without_a_title),
        cmocka_unit_test(old_page_without_a_citation),
        cmocka_unit_test(old_page_without_buttons_is_none),
        cmocka_unit_test(pdf_page),
        cmocka_unit_test(pdf_page_with_labels_that_run_on),
        cmocka_unit_test(pdf_page_of_a_scan),
        cmocka_unit_test(pdf_text_may_follow_its_label),
        cmocka_unit_test(pdf_text_may_be_one_line),
        cmocka_unit_test(pdf_banner_may_run_on),
        cmocka_unit_test(rights_show_where_the_information_begins),
        cmocka_unit_test(doubtful_dates_stay_as_printed),
        cmocka_unit_test(lines_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
