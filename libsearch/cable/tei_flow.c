/* The text of TEI elements, joined: white space collapses, and the breaks around blocks are written only when text
 * follows, so that empty elements leave nothing. */
#include "libsearch/cable/tei.h"

#define KEPT_CAPACITY ((size_t)1 << 20)

void flow_ask(flow *f, flow_break wanted) {
    if (f->is_held)
        wanted = wanted == BREAK_NONE ? BREAK_NONE : BREAK_SPACE;
    if (wanted > f->due)
        f->due = wanted;
}

void flow_write(flow *f, const char *bytes, size_t n_bytes) {
    static const char *const breaks[] = {"", " ", "\t", "\n", "\n\n"};
    if (f->text.n_bytes > 0 && f->due != BREAK_NONE)
        buffer_add_string(&f->text, f->is_line ? " " : breaks[f->due]);
    f->due = BREAK_NONE;
    f->is_held = false;
    buffer_add(&f->text, bytes, n_bytes);
}

void flow_add(flow *f, const char *bytes, size_t n_bytes) {
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

search_text flow_text(const flow *f) {
    return f->text.n_bytes == 0 ? (search_text){"", 0} : text_trim((search_text){f->text.bytes, f->text.n_bytes});
}

void flow_clear(flow *f) {
    if (f->text.capacity > KEPT_CAPACITY)
        buffer_free(&f->text);
    buffer_clear(&f->text);
    f->due = BREAK_NONE;
    f->is_held = false;
}
