/* Where bytes come from: a file, the files below a directory, those that a pattern matches, standard input, or what
 * archive.c unpacks.  A file below a directory or of a pattern that cannot be read is skipped and reported; the source
 * itself fails.
 *
 * Only files are opened, and never so that opening could wait: a pipe with nobody at its other end would hold up a
 * build for ever, and to open a device may do something.  Descriptors of the process's own, such as the shell's
 * <(command), are as good as standard input. */
#include "libsearch/cable/input.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/files.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_N_BYTES ((size_t)4 << 10)
#define MIN_AHEAD_N_BYTES ((size_t)1 << 20) /* below, a thread costs more than it gains */

/* ---- Streams -------------------------------------------------------------------------------------------------- */

/* SEARCH_E_INPUT with errno: that of a source and not of the system. */
static search_status unreadable(const char *source, int system_errno, search_error *error) {
    error_system(error, system_errno, "source.unreadable", "cannot read %s", source);
    if (error != NULL)
        error->status = SEARCH_E_INPUT;
    return SEARCH_E_INPUT;
}

static search_status read_descriptor(cable_stream *stream, char *bytes, size_t n, size_t *n_read, search_error *error) {
    ssize_t got;
    do
        got = read(stream->fd, bytes, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return unreadable(stream->source, errno, error);
    *n_read = (size_t)got;
    stream->n_untold += *n_read;
    return SEARCH_OK;
}

/* Adds to the chunk what there is room for. */
static search_status add_to_chunk(cable_stream *stream, search_error *error) {
    char *end = stream->chunk + stream->n_chunk;
    size_t n_room = STREAM_CHUNK_N_BYTES - stream->n_chunk;
    size_t n = 0;
    search_status status = stream->archive != NULL
                               ? unpack_bytes(stream->archive, stream->source, end, n_room, &n, error)
                               : read_descriptor(stream, end, n_room, &n, error);
    stream->n_chunk += n;
    stream->offset += n;
    if (stream->offset > stream->n_known)
        stream->n_known = stream->offset;
    return status;
}

search_status stream_fill(cable_stream *stream, search_error *error) {
    stream->at = 0;
    stream->n_chunk = 0;
    return add_to_chunk(stream, error);
}

search_status stream_fill_head(cable_stream *stream, search_error *error) {
    search_status status = stream_fill(stream, error);
    for (size_t n = 0; status == SEARCH_OK && stream->n_chunk > n && stream->n_chunk < HEAD_N_BYTES;) {
        n = stream->n_chunk;
        status = add_to_chunk(stream, error);
    }
    return status;
}

search_status stream_tell(cable_stream *stream, search_error *error) {
    while (stream->archive != NULL)
        stream = unpack_below(stream->archive);
    size_t n = stream->n_untold;
    stream->n_untold = 0;
    return source_tell(stream->sink, n, error);
}

search_status source_tell(const cable_sink *sink, size_t n_bytes, search_error *error) {
    if (sink->on_bytes == NULL || sink->on_bytes(sink->context, n_bytes))
        return SEARCH_OK;
    return error_set(error, SEARCH_E_CANCELLED, "source.cancelled", "the reading was cancelled");
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

/* ---- Files ---------------------------------------------------------------------------------------------------- */

/* How the sources of one call are read. */
typedef struct source_way {
    const char *format;
    const cable_sink *sink;
    bool may_read_ahead;
} source_way;

/* n_bytes: of a file, 0 for what is none. */
static search_status read_stream(const source_way *way, const char *source, int fd, bool can_seek, size_t n_bytes,
                                 search_error *error) {
    cable_stream stream = {.source = source,
                           .sink = way->sink,
                           .format = way->format,
                           .fd = fd,
                           .can_seek = can_seek,
                           .may_read_ahead = way->may_read_ahead && can_seek && n_bytes >= MIN_AHEAD_N_BYTES};
    stream.chunk = malloc(STREAM_CHUNK_N_BYTES);
    if (stream.chunk == NULL)
        return error_memory(error);
    search_status status = source_read_stream(&stream, error);
    free(stream.chunk);
    return status;
}

static bool is_own_descriptor(const char *path) {
    return strncmp(path, "/dev/fd/", 8) == 0 || strcmp(path, "/dev/stdin") == 0;
}

static search_status no_file(const char *path, search_error *error) {
    error_set(error, SEARCH_E_INPUT, "source.no_file", "%s is neither a file nor a directory", path);
    error_hint(error, "to read from a pipe or a device, give it as standard input and name the source -");
    return SEARCH_E_INPUT;
}

static search_status read_file(const source_way *way, const char *path, search_error *error) {
    bool is_own = is_own_descriptor(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_own ? 0 : O_NONBLOCK));
    if (fd < 0)
        return unreadable(path, errno, error);
    struct stat info;
    search_status status;
    if (fstat(fd, &info) != 0)
        status = unreadable(path, errno, error);
    else if (!S_ISREG(info.st_mode) && !is_own)
        status = no_file(path, error);
    else
        status = read_stream(way, path, fd, S_ISREG(info.st_mode) && !is_own, (size_t)info.st_size, error);
    close(fd);
    return status;
}

/* What fails as a source of its own is reported here. */
static search_status report_failure(const source_way *way, const char *path, search_status status,
                                    const search_error *why, search_error *error) {
    if (status == SEARCH_E_INPUT) {
        source_report(way->sink, path, 0, why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK && error != NULL)
        *error = *why;
    return status;
}

/* ---- Directories ---------------------------------------------------------------------------------------------- */

static search_status visit(void *context, const char *path, search_error *error) {
    search_error why;
    search_status status = read_file(context, path, &why);
    return report_failure(context, path, status, &why, error);
}

static void on_unreadable(void *context, const char *path, int system_errno) {
    const source_way *way = context;
    search_error why;
    unreadable(path, system_errno, &why);
    source_report(way->sink, path, 0, &why, true);
}

static void on_other(void *context, const char *path) {
    const source_way *way = context;
    search_error why;
    error_set(&why, SEARCH_E_INPUT, "source.no_file", "links, pipes and devices in a directory are passed over");
    source_report(way->sink, path, 0, &why, true);
}

static search_status read_directory(const source_way *way, const char *path, search_error *error) {
    /* a walk that fails later fails by the system, not the source */
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return unreadable(path, errno, error);
    close(fd);
    source_way context = *way;
    file_walk walk = {.visit = visit, .on_unreadable = on_unreadable, .on_other = on_other, .context = &context};
    return file_walk_tree(path, &walk, error);
}

/* ---- Paths and patterns --------------------------------------------------------------------------------------- */

static search_status read_path(const source_way *way, const char *path, const struct stat *info, search_error *error) {
    if (S_ISDIR(info->st_mode))
        return read_directory(way, path, error);
    if (!S_ISREG(info->st_mode) && !is_own_descriptor(path))
        return no_file(path, error);
    return read_file(way, path, error);
}

static search_status read_match(const source_way *way, const char *path, search_error *error) {
    search_error why;
    struct stat info;
    search_status status = stat(path, &info) == 0 ? read_path(way, path, &info, &why) : unreadable(path, errno, &why);
    return report_failure(way, path, status, &why, error);
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted here, since glob(3) sorts by the locale.  *n_matches 0: there are none. */
static search_status read_pattern(const source_way *way, const char *pattern, size_t *n_matches, search_error *error) {
    glob_t found = {0};
    int code = glob(pattern, GLOB_NOSORT, NULL, &found);
    search_status status = code == GLOB_NOSPACE ? error_memory(error) : SEARCH_OK;
    *n_matches = code == 0 ? found.gl_pathc : 0;
    if (*n_matches > 1)
        qsort(found.gl_pathv, *n_matches, sizeof *found.gl_pathv, by_bytes);
    for (size_t i = 0; i < *n_matches && status == SEARCH_OK; i++)
        status = read_match(way, found.gl_pathv[i], error);
    globfree(&found);
    return status;
}

static search_status missing(const char *source, search_error *error) {
    error_set(error, SEARCH_E_INPUT, "source.missing", "there is no file or directory %s", source);
    error_hint(error, "give a file, a directory, an archive, a pattern in quotes, or - for standard input");
    return SEARCH_E_INPUT;
}

static search_status read_source(const source_way *way, const char *source, search_error *error) {
    if (strcmp(source, "-") == 0)
        return read_stream(way, source, STDIN_FILENO, false, 0, error);
    struct stat info;
    if (stat(source, &info) == 0)
        return read_path(way, source, &info, error);
    if (errno != ENOENT && errno != ENOTDIR)
        return unreadable(source, errno, error);
    size_t n_matches = 0;
    search_status status = SEARCH_OK;
    if (strpbrk(source, "*?[") != NULL)
        status = read_pattern(way, source, &n_matches, error);
    return status == SEARCH_OK && n_matches == 0 ? missing(source, error) : status;
}

/* The format is a name as it was given. */
static search_status read_by(source_way way, const char *source, search_error *error) {
    error_clear(error);
    search_status status = source_check_format(&way.format, error);
    return status == SEARCH_OK ? read_source(&way, source, error) : status;
}

search_status source_read(const char *source, const char *format, const cable_sink *sink, search_error *error) {
    return read_by((source_way){format, sink, false}, source, error);
}

search_status source_read_ahead(const char *source, const char *format, const cable_sink *sink, search_error *error) {
    return read_by((source_way){format, sink, true}, source, error);
}
