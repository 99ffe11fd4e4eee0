/* Exact facet counts by walking a column over the set of matches, and the selections that restrict it. */
#ifndef LIBSEARCH_RANKING_FACETS_H
#define LIBSEARCH_RANKING_FACETS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"
#include "libsearch/ranking/results.h"

/* The documents that any of the request's selections of each facet picks. */
typedef struct facet_selection {
    size_t facet;
    document_set documents;
} facet_selection;

typedef struct facet_selections {
    facet_selection *list; /* one a facet that is selected from */
    size_t n;
} facet_selections;

/* SEARCH_E_FACET: no such facet; the hint lists them. */
search_status facets_find(const snapshot *index, search_text name, size_t *facet, search_error *error);
search_status facets_select(const snapshot *index, const search_request *request, facet_selections *out,
                            search_error *error);
/* matches and every selection but those of the facet `except` (SIZE_MAX: all of them) */
search_status facets_restrict(const document_set *matches, const facet_selections *selections, size_t except,
                              document_set *out, search_error *error);
search_status facets_count(const snapshot *index, analyzer *words, const document_set *matches,
                           const search_request *request, const search_facet_request *asked, arena *memory,
                           search_facet_counts *out, search_error *error);
void facets_free(facet_selections *selections);

#endif
