/* Lines read by two threads: one of ours reads the file and makes records of its lines, the caller's delivers them.  So
 * the sink is called by the caller's thread alone, and with the same things in the same order as without a thread: each
 * item brings the bytes that were read up to it, and a failure of the file comes behind the lines before it.
 *
 * Items go by the batch, in a ring of few batches, so that the threads seldom wait for each other.  The ring holds some
 * hundred lines and some hundred KiB of them, a record of ordinary size taking some 10 KB more than its line.  Of lines
 * that are longer than that one is held at a time. */
#include "libsearch/cable/jsonl.h"
#include "libsearch/support/thread.h"
#include <stdlib.h>

#define MAX_BATCH_N_ITEMS 64
#define MAX_BATCH_N_BYTES ((size_t)128 << 10) /* of lines; the last of a batch may go over it */
#define N_BATCHES 4
#define MAX_AHEAD_N_BYTES ((size_t)512 << 10) /* no batch is begun while there are so many */

typedef struct batch {
    jsonl_item items[MAX_BATCH_N_ITEMS];
    size_t n_untold[MAX_BATCH_N_ITEMS]; /* bytes read for the item */
    size_t n_items;
    size_t n_bytes;
    bool is_last;
    search_status status; /* of the stream, behind the items */
    search_error why;
} batch;

typedef struct read_ahead {
    jsonl_lines *lines; /* our thread's, with the stream's bytes */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* Under the mutex; a batch from n_taken on to n_made is the caller's, any other is our thread's. */
    size_t n_made;
    size_t n_taken;
    size_t n_bytes; /* in batches that are made and not taken */
    bool is_stopped;
    batch batches[N_BATCHES];
} read_ahead;

/* ---- our thread ------------------------------------------------------------------------------------------------- */

/* A batch to fill; null: nobody wants it any more. */
static batch *wait_for_room(read_ahead *r) {
    pthread_mutex_lock(&r->mutex);
    while (!r->is_stopped && (r->n_made - r->n_taken == N_BATCHES || r->n_bytes >= MAX_AHEAD_N_BYTES))
        pthread_cond_wait(&r->changed, &r->mutex);
    batch *b = r->is_stopped ? NULL : &r->batches[r->n_made % N_BATCHES];
    pthread_mutex_unlock(&r->mutex);
    return b;
}

static void fill(jsonl_lines *lines, batch *b) {
    b->n_items = 0;
    b->n_bytes = 0;
    b->status = SEARCH_OK;
    while (!lines->is_last && b->n_items < MAX_BATCH_N_ITEMS && b->n_bytes < MAX_BATCH_N_BYTES) {
        b->status = jsonl_next(lines, &b->items[b->n_items], &b->why);
        if (b->status != SEARCH_OK)
            break;
        b->n_untold[b->n_items++] = lines->stream->n_untold;
        b->n_bytes += lines->text.n_bytes;
        lines->stream->n_untold = 0;
    }
    b->is_last = lines->is_last || b->status != SEARCH_OK;
}

static void give(read_ahead *r, const batch *b) {
    pthread_mutex_lock(&r->mutex);
    r->n_bytes += b->n_bytes;
    r->n_made++;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->mutex);
}

static void *run(void *context) {
    read_ahead *r = context;
    bool is_last = false;
    batch *b = NULL;
    while (!is_last && (b = wait_for_room(r)) != NULL) {
        fill(r->lines, b);
        is_last = b->is_last;
        give(r, b);
    }
    return NULL;
}

/* ---- the caller's ----------------------------------------------------------------------------------------------- */

static batch *wait_for_batch(read_ahead *r) {
    pthread_mutex_lock(&r->mutex);
    while (r->n_made == r->n_taken)
        pthread_cond_wait(&r->changed, &r->mutex);
    batch *b = &r->batches[r->n_taken % N_BATCHES];
    pthread_mutex_unlock(&r->mutex);
    return b;
}

static void give_back(read_ahead *r, const batch *b) {
    pthread_mutex_lock(&r->mutex);
    r->n_bytes -= b->n_bytes;
    r->n_taken++;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->mutex);
}

/* Delivers the items, or frees them once something failed. */
static search_status conclude(const cable_stream *stream, batch *b, search_status status, search_error *error) {
    for (size_t i = 0; i < b->n_items; i++) {
        if (status != SEARCH_OK) {
            search_record_free(b->items[i].record);
            continue;
        }
        status = jsonl_conclude(stream, &b->items[i], error);
        if (status == SEARCH_OK)
            status = source_tell(stream->sink, b->n_untold[i], error);
    }
    if (status == SEARCH_OK && b->status != SEARCH_OK && error != NULL)
        *error = b->why;
    return status == SEARCH_OK ? b->status : status;
}

static search_status take_batches(read_ahead *r, search_error *error) {
    search_status status = SEARCH_OK;
    bool is_last = false;
    while (status == SEARCH_OK && !is_last) {
        batch *b = wait_for_batch(r);
        status = conclude(r->lines->stream, b, status, error);
        is_last = b->is_last;
        give_back(r, b);
    }
    return status;
}

/* Ends our thread, and frees what it made in vain. */
static void stop(read_ahead *r, pthread_t thread) {
    pthread_mutex_lock(&r->mutex);
    r->is_stopped = true;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->mutex);
    pthread_join(thread, NULL);
    for (; r->n_taken < r->n_made; r->n_taken++)
        conclude(r->lines->stream, &r->batches[r->n_taken % N_BATCHES], SEARCH_E_CANCELLED, NULL);
}

bool jsonl_read_ahead(jsonl_lines *lines, search_status *status, search_error *error) {
    pthread_t thread;
    read_ahead *r = malloc(sizeof *r);
    if (r == NULL)
        return false;
    r->lines = lines;
    r->n_made = 0;
    r->n_taken = 0;
    r->n_bytes = 0;
    r->is_stopped = false;
    pthread_mutex_init(&r->mutex, NULL);
    pthread_cond_init(&r->changed, NULL);
    const bool ok = thread_start(&thread, run, r);
    if (ok) {
        *status = take_batches(r, error);
        stop(r, thread);
    }
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->mutex);
    free(r);
    return ok;
}
