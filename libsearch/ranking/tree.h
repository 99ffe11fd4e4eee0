/* Queries as trees, and what an index gives to the reading of queries: its fields and how dates are read. */
#ifndef LIBSEARCH_RANKING_TREE_H
#define LIBSEARCH_RANKING_TREE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/schema.h"
#include "libsearch/query/query.h"

/* `schema` may be null: then there are no fields. */
query_options tree_options(const search_schema *schema);
/* Whether a tree can be asked of an index with this schema: its fields are there, and its leaves no more than
 * max_leaves (0: 256). */
search_status tree_check(const search_query *q, const search_schema *schema, size_t max_leaves, search_error *error);

#endif
