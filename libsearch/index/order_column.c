/* Order columns: keys by ICU's collation, sorted once when the segment is written. */
#include "libsearch/index/order_column.h"

#include "libsearch/analysis/collate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct keyed {
    const char *key;
    size_t n_key;
    uint32_t document; /* from 0 */
} keyed;

static int by_key(const void *a, const void *b) {
    const keyed *x = a;
    const keyed *y = b;
    const int order = memcmp(x->key, y->key, x->n_key < y->n_key ? x->n_key : y->n_key);
    return order != 0 ? order : (x->n_key > y->n_key) - (x->n_key < y->n_key);
}

/* The keys of all texts one behind the other, and where each ends. */
static search_status make_keys(const uint64_t *at, const char *bytes, uint32_t n, bool is_natural, buffer *keys,
                               size_t *ends, search_error *error) {
    collator *order = NULL;
    search_status status = collator_new(is_natural, &order, error);
    for (uint32_t i = 0; status == SEARCH_OK && i < n; i++) {
        const search_text text = {bytes + at[i], (size_t)(at[i + 1] - at[i])};
        if (text.n_bytes > 0) {
            status = collator_add_key(order, text, keys, error);
        }
        ends[i] = keys->n_bytes;
    }
    collator_free(order);
    return status;
}

/* Puts places into `out`, and gives how many texts there are. */
static void number(keyed *list, size_t n_list, uint32_t *out) {
    if (n_list > 0) {
        qsort(list, n_list, sizeof *list, by_key);
    }
    uint32_t place = 0;
    for (size_t i = 0; i < n_list; i++) {
        place += i == 0 || by_key(&list[i - 1], &list[i]) != 0 ? 1 : 0;
        out[list[i].document] = place;
    }
}

static search_status make_order(const uint64_t *at, const char *bytes, uint32_t n, bool is_natural, uint32_t *out,
                                search_error *error) {
    buffer keys = {0};
    size_t *ends = calloc((size_t)n + 1, sizeof *ends);
    keyed *list = calloc((size_t)n + 1, sizeof *list);
    search_status status = ends == NULL || list == NULL ? error_memory(error) : SEARCH_OK;
    if (status == SEARCH_OK) {
        status = make_keys(at, bytes, n, is_natural, &keys, ends, error);
    }
    size_t n_list = 0;
    for (uint32_t i = 0; status == SEARCH_OK && i < n; i++) {
        const size_t from = i == 0 ? 0 : ends[i - 1];
        if (ends[i] > from) {
            list[n_list++] = (keyed){keys.bytes + from, ends[i] - from, i};
        }
    }
    if (status == SEARCH_OK) {
        number(list, n_list, out);
    }
    buffer_free(&keys);
    free(ends);
    free(list);
    return status;
}

search_status order_column_write(columns_writer *w, const char *name, uint32_t n, bool is_natural,
                                 search_error *error) {
    char section[COLUMNS_MAX_NAME + 1];
    snprintf(section, sizeof section, "%s.order", name);
    buffer *out = columns_writer_section(w, section);
    snprintf(section, sizeof section, "%s.at", name);
    const buffer *at = columns_writer_section(w, section);
    snprintf(section, sizeof section, "%s.bytes", name);
    const buffer *bytes = columns_writer_section(w, section);
    uint64_t *starts = calloc((size_t)n + 1, sizeof *starts);
    uint32_t *places = calloc((size_t)n + 1, sizeof *places);
    const bool ok = out != NULL && at != NULL && bytes != NULL && starts != NULL && places != NULL;
    search_status status = ok ? SEARCH_OK : error_memory(error);
    if (status == SEARCH_OK) {
        memcpy(starts, at->bytes, at->n_bytes);
        status = make_order(starts, bytes->bytes, n, is_natural, places, error);
    }
    for (uint32_t i = 0; status == SEARCH_OK && i < n; i++) {
        columns_add_u32(out, places[i]);
    }
    free(starts);
    free(places);
    return status;
}
