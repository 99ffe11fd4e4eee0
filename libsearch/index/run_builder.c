/* A batch of records, built. */
#include "libsearch/index/run_builder.h"

#include "libsearch/cable/cable.h"
#include "libsearch/index/row.h"
#include <stdlib.h>
#include <string.h>

bool batch_add(batch *b, search_text frame, bool put_by_update) {
    row_add_u32(&b->frames, (uint32_t)frame.n_bytes);
    row_add_u32(&b->frames, put_by_update ? 1 : 0);
    buffer_add(&b->frames, frame.bytes, frame.n_bytes);
    b->n_documents++;
    return !b->frames.failed;
}

search_status run_builder_open(run_builder *r, const search_schema *schema, search_error *error) {
    memset(r, 0, sizeof *r);
    search_status status = document_reader_open(&r->reader, schema, error);
    if (status == SEARCH_OK) {
        status = inverter_open(&r->inverter, error);
    }
    return status == SEARCH_OK ? glass_deflater_new(&r->deflater, error) : status;
}

static search_status add_record(run_builder *r, const term_sink *sink, const char **frame, built_document *out,
                                search_error *error) {
    const uint32_t n_bytes = row_take_u32(frame);
    const bool put_by_update = row_take_u32(frame) != 0;
    const search_text text = {*frame, n_bytes};
    *frame += n_bytes;
    search_record *record = NULL;
    search_status status = record_frame_read(text, &record, error);
    if (status == SEARCH_OK) {
        status = record_add_json(&r->json, record) ? SEARCH_OK : error_memory(error);
    }
    if (status == SEARCH_OK) {
        status = document_read(&r->reader, record, put_by_update, sink, &r->rows, error);
    }
    if (status == SEARCH_OK) {
        status = inverter_end_document(&r->inverter, error);
    }
    search_record_free(record);
    *out = (built_document){.row_end = r->rows.n_bytes, .json_end = r->json.n_bytes};
    return status;
}

/* Compresses the term list and the data of a document into the tags, where that is of use. */
static search_status add_tags(run_builder *r, uint32_t i, search_error *error) {
    built_document *d = &r->documents[i];
    const size_t json_from = i == 0 ? 0 : r->documents[i - 1].json_end;
    inverter_term_list(&r->inverter, i, &r->tag);
    d->length = r->inverter.lengths[i];
    search_status status = r->tag.failed ? error_memory(error) : SEARCH_OK;
    if (status == SEARCH_OK) {
        const search_text list = {r->tag.bytes, r->tag.n_bytes};
        status = glass_deflate(r->deflater, list, &r->packed, &d->is_list_compressed, error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    const buffer *list = d->is_list_compressed ? &r->packed : &r->tag;
    buffer_add(&r->tags, list->bytes, list->n_bytes);
    d->list_end = r->tags.n_bytes;
    const search_text data = {r->json.bytes + json_from, d->json_end - json_from};
    status = glass_deflate(r->deflater, data, &r->packed, &d->is_data_compressed, error);
    if (status == SEARCH_OK && d->is_data_compressed) {
        buffer_add(&r->tags, r->packed.bytes, r->packed.n_bytes);
    }
    d->data_end = r->tags.n_bytes;
    return status == SEARCH_OK && r->tags.failed ? error_memory(error) : status;
}

static search_status reserve_documents(run_builder *r, size_t n, search_error *error) {
    if (n > r->capacity) {
        built_document *documents = realloc(r->documents, n * sizeof *documents);
        if (documents == NULL) {
            return error_memory(error);
        }
        r->documents = documents;
        r->capacity = n;
    }
    return SEARCH_OK;
}

search_status run_builder_build(run_builder *r, const batch *b, search_error *error) {
    inverter_clear(&r->inverter);
    buffer_clear(&r->rows);
    buffer_clear(&r->json);
    buffer_clear(&r->tags);
    r->first_docid = b->first_docid;
    r->n_documents = b->n_documents;
    const term_sink sink = inverter_sink(&r->inverter);
    const char *frame = b->frames.bytes;
    search_status status = reserve_documents(r, b->n_documents, error);
    for (uint32_t i = 0; status == SEARCH_OK && i < b->n_documents; i++) {
        status = add_record(r, &sink, &frame, &r->documents[i], error);
    }
    if (status == SEARCH_OK) {
        status = inverter_sort(&r->inverter, b->first_docid, &r->postings, &r->positions, error);
    }
    for (uint32_t i = 0; status == SEARCH_OK && i < b->n_documents; i++) {
        status = add_tags(r, i, error);
    }
    return status;
}

void run_builder_close(run_builder *r) {
    document_reader_close(&r->reader);
    inverter_close(&r->inverter);
    glass_deflater_free(r->deflater);
    buffer *const buffers[] = {&r->tag, &r->packed, &r->postings, &r->positions, &r->rows, &r->json, &r->tags};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        buffer_free(buffers[i]);
    }
    free(r->documents);
}
