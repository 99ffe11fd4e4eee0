/* The numbers and strings of the format.  Everything writes at `out`, which has room, and gives the end of what was
 * written.
 *
 *   vint     as in support/vint.h
 *   docid    order-preserving, big-endian, as many one-bits in front as there are bytes over 2:
 *                       1 = 00 01       0x8000 = 80 80 00       0x400000 = c0 40 00 00
 *   term     order-preserving: 00 is 00 ff, and where something follows it ends in 00 */
#ifndef LIBSEARCH_GLASS_CODES_H
#define LIBSEARCH_GLASS_CODES_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/glass/glass.h"
#include "libsearch/support/vint.h"
#include <assert.h>
#include <endian.h>
#include <stdint.h>
#include <string.h>

enum { DOCID_MAX_N_BYTES = 5, KEY_MAX_N_BYTES = 255 };
static_assert(GLASS_MAX_TERM_N_BYTES + 1 + DOCID_MAX_N_BYTES <= KEY_MAX_N_BYTES, "a term and a docid fit a key");

static inline unsigned char *put_be16(unsigned char *out, size_t n) {
    const uint16_t be = htobe16((uint16_t)n);
    memcpy(out, &be, sizeof be);
    return out + sizeof be;
}

static inline unsigned char *put_be32(unsigned char *out, uint32_t n) {
    const uint32_t be = htobe32(n);
    memcpy(out, &be, sizeof be);
    return out + sizeof be;
}

static inline unsigned char *put_docid(unsigned char *out, uint32_t docid) {
    if (docid < 0x8000)
        return put_be16(out, docid);
    if (docid < 0x400000) {
        *out = (unsigned char)(0x80 | docid >> 16);
        return put_be16(out + 1, docid & 0xffff);
    }
    if (docid < 0x20000000)
        return put_be32(out, 0xc0000000 | docid);
    *out = 0xe0;
    return put_be32(out + 1, docid);
}

/* Terms without an end.  SEARCH_E_ARGUMENT "glass.term": it is none. */
search_status glass_put_term(unsigned char out[GLASS_MAX_TERM_N_BYTES], search_text term, size_t *n_out,
                             search_error *error);

search_status glass_order_error(search_error *error, const char *what);

#endif
