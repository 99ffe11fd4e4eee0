/* The languages whose names are read, asked one after the other. */
#include "libsearch/analysis/readings.h"
#include "libsearch/analysis/readings_chinese.h"
#include "libsearch/analysis/readings_cyrillic.h"
#include "libsearch/analysis/readings_japanese.h"
#include "libsearch/analysis/readings_korean.h"
#include <stdlib.h>

struct readings {
    chinese *chinese;
    korean *korean;
    japanese *japanese;
    cyrillic *cyrillic;
};

search_status readings_new(readings **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    readings *r = calloc(1, sizeof *r);
    if (r == NULL)
        return error_memory(error);
    search_status status = chinese_new(&r->chinese, error);
    if (status == SEARCH_OK)
        status = korean_new(&r->korean, error);
    if (status == SEARCH_OK)
        status = japanese_new(&r->japanese, error);
    if (status == SEARCH_OK)
        status = cyrillic_new(&r->cyrillic, error);
    if (status != SEARCH_OK) {
        readings_free(r);
        return status;
    }
    *out = r;
    return SEARCH_OK;
}

search_status readings_visit_in(const readings *r, unsigned languages, const reading_word *words, size_t n_words,
                                reading_visit visit, void *context, search_error *error) {
    search_status status = SEARCH_OK;
    if (n_words == 0)
        return status;
    if ((languages & READINGS_CHINESE) != 0)
        status = chinese_visit(r->chinese, words, n_words, visit, context, error);
    if (status == SEARCH_OK && (languages & READINGS_KOREAN) != 0)
        status = korean_visit(r->korean, words, n_words, visit, context, error);
    if (status == SEARCH_OK && (languages & READINGS_JAPANESE) != 0)
        status = japanese_visit(r->japanese, words, n_words, visit, context, error);
    if (status == SEARCH_OK && (languages & READINGS_CYRILLIC) != 0)
        status = cyrillic_visit(r->cyrillic, words, n_words, visit, context, error);
    return status;
}

search_status readings_visit(const readings *r, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error) {
    return readings_visit_in(r, READINGS_ALL, words, n_words, visit, context, error);
}

unsigned readings_may_begin(const readings *r, search_text folded) {
    return (chinese_may_begin(r->chinese, folded) ? READINGS_CHINESE : 0u) |
           (korean_may_begin(r->korean, folded) ? READINGS_KOREAN : 0u) |
           (japanese_may_begin(r->japanese, folded) ? READINGS_JAPANESE : 0u) |
           (cyrillic_may_begin(r->cyrillic, folded) ? READINGS_CYRILLIC : 0u);
}

void readings_free(readings *r) {
    if (r == NULL)
        return;
    chinese_free(r->chinese);
    korean_free(r->korean);
    japanese_free(r->japanese);
    cyrillic_free(r->cyrillic);
    free(r);
}
