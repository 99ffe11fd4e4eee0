/* What a source is and what becomes of it: the table of formats, and the way of a record to whoever asked for it.
 *
 * A record is completed before it is handed on: its id first, so that an id made of the content hangs on no table of
 * ours; then the archive and the translators out of the source line, and the places out of the title, where it has
 * none. */
#include "libsearch/cable/input.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

#define MAX_REASON 250 /* bytes of why a source is refused, so that its name finds room behind it */

/* ---- Formats -------------------------------------------------------------------------------------------------- */

typedef struct source_format {
    const char *name;
    bool (*looks_like)(search_text head);
    search_status (*read)(cable_stream *stream, search_error *error);
} source_format;

/* Asked in this order; a text that is of none is read as a page, which says what it lacks. */
static const source_format formats[] = {
    {"jsonl", jsonl_looks_like, jsonl_read},
    {"json", json_looks_like, json_read},
    {"tei", tei_looks_like, tei_read},
    {"html", html_looks_like, html_read},
    {"markdown", markdown_looks_like, markdown_read},
    {"page", page_looks_like, page_read_stream},
    {"message", message_looks_like, message_read},
    {"tsv", tsv_looks_like, tsv_read},
    {"csv", csv_looks_like, csv_read},
};
#define N_FORMATS (sizeof formats / sizeof *formats)

static const source_format *find_format(const char *name) {
    for (size_t i = 0; i < N_FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static const source_format *tell_format(search_text head) {
    for (size_t i = 0; i < N_FORMATS; i++)
        if (formats[i].looks_like(head))
            return &formats[i];
    return find_format("page");
}

search_status source_check_format(const char **format, search_error *error) {
    const source_format *found = *format == NULL ? NULL : find_format(*format);
    if (*format != NULL && found == NULL) {
        char names[256] = "";
        for (size_t i = 0; i < N_FORMATS; i++) {
            strcat(names, i == 0 ? "" : i + 1 < N_FORMATS ? ", " : " or ");
            strcat(names, formats[i].name);
        }
        error_set(error, SEARCH_E_ARGUMENT, "source.format", "there is no format \"%s\"", *format);
        error_hint(error, "the formats are %s", names);
        return SEARCH_E_ARGUMENT;
    }
    *format = found == NULL ? NULL : found->name;
    return SEARCH_OK;
}

search_status source_read_stream(cable_stream *stream, search_error *error) {
    search_status status = stream_fill_head(stream, error);
    if (status != SEARCH_OK)
        return status;
    search_text head = {stream->chunk, stream->n_chunk};
    packing how = packing_of(head);
    if (how != PACKING_NONE)
        return unpack(stream, how, error);
    const source_format *format = stream->format == NULL ? tell_format(head) : find_format(stream->format);
    return format->read(stream, error);
}

/* ---- Records and reports -------------------------------------------------------------------------------------- */

void source_report(const cable_sink *sink, const char *source, size_t line, const search_error *why, bool skipped) {
    search_report r = {.source = source, .line = line, .id = why->id, .reason = why->message, .skipped = skipped};
    sink->on_report(sink->context, &r);
}

void stream_report(const cable_stream *stream, size_t line, const search_error *why, bool skipped) {
    source_report(stream->sink, stream->source, line, why, skipped);
}

void stream_report_repair(const cable_stream *stream, size_t line) {
    search_error why;
    error_set(&why, SEARCH_E_INPUT, "record.bad_utf8", "bytes that are not UTF-8 were read as U+FFFD");
    stream_report(stream, line, &why, false);
}

search_status stream_refuse(const cable_stream *stream, size_t line, search_error *error) {
    if (error == NULL)
        return SEARCH_E_INPUT;
    int n = (int)utf8_cut(error->message, strlen(error->message), MAX_REASON);
    if (line == 0)
        return error_set(error, SEARCH_E_INPUT, error->id, "%.*s, in %s", n, error->message, stream->source);
    return error_set(error, SEARCH_E_INPUT, error->id, "%.*s, in line %zu of %s", n, error->message, line,
                     stream->source);
}

search_status source_complete(search_record *record, search_error *error) {
    search_status status = record_complete_id(record, error);
    citation c;
    citation_read(search_record_value(record, "source", 0), &c);
    if (status == SEARCH_OK && search_record_n_values(record, "archive") == 0)
        status = search_record_add(record, "archive", c.archive, error);
    if (status == SEARCH_OK && search_record_n_values(record, "translators") == 0)
        status = citation_add_translators(record, c.credits, error);
    if (status == SEARCH_OK)
        status = places_derive(record, error);
    return status == SEARCH_OK ? record_complete_metadata(record, error) : status;
}

/* Of a record that failed: what is wrong with it is reported, anything else fails the reading. */
static search_status report_record(const cable_stream *stream, size_t line, search_status status,
                                   const search_error *why, search_error *error) {
    if (status == SEARCH_E_INPUT) {
        stream_report(stream, line, why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK && error != NULL)
        *error = *why;
    return status;
}

search_status stream_hand_on(const cable_stream *stream, size_t line, const search_record *record,
                             search_error *error) {
    search_error why;
    error_clear(&why);
    const search_status status = stream->sink->on_record(stream->sink->context, record, stream->source, line, &why);
    return report_record(stream, line, status, &why, error);
}

search_status stream_deliver(cable_stream *stream, size_t line, search_record *record, search_error *error) {
    search_error why;
    error_clear(&why);
    const search_status status = source_complete(record, &why);
    return status == SEARCH_OK ? stream_hand_on(stream, line, record, error)
                               : report_record(stream, line, status, &why, error);
}

search_status stream_conclude(cable_stream *stream, size_t line, search_status status, search_record *record,
                              const search_error *why, search_error *error) {
    status = status == SEARCH_OK ? stream_deliver(stream, line, record, error)
                                 : report_record(stream, line, status, why, error);
    search_record_free(record);
    return status;
}

/* ---- The public door ------------------------------------------------------------------------------------------ */

static search_status hand_record(void *context, const search_record *record, const char *source, size_t line,
                                 search_error *error) {
    const search_read_options *options = context;
    if (options->on_record == NULL || options->on_record(options->context, record, source, line))
        return SEARCH_OK;
    return error_set(error, SEARCH_E_CANCELLED, "source.cancelled", "the reading was cancelled");
}

static void hand_report(void *context, const search_report *r) {
    const search_read_options *options = context;
    if (options->on_report != NULL)
        options->on_report(options->context, r);
}

search_status search_read(const char *source, const search_read_options *options, search_error *error) {
    search_read_options copy = SEARCH_READ_OPTIONS_INIT;
    error_clear(error);
    if (source == NULL || source[0] == '\0')
        return error_set(error, SEARCH_E_ARGUMENT, "source.none", "no source is named");
    if (options != NULL && (options->size < sizeof options->size || options->size > sizeof copy))
        return error_set(error, SEARCH_E_ARGUMENT, "source.options", "the options are of another version of libsearch");
    if (options != NULL)
        memcpy(&copy, options, options->size);
    const cable_sink sink = {hand_record, hand_report, NULL, &copy};
    return source_read(source, copy.format, &sink, error);
}
