/* Order columns: keys by ICU's collation, sorted once when the segment is written.  As many as fit into a chunk are
 * sorted at a time, and the sorted chunks are merged, so that memory grows by the place of each document alone.
 *
 *   chunk = for each key, ascending: vint n_key, the key, vint document from 0 */
#include "libsearch/index/order_column.h"

#include "libsearch/analysis/collate.h"
#include "libsearch/support/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { chunk_n_bytes = 4 << 20, n_window = 16 << 10 };

typedef struct keyed {
    const char *key;
    size_t from; /* of the key in the chunk */
    size_t n_key;
    uint32_t document;
} keyed;

typedef struct order {
    spill *spill;
    collator *collator;
    /* the chunk at hand */
    buffer keys;
    buffer list; /* keyed */
    buffer sorted;
    /* what was sorted */
    run_stream *chunks;
    size_t n_chunks;
    size_t capacity;
    uint32_t *places; /* of each document */
} order;

static int compare(const char *a, size_t n_a, const char *b, size_t n_b) {
    const int first = memcmp(a, b, n_a < n_b ? n_a : n_b);
    return first != 0 ? first : (n_a > n_b) - (n_a < n_b);
}

static int by_key(const void *a, const void *b) {
    const keyed *x = a;
    const keyed *y = b;
    return compare(x->key, x->n_key, y->key, y->n_key);
}

/* ---- chunks ---- */

static bool reserve_chunk(order *o) {
    if (o->n_chunks < o->capacity) {
        return true;
    }
    const size_t capacity = o->capacity == 0 ? 8 : o->capacity * 2;
    run_stream *chunks = realloc(o->chunks, capacity * sizeof *chunks);
    if (chunks == NULL) {
        return false;
    }
    o->chunks = chunks;
    o->capacity = capacity;
    return true;
}

static void put_sorted(order *o, const keyed *list, size_t n_list) {
    buffer_clear(&o->sorted);
    if (!buffer_reserve(&o->sorted, o->keys.n_bytes + n_list * 2 * VINT64_MAX_N_BYTES)) {
        return;
    }
    unsigned char *to = (unsigned char *)o->sorted.bytes;
    for (size_t i = 0; i < n_list; i++) {
        to = put_vint(to, list[i].n_key);
        memcpy(to, list[i].key, list[i].n_key);
        to = put_vint(to + list[i].n_key, list[i].document);
    }
    o->sorted.n_bytes = (size_t)(to - (unsigned char *)o->sorted.bytes);
}

static search_status end_chunk(order *o, search_error *error) {
    const size_t n_list = o->list.n_bytes / sizeof(keyed);
    if (n_list == 0) {
        return SEARCH_OK;
    }
    if (o->list.failed || !reserve_chunk(o)) {
        return error_memory(error);
    }
    keyed *list = (keyed *)(void *)o->list.bytes;
    for (size_t i = 0; i < n_list; i++) {
        list[i].key = o->keys.bytes + list[i].from;
    }
    qsort(list, n_list, sizeof *list, by_key);
    put_sorted(o, list, n_list);
    buffer_clear(&o->keys);
    buffer_clear(&o->list);
    const search_status status =
        o->sorted.failed ? error_memory(error) : spill_add(o->spill, &o->sorted, &o->chunks[o->n_chunks], error);
    o->n_chunks += status == SEARCH_OK ? 1 : 0;
    return status;
}

static search_status add_text(order *o, search_text text, uint32_t document, search_error *error) {
    const size_t from = o->keys.n_bytes;
    search_status status = collator_add_key(o->collator, text, &o->keys, error);
    const size_t n_key = o->keys.n_bytes - from;
    if (status != SEARCH_OK || n_key == 0) {
        return status;
    }
    const keyed k = {NULL, from, n_key, document};
    buffer_add(&o->list, &k, sizeof k);
    return o->keys.n_bytes + o->list.n_bytes < chunk_n_bytes ? SEARCH_OK : end_chunk(o, error);
}

/* Reads the texts one behind the other. */
static search_status sort_texts(order *o, const spool *at, const spool *bytes, uint32_t n, search_error *error) {
    spool_reader starts;
    spool_reader texts;
    buffer text = {0};
    spool_reader_open(&starts, at);
    spool_reader_open(&texts, bytes);
    uint64_t start = 0;
    search_status status = spool_reader_take(&starts, &start, sizeof start, error);
    for (uint32_t i = 0; i < n && status == SEARCH_OK; i++) {
        uint64_t end = 0;
        status = spool_reader_take(&starts, &end, sizeof end, error);
        if (status != SEARCH_OK || end == start) {
            continue;
        }
        const size_t n_text = (size_t)(end - start);
        buffer_clear(&text);
        status =
            buffer_reserve(&text, n_text) ? spool_reader_take(&texts, text.bytes, n_text, error) : error_memory(error);
        if (status == SEARCH_OK) {
            status = add_text(o, (search_text){text.bytes, n_text}, i, error);
        }
        start = end;
    }
    spool_reader_close(&starts);
    spool_reader_close(&texts);
    buffer_free(&text);
    return status == SEARCH_OK ? end_chunk(o, error) : status;
}

/* ---- merging ---- */

typedef struct head {
    run_reader reader;
    const char *key; /* null: at its end */
    size_t n_key;
    uint32_t document;
} head;

static search_status advance(head *h, search_error *error) {
    h->key = NULL;
    search_status status = run_reader_need(&h->reader, VINT64_MAX_N_BYTES, error);
    if (status != SEARCH_OK || h->reader.at == h->reader.end) {
        return status;
    }
    h->n_key = (size_t)run_take_vint(&h->reader);
    status = run_reader_need(&h->reader, h->n_key + VINT64_MAX_N_BYTES, error);
    if (status == SEARCH_OK) {
        h->key = h->reader.at;
        h->reader.at += h->n_key;
        h->document = (uint32_t)run_take_vint(&h->reader);
    }
    return status;
}

static bool is_before(const void *context, uint32_t a, uint32_t b) {
    const head *x = (const head *)context + a;
    const head *y = (const head *)context + b;
    return compare(x->key, x->n_key, y->key, y->n_key) < 0;
}

static search_status number(order *o, head *heads, heap *h, search_error *error) {
    buffer last = {0};
    uint32_t place = 0;
    search_status status = SEARCH_OK;
    while (h->n > 0 && status == SEARCH_OK) {
        head *first = &heads[h->items[0]];
        if (place == 0 || compare(first->key, first->n_key, last.bytes, last.n_bytes) != 0) {
            place++;
            buffer_clear(&last);
            buffer_add(&last, first->key, first->n_key);
        }
        o->places[first->document] = place;
        status = last.failed ? error_memory(error) : advance(first, error);
        if (first->key == NULL) {
            heap_pop(h, is_before, heads);
        } else {
            heap_sink(h, is_before, heads);
        }
    }
    buffer_free(&last);
    return status;
}

static search_status merge_chunks(order *o, search_error *error) {
    head *heads = calloc(o->n_chunks + 1, sizeof *heads);
    heap h = {.items = calloc(o->n_chunks + 1, sizeof *h.items)};
    search_status status = heads == NULL || h.items == NULL ? error_memory(error) : SEARCH_OK;
    size_t n_opened = 0;
    for (; n_opened < o->n_chunks && status == SEARCH_OK; n_opened++) {
        run_reader_open(&heads[n_opened].reader, o->spill, &o->chunks[n_opened], n_window);
        status = advance(&heads[n_opened], error);
        if (heads[n_opened].key != NULL) {
            heap_push(&h, (uint32_t)n_opened, is_before, heads);
        }
    }
    if (status == SEARCH_OK) {
        status = number(o, heads, &h, error);
    }
    for (size_t i = 0; i < n_opened; i++) {
        run_reader_close(&heads[i].reader);
    }
    free(heads);
    free(h.items);
    return status;
}

static void order_close(order *o) {
    collator_free(o->collator);
    buffer_free(&o->keys);
    buffer_free(&o->list);
    buffer_free(&o->sorted);
    for (size_t i = 0; i < o->n_chunks; i++) {
        run_stream_free(&o->chunks[i]);
    }
    free(o->chunks);
    free(o->places);
}

static spool *section(columns_writer *w, const char *name, const char *suffix) {
    char full[COLUMNS_MAX_NAME + 1];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    return columns_writer_spool(w, full);
}

search_status order_column_write(columns_writer *w, const char *name, uint32_t n, bool is_natural,
                                 search_error *error) {
    spool *out = section(w, name, ".order");
    const spool *at = section(w, name, ".at");
    const spool *bytes = section(w, name, ".bytes");
    order o = {.spill = columns_writer_spill(w), .places = calloc((size_t)n + 1, sizeof *o.places)};
    const bool ok = out != NULL && at != NULL && bytes != NULL && o.places != NULL;
    search_status status = ok ? collator_new(is_natural, &o.collator, error) : error_memory(error);
    if (status == SEARCH_OK) {
        status = sort_texts(&o, at, bytes, n, error);
    }
    buffer_free(&o.keys);
    buffer_free(&o.list);
    if (status == SEARCH_OK) {
        status = merge_chunks(&o, error);
    }
    for (uint32_t i = 0; i < n && status == SEARCH_OK; i++) {
        columns_add_u32(&out->tail, o.places[i]);
        status = spool_settle(out, error);
    }
    order_close(&o);
    return status;
}
