/* British and American spellings of one word (tables/spelling.txt).  Stems are made of the American one, so that the
 * two meet; quoted phrases, which ask for words, ask for both. */
#ifndef LIBSEARCH_ANALYSIS_SPELLING_H
#define LIBSEARCH_ANALYSIS_SPELLING_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

typedef struct spelling spelling; /* immutable: any number of threads may use one */

search_status spelling_new(spelling **out, search_error *error);
/* Replace what `out` holds by the other spelling of a folded word, inflected as it is (labourers: laborers); false, and
 * `out` empty, when there is none.  A failed allocation sticks in `out`. */
bool spelling_american(const spelling *s, search_text folded, buffer *out);
bool spelling_british(const spelling *s, search_text folded, buffer *out);
void spelling_free(spelling *s);

#endif
