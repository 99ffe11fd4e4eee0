/* The JSON door: a request read from JSON, results written as JSON (doc/search.schema.json). */
#ifndef LIBSEARCH_RANKING_JSON_H
#define LIBSEARCH_RANKING_JSON_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/ranking/results.h"
#include "libsearch/support/arena.h"

/* Texts of the request live in the arena. */
search_status json_read_request(const char *json, size_t n_json, arena *memory, search_request *out,
                                search_error *error);
/* `query` is the query as it was asked. */
search_status json_write_results(const search_results *results, search_text query, char **out, size_t *n_out,
                                 search_error *error);

#endif
