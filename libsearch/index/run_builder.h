/* From the frames of consecutive records to a run and what the other tables hold of them: all that can be done of a
 * batch without knowing of the batches before it.  One thread. */
#ifndef LIBSEARCH_INDEX_RUN_BUILDER_H
#define LIBSEARCH_INDEX_RUN_BUILDER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/glass/glass.h"
#include "libsearch/index/document.h"
#include "libsearch/index/inverter.h"

/* Records to be indexed: u32 n_bytes, u32 put_by_update and the frame of each. */
typedef struct batch {
    buffer frames;
    uint32_t first_docid;
    uint32_t n_documents;
} batch;

bool batch_add(batch *b, search_text frame, bool put_by_update); /* false: out of memory */

/* A document of a built run: where what belongs to it ends. */
typedef struct built_document {
    size_t row_end;
    size_t json_end;
    size_t list_end; /* in tags, then its data */
    size_t data_end;
    uint32_t length;
    bool is_list_compressed;
    bool is_data_compressed; /* if not, the data is the JSON and takes no place in tags */
} built_document;

typedef struct run_builder {
    document_reader reader;
    inverter inverter;
    glass_deflater *deflater;
    buffer tag;
    buffer packed;
    /* of the batch at hand */
    buffer postings;  /* the streams of the run */
    buffer positions; /* as above */
    buffer rows;
    buffer json;
    buffer tags;
    built_document *documents;
    size_t capacity;
    uint32_t first_docid;
    uint32_t n_documents;
} run_builder;

search_status run_builder_open(run_builder *r, const search_schema *schema, search_error *error);
search_status run_builder_build(run_builder *r, const batch *b, search_error *error);
void run_builder_close(run_builder *r);

#endif
