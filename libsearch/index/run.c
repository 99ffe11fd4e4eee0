/* Keeping runs in memory or in a spill file, and reading them back in windows. */
#include "libsearch/index/run.h"

#include "libsearch/support/files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

search_status spill_open(spill *s, const char *folder, uint64_t max_n_bytes_kept, search_error *error) {
    *s = (spill){.file = -1, .folder = strdup(folder), .max_n_bytes_kept = max_n_bytes_kept};
    return s->folder == NULL ? error_memory(error) : SEARCH_OK;
}

/* The file has no name: whatever becomes of this process, nothing is left of it. */
static search_status make_file(spill *s, search_error *error) {
    char *path = file_path(s->folder, ".spill");
    if (path == NULL) {
        return error_memory(error);
    }
    search_status status = SEARCH_OK;
    s->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (s->file < 0 || unlink(path) != 0) {
        status = error_system(error, errno, "spill.make", "cannot make a file in %s", s->folder);
    }
    free(path);
    return status;
}

static search_status write_all(const spill *s, const char *bytes, size_t n_bytes, uint64_t offset,
                               search_error *error) {
    for (size_t n_done = 0; n_done < n_bytes;) {
        const ssize_t n = pwrite(s->file, bytes + n_done, n_bytes - n_done, (off_t)(offset + n_done));
        if (n < 0 && errno != EINTR) {
            const search_status status =
                error_system(error, errno, "spill.write", "cannot write sorted runs to %s", s->folder);
            error_hint(error, "free disk space there, or allow the build more memory");
            return status;
        }
        n_done += n > 0 ? (size_t)n : 0;
    }
    return SEARCH_OK;
}

search_status spill_add(spill *s, buffer *bytes, run_stream *out, search_error *error) {
    *out = (run_stream){.n_bytes = bytes->n_bytes};
    if (bytes->n_bytes <= s->max_n_bytes_kept - s->n_bytes_kept) {
        s->n_bytes_kept += bytes->n_bytes;
        out->memory = *bytes;
        *bytes = (buffer){0};
        return SEARCH_OK;
    }
    search_status status = s->file < 0 ? make_file(s, error) : SEARCH_OK;
    if (status == SEARCH_OK) {
        status = write_all(s, bytes->bytes, bytes->n_bytes, s->end, error);
    }
    out->offset = s->end;
    out->is_spilled = true;
    s->end += bytes->n_bytes;
    return status;
}

void run_stream_free(run_stream *stream) {
    buffer_free(&stream->memory);
}

void spill_close(spill *s) {
    if (s->file >= 0) {
        close(s->file);
    }
    free(s->folder);
    *s = (spill){.file = -1};
}

void run_reader_open(run_reader *r, const spill *s, const run_stream *stream, size_t n_window) {
    *r = (run_reader){.spill = s, .stream = stream, .n_window = n_window};
    if (!stream->is_spilled) {
        r->at = stream->memory.bytes;
        r->end = r->at + stream->memory.n_bytes;
        r->n_read = stream->n_bytes;
    }
}

search_status run_reader_fill(run_reader *r, size_t n, search_error *error) {
    const uint64_t n_left = r->stream->n_bytes - r->n_read;
    if (n_left == 0) {
        return SEARCH_OK;
    }
    const size_t n_kept = (size_t)(r->end - r->at);
    if (n_kept > 0) {
        memmove(r->window.bytes, r->at, n_kept);
    }
    size_t n_more = n > r->n_window ? n : r->n_window;
    n_more = n_more < n_left ? n_more : (size_t)n_left;
    r->window.n_bytes = n_kept;
    if (!buffer_reserve(&r->window, n_more)) {
        return error_memory(error);
    }
    for (size_t n_done = 0; n_done < n_more;) {
        const ssize_t got = pread(r->spill->file, r->window.bytes + n_kept + n_done, n_more - n_done,
                                  (off_t)(r->stream->offset + r->n_read + n_done));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return error_system(error, got == 0 ? EIO : errno, "spill.read", "cannot read sorted runs in %s",
                                r->spill->folder);
        }
        n_done += got > 0 ? (size_t)got : 0;
    }
    r->n_read += n_more;
    r->window.n_bytes = n_kept + n_more;
    r->at = r->window.bytes;
    r->end = r->at + r->window.n_bytes;
    return SEARCH_OK;
}

void run_reader_close(run_reader *r) {
    buffer_free(&r->window);
}
