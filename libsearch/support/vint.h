/* Numbers in as few bytes as they need: 7 bits a byte, the least significant first, bit 7 set on all but the last.
 * 300 = ac 02. */
#ifndef LIBSEARCH_SUPPORT_VINT_H
#define LIBSEARCH_SUPPORT_VINT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stddef.h>
#include <stdint.h>

enum { VINT32_MAX_N_BYTES = 5, VINT64_MAX_N_BYTES = 10 };

/* Writes at `out`, which has room, and gives the end of what was written. */
static inline unsigned char *put_vint(unsigned char *out, uint64_t n) {
    for (; n >= 0x80; n >>= 7)
        *out++ = (unsigned char)(n | 0x80);
    *out++ = (unsigned char)n;
    return out;
}

static inline size_t vint_n_bytes(uint64_t n) {
    size_t n_bytes = 1;
    for (; n >= 0x80; n >>= 7)
        n_bytes++;
    return n_bytes;
}

#endif
