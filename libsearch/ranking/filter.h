/* The required filter: the records that a caller may be told of, at all and in any way. */
#ifndef LIBSEARCH_RANKING_FILTER_H
#define LIBSEARCH_RANKING_FILTER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* What the text of a filter allows: all records when it is empty.  SEARCH_E_ARGUMENT "search.request": it holds no
 * words, so it would bind nothing. */
search_status filter_match(search_text filter, size_t max_terms, search_run_context *run, document_set *out,
                           search_error *error);
/* How many of the records that are allowed hold the word in the field of the prefix. */
search_status filter_count_word(const document_set *allowed, const char *prefix, search_text word,
                                search_run_context *run, uint64_t *n_records, search_error *error);

#endif
