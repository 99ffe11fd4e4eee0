/* The words of a query in the values of a record, for show. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static search_status find(highlighter *h, search_text field, search_text value) {
    search_highlight_options options = SEARCH_HIGHLIGHT_OPTIONS_INIT;

    search_highlights_free(h->found);
    h->found = NULL;
    h->n_marks = 0;
    options.unit = h->unit;
    return search_highlight(h->index, search_text_of(h->query), field, value, &options, &h->found, &h->error);
}

exit_code highlighter_open(const invocation *call, const search_index *index, const char *query, search_unit unit,
                           highlighter *out) {
    *out = (highlighter){.index = index, .query = query, .unit = unit};
    if (find(out, search_text_of(""), search_text_of("")) != SEARCH_OK) {
        return error_report(call->cmd, &out->error, query);
    }
    return EXIT_CODE_OK;
}

/* A record may have keys that are no fields of the index: nothing is found there. */
static bool is_field(const highlighter *h, const char *name) {
    const search_schema *schema = search_index_schema(h->index);

    for (size_t i = 0; i < search_schema_n_fields(schema); i++) {
        if (strcmp(search_schema_field(schema, i)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void keep_marks(highlighter *h) {
    const size_t n = search_highlights_n_marks(h->found);

    h->marks = error_check_memory(realloc(h->marks, (n + 1) * sizeof *h->marks));
    for (size_t i = 0; i < n; i++) {
        const search_highlight_mark *mark = search_highlights_mark(h->found, i);
        if (h->n_marks > 0 && mark->from == h->marks[h->n_marks - 1].to) {
            h->marks[h->n_marks - 1].to = mark->to;
        } else {
            h->marks[h->n_marks++] = (search_mark){mark->from, mark->to};
        }
    }
}

void highlighter_mark(highlighter *h, const char *field, search_text value) {
    h->n_marks = 0;
    if (h->error.status != SEARCH_OK || !is_field(h, field)) {
        search_highlights_free(h->found);
        h->found = NULL;
    } else if (find(h, search_text_of(field), value) == SEARCH_OK) {
        keep_marks(h);
    }
}

void highlighter_free(highlighter *h) {
    search_highlights_free(h->found);
    free(h->marks);
}
