/* From staged records to a published generation: build, verify, judge, publish, and say in runs/last-run.json what was
 * done. */
#include "libsearch/index/writer.h"

#include "libsearch/index/check.h"
#include "libsearch/index/segment.h"
#include "libsearch/support/digest.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { lock_slice_ms = 100, default_n_keep = 2 };

/* How much the builder may use: what the options say, or what suits the machine. */
enum { max_jobs = 64, memory_part = 4 };
static const uint64_t min_memory = UINT64_C(64) << 20;
static const uint64_t n_bytes_of_job = UINT64_C(64) << 20;
static const uint64_t max_default_memory = UINT64_C(2) << 30;

typedef struct commit {
    search_writer *w;
    segment_builder *builder;
    char *segment;
    manifest contents;
    segment_summary summary;
    uint64_t n_carried;
    uint64_t n_total;
    bool via_xapian;
} commit;

/* ---- resources ---- */

static uint64_t memory_of(const search_writer_options *options) {
    const long n_pages = sysconf(_SC_PHYS_PAGES);
    const long n_bytes_page = sysconf(_SC_PAGESIZE);
    uint64_t n = options->n_bytes_memory;
    if (n == 0 && n_pages > 0 && n_bytes_page > 0) {
        n = (uint64_t)n_pages * (uint64_t)n_bytes_page / memory_part;
        n = n < max_default_memory ? n : max_default_memory;
    }
    return n < min_memory ? min_memory : n;
}

/* A thread knows words and terms, and so holds some memory whatever it does. */
size_t writer_n_jobs(const search_writer_options *options) {
    const long n_online = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t n = options->n_jobs > 0 ? options->n_jobs : n_online > 0 ? (size_t)n_online : 1;
    const uint64_t n_held = memory_of(options) / n_bytes_of_job;
    const size_t n_allowed = n_held < max_jobs ? (size_t)n_held : max_jobs;
    return n < n_allowed ? n : n_allowed;
}

/* ---- what goes into the generation ---- */

static search_status add_staged(void *context, search_text frame, search_error *error) {
    commit *c = context;
    return segment_builder_add(c->builder, frame, c->w->options.mode == SEARCH_WRITE_UPDATE, error);
}

/* Whether a record of the old generation lives on: an update keeps all it did not touch; a rebuild carries over what
 * updates put and no source gave. */
static bool lives_on(const search_writer *w, uint32_t docid) {
    const snapshot *old = w->old;
    if (staging_find(&w->staged, column_string(&old->ids, docid - 1)) != STAGING_ABSENT) {
        return false;
    }
    return w->options.mode == SEARCH_WRITE_UPDATE || (!w->options.exact && old->origin[docid - 1] != 0);
}

typedef search_status (*old_visit)(commit *c, const search_record *record, bool put_by_update, search_error *error);

static search_status each_old(commit *c, old_visit visit, search_error *error) {
    const snapshot *old = c->w->old;
    search_status status = SEARCH_OK;
    for (uint32_t docid = 1; old != NULL && docid <= old->n_documents && status == SEARCH_OK; docid++) {
        if (!lives_on(c->w, docid)) {
            continue;
        }
        search_record *record = NULL;
        status = snapshot_record(old, c->w->old_reader, docid, &record, error);
        if (status == SEARCH_OK) {
            status = visit(c, record, old->origin[docid - 1] != 0, error);
        }
        search_record_free(record);
    }
    return status;
}

static search_status count_old(commit *c, const search_record *record, bool put_by_update, search_error *error) {
    (void)put_by_update;
    c->n_total++;
    return staging_note_keys(&c->w->staged, record, error);
}

static search_status add_old(commit *c, const search_record *record, bool put_by_update, search_error *error) {
    buffer frame = {0};
    c->n_carried++;
    const search_status status =
        record_frame_write(&frame, record)
            ? segment_builder_add(c->builder, (search_text){frame.bytes, frame.n_bytes}, put_by_update, error)
            : error_memory(error);
    buffer_free(&frame);
    return status;
}

/* An update keeps the old order and appends; a rebuild follows its sources and carries over behind them. */
static search_status add_all(commit *c, search_error *error) {
    const bool is_update = c->w->options.mode == SEARCH_WRITE_UPDATE;
    search_status status = is_update ? each_old(c, add_old, error) : SEARCH_OK;
    if (status == SEARCH_OK) {
        status = staging_each(&c->w->staged, add_staged, c, error);
    }
    if (status == SEARCH_OK && !is_update) {
        status = each_old(c, add_old, error);
        c->w->summary.n_carried = c->n_carried;
    }
    return status;
}

/* ---- build and verify ---- */

static void digest_aliases(digest *d, const aliases *known) {
    for (size_t i = 0; i < known->n; i++) {
        const alias *a = &known->list[i];
        digest_add(d, &a->asked.n_bytes, sizeof a->asked.n_bytes);
        digest_add(d, a->asked.bytes, a->asked.n_bytes);
        digest_add(d, &a->found.n_bytes, sizeof a->found.n_bytes);
        digest_add(d, a->found.bytes, a->found.n_bytes);
    }
}

static search_status tick(void *context, const char *phase, uint64_t n_done, search_error *error) {
    const commit *c = context;
    return writer_progress(c->w, phase, n_done, c->n_total, error);
}

static search_status open_builder(commit *c, const aliases *known, search_error *error) {
    const search_writer *w = c->w;
    segment_options options = {.schema = w->schema,
                               .known = known,
                               .via_xapian = c->via_xapian,
                               .n_jobs = writer_n_jobs(&w->options),
                               .n_bytes_memory = memory_of(&w->options),
                               .tick = tick,
                               .context = c};
    c->segment = file_path(w->build.path, MANIFEST_SEGMENT);
    if (c->segment == NULL) {
        return error_memory(error);
    }
    options.directory = c->segment;
    digest_start(&options.records);
    digest_add(&options.records, analyzer_fingerprint(), strlen(analyzer_fingerprint()));
    digest_aliases(&options.records, known);
    return segment_builder_new(&options, &c->builder, error);
}

static search_status build(commit *c, search_error *error) {
    search_writer *w = c->w;
    const aliases *known = w->options.mode == SEARCH_WRITE_UPDATE ? &w->old->known : &w->known;
    c->n_total = w->staged.n_put;
    search_status status = each_old(c, count_old, error);
    if (status == SEARCH_OK) {
        status = staging_add_fields(&w->staged, w->schema, error);
    }
    if (status == SEARCH_OK) {
        status = open_builder(c, known, error);
    }
    if (status == SEARCH_OK) {
        status = add_all(c, error);
    }
    if (status == SEARCH_OK) {
        status = segment_builder_finish(c->builder, &c->summary, error);
    }
    segment_builder_free(c->builder);
    c->builder = NULL;
    c->contents.n_records = c->summary.n_records;
    c->contents.n_bytes_text = c->summary.n_bytes_text;
    return status;
}

static search_status write_manifest(commit *c, search_error *error) {
    strncpy(c->contents.analyzer, analyzer_fingerprint(), sizeof c->contents.analyzer - 1);
    c->contents.schema = schema_clone(c->w->schema);
    if (c->contents.schema == NULL) {
        return error_memory(error);
    }
    const search_status status = manifest_collect(&c->contents, c->w->build.path, &c->summary, error);
    return status == SEARCH_OK ? manifest_write(&c->contents, c->w->build.path, error) : status;
}

static search_status refused(const char *id, search_error *error, const char *what, const char *name) {
    const search_status status = error_set(error, SEARCH_E_REFUSED, id, what, name);
    error_hint(error, "the old index still serves; publish this one all the same with --force");
    return status;
}

/* Results that more likely come from a broken source than from a changed archive. */
static search_status judge(const commit *c, const snapshot *built, search_error *error) {
    const search_writer *w = c->w;
    if (w->options.strict && w->summary.n_skipped > 0) {
        return error_set(error, SEARCH_E_REFUSED, "writer.strict", "%llu records were skipped, and the build is strict",
                         (unsigned long long)w->summary.n_skipped);
    }
    if (w->options.force) {
        return SEARCH_OK;
    }
    if (w->empty_source != NULL) {
        return refused("writer.empty_source", error, "%s holds no records", w->empty_source);
    }
    if (w->old == NULL || w->options.mode == SEARCH_WRITE_UPDATE) {
        return SEARCH_OK;
    }
    if ((double)built->n_documents < 0.8 * w->old->n_documents) {
        char counts[64];
        snprintf(counts, sizeof counts, "%u records instead of %u", built->n_documents, w->old->n_documents);
        return refused("writer.shrunk", error, "the new index would have %s", counts);
    }
    for (size_t i = 0; i < w->old->n_facets; i++) {
        const snapshot_facet *f = &w->old->facets[i];
        const size_t now = snapshot_facet_find(built, search_text_of(f->name));
        if (f->column.values.n > 0 && (now == SIZE_MAX || built->facets[now].column.values.n == 0)) {
            return refused("writer.facet_gone", error, "no record has a value of the facet \"%s\" any more", f->name);
        }
    }
    return SEARCH_OK;
}

/* The first and the last record are found by their ids and read. */
static search_status probe(snapshot *built, search_error *error) {
    reader *r = NULL;
    search_status status = snapshot_take_reader(built, &r, error);
    const uint32_t docids[] = {1, built->n_documents};
    for (size_t i = 0; i < 2 && built->n_documents > 0 && status == SEARCH_OK; i++) {
        uint32_t found = 0;
        search_record *record = NULL;
        status = snapshot_find(built, r, column_string(&built->ids, docids[i] - 1), &found, error);
        if (status == SEARCH_OK && found != docids[i]) {
            status = error_set(error, SEARCH_E_INTERNAL, "writer.probe", "the new index does not find what was put");
        }
        if (status == SEARCH_OK) {
            status = snapshot_record(built, r, found, &record, error);
        }
        search_record_free(record);
    }
    snapshot_give_reader(built, r);
    return status;
}

static bool on_check_progress(void *context, const search_progress *progress) {
    const commit *c = context;
    return writer_progress(c->w, "verify", progress->n_records, progress->n_records_total, NULL) == SEARCH_OK;
}

static search_status verify(commit *c, search_error *error) {
    snapshot *built = NULL;
    search_status status = snapshot_open_path(c->w->build.path, &built, error);
    if (status == SEARCH_OK) {
        status = c->w->options.verify_full
                     ? check_built(c->w->build.path, on_check_progress, c, error)
                     : manifest_verify(&c->contents, c->w->build.path, writer_n_jobs(&c->w->options), error);
    }
    if (status == SEARCH_OK) {
        status = probe(built, error);
    }
    if (status == SEARCH_OK) {
        status = judge(c, built, error);
    }
    snapshot_close(built);
    return status;
}

/* ---- the run ---- */

static size_t n_kept(const search_writer *w) {
    return w->options.n_keep == 0 ? default_n_keep : w->options.n_keep;
}

static json_t *sources_of(const search_writer *w) {
    json_t *list = json_array();
    const char *end = w->sources.bytes == NULL ? NULL : w->sources.bytes + w->sources.n_bytes;
    for (const char *at = w->sources.bytes; at != NULL && at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        json_array_append_new(list, json_stringn(at, (size_t)(newline - at)));
        at = newline + 1;
    }
    return list;
}

static void time_text(time_t when, char out[32]) {
    struct tm parts;
    gmtime_r(&when, &parts);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static const char *builder_of(const commit *c) {
    return !c->via_xapian ? "bulk" : c->w->options.via_xapian ? "xapian" : "fallback";
}

/* What this attempt did.  Failing to say so does not undo a published generation. */
static void write_run(const commit *c, search_status outcome, const search_error *error, const char *stream) {
    const search_writer *w = c->w;
    char started[32];
    char finished[32];
    char host[256] = "";
    time_text(w->started, started);
    time_text(time(NULL), finished);
    gethostname(host, sizeof host - 1);
    const search_write_summary *s = &w->summary;
    json_t *run = json_pack("{s:i, s:s, s:s, s:s, s:f, s:s, s:o, s:s}", "format", 1, "started", started, "finished",
                            finished, "host", host, "seconds", s->seconds, "mode",
                            w->options.mode == SEARCH_WRITE_UPDATE ? "update" : "rebuild", "sources", sources_of(w),
                            "records_sha256", stream);
    json_t *counts =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "records", (json_int_t)s->n_records, "added",
                  (json_int_t)s->n_added, "replaced", (json_int_t)s->n_replaced, "deleted", (json_int_t)s->n_deleted,
                  "carried", (json_int_t)s->n_carried, "skipped", (json_int_t)s->n_skipped);
    json_t *options =
        json_pack("{s:b, s:b, s:b, s:I}", "force", w->options.force ? 1 : 0, "exact", w->options.exact ? 1 : 0,
                  "strict", w->options.strict ? 1 : 0, "keep", (json_int_t)n_kept(w));
    json_t *phases = json_object();
    for (size_t i = 0; i < w->n_phases; i++) {
        json_object_set_new(phases, w->phases[i].name, json_real(w->phases[i].seconds));
    }
    json_object_set_new(run, "builder", json_string(builder_of(c)));
    json_object_set_new(run, "phases", phases);
    json_object_set_new(run, "counts", counts);
    json_object_set_new(run, "options", options);
    json_object_set_new(run, "outcome", json_string(outcome == SEARCH_OK ? "published" : search_status_name(outcome)));
    json_object_set_new(run, "generation", outcome == SEARCH_OK ? json_string(s->generation) : json_null());
    json_object_set_new(run, "error", outcome == SEARCH_OK ? json_null() : json_string(error->message));
    char *text = json_dumps(run, JSON_INDENT(1));
    if (text != NULL) {
        publish_write_run(w->directory, text, strlen(text), NULL);
    }
    free(text);
    json_decref(run);
}

static void close_old(search_writer *w) {
    if (w->old != NULL) {
        snapshot_give_reader(w->old, w->old_reader);
        snapshot_close(w->old);
    }
    w->old = NULL;
    w->old_reader = NULL;
}

/* The generation to carry over from and to compare with.  A damaged one, or one of another format, is nothing to go by,
 * and a rebuild is what mends it: that is reported.  Any other failure stops the build, or records would be lost. */
static search_status open_old(search_writer *w, search_error *error) {
    close_old(w);
    search_status status = publish_current(w->directory, w->old_name, error);
    if (status == SEARCH_E_NO_INDEX) {
        error_clear(error);
        return SEARCH_OK;
    }
    if (status == SEARCH_OK) {
        status = snapshot_open(w->directory, w->old_name, &w->old, error);
    }
    if (status == SEARCH_OK) {
        return snapshot_take_reader(w->old, &w->old_reader, error);
    }
    if (status != SEARCH_E_CORRUPT && status != SEARCH_E_FORMAT && status != SEARCH_E_NO_INDEX) {
        return status;
    }
    error_clear(error);
    const search_report report = {w->directory, 0, "index.old_unreadable",
                                  "the old index cannot be read: nothing is carried over from it", false};
    writer_report(w, &report);
    return SEARCH_OK;
}

static void count(search_writer *w, const manifest *contents) {
    search_write_summary *s = &w->summary;
    s->n_records = contents->n_records;
    s->n_replaced = w->n_repeated;
    if (w->options.mode == SEARCH_WRITE_UPDATE) {
        s->n_replaced = 0;
        for (uint32_t i = 0; i < w->old->n_documents; i++) {
            const staging_state state = staging_find(&w->staged, column_string(&w->old->ids, i));
            s->n_replaced += state == STAGING_PUT ? 1 : 0;
            s->n_deleted += state == STAGING_DELETED ? 1 : 0;
        }
        s->n_added = w->staged.n_put - s->n_replaced;
    } else {
        s->n_added = w->staged.n_put;
    }
}

static void commit_clear(commit *c) {
    segment_builder_free(c->builder);
    manifest_free(&c->contents);
    free(c->segment);
    *c = (commit){.w = c->w, .via_xapian = c->via_xapian};
}

static search_status remove_build(commit *c, search_error *error) {
    char *manifest_path = file_path(c->w->build.path, MANIFEST_NAME);
    search_status status = manifest_path == NULL ? error_memory(error) : file_remove_tree(manifest_path, error);
    free(manifest_path);
    if (status == SEARCH_OK) {
        status = file_remove_tree(c->segment, error);
    }
    commit_clear(c);
    return status;
}

/* Whether this libxapian opens what was built. */
static search_status try_store(const commit *c, search_error *error) {
    xapian_database *store = NULL;
    char *path = file_path(c->segment, SEGMENT_STORE);
    const search_status status = path == NULL ? error_memory(error) : xapian_database_open(path, &store, error);
    xapian_database_free(store);
    free(path);
    return status;
}

/* The tables of the bulk builder have one format.  A libxapian that reads another one indexes by itself from then on:
 * slowly, but there is an index. */
static search_status build_readable(commit *c, search_error *error) {
    search_status status = build(c, error);
    if (status != SEARCH_OK || c->via_xapian) {
        return status;
    }
    status = try_store(c, error);
    if (status != SEARCH_E_FORMAT) {
        return status;
    }
    const search_report report = {c->w->directory, 0, "index.glass_refused",
                                  "libxapian does not open what the bulk builder wrote, so it indexes itself, which is "
                                  "many times slower",
                                  false};
    writer_report(c->w, &report);
    error_clear(error);
    c->via_xapian = true;
    status = remove_build(c, error);
    return status == SEARCH_OK ? build(c, error) : status;
}

/* Builds and verifies a whole generation in the build directory. */
static search_status build_generation(commit *c, char hex[DIGEST_N_HEX + 1], search_error *error) {
    search_writer *w = c->w;
    search_status status = build_readable(c, error);
    if (status == SEARCH_OK) {
        memcpy(hex, c->summary.records_sha256, DIGEST_N_HEX + 1);
        count(w, &c->contents);
        status = write_manifest(c, error);
    }
    if (status == SEARCH_OK) {
        status = writer_progress(w, "verify", c->contents.n_records, c->n_total, error);
    }
    return status == SEARCH_OK ? verify(c, error) : status;
}

/* Waits for the lock in slices, so that cancelling is heard. */
static search_status wait_for_lock(commit *c, search_error *error) {
    uint32_t left_ms = c->w->options.lock_timeout_ms;
    for (;;) {
        const uint32_t slice_ms = left_ms < lock_slice_ms ? left_ms : lock_slice_ms;
        search_status status = publish_lock(c->w->directory, slice_ms, &c->w->lock, error);
        left_ms -= slice_ms;
        if (status != SEARCH_E_LOCKED || left_ms == 0) {
            return status;
        }
        status = writer_progress(c->w, "publish", c->contents.n_records, c->n_total, error);
        if (status != SEARCH_OK) {
            return status;
        }
    }
}

/* Takes the lock.  What an update published while a rebuild was building must live on, so then it builds once more, now
 * with the update's generation as the old one and nobody able to publish. */
static search_status lock_to_publish(commit *c, char hex[DIGEST_N_HEX + 1], search_error *error) {
    search_writer *w = c->w;
    if (w->lock >= 0) {
        return SEARCH_OK;
    }
    search_status status = wait_for_lock(c, error);
    if (status != SEARCH_OK) {
        return status;
    }
    char name[GENERATION_NAME_SIZE];
    publish_current(w->directory, name, NULL);
    if (strcmp(name, w->old_name) == 0) {
        return SEARCH_OK;
    }
    status = remove_build(c, error);
    if (status == SEARCH_OK) {
        status = open_old(w, error);
    }
    return status == SEARCH_OK ? build_generation(c, hex, error) : status;
}

static search_status run(commit *c, char hex[DIGEST_N_HEX + 1], search_error *error) {
    search_writer *w = c->w;
    search_status status = w->options.mode == SEARCH_WRITE_UPDATE ? SEARCH_OK : open_old(w, error);
    if (status == SEARCH_OK) {
        status = build_generation(c, hex, error);
    }
    if (status == SEARCH_OK) {
        status = lock_to_publish(c, hex, error);
    }
    if (status == SEARCH_OK) {
        status = writer_progress(w, "publish", c->contents.n_records, c->n_total, error);
    }
    if (status == SEARCH_OK) {
        staging_close(&w->staged);
        status = publish_generation(w->directory, &w->build, hex, w->summary.generation, error);
    }
    return status;
}

search_status search_writer_commit(search_writer *w, search_write_summary *summary, search_error *error) {
    search_error local;
    search_error *told = error == NULL ? &local : error;
    error_clear(told);
    if (summary != NULL) {
        memset(summary, 0, sizeof *summary);
    }
    if (w->is_finished) {
        return writer_is_finished(told);
    }
    w->is_finished = true;
    commit c = {.w = w, .via_xapian = w->options.via_xapian};
    char hex[DIGEST_N_HEX + 1] = "";
    const search_status status = run(&c, hex, told);
    w->summary.seconds = writer_seconds_since(&w->clock);
    writer_end_phases(w);
    write_run(&c, status, told, hex);
    if (status == SEARCH_OK) {
        error_clear(told);
        close_old(w);
        publish_prune(w->directory, n_kept(w));
        if (summary != NULL) {
            *summary = w->summary;
        }
    }
    commit_clear(&c);
    return status;
}
