/* A lattice: the ways in which a run of words may stand in a text.
 *
 *        mao           tse          tung
 *   0 --------- 1 ----------- 2 ---------- 3         what is asked
 *   0 --------------- mao zedong --------- 3         a variant
 *
 * Its nodes are the places before, between and behind the words; an edge holds the terms that stand one behind the
 * other between two of them.  An occurrence is a path from the first node to the last.  The term behind one at position
 * p stands at p + 1, or, where a bracketed span begins there, behind that span: so brackets are passed over, each by
 * itself.  An edge without terms may be passed over: brackets in what is asked.  No path may be of such edges alone.
 * Matching, marking and analysis use the same lattice. */
#ifndef LIBSEARCH_RANKING_LATTICE_H
#define LIBSEARCH_RANKING_LATTICE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/analysis.h"

/* What an occurrence counts that holds a variant, or an unaccented form of an accented word. */
#define LATTICE_VARIANT_WEIGHT 0.8F

typedef struct lattice_term {
    search_text text;
    bool is_exact; /* the exact form of a word, else the folded one */
} lattice_term;

typedef struct lattice_edge {
    size_t first; /* nodes */
    size_t last;
    const uint32_t *terms; /* numbers of terms */
    size_t n_terms;
    float weight; /* above 0 */
} lattice_edge;

typedef struct lattice {
    size_t n_nodes; /* at least 2 */
    lattice_term *terms;
    size_t n_terms;
    size_t terms_capacity;
    uint32_t *order; /* numbers of terms, by text */
    size_t order_capacity;
    lattice_edge *edges; /* by first once finished */
    size_t n_edges;
    size_t edges_capacity;
} lattice; /* everything lies in an arena */

/* Adds an edge whose terms are these folded words; `exact`, when not null, makes it the exact form of a single word. */
search_status lattice_add(lattice *l, size_t first, size_t last, const search_text *words, size_t n_words,
                          bool is_exact, float weight, arena *memory, search_error *error);
void lattice_finish(lattice *l);
/* The number of the term; SIZE_MAX: the lattice has none such. */
size_t lattice_find(const lattice *l, search_text text, bool is_exact);

/* Where a term stands in a text, ascending. */
typedef struct term_positions {
    const uint32_t *positions;
    size_t n;
} term_positions;

typedef struct occurrence {
    uint32_t first; /* positions of its first and last word */
    uint32_t last;
    float weight;
} occurrence;

typedef struct occurrence_list {
    occurrence *list; /* by last; of those that end together the one that counts most */
    size_t n;
    size_t capacity;
} occurrence_list;

search_status occurrences_add(occurrence_list *list, occurrence o, search_error *error);
/* Puts them by last and keeps of those that end together the one that counts most, then the shortest. */
void occurrences_settle(occurrence_list *list);

/* Scratch memory that is kept from text to text; zero-initialised is empty and valid. */
typedef struct lattice_matcher {
    occurrence_list *nodes;
    float *starts; /* by node: what an occurrence counts that begins there, 0 when none may */
    size_t n_nodes;
    occurrence_list here;
    occurrence_list there;
    float *passed; /* by span: the weight of what went over it so far */
    size_t passed_capacity;
} lattice_matcher;

/* Every occurrence in a text, given where each term of the lattice stands and the bracketed spans.  `out` is valid
 * until the next call. */
search_status lattice_match(const lattice *l, const term_positions *terms, const token_span *spans, size_t n_spans,
                            lattice_matcher *m, const occurrence_list **out, search_error *error);
void lattice_matcher_free(lattice_matcher *m);
/* The number of the bracketed span that begins at the position; SIZE_MAX when none does. */
size_t lattice_find_span(const token_span *spans, size_t n_spans, uint32_t first);

#endif
