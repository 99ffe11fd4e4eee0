/* A footnote: one line that can be pasted.
 *
 *     SENDER, "TITLE," GENRE to ADDRESSEES, NUMBER, DATE, CLASSIFICATION, REFERENCE, trans. NAMES, record ID.  */
#include "libsearch/cable/cite.h"
#include "libsearch/cable/words.h"

static void add_comma(buffer *out) {
    if (out->n_bytes > 0) {
        buffer_add_string(out, out->bytes[out->n_bytes - 1] == '"' ? " " : ", ");
    }
}

/* Offices take an article, persons and places do not. */
static bool takes_article(search_text name) {
    static const char *const offices[] = {"academy",     "administration", "agency",     "army",       "bureau",
                                          "chancellery", "commission",     "commissar",  "committee",  "congress",
                                          "consulate",   "council",        "delegation", "department", "directorate",
                                          "division",    "embassy",        "government", "institute",  "legation",
                                          "ministry",    "mission",        "office",     "party",      "politburo",
                                          "presidium",   "secretariat",    "section",    "union"};
    size_t at = 0;
    search_text word;
    for (size_t i = 0; text_next_word(name, &at, &word); i++) {
        if (i == 0 && (text_is(word, "the") || text_is(word, "comrade"))) {
            return false;
        }
        while (word.n_bytes > 0 && (word.bytes[word.n_bytes - 1] == ',' || word.bytes[word.n_bytes - 1] == ';')) {
            word.n_bytes--;
        }
        if (IS_ONE_OF(word, offices)) {
            return true;
        }
    }
    return false;
}

/* "A", "A and B", "A, B, and C"; names that hold a comma are parted by semicolons. */
static void add_list(const search_record *record, const char *key, bool has_articles, buffer *out) {
    const size_t n = search_record_n_values(record, key);
    bool has_comma = false;
    for (size_t i = 0; i < n && n > 1; i++) {
        has_comma = has_comma || text_find(search_record_value(record, key, i), ",", 0) != NOT_FOUND;
    }
    for (size_t i = 0; i < n; i++) {
        const search_text name = search_record_value(record, key, i);
        if (i > 0 && (n > 2 || has_comma)) {
            buffer_add_string(out, has_comma ? ";" : ",");
        }
        buffer_add_string(out, i == 0 ? "" : i + 1 == n ? " and " : " ");
        buffer_add_string(out, has_articles && takes_article(name) ? "the " : "");
        cite_add(out, name);
    }
}

/* In double quotes those of the title become single ones. */
static void add_title(search_text title, buffer *out) {
    buffer line = {0};
    cite_add(&line, title);
    buffer_add_byte(out, '"');
    for (size_t i = 0; i < line.n_bytes; i++) {
        const search_text rest = {line.bytes + i, line.n_bytes - i};
        const bool is_open = text_starts(rest, "\xE2\x80\x9C");
        if (is_open || text_starts(rest, "\xE2\x80\x9D")) {
            buffer_add_string(out, is_open ? "\xE2\x80\x98" : "\xE2\x80\x99");
            i += 2;
        } else {
            buffer_add_byte(out, line.bytes[i] == '"' ? '\'' : line.bytes[i]);
        }
    }
    const char last = line.n_bytes == 0 ? ' ' : line.bytes[line.n_bytes - 1];
    buffer_add_string(out, last == '?' || last == '!' || last == ',' ? "\"" : ",\"");
    out->failed = out->failed || line.failed;
    buffer_free(&line);
}

static void add_addressees(const citing *c, buffer *out) {
    const bool has_addressee = search_record_n_values(c->record, "to") > 0;
    if (c->genre.n_bytes == 0 && !has_addressee) {
        return;
    }
    add_comma(out);
    for (size_t i = 0; i < c->genre.n_bytes; i++) {
        buffer_add_byte(out, to_lower(c->genre.bytes[i]));
    }
    if (has_addressee) {
        buffer_add_string(out, c->genre.n_bytes > 0 ? " to " : "to ");
        add_list(c->record, "to", true, out);
    }
}

/* A number of digits alone would not say what it is. */
static void add_number(const citing *c, buffer *out) {
    const search_text number = search_record_value(c->record, "number", 0);
    bool is_bare = true;
    for (size_t i = 0; i < number.n_bytes; i++) {
        is_bare = is_bare && is_digit(number.bytes[i]);
    }
    if (number.n_bytes > 0) {
        add_comma(out);
        buffer_add_string(out, is_bare ? "No. " : "");
        cite_add(out, number);
    }
}

static void add_part(const char *before, search_text text, buffer *out) {
    if (text.n_bytes > 0) {
        add_comma(out);
        buffer_add_string(out, before);
        cite_add(out, text);
    }
}

/* Where it lies; where it was published when nothing else is known. */
static void add_place(const citing *c, buffer *out) {
    search_text place = c->source.reference;
    place = place.n_bytes > 0 ? place : search_record_value(c->record, "archive", 0);
    place = place.n_bytes > 0 ? place : search_record_value(c->record, "collection", 0);
    add_part("", place, out);
}

void cite_note(const citing *c, buffer *out) {
    add_list(c->record, "from", false, out);
    if (c->title.n_bytes > 0) {
        add_comma(out);
        add_title(c->title, out);
    }
    add_addressees(c, out);
    add_number(c, out);
    if (search_record_value(c->record, "date", 0).n_bytes > 0) {
        add_comma(out);
        cite_add_date(c, out);
    }
    add_part("", search_record_value(c->record, "classification", 0), out);
    add_place(c, out);
    if (search_record_n_values(c->record, "translators") > 0) {
        add_comma(out);
        buffer_add_string(out, "trans. ");
        add_list(c->record, "translators", false, out);
    }
    add_part("record ", search_record_value(c->record, "id", 0), out);
    buffer_add_byte(out, '.');
}
