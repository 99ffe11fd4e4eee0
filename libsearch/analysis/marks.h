/* The marks that stand for an apostrophe or an ayn.  They never split a name and vanish from its folded form, as do the
 * hyphens and brackets that a word may be put together over. */
#ifndef LIBSEARCH_ANALYSIS_MARKS_H
#define LIBSEARCH_ANALYSIS_MARKS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Those that also serve as quotation marks: at the edge of a word they are not part of it. */
static inline bool is_quote(uint32_t c) {
    switch (c) {
    case '\'':
    case '`':
    case 0x00B4: /* acute accent, typed for an apostrophe */
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032: /* prime */
    case 0xFF07: /* full-width apostrophe */
        return true;
    default:
        return false;
    }
}

/* Unicode counts the modifier letters as letters, so they are in a word wherever they touch it. */
static inline bool is_modifier_apostrophe(uint32_t c) {
    return c == 0x02B9 || (c >= 0x02BA && c <= 0x02BF);
}

static inline bool is_apostrophe(uint32_t c) {
    return is_quote(c) || is_modifier_apostrophe(c);
}

/* Soft hyphens are none: they are not seen, and vanish. */
static inline bool is_hyphen(uint32_t c) {
    return c == '-' || c == 0x2010 || c == 0x2011;
}

/* Whether the bytes from `from` to `to` are one hyphen. */
static inline bool is_lone_hyphen(const char *bytes, size_t from, size_t to) {
    if (to - from == 1)
        return bytes[from] == '-';
    return to - from == 3 && (memcmp(bytes + from, "\u2010", 3) == 0 || memcmp(bytes + from, "\u2011", 3) == 0);
}

/* Square brackets, full-width and lenticular ones among them. */
static inline bool is_opening_bracket(uint32_t c) {
    return c == '[' || c == 0x3010 || c == 0x3014 || c == 0xFF3B;
}

static inline bool is_closing_bracket(uint32_t c) {
    return c == ']' || c == 0x3011 || c == 0x3015 || c == 0xFF3D;
}

/* The bytes of the apostrophe that ends at `to` and begins at or after `from`; 0 when there is none. */
size_t apostrophe_before(const char *bytes, size_t from, size_t to);
/* The same of a bracket. */
size_t bracket_before(const char *bytes, size_t from, size_t to);
/* Whether the bytes from `from` to `to` are one apostrophe. */
bool is_lone_apostrophe(const char *bytes, size_t from, size_t to);
/* The bytes of the quotation mark that begins at `from`; 0 when there is none. */
size_t quote_after(const char *bytes, size_t from, size_t n_bytes);

#endif
