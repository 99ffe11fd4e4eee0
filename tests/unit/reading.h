/* For tests of the formats: a text is written to a file and read as a source; the records and reports are kept. */
#ifndef LIBSEARCH_TESTS_READING_H
#define LIBSEARCH_TESTS_READING_H

#include "libsearch/cable/cable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_READ 16

typedef struct told {
    char id[64];
    char reason[256];
    size_t line;
    bool skipped;
} told;

typedef struct reading {
    search_record *records[MAX_READ];
    size_t lines[MAX_READ];
    size_t n_records;
    told reports[MAX_READ];
    size_t n_reports;
    search_status status;
    search_error error;
} reading;

static inline search_text text_of(const char *string) {
    return search_text_of(string);
}

static inline search_status keep_record(void *context, const search_record *record, const char *source, size_t line,
                                        search_error *error) {
    (void)source, (void)error;
    reading *r = context;
    assert_true(r->n_records < MAX_READ);
    r->lines[r->n_records] = line;
    r->records[r->n_records] = record_clone(record);
    assert_non_null(r->records[r->n_records++]);
    return SEARCH_OK;
}

static inline void keep_report(void *context, const search_report *report) {
    reading *r = context;
    assert_true(r->n_reports < MAX_READ);
    told *t = &r->reports[r->n_reports++];
    snprintf(t->id, sizeof t->id, "%s", report->id);
    snprintf(t->reason, sizeof t->reason, "%s", report->reason);
    t->line = report->line;
    t->skipped = report->skipped;
}

/* `format` null: told from the text. */
static inline reading read_text(const char *format, search_text text) {
    reading r = {0};
    char path[] = "/tmp/libsearch-reading-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t at = 0; at < text.n_bytes;) {
        ssize_t n = write(fd, text.bytes + at, text.n_bytes - at);
        assert_true(n > 0);
        at += (size_t)n;
    }
    close(fd);
    const cable_sink sink = {keep_record, keep_report, NULL, &r};
    r.status = source_read(path, format, &sink, &r.error);
    unlink(path);
    return r;
}

/* Reads a text that is no reason to fail. */
static inline reading read_as(const char *format, const char *text) {
    reading r = read_text(format, text_of(text));
    if (r.status != SEARCH_OK)
        fail_msg("%s: %s", r.error.id, r.error.message);
    return r;
}

static inline void reading_free(reading *r) {
    for (size_t i = 0; i < r->n_records; i++)
        search_record_free(r->records[i]);
}

/* The values of a key, divided by "|". */
static inline void assert_values(const search_record *record, const char *key, const char *expected) {
    buffer joined = {0};
    buffer_add_string(&joined, "");
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        search_text value = search_record_value(record, key, i);
        if (i > 0)
            buffer_add_byte(&joined, '|');
        buffer_add(&joined, value.bytes, value.n_bytes);
    }
    assert_string_equal(joined.bytes, expected);
    buffer_free(&joined);
}

static inline void assert_report(const reading *r, size_t i, const char *id, size_t line, bool skipped) {
    assert_true(i < r->n_reports);
    assert_string_equal(r->reports[i].id, id);
    assert_int_equal(r->reports[i].line, line);
    assert_int_equal(r->reports[i].skipped, skipped);
}

#endif
