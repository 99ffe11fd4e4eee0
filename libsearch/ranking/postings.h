/* Postings: the documents that hold a leaf of the query, and how often in each ranking zone. */
#ifndef LIBSEARCH_RANKING_POSTINGS_H
#define LIBSEARCH_RANKING_POSTINGS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/schema.h"

typedef struct posting {
    uint32_t docid;
    float counts[SCHEMA_N_ZONES]; /* a variant counts less than one */
} posting;

typedef struct posting_list {
    posting *list; /* by docid */
    size_t n;
    size_t capacity;
} posting_list; /* zero-initialised is empty and valid */

search_status postings_add(posting_list *p, const posting *one, search_error *error);
/* Adds the counts of `other`, each times `weight`. */
search_status postings_merge(posting_list *p, const posting_list *other, float weight, search_error *error);
/* Puts a list that was added to in any order by docid, one posting a document. */
void postings_settle(posting_list *p);
void postings_free(posting_list *p);

#endif
