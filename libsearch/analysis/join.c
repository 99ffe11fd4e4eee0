/* The rules by which atoms join.  Each looks at the atoms from the next one on and says how many are one word. */
#include "libsearch/analysis/join.h"
#include "libsearch/analysis/marks.h"
#include <string.h>

/* ---- Numbers ---- */

static bool is_number(const atom *a) {
    return a->is_simple && a->n_letters == 0;
}

static bool is_number_gap(atom_gap gap) {
    return gap == GAP_DOT || gap == GAP_COMMA || gap == GAP_APOSTROPHE;
}

/* How many atoms from `first` on are digits with one separator between; the last may go on in letters. */
static size_t number_chain(const joiner *j, size_t first) {
    size_t last = first;
    while (is_number(&j->atoms[last]) && is_number_gap(j->atoms[last].gap) && last + 1 < j->n_atoms &&
           j->atoms[last + 1].is_simple && j->atoms[last + 1].n_first_digits > 0)
        last++;
    return last - first + 1;
}

/* Whether atoms 0 .. n are groups of digits as in 1,234,567, or, with commas, as in the Indian 12,34,567. */
static bool are_groups(const atom *atoms, size_t n, atom_gap separator) {
    bool by_three = atoms[0].n_digits <= 3;
    bool by_two = separator == GAP_COMMA && n >= 2 && atoms[0].n_digits <= 2;
    for (size_t i = 1; i <= n; i++) {
        by_three = by_three && atoms[i].n_first_digits == 3;
        by_two = by_two && atoms[i].n_first_digits == (i == n ? 3 : 2);
    }
    return by_three || by_two;
}

/* Whether a chain is one number: a decimal, or digits in groups with or without decimals.  Dates (31.10.1962), lists
 * (10,11,12) and measures (5'10) are not. */
static bool is_one_number(const atom *atoms, size_t n_atoms) {
    size_t n = n_atoms - 1;
    atom_gap separator = atoms[0].gap;
    if (n == 1 && separator == GAP_DOT)
        return true;
    size_t n_groups = 1;
    while (n_groups < n && atoms[n_groups].gap == separator)
        n_groups++;
    if (n_groups != n && (separator == GAP_DOT || n_groups + 1 != n || atoms[n_groups].gap != GAP_DOT))
        return false;
    return are_groups(atoms, n_groups, separator);
}

static size_t join_number(joiner *j) {
    if (j->next < j->no_number)
        return 1;
    size_t n = number_chain(j, j->next);
    if (n == 1 || is_one_number(&j->atoms[j->next], n))
        return n;
    /* Its tail is not looked at again, which keeps a long list of numbers linear. */
    j->no_number = j->next + n;
    return 1;
}

/* ---- Initials and letter-spaced capitals ---- */

static bool is_single_letter(const atom *a) {
    return a->is_simple && a->n_letters == 1 && a->n_digits == 0;
}

/* U.S.S.R. and, behind it, 's */
static size_t join_initials(const joiner *j, size_t *to) {
    const atom *atoms = &j->atoms[j->next];
    size_t n_left = j->n_atoms - j->next;
    size_t n = 1;
    while (is_single_letter(&atoms[n - 1]) && atoms[n - 1].gap == GAP_DOT && n < n_left && is_single_letter(&atoms[n]))
        n++;
    if (n < 2)
        return 1;
    *to = atoms[n - 1].to;
    if (*to < j->text.n_bytes && j->text.bytes[*to] == '.')
        ++*to;
    if (atoms[n - 1].gap == GAP_DOT_APOSTROPHE && n < n_left && is_single_letter(&atoms[n])) {
        char letter = j->text.bytes[atoms[n].from];
        if (letter == 's' || letter == 'S')
            *to = atoms[n++].to;
    }
    return n;
}

/* S H T Y K O V: three capitals or more, one space between. */
static size_t join_spaced(const joiner *j) {
    const atom *atoms = &j->atoms[j->next];
    size_t n_left = j->n_atoms - j->next;
    size_t n = 0;
    while (n < n_left && is_single_letter(&atoms[n]) && atoms[n].is_capital &&
           (n == 0 || atoms[n - 1].gap == GAP_SPACE))
        n++;
    return n < 3 ? 1 : n;
}

/* ---- Broken words ---- */

/* Words that are no end of a word: the hyphen before them hangs, as in pre- and post-war, or is a dash. */
static bool stands_alone(const joiner *j, const atom *a) {
    static const char *const words[] = {"a",    "also", "and", "at",    "bis", "but",  "et", "i",
                                        "in",   "is",   "it",  "nor",   "of",  "oder", "or", "to",
                                        "that", "the",  "und", "which", "who", "и",    "или"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == a->to - a->from && memcmp(words[i], j->text.bytes + a->from, a->to - a->from) == 0)
            return true;
    return false;
}

/* ---- Apostrophes ---- */

/* Chinese, Japanese, Korean and Thai write quotation marks without spaces, so there an apostrophe is one of those. */
static bool joins_next(const joiner *j, size_t i) {
    if (i + 1 >= j->n_atoms)
        return false;
    const atom *a = &j->atoms[i];
    const atom *b = &j->atoms[i + 1];
    if (!a->is_simple || !b->is_simple)
        return false;
    switch ((atom_gap)a->gap) {
    case GAP_APOSTROPHE:
        return b->n_first_digits == 0;
    case GAP_MIDDLE_DOT:
        return a->n_letters > 0 && b->n_letters > 0;
    case GAP_DOUBLE_QUOTE:
        return a->is_hebrew && b->is_hebrew;
    case GAP_BREAK:
        return !stands_alone(j, b);
    case GAP_OTHER:
    case GAP_SPACE:
    case GAP_DOT:
    case GAP_COMMA:
    case GAP_DOT_APOSTROPHE:
        break;
    }
    return false;
}

/* A quotation mark before the word opens a quotation, unless it closes the word before it, or has the s of a possessive
 * behind it, as in China['s]. */
static void note_opening(joiner *j, size_t from) {
    if (from == 0 || j->text.bytes[from - 1] == ' ')
        return;
    size_t floor = j->next == 0 ? 0 : j->atoms[j->next - 1].to;
    size_t n = apostrophe_before(j->text.bytes, floor, from);
    if (n == 0 || (j->next > 0 && from - n == floor))
        return;
    bool is_s = j->text.bytes[from] == 's' && is_single_letter(&j->atoms[j->next]);
    if (!is_s || bracket_before(j->text.bytes, floor, from - n) == 0)
        j->is_quote_open = true;
}

/* The end of a word that has ended at `to`: past the apostrophe of Workers', unless that closes a quotation. */
static size_t end_of_possessive(joiner *j, size_t to) {
    const char *bytes = j->text.bytes;
    size_t n_bytes = j->text.n_bytes;
    if (to == n_bytes || bytes[to] == ' ')
        return to;
    size_t n = quote_after(bytes, to, n_bytes);
    if (n == 0) {
        bool is_after_stop =
            to + 1 < n_bytes && (bytes[to] == '.' || bytes[to] == ',' || bytes[to] == '!' || bytes[to] == '?');
        if (is_after_stop && quote_after(bytes, to + 1, n_bytes) > 0)
            j->is_quote_open = false;
        return to;
    }
    if (j->is_quote_open) {
        j->is_quote_open = false;
        return to;
    }
    bool is_next_joined = j->next < j->n_atoms && j->atoms[j->next].from == to + n;
    bool ends_in_s = bytes[to - 1] == 's' || bytes[to - 1] == 'S';
    return ends_in_s && !is_next_joined ? to + n : to;
}

void joiner_join(joiner *j, size_t *from, size_t *to) {
    *from = j->atoms[j->next].from;
    note_opening(j, *from);
    size_t n = join_initials(j, to);
    if (n > 1) {
        j->next += n;
        return;
    }
    n = join_spaced(j);
    if (n == 1)
        n = join_number(j);
    j->next += n;
    while (joins_next(j, j->next - 1))
        j->next++;
    *to = end_of_possessive(j, j->atoms[j->next - 1].to);
}
