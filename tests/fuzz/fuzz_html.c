/* Any bytes as a saved page in HTML: refused and reported, or a record that JSON gives back unchanged; never both. What
 * is packed is unpacked first, and may be damaged, or many pages. */
#include "libsearch/cable/input.h"
#include "tests/fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t n;
    search_text text = {(const char *)data, size};
    (void)html_looks_like(text);
    search_status status = read_as("html", data, size, &n);
    if (packing_of(text) == PACKING_NONE && (status != SEARCH_OK || n != 1))
        abort();
    return 0;
}
