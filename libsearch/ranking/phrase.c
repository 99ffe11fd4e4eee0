/* Phrases: where a lattice stands in the documents of an index, and the bracketed spans that it goes over.  An
 * occurrence belongs to the field whose positions it lies in. */
#include "libsearch/ranking/phrase.h"

#include <stdlib.h>
#include <string.h>

/* The positions in the document; none when it does not hold the term. */
static search_status positions_in(cursor *c, uint32_t docid, term_positions *out, search_error *error) {
    *out = (term_positions){NULL, 0};
    search_status status = c == NULL || c->is_done ? SEARCH_OK : c->operations->skip_to(c, docid, error);
    if (status == SEARCH_OK && c != NULL && !c->is_done && c->docid == docid) {
        status = c->operations->positions(c, &out->positions, &out->n, error);
    }
    return status;
}

/* ---- bracketed spans ---- */

search_status spans_reader_open(const search_run_context *run, span_reader *out, search_error *error) {
    *out = (span_reader){0};
    const search_status status = leaf_open_term(run, "XBO", (search_text){"", 0}, &out->opening, error);
    return status == SEARCH_OK ? leaf_open_term(run, "XBC", (search_text){"", 0}, &out->closing, error) : status;
}

static bool reserve_spans(span_reader *r, size_t n) {
    if (n <= r->capacity) {
        return true;
    }
    token_span *spans = realloc(r->spans, n * sizeof *spans);
    r->spans = spans == NULL ? r->spans : spans;
    size_t *open_spans = realloc(r->open_spans, n * sizeof *open_spans);
    r->open_spans = open_spans == NULL ? r->open_spans : open_spans;
    r->capacity = spans != NULL && open_spans != NULL ? n : r->capacity;
    return spans != NULL && open_spans != NULL;
}

/* Pairs beginnings and ends as parentheses pair.  Of a damaged index some may not pair: such a span ends nowhere. */
static search_status pair_spans(span_reader *r, const term_positions *opening, const term_positions *closing,
                                search_error *error) {
    r->n_spans = 0;
    if (!reserve_spans(r, opening->n)) {
        return error_memory(error);
    }
    size_t n_open = 0;
    for (size_t close = 0; close < closing->n; close++) {
        const uint32_t end = closing->positions[close];
        while (r->n_spans < opening->n && opening->positions[r->n_spans] <= end) {
            r->open_spans[n_open++] = r->n_spans;
            r->spans[r->n_spans] = (token_span){opening->positions[r->n_spans], 0};
            r->n_spans++;
        }
        if (n_open > 0) {
            r->spans[r->open_spans[--n_open]].last = end;
        }
    }
    return SEARCH_OK;
}

search_status spans_reader_read(span_reader *r, uint32_t docid, search_error *error) {
    term_positions opening;
    term_positions closing;
    search_status status = positions_in(r->opening, docid, &opening, error);
    if (status == SEARCH_OK) {
        status = positions_in(r->closing, docid, &closing, error);
    }
    return status == SEARCH_OK ? pair_spans(r, &opening, &closing, error) : status;
}

void spans_reader_free(span_reader *r) {
    cursor_free(r->opening);
    cursor_free(r->closing);
    free(r->spans);
    free(r->open_spans);
    *r = (span_reader){0};
}

/* ---- one lattice ---- */

search_status phrase_open(const lattice *l, size_t field, search_run_context *run, phrase *out, search_error *error) {
    *out = (phrase){.field = field};
    return candidates_open(l, field, run, &out->search, error);
}

static search_status open_cursors(phrase *p, search_error *error) {
    const candidate_search *c = &p->search;
    p->cursors = calloc(c->l->n_terms + 1, sizeof *p->cursors);
    p->positions = calloc(c->l->n_terms + 1, sizeof *p->positions);
    search_status status = p->cursors == NULL || p->positions == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < c->l->n_terms; i++) {
        if (c->frequencies[i] > 0) {
            const char *prefix = c->l->terms[i].is_exact ? "XE" : c->prefix;
            status = leaf_open_term(c->run, prefix, c->l->terms[i].text, &p->cursors[i], error);
        }
    }
    return status;
}

search_status phrase_occurrences(phrase *p, uint32_t docid, const span_reader *spans, const occurrence_list **out,
                                 search_error *error) {
    const lattice *l = p->search.l;
    search_status status = p->cursors == NULL ? open_cursors(p, error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < l->n_terms; i++) {
        status = positions_in(p->cursors[i], docid, &p->positions[i], error);
    }
    if (status == SEARCH_OK) {
        status = lattice_match(l, p->positions, spans->spans, spans->n_spans, &p->matcher, out, error);
    }
    return status == SEARCH_OK ? run_spend(p->search.run, l->n_edges + (*out)->n, error) : status;
}

void phrase_free(phrase *p) {
    for (size_t i = 0; p->cursors != NULL && i < p->search.l->n_terms; i++) {
        cursor_free(p->cursors[i]);
    }
    free(p->cursors);
    free(p->positions);
    lattice_matcher_free(&p->matcher);
    candidates_free(&p->search);
}

/* ---- all documents ---- */

size_t field_of_position(const snapshot *index, uint32_t docid, uint32_t position) {
    const uint32_t *starts = index->starts + (size_t)(docid - 1) * index->n_order;
    size_t field = index->order[0];
    for (size_t i = 0; i < index->n_order; i++) {
        if (starts[i] != 0 && starts[i] <= position) {
            field = index->order[i];
        }
    }
    return field;
}

static search_status evaluate_document(phrase *p, uint32_t docid, span_reader *spans, posting_list *out,
                                       search_error *error) {
    const snapshot *index = p->search.run->index;
    const occurrence_list *occurrences = NULL;
    search_status status = spans_reader_read(spans, docid, error);
    if (status == SEARCH_OK) {
        status = phrase_occurrences(p, docid, spans, &occurrences, error);
    }
    posting found = {docid, {0}};
    bool is_found = false;
    for (size_t i = 0; status == SEARCH_OK && i < occurrences->n; i++) {
        const size_t field = field_of_position(index, docid, occurrences->list[i].first);
        if (p->field == SIZE_MAX || p->field == field) {
            found.counts[index->contents.schema->fields[field].zone] += occurrences->list[i].weight;
            is_found = true;
        }
    }
    return status == SEARCH_OK && is_found ? postings_add(out, &found, error) : status;
}

search_status phrase_evaluate(const lattice *l, size_t field, search_run_context *run, posting_list *out,
                              search_error *error) {
    phrase p;
    span_reader spans = {0};
    const docid_list all = {.is_all = true};
    docid_list candidates = {0};
    search_status status = phrase_open(l, field, run, &p, error);
    if (status == SEARCH_OK) {
        status = candidates_find(&p.search, &all, &candidates, error);
    }
    if (status == SEARCH_OK && candidates.n > 0) {
        status = spans_reader_open(run, &spans, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < candidates.n; i++) {
        status = evaluate_document(&p, candidates.ids[i], &spans, out, error);
    }
    docids_free(&candidates);
    spans_reader_free(&spans);
    phrase_free(&p);
    return status;
}
