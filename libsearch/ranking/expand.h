/* Words of a query that stand for several words of the index: patterns (`kore*`, `P?ongyang`), words nearly so written
 * (`smugling~1`), and inflections (the words with one stem). */
#ifndef LIBSEARCH_RANKING_EXPAND_H
#define LIBSEARCH_RANKING_EXPAND_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/query.h"
#include "libsearch/ranking/leaf.h"
#include "libsearch/ranking/vocabulary.h"

/* More words are SEARCH_E_LIMIT "query.too_many_expansions". */
#define EXPAND_MAX_WORDS 1000
#define EXPAND_MAX_WORDS_IN_PHRASE 200

/* A word that leaves letters open. */
typedef struct open_word {
    const query_node *node;
    uint32_t *letters; /* folded, see vocabulary.h; null: the word below, or one nearly so written */
    size_t n_letters;
    search_text word;
    size_t n_edits;
} open_word;

/* The tokens of a node's text, copied to the arena.  A letter left open is read as an x, so that it is part of its
 * word and every byte stays where it is. */
search_status expand_tokens(const query_node *node, const search_run_context *run, arena *memory, token_list *out,
                            search_error *error);
/* Whether the word of a token leaves letters open, and how. */
search_status expand_open(const query_node *node, const token_list *tokens, const token *t,
                          const search_run_context *run, arena *memory, open_word *out, bool *is_open,
                          search_error *error);
/* The words of a field's vocabulary (SIZE_MAX: of any field's) that it stands for. */
search_status expand_word(const open_word *w, size_t field, search_run_context *run, arena *memory,
                          vocabulary_list *out, search_error *error);
/* The same with another limit than that of words or phrases. */
search_status expand_up_to(const open_word *w, size_t field, size_t n_max, search_run_context *run, arena *memory,
                           vocabulary_list *out, search_error *error);
size_t expand_limit(const open_word *w);
/* Says in an error about too many words where and what to do. */
void expand_explain(const open_word *w, search_error *error);
/* What an occurrence counts of a word that is so many edits from the one asked for. */
float expand_weight(size_t n_edits);
/* The other words of the field with the stem of this folded word. */
search_status expand_stem(search_text word, search_text stem, size_t field, search_run_context *run, arena *memory,
                          vocabulary_list *out, search_error *error);

#endif
