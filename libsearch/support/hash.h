/* A hash map from byte strings to 32-bit numbers, given out 0, 1, 2 … in order of first sight: an interner. */
#ifndef LIBSEARCH_SUPPORT_HASH_H
#define LIBSEARCH_SUPPORT_HASH_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/arena.h"
#include <libsearch.h>

#define HASH_NONE UINT32_MAX

typedef struct hash_map {
    arena memory;
    search_text *keys; /* by number */
    uint64_t *hashes;  /* by number */
    uint64_t *slots;   /* number + 1 and above it half of its hash; 0 free */
    size_t n_slots;    /* power of two */
    size_t n_keys;
    size_t capacity;
} hash_map; /* zero-initialised is empty and valid */

/* The number of the key, added when new (*is_new may be null).  HASH_NONE: out of memory. */
uint32_t hash_add(hash_map *map, const void *bytes, size_t n_bytes, bool *is_new);
uint32_t hash_find(const hash_map *map, const void *bytes, size_t n_bytes); /* HASH_NONE: absent */
void hash_free(hash_map *map);

#endif
