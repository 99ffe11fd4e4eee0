/* Tokens are looked up among the terms of a lattice, of which a pattern may have a thousand; not the other way. */
#include "libsearch/ranking/marking.h"

#include <stdlib.h>
#include <string.h>

typedef struct place {
    uint32_t term;
    uint32_t position;
} place;

static int by_term(const void *a, const void *b) {
    const place *x = a;
    const place *y = b;
    if (x->term != y->term) {
        return x->term < y->term ? -1 : 1;
    }
    return (x->position > y->position) - (x->position < y->position);
}

static void add_place(marking *m, const lattice *l, search_text form, bool is_exact, uint32_t position) {
    const size_t term = form.n_bytes == 0 ? SIZE_MAX : lattice_find(l, form, is_exact);
    if (term != SIZE_MAX) {
        const place found = {(uint32_t)term, position};
        buffer_add(&m->places, &found, sizeof found);
    }
}

/* Where each term of the lattice stands among the tokens. */
static bool read_positions(marking *m, const lattice *l, const token_list *tokens) {
    buffer_clear(&m->places);
    buffer_clear(&m->positions);
    buffer_clear(&m->terms);
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        add_place(m, l, t->folded, false, t->position);
        add_place(m, l, t->exact, true, t->position);
    }
    const size_t n_places = m->places.n_bytes / sizeof(place);
    if (m->places.failed || !buffer_reserve(&m->positions, n_places * sizeof(uint32_t)) ||
        !buffer_reserve(&m->terms, l->n_terms * sizeof(term_positions))) {
        return false;
    }
    place *places = (place *)(void *)m->places.bytes;
    uint32_t *positions = (uint32_t *)(void *)m->positions.bytes;
    term_positions *terms = (term_positions *)(void *)m->terms.bytes;
    if (n_places > 1) {
        qsort(places, n_places, sizeof *places, by_term);
    }
    for (size_t i = 0, term = 0; term < l->n_terms; term++) {
        terms[term] = (term_positions){positions + i, 0};
        for (; i < n_places && places[i].term == term; i++) {
            positions[i] = places[i].position;
            terms[term].n++;
        }
    }
    return true;
}

search_status marking_lattice(marking *m, const lattice *l, const token_list *tokens, const occurrence_list **out,
                              search_error *error) {
    static const occurrence_list none = {0};
    *out = &none;
    if (l->n_edges == 0) {
        return SEARCH_OK;
    }
    if (!read_positions(m, l, tokens)) {
        return error_memory(error);
    }
    return lattice_match(l, (const term_positions *)(const void *)m->terms.bytes, tokens->spans, tokens->n_spans,
                         &m->matcher, out, error);
}

/* ---- NEAR ---- */

static bool reserve_operands(marking *m, size_t n) {
    if (n <= m->n_operands) {
        return true;
    }
    occurrence_list *grown = realloc(m->operands, n * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    memset(grown + m->n_operands, 0, (n - m->n_operands) * sizeof *grown);
    m->operands = grown;
    m->n_operands = n;
    return true;
}

static search_status find_operand(marking *m, const near_operand *operand, size_t field, const token_list *tokens,
                                  occurrence_list *found, search_error *error) {
    search_status status = SEARCH_OK;
    found->n = 0;
    for (size_t i = 0; status == SEARCH_OK && i < operand->n_ways; i++) {
        const leaf *way = &operand->ways[i];
        const occurrence_list *list = NULL;
        if (way->field != SIZE_MAX && way->field != field) {
            continue;
        }
        status = marking_lattice(m, &way->lattice, tokens, &list, error);
        for (size_t o = 0; status == SEARCH_OK && o < list->n; o++) {
            status = occurrences_add(found, list->list[o], error);
        }
    }
    occurrences_settle(found);
    return status;
}

/* Both are by last. */
static search_status keep_inside(marking *m, const occurrence_list *operand, const occurrence_list *windows,
                                 search_error *error) {
    search_status status = SEARCH_OK;
    size_t window = 0;
    for (size_t i = 0; status == SEARCH_OK && i < operand->n; i++) {
        while (window < windows->n && windows->list[window].last < operand->list[i].last) {
            window++;
        }
        if (window < windows->n && windows->list[window].first <= operand->list[i].first) {
            status = occurrences_add(&m->marks, operand->list[i], error);
        }
    }
    return status;
}

search_status marking_near(marking *m, const leaf *l, size_t field, const token_list *tokens,
                           const occurrence_list **out, search_error *error) {
    const occurrence_list *windows = NULL;
    *out = &m->marks;
    m->marks.n = 0;
    search_status status = reserve_operands(m, l->n_operands) ? SEARCH_OK : error_memory(error);
    for (size_t i = 0; status == SEARCH_OK && i < l->n_operands; i++) {
        status = find_operand(m, &l->operands[i], field, tokens, &m->operands[i], error);
    }
    const proximity_request request = {.operands = m->operands,
                                       .n_operands = l->n_operands,
                                       .distance = l->node->distance,
                                       .is_ordered = l->node->kind == QUERY_ADJ,
                                       .spans = tokens->spans,
                                       .n_spans = tokens->n_spans};
    if (status == SEARCH_OK) {
        status = proximity_match(&request, &m->near, &windows, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < l->n_operands; i++) {
        status = keep_inside(m, &m->operands[i], windows, error);
    }
    return status;
}

void marking_free(marking *m) {
    for (size_t i = 0; i < m->n_operands; i++) {
        free(m->operands[i].list);
    }
    free(m->operands);
    free(m->marks.list);
    buffer_free(&m->positions);
    buffer_free(&m->places);
    buffer_free(&m->terms);
    lattice_matcher_free(&m->matcher);
    proximity_matcher_free(&m->near);
    *m = (marking){0};
}
