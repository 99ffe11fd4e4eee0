/* Relaxing a query that no record matches.  Its bare words at the top give way, and nothing else: first a word found
 * nowhere takes its best correction, then at least m of the n words must be there, the largest m that matches. */
#ifndef LIBSEARCH_RANKING_RELAX_H
#define LIBSEARCH_RANKING_RELAX_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* `allowed` is all that may be told of.  When the query can be relaxed, *asked becomes what was searched, *matches what
 * it matches and *out says how; else they stay as they are.  *out lives in the arena. */
search_status relax_query(leaf_list *asked, const document_set *allowed, size_t max_terms, search_run_context *run,
                          arena *memory, document_set *matches, const search_relaxation **out, search_error *error);

#endif
