/* The order of a column of strings as numbers, so that a search sorts by it without comparing texts. */
#ifndef LIBSEARCH_INDEX_ORDER_COLUMN_H
#define LIBSEARCH_INDEX_ORDER_COLUMN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/columns.h"

/* Makes the section NAME.order of NAME.at and NAME.bytes: for each of the n documents the place of its text among those
 * that occur, from 1; texts that are equal to the collation share a place; 0: no text.  `is_natural`: digits count as
 * numbers. */
search_status order_column_write(columns_writer *w, const char *name, uint32_t n, bool is_natural, search_error *error);

#endif
