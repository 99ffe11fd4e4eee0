/* Compares the documents of two databases.
 *
 * The documents of a task are walked term by term, all at once, in the order of the position table: by term, then by
 * document.  Document by document each position list would be read from another block. */
#include "libsearch/index/compare.h"

#include "libsearch/support/heap.h"
#include <stdlib.h>

enum { n_documents_per_task = 1024 };

/* One document on both sides. */
typedef struct pair {
    uint32_t docid;
    xapian_terms *lists[2];
    search_text term[2]; /* where the lists stand; borrowed from them */
} pair;

typedef struct chunk {
    const comparison *c;
    const xapian_database *stores[2];
    finding_list *found;
    pair *pairs;
    size_t n_pairs;
    heap heap;              /* of those that have terms left */
    uint32_t *positions[2]; /* of the term at hand */
    size_t capacity[2];
    uint64_t n_positions;
} chunk;

static finding_place place_of(const chunk *k, uint32_t docid) {
    return (finding_place){k->c->directory, NULL, docid};
}

/* ---- what is not of terms ---- */

static search_text without_blanks(const char *bytes, size_t n_bytes) {
    while (n_bytes > 0 && bytes[n_bytes - 1] == ' ') {
        n_bytes--;
    }
    return (search_text){bytes, n_bytes};
}

static search_status compare_data(const chunk *k, uint32_t docid, search_error *error) {
    const finding_place place = place_of(k, docid);
    char *data[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_database_data(k->stores[i], docid, &data[i], &n[i], error);
    }
    if (status == SEARCH_OK) {
        const search_text a = without_blanks(data[0], n[0]);
        const search_text b = without_blanks(data[1], n[1]);
        size_t at = 0;
        while (at < a.n_bytes && at < b.n_bytes && a.bytes[at] == b.bytes[at]) {
            at++;
        }
        if (!compare_is_same(a, b)) {
            const search_text id = column_string(&k->c->sides[0]->ids, docid - 1);
            note_difference(k->found, &place, "compare.data",
                            "the stored record \"%.*s\" differs from byte %zu on (%zu bytes here, %zu in the other "
                            "index)",
                            compare_shown(id), id.bytes, at, a.n_bytes, b.n_bytes);
        }
    }
    free(data[0]);
    free(data[1]);
    return status;
}

static search_status compare_lengths(const chunk *k, uint32_t docid, search_error *error) {
    const finding_place place = place_of(k, docid);
    uint32_t length[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_database_document_length(k->stores[i], docid, &length[i], error);
    }
    if (status == SEARCH_OK && length[0] != length[1]) {
        note_difference(k->found, &place, "compare.length", "the document's length is %u here, %u in the other index",
                        length[0], length[1]);
    }
    return status;
}

static search_status compare_values(const chunk *k, uint32_t docid, search_error *error) {
    const finding_place place = place_of(k, docid);
    xapian_values *lists[2] = {NULL, NULL};
    search_text value[2] = {{"", 0}, {"", 0}};
    uint32_t slot[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_values_open(k->stores[i], docid, &lists[i], error);
    }
    bool is_equal = true;
    while (status == SEARCH_OK && is_equal && value[0].bytes != NULL) {
        for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
            status = xapian_values_next(lists[i], &slot[i], &value[i], error);
        }
        is_equal = (value[0].bytes == NULL) == (value[1].bytes == NULL) && slot[0] == slot[1] &&
                   compare_is_same(value[0], value[1]);
    }
    if (status == SEARCH_OK && !is_equal) {
        note_difference(k->found, &place, "compare.value", "the document's values are not the same from slot %u on",
                        value[1].bytes == NULL || (value[0].bytes != NULL && slot[0] < slot[1]) ? slot[0] : slot[1]);
    }
    xapian_values_free(lists[0]);
    xapian_values_free(lists[1]);
    return status;
}

/* ---- terms and positions ---- */

static search_status compare_positions(chunk *k, const pair *p, search_error *error) {
    const search_text term = p->term[0];
    size_t n[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_terms_positions(p->lists[i], &k->positions[i], &k->capacity[i], &n[i], error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    k->n_positions += n[0];
    size_t at = 0;
    while (at < n[0] && at < n[1] && k->positions[0][at] == k->positions[1][at]) {
        at++;
    }
    if (at < n[0] || at < n[1]) {
        const finding_place place = place_of(k, p->docid);
        note_difference(k->found, &place, "compare.positions",
                        "the term \"%.*s\" stands at %zu positions here, at %zu in the other index; number %zu differs",
                        compare_shown(term), term.bytes, n[0], n[1], at + 1);
    }
    return SEARCH_OK;
}

static search_status compare_term(chunk *k, const pair *p, search_error *error) {
    const uint32_t wdf[2] = {xapian_terms_wdf(p->lists[0]), xapian_terms_wdf(p->lists[1])};
    if (wdf[0] != wdf[1]) {
        const finding_place place = place_of(k, p->docid);
        note_difference(k->found, &place, "compare.termlist",
                        "the document has the term \"%.*s\" %u times here, %u times in the other index",
                        compare_shown(p->term[0]), p->term[0].bytes, wdf[0], wdf[1]);
    }
    return compare_positions(k, p, error);
}

/* Compares what the document has at its first term and moves behind it. */
static search_status step(chunk *k, pair *p, search_error *error) {
    const int order = compare_text_or_end(p->term[0], p->term[1]);
    search_status status = SEARCH_OK;
    if (order == 0) {
        status = compare_term(k, p, error);
    } else {
        const finding_place place = place_of(k, p->docid);
        const search_text only = order < 0 ? p->term[0] : p->term[1];
        note_difference(k->found, &place, "compare.termlist", "the document has the term \"%.*s\" only in %s index",
                        compare_shown(only), only.bytes, order < 0 ? "this" : "the other");
    }
    if (status == SEARCH_OK && order <= 0) {
        status = xapian_terms_next(p->lists[0], &p->term[0], NULL, error);
    }
    if (status == SEARCH_OK && order >= 0) {
        status = xapian_terms_next(p->lists[1], &p->term[1], NULL, error);
    }
    return status;
}

/* ---- the documents of a task in step ---- */

static search_text first_term(const pair *p) {
    return compare_text_or_end(p->term[0], p->term[1]) <= 0 ? p->term[0] : p->term[1];
}

/* As the position table is sorted. */
static bool is_before(const void *context, uint32_t a, uint32_t b) {
    const pair *x = (const pair *)context + a;
    const pair *y = (const pair *)context + b;
    const int order = compare_text_or_end(first_term(x), first_term(y));
    return order != 0 ? order < 0 : x->docid < y->docid;
}

static bool has_terms(const pair *p) {
    return p->term[0].bytes != NULL || p->term[1].bytes != NULL;
}

static search_status walk(chunk *k, search_error *error) {
    search_status status = SEARCH_OK;
    while (k->heap.n > 0 && status == SEARCH_OK && !inspect_is_stopped(k->c->i)) {
        pair *p = &k->pairs[k->heap.items[0]];
        status = step(k, p, error);
        if (has_terms(p)) {
            heap_sink(&k->heap, is_before, k->pairs);
        } else {
            heap_pop(&k->heap, is_before, k->pairs);
        }
    }
    return status;
}

/* Opens the term lists of a document and moves them to the first term. */
static search_status open_pair(chunk *k, uint32_t docid, search_error *error) {
    pair *p = &k->pairs[k->n_pairs++];
    p->docid = docid;
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_terms_open_document(k->stores[i], docid, &p->lists[i], error);
        if (status == SEARCH_OK) {
            status = xapian_terms_next(p->lists[i], &p->term[i], NULL, error);
        }
    }
    if (has_terms(p)) {
        heap_push(&k->heap, (uint32_t)(p - k->pairs), is_before, k->pairs);
    }
    return status;
}

static search_status compare_one(chunk *k, uint32_t docid, search_error *error) {
    search_status status = compare_data(k, docid, error);
    if (status == SEARCH_OK) {
        status = compare_lengths(k, docid, error);
    }
    if (status == SEARCH_OK) {
        status = compare_values(k, docid, error);
    }
    return status == SEARCH_OK ? open_pair(k, docid, error) : status;
}

static void chunk_clear(chunk *k) {
    for (size_t i = 0; i < k->n_pairs; i++) {
        xapian_terms_free(k->pairs[i].lists[0]);
        xapian_terms_free(k->pairs[i].lists[1]);
    }
    free(k->pairs);
    free(k->heap.items);
    free(k->positions[0]);
    free(k->positions[1]);
}

static search_status compare_chunk(void *context, size_t task, finding_list *found, search_error *error) {
    comparison *c = context;
    chunk k = {.c = c, .found = found};
    reader *readers[2] = {NULL, NULL};
    k.pairs = calloc(n_documents_per_task, sizeof *k.pairs);
    k.heap.items = calloc(n_documents_per_task, sizeof *k.heap.items);
    search_status status =
        k.pairs == NULL || k.heap.items == NULL ? error_memory(error) : comparison_take_readers(c, readers, error);
    if (status == SEARCH_OK) {
        k.stores[0] = readers[0]->store;
        k.stores[1] = readers[1]->store;
    }
    const uint64_t first = (uint64_t)task * n_documents_per_task + 1;
    const uint64_t last = comparison_n_common(c);
    for (uint64_t d = first; status == SEARCH_OK && d < first + n_documents_per_task && d <= last; d++) {
        status = compare_one(&k, (uint32_t)d, error);
    }
    if (status == SEARCH_OK) {
        status = walk(&k, error);
    }
    atomic_fetch_add(&c->i->n_records, k.n_pairs);
    atomic_fetch_add(&c->n_positions, k.n_positions);
    chunk_clear(&k);
    comparison_give_readers(c, readers);
    return status;
}

search_status compare_documents(comparison *c, search_error *error) {
    const size_t n_tasks = ((size_t)comparison_n_common(c) + n_documents_per_task - 1) / n_documents_per_task;
    const search_status status = inspect_run(c->i, "compare", n_tasks, compare_chunk, c, error);
    c->i->summary.n_positions = atomic_load(&c->n_positions);
    return status;
}
