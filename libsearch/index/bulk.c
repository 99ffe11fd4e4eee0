/* Batches and threads. */
#include "libsearch/index/bulk.h"

#include "libsearch/index/bulk_tables.h"
#include "libsearch/index/run_builder.h"
#include "libsearch/support/thread.h"
#include <stdlib.h>
#include <string.h>

/* What a thread knows of words and terms takes up to so many bytes.  A batch of n bytes makes its thread hold about
 * this many times n until its run is taken in; another n is being filled and n is waiting. */
enum { n_bytes_known = 30 << 20, held_by_thread = 24, held_elsewhere = 3 };
/* Larger batches are no faster, and would leave small sources to one thread. */
enum { min_batch_n_bytes = 1 << 16, max_batch_n_bytes = 4 << 20, max_batch_n_documents = 1 << 13 };
enum { tick_every = 64, wait_ms = 100 };

typedef struct worker {
    struct bulk *bulk;
    pthread_t thread;
    run_builder builder;
} worker;

struct bulk {
    segment_options options;
    bulk_tables tables; /* of the thread whose turn it is, and after the last of the one that finishes */
    size_t batch_n_bytes;
    batch filling; /* by the thread that adds */
    uint32_t n_added;
    worker *workers;
    size_t n_workers;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* guarded by the mutex */
    batch waiting; /* for a worker; none when it has no documents */
    uint64_t n_submitted;
    uint64_t n_taken;
    uint64_t turn;   /* the number of the batch whose run is taken in next */
    uint64_t n_done; /* records taken in */
    bool is_closed;  /* nothing more is submitted */
    search_status status;
    search_error error;
};

search_status bulk_open(const segment_options *options, bulk **out, search_error *error) {
    bulk *b = calloc(1, sizeof *b);
    *out = b;
    if (b == NULL) {
        return error_memory(error);
    }
    b->options = *options;
    pthread_mutex_init(&b->mutex, NULL);
    pthread_cond_init(&b->changed, NULL);
    const uint64_t n_known = options->n_jobs * (uint64_t)n_bytes_known;
    const uint64_t n_left = options->n_bytes_memory > n_known ? options->n_bytes_memory - n_known : 0;
    const uint64_t part = n_left / (held_by_thread * options->n_jobs + held_elsewhere);
    b->batch_n_bytes = part < min_batch_n_bytes   ? min_batch_n_bytes
                       : part > max_batch_n_bytes ? max_batch_n_bytes
                                                  : (size_t)part;
    b->workers = calloc(options->n_jobs, sizeof *b->workers);
    const search_status status = bulk_tables_open(&b->tables, &b->options, error);
    return status == SEARCH_OK && b->workers == NULL ? error_memory(error) : status;
}

/* ---- the threads ---- */

/* Takes the batch that waits, and its number; false when there is nothing more to do. */
static bool take_batch(bulk *b, batch *out, uint64_t *number) {
    pthread_mutex_lock(&b->mutex);
    while (b->waiting.n_documents == 0 && !b->is_closed && b->status == SEARCH_OK) {
        pthread_cond_wait(&b->changed, &b->mutex);
    }
    const bool has_batch = b->waiting.n_documents > 0 && b->status == SEARCH_OK;
    if (has_batch) {
        *out = b->waiting;
        *number = b->n_taken++;
        b->waiting = (batch){0};
        pthread_cond_broadcast(&b->changed);
    }
    pthread_mutex_unlock(&b->mutex);
    return has_batch;
}

/* Waits until all batches before were taken in; false when the build has failed. */
static bool wait_for_turn(bulk *b, uint64_t number) {
    pthread_mutex_lock(&b->mutex);
    while (b->turn != number && b->status == SEARCH_OK) {
        pthread_cond_wait(&b->changed, &b->mutex);
    }
    const bool goes_on = b->status == SEARCH_OK;
    pthread_mutex_unlock(&b->mutex);
    return goes_on;
}

static void end_turn(bulk *b, uint32_t n_documents, search_status status, const search_error *error) {
    pthread_mutex_lock(&b->mutex);
    b->turn++;
    b->n_done += n_documents;
    if (status != SEARCH_OK) {
        b->status = status;
        b->error = *error;
    }
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->mutex);
}

static void *run_worker(void *context) {
    worker *w = context;
    search_error error = {0};
    batch at_hand = {0};
    uint64_t number = 0;
    search_status status = run_builder_open(&w->builder, w->bulk->options.schema, &error);
    while (take_batch(w->bulk, &at_hand, &number)) {
        if (status == SEARCH_OK) {
            status = run_builder_build(&w->builder, &at_hand, &error);
        }
        buffer_free(&at_hand.frames);
        if (!wait_for_turn(w->bulk, number)) {
            break;
        }
        if (status == SEARCH_OK) {
            status = bulk_tables_add(&w->bulk->tables, &w->builder, &error);
        }
        end_turn(w->bulk, at_hand.n_documents, status, &error);
    }
    return NULL;
}

static bool start_worker(bulk *b) {
    worker *w = &b->workers[b->n_workers];
    w->bulk = b;
    const bool ok = thread_start(&w->thread, run_worker, w);
    b->n_workers += ok ? 1 : 0;
    return ok;
}

static void join_workers(bulk *b) {
    for (size_t i = 0; i < b->n_workers; i++) {
        pthread_join(b->workers[i].thread, NULL);
    }
}

/* ---- the thread that adds ---- */

static search_status tick(void *context, search_error *error) {
    bulk *b = context;
    pthread_mutex_lock(&b->mutex);
    const uint64_t n_done = b->n_done;
    const char *phase = b->is_closed && b->turn == b->n_submitted ? "merge" : "write";
    pthread_mutex_unlock(&b->mutex);
    return b->options.tick(b->options.context, phase, n_done, error);
}

/* Lets go of the mutex for a while, or until something changes, and tells of progress. */
static search_status wait_and_tick(bulk *b, search_error *error) {
    thread_wait(&b->changed, &b->mutex, wait_ms);
    pthread_mutex_unlock(&b->mutex);
    const search_status status = tick(b, error);
    pthread_mutex_lock(&b->mutex);
    return status;
}

static search_status failure(const bulk *b, search_error *error) {
    if (b->status != SEARCH_OK && error != NULL) {
        *error = b->error;
    }
    return b->status;
}

/* Gives what was filled to the workers, one more of them while there are fewer than allowed. */
static search_status submit(bulk *b, search_error *error) {
    search_status status = SEARCH_OK;
    if (b->n_workers < b->options.n_jobs && !start_worker(b) && b->n_workers == 0) {
        return error_set(error, SEARCH_E_SYSTEM, "segment.thread", "cannot start a thread");
    }
    pthread_mutex_lock(&b->mutex);
    while (status == SEARCH_OK && b->waiting.n_documents > 0 && b->status == SEARCH_OK) {
        status = wait_and_tick(b, error);
    }
    if (status == SEARCH_OK) {
        status = failure(b, error);
    }
    if (status == SEARCH_OK) {
        b->waiting = b->filling;
        b->filling = (batch){0};
        b->n_submitted++;
        pthread_cond_broadcast(&b->changed);
    }
    pthread_mutex_unlock(&b->mutex);
    return status;
}

search_status bulk_add(bulk *b, search_text frame, bool put_by_update, search_error *error) {
    search_status status = SEARCH_OK;
    const bool is_full =
        b->filling.frames.n_bytes + frame.n_bytes > b->batch_n_bytes || b->filling.n_documents == max_batch_n_documents;
    if (b->filling.n_documents > 0 && is_full) {
        status = submit(b, error);
    }
    if (status == SEARCH_OK && b->filling.n_documents == 0) {
        b->filling.first_docid = b->n_added + 1;
    }
    if (status == SEARCH_OK && !batch_add(&b->filling, frame, put_by_update)) {
        status = error_memory(error);
    }
    if (status == SEARCH_OK && b->n_added++ % tick_every == 0) {
        status = tick(b, error);
    }
    return status;
}

/* ---- the end ---- */

/* Lets the workers end: when all is done, or at once when the status is a failure. */
static search_status close_workers(bulk *b, search_status status, search_error *error) {
    pthread_mutex_lock(&b->mutex);
    b->is_closed = true;
    pthread_cond_broadcast(&b->changed);
    while (status == SEARCH_OK && b->status == SEARCH_OK && b->turn < b->n_submitted) {
        status = wait_and_tick(b, error);
    }
    if (status == SEARCH_OK) {
        status = failure(b, error);
    }
    b->status = status;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->mutex);
    join_workers(b);
    return status;
}

static search_status take_names(bulk *b, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < b->n_workers; i++) {
        if (status == SEARCH_OK) {
            status = names_merge(&b->tables.names, &b->workers[i].builder.reader.names, error);
        }
        run_builder_close(&b->workers[i].builder);
    }
    b->n_workers = 0;
    return status;
}

search_status bulk_finish(bulk *b, segment_summary *out, search_error *error) {
    search_status status = b->filling.n_documents > 0 ? submit(b, error) : SEARCH_OK;
    status = close_workers(b, status, error);
    const search_status taken = take_names(b, status == SEARCH_OK ? error : NULL);
    status = status == SEARCH_OK ? taken : status;
    return status == SEARCH_OK ? bulk_tables_finish(&b->tables, tick, b, out, error) : status;
}

void bulk_free(bulk *b) {
    if (b == NULL) {
        return;
    }
    if (b->n_workers > 0) {
        close_workers(b, SEARCH_E_CANCELLED, NULL);
        take_names(b, NULL);
    }
    free(b->workers);
    buffer_free(&b->filling.frames);
    buffer_free(&b->waiting.frames);
    bulk_tables_close(&b->tables);
    pthread_mutex_destroy(&b->mutex);
    pthread_cond_destroy(&b->changed);
    free(b);
}
