/* Verifies an index from the outside in: CURRENT, the manifest, the bytes of every file, then what is in them.
 *
 * libxapian 1.4.22 does not come to an end on some damaged tables.  So digests come first: Xapian opens a database only
 * when all its files are as they were written, and a table by itself only when that one is. */
#include "libsearch/index/check.h"

#include "libsearch/index/compare.h"
#include "libsearch/index/segment.h"
#include "libsearch/support/digest.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { max_open_tries = 16, n_read_bytes = 1 << 18, max_table_name = 32 };

#define STORE_FOLDER MANIFEST_SEGMENT "/" SEGMENT_STORE "/"
#define TABLE_ENDING ".glass"

/* One generation being checked. */
typedef struct check {
    inspection *i;
    const char *directory; /* what findings are told of */
    char name[GENERATION_NAME_SIZE];
    char *path; /* of the generation */
    int hold;
    manifest contents;
    bool *is_right;     /* by file: its bytes are those that the manifest tells */
    snapshot *snapshot; /* null: something is wrong already */
    char (*tables)[max_table_name];
    size_t n_tables;
    uint64_t n_before; /* findings, of another generation */
} check;

static void check_clear(check *c) {
    snapshot_close(c->snapshot);
    manifest_free(&c->contents);
    if (c->hold >= 0) {
        close(c->hold);
    }
    free(c->is_right);
    free(c->tables);
    free(c->path);
}

/* Tells one thing and goes on. */
static search_status tell_damage(const check *c, const char *id, const char *file, const char *text,
                                 search_error *error) {
    finding_list found = inspect_list(c->i);
    const finding_place place = {c->directory, file, 0};
    note_damage(&found, &place, id, "%s", text);
    error_clear(error);
    return inspect_tell(c->i, &found, error);
}

static search_status pass_on(search_status status, const search_error *why, search_error *error) {
    if (status != SEARCH_OK && error != NULL) {
        *error = *why;
    }
    return status;
}

/* ---- the manifest ---- */

/* Finds the generation and keeps it.  One that is gone is a damage unless CURRENT names another meanwhile. */
static search_status find_current(check *c, bool *is_there, search_error *error) {
    *is_there = false;
    for (int tries = 0; tries < max_open_tries; tries++) {
        search_error why;
        char before[GENERATION_NAME_SIZE];
        strcpy(before, c->name);
        search_status status = publish_current(c->directory, c->name, &why);
        if (status == SEARCH_E_CORRUPT) {
            return tell_damage(c, "check.current", "CURRENT", why.message, error);
        }
        if (status != SEARCH_OK) {
            return pass_on(status, &why, error);
        }
        if (tries > 0 && strcmp(before, c->name) == 0) {
            break;
        }
        char *generations = file_path(c->directory, "generations");
        free(c->path);
        c->path = generations == NULL ? NULL : file_path(generations, c->name);
        free(generations);
        status = c->path == NULL ? error_memory(error) : snapshot_hold(c->path, &c->hold, error);
        *is_there = status == SEARCH_OK;
        if (status != SEARCH_E_NO_INDEX) {
            return status;
        }
    }
    return file_exists(c->path)
               ? tell_damage(c, "check.manifest", MANIFEST_NAME, "the manifest is missing", error)
               : tell_damage(c, "check.current", "CURRENT", "CURRENT names a generation that is not there", error);
}

static search_status read_manifest(check *c, bool *is_read, search_error *error) {
    search_error why;
    const search_status status = manifest_read_alone(c->path, &c->contents, &why);
    *is_read = status == SEARCH_OK;
    if (inspect_is_damage(status)) {
        return tell_damage(c, "check.manifest", MANIFEST_NAME, why.message, error);
    }
    return pass_on(status, &why, error);
}

/* ---- the bytes of files ---- */

/* Reads a file to its end; 0 or errno. */
static int digest_descriptor(inspection *i, int fd, char hex[DIGEST_N_HEX + 1]) {
    unsigned char *bytes = malloc(n_read_bytes);
    if (bytes == NULL) {
        return ENOMEM;
    }
    digest d;
    digest_start(&d);
    int reason = 0;
    ssize_t n = 1;
    while (n != 0 && reason == 0 && !inspect_is_stopped(i)) {
        n = read(fd, bytes, n_read_bytes);
        if (n > 0) {
            digest_add(&d, bytes, (size_t)n);
            atomic_fetch_add(&i->n_bytes, (uint64_t)n);
        } else if (n < 0 && errno != EINTR) {
            reason = errno;
        }
    }
    free(bytes);
    digest_finish(&d, hex);
    return reason;
}

/* A file that is not there, or that the disk cannot read, is damage; all else is the system's. */
static search_status note_unreadable(const finding_place *place, int reason, finding_list *found, search_error *error) {
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
        note_damage(found, place, "check.missing", "the file is missing");
        return SEARCH_OK;
    case EIO:
        note_damage(found, place, "check.unreadable", "the file cannot be read: %s", strerror(reason));
        return SEARCH_OK;
    case ENOMEM:
        return error_memory(error);
    default:
        return error_system(error, reason, "check.unreadable", "cannot read %s", place->file);
    }
}

static search_status check_file(void *context, size_t task, finding_list *found, search_error *error) {
    check *c = context;
    const manifest_file *f = &c->contents.files[task];
    const finding_place place = {c->directory, f->path, 0};
    char *path = file_path(c->path, f->path);
    if (path == NULL) {
        return error_memory(error);
    }
    struct stat info;
    char hex[DIGEST_N_HEX + 1] = "";
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int reason = fd < 0 || fstat(fd, &info) != 0 ? errno : 0;
    free(path);
    search_status status = SEARCH_OK;
    if (reason != 0) {
        status = note_unreadable(&place, reason, found, error);
    } else if (!S_ISREG(info.st_mode)) {
        note_damage(found, &place, "check.missing", "what has this name is no file");
    } else if ((uint64_t)info.st_size != f->n_bytes) {
        note_damage(found, &place, "check.size", "the file has %llu bytes instead of %llu",
                    (unsigned long long)info.st_size, (unsigned long long)f->n_bytes);
    } else if ((reason = digest_descriptor(c->i, fd, hex)) != 0) {
        status = note_unreadable(&place, reason, found, error);
    } else if (strcmp(hex, f->sha256) == 0) {
        c->is_right[task] = true;
    } else if (!inspect_is_stopped(c->i)) {
        note_damage(found, &place, "check.digest", "the bytes of the file are not those that were written");
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

typedef struct unlisted {
    const check *c;
    finding_list found;
} unlisted;

static search_status note_unlisted(void *context, const char *path, search_error *error) {
    (void)error;
    unlisted *u = context;
    const char *below = path + strlen(u->c->path) + 1;
    for (size_t i = 0; i < u->c->contents.n_files; i++) {
        if (strcmp(u->c->contents.files[i].path, below) == 0) {
            return SEARCH_OK;
        }
    }
    const finding_place place = {u->c->directory, below, 0};
    note_damage(&u->found, &place, "check.unlisted", "the manifest does not list this file");
    return SEARCH_OK;
}

/* A table that does not belong there would be read by Xapian. */
static search_status check_unlisted(check *c, search_error *error) {
    unlisted u = {c, inspect_list(c->i)};
    const file_walk walk = {.visit = note_unlisted, .context = &u};
    char *segment = file_path(c->path, MANIFEST_SEGMENT);
    search_status status = segment == NULL        ? error_memory(error)
                           : file_exists(segment) ? file_walk_tree(segment, &walk, error)
                                                  : SEARCH_OK;
    free(segment);
    const search_status told = inspect_tell(c->i, &u.found, status == SEARCH_OK ? error : NULL);
    return status == SEARCH_OK ? told : status;
}

static search_status check_files(check *c, search_error *error) {
    const size_t n = c->contents.n_files;
    c->is_right = calloc(n + 1, sizeof *c->is_right);
    if (c->is_right == NULL) {
        return error_memory(error);
    }
    search_status status = inspect_phase(c->i, "digests", 0, error);
    if (status == SEARCH_OK) {
        status = inspect_run(c->i, "digests", n, check_file, c, error);
    }
    return status == SEARCH_OK ? check_unlisted(c, error) : status;
}

/* ---- what is in them ---- */

static search_status probe(check *c, finding_list *found, search_error *error) {
    snapshot *s = c->snapshot;
    reader *r = NULL;
    search_status status = snapshot_take_reader(s, &r, error);
    if (status == SEARCH_OK && xapian_database_last_docid(r->store) != s->n_documents) {
        note_damage(found, &(finding_place){c->directory, NULL, 0}, "check.parts",
                    "the last document has the number %u, but there are %u", xapian_database_last_docid(r->store),
                    s->n_documents);
    }
    const uint32_t docids[] = {1, s->n_documents};
    const size_t n_docids = s->n_documents < 2 ? s->n_documents : 2;
    for (size_t i = 0; i < n_docids && status == SEARCH_OK; i++) {
        const finding_place place = {c->directory, NULL, docids[i]};
        uint32_t docid = 0;
        search_record *record = NULL;
        search_error why;
        status = snapshot_find(s, r, column_string(&s->ids, docids[i] - 1), &docid, &why);
        if (status == SEARCH_OK) {
            status = snapshot_record(s, r, docids[i], &record, &why);
        }
        if (inspect_is_damage(status)) {
            note_damage(found, &place, "check.probe", "%s", why.message);
            status = SEARCH_OK;
        } else if (status == SEARCH_OK && docid != docids[i]) {
            note_damage(found, &place, "check.probe", "its id does not find the record");
        }
        pass_on(status, &why, error);
        search_record_free(record);
    }
    snapshot_give_reader(s, r);
    return status;
}

static search_status open_parts(check *c, search_error *error) {
    search_error why;
    search_status status = snapshot_open_path(c->path, &c->snapshot, &why);
    if (inspect_is_damage(status)) {
        return tell_damage(c, "check.parts", NULL, why.message, error);
    }
    if (status != SEARCH_OK) {
        return pass_on(status, &why, error);
    }
    finding_list found = inspect_list(c->i);
    status = probe(c, &found, error);
    const search_status told = inspect_tell(c->i, &found, status == SEARCH_OK ? error : NULL);
    return status == SEARCH_OK ? told : status;
}

static bool is_right(const check *c, const char *path) {
    for (size_t i = 0; i < c->contents.n_files; i++) {
        if (strcmp(c->contents.files[i].path, path) == 0) {
            return c->is_right[i];
        }
    }
    return false;
}

/* Lists the tables that may be read. */
static search_status find_tables(check *c, search_error *error) {
    c->tables = calloc(c->contents.n_files + 1, sizeof *c->tables);
    if (c->tables == NULL) {
        return error_memory(error);
    }
    const size_t n_folder = strlen(STORE_FOLDER);
    const size_t n_ending = strlen(TABLE_ENDING);
    for (size_t i = 0; is_right(c, STORE_FOLDER "iamglass") && i < c->contents.n_files; i++) {
        const char *path = c->contents.files[i].path;
        const size_t n = strlen(path);
        if (!c->is_right[i] || n <= n_folder + n_ending || n - n_folder - n_ending >= max_table_name ||
            strncmp(path, STORE_FOLDER, n_folder) != 0 || strcmp(path + n - n_ending, TABLE_ENDING) != 0) {
            continue;
        }
        memcpy(c->tables[c->n_tables++], path + n_folder, n - n_folder - n_ending);
    }
    return SEARCH_OK;
}

static search_status check_table(void *context, size_t task, finding_list *found, search_error *error) {
    check *c = context;
    char file[sizeof STORE_FOLDER + max_table_name + sizeof TABLE_ENDING];
    snprintf(file, sizeof file, "%s%s%s", STORE_FOLDER, c->tables[task], TABLE_ENDING);
    char *store = file_path(c->path, MANIFEST_SEGMENT "/" SEGMENT_STORE);
    if (store == NULL) {
        return error_memory(error);
    }
    search_error why;
    const search_status status = xapian_check_table(store, c->tables[task], &why);
    free(store);
    if (inspect_is_damage(status)) {
        note_damage(found, &(finding_place){c->directory, file, 0}, "check.table", "%s", why.message);
        return SEARCH_OK;
    }
    if (why.system_errno == EACCES || why.system_errno == EPERM || why.system_errno == EROFS) {
        error_hint(&why, "Xapian's own check opens tables for writing, though it writes nothing: check the index in "
                         "full as its owner, or a copy of it");
    }
    return pass_on(status, &why, error);
}

static search_status check_fully(check *c, search_error *error) {
    search_status status = find_tables(c, error);
    if (status == SEARCH_OK) {
        status = inspect_phase(c->i, "tables", 0, error);
    }
    if (status == SEARCH_OK) {
        status = inspect_run(c->i, "tables", c->n_tables, check_table, c, error);
    }
    return status == SEARCH_OK && c->snapshot != NULL && c->i->summary.n_findings == c->n_before
               ? check_records(c->i, c->directory, c->snapshot, error)
               : status;
}

/* Of a generation that is held. */
static search_status check_generation(check *c, search_error *error) {
    bool is_read = false;
    c->n_before = c->i->summary.n_findings;
    search_status status = read_manifest(c, &is_read, error);
    if (status != SEARCH_OK || !is_read) {
        return status;
    }
    status = check_files(c, error);
    if (status == SEARCH_OK && c->i->summary.n_findings == c->n_before) {
        status = open_parts(c, error);
    }
    if (status == SEARCH_OK && c->i->options.full) {
        status = check_fully(c, error);
    }
    return status;
}

/* ---- the public function ---- */

static search_status read_options(const search_check_options *given, search_check_options *out, search_error *error) {
    static const search_check_options defaults = SEARCH_CHECK_OPTIONS_INIT;
    *out = defaults;
    if (given == NULL) {
        return SEARCH_OK;
    }
    if (given->size < sizeof(size_t) || given->size > sizeof *out) {
        return error_set(error, SEARCH_E_ARGUMENT, "check.options", "the options are of another version of libsearch");
    }
    memcpy(out, given, given->size);
    return SEARCH_OK;
}

static search_status check_current(check *c, search_error *error) {
    bool is_there = false;
    if (c->directory == NULL || c->directory[0] == '\0') {
        return error_set(error, SEARCH_E_ARGUMENT, "index.no_directory", "no index directory is named");
    }
    const search_status status = find_current(c, &is_there, error);
    return status == SEARCH_OK && is_there ? check_generation(c, error) : status;
}

static void count(search_check_summary *summary, const check *c) {
    strcpy(summary->generation, c->name);
    summary->n_records = c->contents.n_records;
    summary->n_files = c->contents.n_files;
    for (size_t i = 0; i < c->contents.n_files; i++) {
        summary->n_bytes += c->contents.files[i].n_bytes;
    }
}

static search_status check_against(inspection *i, const check *first, search_error *error) {
    check other = {.i = i, .directory = i->options.against, .hold = -1};
    search_status status = check_current(&other, error);
    if (status == SEARCH_OK && i->summary.n_findings == 0) {
        comparison c = {.i = i, .directory = first->directory, .sides = {first->snapshot, other.snapshot}};
        search_error why;
        status = compare_snapshots(&c, &why);
        i->summary.is_compared = status == SEARCH_OK;
        /* digests that are right say that the bytes are those that were written, not that they were written well */
        status = inspect_is_damage(status) ? tell_damage(first, "check.record", NULL, why.message, error)
                                           : pass_on(status, &why, error);
    }
    check_clear(&other);
    return status;
}

/* What the findings come to. */
static search_status conclude(const inspection *i, const char *what, search_error *error) {
    if (i->summary.n_findings == 0) {
        return SEARCH_OK;
    }
    const search_status status =
        error_set(error, SEARCH_E_CORRUPT, "check.damaged", "the index in %s is damaged: %llu finding%s", what,
                  (unsigned long long)i->summary.n_findings, i->summary.n_findings == 1 ? "" : "s");
    error_hint(error, "rebuild it from its sources with `cables rebuild`");
    return status;
}

search_status search_check(const char *directory, const search_check_options *options, search_check_summary *summary,
                           search_error *error) {
    error_clear(error);
    if (summary != NULL) {
        memset(summary, 0, sizeof *summary);
    }
    inspection i = {0};
    search_status status = read_options(options, &i.options, error);
    check c = {.i = &i, .directory = directory, .hold = -1};
    if (status == SEARCH_OK) {
        status = check_current(&c, error);
    }
    if (status == SEARCH_OK) {
        count(&i.summary, &c);
    }
    const uint64_t n_here = i.summary.n_findings;
    if (status == SEARCH_OK && i.options.against != NULL) {
        status = check_against(&i, &c, error);
    }
    check_clear(&c);
    if (status == SEARCH_OK) {
        status = conclude(&i, n_here > 0 ? directory : i.options.against, error);
        if (summary != NULL) {
            *summary = i.summary;
        }
    }
    return status;
}

/* ---- what was just built ---- */

typedef struct first_finding {
    char text[512];
    bool (*on_progress)(void *context, const search_progress *progress);
    void *context;
} first_finding;

static void keep_first(void *context, const search_finding *finding) {
    first_finding *first = context;
    if (first->text[0] == '\0') {
        snprintf(first->text, sizeof first->text, "%s%s%.400s", finding->file, finding->file[0] == '\0' ? "" : ": ",
                 finding->text);
    }
}

static bool pass_progress(void *context, const search_progress *progress) {
    const first_finding *first = context;
    return first->on_progress == NULL || first->on_progress(first->context, progress);
}

search_status check_built(const char *generation, bool (*on_progress)(void *context, const search_progress *progress),
                          void *context, search_error *error) {
    first_finding first = {"", on_progress, context};
    inspection i = {0};
    i.options = (search_check_options){sizeof(search_check_options), true, NULL, 1, keep_first, pass_progress, &first};
    check c = {.i = &i, .directory = "", .hold = -1};
    c.path = strdup(generation);
    search_status status = c.path == NULL ? error_memory(error) : check_generation(&c, error);
    check_clear(&c);
    if (status == SEARCH_OK && i.summary.n_findings > 0) {
        status = error_set(error, SEARCH_E_CORRUPT, "check.damaged", "the new index is damaged: %s", first.text);
    }
    return status;
}
