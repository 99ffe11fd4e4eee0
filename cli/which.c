/* Which cable is meant: by its id, by a beginning that no other id has, or as a hit of a query. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

/* 0: none was given. */
static uint64_t hit_number(const invocation *call) {
    uint64_t number = 0;

    for (size_t i = 0; i < call->arguments.n; i++) {
        const arg *item = &call->arguments.items[i];
        number = item->id == QUESTION_HIT ? item->number : number;
    }
    return number;
}

static exit_code read_record(const invocation *call, const search_index *index, search_text id, search_record **out) {
    search_error error;

    if (search_index_record(index, id, out, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, NULL);
    }
    return EXIT_CODE_OK;
}

static exit_code find_hit(const invocation *call, const search_index *index, question *q, uint64_t number,
                          search_record **out) {
    search_results *results = NULL;

    q->offset = number - 1;
    q->limit = 1;
    q->relax = true; /* as search shows its hits */
    exit_code code = question_run(call, index, q, &results);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (search_results_n_hits(results) == 1) {
        code = read_record(call, index, search_results_hit(results, 0)->id, out);
    } else {
        error_print(call->cmd, NULL, "the query has %llu hits, so none is number %llu",
                    (unsigned long long)search_results_total(results), (unsigned long long)number);
        code = EXIT_CODE_NO_HITS;
    }
    search_results_free(results);
    return code;
}

exit_code which_check(const invocation *call, bool takes_where) {
    size_t n_given = 0;

    if (hit_number(call) > 0) {
        return EXIT_CODE_OK;
    }
    for (size_t i = 0; i < call->arguments.n; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_PHRASE || (item->id == QUESTION_WHERE && !takes_where)) {
            return error_usage(call->cmd, "add --hit 1 for the first hit", "a query needs --hit N");
        }
        if (item->id == ARG_OPERAND && text_check(item->text, strlen(item->text)) < strlen(item->text)) {
            return error_usage(call->cmd, NULL, "the id is not UTF-8");
        }
        n_given += item->id == ARG_OPERAND ? 1 : 0;
    }
    if (n_given != 1) {
        return error_usage(call->cmd, "search prints the id of every hit at the end of its second line",
                           "give the id of one cable, or --hit N and a query");
    }
    return EXIT_CODE_OK;
}

static exit_code find_id(const invocation *call, const search_index *index, search_record **out) {
    const char *given = "";
    char *id = NULL;
    size_t n_id = 0;
    search_error error;

    for (size_t i = 0; i < call->arguments.n; i++) {
        const arg *item = &call->arguments.items[i];
        given = item->id == ARG_OPERAND ? item->text : given;
    }
    if (search_index_complete_id(index, search_text_of(given), &id, &n_id, &error) != SEARCH_OK) {
        return error_report(call->cmd, &error, NULL);
    }
    const exit_code code = read_record(call, index, (search_text){id, n_id}, out);
    search_bytes_free(id);
    return code;
}

exit_code which_find(const invocation *call, const search_index *index, search_record **out) {
    char *query = NULL;
    const exit_code code = which_find_hit(call, index, out, &query);

    free(query);
    return code;
}

exit_code which_find_hit(const invocation *call, const search_index *index, search_record **out, char **query) {
    const uint64_t number = hit_number(call);
    question q;

    *out = NULL;
    *query = NULL;
    if (number == 0) {
        return find_id(call, index, out);
    }
    exit_code code = question_read(call, &q);
    if (code == EXIT_CODE_OK) {
        code = find_hit(call, index, &q, number, out);
        *query = q.query;
        q.query = NULL;
        question_free(&q);
    }
    return code;
}
