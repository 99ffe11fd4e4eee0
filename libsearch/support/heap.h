/* A binary heap of numbers that stand for something else: the first in an order is on top.  The order is given with
 * each call, so that it can be compiled in. */
#ifndef LIBSEARCH_SUPPORT_HEAP_H
#define LIBSEARCH_SUPPORT_HEAP_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct heap {
    uint32_t *items; /* the caller's, with room for as many as are ever in it; items[0] comes first */
    size_t n;
} heap;

typedef bool (*heap_order)(const void *context, uint32_t a, uint32_t b); /* whether a comes before b */

static inline void heap_push(heap *h, uint32_t item, heap_order is_before, const void *context) {
    size_t at = h->n++;
    for (; at > 0 && is_before(context, item, h->items[(at - 1) / 2]); at = (at - 1) / 2)
        h->items[at] = h->items[(at - 1) / 2];
    h->items[at] = item;
}

/* Puts the first item where it belongs, when what it stands for has moved back in the order. */
static inline void heap_sink(heap *h, heap_order is_before, const void *context) {
    const uint32_t item = h->items[0];
    size_t at = 0;
    for (size_t child = 1; child < h->n; child = 2 * at + 1) {
        child += child + 1 < h->n && is_before(context, h->items[child + 1], h->items[child]) ? 1 : 0;
        if (!is_before(context, h->items[child], item))
            break;
        h->items[at] = h->items[child];
        at = child;
    }
    h->items[at] = item;
}

/* Takes the first item away; there is one. */
static inline uint32_t heap_pop(heap *h, heap_order is_before, const void *context) {
    const uint32_t first = h->items[0];
    h->items[0] = h->items[--h->n];
    if (h->n > 0)
        heap_sink(h, is_before, context);
    return first;
}

#endif
