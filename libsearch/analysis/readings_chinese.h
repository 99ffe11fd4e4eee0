/* Chinese names and places. */
#ifndef LIBSEARCH_ANALYSIS_READINGS_CHINESE_H
#define LIBSEARCH_ANALYSIS_READINGS_CHINESE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"

typedef struct chinese chinese; /* immutable */

search_status chinese_new(chinese **out, search_error *error);
search_status chinese_visit(const chinese *l, const reading_word *words, size_t n_words, reading_visit visit,
                            void *context, search_error *error);
bool chinese_may_begin(const chinese *l, search_text folded);
void chinese_free(chinese *l);

#endif
