/* The text of the site's PDF export, where labels and their values run on in lines as the paper broke them:
 *
 *   Digital Archive / International History Declassified
 *   July 26, 1952                          date, and the title below it or in the same line
 *   Cable, Zhou Enlai to the Chairman …
 *   Citation: "…," July 26, 1952, … Summary: … Credits: This document was made possible with support from …
 *   Original Language: Chinese Contents: English Translation Chinese Transcription
 *   …                                      the text
 *
 * Labels stand in this order, and any of them may be absent or empty. */
#include "libsearch/cable/page.h"
#include "libsearch/support/buffer.h"

#define MAX_HEAD_LINES 80 /* lines among which the labels are looked for */
#define MAX_DATE_WORDS 3

enum { CITATION, SUMMARY, CREDITS, LANGUAGE, CONTENTS, N_PARTS };
static const char *const names[N_PARTS] = {"Citation:", "Summary:", "Credits:", "Original Language:", "Contents:"};

/* Where a value stands: from a byte of one line to the next label. */
typedef struct pdf_part {
    bool is_there;
    size_t line;
    size_t label; /* the byte of the line where the label begins, and where the value does */
    size_t value;
} pdf_part;

/* Where a label stands in a line, at its start or after a space, at or after `from`. */
static size_t find_label(search_text line, const char *name, size_t from) {
    size_t at = text_find(line, name, from);
    while (at != NOT_FOUND && at > 0 && line.bytes[at - 1] != ' ')
        at = text_find(line, name, at + 1);
    return at;
}

/* Within a line it is the label only with a title after it: the text of a cable may speak of a citation. */
static size_t find_citation_label(search_text line) {
    size_t at = find_label(line, names[CITATION], 0);
    if (at == NOT_FOUND || at == 0)
        return at;
    search_text rest = text_trim(text_from(line, at + strlen(names[CITATION])));
    return text_starts(rest, "\"") || text_starts(rest, "\xE2\x80\x9C") ? at : NOT_FOUND;
}

static size_t head_end(const page *p) {
    return p->n_lines < MAX_HEAD_LINES ? p->n_lines : MAX_HEAD_LINES;
}

/* Each label is looked for from below the one before it; the text begins below the last. */
static void find_parts(const page *p, pdf_part parts[N_PARTS]) {
    size_t line = 0;
    size_t byte = 0;
    for (size_t part = 0; part < N_PARTS; part++) {
        size_t from = byte;
        for (size_t i = line; i < head_end(p) && !parts[part].is_there; i++, from = 0) {
            search_text text = p->lines[i].text;
            size_t at = part == CITATION ? find_citation_label(text) : find_label(text, names[part], from);
            if (at == NOT_FOUND)
                continue;
            line = i;
            byte = at + strlen(names[part]);
            parts[part] = (pdf_part){true, i, at, byte};
        }
        if (part == CITATION && !parts[part].is_there)
            return;
    }
}

bool page_is_pdf(const page *p) {
    pdf_part parts[N_PARTS] = {0};
    find_parts(p, parts);
    return parts[CITATION].is_there &&
           (parts[SUMMARY].is_there || parts[LANGUAGE].is_there || parts[CONTENTS].is_there);
}

/* The lines from a part's value to the next part's label, or to the end of the last part: its paragraph. */
static search_status join_part(const page *p, const pdf_part parts[N_PARTS], size_t part, buffer *out, size_t *end) {
    const pdf_part *from = &parts[part];
    const pdf_part *next = NULL;
    for (size_t i = part + 1; i < N_PARTS && next == NULL; i++)
        next = parts[i].is_there ? &parts[i] : NULL;
    search_text first = text_trim(text_from(p->lines[from->line].text, from->value));
    size_t to = next != NULL ? next->line : from->line + 1 + (first.n_bytes == 0);
    while (next == NULL && to < head_end(p) && !p->is_flat && !p->lines[to].after_blank)
        to++;
    for (size_t i = from->line; i < p->n_lines && (i < to || (next != NULL && i == to)); i++) {
        search_text line = p->lines[i].text;
        size_t stop = next != NULL && i == next->line ? next->label : line.n_bytes;
        search_text piece = text_trim(text_part(line, i == from->line ? from->value : 0, stop));
        if (piece.n_bytes == 0 || page_is_banner(piece))
            continue;
        if (out->n_bytes > 0)
            buffer_add_byte(out, ' ');
        buffer_add(out, piece.bytes, piece.n_bytes);
    }
    *end = to < p->n_lines ? to : p->n_lines;
    return out->failed ? error_memory(p->error) : SEARCH_OK;
}

/* "July 26, 1952 Cable, Zhou Enlai to …": the bytes of the date; 0: the line does not begin with one.  A year alone
 * may be the title's. */
static size_t n_opening_date(search_text line) {
    date_interval date;
    search_text word;
    size_t n = 0;
    size_t at = 0;
    for (size_t i = 0; i < MAX_DATE_WORDS && text_next_word(line, &at, &word); i++)
        if (i > 0 && date_read(text_part(line, 0, at), &date))
            n = at;
    return n;
}

/* "Digital Archive International History Declassified July 26, 1952 …" from its date on; other lines as they are. */
static search_text without_banner(search_text line) {
    date_interval date;
    search_text rest = page_after_banner(line);
    return date_read(rest, &date) || n_opening_date(rest) > 0 ? rest : line;
}

/* The title's lines are those between the date and the citation. */
static search_status read_head(page *p, const pdf_part *end) {
    buffer title = {0};
    date_interval date;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i <= end->line; i++) {
        search_text line = p->lines[i].text;
        if (i == end->line)
            line = text_trim(text_part(line, 0, end->label));
        if (line.n_bytes == 0 || page_is_banner(line) || page_is_address(line))
            continue;
        line = without_banner(line);
        bool has_date = search_record_n_values(p->record, "date") > 0;
        size_t n_date = has_date || title.n_bytes > 0 ? 0
                        : date_read(line, &date)      ? line.n_bytes
                                                      : n_opening_date(line);
        if (n_date > 0)
            status = page_add_date(p, text_part(line, 0, n_date));
        line = text_trim(text_from(line, n_date));
        if (title.n_bytes > 0 && line.n_bytes > 0)
            buffer_add_byte(&title, ' ');
        buffer_add(&title, line.bytes, line.n_bytes);
    }
    if (status == SEARCH_OK)
        status =
            title.failed ? error_memory(p->error) : page_add(p, "title", (search_text){title.bytes, title.n_bytes});
    buffer_free(&title);
    return status;
}

static search_status read_value(page *p, size_t part, search_text value) {
    search_text title;
    switch (part) {
    case CITATION:
        return page_read_citation(p, value, &title);
    case SUMMARY:
        return page_add(p, "summary", value);
    case CREDITS:
        return page_is_credit(value) ? page_read_credit(p, value) : SEARCH_OK;
    case LANGUAGE:
        return page_add(p, "original_language", value);
    default:
        return SEARCH_OK;
    }
}

static search_status read_part(page *p, const pdf_part parts[N_PARTS], size_t part) {
    buffer value = {0};
    size_t end;
    search_status status = join_part(p, parts, part, &value, &end);
    if (status == SEARCH_OK && value.n_bytes > 0)
        status = read_value(p, part, (search_text){value.bytes, value.n_bytes});
    p->text = end;
    buffer_free(&value);
    return status;
}

/* The versions listed under "Contents:" may run over lines, and into the text. */
static void skip_contents(page *p, const pdf_part *contents) {
    page_line *line = &p->lines[contents->line];
    search_text rest = page_after_versions(text_trim(text_from(line->text, contents->value)));
    p->text = contents->line + 1;
    if (rest.n_bytes > 0) {
        *line = (page_line){rest, true, false};
        p->text = contents->line;
        return;
    }
    while (p->text < p->n_lines &&
           (page_after_versions(p->lines[p->text].text).n_bytes == 0 || page_is_banner(p->lines[p->text].text)))
        p->text++;
}

search_status page_read_pdf(page *p) {
    pdf_part parts[N_PARTS] = {0};
    find_parts(p, parts);
    search_status status = read_head(p, &parts[CITATION]);
    for (size_t part = 0; status == SEARCH_OK && part < CONTENTS; part++)
        if (parts[part].is_there)
            status = read_part(p, parts, part);
    if (parts[CONTENTS].is_there)
        skip_contents(p, &parts[CONTENTS]);
    page_place_labels(p);
    p->summary = p->labels;
    if (status == SEARCH_OK)
        status = page_read_id(p);
    if (status == SEARCH_OK)
        status = page_read_header(p, search_record_value(p->record, "title", 0));
    if (status == SEARCH_OK)
        status = page_read_text(p);
    return status == SEARCH_OK ? page_read_labels(p) : status;
}
