/* cables show: one cable. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <string.h>

static const option options[] = {
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text or json", 0, 0},
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

static exit_code show(const invocation *call, const search_index *index, const char *id, output_format format) {
    search_record *record = NULL;
    search_error error;
    exit_code code = EXIT_CODE_OK;

    if (search_index_record(index, search_text_of(id), &record, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, NULL);
    }
    if (format == FORMAT_JSON) {
        code = print_json(call, record);
    } else {
        screen to = screen_of(stdout);
        text_put_record(&to, record);
    }
    search_record_free(record);
    return code;
}

static exit_code run(const invocation *call) {
    output_format format = FORMAT_TEXT;
    const char *id = NULL;
    size_t n_ids = 0;
    search_index *index = NULL;
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == ARG_OPERAND) {
            id = item->text;
            n_ids++;
        } else if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json", &format);
        }
    }
    if (code == EXIT_CODE_OK && n_ids != 1) {
        code = error_usage(call->cmd, "search prints the id of every hit at the end of its second line",
                           "give the id of one cable");
    }
    if (code == EXIT_CODE_OK && text_check(id, strlen(id)) < strlen(id)) {
        code = error_usage(call->cmd, NULL, "the id is not UTF-8");
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = show(call, index, id, format);
    }
    search_index_free(index);
    return code;
}

const command command_show = {
    "show",
    "ID",
    "print a cable",
    "Prints the cable with this id: its labels, body, summary and original.  On a terminal the\n"
    "text is wrapped; elsewhere each paragraph is one line, as it is stored.  Exit code 1: no\n"
    "cable has this id.",
    "  cables show 188166\n"
    "  cables show --format json 188166 | python3 -m json.tool\n",
    options,
    false,
    run,
};
