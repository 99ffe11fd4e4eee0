/* Aliases: to be written. */
#include "libsearch/analysis/aliases.h"
#include <stdlib.h>

search_status aliases_add(aliases *a, search_text file, analyzer *words, search_error *error) {
    (void)a, (void)file, (void)words, (void)error;
    return SEARCH_OK;
}

search_status aliases_add_builtin(aliases *a, analyzer *words, search_error *error) {
    (void)a, (void)words, (void)error;
    return SEARCH_OK;
}

void aliases_free(aliases *a) {
    arena_free(&a->memory);
    free(a->list);
    *a = (aliases){0};
}
