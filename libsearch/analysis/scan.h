/* Bytes to atoms: the pieces of text that are never split again.
 *
 * An atom is a run of letters, digits and their marks.  Unicode's rules break no such run of an alphabetic script, so
 * only runs with characters of other scripts (Han, Kana, Hangul, Thai ...) are given to ICU's word segmentation; this
 * is exactly what segmenting the whole text would give, without its cost.  What Unicode has to say of the characters
 * between two runs is decided in join.c, by our own rules. */
#ifndef LIBSEARCH_ANALYSIS_SCAN_H
#define LIBSEARCH_ANALYSIS_SCAN_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <unicode/ubrk.h>

/* What stands between an atom and the next one of its line. */
typedef enum atom_gap {
    GAP_OTHER = 0,      /* anything else, also nothing at all */
    GAP_SPACE,          /* one space */
    GAP_DOT,            /* one full stop */
    GAP_COMMA,          /* one comma */
    GAP_APOSTROPHE,     /* one apostrophe or ayn */
    GAP_DOT_APOSTROPHE, /* as in U.S.S.R.'s */
    GAP_MIDDLE_DOT,     /* one mark that joins letters, as in Catalan col·lecció */
    GAP_DOUBLE_QUOTE,   /* one ", which joins Hebrew letters */
    GAP_BREAK,          /* a hyphen behind letters and white space, also with a newline, before a lower-case letter */
} atom_gap;

/* Words are many, so this is small: offsets of 32 bits do for texts of less than 4 GB. */
typedef struct atom {
    uint32_t from; /* bytes of the text, half open; neither end is a format character */
    uint32_t to;
    uint32_t n_letters;
    uint32_t n_digits;
    uint32_t n_first_digits; /* those before the first letter */
    uint8_t gap;             /* an atom_gap */
    bool is_plain : 1;       /* a word by itself, by every rule */
    bool is_simple : 1;      /* of an alphabetic script */
    bool is_capital : 1;     /* its first letter is one */
    bool is_hebrew : 1;      /* holds a Hebrew letter */
} atom;

typedef struct bracket {
    size_t from; /* bytes of the text, half open */
    size_t to;
    bool is_opening;
} bracket;

typedef struct scanner {
    uint8_t *classes;      /* of the characters up to U+FFFF, filled in as they are met */
    UBreakIterator *words; /* null until it is needed */
    UChar *units;          /* the run given to ICU, and for each unit its byte offset in the run */
    uint32_t *offsets;
    size_t units_capacity;
    atom *atoms; /* of the line */
    size_t n_atoms;
    size_t atoms_capacity;
    bracket *brackets; /* of the line; none is inside an atom */
    size_t n_brackets;
    size_t brackets_capacity;
    bool is_blank;      /* the line is white space alone */
    size_t n_bad_bytes; /* ill-formed subparts so far; the caller sets it to 0 */
} scanner;              /* zero-initialised is empty and valid */

/* Reads the line at *at into the atoms and moves *at past its newline.  A line that ends in a broken word goes on with
 * the next one, so a line is all that the rules need to see at once. */
search_status scanner_line(scanner *s, search_text text, size_t *at, search_error *error);
/* Whether the well-formed bytes hold letters of alphabetic scripts, no other letters, and no digits. */
bool scanner_is_alphabetic(scanner *s, search_text word);
void scanner_free(scanner *s);

#endif
