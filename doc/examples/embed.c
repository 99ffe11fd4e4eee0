/* How archive software embeds libsearch: put records of its own into an index, search it, read the answer.
 *
 *     cc embed.c $(pkg-config --cflags --libs libsearch) -o embed
 *     ./embed /tmp/embed-index 'rice AND pressure'
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <libsearch.h>

#include <stdio.h>

static int fail(const char *doing, const search_error *error) {
    fprintf(stderr, "%s: %s\n", doing, error->message);
    if (error->hint[0]) {
        fprintf(stderr, "  %s\n", error->hint);
    }
    return 1;
}

/* One record, as it may come out of a database. */
static search_status put(search_writer *writer, const char *id, const char *title, const char *date, const char *place,
                         const char *body, search_error *error) {
    const char *const keys[] = {"id", "title", "date", "places", "body"};
    const char *const values[] = {id, title, date, place, body};
    search_record *record;
    search_status status = search_record_new(&record, error);

    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && status == SEARCH_OK; i++) {
        status = search_record_add(record, keys[i], search_text_of(values[i]), error);
    }
    if (status == SEARCH_OK) {
        status = search_writer_put(writer, record, error);
    }
    search_record_free(record);
    return status;
}

/* Nothing can be seen by readers before the commit, everything after it. */
static search_status build(const char *directory, search_error *error) {
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    search_writer *writer;
    search_status status = search_writer_open(directory, &options, &writer, error);

    if (status == SEARCH_OK) {
        status = put(writer, "a-1", "Cable on rice", "November 27, 1965", "Cuba",
                     "The rice came late.\n\nPressure cookers were asked for.", error);
    }
    if (status == SEARCH_OK) {
        status = put(writer, "a-2", "Note on maize", "January 1963", "Romania", "The maize came early.", error);
    }
    if (status == SEARCH_OK) {
        status = search_writer_commit(writer, NULL, error);
    }
    search_writer_free(writer);
    return status;
}

static void print(const search_results *results) {
    printf("%llu found\n", (unsigned long long)search_results_total(results));
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        printf("%.*s  %.*s  (%s to %s)\n", (int)hit->id.n_bytes, hit->id.bytes, (int)hit->title.n_bytes,
               hit->title.bytes, hit->date_earliest, hit->date_latest);
        for (size_t k = 0; k < hit->n_snippets; k++) {
            const search_snippet *snippet = &hit->snippets[k];
            printf("    %s: %.*s\n", snippet->field, (int)snippet->text.n_bytes, snippet->text.bytes);
        }
    }
    for (size_t i = 0; i < search_results_n_facets(results); i++) {
        const search_facet_counts *facet = search_results_facet(results, i);
        for (size_t k = 0; k < facet->n_values; k++) {
            const search_facet_value *value = &facet->values[k];
            printf("%.*s = %.*s: %llu\n", (int)facet->name.n_bytes, facet->name.bytes, (int)value->value.n_bytes,
                   value->value.bytes ? value->value.bytes : "", (unsigned long long)value->count);
        }
    }
}

int main(int argc, char **argv) {
    search_error error;
    search_index *index;
    search_results *results;

    if (argc != 3) {
        fprintf(stderr, "usage: %s INDEX QUERY\n", argv[0]);
        return 2;
    }
    if (build(argv[1], &error) != SEARCH_OK) {
        return fail("build", &error);
    }
    if (search_index_open(argv[1], &index, &error) != SEARCH_OK) {
        return fail("open", &error);
    }
    const search_facet_request places = {.name = search_text_of("places"), .limit = 5};
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of(argv[2]);
    request.facets = &places;
    request.n_facets = 1;
    search_status status = search_run(index, &request, &results, &error);
    search_index_free(index); /* results need no index */
    if (status != SEARCH_OK) {
        return fail("search", &error);
    }
    print(results);
    search_results_free(results);
    return 0;
}
