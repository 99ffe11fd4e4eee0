/* The segment builder below the writer, with so little memory that a few megabytes make dozens of runs, all of them
 * spilled: the bytes are those of one run kept in memory; stopped at any tick it ends at once, with its threads; and a
 * disk that is full at any byte is told. */
#include "libsearch/cable/cable.h"
#include "libsearch/index/segment.h"
#include "libsearch/support/files.h"
#include "libsearch/xapian/xapian_c.h"
#include "made_up.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

static const uint64_t little = 1; /* bytes: batches are as small as can be, and no run is kept */
static const uint64_t plenty = UINT64_C(1) << 30;

/* ---- Building ------------------------------------------------------------------------------------------------- */

/* What the ticks tell, and when they say stop. */
typedef struct ticks {
    pthread_t thread;
    size_t n;
    size_t stop_at; /* the tick that says stop, from 1; 0: none */
    size_t n_by_phase[2];
    uint64_t n_done;
} ticks;

static search_status tick(void *context, const char *phase, uint64_t n_done, search_error *error) {
    ticks *t = context;
    const size_t which = strcmp(phase, "merge") == 0 ? 1 : 0;
    assert_true(pthread_equal(t->thread, pthread_self()));
    assert_true(which == 1 || strcmp(phase, "write") == 0);
    assert_true(which == 1 || t->n_by_phase[1] == 0); /* never back */
    assert_true(n_done >= t->n_done);
    t->n_done = n_done;
    t->n_by_phase[which]++;
    return ++t->n == t->stop_at ? error_set(error, SEARCH_E_CANCELLED, "test.stop", "the test said stop") : SEARCH_OK;
}

typedef struct trial {
    size_t n_records;
    size_t n_jobs;
    uint64_t n_bytes_memory;
    bool via_xapian;
    ticks ticks;
} trial;

static void make_mixed(search_record *record, size_t i) {
    if (i % 32 == 0) {
        made_up_odd(record, i);
    } else {
        made_up_plain(record, i);
    }
}

static search_status add_record(segment_builder *b, size_t i, search_error *error) {
    search_record *record = NULL;
    buffer frame = {0};
    assert_ok(search_record_new(&record, &last_error));
    make_mixed(record, i);
    assert_true(record_frame_write(&frame, record));
    const search_status status = segment_builder_add(b, (search_text){frame.bytes, frame.n_bytes}, i % 5 == 0, error);
    buffer_free(&frame);
    search_record_free(record);
    return status;
}

static search_status build_records(const segment_options *options, size_t n_records, segment_summary *summary,
                                   search_error *error) {
    segment_builder *b = NULL;
    search_status status = segment_builder_new(options, &b, error);
    for (size_t i = 0; i < n_records && status == SEARCH_OK; i++) {
        status = add_record(b, i, error);
    }
    if (status == SEARCH_OK) {
        status = segment_builder_finish(b, summary, error);
    }
    segment_builder_free(b);
    return status;
}

/* Into an absent folder; why it failed is in `error`. */
static search_status build(const char *directory, trial *t, search_error *error) {
    static const aliases no_aliases;
    search_schema *schema = NULL;
    segment_summary summary = {0};
    assert_ok(search_schema_cables(&schema, &last_error));
    const search_field odd = {"own_key", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false};
    assert_ok(search_schema_add(schema, &odd, &last_error));
    t->ticks.thread = pthread_self();
    segment_options options = {.directory = directory,
                               .schema = schema,
                               .known = &no_aliases,
                               .via_xapian = t->via_xapian,
                               .n_jobs = t->n_jobs,
                               .n_bytes_memory = t->n_bytes_memory,
                               .tick = tick,
                               .context = &t->ticks};
    digest_start(&options.records);
    const search_status status = build_records(&options, t->n_records, &summary, error);
    if (status == SEARCH_OK) {
        assert_int_equal(summary.n_records, t->n_records);
    }
    search_schema_free(schema);
    return status;
}

/* ---- The same bytes --------------------------------------------------------------------------------------------- */

typedef struct listing {
    const char *directory;
    buffer text;
} listing;

static search_status list_file(void *context, const char *path, search_error *error) {
    listing *l = context;
    char hex[DIGEST_N_HEX + 1];
    assert_int_equal(digest_of_file(path, hex, error), SEARCH_OK);
    buffer_add_format(&l->text, "%s %s\n", hex, path + strlen(l->directory));
    return SEARCH_OK;
}

/* The name and digest of every file. */
static char *describe(const char *directory) {
    listing l = {.directory = directory};
    const file_walk walk = {.visit = list_file, .context = &l};
    assert_int_equal(file_walk_tree(directory, &walk, NULL), SEARCH_OK);
    return l.text.bytes;
}

static const char *path_of(const scratch *s, const char *name) {
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", s->directory, name);
    return path;
}

static void test_runs_change_no_byte(void **state) {
    const scratch *s = *state;
    static const size_t jobs[] = {1, 2, 5};
    trial whole = {.n_records = fixture_some(1500), .n_jobs = 1, .n_bytes_memory = plenty};
    search_error error = {0};
    assert_int_equal(build(path_of(s, "whole"), &whole, &error), SEARCH_OK);
    char *expected = describe(path_of(s, "whole"));
    for (size_t i = 0; i < 3; i++) {
        /* One window is less than what stands before a posting; with a megabyte some runs are kept, and some are not.
         */
        static const uint64_t memories[] = {1, UINT64_C(1) << 20};
        for (size_t k = 0; k < 2; k++) {
            trial t = {.n_records = fixture_some(1500), .n_jobs = jobs[i], .n_bytes_memory = memories[k]};
            assert_int_equal(build(path_of(s, "runs"), &t, &error), SEARCH_OK);
            char *here = describe(path_of(s, "runs"));
            assert_string_equal(here, expected);
            assert_true(t.ticks.n_by_phase[0] > 0 && t.ticks.n_by_phase[1] > 0);
            assert_int_equal(t.ticks.n_done, t.n_records);
            free(here);
            assert_int_equal(file_remove_tree(path_of(s, "runs"), &error), SEARCH_OK);
        }
    }
    free(expected);
}

static void test_runs_pass_xapians_check(void **state) {
    const scratch *s = *state;
    trial t = {.n_records = fixture_some(1000), .n_jobs = 3, .n_bytes_memory = little};
    search_error error = {0};
    size_t n_errors = 1;
    assert_int_equal(build(s->index, &t, &error), SEARCH_OK);
    assert_int_equal(xapian_check(path_of(s, "index/" SEGMENT_STORE), &n_errors, &error), SEARCH_OK);
    assert_int_equal(n_errors, 0);
}

/* ---- Stopping --------------------------------------------------------------------------------------------------- */

/* At every tick that there is: the last build of all passes. */
static void stop_at_every_tick(const scratch *s, size_t n_jobs) {
    const size_t n_threads = count_entries("/proc/self/task");
    search_status status = SEARCH_E_CANCELLED;
    size_t n_merging = 0;
    for (size_t at = 1; status != SEARCH_OK; at++) {
        trial t = {
            .n_records = fixture_some(250), .n_jobs = n_jobs, .n_bytes_memory = little, .ticks = {.stop_at = at}};
        search_error error = {0};
        status = build(path_of(s, "stopped"), &t, &error);
        assert_n_threads(n_threads);
        if (status != SEARCH_OK) {
            assert_int_equal(status, SEARCH_E_CANCELLED);
            assert_string_equal(error.id, "test.stop");
            assert_int_equal(t.ticks.n, at); /* nobody is asked again */
            n_merging += t.ticks.n_by_phase[1] > 0 ? 1 : 0;
        }
        assert_int_equal(file_remove_tree(path_of(s, "stopped"), &error), SEARCH_OK);
    }
    assert_true(n_merging > 0);
}

static void test_stopping_with_one_thread(void **state) {
    stop_at_every_tick(*state, 1);
}

static void test_stopping_with_many_threads(void **state) {
    stop_at_every_tick(*state, 4);
}

/* A builder that is dropped half-way, or before anything came. */
static void test_dropping(void **state) {
    const scratch *s = *state;
    static const aliases no_aliases;
    const size_t n_records[] = {0, 1, fixture_some(300)};
    const size_t n_threads = count_entries("/proc/self/task");
    search_schema *schema = NULL;
    assert_ok(search_schema_cables(&schema, &last_error));
    for (size_t i = 0; i < 3; i++) {
        ticks none = {.thread = pthread_self()};
        search_error error = {0};
        segment_builder *b = NULL;
        segment_options options = {.directory = path_of(s, "dropped"),
                                   .schema = schema,
                                   .known = &no_aliases,
                                   .n_jobs = 3,
                                   .n_bytes_memory = little,
                                   .tick = tick,
                                   .context = &none};
        digest_start(&options.records);
        assert_int_equal(segment_builder_new(&options, &b, &error), SEARCH_OK);
        for (size_t k = 0; k < n_records[i]; k++) {
            assert_int_equal(add_record(b, k, &error), SEARCH_OK);
        }
        segment_builder_free(b);
        assert_n_threads(n_threads);
        assert_int_equal(file_remove_tree(path_of(s, "dropped"), &error), SEARCH_OK);
    }
    search_schema_free(schema);
}

/* ---- A full disk ------------------------------------------------------------------------------------------------ */

/* No file may grow beyond n_bytes; the signal that comes with it is passed over. */
static search_status build_limited(const char *directory, trial *t, rlim_t n_bytes, search_error *error) {
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit limited = {n_bytes, before.rlim_max};
    void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limited), 0);
    const search_status status = build(directory, t, error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    return status;
}

static void test_full_disk(void **state) {
    const scratch *s = *state;
    const size_t n_threads = count_entries("/proc/self/task");
    size_t n_spilling = 0;
    size_t n_tables = 0;
    for (size_t i = 0; i < 2; i++) {
        search_status status = SEARCH_E_SYSTEM;
        for (rlim_t n_bytes = 0; status != SEARCH_OK; n_bytes = n_bytes * 3 / 2 + 1024) {
            trial t = {.n_records = fixture_some(500), .n_jobs = 3, .n_bytes_memory = i == 0 ? little : plenty};
            search_error error = {0};
            status = build_limited(path_of(s, "full"), &t, n_bytes, &error);
            assert_n_threads(n_threads);
            if (status != SEARCH_OK) {
                assert_int_equal(status, SEARCH_E_SYSTEM);
                assert_true(error.system_errno != 0 && error.message[0] != '\0');
                n_spilling += strcmp(error.id, "spill.write") == 0 ? 1 : 0;
                n_tables += strcmp(error.id, "file.write") == 0 ? 1 : 0;
            }
            assert_int_equal(file_remove_tree(path_of(s, "full"), &error), SEARCH_OK);
        }
    }
    assert_true(n_spilling > 0);
    assert_true(n_tables > 0);
}

static void test_folder_that_is_there(void **state) {
    const scratch *s = *state;
    trial t = {.n_records = 1, .n_jobs = 1, .n_bytes_memory = little};
    search_error error = {0};
    assert_int_equal(build(s->index, &t, &error), SEARCH_OK);
    char *before = describe(s->index);
    assert_int_equal(build(s->index, &t, &error), SEARCH_E_SYSTEM);
    char *after = describe(s->index);
    assert_string_equal(after, before);
    free(before);
    free(after);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_runs_change_no_byte),
        ON_SCRATCH(test_runs_pass_xapians_check),
        ON_SCRATCH(test_stopping_with_one_thread),
        ON_SCRATCH(test_stopping_with_many_threads),
        ON_SCRATCH(test_dropping),
        ON_SCRATCH(test_full_disk),
        ON_SCRATCH(test_folder_that_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
