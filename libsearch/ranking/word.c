/* Bare words and patterns: their postings, counted by zone from the frequencies that the index keeps, without reading a
 * position. */
#include "libsearch/ranking/expand.h"

#include <stdlib.h>
#include <string.h>

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

/* Moves what another field counted, behind the cursor, out of the body's count into its own zone; for a leaf on the
 * body alone it is lost. */
static search_status take_from_body(const leaf *l, cursor *c, size_t field, posting_list *out, search_run_context *run,
                                    search_error *error) {
    const size_t zone = run->index->contents.schema->fields[field].zone;
    search_status status = SEARCH_OK;
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

/* The zone in which the leaf's own terms count, before other fields take theirs. */
static size_t zone_of(const leaf *l, const search_run_context *run) {
    const search_schema *schema = run->index->contents.schema;
    return l->field == SIZE_MAX || l->field == schema_body(schema) ? SEARCH_ZONE_BODY : schema->fields[l->field].zone;
}

/* Whether what a field counts is part of what the leaf's own terms count, and belongs elsewhere. */
static bool takes_from_body(const leaf *l, size_t field, const search_run_context *run) {
    const search_schema *schema = run->index->contents.schema;
    const size_t body = schema_body(schema);
    if (field == body || (l->field != SIZE_MAX && l->field != body)) {
        return false;
    }
    return l->field == body || schema->fields[field].zone != SEARCH_ZONE_BODY;
}

/* The unprefixed stem gives the documents and the whole count; what the prefixed stems of other fields say goes to
 * their zones and the rest is the body's. */
static search_status stem_evaluate(const leaf *l, search_text stem, posting_list *out, search_run_context *run,
                                   search_error *error) {
    cursor *c = NULL;
    search_status status = open_stem(run, l->field, stem, &c, error);
    if (status == SEARCH_OK) {
        status = all_postings(out, c, zone_of(l, run), run, error);
    }
    cursor_free(c);
    for (size_t i = 0; status == SEARCH_OK && i < run->index->n_order; i++) {
        const size_t field = run->index->order[i];
        if (takes_from_body(l, field, run)) {
            c = NULL;
            status = open_stem(run, field, stem, &c, error);
            if (status == SEARCH_OK) {
                status = take_from_body(l, c, field, out, run, error);
            }
            cursor_free(c);
        }
    }
    if (status == SEARCH_OK && l->field != SIZE_MAX && l->field == schema_body(run->index->contents.schema)) {
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

search_status leaf_evaluate_word(leaf *l, search_run_context *run, search_error *error) {
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

/* ---- patterns: the words they stand for count as one word ---- */

enum { n_edit_classes = 3 };

static search_status open_word_term(size_t field, search_text word, const search_run_context *run, cursor **out,
                                    search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    schema_prefix(run->index->contents.schema, field, false, prefix);
    return leaf_open_term(run, prefix, word, out, error);
}

static search_status add_words(const leaf *l, const vocabulary_list *words, posting_list *found,
                               search_run_context *run, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < words->n; i++) {
        cursor *c = NULL;
        status = open_word_term(l->field, words->words[i].word, run, &c, error);
        if (status == SEARCH_OK) {
            status = all_postings(&found[words->words[i].n_edits % n_edit_classes], c, zone_of(l, run), run, error);
        }
        cursor_free(c);
    }
    for (size_t i = 0; i < n_edit_classes; i++) {
        postings_settle(&found[i]);
    }
    return status;
}

/* Asks the vocabulary of the field, which is small, instead of looking up every word in it. */
static search_status take_words(const leaf *l, size_t field, posting_list *found, search_run_context *run,
                                arena *memory, search_error *error) {
    vocabulary_list words;
    search_status status = expand_word(l->pattern, field, run, memory, &words, error);
    for (size_t i = 0; status == SEARCH_OK && i < words.n; i++) {
        cursor *c = NULL;
        status = open_word_term(field, words.words[i].word, run, &c, error);
        if (status == SEARCH_OK) {
            status = take_from_body(l, c, field, &found[words.words[i].n_edits % n_edit_classes], run, error);
        }
        cursor_free(c);
    }
    return status;
}

search_status leaf_evaluate_pattern(leaf *l, search_run_context *run, arena *memory, search_error *error) {
    posting_list found[n_edit_classes] = {{0}};
    search_status status = add_words(l, &l->expansion, found, run, error);
    for (size_t i = 0; status == SEARCH_OK && i < run->index->n_order; i++) {
        if (takes_from_body(l, run->index->order[i], run)) {
            status = take_words(l, run->index->order[i], found, run, memory, error);
        }
    }
    for (size_t i = 0; i < n_edit_classes; i++) {
        if (status == SEARCH_OK && l->field != SIZE_MAX && l->field == schema_body(run->index->contents.schema)) {
            drop_uncounted(&found[i]);
        }
        if (status == SEARCH_OK) {
            status = postings_merge(&l->postings, &found[i], expand_weight(i), error);
        }
        postings_free(&found[i]);
    }
    return status;
}
