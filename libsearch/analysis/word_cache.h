/* The forms of words seen before.  They depend on the bytes of the word alone, so they are kept by those. */
#ifndef LIBSEARCH_ANALYSIS_WORD_CACHE_H
#define LIBSEARCH_ANALYSIS_WORD_CACHE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/arena.h"
#include <libsearch.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct word_forms {
    search_text folded; /* empty: the word has no letter or digit after all */
    search_text exact;
    search_text stem;
    size_t n_owner_bytes; /* of an English possessive: the bytes of the word that are its owner, else 0 */
    uint32_t number;      /* of the word, from 1 in the order they were added; 0: not kept */
    bool is_capital;
} word_forms;

/* The same in about a cache line, for reading these is what most words cost. */
typedef struct kept_word {
    uint64_t head; /* with the length, all of a word of at most eight bytes; of a longer one the first eight */
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

typedef struct word_cache {
    arena memory; /* the words, and what the caller keeps with them */
    kept_word *words;
    size_t n_words;
    size_t capacity;
    uint32_t *slots;
} word_cache; /* zero-initialised is empty and valid */

/* Where a word is looked for, and then where it belongs that was not found. */
typedef struct word_place {
    uint64_t head;
    uint32_t tag;
    size_t slot;
} word_place;

/* To look up several words at once: first aim at each, then approach each, then find each.  What one of these steps
 * reads of memory the step before has sent for, so that the words wait for it together and not one after the other. The
 * word is not empty. */
word_place word_cache_aim(const word_cache *c, search_text word);
void word_cache_approach(const word_cache *c, const word_place *place);
/* Whether the word is there.  Its forms are valid as long as the cache is. */
bool word_cache_find(const word_cache *c, search_text word, word_place *place, word_forms *forms);
/* Adds a word that was not found, with its bytes and forms in c->memory, while there are less than WORD_CACHE_MAX, and
 * numbers it.  False: out of memory. */
bool word_cache_add(word_cache *c, search_text word, word_forms *forms, const word_place *place);
void word_cache_free(word_cache *c);

#endif
