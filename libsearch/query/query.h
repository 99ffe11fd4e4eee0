/* Query text to tree and back.  Knows nothing of terms, Xapian or analysis: a leaf keeps the words as typed. */
#ifndef LIBSEARCH_QUERY_QUERY_H
#define LIBSEARCH_QUERY_QUERY_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/arena.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

typedef enum query_kind {
    QUERY_ALL = 1, /* matches every record: the empty query */
    QUERY_WORD,    /* text, without white space */
    QUERY_PHRASE,  /* text between the quotes */
    QUERY_AND,     /* children, at least two; a child may be a NOT */
    QUERY_OR,      /* children, at least two */
    QUERY_NOT,     /* one child */
} query_kind;

typedef struct query_node {
    query_kind kind;
    search_text field; /* of WORD and PHRASE: lower case, "" for all fields */
    search_text text;
    size_t offset; /* where the node starts in the query text, and how long it is */
    size_t n_bytes;
    struct query_node **children;
    size_t n_children;
} query_node;

typedef struct query_options {
    size_t max_leaves; /* 0: 256.  More: SEARCH_E_LIMIT "query.too_many_terms" */
    size_t max_depth;  /* 0: 64.  Deeper: SEARCH_E_LIMIT "query.too_deep" */
    /* Names every field, null at the end; an unknown one is SEARCH_E_QUERY "query.unknown_field", hint: the fields. */
    const char *(*field)(const void *context, size_t i);
    const void *context;
} query_options;

typedef struct query {
    arena memory;
    query_node *root; /* never null after success */
    size_t n_leaves;
} query;

search_status query_parse(search_text text, const query_options *options, query *out, search_error *error);
void query_print(const query_node *node, buffer *out); /* canonical text: parses back to the same tree */
bool query_equal(const query_node *a, const query_node *b);
void query_free(query *q);

#endif
