/* The records with the other words are found once; each word of the pattern then skips through its own to see whether
 * it has one of these. */
#include "libsearch/ranking/narrow.h"

#include "libsearch/ranking/phrase.h"

static search_status find_documents(const search_text *literal, size_t n_literal, size_t field, search_run_context *run,
                                    arena *memory, docid_list *out, search_error *error) {
    lattice words = {0};
    candidate_search search = {0};
    const docid_list all = {.is_all = true};
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < n_literal; i++) {
        status = lattice_add(&words, i, i + 1, &literal[i], 1, false, 1, memory, error);
    }
    lattice_finish(&words);
    if (status == SEARCH_OK) {
        status = candidates_open(&words, field, run, &search, error);
    }
    if (status == SEARCH_OK) {
        status = candidates_find(&search, &all, out, error);
    }
    candidates_free(&search);
    return status;
}

/* Whether the word stands in one of the documents. */
static search_status stands_in(search_text word, const docid_list *documents, size_t field, search_run_context *run,
                               bool *yes, search_error *error) {
    char prefix[SCHEMA_PREFIX_SIZE];
    cursor *c = NULL;
    *yes = false;
    schema_prefix(run->index->contents.schema, field, false, prefix);
    search_status status = leaf_open_term(run, prefix, word, &c, error);
    for (size_t i = 0; status == SEARCH_OK && !*yes && i < documents->n; i++) {
        if (c->docid > documents->ids[i]) {
            continue;
        }
        status = c->operations->skip_to(c, documents->ids[i], error);
        if (status == SEARCH_OK && c->is_done) {
            break;
        }
        *yes = status == SEARCH_OK && c->docid == documents->ids[i];
        if (status == SEARCH_OK) {
            status = run_check(run, error);
        }
    }
    cursor_free(c);
    return status;
}

search_status narrow_word(const open_word *w, const search_text *literal, size_t n_literal, size_t field,
                          search_run_context *run, arena *memory, vocabulary_list *out, search_error *error) {
    docid_list documents = {0};
    vocabulary_list all = {0};
    size_t n = 0;
    search_status status = expand_up_to(w, field, NARROW_MAX_WORDS, run, memory, &all, error);
    if (status == SEARCH_OK) {
        status = find_documents(literal, n_literal, field, run, memory, &documents, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < all.n; i++) {
        bool yes = false;
        status = stands_in(all.words[i].word, &documents, field, run, &yes, error);
        if (status == SEARCH_OK && yes && n == expand_limit(w)) {
            status = error_set(error, SEARCH_E_LIMIT, "query.too_many_expansions",
                               "more than %zu words of the index match", n);
            expand_explain(w, error);
        } else if (status == SEARCH_OK && yes) {
            all.words[n++] = all.words[i];
        }
    }
    docids_free(&documents);
    all.n = n;
    *out = all;
    return status;
}
