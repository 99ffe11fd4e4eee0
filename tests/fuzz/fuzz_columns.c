/* Any bytes as a column file: refused as corrupt, or every section can be asked for in every way and read to its end.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "libsearch/index/columns.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum_of_strings(const column_strings *strings) {
    uint64_t sum = 0;
    for (size_t i = 0; i < strings->n; i++) {
        const search_text text = column_string(strings, i);
        for (size_t b = 0; b < text.n_bytes; b++)
            sum += (unsigned char)text.bytes[b];
    }
    return sum;
}

static uint64_t sum_of_facet(const column_facet *facet, uint32_t n_documents) {
    uint64_t sum = sum_of_strings(&facet->values);
    for (uint32_t d = 0; d < n_documents; d++)
        for (uint32_t i = facet->rows[d]; i < facet->rows[d + 1]; i++)
            sum += column_string(&facet->values, facet->ordinals[i]).n_bytes;
    return sum;
}

static void check_status(search_status status) {
    if (status != SEARCH_OK && status != SEARCH_E_CORRUPT)
        abort();
}

/* Asks for the section of this name as numbers, and for its stem as strings and as a facet. */
static uint64_t ask(const columns *c, const char *name, uint64_t n_bytes) {
    char stem[COLUMNS_MAX_NAME + 1];
    const uint32_t *numbers = NULL;
    const size_t n = (size_t)(n_bytes / sizeof *numbers);
    column_strings strings;
    column_facet facet;
    uint64_t sum = 0;
    search_status status = columns_u32(c, name, n, &numbers, NULL);
    check_status(status);
    for (size_t i = 0; status == SEARCH_OK && i < n; i++)
        sum += numbers[i];
    snprintf(stem, sizeof stem, "%s", name);
    char *dot = strrchr(stem, '.');
    if (dot != NULL)
        *dot = '\0';
    status = columns_strings(c, stem, &strings, NULL);
    check_status(status);
    if (status == SEARCH_OK)
        sum += sum_of_strings(&strings);
    status = columns_facet(c, stem, &facet, NULL);
    check_status(status);
    if (status == SEARCH_OK)
        sum += sum_of_facet(&facet, columns_n_documents(c));
    return sum;
}

/* Seen from outside, so that no compiler leaves out the reads that feed it. */
extern volatile uint64_t fuzz_columns_sink;
volatile uint64_t fuzz_columns_sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { n_header = 16, n_row = 64, n_name = COLUMNS_MAX_NAME + 1, max_asked = 64 };
    const int fd = memfd_create("columns", MFD_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    columns *c = NULL;
    const search_status status = columns_open(path, &c, NULL);
    close(fd);
    check_status(status);
    if ((c != NULL) != (status == SEARCH_OK))
        abort();
    if (c == NULL)
        return 0;
    if (columns_n_bytes(c) != size)
        abort();
    uint32_t n_sections;
    memcpy(&n_sections, data + 12, sizeof n_sections);
    for (uint32_t i = 0; i < n_sections && i < max_asked; i++) {
        char name[n_name];
        uint64_t n_bytes;
        memcpy(name, data + n_header + i * n_row, sizeof name);
        memcpy(&n_bytes, data + n_header + i * n_row + n_name + 8, sizeof n_bytes);
        fuzz_columns_sink += ask(c, name, n_bytes);
    }
    columns_close(c);
    return 0;
}
