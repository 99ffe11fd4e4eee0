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

search_facet_request *question_add_facet(question *q, search_text name, size_t limit) {
    q->facets = error_check_memory(realloc(q->facets, (q->n_facets + 1) * sizeof *q->facets));
    q->facets[q->n_facets] = (search_facet_request){.name = name, .limit = limit};
    return &q->facets[q->n_facets++];
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
    question_add_facet(q, (search_text){given, n_name}, (size_t)limit);
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

static const char *const sort_keys[] = {"score", "date", "title", "number"}; /* in the order of search_sort_key */
enum { N_SORT_KEYS = sizeof sort_keys / sizeof sort_keys[0] };

/* KEY, KEY:asc or KEY:desc; of a score the best comes first, of the rest the lowest. */
static bool read_sort(const char *given, size_t n_given, search_sort *out) {
    const char *colon = memchr(given, ':', n_given);
    const size_t n_key = colon ? (size_t)(colon - given) : n_given;
    const search_text order = {given + n_key, n_given - n_key};

    for (size_t i = 0; i < N_SORT_KEYS; i++) {
        if (strlen(sort_keys[i]) == n_key && memcmp(sort_keys[i], given, n_key) == 0) {
            const bool is_up = order.n_bytes == 4 && memcmp(order.bytes, ":asc", 4) == 0;
            const bool is_down = order.n_bytes == 5 && memcmp(order.bytes, ":desc", 5) == 0;
            *out = (search_sort){(search_sort_key)(i + 1), is_down || (!colon && i == 0)};
            return !colon || is_up || is_down;
        }
    }
    return false;
}

/* Keys separated by commas, behind those that were given before. */
static exit_code add_sorts(const command *cmd, question *q, const char *given) {
    for (const char *at = given;; at++) {
        const size_t n = strcspn(at, ",");
        search_sort sort;
        if (!read_sort(at, n, &sort)) {
            return error_usage(cmd, "the keys are score, date, title and number, each perhaps with :asc or :desc",
                               "cannot sort by '%.*s'", (int)n, at);
        }
        q->sorts = error_check_memory(realloc(q->sorts, (q->n_sorts + 1) * sizeof *q->sorts));
        q->sorts[q->n_sorts++] = sort;
        at += n;
        if (*at == '\0') {
            return EXIT_CODE_OK;
        }
    }
}

exit_code question_format(const command *cmd, const char *name, const char *allowed, output_format *out) {
    static const char *const names[] = {"text", "json", "ids",    "jsonl",
                                        "note", "ris",  "bibtex", "tsv"}; /* in the order of output_format */
    char list[64];

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

static bool is_same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

/* NAME=TEXT of --contains and --below, for a facet that is asked for, or asks for it. */
static exit_code bound_facet(const command *cmd, question *q, const arg *item) {
    const char *given = item->id == QUESTION_CONTAINS ? "--contains" : "--below";
    const char *equals = strchr(item->text, '=');
    bool is_found = false;

    if (!equals || equals == item->text || (item->id == QUESTION_CONTAINS && equals[1] == '\0')) {
        return error_usage(cmd, NULL, "%s needs NAME=%s, not '%s'", given,
                           item->id == QUESTION_CONTAINS ? "TEXT" : "VALUE", item->text);
    }
    search_text name = {item->text, (size_t)(equals - item->text)};
    for (size_t i = 0; i < q->n_facets; i++) {
        is_found = is_found || is_same(q->facets[i].name, name);
    }
    if (!is_found) {
        question_add_facet(q, name, 0);
    }
    for (size_t i = 0; i < q->n_facets; i++) {
        if (is_same(q->facets[i].name, name)) {
            search_text *part = item->id == QUESTION_CONTAINS ? &q->facets[i].contains : &q->facets[i].below;
            *part = search_text_of(equals + 1);
        }
    }
    return EXIT_CODE_OK;
}

/* What bounds a facet may stand before the facet. */
static exit_code bound_facets(const invocation *call, question *q) {
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_CONTAINS || item->id == QUESTION_BELOW) {
            code = bound_facet(call->cmd, q, item);
        }
    }
    return code;
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
    if (item->id == QUESTION_SINCE || item->id == QUESTION_UNTIL) {
        *(item->id == QUESTION_SINCE ? &q->since : &q->until) = item->text;
    }
    if (item->id == QUESTION_WHERE) {
        return add_where(cmd, q, item->text);
    }
    if (item->id == QUESTION_EXPLAIN) {
        q->explain = true;
    }
    if (item->id == QUESTION_SORT) {
        return add_sorts(cmd, q, item->text);
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
        const char *name = item->id == QUESTION_FACET      ? "--facet"
                           : item->id == QUESTION_WHERE    ? "--where"
                           : item->id == QUESTION_CONTAINS ? "--contains"
                           : item->id == QUESTION_BELOW    ? "--below"
                           : item->id == QUESTION_SINCE    ? "--since"
                           : item->id == QUESTION_UNTIL    ? "--until"
                                                           : NULL;
        if (code == EXIT_CODE_OK && name) {
            code = check_text(call->cmd, name, item->text, strlen(item->text));
        }
    }
    if (code == EXIT_CODE_OK) {
        code = bound_facets(call, out);
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
    free(q->sorts);
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
    request.since = search_text_of(q->since);
    request.until = search_text_of(q->until);
    request.relax = q->relax;
    request.sorts = q->sorts;
    request.n_sorts = q->n_sorts;
    request.explain = q->explain;
    request.similar_to = search_text_of(q->similar_to);
    request.lenient = q->is_lenient;
    if (search_run(index, &request, out, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, q->query);
    }
    for (size_t i = 0; i < search_results_n_warnings(*out); i++) {
        error_warn(call->cmd, search_results_warning(*out, i), q->query);
    }
    return EXIT_CODE_OK;
}

static void put_facet(FILE *file, const search_facet_request *facet) {
    fputs("{\"name\":", file);
    json_put_string(file, facet->name);
    fprintf(file, ",\"limit\":%zu", facet->limit);
    if (facet->contains.bytes) {
        fputs(",\"contains\":", file);
        json_put_string(file, facet->contains);
    }
    if (facet->below.bytes) {
        fputs(",\"below\":", file);
        json_put_string(file, facet->below);
    }
    fputc('}', file);
}

static void put_request(FILE *file, const question *q) {
    fputs("{\"query\":", file);
    json_put_string(file, (search_text){q->query, q->n_query});
    fputs(q->relax ? ",\"relax\":true" : "", file);
    fprintf(file, ",\"offset\":%llu,\"limit\":%llu,\"snippets\":%llu,\"facets\":[", (unsigned long long)q->offset,
            (unsigned long long)q->limit, (unsigned long long)q->n_snippets);
    for (size_t i = 0; i < q->n_facets; i++) {
        fputs(i > 0 ? "," : "", file);
        put_facet(file, &q->facets[i]);
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
    fputs("],\"since\":", file);
    json_put_string(file, search_text_of(q->since));
    fputs(",\"until\":", file);
    json_put_string(file, search_text_of(q->until));
    fputs(",\"sort\":[", file);
    for (size_t i = 0; i < q->n_sorts; i++) {
        fprintf(file, "%s\"%s:%s\"", i > 0 ? "," : "", sort_keys[q->sorts[i].key - 1],
                q->sorts[i].descending ? "desc" : "asc");
    }
    fprintf(file, "],\"explain\":%s", q->explain ? "true" : "false");
    if (q->similar_to) {
        fputs(",\"similar_to\":", file);
        json_put_string(file, search_text_of(q->similar_to));
    }
    fprintf(file, ",\"lenient\":%s}", q->is_lenient ? "true" : "false");
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
