/* SHA-256 by nettle: names generations, guards files, shortens long terms.  And a checksum, CRC-64 by ISA-L, many times
 * as fast, for reading back what was written by the same process. */
#ifndef LIBSEARCH_SUPPORT_DIGEST_H
#define LIBSEARCH_SUPPORT_DIGEST_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"
#include <nettle/sha2.h>
#include <stdint.h>

#define DIGEST_N_HEX 64

typedef struct digest {
    struct sha256_ctx context;
} digest;

void digest_start(digest *d);
void digest_add(digest *d, const void *bytes, size_t n_bytes);
void digest_finish(digest *d, char hex[DIGEST_N_HEX + 1]);
void digest_of(const void *bytes, size_t n_bytes, char hex[DIGEST_N_HEX + 1]);
search_status digest_of_file(const char *path, char hex[DIGEST_N_HEX + 1], search_error *error);

/* The checksum of what another one is of, 0 of nothing, and the bytes behind it. */
uint64_t checksum_add(uint64_t checksum, const void *bytes, size_t n_bytes);
search_status checksum_of_file(const char *path, uint64_t *out, search_error *error);

#endif
