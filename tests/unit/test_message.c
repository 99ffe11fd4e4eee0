/* Messages of the U.S. State Department.  Every message here is invented: no such telegrams exist. */
#include "libsearch/cable/words.h"
#include "tests/unit/seen.h"

static void read_bytes(seen *s, const char *bytes, size_t n_bytes) {
    seen_read(s, "message", bytes, n_bytes);
    assert_int_equal(s->status, SEARCH_OK);
    assert_true(s->n_records <= MAX_RECORDS);
}

static void read_text(seen *s, const char *text) {
    read_bytes(s, text, strlen(text));
}

static const char released[] =
    "Message Text\r\n"
    "CONFIDENTIAL\r\n"
    "\r\n"
    "PAGE 01  SEOUL 01234  01 OF 02  021530Z\r\n"
    "ACTION EA-10\r\n"
    "INFO  OCT-01  ISO-00  SS-15\r\n"
    "      NSC-05  /100 W\r\n"
    "DRAFTED BY EA/K:AEXAMPLE:BS\r\n"
    "APPROVED BY EA:CSAMPLE\r\n"
    "S/S:DNOBODY\r\n"
    "------------------065004  021600Z /62\r\n"
    "O P 021530Z DEC 75\r\n"
    "FM AMEMBASSY SEOUL\r\n"
    "TO SECSTATE WASHDC IMMEDIATE 1234\r\n"
    "RUEHKO/AMEMBASSY TOKYO PRIORITY\r\n"
    "INFO CINCPAC HONOLULU HI\r\n"
    "AMEMBASSY MOSCOW 0077\r\n"
    "BT\r\n"
    "C O N F I D E N T I A L SECTION 01 OF 02 SEOUL 1234\r\n"
    "EXDIS\r\n"
    "FOR ASSISTANT SECRETARY\r\n"
    "E.O. 11652: XGDS-3\r\n"
    "TAGS: PFOR, OVIP (SAMPLE, HENRY), KS\r\n"
    "SUBJECT: FOREIGN MINISTER'S VIEWS ON THE HARVEST OF POTATOES IN THE NORTH\r\n"
    "AND ON BEANS\r\n"
    "REF: A. STATE 295719, B. TOKYO 7518\r\n"
    "     C. SEOUL 1200 (NOTAL)\r\n"
    "\r\n"
    "1. FM TOLD ME THE HARVEST WAS POOR.\r\n"
    "FM SAID THAT RICE WAS WET.\r\n"
    "CONFIDENTIAL\r\n"
    "\r\n"
    "CONFIDENTIAL\r\n"
    "PAGE 02\r\n"
    "SEOUL 01234\r\n"
    "\r\n"
    "2. HE ASKED FOR GLUE.\r\n"
    "Sheryl P. Nobody Declassified/Released US Department of State EO Systematic Review 20 Mar 2014\r\n"
    "BT\r\n"
    "#1234\r\n"
    "NNNN\r\n"
    "PAGE 01 SEOUL 01234 02 OF 02 021545Z\r\n"
    "O P 021530Z DEC 75\r\n"
    "FM AMEMBASSY SEOUL\r\n"
    "TO SECSTATE WASHDC IMMEDIATE 1235\r\n"
    "C O N F I D E N T I A L FINAL SECTION OF 02 SEOUL 1234\r\n"
    "EXDIS\r\n"
    "3. GLUE SHOULD BE SENT.\r\n"
    "EXAMPLE\r\n"
    "BT\r\n"
    "NNNN\r\n"
    "Message Attributes\r\n"
    "Document Number: 1975SEOUL01234\r\n";

static void released_telegram_is_read(void **state) {
    (void)state;
    seen s;
    read_text(&s, released);
    assert_string_equal(s.reports.bytes, "");
    assert_int_equal(s.n_records, 1);
    const search_record *r = s.records[0];
    assert_int_equal(s.lines[0], 1);
    assert_values(r, "date", "1975-12-02");
    assert_values(r, "sent", "021530Z DEC 75");
    assert_values(r, "from", "AMEMBASSY SEOUL");
    assert_values(r, "to", "SECSTATE WASHDC|AMEMBASSY TOKYO");
    assert_values(r, "distribution", "CINCPAC HONOLULU HI|AMEMBASSY MOSCOW");
    assert_values(r, "urgency", "Immediate");
    assert_values(r, "classification", "Confidential");
    assert_values(r, "number", "SEOUL 1234");
    assert_values(r, "handling", "EXDIS");
    assert_values(r, "executive_order", "E.O. 11652: XGDS-3");
    assert_values(r, "topics", "PFOR|OVIP (SAMPLE, HENRY)|KS");
    assert_values(r, "title", "FOREIGN MINISTER'S VIEWS ON THE HARVEST OF POTATOES IN THE NORTH AND ON BEANS");
    assert_values(r, "references", "A. STATE 295719, B. TOKYO 7518 C. SEOUL 1200 (NOTAL)");
    assert_values(r, "offices", "ACTION EA-10|INFO  OCT-01  ISO-00  SS-15|NSC-05  /100 W");
    assert_values(r, "drafting", "DRAFTED BY EA/K:AEXAMPLE:BS APPROVED BY EA:CSAMPLE S/S:DNOBODY");
    assert_values(r, "signed", "EXAMPLE");
    assert_values(r, "body",
                  "FOR ASSISTANT SECRETARY\n\n1. FM TOLD ME THE HARVEST WAS POOR.\nFM SAID THAT RICE WAS WET.\n\n"
                  "2. HE ASKED FOR GLUE.\n\n3. GLUE SHOULD BE SENT.\nEXAMPLE");
    let_go(&s);
}

static void plain_telegram_is_read(void **state) {
    (void)state;
    seen s;
    read_text(&s, "R 021530Z FEB 61\nFM SEOUL\nTO SECSTATE WASHDC\nSUBJ: RICE\nFOREIGN MINISTER CALLED.\n\nBERGER\n");
    assert_int_equal(s.n_records, 1);
    assert_values(s.records[0], "date", "1961-02-02");
    assert_values(s.records[0], "urgency", "Routine");
    assert_values(s.records[0], "from", "SEOUL");
    assert_values(s.records[0], "title", "RICE");
    assert_values(s.records[0], "body", "FOREIGN MINISTER CALLED.\n\nBERGER");
    assert_values(s.records[0], "signed", "BERGER");
    let_go(&s);
    read_text(&s, "FROM: Seoul\nTO: Secretary of State\nNO: 764, December 2, 4 p.m.\n"
                  "Rec'd: December 2, 1961, 4:30 a.m.\nSECRET\n\nThe Minister called.\n");
    assert_values(s.records[0], "from", "Seoul");
    assert_values(s.records[0], "to", "Secretary of State");
    assert_values(s.records[0], "number", "764");
    assert_values(s.records[0], "date", "December 2, 1961");
    assert_values(s.records[0], "classification", "Secret");
    assert_values(s.records[0], "body", "The Minister called.");
    let_go(&s);
}

static void later_cable_is_read(void **state) {
    (void)state;
    seen s;
    read_text(&s, "VZCZCXRO0001\nPP RUEHWEB\n\nDE RUEHUL #0123/01 0461530\nZNY CCCCC ZZH\nP 151530Z FEB 06\n"
                  "FM AMEMBASSY SEOUL\nTO RUEHC/SECSTATE WASHDC PRIORITY 2600\nINFO RUEHBJ/AMEMBASSY BEIJING 0296\n\n"
                  "UNCLAS SECTION 01 OF 02 SEOUL 000123 \n\nSIPDIS \n\nE.O. 12958: N/A \nTAGS: PREL ECON (RICE) KS \n"
                  "SUBJECT: Rice: a Report\n\nREF: 05 SEOUL 001 \n\n1.  (U) Summary: rice.\n\n"
                  "UNCLAS SECTION 02 OF 02 SEOUL 000123\n\n2. (U) More rice.\nNOBODY\n");
    assert_int_equal(s.n_records, 1);
    assert_int_equal(s.lines[0], 1);
    const search_record *r = s.records[0];
    assert_values(r, "date", "2006-02-15");
    assert_values(r, "to", "SECSTATE WASHDC");
    assert_values(r, "distribution", "AMEMBASSY BEIJING");
    assert_values(r, "urgency", "Priority");
    assert_values(r, "classification", "Unclassified");
    assert_values(r, "number", "SEOUL 000123");
    assert_values(r, "handling", "SIPDIS");
    assert_values(r, "topics", "PREL|ECON (RICE)|KS");
    assert_values(r, "title", "Rice: a Report");
    assert_values(r, "references", "05 SEOUL 001");
    assert_values(r, "body", "1.  (U) Summary: rice.\n\n2. (U) More rice.\nNOBODY");
    let_go(&s);
}

static void messages_of_a_file_are_divided(void **state) {
    (void)state;
    seen s;
    read_text(&s, "ZCZC 1\nR 011200Z JAN 61\nFM SEOUL\nTO STATE\nA.\nNNNN\n\n"
                  "R 021200Z JAN 61\nFM TOKYO\nTO STATE\nFM B SAID.\nTO WHICH C.\n\n"
                  "CONFIDENTIAL\nO 031200Z JAN 61\nFM PARIS\nTO STATE\nD.\n"
                  "FM BONN\nTO STATE\nE.\nZCZC 2\nFM ROME\nTO STATE\nF.\nNNNN\nNNNN\nnothing\n");
    assert_int_equal(s.n_records, 5);
    static const char *const from[] = {"SEOUL", "TOKYO", "PARIS", "BONN", "ROME"};
    static const char *const bodies[] = {"A.", "FM B SAID.\nTO WHICH C.", "D.", "E.", "F."};
    static const size_t lines[] = {1, 8, 14, 19, 22};
    for (size_t i = 0; i < 5; i++) {
        assert_values(s.records[i], "from", from[i]);
        assert_int_equal(s.lines[i], lines[i]);
        assert_values(s.records[i], "body", bodies[i]);
    }
    assert_values(s.records[2], "date", "1961-01-03");
    assert_string_equal(s.reports.bytes, "-28 record.not_a_message\n");
    let_go(&s);
}

static void classifications_close_up(void **state) {
    (void)state;
    static const char *const lines[][3] = {
        {"T O P S E C R E T STATE 12 NODIS", "Top Secret", "STATE 12"},
        {"S E C R E T USUN NEW YORK 01234", "Secret", "USUN NEW YORK 01234"},
        {"L I M I T E D  O F F I C I A L  U S E SEOUL 1", "Restricted", "SEOUL 1"},
        {"UNCLAS E F T O SEOUL 22", "Unclassified", "SEOUL 22"},
        {"UNCLASSIFIED SEOUL 23", "Unclassified", "SEOUL 23"},
        {"S E C R E T SEOUL 1234 SECTION 1 OF 2", "Secret", "SEOUL 1234"},
        {"SECRETARY RUSK 1234", "", ""},
        {"SECRET TALKS WITH THE MINISTER", "", ""},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        seen s;
        char text[200];
        snprintf(text, sizeof text, "FM SEOUL\nTO STATE\n\n%s\n\ntext\n", lines[i][0]);
        read_text(&s, text);
        assert_int_equal(s.n_records, 1);
        assert_values(s.records[0], "classification", lines[i][1]);
        assert_values(s.records[0], "number", lines[i][2]);
        let_go(&s);
    }
}

static void days_must_exist(void **state) {
    (void)state;
    seen s;
    read_text(&s, "R 311200Z FEB 61\nFM SEOUL\nTO STATE\n\ntext\n");
    assert_int_equal(s.n_records, 1);
    assert_values(s.records[0], "to", "STATE");
    assert_values(s.records[0], "date", "");
    assert_values(s.records[0], "from", "SEOUL");
    let_go(&s);
}

static void large_messages_are_passed_over(void **state) {
    (void)state;
    seen s;
    buffer text = {0};
    buffer_add_string(&text, "FM SEOUL\nTO STATE\n\n");
    while (text.n_bytes < RECORD_MAX_N_BYTES + 100)
        buffer_add_string(&text, "THE SAME LINE COMES AGAIN AND AGAIN AND AGAIN AND AGAIN AND AGAIN.\n");
    buffer_add_string(&text, "R 011200Z JAN 61\nFM TOKYO\nTO STATE\nB.\nNNNN\nR 021200Z JAN 61\nFM BONN\nTO STATE\n");
    while (text.n_bytes < RECORD_MAX_N_BYTES * 2 + 4096)
        buffer_add_string(&text, "one line of which there is no end ");
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_int_equal(s.n_records, 1);
    assert_values(s.records[0], "from", "TOKYO");
    assert_values(s.records[0], "date", "1961-01-01");
    assert_true(text_starts(search_text_of(s.reports.bytes), "-1 record.too_large\n-"));
    let_go(&s);
    buffer_free(&text);
}

static void bad_bytes_are_repaired(void **state) {
    (void)state;
    seen s;
    read_text(&s, "FM SEOUL\nTO STATE\n\nCAF\xE9\n");
    assert_values(s.records[0], "body", "CAF\xEF\xBF\xBD");
    assert_string_equal(s.reports.bytes, "1 record.bad_utf8\n");
    let_go(&s);
}

static void messages_are_recognised(void **state) {
    (void)state;
    assert_true(message_looks_like(search_text_of(released)));
    assert_true(message_looks_like(search_text_of("R 021530Z DEC 61\nFM SEOUL\n")));
    assert_true(message_looks_like(search_text_of("FM SEOUL\nTO STATE\nSUBJ: RICE\n")));
    assert_false(message_looks_like(search_text_of("To the Ministry:\nSubject: rice\nFM radio\nTO be or not\n")));
    assert_false(message_looks_like(search_text_of("")));
}

static void a_file_without_messages_is_reported(void **state) {
    (void)state;
    static const char *const texts[] = {"ZCZC\nBT\nNNNN\n", ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        seen s;
        read_text(&s, texts[i]);
        assert_int_equal(s.n_records, 0);
        assert_string_equal(s.reports.bytes, "-0 record.not_a_message\n");
        let_go(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(released_telegram_is_read),
        cmocka_unit_test(plain_telegram_is_read),
        cmocka_unit_test(later_cable_is_read),
        cmocka_unit_test(messages_of_a_file_are_divided),
        cmocka_unit_test(classifications_close_up),
        cmocka_unit_test(days_must_exist),
        cmocka_unit_test(large_messages_are_passed_over),
        cmocka_unit_test(bad_bytes_are_repaired),
        cmocka_unit_test(messages_are_recognised),
        cmocka_unit_test(a_file_without_messages_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
