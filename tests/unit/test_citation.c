/* Citations taken apart, and credits.  Archives are real, files and people are made up. */
#include "libsearch/cable/cable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct expected {
    const char *archive;
    const char *fond;
    const char *opis;
    const char *folder;
    const char *file;
    const char *pages;
} expected;

static void assert_text(search_text text, const char *string) {
    if (text.n_bytes != strlen(string) || (text.n_bytes > 0 && memcmp(text.bytes, string, text.n_bytes) != 0))
        fail_msg("\"%.*s\" is not \"%s\"", (int)text.n_bytes, text.bytes, string);
}

static void source_is(const citation_source *source, expected e) {
    assert_text(source->archive, e.archive);
    assert_text(source->fond, e.fond);
    assert_text(source->opis, e.opis);
    assert_text(source->folder, e.folder);
    assert_text(source->file, e.file);
    assert_text(source->pages, e.pages);
}

static citation_parts parts_of(const char *text) {
    citation c;
    citation_parts parts;
    citation_read(search_text_of(text), &c);
    citation_parts_read(c.reference, &parts);
    return parts;
}

static void parts_are(const char *text, expected e) {
    citation_parts parts = parts_of(text);
    assert_int_equal(parts.n_sources, 1);
    source_is(&parts.sources[0], e);
}

static void labelled_parts(void **state) {
    (void)state;
    parts_are("APRF, fond 45, opis 1, delo 947, listy 41-45.", (expected){"APRF", "45", "1", "", "947", "41-45"});
    parts_are("RGANI, f. 5, op. 49, d. 931, ll. 193-194.", (expected){"RGANI", "5", "49", "", "931", "193-194"});
    parts_are("AVPRF, f. 0102, op. 7, p. 27, d. 12, l. 3; translated by Ann Oak.",
              (expected){"AVPRF", "0102", "7", "27", "12", "3"});
    parts_are("ANIC, fond C.C. al P.C.R., Chancellery, file no.18/1963, f. 12",
              (expected){"ANIC", "C.C. al P.C.R.", "", "", "18/1963", "12"});
    parts_are("AMVnR, opis 15, a.e. 9407, l. 12-15", (expected){"AMVnR", "", "15", "", "9407", "12-15"});
    parts_are("AMSZ, z. 6/77, w. 982, t. 1, k. 118", (expected){"AMSZ", "6/77", "", "982", "1", "118"});
    parts_are("AQSH, F. 14/AP, M-PK(BS), V. 1961, Dos. 905, Fl. 4-6",
              (expected){"AQSH", "14/AP", "", "", "905", "4-6"});
    parts_are("MUGKhTA, khög. 3, dans 1, kh.n. 903", (expected){"MUGKhTA", "3", "1", "", "903", ""});
    parts_are("MOL, M-KS 288. f. 5/930. ő. e., 14-17", (expected){"MOL", "M-KS 288", "", "", "5/930", "14-17"});
    parts_are("NAI, Ministry of Roads, File No. 9-X/55, pp. 8-9",
              (expected){"NAI", "Ministry of Roads", "", "", "9-X/55", "8-9"});
}

static void parts_without_labels(void **state) {
    (void)state;
    parts_are("PRC FMA 118-99026-07, 125-128", (expected){"PRC FMA", "", "", "", "118-99026-07", "125-128"});
    parts_are("PRC FMA 109-99828-01, 40", (expected){"PRC FMA", "", "", "", "109-99828-01", "40"});
    parts_are("BArch, B 136/99748, 403-410", (expected){"BArch", "", "", "", "B 136/99748", "403-410"});
    parts_are("PAAA, MfAA, C 951/76, Bl. 11-12", (expected){"PAAA", "MfAA", "", "", "C 951/76", "11-12"});
    parts_are("NAA, A1838, 939/2/4 part 1", (expected){"NAA", "A1838", "", "", "939/2/4 part 1", ""});
    parts_are("[AA : CP 290/6, BUNDLE 1, ITEM 28]", (expected){"AA", "CP 290/6", "", "1", "28", ""});
    parts_are("[AA:A1838, 403/3/1/1, xix]", (expected){"AA", "A1838", "", "", "403/3/1/1", ""});
    parts_are("MOL, XIX-J-1-j Kuba, 1964, 3. doboz, 5/b, 009281/1964",
              (expected){"MOL", "XIX-J-1-j Kuba", "", "3", "009281/1964", ""});
    parts_are("AMVnR, 1964", (expected){"AMVnR", "", "", "", "1964", ""});
    parts_are("listing 5, 6", (expected){"", "", "", "", "", ""});
}

static void several_sources(void **state) {
    (void)state;
    citation_parts parts =
        parts_of("APRF, fond 45, opis 1, delo 947, listy 41-45 and AVPRF, fond 3, opis 65, delo 826, "
                 "listy 3-4. Translated by Ann Oak.");
    assert_int_equal(parts.n_sources, 2);
    source_is(&parts.sources[0], (expected){"APRF", "45", "1", "", "947", "41-45"});
    source_is(&parts.sources[1], (expected){"AVPRF", "3", "65", "", "826", "3-4"});
    assert_int_equal(parts_of("RGANI, f. 5, d. 1; BArch, DY 30/1; NAA, A1838, 9").n_sources, 3);
    assert_int_equal(
        parts_of("PRC FMA 1-2; PRC FMA 1-2; PRC FMA 1-2; PRC FMA 1-2; PRC FMA 1-2; PRC FMA 1-2; PRC FMA 1-2; "
                 "PRC FMA 1-2; PRC FMA 1-2")
            .n_sources,
        CITATION_MAX_SOURCES);
    assert_int_equal(parts_of("").n_sources, 0);
}

static void printed_sources(void **state) {
    (void)state;
    static const char *const printed[] = {"Invented Papers, vol. 7 (Beijing: No Press, 2018), 37-39",
                                          "Printed in an invented volume, pp. 118-119", "Pravda, 12 May 1960"};
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
        assert_true(parts_of(printed[i]).sources[0].is_printed);
    assert_false(parts_of("A heap of papers").sources[0].is_printed);
    assert_false(parts_of("RGANI, f. 5, d. 1").sources[0].is_printed);
}

static void values_are(const search_record *record, const char *key, const char *joined) {
    char values[400] = "";
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        search_text value = search_record_value(record, key, i);
        if (i > 0)
            strcat(values, "|");
        strncat(values, value.bytes, value.n_bytes);
    }
    assert_string_equal(values, joined);
}

static void credits_are(const char *source, const char *translators, const char *contributors) {
    search_record *record = NULL;
    citation c;
    assert_int_equal(search_record_new(&record, NULL), SEARCH_OK);
    citation_read(search_text_of(source), &c);
    assert_int_equal(citation_add_translators(record, c.credits, NULL), SEARCH_OK);
    assert_int_equal(citation_add_contributors(record, c.credits, NULL), SEARCH_OK);
    values_are(record, "translators", translators);
    values_are(record, "contributors", contributors);
    search_record_free(record);
}

static void credits(void **state) {
    (void)state;
    credits_are("BArch, B 1/2. Contributed by Ann Oak and translated by Neil Elm.", "Neil Elm", "Ann Oak");
    credits_are("BArch, B 1/2. Obtained by A; translated and edited by B, C, and D.", "B|C|D", "A|B|C|D");
    credits_are("BArch, B 1/2. Contributed, transcribed, and translated by C.", "C", "C");
    credits_are("BArch, B 1/2; translated for the Program by X Oak. Original in Russian.", "X Oak", "");
    credits_are("Translated by James F. Oak, Jr., and Ann Elm; edited by S. Ash.", "James F. Oak|Ann Elm", "S. Ash");
    credits_are("Obtained by Ann Oak. Obtained by Ann Oak.", "", "Ann Oak");
    credits_are("Translated by Ann Oak with help from Neil Elm.", "Ann Oak", "");
    credits_are("Obtained for the archive; by hand", "", "");
    credits_are("The report was translated in Moscow, box 5", "", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labelled_parts),  cmocka_unit_test(parts_without_labels),
        cmocka_unit_test(several_sources), cmocka_unit_test(printed_sources),
        cmocka_unit_test(credits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
