/* Bytes as a source: read from a file in memory through the door that every source goes through.  The records handed on
 * must be whole: an id, valid text, and JSON that gives the same record back. */
#ifndef LIBSEARCH_TESTS_FUZZ_STREAM_H
#define LIBSEARCH_TESTS_FUZZ_STREAM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif

#include "libsearch/cable/cable.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static inline search_status check_record(void *context, const search_record *record, const char *source, size_t line,
                                         search_error *error) {
    (void)source, (void)line, (void)error;
    char *first = NULL;
    char *second = NULL;
    size_t n_first = 0;
    size_t n_second = 0;
    search_record *again = NULL;
    if (search_record_n_values(record, "id") != 1 ||
        search_record_to_json(record, &first, &n_first, NULL) != SEARCH_OK ||
        search_record_from_json((search_text){first, n_first}, &again, NULL) != SEARCH_OK ||
        search_record_to_json(again, &second, &n_second, NULL) != SEARCH_OK || n_first != n_second ||
        memcmp(first, second, n_first) != 0)
        abort();
    search_bytes_free(first);
    search_bytes_free(second);
    search_record_free(again);
    ++*(size_t *)context;
    return SEARCH_OK;
}

static inline void check_report(void *context, const search_report *report) {
    if (report->id == NULL || report->id[0] == '\0' || report->reason == NULL || report->reason[0] == '\0')
        abort();
    for (const char *c = report->reason; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20)
            abort();
    *(size_t *)context += report->skipped;
}

/* `format` null: told from the content.  *n: the records handed on or skipped. */
static inline search_status read_as(const char *format, const uint8_t *data, size_t size, size_t *n) {
    const cable_sink sink = {check_record, check_report, NULL, n};
    *n = 0;
    char path[64];
    int fd = memfd_create("source", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    search_status status = source_read(path, format, &sink, NULL);
    if (status != SEARCH_OK && status != SEARCH_E_INPUT)
        abort();
    close(fd);
    return status;
}

#endif
