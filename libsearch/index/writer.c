/* The writing half of the public API: records are staged as they come; commit.c turns them into a generation. */
#include "libsearch/index/writer.h"

#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static search_status check_options(const search_writer_options *given, search_writer_options *out,
                                   search_error *error) {
    static const search_writer_options defaults = SEARCH_WRITER_OPTIONS_INIT;
    *out = defaults;
    if (given == NULL) {
        return SEARCH_OK;
    }
    if (given->size < sizeof(size_t) || given->size > sizeof *out) {
        return error_set(error, SEARCH_E_ARGUMENT, "writer.options", "the options are of another version of libsearch");
    }
    memcpy(out, given, given->size);
    if (out->mode != SEARCH_WRITE_REBUILD && out->mode != SEARCH_WRITE_UPDATE) {
        return error_set(error, SEARCH_E_ARGUMENT, "writer.mode", "the mode is neither rebuild nor update");
    }
    if (out->mode == SEARCH_WRITE_UPDATE && out->aliases.n_bytes > 0) {
        return error_set(error, SEARCH_E_ARGUMENT, "writer.aliases", "an update keeps the aliases of the index");
    }
    return source_check_format(&out->format, error);
}

static search_status choose_schema(search_writer *w, search_error *error) {
    if (w->old != NULL && w->options.mode == SEARCH_WRITE_UPDATE) {
        w->schema = schema_clone(w->old->contents.schema);
        return w->schema == NULL ? error_memory(error) : SEARCH_OK;
    }
    if (w->options.schema == NULL) {
        return search_schema_cables(&w->schema, error);
    }
    w->schema = schema_clone(w->options.schema);
    return w->schema == NULL ? error_memory(error) : SEARCH_OK;
}

/* The text is read now, since it need not outlive the call. */
static search_status read_aliases(search_writer *w, search_error *error) {
    analyzer *words = NULL;
    search_status status = analyzer_new(w->schema->stemmer, &words, error);
    if (status == SEARCH_OK) {
        status = aliases_add_builtin(&w->known, words, error);
    }
    if (status == SEARCH_OK) {
        status = aliases_add(&w->known, w->options.aliases, words, error);
    }
    analyzer_free(words);
    w->options.aliases = (search_text){NULL, 0};
    return status;
}

/* An update works on the generation it found, so it keeps other writers out from the start. */
static search_status open_for_update(search_writer *w, search_error *error) {
    char name[GENERATION_NAME_SIZE];
    search_status status = publish_current(w->directory, name, error);
    if (status == SEARCH_OK) {
        status = publish_lock(w->directory, w->options.lock_timeout_ms, &w->lock, error);
    }
    if (status == SEARCH_OK) {
        status = publish_current(w->directory, name, error);
    }
    if (status == SEARCH_OK) {
        status = snapshot_open(w->directory, name, &w->old, error);
    }
    if (status == SEARCH_OK && strcmp(w->old->contents.analyzer, analyzer_fingerprint()) != 0) {
        status = error_set(error, SEARCH_E_ANALYZER, "index.analyzer", "the index was made by another analyzer (%s)",
                           w->old->contents.analyzer);
        error_hint(error, "rebuild it from its sources with `cables rebuild`");
    }
    if (status == SEARCH_OK) {
        status = snapshot_take_reader(w->old, &w->old_reader, error);
    }
    return status;
}

search_status search_writer_open(const char *directory, const search_writer_options *options, search_writer **out,
                                 search_error *error) {
    error_clear(error);
    *out = NULL;
    if (directory == NULL || directory[0] == '\0') {
        return error_set(error, SEARCH_E_ARGUMENT, "index.no_directory", "no index directory is named");
    }
    search_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return error_memory(error);
    }
    w->lock = -1;
    w->started = time(NULL);
    clock_gettime(CLOCK_MONOTONIC, &w->clock);
    w->directory = strdup(directory);
    search_status status = w->directory == NULL ? error_memory(error) : check_options(options, &w->options, error);
    if (status == SEARCH_OK && w->options.mode == SEARCH_WRITE_UPDATE) {
        status = open_for_update(w, error);
    }
    if (status == SEARCH_OK) {
        status = choose_schema(w, error);
    }
    if (status == SEARCH_OK && w->options.mode == SEARCH_WRITE_REBUILD) {
        status = read_aliases(w, error);
    }
    if (status == SEARCH_OK) {
        status = publish_prepare(w->directory, error);
    }
    if (status == SEARCH_OK) {
        status = build_directory_make(w->directory, &w->build, error);
    }
    if (status == SEARCH_OK) {
        status = staging_open(&w->staged, w->build.path, error);
    }
    if (status != SEARCH_OK) {
        search_writer_free(w);
        return status;
    }
    *out = w;
    return SEARCH_OK;
}

void writer_report(search_writer *w, const search_report *report) {
    w->summary.n_skipped += report->skipped ? 1 : 0;
    if (w->options.on_report != NULL) {
        w->options.on_report(w->options.context, report);
    }
}

double writer_seconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

void writer_end_phases(search_writer *w) {
    if (w->phase < w->n_phases) {
        w->phases[w->phase].seconds += writer_seconds_since(&w->phases[w->phase].began);
    }
    w->phase = WRITER_N_PHASES;
}

static void begin_phase(search_writer *w, const char *name) {
    if (w->phase < w->n_phases && strcmp(w->phases[w->phase].name, name) == 0) {
        return;
    }
    writer_end_phases(w);
    size_t i = 0;
    while (i < w->n_phases && strcmp(w->phases[i].name, name) != 0) {
        i++;
    }
    if (i == w->n_phases && i < WRITER_N_PHASES) {
        w->phases[w->n_phases++].name = name;
    }
    w->phase = i;
    if (i < w->n_phases) {
        clock_gettime(CLOCK_MONOTONIC, &w->phases[i].began);
    }
}

search_status writer_progress(search_writer *w, const char *phase, uint64_t n_records, uint64_t n_total,
                              search_error *error) {
    begin_phase(w, phase);
    const search_progress progress = {phase, n_records, n_total, w->summary.n_bytes_read};
    if (w->options.on_progress == NULL || w->options.on_progress(w->options.context, &progress)) {
        return SEARCH_OK;
    }
    return error_set(error, SEARCH_E_CANCELLED, "writer.cancelled", "the build was cancelled");
}

/* The part of an id that a sentence has room for. */
static int shown(search_text id) {
    return (int)utf8_cut(id.bytes, id.n_bytes, 160);
}

static void report_doubt(search_writer *w, const char *source, size_t line, const search_error *why) {
    writer_report(w, &(search_report){source, line, why->id, why->message, false});
}

static void report_before(search_writer *w, const search_record *record, const char *source, size_t line,
                          const staging_before *before) {
    const search_text id = search_record_value(record, "id", 0);
    search_error why;
    if (before->was_put) {
        w->n_repeated++;
        error_set(&why, SEARCH_E_INPUT, "record.duplicate_id", "the id \"%.*s\" was there already; the last one wins",
                  shown(id), id.bytes);
        report_doubt(w, source, line, &why);
    }
    if (before->twin.bytes != NULL) {
        error_set(&why, SEARCH_E_INPUT, "record.duplicate_content",
                  "the record \"%.*s\" has the title and body of the record \"%.*s\"", shown(id), id.bytes,
                  shown(before->twin), before->twin.bytes);
        report_doubt(w, source, line, &why);
    }
}

static search_status put(search_writer *w, const search_record *record, const char *source, size_t line,
                         search_error *error) {
    if (search_record_n_values(record, "body") == 0 && search_record_n_values(record, "title") == 0) {
        return error_set(error, SEARCH_E_INPUT, "record.empty", "the record has neither a body nor a title");
    }
    search_record *copy = NULL;
    if (search_record_n_values(record, "id") == 0) {
        copy = record_clone(record);
        const search_status status = copy == NULL ? error_memory(error) : record_complete_id(copy, error);
        if (status != SEARCH_OK) {
            search_record_free(copy);
            return status;
        }
        record = copy;
    }
    staging_before before;
    const search_status status = staging_put(&w->staged, record, &before, error);
    if (status == SEARCH_OK) {
        report_before(w, record, source, line, &before);
    }
    search_record_free(copy);
    return status;
}

search_status search_writer_put(search_writer *w, const search_record *record, search_error *error) {
    error_clear(error);
    return w->is_finished ? writer_is_finished(error) : put(w, record, "", 0, error);
}

search_status writer_is_finished(search_error *error) {
    return error_set(error, SEARCH_E_ARGUMENT, "writer.finished", "the writer was committed already");
}

/* ---- sources ---- */

typedef struct source_run {
    search_writer *w;
    uint64_t n_records;
} source_run;

static search_status on_record(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error) {
    source_run *run = context;
    const search_status status = put(run->w, record, source, line, error);
    run->n_records += status == SEARCH_OK ? 1 : 0;
    return status;
}

static void on_report(void *context, const search_report *report) {
    writer_report(((source_run *)context)->w, report);
}

static bool on_bytes(void *context, size_t n_bytes) {
    search_writer *w = ((source_run *)context)->w;
    w->summary.n_bytes_read += n_bytes;
    return writer_progress(w, "read", w->staged.n_put, 0, NULL) == SEARCH_OK;
}

search_status search_writer_read(search_writer *w, const char *source, search_error *error) {
    error_clear(error);
    if (w->is_finished) {
        return writer_is_finished(error);
    }
    source_run run = {w, 0};
    const cable_sink sink = {on_record, on_report, on_bytes, &run};
    const search_status status = writer_n_jobs(&w->options) > 1
                                     ? source_read_ahead(source, w->options.format, &sink, error)
                                     : source_read(source, w->options.format, &sink, error);
    if (status == SEARCH_OK) {
        buffer_add_format(&w->sources, "%s\n", source);
        if (run.n_records == 0 && w->empty_source == NULL) {
            w->empty_source = strdup(source);
        }
    }
    return status;
}

search_status search_writer_delete(search_writer *w, search_text id, search_error *error) {
    error_clear(error);
    if (w->is_finished) {
        return writer_is_finished(error);
    }
    if (w->options.mode != SEARCH_WRITE_UPDATE) {
        return error_set(error, SEARCH_E_ARGUMENT, "writer.mode", "only an update deletes records");
    }
    const staging_state state = staging_find(&w->staged, id);
    uint32_t docid = 0;
    const search_status status = snapshot_find(w->old, w->old_reader, id, &docid, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (state == STAGING_DELETED || (state == STAGING_ABSENT && docid == 0)) {
        return error_set(error, SEARCH_E_NOT_FOUND, "index.no_record", "no record has the id \"%.*s\"",
                         (int)(id.n_bytes < 200 ? id.n_bytes : 200), id.bytes == NULL ? "" : id.bytes);
    }
    return staging_delete(&w->staged, id, error);
}

void search_writer_free(search_writer *w) {
    if (w == NULL) {
        return;
    }
    staging_close(&w->staged);
    build_directory_remove(&w->build);
    if (w->old != NULL) {
        snapshot_give_reader(w->old, w->old_reader);
        snapshot_close(w->old);
    }
    if (w->lock >= 0) {
        close(w->lock);
    }
    search_schema_free(w->schema);
    aliases_free(&w->known);
    buffer_free(&w->sources);
    free(w->empty_source);
    free(w->directory);
    free(w);
}
