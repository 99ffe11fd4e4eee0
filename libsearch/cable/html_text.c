/* HTML to text.  White space is written late: what stands between two words is known only when the second comes, so
 * breaks, spaces, tabs and marks of list items wait in the writer, and the strongest is written. */
#include "libsearch/cable/html_text.h"
#include <stdlib.h>

#define MAX_LISTS 32        /* lists within lists that are counted; deeper ones have bullets */
#define MAX_ITEM 1000000000 /* the highest number an item may be given */

/* ---- The tree ------------------------------------------------------------------------------------------------- */

bool html_walk_next(html_walk *walk, bool skips_children) {
    const xmlNode *node = walk->node;
    if (node == NULL) {
        walk->node = walk->root;
        return walk->node != NULL;
    }
    bool has_children = node->type == XML_ELEMENT_NODE && node->children != NULL;
    if (!walk->leaves && has_children && !skips_children) {
        walk->node = node->children;
        return true;
    }
    if (!walk->leaves) {
        walk->leaves = true;
        return true;
    }
    if (node == walk->root)
        return false;
    walk->leaves = node->next == NULL;
    walk->node = node->next != NULL ? node->next : node->parent;
    return true;
}

/* Asked of every node for many names, so the first letter is looked at first. */
bool html_is(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && to_lower((char)node->name[0]) == name[0] &&
           text_is(search_text_of((const char *)node->name), name);
}

search_text html_attribute(const xmlNode *node, const char *name) {
    if (node->type == XML_ELEMENT_NODE)
        for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
            if (text_is(search_text_of((const char *)a->name), name) && a->children != NULL &&
                a->children->content != NULL)
                return search_text_of((const char *)a->children->content);
    return (search_text){"", 0};
}

static bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool has_word(search_text text, const char *word) {
    for (size_t from = 0; from < text.n_bytes;) {
        size_t to = from;
        while (to < text.n_bytes && !is_white(text.bytes[to]))
            to++;
        if (text_is(text_part(text, from, to), word))
            return true;
        from = to + 1;
    }
    return false;
}

bool html_has_class(const xmlNode *node, const char *name) {
    return has_word(html_attribute(node, "class"), name);
}

bool html_is_within(const xmlNode *node, const xmlNode *ancestor) {
    while (node != NULL && node != ancestor)
        node = node->parent;
    return node != NULL;
}

static bool is_any(const xmlNode *node, const char *const *names, size_t n_names) {
    for (size_t i = 0; i < n_names; i++)
        if (html_is(node, names[i]))
            return true;
    return false;
}
#define IS_ANY(node, names) is_any(node, names, sizeof(names) / sizeof *(names))

/* ---- What is left out ----------------------------------------------------------------------------------------- */

static bool is_hidden(const xmlNode *node) {
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
        if (text_is(search_text_of((const char *)a->name), "hidden"))
            return true;
    return text_is(html_attribute(node, "aria-hidden"), "true");
}

static bool is_navigation(const xmlNode *node) {
    static const char *const roles[] = {"navigation", "banner", "contentinfo", "search", "complementary"};
    static const char *const classes[] = {"breadcrumb", "breadcrumbs", "navbar", "menu",       "sidebar",
                                          "social",     "cookies",     "footer", "pagination", "advertisement"};
    search_text role = html_attribute(node, "role");
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (text_is(role, roles[i]))
            return true;
    search_text class = html_attribute(node, "class");
    for (size_t i = 0; class.n_bytes > 0 && i < sizeof classes / sizeof *classes; i++)
        if (has_word(class, classes[i]))
            return true;
    return false;
}

/* Some sites put the whole page into a form, or its title into a header: what holds the heading is kept. */
static bool is_left_out(const xmlNode *node, const html_text_options *options) {
    static const char *const never[] = {"script", "style",  "noscript", "template", "head",   "button",
                                        "select", "option", "textarea", "svg",      "iframe", "object",
                                        "title",  "video",  "audio",    "canvas",   "math"};
    static const char *const around[] = {"nav", "header", "footer", "aside", "form"};
    if (node->type != XML_ELEMENT_NODE)
        return node->type != XML_TEXT_NODE;
    for (size_t i = 0; i < options->n_skipped; i++)
        if (options->skipped[i] == node)
            return true;
    if (IS_ANY(node, never) || is_hidden(node))
        return true;
    bool is_boilerplate = IS_ANY(node, around) || is_navigation(node);
    return is_boilerplate && (options->heading == NULL || !html_is_within(options->heading, node));
}

/* ---- The writer ----------------------------------------------------------------------------------------------- */

typedef struct html_writer {
    buffer *out;
    const html_text_options *options;
    size_t start;
    unsigned n_breaks; /* line ends that wait: 1 in a paragraph, 2 between paragraphs */
    bool has_space;
    size_t n_tabs;
    char mark[16];        /* of the item that waits for its text */
    size_t n_pre;         /* elements around whose white space is kept */
    const xmlNode *cell;  /* the cell of a table in which blocks are words, or null */
    int lists[MAX_LISTS]; /* the number of the next item; 0: bullets */
    size_t n_lists;
} html_writer;

static void need_break(html_writer *w, unsigned n) {
    if (w->cell != NULL)
        w->has_space = true;
    else if (w->n_breaks < n)
        w->n_breaks = n;
}

static void flush(html_writer *w) {
    bool is_first = w->out->n_bytes == w->start;
    if (w->n_breaks > 0 && !is_first)
        buffer_add(w->out, "\n\n", w->n_breaks);
    else if (w->n_breaks == 0 && w->n_tabs > 0)
        for (size_t i = 0; i < w->n_tabs; i++)
            buffer_add_byte(w->out, '\t');
    else if (w->n_breaks == 0 && w->has_space && !is_first)
        buffer_add_byte(w->out, ' ');
    buffer_add_string(w->out, w->mark);
    w->n_breaks = 0;
    w->n_tabs = 0;
    w->has_space = false;
    w->mark[0] = '\0';
}

static void add_white(html_writer *w, char c) {
    bool is_kept = w->n_pre > 0 && w->cell == NULL;
    if (is_kept && c == '\n' && w->n_breaks < 2)
        w->n_breaks++;
    else
        w->has_space = true;
}

static void add_text(html_writer *w, search_text text) {
    for (size_t from = 0; from < text.n_bytes;) {
        size_t to = from;
        while (to < text.n_bytes && !is_white(text.bytes[to]))
            to++;
        if (to > from) {
            flush(w);
            buffer_add(w->out, text.bytes + from, to - from);
        }
        if (to < text.n_bytes)
            add_white(w, text.bytes[to]);
        from = to + 1;
    }
}

/* ---- Elements ------------------------------------------------------------------------------------------------- */

static bool is_block(const xmlNode *node) {
    static const char *const names[] = {
        "p",  "div", "section", "article", "main",   "h1",         "h2",      "h3",       "h4",         "h5",
        "h6", "ul",  "ol",      "li",      "dl",     "dt",         "dd",      "table",    "blockquote", "pre",
        "hr", "nav", "figure",  "caption", "center", "figcaption", "address", "fieldset", "details",    "summary",
        "td", "th",  "header",  "footer",  "aside",  "form",       "body"};
    return IS_ANY(node, names);
}

static bool is_blank(const xmlNode *node) {
    if (node == NULL || node->type == XML_COMMENT_NODE)
        return true;
    search_text text = {"", 0};
    if (node->type == XML_TEXT_NODE && node->content != NULL)
        text = search_text_of((const char *)node->content);
    for (size_t i = 0; i < text.n_bytes; i++)
        if (!is_white(text.bytes[i]))
            return false;
    return node->type == XML_TEXT_NODE || node->type == XML_ELEMENT_NODE;
}

/* A link with no words beside it, as values under labels are. */
static bool stands_alone(const html_writer *w, const xmlNode *node) {
    static const char *const names[] = {"a", "span"};
    if (!w->options->is_list || !IS_ANY(node, names))
        return false;
    bool is_value = html_is(node, "a") || html_has_class(node, "pill") || html_has_class(node, "badge");
    return is_value && is_blank(node->prev) && is_blank(node->next);
}

/* A cell of words, or of one paragraph; a cell of more blocks lays out the page and is no cell to the reader. */
static bool is_plain_cell(const xmlNode *cell) {
    size_t n_blocks = 0;
    for (const xmlNode *child = cell->children; child != NULL && n_blocks < 2; child = child->next)
        n_blocks += html_is(child, "p") ? 1 : is_block(child) ? 2 : 0;
    return n_blocks < 2;
}

static void enter_cell(html_writer *w, const xmlNode *cell) {
    bool is_plain = is_plain_cell(cell);
    const xmlNode *before = cell->prev;
    while (before != NULL && before->type != XML_ELEMENT_NODE)
        before = before->prev;
    if (w->cell != NULL || !is_plain) {
        need_break(w, 2);
        return;
    }
    w->cell = cell;
    if (before != NULL && is_plain_cell(before))
        w->n_tabs++;
}

static int number_of(search_text text, int otherwise) {
    long number = text.n_bytes == 0 || text.n_bytes > 10 || !text_has_digit(text) ? otherwise : atol(text.bytes);
    return number > 0 && number < MAX_ITEM ? (int)number : otherwise;
}

static void enter_list(html_writer *w, const xmlNode *list) {
    if (w->n_lists < MAX_LISTS)
        w->lists[w->n_lists] = html_is(list, "ol") ? number_of(html_attribute(list, "start"), 1) : 0;
    w->n_lists++;
}

static void enter_item(html_writer *w, const xmlNode *item) {
    int *next = w->n_lists > 0 && w->n_lists <= MAX_LISTS ? &w->lists[w->n_lists - 1] : NULL;
    if (w->options->is_list)
        return;
    if (next == NULL || *next == 0) {
        memcpy(w->mark, "\xE2\x80\xA2 ", 5);
        return;
    }
    *next = number_of(html_attribute(item, "value"), *next);
    size_t at = sizeof w->mark;
    w->mark[--at] = '\0';
    w->mark[--at] = ' ';
    w->mark[--at] = '.';
    for (int n = *next; n > 0; n /= 10)
        w->mark[--at] = (char)('0' + n % 10);
    memmove(w->mark, w->mark + at, sizeof w->mark - at);
    ++*next;
}

static void enter(html_writer *w, const xmlNode *node) {
    if (html_is(node, "br")) {
        bool is_second = w->n_breaks > 0;
        need_break(w, is_second ? 2 : 1);
        return;
    }
    bool is_cell = html_is(node, "td") || html_is(node, "th");
    if (html_is(node, "tr"))
        need_break(w, 1);
    else if (!is_cell && (is_block(node) || stands_alone(w, node)))
        need_break(w, 2);
    if (is_cell)
        enter_cell(w, node);
    else if (html_is(node, "pre"))
        w->n_pre++;
    else if (html_is(node, "ul") || html_is(node, "ol"))
        enter_list(w, node);
    else if (html_is(node, "li"))
        enter_item(w, node);
}

static void leave(html_writer *w, const xmlNode *node) {
    bool is_cell = html_is(node, "td") || html_is(node, "th");
    if (node == w->cell) {
        w->cell = NULL;
        w->has_space = true;
        return;
    }
    if (html_is(node, "tr"))
        need_break(w, 1);
    else if (is_cell || is_block(node) || stands_alone(w, node))
        need_break(w, 2);
    if (html_is(node, "pre"))
        w->n_pre--;
    else if (html_is(node, "ul") || html_is(node, "ol"))
        w->n_lists--;
    else if (html_is(node, "li"))
        w->mark[0] = '\0';
}

void html_add_text(buffer *out, const xmlNode *root, const html_text_options *options) {
    html_writer w = {.out = out, .options = options, .start = out->n_bytes};
    html_walk walk = {.root = root};
    bool skips = false;
    while (html_walk_next(&walk, skips)) {
        const xmlNode *node = walk.node;
        skips = false;
        if (walk.leaves) {
            if (!is_left_out(node, options))
                leave(&w, node);
        } else if (node != root && is_left_out(node, options)) {
            skips = true;
        } else if (node->type == XML_TEXT_NODE && node->content != NULL) {
            add_text(&w, search_text_of((const char *)node->content));
        } else if (node->type == XML_ELEMENT_NODE) {
            enter(&w, node);
        }
    }
}
