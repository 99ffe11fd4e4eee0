/* Marking: the bytes of a text on which the words of a query stand.  Snippets, records that are shown and texts of a
 * host are all marked here.  The text is analyzed once, and its words are looked up, not compared with those asked: the
 * cost is that of the analysis, whatever the query.
 *
 * What a leaf marks: a word its inflections and variants; a phrase all it stands on, words in brackets among them; NEAR
 * and ADJ their words within a window; verbatim text what is printed; a reference its words within the source.  Dates
 * and what is below a NOT mark nothing. */
#ifndef LIBSEARCH_RANKING_MARKING_H
#define LIBSEARCH_RANKING_MARKING_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

/* A text that is of no field: words that are asked in one are marked, too. */
#define MARKER_ANY_FIELD SIZE_MAX

typedef struct marked {
    size_t from; /* bytes of the text, half open */
    size_t to;
    size_t leaf;
} marked;

typedef struct marker marker;

/* `list` needs no postings, and must live as long as the marker. */
search_status marker_new(const leaf_list *list, search_run_context *run, marker **out, search_error *error);
/* Whether any leaf is looked for in the field. */
bool marker_is_asked(const marker *m, size_t field);
/* Every place of every leaf, by from; of those that begin together the longest first, then the first leaf.  They
 * overlap where leaves do.  `out` is valid until the next call.  Asks the clock and the callback before and after. */
search_status marker_mark(marker *m, size_t field, search_text text, const marked **out, size_t *n_out,
                          search_error *error);
/* Parts what marker_mark gave, the last time it was called, so that no two overlap: of two the first stays whole, and
 * of the other the words behind it. */
void marker_part(marker *m, const marked **out, size_t *n_out);
void marker_free(marker *m);

#endif
