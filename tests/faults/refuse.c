/* Preloaded into cables by refused.sh: the version file that the bulk builder writes gets another format number, as if
 * this libxapian were of a time that has another.  The bulk builder makes the file, which must not be there (O_EXCL);
 * libxapian overwrites it (O_TRUNC), and what it writes stays as it is. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { format_offset = 14, other_format = 0x7F, max_n_bytes = 256 };

static int version_file = -1;

/* The function behind this one. */
#define NEXT(function)                                                                                                 \
    static __typeof__(function) *next;                                                                                 \
    if (next == NULL) {                                                                                                \
        void *symbol = dlsym(RTLD_NEXT, #function);                                                                    \
        memcpy(&next, &symbol, sizeof next);                                                                           \
    }

static int note(const char *path, int flags, int fd) {
    static const char name[] = "/iamglass";
    const size_t n = strlen(path);
    const bool is_named = n >= sizeof name && strcmp(path + n - (sizeof name - 1), name) == 0;
    if (is_named && (flags & O_EXCL) != 0) {
        version_file = fd;
    } else if (fd == version_file) {
        version_file = -1;
    }
    return fd;
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
    NEXT(open)
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return note(path, flags, next(path, flags, mode));
}

int open64(const char *path, int flags, ...) {
    NEXT(open64)
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return note(path, flags, next(path, flags, mode));
}

ssize_t write(int fd, const void *bytes, size_t n_bytes) {
    NEXT(write)
    char changed[max_n_bytes];
    if (fd < 0 || fd != version_file || n_bytes <= format_offset || n_bytes > sizeof changed) {
        return next(fd, bytes, n_bytes);
    }
    version_file = -1;
    memcpy(changed, bytes, n_bytes);
    changed[format_offset] = other_format;
    return next(fd, changed, n_bytes);
}
