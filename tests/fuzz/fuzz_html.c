/* Any bytes as a saved page in HTML: refused and reported, or a record that JSON gives back unchanged. */
#include "libsearch/cable/cable.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The record as JSON, read again and written again, is the same line. */
static search_status check_json(void *context, const search_record *record, const char *source, size_t line,
                                search_error *error) {
    (void)source, (void)line, (void)error;
    char *first = NULL;
    char *second = NULL;
    size_t n_first = 0;
    size_t n_second = 0;
    search_record *again = NULL;
    if (search_record_to_json(record, &first, &n_first, NULL) != SEARCH_OK ||
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

static void on_report(void *context, const search_report *report) {
    *(size_t *)context += report->skipped;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[] = "/tmp/fuzz_html.XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0)
        abort();
    size_t n = 0; /* one record, or one report that it was skipped */
    cable_sink sink = {.on_record = check_json, .on_report = on_report, .context = &n};
    search_status status = source_read(path, "html", &sink, NULL);
    unlink(path);
    html_looks_like((search_text){(const char *)data, size});
    if (status != SEARCH_OK || n != 1)
        abort();
    return 0;
}
