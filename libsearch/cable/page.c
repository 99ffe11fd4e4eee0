/* Saved pages of the archive's site as text.  A line that is not blank (no-break spaces are blank) is a paragraph, or
 * part of one where no blank line stands before it.  The page is of one of three layouts, each with a file: page_new.c,
 * page_old.c and page_pdf.c.  Rights and the words of the site are kept nowhere. */
#include "libsearch/cable/page.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>

#define MAX_LINES 1000000

/* ---- Lines ---------------------------------------------------------------------------------------------------- */

static search_status add_line(page *p, search_text text, bool after_blank) {
    if (p->n_lines == MAX_LINES)
        return error_set(p->error, SEARCH_E_INPUT, "record.too_many_lines", "the page has more than %d lines",
                         MAX_LINES);
    if (p->n_lines == p->capacity) {
        size_t capacity = p->capacity == 0 ? 64 : p->capacity * 2;
        page_line *lines = realloc(p->lines, capacity * sizeof *lines);
        if (lines == NULL)
            return error_memory(p->error);
        p->lines = lines;
        p->capacity = capacity;
    }
    p->lines[p->n_lines++] = (page_line){text, after_blank, false};
    return SEARCH_OK;
}

/* Lines end in LF, CR LF or CR. */
static search_status split_lines(page *p, search_text text) {
    p->bytes = text.bytes;
    bool after_blank = true;
    size_t n_blank = 0;
    for (size_t from = 0; from < text.n_bytes;) {
        size_t to = from;
        while (to < text.n_bytes && text.bytes[to] != '\n' && text.bytes[to] != '\r')
            to++;
        search_text line = text_trim(text_part(text, from, to));
        search_status status = line.n_bytes > 0 ? add_line(p, line, after_blank) : SEARCH_OK;
        if (status != SEARCH_OK)
            return status;
        after_blank = line.n_bytes == 0;
        n_blank += after_blank;
        bool is_pair = to + 1 < text.n_bytes && text.bytes[to] == '\r' && text.bytes[to + 1] == '\n';
        from = to + 1 + is_pair;
    }
    p->is_flat = n_blank < 2;
    return SEARCH_OK;
}

search_text page_line_text(const page *p, size_t i) {
    return i < p->n_lines ? p->lines[i].text : (search_text){"", 0};
}

search_status page_join(const page *p, size_t from, size_t to, buffer *out) {
    for (size_t i = from; i < to; i++) {
        if (out->n_bytes > 0)
            buffer_add_byte(out, ' ');
        buffer_add(out, p->lines[i].text.bytes, p->lines[i].text.n_bytes);
    }
    return out->failed ? error_memory(p->error) : SEARCH_OK;
}

static bool skips_to_content(search_text line) {
    return text_starts(line, "Skip to content") || text_starts(line, "Skip to main content");
}

search_text page_after_banner(search_text line) {
    static const char *const pieces[] = {"Digital Archive", "International History Declassified",
                                         "digitalarchive.wilsoncenter.org"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces;) {
        bool is_piece = text_starts(line, pieces[i]);
        line = is_piece ? text_trim(text_from(line, strlen(pieces[i]))) : line;
        i = is_piece ? 0 : i + 1;
    }
    return line;
}

bool page_is_banner(search_text line) {
    static const char *const banners[] = {"Search in", "ADD SEARCH FILTER", "CANCEL SEARCH FILTER",
                                          "ADD SEARCH FILTER CANCEL SEARCH FILTER", "Wilson Center Digital Archive"};
    for (size_t i = 0; i < sizeof banners / sizeof *banners; i++)
        if (text_is(line, banners[i]))
            return true;
    return skips_to_content(line) || (line.n_bytes > 0 && page_after_banner(line).n_bytes == 0);
}

bool page_is_address(search_text line) {
    bool is_web = text_starts(line, "http://") || text_starts(line, "https://");
    return is_web && text_n_words(line) == 1;
}

/* ---- The page ------------------------------------------------------------------------------------------------- */

static bool is_new(const page *p) {
    return (p->n_lines >= 2 && skips_to_content(p->lines[0].text)) || page_has_information(p);
}

static bool is_page(const page *p) {
    return is_new(p) || page_is_old(p) || page_is_pdf(p);
}

static search_status read_layout(page *p, const page_parts *parts) {
    if (parts == NULL && page_is_pdf(p))
        return page_read_pdf(p);
    if (parts == NULL && page_is_old(p))
        return page_read_old(p);
    page_place_labels(p);
    return page_read_new(p, parts);
}

static search_status read_page(page *p, search_text text, const page_parts *parts) {
    search_status status = split_lines(p, text);
    if (status != SEARCH_OK)
        return status;
    if (p->n_lines == 0)
        return error_set(p->error, SEARCH_E_INPUT, "record.empty", "the file is empty");
    if (parts == NULL && !is_page(p))
        return error_set(p->error, SEARCH_E_INPUT, "record.not_a_cable", "this is not a saved page of the archive");
    return read_layout(p, parts);
}

/* The page's lines point into `text`, which is valid UTF-8. */
static search_status read_valid(search_text text, const page_parts *parts, search_record **out, search_error *error) {
    page p = {.error = error};
    search_status status = search_record_new(&p.record, error);
    if (status == SEARCH_OK)
        status = read_page(&p, text, parts);
    if (status == SEARCH_OK)
        *out = p.record;
    else
        search_record_free(p.record);
    free(p.lines);
    return status;
}

search_status page_read_parts(search_text text, const page_parts *parts, search_record **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    return read_valid(text, parts, out, error);
}

search_status page_read(search_text text, search_record **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    if (text.n_bytes > RECORD_MAX_N_BYTES)
        return error_set(error, SEARCH_E_INPUT, "record.too_large", "the page is larger than 32 MiB");
    if (utf8_valid(text.bytes, text.n_bytes))
        return read_valid(text, NULL, out, error);
    buffer repaired = {0};
    utf8_repair(&repaired, text.bytes, text.n_bytes);
    search_status status = repaired.failed
                               ? error_memory(error)
                               : read_valid((search_text){repaired.bytes, repaired.n_bytes}, NULL, out, error);
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
    if (status == SEARCH_OK && !utf8_valid(text.bytes, text.n_bytes))
        stream_report_repair(stream, 0);
    return stream_conclude(stream, 0, status, record, &why, error);
}

search_status page_read_stream(cable_stream *stream, search_error *error) {
    buffer text = {0};
    search_status status = stream_read_all(stream, &text, error);
    if (status == SEARCH_OK)
        status = deliver(stream, (search_text){text.bytes, text.n_bytes}, error);
    buffer_free(&text);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}
