/* A byte buffer that grows.  A failed allocation sticks: later writes do nothing and `failed` stays true, so that a
 * writer checks once at the end.  Zero-initialised is empty and valid.  `bytes` always ends in a NUL not counted in
 * n_bytes once anything was written. */
#ifndef LIBSEARCH_SUPPORT_BUFFER_H
#define LIBSEARCH_SUPPORT_BUFFER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct buffer {
    char *bytes;
    size_t n_bytes;
    size_t capacity;
    bool failed;
} buffer;

bool buffer_reserve(buffer *b, size_t n_more); /* room for n_more bytes and the NUL */
void buffer_add(buffer *b, const void *bytes, size_t n_bytes);
void buffer_add_string(buffer *b, const char *string);
void buffer_add_byte(buffer *b, char byte);
void buffer_add_format(buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_clear(buffer *b); /* empties it and keeps the memory */
void buffer_free(buffer *b);
char *buffer_take(buffer *b, size_t *n_bytes); /* gives the memory away (free() it); null when failed */

#endif
