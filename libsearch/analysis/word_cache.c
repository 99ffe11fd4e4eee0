/* Open addressing with linear probing.  Most words have eight bytes or less, and for those neither the hash nor the
 * comparison reads anything but one number. */
#include "libsearch/analysis/word_cache.h"
#include <stdlib.h>
#include <string.h>

#define N_SLOTS ((size_t)2 * WORD_CACHE_MAX) /* half of them stay free */
#define MIN_WORDS ((size_t)128)
#define HEAD_BYTES ((size_t)8)

/* A slot holds a word's number + 1, 0 when it is free, and above that part of its hash. */
#define NUMBER_MASK (2 * (uint32_t)WORD_CACHE_MAX - 1)

static uint64_t load_32(const char *bytes) {
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

static uint64_t load_64(const char *bytes) {
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

/* The pieces of a short word overlap where they must; with the length they still tell one word from another. */
static uint64_t head_of(search_text word) {
    const char *b = word.bytes;
    size_t n = word.n_bytes;
    if (n >= HEAD_BYTES)
        return load_64(b);
    if (n >= 4)
        return load_32(b) | load_32(b + n - 4) << 32;
    return (uint64_t)(unsigned char)b[0] | (uint64_t)(unsigned char)b[n / 2] << 8 |
           (uint64_t)(unsigned char)b[n - 1] << 16;
}

/* Where the piece at `at` of a longer word begins: the last one is whole too, and ends with the word. */
static size_t piece_at(search_text word, size_t at) {
    return at + HEAD_BYTES <= word.n_bytes ? at : word.n_bytes - HEAD_BYTES;
}

static uint64_t hash_of(search_text word, uint64_t head) {
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = (head ^ word.n_bytes * odd) * odd;
    for (size_t at = HEAD_BYTES; at < word.n_bytes; at += HEAD_BYTES)
        h = ((h << 29 | h >> 35) ^ load_64(word.bytes + piece_at(word, at))) * odd;
    h = (h ^ h >> 32) * UINT64_C(0xFF51AFD7ED558CCD);
    return h ^ h >> 32;
}

static bool is_word(const kept_word *k, search_text word, uint64_t head) {
    if (k->head != head || k->n_word != word.n_bytes)
        return false;
    for (size_t at = HEAD_BYTES; at < word.n_bytes; at += HEAD_BYTES)
        if (load_64(k->word + piece_at(word, at)) != load_64(word.bytes + piece_at(word, at)))
            return false;
    return true;
}

static bool reserve(word_cache *c) {
    if (c->slots == NULL)
        c->slots = calloc(N_SLOTS, sizeof *c->slots);
    if (c->slots == NULL)
        return false;
    if (c->n_words < c->capacity)
        return true;
    size_t capacity = c->capacity == 0 ? MIN_WORDS : c->capacity * 2;
    kept_word *words = realloc(c->words, capacity * sizeof *words);
    if (words == NULL)
        return false;
    c->words = words;
    c->capacity = capacity;
    return true;
}

word_place word_cache_aim(const word_cache *c, search_text word) {
    uint64_t head = head_of(word);
    uint64_t hash = hash_of(word, head);
    word_place place = {head, (uint32_t)(hash >> 32) & ~NUMBER_MASK, (size_t)hash & (N_SLOTS - 1)};
    if (c->slots != NULL)
        __builtin_prefetch(&c->slots[place.slot]);
    return place;
}

void word_cache_approach(const word_cache *c, const word_place *place) {
    const uint32_t slot = c->slots == NULL ? 0 : c->slots[place->slot];
    if (slot != 0 && (slot & ~NUMBER_MASK) == place->tag)
        __builtin_prefetch(&c->words[(slot & NUMBER_MASK) - 1]);
}

bool word_cache_find(const word_cache *c, search_text word, word_place *place, word_forms *forms) {
    if (c->slots == NULL)
        return false;
    for (;; place->slot = (place->slot + 1) & (N_SLOTS - 1)) {
        uint32_t slot = c->slots[place->slot];
        if (slot == 0)
            return false;
        const kept_word *k = &c->words[(slot & NUMBER_MASK) - 1];
        if ((slot & ~NUMBER_MASK) != place->tag || !is_word(k, word, place->head))
            continue;
        *forms = (word_forms){.folded = {k->folded, k->n_folded},
                              .exact = {k->exact, k->n_exact},
                              .stem = {k->stem, k->n_stem},
                              .n_owner_bytes = k->n_owner,
                              .number = slot & NUMBER_MASK,
                              .is_capital = k->is_capital};
        return true;
    }
}

bool word_cache_add(word_cache *c, search_text word, word_forms *forms, const word_place *place) {
    if (!reserve(c))
        return false;
    c->words[c->n_words++] = (kept_word){.head = place->head,
                                         .word = word.bytes,
                                         .folded = forms->folded.bytes,
                                         .exact = forms->exact.bytes,
                                         .stem = forms->stem.bytes,
                                         .n_word = (uint16_t)word.n_bytes,
                                         .n_folded = (uint16_t)forms->folded.n_bytes,
                                         .n_exact = (uint16_t)forms->exact.n_bytes,
                                         .n_stem = (uint16_t)forms->stem.n_bytes,
                                         .n_owner = (uint8_t)forms->n_owner_bytes,
                                         .is_capital = forms->is_capital};
    forms->number = (uint32_t)c->n_words;
    c->slots[place->slot] = place->tag | forms->number;
    return true;
}

void word_cache_free(word_cache *c) {
    arena_free(&c->memory);
    free(c->words);
    free(c->slots);
    *c = (word_cache){0};
}
