/* Narrowing: a pattern in a phrase that stands for too many words, such as the last of `Kim Il-s*`, is left those that
 * stand in a record together with the other words of the phrase.  No other word could match, so nothing is lost. */
#ifndef LIBSEARCH_RANKING_NARROW_H
#define LIBSEARCH_RANKING_NARROW_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/expand.h"

/* So many words are looked at. */
#define NARROW_MAX_WORDS 20000

/* `literal` are the words that a match must hold, at least one.  Errors as expand_word. */
search_status narrow_word(const open_word *w, const search_text *literal, size_t n_literal, size_t field,
                          search_run_context *run, arena *memory, vocabulary_list *out, search_error *error);

#endif
