/* The beginning of a term as two numbers that are in its order: all of a term of under sixteen bytes, so that most
 * comparisons read no text. */
#ifndef LIBSEARCH_INDEX_TERM_KEY_H
#define LIBSEARCH_INDEX_TERM_KEY_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <endian.h>
#include <libsearch.h>
#include <stdint.h>
#include <string.h>

typedef struct term_key {
    uint64_t first;
    uint64_t second; /* the last byte is the length, at most TERM_KEY_N_BYTES */
} term_key;

enum { TERM_KEY_N_BYTES = 16, TERM_KEY_N_HALF = 8 };

/* The first n bytes of eight that can be read, as a number. */
static inline uint64_t term_key_half(const char *bytes, size_t n) {
    uint64_t half;
    memcpy(&half, bytes, sizeof half);
    return n == 0 ? 0 : be64toh(half) & UINT64_MAX << 8 * (n < TERM_KEY_N_HALF ? TERM_KEY_N_HALF - n : 0);
}

/* Of a term from whose beginning on TERM_KEY_N_BYTES can be read. */
static inline term_key term_key_of(search_text term) {
    const size_t n = term.n_bytes < TERM_KEY_N_BYTES ? term.n_bytes : TERM_KEY_N_BYTES;
    const size_t n_second = n > TERM_KEY_N_HALF ? n - TERM_KEY_N_HALF : 0;
    const uint64_t second = term_key_half(term.bytes + TERM_KEY_N_HALF, n_second);
    return (term_key){term_key_half(term.bytes, n), (second & ~UINT64_C(0xFF)) | n};
}

/* Below, at or above 0, as the terms of the keys are. */
static inline int term_key_compare(const term_key *x, search_text x_term, const term_key *y, search_text y_term) {
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    if (x->second != y->second) {
        return x->second < y->second ? -1 : 1;
    }
    if ((uint8_t)x->second < TERM_KEY_N_BYTES) {
        return 0;
    }
    const size_t n = x_term.n_bytes < y_term.n_bytes ? x_term.n_bytes : y_term.n_bytes;
    const int order = memcmp(x_term.bytes, y_term.bytes, n);
    return order != 0 ? order : (x_term.n_bytes > y_term.n_bytes) - (x_term.n_bytes < y_term.n_bytes);
}

#endif
