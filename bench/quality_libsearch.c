/* Asks an index the queries of a file, as `cables search` does for people, and prints the first ten hits of each:
 * number of the query (its line, from 1), rank, id.  Only the public interface is used.
 *
 *   bench/quality_libsearch INDEX ITEMS.tsv [strict]
 *
 * The query is the last field of its line.  With `strict` all words must match, as for programs. */
#include <libsearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_HITS 10

static void fail(const char *what, const char *why) {
    fprintf(stderr, "bench/quality_libsearch: %s: %s\n", what, why);
    exit(1);
}

static search_text last_field(const char *line) {
    const char *tab = strrchr(line, '\t');
    const char *field = tab == NULL ? line : tab + 1;
    return (search_text){field, strcspn(field, "\n")};
}

/* A query that cannot be asked finds nothing. */
static void ask(const search_index *index, search_text query, bool relax, size_t number) {
    search_request request = SEARCH_REQUEST_INIT;
    request.query = query;
    request.limit = N_HITS;
    request.n_snippets = 0;
    request.relax = relax;
    search_results *results;
    search_error error;
    if (search_run(index, &request, &results, &error) != SEARCH_OK) {
        fprintf(stderr, "bench/quality_libsearch: %.*s: %s\n", (int)query.n_bytes, query.bytes, error.message);
        return;
    }
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_text id = search_results_hit(results, i)->id;
        printf("%zu\t%zu\t%.*s\n", number, i + 1, (int)id.n_bytes, id.bytes);
    }
    search_results_free(results);
}

int main(int n_arguments, char **arguments) {
    const bool strict = n_arguments == 4 && strcmp(arguments[3], "strict") == 0;
    if (n_arguments != 3 && !strict)
        fail("usage", "bench/quality_libsearch INDEX ITEMS.tsv [strict]");
    search_index *index;
    search_error error;
    if (search_index_open(arguments[1], &index, &error) != SEARCH_OK)
        fail(arguments[1], error.message);
    FILE *items = fopen(arguments[2], "r");
    if (items == NULL)
        fail(arguments[2], "cannot be opened");
    char *line = NULL;
    size_t capacity = 0;
    for (size_t number = 1; getline(&line, &capacity, items) > 0; number++)
        ask(index, last_field(line), !strict, number);
    free(line);
    fclose(items);
    search_index_free(index);
    return 0;
}
