/* Cables like one: the query of a record's most telling words. */
#ifndef LIBSEARCH_RANKING_SIMILAR_H
#define LIBSEARCH_RANKING_SIMILAR_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* Adds the query to `out`: words joined by OR, nothing when the record has none that another holds.  *docid is that of
 * the record.  SEARCH_E_NOT_FOUND: no record that is allowed has this id: the words of others are not told. */
search_status similar_query(search_text id, const document_set *allowed, search_run_context *run, buffer *out,
                            uint32_t *docid, search_error *error);

#endif
