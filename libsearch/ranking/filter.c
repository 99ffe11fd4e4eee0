/* A filter that says nothing is refused: what was meant to bind must not be open to all. */
#include "libsearch/ranking/filter.h"

search_status filter_match(search_text filter, size_t max_terms, search_run_context *run, document_set *out,
                           search_error *error) {
    if (filter.n_bytes == 0) {
        return set_new(run->index->n_documents, true, out, error);
    }
    leaf_list leaves = {0};
    search_status status = leaves_open(filter, max_terms, run, &leaves, error);
    bool is_neutral = false;
    if (status == SEARCH_OK) {
        status = leaves_match(&leaves, run, out, &is_neutral, error);
    }
    if (status == SEARCH_OK && is_neutral) {
        status = error_set(error, SEARCH_E_ARGUMENT, "search.request",
                           "the required filter holds no words, so it would bind nothing");
    }
    leaves_close(&leaves);
    return status;
}

search_status filter_count_word(const document_set *allowed, const char *prefix, search_text word,
                                search_run_context *run, uint64_t *n_records, search_error *error) {
    cursor *c = NULL;
    search_status status = leaf_open_term(run, prefix, word, &c, error);
    *n_records = 0;
    if (status == SEARCH_OK) {
        status = c->operations->next(c, error);
    }
    while (status == SEARCH_OK && c->docid != 0) {
        if (c->docid > run->index->n_documents) {
            status = error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "a posting lies outside the index");
        } else {
            *n_records += set_has(allowed, c->docid) ? 1 : 0;
            status = run_check(run, error);
        }
        if (status == SEARCH_OK) {
            status = c->operations->next(c, error);
        }
    }
    cursor_free(c);
    return status;
}
