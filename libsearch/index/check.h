/* Verifying a generation: what search_check does, and what a build asks of itself before it is published. */
#ifndef LIBSEARCH_INDEX_CHECK_H
#define LIBSEARCH_INDEX_CHECK_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/inspect.h"
#include "libsearch/index/snapshot.h"

/* The full check of the generation in a folder.  SEARCH_E_CORRUPT tells the first finding.  `on_progress` may be null.
 */
search_status check_built(const char *generation, bool (*on_progress)(void *context, const search_progress *progress),
                          void *context, search_error *error);

/* Every stored record and its columns: check_records.c. */
search_status check_records(inspection *i, const char *directory, snapshot *s, search_error *error);

#endif
