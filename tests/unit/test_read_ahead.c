/* A long file of lines is read by a thread of the library's own: what is handed on, in which order and by which thread
 * is as if there were none.  Each text is read both ways, and the two logs compared.  read() is our own here, to see
 * who calls it and to let it fail.  The records are made up. */
#include "libsearch/cable/cable.h"
#include "libsearch/support/digest.h"
#include "libsearch/support/files.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

enum { n_chunk = 64 << 10, n_long = 3 << 20 };

/* ---- read() ----------------------------------------------------------------------------------------------------- */

static pthread_t main_thread;
static size_t n_reads_apart; /* by another thread than the test's */
static size_t n_reads;
static size_t failing_read; /* this one fails; 0: none */

ssize_t read(int fd, void *bytes, size_t n_bytes) {
    n_reads++;
    n_reads_apart += pthread_equal(pthread_self(), main_thread) ? 0 : 1;
    if (n_reads == failing_read) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_read, fd, bytes, n_bytes);
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

typedef search_status (*reader)(const char *source, const char *format, const cable_sink *sink, search_error *error);

typedef struct fixture {
    char path[32];
    buffer text;
    buffer log; /* a line a call of the sink, with all that it was given, and at last the status */
    size_t n_records;
    size_t n_told;     /* calls of on_bytes */
    size_t failing;    /* this record fails with SEARCH_E_SYSTEM; 0: none */
    size_t refused;    /* this one is no good */
    size_t cancelling; /* this call of on_bytes says no */
} fixture;

static search_status on_record(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error) {
    fixture *f = context;
    char *json = NULL;
    size_t n_json = 0;
    char hex[DIGEST_N_HEX + 1];
    assert_true(pthread_equal(pthread_self(), main_thread));
    assert_string_equal(source, f->path);
    assert_int_equal(search_record_to_json(record, &json, &n_json, NULL), SEARCH_OK);
    digest_of(json, n_json, hex);
    search_bytes_free(json);
    buffer_add_format(&f->log, "+%zu %s\n", line, hex);
    f->n_records++;
    if (f->n_records == f->failing)
        return error_set(error, SEARCH_E_SYSTEM, "test.failed", "it is to fail");
    return f->n_records == f->refused ? error_set(error, SEARCH_E_INPUT, "test.refused", "it is no good") : SEARCH_OK;
}

static void on_report(void *context, const search_report *r) {
    fixture *f = context;
    assert_true(pthread_equal(pthread_self(), main_thread));
    buffer_add_format(&f->log, "%c%zu %s: %s\n", r->skipped ? '-' : '~', r->line, r->id, r->reason);
}

static bool on_bytes(void *context, size_t n_bytes) {
    fixture *f = context;
    assert_true(pthread_equal(pthread_self(), main_thread));
    buffer_add_format(&f->log, "%zu\n", n_bytes);
    return ++f->n_told != f->cancelling;
}

/* What comes of reading, as the log. */
static char *read_by(fixture *f, reader by) {
    const cable_sink sink = {on_record, on_report, on_bytes, f};
    search_error error;
    f->n_records = 0;
    f->n_told = 0;
    n_reads = 0;
    n_reads_apart = 0;
    const search_status status = by(f->path, "jsonl", &sink, &error);
    buffer_add_format(&f->log, "%d %s: %s\n", (int)status, error.id, error.message);
    return buffer_take(&f->log, NULL);
}

/* The text read both ways gives the same.  Leaves the log, which the caller frees. */
static char *assert_same(fixture *f) {
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(f->text.bytes, 1, f->text.n_bytes, file), f->text.n_bytes);
    assert_int_equal(fclose(file), 0);
    char *expected = read_by(f, source_read);
    assert_int_equal(n_reads_apart, 0);
    char *log = read_by(f, source_read_ahead);
    assert_string_equal(log, expected);
    free(expected);
    return log;
}

static void assert_same_apart(fixture *f) {
    free(assert_same(f));
    assert_true(n_reads_apart > 0);
}

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->path, "/tmp/libsearch-ahead-XXXXXX");
    *state = f;
    main_thread = pthread_self();
    failing_read = 0;
    const int fd = mkstemp(f->path);
    return fd < 0 || close(fd) != 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    buffer_free(&f->text);
    buffer_free(&f->log);
    const int failed = unlink(f->path);
    free(f);
    return failed;
}

/* ---- Texts ------------------------------------------------------------------------------------------------------ */

/* A line of so many bytes, without its end: a record whose id is that of its place in the text. */
static void add_record(buffer *text, size_t n_bytes) {
    char head[64];
    const int n_head = snprintf(head, sizeof head, "{\"id\":\"%zu\",\"title\":\"Cable\",\"body\":\"", text->n_bytes);
    assert_true(n_bytes >= (size_t)n_head + 2);
    buffer_add(text, head, (size_t)n_head);
    for (size_t i = (size_t)n_head; i + 2 < n_bytes; i++)
        buffer_add_byte(text, (char)('a' + text->n_bytes * 7 % 26));
    buffer_add_string(text, "\"}");
}

static void add_records(buffer *text, size_t n_text, size_t n_line) {
    while (text->n_bytes < n_text) {
        add_record(text, n_line);
        buffer_add_byte(text, '\n');
    }
}

/* Lines of all kinds, so that each kind of item comes at each place of a batch. */
static void add_mixture(buffer *text, size_t n_text) {
    static const char *const others[] = {"",
                                         "  \r",
                                         "{\"id\":",
                                         "null",
                                         "{\"title\":\"\xFF\"}",
                                         "{\"title\":{}}",
                                         "{\"a\":{\"b\":1},\"title\":\"nested\"}"};
    for (size_t i = 0; text->n_bytes < n_text; i++) {
        if (i % 5 == 3)
            buffer_add_string(text, others[i / 5 % (sizeof others / sizeof *others)]);
        else
            add_record(text, i % 97 == 0 ? 300000 : 100 + i * 31 % 5000);
        buffer_add_string(text, i % 3 == 0 ? "\r\n" : "\n");
    }
}

static void lines_of_all_kinds(void **state) {
    fixture *f = *state;
    add_mixture(&f->text, n_long);
    assert_same_apart(f);
    assert_true(f->n_records > 500);
}

static void last_line_without_newline(void **state) {
    fixture *f = *state;
    add_mixture(&f->text, n_long);
    add_record(&f->text, 1000);
    assert_same_apart(f);
    buffer_add_string(&f->text, "\n\xEF\xBB\xBF ");
    assert_same_apart(f);
}

/* A line that ends just before, at and behind the end of what is read at once, and one that goes over several. */
static void lines_at_the_borders(void **state) {
    fixture *f = *state;
    for (size_t n = n_chunk - 3; n <= n_chunk + 3; n++) {
        buffer_clear(&f->text);
        add_record(&f->text, n);
        buffer_add_byte(&f->text, '\n');
        add_record(&f->text, 5 * n_chunk + 1);
        buffer_add_byte(&f->text, '\n');
        add_records(&f->text, n_long / 2, n_chunk - 1);
        assert_same_apart(f);
        assert_int_equal(f->n_records, 2 + (n_long / 2 - 6 * n_chunk + n_chunk - 1) / n_chunk);
    }
}

static void line_that_is_too_long(void **state) {
    fixture *f = *state;
    add_records(&f->text, n_chunk, 500);
    add_record(&f->text, RECORD_MAX_N_BYTES + 1);
    buffer_add_byte(&f->text, '\n');
    add_record(&f->text, RECORD_MAX_N_BYTES / 2);
    buffer_add_byte(&f->text, '\n');
    add_records(&f->text, f->text.n_bytes + n_chunk, 500);
    char *log = assert_same(f);
    assert_true(n_reads_apart > 0);
    assert_non_null(strstr(log, "record.too_large"));
    free(log);
}

static void blank_lines_alone(void **state) {
    fixture *f = *state;
    for (size_t i = 0; i < n_long / 2; i++)
        buffer_add_byte(&f->text, '\n');
    assert_same_apart(f);
    assert_int_equal(f->n_records, 0);
    assert_int_equal(f->n_told, n_long / 2 + 1);
}

static void short_files_start_no_thread(void **state) {
    fixture *f = *state;
    buffer_add_string(&f->text, "");
    free(assert_same(f));
    add_mixture(&f->text, (1 << 20) - 400000);
    free(assert_same(f));
    assert_int_equal(n_reads_apart, 0);
}

/* ---- Failures --------------------------------------------------------------------------------------------------- */

/* The lines before it are delivered, the one that is cut is not. */
static void failing_reads(void **state) {
    static const size_t at[] = {2, 3, 17, n_long / n_chunk};
    fixture *f = *state;
    add_mixture(&f->text, n_long);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        failing_read = at[i];
        char *log = assert_same(f);
        assert_true(n_reads_apart > 0);
        assert_non_null(strstr(log, "source.unreadable"));
        free(log);
    }
}

static void stops_where_the_sink_does(void **state) {
    static const size_t at[] = {1, 2, 64, 65, 300};
    fixture *f = *state;
    add_mixture(&f->text, n_long);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        f->failing = at[i];
        assert_same_apart(f);
        assert_int_equal(f->n_records, at[i]);
        f->failing = 0;
        f->cancelling = at[i];
        assert_same_apart(f);
        assert_int_equal(f->n_told, at[i]);
        f->cancelling = 0;
    }
    f->refused = 70;
    assert_same_apart(f);
}

#ifdef __GLIBC__
/* New threads are to have a stack for which there is no room. */
static void goes_on_without_a_thread(void **state) {
    fixture *f = *state;
    pthread_attr_t before;
    pthread_attr_t none;
    add_mixture(&f->text, n_long);
    assert_int_equal(pthread_getattr_default_np(&before), 0);
    pthread_attr_init(&none);
    assert_int_equal(pthread_attr_setstacksize(&none, SIZE_MAX / 4 & ~(size_t)0xFFFF), 0);
    assert_int_equal(pthread_setattr_default_np(&none), 0);
    free(assert_same(f));
    assert_int_equal(n_reads_apart, 0);
    assert_int_equal(pthread_setattr_default_np(&before), 0);
    pthread_attr_destroy(&before);
    pthread_attr_destroy(&none);
}
#endif

/* ---- A writer --------------------------------------------------------------------------------------------------- */

static void a_writer_of_one_job_starts_no_thread(void **state) {
    fixture *f = *state;
    add_mixture(&f->text, n_long);
    free(assert_same(f));
    for (size_t n_jobs = 1; n_jobs <= 2; n_jobs++) {
        search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
        options.mode = SEARCH_WRITE_REBUILD;
        options.n_jobs = n_jobs;
        char directory[] = "/tmp/libsearch-ahead-XXXXXX";
        search_writer *writer = NULL;
        assert_non_null(mkdtemp(directory));
        assert_int_equal(search_writer_open(directory, &options, &writer, NULL), SEARCH_OK);
        n_reads_apart = 0;
        assert_int_equal(search_writer_read(writer, f->path, NULL), SEARCH_OK);
        assert_int_equal(n_reads_apart > 0, n_jobs > 1);
        search_writer_free(writer);
        assert_int_equal(file_remove_tree(directory, NULL), SEARCH_OK);
    }
}

#define READ(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        READ(lines_of_all_kinds),
        READ(last_line_without_newline),
        READ(lines_at_the_borders),
        READ(line_that_is_too_long),
        READ(blank_lines_alone),
        READ(short_files_start_no_thread),
        READ(failing_reads),
        READ(stops_where_the_sink_does),
#ifdef __GLIBC__
        READ(goes_on_without_a_thread),
#endif
        READ(a_writer_of_one_job_starts_no_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
