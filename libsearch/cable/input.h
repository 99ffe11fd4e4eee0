/* Between input.c, archive.c and source.c: how a stream is opened, unpacked and handed to its format. */
#ifndef LIBSEARCH_CABLE_INPUT_H
#define LIBSEARCH_CABLE_INPUT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"

#define STREAM_CHUNK_N_BYTES ((size_t)64 << 10)

/* ---- source.c ---- */
/* Reads a stream of which source, sink, format, chunk and the origin of its bytes are set: unpacks it when it is
 * packed, else hands it to its format. */
search_status source_read_stream(cable_stream *stream, search_error *error);
void source_report(const cable_sink *sink, const char *source, size_t line, const search_error *why, bool skipped);

/* ---- input.c ---- */
/* The beginning of the stream in its chunk: at least 4 KiB where there are so many. */
search_status stream_fill_head(cable_stream *stream, search_error *error);

/* ---- archive.c ---- */
typedef enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD, PACKING_TAR, PACKING_ZIP } packing;
packing packing_of(search_text head);
/* Reads what is packed in a stream whose head is in its chunk, each entry of an archive as a source of its own. */
search_status unpack(cable_stream *stream, packing how, search_error *error);
/* Up to n bytes of the entry that is being read; 0 at its end. */
search_status unpack_bytes(struct cable_archive *archive, const char *source, char *bytes, size_t n, size_t *n_read,
                           search_error *error);
/* The stream that the packed bytes come from. */
cable_stream *unpack_below(const struct cable_archive *archive);

#endif
