/* Walks over the vocabulary: one automaton tells what matches and which word could be the next one, and the cursor of
 * terms skips to it.
 *
 * Terms are of any bytes, for a damaged file may hold anything: what is no word is passed over, and a vocabulary that
 * is out of order is an error, so every walk ends. */
#include "libsearch/ranking/vocabulary.h"
#include "libsearch/ranking/levenshtein.h"
#include "libsearch/ranking/wildcard.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/utf8.h"

#include <string.h>

typedef struct walk {
    search_run_context *run;
    search_text prefix;
    automaton *a;
    const levenshtein *distance; /* null: words have no edits */
    size_t n_max;
    arena *memory;
    vocabulary_list *out;
    buffer target; /* where the next term lies at the earliest; empty: it is the next one */
    buffer last;   /* the term at hand */
} walk;

static search_status add_word(walk *w, search_text word, size_t depth, search_error *error) {
    vocabulary_list *out = w->out;
    if (out->n == w->n_max) {
        return error_set(error, SEARCH_E_LIMIT, "query.too_many_expansions", "more than %zu words of the index match",
                         w->n_max);
    }
    if (out->n == out->capacity) {
        const size_t capacity = out->capacity == 0 ? 16 : out->capacity * 2;
        vocabulary_word *grown = arena_array(w->memory, capacity, sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        if (out->n > 0) {
            memcpy(grown, out->words, out->n * sizeof *grown);
        }
        out->words = grown;
        out->capacity = capacity;
    }
    vocabulary_word *added = &out->words[out->n];
    added->word = (search_text){arena_copy(w->memory, word.bytes, word.n_bytes), word.n_bytes};
    added->n_edits = w->distance == NULL ? 0 : levenshtein_n_edits(w->distance, depth);
    if (added->word.bytes == NULL) {
        return error_memory(error);
    }
    out->n++;
    return xapian_database_term_frequency(w->run->r->store, (search_text){w->last.bytes, w->last.n_bytes},
                                          &added->n_documents, error);
}

/* The letters of a word; false: it is none, or too long to be told whole. */
static bool read_letters(search_text word, uint32_t *letters, size_t *n_letters) {
    *n_letters = 0;
    for (size_t at = 0; at < word.n_bytes;) {
        const uint32_t letter = utf8_next(word.bytes, word.n_bytes, &at);
        if (letter == UTF8_BAD || letter == 0x7F || *n_letters == AUTOMATON_MAX_DEPTH) {
            return false;
        }
        letters[(*n_letters)++] = letter;
    }
    return *n_letters > 0;
}

static void set_target(walk *w, const uint32_t *letters, size_t n_letters) {
    buffer_clear(&w->target);
    buffer_add(&w->target, w->prefix.bytes, w->prefix.n_bytes);
    for (size_t i = 0; i < n_letters; i++) {
        char bytes[4];
        buffer_add(&w->target, bytes, utf8_put(letters[i], bytes));
    }
}

/* Looks at the term at hand and sets the target.  *goes_on: another may match. */
static search_status look(walk *w, bool *goes_on, search_error *error) {
    const search_text word = {w->last.bytes + w->prefix.n_bytes, w->last.n_bytes - w->prefix.n_bytes};
    uint32_t letters[AUTOMATON_MAX_DEPTH];
    uint32_t next[AUTOMATON_MAX_DEPTH];
    size_t n_letters = 0;
    size_t n_next = 0;
    size_t n_alive = 0;
    *goes_on = true;
    buffer_clear(&w->target);
    if (word.n_bytes > 0 && word.bytes[0] >= 'A' && word.bytes[0] <= 'Z') {
        set_target(w, &(uint32_t){'Z' + 1}, 1); /* no word, but the prefix of other terms */
        return SEARCH_OK;
    }
    if (!read_letters(word, letters, &n_letters)) {
        return SEARCH_OK;
    }
    const bool is_match = automaton_run(w->a, letters, n_letters, &n_alive);
    const search_status status = is_match ? add_word(w, word, n_letters, error) : SEARCH_OK;
    if (status == SEARCH_OK && !automaton_goes_on(w->a, n_letters, n_alive)) {
        *goes_on = automaton_next(w->a, letters, n_letters, n_alive, next, &n_next);
        set_target(w, next, n_next);
    }
    return status;
}

static search_status move(walk *w, xapian_terms *terms, search_text *term, search_error *error) {
    if (w->target.failed || w->last.failed) {
        return error_memory(error);
    }
    const search_status status =
        w->target.n_bytes == 0
            ? xapian_terms_next(terms, term, NULL, error)
            : xapian_terms_skip_to(terms, (search_text){w->target.bytes, w->target.n_bytes}, term, NULL, error);
    if (status != SEARCH_OK || term->bytes == NULL) {
        return status;
    }
    const size_t n = term->n_bytes < w->last.n_bytes ? term->n_bytes : w->last.n_bytes;
    const int order = n == 0 ? 0 : memcmp(term->bytes, w->last.bytes, n);
    const bool is_behind = order > 0 || (order == 0 && (term->n_bytes > w->last.n_bytes || w->last.bytes == NULL));
    if (!is_behind || term->n_bytes < w->prefix.n_bytes ||
        memcmp(term->bytes, w->prefix.bytes, w->prefix.n_bytes) != 0) {
        return error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "the terms of the index are out of order");
    }
    buffer_clear(&w->last);
    buffer_add(&w->last, term->bytes, term->n_bytes);
    return w->last.failed ? error_memory(error) : SEARCH_OK;
}

static search_status walk_terms(walk *w, search_error *error) {
    uint32_t first[AUTOMATON_MAX_DEPTH];
    size_t n_first = 0;
    xapian_terms *terms = NULL;
    search_text term = {0};
    bool goes_on = true;
    automaton_first(w->a, first, &n_first);
    set_target(w, first, n_first);
    search_status status = xapian_terms_open(w->run->r->store, w->prefix, &terms, error);
    if (status == SEARCH_OK) {
        status = move(w, terms, &term, error);
    }
    while (status == SEARCH_OK && term.bytes != NULL && goes_on) {
        status = look(w, &goes_on, error);
        if (status == SEARCH_OK) {
            status = run_spend(w->run, RUN_STEPS_WORD, error);
        }
        if (status == SEARCH_OK && goes_on) {
            status = move(w, terms, &term, error);
        }
    }
    xapian_terms_free(terms);
    buffer_free(&w->target);
    buffer_free(&w->last);
    return status;
}

search_status vocabulary_match(search_run_context *run, const char *prefix, const uint32_t *pattern, size_t n_pattern,
                               size_t n_max, arena *memory, vocabulary_list *out, search_error *error) {
    wildcard expression;
    error_clear(error);
    *out = (vocabulary_list){0};
    if (!wildcard_init(&expression, pattern, n_pattern)) {
        return SEARCH_OK;
    }
    walk w = {.run = run,
              .prefix = search_text_of(prefix),
              .a = &expression.base,
              .n_max = n_max,
              .memory = memory,
              .out = out};
    return walk_terms(&w, error);
}

search_status vocabulary_near(search_run_context *run, const char *prefix, search_text word, size_t n_edits,
                              size_t n_max, arena *memory, vocabulary_list *out, search_error *error) {
    levenshtein distance;
    uint32_t letters[AUTOMATON_MAX_DEPTH];
    size_t n_letters = 0;
    error_clear(error);
    *out = (vocabulary_list){0};
    if (!read_letters(word, letters, &n_letters) || n_letters > AUTOMATON_MAX_DEPTH - LEVENSHTEIN_MAX_EDITS) {
        return SEARCH_OK;
    }
    levenshtein_init(&distance, letters, n_letters, n_edits < LEVENSHTEIN_MAX_EDITS ? n_edits : LEVENSHTEIN_MAX_EDITS);
    walk w = {.run = run,
              .prefix = search_text_of(prefix),
              .a = &distance.base,
              .distance = &distance,
              .n_max = n_max,
              .memory = memory,
              .out = out};
    return walk_terms(&w, error);
}
