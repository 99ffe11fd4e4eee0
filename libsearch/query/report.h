/* What is wrong with a query: an error that ends the reading, or in lenient mode a warning, after which the reader
 * mends it and goes on.  Every fault is told through here, so that both modes know the same ones. */
#ifndef LIBSEARCH_QUERY_REPORT_H
#define LIBSEARCH_QUERY_REPORT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/query.h"

typedef struct query_report {
    query *out; /* keeps the warnings */
    bool is_lenient;
    search_error *error;
} query_report;

/* Strict: sets the error and returns `status`.  Lenient: adds a warning and returns SEARCH_OK; the caller mends. */
search_status query_fault(query_report *report, search_status status, const char *id, size_t offset,
                          const char *message, const char *hint);

/* Of the id query.empty_clause. */
search_status query_fault_empty(query_report *report, size_t offset, const char *message, const char *hint);

#endif
