/* cables check: verifies the index, and compares it with another. */
#include "cli/cli.h"
#include "cli/output/progress.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { CHECK_FULL = 1, CHECK_AGAINST, CHECK_QUIET, CHECK_FORMAT };

static const option options[] = {
    {CHECK_FULL, "full", 0, OPTION_FLAG, 0, "read every table and record, not only the digests", 0, 0},
    {CHECK_AGAINST, "against", 0, OPTION_TEXT, "DIR", "compare with the index in DIR, entry by entry", 0, 0},
    {CHECK_QUIET, "quiet", 0, OPTION_FLAG, 0, "print only what is damaged or differs", 0, 0},
    {CHECK_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text or jsonl", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

typedef struct check {
    output_format format;
    search_check_options options;
    bool is_quiet;
    progress_line shown;
    uint64_t n_told;
} check;

/* ---- What the library tells on the way ---- */

static bool on_progress(void *context, const search_progress *progress) {
    check *c = context;

    progress_show(&c->shown, progress);
    return true;
}

static void put_json_finding(const search_finding *finding) {
    printf("{\"type\":\"%s\",\"id\":", finding->is_difference ? "difference" : "damage");
    json_put_string(stdout, search_text_of(finding->id));
    fputs(",\"index\":", stdout);
    json_put_string(stdout, search_text_of(finding->directory));
    fputs(",\"file\":", stdout);
    if (finding->file[0]) {
        json_put_string(stdout, search_text_of(finding->file));
    } else {
        fputs("null", stdout);
    }
    if (finding->document > 0) {
        printf(",\"document\":%llu", (unsigned long long)finding->document);
    } else {
        fputs(",\"document\":null", stdout);
    }
    fputs(",\"finding\":", stdout);
    json_put_string(stdout, search_text_of(finding->text));
    fputs("}\n", stdout);
}

/* The index is named when there are two that may be damaged. */
static void put_text_finding(const check *c, const search_finding *finding) {
    screen to = screen_of(stdout);

    if (c->options.against && !finding->is_difference) {
        text_put(&to, search_text_of(finding->directory));
        fputs(": ", stdout);
    }
    if (finding->file[0]) {
        text_put(&to, search_text_of(finding->file));
        fputs(": ", stdout);
    }
    if (finding->document > 0) {
        printf("document %llu: ", (unsigned long long)finding->document);
    }
    text_put(&to, search_text_of(finding->id));
    fputs(": ", stdout);
    text_put(&to, search_text_of(finding->text));
    fputc('\n', stdout);
}

static void on_finding(void *context, const search_finding *finding) {
    check *c = context;

    progress_clear(&c->shown);
    c->n_told++;
    if (c->format == FORMAT_JSONL) {
        put_json_finding(finding);
    } else {
        put_text_finding(c, finding);
    }
}

/* ---- The last line ---- */

static const char *verdict(const search_check_summary *summary) {
    if (summary->n_findings > 0) {
        return "damaged";
    }
    if (!summary->is_compared) {
        return "sound";
    }
    return summary->n_differences > 0 ? "different" : "equal";
}

static void print_json_summary(const check *c, const search_check_summary *summary) {
    printf("{\"type\":\"summary\",\"verdict\":\"%s\",\"generation\":", verdict(summary));
    json_put_string(stdout, search_text_of(summary->generation));
    printf(",\"full\":%s,\"records\":%llu,\"files\":%llu,\"bytes\":%llu,\"damages\":%llu",
           c->options.full ? "true" : "false", (unsigned long long)summary->n_records,
           (unsigned long long)summary->n_files, (unsigned long long)summary->n_bytes,
           (unsigned long long)summary->n_findings);
    if (summary->is_compared) {
        printf(",\"differences\":%llu,\"terms\":%llu,\"postings\":%llu,\"positions\":%llu}\n",
               (unsigned long long)summary->n_differences, (unsigned long long)summary->n_terms,
               (unsigned long long)summary->n_postings, (unsigned long long)summary->n_positions);
    } else {
        fputs(",\"differences\":null,\"terms\":null,\"postings\":null,\"positions\":null}\n", stdout);
    }
}

static void put_count(const char *before, uint64_t n, const char *what) {
    printf("%s%llu %s%s", before, (unsigned long long)n, what, n == 1 ? "" : "s");
}

static void print_text_summary(const check *c, const search_check_summary *summary) {
    if (summary->n_findings > 0) {
        put_count("index is damaged: ", summary->n_findings, "finding");
    } else if (summary->is_compared && summary->n_differences > 0) {
        put_count("indexes differ: ", summary->n_differences, "difference");
    } else if (summary->is_compared) {
        put_count("indexes are equal: ", summary->n_records, "record");
        put_count(", ", summary->n_terms, "term");
        put_count(", ", summary->n_postings, "posting");
        put_count(", ", summary->n_positions, "position");
    } else {
        put_count("index is sound: ", summary->n_records, "record");
        put_count(", ", summary->n_files, "file");
        printf(", %.1f MB, %s", (double)summary->n_bytes / 1e6,
               c->options.full ? "every table and record read" : "digests compared");
    }
    printf("%s%s\n", summary->generation[0] ? ": generation " : "", summary->generation);
}

static void print_summary(const check *c, const search_check_summary *summary) {
    uint64_t n_all = summary->n_findings + summary->n_differences;

    if (c->format == FORMAT_JSONL) {
        print_json_summary(c, summary);
        return;
    }
    if (n_all > c->n_told) {
        printf("and %llu more\n", (unsigned long long)(n_all - c->n_told));
    }
    print_text_summary(c, summary);
}

/* ---- The command ---- */

static exit_code check_index(const invocation *call, check *c, const char *directory) {
    search_check_summary summary;
    search_error error;
    search_status status = search_check(directory, &c->options, &summary, &error);

    progress_clear(&c->shown);
    if ((status == SEARCH_OK || status == SEARCH_E_CORRUPT) && !c->is_quiet) {
        print_summary(c, &summary);
    }
    if (status != SEARCH_OK) {
        fflush(stdout);
        return error_report(call->cmd, &error, NULL);
    }
    return summary.n_differences > 0 ? EXIT_CODE_NO_HITS : EXIT_CODE_OK;
}

static exit_code take_option(const invocation *call, check *c, const arg *item) {
    switch (item->id) {
    case ARG_OPERAND:
        return error_usage(call->cmd, "name the index with --index, another one with --against",
                           "takes no argument: '%s'", item->text);
    case CHECK_FULL:
        c->options.full = true;
        break;
    case CHECK_AGAINST:
        c->options.against = item->text;
        if (item->text[0] == '\0') {
            return error_usage(call->cmd, NULL, "--against needs the name of a directory");
        }
        break;
    case CHECK_QUIET:
        c->is_quiet = true;
        break;
    case CHECK_FORMAT:
        return question_format(call->cmd, item->text, "text, jsonl", &c->format);
    default: /* global options */
        break;
    }
    return EXIT_CODE_OK;
}

static exit_code run(const invocation *call) {
    check c = {.format = FORMAT_TEXT, .options = SEARCH_CHECK_OPTIONS_INIT};
    char *directory = NULL;
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        code = take_option(call, &c, &call->arguments.items[i]);
    }
    c.shown = progress_open(c.is_quiet);
    c.options.on_finding = on_finding;
    c.options.on_progress = on_progress;
    c.options.context = &c;
    if (code == EXIT_CODE_OK) {
        code = index_find(call, &directory);
    }
    if (code == EXIT_CODE_OK) {
        code = check_index(call, &c, directory);
    }
    free(directory);
    return code;
}

const command command_check = {
    "check",
    "",
    "verify the index, or compare it with another",
    "Reads every file of the index and compares it with the digest that was taken when it was\n"
    "built, sees that the parts agree, and looks up the first and the last record.  That takes as\n"
    "long as reading the files, and finds whatever a disk or a copy has changed.\n\n"
    "--full also runs Xapian's own check of each table and reads every record: that it can be\n"
    "read, is found by its id, and says what facets, dates and titles in the columns say.  It\n"
    "finds what was written wrongly.  A file with a wrong digest is read no further.\n\n"
    "--against DIR tells how the index in DIR differs, entry by entry: records, terms with their\n"
    "frequencies, postings and positions, stored records, lengths, columns, schema.  Two rebuilds\n"
    "of the same sources do not differ.  What differs is told one by one, at most 100 times.\n\n"
    "Each line names the file or document, a stable name of what was found, and what it is; the\n"
    "last one says what was checked.  Exit codes: 0 sound, and equal; 1 different; 3 damaged, or\n"
    "no index.",
    "  cables check\n"
    "  cables --index /srv/cables/index check --full --quiet\n"
    "  cables --index /srv/cables/index check --against /srv/cables/copy --format jsonl\n",
    options,
    false,
    run,
};
