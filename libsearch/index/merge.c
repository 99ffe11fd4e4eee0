/* A heap of runs by the term each is at. */
#include "libsearch/index/merge.h"

#include "libsearch/index/term_key.h"
#include "libsearch/support/heap.h"
#include <stdlib.h>
#include <string.h>

/* What stands before the postings of a term, at most. */
enum { max_head_n_bytes = GLASS_MAX_TERM_N_BYTES + 4 * VINT64_MAX_N_BYTES, tick_every = 4096 };

typedef struct source {
    run_reader reader;
    size_t n_term;
    char term[GLASS_MAX_TERM_N_BYTES];
    /* of postings */
    uint32_t n_documents;
    uint64_t collection_frequency;
    uint64_t n_bytes;
} source;

typedef struct merger {
    const merge *m;
    source *sources;
    term_key *keys; /* by source */
    heap heap;      /* of the sources */
    uint32_t *same; /* the sources at the term at hand, in their order */
    size_t n_same;
    bool has_totals; /* postings */
    size_t n_terms;
} merger;

static search_text term_of(const source *s) {
    return (search_text){s->term, s->n_term};
}

static int compare(const merger *g, uint32_t a, uint32_t b) {
    return term_key_compare(&g->keys[a], term_of(&g->sources[a]), &g->keys[b], term_of(&g->sources[b]));
}

/* The least term first, and of the same one the earlier run. */
static bool is_before(const void *context, uint32_t a, uint32_t b) {
    const int order = compare(context, a, b);
    return order != 0 ? order < 0 : a < b;
}

/* ---- terms ---- */

static search_status damaged(search_error *error) {
    return error_set(error, SEARCH_E_SYSTEM, "spill.damaged", "the sorted runs were changed while they were merged");
}

/* Whether so many postings can stand in what is left of the stream. */
static bool has_postings(const source *s) {
    const run_reader *r = &s->reader;
    const uint64_t n_left = (uint64_t)(r->end - r->at) + (r->stream->n_bytes - r->n_read);
    return s->n_documents > 0 && s->n_bytes <= n_left && s->n_bytes / 2 >= s->n_documents;
}

/* Moves a source to its next term and puts it into the heap, unless it is at its end. */
static search_status next_term(merger *g, uint32_t number, search_error *error) {
    source *s = &g->sources[number];
    const search_status status = run_reader_need(&s->reader, max_head_n_bytes, error);
    if (status != SEARCH_OK || s->reader.at == s->reader.end) {
        return status;
    }
    s->n_term = (size_t)run_take_vint(&s->reader);
    if (s->n_term == 0 || s->n_term > sizeof s->term || s->n_term > (size_t)(s->reader.end - s->reader.at)) {
        return damaged(error);
    }
    memcpy(s->term, s->reader.at, s->n_term);
    s->reader.at += s->n_term;
    g->keys[number] = term_key_of(term_of(s));
    if (g->has_totals) {
        s->n_documents = (uint32_t)run_take_vint(&s->reader);
        s->collection_frequency = run_take_vint(&s->reader);
        s->n_bytes = run_take_vint(&s->reader);
        if (!has_postings(s)) {
            return damaged(error);
        }
    }
    heap_push(&g->heap, number, is_before, g);
    return SEARCH_OK;
}

/* The sources at the least term; false when all are at their ends. */
static bool take_term(merger *g) {
    g->n_same = 0;
    while (g->heap.n > 0) {
        if (g->n_same > 0 && compare(g, g->heap.items[0], g->same[0]) != 0) {
            break;
        }
        g->same[g->n_same++] = heap_pop(&g->heap, is_before, g);
    }
    return g->n_same > 0;
}

static search_status advance(merger *g, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < g->n_same && status == SEARCH_OK; i++) {
        status = next_term(g, g->same[i], error);
    }
    return status == SEARCH_OK && g->n_terms++ % tick_every == 0 ? g->m->tick(g->m->context, error) : status;
}

static void merger_close(merger *g) {
    for (size_t i = 0; g->sources != NULL && i < g->m->n_streams; i++) {
        run_reader_close(&g->sources[i].reader);
    }
    free(g->sources);
    free(g->keys);
    free(g->heap.items);
    free(g->same);
}

static search_status merger_open(merger *g, const merge *m, bool has_totals, search_error *error) {
    *g = (merger){.m = m, .has_totals = has_totals};
    g->sources = calloc(m->n_streams + 1, sizeof *g->sources);
    g->keys = calloc(m->n_streams + 1, sizeof *g->keys);
    g->heap.items = calloc(m->n_streams + 1, sizeof *g->heap.items);
    g->same = calloc(m->n_streams + 1, sizeof *g->same);
    if (g->sources == NULL || g->keys == NULL || g->heap.items == NULL || g->same == NULL) {
        return error_memory(error);
    }
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < m->n_streams; i++) {
        run_reader_open(&g->sources[i].reader, m->spill, &m->streams[i], m->n_window);
    }
    for (uint32_t i = 0; i < m->n_streams && status == SEARCH_OK; i++) {
        status = next_term(g, i, error);
    }
    return status;
}

/* ---- postings ---- */

static search_status copy_postings(source *s, glass_postlist *out, search_error *error) {
    uint32_t docid = 0;
    search_status status = SEARCH_OK;
    for (uint32_t i = 0; i < s->n_documents && status == SEARCH_OK; i++) {
        status = run_reader_need(&s->reader, 2 * VINT64_MAX_N_BYTES, error);
        if (status == SEARCH_OK) {
            docid += (uint32_t)run_take_vint(&s->reader);
            status = glass_postlist_posting(out, docid, (uint32_t)run_take_vint(&s->reader), error);
        }
    }
    return status;
}

search_status merge_postings(const merge *m, glass_postlist *out, search_error *error) {
    merger g;
    search_status status = merger_open(&g, m, true, error);
    while (status == SEARCH_OK && take_term(&g)) {
        const source *first = &g.sources[g.same[0]];
        uint32_t n_documents = 0;
        uint64_t collection_frequency = 0;
        for (size_t i = 0; i < g.n_same; i++) {
            n_documents += g.sources[g.same[i]].n_documents;
            collection_frequency += g.sources[g.same[i]].collection_frequency;
        }
        status = glass_postlist_term(out, (search_text){first->term, first->n_term}, n_documents, collection_frequency,
                                     error);
        for (size_t i = 0; i < g.n_same && status == SEARCH_OK; i++) {
            status = copy_postings(&g.sources[g.same[i]], out, error);
        }
        if (status == SEARCH_OK) {
            status = advance(&g, error);
        }
    }
    merger_close(&g);
    return status;
}

/* ---- positions ---- */

static search_status copy_positions(source *s, glass_positions *out, search_error *error) {
    uint32_t docid = 0;
    for (;;) {
        search_status status = run_reader_need(&s->reader, 2 * VINT64_MAX_N_BYTES, error);
        if (status != SEARCH_OK) {
            return status;
        }
        if (s->reader.at == s->reader.end) {
            return damaged(error);
        }
        const uint32_t gap = (uint32_t)run_take_vint(&s->reader);
        if (gap == 0) {
            return s->reader.at[-1] == 0 ? SEARCH_OK : damaged(error);
        }
        docid += gap;
        const size_t n_tag = (size_t)run_take_vint(&s->reader);
        status = run_reader_need(&s->reader, n_tag, error);
        if (status == SEARCH_OK && (n_tag == 0 || (size_t)(s->reader.end - s->reader.at) < n_tag)) {
            status = damaged(error);
        }
        if (status == SEARCH_OK) {
            status = glass_positions_add(out, docid, (search_text){s->reader.at, n_tag}, error);
            s->reader.at += n_tag;
        }
        if (status != SEARCH_OK) {
            return status;
        }
    }
}

search_status merge_positions(const merge *m, glass_positions *out, search_error *error) {
    merger g;
    search_status status = merger_open(&g, m, false, error);
    while (status == SEARCH_OK && take_term(&g)) {
        const source *first = &g.sources[g.same[0]];
        status = glass_positions_term(out, (search_text){first->term, first->n_term}, error);
        for (size_t i = 0; i < g.n_same && status == SEARCH_OK; i++) {
            status = copy_positions(&g.sources[g.same[i]], out, error);
        }
        if (status == SEARCH_OK) {
            status = advance(&g, error);
        }
    }
    merger_close(&g);
    return status;
}
