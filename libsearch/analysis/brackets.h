/* Brackets among the words of a text: the spans they make, and the words they complete, as in W[illiam]. */
#ifndef LIBSEARCH_ANALYSIS_BRACKETS_H
#define LIBSEARCH_ANALYSIS_BRACKETS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/analysis.h"
#include "libsearch/analysis/scan.h"

/* A longer word is not completed. */
#define MAX_COMPLETED_BYTES 64

/* The open brackets before one word. */
typedef struct open_brackets {
    uint32_t first; /* the position of that word */
    uint32_t n;
    size_t span; /* the place kept for what they make */
} open_brackets;

typedef struct span_list {
    token_span *spans; /* by first; while brackets are open, some are empty: their last is 0 */
    size_t n_spans;
    size_t spans_capacity;
    open_brackets *open; /* a stack */
    size_t n_open;
    size_t open_capacity;
    size_t latest; /* the span that was closed last, if any is */
} span_list;       /* zero-initialised is empty and valid */

void spans_clear(span_list *s);
/* A bracket behind the word at `position`, 0 for none.  False: out of memory. */
bool spans_open(span_list *s, uint32_t position);
void spans_close(span_list *s, uint32_t position);
/* Forgets the brackets that are open. */
void spans_end_paragraph(span_list *s);
/* After the last word: leaves only spans that were closed. */
void spans_finish(span_list *s);
void spans_free(span_list *s);

/* A word in parts: which tokens are the first, the second and the last of them. */
typedef struct completed_word {
    size_t first;
    size_t second;
    size_t last;
} completed_word;

/* A line with its tokens and brackets. */
typedef struct bracket_line {
    search_text text;
    scanner *scanner;
    const token *tokens;
    size_t from; /* the line's tokens, half open */
    size_t to;
} bracket_line;

/* How many brackets from bracket `at` on complete a word, 0 for none; the first token behind that bracket is `next`. */
size_t complete_word(const bracket_line *l, size_t at, size_t next, completed_word *out);

#endif
