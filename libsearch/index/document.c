/* From a record to terms and a row. */
#include "libsearch/index/document.h"

#include "libsearch/cable/cable.h"
#include "libsearch/index/facet_column.h"
#include "libsearch/index/row.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

search_status document_reader_open(document_reader *d, const search_schema *schema, search_error *error) {
    memset(d, 0, sizeof *d);
    d->schema = schema;
    d->n_order = schema_order(schema, d->order);
    search_status status = analyzer_new(schema->stemmer, &d->words, error);
    const readings *r = NULL;
    if (status == SEARCH_OK) {
        status = analyzer_readings(d->words, &r, error);
    }
    names_writer_init(&d->names, r);
    return status;
}

void document_reader_close(document_reader *d) {
    names_writer_free(&d->names);
    analyzer_free(d->words);
    d->words = NULL;
}

/* ---- words ---- */

static int by_position(const void *a, const void *b) {
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* Where brackets begin and end: a phrase may pass over what stands between.  Those that nest end in the other order,
 * and positions of a term are best given ascending. */
static search_status add_spans(const term_sink *sink, const token_list *list, uint32_t base, search_error *error) {
    if (list->n_spans == 0) {
        return SEARCH_OK;
    }
    const search_text nothing = {"", 0};
    uint32_t *ends = calloc(list->n_spans, sizeof *ends);
    search_status status = ends == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < list->n_spans; i++) {
        ends[i] = base + list->spans[i].last;
        status = sink->occurrence(sink->context, "XBO", nothing, base + list->spans[i].first, error);
    }
    if (status == SEARCH_OK) {
        qsort(ends, list->n_spans, sizeof *ends, by_position);
    }
    for (size_t i = 0; status == SEARCH_OK && i < list->n_spans; i++) {
        status = sink->occurrence(sink->context, "XBC", nothing, ends[i], error);
    }
    free(ends);
    return status;
}

/* Indexes one value, whose first word has position base + 1. */
static search_status add_value(document_reader *d, const term_sink *sink, const token_list *list,
                               const field_terms *terms, size_t field, uint32_t base, search_error *error) {
    search_status status = add_spans(sink, list, base, error);
    uint32_t n_words = 0;
    for (size_t t = 0; status == SEARCH_OK && t < list->n_tokens; t++) {
        status = sink->word(sink->context, &list->tokens[t], terms, base + list->tokens[t].position, error);
        n_words += list->tokens[t].is_extra ? 0 : 1;
    }
    d->position = base + list->n_positions;
    d->lengths[d->schema->fields[field].zone] += n_words;
    return status;
}

/* Indexes every value of a field; *start is the first position it may take, 0 when the field has no words. */
static search_status add_field(document_reader *d, const search_record *record, size_t field, const term_sink *sink,
                               uint32_t *start, search_error *error) {
    const char *name = d->schema->names[field];
    field_terms terms = {.number = (uint32_t)field};
    schema_prefix(d->schema, field, false, terms.prefix);
    schema_prefix(d->schema, field, true, terms.stem_prefix);
    *start = 0;
    for (size_t i = 0; i < search_record_n_values(record, name); i++) {
        token_list list;
        const search_text value = search_record_value(record, name, i);
        search_status status = analyzer_tokens(d->words, value, &list, error);
        if (status == SEARCH_OK && list.n_tokens > 0) {
            const uint32_t base = d->position == 0 ? 0 : d->position + SEGMENT_POSITION_GAP;
            *start = *start == 0 ? base + 1 : *start;
            status = add_value(d, sink, &list, &terms, field, base, error);
        }
        if (status == SEARCH_OK) {
            const bool is_name_field = d->schema->fields[field].type == SEARCH_FIELD_NAME;
            status = names_add(&d->names, &list, value, is_name_field, error);
        }
        if (status != SEARCH_OK) {
            return status;
        }
    }
    return SEARCH_OK;
}

/* ---- facets and dates ---- */

static search_status add_facet_terms(document_reader *d, const search_record *record, const term_sink *sink,
                                     search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < d->schema->n_fields; i++) {
        const search_field *field = &d->schema->fields[i];
        const char *name = d->schema->names[i];
        char prefix[SCHEMA_PREFIX_SIZE];
        snprintf(prefix, sizeof prefix, "XF%s:", name);
        for (size_t v = 0; schema_is_facet(field) && v < search_record_n_values(record, name); v++) {
            const search_text value = search_record_value(record, name, v);
            for (size_t n = 0; status == SEARCH_OK && facet_level(value, field->hierarchical, &n);) {
                status = sink->boolean(sink->context, prefix, (search_text){value.bytes, n}, error);
            }
        }
    }
    return status;
}

static search_status add_number_term(const term_sink *sink, const char *prefix, int width, int32_t value,
                                     search_error *error) {
    char digits[16];
    const int n = snprintf(digits, sizeof digits, "%0*d", width, value);
    return sink->boolean(sink->context, prefix, (search_text){digits, (size_t)n}, error);
}

static date_interval days_of(const document_reader *d, const search_record *record) {
    date_interval days = {0, 0};
    for (size_t i = 0; i < d->schema->n_fields; i++) {
        if (d->schema->fields[i].type == SEARCH_FIELD_DATE && days.earliest == 0) {
            date_read(search_record_value(record, d->schema->names[i], 0), &days);
        }
    }
    return days;
}

/* Terms for the year, month and day that are certain. */
static search_status add_date_terms(const term_sink *sink, date_interval days, search_error *error) {
    search_status status = SEARCH_OK;
    const int32_t a = days.earliest;
    const int32_t z = days.latest;
    if (a > 0 && a / 10000 == z / 10000) {
        status = add_number_term(sink, "Y", 4, a / 10000, error);
    }
    if (status == SEARCH_OK && a > 0 && a / 100 == z / 100) {
        status = add_number_term(sink, "M", 6, a / 100, error);
    }
    if (status == SEARCH_OK && a > 0 && a == z) {
        status = add_number_term(sink, "D", 8, a, error);
    }
    return status;
}

/* ---- the row ---- */

static search_text reference_of(const search_record *record) {
    citation source;
    citation_read(search_record_value(record, "source", 0), &source);
    return source.reference.n_bytes > 0 ? source.reference : search_record_value(record, "archive", 0);
}

static void add_row(const document_reader *d, const search_record *record, date_interval days, bool put_by_update,
                    buffer *row) {
    static const char *const texts[] = {"id", "title", "date", "number"};
    buffer_add(row, d->lengths, sizeof d->lengths);
    buffer_add(row, d->starts, d->n_order * sizeof *d->starts);
    row_add_u32(row, (uint32_t)days.earliest);
    row_add_u32(row, (uint32_t)days.latest);
    row_add_u32(row, put_by_update ? 1 : 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        row_add_text(row, search_record_value(record, texts[i], 0));
    }
    row_add_text(row, reference_of(record));
    for (size_t i = 0; i < d->schema->n_fields; i++) {
        if (!schema_is_facet(&d->schema->fields[i])) {
            continue;
        }
        const size_t n = search_record_n_values(record, d->schema->names[i]);
        row_add_u32(row, (uint32_t)n);
        for (size_t v = 0; v < n; v++) {
            row_add_text(row, search_record_value(record, d->schema->names[i], v));
        }
    }
}

search_status document_read(document_reader *d, const search_record *record, bool put_by_update, const term_sink *sink,
                            buffer *row, search_error *error) {
    d->position = 0;
    memset(d->lengths, 0, sizeof d->lengths);
    const date_interval days = days_of(d, record);
    search_status status = sink->boolean(sink->context, "Q", search_record_value(record, "id", 0), error);
    for (size_t i = 0; status == SEARCH_OK && i < d->n_order; i++) {
        status = add_field(d, record, d->order[i], sink, &d->starts[i], error);
    }
    if (status == SEARCH_OK) {
        status = add_facet_terms(d, record, sink, error);
    }
    if (status == SEARCH_OK) {
        status = add_date_terms(sink, days, error);
    }
    if (status == SEARCH_OK) {
        add_row(d, record, days, put_by_update, row);
        status = row->failed ? error_memory(error) : SEARCH_OK;
    }
    return status;
}
