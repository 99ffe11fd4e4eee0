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
    atomic_uint_fast64_t n_positions; /* compared */
} comparison;

search_status compare_snapshots(comparison *c, search_error *error);

/* Each document that both sides have: data, length, values, terms and positions: compare_documents.c. */
search_status compare_documents(comparison *c, search_error *error);
/* Each term of the two databases with its documents: compare_terms.c. */
search_status compare_terms(comparison *c, search_error *error);

/* The documents that both sides have; of the others the ids are told. */
uint32_t comparison_n_common(const comparison *c);
/* For a task: one reader of each side. */
search_status comparison_take_readers(const comparison *c, reader *readers[2], search_error *error);
void comparison_give_readers(const comparison *c, reader *readers[2]);

bool compare_is_same(search_text a, search_text b);
int compare_shown(search_text text); /* for "%.*s" */
/* The bytewise order of what two cursors stand on; null bytes, the end, come last. */
int compare_text_or_end(search_text a, search_text b);

#endif
