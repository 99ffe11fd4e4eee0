/* Apostrophes and quotation marks beside a place in the text. */
#include "libsearch/analysis/marks.h"
#include "libsearch/support/utf8.h"

size_t apostrophe_before(const char *bytes, size_t from, size_t to) {
    size_t start = to;
    while (start > from && to - start < 3) {
        start--;
        if (((unsigned char)bytes[start] & 0xC0) == 0x80)
            continue;
        size_t at = start;
        uint32_t c = utf8_next(bytes, to, &at);
        return at == to && is_apostrophe(c) ? to - start : 0;
    }
    return 0;
}

size_t quote_after(const char *bytes, size_t from, size_t n_bytes) {
    if (from >= n_bytes)
        return 0;
    size_t at = from;
    return is_quote(utf8_next(bytes, n_bytes, &at)) ? at - from : 0;
}
