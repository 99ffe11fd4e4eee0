/* How near to one another words stand in a text, given their positions. */
#ifndef LIBSEARCH_RANKING_WINDOW_H
#define LIBSEARCH_RANKING_WINDOW_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/lattice.h"

#define WINDOW_NONE UINT32_MAX

/* By how many words the best place of two words misses the asked distance; the wrong order misses it by one more.
 * WINDOW_NONE: one of them is not there. */
uint32_t window_pair(const term_positions *a, const term_positions *b, uint32_t distance);

/* The words of the shortest stretch that holds every one of the lists that has positions, at most WINDOW_MAX_LISTS.
 * WINDOW_NONE: fewer than two have any. */
#define WINDOW_MAX_LISTS 16
uint32_t window_span(const term_positions *lists, size_t n_lists);

#endif
