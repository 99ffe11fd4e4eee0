/* cables similar: cables like one. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const option options[] = {
    {QUESTION_HIT, "hit", 0, OPTION_NUMBER, "N", "the N-th hit of the query given instead of an id", 1, 1000000000},
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "with --hit: add TEXT to the query as a phrase", 0, 0},
    {SEARCH_LIMIT, "limit", 0, OPTION_NUMBER, "N", "show at most N cables (10)", 0, 10000},
    {SEARCH_OFFSET, "offset", 0, OPTION_NUMBER, "N", "pass over the first N", 0, 1000000000},
    {SEARCH_SNIPPETS, "snippets", 0, OPTION_NUMBER, "N", "show at most N passages of each (1)", 0, 100},
    {QUESTION_FACET, "facet", 0, OPTION_TEXT, "NAME[:N]", "count the N most frequent values (10); repeatable", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "only cables with this value; repeatable", 0, 0},
    {QUESTION_SINCE, "since", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or later", 0, 0},
    {QUESTION_UNTIL, "until", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or earlier", 0, 0},
    {QUESTION_SORT, "sort", 0, OPTION_TEXT, "KEY[:desc],…", "order by date, title, number or score (score)", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text, json, jsonl, tsv, ids, note, ris or bibtex", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

/* The question is what is like the record; the query, if any, has found it. */
static exit_code answer_like(const invocation *call, const search_index *index, const search_record *record,
                             question *q) {
    const search_text id = search_record_value(record, "id", 0);
    char *copy = error_check_memory(malloc(id.n_bytes + 1));

    memcpy(copy, id.bytes, id.n_bytes);
    copy[id.n_bytes] = '\0';
    q->n_query = 0;
    q->similar_to = copy;
    const exit_code code = answer_print(call, index, q);
    free(copy);
    return code;
}

static exit_code run(const invocation *call) {
    question q = {0};
    search_index *index = NULL;
    search_record *record = NULL;
    exit_code code = which_check(call, true);

    if (code == EXIT_CODE_OK) {
        code = question_read(call, &q);
    }
    if (code == EXIT_CODE_OK) {
        code = answer_options(call, &q);
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = which_find(call, index, &record);
    }
    if (code == EXIT_CODE_OK) {
        code = answer_like(call, index, record, &q);
    }
    search_record_free(record);
    search_index_free(index);
    question_free(&q);
    return code;
}

const command command_similar = {
    "similar",
    "ID | --hit N QUERY…",
    "print the cables most like one",
    "Prints cables that share telling words with the cable that has this id, or whose id alone\n"
    "begins so: words that are frequent in it and rare elsewhere, those of title and names first.\n"
    "The most alike come first.  --where binds what is printed and, with --hit, the hit.  Exit\n"
    "code 1: there is no such cable, or none is like it.",
    "  cables similar 188166\n"
    "  cables similar 188166 --where decade=1960s --limit 5\n"
    "  cables similar --hit 1 illegal border crossers\n",
    options,
    true,
    run,
};
