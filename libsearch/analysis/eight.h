/* Eight bytes of text at once, in a number of which the first is the lowest byte, whatever the machine's order. */
#ifndef LIBSEARCH_ANALYSIS_EIGHT_H
#define LIBSEARCH_ANALYSIS_EIGHT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EIGHT sizeof(uint64_t)
/* The byte in each of the eight. */
#define EIGHT_TIMES(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t eight_bytes(const char *bytes) {
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(number) : number;
}

/* The same of less than eight, with zeros behind them. */
static inline uint64_t few_bytes(const char *bytes, size_t n) {
    uint64_t number = 0;
    for (size_t i = 0; i < n; i++)
        number |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    return number;
}

/* How many of the bytes are ASCII letters before one is not. */
static inline size_t letters_in_front(uint64_t bytes) {
    const uint64_t high = EIGHT_TIMES(0x80);
    const uint64_t lower = (bytes | EIGHT_TIMES(0x20)) & ~high;
    const uint64_t from_a = lower + EIGHT_TIMES(0x80 - 'a');
    const uint64_t past_z = lower + EIGHT_TIMES(0x80 - 'z' - 1);
    const uint64_t others = (~from_a | past_z | bytes) & high; /* the high bit of each byte that is none */
    return others == 0 ? EIGHT : (size_t)__builtin_ctzll(others) / 8;
}

#endif
