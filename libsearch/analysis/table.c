/* Rows of tables to columns, and columns to items; the digest that tells one set of tables from another. */
#include "libsearch/analysis/table.h"
#include "libsearch/support/digest.h"
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

void table_digest(char hex[TABLE_DIGEST_N + 1]) {
    const char *const *const tables[] = {table_aliases, table_chinese, table_cyrillic, table_japanese,
                                         table_korean,  table_places,  table_spelling, table_surnames};
    digest d;
    char all[DIGEST_N_HEX + 1];
    digest_start(&d);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const char *const *row = tables[i]; *row != NULL; row++)
            digest_add(&d, *row, strlen(*row) + 1);
        /* An empty row, which no table holds, parts them. */
        digest_add(&d, "", 1);
    }
    digest_finish(&d, all);
    memcpy(hex, all, TABLE_DIGEST_N);
    hex[TABLE_DIGEST_N] = '\0';
}
