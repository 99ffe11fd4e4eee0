/* Records to one segment: a Xapian database and a column file in a directory of their own.  Records become documents 1,
 * 2, 3 … in the order they are added.  The caller syncs the directory.  The way a segment is built may change behind
 * this interface; what it holds is in doc/index-format.md. */
#ifndef LIBSEARCH_INDEX_SEGMENT_H
#define LIBSEARCH_INDEX_SEGMENT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/aliases.h"
#include "libsearch/index/schema.h"

#define SEGMENT_STORE "xapian"    /* the database, below the segment's directory */
#define SEGMENT_COLUMNS "columns" /* the folder of the column file */
#define SEGMENT_COLUMN_FILE "columns/columns.bin"

/* The gap in positions between two fields or two values: wider than any phrase. */
#define SEGMENT_POSITION_GAP 100

typedef struct segment_builder segment_builder;

/* Makes `directory`, which must not exist.  The aliases are kept with the segment. */
search_status segment_builder_new(const char *directory, const search_schema *schema, const aliases *known,
                                  segment_builder **out, search_error *error);
/* The record has an id that no record before had.  put_by_update: an update put it (not a source of a rebuild). */
search_status segment_builder_add(segment_builder *b, const search_record *record, bool put_by_update,
                                  search_error *error);
/* Writes everything. */
search_status segment_builder_finish(segment_builder *b, search_error *error);
void segment_builder_free(segment_builder *b);

#endif
