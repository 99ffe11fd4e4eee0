/* What scanning and wrong encodings leave in a text.  Each function goes over the text once, and would rather miss a
 * fault than call good text one: names of files ("A1838"), ordinals, note marks on a word ("JELEN1"), lines of one sign
 * and words of other languages are no noise. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

#define MAX_MISREAD 2 /* figures in a row inside a word */
#define MIN_SPACED_LETTERS 5
#define MIN_SYMBOLS 4
#define MIN_DISTINCT_SYMBOLS 3

static void count(noise *out, size_t from, size_t to) {
    if (out->n++ == 0) {
        out->from = from;
        out->to = to;
    }
}

static bool is_letter(char c) {
    return is_upper(c) || is_lower(c);
}

static char byte_at(search_text text, size_t at) {
    return at < text.n_bytes ? text.bytes[at] : '\0';
}

/* ---- Encodings ------------------------------------------------------------------------------------------------ */

/* The second byte of a character of two bytes, as Latin-1 and Windows-1252 show it: U+0080 to U+00BF, or a sign that
 * Windows-1252 has in the place of a C1 control. */
static bool is_shown_tail(uint32_t c) {
    static const uint32_t signs[] = {0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030,
                                     0x0160, 0x2039, 0x0152, 0x017D, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                     0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x017E, 0x0178};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (c == signs[i])
            return true;
    return c >= 0x80 && c <= 0xBF;
}

/* Of the letters that begin such a pair: after those of the first kind any tail is wrong, after the others only one
 * that is no quotation mark or dash, which good text has behind a letter. */
static bool is_shown_pair(uint32_t lead, uint32_t tail) {
    bool is_plain_tail = tail < 0x2000 && tail != 0xAB && tail != 0xBB && tail != 0xA0 && tail != 0xAD &&
                         tail != 0xB7 && tail != 0x0161 && tail != 0x0160 && tail != 0x017E && tail != 0x017D &&
                         tail != 0x0153;
    switch (lead) {
    case 0xC2: /* Â before a sign of Latin-1 */
        return (tail >= 0x80 && tail <= 0xBF) || tail == 0x2019;
    case 0xC3: /* Ã, Ä, Å, Ð, Ñ, Ï */
    case 0xC4:
    case 0xC5:
    case 0xD0:
    case 0xD1:
    case 0xEF:
        return is_shown_tail(tail) && is_plain_tail;
    case 0xE2: /* â€™ */
        return tail == 0x20AC || tail == 0x80;
    default:
        return false;
    }
}

/* "Koreaâs": of a curly apostrophe the first byte was kept alone. */
static bool is_lone_apostrophe(search_text text, size_t at, size_t next) {
    bool has_word = at >= 3 && is_lower(text.bytes[at - 1]) && is_lower(text.bytes[at - 2]);
    char after = byte_at(text, next);
    bool is_ending = (after == 's' || after == 't') && !is_word_byte(byte_at(text, next + 1));
    return has_word && is_ending;
}

/* The next place of a byte at or after `at`, or the end. */
static size_t next_byte(search_text text, size_t at, int byte) {
    const char *found = at < text.n_bytes ? memchr(text.bytes + at, byte, text.n_bytes - at) : NULL;
    return found == NULL ? text.n_bytes : (size_t)(found - text.bytes);
}

/* All the letters that begin a pair, U+00C2 to U+00EF, have the same first byte. */
noise noise_find_mojibake(search_text text) {
    static const int lead = 0xC3;
    noise found = {0, 0, 0};
    for (size_t at = next_byte(text, 0, lead); at < text.n_bytes; at = next_byte(text, at, lead)) {
        size_t start = at;
        uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        if (c < 0xC2 || c > 0xEF || at >= text.n_bytes)
            continue;
        size_t next = at;
        uint32_t tail = utf8_next(text.bytes, text.n_bytes, &next);
        if (is_shown_pair(c, tail)) {
            count(&found, start, next);
            at = next;
        } else if (c == 0xE2 && is_lone_apostrophe(text, start, at)) {
            count(&found, start, at);
        }
    }
    return found;
}

noise noise_find_bad_bytes(search_text text) {
    noise found = {0, 0, 0};
    for (size_t at = next_byte(text, 0, 0xEF); at + 3 <= text.n_bytes; at = next_byte(text, at + 1, 0xEF))
        if (memcmp(text.bytes + at, "\xEF\xBF\xBD", 3) == 0)
            count(&found, at, at + 3);
    return found;
}

/* ---- Scanning ------------------------------------------------------------------------------------------------- */

/* "Ambassado1·": letters, a figure, and then a letter or a middle dot in one word. */
static size_t misread_at(search_text text, size_t at) {
    size_t to = at;
    while (is_digit(byte_at(text, to)) && to - at < MAX_MISREAD)
        to++;
    bool is_inside =
        at >= 3 && is_lower(text.bytes[at - 1]) && is_lower(text.bytes[at - 2]) && is_letter(text.bytes[at - 3]);
    bool is_dot = text_starts(text_from(text, to < text.n_bytes ? to : text.n_bytes), "\xC2\xB7");
    bool is_word = is_lower(byte_at(text, to)) && is_lower(byte_at(text, to + 1));
    return is_inside && (is_dot || is_word) ? to : 0;
}

static bool is_symbol(char c) {
    static const bool symbols[256] = {
        ['~'] = true, ['^'] = true, ['|'] = true, ['\\'] = true, ['{'] = true, ['}'] = true, ['<'] = true,
        ['>'] = true, ['*'] = true, ['_'] = true, ['='] = true,  ['#'] = true, ['@'] = true,
    };
    return symbols[(unsigned char)c];
}

static size_t symbols_end(search_text text, size_t at) {
    while (is_symbol(byte_at(text, at)))
        at++;
    return at;
}

/* "~^|\" but neither "*****" nor "=>". */
static bool is_noise(search_text text, size_t from, size_t to) {
    size_t n_distinct = 0;
    for (size_t i = from; i < to && n_distinct < MIN_DISTINCT_SYMBOLS; i++)
        n_distinct += memchr(text.bytes + from, text.bytes[i], i - from) == NULL;
    return to - from >= MIN_SYMBOLS && n_distinct >= MIN_DISTINCT_SYMBOLS;
}

noise noise_find_ocr(search_text text) {
    noise found = {0, 0, 0};
    for (size_t at = 0; at < text.n_bytes; at++) {
        if (!is_digit(text.bytes[at]) && !is_symbol(text.bytes[at]))
            continue;
        size_t misread = is_digit(text.bytes[at]) ? misread_at(text, at) : 0;
        size_t symbols = symbols_end(text, at);
        if (misread > 0)
            count(&found, at, misread);
        else if (is_noise(text, at, symbols))
            count(&found, at, symbols);
        if (symbols > at)
            at = symbols - 1;
    }
    return found;
}

/* Single capitals with one space between; A B C D E in their order are a list. */
noise noise_find_spacing(search_text text) {
    noise found = {0, 0, 0};
    for (size_t at = 0; at < text.n_bytes; at++) {
        bool is_start = is_upper(text.bytes[at]) && (at == 0 || !is_word_byte(text.bytes[at - 1]));
        size_t n = 1;
        bool is_list = true;
        size_t to = at;
        while (is_start && byte_at(text, to + 1) == ' ' && is_upper(byte_at(text, to + 2)) &&
               !is_word_byte(byte_at(text, to + 3)) && byte_at(text, to + 3) != '.' && byte_at(text, to + 3) != '\'') {
            is_list = is_list && text.bytes[to + 2] > text.bytes[to];
            to += 2;
            n++;
        }
        if (n >= MIN_SPACED_LETTERS && !is_list)
            count(&found, at, to + 1);
        at = to;
    }
    return found;
}
