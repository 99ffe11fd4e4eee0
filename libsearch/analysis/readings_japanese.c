/* Japanese names.  A word is read syllable by syllable to Hepburn without long vowels, in which all the romanizations
 * of tables/japanese.txt meet; one that does not parse as syllables is no name.  A listed name is read by itself; a
 * listed surname and a given name, in either order, are read as a pair with the surname first. */
#include "libsearch/analysis/readings_japanese.h"
#include "libsearch/analysis/table.h"
#include "libsearch/support/hash.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

#define MIN_LETTERS 3
#define MAX_LETTERS 40
#define MAX_SYLLABLE 4 /* letters */
/* More than the table has. */
#define MAX_SYLLABLES 512
#define MAX_SPELLED 64
/* No syllable is read as more than one letter more: Kunrei has at least two for it. */
#define MAX_KANA_BYTES (MAX_LETTERS * 2)
/* The given name of a pair need not be listed, so it must be more than a stray syllable. */
#define MIN_GIVEN_SYLLABLES 2

#define PREFIX "ja:"

struct japanese {
    arena memory;
    hash_map syllables;
    search_text read_as[MAX_SYLLABLES]; /* by number */
    hash_map names;                     /* as they are read */
    hash_map surnames;
    hash_map spelled;                   /* words that no rule reads */
    search_text stand_for[MAX_SPELLED]; /* by number: what they are read as */
};

/* A word, as it is read. */
typedef struct kana {
    char bytes[MAX_KANA_BYTES];
    size_t n_bytes;
    size_t n_syllables;
} kana;

/* ---- Words to syllables ---- */

static char letter_at(search_text word, size_t at) {
    return at < word.n_bytes ? word.bytes[at] : '\0';
}

static bool is_vowel(char c) {
    return c != '\0' && strchr("aeiou", c) != NULL;
}

static bool put(kana *k, const char *bytes, size_t n_bytes) {
    if (n_bytes > sizeof k->bytes - k->n_bytes)
        return false;
    memcpy(k->bytes + k->n_bytes, bytes, n_bytes);
    k->n_bytes += n_bytes;
    return true;
}

/* The bytes after the vowel at `at - 1` that only make it long: ou, oo, uu, and oh or uh before a consonant or the end.
 */
static size_t length_mark(search_text word, size_t at) {
    char vowel = letter_at(word, at - 1);
    char next = letter_at(word, at);
    if (vowel == 'o' && (next == 'u' || next == 'o'))
        return 1;
    if (vowel == 'u' && next == 'u')
        return 1;
    char after = letter_at(word, at + 1);
    bool may_be_syllable = is_vowel(after) || after == 'y';
    return (vowel == 'o' || vowel == 'u') && next == 'h' && !may_be_syllable ? 1 : 0;
}

/* The n that ends a syllable, which may be an m before b, m and p; 0 when none stands there. */
static size_t final_n(search_text word, size_t at) {
    char c = letter_at(word, at);
    char next = letter_at(word, at + 1);
    bool is_labial = next == 'b' || next == 'm' || next == 'p';
    if (c == 'm')
        return is_labial ? 1 : 0;
    return c == 'n' && !is_vowel(next) && next != 'y' ? 1 : 0;
}

/* The first of two equal consonants, or the t of tch: tch, cch and the tti of Kunrei are one. */
static bool is_doubled(search_text word, size_t at) {
    char c = letter_at(word, at);
    char next = letter_at(word, at + 1);
    bool may_double = c != '\0' && strchr("kstpcdgbz", c) != NULL;
    return (may_double && c == next) || (c == 't' && next == 'c');
}

static size_t read_syllable(const japanese *l, search_text word, size_t at, kana *out) {
    size_t n_left = word.n_bytes - at;
    for (size_t n = n_left < MAX_SYLLABLE ? n_left : MAX_SYLLABLE; n > 0; n--) {
        uint32_t number = hash_find(&l->syllables, word.bytes + at, n);
        if (number == HASH_NONE)
            continue;
        search_text read_as = l->read_as[number];
        if (!put(out, read_as.bytes, read_as.n_bytes))
            return 0;
        return n + length_mark(word, at + n);
    }
    return 0;
}

static bool read_syllables(const japanese *l, search_text word, kana *out) {
    for (size_t at = 0; at < word.n_bytes;) {
        if (is_doubled(word, at)) {
            if (!put(out, word.bytes[at] == 'c' ? "t" : word.bytes + at, 1))
                return false;
            at++;
        }
        size_t n = final_n(word, at);
        if (n > 0 && !put(out, "n", 1))
            return false;
        if (n == 0)
            n = read_syllable(l, word, at, out);
        if (n == 0)
            return false;
        at += n;
        out->n_syllables++;
    }
    return true;
}

/* False when the word is not all syllables. */
static bool read_word(const japanese *l, search_text word, kana *out) {
    *out = (kana){.n_bytes = 0};
    if (word.n_bytes < MIN_LETTERS || word.n_bytes > MAX_LETTERS)
        return false;
    uint32_t number = hash_find(&l->spelled, word.bytes, word.n_bytes);
    if (number == HASH_NONE)
        return read_syllables(l, word, out);
    out->n_syllables = MIN_GIVEN_SYLLABLES;
    return put(out, l->stand_for[number].bytes, l->stand_for[number].n_bytes);
}

static bool is_listed(const hash_map *names, const kana *k) {
    return hash_find(names, k->bytes, k->n_bytes) != HASH_NONE;
}

/* ---- Readings ---- */

typedef struct visitor {
    reading_visit visit;
    void *context;
} visitor;

static search_status give(const visitor *v, const kana *first, const kana *second, size_t n_words,
                          search_error *error) {
    char key[sizeof PREFIX + 2 * MAX_KANA_BYTES] = PREFIX;
    size_t n = strlen(PREFIX);
    memcpy(key + n, first->bytes, first->n_bytes);
    n += first->n_bytes;
    if (second != NULL) {
        key[n++] = '-';
        memcpy(key + n, second->bytes, second->n_bytes);
        n += second->n_bytes;
    }
    reading r = {.key = {key, n}, .n_words = n_words, .rule = "Japanese: Hepburn, Kunrei, long vowels, order of names"};
    return v->visit(v->context, &r, error);
}

/* The pair words[0] and words[1], of which `surname` is the one and `given` the other. */
static search_status give_pair(const japanese *l, const visitor *v, const kana *surname, const kana *given,
                               search_error *error) {
    bool may_be_given = given->n_syllables >= MIN_GIVEN_SYLLABLES || is_listed(&l->names, given);
    if (!is_listed(&l->surnames, surname) || !may_be_given)
        return SEARCH_OK;
    return give(v, surname, given, 2, error);
}

search_status japanese_visit(const japanese *l, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error) {
    const visitor v = {visit, context};
    kana first;
    kana second;
    if (n_words == 0 || !read_word(l, words[0].folded, &first))
        return SEARCH_OK;
    search_status status = is_listed(&l->names, &first) ? give(&v, &first, NULL, 1, error) : SEARCH_OK;
    if (n_words == 1 || words[0].joins_next || (words[0].is_capital && !words[1].is_capital))
        return status;
    if (status != SEARCH_OK || !read_word(l, words[1].folded, &second))
        return status;
    status = give_pair(l, &v, &first, &second, error);
    return status == SEARCH_OK ? give_pair(l, &v, &second, &first, error) : status;
}

bool japanese_may_begin(const japanese *l, search_text folded) {
    kana k;
    return read_word(l, folded, &k);
}

/* ---- The table ---- */

/* A listed name without capitals, macrons and apostrophes, which is all that folding does to it. */
static search_text fold_name(search_text name, char out[MAX_LETTERS]) {
    size_t n = 0;
    for (size_t at = 0; at < name.n_bytes && n < MAX_LETTERS;) {
        uint32_t c = utf8_next(name.bytes, name.n_bytes, &at);
        if (c == 0x14C || c == 0x14D)
            out[n++] = 'o';
        else if (c == 0x16A || c == 0x16B)
            out[n++] = 'u';
        else if (c >= 'A' && c <= 'Z')
            out[n++] = (char)(c + ('a' - 'A'));
        else if (c >= 'a' && c <= 'z')
            out[n++] = (char)c;
    }
    return (search_text){out, n};
}

static bool add_name(japanese *l, search_text name, bool is_surname) {
    char folded[MAX_LETTERS];
    kana k;
    if (!read_word(l, fold_name(name, folded), &k))
        return true;
    if (is_surname && hash_add(&l->surnames, k.bytes, k.n_bytes, NULL) == HASH_NONE)
        return false;
    return hash_add(&l->names, k.bytes, k.n_bytes, NULL) != HASH_NONE;
}

static bool add_syllables(japanese *l, search_text rest) {
    search_text syllable;
    search_text last = {NULL, 0};
    for (search_text all = rest; table_next(&all, '\t', &syllable);)
        last = syllable;
    while (table_next(&rest, '\t', &syllable)) {
        bool is_new;
        uint32_t number = hash_add(&l->syllables, syllable.bytes, syllable.n_bytes, &is_new);
        if (number >= MAX_SYLLABLES)
            return false;
        if (is_new)
            l->read_as[number] = last;
    }
    return true;
}

static bool add_spelled(japanese *l, search_text word, search_text name) {
    char folded[MAX_LETTERS];
    kana k;
    if (!read_word(l, fold_name(name, folded), &k))
        return true;
    const char *kept = arena_copy(&l->memory, k.bytes, k.n_bytes);
    bool is_new;
    uint32_t number = hash_add(&l->spelled, word.bytes, word.n_bytes, &is_new);
    if (kept == NULL || number >= MAX_SPELLED)
        return false;
    if (is_new)
        l->stand_for[number] = (search_text){kept, k.n_bytes};
    return true;
}

static bool add_row(japanese *l, search_text row) {
    search_text rest = row;
    search_text kind;
    search_text word;
    table_next(&rest, '\t', &kind);
    if (table_is(kind, "syllable"))
        return add_syllables(l, rest);
    table_next(&rest, '\t', &word);
    return table_is(kind, "spelled") ? add_spelled(l, word, rest) : add_name(l, word, table_is(kind, "surname"));
}

search_status japanese_new(japanese **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    japanese *l = calloc(1, sizeof *l);
    if (l == NULL)
        return error_memory(error);
    bool is_added = true;
    for (size_t i = 0; table_japanese[i] != NULL && is_added; i++)
        is_added = add_row(l, search_text_of(table_japanese[i]));
    if (!is_added) {
        japanese_free(l);
        return error_memory(error);
    }
    *out = l;
    return SEARCH_OK;
}

void japanese_free(japanese *l) {
    if (l == NULL)
        return;
    arena_free(&l->memory);
    hash_free(&l->syllables);
    hash_free(&l->names);
    hash_free(&l->surnames);
    hash_free(&l->spelled);
    free(l);
}
