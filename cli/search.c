/* cables search: ranked hits with snippets. */
#include "cli/cli.h"
#include "cli/output/text.h"

static const option options[] = {
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "add TEXT to the query as a phrase", 0, 0},
    {SEARCH_LIMIT, "limit", 0, OPTION_NUMBER, "N", "show at most N hits (10)", 0, 10000},
    {SEARCH_OFFSET, "offset", 0, OPTION_NUMBER, "N", "pass over the first N hits", 0, 1000000000},
    {SEARCH_SNIPPETS, "snippets", 0, OPTION_NUMBER, "N", "show at most N passages of each hit (1)", 0, 100},
    {SEARCH_LENIENT, "lenient", 0, OPTION_FLAG, NULL, "mend what is wrong with the query, and warn", 0, 0},
    {QUESTION_FACET, "facet", 0, OPTION_TEXT, "NAME[:N]", "count the N most frequent values (10); repeatable", 0, 0},
    {QUESTION_CONTAINS, "contains", 0, OPTION_TEXT, "NAME=TEXT", "only values of the facet with TEXT in them", 0, 0},
    {QUESTION_BELOW, "below", 0, OPTION_TEXT, "NAME=VALUE", "only values one level below VALUE", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "only cables with this value; repeatable", 0, 0},
    {QUESTION_SINCE, "since", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or later", 0, 0},
    {QUESTION_UNTIL, "until", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or earlier", 0, 0},
    {QUESTION_SORT, "sort", 0, OPTION_TEXT, "KEY[:desc],…", "order by date, title, number or score (score)", 0, 0},
    {QUESTION_EXPLAIN, "explain", 0, OPTION_FLAG, 0, "tell how each score comes about", 0, 0},
    {SEARCH_RELAX, "relax", 0, OPTION_FLAG, 0, "correct words, or let some be missing, when no cable has all", 0, 0},
    {SEARCH_NO_RELAX, "no-relax", 0, OPTION_FLAG, 0, "all words must occur, in text and JSON too", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text, json, jsonl, tsv, ids, note, ris or bibtex", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

exit_code answer_options(const invocation *call, question *q) {
    exit_code code = EXIT_CODE_OK;
    int relax = 0; /* the last of the two options */

    q->limit = 10;
    q->n_snippets = 1;
    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == SEARCH_LIMIT) {
            q->limit = item->number;
        } else if (item->id == SEARCH_OFFSET) {
            q->offset = item->number;
        } else if (item->id == SEARCH_SNIPPETS) {
            q->n_snippets = item->number;
        } else if (item->id == SEARCH_RELAX || item->id == SEARCH_NO_RELAX) {
            relax = item->id;
        } else if (item->id == SEARCH_LENIENT) {
            q->is_lenient = true;
        } else if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json, jsonl, tsv, ids, note, ris, bibtex", &q->format);
        }
    }
    /* for people; scripts that read ids or citations count on every word */
    q->relax = relax == SEARCH_RELAX || (relax == 0 && (q->format == FORMAT_TEXT || q->format == FORMAT_JSON));
    return code;
}

static void print_text(const question *q, const search_results *results) {
    screen to = screen_of(stdout);
    uint64_t total = search_results_total(results);
    size_t n_hits = search_results_n_hits(results);

    text_put_relaxation(&to, search_results_relaxation(results));
    if (q->similar_to) {
        text_put_similar(&to, results, search_text_of(q->similar_to));
    } else {
        text_put_total(&to, results, q->wheres, q->n_wheres);
    }
    text_put_suggestion(&to, search_results_suggestion(results));
    for (size_t i = 0; i < n_hits; i++) {
        fputc('\n', stdout);
        text_put_hit(&to, search_results_hit(results, i), (size_t)q->offset + i + 1);
        if (q->explain) {
            text_put_explanations(&to, search_results_hit(results, i));
        }
    }
    uint64_t n_seen = q->offset + n_hits;
    if (n_hits > 0 && n_seen < total) {
        printf("\n%llu more: --offset %llu\n", (unsigned long long)(total - n_seen), (unsigned long long)n_seen);
    } else if (n_hits == 0 && q->limit > 0 && total > 0) {
        printf("\nNone of them stands after the first %llu: take a smaller --offset.\n", (unsigned long long)q->offset);
    }
    if (total == 0 && !q->similar_to && search_results_suggestion(results).n_bytes == 0) {
        printf("Try fewer words, single words instead of a phrase%s.\n",
               q->n_wheres > 0 ? ", or the search without --where" : ", or another spelling");
    }
}

static void print_facets(const search_results *results) {
    screen to = screen_of(stdout);

    for (size_t i = 0; i < search_results_n_facets(results); i++) {
        fputc('\n', stdout);
        text_put_facet(&to, search_results_facet(results, i));
    }
}

/* Ids for scripts: as they are, but for a terminal. */
static void print_ids(const search_results *results) {
    screen to = screen_of(stdout);

    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        search_text id = search_results_hit(results, i)->id;
        if (to.is_terminal) {
            text_put(&to, id);
        } else {
            fwrite(id.bytes, 1, id.n_bytes, stdout);
        }
        fputc('\n', stdout);
    }
}

/* A hit a line, as it stands in JSON. */
static exit_code print_json_lines(const invocation *call, const search_results *results) {
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        char *bytes = NULL;
        size_t n_bytes = 0;
        search_error error;
        if (search_hit_to_json(search_results_hit(results, i), &bytes, &n_bytes, &error) != SEARCH_OK) {
            return error_report(call->cmd, &error, NULL);
        }
        json_put_document(stdout, bytes, n_bytes);
        search_bytes_free(bytes);
    }
    return EXIT_CODE_OK;
}

/* For spreadsheets: text_put makes blanks of tabs and line ends. */
static void print_table(const search_results *results) {
    screen to = screen_of(stdout);

    fputs("id\tdate\ttitle\tnumber\treference\tscore\n", stdout);
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        const search_text cells[] = {hit->id, hit->date, hit->title, hit->number, hit->reference};
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
            text_put(&to, cells[c]);
            fputc('\t', stdout);
        }
        printf("%.4f\n", hit->score);
    }
}

/* The citations of the hits; entries are parted by empty lines. */
static exit_code print_citations(const invocation *call, const search_index *index, output_format format,
                                 const search_results *results) {
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < search_results_n_hits(results) && code == EXIT_CODE_OK; i++) {
        search_record *record = NULL;
        search_error error;
        if (search_index_record(index, search_results_hit(results, i)->id, &record, &error) != SEARCH_OK) {
            return error_report(call->cmd, &error, NULL);
        }
        if (i > 0 && format != FORMAT_NOTE) {
            fputc('\n', stdout);
        }
        code = cite_print(call, record, format);
        search_record_free(record);
    }
    return code;
}

exit_code answer_print(const invocation *call, const search_index *index, question *q) {
    search_results *results = NULL;

    if (q->format == FORMAT_JSON) {
        return question_print_json(call, index, q);
    }
    if (q->format != FORMAT_TEXT && q->format != FORMAT_JSONL) {
        q->n_snippets = 0;
    }
    bool is_for_people = q->format == FORMAT_TEXT && screen_of(stdout).is_terminal;
    bool has_facets = q->n_facets > 0;
    if (is_for_people && !has_facets) {
        narrow_ask(index, q);
    }
    exit_code code = question_run(call, index, q, &results);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (q->format == FORMAT_IDS) {
        print_ids(results);
    } else if (q->format == FORMAT_JSONL) {
        code = print_json_lines(call, results);
    } else if (q->format == FORMAT_TSV) {
        print_table(results);
    } else if (cite_is_style(q->format)) {
        code = print_citations(call, index, q->format, results);
    } else {
        print_text(q, results);
    }
    if (has_facets && q->format == FORMAT_TEXT) {
        print_facets(results);
    } else if (is_for_people) {
        narrow_print(results);
    }
    if (q->format == FORMAT_TEXT) {
        narrow_print_year(index, q);
    }
    if (code == EXIT_CODE_OK) {
        code = search_results_total(results) > 0 ? EXIT_CODE_OK : EXIT_CODE_NO_HITS;
    }
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
    code = answer_options(call, &q);
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = answer_print(call, index, &q);
    }
    search_index_free(index);
    question_free(&q);
    return code;
}

const command command_search = {
    "search",
    "QUERY…",
    "print the cables that match, the best first",
    "Prints the cables that match the query, the best first.  The arguments are joined by\n"
    "blanks; '-' reads the query from standard input; without a query every cable matches.\n"
    "All words must occur.  \"…\" is a phrase (quote it for the shell, or use -p), OR, NOT and\n"
    "( ) combine, -word leaves out, field:word looks in one field, exact:word asks for that\n"
    "very word, without other spellings.  word* and w?rd are patterns, word~ is like word,\n"
    "a NEAR/3 b and a ADJ/3 b have at most 3 words between, date:1961..1963 is a time,\n"
    "verbatim:\"…\" is as printed, src:\"…\" an archival reference.\n"
    "When no cable has all words, words that no cable has are corrected, and then as few as\n"
    "possible may be missing (see --relax).\n\n"
    "--where may be given more than once: values of one facet are alternatives, different\n"
    "facets restrict; --where NAME= takes the cables without a value.  On a terminal the answer\n"
    "ends with the decades and archives of the hits and what to add for fewer of them.  Exit\n"
    "code 1: no hits.",
    "  cables search border crossers\n"
    "  cables search '\"illegal border crossers\"'\n"
    "  cables search -p 'illegal border crossers' -japan\n"
    "  cables search families --where 'places=Asia > Korea' --facet archive\n"
    "  cables search --format json --limit 100 20,517\n"
    "  cables search --lenient '(border \"crossers'\n",
    options,
    true,
    run,
};
