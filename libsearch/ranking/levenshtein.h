/* The Levenshtein automaton: the words at most one or two edits from a word.  An edit changes, adds or drops a letter,
 * or swaps two neighbours, which then stay as they are. */
#ifndef LIBSEARCH_RANKING_LEVENSHTEIN_H
#define LIBSEARCH_RANKING_LEVENSHTEIN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/automaton.h"

#define LEVENSHTEIN_MAX_EDITS 2

typedef struct levenshtein {
    automaton base;
    const uint32_t *word;
    size_t n_word;
    size_t n_edits;
    uint32_t letters[AUTOMATON_MAX_DEPTH]; /* of the word, ascending, each once */
    uint32_t path[AUTOMATON_MAX_DEPTH];    /* the letters stepped over */
    /* By depth: edits from the first depth + i - n_edits letters of the word, more than n_edits counted as one more. */
    uint8_t rows[AUTOMATON_MAX_DEPTH + 1][2 * LEVENSHTEIN_MAX_EDITS + 1];
} levenshtein;

/* The word, of at most AUTOMATON_MAX_DEPTH - n_edits letters, is borrowed. */
void levenshtein_init(levenshtein *l, const uint32_t *word, size_t n_word, size_t n_edits);
size_t levenshtein_n_edits(const levenshtein *l, size_t depth); /* of an accepted word */

#endif
