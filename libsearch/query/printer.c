/* Tree to canonical text.  AND is juxtaposition, NOT is a hyphen, every leaf names its own field, and a group inside
 * another stands in parentheses even where precedence would do without: the text is shown to people to say how their
 * query was read. */
#include "libsearch/query/lexer.h"

static void print_prefix(const query_node *leaf, const char *name, buffer *out) {
    buffer_add_string(out, name);
    if (leaf->field.n_bytes > 0) {
        buffer_add(out, leaf->field.bytes, leaf->field.n_bytes);
        buffer_add_byte(out, ':');
    }
    if (leaf->is_inflected) {
        buffer_add_byte(out, '~');
    }
}

static void print(const query_node *node, bool inside, buffer *out);

static void print_children(const query_node *node, const char *between, bool inside, buffer *out) {
    if (inside) {
        buffer_add_byte(out, '(');
    }
    for (size_t i = 0; i < node->n_children; i++) {
        if (i > 0) {
            buffer_add_string(out, between);
            if (node->kind == QUERY_NEAR || node->kind == QUERY_ADJ) {
                buffer_add_format(out, "%zu ", node->distance);
            }
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
        print_prefix(node, node->is_exact ? "exact:" : "", out);
        lexer_write_word(out, node);
        break;
    case QUERY_PHRASE:
        print_prefix(node, node->is_exact ? "exact:" : "", out);
        lexer_write_phrase(out, node);
        break;
    case QUERY_VERBATIM:
        print_prefix(node, "verbatim:", out);
        lexer_write_phrase(out, node);
        break;
    case QUERY_SOURCE:
        print_prefix(node, "src:", out);
        lexer_write_phrase(out, node);
        break;
    case QUERY_DATE:
        buffer_add_string(out, node->date.is_certain ? "date=" : "date:");
        buffer_add(out, node->text.bytes, node->text.n_bytes);
        break;
    case QUERY_AND:
        print_children(node, " ", inside, out);
        break;
    case QUERY_OR:
        print_children(node, " OR ", inside, out);
        break;
    case QUERY_NEAR:
        print_children(node, " NEAR/", inside, out);
        break;
    case QUERY_ADJ:
        print_children(node, " ADJ/", inside, out);
        break;
    case QUERY_NOT:
        buffer_add_byte(out, '-');
        print(node->children[0], true, out);
        break;
    }
}

void query_print(const query_node *node, buffer *out) {
    print(node, false, out);
}
