/* Variants: so far the other spellings of single words. */
#include "libsearch/ranking/variants.h"

search_status variants_words(const token_list *tokens, arena *memory, reading_word **out, size_t *n_out,
                             search_error *error) {
    *n_out = 0;
    *out = arena_array(memory, (size_t)tokens->n_positions + 1, sizeof **out);
    if (*out == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        if (!t->is_extra) {
            (*out)[(*n_out)++] = (reading_word){t->folded, t->exact, t->is_capital, t->joins_next};
        }
    }
    return SEARCH_OK;
}

static search_status add_spelling(size_t at, const buffer *other, arena *memory, variant_list *out,
                                  search_error *error) {
    search_text *word = arena_alloc(memory, sizeof *word);
    if (word == NULL || other->failed) {
        return error_memory(error);
    }
    *word = (search_text){arena_copy(memory, other->bytes, other->n_bytes), other->n_bytes};
    if (word->bytes == NULL) {
        return error_memory(error);
    }
    out->edges[out->n_edges++] = (variant_edge){at, at + 1, word, 1, "British and American spelling"};
    return SEARCH_OK;
}

search_status variants_find(const snapshot *index, const aliases *known, const analyzer *words, const reading_word *run,
                            size_t n_run, arena *memory, variant_list *out, search_error *error) {
    (void)index, (void)known;
    const spelling *spellings = analyzer_spelling(words);
    buffer other = {0};
    *out = (variant_list){arena_array(memory, 2 * n_run + 1, sizeof *out->edges), 0};
    search_status status = out->edges == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < n_run; i++) {
        if (spelling_american(spellings, run[i].folded, &other) || other.failed) {
            status = add_spelling(i, &other, memory, out, error);
        }
        if (status == SEARCH_OK && (spelling_british(spellings, run[i].folded, &other) || other.failed)) {
            status = add_spelling(i, &other, memory, out, error);
        }
    }
    buffer_free(&other);
    return status;
}
