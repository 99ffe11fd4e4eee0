/* What a citation says of a record, whatever its style.
 *
 * A title such as "Cable from X, 'Y'" is that of an archive's page: when the record names the sender, the document is
 * titled Y, and is a cable.  Where the text begins with that title and editor's words in brackets, those are kept. */
#include "libsearch/cable/cite.h"
#include "libsearch/cable/words.h"

/* ---- The title of the document -------------------------------------------------------------------------------- */

typedef struct quotes {
    const char *open; /* with the comma before */
    const char *close;
} quotes;

static const quotes quote_marks[] = {
    {", '", "'"},
    {", \"", "\""},
    {", \xE2\x80\x98", "\xE2\x80\x99"},
    {", \xE2\x80\x9C", "\xE2\x80\x9D"},
};

/* The quoted end of a title; empty when it has none. */
static search_text quoted_end(search_text title, size_t *from) {
    for (size_t i = 0; i < sizeof quote_marks / sizeof *quote_marks; i++) {
        const quotes *q = &quote_marks[i];
        const size_t at = text_find(title, q->open, 0);
        const size_t start = at == NOT_FOUND ? 0 : at + strlen(q->open);
        if (at != NOT_FOUND && text_ends(title, q->close) && title.n_bytes > start + strlen(q->close)) {
            *from = at;
            return text_part(title, start, title.n_bytes - strlen(q->close));
        }
    }
    return (search_text){"", 0};
}

static search_text genre_of(search_text title) {
    static const char *const genres[] = {"cable",     "ciphered telegram", "coded telegram", "telegram",
                                         "cablegram", "telegraph",         "letter",         "dispatch",
                                         "despatch",  "airgram",           "report",         "memorandum",
                                         "note",      "message",           "savingram"};
    const size_t from = text_find(title, " from ", 0);
    const search_text genre = text_part(title, 0, from == NOT_FOUND ? 0 : from);
    return IS_ONE_OF(genre, genres) ? genre : (search_text){"", 0};
}

/* The next byte of a text without what is in brackets, blanks passed over; 0 at the end. */
static char next_plain(search_text text, size_t *at) {
    for (; *at < text.n_bytes; (*at)++) {
        const char c = text.bytes[*at];
        const char *close = c == '[' ? memchr(text.bytes + *at, ']', text.n_bytes - *at) : NULL;
        if (close != NULL) {
            *at = (size_t)(close - text.bytes);
        } else if (c != ' ') {
            (*at)++;
            return to_lower(c);
        }
    }
    return '\0';
}

static bool is_same_but_brackets(search_text a, search_text b) {
    size_t at_a = 0;
    size_t at_b = 0;
    char c;
    do {
        c = next_plain(a, &at_a);
        if (c != next_plain(b, &at_b)) {
            return false;
        }
    } while (c != '\0');
    return true;
}

static search_text first_line(search_text text) {
    const char *end = text.n_bytes == 0 ? NULL : memchr(text.bytes, '\n', text.n_bytes);
    return text_trim(text_part(text, 0, end == NULL ? text.n_bytes : (size_t)(end - text.bytes)));
}

static void read_title(citing *c) {
    c->title = search_record_value(c->record, "title", 0);
    size_t from = 0;
    const search_text quoted = quoted_end(c->title, &from);
    const search_text genre = genre_of(text_part(c->title, 0, from));
    if (quoted.n_bytes == 0 || genre.n_bytes == 0 || search_record_n_values(c->record, "from") == 0) {
        return;
    }
    const search_text line = first_line(search_record_value(c->record, "body", 0));
    c->genre = genre;
    c->title = is_same_but_brackets(quoted, line) ? line : quoted;
}

/* ---- Text ----------------------------------------------------------------------------------------------------- */

void cite_add(buffer *out, search_text text) {
    const size_t start = out->n_bytes;
    bool is_blank_due = false;
    for (size_t i = 0; i < text.n_bytes; i++) {
        const unsigned char byte = (unsigned char)text.bytes[i];
        if (byte <= ' ' || byte == 0x7F) {
            is_blank_due = out->n_bytes > start;
            continue;
        }
        if (is_blank_due) {
            buffer_add_byte(out, ' ');
            is_blank_due = false;
        }
        buffer_add_byte(out, text.bytes[i]);
    }
}

void cite_add_date(const citing *c, buffer *out) {
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    const int day = c->date.interval.earliest % 100;
    const int month = c->date.interval.earliest / 100 % 100;
    const int year = c->date.interval.earliest / 10000;
    if (!c->date.is_doubtful && c->date.precision == DATE_DAY) {
        buffer_add_format(out, "%s %d, %d", months[month - 1], day, year);
    } else if (!c->date.is_doubtful && c->date.precision == DATE_MONTH) {
        buffer_add_format(out, "%s %d", months[month - 1], year);
    } else {
        cite_add(out, search_record_value(c->record, "date", 0));
    }
}

search_status search_record_cite(const search_record *record, search_citation_style style, char **out, size_t *n_out,
                                 search_error *error) {
    error_clear(error);
    *out = NULL;
    *n_out = 0;
    citing c = {.record = record};
    buffer text = {0};
    read_title(&c);
    citation_read(search_record_value(record, "source", 0), &c.source);
    date_read_full(search_record_value(record, "date", 0), &c.date);
    switch (style) {
    case SEARCH_CITATION_NOTE:
        cite_note(&c, &text);
        break;
    case SEARCH_CITATION_RIS:
        cite_ris(&c, &text);
        break;
    case SEARCH_CITATION_BIBTEX:
        cite_bibtex(&c, &text);
        break;
    default:
        return error_set(error, SEARCH_E_ARGUMENT, "citation.no_style", "there is no citation style %d", (int)style);
    }
    buffer_add(&text, "", 0);
    *out = buffer_take(&text, n_out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}
