/* A hash table of numbers by 16-byte digests of what they stand for: what is compared are digests alone, so that it
 * takes 16 bytes a number and about 8 of slots, whatever the numbers stand for. */
#ifndef LIBSEARCH_INDEX_DIGEST_TABLE_H
#define LIBSEARCH_INDEX_DIGEST_TABLE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include <stdint.h>

#define DIGEST_TABLE_NONE UINT32_MAX

enum { DIGEST_TABLE_N_BYTES = 16 };

typedef struct digest_table {
    buffer digests;  /* by number; zeros: none */
    uint32_t *slots; /* number + 1 by digest, 0 free; stale when the number has another digest by now */
    size_t n_slots;  /* power of two */
    size_t n_taken;
} digest_table; /* zero-initialised is empty and valid */

/* How many numbers there are: one more than the largest that was set. */
uint32_t digest_table_n(const digest_table *t);
/* The number that has the digest, or DIGEST_TABLE_NONE. */
uint32_t digest_table_find(const digest_table *t, const uint8_t digest[DIGEST_TABLE_N_BYTES]);
/* Gives a number a digest instead of the one it had; zeros: none.  *other: another number that has the same, or
 * DIGEST_TABLE_NONE.  false: out of memory. */
bool digest_table_set(digest_table *t, uint32_t number, const uint8_t digest[DIGEST_TABLE_N_BYTES], uint32_t *other);
void digest_table_free(digest_table *t);

#endif
