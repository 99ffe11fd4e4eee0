/* Korean names and places: every romanization meets in the Hangul syllables.  The archives mix systems within a name
 * (Park Heon-young), so all are read at once. */
#include "libsearch/analysis/readings_korean.h"
#include "libsearch/analysis/syllabic.h"
#include "libsearch/analysis/table.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

#define N_INITIALS 19
#define N_VOWELS 21
#define N_FINALS 28
#define HANGUL_FIRST 0xAC00
#define HANGUL_LAST 0xD7A3
#define NO_INITIAL 11 /* the letter of a syllable without one */
#define INITIAL_N 2
#define INITIAL_R 5

struct korean {
    syllabic_words words;
    syllabic_system system;
    sounds places;
    arena memory; /* keys */
};

static bool is_marked(uint32_t c) {
    switch (c) {
    case 0x014F: /* ŏ */
    case 0x016D: /* ŭ */
    case 0x01D2: /* with carons, set for want of breves */
    case 0x01D4:
        return true;
    default:
        return false;
    }
}

static search_status bad_table(search_text cell, search_error *error) {
    return error_set(error, SEARCH_E_INTERNAL, "analysis.table", "a table of Korean has \"%.*s\", which it cannot",
                     (int)cell.n_bytes, cell.bytes);
}

/* ---- Letters ---- */

/* A row of the table. */
typedef struct letter {
    search_text key;
    search_text spellings;
    search_text popular;
} letter;

typedef struct alphabet {
    letter initials[N_INITIALS];
    letter vowels[N_VOWELS];
    letter finals[N_FINALS];
    search_text rimes[N_VOWELS][N_FINALS];
} alphabet;

/* By number, as in the Hangul syllables of Unicode. */
static const uint32_t initial_letters[N_INITIALS] = {0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141,
                                                     0x3142, 0x3143, 0x3145, 0x3146, 0x3147, 0x3148, 0x3149,
                                                     0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
static const uint32_t final_letters[N_FINALS] = {
    '-',    0x3131, 0x3132, 0x3133, 0x3134, 0x3135, 0x3136, 0x3137, 0x3139, 0x313A, 0x313B, 0x313C, 0x313D, 0x313E,
    0x313F, 0x3140, 0x3141, 0x3142, 0x3144, 0x3145, 0x3146, 0x3147, 0x3148, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};

static size_t number_of(const uint32_t *all, size_t n, uint32_t c) {
    size_t i = 0;
    while (i < n && all[i] != c)
        i++;
    return i;
}

static size_t vowel_number(uint32_t c) {
    const uint32_t first = 0x314F;
    return c >= first && c < first + N_VOWELS ? c - first : N_VOWELS;
}

/* A hyphen in the table stands for nothing. */
static search_text cell_text(search_text cell) {
    return table_is(cell, "-") ? (search_text){cell.bytes, 0} : cell;
}

static letter letter_of_row(search_text row) {
    letter l = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    table_next(&row, '\t', &l.key);
    l.key = cell_text(l.key);
    table_next(&row, '\t', &l.spellings);
    l.popular = row;
    return l;
}

static search_status read_letter(alphabet *a, search_text kind, search_text cell, search_text rest,
                                 search_error *error) {
    size_t at = 0;
    uint32_t c = cell.n_bytes == 0 ? 0 : utf8_next(cell.bytes, cell.n_bytes, &at);
    size_t initial = number_of(initial_letters, N_INITIALS, c);
    size_t final = number_of(final_letters, N_FINALS, c);
    size_t vowel = vowel_number(c);
    if (table_is(kind, "initial") && initial < N_INITIALS)
        a->initials[initial] = letter_of_row(rest);
    else if (table_is(kind, "vowel") && vowel < N_VOWELS)
        a->vowels[vowel] = letter_of_row(rest);
    else if (table_is(kind, "final") && final < N_FINALS)
        a->finals[final] = letter_of_row(rest);
    else if (table_is(kind, "rime") && vowel < N_VOWELS && at < cell.n_bytes) {
        final = number_of(final_letters, N_FINALS, utf8_next(cell.bytes, cell.n_bytes, &at));
        if (final == N_FINALS)
            return bad_table(cell, error);
        a->rimes[vowel][final] = rest;
    }
    return SEARCH_OK;
}

static search_status read_alphabet(alphabet *a, search_error *error) {
    search_status status = SEARCH_OK;
    *a = (alphabet){0};
    for (const char *const *row = table_korean; *row != NULL && status == SEARCH_OK; row++) {
        search_text rest = search_text_of(*row);
        search_text kind;
        search_text cell;
        table_next(&rest, '\t', &kind);
        if (table_next(&rest, '\t', &cell))
            status = read_letter(a, kind, cell, rest, error);
    }
    return status;
}

/* ---- Syllables ---- */

typedef struct syllable {
    size_t initial;
    size_t vowel;
    size_t final;
} syllable;

static bool next_syllable(const alphabet *a, search_text hangul, size_t *at, syllable *out) {
    if (*at >= hangul.n_bytes)
        return false;
    uint32_t c = utf8_next(hangul.bytes, hangul.n_bytes, at);
    if (c < HANGUL_FIRST || c > HANGUL_LAST)
        return false;
    uint32_t i = c - HANGUL_FIRST;
    *out = (syllable){i / (N_VOWELS * N_FINALS), i / N_FINALS % N_VOWELS, i % N_FINALS};
    return a->initials[out->initial].key.bytes != NULL && a->finals[out->final].key.bytes != NULL;
}

/* At the start of a word the South drops r and n before i and y, and has n for r elsewhere. */
static syllable as_first(syllable s) {
    const bool is_before_i[N_VOWELS] = {
        [2] = true, [3] = true, [6] = true, [7] = true, [12] = true, [17] = true, [20] = true};
    if (s.initial != INITIAL_R && s.initial != INITIAL_N)
        return s;
    s.initial = is_before_i[s.vowel] ? NO_INITIAL : INITIAL_N;
    return s;
}

static void add_text(buffer *out, search_text text) {
    buffer_add(out, text.bytes, text.n_bytes);
}

/* The Hangul syllables as a key, with hyphens between; null and an error set when it cannot. */
static const char *key_of(korean *k, const alphabet *a, search_text hangul, bool is_first, search_error *error) {
    buffer key = {0};
    size_t at = 0;
    syllable s;
    while (next_syllable(a, hangul, &at, &s)) {
        if (is_first && key.n_bytes == 0)
            s = as_first(s);
        if (key.n_bytes > 0)
            buffer_add_byte(&key, '-');
        add_text(&key, a->initials[s.initial].key);
        add_text(&key, a->vowels[s.vowel].key);
        add_text(&key, a->finals[s.final].key);
    }
    const char *kept = key.failed ? NULL : arena_copy(&k->memory, key.bytes, key.n_bytes);
    if (kept == NULL)
        error_memory(error);
    buffer_free(&key);
    return kept;
}

/* ---- Spellings ---- */

typedef struct target {
    sounds *sounds;
    sound sound; /* the spelling is filled in */
    bool takes_popular;
} target;

typedef struct spelling {
    letters letters;
    unsigned flags;
} spelling;

typedef struct speller {
    const alphabet *alphabet;
    const target *to;
    search_text hangul;
    search_error *error;
} speller;

static search_status spell(const speller *s, spelling so_far, size_t at);

/* What is spelled of a syllable: the parts that remain, each a cell of spellings and one of popular ones. */
typedef struct part {
    search_text spellings;
    search_text popular;
} part;

static search_status spell_parts(const speller *s, spelling so_far, const part *parts, size_t n_parts, size_t at);

static bool begins_with(search_text text, const char *start) {
    return text.n_bytes >= strlen(start) && memcmp(text.bytes, start, strlen(start)) == 0;
}

/* Only the Revised system writes eo and eu, and its ch is the aspirate. */
static bool is_mixed(const letters *so_far, search_text item) {
    size_t n = so_far->n_bytes;
    bool is_revised = begins_with(item, "eo") || begins_with(item, "eu") || begins_with(item, "yeo");
    return is_revised && n >= 2 && memcmp(so_far->bytes + n - 2, "ch", 2) == 0 &&
           (so_far->apostrophes >> (n - 1) & 1) == 0;
}

static search_status spell_cell(const speller *s, spelling so_far, search_text cell, unsigned flags, const part *rest,
                                size_t n_rest, size_t at) {
    search_status status = SEARCH_OK;
    search_text item;
    while (status == SEARCH_OK && table_next(&cell, ' ', &item)) {
        spelling longer = so_far;
        letters more = {.n_bytes = 0};
        item = cell_text(item);
        if (is_mixed(&so_far.letters, item))
            continue;
        if (item.n_bytes > 0 &&
            !(letters_of_spelling(&more, item, is_marked) && letters_append(&longer.letters, &more)))
            return bad_table(item, s->error);
        longer.flags |= flags;
        status = spell_parts(s, longer, rest, n_rest, at);
    }
    return status;
}

static search_status spell_parts(const speller *s, spelling so_far, const part *parts, size_t n_parts, size_t at) {
    if (n_parts == 0)
        return spell(s, so_far, at);
    search_status status = spell_cell(s, so_far, parts->spellings, 0, parts + 1, n_parts - 1, at);
    if (status != SEARCH_OK || !s->to->takes_popular)
        return status;
    return spell_cell(s, so_far, parts->popular, SOUND_POPULAR, parts + 1, n_parts - 1, at);
}

/* Adds what is spelled so far, followed by every spelling of the Hangul from `at` on. */
static search_status spell(const speller *s, spelling so_far, size_t at) {
    syllable next;
    const alphabet *a = s->alphabet;
    if (!next_syllable(a, s->hangul, &at, &next)) {
        sound added = s->to->sound;
        added.flags = so_far.flags;
        for (size_t i = 0; i + 1 < so_far.letters.n_bytes; i++)
            if (so_far.letters.bytes[i] == 'e' && strchr("ou", so_far.letters.bytes[i + 1]) != NULL)
                added.flags |= SOUND_DIGRAPH;
        return sounds_add(s->to->sounds, &so_far.letters, added, s->error);
    }
    const letter *initial = &a->initials[next.initial];
    const letter *vowel = &a->vowels[next.vowel];
    const letter *final = &a->finals[next.final];
    const part parts[] = {
        {initial->spellings, initial->popular}, {vowel->spellings, vowel->popular}, {final->spellings, final->popular}};
    const part rime[] = {parts[0], {{NULL, 0}, a->rimes[next.vowel][next.final]}};
    search_status status = spell_parts(s, so_far, parts, 3, at);
    return status == SEARCH_OK ? spell_parts(s, so_far, rime, 2, at) : status;
}

static search_status add_hangul(const alphabet *a, const target *to, search_text hangul, search_error *error) {
    return spell(&(speller){a, to, hangul, error}, (spelling){.flags = 0}, 0);
}

static search_status add_listed(const target *to, search_text list, char separator, unsigned flags,
                                search_error *error) {
    search_status status = SEARCH_OK;
    search_text item;
    while (status == SEARCH_OK && table_next(&list, separator, &item)) {
        letters l;
        sound s = to->sound;
        s.flags = flags | (memchr(item.bytes, ' ', item.n_bytes) == NULL ? 0 : SOUND_SPACED);
        status =
            letters_of_spelling(&l, item, is_marked) ? sounds_add(to->sounds, &l, s, error) : bad_table(item, error);
    }
    return status;
}

/* ---- The tables ---- */

typedef struct table_reader {
    korean *korean;
    alphabet alphabet;
} table_reader;

static search_status target_of(korean *k, const alphabet *a, sounds *all, search_text hangul, target *out,
                               search_error *error) {
    bool is_given = all == &k->system.syllables;
    *out = (target){.sounds = all, .takes_popular = all != &k->places};
    out->sound.key = key_of(k, a, hangul, false, error);
    out->sound.first_key = is_given ? key_of(k, a, hangul, true, error) : out->sound.key;
    out->sound.n_syllables = (uint32_t)utf8_n_characters(hangul.bytes, hangul.n_bytes);
    return out->sound.key == NULL || out->sound.first_key == NULL ? SEARCH_E_MEMORY : SEARCH_OK;
}

static search_status add_given(void *context, search_text row, search_error *error) {
    korean *k = ((table_reader *)context)->korean;
    const alphabet *a = &((table_reader *)context)->alphabet;
    search_status status = SEARCH_OK;
    search_text hangul;
    while (status == SEARCH_OK && table_next(&row, ' ', &hangul)) {
        target to;
        status = target_of(k, a, &k->system.syllables, hangul, &to, error);
        if (status == SEARCH_OK)
            status = add_hangul(a, &to, hangul, error);
    }
    return status;
}

/* Hangul, then other spellings. */
static search_status add_popular(void *context, search_text row, search_error *error) {
    korean *k = ((table_reader *)context)->korean;
    const alphabet *a = &((table_reader *)context)->alphabet;
    search_text hangul;
    target to;
    table_next(&row, '\t', &hangul);
    search_status status = target_of(k, a, &k->system.syllables, hangul, &to, error);
    return status == SEARCH_OK ? add_listed(&to, row, ' ', SOUND_POPULAR, error) : status;
}

static search_status add_person(void *context, search_text row, search_error *error) {
    korean *k = ((table_reader *)context)->korean;
    const alphabet *a = &((table_reader *)context)->alphabet;
    search_text hangul;
    target to;
    table_next(&row, '\t', &hangul);
    search_status status = target_of(k, a, &k->system.syllables, hangul, &to, error);
    return status == SEARCH_OK ? add_listed(&to, row, ' ', 0, error) : status;
}

/* Surnames in Hangul, of which the first is the key, then other spellings. */
static search_status add_surname(void *context, search_text row, search_error *error) {
    korean *k = ((table_reader *)context)->korean;
    const alphabet *a = &((table_reader *)context)->alphabet;
    search_text column;
    search_text hangul;
    target to = {.sounds = NULL};
    search_status status = SEARCH_OK;
    table_next(&row, '\t', &column);
    while (status == SEARCH_OK && table_next(&column, ' ', &hangul)) {
        if (to.sounds == NULL)
            status = target_of(k, a, &k->system.surnames, hangul, &to, error);
        if (status == SEARCH_OK)
            status = add_hangul(a, &to, hangul, error);
    }
    return status == SEARCH_OK ? add_listed(&to, row, ' ', SOUND_POPULAR, error) : status;
}

static search_status add_place(void *context, search_text row, search_error *error) {
    korean *k = ((table_reader *)context)->korean;
    const alphabet *a = &((table_reader *)context)->alphabet;
    search_text hangul;
    target to;
    table_next(&row, '\t', &hangul);
    search_status status = target_of(k, a, &k->places, hangul, &to, error);
    if (status == SEARCH_OK)
        status = add_hangul(a, &to, hangul, error);
    return status == SEARCH_OK ? add_listed(&to, row, ',', 0, error) : status;
}

static search_status read_tables(korean *k, search_error *error) {
    const struct {
        const char *const *rows;
        const char *kind;
        table_visit read;
    } all[] = {{table_korean, "given", add_given},
               {table_korean, "popular", add_popular},
               {table_korean, "person", add_person},
               {table_surnames, "ko", add_surname},
               {table_places, "ko", add_place}};
    table_reader r = {.korean = k};
    search_status status = syllabic_words_open(&k->words, error);
    if (status == SEARCH_OK)
        status = read_alphabet(&r.alphabet, error);
    for (size_t i = 0; i < sizeof all / sizeof *all && status == SEARCH_OK; i++)
        status = table_rows(all[i].rows, all[i].kind, all[i].read, &r, error);
    return status;
}

search_status korean_new(korean **out, search_error *error) {
    *out = NULL;
    korean *k = calloc(1, sizeof *k);
    if (k == NULL)
        return error_memory(error);
    k->system.splits_after_consonants = true;
    k->system.surnames.marks_bring_apostrophes = true;
    k->system.syllables.marks_bring_apostrophes = true;
    k->places.marks_bring_apostrophes = true;
    search_status status = read_tables(k, error);
    if (status != SEARCH_OK) {
        korean_free(k);
        return status;
    }
    *out = k;
    return SEARCH_OK;
}

void korean_free(korean *k) {
    if (k == NULL)
        return;
    syllabic_words_free(&k->words);
    sounds_free(&k->system.surnames);
    sounds_free(&k->system.syllables);
    sounds_free(&k->places);
    arena_free(&k->memory);
    free(k);
}

/* ---- Reading ---- */

/* A surname such as No, with one word after it, is more often English: No change. */
static bool may_be_surname(const korean *k, const syllabic_run *run, size_t n_name) {
    if (n_name != 2)
        return true;
    if (run->letters[0].n_bytes == 1)
        return false;
    return !syllabic_is_function_word(&k->words, run->words) ||
           (sounds_find(&k->system.syllables, run->letters[1].bytes, run->letters[1].n_bytes) != NULL &&
            !syllabic_is_english_word(&k->words, &run->words[1]));
}

static void find(const void *systems, const syllabic_run *run, size_t n_name, syllabic_names *out) {
    const korean *k = systems;
    if (may_be_surname(k, run, n_name))
        syllabic_find_family_first(&k->system, run, n_name, out);
    if (out->n_names == 0)
        syllabic_find_given_first(&k->system, &k->words, run, n_name, out);
}

search_status korean_visit(const korean *k, const reading_word *words, size_t n_words, reading_visit visit,
                           void *context, search_error *error) {
    const syllabic_language language = {.prefix = "ko",
                                        .name_rule = "Korean: McCune-Reischauer, Revised, DPRK and popular spellings",
                                        .place_rule = "Korean: names of places",
                                        .is_marked = is_marked,
                                        .words = &k->words,
                                        .places = &k->places,
                                        .systems = k,
                                        .find = find};
    return syllabic_visit(&language, words, n_words, visit, context, error);
}

/* Given names may come first: one syllable before a hyphen, or two together. */
bool korean_may_begin(const korean *k, search_text folded) {
    letters word;
    if (!letters_of_word(&word, &(reading_word){.folded = folded}, is_marked))
        return false;
    const sounds *syllables = &k->system.syllables;
    const sounds *all[] = {&k->system.surnames, &k->places, syllables};
    for (size_t i = 0; i < 3; i++)
        if (sounds_find(all[i], word.bytes, word.n_bytes) != NULL)
            return true;
    for (size_t i = 1; i < word.n_bytes; i++)
        if (sounds_find(syllables, word.bytes, i) != NULL &&
            sounds_find(syllables, word.bytes + i, word.n_bytes - i) != NULL)
            return true;
    return false;
}
