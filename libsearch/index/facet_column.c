/* Facet values of documents, collected and written as the sections of a column_facet. */
#include "libsearch/index/facet_column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An interval wider than this says nothing about months, and would fill the column with them. */
enum { max_years_with_months = 10, max_levels = 16 };

void facet_column_spill(facet_column *f, spill *file) {
    f->rows.file = file;
    f->numbers.file = file;
}

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
        columns_add_u32(&f->numbers.tail, number);
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
    columns_add_u32(&f->rows.tail, (uint32_t)(f->row_start / sizeof(uint32_t)));
    f->row_start = spool_n_bytes(&f->numbers);
    f->row++;
    const search_status status = spool_settle(&f->rows, error);
    return status == SEARCH_OK ? spool_settle(&f->numbers, error) : status;
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

/* Writes the dictionary, and gives the ordinal of each number. */
static search_status write_values(const facet_column *f, uint32_t *ordinal, spool *at, spool *bytes,
                                  search_error *error) {
    sorted_value *values = calloc(f->values.n_keys + 1, sizeof *values);
    if (values == NULL) {
        return error_memory(error);
    }
    for (uint32_t i = 0; i < f->values.n_keys; i++) {
        values[i] = (sorted_value){f->values.keys[i], i};
    }
    if (f->values.n_keys > 0) {
        qsort(values, f->values.n_keys, sizeof *values, by_bytes);
    }
    search_status status = SEARCH_OK;
    columns_add_u64(&at->tail, 0);
    for (uint32_t i = 0; i < f->values.n_keys && status == SEARCH_OK; i++) {
        ordinal[values[i].number] = i;
        buffer_add(&bytes->tail, values[i].text.bytes, values[i].text.n_bytes);
        status = spool_settle(bytes, error);
        columns_add_u64(&at->tail, spool_n_bytes(bytes));
        status = status == SEARCH_OK ? spool_settle(at, error) : status;
    }
    free(values);
    return status;
}

/* The numbers of the next row as ordinals, ascending. */
static search_status write_row(spool_reader *numbers, size_t n, const uint32_t *ordinal, spool *out,
                               search_error *error) {
    const size_t from = out->tail.n_bytes;
    if (n == 0) {
        return SEARCH_OK;
    }
    if (!buffer_reserve(&out->tail, n * sizeof(uint32_t))) {
        return error_memory(error);
    }
    uint32_t *row = (uint32_t *)(void *)(out->tail.bytes + from);
    const search_status status = spool_reader_take(numbers, row, n * sizeof *row, error);
    if (status != SEARCH_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        row[i] = ordinal[row[i]];
    }
    if (n > 1) {
        qsort(row, n, sizeof *row, by_number);
    }
    out->tail.n_bytes += n * sizeof *row;
    return spool_settle(out, error);
}

/* Turns the numbers of first sight into ordinals. */
static search_status write_ordinals(const facet_column *f, const uint32_t *ordinal, spool *out, search_error *error) {
    spool_reader rows;
    spool_reader numbers;
    spool_reader_open(&rows, &f->rows);
    spool_reader_open(&numbers, &f->numbers);
    uint32_t start = 0;
    search_status status = spool_reader_take(&rows, &start, sizeof start, error);
    for (uint32_t i = 1; i < f->row && status == SEARCH_OK; i++) {
        uint32_t end = 0;
        status = spool_reader_take(&rows, &end, sizeof end, error);
        if (status == SEARCH_OK) {
            status = write_row(&numbers, end - start, ordinal, out, error);
        }
        start = end;
    }
    spool_reader_close(&rows);
    spool_reader_close(&numbers);
    return status;
}

static spool *section(columns_writer *w, const char *name, const char *suffix) {
    char full[COLUMNS_MAX_NAME + 8];
    snprintf(full, sizeof full, "facet:%s%s", name, suffix);
    return columns_writer_spool(w, full);
}

search_status facet_column_write(facet_column *f, columns_writer *w, search_error *error) {
    search_status status = facet_column_end_document(f, error); /* the end of the last row */
    if (status != SEARCH_OK) {
        return status;
    }
    uint32_t *ordinal = calloc(f->values.n_keys + 1, sizeof *ordinal);
    spool *at = section(w, f->name, ".at");
    spool *bytes = section(w, f->name, ".bytes");
    spool *rows = section(w, f->name, ".rows");
    spool *ordinals = section(w, f->name, ".ordinals");
    const bool ok = ordinal && at && bytes && rows && ordinals;
    status = ok ? write_values(f, ordinal, at, bytes, error) : error_memory(error);
    if (status == SEARCH_OK) {
        status = write_ordinals(f, ordinal, ordinals, error);
    }
    if (status == SEARCH_OK) {
        *rows = f->rows;
        f->rows = (spool){0};
    }
    spool_free(&f->numbers);
    free(ordinal);
    return status;
}

void facet_column_free(facet_column *f) {
    hash_free(&f->values);
    spool_free(&f->rows);
    spool_free(&f->numbers);
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
