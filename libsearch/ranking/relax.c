/* Relaxing: the query with its corrections is opened anew, so that the corrected words have their variants and marks,
 * and its words are then counted in each record that has the rest of the query. */
#include "libsearch/ranking/relax.h"
#include "libsearch/ranking/correct.h"

#include <stdlib.h>

typedef struct relaxing {
    const document_set *allowed;
    search_run_context *run;
    arena *memory; /* of the results */
    arena scratch;
    size_t max_terms;
    conjunct_list asked;
    search_text *texts; /* by conjunct: its correction, or empty */
    size_t n_corrected;
    leaf_list corrected; /* open when something was corrected */
    conjunct_list used;  /* those of the corrected query, else of the asked one */
    document_set rest;   /* what is allowed and has what may not be let go */
    bool has_rest;       /* something is asked besides bare words that is no restriction only */
    document_set matches;
    size_t n_required;
} relaxing;

/* ---- what may be let go ---- */

static search_status find_rest(relaxing *r, search_error *error) {
    const search_status status = set_copy(r->allowed, &r->rest, error);
    for (size_t i = 0; status == SEARCH_OK && i < r->asked.n; i++) {
        const conjunct *c = &r->asked.list[i];
        if (!c->is_bare && !c->is_neutral) {
            set_and(&r->rest, &c->found);
            r->has_rest = r->has_rest || (c->node->kind != QUERY_NOT && c->node->kind != QUERY_DATE);
        }
    }
    return status;
}

static size_t count_bare(const conjunct_list *conjuncts) {
    size_t n = 0;
    for (size_t i = 0; i < conjuncts->n; i++) {
        n += conjuncts->list[i].is_bare ? 1 : 0;
    }
    return n;
}

/* ---- corrections ---- */

static search_status open_corrected(relaxing *r, search_error *error) {
    buffer text = {0};
    search_status status = conjuncts_print(&r->asked, r->texts, &text, error);
    if (status == SEARCH_OK) {
        status = leaves_open((search_text){text.bytes, text.n_bytes}, r->max_terms, r->run, &r->corrected, error);
    }
    if (status == SEARCH_OK) {
        status = conjuncts_open(&r->corrected, r->allowed, r->run, &r->used, error);
    }
    buffer_free(&text);
    return status;
}

static search_status correct(relaxing *r, search_error *error) {
    r->texts = arena_array(&r->scratch, r->asked.n, sizeof *r->texts);
    if (r->texts == NULL) {
        return error_memory(error);
    }
    search_status status =
        correct_missing(&r->asked, true, r->allowed, &r->rest, r->run, &r->scratch, r->texts, &r->n_corrected, error);
    if (status == SEARCH_OK && r->n_corrected > 0) {
        status = open_corrected(r, error);
    }
    if (status == SEARCH_E_LIMIT || (status == SEARCH_OK && r->n_corrected > 0 && r->used.n != r->asked.n)) {
        error_clear(error); /* a query at the edge of its limits is not corrected */
        r->n_corrected = 0;
        status = SEARCH_OK;
    }
    return status;
}

/* ---- m of n ---- */

/* The records that have the rest of the query and the most of its words. */
static search_status match_most(relaxing *r, const conjunct_list *used, search_error *error) {
    const size_t n_documents = r->run->index->n_documents;
    uint32_t *counts = calloc(n_documents + 1, sizeof *counts);
    search_status status = counts == NULL ? error_memory(error) : set_new(n_documents, false, &r->matches, error);
    for (size_t i = 0; status == SEARCH_OK && i < used->n; i++) {
        const document_set *found = &used->list[i].found;
        for (uint32_t d = used->list[i].is_bare ? set_next(found, 1) : 0; d != 0; d = set_next(found, d + 1)) {
            counts[d - 1] += set_has(&r->rest, d) ? 1 : 0;
        }
    }
    for (size_t i = 0; status == SEARCH_OK && i < n_documents; i++) {
        r->n_required = counts[i] > r->n_required ? counts[i] : r->n_required;
    }
    for (uint32_t d = status == SEARCH_OK ? set_next(&r->rest, 1) : 0; d != 0; d = set_next(&r->rest, d + 1)) {
        if (counts[d - 1] == r->n_required) {
            set_add(&r->matches, d);
        }
    }
    free(counts);
    return status;
}

/* ---- what is told ---- */

static bool copy(arena *memory, search_text from, search_text *out) {
    out->n_bytes = from.n_bytes;
    out->bytes = arena_copy(memory, from.bytes, from.n_bytes);
    return out->bytes != NULL;
}

static search_status tell(const relaxing *r, const conjunct_list *used, const search_relaxation **out,
                          search_error *error) {
    search_relaxation *told = arena_alloc(r->memory, sizeof *told);
    search_correction *corrections = arena_array(r->memory, r->asked.n, sizeof *corrections);
    search_text *words = arena_array(r->memory, r->asked.n, sizeof *words);
    search_text *missing = arena_array(r->memory, r->asked.n, sizeof *missing);
    if (told == NULL || corrections == NULL || words == NULL || missing == NULL) {
        return error_memory(error);
    }
    *told = (search_relaxation){corrections, 0, missing, 0, words, 0, r->n_required};
    for (size_t i = 0; i < r->asked.n; i++) {
        const query_node *node = r->asked.list[i].node;
        const bool is_corrected = r->n_corrected > 0 && r->texts[i].n_bytes > 0;
        search_correction *c = &corrections[told->n_corrections];
        bool ok = true;
        if (!r->asked.list[i].is_bare) {
            continue;
        }
        ok = copy(r->memory, is_corrected ? r->texts[i] : node->text, &words[told->n_words++]);
        if (ok && is_corrected) {
            ok = copy(r->memory, node->text, &c->from) && copy(r->memory, r->texts[i], &c->to);
            c->offset = node->offset;
            told->n_corrections++;
        } else if (ok && set_next(&used->list[i].found, 1) == 0) {
            ok = copy(r->memory, node->text, &missing[told->n_missing++]);
        }
        if (!ok) {
            return error_memory(error);
        }
    }
    *out = told;
    return SEARCH_OK;
}

static search_status relax(relaxing *r, leaf_list *asked, document_set *matches, const search_relaxation **out,
                           search_error *error) {
    search_status status = conjuncts_open(asked, r->allowed, r->run, &r->asked, error);
    if (status == SEARCH_OK && count_bare(&r->asked) == 0) {
        return SEARCH_OK;
    }
    if (status == SEARCH_OK) {
        status = find_rest(r, error);
    }
    if (status != SEARCH_OK || set_next(&r->rest, 1) == 0) {
        return status;
    }
    status = correct(r, error);
    const conjunct_list *used = r->n_corrected > 0 ? &r->used : &r->asked;
    if (status == SEARCH_OK) {
        status = match_most(r, used, error);
    }
    if (status != SEARCH_OK || (r->n_required == 0 && !r->has_rest)) {
        return status;
    }
    status = tell(r, used, out, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const document_set empty = *matches;
    *matches = r->matches;
    r->matches = empty;
    if (r->n_corrected > 0) {
        const leaf_list before = *asked;
        *asked = r->corrected;
        r->corrected = before;
    }
    return SEARCH_OK;
}

search_status relax_query(leaf_list *asked, const document_set *allowed, size_t max_terms, search_run_context *run,
                          arena *memory, document_set *matches, const search_relaxation **out, search_error *error) {
    relaxing r = {.allowed = allowed, .run = run, .memory = memory, .max_terms = max_terms};
    const search_status status = relax(&r, asked, matches, out, error);
    conjuncts_close(&r.used);
    conjuncts_close(&r.asked);
    leaves_close(&r.corrected);
    set_free(&r.rest);
    set_free(&r.matches);
    arena_free(&r.scratch);
    return status;
}
