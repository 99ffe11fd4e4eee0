/* Which records say the same: a digest of title and body by number of the id, in 16 bytes and about 8 of hash table. */
#ifndef LIBSEARCH_INDEX_TWINS_H
#define LIBSEARCH_INDEX_TWINS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/hash.h"

typedef struct twins {
    buffer digests;  /* by number; zeros: nothing that could be the same */
    uint32_t *slots; /* number + 1 by digest, 0 free; stale when the number has another digest by now */
    size_t n_slots;  /* power of two */
    size_t n_taken;
} twins; /* zero-initialised is empty and valid */

/* Notes the record that number has now.  *twin: another one whose record has the same
 * title and body, or HASH_NONE.  false: out of memory. */
bool twins_note(twins *t, uint32_t number, const search_record *record, uint32_t *twin);
void twins_forget(twins *t, uint32_t number); /* its record was deleted */
void twins_free(twins *t);

#endif
