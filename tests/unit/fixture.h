/* What the tests of index and ranking share: a directory of their own, and indexes made of a few JSON records. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <libsearch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char fixture_directory[64];

static int fixture_set_up(void **state) {
    (void)state;
    strcpy(fixture_directory, "/tmp/libsearch-test-XXXXXX");
    return mkdtemp(fixture_directory) == NULL ? 1 : 0;
}

static int fixture_tear_down(void **state) {
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

#endif
