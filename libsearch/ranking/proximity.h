/* Proximity: where several things stand near each other in a text.
 *
 * A window is one occurrence of every operand, in any order or in theirs, none overlapping, with at most so many words
 * between neighbours.  What follows a word is what follows it in a phrase (lattice.h): so words in brackets are not
 * counted where both neighbours stand outside of them.  Of windows that end together the one that begins last is kept,
 * and of windows that overlap the first. */
#ifndef LIBSEARCH_RANKING_PROXIMITY_H
#define LIBSEARCH_RANKING_PROXIMITY_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/leaf.h"

/* In any order each of their subsets is followed. */
#define PROXIMITY_MAX_UNORDERED 8

typedef struct proximity_request {
    const occurrence_list *operands; /* each by last; at least one */
    size_t n_operands;               /* at most PROXIMITY_MAX_UNORDERED unless is_ordered */
    size_t distance;
    bool is_ordered;
    const token_span *spans; /* by first */
    size_t n_spans;
    search_run_context *run; /* null: nobody waits */
} proximity_request;

/* Scratch memory that is kept from text to text; zero-initialised is empty and valid. */
typedef struct proximity_matcher {
    occurrence_list *chains; /* by set of operands, or by how many: from the first word of the first to the last */
    size_t n_chains;
    occurrence_list *targets; /* the operands by first word */
    size_t n_targets;
    occurrence_list frontier;
    occurrence_list next;
    occurrence_list reached; /* what begins where, up to the position that may follow */
    struct best_place *best; /* by position, hashed: what came there in this walk and began last */
    size_t n_best;
    size_t best_capacity; /* a power of two */
    uint64_t n_walks;
    struct passed_span *passed;
    size_t passed_capacity;
    uint64_t round;
    occurrence_list windows;
} proximity_matcher;

/* `out`: the windows, by first and last, valid until the next call. */
search_status proximity_match(const proximity_request *request, proximity_matcher *m, const occurrence_list **out,
                              search_error *error);
void proximity_matcher_free(proximity_matcher *m);

#endif
