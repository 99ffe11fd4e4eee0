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

search_status readings_visit(const readings *r, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error) {
    if (n_words == 0)
        return SEARCH_OK;
    search_status status = chinese_visit(r->chinese, words, n_words, visit, context, error);
    if (status == SEARCH_OK)
        status = korean_visit(r->korean, words, n_words, visit, context, error);
    if (status == SEARCH_OK)
        status = japanese_visit(r->japanese, words, n_words, visit, context, error);
    if (status == SEARCH_OK)
        status = cyrillic_visit(r->cyrillic, words, n_words, visit, context, error);
    return status;
}

bool readings_may_begin(const readings *r, search_text folded) {
    return chinese_may_begin(r->chinese, folded) || korean_may_begin(r->korean, folded) ||
           japanese_may_begin(r->japanese, folded) || cyrillic_may_begin(r->cyrillic, folded);
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
