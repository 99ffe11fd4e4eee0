/* One Xapian document a record, added by libxapian. */
#include "libsearch/index/segment_xapian.h"

#include "libsearch/cable/cable.h"
#include "libsearch/index/document.h"
#include "libsearch/index/segment_columns.h"
#include "libsearch/support/files.h"
#include "libsearch/xapian/xapian_c.h"
#include <stdlib.h>
#include <string.h>

/* libxapian cannot read back some compressed data longer than this (doc/index-format.md, "Stored records"). */
enum { always_readable_n_bytes = 8192, max_padding = 64, tick_every = 64 };

struct segment_xapian {
    segment_options options;
    document_reader reader;
    xapian_writer *writer;
    segment_columns columns;
    xapian_document *document; /* being added */
    buffer term;
    buffer row;
    buffer json;
    uint32_t n_documents;
    uint64_t n_bytes_text;
};

search_status segment_xapian_open(const segment_options *options, segment_xapian **out, search_error *error) {
    segment_xapian *b = calloc(1, sizeof *b);
    *out = b;
    if (b == NULL) {
        return error_memory(error);
    }
    b->options = *options;
    char *store = file_path(options->directory, SEGMENT_STORE);
    search_status status = store == NULL ? error_memory(error) : SEARCH_OK;
    if (status == SEARCH_OK) {
        status = document_reader_open(&b->reader, options->schema, error);
    }
    if (status == SEARCH_OK) {
        status = segment_columns_open(&b->columns, options->directory, options->schema, error);
    }
    if (status == SEARCH_OK) {
        status = xapian_writer_create(store, &b->writer, error);
    }
    free(store);
    return status;
}

/* ---- terms ---- */

/* The term made of a prefix and a word, valid until the next call. */
static search_text make_term(segment_xapian *b, const char *prefix, search_text word) {
    buffer_clear(&b->term);
    term_add(&b->term, prefix, word);
    return (search_text){b->term.bytes, b->term.n_bytes};
}

static search_status add_occurrence(void *context, const char *prefix, search_text word, uint32_t position,
                                    search_error *error) {
    segment_xapian *b = context;
    const search_text term = make_term(b, prefix, word);
    if (b->term.failed) {
        return error_memory(error);
    }
    return position == 0 ? xapian_document_add_term(b->document, term, 1, error)
                         : xapian_document_add_posting(b->document, term, position, 1, error);
}

static search_status add_boolean(void *context, const char *prefix, search_text word, search_error *error) {
    segment_xapian *b = context;
    const search_text term = make_term(b, prefix, word);
    return b->term.failed ? error_memory(error) : xapian_document_add_term(b->document, term, 0, error);
}

static search_status add_word(void *context, const token *word, const field_terms *field, uint32_t position,
                              search_error *error) {
    search_status status = add_occurrence(context, "", word->folded, position, error);
    if (status == SEARCH_OK && word->stem.n_bytes > 0) {
        status = add_occurrence(context, "Z", word->stem, 0, error);
    }
    if (status == SEARCH_OK && word->exact.n_bytes > 0) {
        status = add_occurrence(context, "XE", word->exact, position, error);
    }
    if (status == SEARCH_OK && field->prefix[0] != '\0') {
        status = add_occurrence(context, field->prefix, word->folded, position, error);
        if (status == SEARCH_OK && word->stem.n_bytes > 0) {
            status = add_occurrence(context, field->stem_prefix, word->stem, 0, error);
        }
    }
    return status;
}

/* ---- stored records ---- */

/* Whether the stored record reads back as it was given. */
static search_status reads_back(const segment_xapian *b, uint32_t docid, search_text json, bool *ok,
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
static search_status make_readable(segment_xapian *b, uint32_t docid, search_error *error) {
    bool ok = false;
    search_status status = reads_back(b, docid, (search_text){b->json.bytes, b->json.n_bytes}, &ok, error);
    for (int i = 0; i < max_padding && status == SEARCH_OK && !ok; i++) {
        buffer_add_byte(&b->json, ' ');
        const search_text text = {b->json.bytes, b->json.n_bytes};
        status = b->json.failed ? error_memory(error) : xapian_writer_set_data(b->writer, docid, text, error);
        if (status == SEARCH_OK) {
            status = reads_back(b, docid, text, &ok, error);
        }
    }
    if (status == SEARCH_OK && !ok) {
        status = error_set(error, SEARCH_E_INTERNAL, "segment.unreadable", "a stored record cannot be read back");
    }
    return status;
}

/* ---- documents ---- */

static void take_in(segment_xapian *b) {
    const uint64_t n_bytes = b->json.n_bytes;
    digest_add(&b->options.records, &n_bytes, sizeof n_bytes);
    digest_add(&b->options.records, b->json.bytes, b->json.n_bytes);
    b->n_bytes_text += n_bytes;
}

static search_status make_document(segment_xapian *b, const search_record *record, bool put_by_update,
                                   search_error *error) {
    const term_sink sink = {.word = add_word, .occurrence = add_occurrence, .boolean = add_boolean, .context = b};
    buffer_clear(&b->row);
    buffer_clear(&b->json);
    search_status status = document_read(&b->reader, record, put_by_update, &sink, &b->row, error);
    if (status == SEARCH_OK) {
        status = record_add_json(&b->json, record) ? SEARCH_OK : error_memory(error);
    }
    if (status == SEARCH_OK) {
        take_in(b);
        status = xapian_document_set_data(b->document, (search_text){b->json.bytes, b->json.n_bytes}, error);
    }
    return status == SEARCH_OK ? segment_columns_add(&b->columns, b->row.bytes, error) : status;
}

static search_status add_document(segment_xapian *b, const search_record *record, bool put_by_update,
                                  search_error *error) {
    search_status status = make_document(b, record, put_by_update, error);
    uint32_t docid = 0;
    if (status == SEARCH_OK) {
        status = xapian_writer_add(b->writer, b->document, &docid, error);
    }
    if (status == SEARCH_OK && docid != b->n_documents + 1) {
        status = error_set(error, SEARCH_E_INTERNAL, "segment.docid", "document %u was numbered %u", b->n_documents + 1,
                           docid);
    }
    if (status == SEARCH_OK && b->json.n_bytes > always_readable_n_bytes) {
        status = make_readable(b, docid, error);
    }
    return status;
}

search_status segment_xapian_add(segment_xapian *b, search_text frame, bool put_by_update, search_error *error) {
    search_record *record = NULL;
    search_status status = record_frame_read(frame, &record, error);
    if (status == SEARCH_OK) {
        status = xapian_document_new(&b->document, error);
    }
    if (status == SEARCH_OK) {
        status = add_document(b, record, put_by_update, error);
    }
    xapian_document_free(b->document);
    b->document = NULL;
    search_record_free(record);
    if (status == SEARCH_OK && b->n_documents++ % tick_every == 0) {
        status = b->options.tick(b->options.context, "write", b->n_documents, error);
    }
    return status;
}

search_status segment_xapian_finish(segment_xapian *b, segment_summary *out, search_error *error) {
    search_status status = xapian_writer_close(b->writer, error);
    char *path = file_path(b->options.directory, SEGMENT_COLUMN_FILE);
    if (status == SEARCH_OK) {
        status = path == NULL ? error_memory(error)
                              : segment_columns_write(&b->columns, &b->reader.names, b->options.known, path, error);
    }
    free(path);
    *out = (segment_summary){.n_records = b->n_documents, .n_bytes_text = b->n_bytes_text};
    digest_finish(&b->options.records, out->records_sha256);
    return status;
}

void segment_xapian_free(segment_xapian *b) {
    if (b == NULL) {
        return;
    }
    xapian_writer_free(b->writer);
    segment_columns_close(&b->columns);
    document_reader_close(&b->reader);
    buffer_free(&b->term);
    buffer_free(&b->row);
    buffer_free(&b->json);
    free(b);
}
