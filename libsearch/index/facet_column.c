/* Facet values of documents, collected and written as the sections of a column_facet. */
#include "libsearch/index/facet_column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An interval wider than this says nothing about months, and would fill the column with them. */
enum { max_years_with_months = 10, max_levels = 16 };

static search_status add_one(facet_column *f, search_text value, search_error *error) {
    bool is_new = false;
    const uint32_t number = hash_add(&f->values, value.bytes, value.n_bytes, &is_new);
    if (number != HASH_NONE && is_new) {
        columns_add_u32(&f->seen, 0);
    }
    if (number == HASH_NONE || f->seen.failed) {
        return error_memory(error);
    }
    uint32_t *last_row = (uint32_t *)(void *)f->seen.bytes + number;
    if (*last_row != f->row + 1) {
        *last_row = f->row + 1;
        columns_add_u32(&f->numbers, number);
    }
    return SEARCH_OK;
}

bool facet_level(search_text value, bool hierarchical, size_t *n_bytes) {
    static const char separator[] = " > ";
    const size_t n_separator = sizeof separator - 1;
    if (*n_bytes == value.n_bytes) {
        return false;
    }
    size_t n_levels = 1;
    for (size_t i = 1; hierarchical && n_levels < max_levels && i + n_separator < value.n_bytes; i++) {
        if (memcmp(value.bytes + i, separator, n_separator) == 0) {
            n_levels++;
            if (i > *n_bytes) {
                *n_bytes = i;
                return true;
            }
        }
    }
    *n_bytes = value.n_bytes;
    return true;
}

search_status facet_column_add(facet_column *f, search_text value, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t n = 0; status == SEARCH_OK && facet_level(value, f->hierarchical, &n);) {
        status = add_one(f, (search_text){value.bytes, n}, error);
    }
    return status;
}

search_status facet_column_end_document(facet_column *f, search_error *error) {
    columns_add_u32(&f->rows, (uint32_t)(f->row_start / sizeof(uint32_t)));
    f->row_start = f->numbers.n_bytes;
    f->row++;
    return f->rows.failed || f->numbers.failed ? error_memory(error) : SEARCH_OK;
}

typedef struct sorted_value {
    search_text text;
    uint32_t number;
} sorted_value;

static int by_bytes(const void *a, const void *b) {
    const search_text x = ((const sorted_value *)a)->text;
    const search_text y = ((const sorted_value *)b)->text;
    const int order = memcmp(x.bytes, y.bytes, x.n_bytes < y.n_bytes ? x.n_bytes : y.n_bytes);
    return order != 0 ? order : (x.n_bytes > y.n_bytes) - (x.n_bytes < y.n_bytes);
}

static int by_number(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Writes the dictionary and turns the numbers of first sight into ordinals, ascending within each row. */
static void write_sorted(facet_column *f, sorted_value *values, uint32_t *ordinal, buffer *at, buffer *bytes) {
    for (uint32_t i = 0; i < f->values.n_keys; i++) {
        values[i] = (sorted_value){f->values.keys[i], i};
    }
    if (f->values.n_keys > 0) {
        qsort(values, f->values.n_keys, sizeof *values, by_bytes);
    }
    columns_add_u64(at, 0);
    for (uint32_t i = 0; i < f->values.n_keys; i++) {
        ordinal[values[i].number] = i;
        buffer_add(bytes, values[i].text.bytes, values[i].text.n_bytes);
        columns_add_u64(at, bytes->n_bytes);
    }
    uint32_t *numbers = (uint32_t *)(void *)f->numbers.bytes;
    const uint32_t *rows = (const uint32_t *)(const void *)f->rows.bytes;
    const size_t n_rows = f->rows.n_bytes / sizeof(uint32_t);
    for (size_t i = 0; i < f->numbers.n_bytes / sizeof(uint32_t); i++) {
        numbers[i] = ordinal[numbers[i]];
    }
    for (size_t i = 0; i + 1 < n_rows; i++) {
        if (rows[i + 1] - rows[i] > 1) {
            qsort(numbers + rows[i], rows[i + 1] - rows[i], sizeof *numbers, by_number);
        }
    }
}

static buffer *section(columns_writer *w, const char *name, const char *suffix) {
    char full[COLUMNS_MAX_NAME + 8];
    snprintf(full, sizeof full, "facet:%s%s", name, suffix);
    return columns_writer_section(w, full);
}

search_status facet_column_write(facet_column *f, columns_writer *w, search_error *error) {
    const search_status status = facet_column_end_document(f, error); /* the end of the last row */
    if (status != SEARCH_OK) {
        return status;
    }
    sorted_value *values = calloc(f->values.n_keys + 1, sizeof *values);
    uint32_t *ordinal = calloc(f->values.n_keys + 1, sizeof *ordinal);
    buffer *at = section(w, f->name, ".at");
    buffer *bytes = section(w, f->name, ".bytes");
    buffer *rows = section(w, f->name, ".rows");
    buffer *ordinals = section(w, f->name, ".ordinals");
    const bool ok = values && ordinal && at && bytes && rows && ordinals;
    if (ok) {
        write_sorted(f, values, ordinal, at, bytes);
        buffer_add(rows, f->rows.bytes, f->rows.n_bytes);
        if (f->numbers.n_bytes > 0) {
            buffer_add(ordinals, f->numbers.bytes, f->numbers.n_bytes);
        }
    }
    free(values);
    free(ordinal);
    return ok ? SEARCH_OK : error_memory(error);
}

void facet_column_free(facet_column *f) {
    hash_free(&f->values);
    buffer_free(&f->rows);
    buffer_free(&f->numbers);
    buffer_free(&f->seen);
}

static search_status add_format(facet_column *f, search_error *error, const char *format, int32_t a, int32_t b) {
    char text[32];
    const int n = snprintf(text, sizeof text, format, a, b);
    return facet_column_add(f, (search_text){text, (size_t)n}, error);
}

search_status date_facets_add(date_facets *f, int32_t earliest, int32_t latest, search_error *error) {
    search_status status = SEARCH_OK;
    const int32_t first = earliest / 10000;
    const int32_t last = latest / 10000;
    for (int32_t year = first; earliest > 0 && year <= last && status == SEARCH_OK; year++) {
        status = add_format(&f->year, error, "%04d", year, 0);
        if (status == SEARCH_OK && (year == first || year % 10 == 0)) {
            status = add_format(&f->decade, error, "%03d0s", year / 10, 0);
        }
        const int32_t from = year == first ? earliest / 100 % 100 : 1;
        const int32_t to = year == last ? latest / 100 % 100 : 12;
        for (int32_t month = from; last - first < max_years_with_months && month <= to && status == SEARCH_OK;
             month++) {
            status = add_format(&f->month, error, "%04d-%02d", year, month);
        }
    }
    return status;
}
