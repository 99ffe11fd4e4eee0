/* Leaves: their words, their variants, and the postings of bare words, counted by zone. */
#include "libsearch/ranking/leaf.h"

#include "libsearch/ranking/variants.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { check_every = 4096, max_words = 256 };

search_status run_check(search_run_context *run, search_error *error) {
    if (run->n_steps++ % check_every != 0) {
        return SEARCH_OK;
    }
    if (run->on_cancel != NULL && run->on_cancel(run->cancel_context)) {
        return error_set(error, SEARCH_E_CANCELLED, "search.cancelled", "the search was cancelled");
    }
    if (run->deadline_ns != 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec >= run->deadline_ns) {
            return error_set(error, SEARCH_E_DEADLINE, "search.deadline", "the search took longer than it may");
        }
    }
    return SEARCH_OK;
}

/* ---- analysis ---- */

static bool copy_text(arena *memory, search_text *text) {
    text->bytes = arena_copy(memory, text->bytes == NULL ? "" : text->bytes, text->n_bytes);
    return text->bytes != NULL;
}

/* Text is asked in the spelling that is typed: an accented word prefers the accented. */
static search_status add_written(leaf *l, size_t i, const token *t, arena *memory, search_error *error) {
    const bool has_exact = t->exact.n_bytes > 0;
    search_text folded = t->folded;
    search_text exact = t->exact;
    if (!copy_text(memory, &folded) || !copy_text(memory, &exact)) {
        return error_memory(error);
    }
    search_status status =
        lattice_add(&l->lattice, i, i + 1, &folded, 1, false, has_exact ? LATTICE_VARIANT_WEIGHT : 1, memory, error);
    if (status == SEARCH_OK && has_exact) {
        status = lattice_add(&l->lattice, i, i + 1, &exact, 1, true, 1, memory, error);
    }
    return status;
}

/* An extra token stands for its word, or for the parts of a word that brackets complete. */
static search_status add_extra(leaf *l, const token_list *tokens, const token *t, arena *memory, search_error *error) {
    search_text folded = t->folded;
    if (!copy_text(memory, &folded)) {
        return error_memory(error);
    }
    size_t last = t->position;
    for (size_t i = 0; t->stem.n_bytes > 0 && i < tokens->n_spans; i++) {
        last = tokens->spans[i].first == t->position + 1 ? tokens->spans[i].last : last;
    }
    return lattice_add(&l->lattice, t->position - 1, last, &folded, 1, false, LATTICE_VARIANT_WEIGHT, memory, error);
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

static search_status build_lattice(leaf *l, const token_list *tokens, arena *memory, search_error *error) {
    search_status status = add_brackets(l, tokens, memory, error);
    for (size_t i = 0; status == SEARCH_OK && i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        status =
            t->is_extra ? add_extra(l, tokens, t, memory, error) : add_written(l, t->position - 1, t, memory, error);
    }
    return status;
}

static search_status keep_words(leaf *l, const token_list *tokens, arena *memory, search_error *error) {
    const search_status status = token_list_words(tokens, memory, &l->words, &l->n_words, error);
    if (status != SEARCH_OK) {
        return status;
    }
    for (size_t i = 0; i < l->n_words; i++) {
        if (!copy_text(memory, &l->words[i].folded) || !copy_text(memory, &l->words[i].exact)) {
            return error_memory(error);
        }
    }
    return SEARCH_OK;
}

search_status leaf_analyze(leaf *l, const query_node *node, const search_run_context *run, arena *memory,
                           search_error *error) {
    l->node = node;
    l->field = node->field.n_bytes == 0
                   ? SIZE_MAX
                   : schema_find(run->index->contents.schema, node->field.bytes, node->field.n_bytes);
    token_list tokens;
    search_status status = analyzer_tokens(run->r->words, node->text, &tokens, error);
    if (status == SEARCH_OK && tokens.n_positions > max_words) {
        status = error_set(error, SEARCH_E_LIMIT, "query.phrase_too_long", "a phrase has at most %d words", max_words);
    }
    if (status == SEARCH_OK) {
        status = keep_words(l, &tokens, memory, error);
    }
    if (status != SEARCH_OK || l->n_words == 0) {
        return status;
    }
    l->is_phrase = node->kind == QUERY_PHRASE || node->is_exact || l->n_words > 1;
    if (l->is_phrase) {
        return build_lattice(l, &tokens, memory, error);
    }
    l->stems = arena_array(memory, VARIANTS_MAX + 1, sizeof *l->stems);
    if (l->stems == NULL) {
        return error_memory(error);
    }
    l->stems[l->n_stems++] = tokens.tokens[0].stem;
    return copy_text(memory, &l->stems[0]) ? SEARCH_OK : error_memory(error);
}

/* ---- variants ---- */

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

/* A word that stands for a bare word is found by its stem, as that is. */
static search_status add_stem(leaf *l, search_text word, const search_run_context *run, arena *memory,
                              search_error *error) {
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

static search_status add_variant(leaf *l, const variant_edge *v, size_t first_word, const search_run_context *run,
                                 arena *memory, search_error *error) {
    if (!l->is_phrase && v->n_words == 1) {
        return add_stem(l, v->words[0], run, memory, error);
    }
    if (!l->is_phrase && holds(v, l)) {
        return SEARCH_OK; /* its word is found, and counted, there already */
    }
    const size_t first = l->is_phrase ? v->first - first_word : 0;
    const size_t last = l->is_phrase ? v->last - first_word : 1;
    return lattice_add(&l->lattice, first, last, v->words, v->n_words, false, LATTICE_VARIANT_WEIGHT, memory, error);
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
                                   const search_run_context *run, arena *memory, leaf_run **runs, search_error *error) {
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

search_status leaves_vary(leaf *leaves, size_t first, size_t last, const search_run_context *run, arena *memory,
                          leaf_run **runs, search_error *error) {
    size_t n_words = 0;
    for (size_t i = first; i < last; i++) {
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

/* ---- bare words ---- */

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

static search_status open_stem(const search_run_context *run, size_t field, search_text stem, cursor **out,
                               search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    schema_prefix(run->index->contents.schema, field, true, prefix);
    return leaf_open_term(run, prefix, stem, out, error);
}

/* Moves to the next document and counts it; docid 0 at the end. */
static search_status next_posting(cursor *c, posting *p, search_run_context *run, search_error *error) {
    search_status status = c->operations->next(c, error);
    memset(p, 0, sizeof *p);
    p->docid = c->docid;
    if (status == SEARCH_OK && c->docid > run->index->n_documents) {
        status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a posting lies outside the index");
    }
    return status == SEARCH_OK ? run_check(run, error) : status;
}

static search_status all_postings(posting_list *out, cursor *c, size_t zone, search_run_context *run,
                                  search_error *error) {
    posting p;
    search_status status = next_posting(c, &p, run, error);
    while (status == SEARCH_OK && p.docid != 0) {
        p.counts[zone] = (float)c->operations->wdf(c);
        status = postings_add(out, &p, error);
        if (status == SEARCH_OK) {
            status = next_posting(c, &p, run, error);
        }
    }
    return status;
}

/* Moves what another field counted out of the body's count into its own zone; for a leaf on the body alone it is lost.
 */
static search_status take_from_body(const leaf *l, search_text stem, size_t field, posting_list *out,
                                    search_run_context *run, search_error *error) {
    const size_t zone = run->index->contents.schema->fields[field].zone;
    cursor *c = NULL;
    search_status status = open_stem(run, field, stem, &c, error);
    for (size_t i = 0; status == SEARCH_OK && i < out->n && !c->is_done; i++) {
        posting *p = &out->list[i];
        status = c->operations->skip_to(c, p->docid, error);
        if (status == SEARCH_OK && c->docid == p->docid) {
            const float wdf = (float)c->operations->wdf(c);
            const float taken = wdf < p->counts[SEARCH_ZONE_BODY] ? wdf : p->counts[SEARCH_ZONE_BODY];
            p->counts[SEARCH_ZONE_BODY] -= taken;
            p->counts[zone] += l->field == SIZE_MAX ? taken : 0;
        }
        if (status == SEARCH_OK) {
            status = run_check(run, error);
        }
    }
    cursor_free(c);
    return status;
}

/* A leaf on the body keeps the documents whose body has the word. */
static void drop_uncounted(posting_list *p) {
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->list[i].counts[SEARCH_ZONE_BODY] > 0) {
            p->list[n++] = p->list[i];
        }
    }
    p->n = n;
}

/* The unprefixed stem gives the documents and the whole count; what the prefixed stems of other fields say goes to
 * their zones and the rest is the body's. */
static search_status stem_evaluate(const leaf *l, search_text stem, posting_list *out, search_run_context *run,
                                   search_error *error) {
    const search_schema *schema = run->index->contents.schema;
    const size_t body = schema_body(schema);
    const bool is_one_field = l->field != SIZE_MAX && l->field != body;
    cursor *c = NULL;
    search_status status = open_stem(run, l->field, stem, &c, error);
    if (status == SEARCH_OK) {
        const size_t zone = is_one_field ? schema->fields[l->field].zone : SEARCH_ZONE_BODY;
        status = all_postings(out, c, zone, run, error);
    }
    cursor_free(c);
    for (size_t i = 0; status == SEARCH_OK && !is_one_field && i < run->index->n_order; i++) {
        const size_t field = run->index->order[i];
        if (field != body && (l->field == body || schema->fields[field].zone != SEARCH_ZONE_BODY)) {
            status = take_from_body(l, stem, field, out, run, error);
        }
    }
    if (status == SEARCH_OK && l->field != SIZE_MAX && l->field == body) {
        drop_uncounted(out);
    }
    return status;
}

static float total_count(const posting *p) {
    float total = 0;
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        total += p->counts[zone];
    }
    return total;
}

/* Of an accented word, occurrences without the accents count as variants do. */
static search_status prefer_exact(const leaf *l, search_run_context *run, search_error *error) {
    cursor *c = NULL;
    search_status status = leaf_open_term(run, "XE", l->words[0].exact, &c, error);
    for (size_t i = 0; status == SEARCH_OK && i < l->postings.n; i++) {
        posting *p = &l->postings.list[i];
        status = c->operations->skip_to(c, p->docid, error);
        const float n_exact = status == SEARCH_OK && c->docid == p->docid ? (float)c->operations->wdf(c) : 0;
        const float share = n_exact < total_count(p) ? n_exact / total_count(p) : 1;
        for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
            p->counts[zone] *= LATTICE_VARIANT_WEIGHT + (1 - LATTICE_VARIANT_WEIGHT) * share;
        }
        if (status == SEARCH_OK) {
            status = run_check(run, error);
        }
    }
    cursor_free(c);
    return status;
}

static search_status merge_phrases(leaf *l, search_run_context *run, search_error *error) {
    posting_list found = {0};
    search_status status = phrase_evaluate(&l->lattice, l->field, run, &found, error);
    if (status == SEARCH_OK) {
        status = postings_merge(&l->postings, &found, 1, error);
    }
    postings_free(&found);
    return status;
}

static search_status word_evaluate(leaf *l, search_run_context *run, search_error *error) {
    search_status status = stem_evaluate(l, l->stems[0], &l->postings, run, error);
    if (status == SEARCH_OK && l->words[0].exact.n_bytes > 0) {
        status = prefer_exact(l, run, error);
    }
    for (size_t i = 1; status == SEARCH_OK && i < l->n_stems; i++) {
        posting_list found = {0};
        status = stem_evaluate(l, l->stems[i], &found, run, error);
        if (status == SEARCH_OK) {
            status = postings_merge(&l->postings, &found, LATTICE_VARIANT_WEIGHT, error);
        }
        postings_free(&found);
    }
    if (status == SEARCH_OK && l->lattice.n_edges > 0) {
        status = merge_phrases(l, run, error);
    }
    return status;
}

search_status leaf_evaluate(leaf *l, search_run_context *run, search_error *error) {
    lattice_finish(&l->lattice);
    if (l->n_words == 0) {
        return SEARCH_OK;
    }
    return l->is_phrase ? phrase_evaluate(&l->lattice, l->field, run, &l->postings, error)
                        : word_evaluate(l, run, error);
}

void leaf_free(leaf *l) {
    postings_free(&l->postings);
}
