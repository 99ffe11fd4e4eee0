/* Snippets: the passages of a record that hold most of the query's words, cut from the text as it is printed. */
#ifndef LIBSEARCH_RANKING_SNIPPET_H
#define LIBSEARCH_RANKING_SNIPPET_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* At most n_max snippets of the record, best first, in the arena.  A query without words gives the beginning of the
 * summary or the body. */
search_status snippets_make(const leaf_list *list, search_run_context *run, const search_record *record, size_t n_max,
                            arena *memory, search_hit *hit, search_error *error);

#endif
