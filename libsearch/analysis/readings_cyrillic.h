/* Names that were spelled in Cyrillic: one word, told by its ending. */
#ifndef LIBSEARCH_ANALYSIS_READINGS_CYRILLIC_H
#define LIBSEARCH_ANALYSIS_READINGS_CYRILLIC_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"

search_status cyrillic_visit(const reading_word *words, size_t n_words, reading_visit visit, void *context,
                             search_error *error);
bool cyrillic_may_begin(search_text folded);

#endif
