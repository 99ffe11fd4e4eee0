/* A better query, "did you mean": words that are found nowhere, or hardly, in the spelling of a near word that is
 * common, told only when the query so written finds more. */
#ifndef LIBSEARCH_RANKING_SUGGEST_H
#define LIBSEARCH_RANKING_SUGGEST_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* `asked` is the canonical text of a query that finds `total` of the records in `within`, what every filter of the
 * request leaves of `allowed`, all that may be told of.  *out is the canonical text of the better query, in the arena,
 * or empty. */
search_status suggest_query(search_text asked, uint64_t total, const document_set *allowed, const document_set *within,
                            search_run_context *run, arena *memory, search_text *out, search_error *error);

#endif
