/* Hits in an order that the request asks for. */
#ifndef LIBSEARCH_RANKING_SORT_H
#define LIBSEARCH_RANKING_SORT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/score.h"

/* The hits offset … offset + limit of the set by the request's keys, then by score, date and id.  Scores are by
 * docid - 1.  malloc'ed. */
search_status sort_best(const document_set *matches, const double *scores, const snapshot *index,
                        const search_request *request, scored **hits, size_t *n_hits, search_error *error);

#endif
