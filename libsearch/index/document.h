/* What the index keeps of one record: its terms, given to a sink one by one, and its row, the values that columns hold.
 * doc/index-format.md lists both.  A reader of documents belongs to one thread; which of several reads a record makes
 * no difference. */
#ifndef LIBSEARCH_INDEX_DOCUMENT_H
#define LIBSEARCH_INDEX_DOCUMENT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/analysis.h"
#include "libsearch/index/names.h"
#include "libsearch/index/schema.h"

/* The gap in positions between two fields or two values: wider than any phrase. */
#define SEGMENT_POSITION_GAP 100

/* What the words of a field are indexed under, beside the word itself. */
typedef struct field_terms {
    char prefix[SCHEMA_PREFIX_SIZE];
    char stem_prefix[SCHEMA_PREFIX_SIZE];
    uint32_t number; /* of the field */
} field_terms;

/* Where terms go.  A term is a prefix and a word (analysis.h, term_add); it may come more than once. */
typedef struct term_sink {
    /* A word of the text: its folded form and its exact one at the position, and its stem; then, unless the prefix of
     * the field is empty, the folded form and the stem under those of the field. */
    search_status (*word)(void *context, const token *word, const field_terms *field, uint32_t position,
                          search_error *error);
    /* One occurrence, at a position, or at none when that is 0. */
    search_status (*occurrence)(void *context, const char *prefix, search_text word, uint32_t position,
                                search_error *error);
    /* The document has the term, and it counts nothing: its wdf is 0. */
    search_status (*boolean)(void *context, const char *prefix, search_text word, search_error *error);
    void *context;
} term_sink;

typedef struct document_reader {
    const search_schema *schema; /* borrowed */
    analyzer *words;
    names_writer names; /* of all records read */
    size_t order[SCHEMA_MAX_FIELDS];
    size_t n_order;
    /* of the record at hand */
    uint32_t position; /* the last one given */
    uint32_t lengths[SCHEMA_N_ZONES];
    uint32_t starts[SCHEMA_MAX_FIELDS];
} document_reader;

search_status document_reader_open(document_reader *d, const search_schema *schema, search_error *error);
/* Gives the record's terms to the sink and appends its row. */
search_status document_read(document_reader *d, const search_record *record, bool put_by_update, const term_sink *sink,
                            buffer *row, search_error *error);
void document_reader_close(document_reader *d);

#endif
