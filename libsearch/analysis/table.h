/* The tables of tables/, as the build embeds them (tables/embed.awk): the rows of each file in order, without comments
 * and blank lines, null at the end.  Columns are separated by tabs. */
#ifndef LIBSEARCH_ANALYSIS_TABLE_H
#define LIBSEARCH_ANALYSIS_TABLE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"

extern const char *const table_aliases[];
extern const char *const table_chinese[];
extern const char *const table_cyrillic[];
extern const char *const table_japanese[];
extern const char *const table_korean[];
extern const char *const table_places[];
extern const char *const table_spelling[];
extern const char *const table_surnames[];

/* Takes the text before the next `separator` off the front of `rest`; all of it when there is none.  False once `rest`
 * has been used up (its bytes are null then). */
bool table_next(search_text *rest, char separator, search_text *out);

bool table_is(search_text cell, const char *string);

/* Visits the other columns of every row whose first column is `kind`.  The first status that is not SEARCH_OK ends it.
 */
typedef search_status (*table_visit)(void *context, search_text columns, search_error *error);
search_status table_rows(const char *const *rows, const char *kind, table_visit visit, void *context,
                         search_error *error);

/* A digest of the rows of all tables, as hex digits. */
#define TABLE_DIGEST_N 8
void table_digest(char hex[TABLE_DIGEST_N + 1]);

#endif
