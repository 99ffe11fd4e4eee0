/* A leaf of the query (a word or a phrase) becomes a list of postings: which documents hold it, and how often in each
 * ranking zone.  A phrase counts as one word: its occurrences, its documents. */
#ifndef LIBSEARCH_RANKING_LEAF_H
#define LIBSEARCH_RANKING_LEAF_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/query.h"
#include "libsearch/ranking/cursor.h"
#include "libsearch/support/arena.h"

/* What a running search has at hand. */
typedef struct search_run_context {
    snapshot *index;
    reader *r;
    uint64_t deadline_ns; /* of CLOCK_MONOTONIC; 0: none */
    bool (*on_cancel)(void *context);
    void *cancel_context;
    uint32_t n_steps;
} search_run_context;

/* Asked once a document; looks at the clock and the callback now and then. */
search_status run_check(search_run_context *run, search_error *error);

typedef struct posting {
    uint32_t docid;
    uint32_t counts[SCHEMA_N_ZONES];
} posting;

typedef struct leaf_word {
    search_text folded;
    search_text stem;
    uint32_t position; /* relative to the leaf's first word */
} leaf_word;

typedef struct leaf {
    const query_node *node;
    size_t field;     /* SIZE_MAX: all fields */
    bool is_phrase;   /* more than one word, or quoted: matched by position on the folded form */
    bool is_negative; /* below a NOT: not scored, not marked */
    leaf_word *words; /* none (punctuation only): the leaf matches every document */
    size_t n_words;
    posting *postings; /* by docid */
    size_t n_postings;
    size_t capacity;
} leaf;

/* Analyzes the node's text; words live in the arena. */
search_status leaf_analyze(leaf *l, const query_node *node, const snapshot *index, reader *r, arena *memory,
                           search_error *error);
search_status leaf_evaluate(leaf *l, search_run_context *run, search_error *error);
/* phrase.c: the documents in which the words stand at their positions. */
search_status phrase_evaluate(leaf *l, search_run_context *run, search_error *error);
search_status leaf_add_posting(leaf *l, const posting *p, search_error *error);
void leaf_free(leaf *l);

#endif
