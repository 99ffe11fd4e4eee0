/* Any bytes as Markdown: a record that is whole, or a report. */
#include "tests/fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t n;
    search_text text = {(const char *)data, size};
    (void)markdown_looks_like(text);
    read_as("markdown", data, size, &n);
    return 0;
}
