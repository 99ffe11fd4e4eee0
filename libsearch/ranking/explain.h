/* How the score of a hit comes about. */
#ifndef LIBSEARCH_RANKING_EXPLAIN_H
#define LIBSEARCH_RANKING_EXPLAIN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/rerank.h"

/* Puts the parts of the hit's score into the arena; a part of 0 is left out. */
search_status explain_hit(const leaf_list *list, const gain_list *gains, const search_weights *weights,
                          search_run_context *run, uint32_t docid, arena *memory, search_hit *hit, search_error *error);

#endif
