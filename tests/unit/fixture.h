/* What the tests of index and ranking share: a directory of their own, and indexes made of a few JSON records. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <libsearch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char fixture_directory[64];

static inline int fixture_set_up(void **state) {
    (void)state;
    strcpy(fixture_directory, "/tmp/libsearch-test-XXXXXX");
    return mkdtemp(fixture_directory) == NULL ? 1 : 0;
}

static inline int fixture_tear_down(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", fixture_directory);
    return system(command);
}

static inline search_writer *fixture_writer(search_write_mode mode, bool force) {
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.mode = mode;
    options.force = force;
    search_writer *w = NULL;
    search_error error;
    if (search_writer_open(fixture_directory, &options, &w, &error) != SEARCH_OK) {
        fail_msg("%s", error.message);
    }
    return w;
}

static inline void fixture_put(search_writer *w, const char *json) {
    search_record *record = NULL;
    search_error error;
    if (search_record_from_json(search_text_of(json), &record, &error) != SEARCH_OK ||
        search_writer_put(w, record, &error) != SEARCH_OK) {
        fail_msg("%s: %s", json, error.message);
    }
    search_record_free(record);
}

static inline search_write_summary fixture_commit(search_writer *w) {
    search_write_summary summary;
    search_error error;
    if (search_writer_commit(w, &summary, &error) != SEARCH_OK) {
        fail_msg("%s", error.message);
    }
    search_writer_free(w);
    return summary;
}

/* Builds an index anew of JSON records; the list ends in null. */
static inline void fixture_build(const char *const *records) {
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    for (size_t i = 0; records[i] != NULL; i++) {
        fixture_put(w, records[i]);
    }
    fixture_commit(w);
}

static inline search_index *fixture_open(void) {
    search_index *index = NULL;
    search_error error;
    if (search_index_open(fixture_directory, &index, &error) != SEARCH_OK) {
        fail_msg("%s", error.message);
    }
    return index;
}

static inline uint64_t fixture_total(const search_index *index, const char *query) {
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of(query);
    request.limit = 0;
    search_results *results = NULL;
    search_error error;
    if (search_run(index, &request, &results, &error) != SEARCH_OK) {
        fail_msg("%s: %s", query, error.message);
    }
    const uint64_t total = search_results_total(results);
    search_results_free(results);
    return total;
}

/* ---- Checks that say what went wrong, and writing that may fail ---- */

#define RECORDS(...)                                                                                                   \
    (const char *const[]) {                                                                                            \
        __VA_ARGS__, NULL                                                                                              \
    }

static search_error last_error;

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        memset(&last_error, 0x55, sizeof last_error);                                                                  \
        const search_status got = (call);                                                                              \
        if (got != SEARCH_OK)                                                                                          \
            fail_msg("%s: %s: %s", #call, search_status_name(got), last_error.message);                                \
        assert_int_equal(last_error.status, SEARCH_OK);                                                                \
    } while (0)

#define assert_fails(call, expected)                                                                                   \
    do {                                                                                                               \
        memset(&last_error, 0x55, sizeof last_error);                                                                  \
        const search_status got = (call);                                                                              \
        if (got != (expected))                                                                                         \
            fail_msg("%s: %s: %s", #call, search_status_name(got), last_error.message);                                \
        assert_int_equal(last_error.status, expected);                                                                 \
        assert_true(last_error.id[0] != '\0' && last_error.message[0] != '\0');                                        \
        assert_null(strchr(last_error.message, '\n'));                                                                 \
    } while (0)

typedef struct scratch {
    char directory[64];
    char index[80]; /* absent at first */
} scratch;

static inline int scratch_set_up(void **state) {
    static scratch s;
    if (fixture_set_up(NULL) != 0)
        return -1;
    snprintf(s.directory, sizeof s.directory, "%s", fixture_directory);
    snprintf(s.index, sizeof s.index, "%s/index", fixture_directory);
    *state = &s;
    return 0;
}

static inline search_text text_of(const char *string) {
    return search_text_of(string);
}

static inline search_status put_json(search_writer *w, const char *json, search_error *e) {
    search_record *record = NULL;
    search_status status = search_record_from_json(text_of(json), &record, e);
    if (status == SEARCH_OK)
        status = search_writer_put(w, record, e);
    search_record_free(record);
    return status;
}

static inline search_writer_options options_of(search_write_mode mode, bool force) {
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.mode = mode;
    options.force = force;
    return options;
}

/* Writes the records, in `last_error` why not. */
static inline search_status write_records(const char *directory, const search_writer_options *options,
                                          const char *const *records, search_write_summary *summary) {
    search_writer *w = NULL;
    search_status status = search_writer_open(directory, options, &w, &last_error);
    for (size_t i = 0; status == SEARCH_OK && records[i] != NULL; i++)
        status = put_json(w, records[i], &last_error);
    if (status == SEARCH_OK)
        status = search_writer_commit(w, summary, &last_error);
    search_writer_free(w);
    return status;
}

/* What was not to be refused. */
static inline search_write_summary rebuild(const char *directory, const char *const *records) {
    const search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_write_summary summary;
    assert_ok(write_records(directory, &options, records, &summary));
    return summary;
}

static inline search_write_summary update(const char *directory, const char *const *records) {
    const search_writer_options options = options_of(SEARCH_WRITE_UPDATE, false);
    search_write_summary summary;
    assert_ok(write_records(directory, &options, records, &summary));
    return summary;
}

static inline search_index *open_index(const char *directory) {
    search_index *index = NULL;
    assert_ok(search_index_open(directory, &index, &last_error));
    return index;
}

static inline search_stats stats_of(const search_index *index) {
    search_stats stats;
    assert_ok(search_index_stats(index, &stats, &last_error));
    return stats;
}

static inline void assert_text(search_text text, const char *expected) {
    if (text.n_bytes != strlen(expected) || (text.n_bytes > 0 && memcmp(text.bytes, expected, text.n_bytes) != 0))
        fail_msg("\"%.*s\" is not \"%s\"", (int)text.n_bytes, text.bytes, expected);
}

/* n, or an eighth of them where SEARCH_TEST_LIGHT asks for what a slow checker can bear. */
static inline size_t fixture_some(size_t n) {
    const char *setting = getenv("SEARCH_TEST_LIGHT");
    return setting == NULL || setting[0] == '\0' ? n : n / 8;
}

#endif
