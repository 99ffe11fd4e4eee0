/* Any bytes as a source: told, unpacked and read in every format, or refused as input.  Never anything else. */
#include "tests/fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const formats[] = {NULL, "jsonl", "json"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t n;
        read_as(formats[i], data, size, &n);
    }
    return 0;
}
