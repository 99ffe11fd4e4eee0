/* Any bytes as the text of messages: each record is one that JSON gives back unchanged, and each report says why. */
#include "tests/fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t n;
    (void)message_looks_like((search_text){(const char *)data, size});
    read_as("message", data, size, &n);
    return 0;
}
