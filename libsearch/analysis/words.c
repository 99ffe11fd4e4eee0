/* Tokens to the words that names are read from: one a position, of a possessive its owner. */
#include "libsearch/analysis/analysis.h"

/* The owner of a possessive lies within it; the word that brackets complete reaches behind its first part. */
static bool is_owner(const token *word, const token *extra) {
    return extra->is_extra && extra->position == word->position && extra->to <= word->to;
}

bool token_list_next_word(const token_list *tokens, size_t *at, reading_word *out) {
    size_t i = *at;
    const token *t = tokens->tokens;
    while (i < tokens->n_tokens && t[i].is_extra)
        i++;
    if (i == tokens->n_tokens)
        return false;
    *out = (reading_word){t[i].folded, t[i].exact, t[i].is_capital, t[i].joins_next, t[i].word};
    for (i++; i < tokens->n_tokens && t[i].is_extra; i++)
        if (is_owner(&t[i - 1], &t[i]))
            *out = (reading_word){t[i].folded, t[i].exact, t[i].is_capital, out->joins_next, t[i].word};
    *at = i;
    return true;
}

size_t token_list_fill_words(const token_list *tokens, reading_word *words) {
    size_t n = 0;
    for (size_t at = 0; token_list_next_word(tokens, &at, &words[n]);)
        n++;
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
