/* First the words that are found nowhere are corrected together; when that does not help, one word is put in another
 * form, the one that finds the most. */
#include "libsearch/ranking/suggest.h"
#include "libsearch/ranking/correct.h"

#include <stdlib.h>

/* A word in so few records is rare; a near one in so many times as many is what may have been meant.  Where no record
 * has all of several words, each of them may be wrong by one letter, however common. */
enum { max_rare = 3, times_commoner = 10, several = 3, max_tried = 8 };

typedef struct suggesting {
    const document_set *allowed;
    const document_set *within;
    uint64_t total;
    search_run_context *run;
    arena scratch;
    leaf_list asked;
    conjunct_list conjuncts;
    search_text *texts; /* by conjunct: its better form, or empty */
    buffer text;        /* the better query; empty: there is none */
} suggesting;

/* Keeps the text of the query with these texts when it finds more. */
static search_status keep_if_better(suggesting *s, search_error *error) {
    document_set found = {0};
    search_status status = conjuncts_print(&s->conjuncts, s->texts, &s->text, error);
    if (status == SEARCH_OK) {
        status = conjuncts_match((search_text){s->text.bytes, s->text.n_bytes}, s->within, s->run, &found, error);
    }
    if (status == SEARCH_OK && set_count(&found) <= s->total) {
        buffer_clear(&s->text);
    }
    set_free(&found);
    return status;
}

/* ---- one word in another form ---- */

static search_status find_others(const suggesting *s, size_t except, document_set *out, search_error *error) {
    const search_status status = set_copy(s->within, out, error);
    for (size_t i = 0; status == SEARCH_OK && i < s->conjuncts.n; i++) {
        if (i != except) {
            set_and(out, &s->conjuncts.list[i].found);
        }
    }
    return status;
}

static search_status count_with(const candidate *c, const document_set *others, uint64_t *n, search_error *error) {
    document_set both = {0};
    const search_status status = set_copy(others, &both, error);
    if (status == SEARCH_OK) {
        set_and(&both, &c->found);
        *n = set_count(&both);
    }
    set_free(&both);
    return status;
}

/* No record has all of several words. */
static bool is_contradiction(const suggesting *s) {
    return s->total == 0 && s->conjuncts.n >= several;
}

static bool may_be_meant(const suggesting *s, const candidate *c, uint64_t n_found) {
    return (is_contradiction(s) && c->n_edits == 1) ||
           (n_found <= max_rare && set_count(&c->found) >= times_commoner * n_found);
}

typedef struct better {
    size_t at; /* a conjunct */
    search_text text;
    size_t n_edits;
    uint64_t n_records;
} better;

static search_status try_word(suggesting *s, size_t i, uint64_t n_found, better *best, search_error *error) {
    candidate_list candidates = {.n = 0};
    document_set others = {0};
    search_status status = find_others(s, i, &others, error);
    if (status == SEARCH_OK && set_count(&others) > s->total) {
        status = correct_find(&s->conjuncts.list[i], s->allowed, s->run, &s->scratch, &candidates, error);
    }
    for (size_t k = 0; status == SEARCH_OK && k < candidates.n; k++) {
        const candidate *c = &candidates.list[k];
        uint64_t n = 0;
        status = may_be_meant(s, c, n_found) ? count_with(c, &others, &n, error) : SEARCH_OK;
        if (n > s->total && (best->n_records == 0 || c->n_edits < best->n_edits ||
                             (c->n_edits == best->n_edits && n > best->n_records))) {
            *best = (better){i, c->text, c->n_edits, n};
        }
    }
    correct_free(&candidates);
    set_free(&others);
    return status;
}

static search_status try_words(suggesting *s, search_error *error) {
    better best = {.n_records = 0};
    search_status status = SEARCH_OK;
    size_t n_tried = 0;
    for (size_t i = 0; status == SEARCH_OK && i < s->conjuncts.n && n_tried < max_tried; i++) {
        const conjunct *c = &s->conjuncts.list[i];
        const uint64_t n_found = set_count(&c->found);
        if (!c->is_neutral && n_found > 0 && (n_found <= max_rare || is_contradiction(s))) {
            status = try_word(s, i, n_found, &best, error);
            n_tried++;
        }
    }
    if (status == SEARCH_OK && best.n_records > 0) {
        s->texts[best.at] = best.text;
        status = keep_if_better(s, error);
    }
    return status;
}

static search_status suggest(suggesting *s, search_text asked, search_error *error) {
    size_t n_corrected = 0;
    search_status status = leaves_open(asked, 0, s->run, &s->asked, error);
    if (status == SEARCH_OK) {
        status = conjuncts_open(&s->asked, s->allowed, s->run, &s->conjuncts, error);
    }
    s->texts = arena_array(&s->scratch, s->conjuncts.n + 1, sizeof *s->texts);
    if (status == SEARCH_OK && s->texts == NULL) {
        status = error_memory(error);
    }
    if (status == SEARCH_OK) {
        status = correct_missing(&s->conjuncts, false, s->allowed, s->within, s->run, &s->scratch, s->texts,
                                 &n_corrected, error);
    }
    if (status == SEARCH_OK && n_corrected > 0) {
        status = keep_if_better(s, error);
    }
    return status == SEARCH_OK && n_corrected == 0 ? try_words(s, error) : status;
}

search_status suggest_query(search_text asked, uint64_t total, const document_set *allowed, const document_set *within,
                            search_run_context *run, arena *memory, search_text *out, search_error *error) {
    suggesting s = {.allowed = allowed, .within = within, .total = total, .run = run};
    *out = (search_text){"", 0};
    if (total > max_rare) {
        return SEARCH_OK; /* no word of all that must occur is rare */
    }
    search_status status = suggest(&s, asked, error);
    if (status == SEARCH_OK && s.text.n_bytes > 0) {
        const char *copy = arena_copy(memory, s.text.bytes, s.text.n_bytes);
        *out = copy == NULL ? *out : (search_text){copy, s.text.n_bytes};
        status = copy == NULL ? error_memory(error) : SEARCH_OK;
    }
    if (status == SEARCH_E_LIMIT) {
        error_clear(error);
        status = SEARCH_OK; /* a canonical text may be longer than what was asked */
    }
    conjuncts_close(&s.conjuncts);
    leaves_close(&s.asked);
    buffer_free(&s.text);
    arena_free(&s.scratch);
    return status;
}
