/* JSONL: one record a line.  Blank lines are passed over, a line that is no record is reported with its number, and a
 * line over RECORD_MAX_N_BYTES is passed over without being held. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

typedef struct jsonl_line {
    buffer bytes; /* without the newline; nothing once it is too long */
    size_t number;
    bool is_too_long;
    bool is_last; /* the stream ended: there is a line only if there are bytes */
} jsonl_line;

/* Takes the bytes up to the next newline, or all there are, out of the chunk; true at a newline. */
static bool take_part(cable_stream *stream, jsonl_line *line) {
    const char *from = stream->chunk + stream->at;
    size_t n_left = stream->n_chunk - stream->at;
    const char *newline = memchr(from, '\n', n_left);
    size_t n = newline == NULL ? n_left : (size_t)(newline - from);
    if (!line->is_too_long && n > RECORD_MAX_N_BYTES - line->bytes.n_bytes) {
        line->is_too_long = true;
        buffer_free(&line->bytes);
    }
    if (!line->is_too_long)
        buffer_add(&line->bytes, from, n);
    stream->at += n + (newline != NULL);
    return newline != NULL;
}

static search_status next_line(cable_stream *stream, jsonl_line *line, search_error *error) {
    buffer_clear(&line->bytes);
    line->is_too_long = false;
    line->number++;
    for (;;) {
        if (stream->at == stream->n_chunk) {
            search_status status = stream_fill(stream, error);
            if (status != SEARCH_OK)
                return status;
            line->is_last = stream->n_chunk == 0;
        }
        if (line->is_last || take_part(stream, line))
            return line->bytes.failed ? error_memory(error) : SEARCH_OK;
    }
}

static search_status read_record(cable_stream *stream, const jsonl_line *line, search_text text, search_error *error) {
    search_record *record = NULL;
    search_error why;
    search_status status = search_record_from_json(text, &record, &why);
    if (status == SEARCH_E_INPUT) {
        stream_report(stream, line->number, &why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (!utf8_valid(text.bytes, text.n_bytes))
        stream_report_repair(stream, line->number);
    status = stream_deliver(stream, line->number, record, error);
    search_record_free(record);
    return status;
}

static search_status read_line(cable_stream *stream, const jsonl_line *line, search_error *error) {
    if (line->is_too_long) {
        search_error why;
        error_set(&why, SEARCH_E_INPUT, "record.too_large", "the line is longer than 32 MiB");
        stream_report(stream, line->number, &why, true);
        return SEARCH_OK;
    }
    search_text text = text_trim((search_text){line->bytes.bytes, line->bytes.n_bytes}); /* a BOM is white space */
    return text.n_bytes == 0 ? SEARCH_OK : read_record(stream, line, text, error);
}

bool jsonl_looks_like(search_text head) {
    head = text_trim(head); /* a BOM is white space */
    return head.n_bytes > 0 && head.bytes[0] == '{';
}

bool json_looks_like(search_text head) {
    (void)head;
    return false;
}

search_status json_read(cable_stream *stream, search_error *error) {
    (void)stream, (void)error;
    return SEARCH_OK;
}

search_status jsonl_read(cable_stream *stream, search_error *error) {
    jsonl_line line = {0};
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && !line.is_last) {
        status = next_line(stream, &line, error);
        if (status == SEARCH_OK)
            status = read_line(stream, &line, error);
        if (status == SEARCH_OK)
            status = stream_tell(stream, error);
    }
    buffer_free(&line.bytes);
    return status;
}
