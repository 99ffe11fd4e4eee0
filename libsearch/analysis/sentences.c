/* Where sentences start, for snippets.  ICU's sentence break, a line at a time (a newline always ends a sentence), less
 * the breaks it sees after titles, abbreviations and initials. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>

typedef struct sentence_finder {
    search_text text;
    UBreakIterator *breaks; /* null until it is needed */
    UChar *units;           /* the line, and for each unit its byte offset in the text */
    size_t *offsets;
    size_t capacity;
    size_t *starts;
    size_t n_starts;
    size_t starts_capacity;
} sentence_finder;

static bool reserve_units(sentence_finder *f, size_t n) {
    if (n <= f->capacity)
        return true;
    size_t capacity = n + n / 2 + 64;
    UChar *units = realloc(f->units, capacity * sizeof *units);
    if (units == NULL)
        return false;
    f->units = units;
    size_t *offsets = realloc(f->offsets, capacity * sizeof *offsets);
    if (offsets == NULL)
        return false;
    f->offsets = offsets;
    f->capacity = capacity;
    return true;
}

static bool add_start(sentence_finder *f, size_t start) {
    if (f->n_starts == f->starts_capacity) {
        size_t capacity = f->starts_capacity == 0 ? 64 : f->starts_capacity * 2;
        size_t *starts = realloc(f->starts, capacity * sizeof *starts);
        if (starts == NULL)
            return false;
        f->starts = starts;
        f->starts_capacity = capacity;
    }
    f->starts[f->n_starts++] = start;
    return true;
}

/* ---- Abbreviations ---- */

static bool is_among(const char *const *words, search_text word) {
    for (; *words != NULL; words++)
        if (strlen(*words) == word.n_bytes && memcmp(*words, word.bytes, word.n_bytes) == 0)
            return true;
    return false;
}

static bool is_abbreviation(search_text word, char next) {
    static const char *const before_names[] = {"Mr",  "Mrs", "Ms",  "Dr",   "St",   "Gen", "Col", "Lt",   "Maj", "Capt",
                                               "Cdr", "Adm", "Sgt", "Brig", "Prof", "Rev", "Hon", "Amb",  "Sen", "Rep",
                                               "Gov", "Com", "Cde", "vs",   "cf",   "ed",  "eds", "ibid", NULL};
    static const char *const before_numbers[] = {"No", "no",  "Nos", "nos",  "p",   "pp", "vol", "Vol",
                                                 "ch", "art", "Art", "para", "fol", "f",  "op",  NULL};
    if (is_among(before_names, word))
        return true;
    return next >= '0' && next <= '9' && is_among(before_numbers, word);
}

static bool is_initial(search_text word) {
    size_t at = 0;
    if (word.n_bytes == 0)
        return false;
    uint32_t c = utf8_next(word.bytes, word.n_bytes, &at);
    return at == word.n_bytes && c != UTF8_BAD && u_isupper((UChar32)c);
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_delimiter(char byte) {
    return is_blank(byte) || byte == '.' || byte == '(' || byte == '[' || byte == '-';
}

/* Whether the sentence from `from` on goes on at `at`, since only an abbreviation's full stop is before that. */
static bool goes_on(search_text text, size_t from, size_t at) {
    size_t to = at;
    while (to > from && is_blank(text.bytes[to - 1]))
        to--;
    if (to == from || text.bytes[to - 1] != '.')
        return false;
    to--;
    size_t start = to;
    while (start > from && !is_delimiter(text.bytes[start - 1]))
        start--;
    search_text word = {text.bytes + start, to - start};
    return is_initial(word) || is_abbreviation(word, text.bytes[at]);
}

/* ---- Lines ---- */

static bool is_blank_text(search_text text, size_t from, size_t to) {
    while (from < to) {
        uint32_t c = utf8_next(text.bytes, to, &from);
        if (c == UTF8_BAD || !u_isUWhiteSpace((UChar32)c))
            return false;
    }
    return true;
}

static size_t decode_line(sentence_finder *f, size_t from, size_t to) {
    size_t n = 0;
    for (size_t at = from; at < to;) {
        size_t start = at;
        uint32_t c = utf8_next(f->text.bytes, to, &at);
        f->offsets[n] = start;
        if (c == UTF8_BAD)
            c = 0xFFFD;
        if (c > 0xFFFF) {
            f->units[n++] = U16_LEAD(c);
            f->offsets[n] = start;
            f->units[n++] = U16_TRAIL(c);
        } else {
            f->units[n++] = (UChar)c;
        }
    }
    f->offsets[n] = to;
    return n;
}

static search_status sentences_of_line(sentence_finder *f, size_t from, size_t to, search_error *error) {
    if (!reserve_units(f, to - from + 1))
        return error_memory(error);
    size_t n_units = decode_line(f, from, to);
    UErrorCode status = U_ZERO_ERROR;
    if (f->breaks == NULL)
        f->breaks = ubrk_open(UBRK_SENTENCE, "", NULL, 0, &status);
    if (U_SUCCESS(status))
        ubrk_setText(f->breaks, f->units, (int32_t)n_units, &status);
    if (status == U_MEMORY_ALLOCATION_ERROR)
        return error_memory(error);
    if (U_FAILURE(status))
        return error_set(error, SEARCH_E_INTERNAL, "analysis.icu", "ICU failed to find sentences: %s",
                         u_errorName(status));
    size_t sentence = from;
    for (int32_t unit = ubrk_first(f->breaks); unit != UBRK_DONE; unit = ubrk_next(f->breaks)) {
        size_t start = f->offsets[unit];
        if (start == to)
            break;
        bool is_new = start == from || !goes_on(f->text, sentence, start);
        if (!is_new)
            continue;
        sentence = start;
        if (!add_start(f, start))
            return error_memory(error);
    }
    return SEARCH_OK;
}

static search_status find_sentences(sentence_finder *f, search_error *error) {
    size_t from = 0;
    while (from < f->text.n_bytes) {
        const char *newline = memchr(f->text.bytes + from, '\n', f->text.n_bytes - from);
        size_t to = newline == NULL ? f->text.n_bytes : (size_t)(newline - f->text.bytes) + 1;
        search_status status = SEARCH_OK;
        if (!is_blank_text(f->text, from, to))
            status = sentences_of_line(f, from, to, error);
        else if (from == 0 && !add_start(f, 0))
            status = error_memory(error);
        if (status != SEARCH_OK)
            return status;
        from = to;
    }
    return SEARCH_OK;
}

search_status text_sentences(search_text text, size_t **starts, size_t *n_starts, search_error *error) {
    error_clear(error);
    *starts = NULL;
    *n_starts = 0;
    if (text.n_bytes > INT32_MAX / 2)
        return error_set(error, SEARCH_E_LIMIT, "analysis.text_too_long", "a text is over 1 GiB");
    sentence_finder f = {.text = text};
    search_status status = find_sentences(&f, error);
    if (f.breaks != NULL)
        ubrk_close(f.breaks);
    free(f.units);
    free(f.offsets);
    if (status != SEARCH_OK) {
        free(f.starts);
        return status;
    }
    *starts = f.starts;
    *n_starts = f.n_starts;
    return SEARCH_OK;
}
