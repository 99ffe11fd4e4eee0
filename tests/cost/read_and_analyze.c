/* What a rebuild cannot do without: reads sources, completes their records, and takes every searched text of each
 * apart once.  Its instructions are what tests/cost/rebuild.sh measures a rebuild by.
 *
 *   read_and_analyze SOURCE... */
#include "libsearch/analysis/analysis.h"
#include "libsearch/cable/cable.h"
#include "libsearch/index/schema.h"
#include <stdio.h>

typedef struct run {
    const search_schema *schema;
    analyzer *words;
    size_t n_records;
    size_t n_words;
} run;

static search_status on_record(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error) {
    (void)source;
    (void)line;
    run *r = context;
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < r->schema->n_fields && status == SEARCH_OK; i++) {
        if (!schema_is_searched(&r->schema->fields[i])) {
            continue;
        }
        const char *name = r->schema->names[i];
        for (size_t v = 0; v < search_record_n_values(record, name) && status == SEARCH_OK; v++) {
            token_list list = {0};
            status = analyzer_tokens(r->words, search_record_value(record, name, v), &list, error);
            r->n_words += list.n_positions;
        }
    }
    r->n_records++;
    return status;
}

static void on_report(void *context, const search_report *report) {
    (void)context;
    (void)report;
}

int main(int n_arguments, char **arguments) {
    search_schema *schema = NULL;
    run r = {0};
    search_error error;
    search_status status = search_schema_cables(&schema, &error);
    if (status == SEARCH_OK) {
        r.schema = schema;
        status = analyzer_new(schema->stemmer, &r.words, &error);
    }
    const cable_sink sink = {on_record, on_report, NULL, &r};
    for (int i = 1; i < n_arguments && status == SEARCH_OK; i++) {
        status = source_read(arguments[i], NULL, &sink, &error);
    }
    analyzer_free(r.words);
    search_schema_free(schema);
    if (status != SEARCH_OK) {
        fprintf(stderr, "read_and_analyze: %s\n", error.message);
        return 1;
    }
    printf("%zu records, %zu words\n", r.n_records, r.n_words);
    return 0;
}
