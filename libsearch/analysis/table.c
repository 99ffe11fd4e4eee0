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

bool table_is(search_text cell, const char *string) {
    return cell.n_bytes == strlen(string) && (cell.n_bytes == 0 || memcmp(cell.bytes, string, cell.n_bytes) == 0);
}

search_status table_rows(const char *const *rows, const char *kind, table_visit visit, void *context,
                         search_error *error) {
    search_status status = SEARCH_OK;
    for (; *rows != NULL && status == SEARCH_OK; rows++) {
        search_text rest = search_text_of(*rows);
        search_text first;
        if (table_next(&rest, '\t', &first) && table_is(first, kind))
            status = visit(context, rest, error);
    }
    return status;
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
