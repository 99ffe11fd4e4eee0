/* The C bindings over libxapian: round trips, the edges of terms and cursors, and what damaged or absent databases
 * answer. */
#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"
#include "libsearch/support/files.h"
#include "libsearch/xapian/xapian_c.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define N_MANY 3000    /* documents of the database that is to be damaged: several blocks in each table */
#define MAX_N_TERM 245 /* bytes */

typedef struct fixture {
    char directory[256];
    char path[300];  /* of the database, absent at first */
    char other[300]; /* of another one */
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    const char *parent = getenv("TMPDIR");
    snprintf(f->directory, sizeof f->directory, "%s/test_xapian.XXXXXX",
             parent != NULL && *parent != '\0' ? parent : "/tmp");
    if (mkdtemp(f->directory) == NULL) {
        free(f);
        return -1;
    }
    snprintf(f->path, sizeof f->path, "%s/store", f->directory);
    snprintf(f->other, sizeof f->other, "%s/other", f->directory);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    search_error error;
    const search_status status = file_remove_tree(f->directory, &error);
    free(f);
    return status == SEARCH_OK ? 0 : -1;
}

/* Faults of Xapian 1.4.22 itself: check() deletes a table as another type, and a compaction that fails leaks its
 * tables. */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}
const char *__lsan_default_suppressions(void) {
    return "leak:libxapian.so";
}

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        const search_status got = (call);                                                                              \
        if (got != SEARCH_OK)                                                                                          \
            fail_msg("%s: %s: %s", #call, search_status_name(got), error.message);                                     \
    } while (0)

#define assert_status(call, expected, expected_id)                                                                     \
    do {                                                                                                               \
        memset(&error, 0x55, sizeof error);                                                                            \
        const search_status got = (call);                                                                              \
        if (got != (expected))                                                                                         \
            fail_msg("%s: %s: %s", #call, search_status_name(got), error.message);                                     \
        assert_int_equal(error.status, expected);                                                                      \
        assert_string_equal(error.id, expected_id);                                                                    \
        assert_true(error.message[0] != '\0' && strlen(error.message) < sizeof error.message);                         \
        assert_true(error.offset == SEARCH_NO_OFFSET);                                                                 \
        assert_null(strchr(error.message, '\n'));                                                                      \
    } while (0)

static search_text text_of(const char *string) {
    return (search_text){string, strlen(string)};
}

static xapian_writer *create(const char *path) {
    search_error error;
    xapian_writer *w = NULL;
    assert_ok(xapian_writer_create(path, &w, &error));
    assert_non_null(w);
    return w;
}

/* Adds a document of the words given, at positions 1, 2, …, with wdf 1 each. */
static uint32_t add(xapian_writer *w, const char *data, const char *const *words) {
    search_error error;
    xapian_document *d = NULL;
    uint32_t docid = 0;
    assert_ok(xapian_document_new(&d, &error));
    for (uint32_t i = 0; words[i] != NULL; i++)
        assert_ok(xapian_document_add_posting(d, text_of(words[i]), i + 1, 1, &error));
    assert_ok(xapian_document_set_data(d, text_of(data), &error));
    assert_ok(xapian_writer_add(w, d, &docid, &error));
    xapian_document_free(d);
    return docid;
}

#define WORDS(...)                                                                                                     \
    (const char *const[]) {                                                                                            \
        __VA_ARGS__, NULL                                                                                              \
    }

static void finish(xapian_writer *w) {
    search_error error;
    assert_ok(xapian_writer_close(w, &error));
    xapian_writer_free(w);
}

static xapian_database *open_at(const char *path) {
    search_error error;
    xapian_database *d = NULL;
    assert_ok(xapian_database_open(path, &d, &error));
    assert_non_null(d);
    return d;
}

/* Three documents: 1 "kim il sung", 2 "mao", 3 "kim mao kim". */
static xapian_database *open_small(const char *path) {
    xapian_writer *w = create(path);
    assert_int_equal(add(w, "one", WORDS("kim", "il", "sung")), 1);
    assert_int_equal(add(w, "two", WORDS("mao")), 2);
    assert_int_equal(add(w, "three", WORDS("kim", "mao", "kim")), 3);
    finish(w);
    return open_at(path);
}

static xapian_postings *postings_of(const xapian_database *d, const char *term) {
    search_error error;
    xapian_postings *p = NULL;
    assert_ok(xapian_postings_open(d, text_of(term), &p, &error));
    assert_non_null(p);
    return p;
}

static uint32_t next(xapian_postings *p) {
    search_error error;
    uint32_t docid = 99;
    assert_ok(xapian_postings_next(p, &docid, &error));
    return docid;
}

static uint32_t skip_to(xapian_postings *p, uint32_t target) {
    search_error error;
    uint32_t docid = 99;
    assert_ok(xapian_postings_skip_to(p, target, &docid, &error));
    return docid;
}

static void assert_data(const xapian_database *d, uint32_t docid, const char *expected) {
    search_error error;
    char *data = NULL;
    size_t n_data = 0;
    assert_ok(xapian_database_data(d, docid, &data, &n_data, &error));
    assert_int_equal(n_data, strlen(expected));
    assert_string_equal(data, expected);
    free(data);
}

static void assert_metadata(const xapian_database *d, search_text key, const char *expected, size_t n_expected) {
    search_error error;
    char *value = NULL;
    size_t n_value = 99;
    assert_ok(xapian_database_metadata(d, key, &value, &n_value, &error));
    assert_non_null(value);
    assert_int_equal(n_value, n_expected);
    assert_memory_equal(value, expected, n_expected);
    free(value);
}

/* A database with several blocks in each table. */
static void build_many(const char *path) {
    search_error error;
    xapian_writer *w = create(path);
    for (uint32_t i = 1; i <= N_MANY; i++) {
        xapian_document *d = NULL;
        uint32_t docid = 0;
        char term[64], data[256];
        assert_ok(xapian_document_new(&d, &error));
        for (uint32_t j = 0; j < 20; j++) {
            snprintf(term, sizeof term, "t%u", (i * 7 + j * 131) % 997);
            assert_ok(xapian_document_add_posting(d, text_of(term), j + 1, 1, &error));
        }
        snprintf(term, sizeof term, "Qunique%u", i);
        assert_ok(xapian_document_add_term(d, text_of(term), 0, &error));
        snprintf(data, sizeof data, "record %u %u %u %u %u", i, i * 2654435761u, i * 40503u, i * 69069u, i * 22695477u);
        assert_ok(xapian_document_set_data(d, text_of(data), &error));
        assert_ok(xapian_writer_add(w, d, &docid, &error));
        assert_int_equal(docid, i);
        xapian_document_free(d);
    }
    assert_ok(xapian_writer_set_metadata(w, text_of("meta"), text_of("value"), &error));
    finish(w);
}

/* Reads all there is: every term, its documents, their positions, and all data.  The first failure, or SEARCH_OK. */
static search_status read_all(const char *path, search_error *error) {
    xapian_database *d = NULL;
    xapian_terms *t = NULL;
    uint32_t *positions = NULL;
    size_t capacity = 0, n_positions = 0;
    search_text term;
    uint32_t n_documents;
    search_status status = xapian_database_open(path, &d, error);
    if (status != SEARCH_OK)
        return status;
    status = xapian_terms_open(d, (search_text){NULL, 0}, &t, error);
    while (status == SEARCH_OK && (status = xapian_terms_next(t, &term, &n_documents, error)) == SEARCH_OK &&
           term.bytes != NULL) {
        xapian_postings *p = NULL;
        uint32_t docid = 0;
        status = xapian_postings_open(d, term, &p, error);
        while (status == SEARCH_OK && (status = xapian_postings_next(p, &docid, error)) == SEARCH_OK && docid != 0)
            status = xapian_postings_positions(p, &positions, &capacity, &n_positions, error);
        xapian_postings_free(p);
    }
    free(positions);
    xapian_terms_free(t);
    for (uint32_t docid = 1; status == SEARCH_OK && docid <= N_MANY; docid++) {
        char *data = NULL;
        size_t n_data;
        status = xapian_database_data(d, docid, &data, &n_data, error);
        free(data);
    }
    xapian_database_free(d);
    return status;
}

static void table_path(const fixture *f, const char *table, char *out, size_t n_out) {
    snprintf(out, n_out, "%s/%s", f->path, table);
}

static void truncate_table(const fixture *f, const char *table, long divide, long add_n_bytes) {
    char path[400];
    struct stat status;
    table_path(f, table, path, sizeof path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size / divide + add_n_bytes), 0);
}

/* Exclusive-ors a byte of every block of a table. */
static void flip_in_blocks(const fixture *f, const char *table, long offset, unsigned char mask) {
    char path[400];
    struct stat status;
    table_path(f, table, path, sizeof path);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size > 8192);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (long at = offset; at < status.st_size; at += 8192) {
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        const int byte = fgetc(file);
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        assert_true(fputc(byte ^ mask, file) != EOF);
    }
    assert_int_equal(fclose(file), 0);
}

static void write_file(const char *path, const char *bytes) {
    search_error error;
    assert_ok(file_write(path, bytes, strlen(bytes), &error));
}

/* ---- Round trips ---------------------------------------------------------------------------------------------- */

static void a_database_reads_back_as_written(void **state) {
    const fixture *f = *state;
    xapian_database *d = open_small(f->path);
    assert_int_equal(xapian_database_n_documents(d), 3);
    assert_int_equal(xapian_database_last_docid(d), 3);
    assert_int_equal(xapian_database_total_length(d), 7);
    assert_data(d, 1, "one");
    assert_data(d, 2, "two");
    assert_data(d, 3, "three");
    xapian_database_free(d);
}

static void an_empty_database_is_a_database(void **state) {
    const fixture *f = *state;
    search_error error;
    finish(create(f->path));
    xapian_database *d = open_at(f->path);
    assert_int_equal(xapian_database_n_documents(d), 0);
    assert_int_equal(xapian_database_last_docid(d), 0);
    assert_int_equal(xapian_database_total_length(d), 0);
    xapian_postings *p = postings_of(d, "");
    assert_int_equal(next(p), 0);
    xapian_postings_free(p);
    xapian_terms *t = NULL;
    search_text term;
    uint32_t n_documents;
    assert_ok(xapian_terms_open(d, (search_text){NULL, 0}, &t, &error));
    assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
    assert_null(term.bytes);
    xapian_terms_free(t);
    assert_metadata(d, text_of("any"), "", 0);
    size_t n_errors = 99;
    assert_ok(xapian_check(f->path, &n_errors, &error));
    assert_int_equal(n_errors, 0);
    xapian_database_free(d);
    assert_ok(xapian_compact(f->path, f->other, &error));
    d = open_at(f->other);
    assert_int_equal(xapian_database_n_documents(d), 0);
    xapian_database_free(d);
}

static void data_of_a_megabyte_reads_back(void **state) {
    const fixture *f = *state;
    const size_t n_bytes = 1024 * 1024;
    search_error error;
    char *bytes = malloc(n_bytes);
    assert_non_null(bytes);
    uint32_t random = 12345;
    for (size_t i = 0; i < n_bytes; i++) { /* hardly compressible, NULs among it */
        random = random * 1664525u + 1013904223u;
        bytes[i] = (char)(random >> 24);
    }
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    uint32_t docid;
    assert_ok(xapian_document_new(&document, &error));
    assert_ok(xapian_document_set_data(document, (search_text){bytes, n_bytes}, &error));
    assert_ok(xapian_writer_add(w, document, &docid, &error));
    xapian_document_free(document);
    finish(w);
    xapian_database *d = open_at(f->path);
    char *data = NULL;
    size_t n_data = 0;
    assert_ok(xapian_database_data(d, docid, &data, &n_data, &error));
    assert_int_equal(n_data, n_bytes);
    assert_memory_equal(data, bytes, n_bytes);
    free(data);
    free(bytes);
    xapian_database_free(d);
}

static void data_may_hold_nul_and_be_empty(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    uint32_t docid;
    assert_ok(xapian_document_new(&document, &error));
    assert_ok(xapian_document_set_data(document, (search_text){"a\0b", 3}, &error));
    assert_ok(xapian_document_set_value(document, 0, (search_text){"v\0w", 3}, &error));
    assert_ok(xapian_writer_add(w, document, &docid, &error));
    assert_ok(xapian_document_set_data(document, (search_text){NULL, 0}, &error));
    assert_ok(xapian_writer_add(w, document, &docid, &error));
    xapian_document_free(document);
    finish(w);
    xapian_database *d = open_at(f->path);
    char *data = NULL;
    size_t n_data = 99;
    assert_ok(xapian_database_data(d, 1, &data, &n_data, &error));
    assert_int_equal(n_data, 3);
    assert_memory_equal(data, "a\0b", 4);
    free(data);
    assert_data(d, 2, "");
    xapian_database_free(d);
}

static void set_data_keeps_terms_and_positions(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_writer *w = create(f->path);
    add(w, "old", WORDS("kim", "il", "sung"));
    assert_ok(xapian_writer_set_data(w, 1, text_of("not yet committed"), &error));
    assert_ok(xapian_writer_commit(w, &error));
    assert_ok(xapian_writer_set_data(w, 1, text_of("new"), &error));
    assert_status(xapian_writer_set_data(w, 2, text_of("none"), &error), SEARCH_E_NOT_FOUND, "xapian.no_document");
    finish(w);
    xapian_database *d = open_at(f->path);
    assert_data(d, 1, "new");
    assert_int_equal(xapian_database_total_length(d), 3);
    xapian_postings *p = postings_of(d, "sung");
    uint32_t *positions = NULL;
    size_t capacity = 0, n_positions = 0;
    assert_int_equal(next(p), 1);
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 1);
    assert_int_equal(positions[0], 3);
    free(positions);
    xapian_postings_free(p);
    xapian_database_free(d);
}

static void a_writer_reads_data_before_and_after_commit(void **state) {
    const fixture *f = *state;
    search_error error;
    char *data = NULL;
    size_t n_data = 0;
    xapian_writer *w = create(f->path);
    add(w, "before", WORDS("kim"));
    assert_ok(xapian_writer_data(w, 1, &data, &n_data, &error));
    assert_int_equal(n_data, 6);
    assert_string_equal(data, "before");
    free(data);
    assert_ok(xapian_writer_commit(w, &error));
    assert_ok(xapian_writer_data(w, 1, &data, &n_data, &error));
    assert_string_equal(data, "before");
    free(data);
    assert_status(xapian_writer_data(w, 2, &data, &n_data, &error), SEARCH_E_NOT_FOUND, "xapian.no_document");
    assert_null(data);
    assert_int_equal(n_data, 0);
    finish(w);
}

static void metadata_reads_back(void **state) {
    const fixture *f = *state;
    search_error error;
    char longest[MAX_N_TERM + 1];
    memset(longest, 'k', sizeof longest);
    xapian_writer *w = create(f->path);
    assert_ok(xapian_writer_set_metadata(w, text_of("key"), text_of("value"), &error));
    assert_ok(xapian_writer_set_metadata(w, text_of("gone"), text_of("value"), &error));
    assert_ok(xapian_writer_set_metadata(w, text_of("gone"), (search_text){NULL, 0}, &error));
    assert_ok(xapian_writer_set_metadata(w, text_of("bytes"), (search_text){"a\0\xff", 3}, &error));
    assert_ok(xapian_writer_set_metadata(w, (search_text){longest, MAX_N_TERM}, text_of("long"), &error));
    assert_status(xapian_writer_set_metadata(w, (search_text){longest, MAX_N_TERM + 1}, text_of("x"), &error),
                  SEARCH_E_ARGUMENT, "xapian.key_too_long");
    assert_status(xapian_writer_set_metadata(w, (search_text){NULL, 0}, text_of("x"), &error), SEARCH_E_ARGUMENT,
                  "xapian.key_empty");
    finish(w);
    xapian_database *d = open_at(f->path);
    assert_metadata(d, text_of("key"), "value", 5);
    assert_metadata(d, text_of("bytes"), "a\0\xff", 3);
    assert_metadata(d, (search_text){longest, MAX_N_TERM}, "long", 4);
    assert_metadata(d, (search_text){longest, MAX_N_TERM + 1}, "", 0);
    assert_metadata(d, text_of("gone"), "", 0);
    assert_metadata(d, text_of("never"), "", 0);
    assert_metadata(d, (search_text){NULL, 0}, "", 0);
    xapian_database_free(d);
}

static void what_is_committed_is_visible_and_what_is_not_is_not(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_writer *w = create(f->path);
    add(w, "one", WORDS("kim"));
    assert_ok(xapian_writer_commit(w, &error));
    xapian_database *d = open_at(f->path);
    assert_int_equal(xapian_database_n_documents(d), 1);
    xapian_database_free(d);
    add(w, "two", WORDS("kim"));
    assert_ok(xapian_writer_close(w, &error));
    d = open_at(f->path);
    assert_int_equal(xapian_database_n_documents(d), 2);
    xapian_database_free(d);
    xapian_writer_free(w);
}

/* ---- Terms ---------------------------------------------------------------------------------------------------- */

static void a_term_of_245_bytes_is_kept(void **state) {
    const fixture *f = *state;
    search_error error;
    char term[MAX_N_TERM];
    memset(term, 'x', sizeof term);
    const search_text longest = {term, sizeof term};
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    uint32_t docid, n_documents;
    assert_ok(xapian_document_new(&document, &error));
    assert_ok(xapian_document_add_term(document, longest, 1, &error));
    assert_ok(xapian_document_add_posting(document, longest, 7, 1, &error));
    assert_ok(xapian_writer_add(w, document, &docid, &error));
    xapian_document_free(document);
    finish(w);
    xapian_database *d = open_at(f->path);
    assert_ok(xapian_database_term_frequency(d, longest, &n_documents, &error));
    assert_int_equal(n_documents, 1);
    xapian_postings *p = NULL;
    assert_ok(xapian_postings_open(d, longest, &p, &error));
    assert_int_equal(next(p), 1);
    assert_int_equal(xapian_postings_wdf(p), 2);
    xapian_postings_free(p);
    xapian_database_free(d);
}

static void a_term_of_246_bytes_is_refused(void **state) {
    const fixture *f = *state;
    search_error error;
    char term[MAX_N_TERM + 1];
    memset(term, 'x', sizeof term);
    const search_text too_long = {term, sizeof term};
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    uint32_t docid;
    assert_ok(xapian_document_new(&document, &error));
    assert_status(xapian_document_add_term(document, too_long, 1, &error), SEARCH_E_ARGUMENT, "xapian.key_too_long");
    assert_status(xapian_document_add_posting(document, too_long, 1, 1, &error), SEARCH_E_ARGUMENT,
                  "xapian.key_too_long");
    assert_status(xapian_document_add_term(document, (search_text){NULL, 0}, 1, &error), SEARCH_E_ARGUMENT,
                  "xapian.key_empty");
    assert_ok(xapian_writer_add(w, document, &docid, &error)); /* the document is still good */
    xapian_document_free(document);
    finish(w);
}

static void a_nul_in_a_term_counts_twice(void **state) {
    const fixture *f = *state;
    search_error error;
    char term[MAX_N_TERM];
    memset(term, 'x', sizeof term);
    term[5] = '\0';
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    uint32_t docid, n_documents;
    assert_ok(xapian_document_new(&document, &error));
    assert_status(xapian_document_add_term(document, (search_text){term, sizeof term}, 1, &error), SEARCH_E_ARGUMENT,
                  "xapian.key_too_long");
    assert_ok(xapian_document_add_term(document, (search_text){term, sizeof term - 1}, 1, &error));
    assert_ok(xapian_document_add_term(document, (search_text){"\0", 1}, 1, &error));
    assert_ok(xapian_writer_add(w, document, &docid, &error));
    xapian_document_free(document);
    finish(w);
    xapian_database *d = open_at(f->path);
    assert_ok(xapian_database_term_frequency(d, (search_text){term, sizeof term - 1}, &n_documents, &error));
    assert_int_equal(n_documents, 1);
    assert_ok(xapian_database_term_frequency(d, (search_text){"\0", 1}, &n_documents, &error));
    assert_int_equal(n_documents, 1);
    xapian_database_free(d);
}

static void an_absent_term_has_no_documents(void **state) {
    const fixture *f = *state;
    search_error error;
    char term[1000];
    memset(term, 'x', sizeof term);
    xapian_database *d = open_small(f->path);
    for (size_t n_bytes = 1; n_bytes <= sizeof term; n_bytes += 111) {
        xapian_postings *p = NULL;
        uint32_t n_documents = 99;
        assert_ok(xapian_database_term_frequency(d, (search_text){term, n_bytes}, &n_documents, &error));
        assert_int_equal(n_documents, 0);
        assert_ok(xapian_postings_open(d, (search_text){term, n_bytes}, &p, &error));
        assert_int_equal(next(p), 0);
        assert_int_equal(next(p), 0);
        assert_int_equal(skip_to(p, 1), 0);
        assert_int_equal(xapian_postings_wdf(p), 0);
        xapian_postings_free(p);
    }
    xapian_database_free(d);
}

static void terms_come_in_bytewise_order(void **state) {
    const fixture *f = *state;
    static const char *const expected[] = {"a", "ab", "b", "b!", "z", "\xc3\xa9", "\xff"};
    search_error error;
    xapian_writer *w = create(f->path);
    add(w, "", WORDS("\xff", "z", "b!", "b", "\xc3\xa9", "ab", "a"));
    finish(w);
    xapian_database *d = open_at(f->path);
    xapian_terms *t = NULL;
    search_text term;
    uint32_t n_documents;
    assert_ok(xapian_terms_open(d, (search_text){NULL, 0}, &t, &error));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
        assert_int_equal(term.n_bytes, strlen(expected[i]));
        assert_memory_equal(term.bytes, expected[i], term.n_bytes);
        assert_int_equal(n_documents, 1);
    }
    for (int i = 0; i < 2; i++) {
        assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
        assert_null(term.bytes);
        assert_int_equal(n_documents, 0);
    }
    xapian_terms_free(t);
    xapian_database_free(d);
}

static void skip_to_moves_terms_forwards_only(void **state) {
    const fixture *f = *state;
    static const struct {
        const char *target, *expected;
    } steps[] = {{"ka", "kaa"}, {"kb", "kb"}, {"a", "kb"}, {"", "kb"}, {"kbb", "kc"}, {"kd", NULL}, {"kb", NULL}};
    search_error error;
    char target[300];
    memset(target, 'k', sizeof target);
    xapian_writer *w = create(f->path);
    add(w, "", WORDS("j", "kaa", "kb", "kc", "l"));
    add(w, "", WORDS("kb"));
    finish(w);
    xapian_database *d = open_at(f->path);
    xapian_terms *t = NULL;
    search_text term;
    uint32_t n_documents;
    assert_ok(xapian_terms_open(d, text_of("k"), &t, &error));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_ok(xapian_terms_skip_to(t, text_of(steps[i].target), &term, &n_documents, &error));
        assert_int_equal(n_documents, steps[i].expected == NULL ? 0 : strcmp(steps[i].expected, "kb") == 0 ? 2 : 1);
        assert_int_equal(term.bytes == NULL, steps[i].expected == NULL);
        if (steps[i].expected != NULL)
            assert_memory_equal(term.bytes, steps[i].expected, strlen(steps[i].expected) + 1);
    }
    xapian_terms_free(t);
    assert_ok(xapian_terms_open(d, (search_text){NULL, 0}, &t, &error));
    assert_ok(xapian_terms_next(t, &term, NULL, &error));
    assert_memory_equal(term.bytes, "j", 2);
    assert_ok(xapian_terms_skip_to(t, text_of("kb"), &term, NULL, &error));
    assert_ok(xapian_terms_next(t, &term, NULL, &error));
    assert_memory_equal(term.bytes, "kc", 3);
    assert_ok(xapian_terms_skip_to(t, (search_text){target, sizeof target}, &term, NULL, &error));
    assert_memory_equal(term.bytes, "l", 2);
    xapian_terms_free(t);
    xapian_database_free(d);
}

static void terms_of_a_prefix_only(void **state) {
    const fixture *f = *state;
    search_error error;
    char prefix[300];
    memset(prefix, 'k', sizeof prefix);
    xapian_writer *w = create(f->path);
    add(w, "", WORDS("k", "ki", "kim", "kj"));
    add(w, "", WORDS("kim", "l"));
    finish(w);
    xapian_database *d = open_at(f->path);
    xapian_terms *t = NULL;
    search_text term;
    uint32_t n_documents;
    assert_ok(xapian_terms_open(d, text_of("ki"), &t, &error));
    assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
    assert_memory_equal(term.bytes, "ki", 3);
    assert_int_equal(n_documents, 1);
    assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
    assert_memory_equal(term.bytes, "kim", 4);
    assert_int_equal(n_documents, 2);
    assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
    assert_null(term.bytes);
    xapian_terms_free(t);
    for (size_t n_bytes = 4; n_bytes <= sizeof prefix; n_bytes += 37) {
        assert_ok(xapian_terms_open(d, (search_text){prefix, n_bytes}, &t, &error));
        assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
        assert_null(term.bytes);
        xapian_terms_free(t);
    }
    xapian_database_free(d);
}

/* ---- Cursors -------------------------------------------------------------------------------------------------- */

static void the_empty_term_is_all_documents(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    uint32_t n_documents = 0;
    assert_ok(xapian_database_term_frequency(d, (search_text){NULL, 0}, &n_documents, &error));
    assert_int_equal(n_documents, 3);
    xapian_postings *p = postings_of(d, "");
    uint32_t *positions = NULL;
    size_t capacity = 0, n_positions = 99;
    assert_int_equal(next(p), 1);
    assert_int_equal(next(p), 2);
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 0);
    assert_int_equal(next(p), 3);
    assert_int_equal(next(p), 0);
    xapian_postings_free(p);
    free(positions);
    xapian_database_free(d);
}

static void a_cursor_starts_before_the_first_document(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    xapian_postings *p = postings_of(d, "kim");
    uint32_t *positions = NULL;
    size_t capacity = 0, n_positions = 99;
    assert_int_equal(xapian_postings_wdf(p), 0);
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 0);
    assert_int_equal(next(p), 1);
    assert_int_equal(xapian_postings_wdf(p), 1);
    assert_int_equal(next(p), 3);
    assert_int_equal(xapian_postings_wdf(p), 2);
    assert_int_equal(next(p), 0);
    assert_int_equal(xapian_postings_wdf(p), 0);
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 0);
    xapian_postings_free(p);
    free(positions);
    xapian_database_free(d);
}

static void skip_to_goes_forward_only(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    xapian_database *d = open_at(f->path);
    xapian_postings *p = postings_of(d, "");
    assert_int_equal(skip_to(p, 0), 1);
    assert_int_equal(skip_to(p, 5), 5);
    assert_int_equal(skip_to(p, 5), 5);
    assert_int_equal(skip_to(p, 2), 5);
    assert_int_equal(next(p), 6);
    assert_int_equal(skip_to(p, N_MANY), N_MANY);
    assert_int_equal(next(p), 0);
    xapian_postings_free(p);
    p = postings_of(d, "Qunique2000");
    assert_int_equal(skip_to(p, 17), 2000);
    assert_int_equal(skip_to(p, 2000), 2000);
    assert_int_equal(skip_to(p, 2001), 0);
    xapian_postings_free(p);
    xapian_database_free(d);
}

static void skip_to_agrees_with_next(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    xapian_database *d = open_at(f->path);
    xapian_postings *stepped = postings_of(d, "t5");
    for (uint32_t docid = next(stepped), before = 0; docid != 0; before = docid, docid = next(stepped)) {
        xapian_postings *p = postings_of(d, "t5");
        assert_int_equal(skip_to(p, before + 1), docid);
        assert_int_equal(xapian_postings_wdf(p), xapian_postings_wdf(stepped));
        xapian_postings_free(p);
    }
    xapian_postings_free(stepped);
    xapian_database_free(d);
}

static void skip_to_past_the_end_stays_there(void **state) {
    const fixture *f = *state;
    xapian_database *d = open_small(f->path);
    static const char *const terms[] = {"kim", ""};
    for (size_t i = 0; i < 2; i++) {
        xapian_postings *p = postings_of(d, terms[i]);
        assert_int_equal(skip_to(p, 4), 0);
        assert_int_equal(skip_to(p, 1), 0);
        assert_int_equal(next(p), 0);
        assert_int_equal(skip_to(p, UINT32_MAX), 0);
        assert_int_equal(xapian_postings_wdf(p), 0);
        xapian_postings_free(p);
    }
    xapian_database_free(d);
}

static void positions_come_ascending_in_an_array_that_grows(void **state) {
    const fixture *f = *state;
    const uint32_t n = 5000;
    search_error error;
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    uint32_t docid;
    assert_ok(xapian_document_new(&document, &error));
    for (uint32_t i = n; i > 0; i--) /* given in descending order */
        assert_ok(xapian_document_add_posting(document, text_of("word"), i * 3, 1, &error));
    assert_ok(xapian_document_add_posting(document, text_of("far"), UINT32_MAX - 1, 1, &error));
    assert_ok(xapian_document_add_posting(document, text_of("far"), 0, 1, &error));
    assert_ok(xapian_document_add_term(document, text_of("nowhere"), 1, &error));
    assert_ok(xapian_writer_add(w, document, &docid, &error));
    xapian_document_free(document);
    finish(w);
    xapian_database *d = open_at(f->path);
    uint32_t *positions = NULL;
    size_t capacity = 0, n_positions = 0;
    xapian_postings *p = postings_of(d, "word");
    assert_int_equal(next(p), 1);
    for (int twice = 0; twice < 2; twice++) {
        assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
        assert_int_equal(n_positions, n);
        assert_true(capacity >= n);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(positions[i], (i + 1) * 3);
    }
    xapian_postings_free(p);
    const size_t capacity_before = capacity;
    p = postings_of(d, "far");
    assert_int_equal(next(p), 1);
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 2);
    assert_int_equal(positions[0], 0);
    assert_int_equal(positions[1], UINT32_MAX - 1);
    assert_int_equal(capacity, capacity_before);
    xapian_postings_free(p);
    p = postings_of(d, "nowhere");
    assert_int_equal(next(p), 1);
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 0);
    xapian_postings_free(p);
    free(positions);
    xapian_database_free(d);
}

static void cursors_outlive_the_handle_of_their_database(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    xapian_postings *p = postings_of(d, "kim");
    xapian_terms *t = NULL;
    assert_ok(xapian_terms_open(d, text_of("s"), &t, &error));
    xapian_database_free(d);
    assert_int_equal(next(p), 1);
    uint32_t *positions = NULL;
    size_t capacity = 0, n_positions = 0;
    assert_ok(xapian_postings_positions(p, &positions, &capacity, &n_positions, &error));
    assert_int_equal(n_positions, 1);
    search_text term;
    uint32_t n_documents;
    assert_ok(xapian_terms_next(t, &term, &n_documents, &error));
    assert_memory_equal(term.bytes, "sung", 5);
    free(positions);
    xapian_postings_free(p);
    xapian_terms_free(t);
}

/* ---- Nothing there -------------------------------------------------------------------------------------------- */

static void assert_no_database(const char *path, const char *other) {
    search_error error;
    xapian_database *d = (xapian_database *)1;
    size_t n_errors = 99;
    assert_status(xapian_database_open(path, &d, &error), SEARCH_E_NO_INDEX, "xapian.no_database");
    assert_null(d);
    assert_status(xapian_check(path, &n_errors, &error), SEARCH_E_NO_INDEX, "xapian.no_database");
    assert_int_equal(n_errors, 0);
    assert_status(xapian_compact(path, other, &error), SEARCH_E_NO_INDEX, "xapian.no_database");
    assert_false(file_exists(other));
}

static void a_missing_directory_is_no_index(void **state) {
    const fixture *f = *state;
    assert_no_database(f->path, f->other);
    assert_no_database("", f->other);
}

static void a_directory_without_a_database_is_no_index(void **state) {
    const fixture *f = *state;
    assert_no_database(f->directory, f->other);
}

static void a_file_that_is_no_database_is_no_index(void **state) {
    const fixture *f = *state;
    write_file(f->path, "just a text file\n");
    assert_no_database(f->path, f->other);
}

static void a_stub_file_is_not_followed(void **state) {
    const fixture *f = *state;
    char text[400];
    finish(create(f->other));
    snprintf(text, sizeof text, "glass %s\nremote :false\n", f->other);
    write_file(f->path, text);
    char elsewhere[320];
    snprintf(elsewhere, sizeof elsewhere, "%s.copy", f->other);
    assert_no_database(f->path, elsewhere);
}

static void a_stub_directory_is_not_followed(void **state) {
    const fixture *f = *state;
    char text[400], stub[400];
    finish(create(f->other));
    assert_int_equal(mkdir(f->path, 0700), 0);
    snprintf(text, sizeof text, "glass %s\n", f->other);
    snprintf(stub, sizeof stub, "%s/XAPIANDB", f->path);
    write_file(stub, text);
    char elsewhere[320];
    snprintf(elsewhere, sizeof elsewhere, "%s.copy", f->other);
    assert_no_database(f->path, elsewhere);
}

static void a_fifo_in_place_of_the_version_file_does_not_hang(void **state) {
    const fixture *f = *state;
    char fifo[400];
    assert_int_equal(mkdir(f->path, 0700), 0);
    table_path(f, "iamglass", fifo, sizeof fifo);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_no_database(f->path, f->other);
}

static void creating_over_something_is_refused(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    xapian_writer *w = (xapian_writer *)1;
    assert_status(xapian_writer_create(f->path, &w, &error), SEARCH_E_SYSTEM, "xapian.system");
    assert_int_equal(error.system_errno, EEXIST);
    assert_null(w);
    assert_status(xapian_compact(f->path, f->path, &error), SEARCH_E_SYSTEM, "xapian.system");
    assert_int_equal(error.system_errno, EEXIST);
    assert_data(d, 3, "three");
    xapian_database_free(d);
    char deep[400];
    snprintf(deep, sizeof deep, "%s/absent/store", f->directory);
    assert_status(xapian_writer_create(deep, &w, &error), SEARCH_E_SYSTEM, "xapian.system");
    assert_int_equal(error.system_errno, ENOENT);
}

static void an_absent_document_is_not_found(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    char *data = (char *)1;
    size_t n_data = 99;
    assert_status(xapian_database_data(d, 4, &data, &n_data, &error), SEARCH_E_NOT_FOUND, "xapian.no_document");
    assert_null(data);
    assert_int_equal(n_data, 0);
    assert_status(xapian_database_data(d, UINT32_MAX, &data, &n_data, &error), SEARCH_E_NOT_FOUND,
                  "xapian.no_document");
    assert_status(xapian_database_data(d, 0, &data, &n_data, &error), SEARCH_E_ARGUMENT, "xapian.argument");
    xapian_database_free(d);
}

static void a_closed_writer_answers_with_an_error(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_writer *w = create(f->path);
    add(w, "one", WORDS("kim"));
    assert_ok(xapian_writer_close(w, &error));
    assert_status(xapian_writer_set_data(w, 1, text_of("x"), &error), SEARCH_E_INTERNAL, "xapian.closed");
    assert_ok(xapian_writer_close(w, &error)); /* again: nothing to do */
    xapian_writer_free(w);
}

/* ---- Damage --------------------------------------------------------------------------------------------------- */

static void assert_damaged(const fixture *f, const char *what) {
    search_error error;
    memset(&error, 0x55, sizeof error);
    const search_status status = read_all(f->path, &error);
    if (status != SEARCH_E_CORRUPT)
        fail_msg("%s: %s: %s", what, search_status_name(status), error.message);
    assert_int_equal(error.status, SEARCH_E_CORRUPT);
    assert_true(strncmp(error.id, "xapian.", 7) == 0);
    assert_true(error.message[0] != '\0');
    size_t n_errors = 0;
    const search_status checked = xapian_check(f->path, &n_errors, &error);
    if (checked != SEARCH_E_CORRUPT)
        fail_msg("%s: check: %s: %s", what, search_status_name(checked), error.message);
    assert_int_equal(error.status, SEARCH_E_CORRUPT);
}

static void a_sound_database_passes(void **state) {
    const fixture *f = *state;
    search_error error;
    build_many(f->path);
    assert_ok(read_all(f->path, &error));
    size_t n_errors = 99;
    assert_ok(xapian_check(f->path, &n_errors, &error));
    assert_int_equal(n_errors, 0);
}

static void truncated_postings_are_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    truncate_table(f, "postlist.glass", 2, 0);
    assert_damaged(f, "postlist.glass cut to half");
}

static void truncated_positions_are_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    truncate_table(f, "position.glass", 2, 100);
    assert_damaged(f, "position.glass cut within a block");
}

static void truncated_data_is_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    truncate_table(f, "docdata.glass", 2, 0);
    assert_damaged(f, "docdata.glass cut to half");
}

static void emptied_tables_are_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    truncate_table(f, "docdata.glass", 1000000000, 0);
    truncate_table(f, "postlist.glass", 1000000000, 0);
    truncate_table(f, "position.glass", 1000000000, 0);
    assert_damaged(f, "all tables empty");
}

static void a_missing_table_is_corrupt(void **state) {
    const fixture *f = *state;
    char path[400];
    build_many(f->path);
    table_path(f, "postlist.glass", path, sizeof path);
    assert_int_equal(unlink(path), 0);
    assert_damaged(f, "no postlist.glass");
}

/* A block begins with its revision (4 bytes), its level, and where its directory ends. */
static void flipped_bits_in_postings_are_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    flip_in_blocks(f, "postlist.glass", 0, 0x40);
    assert_damaged(f, "revision of postlist.glass");
}

static void flipped_bits_in_positions_are_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    flip_in_blocks(f, "position.glass", 0, 0x80);
    assert_damaged(f, "revision of position.glass");
}

static void flipped_bits_in_data_are_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    flip_in_blocks(f, "docdata.glass", 0, 0x01);
    assert_damaged(f, "revision of docdata.glass");
}

static void an_emptied_version_file_is_corrupt(void **state) {
    const fixture *f = *state;
    build_many(f->path);
    truncate_table(f, "iamglass", 1000000000, 0);
    assert_damaged(f, "empty iamglass");
}

static void a_wrong_version_file_is_corrupt(void **state) {
    const fixture *f = *state;
    char path[400];
    build_many(f->path);
    table_path(f, "iamglass", path, sizeof path);
    assert_int_equal(unlink(path), 0);
    write_file(path, "this was never written by Xapian, whatever its name may say; it is rather long, too");
    assert_damaged(f, "text in iamglass");
}

/* Every bit of the version file: whatever the answer, there is one. */
static void no_flipped_bit_of_the_version_file_crashes(void **state) {
    const fixture *f = *state;
    char path[400];
    unsigned char bytes[256];
    search_error error;
    build_many(f->path);
    table_path(f, "iamglass", path, sizeof path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t n_bytes = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t bit = 0; bit < n_bytes * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
        assert_int_equal(fclose(file), 0);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        xapian_database *d = NULL;
        search_status status = xapian_database_open(f->path, &d, &error);
        if (status == SEARCH_OK) {
            xapian_postings *p = NULL;
            uint32_t docid = 0;
            char *data = NULL;
            size_t n_data;
            status = xapian_database_data(d, N_MANY, &data, &n_data, &error);
            free(data);
            if (status == SEARCH_OK)
                status = xapian_postings_open(d, text_of("t5"), &p, &error);
            if (status == SEARCH_OK)
                status = xapian_postings_next(p, &docid, &error);
            xapian_postings_free(p);
        }
        xapian_database_free(d);
        if (status != SEARCH_OK && status != SEARCH_E_CORRUPT && status != SEARCH_E_FORMAT &&
            status != SEARCH_E_NOT_FOUND)
            fail_msg("bit %zu: %s: %s", bit, search_status_name(status), error.message);
    }
}

static void another_version_of_the_format_is_told_apart(void **state) {
    const fixture *f = *state;
    char path[400];
    search_error error;
    xapian_database_free(open_small(f->path));
    table_path(f, "iamglass", path, sizeof path);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 14, SEEK_SET), 0); /* after the magic: the date of the format */
    assert_int_equal(fwrite("\x7f\x7f", 1, 2, file), 2);
    assert_int_equal(fclose(file), 0);
    xapian_database *d = NULL;
    assert_status(xapian_database_open(f->path, &d, &error), SEARCH_E_FORMAT, "xapian.version");
    assert_null(d);
}

static void a_check_says_what_is_wrong(void **state) {
    const fixture *f = *state;
    search_error error;
    build_many(f->path);
    flip_in_blocks(f, "termlist.glass", 4000, 0x01); /* inside an item */
    size_t n_errors = 0;
    const search_status checked = xapian_check(f->path, &n_errors, &error);
    assert_int_equal(checked, SEARCH_E_CORRUPT);
    assert_true(strlen(error.message) > strlen("the database is damaged: "));
    assert_null(strstr(error.message, "no details"));
}

/* ---- Compaction ----------------------------------------------------------------------------------------------- */

static void a_compacted_database_holds_the_same(void **state) {
    const fixture *f = *state;
    search_error error;
    build_many(f->path);
    assert_ok(xapian_compact(f->path, f->other, &error));
    xapian_database *a = open_at(f->path), *b = open_at(f->other);
    assert_int_equal(xapian_database_n_documents(a), xapian_database_n_documents(b));
    assert_int_equal(xapian_database_last_docid(a), xapian_database_last_docid(b));
    assert_int_equal(xapian_database_total_length(a), xapian_database_total_length(b));
    assert_metadata(b, text_of("meta"), "value", 5);
    for (uint32_t docid = 1; docid <= N_MANY; docid += 7) {
        char *data = NULL;
        size_t n_data = 0;
        assert_ok(xapian_database_data(a, docid, &data, &n_data, &error));
        assert_data(b, docid, data);
        free(data);
    }
    xapian_terms *s = NULL, *t = NULL;
    assert_ok(xapian_terms_open(a, (search_text){NULL, 0}, &s, &error));
    assert_ok(xapian_terms_open(b, (search_text){NULL, 0}, &t, &error));
    for (;;) {
        search_text one, other;
        uint32_t n_one, n_other;
        assert_ok(xapian_terms_next(s, &one, &n_one, &error));
        assert_ok(xapian_terms_next(t, &other, &n_other, &error));
        assert_int_equal(one.n_bytes, other.n_bytes);
        assert_int_equal(n_one, n_other);
        if (one.bytes == NULL)
            break;
        assert_memory_equal(one.bytes, other.bytes, one.n_bytes);
    }
    xapian_terms_free(s);
    xapian_terms_free(t);
    xapian_database_free(a);
    xapian_database_free(b);
    size_t n_errors = 99;
    assert_ok(xapian_check(f->other, &n_errors, &error));
}

static void compacting_a_damaged_database_is_an_error(void **state) {
    const fixture *f = *state;
    search_error error;
    build_many(f->path);
    truncate_table(f, "position.glass", 2, 0);
    memset(&error, 0x55, sizeof error);
    assert_int_equal(xapian_compact(f->path, f->other, &error), SEARCH_E_CORRUPT);
    assert_int_equal(error.status, SEARCH_E_CORRUPT);
}

/* ---- Handles and errors --------------------------------------------------------------------------------------- */

static void freeing_null_does_nothing(void **state) {
    (void)state;
    xapian_writer_free(NULL);
    xapian_document_free(NULL);
    xapian_database_free(NULL);
    xapian_postings_free(NULL);
    xapian_terms_free(NULL);
}

static void errors_are_optional_and_cleared_by_success(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = NULL;
    assert_int_equal(xapian_database_open(f->path, &d, NULL), SEARCH_E_NO_INDEX);
    assert_null(d);
    d = open_small(f->path);
    memset(&error, 0x55, sizeof error);
    uint32_t n_documents;
    assert_int_equal(xapian_database_term_frequency(d, text_of("kim"), &n_documents, &error), SEARCH_OK);
    assert_int_equal(error.status, SEARCH_OK);
    assert_int_equal(error.system_errno, 0);
    assert_true(error.offset == SEARCH_NO_OFFSET);
    assert_string_equal(error.id, "");
    assert_string_equal(error.message, "");
    assert_string_equal(error.hint, "");
    xapian_database_free(d);
}

static void errno_is_left_alone(void **state) {
    const fixture *f = *state;
    xapian_database *d = NULL;
    errno = ERANGE;
    assert_int_equal(xapian_database_open(f->path, &d, NULL), SEARCH_E_NO_INDEX);
    assert_int_equal(errno, ERANGE);
    d = open_small(f->path);
    errno = ERANGE;
    assert_int_equal(xapian_database_n_documents(d), 3);
    assert_int_equal(errno, ERANGE);
    xapian_database_free(d);
}

static void a_table_out_of_reach_is_a_system_error(void **state) {
    const fixture *f = *state;
    search_error error;
    char path[400];
    xapian_database_free(open_small(f->path));
    table_path(f, "postlist.glass", path, sizeof path);
    assert_int_equal(chmod(path, 0), 0);
    if (access(path, R_OK) == 0)
        skip(); /* the superuser reads everything */
    xapian_database *d = NULL;
    assert_status(xapian_database_open(f->path, &d, &error), SEARCH_E_SYSTEM, "xapian.system");
    assert_int_equal(error.system_errno, EACCES);
}

static void a_write_that_fails_ends_the_writer(void **state) {
    const fixture *f = *state;
    search_error error;
    struct rlimit before, small;
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    char data[4096];
    uint32_t random = 1, docid;
    for (size_t i = 0; i < sizeof data; i++) {
        random = random * 1664525u + 1013904223u;
        data[i] = (char)(random >> 24);
    }
    assert_ok(xapian_document_new(&document, &error));
    assert_ok(xapian_document_add_term(document, text_of("kim"), 1, &error));
    assert_ok(xapian_document_set_data(document, (search_text){data, sizeof data}, &error));
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100000; /* as if the disk were full soon */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    search_status status = SEARCH_OK;
    for (int i = 0; i < 1000 && status == SEARCH_OK; i++)
        status = xapian_writer_add(w, document, &docid, &error);
    if (status == SEARCH_OK)
        status = xapian_writer_commit(w, &error);
    const search_error first = error;
    const search_status after = xapian_writer_close(w, &error);
    xapian_writer_free(w);
    xapian_document_free(document);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    if (status != SEARCH_E_SYSTEM)
        fail_msg("%s: %s: %s", search_status_name(status), first.id, first.message);
    assert_int_equal(first.system_errno, EFBIG);
    assert_int_equal(after, SEARCH_E_INTERNAL);
    assert_string_equal(error.id, "xapian.writer_failed");
}

static void a_writer_freed_without_a_commit_leaves_nothing(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_writer *w = create(f->path);
    add(w, "one", WORDS("kim"));
    xapian_writer_free(w);
    xapian_database *d = NULL;
    const search_status status = xapian_database_open(f->path, &d, &error);
    if (status == SEARCH_OK)
        assert_int_equal(xapian_database_n_documents(d), 0);
    xapian_database_free(d);
}

static void the_version_is_told(void **state) {
    (void)state;
    const char *version = xapian_version();
    assert_non_null(version);
    assert_true(version[0] >= '1' && version[0] <= '9' && version[1] == '.');
}

/* ---- What a comparison reads ---------------------------------------------------------------------------------- */

static void the_terms_of_a_document_have_wdf_and_positions(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    xapian_terms *t = NULL;
    search_text term;
    uint32_t *positions = NULL;
    size_t capacity = 0;
    size_t n = 9;
    assert_ok(xapian_terms_open_document(d, 3, &t, &error));
    assert_int_equal(xapian_terms_wdf(t), 0);
    assert_ok(xapian_terms_positions(t, &positions, &capacity, &n, &error));
    assert_int_equal(n, 0);
    assert_ok(xapian_terms_next(t, &term, NULL, &error));
    assert_true(term.n_bytes == 3 && memcmp(term.bytes, "kim", 3) == 0);
    assert_int_equal(xapian_terms_wdf(t), 2);
    assert_ok(xapian_terms_positions(t, &positions, &capacity, &n, &error));
    assert_true(n == 2 && positions[0] == 1 && positions[1] == 3);
    assert_ok(xapian_terms_next(t, &term, NULL, &error));
    assert_true(term.n_bytes == 3 && memcmp(term.bytes, "mao", 3) == 0);
    assert_int_equal(xapian_terms_wdf(t), 1);
    assert_ok(xapian_terms_next(t, &term, NULL, &error));
    assert_null(term.bytes);
    assert_int_equal(xapian_terms_wdf(t), 0);
    xapian_terms_free(t);
    assert_status(xapian_terms_open_document(d, 4, &t, &error), SEARCH_E_NOT_FOUND, "xapian.no_document");
    assert_null(t);
    free(positions);
    xapian_database_free(d);
}

static void frequencies_and_lengths_are_told(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_database *d = open_small(f->path);
    uint64_t n = 9;
    uint32_t length = 9;
    assert_ok(xapian_database_collection_frequency(d, text_of("kim"), &n, &error));
    assert_int_equal(n, 3);
    assert_ok(xapian_database_collection_frequency(d, text_of("absent"), &n, &error));
    assert_int_equal(n, 0);
    assert_ok(xapian_database_document_length(d, 3, &length, &error));
    assert_int_equal(length, 3);
    assert_status(xapian_database_document_length(d, 9, &length, &error), SEARCH_E_NOT_FOUND, "xapian.no_document");
    assert_int_equal(length, 0);
    xapian_database_free(d);
}

static void values_and_metadata_keys_are_listed(void **state) {
    const fixture *f = *state;
    search_error error;
    xapian_writer *w = create(f->path);
    xapian_document *document = NULL;
    assert_ok(xapian_document_new(&document, &error));
    assert_ok(xapian_document_set_value(document, 7, text_of("seven"), &error));
    assert_ok(xapian_document_set_value(document, 2, text_of("two"), &error));
    assert_ok(xapian_writer_add(w, document, NULL, &error));
    xapian_document_free(document);
    assert_ok(xapian_writer_set_metadata(w, text_of("b"), text_of("1"), &error));
    assert_ok(xapian_writer_set_metadata(w, text_of("a"), text_of("2"), &error));
    finish(w);
    xapian_database *d = open_at(f->path);
    xapian_values *v = NULL;
    uint32_t slot = 0;
    search_text text;
    assert_ok(xapian_values_open(d, 1, &v, &error));
    assert_ok(xapian_values_next(v, &slot, &text, &error));
    assert_true(slot == 2 && text.n_bytes == 3 && memcmp(text.bytes, "two", 3) == 0);
    assert_ok(xapian_values_next(v, &slot, &text, &error));
    assert_true(slot == 7 && text.n_bytes == 5 && memcmp(text.bytes, "seven", 5) == 0);
    assert_ok(xapian_values_next(v, &slot, &text, &error));
    assert_null(text.bytes);
    assert_ok(xapian_values_next(v, &slot, &text, &error));
    assert_null(text.bytes);
    xapian_values_free(v);
    xapian_terms *t = NULL;
    assert_ok(xapian_terms_open_metadata(d, &t, &error));
    assert_ok(xapian_terms_next(t, &text, NULL, &error));
    assert_true(text.n_bytes == 1 && text.bytes[0] == 'a');
    assert_ok(xapian_terms_next(t, &text, NULL, &error));
    assert_true(text.n_bytes == 1 && text.bytes[0] == 'b');
    assert_ok(xapian_terms_next(t, &text, NULL, &error));
    assert_null(text.bytes);
    xapian_terms_free(t);
    xapian_database_free(d);
}

/* A block of the middle is filled with zeros. */
static void a_single_table_is_checked(void **state) {
    const fixture *f = *state;
    search_error error;
    char path[400];
    static const char zeros[4096];
    xapian_database_free(open_small(f->path));
    assert_ok(xapian_check_table(f->path, "postlist", &error));
    assert_ok(xapian_check_table(f->path, "spelling", &error)); /* not there */
    snprintf(path, sizeof path, "%s/postlist.glass", f->path);
    const int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, zeros, sizeof zeros, 0), sizeof zeros);
    close(fd);
    memset(&error, 0, sizeof error);
    assert_int_equal(xapian_check_table(f->path, "postlist", &error), SEARCH_E_CORRUPT);
    assert_ok(xapian_check_table(f->path, "termlist", &error));
    assert_status(xapian_check_table(f->other, "postlist", &error), SEARCH_E_NO_INDEX, "xapian.no_database");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_database_reads_back_as_written),
        CASE(an_empty_database_is_a_database),
        CASE(data_of_a_megabyte_reads_back),
        CASE(data_may_hold_nul_and_be_empty),
        CASE(set_data_keeps_terms_and_positions),
        CASE(a_writer_reads_data_before_and_after_commit),
        CASE(metadata_reads_back),
        CASE(what_is_committed_is_visible_and_what_is_not_is_not),
        CASE(a_term_of_245_bytes_is_kept),
        CASE(a_term_of_246_bytes_is_refused),
        CASE(a_nul_in_a_term_counts_twice),
        CASE(an_absent_term_has_no_documents),
        CASE(terms_come_in_bytewise_order),
        CASE(terms_of_a_prefix_only),
        CASE(skip_to_moves_terms_forwards_only),
        CASE(the_empty_term_is_all_documents),
        CASE(a_cursor_starts_before_the_first_document),
        CASE(skip_to_goes_forward_only),
        CASE(skip_to_agrees_with_next),
        CASE(skip_to_past_the_end_stays_there),
        CASE(positions_come_ascending_in_an_array_that_grows),
        CASE(the_terms_of_a_document_have_wdf_and_positions),
        CASE(frequencies_and_lengths_are_told),
        CASE(values_and_metadata_keys_are_listed),
        CASE(a_single_table_is_checked),
        CASE(cursors_outlive_the_handle_of_their_database),
        CASE(a_missing_directory_is_no_index),
        CASE(a_directory_without_a_database_is_no_index),
        CASE(a_file_that_is_no_database_is_no_index),
        CASE(a_stub_file_is_not_followed),
        CASE(a_stub_directory_is_not_followed),
        CASE(a_fifo_in_place_of_the_version_file_does_not_hang),
        CASE(creating_over_something_is_refused),
        CASE(an_absent_document_is_not_found),
        CASE(a_closed_writer_answers_with_an_error),
        CASE(a_sound_database_passes),
        CASE(truncated_postings_are_corrupt),
        CASE(truncated_positions_are_corrupt),
        CASE(truncated_data_is_corrupt),
        CASE(emptied_tables_are_corrupt),
        CASE(a_missing_table_is_corrupt),
        CASE(flipped_bits_in_postings_are_corrupt),
        CASE(flipped_bits_in_positions_are_corrupt),
        CASE(flipped_bits_in_data_are_corrupt),
        CASE(an_emptied_version_file_is_corrupt),
        CASE(a_wrong_version_file_is_corrupt),
        CASE(no_flipped_bit_of_the_version_file_crashes),
        CASE(another_version_of_the_format_is_told_apart),
        CASE(a_check_says_what_is_wrong),
        CASE(a_compacted_database_holds_the_same),
        CASE(compacting_a_damaged_database_is_an_error),
        CASE(freeing_null_does_nothing),
        CASE(errors_are_optional_and_cleared_by_success),
        CASE(errno_is_left_alone),
        CASE(a_table_out_of_reach_is_a_system_error),
        CASE(a_write_that_fails_ends_the_writer),
        CASE(a_writer_freed_without_a_commit_leaves_nothing),
        CASE(the_version_is_told),
    };
    return cmocka_run_group_tests_name("xapian", tests, NULL, NULL);
}
