/* The main of a fuzz program without a fuzzer: replays the files it is given, and those of the folders it is given.
 * Each input lies in memory of exactly its size, so that AddressSanitizer and valgrind see a read past its end. */
#include "libsearch/support/files.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

static search_status replay(void *context, const char *path, search_error *error) {
    size_t *n_inputs = context;
    buffer contents = {0};
    search_status status = file_read(path, (size_t)64 << 20, &contents, error);
    if (status == SEARCH_OK) {
        uint8_t *exact = malloc(contents.n_bytes == 0 ? 1 : contents.n_bytes);
        if (exact == NULL)
            abort();
        memcpy(exact, contents.bytes, contents.n_bytes);
        LLVMFuzzerTestOneInput(exact, contents.n_bytes);
        free(exact);
        ++*n_inputs;
    }
    buffer_free(&contents);
    return status;
}

int main(int n_arguments, char **arguments) {
    size_t n_inputs = 0;
    const file_walk walk = {.visit = replay, .context = &n_inputs};
    for (int i = 1; i < n_arguments; i++) {
        search_error error;
        error_clear(&error);
        search_status status = replay(&n_inputs, arguments[i], &error);
        if (status != SEARCH_OK && strcmp(error.id, "file.not_regular") == 0)
            status = file_walk_tree(arguments[i], &walk, &error);
        if (status != SEARCH_OK) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
    }
    if (n_inputs == 0) {
        fprintf(stderr, "no inputs\n");
        return 1;
    }
    const char *slash = strrchr(arguments[0], '/');
    printf("ok - replayed %zu inputs of %s\n", n_inputs, slash == NULL ? arguments[0] : slash + 1);
    return 0;
}
