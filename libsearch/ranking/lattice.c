/* Building a lattice, and walking it node by node over the positions of a text. */
#include "libsearch/ranking/lattice.h"

#include <stdlib.h>
#include <string.h>

/* ---- building ---- */

static bool grow(void **array, size_t n, size_t *capacity, size_t element_n_bytes, arena *memory) {
    if (n < *capacity) {
        return true;
    }
    const size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
    void *grown = arena_array(memory, wanted, element_n_bytes);
    if (grown == NULL) {
        return false;
    }
    if (n > 0) {
        memcpy(grown, *array, n * element_n_bytes);
    }
    *array = grown;
    *capacity = wanted;
    return true;
}

static int compare_term(const lattice_term *t, search_text text, bool is_exact) {
    const size_t n = t->text.n_bytes < text.n_bytes ? t->text.n_bytes : text.n_bytes;
    const int order = n == 0 ? 0 : memcmp(t->text.bytes, text.bytes, n);
    if (order != 0) {
        return order;
    }
    if (t->text.n_bytes != text.n_bytes) {
        return t->text.n_bytes < text.n_bytes ? -1 : 1;
    }
    return (t->is_exact ? 1 : 0) - (is_exact ? 1 : 0);
}

/* The first place in the order whose term is not before the one given. */
static size_t place_of(const lattice *l, search_text text, bool is_exact) {
    size_t low = 0;
    size_t high = l->n_terms;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_term(&l->terms[l->order[middle]], text, is_exact) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t lattice_find(const lattice *l, search_text text, bool is_exact) {
    const size_t place = place_of(l, text, is_exact);
    const bool is_there = place < l->n_terms && compare_term(&l->terms[l->order[place]], text, is_exact) == 0;
    return is_there ? l->order[place] : SIZE_MAX;
}

/* The number of the term, added when new; UINT32_MAX: out of memory. */
static uint32_t add_term(lattice *l, search_text text, bool is_exact, arena *memory) {
    const size_t place = place_of(l, text, is_exact);
    if (place < l->n_terms && compare_term(&l->terms[l->order[place]], text, is_exact) == 0) {
        return l->order[place];
    }
    void *terms = l->terms;
    void *order = l->order;
    if (!grow(&terms, l->n_terms, &l->terms_capacity, sizeof *l->terms, memory)) {
        return UINT32_MAX;
    }
    l->terms = terms;
    if (!grow(&order, l->n_terms, &l->order_capacity, sizeof *l->order, memory)) {
        return UINT32_MAX;
    }
    l->order = order;
    memmove(l->order + place + 1, l->order + place, (l->n_terms - place) * sizeof *l->order);
    l->order[place] = (uint32_t)l->n_terms;
    l->terms[l->n_terms] = (lattice_term){text, is_exact};
    return (uint32_t)l->n_terms++;
}

search_status lattice_add(lattice *l, size_t first, size_t last, const search_text *words, size_t n_words,
                          bool is_exact, float weight, arena *memory, search_error *error) {
    uint32_t *terms = arena_array(memory, n_words + 1, sizeof *terms);
    void *edges = l->edges;
    if (terms == NULL || !grow(&edges, l->n_edges, &l->edges_capacity, sizeof *l->edges, memory)) {
        return error_memory(error);
    }
    l->edges = edges;
    for (size_t i = 0; i < n_words; i++) {
        terms[i] = add_term(l, words[i], is_exact, memory);
        if (terms[i] == UINT32_MAX) {
            return error_memory(error);
        }
    }
    l->edges[l->n_edges++] = (lattice_edge){first, last, terms, n_words, weight};
    l->n_nodes = last + 1 > l->n_nodes ? last + 1 : l->n_nodes;
    return SEARCH_OK;
}

static int by_first(const void *a, const void *b) {
    const lattice_edge *x = a;
    const lattice_edge *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return (x->last > y->last) - (x->last < y->last);
}

void lattice_finish(lattice *l) {
    if (l->n_edges > 1) {
        qsort(l->edges, l->n_edges, sizeof *l->edges, by_first);
    }
}

/* ---- walking ---- */

static bool list_add(occurrence_list *list, occurrence o) {
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        occurrence *grown = realloc(list->list, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        list->list = grown;
        list->capacity = capacity;
    }
    list->list[list->n++] = o;
    return true;
}

static bool stands_at(const term_positions *t, uint32_t position) {
    size_t low = 0;
    size_t high = t->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (t->positions[middle] < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < t->n && t->positions[low] == position;
}

size_t lattice_find_span(const token_span *spans, size_t n_spans, uint32_t first) {
    size_t low = 0;
    size_t high = n_spans;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (spans[middle].first < first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n_spans && spans[low].first == first ? low : SIZE_MAX;
}

typedef struct walk {
    const term_positions *terms;
    const token_span *spans;
    size_t n_spans;
    float *passed;
} walk;

/* Adds what stands behind `o` with the term: directly, or past the bracketed spans that begin there.  All that goes
 * over one span meets the same words behind it, so only what counts more than the last goes on: a text of brackets
 * alone costs no more than another. */
static bool step(const walk *w, uint32_t term, occurrence o, float weight, occurrence_list *out) {
    uint32_t next = o.last + 1;
    for (;;) {
        if (stands_at(&w->terms[term], next) && !list_add(out, (occurrence){o.first, next, weight})) {
            return false;
        }
        const size_t span = lattice_find_span(w->spans, w->n_spans, next);
        if (span == SIZE_MAX || w->passed[span] >= weight || w->spans[span].last < next ||
            w->spans[span].last == UINT32_MAX) {
            return true;
        }
        w->passed[span] = weight;
        next = w->spans[span].last + 1;
    }
}

static float lesser(float a, float b) {
    return a < b ? a : b;
}

/* The last come first: of what goes over the same span they are the shortest. */
static bool step_all(const walk *w, uint32_t term, const occurrence_list *from, float weight, occurrence_list *out) {
    for (size_t i = 0; from->n > 0 && i < w->n_spans; i++) {
        w->passed[i] = 0;
    }
    for (size_t i = from->n; i-- > 0;) {
        const occurrence o = from->list[i];
        if (!step(w, term, o, lesser(o.weight, weight), out)) {
            return false;
        }
    }
    return true;
}

static bool start(const walk *w, uint32_t term, float weight, occurrence_list *out) {
    const term_positions *t = &w->terms[term];
    for (size_t i = 0; i < t->n; i++) {
        if (!list_add(out, (occurrence){t->positions[i], t->positions[i], weight})) {
            return false;
        }
    }
    return true;
}

/* An edge without terms: what ends at its first node also ends at its last. */
static bool pass_over(const lattice_edge *e, lattice_matcher *m) {
    const occurrence_list *from = &m->nodes[e->first];
    const float weight = lesser(m->starts[e->first], e->weight);
    m->starts[e->last] = weight > m->starts[e->last] ? weight : m->starts[e->last];
    for (size_t i = 0; i < from->n; i++) {
        const occurrence o = from->list[i];
        if (!list_add(&m->nodes[e->last], (occurrence){o.first, o.last, lesser(o.weight, e->weight)})) {
            return false;
        }
    }
    return true;
}

/* The occurrences at the edge's first node that go on through it, and those that begin there, added to those of its
 * last node. */
static bool follow(const walk *w, const lattice_edge *e, lattice_matcher *m) {
    const occurrence_list *from = &m->nodes[e->first];
    for (size_t i = 0; i < e->n_terms; i++) {
        const bool is_last = i + 1 == e->n_terms;
        occurrence_list *to = is_last ? &m->nodes[e->last] : i % 2 == 0 ? &m->here : &m->there;
        if (!is_last) {
            to->n = 0;
        }
        if (i == 0 && m->starts[e->first] > 0 && !start(w, e->terms[0], lesser(m->starts[e->first], e->weight), to)) {
            return false;
        }
        if (!step_all(w, e->terms[i], from, e->weight, to)) {
            return false;
        }
        from = to;
    }
    return true;
}

static int by_last(const void *a, const void *b) {
    const occurrence *x = a;
    const occurrence *y = b;
    if (x->last != y->last) {
        return x->last < y->last ? -1 : 1;
    }
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return (x->first < y->first) - (x->first > y->first);
}

search_status occurrences_add(occurrence_list *list, occurrence o, search_error *error) {
    return list_add(list, o) ? SEARCH_OK : error_memory(error);
}

/* As nearly always: only several edges, or brackets, leave a list out of order. */
static bool is_tidy(const occurrence_list *list) {
    for (size_t i = 1; i < list->n; i++) {
        if (list->list[i - 1].last >= list->list[i].last) {
            return false;
        }
    }
    return true;
}

void occurrences_settle(occurrence_list *list) {
    if (is_tidy(list)) {
        return;
    }
    qsort(list->list, list->n, sizeof *list->list, by_last);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (n == 0 || list->list[n - 1].last != list->list[i].last) {
            list->list[n++] = list->list[i];
        }
    }
    list->n = n;
}

static bool reserve_spans(lattice_matcher *m, size_t n_spans) {
    if (n_spans <= m->passed_capacity) {
        return true;
    }
    float *passed = realloc(m->passed, n_spans * sizeof *passed);
    if (passed == NULL) {
        return false;
    }
    m->passed = passed;
    m->passed_capacity = n_spans;
    return true;
}

static bool reserve_nodes(lattice_matcher *m, size_t n_nodes) {
    if (n_nodes <= m->n_nodes) {
        return true;
    }
    occurrence_list *nodes = realloc(m->nodes, n_nodes * sizeof *nodes);
    if (nodes == NULL) {
        return false;
    }
    memset(nodes + m->n_nodes, 0, (n_nodes - m->n_nodes) * sizeof *nodes);
    m->nodes = nodes;
    float *starts = realloc(m->starts, n_nodes * sizeof *starts);
    m->starts = starts == NULL ? m->starts : starts;
    m->n_nodes = starts == NULL ? m->n_nodes : n_nodes;
    return starts != NULL;
}

search_status lattice_match(const lattice *l, const term_positions *terms, const token_span *spans, size_t n_spans,
                            lattice_matcher *m, const occurrence_list **out, search_error *error) {
    *out = NULL;
    if (!reserve_nodes(m, l->n_nodes) || !reserve_spans(m, n_spans)) {
        return error_memory(error);
    }
    for (size_t i = 0; i < l->n_nodes; i++) {
        m->nodes[i].n = 0;
        m->starts[i] = i == 0 ? 1 : 0;
    }
    const walk w = {terms, spans, n_spans, m->passed};
    size_t e = 0;
    for (size_t node = 0; node < l->n_nodes; node++) {
        occurrences_settle(&m->nodes[node]);
        for (; e < l->n_edges && l->edges[e].first == node; e++) {
            if (!(l->edges[e].n_terms == 0 ? pass_over(&l->edges[e], m) : follow(&w, &l->edges[e], m))) {
                return error_memory(error);
            }
        }
    }
    *out = &m->nodes[l->n_nodes - 1];
    return SEARCH_OK;
}

void lattice_matcher_free(lattice_matcher *m) {
    for (size_t i = 0; i < m->n_nodes; i++) {
        free(m->nodes[i].list);
    }
    free(m->nodes);
    free(m->starts);
    free(m->here.list);
    free(m->there.list);
    free(m->passed);
    *m = (lattice_matcher){0};
}
