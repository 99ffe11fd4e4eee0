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
    spool rows;    /* u32: where each document's numbers start */
    spool numbers; /* u32: value numbers in order of first sight */
    buffer seen;   /* u32 by number: the row, from 1, that had it last */
    uint32_t row;
    uint64_t row_start;
} facet_column;

/* Lets what is long go to a spill file; without, all stays in memory. */
void facet_column_spill(facet_column *f, spill *file);
/* The levels of a value one by one, the value itself last: of a hierarchical "A > B" first "A"; at most 16.  *n_bytes
 * is 0 to begin with, then the bytes of the value that are the level; false when there is none left. */
bool facet_level(search_text value, bool hierarchical, size_t *n_bytes);
/* Adds the levels of a value to the current document; one it has already is not added again. */
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
