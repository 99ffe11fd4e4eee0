/* A long sequence of bytes that is added to at its end and read front to back later: what comes last is in memory, what
 * came before in a spill file, so that many of them take little memory however long they grow. */
#ifndef LIBSEARCH_INDEX_SPOOL_H
#define LIBSEARCH_INDEX_SPOOL_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/run.h"

enum { SPOOL_PIECE_N_BYTES = 32 << 10 };

typedef struct spool {
    spill *file; /* borrowed; null: all stays in memory */
    buffer tail; /* bytes are added here */
    run_stream *pieces;
    size_t n_pieces;
    size_t capacity;
    uint64_t n_before; /* bytes of the pieces */
} spool;               /* zero-initialised is empty and valid, in memory */

static inline uint64_t spool_n_bytes(const spool *s) {
    return s->n_before + s->tail.n_bytes;
}

/* Makes the tail a piece. */
search_status spool_cut(spool *s, search_error *error);
void spool_free(spool *s);

/* After additions: tells when one failed, and keeps the tail short. */
static inline search_status spool_settle(spool *s, search_error *error) {
    const bool is_short = !s->tail.failed && (s->file == NULL || s->tail.n_bytes < SPOOL_PIECE_N_BYTES);
    return is_short ? SEARCH_OK : spool_cut(s, error);
}

/* Nothing may be added while it is read. */
typedef struct spool_reader {
    const spool *spool;
    run_reader piece;
    size_t n_opened; /* pieces; one more is the tail */
    run_stream tail;
} spool_reader;

void spool_reader_open(spool_reader *r, const spool *s);
/* What comes next, as much as is at hand; no bytes at the end. */
search_status spool_reader_next(spool_reader *r, search_text *out, search_error *error);
/* Copies n bytes; there must be so many. */
search_status spool_reader_take(spool_reader *r, void *to, size_t n, search_error *error);
void spool_reader_close(spool_reader *r);

#endif
