/* Memory that is freed all at once.  Allocations are aligned for any type, zeroed, and live until arena_free. */
#ifndef LIBSEARCH_SUPPORT_ARENA_H
#define LIBSEARCH_SUPPORT_ARENA_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stddef.h>

typedef struct arena {
    struct arena_block *blocks;
} arena; /* zero-initialised is empty and valid */

void *arena_alloc(arena *a, size_t n_bytes);                   /* null: out of memory */
void *arena_array(arena *a, size_t n, size_t element_n_bytes); /* null also when the product overflows */
char *arena_copy(arena *a, const void *bytes, size_t n_bytes); /* adds a NUL */
void arena_free(arena *a);

#endif
