/* The readers of cables: records, JSON, dates, citations, places, pages, JSONL and sources.  The page of the archive
 * comes from corpus/pages below $top_srcdir; all other text is made up here. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

static search_text T(const char *string) {
    return search_text_of(string);
}

static void assert_text(search_text text, const char *expected) {
    if (text.n_bytes != strlen(expected) || memcmp(text.bytes, expected, text.n_bytes) != 0)
        fail_msg("\"%.*s\" is not \"%s\"", (int)text.n_bytes, text.bytes, expected);
}

static void assert_value(const search_record *record, const char *key, const char *expected) {
    assert_text(search_record_value(record, key, 0), expected);
}

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

static bool value_has(const search_record *record, const char *key, const char *part) {
    return text_find(search_record_value(record, key, 0), part, 0) != NOT_FOUND;
}

static search_record *json_record(const char *json) {
    search_record *record = NULL;
    search_error error;
    if (search_record_from_json(T(json), &record, &error) != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    return record;
}

static void assert_json_error(search_text json, const char *id) {
    search_record *record = NULL;
    search_error error;
    assert_int_equal(search_record_from_json(json, &record, &error), SEARCH_E_INPUT);
    assert_null(record);
    assert_string_equal(error.id, id);
    assert_null(strchr(error.message, '\n'));
}

static void assert_json(const search_record *record, const char *expected) {
    char *json = NULL;
    size_t n = 0;
    assert_int_equal(search_record_to_json(record, &json, &n, NULL), SEARCH_OK);
    assert_string_equal(json, expected);
    assert_int_equal(n, strlen(expected));
    search_bytes_free(json);
}

static void assert_json_stays(const char *json) {
    search_record *record = json_record(json);
    assert_json(record, json);
    search_record_free(record);
}

static search_record *page_of(search_text text) {
    search_record *record = NULL;
    search_error error;
    if (page_read(text, &record, &error) != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    return record;
}

static search_record *page(const char *text) {
    return page_of(T(text));
}

static void assert_page_error(search_text text, const char *id) {
    search_record *record = NULL;
    search_error error;
    assert_int_equal(page_read(text, &record, &error), SEARCH_E_INPUT);
    assert_null(record);
    assert_string_equal(error.id, id);
}

static void read_whole(const char *path, buffer *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buffer_add(out, chunk, n);
    fclose(file);
}

static const char *corpus_path(const char *name, char path[512]) {
    const char *top = getenv("top_srcdir");
    snprintf(path, 512, "%s/corpus/%s", top == NULL ? "." : top, name);
    return path;
}

/* ---- The page of the archive ---------------------------------------------------------------------------------- */

static buffer seed_text;

static int read_seed(void **state) {
    char path[512];
    seed_text = (buffer){0};
    read_whole(corpus_path("pages/188166.txt", path), &seed_text);
    *state = page_of((search_text){seed_text.bytes, seed_text.n_bytes});
    return 0;
}

static int free_seed(void **state) {
    search_record_free(*state);
    buffer_free(&seed_text);
    return 0;
}

static void seed_has_its_id(void **state) {
    assert_values(*state, "id", "188166");
    assert_string_equal(search_record_key(*state, 0), "id");
}

static void seed_has_its_title(void **state) {
    assert_values(*state, "title",
                  "Cable from the Chinese Embassy in North Korea, 'On Chinese Citizens of the Korean Nationality "
                  "Illegally Crossing the Border to Come to Korea'");
}

static void seed_has_its_date(void **state) {
    assert_values(*state, "date", "1961-12-02");
    assert_values(*state, "uploaded", "2018-09-04");
}

static void seed_has_its_classification_and_number(void **state) {
    assert_values(*state, "classification", "Top Secret");
    assert_values(*state, "number", "(61) Korea Consular No. 103");
}

static void seed_has_sender_and_addressees(void **state) {
    assert_values(*state, "from", "Chinese Embassy in North Korea");
    assert_values(*state, "to", "Ministry of Foreign Affairs Consular Affairs Department|Ministry of Public Security");
}

static void seed_has_its_distribution(void **state) {
    assert_values(*state, "distribution",
                  "Jilin Province|Liaoning Province|Heilongjiang Province|Inner Mongolian Autonomous Region Foreign "
                  "Affairs Office");
}

static void seed_has_its_summary(void **state) {
    assert_values(*state, "summary",
                  "The Chinese Embassy in North Korea reports on the growing number of illegal border crossings into "
                  "the DPRK and some of the problems the new arrivals are facing.");
}

static void seed_body_runs_from_heading_to_close(void **state) {
    static const char heading[] = "On Chinese Citizens of the Korean Nationality Illegally Crossing the Border to Come "
                                  "to [North] Korea\n\nOn November 10, when the Chinese citizen";
    static const char close[] = "Democratic People’s Republic of Korea\n\nDecember 2, 1961";
    search_text body = search_record_value(*state, "body", 0);
    assert_memory_equal(body.bytes, heading, strlen(heading));
    assert_memory_equal(body.bytes + body.n_bytes - strlen(close), close, strlen(close));
    assert_true(value_has(*state, "body", "20,517 Chinese of the Korean nationality"));
}

static void seed_body_lacks_what_went_into_fields(void **state) {
    static const char *const elsewhere[] = {
        "Top Secret", "Consular No. 103", "To the Ministry", "Distribution", "reports on the growing",
        "Henry Luce", "welcomes reuse",   "Skip to",         "\xC2\xA0"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        assert_false(value_has(*state, "body", elsewhere[i]));
}

static void seed_has_its_source_and_donor(void **state) {
    assert_values(*state, "source", "PRC FMA 118-01026-07, 125-128. Translated by David Cowhig.");
    assert_values(*state, "donors", "Henry Luce Foundation");
}

static void seed_has_no_language_and_no_rights(void **state) {
    assert_int_equal(search_record_n_values(*state, "language"), 0);
    const char *key;
    for (size_t i = 0; (key = search_record_key(*state, i)) != NULL; i++) {
        assert_false(value_has(*state, key, "welcomes reuse"));
        assert_false(value_has(*state, key, "To enquire about"));
    }
}

static void seed_reads_alike_with_crlf(void **state) {
    buffer crlf = {0};
    for (size_t i = 0; i < seed_text.n_bytes; i++) {
        if (seed_text.bytes[i] == '\n')
            buffer_add_byte(&crlf, '\r');
        buffer_add_byte(&crlf, seed_text.bytes[i]);
    }
    search_record *record = page_of((search_text){crlf.bytes, crlf.n_bytes});
    char *json = NULL;
    size_t n = 0;
    assert_int_equal(search_record_to_json(*state, &json, &n, NULL), SEARCH_OK);
    assert_json(record, json);
    search_bytes_free(json);
    search_record_free(record);
    buffer_free(&crlf);
}

static void seed_cut_anywhere_is_read_or_refused(void **state) {
    (void)state;
    for (size_t n = 0; n < seed_text.n_bytes; n += 97) {
        char *copy = malloc(n + 1); /* of its own, so that reading past the end is noticed */
        memcpy(copy, seed_text.bytes, n);
        search_record *record = NULL;
        search_status status = page_read((search_text){copy, n}, &record, NULL);
        assert_true(status == SEARCH_OK ? record != NULL : status == SEARCH_E_INPUT && record == NULL);
        search_record_free(record);
        free(copy);
    }
}

/* ---- Pages in general ----------------------------------------------------------------------------------------- */

#define TAIL "\n\nDocument Information\n\nSource\n\nPRC FMA 1-2, 3. Translated by A B.\n\nRecord ID\n\n77\n"

static void page_without_values_under_labels(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nTelegram\n\nSome text of the telegram.\n\n"
                            "A clerk reports on the quantity of winter clothing.\n\nAuthor(s):\n\n"
                            "Associated People & Organizations\n\nAssociated Places\n\nKorea\n\nAssociated Topics\n\n"
                            "Subjects Discussed\n\nRelated Documents\n\nDocument Information\n\nSource\n\nX 1\n\n"
                            "Language\n\nRecord ID\n\n9\n");
    assert_int_equal(search_record_n_values(r, "people"), 0);
    assert_values(r, "places", "Korea");
    assert_int_equal(search_record_n_values(r, "topics"), 0);
    assert_int_equal(search_record_n_values(r, "language"), 0);
    assert_values(r, "source", "X 1");
    assert_values(r, "summary", "A clerk reports on the quantity of winter clothing.");
    assert_values(r, "id", "9");
    search_record_free(r);
}

static void page_labels_give_people_places_topics(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nTelegram\n\nSome text.\n\nAuthor(s):\n\nBrie, Horst\n\n"
                            "Associated People & Organizations\n\nKim, Il Sung\n\nBrie, Horst\n\nAssociated Places\n\n"
                            "Korea\n\nChina\n\nAssociated Topics\n\nWar\n\nSubjects Discussed\n\nSource\n\nLabor" TAIL);
    assert_values(r, "people", "Brie, Horst|Kim, Il Sung");
    assert_values(r, "places", "Korea|China");
    assert_values(r, "topics", "War|Source|Labor");
    assert_values(r, "source", "PRC FMA 1-2, 3. Translated by A B.");
    search_record_free(r);
}

static void page_never_takes_a_related_document(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nTelegram\n\nI report on the bridge.\n\nShtykov\n\n"
                            "Related Documents\n\nMay 7, 1950\n\nAnother Telegram\n\n"
                            "The ambassador describes a conversation about railway wagons." TAIL);
    assert_int_equal(search_record_n_values(r, "summary"), 0);
    assert_values(r, "body", "I report on the bridge.\n\nShtykov");
    search_record_free(r);
}

static void page_with_one_paragraph_has_no_summary(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nTelegram\n\nThe harvest of winter barley is good." TAIL);
    assert_int_equal(search_record_n_values(r, "summary"), 0);
    assert_values(r, "body", "The harvest of winter barley is good.");
    search_record_free(r);
}

static void page_summary_may_have_two_paragraphs_below_a_seal(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nCable\n\nWe saw the works.\n\n[seal] Embassy\n\n"
                            "The Embassy describes a visit to the vinalon works.\n\n"
                            "It asks for forty spinning frames of the Shanghai type." TAIL);
    assert_values(r, "body", "We saw the works.\n\n[seal] Embassy");
    assert_values(r, "summary",
                  "The Embassy describes a visit to the vinalon works.\n\nIt asks for forty spinning frames of the "
                  "Shanghai type.");
    search_record_free(r);
}

static void page_close_is_no_summary(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nAnnex\n\n1. Tea was served.\n\n2. The guest slept.\n\n"
                            "Six copies. No. 2 to the Protocol Department." TAIL);
    assert_int_equal(search_record_n_values(r, "summary"), 0);
    assert_int_equal(search_record_n_values(r, "number"), 0);
    search_record_free(r);
}

static void page_keeps_the_lines_of_a_paragraph(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nLetter\n\nDear Comrade!\n\nI complain.\n\nBrie\n"
                            "Counsellor" TAIL);
    assert_values(r, "body", "Dear Comrade!\n\nI complain.\n\nBrie\nCounsellor");
    search_record_free(r);
}

static void page_of_a_mirror_is_flat(void **state) {
    (void)state;
    search_record *r = page("Another document reports on something else entirely.\nMarch 1964\nRecord of a Talk\n"
                            "First paragraph.\nSecond paragraph.\nDocument Information\nSource\nX 1\nRecord ID\n8");
    assert_values(r, "date", "1964-03");
    assert_values(r, "title", "Record of a Talk");
    assert_values(r, "body", "First paragraph.\n\nSecond paragraph.");
    search_record_free(r);
}

static void page_without_a_date(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nNote on the Livestock Trade (undated)\n\nText." TAIL);
    assert_int_equal(search_record_n_values(r, "date"), 0);
    assert_values(r, "title", "Note on the Livestock Trade (undated)");
    search_record_free(r);
}

static void page_dates_of_month_year_and_season(void **state) {
    (void)state;
    static const char *const dates[][2] = {{"January, 1962", "1962-01"},
                                           {"1977", "1977"},
                                           {"June 07, 1973", "1973-06-07"},
                                           {"Spring 1975", "Spring 1975"}};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char text[256];
        snprintf(text, sizeof text, "Skip to content\n\n%s\n\nThe Title\n\nText.%s", dates[i][0], TAIL);
        search_record *r = page(text);
        assert_values(r, "date", dates[i][1]);
        assert_values(r, "title", "The Title");
        search_record_free(r);
    }
}

static void page_source_without_its_label(void **state) {
    (void)state;
    search_record *r =
        page("Skip to content\n\nMay 6, 1950\n\nCable\n\nText.\n\nDocument Information\n\n"
             "PRC FMA 1-2, 3. Translated by A B.\n\nThe History and Public Policy Program welcomes reuse "
             "of Digital Archive materials for research.\n\nRecord ID\n\n77");
    assert_values(r, "source", "PRC FMA 1-2, 3. Translated by A B.");
    search_record_free(r);
}

static void page_without_the_heading_of_its_block(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nCable\n\nText.\n\nSource\n\nX 1\n\nLanguage\n\nRecord "
                            "ID\n\n77");
    assert_values(r, "body", "Text.");
    assert_values(r, "source", "X 1");
    assert_values(r, "id", "77");
    search_record_free(r);
}

static void page_archive_classification_and_type_by_label(void **state) {
    (void)state;
    search_record *r =
        page("Skip to content\n\nMay 6, 1950\n\nCable\n\nText.\n\nDocument Information\n\nSource\n\nX 1\n\n"
             "Original Archive\n\nForeign Ministry Archive\n\nOriginal Classification\n\nSecret\n\nType\n\n"
             "Telegram\n\nLanguage\n\nRussian\n\nRecord ID\n\n77\n\nDonors\n\nA Fund\n\nB Fund");
    assert_values(r, "archive", "Foreign Ministry Archive");
    assert_values(r, "classification", "Secret");
    assert_values(r, "type", "Telegram");
    assert_values(r, "language", "Russian");
    assert_values(r, "donors", "A Fund|B Fund");
    search_record_free(r);
}

static void page_donor_of_credit_and_label_is_one(void **state) {
    (void)state;
    search_record *r =
        page("Skip to content\n\nMay 6, 1950\n\nCable\n\nThis document was made possible with support from "
             "the MacArthur Foundation.\n\nText." TAIL "\nDonors\n\nMacArthur Foundation");
    assert_values(r, "donors", "MacArthur Foundation");
    search_record_free(r);
}

static void page_that_is_none_is_refused(void **state) {
    (void)state;
    assert_page_error(T("# Read me\n\nThis folder holds cables.\n"), "record.not_a_cable");
    assert_page_error(T("Skip to content\n"), "record.not_a_cable");
    assert_page_error((search_text){"\x7F"
                                    "ELF\0\1\2\xFF\xFE",
                                    9},
                      "record.not_a_cable");
    assert_false(page_looks_like(T("Information\n")));
    assert_true(page_looks_like(T("A\n\nRecord ID\n\n7\n")));
    assert_true(page_looks_like(T("Skip to content\n\nA Title\n")));
}

static void page_that_is_empty_is_refused(void **state) {
    (void)state;
    assert_page_error((search_text){NULL, 0}, "record.empty");
    assert_page_error(T(" \r\n\xC2\xA0\n\xEF\xBB\xBF\n"), "record.empty");
}

static void page_over_the_limit_is_refused(void **state) {
    (void)state;
    size_t n = RECORD_MAX_N_BYTES + 1;
    char *bytes = calloc(n, 1);
    assert_non_null(bytes);
    assert_page_error((search_text){bytes, n}, "record.too_large");
    free(bytes);
}

static void page_is_repaired(void **state) {
    (void)state;
    search_record *r = page("Skip to content\n\nMay 6, 1950\n\nCable \xFF here\n\nText." TAIL);
    assert_values(r, "title", "Cable \xEF\xBF\xBD here");
    search_record_free(r);
}

static void page_of_labels_only(void **state) {
    (void)state;
    search_record *r = page("Document Information\n\nRecord ID\n\nLanguage");
    assert_int_equal(search_record_n_values(r, "id"), 0);
    assert_null(search_record_key(r, 0));
    search_record_free(r);
}

/* ---- Header lines --------------------------------------------------------------------------------------------- */

static void header_line(const char *line, const char *key, const char *expected, bool expected_taken) {
    search_record *r = NULL;
    bool taken = false;
    assert_int_equal(search_record_new(&r, NULL), SEARCH_OK);
    assert_int_equal(header_read_line(r, T(line), &taken, NULL), SEARCH_OK);
    assert_values(r, key, expected);
    assert_int_equal(taken, expected_taken);
    search_record_free(r);
}

static void header_classifications(void **state) {
    (void)state;
    header_line("Strictly Confidential", "classification", "Strictly Confidential", true);
    header_line("TOP SECRET", "classification", "TOP SECRET", true);
    header_line("Urgent", "classification", "Urgent", true);
    header_line("Secret talks began", "classification", "", false);
    header_line("For official use only", "classification", "", false);
}

static void header_numbers(void **state) {
    (void)state;
    assert_text(header_number(T("(63) Korea Tel. No. 611")), "(63) Korea Tel. No. 611");
    assert_text(header_number(T("Xinjiang Foreign Affairs (62) No. 230")), "Xinjiang Foreign Affairs (62) No. 230");
    assert_text(header_number(T("N\xC2\xBA 77/Asu")), "N\xC2\xBA 77/Asu");
    assert_text(header_number(T("24.IX.1956, No. 25-S-9020")), "No. 25-S-9020");
    assert_text(header_number(T("No. 312. From the Embassy of India, Cairo")), "No. 312");
    assert_text(header_number(T("Embassy, Prague, str. conf. No. 633")), "str. conf. No. 633");
    assert_text(header_number(T("Ciphered telegram 401/89, Budapest")), "Ciphered telegram 401/89");
    assert_text(header_number(T("See your No. 33")), "");
    assert_text(header_number(T("Six copies. No. 2 to the Protocol Department.")), "");
    assert_text(header_number(T("No. comment")), "");
    assert_text(header_number(T("No.")), "");
}

static void header_addressees(void **state) {
    (void)state;
    header_line("[To] the Ministry of Foreign Affairs:", "to", "Ministry of Foreign Affairs", true);
    header_line("To Comrade FILIPPOV [STALIN]:", "to", "Comrade FILIPPOV [STALIN]", true);
    header_line("To: Naszkowski, EYES ONLY", "to", "Naszkowski", true);
    header_line("To Comrade Axen, Comrade Fischer; copy to Comrade Winkelmann", "to", "Comrade Axen|Comrade Fischer",
                true);
    header_line("To the Ministry of Foreign Affairs, copy to the Ministry of Foreign Trade:", "distribution",
                "Ministry of Foreign Trade", true);
    header_line("To the record of 31 July 1958", "to", "", false);
    header_line("To understand this, the works must be seen.", "to", "", false);
}

static void header_senders(void **state) {
    (void)state;
    header_line("From: RUDNIK, Havana, sent 31.10.1962", "from", "RUDNIK, Havana", false);
    header_line("FROM: PEKING", "from", "PEKING", true);
    header_line("From: Ulan Bator, 30.04.83, 14:20", "from", "Ulan Bator", false);
    header_line("From here one sees the bridge.", "from", "", false);
}

static void header_copies(void **state) {
    (void)state;
    header_line("Copies: Vyshinsky, Zorin, 10th Dept.", "distribution", "Vyshinsky|Zorin|10th Dept.", true);
    header_line("Distribution list - 2 copies: Stalin - 2, file - 1", "distribution", "Stalin|file", false);
    header_line("Distribution: A, B; C;", "distribution", "A, B|C", true);
    header_line("Distribution:", "distribution", "", false);
}

static void title_parties(const char *title, const char *from, const char *to) {
    search_record *r = NULL;
    assert_int_equal(search_record_new(&r, NULL), SEARCH_OK);
    assert_int_equal(header_read_title(r, T(title), NULL), SEARCH_OK);
    assert_values(r, "from", from);
    assert_values(r, "to", to);
    search_record_free(r);
}

static void titles_name_the_parties(void **state) {
    (void)state;
    title_parties("Cable from the Chinese Embassy in North Korea, 'On a Visit'", "Chinese Embassy in North Korea", "");
    title_parties("Cable from the Chinese Embassy in North Korea", "Chinese Embassy in North Korea", "");
    title_parties("Telegram from the Embassy of India, Cairo, on the Canal", "Embassy of India, Cairo", "");
    title_parties("Letter from the GDR Embassy in the DPRK to State Secretary Hegen", "GDR Embassy in the DPRK",
                  "State Secretary Hegen");
    title_parties("Ciphered Telegram, Shtykov to Filippov [Stalin]", "Shtykov", "Filippov [Stalin]");
    title_parties("Hungarian Embassy in Hanoi, Ciphered Telegram, 'Bridges'", "Hungarian Embassy in Hanoi", "");
    title_parties("Report from the Ambassador to Korea", "Ambassador to Korea", "");
    title_parties("Record of a Conversation from Memory", "", "");
    title_parties("Cable from (", "", "");
    title_parties("Cable from", "", "");
    title_parties("", "", "");
}

/* ---- Records -------------------------------------------------------------------------------------------------- */

static int new_record(void **state) {
    search_record *record = NULL;
    assert_int_equal(search_record_new(&record, NULL), SEARCH_OK);
    *state = record;
    return 0;
}

static int free_record(void **state) {
    search_record_free(*state);
    return 0;
}

static void record_keeps_the_order(void **state) {
    search_record_add(*state, "title", T("A"), NULL);
    search_record_add(*state, "people", T("B"), NULL);
    search_record_add(*state, "people", T("C"), NULL);
    search_record_add(*state, "box", T("7"), NULL);
    assert_string_equal(search_record_key(*state, 0), "title");
    assert_string_equal(search_record_key(*state, 2), "box");
    assert_null(search_record_key(*state, 3));
    assert_values(*state, "people", "B|C");
    assert_json(*state, "{\"title\":\"A\",\"people\":[\"B\",\"C\"],\"box\":\"7\"}");
}

static void record_one_value_is_replaced(void **state) {
    search_record_add(*state, "title", T("A"), NULL);
    search_record_add(*state, "title", T("B"), NULL);
    assert_values(*state, "title", "B");
}

static void record_cuts_white_space(void **state) {
    search_record_add(*state, "title", T(" \t\xC2\xA0 A B \xE3\x80\x80\n\xE2\x80\x8B"), NULL);
    search_record_add(*state, "number", T("\xC2\xA0 "), NULL);
    assert_values(*state, "title", "A B");
    assert_int_equal(search_record_n_values(*state, "number"), 0);
    assert_null(search_record_key(*state, 1));
}

static void record_repairs_text(void **state) {
    search_record_add(*state, "title",
                      T("\xFF"
                        "A\xC3"),
                      NULL);
    assert_value(*state, "title",
                 "\xEF\xBF\xBD"
                 "A\xEF\xBF\xBD");
}

static void record_keeps_nul(void **state) {
    search_record_add(*state, "title", (search_text){"A\0B", 3}, NULL);
    assert_int_equal(search_record_value(*state, "title", 0).n_bytes, 3);
    assert_json(*state, "{\"title\":\"A\\u0000B\"}");
}

static void record_refuses_bad_keys(void **state) {
    search_error error;
    assert_int_equal(search_record_add(*state, NULL, T("A"), &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_record_add(*state, "", T("A"), &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_record_add(*state, "\xFF", T("A"), &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_record_add(*state, "derived", T("A"), &error), SEARCH_E_ARGUMENT);
    assert_string_equal(error.id, "record.reserved_key");
}

static void record_has_a_limit(void **state) {
    size_t n = RECORD_MAX_N_BYTES - 4; /* "body" counts too */
    char *bytes = malloc(n);
    assert_non_null(bytes);
    memset(bytes, 'a', n);
    search_error error;
    assert_int_equal(search_record_add(*state, "body", (search_text){bytes, n}, &error), SEARCH_OK);
    assert_int_equal(search_record_add(*state, "body", (search_text){bytes, n}, &error), SEARCH_OK);
    assert_int_equal(search_record_add(*state, "x", T("y"), &error), SEARCH_E_INPUT);
    assert_string_equal(error.id, "record.too_large");
    assert_null(search_record_key(*state, 1));
    free(bytes);
}

static void record_has_a_limit_of_keys(void **state) {
    search_error error;
    char key[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "k%d", i);
        assert_int_equal(search_record_add(*state, key, T("v"), &error), SEARCH_OK);
    }
    assert_int_equal(search_record_add(*state, "more", T("v"), &error), SEARCH_E_INPUT);
    assert_string_equal(error.id, "record.too_many_keys");
    assert_int_equal(search_record_add(*state, "k7", T("w"), &error), SEARCH_OK);
}

static void record_marks_derived_keys(void **state) {
    search_error error;
    assert_int_equal(record_set_derived(*state, "places", &error), SEARCH_E_ARGUMENT);
    search_record_add(*state, "places", T("Korea"), NULL);
    assert_false(search_record_is_derived(*state, "places"));
    assert_int_equal(record_set_derived(*state, "places", &error), SEARCH_OK);
    assert_true(search_record_is_derived(*state, "places"));
    assert_json(*state, "{\"places\":[\"Korea\"],\"derived\":[\"places\"]}");
}

static void record_clone_is_equal_and_apart(void **state) {
    search_record *record = json_record("{\"id\":\"1\",\"places\":[\"A\",\"B\"],\"n\":[1],\"derived\":[\"places\"]}");
    search_record *clone = record_clone(record);
    search_record_add(record, "id", T("2"), NULL);
    search_record_free(record);
    assert_json(clone, "{\"id\":\"1\",\"places\":[\"A\",\"B\"],\"n\":[1],\"derived\":[\"places\"]}");
    search_record_add(clone, "places", T("C"), NULL);
    assert_values(clone, "places", "A|B|C");
    search_record_free(clone);
    clone = record_clone(*state);
    assert_json(clone, "{}");
    search_record_free(clone);
}

static void record_id_is_its_own_or_of_the_url(void **state) {
    (void)state;
    static const char *const records[][2] = {
        {"{\"id\":\"a\",\"url\":\"https://example.org/document/7\"}", "a"},
        {"{\"url\":\"https://example.org/document/188166?lang=2\"}", "188166"},
        {"{\"url\":\"https://example.org/document/188166/print#3\"}", "188166"},
        {"{\"url\":\"https://example.org/document/188166/1\"}", "188166"},
        {"{\"url\":\"https://example.org/cables/42/\"}", "42"},
        {"{\"id\":188166}", "188166"},
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        search_record *r = json_record(records[i][0]);
        assert_int_equal(record_complete_id(r, NULL), SEARCH_OK);
        assert_values(r, "id", records[i][1]);
        search_record_free(r);
    }
}

static void the_day_in_a_url_is_no_id(void **state) {
    (void)state;
    static const char *const records[] = {"{\"url\":\"https://example.org/2019/05/12/a-visit\"}",
                                          "{\"url\":\"https://example.org/news/2019/a-visit\"}",
                                          "{\"url\":\"https://example.org/news/2019/05/12/\"}"};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        search_record *r = json_record(records[i]);
        assert_int_equal(record_complete_id(r, NULL), SEARCH_OK);
        assert_memory_equal(search_record_value(r, "id", 0).bytes, "x-", 2);
        search_record_free(r);
    }
}

static void record_id_is_else_a_digest(void **state) {
    (void)state;
    search_record *a = json_record("{\"title\":\"A\",\"url\":\"https://example.org/cable-from-7\"}");
    search_record *b = json_record("{\"url\":\"https://example.org/cable-from-7\",\"title\":\"A\"}");
    search_record *c = json_record("{\"title\":\"A\",\"url\":\"https://example.org/cable-from-7\"}");
    record_complete_id(a, NULL);
    record_complete_id(b, NULL);
    record_complete_id(c, NULL);
    search_text id = search_record_value(a, "id", 0);
    assert_int_equal(id.n_bytes, 18);
    assert_memory_equal(id.bytes, "x-", 2);
    assert_text(search_record_value(c, "id", 0), id.bytes);
    assert_memory_not_equal(search_record_value(b, "id", 0).bytes, id.bytes, 18);
    search_record_free(a);
    search_record_free(b);
    search_record_free(c);
}

/* ---- JSON ----------------------------------------------------------------------------------------------------- */

static void json_round_trip(void **state) {
    (void)state;
    assert_json_stays("{}");
    assert_json_stays("{\"title\":\"A \\\"b\\\" \\\\ / \\n\\t\\u0001 é 中\",\"people\":[\"B\"]}");
    assert_json_stays("{\"box\":\"7\",\"series\":[\"CP290/6\"],\"two\":[\"a\",\"b\"]}");
    assert_json_stays("{\"places\":[\"Korea\"],\"derived\":[\"places\"]}");
}

static void json_keeps_other_kinds(void **state) {
    (void)state;
    assert_json_stays(
        "{\"pages\":12,\"ok\":true,\"ratio\":0.1,\"tiny\":1e-300,\"o\":{\"b\":[1,null],\"a\":0.30000000000000004}}");
    assert_json_stays("{\"mixed\":[\"a\",1],\"nested\":[[\"a\"]],\"nul\":[\"a\\u0000b\",2]}");
    search_record *r = json_record("{\"pages\":12}");
    assert_values(r, "pages", "12");
    assert_false(record_is_text(r, "pages"));
    search_record_free(r);
}

static void json_number_stands_for_its_text(void **state) {
    (void)state;
    search_record *r = json_record("{\"id\":188166,\"number\":0.1,\"title\":true,\"people\":[1,\"b\"],\"topics\":3}");
    assert_json(
        r, "{\"id\":\"188166\",\"number\":\"0.1\",\"title\":\"true\",\"people\":[\"1\",\"b\"],\"topics\":[\"3\"]}");
    search_record_free(r);
}

static void json_string_is_one_of_many(void **state) {
    (void)state;
    search_record *r = json_record("{\"from\":\"Embassy\",\"title\":[\"T\"],\"summary\":[]}");
    assert_json(r, "{\"from\":[\"Embassy\"],\"title\":\"T\"}");
    search_record_free(r);
}

static void json_null_and_empty_are_no_values(void **state) {
    (void)state;
    search_record *r =
        json_record("{\"id\":null,\"date\":\"\",\"topics\":[],\"people\":[null,\" \",\"A\"],\"x\":null}");
    assert_json(r, "{\"people\":[\"A\"]}");
    search_record_free(r);
}

static void json_last_of_two_keys_wins(void **state) {
    (void)state;
    search_record *r = json_record("{\"title\":\"A\",\"people\":[\"A\"],\"title\":\"B\",\"people\":[\"B\"]}");
    assert_json(r, "{\"title\":\"B\",\"people\":[\"B\"]}");
    search_record_free(r);
}

static void json_of_the_wrong_kind_is_refused(void **state) {
    (void)state;
    assert_json_error(T("[]"), "record.not_an_object");
    assert_json_error(T("7"), "record.not_an_object");
    assert_json_error(T("{\"title\":{}}"), "record.wrong_kind");
    assert_json_error(T("{\"title\":[\"a\",\"b\"]}"), "record.wrong_kind");
    assert_json_error(T("{\"people\":[[]]}"), "record.wrong_kind");
    assert_json_error(T("{\"people\":{}}"), "record.wrong_kind");
    assert_json_error(T("{\"derived\":\"places\"}"), "record.wrong_kind");
}

static void json_that_is_none_is_refused(void **state) {
    (void)state;
    assert_json_error(T(""), "record.bad_json");
    assert_json_error((search_text){NULL, 0}, "record.bad_json");
    assert_json_error(T("{\"a\":\n\"b\n\"}"), "record.bad_json");
    assert_json_error(T("{} x"), "record.bad_json");
    assert_json_error((search_text){"{\"a\":\"b\0\"}", 10}, "record.bad_json");
    assert_json_error(T("{\"a\\u0000b\":1}"), "record.bad_json");
    assert_json_error(T("{\"a\":1e999}"), "record.bad_json");
}

static void json_too_deep_is_refused(void **state) {
    (void)state;
    buffer deep = {0};
    buffer_add_string(&deep, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        buffer_add_byte(&deep, '[');
    assert_json_error((search_text){deep.bytes, deep.n_bytes}, "record.bad_json");
    buffer_free(&deep);
}

static void json_bytes_are_repaired(void **state) {
    (void)state;
    search_record *r = json_record("\xEF\xBB\xBF{\"title\":\"A\xFF"
                                   "B\"}");
    assert_values(r, "title",
                  "A\xEF\xBF\xBD"
                  "B");
    search_record_free(r);
}

static void json_mark_of_an_absent_key_is_forgotten(void **state) {
    (void)state;
    search_record *r = json_record("{\"derived\":[\"places\",\"title\"],\"title\":\"A\"}");
    assert_json(r, "{\"title\":\"A\",\"derived\":[\"title\"]}");
    search_record_free(r);
}

/* ---- Dates ---------------------------------------------------------------------------------------------------- */

static void date_is(const char *text, int earliest, int latest) {
    date_interval date;
    bool is_date = date_read(T(text), &date);
    if (is_date != (earliest != 0) || date.earliest != earliest || date.latest != latest)
        fail_msg("\"%s\" is %d..%d", text, (int)date.earliest, (int)date.latest);
}

static void dates_of_days(void **state) {
    (void)state;
    date_is("1961-12-02", 19611202, 19611202);
    date_is("December 2, 1961", 19611202, 19611202);
    date_is("December 02, 1961", 19611202, 19611202);
    date_is("2 December 1961", 19611202, 19611202);
    date_is(" dec 2,\xC2\xA0"
            "1961 ",
            19611202, 19611202);
    date_is("Dec. 2, 1961", 19611202, 19611202);
}

static void dates_of_months_and_years(void **state) {
    (void)state;
    date_is("1961", 19610101, 19611231);
    date_is("1961-02", 19610201, 19610228);
    date_is("February 1964", 19640201, 19640229);
    date_is("January, 1951", 19510101, 19510131);
    date_is("February 1900", 19000201, 19000228);
    date_is("February 2000", 20000201, 20000229);
}

static void dates_about_and_between(void **state) {
    (void)state;
    date_is("c. 1962", 19610101, 19631231);
    date_is("ca. 1962", 19610101, 19631231);
    date_is("circa March 1962", 19610101, 19631231);
    date_is("1961-12-02..1962-01-05", 19611202, 19620105);
    date_is("1961 .. March 1964", 19610101, 19640331);
    date_is("1962..1961", 0, 0);
    date_is("1961..", 0, 0);
    date_is("..1961", 0, 0);
    date_is("1961...1962", 0, 0);
}

static void dates_that_do_not_exist(void **state) {
    (void)state;
    static const char *const none[] = {"",
                                       "1961-13",
                                       "1961-00",
                                       "1961-02-29",
                                       "0999",
                                       "3000",
                                       "February 30, 1961",
                                       "32 May 1961",
                                       "May 0, 1961",
                                       "Spring 1975",
                                       "1961-12-",
                                       "December",
                                       "2 December",
                                       "undated",
                                       "12345",
                                       "May 1961 May",
                                       "c. ",
                                       "c.",
                                       "Ma 1961",
                                       "-1961",
                                       "19 61",
                                       ", , ,"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        date_is(none[i], 0, 0);
    date_interval date;
    assert_false(date_read((search_text){"\0ab 1961", 8}, &date));
    assert_false(date_read((search_text){NULL, 0}, &date));
}

static void dates_are_printed(void **state) {
    (void)state;
    char text[16];
    date_print(19611202, text);
    assert_string_equal(text, "1961-12-02");
    date_print(0, text);
    assert_string_equal(text, "");
    date_print(-5, text);
    assert_string_equal(text, "");
}

/* ---- Citations ------------------------------------------------------------------------------------------------ */

static void citation_is(const char *source, const char *archive, const char *reference, const char *credits) {
    citation c;
    citation_read(T(source), &c);
    assert_text(c.archive, archive);
    assert_text(c.reference, reference);
    assert_text(c.credits, credits);
}

static void citations_have_three_parts(void **state) {
    (void)state;
    citation_is("PRC FMA 118-01026-07, 125-128. Translated by David Cowhig.", "PRC FMA",
                "PRC FMA 118-01026-07, 125-128", "Translated by David Cowhig.");
    citation_is("RGANI, f. 5, op. 49, d. 131, ll. 193-194.", "RGANI", "RGANI, f. 5, op. 49, d. 131, ll. 193-194", "");
    citation_is("AMVnR, opis 15, l. 12. Obtained by A B; translated by C D.", "AMVnR", "AMVnR, opis 15, l. 12",
                "Obtained by A B; translated by C D.");
    citation_is("", "", "", "");
    citation_is("Translated by A.", "", "", "Translated by A.");
}

static void citations_name_an_archive_when_sure(void **state) {
    (void)state;
    citation_is("TTLTQG III, hồ sơ 99120", "TTLTQG III", "TTLTQG III, hồ sơ 99120", "");
    citation_is("BArch, B 136/59748, 403-410.", "BArch", "BArch, B 136/59748, 403-410", "");
    citation_is("National Archives of Australia, A1838", "National Archives of Australia",
                "National Archives of Australia, A1838", "");
    citation_is("Russian State Archive (RGASPI), f. 17", "Russian State Archive (RGASPI)",
                "Russian State Archive (RGASPI), f. 17", "");
    citation_is("[AA : CP 290/6, BUNDLE 1, ITEM 28]", "AA", "[AA : CP 290/6, BUNDLE 1, ITEM 28]", "");
    citation_is("[matter omitted: 5]", "", "[matter omitted: 5]", "");
    citation_is("Printed in a volume, pp. 118-119.", "", "Printed in a volume, pp. 118-119", "");
    citation_is("Pravda, 12 May 1960", "", "Pravda, 12 May 1960", "");
    citation_is("CWIHP Archive.", "", "CWIHP Archive", "");
    citation_is("[", "", "[", "");
}

static void translators_are(const char *credits, const char *expected) {
    search_record *r = NULL;
    assert_int_equal(search_record_new(&r, NULL), SEARCH_OK);
    assert_int_equal(citation_add_translators(r, T(credits), NULL), SEARCH_OK);
    assert_values(r, "translators", expected);
    search_record_free(r);
}

static void credits_name_the_translators(void **state) {
    (void)state;
    translators_are("Translated by David Cowhig.", "David Cowhig");
    translators_are("Translated by Jeffrey Wang and Charles Kraus.", "Jeffrey Wang|Charles Kraus");
    translators_are("Obtained by A; translated and edited by B, C, and D.", "B|C|D");
    translators_are("Contributed by Ann Oak and translated by Neil Abbott.", "Neil Abbott");
    translators_are("Contributed, transcribed, and translated by Karin Stolle.", "Karin Stolle");
    translators_are("Translated for the Program by William C. Potter.", "William C. Potter");
    translators_are("Obtained by Ann Oak. Translated by Neil Abbott.", "Neil Abbott");
    translators_are("Translated by Ann Oak and edited by Neil Abbott.", "Ann Oak");
    translators_are("Translated by Alexander.", "Alexander");
    translators_are("Obtained by Ruth Garland.", "");
    translators_are("translated by", "");
    translators_are("translated by ,, and ;;", "");
    translators_are("", "");
}

/* ---- Places --------------------------------------------------------------------------------------------------- */

static void places_are(const char *title, const char *expected) {
    search_record *r = NULL;
    assert_int_equal(search_record_new(&r, NULL), SEARCH_OK);
    search_record_add(r, "title", T(title), NULL);
    assert_int_equal(places_derive(r, NULL), SEARCH_OK);
    assert_values(r, "places", expected);
    assert_int_equal(search_record_is_derived(r, "places"), *expected != '\0');
    search_record_free(r);
}

static void places_of_titles(void **state) {
    (void)state;
    places_are("Cable from the Chinese Embassy in North Korea, 'On Coming to Korea'", "North Korea|Korea");
    places_are("CHINA AND INDIA", "China|India");
    places_are("Letter from the GDR Embassy in the DPRK", "East Germany|North Korea");
    places_are("China’s Trade with ‘Korea’ and Korea—again", "China|Korea");
    places_are("On the South China Sea, Inner Mongolia and Guinea-Bissau", "Guinea-Bissau");
    places_are("Democratic People’s Republic of Korea", "North Korea");
    places_are("The turkey of Indiana, Chinatown and Romanian wine in mali", "");
    places_are("", "");
}

static void places_of_labels_stay(void **state) {
    search_record_add(*state, "title", T("Korea"), NULL);
    search_record_add(*state, "places", T("China"), NULL);
    assert_int_equal(places_derive(*state, NULL), SEARCH_OK);
    assert_values(*state, "places", "China");
    assert_false(search_record_is_derived(*state, "places"));
}

/* ---- Sources -------------------------------------------------------------------------------------------------- */

typedef struct seen {
    char directory[64];
    buffer log; /* "+id:line " for a record, "-reason:line " for a skipped one, "~reason:line " for a doubtful one */
    size_t n_bytes;
    size_t n_told;
    size_t stop_after; /* on_bytes calls; 0: never */
    search_status refuse;
} seen;

static search_status on_record(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error) {
    seen *s = context;
    assert_non_null(source);
    if (s->refuse != SEARCH_OK) {
        *error = (search_error){.status = s->refuse, .id = "test.refused", .message = "refused"};
        return s->refuse;
    }
    search_text id = search_record_value(record, "id", 0);
    buffer_add_format(&s->log, "+%.*s:%zu ", (int)id.n_bytes, id.bytes, line);
    return SEARCH_OK;
}

static void on_report(void *context, const search_report *report) {
    seen *s = context;
    assert_true(report->reason[0] != '\0');
    buffer_add_format(&s->log, "%s%s:%zu ", report->skipped ? "-" : "~", report->id, report->line);
}

static bool on_bytes(void *context, size_t n_bytes) {
    seen *s = context;
    s->n_bytes += n_bytes;
    s->n_told++;
    return s->stop_after == 0 || s->n_told < s->stop_after;
}

static int open_directory(void **state) {
    seen *s = calloc(1, sizeof *s);
    strcpy(s->directory, "/tmp/test_cable.XXXXXX");
    if (s == NULL || mkdtemp(s->directory) == NULL)
        return -1;
    buffer_add_string(&s->log, "");
    *state = s;
    return 0;
}

static int remove_directory(void **state) {
    seen *s = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", s->directory);
    int status = system(command);
    buffer_free(&s->log);
    free(s);
    return status;
}

static const char *write_file(const seen *s, const char *name, const char *bytes, size_t n_bytes) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", s->directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    fclose(file);
    return path;
}

static void assert_read(seen *s, const char *source, search_status expected_status, const char *expected_log) {
    cable_sink sink = {.on_record = on_record, .on_report = on_report, .on_bytes = on_bytes, .context = s};
    search_error error;
    assert_int_equal(source_read(source, NULL, &sink, &error), expected_status);
    assert_string_equal(s->log.bytes, expected_log);
}

static void assert_jsonl(seen *s, const char *text, const char *expected_log) {
    const char *path = write_file(s, "a.jsonl", text, strlen(text));
    assert_read(s, path, SEARCH_OK, expected_log);
    assert_int_equal(s->n_bytes, strlen(text));
}

static void jsonl_lines_are_records(void **state) {
    assert_jsonl(*state, "{\"id\":\"a\"}\n\n  \r\n{\"id\":\"b\"}\r\n{\"id\":\"c\"}", "+a:1 +b:4 +c:5 ");
}

static void jsonl_bad_lines_are_skipped(void **state) {
    assert_jsonl(*state, "{\"id\":\"a\"}\n{\"id\":\nnull\n[1]\n{\"title\":{}}\n{\"id\":\"b\"}\n",
                 "+a:1 -record.bad_json:2 -record.not_an_object:3 -record.not_an_object:4 -record.wrong_kind:5 +b:6 ");
}

static void jsonl_byte_order_mark_is_accepted(void **state) {
    assert_jsonl(*state, "\xEF\xBB\xBF{\"id\":\"a\"}\n", "+a:1 ");
}

static void jsonl_bad_bytes_are_doubtful(void **state) {
    assert_jsonl(*state, "{\"id\":\"a\",\"title\":\"\xFF\"}\n", "~record.bad_utf8:1 +a:1 ");
}

static void jsonl_has_a_limit_of_values(void **state) {
    seen *s = *state;
    buffer text = {0};
    buffer_add_string(&text, "{\"id\":\"a\",\"body\":\""); /* signs in a string are no values */
    for (size_t i = 0; i < 200000; i++)
        buffer_add_string(&text, "[,\\\"");
    buffer_add_string(&text, "\"}\n{\"id\":\"b\",\"k\":[0");
    for (size_t i = 0; i < 100000; i++)
        buffer_add_string(&text, ",{}");
    buffer_add_string(&text, "]}\n{\"id\":\"c\"}\n");
    const char *path = write_file(s, "values.jsonl", text.bytes, text.n_bytes);
    assert_read(s, path, SEARCH_OK, "+a:1 -record.too_many_values:2 +c:3 ");
    buffer_free(&text);
}

static void jsonl_long_line_is_passed_over(void **state) {
    seen *s = *state;
    buffer text = {0};
    buffer_add_string(&text, "{\"id\":\"a\"}\n{\"id\":\"");
    size_t from = text.n_bytes;
    assert_true(buffer_reserve(&text, RECORD_MAX_N_BYTES));
    memset(text.bytes + from, 'x', RECORD_MAX_N_BYTES);
    text.n_bytes += RECORD_MAX_N_BYTES;
    buffer_add_string(&text, "\"}\n{\"id\":\"b\"}\n");
    const char *path = write_file(s, "long.jsonl", text.bytes, text.n_bytes);
    assert_read(s, path, SEARCH_OK, "+a:1 -record.too_large:2 +b:3 ");
    assert_int_equal(s->n_bytes, text.n_bytes);
    buffer_free(&text);
}

static search_status keep_record(void *context, const search_record *record, const char *source, size_t line,
                                 search_error *error) {
    (void)source;
    (void)line;
    (void)error;
    search_record **kept = context;
    search_record_free(*kept);
    *kept = record_clone(record);
    return SEARCH_OK;
}

static void no_report(void *context, const search_report *report) {
    (void)context;
    fail_msg("%s: %s", report->id, report->reason);
}

static void source_completes_the_seed(void **state) {
    (void)state;
    char path[512];
    search_record *r = NULL;
    cable_sink sink = {.on_record = keep_record, .on_report = no_report, .context = &r};
    assert_int_equal(source_read(corpus_path("pages/188166.txt", path), NULL, &sink, NULL), SEARCH_OK);
    assert_values(r, "archive", "PRC FMA");
    assert_values(r, "translators", "David Cowhig");
    assert_values(r, "places", "North Korea|Korea");
    assert_true(search_record_is_derived(r, "places"));
    search_record_free(r);
}

static void source_keeps_what_a_record_has(void **state) {
    seen *s = *state;
    static const char line[] = "{\"title\":\"Korea\",\"archive\":\"X\",\"translators\":[\"Y\"],\"places\":[\"Z\"],"
                               "\"source\":\"PRC FMA 1. Translated by A.\"}";
    search_record *r = NULL;
    cable_sink sink = {.on_record = keep_record, .on_report = no_report, .context = &r};
    assert_int_equal(source_read(write_file(s, "a", line, strlen(line)), NULL, &sink, NULL), SEARCH_OK);
    assert_values(r, "archive", "X");
    assert_values(r, "translators", "Y");
    assert_values(r, "places", "Z");
    search_record_free(r);
}

static void source_directory_is_walked(void **state) {
    seen *s = *state;
    static const char page_text[] = "Skip to content\n\nMay 6, 1950\n\nCable\n\nText." TAIL;
    write_file(s, ".hidden.jsonl", "{\"id\":\"h\"}", 10);
    write_file(s, "README.md", "# Cables\n", 9);
    write_file(s, "b.jsonl", "{\"id\":\"b\"}\n", 11);
    write_file(s, "c.bin", "\0\1\2\xFF", 4);
    write_file(s, "d.txt", "", 0);
    write_file(s, "e.txt", page_text, strlen(page_text));
    assert_read(s, s->directory, SEARCH_OK, "-record.not_a_cable:0 +b:1 -record.not_a_cable:0 -record.empty:0 +77:0 ");
}

static void source_unreadable_file_is_skipped(void **state) {
    seen *s = *state;
    if (geteuid() == 0) /* root reads everything */
        skip();
    chmod(write_file(s, "a.jsonl", "{\"id\":\"a\"}\n", 11), 0);
    write_file(s, "b.jsonl", "{\"id\":\"b\"}\n", 11);
    assert_read(s, s->directory, SEARCH_OK, "-source.unreadable:0 +b:1 ");
}

static void source_missing_is_an_error(void **state) {
    (void)state;
    cable_sink sink = {.on_record = keep_record, .on_report = no_report};
    search_error error;
    assert_int_equal(source_read("/nowhere/cables", NULL, &sink, &error), SEARCH_E_INPUT);
    assert_string_equal(error.id, "source.missing");
    assert_true(error.hint[0] != '\0');
}

static void source_standard_input_is_jsonl(void **state) {
    seen *s = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    static const char lines[] = "{\"id\":\"a\"}\nSkip to content\n{\"id\":\"b\"}";
    assert_int_equal(write(ends[1], lines, strlen(lines)), strlen(lines));
    close(ends[1]);
    int saved = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    assert_read(s, "-", SEARCH_OK, "+a:1 -record.bad_json:2 +b:3 ");
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void source_can_be_cancelled(void **state) {
    seen *s = *state;
    s->stop_after = 2;
    static const char lines[] = "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n";
    assert_read(s, write_file(s, "a.jsonl", lines, strlen(lines)), SEARCH_E_CANCELLED, "+a:1 +b:2 ");
}

static void source_refused_record_is_reported(void **state) {
    seen *s = *state;
    s->refuse = SEARCH_E_INPUT;
    assert_read(s, write_file(s, "a.jsonl", "{\"id\":\"a\"}\n", 11), SEARCH_OK, "-test.refused:1 ");
}

static void source_stops_at_other_errors(void **state) {
    seen *s = *state;
    s->refuse = SEARCH_E_SYSTEM;
    write_file(s, "a.jsonl", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n", 22);
    assert_read(s, s->directory, SEARCH_E_SYSTEM, "");
}

static void source_reads_every_page_of_the_corpus(void **state) {
    (void)state;
    char path[512];
    for (int id = 900001; id <= 900040; id++) {
        char name[64];
        snprintf(name, sizeof name, "pages/%d.txt", id);
        search_record *r = NULL;
        cable_sink sink = {.on_record = keep_record, .on_report = no_report, .context = &r};
        assert_int_equal(source_read(corpus_path(name, path), NULL, &sink, NULL), SEARCH_OK);
        snprintf(name, sizeof name, "%d", id);
        assert_values(r, "id", name);
        assert_int_equal(search_record_n_values(r, "title"), 1);
        assert_int_equal(search_record_n_values(r, "date"), id != 900009);
        assert_int_equal(search_record_n_values(r, "archive"), 1);
        assert_int_equal(search_record_n_values(r, "summary"), id != 900028);
        assert_true(value_has(r, "body", "nvented for testing") || value_has(r, "body", "INVENTED FOR TESTING"));
        search_record_free(r);
    }
}

/* ---- All ------------------------------------------------------------------------------------------------------ */

#define SEED(f) cmocka_unit_test_setup_teardown(f, read_seed, free_seed)
#define RECORD(f) cmocka_unit_test_setup_teardown(f, new_record, free_record)
#define DIRECTORY(f) cmocka_unit_test_setup_teardown(f, open_directory, remove_directory)
#define PLAIN(f) cmocka_unit_test(f)

int main(void) {
    const struct CMUnitTest tests[] = {
        SEED(seed_has_its_id),
        SEED(seed_has_its_title),
        SEED(seed_has_its_date),
        SEED(seed_has_its_classification_and_number),
        SEED(seed_has_sender_and_addressees),
        SEED(seed_has_its_distribution),
        SEED(seed_has_its_summary),
        SEED(seed_body_runs_from_heading_to_close),
        SEED(seed_body_lacks_what_went_into_fields),
        SEED(seed_has_its_source_and_donor),
        SEED(seed_has_no_language_and_no_rights),
        SEED(seed_reads_alike_with_crlf),
        SEED(seed_cut_anywhere_is_read_or_refused),
        PLAIN(page_without_values_under_labels),
        PLAIN(page_labels_give_people_places_topics),
        PLAIN(page_never_takes_a_related_document),
        PLAIN(page_with_one_paragraph_has_no_summary),
        PLAIN(page_summary_may_have_two_paragraphs_below_a_seal),
        PLAIN(page_close_is_no_summary),
        PLAIN(page_keeps_the_lines_of_a_paragraph),
        PLAIN(page_of_a_mirror_is_flat),
        PLAIN(page_without_a_date),
        PLAIN(page_dates_of_month_year_and_season),
        PLAIN(page_source_without_its_label),
        PLAIN(page_without_the_heading_of_its_block),
        PLAIN(page_archive_classification_and_type_by_label),
        PLAIN(page_donor_of_credit_and_label_is_one),
        PLAIN(page_that_is_none_is_refused),
        PLAIN(page_that_is_empty_is_refused),
        PLAIN(page_over_the_limit_is_refused),
        PLAIN(page_is_repaired),
        PLAIN(page_of_labels_only),
        PLAIN(header_classifications),
        PLAIN(header_numbers),
        PLAIN(header_addressees),
        PLAIN(header_senders),
        PLAIN(header_copies),
        PLAIN(titles_name_the_parties),
        RECORD(record_keeps_the_order),
        RECORD(record_one_value_is_replaced),
        RECORD(record_cuts_white_space),
        RECORD(record_repairs_text),
        RECORD(record_keeps_nul),
        RECORD(record_refuses_bad_keys),
        RECORD(record_has_a_limit),
        RECORD(record_has_a_limit_of_keys),
        RECORD(record_marks_derived_keys),
        RECORD(record_clone_is_equal_and_apart),
        PLAIN(record_id_is_its_own_or_of_the_url),
        PLAIN(the_day_in_a_url_is_no_id),
        PLAIN(record_id_is_else_a_digest),
        PLAIN(json_round_trip),
        PLAIN(json_keeps_other_kinds),
        PLAIN(json_number_stands_for_its_text),
        PLAIN(json_string_is_one_of_many),
        PLAIN(json_null_and_empty_are_no_values),
        PLAIN(json_last_of_two_keys_wins),
        PLAIN(json_of_the_wrong_kind_is_refused),
        PLAIN(json_that_is_none_is_refused),
        PLAIN(json_too_deep_is_refused),
        PLAIN(json_bytes_are_repaired),
        PLAIN(json_mark_of_an_absent_key_is_forgotten),
        PLAIN(dates_of_days),
        PLAIN(dates_of_months_and_years),
        PLAIN(dates_about_and_between),
        PLAIN(dates_that_do_not_exist),
        PLAIN(dates_are_printed),
        PLAIN(citations_have_three_parts),
        PLAIN(citations_name_an_archive_when_sure),
        PLAIN(credits_name_the_translators),
        PLAIN(places_of_titles),
        RECORD(places_of_labels_stay),
        DIRECTORY(jsonl_lines_are_records),
        DIRECTORY(jsonl_bad_lines_are_skipped),
        DIRECTORY(jsonl_byte_order_mark_is_accepted),
        DIRECTORY(jsonl_bad_bytes_are_doubtful),
        DIRECTORY(jsonl_has_a_limit_of_values),
        DIRECTORY(jsonl_long_line_is_passed_over),
        PLAIN(source_completes_the_seed),
        DIRECTORY(source_keeps_what_a_record_has),
        DIRECTORY(source_directory_is_walked),
        DIRECTORY(source_unreadable_file_is_skipped),
        PLAIN(source_missing_is_an_error),
        DIRECTORY(source_standard_input_is_jsonl),
        DIRECTORY(source_can_be_cancelled),
        DIRECTORY(source_refused_record_is_reported),
        DIRECTORY(source_stops_at_other_errors),
        PLAIN(source_reads_every_page_of_the_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
