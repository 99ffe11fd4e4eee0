/* Candidates are the documents in which the folded words stand one behind the other; only their stored text is read,
 * and only the values that print the asked text are taken apart to see where words end. */
#include "libsearch/ranking/verbatim.h"

#include "libsearch/cable/cable.h"
#include "libsearch/ranking/expand.h"
#include "libsearch/support/utf8.h"
#include <string.h>

/* ---- what is printed ---- */

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Where the white space ends that begins at `at`, which is `at` itself when none does. */
static size_t space_end(search_text text, size_t at) {
    for (size_t next = at; next < text.n_bytes;) {
        if (!is_space(utf8_next(text.bytes, text.n_bytes, &next))) {
            return at;
        }
        at = next;
    }
    return text.n_bytes;
}

/* Whether the text stands at `at`, and where it ends. */
static bool stands_at(search_text printed, search_text value, size_t at, size_t *end) {
    for (size_t i = 0; i < printed.n_bytes;) {
        const size_t space = space_end(printed, i);
        if (space > i) {
            const size_t value_space = space_end(value, at);
            if (value_space == at) {
                return false;
            }
            i = space;
            at = value_space;
        } else {
            if (at >= value.n_bytes || value.bytes[at] != printed.bytes[i]) {
                return false;
            }
            i++;
            at++;
        }
    }
    *end = at;
    return true;
}

bool verbatim_find(verbatim_walk *w, size_t *from, size_t *to) {
    while (w->at < w->value.n_bytes) {
        const char *next = memchr(w->value.bytes + w->at, w->printed.bytes[0], w->value.n_bytes - w->at);
        if (next == NULL) {
            w->at = w->value.n_bytes;
            return false;
        }
        *from = (size_t)(next - w->value.bytes);
        w->at = *from + 1;
        if (stands_at(w->printed, w->value, *from, to)) {
            return true;
        }
    }
    return false;
}

/* Inside a word is between words all the same where another form of it begins or ends: Sung in Sung's. */
bool verbatim_is_whole(verbatim_walk *w, const token_list *tokens, size_t from, size_t to) {
    bool is_inside[2] = {false, false};
    bool is_edge[2] = {false, false};
    while (w->token < tokens->n_tokens && tokens->tokens[w->token].to <= from) {
        w->token++;
    }
    for (size_t i = w->token; i < tokens->n_tokens && tokens->tokens[i].from < to; i++) {
        const token *t = &tokens->tokens[i];
        is_inside[0] = is_inside[0] || (!t->is_extra && t->from < from && from < t->to);
        is_inside[1] = is_inside[1] || (!t->is_extra && t->from < to && to < t->to);
        is_edge[0] = is_edge[0] || t->from == from;
        is_edge[1] = is_edge[1] || t->to == to;
    }
    return (!is_inside[0] || is_edge[0]) && (!is_inside[1] || is_edge[1]);
}

/* ---- analysis ---- */

search_status verbatim_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                               search_error *error) {
    token_list tokens;
    search_status status = expand_tokens(node, run, memory, &tokens, error);
    l->kind = LEAF_VERBATIM;
    l->is_phrase = true;
    l->printed = text_trim(node->text);
    for (size_t i = 0; status == SEARCH_OK && i < tokens.n_tokens; i++) {
        const token *t = &tokens.tokens[i];
        if (!t->is_extra) {
            status = lattice_add(&l->lattice, l->n_words, l->n_words + 1, &t->folded, 1, false, 1, memory, error);
            l->n_words++;
        }
    }
    return status;
}

/* ---- evaluation ---- */

static search_status count_value(const leaf *l, search_text value, search_run_context *run, size_t *n,
                                 search_error *error) {
    verbatim_walk w = {.printed = l->printed, .value = value};
    token_list tokens = {0};
    search_status status = SEARCH_OK;
    size_t from;
    size_t to;
    for (bool is_first = true; status == SEARCH_OK && verbatim_find(&w, &from, &to); is_first = false) {
        if (is_first) {
            status = analyzer_tokens(run->r->words, value, &tokens, error);
        }
        if (status == SEARCH_OK) {
            *n += verbatim_is_whole(&w, &tokens, from, to) ? 1 : 0;
            status = run_check(run, error);
        }
    }
    return status;
}

static search_status count_record(const leaf *l, const search_record *record, search_run_context *run, posting *out,
                                  bool *is_found, search_error *error) {
    const snapshot *index = run->index;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < index->n_order; i++) {
        const size_t field = index->order[i];
        const char *name = index->contents.schema->names[field];
        size_t n = 0;
        const bool is_asked = l->field == SIZE_MAX || l->field == field;
        for (size_t v = 0; status == SEARCH_OK && is_asked && v < search_record_n_values(record, name); v++) {
            status = count_value(l, search_record_value(record, name, v), run, &n, error);
        }
        out->counts[index->contents.schema->fields[field].zone] += (float)n;
        *is_found = *is_found || n > 0;
    }
    return status;
}

search_status verbatim_evaluate(leaf *l, search_run_context *run, search_error *error) {
    posting_list candidates = {0};
    search_status status = phrase_evaluate(&l->lattice, l->field, run, &candidates, error);
    for (size_t i = 0; status == SEARCH_OK && i < candidates.n; i++) {
        posting found = {candidates.list[i].docid, {0}};
        bool is_found = false;
        search_record *record = NULL;
        status = snapshot_record(run->index, run->r, found.docid, &record, error);
        if (status == SEARCH_OK) {
            status = count_record(l, record, run, &found, &is_found, error);
        }
        search_record_free(record);
        if (status == SEARCH_OK && is_found) {
            status = postings_add(&l->postings, &found, error);
        }
        if (status == SEARCH_OK) {
            status = run_spend(run, RUN_STEPS_RECORD, error);
        }
    }
    postings_free(&candidates);
    return status;
}
