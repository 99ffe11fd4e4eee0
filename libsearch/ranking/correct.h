/* Corrections of a word: words of the vocabulary few edits away.  Nothing outside the universe counts, so a record that
 * must not be told of never gives a word away. */
#ifndef LIBSEARCH_RANKING_CORRECT_H
#define LIBSEARCH_RANKING_CORRECT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/conjuncts.h"

#define CORRECT_MAX_CANDIDATES 8

typedef struct candidate {
    search_text text; /* of the conjunct, with the word instead of its own */
    size_t n_edits;
    document_set found; /* within the universe, never empty */
} candidate;

typedef struct candidate_list {
    candidate list[CORRECT_MAX_CANDIDATES]; /* fewest edits first, then those of most records */
    size_t n;
} candidate_list; /* zero-initialised is empty and valid */

/* Words near to that of the conjunct; of several words, near to the first that the index does not hold.  None where it
 * asks for exact words or has patterns, or where the word has digits or is short.  The texts live in the arena. */
search_status correct_find(const conjunct *c, const document_set *universe, search_run_context *run, arena *memory,
                           candidate_list *out, search_error *error);
void correct_free(candidate_list *candidates);

/* For every conjunct that finds nothing, and is bare or need not be, the candidate that the most of the other conjuncts
 * occur with: texts[i], empty where there is none.  Of the universe only the records in `within` count. */
search_status correct_missing(const conjunct_list *conjuncts, bool only_bare, const document_set *universe,
                              const document_set *within, search_run_context *run, arena *memory, search_text *texts,
                              size_t *n_corrected, search_error *error);

#endif
