/* Sets of documents, and the query tree evaluated over them.  Every leaf has its postings already, so a tree is a few
 * passes over bits and totals are exact. */
#include "libsearch/ranking/match.h"

#include "libsearch/ranking/date_filter.h"
#include "libsearch/ranking/tree.h"
#include <stdlib.h>
#include <string.h>

/* ---- sets ---- */

static void clear_tail(document_set *a) {
    if (a->n_documents % 64 != 0) {
        a->bits[a->n_words - 1] &= (UINT64_C(1) << (a->n_documents % 64)) - 1;
    }
}

search_status set_new(size_t n_documents, bool full, document_set *out, search_error *error) {
    out->n_documents = n_documents;
    out->n_words = (n_documents + 63) / 64;
    out->bits = calloc(out->n_words + 1, sizeof *out->bits);
    if (out->bits == NULL) {
        return error_memory(error);
    }
    if (full) {
        set_complement(out);
    }
    return SEARCH_OK;
}

search_status set_copy(const document_set *from, document_set *out, search_error *error) {
    const search_status status = set_new(from->n_documents, false, out, error);
    if (status == SEARCH_OK) {
        memcpy(out->bits, from->bits, from->n_words * sizeof *from->bits);
    }
    return status;
}

void set_and(document_set *a, const document_set *b) {
    for (size_t i = 0; i < a->n_words; i++) {
        a->bits[i] &= b->bits[i];
    }
}

void set_or(document_set *a, const document_set *b) {
    for (size_t i = 0; i < a->n_words; i++) {
        a->bits[i] |= b->bits[i];
    }
}

void set_complement(document_set *a) {
    for (size_t i = 0; i < a->n_words; i++) {
        a->bits[i] = ~a->bits[i];
    }
    clear_tail(a);
}

void set_add(document_set *a, uint32_t docid) {
    a->bits[(docid - 1) / 64] |= UINT64_C(1) << ((docid - 1) % 64);
}

void set_remove(document_set *a, uint32_t docid) {
    a->bits[(docid - 1) / 64] &= ~(UINT64_C(1) << ((docid - 1) % 64));
}

bool set_has(const document_set *a, uint32_t docid) {
    return (a->bits[(docid - 1) / 64] >> ((docid - 1) % 64) & 1) != 0;
}

uint64_t set_count(const document_set *a) {
    uint64_t n = 0;
    for (size_t i = 0; i < a->n_words; i++) {
        n += (uint64_t)__builtin_popcountll(a->bits[i]);
    }
    return n;
}

uint32_t set_next(const document_set *a, uint32_t docid) {
    size_t word = (docid - 1) / 64;
    if (word >= a->n_words) {
        return 0;
    }
    uint64_t bits = a->bits[word] >> ((docid - 1) % 64) << ((docid - 1) % 64);
    while (bits == 0) {
        if (++word == a->n_words) {
            return 0;
        }
        bits = a->bits[word];
    }
    return (uint32_t)(word * 64 + (size_t)__builtin_ctzll(bits) + 1);
}

void set_free(document_set *a) {
    free(a->bits);
    a->bits = NULL;
}

/* ---- leaves ---- */

typedef struct collector {
    leaf_list *list;
    search_run_context *run;
} collector;

/* Whether other words may stand for those of the leaf. */
static bool varies(const leaf *l) {
    return (l->kind == LEAF_WORD || l->kind == LEAF_PHRASE) && l->node->kind != QUERY_SOURCE && !l->node->is_exact;
}

static search_status vary(const collector *c, size_t first, size_t last, search_error *error) {
    if (first == last || !varies(&c->list->leaves[first])) {
        return SEARCH_OK;
    }
    return leaves_vary(c->list->leaves, first, last, c->run, &c->list->tree.memory, &c->list->runs, error);
}

/* Bare words that follow each other in one field may be a name together. */
static bool goes_on(const query_node *before, const query_node *node) {
    return before->kind == QUERY_WORD && node->kind == QUERY_WORD && before->is_exact == node->is_exact &&
           before->n_patterns == 0 && node->n_patterns == 0 && before->field.n_bytes == node->field.n_bytes &&
           memcmp(before->field.bytes, node->field.bytes, node->field.n_bytes) == 0;
}

static bool is_leaf(const query_node *node) {
    return node->kind != QUERY_ALL && node->kind != QUERY_AND && node->kind != QUERY_OR && node->kind != QUERY_NOT;
}

static search_status collect(const collector *c, const query_node *node, bool is_negative, search_error *error);

static search_status collect_children(const collector *c, const query_node *node, bool is_negative,
                                      search_error *error) {
    search_status status = SEARCH_OK;
    size_t first = c->list->n_leaves; /* of the run of words at hand */
    for (size_t i = 0; status == SEARCH_OK && i < node->n_children; i++) {
        const query_node *child = node->children[i];
        const bool is_in_run = i > 0 && node->kind == QUERY_AND && goes_on(node->children[i - 1], child);
        if (!is_in_run) {
            status = vary(c, first, c->list->n_leaves, error);
        }
        first = is_in_run ? first : c->list->n_leaves;
        if (status == SEARCH_OK) {
            status = collect(c, child, is_negative || node->kind == QUERY_NOT, error);
        }
        if (status == SEARCH_OK && !is_leaf(child)) {
            first = c->list->n_leaves; /* they have their variants already */
        }
    }
    return status == SEARCH_OK ? vary(c, first, c->list->n_leaves, error) : status;
}

static search_status collect(const collector *c, const query_node *node, bool is_negative, search_error *error) {
    if (is_leaf(node)) {
        leaf *l = &c->list->leaves[c->list->n_leaves++];
        l->is_negative = is_negative;
        const search_status status = run_spend(c->run, RUN_STEPS_RECORD, error);
        return status == SEARCH_OK ? leaf_analyze(l, node, c->run, &c->list->tree.memory, error) : status;
    }
    return collect_children(c, node, is_negative, error);
}

static search_status collect_tree(const collector *c, search_error *error) {
    const query_node *root = c->list->tree.root;
    const search_status status = collect(c, root, false, error);
    return status == SEARCH_OK && is_leaf(root) ? vary(c, 0, 1, error) : status;
}

/* What stands for a run of words stands for each of them that it does not hold itself. */
static search_status evaluate_runs(leaf_list *list, search_run_context *run, search_error *error) {
    search_status status = SEARCH_OK;
    for (leaf_run *r = list->runs; status == SEARCH_OK && r != NULL; r = r->next) {
        posting_list found = {0};
        lattice_finish(&r->lattice);
        status = phrase_evaluate(&r->lattice, list->leaves[r->first].field, run, &found, error);
        for (size_t i = r->first; status == SEARCH_OK && i < r->last; i++) {
            if (r->counts[i - r->first]) {
                status = postings_merge(&list->leaves[i].postings, &found, 1, error);
            }
        }
        postings_free(&found);
    }
    return status;
}

static size_t count_leaves(const query_node *node) {
    if (is_leaf(node)) {
        return 1;
    }
    size_t n = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        n += count_leaves(node->children[i]);
    }
    return n;
}

static search_status collect_leaves(leaf_list *list, search_run_context *run, search_error *error) {
    const collector c = {list, run};
    list->leaves = calloc(count_leaves(list->tree.root) + 1, sizeof *list->leaves);
    return list->leaves == NULL ? error_memory(error) : collect_tree(&c, error);
}

static search_status evaluate(search_run_context *run, leaf_list *out, search_error *error) {
    search_status status = collect_leaves(out, run, error);
    for (size_t i = 0; status == SEARCH_OK && i < out->n_leaves; i++) {
        status = leaf_evaluate(&out->leaves[i], run, &out->tree.memory, error);
        if (status == SEARCH_OK) {
            status = run_spend(run, RUN_STEPS_RECORD, error);
        }
    }
    return status == SEARCH_OK ? evaluate_runs(out, run, error) : status;
}

static search_status parse(search_text text, size_t max_terms, bool is_lenient, const search_run_context *run,
                           leaf_list *out, search_error *error) {
    memset(out, 0, sizeof *out);
    query_options options = tree_options(run->index->contents.schema);
    options.max_leaves = max_terms;
    options.is_lenient = is_lenient;
    return query_parse(text, &options, &out->tree, error);
}

static search_status open_text(search_text text, size_t max_terms, bool is_lenient, search_run_context *run,
                               leaf_list *out, search_error *error) {
    const search_status status = parse(text, max_terms, is_lenient, run, out, error);
    return status == SEARCH_OK ? evaluate(run, out, error) : status;
}

search_status leaves_open(search_text text, size_t max_terms, search_run_context *run, leaf_list *out,
                          search_error *error) {
    return open_text(text, max_terms, false, run, out, error);
}

search_status leaves_open_request(const search_request *request, search_run_context *run, leaf_list *out,
                                  search_error *error) {
    if (request->tree == NULL) {
        return open_text(request->query, request->max_terms, request->lenient, run, out, error);
    }
    memset(out, 0, sizeof *out);
    const query *tree = &request->tree->tree;
    search_status status = tree_check(request->tree, run->index->contents.schema, request->max_terms, error);
    out->tree = (query){
        .root = tree->root, .n_leaves = tree->n_leaves, .warnings = tree->warnings, .n_warnings = tree->n_warnings};
    if (status == SEARCH_OK) {
        status = evaluate(run, out, error);
    }
    if (status != SEARCH_OK) {
        error_offset(error, SEARCH_NO_OFFSET); /* a tree is no text */
    }
    return status;
}

search_status leaves_read(search_text text, size_t max_terms, bool is_lenient, search_run_context *run, leaf_list *out,
                          search_error *error) {
    search_status status = parse(text, max_terms, is_lenient, run, out, error);
    if (status == SEARCH_OK) {
        status = collect_leaves(out, run, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < out->n_leaves; i++) {
        lattice_finish(&out->leaves[i].lattice);
    }
    for (leaf_run *r = out->runs; status == SEARCH_OK && r != NULL; r = r->next) {
        lattice_finish(&r->lattice);
    }
    return status;
}

void leaves_close(leaf_list *list) {
    for (size_t i = 0; i < list->n_leaves; i++) {
        leaf_free(&list->leaves[i]);
    }
    free(list->leaves);
    query_free(&list->tree);
}

/* ---- the tree ---- */

typedef struct matcher {
    const leaf_list *list;
    search_run_context *run;
    size_t n_documents;
    size_t next_leaf; /* leaves are met in the order they were collected */
    bool is_neutral;  /* the node just matched holds no words at all: it restricts nothing, not even below a NOT */
} matcher;

static search_status match_node(matcher *m, const query_node *node, document_set *out, search_error *error);

static search_status match_leaf(matcher *m, document_set *out, search_error *error) {
    const leaf *l = &m->list->leaves[m->next_leaf++];
    if (l->kind == LEAF_DATE) {
        m->is_neutral = false;
        const search_status made = set_new(m->n_documents, false, out, error);
        return made == SEARCH_OK ? date_filter_match(&l->node->date, m->run, out, error) : made;
    }
    m->is_neutral = l->n_words == 0;
    const search_status status = set_new(m->n_documents, l->n_words == 0, out, error);
    for (size_t i = 0; status == SEARCH_OK && i < l->postings.n; i++) {
        set_add(out, l->postings.list[i].docid);
    }
    return status;
}

static search_status match_children(matcher *m, const query_node *node, document_set *out, search_error *error) {
    search_status status = match_node(m, node->children[0], out, error);
    bool all_neutral = m->is_neutral;
    for (size_t i = 1; status == SEARCH_OK && i < node->n_children; i++) {
        document_set other = {0};
        status = match_node(m, node->children[i], &other, error);
        if (status == SEARCH_OK && all_neutral && !m->is_neutral) {
            const document_set neutral = *out; /* the first child with words decides */
            *out = other;
            other = neutral;
        } else if (status == SEARCH_OK && !m->is_neutral) {
            (node->kind == QUERY_OR ? set_or : set_and)(out, &other);
        }
        all_neutral = all_neutral && m->is_neutral;
        set_free(&other);
    }
    m->is_neutral = all_neutral;
    return status;
}

static search_status match_node(matcher *m, const query_node *node, document_set *out, search_error *error) {
    switch (node->kind) {
    case QUERY_ALL:
        m->is_neutral = true;
        return set_new(m->n_documents, true, out, error);
    case QUERY_WORD:
    case QUERY_PHRASE:
    case QUERY_NEAR:
    case QUERY_ADJ:
    case QUERY_DATE:
    case QUERY_VERBATIM:
    case QUERY_SOURCE:
        return match_leaf(m, out, error);
    case QUERY_AND:
    case QUERY_OR:
        return match_children(m, node, out, error);
    case QUERY_NOT: {
        const search_status status = match_node(m, node->children[0], out, error);
        if (status == SEARCH_OK && !m->is_neutral) {
            set_complement(out);
        }
        return status;
    }
    }
    return error_set(error, SEARCH_E_INTERNAL, "search.tree", "the query tree has an unknown node");
}

/* The number of the first leaf of the part. */
static size_t first_leaf(const leaf_list *list, const query_node *part) {
    while (!is_leaf(part) && part->n_children > 0) {
        part = part->children[0];
    }
    size_t number = 0;
    while (number < list->n_leaves && list->leaves[number].node != part) {
        number++;
    }
    return number;
}

search_status leaves_match_part(const leaf_list *list, const query_node *part, search_run_context *run,
                                document_set *out, bool *is_neutral, search_error *error) {
    matcher m = {list, run, run->index->n_documents, first_leaf(list, part), false};
    *out = (document_set){0};
    const search_status status = match_node(&m, part, out, error);
    *is_neutral = m.is_neutral;
    return status;
}

search_status leaves_match(const leaf_list *list, search_run_context *run, document_set *out, bool *is_neutral,
                           search_error *error) {
    return leaves_match_part(list, list->tree.root, run, out, is_neutral, error);
}
