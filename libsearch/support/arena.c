/* An arena is a list of blocks, the one in use first.  Blocks double up to a bound, so that few allocations serve many
 * small pieces without a large tail unused. */
#include "libsearch/support/arena.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MIN_BLOCK ((size_t)4 << 10)
#define MAX_BLOCK ((size_t)1 << 20)

struct arena_block {
    struct arena_block *next;
    size_t n_used;
    size_t capacity;
    max_align_t data[];
};

/* A block for a piece larger than the usual goes behind the first, whose rest stays in use. */
static struct arena_block *add_block(arena *a, size_t n_bytes) {
    size_t usual = a->blocks == NULL ? MIN_BLOCK : a->blocks->capacity * 2;
    if (usual > MAX_BLOCK)
        usual = MAX_BLOCK;
    size_t capacity = n_bytes > usual ? n_bytes : usual;
    if (capacity > SIZE_MAX - sizeof(struct arena_block))
        return NULL;
    struct arena_block *block = calloc(1, sizeof *block + capacity);
    if (block == NULL)
        return NULL;
    block->capacity = capacity;
    if (n_bytes > usual && a->blocks != NULL) {
        block->next = a->blocks->next;
        a->blocks->next = block;
    } else {
        block->next = a->blocks;
        a->blocks = block;
    }
    return block;
}

void *arena_alloc(arena *a, size_t n_bytes) {
    const size_t unit = _Alignof(max_align_t);
    if (n_bytes > SIZE_MAX - unit)
        return NULL;
    n_bytes = n_bytes == 0 ? unit : (n_bytes + unit - 1) / unit * unit;
    struct arena_block *block = a->blocks;
    if (block == NULL || block->capacity - block->n_used < n_bytes)
        block = add_block(a, n_bytes);
    if (block == NULL)
        return NULL;
    void *piece = (char *)block->data + block->n_used;
    block->n_used += n_bytes;
    return piece;
}

void *arena_array(arena *a, size_t n, size_t element_n_bytes) {
    if (element_n_bytes != 0 && n > SIZE_MAX / element_n_bytes)
        return NULL;
    return arena_alloc(a, n * element_n_bytes);
}

char *arena_copy(arena *a, const void *bytes, size_t n_bytes) {
    if (n_bytes == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(a, n_bytes + 1);
    if (copy != NULL && n_bytes > 0)
        memcpy(copy, bytes, n_bytes);
    return copy;
}

void arena_free(arena *a) {
    for (struct arena_block *block = a->blocks; block != NULL;) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    a->blocks = NULL;
}
