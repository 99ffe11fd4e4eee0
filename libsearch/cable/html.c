/* A saved page as HTML, which gives the record that its text gives.
 *
 * What the site marks is taken by its marks: `.date`, `h1.title`, `.donated`, the `.tab-pane`s of the versions,
 * `.text-block` for the summary; all else is lines under labels.  A page without such marks becomes the text a reader
 * would save, and goes the way of a page saved as text; when it is none of the archive's, its heading is the title and
 * the rest the body.
 *
 * The bytes are made UTF-8 before they are parsed, so that the parser has no encoding to complain of. */
#include "libsearch/cable/html_text.h"
#include "libsearch/cable/page.h"
#include "libsearch/support/utf8.h"
#include <errno.h>
#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <limits.h>

#define MAX_PANES 16
#define MAX_PARTS 500000         /* tags and attributes: each costs the tree some 200 bytes */
#define MAX_ATTRIBUTES 2000      /* of a tag: the parser compares each with each */
#define PARSER_MAX_TEXT 10000000 /* bytes of one text that libxml2 holds */
#define MAX_SNIFFED 4096         /* bytes at the beginning in which a <meta> may name the encoding */

/* ---- Is it HTML? ---------------------------------------------------------------------------------------------- */

static search_text without_mark(search_text text) {
    return text_starts(text, "\xEF\xBB\xBF") ? text_from(text, 3) : text;
}

/* "UTF-16LE", "UTF-16BE", or null: no mark of UTF-16 stands first. */
static const char *utf16_of(search_text text) {
    if (text.n_bytes < 2)
        return NULL;
    return memcmp(text.bytes, "\xFF\xFE", 2) == 0   ? "UTF-16LE"
           : memcmp(text.bytes, "\xFE\xFF", 2) == 0 ? "UTF-16BE"
                                                    : NULL;
}

static search_text without_comments(search_text text) {
    text = text_trim(text);
    while (text_starts(text, "<!--")) {
        size_t end = text_find(text, "-->", 4);
        text = end == NOT_FOUND ? (search_text){"", 0} : text_trim(text_from(text, end + 3));
    }
    return text;
}

bool html_looks_like(search_text head) {
    char ascii[MAX_SNIFFED];
    search_text text = without_mark(head);
    if (text.n_bytes > MAX_SNIFFED)
        text.n_bytes = MAX_SNIFFED;
    if (utf16_of(head) != NULL) {
        size_t n = 0;
        for (size_t i = 2; i < text.n_bytes; i++)
            if (text.bytes[i] != '\0')
                ascii[n++] = text.bytes[i];
        text = (search_text){ascii, n};
    }
    text = without_comments(text);
    if (text_starts(text, "<!doctype html") || text_starts(text, "<html"))
        return true;
    bool is_xml = text_starts(text, "<?xml");
    bool has_html = text_find(text, "<html", 0) != NOT_FOUND || text_find(text, "<!doctype html", 0) != NOT_FOUND;
    bool has_part = text_find(text, "<title>", 0) != NOT_FOUND || text_find(text, "<body", 0) != NOT_FOUND;
    return is_xml ? has_html : text.n_bytes > 0 && text.bytes[0] == '<' && has_part;
}

/* ---- Encoding ------------------------------------------------------------------------------------------------- */

/* Names of encodings as pages give them, and as iconv knows them.  Browsers read Latin 1 and ASCII as windows-1252. */
static const char *encoding_of(search_text name) {
    static const char *const others[][2] = {
        {"iso-8859-1", "WINDOWS-1252"}, {"latin1", "WINDOWS-1252"},  {"us-ascii", "WINDOWS-1252"},
        {"ascii", "WINDOWS-1252"},      {"gb2312", "GB18030"},       {"gbk", "GB18030"},
        {"x-sjis", "SHIFT_JIS"},        {"ks_c_5601-1987", "CP949"}, {"euc-kr", "CP949"}};
    static const char *const same[] = {
        "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256",
        "WINDOWS-1257", "WINDOWS-1258", "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",
        "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-15",  "ISO-8859-16",
        "KOI8-R",       "KOI8-U",       "GB18030",      "BIG5",         "SHIFT_JIS",    "EUC-JP"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_is(name, others[i][0]))
            return others[i][1];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (text_is(name, same[i]))
            return same[i];
    return "UTF-8";
}

/* What follows "charset=" within the tag that begins at `tag`. */
static search_text charset_of(search_text tag) {
    size_t at = text_find(tag, "charset", 0);
    if (at == NOT_FOUND)
        return (search_text){"", 0};
    search_text rest = text_trim(text_from(tag, at + strlen("charset")));
    if (!text_starts(rest, "="))
        return (search_text){"", 0};
    rest = text_trim(text_from(rest, 1));
    while (rest.n_bytes > 0 && strchr("\"' ", rest.bytes[0]) != NULL)
        rest = text_from(rest, 1);
    size_t to = 0;
    while (to < rest.n_bytes && (is_word_byte(rest.bytes[to]) || rest.bytes[to] == '-'))
        to++;
    return text_part(rest, 0, to);
}

static const char *declared_encoding(search_text text) {
    if (utf16_of(text) != NULL)
        return utf16_of(text);
    if (text_starts(text, "\xEF\xBB\xBF"))
        return "UTF-8";
    search_text head = text_part(text, 0, text.n_bytes < MAX_SNIFFED ? text.n_bytes : MAX_SNIFFED);
    for (size_t at = text_find(head, "<meta", 0); at != NOT_FOUND; at = text_find(head, "<meta", at + 1)) {
        size_t end = text_find(head, ">", at);
        search_text name = charset_of(text_part(head, at, end == NOT_FOUND ? head.n_bytes : end));
        if (name.n_bytes > 0)
            return encoding_of(name);
    }
    return "UTF-8";
}

/* Bytes that mean nothing in the encoding become U+FFFD, one each; returns how many there were. */
static size_t convert(iconv_t converter, search_text text, buffer *out) {
    size_t n_bad = 0;
    char *from = (char *)(uintptr_t)text.bytes; /* iconv's parameter lacks the const it keeps to */
    size_t n_left = text.n_bytes;
    while (n_left > 0 && !out->failed) {
        char piece[4096];
        char *to = piece;
        size_t n_room = sizeof piece;
        size_t n = iconv(converter, &from, &n_left, &to, &n_room);
        bool is_bad = n == (size_t)-1 && errno != E2BIG;
        buffer_add(out, piece, sizeof piece - n_room);
        if (!is_bad)
            continue;
        buffer_add_string(out, "\xEF\xBF\xBD");
        n_bad++;
        from++;
        n_left--;
    }
    return n_bad;
}

/* The page as UTF-8 without a mark and without NUL, which the parser takes for the end. */
static search_status to_utf8(search_text text, buffer *out, size_t *n_bad, search_error *error) {
    const char *encoding = declared_encoding(text);
    text = utf16_of(text) != NULL ? text_from(text, 2) : without_mark(text);
    iconv_t converter = strcmp(encoding, "UTF-8") == 0 ? (iconv_t)-1 : iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) {
        *n_bad = utf8_repair(out, text.bytes, text.n_bytes);
    } else {
        *n_bad = convert(converter, text, out);
        iconv_close(converter);
    }
    for (size_t i = 0; i < out->n_bytes; i++)
        if (out->bytes[i] == '\0')
            out->bytes[i] = ' ';
    return out->failed ? error_memory(error) : SEARCH_OK;
}

/* ---- Size ----------------------------------------------------------------------------------------------------- */

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t skip_to(search_text text, size_t at, const char *stops) {
    while (at < text.n_bytes && !is_blank(text.bytes[at]) && strchr(stops, text.bytes[at]) == NULL)
        at++;
    return at;
}

static size_t skip_blanks(search_text text, size_t at) {
    while (at < text.n_bytes && is_blank(text.bytes[at]))
        at++;
    return at;
}

/* Behind the value that may stand at `at`. */
static size_t skip_value(search_text text, size_t at) {
    size_t sign = skip_blanks(text, at);
    if (sign == text.n_bytes || text.bytes[sign] != '=')
        return at;
    at = skip_blanks(text, sign + 1);
    if (at == text.n_bytes || (text.bytes[at] != '"' && text.bytes[at] != '\''))
        return skip_to(text, at, ">");
    const char *end = memchr(text.bytes + at + 1, text.bytes[at], text.n_bytes - at - 1);
    return end == NULL ? text.n_bytes : (size_t)(end - text.bytes) + 1;
}

/* The attributes of the tag whose name ends at *at, divided as the parser divides them; *at moves to its end. */
static size_t count_attributes(search_text text, size_t *at) {
    size_t n = 0;
    while ((*at = skip_blanks(text, *at)) < text.n_bytes && text.bytes[*at] != '>') {
        size_t from = *at;
        while (*at < text.n_bytes && (is_word_byte(text.bytes[*at]) || strchr(":-_.", text.bytes[*at]) != NULL))
            ++*at;
        if (*at == from) { /* no name: passed over to the next blank */
            *at = skip_to(text, from + 1, ">");
            continue;
        }
        *at = skip_value(text, *at);
        n++;
    }
    return n;
}

/* Whether the tree stays small.  Counted on the text, since the parser builds the whole tree before it can be asked. */
static bool is_small(search_text text) {
    size_t n_parts = 0;
    for (size_t at = 0; at < text.n_bytes && n_parts <= MAX_PARTS;) {
        const char *tag = memchr(text.bytes + at, '<', text.n_bytes - at);
        if (tag == NULL)
            break;
        at = (size_t)(tag - text.bytes) + 1;
        n_parts++;
        if (at == text.n_bytes || !(is_upper(text.bytes[at]) || is_lower(text.bytes[at])))
            continue;
        at = skip_to(text, at, ">/");
        size_t n = count_attributes(text, &at);
        if (n > MAX_ATTRIBUTES)
            return false;
        n_parts += n;
    }
    return n_parts <= MAX_PARTS;
}

/* ---- The marks of the site ------------------------------------------------------------------------------------ */

typedef struct html_page {
    const xmlNode *root;
    const xmlNode *body;
    const xmlNode *main;
    const xmlNode *name; /* <title> */
    const xmlNode *heading;
    const xmlNode *date;
    const xmlNode *donated;
    const xmlNode *panes[MAX_PANES];
    size_t n_panes;
    const xmlNode *version; /* of the panes, the one that is the body */
    const xmlNode *summary;
    bool has_labels; /* below the panes a label was seen: what follows is no summary of this document */
    search_text address;
} html_page;

static bool is_within_pane(const html_page *p, const xmlNode *node) {
    return p->n_panes > 0 && html_is_within(node, p->panes[p->n_panes - 1]);
}

static void note_marks(html_page *p, const xmlNode *node) {
    bool is_title = html_is(node, "h1") && html_has_class(node, "title");
    if (is_within_pane(p, node))
        return;
    if (html_has_class(node, "tab-pane")) {
        if (p->n_panes < MAX_PANES)
            p->panes[p->n_panes++] = node;
    } else if (is_title || (html_is(node, "h1") && p->heading == NULL)) {
        if (p->heading == NULL || !html_has_class(p->heading, "title"))
            p->heading = node;
    } else if (p->n_panes > 0 && !p->has_labels && p->summary == NULL && html_has_class(node, "text-block")) {
        p->summary = node;
    } else if (p->n_panes == 0 && p->date == NULL && (html_has_class(node, "date") || html_is(node, "time"))) {
        p->date = node;
    } else if (p->donated == NULL && html_has_class(node, "donated")) {
        p->donated = node;
    }
}

static void note_label(html_page *p, const xmlNode *node) {
    bool is_below = node->type == XML_TEXT_NODE && p->n_panes > 0 && !p->has_labels && !is_within_pane(p, node);
    if (is_below && node->content != NULL)
        p->has_labels = page_is_label(text_trim(search_text_of((const char *)node->content)));
}

static void note_frame(html_page *p, const xmlNode *node) {
    bool is_canonical = html_is(node, "link") && text_is(html_attribute(node, "rel"), "canonical");
    bool is_main = html_is(node, "main") || text_is(html_attribute(node, "role"), "main");
    if (p->body == NULL && html_is(node, "body"))
        p->body = node;
    else if (p->name == NULL && html_is(node, "title"))
        p->name = node;
    else if (p->main == NULL && is_main)
        p->main = node;
    else if (p->address.n_bytes == 0 && is_canonical)
        p->address = html_attribute(node, "href");
}

static search_status add_text(const html_page *p, const xmlNode *node, buffer *out, search_error *error) {
    html_text_options options = {.heading = p->heading};
    if (node != NULL)
        html_add_text(out, node, &options);
    return out->failed ? error_memory(error) : SEARCH_OK;
}

/* ---- Versions ------------------------------------------------------------------------------------------------- */

/* The link or button of a tab: it names the pane it opens, or the pane names it. */
static bool opens(const xmlNode *node, const xmlNode *pane) {
    static const char *const names[] = {"href", "data-bs-target", "data-target"};
    search_text id = html_attribute(pane, "id");
    search_text own = html_attribute(node, "id");
    search_text by = html_attribute(pane, "aria-labelledby");
    if (own.n_bytes > 0 && own.n_bytes == by.n_bytes && memcmp(own.bytes, by.bytes, by.n_bytes) == 0)
        return true;
    for (size_t i = 0; id.n_bytes > 0 && i < sizeof names / sizeof *names; i++) {
        search_text target = html_attribute(node, names[i]);
        bool is_id = target.n_bytes == id.n_bytes + 1 && target.bytes[0] == '#';
        if (is_id && memcmp(target.bytes + 1, id.bytes, id.n_bytes) == 0)
            return true;
    }
    return false;
}

/* The words on the tab of a pane, such as "Original Transcript"; empty when it has none. */
static search_status read_tab(const html_page *p, const xmlNode *pane, buffer *out, search_error *error) {
    html_walk walk = {.root = p->root};
    while (html_walk_next(&walk, false)) {
        bool is_tab = !walk.leaves && (html_is(walk.node, "a") || html_is(walk.node, "button"));
        if (is_tab && opens(walk.node, pane))
            return add_text(p, walk.node, out, error);
    }
    buffer_add_string(out, "");
    return out->failed ? error_memory(error) : SEARCH_OK;
}

/* The English version is the body, else the version that is shown, else the first. */
static search_status choose_version(html_page *p, search_error *error) {
    p->version = p->n_panes > 0 ? p->panes[0] : NULL;
    for (size_t i = p->n_panes; i > 0; i--)
        if (html_has_class(p->panes[i - 1], "active"))
            p->version = p->panes[i - 1];
    for (size_t i = 0; i < p->n_panes; i++) {
        buffer tab = {0};
        search_status status = read_tab(p, p->panes[i], &tab, error);
        bool is_english = status == SEARCH_OK && text_starts((search_text){tab.bytes, tab.n_bytes}, "English");
        buffer_free(&tab);
        if (status != SEARCH_OK)
            return status;
        if (is_english) {
            p->version = p->panes[i];
            break;
        }
    }
    return SEARCH_OK;
}

/* Below the body each other version, under its name, as the text of a page has them. */
static search_status add_versions(const html_page *p, buffer *out, search_error *error) {
    search_status status = add_text(p, p->version, out, error);
    for (size_t i = 0; status == SEARCH_OK && i < p->n_panes; i++) {
        if (p->panes[i] == p->version)
            continue;
        buffer tab = {0};
        status = read_tab(p, p->panes[i], &tab, error);
        search_text name = text_trim((search_text){tab.bytes, tab.n_bytes});
        bool is_scan = text_find(name, "scan", 0) != NOT_FOUND || text_find(name, "pdf", 0) != NOT_FOUND;
        buffer_add_string(out, "\n\n");
        if (page_is_version(name))
            buffer_add(out, name.bytes, name.n_bytes);
        else
            buffer_add_string(out, is_scan ? "Original Scan" : "Original Transcript");
        buffer_add_string(out, "\n\n");
        buffer_free(&tab);
        if (status == SEARCH_OK)
            status = add_text(p, p->panes[i], out, error);
    }
    return status;
}

/* ---- The text of a page ---------------------------------------------------------------------------------------- */

/* One line of a node's text. */
static search_status add_line(const html_page *p, const xmlNode *node, buffer *out, search_error *error) {
    buffer text = {0};
    search_status status = add_text(p, node, &text, error);
    for (size_t i = 0; i < text.n_bytes; i++)
        if (text.bytes[i] == '\n')
            text.bytes[i] = ' ';
    if (text.n_bytes > 0) {
        buffer_add(out, text.bytes, text.n_bytes);
        buffer_add_string(out, "\n\n");
    }
    buffer_free(&text);
    return status;
}

/* Date, title and credit. */
static search_status add_head(const html_page *p, buffer *out, search_error *error) {
    buffer date = {0};
    date_interval interval;
    search_status status = add_text(p, p->date, &date, error);
    if (status == SEARCH_OK && date.n_bytes > 0 && date_read((search_text){date.bytes, date.n_bytes}, &interval))
        status = add_line(p, p->date, out, error);
    buffer_free(&date);
    if (status == SEARCH_OK)
        status = add_line(p, p->heading != NULL ? p->heading : p->name, out, error);
    return status == SEARCH_OK ? add_line(p, p->donated, out, error) : status;
}

static search_status add_parts(const html_page *p, buffer *out, page_parts *parts, search_error *error) {
    const xmlNode *skipped[MAX_PANES + 4];
    size_t n = 0;
    for (; n < p->n_panes; n++)
        skipped[n] = p->panes[n];
    skipped[n++] = p->heading;
    skipped[n++] = p->date;
    skipped[n++] = p->donated;
    skipped[n++] = p->summary;
    html_text_options rest = {.heading = p->heading, .skipped = skipped, .n_skipped = n, .is_list = true};
    search_status status = add_head(p, out, error);
    parts->text = out->n_bytes;
    if (status == SEARCH_OK)
        status = add_versions(p, out, error);
    buffer_add_string(out, "\n\n");
    parts->summary = out->n_bytes;
    if (status == SEARCH_OK)
        status = add_text(p, p->summary, out, error);
    buffer_add_string(out, "\n\n");
    parts->labels = out->n_bytes;
    html_add_text(out, p->body != NULL ? p->body : p->root, &rest);
    return out->failed ? error_memory(error) : status;
}

/* A page of another site: what is not the heading is text. */
static search_status add_other(const html_page *p, buffer *out, page_parts *parts, search_error *error) {
    const xmlNode *skipped[] = {p->heading, p->date};
    html_text_options rest = {.heading = p->heading, .skipped = skipped, .n_skipped = 2};
    const xmlNode *frame = p->main != NULL ? p->main : p->body != NULL ? p->body : p->root;
    search_status status = add_head(p, out, error);
    parts->text = out->n_bytes;
    html_add_text(out, frame, &rest);
    buffer_add_string(out, "\n");
    parts->summary = parts->labels = out->n_bytes;
    return out->failed ? error_memory(error) : status;
}

/* ---- The record ----------------------------------------------------------------------------------------------- */

static search_status refuse(search_error *error) {
    return error_set(error, SEARCH_E_INPUT, "record.not_a_cable", "the HTML page has no title or no text");
}

static search_status read_parts(const html_page *p, search_record **out, search_error *error) {
    buffer text = {0};
    page_parts parts;
    search_status status = p->n_panes > 0 ? add_parts(p, &text, &parts, error) : add_other(p, &text, &parts, error);
    if (status == SEARCH_OK &&
        (parts.text == 0 || text_trim((search_text){text.bytes + parts.text, text.n_bytes - parts.text}).n_bytes == 0))
        status = refuse(error);
    if (status == SEARCH_OK)
        status = page_read_parts((search_text){text.bytes, text.n_bytes}, &parts, out, error);
    buffer_free(&text);
    return status;
}

/* The address that the page gives for its own counts where the record has no id: with one, a page saved as HTML is the
 * same record as its text. */
static search_status add_address(const html_page *p, search_record *record, search_error *error) {
    bool has_id = search_record_n_values(record, "id") > 0 || search_record_n_values(record, "url") > 0;
    return has_id || !page_is_address(p->address) ? SEARCH_OK : search_record_add(record, "url", p->address, error);
}

static search_status read_tree(xmlDocPtr tree, search_record **out, search_error *error) {
    html_page p = {.root = xmlDocGetRootElement(tree)};
    html_walk walk = {.root = p.root};
    while (html_walk_next(&walk, false)) {
        if (!walk.leaves && walk.node->type == XML_ELEMENT_NODE) {
            note_marks(&p, walk.node);
            note_frame(&p, walk.node);
        }
        note_label(&p, walk.node);
    }
    search_status status = p.root == NULL ? refuse(error) : choose_version(&p, error);
    buffer lines = {0};
    if (status == SEARCH_OK && p.n_panes == 0)
        status = add_text(&p, p.body != NULL ? p.body : p.root, &lines, error);
    search_text text = {lines.bytes, lines.n_bytes};
    if (status == SEARCH_OK && p.n_panes == 0 && page_looks_like(text))
        status = page_read(text, out, error);
    else if (status == SEARCH_OK)
        status = read_parts(&p, out, error);
    buffer_free(&lines);
    if (status == SEARCH_OK)
        status = add_address(&p, *out, error);
    return status;
}

/* Null: there is no memory for it.  *is_cut: the parser gave up, so that what follows is missing. */
static xmlDocPtr parse(const buffer *text, bool *is_cut) {
    static const int options =
        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC;
    htmlParserCtxtPtr parser = htmlNewParserCtxt();
    if (parser == NULL || text->n_bytes > INT_MAX) {
        htmlFreeParserCtxt(parser);
        return NULL;
    }
    xmlDocPtr tree = htmlCtxtReadMemory(parser, text->bytes, (int)text->n_bytes, NULL, "UTF-8", options);
    *is_cut = parser->disableSAX != 0;
    /* a text too long for it is to the parser a lack of memory, too */
    if (parser->errNo == XML_ERR_NO_MEMORY && text->n_bytes < PARSER_MAX_TEXT) {
        xmlFreeDoc(tree);
        tree = NULL;
    }
    htmlFreeParserCtxt(parser);
    return tree;
}

static search_status deliver(cable_stream *stream, const buffer *text, search_error *error) {
    bool is_cut = false;
    search_error why;
    search_record *record = NULL;
    xmlDocPtr tree = parse(text, &is_cut);
    if (tree == NULL)
        return error_memory(error);
    search_status status = read_tree(tree, &record, &why);
    xmlFreeDoc(tree);
    if (status == SEARCH_OK && is_cut) {
        error_set(&why, SEARCH_E_INPUT, "record.html_cut",
                  "the HTML page is nested too deeply, or a text in it too long: what follows was not read");
        stream_report(stream, 0, &why, true);
    }
    return stream_conclude(stream, 0, status, record, &why, error);
}

static search_status read_bytes(cable_stream *stream, search_text bytes, search_error *error) {
    buffer text = {0};
    size_t n_bad = 0;
    search_error why;
    if (bytes.n_bytes > RECORD_MAX_N_BYTES) {
        error_set(&why, SEARCH_E_INPUT, "record.too_large", "the page is larger than 32 MiB");
        stream_report(stream, 0, &why, true);
        return SEARCH_OK;
    }
    search_status status = to_utf8(bytes, &text, &n_bad, error);
    if (status == SEARCH_OK && !is_small((search_text){text.bytes, text.n_bytes})) {
        error_set(&why, SEARCH_E_INPUT, "record.too_many_tags", "the HTML page has more than %d tags and attributes",
                  MAX_PARTS);
        stream_report(stream, 0, &why, true);
        buffer_free(&text);
        return SEARCH_OK;
    }
    if (status == SEARCH_OK && text_trim((search_text){text.bytes, text.n_bytes}).n_bytes == 0) {
        error_set(&why, SEARCH_E_INPUT, "record.empty", "the file is empty");
        stream_report(stream, 0, &why, true);
    } else if (status == SEARCH_OK) {
        if (n_bad > 0)
            stream_report_repair(stream, 0);
        status = deliver(stream, &text, error);
    }
    buffer_free(&text);
    return status;
}

search_status html_read(cable_stream *stream, search_error *error) {
    buffer bytes = {0};
    search_status status = stream_read_all(stream, &bytes, error);
    if (status == SEARCH_OK)
        status = read_bytes(stream, bytes.n_bytes > 0 ? (search_text){bytes.bytes, bytes.n_bytes} : search_text_of(""),
                            error);
    buffer_free(&bytes);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}
