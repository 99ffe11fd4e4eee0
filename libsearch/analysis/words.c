/* Tokens to the words that names are read from: one a position, of a possessive its owner. */
#include "libsearch/analysis/analysis.h"

/* The owner of a possessive lies within it; the word that brackets complete reaches behind its first part. */
static bool is_owner(const token *word, const token *extra) {
    return extra->is_extra && extra->position == word->position && extra->to <= word->to;
}

size_t token_list_fill_words(const token_list *tokens, reading_word *words) {
    size_t n = 0;
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        if (!t->is_extra)
            words[n++] = (reading_word){t->folded, t->exact, t->is_capital, t->joins_next, t->word};
        else if (n > 0 && is_owner(&tokens->tokens[i - 1], t))
            words[n - 1] = (reading_word){t->folded, t->exact, t->is_capital, words[n - 1].joins_next, t->word};
    }
    return n;
}

search_status token_list_words(const token_list *tokens, arena *memory, reading_word **out, size_t *n_out,
                               search_error *error) {
    *n_out = 0;
    *out = arena_array(memory, tokens->n_tokens + 1, sizeof **out);
    if (*out == NULL)
        return error_memory(error);
    *n_out = token_list_fill_words(tokens, *out);
    return SEARCH_OK;
}
