/* Terms as the index holds them: prefix and word, shortened when too long for a key. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/support/digest.h"
#include "libsearch/support/utf8.h"
#include <string.h>

#define MAX_TERM 200
#define CUT_TERM 160
#define N_DIGEST 32

static void add_without_nul(buffer *out, search_text word) {
    for (size_t from = 0; from < word.n_bytes;) {
        const char *nul = memchr(word.bytes + from, '\0', word.n_bytes - from);
        size_t to = nul == NULL ? word.n_bytes : (size_t)(nul - word.bytes);
        buffer_add(out, word.bytes + from, to - from);
        if (nul != NULL)
            buffer_add_string(out, "\xEF\xBF\xBD");
        from = nul == NULL ? to : to + 1;
    }
}

void term_add(buffer *out, const char *prefix, search_text word) {
    size_t start = out->n_bytes;
    buffer_add_string(out, prefix);
    add_without_nul(out, word);
    if (out->failed || out->n_bytes - start <= MAX_TERM)
        return;
    char hex[DIGEST_N_HEX + 1];
    digest_of(out->bytes + start, out->n_bytes - start, hex);
    out->n_bytes = start + utf8_cut(out->bytes + start, out->n_bytes - start, CUT_TERM);
    buffer_add_byte(out, 0x7F);
    buffer_add(out, hex, N_DIGEST);
}
