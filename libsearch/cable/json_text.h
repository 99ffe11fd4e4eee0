/* The bytes of a JSON string that stand for themselves, looked over by eight a step: for reading and for writing it. */
#ifndef LIBSEARCH_CABLE_JSON_TEXT_H
#define LIBSEARCH_CABLE_JSON_TEXT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A quote, a backslash or a control character. */
static inline bool json_is_special(char c) {
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

/* Whether one of eight bytes is special: a byte that is zero, or below 0x20, borrows from its own high bit. */
static inline bool json_has_special(uint64_t bytes) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t quotes = bytes ^ ones * '"';
    const uint64_t backslashes = bytes ^ ones * '\\';
    const uint64_t found =
        ((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes) | ((bytes - ones * 0x20) & ~bytes);
    return (found & ones * 0x80) != 0;
}

/* The first special byte at or after `at`, or the end. */
static inline size_t json_plain_end(const char *bytes, size_t n_bytes, size_t at) {
    for (uint64_t word; n_bytes - at >= sizeof word; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        if (json_has_special(word))
            break;
    }
    while (at < n_bytes && !json_is_special(bytes[at]))
        at++;
    return at;
}

#endif
