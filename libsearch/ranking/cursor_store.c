/* Cursors on Xapian's posting and position lists. */
#include "libsearch/ranking/cursor.h"

#include <stdlib.h>

typedef struct store_cursor {
    cursor base;
    xapian_postings *postings;
    uint32_t *positions;
    size_t capacity;
} store_cursor;

static search_status store_next(cursor *c, search_error *error) {
    const search_status status = xapian_postings_next(((store_cursor *)c)->postings, &c->docid, error);
    c->is_done = c->docid == 0;
    return status;
}

static search_status store_skip_to(cursor *c, uint32_t target, search_error *error) {
    if (c->is_done || (c->docid != 0 && c->docid >= target)) {
        return SEARCH_OK;
    }
    const search_status status = xapian_postings_skip_to(((store_cursor *)c)->postings, target, &c->docid, error);
    c->is_done = c->docid == 0;
    return status;
}

static uint32_t store_wdf(const cursor *c) {
    return xapian_postings_wdf(((const store_cursor *)c)->postings);
}

static search_status store_positions(cursor *c, const uint32_t **positions, size_t *n_positions, search_error *error) {
    store_cursor *s = (store_cursor *)c;
    const search_status status =
        xapian_postings_positions(s->postings, &s->positions, &s->capacity, n_positions, error);
    *positions = s->positions;
    return status;
}

static void store_free(cursor *c) {
    store_cursor *s = (store_cursor *)c;
    xapian_postings_free(s->postings);
    free(s->positions);
    free(s);
}

search_status cursor_open_store(const reader *r, search_text term, cursor **out, search_error *error) {
    static const cursor_operations operations = {store_next, store_skip_to, store_wdf, store_positions, store_free};
    *out = NULL;
    store_cursor *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return error_memory(error);
    }
    s->base.operations = &operations;
    const search_status status = xapian_postings_open(r->store, term, &s->postings, error);
    if (status != SEARCH_OK) {
        free(s);
        return status;
    }
    *out = &s->base;
    return SEARCH_OK;
}

void cursor_free(cursor *c) {
    if (c != NULL) {
        c->operations->free(c);
    }
}
