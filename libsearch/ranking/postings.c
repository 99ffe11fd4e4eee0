/* Lists of postings that grow and merge. */
#include "libsearch/ranking/postings.h"

#include "libsearch/support/error.h"
#include <stdlib.h>

search_status postings_add(posting_list *p, const posting *one, search_error *error) {
    if (p->n == p->capacity) {
        const size_t capacity = p->capacity == 0 ? 256 : p->capacity * 2;
        posting *grown = realloc(p->list, capacity * sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        p->list = grown;
        p->capacity = capacity;
    }
    p->list[p->n++] = *one;
    return SEARCH_OK;
}

static void add_counts(posting *to, const posting *from, float weight) {
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        to->counts[zone] += weight * from->counts[zone];
    }
}

search_status postings_merge(posting_list *p, const posting_list *other, float weight, search_error *error) {
    posting_list merged = {0};
    search_status status = SEARCH_OK;
    size_t i = 0;
    size_t j = 0;
    while (status == SEARCH_OK && (i < p->n || j < other->n)) {
        const uint32_t a = i < p->n ? p->list[i].docid : UINT32_MAX;
        const uint32_t b = j < other->n ? other->list[j].docid : UINT32_MAX;
        posting one = {a < b ? a : b, {0}};
        if (a <= b) {
            add_counts(&one, &p->list[i++], 1);
        }
        if (b <= a) {
            add_counts(&one, &other->list[j++], weight);
        }
        status = postings_add(&merged, &one, error);
    }
    if (status != SEARCH_OK) {
        postings_free(&merged);
        return status;
    }
    postings_free(p);
    *p = merged;
    return SEARCH_OK;
}

static int by_docid(const void *a, const void *b) {
    const posting *x = a;
    const posting *y = b;
    return (x->docid > y->docid) - (x->docid < y->docid);
}

void postings_settle(posting_list *p) {
    size_t n = 0;
    if (p->n > 1) {
        qsort(p->list, p->n, sizeof *p->list, by_docid);
    }
    for (size_t i = 0; i < p->n; i++) {
        if (n > 0 && p->list[n - 1].docid == p->list[i].docid) {
            add_counts(&p->list[n - 1], &p->list[i], 1);
        } else {
            p->list[n++] = p->list[i];
        }
    }
    p->n = n;
}

void postings_free(posting_list *p) {
    free(p->list);
    *p = (posting_list){0};
}
