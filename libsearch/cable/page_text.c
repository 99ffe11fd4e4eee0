/* The lines that every layout of saved pages has: date, credit, the cable's header, its text and close, and the names
 * of its versions.  Lines that went into fields whole stand nowhere else; the heading of the text, its close and lines
 * that say more than the fields hold stay in the body. */
#include "libsearch/cable/page.h"

#define MAX_HEADER_LINES 10 /* lines below the title that may be header */
#define MAX_HEADER_LINE 200 /* bytes: a longer line that gave no field is text, and ends the header */
#define MAX_CLOSE_LINES 4   /* lines at the end among which the close is looked for */

/* ---- Date and credit ------------------------------------------------------------------------------------------ */

search_status page_add_date(page *p, search_text line) {
    static const size_t lengths[] = {10, 7, 4}; /* of a day, a month, a year */
    date_reading read;
    date_interval shorter;
    char day[16];
    if (!date_read_full(line, &read) || read.is_doubtful) /* as printed, or nobody could see the doubt */
        return search_record_add(p->record, "date", line, p->error);
    const date_interval date = read.interval;
    date_print(date.earliest, day);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths && strlen(day) == lengths[0]; i++) {
        search_text text = {day, lengths[i]};
        if (date_read(text, &shorter) && shorter.earliest == date.earliest && shorter.latest == date.latest)
            return search_record_add(p->record, "date", text, p->error);
    }
    return search_record_add(p->record, "date", line, p->error);
}

static const char credit[] = "This document was made possible with support from ";

bool page_is_credit(search_text line) {
    return text_starts(line, credit);
}

search_status page_read_credit(page *p, search_text line) {
    search_text donor = text_from(line, page_is_credit(line) ? strlen(credit) : strlen("from "));
    if (text_starts(donor, "the "))
        donor = text_from(donor, 4);
    if (text_ends(donor, "."))
        donor.n_bytes--;
    return page_add(p, "donors", text_trim(donor));
}

/* ---- Versions ------------------------------------------------------------------------------------------------- */

/* The bytes of one version at the start of a text: "English Translation", "Scan of Original Document"; else 0. */
static size_t n_version(search_text text) {
    static const char *const languages[] = {
        "English", "Original", "Chinese",   "Russian",  "German",     "Polish",     "Hungarian", "Romanian",
        "Czech",   "Slovak",   "Bulgarian", "Korean",   "Vietnamese", "Mongolian",  "French",    "Spanish",
        "Italian", "Serbian",  "Albanian",  "Japanese", "Portuguese", "Indonesian", "Ukrainian", "Swedish",
        "Turkish", "Danish",   "Arabic",    "Hebrew",   "Finnish",    "Lithuanian", "Norwegian", "Persian"};
    static const char *const forms[] = {"Translation", "Transcription", "Transcript", "HTML", "Original", "Scan"};
    static const char scan[] = "Scan of Original Document";
    size_t at = 0;
    search_text language;
    search_text form;
    bool is_scan = text_starts(text, scan);
    if (is_scan || !text_next_word(text, &at, &language) || !text_next_word(text, &at, &form))
        return is_scan ? strlen(scan) : 0;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        for (size_t j = 0; text_equals(language, languages[i]) && j < sizeof forms / sizeof *forms; j++)
            if (text_equals(form, forms[j]))
                return at;
    return 0;
}

bool page_is_version(search_text line) {
    return line.n_bytes > 0 && n_version(line) == line.n_bytes;
}

search_text page_after_versions(search_text line) {
    for (size_t n = n_version(line); n > 0; n = n_version(line))
        line = text_trim(text_from(line, n));
    return line;
}

/* ---- Header and close ----------------------------------------------------------------------------------------- */

/* "To the Chairman:[1]" without the mark of its note, which is no part of a name. */
static search_text without_note_mark(search_text line) {
    size_t at = line.n_bytes;
    if (!text_ends(line, "]"))
        return line;
    for (at--; at > 0 && is_digit(line.bytes[at - 1]);)
        at--;
    bool is_mark = at >= 2 && line.bytes[at - 1] == '[' && at + 1 < line.n_bytes;
    return is_mark ? text_part(line, 0, at - 1) : line;
}

static search_status read_header(page *p) {
    for (size_t i = p->text; i < p->labels && i - p->text < MAX_HEADER_LINES; i++) {
        page_line *line = &p->lines[i];
        search_status status = header_read_line(p->record, without_note_mark(line->text), &line->taken, p->error);
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

search_status page_read_header(page *p, search_text title) {
    search_status status = read_header(p);
    if (status == SEARCH_OK)
        status = header_read_title(p->record, title, p->error);
    return status == SEARCH_OK ? read_copies_below(p) : status;
}

bool page_ends_sentence(search_text line) {
    static const char *const ends[] = {".", "?", "!", ".\"", ".'", ".\xE2\x80\x9D", ".\xE2\x80\x99", ".)", ".]"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (text_ends(line, ends[i]))
            return true;
    return false;
}

bool page_is_close(search_text line) {
    static const char *const marks[] = {"[seal", "[sign", "[initial", "(signed", "(sign", "/-/", "[stamp"};
    date_interval date;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_starts(line, marks[i]))
            return true;
    bool is_note = line.n_bytes > 2 && line.bytes[0] == '[' && is_digit(line.bytes[1]);
    return is_note || date_read(line, &date);
}

/* "No. 572/sh" under the signature, where the header has no number. */
static search_status read_number_below(page *p, size_t end) {
    size_t first = end - p->text > MAX_CLOSE_LINES ? end - MAX_CLOSE_LINES : p->text;
    for (size_t i = first; i < end && search_record_n_values(p->record, "number") == 0; i++) {
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

/* ---- The text ------------------------------------------------------------------------------------------------- */

static search_status add_paragraphs(page *p, const char *key, size_t from, size_t to) {
    buffer text = {0};
    for (size_t i = from; i < to; i++) {
        const page_line *line = &p->lines[i];
        if (line->taken || page_is_banner(line->text))
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

/* The first version that is not the translation, under the text; the summary when there is none. */
static size_t find_original(const page *p) {
    for (size_t i = p->text + 1; i < p->summary; i++)
        if (page_is_version(p->lines[i].text) && !text_starts(p->lines[i].text, "English"))
            return i;
    return p->summary;
}

/* Below "Chinese Transcription" stands the original; below "Original Scan" nothing that is text. */
static search_status read_original(page *p, size_t heading) {
    search_text line = page_line_text(p, heading);
    if (heading >= p->summary || text_starts(line, "Scan") || text_ends(line, "Scan"))
        return SEARCH_OK;
    size_t to = heading + 1;
    while (to < p->summary && !page_is_version(p->lines[to].text))
        to++;
    search_status status = add_paragraphs(p, "original", heading + 1, to);
    size_t at = 0;
    search_text language;
    bool is_named = text_next_word(line, &at, &language) && !text_equals(language, "Original");
    if (status == SEARCH_OK && is_named && to > heading + 1)
        status = page_add(p, "original_language", language);
    return status;
}

search_status page_read_text(page *p) {
    size_t end = find_original(p);
    search_status status = read_number_below(p, end);
    if (status == SEARCH_OK)
        status = add_paragraphs(p, "summary", p->summary, p->labels);
    if (status == SEARCH_OK)
        status = add_paragraphs(p, "body", p->text, end);
    return status == SEARCH_OK ? read_original(p, end) : status;
}
