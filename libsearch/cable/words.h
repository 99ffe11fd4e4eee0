/* Looking at pieces of text without copying them.  Letters are compared without case in ASCII only: what the readers
 * look for (labels, months, "No.", "translated by") is ASCII. */
#ifndef LIBSEARCH_CABLE_WORDS_H
#define LIBSEARCH_CABLE_WORDS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <libsearch.h>
#include <string.h>

#define NOT_FOUND SIZE_MAX

static inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

static inline bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

/* A byte of a word: letters, digits, and every byte of a character beyond ASCII. */
static inline bool is_word_byte(char c) {
    return is_digit(c) || is_upper(c) || is_lower(c) || (unsigned char)c >= 0x80;
}

static inline char to_lower(char c) {
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* The bytes [from, to) of a text. */
static inline search_text text_part(search_text text, size_t from, size_t to) {
    return (search_text){text.bytes + from, to - from};
}

static inline search_text text_from(search_text text, size_t from) {
    return text_part(text, from, text.n_bytes);
}

static inline bool text_equals(search_text text, const char *string) {
    return text.n_bytes == strlen(string) && (text.n_bytes == 0 || memcmp(text.bytes, string, text.n_bytes) == 0);
}

/* These compare before they measure: a text is looked for in tables of hundreds of words. */
static inline bool text_starts(search_text text, const char *string) {
    for (size_t i = 0; string[i] != '\0'; i++)
        if (i == text.n_bytes || to_lower(text.bytes[i]) != to_lower(string[i]))
            return false;
    return true;
}

static inline bool text_is(search_text text, const char *string) {
    return text_starts(text, string) && strlen(string) == text.n_bytes;
}

static inline bool text_is_one_of(search_text text, const char *const *words, size_t n_words) {
    for (size_t i = 0; i < n_words; i++)
        if (text_is(text, words[i]))
            return true;
    return false;
}
#define IS_ONE_OF(text, words) text_is_one_of(text, words, sizeof(words) / sizeof *(words)) /* words: an array */

/* Where `string`, which is not empty, stands at or after `from`, or NOT_FOUND. */
static inline size_t text_find(search_text text, const char *string, size_t from) {
    size_t n = strlen(string);
    char first = to_lower(string[0]);
    for (size_t at = from; at + n <= text.n_bytes; at++)
        if (to_lower(text.bytes[at]) == first && text_starts(text_from(text, at), string))
            return at;
    return NOT_FOUND;
}

static inline bool text_ends(search_text text, const char *string) {
    size_t n = strlen(string);
    return text.n_bytes >= n && text_starts(text_from(text, text.n_bytes - n), string);
}

static inline bool text_has_digit(search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++)
        if (is_digit(text.bytes[i]))
            return true;
    return false;
}

/* The next word (anything between ASCII spaces) at or after *at, which moves past it; false at the end. */
static inline bool text_next_word(search_text text, size_t *at, search_text *word) {
    while (*at < text.n_bytes && (text.bytes[*at] == ' ' || text.bytes[*at] == '\t'))
        (*at)++;
    size_t from = *at;
    while (*at < text.n_bytes && text.bytes[*at] != ' ' && text.bytes[*at] != '\t')
        (*at)++;
    *word = text_part(text, from, *at);
    return *at > from;
}

static inline size_t text_n_words(search_text text) {
    size_t n = 0;
    search_text word;
    for (size_t at = 0; text_next_word(text, &at, &word);)
        n++;
    return n;
}

#endif
