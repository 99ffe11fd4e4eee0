/* The tables of a segment, written by the bulk builder. */
#include "libsearch/index/bulk_tables.h"

#include "libsearch/index/merge.h"
#include "libsearch/support/files.h"
#include "libsearch/support/thread.h"
#include <stdlib.h>
#include <string.h>

/* Of the memory that is allowed, this part is for runs that are kept until they are merged, and for windows on those
 * that were spilled. */
enum { kept_part = 16, window_part = 8, min_window = 4096, max_window = 1 << 20, wait_ms = 100 };

static search_status open_tables(bulk_tables *t, search_error *error) {
    char *lists = file_path(t->store, "termlist.glass");
    char *data = file_path(t->store, "docdata.glass");
    search_status status =
        lists == NULL || data == NULL ? error_memory(error) : glass_table_open(lists, &t->lists, error);
    if (status == SEARCH_OK) {
        status = glass_table_open_optional(data, false, &t->data, error);
    }
    free(lists);
    free(data);
    return status;
}

search_status bulk_tables_open(bulk_tables *t, const segment_options *options, search_error *error) {
    *t = (bulk_tables){.options = options, .records = options->records, .spill = {.file = -1}};
    names_writer_init(&t->names, NULL);
    t->store = file_path(options->directory, SEGMENT_STORE);
    search_status status = t->store == NULL ? error_memory(error) : file_make_directories(t->store, error);
    if (status == SEARCH_OK) {
        status = spill_open(&t->spill, options->directory, options->n_bytes_memory / kept_part, error);
    }
    if (status == SEARCH_OK) {
        status = segment_columns_open(&t->columns, options->directory, options->schema, error);
    }
    return status == SEARCH_OK ? open_tables(t, error) : status;
}

/* ---- taking runs in ---- */

static void count(bulk_tables *t, uint32_t length) {
    glass_statistics *s = &t->statistics;
    buffer_add(&t->lengths, &length, sizeof length);
    s->n_documents++;
    s->last_docid = s->n_documents;
    s->total_length += length;
    s->max_length = length > s->max_length ? length : s->max_length;
    s->min_length = length > 0 && (s->min_length == 0 || length < s->min_length) ? length : s->min_length;
}

static search_status add_tags(bulk_tables *t, const run_builder *run, uint32_t i, search_text json,
                              search_error *error) {
    const built_document *d = &run->documents[i];
    const size_t from = i == 0 ? 0 : run->documents[i - 1].data_end;
    char bytes[5];
    const search_text key = {bytes, glass_docid_key(run->first_docid + i, bytes)};
    const search_text list = {run->tags.bytes + from, d->list_end - from};
    const search_status status = glass_table_add(t->lists, key, list, d->is_list_compressed, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const search_text packed = {run->tags.bytes + d->list_end, d->data_end - d->list_end};
    return glass_table_add(t->data, key, d->is_data_compressed ? packed : json, d->is_data_compressed, error);
}

static search_status add_document(bulk_tables *t, const run_builder *run, uint32_t i, search_error *error) {
    const built_document *d = &run->documents[i];
    const size_t json_from = i == 0 ? 0 : run->documents[i - 1].json_end;
    const size_t row_from = i == 0 ? 0 : run->documents[i - 1].row_end;
    const search_text json = {run->json.bytes + json_from, d->json_end - json_from};
    const uint64_t n_json = json.n_bytes;
    digest_add(&t->records, &n_json, sizeof n_json);
    digest_add(&t->records, json.bytes, json.n_bytes);
    t->n_bytes_text += n_json;
    count(t, d->length);
    const search_status status = add_tags(t, run, i, json, error);
    return status == SEARCH_OK ? segment_columns_add(&t->columns, run->rows.bytes + row_from, error) : status;
}

static bool reserve_run(bulk_tables *t) {
    if (t->n_runs < t->capacity) {
        return true;
    }
    const size_t capacity = t->capacity == 0 ? 64 : t->capacity * 2;
    run_stream *postings = realloc(t->postings, capacity * sizeof *postings);
    t->postings = postings == NULL ? t->postings : postings;
    run_stream *positions = realloc(t->positions, capacity * sizeof *positions);
    t->positions = positions == NULL ? t->positions : positions;
    if (postings == NULL || positions == NULL) {
        return false;
    }
    t->capacity = capacity;
    return true;
}

search_status bulk_tables_add(bulk_tables *t, run_builder *run, search_error *error) {
    search_status status = reserve_run(t) ? SEARCH_OK : error_memory(error);
    for (uint32_t i = 0; i < run->n_documents && status == SEARCH_OK; i++) {
        status = add_document(t, run, i, error);
    }
    if (status != SEARCH_OK || t->lengths.failed) {
        return status == SEARCH_OK ? error_memory(error) : status;
    }
    const uint32_t max_wdf = run->inverter.max_wdf;
    t->statistics.max_wdf = max_wdf > t->statistics.max_wdf ? max_wdf : t->statistics.max_wdf;
    status = spill_add(&t->spill, &run->postings, &t->postings[t->n_runs], error);
    if (status != SEARCH_OK) {
        return status;
    }
    t->positions[t->n_runs] = (run_stream){0};
    t->n_runs++;
    return spill_add(&t->spill, &run->positions, &t->positions[t->n_runs - 1], error);
}

/* ---- merging ---- */

static size_t window_of(const bulk_tables *t) {
    const uint64_t part = t->options->n_bytes_memory / window_part / (2 * t->n_runs + 1);
    return part < min_window ? min_window : part > max_window ? max_window : (size_t)part;
}

/* A merge that may run in a thread of its own. */
typedef struct job {
    const bulk_tables *t;
    merge merge;
    glass_root root;
    search_status status;
    search_error error;
    /* of one in a thread of its own; atomic, or guarded by the mutex */
    bool is_stopped; /* by the other thread */
    bool has_ended;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
} job;

static search_status write_postings(job *j, const char *path, search_error *error) {
    glass_postlist *out = NULL;
    search_status status = glass_postlist_open(path, &out, error);
    for (uint32_t i = 0; i < j->t->statistics.n_documents && status == SEARCH_OK; i++) {
        uint32_t length;
        memcpy(&length, j->t->lengths.bytes + i * sizeof length, sizeof length);
        status = glass_postlist_length(out, i + 1, length, error);
    }
    if (status == SEARCH_OK) {
        status = merge_postings(&j->merge, out, error);
    }
    if (status == SEARCH_OK) {
        status = glass_postlist_finish(out, &j->root, error);
    }
    glass_postlist_free(out);
    return status;
}

static search_status write_positions(job *j, const char *path, search_error *error) {
    glass_positions *out = NULL;
    search_status status = glass_positions_open(path, j->t->options->n_jobs > 1, &out, error);
    if (status == SEARCH_OK) {
        status = merge_positions(&j->merge, out, error);
    }
    if (status == SEARCH_OK) {
        status = glass_positions_finish(out, &j->root, error);
    }
    glass_positions_free(out);
    return status;
}

static void run_job(job *j, const char *name, search_status (*write)(job *j, const char *path, search_error *error)) {
    char *path = file_path(j->t->store, name);
    j->status = path == NULL ? error_memory(&j->error) : write(j, path, &j->error);
    free(path);
}

static void *run_positions(void *context) {
    job *j = context;
    run_job(j, "position.glass", write_positions);
    pthread_mutex_lock(&j->mutex);
    __atomic_store_n(&j->has_ended, true, __ATOMIC_RELEASE);
    pthread_cond_signal(&j->ended);
    pthread_mutex_unlock(&j->mutex);
    return NULL;
}

static search_status stopped(search_error *error) {
    return error_set(error, SEARCH_E_CANCELLED, "writer.cancelled", "the build was cancelled");
}

static search_status tick_in_thread(void *context, search_error *error) {
    const job *j = context;
    return __atomic_load_n(&j->is_stopped, __ATOMIC_RELAXED) ? stopped(error) : SEARCH_OK;
}

/* What the caller's thread does meanwhile. */
typedef struct beside {
    const merge *how;
    const job *positions;
} beside;

/* Goes on no longer when the other thread has failed. */
static search_status tick_beside(void *context, search_error *error) {
    const beside *b = context;
    const bool has_failed =
        __atomic_load_n(&b->positions->has_ended, __ATOMIC_ACQUIRE) && b->positions->status != SEARCH_OK;
    return has_failed ? stopped(error) : b->how->tick(b->how->context, error);
}

static search_status write_columns(bulk_tables *t, search_error *error) {
    char *path = file_path(t->options->directory, SEGMENT_COLUMN_FILE);
    const search_status status = path == NULL
                                     ? error_memory(error)
                                     : segment_columns_write(&t->columns, &t->names, t->options->known, path, error);
    free(path);
    return status;
}

/* Waits for the other thread and tells of progress; a tick that says so, or a failure before, stops it. */
static search_status wait_for_positions(job *positions, pthread_t thread, const merge *how, search_status status,
                                        search_error *error) {
    pthread_mutex_lock(&positions->mutex);
    while (!positions->has_ended) {
        __atomic_store_n(&positions->is_stopped, status != SEARCH_OK, __ATOMIC_RELAXED);
        thread_wait(&positions->ended, &positions->mutex, wait_ms);
        if (!positions->has_ended && status == SEARCH_OK) {
            pthread_mutex_unlock(&positions->mutex);
            status = how->tick(how->context, error);
            pthread_mutex_lock(&positions->mutex);
        }
    }
    pthread_mutex_unlock(&positions->mutex);
    pthread_join(thread, NULL);
    return status;
}

/* Both tables, side by side when there may be two threads; the columns behind that which is done sooner. */
static search_status merge_runs(bulk_tables *t, const merge *how, glass_roots *roots, search_error *error) {
    job postings = {.t = t, .merge = *how};
    job positions = {.t = t, .merge = *how};
    beside both = {how, &positions};
    pthread_t thread;
    postings.merge.streams = t->postings;
    postings.merge.tick = tick_beside;
    postings.merge.context = &both;
    positions.merge.streams = t->positions;
    positions.merge.tick = tick_in_thread;
    positions.merge.context = &positions;
    pthread_mutex_init(&positions.mutex, NULL);
    pthread_cond_init(&positions.ended, NULL);
    const bool is_apart = t->options->n_jobs > 1 && thread_start(&thread, run_positions, &positions);
    run_job(&postings, "postlist.glass", write_postings);
    if (postings.status == SEARCH_OK) {
        postings.status = write_columns(t, &postings.error);
    }
    if (is_apart) {
        postings.status = wait_for_positions(&positions, thread, how, postings.status, &postings.error);
    } else if (postings.status == SEARCH_OK) {
        positions.merge.tick = how->tick;
        positions.merge.context = how->context;
        run_positions(&positions);
    }
    pthread_mutex_destroy(&positions.mutex);
    pthread_cond_destroy(&positions.ended);
    const bool is_first = positions.status != SEARCH_OK && !positions.is_stopped;
    const job *failed = postings.status != SEARCH_OK && !is_first ? &postings : &positions;
    if (failed->status != SEARCH_OK && error != NULL) {
        *error = failed->error;
    }
    roots->postlist = postings.root;
    roots->position = positions.root;
    return failed->status;
}

/* ---- the end ---- */

static int hex_value(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The UUID is drawn from the records, so that equal builds give equal bytes; its version says that it is not random. */
static search_status write_version(const bulk_tables *t, const glass_roots *roots, const char *hex,
                                   search_error *error) {
    unsigned char uuid[16];
    for (size_t i = 0; i < sizeof uuid; i++) {
        uuid[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
    }
    uuid[6] = (unsigned char)((uuid[6] & 0x0F) | 0x80);
    uuid[8] = (unsigned char)((uuid[8] & 0x3F) | 0x80);
    char *path = file_path(t->store, "iamglass");
    const search_status status =
        path == NULL ? error_memory(error) : glass_write_version(path, uuid, roots, &t->statistics, error);
    free(path);
    return status;
}

static void add_file(segment_summary *out, const char *path, const glass_root *root) {
    if (root->n_blocks > 0) {
        segment_file *f = &out->files[out->n_files++];
        f->path = path;
        f->checksum = root->checksum;
        memcpy(f->sha256, root->digest, sizeof f->sha256);
    }
}

search_status bulk_tables_finish(bulk_tables *t, search_status (*tick)(void *context, search_error *error),
                                 void *context, segment_summary *out, search_error *error) {
    glass_roots roots = {0};
    *out = (segment_summary){.n_records = t->statistics.n_documents, .n_bytes_text = t->n_bytes_text};
    digest_finish(&t->records, out->records_sha256);
    search_status status = glass_table_finish(t->lists, &roots.termlist, error);
    if (status == SEARCH_OK) {
        status = glass_table_finish(t->data, &roots.docdata, error);
    }
    const merge how = {
        .spill = &t->spill, .n_streams = t->n_runs, .n_window = window_of(t), .tick = tick, .context = context};
    if (status == SEARCH_OK) {
        status = merge_runs(t, &how, &roots, error);
    }
    add_file(out, "xapian/docdata.glass", &roots.docdata);
    add_file(out, "xapian/position.glass", &roots.position);
    add_file(out, "xapian/postlist.glass", &roots.postlist);
    add_file(out, "xapian/termlist.glass", &roots.termlist);
    return status == SEARCH_OK ? write_version(t, &roots, out->records_sha256, error) : status;
}

void bulk_tables_close(bulk_tables *t) {
    for (size_t i = 0; i < t->n_runs; i++) {
        run_stream_free(&t->postings[i]);
        run_stream_free(&t->positions[i]);
    }
    free(t->postings);
    free(t->positions);
    glass_table_free(t->lists);
    glass_table_free(t->data);
    spill_close(&t->spill);
    segment_columns_close(&t->columns);
    names_writer_free(&t->names);
    buffer_free(&t->lengths);
    free(t->store);
}
