/* Folding.  Most words are ASCII with at most an apostrophe and need no ICU; the others go through UTF-16. */
#include "libsearch/analysis/fold.h"
#include "libsearch/analysis/marks.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#define SOFT_HYPHEN 0x00AD
#define ARABIC_DECIMAL_POINT 0x066B

/* Unicode's stream-safe bound.  Without it ordering a long run of marks takes quadratic time. */
#define MAX_MARKS 30

search_status folder_open(folder *f, search_error *error) {
    *f = (folder){0};
    UErrorCode status = U_ZERO_ERROR;
    f->nfkc_casefold = unorm2_getNFKCCasefoldInstance(&status);
    f->nfd = unorm2_getNFDInstance(&status);
    f->nfc = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status))
        return error_set(error, SEARCH_E_INTERNAL, "analysis.icu", "ICU has no normalization data: %s",
                         u_errorName(status));
    return SEARCH_OK;
}

void folder_free(folder *f) {
    free(f->here.units);
    free(f->there.units);
    *f = (folder){0};
}

/* ---- Words that need no ICU ---- */

static bool is_plain(search_text word) {
    for (size_t at = 0; at < word.n_bytes;) {
        uint32_t c = utf8_next(word.bytes, word.n_bytes, &at);
        if (c >= 0x80 && c != SOFT_HYPHEN && !is_apostrophe(c))
            return false;
    }
    return true;
}

static bool is_ascii_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint32_t ascii_lower(uint32_t c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Where the one full stop of a decimal number is: digits on both sides and no letter before it.  Else n_bytes. */
static size_t plain_decimal_point(search_text word) {
    size_t point = word.n_bytes;
    for (size_t i = 0; i < word.n_bytes; i++) {
        bool is_point = word.bytes[i] == '.';
        if (is_point && point != word.n_bytes)
            return word.n_bytes;
        if (is_point)
            point = i;
        else if (point == word.n_bytes && is_ascii_letter((unsigned char)word.bytes[i]))
            return word.n_bytes;
    }
    bool is_inside = point > 0 && point + 1 < word.n_bytes;
    if (is_inside && is_ascii_digit((unsigned char)word.bytes[point - 1]) &&
        is_ascii_digit((unsigned char)word.bytes[point + 1]))
        return point;
    return word.n_bytes;
}

static void fold_plain(search_text word, buffer *out) {
    size_t point = plain_decimal_point(word);
    for (size_t i = 0; i < word.n_bytes; i++) {
        uint32_t c = (unsigned char)word.bytes[i];
        if (is_ascii_letter(c) || is_ascii_digit(c) || i == point)
            buffer_add_byte(out, (char)ascii_lower(c));
    }
}

/* What words are put together over: the spaces of letter-spaced ones, the hyphen and white space of those broken over a
 * line, brackets. */
static bool is_filler(uint32_t c) {
    return is_hyphen(c) || is_opening_bracket(c) || is_closing_bracket(c) || u_isUWhiteSpace((UChar32)c);
}

static void exact_plain(search_text word, buffer *out) {
    for (size_t at = 0; at < word.n_bytes;) {
        uint32_t c = utf8_next(word.bytes, word.n_bytes, &at);
        if (is_apostrophe(c))
            buffer_add_byte(out, '\'');
        else if (c != SOFT_HYPHEN && !is_filler(c))
            buffer_add_byte(out, (char)ascii_lower(c));
    }
}

/* ---- UTF-16 ---- */

static bool units_reserve(fold_units *u, size_t n) {
    if (n <= (size_t)u->capacity)
        return true;
    size_t capacity = n + n / 2 + 64;
    if (capacity > INT32_MAX)
        capacity = INT32_MAX;
    UChar *units = n > capacity ? NULL : realloc(u->units, capacity * sizeof *units);
    if (units == NULL)
        return false;
    u->units = units;
    u->capacity = (int32_t)capacity;
    return true;
}

static void units_add(fold_units *u, uint32_t c) {
    U16_APPEND_UNSAFE(u->units, u->n, c);
}

/* The word as UTF-16 without format characters, and with runs of marks cut to MAX_MARKS. */
static bool units_of_word(fold_units *u, search_text word) {
    if (!units_reserve(u, word.n_bytes + 1))
        return false;
    u->n = 0;
    size_t n_marks = 0;
    for (size_t at = 0; at < word.n_bytes;) {
        uint32_t c = utf8_next(word.bytes, word.n_bytes, &at);
        uint32_t mask = U_MASK(u_charType((UChar32)c));
        n_marks = (mask & U_GC_M_MASK) != 0 ? n_marks + 1 : 0;
        if ((mask & U_GC_CF_MASK) == 0 && n_marks <= MAX_MARKS)
            units_add(u, c);
    }
    return true;
}

static uint32_t units_next(const fold_units *u, int32_t *at) {
    UChar unit = u->units[(*at)++];
    if (!U16_IS_LEAD(unit) || *at == u->n)
        return unit;
    return (uint32_t)U16_GET_SUPPLEMENTARY(unit, u->units[(*at)++]);
}

static void units_to_utf8(const fold_units *u, buffer *out) {
    for (int32_t i = 0; i < u->n;) {
        char bytes[4];
        buffer_add(out, bytes, utf8_put(units_next(u, &i), bytes));
    }
}

static search_status fold_failure(UErrorCode status, search_error *error) {
    if (status == U_MEMORY_ALLOCATION_ERROR)
        return error_memory(error);
    return error_set(error, SEARCH_E_INTERNAL, "analysis.icu", "ICU failed to fold a word: %s", u_errorName(status));
}

static search_status normalize(const UNormalizer2 *form, const fold_units *from, fold_units *to, search_error *error) {
    size_t n_wanted = (size_t)from->n + 16;
    for (;;) {
        if (!units_reserve(to, n_wanted))
            return error_memory(error);
        UErrorCode status = U_ZERO_ERROR;
        int32_t n = unorm2_normalize(form, from->units, from->n, to->units, to->capacity, &status);
        if (status == U_BUFFER_OVERFLOW_ERROR && n > to->capacity) {
            n_wanted = (size_t)n;
            continue;
        }
        to->n = U_SUCCESS(status) ? n : 0;
        return U_SUCCESS(status) ? SEARCH_OK : fold_failure(status, error);
    }
}

/* ---- What folding takes away ---- */

/* As plain_decimal_point; -1 for none. */
static int32_t decimal_point(const fold_units *u) {
    int32_t point = -1;
    for (int32_t i = 0; i < u->n; i++) {
        bool is_point = u->units[i] == '.' || u->units[i] == ARABIC_DECIMAL_POINT;
        if (is_point && point >= 0)
            return -1;
        if (is_point)
            point = i;
        else if (point < 0 && (U_MASK(u_charType(u->units[i])) & (U_GC_L_MASK | U_GC_CS_MASK)) != 0)
            return -1;
    }
    bool is_inside = point > 0 && point + 1 < u->n;
    return is_inside && u_isdigit(u->units[point - 1]) && u_isdigit(u->units[point + 1]) ? point : -1;
}

/* Letters that no normalization takes apart.  All are lower case by now. */
static void add_letter(fold_units *out, uint32_t c) {
    switch (c) {
    case 0x00E6: /* æ */
        units_add(out, 'a');
        units_add(out, 'e');
        return;
    case 0x0153: /* œ */
        units_add(out, 'o');
        units_add(out, 'e');
        return;
    case 0x00FE: /* þ */
        units_add(out, 't');
        units_add(out, 'h');
        return;
    case 0x00F0: /* ð */
    case 0x0111: /* đ */
        units_add(out, 'd');
        return;
    case 0x00F8: /* ø */
        units_add(out, 'o');
        return;
    case 0x0127: /* ħ */
        units_add(out, 'h');
        return;
    case 0x0131: /* ı */
        units_add(out, 'i');
        return;
    case 0x0142: /* ł */
        units_add(out, 'l');
        return;
    default:
        units_add(out, c);
    }
}

static bool has_strippable_marks(uint32_t base) {
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)base, &status);
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK;
}

/* From the decomposed case fold to what is kept of it, still decomposed. */
static void strip(const fold_units *from, fold_units *to) {
    const uint32_t cyrillic_e = 0x0435;
    const uint32_t diaeresis = 0x0308;
    int32_t point = decimal_point(from);
    uint32_t base = 0;
    bool is_stripping = false;
    to->n = 0;
    for (int32_t i = 0; i < from->n;) {
        bool is_point = i == point;
        uint32_t c = units_next(from, &i);
        uint32_t mask = U_MASK(u_charType((UChar32)c));
        if (is_point) {
            units_add(to, '.');
        } else if ((mask & U_GC_MN_MASK) != 0) {
            if (!is_stripping && !(base == cyrillic_e && c == diaeresis))
                units_add(to, c);
        } else if ((mask & U_GC_MC_MASK) != 0) {
            units_add(to, c);
        } else if ((mask & (U_GC_L_MASK | U_GC_N_MASK)) != 0 && !is_apostrophe(c)) {
            base = c;
            is_stripping = has_strippable_marks(c);
            add_letter(to, c);
        }
    }
}

search_status folder_fold(folder *f, search_text word, buffer *out, search_error *error) {
    buffer_clear(out);
    if (is_plain(word)) {
        fold_plain(word, out);
        return out->failed ? error_memory(error) : SEARCH_OK;
    }
    if (!units_of_word(&f->here, word))
        return error_memory(error);
    search_status status = normalize(f->nfkc_casefold, &f->here, &f->there, error);
    if (status == SEARCH_OK)
        status = normalize(f->nfd, &f->there, &f->here, error);
    if (status != SEARCH_OK)
        return status;
    if (!units_reserve(&f->there, 2 * (size_t)f->here.n + 1))
        return error_memory(error);
    strip(&f->here, &f->there);
    status = normalize(f->nfc, &f->there, &f->here, error);
    if (status != SEARCH_OK)
        return status;
    units_to_utf8(&f->here, out);
    return out->failed ? error_memory(error) : SEARCH_OK;
}

/* ---- The exact form ---- */

/* Fillers go, apostrophes become one. */
static void tidy(fold_units *u) {
    int32_t n = 0;
    for (int32_t i = 0; i < u->n;) {
        uint32_t c = units_next(u, &i);
        if (is_apostrophe(c))
            c = '\'';
        if (!is_filler(c))
            U16_APPEND_UNSAFE(u->units, n, c);
    }
    u->n = n;
}

static search_status lower(const fold_units *from, fold_units *to, search_error *error) {
    size_t n_wanted = (size_t)from->n + 16;
    for (;;) {
        if (!units_reserve(to, n_wanted))
            return error_memory(error);
        UErrorCode status = U_ZERO_ERROR;
        int32_t n = u_strToLower(to->units, to->capacity, from->units, from->n, "", &status);
        if (status == U_BUFFER_OVERFLOW_ERROR && n > to->capacity) {
            n_wanted = (size_t)n;
            continue;
        }
        to->n = U_SUCCESS(status) ? n : 0;
        return U_SUCCESS(status) ? SEARCH_OK : fold_failure(status, error);
    }
}

search_status folder_exact(folder *f, search_text word, buffer *out, search_error *error) {
    buffer_clear(out);
    if (is_plain(word)) {
        exact_plain(word, out);
        return out->failed ? error_memory(error) : SEARCH_OK;
    }
    if (!units_of_word(&f->here, word))
        return error_memory(error);
    tidy(&f->here);
    search_status status = lower(&f->here, &f->there, error);
    if (status == SEARCH_OK)
        status = normalize(f->nfc, &f->there, &f->here, error);
    if (status != SEARCH_OK)
        return status;
    units_to_utf8(&f->here, out);
    return out->failed ? error_memory(error) : SEARCH_OK;
}
