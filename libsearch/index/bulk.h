/* The bulk builder: batches of records are built into runs by threads of its own (run_builder.h), taken in one after
 * the other in the order of their records, and merged.  Every byte of what it writes is independent of the number of
 * threads and of the memory it may use.  The interface is that of segment.h. */
#ifndef LIBSEARCH_INDEX_BULK_H
#define LIBSEARCH_INDEX_BULK_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/segment.h"

typedef struct bulk bulk;

search_status bulk_open(const segment_options *options, bulk **out, search_error *error);
search_status bulk_add(bulk *b, search_text frame, bool put_by_update, search_error *error);
search_status bulk_finish(bulk *b, segment_summary *out, search_error *error);
void bulk_free(bulk *b);

#endif
