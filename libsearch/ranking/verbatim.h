/* verbatim:"…": text as it is printed, with its capitals, marks, brackets and punctuation; only white space may run
 * differently.  It begins and ends between words. */
#ifndef LIBSEARCH_RANKING_VERBATIM_H
#define LIBSEARCH_RANKING_VERBATIM_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/leaf.h"

search_status verbatim_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                               search_error *error);
search_status verbatim_evaluate(leaf *l, search_run_context *run, search_error *error);

/* A walk over what is printed in a value. */
typedef struct verbatim_walk {
    search_text printed;
    search_text value;
    size_t at;    /* bytes of the value */
    size_t token; /* no earlier one reaches to `at` */
} verbatim_walk;

/* The next place where the text stands, between words or not. */
bool verbatim_find(verbatim_walk *w, size_t *from, size_t *to);
/* Whether it begins and ends between the value's words.  Places are asked for in ascending order. */
bool verbatim_is_whole(verbatim_walk *w, const token_list *tokens, size_t from, size_t to);

#endif
