/* Passages: where in a marked paragraph to cut.
 *
 * A passage begins and ends with sentences where they are short enough, else between words.  It takes in whole what is
 * marked: a mark is cut only where another one begins or ends inside of it. */
#ifndef LIBSEARCH_RANKING_PASSAGE_H
#define LIBSEARCH_RANKING_PASSAGE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/marking.h"

/* A passage is about this long; what is only a little longer is shown whole. */
#define PASSAGE_N_BYTES ((size_t)260)
#define PASSAGE_SLACK_N_BYTES ((size_t)60)

/* Bytes of a paragraph, half open. */
typedef struct passage {
    size_t from;
    size_t to;
} passage;

/* Widens `core` within `bounds`, at most to a passage's length.  marks[0 .. n) are those within the bounds, by from;
 * `words` parts text without blanks. */
search_status passage_widen(search_text paragraph, passage bounds, passage core, const marked *marks, size_t n,
                            analyzer *words, passage *out, search_error *error);

bool passage_is_blank(char c);

#endif
