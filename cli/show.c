/* cables show: one cable. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { SHOW_HIGHLIGHT = 1 };

static const option options[] = {
    {QUESTION_HIT, "hit", 0, OPTION_NUMBER, "N", "the N-th hit of the query given instead of an id", 1, 1000000000},
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "with --hit: add TEXT to the query as a phrase", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "with --hit: only cables with this value", 0, 0},
    {SHOW_HIGHLIGHT, "highlight", 0, OPTION_TEXT, "QUERY", "mark what a search for QUERY finds", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text, json, note, ris or bibtex", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

/* What to show, and what to mark there. */
typedef struct showing {
    output_format format;
    const char *highlight; /* of the option, or null */
    search_record *record;
    char *query; /* of --hit, or null */
} showing;

static void put_marks(FILE *file, const highlighter *h, const char *key, size_t value, bool is_first) {
    fputs(is_first ? "{\"field\":" : ",{\"field\":", file);
    json_put_string(file, search_text_of(key));
    fprintf(file, ",\"value\":%zu,\"marks\":[", value);
    for (size_t i = 0; i < search_highlights_n_marks(h->found); i++) {
        const search_highlight_mark *mark = search_highlights_mark(h->found, i);
        fprintf(file, "%s[%zu,%zu,%zu]", i > 0 ? "," : "", mark->from, mark->to, mark->term);
    }
    fputs("]}", file);
}

static void put_all_marks(FILE *file, const search_record *record, highlighter *h) {
    const char *key;
    bool is_first = true;

    for (size_t i = 0; (key = search_record_key(record, i)) != NULL; i++) {
        for (size_t value = 0; value < search_record_n_values(record, key); value++) {
            highlighter_mark(h, key, search_record_value(record, key, value));
            if (h->n_marks > 0) {
                put_marks(file, h, key, value, is_first);
                is_first = false;
            }
        }
    }
}

static void put_marked_json(const search_record *record, highlighter *h, const char *bytes, size_t n_bytes) {
    char *document = NULL;
    size_t n_document = 0;
    FILE *file = error_check_memory(open_memstream(&document, &n_document));

    fputs("{\"format\":1,\"highlight\":", file);
    json_put_string(file, search_text_of(h->query));
    fputs(",\"marks\":[", file);
    put_all_marks(file, record, h);
    fputs("],\"record\":", file);
    fwrite(bytes, 1, n_bytes, file);
    fputc('}', file);
    if (fclose(file) != 0) {
        error_check_memory(NULL);
    }
    json_put_document(stdout, document, n_document);
    free(document);
}

static exit_code print_json(const invocation *call, const showing *what, highlighter *h) {
    char *bytes = NULL;
    size_t n_bytes = 0;
    search_error error;

    if (search_record_to_json(what->record, &bytes, &n_bytes, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, NULL);
    }
    if (h) {
        put_marked_json(what->record, h, bytes, n_bytes);
    } else {
        json_put_document(stdout, bytes, n_bytes);
    }
    search_bytes_free(bytes);
    return EXIT_CODE_OK;
}

static void find_marks(void *context, const char *field, search_text value, const search_mark **marks,
                       size_t *n_marks) {
    highlighter *h = context;

    highlighter_mark(h, field, value);
    *marks = h->marks;
    *n_marks = h->n_marks;
}

static exit_code print_text(const showing *what, highlighter *h) {
    screen to = screen_of(stdout);
    const text_marker marker = {find_marks, h};

    to.has_stars = what->highlight != NULL;
    text_put_record(&to, what->record, h ? &marker : NULL);
    return EXIT_CODE_OK;
}

/* The query of --hit is marked by itself where that can be shown without a change of the text. */
static const char *query_to_mark(const showing *what) {
    const bool marks_hit = what->format == FORMAT_TEXT && screen_of(stdout).has_bold;

    return what->highlight ? what->highlight : marks_hit ? what->query : NULL;
}

static exit_code print(const invocation *call, const search_index *index, const showing *what) {
    const char *query = query_to_mark(what);
    highlighter h = {0};
    exit_code code = EXIT_CODE_OK;

    if (cite_is_style(what->format)) {
        return cite_print(call, what->record, what->format);
    }
    if (query) {
        code = highlighter_open(call, index, query,
                                what->format == FORMAT_JSON ? SEARCH_UNIT_CODE_POINTS : SEARCH_UNIT_BYTES, &h);
    }
    if (code == EXIT_CODE_OK) {
        code = what->format == FORMAT_JSON ? print_json(call, what, query ? &h : NULL)
                                           : print_text(what, query ? &h : NULL);
    }
    if (code == EXIT_CODE_OK && h.error.status != SEARCH_OK) {
        code = error_report(call->cmd, &h.error, NULL);
    }
    highlighter_free(&h);
    return code;
}

static exit_code read_options(const invocation *call, showing *out) {
    exit_code code = which_check(call, false);

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json, note, ris, bibtex", &out->format);
        } else if (item->id == SHOW_HIGHLIGHT) {
            out->highlight = item->text;
        }
    }
    if (code == EXIT_CODE_OK && out->highlight && cite_is_style(out->format)) {
        code = error_usage(call->cmd, NULL, "--highlight goes with the formats text and json");
    }
    if (code == EXIT_CODE_OK && out->highlight &&
        text_check(out->highlight, strlen(out->highlight)) < strlen(out->highlight)) {
        code = error_usage(call->cmd, "is the terminal set to UTF-8?", "--highlight is not UTF-8");
    }
    return code;
}

static exit_code run(const invocation *call) {
    showing what = {.format = FORMAT_TEXT};
    search_index *index = NULL;
    exit_code code = read_options(call, &what);

    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = which_find_hit(call, index, &what.record, &what.query);
    }
    if (code == EXIT_CODE_OK) {
        code = print(call, index, &what);
    }
    free(what.query);
    search_record_free(what.record);
    search_index_free(index);
    return code;
}

const command command_show = {
    "show",
    "ID | --hit N QUERY…",
    "print a cable",
    "Prints the cable with this id, or whose id alone begins so: its labels, body, summary and\n"
    "original.  With --hit it is the N-th hit of a search.  On a terminal the text is wrapped;\n"
    "elsewhere each paragraph is one line, as it is stored.  Exit code 1: there is no such cable.\n\n"
    "--highlight marks what a search for QUERY finds in each field: bold on a terminal, between ** where\n"
    "there is no bold, and in JSON as offsets beside the record.  The query of --hit is marked by itself\n"
    "on a terminal with bold.",
    "  cables show 188166\n"
    "  cables show --hit 1 illegal border crossers\n"
    "  cables show --highlight '\"border crossers\"' 188166\n"
    "  cables show --format json 188166 | python3 -m json.tool\n",
    options,
    true,
    run,
};
