/* What a writer was given, kept in a file of its build directory until commit, so that memory does not grow with the
 * text: of each id it holds a digest and a place in the file, some 30 bytes, and as many of its content while records
 * are put.  The last put of an id wins and keeps its own place in the order.  Also notes which unknown keys can be
 * facets, and which records say the same. */
#ifndef LIBSEARCH_INDEX_STAGING_H
#define LIBSEARCH_INDEX_STAGING_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/schema.h"
#include "libsearch/index/twins.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/hash.h"

typedef enum staging_state { STAGING_ABSENT, STAGING_PUT, STAGING_DELETED } staging_state;

typedef struct staging {
    int fd;
    char *path;     /* null: not open */
    uint64_t end;   /* of the frames, those in `pending` included */
    buffer pending; /* frames not yet written */
    digest_table ids;
    buffer offsets; /* u64 by number of the id: where its last put begins, or a mark for deleted */
    hash_map keys;
    buffer is_stored;    /* one byte by number of the key: cannot be a facet */
    twins contents;      /* while records are put */
    search_record *twin; /* the one that was found last */
    size_t n_put;        /* ids whose state is PUT */
    bool is_broken;      /* a put failed half-way: file and offsets disagree, so nothing more may come of it */
} staging;

search_status staging_open(staging *s, const char *directory, search_error *error);
/* What was there already when a record was put. */
typedef struct staging_before {
    bool was_put;     /* a record of its id */
    search_text twin; /* another id whose record has the same title and body, until the next put; null bytes: none */
} staging_before;
/* The record has an id. */
search_status staging_put(staging *s, const search_record *record, staging_before *before, search_error *error);
search_status staging_delete(staging *s, search_text id, search_error *error);
staging_state staging_find(const staging *s, search_text id);
/* Notes the keys of a record that is carried over, not put. */
search_status staging_note_keys(staging *s, const search_record *record, search_error *error);
/* Nothing is put or deleted any more.  Calls `visit` for every frame (record_frame_read) whose put is the last of its
 * id, in order.  The bytes live until `visit` returns. */
typedef search_status (*staging_visit)(void *context, search_text frame, search_error *error);
search_status staging_each(staging *s, staging_visit visit, void *context, search_error *error);
/* Adds a KEYWORD field for every noted key that can be one, bytewise by name; the rest is stored.  Returns with the
 * schema's last fields free when there are too many. */
search_status staging_add_fields(const staging *s, search_schema *schema, search_error *error);
void staging_close(staging *s); /* removes the file */

#endif
