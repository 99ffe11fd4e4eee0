/* The characters that have a meaning in a query, and small questions about texts. */
#ifndef LIBSEARCH_QUERY_CHARS_H
#define LIBSEARCH_QUERY_CHARS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <libsearch.h>

uint32_t char_at(search_text text, size_t at);
bool char_is_space(uint32_t c);
bool char_is_quote(uint32_t c);
/* Straight closes straight and curly closes curly, so that each can stand inside the other. */
bool char_closes(uint32_t open, uint32_t c);
/* Good enough to tell `k?rea` from `Korea?”`: beyond ASCII all but white space and general punctuation counts. */
bool char_is_letter_or_digit(uint32_t c);
bool char_is_digit(uint32_t c);
bool char_ends_word(uint32_t c);

/* A backslash takes the meaning of the character behind it; before white space or at the end it stands for itself. */
bool chars_is_escape(search_text text, size_t at);
bool chars_ends_word_at(search_text text, size_t at);
/* Nothing follows that a field or a minus could belong to. */
bool chars_ends_clause_at(search_text text, size_t at);
size_t chars_word_end(search_text text, size_t at);
size_t chars_space_end(search_text text, size_t at);
bool chars_is_space(search_text text);
bool chars_has_letter(search_text text);
search_text chars_part(search_text text, size_t from, size_t to);
search_text chars_trim(search_text text);
bool chars_starts_with(search_text text, const char *prefix);
bool chars_is(search_text text, const char *string);
bool chars_is_same(search_text a, search_text b);
/* ASCII case aside; `name` is lower case. */
bool chars_is_name(search_text text, const char *name);
char chars_lower(char c);
/* Length of the field name that a colon follows; 0 when the text does not start that way. */
size_t chars_field_n_bytes(search_text text);

#endif
