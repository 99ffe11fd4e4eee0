/* Terms in keys, and the error of what is out of order. */
#include "libsearch/glass/codes.h"

search_status glass_put_term(unsigned char out[GLASS_MAX_TERM_N_BYTES], search_text term, size_t *n_out,
                             search_error *error) {
    size_t n = term.n_bytes;
    if (n == 0 || n > GLASS_MAX_TERM_N_BYTES)
        return error_set(error, SEARCH_E_ARGUMENT, "glass.term", "a term has 1 to %d bytes, not %zu",
                         GLASS_MAX_TERM_N_BYTES, n);
    *n_out = n;
    if (memchr(term.bytes, 0, n) == NULL) {
        memcpy(out, term.bytes, n);
        return SEARCH_OK;
    }
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const bool is_nul = term.bytes[i] == '\0';
        if (at + 1 + is_nul > GLASS_MAX_TERM_N_BYTES)
            return error_set(error, SEARCH_E_ARGUMENT, "glass.term",
                             "a term of %zu bytes has over %d when a NUL counts as two", n, GLASS_MAX_TERM_N_BYTES);
        out[at++] = (unsigned char)term.bytes[i];
        if (is_nul)
            out[at++] = 0xff;
    }
    *n_out = at;
    return SEARCH_OK;
}

search_status glass_order_error(search_error *error, const char *what) {
    return error_set(error, SEARCH_E_INTERNAL, "glass.order", "%s comes out of order in a glass table", what);
}

size_t glass_docid_key(uint32_t docid, char key[5]) {
    unsigned char bytes[DOCID_MAX_N_BYTES];
    const size_t n = (size_t)(put_docid(bytes, docid) - bytes);
    memcpy(key, bytes, n);
    return n;
}
