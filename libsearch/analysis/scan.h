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
#include <string.h>
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

/* ---- Eight bytes at once, in a number of which the first is the lowest byte ---- */

#define EIGHT sizeof(uint64_t)
/* The byte in each of the eight. */
#define EIGHT_TIMES(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t eight_bytes(const char *bytes) {
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(number) : number;
}

/* The same of less than eight, with zeros behind them. */
static inline uint64_t few_bytes(const char *bytes, size_t n) {
    uint64_t number = 0;
    for (size_t i = 0; i < n; i++)
        number |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    return number;
}

/* How many of the bytes are ASCII letters before one is not. */
static inline size_t letters_in_front(uint64_t bytes) {
    const uint64_t high = EIGHT_TIMES(0x80);
    const uint64_t lower = (bytes | EIGHT_TIMES(0x20)) & ~high;
    const uint64_t from_a = lower + EIGHT_TIMES(0x80 - 'a');
    const uint64_t past_z = lower + EIGHT_TIMES(0x80 - 'z' - 1);
    const uint64_t others = (~from_a | past_z | bytes) & high; /* the high bit of each byte that is none */
    return others == 0 ? EIGHT : (size_t)__builtin_ctzll(others) / 8;
}

#endif
