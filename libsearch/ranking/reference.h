/* src:"…": an archival reference, or a part of one, perhaps with a page: "PRC FMA 118-01026-07 126".  A record matches
 * when one of the sources it cites has every part that is given; of a file the first words suffice (118-01026), and a
 * page lies within the record's pages.  What is no reference is looked for as a phrase in the source. */
#ifndef LIBSEARCH_RANKING_REFERENCE_H
#define LIBSEARCH_RANKING_REFERENCE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/leaf.h"

search_status reference_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                                search_error *error);
search_status reference_evaluate(leaf *l, search_run_context *run, search_error *error);

#endif
