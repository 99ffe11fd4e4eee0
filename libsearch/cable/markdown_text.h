/* Markdown without its marks. */
#ifndef LIBSEARCH_CABLE_MARKDOWN_TEXT_H
#define LIBSEARCH_CABLE_MARKDOWN_TEXT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include <libsearch.h>

/* Parts of the buffer that markdown_plain filled. */
typedef struct markdown_text {
    search_text heading; /* of the first level, when the text begins with it; else empty */
    search_text below;   /* what comes after that heading */
    search_text all;
} markdown_text;

/* The text as prose: paragraphs divided by one blank line, their lines as they were.  The Markdown is UTF-8.  false:
 * out of memory. */
bool markdown_plain(search_text markdown, buffer *plain, markdown_text *out);

#endif
