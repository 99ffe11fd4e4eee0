/* What an embedder writes first: indexes two records, searches, prints the hits.  Compiled against the installed header
 * by tests/install/check.sh, as C and as C++. */
#include <libsearch.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *what, const search_error *error) {
    fprintf(stderr, "%s: %s (%s)\n", what, error->message, error->id);
    return 1;
}

static search_status put(search_writer *writer, const char *json, search_error *error) {
    search_record *record;
    search_status status = search_record_from_json(search_text_of(json), &record, error);
    if (status == SEARCH_OK)
        status = search_writer_put(writer, record, error);
    search_record_free(record);
    return status;
}

static int build(const char *directory, search_error *error) {
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    search_writer *writer;
    if (search_writer_open(directory, &options, &writer, error) != SEARCH_OK)
        return complain("open for writing", error);
    search_status status =
        put(writer, "{\"id\":\"1\",\"title\":\"Telegram on the harvest\",\"body\":\"The harvest was good.\"}", error);
    if (status == SEARCH_OK)
        status = put(writer, "{\"id\":\"2\",\"title\":\"Letter\",\"body\":\"Nothing crossed the border.\"}", error);
    if (status == SEARCH_OK)
        status = search_writer_commit(writer, NULL, error);
    search_writer_free(writer);
    return status == SEARCH_OK ? 0 : complain("build", error);
}

static int search(const char *directory, const char *query, search_error *error) {
    search_index *index;
    if (search_index_open(directory, &index, error) != SEARCH_OK)
        return complain("open", error);
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of(query);
    search_results *results;
    search_status status = search_run(index, &request, &results, error);
    search_index_free(index);
    if (status != SEARCH_OK)
        return complain("search", error);
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        printf("%.*s\t%.*s\n", (int)hit->id.n_bytes, hit->id.bytes, (int)hit->title.n_bytes, hit->title.bytes);
    }
    search_results_free(results);
    return 0;
}

int main(int n_arguments, char **arguments) {
    search_error error;
    if (n_arguments != 3) {
        fprintf(stderr, "usage: host DIRECTORY QUERY\n");
        return 2;
    }
    if (build(arguments[1], &error) != 0)
        return 1;
    return search(arguments[1], arguments[2], &error);
}
