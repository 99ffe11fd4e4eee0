/* Asks an index the queries of a file, as `cables search` does for people, and prints the first ten hits of each:
 * number of the query (its line, from 1), rank, id.  Only the public interface is used.
 *
 *   bench/quality_libsearch INDEX ITEMS.tsv [strict] [WEIGHT=NUMBER...]
 *
 * The query is the last field of its line.  With `strict` all words must match, as for programs.  Weights have the
 * names of search_weights, those of zones with the number of the zone behind: zone1 is that of titles. */
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
static void ask(const search_index *index, search_text query, bool relax, const search_weights *weights,
                size_t number) {
    search_request request = SEARCH_REQUEST_INIT;
    request.query = query;
    request.limit = N_HITS;
    request.n_snippets = 0;
    request.relax = relax;
    request.weights = weights;
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

static void set_weight(search_weights *weights, const char *given) {
    const struct {
        const char *name;
        double *weight;
    } all[] = {{"k1", &weights->k1},
               {"zone0", &weights->zone[0]},
               {"zone1", &weights->zone[1]},
               {"zone2", &weights->zone[2]},
               {"zone3", &weights->zone[3]},
               {"zone_b0", &weights->zone_b[0]},
               {"zone_b1", &weights->zone_b[1]},
               {"zone_b2", &weights->zone_b[2]},
               {"zone_b3", &weights->zone_b[3]},
               {"pair", &weights->pair},
               {"window", &weights->window},
               {"title", &weights->title}};
    const size_t n_name = strcspn(given, "=");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strlen(all[i].name) == n_name && strncmp(all[i].name, given, n_name) == 0 && given[n_name] == '=') {
            *all[i].weight = strtod(given + n_name + 1, NULL);
            return;
        }
    }
    fail(given, "is no weight");
}

int main(int n_arguments, char **arguments) {
    if (n_arguments < 3)
        fail("usage", "bench/quality_libsearch INDEX ITEMS.tsv [strict] [WEIGHT=NUMBER...]");
    const bool strict = n_arguments > 3 && strcmp(arguments[3], "strict") == 0;
    search_weights weights = SEARCH_WEIGHTS_INIT;
    for (int i = strict ? 4 : 3; i < n_arguments; i++)
        set_weight(&weights, arguments[i]);
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
        ask(index, last_field(line), !strict, &weights, number);
    free(line);
    fclose(items);
    search_index_free(index);
    return 0;
}
