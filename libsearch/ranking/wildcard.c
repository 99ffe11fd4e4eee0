/* A pattern as an automaton without choice: the set of places in it where the word may stand, one bit each. */
#include "libsearch/ranking/wildcard.h"
#include "libsearch/ranking/vocabulary.h"

#include <stdlib.h>
#include <string.h>

static bool has(const uint64_t *bits, size_t i) {
    return (bits[i / 64] >> (i % 64) & 1) != 0;
}

static void add(uint64_t *bits, size_t i) {
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool step(automaton *a, size_t depth, uint32_t letter) {
    wildcard *w = (wildcard *)a;
    const uint64_t *from = w->states[depth];
    uint64_t *to = w->states[depth + 1];
    bool is_alive = false;
    for (size_t i = 0; i < WILDCARD_N_WORDS; i++) {
        to[i] = from[i] & w->loops[i];
        is_alive = is_alive || to[i] != 0;
    }
    for (size_t i = 0; i < WILDCARD_N_WORDS; i++) {
        for (uint64_t left = from[i]; left != 0; left &= left - 1) {
            const size_t place = i * 64 + (size_t)__builtin_ctzll(left);
            if (place < w->n_pattern && (w->pattern[place] == letter || w->pattern[place] == VOCABULARY_ONE)) {
                add(to, place + 1);
                is_alive = true;
            }
        }
    }
    return is_alive;
}

static bool accepts(const automaton *a, size_t depth) {
    const wildcard *w = (const wildcard *)a;
    return has(w->states[depth], w->n_pattern);
}

static int by_value(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static size_t keep_letters(wildcard *w) {
    size_t n_letters = 0;
    memcpy(w->letters, w->pattern, w->n_pattern * sizeof *w->pattern);
    qsort(w->letters, w->n_pattern, sizeof *w->letters, by_value);
    for (size_t i = 0; i < w->n_pattern && w->letters[i] != VOCABULARY_ONE; i++) {
        if (n_letters == 0 || w->letters[i] != w->letters[n_letters - 1]) {
            w->letters[n_letters++] = w->letters[i];
        }
    }
    return n_letters;
}

bool wildcard_init(wildcard *w, const uint32_t *pattern, size_t n_pattern) {
    w->n_pattern = 0;
    memset(w->loops, 0, sizeof w->loops);
    memset(w->states[0], 0, sizeof w->states[0]);
    for (size_t i = 0; i < n_pattern; i++) {
        if (pattern[i] == VOCABULARY_ANY) {
            add(w->loops, w->n_pattern);
        } else if (w->n_pattern == AUTOMATON_MAX_DEPTH - 1) {
            return false;
        } else {
            w->pattern[w->n_pattern++] = pattern[i];
        }
    }
    add(w->states[0], 0);
    w->base = (automaton){step, accepts, w->letters, keep_letters(w)};
    return true;
}
