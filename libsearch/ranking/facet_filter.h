/* Which values of a facet an answer tells: those that contain a text, those one level below another value. */
#ifndef LIBSEARCH_RANKING_FACET_FILTER_H
#define LIBSEARCH_RANKING_FACET_FILTER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/analysis.h"

typedef struct facet_filter {
    analyzer *words;
    buffer wanted; /* what a value has to contain, folded; empty: nothing */
    buffer folded; /* of the value looked at */
    search_text below;
} facet_filter; /* freed with facet_filter_free, also after a failure */

/* SEARCH_E_ARGUMENT, SEARCH_E_LIMIT: a text of the request is no UTF-8 or too long. */
search_status facet_filter_open(analyzer *words, const search_facet_request *asked, facet_filter *out,
                                search_error *error);
/* Whether it lets every value pass, records without a value among them. */
bool facet_filter_is_open(const facet_filter *f);
search_status facet_filter_passes(facet_filter *f, search_text value, bool *out, search_error *error);
void facet_filter_free(facet_filter *f);

#endif
