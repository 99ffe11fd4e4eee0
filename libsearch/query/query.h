/* Query text to tree and back.  Knows nothing of terms, Xapian or analysis: a leaf keeps the words as typed. */
#ifndef LIBSEARCH_QUERY_QUERY_H
#define LIBSEARCH_QUERY_QUERY_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/arena.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

/* Longest query text.  The canonical text of a shorter query may pass it: at worst each byte of a phrase is escaped. */
#define QUERY_MAX_N_BYTES ((size_t)64 * 1024)

/* What query_parse promises of its trees, and query_print and query_equal count on: ALL stands at the root only; no AND
 * is a child of an AND, no OR of an OR, no NOT of a NOT; no text is empty.
 *
 * A leaf may hold no letter or digit at all, such as `&`.  It is kept as typed, for only analysis knows what gives
 * terms: ranking lets a leaf that gives none restrict nothing, by itself or under NOT. */
typedef enum query_kind {
    QUERY_ALL = 1, /* matches every record: the empty query */
    QUERY_WORD,    /* text, without white space */
    QUERY_PHRASE,  /* text between the quotes, escapes resolved, white space as typed */
    QUERY_AND,     /* children, at least two; a child may be a NOT */
    QUERY_OR,      /* children, at least two */
    QUERY_NOT,     /* one child */
} query_kind;

typedef struct query_node {
    query_kind kind;
    search_text field; /* of WORD and PHRASE: lower case, "" for all fields */
    search_text text;
    bool is_exact; /* of WORD and PHRASE: these very words, no variants and no inflections */
    size_t offset; /* where the node stands in the query text, with the field and parentheses directly around it */
    size_t n_bytes;
    struct query_node **children;
    size_t n_children;
} query_node;

typedef struct query_options {
    size_t max_leaves; /* 0: 256.  More: SEARCH_E_LIMIT "query.too_many_terms" */
    /* 0: 64; over 1000 counts as 1000.  Binds the parentheses as typed and the AND, OR and NOT one below the other in
     * the tree.  Deeper: SEARCH_E_LIMIT "query.too_deep" */
    size_t max_depth;
    /* Names every field, null at the end; an unknown one is SEARCH_E_QUERY "query.unknown_field", hint: the fields. */
    const char *(*field)(const void *context, size_t i);
    const void *context;
} query_options;

typedef struct query {
    arena memory;
    query_node *root; /* never null after success */
    size_t n_leaves;
} query;

/* doc/query-language.md is the language, with every error.  `options` may be null: defaults, no fields.  The tree
 * copies what it needs of `text`.  After a failure `out` is empty; every error but SEARCH_E_MEMORY has an offset. */
search_status query_parse(search_text text, const query_options *options, query *out, search_error *error);
/* Adds the canonical text, which parses back to the same tree; nothing for QUERY_ALL. */
void query_print(const query_node *node, buffer *out);
bool query_equal(const query_node *a, const query_node *b); /* offsets aside */
void query_free(query *q);                                  /* leaves it empty; also after a failed parse */

#endif
