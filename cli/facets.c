/* cables facets: how the matches spread over the values of the facets, without hits. */
#include "cli/cli.h"
#include "cli/output/text.h"

static const option options[] = {
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "add TEXT to the query as a phrase", 0, 0},
    {QUESTION_FACET, "facet", 0, OPTION_TEXT, "NAME[:N]", "only this facet, N values (10); repeatable", 0, 0},
    {QUESTION_CONTAINS, "contains", 0, OPTION_TEXT, "NAME=TEXT", "only values of the facet with TEXT in them", 0, 0},
    {QUESTION_BELOW, "below", 0, OPTION_TEXT, "NAME=VALUE", "only values one level below VALUE", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "only cables with this value; repeatable", 0, 0},
    {QUESTION_SINCE, "since", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or later", 0, 0},
    {QUESTION_UNTIL, "until", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or earlier", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text or json", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

/* The names are borrowed from the index, which outlives the question. */
static void take_every_facet(const search_index *index, question *q) {
    for (size_t i = 0; search_index_facet(index, i); i++) {
        question_add_facet(q, search_text_of(search_index_facet(index, i)), 0);
    }
}

static void print_text(const question *q, const search_results *results) {
    screen to = screen_of(stdout);
    search_date_counts dates = search_results_dates(results);

    text_put_total(&to, results, q->wheres, q->n_wheres);
    printf("dates: %llu certain, %llu possible, %llu undated\n", (unsigned long long)dates.certain,
           (unsigned long long)dates.possible, (unsigned long long)dates.undated);
    for (size_t i = 0; i < search_results_n_facets(results); i++) {
        fputc('\n', stdout);
        text_put_facet(&to, search_results_facet(results, i));
    }
}

static exit_code ask(const invocation *call, const search_index *index, question *q) {
    search_results *results = NULL;

    if (q->n_facets == 0) {
        take_every_facet(index, q);
    }
    if (q->format == FORMAT_JSON) {
        return question_print_json(call, index, q);
    }
    exit_code code = question_run(call, index, q, &results);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    print_text(q, results);
    code = search_results_total(results) > 0 ? EXIT_CODE_OK : EXIT_CODE_NO_HITS;
    search_results_free(results);
    return code;
}

static exit_code run(const invocation *call) {
    question q;
    search_index *index = NULL;
    exit_code code = question_read(call, &q);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json", &q.format);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = ask(call, index, &q);
    }
    question_free(&q);
    search_index_free(index);
    return code;
}

const command command_facets = {
    "facets",
    "[QUERY…]",
    "count the values of facets: places, archives, decades…",
    "Counts how the matching cables spread over the values of each facet, the most frequent\n"
    "first; \"(none)\" counts the cables without a value.  Without a query all cables count.\n"
    "The query is written as for search.  --contains looks for values, whatever their case and\n"
    "accents; --below opens a hierarchy level by level, and --below NAME= shows its top.  Of\n"
    "decades, years and months those are counted that a date may mean, and in parentheses those\n"
    "that it means for certain, when they are fewer.  Exit code 1: no cable matches.",
    "  cables facets\n"
    "  cables facets refugees --facet places:20 --facet decade\n"
    "  cables facets --contains people=kim --below places=Asia\n"
    "  cables facets --where 'places=Asia > Korea' --format json\n",
    options,
    true,
    run,
};
