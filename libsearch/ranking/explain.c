/* Explanations add up: each part is computed as the score was.
 *
 * Which variants a record holds is asked of the index anew, for the few hits that are shown: a variant is told when all
 * its words stand in the record. */
#include "libsearch/ranking/explain.h"
#include "libsearch/ranking/variants.h"

#include <string.h>

typedef struct explaining {
    const leaf_list *list;
    const search_weights *weights;
    search_run_context *run;
    uint32_t docid;
    arena *memory;
    search_explanation *parts;
    size_t n_parts;
} explaining;

/* ---- the rules that join variants ---- */

static search_status holds(const explaining *e, search_text folded, bool *is_held, search_error *error) {
    cursor *c = NULL;
    search_status status = leaf_open_term(e->run, "", folded, &c, error);
    if (status == SEARCH_OK) {
        status = c->operations->skip_to(c, e->docid, error);
    }
    *is_held = status == SEARCH_OK && !c->is_done && c->docid == e->docid;
    cursor_free(c);
    return status;
}

static bool has_rule(const buffer *rules, const char *rule) {
    return rules->n_bytes > 0 && strstr(rules->bytes, rule) != NULL;
}

static search_status add_rule(const explaining *e, const variant_edge *edge, buffer *rules, search_error *error) {
    search_status status = SEARCH_OK;
    bool is_held = !has_rule(rules, edge->rule);
    for (size_t i = 0; status == SEARCH_OK && is_held && i < edge->n_words; i++) {
        status = holds(e, edge->words[i], &is_held, error);
    }
    if (status == SEARCH_OK && is_held) {
        buffer_add_string(rules, rules->n_bytes > 0 ? "; " : "");
        buffer_add_string(rules, edge->rule);
    }
    return status;
}

/* The words that were read with those of the leaf, and where its own begin. */
static search_status words_beside(const explaining *e, const leaf *l, reading_word **out, size_t *n_out, size_t *first,
                                  search_error *error) {
    const leaf *leaves = e->list->leaves;
    size_t n = 0;
    for (size_t i = l->first_beside; i < l->last_beside; i++) {
        n += leaves[i].n_words;
    }
    *out = arena_array(e->memory, n + 1, sizeof **out);
    *n_out = 0;
    for (size_t i = l->first_beside; *out != NULL && i < l->last_beside; i++) {
        *first = &leaves[i] == l ? *n_out : *first;
        for (size_t w = 0; w < leaves[i].n_words; w++) {
            (*out)[(*n_out)++] = leaves[i].words[w];
        }
    }
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

static search_status find_rules(const explaining *e, const leaf *l, search_text *out, search_error *error) {
    reading_word *words = NULL;
    size_t n_words = 0;
    size_t first = 0;
    variant_list variants = {NULL, 0};
    buffer rules = {0};
    search_status status = words_beside(e, l, &words, &n_words, &first, error);
    if (status == SEARCH_OK) {
        status = variants_find(e->run->index, e->run->r, &e->run->index->known, e->run->r->words, words, n_words,
                               e->memory, &variants, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < variants.n_edges; i++) {
        const variant_edge *edge = &variants.edges[i];
        if (edge->first < first + l->n_words && edge->last > first) {
            status = add_rule(e, edge, &rules, error);
        }
    }
    if (status == SEARCH_OK && rules.n_bytes > 0) {
        out->bytes = arena_copy(e->memory, rules.bytes, rules.n_bytes);
        out->n_bytes = rules.n_bytes;
        status = out->bytes == NULL || rules.failed ? error_memory(error) : SEARCH_OK;
    }
    buffer_free(&rules);
    return status;
}

/* ---- parts ---- */

static search_status explain_leaf(explaining *e, size_t number, search_error *error) {
    const leaf *l = &e->list->leaves[number];
    const posting *p = l->is_negative ? NULL : postings_find(&l->postings, e->docid);
    const double idf = score_idf(e->run->index, (double)l->postings.n);
    const double value = p == NULL ? 0 : score_posting(p, idf, e->run->index, e->weights);
    if (value == 0) {
        return SEARCH_OK;
    }
    search_explanation *part = &e->parts[e->n_parts++];
    *part = (search_explanation){.part = SEARCH_PART_WORD, .value = value, .idf = idf};
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        part->counts[zone] = (double)p->counts[zone];
    }
    buffer text = {0};
    query_print(l->node, &text);
    part->text.bytes = text.failed ? NULL : arena_copy(e->memory, text.bytes, text.n_bytes);
    part->text.n_bytes = text.n_bytes;
    buffer_free(&text);
    if (part->text.bytes == NULL) {
        return error_memory(error);
    }
    return l->first_beside == l->last_beside ? SEARCH_OK : find_rules(e, l, &part->rule, error);
}

static void add_gain(explaining *e, search_part part, double value) {
    if (value != 0) {
        e->parts[e->n_parts++] = (search_explanation){.part = part, .value = value};
    }
}

search_status explain_hit(const leaf_list *list, const gain_list *gains, const search_weights *weights,
                          search_run_context *run, uint32_t docid, arena *memory, search_hit *hit,
                          search_error *error) {
    explaining e = {.list = list, .weights = weights, .run = run, .docid = docid, .memory = memory};
    e.parts = arena_array(memory, list->n_leaves + 4, sizeof *e.parts);
    search_status status = e.parts == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < list->n_leaves; i++) {
        status = explain_leaf(&e, i, error);
        if (status == SEARCH_OK) {
            status = run_spend(run, RUN_STEPS_DOCUMENT, error);
        }
    }
    const gain *g = gains_find(gains, docid);
    if (status == SEARCH_OK && g != NULL) {
        add_gain(&e, SEARCH_PART_PAIR, g->pairs);
        add_gain(&e, SEARCH_PART_WINDOW, g->window);
        add_gain(&e, SEARCH_PART_TITLE, g->title);
    }
    hit->explanations = e.parts;
    hit->n_explanations = status == SEARCH_OK ? e.n_parts : 0;
    return status;
}
