/* Korean names: to be written. */
#include "libsearch/analysis/readings_korean.h"
#include <stdlib.h>

struct korean {
    int unused;
};

search_status korean_new(korean **out, search_error *error) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

search_status korean_visit(const korean *l, const reading_word *words, size_t n_words, reading_visit visit,
                           void *context, search_error *error) {
    (void)l, (void)words, (void)n_words, (void)visit, (void)context, (void)error;
    return SEARCH_OK;
}

bool korean_may_begin(const korean *l, search_text folded) {
    (void)l, (void)folded;
    return false;
}

void korean_free(korean *l) {
    free(l);
}
