/* Word leaves: the postings of a stem, counted by zone.  The unprefixed stem gives the documents and the whole count;
 * what the prefixed stems of other fields say goes to their zones and the rest is the body's. */
#include "libsearch/ranking/leaf.h"

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

static bool copy_text(arena *memory, search_text *text) {
    text->bytes = arena_copy(memory, text->bytes, text->n_bytes);
    return text->bytes != NULL;
}

search_status leaf_analyze(leaf *l, const query_node *node, const snapshot *index, reader *r, arena *memory,
                           search_error *error) {
    l->node = node;
    l->field = node->field.n_bytes == 0 ? SIZE_MAX
                                        : schema_find(index->contents.schema, node->field.bytes, node->field.n_bytes);
    token_list list;
    const search_status status = analyzer_tokens(r->words, node->text, &list, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (list.n_tokens > max_words) {
        return error_set(error, SEARCH_E_LIMIT, "query.phrase_too_long", "a phrase has at most %d words", max_words);
    }
    l->n_words = list.n_tokens;
    l->is_phrase = node->kind == QUERY_PHRASE || list.n_tokens > 1;
    l->words = arena_array(memory, list.n_tokens + 1, sizeof *l->words);
    if (l->words == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < list.n_tokens; i++) {
        const token *t = &list.tokens[i];
        l->words[i] = (leaf_word){t->folded, t->stem, t->position - list.tokens[0].position};
        if (!copy_text(memory, &l->words[i].folded) || !copy_text(memory, &l->words[i].stem)) {
            return error_memory(error);
        }
    }
    return SEARCH_OK;
}

search_status leaf_add_posting(leaf *l, const posting *p, search_error *error) {
    if (l->n_postings == l->capacity) {
        const size_t capacity = l->capacity == 0 ? 256 : l->capacity * 2;
        posting *grown = realloc(l->postings, capacity * sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        l->postings = grown;
        l->capacity = capacity;
    }
    l->postings[l->n_postings++] = *p;
    return SEARCH_OK;
}

static search_status open_stem(const search_run_context *run, size_t field, const leaf_word *word, cursor **out,
                               search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    schema_prefix(run->index->contents.schema, field, true, prefix);
    buffer term = {0};
    term_add(&term, prefix, word->stem);
    const search_status status = term.failed
                                     ? error_memory(error)
                                     : cursor_open_store(run->r, (search_text){term.bytes, term.n_bytes}, out, error);
    buffer_free(&term);
    return status;
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

static search_status all_postings(leaf *l, cursor *c, size_t zone, search_run_context *run, search_error *error) {
    posting p;
    search_status status = next_posting(c, &p, run, error);
    while (status == SEARCH_OK && p.docid != 0) {
        p.counts[zone] = c->operations->wdf(c);
        status = leaf_add_posting(l, &p, error);
        if (status == SEARCH_OK) {
            status = next_posting(c, &p, run, error);
        }
    }
    return status;
}

/* Moves what another field counted out of the body's count into its own zone; for a leaf on the body alone it is lost.
 */
static search_status take_from_body(leaf *l, size_t field, search_run_context *run, search_error *error) {
    const size_t zone = run->index->contents.schema->fields[field].zone;
    cursor *c = NULL;
    search_status status = open_stem(run, field, &l->words[0], &c, error);
    for (size_t i = 0; status == SEARCH_OK && i < l->n_postings && !c->is_done; i++) {
        posting *p = &l->postings[i];
        status = c->operations->skip_to(c, p->docid, error);
        if (status == SEARCH_OK && c->docid == p->docid) {
            const uint32_t wdf = c->operations->wdf(c);
            const uint32_t taken = wdf < p->counts[SEARCH_ZONE_BODY] ? wdf : p->counts[SEARCH_ZONE_BODY];
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
static void drop_uncounted(leaf *l) {
    size_t n = 0;
    for (size_t i = 0; i < l->n_postings; i++) {
        if (l->postings[i].counts[SEARCH_ZONE_BODY] > 0) {
            l->postings[n++] = l->postings[i];
        }
    }
    l->n_postings = n;
}

static search_status word_evaluate(leaf *l, search_run_context *run, search_error *error) {
    const search_schema *schema = run->index->contents.schema;
    const size_t body = schema_body(schema);
    const bool is_one_field = l->field != SIZE_MAX && l->field != body;
    cursor *c = NULL;
    search_status status = open_stem(run, l->field, &l->words[0], &c, error);
    if (status == SEARCH_OK) {
        const size_t zone = is_one_field ? schema->fields[l->field].zone : SEARCH_ZONE_BODY;
        status = all_postings(l, c, zone, run, error);
    }
    cursor_free(c);
    for (size_t i = 0; status == SEARCH_OK && !is_one_field && i < run->index->n_order; i++) {
        const size_t field = run->index->order[i];
        if (field != body && (l->field == body || schema->fields[field].zone != SEARCH_ZONE_BODY)) {
            status = take_from_body(l, field, run, error);
        }
    }
    if (status == SEARCH_OK && l->field != SIZE_MAX && l->field == body) {
        drop_uncounted(l);
    }
    return status;
}

search_status leaf_evaluate(leaf *l, search_run_context *run, search_error *error) {
    if (l->n_words == 0) {
        return SEARCH_OK;
    }
    return l->is_phrase ? phrase_evaluate(l, run, error) : word_evaluate(l, run, error);
}

void leaf_free(leaf *l) {
    free(l->postings);
}
