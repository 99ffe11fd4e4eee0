/* The columns of a segment, collected from the rows of its documents in their order. */
#ifndef LIBSEARCH_INDEX_SEGMENT_COLUMNS_H
#define LIBSEARCH_INDEX_SEGMENT_COLUMNS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/facet_column.h"
#include "libsearch/index/names.h"
#include "libsearch/index/schema.h"

enum { SEGMENT_N_TEXTS = 5 };

/* The two sections of a list of strings. */
typedef struct text_sections {
    spool *at;
    spool *bytes;
} text_sections;

typedef struct segment_columns {
    const search_schema *schema; /* borrowed */
    columns_writer *writer;
    spool *lengths;
    spool *starts;
    spool *days;
    spool *origin;
    text_sections texts[SEGMENT_N_TEXTS];
    size_t n_starts;
    facet_column facets[SCHEMA_MAX_FIELDS]; /* by field; used where schema_is_facet */
    date_facets dates;
    uint32_t n_documents;
} segment_columns;

/* folder: where long columns go until they are written. */
search_status segment_columns_open(segment_columns *c, const char *folder, const search_schema *schema,
                                   search_error *error);
search_status segment_columns_add(segment_columns *c, const char *row, search_error *error);
search_status segment_columns_write(segment_columns *c, const names_writer *names, const aliases *known,
                                    const char *path, search_error *error);
void segment_columns_close(segment_columns *c);

#endif
