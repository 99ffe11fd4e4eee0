/* Tree to canonical text.  AND is juxtaposition, NOT is a hyphen, every leaf names its own field, and a group inside
 * another stands in parentheses even where precedence would do without: the text is shown to people to say how their
 * query was read. */
#include "libsearch/query/lexer.h"

static void print_leaf(const query_node *leaf, buffer *out) {
    bool has_field = leaf->field.n_bytes > 0;
    if (leaf->is_exact) {
        buffer_add_string(out, "exact:");
    }
    if (has_field) {
        buffer_add(out, leaf->field.bytes, leaf->field.n_bytes);
        buffer_add_byte(out, ':');
    }
    if (leaf->kind == QUERY_WORD) {
        lexer_escape_word(out, leaf->text, has_field);
        return;
    }
    buffer_add_byte(out, '"');
    lexer_escape_phrase(out, leaf->text);
    buffer_add_byte(out, '"');
}

static void print(const query_node *node, bool inside, buffer *out);

static void print_children(const query_node *node, const char *between, bool inside, buffer *out) {
    if (inside) {
        buffer_add_byte(out, '(');
    }
    for (size_t i = 0; i < node->n_children; i++) {
        if (i > 0) {
            buffer_add_string(out, between);
        }
        print(node->children[i], true, out);
    }
    if (inside) {
        buffer_add_byte(out, ')');
    }
}

static void print(const query_node *node, bool inside, buffer *out) {
    switch (node->kind) {
    case QUERY_ALL:
        break;
    case QUERY_WORD:
    case QUERY_PHRASE:
        print_leaf(node, out);
        break;
    case QUERY_AND:
        print_children(node, " ", inside, out);
        break;
    case QUERY_OR:
        print_children(node, " OR ", inside, out);
        break;
    case QUERY_NOT:
        buffer_add_byte(out, '-');
        print(node->children[0], true, out);
        break;
    case QUERY_NEAR:
    case QUERY_ADJ:
    case QUERY_DATE:
    case QUERY_VERBATIM:
    case QUERY_SOURCE:
        break;
    }
}

void query_print(const query_node *node, buffer *out) {
    print(node, false, out);
}
