/* The segment builder over the Xapian API: one document a record, its terms as doc/index-format.md lists them, and the
 * columns collected on the way. */
#include "libsearch/index/segment.h"

#include "libsearch/analysis/analysis.h"
#include "libsearch/cable/cable.h"
#include "libsearch/index/facet_column.h"
#include "libsearch/index/names.h"
#include "libsearch/index/order_column.h"
#include "libsearch/xapian/xapian_c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libxapian cannot read back some compressed data longer than this (doc/index-format.md, "Stored records"). */
enum { always_readable_n_bytes = 8192, max_padding = 64 };

struct segment_builder {
    const search_schema *schema;
    char *directory;
    char *store;
    analyzer *words;
    xapian_writer *writer;
    columns_writer *columns;
    const aliases *known;
    names_writer names;
    facet_column facets[SCHEMA_MAX_FIELDS]; /* by field; used where schema_is_facet */
    date_facets dates;
    buffer term;
    uint32_t n_documents;
    /* of the document being added */
    xapian_document *document;
    uint32_t position; /* the last one given */
    uint32_t lengths[SCHEMA_N_ZONES];
};

search_status segment_builder_new(const char *directory, const search_schema *schema, const aliases *known,
                                  segment_builder **out, search_error *error) {
    *out = NULL;
    segment_builder *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return error_memory(error);
    }
    b->schema = schema;
    b->known = known;
    b->directory = strdup(directory);
    b->store = file_path(directory, SEGMENT_STORE);
    char *folder = file_path(directory, SEGMENT_COLUMNS);
    search_status status = SEARCH_OK;
    if (b->directory == NULL || b->store == NULL || folder == NULL) {
        status = error_memory(error);
    }
    if (status == SEARCH_OK) {
        status = file_make_directories(folder, error);
    }
    free(folder);
    if (status == SEARCH_OK) {
        status = analyzer_new(schema->stemmer, &b->words, error);
    }
    const readings *r = NULL;
    if (status == SEARCH_OK) {
        status = analyzer_readings(b->words, &r, error);
    }
    names_writer_init(&b->names, r);
    if (status == SEARCH_OK) {
        status = xapian_writer_create(b->store, &b->writer, error);
    }
    if (status == SEARCH_OK) {
        status = columns_writer_new(&b->columns, error);
    }
    for (size_t i = 0; i < schema->n_fields; i++) {
        snprintf(b->facets[i].name, sizeof b->facets[i].name, "%s", schema->names[i]);
        b->facets[i].hierarchical = schema->fields[i].hierarchical;
    }
    strcpy(b->dates.decade.name, "decade");
    strcpy(b->dates.year.name, "year");
    strcpy(b->dates.month.name, "month");
    if (status != SEARCH_OK) {
        segment_builder_free(b);
        return status;
    }
    *out = b;
    return SEARCH_OK;
}

/* The term made of a prefix and a word, valid until the next call. */
static search_text make_term(segment_builder *b, const char *prefix, search_text word) {
    buffer_clear(&b->term);
    term_add(&b->term, prefix, word);
    return (search_text){b->term.bytes, b->term.n_bytes};
}

static search_status add_posting(segment_builder *b, const char *prefix, search_text word, uint32_t position,
                                 search_error *error) {
    const search_text term = make_term(b, prefix, word);
    return b->term.failed ? error_memory(error) : xapian_document_add_posting(b->document, term, position, 1, error);
}

static search_status add_term(segment_builder *b, const char *prefix, search_text word, uint32_t wdf,
                              search_error *error) {
    const search_text term = make_term(b, prefix, word);
    return b->term.failed ? error_memory(error) : xapian_document_add_term(b->document, term, wdf, error);
}

/* What the words of one field are indexed under. */
typedef struct field_terms {
    char prefix[SCHEMA_PREFIX_SIZE];
    char stem_prefix[SCHEMA_PREFIX_SIZE];
} field_terms;

static search_status add_token(segment_builder *b, const field_terms *terms, const token *word, uint32_t position,
                               search_error *error) {
    const bool has_stem = word->stem.n_bytes > 0;
    search_status status = add_posting(b, "", word->folded, position, error);
    if (status == SEARCH_OK && has_stem) {
        status = add_term(b, "Z", word->stem, 1, error);
    }
    if (status == SEARCH_OK && word->exact.n_bytes > 0) {
        status = add_posting(b, "XE", word->exact, position, error);
    }
    if (status == SEARCH_OK && terms->prefix[0] != '\0') {
        status = add_posting(b, terms->prefix, word->folded, position, error);
        if (status == SEARCH_OK && has_stem) {
            status = add_term(b, terms->stem_prefix, word->stem, 1, error);
        }
    }
    return status;
}

static int by_position(const void *a, const void *b) {
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* Where brackets begin and end: a phrase may pass over what stands between.  Those that nest end in the other order,
 * and libxapian takes quadratic time to put descending positions in. */
static search_status add_spans(segment_builder *b, const token_list *list, uint32_t base, search_error *error) {
    if (list->n_spans == 0) {
        return SEARCH_OK;
    }
    uint32_t *ends = calloc(list->n_spans, sizeof *ends);
    search_status status = ends == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < list->n_spans; i++) {
        ends[i] = base + list->spans[i].last;
        status = add_posting(b, "XBO", (search_text){"", 0}, base + list->spans[i].first, error);
    }
    if (status == SEARCH_OK) {
        qsort(ends, list->n_spans, sizeof *ends, by_position);
    }
    for (size_t i = 0; status == SEARCH_OK && i < list->n_spans; i++) {
        status = add_posting(b, "XBC", (search_text){"", 0}, ends[i], error);
    }
    free(ends);
    return status;
}

/* Indexes one value, whose first word has position base + 1. */
static search_status add_value(segment_builder *b, const token_list *list, const field_terms *terms, size_t field,
                               uint32_t base, search_error *error) {
    search_status status = add_spans(b, list, base, error);
    uint32_t n_words = 0;
    for (size_t t = 0; status == SEARCH_OK && t < list->n_tokens; t++) {
        status = add_token(b, terms, &list->tokens[t], base + list->tokens[t].position, error);
        n_words += list->tokens[t].is_extra ? 0 : 1;
    }
    b->position = base + list->n_positions;
    b->lengths[b->schema->fields[field].zone] += n_words;
    return status;
}

/* Indexes every value of a field; *start is the first position it may take, 0 when the field has no words. */
static search_status add_field(segment_builder *b, const search_record *record, size_t field, uint32_t *start,
                               search_error *error) {
    const char *name = b->schema->names[field];
    field_terms terms;
    schema_prefix(b->schema, field, false, terms.prefix);
    schema_prefix(b->schema, field, true, terms.stem_prefix);
    *start = 0;
    for (size_t i = 0; i < search_record_n_values(record, name); i++) {
        token_list list;
        const search_text value = search_record_value(record, name, i);
        search_status status = analyzer_tokens(b->words, value, &list, error);
        if (status == SEARCH_OK && list.n_tokens > 0) {
            const uint32_t base = b->position == 0 ? 0 : b->position + SEGMENT_POSITION_GAP;
            *start = *start == 0 ? base + 1 : *start;
            status = add_value(b, &list, &terms, field, base, error);
        }
        if (status == SEARCH_OK) {
            const bool is_name_field = b->schema->fields[field].type == SEARCH_FIELD_NAME;
            status = names_add(&b->names, &list, value, is_name_field, error);
        }
        if (status != SEARCH_OK) {
            return status;
        }
    }
    return SEARCH_OK;
}

static search_status add_facets(segment_builder *b, const search_record *record, search_error *error) {
    for (size_t i = 0; i < b->schema->n_fields; i++) {
        if (!schema_is_facet(&b->schema->fields[i])) {
            continue;
        }
        facet_column *f = &b->facets[i];
        search_status status = SEARCH_OK;
        for (size_t v = 0; status == SEARCH_OK && v < search_record_n_values(record, f->name); v++) {
            status = facet_column_add(f, search_record_value(record, f->name, v), error);
        }
        char prefix[SCHEMA_PREFIX_SIZE];
        snprintf(prefix, sizeof prefix, "XF%s:", f->name);
        for (size_t at = f->row_start; status == SEARCH_OK && at < f->numbers.n_bytes; at += sizeof(uint32_t)) {
            uint32_t number;
            memcpy(&number, f->numbers.bytes + at, sizeof number);
            status = add_term(b, prefix, f->values.keys[number], 0, error);
        }
        if (status == SEARCH_OK) {
            status = facet_column_end_document(f, error);
        }
        if (status != SEARCH_OK) {
            return status;
        }
    }
    return SEARCH_OK;
}

static search_status add_number_term(segment_builder *b, const char *prefix, int width, int32_t value,
                                     search_error *error) {
    char digits[16];
    const int n = snprintf(digits, sizeof digits, "%0*d", width, value);
    return add_term(b, prefix, (search_text){digits, (size_t)n}, 0, error);
}

/* Terms for the year, month and day that are certain, and the derived facets. */
static search_status add_date(segment_builder *b, const search_record *record, date_interval *days,
                              search_error *error) {
    *days = (date_interval){0, 0};
    for (size_t i = 0; i < b->schema->n_fields; i++) {
        if (b->schema->fields[i].type == SEARCH_FIELD_DATE && days->earliest == 0) {
            date_read(search_record_value(record, b->schema->names[i], 0), days);
        }
    }
    search_status status = date_facets_add(&b->dates, days->earliest, days->latest, error);
    const int32_t a = days->earliest;
    const int32_t z = days->latest;
    if (status == SEARCH_OK && a > 0 && a / 10000 == z / 10000) {
        status = add_number_term(b, "Y", 4, a / 10000, error);
    }
    if (status == SEARCH_OK && a > 0 && a / 100 == z / 100) {
        status = add_number_term(b, "M", 6, a / 100, error);
    }
    if (status == SEARCH_OK && a > 0 && a == z) {
        status = add_number_term(b, "D", 8, a, error);
    }
    facet_column *const derived[] = {&b->dates.decade, &b->dates.year, &b->dates.month};
    for (size_t i = 0; status == SEARCH_OK && i < 3; i++) {
        status = facet_column_end_document(derived[i], error);
    }
    return status;
}

/* The sections of a list of strings, with the first offset written. */
static bool strings_sections(columns_writer *w, const char *name, buffer **at, buffer **bytes) {
    char full[COLUMNS_MAX_NAME + 1];
    snprintf(full, sizeof full, "%s.at", name);
    *at = columns_writer_section(w, full);
    snprintf(full, sizeof full, "%s.bytes", name);
    *bytes = columns_writer_section(w, full);
    if (*at == NULL || *bytes == NULL) {
        return false;
    }
    if ((*at)->n_bytes == 0) {
        columns_add_u64(*at, 0);
    }
    return true;
}

static bool add_string(columns_writer *w, const char *name, search_text value) {
    buffer *at = NULL;
    buffer *bytes = NULL;
    if (!strings_sections(w, name, &at, &bytes)) {
        return false;
    }
    if (value.n_bytes > 0) {
        buffer_add(bytes, value.bytes, value.n_bytes);
    }
    columns_add_u64(at, bytes->n_bytes);
    return true;
}

static search_text reference_of(const search_record *record) {
    citation source;
    citation_read(search_record_value(record, "source", 0), &source);
    return source.reference.n_bytes > 0 ? source.reference : search_record_value(record, "archive", 0);
}

static search_status add_columns(segment_builder *b, const search_record *record, date_interval days,
                                 bool put_by_update, const uint32_t *starts, size_t n_starts, search_error *error) {
    columns_writer *w = b->columns;
    buffer *lengths = columns_writer_section(w, "lengths");
    buffer *start_section = columns_writer_section(w, "starts");
    buffer *day_section = columns_writer_section(w, "days");
    buffer *origin = columns_writer_section(w, "origin");
    if (lengths == NULL || start_section == NULL || day_section == NULL || origin == NULL ||
        !add_string(w, "id", search_record_value(record, "id", 0)) ||
        !add_string(w, "title", search_record_value(record, "title", 0)) ||
        !add_string(w, "date", search_record_value(record, "date", 0)) ||
        !add_string(w, "number", search_record_value(record, "number", 0)) ||
        !add_string(w, "reference", reference_of(record))) {
        return error_memory(error);
    }
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        columns_add_u32(lengths, b->lengths[zone]);
    }
    for (size_t i = 0; i < n_starts; i++) {
        columns_add_u32(start_section, starts[i]);
    }
    columns_add_u32(day_section, (uint32_t)days.earliest);
    columns_add_u32(day_section, (uint32_t)days.latest);
    columns_add_u32(origin, put_by_update ? 1 : 0);
    return SEARCH_OK;
}

static search_status store_record(segment_builder *b, const search_record *record, buffer *json, search_error *error) {
    char *text = NULL;
    size_t n_text = 0;
    search_status status = search_record_to_json(record, &text, &n_text, error);
    if (status == SEARCH_OK) {
        buffer_add(json, text, n_text);
        status = json->failed ? error_memory(error)
                              : xapian_document_set_data(b->document, (search_text){text, n_text}, error);
    }
    search_bytes_free(text);
    return status;
}

static search_status add_all(segment_builder *b, const search_record *record, bool put_by_update, buffer *json,
                             search_error *error) {
    size_t order[SCHEMA_MAX_FIELDS];
    uint32_t starts[SCHEMA_MAX_FIELDS];
    const size_t n_order = schema_order(b->schema, order);
    date_interval days;
    search_status status = add_term(b, "Q", search_record_value(record, "id", 0), 0, error);
    for (size_t i = 0; status == SEARCH_OK && i < n_order; i++) {
        status = add_field(b, record, order[i], &starts[i], error);
    }
    if (status == SEARCH_OK) {
        status = add_facets(b, record, error);
    }
    if (status == SEARCH_OK) {
        status = add_date(b, record, &days, error);
    }
    if (status == SEARCH_OK) {
        status = add_columns(b, record, days, put_by_update, starts, n_order, error);
    }
    if (status == SEARCH_OK) {
        status = store_record(b, record, json, error);
    }
    return status;
}

/* Whether the stored record reads back as it was given. */
static search_status reads_back(const segment_builder *b, uint32_t docid, search_text json, bool *ok,
                                search_error *error) {
    char *data = NULL;
    size_t n_data = 0;
    const search_status status = xapian_writer_data(b->writer, docid, &data, &n_data, error);
    *ok = status == SEARCH_OK && n_data == json.n_bytes && memcmp(data, json.bytes, n_data) == 0;
    search_bytes_free(data);
    if (status == SEARCH_OK || status == SEARCH_E_CORRUPT) {
        error_clear(error);
        return SEARCH_OK;
    }
    return status;
}

/* Stores the record again with blanks behind the JSON until it reads back: they move it off the lengths that libxapian
 * writes but cannot inflate. */
static search_status make_readable(segment_builder *b, uint32_t docid, const buffer *json, search_error *error) {
    buffer padded = {0};
    buffer_add(&padded, json->bytes, json->n_bytes);
    bool ok = false;
    search_status status = reads_back(b, docid, (search_text){padded.bytes, padded.n_bytes}, &ok, error);
    for (int i = 0; i < max_padding && status == SEARCH_OK && !ok; i++) {
        buffer_add_byte(&padded, ' ');
        const search_text text = {padded.bytes, padded.n_bytes};
        status = padded.failed ? error_memory(error) : xapian_writer_set_data(b->writer, docid, text, error);
        if (status == SEARCH_OK) {
            status = reads_back(b, docid, text, &ok, error);
        }
    }
    buffer_free(&padded);
    if (status == SEARCH_OK && !ok) {
        status = error_set(error, SEARCH_E_INTERNAL, "segment.unreadable", "a stored record cannot be read back");
    }
    return status;
}

static search_status add_document(segment_builder *b, const search_record *record, bool put_by_update,
                                  search_error *error) {
    buffer json = {0};
    search_status status = add_all(b, record, put_by_update, &json, error);
    uint32_t docid = 0;
    if (status == SEARCH_OK) {
        status = xapian_writer_add(b->writer, b->document, &docid, error);
    }
    if (status == SEARCH_OK && docid != b->n_documents + 1) {
        status = error_set(error, SEARCH_E_INTERNAL, "segment.docid", "document %u was numbered %u", b->n_documents + 1,
                           docid);
    }
    if (status == SEARCH_OK && json.n_bytes > always_readable_n_bytes) {
        status = make_readable(b, docid, &json, error);
    }
    buffer_free(&json);
    return status;
}

search_status segment_builder_add(segment_builder *b, const search_record *record, bool put_by_update,
                                  search_error *error) {
    b->position = 0;
    memset(b->lengths, 0, sizeof b->lengths);
    search_status status = xapian_document_new(&b->document, error);
    if (status == SEARCH_OK) {
        status = add_document(b, record, put_by_update, error);
    }
    xapian_document_free(b->document);
    b->document = NULL;
    if (status == SEARCH_OK) {
        b->n_documents++;
    }
    return status;
}

static search_status write_columns(segment_builder *b, search_error *error) {
    static const char *const always[] = {"lengths", "starts", "days", "origin"};
    static const char *const strings[] = {"id", "title", "date", "number", "reference"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        if (columns_writer_section(b->columns, always[i]) == NULL) {
            return error_memory(error);
        }
    }
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        buffer *at = NULL;
        buffer *bytes = NULL;
        if (!strings_sections(b->columns, strings[i], &at, &bytes)) {
            return error_memory(error);
        }
    }
    search_status status = order_column_write(b->columns, "title", b->n_documents, false, error);
    if (status == SEARCH_OK) {
        status = order_column_write(b->columns, "number", b->n_documents, true, error);
    }
    if (status == SEARCH_OK) {
        status = facet_column_write(&b->dates.decade, b->columns, error);
    }
    if (status == SEARCH_OK) {
        status = facet_column_write(&b->dates.year, b->columns, error);
    }
    if (status == SEARCH_OK) {
        status = facet_column_write(&b->dates.month, b->columns, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < b->schema->n_fields; i++) {
        if (schema_is_facet(&b->schema->fields[i])) {
            status = facet_column_write(&b->facets[i], b->columns, error);
        }
    }
    if (status == SEARCH_OK) {
        status = names_write(&b->names, b->columns, error);
    }
    if (status == SEARCH_OK) {
        status = names_write_aliases(b->known, b->columns, error);
    }
    char *path = file_path(b->directory, SEGMENT_COLUMN_FILE);
    if (status == SEARCH_OK) {
        status = path == NULL ? error_memory(error) : columns_writer_finish(b->columns, path, b->n_documents, error);
    }
    free(path);
    return status;
}

search_status segment_builder_finish(segment_builder *b, search_error *error) {
    const search_status status = xapian_writer_close(b->writer, error);
    return status == SEARCH_OK ? write_columns(b, error) : status;
}

void segment_builder_free(segment_builder *b) {
    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < SCHEMA_MAX_FIELDS; i++) {
        facet_column_free(&b->facets[i]);
    }
    facet_column_free(&b->dates.decade);
    facet_column_free(&b->dates.year);
    facet_column_free(&b->dates.month);
    xapian_writer_free(b->writer);
    columns_writer_free(b->columns);
    names_writer_free(&b->names);
    analyzer_free(b->words);
    buffer_free(&b->term);
    free(b->directory);
    free(b->store);
    free(b);
}
