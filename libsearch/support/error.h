/* The one way errors are made.  Each function returns the status it set, so that `return error_set(...)` works; a null
 * search_error is allowed everywhere. */
#ifndef LIBSEARCH_SUPPORT_ERROR_H
#define LIBSEARCH_SUPPORT_ERROR_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <libsearch.h>
#include <stdarg.h>

void error_clear(search_error *error);

/* Status, stable id and a printf-formatted message (cut at a character); offset none, hint empty. */
search_status error_set(search_error *error, search_status status, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* SEARCH_E_SYSTEM with the errno given; ": " and its text are added to the message. */
search_status error_system(search_error *error, int system_errno, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

search_status error_memory(search_error *error);

/* Adds to an error that was set. */
void error_hint(search_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_offset(search_error *error, size_t offset);

#endif
