/* Marking: where the leaves of a query stand in a text that the analyzer has just taken apart, by the same lattices and
 * windows that matched it. */
#ifndef LIBSEARCH_RANKING_MARKING_H
#define LIBSEARCH_RANKING_MARKING_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/near.h"

/* Scratch memory; zero-initialised is empty and valid. */
typedef struct marking {
    buffer positions; /* of the terms of a lattice, term by term */
    buffer places;    /* the term and position of each token that is a term */
    buffer terms;
    lattice_matcher matcher;
    proximity_matcher near;
    occurrence_list *operands; /* of NEAR */
    size_t n_operands;
    occurrence_list marks;
} marking;

/* The occurrences of a lattice; `out` is valid until the next call. */
search_status marking_lattice(marking *m, const lattice *l, const token_list *tokens, const occurrence_list **out,
                              search_error *error);
/* The operands of a NEAR or ADJ that stand near each other in a value of the field. */
search_status marking_near(marking *m, const leaf *l, size_t field, const token_list *tokens,
                           const occurrence_list **out, search_error *error);
void marking_free(marking *m);

#endif
