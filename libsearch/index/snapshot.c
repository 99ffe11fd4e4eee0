/* Opening a generation and handing out readers; the reading half of the public API that needs no query. */
#include "libsearch/index/snapshot.h"

#include "libsearch/cable/cable.h"
#include "libsearch/index/segment.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often a generation may vanish between reading CURRENT and holding it. */
enum { max_open_tries = 16 };

search_status snapshot_hold(const char *generation, int *hold, search_error *error) {
    char *path = file_path(generation, MANIFEST_NAME);
    *hold = -1;
    if (path == NULL) {
        return error_memory(error);
    }
    const int held = open(path, O_RDONLY | O_CLOEXEC);
    const int reason = errno;
    free(path);
    if (held < 0) {
        return reason == ENOENT || reason == ENOTDIR
                   ? error_set(error, SEARCH_E_NO_INDEX, "index.none", "there is no index in %s", generation)
                   : error_system(error, reason, "index.unreadable", "cannot read %s", generation);
    }
    if (flock(held, LOCK_SH | LOCK_NB) != 0) {
        close(held);
        return error_set(error, SEARCH_E_NO_INDEX, "index.none", "%s is being removed", generation);
    }
    *hold = held;
    return SEARCH_OK;
}

static search_status map_facets(snapshot *s, search_error *error) {
    static const char *const derived[] = {"decade", "month", "year"};
    const search_schema *schema = s->contents.schema;
    for (size_t i = 0; i < 3; i++) {
        s->facets[s->n_facets++].name = derived[i];
    }
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (schema_is_facet(&schema->fields[i])) {
            size_t at = s->n_facets++;
            for (; at > 0 && strcmp(s->facets[at - 1].name, schema->names[i]) > 0; at--) {
                s->facets[at] = s->facets[at - 1];
            }
            s->facets[at].name = schema->names[i];
        }
    }
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < s->n_facets; i++) {
        char name[COLUMNS_MAX_NAME + 1] = "facet:";
        strncat(name, s->facets[i].name, SCHEMA_MAX_NAME);
        status = columns_facet(s->file, name, &s->facets[i].column, error);
    }
    return status;
}

static search_status map_strings(snapshot *s, search_error *error) {
    const struct {
        const char *name;
        column_strings *strings;
    } all[] = {{"id", &s->ids},
               {"title", &s->titles},
               {"date", &s->dates},
               {"number", &s->numbers},
               {"reference", &s->references}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const search_status status = columns_strings(s->file, all[i].name, all[i].strings, error);
        if (status != SEARCH_OK) {
            return status;
        }
        if (all[i].strings->n != s->n_documents) {
            return error_set(error, SEARCH_E_CORRUPT, "columns.corrupt", "the column file is damaged: %s", all[i].name);
        }
    }
    return SEARCH_OK;
}

static search_status map_names(snapshot *s, search_error *error) {
    column_strings section;
    search_status status = columns_strings(s->file, "names", &s->names, error);
    if (status == SEARCH_OK) {
        status = columns_strings(s->file, "aliases", &section, error);
    }
    return status == SEARCH_OK ? names_read_aliases(&section, &s->known, error) : status;
}

static void average_lengths(snapshot *s) {
    double sums[SCHEMA_N_ZONES] = {0};
    for (size_t i = 0; i < s->n_documents; i++) {
        for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
            sums[zone] += s->lengths[i * SCHEMA_N_ZONES + zone];
        }
    }
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        s->average_lengths[zone] = s->n_documents == 0 ? 0 : sums[zone] / s->n_documents;
    }
}

static search_status map_columns(snapshot *s, search_error *error) {
    char *segment = file_path(s->path, MANIFEST_SEGMENT);
    char *path = segment == NULL ? NULL : file_path(segment, SEGMENT_COLUMN_FILE);
    s->store_path = segment == NULL ? NULL : file_path(segment, SEGMENT_STORE);
    search_status status =
        path == NULL || s->store_path == NULL ? error_memory(error) : columns_open(path, &s->file, error);
    free(segment);
    free(path);
    if (status != SEARCH_OK) {
        return status;
    }
    s->n_documents = columns_n_documents(s->file);
    s->n_order = schema_order(s->contents.schema, s->order);
    const size_t n = s->n_documents;
    status = columns_u32(s->file, "lengths", n * SCHEMA_N_ZONES, &s->lengths, error);
    if (status == SEARCH_OK) {
        status = columns_u32(s->file, "starts", n * s->n_order, &s->starts, error);
    }
    if (status == SEARCH_OK) {
        status = columns_u32(s->file, "days", n * 2, &s->days, error);
    }
    if (status == SEARCH_OK) {
        status = columns_u32(s->file, "origin", n, &s->origin, error);
    }
    if (status == SEARCH_OK) {
        status = columns_u32(s->file, "title.order", n, &s->title_order, error);
    }
    if (status == SEARCH_OK) {
        status = columns_u32(s->file, "number.order", n, &s->number_order, error);
    }
    if (status == SEARCH_OK) {
        status = map_strings(s, error);
    }
    if (status == SEARCH_OK) {
        status = map_names(s, error);
    }
    if (status == SEARCH_OK) {
        status = map_facets(s, error);
    }
    if (status == SEARCH_OK) {
        average_lengths(s);
    }
    return status;
}

/* The database is opened once now, so that a damaged one is told at once. */
static search_status check_store(snapshot *s, search_error *error) {
    reader *r = NULL;
    const search_status status = snapshot_take_reader(s, &r, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const uint32_t n = xapian_database_n_documents(r->store);
    snapshot_give_reader(s, r);
    if (n != s->n_documents || n != s->contents.n_records) {
        return error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "the index in %s is damaged: its parts disagree",
                         s->path);
    }
    return SEARCH_OK;
}

search_status snapshot_open_path(const char *path, snapshot **out, search_error *error) {
    *out = NULL;
    snapshot *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return error_memory(error);
    }
    s->hold = -1;
    s->pid = getpid();
    pthread_mutex_init(&s->mutex, NULL);
    s->path = strdup(path);
    search_status status = s->path == NULL ? error_memory(error) : snapshot_hold(s->path, &s->hold, error);
    if (status == SEARCH_OK) {
        status = manifest_read(s->path, &s->contents, error);
    }
    if (status == SEARCH_OK) {
        status = map_columns(s, error);
    }
    if (status == SEARCH_OK) {
        status = check_store(s, error);
    }
    if (status != SEARCH_OK) {
        snapshot_close(s);
        return status;
    }
    *out = s;
    return SEARCH_OK;
}

search_status snapshot_open(const char *directory, const char *name, snapshot **out, search_error *error) {
    *out = NULL;
    char *generations = file_path(directory, "generations");
    char *path = generations == NULL ? NULL : file_path(generations, name);
    const search_status status = path == NULL ? error_memory(error) : snapshot_open_path(path, out, error);
    if (status == SEARCH_OK) {
        snprintf((*out)->name, sizeof(*out)->name, "%s", name);
    }
    free(generations);
    free(path);
    return status;
}

void snapshot_close(snapshot *s) {
    if (s == NULL) {
        return;
    }
    while (s->idle != NULL) {
        reader *r = s->idle;
        s->idle = r->next;
        analyzer_free(r->words);
        xapian_database_free(r->store);
        free(r);
    }
    pthread_mutex_destroy(&s->mutex);
    aliases_free(&s->known);
    columns_close(s->file);
    manifest_free(&s->contents);
    if (s->hold >= 0) {
        close(s->hold);
    }
    free(s->path);
    free(s->store_path);
    free(s);
}

/* ---- readers ---- */

static search_status make_reader(const snapshot *s, reader **out, search_error *error) {
    reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return error_memory(error);
    }
    search_status status = xapian_database_open(s->store_path, &r->store, error);
    if (status == SEARCH_E_NO_INDEX) {
        status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "the database in %s is gone", s->path);
    }
    if (status == SEARCH_OK) {
        status = analyzer_new(s->contents.schema->stemmer, &r->words, error);
    }
    if (status != SEARCH_OK) {
        xapian_database_free(r->store);
        free(r);
        return status;
    }
    *out = r;
    return SEARCH_OK;
}

search_status snapshot_check_process(const snapshot *s, search_error *error) {
    if (s->pid != getpid()) {
        return error_set(error, SEARCH_E_FORKED, "index.forked", "the index was opened before fork: open it anew");
    }
    return SEARCH_OK;
}

search_status snapshot_take_reader(snapshot *s, reader **out, search_error *error) {
    *out = NULL;
    const search_status status = snapshot_check_process(s, error);
    if (status != SEARCH_OK) {
        return status;
    }
    pthread_mutex_lock(&s->mutex);
    reader *r = s->idle;
    if (r != NULL) {
        s->idle = r->next;
    }
    pthread_mutex_unlock(&s->mutex);
    if (r != NULL) {
        *out = r;
        return SEARCH_OK;
    }
    return make_reader(s, out, error);
}

void snapshot_give_reader(snapshot *s, reader *r) {
    if (r == NULL) {
        return;
    }
    pthread_mutex_lock(&s->mutex);
    r->next = s->idle;
    s->idle = r;
    pthread_mutex_unlock(&s->mutex);
}

/* ---- looking things up ---- */

search_status snapshot_find(const snapshot *s, const reader *r, search_text id, uint32_t *docid, search_error *error) {
    *docid = 0;
    buffer term = {0};
    term_add(&term, "Q", id);
    xapian_postings *postings = NULL;
    search_status status =
        term.failed ? error_memory(error)
                    : xapian_postings_open(r->store, (search_text){term.bytes, term.n_bytes}, &postings, error);
    if (status == SEARCH_OK) {
        status = xapian_postings_next(postings, docid, error);
    }
    if (*docid > s->n_documents) {
        status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a posting lies outside the index");
    }
    xapian_postings_free(postings);
    buffer_free(&term);
    return status;
}

search_status snapshot_record(const snapshot *s, const reader *r, uint32_t docid, search_record **out,
                              search_error *error) {
    *out = NULL;
    char *data = NULL;
    size_t n_data = 0;
    search_status status = xapian_database_data(r->store, docid, &data, &n_data, error);
    if (status == SEARCH_OK) {
        status = search_record_from_json((search_text){data, n_data}, out, error);
    }
    free(data);
    if (status == SEARCH_E_INPUT || status == SEARCH_E_NOT_FOUND) {
        status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a stored record in %s is damaged", s->path);
    }
    return status;
}

size_t snapshot_facet_find(const snapshot *s, search_text name) {
    for (size_t i = 0; i < s->n_facets; i++) {
        if (strlen(s->facets[i].name) == name.n_bytes && memcmp(s->facets[i].name, name.bytes, name.n_bytes) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- the public handle ---- */

/* A generation may be pruned between reading CURRENT and holding it; then CURRENT names another. */
static search_status open_current(const char *directory, snapshot **out, search_error *error) {
    search_status status = SEARCH_OK;
    for (int i = 0; i < max_open_tries; i++) {
        char before[GENERATION_NAME_SIZE];
        char after[GENERATION_NAME_SIZE];
        status = publish_current(directory, before, error);
        if (status != SEARCH_OK) {
            return status;
        }
        error_clear(error); /* of the try before */
        status = snapshot_open(directory, before, out, error);
        if (publish_current(directory, after, NULL) == SEARCH_OK && strcmp(before, after) == 0) {
            break;
        }
        snapshot_close(*out);
        *out = NULL;
    }
    if (status == SEARCH_E_NO_INDEX) {
        status =
            error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "CURRENT in %s points at no generation", directory);
    }
    return status == SEARCH_OK && *out == NULL
               ? error_set(error, SEARCH_E_SYSTEM, "index.busy", "the index in %s changes too fast to open", directory)
               : status;
}

search_status search_index_open(const char *directory, search_index **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    if (directory == NULL || directory[0] == '\0') {
        return error_set(error, SEARCH_E_ARGUMENT, "index.no_directory", "no index directory is named");
    }
    search_index *index = calloc(1, sizeof *index);
    if (index == NULL || (index->directory = strdup(directory)) == NULL) {
        free(index);
        return error_memory(error);
    }
    const search_status status = open_current(directory, &index->now, error);
    if (status != SEARCH_OK) {
        search_index_free(index);
        return status;
    }
    *out = index;
    return SEARCH_OK;
}

search_status search_index_refresh(search_index *index, bool *changed, search_error *error) {
    error_clear(error);
    if (changed != NULL) {
        *changed = false;
    }
    char name[GENERATION_NAME_SIZE];
    search_status status = publish_current(index->directory, name, error);
    if (status != SEARCH_OK || strcmp(name, index->now->name) == 0) {
        return status;
    }
    snapshot *fresh = NULL;
    status = open_current(index->directory, &fresh, error);
    if (status == SEARCH_OK) {
        snapshot_close(index->now);
        index->now = fresh;
        if (changed != NULL) {
            *changed = true;
        }
    }
    return status;
}

const char *search_index_generation(const search_index *index) {
    return index->now->name;
}

bool search_index_analyzer_matches(const search_index *index) {
    return strcmp(index->now->contents.analyzer, analyzer_fingerprint()) == 0;
}

const search_schema *search_index_schema(const search_index *index) {
    return index->now->contents.schema;
}

const char *search_index_facet(const search_index *index, size_t i) {
    return i < index->now->n_facets ? index->now->facets[i].name : NULL;
}

/* Walks the vocabulary to count it. */
static search_status count_terms(const reader *r, uint64_t *n_terms, search_error *error) {
    xapian_terms *terms = NULL;
    search_status status = xapian_terms_open(r->store, (search_text){NULL, 0}, &terms, error);
    search_text term = {NULL, 0};
    do {
        uint32_t n_documents = 0;
        if (status == SEARCH_OK) {
            status = xapian_terms_next(terms, &term, &n_documents, error);
        }
        *n_terms += status == SEARCH_OK && term.bytes != NULL ? 1 : 0;
    } while (status == SEARCH_OK && term.bytes != NULL);
    xapian_terms_free(terms);
    return status;
}

search_status search_index_stats(const search_index *index, search_stats *out, search_error *error) {
    error_clear(error);
    memset(out, 0, sizeof *out);
    snapshot *s = index->now;
    int32_t first = 0;
    int32_t last = 0;
    for (size_t i = 0; i < s->n_documents; i++) {
        const int32_t earliest = (int32_t)s->days[2 * i];
        const int32_t latest = (int32_t)s->days[2 * i + 1];
        out->n_undated += earliest == 0 ? 1 : 0;
        first = earliest > 0 && (first == 0 || earliest < first) ? earliest : first;
        last = latest > last ? latest : last;
        for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
            out->n_words += s->lengths[i * SCHEMA_N_ZONES + zone];
        }
    }
    date_print(first, out->date_earliest);
    date_print(last, out->date_latest);
    out->n_records = s->n_documents;
    out->n_segments = 1;
    out->n_bytes_text = s->contents.n_bytes_text;
    out->n_bytes_columns = columns_n_bytes(s->file);
    for (size_t i = 0; i < s->contents.n_files; i++) {
        out->n_bytes_store += s->contents.files[i].n_bytes;
    }
    out->n_bytes_store -= out->n_bytes_columns;
    reader *r = NULL;
    search_status status = snapshot_take_reader(s, &r, error);
    if (status == SEARCH_OK) {
        status = count_terms(r, &out->n_terms, error);
    }
    snapshot_give_reader(s, r);
    if (status != SEARCH_OK) {
        memset(out, 0, sizeof *out);
    }
    return status;
}

search_status snapshot_no_record(search_text id, search_error *error) {
    return error_set(error, SEARCH_E_NOT_FOUND, "index.no_record", "no record has the id \"%.*s\"",
                     (int)(id.n_bytes < 200 ? id.n_bytes : 200), id.bytes == NULL ? "" : id.bytes);
}

search_status search_index_record(const search_index *index, search_text id, search_record **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    reader *r = NULL;
    uint32_t docid = 0;
    search_status status = snapshot_take_reader(index->now, &r, error);
    if (status == SEARCH_OK) {
        status = snapshot_find(index->now, r, id, &docid, error);
    }
    if (status == SEARCH_OK && docid == 0) {
        status = snapshot_no_record(id, error);
    }
    if (status == SEARCH_OK) {
        status = snapshot_record(index->now, r, docid, out, error);
    }
    snapshot_give_reader(index->now, r);
    return status;
}

search_status search_index_each(const search_index *index,
                                bool (*on_record)(void *context, const search_record *record), void *context,
                                search_error *error) {
    error_clear(error);
    if (on_record == NULL) {
        return error_set(error, SEARCH_E_ARGUMENT, "index.no_callback", "there is nothing to call for each record");
    }
    reader *r = NULL;
    search_status status = snapshot_take_reader(index->now, &r, error);
    for (uint32_t docid = 1; status == SEARCH_OK && docid <= index->now->n_documents; docid++) {
        search_record *record = NULL;
        status = snapshot_record(index->now, r, docid, &record, error);
        if (status == SEARCH_OK && !on_record(context, record)) {
            status = error_set(error, SEARCH_E_CANCELLED, "index.cancelled", "the callback said stop");
        }
        search_record_free(record);
    }
    snapshot_give_reader(index->now, r);
    return status;
}

void search_index_free(search_index *index) {
    if (index != NULL) {
        snapshot_close(index->now);
        free(index->directory);
        free(index);
    }
}
