/* Chinese names and places: Wade-Giles and Pinyin meet in the Pinyin syllables.  A name is read whole in one of the
 * two. */
#include "libsearch/analysis/readings_chinese.h"
#include "libsearch/analysis/syllabic.h"
#include "libsearch/analysis/table.h"
#include <stdlib.h>
#include <string.h>

struct chinese {
    syllabic_words words;
    syllabic_system pinyin;
    syllabic_system wade;
    sounds places;
    hash_map begins;    /* folded words that begin a name or place */
    hash_map syllables; /* in Pinyin, numbered as the rows of table_chinese */
    arena memory;       /* keys */
};

static bool is_marked(uint32_t c) {
    switch (c) {
    case 0x00FC: /* ü, then with the marks of tones */
    case 0x01D6:
    case 0x01D8:
    case 0x01DA:
    case 0x01DC:
        return true;
    default:
        return false;
    }
}

static search_status bad_table(search_text row, search_error *error) {
    return error_set(error, SEARCH_E_INTERNAL, "analysis.table", "the row \"%.*s\" of a table has no such spelling",
                     (int)row.n_bytes, row.bytes);
}

/* ---- The tables ---- */

/* Where a spelling goes, and what it stands for. */
typedef struct target {
    sounds *sounds;
    const char *key;
    unsigned flags;
} target;

static search_status add_letters(const target *to, const letters *spelling, search_error *error) {
    sound s = {.key = to->key, .first_key = to->key, .n_syllables = 1, .flags = to->flags};
    return sounds_add(to->sounds, spelling, s, error);
}

static search_status add_spelling(const target *to, search_text spelling, search_error *error) {
    letters l;
    return letters_of_spelling(&l, spelling, is_marked) ? add_letters(to, &l, error) : bad_table(spelling, error);
}

/* Syllables in Pinyin with hyphens between.  The tables have v for ü, and an apostrophe goes before a vowel. */
static search_status add_pinyin(const target *to, search_text syllables, search_error *error) {
    letters whole = {0};
    search_text syllable;
    while (table_next(&syllables, '-', &syllable)) {
        letters l;
        if (!letters_of_spelling(&l, syllable, is_marked))
            return bad_table(search_text_of(to->key), error);
        char *v = memchr(l.bytes, 'v', l.n_bytes);
        if (v != NULL) {
            *v = 'u';
            l.marks = UINT32_C(1) << (v - l.bytes);
        }
        if (whole.n_bytes > 0 && strchr("aeo", l.bytes[0]) != NULL)
            whole.apostrophes |= UINT32_C(1) << (whole.n_bytes - 1);
        if (!letters_append(&whole, &l))
            return bad_table(search_text_of(to->key), error);
    }
    return add_letters(to, &whole, error);
}

/* The spellings of a syllable in Wade-Giles; null bytes when it is none. */
static search_text wade_of(const chinese *l, search_text syllable) {
    uint32_t row = hash_find(&l->syllables, syllable.bytes, syllable.n_bytes);
    search_text rest = {NULL, 0};
    if (row == HASH_NONE)
        return rest;
    rest = search_text_of(table_chinese[row]);
    table_next(&rest, '\t', &syllable);
    return rest;
}

/* Adds `so_far` followed by the syllables, in every spelling of Wade-Giles. */
static search_status add_wade(const chinese *l, const target *to, letters so_far, search_text syllables,
                              search_error *error) {
    search_text syllable;
    if (!table_next(&syllables, '-', &syllable))
        return add_letters(to, &so_far, error);
    search_text spellings = wade_of(l, syllable);
    search_text spelling;
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && table_next(&spellings, ' ', &spelling)) {
        letters longer = so_far;
        letters more;
        if (!letters_of_spelling(&more, spelling, is_marked) || !letters_append(&longer, &more))
            return bad_table(search_text_of(to->key), error);
        status = add_wade(l, to, longer, syllables, error);
    }
    return status;
}

/* Adds the key, syllables with hyphens between, in both systems. */
static search_status add_both(chinese *l, sounds *pinyin, sounds *wade, search_text key, const char **kept,
                              search_error *error) {
    *kept = arena_copy(&l->memory, key.bytes, key.n_bytes);
    if (*kept == NULL)
        return error_memory(error);
    search_status status = add_pinyin(&(target){pinyin, *kept, 0}, key, error);
    return status == SEARCH_OK ? add_wade(l, &(target){wade, *kept, 0}, (letters){0}, key, error) : status;
}

static search_status add_syllable(chinese *l, search_text row, search_error *error) {
    search_text syllable;
    const char *key;
    table_next(&row, '\t', &syllable);
    if (hash_add(&l->syllables, syllable.bytes, syllable.n_bytes, NULL) == HASH_NONE)
        return error_memory(error);
    return add_both(l, &l->pinyin.syllables, &l->wade.syllables, syllable, &key, error);
}

/* A column of surnames in Pinyin, then other spellings of the last, seen with given names in Wade-Giles. */
static search_status add_surnames(void *context, search_text row, search_error *error) {
    chinese *l = context;
    search_text column;
    search_text item;
    const char *key = NULL;
    search_status status = SEARCH_OK;
    table_next(&row, '\t', &column);
    while (status == SEARCH_OK && table_next(&column, ' ', &item))
        status = add_both(l, &l->pinyin.surnames, &l->wade.surnames, item, &key, error);
    while (status == SEARCH_OK && table_next(&row, ' ', &item))
        status = add_spelling(&(target){&l->wade.surnames, key, 0}, item, error);
    return status;
}

static search_status add_place_spelling(chinese *l, const char *key, search_text spelling, search_error *error) {
    search_text rest = spelling;
    search_text first;
    table_next(&rest, ' ', &first);
    bool is_spaced = rest.bytes != NULL;
    if (is_spaced && hash_add(&l->begins, first.bytes, first.n_bytes, NULL) == HASH_NONE)
        return error_memory(error);
    return add_spelling(&(target){&l->places, key, is_spaced ? SOUND_SPACED : 0}, spelling, error);
}

/* A place in Pinyin, then other spellings. */
static search_status add_place(void *context, search_text row, search_error *error) {
    chinese *l = context;
    search_text item;
    const char *key;
    table_next(&row, '\t', &item);
    search_status status = add_both(l, &l->places, &l->places, item, &key, error);
    while (status == SEARCH_OK && table_next(&row, ',', &item))
        status = add_place_spelling(l, key, item, error);
    return status;
}

static bool add_begins(hash_map *begins, const sounds *all) {
    for (size_t i = 0; i < all->spellings.n_keys; i++) {
        search_text spelling = all->spellings.keys[i];
        if (hash_add(begins, spelling.bytes, spelling.n_bytes, NULL) == HASH_NONE)
            return false;
    }
    return true;
}

static search_status read_tables(chinese *l, search_error *error) {
    search_status status = syllabic_words_open(&l->words, error);
    for (const char *const *row = table_chinese; *row != NULL && status == SEARCH_OK; row++)
        status = add_syllable(l, search_text_of(*row), error);
    if (status == SEARCH_OK)
        status = table_rows(table_surnames, "zh", add_surnames, l, error);
    if (status == SEARCH_OK)
        status = table_rows(table_places, "zh", add_place, l, error);
    if (status != SEARCH_OK)
        return status;
    bool is_whole = add_begins(&l->begins, &l->pinyin.surnames) && add_begins(&l->begins, &l->wade.surnames) &&
                    add_begins(&l->begins, &l->places) && add_begins(&l->begins, &l->pinyin.syllables) &&
                    add_begins(&l->begins, &l->wade.syllables);
    return is_whole ? SEARCH_OK : error_memory(error);
}

search_status chinese_new(chinese **out, search_error *error) {
    *out = NULL;
    chinese *l = calloc(1, sizeof *l);
    if (l == NULL)
        return error_memory(error);
    search_status status = read_tables(l, error);
    if (status != SEARCH_OK) {
        chinese_free(l);
        return status;
    }
    *out = l;
    return SEARCH_OK;
}

void chinese_free(chinese *l) {
    if (l == NULL)
        return;
    syllabic_words_free(&l->words);
    sounds_free(&l->pinyin.surnames);
    sounds_free(&l->pinyin.syllables);
    sounds_free(&l->wade.surnames);
    sounds_free(&l->wade.syllables);
    sounds_free(&l->places);
    hash_free(&l->begins);
    hash_free(&l->syllables);
    arena_free(&l->memory);
    free(l);
}

/* ---- Reading ---- */

static void find_in(const chinese *l, const syllabic_system *system, const syllabic_run *run, size_t n_name,
                    syllabic_names *out) {
    if (n_name == 1)
        syllabic_find(system, run->letters, 1, 0, out);
    if (n_name > 2 || run->letters[0].n_bytes > 1)
        syllabic_find_family_first(system, run, n_name, out);
    if (n_name > 2 && run->words[0].joins_next) {
        syllabic_find(system, run->letters, n_name, 2, out);
        syllabic_find_given_first(system, &l->words, run, n_name, out);
    }
}

static void find(const void *systems, const syllabic_run *run, size_t n_name, syllabic_names *out) {
    const chinese *l = systems;
    find_in(l, &l->pinyin, run, n_name, out);
    find_in(l, &l->wade, run, n_name, out);
}

search_status chinese_visit(const chinese *l, const reading_word *words, size_t n_words, reading_visit visit,
                            void *context, search_error *error) {
    const syllabic_language language = {.prefix = "zh",
                                        .name_rule = "Chinese: Wade-Giles and Pinyin",
                                        .place_rule = "Chinese: names of places",
                                        .is_marked = is_marked,
                                        .words = &l->words,
                                        .places = &l->places,
                                        .systems = l,
                                        .find = find};
    return syllabic_visit(&language, words, n_words, visit, context, error);
}

/* A given name may come first: one syllable before a hyphen. */
bool chinese_may_begin(const chinese *l, search_text folded) {
    letters word;
    if (!letters_of_word(&word, &(reading_word){.folded = folded}, is_marked))
        return false;
    return hash_find(&l->begins, word.bytes, word.n_bytes) != HASH_NONE || syllabic_may_be_name(&l->pinyin, &word) ||
           syllabic_may_be_name(&l->wade, &word);
}
