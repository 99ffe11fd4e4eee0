/* Candidates come from the vocabulary of the word's field; which of them is best, the records decide. */
#include "libsearch/ranking/correct.h"
#include "libsearch/analysis/analysis.h"
#include "libsearch/ranking/filter.h"
#include "libsearch/ranking/vocabulary.h"
#include "libsearch/support/utf8.h"

#include <stdlib.h>
#include <string.h>

/* A longer word may have more wrong.  The walk ends at max_near words, of which the best max_tries are looked up. */
enum { min_letters = 3, letters_for_two_edits = 6, max_near = 20000, max_tries = 32, max_corrections = 8 };

/* 0: nothing is like it. */
static size_t max_edits(search_text word) {
    for (size_t i = 0; i < word.n_bytes; i++) {
        if (word.bytes[i] >= '0' && word.bytes[i] <= '9') {
            return 0; /* another number is another thing */
        }
    }
    const size_t n_letters = utf8_n_characters(word.bytes, word.n_bytes);
    return n_letters < min_letters ? 0 : n_letters < letters_for_two_edits ? 1 : 2;
}

static int by_edits(const void *a, const void *b) {
    const vocabulary_word *x = a;
    const vocabulary_word *y = b;
    if (x->n_edits != y->n_edits) {
        return x->n_edits < y->n_edits ? -1 : 1;
    }
    if (x->n_documents != y->n_documents) {
        return x->n_documents > y->n_documents ? -1 : 1;
    }
    const size_t n = x->word.n_bytes < y->word.n_bytes ? x->word.n_bytes : y->word.n_bytes;
    const int order = memcmp(x->word.bytes, y->word.bytes, n);
    return order != 0 ? order : (x->word.n_bytes > y->word.n_bytes) - (x->word.n_bytes < y->word.n_bytes);
}

/* What stands wrong in a conjunct, and where. */
typedef struct fault {
    search_text text; /* of the conjunct */
    search_text word; /* folded; empty: nothing can be corrected */
    size_t from;      /* bytes of the text that are the word */
    size_t to;
    char prefix[SCHEMA_PREFIX_SIZE]; /* of the word's field */
} fault;

/* The only word, or the first of several that no record holds. */
static search_status choose_word(const leaf *l, const document_set *universe, search_run_context *run, fault *f,
                                 size_t *chosen, search_error *error) {
    bool is_there = l->n_words > 1;
    search_status status = SEARCH_OK;
    for (*chosen = 0; status == SEARCH_OK && l->n_words > 1 && *chosen < l->n_words; (*chosen)++) {
        uint64_t n_records = 0;
        status = filter_count_word(universe, f->prefix, l->words[*chosen].folded, run, &n_records, error);
        is_there = n_records > 0;
        if (!is_there) {
            break;
        }
    }
    if (status == SEARCH_OK && !is_there && l->n_words > 0) {
        f->word = l->words[*chosen].folded;
    }
    return status;
}

static search_status find_fault(const conjunct *c, const document_set *universe, search_run_context *run, fault *f,
                                search_error *error) {
    size_t chosen = 0;
    token_list tokens;
    *f = (fault){.text = c->node->text};
    if (c->l == NULL || c->node->is_exact || c->node->n_patterns > 0) {
        return SEARCH_OK;
    }
    if (c->l->field != SIZE_MAX) {
        schema_prefix(run->index->contents.schema, c->l->field, false, f->prefix);
    }
    search_status status = choose_word(c->l, universe, run, f, &chosen, error);
    if (status == SEARCH_OK) {
        status = analyzer_tokens(run->r->words, f->text, &tokens, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < tokens.n_tokens; i++) {
        if (tokens.tokens[i].position == chosen + 1 && !tokens.tokens[i].is_extra) {
            f->from = tokens.tokens[i].from;
            f->to = tokens.tokens[i].to;
        }
    }
    return status;
}

static search_status find_near(const fault *f, size_t n_edits, search_run_context *run, arena *memory,
                               vocabulary_list *near, search_error *error) {
    search_status status = vocabulary_near(run, f->prefix, f->word, n_edits, max_near, memory, near, error);
    if (status == SEARCH_E_LIMIT) {
        error_clear(error);
        near->n = 0;
        status = SEARCH_OK;
    }
    if (near->n > 1) {
        qsort(near->words, near->n, sizeof *near->words, by_edits);
    }
    return status;
}

static search_status mend(const fault *f, search_text word, arena *memory, search_text *out, search_error *error) {
    const size_t n_behind = f->text.n_bytes - f->to;
    char *mended = arena_alloc(memory, f->from + word.n_bytes + n_behind + 1);
    if (mended == NULL) {
        return error_memory(error);
    }
    memcpy(mended, f->text.bytes, f->from);
    memcpy(mended + f->from, word.bytes, word.n_bytes);
    memcpy(mended + f->from + word.n_bytes, f->text.bytes + f->to, n_behind);
    *out = (search_text){mended, f->from + word.n_bytes + n_behind};
    return SEARCH_OK;
}

static search_status match_instead(const conjunct *c, search_text text, const document_set *universe,
                                   search_run_context *run, document_set *out, search_error *error) {
    const conjunct_list alone = {(conjunct[]){*c}, 1};
    buffer printed = {0};
    search_status status = conjuncts_print(&alone, &text, &printed, error);
    if (status == SEARCH_OK) {
        status = conjuncts_match((search_text){printed.bytes, printed.n_bytes}, universe, run, out, error);
    }
    buffer_free(&printed);
    return status;
}

search_status correct_find(const conjunct *c, const document_set *universe, search_run_context *run, arena *memory,
                           candidate_list *out, search_error *error) {
    fault f;
    vocabulary_list near = {0};
    *out = (candidate_list){.n = 0};
    search_status status = find_fault(c, universe, run, &f, error);
    const size_t n_edits = status == SEARCH_OK ? max_edits(f.word) : 0;
    if (n_edits > 0) {
        status = find_near(&f, n_edits, run, memory, &near, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < near.n && i < max_tries && out->n < CORRECT_MAX_CANDIDATES; i++) {
        candidate *found = &out->list[out->n];
        *found = (candidate){.n_edits = near.words[i].n_edits};
        status = mend(&f, near.words[i].word, memory, &found->text, error);
        if (status == SEARCH_OK && found->n_edits > 0) {
            status = match_instead(c, found->text, universe, run, &found->found, error);
        }
        if (status == SEARCH_OK && found->found.bits != NULL && set_next(&found->found, 1) != 0) {
            out->n++;
        } else {
            set_free(&found->found);
        }
    }
    return status;
}

void correct_free(candidate_list *candidates) {
    for (size_t i = 0; i < candidates->n; i++) {
        set_free(&candidates->list[i].found);
    }
    candidates->n = 0;
}

/* ---- words that are found nowhere ---- */

static void count(uint32_t *counts, const document_set *found) {
    for (uint32_t d = set_next(found, 1); d != 0; d = set_next(found, d + 1)) {
        counts[d - 1]++;
    }
}

/* The most conjuncts that occur in one record with the candidate; *n_records: how many such records. */
static uint32_t count_together(const candidate *c, const uint32_t *counts, const document_set *within,
                               uint32_t *n_records) {
    uint32_t best = 0;
    *n_records = 0;
    for (uint32_t d = set_next(&c->found, 1); d != 0; d = set_next(&c->found, d + 1)) {
        if (set_has(within, d) && counts[d - 1] + 1 >= best) {
            *n_records = counts[d - 1] + 1 > best ? 1 : *n_records + 1;
            best = counts[d - 1] + 1;
        }
    }
    return best;
}

static const candidate *choose(const candidate_list *candidates, const uint32_t *counts, const document_set *within) {
    const candidate *best = NULL;
    uint32_t best_together = 0;
    uint32_t best_records = 0;
    for (size_t i = 0; i < candidates->n; i++) {
        const candidate *c = &candidates->list[i];
        uint32_t n_records = 0;
        const uint32_t together = count_together(c, counts, within, &n_records);
        const bool is_as_near = best != NULL && c->n_edits == best->n_edits;
        if (together > best_together || (together == best_together && is_as_near && n_records > best_records)) {
            best = c;
            best_together = together;
            best_records = n_records;
        }
    }
    return best;
}

search_status correct_missing(const conjunct_list *conjuncts, bool only_bare, const document_set *universe,
                              const document_set *within, search_run_context *run, arena *memory, search_text *texts,
                              size_t *n_corrected, search_error *error) {
    uint32_t *counts = calloc((size_t)run->index->n_documents + 1, sizeof *counts);
    search_status status = counts == NULL ? error_memory(error) : SEARCH_OK;
    *n_corrected = 0;
    for (size_t i = 0; status == SEARCH_OK && i < conjuncts->n; i++) {
        const conjunct *c = &conjuncts->list[i];
        if (!c->is_neutral && (c->is_bare || !only_bare)) {
            count(counts, &c->found);
        }
    }
    for (size_t i = 0; status == SEARCH_OK && i < conjuncts->n && *n_corrected < max_corrections; i++) {
        const conjunct *c = &conjuncts->list[i];
        candidate_list candidates = {.n = 0};
        if ((only_bare && !c->is_bare) || set_next(&c->found, 1) != 0) {
            continue;
        }
        status = correct_find(c, universe, run, memory, &candidates, error);
        const candidate *best = status == SEARCH_OK ? choose(&candidates, counts, within) : NULL;
        if (best != NULL) {
            texts[i] = best->text;
            count(counts, &best->found);
            (*n_corrected)++;
        }
        correct_free(&candidates);
    }
    free(counts);
    return status;
}
