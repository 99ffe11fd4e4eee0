/* Markdown without its marks. */
#ifndef LIBSEARCH_CABLE_MARKDOWN_TEXT_H
#define LIBSEARCH_CABLE_MARKDOWN_TEXT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include <libsearch.h>

static inline bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static inline bool is_white(char c) {
    return is_blank(c) || c == '\n';
}

static inline size_t run_length(search_text text, size_t at) {
    size_t n = 0;
    while (at + n < text.n_bytes && text.bytes[at + n] == text.bytes[at])
        n++;
    return n;
}

/* Parts of the buffer that markdown_plain filled. */
typedef struct markdown_text {
    search_text heading; /* of the first level, when the text begins with it; else empty */
    search_text below;   /* what comes after that heading */
    search_text all;
} markdown_text;

/* The text as prose: paragraphs divided by one blank line, their lines as they were.  The Markdown is UTF-8.  false:
 * out of memory. */
bool markdown_plain(search_text markdown, buffer *plain, markdown_text *out);

/* The end of the label in "[^label]", at its bracket; NOT_FOUND when there is none. */
size_t markdown_label_end(search_text text, size_t from);
/* markdown_inline.c: adds the text of a paragraph without the marks within it; a failed allocation sticks in `out`. */
void markdown_add_inline(buffer *out, search_text text);

#endif
