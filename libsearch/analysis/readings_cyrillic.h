/* Names that were spelled in Cyrillic: one word, told by its ending. */
#ifndef LIBSEARCH_ANALYSIS_READINGS_CYRILLIC_H
#define LIBSEARCH_ANALYSIS_READINGS_CYRILLIC_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"

typedef struct cyrillic cyrillic; /* immutable */

search_status cyrillic_new(cyrillic **out, search_error *error);
search_status cyrillic_visit(const cyrillic *l, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error);
bool cyrillic_may_begin(const cyrillic *l, search_text folded);
void cyrillic_free(cyrillic *l);

#endif
