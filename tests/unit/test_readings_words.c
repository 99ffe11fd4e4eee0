/* What joins single words: Cyrillic and Japanese names, British and American spellings, aliases.  Names that are one
 * must share a reading, names that are not must share none. */
#include "libsearch/analysis/aliases.h"
#include "libsearch/analysis/analysis.h"
#include "libsearch/analysis/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_READINGS 64
#define MAX_WORDS 64

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

typedef struct key_list {
    char keys[MAX_READINGS][224];
    size_t n_words[MAX_READINGS];
    size_t n;
} key_list;

static search_status keep_key(void *context, const reading *r, search_error *error) {
    (void)error;
    key_list *list = context;
    assert_true(list->n < MAX_READINGS);
    assert_true(r->key.n_bytes > 3 && r->key.n_bytes <= 200);
    assert_non_null(r->rule);
    memcpy(list->keys[list->n], r->key.bytes, r->key.n_bytes);
    list->keys[list->n][r->key.n_bytes] = '\0';
    list->n_words[list->n++] = r->n_words;
    return SEARCH_OK;
}

static bool has_capital(search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++)
        if ((text.bytes[i] >= 'A' && text.bytes[i] <= 'Z') || (unsigned char)text.bytes[i] >= 0x80)
            return true;
    return false;
}

static size_t words_of(const char *text, reading_word words[MAX_WORDS]) {
    token_list list;
    assert_int_equal(analyzer_tokens(english, search_text_of(text), &list, NULL), SEARCH_OK);
    size_t n = 0;
    for (size_t i = 0; i < list.n_tokens && n < MAX_WORDS; i++) {
        const token *t = &list.tokens[i];
        search_text written = {text + t->from, t->to - t->from};
        if (!t->is_extra)
            words[n++] = (reading_word){.folded = t->folded, .exact = t->exact, .is_capital = has_capital(written)};
    }
    return n;
}

/* The readings in `language` ("ru:") of the name that begins a text. */
static key_list keys_of(const char *language, const char *text) {
    reading_word words[MAX_WORDS];
    size_t n = words_of(text, words);
    key_list all = {.n = 0};
    key_list out = {.n = 0};
    const readings *r = NULL;
    assert_int_equal(analyzer_readings(english, &r, NULL), SEARCH_OK);
    assert_int_equal(readings_visit(r, words, n, keep_key, &all, NULL), SEARCH_OK);
    assert_true(all.n == 0 || readings_may_begin(r, words[0].folded) != 0);
    for (size_t i = 0; i < all.n; i++) {
        if (strncmp(all.keys[i], language, strlen(language)) != 0)
            continue;
        memcpy(out.keys[out.n], all.keys[i], sizeof out.keys[0]);
        out.n_words[out.n++] = all.n_words[i];
    }
    return out;
}

static bool meet(const char *language, const char *one, const char *other) {
    key_list x = keys_of(language, one);
    key_list y = keys_of(language, other);
    for (size_t i = 0; i < x.n; i++)
        for (size_t k = 0; k < y.n; k++)
            if (strcmp(x.keys[i], y.keys[k]) == 0)
                return true;
    return false;
}

/* Lines of names with / between, which all meet, or of which no two do. */
static void assert_lines(const char *language, const char *const *lines, bool expected) {
    for (; *lines != NULL; lines++) {
        char names[16][64];
        size_t n = 0;
        search_text rest = search_text_of(*lines);
        for (search_text name; table_next(&rest, '/', &name); n++)
            snprintf(names[n], sizeof names[n], "%.*s", (int)name.n_bytes, name.bytes);
        for (size_t i = 0; i < n; i++)
            for (size_t k = i + 1; k < n; k++)
                if (meet(language, names[i], names[k]) != expected)
                    fail_msg("%s and %s %s", names[i], names[k], expected ? "do not meet" : "meet");
    }
}

static void assert_key(const char *language, const char *text, size_t n_words, const char *key) {
    key_list list = keys_of(language, text);
    for (size_t i = 0; i < list.n; i++)
        if (strcmp(list.keys[i], key) == 0 && list.n_words[i] == n_words)
            return;
    fail_msg("%s has no reading %s of %zu words", text, key, n_words);
}

static void assert_no_keys(const char *language, const char *const *words) {
    for (; *words != NULL; words++)
        if (keys_of(language, *words).n > 0)
            fail_msg("%s is read as %s", *words, keys_of(language, *words).keys[0]);
}

/* ---- Cyrillic ---- */

static void cyrillic_names_meet(void **state) {
    (void)state;
    const char *const names[] = {
        "Khrushchev/Khrushchov/Khruschev/Khrushchyov/Chruschtschow/Khrouchtchev/Khrushchëv/Hruščëv/Chruščov",
        "Shtykov/Shtikov/Schtykow",
        "Molotov/Molotoff/Molotow",
        "Vyshinsky/Vyshinskii/Vyshinskiy/Vishinsky/Wyschinski/Vychinski/Vyšinskij",
        "Zhukov/Joukov/Schukow/Žukov",
        "Gorbachev/Gorbachov/Gorbatschow/Gorbachyov/Gorbatchev",
        "Kosygin/Kossygin/Kosigin/Kossyguine",
        "Mikoyan/Mikoian/Mikojan",
        "Beria/Beriya",
        "Gromyko/Gromiko",
        "Podgorny/Podgornyy/Podgornyi/Podgornii",
        "Semyonov/Semenov/Semionov/Semjonow",
        "Ponomarev/Ponomaryov/Ponomarjow",
        "Solovyov/Solov'ev/Soloviev/Solovev/Solowjow",
        "Yudin/Iudin/Judin",
        "Yeltsin/Eltsin/Jelzin/El'tsin/Eltsine",
        "Tsarapkin/Zarapkin",
        "Zhivkov/Jivkov/Živkov",
        "Kuznetsov/Kuznetzov/Kusnezow",
        "Fyodorov/Fedorov/Fjodorow",
        "Brezhnev/Breschnew/Brejnev",
        "Sakharov/Sacharow",
        "Shepilov/Chepilov/Schepilow",
        "Shevardnadze/Schewardnadse",
        "Dzhugashvili/Djugashvili",
        "Stalin/Staline",
        "Lenin/Lénine",
        "Popov/Popow/Popoff",
        "Maisky/Maiskii/Maysky/Majskij",
        "Krupskaya/Krupskaia/Krupskaja",
        "Zaitsev/Zaytsev/Zaitzev",
        "Alekseyev/Alekseev/Alexeyev",
        "Rankovich/Ranković/Rankovic",
        "Kharkov/Khar'kov/Harkov/Charkow",
        "Andrei/Andrey/Andrej",
        "Sergei/Sergey/Sergej",
        "Aleksei/Alexei/Alexey/Aleksey",
        "Yuri/Yuriy/Iurii/Yury/Jurij",
        "Dmitri/Dmitry/Dmitriy/Dmitrii",
        "Vasily/Vasilii/Vassily/Vasiliy",
        "Nikolai/Nikolay/Nikolaj",
        "Georgy/Georgii/Georgiy",
        "Anatoly/Anatolii/Anatoliy",
        "Yevgeny/Evgenii/Evgeny/Yevgeniy",
        "Aleksandr/Alexander",
        NULL,
    };
    assert_lines("ru:", names, true);
}

static void cyrillic_names_that_differ_do_not_meet(void **state) {
    (void)state;
    const char *const names[] = {
        "Lenin/Lenina/Leonin/Lanin",
        "Stalin/Stalino/Stalina",
        "Petrov/Petrova/Petrenko",
        "Ivanov/Ivanova/Ivanenko",
        "Malenkov/Malinkov/Melenkov",
        "Zorin/Zarin/Zorina",
        "Kozlov/Kozlova/Kozlenko",
        "Orlov/Arlov",
        "Sokolov/Sokolova/Sokolovsky",
        "Tito/Titov",
        "Bulganin/Bulganov",
        "Shukov/Zhukov/Shchukov",
        "Shestakov/Shostakov",
        "Chubin/Shubin",
        "Kolev/Kolov",
        "Sakharov/Zakharov",
        "Ivkov/Jivkov",
        NULL,
    };
    assert_lines("ru:", names, false);
}

static void other_words_are_not_cyrillic(void **state) {
    (void)state;
    const char *const words[] = {"begin",   "Within",  "certain", "main",    "Tomorrow", "Window",  "Review",
                                 "Russian", "Britain", "Spain",   "Thin",    "Sandwich", "Public",  "Moscow",
                                 "Policy",  "China",   "Berlin",  "captain", "Mexico",   "Routine", "show",
                                 "ov",      "in",      "1950",    "Хрущев",  NULL};
    assert_no_keys("ru:", words);
}

/* ---- Japanese ---- */

static void japanese_names_meet(void **state) {
    (void)state;
    const char *const names[] = {
        "Satō/Sato/Satou/Satoh/Satoo/Satô",
        "Ōhira/Ohira/Oohira/Ohhira",
        "Tōkyō/Tokyo/Toukyou/Tookyoo/Tokio",
        "Gotō/Goto/Gotoh",
        "Kōno/Kono/Kouno/Kohno",
        "Yūji/Yuji/Yuuji/Yuzi",
        "Ōno/Ono/Ohno/Oono",
        "Shimbun/Shinbun/Sinbun",
        "Nambara/Nanbara",
        "Chiba/Tiba",
        "Fukuda/Hukuda",
        "Tōjō/Tojo/Toozyoo",
        "Inoue/Inouye",
        "Kishi/Kisi",
        "Matsudaira/Matudaira",
        "Jun'ichi/Junichi/Zyun'iti",
        "Satō Eisaku/Sato Eisaku/Eisaku Sato/SATO EISAKU/eisaku satou/Eisaku Satoh said",
        "Hatoyama Ichirō/Ichiro Hatoyama/Hatoyama Itirou",
        NULL,
    };
    assert_lines("ja:", names, true);
    assert_key("ja:", "Satō", 1, "ja:sato");
    assert_key("ja:", "Satou Eisaku", 1, "ja:sato");
    assert_key("ja:", "Eisaku Satoh", 2, "ja:sato-eisaku");
    assert_key("ja:", "Mori Hatoyama", 2, "ja:mori-hatoyama");
    assert_key("ja:", "Mori Hatoyama", 2, "ja:hatoyama-mori");
}

static void japanese_names_that_differ_do_not_meet(void **state) {
    (void)state;
    const char *const names[] = {
        "House/Hose", "Satō/Saitō/Sado", "Tito/Chito", "Kishi/Kushi", "Eisaku Satō/Naotake Satō", "Itō/Etō/Iida", NULL,
    };
    const char *const others[] = {"Soho", "Moon", "House", "Tito", "Mao", "Toto", "Premier", "Do", "Sa", NULL};
    assert_lines("ja:", names, false);
    assert_no_keys("ja:", others);
}

static void a_lower_case_word_ends_a_japanese_name(void **state) {
    (void)state;
    key_list list = keys_of("ja:", "Abe made a note");
    assert_int_equal(list.n, 1);
    assert_string_equal(list.keys[0], "ja:abe");
}

static void listed_japanese_names_are_read(void **state) {
    (void)state;
    for (size_t i = 0; table_japanese[i] != NULL; i++) {
        search_text rest = search_text_of(table_japanese[i]);
        search_text kind;
        assert_true(table_next(&rest, '\t', &kind));
        bool is_name = memcmp(kind.bytes, "surname", 7) == 0 || memcmp(kind.bytes, "given", 5) == 0 ||
                       memcmp(kind.bytes, "place", 5) == 0;
        if (is_name && keys_of("ja:", rest.bytes).n == 0)
            fail_msg("%s is not read", rest.bytes);
    }
}

/* ---- Spellings ---- */

static const char *respelled(bool to_american, const char *word, buffer *out) {
    const spelling *s = analyzer_spelling(english);
    bool is_found =
        to_american ? spelling_american(s, search_text_of(word), out) : spelling_british(s, search_text_of(word), out);
    assert_false(out->failed);
    assert_true(is_found == (out->n_bytes > 0));
    return is_found ? out->bytes : "";
}

static void spellings_meet(void **state) {
    (void)state;
    const char *const pairs[][2] = {
        {"labour", "labor"},
        {"labourers", "laborers"},
        {"labourite", "laborite"},
        {"favourable", "favorable"},
        {"neighbourhood", "neighborhood"},
        {"behavioural", "behavioral"},
        {"centre", "center"},
        {"centres", "centers"},
        {"centred", "centered"},
        {"metre", "meter"},
        {"kilometres", "kilometers"},
        {"theatre", "theater"},
        {"defence", "defense"},
        {"offences", "offenses"},
        {"defenceless", "defenseless"},
        {"licence", "license"},
        {"practise", "practice"},
        {"programme", "program"},
        {"grey", "gray"},
        {"gaol", "jail"},
        {"plough", "plow"},
        {"organise", "organize"},
        {"organisations", "organizations"},
        {"recognising", "recognizing"},
        {"nationalisation", "nationalization"},
        {"demobilised", "demobilized"},
        {"normalise", "normalize"},
        {"liberalisers", "liberalizers"},
        {"emphasised", "emphasized"},
        {"analysed", "analyzed"},
        {"dialogue", "dialog"},
        {"catalogued", "cataloged"},
        {"travelled", "traveled"},
        {"cancelling", "canceling"},
        {"signalled", "signaled"},
        {"counsellors", "counselors"},
        {"fulfil", "fulfill"},
        {"instalments", "installments"},
        {"enrol", "enroll"},
        {"skilful", "skillful"},
        {"anaesthesia", "anesthesia"},
        {"paediatricians", "pediatricians"},
        {"oedema", "edema"},
        {"foetus", "fetus"},
        {"manoeuvres", "maneuvers"},
        {"judgement", "judgment"},
        {"ageing", "aging"},
        {"aluminium", "aluminum"},
        {"jewellery", "jewelry"},
        {"sceptical", "skeptical"},
        {"mould", "mold"},
        {"moustache", "mustache"},
        {"pyjamas", "pajamas"},
        {"aeroplanes", "airplanes"},
        {"tranquillise", "tranquilize"},
        {"finlandisation", "finlandization"},
    };
    buffer out = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_string_equal(respelled(true, pairs[i][0], &out), pairs[i][1]);
        assert_string_equal(respelled(false, pairs[i][1], &out), pairs[i][0]);
        assert_string_equal(respelled(true, pairs[i][1], &out), "");
        assert_string_equal(respelled(false, pairs[i][0], &out), "");
    }
    buffer_free(&out);
}

static void other_words_keep_their_spelling(void **state) {
    (void)state;
    const char *const words[] = {
        "advise",     "exercise",  "promise",      "four",       "hour",        "tour",     "your",
        "glamour",    "organism",  "organist",     "emphasis",   "hypothesis",  "analyses", "analysis",
        "laboratory", "honorary",  "cancellation", "realist",    "nationalism", "seize",    "size",
        "prize",      "advertise", "supervise",    "compromise", "rise",        "raise",    "citizen",
        "licensed",   "cheque",    "tyre",         "draught",    "councils",    "color1",   "",
        "mother",     "defender",  "centred1",     "reorganism", "excellent",
    };
    buffer out = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_string_equal(respelled(true, words[i], &out), "");
        assert_string_equal(respelled(false, words[i], &out), "");
    }
    buffer_free(&out);
}

/* Every stem with every ending of its class there and back, and no row hidden by another. */
static void spellings_are_inverse(void **state) {
    (void)state;
    buffer there = {0};
    buffer back = {0};
    size_t n = 0;
    for (size_t i = 0; table_spelling[i] != NULL; i++)
        for (size_t k = 0; table_spelling[k] != NULL; k++) {
            search_text row = search_text_of(table_spelling[i]);
            search_text endings = search_text_of(table_spelling[k]);
            search_text columns[3];
            search_text class;
            search_text ending;
            assert_true(table_next(&row, '\t', &columns[0]) && table_next(&row, '\t', &columns[1]));
            assert_true(table_next(&endings, '\t', &class));
            if (memcmp(class.bytes, "ending", class.n_bytes) != 0 || columns[0].bytes[0] == 'e')
                continue;
            assert_true(table_next(&endings, '\t', &class));
            if (class.n_bytes != columns[0].n_bytes || memcmp(class.bytes, columns[0].bytes, class.n_bytes) != 0)
                continue;
            while (table_next(&endings, ' ', &ending)) {
                char word[96];
                int n_ending = (int)strcspn(ending.bytes, "-: ");
                n_ending = (size_t)n_ending > ending.n_bytes ? (int)ending.n_bytes : n_ending;
                snprintf(word, sizeof word, "%.*s%.*s", (int)columns[1].n_bytes, columns[1].bytes, n_ending,
                         ending.bytes);
                const char *american = respelled(true, word, &there);
                if (strcmp(respelled(false, american, &back), word) != 0)
                    fail_msg("%s becomes %s and then %s", word, american, back.bytes == NULL ? "" : back.bytes);
                n++;
            }
        }
    assert_true(n > 3000);
    buffer_free(&there);
    buffer_free(&back);
}

static void assert_same_stem(const char *text) {
    token_list list;
    assert_int_equal(analyzer_tokens(english, search_text_of(text), &list, NULL), SEARCH_OK);
    assert_true(list.n_tokens > 1);
    for (size_t i = 1; i < list.n_tokens; i++) {
        if (list.tokens[i].is_extra)
            continue;
        assert_int_equal(list.tokens[i].stem.n_bytes, list.tokens[0].stem.n_bytes);
        assert_memory_equal(list.tokens[i].stem.bytes, list.tokens[0].stem.bytes, list.tokens[0].stem.n_bytes);
    }
}

static void stems_are_of_the_american_spelling(void **state) {
    (void)state;
    assert_same_stem("labor Labour Labour's labours labors LABOURED laboring");
    assert_same_stem("laborers labourers labourer's");
    assert_same_stem("organize organised organising organizes");
    assert_same_stem("defense defence Defence's defences");
    assert_same_stem("traveled travelled travelling travels");
    assert_same_stem("program programme programmes");
}

static void other_languages_keep_their_stems(void **state) {
    (void)state;
    analyzer *none;
    token_list list;
    assert_int_equal(analyzer_new("none", &none, NULL), SEARCH_OK);
    assert_int_equal(analyzer_tokens(none, search_text_of("Labour"), &list, NULL), SEARCH_OK);
    assert_int_equal(list.n_tokens, 1);
    assert_memory_equal(list.tokens[0].stem.bytes, "labour", 6);
    analyzer_free(none);
}

/* ---- Aliases ---- */

static void assert_pairs(const char *file, const char *expected) {
    aliases a = {0};
    search_error error;
    if (aliases_add(&a, search_text_of(file), english, &error) != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    buffer got = {0};
    buffer_add_string(&got, "");
    for (size_t i = 0; i < a.n; i++)
        buffer_add_format(&got, "%.*s>%.*s|", (int)a.list[i].asked.n_bytes, a.list[i].asked.bytes,
                          (int)a.list[i].found.n_bytes, a.list[i].found.bytes);
    assert_string_equal(got.bytes, expected);
    buffer_free(&got);
    aliases_free(&a);
}

static void assert_refused(search_text file, const char *message) {
    aliases a = {0};
    search_error error;
    assert_int_equal(aliases_add(&a, file, english, &error), SEARCH_E_INPUT);
    assert_string_equal(error.id, "aliases.line");
    assert_string_equal(error.message, message);
    aliases_free(&a);
}

static void aliases_are_read(void **state) {
    (void)state;
    assert_pairs("", "");
    assert_pairs("# nothing\n\n \t\r\n  # here\n", "");
    assert_pairs("Quemoy = Jinmen", "jinmen>quemoy|quemoy>jinmen|");
    assert_pairs("Filippov -> Stalin # to Mao\n", "stalin>filippov|");
    assert_pairs("b = a = c\r\n", "a>b|a>c|b>a|b>c|c>a|c>b|");
    assert_pairs("Feng Xi=Fyn-Si->Stalin", "feng xi>fyn si|fyn si>feng xi|stalin>feng xi|stalin>fyn si|");
    assert_pairs("a -> b -> c", "b>a|c>a|c>b|");
    assert_pairs("Port Arthur = Lüshun\nLushun = Port  Arthur", "lushun>port arthur|port arthur>lushun|");
    assert_pairs("Tito = TITO", "");
    assert_pairs("\xEF\xBB\xBF# a mark first\nx = y", "x>y|y>x|");
}

static void alias_lines_are_refused_by_number(void **state) {
    (void)state;
    assert_refused(search_text_of("a = b\n\nPeking # = Beijing"), "line 3 has no = or ->");
    assert_refused(search_text_of("Peking = "), "line 1 has a name without a letter or digit");
    assert_refused(search_text_of("\n-> Peking"), "line 2 has a name without a letter or digit");
    assert_refused(search_text_of("a = ... = b"), "line 1 has a name without a letter or digit");
    assert_refused(search_text_of("a b c d e f g h i = j"), "line 1 has a name of over 8 words");
}

static void alias_files_have_bounds(void **state) {
    (void)state;
    buffer file = {0};
    for (size_t i = 0; i < 33; i++)
        buffer_add_format(&file, "%sn%zu", i == 0 ? "" : "=", i);
    assert_refused((search_text){file.bytes, file.n_bytes}, "line 1 has over 32 names");
    buffer_clear(&file);
    for (size_t i = 0; i < 5000; i++)
        buffer_add_byte(&file, '#');
    assert_refused((search_text){file.bytes, file.n_bytes}, "line 1 is over 4096 bytes");
    buffer_clear(&file);
    while (file.n_bytes <= (size_t)1 << 20)
        buffer_add_byte(&file, '\n');
    assert_refused((search_text){file.bytes, file.n_bytes}, "line 1 begins a file of over 1048576 bytes");
    buffer_clear(&file);
    for (size_t i = 0; i < 32769; i++)
        buffer_add_format(&file, "a%zu=b\n", i);
    assert_refused((search_text){file.bytes, file.n_bytes}, "line 32769 makes over 65536 pairs of names");
    buffer_free(&file);
}

static bool has_pair(const aliases *a, const char *asked, const char *found) {
    for (size_t i = 0; i < a->n; i++) {
        search_text x = a->list[i].asked;
        search_text y = a->list[i].found;
        if (x.n_bytes == strlen(asked) && memcmp(x.bytes, asked, x.n_bytes) == 0 && y.n_bytes == strlen(found) &&
            memcmp(y.bytes, found, y.n_bytes) == 0)
            return true;
    }
    return false;
}

static void builtin_aliases_are_known(void **state) {
    (void)state;
    aliases a = {0};
    assert_int_equal(aliases_add_builtin(&a, english, NULL), SEARCH_OK);
    size_t n = a.n;
    assert_int_equal(aliases_add_builtin(&a, english, NULL), SEARCH_OK);
    assert_int_equal(a.n, n);
    assert_int_equal(aliases_add(&a, search_text_of("Moon = Luna"), english, NULL), SEARCH_OK);
    assert_int_equal(a.n, n + 2);
    assert_true(has_pair(&a, "stalin", "filippov"));
    assert_false(has_pair(&a, "filippov", "stalin"));
    assert_true(has_pair(&a, "stalin", "feng xi"));
    assert_true(has_pair(&a, "jinmen", "quemoy"));
    assert_true(has_pair(&a, "chiang kai shek", "jiang jieshi"));
    assert_true(has_pair(&a, "ho chi minh city", "saigon"));
    assert_true(has_pair(&a, "lushun", "port arthur"));
    aliases_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cyrillic_names_meet),
        cmocka_unit_test(cyrillic_names_that_differ_do_not_meet),
        cmocka_unit_test(other_words_are_not_cyrillic),
        cmocka_unit_test(japanese_names_meet),
        cmocka_unit_test(japanese_names_that_differ_do_not_meet),
        cmocka_unit_test(a_lower_case_word_ends_a_japanese_name),
        cmocka_unit_test(listed_japanese_names_are_read),
        cmocka_unit_test(spellings_meet),
        cmocka_unit_test(other_words_keep_their_spelling),
        cmocka_unit_test(spellings_are_inverse),
        cmocka_unit_test(stems_are_of_the_american_spelling),
        cmocka_unit_test(other_languages_keep_their_stems),
        cmocka_unit_test(aliases_are_read),
        cmocka_unit_test(alias_lines_are_refused_by_number),
        cmocka_unit_test(alias_files_have_bounds),
        cmocka_unit_test(builtin_aliases_are_known),
    };
    return cmocka_run_group_tests_name("names, spellings and aliases", tests, open_english, close_english);
}
