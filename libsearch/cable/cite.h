/* Citing a record: what all styles say, and one file for each kind of them.  A part that the record does not have is
 * left out; none is made up. */
#ifndef LIBSEARCH_CABLE_CITE_H
#define LIBSEARCH_CABLE_CITE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"

typedef struct citing {
    const search_record *record;
    search_text title; /* of the document itself where the record's says more, else the record's */
    search_text genre; /* "Cable"; empty when it stands in the title or nowhere */
    citation source;
    date_reading date;
} citing;

/* Adds text on one line: runs of white space and control characters become one blank. */
void cite_add(buffer *out, search_text text);
/* The date as people write it: "December 2, 1961", "September 1972"; what is no day or month stays as printed. */
void cite_add_date(const citing *c, buffer *out);

void cite_note(const citing *c, buffer *out);   /* cite_note.c: a footnote, without a newline */
void cite_ris(const citing *c, buffer *out);    /* cite_entry.c: lines */
void cite_bibtex(const citing *c, buffer *out); /* cite_entry.c: lines */

#endif
