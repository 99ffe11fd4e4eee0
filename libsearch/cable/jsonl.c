/* JSON: one record a line (JSONL), or an array of records, one at a time and never the array.  Blank lines are passed
 * over, what is no record is reported with the number of the line it begins in, and what is over RECORD_MAX_N_BYTES is
 * passed over without being held. */
#include "libsearch/cable/jsonl.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

#define MAX_PARTS 100000 /* values, lists and objects of a record: an object costs the tree some 500 bytes */

/* ---- Records --------------------------------------------------------------------------------------------------- */

/* Whether the tree that is made of it stays small: counted on the text, since it would be too late afterwards.  Commas
 * and brackets in strings are none.  What comes from a source is bounded so; a record that is stored or handed over
 * through the API is not judged again. */
static bool is_small(search_text json) {
    size_t n_parts = 0;
    bool is_string = false;
    for (size_t i = 0; i < json.n_bytes && n_parts <= MAX_PARTS; i++) {
        char c = json.bytes[i];
        if (c == '\\')
            i++;
        else if (c == '"')
            is_string = !is_string;
        else if (!is_string && (c == ',' || c == '[' || c == '{'))
            n_parts++;
    }
    return n_parts <= MAX_PARTS;
}

/* Makes a record of the text, and completes it. */
static void read_record(search_text text, jsonl_item *out) {
    out->record = record_scan_json(text);
    if (out->record == NULL) {
        out->status = is_small(text) ? record_parse_json(text, &out->record, &out->why)
                                     : error_set(&out->why, SEARCH_E_INPUT, "record.too_many_values",
                                                 "the record has more than %d values", MAX_PARTS);
        out->is_repaired = out->status == SEARCH_OK && !utf8_valid(text.bytes, text.n_bytes);
    }
    if (out->status == SEARCH_OK)
        out->status = source_complete(out->record, &out->why);
}

search_status jsonl_conclude(const cable_stream *stream, jsonl_item *item, search_error *error) {
    search_status status = item->status;
    if (item->is_repaired)
        stream_report_repair(stream, item->line);
    if (status == SEARCH_OK && item->record != NULL) {
        status = stream_hand_on(stream, item->line, item->record, error);
    } else if (status == SEARCH_E_INPUT) {
        stream_report(stream, item->line, &item->why, true);
        status = SEARCH_OK;
    } else if (status != SEARCH_OK && error != NULL) {
        *error = item->why;
    }
    search_record_free(item->record);
    return status;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

/* Takes the bytes up to the next newline, or all there are, out of the chunk; true at a newline.  A line that is whole
 * in the chunk stays there. */
static bool take_part(jsonl_lines *lines) {
    cable_stream *stream = lines->stream;
    const char *from = stream->chunk + stream->at;
    size_t n_left = stream->n_chunk - stream->at;
    const char *newline = memchr(from, '\n', n_left);
    size_t n = newline == NULL ? n_left : (size_t)(newline - from);
    const bool is_whole = newline != NULL && lines->parts.n_bytes == 0;
    if (!lines->is_too_long && n > RECORD_MAX_N_BYTES - lines->parts.n_bytes) {
        lines->is_too_long = true;
        lines->text = (search_text){"", 0};
        buffer_free(&lines->parts);
    }
    if (is_whole && !lines->is_too_long) {
        lines->text = (search_text){from, n};
    } else if (!lines->is_too_long) {
        buffer_add(&lines->parts, from, n);
        lines->text = (search_text){lines->parts.bytes, lines->parts.n_bytes};
    }
    stream->at += n + (newline != NULL);
    return newline != NULL;
}

static search_status next_line(jsonl_lines *lines, search_error *error) {
    cable_stream *stream = lines->stream;
    buffer_clear(&lines->parts);
    lines->text = (search_text){"", 0};
    lines->is_too_long = false;
    lines->number++;
    for (;;) {
        if (stream->at == stream->n_chunk) {
            search_status status = stream_fill(stream, error);
            if (status != SEARCH_OK)
                return status;
            lines->is_last = stream->n_chunk == 0;
        }
        if (lines->is_last || take_part(lines))
            return lines->parts.failed ? error_memory(error) : SEARCH_OK;
    }
}

search_status jsonl_next(jsonl_lines *lines, jsonl_item *out, search_error *error) {
    search_status status = next_line(lines, error);
    if (status != SEARCH_OK)
        return status;
    out->line = lines->number;
    out->record = NULL;
    out->status = SEARCH_OK;
    out->is_repaired = false;
    search_text text = text_trim(lines->text); /* a BOM is white space */
    if (lines->is_too_long)
        out->status = error_set(&out->why, SEARCH_E_INPUT, "record.too_large", "the line is longer than 32 MiB");
    else if (text.n_bytes > 0)
        read_record(text, out);
    return SEARCH_OK;
}

bool jsonl_looks_like(search_text head) {
    head = text_trim(head); /* a BOM is white space */
    return head.n_bytes > 0 && head.bytes[0] == '{';
}

static search_status read_lines(jsonl_lines *lines, search_error *error) {
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && !lines->is_last) {
        jsonl_item item;
        status = jsonl_next(lines, &item, error);
        if (status == SEARCH_OK)
            status = jsonl_conclude(lines->stream, &item, error);
        if (status == SEARCH_OK)
            status = stream_tell(lines->stream, error);
    }
    return status;
}

search_status jsonl_read(cable_stream *stream, search_error *error) {
    jsonl_lines lines = {.stream = stream};
    search_status status;
    if (!stream->may_read_ahead || !jsonl_read_ahead(&lines, &status, error))
        status = read_lines(&lines, error);
    buffer_free(&lines.parts);
    return status;
}

/* ---- Arrays --------------------------------------------------------------------------------------------------- */

/* Cuts the array at its commas; what stands between them the JSON parser judges.  A string ends with its line at the
 * latest, since JSON has no line ends in strings: so a quote that was lost spoils one record and not all after it. */
typedef struct json_array {
    cable_stream *stream;
    buffer element;
    size_t line;         /* where we are */
    size_t element_line; /* where the element began */
    size_t depth;        /* of brackets within the element */
    bool is_in_string;
    bool is_escaped; /* the last byte was a backslash in a string */
    bool is_too_long;
    bool is_closed; /* the array is at its end: only white space may follow */
} json_array;

static bool is_json_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether the element ends before this byte, which is then the comma or bracket after it. */
static bool step(json_array *a, char c) {
    if (a->is_in_string) {
        a->is_in_string = c != '\n' && (c != '"' || a->is_escaped);
        a->is_escaped = a->is_in_string && c == '\\' && !a->is_escaped;
        return false;
    }
    if (a->depth == 0 && (c == ',' || c == ']'))
        return true;
    a->is_in_string = c == '"';
    a->depth += c == '{' || c == '[';
    a->depth -= a->depth > 0 && (c == '}' || c == ']');
    return false;
}

static void keep_byte(json_array *a, char c) {
    if (a->is_too_long || (a->element.n_bytes == 0 && is_json_space(c)))
        return;
    if (a->element.n_bytes == 0)
        a->element_line = a->line;
    a->is_too_long = a->element.n_bytes == RECORD_MAX_N_BYTES;
    if (a->is_too_long)
        buffer_free(&a->element);
    else
        buffer_add_byte(&a->element, c);
}

static void report_bad(const cable_stream *stream, size_t line, const char *id, const char *reason) {
    search_error why;
    error_set(&why, SEARCH_E_INPUT, id, "%s", reason);
    stream_report(stream, line, &why, true);
}

static search_status read_element(const json_array *a, search_text text, search_error *error) {
    jsonl_item item = {.line = a->element_line};
    read_record(text, &item);
    return jsonl_conclude(a->stream, &item, error);
}

static search_status end_element(json_array *a, search_error *error) {
    search_text text = {a->element.bytes, a->element.n_bytes};
    search_status status = SEARCH_OK;
    if (a->element.failed)
        status = error_memory(error);
    else if (a->is_too_long)
        report_bad(a->stream, a->element_line, "record.too_large", "the record is larger than 32 MiB");
    else if (text.n_bytes > 0)
        status = read_element(a, text, error);
    buffer_clear(&a->element);
    a->is_too_long = false;
    a->depth = 0;
    return status == SEARCH_OK ? stream_tell(a->stream, error) : status;
}

/* Reads one chunk, whose opening bracket was passed. */
static search_status read_chunk(json_array *a, search_error *error) {
    cable_stream *stream = a->stream;
    while (stream->at < stream->n_chunk && !a->is_closed) {
        char c = stream->chunk[stream->at++];
        if (step(a, c)) {
            search_status status = end_element(a, error);
            if (status != SEARCH_OK)
                return status;
            a->is_closed = c == ']';
        } else
            keep_byte(a, c);
        a->line += c == '\n';
    }
    return SEARCH_OK;
}

static search_status read_elements(json_array *a, search_error *error) {
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && a->stream->n_chunk > 0 && !a->is_closed) {
        status = read_chunk(a, error);
        if (status == SEARCH_OK && a->stream->at == a->stream->n_chunk)
            status = stream_fill(a->stream, error);
    }
    if (status == SEARCH_OK && !a->is_closed) {
        report_bad(a->stream, a->line, "record.bad_json", "the array is cut off");
        status = end_element(a, error);
    }
    return status;
}

/* Only white space may follow the array. */
static search_status read_rest(json_array *a, search_error *error) {
    cable_stream *stream = a->stream;
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && stream->n_chunk > 0) {
        for (; stream->at < stream->n_chunk; stream->at++) {
            char c = stream->chunk[stream->at];
            if (!is_json_space(c)) {
                report_bad(stream, a->line, "record.bad_json", "what follows the array is not read");
                return SEARCH_OK;
            }
            a->line += c == '\n';
        }
        status = stream_fill(stream, error);
    }
    return status;
}

/* Where the records begin in the head of an array, or 0 when it is none; *line is the line of that place. */
static size_t find_array(search_text head, size_t *line) {
    *line = 1;
    size_t at = head.n_bytes >= 3 && memcmp(head.bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (; at < head.n_bytes && is_json_space(head.bytes[at]); at++)
        *line += head.bytes[at] == '\n';
    return at < head.n_bytes && head.bytes[at] == '[' ? at + 1 : 0;
}

/* A page may begin with a bracket too, as in "[To] the Ministry", but not with that of a record after it. */
bool json_looks_like(search_text head) {
    size_t line;
    size_t at = find_array(head, &line);
    if (at == 0)
        return false;
    while (at < head.n_bytes && is_json_space(head.bytes[at]))
        at++;
    return at < head.n_bytes && (head.bytes[at] == '{' || head.bytes[at] == ']');
}

search_status json_read(cable_stream *stream, search_error *error) {
    json_array a = {.stream = stream};
    stream->at = find_array((search_text){stream->chunk, stream->n_chunk}, &a.line);
    if (stream->at == 0) {
        report_bad(stream, 1, "record.bad_json", "this is not an array of records");
        return SEARCH_OK;
    }
    search_status status = read_elements(&a, error);
    if (status == SEARCH_OK && a.is_closed)
        status = read_rest(&a, error);
    buffer_free(&a.element);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}
