/* Restrictions by date: which documents fall into an interval of days. */
#ifndef LIBSEARCH_RANKING_DATE_FILTER_H
#define LIBSEARCH_RANKING_DATE_FILTER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* Adds the documents to the set. */
search_status date_filter_match(const query_date *date, search_run_context *run, document_set *out,
                                search_error *error);
/* Takes out of the set what is surely before `since` or behind `until`, and what has no date; texts that are empty bind
 * nothing.  SEARCH_E_QUERY "query.bad_date". */
search_status date_filter_restrict(search_text since, search_text until, search_run_context *run, document_set *set,
                                   search_error *error);

#endif
