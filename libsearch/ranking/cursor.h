/* A cursor walks the documents of one term.  Matching and scoring see terms through cursors only; where the postings
 * lie is the business of whoever makes one. */
#ifndef LIBSEARCH_RANKING_CURSOR_H
#define LIBSEARCH_RANKING_CURSOR_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/snapshot.h"

typedef struct cursor cursor;

typedef struct cursor_operations {
    /* Both set docid, 0 past the end, to the next document, or to the first at or behind the target (never backwards).
     */
    search_status (*next)(cursor *c, search_error *error);
    search_status (*skip_to)(cursor *c, uint32_t target, search_error *error);
    /* Of the current document. */
    uint32_t (*wdf)(const cursor *c);
    search_status (*positions)(cursor *c, const uint32_t **positions, size_t *n_positions, search_error *error);
    void (*free)(cursor *c);
} cursor_operations;

struct cursor {
    const cursor_operations *operations;
    uint32_t docid; /* 0 before the first document and past the last */
    bool is_done;
};

/* A cursor on the posting and position lists of the segment's database.  An absent term has no documents. */
search_status cursor_open_store(const reader *r, search_text term, cursor **out, search_error *error);
void cursor_free(cursor *c);

#endif
