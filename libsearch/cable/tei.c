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
#include "libsearch/cable/tei.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>

#define MAX_DEPTH 1024
#define MAX_NAMES 20000                /* different ones: libxml2 looks them up ever more slowly */
#define MAX_TAG ((size_t)64 << 10)     /* bytes: libxml2 compares each attribute with each */
#define MAX_OUTSIDE ((size_t)16 << 10) /* bytes of a head or a title outside documents */

/* ---- Elements --------------------------------------------------------------------------------------------------- */

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

/* ---- Tags ------------------------------------------------------------------------------------------------------- */

static party party_of(const tei_tag *tag) {
    search_text type = tei_attribute(tag, "type");
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
        tei_start_note(r, tag, e);
    else if (tag->kind->role == ROLE_HEAD)
        start_head(r, e);
    else if (tag->kind->role == ROLE_DATELINE)
        e->place |= IN_DATELINE;
    else if (tag->kind->role == ROLE_OPENER)
        e->place |= IN_OPENER;
    else if (tag->kind->role == ROLE_ATTACHMENT)
        e->place |= IN_ATTACHMENT;
    else if (tag->kind->role == ROLE_LIST && text_is(tei_attribute(tag, "type"), "participants"))
        e->place |= IN_PARTICIPANTS;
    else if (tag->kind->role == ROLE_DATE && (e->place & (IN_DATELINE | IN_ATTACHMENT | IN_NOTE)) == IN_DATELINE)
        tei_read_date(r, tag);
    if ((e->place & (IN_HEAD | IN_NOTE)) == IN_HEAD && tag->kind->role != ROLE_HEAD)
        e->is_party = party_of(tag);
    bool is_passed_over = tag->kind->role == ROLE_PASSED_OVER && (e->place & IN_CHOICE);
    if (is_passed_over || tag->kind->role == ROLE_SKIPPED)
        e->to = NULL;
    ask_around(r, e);
}

static void start_in_header(tei_reader *r, const tei_tag *tag, open_element *e) {
    search_text type = tei_attribute(tag, "type");
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
        search_text id = tei_attribute(tag, "id");
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
    bool is_document = is_div && text_is(tei_attribute(tag, "type"), "document");
    if (r->document.depth > 0 && (is_document || (is_div && is_around_documents(tei_attribute(tag, "type")))))
        tei_finish_document(r);
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
        tei_start_document(r, tag);
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
        tei_end_note(r, e);
    else if (is_own && e->is_party != PARTY_NONE)
        tei_add_name(r, e->is_party == PARTY_FROM ? "from" : "to", text);
    if (is_own && e->kind->role == ROLE_PERSON && (e->place & (IN_HEAD | IN_PARTICIPANTS)))
        tei_add_name(r, "people", text);
    else if (is_own && e->kind->role == ROLE_PLACE && (e->place & IN_DATELINE))
        tei_add_name(r, "places", text);
    else if (is_own && e->kind->role == ROLE_SEGMENT && (e->place & IN_OPENER)) {
        search_error why;
        bool taken;
        tei_check(r, header_read_line(r->document.record, text_trim(text), &taken, &why), &why);
    }
    date_interval interval;
    if (is_own && e->kind->role == ROLE_DATE && (e->place & IN_DATELINE) && !tei_has(r, "date") &&
        date_read(text, &interval))
        tei_add(r, "date", text);
    if (e->to != NULL && e->kind->role == ROLE_LABEL) {
        e->to->due = BREAK_SPACE;
        e->to->is_held = true;
    } else
        ask_around(r, e);
}

static void end_element(tei_reader *r) {
    const open_element e = r->open[r->n_open - 1];
    if (r->document.depth > 0 && r->n_open == r->document.depth)
        tei_finish_document(r);
    else if (r->document.depth > 0)
        end_in_document(r, &e);
    else if (e.is_section)
        r->n_sections--;
    r->n_open--;
}

/* ---- What libxml2 calls ----------------------------------------------------------------------------------------- */

static void give_up(tei_reader *r, const char *reason) {
    tei_report_trouble(r);
    error_set(&r->trouble, SEARCH_E_INPUT, "record.bad_xml", "%s", reason);
    r->trouble_line = tei_line(r);
    xmlStopParser(r->parser);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes) {
    (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    tei_reader *r = context;
    if (r->status != SEARCH_OK)
        return;
    if (r->n_open == MAX_DEPTH) {
        give_up(r, "elements are nested too deep");
        return;
    }
    if (xmlDictSize(r->parser->dict) > MAX_NAMES) {
        give_up(r, "there are too many names of elements and attributes");
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
        tei_check_size(r);
    else if (to->text.failed)
        tei_fail(r, error_memory(r->error));
    else if (to->text.n_bytes > MAX_OUTSIDE) /* of a head or the header */
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
        tei_fail(r, error_memory(r->error));
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

/* How far into a tag the bytes are: no '<' may stand in one, and a '>' only between quotes.  What looks like a tag in a
 * comment or in CDATA is measured like one, up to the next '<'. */
typedef struct tag_meter {
    size_t n; /* 0: outside */
    char quote;
} tag_meter;

/* False: a tag is longer than MAX_TAG.  Comments and the like are no tags. */
static bool measure_tags(tag_meter *tag, const char *bytes, size_t n_bytes) {
    for (size_t i = 0; i < n_bytes; i++) {
        char c = bytes[i];
        if (c == '<')
            *tag = (tag_meter){.n = 1};
        else if (tag->n == 0 || c == '\0') /* NULs are halves of characters in UTF-16 */
            continue;
        else if (tag->n == 1 && (c == '!' || c == '?' || c == ' ' || is_digit(c))) /* no name begins so */
            tag->n = 0;
        else if (c == '>' && tag->quote == '\0')
            tag->n = 0;
        else if (++tag->n > MAX_TAG)
            return false;
        else if (c == tag->quote)
            tag->quote = '\0';
        else if ((c == '"' || c == '\'') && tag->quote == '\0')
            tag->quote = c;
    }
    return true;
}

typedef struct byte_feed {
    bool is_other;
    bool is_repaired;
    tag_meter tag;
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
            stream_report_repair(r->stream, tei_line(r));
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
    if (!measure_tags(&f->tag, bytes, n)) {
        give_up(r, "a tag is longer than 64 KiB");
        return r->status;
    }
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
        tei_finish_document(r);
    if (r->status != SEARCH_OK)
        return r->status;
    if (r->n_documents == 0 && why.status != SEARCH_OK) {
        if (r->error != NULL)
            *r->error = why;
        return stream_refuse(r->stream, r->trouble_line, r->error);
    }
    tei_report_trouble(r);
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
