/* Any bytes as a saved page in HTML: refused and reported, or a record that JSON gives back unchanged; never both. */
#include "tests/fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t n;
    (void)html_looks_like((search_text){(const char *)data, size});
    if (read_as("html", data, size, &n) != SEARCH_OK || n != 1)
        abort();
    return 0;
}
