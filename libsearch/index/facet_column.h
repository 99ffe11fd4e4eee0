/* Collecting one facet while documents arrive: values are numbered as they come and sorted at the end. */
#ifndef LIBSEARCH_INDEX_FACET_COLUMN_H
#define LIBSEARCH_INDEX_FACET_COLUMN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/columns.h"
#include "libsearch/support/hash.h"

typedef struct facet_column {
    char name[40];
    bool hierarchical;
    hash_map values;
    buffer rows;    /* u32: where each document's numbers start */
    buffer numbers; /* u32: value numbers in order of first sight */
    buffer seen;    /* u32 by number: the row, from 1, that had it last */
    uint32_t row;
    size_t row_start;
} facet_column;

/* Adds a value to the current document; one it has already is not added again.  A hierarchical "A > B" adds "A" too,
 * for at most 16 levels. */
search_status facet_column_add(facet_column *f, search_text value, search_error *error);
/* Ends the current document. */
search_status facet_column_end_document(facet_column *f, search_error *error);
search_status facet_column_write(facet_column *f, columns_writer *w, search_error *error);
void facet_column_free(facet_column *f);

/* The derived facets of a date: every decade, year and month the interval touches. */
typedef struct date_facets {
    facet_column decade;
    facet_column year;
    facet_column month;
} date_facets;
search_status date_facets_add(date_facets *f, int32_t earliest, int32_t latest, search_error *error);

#endif
