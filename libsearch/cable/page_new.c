/* The new layout of the site, and what mirrors make of it:
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
 * The body runs from below the credit to above the summary. */
#include "libsearch/cable/page.h"

#define MAX_ABOVE_DATE 8  /* lines of another document's summary above the date */
#define MIN_PROSE 40      /* bytes of a line that is prose */
#define MAX_CLOSE_LINES 4 /* lines at the end among which the close is looked for */

/* ---- The head: date, title, credit ---------------------------------------------------------------------------- */

static bool is_prose(search_text line) {
    return line.n_bytes >= MIN_PROSE && page_ends_sentence(line);
}

static bool ends_in_year(search_text line) {
    bool is_year = line.n_bytes >= 4 && line.n_bytes <= 30;
    for (size_t i = 1; is_year && i <= 4; i++)
        is_year = is_digit(line.bytes[line.n_bytes - i]);
    return is_year;
}

/* Mirrors put the summary of another document above date and title, or above the title where there is no date.  It is
 * made of whole sentences, as no title is. */
static size_t skip_other_summary(const page *p, size_t at, size_t end) {
    date_interval date;
    size_t first = at;
    while (first < end && first - at < MAX_ABOVE_DATE && is_prose(p->lines[first].text))
        first++;
    if (first == at || first == end)
        return at;
    bool is_above_date = date_read(p->lines[first].text, &date);
    bool is_above_title = first + 1 < end && page_is_credit(p->lines[first + 1].text);
    return is_above_date || is_above_title ? first : at;
}

/* The date stands above the title, or below it.  A short line that ends in a year, above a title, is a date that is not
 * understood. */
static search_status read_date_and_title(page *p, size_t *at, size_t end) {
    date_interval date;
    search_text first = page_line_text(p, *at);
    search_text second = page_line_text(p, *at + 1);
    bool has_second = *at + 1 < end;
    if (*at >= end)
        return SEARCH_OK;
    if (!date_read(first, &date) && has_second && date_read(second, &date)) {
        search_status status = page_add(p, "title", first);
        *at += 2;
        return status == SEARCH_OK ? page_add_date(p, second) : status;
    }
    if (date_read(first, &date) || (ends_in_year(first) && has_second && !page_is_credit(second))) {
        search_status status = page_add_date(p, first);
        (*at)++;
        if (status != SEARCH_OK)
            return status;
    }
    bool has_title = *at < end && !page_is_credit(p->lines[*at].text);
    return has_title ? page_add(p, "title", p->lines[(*at)++].text) : SEARCH_OK;
}

static bool is_above_head(search_text line) {
    return page_is_banner(line) || page_is_address(line);
}

/* Reads up to `end`; *at is then below the head. */
static search_status read_head(page *p, size_t end, size_t *at) {
    while (*at < end && is_above_head(p->lines[*at].text))
        (*at)++;
    bool is_mirror = *at == 0 || !page_is_banner(p->lines[*at - 1].text);
    if (is_mirror)
        *at = skip_other_summary(p, *at, end);
    search_status status = read_date_and_title(p, at, end);
    for (; status == SEARCH_OK && *at < end; (*at)++) {
        search_text line = p->lines[*at].text;
        if (page_is_credit(line))
            status = page_read_credit(p, line);
        else if (!page_is_version(line) && !page_is_address(line))
            break;
    }
    return status;
}

/* ---- The summary ---------------------------------------------------------------------------------------------- */

/* A name, office, number or count of copies under the text. */
static bool may_be_close(search_text line) {
    bool is_short = line.n_bytes <= 80;
    bool counts_copies = text_find(line, "copies", 0) != NOT_FOUND || text_find(line, "copy", 0) != NOT_FOUND;
    return page_is_close(line) || (is_short && (counts_copies || !page_ends_sentence(line)));
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
    if (line.n_bytes < 30 || !page_ends_sentence(line) || is_digit(line.bytes[0]) || is_lower(line.bytes[0]))
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
        if (page_is_close(p->lines[i].text)) {
            p->summary = i + 1;
            return;
        }
        if (p->lines[i].taken || !may_be_summary(p->lines[i].text))
            return;
    }
}

/* ---- The page ------------------------------------------------------------------------------------------------- */

/* The first line at or below a byte of the text that `p` holds. */
static size_t line_at(const page *p, const char *byte) {
    size_t from = 0;
    size_t to = p->n_lines;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (p->lines[middle].text.bytes < byte)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void place_parts(page *p, const page_parts *parts) {
    p->is_flat = false;
    p->text = line_at(p, p->bytes + parts->text);
    p->summary = line_at(p, p->bytes + parts->summary);
    p->labels = line_at(p, p->bytes + parts->labels);
    if (p->information < p->labels)
        p->information = p->labels;
}

search_status page_read_new(page *p, const page_parts *parts) {
    if (parts != NULL)
        place_parts(p, parts);
    search_status status = page_read_id(p);
    size_t at = 0;
    if (status == SEARCH_OK)
        status = read_head(p, parts != NULL ? p->text : p->labels, &at);
    if (parts == NULL)
        p->text = at;
    if (status == SEARCH_OK)
        status = page_read_header(p, search_record_value(p->record, "title", 0));
    if (parts == NULL)
        find_summary(p);
    if (status == SEARCH_OK)
        status = page_read_text(p);
    return status == SEARCH_OK ? page_read_labels(p) : status;
}
