/* The forms of words seen before.  They depend on the bytes of the word alone, so they are kept by those.  Open
 * addressing with linear probing; most words are told apart by their first and last eight bytes and their length. */
#ifndef LIBSEARCH_ANALYSIS_WORD_CACHE_H
#define LIBSEARCH_ANALYSIS_WORD_CACHE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/eight.h"
#include "libsearch/support/arena.h"
#include <libsearch.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct word_forms {
    search_text folded; /* empty: the word has no letter or digit after all */
    search_text exact;
    search_text stem;
    size_t n_owner_bytes; /* of an English possessive: the bytes of the word that are its owner, else 0 */
    uint32_t number;      /* of the word, from 1 in the order they were added; 0: not kept */
    bool is_capital;
} word_forms;

/* The same in a cache line, for reading these is what most words cost. */
typedef struct kept_word {
    uint64_t head;
    uint64_t tail;
    const char *word;
    const char *folded;
    const char *exact;
    const char *stem;
    uint16_t n_word;
    uint16_t n_folded;
    uint16_t n_exact;
    uint16_t n_stem;
    uint8_t n_owner;
    bool is_capital;
} kept_word;

/* Longer words are not kept: they hardly come twice.  No form has over 18 times the bytes of its word. */
#define WORD_CACHE_MAX_BYTES 64
/* So many words are kept at most. */
#define WORD_CACHE_MAX 65536
#define WORD_CACHE_SLOTS ((size_t)2 * WORD_CACHE_MAX) /* half of them stay free */
#define WORD_CACHE_SLOT_BITS 17

/* A slot holds a word's number, 0 when it is free, and above that part of its hash. */
#define WORD_CACHE_NUMBER ((uint32_t)WORD_CACHE_SLOTS - 1)

typedef struct word_cache {
    arena memory; /* the words, and what the caller keeps with them */
    kept_word *words;
    size_t n_words;
    size_t capacity;
    uint32_t *slots;
} word_cache; /* zero-initialised is empty and valid */

/* Where a word is looked for, and then where it belongs that was not found. */
typedef struct word_place {
    uint64_t head; /* the first eight bytes of the word, or all */
    uint64_t tail; /* the last eight, or all */
    uint32_t slot;
    uint32_t tag;
} word_place;

uint64_t word_cache_middle(search_text word); /* the hash of what head and tail leave out */
bool word_cache_is_middle(const kept_word *k, search_text word);
/* Goes on with the slots behind the first one. */
const kept_word *word_cache_find_behind(const word_cache *c, search_text word, word_place *place);

/* Reads the ends of the word at `from`, which is not empty.  Of a short word what is behind it is read too, and masked:
 * no branch foretells how long a word is. */
static inline void word_cache_read_ends(search_text text, size_t from, size_t n_bytes, word_place *place) {
    const char *word = text.bytes + from;
    const size_t n = n_bytes < EIGHT ? n_bytes : EIGHT;
    if (text.n_bytes - from < EIGHT) {
        place->head = few_bytes(word, n);
        place->tail = place->head;
        return;
    }
    const uint64_t mask = UINT64_MAX >> 8 * (EIGHT - n);
    place->head = eight_bytes(word) & mask;
    place->tail = eight_bytes(word + n_bytes - n) & mask;
}

/* To look up several words at once: first aim at each, then approach each and prefetch what that gives, then find each.
 * What one of these steps reads of memory the step before has sent for, so that the words wait for it together and not
 * one after the other.  The word is not empty and begins at `from` in the text. */
static inline void word_cache_aim(const word_cache *c, search_text text, size_t from, size_t n_bytes,
                                  word_place *place) {
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    word_cache_read_ends(text, from, n_bytes, place);
    uint64_t hash = (place->head ^ place->tail * odd) * UINT64_C(0xFF51AFD7ED558CCD);
    if (n_bytes > 2 * EIGHT)
        hash ^= word_cache_middle((search_text){text.bytes + from, n_bytes});
    place->slot = (uint32_t)(hash >> (64 - WORD_CACHE_SLOT_BITS));
    place->tag = (uint32_t)(hash >> (32 - WORD_CACHE_SLOT_BITS)) & ~WORD_CACHE_NUMBER;
    if (c->slots != NULL)
        __builtin_prefetch(&c->slots[place->slot]);
}

/* The prefetch is left to the caller, since gcc drops the call of a static function that does nothing else. */
static inline const kept_word *word_cache_approach(const word_cache *c, const word_place *place) {
    const uint32_t slot = c->slots == NULL ? 0 : c->slots[place->slot];
    return slot == 0 ? NULL : &c->words[(slot & WORD_CACHE_NUMBER) - 1];
}

static inline bool word_cache_is(const kept_word *k, search_text word, const word_place *place) {
    return k->head == place->head && k->tail == place->tail && k->n_word == word.n_bytes &&
           (word.n_bytes <= 2 * EIGHT || word_cache_is_middle(k, word));
}

/* The word, if it is there; its forms are valid as long as the cache is, but it itself only until one is added.  Most
 * are where they were looked for first. */
static inline const kept_word *word_cache_find(const word_cache *c, search_text word, word_place *place) {
    const uint32_t slot = c->slots == NULL ? 0 : c->slots[place->slot];
    if (slot == 0)
        return NULL;
    const kept_word *k = &c->words[(slot & WORD_CACHE_NUMBER) - 1];
    return word_cache_is(k, word, place) ? k : word_cache_find_behind(c, word, place);
}

static inline word_forms word_cache_forms(const word_cache *c, const kept_word *k) {
    return (word_forms){.folded = {k->folded, k->n_folded},
                        .exact = {k->exact, k->n_exact},
                        .stem = {k->stem, k->n_stem},
                        .n_owner_bytes = k->n_owner,
                        .number = (uint32_t)(k - c->words) + 1,
                        .is_capital = k->is_capital};
}

/* Adds a word that was not found, with its bytes and forms in c->memory, while there are less than WORD_CACHE_MAX, and
 * numbers it.  False: out of memory. */
bool word_cache_add(word_cache *c, search_text word, word_forms *forms, const word_place *place);
void word_cache_free(word_cache *c);

#endif
