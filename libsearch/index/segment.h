/* Records to one segment: a Xapian database and a column file in a directory of their own.  Records become documents 1,
 * 2, 3 … in the order they are added.  The caller syncs the directory.  There are two ways to the same segment: the
 * bulk builder (bulk.c), and libxapian's own indexing (segment_xapian.c), many times slower, which is what the other is
 * held against.  What a segment holds is in doc/index-format.md. */
#ifndef LIBSEARCH_INDEX_SEGMENT_H
#define LIBSEARCH_INDEX_SEGMENT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/aliases.h"
#include "libsearch/index/schema.h"
#include "libsearch/support/digest.h"

#define SEGMENT_STORE "xapian"    /* the database, below the segment's directory */
#define SEGMENT_COLUMNS "columns" /* the folder of the column file */
#define SEGMENT_COLUMN_FILE "columns/columns.bin"

typedef struct segment_options {
    const char *directory;       /* made; must not exist */
    const search_schema *schema; /* borrowed until the builder is freed, as the aliases are */
    const aliases *known;        /* kept with the segment */
    bool via_xapian;
    size_t n_jobs;           /* threads that analyze; 1 or more */
    uint64_t n_bytes_memory; /* what the bulk builder may hold of words, batches and runs */
    digest records;          /* to go on with: takes in the length (u64) and the JSON of each record */
    /* Called by the thread that adds and finishes, now and then; what is not SEARCH_OK ends the build.  n_done: records
     * that were analyzed. */
    search_status (*tick)(void *context, const char *phase, uint64_t n_done, search_error *error);
    void *context;
} segment_options;

enum { SEGMENT_MAX_FILES = 4 };

/* A file whose digest and checksum were taken while it was written. */
typedef struct segment_file {
    const char *path; /* below the segment's directory; static text */
    char sha256[DIGEST_N_HEX + 1];
    uint64_t checksum;
} segment_file;

typedef struct segment_summary {
    uint64_t n_records;
    uint64_t n_bytes_text; /* of the records as JSON */
    char records_sha256[DIGEST_N_HEX + 1];
    segment_file files[SEGMENT_MAX_FILES]; /* of the largest ones; the others' are yet to be taken */
    size_t n_files;
} segment_summary;

typedef struct segment_builder segment_builder;

search_status segment_builder_new(const segment_options *options, segment_builder **out, search_error *error);
/* The frame is that of a record (cable.h, record_frame_write) with an id that no record before had.  put_by_update: an
 * update put it (not a source of a rebuild).  May tell of a failure of any record added before. */
search_status segment_builder_add(segment_builder *b, search_text frame, bool put_by_update, search_error *error);
/* Writes everything. */
search_status segment_builder_finish(segment_builder *b, segment_summary *out, search_error *error);
void segment_builder_free(segment_builder *b); /* also one that failed or was not finished */

#endif
