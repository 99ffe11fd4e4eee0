/* Analysis, rule by rule, then by property: over random bytes, random mixtures of scripts and the corpus (found from
 * $top_srcdir, else the working directory), ranges are in order and cut at characters, a word folded again from its
 * range gives the same, and words break where ICU's segmentation of the whole text breaks. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/analysis/fold.h"
#include "libsearch/analysis/stem.h"
#include "libsearch/support/files.h"
#include "libsearch/support/utf8.h"

#include <ctype.h>
#include <libstemmer.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>

#include <cmocka.h>

/* ---- Helpers ---- */

static analyzer *english;

static int open_english(void **state) {
    (void)state;
    return analyzer_new("english", &english, NULL) == SEARCH_OK ? 0 : -1;
}

static int close_english(void **state) {
    (void)state;
    analyzer_free(english);
    return 0;
}

static token_list tokens_of(search_text text) {
    token_list list;
    search_error error;
    search_status status = analyzer_tokens(english, text, &list, &error);
    if (status != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    return list;
}

typedef enum { FOLDED, EXACT, STEM, RANGE } form;

static search_text form_of(const char *text, const token *t, form which) {
    switch (which) {
    case FOLDED:
        return t->folded;
    case EXACT:
        return t->exact;
    case STEM:
        return t->stem;
    case RANGE:
        break;
    }
    return (search_text){text + t->from, t->to - t->from};
}

/* One form of every token, with | between; + before that of an extra one, where those are wanted. */
static void assert_some_forms(const char *text, form which, bool with_extra, const char *expected) {
    token_list list = tokens_of(search_text_of(text));
    buffer got = {0};
    buffer_add_string(&got, "");
    uint32_t n = 0;
    for (size_t i = 0; i < list.n_tokens; i++) {
        const token *t = &list.tokens[i];
        if (t->is_extra && !with_extra)
            continue;
        search_text bytes = form_of(text, t, which);
        n += !t->is_extra;
        assert_int_equal(t->position, n);
        if (i > 0)
            buffer_add_byte(&got, t->is_extra ? '+' : '|');
        buffer_add(&got, bytes.bytes, bytes.n_bytes);
    }
    assert_false(got.failed);
    assert_int_equal(list.n_positions, n);
    assert_string_equal(got.bytes, expected);
    buffer_free(&got);
}

static void assert_forms(const char *text, form which, const char *expected) {
    assert_some_forms(text, which, false, expected);
}

static void assert_extra(const char *text, form which, const char *expected) {
    assert_some_forms(text, which, true, expected);
}

/* The spans as first-last, with a space between. */
static void assert_spans(const char *text, const char *expected) {
    token_list list = tokens_of(search_text_of(text));
    buffer got = {0};
    buffer_add_string(&got, "");
    for (size_t i = 0; i < list.n_spans; i++)
        buffer_add_format(&got, "%s%u-%u", i == 0 ? "" : " ", list.spans[i].first, list.spans[i].last);
    assert_string_equal(got.bytes, expected);
    buffer_free(&got);
}

static void assert_folded(const char *text, const char *expected) {
    assert_forms(text, FOLDED, expected);
}

static void assert_ranges(const char *text, const char *expected) {
    assert_forms(text, RANGE, expected);
}

/* ---- Words ---- */

static void empty_text_has_no_words(void **state) {
    (void)state;
    token_list list = tokens_of((search_text){NULL, 0});
    assert_int_equal(list.n_tokens, 0);
    assert_int_equal(list.n_positions, 0);
    assert_folded("", "");
    assert_folded(" \t\r\n\n ", "");
}

static void text_without_letters_has_no_words(void **state) {
    (void)state;
    assert_folded("-- ... ' ‘’ [ ] § № € _ 🙂 \u0301 \u02BF \u200B\u00AD", "");
}

static void words_break_at_symbols(void **state) {
    (void)state;
    assert_folded("alpha_beta/gamma+delta@epsilon—zeta…eta", "alpha|beta|gamma|delta|epsilon|zeta|eta");
    assert_folded("www.example.org sentence.Next a:b", "www|example|org|sentence|next|a|b");
}

static void hyphens_split(void **state) {
    (void)state;
    assert_folded("Kim Il-sung", "kim|il|sung");
    assert_folded("Kim Il\u2010sung Il\u2011sung Il\u2013sung", "kim|il|sung|il|sung|il|sung");
}

/* ---- Hyphens ---- */

/* The words that one hyphen joins to the next. */
static void assert_joins(const char *text, const char *expected) {
    token_list list = tokens_of(search_text_of(text));
    buffer got = {0};
    buffer_add_string(&got, "");
    for (size_t i = 0; i < list.n_tokens; i++)
        if (list.tokens[i].joins_next) {
            buffer_add(&got, list.tokens[i].folded.bytes, list.tokens[i].folded.n_bytes);
            buffer_add_byte(&got, ' ');
        }
    assert_string_equal(got.bytes, expected);
    buffer_free(&got);
}

static void one_hyphen_joins_the_next(void **state) {
    (void)state;
    assert_joins("Kim Il-sung, Il\u2010sung il\u2011Sung", "il il il ");
    assert_joins("Il--sung Il- Sung Il -sung Il\u2013sung Il\u00ADsung il", "");
    assert_joins("118-01026-07, MiG-15's", "118 01026 mig ");
    assert_joins("Sung's-led Workers’-led", "sungs workers ");
    assert_joins("-a- b -", "");
}

static void words_break_over_lines(void **state) {
    (void)state;
    assert_folded("Pak Heon- yeong, Heon-\nyeong and Heon-\r\nyeong", "pak|heonyeong|heonyeong|and|heonyeong");
    assert_ranges("the govern-\n   ment.", "the|govern-\n   ment");
    assert_folded("inter\u2010\n  nation\u2011 al né-\ngo\u00ADtia-\u00A0tion", "international|negotiation");
    assert_folded("Хру-\nщёв", "хрущев");
    assert_forms("govern-\nment Łód-\nź Heon- yeong's", EXACT, "|łódź|heonyeong's");
    assert_extra("Heon- yeong's", FOLDED, "heonyeongs+heonyeong");
    assert_extra("Heon- yeong's", RANGE, "Heon- yeong's+Heon- yeong");
    assert_forms("negotia-\n\ttions", STEM, "negoti");
    assert_folded("Heon-\nyeong-ho", "heonyeong|ho");
    assert_joins("Heon-\nyeong-ho", "heonyeong ");
}

static void other_hyphens_at_spaces_split(void **state) {
    (void)state;
    assert_folded("Heon-\n\nyeong Heon-\n \nyeong", "heon|yeong|heon|yeong");
    assert_folded("Heon- Yeong Heon -yeong Heon - yeong", "heon|yeong|heon|yeong|heon|yeong");
    assert_folded("pre- and post-war, two- or three-year, 20- year, term-\nin-office",
                  "pre|and|post|war|two|or|three|year|20|year|term|in|office");
    assert_folded("B52- type 1960s- era a\u2013 b", "b52|type|1960s|era|a|b");
    assert_folded("govern-\n20 Pyong\u00AD\nyang \u00ADb 国- b b-", "govern|20|pyong|yang|b|国|b|b");
    assert_folded("Workers'- led Workers-' led", "workers|led|workers|led");
}

static void ranges_are_those_of_the_text(void **state) {
    (void)state;
    token_list list = tokens_of(search_text_of("né à Łódź"));
    assert_int_equal(list.n_tokens, 3);
    assert_int_equal(list.tokens[0].from, 0);
    assert_int_equal(list.tokens[0].to, 3);
    assert_int_equal(list.tokens[2].from, 7);
    assert_int_equal(list.tokens[2].to, 14);
}

static void positions_count_from_one_over_lines(void **state) {
    (void)state;
    token_list list = tokens_of(search_text_of("one\ntwo\r\n\nthree"));
    assert_int_equal(list.n_tokens, 3);
    assert_int_equal(list.tokens[0].position, 1);
    assert_int_equal(list.tokens[2].position, 3);
    assert_int_equal(list.n_positions, 3);
}

/* ---- Apostrophes ---- */

static void apostrophes_do_not_split_names(void **state) {
    (void)state;
    const char *text =
        "P'yŏngyang P‘yongyang P’yongyang P‛yongyang P`yongyang P´yongyang Pʻyongyang Pʼyongyang Pʿyongyang";
    assert_folded(text, "pyongyang|pyongyang|pyongyang|pyongyang|pyongyang|pyongyang|pyongyang|pyongyang|pyongyang");
    assert_ranges("P`yongyang,", "P`yongyang");
    assert_folded("Teng Hsiao-p'ing Ch'ŏn'gu rock'n'roll", "teng|hsiao|ping|chongu|rocknroll");
}

static void ayn_and_hamza_vanish_anywhere(void **state) {
    (void)state;
    assert_folded("ʿAbd al-Nāṣir, Qurʾān", "abd|al|nasir|quran");
    assert_ranges("ʿAbd", "ʿAbd");
}

static void quotes_around_words_are_not_part_of_them(void **state) {
    (void)state;
    assert_ranges("'On Korea' ‘On Korea’ `On Korea'", "On|Korea|On|Korea|On|Korea");
    assert_ranges("''On'' '(On)'", "On|On");
}

static void two_marks_split(void **state) {
    (void)state;
    assert_folded("one''two one' two", "one|two|one|two");
}

static void possessives_stem_to_the_owner(void **state) {
    (void)state;
    assert_forms("Worker's Workers' Worker’s", FOLDED, "workers|workers|workers");
    assert_forms("Worker's Workers' Worker’s", STEM, "worker|worker|worker");
    assert_forms("Li's Mao's Chou's", STEM, "li|mao|chou");
    assert_forms("Li's", FOLDED, "lis");
}

static void possessives_give_their_owner(void **state) {
    (void)state;
    assert_extra("Kim Il Sung's visit", FOLDED, "kim|il|sungs+sung|visit");
    assert_extra("Kim Il Sung’s visit", RANGE, "Kim|Il|Sung’s+Sung|visit");
    assert_extra("Sung's", STEM, "sung+");
    assert_extra("Łódź's U.S.S.R.'S", EXACT, "łódź's+łódź|u.s.s.r.'s+u.s.s.r.");
    assert_extra("U.S.S.R.'S", FOLDED, "ussrs+ussr");
    assert_extra("Workers' workers 1960's P'yong 's", FOLDED, "workers|workers|1960s|pyong|s");
    token_list list = tokens_of(search_text_of("Sung's"));
    assert_true(list.tokens[1].is_extra);
    assert_int_equal(list.tokens[1].position, 1);
    assert_int_equal(list.n_positions, 1);
}

static void only_english_has_owners(void **state) {
    (void)state;
    const char *const names[] = {"none", "german", "english", "en", "eng", "porter"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        analyzer *a;
        token_list list;
        assert_int_equal(analyzer_new(names[i], &a, NULL), SEARCH_OK);
        assert_int_equal(analyzer_tokens(a, search_text_of("Sung's"), &list, NULL), SEARCH_OK);
        assert_int_equal(list.n_tokens, i < 2 ? 1 : 2);
        analyzer_free(a);
    }
}

static void possessive_covers_its_apostrophe(void **state) {
    (void)state;
    assert_ranges("Worker's Party", "Worker's|Party");
    assert_ranges("Workers' Party", "Workers'|Party");
    assert_ranges("the Workers’.", "the|Workers’");
}

static void closing_quote_is_no_possessive(void **state) {
    (void)state;
    assert_ranges("'On the Workers' he wrote", "On|the|Workers|he|wrote");
    assert_ranges("He wrote 'On Korea.' The workers' party", "He|wrote|On|Korea|The|workers'|party");
}

static void apostrophe_before_digits_splits(void **state) {
    (void)state;
    assert_folded("A’0392 a'60", "a|0392|a|60");
}

/* ---- Brackets ---- */

static void brackets_make_spans(void **state) {
    (void)state;
    assert_spans("Kim Tae-hui [Kim Thae Hui] received 22 [November]", "4-6 9-9");
    assert_folded("Kim Tae-hui [Kim Thae Hui] received", "kim|tae|hui|kim|thae|hui|received");
    assert_spans("[To] the Ministry [28?] word [sic] (a) {b} [illegible]", "1-1 4-4 6-6 9-9");
    assert_spans("Kim 【Kim Thae】 〔Hui〕 ［x］", "2-3 4-4 5-5");
    assert_spans("[over\nlines]", "1-2");
    assert_spans("no brackets", "");
}

static void brackets_without_words_make_none(void **state) {
    (void)state;
    assert_spans("a [...] b [?] c [] [[]] [\n] d [-] \u201c[…]\u201d", "");
    assert_spans("[?] [] [a] [] [b]", "1-1 2-2");
}

static void unpaired_brackets_make_none(void **state) {
    (void)state;
    assert_spans("a [b c", "");
    assert_spans("a] b", "");
    assert_spans("a [b [c] d", "3-3");
    assert_spans("a] b [c] d]", "3-3");
    assert_spans("][a", "");
}

static void brackets_close_in_their_paragraph(void **state) {
    (void)state;
    assert_spans("a [b\n\nc] d", "");
    assert_spans("a [b\r\n \u00A0\r\nc] d [e]", "5-5");
    assert_spans("a [b\nc] d", "2-3");
    assert_spans("a [b\n--\nc] d", "2-3");
    assert_spans("[\n\n[a]", "1-1");
}

static void spans_nest(void **state) {
    (void)state;
    assert_spans("[[illegible]] [[[a b]]]", "1-1 2-3");
    assert_spans("a [b [c] d] e", "2-4 3-3");
    assert_spans("[[a] b] [c [d]] [e [f] [g] h]", "1-2 3-4 5-8 6-6 7-7");
    assert_spans("[[a] [b]] [[c] d", "1-2 3-3");
    assert_spans("[a [b [c]]] [[[d] e] f]", "1-3 4-6");
}

static void brackets_complete_words(void **state) {
    (void)state;
    assert_extra("W[illiam] came", FOLDED, "w+william|illiam|came");
    assert_extra("W[illiam] came", RANGE, "W+W[illiam|illiam|came");
    assert_spans("W[illiam] came", "2-2");
    assert_extra("the [Nor]th Sea", FOLDED, "the|nor+north|th|sea");
    assert_extra("the [Nor]th Sea", RANGE, "the|Nor+Nor]th|th|Sea");
    assert_spans("the [Nor]th Sea", "3-3");
    assert_extra("repatriat[ed] government[s]", FOLDED, "repatriat+repatriated|ed|government+governments|s");
    assert_extra("repatriat[ed] government[s]", STEM, "repatriat+repatri|ed|govern+|s");
    assert_extra("re[pat]riate d[if]feren[ce]s", FOLDED, "re+repatriate|pat|riate|d+differences|if|feren|ce|s");
    assert_spans("re[pat]riate d[if]feren[ce]s", "2-3 5-8");
    assert_extra("В[ильгельм] P'yŏng【yang】", FOLDED, "в+вильгельм|ильгельм|pyong+pyongyang|yang");
    assert_extra("P'yŏng【yang】", EXACT, "p'yŏng+p'yŏngyang|");
}

static void brackets_complete_possessives(void **state) {
    (void)state;
    assert_extra("China['s] army", FOLDED, "china+chinas|s|army");
    assert_extra("China['s] army", RANGE, "China+China['s|s|army");
    assert_extra("China['s] army", STEM, "china+|s|armi");
    assert_extra("China[’s]", EXACT, "+china's|");
    assert_extra("Chi[na's] [Chi]na['s]", FOLDED, "chi+chinas+china|nas+na|chi+chinas+china|na|s");
    assert_extra("[Chi]na['s]", RANGE, "Chi+Chi]na['s+Chi]na|na|s");
    assert_spans("China['s] army", "2-2");
    assert_ranges("China['s] workers' party", "China|s|workers'|party");
}

static void completed_words_nest_in_spans(void **state) {
    (void)state;
    assert_spans("[the [Nor]th Sea]", "1-4 3-3");
    assert_spans("[[Nor]th Sea] x", "1-3 2-2");
    assert_spans("[W[illiam] Smith] x", "1-3 2-2");
    assert_spans("[Sea [Nor]th] x", "1-3");
    assert_extra("[[Nor]th Sea]", FOLDED, "nor+north|th|sea");
}

static void other_brackets_complete_none(void **state) {
    (void)state;
    assert_extra("page[3] 121[A] [UNY]312 MiG[15]s", FOLDED, "page|3|121|a|uny|312|mig|15|s");
    assert_spans("page[3] 121[A]", "2-2 4-4");
    assert_extra("W[illiam Smith] W [illiam] W[ illiam] W[illiam", FOLDED, "w|illiam|smith|w|illiam|w|illiam|w|illiam");
    assert_extra("[Kim][Lee] W(illiam) 金[日成] a[]b re[[pat]]riate", FOLDED,
                 "kim|lee|w|illiam|金|日|成|a|b|re|pat|riate");
    assert_extra("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz[abcdefghijklm]", FOLDED,
                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz|abcdefghijklm");
}

static void capitals_are_seen(void **state) {
    (void)state;
    token_list list = tokens_of(search_text_of("Kim kim mIG Ж ж 1 W[illiam] sung'S ǅ"));
    const bool expected[] = {true, false, true, true, false, false, true, true, false, true, false, true};
    assert_int_equal(list.n_tokens, 12);
    for (size_t i = 0; i < list.n_tokens; i++)
        assert_int_equal(list.tokens[i].is_capital, expected[i]);
}

static void quotes_of_korean_and_chinese_split(void **state) {
    (void)state;
    assert_folded("조선의 ‘평양’이라는", "조선의|평양|이라는");
    assert_folded("在‘平壤’的", "在|平壤|的");
}

/* ---- Numbers ---- */

static void thousands_are_one_number(void **state) {
    (void)state;
    assert_folded("20,517 1,234,567 20'517 20’517", "20517|1234567|20517|20517");
    assert_ranges("20,517, and", "20,517|and");
    assert_folded("1.500.000 12,34,567 1,234.56", "1500000|1234567|1234.56");
}

static void decimals_keep_their_point(void **state) {
    (void)state;
    assert_folded("3.5 0.25% 3.5km 1961.", "3.5|0.25|3.5km|1961");
}

static void other_digits_with_separators_split(void **state) {
    (void)state;
    assert_folded("31.10.1962 10,11,12 6.V.50 5'10 10:30 3/4", "31|10|1962|10|11|12|6|v|50|5|10|10|30|3|4");
    assert_folded("1,2345 12,34", "1|2345|12|34");
}

static void file_references_give_their_parts(void **state) {
    (void)state;
    assert_folded("PRC FMA 118-01026-07, 125-128", "prc|fma|118|01026|07|125|128");
    assert_folded("RGANI, f. 5, op. 49, d. 131, ll. 193-194", "rgani|f|5|op|49|d|131|ll|193|194");
    assert_folded("f.5,op.49,d.131", "f|5|op|49|d|131");
    assert_folded("No. 1476/sh; No.103 Nº 72/III", "no|1476|sh|no|103|no|72|iii");
    assert_folded("BArch, B 136/59748, file no.18/1963", "barch|b|136|59748|file|no|18|1963");
    assert_folded("10/14/50 24.III.50 1973-3-15", "10|14|50|24|iii|50|1973|3|15");
}

static void full_width_folds(void **state) {
    (void)state;
    assert_folded("１２３ ２０，５１７ ３．５ Ｋｉｍ", "123|20517|3.5|kim");
    assert_folded("１．", "1");
}

static void digits_and_letters_stay_together(void **state) {
    (void)state;
    assert_folded("1st MiG-15s B52 1960's 1960s", "1st|mig|15s|b52|1960s|1960s");
}

/* ---- Initials and letter-spaced words ---- */

static void spaced_capitals_are_one_word(void **state) {
    (void)state;
    assert_folded("signed S H T Y K O V, there", "signed|shtykov|there");
    assert_ranges("signed S H T Y K O V, there", "signed|S H T Y K O V|there");
    assert_folded("Ш Т Ы К О В", "штыков");
}

static void other_single_letters_stay_apart(void **state) {
    (void)state;
    assert_folded("A B and a b c", "a|b|and|a|b|c");
    assert_folded("S  H  T", "s|h|t");
    assert_folded("S\nH\nT", "s|h|t");
}

static void initials_are_one_word(void **state) {
    (void)state;
    assert_folded("the U.S.S.R. and J.V.Stalin, e.g. С.С.С.Р.", "the|ussr|and|jv|stalin|eg|ссср");
    assert_ranges("the U.S.S.R. and U.N", "the|U.S.S.R.|and|U.N");
    assert_forms("U.S.S.R.'s", FOLDED, "ussrs");
    assert_forms("U.S.S.R.'s", STEM, "ussr");
    assert_folded("J. V. Stalin Ph.D.", "j|v|stalin|ph|d");
    assert_folded("USSR U.S.S.R. U.S.S.R", "ussr|ussr|ussr");
}

/* ---- Folding ---- */

static void marks_go_over_latin_and_greek(void **state) {
    (void)state;
    assert_folded("Ceaușescu Ceauşescu Ångström Hồ Chí Minh Säypiddin",
                  "ceausescu|ceausescu|angstrom|ho|chi|minh|saypiddin");
    assert_folded("Αθήνα", "αθηνα");
}

static void decomposed_text_folds_alike(void **state) {
    (void)state;
    assert_folded("P'yo\u0306ngyang Ho\u0302\u0300", "pyongyang|ho");
    assert_forms("Sa\u0304to\u0304", EXACT, "sātō");
}

static void letters_with_strokes_fold(void **state) {
    (void)state;
    assert_folded("Đặng ðæ Łódź Øre Ægir Œuvre Þór Ħal ısı İzmir straße",
                  "dang|dae|lodz|ore|aegir|oeuvre|thor|hal|isi|izmir|strasse");
}

static void cyrillic_keeps_short_i_and_loses_yo(void **state) {
    (void)state;
    assert_folded("Ёлка ЙОД україїна Хрущёв", "елка|йод|україїна|хрущев");
}

static void marks_of_other_scripts_stay(void **state) {
    (void)state;
    assert_folded("हिन्दी", "हिन्दी");
    assert_folded("ガ", "ガ");
    assert_folded("カ\u3099", "ガ"); /* recomposed */
    assert_folded("한국", "한국");
    assert_folded("\u1112\u1161\u11ab", "한");
}

static void compatibility_forms_fold(void **state) {
    (void)state;
    assert_folded("ﬁsh Ⅳ ſo", "fish|iv|so");
}

static void soft_hyphens_and_joiners_vanish(void **state) {
    (void)state;
    assert_folded("co\u00ADopera\u00ADtion co\u200Dop \u00ADword\u00AD", "cooperation|coop|word");
    assert_ranges("\u00ADword\u00AD ", "word");
    assert_forms("co\u00ADop", EXACT, "");
}

static void letters_of_other_scripts_join_at_their_marks(void **state) {
    (void)state;
    assert_folded("col·lecció צה\"ל say \"a\"b", "colleccio|צהל|say|a|b");
}

/* ---- Exact forms ---- */

static void exact_is_given_where_it_differs(void **state) {
    (void)state;
    assert_forms("Kim P’yŏngyang Łódź 20,517 3.5 Worker’s", EXACT, "|p'yŏngyang|łódź|20,517||worker's");
}

static void exact_of_spaced_capitals_has_no_spaces(void **state) {
    (void)state;
    assert_forms("S H T Y K O V", EXACT, "");
    assert_forms("U.S.S.R.", EXACT, "u.s.s.r.");
}

/* ---- Stems ---- */

static void stems_are_made_of_folded_words(void **state) {
    (void)state;
    assert_forms("Crossing crossed BORDERS négotiations Kim", STEM, "cross|cross|border|negoti|kim");
}

static void no_stemmer_leaves_words(void **state) {
    (void)state;
    analyzer *none;
    token_list list;
    assert_int_equal(analyzer_new("none", &none, NULL), SEARCH_OK);
    assert_int_equal(analyzer_tokens(none, search_text_of("Worker's crossings"), &list, NULL), SEARCH_OK);
    assert_int_equal(list.n_tokens, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(list.tokens[i].stem.n_bytes, list.tokens[i].folded.n_bytes);
        assert_memory_equal(list.tokens[i].stem.bytes, list.tokens[i].folded.bytes, list.tokens[i].stem.n_bytes);
    }
    analyzer_free(none);
}

static void long_words_are_not_stemmed(void **state) {
    (void)state;
    char word[STEM_MAX_BYTES + 2];
    memset(word, 'a', sizeof word);
    memcpy(word + sizeof word - 1 - 5, "sings", 6);
    token_list list = tokens_of(search_text_of(word));
    assert_int_equal(list.n_tokens, 1);
    assert_int_equal(list.tokens[0].stem.n_bytes, STEM_MAX_BYTES + 1);
    list = tokens_of(search_text_of(word + 1));
    assert_true(list.tokens[0].stem.n_bytes < STEM_MAX_BYTES);
}

static void every_stemmer_is_reachable(void **state) {
    (void)state;
    for (const char **name = sb_stemmer_list(); *name != NULL; name++) {
        search_schema *schema;
        analyzer *a;
        token_list list;
        assert_int_equal(search_schema_new(*name, &schema, NULL), SEARCH_OK);
        search_schema_free(schema);
        assert_int_equal(analyzer_new(*name, &a, NULL), SEARCH_OK);
        assert_int_equal(analyzer_tokens(a, search_text_of("Überfälle négociations ведомости"), &list, NULL),
                         SEARCH_OK);
        assert_int_equal(list.n_tokens, 3);
        assert_true(list.tokens[0].stem.n_bytes > 0);
        analyzer_free(a);
    }
}

static void unknown_stemmers_are_refused(void **state) {
    (void)state;
    analyzer *a;
    search_error error;
    assert_int_equal(analyzer_new("klingon", &a, &error), SEARCH_E_ARGUMENT);
    assert_string_equal(error.id, "schema.unknown_stemmer");
    assert_null(a);
    assert_true(analyzer_has_stemmer("english"));
    assert_true(analyzer_has_stemmer("none"));
    assert_false(analyzer_has_stemmer("klingon"));
    assert_false(analyzer_has_stemmer(NULL));
    analyzer_free(NULL);
}

/* ---- Scripts without spaces ---- */

static void chinese_is_segmented(void **state) {
    (void)state;
    assert_folded("中国人民", "中国|人民");
    assert_ranges("中国人民", "中国|人民");
    assert_folded("1961年", "1961|年");
}

static void japanese_is_segmented(void **state) {
    (void)state;
    assert_folded("日本語のテキスト", "日本語|の|テキスト");
    assert_folded("カタカナabc", "カタカナ|abc");
}

static void korean_is_segmented(void **state) {
    (void)state;
    assert_folded("조선로동당 중앙위원회", "조선로동당|중앙위원회");
    assert_folded("KBS방송", "kbs|방송");
}

static void thai_is_segmented(void **state) {
    (void)state;
    assert_folded("ภาษาไทย", "ภาษา|ไทย");
}

/* ---- Odd bytes ---- */

static void nul_separates(void **state) {
    (void)state;
    token_list list = tokens_of((search_text){"a\0b", 3});
    assert_int_equal(list.n_tokens, 2);
    assert_int_equal(list.tokens[1].from, 2);
    assert_int_equal(list.n_bad_bytes, 0);
}

static void bad_bytes_are_counted_and_separate(void **state) {
    (void)state;
    token_list list = tokens_of(search_text_of("ab\xFF"
                                               "cd \xE2\x82 e\xC3"));
    assert_int_equal(list.n_bad_bytes, 3);
    assert_int_equal(list.n_tokens, 3);
    assert_int_equal(list.tokens[1].from, 3);
    assert_int_equal(list.tokens[1].to, 5);
    assert_int_equal(tokens_of(search_text_of("fine")).n_bad_bytes, 0);
    assert_int_equal(tokens_of(search_text_of("中\xE4国\xE4\xB8")).n_bad_bytes, 2);
}

static void length_is_honoured(void **state) {
    (void)state;
    token_list list = tokens_of((search_text){"border crossing", 9});
    assert_int_equal(list.n_tokens, 2);
    assert_int_equal(list.tokens[1].to, 9);
    assert_int_equal(list.tokens[1].folded.n_bytes, 2);
}

static char *repeated(const char *unit, size_t n_bytes) {
    char *bytes = malloc(n_bytes);
    assert_non_null(bytes);
    for (size_t i = 0, n = strlen(unit); i < n_bytes; i++)
        bytes[i] = unit[i % n];
    return bytes;
}

static void very_long_words_are_one_token(void **state) {
    (void)state;
    const size_t lengths[] = {300, 1 << 20};
    for (size_t i = 0; i < 2; i++) {
        char *bytes = repeated("aB", lengths[i]);
        token_list list = tokens_of((search_text){bytes, lengths[i]});
        assert_int_equal(list.n_tokens, 1);
        assert_int_equal(list.tokens[0].to, lengths[i]);
        assert_int_equal(list.tokens[0].folded.n_bytes, lengths[i]);
        free(bytes);
    }
}

/* Each of these was, or could be, quadratic: a megabyte would take minutes. */
static void hostile_texts_take_linear_time(void **state) {
    (void)state;
    const char *const units[] = {
        "a\u0301\u0316", "\u0316\u0301", "1,",    "123,",   "1.",  "a.",  "A ",  "a'",  "'",   "กขค",
        "中国",          "\u00AD",       "\xFF",  "\uFDFA", "s' ", "א\"", "カa", "'s ", "b- ", "b-\n",
        "b-   ",         "-  ",          "-\n",   "a[b]",   "[",   "]",   "[a",  "a]",  "[b ", "[]",
        "[\n\n",         "a['s]",        "a[b]c", "[b]c "};
    clock_t start = clock();
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char *bytes = repeated(units[i], 1 << 20);
        tokens_of((search_text){bytes, 1 << 20});
        free(bytes);
    }
    /* About 1 s here; the bound leaves room for sanitizers and slow machines. */
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 60.0);
}

static void many_words_pass_the_cache(void **state) {
    (void)state;
    buffer text = {0};
    for (unsigned i = 0; i < 70000; i++)
        buffer_add_format(&text, "Word%u ", i);
    for (int round = 0; round < 2; round++) {
        token_list list = tokens_of((search_text){text.bytes, text.n_bytes});
        assert_int_equal(list.n_tokens, 70000);
        assert_int_equal(list.tokens[69999].folded.n_bytes, 9);
        assert_memory_equal(list.tokens[69999].folded.bytes, "word69999", 9);
        assert_memory_equal(list.tokens[0].folded.bytes, "word0", 5);
    }
    buffer_free(&text);
}

/* ---- Properties ---- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % n;
}

/* Whether `to` is between characters, or ill-formed subparts, given that `from` is. */
static bool is_cut(search_text text, size_t from, size_t to) {
    while (from < to)
        utf8_next(text.bytes, text.n_bytes, &from);
    return from == to;
}

static bool holds_capital(search_text range) {
    for (size_t at = 0; at < range.n_bytes;) {
        int8_t category = u_charType((UChar32)utf8_next(range.bytes, range.n_bytes, &at));
        if (category == U_UPPERCASE_LETTER || category == U_TITLECASE_LETTER)
            return true;
    }
    return false;
}

/* `own` is the token of the word itself, null for such a one. */
static void check_token(search_text text, const token *t, const token *own, size_t floor, folder *again,
                        buffer *folded) {
    assert_true(t->from >= floor && t->from < t->to && t->to <= text.n_bytes);
    assert_true(is_cut(text, floor, t->from) && is_cut(text, t->from, t->to));
    assert_true(utf8_valid(text.bytes + t->from, t->to - t->from));
    assert_true(t->folded.n_bytes > 0 && utf8_valid(t->folded.bytes, t->folded.n_bytes));
    assert_true((t->is_extra || t->stem.n_bytes > 0) && utf8_valid(t->stem.bytes, t->stem.n_bytes));
    assert_true(utf8_valid(t->exact.bytes, t->exact.n_bytes));
    assert_true(t->is_extra == (own != NULL));
    if (own != NULL)
        assert_true(t->position == own->position && t->from == own->from && t->to != own->to && !t->joins_next);
    search_text range = {text.bytes + t->from, t->to - t->from};
    assert_int_equal(t->is_capital, holds_capital(range));
    assert_int_equal(folder_fold(again, range, folded, NULL), SEARCH_OK);
    assert_int_equal(folded->n_bytes, t->folded.n_bytes);
    assert_memory_equal(folded->bytes, t->folded.bytes, folded->n_bytes);
}

static bool is_one_hyphen(search_text between) {
    size_t at = 0;
    if (between.n_bytes == 0)
        return false;
    uint32_t c = utf8_next(between.bytes, between.n_bytes, &at);
    return at == between.n_bytes && (c == '-' || c == 0x2010 || c == 0x2011);
}

static void check_spans(const token_list *list) {
    for (size_t i = 0; i < list->n_spans; i++) {
        const token_span *s = &list->spans[i];
        assert_true(s->first >= 1 && s->first <= s->last && s->last <= list->n_positions);
        /* Only the next one and those inside are near enough to matter; texts here are short. */
        for (size_t k = i + 1; k < list->n_spans && list->spans[k].first <= s->last; k++)
            assert_true(list->spans[k].first > s->first && list->spans[k].last < s->last);
        assert_true(i + 1 == list->n_spans || list->spans[i + 1].first > s->first);
    }
}

static void check_ranges(search_text text) {
    token_list list = tokens_of(text);
    folder again;
    buffer folded = {0};
    assert_int_equal(folder_open(&again, NULL), SEARCH_OK);
    const token *own = NULL;
    for (size_t i = 0; i < list.n_tokens; i++) {
        const token *t = &list.tokens[i];
        if (t->is_extra) {
            assert_non_null(own);
            check_token(text, t, own, own->from, &again, &folded);
            continue;
        }
        size_t floor = own == NULL ? 0 : own->to;
        check_token(text, t, NULL, floor, &again, &folded);
        assert_int_equal(t->position, own == NULL ? 1 : own->position + 1);
        if (own != NULL)
            assert_int_equal(own->joins_next, is_one_hyphen((search_text){text.bytes + floor, t->from - floor}));
        own = t;
    }
    assert_int_equal(list.n_positions, own == NULL ? 0 : own->position);
    assert_true(own == NULL || !own->joins_next);
    check_spans(&list);
    buffer_free(&folded);
    folder_free(&again);
}

/* Pieces from which random texts are made: every rule has its characters here. */
static const char *const pieces[] = {
    "a",       "B",      "kim",    "Il",     "S",      "1",       "23",   "517",  "１",  "é",
    "e\u0301", "ŏ",      "\u0306", "Ł",      "Ж",      "ё",       "й",    "α",    "א",   "ب",
    "中",      "国",     "カ",     "の",     "ー",     "ｶ",       "ﾞ",    "조",   "선",  "\u1112\u1161",
    "ไทย",     "ท",      "ក",      "ह",      "ि",      "𝟑",       "𠀀",   "🙂", "Ⅳ",   "²",
    " ",       " ",      " ",      "\u00A0", "\n",     "\t",      ".",    ",",    "'",   "’",
    "‘",       "`",      "ʿ",      "ʼ",      "\"",     "-",       "_",    ":",    "/",   "·",
    "\u00AD",  "\u200D", "\u200B", "\u2060", "\u0600", "々",      "〇",   "ㄅ",   "ꀀ",  "\uFDFA",
    "\u3164",  "；",     "’s",     "s'",     "\u0345", "ß",       "İ",    "[",    "]",   "[",
    "]",       "【",     "］",     "- ",     "-\n",    "\u2010 ", "\n\n", "and",  "['s]"};

static size_t random_text(char *out, size_t max) {
    size_t n = 0;
    for (uint32_t left = random_below(40); left > 0; left--) {
        const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
        if (n + strlen(piece) > max)
            break;
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static void ranges_hold_over_random_bytes(void **state) {
    (void)state;
    char bytes[200];
    random_state = 1;
    for (int round = 0; round < 5000; round++) {
        size_t n = random_below(sizeof bytes);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)random_below(256);
        check_ranges((search_text){bytes, n});
    }
}

static void ranges_hold_over_random_scripts(void **state) {
    (void)state;
    char bytes[400];
    random_state = 2;
    for (int round = 0; round < 10000; round++)
        check_ranges((search_text){bytes, random_text(bytes, sizeof bytes)});
}

/* Plain words, of ASCII letters between white space, are read another way than all others.  A soft hyphen in a word and
 * a space that does not break make no difference to any rule, but with them no word of two letters is plain. */
typedef struct disguise {
    bool is_in_words;
    bool is_in_spaces;
} disguise;

/* Writes the text in that disguise, and where each of its bytes and its end are in that. */
static size_t put_on(disguise d, search_text text, char *out, size_t *moved) {
    size_t n = 0;
    bool was_letter = false;
    for (size_t i = 0; i < text.n_bytes; i++) {
        const unsigned char byte = (unsigned char)text.bytes[i];
        const bool is_space = d.is_in_spaces && byte == ' ';
        const bool is_letter = byte < 0x80 && isalpha(byte);
        const bool is_first = is_letter && !was_letter && i + 1 < text.n_bytes;
        const bool is_broken = d.is_in_words && is_first && isalpha((unsigned char)text.bytes[i + 1]);
        const char *bytes = is_space ? "\u00A0" : text.bytes + i;
        moved[i] = n;
        memcpy(out + n, bytes, is_space ? 2 : 1);
        n += is_space ? 2 : 1;
        memcpy(out + n, "\u00AD", is_broken ? 2 : 0);
        n += is_broken ? 2 : 0;
        was_letter = is_letter;
    }
    moved[text.n_bytes] = n;
    return n;
}

static bool is_same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.bytes, b.bytes, a.n_bytes) == 0);
}

static bool is_same_token(const token *a, const token *b, const size_t *moved) {
    return moved[a->from] == b->from && moved[a->to] == b->to && a->position == b->position &&
           a->is_extra == b->is_extra && a->is_capital == b->is_capital && a->joins_next == b->joins_next &&
           is_same(a->folded, b->folded) && is_same(a->exact, b->exact) && is_same(a->stem, b->stem);
}

static void check_disguise(analyzer *other, disguise d, search_text text) {
    char bytes[1000];
    size_t moved[500];
    const search_text disguised = {bytes, put_on(d, text, bytes, moved)};
    token_list list;
    assert_int_equal(analyzer_tokens(other, disguised, &list, NULL), SEARCH_OK);
    const token_list plain = tokens_of(text);
    bool is_equal = plain.n_tokens == list.n_tokens && plain.n_spans == list.n_spans &&
                    plain.n_positions == list.n_positions && plain.n_bad_bytes == list.n_bad_bytes;
    for (size_t i = 0; i < plain.n_tokens && is_equal; i++)
        is_equal = is_same_token(&plain.tokens[i], &list.tokens[i], moved);
    for (size_t i = 0; i < plain.n_spans && is_equal; i++)
        is_equal = plain.spans[i].first == list.spans[i].first && plain.spans[i].last == list.spans[i].last;
    if (!is_equal)
        fail_msg("%.*s\nis not as\n%.*s", (int)text.n_bytes, text.bytes, (int)disguised.n_bytes, bytes);
}

/* Of some pieces often, so that rules for what stands together are met; no piece of two letters is a word that, behind
 * a broken one, stands alone. */
static size_t plain_text(char *out, size_t max) {
    static const char *const plain[] = {" ",
                                        " ",
                                        " ",
                                        " ",
                                        "\n",
                                        "\n",
                                        ".",
                                        ",",
                                        ";",
                                        ":",
                                        "!",
                                        "'",
                                        "’",
                                        "-",
                                        "[",
                                        "]",
                                        "(",
                                        "\"",
                                        "1",
                                        "23",
                                        "517",
                                        "a",
                                        "i",
                                        "s",
                                        "S",
                                        "B",
                                        "X",
                                        "kim",
                                        "Il",
                                        "ab",
                                        "peac",
                                        "China",
                                        "seven",
                                        "eighteen",
                                        "ninefolds",
                                        "S B ",
                                        "X I ",
                                        "internationalism",
                                        "internationalisms",
                                        "misunderstandings of colour",
                                        "é",
                                        "Ж",
                                        "א",
                                        "中",
                                        "\u00AD",
                                        "\u0301",
                                        "ʿ",
                                        "·",
                                        "\xFF",
                                        "\xC3",
                                        "\xE2\x80",
                                        "_",
                                        "\t"};
    const uint32_t n_plain = sizeof plain / sizeof *plain;
    uint32_t often[4];
    for (size_t i = 0; i < 4; i++)
        often[i] = random_below(n_plain);
    size_t n = 0;
    for (uint32_t left = random_below(30); left > 0; left--) {
        const uint32_t any = random_below(n_plain);
        const char *piece = plain[random_below(2) == 0 ? any : often[random_below(4)]];
        if (n + strlen(piece) > max)
            break;
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static void plain_words_are_read_as_others(void **state) {
    (void)state;
    analyzer *other;
    assert_int_equal(analyzer_new("english", &other, NULL), SEARCH_OK);
    random_state = 6;
    for (int round = 0; round < 30000; round++) {
        /* Its own memory, so that sanitizers see who reads past its end. */
        char bytes[400];
        const size_t n = plain_text(bytes, sizeof bytes);
        char *own = malloc(n + 1);
        assert_non_null(own);
        memcpy(own + 1, bytes, n);
        check_disguise(other, (disguise){.is_in_words = true}, (search_text){own + 1, n});
        check_disguise(other, (disguise){.is_in_spaces = true}, (search_text){own + 1, n});
        check_disguise(other, (disguise){.is_in_words = true, .is_in_spaces = true}, (search_text){own + 1, n});
        free(own);
    }
    analyzer_free(other);
}

/* Words that differ in one byte, of every length about those that the look-up takes apart, each at the end of its
 * memory. */
static void words_of_every_length_are_told_apart(void **state) {
    (void)state;
    for (size_t n = 1; n <= 70; n++)
        for (size_t at = 0; at <= n; at++)
            for (int round = 0; round < 2; round++) {
                char *word = malloc(n);
                assert_non_null(word);
                memset(word, 'b', n);
                if (at < n)
                    word[at] = 'c';
                const token_list list = tokens_of((search_text){word, n});
                assert_int_equal(list.n_tokens, 1);
                assert_true(is_same(list.tokens[0].folded, (search_text){word, n}));
                free(word);
            }
}

/* So many that some are looked for in the same place. */
static void long_words_are_told_apart_by_their_middles(void **state) {
    (void)state;
    buffer text = {0};
    for (int i = 0; i < 20000; i++)
        buffer_add_format(&text, "beginnin%05dandanend ", i);
    assert_false(text.failed);
    for (int round = 0; round < 2; round++) {
        const token_list list = tokens_of((search_text){text.bytes, text.n_bytes});
        assert_int_equal(list.n_tokens, 20000);
        for (size_t i = 0; i < list.n_tokens; i++) {
            const token *t = &list.tokens[i];
            assert_true(is_same(t->folded, (search_text){text.bytes + t->from, t->to - t->from}));
        }
    }
    buffer_free(&text);
}

/* Where ICU breaks the whole text, a flag for each byte.  UTF-16, for ICU 72 breaks some Khmer otherwise in UTF-8. */
static bool *icu_breaks(search_text text) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    UChar *units = calloc(text.n_bytes + 1, sizeof *units);
    size_t *offsets = calloc(text.n_bytes + 1, sizeof *offsets);
    bool *breaks = calloc(text.n_bytes + 1, sizeof *breaks);
    assert_true(units != NULL && offsets != NULL && breaks != NULL);
    int32_t n = 0;
    for (size_t at = 0; at < text.n_bytes;) {
        int32_t first = n;
        size_t from = at;
        uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        U16_APPEND_UNSAFE(units, n, c);
        for (int32_t i = first; i < n; i++)
            offsets[i] = from;
    }
    offsets[n] = text.n_bytes;
    ubrk_setText(words, units, n, &status);
    assert_true(U_SUCCESS(status));
    for (int32_t at = ubrk_first(words); at != UBRK_DONE; at = ubrk_next(words))
        breaks[offsets[at]] = true;
    ubrk_close(words);
    free(units);
    free(offsets);
    return breaks;
}

/* Letters, digits and marks: between two of them only ICU may break.  The rules of our own are for what else there is.
 */
static bool is_ruled_by_icu(uint32_t c) {
    uint32_t mask = U_MASK(u_charType((UChar32)c));
    return (mask & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_NL_MASK)) != 0;
}

static void check_against_icu(search_text text) {
    token_list list = tokens_of(text);
    bool *breaks = icu_breaks(text);
    bool was_ruled = false;
    size_t end = 0;
    for (size_t i = 0; i < list.n_tokens; i++) {
        const token *t = &list.tokens[i];
        if (t->is_extra)
            continue;
        if (end == t->from && was_ruled && !breaks[t->from])
            fail_msg("ICU does not break at %zu of %.*s", t->from, (int)text.n_bytes, text.bytes);
        size_t at = t->from;
        was_ruled = is_ruled_by_icu(utf8_next(text.bytes, text.n_bytes, &at));
        while (at < t->to) {
            size_t here = at;
            bool is_ruled = is_ruled_by_icu(utf8_next(text.bytes, text.n_bytes, &at));
            if (was_ruled && is_ruled && breaks[here])
                fail_msg("ICU breaks at %zu of %.*s", here, (int)text.n_bytes, text.bytes);
            was_ruled = is_ruled;
        }
        end = t->to;
    }
    free(breaks);
}

static void words_break_where_icu_breaks(void **state) {
    (void)state;
    char bytes[400];
    random_state = 3;
    for (int round = 0; round < 10000; round++)
        check_against_icu((search_text){bytes, random_text(bytes, sizeof bytes)});
}

/* Each character of Unicode beside letters and digits of several kinds, a line each. */
static void every_character_breaks_as_in_icu(void **state) {
    (void)state;
    const char *const around[] = {"a", "1", "国", "ไ", "조"};
    buffer text = {0};
    for (UChar32 c = 0; c < 0x110000; c++) {
        char bytes[4];
        const int8_t category = u_charType(c);
        if (category == U_UNASSIGNED || category == U_SURROGATE || category == U_PRIVATE_USE_CHAR)
            continue;
        /* Ideographs and syllables in their thousands are all alike. */
        if (c > 0x3500 && c < 0xD700 && c % 16 != 0)
            continue;
        if (c > 0x17000 && c < 0x1B000 && c % 16 != 0)
            continue;
        if (c > 0x20000 && c < 0xE0000 && c % 512 != 0)
            continue;
        size_t n = utf8_put((uint32_t)c, bytes);
        for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
            buffer_add_string(&text, around[i]);
            buffer_add(&text, bytes, n);
            buffer_add_string(&text, around[i]);
            buffer_add_byte(&text, '\n');
        }
        if (text.n_bytes > 4096 || c == 0x10FFFF) {
            assert_false(text.failed);
            check_against_icu((search_text){text.bytes, text.n_bytes});
            buffer_clear(&text);
        }
    }
    buffer_free(&text);
}

static size_t segment_end(const bool *breaks, size_t from) {
    size_t to = from + 1;
    while (!breaks[to])
        to++;
    return to;
}

/* Whether the segment that ends at `to` and the one that begins at `from` are a word that is broken over a line. */
static bool is_broken_at(const char *bytes, const bool *breaks, size_t to, size_t from) {
    bool stands_alone = bytes[from] == 'i' && segment_end(breaks, from) == from + 2 && bytes[from + 1] == 'n';
    if (bytes[to] != '-' || to + 1 == from || !islower((unsigned char)bytes[from]) || stands_alone)
        return false;
    for (size_t at = to; at > 0 && isalnum((unsigned char)bytes[at - 1]); at--)
        if (isdigit((unsigned char)bytes[at - 1]))
            return false;
    size_t n_newlines = 0;
    for (size_t at = to + 1; at < from; at++) {
        n_newlines += bytes[at] == '\n';
        if (!isspace((unsigned char)bytes[at]))
            return false;
    }
    return n_newlines <= 1;
}

/* Without the other marks that our own rules join at, every segment of ICU with a letter or digit is a word.  Spaces
 * come in pairs, so that no capitals are letter-spaced; of the lower-case words one is no end of a word. */
static void random_ascii_gives_the_words_of_icu(void **state) {
    (void)state;
    const char *const ascii[] = {"b", "in", "X", "YZ", "0",  "19", "  ", "-", "!",  "(",  ")",
                                 "/", "+",  "&", "\t", "\n", "[",  "]",  "-", "- ", "-\n"};
    random_state = 4;
    for (int round = 0; round < 10000; round++) {
        char bytes[100];
        size_t n = 0;
        while (n < sizeof bytes - 2 && random_below(60) > 0) {
            const char *piece = ascii[random_below(sizeof ascii / sizeof *ascii)];
            memcpy(bytes + n, piece, strlen(piece));
            n += strlen(piece);
        }
        search_text text = {bytes, n};
        token_list list = tokens_of(text);
        bool *breaks = icu_breaks(text);
        const token *t = list.tokens;
        const token *end = list.tokens + list.n_tokens;
        for (size_t from = 0, to; from < n; from = to) {
            to = segment_end(breaks, from);
            if (!isalnum((unsigned char)bytes[from]))
                continue;
            assert_true(t < end);
            assert_int_equal(t->from, from);
            while (t->to > to) {
                size_t next = to;
                while (!isalnum((unsigned char)bytes[next]))
                    next++;
                assert_true(is_broken_at(bytes, breaks, to, next));
                to = segment_end(breaks, next);
            }
            assert_int_equal(t->to, to);
            for (t++; t < end && t->is_extra;)
                t++;
            assert_false(t < end && is_broken_at(bytes, breaks, to, t->from));
        }
        assert_ptr_equal(t, end);
        free(breaks);
    }
}

/* Spans found the slow way: every pair of brackets with a word, unless one around it begins or ends with the same word.
 * The texts are of words that no bracket touches, brackets and blank lines. */
typedef struct pair {
    uint32_t first;
    uint32_t last;
} pair;

static size_t pairs_of(const char *text, pair *out) {
    uint32_t opened[100];
    size_t n_open = 0;
    size_t n = 0;
    uint32_t n_words = 0;
    for (; *text != '\0'; text++) {
        n_words += *text == 'a';
        if (*text == '\n')
            n_open = 0;
        if (*text == '[')
            opened[n_open++] = n_words + 1;
        if (*text == ']' && n_open > 0 && opened[--n_open] <= n_words)
            out[n++] = (pair){opened[n_open], n_words};
    }
    return n;
}

static void spans_are_those_found_the_slow_way(void **state) {
    (void)state;
    const char *const parts[] = {" a ", "[", "]", "[", "]", "\n\n"};
    random_state = 5;
    for (int round = 0; round < 20000; round++) {
        char text[400] = "";
        for (uint32_t left = random_below(40); left > 0; left--)
            strcat(text, parts[random_below(random_below(8) == 0 ? 6 : 5)]);
        pair pairs[100];
        size_t n = pairs_of(text, pairs);
        token_list list = tokens_of(search_text_of(text));
        size_t n_kept = 0;
        /* Pairs come inner ones first, so of equal ones the last is kept. */
        for (size_t i = 0; i < n; i++) {
            bool is_kept = true;
            for (size_t k = i + 1; k < n && is_kept; k++)
                is_kept = pairs[k].first > pairs[i].last || pairs[k].first > pairs[i].first ||
                          (pairs[k].first < pairs[i].first && pairs[k].last > pairs[i].last);
            if (!is_kept)
                continue;
            bool is_found = false;
            for (size_t k = 0; k < list.n_spans && !is_found; k++)
                is_found = list.spans[k].first == pairs[i].first && list.spans[k].last == pairs[i].last;
            if (!is_found)
                fail_msg("no span %u-%u in %s", pairs[i].first, pairs[i].last, text);
            n_kept++;
        }
        assert_int_equal(n_kept, list.n_spans);
    }
}

static search_status check_file(void *context, const char *path, search_error *error) {
    size_t *n_files = context;
    buffer text = {0};
    search_status status = file_read(path, (size_t)1 << 24, &text, error);
    assert_int_equal(status, SEARCH_OK);
    check_ranges((search_text){text.bytes, text.n_bytes});
    if (utf8_valid(text.bytes, text.n_bytes))
        check_against_icu((search_text){text.bytes, text.n_bytes});
    ++*n_files;
    buffer_free(&text);
    return SEARCH_OK;
}

static void corpus_breaks_where_icu_breaks(void **state) {
    (void)state;
    const char *top = getenv("top_srcdir");
    char *corpus = file_path(top != NULL ? top : ".", "corpus");
    size_t n_files = 0;
    file_walk walk = {.visit = check_file, .context = &n_files};
    if (!file_exists(corpus)) {
        free(corpus);
        skip();
    }
    assert_int_equal(file_walk_tree(corpus, &walk, NULL), SEARCH_OK);
    assert_true(n_files > 0);
    free(corpus);
}

/* Words found by themselves give what they give within a text. */
static void cut_words_give_themselves(void **state) {
    (void)state;
    const char *text = "P'yŏngyang, the U.S.S.R.'s 20,517 Workers’ 3.5 col·lecció S H T Y K O V Đặng ʿAbd Хрущёв "
                       "govern-\n  ment Sung's";
    token_list list = tokens_of(search_text_of(text));
    size_t n = list.n_tokens;
    for (size_t i = 0; i < n; i++) {
        list = tokens_of(search_text_of(text));
        char folded[64] = "";
        if (list.tokens[i].is_extra)
            continue;
        memcpy(folded, list.tokens[i].folded.bytes, list.tokens[i].folded.n_bytes);
        token_list alone =
            tokens_of((search_text){text + list.tokens[i].from, list.tokens[i].to - list.tokens[i].from});
        assert_int_equal(alone.n_positions, 1);
        assert_int_equal(alone.tokens[0].folded.n_bytes, strlen(folded));
        assert_memory_equal(alone.tokens[0].folded.bytes, folded, strlen(folded));
    }
}

/* ---- Fingerprint ---- */

static void *ask_fingerprint(void *out) {
    *(const char **)out = analyzer_fingerprint();
    return NULL;
}

static void fingerprint_is_the_same_in_all_threads(void **state) {
    (void)state;
    pthread_t threads[8];
    const char *answers[8] = {NULL};
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_fingerprint, &answers[i]), 0);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < 8; i++)
        assert_ptr_equal(answers[i], answers[0]);
    assert_non_null(strstr(answers[0], "libsearch-analysis "));
    assert_non_null(strstr(answers[0], "; ICU "));
    assert_non_null(strstr(answers[0], "; Unicode "));
    assert_non_null(strstr(answers[0], "; libstemmer "));
    assert_non_null(strstr(answers[0], "; tables "));
}

/* ---- Terms ---- */

static void short_terms_are_prefix_and_word(void **state) {
    (void)state;
    buffer term = {0};
    buffer_add_string(&term, "before ");
    term_add(&term, "XE", search_text_of("łódź"));
    assert_string_equal(term.bytes, "before XEłódź");
    buffer_free(&term);
}

static void terms_hold_no_nul(void **state) {
    (void)state;
    buffer term = {0};
    term_add(&term, "Q", (search_text){"a\0b\0", 4});
    assert_string_equal(term.bytes, "Qa\xEF\xBF\xBD"
                                    "b\xEF\xBF\xBD");
    buffer_free(&term);
}

static void long_terms_are_shortened(void **state) {
    (void)state;
    char word[300];
    buffer term = {0};
    memset(word, 'a', sizeof word);
    term_add(&term, "Z", (search_text){word, 199});
    assert_int_equal(term.n_bytes, 200);
    buffer_clear(&term);
    term_add(&term, "Z", (search_text){word, 200});
    assert_int_equal(term.n_bytes, 160 + 1 + 32);
    assert_int_equal(term.bytes[160], 0x7F);
    buffer other = {0};
    term_add(&other, "Z", (search_text){word, 201});
    assert_int_equal(other.n_bytes, term.n_bytes);
    assert_memory_equal(other.bytes, term.bytes, 161);
    assert_memory_not_equal(other.bytes, term.bytes, term.n_bytes);
    buffer_free(&term);
    buffer_free(&other);
}

static void long_terms_are_cut_at_a_character(void **state) {
    (void)state;
    char *word = repeated("中", 240);
    buffer term = {0};
    term_add(&term, "", (search_text){word, 240});
    assert_int_equal(term.bytes[159], 0x7F);
    assert_true(utf8_valid(term.bytes, term.n_bytes));
    buffer_free(&term);
    free(word);
}

/* ---- Sentences ---- */

/* The sentences with | between. */
static void assert_sentences(const char *text, const char *expected) {
    size_t *starts;
    size_t n_starts;
    assert_int_equal(text_sentences(search_text_of(text), &starts, &n_starts, NULL), SEARCH_OK);
    buffer got = {0};
    buffer_add_string(&got, "");
    for (size_t i = 0; i < n_starts; i++) {
        size_t end = i + 1 < n_starts ? starts[i + 1] : strlen(text);
        if (i > 0)
            buffer_add_byte(&got, '|');
        buffer_add(&got, text + starts[i], end - starts[i]);
    }
    assert_string_equal(got.bytes, expected);
    buffer_free(&got);
    free(starts);
}

static void sentences_start_after_stops(void **state) {
    (void)state;
    assert_sentences("An came. He spoke! Why? 他来了。他走了。", "An came. |He spoke! |Why? |他来了。|他走了。");
    assert_sentences("", "");
    assert_sentences("one", "one");
}

static void sentences_start_at_lines(void **state) {
    (void)state;
    assert_sentences("To the Ministry\n\nOn November 10\r\nAn came", "To the Ministry\n\n|On November 10\r\n|An came");
    assert_sentences("  \nAn came", "  \n|An came");
}

static void abbreviations_end_no_sentence(void **state) {
    (void)state;
    assert_sentences("Mr. Smith met Gen. Kim. See No. 103. J. V. Stalin said no. We left.",
                     "Mr. Smith met Gen. Kim. |See No. 103. |J. V. Stalin said no. |We left.");
}

static void sentences_of_bad_bytes_keep_offsets(void **state) {
    (void)state;
    assert_sentences("\xFF\xFF one. Two 🙂. Three", "\xFF\xFF one. |Two 🙂. |Three");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_text_has_no_words),
        cmocka_unit_test(text_without_letters_has_no_words),
        cmocka_unit_test(words_break_at_symbols),
        cmocka_unit_test(hyphens_split),
        cmocka_unit_test(one_hyphen_joins_the_next),
        cmocka_unit_test(words_break_over_lines),
        cmocka_unit_test(other_hyphens_at_spaces_split),
        cmocka_unit_test(ranges_are_those_of_the_text),
        cmocka_unit_test(positions_count_from_one_over_lines),
        cmocka_unit_test(apostrophes_do_not_split_names),
        cmocka_unit_test(ayn_and_hamza_vanish_anywhere),
        cmocka_unit_test(quotes_around_words_are_not_part_of_them),
        cmocka_unit_test(two_marks_split),
        cmocka_unit_test(possessives_stem_to_the_owner),
        cmocka_unit_test(possessives_give_their_owner),
        cmocka_unit_test(only_english_has_owners),
        cmocka_unit_test(possessive_covers_its_apostrophe),
        cmocka_unit_test(closing_quote_is_no_possessive),
        cmocka_unit_test(apostrophe_before_digits_splits),
        cmocka_unit_test(brackets_make_spans),
        cmocka_unit_test(brackets_without_words_make_none),
        cmocka_unit_test(unpaired_brackets_make_none),
        cmocka_unit_test(brackets_close_in_their_paragraph),
        cmocka_unit_test(spans_nest),
        cmocka_unit_test(brackets_complete_words),
        cmocka_unit_test(brackets_complete_possessives),
        cmocka_unit_test(completed_words_nest_in_spans),
        cmocka_unit_test(other_brackets_complete_none),
        cmocka_unit_test(capitals_are_seen),
        cmocka_unit_test(quotes_of_korean_and_chinese_split),
        cmocka_unit_test(thousands_are_one_number),
        cmocka_unit_test(decimals_keep_their_point),
        cmocka_unit_test(other_digits_with_separators_split),
        cmocka_unit_test(file_references_give_their_parts),
        cmocka_unit_test(full_width_folds),
        cmocka_unit_test(digits_and_letters_stay_together),
        cmocka_unit_test(spaced_capitals_are_one_word),
        cmocka_unit_test(other_single_letters_stay_apart),
        cmocka_unit_test(initials_are_one_word),
        cmocka_unit_test(marks_go_over_latin_and_greek),
        cmocka_unit_test(decomposed_text_folds_alike),
        cmocka_unit_test(letters_with_strokes_fold),
        cmocka_unit_test(cyrillic_keeps_short_i_and_loses_yo),
        cmocka_unit_test(marks_of_other_scripts_stay),
        cmocka_unit_test(compatibility_forms_fold),
        cmocka_unit_test(soft_hyphens_and_joiners_vanish),
        cmocka_unit_test(letters_of_other_scripts_join_at_their_marks),
        cmocka_unit_test(exact_is_given_where_it_differs),
        cmocka_unit_test(exact_of_spaced_capitals_has_no_spaces),
        cmocka_unit_test(stems_are_made_of_folded_words),
        cmocka_unit_test(no_stemmer_leaves_words),
        cmocka_unit_test(long_words_are_not_stemmed),
        cmocka_unit_test(every_stemmer_is_reachable),
        cmocka_unit_test(unknown_stemmers_are_refused),
        cmocka_unit_test(chinese_is_segmented),
        cmocka_unit_test(japanese_is_segmented),
        cmocka_unit_test(korean_is_segmented),
        cmocka_unit_test(thai_is_segmented),
        cmocka_unit_test(nul_separates),
        cmocka_unit_test(bad_bytes_are_counted_and_separate),
        cmocka_unit_test(length_is_honoured),
        cmocka_unit_test(very_long_words_are_one_token),
        cmocka_unit_test(hostile_texts_take_linear_time),
        cmocka_unit_test(many_words_pass_the_cache),
        cmocka_unit_test(ranges_hold_over_random_bytes),
        cmocka_unit_test(ranges_hold_over_random_scripts),
        cmocka_unit_test(plain_words_are_read_as_others),
        cmocka_unit_test(words_of_every_length_are_told_apart),
        cmocka_unit_test(long_words_are_told_apart_by_their_middles),
        cmocka_unit_test(words_break_where_icu_breaks),
        cmocka_unit_test(every_character_breaks_as_in_icu),
        cmocka_unit_test(random_ascii_gives_the_words_of_icu),
        cmocka_unit_test(spans_are_those_found_the_slow_way),
        cmocka_unit_test(corpus_breaks_where_icu_breaks),
        cmocka_unit_test(cut_words_give_themselves),
        cmocka_unit_test(fingerprint_is_the_same_in_all_threads),
        cmocka_unit_test(short_terms_are_prefix_and_word),
        cmocka_unit_test(terms_hold_no_nul),
        cmocka_unit_test(long_terms_are_shortened),
        cmocka_unit_test(long_terms_are_cut_at_a_character),
        cmocka_unit_test(sentences_start_after_stops),
        cmocka_unit_test(sentences_start_at_lines),
        cmocka_unit_test(abbreviations_end_no_sentence),
        cmocka_unit_test(sentences_of_bad_bytes_keep_offsets),
    };
    return cmocka_run_group_tests_name("analysis", tests, open_english, close_english);
}
