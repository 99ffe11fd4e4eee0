/* Candidates hold a way of every operand, looked for from the rarest; then their positions decide. */
#include "libsearch/ranking/near.h"

#include "libsearch/index/document.h"
#include "libsearch/ranking/phrase.h"
#include <stdlib.h>

_Static_assert(QUERY_MAX_DISTANCE < SEGMENT_POSITION_GAP, "no window goes from a value to the next");

/* ---- analysis ---- */

static search_status analyze_way(leaf *way, const query_node *node, search_run_context *run, arena *memory,
                                 search_error *error) {
    leaf_run *runs = NULL; /* of one leaf none come */
    if (node->kind != QUERY_WORD && node->kind != QUERY_PHRASE) {
        return error_set(error, SEARCH_E_INTERNAL, "search.tree", "an operand of NEAR is no word and no phrase");
    }
    search_status status = leaf_analyze_in_place(way, node, run, memory, error);
    if (status == SEARCH_OK && !node->is_exact) {
        status = leaves_vary(way, 0, 1, run, memory, &runs, error);
    }
    lattice_finish(&way->lattice);
    return status;
}

/* What holds no words, such as `&`, is left out. */
static search_status analyze_operand(near_operand *operand, const query_node *node, search_run_context *run,
                                     arena *memory, search_error *error) {
    query_node *const single[] = {(query_node *)(uintptr_t)node};
    query_node *const *ways = node->kind == QUERY_OR ? node->children : single;
    const size_t n_ways = node->kind == QUERY_OR ? node->n_children : 1;
    operand->ways = arena_array(memory, n_ways, sizeof *operand->ways);
    search_status status = operand->ways == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < n_ways; i++) {
        leaf *way = &operand->ways[operand->n_ways];
        *way = (leaf){0};
        status = analyze_way(way, ways[i], run, memory, error);
        operand->n_ways += way->n_words > 0 ? 1 : 0;
    }
    return status;
}

search_status near_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                           search_error *error) {
    l->kind = LEAF_NEAR;
    l->is_phrase = true;
    if (node->kind == QUERY_NEAR && node->n_children > PROXIMITY_MAX_UNORDERED) {
        error_set(error, SEARCH_E_LIMIT, "query.near_too_long", "NEAR has at most %d operands",
                  PROXIMITY_MAX_UNORDERED);
        error_hint(error, "ADJ, which keeps to the order, may have more");
        error_offset(error, node->offset);
        return SEARCH_E_LIMIT;
    }
    l->operands = arena_array(memory, node->n_children + 1, sizeof *l->operands);
    search_status status = l->operands == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < node->n_children; i++) {
        near_operand *operand = &l->operands[l->n_operands];
        *operand = (near_operand){0};
        status = analyze_operand(operand, node->children[i], run, memory, error);
        l->n_operands += operand->n_ways > 0 ? 1 : 0;
    }
    l->n_words = l->n_operands;
    return status;
}

/* ---- evaluation ---- */

typedef struct near_way {
    phrase phrase;
    size_t operand;
} near_way;

typedef struct near_search {
    const leaf *l;
    search_run_context *run;
    near_way *ways;
    size_t n_ways;
    size_t *order; /* of operands, by cost */
    span_reader spans;
    occurrence_list *operands; /* of the document at hand */
    proximity_matcher matcher;
} near_search;

static search_status open_ways(near_search *s, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < s->l->n_operands; i++) {
        const near_operand *operand = &s->l->operands[i];
        for (size_t j = 0; status == SEARCH_OK && j < operand->n_ways; j++) {
            near_way *way = &s->ways[s->n_ways++];
            way->operand = i;
            status = phrase_open(&operand->ways[j].lattice, operand->ways[j].field, s->run, &way->phrase, error);
        }
    }
    return status;
}

static uint64_t cost_of(const near_search *s, size_t operand) {
    uint64_t cost = 0;
    for (size_t i = 0; i < s->n_ways; i++) {
        cost += s->ways[i].operand == operand ? s->ways[i].phrase.search.cost : 0;
    }
    return cost;
}

static void order_operands(near_search *s) {
    for (size_t i = 0; i < s->l->n_operands; i++) {
        size_t at = i;
        for (; at > 0 && cost_of(s, s->order[at - 1]) > cost_of(s, i); at--) {
            s->order[at] = s->order[at - 1];
        }
        s->order[at] = i;
    }
}

static search_status operand_documents(const near_search *s, size_t operand, const docid_list *within, docid_list *out,
                                       search_error *error) {
    search_status status = SEARCH_OK;
    *out = (docid_list){0};
    for (size_t i = 0; status == SEARCH_OK && i < s->n_ways; i++) {
        docid_list found = {0};
        if (s->ways[i].operand == operand) {
            status = candidates_find(&s->ways[i].phrase.search, within, &found, error);
        }
        if (status == SEARCH_OK) {
            status = docids_unite(out, &found, error);
        }
        docids_free(&found);
    }
    return status;
}

static search_status find_candidates(near_search *s, docid_list *out, search_error *error) {
    search_status status = SEARCH_OK;
    *out = (docid_list){.is_all = true};
    order_operands(s);
    for (size_t i = 0; status == SEARCH_OK && i < s->l->n_operands; i++) {
        docid_list found = {0};
        status = operand_documents(s, s->order[i], out, &found, error);
        docids_free(out);
        *out = found;
    }
    return status;
}

static search_status add_occurrences(near_search *s, near_way *way, uint32_t docid, search_error *error) {
    const occurrence_list *found = NULL;
    search_status status = phrase_occurrences(&way->phrase, docid, &s->spans, &found, error);
    for (size_t i = 0; status == SEARCH_OK && i < found->n; i++) {
        const occurrence o = found->list[i];
        const size_t field = way->phrase.field;
        if (field == SIZE_MAX || field_of_position(s->run->index, docid, o.first) == field) {
            status = occurrences_add(&s->operands[way->operand], o, error);
        }
    }
    return status;
}

static search_status evaluate_document(near_search *s, uint32_t docid, posting_list *out, search_error *error) {
    const snapshot *index = s->run->index;
    search_status status = spans_reader_read(&s->spans, docid, error);
    for (size_t i = 0; i < s->l->n_operands; i++) {
        s->operands[i].n = 0;
    }
    for (size_t i = 0; status == SEARCH_OK && i < s->n_ways; i++) {
        status = add_occurrences(s, &s->ways[i], docid, error);
    }
    for (size_t i = 0; i < s->l->n_operands; i++) {
        occurrences_settle(&s->operands[i]);
    }
    const proximity_request request = {s->operands,
                                       s->l->n_operands,
                                       s->l->node->distance,
                                       s->l->node->kind == QUERY_ADJ,
                                       s->spans.spans,
                                       s->spans.n_spans,
                                       s->run};
    const occurrence_list *windows = NULL;
    if (status == SEARCH_OK) {
        status = proximity_match(&request, &s->matcher, &windows, error);
    }
    posting found = {docid, {0}};
    bool is_found = false;
    for (size_t i = 0; status == SEARCH_OK && i < windows->n; i++) {
        const size_t field = field_of_position(index, docid, windows->list[i].first);
        if (field == field_of_position(index, docid, windows->list[i].last)) {
            found.counts[index->contents.schema->fields[field].zone] += windows->list[i].weight;
            is_found = true;
        }
    }
    return status == SEARCH_OK && is_found ? postings_add(out, &found, error) : status;
}

static void close_search(near_search *s) {
    for (size_t i = 0; i < s->n_ways; i++) {
        phrase_free(&s->ways[i].phrase);
    }
    for (size_t i = 0; s->operands != NULL && i < s->l->n_operands; i++) {
        free(s->operands[i].list);
    }
    free(s->ways);
    free(s->order);
    free(s->operands);
    spans_reader_free(&s->spans);
    proximity_matcher_free(&s->matcher);
}

search_status near_evaluate(leaf *l, search_run_context *run, search_error *error) {
    near_search s = {.l = l, .run = run};
    size_t n_ways = 0;
    for (size_t i = 0; i < l->n_operands; i++) {
        n_ways += l->operands[i].n_ways;
    }
    s.ways = calloc(n_ways + 1, sizeof *s.ways);
    s.order = calloc(l->n_operands + 1, sizeof *s.order);
    s.operands = calloc(l->n_operands + 1, sizeof *s.operands);
    docid_list candidates = {0};
    search_status status = s.ways && s.order && s.operands ? open_ways(&s, error) : error_memory(error);
    if (status == SEARCH_OK) {
        status = find_candidates(&s, &candidates, error);
    }
    if (status == SEARCH_OK && candidates.n > 0) {
        status = spans_reader_open(run, &s.spans, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < candidates.n; i++) {
        status = evaluate_document(&s, candidates.ids[i], &l->postings, error);
    }
    docids_free(&candidates);
    close_search(&s);
    return status;
}
