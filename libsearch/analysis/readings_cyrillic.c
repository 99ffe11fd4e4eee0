/* Cyrillic names: to be written. */
#include "libsearch/analysis/readings_cyrillic.h"

search_status cyrillic_visit(const reading_word *words, size_t n_words, reading_visit visit, void *context,
                             search_error *error) {
    (void)words, (void)n_words, (void)visit, (void)context, (void)error;
    return SEARCH_OK;
}

bool cyrillic_may_begin(search_text folded) {
    (void)folded;
    return false;
}
