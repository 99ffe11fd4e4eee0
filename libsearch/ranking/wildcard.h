/* The automaton of a pattern: letters, VOCABULARY_ANY for any letters and VOCABULARY_ONE for one (vocabulary.h). */
#ifndef LIBSEARCH_RANKING_WILDCARD_H
#define LIBSEARCH_RANKING_WILDCARD_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/automaton.h"

#define WILDCARD_N_WORDS (AUTOMATON_MAX_DEPTH / 64)

typedef struct wildcard {
    automaton base;
    uint32_t letters[AUTOMATON_MAX_DEPTH]; /* of the pattern, ascending, each once */
    uint32_t pattern[AUTOMATON_MAX_DEPTH]; /* letters, and those that stand for one */
    size_t n_pattern;
    uint64_t loops[WILDCARD_N_WORDS]; /* bit i: any letters may stand before pattern[i], or at the end */
    /* By depth, bit i: pattern[0 .. i) may stand for the letters so far. */
    uint64_t states[AUTOMATON_MAX_DEPTH + 1][WILDCARD_N_WORDS];
} wildcard;

/* False: no term can be so long. */
bool wildcard_init(wildcard *w, const uint32_t *pattern, size_t n_pattern);

#endif
