/* The order of texts for people: ICU's root collation, punctuation passed over, the same whatever the locale. */
#ifndef LIBSEARCH_ANALYSIS_COLLATE_H
#define LIBSEARCH_ANALYSIS_COLLATE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

typedef struct collator collator;

/* `is_natural`: digits count as numbers, so that No. 9 comes before No. 10. */
search_status collator_new(bool is_natural, collator **out, search_error *error);
/* Appends the key of a text: keys compare bytewise as the texts do.  Bad bytes are read as U+FFFD. */
search_status collator_add_key(collator *c, search_text text, buffer *out, search_error *error);
void collator_free(collator *c);

#endif
