/* A lattice over the documents of an index: where it may stand, and where it does.  First candidates, the documents
 * that hold the terms of a path through it; then positions decide, document by document. */
#ifndef LIBSEARCH_RANKING_PHRASE_H
#define LIBSEARCH_RANKING_PHRASE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/leaf.h"

typedef struct docid_list {
    bool is_all;   /* every document, whatever is listed */
    uint32_t *ids; /* ascending */
    size_t n;
    size_t capacity;
} docid_list;

search_status docids_add(docid_list *list, uint32_t docid, search_error *error);
/* list = list or other; takes other's memory. */
search_status docids_unite(docid_list *list, docid_list *other, search_error *error);
void docids_free(docid_list *list);

/* The bracketed spans of a document. */
typedef struct span_reader {
    cursor *opening;
    cursor *closing;
    token_span *spans;
    size_t *open_spans; /* a stack: numbers of spans whose end is not yet met */
    size_t n_spans;
    size_t capacity;
} span_reader;

search_status spans_reader_open(const search_run_context *run, span_reader *out, search_error *error);
/* Documents are asked for in ascending order. */
search_status spans_reader_read(span_reader *r, uint32_t docid, search_error *error);
void spans_reader_free(span_reader *r);

/* candidates.c: what of a lattice may match, and the documents in which it may. */
typedef struct candidate_search {
    const lattice *l;
    search_run_context *run;
    char prefix[SCHEMA_PREFIX_SIZE]; /* of folded words */
    uint32_t *frequencies;           /* by term */
    lattice_edge *edges;             /* those that lie on a path of edges whose terms all occur */
    size_t n_edges;
    struct candidate_part *parts;
    size_t n_parts;
    uint64_t cost; /* documents to look at, about */
} candidate_search;

search_status candidates_open(const lattice *l, size_t field, search_run_context *run, candidate_search *out,
                              search_error *error);
/* The documents in `within` that hold the terms of a path. */
search_status candidates_find(const candidate_search *c, const docid_list *within, docid_list *out,
                              search_error *error);
void candidates_free(candidate_search *c);

typedef struct phrase {
    candidate_search search;
    size_t field;              /* SIZE_MAX: any */
    cursor **cursors;          /* by term, to read positions with; null until the first document */
    term_positions *positions; /* by term, of the document at hand */
    lattice_matcher matcher;
} phrase;

/* Free it also after a failure. */
search_status phrase_open(const lattice *l, size_t field, search_run_context *run, phrase *out, search_error *error);
/* Where the lattice stands in a document, in any field; `out` is valid until the next call.  Documents are asked for in
 * ascending order. */
search_status phrase_occurrences(phrase *p, uint32_t docid, const span_reader *spans, const occurrence_list **out,
                                 search_error *error);
void phrase_free(phrase *p);

/* The field a position lies in: the one that starts last before it. */
size_t field_of_position(const snapshot *index, uint32_t docid, uint32_t position);

#endif
