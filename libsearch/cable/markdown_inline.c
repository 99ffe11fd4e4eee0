/* The marks within a paragraph of Markdown: emphasis, links, code, tags and entities.
 *
 * A mark is dropped only where it is one for sure: "[Embassy](…)" without a target, a lone "*", a letter written with a
 * "`" and "<illegible>" are text.  A dropped byte becomes a NUL, and the NULs are taken out when the paragraph is
 * whole; each look ahead is bounded, or ends at the next mark of its kind, so that the time is linear. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/markdown_text.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <libxml/HTMLparser.h>

#define MAX_OPENERS 64
#define MAX_TARGET ((size_t)2000)
#define MAX_CODE ((size_t)1000)
#define MAX_LABEL ((size_t)40)
#define MAX_ENTITY ((size_t)32)

static bool is_punctuation(char c) {
    return c > ' ' && c < 0x7F && !is_word_byte(c);
}

static size_t at_most(search_text text, size_t from, size_t n) {
    return text.n_bytes - from < n ? text.n_bytes : from + n;
}

/* A "[", "![" or run of "*" that may turn out to be a mark. */
typedef struct opener {
    char mark;
    size_t at; /* in the output */
    size_t n;
} opener;

typedef struct inline_text {
    search_text text;
    size_t at;
    buffer *out;
    opener openers[MAX_OPENERS];
    size_t n_openers;
} inline_text;

static char byte_before(const inline_text *t, size_t at) {
    return at == 0 ? '\n' : t->text.bytes[at - 1];
}

static char byte_at(const inline_text *t, size_t at) {
    return at < t->text.n_bytes ? t->text.bytes[at] : '\n';
}

static void emit(inline_text *t, size_t from, size_t to) {
    buffer_add(t->out, t->text.bytes + from, to - from);
}

static void drop(inline_text *t, size_t at, size_t n) {
    if (!t->out->failed)
        memset(t->out->bytes + at, '\0', n);
}

static void push(inline_text *t, size_t n) {
    if (t->n_openers < MAX_OPENERS)
        t->openers[t->n_openers++] = (opener){byte_at(t, t->at + n - 1), t->out->n_bytes, n};
    emit(t, t->at, t->at + n);
    t->at += n;
}

static opener *last_opener(inline_text *t, char mark) {
    for (size_t i = t->n_openers; i > 0; i--)
        if (t->openers[i - 1].mark == mark)
            return &t->openers[i - 1];
    return NULL;
}

static void pop(inline_text *t, opener *gone) {
    size_t i = (size_t)(gone - t->openers);
    memmove(gone, gone + 1, (t->n_openers - i - 1) * sizeof *gone);
    t->n_openers--;
}

static void take_escape(inline_text *t) {
    char next = byte_at(t, t->at + 1);
    if (is_punctuation(next))
        emit(t, t->at + 1, t->at + 2);
    else if (next != '\n') /* a backslash at the end of a line breaks it */
        emit(t, t->at, t->at + 1);
    t->at += is_punctuation(next) ? 2 : 1;
}

/* Stars come in pairs within a paragraph; those that find no partner stay. */
static void take_stars(inline_text *t) {
    size_t n = run_length(t->text, t->at);
    char before = byte_before(t, t->at);
    char after = byte_at(t, t->at + n);
    bool is_product = is_digit(before) && is_digit(after);
    opener *partner;
    while (n > 0 && !is_white(before) && !is_product && (partner = last_opener(t, '*')) != NULL) {
        size_t n_both = n < partner->n ? n : partner->n;
        partner->n -= n_both;
        drop(t, partner->at + partner->n, n_both);
        n -= n_both;
        t->at += n_both;
        if (partner->n == 0)
            pop(t, partner);
    }
    if (n > 0 && !is_white(after) && !is_product) {
        push(t, n);
        return;
    }
    emit(t, t->at, t->at + n);
    t->at += n;
}

/* An underscore says nothing but inside a word; exporters leave them unpaired.  Longer runs are blanks to fill in. */
static void take_underscores(inline_text *t) {
    size_t n = run_length(t->text, t->at);
    bool is_inside = is_word_byte(byte_before(t, t->at)) && is_word_byte(byte_at(t, t->at + n));
    if (is_inside || n > 3)
        emit(t, t->at, t->at + n);
    t->at += n;
}

/* Where the run of `n` backticks stands that ends a code span begun before `from`; NOT_FOUND when the next one is no
 * such end, as in a text that writes `Abd and Ta`if. */
static size_t find_code_end(const inline_text *t, size_t from, size_t n) {
    search_text text = text_part(t->text, 0, at_most(t->text, from, MAX_CODE));
    for (size_t at = from; at < text.n_bytes;) {
        if (text.bytes[at] != '`') {
            at++;
            continue;
        }
        size_t n_run = run_length(t->text, at);
        if (n_run == n)
            return is_word_byte(byte_at(t, at + n)) ? NOT_FOUND : at;
        at += n_run;
    }
    return NOT_FOUND;
}

static void take_code(inline_text *t) {
    size_t n = run_length(t->text, t->at);
    size_t from = t->at + n;
    size_t end = is_word_byte(byte_before(t, t->at)) ? NOT_FOUND : find_code_end(t, from, n);
    if (end == NOT_FOUND)
        emit(t, t->at, from);
    else
        emit(t, from, end);
    t->at = end == NOT_FOUND ? from : end + n;
}

static bool is_target(search_text target) {
    return text_starts(target, "#") || text_find(target, "/", 0) != NOT_FOUND ||
           text_find(target, ":", 0) != NOT_FOUND || text_ends(target, ".md") || text_ends(target, ".html") ||
           text_ends(target, ".htm") || text_ends(target, ".pdf");
}

/* The end of an address that may hold parentheses in pairs, but neither white space nor brackets. */
static size_t address_end(const inline_text *t, size_t from) {
    size_t limit = at_most(t->text, from, MAX_TARGET);
    size_t depth = 0;
    size_t at = from;
    for (; at < limit; at++) {
        char c = t->text.bytes[at];
        if (is_white(c) || c == '[' || c == ']' || (c == ')' && depth == 0))
            break;
        depth += c == '(';
        depth -= c == ')';
    }
    return at;
}

/* Past "(target)" or "(target "title")" at `at`; NOT_FOUND when it is no target. */
static size_t link_end(const inline_text *t, size_t at) {
    if (byte_at(t, at) != '(')
        return NOT_FOUND;
    size_t end = address_end(t, at + 1);
    if (!is_target(text_part(t->text, at + 1, end)))
        return NOT_FOUND;
    while (is_blank(byte_at(t, end)))
        end++;
    if (byte_at(t, end) == '"') {
        size_t limit = at_most(t->text, end, MAX_TARGET);
        for (end++; end < limit && t->text.bytes[end] != '"'; end++)
            continue;
        end++;
    }
    return byte_at(t, end) == ')' ? end + 1 : NOT_FOUND;
}

static bool is_number(search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++)
        if (!is_digit(text.bytes[i]))
            return false;
    return text.n_bytes > 0;
}

/* "[text](url)" is its text; "[3](#f3)" is the mark of a note and keeps its brackets. */
static void take_close(inline_text *t) {
    opener *open = last_opener(t, '[');
    size_t end = open == NULL ? NOT_FOUND : link_end(t, t->at + 1);
    bool is_note = false;
    if (end != NOT_FOUND && !t->out->failed) {
        size_t from = open->at + open->n;
        search_text inside = {t->out->bytes + from, t->out->n_bytes - from};
        is_note = open->n == 1 && byte_at(t, t->at + 2) == '#' && is_number(inside);
    }
    if (end != NOT_FOUND && !is_note)
        drop(t, open->at, open->n);
    else
        emit(t, t->at, t->at + 1);
    if (open != NULL)
        pop(t, open);
    t->at = end == NOT_FOUND ? t->at + 1 : end;
}

size_t markdown_label_end(search_text text, size_t from) {
    size_t limit = at_most(text, from, MAX_LABEL);
    for (size_t at = from; at < limit; at++) {
        char c = text.bytes[at];
        if (c == ']')
            return at == from ? NOT_FOUND : at;
        if (!is_word_byte(c) && c != '-' && c != '_' && c != '*')
            break;
    }
    return NOT_FOUND;
}

static void take_open(inline_text *t) {
    size_t end = byte_at(t, t->at + 1) == '^' ? markdown_label_end(t->text, t->at + 2) : NOT_FOUND;
    if (end == NOT_FOUND) {
        push(t, 1);
        return;
    }
    emit(t, t->at, t->at + 1);
    emit(t, t->at + 2, end + 1);
    t->at = end + 1;
}

static void take_exclamation(inline_text *t) {
    if (byte_at(t, t->at + 1) == '[' && byte_at(t, t->at + 2) != '^') {
        push(t, 2);
        return;
    }
    emit(t, t->at, t->at + 1);
    t->at++;
}

static bool is_tag(search_text inside) {
    static const char *const names[] = {
        "a",     "abbr",  "b",     "big",    "blockquote", "br",   "center", "cite",    "code",  "dd",    "del",
        "div",   "dl",    "dt",    "em",     "figure",     "font", "h1",     "h2",      "h3",    "h4",    "h5",
        "h6",    "hr",    "i",     "img",    "ins",        "li",   "mark",   "ol",      "p",     "pre",   "q",
        "s",     "small", "span",  "strike", "strong",     "sub",  "sup",    "section", "table", "tbody", "td",
        "tfoot", "th",    "thead", "tr",     "tt",         "u",    "ul"};
    size_t from = text_starts(inside, "/") ? 1 : 0;
    size_t to = from;
    while (to < inside.n_bytes && is_word_byte(inside.bytes[to]))
        to++;
    bool ends = to == inside.n_bytes || is_white(inside.bytes[to]) || inside.bytes[to] == '/';
    for (size_t i = 0; ends && i < sizeof names / sizeof *names; i++)
        if (text_is(text_part(inside, from, to), names[i]))
            return true;
    return false;
}

static bool is_address(search_text inside) {
    for (size_t i = 0; i < inside.n_bytes; i++)
        if (is_white(inside.bytes[i]))
            return false;
    return text_find(inside, "://", 1) != NOT_FOUND || text_find(inside, "@", 1) != NOT_FOUND;
}

/* Tags go, "<https://…>" is its address, and anything else is text. */
static void take_less(inline_text *t) {
    size_t end = t->at + 1;
    for (size_t limit = at_most(t->text, end, MAX_TARGET); end < limit; end++)
        if (t->text.bytes[end] == '>' || t->text.bytes[end] == '<')
            break;
    search_text inside = text_part(t->text, t->at + 1, end);
    bool is_closed = byte_at(t, end) == '>';
    if (is_closed && is_tag(inside)) {
        if (text_starts(inside, "br"))
            buffer_add_byte(t->out, '\n');
    } else if (is_closed && is_address(inside)) {
        emit(t, t->at + 1, end);
    } else {
        emit(t, t->at, t->at + 1);
        end = t->at;
    }
    t->at = end + 1;
}

/* The character of "&mdash;", "&#8212;" or "&#x2014;" without its & and ; or 0. */
static uint32_t entity_character(search_text name) {
    char string[MAX_ENTITY + 1];
    memcpy(string, name.bytes, name.n_bytes);
    string[name.n_bytes] = '\0';
    if (*string != '#') {
        const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)string);
        return entity == NULL ? 0 : entity->value;
    }
    bool is_hex = to_lower(string[1]) == 'x';
    uint32_t c = 0;
    for (const char *digit = string + (is_hex ? 2 : 1); *digit != '\0' && c <= 0x10FFFF; digit++) {
        const char *found = strchr(is_hex ? "0123456789abcdef" : "0123456789", to_lower(*digit));
        if (found == NULL)
            return 0;
        c = c * (is_hex ? 16 : 10) + (uint32_t)(strchr("0123456789abcdef", *found) - "0123456789abcdef");
    }
    return c < ' ' || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF ? 0 : c;
}

static void take_entity(inline_text *t) {
    size_t from = t->at + 1;
    size_t end = from;
    size_t limit = at_most(t->text, from, MAX_ENTITY);
    while (end < limit && (is_word_byte(t->text.bytes[end]) || t->text.bytes[end] == '#'))
        end++;
    bool is_closed = end > from && byte_at(t, end) == ';';
    uint32_t c = is_closed ? entity_character(text_part(t->text, from, end)) : 0;
    if (c == 0) {
        emit(t, t->at, from);
        t->at = from;
        return;
    }
    char bytes[4];
    buffer_add(t->out, bytes, utf8_put(c, bytes));
    t->at = end + 1;
}

/* What follows "http" up to white space is an address, whose underscores are its own. */
static void take_colon(inline_text *t) {
    size_t end = t->at + 1;
    if (byte_at(t, end) == '/' && byte_at(t, end + 1) == '/') {
        while (end < t->text.n_bytes && !is_white(t->text.bytes[end]) && strchr("<>()[]", t->text.bytes[end]) == NULL)
            end++;
        while (strchr("*_.,;", t->text.bytes[end - 1]) != NULL)
            end--;
    }
    emit(t, t->at, end);
    t->at = end;
}

static void take_plain(inline_text *t) {
    size_t end = t->at + 1;
    while (end < t->text.n_bytes && strchr("\\*_`[]!<&:", t->text.bytes[end]) == NULL)
        end++;
    emit(t, t->at, end);
    t->at = end;
}

static void take_inline(inline_text *t) {
    switch (t->text.bytes[t->at]) {
    case '\\':
        take_escape(t);
        return;
    case '*':
        take_stars(t);
        return;
    case '_':
        take_underscores(t);
        return;
    case '`':
        take_code(t);
        return;
    case '[':
        take_open(t);
        return;
    case ']':
        take_close(t);
        return;
    case '!':
        take_exclamation(t);
        return;
    case '<':
        take_less(t);
        return;
    case '&':
        take_entity(t);
        return;
    case ':':
        take_colon(t);
        return;
    default:
        take_plain(t);
    }
}

/* Takes out the NULs at and after `from`, and the lines and line ends that hold nothing any more. */
static void compact(buffer *out, size_t from) {
    size_t to = from;
    for (size_t at = from; at < out->n_bytes; at++) {
        char c = out->bytes[at];
        if (c == '\n')
            while (to > from && is_blank(out->bytes[to - 1]))
                to--;
        bool at_line_start = to == from || out->bytes[to - 1] == '\n';
        if (c != '\0' && !(at_line_start && is_white(c)))
            out->bytes[to++] = c;
    }
    out->n_bytes = to;
}

void markdown_add_inline(buffer *out, search_text text) {
    size_t from = out->n_bytes;
    inline_text t = {.text = text, .out = out};
    while (t.at < text.n_bytes && !out->failed)
        take_inline(&t);
    if (!out->failed)
        compact(out, from);
}
