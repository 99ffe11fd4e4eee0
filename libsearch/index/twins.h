/* Which records say the same: a digest of title and body by number of the id, in 16 bytes and about 8 of hash table. Of
 * each record that is put all bytes go through it, so it is one that costs little: records that have the same are still
 * to be compared. */
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

/* Notes the record that number has now.  *twin: another one whose record may well have the same title and body, or
 * DIGEST_TABLE_NONE.  false: out of memory. */
bool twins_note(twins *t, uint32_t number, const search_record *record, uint32_t *twin);
bool twins_are(const search_record *a, const search_record *b); /* their titles are the same, and their bodies */
bool twins_forget(twins *t, uint32_t number);                   /* its record was deleted; false: out of memory */
void twins_free(twins *t);

#endif
