/* Which records may say the same: a digest by number of the id, in 16 bytes and about 8 of hash table. */
#ifndef LIBSEARCH_INDEX_TWINS_H
#define LIBSEARCH_INDEX_TWINS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/digest_table.h"
#include <libsearch.h>

typedef struct twins {
    digest_table contents;
} twins; /* zero-initialised is empty and valid */

/* Notes the record that number has now.  *twin: another one whose record may have the same title and body, as
 * twins_are can tell, or DIGEST_TABLE_NONE.  false: out of memory. */
bool twins_note(twins *t, uint32_t number, const search_record *record, uint32_t *twin);
bool twins_forget(twins *t, uint32_t number); /* its record was deleted; false: out of memory */
/* Whether title and body are the same. */
bool twins_are(const search_record *a, const search_record *b);
void twins_free(twins *t);

#endif
