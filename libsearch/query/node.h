/* Nodes of the tree: made, joined and compared.  What query.h promises of trees is kept here, for the parser and for
 * trees that a program builds. */
#ifndef LIBSEARCH_QUERY_NODE_H
#define LIBSEARCH_QUERY_NODE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/query.h"

typedef struct node_list {
    query_node **nodes;
    size_t n;
    size_t capacity;
} node_list; /* zero-initialised is empty and valid */

/* Null and false: out of memory. */
query_node *node_new(arena *memory, query_kind kind, size_t offset, size_t end);
bool node_list_add(node_list *list, query_node *node, arena *memory); /* passes over a null node */
query_node *node_copy(const query_node *node, arena *memory);
/* The node that stands for members side by side: none gives null, one itself; a member of the same kind gives its
 * children instead of itself. */
bool node_join(query_kind kind, size_t distance, const node_list *list, arena *memory, query_node **out);
/* The opposite; of null null. */
bool node_negate(query_node *operand, size_t offset, arena *memory, query_node **out);

size_t node_end(const query_node *node);
/* Makes a node's place in the text take in what stands around it. */
void node_widen(query_node *node, size_t offset, size_t end);
bool node_is_distance(query_kind kind); /* NEAR or ADJ */
/* What in a node cannot be an operand of this NEAR or ADJ; null: nothing. */
const query_node *node_bad_operand(const query_node *operand, query_kind kind, size_t distance);
/* The first leaf below a node that lies in another field than `field`; null: none. */
const query_node *node_other_field(const query_node *node, search_text field);
const query_node *node_first_leaf(const query_node *node);
/* The first node that has children max_depth levels below the root, which is level 0; null: none. */
const query_node *node_too_deep(const query_node *node, size_t max_depth);
size_t node_n_leaves(const query_node *node);

#endif
