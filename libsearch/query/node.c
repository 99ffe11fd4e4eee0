/* Groups of one kind are joined into one node and double NOT cancels, so that a tree has one shape however it was
 * written.  Recursion is as deep as the tree. */
#include "libsearch/query/node.h"

#include "libsearch/query/chars.h"

#include <string.h>

query_node *node_new(arena *memory, query_kind kind, size_t offset, size_t end) {
    query_node *node = arena_alloc(memory, sizeof *node);
    if (node != NULL) {
        *node = (query_node){.kind = kind, .field = {"", 0}, .text = {"", 0}};
        node_widen(node, offset, end);
    }
    return node;
}

size_t node_end(const query_node *node) {
    return node->offset + node->n_bytes;
}

void node_widen(query_node *node, size_t offset, size_t end) {
    node->offset = offset;
    node->n_bytes = end - offset;
}

bool node_list_add(node_list *list, query_node *node, arena *memory) {
    if (node == NULL) {
        return true;
    }
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        query_node **nodes = arena_array(memory, capacity, sizeof *nodes);
        if (nodes == NULL) {
            return false;
        }
        if (list->n > 0) {
            memcpy(nodes, list->nodes, list->n * sizeof *nodes);
        }
        list->nodes = nodes;
        list->capacity = capacity;
    }
    list->nodes[list->n++] = node;
    return true;
}

static bool copy_text(search_text *text, arena *memory) {
    text->bytes = arena_copy(memory, text->bytes, text->n_bytes);
    return text->bytes != NULL;
}

query_node *node_copy(const query_node *node, arena *memory) {
    query_node *copy = arena_alloc(memory, sizeof *copy);
    if (copy == NULL) {
        return NULL;
    }
    *copy = *node;
    query_pattern *patterns = arena_array(memory, node->n_patterns, sizeof *patterns);
    copy->children = arena_array(memory, node->n_children, sizeof *copy->children);
    if (!copy_text(&copy->field, memory) || !copy_text(&copy->text, memory) || patterns == NULL ||
        copy->children == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < node->n_patterns; i++) {
        patterns[i] = node->patterns[i];
    }
    copy->patterns = patterns;
    for (size_t i = 0; i < node->n_children; i++) {
        copy->children[i] = node_copy(node->children[i], memory);
        if (copy->children[i] == NULL) {
            return NULL;
        }
    }
    return copy;
}

bool node_join(query_kind kind, size_t distance, const node_list *list, arena *memory, query_node **out) {
    *out = list->n == 0 ? NULL : list->nodes[0];
    if (list->n < 2) {
        return true;
    }
    node_list flat = {NULL, 0, 0};
    bool ok = true;
    for (size_t i = 0; i < list->n && ok; i++) {
        query_node *member = list->nodes[i];
        if (member->kind != kind) {
            ok = node_list_add(&flat, member, memory);
        }
        for (size_t j = 0; member->kind == kind && j < member->n_children && ok; j++) {
            ok = node_list_add(&flat, member->children[j], memory);
        }
    }
    *out = ok ? node_new(memory, kind, list->nodes[0]->offset, node_end(list->nodes[list->n - 1])) : NULL;
    if (*out == NULL) {
        return false;
    }
    (*out)->distance = distance;
    (*out)->children = flat.nodes;
    (*out)->n_children = flat.n;
    return true;
}

bool node_negate(query_node *operand, size_t offset, arena *memory, query_node **out) {
    *out = operand;
    if (operand == NULL) {
        return true;
    }
    if (operand->kind == QUERY_NOT) {
        *out = operand->children[0];
        return true;
    }
    node_list one = {NULL, 0, 0};
    *out = node_list_add(&one, operand, memory) ? node_new(memory, QUERY_NOT, offset, node_end(operand)) : NULL;
    if (*out == NULL) {
        return false;
    }
    (*out)->children = one.nodes;
    (*out)->n_children = 1;
    return true;
}

bool node_is_distance(query_kind kind) {
    return kind == QUERY_NEAR || kind == QUERY_ADJ;
}

static bool is_word_or_phrase(const query_node *node) {
    return node->kind == QUERY_WORD || node->kind == QUERY_PHRASE;
}

const query_node *node_bad_operand(const query_node *operand, query_kind kind, size_t distance) {
    if (is_word_or_phrase(operand) || (operand->kind == kind && operand->distance == distance)) {
        return NULL;
    }
    if (operand->kind != QUERY_OR) {
        return operand;
    }
    for (size_t i = 0; i < operand->n_children; i++) {
        if (!is_word_or_phrase(operand->children[i])) {
            return operand->children[i];
        }
    }
    return NULL;
}

const query_node *node_first_leaf(const query_node *node) {
    while (node->n_children > 0) {
        node = node->children[0];
    }
    return node;
}

const query_node *node_other_field(const query_node *node, search_text field) {
    if (node->n_children == 0) {
        return chars_is_same(node->field, field) ? NULL : node;
    }
    const query_node *other = NULL;
    for (size_t i = 0; i < node->n_children && other == NULL; i++) {
        other = node_other_field(node->children[i], field);
    }
    return other;
}

const query_node *node_too_deep(const query_node *node, size_t max_depth) {
    if (node->n_children > 0 && max_depth == 0) {
        return node;
    }
    const query_node *deep = NULL;
    for (size_t i = 0; i < node->n_children && deep == NULL; i++) {
        deep = node_too_deep(node->children[i], max_depth - 1);
    }
    return deep;
}

size_t node_n_leaves(const query_node *node) {
    size_t n = node->n_children == 0 && node->kind != QUERY_ALL ? 1 : 0;
    for (size_t i = 0; i < node->n_children; i++) {
        n += node_n_leaves(node->children[i]);
    }
    return n;
}

static bool is_same_date(const query_date *a, const query_date *b) {
    return a->is_none == b->is_none && a->is_certain == b->is_certain && a->has_earliest == b->has_earliest &&
           a->has_latest == b->has_latest && a->earliest == b->earliest && a->latest == b->latest;
}

static bool is_same_node(const query_node *a, const query_node *b) {
    return a->kind == b->kind && a->is_exact == b->is_exact && a->is_inflected == b->is_inflected &&
           a->distance == b->distance && a->n_children == b->n_children && a->n_patterns == b->n_patterns &&
           chars_is_same(a->field, b->field) && chars_is_same(a->text, b->text) && is_same_date(&a->date, &b->date);
}

bool query_equal(const query_node *a, const query_node *b) {
    if (!is_same_node(a, b)) {
        return false;
    }
    for (size_t i = 0; i < a->n_patterns; i++) {
        const query_pattern *p = &a->patterns[i];
        const query_pattern *q = &b->patterns[i];
        if (p->at != q->at || p->kind != q->kind || p->n_edits != q->n_edits) {
            return false;
        }
    }
    for (size_t i = 0; i < a->n_children; i++) {
        if (!query_equal(a->children[i], b->children[i])) {
            return false;
        }
    }
    return true;
}
