/* Korean names and places. */
#ifndef LIBSEARCH_ANALYSIS_READINGS_KOREAN_H
#define LIBSEARCH_ANALYSIS_READINGS_KOREAN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"

typedef struct korean korean; /* immutable */

search_status korean_new(korean **out, search_error *error);
search_status korean_visit(const korean *l, const reading_word *words, size_t n_words, reading_visit visit,
                           void *context, search_error *error);
bool korean_may_begin(const korean *l, search_text folded);
void korean_free(korean *l);

#endif
