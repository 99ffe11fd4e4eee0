/* Variants: other words that mean what the words of a query mean.  They are resolved at query time: the index holds
 * what is written, and the maps that indexing made say which forms of a name it holds (libsearch/index/names.h).
 *
 * The words of a run are the nodes 0 .. n between and around them; an edge from node `first` to node `last` holds the
 * words that may stand for words[first .. last).  A document matches a phrase when a path of edges from 0 to n stands
 * in it.  What is written is not an edge here: it is always there. */
#ifndef LIBSEARCH_RANKING_VARIANTS_H
#define LIBSEARCH_RANKING_VARIANTS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/aliases.h"
#include "libsearch/index/snapshot.h"
#include "libsearch/support/arena.h"

/* More edges for the same words are SEARCH_E_LIMIT "query.too_many_variants". */
#define VARIANTS_MAX 64

typedef struct variant_edge {
    size_t first;
    size_t last;
    const search_text *words; /* folded */
    size_t n_words;
    const char *rule; /* static text */
} variant_edge;

typedef struct variant_list {
    variant_edge *edges; /* by first, last, words; no two alike, none that is what is written */
    size_t n_edges;
} variant_list;

/* Everything lives in the arena.  `index` may be null: then only spellings and the aliases given.  `r` may be null:
 * then words that the index does not hold are edges, too, which shows what would be looked for. */
search_status variants_find(const snapshot *index, const reader *r, const aliases *known, analyzer *words,
                            const reading_word *run, size_t n_run, arena *memory, variant_list *out,
                            search_error *error);

#endif
