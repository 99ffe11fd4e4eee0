/* Errors are composed in a local array first, so that an argument may point into the error that is being set, and so
 * that nothing is allocated: out of memory must be reportable too. */
#include "libsearch/support/error.h"
#include "libsearch/support/utf8.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#define N_SCRATCH 1024 /* above every text of a search_error, so that cutting sees whole characters */

void error_clear(search_error *error) {
    if (error == NULL)
        return;
    *error = (search_error){.status = SEARCH_OK, .offset = SEARCH_NO_OFFSET};
}

/* Copies as much of a text as fits into `capacity` bytes with a NUL.  The header promises one line of UTF-8, while
 * paths hold any bytes: what would break the promise becomes a space or a question mark. */
static void put_line(char *out, size_t capacity, const char *text) {
    size_t n_bytes = strlen(text);
    size_t n_out = 0;
    for (size_t at = 0; at < n_bytes;) {
        size_t from = at;
        uint32_t character = utf8_next(text, n_bytes, &at);
        size_t n = character == UTF8_BAD ? 1 : at - from;
        if (n_out + n + 1 > capacity)
            break;
        if (character == UTF8_BAD)
            out[n_out] = '?';
        else if (character < 0x20 || character == 0x7F)
            out[n_out] = ' ';
        else
            memcpy(out + n_out, text + from, n);
        n_out += n;
    }
    out[n_out] = '\0';
}

static void format_line(char *out, size_t capacity, const char *format, va_list arguments) {
    char scratch[N_SCRATCH];
    if (vsnprintf(scratch, sizeof scratch, format, arguments) < 0)
        scratch[0] = '\0';
    put_line(out, capacity, scratch);
}

search_status error_set(search_error *error, search_status status, const char *id, const char *format, ...) {
    if (error == NULL)
        return status;
    search_error e;
    error_clear(&e);
    e.status = status;
    put_line(e.id, sizeof e.id, id);
    va_list arguments;
    va_start(arguments, format);
    format_line(e.message, sizeof e.message, format, arguments);
    va_end(arguments);
    *error = e;
    return status;
}

/* The English text of an errno, whatever locale the host has set. */
static const char *system_text(int system_errno) {
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return "system error";
    const char *text = strerror_l(system_errno, c);
    freelocale(c);
    return text;
}

search_status error_system(search_error *error, int system_errno, const char *id, const char *format, ...) {
    if (error == NULL)
        return SEARCH_E_SYSTEM;
    search_error e;
    error_clear(&e);
    e.status = SEARCH_E_SYSTEM;
    e.system_errno = system_errno;
    put_line(e.id, sizeof e.id, id);
    char reason[128];
    snprintf(reason, sizeof reason, ": %s", system_text(system_errno));
    va_list arguments;
    va_start(arguments, format);
    /* a long path is cut rather than the reason */
    format_line(e.message, sizeof e.message - strlen(reason), format, arguments);
    va_end(arguments);
    strcat(e.message, reason);
    *error = e;
    return SEARCH_E_SYSTEM;
}

search_status error_memory(search_error *error) {
    return error_set(error, SEARCH_E_MEMORY, "memory", "out of memory");
}

void error_hint(search_error *error, const char *format, ...) {
    if (error == NULL)
        return;
    char hint[sizeof error->hint];
    va_list arguments;
    va_start(arguments, format);
    format_line(hint, sizeof hint, format, arguments);
    va_end(arguments);
    memcpy(error->hint, hint, sizeof hint);
}

void error_offset(search_error *error, size_t offset) {
    if (error != NULL)
        error->offset = offset;
}

const char *search_status_name(search_status status) {
#define NAME(value)                                                                                                    \
    case value:                                                                                                        \
        return #value
    switch (status) {
        NAME(SEARCH_OK);
        NAME(SEARCH_E_ARGUMENT);
        NAME(SEARCH_E_QUERY);
        NAME(SEARCH_E_FACET);
        NAME(SEARCH_E_LIMIT);
        NAME(SEARCH_E_FORKED);
        NAME(SEARCH_E_NOT_FOUND);
        NAME(SEARCH_E_NO_INDEX);
        NAME(SEARCH_E_FORMAT);
        NAME(SEARCH_E_CORRUPT);
        NAME(SEARCH_E_ANALYZER);
        NAME(SEARCH_E_INPUT);
        NAME(SEARCH_E_REFUSED);
        NAME(SEARCH_E_SYSTEM);
        NAME(SEARCH_E_MEMORY);
        NAME(SEARCH_E_DEADLINE);
        NAME(SEARCH_E_CANCELLED);
        NAME(SEARCH_E_INTERNAL);
        NAME(SEARCH_E_LOCKED);
    }
#undef NAME
    return "unknown status";
}
