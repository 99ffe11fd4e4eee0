/* Messages on standard error, and the exit code of every status. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

exit_code error_code(search_status status) {
    switch (status) {
    case SEARCH_OK:
        return EXIT_CODE_OK;
    case SEARCH_E_NOT_FOUND:
        return EXIT_CODE_NO_HITS;
    case SEARCH_E_ARGUMENT:
    case SEARCH_E_QUERY:
    case SEARCH_E_FACET:
    case SEARCH_E_LIMIT:
        return EXIT_CODE_USAGE;
    case SEARCH_E_NO_INDEX:
    case SEARCH_E_FORMAT:
    case SEARCH_E_CORRUPT:
    case SEARCH_E_ANALYZER:
        return EXIT_CODE_INDEX;
    case SEARCH_E_INPUT:
    case SEARCH_E_REFUSED:
        return EXIT_CODE_REFUSED;
    case SEARCH_E_FORKED:
    case SEARCH_E_SYSTEM:
    case SEARCH_E_MEMORY:
    case SEARCH_E_DEADLINE:
    case SEARCH_E_CANCELLED:
    case SEARCH_E_INTERNAL:
        return EXIT_CODE_SYSTEM;
    case SEARCH_E_LOCKED:
        return EXIT_CODE_LOCKED;
    }
    return EXIT_CODE_SYSTEM; /* a status of a later library */
}

/* "cables search: message", with a hint on a line of its own. */
static void put_message(const command *cmd, const char *message) {
    screen to = screen_of(stderr);

    fputs("cables", stderr);
    if (cmd) {
        fprintf(stderr, " %s", cmd->name);
    }
    fputs(": ", stderr);
    text_put(&to, search_text_of(message));
    fputc('\n', stderr);
}

static void put_hint(const char *hint) {
    screen to = screen_of(stderr);

    if (hint && hint[0]) {
        fputs("  ", stderr);
        text_put(&to, search_text_of(hint));
        fputc('\n', stderr);
    }
}

static void put_formatted(const command *cmd, const char *format, va_list values) {
    char message[1024];

    vsnprintf(message, sizeof message, format, values);
    put_message(cmd, message);
}

void error_print(const command *cmd, const char *hint, const char *format, ...) {
    va_list values;

    va_start(values, format);
    put_formatted(cmd, format, values);
    va_end(values);
    put_hint(hint);
}

exit_code error_usage(const command *cmd, const char *hint, const char *format, ...) {
    va_list values;

    va_start(values, format);
    put_formatted(cmd, format, values);
    va_end(values);
    put_hint(hint);
    fprintf(stderr, "  see: cables %s%s--help\n", cmd ? cmd->name : "", cmd ? " " : "");
    return EXIT_CODE_USAGE;
}

enum { CARET_CONTEXT_MAX_N = 60 }; /* characters of the query shown on either side of the caret */

static size_t step_back(const char *text, size_t at) {
    do {
        at--;
    } while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

/* The query with a caret under the character at `offset`; of a long query the part around it. */
static void put_caret(const char *query, size_t offset) {
    screen to = screen_of(stderr);
    size_t n_query = strlen(query);
    size_t at = offset < n_query ? offset : n_query;
    size_t from = at;
    size_t until = at;

    for (size_t i = 0; i < CARET_CONTEXT_MAX_N && from > 0; i++) {
        from = step_back(query, from);
    }
    for (size_t i = 0; i < CARET_CONTEXT_MAX_N / 4 && until < n_query; i++) {
        uint32_t character;
        until += text_decode(query + until, n_query - until, &character);
    }
    const char *left = from > 0 ? "⋯" : "";
    fprintf(stderr, "  %s", left);
    text_put(&to, (search_text){query + from, until - from});
    fprintf(stderr, "%s\n  ", until < n_query ? "⋯" : "");
    size_t column = text_width(search_text_of(left)) + text_width((search_text){query + from, at - from});
    fprintf(stderr, "%*s^\n", (int)column, "");
}

exit_code error_report(const command *cmd, const search_error *error, const char *query) {
    put_message(cmd, error->message);
    if (query && error->offset != SEARCH_NO_OFFSET) {
        put_caret(query, error->offset);
    }
    put_hint(error->hint);
    return error_code(error->status);
}

void error_warn(const command *cmd, const search_warning *warning, const char *query) {
    error_print(cmd, NULL, "warning: %s", warning->message);
    put_caret(query, warning->offset);
    put_hint(warning->hint);
}

void *error_check_memory(void *pointer) {
    if (!pointer) {
        fputs("cables: out of memory\n", stderr);
        exit(EXIT_CODE_SYSTEM);
    }
    return pointer;
}
