/* cables timeline: how the matches lie in time, as a histogram by decade, year or month. */
#include "cli/cli.h"
#include "cli/output/histogram.h"

#include <stdlib.h>
#include <string.h>

enum { TIMELINE_BY = 1 };

/* So many years at the most are shown by month, and by year. */
enum { YEARS_BY_MONTH = 2, YEARS_BY_YEAR = 40 };

/* So many empty periods in a row are shown at the most; more become one line. */
enum { EMPTY_MAX = 3 };

typedef enum unit { UNIT_DECADE, UNIT_YEAR, UNIT_MONTH, N_UNITS } unit;

static const char *const unit_names[N_UNITS] = {"decade", "year", "month"};

static const option options[] = {
    {QUESTION_PHRASE, "phrase", 'p', OPTION_TEXT, "TEXT", "add TEXT to the query as a phrase", 0, 0},
    {TIMELINE_BY, "by", 0, OPTION_TEXT, "PERIOD", "decade, year or month", 0, 0},
    {QUESTION_WHERE, "where", 0, OPTION_TEXT, "NAME=VALUE", "only cables with this value; repeatable", 0, 0},
    {QUESTION_SINCE, "since", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or later", 0, 0},
    {QUESTION_UNTIL, "until", 0, OPTION_TEXT, "DATE", "only cables whose date may be on DATE or earlier", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text, json or tsv", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

/* The periods that have a cable, in order. */
typedef struct timeline {
    unit by;
    histogram_row *rows; /* freed with free() */
    long *numbers;       /* of each row: the decade, year or month counted from year 0; freed with free() */
    size_t n_rows;
    uint64_t n_undated;
    uint64_t n_too_wide; /* dates that span more than ten years have no months */
} timeline;

static int by_value(const void *a, const void *b) {
    return strcmp(((const histogram_row *)a)->label, ((const histogram_row *)b)->label);
}

/* "1960s", "1961", "1961-12" */
static long number_of(unit by, const char *label) {
    long year = strtol(label, NULL, 10);

    if (by == UNIT_MONTH) {
        return year * 12 + strtol(label + strcspn(label, "-") + 1, NULL, 10) - 1;
    }
    return by == UNIT_DECADE ? year / 10 : year;
}

static void label_of(unit by, long number, char *label, size_t n_label) {
    if (by == UNIT_MONTH) {
        snprintf(label, n_label, "%04ld-%02ld", number / 12, number % 12 + 1);
    } else if (by == UNIT_YEAR) {
        snprintf(label, n_label, "%04ld", number);
    } else {
        snprintf(label, n_label, "%03ld0s", number);
    }
}

/* Two periods overlap when the digits of one, without the "0s" of a decade, begin those of the other. */
static bool is_overlap(search_text a, search_text b) {
    size_t n_a = a.n_bytes > 2 && a.bytes[a.n_bytes - 1] == 's' ? a.n_bytes - 2 : a.n_bytes;
    size_t n_b = b.n_bytes > 2 && b.bytes[b.n_bytes - 1] == 's' ? b.n_bytes - 2 : b.n_bytes;

    return memcmp(a.bytes, b.bytes, n_a < n_b ? n_a : n_b) == 0;
}

static bool is_where_of(const search_where *where, unit u) {
    return where->facet.n_bytes == strlen(unit_names[u]) &&
           memcmp(where->facet.bytes, unit_names[u], where->facet.n_bytes) == 0;
}

static bool is_bound(const question *q, unit u) {
    for (size_t i = 0; i < q->n_wheres; i++) {
        if (is_where_of(&q->wheres[i], u)) {
            return true;
        }
    }
    return false;
}

/* Whether the selections leave a period in.  A facet is counted without its own selection, and dates reach beyond what
 * is selected; a timeline shows what is selected and no more. */
static bool is_selected(const question *q, search_text period) {
    for (unit u = 0; u < N_UNITS; u++) {
        bool is_within = !is_bound(q, u);
        for (size_t i = 0; i < q->n_wheres; i++) {
            const search_where *where = &q->wheres[i];
            is_within = is_within || (is_where_of(where, u) && where->value.bytes && is_overlap(where->value, period));
        }
        if (!is_within) {
            return false;
        }
    }
    return true;
}

static void take_rows(const question *q, const search_facet_counts *facet, timeline *out) {
    out->rows = error_check_memory(calloc(facet->n_values + 1, sizeof *out->rows));
    out->numbers = error_check_memory(calloc(facet->n_values + 1, sizeof *out->numbers));
    for (size_t i = 0; i < facet->n_values; i++) {
        const search_facet_value *value = &facet->values[i];
        histogram_row *row = &out->rows[out->n_rows];
        if (!value->value.bytes) {
            bool is_told = !is_bound(q, out->by) && value->count > out->n_undated;
            out->n_too_wide = is_told ? value->count - out->n_undated : 0;
        } else if (value->value.n_bytes < sizeof row->label && value->count > 0 && is_selected(q, value->value)) {
            memcpy(row->label, value->value.bytes, value->value.n_bytes);
            row->count = value->count;
            row->certain = value->certain;
            out->n_rows++;
        }
    }
    qsort(out->rows, out->n_rows, sizeof *out->rows, by_value);
    for (size_t i = 0; i < out->n_rows; i++) {
        out->numbers[i] = number_of(out->by, out->rows[i].label);
    }
}

static timeline timeline_of(const question *q, const search_results *results, unit by) {
    timeline line = {by, NULL, NULL, 0, search_results_dates(results).undated, 0};

    take_rows(q, search_results_facet(results, by), &line);
    return line;
}

static void timeline_free(timeline *line) {
    free(line->rows);
    free(line->numbers);
}

/* The finest unit that does not make too many rows. */
static unit choose_unit(const question *q, const search_results *results) {
    timeline years = timeline_of(q, results, UNIT_YEAR);
    long n = years.n_rows == 0 ? 0 : years.numbers[years.n_rows - 1] - years.numbers[0] + 1;

    timeline_free(&years);
    return n <= YEARS_BY_MONTH ? UNIT_MONTH : n <= YEARS_BY_YEAR ? UNIT_YEAR : UNIT_DECADE;
}

/* ---- Output ---- */

static void put_empty(const histogram *h, const timeline *line, long from, long until) {
    if (until - from > EMPTY_MAX) {
        char text[64];
        snprintf(text, sizeof text, "%ld %ss without a cable", until - from, unit_names[line->by]);
        histogram_put_gap(h, text);
        return;
    }
    for (long number = from; number < until; number++) {
        char label[32];
        label_of(line->by, number, label, sizeof label);
        histogram_put_count(h, label, 0);
    }
}

static void print_text(const question *q, const search_results *results, const timeline *line) {
    screen to = screen_of(stdout);
    histogram h = histogram_of(&to, line->rows, line->n_rows, line->n_undated);

    text_put_total(&to, results, q->wheres, q->n_wheres);
    if (line->n_rows > 0) {
        printf("by %s: \xE2\x96\x88 certain \xE2\x96\x91 possible\n\n", unit_names[line->by]);
    }
    for (size_t i = 0; i < line->n_rows; i++) {
        if (i > 0) {
            put_empty(&h, line, line->numbers[i - 1] + 1, line->numbers[i]);
        }
        histogram_put_row(&h, &line->rows[i]);
    }
    if (line->n_undated > 0) {
        histogram_put_count(&h, "undated", line->n_undated);
    }
    if (line->n_too_wide > 0) {
        printf("%llu more: a span of over ten years\n", (unsigned long long)line->n_too_wide);
    }
}

static void print_json(const question *q, const search_results *results, const timeline *line) {
    fputs("{\"format\":1,\"query\":", stdout);
    json_put_string(stdout, (search_text){q->query, q->n_query});
    printf(",\"generation\":\"%s\",\"total\":%llu,\"by\":\"%s\",\"periods\":[", search_results_generation(results),
           (unsigned long long)search_results_total(results), unit_names[line->by]);
    for (size_t i = 0; i < line->n_rows; i++) {
        const histogram_row *row = &line->rows[i];
        printf("%s{\"period\":\"%s\",\"count\":%llu,\"certain\":%llu}", i > 0 ? "," : "", row->label,
               (unsigned long long)row->count, (unsigned long long)row->certain);
    }
    printf("],\"undated\":%llu,\"too_wide\":%llu}\n", (unsigned long long)line->n_undated,
           (unsigned long long)line->n_too_wide);
}

static void print_tsv(const timeline *line) {
    fputs("period\tcount\tcertain\n", stdout);
    for (size_t i = 0; i < line->n_rows; i++) {
        const histogram_row *row = &line->rows[i];
        printf("%s\t%llu\t%llu\n", row->label, (unsigned long long)row->count, (unsigned long long)row->certain);
    }
    if (line->n_undated > 0) {
        printf("undated\t%llu\t%llu\n", (unsigned long long)line->n_undated, (unsigned long long)line->n_undated);
    }
}

/* ---- The command ---- */

static exit_code read_unit(const command *cmd, const char *name, unit *out) {
    for (unit u = 0; u < N_UNITS; u++) {
        if (strcmp(name, unit_names[u]) == 0) {
            *out = u;
            return EXIT_CODE_OK;
        }
    }
    return error_usage(cmd, NULL, "--by takes decade, year or month, not '%s'", name);
}

/* `by` is N_UNITS when none is named. */
static exit_code ask(const invocation *call, const search_index *index, question *q, unit by) {
    search_results *results = NULL;

    for (unit u = 0; u < N_UNITS; u++) {
        question_add_facet(q, search_text_of(unit_names[u]), SIZE_MAX);
    }
    exit_code code = question_run(call, index, q, &results);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    timeline line = timeline_of(q, results, by == N_UNITS ? choose_unit(q, results) : by);
    if (q->format == FORMAT_JSON) {
        print_json(q, results, &line);
    } else if (q->format == FORMAT_TSV) {
        print_tsv(&line);
    } else {
        print_text(q, results, &line);
    }
    code = search_results_total(results) > 0 ? EXIT_CODE_OK : EXIT_CODE_NO_HITS;
    timeline_free(&line);
    search_results_free(results);
    return code;
}

static exit_code run(const invocation *call) {
    question q;
    unit by = N_UNITS;
    search_index *index = NULL;
    exit_code code = question_read(call, &q);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json, tsv", &q.format);
        } else if (item->id == TIMELINE_BY) {
            code = read_unit(call->cmd, item->text, &by);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &index);
    }
    if (code == EXIT_CODE_OK) {
        code = ask(call, index, &q, by);
    }
    question_free(&q);
    search_index_free(index);
    return code;
}

const command command_timeline = {
    "timeline",
    "[QUERY…]",
    "draw how the cables lie in time",
    "Draws a histogram of the matching cables by decade, year or month: by month when they lie\n"
    "in at most 2 years, by year in at most 40, else by decade.  The full part of a bar counts\n"
    "the cables whose date lies in the period for certain, the light part those whose date may:\n"
    "a cable of 1961 may be of any month of that year.  Without a query all cables count.  The\n"
    "query is written as for search.\n\n"
    "As tsv and json the periods without a cable are left out.  Exit code 1: no cable matches.",
    "  cables timeline\n"
    "  cables timeline refugees --by year\n"
    "  cables timeline korea --where decade=1960s --format tsv\n",
    options,
    true,
    run,
};
