/* The materialised answer to a search: everything it shows lies in its arena. */
#ifndef LIBSEARCH_RANKING_RESULTS_H
#define LIBSEARCH_RANKING_RESULTS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/publish.h"
#include "libsearch/support/arena.h"
#include <libsearch.h>

struct search_results {
    arena memory;
    char generation[GENERATION_NAME_SIZE];
    search_text query; /* ends in NUL */
    uint64_t total;
    size_t offset;
    search_hit *hits;
    size_t n_hits;
    search_facet_counts *facets;
    size_t n_facets;
    search_date_counts dates;
    double took_ms;
    const search_relaxation *relaxation; /* null: not relaxed */
    search_text suggestion;              /* empty: none */
    search_warning *warnings;
    size_t n_warnings;
};

/* facets.c: whether it is decade, year or month, which a date gives. */
bool facets_is_date(search_text name);

#endif
