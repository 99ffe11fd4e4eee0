/* cables dump: records as JSON, one a line, for other programs and for other indexes. */
#include "cli/cli.h"

static const option options[] = {
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "add TEXT to the query as a phrase", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "only cables with this value; repeatable", 0, 0},
    {QUESTION_SINCE, "since", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or later", 0, 0},
    {QUESTION_UNTIL, "until", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or earlier", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

enum { PAGE = 10000 };

/* What the callback hands back. */
typedef struct dump {
    const command *cmd;
    exit_code code;
} dump;

/* False when there is no use in going on; a stream that failed is reported at the end of the program. */
static bool put_record(void *context, const search_record *record) {
    dump *d = context;
    char *bytes = NULL;
    size_t n_bytes = 0;
    search_error error;

    if (search_record_to_json(record, &bytes, &n_bytes, &error) != SEARCH_OK) {
        d->code = error_report(d->cmd, &error, NULL);
        return false;
    }
    json_put_document(stdout, bytes, n_bytes);
    search_bytes_free(bytes);
    return !ferror(stdout);
}

static exit_code dump_all(const invocation *call, const search_index *index) {
    dump d = {call->cmd, EXIT_CODE_OK};
    search_error error;

    if (search_index_each(index, put_record, &d, &error) != SEARCH_OK && error.status != SEARCH_E_CANCELLED) {
        return error_report(call->cmd, &error, NULL);
    }
    return d.code;
}

/* False when there is no use in going on. */
static bool dump_hits(const search_index *index, const search_results *results, dump *d) {
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        search_record *record = NULL;
        search_error error;
        if (search_index_record(index, search_results_hit(results, i)->id, &record, &error) != SEARCH_OK) {
            d->code = error_report(d->cmd, &error, NULL);
            return false;
        }
        bool goes_on = put_record(d, record);
        search_record_free(record);
        if (!goes_on) {
            return false;
        }
    }
    return true;
}

static exit_code dump_matches(const invocation *call, const search_index *index, question *q) {
    dump d = {call->cmd, EXIT_CODE_OK};
    uint64_t total = 0;
    bool goes_on = true;

    q->limit = PAGE;
    do {
        search_results *results = NULL;
        exit_code code = question_run(call, index, q, &results);
        if (code != EXIT_CODE_OK) {
            return code;
        }
        total = search_results_total(results);
        goes_on = dump_hits(index, results, &d);
        search_results_free(results);
        q->offset += PAGE;
    } while (goes_on && q->offset < total);
    return d.code == EXIT_CODE_OK && total == 0 ? EXIT_CODE_NO_HITS : d.code;
}

static exit_code run(const invocation *call) {
    question q;
    search_index *index = NULL;
    exit_code code = question_read(call, &q);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    code = index_open(call, &index);
    if (code == EXIT_CODE_OK) {
        bool is_asked = q.n_query > 0 || q.n_wheres > 0;
        code = is_asked ? dump_matches(call, index, &q) : dump_all(call, index);
    }
    question_free(&q);
    search_index_free(index);
    return code;
}

const command command_dump = {
    "dump",
    "[QUERY…]",
    "print records as JSON, one a line",
    "Prints every record of the index in its order, one JSON object a line, or with a query or\n"
    "--where those that match, in the order of search.  rebuild reads this back: an index made\n"
    "of the lines has the same records and gives the same answers, once it has the same aliases.\n"
    "Exit code 1: no cable matches.",
    "  cables dump > cables.jsonl\n"
    "  cables dump --where places=Asia | cables --index /srv/asia/index rebuild -\n",
    options,
    true,
    run,
};
