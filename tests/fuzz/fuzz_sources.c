/* Any bytes as a source: told, unpacked and read in every format, or refused as input.  Never anything else, and every
 * record that is handed on has an id and can be written. */
#include "libsearch/cable/cable.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static search_status on_record(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error) {
    (void)context, (void)source, (void)line;
    char *json = NULL;
    size_t n_json = 0;
    if (search_record_n_values(record, "id") != 1 || search_record_to_json(record, &json, &n_json, error) != SEARCH_OK)
        abort();
    search_bytes_free(json);
    return SEARCH_OK;
}

static void on_report(void *context, const search_report *report) {
    (void)context;
    for (const char *c = report->reason; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const formats[] = {NULL, "jsonl", "json"};
    const cable_sink sink = {.on_record = on_record, .on_report = on_report};
    int fd = memfd_create("source", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        search_status status = source_read(path, formats[i], &sink, NULL);
        if (status != SEARCH_OK && status != SEARCH_E_INPUT)
            abort();
    }
    close(fd);
    return 0;
}
