/* Comparing two sound generations, entry by entry. */
#ifndef LIBSEARCH_INDEX_COMPARE_H
#define LIBSEARCH_INDEX_COMPARE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/inspect.h"
#include "libsearch/index/snapshot.h"

/* The two sides.  Findings speak of the first as "this index" and of the second as "the other". */
typedef struct comparison {
    inspection *i;
    const char *directory; /* of the first */
    snapshot *sides[2];
} comparison;

search_status compare_snapshots(comparison *c, search_error *error);

/* Every term of the two databases with its documents and positions: compare_terms.c. */
search_status compare_terms(comparison *c, search_error *error);

/* For a task: one reader of each side. */
search_status comparison_take_readers(const comparison *c, reader *readers[2], search_error *error);
void comparison_give_readers(const comparison *c, reader *readers[2]);

/* The bytewise order of what two cursors stand on; null bytes, the end, come last. */
int compare_text_or_end(search_text a, search_text b);

#endif
