/* Analysis, rule by rule, then by property: over random bytes, random mixtures of scripts and the corpus (found from
 * $top_srcdir, else the working directory), ranges are in order and cut at characters, a word folded again from its
 * range gives the same, and words break where ICU's segmentation of the whole text breaks. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/analysis/fold.h"
#include "libsearch/analysis/stem.h"
#include "libsearch/support/files.h"
#include "libsearch/support/utf8.h"

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

/* One form of every token, with | between. */
static void assert_forms(const char *text, form which, const char *expected) {
    token_list list = tokens_of(search_text_of(text));
    buffer got = {0};
    buffer_add_string(&got, "");
    for (size_t i = 0; i < list.n_tokens; i++) {
        search_text bytes = form_of(text, &list.tokens[i], which);
        if (i > 0)
            buffer_add_byte(&got, '|');
        buffer_add(&got, bytes.bytes, bytes.n_bytes);
        assert_int_equal(list.tokens[i].position, i + 1);
    }
    assert_false(got.failed);
    assert_int_equal(list.n_positions, list.n_tokens);
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
        "a\u0301\u0316", "\u0316\u0301", "1,",     "123,", "1.",     "a.",  "A ",  "a'",  "'",
        "กขค",           "中国",         "\u00AD", "\xFF", "\uFDFA", "s' ", "א\"", "カa", "'s "};
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

static void check_token(search_text text, const token *t, size_t floor, folder *again, buffer *folded) {
    assert_true(t->from >= floor && t->from < t->to && t->to <= text.n_bytes);
    assert_true(is_cut(text, floor, t->from) && is_cut(text, t->from, t->to));
    assert_true(utf8_valid(text.bytes + t->from, t->to - t->from));
    assert_true(t->folded.n_bytes > 0 && utf8_valid(t->folded.bytes, t->folded.n_bytes));
    assert_true(t->stem.n_bytes > 0 && utf8_valid(t->stem.bytes, t->stem.n_bytes));
    assert_true(utf8_valid(t->exact.bytes, t->exact.n_bytes));
    search_text range = {text.bytes + t->from, t->to - t->from};
    assert_int_equal(folder_fold(again, range, folded, NULL), SEARCH_OK);
    assert_int_equal(folded->n_bytes, t->folded.n_bytes);
    assert_memory_equal(folded->bytes, t->folded.bytes, folded->n_bytes);
}

static void check_ranges(search_text text) {
    token_list list = tokens_of(text);
    folder again;
    buffer folded = {0};
    assert_int_equal(folder_open(&again, NULL), SEARCH_OK);
    size_t floor = 0;
    for (size_t i = 0; i < list.n_tokens; i++) {
        check_token(text, &list.tokens[i], floor, &again, &folded);
        floor = list.tokens[i].to;
        assert_int_equal(list.tokens[i].position, i + 1);
    }
    buffer_free(&folded);
    folder_free(&again);
}

/* Pieces from which random texts are made: every rule has its characters here. */
static const char *const pieces[] = {
    "a",       "B",      "kim",    "Il",     "S",      "1",  "23", "517",  "１", "é",
    "e\u0301", "ŏ",      "\u0306", "Ł",      "Ж",      "ё",  "й",  "α",    "א",  "ب",
    "中",      "国",     "カ",     "の",     "ー",     "ｶ",  "ﾞ",  "조",   "선", "\u1112\u1161",
    "ไทย",     "ท",      "ក",      "ह",      "ि",      "𝟑",  "𠀀", "🙂", "Ⅳ",  "²",
    " ",       " ",      " ",      "\u00A0", "\n",     "\t", ".",  ",",    "'",  "’",
    "‘",       "`",      "ʿ",      "ʼ",      "\"",     "-",  "_",  ":",    "/",  "·",
    "\u00AD",  "\u200D", "\u200B", "\u2060", "\u0600", "々", "〇", "ㄅ",   "ꀀ", "\uFDFA",
    "\u3164",  "；",     "’s",     "s'",     "\u0345", "ß",  "İ"};

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
    for (size_t i = 0; i < list.n_tokens; i++) {
        const token *t = &list.tokens[i];
        if (i > 0 && list.tokens[i - 1].to == t->from && was_ruled && !breaks[t->from])
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

/* Without the marks that our own rules join at, every segment of ICU with a letter or digit is a word.  Spaces come in
 * pairs, so that no capitals are letter-spaced. */
static void random_ascii_gives_the_words_of_icu(void **state) {
    (void)state;
    const char *const ascii[] = {"a", "b", "X", "YZ", "0", "19", "  ", "-", "!", "(", ")", "/", "+", "&", "\t", "\n"};
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
        size_t next = 0;
        for (size_t from = 0, to = 1; from < n; from = to, to++) {
            while (!breaks[to])
                to++;
            if (!u_isalnum(bytes[from]))
                continue;
            assert_true(next < list.n_tokens);
            assert_int_equal(list.tokens[next].from, from);
            assert_int_equal(list.tokens[next].to, to);
            next++;
        }
        assert_int_equal(next, list.n_tokens);
        free(breaks);
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
    const char *text = "P'yŏngyang, the U.S.S.R.'s 20,517 Workers’ 3.5 col·lecció S H T Y K O V Đặng ʿAbd Хрущёв";
    token_list list = tokens_of(search_text_of(text));
    size_t n = list.n_tokens;
    for (size_t i = 0; i < n; i++) {
        list = tokens_of(search_text_of(text));
        char folded[64] = "";
        memcpy(folded, list.tokens[i].folded.bytes, list.tokens[i].folded.n_bytes);
        token_list alone =
            tokens_of((search_text){text + list.tokens[i].from, list.tokens[i].to - list.tokens[i].from});
        assert_int_equal(alone.n_tokens, 1);
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
        cmocka_unit_test(ranges_are_those_of_the_text),
        cmocka_unit_test(positions_count_from_one_over_lines),
        cmocka_unit_test(apostrophes_do_not_split_names),
        cmocka_unit_test(ayn_and_hamza_vanish_anywhere),
        cmocka_unit_test(quotes_around_words_are_not_part_of_them),
        cmocka_unit_test(two_marks_split),
        cmocka_unit_test(possessives_stem_to_the_owner),
        cmocka_unit_test(possessive_covers_its_apostrophe),
        cmocka_unit_test(closing_quote_is_no_possessive),
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
        cmocka_unit_test(words_break_where_icu_breaks),
        cmocka_unit_test(every_character_breaks_as_in_icu),
        cmocka_unit_test(random_ascii_gives_the_words_of_icu),
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
