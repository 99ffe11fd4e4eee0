/* A growing byte buffer: doubling, so that n additions cost O(n). */
#include "libsearch/support/buffer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_CAPACITY 64

bool buffer_reserve(buffer *b, size_t n_more) {
    if (b->failed)
        return false;
    if (n_more >= SIZE_MAX - b->n_bytes) {
        b->failed = true;
        return false;
    }
    size_t need = b->n_bytes + n_more + 1;
    if (need > b->capacity) {
        size_t capacity = b->capacity > SIZE_MAX / 2 ? need : b->capacity * 2;
        if (capacity < need)
            capacity = need;
        if (capacity < MIN_CAPACITY)
            capacity = MIN_CAPACITY;
        char *bytes = realloc(b->bytes, capacity);
        if (bytes == NULL) {
            b->failed = true;
            return false;
        }
        b->bytes = bytes;
        b->capacity = capacity;
    }
    b->bytes[b->n_bytes] = '\0';
    return true;
}

void buffer_add(buffer *b, const void *bytes, size_t n_bytes) {
    if (!buffer_reserve(b, n_bytes) || n_bytes == 0)
        return;
    memcpy(b->bytes + b->n_bytes, bytes, n_bytes);
    b->n_bytes += n_bytes;
    b->bytes[b->n_bytes] = '\0';
}

void buffer_add_string(buffer *b, const char *string) {
    buffer_add(b, string, strlen(string));
}

void buffer_add_byte(buffer *b, char byte) {
    buffer_add(b, &byte, 1);
}

void buffer_add_format(buffer *b, const char *format, ...) {
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    if (n < 0)
        b->failed = true;
    else if (buffer_reserve(b, (size_t)n)) {
        vsnprintf(b->bytes + b->n_bytes, (size_t)n + 1, format, again);
        b->n_bytes += (size_t)n;
    }
    va_end(again);
    va_end(arguments);
}

void buffer_clear(buffer *b) {
    b->n_bytes = 0;
    if (b->bytes != NULL)
        b->bytes[0] = '\0';
}

void buffer_free(buffer *b) {
    free(b->bytes);
    *b = (buffer){0};
}

char *buffer_take(buffer *b, size_t *n_bytes) {
    buffer_reserve(b, 0); /* an empty buffer gives an empty string: null means failure only */
    char *bytes = NULL;
    size_t n = 0;
    if (b->failed)
        free(b->bytes);
    else {
        bytes = b->bytes;
        n = b->n_bytes;
    }
    *b = (buffer){0};
    if (n_bytes != NULL)
        *n_bytes = n;
    return bytes;
}
