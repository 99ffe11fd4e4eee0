/* Writing and checked reading of manifest.json. */
#include "libsearch/index/manifest.h"

#include "libsearch/support/digest.h"
#include "libsearch/support/files.h"
#include "libsearch/support/thread.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { max_manifest_n_bytes = 1 << 20, max_files = 64 };

static search_status corrupt(const char *generation, const char *what, search_error *error) {
    const search_status status =
        error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "the index in %s is damaged: %s", generation, what);
    error_hint(error, "rebuild it from its sources with `cables rebuild`");
    return status;
}

/* ---- collecting ---- */

typedef struct collector {
    manifest *m;
    size_t n_prefix;
    const segment_summary *known;
} collector;

static search_status take_digest(const collector *c, const char *path, manifest_file *f, search_error *error) {
    const char *below = f->path + strlen(MANIFEST_SEGMENT "/");
    for (size_t i = 0; i < c->known->n_files; i++) {
        if (strcmp(c->known->files[i].path, below) == 0) {
            strcpy(f->sha256, c->known->files[i].sha256);
            f->checksum = c->known->files[i].checksum;
            return SEARCH_OK;
        }
    }
    return digest_of_file(path, f->sha256, error);
}

static search_status collect_file(void *context, const char *path, search_error *error) {
    collector *c = context;
    manifest *m = c->m;
    struct stat info;
    if (m->n_files == max_files || strlen(path + c->n_prefix) >= sizeof m->files->path) {
        return error_set(error, SEARCH_E_INTERNAL, "manifest.too_many_files", "a generation has too many files");
    }
    manifest_file *f = &m->files[m->n_files];
    strcpy(f->path, path + c->n_prefix);
    const search_status status = take_digest(c, path, f, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (stat(path, &info) != 0) {
        return error_system(error, errno, "file.stat", "cannot look at %s", path);
    }
    f->n_bytes = (uint64_t)info.st_size;
    m->n_files++;
    return SEARCH_OK;
}

search_status manifest_collect(manifest *m, const char *generation, const segment_summary *known, search_error *error) {
    char *segment = file_path(generation, MANIFEST_SEGMENT);
    m->files = calloc(max_files, sizeof *m->files);
    m->n_files = 0;
    search_status status = SEARCH_OK;
    if (segment == NULL || m->files == NULL) {
        status = error_memory(error);
    } else {
        collector c = {m, strlen(generation) + 1, known};
        const file_walk walk = {.visit = collect_file, .context = &c};
        status = file_walk_tree(segment, &walk, error);
    }
    free(segment);
    return status;
}

/* ---- writing ---- */

static json_t *schema_to_json(const search_schema *schema) {
    json_t *fields = json_array();
    for (size_t i = 0; i < schema->n_fields; i++) {
        const search_field *f = &schema->fields[i];
        json_array_append_new(fields, json_pack("{s:s, s:i, s:i, s:b}", "name", f->name, "type", (int)f->type, "zone",
                                                (int)f->zone, "hierarchical", f->hierarchical ? 1 : 0));
    }
    return json_pack("{s:s, s:o}", "stemmer", schema->stemmer, "fields", fields);
}

static json_t *manifest_to_json(const manifest *m) {
    json_t *files = json_array();
    for (size_t i = 0; i < m->n_files; i++) {
        json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "path", m->files[i].path, "bytes",
                                               (json_int_t)m->files[i].n_bytes, "sha256", m->files[i].sha256));
    }
    json_t *segment = json_pack("{s:s, s:o}", "name", MANIFEST_SEGMENT, "files", files);
    return json_pack("{s:i, s:s, s:o, s:I, s:I, s:[o]}", "format", MANIFEST_FORMAT, "analyzer", m->analyzer, "schema",
                     schema_to_json(m->schema), "records", (json_int_t)m->n_records, "text_bytes",
                     (json_int_t)m->n_bytes_text, "segments", segment);
}

/* The digest of the manifest is that of its compact, sorted dump without the key "digest". */
static char *canonical(json_t *root) {
    return json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
}

search_status manifest_write(const manifest *m, const char *generation, search_error *error) {
    json_t *root = manifest_to_json(m);
    char *plain = root == NULL ? NULL : canonical(root);
    char *path = file_path(generation, MANIFEST_NAME);
    char *text = NULL;
    if (plain != NULL) {
        char hex[DIGEST_N_HEX + 1];
        digest_of(plain, strlen(plain), hex);
        json_object_set_new(root, "digest", json_string(hex));
        text = json_dumps(root, JSON_INDENT(1));
    }
    const search_status status =
        text == NULL || path == NULL ? error_memory(error) : file_write(path, text, strlen(text), error);
    free(text);
    free(plain);
    free(path);
    json_decref(root);
    return status;
}

/* ---- reading ---- */

static bool read_schema(json_t *value, search_schema **out, search_error *error) {
    const char *stemmer = json_string_value(json_object_get(value, "stemmer"));
    json_t *fields = json_object_get(value, "fields");
    if (stemmer == NULL || search_schema_new(stemmer, out, error) != SEARCH_OK) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(fields); i++) {
        json_t *item = json_array_get(fields, i);
        const search_field field = {
            json_string_value(json_object_get(item, "name")),
            (search_field_type)json_integer_value(json_object_get(item, "type")),
            (search_zone)json_integer_value(json_object_get(item, "zone")),
            json_is_true(json_object_get(item, "hierarchical")),
        };
        if (search_schema_add(*out, &field, error) != SEARCH_OK) {
            return false;
        }
    }
    return true;
}

/* A path below the generation that cannot lead out of it. */
static bool is_safe_path(const char *path) {
    return path != NULL && path[0] != '/' && path[0] != '\0' && strstr(path, "..") == NULL &&
           strlen(path) < sizeof((manifest_file *)NULL)->path;
}

static bool read_files(json_t *segment, manifest *m) {
    json_t *files = json_object_get(segment, "files");
    const size_t n = json_array_size(files);
    m->files = calloc(n + 1, sizeof *m->files);
    if (n == 0 || n > max_files || m->files == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        json_t *item = json_array_get(files, i);
        const char *path = json_string_value(json_object_get(item, "path"));
        const char *sha256 = json_string_value(json_object_get(item, "sha256"));
        const json_int_t n_bytes = json_integer_value(json_object_get(item, "bytes"));
        if (!is_safe_path(path) || sha256 == NULL || strlen(sha256) != DIGEST_N_HEX || n_bytes < 0) {
            return false;
        }
        strcpy(m->files[i].path, path);
        strcpy(m->files[i].sha256, sha256);
        m->files[i].n_bytes = (uint64_t)n_bytes;
    }
    m->n_files = n;
    return true;
}

static search_status read_root(json_t *root, const char *generation, manifest *m, search_error *error) {
    json_t *format = json_object_get(root, "format");
    if (!json_is_integer(format)) {
        return corrupt(generation, "the manifest names no format", error);
    }
    if (json_integer_value(format) != MANIFEST_FORMAT) {
        const search_status status =
            error_set(error, SEARCH_E_FORMAT, "index.format", "the index has format %lld; this library reads format %d",
                      (long long)json_integer_value(format), MANIFEST_FORMAT);
        error_hint(error, "rebuild it from its sources with `cables rebuild`");
        return status;
    }
    const char *stated = json_string_value(json_object_get(root, "digest"));
    char expected[DIGEST_N_HEX + 1] = "";
    if (stated != NULL && strlen(stated) == DIGEST_N_HEX) {
        strcpy(expected, stated);
    }
    json_object_del(root, "digest");
    char *plain = canonical(root);
    char hex[DIGEST_N_HEX + 1] = "?";
    if (plain != NULL) {
        digest_of(plain, strlen(plain), hex);
    }
    free(plain);
    const char *made_by = json_string_value(json_object_get(root, "analyzer"));
    json_t *segments = json_object_get(root, "segments");
    if (strcmp(hex, expected) != 0 || made_by == NULL || strlen(made_by) >= sizeof m->analyzer ||
        json_array_size(segments) != 1 || !read_files(json_array_get(segments, 0), m)) {
        return corrupt(generation, "the manifest does not hold together", error);
    }
    strcpy(m->analyzer, made_by);
    m->n_records = (uint64_t)json_integer_value(json_object_get(root, "records"));
    m->n_bytes_text = (uint64_t)json_integer_value(json_object_get(root, "text_bytes"));
    return read_schema(json_object_get(root, "schema"), &m->schema, error)
               ? SEARCH_OK
               : corrupt(generation, "the manifest's schema cannot be read", error);
}

/* Every file is there and as long as it was. */
static search_status check_sizes(const manifest *m, const char *generation, search_error *error) {
    for (size_t i = 0; i < m->n_files; i++) {
        char *path = file_path(generation, m->files[i].path);
        struct stat info;
        const bool ok = path != NULL && stat(path, &info) == 0 && (uint64_t)info.st_size == m->files[i].n_bytes;
        free(path);
        if (!ok) {
            return corrupt(generation, m->files[i].path, error);
        }
    }
    return SEARCH_OK;
}

search_status manifest_read_alone(const char *generation, manifest *m, search_error *error) {
    memset(m, 0, sizeof *m);
    char *path = file_path(generation, MANIFEST_NAME);
    if (path == NULL) {
        return error_memory(error);
    }
    buffer text = {0};
    search_error reason;
    search_status status = file_read(path, max_manifest_n_bytes, &text, &reason);
    free(path);
    if (status != SEARCH_OK) {
        buffer_free(&text);
        if (status == SEARCH_E_INPUT || reason.system_errno == ENOENT) {
            return corrupt(generation, "its manifest cannot be read", error);
        }
        return error_set(error, status, reason.id, "%s", reason.message);
    }
    json_t *root = json_loadb(text.bytes == NULL ? "" : text.bytes, text.n_bytes, JSON_REJECT_DUPLICATES, NULL);
    status =
        root == NULL ? corrupt(generation, "its manifest is not JSON", error) : read_root(root, generation, m, error);
    json_decref(root);
    buffer_free(&text);
    if (status != SEARCH_OK) {
        manifest_free(m);
    }
    return status;
}

search_status manifest_read(const char *generation, manifest *m, search_error *error) {
    search_status status = manifest_read_alone(generation, m, error);
    if (status == SEARCH_OK) {
        status = check_sizes(m, generation, error);
    }
    if (status != SEARCH_OK) {
        manifest_free(m);
    }
    return status;
}

typedef struct verification {
    const manifest *m;
    const char *generation;
    size_t next;  /* file to be read, atomic */
    size_t first; /* that differs or cannot be read, atomic; n_files: none */
} verification;

static search_status compare_file(const manifest_file *f, const char *path, bool *is_equal, search_error *error) {
    if (f->checksum != 0) {
        uint64_t checksum = 0;
        const search_status status = checksum_of_file(path, &checksum, error);
        *is_equal = checksum == f->checksum;
        return status;
    }
    char hex[DIGEST_N_HEX + 1] = "";
    const search_status status = digest_of_file(path, hex, error);
    *is_equal = strcmp(hex, f->sha256) == 0;
    return status;
}

static search_status verify_file(const manifest *m, const char *generation, size_t i, search_error *error) {
    bool is_equal = false;
    char *path = file_path(generation, m->files[i].path);
    search_status status = path == NULL ? error_memory(error) : compare_file(&m->files[i], path, &is_equal, error);
    free(path);
    if (status == SEARCH_OK && !is_equal) {
        status = corrupt(generation, m->files[i].path, error);
    }
    return status;
}

static void *run_verification(void *context) {
    verification *v = context;
    for (;;) {
        const size_t i = __atomic_fetch_add(&v->next, 1, __ATOMIC_RELAXED);
        if (i >= v->m->n_files) {
            return NULL;
        }
        if (verify_file(v->m, v->generation, i, NULL) != SEARCH_OK) {
            size_t first = __atomic_load_n(&v->first, __ATOMIC_RELAXED);
            while (i < first &&
                   !__atomic_compare_exchange_n(&v->first, &first, i, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            }
        }
    }
}

search_status manifest_verify(const manifest *m, const char *generation, size_t n_jobs, search_error *error) {
    verification v = {m, generation, 0, m->n_files};
    pthread_t threads[max_files];
    size_t n_threads = 0;
    while (n_threads + 1 < n_jobs && n_threads + 1 < m->n_files &&
           thread_start(&threads[n_threads], run_verification, &v)) {
        n_threads++;
    }
    run_verification(&v);
    for (size_t i = 0; i < n_threads; i++) {
        pthread_join(threads[i], NULL);
    }
    return v.first == m->n_files ? SEARCH_OK : verify_file(m, generation, v.first, error);
}

void manifest_free(manifest *m) {
    search_schema_free(m->schema);
    free(m->files);
    memset(m, 0, sizeof *m);
}
