/* Inversion: the terms of consecutive documents, as they come, turned into a run (run.h) and the term list of each
 * document.  Terms are numbered by a hash table, occurrences are kept as pairs of numbers in the order they came, and
 * sorted by counting: no tree, no list for each term.  One thread; used again and again. */
#ifndef LIBSEARCH_INDEX_INVERTER_H
#define LIBSEARCH_INDEX_INVERTER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/document.h"
#include "libsearch/support/hash.h"

/* The terms of a word of the analyzer, alone and in a field: numbers of the hash table, HASH_NONE where not looked up
 * yet. */
typedef struct word_terms {
    uint32_t word; /* the number of the word, 0: nothing here */
    uint32_t folded;
    uint32_t exact;
    uint32_t stem;
    uint32_t stem_place; /* the entry in which the stem was counted last */
} word_terms;

typedef struct word_in_field {
    uint32_t word; /* as above */
    uint32_t field;
    uint32_t folded;
    uint32_t stem;
    uint32_t stem_place;
} word_in_field;

enum { INVERTER_N_ROOMS = 14, RANKED_N_BYTES = 15 };

/* A term of the run in one piece of memory: all of it, or of a longer one where it is. */
typedef struct ranked_term {
    char bytes[RANKED_N_BYTES];
    uint8_t n_bytes;
} ranked_term;

typedef struct listed_term {
    uint32_t rank; /* among the terms of the run, bytewise */
    uint32_t wdf;
} listed_term;

/* A record has at most 32 MiB and 100,000 values, so its positions are far below. */
#define INVERTER_MAX_POSITION (UINT32_MAX / 2)

typedef struct inverter {
    hash_map terms;           /* of this run and of those before, until they are too many */
    word_terms *words;        /* by part of the word's number */
    word_in_field *in_fields; /* by part of the word's number and the field's */
    buffer term;              /* the one at hand */
    buffer order;             /* the terms of the runs before, bytewise */
    buffer entries;           /* u64: position, or how often without one, << 32 | term number */
    size_t first_entry;       /* of the document at hand */
    buffer ends;              /* u64 by document: entries up to its end */
    uint32_t n_documents;
    /* from inverter_sort to inverter_clear; the memory is in `room` */
    uint32_t n_terms;    /* of this run */
    ranked_term *ranked; /* by rank */
    listed_term *listed; /* of each document, by rank */
    size_t *list_ends;   /* by document */
    uint32_t *lengths;   /* by document: the sum of its wdf */
    uint32_t max_wdf;
    buffer room[INVERTER_N_ROOMS]; /* kept from run to run: fresh memory costs more than what is done with it */
} inverter;

search_status inverter_open(inverter *v, search_error *error);
/* Positions are at most INVERTER_MAX_POSITION. */
term_sink inverter_sink(inverter *v);
/* The terms given since are those of the next document. */
search_status inverter_end_document(inverter *v, search_error *error);
/* Replaces what postings and positions hold by the streams of the run, whose first document is first_docid. */
search_status inverter_sort(inverter *v, uint32_t first_docid, buffer *postings, buffer *positions,
                            search_error *error);
/* After inverter_sort: the tag of the term list of a document, counted from 0, replaces what `out` holds. */
void inverter_term_list(const inverter *v, uint32_t document, buffer *out);
void inverter_clear(inverter *v); /* for the next run */
void inverter_close(inverter *v);

#endif
