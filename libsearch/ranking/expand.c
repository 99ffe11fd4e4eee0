/* Expanding words over the vocabulary.
 *
 * Positions exist for folded words, not for stems, so the words of a stem are looked for among those that begin as it
 * does: all but its last letter, which a stemmer may have put there (hoping: hope, cries: cri).  Of these few dozen
 * words each is stemmed, a look-up for a word that the analyzer met before. */
#include "libsearch/ranking/expand.h"

#include "libsearch/support/utf8.h"
#include <string.h>

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

static bool copy_text(arena *memory, search_text *text) {
    text->bytes = arena_copy(memory, text->bytes == NULL ? "" : text->bytes, text->n_bytes);
    return text->bytes != NULL;
}

/* ---- tokens of text with patterns ---- */

static bool is_letter_open(const query_pattern *p) {
    return p->kind != '~';
}

static search_status close_letters(const query_node *node, arena *memory, search_text *out, search_error *error) {
    char *text = arena_copy(memory, node->text.bytes, node->text.n_bytes);
    if (text == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < node->n_patterns; i++) {
        if (is_letter_open(&node->patterns[i]) && node->patterns[i].at < node->text.n_bytes) {
            text[node->patterns[i].at] = 'x';
        }
    }
    *out = (search_text){text, node->text.n_bytes};
    return SEARCH_OK;
}

static bool copy_tokens(token_list *tokens, arena *memory) {
    token *copies = arena_array(memory, tokens->n_tokens + 1, sizeof *copies);
    token_span *spans = arena_array(memory, tokens->n_spans + 1, sizeof *spans);
    if (copies == NULL || spans == NULL) {
        return false;
    }
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        copies[i] = tokens->tokens[i];
        if (!copy_text(memory, &copies[i].folded) || !copy_text(memory, &copies[i].exact) ||
            !copy_text(memory, &copies[i].stem)) {
            return false;
        }
    }
    for (size_t i = 0; i < tokens->n_spans; i++) {
        spans[i] = tokens->spans[i];
    }
    tokens->tokens = copies;
    tokens->spans = spans;
    return true;
}

search_status expand_tokens(const query_node *node, const search_run_context *run, arena *memory, token_list *out,
                            search_error *error) {
    search_text text = node->text;
    search_status status = node->n_patterns == 0 ? SEARCH_OK : close_letters(node, memory, &text, error);
    if (status == SEARCH_OK) {
        status = analyzer_tokens(run->r->words, text, out, error);
    }
    return status == SEARCH_OK && !copy_tokens(out, memory) ? error_memory(error) : status;
}

/* ---- patterns ---- */

/* The pattern says of the word that ends last before it how far others may differ. */
static bool is_edited(const token_list *tokens, const token *t, const query_pattern *p) {
    if (is_letter_open(p) || t->to > p->at) {
        return false;
    }
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *other = &tokens->tokens[i];
        if (!other->is_extra && other->position > t->position && other->to <= p->at) {
            return false;
        }
    }
    return true;
}

/* Adds the letters of a piece of a word, folded as a word is. */
static search_status add_letters(open_word *w, search_text piece, const search_run_context *run, search_error *error) {
    token_list tokens;
    const search_status status = analyzer_tokens(run->r->words, piece, &tokens, error);
    for (size_t i = 0; status == SEARCH_OK && i < tokens.n_tokens; i++) {
        const search_text folded = tokens.tokens[i].folded;
        for (size_t at = 0; !tokens.tokens[i].is_extra && at < folded.n_bytes;) {
            w->letters[w->n_letters++] = utf8_next(folded.bytes, folded.n_bytes, &at);
        }
    }
    return status;
}

static search_status read_letters(open_word *w, const token *t, const search_run_context *run, arena *memory,
                                  search_error *error) {
    /* folding makes at most so many letters of a byte: U+FDFA, three bytes, is 18 */
    enum { max_letters_per_byte = 8 };
    const query_node *node = w->node;
    w->letters = arena_array(memory, (t->to - t->from + 1) * max_letters_per_byte, sizeof *w->letters);
    if (w->letters == NULL) {
        return error_memory(error);
    }
    search_status status = SEARCH_OK;
    size_t from = t->from;
    for (size_t i = 0; status == SEARCH_OK && i <= node->n_patterns; i++) {
        const query_pattern *p = i < node->n_patterns ? &node->patterns[i] : NULL;
        if (p != NULL && (!is_letter_open(p) || p->at < t->from || p->at >= t->to)) {
            continue;
        }
        const size_t to = p == NULL ? t->to : p->at;
        if (to > from) {
            status = add_letters(w, (search_text){node->text.bytes + from, to - from}, run, error);
        }
        if (p != NULL) {
            w->letters[w->n_letters++] = p->kind == '*' ? VOCABULARY_ANY : VOCABULARY_ONE;
            from = p->at + 1;
        }
    }
    return status;
}

search_status expand_open(const query_node *node, const token_list *tokens, const token *t,
                          const search_run_context *run, arena *memory, open_word *out, bool *is_open,
                          search_error *error) {
    *out = (open_word){.node = node, .word = t->folded};
    *is_open = false;
    bool has_letters = false;
    for (size_t i = 0; i < node->n_patterns; i++) {
        const query_pattern *p = &node->patterns[i];
        has_letters = has_letters || (is_letter_open(p) && p->at >= t->from && p->at < t->to);
        if (!t->is_extra && is_edited(tokens, t, p)) {
            out->n_edits = p->n_edits;
        }
    }
    *is_open = has_letters || out->n_edits > 0;
    return has_letters && !t->is_extra ? read_letters(out, t, run, memory, error) : SEARCH_OK;
}

size_t expand_limit(const open_word *w) {
    return w->node->kind == QUERY_PHRASE ? EXPAND_MAX_WORDS_IN_PHRASE : EXPAND_MAX_WORDS;
}

void expand_explain(const open_word *w, search_error *error) {
    error_offset(error, w->node->offset);
    error_hint(error, "a pattern may stand for %zu words%s: write more letters of it", expand_limit(w),
               w->node->kind == QUERY_PHRASE ? " in a phrase" : "");
}

search_status expand_up_to(const open_word *w, size_t field, size_t n_max, search_run_context *run, arena *memory,
                           vocabulary_list *out, search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    schema_prefix(run->index->contents.schema, field, false, prefix);
    *out = (vocabulary_list){0};
    const search_status status =
        w->letters != NULL ? vocabulary_match(run, prefix, w->letters, w->n_letters, n_max, memory, out, error)
                           : vocabulary_near(run, prefix, w->word, w->n_edits, n_max, memory, out, error);
    if (status == SEARCH_E_LIMIT) {
        expand_explain(w, error);
    }
    return status;
}

search_status expand_word(const open_word *w, size_t field, search_run_context *run, arena *memory,
                          vocabulary_list *out, search_error *error) {
    return expand_up_to(w, field, expand_limit(w), run, memory, out, error);
}

float expand_weight(size_t n_edits) {
    return 1.0F / (float)(1 + n_edits);
}

/* ---- inflections ---- */

/* What the words with the stem begin with, at least one letter. */
static search_text common_start(search_text word, search_text stem) {
    size_t n = 0;
    while (n < word.n_bytes && n < stem.n_bytes && word.bytes[n] == stem.bytes[n]) {
        n++;
    }
    if (stem.n_bytes > 2 && n + 1 > stem.n_bytes) {
        n = stem.n_bytes - 1;
    }
    /* dying: die */
    if (stem.n_bytes == 3 && stem.bytes[1] == 'i' && stem.bytes[2] == 'e') {
        n = 1;
    }
    n = utf8_cut(word.bytes, word.n_bytes, n);
    size_t first = 0;
    if (n == 0 && word.n_bytes > 0) {
        utf8_next(word.bytes, word.n_bytes, &first);
    }
    return (search_text){word.bytes, n == 0 ? first : n};
}

static search_status has_stem(search_text word, search_text stem, const search_run_context *run, bool *yes,
                              search_error *error) {
    token_list tokens;
    const search_status status = analyzer_tokens(run->r->words, word, &tokens, error);
    *yes = status == SEARCH_OK && tokens.n_tokens == 1 && same(tokens.tokens[0].stem, stem);
    return status;
}

static search_status keep_word(vocabulary_list *list, search_text word, uint32_t n_documents, arena *memory,
                               search_error *error) {
    for (size_t i = 0; i < list->n; i++) {
        if (same(list->words[i].word, word)) {
            return SEARCH_OK;
        }
    }
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        vocabulary_word *grown = arena_array(memory, capacity, sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        if (list->n > 0) {
            memcpy(grown, list->words, list->n * sizeof *grown);
        }
        list->words = grown;
        list->capacity = capacity;
    }
    if (!copy_text(memory, &word)) {
        return error_memory(error);
    }
    list->words[list->n++] = (vocabulary_word){word, n_documents, 0};
    return SEARCH_OK;
}

/* Of the words that begin so, those with the stem. */
static search_status scan(search_text start, search_text stem, size_t field, search_run_context *run, arena *memory,
                          vocabulary_list *out, search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    buffer from = {0};
    xapian_terms *terms = NULL;
    schema_prefix(run->index->contents.schema, field, false, prefix);
    const size_t n_prefix = strlen(prefix);
    buffer_add_string(&from, prefix);
    buffer_add(&from, start.bytes, start.n_bytes);
    search_status status =
        from.failed ? error_memory(error)
                    : xapian_terms_open(run->r->store, (search_text){from.bytes, from.n_bytes}, &terms, error);
    while (status == SEARCH_OK) {
        search_text term;
        uint32_t n_documents = 0;
        bool yes = false;
        status = xapian_terms_next(terms, &term, &n_documents, error);
        if (status != SEARCH_OK || term.bytes == NULL) {
            break;
        }
        const search_text word = {term.bytes + n_prefix, term.n_bytes - n_prefix};
        status = has_stem(word, stem, run, &yes, error);
        if (status == SEARCH_OK && yes) {
            status = keep_word(out, word, n_documents, memory, error);
        }
        if (status == SEARCH_OK) {
            status = run_check(run, error);
        }
    }
    xapian_terms_free(terms);
    buffer_free(&from);
    return status;
}

/* A British word has the stem of the American one, with which it may share but the first letters: both are begun from.
 */
search_status expand_stem(search_text word, search_text stem, size_t field, search_run_context *run, arena *memory,
                          vocabulary_list *out, search_error *error) {
    typedef bool (*other_spelling)(const spelling *s, search_text folded, buffer *out);
    static const other_spelling others[] = {spelling_american, spelling_british};
    *out = (vocabulary_list){0};
    search_status status = scan(common_start(word, stem), stem, field, run, memory, out, error);
    for (size_t i = 0; status == SEARCH_OK && i < sizeof others / sizeof *others; i++) {
        buffer other = {0};
        const bool is_found = others[i](analyzer_spelling(run->r->words), word, &other);
        const search_text start = common_start((search_text){other.bytes, other.n_bytes}, stem);
        if (other.failed) {
            status = error_memory(error);
        } else if (is_found) {
            status = scan(start, stem, field, run, memory, out, error);
        }
        buffer_free(&other);
    }
    return status;
}
