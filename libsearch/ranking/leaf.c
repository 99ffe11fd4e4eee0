/* Leaves: their words, their variants, and the postings of bare words, counted by zone. */
#include "libsearch/ranking/leaf.h"

#include "libsearch/ranking/expand.h"
#include "libsearch/ranking/narrow.h"
#include "libsearch/ranking/near.h"
#include "libsearch/ranking/reference.h"
#include "libsearch/ranking/variants.h"
#include "libsearch/ranking/verbatim.h"

#include <stdlib.h>
#include <string.h>

enum { max_words = 256 };

/* ---- analysis ---- */

static bool copy_text(arena *memory, search_text *text) {
    text->bytes = arena_copy(memory, text->bytes == NULL ? "" : text->bytes, text->n_bytes);
    return text->bytes != NULL;
}

/* The other words with its stem, where they stand for it. */
static search_status add_inflections(leaf *l, size_t first, search_text word, search_text stem, float weight,
                                     search_run_context *run, arena *memory, search_error *error) {
    vocabulary_list words = {0};
    search_status status = l->inflects ? expand_stem(word, stem, l->field, run, memory, &words, error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < words.n; i++) {
        status = lattice_add(&l->lattice, first, first + 1, &words.words[i].word, 1, false, weight, memory, error);
    }
    return status;
}

/* Text is asked in the spelling that is typed: an accented word prefers the accented. */
static search_status add_written(leaf *l, size_t i, const token *t, search_run_context *run, arena *memory,
                                 search_error *error) {
    const bool has_exact = t->exact.n_bytes > 0;
    const float weight = has_exact ? LATTICE_VARIANT_WEIGHT : 1;
    search_status status = lattice_add(&l->lattice, i, i + 1, &t->folded, 1, false, weight, memory, error);
    if (status == SEARCH_OK && has_exact) {
        status = lattice_add(&l->lattice, i, i + 1, &t->exact, 1, true, 1, memory, error);
    }
    return status == SEARCH_OK ? add_inflections(l, i, t->folded, t->stem, weight, run, memory, error) : status;
}

/* The words that every match holds as they are written; none where something else may stand for one. */
static search_status literal_words(const leaf *l, const token_list *tokens, const search_run_context *run,
                                   arena *memory, search_text **out, size_t *n_out, search_error *error) {
    *n_out = 0;
    *out = arena_array(memory, tokens->n_tokens + 1, sizeof **out);
    search_status status = *out == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < tokens->n_tokens; i++) {
        open_word open;
        bool is_open = false;
        status = expand_open(l->node, tokens, &tokens->tokens[i], run, memory, &open, &is_open, error);
        if (l->inflects || tokens->n_spans > 0 || tokens->tokens[i].is_extra) {
            *n_out = 0;
            return status;
        }
        if (!is_open) {
            (*out)[(*n_out)++] = tokens->tokens[i].folded;
        }
    }
    return status;
}

static search_status narrow(leaf *l, const token_list *tokens, const open_word *word, search_run_context *run,
                            arena *memory, vocabulary_list *words, search_error *error) {
    search_text *literal = NULL;
    size_t n_literal = 0;
    const search_status status = literal_words(l, tokens, run, memory, &literal, &n_literal, error);
    if (status != SEARCH_OK || n_literal == 0) {
        return status == SEARCH_OK ? expand_word(word, l->field, run, memory, words, error) : status;
    }
    l->is_narrowed = true;
    return narrow_word(word, literal, n_literal, l->field, run, memory, words, error);
}

/* The words that a word with open letters stands for; none: then nothing matches. */
static search_status add_open(leaf *l, size_t i, const token_list *tokens, const open_word *word,
                              search_run_context *run, arena *memory, search_error *error) {
    vocabulary_list words;
    search_status status = expand_word(word, l->field, run, memory, &words, error);
    if (status == SEARCH_E_LIMIT) {
        error_clear(error);
        status = narrow(l, tokens, word, run, memory, &words, error);
    }
    l->is_open[i] = true;
    for (size_t w = 0; status == SEARCH_OK && w < words.n; w++) {
        status = lattice_add(&l->lattice, i, i + 1, &words.words[w].word, 1, false,
                             expand_weight(words.words[w].n_edits), memory, error);
        status = status == SEARCH_OK ? run_spend(run, RUN_STEPS_TERM, error) : status;
    }
    l->expansion = words;
    return status;
}

/* An extra token stands for its word, or for the parts of a word that brackets complete. */
static search_status add_extra(leaf *l, const token_list *tokens, const token *t, arena *memory, search_error *error) {
    size_t last = t->position;
    for (size_t i = 0; t->stem.n_bytes > 0 && i < tokens->n_spans; i++) {
        last = tokens->spans[i].first == t->position + 1 ? tokens->spans[i].last : last;
    }
    return lattice_add(&l->lattice, t->position - 1, last, &t->folded, 1, false, LATTICE_VARIANT_WEIGHT, memory, error);
}

/* Whether the span is of the parts of a word that brackets complete: they stand for nothing by themselves. */
static bool completes_word(const token_list *tokens, const token_span *span) {
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        if (t->is_extra && t->stem.n_bytes > 0 && t->position + 1 == span->first) {
            return true;
        }
    }
    return false;
}

/* Brackets in what is asked may be absent from what is found, unless all of it is in brackets. */
static search_status add_brackets(leaf *l, const token_list *tokens, arena *memory, search_error *error) {
    size_t n_inside = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < tokens->n_spans; i++) {
        const token_span *span = &tokens->spans[i];
        n_inside += span->last > last ? span->last - (span->first > last ? span->first - 1 : last) : 0;
        last = span->last > last ? span->last : last;
    }
    search_status status = SEARCH_OK;
    for (size_t i = 0; n_inside < tokens->n_positions && status == SEARCH_OK && i < tokens->n_spans; i++) {
        const token_span *span = &tokens->spans[i];
        if (!completes_word(tokens, span)) {
            status = lattice_add(&l->lattice, span->first - 1, span->last, NULL, 0, false, LATTICE_VARIANT_WEIGHT,
                                 memory, error);
        }
    }
    return status;
}

static search_status add_token(leaf *l, const token_list *tokens, const token *t, search_run_context *run,
                               arena *memory, search_error *error) {
    open_word open;
    bool is_open = false;
    const search_status status = expand_open(l->node, tokens, t, run, memory, &open, &is_open, error);
    if (status != SEARCH_OK || (is_open && t->is_extra)) {
        return status;
    }
    if (is_open) {
        return add_open(l, t->position - 1, tokens, &open, run, memory, error);
    }
    return t->is_extra ? add_extra(l, tokens, t, memory, error)
                       : add_written(l, t->position - 1, t, run, memory, error);
}

static search_status build_lattice(leaf *l, const token_list *tokens, search_run_context *run, arena *memory,
                                   search_error *error) {
    search_status status = add_brackets(l, tokens, memory, error);
    for (size_t i = 0; status == SEARCH_OK && i < tokens->n_tokens; i++) {
        status = add_token(l, tokens, &tokens->tokens[i], run, memory, error);
    }
    l->lattice.n_nodes = (size_t)tokens->n_positions + 1; /* also where the last word stands for none */
    return status;
}

/* One word that leaves letters open needs no positions. */
static search_status analyze_pattern(leaf *l, const token_list *tokens, const open_word *open, search_run_context *run,
                                     arena *memory, search_error *error) {
    l->kind = LEAF_PATTERN;
    l->is_phrase = false;
    l->lattice.n_nodes = 2;
    l->pattern = arena_alloc(memory, sizeof *l->pattern);
    if (l->pattern == NULL) {
        return error_memory(error);
    }
    *l->pattern = *open;
    return add_open(l, 0, tokens, open, run, memory, error);
}

static search_status analyze_bare(leaf *l, const token_list *tokens, search_run_context *run, arena *memory,
                                  search_error *error) {
    open_word open;
    bool is_open = false;
    const search_status status = expand_open(l->node, tokens, &tokens->tokens[0], run, memory, &open, &is_open, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (is_open) {
        return analyze_pattern(l, tokens, &open, run, memory, error);
    }
    l->kind = LEAF_WORD;
    l->stems = arena_array(memory, VARIANTS_MAX + 1, sizeof *l->stems);
    if (l->stems == NULL) {
        return error_memory(error);
    }
    l->stems[l->n_stems++] = tokens->tokens[0].stem;
    return SEARCH_OK;
}

/* In the field that is set.  A single word is left to its stem or its pattern when `may_be_bare`. */
static search_status analyze_text(leaf *l, const query_node *node, bool may_be_bare, search_run_context *run,
                                  arena *memory, search_error *error) {
    token_list tokens;
    l->node = node;
    search_status status = expand_tokens(node, run, memory, &tokens, error);
    if (status == SEARCH_OK && tokens.n_positions > max_words) {
        status = error_set(error, SEARCH_E_LIMIT, "query.phrase_too_long", "a phrase has at most %d words", max_words);
    }
    if (status == SEARCH_OK) {
        status = token_list_words(&tokens, memory, &l->words, &l->n_words, error);
    }
    if (status != SEARCH_OK || l->n_words == 0) {
        return status;
    }
    l->inflects = l->inflects && (node->kind == QUERY_PHRASE || l->n_words == 1); /* Il-sung is a phrase */
    l->is_open = arena_array(memory, (size_t)tokens.n_positions, sizeof *l->is_open);
    if (l->is_open == NULL) {
        return error_memory(error);
    }
    if (may_be_bare && l->n_words == 1) {
        return analyze_bare(l, &tokens, run, memory, error);
    }
    l->is_phrase = true;
    return build_lattice(l, &tokens, run, memory, error);
}

static size_t field_of(const query_node *node, const search_run_context *run) {
    return node->field.n_bytes == 0 ? SIZE_MAX
                                    : schema_find(run->index->contents.schema, node->field.bytes, node->field.n_bytes);
}

search_status leaf_analyze_phrase(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                                  search_error *error) {
    l->kind = LEAF_PHRASE;
    return analyze_text(l, node, false, run, memory, error);
}

search_status leaf_analyze_in_place(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                                    search_error *error) {
    l->kind = LEAF_PHRASE;
    l->field = field_of(node, run);
    l->inflects = !node->is_exact && (node->kind == QUERY_WORD || node->is_inflected);
    return analyze_text(l, node, false, run, memory, error);
}

search_status leaf_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                           search_error *error) {
    l->node = node;
    l->field = field_of(node, run);
    switch (node->kind) {
    case QUERY_WORD:
    case QUERY_PHRASE:
        l->kind = LEAF_PHRASE;
        l->inflects = node->is_inflected && !node->is_exact;
        return analyze_text(l, node, node->kind == QUERY_WORD && (!node->is_exact || node->n_patterns > 0), run, memory,
                            error);
    case QUERY_NEAR:
    case QUERY_ADJ:
        return near_analyze(l, node, run, memory, error);
    case QUERY_DATE:
        l->kind = LEAF_DATE;
        return SEARCH_OK;
    case QUERY_VERBATIM:
        return verbatim_analyze(l, node, run, memory, error);
    case QUERY_SOURCE:
        return reference_analyze(l, node, run, memory, error);
    case QUERY_ALL:
    case QUERY_AND:
    case QUERY_OR:
    case QUERY_NOT:
        break;
    }
    return error_set(error, SEARCH_E_INTERNAL, "search.tree", "the query tree has an unknown leaf");
}

/* ---- variants ---- */

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

/* A word that stands for a bare word is found by its stem, as that is. */
static search_status add_stem(leaf *l, search_text word, search_run_context *run, arena *memory, search_error *error) {
    token_list tokens;
    const search_status status = analyzer_tokens(run->r->words, word, &tokens, error);
    if (status != SEARCH_OK || tokens.n_tokens == 0) {
        return status;
    }
    search_text stem = tokens.tokens[0].stem;
    for (size_t i = 0; i < l->n_stems; i++) {
        if (same(stem, l->stems[i])) {
            return SEARCH_OK;
        }
    }
    if (!copy_text(memory, &stem)) {
        return error_memory(error);
    }
    l->stems[l->n_stems++] = stem;
    return SEARCH_OK;
}

/* Whether the variant holds the words of the leaf: `joseph stalin`, which stands for `stalin`. */
static bool holds(const variant_edge *v, const leaf *l) {
    for (size_t i = 0; i + l->n_words <= v->n_words; i++) {
        size_t n = 0;
        while (n < l->n_words && same(v->words[i + n], l->words[n].folded)) {
            n++;
        }
        if (n == l->n_words) {
            return true;
        }
    }
    return false;
}

static search_status inflect_variant(leaf *l, size_t first, search_text word, search_run_context *run, arena *memory,
                                     search_error *error) {
    token_list tokens;
    const search_status status = l->inflects ? analyzer_tokens(run->r->words, word, &tokens, error) : SEARCH_OK;
    if (status != SEARCH_OK || !l->inflects || tokens.n_tokens == 0) {
        return status;
    }
    search_text stem = tokens.tokens[0].stem;
    return copy_text(memory, &stem) ? add_inflections(l, first, word, stem, LATTICE_VARIANT_WEIGHT, run, memory, error)
                                    : error_memory(error);
}

static search_status add_variant(leaf *l, const variant_edge *v, size_t first_word, search_run_context *run,
                                 arena *memory, search_error *error) {
    if (!l->is_phrase && v->n_words == 1) {
        return add_stem(l, v->words[0], run, memory, error);
    }
    if (!l->is_phrase && holds(v, l)) {
        return SEARCH_OK; /* its word is found, and counted, there already */
    }
    const size_t first = l->is_phrase ? v->first - first_word : 0;
    const size_t last = l->is_phrase ? v->last - first_word : 1;
    for (size_t i = first; l->is_phrase && i < last; i++) {
        if (l->is_narrowed || l->is_open[i]) {
            return SEARCH_OK;
        }
    }
    const search_status status =
        lattice_add(&l->lattice, first, last, v->words, v->n_words, false, LATTICE_VARIANT_WEIGHT, memory, error);
    const bool is_word = v->n_words == 1 && last == first + 1;
    return status == SEARCH_OK && is_word ? inflect_variant(l, first, v->words[0], run, memory, error) : status;
}

static search_status add_to_run(const variant_edge *v, const leaf *leaves, size_t first, size_t last, arena *memory,
                                leaf_run **runs, search_error *error) {
    bool *counts = arena_array(memory, last - first, sizeof *counts);
    if (counts == NULL) {
        return error_memory(error);
    }
    for (size_t i = first; i < last; i++) {
        counts[i - first] = leaves[i].n_words > 0 && !holds(v, &leaves[i]);
    }
    leaf_run *found = *runs;
    while (found != NULL && (found->first != first || found->last != last ||
                             memcmp(found->counts, counts, (last - first) * sizeof *counts) != 0)) {
        found = found->next;
    }
    if (found == NULL) {
        found = arena_alloc(memory, sizeof *found);
        if (found == NULL) {
            return error_memory(error);
        }
        *found = (leaf_run){.first = first, .last = last, .counts = counts, .next = *runs};
        *runs = found;
    }
    return lattice_add(&found->lattice, 0, 1, v->words, v->n_words, false, LATTICE_VARIANT_WEIGHT, memory, error);
}

/* Gives a variant to the leaf whose words it stands for, or to the run of leaves; one that stands for a part of the
 * words of a bare leaf and others is left out. */
static search_status place_variant(leaf *leaves, size_t first_leaf, size_t last_leaf, const variant_edge *v,
                                   search_run_context *run, arena *memory, leaf_run **runs, search_error *error) {
    size_t word = 0;
    size_t first = SIZE_MAX;
    for (size_t i = first_leaf; i < last_leaf; i++) {
        const size_t end = word + leaves[i].n_words;
        if (v->first >= word && v->last <= end) {
            return add_variant(&leaves[i], v, word, run, memory, error);
        }
        if (v->first == word) {
            first = i;
        }
        if (v->last == end && first != SIZE_MAX) {
            return add_to_run(v, leaves, first, i + 1, memory, runs, error);
        }
        word = end;
    }
    return SEARCH_OK;
}

search_status leaves_vary(leaf *leaves, size_t first, size_t last, search_run_context *run, arena *memory,
                          leaf_run **runs, search_error *error) {
    size_t n_words = 0;
    for (size_t i = first; i < last; i++) {
        leaves[i].first_beside = first;
        leaves[i].last_beside = last;
        n_words += leaves[i].n_words;
    }
    reading_word *words = arena_array(memory, n_words + 1, sizeof *words);
    if (words == NULL) {
        return error_memory(error);
    }
    size_t n = 0;
    for (size_t i = first; i < last; i++) {
        for (size_t j = 0; j < leaves[i].n_words; j++) {
            words[n++] = leaves[i].words[j];
        }
    }
    variant_list variants = {0};
    search_status status =
        variants_find(run->index, run->r, &run->index->known, run->r->words, words, n, memory, &variants, error);
    if (status == SEARCH_E_LIMIT) {
        error_offset(error, leaves[first].node->offset);
    }
    for (size_t i = 0; status == SEARCH_OK && i < variants.n_edges; i++) {
        status = place_variant(leaves, first, last, &variants.edges[i], run, memory, runs, error);
    }
    return status;
}

search_status leaf_open_term(const search_run_context *run, const char *prefix, search_text word, cursor **out,
                             search_error *error) {
    buffer term = {0};
    term_add(&term, prefix, word);
    const search_status status = term.failed
                                     ? error_memory(error)
                                     : cursor_open_store(run->r, (search_text){term.bytes, term.n_bytes}, out, error);
    buffer_free(&term);
    return status;
}

search_status leaf_evaluate(leaf *l, search_run_context *run, arena *memory, search_error *error) {
    lattice_finish(&l->lattice);
    if (l->n_words == 0) {
        return SEARCH_OK;
    }
    switch (l->kind) {
    case LEAF_WORD:
        return leaf_evaluate_word(l, run, error);
    case LEAF_PHRASE:
        return phrase_evaluate(&l->lattice, l->field, run, &l->postings, error);
    case LEAF_PATTERN:
        return leaf_evaluate_pattern(l, run, memory, error);
    case LEAF_NEAR:
        return near_evaluate(l, run, error);
    case LEAF_DATE: /* has no words */
        break;
    case LEAF_VERBATIM:
        return verbatim_evaluate(l, run, error);
    case LEAF_SOURCE:
        return reference_evaluate(l, run, error);
    }
    return SEARCH_OK;
}

void leaf_free(leaf *l) {
    postings_free(&l->postings);
}
