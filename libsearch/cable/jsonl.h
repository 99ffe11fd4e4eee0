/* Between jsonl.c and jsonl_ahead.c: lines become items, which need no stream any more, and items are delivered. */
#ifndef LIBSEARCH_CABLE_JSONL_H
#define LIBSEARCH_CABLE_JSONL_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"

/* What a line says. */
typedef struct jsonl_item {
    size_t line;
    search_record *record; /* complete; null with SEARCH_OK: the line is blank */
    search_status status;
    bool is_repaired; /* its bytes were no UTF-8 */
    search_error why; /* when the status is not SEARCH_OK */
} jsonl_item;

/* The lines of a stream, and the one that was read last. */
typedef struct jsonl_lines {
    cable_stream *stream;
    search_text text; /* of the line, without the newline; nothing once it is too long */
    buffer parts;     /* what it is put together from when it is not whole in the stream's chunk */
    size_t number;
    bool is_too_long;
    bool is_last; /* the stream ended: there is a line only if there are bytes */
} jsonl_lines;

/* ---- jsonl.c ---- */
/* The item of the next line, while is_last is not set.  Calls nothing of the sink.  Fails as stream_fill does. */
search_status jsonl_next(jsonl_lines *lines, jsonl_item *out, search_error *error);
/* Hands on the record or reports why there is none, and frees it. */
search_status jsonl_conclude(const cable_stream *stream, jsonl_item *item, search_error *error);

/* ---- jsonl_ahead.c ---- */
/* Reads all lines, with a thread that makes the items while the caller's concludes them.  The stream is that of a file.
 * false: there is no such thread, and nothing was read. */
bool jsonl_read_ahead(jsonl_lines *lines, search_status *status, search_error *error);

#endif
