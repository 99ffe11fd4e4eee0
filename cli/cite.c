/* cables cite: a cable as a footnote, or as an entry for a reference manager. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <string.h>

static const option options[] = {
    {QUESTION_HIT, "hit", 0, OPTION_NUMBER, "N", "the N-th hit of the query given instead of an id", 1, 1000000000},
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "with --hit: add TEXT to the query as a phrase", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "with --hit: only cables with this value", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "note, ris or bibtex", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

bool cite_is_style(output_format format) {
    return format == FORMAT_NOTE || format == FORMAT_RIS || format == FORMAT_BIBTEX;
}

static void put_lines(const char *bytes, size_t n_bytes) {
    screen to = screen_of(stdout);

    if (!to.is_terminal) {
        fwrite(bytes, 1, n_bytes, stdout);
        return;
    }
    for (size_t at = 0; at < n_bytes;) {
        const char *end = memchr(bytes + at, '\n', n_bytes - at);
        const size_t n_line = end ? (size_t)(end - bytes) - at : n_bytes - at;
        text_put(&to, (search_text){bytes + at, n_line});
        if (end) {
            fputc('\n', stdout);
        }
        at += n_line + 1;
    }
}

exit_code cite_print(const invocation *call, const search_record *record, output_format format) {
    const search_citation_style style = format == FORMAT_RIS      ? SEARCH_CITATION_RIS
                                        : format == FORMAT_BIBTEX ? SEARCH_CITATION_BIBTEX
                                                                  : SEARCH_CITATION_NOTE;
    char *bytes = NULL;
    size_t n_bytes = 0;
    search_error error;

    if (search_record_cite(record, style, &bytes, &n_bytes, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, NULL);
    }
    put_lines(bytes, n_bytes);
    if (style == SEARCH_CITATION_NOTE) {
        fputc('\n', stdout);
    }
    search_bytes_free(bytes);
    return EXIT_CODE_OK;
}

static exit_code run(const invocation *call) {
    output_format format = FORMAT_NOTE;
    search_index *index = NULL;
    search_record *record = NULL;
    exit_code code = which_check(call, false);

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "note, ris, bibtex", &format);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = which_find(call, index, &record);
    }
    if (code == EXIT_CODE_OK) {
        code = cite_print(call, record, format);
    }
    search_record_free(record);
    search_index_free(index);
    return code;
}

const command command_cite = {
    "cite",
    "ID | --hit N QUERY…",
    "print a cable's footnote",
    "Prints the cable with this id, or whose id alone begins so, as one line for a footnote:\n"
    "sender, title, addressees, number, date, classification, archival reference, translators\n"
    "and id.  What the cable does not have is left out.  --format ris and bibtex give entries\n"
    "for reference managers; search has these formats, too.  Exit code 1: there is no such cable.",
    "  cables cite 188166\n"
    "  cables cite --hit 1 illegal border crossers\n"
    "  cables cite --format bibtex 188166 >>references.bib\n",
    options,
    true,
    run,
};
