/* cables lint: what the readers made of each source, and what looks wrong.
 *
 * A collection that knows no ids is told so once, and not at every record.  So that finding is held back while no
 * record of a source has an id, as a count of records whose places are known anyway, and told of each when one has. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { LINT_AS = 1, LINT_FIELDS, LINT_FORMAT, LINT_QUIET };

static const option options[] = {
    {LINT_AS, "as", 0, OPTION_TEXT, "FORMAT", "read every source as FORMAT instead of telling it from its content", 0,
     0},
    {LINT_FIELDS, "fields", 0, OPTION_FLAG, 0, "print how the fields are filled instead of the records", 0, 0},
    {LINT_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text or jsonl", 0, 0},
    {LINT_QUIET, "quiet", 0, OPTION_FLAG, 0, "print the summary only", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

enum { SAME_TEXT_MIN_N = 100 }; /* bytes; shorter texts, such as a remark that all was omitted, may well be the same */

#define NO_ID "lint.no_id"

/* Where a record was read, for naming it when another is the same.  Every record of a collection has one: it is small,
 * and the names stand together. */
typedef struct place {
    size_t id; /* in the names, as is the source */
    size_t source;
    size_t line;
} place;

/* The records of the source at hand, as long as none has an id of its own. */
typedef struct without_ids {
    size_t first; /* place of the first record of the source */
    size_t n;
    size_t n_faultless; /* of these, those without another finding */
    bool is_over;       /* a record of the source has an id */
} without_ids;

typedef struct lint {
    output_format format;
    bool shows_records;
    fill_table *fill; /* null: not asked for */
    place *places;    /* of all records, in order */
    size_t n_places;
    size_t capacity;
    char *names; /* each ends in a NUL */
    size_t n_names;
    size_t names_capacity;
    seen ids;
    seen texts;
    without_ids held;
    bool lacks_id;      /* the record at hand, and that is held back */
    size_t n_of_record; /* findings in the record at hand */
    uint64_t n_findings;
    uint64_t n_faulty; /* records with findings */
    uint64_t n_skipped;
} lint;

/* ---- Printing ---- */

static void put_place(const screen *to, const char *source, size_t line) {
    text_put(to, search_text_of(source));
    if (line > 0) {
        printf(":%zu", line);
    }
    fputs(": ", stdout);
}

static void put_json_place(const char *type, const char *source, size_t line) {
    printf("{\"type\":\"%s\",\"source\":", type);
    json_put_string(stdout, search_text_of(source));
    if (line > 0) {
        printf(",\"line\":%zu", line);
    } else {
        fputs(",\"line\":null", stdout);
    }
}

static void put_json_value(const char *key, search_text value) {
    printf(",\"%s\":", key);
    if (value.n_bytes > 0) {
        json_put_string(stdout, value);
    } else {
        fputs("null", stdout);
    }
}

static size_t n_fields(const search_record *record) {
    size_t n = 0;

    while (search_record_key(record, n)) {
        n++;
    }
    return n;
}

static void start_record(const lint *l, const search_record *record, const char *source, size_t line) {
    search_text id = search_record_value(record, "id", 0);
    search_text date = search_record_value(record, "date", 0);
    search_text title = search_record_value(record, "title", 0);
    screen to = screen_of(stdout);

    if (!l->shows_records) {
        return;
    }
    if (l->format == FORMAT_JSONL) {
        put_json_place("record", source, line);
        put_json_value("id", id);
        put_json_value("title", title);
        put_json_value("date", date);
        printf(",\"fields\":%zu,\"findings\":[", n_fields(record));
        return;
    }
    put_place(&to, source, line);
    text_put(&to, id);
    fputs(", ", stdout);
    text_put(&to, date.n_bytes > 0 ? date : search_text_of("no date"));
    printf(", %zu fields, ", n_fields(record));
    text_put(&to, title.n_bytes > 0 ? title : search_text_of("no title"));
    fputc('\n', stdout);
}

static void end_record(const lint *l) {
    if (l->shows_records && l->format == FORMAT_JSONL) {
        fputs("]}\n", stdout);
    }
}

static void put_finding(const lint *l, const char *id, const char *finding) {
    screen to = screen_of(stdout);

    if (l->format == FORMAT_JSONL) {
        fputs("{\"id\":", stdout);
        json_put_string(stdout, search_text_of(id));
        fputs(",\"finding\":", stdout);
        json_put_string(stdout, search_text_of(finding));
        fputc('}', stdout);
        return;
    }
    fputs("  ", stdout);
    text_put(&to, search_text_of(id));
    fputs(": ", stdout);
    text_put(&to, search_text_of(finding));
    fputc('\n', stdout);
}

static void on_finding(void *context, const char *id, const char *finding) {
    lint *l = context;

    if (!l->held.is_over && strcmp(id, NO_ID) == 0) {
        l->lacks_id = true;
        return;
    }
    l->n_of_record++;
    if (!l->shows_records) {
        return;
    }
    if (l->format == FORMAT_JSONL && l->n_of_record > 1) {
        fputc(',', stdout);
    }
    put_finding(l, id, finding);
}

/* ---- Sources without ids ---- */

/* A finding that does not stand below the record it is about. */
static void put_apart(const lint *l, const place *of) {
    screen to = screen_of(stdout);
    search_text id = search_text_of(l->names + of->id);

    if (l->format == FORMAT_JSONL) {
        put_json_place("earlier", l->names + of->source, of->line);
        put_json_value("id", id);
        fputs(",\"findings\":[", stdout);
        put_finding(l, NO_ID, "the record has no id of its own");
        fputs("]}\n", stdout);
        return;
    }
    put_place(&to, l->names + of->source, of->line);
    text_put(&to, id);
    fputs(", read earlier\n", stdout);
    put_finding(l, NO_ID, "the record has no id of its own");
}

/* A record of the source has an id: those without one are told each. */
static void tell_held(lint *l) {
    without_ids *held = &l->held;

    for (size_t i = held->first; l->shows_records && i < held->first + held->n; i++) {
        put_apart(l, &l->places[i]);
    }
    l->n_findings += held->n;
    l->n_faulty += held->n_faultless;
    held->is_over = true;
}

static void note_id(lint *l) {
    if (!l->lacks_id && !l->held.is_over) {
        tell_held(l);
    }
    l->held.n += l->lacks_id ? 1 : 0;
    l->held.n_faultless += l->lacks_id && l->n_of_record == 0 ? 1 : 0;
}

static void start_source(lint *l) {
    l->held = (without_ids){.first = l->n_places};
}

static void end_source(lint *l, const char *source) {
    char finding[80] = "the one record has no id of its own";
    screen to = screen_of(stdout);
    size_t n = l->held.n;

    if (l->held.is_over || n == 0) {
        return;
    }
    l->n_findings++;
    if (!l->shows_records) {
        return;
    }
    if (n > 1) {
        snprintf(finding, sizeof finding, "none of the %zu records has an id of its own", n);
    }
    if (l->format == FORMAT_JSONL) {
        put_json_place("source", source, 0);
        printf(",\"records\":%zu,\"findings\":[", n);
        put_finding(l, NO_ID, finding);
        fputs("]}\n", stdout);
        return;
    }
    put_place(&to, source, 0);
    printf("%zu record%s\n", n, n == 1 ? "" : "s");
    put_finding(l, NO_ID, finding);
}

/* ---- Records seen before ---- */

static size_t keep_name(lint *l, search_text name) {
    size_t at = l->n_names;

    while (l->names_capacity - at <= name.n_bytes) {
        l->names_capacity = l->names_capacity == 0 ? 4096 : l->names_capacity * 2;
        l->names = error_check_memory(realloc(l->names, l->names_capacity));
    }
    memcpy(l->names + at, name.bytes, name.n_bytes);
    l->names[at + name.n_bytes] = '\0';
    l->n_names += name.n_bytes + 1;
    return at;
}

static uint32_t keep_place(lint *l, const search_record *record, const char *source, size_t line) {
    if (l->n_places == l->capacity) {
        l->capacity = l->capacity == 0 ? 64 : l->capacity * 2;
        l->places = error_check_memory(realloc(l->places, l->capacity * sizeof *l->places));
    }
    const place *last = l->n_places > 0 ? &l->places[l->n_places - 1] : NULL;
    bool is_same = last && strcmp(l->names + last->source, source) == 0;
    size_t source_at = is_same ? last->source : keep_name(l, search_text_of(source));
    l->places[l->n_places++] = (place){keep_name(l, search_record_value(record, "id", 0)), source_at, line};
    return (uint32_t)(l->n_places - 1);
}

static void tell_same(lint *l, const char *finding_id, const char *what, uint32_t other) {
    const place *first = &l->places[other];
    char finding[512];
    char line[32] = "";

    if (first->line > 0) {
        snprintf(line, sizeof line, ":%zu", first->line);
    }
    snprintf(finding, sizeof finding, "%s record %.100s of %.300s%s", what, l->names + first->id,
             l->names + first->source, line);
    on_finding(l, finding_id, finding);
}

static void check_seen(lint *l, const search_record *record, const char *source, size_t line) {
    search_text id = search_record_value(record, "id", 0);
    search_text body = search_record_value(record, "body", 0);
    uint32_t number = keep_place(l, record, source, line);
    uint32_t same_id = seen_add(&l->ids, seen_hash(id), number);

    if (same_id != number) {
        tell_same(l, "lint.duplicate_id", "the id is used already, and this one will replace", same_id);
    }
    if (body.n_bytes < SAME_TEXT_MIN_N) {
        return;
    }
    uint32_t same_text = seen_add(&l->texts, seen_hash_of_words(body), number);
    if (same_text != number && same_text != same_id) {
        tell_same(l, "lint.duplicate_text", "the text is that of", same_text);
    }
}

/* ---- What the library reads ---- */

static bool on_record(void *context, const search_record *record, const char *source, size_t line) {
    lint *l = context;
    search_error error;

    l->n_of_record = 0;
    l->lacks_id = false;
    start_record(l, record, source, line);
    search_status status = search_record_check(record, on_finding, l, &error);
    check_seen(l, record, source, line);
    end_record(l);
    note_id(l);
    if (l->fill) {
        fill_add(l->fill, record);
    }
    l->n_findings += l->n_of_record;
    l->n_faulty += l->n_of_record > 0 ? 1 : 0;
    return status == SEARCH_OK && !ferror(stdout);
}

static void on_report(void *context, const search_report *report) {
    lint *l = context;
    screen to = screen_of(stdout);

    l->n_skipped += report->skipped ? 1 : 0;
    l->n_findings += report->skipped ? 0 : 1;
    if (!l->shows_records) {
        return;
    }
    if (l->format == FORMAT_JSONL) {
        put_json_place(report->skipped ? "skipped" : "doubtful", report->source, report->line);
        put_json_value("id", search_text_of(report->id));
        put_json_value("reason", search_text_of(report->reason));
        fputs("}\n", stdout);
        return;
    }
    put_place(&to, report->source, report->line);
    fputs(report->skipped ? "skipped\n  " : "doubtful\n  ", stdout);
    text_put(&to, search_text_of(report->id));
    fputs(": ", stdout);
    text_put(&to, search_text_of(report->reason));
    fputc('\n', stdout);
}

/* ---- The command ---- */

static void print_summary(const lint *l) {
    unsigned long long n = l->n_places;
    unsigned long long n_findings = l->n_findings;

    if (l->format == FORMAT_JSONL) {
        printf("{\"type\":\"summary\",\"records\":%llu,\"skipped\":%llu,\"findings\":%llu,\"records_with_findings\":"
               "%llu}\n",
               n, (unsigned long long)l->n_skipped, n_findings, (unsigned long long)l->n_faulty);
        return;
    }
    printf("%llu record%s read, %llu skipped, %llu finding%s in %llu\n", n, n == 1 ? "" : "s",
           (unsigned long long)l->n_skipped, n_findings, n_findings == 1 ? "" : "s", (unsigned long long)l->n_faulty);
}

static exit_code read_sources(const invocation *call, lint *l, search_read_options *read_options) {
    search_error error;

    for (size_t i = 0; i < call->arguments.n; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id != ARG_OPERAND) {
            continue;
        }
        start_source(l);
        search_status status = search_read(item->text, read_options, &error);
        end_source(l, item->text);
        if (status != SEARCH_OK) {
            return error_report(call->cmd, &error, NULL);
        }
    }
    if (l->fill) {
        fill_print(l->fill, l->format);
    }
    print_summary(l);
    return l->n_findings + l->n_skipped > 0 ? EXIT_CODE_NO_HITS : EXIT_CODE_OK;
}

static void free_lint(lint *l) {
    free(l->places);
    free(l->names);
    seen_free(&l->ids);
    seen_free(&l->texts);
    fill_free(l->fill);
}

static exit_code run(const invocation *call) {
    lint l = {.format = FORMAT_TEXT, .shows_records = true};
    search_read_options read_options = SEARCH_READ_OPTIONS_INIT;
    exit_code code = EXIT_CODE_OK;
    size_t n_sources = 0;
    bool shows_fields = false;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        n_sources += item->id == ARG_OPERAND ? 1 : 0;
        shows_fields = shows_fields || item->id == LINT_FIELDS;
        l.shows_records = l.shows_records && item->id != LINT_QUIET && item->id != LINT_FIELDS;
        if (item->id == LINT_AS) {
            read_options.format = item->text;
        } else if (item->id == LINT_FORMAT) {
            code = question_format(call->cmd, item->text, "text, jsonl", &l.format);
        }
    }
    if (code == EXIT_CODE_OK && n_sources == 0) {
        code = error_usage(call->cmd, NULL, "name the sources: files, directories, or - for standard input");
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    l.fill = shows_fields ? fill_new() : NULL;
    read_options.on_record = on_record;
    read_options.on_report = on_report;
    read_options.context = &l;
    code = read_sources(call, &l, &read_options);
    free_lint(&l);
    return code;
}

const command command_lint = {
    "lint",
    "SOURCE…",
    "what is read from sources, and what looks wrong",
    "Reads the sources as rebuild does, but writes no index.  Prints a line for each record, with\n"
    "its place, id, date, number of fields and title, and below it what looks wrong: a date that\n"
    "cannot be read or contradicts the title, a classification that the text contradicts, labels\n"
    "left in the text, letters set apart, misread or in a wrong encoding, an id that is missing or\n"
    "used twice, a text read twice, a source that names no archive.  A source of which no record\n"
    "has an id is told so once, behind its records.  What had to be skipped is named, too.  Exit\n"
    "code 1: something looks wrong.\n\n"
    "--fields prints a table instead: for each field how many records have it, in how many it was\n"
    "derived from other fields, and how many distinct values it has.",
    "  cables lint ~/cables/\n"
    "  cables lint --fields ~/cables/\n"
    "  cables lint --format jsonl --as csv table.txt >findings.jsonl\n",
    options,
    false,
    run,
};
