/* A leaf of the query (a word, a phrase, a pattern, words near each other …) becomes a list of postings.  Whatever it
 * is counts as one word: its occurrences, its documents.  A variant, other words that mean the same (variants.h),
 * counts 0.8 of what is written.
 *
 * Bare words that follow each other may be a name together: `mao zedong` is two leaves, and a run of leaves that a
 * variant of both may stand for. */
#ifndef LIBSEARCH_RANKING_LEAF_H
#define LIBSEARCH_RANKING_LEAF_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/query.h"
#include "libsearch/ranking/cursor.h"
#include "libsearch/ranking/lattice.h"
#include "libsearch/ranking/postings.h"
#include "libsearch/ranking/run_context.h"
#include "libsearch/ranking/vocabulary.h"
#include "libsearch/support/arena.h"

typedef enum leaf_kind {
    LEAF_WORD = 1, /* a bare word: found by its stem and those of its variants */
    LEAF_PHRASE,   /* more than one word, quoted or exact: matched by position on the folded form */
    LEAF_PATTERN,  /* a bare word that leaves letters open */
    LEAF_NEAR,     /* near.h */
    LEAF_DATE,     /* restricts, and does not score */
    LEAF_VERBATIM, /* verbatim.h */
    LEAF_SOURCE,   /* reference.h */
} leaf_kind;

typedef struct near_operand near_operand;

typedef struct leaf {
    const query_node *node;
    leaf_kind kind;
    size_t field;        /* SIZE_MAX: all fields */
    bool is_phrase;      /* more than a bare word or pattern */
    bool is_negative;    /* below a NOT: not scored, not marked */
    bool inflects;       /* other words with the stems of its words stand for them; of a lattice only */
    bool is_narrowed;    /* a pattern was narrowed by the other words (narrow.h), which therefore have no variants */
    reading_word *words; /* none (punctuation only): the leaf matches every document */
    size_t n_words;
    size_t first_beside; /* leaves whose words were read together for their variants, half open; none: it has none */
    size_t last_beside;
    bool *is_open;      /* by word: it leaves letters open, so it has no variants */
    search_text *stems; /* of a bare word: its own, then those of the single words that are its variants */
    size_t n_stems;
    /* Of a phrase all; of a bare word the variants that are several words, from node 0 to 1; of a pattern the words
     * that it stands for; of VERBATIM its words, of SOURCE those of its parts. */
    lattice lattice;
    struct open_word *pattern;   /* of a pattern, see expand.h */
    vocabulary_list expansion;   /* of a pattern: the words it stands for */
    near_operand *operands;      /* of NEAR */
    size_t n_operands;           /* with words */
    search_text printed;         /* of VERBATIM */
    struct reference *reference; /* of SOURCE */
    posting_list postings;
} leaf;

/* Variants that stand for the words of several bare leaves at once. */
typedef struct leaf_run {
    size_t first; /* leaves, half open */
    size_t last;
    const bool *counts; /* by leaf from the first: not for one whose own words it holds, which are counted already */
    lattice lattice;    /* from node 0 to 1 */
    struct leaf_run *next;
} leaf_run;

/* Analyzes the node; what it makes lives in the arena. */
search_status leaf_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                           search_error *error);
/* The same of a word or phrase that is to be matched by position: its words match their inflections, unless they are
 * exact or in quotes. */
search_status leaf_analyze_in_place(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                                    search_error *error);
/* Any text as a phrase of exact words, in l->field. */
search_status leaf_analyze_phrase(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                                  search_error *error);
/* Finds the variants of leaves[first .. last), bare words of one AND and one field or a single leaf, and puts runs of
 * them before *runs. */
search_status leaves_vary(leaf *leaves, size_t first, size_t last, search_run_context *run, arena *memory,
                          leaf_run **runs, search_error *error);
search_status leaf_evaluate(leaf *l, search_run_context *run, arena *memory, search_error *error);
/* word.c: the postings of a bare word, and of a pattern. */
search_status leaf_evaluate_word(leaf *l, search_run_context *run, search_error *error);
search_status leaf_evaluate_pattern(leaf *l, search_run_context *run, arena *memory, search_error *error);
/* phrase.c: the documents in which the lattice stands, in this field (SIZE_MAX: in any). */
search_status phrase_evaluate(const lattice *l, size_t field, search_run_context *run, posting_list *out,
                              search_error *error);
/* Opens a cursor on a prefix with a word behind it. */
search_status leaf_open_term(const search_run_context *run, const char *prefix, search_text word, cursor **out,
                             search_error *error);
void leaf_free(leaf *l);

#endif
