/* The vocabulary: the words that an index holds, walked by pattern.
 *
 * A word is folded, as terms are; `prefix` chooses the field it must occur in ("": any, see schema.h).  Words come
 * bytewise ascending. */
#ifndef LIBSEARCH_RANKING_VOCABULARY_H
#define LIBSEARCH_RANKING_VOCABULARY_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/run_context.h"
#include "libsearch/support/arena.h"

/* Letters of a pattern: code points, and these. */
#define VOCABULARY_ANY 0x110000u /* any letters, none among them */
#define VOCABULARY_ONE 0x110001u /* one letter */

typedef struct vocabulary_word {
    search_text word;
    uint32_t n_documents;
    size_t n_edits; /* from the word asked for: letters changed, added, dropped, or neighbours swapped */
} vocabulary_word;

typedef struct vocabulary_list {
    vocabulary_word *words;
    size_t n;
    size_t capacity;
} vocabulary_list; /* lies in an arena */

/* The words that a pattern of folded letters matches whole.  SEARCH_E_LIMIT "query.too_many_expansions": more than
 * n_max.  SEARCH_E_DEADLINE, SEARCH_E_CANCELLED. */
search_status vocabulary_match(search_run_context *run, const char *prefix, const uint32_t *pattern, size_t n_pattern,
                               size_t n_max, arena *memory, vocabulary_list *out, search_error *error);
/* The words at most n_edits (1 or 2) from a folded word, itself among them when it is there.  Errors as above. */
search_status vocabulary_near(search_run_context *run, const char *prefix, search_text word, size_t n_edits,
                              size_t n_max, arena *memory, vocabulary_list *out, search_error *error);

#endif
