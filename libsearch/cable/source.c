/* Sources: a file, a directory that is walked, or "-".  What a file is, its first byte that is not white space says:
 * '{' begins JSONL, all else is a page or no cable.  A file below a directory that cannot be read is skipped and
 * reported; the source itself fails.
 *
 * A record is completed before it is handed on: its id first, so that an id made of the content hangs on no table of
 * ours; then the archive and the translators out of the source line, and the places out of the title, where it has
 * none. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/files.h"
#include "libsearch/support/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_N_BYTES ((size_t)64 << 10)

/* ---- Streams -------------------------------------------------------------------------------------------------- */

/* SEARCH_E_INPUT with errno: that of a source and not of the system. */
static search_status unreadable(const char *source, int system_errno, search_error *error) {
    error_system(error, system_errno, "source.unreadable", "cannot read %s", source);
    if (error != NULL)
        error->status = SEARCH_E_INPUT;
    return SEARCH_E_INPUT;
}

search_status stream_fill(cable_stream *stream, search_error *error) {
    ssize_t n;
    do
        n = read(stream->fd, stream->chunk, CHUNK_N_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return unreadable(stream->source, errno, error);
    stream->at = 0;
    stream->n_chunk = (size_t)n;
    stream->n_untold += (size_t)n;
    return SEARCH_OK;
}

static void report(const cable_sink *sink, const char *source, size_t line, const search_error *why, bool skipped) {
    search_report r = {.source = source, .line = line, .id = why->id, .reason = why->message, .skipped = skipped};
    sink->on_report(sink->context, &r);
}

void stream_report(const cable_stream *stream, size_t line, const search_error *why, bool skipped) {
    report(stream->sink, stream->source, line, why, skipped);
}

void stream_report_repair(const cable_stream *stream, size_t line) {
    search_error why;
    error_set(&why, SEARCH_E_INPUT, "record.bad_utf8", "bytes that are not UTF-8 were read as U+FFFD");
    stream_report(stream, line, &why, false);
}

search_status stream_tell(cable_stream *stream, search_error *error) {
    const cable_sink *sink = stream->sink;
    size_t n = stream->n_untold;
    stream->n_untold = 0;
    if (sink->on_bytes == NULL || sink->on_bytes(sink->context, n))
        return SEARCH_OK;
    return error_set(error, SEARCH_E_CANCELLED, "source.cancelled", "the reading was cancelled");
}

static search_status complete(search_record *record, search_error *error) {
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

search_status stream_deliver(cable_stream *stream, size_t line, search_record *record, search_error *error) {
    search_error why;
    error_clear(&why);
    search_status status = complete(record, &why);
    if (status == SEARCH_OK)
        status = stream->sink->on_record(stream->sink->context, record, stream->source, line, &why);
    if (status == SEARCH_E_INPUT) {
        stream_report(stream, line, &why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK && error != NULL)
        *error = why;
    return status;
}

search_status stream_read_all(cable_stream *stream, buffer *text, search_error *error) {
    while (stream->n_chunk > 0 && text->n_bytes <= RECORD_MAX_N_BYTES && !text->failed) {
        size_t n_room = RECORD_MAX_N_BYTES + 1 - text->n_bytes;
        size_t n = stream->n_chunk - stream->at;
        buffer_add(text, stream->chunk + stream->at, n < n_room ? n : n_room);
        search_status status = stream_fill(stream, error);
        if (status != SEARCH_OK)
            return status;
    }
    return text->failed ? error_memory(error) : SEARCH_OK;
}

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

static const source_format *find_format(const cable_stream *stream, const char *name) {
    search_text head = {stream->chunk, stream->n_chunk};
    for (size_t i = 0; i < N_FORMATS; i++)
        if (name != NULL ? strcmp(formats[i].name, name) == 0 : formats[i].looks_like(head))
            return &formats[i];
    for (size_t i = 0; i < N_FORMATS; i++)
        if (strcmp(formats[i].name, "page") == 0)
            return &formats[i];
    return NULL;
}

/* ---- Files and directories ------------------------------------------------------------------------------------ */

static search_status read_stream(const char *source, int fd, const char *format, const cable_sink *sink,
                                 search_error *error) {
    cable_stream stream = {.source = source, .sink = sink, .fd = fd, .chunk = malloc(CHUNK_N_BYTES)};
    if (stream.chunk == NULL)
        return error_memory(error);
    search_status status = stream_fill(&stream, error);
    if (status == SEARCH_OK)
        status = find_format(&stream, format)->read(&stream, error);
    free(stream.chunk);
    return status;
}

typedef struct source_walk {
    const char *format;
    const cable_sink *sink;
} source_walk;

static search_status read_file(const char *path, const char *format, const cable_sink *sink, search_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return unreadable(path, errno, error);
    search_status status = read_stream(path, fd, format, sink, error);
    close(fd);
    return status;
}

static search_status visit(void *context, const char *path, search_error *error) {
    const source_walk *walk = context;
    search_error why;
    search_status status = read_file(path, walk->format, walk->sink, &why);
    if (status == SEARCH_E_INPUT) {
        report(walk->sink, path, 0, &why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK && error != NULL)
        *error = why;
    return status;
}

static void on_unreadable(void *context, const char *path, int system_errno) {
    search_error why;
    unreadable(path, system_errno, &why);
    report(((const source_walk *)context)->sink, path, 0, &why, true);
}

static search_status read_directory(const char *path, const char *format, const cable_sink *sink, search_error *error) {
    int fd = open(path,
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* a walk that fails later fails by the system, not the source */
    if (fd < 0)
        return unreadable(path, errno, error);
    close(fd);
    source_walk context = {format, sink};
    file_walk walk = {.visit = visit, .on_unreadable = on_unreadable, .context = &context};
    return file_walk_tree(path, &walk, error);
}

search_status source_read(const char *source, const char *format, const cable_sink *sink, search_error *error) {
    error_clear(error);
    if (strcmp(source, "-") == 0)
        return read_stream(source, STDIN_FILENO, format, sink, error);
    struct stat info;
    if (stat(source, &info) == 0)
        return S_ISDIR(info.st_mode) ? read_directory(source, format, sink, error)
                                     : read_file(source, format, sink, error);
    if (errno != ENOENT && errno != ENOTDIR)
        return unreadable(source, errno, error);
    error_set(error, SEARCH_E_INPUT, "source.missing", "there is no file or directory %s", source);
    error_hint(error, "give a saved page, a JSONL file, a directory of them, or - for JSONL on standard input");
    return SEARCH_E_INPUT;
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
    if (options != NULL && (options->size < sizeof options->size || options->size > sizeof copy))
        return error_set(error, SEARCH_E_ARGUMENT, "source.options", "the options are of another version of libsearch");
    if (options != NULL)
        memcpy(&copy, options, options->size);
    const cable_sink sink = {hand_record, hand_report, NULL, &copy};
    return source_read(source, copy.format, &sink, error);
}
