/* TEI: volumes in the markup of the FRUS series.  Every volume here is invented: no such documents exist. */
#include "libsearch/cable/words.h"
#include "tests/unit/seen.h"

static void read_bytes(seen *s, const char *bytes, size_t n_bytes) {
    seen_read(s, "tei", bytes, n_bytes);
}

static void read_text(seen *s, const char *text) {
    read_bytes(s, text, strlen(text));
}

#define START                                                                                                          \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                                     \
    "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xmlns:frus=\"http://history.state.gov/frus/ns/1.0\" "                  \
    "xml:id=\"frus1961-63v99\"><teiHeader><fileDesc><titleStmt>\n"                                                     \
    "<title type=\"complete\">Invented Relations of the United States,\n\t1961–1963, Volume XCIX, Korea</title>\n"   \
    "<title type=\"volume\">Korea</title></titleStmt><publicationStmt><idno type=\"isbn-13\">1</idno>"                 \
    "<idno type=\"frus\">frus1961-63v99</idno></publicationStmt></fileDesc></teiHeader><text><body>\n"
#define END "</body></text></TEI>\n"
#define DIV(id, text) "<div type=\"document\" xml:id=\"" id "\" n=\"1\">" text "</div>\n"

static const char volume[] = START
    "<div type=\"compilation\" xml:id=\"comp1\"><head>Korea<note n=\"1\">See the other volume.</note></head>\n"
    "<pb n=\"1\" xml:id=\"pg_1\"/><div type=\"chapter\" xml:id=\"ch1\"><head>The Harvest\n  of 1961</head>\n"
    "<div type=\"document\" subtype=\"historical-document\" xml:id=\"d1\" n=\"1\""
    " frus:doc-dateTime-min=\"1961-12-02T00:00:00-05:00\" frus:doc-dateTime-max=\"1961-12-02T23:59:59-05:00\">\n"
    "  <head>1. Telegram From the <gloss type=\"from\">Embassy in Korea</gloss> to the\n"
    "    <gloss type=\"to\">Department of State</gloss>\n"
    "    <note n=\"1\" xml:id=\"d1fn1\" type=\"source\">Source: National Archives, RG 59, Central Files 1960–63,\n"
    "    POL 1 KOR. Secret; Priority; Limdis. Repeated to Tokyo.</note></head>\n"
    "  <opener><dateline><placeName>Seoul</placeName>, <date when=\"1961-12-02T16:00:00+09:00\">December 2,\n"
    "    1961, 4 p.m.</date></dateline></opener>\n"
    "  <p>764. The Minister <persName corresp=\"#p_X\">Pak Il</persName> spoke of pota<pb n=\"2\"/>toes\n"
    "    <note n=\"2\" xml:id=\"d1fn2\">Not <hi rend=\"italic\">printed</hi>.</note> and of rice.</p>\n"
    "  <list><label>1.</label> <item>Rice.</item><label>2.</label><item><p>Potatoes &amp; beans.</p></item></list>\n"
    "  <table><row><cell>Rice</cell><cell>40</cell></row><row><cell>Beans</cell><cell>2</cell></row></table>\n"
    "  <closer><signed>Berger</signed></closer>\n"
    "  <frus:attachment><head>Paper by <persName>Nobody</persName></head>\n"
    "  <dateline><placeName>Pusan</placeName>, <date when=\"1960-01-01\">January 1, 1960</date></dateline>\n"
    "  <p>The bread.<note n=\"3\">Of rye.</note></p></frus:attachment>\n"
    "</div>\n"
    "<div type=\"document\" subtype=\"editorial-note\" xml:id=\"d2\" n=\"2\""
    " frus:doc-dateTime-min=\"1961-12-03T00:00:00-05:00\" frus:doc-dateTime-max=\"1961-12-09T23:59:59-05:00\">\n"
    "  <head>2. Editorial Note</head><p>Nothing happened.</p>\n"
    "</div></div>\n"
    "<div type=\"chapter\"><head>The Pueblo of the Mills</head>\n"
    "<div type=\"document\" xml:id=\"d3\" n=\"3\"><note rend=\"inline\" type=\"source\">795.00/12–461: Telegram</note>\n"
    "  <head><hi rend=\"italic\">The Ambassador in Korea (Berger) to the Secretary of State</hi></head>\n"
    "  <opener><dateline><placeName><hi rend=\"smallcaps\">Seoul</hi></placeName>,"
    " <date notBefore=\"1961-12-04\" notAfter=\"1961-12-05\">December 4–5</date></dateline>\n"
    "  <seg><hi rend=\"smallcaps\">top secret</hi></seg></opener><p>Short.</p></div>\n"
    "</div></div>" END;

static void volume_gives_its_documents(void **state) {
    (void)state;
    seen s;
    read_text(&s, volume);
    assert_int_equal(s.status, SEARCH_OK);
    assert_string_equal(s.reports.bytes, "");
    assert_int_equal(s.n_records, 3);
    const search_record *r = s.records[0];
    assert_int_equal(s.lines[0], 9);
    assert_values(r, "id", "frus1961-63v99/d1");
    assert_values(r, "number", "1");
    assert_values(r, "type", "historical-document");
    assert_values(r, "title", "Telegram From the Embassy in Korea to the Department of State");
    assert_values(r, "from", "Embassy in Korea");
    assert_values(r, "to", "Department of State");
    assert_values(r, "date", "1961-12-02");
    assert_values(r, "places", "Seoul");
    assert_values(r, "people", "");
    assert_values(r, "source", "National Archives, RG 59, Central Files 1960–63, POL 1 KOR.");
    assert_values(r, "classification", "Secret");
    assert_values(r, "urgency", "Priority");
    assert_values(r, "handling", "Limdis");
    assert_values(r, "topics", "Korea > The Harvest of 1961");
    assert_values(r, "collection", "Invented Relations of the United States, 1961–1963, Volume XCIX, Korea");
    assert_values(r, "body",
                  "Seoul, December 2, 1961, 4 p.m.\n\n"
                  "764. The Minister Pak Il spoke of potatoes[2] and of rice.\n\n"
                  "1. Rice.\n2. Potatoes & beans.\n\n"
                  "Rice\t40\nBeans\t2\n\n"
                  "Berger\n\n"
                  "Paper by Nobody\n\nPusan, January 1, 1960\n\nThe bread.[3]\n\n"
                  "[1] Source: National Archives, RG 59, Central Files 1960–63, POL 1 KOR. Secret; Priority; Limdis. "
                  "Repeated to Tokyo.\n\n[2] Not printed.\n\n[3] Of rye.");
    let_go(&s);
}

static void documents_are_dated_by_what_they_have(void **state) {
    (void)state;
    seen s;
    read_text(&s, volume);
    assert_values(s.records[1], "title", "Editorial Note");
    assert_values(s.records[1], "date", "1961-12-03..1961-12-09");
    assert_values(s.records[1], "topics", "Korea > The Harvest of 1961");
    assert_values(s.records[2], "date", "1961-12-04..1961-12-05");
    assert_values(s.records[2], "topics", "Korea > The Pueblo of the Mills");
    let_go(&s);
    read_text(&s,
              START DIV("d1", "<dateline><date>March 1964</date></dateline><p>a</p>")
                  DIV("d2", "<dateline><date when=\"1964-02-31\">undated</date></dateline><p>a</p>")
                      DIV("d3", "<p>a</p><closer><dateline><date from=\"1964\">1964</date></dateline></closer>") END);
    assert_values(s.records[0], "date", "March 1964");
    assert_values(s.records[1], "date", "");
    assert_values(s.records[2], "date", "1964");
    let_go(&s);
}

static void older_volumes_are_read(void **state) {
    (void)state;
    seen s;
    read_text(&s, volume);
    const search_record *r = s.records[2];
    assert_values(r, "source", "795.00/12–461: Telegram");
    assert_values(r, "classification", "Top Secret");
    assert_values(r, "from", "Ambassador in Korea (Berger)");
    assert_values(r, "to", "Secretary of State");
    assert_values(r, "body", "Seoul, December 4–5\n\ntop secret\n\nShort.");
    let_go(&s);
}

static void people_come_from_labels_only(void **state) {
    (void)state;
    seen s;
    read_text(&s,
              START DIV("d1", "<head>1. Memorandum From <persName type=\"from\">Robert W.\n Example</persName> to "
                              "President <persName type=\"to\">Sample</persName></head>"
                              "<list type=\"participants\"><item><persName>Sample</persName></item>"
                              "<item><persName>Third</persName>, notetaker</item></list>"
                              "<p><persName>Fourth</persName> was absent.<note><persName>Fifth</persName></note></p>")
                  END);
    assert_values(s.records[0], "people", "Robert W. Example|Sample|Third");
    assert_values(s.records[0], "from", "Robert W. Example");
    assert_values(s.records[0], "to", "Sample");
    assert_values(s.records[0], "body", "Sample\nThird, notetaker\n\nFourth was absent.[1]\n\n[1] Fifth");
    let_go(&s);
}

static void notes_keep_their_numbers(void **state) {
    (void)state;
    seen s;
    read_text(&s, START DIV("d1", "<head>A Title<note n=\"*\">Of ours.</note></head>"
                                  "<note rend=\"inline\">[Extract]</note>"
                                  "<p>Word <note n=\"7\"><p>One.</p><p>Two<note>inner</note>.</p></note>, next"
                                  "<note>Unnumbered.</note>.</p><note type=\"summary\"><p>In brief.</p></note>") END);
    assert_values(s.records[0], "title", "A Title");
    assert_values(s.records[0], "summary", "In brief.");
    assert_values(s.records[0], "body",
                  "[Extract]\n\nWord[7], next[3].\n\n[*] Of ours.\n\n[7] One.\nTwo [inner].\n\n[3] Unnumbered.");
    let_go(&s);
}

static void corrections_are_read_as_corrected(void **state) {
    (void)state;
    seen s;
    read_text(&s, START DIV("d1", "<p>The <choice><sic>haverst</sic><corr>harvest</corr></choice> "
                                  "<sic>faild</sic>.<lb/>A line.</p>") END);
    assert_values(s.records[0], "body", "The harvest faild.\nA line.");
    let_go(&s);
}

static void ids_need_no_volume(void **state) {
    (void)state;
    seen s;
    read_text(&s, "<TEI><text><body>" DIV("d1", "<p>a</p>") "<div type='document'><p>b</p></div></body></text></TEI>");
    assert_int_equal(s.n_records, 2);
    assert_values(s.records[0], "id", "d1");
    assert_true(text_starts(search_record_value(s.records[1], "id", 0), "x-"));
    let_go(&s);
}

static void broken_xml_costs_one_document(void **state) {
    (void)state;
    seen s;
    read_text(&s, START DIV("d1", "<p>first</p>") DIV("d2", "<p>a <hi>b</p> &nosuch; c") DIV("d3", "<p>third</p>") END);
    assert_int_equal(s.status, SEARCH_OK);
    assert_int_equal(s.n_records, 3);
    assert_values(s.records[0], "body", "first");
    assert_values(s.records[1], "body", "a b c");
    assert_values(s.records[2], "body", "third");
    assert_true(text_starts(search_text_of(s.reports.bytes), "7 record.bad_xml\n"));
    let_go(&s);
}

static void cut_file_gives_what_it_has(void **state) {
    (void)state;
    seen s;
    read_text(&s, START DIV("d1", "<p>first</p>") "<div type=\"document\" xml:id=\"d2\"><p>second");
    assert_int_equal(s.n_records, 2);
    assert_values(s.records[1], "body", "second");
    assert_string_equal(s.reports.bytes, "7 record.bad_xml\n");
    let_go(&s);
    read_text(&s, "<TEI><text");
    assert_int_equal(s.status, SEARCH_E_INPUT);
    let_go(&s);
    read_text(&s, START END);
    assert_int_equal(s.status, SEARCH_OK);
    assert_string_equal(s.reports.bytes, "-0 record.no_documents\n");
    let_go(&s);
}

static void an_error_of_the_file_names_it(void **state) {
    (void)state;
    char path[] = "/tmp/libsearch-tei-XXXXXX";
    static const char text[] = "<TEI>\n<text>\n<p></text></TEI>";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    search_error error;
    char ending[64];
    assert_int_equal(search_read(path, NULL, &error), SEARCH_E_INPUT);
    unlink(path);
    assert_string_equal(error.id, "record.bad_xml");
    snprintf(ending, sizeof ending, ", in line 3 of %s", path);
    assert_true(strlen(error.message) > strlen(ending));
    assert_string_equal(error.message + strlen(error.message) - strlen(ending), ending);
}

/* What is wrong stands before the path, of which as much is told as there is room for. */
static void an_error_with_a_long_path_tells_the_reason(void **state) {
    (void)state;
    char path[1024];
    memset(path, 'a', sizeof path);
    path[sizeof path - 1] = '\0';
    const cable_stream stream = {.source = path};
    search_error error;
    error_set(&error, SEARCH_E_INPUT, "record.bad_xml", "%.400s", path);
    error.message[0] = 'R';
    assert_int_equal(stream_refuse(&stream, 7, &error), SEARCH_E_INPUT);
    assert_int_equal(error.message[0], 'R');
    assert_string_equal(error.id, "record.bad_xml");
    assert_non_null(strstr(error.message, "a, in line 7 of aaaaaaaa"));
    assert_int_equal(stream_refuse(&stream, 7, NULL), SEARCH_E_INPUT);
}

static void documents_in_documents_end_the_outer(void **state) {
    (void)state;
    seen s;
    read_text(&s, START DIV("d1", "<p>outer</p>" DIV("d2", "<p>inner</p>") "<p>lost</p>") DIV("d3", "<p>next</p>") END);
    assert_int_equal(s.n_records, 3);
    assert_values(s.records[0], "body", "outer");
    assert_values(s.records[1], "body", "inner");
    assert_values(s.records[2], "body", "next");
    let_go(&s);
}

static void entities_are_never_expanded(void **state) {
    (void)state;
    seen s;
    read_text(&s,
              "<?xml version=\"1.0\"?>\n<!DOCTYPE TEI SYSTEM \"/etc/hostname\" [\n<!ENTITY a \"bomb\">\n"
              "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\n<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\n"
              "<!ENTITY f SYSTEM \"file:///etc/hostname\">\n<!ENTITY % p SYSTEM \"file:///etc/hostname\">\n%p;\n]>\n"
              "<TEI><text>" DIV("d1", "<p n=\"&c;\">x&c;y&f;z</p>") "</text></TEI>");
    assert_int_equal(s.n_records, 1);
    assert_values(s.records[0], "body", "xyz");
    let_go(&s);
}

static void bad_bytes_are_repaired(void **state) {
    (void)state;
    seen s;
    static const char text[] = "<TEI><text>" DIV("d1", "<p>a\xFF"
                                                       "b \xC3\xA9 \x01 c\0d</p>") "</text></TEI>";
    read_bytes(&s, text, sizeof text - 1);
    assert_int_equal(s.n_records, 1);
    assert_values(s.records[0], "body",
                  "a\xEF\xBF\xBD"
                  "b \xC3\xA9 c d");
    let_go(&s);
    read_text(&s, "<?xml version='1.0' encoding='ISO-8859-1'?><TEI><text>" DIV("d1", "<p>caf\xE9</p>") "</text></TEI>");
    assert_values(s.records[0], "body", "caf\xC3\xA9");
    assert_string_equal(s.reports.bytes, "");
    let_go(&s);
}

static void deep_nesting_is_refused(void **state) {
    (void)state;
    seen s;
    buffer text = {0};
    buffer_add_string(&text, "<TEI><text>" DIV("d1", "<p>first</p>") "<div type='document' xml:id='d2'>deep");
    for (size_t i = 0; i < 100000; i++)
        buffer_add_string(&text, "<hi>");
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_int_equal(s.n_records, 2);
    assert_values(s.records[1], "body", "deep");
    assert_string_equal(s.reports.bytes, "2 record.bad_xml\n-2 record.bad_xml\n");
    let_go(&s);
    buffer_free(&text);
}

static void many_names_are_refused(void **state) {
    (void)state;
    seen s;
    buffer text = {0};
    buffer_add_string(&text, "<TEI><text>" DIV("d1", "<p>first</p>") "<div type='document' xml:id='d2'>names");
    for (size_t i = 0; i < 100000; i++)
        buffer_add_format(&text, "<a%zu/>", i);
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_int_equal(s.n_records, 2);
    assert_values(s.records[1], "body", "names");
    assert_string_equal(s.reports.bytes, "2 record.bad_xml\n-2 record.bad_xml\n");
    let_go(&s);
    buffer_free(&text);
}

static void long_tags_are_refused(void **state) {
    (void)state;
    seen s;
    buffer text = {0};
    buffer_add_string(&text, "<TEI><text>" DIV("d1", "<p>first</p>") "<div type='document' xml:id='d2'><p>last</p><p");
    for (size_t i = 0; i < 10000; i++)
        buffer_add_format(&text, " a%zu='>'", i);
    buffer_add_string(&text, ">never</p></div></text></TEI>");
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_non_null(strstr(s.reasons.bytes, "a tag is longer than 64 KiB"));
    let_go(&s);
    buffer_free(&text);
}

static void long_texts_and_comments_are_no_tags(void **state) {
    (void)state;
    seen s;
    buffer text = {0};
    buffer_add_string(&text, "<TEI><text><!-- 'quoted ");
    for (size_t i = 0; i < 20000; i++)
        buffer_add_string(&text, "remark ");
    buffer_add_string(&text, "--><div type='document' xml:id='d1'><p n='a>b'>");
    for (size_t i = 0; i < 20000; i++)
        buffer_add_string(&text, "don't ");
    buffer_add_string(&text, "<![CDATA[1 < 2, he'd say");
    for (size_t i = 0; i < 20000; i++)
        buffer_add_string(&text, " again");
    buffer_add_string(&text, "]]></p></div></text></TEI>");
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_int_equal(s.n_records, 1);
    assert_string_equal(s.reports.bytes, "");
    let_go(&s);
    buffer_free(&text);
}

static void large_documents_are_passed_over(void **state) {
    (void)state;
    seen s;
    buffer text = {0};
    buffer_add_string(&text, "<TEI><text>\n<div type='document' xml:id='d1'>");
    while (text.n_bytes < RECORD_MAX_N_BYTES + 4096)
        buffer_add_string(&text, "<p>The same paragraph comes again and again, and again, and again, and again.</p>");
    buffer_add_string(&text, "<p>x<note>and more</note></p></div>\n" DIV("d2", "<p>next</p>") "</text></TEI>");
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_int_equal(s.n_records, 2);
    let_go(&s);
    buffer_clear(&text);
    buffer_add_string(&text, "<TEI><text>\n<div type='document' xml:id='d1'>");
    while (text.n_bytes < RECORD_MAX_N_BYTES * 5 / 4)
        buffer_add_string(&text, "<p>The same paragraph comes again and again, and again, and again, and again.</p>");
    buffer_add_string(&text, "<p>x<note>and more</note></p></div>\n" DIV("d2", "<p>next</p>") "</text></TEI>");
    read_bytes(&s, text.bytes, text.n_bytes);
    assert_int_equal(s.n_records, 1);
    assert_values(s.records[0], "id", "d2");
    assert_string_equal(s.reports.bytes, "-2 record.too_large\n");
    let_go(&s);
    buffer_free(&text);
}

static void volumes_are_recognised(void **state) {
    (void)state;
    assert_true(tei_looks_like(search_text_of(volume)));
    assert_true(tei_looks_like(search_text_of("\xEF\xBB\xBF<!-- a > b --><TEI.2>")));
    assert_true(
        tei_looks_like(search_text_of("<?xml version='1.0'?><!DOCTYPE TEI [<!ENTITY a 'b>'> ]><tei:TEI x='1'>")));
    assert_true(tei_looks_like(search_text_of("<teiCorpus\n>")));
    assert_false(tei_looks_like(search_text_of("<html><body><TEI>")));
    assert_false(tei_looks_like(search_text_of("<TEIx>")));
    assert_false(tei_looks_like(search_text_of("TEI>")));
    assert_false(tei_looks_like(search_text_of("<TEI")));
    assert_false(tei_looks_like(search_text_of("<!--")));
    assert_false(tei_looks_like(search_text_of("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volume_gives_its_documents),
        cmocka_unit_test(documents_are_dated_by_what_they_have),
        cmocka_unit_test(older_volumes_are_read),
        cmocka_unit_test(people_come_from_labels_only),
        cmocka_unit_test(notes_keep_their_numbers),
        cmocka_unit_test(corrections_are_read_as_corrected),
        cmocka_unit_test(ids_need_no_volume),
        cmocka_unit_test(broken_xml_costs_one_document),
        cmocka_unit_test(cut_file_gives_what_it_has),
        cmocka_unit_test(an_error_of_the_file_names_it),
        cmocka_unit_test(an_error_with_a_long_path_tells_the_reason),
        cmocka_unit_test(documents_in_documents_end_the_outer),
        cmocka_unit_test(entities_are_never_expanded),
        cmocka_unit_test(bad_bytes_are_repaired),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(many_names_are_refused),
        cmocka_unit_test(long_tags_are_refused),
        cmocka_unit_test(long_texts_and_comments_are_no_tags),
        cmocka_unit_test(large_documents_are_passed_over),
        cmocka_unit_test(volumes_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
