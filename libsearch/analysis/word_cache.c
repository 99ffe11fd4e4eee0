/* What the look-up of a word needs seldom: long words, words to be added. */
#include "libsearch/analysis/word_cache.h"
#include <stdlib.h>

#define MIN_WORDS ((size_t)128)
#define CACHE_LINE ((size_t)64)

_Static_assert(sizeof(kept_word) <= CACHE_LINE, "a kept word is in one cache line");
_Static_assert(WORD_CACHE_SLOTS == (size_t)1 << WORD_CACHE_SLOT_BITS, "a hash gives a slot");

uint64_t word_cache_middle(search_text word) {
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = 0;
    for (size_t at = EIGHT; at + EIGHT < word.n_bytes; at += EIGHT)
        hash = ((hash << 29 | hash >> 35) ^ eight_bytes(word.bytes + at)) * odd;
    return hash;
}

bool word_cache_is_middle(const kept_word *k, search_text word) {
    return memcmp(k->word + EIGHT, word.bytes + EIGHT, word.n_bytes - 2 * EIGHT) == 0;
}

const kept_word *word_cache_find_behind(const word_cache *c, search_text word, word_place *place) {
    for (;;) {
        place->slot = (place->slot + 1) & (WORD_CACHE_SLOTS - 1);
        const uint32_t slot = c->slots[place->slot];
        if (slot == 0)
            return NULL;
        const kept_word *k = &c->words[(slot & WORD_CACHE_NUMBER) - 1];
        if ((slot & ~WORD_CACHE_NUMBER) == place->tag && word_cache_is(k, word, place))
            return k;
    }
}

/* Room for one more word.  Lines of the cache are aligned, so words are too. */
static bool reserve(word_cache *c) {
    if (c->slots == NULL)
        c->slots = calloc(WORD_CACHE_SLOTS, sizeof *c->slots);
    if (c->slots == NULL)
        return false;
    if (c->n_words < c->capacity)
        return true;
    const size_t capacity = c->capacity == 0 ? MIN_WORDS : c->capacity * 2;
    kept_word *words = aligned_alloc(CACHE_LINE, capacity * sizeof *words);
    if (words == NULL)
        return false;
    if (c->n_words > 0)
        memcpy(words, c->words, c->n_words * sizeof *words);
    free(c->words);
    c->words = words;
    c->capacity = capacity;
    return true;
}

bool word_cache_add(word_cache *c, search_text word, word_forms *forms, const word_place *place) {
    if (!reserve(c))
        return false;
    c->words[c->n_words++] = (kept_word){.head = place->head,
                                         .tail = place->tail,
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
