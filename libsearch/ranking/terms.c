/* Listing the vocabulary: the words of a pattern with the records that hold them.  With a required filter each word is
 * counted by its postings, and a word of other records only is not told. */
#include "libsearch/ranking/filter.h"
#include "libsearch/ranking/vocabulary.h"
#include "libsearch/support/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { max_expansions = 1000000, default_limit = 20, max_pattern_n_bytes = 1024 };

struct search_term_list {
    arena memory;
    search_term *terms;
    size_t n;
    size_t n_all; /* before the limit */
};

typedef struct listing {
    search_run_context run;
    search_terms_request request;
    char prefix[SCHEMA_PREFIX_SIZE];
    buffer pattern; /* letters of uint32_t */
    document_set allowed;
    vocabulary_list words;
    search_term_list *out;
} listing;

static search_status bad(const char *id, const char *what, search_error *error) {
    return error_set(error, SEARCH_E_ARGUMENT, id, "%s", what);
}

static search_status check_request(const search_terms_request *given, search_terms_request *out, search_error *error) {
    static const search_terms_request defaults = SEARCH_TERMS_REQUEST_INIT;
    *out = defaults;
    if (given->size < sizeof(size_t) || given->size > sizeof *out) {
        return bad("search.request", "the request is of another version of libsearch", error);
    }
    memcpy(out, given, given->size);
    out->limit = out->limit == 0 ? default_limit : out->limit;
    if (out->pattern.n_bytes > max_pattern_n_bytes) {
        return error_set(error, SEARCH_E_LIMIT, "terms.pattern_too_long", "a pattern has at most %d bytes",
                         max_pattern_n_bytes);
    }
    const search_text texts[] = {out->pattern, out->field, out->required_filter};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!utf8_valid(texts[i].bytes, texts[i].n_bytes)) {
            return bad("query.not_utf8", "the request is not UTF-8", error);
        }
    }
    return SEARCH_OK;
}

/* ---- the field ---- */

static search_status no_such_field(const search_schema *schema, search_text name, search_error *error) {
    error_set(error, SEARCH_E_QUERY, "query.unknown_field", "there is no searched field \"%.*s\"",
              (int)(name.n_bytes < SCHEMA_MAX_NAME ? name.n_bytes : SCHEMA_MAX_NAME), name.bytes);
    size_t order[SCHEMA_MAX_FIELDS];
    const size_t n = schema_order(schema, order);
    buffer names = {0};
    for (size_t i = 0; i < n; i++) {
        if (order[i] != schema_body(schema)) {
            buffer_add_string(&names, names.n_bytes > 0 ? ", " : "");
            buffer_add_string(&names, schema->names[order[i]]);
        }
    }
    if (!names.failed && names.n_bytes > 0) {
        error_hint(error, "the fields are %s", names.bytes);
    }
    buffer_free(&names);
    return SEARCH_E_QUERY;
}

static search_status read_field(listing *l, search_error *error) {
    const search_schema *schema = l->run.index->contents.schema;
    const search_text name = l->request.field;
    if (name.n_bytes == 0) {
        return SEARCH_OK;
    }
    const size_t field = schema_find(schema, name.bytes, name.n_bytes);
    if (field == SIZE_MAX || !schema_is_searched(&schema->fields[field])) {
        return no_such_field(schema, name, error);
    }
    if (field == schema_body(schema)) {
        bad("terms.body", "the words of the body are not kept apart from those of other fields", error);
        error_hint(error, "leave out the field to list the words of all fields");
        return SEARCH_E_ARGUMENT;
    }
    schema_prefix(schema, field, false, l->prefix);
    return SEARCH_OK;
}

/* ---- the pattern ---- */

static void add_letter(listing *l, uint32_t letter) {
    buffer_add(&l->pattern, &letter, sizeof letter);
}

/* Adds the folded letters of a part of the pattern without '*' and '?'. */
static search_status add_letters(listing *l, search_text part, search_error *error) {
    token_list tokens;
    const search_status status = analyzer_tokens(l->run.r->words, part, &tokens, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (tokens.n_positions > 1) {
        bad("terms.pattern", "a pattern is of one word", error);
        error_hint(error, "list the words one by one");
        return SEARCH_E_ARGUMENT;
    }
    const search_text word = tokens.n_tokens > 0 ? tokens.tokens[0].folded : (search_text){NULL, 0};
    for (size_t at = 0; at < word.n_bytes;) {
        add_letter(l, utf8_next(word.bytes, word.n_bytes, &at));
    }
    return SEARCH_OK;
}

/* Text without '*' and '?' is how a word begins. */
static search_status read_pattern(listing *l, search_error *error) {
    const search_text text = l->request.pattern;
    bool is_beginning = true;
    search_status status = SEARCH_OK;
    for (size_t from = 0; status == SEARCH_OK && from < text.n_bytes;) {
        size_t to = from;
        while (to < text.n_bytes && text.bytes[to] != '*' && text.bytes[to] != '?') {
            to++;
        }
        status = add_letters(l, (search_text){text.bytes + from, to - from}, error);
        if (status == SEARCH_OK && to < text.n_bytes) {
            add_letter(l, text.bytes[to] == '*' ? VOCABULARY_ANY : VOCABULARY_ONE);
            is_beginning = false;
        }
        from = to + 1;
    }
    if (is_beginning) {
        add_letter(l, VOCABULARY_ANY);
    }
    return status == SEARCH_OK && l->pattern.failed ? error_memory(error) : status;
}

/* ---- counts ---- */

static int by_records(const void *a, const void *b) {
    const search_term *x = a;
    const search_term *y = b;
    if (x->n_records != y->n_records) {
        return x->n_records > y->n_records ? -1 : 1;
    }
    const size_t n = x->word.n_bytes < y->word.n_bytes ? x->word.n_bytes : y->word.n_bytes;
    const int order = memcmp(x->word.bytes, y->word.bytes, n);
    return order != 0 ? order : (x->word.n_bytes > y->word.n_bytes) - (x->word.n_bytes < y->word.n_bytes);
}

static search_status count_words(listing *l, search_error *error) {
    search_term_list *out = l->out;
    const bool is_bound = l->request.required_filter.n_bytes > 0;
    search_status status = SEARCH_OK;
    out->terms = arena_array(&out->memory, l->words.n + 1, sizeof *out->terms);
    if (out->terms == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < l->words.n; i++) {
        search_term *term = &out->terms[out->n_all];
        *term = (search_term){l->words.words[i].word, l->words.words[i].n_documents};
        if (is_bound) {
            status = filter_count_word(&l->allowed, l->prefix, term->word, &l->run, &term->n_records, error);
        }
        out->n_all += term->n_records > 0 ? 1 : 0;
    }
    if (out->n_all > 1 && !l->request.by_word) {
        qsort(out->terms, out->n_all, sizeof *out->terms, by_records);
    }
    out->n = out->n_all < l->request.limit ? out->n_all : l->request.limit;
    return status;
}

static search_status list_words(listing *l, search_error *error) {
    search_status status = run_check(&l->run, error);
    if (status == SEARCH_OK) {
        status = read_field(l, error);
    }
    if (status == SEARCH_OK) {
        status = read_pattern(l, error);
    }
    if (status == SEARCH_OK) {
        status = filter_match(l->request.required_filter, 0, &l->run, &l->allowed, error);
    }
    if (status == SEARCH_OK) {
        status =
            vocabulary_match(&l->run, l->prefix, (const uint32_t *)(const void *)l->pattern.bytes,
                             l->pattern.n_bytes / sizeof(uint32_t), max_expansions, &l->out->memory, &l->words, error);
    }
    return status == SEARCH_OK ? count_words(l, error) : status;
}

search_status search_terms(const search_index *index, const search_terms_request *request, search_term_list **out,
                           search_error *error) {
    error_clear(error);
    *out = NULL;
    listing l = {.run = {.index = index->now}};
    search_status status = check_request(request, &l.request, error);
    if (status != SEARCH_OK) {
        return status;
    }
    l.run.on_cancel = l.request.on_cancel;
    l.run.cancel_context = l.request.context;
    l.run.deadline_ns = run_deadline(run_now_ns(), l.request.deadline_ms);
    l.out = calloc(1, sizeof *l.out);
    status = l.out == NULL ? error_memory(error) : snapshot_take_reader(index->now, &l.run.r, error);
    if (status == SEARCH_OK) {
        status = list_words(&l, error);
    }
    snapshot_give_reader(index->now, l.run.r);
    set_free(&l.allowed);
    buffer_free(&l.pattern);
    if (status != SEARCH_OK) {
        search_term_list_free(l.out);
        return status;
    }
    *out = l.out;
    return SEARCH_OK;
}

const search_term *search_term_list_term(const search_term_list *list, size_t i) {
    return i < list->n ? &list->terms[i] : NULL;
}

size_t search_term_list_n_all(const search_term_list *list) {
    return list->n_all;
}

void search_term_list_free(search_term_list *list) {
    if (list != NULL) {
        arena_free(&list->memory);
        free(list);
    }
}
