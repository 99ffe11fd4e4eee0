/* For tests of formats with many reports: a text is read as a source, and what came of it told in lines. */
#ifndef LIBSEARCH_TESTS_SEEN_H
#define LIBSEARCH_TESTS_SEEN_H

#include "libsearch/cable/cable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_RECORDS 8

/* What a reading gave: the records, and a line for each report, "line id" with a '-' before it when it was skipped. */
typedef struct seen {
    search_record *records[MAX_RECORDS];
    size_t lines[MAX_RECORDS];
    size_t n_records; /* more than MAX_RECORDS are only counted */
    buffer reports;
    buffer reasons;
    search_status status;
} seen;

static inline search_status seen_record(void *context, const search_record *record, const char *source, size_t line,
                                        search_error *error) {
    (void)source, (void)error;
    seen *s = context;
    if (s->n_records < MAX_RECORDS) {
        s->lines[s->n_records] = line;
        s->records[s->n_records] = record_clone(record);
    }
    s->n_records++;
    return SEARCH_OK;
}

static inline void seen_report(void *context, const search_report *report) {
    seen *s = context;
    buffer_add_format(&s->reports, "%s%zu %s\n", report->skipped ? "-" : "", report->line, report->id);
    buffer_add_format(&s->reasons, "%s\n", report->reason);
}

static inline void seen_read(seen *s, const char *format, const char *bytes, size_t n_bytes) {
    char path[] = "/tmp/libsearch-seen-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n_bytes), n_bytes);
    close(fd);
    *s = (seen){0};
    buffer_add_string(&s->reports, "");
    buffer_add_string(&s->reasons, "");
    const cable_sink sink = {.on_record = seen_record, .on_report = seen_report, .context = s};
    s->status = source_read(path, format, &sink, NULL);
    unlink(path);
}

static inline void let_go(seen *s) {
    for (size_t i = 0; i < s->n_records && i < MAX_RECORDS; i++)
        search_record_free(s->records[i]);
    buffer_free(&s->reports);
    buffer_free(&s->reasons);
}

/* The values of a key, divided by "|". */
static inline void assert_values(const search_record *record, const char *key, const char *expected) {
    buffer joined = {0};
    buffer_add_string(&joined, "");
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        search_text value = search_record_value(record, key, i);
        buffer_add_string(&joined, i > 0 ? "|" : "");
        buffer_add(&joined, value.bytes, value.n_bytes);
    }
    assert_string_equal(joined.bytes, expected);
    buffer_free(&joined);
}

#endif
