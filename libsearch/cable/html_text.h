/* The text of an HTML tree, as a browser would lay it out for reading. */
#ifndef LIBSEARCH_CABLE_HTML_TEXT_H
#define LIBSEARCH_CABLE_HTML_TEXT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/words.h"
#include "libsearch/support/buffer.h"
#include <libxml/tree.h>

/* Visits a tree without recursion, so that its depth costs no stack.  Starts zeroed but for root. */
typedef struct html_walk {
    const xmlNode *root;
    const xmlNode *node; /* the one just entered or left; null before the first */
    bool leaves;         /* it was left */
} html_walk;
/* The next step: every node is entered, and left once its children were, which `skips_children` passes over. */
bool html_walk_next(html_walk *walk, bool skips_children);

bool html_is(const xmlNode *node, const char *name); /* an element with this name, in small letters */
search_text html_attribute(const xmlNode *node, const char *name);
bool html_has_class(const xmlNode *node, const char *name);
bool html_is_within(const xmlNode *node, const xmlNode *ancestor); /* or the same */

typedef struct html_text_options {
    const xmlNode *heading;        /* what holds it is no boilerplate; may be null */
    const xmlNode *const *skipped; /* nodes left out */
    size_t n_skipped;
    bool is_list; /* links that stand alone are lines, and items have no marks: for values under labels */
} html_text_options;
/* Appends the text below a node: blocks are paragraphs between blank lines, <br> ends a line, items of lists keep their
 * marks and cells of tables are divided by tabs.  Scripts, navigation, forms and the like are left out. */
void html_add_text(buffer *out, const xmlNode *root, const html_text_options *options);

#endif
