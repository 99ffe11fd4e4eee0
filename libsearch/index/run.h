/* A run: the postings and positions of consecutive documents, sorted by term, in memory or in a spill file until all
 * runs are merged.  Two streams, so that one thread can merge postings while another merges positions.
 *
 *   postings  = for each term: vint n_term, term, vint n_documents, vint collection frequency, vint n_bytes of what
 *               follows, then for each document: vint docid - previous docid (the first: - 0), vint wdf
 *   positions = for each term that has some: vint n_term, term, then for each document: vint docid - previous docid,
 *               vint n_tag, the tag as glass_positions_encode made it; then vint 0
 *   vint      = as in support/vint.h
 *
 * What is read back was written by this process into a file it has unlinked, so it is not checked byte by byte; a read
 * that comes short is an error all the same. */
#ifndef LIBSEARCH_INDEX_RUN_H
#define LIBSEARCH_INDEX_RUN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"
#include "libsearch/support/vint.h"

/* ---- where streams lie ---- */

typedef struct run_stream {
    buffer memory;   /* all of it, unless it was spilled */
    uint64_t offset; /* in the spill file */
    uint64_t n_bytes;
    bool is_spilled;
} run_stream;

typedef struct spill {
    int file; /* -1: none yet */
    char *folder;
    uint64_t end;
    uint64_t n_bytes_kept; /* in memory, of all streams */
    uint64_t max_n_bytes_kept;
} spill;

search_status spill_open(spill *s, const char *folder, uint64_t max_n_bytes_kept, search_error *error);
/* Takes the bytes out of `bytes`: keeps them while there is room, and writes them to the file then. */
search_status spill_add(spill *s, buffer *bytes, run_stream *out, search_error *error);
void run_stream_free(run_stream *stream);
void spill_close(spill *s);

/* ---- reading a stream front to back ---- */

typedef struct run_reader {
    const spill *spill;
    const run_stream *stream;
    buffer window;   /* of a spilled stream */
    uint64_t n_read; /* of the stream, into the window */
    size_t n_window; /* bytes to read at once */
    const char *at;  /* what comes next */
    const char *end; /* of what is at hand */
} run_reader;

void run_reader_open(run_reader *r, const spill *s, const run_stream *stream, size_t n_window);
/* Has n more bytes at hand, or all that are left. */
search_status run_reader_fill(run_reader *r, size_t n, search_error *error);
void run_reader_close(run_reader *r);

static inline search_status run_reader_need(run_reader *r, size_t n, search_error *error) {
    return (size_t)(r->end - r->at) >= n ? SEARCH_OK : run_reader_fill(r, n, error);
}

/* The bytes must be at hand. */
static inline uint64_t run_take_vint(run_reader *r) {
    uint64_t value = 0;
    unsigned shift = 0;
    while (r->at < r->end) {
        const unsigned char byte = (unsigned char)*r->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80 || shift >= 63) {
            break;
        }
        shift += 7;
    }
    return value;
}

#endif
