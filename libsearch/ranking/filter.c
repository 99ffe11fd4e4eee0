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
