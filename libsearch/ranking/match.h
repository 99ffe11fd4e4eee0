/* The matcher: the query tree over sets of documents.  A set has one bit a document, document 1 at bit 0. */
#ifndef LIBSEARCH_RANKING_MATCH_H
#define LIBSEARCH_RANKING_MATCH_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/leaf.h"

typedef struct document_set {
    uint64_t *bits;
    size_t n_words;
    size_t n_documents;
} document_set;

/* A parsed query with a leaf for each of its leaf nodes, in the order of the text. */
typedef struct leaf_list {
    query tree;
    leaf *leaves;
    size_t n_leaves;
    leaf_run *runs;
} leaf_list;

search_status set_new(size_t n_documents, bool full, document_set *out, search_error *error);
search_status set_copy(const document_set *from, document_set *out, search_error *error);
void set_and(document_set *a, const document_set *b);
void set_or(document_set *a, const document_set *b);
void set_complement(document_set *a);
void set_add(document_set *a, uint32_t docid);
void set_remove(document_set *a, uint32_t docid);
bool set_has(const document_set *a, uint32_t docid);
uint64_t set_count(const document_set *a);
/* The first member at or behind docid, 0 when there is none: for (d = set_next(s, 1); d != 0; d = set_next(s, d + 1)).
 */
uint32_t set_next(const document_set *a, uint32_t docid);
void set_free(document_set *a);

/* Parses a query against the index's fields and evaluates its leaves. */
search_status leaves_open(search_text text, size_t max_terms, search_run_context *run, leaf_list *out,
                          search_error *error);
/* The same of the query or tree of a request, as leniently as it says; a tree is borrowed. */
search_status leaves_open_request(const search_request *request, search_run_context *run, leaf_list *out,
                                  search_error *error);
/* Parses a query and leaves its leaves without postings: enough to mark texts (marking.h). */
search_status leaves_read(search_text text, size_t max_terms, bool is_lenient, search_run_context *run, leaf_list *out,
                          search_error *error);
/* *is_neutral: the query holds no words at all, only punctuation or nothing, and so matches everything. */
search_status leaves_match(const leaf_list *list, search_run_context *run, document_set *out, bool *is_neutral,
                           search_error *error);
/* The same of a part of the query's tree. */
search_status leaves_match_part(const leaf_list *list, const query_node *part, search_run_context *run,
                                document_set *out, bool *is_neutral, search_error *error);
void leaves_close(leaf_list *list);

#endif
