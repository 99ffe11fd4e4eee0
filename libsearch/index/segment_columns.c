/* Rows to columns. */
#include "libsearch/index/segment_columns.h"

#include "libsearch/index/order_column.h"
#include "libsearch/index/row.h"
#include <stdio.h>

static bool open_texts(columns_writer *w, const char *name, text_sections *out) {
    char full[COLUMNS_MAX_NAME + 1];
    snprintf(full, sizeof full, "%s.at", name);
    out->at = columns_writer_spool(w, full);
    snprintf(full, sizeof full, "%s.bytes", name);
    out->bytes = columns_writer_spool(w, full);
    if (out->at == NULL || out->bytes == NULL) {
        return false;
    }
    columns_add_u64(&out->at->tail, 0);
    return !out->at->tail.failed;
}

static bool open_sections(segment_columns *c) {
    static const char *const texts[SEGMENT_N_TEXTS] = {"id", "title", "date", "number", "reference"};
    c->lengths = columns_writer_spool(c->writer, "lengths");
    c->starts = columns_writer_spool(c->writer, "starts");
    c->days = columns_writer_spool(c->writer, "days");
    c->origin = columns_writer_spool(c->writer, "origin");
    bool ok = c->lengths && c->starts && c->days && c->origin;
    for (size_t i = 0; ok && i < SEGMENT_N_TEXTS; i++) {
        ok = open_texts(c->writer, texts[i], &c->texts[i]);
    }
    return ok;
}

search_status segment_columns_open(segment_columns *c, const char *folder, const search_schema *schema,
                                   search_error *error) {
    size_t order[SCHEMA_MAX_FIELDS];
    *c = (segment_columns){.schema = schema, .n_starts = schema_order(schema, order)};
    for (size_t i = 0; i < schema->n_fields; i++) {
        snprintf(c->facets[i].name, sizeof c->facets[i].name, "%s", schema->names[i]);
        c->facets[i].hierarchical = schema->fields[i].hierarchical;
    }
    snprintf(c->dates.decade.name, sizeof c->dates.decade.name, "decade");
    snprintf(c->dates.year.name, sizeof c->dates.year.name, "year");
    snprintf(c->dates.month.name, sizeof c->dates.month.name, "month");
    const search_status status = columns_writer_new(folder, &c->writer, error);
    if (status != SEARCH_OK) {
        return status;
    }
    facet_column *const derived[] = {&c->dates.decade, &c->dates.year, &c->dates.month};
    for (size_t i = 0; i < 3; i++) {
        facet_column_spill(derived[i], columns_writer_spill(c->writer));
    }
    for (size_t i = 0; i < schema->n_fields; i++) {
        facet_column_spill(&c->facets[i], columns_writer_spill(c->writer));
    }
    return open_sections(c) ? SEARCH_OK : error_memory(error);
}

static void add_numbers(spool *section, const char **row, size_t n) {
    buffer_add(&section->tail, *row, n * sizeof(uint32_t));
    *row += n * sizeof(uint32_t);
}

static search_status add_facets(segment_columns *c, const char **row, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < c->schema->n_fields && status == SEARCH_OK; i++) {
        if (!schema_is_facet(&c->schema->fields[i])) {
            continue;
        }
        const uint32_t n = row_take_u32(row);
        for (uint32_t v = 0; v < n && status == SEARCH_OK; v++) {
            status = facet_column_add(&c->facets[i], row_take_text(row), error);
        }
        if (status == SEARCH_OK) {
            status = facet_column_end_document(&c->facets[i], error);
        }
    }
    return status;
}

static search_status add_dates(segment_columns *c, int32_t earliest, int32_t latest, search_error *error) {
    search_status status = date_facets_add(&c->dates, earliest, latest, error);
    facet_column *const derived[] = {&c->dates.decade, &c->dates.year, &c->dates.month};
    for (size_t i = 0; status == SEARCH_OK && i < 3; i++) {
        status = facet_column_end_document(derived[i], error);
    }
    return status;
}

static void add_texts(segment_columns *c, const char **row) {
    for (size_t i = 0; i < SEGMENT_N_TEXTS; i++) {
        const search_text text = row_take_text(row);
        if (text.n_bytes > 0) {
            buffer_add(&c->texts[i].bytes->tail, text.bytes, text.n_bytes);
        }
        columns_add_u64(&c->texts[i].at->tail, spool_n_bytes(c->texts[i].bytes));
    }
}

static search_status settle(segment_columns *c, search_error *error) {
    spool *const sections[] = {c->lengths, c->starts, c->days, c->origin};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0] && status == SEARCH_OK; i++) {
        status = spool_settle(sections[i], error);
    }
    for (size_t i = 0; i < SEGMENT_N_TEXTS && status == SEARCH_OK; i++) {
        status = spool_settle(c->texts[i].at, error);
        status = status == SEARCH_OK ? spool_settle(c->texts[i].bytes, error) : status;
    }
    return status;
}

search_status segment_columns_add(segment_columns *c, const char *row, search_error *error) {
    add_numbers(c->lengths, &row, SCHEMA_N_ZONES);
    add_numbers(c->starts, &row, c->n_starts);
    const char *days = row;
    add_numbers(c->days, &row, 2);
    add_numbers(c->origin, &row, 1);
    add_texts(c, &row);
    search_status status = settle(c, error);
    if (status == SEARCH_OK) {
        status = add_facets(c, &row, error);
    }
    if (status == SEARCH_OK) {
        const int32_t earliest = (int32_t)row_take_u32(&days);
        const int32_t latest = (int32_t)row_take_u32(&days);
        status = add_dates(c, earliest, latest, error);
    }
    c->n_documents++;
    return status;
}

search_status segment_columns_write(segment_columns *c, const names_writer *names, const aliases *known,
                                    const char *path, search_error *error) {
    facet_column *const derived[] = {&c->dates.decade, &c->dates.year, &c->dates.month};
    search_status status = order_column_write(c->writer, "title", c->n_documents, false, error);
    if (status == SEARCH_OK) {
        status = order_column_write(c->writer, "number", c->n_documents, true, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < 3; i++) {
        status = facet_column_write(derived[i], c->writer, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < c->schema->n_fields; i++) {
        if (schema_is_facet(&c->schema->fields[i])) {
            status = facet_column_write(&c->facets[i], c->writer, error);
        }
    }
    if (status == SEARCH_OK) {
        status = names_write(names, c->writer, error);
    }
    if (status == SEARCH_OK) {
        status = names_write_aliases(known, c->writer, error);
    }
    return status == SEARCH_OK ? columns_writer_finish(c->writer, path, c->n_documents, error) : status;
}

void segment_columns_close(segment_columns *c) {
    for (size_t i = 0; i < SCHEMA_MAX_FIELDS; i++) {
        facet_column_free(&c->facets[i]);
    }
    facet_column_free(&c->dates.decade);
    facet_column_free(&c->dates.year);
    facet_column_free(&c->dates.month);
    columns_writer_free(c->writer);
    c->writer = NULL;
}
