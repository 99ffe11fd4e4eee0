/* Any bytes as a query: what parses must print to a text that parses to the same tree, and to the same text again. */
#include "libsearch/query/query.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *field(const void *context, size_t i) {
    static const char *const names[] = {"title", "from", "a", NULL};
    (void)context;
    return names[i];
}

static const query_options options = {.field = field};

static void require(bool holds, const char *what, const buffer *printed) {
    if (!holds) {
        fprintf(stderr, "%s: %s\n", what, printed->bytes != NULL ? printed->bytes : "");
        abort();
    }
}

static void check_again(const query *first, const buffer *printed) {
    query second;
    search_error error;
    buffer again = {0};
    search_text text = {printed->bytes, printed->n_bytes};
    require(query_parse(text, &options, &second, &error) == SEARCH_OK, "the canonical text is refused", printed);
    require(query_equal(first->root, second.root), "the canonical text gives another tree", printed);
    query_print(second.root, &again);
    require(again.n_bytes == printed->n_bytes &&
                (again.n_bytes == 0 || memcmp(again.bytes, printed->bytes, again.n_bytes) == 0),
            "the canonical text changes when printed again", printed);
    buffer_free(&again);
    query_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    query q;
    search_error error;
    search_text text = {(const char *)data, size};
    buffer printed = {0};
    if (query_parse(text, &options, &q, &error) != SEARCH_OK) {
        require(error.hint[0] != '\0' && error.offset <= size, "an error lacks its hint or offset", &printed);
        return 0;
    }
    query_print(q.root, &printed);
    if (printed.n_bytes <= QUERY_MAX_N_BYTES) /* escapes may have made it too long to parse */
        check_again(&q, &printed);
    buffer_free(&printed);
    query_free(&q);
    return 0;
}
