/* The children of an AND, or the whole query when it is none. */
#include "libsearch/ranking/conjuncts.h"

#include <stdlib.h>

enum { max_terms = 1 << 20 }; /* it is a part of a query that was taken */

static const leaf *leaf_of(const leaf_list *asked, const query_node *node) {
    for (size_t i = 0; i < asked->n_leaves; i++) {
        if (asked->leaves[i].node == node) {
            return &asked->leaves[i];
        }
    }
    return NULL;
}

search_status conjuncts_match(search_text text, const document_set *universe, search_run_context *run,
                              document_set *out, search_error *error) {
    bool is_neutral = false;
    leaf_list parsed = {0};
    search_status status = leaves_open(text, max_terms, run, &parsed, error);
    if (status == SEARCH_OK) {
        status = leaves_match(&parsed, run, out, &is_neutral, error);
    }
    if (status == SEARCH_OK) {
        set_and(out, universe);
    }
    leaves_close(&parsed);
    if (status != SEARCH_E_LIMIT) {
        return status;
    }
    set_free(out);
    error_clear(error);
    return set_new(run->index->n_documents, false, out, error);
}

static search_status open_one(const leaf_list *asked, const query_node *node, const document_set *universe,
                              search_run_context *run, conjunct *out, search_error *error) {
    const bool is_leaf = node->kind == QUERY_WORD || node->kind == QUERY_PHRASE;
    out->node = node;
    out->l = is_leaf ? leaf_of(asked, node) : NULL;
    const search_status status = leaves_match_part(asked, node, run, &out->found, &out->is_neutral, error);
    if (status == SEARCH_OK) {
        set_and(&out->found, universe);
    }
    out->is_bare = out->l != NULL && node->kind == QUERY_WORD && node->field.n_bytes == 0 && !node->is_exact &&
                   node->n_patterns == 0 && !out->is_neutral;
    return status;
}

search_status conjuncts_open(const leaf_list *asked, const document_set *universe, search_run_context *run,
                             conjunct_list *out, search_error *error) {
    const query_node *root = asked->tree.root;
    const bool is_and = root->kind == QUERY_AND;
    const size_t n = is_and ? root->n_children : 1;
    *out = (conjunct_list){calloc(n, sizeof *out->list), 0};
    search_status status = out->list == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < n; i++) {
        status = open_one(asked, is_and ? root->children[i] : root, universe, run, &out->list[out->n++], error);
    }
    return status;
}

void conjuncts_close(conjunct_list *conjuncts) {
    for (size_t i = 0; i < conjuncts->n; i++) {
        set_free(&conjuncts->list[i].found);
    }
    free(conjuncts->list);
    *conjuncts = (conjunct_list){0};
}

search_status conjuncts_print(const conjunct_list *conjuncts, const search_text *texts, buffer *out,
                              search_error *error) {
    query_node **children = calloc(conjuncts->n + 1, sizeof *children);
    query_node *copies = calloc(conjuncts->n + 1, sizeof *copies);
    const search_status status = children == NULL || copies == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < conjuncts->n; i++) {
        copies[i] = *conjuncts->list[i].node;
        copies[i].text = texts[i].n_bytes > 0 ? texts[i] : copies[i].text;
        children[i] = &copies[i];
    }
    if (status == SEARCH_OK) {
        const query_node all = {.kind = QUERY_AND, .children = children, .n_children = conjuncts->n};
        query_print(conjuncts->n == 1 ? children[0] : &all, out);
    }
    free(children);
    free(copies);
    return status == SEARCH_OK && out->failed ? error_memory(error) : status;
}
