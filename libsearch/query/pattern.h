/* The texts of words and phrases: escapes, wildcards and `~1`, read as typed and written so that they read the same. */
#ifndef LIBSEARCH_QUERY_PATTERN_H
#define LIBSEARCH_QUERY_PATTERN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/report.h"

typedef struct pattern_text {
    search_text text;
    const query_pattern *patterns;
    size_t n_patterns;
    bool is_empty; /* lenient: wildcards alone, a word to leave out */
} pattern_text;

/* Reads a word, or the inside of a phrase, as typed; `offset` is where it stands in the query. */
search_status pattern_read(search_text raw, size_t offset, bool in_phrase, query_report *report, pattern_text *out);
/* Copies a text without the backslashes that escape; nothing else has a meaning in it. */
search_status pattern_read_plain(search_text raw, arena *memory, search_text *out, search_error *error);
/* Adds the text so that pattern_read gives it back; a phrase for straight quotes. */
void pattern_write(buffer *out, search_text text, const query_pattern *patterns, size_t n_patterns, bool in_phrase);
/* Adds a text for straight quotes so that pattern_read_plain gives it back. */
void pattern_write_plain(buffer *out, search_text text);

#endif
