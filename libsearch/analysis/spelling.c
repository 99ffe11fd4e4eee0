/* Spellings: to be written. */
#include "libsearch/analysis/spelling.h"
#include <stdlib.h>

struct spelling {
    int unused;
};

search_status spelling_new(spelling **out, search_error *error) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

bool spelling_american(const spelling *s, search_text folded, buffer *out) {
    (void)s, (void)folded;
    buffer_clear(out);
    return false;
}

bool spelling_british(const spelling *s, search_text folded, buffer *out) {
    (void)s, (void)folded;
    buffer_clear(out);
    return false;
}

void spelling_free(spelling *s) {
    free(s);
}
