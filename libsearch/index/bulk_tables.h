/* What the bulk builder writes: runs are taken in by the order of their documents, and merged at the end.  Term lists
 * and stored records go to their tables at once, postings and positions to the spill, the rest is collected.  One
 * thread at a time. */
#ifndef LIBSEARCH_INDEX_BULK_TABLES_H
#define LIBSEARCH_INDEX_BULK_TABLES_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/run.h"
#include "libsearch/index/run_builder.h"
#include "libsearch/index/segment.h"
#include "libsearch/index/segment_columns.h"

typedef struct bulk_tables {
    const segment_options *options; /* borrowed */
    char *store;                    /* the folder of the database */
    glass_table *lists;
    glass_table *data; /* absent without records */
    segment_columns columns;
    names_writer names;
    digest records;
    buffer lengths; /* u32 by document */
    glass_statistics statistics;
    uint64_t n_bytes_text;
    spill spill;
    run_stream *postings; /* by run */
    run_stream *positions;
    size_t n_runs;
    size_t capacity;
} bulk_tables;

search_status bulk_tables_open(bulk_tables *t, const segment_options *options, search_error *error);
/* Takes in the next run; its streams are emptied. */
search_status bulk_tables_add(bulk_tables *t, run_builder *run, search_error *error);
/* Merges and writes all there is.  tick as in merge.h. */
search_status bulk_tables_finish(bulk_tables *t, search_status (*tick)(void *context, search_error *error),
                                 void *context, segment_summary *out, search_error *error);
void bulk_tables_close(bulk_tables *t);

#endif
