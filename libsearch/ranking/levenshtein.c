/* The rows of the table of distances, cut to the band that few edits can reach: a row's entry i is about the first
 * depth + i - n_edits letters of the word. */
#include "libsearch/ranking/levenshtein.h"

#include <stdlib.h>
#include <string.h>

static const levenshtein *of_base(const automaton *a) {
    return (const levenshtein *)a;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The edits between the first `depth` letters of the path and the first n of the word. */
static size_t edits(const levenshtein *l, size_t depth, size_t n) {
    const size_t entry = n + l->n_edits - depth;
    return n + l->n_edits < depth || entry > 2 * l->n_edits ? l->n_edits + 1 : l->rows[depth][entry];
}

/* The same for a row that is being made, of which the entries for fewer letters are there. */
static size_t new_edits(const levenshtein *l, size_t depth, size_t n) {
    const uint32_t letter = l->path[depth - 1];
    size_t best = edits(l, depth - 1, n) + 1;
    if (n > 0) {
        best = least(best, edits(l, depth, n - 1) + 1);
        best = least(best, edits(l, depth - 1, n - 1) + (l->word[n - 1] == letter ? 0 : 1));
    }
    if (n > 1 && depth > 1 && l->word[n - 2] == letter && l->word[n - 1] == l->path[depth - 2]) {
        best = least(best, edits(l, depth - 2, n - 2) + 1);
    }
    return least(best, l->n_edits + 1);
}

static bool step(automaton *a, size_t depth, uint32_t letter) {
    levenshtein *l = (levenshtein *)a;
    const size_t deeper = depth + 1;
    bool is_alive = false;
    l->path[depth] = letter;
    for (size_t i = 0; i <= 2 * l->n_edits; i++) {
        const size_t n = deeper + i - l->n_edits;
        const bool is_there = deeper + i >= l->n_edits && n <= l->n_word;
        const size_t n_edits = is_there ? new_edits(l, deeper, n) : l->n_edits + 1;
        l->rows[deeper][i] = (uint8_t)n_edits;
        is_alive = is_alive || n_edits <= l->n_edits;
    }
    return is_alive;
}

static bool accepts(const automaton *a, size_t depth) {
    return edits(of_base(a), depth, of_base(a)->n_word) <= of_base(a)->n_edits;
}

static int by_value(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void levenshtein_init(levenshtein *l, const uint32_t *word, size_t n_word, size_t n_edits) {
    l->word = word;
    l->n_word = n_word;
    l->n_edits = n_edits;
    memset(l->rows[0], (int)(n_edits + 1), sizeof l->rows[0]);
    for (size_t i = 0; i <= n_edits && i <= n_word; i++) {
        l->rows[0][n_edits + i] = (uint8_t)i;
    }
    memcpy(l->letters, word, n_word * sizeof *word);
    qsort(l->letters, n_word, sizeof *l->letters, by_value);
    size_t n_letters = 0;
    for (size_t i = 0; i < n_word; i++) {
        if (n_letters == 0 || l->letters[i] != l->letters[n_letters - 1]) {
            l->letters[n_letters++] = l->letters[i];
        }
    }
    l->base = (automaton){step, accepts, l->letters, n_letters};
}

size_t levenshtein_n_edits(const levenshtein *l, size_t depth) {
    return edits(l, depth, l->n_word);
}
