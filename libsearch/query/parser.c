/* Tokens to tree, by recursive descent:
 *
 *     or   = and { OR and }        and  = not { [AND] not }
 *     not  = { NOT | - } primary   primary = [field] ( word | phrase | "(" or ")" )
 *
 * Only a parenthesis recurses, and max_depth bounds it; a run of NOTs is a loop.  Groups of one kind are joined into
 * one node and double NOT cancels, so that a tree has one shape however it was written.  Each rule is entered only when
 * the next token can start it: who reads an operator looks at what follows, and so can name the operator in the error.
 */
#include "libsearch/query/lexer.h"
#include "libsearch/support/utf8.h"

#include <string.h>

#define DEFAULT_MAX_LEAVES 256
#define DEFAULT_MAX_DEPTH 64
#define GREATEST_MAX_DEPTH 1000 /* what the stack of a small thread bears */

typedef struct parser {
    lexer lexer;
    token next;
    query *out;
    size_t max_leaves;
    size_t max_depth;
    size_t depth;  /* of open parentheses and exact: */
    bool is_exact; /* behind `exact:` */
    search_error *error;
} parser;

typedef struct node_list {
    query_node **nodes;
    size_t n;
    size_t capacity;
} node_list;

static search_status parse_or(parser *p, search_text field, query_node **out);
static search_status parse_not(parser *p, search_text field, query_node **out);

/* ---- Nodes ---- */

static search_status new_node(parser *p, query_kind kind, size_t offset, size_t end, query_node **out) {
    query_node *node = arena_alloc(&p->out->memory, sizeof *node);
    if (node == NULL) {
        return error_memory(p->error);
    }
    node->kind = kind;
    node->field = (search_text){"", 0};
    node->text = (search_text){"", 0};
    node->offset = offset;
    node->n_bytes = end - offset;
    *out = node;
    return SEARCH_OK;
}

static size_t end_of(const query_node *node) {
    return node->offset + node->n_bytes;
}

/* Makes a node's place in the text take in what stands around it. */
static void widen(query_node *node, size_t offset, size_t end) {
    node->offset = offset;
    node->n_bytes = end - offset;
}

static search_status list_add(parser *p, node_list *list, query_node *node) {
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        query_node **nodes = arena_array(&p->out->memory, capacity, sizeof *nodes);
        if (nodes == NULL) {
            return error_memory(p->error);
        }
        if (list->n > 0) {
            memcpy(nodes, list->nodes, list->n * sizeof *nodes);
        }
        list->nodes = nodes;
        list->capacity = capacity;
    }
    list->nodes[list->n++] = node;
    return SEARCH_OK;
}

/* One node of the list's members; a member of the same kind gives its children instead of itself. */
static search_status join(parser *p, query_kind kind, const node_list *list, query_node **out) {
    if (list->n == 1) {
        *out = list->nodes[0];
        return SEARCH_OK;
    }
    node_list flat = {NULL, 0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < list->n && status == SEARCH_OK; i++) {
        query_node *member = list->nodes[i];
        if (member->kind != kind) {
            status = list_add(p, &flat, member);
            continue;
        }
        for (size_t j = 0; j < member->n_children && status == SEARCH_OK; j++) {
            status = list_add(p, &flat, member->children[j]);
        }
    }
    if (status == SEARCH_OK) {
        status = new_node(p, kind, list->nodes[0]->offset, end_of(list->nodes[list->n - 1]), out);
    }
    if (status == SEARCH_OK) {
        (*out)->children = flat.nodes;
        (*out)->n_children = flat.n;
    }
    return status;
}

static search_status negate(parser *p, query_node *operand, size_t offset, query_node **out) {
    if (operand->kind == QUERY_NOT) {
        *out = operand->children[0];
        return SEARCH_OK;
    }
    node_list one = {NULL, 0, 0};
    search_status status = list_add(p, &one, operand);
    if (status == SEARCH_OK) {
        status = new_node(p, QUERY_NOT, offset, end_of(operand), out);
    }
    if (status == SEARCH_OK) {
        (*out)->children = one.nodes;
        (*out)->n_children = 1;
    }
    return status;
}

/* ---- Rules ---- */

static search_status advance(parser *p) {
    return lexer_next(&p->lexer, &p->next, p->error);
}

static bool starts_operand(token_kind kind) {
    switch (kind) {
    case TOKEN_WORD:
    case TOKEN_PHRASE:
    case TOKEN_FIELD:
    case TOKEN_EXACT:
    case TOKEN_MINUS:
    case TOKEN_NOT:
    case TOKEN_OPEN:
        return true;
    case TOKEN_END:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_CLOSE:
        return false;
    }
    return false;
}

static search_status missing_operand(const parser *p, token operator) {
    const char *message = operator.kind == TOKEN_AND ? "AND lacks a word or phrase on one side" :
                          operator.kind == TOKEN_OR  ? "OR lacks a word or phrase on one side"
                                                     : "NOT lacks a word or phrase after it";
    return query_fault(p->error, SEARCH_E_QUERY, "query.missing_operand", operator.offset, message,
                       "add what is missing or remove the operator; to search for the word itself, write it in lower "
                       "case or in quotes");
}

/* Moves past an operator to the operand that must follow. */
static search_status advance_to_operand(parser *p) {
    token operator= p->next;
    search_status status = advance(p);
    if (status == SEARCH_OK && !starts_operand(p->next.kind)) {
        status = missing_operand(p, operator);
    }
    return status;
}

static search_status parse_leaf(parser *p, search_text field, query_node **out) {
    token t = p->next;
    if (p->out->n_leaves == p->max_leaves) {
        error_set(p->error, SEARCH_E_LIMIT, "query.too_many_terms", "the query has more than %zu words and phrases",
                  p->max_leaves);
        error_offset(p->error, t.offset);
        error_hint(p->error, "split it into several queries");
        return SEARCH_E_LIMIT;
    }
    search_status status =
        new_node(p, t.kind == TOKEN_WORD ? QUERY_WORD : QUERY_PHRASE, t.offset, t.offset + t.n_bytes, out);
    if (status != SEARCH_OK) {
        return status;
    }
    (*out)->field = field;
    (*out)->text = t.text;
    (*out)->is_exact = p->is_exact;
    p->out->n_leaves++;
    return advance(p);
}

static search_status too_deep(const parser *p, size_t offset) {
    error_set(p->error, SEARCH_E_LIMIT, "query.too_deep", "the query is nested more than %zu deep", p->max_depth);
    error_offset(p->error, offset);
    error_hint(p->error, "use fewer parentheses inside one another");
    return SEARCH_E_LIMIT;
}

static search_status parse_group(parser *p, search_text field, query_node **out) {
    token open = p->next;
    if (p->depth == p->max_depth) {
        return too_deep(p, open.offset);
    }
    search_status status = advance(p);
    if (status != SEARCH_OK) {
        return status;
    }
    if (p->next.kind == TOKEN_CLOSE) {
        return query_fault(p->error, SEARCH_E_QUERY, "query.empty_clause", open.offset,
                           "there is nothing between the parentheses", "write something between them, or remove them");
    }
    if (p->next.kind != TOKEN_END) {
        p->depth++;
        status = parse_or(p, field, out);
        p->depth--;
    }
    if (status != SEARCH_OK) {
        return status;
    }
    if (p->next.kind != TOKEN_CLOSE) {
        return query_fault(p->error, SEARCH_E_QUERY, "query.unclosed_parenthesis", open.offset,
                           "the parenthesis is not closed", "add a ), or write \\( to search for the character itself");
    }
    widen(*out, open.offset, p->next.offset + 1);
    return advance(p);
}

/* A field applies to every leaf below that names none of its own. */
static search_status parse_field(parser *p, query_node **out) {
    token field = p->next;
    search_status status = advance(p);
    if (status == SEARCH_OK) {
        status = parse_not(p, field.text, out);
    }
    if (status == SEARCH_OK) {
        widen(*out, field.offset, end_of(*out));
    }
    return status;
}

/* Applies to every leaf below. */
static search_status parse_exact(parser *p, search_text field, query_node **out) {
    const token exact = p->next;
    const bool was_exact = p->is_exact;
    if (p->depth == p->max_depth) {
        return too_deep(p, exact.offset);
    }
    search_status status = advance(p);
    if (status == SEARCH_OK && !starts_operand(p->next.kind)) {
        return query_fault(p->error, SEARCH_E_QUERY, "query.empty_clause", exact.offset,
                           "exact: has nothing to search for",
                           "write a word, a phrase or parentheses directly after the colon, without a space");
    }
    p->is_exact = true;
    p->depth++;
    if (status == SEARCH_OK) {
        status = parse_not(p, field, out);
    }
    p->depth--;
    p->is_exact = was_exact;
    if (status == SEARCH_OK) {
        widen(*out, exact.offset, end_of(*out));
    }
    return status;
}

static search_status parse_primary(parser *p, search_text field, query_node **out) {
    switch (p->next.kind) {
    case TOKEN_WORD:
    case TOKEN_PHRASE:
        return parse_leaf(p, field, out);
    case TOKEN_FIELD:
        return parse_field(p, out);
    case TOKEN_EXACT:
        return parse_exact(p, field, out);
    case TOKEN_OPEN:
        return parse_group(p, field, out);
    case TOKEN_AND:
    case TOKEN_OR:
        return missing_operand(p, p->next); /* first in the query or in a group */
    case TOKEN_CLOSE:
        return query_fault(p->error, SEARCH_E_QUERY, "query.stray_parenthesis", p->next.offset,
                           "this parenthesis closes nothing",
                           "remove it, add the ( that it closes, or write \\) for the character itself");
    case TOKEN_END:
    case TOKEN_MINUS:
    case TOKEN_NOT:
        break;
    }
    return error_set(p->error, SEARCH_E_INTERNAL, "query.internal", "the query parser met a token out of place");
}

static search_status parse_not(parser *p, search_text field, query_node **out) {
    size_t offset = p->next.offset;
    bool negative = false;
    while (p->next.kind == TOKEN_NOT || p->next.kind == TOKEN_MINUS) {
        negative ^= p->next.kind == TOKEN_NOT || p->next.n_bytes % 2 == 1;
        search_status status = advance_to_operand(p);
        if (status != SEARCH_OK) {
            return status;
        }
    }
    query_node *operand = NULL;
    search_status status = parse_primary(p, field, &operand);
    if (status != SEARCH_OK) {
        return status;
    }
    if (negative) {
        return negate(p, operand, offset, out);
    }
    *out = operand;
    return SEARCH_OK;
}

static search_status parse_and(parser *p, search_text field, query_node **out) {
    node_list list = {NULL, 0, 0};
    for (;;) {
        query_node *node = NULL;
        search_status status = parse_not(p, field, &node);
        if (status == SEARCH_OK) {
            status = list_add(p, &list, node);
        }
        if (status == SEARCH_OK && p->next.kind == TOKEN_AND) {
            status = advance_to_operand(p);
        }
        if (status != SEARCH_OK) {
            return status;
        }
        if (!starts_operand(p->next.kind)) {
            return join(p, QUERY_AND, &list, out);
        }
    }
}

static search_status parse_or(parser *p, search_text field, query_node **out) {
    node_list list = {NULL, 0, 0};
    for (;;) {
        query_node *node = NULL;
        search_status status = parse_and(p, field, &node);
        if (status == SEARCH_OK) {
            status = list_add(p, &list, node);
        }
        if (status != SEARCH_OK) {
            return status;
        }
        if (p->next.kind != TOKEN_OR) {
            return join(p, QUERY_OR, &list, out);
        }
        status = advance_to_operand(p);
        if (status != SEARCH_OK) {
            return status;
        }
    }
}

/* ---- The query ---- */

/* The tree is held to max_depth too, not only the parentheses: AND inside OR nests without any when it is typed, but is
 * printed with them, and what was accepted once must be accepted again. */
static search_status check_depth(const parser *p, const query_node *node, size_t depth) {
    if (node->n_children > 0 && depth == p->max_depth) {
        return too_deep(p, node->offset);
    }
    for (size_t i = 0; i < node->n_children; i++) {
        search_status status = check_depth(p, node->children[i], depth + 1);
        if (status != SEARCH_OK) {
            return status;
        }
    }
    return SEARCH_OK;
}

static search_status parse_query(parser *p) {
    search_status status = advance(p);
    if (status != SEARCH_OK) {
        return status;
    }
    if (p->next.kind == TOKEN_END) {
        return new_node(p, QUERY_ALL, 0, p->lexer.text.n_bytes, &p->out->root);
    }
    status = parse_or(p, (search_text){"", 0}, &p->out->root);
    if (status == SEARCH_OK && p->next.kind != TOKEN_END) {
        query_node *none = NULL;
        status = parse_primary(p, (search_text){"", 0}, &none); /* only a `)` ends an OR before the end */
    }
    return status == SEARCH_OK ? check_depth(p, p->out->root, 0) : status;
}

static search_status check_text(search_text text, search_error *error) {
    if (text.n_bytes > QUERY_MAX_N_BYTES) {
        return query_fault(error, SEARCH_E_LIMIT, "query.too_long", QUERY_MAX_N_BYTES,
                           "the query is longer than 65536 bytes", "split it into several queries");
    }
    for (size_t at = 0; at < text.n_bytes;) {
        size_t from = at;
        if (utf8_next(text.bytes, text.n_bytes, &at) == UTF8_BAD) {
            return query_fault(error, SEARCH_E_ARGUMENT, "query.not_utf8", from, "the query is not UTF-8",
                               "convert the query to UTF-8");
        }
    }
    return SEARCH_OK;
}

search_status query_parse(search_text text, const query_options *options, query *out, search_error *error) {
    static const query_options no_options = {0, 0, NULL, NULL, NULL};
    const query_options *o = options != NULL ? options : &no_options;
    error_clear(error);
    *out = (query){.root = NULL, .n_leaves = 0};
    search_status status = check_text(text, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (text.bytes == NULL) {
        text.bytes = "";
    }
    parser p = {
        .lexer = {.text = text, .options = o, .memory = &out->memory},
        .out = out,
        .max_leaves = o->max_leaves != 0 ? o->max_leaves : DEFAULT_MAX_LEAVES,
        .max_depth = o->max_depth == 0                   ? DEFAULT_MAX_DEPTH
                     : o->max_depth > GREATEST_MAX_DEPTH ? GREATEST_MAX_DEPTH
                                                         : o->max_depth,
        .error = error,
    };
    status = parse_query(&p);
    if (status != SEARCH_OK) {
        query_free(out);
    }
    return status;
}

bool query_equal(const query_node *a, const query_node *b) {
    if (a->kind != b->kind || a->is_exact != b->is_exact || a->field.n_bytes != b->field.n_bytes ||
        a->text.n_bytes != b->text.n_bytes || a->n_children != b->n_children ||
        memcmp(a->field.bytes, b->field.bytes, a->field.n_bytes) != 0 ||
        memcmp(a->text.bytes, b->text.bytes, a->text.n_bytes) != 0) {
        return false;
    }
    for (size_t i = 0; i < a->n_children; i++) {
        if (!query_equal(a->children[i], b->children[i])) {
            return false;
        }
    }
    return true;
}

void query_free(query *q) {
    if (q == NULL) {
        return;
    }
    arena_free(&q->memory);
    *q = (query){.root = NULL, .n_leaves = 0};
}
