/* Rows of tables to columns, and columns to items. */
#include "libsearch/analysis/table.h"
#include <string.h>

bool table_next(search_text *rest, char separator, search_text *out) {
    if (rest->bytes == NULL)
        return false;
    const char *end = rest->n_bytes == 0 ? NULL : memchr(rest->bytes, separator, rest->n_bytes);
    if (end == NULL) {
        *out = *rest;
        *rest = (search_text){NULL, 0};
        return true;
    }
    *out = (search_text){rest->bytes, (size_t)(end - rest->bytes)};
    *rest = (search_text){end + 1, rest->n_bytes - out->n_bytes - 1};
    return true;
}
