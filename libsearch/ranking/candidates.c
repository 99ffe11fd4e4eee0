/* Candidates: the documents in which a lattice may stand.
 *
 * Between two nodes that every path passes lies a part of the lattice; the documents that hold the terms of a path
 * through each part are found from the rarest part to the commonest, so that long lists are skipped through, not read.
 */
#include "libsearch/ranking/match.h"
#include "libsearch/ranking/phrase.h"

#include <stdlib.h>
#include <string.h>

/* A part of the lattice: the edges between two nodes that every path passes. */
typedef struct candidate_part {
    size_t first; /* edges, half open */
    size_t last;
    uint64_t cost; /* documents to look at */
} candidate_part;

static const char *prefix_of(const candidate_search *c, size_t term) {
    return c->l->terms[term].is_exact ? "XE" : c->prefix;
}

/* ---- lists of documents ---- */

search_status docids_add(docid_list *list, uint32_t docid, search_error *error) {
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 256 : list->capacity * 2;
        uint32_t *grown = realloc(list->ids, capacity * sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        list->ids = grown;
        list->capacity = capacity;
    }
    list->ids[list->n++] = docid;
    return SEARCH_OK;
}

void docids_free(docid_list *list) {
    free(list->ids);
    *list = (docid_list){0};
}

static search_status docids_copy(const docid_list *from, docid_list *to, search_error *error) {
    *to = (docid_list){.is_all = from->is_all};
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < from->n; i++) {
        status = docids_add(to, from->ids[i], error);
    }
    return status;
}

/* list = list or other; takes other's memory. */
search_status docids_unite(docid_list *list, docid_list *other, search_error *error) {
    docid_list both = {.is_all = list->is_all || other->is_all};
    search_status status = SEARCH_OK;
    for (size_t i = 0, j = 0; status == SEARCH_OK && !both.is_all && (i < list->n || j < other->n);) {
        const uint32_t a = i < list->n ? list->ids[i] : UINT32_MAX;
        const uint32_t b = j < other->n ? other->ids[j] : UINT32_MAX;
        status = docids_add(&both, a < b ? a : b, error);
        i += a <= b ? 1 : 0;
        j += b <= a ? 1 : 0;
    }
    docids_free(list);
    docids_free(other);
    *list = both;
    return status;
}

/* The documents of the term that are in `within`. */
static search_status term_documents(const candidate_search *c, size_t term, const docid_list *within, docid_list *out,
                                    search_error *error) {
    cursor *at = NULL;
    search_status status = run_spend(c->run, RUN_STEPS_TERM, error);
    if (status == SEARCH_OK) {
        status = leaf_open_term(c->run, prefix_of(c, term), c->l->terms[term].text, &at, error);
    }
    for (size_t i = 0; status == SEARCH_OK && (within->is_all || i < within->n); i++) {
        status = within->is_all ? at->operations->next(at, error) : at->operations->skip_to(at, within->ids[i], error);
        if (status == SEARCH_OK && at->is_done) {
            break;
        }
        if (status == SEARCH_OK && at->docid > c->run->index->n_documents) {
            status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a posting lies outside the index");
        }
        if (status == SEARCH_OK && (within->is_all || at->docid == within->ids[i])) {
            status = docids_add(out, at->docid, error);
        }
        if (status == SEARCH_OK) {
            status = run_check(c->run, error);
        }
    }
    cursor_free(at);
    return status;
}

/* Which of the edge's terms that are not taken yet is the rarest. */
static uint32_t next_rarest(const candidate_search *c, const lattice_edge *e, const bool *taken) {
    uint32_t best = UINT32_MAX;
    for (size_t i = 0; i < e->n_terms; i++) {
        const uint32_t term = e->terms[i];
        if (!taken[i] && (best == UINT32_MAX || c->frequencies[term] < c->frequencies[e->terms[best]])) {
            best = (uint32_t)i;
        }
    }
    return best;
}

/* The documents in `within` with every term of the edge. */
static search_status edge_documents(const candidate_search *c, const lattice_edge *e, const docid_list *within,
                                    docid_list *out, search_error *error) {
    bool *taken = calloc(e->n_terms + 1, sizeof *taken);
    if (taken == NULL) {
        return error_memory(error);
    }
    docid_list now = {0};
    search_status status = e->n_terms == 0 ? docids_copy(within, &now, error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < e->n_terms; i++) {
        const uint32_t rarest = next_rarest(c, e, taken);
        docid_list found = {0};
        taken[rarest] = true;
        status = term_documents(c, e->terms[rarest], i == 0 ? within : &now, &found, error);
        docids_free(&now);
        now = found;
    }
    free(taken);
    *out = now;
    return status;
}

/* What reaches a node of a part.  Several edges may end there, a pattern of a thousand words even, so their documents
 * are gathered as a set. */
typedef struct reached {
    document_set set;
    docid_list list; /* the same once no edge is to come */
    bool is_listed;
} reached;

static search_status reach(const candidate_search *c, reached *node, docid_list *found, search_error *error) {
    search_status status = SEARCH_OK;
    if (node->set.bits == NULL) {
        status = set_new(c->run->index->n_documents, false, &node->set, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < found->n; i++) {
        set_add(&node->set, found->ids[i]);
    }
    node->list.is_all = node->list.is_all || found->is_all;
    docids_free(found);
    return status;
}

static search_status list_reached(reached *node, search_error *error) {
    search_status status = SEARCH_OK;
    if (node->is_listed || node->set.bits == NULL) {
        return SEARCH_OK;
    }
    node->is_listed = true;
    for (uint32_t d = set_next(&node->set, 1); status == SEARCH_OK && d != 0; d = set_next(&node->set, d + 1)) {
        status = docids_add(&node->list, d, error);
    }
    return status;
}

/* The documents in `within` with every term of some path through the part. */
static search_status part_documents(const candidate_search *c, const candidate_part *of, const docid_list *within,
                                    docid_list *out, search_error *error) {
    if (of->last - of->first == 1) {
        return edge_documents(c, &c->edges[of->first], within, out, error);
    }
    reached *nodes = calloc(c->l->n_nodes, sizeof *nodes);
    if (nodes == NULL) {
        return error_memory(error);
    }
    const size_t start = c->edges[of->first].first;
    size_t end = start;
    search_status status = SEARCH_OK;
    for (size_t i = of->first; status == SEARCH_OK && i < of->last; i++) {
        const lattice_edge *e = &c->edges[i];
        docid_list found = {0};
        status = list_reached(&nodes[e->first], error);
        if (status == SEARCH_OK) {
            status = edge_documents(c, e, e->first == start ? within : &nodes[e->first].list, &found, error);
        }
        if (status == SEARCH_OK) {
            status = reach(c, &nodes[e->last], &found, error);
        }
        docids_free(&found);
        end = e->last > end ? e->last : end;
    }
    if (status == SEARCH_OK) {
        status = list_reached(&nodes[end], error);
    }
    *out = nodes[end].list;
    nodes[end].list = (docid_list){0};
    for (size_t i = 0; i < c->l->n_nodes; i++) {
        set_free(&nodes[i].set);
        docids_free(&nodes[i].list);
    }
    free(nodes);
    return status;
}

/* ---- what of the lattice can match ---- */

static search_status read_frequencies(candidate_search *c, search_error *error) {
    search_status status = SEARCH_OK;
    buffer term = {0};
    for (size_t i = 0; status == SEARCH_OK && i < c->l->n_terms; i++) {
        buffer_clear(&term);
        term_add(&term, prefix_of(c, i), c->l->terms[i].text);
        status = term.failed ? error_memory(error)
                             : xapian_database_term_frequency(c->run->r->store, (search_text){term.bytes, term.n_bytes},
                                                              &c->frequencies[i], error);
        if (status == SEARCH_OK) {
            status = run_spend(c->run, RUN_STEPS_TERM, error);
        }
    }
    buffer_free(&term);
    return status;
}

static bool all_occur(const candidate_search *c, const lattice_edge *e) {
    for (size_t i = 0; i < e->n_terms; i++) {
        if (c->frequencies[e->terms[i]] == 0) {
            return false;
        }
    }
    return true;
}

/* Keeps the edges that lie on a path of edges whose terms all occur. */
static search_status keep_paths(candidate_search *c, search_error *error) {
    const size_t n_nodes = c->l->n_nodes;
    bool *from_start = calloc(n_nodes, sizeof *from_start);
    bool *to_end = calloc(n_nodes, sizeof *to_end);
    const bool ok = from_start != NULL && to_end != NULL;
    if (ok) {
        from_start[0] = true;
        to_end[n_nodes - 1] = true;
        for (size_t i = 0; i < c->l->n_edges; i++) {
            const lattice_edge *e = &c->l->edges[i];
            from_start[e->last] |= from_start[e->first] && all_occur(c, e);
        }
        for (size_t i = c->l->n_edges; i-- > 0;) {
            const lattice_edge *e = &c->l->edges[i];
            to_end[e->first] |= to_end[e->last] && all_occur(c, e);
        }
        for (size_t i = 0; i < c->l->n_edges; i++) {
            const lattice_edge *e = &c->l->edges[i];
            if (from_start[e->first] && to_end[e->last] && all_occur(c, e)) {
                c->edges[c->n_edges++] = *e;
            }
        }
    }
    free(from_start);
    free(to_end);
    return ok ? SEARCH_OK : error_memory(error);
}

static uint64_t edge_cost(const candidate_search *c, const lattice_edge *e) {
    uint64_t cost = c->run->index->n_documents;
    for (size_t i = 0; i < e->n_terms; i++) {
        cost = c->frequencies[e->terms[i]] < cost ? c->frequencies[e->terms[i]] : cost;
    }
    return cost;
}

static int by_cost(const void *a, const void *b) {
    const candidate_part *x = a;
    const candidate_part *y = b;
    if (x->cost != y->cost) {
        return x->cost < y->cost ? -1 : 1;
    }
    return (x->first > y->first) - (x->first < y->first);
}

/* The edges are by first node, so a part ends where no edge so far leads past the next one's first node. */
static void find_parts(candidate_search *c) {
    size_t reach = 0;
    for (size_t i = 0; i < c->n_edges; i++) {
        const lattice_edge *e = &c->edges[i];
        if (c->n_parts == 0 || e->first >= reach) {
            c->parts[c->n_parts++] = (candidate_part){i, i, 0};
        }
        candidate_part *now = &c->parts[c->n_parts - 1];
        now->last = i + 1;
        now->cost += edge_cost(c, e);
        reach = e->last > reach ? e->last : reach;
    }
    for (size_t i = 0; i < c->n_parts; i++) {
        c->cost = i == 0 || c->parts[i].cost < c->cost ? c->parts[i].cost : c->cost;
    }
    if (c->n_parts > 1) {
        qsort(c->parts, c->n_parts, sizeof *c->parts, by_cost);
    }
}

search_status candidates_open(const lattice *l, size_t field, search_run_context *run, candidate_search *out,
                              search_error *error) {
    *out = (candidate_search){.l = l, .run = run};
    schema_prefix(run->index->contents.schema, field, false, out->prefix);
    out->frequencies = calloc(l->n_terms + 1, sizeof *out->frequencies);
    out->edges = calloc(l->n_edges + 1, sizeof *out->edges);
    out->parts = calloc(l->n_edges + 1, sizeof *out->parts);
    if (out->frequencies == NULL || out->edges == NULL || out->parts == NULL) {
        return error_memory(error);
    }
    search_status status = read_frequencies(out, error);
    if (status == SEARCH_OK && l->n_edges > 0) {
        status = keep_paths(out, error);
    }
    if (status == SEARCH_OK) {
        find_parts(out);
    }
    return status;
}

search_status candidates_find(const candidate_search *c, const docid_list *within, docid_list *out,
                              search_error *error) {
    *out = (docid_list){0};
    search_status status = c->n_parts > 0 ? docids_copy(within, out, error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < c->n_parts; i++) {
        docid_list found = {0};
        status = part_documents(c, &c->parts[i], out, &found, error);
        docids_free(out);
        *out = found;
    }
    return status;
}

void candidates_free(candidate_search *c) {
    free(c->frequencies);
    free(c->edges);
    free(c->parts);
    *c = (candidate_search){0};
}
