/* The words that tell most of a record: often in it and rarely elsewhere.
 *
 * A word weighs its occurrences, which soon count no more, times its inverse document frequency.  Those of the title
 * and of names count threefold.  Words that no other record holds find nothing and are left out, and so are those in
 * more than a quarter of all records, which tell nothing. */
#include "libsearch/ranking/similar.h"

#include "libsearch/query/query.h"
#include "libsearch/support/hash.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { max_words = 24, zone_worth = 3, commonest_share = 4, max_n_bytes = 100 };

typedef struct telling_word {
    search_text folded; /* as it stands first, in the arena */
    double n_occurrences;
    double weight;
} telling_word;

typedef struct collector {
    const snapshot *index;
    search_run_context *run;
    arena memory;
    hash_map stems; /* number: place in `words` */
    telling_word *words;
    size_t capacity;
} collector;

static search_status add_word(collector *c, const token *t, double worth, search_error *error) {
    bool is_new = false;
    const uint32_t number = hash_add(&c->stems, t->stem.bytes, t->stem.n_bytes, &is_new);
    if (number == HASH_NONE) {
        return error_memory(error);
    }
    if (number >= c->capacity) {
        const size_t capacity = c->capacity == 0 ? 256 : c->capacity * 2;
        telling_word *grown = realloc(c->words, capacity * sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        c->words = grown;
        c->capacity = capacity;
    }
    if (is_new) {
        const char *bytes = arena_copy(&c->memory, t->folded.bytes, t->folded.n_bytes);
        if (bytes == NULL) {
            return error_memory(error);
        }
        c->words[number] = (telling_word){{bytes, t->folded.n_bytes}, 0, 0};
    }
    c->words[number].n_occurrences += worth;
    return SEARCH_OK;
}

static search_status add_field(collector *c, const search_record *record, size_t field, search_error *error) {
    const search_schema *schema = c->index->contents.schema;
    const double worth =
        schema->fields[field].zone == SEARCH_ZONE_TITLE || schema->fields[field].zone == SEARCH_ZONE_NAMES ? zone_worth
                                                                                                           : 1;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < search_record_n_values(record, schema->names[field]); i++) {
        token_list list;
        status = analyzer_tokens(c->run->r->words, search_record_value(record, schema->names[field], i), &list, error);
        for (size_t t = 0; status == SEARCH_OK && t < list.n_tokens; t++) {
            const token *word = &list.tokens[t];
            if (!word->is_extra && word->stem.n_bytes > 0 && word->folded.n_bytes <= max_n_bytes) {
                status = add_word(c, word, worth, error);
            }
        }
    }
    return status;
}

static search_status weigh(collector *c, search_error *error) {
    buffer term = {0};
    search_status status = SEARCH_OK;
    const double n_documents = c->index->n_documents;
    for (size_t i = 0; status == SEARCH_OK && i < c->stems.n_keys; i++) {
        telling_word *word = &c->words[i];
        uint32_t n = 0;
        buffer_clear(&term);
        term_add(&term, "Z", c->stems.keys[i]);
        status = term.failed ? error_memory(error)
                             : xapian_database_term_frequency(c->run->r->store, (search_text){term.bytes, term.n_bytes},
                                                              &n, error);
        const bool is_telling = n >= 2 && (n <= 2 || n <= n_documents / commonest_share);
        word->weight = is_telling ? word->n_occurrences / (word->n_occurrences + 2) * log(n_documents / n) : 0;
        if (status == SEARCH_OK) {
            status = run_spend(c->run, RUN_STEPS_TERM, error);
        }
    }
    buffer_free(&term);
    return status;
}

static int by_weight(const void *a, const void *b) {
    const telling_word *x = a;
    const telling_word *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    const size_t n = x->folded.n_bytes < y->folded.n_bytes ? x->folded.n_bytes : y->folded.n_bytes;
    const int order = memcmp(x->folded.bytes, y->folded.bytes, n);
    return order != 0 ? order : (x->folded.n_bytes > y->folded.n_bytes) - (x->folded.n_bytes < y->folded.n_bytes);
}

static search_status write_query(collector *c, buffer *out, search_error *error) {
    const size_t n = c->stems.n_keys;
    if (n > 0) {
        qsort(c->words, n, sizeof *c->words, by_weight);
    }
    for (size_t i = 0; i < n && i < max_words && c->words[i].weight > 0; i++) {
        const query_node word = {.kind = QUERY_WORD, .field = {"", 0}, .text = c->words[i].folded};
        buffer_add_string(out, i == 0 ? "" : " OR ");
        query_print(&word, out);
    }
    return out->failed ? error_memory(error) : SEARCH_OK;
}

search_status similar_query(search_text id, const document_set *allowed, search_run_context *run, buffer *out,
                            uint32_t *docid, search_error *error) {
    const snapshot *index = run->index;
    search_record *record = NULL;
    collector c = {.index = index, .run = run};
    search_status status = snapshot_find(index, run->r, id, docid, error);
    if (status == SEARCH_OK && (*docid == 0 || !set_has(allowed, *docid))) {
        return snapshot_no_record(id, error);
    }
    if (status == SEARCH_OK) {
        status = snapshot_record(index, run->r, *docid, &record, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < index->n_order; i++) {
        status = add_field(&c, record, index->order[i], error);
    }
    if (status == SEARCH_OK) {
        status = weigh(&c, error);
    }
    if (status == SEARCH_OK) {
        status = write_query(&c, out, error);
    }
    search_record_free(record);
    hash_free(&c.stems);
    free(c.words);
    arena_free(&c.memory);
    return status;
}
