/* Clauses that begin with a name and take no words of the language: dates. */
#ifndef LIBSEARCH_QUERY_CLAUSE_H
#define LIBSEARCH_QUERY_CLAUSE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/report.h"

typedef enum date_clause {
    DATE_CLAUSE_OVERLAPS = 1, /* date: */
    DATE_CLAUSE_CERTAIN,      /* date= */
    DATE_CLAUSE_SINCE,
    DATE_CLAUSE_UNTIL,
} date_clause;

/* Bounds as typed, quotes gone. */
typedef struct date_bounds {
    search_text first; /* of an interval, or alone */
    search_text second;
    bool is_interval;
    size_t offset; /* in the query */
    size_t second_offset;
} date_bounds;

/* Reads bounds; `memory` keeps the canonical text.  Lenient: *is_read false when they are no dates. */
search_status clause_date(date_clause clause, const date_bounds *bounds, const query_options *options,
                          query_report *report, query_date *out, search_text *text, bool *is_read);

#endif
