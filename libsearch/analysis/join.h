/* Atoms to words: which atoms of a line are one word.  Names with apostrophes, numbers with separators, initials,
 * letter-spaced capitals, possessives and words broken over a line are put together here. */
#ifndef LIBSEARCH_ANALYSIS_JOIN_H
#define LIBSEARCH_ANALYSIS_JOIN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/scan.h"

typedef struct joiner {
    search_text text;
    const atom *atoms; /* of one line */
    size_t n_atoms;
    size_t next;        /* the first atom not yet taken; 0 at the start of a line */
    size_t no_number;   /* atoms before this one begin no number: it was tried; 0 at the start of a line */
    bool is_quote_open; /* false at the start of a line */
} joiner;

/* The next word by the rules; there is one. */
void joiner_join(joiner *j, size_t *from, size_t *to);

/* Takes the next word; false at the end of the line.  Words come in order and do not overlap. */
static inline bool joiner_next(joiner *j, size_t *from, size_t *to) {
    if (j->next >= j->n_atoms)
        return false;
    const atom *a = &j->atoms[j->next];
    if (!a->is_plain) {
        joiner_join(j, from, to);
        return true;
    }
    j->next++;
    *from = a->from;
    *to = a->to;
    return true;
}

#endif
