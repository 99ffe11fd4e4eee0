/* Japanese names and places. */
#ifndef LIBSEARCH_ANALYSIS_READINGS_JAPANESE_H
#define LIBSEARCH_ANALYSIS_READINGS_JAPANESE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"

typedef struct japanese japanese; /* immutable */

search_status japanese_new(japanese **out, search_error *error);
search_status japanese_visit(const japanese *l, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error);
bool japanese_may_begin(const japanese *l, search_text folded);
void japanese_free(japanese *l);

#endif
