/* cables show: one cable. */
#include "cli/cli.h"
#include "cli/output/text.h"

static const option options[] = {
    {QUESTION_HIT, "hit", 0, OPTION_NUMBER, "N", "the N-th hit of the query given instead of an id", 1, 1000000000},
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "with --hit: add TEXT to the query as a phrase", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "with --hit: only cables with this value", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text, json, note, ris or bibtex", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

static exit_code print_json(const invocation *call, const search_record *record) {
    char *bytes = NULL;
    size_t n_bytes = 0;
    search_error error;

    if (search_record_to_json(record, &bytes, &n_bytes, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, NULL);
    }
    json_put_document(stdout, bytes, n_bytes);
    search_bytes_free(bytes);
    return EXIT_CODE_OK;
}

static exit_code print(const invocation *call, const search_record *record, output_format format) {
    if (format == FORMAT_JSON) {
        return print_json(call, record);
    }
    if (cite_is_style(format)) {
        return cite_print(call, record, format);
    }
    screen to = screen_of(stdout);
    text_put_record(&to, record);
    return EXIT_CODE_OK;
}

static exit_code run(const invocation *call) {
    output_format format = FORMAT_TEXT;
    search_index *index = NULL;
    search_record *record = NULL;
    exit_code code = which_check(call, false);

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json, note, ris, bibtex", &format);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = which_find(call, index, &record);
    }
    if (code == EXIT_CODE_OK) {
        code = print(call, record, format);
    }
    search_record_free(record);
    search_index_free(index);
    return code;
}

const command command_show = {
    "show",
    "ID | --hit N QUERY…",
    "print a cable",
    "Prints the cable with this id, or whose id alone begins so: its labels, body, summary and\n"
    "original.  With --hit it is the N-th hit of a search.  On a terminal the text is wrapped;\n"
    "elsewhere each paragraph is one line, as it is stored.  Exit code 1: there is no such cable.",
    "  cables show 188166\n"
    "  cables show --hit 1 illegal border crossers\n"
    "  cables show --format json 188166 | python3 -m json.tool\n",
    options,
    true,
    run,
};
