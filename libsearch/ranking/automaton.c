/* The walk of any automaton: running it, and the next string that it may accept. */
#include "libsearch/ranking/automaton.h"

#include <string.h>

/* What is skipped to needs no more letters than that few words lie before it. */
enum { max_lengthened = 16 };

enum { first_surrogate = 0xD800, behind_surrogates = 0xE000, last_letter = 0x10FFFF };

/* The first letter at or behind `from` with which the state at `depth` goes on. */
static bool next_letter(automaton *a, size_t depth, uint32_t from, uint32_t *out) {
    if (from >= first_surrogate && from < behind_surrogates) {
        from = behind_surrogates;
    }
    if (from > last_letter) {
        return false;
    }
    *out = from;
    if (a->step(a, depth, AUTOMATON_OTHER)) {
        return true;
    }
    for (size_t i = 0; i < a->n_letters; i++) {
        if (a->letters[i] >= from && a->step(a, depth, a->letters[i])) {
            *out = a->letters[i];
            return true;
        }
    }
    return false;
}

/* Lengthens out[0 .. *n_out), which has states, for as long as only certain letters may follow. */
static void lengthen(automaton *a, uint32_t *out, size_t *n_out) {
    uint32_t letter = 0;
    const size_t n_max =
        *n_out + max_lengthened < AUTOMATON_MAX_DEPTH ? *n_out + max_lengthened : AUTOMATON_MAX_DEPTH - 1;
    while (*n_out < n_max && !a->accepts(a, *n_out) && !a->step(a, *n_out, AUTOMATON_OTHER) &&
           next_letter(a, *n_out, 0, &letter)) {
        a->step(a, *n_out, letter);
        out[(*n_out)++] = letter;
    }
}

void automaton_first(automaton *a, uint32_t *out, size_t *n_out) {
    *n_out = 0;
    lengthen(a, out, n_out);
}

bool automaton_run(automaton *a, const uint32_t *word, size_t n_word, size_t *n_alive) {
    *n_alive = 0;
    while (*n_alive < n_word && a->step(a, *n_alive, word[*n_alive])) {
        (*n_alive)++;
    }
    return *n_alive == n_word && a->accepts(a, n_word);
}

bool automaton_goes_on(automaton *a, size_t n_word, size_t n_alive) {
    return n_alive == n_word && n_word < AUTOMATON_MAX_DEPTH && a->step(a, n_word, AUTOMATON_OTHER);
}

bool automaton_next(automaton *a, const uint32_t *word, size_t n_word, size_t n_alive, uint32_t *out, size_t *n_out) {
    const size_t last = n_word < AUTOMATON_MAX_DEPTH ? n_word : AUTOMATON_MAX_DEPTH - 1;
    for (size_t depth = n_alive < last ? n_alive : last;; depth--) {
        uint32_t letter = 0;
        if (next_letter(a, depth, depth < n_word ? word[depth] + 1 : 0, &letter)) {
            memcpy(out, word, depth * sizeof *out);
            a->step(a, depth, letter);
            out[depth] = letter;
            *n_out = depth + 1;
            lengthen(a, out, n_out);
            return true;
        }
        if (depth == 0) {
            return false;
        }
    }
}
