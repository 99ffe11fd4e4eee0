/* The conjuncts of a query, what it asks at its top all at once, each with the records that it finds by itself: so one
 * of them can be let go or put in other words, and the rest of the query stays as it is. */
#ifndef LIBSEARCH_RANKING_CONJUNCTS_H
#define LIBSEARCH_RANKING_CONJUNCTS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/match.h"

typedef struct conjunct {
    const query_node *node;
    const leaf *l;      /* null: the node is no word and no phrase */
    document_set found; /* within the universe; what has no words finds all of it */
    bool is_neutral;    /* it has no words: it restricts nothing */
    bool is_bare;       /* a word in all fields that may have other forms: one that relaxing may let go */
} conjunct;

typedef struct conjunct_list {
    conjunct *list;
    size_t n;
} conjunct_list; /* zero-initialised is empty and valid */

/* Borrows what was asked. */
search_status conjuncts_open(const leaf_list *asked, const document_set *universe, search_run_context *run,
                             conjunct_list *out, search_error *error);
void conjuncts_close(conjunct_list *conjuncts);

/* The canonical text of the conjuncts, one behind the other, with texts[i], where it is not empty, instead of the text
 * of conjunct i. */
search_status conjuncts_print(const conjunct_list *conjuncts, const search_text *texts, buffer *out,
                              search_error *error);
/* The records within the universe that the text of a query finds.  A text that passes a limit finds none: it was not
 * asked. */
search_status conjuncts_match(search_text text, const document_set *universe, search_run_context *run,
                              document_set *out, search_error *error);

#endif
