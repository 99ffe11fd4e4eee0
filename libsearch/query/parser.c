/* Tokens to tree, by recursive descent:
 *
 *     or      = and { OR and }               and     = not { [AND] not }
 *     not     = { NOT | - } near             near    = primary { NEAR/n primary }
 *     primary = clause | [field | exact] signed | "(" or ")"
 *     signed  = { NOT | - } primary
 *
 * Only a parenthesis and `exact:` recurse, and max_depth bounds them; a run of NOTs is a loop.  Each rule is entered
 * only when the next token can start it: who reads an operator looks at what follows, and so can name the operator in
 * the error.
 *
 * Every query_fault returns OK in lenient mode; the lines behind it mend.  A clause that was left out is a null node.
 */
#include "libsearch/query/chars.h"
#include "libsearch/query/lexer.h"
#include "libsearch/query/node.h"
#include "libsearch/support/utf8.h"

#include <stdio.h>

#define DEFAULT_MAX_LEAVES 256
#define DEFAULT_MAX_DEPTH 64
#define GREATEST_MAX_DEPTH 1000 /* what the stack of a small thread bears */

static const search_text no_field = {"", 0};

typedef struct parser {
    lexer lexer;
    token next;
    query *out;
    query_report report;
    size_t max_leaves;
    size_t max_depth;
    size_t depth;  /* of open parentheses and exact: */
    size_t n_open; /* parentheses */
    bool is_exact; /* behind `exact:` */
    bool is_cut;   /* lenient: a limit was reached, and the rest of the text left out */
} parser;

static search_status parse_or(parser *p, search_text field, query_node **out);
static search_status parse_signed(parser *p, search_text field, query_node **out);

/* ---- Helpers ---- */

static search_status memory_or_ok(const parser *p, bool ok) {
    return ok ? SEARCH_OK : error_memory(p->report.error);
}

static search_status fault(parser *p, const char *id, size_t offset, const char *message, const char *hint) {
    return query_fault(&p->report, SEARCH_E_QUERY, id, offset, message, hint);
}

/* Lenient: passes over a parenthesis that closes nothing. */
static search_status advance(parser *p) {
    search_status status = lexer_next(&p->lexer, &p->next);
    while (status == SEARCH_OK && p->report.is_lenient && p->next.kind == TOKEN_CLOSE && p->n_open == 0) {
        status = fault(p, "query.stray_parenthesis", p->next.offset, "this parenthesis closes nothing",
                       "remove it, add the ( that it closes, or write \\) for the character itself");
        if (status == SEARCH_OK) {
            status = lexer_next(&p->lexer, &p->next);
        }
    }
    return status;
}

/* Lenient: leaves out the rest of the text. */
static search_status cut(parser *p) {
    p->is_cut = true;
    p->lexer.at = p->lexer.text.n_bytes;
    return lexer_next(&p->lexer, &p->next);
}

static bool starts_operand(token_kind kind) {
    switch (kind) {
    case TOKEN_WORD:
    case TOKEN_PHRASE:
    case TOKEN_VERBATIM:
    case TOKEN_SOURCE:
    case TOKEN_DATE:
    case TOKEN_EMPTY:
    case TOKEN_FIELD:
    case TOKEN_EXACT:
    case TOKEN_MINUS:
    case TOKEN_NOT:
    case TOKEN_OPEN:
        return true;
    case TOKEN_END:
    case TOKEN_NEAR:
    case TOKEN_ADJ:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_CLOSE:
        return false;
    }
    return false;
}

static bool is_distance(token_kind kind) {
    return kind == TOKEN_NEAR || kind == TOKEN_ADJ;
}

static bool is_binary(token_kind kind) {
    return kind == TOKEN_AND || kind == TOKEN_OR || is_distance(kind);
}

static search_status missing_operand(parser *p, token operator) {
    char message[64];
    const char *name = operator.kind == TOKEN_AND ? "AND" :
                       operator.kind == TOKEN_OR  ? "OR"
                       :
                       operator.kind == TOKEN_NEAR ? "NEAR/"
                       :
                       operator.kind == TOKEN_ADJ ? "ADJ/"
                                                  : "NOT";
    snprintf(message, sizeof message, "%s lacks a word or phrase %s", name,
             is_binary(operator.kind) ? "on one side" : "after it");
    return fault(p, "query.missing_operand", operator.offset, message,
                 "add what is missing or remove the operator; to search for the word itself, write it in lower case or "
                 "in quotes");
}

/* Moves past an operator to the operand that must follow.  Lenient: *is_there tells whether it does. */
static search_status advance_to_operand(parser *p, bool *is_there) {
    const token operator= p->next;
    search_status status = advance(p);
    *is_there = starts_operand(p->next.kind);
    return status == SEARCH_OK && !*is_there ? missing_operand(p, operator) : status;
}

static search_status too_deep(parser *p, size_t offset) {
    char message[64];
    snprintf(message, sizeof message, "the query is nested more than %zu deep", p->max_depth);
    return query_fault(&p->report, SEARCH_E_LIMIT, "query.too_deep", offset, message,
                       "use fewer parentheses inside one another");
}

/* ---- Leaves ---- */

static search_status too_many_terms(parser *p, size_t offset) {
    char message[80];
    snprintf(message, sizeof message, "the query has more than %zu words and phrases", p->max_leaves);
    search_status status = query_fault(&p->report, SEARCH_E_LIMIT, "query.too_many_terms", offset, message,
                                       "split it into several queries");
    return status == SEARCH_OK ? cut(p) : status;
}

static query_kind leaf_kind(token_kind kind) {
    return kind == TOKEN_WORD       ? QUERY_WORD
           : kind == TOKEN_VERBATIM ? QUERY_VERBATIM
           : kind == TOKEN_SOURCE   ? QUERY_SOURCE
           : kind == TOKEN_DATE     ? QUERY_DATE
                                    : QUERY_PHRASE;
}

static search_status check_inflected(parser *p, token *t) {
    if (!t->is_inflected || !p->is_exact) {
        return SEARCH_OK;
    }
    t->is_inflected = false;
    return fault(p, "query.conflict", t->offset, "exact: leaves out inflections and ~ asks for them",
                 "leave out exact: or the ~");
}

static search_status parse_leaf(parser *p, search_text field, query_node **out) {
    token t = p->next;
    if (p->out->n_leaves == p->max_leaves) {
        return too_many_terms(p, t.offset);
    }
    search_status status = check_inflected(p, &t);
    if (status != SEARCH_OK) {
        return status;
    }
    query_node *leaf = node_new(&p->out->memory, leaf_kind(t.kind), t.offset, t.offset + t.n_bytes);
    if (leaf == NULL) {
        return error_memory(p->report.error);
    }
    const bool is_searched = t.kind == TOKEN_WORD || t.kind == TOKEN_PHRASE;
    if (is_searched || t.kind == TOKEN_VERBATIM) {
        leaf->field = t.field.n_bytes > 0 ? t.field : field;
    }
    leaf->text = t.text;
    leaf->is_exact = is_searched && p->is_exact;
    leaf->is_inflected = t.is_inflected;
    leaf->patterns = t.patterns;
    leaf->n_patterns = t.n_patterns;
    leaf->date = t.date;
    p->out->n_leaves++;
    *out = leaf;
    return advance(p);
}

/* ---- Groups and prefixes ---- */

/* Moves past the parenthesis that closes the group. */
static search_status close_group(parser *p, token open, query_node *node) {
    p->n_open--;
    if (p->next.kind == TOKEN_CLOSE) {
        if (node != NULL) {
            node_widen(node, open.offset, p->next.offset + 1);
        }
        return advance(p);
    }
    if (p->is_cut) {
        return SEARCH_OK;
    }
    return fault(p, "query.unclosed_parenthesis", open.offset, "the parenthesis is not closed",
                 "add a ), or write \\( to search for the character itself");
}

static search_status parse_group(parser *p, search_text field, query_node **out) {
    const token open = p->next;
    if (p->depth == p->max_depth) {
        search_status status = too_deep(p, open.offset);
        return status == SEARCH_OK ? cut(p) : status;
    }
    p->n_open++;
    search_status status = advance(p);
    if (status == SEARCH_OK && p->next.kind == TOKEN_CLOSE) {
        status = query_fault_empty(&p->report, open.offset, "there is nothing between the parentheses",
                                   "write something between them, or remove them");
    } else if (status == SEARCH_OK && p->next.kind != TOKEN_END) {
        p->depth++;
        status = parse_or(p, field, out);
        p->depth--;
    }
    return status == SEARCH_OK ? close_group(p, open, *out) : status;
}

/* A field applies to every leaf below that names none of its own. */
static search_status parse_field(parser *p, query_node **out) {
    const token field = p->next;
    search_status status = advance(p);
    if (status == SEARCH_OK) {
        status = parse_signed(p, field.text, out);
    }
    if (status == SEARCH_OK && *out != NULL) {
        node_widen(*out, field.offset, node_end(*out));
    }
    return status;
}

/* Applies to every leaf below. */
static search_status parse_exact(parser *p, search_text field, query_node **out) {
    const token exact = p->next;
    const bool was_exact = p->is_exact;
    if (p->depth == p->max_depth) {
        search_status status = too_deep(p, exact.offset);
        return status == SEARCH_OK ? cut(p) : status;
    }
    search_status status = advance(p);
    if (status == SEARCH_OK && !starts_operand(p->next.kind)) {
        return query_fault_empty(&p->report, exact.offset, "exact: has nothing to search for",
                                 "write a word, a phrase or parentheses directly after the colon, without a space");
    }
    p->is_exact = true;
    p->depth++;
    if (status == SEARCH_OK) {
        status = parse_signed(p, field, out);
    }
    p->depth--;
    p->is_exact = was_exact;
    if (status == SEARCH_OK && *out != NULL) {
        node_widen(*out, exact.offset, node_end(*out));
    }
    return status;
}

static search_status parse_primary(parser *p, search_text field, query_node **out) {
    *out = NULL;
    switch (p->next.kind) {
    case TOKEN_WORD:
    case TOKEN_PHRASE:
    case TOKEN_VERBATIM:
    case TOKEN_SOURCE:
    case TOKEN_DATE:
        return parse_leaf(p, field, out);
    case TOKEN_FIELD:
        return parse_field(p, out);
    case TOKEN_EXACT:
        return parse_exact(p, field, out);
    case TOKEN_OPEN:
        return parse_group(p, field, out);
    case TOKEN_EMPTY:
        return advance(p);
    case TOKEN_END:
    case TOKEN_CLOSE:
    case TOKEN_MINUS:
    case TOKEN_NEAR:
    case TOKEN_ADJ:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_NOT:
        break;
    }
    return error_set(p->report.error, SEARCH_E_INTERNAL, "query.internal", "the query parser met a token out of place");
}

/* ---- NEAR and ADJ ---- */

/* The operands and operators of one run. */
typedef struct near_run {
    node_list operands;
    query_kind kind;
    size_t distance;
    bool is_broken; /* lenient: its operands are joined by AND */
} near_run;

static search_status bad_operand(parser *p, near_run *run, size_t offset, const char *message, const char *hint) {
    run->is_broken = true;
    return fault(p, "query.bad_operand", offset, message, hint);
}

static search_status add_operand(parser *p, near_run *run, query_node *operand) {
    if (operand == NULL) {
        return SEARCH_OK;
    }
    const query_node *bad = node_bad_operand(operand, run->kind, run->distance);
    const node_list *before = &run->operands;
    const query_node *other =
        bad != NULL ? NULL
                    : node_other_field(operand, node_first_leaf(before->n > 0 ? before->nodes[0] : operand)->field);
    search_status status = SEARCH_OK;
    if (bad != NULL) {
        status =
            bad_operand(p, run, bad->offset, "NEAR/ and ADJ/ join words, phrases, or these joined by OR",
                        "use AND for anything else; what stands side by side in parentheses is a phrase in quotes");
    } else if (other != NULL && !run->is_broken) {
        run->is_broken = true;
        status = fault(p, "query.mixed_fields", other->offset, "the words of NEAR/ and ADJ/ lie in different fields",
                       "put the field before parentheses: title:(peace NEAR/3 treaty)");
    }
    return status == SEARCH_OK ? memory_or_ok(p, node_list_add(&run->operands, operand, &p->out->memory)) : status;
}

static search_status check_operator(parser *p, near_run *run) {
    const query_kind kind = p->next.kind == TOKEN_NEAR ? QUERY_NEAR : QUERY_ADJ;
    if (kind == run->kind && p->next.distance == run->distance) {
        return SEARCH_OK;
    }
    return bad_operand(p, run, p->next.offset, "operators with different distances cannot be side by side",
                       "give them one distance, or join two by AND: (a NEAR/3 b) AND (b ADJ/1 c)");
}

/* Reads an operator and its operand.  Lenient: an operator without operand is left out. */
static search_status parse_operator(parser *p, search_text field, near_run *run) {
    bool is_there = false;
    query_node *operand = NULL;
    search_status status = check_operator(p, run);
    if (status == SEARCH_OK) {
        status = advance_to_operand(p, &is_there);
    }
    if (status == SEARCH_OK && (p->next.kind == TOKEN_NOT || p->next.kind == TOKEN_MINUS)) {
        status = bad_operand(p, run, p->next.offset, "NEAR/ and ADJ/ cannot have an exclusion as operand",
                             "exclude with AND NOT instead");
    }
    if (status == SEARCH_OK && is_there) {
        status = parse_signed(p, field, &operand);
    }
    return status == SEARCH_OK ? add_operand(p, run, operand) : status;
}

static search_status parse_near(parser *p, search_text field, query_node **out) {
    query_node *first = NULL;
    search_status status = parse_primary(p, field, &first);
    if (status != SEARCH_OK || !is_distance(p->next.kind)) {
        *out = first;
        return status;
    }
    near_run run = {.kind = p->next.kind == TOKEN_NEAR ? QUERY_NEAR : QUERY_ADJ, .distance = p->next.distance};
    status = add_operand(p, &run, first);
    while (status == SEARCH_OK && is_distance(p->next.kind)) {
        status = parse_operator(p, field, &run);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    const query_kind kind = run.is_broken ? QUERY_AND : run.kind;
    const size_t distance = run.is_broken ? 0 : run.distance;
    return memory_or_ok(p, node_join(kind, distance, &run.operands, &p->out->memory, out));
}

/* ---- NOT, AND, OR ---- */

typedef search_status (*rule)(parser *p, search_text field, query_node **out);

/* Lenient: a NOT without operand is left out. */
static search_status parse_after_not(parser *p, search_text field, rule operand, query_node **out) {
    const size_t offset = p->next.offset;
    bool is_negative = false;
    *out = NULL;
    while (p->next.kind == TOKEN_NOT || p->next.kind == TOKEN_MINUS) {
        bool is_there = false;
        is_negative ^= p->next.kind == TOKEN_NOT || p->next.n_bytes % 2 == 1;
        search_status status = advance_to_operand(p, &is_there);
        if (status != SEARCH_OK || !is_there) {
            return status;
        }
    }
    search_status status = operand(p, field, out);
    if (status != SEARCH_OK || !is_negative) {
        return status;
    }
    return memory_or_ok(p, node_negate(*out, offset, &p->out->memory, out));
}

static search_status parse_signed(parser *p, search_text field, query_node **out) {
    return parse_after_not(p, field, parse_primary, out);
}

static search_status parse_and(parser *p, search_text field, query_node **out) {
    node_list list = {NULL, 0, 0};
    for (;;) {
        query_node *node = NULL;
        bool is_there = false;
        search_status status = parse_after_not(p, field, parse_near, &node);
        if (status == SEARCH_OK) {
            status = memory_or_ok(p, node_list_add(&list, node, &p->out->memory));
        }
        while (status == SEARCH_OK && is_distance(p->next.kind)) { /* lenient: behind a NOT that was left out */
            status = missing_operand(p, p->next);
            status = status == SEARCH_OK ? advance(p) : status;
        }
        if (status == SEARCH_OK && p->next.kind == TOKEN_AND) {
            status = advance_to_operand(p, &is_there);
        }
        if (status != SEARCH_OK) {
            return status;
        }
        if (!starts_operand(p->next.kind)) {
            return memory_or_ok(p, node_join(QUERY_AND, 0, &list, &p->out->memory, out));
        }
    }
}

/* An operator that nothing stands before. */
static search_status skip_operators(parser *p) {
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && is_binary(p->next.kind)) {
        status = missing_operand(p, p->next);
        if (status == SEARCH_OK) {
            status = advance(p);
        }
    }
    return status;
}

static search_status parse_or(parser *p, search_text field, query_node **out) {
    node_list list = {NULL, 0, 0};
    search_status status = skip_operators(p);
    while (status == SEARCH_OK && starts_operand(p->next.kind)) {
        query_node *node = NULL;
        bool is_there = false;
        status = parse_and(p, field, &node);
        if (status == SEARCH_OK) {
            status = memory_or_ok(p, node_list_add(&list, node, &p->out->memory));
        }
        if (status == SEARCH_OK && p->next.kind == TOKEN_OR) {
            status = advance_to_operand(p, &is_there);
        }
        if (status == SEARCH_OK && !is_there) {
            status = skip_operators(p);
        }
    }
    return status == SEARCH_OK ? memory_or_ok(p, node_join(QUERY_OR, 0, &list, &p->out->memory, out)) : status;
}

/* ---- The query ---- */

/* Lenient: the tree without the groups that lie too deep. */
static search_status prune(parser *p, query_node *node, size_t depth, query_node **out) {
    *out = node;
    if (node->n_children == 0) {
        return SEARCH_OK;
    }
    if (depth == p->max_depth) {
        *out = NULL;
        return SEARCH_OK;
    }
    node_list kept = {NULL, 0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < node->n_children && status == SEARCH_OK; i++) {
        query_node *child = NULL;
        status = prune(p, node->children[i], depth + 1, &child);
        if (status == SEARCH_OK) {
            status = memory_or_ok(p, node_list_add(&kept, child, &p->out->memory));
        }
    }
    if (status != SEARCH_OK) {
        return status;
    }
    if (node->kind == QUERY_NOT) {
        return memory_or_ok(p, node_negate(kept.n == 0 ? NULL : kept.nodes[0], node->offset, &p->out->memory, out));
    }
    return memory_or_ok(p, node_join(node->kind, node->distance, &kept, &p->out->memory, out));
}

/* The tree is held to max_depth too, not only the parentheses: AND inside OR nests without any when it is typed, but is
 * printed with them, and what was accepted once must be accepted again. */
static search_status check_depth(parser *p) {
    query_node *root = p->out->root;
    const query_node *deep = root == NULL ? NULL : node_too_deep(root, p->max_depth);
    if (deep == NULL) {
        return SEARCH_OK;
    }
    search_status status = too_deep(p, deep->offset);
    if (status == SEARCH_OK) {
        status = prune(p, root, 0, &p->out->root);
    }
    if (status == SEARCH_OK) {
        p->out->n_leaves = p->out->root == NULL ? 0 : node_n_leaves(p->out->root);
    }
    return status;
}

static search_status parse_query(parser *p) {
    search_status status = advance(p);
    if (status == SEARCH_OK && p->next.kind != TOKEN_CLOSE) {
        status = parse_or(p, no_field, &p->out->root);
    }
    if (status == SEARCH_OK && p->next.kind == TOKEN_CLOSE) {
        status = fault(p, "query.stray_parenthesis", p->next.offset, "this parenthesis closes nothing",
                       "remove it, add the ( that it closes, or write \\) for the character itself");
    }
    if (status == SEARCH_OK) {
        status = check_depth(p);
    }
    if (status == SEARCH_OK && p->out->root == NULL) {
        p->out->root = node_new(&p->out->memory, QUERY_ALL, 0, p->lexer.text.n_bytes);
        status = memory_or_ok(p, p->out->root != NULL);
    }
    return status;
}

/* Lenient: a text that is too long is cut. */
static search_status check_text(search_text *text, query_report *report) {
    if (text->n_bytes > QUERY_MAX_N_BYTES && !report->is_lenient) {
        return query_fault(report, SEARCH_E_LIMIT, "query.too_long", QUERY_MAX_N_BYTES,
                           "the query is longer than 65536 bytes", "split it into several queries");
    }
    for (size_t at = 0; at < text->n_bytes;) {
        const size_t from = at;
        if (utf8_next(text->bytes, text->n_bytes, &at) == UTF8_BAD) {
            report->is_lenient = false;
            return query_fault(report, SEARCH_E_ARGUMENT, "query.not_utf8", from, "the query is not UTF-8",
                               "convert the query to UTF-8");
        }
    }
    if (text->n_bytes <= QUERY_MAX_N_BYTES) {
        return SEARCH_OK;
    }
    text->n_bytes = utf8_cut(text->bytes, text->n_bytes, QUERY_MAX_N_BYTES);
    return query_fault(report, SEARCH_E_LIMIT, "query.too_long", text->n_bytes, "the query is longer than 65536 bytes",
                       "split it into several queries");
}

search_status query_parse(search_text text, const query_options *options, query *out, search_error *error) {
    static const query_options no_options = {.field = NULL};
    const query_options *o = options != NULL ? options : &no_options;
    error_clear(error);
    *out = (query){.root = NULL};
    parser p = {
        .out = out,
        .report = {.out = out, .is_lenient = o->is_lenient, .error = error},
        .max_leaves = o->max_leaves != 0 ? o->max_leaves : DEFAULT_MAX_LEAVES,
        .max_depth = o->max_depth == 0                   ? DEFAULT_MAX_DEPTH
                     : o->max_depth > GREATEST_MAX_DEPTH ? GREATEST_MAX_DEPTH
                                                         : o->max_depth,
    };
    search_status status = check_text(&text, &p.report);
    if (text.bytes == NULL) {
        text.bytes = "";
    }
    p.lexer = (lexer){.text = text, .options = o, .report = &p.report};
    if (status == SEARCH_OK) {
        status = parse_query(&p);
    }
    if (status != SEARCH_OK) {
        query_free(out);
    }
    return status;
}

void query_free(query *q) {
    if (q == NULL) {
        return;
    }
    arena_free(&q->memory);
    *q = (query){.root = NULL};
}
