/* cables rebuild: builds the index anew and publishes it, while readers go on with the old one. */
#include "cli/cli.h"
#include "cli/output/progress.h"
#include "cli/output/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
    REBUILD_WAIT = 1,
    REBUILD_KEEP,
    REBUILD_STRICT,
    REBUILD_FORCE,
    REBUILD_EXACT,
    REBUILD_QUIET,
    REBUILD_REPORT,
    REBUILD_ALIASES,
    REBUILD_AS,
    REBUILD_JOBS,
    REBUILD_MEMORY,
    REBUILD_VIA_XAPIAN,
    REBUILD_VERIFY,
};

static const option options[] = {
    {REBUILD_AS, "as", 0, OPTION_TEXT, "FORMAT", "read the sources as FORMAT, whatever they look like", 0, 0},
    {REBUILD_WAIT, "wait", 0, OPTION_NUMBER, "S", "wait up to S seconds for another writer (0)", 0, 4000000},
    {REBUILD_KEEP, "keep", 0, OPTION_NUMBER, "N", "keep N generations, the new one included (2)", 1, 1000000},
    {REBUILD_STRICT, "strict", 0, OPTION_FLAG, 0, "publish nothing when a record had to be skipped", 0, 0},
    {REBUILD_FORCE, "force", 0, OPTION_FLAG, 0, "publish a result that looks wrong", 0, 0},
    {REBUILD_EXACT, "exact", 0, OPTION_FLAG, 0, "drop records that no source gives", 0, 0},
    {REBUILD_QUIET, "quiet", 0, OPTION_FLAG, 0, "print errors only", 0, 0},
    {REBUILD_REPORT, "report", 0, OPTION_TEXT, "FILE", "write skipped and doubtful records to FILE (JSONL)", 0, 0},
    {REBUILD_ALIASES, "aliases", 0, OPTION_TEXT, "FILE", "names that find each other, beside the built-in ones", 0, 0},
    {REBUILD_JOBS, "jobs", 0, OPTION_NUMBER, "N", "analyze with N threads (one for each processor)", 1, 64},
    {REBUILD_MEMORY, "memory", 0, OPTION_NUMBER, "MB",
     "hold up to MB megabytes of postings (a quarter of all, at most 2048)", 64, 1 << 20},
    {REBUILD_VIA_XAPIAN, "via-xapian", 0, OPTION_FLAG, 0, "let Xapian itself index: slow, for comparison", 0, 0},
    {REBUILD_VERIFY, "verify", 0, OPTION_TEXT, "HOW", "quick, or full: as 'cables check --full', before publishing", 0,
     0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

enum { LISTED_MAX_N = 10, ALIASES_MAX_N_BYTES = 1 << 20 };

typedef struct rebuild {
    const invocation *call;
    search_writer_options writer_options;
    const char *report_path;
    FILE *report; /* null: none asked for */
    const char *aliases_path;
    char *aliases; /* what the file holds; null: none asked for */
    bool is_quiet;
    progress_line shown;
    uint64_t n_skipped;
    uint64_t n_doubtful;
} rebuild;

/* ---- Signals: the first one asks the library to stop and clean up, the second kills ---- */

static volatile sig_atomic_t stop_signal;

static void on_signal(int number) {
    stop_signal = number;
}

static void watch_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction action = {0};
        struct sigaction old;
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) {
            continue; /* as under nohup */
        }
        action.sa_handler = on_signal;
        action.sa_flags = (int)SA_RESETHAND;
        sigemptyset(&action.sa_mask);
        sigaction(numbers[i], &action, NULL);
    }
}

/* ---- What the library tells on the way ---- */

static bool on_progress(void *context, const search_progress *progress) {
    rebuild *r = context;

    progress_show(&r->shown, progress);
    return stop_signal == 0;
}

static void write_report(FILE *file, const search_report *report) {
    fputs("{\"source\":", file);
    json_put_string(file, search_text_of(report->source));
    if (report->line > 0) {
        fprintf(file, ",\"line\":%zu", report->line);
    } else {
        fputs(",\"line\":null", file);
    }
    fputs(",\"id\":", file);
    json_put_string(file, search_text_of(report->id));
    fputs(",\"reason\":", file);
    json_put_string(file, search_text_of(report->reason));
    fprintf(file, ",\"skipped\":%s}\n", report->skipped ? "true" : "false");
}

static void list_skipped(rebuild *r, const search_report *report) {
    screen to = screen_of(stderr);

    progress_clear(&r->shown);
    fputs("skipped ", stderr);
    text_put(&to, search_text_of(report->source));
    if (report->line > 0) {
        fprintf(stderr, ":%zu", report->line);
    }
    fputs(": ", stderr);
    text_put(&to, search_text_of(report->reason));
    fputc('\n', stderr);
}

/* Of the index, not of a record. */
static void warn(rebuild *r, const search_report *report) {
    if (!r->is_quiet) {
        progress_clear(&r->shown);
        error_print(r->call->cmd, NULL, "warning: %s", report->reason);
    }
}

static void on_report(void *context, const search_report *report) {
    rebuild *r = context;

    if (r->report) {
        write_report(r->report, report);
    }
    if (strncmp(report->id, "index.", strlen("index.")) == 0) {
        warn(r, report);
        return;
    }
    if (!report->skipped) {
        r->n_doubtful++;
        return;
    }
    r->n_skipped++;
    if (!r->is_quiet && r->n_skipped <= LISTED_MAX_N) {
        list_skipped(r, report);
    }
}

/* ---- The command ---- */

static exit_code take_verify(rebuild *r, const char *how) {
    if (strcmp(how, "quick") != 0 && strcmp(how, "full") != 0) {
        return error_usage(r->call->cmd, NULL, "--verify is quick or full, not '%s'", how);
    }
    r->writer_options.verify_full = how[0] == 'f';
    return EXIT_CODE_OK;
}

static void take_option(rebuild *r, const arg *item) {
    switch (item->id) {
    case REBUILD_WAIT:
        r->writer_options.lock_timeout_ms = (uint32_t)(item->number * 1000);
        break;
    case REBUILD_KEEP:
        r->writer_options.n_keep = (size_t)item->number;
        break;
    case REBUILD_STRICT:
        r->writer_options.strict = true;
        break;
    case REBUILD_FORCE:
        r->writer_options.force = true;
        break;
    case REBUILD_EXACT:
        r->writer_options.exact = true;
        break;
    case REBUILD_QUIET:
        r->is_quiet = true;
        break;
    case REBUILD_REPORT:
        r->report_path = item->text;
        break;
    case REBUILD_AS:
        r->writer_options.format = item->text;
        break;
    case REBUILD_ALIASES:
        r->aliases_path = item->text;
        break;
    case REBUILD_JOBS:
        r->writer_options.n_jobs = (size_t)item->number;
        break;
    case REBUILD_MEMORY:
        r->writer_options.n_bytes_memory = (uint64_t)item->number << 20;
        break;
    case REBUILD_VIA_XAPIAN:
        r->writer_options.via_xapian = true;
        break;
    default: /* operands and global options */
        break;
    }
}

static void print_skipped_rest(rebuild *r) {
    progress_clear(&r->shown);
    if (!r->is_quiet && r->n_skipped > LISTED_MAX_N) {
        fprintf(stderr, "skipped %llu more%s\n", (unsigned long long)(r->n_skipped - LISTED_MAX_N),
                r->report ? "" : "; --report FILE lists them all");
    }
}

static void print_summary(const rebuild *r, const search_write_summary *summary) {
    char counts[160] = "";
    size_t n = 0;
    const struct {
        uint64_t count;
        const char *what;
    } parts[] = {{summary->n_skipped, "skipped"},
                 {r->n_doubtful, "doubtful"},
                 {summary->n_replaced, "replaced"},
                 {summary->n_carried, "carried over"}};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].count > 0) {
            n += (size_t)snprintf(counts + n, sizeof counts - n, "%s%llu %s", n > 0 ? ", " : " (",
                                  (unsigned long long)parts[i].count, parts[i].what);
        }
    }
    fprintf(stderr, "indexed %llu record%s%s%s in %.1f s: generation %s\n", (unsigned long long)summary->n_records,
            summary->n_records == 1 ? "" : "s", counts, n > 0 ? ")" : "", summary->seconds, summary->generation);
}

/* A signal that came before the end is what ended the build, whatever status it led to. */
static exit_code explain_failure(const rebuild *r, const search_error *error) {
    int number = (int)stop_signal;

    if (number != 0) {
        error_print(r->call->cmd, NULL, "interrupted: the index is as it was before");
        return (exit_code)(EXIT_CODE_SIGNAL + number);
    }
    exit_code code = error_report(r->call->cmd, error, NULL);
    if (error->status == SEARCH_E_REFUSED && error->hint[0] == '\0') {
        fputs("  the index is as it was before\n", stderr);
    }
    return code;
}

/* Reads the sources and publishes.  The writer is freed, and so cleaned up after, before the exit code is known to
 * main. */
static exit_code build(rebuild *r, const char *directory) {
    const args *list = &r->call->arguments;
    search_writer *writer = NULL;
    search_write_summary summary;
    search_error error;
    search_status status = search_writer_open(directory, &r->writer_options, &writer, &error);

    for (size_t i = 0; i < list->n && status == SEARCH_OK; i++) {
        if (list->items[i].id == ARG_OPERAND) {
            status = search_writer_read(writer, list->items[i].text, &error);
        }
    }
    if (status == SEARCH_OK) {
        status = search_writer_commit(writer, &summary, &error);
    }
    search_writer_free(writer);
    print_skipped_rest(r);
    if (status != SEARCH_OK) {
        return explain_failure(r, &error);
    }
    if (!r->is_quiet) {
        print_summary(r, &summary);
    }
    return EXIT_CODE_OK;
}

static exit_code open_report(rebuild *r) {
    if (!r->report_path) {
        return EXIT_CODE_OK;
    }
    r->report = strcmp(r->report_path, "-") == 0 ? stdout : fopen(r->report_path, "w");
    if (!r->report) {
        error_print(r->call->cmd, NULL, "cannot write %s: %s", r->report_path, strerror(errno));
        return EXIT_CODE_SYSTEM;
    }
    return EXIT_CODE_OK;
}

static exit_code close_report(rebuild *r, exit_code code) {
    if (!r->report || r->report == stdout) {
        return code;
    }
    bool has_failed = ferror(r->report) != 0;
    if (fclose(r->report) != 0 || has_failed) {
        error_print(r->call->cmd, NULL, "cannot write %s: it is incomplete", r->report_path);
        return code == EXIT_CODE_OK ? EXIT_CODE_SYSTEM : code;
    }
    return code;
}

/* Reads the file whole; the library reads its lines. */
static exit_code read_aliases(rebuild *r) {
    if (!r->aliases_path) {
        return EXIT_CODE_OK;
    }
    FILE *file = fopen(r->aliases_path, "r");
    if (!file) {
        error_print(r->call->cmd, NULL, "cannot read the aliases %s: %s", r->aliases_path, strerror(errno));
        return EXIT_CODE_REFUSED;
    }
    r->aliases = error_check_memory(malloc(ALIASES_MAX_N_BYTES + 1));
    errno = 0;
    size_t n = fread(r->aliases, 1, ALIASES_MAX_N_BYTES + 1, file);
    bool has_failed = ferror(file) != 0;
    int reason = errno;
    fclose(file);
    if (has_failed) {
        error_print(r->call->cmd, NULL, "cannot read the aliases %s: %s", r->aliases_path, strerror(reason));
        return EXIT_CODE_REFUSED;
    }
    if (n > ALIASES_MAX_N_BYTES) {
        error_print(r->call->cmd, NULL, "the aliases %s are over 1 MiB", r->aliases_path);
        return EXIT_CODE_REFUSED;
    }
    r->writer_options.aliases = (search_text){r->aliases, n};
    return EXIT_CODE_OK;
}

static exit_code run(const invocation *call) {
    rebuild r = {.call = call, .writer_options = SEARCH_WRITER_OPTIONS_INIT};
    char *directory = NULL;
    size_t n_sources = 0;
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        take_option(&r, item);
        n_sources += item->id == ARG_OPERAND ? 1 : 0;
        code = item->id == REBUILD_VERIFY ? take_verify(&r, item->text) : EXIT_CODE_OK;
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (n_sources == 0) {
        return error_usage(call->cmd, NULL, "name the sources: files, directories, archives, or - for standard input");
    }
    r.shown = progress_open(r.is_quiet);
    r.writer_options.on_report = on_report;
    r.writer_options.on_progress = on_progress;
    r.writer_options.context = &r;
    code = read_aliases(&r);
    if (code == EXIT_CODE_OK) {
        code = index_directory(call, &directory);
    }
    if (code == EXIT_CODE_OK) {
        code = open_report(&r);
    }
    if (code == EXIT_CODE_OK) {
        watch_signals();
        code = build(&r, directory);
    }
    code = close_report(&r, code);
    free(r.aliases);
    free(directory);
    return code;
}

const command command_rebuild = {
    "rebuild",
    "SOURCE…",
    "build the index anew and publish it",
    "Reads every cable of the sources and replaces the index in one step; until then, and when\n"
    "anything fails, readers keep the old one.  A source is a file, a directory with all below\n"
    "it, a pattern in quotes such as 'pages/*.txt', or '-' for standard input.  Archives (.tar,\n"
    ".zip) and compressed files (.gz, .zst, .tar.gz, .tar.zst) are read without unpacking them\n"
    "to disk.  What a file is, its content says, not its name.\n\n"
    "A record that cannot be read is skipped and counted.  A result that looks wrong (far fewer\n"
    "records than before, an empty source) is refused with exit code 4 unless --force is given.\n\n"
    "--as FORMAT says what all sources are: page (a page saved as text), html, jsonl, json (an\n"
    "array), csv, tsv, markdown (with front matter), tei or message (a telegram as text).\n\n"
    "--jobs and --memory change how long it takes, never the index: it is the same, byte for byte.\n"
    "What does not fit into memory is sorted into runs in the index directory and merged; 64 MB is\n"
    "the least, and enough for any archive.\n\n"
    "--aliases FILE has one alias a line: with 'A = B' either name finds the other, with\n"
    "'A -> B' who searches B also finds A; # begins a comment.  They are kept in the index and\n"
    "join the built-in ones.\n\n"
    "Before it is published, what was built is read back and compared with the digests taken while\n"
    "it was written; --verify full reads all of it as 'cables check --full' does.\n\n"
    "Exit code 75: another writer is at work; try again later or use --wait.",
    "  cables rebuild ~/cables/\n"
    "  cables --index /srv/cables/index rebuild --wait 600 --quiet /srv/cables/pages\n"
    "  cables rebuild --report skipped.jsonl pages/ more.jsonl\n"
    "  cables rebuild pages.tar.zst 'letters/*.txt'\n"
    "  cables rebuild --aliases names.txt pages/\n"
    "  ssh archive cat cables.jsonl.gz | cables rebuild --as jsonl -\n",
    options,
    false,
    run,
};
