/* Characters are judged without ICU: what a query needs of Unicode is white space, quotes, and a rough idea of letters.
 */
#include "libsearch/query/chars.h"

#include "libsearch/support/utf8.h"

#include <string.h>

uint32_t char_at(search_text text, size_t at) {
    return utf8_next(text.bytes, text.n_bytes, &at);
}

/* Unicode White_Space, and the zero width space and the byte order mark, which come along with pasted text. */
bool char_is_space(uint32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 ||
           c == 0xFEFF;
}

bool char_is_quote(uint32_t c) {
    return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E;
}

bool char_closes(uint32_t open, uint32_t c) {
    return open == '"' ? c == '"' : c == 0x201C || c == 0x201D;
}

bool char_is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool char_is_letter_or_digit(uint32_t c) {
    if (c < 0x80) {
        return char_is_digit(c) || is_ascii_letter(c);
    }
    return !char_is_space(c) && !(c >= 0x2000 && c <= 0x206F);
}

bool char_ends_word(uint32_t c) {
    return char_is_space(c) || char_is_quote(c) || c == '(' || c == ')';
}

bool chars_is_escape(search_text text, size_t at) {
    return text.bytes[at] == '\\' && at + 1 < text.n_bytes && !char_is_space(char_at(text, at + 1));
}

bool chars_ends_word_at(search_text text, size_t at) {
    return at == text.n_bytes || char_ends_word(char_at(text, at));
}

bool chars_ends_clause_at(search_text text, size_t at) {
    return at == text.n_bytes || text.bytes[at] == ')' || char_is_space(char_at(text, at));
}

size_t chars_word_end(search_text text, size_t at) {
    while (!chars_ends_word_at(text, at)) {
        at += chars_is_escape(text, at) ? 1 : 0;
        utf8_next(text.bytes, text.n_bytes, &at);
    }
    return at;
}

size_t chars_space_end(search_text text, size_t at) {
    size_t end = at;
    while (at < text.n_bytes && char_is_space(utf8_next(text.bytes, text.n_bytes, &at))) {
        end = at;
    }
    return end;
}

bool chars_is_space(search_text text) {
    return chars_space_end(text, 0) == text.n_bytes;
}

bool chars_has_letter(search_text text) {
    for (size_t at = 0; at < text.n_bytes;) {
        if (char_is_letter_or_digit(utf8_next(text.bytes, text.n_bytes, &at))) {
            return true;
        }
    }
    return false;
}

search_text chars_part(search_text text, size_t from, size_t to) {
    return (search_text){text.bytes + from, to - from};
}

search_text chars_trim(search_text text) {
    size_t from = chars_space_end(text, 0);
    size_t to = from;
    for (size_t at = from; at < text.n_bytes;) {
        if (!char_is_space(utf8_next(text.bytes, text.n_bytes, &at))) {
            to = at;
        }
    }
    return chars_part(text, from, to);
}

bool chars_starts_with(search_text text, const char *prefix) {
    size_t n = strlen(prefix);
    return text.n_bytes >= n && memcmp(text.bytes, prefix, n) == 0;
}

bool chars_is(search_text text, const char *string) {
    return text.n_bytes == strlen(string) && chars_starts_with(text, string);
}

bool chars_is_same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.bytes, b.bytes, a.n_bytes) == 0);
}

char chars_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool chars_is_name(search_text text, const char *name) {
    if (text.n_bytes != strlen(name)) {
        return false;
    }
    for (size_t i = 0; i < text.n_bytes; i++) {
        if (chars_lower(text.bytes[i]) != name[i]) {
            return false;
        }
    }
    return true;
}

size_t chars_field_n_bytes(search_text text) {
    size_t n = 0;
    while (n < text.n_bytes && (is_ascii_letter((unsigned char)text.bytes[n]) ||
                                (n > 0 && (char_is_digit((unsigned char)text.bytes[n]) || text.bytes[n] == '_')))) {
        n++;
    }
    return n < text.n_bytes && text.bytes[n] == ':' ? n : 0;
}
