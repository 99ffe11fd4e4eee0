/* NEAR and ADJ: words, patterns and phrases, or ORs of them, near each other.  The window counts as one word. */
#ifndef LIBSEARCH_RANKING_NEAR_H
#define LIBSEARCH_RANKING_NEAR_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/proximity.h"

/* One of the things that stand near each other: any of these. */
struct near_operand {
    leaf *ways; /* each with its lattice */
    size_t n_ways;
};

search_status near_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                           search_error *error);
search_status near_evaluate(leaf *l, search_run_context *run, search_error *error);

#endif
