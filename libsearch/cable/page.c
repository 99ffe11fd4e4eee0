/* The text of a saved page of the archive's site:
 *
 *   Skip to content
 *   December 2, 1961                                      date (may be absent)
 *   Cable from the Chinese Embassy in North Korea, '…'    title
 *   This document was made possible with support from …   donor (may be absent)
 *   Top Secret / … / (61) … No. 103 / To the …            header: header.c
 *   …                                                     the text
 *   [seal] … / December 2, 1961                           its close
 *   The Chinese Embassy … reports …                       summary, under no label (may be absent)
 *   Associated Places / … / Subjects Discussed / …        labels, each with any number of lines under it, or none
 *   Document Information / Source / … / Record ID / …     the same
 *
 * A line that is not blank (no-break spaces are blank) is a paragraph, or part of one where no blank line stands before
 * it.  The body runs from below the credit to above the summary, without the lines that went into fields whole; the
 * heading of the text, its close and lines that say more than the fields hold stay in it.  Rights and the words of the
 * site are kept nowhere. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>

#define MAX_HEADER_LINES 10 /* lines below the title that may be header */
#define MAX_HEADER_LINE 200 /* bytes: a longer line that gave no field is text, and ends the header */
#define MAX_CLOSE_LINES 4   /* lines at the end among which the close is looked for */
#define MAX_COMPARED 64     /* values of a key that a new one is compared with */

typedef struct page_line {
    search_text text; /* without white space at its ends, never empty */
    bool after_blank;
    bool taken; /* went into fields whole */
} page_line;

typedef struct page {
    page_line *lines;
    size_t n_lines;
    size_t capacity;
    bool is_flat; /* no blank lines: each line is a paragraph */
    size_t text;  /* the lines of the text begin here, */
    size_t summary;
    size_t labels;
    size_t information; /* and these where their names say */
    search_record *record;
    search_error *error;
} page;

/* ---- Lines ---------------------------------------------------------------------------------------------------- */

static bool add_line(page *p, search_text text, bool after_blank) {
    if (p->n_lines == p->capacity) {
        size_t capacity = p->capacity == 0 ? 64 : p->capacity * 2;
        page_line *lines = realloc(p->lines, capacity * sizeof *lines);
        if (lines == NULL)
            return false;
        p->lines = lines;
        p->capacity = capacity;
    }
    p->lines[p->n_lines++] = (page_line){text, after_blank, false};
    return true;
}

/* Lines end in LF, CR LF or CR. */
static search_status split_lines(page *p, search_text text) {
    bool after_blank = true;
    size_t n_blank = 0;
    for (size_t from = 0; from < text.n_bytes;) {
        size_t to = from;
        while (to < text.n_bytes && text.bytes[to] != '\n' && text.bytes[to] != '\r')
            to++;
        search_text line = text_trim(text_part(text, from, to));
        if (line.n_bytes > 0 && !add_line(p, line, after_blank))
            return error_memory(p->error);
        after_blank = line.n_bytes == 0;
        n_blank += after_blank;
        bool is_pair = to + 1 < text.n_bytes && text.bytes[to] == '\r' && text.bytes[to + 1] == '\n';
        from = to + 1 + is_pair;
    }
    p->is_flat = n_blank < 2;
    return SEARCH_OK;
}

static search_text line_text(const page *p, size_t i) {
    return i < p->n_lines ? p->lines[i].text : (search_text){"", 0};
}

/* ---- Labels --------------------------------------------------------------------------------------------------- */

/* Labels below the text, and those of the block "Document Information".  A label counts in its own part only, so that a
 * topic named "Source" is a topic.  Without a key, what stands under the label is passed over. */
typedef struct page_label {
    const char *name;
    const char *key;
    bool is_information;
} page_label;

static const page_label labels[] = {
    {"Author(s)", "people", false},
    {"Author", "people", false},
    {"Associated People & Organizations", "people", false},
    {"Associated People and Organizations", "people", false},
    {"Associated People", "people", false},
    {"Associated Places", "places", false},
    {"Associated Topics", "topics", false},
    {"Subjects Discussed", "topics", false},
    {"Document Contributors", "people", false},
    {"Related Documents", NULL, false},
    {"Source", "source", true},
    {"Original Archive", "archive", true},
    {"Rights", NULL, true},
    {"Original Uploaded Date", "uploaded", true},
    {"Type", "type", true},
    {"Language", "language", true},
    {"Original Classification", "classification", true},
    {"Record ID", "id", true},
    {"Donors", "donors", true},
};

static const page_label *label_of(search_text line, bool is_information) {
    if (text_ends(line, ":"))
        line.n_bytes--;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (labels[i].is_information == is_information && text_is(line, labels[i].name))
            return &labels[i];
    return NULL;
}

/* The site's own words, which belong to no cable. */
static bool is_boilerplate(search_text line) {
    return text_starts(line, "Skip to content") || text_starts(line, "Skip to main content") ||
           text_starts(line, "To enquire about this document") ||
           (text_starts(line, "The History and Public Policy Program welcomes reuse") && line.n_bytes > 60);
}

/* The last line with this text, or n_lines. */
static size_t last_line(const page *p, const char *text) {
    for (size_t i = p->n_lines; i > 0; i--)
        if (text_is(p->lines[i - 1].text, text))
            return i - 1;
    return p->n_lines;
}

/* The block begins at its heading or, where that is lost, at the first of the labels that lead up to "Record ID". */
static size_t find_information(const page *p) {
    size_t heading = last_line(p, "Document Information");
    if (heading < p->n_lines)
        return heading;
    size_t id = last_line(p, "Record ID");
    size_t first = id;
    for (size_t i = id; i > 0 && id < p->n_lines && id - i < 24; i--)
        if (label_of(p->lines[i - 1].text, true) != NULL)
            first = i - 1;
    return first;
}

static size_t find_labels(const page *p) {
    for (size_t i = 0; i < p->information; i++)
        if (label_of(p->lines[i].text, false) != NULL)
            return i;
    return p->information;
}

static bool has_value(const search_record *record, const char *key, search_text value) {
    size_t n = search_record_n_values(record, key);
    for (size_t i = 0; i < n && i < MAX_COMPARED; i++) {
        search_text other = search_record_value(record, key, i);
        if (other.n_bytes == value.n_bytes && memcmp(other.bytes, value.bytes, value.n_bytes) == 0)
            return true;
    }
    return false;
}

/* Keys of one value keep the first line under their label: what follows is a label that was lost, or its value. */
static search_status add_labelled(page *p, const char *key, search_text value) {
    bool is_full = record_arity_of(key) == RECORD_ONE_VALUE && search_record_n_values(p->record, key) > 0;
    if (is_full || has_value(p->record, key, value))
        return SEARCH_OK;
    return search_record_add(p->record, key, value, p->error);
}

static search_status read_labels(page *p, size_t from, size_t to, bool is_information) {
    /* The label "Source" is lost on some pages: then the source is the first line of the block. */
    const char *key = is_information ? "source" : NULL;
    for (size_t i = from; i < to; i++) {
        search_text line = p->lines[i].text;
        const page_label *label = label_of(line, is_information);
        if (label != NULL) {
            key = label->key;
            continue;
        }
        if (key == NULL || is_boilerplate(line) || text_is(line, "Document Information"))
            continue;
        search_status status = add_labelled(p, key, line);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

/* ---- The head: date, title, credit ---------------------------------------------------------------------------- */

static bool ends_in_year(search_text line) {
    bool is_year = line.n_bytes >= 4 && line.n_bytes <= 30;
    for (size_t i = 1; is_year && i <= 4; i++)
        is_year = is_digit(line.bytes[line.n_bytes - i]);
    return is_year;
}

static bool is_credit(search_text line) {
    return text_starts(line, "This document was made possible with support from ");
}

/* Days, months and years are written in the one way the index sorts by; the rest as printed. */
static search_status add_date(page *p, search_text line) {
    date_interval date;
    char day[16];
    char latest[16];
    if (!date_read(line, &date))
        return search_record_add(p->record, "date", line, p->error);
    date_print(date.earliest, day);
    date_print(date.latest, latest);
    size_t n = date.earliest == date.latest  ? 10
               : memcmp(day, latest, 7) == 0 ? 7
               : memcmp(day, latest, 4) == 0 ? 4
                                             : 0;
    return search_record_add(p->record, "date", n == 0 ? line : (search_text){day, n}, p->error);
}

/* The date stands above the title, or below it; mirrors put the summary of another document above both, which ends in a
 * full stop as no title does.  A short line that ends in a year, above a title, is a date that is not understood. */
static search_status read_date_and_title(page *p, size_t *at) {
    date_interval date;
    search_text first = line_text(p, *at);
    search_text second = line_text(p, *at + 1);
    bool has_second = *at + 1 < p->labels;
    if (!date_read(first, &date) && has_second && date_read(second, &date)) {
        search_status status =
            text_ends(first, ".") ? SEARCH_OK : search_record_add(p->record, "title", first, p->error);
        if (status == SEARCH_OK)
            status = add_date(p, second);
        *at += 2;
        if (status != SEARCH_OK || search_record_n_values(p->record, "title") > 0)
            return status;
    } else if (date_read(first, &date) || (ends_in_year(first) && has_second && !is_credit(second))) {
        search_status status = add_date(p, first);
        (*at)++;
        if (status != SEARCH_OK)
            return status;
    }
    if (*at >= p->labels)
        return SEARCH_OK;
    return search_record_add(p->record, "title", p->lines[(*at)++].text, p->error);
}

static search_status read_credit(page *p, search_text line) {
    search_text donor = text_from(line, strlen("This document was made possible with support from "));
    if (text_starts(donor, "the "))
        donor = text_from(donor, 4);
    if (text_ends(donor, "."))
        donor.n_bytes--;
    return add_labelled(p, "donors", text_trim(donor));
}

static search_status read_head(page *p) {
    size_t at = 0;
    while (at < p->labels && is_boilerplate(p->lines[at].text))
        at++;
    search_status status = read_date_and_title(p, &at);
    while (status == SEARCH_OK && at < p->labels && is_credit(p->lines[at].text))
        status = read_credit(p, p->lines[at++].text);
    p->text = at;
    return status;
}

/* ---- The text: header, close, summary ------------------------------------------------------------------------- */

static search_status read_header(page *p) {
    for (size_t i = p->text; i < p->labels && i - p->text < MAX_HEADER_LINES; i++) {
        page_line *line = &p->lines[i];
        search_status status = header_read_line(p->record, line->text, &line->taken, p->error);
        if (status != SEARCH_OK)
            return status;
        if (!line->taken && line->text.n_bytes > MAX_HEADER_LINE)
            break;
    }
    return SEARCH_OK;
}

static search_status read_copies_below(page *p) {
    for (size_t i = p->text; i < p->labels; i++) {
        page_line *line = &p->lines[i];
        bool is_below = i - p->text >= MAX_HEADER_LINES || search_record_n_values(p->record, "distribution") == 0;
        if (line->taken || !is_below)
            continue;
        search_status status = header_read_copies(p->record, line->text, &line->taken, p->error);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

static bool ends_sentence(search_text line) {
    static const char *const ends[] = {".", "?", "!", ".\"", ".'", ".\xE2\x80\x9D", ".\xE2\x80\x99", ".)", ".]"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (text_ends(line, ends[i]))
            return true;
    return false;
}

/* A seal, signature, date or note: after it no text of the cable comes. */
static bool is_close(search_text line) {
    static const char *const marks[] = {"[seal", "[sign", "[initial", "(signed", "(sign", "/-/", "[stamp"};
    date_interval date;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_starts(line, marks[i]))
            return true;
    bool is_note = line.n_bytes > 2 && line.bytes[0] == '[' && is_digit(line.bytes[1]);
    return is_note || date_read(line, &date);
}

/* A name, office, number or count of copies under the text. */
static bool may_be_close(search_text line) {
    bool is_short = line.n_bytes <= 80;
    bool counts_copies = text_find(line, "copies", 0) != NOT_FOUND || text_find(line, "copy", 0) != NOT_FOUND;
    return is_close(line) || (is_short && (counts_copies || !ends_sentence(line)));
}

/* "Deng Xiaoping: Thank the people": up to five words with capitals before a colon. */
static bool is_speech(search_text line) {
    size_t colon = text_find(text_part(line, 0, line.n_bytes < 80 ? line.n_bytes : 80), ":", 0);
    if (colon == NOT_FOUND)
        return false;
    search_text speaker = text_part(line, 0, colon);
    search_text word;
    for (size_t at = 0; text_next_word(speaker, &at, &word);)
        if (is_lower(word.bytes[0]))
            return false;
    return text_n_words(speaker) <= 5;
}

static bool speaks_of_itself(search_text line) {
    static const char *const words[] = {"I", "we", "our", "my", "us", "me"};
    search_text word;
    for (size_t at = 0; text_next_word(line, &at, &word);)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (i == 0 ? text_equals(word, words[i]) : text_is(word, words[i]) && !text_equals(word, "US"))
                return true;
    return false;
}

/* A summary is written by the archive: whole sentences, about the cable and not out of it. */
static bool may_be_summary(search_text line) {
    if (line.n_bytes < 30 || !ends_sentence(line) || is_digit(line.bytes[0]) || is_lower(line.bytes[0]))
        return false;
    bool is_item = strchr("[(-.", line.bytes[0]) != NULL || text_starts(line, "\xE2\x80\xA2");
    return !is_item && !may_be_close(line) && !is_speech(line) && !speaks_of_itself(line);
}

/* The last line that is not taken, in [from, to); `to` when there is none. */
static size_t line_before(const page *p, size_t from, size_t to) {
    for (size_t i = to; i > from; i--)
        if (!p->lines[i - 1].taken)
            return i - 1;
    return to;
}

/* The summary is what stands below the close; without a sure close it is the last paragraph.  A text of one paragraph
 * is all body. */
static void find_summary(page *p) {
    p->summary = p->labels;
    size_t last = line_before(p, p->text, p->labels);
    if (last == p->labels || !may_be_summary(p->lines[last].text) || line_before(p, p->text, last) == last)
        return;
    p->summary = last;
    for (size_t i = last; i > p->text && last - i < MAX_CLOSE_LINES;) {
        i--;
        if (is_close(p->lines[i].text)) {
            p->summary = i + 1;
            return;
        }
        if (p->lines[i].taken || !may_be_summary(p->lines[i].text))
            return;
    }
}

/* "No. 572/sh" under the signature, where the header has no number. */
static search_status read_number_below(page *p) {
    size_t first = p->summary - p->text > MAX_CLOSE_LINES ? p->summary - MAX_CLOSE_LINES : p->text;
    for (size_t i = first; i < p->summary && search_record_n_values(p->record, "number") == 0; i++) {
        search_text line = p->lines[i].text;
        if (text_starts(line, "/-/"))
            line = text_trim(text_from(line, 3));
        search_text number = header_number(line);
        if (number.n_bytes == 0 || number.n_bytes != line.n_bytes)
            continue;
        search_status status = search_record_add(p->record, "number", number, p->error);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

static search_status add_paragraphs(page *p, const char *key, size_t from, size_t to) {
    buffer text = {0};
    for (size_t i = from; i < to; i++) {
        const page_line *line = &p->lines[i];
        if (line->taken || is_boilerplate(line->text))
            continue;
        if (text.n_bytes > 0)
            buffer_add_string(&text, line->after_blank || p->is_flat ? "\n\n" : "\n");
        buffer_add(&text, line->text.bytes, line->text.n_bytes);
    }
    search_status status = text.failed
                               ? error_memory(p->error)
                               : search_record_add(p->record, key, (search_text){text.bytes, text.n_bytes}, p->error);
    buffer_free(&text);
    return status;
}

static search_status read_text(page *p) {
    search_status status = read_header(p);
    if (status == SEARCH_OK)
        status = header_read_title(p->record, search_record_value(p->record, "title", 0), p->error);
    if (status == SEARCH_OK)
        status = read_copies_below(p);
    find_summary(p);
    if (status == SEARCH_OK)
        status = read_number_below(p);
    if (status == SEARCH_OK)
        status = add_paragraphs(p, "summary", p->summary, p->labels);
    if (status == SEARCH_OK)
        status = add_paragraphs(p, "body", p->text, p->summary);
    return status;
}

/* The id is read first only so that a record begins with it. */
static search_status read_id(page *p) {
    search_text id = line_text(p, last_line(p, "Record ID") + 1);
    if (id.n_bytes == 0 || label_of(id, true) != NULL)
        return SEARCH_OK;
    return search_record_add(p->record, "id", id, p->error);
}

/* ---- The page ------------------------------------------------------------------------------------------------- */

static bool is_page(const page *p) {
    bool is_site = p->n_lines >= 2 && is_boilerplate(p->lines[0].text);
    return is_site || last_line(p, "Document Information") < p->n_lines || last_line(p, "Record ID") < p->n_lines;
}

static search_status read_page(page *p, search_text text) {
    search_status status = split_lines(p, text);
    if (status != SEARCH_OK)
        return status;
    if (p->n_lines == 0)
        return error_set(p->error, SEARCH_E_INPUT, "record.empty", "the file is empty");
    if (!is_page(p))
        return error_set(p->error, SEARCH_E_INPUT, "record.not_a_cable", "this is not a saved page of the archive");
    p->information = find_information(p);
    p->labels = find_labels(p);
    status = read_id(p);
    if (status == SEARCH_OK)
        status = read_head(p);
    if (status == SEARCH_OK)
        status = read_text(p);
    if (status == SEARCH_OK)
        status = read_labels(p, p->labels, p->information, false);
    if (status == SEARCH_OK)
        status = read_labels(p, p->information, p->n_lines, true);
    return status;
}

/* The page's lines point into `text`, which is valid UTF-8. */
static search_status page_read_valid(search_text text, search_record **out, search_error *error) {
    page p = {.error = error};
    search_status status = search_record_new(&p.record, error);
    if (status == SEARCH_OK)
        status = read_page(&p, text);
    if (status == SEARCH_OK)
        *out = p.record;
    else
        search_record_free(p.record);
    free(p.lines);
    return status;
}

search_status page_read(search_text text, search_record **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    if (text.n_bytes > RECORD_MAX_N_BYTES)
        return error_set(error, SEARCH_E_INPUT, "record.too_large", "the page is larger than 32 MiB");
    if (utf8_valid(text.bytes, text.n_bytes))
        return page_read_valid(text, out, error);
    buffer repaired = {0};
    utf8_repair(&repaired, text.bytes, text.n_bytes);
    search_status status = repaired.failed
                               ? error_memory(error)
                               : page_read_valid((search_text){repaired.bytes, repaired.n_bytes}, out, error);
    buffer_free(&repaired);
    return status;
}

bool page_looks_like(search_text text) {
    page p = {0};
    bool looks_like = split_lines(&p, text) == SEARCH_OK && is_page(&p);
    free(p.lines);
    return looks_like;
}

static search_status deliver(cable_stream *stream, search_text text, search_error *error) {
    search_record *record = NULL;
    search_error why;
    search_status status = page_read(text, &record, &why);
    if (status == SEARCH_E_INPUT) {
        stream_report(stream, 0, &why, true);
        return SEARCH_OK;
    }
    if (status != SEARCH_OK) {
        if (error != NULL)
            *error = why;
        return status;
    }
    if (!utf8_valid(text.bytes, text.n_bytes))
        stream_report_repair(stream, 0);
    status = stream_deliver(stream, 0, record, error);
    search_record_free(record);
    return status;
}

search_status page_read_stream(cable_stream *stream, search_error *error) {
    buffer text = {0};
    search_status status = stream_read_all(stream, &text, error);
    if (status == SEARCH_OK)
        status = deliver(stream, (search_text){text.bytes, text.n_bytes}, error);
    buffer_free(&text);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}
