/* Pieces in the spill file, and the tail behind them. */
#include "libsearch/index/spool.h"

#include <stdlib.h>
#include <string.h>

static bool reserve_piece(spool *s) {
    if (s->n_pieces < s->capacity) {
        return true;
    }
    const size_t capacity = s->capacity == 0 ? 8 : s->capacity * 2;
    run_stream *pieces = realloc(s->pieces, capacity * sizeof *pieces);
    if (pieces == NULL) {
        return false;
    }
    s->pieces = pieces;
    s->capacity = capacity;
    return true;
}

search_status spool_cut(spool *s, search_error *error) {
    if (s->tail.failed || !reserve_piece(s)) {
        return error_memory(error);
    }
    const size_t n_bytes = s->tail.n_bytes;
    const search_status status = spill_add(s->file, &s->tail, &s->pieces[s->n_pieces], error);
    if (status == SEARCH_OK) {
        s->n_pieces++;
        s->n_before += n_bytes;
        buffer_clear(&s->tail);
    }
    return status;
}

void spool_free(spool *s) {
    for (size_t i = 0; i < s->n_pieces; i++) {
        run_stream_free(&s->pieces[i]);
    }
    free(s->pieces);
    buffer_free(&s->tail);
    *s = (spool){.file = s->file};
}

static void open_next(spool_reader *r) {
    const spool *s = r->spool;
    run_reader_close(&r->piece);
    run_reader_open(&r->piece, s->file, r->n_opened < s->n_pieces ? &s->pieces[r->n_opened] : &r->tail,
                    SPOOL_PIECE_N_BYTES);
    r->n_opened++;
}

void spool_reader_open(spool_reader *r, const spool *s) {
    *r = (spool_reader){.spool = s, .tail = {.memory = s->tail, .n_bytes = s->tail.n_bytes}};
    open_next(r);
}

/* Has bytes at hand unless all are read. */
static search_status fill(spool_reader *r, search_error *error) {
    search_status status = run_reader_need(&r->piece, 1, error);
    while (status == SEARCH_OK && r->piece.at == r->piece.end && r->n_opened <= r->spool->n_pieces) {
        open_next(r);
        status = run_reader_need(&r->piece, 1, error);
    }
    return status;
}

search_status spool_reader_next(spool_reader *r, search_text *out, search_error *error) {
    const search_status status = fill(r, error);
    *out = (search_text){r->piece.at, (size_t)(r->piece.end - r->piece.at)};
    r->piece.at = r->piece.end;
    return status;
}

search_status spool_reader_take(spool_reader *r, void *to, size_t n, search_error *error) {
    char *at = to;
    search_status status = SEARCH_OK;
    while (n > 0 && status == SEARCH_OK) {
        status = fill(r, error);
        const size_t n_at_hand = (size_t)(r->piece.end - r->piece.at);
        const size_t n_taken = n < n_at_hand ? n : n_at_hand;
        if (status == SEARCH_OK && n_taken == 0) {
            return error_set(error, SEARCH_E_INTERNAL, "spool.end", "a column ends too early");
        }
        if (n_taken > 0) {
            memcpy(at, r->piece.at, n_taken);
        }
        at += n_taken;
        r->piece.at += n_taken;
        n -= n_taken;
    }
    return status;
}

void spool_reader_close(spool_reader *r) {
    run_reader_close(&r->piece);
}
