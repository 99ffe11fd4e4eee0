/* Text for people: wrapped to the terminal, and safe to show there.
 *
 * Text of an archive is not trusted.  Everything printed here has its control characters (C0, DEL, C1) and its
 * bidirectional marks and overrides replaced by U+FFFD, for a file may be shown on a terminal later. */
#ifndef CABLES_OUTPUT_TEXT_H
#define CABLES_OUTPUT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libsearch.h>

/* A stream and what can be done on it. */
typedef struct screen {
    FILE *file;
    size_t width; /* columns: $COLUMNS, else those of the terminal; 80 when it is none */
    bool is_terminal;
    bool has_bold;  /* a terminal that is not dumb, and NO_COLOR is not set */
    bool has_stars; /* without bold, what is marked stands between "**" */
} screen;

screen screen_of(FILE *file);

/* Reads one character; a byte that begins none gives U+FFFD and length 1.  `n_bytes` must not be 0. */
size_t text_decode(const char *bytes, size_t n_bytes, uint32_t *character);

/* The first byte that is not UTF-8, or n_bytes. */
size_t text_check(const char *bytes, size_t n_bytes);

/* Whether a character could steer a terminal instead of being shown on it. */
bool text_is_unsafe(uint32_t character);

/* Columns that the text takes; close enough for aligning. */
size_t text_width(search_text text);

/* Prints text on the current line: unsafe characters replaced, line ends and tabs as blanks. */
void text_put(const screen *to, search_text text);
void text_put_bold(const screen *to, search_text text);

/* Prints text and then blanks up to `width` columns. */
void text_put_padded(const screen *to, search_text text, size_t width);

/* Running text between an indent and the right edge; several pieces may follow one another. */
typedef struct text_flow {
    const screen *to;
    size_t indent;  /* of every line */
    size_t column;  /* where the next character goes; 0: the indent is still to be written */
    bool has_blank; /* a blank is due before the next word */
} text_flow;

/* `marks` are byte ranges in order, none touching another, shown bold or between stars. */
void text_flow_add(text_flow *flow, search_text text, const search_mark *marks, size_t n_marks);
void text_flow_end(text_flow *flow);

/* The facets as a table each; and whether the value null is among them. */
void text_put_facet(const screen *to, const search_facet_counts *facet);

/* A hit: rank, title, what tells it from others, snippets. */
void text_put_hit(const screen *to, const search_hit *hit, size_t rank);

/* How the score of a hit comes about, a part a line. */
void text_put_explanations(const screen *to, const search_hit *hit);

/* The first line of an answer: "12 cables match  korea". */
void text_put_total(const screen *to, const search_results *results, const search_where *wheres, size_t n_wheres);

/* A line that says how the query was relaxed; nothing when it was not (null). */
void text_put_relaxation(const screen *to, const search_relaxation *relaxation);

/* A line with a better query; nothing when there is none. */
void text_put_suggestion(const screen *to, search_text suggestion);
/* The first line of an answer to what is like a cable. */
void text_put_similar(const screen *to, const search_results *results, search_text id);

/* What is marked in the values of a record: calls `find` for each, whose marks are read before the next call. */
typedef struct text_marker {
    void (*find)(void *context, const char *field, search_text value, const search_mark **marks, size_t *n_marks);
    void *context;
} text_marker;

/* A record: title, labels, body, summary, original.  `marker` may be null; with one, the title is bold only where it is
 * marked. */
void text_put_record(const screen *to, const search_record *record, const text_marker *marker);

#endif
