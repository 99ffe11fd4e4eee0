/* The classes of characters, runs of them, and ICU for those runs that need a dictionary. */
#include "libsearch/analysis/scan.h"
#include "libsearch/analysis/eight.h"
#include "libsearch/analysis/marks.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

/* What a character is to a run.  A character with none of LETTER, DIGIT, MARK and FORMAT ends it. */
enum {
    LETTER = 1,
    DIGIT = 2,
    MARK = 4,
    FORMAT = 8,   /* invisible: soft hyphen, joiners, directions */
    COMPLEX = 16, /* where it may break inside a run is for ICU to say */
    CAPITAL = 32,
    HEBREW = 64,
    KNOWN = 128, /* in scanner.classes: this entry is filled in */
};
#define WORD (LETTER | DIGIT)
#define RUN (WORD | MARK | FORMAT)

/* ---- Classes ---- */

static uint8_t break_class(uint32_t c) {
    if (u_getIntPropertyValue((UChar32)c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT)
        return COMPLEX;
    /* ICU takes these scripts out of Unicode's classes, even where a character is a letter by those, as 々 is. */
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)c, &status);
    if (script == USCRIPT_HAN || script == USCRIPT_HANGUL || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA)
        return COMPLEX;
    int32_t word_break = u_getIntPropertyValue((UChar32)c, UCHAR_WORD_BREAK);
    if (word_break == U_WB_HEBREW_LETTER)
        return HEBREW;
    bool is_simple = word_break == U_WB_ALETTER || word_break == U_WB_NUMERIC || word_break == U_WB_EXTEND ||
                     word_break == U_WB_FORMAT || word_break == U_WB_ZWJ;
    return is_simple ? 0 : COMPLEX;
}

static uint8_t class_from_icu(uint32_t c) {
    uint32_t mask = U_MASK(u_charType((UChar32)c));
    /* The half-width sound marks of Kana are letters by category alone. */
    if ((mask & U_GC_LM_MASK) != 0 && u_getIntPropertyValue((UChar32)c, UCHAR_WORD_BREAK) == U_WB_EXTEND)
        return (uint8_t)(MARK | break_class(c));
    if ((mask & (U_GC_L_MASK | U_GC_NL_MASK)) != 0) {
        uint8_t capital = (mask & (U_GC_LU_MASK | U_GC_LT_MASK)) != 0 ? CAPITAL : 0;
        return (uint8_t)(LETTER | capital | break_class(c));
    }
    if ((mask & U_GC_ND_MASK) != 0)
        return (uint8_t)(DIGIT | break_class(c));
    if ((mask & U_GC_M_MASK) != 0)
        return (uint8_t)(MARK | break_class(c));
    /* Format characters that Unicode does not let pass unseen inside a word (the zero-width space is one) end the run.
     */
    if ((mask & U_GC_CF_MASK) != 0) {
        uint8_t class = break_class(c);
        int32_t word_break = u_getIntPropertyValue((UChar32)c, UCHAR_WORD_BREAK);
        return class == 0 && word_break != U_WB_NUMERIC ? FORMAT : 0;
    }
    return 0;
}

static uint8_t class_of(scanner *s, uint32_t c) {
    if (c > 0xFFFF)
        return c == UTF8_BAD ? 0 : class_from_icu(c);
    uint8_t class = s->classes[c];
    if (class == 0) {
        class = class_from_icu(c) | KNOWN;
        s->classes[c] = class;
    }
    return class;
}

/* Fills in the characters of ASCII, so that they need no asking. */
static bool open_classes(scanner *s) {
    s->classes = calloc(0x10000, sizeof *s->classes);
    if (s->classes == NULL)
        return false;
    for (uint32_t c = 0; c < 0x80; c++)
        class_of(s, c);
    return true;
}

/* utf8_next with the common case in line. */
static inline uint32_t next_character(const char *bytes, size_t n_bytes, size_t *at) {
    unsigned char byte = (unsigned char)bytes[*at];
    if (byte >= 0x80)
        return utf8_next(bytes, n_bytes, at);
    ++*at;
    return byte;
}

/* ---- Atoms ---- */

/* Makes room for one more. */
static bool grow_atoms(scanner *s) {
    const size_t capacity = s->atoms_capacity == 0 ? 256 : s->atoms_capacity * 2;
    atom *atoms = realloc(s->atoms, capacity * sizeof *atoms);
    if (atoms == NULL)
        return false;
    s->atoms = atoms;
    s->atoms_capacity = capacity;
    return true;
}

static atom *add_atom(scanner *s, size_t from) {
    if (s->n_atoms == s->atoms_capacity && !grow_atoms(s))
        return NULL;
    atom *a = &s->atoms[s->n_atoms++];
    *a = (atom){.from = (uint32_t)from, .is_simple = true};
    return a;
}

/* Takes a character of the run that ends at byte `to` into the atom.  `to` of the atom stays at its last visible one.
 */
static void extend_atom(atom *a, uint8_t class, size_t to) {
    if ((class & FORMAT) == 0)
        a->to = (uint32_t)to;
    if ((class & COMPLEX) != 0)
        a->is_simple = false;
    if ((class & LETTER) != 0) {
        if (a->n_letters == 0)
            a->is_capital = (class & CAPITAL) != 0;
        a->n_letters++;
        if ((class & HEBREW) != 0)
            a->is_hebrew = true;
    } else if ((class & DIGIT) != 0) {
        a->n_digits++;
        a->n_first_digits += a->n_letters == 0;
    }
}

static bool is_joining_dot(uint32_t c) {
    return c == 0x00B7 || c == 0x0387 || c == 0x05F3 || c == 0x05F4 || c == 0x2027;
}

static atom_gap gap_of(uint32_t c) {
    if (is_apostrophe(c))
        return GAP_APOSTROPHE;
    if (c == ' ' || c == 0x00A0)
        return GAP_SPACE;
    if (c == '.' || c == 0x2024 || c == 0xFE52 || c == 0xFF0E || c == 0x066B)
        return GAP_DOT;
    if (c == ',' || c == 0xFE50 || c == 0xFF0C || c == 0x066C)
        return GAP_COMMA;
    if (c == '"')
        return GAP_DOUBLE_QUOTE;
    return is_joining_dot(c) ? GAP_MIDDLE_DOT : GAP_OTHER;
}

/* The gap that is being read: its kind, and its characters so far without format characters. */
typedef struct line_gap {
    atom_gap kind;
    size_t n;
} line_gap;

/* The gap with one more character in it. */
static atom_gap widen_gap(atom_gap gap, size_t n_before, uint32_t c) {
    if (n_before == 0)
        return gap_of(c);
    return n_before == 1 && gap == GAP_DOT && is_apostrophe(c) ? GAP_DOT_APOSTROPHE : GAP_OTHER;
}

/* ---- Runs for ICU ---- */

static search_status icu_failure(UErrorCode status, search_error *error) {
    if (status == U_MEMORY_ALLOCATION_ERROR)
        return error_memory(error);
    return error_set(error, SEARCH_E_INTERNAL, "analysis.icu", "ICU failed to segment a text: %s", u_errorName(status));
}

static bool reserve_units(scanner *s, size_t n) {
    if (n <= s->units_capacity)
        return true;
    size_t capacity = n + n / 2 + 64;
    UChar *units = realloc(s->units, capacity * sizeof *units);
    if (units == NULL)
        return false;
    s->units = units;
    uint32_t *offsets = realloc(s->offsets, capacity * sizeof *offsets);
    if (offsets == NULL)
        return false;
    s->offsets = offsets;
    s->units_capacity = capacity;
    return true;
}

/* The run as UTF-16 with its offsets; a run has no more units than bytes, and no ill-formed byte. */
static size_t decode_run(scanner *s, const char *run, size_t n_bytes) {
    size_t n = 0;
    for (size_t at = 0; at < n_bytes;) {
        size_t from = at;
        uint32_t c = utf8_next(run, n_bytes, &at);
        s->offsets[n] = (uint32_t)from;
        if (c > 0xFFFF) {
            s->units[n++] = U16_LEAD(c);
            s->offsets[n] = (uint32_t)from;
            s->units[n++] = U16_TRAIL(c);
        } else {
            s->units[n++] = (UChar)c;
        }
    }
    s->offsets[n] = (uint32_t)n_bytes;
    return n;
}

/* Adds the segment as an atom when it holds a letter or digit; marks before that are left out. */
static bool add_segment(scanner *s, const char *bytes, size_t from, size_t to) {
    atom *a = NULL;
    for (size_t at = from; at < to;) {
        size_t start = at;
        uint8_t class = class_of(s, utf8_next(bytes, to, &at));
        if (a == NULL && (class & WORD) != 0) {
            a = add_atom(s, start);
            if (a == NULL)
                return false;
        }
        if (a != NULL)
            extend_atom(a, class, at);
    }
    return true;
}

static search_status segment_run(scanner *s, const char *bytes, size_t from, size_t to, search_error *error) {
    if (!reserve_units(s, to - from + 1))
        return error_memory(error);
    size_t n_units = decode_run(s, bytes + from, to - from);
    UErrorCode status = U_ZERO_ERROR;
    /* The root locale: what a text is split into must not depend on who reads it. */
    if (s->words == NULL)
        s->words = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    if (U_SUCCESS(status))
        ubrk_setText(s->words, s->units, (int32_t)n_units, &status);
    if (U_FAILURE(status))
        return icu_failure(status, error);
    int32_t start = ubrk_first(s->words);
    for (int32_t end = ubrk_next(s->words); end != UBRK_DONE; start = end, end = ubrk_next(s->words))
        if (!add_segment(s, bytes, from + s->offsets[start], from + s->offsets[end]))
            return error_memory(error);
    return SEARCH_OK;
}

/* ---- Runs ---- */

static bool is_ascii_letter(char byte) {
    const char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'z';
}

/* The end of the ASCII letters that begin at `from`. */
static inline size_t end_of_letters(search_text text, size_t from) {
    size_t to = from;
    for (; text.n_bytes - to >= EIGHT; to += EIGHT) {
        const size_t n = letters_in_front(eight_bytes(text.bytes + to));
        if (n < EIGHT)
            return to + n;
    }
    while (to < text.n_bytes && is_ascii_letter(text.bytes[to]))
        to++;
    return to;
}

/* Whether letters that end at `to` are a run, with no character behind them that belongs to it, or may. */
static bool ends_run(const scanner *s, search_text text, size_t to) {
    if (to == text.n_bytes)
        return true;
    const unsigned char byte = (unsigned char)text.bytes[to];
    return byte < 0x80 && (s->classes[byte] & RUN) == 0;
}

/* Reads the run whose first letter or digit, of the class given, lies between `from` and *at. */
static search_status scan_run(scanner *s, search_text text, size_t from, uint8_t class, size_t *at,
                              search_error *error) {
    atom *a = add_atom(s, from);
    if (a == NULL)
        return error_memory(error);
    size_t to = end_of_letters(text, from);
    if (to > from && ends_run(s, text, to)) {
        a->to = (uint32_t)to;
        a->n_letters = (uint32_t)(to - from);
        a->is_capital = (class & CAPITAL) != 0;
        *at = to;
        return SEARCH_OK;
    }
    to = *at;
    while ((class & RUN) != 0) {
        extend_atom(a, class, to);
        *at = to;
        if (to == text.n_bytes)
            break;
        /* A bad byte ends the run here and is read again, and counted, by scanner_line. */
        class = class_of(s, next_character(text.bytes, text.n_bytes, &to));
    }
    if (a->is_simple)
        return SEARCH_OK;
    size_t end = a->to;
    s->n_atoms--;
    return segment_run(s, text.bytes, from, end, error);
}

/* ---- Lines ---- */

static bool add_bracket(scanner *s, size_t from, size_t to, bool is_opening) {
    if (s->n_brackets == s->brackets_capacity) {
        size_t capacity = s->brackets_capacity == 0 ? 64 : s->brackets_capacity * 2;
        bracket *brackets = realloc(s->brackets, capacity * sizeof *brackets);
        if (brackets == NULL)
            return false;
        s->brackets = brackets;
        s->brackets_capacity = capacity;
    }
    s->brackets[s->n_brackets++] = (bracket){from, to, is_opening};
    return true;
}

/* Where a word that breaks at the hyphen before `at` goes on: at a lower-case letter behind white space with at most
 * one newline.  0 when it does not. */
static size_t resume_of_break(search_text text, size_t at) {
    size_t n_newlines = 0;
    size_t from = at;
    while (at < text.n_bytes) {
        size_t here = at;
        uint32_t c = next_character(text.bytes, text.n_bytes, &at);
        n_newlines += c == '\n';
        if (n_newlines > 1)
            return 0;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0x00A0)
            continue;
        return here > from && c != UTF8_BAD && u_islower((UChar32)c) ? here : 0;
    }
    return 0;
}

/* Takes the character c from `from` to *at, which no run holds, into the gap.  A word that breaks here moves *at to
 * where it goes on. */
static bool scan_gap(scanner *s, search_text text, uint32_t c, size_t from, size_t *at, line_gap *gap) {
    if (s->is_blank && (c == UTF8_BAD || !u_isUWhiteSpace((UChar32)c)))
        s->is_blank = false;
    bool is_opening = is_opening_bracket(c);
    if ((is_opening || is_closing_bracket(c)) && !add_bracket(s, from, *at, is_opening))
        return false;
    const atom *last = s->n_atoms == 0 ? NULL : &s->atoms[s->n_atoms - 1];
    size_t resume = 0;
    if (is_hyphen(c) && last != NULL && last->to == from && last->n_digits == 0)
        resume = resume_of_break(text, *at);
    gap->kind = resume > 0 ? GAP_BREAK : widen_gap(gap->kind, gap->n, c);
    gap->n++;
    if (resume > 0)
        *at = resume;
    return true;
}

/* ---- Plain words ---- */

static bool is_stop(char byte) {
    return byte == '.' || byte == ',' || byte == ';' || byte == ':';
}

/* Where white space is behind a word that ends at `to`, or behind its stop; 0 when there is none.  Two bytes are left.
 */
static size_t blank_behind(search_text text, size_t to) {
    const size_t blank = is_stop(text.bytes[to]) ? to + 1 : to;
    return text.bytes[blank] == ' ' || text.bytes[blank] == '\n' ? blank : 0;
}

/* Reads words of ASCII letters with white space before and behind, or a stop and white space behind, from *at on as
 * long as they come: most of a text.  No rule of join.c joins such a word to the one behind it, or looks at what is
 * beside it.  A space is asked for first, for then the next word can be read before it is known. */
static bool scan_plain(scanner *s, search_text text, size_t *at, line_gap *gap) {
    if (s->n_atoms > 0)
        s->atoms[s->n_atoms - 1].gap = (uint8_t)gap->kind;
    for (size_t from = *at;;) {
        const size_t to = end_of_letters(text, from);
        /* A capital alone may be one of those that are spaced. */
        const bool is_word = to - from > 1 || (to > from && text.bytes[from] >= 'a');
        if (!is_word || text.n_bytes - to < 2)
            return true;
        const size_t blank = text.bytes[to] == ' ' ? to : blank_behind(text, to);
        if (blank == 0)
            return true;
        if (s->n_atoms == s->atoms_capacity && !grow_atoms(s))
            return false;
        *gap = (line_gap){blank == to ? GAP_SPACE : GAP_OTHER, 1};
        s->atoms[s->n_atoms++] = (atom){.from = (uint32_t)from,
                                        .to = (uint32_t)to,
                                        .n_letters = (uint32_t)(to - from),
                                        .gap = (uint8_t)gap->kind,
                                        .is_plain = true,
                                        .is_simple = true};
        s->is_blank = false;
        *at = blank;
        if (text.bytes[blank] == '\n')
            return true;
        from = blank + 1;
        *at = from;
    }
}

/* ---- Lines ---- */

search_status scanner_line(scanner *s, search_text text, size_t *at, search_error *error) {
    s->n_atoms = 0;
    s->n_brackets = 0;
    s->is_blank = true;
    if (s->classes == NULL && !open_classes(s))
        return error_memory(error);
    line_gap gap = {0};
    if (!scan_plain(s, text, at, &gap))
        return error_memory(error);
    while (*at < text.n_bytes) {
        size_t from = *at;
        uint32_t c = next_character(text.bytes, text.n_bytes, at);
        if (c == ' ') {
            gap.kind = gap.n == 0 ? GAP_SPACE : GAP_OTHER;
            gap.n++;
            if (!scan_plain(s, text, at, &gap))
                return error_memory(error);
            continue;
        }
        if (c == '\n')
            break;
        s->n_bad_bytes += c == UTF8_BAD;
        uint8_t class = class_of(s, c);
        if ((class & WORD) == 0) {
            if ((class & FORMAT) == 0 && !scan_gap(s, text, c, from, at, &gap))
                return error_memory(error);
            continue;
        }
        s->is_blank = false;
        if (s->n_atoms > 0)
            s->atoms[s->n_atoms - 1].gap = (uint8_t)gap.kind;
        gap = (line_gap){0};
        search_status status = scan_run(s, text, from, class, at, error);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

bool scanner_is_alphabetic(scanner *s, search_text word) {
    uint8_t seen = 0;
    for (size_t at = 0; at < word.n_bytes;)
        seen |= class_of(s, next_character(word.bytes, word.n_bytes, &at));
    return (seen & (LETTER | DIGIT | COMPLEX)) == LETTER;
}

void scanner_free(scanner *s) {
    if (s->words != NULL)
        ubrk_close(s->words);
    free(s->classes);
    free(s->units);
    free(s->offsets);
    free(s->atoms);
    free(s->brackets);
    *s = (scanner){0};
}
