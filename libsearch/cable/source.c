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
    return status == SEARCH_OK ? places_derive(record, error) : status;
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

/* ---- Pages ---------------------------------------------------------------------------------------------------- */

/* All that is left of the stream, but no more than one byte over the limit, which page_read then refuses. */
static search_status read_rest(cable_stream *stream, buffer *text, search_error *error) {
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

static search_status deliver_page(cable_stream *stream, search_text text, search_error *error) {
    search_record *record = NULL;
    search_error why;
    search_status status = page_read(text, &record, &why);
    if (status == SEARCH_E_INPUT) {
        stream_report(stream, 0, &why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (!utf8_valid(text.bytes, text.n_bytes))
        stream_report_repair(stream, 0);
    status = stream_deliver(stream, 0, record, error);
    search_record_free(record);
    return status;
}

static search_status read_page(cable_stream *stream, search_error *error) {
    buffer text = {0};
    search_status status = read_rest(stream, &text, error);
    if (status == SEARCH_OK)
        status = deliver_page(stream, (search_text){text.bytes, text.n_bytes}, error);
    buffer_free(&text);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}

/* ---- Files and directories ------------------------------------------------------------------------------------ */

static bool begins_jsonl(const cable_stream *stream) {
    search_text text = text_trim((search_text){stream->chunk, stream->n_chunk}); /* a BOM is white space */
    return text.n_bytes > 0 && text.bytes[0] == '{';
}

/* "-" is always JSONL. */
static search_status read_stream(const char *source, int fd, bool is_jsonl, const cable_sink *sink,
                                 search_error *error) {
    cable_stream stream = {.source = source, .sink = sink, .fd = fd, .chunk = malloc(CHUNK_N_BYTES)};
    if (stream.chunk == NULL)
        return error_memory(error);
    search_status status = stream_fill(&stream, error);
    if (status == SEARCH_OK)
        status = is_jsonl || begins_jsonl(&stream) ? jsonl_read(&stream, error) : read_page(&stream, error);
    free(stream.chunk);
    return status;
}

static search_status read_file(const char *path, const cable_sink *sink, search_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return unreadable(path, errno, error);
    search_status status = read_stream(path, fd, false, sink, error);
    close(fd);
    return status;
}

static search_status visit(void *context, const char *path, search_error *error) {
    const cable_sink *sink = context;
    search_error why;
    search_status status = read_file(path, sink, &why);
    if (status == SEARCH_E_INPUT) {
        report(sink, path, 0, &why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK && error != NULL)
        *error = why;
    return status;
}

static void on_unreadable(void *context, const char *path, int system_errno) {
    search_error why;
    unreadable(path, system_errno, &why);
    report(context, path, 0, &why, true);
}

static search_status read_directory(const char *path, const cable_sink *sink, search_error *error) {
    int fd = open(path,
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* a walk that fails later fails by the system, not the source */
    if (fd < 0)
        return unreadable(path, errno, error);
    close(fd);
    cable_sink copy = *sink; /* the walk's context is not const */
    file_walk walk = {.visit = visit, .on_unreadable = on_unreadable, .context = &copy};
    return file_walk_tree(path, &walk, error);
}

search_status source_read(const char *source, const cable_sink *sink, search_error *error) {
    error_clear(error);
    if (strcmp(source, "-") == 0)
        return read_stream(source, STDIN_FILENO, true, sink, error);
    struct stat info;
    if (stat(source, &info) == 0)
        return S_ISDIR(info.st_mode) ? read_directory(source, sink, error) : read_file(source, sink, error);
    if (errno != ENOENT && errno != ENOTDIR)
        return unreadable(source, errno, error);
    error_set(error, SEARCH_E_INPUT, "source.missing", "there is no file or directory %s", source);
    error_hint(error, "give a saved page, a JSONL file, a directory of them, or - for JSONL on standard input");
    return SEARCH_E_INPUT;
}
