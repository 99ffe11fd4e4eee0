/* Aliases: names that no rule joins.  A line of an alias file is
 *
 *   Quemoy = Jinmen        either finds the other
 *   Filippov -> Stalin     who searches Stalin also finds Filippov, not the other way round
 *
 * with a # before a comment; names may be several words, and a line may hold several = or ->: of A = B -> C, A and B
 * find each other, and who searches C also finds both.  tables/aliases.txt has those that every index knows; an archive
 * adds its own when it rebuilds. */
#ifndef LIBSEARCH_ANALYSIS_ALIASES_H
#define LIBSEARCH_ANALYSIS_ALIASES_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/analysis.h"
#include "libsearch/support/arena.h"

/* Who asks for the words `asked` also finds the words `found`: folded, with one space between. */
typedef struct alias {
    search_text asked;
    search_text found;
} alias;

typedef struct aliases {
    arena memory;
    alias *list; /* bytewise by asked, then found; no pair twice, none equal to itself */
    size_t n;
    size_t capacity;
} aliases; /* zero-initialised is empty and valid */

/* Adds what a file says.  SEARCH_E_INPUT "aliases.line" names the line: no = or ->, a name without a letter or digit,
 * or with more than READING_MAX_WORDS words, a line over 4096 bytes or of over 32 names, over 65536 pairs in all, or a
 * file over 1 MiB.  After a failure the list can only be freed. */
search_status aliases_add(aliases *a, search_text file, analyzer *words, search_error *error);
/* Adds the built-in ones. */
search_status aliases_add_builtin(aliases *a, analyzer *words, search_error *error);
void aliases_free(aliases *a);

#endif
