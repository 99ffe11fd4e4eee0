/* Phrase leaves: documents that hold every word, rarest first to skip, then positions compared.  An occurrence belongs
 * to the field whose positions it lies in. */
#include "libsearch/ranking/leaf.h"

#include <stdlib.h>

typedef struct phrase {
    leaf *l;
    cursor **cursors;           /* by word */
    const uint32_t **positions; /* by word, of the current document */
    size_t *n_positions;
    size_t *at;
} phrase;

static search_status open_cursors(phrase *p, const search_run_context *run, search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    schema_prefix(run->index->contents.schema, p->l->field, false, prefix);
    search_status status = SEARCH_OK;
    buffer term = {0};
    for (size_t i = 0; status == SEARCH_OK && i < p->l->n_words; i++) {
        buffer_clear(&term);
        term_add(&term, prefix, p->l->words[i].folded);
        status = term.failed
                     ? error_memory(error)
                     : cursor_open_store(run->r, (search_text){term.bytes, term.n_bytes}, &p->cursors[i], error);
    }
    buffer_free(&term);
    return status;
}

/* Moves all cursors to the first document at or behind `target` that all have; 0 when there is none. */
static search_status align(phrase *p, uint32_t target, uint32_t *docid, search_run_context *run, search_error *error) {
    size_t n_agreeing = 0;
    *docid = 0;
    for (size_t i = 0; n_agreeing < p->l->n_words; i = (i + 1) % p->l->n_words) {
        cursor *c = p->cursors[i];
        search_status status = c->operations->skip_to(c, target, error);
        if (status == SEARCH_OK) {
            status = run_check(run, error);
        }
        if (status != SEARCH_OK || c->is_done) {
            return status;
        }
        n_agreeing = c->docid == target ? n_agreeing + 1 : 1;
        target = c->docid;
    }
    *docid = target;
    return SEARCH_OK;
}

/* Whether word `i` stands at the position; moves forward only, as positions are asked in ascending order. */
static bool stands_at(phrase *p, size_t i, uint64_t position) {
    while (p->at[i] < p->n_positions[i] && p->positions[i][p->at[i]] < position) {
        p->at[i]++;
    }
    return p->at[i] < p->n_positions[i] && p->positions[i][p->at[i]] == position;
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

/* Counts the occurrences in the current document by zone; true when there is one. */
static bool count_occurrences(phrase *p, const snapshot *index, posting *out) {
    const search_schema *schema = index->contents.schema;
    bool found = false;
    for (size_t a = 0; a < p->n_positions[0]; a++) {
        const uint32_t start = p->positions[0][a];
        bool all = true;
        for (size_t i = 1; all && i < p->l->n_words; i++) {
            all = stands_at(p, i, (uint64_t)start + p->l->words[i].position);
        }
        if (!all) {
            continue;
        }
        const size_t field = field_at(index, out->docid, start);
        if (p->l->field == SIZE_MAX || p->l->field == field) {
            out->counts[schema->fields[field].zone]++;
            found = true;
        }
    }
    return found;
}

static search_status evaluate_document(phrase *p, uint32_t docid, const search_run_context *run, search_error *error) {
    if (docid > run->index->n_documents) {
        return error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a posting lies outside the index");
    }
    for (size_t i = 0; i < p->l->n_words; i++) {
        const search_status status =
            p->cursors[i]->operations->positions(p->cursors[i], &p->positions[i], &p->n_positions[i], error);
        if (status != SEARCH_OK) {
            return status;
        }
        p->at[i] = 0;
    }
    posting found = {docid, {0}};
    return count_occurrences(p, run->index, &found) ? leaf_add_posting(p->l, &found, error) : SEARCH_OK;
}

search_status phrase_evaluate(leaf *l, search_run_context *run, search_error *error) {
    const size_t n = l->n_words;
    phrase p = {l, calloc(n, sizeof *p.cursors), calloc(n, sizeof *p.positions), calloc(n, sizeof *p.n_positions),
                calloc(n, sizeof *p.at)};
    search_status status = p.cursors && p.positions && p.n_positions && p.at ? SEARCH_OK : error_memory(error);
    if (status == SEARCH_OK) {
        status = open_cursors(&p, run, error);
    }
    uint32_t docid = 0;
    do {
        if (status == SEARCH_OK) {
            status = align(&p, docid + 1, &docid, run, error);
        }
        if (status == SEARCH_OK && docid != 0) {
            status = evaluate_document(&p, docid, run, error);
        }
    } while (status == SEARCH_OK && docid != 0);
    for (size_t i = 0; p.cursors != NULL && i < n; i++) {
        cursor_free(p.cursors[i]);
    }
    free(p.cursors);
    free(p.positions);
    free(p.n_positions);
    free(p.at);
    return status;
}
