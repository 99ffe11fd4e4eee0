/* The scorer: BM25F over the ranking zones, and the best hits of a set.  doc/architecture.md gives the formula. */
#ifndef LIBSEARCH_RANKING_SCORE_H
#define LIBSEARCH_RANKING_SCORE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

typedef struct scored {
    uint32_t docid;
    double score;
} scored;

/* The score of each document of the set, by docid - 1; malloc'ed.  Negative leaves do not count. */
search_status score_documents(const leaf_list *list, const document_set *matches, search_run_context *run,
                              double **scores, search_error *error);
/* Below 0: a comes first, by score, the newer date, the id bytewise. */
int score_compare(const snapshot *index, const scored *a, const scored *b);
/* The hits offset … offset + limit of the set, best first; ties: the newer date, then the id bytewise.  malloc'ed. */
search_status score_best(const document_set *matches, const double *scores, const snapshot *index, size_t offset,
                         size_t limit, scored **hits, size_t *n_hits, search_error *error);

#endif
