/* Apostrophes, quotation marks, hyphens and brackets beside a place in the text. */
#include "libsearch/analysis/marks.h"
#include "libsearch/support/utf8.h"

/* No mark of these has more bytes. */
#define MAX_MARK_BYTES 3

/* The character that ends at `to` and begins at or after `from`, and where it begins; UTF8_BAD for none. */
static uint32_t character_before(const char *bytes, size_t from, size_t to, size_t *start) {
    *start = to;
    while (*start > from && to - *start < MAX_MARK_BYTES) {
        --*start;
        if (((unsigned char)bytes[*start] & 0xC0) == 0x80)
            continue;
        size_t at = *start;
        uint32_t c = utf8_next(bytes, to, &at);
        return at == to ? c : UTF8_BAD;
    }
    return UTF8_BAD;
}

size_t apostrophe_before(const char *bytes, size_t from, size_t to) {
    size_t start;
    return is_apostrophe(character_before(bytes, from, to, &start)) ? to - start : 0;
}

size_t bracket_before(const char *bytes, size_t from, size_t to) {
    size_t start;
    uint32_t c = character_before(bytes, from, to, &start);
    return is_opening_bracket(c) || is_closing_bracket(c) ? to - start : 0;
}

bool is_lone_apostrophe(const char *bytes, size_t from, size_t to) {
    return from < to && apostrophe_before(bytes, from, to) == to - from;
}

size_t quote_after(const char *bytes, size_t from, size_t n_bytes) {
    if (from >= n_bytes)
        return 0;
    size_t at = from;
    return is_quote(utf8_next(bytes, n_bytes, &at)) ? at - from : 0;
}
