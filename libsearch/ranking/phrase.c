/* Phrases: the documents in which a lattice stands.
 *
 * First candidates: between two nodes that every path passes lies a part of the lattice; the documents that hold the
 * terms of a path through each part are found from the rarest part to the commonest, so that long lists are skipped
 * through, not read.  Then positions decide, document by document.  An occurrence belongs to the field whose positions
 * it lies in. */
#include "libsearch/ranking/leaf.h"

#include <stdlib.h>
#include <string.h>

typedef struct docid_list {
    bool is_all;   /* every document, whatever is listed */
    uint32_t *ids; /* ascending */
    size_t n;
    size_t capacity;
} docid_list;

/* A part of the lattice: the edges between two nodes that every path passes. */
typedef struct part {
    size_t first; /* edges, half open */
    size_t last;
    uint64_t cost; /* documents to look at */
} part;

typedef struct phrase {
    const lattice *l;
    size_t field;
    search_run_context *run;
    char prefix[SCHEMA_PREFIX_SIZE]; /* of folded words */
    uint32_t *frequencies;           /* by term */
    lattice_edge *edges;             /* those whose terms all occur */
    size_t n_edges;
    part *parts;
    size_t n_parts;
    cursor **cursors;          /* by term, to read positions with */
    term_positions *positions; /* by term, of the document at hand */
    cursor *opening;           /* of brackets */
    cursor *closing;
    token_span *spans;
    size_t *open_spans; /* a stack: numbers of spans whose end is not yet met */
    size_t n_spans;
    size_t spans_capacity;
    lattice_matcher matcher;
} phrase;

static const char *prefix_of(const phrase *p, size_t term) {
    return p->l->terms[term].is_exact ? "XE" : p->prefix;
}

/* ---- lists of documents ---- */

static search_status docids_add(docid_list *list, uint32_t docid, search_error *error) {
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

static void docids_free(docid_list *list) {
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
static search_status docids_unite(docid_list *list, docid_list *other, search_error *error) {
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
static search_status term_documents(const phrase *p, size_t term, const docid_list *within, docid_list *out,
                                    search_error *error) {
    cursor *c = NULL;
    search_status status = leaf_open_term(p->run, prefix_of(p, term), p->l->terms[term].text, &c, error);
    for (size_t i = 0; status == SEARCH_OK && (within->is_all || i < within->n); i++) {
        status = within->is_all ? c->operations->next(c, error) : c->operations->skip_to(c, within->ids[i], error);
        if (status == SEARCH_OK && c->is_done) {
            break;
        }
        if (status == SEARCH_OK && c->docid > p->run->index->n_documents) {
            status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a posting lies outside the index");
        }
        if (status == SEARCH_OK && (within->is_all || c->docid == within->ids[i])) {
            status = docids_add(out, c->docid, error);
        }
        if (status == SEARCH_OK) {
            status = run_check(p->run, error);
        }
    }
    cursor_free(c);
    return status;
}

/* Which of the edge's terms that are not taken yet is the rarest. */
static uint32_t next_rarest(const phrase *p, const lattice_edge *e, const bool *taken) {
    uint32_t best = UINT32_MAX;
    for (size_t i = 0; i < e->n_terms; i++) {
        const uint32_t term = e->terms[i];
        if (!taken[i] && (best == UINT32_MAX || p->frequencies[term] < p->frequencies[e->terms[best]])) {
            best = (uint32_t)i;
        }
    }
    return best;
}

/* The documents in `within` with every term of the edge. */
static search_status edge_documents(const phrase *p, const lattice_edge *e, const docid_list *within, docid_list *out,
                                    search_error *error) {
    bool *taken = calloc(e->n_terms + 1, sizeof *taken);
    if (taken == NULL) {
        return error_memory(error);
    }
    docid_list now = {0};
    search_status status = e->n_terms == 0 ? docids_copy(within, &now, error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < e->n_terms; i++) {
        const uint32_t rarest = next_rarest(p, e, taken);
        docid_list found = {0};
        taken[rarest] = true;
        status = term_documents(p, e->terms[rarest], i == 0 ? within : &now, &found, error);
        docids_free(&now);
        now = found;
    }
    free(taken);
    *out = now;
    return status;
}

/* The documents in `within` with every term of some path through the part. */
static search_status part_documents(const phrase *p, const part *of, const docid_list *within, docid_list *out,
                                    search_error *error) {
    docid_list *nodes = calloc(p->l->n_nodes, sizeof *nodes);
    if (nodes == NULL) {
        return error_memory(error);
    }
    const size_t start = p->edges[of->first].first;
    size_t end = start;
    search_status status = SEARCH_OK;
    for (size_t i = of->first; status == SEARCH_OK && i < of->last; i++) {
        const lattice_edge *e = &p->edges[i];
        docid_list found = {0};
        status = edge_documents(p, e, e->first == start ? within : &nodes[e->first], &found, error);
        if (status == SEARCH_OK) {
            status = docids_unite(&nodes[e->last], &found, error);
        }
        docids_free(&found);
        end = e->last > end ? e->last : end;
    }
    *out = nodes[end];
    nodes[end] = (docid_list){0};
    for (size_t i = 0; i < p->l->n_nodes; i++) {
        docids_free(&nodes[i]);
    }
    free(nodes);
    return status;
}

/* ---- what of the lattice can match ---- */

static search_status read_frequencies(phrase *p, search_error *error) {
    search_status status = SEARCH_OK;
    buffer term = {0};
    for (size_t i = 0; status == SEARCH_OK && i < p->l->n_terms; i++) {
        buffer_clear(&term);
        term_add(&term, prefix_of(p, i), p->l->terms[i].text);
        status = term.failed ? error_memory(error)
                             : xapian_database_term_frequency(p->run->r->store, (search_text){term.bytes, term.n_bytes},
                                                              &p->frequencies[i], error);
    }
    buffer_free(&term);
    return status;
}

static bool all_occur(const phrase *p, const lattice_edge *e) {
    for (size_t i = 0; i < e->n_terms; i++) {
        if (p->frequencies[e->terms[i]] == 0) {
            return false;
        }
    }
    return true;
}

/* Keeps the edges that lie on a path of edges whose terms all occur. */
static search_status keep_paths(phrase *p, search_error *error) {
    const size_t n_nodes = p->l->n_nodes;
    bool *from_start = calloc(n_nodes, sizeof *from_start);
    bool *to_end = calloc(n_nodes, sizeof *to_end);
    const bool ok = from_start != NULL && to_end != NULL;
    if (ok) {
        from_start[0] = true;
        to_end[n_nodes - 1] = true;
        for (size_t i = 0; i < p->l->n_edges; i++) {
            const lattice_edge *e = &p->l->edges[i];
            from_start[e->last] |= from_start[e->first] && all_occur(p, e);
        }
        for (size_t i = p->l->n_edges; i-- > 0;) {
            const lattice_edge *e = &p->l->edges[i];
            to_end[e->first] |= to_end[e->last] && all_occur(p, e);
        }
        for (size_t i = 0; i < p->l->n_edges; i++) {
            const lattice_edge *e = &p->l->edges[i];
            if (from_start[e->first] && to_end[e->last] && all_occur(p, e)) {
                p->edges[p->n_edges++] = *e;
            }
        }
    }
    free(from_start);
    free(to_end);
    return ok ? SEARCH_OK : error_memory(error);
}

static uint64_t edge_cost(const phrase *p, const lattice_edge *e) {
    uint64_t cost = p->run->index->n_documents;
    for (size_t i = 0; i < e->n_terms; i++) {
        cost = p->frequencies[e->terms[i]] < cost ? p->frequencies[e->terms[i]] : cost;
    }
    return cost;
}

static int by_cost(const void *a, const void *b) {
    const part *x = a;
    const part *y = b;
    if (x->cost != y->cost) {
        return x->cost < y->cost ? -1 : 1;
    }
    return (x->first > y->first) - (x->first < y->first);
}

/* The edges are by first node, so a part ends where no edge so far leads past the next one's first node. */
static void find_parts(phrase *p) {
    size_t reach = 0;
    for (size_t i = 0; i < p->n_edges; i++) {
        const lattice_edge *e = &p->edges[i];
        if (p->n_parts == 0 || e->first >= reach) {
            p->parts[p->n_parts++] = (part){i, i, 0};
        }
        part *now = &p->parts[p->n_parts - 1];
        now->last = i + 1;
        now->cost += edge_cost(p, e);
        reach = e->last > reach ? e->last : reach;
    }
    qsort(p->parts, p->n_parts, sizeof *p->parts, by_cost);
}

static search_status find_candidates(phrase *p, docid_list *out, search_error *error) {
    search_status status = read_frequencies(p, error);
    if (status == SEARCH_OK) {
        status = keep_paths(p, error);
    }
    if (status == SEARCH_OK) {
        find_parts(p);
    }
    *out = (docid_list){.is_all = p->n_parts > 0};
    for (size_t i = 0; status == SEARCH_OK && i < p->n_parts; i++) {
        docid_list found = {0};
        status = part_documents(p, &p->parts[i], out, &found, error);
        docids_free(out);
        *out = found;
    }
    return status;
}

/* ---- positions ---- */

static search_status open_cursors(phrase *p, search_error *error) {
    search_status status = leaf_open_term(p->run, "XBO", (search_text){"", 0}, &p->opening, error);
    if (status == SEARCH_OK) {
        status = leaf_open_term(p->run, "XBC", (search_text){"", 0}, &p->closing, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < p->l->n_terms; i++) {
        if (p->frequencies[i] > 0) {
            status = leaf_open_term(p->run, prefix_of(p, i), p->l->terms[i].text, &p->cursors[i], error);
        }
    }
    return status;
}

/* The positions in the document; none when it does not hold the term. */
static search_status positions_in(cursor *c, uint32_t docid, term_positions *out, search_error *error) {
    *out = (term_positions){NULL, 0};
    search_status status = c == NULL || c->is_done ? SEARCH_OK : c->operations->skip_to(c, docid, error);
    if (status == SEARCH_OK && c != NULL && !c->is_done && c->docid == docid) {
        status = c->operations->positions(c, &out->positions, &out->n, error);
    }
    return status;
}

static bool reserve_spans(phrase *p, size_t n) {
    if (n <= p->spans_capacity) {
        return true;
    }
    token_span *spans = realloc(p->spans, n * sizeof *spans);
    p->spans = spans == NULL ? p->spans : spans;
    size_t *open_spans = realloc(p->open_spans, n * sizeof *open_spans);
    p->open_spans = open_spans == NULL ? p->open_spans : open_spans;
    p->spans_capacity = spans != NULL && open_spans != NULL ? n : p->spans_capacity;
    return spans != NULL && open_spans != NULL;
}

/* Pairs beginnings and ends as parentheses pair.  Of a damaged index some may not pair: such a span ends nowhere. */
static search_status pair_spans(phrase *p, const term_positions *opening, const term_positions *closing,
                                search_error *error) {
    p->n_spans = 0;
    if (!reserve_spans(p, opening->n)) {
        return error_memory(error);
    }
    size_t n_open = 0;
    for (size_t close = 0; close < closing->n; close++) {
        const uint32_t end = closing->positions[close];
        while (p->n_spans < opening->n && opening->positions[p->n_spans] <= end) {
            p->open_spans[n_open++] = p->n_spans;
            p->spans[p->n_spans] = (token_span){opening->positions[p->n_spans], 0};
            p->n_spans++;
        }
        if (n_open > 0) {
            p->spans[p->open_spans[--n_open]].last = end;
        }
    }
    return SEARCH_OK;
}

static search_status read_spans(phrase *p, uint32_t docid, search_error *error) {
    term_positions opening;
    term_positions closing;
    search_status status = positions_in(p->opening, docid, &opening, error);
    if (status == SEARCH_OK) {
        status = positions_in(p->closing, docid, &closing, error);
    }
    return status == SEARCH_OK ? pair_spans(p, &opening, &closing, error) : status;
}

/* The field a position lies in: the one that starts last before it. */
static size_t field_at(const snapshot *index, uint32_t docid, uint32_t position) {
    const uint32_t *starts = index->starts + (size_t)(docid - 1) * index->n_order;
    size_t field = index->order[0];
    for (size_t i = 0; i < index->n_order; i++) {
        if (starts[i] != 0 && starts[i] <= position) {
            field = index->order[i];
        }
    }
    return field;
}

static search_status evaluate_document(phrase *p, uint32_t docid, posting_list *out, search_error *error) {
    const snapshot *index = p->run->index;
    search_status status = read_spans(p, docid, error);
    for (size_t i = 0; status == SEARCH_OK && i < p->l->n_terms; i++) {
        status = positions_in(p->cursors[i], docid, &p->positions[i], error);
    }
    const occurrence_list *occurrences = NULL;
    if (status == SEARCH_OK) {
        status = lattice_match(p->l, p->positions, p->spans, p->n_spans, &p->matcher, &occurrences, error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    posting found = {docid, {0}};
    bool is_found = false;
    for (size_t i = 0; i < occurrences->n; i++) {
        const size_t field = field_at(index, docid, occurrences->list[i].first);
        if (p->field == SIZE_MAX || p->field == field) {
            found.counts[index->contents.schema->fields[field].zone] += occurrences->list[i].weight;
            is_found = true;
        }
    }
    return is_found ? postings_add(out, &found, error) : SEARCH_OK;
}

static void phrase_close(phrase *p) {
    for (size_t i = 0; p->cursors != NULL && i < p->l->n_terms; i++) {
        cursor_free(p->cursors[i]);
    }
    cursor_free(p->opening);
    cursor_free(p->closing);
    free(p->frequencies);
    free(p->edges);
    free(p->parts);
    free(p->cursors);
    free(p->positions);
    free(p->spans);
    free(p->open_spans);
    lattice_matcher_free(&p->matcher);
}

search_status phrase_evaluate(const lattice *l, size_t field, search_run_context *run, posting_list *out,
                              search_error *error) {
    phrase p = {.l = l, .field = field, .run = run};
    schema_prefix(run->index->contents.schema, field, false, p.prefix);
    p.frequencies = calloc(l->n_terms + 1, sizeof *p.frequencies);
    p.edges = calloc(l->n_edges + 1, sizeof *p.edges);
    p.parts = calloc(l->n_edges + 1, sizeof *p.parts);
    p.cursors = calloc(l->n_terms + 1, sizeof *p.cursors);
    p.positions = calloc(l->n_terms + 1, sizeof *p.positions);
    docid_list candidates = {0};
    search_status status =
        p.frequencies && p.edges && p.parts && p.cursors && p.positions ? SEARCH_OK : error_memory(error);
    if (status == SEARCH_OK) {
        status = find_candidates(&p, &candidates, error);
    }
    if (status == SEARCH_OK && candidates.n > 0) {
        status = open_cursors(&p, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < candidates.n; i++) {
        status = evaluate_document(&p, candidates.ids[i], out, error);
        if (status == SEARCH_OK) {
            status = run_check(run, error);
        }
    }
    docids_free(&candidates);
    phrase_close(&p);
    return status;
}
