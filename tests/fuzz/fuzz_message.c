/* Any bytes as the text of messages: each record is one that JSON gives back unchanged, and each report says where and
 * why. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "libsearch/cable/cable.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static search_status check_record(void *context, const search_record *record, const char *source, size_t line,
                                  search_error *error) {
    (void)context, (void)source, (void)line, (void)error;
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
    return SEARCH_OK;
}

static void check_report(void *context, const search_report *report) {
    (void)context;
    if (report->id == NULL || *report->id == '\0' || report->reason == NULL || *report->reason == '\0')
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const cable_sink sink = {.on_record = check_record, .on_report = check_report};
    char path[64];
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    search_status status = source_read(path, "message", &sink, NULL);
    if (status != SEARCH_OK && status != SEARCH_E_INPUT)
        abort();
    message_looks_like((search_text){(const char *)data, size});
    close(fd);
    return 0;
}
