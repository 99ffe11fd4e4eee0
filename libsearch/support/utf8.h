/* UTF-8 without ICU: decoding that never reads past the end, and repair. */
#ifndef LIBSEARCH_SUPPORT_UTF8_H
#define LIBSEARCH_SUPPORT_UTF8_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include <stdbool.h>
#include <stdint.h>

#define UTF8_BAD 0xFFFFFFFFu

/* Decodes the character at *at (< n_bytes) and moves *at past it.  UTF8_BAD for an ill-formed sequence, of which the
 * maximal subpart is passed over, as Unicode recommends.  No surrogates, no overlong forms, at most U+10FFFF. */
uint32_t utf8_next(const char *bytes, size_t n_bytes, size_t *at);
size_t utf8_put(uint32_t character, char out[4]); /* bytes written */
bool utf8_valid(const char *bytes, size_t n_bytes);
/* Appends with every ill-formed subpart replaced by U+FFFD; returns how many there were. */
size_t utf8_repair(buffer *out, const char *bytes, size_t n_bytes);
/* The longest length <= max that ends between characters. */
size_t utf8_cut(const char *bytes, size_t n_bytes, size_t max);
size_t utf8_n_characters(const char *bytes, size_t n_bytes);

#endif
