/* Japanese names: to be written. */
#include "libsearch/analysis/readings_japanese.h"
#include <stdlib.h>

struct japanese {
    int unused;
};

search_status japanese_new(japanese **out, search_error *error) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

search_status japanese_visit(const japanese *l, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error) {
    (void)l, (void)words, (void)n_words, (void)visit, (void)context, (void)error;
    return SEARCH_OK;
}

bool japanese_may_begin(const japanese *l, search_text folded) {
    (void)l, (void)folded;
    return false;
}

void japanese_free(japanese *l) {
    free(l);
}
