/* Entries for reference managers: RIS and BibTeX.  Both hold a value on one line, so that no text of a record can pass
 * for a line of the entry. */
#include "libsearch/cable/cite.h"
#include "libsearch/cable/words.h"

static bool is_dated(const citing *c, date_precision precision) {
    return c->date.interval.earliest != 0 && !c->date.is_doubtful && c->date.precision == precision;
}

static bool is_of_one_year(const citing *c) {
    return c->date.interval.earliest != 0 && c->date.interval.earliest / 10000 == c->date.interval.latest / 10000;
}

/* ---- RIS ---- */

static void ris_line(buffer *out, const char *tag, search_text text) {
    if (text.n_bytes > 0) {
        buffer_add_format(out, "%s  - ", tag);
        cite_add(out, text);
        buffer_add_byte(out, '\n');
    }
}

static void ris_lines(buffer *out, const char *tag, const search_record *record, const char *key) {
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        ris_line(out, tag, search_record_value(record, key, i));
    }
}

/* YYYY/MM/DD/other, with what is not known left empty. */
static void ris_date(const citing *c, buffer *out) {
    const int32_t day = c->date.interval.earliest;
    if (is_of_one_year(c)) {
        buffer_add_format(out, "PY  - %d\n", (int)(day / 10000));
    }
    if (is_dated(c, DATE_DAY)) {
        buffer_add_format(out, "DA  - %04d/%02d/%02d/\n", (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100));
    } else if (is_dated(c, DATE_MONTH)) {
        buffer_add_format(out, "DA  - %04d/%02d//\n", (int)(day / 10000), (int)(day / 100 % 100));
    } else if (search_record_value(c->record, "date", 0).n_bytes > 0) {
        ris_line(out, "DA", search_record_value(c->record, "date", 0));
    }
}

void cite_ris(const citing *c, buffer *out) {
    const search_record *r = c->record;
    const bool is_letter = search_record_n_values(r, "from") > 0 || search_record_n_values(r, "to") > 0;
    buffer_add_format(out, "TY  - %s\n", is_letter ? "PCOMM" : "UNPB");
    ris_line(out, "ID", search_record_value(r, "id", 0));
    ris_lines(out, "AU", r, "from");
    ris_line(out, "TI", c->title);
    ris_lines(out, "A2", r, "to");
    ris_lines(out, "A4", r, "translators");
    ris_date(c, out);
    ris_line(out, "M3", c->genre);
    ris_line(out, "M1", search_record_value(r, "number", 0));
    ris_line(out, "AN", c->source.reference);
    ris_line(out, "DB", search_record_value(r, "archive", 0));
    ris_line(out, "T2", search_record_value(r, "collection", 0));
    ris_line(out, "LA", search_record_value(r, "original_language", 0));
    ris_line(out, "AB", search_record_value(r, "summary", 0));
    ris_line(out, "N1", search_record_value(r, "classification", 0));
    ris_lines(out, "KW", r, "topics");
    ris_line(out, "UR", search_record_value(r, "url", 0));
    buffer_add_string(out, "ER  - \n");
}

/* ---- BibTeX ---- */

static void bibtex_text(buffer *out, search_text text) {
    buffer line = {0};
    cite_add(&line, text);
    for (size_t i = 0; i < line.n_bytes; i++) {
        const char c = line.bytes[i];
        if (c == '\\') {
            buffer_add_string(out, "\\textbackslash{}");
        } else if (c == '~' || c == '^') {
            buffer_add_format(out, "\\%c{}", c);
        } else {
            buffer_add_string(out, strchr("{}%$#&_", c) != NULL ? "\\" : "");
            buffer_add_byte(out, c);
        }
    }
    out->failed = out->failed || line.failed;
    buffer_free(&line);
}

static void bibtex_open(buffer *out, const char *key) {
    buffer_add_format(out, ",\n  %s = {", key);
}

/* `inner` braces keep names and titles as they are written. */
static void bibtex_field(buffer *out, const char *key, search_text text, bool inner) {
    if (text.n_bytes > 0) {
        bibtex_open(out, key);
        buffer_add_string(out, inner ? "{" : "");
        bibtex_text(out, text);
        buffer_add_string(out, inner ? "}}" : "}");
    }
}

/* Names of offices are no names of persons: each is one word to BibTeX. */
static void bibtex_names(buffer *out, const char *key, const search_record *record, const char *from, bool inner) {
    const size_t n = search_record_n_values(record, from);
    if (n == 0) {
        return;
    }
    bibtex_open(out, key);
    for (size_t i = 0; i < n; i++) {
        buffer_add_string(out, i == 0 ? "" : " and ");
        buffer_add_string(out, inner ? "{" : "");
        bibtex_text(out, search_record_value(record, from, i));
        buffer_add_string(out, inner ? "}" : "");
    }
    buffer_add_byte(out, '}');
}

static void bibtex_date(const citing *c, buffer *out) {
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    const int32_t day = c->date.interval.earliest;
    if (is_of_one_year(c)) {
        buffer_add_format(out, ",\n  year = {%d}", (int)(day / 10000));
    }
    if (is_dated(c, DATE_DAY) || is_dated(c, DATE_MONTH)) {
        buffer_add_format(out, ",\n  month = %s", months[day / 100 % 100 - 1]);
    }
    if (is_dated(c, DATE_DAY)) {
        buffer_add_format(out, ",\n  day = {%d}", (int)(day % 100));
    }
}

/* Letters, digits and "-" of the id, "x" when it has none. */
static void bibtex_key(buffer *out, search_text id) {
    const size_t start = out->n_bytes;
    for (size_t i = 0; i < id.n_bytes; i++) {
        const char c = id.bytes[i];
        buffer_add_byte(out, is_digit(c) || is_lower(c) || is_upper(c) || c == '-' ? c : '_');
    }
    if (out->n_bytes == start) {
        buffer_add_byte(out, 'x');
    }
}

void cite_bibtex(const citing *c, buffer *out) {
    const search_record *r = c->record;
    buffer_add_string(out, "@misc{");
    bibtex_key(out, search_record_value(r, "id", 0));
    bibtex_names(out, "author", r, "from", true);
    bibtex_field(out, "title", c->title, true);
    bibtex_names(out, "translator", r, "translators", false);
    bibtex_date(c, out);
    bibtex_field(out, "type", c->genre, false);
    bibtex_names(out, "addressee", r, "to", true);
    bibtex_field(out, "number", search_record_value(r, "number", 0), false);
    bibtex_field(out, "howpublished", c->source.reference, false);
    bibtex_field(out, "note", search_record_value(r, "classification", 0), false);
    bibtex_field(out, "url", search_record_value(r, "url", 0), false);
    buffer_add_string(out, "\n}\n");
}
