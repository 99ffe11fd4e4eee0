/* cables stats: counts and sizes of the index. */
#include "cli/cli.h"
#include "cli/output/text.h"

static const option options[] = {
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text or json", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

static void put_count(const char *name, uint64_t count) {
    printf("%-13s %llu\n", name, (unsigned long long)count);
}

static void put_size(const char *name, uint64_t n_bytes) {
    if (n_bytes < 10000) {
        printf("%-13s %llu bytes\n", name, (unsigned long long)n_bytes);
    } else if (n_bytes < 10000000) {
        printf("%-13s %.0f kB\n", name, (double)n_bytes / 1e3);
    } else {
        printf("%-13s %.1f MB\n", name, (double)n_bytes / 1e6);
    }
}

static void print_text(const search_index *index, const search_stats *stats) {
    screen to = screen_of(stdout);

    printf("%-13s %s%s\n", "generation", search_index_generation(index),
           search_index_analyzer_matches(index) ? "" : " (made by another analyzer)");
    put_count("records", stats->n_records);
    if (stats->date_earliest[0]) {
        printf("%-13s %s to %s\n", "dates", stats->date_earliest, stats->date_latest);
    }
    put_count("undated", stats->n_undated);
    put_count("words", stats->n_words);
    put_count("terms", stats->n_terms);
    put_count("segments", stats->n_segments);
    put_size("text", stats->n_bytes_text);
    put_size("databases", stats->n_bytes_store);
    put_size("columns", stats->n_bytes_columns);
    printf("%-13s", "facets");
    for (size_t i = 0; search_index_facet(index, i); i++) {
        fputs(i > 0 ? ", " : " ", stdout);
        text_put(&to, search_text_of(search_index_facet(index, i)));
    }
    fputc('\n', stdout);
}

static void put_day(const char *key, const char *day) {
    if (day[0]) {
        printf(",\"%s\":\"%s\"", key, day);
    } else {
        printf(",\"%s\":null", key);
    }
}

static void print_json(const search_index *index, const search_stats *stats) {
    printf("{\"format\":1,\"generation\":\"%s\",\"analyzer_matches\":%s", search_index_generation(index),
           search_index_analyzer_matches(index) ? "true" : "false");
    printf(",\"records\":%llu,\"undated\":%llu", (unsigned long long)stats->n_records,
           (unsigned long long)stats->n_undated);
    put_day("date_earliest", stats->date_earliest);
    put_day("date_latest", stats->date_latest);
    printf(",\"words\":%llu,\"terms\":%llu,\"segments\":%llu", (unsigned long long)stats->n_words,
           (unsigned long long)stats->n_terms, (unsigned long long)stats->n_segments);
    printf(",\"bytes\":{\"text\":%llu,\"databases\":%llu,\"columns\":%llu},\"facets\":[",
           (unsigned long long)stats->n_bytes_text, (unsigned long long)stats->n_bytes_store,
           (unsigned long long)stats->n_bytes_columns);
    for (size_t i = 0; search_index_facet(index, i); i++) {
        fputs(i > 0 ? "," : "", stdout);
        json_put_string(stdout, search_text_of(search_index_facet(index, i)));
    }
    fputs("]}\n", stdout);
}

static exit_code run(const invocation *call) {
    output_format format = FORMAT_TEXT;
    search_index *index = NULL;
    search_stats stats;
    search_error error;
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == ARG_OPERAND) {
            code = error_usage(call->cmd, NULL, "takes no argument: '%s'", item->text);
        } else if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json", &format);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        if (search_index_stats(index, &stats, &error) != SEARCH_OK) {
            code = error_report(call->cmd, &error, NULL);
        } else if (format == FORMAT_JSON) {
            print_json(index, &stats);
        } else {
            print_text(index, &stats);
        }
    }
    search_index_free(index);
    return code;
}

const command command_stats = {
    "stats",
    "",
    "counts and sizes of the index",
    "Prints how many records and words the index holds, the days between which they lie, the\n"
    "sizes of its parts, and the names of its facets.",
    "  cables stats\n"
    "  cables --index /srv/cables/index stats --format json\n",
    options,
    false,
    run,
};
