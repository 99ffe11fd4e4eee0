/* TEI: a volume as the FRUS series publishes it, one file with hundreds of documents, read as a stream of tags.
 *
 *   TEI/@xml:id, idno[@type='frus']            the volume's name, which begins the ids: "frus1964-68v29p1/d3"
 *   title[@type='complete'], else the first    collection
 *   heads of the divs around a document        topics: "Korea > The Pueblo Crisis"
 *   div[@type='document'], its @n and head     a record, its number and title
 *   gloss and persName [@type='from', 'to']    from, to; else the title is asked
 *   persName in the head or among the participants   people
 *   dateline: placeName, date                  places, date; else the dates the div bears
 *   note[@type='source']                       source, up to the sentence that tells the classification
 *   note[@type='summary']                      summary
 *   all else                                   body, with [1] for a footnote and the footnotes behind the text
 *
 * Attachments are part of the body; their heads, dates and people say nothing of the document.  A document inside of
 * another ends the outer one, so that a missing end tag costs one document its tail and no more.
 *
 * No tree is built: memory holds the text of one document.  No entity but the five of XML is ever expanded and no DTD
 * is read; what is not well-formed is reported with its line, and reading goes on where libxml2 can. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_DEPTH 1024
#define MAX_SECTIONS 16
#define MAX_HEAD 1000    /* bytes; a longer head of a section is no topic */
#define MAX_SOURCE 16384 /* bytes; a longer source note is not taken apart */
#define MAX_VALUES 200   /* of a key */
#define MAX_MARK 8       /* bytes; a longer footnote number is replaced by a count */
#define KEPT_CAPACITY ((size_t)1 << 20)

/* ---- Flowing text: white space collapses, and what divides blocks is written only between text ------------------- */

typedef enum flow_break { BREAK_NONE, BREAK_SPACE, BREAK_CELL, BREAK_LINE, BREAK_PARAGRAPH } flow_break;

typedef struct flow {
    buffer text;
    flow_break due; /* before the next character */
    bool is_line;   /* every break is a space */
    bool is_held;   /* after a label: what it labels begins on its line */
} flow;

static void flow_ask(flow *f, flow_break wanted) {
    if (f->is_held)
        wanted = wanted == BREAK_NONE ? BREAK_NONE : BREAK_SPACE;
    if (wanted > f->due)
        f->due = wanted;
}

static void flow_write(flow *f, const char *bytes, size_t n_bytes) {
    static const char *const breaks[] = {"", " ", "\t", "\n", "\n\n"};
    if (f->text.n_bytes > 0 && f->due != BREAK_NONE)
        buffer_add_string(&f->text, f->is_line ? " " : breaks[f->due]);
    f->due = BREAK_NONE;
    f->is_held = false;
    buffer_add(&f->text, bytes, n_bytes);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void flow_add(flow *f, const char *bytes, size_t n_bytes) {
    for (size_t at = 0; at < n_bytes;) {
        size_t from = at;
        while (at < n_bytes && !is_blank(bytes[at]))
            at++;
        if (at > from)
            flow_write(f, bytes + from, at - from);
        for (; at < n_bytes && is_blank(bytes[at]); at++)
            flow_ask(f, BREAK_SPACE);
    }
}

static search_text flow_text(const flow *f) {
    return f->text.n_bytes == 0 ? (search_text){"", 0} : text_trim((search_text){f->text.bytes, f->text.n_bytes});
}

static void flow_clear(flow *f) {
    if (f->text.capacity > KEPT_CAPACITY)
        buffer_free(&f->text);
    buffer_clear(&f->text);
    f->due = BREAK_NONE;
    f->is_held = false;
}

/* ---- Elements --------------------------------------------------------------------------------------------------- */

typedef enum element_role {
    ROLE_INLINE,
    ROLE_BLOCK,
    ROLE_SKIPPED,
    ROLE_BREAK, /* an empty element that is a break: lb */
    ROLE_LABEL,
    ROLE_LIST,
    ROLE_DIV,
    ROLE_ATTACHMENT,
    ROLE_HEAD,
    ROLE_NOTE,
    ROLE_OPENER,
    ROLE_SEGMENT,
    ROLE_DATELINE,
    ROLE_DATE,
    ROLE_PLACE,
    ROLE_PERSON,
    ROLE_CHOICE,
    ROLE_PASSED_OVER, /* in a choice: what was corrected */
    ROLE_ROOT,
    ROLE_HEADER,
    ROLE_TITLE,
    ROLE_NAME, /* idno */
} element_role;

typedef struct element_kind {
    const char *name;
    element_role role;
    flow_break around;
} element_kind;

static const element_kind kinds[] = {
    {"p", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"persName", ROLE_PERSON, BREAK_NONE},
    {"note", ROLE_NOTE, BREAK_NONE},
    {"item", ROLE_BLOCK, BREAK_LINE},
    {"label", ROLE_LABEL, BREAK_LINE},
    {"list", ROLE_LIST, BREAK_PARAGRAPH},
    {"row", ROLE_BLOCK, BREAK_LINE},
    {"cell", ROLE_BLOCK, BREAK_CELL},
    {"table", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"div", ROLE_DIV, BREAK_PARAGRAPH},
    {"attachment", ROLE_ATTACHMENT, BREAK_PARAGRAPH},
    {"head", ROLE_HEAD, BREAK_PARAGRAPH},
    {"opener", ROLE_OPENER, BREAK_PARAGRAPH},
    {"dateline", ROLE_DATELINE, BREAK_PARAGRAPH},
    {"date", ROLE_DATE, BREAK_NONE},
    {"placeName", ROLE_PLACE, BREAK_NONE},
    {"seg", ROLE_SEGMENT, BREAK_NONE},
    {"closer", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"signed", ROLE_BLOCK, BREAK_LINE},
    {"salute", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"postscript", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"byline", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"trailer", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"ab", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"floatingText", ROLE_ATTACHMENT, BREAK_PARAGRAPH},
    {"lg", ROLE_BLOCK, BREAK_PARAGRAPH},
    {"l", ROLE_BLOCK, BREAK_LINE},
    {"address", ROLE_BLOCK, BREAK_LINE},
    {"addrLine", ROLE_BLOCK, BREAK_LINE},
    {"lb", ROLE_BREAK, BREAK_LINE},
    {"choice", ROLE_CHOICE, BREAK_NONE},
    {"sic", ROLE_PASSED_OVER, BREAK_NONE},
    {"orig", ROLE_PASSED_OVER, BREAK_NONE},
    {"abbr", ROLE_PASSED_OVER, BREAK_NONE},
    {"fw", ROLE_SKIPPED, BREAK_NONE}, /* running heads */
    {"TEI", ROLE_ROOT, BREAK_NONE},
    {"TEI.2", ROLE_ROOT, BREAK_NONE},
    {"teiHeader", ROLE_HEADER, BREAK_NONE},
    {"title", ROLE_TITLE, BREAK_NONE},
    {"idno", ROLE_NAME, BREAK_NONE},
};
static const element_kind inline_kind = {"", ROLE_INLINE, BREAK_NONE};

static const element_kind *kind_of(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return &inline_kind;
}

/* A start tag: its attributes as libxml2 hands them, five pointers each. */
typedef struct tei_tag {
    const element_kind *kind;
    const xmlChar **attributes;
    size_t n_attributes;
} tei_tag;

/* The attribute of this name, whatever its prefix; empty when there is none. */
static search_text attribute(const tei_tag *tag, const char *name) {
    for (size_t i = 0; i < tag->n_attributes; i++) {
        const xmlChar **a = tag->attributes + 5 * i;
        if (strcmp((const char *)a[0], name) == 0)
            return text_trim((search_text){(const char *)a[3], (size_t)(a[4] - a[3])});
    }
    return (search_text){"", 0};
}

/* Where an element stands: its own role and those of the elements around it, up to the document. */
enum {
    IN_HEAD = 1,
    IN_DATELINE = 2,
    IN_PARTICIPANTS = 4,
    IN_ATTACHMENT = 8,
    IN_NOTE = 16,
    IN_OPENER = 32,
    IN_HEADER = 64,
    IN_CHOICE = 128,
};

typedef enum party { PARTY_NONE, PARTY_FROM, PARTY_TO } party;

typedef struct open_element {
    const element_kind *kind;
    unsigned place;
    party is_party;
    bool is_section; /* a div around documents */
    bool is_own_note;
    flow *to;    /* where its text goes; null: nowhere */
    size_t from; /* what of it is the element's */
} open_element;

typedef struct tei_document {
    size_t depth; /* of its div; 0: none is open */
    size_t line;
    search_record *record;
    flow title;
    flow body;
    flow notes;
    flow note;
    char mark[MAX_MARK + 1]; /* of the open note */
    bool is_source;          /* ... its kind */
    bool is_summary;
    size_t n_notes;
    char own_dates[32]; /* "1964-01-21..1964-02-05": what the div itself says */
    search_error why;   /* SEARCH_E_INPUT: it is no record */
} tei_document;

typedef struct tei_reader {
    cable_stream *stream;
    xmlParserCtxt *parser;
    search_status status;
    search_error *error;
    open_element *open;
    size_t n_open;
    flow volume;    /* its title */
    flow name;      /* its id */
    bool is_named;  /* by its own idno */
    bool has_title; /* the complete one */
    flow heads[MAX_SECTIONS];
    size_t n_sections; /* may exceed MAX_SECTIONS */
    tei_document document;
    size_t n_documents;
    search_error trouble; /* the first since the last report */
    size_t trouble_line;
} tei_reader;

static size_t line_of(const tei_reader *r) {
    int line = xmlSAX2GetLineNumber(r->parser);
    return line < 0 ? 0 : (size_t)line;
}

/* ---- Failing ---------------------------------------------------------------------------------------------------- */

static void fail(tei_reader *r, search_status status) {
    if (r->status == SEARCH_OK)
        r->status = status;
    xmlStopParser(r->parser);
}

/* What is wrong with a record is its own trouble; all else stops the reading. */
static void check(tei_reader *r, search_status status, const search_error *why) {
    if (status == SEARCH_OK)
        return;
    if (status == SEARCH_E_INPUT) {
        r->document.why = *why;
        return;
    }
    if (r->error != NULL)
        *r->error = *why;
    fail(r, status);
}

static void report_trouble(tei_reader *r) {
    if (r->trouble.status != SEARCH_OK)
        stream_report(r->stream, r->trouble_line, &r->trouble, false);
    error_clear(&r->trouble);
}

static void add(tei_reader *r, const char *key, search_text value) {
    search_error why;
    search_record *record = r->document.record;
    if (record == NULL || search_record_n_values(record, key) >= MAX_VALUES)
        return;
    check(r, search_record_add(record, key, value, &why), &why);
}

static void add_once(tei_reader *r, const char *key, search_text value) {
    for (size_t i = 0; i < search_record_n_values(r->document.record, key); i++) {
        search_text other = search_record_value(r->document.record, key, i);
        if (other.n_bytes == value.n_bytes && memcmp(other.bytes, value.bytes, value.n_bytes) == 0)
            return;
    }
    add(r, key, value);
}

/* A name out of the text: on one line, without what divides it from the next, and not twice. */
static void add_name(tei_reader *r, const char *key, search_text text) {
    buffer name = {0};
    text = text_trim(text);
    while (text.n_bytes > 0 && strchr(",;:", text.bytes[text.n_bytes - 1]) != NULL)
        text.n_bytes--;
    for (size_t i = 0; i < text.n_bytes; i++)
        buffer_add_byte(&name, is_blank(text.bytes[i]) ? ' ' : text.bytes[i]);
    if (name.failed)
        fail(r, error_memory(r->error));
    else
        add_once(r, key, (search_text){name.bytes, name.n_bytes});
    buffer_free(&name);
}

static bool has(const tei_reader *r, const char *key) {
    return search_record_n_values(r->document.record, key) > 0;
}

/* A document over the limit is read to its end, and nothing of it is kept. */
static void check_size(tei_reader *r) {
    tei_document *d = &r->document;
    size_t n = d->title.text.n_bytes + d->body.text.n_bytes + d->notes.text.n_bytes + d->note.text.n_bytes;
    if (d->title.text.failed || d->body.text.failed || d->notes.text.failed || d->note.text.failed)
        fail(r, error_memory(r->error));
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

static bool is_one_of(search_text text, const char *const *words, size_t n_words) {
    for (size_t i = 0; i < n_words; i++)
        if (text_is(text, words[i]))
            return true;
    return false;
}
#define IS_ONE_OF(text, words) is_one_of(text, words, sizeof(words) / sizeof *(words))

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
        add(r, "classification", piece);
    while (next_piece(sentence, &at, &piece))
        add(r, IS_ONE_OF(piece, urgencies) ? "urgency" : "handling", piece);
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
        add(r, "source", text_part(text, 0, end));
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

static void start_note(tei_reader *r, const tei_tag *tag, open_element *e) {
    tei_document *d = &r->document;
    search_text type = attribute(tag, "type");
    check_size(r);
    if (e->place & IN_NOTE) { /* a note to a note stands in it */
        flow_write(&d->note, " [", 2);
        return;
    }
    bool is_own = (e->place & IN_ATTACHMENT) == 0;
    d->is_source = is_own && text_is(type, "source") && !has(r, "source");
    d->is_summary = is_own && text_is(type, "summary") && !has(r, "summary");
    bool is_inline = text_is(attribute(tag, "rend"), "inline");
    if (is_inline && !d->is_source && !d->is_summary) {
        if (e->to != &d->title)
            flow_ask(&d->body, BREAK_PARAGRAPH);
        return;
    }
    d->n_notes++;
    search_text n = attribute(tag, "n");
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

static void end_note(tei_reader *r, const open_element *e) {
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
    if (d->is_source || (is_head && text_starts(text, "Source:") && !has(r, "source")))
        read_source(r, text);
    else if (d->is_summary)
        add(r, "summary", text);
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
    search_text value = attribute(tag, name);
    return value.n_bytes > 0 ? value : attribute(tag, other);
}

static void read_date(tei_reader *r, const tei_tag *tag) {
    char date[32];
    search_text when = attribute(tag, "when");
    search_text first = when.n_bytes > 0 ? when : first_of(tag, "notBefore", "from");
    search_text last = when.n_bytes > 0 ? when : first_of(tag, "notAfter", "to");
    if (!has(r, "date") && join_dates(first, last, date))
        add(r, "date", search_text_of(date));
}

/* ---- The document ----------------------------------------------------------------------------------------------- */

static void start_document(tei_reader *r, const tei_tag *tag) {
    tei_document *d = &r->document;
    report_trouble(r);
    search_error why;
    error_clear(&d->why);
    search_status status = search_record_new(&d->record, &why);
    if (status != SEARCH_OK) {
        check(r, status, &why);
        return;
    }
    d->depth = r->n_open;
    d->line = line_of(r);
    d->n_notes = 0;
    d->title.is_line = true;
    r->n_documents++;
    if (!join_dates(attribute(tag, "doc-dateTime-min"), attribute(tag, "doc-dateTime-max"), d->own_dates))
        d->own_dates[0] = '\0';
    buffer id = {0};
    search_text volume = flow_text(&r->name);
    search_text own = attribute(tag, "id");
    buffer_add(&id, volume.bytes, volume.n_bytes);
    buffer_add_string(&id, volume.n_bytes > 0 ? "/" : "");
    buffer_add(&id, own.bytes, own.n_bytes);
    if (id.failed)
        fail(r, error_memory(r->error));
    else if (own.n_bytes > 0)
        add(r, "id", (search_text){id.bytes, id.n_bytes});
    buffer_free(&id);
    add(r, "number", attribute(tag, "n"));
    add(r, "type", attribute(tag, "subtype"));
}

/* "3. Airgram From …" without the number, which the document has as such. */
static search_text without_number(tei_reader *r, search_text title) {
    size_t n = 0;
    while (n < title.n_bytes && is_digit(title.bytes[n]))
        n++;
    if (n == 0 || n + 1 >= title.n_bytes || title.bytes[n] != '.' || title.bytes[n + 1] != ' ')
        return title;
    if (!has(r, "number"))
        add(r, "number", text_part(title, 0, n));
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
    add(r, "from", text_part(title, 4, to));
    add(r, "to", text_starts(addressee, "the ") ? text_from(addressee, 4) : addressee);
}

static void read_title(tei_reader *r) {
    search_error why;
    search_text title = without_number(r, flow_text(&r->document.title));
    add(r, "title", title);
    if (has(r, "from") || has(r, "to") || title.n_bytes > MAX_HEAD)
        return;
    check(r, header_read_title(r->document.record, title, &why), &why);
    if (!has(r, "from") && !has(r, "to"))
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
        fail(r, error_memory(r->error));
    else if (topic.n_bytes > 0)
        add(r, "topics", (search_text){topic.bytes, topic.n_bytes});
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
        fail(r, error_memory(r->error));
    else
        add(r, "body", flow_text(&d->body));
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

static void finish_document(tei_reader *r) {
    tei_document *d = &r->document;
    if (d->why.status == SEARCH_OK) {
        read_title(r);
        if (!has(r, "date"))
            add(r, "date", search_text_of(d->own_dates));
        add_topics(r);
        add(r, "collection", flow_text(&r->volume));
        add_body(r);
    }
    report_trouble(r);
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

/* ---- Tags ------------------------------------------------------------------------------------------------------- */

static party party_of(const tei_tag *tag) {
    search_text type = attribute(tag, "type");
    return text_is(type, "from") ? PARTY_FROM : text_is(type, "to") ? PARTY_TO : PARTY_NONE;
}

/* The head of the div that was opened last, and the first one, is the title. */
static void start_head(tei_reader *r, open_element *e) {
    tei_document *d = &r->document;
    if (r->n_open - 1 != d->depth || d->title.text.n_bytes > 0)
        return;
    e->place |= IN_HEAD;
    e->to = &d->title;
    e->from = 0;
}

/* The paragraphs of a note are lines, so that a blank line divides notes. */
static void ask_around(const tei_reader *r, const open_element *e) {
    if (e->to == NULL || e->is_own_note)
        return;
    bool is_in_note = e->to == &r->document.note;
    flow_ask(e->to, is_in_note && e->kind->around == BREAK_PARAGRAPH ? BREAK_LINE : e->kind->around);
}

static void start_in_document(tei_reader *r, const tei_tag *tag, open_element *e) {
    if (tag->kind->role == ROLE_NOTE)
        start_note(r, tag, e);
    else if (tag->kind->role == ROLE_HEAD)
        start_head(r, e);
    else if (tag->kind->role == ROLE_DATELINE)
        e->place |= IN_DATELINE;
    else if (tag->kind->role == ROLE_OPENER)
        e->place |= IN_OPENER;
    else if (tag->kind->role == ROLE_ATTACHMENT)
        e->place |= IN_ATTACHMENT;
    else if (tag->kind->role == ROLE_LIST && text_is(attribute(tag, "type"), "participants"))
        e->place |= IN_PARTICIPANTS;
    else if (tag->kind->role == ROLE_DATE && (e->place & (IN_DATELINE | IN_ATTACHMENT | IN_NOTE)) == IN_DATELINE)
        read_date(r, tag);
    if ((e->place & (IN_HEAD | IN_NOTE)) == IN_HEAD && tag->kind->role != ROLE_HEAD)
        e->is_party = party_of(tag);
    bool is_passed_over = tag->kind->role == ROLE_PASSED_OVER && (e->place & IN_CHOICE);
    if (is_passed_over || tag->kind->role == ROLE_SKIPPED)
        e->to = NULL;
    ask_around(r, e);
}

static void start_in_header(tei_reader *r, const tei_tag *tag, open_element *e) {
    search_text type = attribute(tag, "type");
    if (tag->kind->role == ROLE_TITLE && !r->has_title && (text_is(type, "complete") || r->volume.text.n_bytes == 0)) {
        r->has_title = text_is(type, "complete");
        flow_clear(&r->volume);
        e->to = &r->volume;
    } else if (tag->kind->role == ROLE_NAME && !r->is_named &&
               (text_is(type, "frus") || (text_is(type, "dc") && r->name.text.n_bytes == 0))) {
        r->is_named = text_is(type, "frus");
        flow_clear(&r->name);
        e->to = &r->name;
    }
}

static void start_section(tei_reader *r, open_element *e) {
    e->is_section = true;
    if (r->n_sections++ < MAX_SECTIONS)
        flow_clear(&r->heads[r->n_sections - 1]);
}

static void start_outside(tei_reader *r, const tei_tag *tag, open_element *e, const open_element *around) {
    if (tag->kind->role == ROLE_ROOT && r->name.text.n_bytes == 0) {
        search_text id = attribute(tag, "id");
        flow_add(&r->name, id.bytes, id.n_bytes);
    } else if (tag->kind->role == ROLE_DIV)
        start_section(r, e);
    else if (tag->kind->role == ROLE_HEAD && around != NULL && around->is_section && r->n_sections <= MAX_SECTIONS &&
             r->heads[r->n_sections - 1].text.n_bytes == 0)
        e->to = &r->heads[r->n_sections - 1];
    else if (tag->kind->role == ROLE_NOTE)
        e->to = NULL;
    if (e->place & IN_HEADER)
        start_in_header(r, tag, e);
}

static bool is_around_documents(search_text type) {
    static const char *const types[] = {"compilation", "chapter", "subchapter"};
    return IS_ONE_OF(type, types);
}

static void start_element(tei_reader *r, const tei_tag *tag) {
    const open_element *around = r->n_open == 0 ? NULL : &r->open[r->n_open - 1];
    bool is_div = tag->kind->role == ROLE_DIV;
    bool is_document = is_div && text_is(attribute(tag, "type"), "document");
    if (r->document.depth > 0 && (is_document || (is_div && is_around_documents(attribute(tag, "type")))))
        finish_document(r);
    open_element *e = &r->open[r->n_open++];
    *e = (open_element){.kind = tag->kind};
    if (around != NULL) {
        e->place = around->place | (around->kind->role == ROLE_CHOICE ? IN_CHOICE : 0u);
        e->to = around->to;
    }
    if (tag->kind->role == ROLE_HEADER)
        e->place |= IN_HEADER;
    e->from = e->to == NULL ? 0 : e->to->text.n_bytes;
    if (is_document) {
        e->place = 0;
        e->to = &r->document.body;
        start_document(r, tag);
    } else if (r->document.depth > 0)
        start_in_document(r, tag, e);
    else
        start_outside(r, tag, e, around);
}

static void end_in_document(tei_reader *r, const open_element *e) {
    search_text text = {"", 0};
    bool is_own = !(e->place & (IN_ATTACHMENT | IN_NOTE));
    if (e->to != NULL && e->to->text.n_bytes > e->from)
        text = text_part((search_text){e->to->text.bytes, e->to->text.n_bytes}, e->from, e->to->text.n_bytes);
    if (e->kind->role == ROLE_NOTE)
        end_note(r, e);
    else if (is_own && e->is_party != PARTY_NONE)
        add_name(r, e->is_party == PARTY_FROM ? "from" : "to", text);
    if (is_own && e->kind->role == ROLE_PERSON && (e->place & (IN_HEAD | IN_PARTICIPANTS)))
        add_name(r, "people", text);
    else if (is_own && e->kind->role == ROLE_PLACE && (e->place & IN_DATELINE))
        add_name(r, "places", text);
    else if (is_own && e->kind->role == ROLE_SEGMENT && (e->place & IN_OPENER)) {
        search_error why;
        bool taken;
        check(r, header_read_line(r->document.record, text_trim(text), &taken, &why), &why);
    }
    date_interval interval;
    if (is_own && e->kind->role == ROLE_DATE && (e->place & IN_DATELINE) && !has(r, "date") &&
        date_read(text, &interval))
        add(r, "date", text);
    if (e->to != NULL && e->kind->role == ROLE_LABEL) {
        e->to->due = BREAK_SPACE;
        e->to->is_held = true;
    } else
        ask_around(r, e);
}

static void end_element(tei_reader *r) {
    const open_element e = r->open[r->n_open - 1];
    if (r->document.depth > 0 && r->n_open == r->document.depth)
        finish_document(r);
    else if (r->document.depth > 0)
        end_in_document(r, &e);
    else if (e.is_section)
        r->n_sections--;
    r->n_open--;
}

/* ---- What libxml2 calls ----------------------------------------------------------------------------------------- */

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes) {
    (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    tei_reader *r = context;
    if (r->status != SEARCH_OK)
        return;
    if (r->n_open == MAX_DEPTH) {
        report_trouble(r);
        error_set(&r->trouble, SEARCH_E_INPUT, "record.bad_xml", "elements are nested deeper than %d", MAX_DEPTH);
        r->trouble_line = line_of(r);
        xmlStopParser(r->parser);
        return;
    }
    const tei_tag tag = {kind_of((const char *)name), attributes, n_attributes < 0 ? 0 : (size_t)n_attributes};
    start_element(r, &tag);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    tei_reader *r = context;
    if (r->status == SEARCH_OK && r->n_open > 0)
        end_element(r);
}

static void on_text(void *context, const xmlChar *text, int n) {
    tei_reader *r = context;
    flow *to = r->n_open == 0 ? NULL : r->open[r->n_open - 1].to;
    if (r->status != SEARCH_OK || to == NULL || n <= 0)
        return;
    flow_add(to, (const char *)text, (size_t)n);
    if (r->document.depth > 0)
        check_size(r);
    else if (to->text.failed)
        fail(r, error_memory(r->error));
    else if (to->text.n_bytes > MAX_SOURCE) /* of a head or the header */
        r->open[r->n_open - 1].to = NULL;
}

#if LIBXML_VERSION >= 21200
typedef const xmlError parse_error;
#else
typedef xmlError parse_error;
#endif

/* Prefixes nobody declared do no harm: names are told by their local part. */
static void on_error(void *context, parse_error *e) {
    tei_reader *r = context;
    if (e->code == XML_ERR_NO_MEMORY) {
        fail(r, error_memory(r->error));
        return;
    }
    if (e->level < XML_ERR_ERROR || e->domain == XML_FROM_NAMESPACE || r->trouble.status != SEARCH_OK)
        return;
    search_text message = text_trim(search_text_of(e->message == NULL ? "" : e->message));
    error_set(&r->trouble, SEARCH_E_INPUT, "record.bad_xml", "this is no well-formed XML: %.*s", (int)message.n_bytes,
              message.bytes);
    r->trouble_line = e->line > 0 ? (size_t)e->line : 0;
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------ */

/* Whether the file says it is in another encoding than UTF-8, which libxml2 then converts. */
static bool is_other_encoding(search_text head) {
    if (head.n_bytes >= 2 && (head.bytes[0] == '\0' || head.bytes[1] == '\0' ||
                              memcmp(head.bytes, "\xFE\xFF", 2) == 0 || memcmp(head.bytes, "\xFF\xFE", 2) == 0))
        return true;
    size_t end = text_starts(head, "<?xml") ? text_find(head, "?>", 0) : NOT_FOUND;
    search_text declaration = text_part(head, 0, end == NOT_FOUND ? 0 : end);
    return text_find(declaration, "encoding", 0) != NOT_FOUND && text_find(declaration, "utf-8", 0) == NOT_FOUND &&
           text_find(declaration, "utf8", 0) == NOT_FOUND;
}

/* How many bytes end between characters. */
static size_t n_whole(const char *bytes, size_t n_bytes) {
    for (size_t back = 1; back <= 3 && back <= n_bytes; back++) {
        unsigned char c = (unsigned char)bytes[n_bytes - back];
        size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        if (n > back)
            return n_bytes - back;
        if ((c & 0xC0u) != 0x80u)
            break;
    }
    return n_bytes;
}

typedef struct byte_feed {
    bool is_other;
    bool is_repaired;
    buffer bytes; /* not yet parsed */
    buffer repaired;
} byte_feed;

static void parse(tei_reader *r, const char *bytes, size_t n_bytes) {
    const size_t step = 1 << 20;
    for (size_t at = 0; at < n_bytes && !r->parser->disableSAX; at += step)
        xmlParseChunk(r->parser, bytes + at, (int)(n_bytes - at < step ? n_bytes - at : step), 0);
}

/* libxml2 would read the rest of the file as Latin-1 after a byte that is not UTF-8, and stop at a NUL. */
static search_status feed(tei_reader *r, byte_feed *f, bool is_last) {
    if (f->bytes.n_bytes == 0)
        return r->status;
    size_t n = is_last ? f->bytes.n_bytes : n_whole(f->bytes.bytes, f->bytes.n_bytes);
    for (char *nul; (nul = memchr(f->bytes.bytes, '\0', n)) != NULL;)
        *nul = ' ';
    if (utf8_valid(f->bytes.bytes, n))
        parse(r, f->bytes.bytes, n);
    else {
        if (!f->is_repaired)
            stream_report_repair(r->stream, line_of(r));
        f->is_repaired = true;
        buffer_clear(&f->repaired);
        utf8_repair(&f->repaired, f->bytes.bytes, n);
        if (f->repaired.failed)
            return error_memory(r->error);
        parse(r, f->repaired.bytes, f->repaired.n_bytes);
    }
    f->bytes.n_bytes -= n;
    memmove(f->bytes.bytes, f->bytes.bytes + n, f->bytes.n_bytes);
    return r->status;
}

static search_status feed_chunk(tei_reader *r, byte_feed *f) {
    cable_stream *stream = r->stream;
    const char *bytes = stream->chunk + stream->at;
    size_t n = stream->n_chunk - stream->at;
    stream->at = stream->n_chunk;
    if (f->is_other) {
        parse(r, bytes, n);
        return r->status;
    }
    buffer_add(&f->bytes, bytes, n);
    return f->bytes.failed ? error_memory(r->error) : feed(r, f, n == 0);
}

static search_status read_bytes(tei_reader *r) {
    cable_stream *stream = r->stream;
    byte_feed f = {.is_other =
                       is_other_encoding((search_text){stream->chunk + stream->at, stream->n_chunk - stream->at})};
    search_status status = SEARCH_OK;
    bool is_last = false;
    while (status == SEARCH_OK && !is_last && !r->parser->disableSAX) {
        is_last = stream->n_chunk == 0;
        status = feed_chunk(r, &f);
        if (status == SEARCH_OK && !is_last)
            status = stream_tell(stream, r->error);
        if (status == SEARCH_OK && !is_last)
            status = stream_fill(stream, r->error);
    }
    buffer_free(&f.bytes);
    buffer_free(&f.repaired);
    if (status == SEARCH_OK && !r->parser->disableSAX)
        xmlParseChunk(r->parser, "", 0, 1);
    return status == SEARCH_OK ? r->status : status;
}

/* ---- The file --------------------------------------------------------------------------------------------------- */

/* A document that the end of the file or of libxml2's patience left open is delivered as it is. */
static search_status finish(tei_reader *r) {
    bool is_stopped = r->parser->disableSAX != 0;
    search_error why = r->trouble;
    if (r->document.depth > 0)
        finish_document(r);
    if (r->status != SEARCH_OK)
        return r->status;
    if (r->n_documents == 0 && why.status != SEARCH_OK) {
        if (r->error != NULL)
            *r->error = why;
        return SEARCH_E_INPUT;
    }
    report_trouble(r);
    if (is_stopped)
        error_set(&why, SEARCH_E_INPUT, "record.bad_xml", "the rest of the file could not be read");
    else if (r->n_documents == 0)
        error_set(&why, SEARCH_E_INPUT, "record.no_documents", "the TEI file has no div of the type document");
    else
        return SEARCH_OK;
    stream_report(r->stream, r->trouble_line, &why, true);
    return SEARCH_OK;
}

static void free_reader(tei_reader *r) {
    if (r->parser != NULL) {
        xmlFreeDoc(r->parser->myDoc); /* libxml2 keeps the entities a file declares in one, unasked */
        xmlFreeParserCtxt(r->parser);
    }
    search_record_free(r->document.record);
    flow *flows[] = {&r->volume,        &r->name,           &r->document.title,
                     &r->document.body, &r->document.notes, &r->document.note};
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
        buffer_free(&flows[i]->text);
    for (size_t i = 0; i < MAX_SECTIONS; i++)
        buffer_free(&r->heads[i].text);
    free(r->open);
}

search_status tei_read(cable_stream *stream, search_error *error) {
    tei_reader r = {.stream = stream, .error = error, .volume.is_line = true, .name.is_line = true};
    xmlSAXHandler calls = {.initialized = XML_SAX2_MAGIC,
                           .startElementNs = on_start,
                           .endElementNs = on_end,
                           .characters = on_text,
                           .cdataBlock = on_text,
                           .ignorableWhitespace = on_text,
                           .serror = on_error};
    error_clear(&r.trouble);
    for (size_t i = 0; i < MAX_SECTIONS; i++)
        r.heads[i].is_line = true;
    r.open = calloc(MAX_DEPTH, sizeof *r.open);
    r.parser = xmlCreatePushParserCtxt(&calls, &r, NULL, 0, NULL);
    search_status status;
    if (r.open == NULL || r.parser == NULL || xmlCtxtUseOptions(r.parser, XML_PARSE_RECOVER | XML_PARSE_NONET) != 0)
        status = error_memory(error);
    else
        status = read_bytes(&r);
    if (status == SEARCH_OK)
        status = finish(&r);
    free_reader(&r);
    return status;
}

/* Past what may stand before the first element: declarations, comments, white space. */
static search_text first_tag(search_text head) {
    for (;;) {
        head = text_trim(head); /* a BOM is white space */
        const char *end = text_starts(head, "<!--") ? "-->" : ">";
        if (!text_starts(head, "<!") && !text_starts(head, "<?"))
            return head;
        size_t at = text_find(head, end, 2);
        bool has_subset = text_starts(head, "<!DOCTYPE") &&
                          text_find(text_part(head, 0, at == NOT_FOUND ? 0 : at), "[", 0) != NOT_FOUND;
        if (has_subset)
            at = text_find(head, end = "]>", 2);
        if (at == NOT_FOUND)
            return (search_text){"", 0};
        head = text_from(head, at + strlen(end));
    }
}

bool tei_looks_like(search_text head) {
    static const char *const roots[] = {"TEI", "TEI.2", "teiCorpus"};
    search_text tag = first_tag(head);
    size_t to = 1;
    while (to < tag.n_bytes && !is_blank(tag.bytes[to]) && strchr("/>:", tag.bytes[to]) == NULL)
        to++;
    if (to < tag.n_bytes && tag.bytes[to] == ':') {
        tag = text_from(tag, to);
        for (to = 1; to < tag.n_bytes && !is_blank(tag.bytes[to]) && strchr("/>", tag.bytes[to]) == NULL;)
            to++;
    }
    bool is_tag = to < tag.n_bytes && (tag.bytes[0] == '<' || tag.bytes[0] == ':');
    for (size_t i = 0; is_tag && i < sizeof roots / sizeof *roots; i++)
        if (text_equals(text_part(tag, 1, to), roots[i]))
            return true;
    return false;
}
