/* What search and facets ask: the query put together from operands, the facets and the values selected. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { QUERY_MAX_N_BYTES = 1 << 16, FACET_MAX_N_VALUES = 100000 };

/* Reads standard input to its end.  What is too long or holds NUL is no query. */
static exit_code put_standard_input(const command *cmd, FILE *query) {
    char *bytes = error_check_memory(malloc(QUERY_MAX_N_BYTES + 1));
    size_t n = fread(bytes, 1, QUERY_MAX_N_BYTES + 1, stdin);
    exit_code code = EXIT_CODE_OK;

    if (ferror(stdin)) {
        error_print(cmd, NULL, "cannot read the query from standard input");
        code = EXIT_CODE_SYSTEM;
    } else if (n > QUERY_MAX_N_BYTES) {
        code = error_usage(cmd, NULL, "the query on standard input is longer than %d bytes", (int)QUERY_MAX_N_BYTES);
    } else if (memchr(bytes, '\0', n)) {
        code = error_usage(cmd, NULL, "the query on standard input is no text");
    } else {
        while (n > 0 && strchr(" \t\r\n", bytes[n - 1])) {
            n--;
        }
        fwrite(bytes, 1, n, query);
    }
    free(bytes);
    return code;
}

static void put_phrase(FILE *query, const char *text) {
    fputc('"', query);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fputc('\\', query);
        }
        fputc(*c, query);
    }
    fputc('"', query);
}

/* NAME or NAME:N. */
static exit_code add_facet(const command *cmd, question *q, const char *given) {
    const char *colon = strrchr(given, ':');
    uint64_t limit = 0;
    char hint[512];

    if (colon && !args_number(colon + 1, strlen(colon + 1), 1, FACET_MAX_N_VALUES, &limit)) {
        snprintf(hint, sizeof hint, "to select a value: --where %.*s=%s", (int)(colon - given), given, colon + 1);
        return error_usage(cmd, hint, "--facet %s: '%s' is not a number of values", given, colon + 1);
    }
    size_t n_name = colon ? (size_t)(colon - given) : strlen(given);
    if (n_name == 0) {
        return error_usage(cmd, NULL, "--facet needs the name of a facet");
    }
    q->facets = error_check_memory(realloc(q->facets, (q->n_facets + 1) * sizeof *q->facets));
    q->facets[q->n_facets++] = (search_facet_request){{given, n_name}, (size_t)limit};
    return EXIT_CODE_OK;
}

/* NAME=VALUE; an empty value selects records without one. */
static exit_code add_where(const command *cmd, question *q, const char *given) {
    const char *equals = strchr(given, '=');
    const char *colon = strchr(given, ':');
    char hint[512];

    if (!equals || equals == given) {
        if (colon) {
            snprintf(hint, sizeof hint, "did you mean --where %.*s=%s?", (int)(colon - given), given, colon + 1);
        }
        return error_usage(cmd, colon ? hint : NULL, "--where needs NAME=VALUE, not '%s'", given);
    }
    search_where where = {{given, (size_t)(equals - given)}, {NULL, 0}};
    if (equals[1] != '\0') {
        where.value = search_text_of(equals + 1);
    }
    q->wheres = error_check_memory(realloc(q->wheres, (q->n_wheres + 1) * sizeof *q->wheres));
    q->wheres[q->n_wheres++] = where;
    return EXIT_CODE_OK;
}

exit_code question_format(const command *cmd, const char *name, const char *allowed, output_format *out) {
    static const char *const names[] = {"text", "json", "ids", "jsonl"}; /* in the order of output_format */
    char list[32];

    snprintf(list, sizeof list, "%s", allowed);
    for (char *one = strtok(list, ", "); one; one = strtok(NULL, ", ")) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strcmp(one, name) == 0 && strcmp(one, names[i]) == 0) {
                *out = (output_format)i;
                return EXIT_CODE_OK;
            }
        }
    }
    return error_usage(cmd, NULL, "unknown format '%s': the formats are %s", name, allowed);
}

/* Words and phrases are joined by blanks in the order they came. */
static exit_code take(const command *cmd, question *q, FILE *query, const arg *item) {
    if (item->id == ARG_OPERAND || item->id == QUESTION_PHRASE) {
        if (ftell(query) > 0) {
            fputc(' ', query);
        }
        if (item->id == QUESTION_PHRASE) {
            put_phrase(query, item->text);
        } else if (strcmp(item->text, "-") == 0) {
            return put_standard_input(cmd, query);
        } else {
            fputs(item->text, query);
        }
        return EXIT_CODE_OK;
    }
    if (item->id == QUESTION_FACET) {
        return add_facet(cmd, q, item->text);
    }
    if (item->id == QUESTION_WHERE) {
        return add_where(cmd, q, item->text);
    }
    return EXIT_CODE_OK;
}

static exit_code check_text(const command *cmd, const char *what, const char *bytes, size_t n_bytes) {
    size_t at = text_check(bytes, n_bytes);

    if (at < n_bytes) {
        return error_usage(cmd, "is the terminal set to UTF-8?", "%s is not UTF-8 at byte %zu", what, at + 1);
    }
    return EXIT_CODE_OK;
}

exit_code question_read(const invocation *call, question *out) {
    exit_code code = EXIT_CODE_OK;

    *out = (question){0};
    FILE *query = error_check_memory(open_memstream(&out->query, &out->n_query));
    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        code = take(call->cmd, out, query, item);
        if (code == EXIT_CODE_OK && (item->id == QUESTION_FACET || item->id == QUESTION_WHERE)) {
            code = check_text(call->cmd, item->id == QUESTION_FACET ? "--facet" : "--where", item->text,
                              strlen(item->text));
        }
    }
    if (fclose(query) != 0) {
        error_check_memory(NULL);
    }
    if (code == EXIT_CODE_OK) {
        code = check_text(call->cmd, "the query", out->query, out->n_query);
    }
    if (code != EXIT_CODE_OK) {
        question_free(out);
    }
    return code;
}

void question_free(question *q) {
    free(q->query);
    free(q->facets);
    free(q->wheres);
    *q = (question){0};
}

exit_code question_run(const invocation *call, const search_index *index, const question *q, search_results **out) {
    search_request request = SEARCH_REQUEST_INIT;
    search_error error;

    request.query = (search_text){q->query, q->n_query};
    request.offset = (size_t)q->offset;
    request.limit = (size_t)q->limit;
    request.n_snippets = (size_t)q->n_snippets;
    request.facets = q->facets;
    request.n_facets = q->n_facets;
    request.wheres = q->wheres;
    request.n_wheres = q->n_wheres;
    request.lenient = q->is_lenient;
    if (search_run(index, &request, out, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, q->query);
    }
    for (size_t i = 0; i < search_results_n_warnings(*out); i++) {
        error_warn(call->cmd, search_results_warning(*out, i), q->query);
    }
    return EXIT_CODE_OK;
}

static void put_facet_name(FILE *file, const search_facet_request *facet) {
    char number[32] = "";

    if (facet->limit > 0) {
        snprintf(number, sizeof number, ":%zu", facet->limit);
    }
    size_t n_name = facet->name.n_bytes;
    char *whole = error_check_memory(malloc(n_name + sizeof number));
    memcpy(whole, facet->name.bytes, n_name);
    memcpy(whole + n_name, number, strlen(number) + 1);
    json_put_string(file, search_text_of(whole));
    free(whole);
}

static void put_request(FILE *file, const question *q) {
    fputs("{\"query\":", file);
    json_put_string(file, (search_text){q->query, q->n_query});
    fprintf(file, ",\"offset\":%llu,\"limit\":%llu,\"snippets\":%llu,\"facets\":[", (unsigned long long)q->offset,
            (unsigned long long)q->limit, (unsigned long long)q->n_snippets);
    for (size_t i = 0; i < q->n_facets; i++) {
        fputs(i > 0 ? "," : "", file);
        put_facet_name(file, &q->facets[i]);
    }
    fputs("],\"where\":[", file);
    for (size_t i = 0; i < q->n_wheres; i++) {
        fputs(i > 0 ? ",[" : "[", file);
        json_put_string(file, q->wheres[i].facet);
        fputc(',', file);
        if (q->wheres[i].value.bytes) {
            json_put_string(file, q->wheres[i].value);
        } else {
            fputs("null", file);
        }
        fputc(']', file);
    }
    fprintf(file, "],\"lenient\":%s}", q->is_lenient ? "true" : "false");
}

/* Whether an answer counts no match.  `"total":` cannot stand inside a JSON string, where its quotes would be escaped,
 * so the first one is the key of the answer, which comes before the hits. */
static bool is_total_zero(const char *answer) {
    const char *key = strstr(answer, "\"total\":");

    return key && strtoull(key + strlen("\"total\":"), NULL, 10) == 0;
}

exit_code question_print_json(const invocation *call, const search_index *index, const question *q) {
    char *request = NULL;
    char *answer = NULL;
    size_t n_request = 0;
    size_t n_answer = 0;
    search_error error;
    FILE *file = error_check_memory(open_memstream(&request, &n_request));

    put_request(file, q);
    if (fclose(file) != 0) {
        error_check_memory(NULL);
    }
    search_status status = search_run_json(index, request, n_request, &answer, &n_answer, &error);
    free(request);
    if (status != SEARCH_OK) {
        return error_report(call->cmd, &error, q->query);
    }
    json_put_document(stdout, answer, n_answer);
    exit_code code = is_total_zero(answer) ? EXIT_CODE_NO_HITS : EXIT_CODE_OK;
    search_bytes_free(answer);
    return code;
}
