/* The segment builder over the Xapian API: the reference.  The interface is that of segment.h. */
#ifndef LIBSEARCH_INDEX_SEGMENT_XAPIAN_H
#define LIBSEARCH_INDEX_SEGMENT_XAPIAN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/segment.h"

typedef struct segment_xapian segment_xapian;

search_status segment_xapian_open(const segment_options *options, segment_xapian **out, search_error *error);
search_status segment_xapian_add(segment_xapian *b, search_text frame, bool put_by_update, search_error *error);
search_status segment_xapian_finish(segment_xapian *b, segment_summary *out, search_error *error);
void segment_xapian_free(segment_xapian *b);

#endif
