/* Merging runs into the postlist and position tables: term by term, of each the runs in their order.  The two may be
 * done by two threads at once. */
#ifndef LIBSEARCH_INDEX_MERGE_H
#define LIBSEARCH_INDEX_MERGE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/glass/glass.h"
#include "libsearch/index/run.h"

/* Streams of one kind, of the runs in the order of their documents. */
typedef struct merge {
    const spill *spill;
    const run_stream *streams;
    size_t n_streams;
    size_t n_window; /* bytes of each stream that are read at once */
    /* Called now and then; what is not SEARCH_OK ends the merge. */
    search_status (*tick)(void *context, search_error *error);
    void *context;
} merge;

search_status merge_postings(const merge *m, glass_postlist *out, search_error *error);
search_status merge_positions(const merge *m, glass_positions *out, search_error *error);

#endif
