/* Chinese names: to be written. */
#include "libsearch/analysis/readings_chinese.h"
#include <stdlib.h>

struct chinese {
    int unused;
};

search_status chinese_new(chinese **out, search_error *error) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

search_status chinese_visit(const chinese *l, const reading_word *words, size_t n_words, reading_visit visit,
                            void *context, search_error *error) {
    (void)l, (void)words, (void)n_words, (void)visit, (void)context, (void)error;
    return SEARCH_OK;
}

bool chinese_may_begin(const chinese *l, search_text folded) {
    (void)l, (void)folded;
    return false;
}

void chinese_free(chinese *l) {
    free(l);
}
