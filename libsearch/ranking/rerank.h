/* Stage 2 of ranking: what the best documents of stage 1 gain by where their words stand. */
#ifndef LIBSEARCH_RANKING_RERANK_H
#define LIBSEARCH_RANKING_RERANK_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/score.h"

/* Documents of stage 1 that are looked at. */
#define RERANK_MAX 1000

typedef struct gain {
    uint32_t docid;
    double pairs;  /* neighbours of the query are neighbours */
    double window; /* all words stand in a short stretch */
    double title;  /* the query is much of the title */
} gain;

typedef struct gain_list {
    gain *list; /* by docid */
    size_t n;
} gain_list; /* zero-initialised is empty and valid */

/* Adds to the scores of the best documents what they gain.  No gain is negative, so that none of them falls below the
 * rest: every page of a search cuts the same order. */
search_status rerank(const leaf_list *list, const document_set *matches, const search_weights *weights,
                     search_run_context *run, double *scores, gain_list *out, search_error *error);
/* Null: the document was not looked at. */
const gain *gains_find(const gain_list *gains, uint32_t docid);
void gains_free(gain_list *gains);

#endif
