/* What completion makes of a record's metadata, and what the check finds in it.  All text is made up. */
#include "libsearch/cable/cable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static search_record *record_of(const char *json) {
    search_record *record = NULL;
    search_error error;
    if (search_record_from_json(search_text_of(json), &record, &error) != SEARCH_OK)
        fail_msg("%s: %s", json, error.message);
    return record;
}

/* ---- Completion ----------------------------------------------------------------------------------------------- */

static void completed_is(const char *json, const char *expected) {
    search_record *record = record_of(json);
    char *written = NULL;
    size_t n = 0;
    assert_int_equal(record_complete_metadata(record, NULL), SEARCH_OK);
    assert_int_equal(search_record_to_json(record, &written, &n, NULL), SEARCH_OK);
    assert_string_equal(written, expected);
    search_bytes_free(written);
    search_record_free(record);
}

static void grading_is(const char *text, const char *classification, const char *urgency, bool is_whole) {
    grading read;
    assert_int_equal(grading_read(search_text_of(text), &read), classification != NULL || urgency != NULL);
    assert_string_equal(read.classification == NULL ? "" : read.classification,
                        classification == NULL ? "" : classification);
    assert_string_equal(read.urgency == NULL ? "" : read.urgency, urgency == NULL ? "" : urgency);
    assert_int_equal(read.is_whole, is_whole);
}

static void gradings(void **state) {
    (void)state;
    grading_is("Top Secret", "Top Secret", NULL, true);
    grading_is("TOP-SECRET!", "Top Secret", NULL, true);
    grading_is("T O P  S E C R E T", "Top Secret", NULL, true);
    grading_is("Strictly secret", "Top Secret", NULL, true);
    grading_is("СОВЕРШЕННО СЕКРЕТНО", "Top Secret", NULL, true);
    grading_is("ŚCIŚLE TAJNE", "Top Secret", NULL, true);
    grading_is("Personal and Secret", "Secret", NULL, true);
    grading_is("Secret and Confidential", "Secret", NULL, true);
    grading_is("Strictly Confidential", "Confidential", NULL, true);
    grading_is("For Official Use Only", "Restricted", NULL, true);
    grading_is("Unclassified", "Unclassified", NULL, true);
    grading_is("Secret. Very urgent", "Secret", "Urgent", true);
    grading_is("MOST IMMEDIATE", NULL, "Immediate", true);
    grading_is("Top secret! Made in 2 copies", "Top Secret", NULL, false);
    grading_is("Secretary", NULL, NULL, false);
    grading_is("The secret", NULL, NULL, false);
    grading_is("", NULL, NULL, true);
}

static void gradings_of_records(void **state) {
    (void)state;
    completed_is("{\"classification\":\"Secret\"}", "{\"classification\":\"Secret\"}");
    completed_is("{\"classification\":\"STRICTLY SECRET\"}",
                 "{\"classification\":\"Top Secret\",\"classification_original\":\"STRICTLY SECRET\"}");
    completed_is("{\"classification\":\"For the eyes of X\"}", "{\"classification\":\"For the eyes of X\"}");
    completed_is("{\"classification\":\"Very urgent\"}",
                 "{\"urgency\":\"Urgent\",\"urgency_original\":\"Very urgent\"}");
    completed_is(
        "{\"classification\":\"Secret Urgent\"}",
        "{\"classification\":\"Secret\",\"classification_original\":\"Secret Urgent\",\"urgency\":\"Urgent\"}");
    completed_is("{\"urgency\":\"FLASH\"}", "{\"urgency\":\"Flash\",\"urgency_original\":\"FLASH\"}");
    completed_is("{\"classification\":\"Urgent\",\"urgency\":\"Priority\"}", "{\"urgency\":\"Priority\"}");
}

static void levels(void **state) {
    (void)state;
    completed_is("{\"topics\":[\"Romania--Foreign relations--China\",\"A - B\",\"A---B\",\"C > \"]}",
                 "{\"topics\":[\"Romania > Foreign relations > China\",\"A - B\",\"A---B\",\"C\"]}");
    completed_is("{\"places\":[\"Asia>Korea > Seoul\"]}", "{\"places\":[\"Asia > Korea > Seoul\"]}");
    completed_is("{\"places\":[\"--\"],\"other\":[\"A--B\"]}", "{\"places\":[\"--\"],\"other\":[\"A--B\"]}");
}

static void people_are(const char *json, const char *expected) {
    search_record *record = record_of(json);
    char values[400] = "";
    assert_int_equal(record_complete_metadata(record, NULL), SEARCH_OK);
    for (size_t i = 0; i < search_record_n_values(record, "people"); i++) {
        search_text value = search_record_value(record, "people", i);
        if (i > 0)
            strcat(values, "|");
        strncat(values, value.bytes, value.n_bytes);
    }
    assert_string_equal(values, expected);
    assert_int_equal(search_record_is_derived(record, "people"), *expected != '\0');
    search_record_free(record);
}

static void people_by_form(void **state) {
    (void)state;
    people_are("{\"from\":[\"Comrade Ion Maurer\"],\"to\":[\"Ministry of Foreign Affairs\",\"S. A. Lozovsky\"]}",
               "Ion Maurer|S. A. Lozovsky");
    people_are("{\"title\":\"Cable, Zhou Enlai to Liu Shaoqi\"}", "Zhou Enlai|Liu Shaoqi");
    people_are("{\"title\":\"Letter from Mao Zedong to the Soviet Ambassador\"}", "Mao Zedong");
    people_are("{\"title\":\"Record of a Conversation between Mao Zedong and Premier Zhou Enlai, 5 May 1961\"}",
               "Mao Zedong|Zhou Enlai");
    people_are("{\"title\":\"Sir George Oak, Minister for Roads, to Mr J. A. Elm, Premier\"}", "George Oak|J. A. Elm");
    people_are("{\"title\":\"Talks between North Korea and the Soviet Union\"}", "");
    people_are("{\"title\":\"Telegram from Zhou Enlai's Office to Stalin\"}", "");
    people_are("{\"from\":[\"Chinese Embassy in Cuba\",\"CC CPSU\",\"Hong Kong\",\"Stalin\"]}", "");
}

static void people_of_labels_stay(void **state) {
    (void)state;
    search_record *record = record_of("{\"people\":[\"Oak, Ann\"],\"from\":[\"Neil Elm\"]}");
    assert_int_equal(record_complete_metadata(record, NULL), SEARCH_OK);
    assert_int_equal(search_record_n_values(record, "people"), 1);
    assert_false(search_record_is_derived(record, "people"));
    search_record_free(record);
}

static void places_of_parties(void **state) {
    (void)state;
    search_record *record = record_of("{\"title\":\"A cable\",\"from\":[\"Chinese Embassy in Cuba\"]}");
    assert_int_equal(places_derive(record, NULL), SEARCH_OK);
    assert_int_equal(search_record_n_values(record, "places"), 1);
    assert_memory_equal(search_record_value(record, "places", 0).bytes, "Cuba", 5);
    assert_true(search_record_is_derived(record, "places"));
    search_record_free(record);
}

static void keys_are_removed(void **state) {
    (void)state;
    search_record *record = record_of("{\"id\":\"1\",\"title\":\"A\",\"date\":\"1961\"}");
    size_t n_bytes = record->n_bytes;
    record_remove(record, "none");
    record_remove(record, "title");
    assert_int_equal(record->n_bytes, n_bytes - 6);
    assert_string_equal(search_record_key(record, 1), "date");
    assert_null(search_record_key(record, 2));
    record_remove(record, "date");
    record_remove(record, "id");
    assert_int_equal(record->n_bytes, 0);
    search_record_free(record);
}

/* ---- The check ------------------------------------------------------------------------------------------------ */

typedef struct findings {
    char ids[512];
    char last[512];
} findings;

static void keep(void *context, const char *id, const char *finding) {
    findings *f = context;
    size_t n = strlen(f->ids);
    snprintf(f->ids + n, sizeof f->ids - n, "%s%s", n > 0 ? " " : "", id + strlen("lint."));
    snprintf(f->last, sizeof f->last, "%s", finding);
}

static findings found_in(const char *json) {
    search_record *record = record_of(json);
    findings f = {"", ""};
    assert_int_equal(search_record_check(record, keep, &f, NULL), SEARCH_OK);
    search_record_free(record);
    return f;
}

#define GOOD "{\"id\":\"1\",\"title\":\"A cable\",\"body\":\"Text.\",\"date\":\"1961-12-02\""

static void found_is(const char *json, const char *ids) {
    findings f = found_in(json);
    assert_string_equal(f.ids, ids);
}

static void a_good_record_has_no_findings(void **state) {
    (void)state;
    found_is(GOOD "}", "");
    found_is(GOOD ",\"source\":\"PRC FMA 118-99026-07, 125. Translated by Ann Oak.\"}", "");
    found_is(GOOD ",\"source\":\"Invented Papers (Oslo: No Press, 1999), 5\"}", "");
    found_is(GOOD ",\"classification\":\"Secret\",\"summary\":\"România, lângă apă; Café “Zürich” – A’0392.\"}", "");
}

static void missing_fields(void **state) {
    (void)state;
    found_is("{}", "no_id no_title no_body no_date");
    found_is("{\"id\":\"x-0123456789abcdef\",\"title\":\"A\",\"body\":\"B\",\"date\":\"undated\"}", "no_id");
}

static void dates_of_records(void **state) {
    (void)state;
    found_is("{\"id\":\"1\",\"title\":\"A\",\"body\":\"B\",\"date\":\"Spring 1975\"}", "date_unread");
    found_is("{\"id\":\"1\",\"title\":\"A\",\"body\":\"B\",\"date\":\"11.03.1962\"}", "date_doubtful");
    found_is("{\"id\":\"1\",\"title\":\"A\",\"body\":\"B\",\"date\":\"1962?\"}", "date_doubtful");
}

static void title_is(const char *title, const char *date, bool contradicts) {
    char json[512];
    snprintf(json, sizeof json, "{\"id\":\"1\",\"body\":\"B\",\"title\":\"%s\",\"date\":\"%s\"}", title, date);
    findings f = found_in(json);
    if ((strcmp(f.ids, "date_title") == 0) != contradicts)
        fail_msg("%s, %s: \"%s\"", title, date, f.ids);
}

static void dates_in_titles(void **state) {
    (void)state;
    title_is("Record of a Discussion, 26 June 1963, on Prices", "June 30, 1962", true);
    title_is("Report on a Talk, Moscow, 8 June 1963 (excerpt)", "December 8, 1962", true);
    title_is("Talk in Moscow, December 8, 1962 (excerpt)", "1963-06-08", true);
    title_is("Plan for Roads (1962)", "1964", true);
    title_is("Record of a Discussion, 26 June 1963", "July 3, 1963", false);
    title_is("Conversations in Peking, 3-10 March 1964 (excerpts)", "March 03, 1964", false);
    title_is("Report on the Events of 1956", "1957-01-05", false);
    title_is("On the 26 June 1950 Talks and What Followed", "1957-01-05", false);
    title_is("26 June 1950", "1957-01-05", false);
}

static void classification_in_the_text(void **state) {
    (void)state;
    found_is(GOOD ",\"classification\":\"Secret\",\"body\":\"TOP SECRET\\n\\nText.\"}", "classification");
    found_is(GOOD ",\"classification\":\"Secret\",\"body\":\"S E C R E T\\n\\nText.\"}", "spaced");
    found_is(GOOD ",\"classification\":\"Secret\",\"body\":\"Top secret papers came.\"}", "");
    found_is(GOOD ",\"body\":\"TOP SECRET\\n\\nText.\"}", "");
}

static void sources_and_labels(void **state) {
    (void)state;
    found_is(GOOD ",\"source\":\"A heap of papers\"}", "citation_unread");
    found_is(GOOD ",\"body\":\"Text.\\nAssociated Places\\nSubjects Discussed:\\n\"}", "label");
    found_is(GOOD ",\"body\":\"The Associated Places of the report.\"}", "");
}

static void noise_in_texts(void **state) {
    (void)state;
    found_is(GOOD ",\"body\":\"Koreaâ€™s reply\"}", "mojibake");
    found_is(GOOD ",\"summary\":\"SÃ£o Paulo\"}", "mojibake");
    found_is(GOOD ",\"body\":\"Khrushchevâs car\"}", "mojibake");
    found_is(GOOD ",\"body\":\"Ambassado1· and Woo1cott\"}", "ocr");
    found_is(GOOD ",\"body\":\"so ~^|\\\\ it went\"}", "ocr");
    found_is(GOOD ",\"body\":\"S H T Y K O V\"}", "spaced");
    found_is(GOOD ",\"body\":\"a \\ufffd b\"}", "bad_bytes");
    found_is(GOOD ",\"body\":\"A B C D E F; U S S R; ===== ***** 20th A1838 JELEN1 24h mp3s 5th4\"}", "");
    found_is(GOOD ",\"body\":\"S H T Y K O V, Koreaâ€™s fol1ows\"}", "mojibake ocr spaced");
}

static void findings_show_the_place(void **state) {
    (void)state;
    assert_string_equal(found_in(GOOD ",\"body\":\"He said: Koreaâ€™s and Koreaâ€™s.\"}").last,
                        "text in a wrong encoding in \"body\" (2): \"Koreaâ€™s\"");
}

static void nobody_to_tell(void **state) {
    (void)state;
    search_record *record = record_of("{}");
    assert_int_equal(search_record_check(record, NULL, NULL, NULL), SEARCH_E_ARGUMENT);
    search_record_free(record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradings),
        cmocka_unit_test(gradings_of_records),
        cmocka_unit_test(levels),
        cmocka_unit_test(people_by_form),
        cmocka_unit_test(people_of_labels_stay),
        cmocka_unit_test(places_of_parties),
        cmocka_unit_test(keys_are_removed),
        cmocka_unit_test(a_good_record_has_no_findings),
        cmocka_unit_test(missing_fields),
        cmocka_unit_test(dates_of_records),
        cmocka_unit_test(dates_in_titles),
        cmocka_unit_test(classification_in_the_text),
        cmocka_unit_test(sources_and_labels),
        cmocka_unit_test(noise_in_texts),
        cmocka_unit_test(findings_show_the_place),
        cmocka_unit_test(nobody_to_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
