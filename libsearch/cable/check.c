/* What looks wrong in a record, for people who look after a collection.  A finding is a stable id and a sentence; each
 * id is told at most once a record and field, with the first place.  Precision goes before completeness: who is told of
 * faults that are none stops reading. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <stdio.h>

#define MAX_EXAMPLE 60        /* bytes of the text shown in a finding */
#define MAX_TITLE 1000        /* bytes of a title looked at */
#define MAX_HEAD_LINES 12     /* of the body, among which the classification stands */
#define DAYS_BETWEEN_DATES 31 /* a document may be sent or filed days after what it records */

typedef struct checker {
    const search_record *record;
    void (*on_finding)(void *context, const char *id, const char *finding);
    void *context;
} checker;

__attribute__((format(printf, 3, 4))) static void tell(const checker *c, const char *id, const char *format, ...) {
    char finding[512];
    va_list values;
    va_start(values, format);
    vsnprintf(finding, sizeof finding, format, values);
    va_end(values);
    finding[utf8_cut(finding, strlen(finding), sizeof finding - 1)] = '\0';
    c->on_finding(c->context, id, finding);
}

static search_text value_of(const checker *c, const char *key) {
    return search_record_value(c->record, key, 0);
}

/* For "%.*s" */
static int shown(search_text text) {
    return (int)utf8_cut(text.bytes, text.n_bytes, MAX_EXAMPLE);
}

/* ---- Id, title, text, source ---------------------------------------------------------------------------------- */

static void check_presence(const checker *c) {
    search_text id = value_of(c, "id");
    if (id.n_bytes == 0 || (id.n_bytes == 18 && text_starts(id, "x-")))
        tell(c, "lint.no_id", "the record has no id of its own");
    if (value_of(c, "title").n_bytes == 0)
        tell(c, "lint.no_title", "the record has no title");
    if (value_of(c, "body").n_bytes == 0)
        tell(c, "lint.no_body", "the record has no text");
}

static void check_source(const checker *c) {
    citation source;
    citation_parts parts;
    citation_read(value_of(c, "source"), &source);
    citation_parts_read(source.reference, &parts);
    for (size_t i = 0; i < parts.n_sources; i++) {
        const citation_source *s = &parts.sources[i];
        bool is_read = s->archive.n_bytes > 0 && (s->file.n_bytes > 0 || s->fond.n_bytes > 0);
        if (is_read || s->is_printed)
            continue;
        tell(c, "lint.citation_unread", "the source names no archive and file that can be told: \"%.*s\"",
             shown(s->text), s->text.bytes);
        return;
    }
}

/* ---- Dates ---------------------------------------------------------------------------------------------------- */

static bool is_date_divider(char c) {
    return strchr(",;()[]'\"", c) != NULL;
}

/* The date that begins at `from`, which a comma may be in: the longest text up to a divider that is one.  Where it
 * ends; 0: there is none. */
static size_t date_at(search_text title, size_t from, date_reading *out) {
    size_t n_dividers = 0;
    size_t end = 0;
    for (size_t to = from + 1; to <= title.n_bytes && n_dividers < 2; to++) {
        if (to < title.n_bytes && !is_date_divider(title.bytes[to]))
            continue;
        date_reading read;
        if (date_read_full(text_part(title, from, to), &read) && read.interval.earliest > 0) {
            *out = read;
            end = to;
        }
        n_dividers++;
    }
    return end;
}

/* The last date that a title has set off by commas or brackets, as that of a document is; one inside a sentence may be
 * of anything. */
static bool date_of_title(search_text title, date_reading *out) {
    bool is_found = false;
    for (size_t at = 1; at + 1 < title.n_bytes && title.n_bytes <= MAX_TITLE; at++) {
        if (!is_date_divider(title.bytes[at - 1]))
            continue;
        while (at < title.n_bytes && title.bytes[at] == ' ')
            at++;
        if (text_starts(text_from(title, at), "dated "))
            at += strlen("dated ");
        bool may_begin = at < title.n_bytes && (is_digit(title.bytes[at]) || is_upper(title.bytes[at]));
        size_t end = may_begin ? date_at(title, at, out) : 0;
        is_found = is_found || end > 0;
        at = end > 0 ? end : at;
    }
    return is_found;
}

/* About the number of days since the year 0: months of 31 days. */
static int32_t rough_days(int32_t day) {
    return (day / 10000 * 12 + day / 100 % 100) * 31 + day % 100;
}

static void check_date_and_title(const checker *c, const date_reading *date) {
    date_reading title;
    char printed[16];
    char other[16];
    if (!date_of_title(value_of(c, "title"), &title))
        return;
    bool is_before = rough_days(title.interval.latest) + DAYS_BETWEEN_DATES < rough_days(date->interval.earliest);
    bool is_after = rough_days(title.interval.earliest) > rough_days(date->interval.latest) + DAYS_BETWEEN_DATES;
    if (!is_before && !is_after)
        return;
    date_print(title.interval.earliest, printed);
    date_print(date->interval.earliest, other);
    tell(c, "lint.date_title", "the title has the date %s, the record %s", printed, other);
}

static void check_date(const checker *c) {
    search_text text = value_of(c, "date");
    date_reading date;
    if (text.n_bytes == 0) {
        tell(c, "lint.no_date", "the record has no date");
    } else if (!date_read_full(text, &date)) {
        tell(c, "lint.date_unread", "the date cannot be read: \"%.*s\"", shown(text), text.bytes);
    } else if (date.interval.earliest > 0) {
        if (date.is_doubtful)
            tell(c, "lint.date_doubtful", "the date %s: \"%.*s\"",
                 text_find(text, "?", 0) == NOT_FOUND ? "may have day and month the other way round"
                                                      : "is marked as doubtful",
                 shown(text), text.bytes);
        check_date_and_title(c, &date);
    }
}

/* ---- Lines of the text ---------------------------------------------------------------------------------------- */

static bool next_line(search_text text, size_t *at, search_text *line) {
    if (*at >= text.n_bytes)
        return false;
    const char *end = memchr(text.bytes + *at, '\n', text.n_bytes - *at);
    size_t to = end == NULL ? text.n_bytes : (size_t)(end - text.bytes);
    *line = text_trim(text_part(text, *at, to));
    *at = to + 1;
    return true;
}

/* A line of nothing but a grading above the text, other than that of the record. */
static void check_classification(const checker *c) {
    search_text printed = value_of(c, "classification");
    grading of_record;
    grading of_line;
    size_t n_lines = 0;
    search_text line;
    if (!grading_read(printed, &of_record) || of_record.classification == NULL)
        return;
    for (size_t at = 0; n_lines < MAX_HEAD_LINES && next_line(value_of(c, "body"), &at, &line);) {
        n_lines += line.n_bytes > 0;
        if (!grading_read(line, &of_line) || !of_line.is_whole || of_line.classification == NULL)
            continue;
        if (strcmp(of_line.classification, of_record.classification) != 0)
            tell(c, "lint.classification", "the text is headed \"%.*s\", the record is \"%.*s\"", shown(line),
                 line.bytes, shown(printed), printed.bytes);
        return;
    }
}

static void check_labels(const checker *c) {
    static const char *const labels[] = {"Author(s)",
                                         "Associated People & Organizations",
                                         "Associated Places",
                                         "Associated Topics",
                                         "Subjects Discussed",
                                         "Related Documents",
                                         "Document Information",
                                         "Document Contributors",
                                         "Original Archive",
                                         "Original Uploaded Date",
                                         "Original Classification",
                                         "Record ID",
                                         "Skip to content",
                                         "get citation",
                                         "share document"};
    search_text line;
    for (size_t at = 0; next_line(value_of(c, "body"), &at, &line);) {
        if (text_ends(line, ":"))
            line.n_bytes--;
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
            if (text_is(line, labels[i])) {
                tell(c, "lint.label", "a label of the page is left in the text: \"%s\"", labels[i]);
                return;
            }
    }
}

/* ---- Noise ---------------------------------------------------------------------------------------------------- */

/* The word or words around the noise. */
static search_text around(search_text text, noise found) {
    size_t from = found.from;
    size_t to = found.to;
    while (from > 0 && found.from - from < MAX_EXAMPLE / 3 && strchr(" \n\t", text.bytes[from - 1]) == NULL)
        from--;
    while (to < text.n_bytes && to - found.to < MAX_EXAMPLE / 3 && strchr(" \n\t", text.bytes[to]) == NULL)
        to++;
    while (from < found.from && ((unsigned char)text.bytes[from] & 0xC0u) == 0x80u)
        from++;
    return text_part(text, from, from + utf8_cut(text.bytes + from, text.n_bytes - from, to - from));
}

static void check_noise(const checker *c, const char *key, search_text text) {
    static const struct {
        noise (*find)(search_text text);
        const char *id;
        const char *what;
    } kinds[] = {
        {noise_find_bad_bytes, "lint.bad_bytes", "lost characters (U+FFFD)"},
        {noise_find_mojibake, "lint.mojibake", "text in a wrong encoding"},
        {noise_find_ocr, "lint.ocr", "misread letters"},
        {noise_find_spacing, "lint.spaced", "a word with spaces between its letters"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        noise found = kinds[i].find(text);
        search_text example = around(text, found);
        if (found.n > 0)
            tell(c, kinds[i].id, "%s in \"%s\" (%zu): \"%.*s\"", kinds[i].what, key, found.n, shown(example),
                 example.bytes);
    }
}

search_status search_record_check(const search_record *record,
                                  void (*on_finding)(void *context, const char *id, const char *finding), void *context,
                                  search_error *error) {
    static const char *const texts[] = {"title", "summary", "body", "from", "to", "source"};
    const checker c = {record, on_finding, context};
    error_clear(error);
    if (on_finding == NULL)
        return error_set(error, SEARCH_E_ARGUMENT, "lint.no_callback", "there is nobody to tell the findings");
    check_presence(&c);
    check_date(&c);
    check_classification(&c);
    check_source(&c);
    check_labels(&c);
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        for (size_t i = 0; i < search_record_n_values(record, texts[k]); i++)
            check_noise(&c, texts[k], search_record_value(record, texts[k], i));
    return SEARCH_OK;
}
