/* The documents of a TEI file: what their tags and text mean, and the records made of them. */
#include "libsearch/cable/tei.h"
#include <stdio.h>

#define MAX_SOURCE 16384 /* bytes; a longer source note is not taken apart */
#define MAX_VALUES 200   /* of a key */

search_text tei_attribute(const tei_tag *tag, const char *name) {
    for (size_t i = 0; i < tag->n_attributes; i++) {
        const xmlChar **a = tag->attributes + 5 * i;
        if (strcmp((const char *)a[0], name) == 0)
            return text_trim((search_text){(const char *)a[3], (size_t)(a[4] - a[3])});
    }
    return (search_text){"", 0};
}

size_t tei_line(const tei_reader *r) {
    int line = xmlSAX2GetLineNumber(r->parser);
    return line < 0 ? 0 : (size_t)line;
}

/* ---- Failing ---------------------------------------------------------------------------------------------------- */

void tei_fail(tei_reader *r, search_status status) {
    if (r->status == SEARCH_OK)
        r->status = status;
    xmlStopParser(r->parser);
}

void tei_check(tei_reader *r, search_status status, const search_error *why) {
    if (status == SEARCH_OK)
        return;
    if (status == SEARCH_E_INPUT) {
        r->document.why = *why;
        return;
    }
    if (r->error != NULL)
        *r->error = *why;
    tei_fail(r, status);
}

void tei_report_trouble(tei_reader *r) {
    if (r->trouble.status != SEARCH_OK)
        stream_report(r->stream, r->trouble_line, &r->trouble, false);
    error_clear(&r->trouble);
}

void tei_add(tei_reader *r, const char *key, search_text value) {
    search_error why;
    search_record *record = r->document.record;
    if (record == NULL || search_record_n_values(record, key) >= MAX_VALUES)
        return;
    tei_check(r, search_record_add(record, key, value, &why), &why);
}

static void add_once(tei_reader *r, const char *key, search_text value) {
    for (size_t i = 0; i < search_record_n_values(r->document.record, key); i++) {
        search_text other = search_record_value(r->document.record, key, i);
        if (other.n_bytes == value.n_bytes && memcmp(other.bytes, value.bytes, value.n_bytes) == 0)
            return;
    }
    tei_add(r, key, value);
}

void tei_add_name(tei_reader *r, const char *key, search_text text) {
    buffer name = {0};
    if (search_record_n_values(r->document.record, key) >= MAX_VALUES)
        return;
    text = text_trim(text);
    while (text.n_bytes > 0 && strchr(",;:", text.bytes[text.n_bytes - 1]) != NULL)
        text.n_bytes--;
    for (size_t i = 0; i < text.n_bytes; i++)
        buffer_add_byte(&name, is_blank(text.bytes[i]) ? ' ' : text.bytes[i]);
    if (name.failed)
        tei_fail(r, error_memory(r->error));
    else
        add_once(r, key, (search_text){name.bytes, name.n_bytes});
    buffer_free(&name);
}

bool tei_has(const tei_reader *r, const char *key) {
    return search_record_n_values(r->document.record, key) > 0;
}

void tei_check_size(tei_reader *r) {
    tei_document *d = &r->document;
    size_t n = d->title.text.n_bytes + d->body.text.n_bytes + d->notes.text.n_bytes + d->note.text.n_bytes;
    if (d->title.text.failed || d->body.text.failed || d->notes.text.failed || d->note.text.failed)
        tei_fail(r, error_memory(r->error));
    if (n <= RECORD_MAX_N_BYTES)
        return;
    error_set(&d->why, SEARCH_E_INPUT, "record.too_large", "the document is larger than 32 MiB");
    for (size_t i = d->depth; i <= r->n_open; i++)
        r->open[i - 1].to = NULL;
    flow_clear(&d->title);
    flow_clear(&d->body);
    flow_clear(&d->notes);
    flow_clear(&d->note);
}

/* ---- Source notes ----------------------------------------------------------------------------------------------- */

/* The piece up to the next ';' at *at, which moves behind it. */
static bool next_piece(search_text sentence, size_t *at, search_text *piece) {
    if (*at >= sentence.n_bytes)
        return false;
    size_t to = text_find(sentence, ";", *at);
    if (to == NOT_FOUND)
        to = sentence.n_bytes;
    *piece = text_trim(text_part(sentence, *at, to));
    *at = to + 1;
    return true;
}

/* "Secret; Immediate; Exdis" */
static bool read_grades(tei_reader *r, search_text sentence) {
    static const char *const grades[] = {"Top Secret",           "Secret",       "Confidential",      "Restricted",
                                         "Limited Official Use", "Unclassified", "Official Use Only", "Personal"};
    static const char *const urgencies[] = {"Flash",    "Niact",          "Niact Immediate", "Immediate",
                                            "Priority", "Niact Priority", "Routine",         "Operational Immediate"};
    size_t at = 0;
    search_text piece;
    if (!next_piece(sentence, &at, &piece) ||
        (!IS_ONE_OF(piece, grades) && !text_is(piece, "No classification marking")))
        return false;
    if (IS_ONE_OF(piece, grades))
        tei_add(r, "classification", piece);
    while (next_piece(sentence, &at, &piece))
        tei_add(r, IS_ONE_OF(piece, urgencies) ? "urgency" : "handling", piece);
    return true;
}

/* Where the sentence that tells the classification begins; the length of the note when none does. */
static size_t read_classification(tei_reader *r, search_text note) {
    if (note.n_bytes > MAX_SOURCE)
        return note.n_bytes;
    for (size_t from = 0; from < note.n_bytes;) {
        size_t stop = text_find(note, ". ", from);
        size_t to = stop == NOT_FOUND ? note.n_bytes : stop;
        search_text sentence = text_part(note, from, to);
        if (stop == NOT_FOUND && text_ends(sentence, "."))
            sentence.n_bytes--;
        if (read_grades(r, sentence))
            return from;
        from = stop == NOT_FOUND ? note.n_bytes : stop + 2;
    }
    return note.n_bytes;
}

static search_text without_brackets(search_text text) {
    bool is_bracketed = text.n_bytes > 2 && text.bytes[0] == '[' && text.bytes[text.n_bytes - 1] == ']';
    return is_bracketed ? text_trim(text_part(text, 1, text.n_bytes - 1)) : text;
}

/* ---- Notes ------------------------------------------------------------------------------------------------------ */

static void add_note(tei_document *d, search_text text) {
    flow_ask(&d->notes, BREAK_PARAGRAPH);
    flow_write(&d->notes, "[", 1);
    buffer_add_string(&d->notes.text, d->mark);
    buffer_add_string(&d->notes.text, "] ");
    buffer_add(&d->notes.text, text.bytes, text.n_bytes);
}

/* The citation becomes the source; a note that says more than that stands whole among the notes, too. */
static void read_source(tei_reader *r, search_text note) {
    search_text text = without_brackets(note);
    if (text_starts(text, "Source:"))
        text = text_trim(text_from(text, strlen("Source:")));
    size_t end = read_classification(r, text);
    if (end > 0)
        tei_add(r, "source", text_part(text, 0, end));
    if (end < text.n_bytes)
        add_note(&r->document, note);
}

/* The mark in the text follows the word it belongs to, whatever white space the file has between them. */
static void write_mark(tei_document *d, flow *to) {
    if (to == NULL || to == &d->title)
        return;
    if (to->due == BREAK_SPACE)
        to->due = BREAK_NONE;
    flow_write(to, "[", 1);
    buffer_add_string(&to->text, d->mark);
    buffer_add_string(&to->text, "]");
}

void tei_start_note(tei_reader *r, const tei_tag *tag, open_element *e) {
    tei_document *d = &r->document;
    search_text type = tei_attribute(tag, "type");
    tei_check_size(r);
    if (e->place & IN_NOTE) { /* a note to a note stands in it */
        flow_write(&d->note, " [", 2);
        return;
    }
    bool is_own = (e->place & IN_ATTACHMENT) == 0;
    d->is_source = is_own && text_is(type, "source") && !tei_has(r, "source");
    d->is_summary = is_own && text_is(type, "summary") && !tei_has(r, "summary");
    bool is_inline = text_is(tei_attribute(tag, "rend"), "inline");
    if (is_inline && !d->is_source && !d->is_summary) {
        if (e->to != &d->title)
            flow_ask(&d->body, BREAK_PARAGRAPH);
        return;
    }
    d->n_notes++;
    search_text n = tei_attribute(tag, "n");
    bool is_mark = n.n_bytes > 0 && n.n_bytes <= MAX_MARK;
    snprintf(d->mark, sizeof d->mark, "%.*s", is_mark ? (int)n.n_bytes : 0, n.bytes);
    if (!is_mark)
        snprintf(d->mark, sizeof d->mark, "%zu", d->n_notes % 10000000);
    if (!d->is_source && !d->is_summary)
        write_mark(d, e->to);
    e->place |= IN_NOTE;
    e->is_own_note = true;
    e->to = &d->note;
    e->from = 0;
    flow_clear(&d->note);
}

void tei_end_note(tei_reader *r, const open_element *e) {
    tei_document *d = &r->document;
    if (!e->is_own_note) {
        if (e->place & IN_NOTE)
            buffer_add_string(&d->note.text, "]");
        else if (e->to != &d->title)
            flow_ask(&d->body, BREAK_PARAGRAPH);
        return;
    }
    search_text text = flow_text(&d->note);
    bool is_head = (e->place & IN_HEAD) && !(e->place & IN_ATTACHMENT);
    if (d->is_source || (is_head && text_starts(text, "Source:") && !tei_has(r, "source")))
        read_source(r, text);
    else if (d->is_summary)
        tei_add(r, "summary", text);
    else if (text.n_bytes > 0)
        add_note(d, text);
    flow_clear(&d->note);
}

/* ---- Dates ------------------------------------------------------------------------------------------------------ */

/* The day of "1964-01-21T18:00:00+09:00". */
static search_text day_of(search_text when) {
    return text_part(when, 0, when.n_bytes < 10 ? when.n_bytes : 10);
}

/* "1964-01-21", or "1964-01-21..1964-02-05"; false when it is no date. */
static bool join_dates(search_text first, search_text last, char out[32]) {
    date_interval interval;
    first = day_of(first);
    last = day_of(last);
    bool is_one =
        last.n_bytes == 0 || (first.n_bytes == last.n_bytes && memcmp(first.bytes, last.bytes, last.n_bytes) == 0);
    if (is_one || first.n_bytes == 0)
        snprintf(out, 32, "%.*s", (int)(first.n_bytes + (is_one ? 0 : last.n_bytes)),
                 first.n_bytes == 0 ? last.bytes : first.bytes);
    else
        snprintf(out, 32, "%.*s..%.*s", (int)first.n_bytes, first.bytes, (int)last.n_bytes, last.bytes);
    return date_read(search_text_of(out), &interval);
}

static search_text first_of(const tei_tag *tag, const char *name, const char *other) {
    search_text value = tei_attribute(tag, name);
    return value.n_bytes > 0 ? value : tei_attribute(tag, other);
}

void tei_read_date(tei_reader *r, const tei_tag *tag) {
    char date[32];
    search_text when = tei_attribute(tag, "when");
    search_text first = when.n_bytes > 0 ? when : first_of(tag, "notBefore", "from");
    search_text last = when.n_bytes > 0 ? when : first_of(tag, "notAfter", "to");
    if (!tei_has(r, "date") && join_dates(first, last, date))
        tei_add(r, "date", search_text_of(date));
}

/* ---- The document ----------------------------------------------------------------------------------------------- */

void tei_start_document(tei_reader *r, const tei_tag *tag) {
    tei_document *d = &r->document;
    tei_report_trouble(r);
    search_error why;
    error_clear(&d->why);
    search_status status = search_record_new(&d->record, &why);
    if (status != SEARCH_OK) {
        tei_check(r, status, &why);
        return;
    }
    d->depth = r->n_open;
    d->line = tei_line(r);
    d->n_notes = 0;
    d->title.is_line = true;
    r->n_documents++;
    if (!join_dates(tei_attribute(tag, "doc-dateTime-min"), tei_attribute(tag, "doc-dateTime-max"), d->own_dates))
        d->own_dates[0] = '\0';
    buffer id = {0};
    search_text volume = flow_text(&r->name);
    search_text own = tei_attribute(tag, "id");
    buffer_add(&id, volume.bytes, volume.n_bytes);
    buffer_add_string(&id, volume.n_bytes > 0 ? "/" : "");
    buffer_add(&id, own.bytes, own.n_bytes);
    if (id.failed)
        tei_fail(r, error_memory(r->error));
    else if (own.n_bytes > 0)
        tei_add(r, "id", (search_text){id.bytes, id.n_bytes});
    buffer_free(&id);
    tei_add(r, "number", tei_attribute(tag, "n"));
    tei_add(r, "type", tei_attribute(tag, "subtype"));
}

/* "3. Airgram From …" without the number, which the document has as such. */
static search_text without_number(tei_reader *r, search_text title) {
    size_t n = 0;
    while (n < title.n_bytes && is_digit(title.bytes[n]))
        n++;
    if (n == 0 || n + 1 >= title.n_bytes || title.bytes[n] != '.' || title.bytes[n + 1] != ' ')
        return title;
    if (!tei_has(r, "number"))
        tei_add(r, "number", text_part(title, 0, n));
    return text_trim(text_from(title, n + 2));
}

static bool names_office(search_text text) {
    static const char *const offices[] = {"Ambassador",     "Embassy",    "Minister", "Charg\xC3\xA9", "Legation",
                                          "Consul",         "Secretary",  "Agent",    "President",     "Department",
                                          "Mission",        "Delegation", "Director", "Adviser",       "Commander",
                                          "Representative", "Chief",      "Counselor"};
    for (size_t i = 0; i < sizeof offices / sizeof *offices; i++)
        if (text_find(text, offices[i], 0) != NOT_FOUND)
            return true;
    return false;
}

/* "The Ambassador in Korea (Muccio) to the Secretary of State": the heads of older volumes name no kind of message. */
static void read_letter_head(tei_reader *r, search_text title) {
    size_t to = text_find(title, " to the ", 0);
    if (to == NOT_FOUND)
        to = text_find(title, " to ", 0);
    if (to == NOT_FOUND || !text_starts(title, "The ") || !names_office(text_part(title, 0, to)))
        return;
    search_text addressee = text_from(title, to + 4);
    tei_add(r, "from", text_part(title, 4, to));
    tei_add(r, "to", text_starts(addressee, "the ") ? text_from(addressee, 4) : addressee);
}

static void read_title(tei_reader *r) {
    search_error why;
    search_text title = without_number(r, flow_text(&r->document.title));
    tei_add(r, "title", title);
    if (tei_has(r, "from") || tei_has(r, "to") || title.n_bytes > MAX_HEAD)
        return;
    tei_check(r, header_read_title(r->document.record, title, &why), &why);
    if (!tei_has(r, "from") && !tei_has(r, "to"))
        read_letter_head(r, title);
}

static void add_topics(tei_reader *r) {
    buffer topic = {0};
    for (size_t i = 0; i < r->n_sections && i < MAX_SECTIONS; i++) {
        search_text head = flow_text(&r->heads[i]);
        if (head.n_bytes == 0 || head.n_bytes > MAX_HEAD)
            continue;
        buffer_add_string(&topic, topic.n_bytes > 0 ? " > " : "");
        buffer_add(&topic, head.bytes, head.n_bytes);
    }
    if (topic.failed)
        tei_fail(r, error_memory(r->error));
    else if (topic.n_bytes > 0)
        tei_add(r, "topics", (search_text){topic.bytes, topic.n_bytes});
    buffer_free(&topic);
}

static void add_body(tei_reader *r) {
    tei_document *d = &r->document;
    search_text notes = flow_text(&d->notes);
    if (notes.n_bytes > 0) {
        d->body.is_held = false;
        flow_ask(&d->body, BREAK_PARAGRAPH);
        flow_write(&d->body, notes.bytes, notes.n_bytes);
    }
    if (d->body.text.failed)
        tei_fail(r, error_memory(r->error));
    else
        tei_add(r, "body", flow_text(&d->body));
}

static void deliver(tei_reader *r) {
    tei_document *d = &r->document;
    if (r->status != SEARCH_OK)
        return;
    if (d->why.status == SEARCH_E_INPUT)
        stream_report(r->stream, d->line, &d->why, true);
    else
        r->status = stream_deliver(r->stream, d->line, d->record, r->error);
    if (r->status != SEARCH_OK)
        xmlStopParser(r->parser);
}

void tei_finish_document(tei_reader *r) {
    tei_document *d = &r->document;
    if (d->why.status == SEARCH_OK) {
        read_title(r);
        if (!tei_has(r, "date"))
            tei_add(r, "date", search_text_of(d->own_dates));
        add_topics(r);
        tei_add(r, "collection", flow_text(&r->volume));
        add_body(r);
    }
    tei_report_trouble(r);
    deliver(r);
    search_record_free(d->record);
    d->record = NULL;
    for (size_t i = d->depth; i <= r->n_open; i++)
        r->open[i - 1].to = NULL;
    d->depth = 0;
    flow_clear(&d->title);
    flow_clear(&d->body);
    flow_clear(&d->notes);
    flow_clear(&d->note);
}
