/* Markdown without its marks, for search and snippets: headings, quotes, rules, fences and bullets by the line; what
 * stands within a paragraph is markdown_inline.c's. */
#include "libsearch/cable/markdown_text.h"
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

/* ---- Lines ---------------------------------------------------------------------------------------------------- */

typedef struct plain_text {
    buffer *out;
    buffer paragraph; /* its lines so far, each with a newline */
    size_t n_heading; /* the bytes of the heading that the text begins with */
    char fence;       /* of the code that the line is in, or NUL */
    size_t n_fence;
} plain_text;

static void begin_block(buffer *out) {
    while (out->n_bytes > 0 && is_white(out->bytes[out->n_bytes - 1]))
        out->n_bytes--;
    if (out->n_bytes > 0)
        buffer_add_string(out, "\n\n");
}

static void end_paragraph(plain_text *p) {
    if (p->paragraph.n_bytes == 0)
        return;
    begin_block(p->out);
    markdown_add_inline(p->out, text_trim((search_text){p->paragraph.bytes, p->paragraph.n_bytes}));
    buffer_clear(&p->paragraph);
}

static void end_heading(plain_text *p, size_t level) {
    bool is_first = p->out->n_bytes == 0;
    end_paragraph(p);
    if (is_first && level == 1)
        p->n_heading = p->out->n_bytes;
}

static void add_line(plain_text *p, const char *start, search_text line) {
    buffer_add_string(&p->paragraph, start);
    buffer_add(&p->paragraph, line.bytes, line.n_bytes);
    buffer_add_byte(&p->paragraph, '\n');
}

/* ``` or ~~~, with what language it is. */
static bool begins_fence(search_text line) {
    char c = line.bytes[0];
    if (c != '`' && c != '~')
        return false;
    size_t n = run_length(line, 0);
    return n >= 3 && (c == '~' || memchr(line.bytes + n, '`', line.n_bytes - n) == NULL);
}

static void begin_fence(plain_text *p, search_text line) {
    end_paragraph(p);
    begin_block(p->out);
    p->fence = line.bytes[0];
    p->n_fence = run_length(line, 0);
}

static void take_code_line(plain_text *p, search_text line, search_text trimmed) {
    bool is_end = trimmed.n_bytes >= p->n_fence && trimmed.bytes[0] == p->fence;
    if (is_end && run_length(trimmed, 0) == trimmed.n_bytes) {
        p->fence = '\0';
        return;
    }
    buffer_add(p->out, line.bytes, line.n_bytes);
    buffer_add_byte(p->out, '\n');
}

static size_t heading_level(search_text line) {
    size_t n = line.bytes[0] == '#' ? run_length(line, 0) : 0;
    return n <= 6 && (n == line.n_bytes || is_blank(line.bytes[n])) ? n : 0;
}

static void take_heading(plain_text *p, search_text line, size_t level) {
    size_t end = line.n_bytes;
    while (end > level && line.bytes[end - 1] == '#')
        end--;
    bool has_end_mark = end == level || is_blank(line.bytes[end - 1]);
    end_paragraph(p);
    add_line(p, "", text_trim(text_part(line, level, has_end_mark ? end : line.n_bytes)));
    end_heading(p, level);
}

/* A line of one of these marks only, blanks between them; *n of them. */
static char rule_mark(search_text line, size_t *n) {
    char mark = line.bytes[0];
    *n = 0;
    for (size_t i = 0; i < line.n_bytes; i++)
        if (line.bytes[i] == mark)
            ++*n;
        else if (!is_blank(line.bytes[i]))
            return '\0';
    bool is_rule = mark == '*' || mark == '_' || ((mark == '-' || mark == '=') && *n >= 3);
    return is_rule ? mark : '\0';
}

/* The line below the heads of a table: ---|:---:|--- */
static bool is_table_rule(search_text line) {
    for (size_t i = 0; i < line.n_bytes; i++)
        if (strchr("|-: \t", line.bytes[i]) == NULL)
            return false;
    return text_find(line, "|", 0) != NOT_FOUND && text_find(line, "---", 0) != NOT_FOUND;
}

static bool is_bullet(search_text line) {
    return line.n_bytes > 2 && strchr("*+-", line.bytes[0]) != NULL && is_blank(line.bytes[1]);
}

static void take_text_line(plain_text *p, search_text line) {
    size_t end = text_starts(line, "[^") ? markdown_label_end(line, 2) : NOT_FOUND;
    if (end != NOT_FOUND && end + 1 < line.n_bytes && line.bytes[end + 1] == ':') {
        add_line(p, "[", text_part(line, 2, end + 1));
        p->paragraph.n_bytes -= p->paragraph.failed ? 0 : 1;
        add_line(p, " ", text_trim(text_from(line, end + 2)));
    } else if (is_bullet(line)) {
        add_line(p, "- ", text_trim(text_from(line, 2)));
    } else {
        add_line(p, "", line);
    }
}

static search_text without_quote_marks(search_text line) {
    while (line.n_bytes > 0 && line.bytes[0] == '>')
        line = text_trim(text_from(line, 1));
    return line;
}

static void take_line(plain_text *p, search_text line) {
    search_text trimmed = text_trim(line);
    if (p->fence != '\0') {
        take_code_line(p, line, trimmed);
        return;
    }
    size_t n = 0;
    trimmed = without_quote_marks(trimmed);
    char rule = trimmed.n_bytes == 0 ? '\0' : rule_mark(trimmed, &n);
    if (trimmed.n_bytes == 0)
        end_paragraph(p);
    else if (rule != '\0')
        end_heading(p, rule == '=' ? 1 : 2);
    else if (begins_fence(trimmed))
        begin_fence(p, trimmed);
    else if (heading_level(trimmed) > 0)
        take_heading(p, trimmed, heading_level(trimmed));
    else if (!is_table_rule(trimmed))
        take_text_line(p, trimmed);
}

/* ---- The text ------------------------------------------------------------------------------------------------- */

/* Without comments, carriage returns and NULs.  A comment that does not end is text. */
static void add_without_comments(buffer *out, search_text text) {
    bool may_end = true;
    for (size_t at = 0; at < text.n_bytes; at++) {
        char c = text.bytes[at];
        if (c == '<' && may_end && text_starts(text_from(text, at), "<!--")) {
            size_t end = text_find(text, "-->", at + 4);
            may_end = end != NOT_FOUND;
            if (may_end) {
                at = end + 2;
                continue;
            }
        }
        if (c != '\r' && c != '\0')
            buffer_add_byte(out, c);
    }
}

static void take_lines(plain_text *p, search_text text) {
    for (size_t at = 0; at < text.n_bytes;) {
        const char *from = text.bytes + at;
        const char *newline = memchr(from, '\n', text.n_bytes - at);
        size_t n = newline == NULL ? text.n_bytes - at : (size_t)(newline - from);
        take_line(p, (search_text){from, n});
        at += n + 1;
    }
    end_paragraph(p);
}

bool markdown_plain(search_text markdown, buffer *plain, markdown_text *out) {
    buffer text = {0};
    plain_text p = {.out = plain};
    add_without_comments(&text, markdown);
    if (!text.failed)
        take_lines(&p, (search_text){text.bytes, text.n_bytes});
    bool is_done = !text.failed && !p.paragraph.failed && !plain->failed;
    buffer_free(&text);
    buffer_free(&p.paragraph);
    const char *bytes = plain->n_bytes == 0 ? "" : plain->bytes;
    *out = (markdown_text){
        {bytes, p.n_heading}, {bytes + p.n_heading, plain->n_bytes - p.n_heading}, {bytes, plain->n_bytes}};
    return is_done;
}
