/* Any bytes as a table, by commas and by tabs: records that are whole, or reports. */
#include "tests/fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t n;
    search_text text = {(const char *)data, size};
    (void)csv_looks_like(text);
    (void)tsv_looks_like(text);
    read_as("csv", data, size, &n);
    read_as("tsv", data, size, &n);
    return 0;
}
