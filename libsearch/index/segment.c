/* Chooses between the two ways to a segment. */
#include "libsearch/index/segment.h"

#include "libsearch/index/bulk.h"
#include "libsearch/index/segment_columns.h"
#include "libsearch/index/segment_xapian.h"
#include "libsearch/support/files.h"
#include <stdlib.h>

struct segment_builder {
    segment_xapian *reference; /* null: the bulk builder */
    bulk *bulk;
};

static search_status make_folders(const segment_options *options, search_error *error) {
    char *folder = file_path(options->directory, SEGMENT_COLUMNS);
    const search_status status = folder == NULL ? error_memory(error) : file_make_directories(folder, error);
    free(folder);
    return status;
}

search_status segment_builder_new(const segment_options *options, segment_builder **out, search_error *error) {
    *out = NULL;
    segment_builder *b = calloc(1, sizeof *b);
    search_status status = b == NULL ? error_memory(error) : make_folders(options, error);
    if (status == SEARCH_OK) {
        status = options->via_xapian ? segment_xapian_open(options, &b->reference, error)
                                     : bulk_open(options, &b->bulk, error);
    }
    if (status != SEARCH_OK) {
        segment_builder_free(b);
        return status;
    }
    *out = b;
    return SEARCH_OK;
}

search_status segment_builder_add(segment_builder *b, search_text frame, bool put_by_update, search_error *error) {
    return b->reference != NULL ? segment_xapian_add(b->reference, frame, put_by_update, error)
                                : bulk_add(b->bulk, frame, put_by_update, error);
}

search_status segment_builder_finish(segment_builder *b, segment_summary *out, search_error *error) {
    return b->reference != NULL ? segment_xapian_finish(b->reference, out, error) : bulk_finish(b->bulk, out, error);
}

void segment_builder_free(segment_builder *b) {
    if (b != NULL) {
        segment_xapian_free(b->reference);
        bulk_free(b->bulk);
        free(b);
    }
}
