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
/* Most words between neighbours that NEAR/n and ADJ/n may allow: fewer than the positions between two values. */
#define QUERY_MAX_DISTANCE 99
/* More warnings are not kept. */
#define QUERY_MAX_N_WARNINGS 64

/* What query_parse promises of its trees, and query_print and query_equal count on: ALL stands at the root only; no AND
 * is a child of an AND, no OR of an OR, no NOT of a NOT, no NEAR or ADJ of either; no text is empty.  All leaves below
 * a NEAR or ADJ have one field.
 *
 * A leaf may hold no letter or digit at all, such as `&`.  It is kept as typed, for only analysis knows what gives
 * terms: ranking lets a leaf that gives none restrict nothing, by itself or under NOT. */
typedef enum query_kind {
    QUERY_ALL = 1,  /* matches every record: the empty query */
    QUERY_WORD,     /* text, without white space; perhaps patterns */
    QUERY_PHRASE,   /* text between the quotes, escapes resolved, white space as typed; perhaps patterns */
    QUERY_AND,      /* children, at least two; a child may be a NOT */
    QUERY_OR,       /* children, at least two */
    QUERY_NOT,      /* one child */
    QUERY_NEAR,     /* children, at least two: words, phrases, or ORs of them; at most `distance` words between
                     * neighbours, in any order */
    QUERY_ADJ,      /* the same in this order */
    QUERY_DATE,     /* a restriction by date: `date` */
    QUERY_VERBATIM, /* text as printed: case, marks, brackets; in `field` */
    QUERY_SOURCE,   /* text: an archival reference or a part of one, perhaps with a page */
} query_kind;

/* What a word or the words of a phrase leave open, by ascending `at`. */
typedef struct query_pattern {
    size_t at;       /* byte of the node's text */
    char kind;       /* '*': this byte stands for any letters, none among them; '?': for one;
                      * '~': the word that ends before this byte may differ by n_edits letters */
    uint8_t n_edits; /* 1 or 2 */
} query_pattern;

/* A restriction by date.  Days are YYYYMMDD; a bound covers its whole period. */
typedef struct query_date {
    bool is_none;    /* date:none, the undated; the rest is unset */
    bool is_certain; /* date=: the whole interval of the record lies within; else it overlaps */
    bool has_earliest;
    bool has_latest;
    int32_t earliest; /* first day of the first bound */
    int32_t latest;   /* last day of the second */
} query_date;

typedef struct query_node {
    query_kind kind;
    search_text field;             /* of WORD, PHRASE and VERBATIM: lower case, "" for all fields */
    search_text text;              /* of DATE: the bounds in canonical form, such as "1961..1963" */
    bool is_exact;                 /* of WORD and PHRASE: these very words, no variants and no inflections */
    bool is_inflected;             /* of PHRASE, ~"...": inflections of its words, too */
    const query_pattern *patterns; /* of WORD and PHRASE */
    size_t n_patterns;
    size_t distance; /* of NEAR and ADJ */
    query_date date;
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
    /* Reads a bound of date:, since: and until: into its first and last day, YYYYMMDD; false: it cannot.  Null: no
     * dates are understood. */
    bool (*date)(search_text text, int32_t *earliest, int32_t *latest);
    /* What is wrong is mended and becomes a warning; only memory and text that is not UTF-8 still fail. */
    bool is_lenient;
} query_options;

typedef struct query {
    arena memory;
    query_node *root; /* never null after success */
    size_t n_leaves;  /* words, phrases, dates, verbatim texts and sources */
    search_warning *warnings;
    size_t n_warnings;
} query;

/* The tree of a program's own making. */
struct search_query {
    query tree;
};

/* doc/query-language.md is the language, with every error.  `options` may be null: defaults, no fields.  The tree
 * copies what it needs of `text`.  After a failure `out` is empty; every error but SEARCH_E_MEMORY has an offset. */
search_status query_parse(search_text text, const query_options *options, query *out, search_error *error);
/* Adds the canonical text, which parses back to the same tree; nothing for QUERY_ALL. */
void query_print(const query_node *node, buffer *out);
bool query_equal(const query_node *a, const query_node *b); /* offsets aside */
/* Whether a name before a colon means something else than a field: date, since, until, verbatim, src, exact. */
bool query_is_reserved(search_text name);
void query_free(query *q); /* leaves it empty; also after a failed parse */

#endif
