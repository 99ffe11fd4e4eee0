/* The schema behind search_schema_…: which fields there are, and the term prefixes they get (doc/index-format.md). */
#ifndef LIBSEARCH_INDEX_SCHEMA_H
#define LIBSEARCH_INDEX_SCHEMA_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"

#define SCHEMA_MAX_FIELDS 64
#define SCHEMA_MAX_NAME 32
#define SCHEMA_N_ZONES 4
#define SCHEMA_PREFIX_SIZE (SCHEMA_MAX_NAME + 8) /* "ZXT" name ":" NUL */

struct search_schema {
    char stemmer[32];
    search_field fields[SCHEMA_MAX_FIELDS]; /* names point into the arrays below */
    char names[SCHEMA_MAX_FIELDS][SCHEMA_MAX_NAME + 1];
    size_t n_fields;
};

search_schema *schema_clone(const search_schema *schema); /* null: out of memory */
bool schema_name_is_legal(const char *name);
/* The field's number, or SIZE_MAX. */
size_t schema_find(const search_schema *schema, const char *name, size_t n_name);
bool schema_is_searched(const search_field *field); /* its words are indexed */
bool schema_is_facet(const search_field *field);
/* The body: the first TEXT field of zone BODY; SIZE_MAX when there is none.  Its words have no prefix. */
size_t schema_body(const search_schema *schema);
/* Writes the prefix of the field's words ("S", "XTplaces:", "" for the body), with stem "Z" before it. */
void schema_prefix(const search_schema *schema, size_t field, bool stem, char out[SCHEMA_PREFIX_SIZE]);
/* The order in which searched fields take positions: the body, then the others as the schema names them.
 * Returns how many. */
size_t schema_order(const search_schema *schema, size_t order[SCHEMA_MAX_FIELDS]);

#endif
