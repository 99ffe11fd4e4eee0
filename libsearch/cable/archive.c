/* Archives and compressed streams, unpacked by libarchive as they are read: nothing is written to disk, and memory is
 * that of the decompressor.  An entry of an archive, or what a compressed stream holds, is a stream like any other, so
 * a .tar.gz is a tar in a stream, and a compressed page in a zip needs no rule of its own.
 *
 * What may not be trusted is bounded.  An archive in an archive is opened, one in that is not, and nothing is
 * decompressed twice in a row.  All that comes out of an archive may be MAX_EXPANSION times the bytes of the source
 * that were seen, once it is over FREE_N_BYTES: bytes are counted by their place in the source, so that entries that
 * share their bytes do not count them again. */
#include "libsearch/cable/input.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_N_NESTED 2
#define MAX_EXPANSION 1000
#define FREE_N_BYTES ((uint64_t)64 << 20)

typedef struct cable_archive {
    struct archive *archive;
    cable_stream *below;
    packing how;
    uint64_t n_unpacked; /* by it and by all archives within it */
    bool is_empty;
    search_error why; /* what reading from below failed with */
} cable_archive;

cable_stream *unpack_below(const cable_archive *archive) {
    return archive->below;
}

/* ---- What it is ------------------------------------------------------------------------------------------------ */

static bool begins(search_text head, const char *magic, size_t n_magic) {
    return head.n_bytes >= n_magic && memcmp(head.bytes, magic, n_magic) == 0;
}

/* A tar says so in the sum of the bytes of its first header, in which the sum's own field counts as blanks. */
static bool is_tar(search_text head) {
    enum { N_HEADER = 512, SUM_FROM = 148, SUM_TO = 156 };
    if (head.n_bytes < N_HEADER || head.bytes[0] == '\0')
        return false;
    unsigned long sum = 0;
    for (size_t i = 0; i < N_HEADER; i++)
        sum += i >= SUM_FROM && i < SUM_TO ? ' ' : (unsigned char)head.bytes[i];
    char field[SUM_TO - SUM_FROM + 1] = "";
    memcpy(field, head.bytes + SUM_FROM, SUM_TO - SUM_FROM);
    char *end = NULL;
    unsigned long told = strtoul(field, &end, 8);
    return end != field && told == sum;
}

packing packing_of(search_text head) {
    if (begins(head, "\x1F\x8B\x08", 3))
        return PACKING_GZIP;
    if (begins(head, "\x28\xB5\x2F\xFD", 4))
        return PACKING_ZSTD;
    if (begins(head, "PK\x03\x04", 4) || begins(head, "PK\x05\x06", 4))
        return PACKING_ZIP;
    return is_tar(head) ? PACKING_TAR : PACKING_NONE;
}

static bool has_entries(packing how) {
    return how == PACKING_TAR || how == PACKING_ZIP;
}

/* ---- Bytes from below ------------------------------------------------------------------------------------------ */

static la_ssize_t on_read(struct archive *archive, void *context, const void **bytes) {
    cable_archive *a = context;
    cable_stream *below = a->below;
    search_status status = SEARCH_OK;
    if (below->at == below->n_chunk) {
        status = stream_tell(below, &a->why);
        if (status == SEARCH_OK)
            status = stream_fill(below, &a->why);
    }
    if (status != SEARCH_OK) {
        archive_set_error(archive, EIO, "%s", a->why.message);
        return ARCHIVE_FATAL;
    }
    size_t n = below->n_chunk - below->at;
    *bytes = below->chunk + below->at;
    below->at = below->n_chunk;
    return (la_ssize_t)n;
}

/* The list of a zip's entries stands at its end, and says more than the entries themselves. */
static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence) {
    cable_archive *a = context;
    cable_stream *below = a->below;
    off_t at = lseek(below->fd, offset, whence);
    if (at < 0) {
        archive_set_error(archive, errno, "the file cannot be read at another place");
        return ARCHIVE_FATAL;
    }
    below->at = 0;
    below->n_chunk = 0;
    below->offset = (uint64_t)at;
    return at;
}

static bool is_failure(int code) {
    return code != ARCHIVE_OK && code != ARCHIVE_WARN;
}

/* Only libarchive's readers of what is told from the content are let loose on it. */
static int choose(struct archive *archive, packing how) {
    int codes[3] = {ARCHIVE_OK, ARCHIVE_OK, ARCHIVE_OK};
    switch (how) {
    case PACKING_GZIP:
    case PACKING_ZSTD:
        codes[0] = archive_read_append_filter(archive, how == PACKING_GZIP ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_ZSTD);
        codes[1] = archive_read_support_format_raw(archive);
        codes[2] = archive_read_support_format_empty(archive);
        break;
    case PACKING_TAR:
        codes[0] = archive_read_support_format_tar(archive);
        break;
    case PACKING_ZIP:
        codes[0] = archive_read_support_format_zip_seekable(archive);
        codes[1] = archive_read_support_format_zip_streamable(archive);
        codes[2] = archive_read_support_format_empty(archive);
        break;
    case PACKING_NONE:
        break;
    }
    for (size_t i = 0; i < 3; i++)
        if (is_failure(codes[i]))
            return codes[i];
    return ARCHIVE_OK;
}

static int start(cable_archive *a) {
    int code = choose(a->archive, a->how);
    if (is_failure(code))
        return code;
    archive_read_set_callback_data(a->archive, a);
    archive_read_set_read_callback(a->archive, on_read);
    if (a->below->can_seek)
        archive_read_set_seek_callback(a->archive, on_seek);
    return archive_read_open1(a->archive);
}

/* ---- Bytes unpacked -------------------------------------------------------------------------------------------- */

static search_status failed(const cable_archive *a, const char *source, search_error *error) {
    if (a->why.status != SEARCH_OK) {
        if (error != NULL)
            *error = a->why;
        return a->why.status;
    }
    if (archive_errno(a->archive) == ENOMEM)
        return error_memory(error);
    const char *reason = archive_error_string(a->archive);
    return error_set(error, SEARCH_E_INPUT, "source.damaged", "cannot unpack %s: %s", source,
                     reason == NULL ? "it is damaged" : reason);
}

/* The one that stands in the source itself.  It alone is judged: each of the many archives in an archive may unpack to
 * little, and all of them to any size. */
static cable_archive *outermost(cable_archive *a) {
    while (a->below->archive != NULL)
        a = a->below->archive;
    return a;
}

static bool is_bomb(cable_archive *a) {
    a = outermost(a);
    return a->n_unpacked > FREE_N_BYTES && a->n_unpacked / MAX_EXPANSION > a->below->n_known;
}

search_status unpack_bytes(cable_archive *a, const char *source, char *bytes, size_t n, size_t *n_read,
                           search_error *error) {
    la_ssize_t got = a->is_empty ? 0 : archive_read_data(a->archive, bytes, n);
    if (got < 0)
        return failed(a, source, error);
    outermost(a)->n_unpacked += (uint64_t)got;
    if (is_bomb(a))
        return error_set(error, SEARCH_E_INPUT, "source.bomb", "%s unpacks to over %d times its size", source,
                         MAX_EXPANSION);
    *n_read = (size_t)got;
    return SEARCH_OK;
}

/* ---- Entries --------------------------------------------------------------------------------------------------- */

static search_status read_inside(cable_archive *a, const char *source, search_error *error) {
    const cable_stream *below = a->below;
    cable_stream inside = {.source = source, .sink = below->sink, .format = below->format, .fd = -1, .archive = a};
    inside.chunk = malloc(STREAM_CHUNK_N_BYTES);
    if (inside.chunk == NULL)
        return error_memory(error);
    search_status status = source_read_stream(&inside, error);
    free(inside.chunk);
    return status;
}

static const char *entry_name(struct archive_entry *entry) {
    const char *name = archive_entry_pathname_utf8(entry);
    if (name == NULL)
        name = archive_entry_pathname(entry); /* bytes that are no UTF-8, or that the locale has no characters for */
    return name == NULL ? "?" : name;
}

/* As in a directory: a part of the path that begins with a dot, other than "." and "..". */
static bool is_hidden(const char *name) {
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        size_t n = strcspn(part, "/");
        bool is_place = n <= 2 && strncmp(part, "..", n) == 0;
        if (*part == '.' && !is_place)
            return true;
    }
    return false;
}

static bool is_file(struct archive_entry *entry) {
    return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == NULL;
}

static search_status read_entry(cable_archive *a, struct archive_entry *entry, const char *source,
                                search_error *error) {
    if (!is_file(entry))
        return error_set(error, SEARCH_E_INPUT, "source.no_file",
                         "links, pipes and devices in an archive are passed over");
    if (archive_entry_is_encrypted(entry))
        return error_set(error, SEARCH_E_INPUT, "source.encrypted", "%s is encrypted", source);
    return read_inside(a, source, error);
}

/* An entry that cannot be read is reported, and the next one read. */
static search_status take_entry(cable_archive *a, struct archive_entry *entry, search_error *error) {
    if (archive_entry_filetype(entry) == AE_IFDIR || is_hidden(entry_name(entry)))
        return SEARCH_OK;
    buffer source = {0};
    buffer_add_string(&source, a->below->source);
    buffer_add_string(&source, "!");
    buffer_add_string(&source, entry_name(entry));
    search_error why;
    error_clear(&why);
    search_status status = source.failed ? error_memory(&why) : read_entry(a, entry, source.bytes, &why);
    if (status == SEARCH_E_INPUT)
        source_report(a->below->sink, source.bytes, 0, &why, true);
    else if (status != SEARCH_OK && error != NULL)
        *error = why;
    buffer_free(&source);
    return status == SEARCH_E_INPUT ? SEARCH_OK : status;
}

static search_status read_entries(cable_archive *a, search_error *error) {
    for (;;) {
        struct archive_entry *entry = NULL;
        int code = archive_read_next_header(a->archive, &entry);
        if (code == ARCHIVE_EOF)
            return SEARCH_OK;
        if (is_failure(code))
            return failed(a, a->below->source, error);
        search_status status = take_entry(a, entry, error);
        if (status == SEARCH_OK && is_bomb(a))
            status = error_set(error, SEARCH_E_INPUT, "source.bomb", "%s unpacks to over %d times its size",
                               a->below->source, MAX_EXPANSION);
        if (status != SEARCH_OK)
            return status;
    }
}

/* An empty stream has no entry, and is read as one without bytes.  To libarchive one that is damaged from the start is
 * empty too, but for the reason it has noted. */
static search_status read_compressed(cable_archive *a, search_error *error) {
    struct archive_entry *entry = NULL;
    if (archive_error_string(a->archive) != NULL)
        return failed(a, a->below->source, error);
    int code = archive_read_next_header(a->archive, &entry);
    a->is_empty = code == ARCHIVE_EOF;
    if (is_failure(code) && !a->is_empty)
        return failed(a, a->below->source, error);
    return read_inside(a, a->below->source, error);
}

/* ---- Archives -------------------------------------------------------------------------------------------------- */

static search_status check_nesting(const cable_stream *stream, packing how, search_error *error) {
    size_t n = 0;
    bool is_twice = stream->archive != NULL && !has_entries(stream->archive->how) && !has_entries(how);
    for (const cable_stream *s = stream; s->archive != NULL; s = s->archive->below)
        n += has_entries(s->archive->how) ? 1 : 0;
    if (is_twice)
        return error_set(error, SEARCH_E_INPUT, "source.nested", "%s is compressed twice", stream->source);
    if (has_entries(how) && n >= MAX_N_NESTED)
        return error_set(error, SEARCH_E_INPUT, "source.nested", "%s is an archive %d archives deep", stream->source,
                         MAX_N_NESTED);
    return SEARCH_OK;
}

search_status unpack(cable_stream *stream, packing how, search_error *error) {
    search_status status = check_nesting(stream, how, error);
    if (status != SEARCH_OK)
        return status;
    cable_archive a = {.archive = archive_read_new(), .below = stream, .how = how};
    if (a.archive == NULL)
        return error_memory(error);
    if (is_failure(start(&a)))
        status = failed(&a, stream->source, error);
    else
        status = has_entries(how) ? read_entries(&a, error) : read_compressed(&a, error);
    archive_read_free(a.archive);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}
