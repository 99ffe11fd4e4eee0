/* Preloaded into cables by calls.sh: lets one system call fail, or kills the process in its place.
 *
 *   FAIL_CALL   fsync, rename, symlink, write (pwrite too), pread, mkdir, mkdtemp, unlink, flock, pthread_create, or
 *               open (to write)
 *   FAIL_AT     which of these calls, from 1
 *   FAIL_HOW    "kill", or the number that errno gets
 *   FAIL_THEN   a call that fails each time from then on; may be empty
 *   FAIL_MARK   a file made when it came to that
 *
 * Only the program itself is meant, not the shell script that libtool may have put before it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_program(void) {
    static int answer = -1;
    if (answer < 0) {
        char path[4096];
        const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
        path[n < 0 ? 0 : n] = '\0';
        const char *slash = strrchr(path, '/');
        const char *name = slash == NULL ? path : slash + 1;
        answer = strcmp(name, "cables") == 0 || strcmp(name, "lt-cables") == 0;
    }
    return answer == 1;
}

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

static void mark(void) {
    const long fd = syscall(SYS_openat, AT_FDCWD, setting("FAIL_MARK"), O_WRONLY | O_CREAT, 0666);
    syscall(SYS_close, fd);
}

/* Whether this call is to fail; then errno is set, or this does not return.  Calls come from several threads. */
static bool must_fail(const char *call) {
    static atomic_long n_calls;
    static atomic_bool has_failed;
    const bool is_next = has_failed && strcmp(setting("FAIL_THEN"), call) == 0;
    if (!is_next && (strcmp(setting("FAIL_CALL"), call) != 0 || !is_program() || ++n_calls != atol(setting("FAIL_AT"))))
        return false;
    if (!atomic_exchange(&has_failed, true))
        mark();
    if (strcmp(setting("FAIL_HOW"), "kill") == 0)
        raise(SIGKILL);
    errno = atoi(setting("FAIL_HOW"));
    return true;
}

/* The function behind this one. */
#define NEXT(function)                                                                                                 \
    static __typeof__(function) *next;                                                                                 \
    if (next == NULL) {                                                                                                \
        void *symbol = dlsym(RTLD_NEXT, #function);                                                                    \
        memcpy(&next, &symbol, sizeof next);                                                                           \
    }

int fsync(int fd) {
    NEXT(fsync)
    return must_fail("fsync") ? -1 : next(fd);
}

int rename(const char *from, const char *to) {
    NEXT(rename)
    return must_fail("rename") ? -1 : next(from, to);
}

int symlink(const char *target, const char *path) {
    NEXT(symlink)
    return must_fail("symlink") ? -1 : next(target, path);
}

int unlink(const char *path) {
    NEXT(unlink)
    return must_fail("unlink") ? -1 : next(path);
}

int mkdir(const char *path, mode_t mode) {
    NEXT(mkdir)
    return must_fail("mkdir") ? -1 : next(path, mode);
}

char *mkdtemp(char *template) {
    NEXT(mkdtemp)
    return must_fail("mkdtemp") ? NULL : next(template);
}

int flock(int fd, int operation) {
    NEXT(flock)
    return must_fail("flock") ? -1 : next(fd, operation);
}

/* Standard output and error are another matter. */
ssize_t write(int fd, const void *bytes, size_t n_bytes) {
    NEXT(write)
    return fd > 2 && must_fail("write") ? -1 : next(fd, bytes, n_bytes);
}

ssize_t pwrite(int fd, const void *bytes, size_t n_bytes, off_t offset) {
    NEXT(pwrite)
    return must_fail("write") ? -1 : next(fd, bytes, n_bytes, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n_bytes, off64_t offset) {
    NEXT(pwrite64)
    return must_fail("write") ? -1 : next(fd, bytes, n_bytes, offset);
}

ssize_t pread(int fd, void *bytes, size_t n_bytes, off_t offset) {
    NEXT(pread)
    return must_fail("pread") ? -1 : next(fd, bytes, n_bytes, offset);
}

ssize_t pread64(int fd, void *bytes, size_t n_bytes, off64_t offset) {
    NEXT(pread64)
    return must_fail("pread") ? -1 : next(fd, bytes, n_bytes, offset);
}

/* Gives the error back instead of setting errno. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context) {
    NEXT(pthread_create)
    return must_fail("pthread_create") ? errno : next(thread, attributes, run, context);
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
    return (flags & O_ACCMODE) != O_RDONLY && must_fail("open") ? -1 : next(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    NEXT(open64)
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return (flags & O_ACCMODE) != O_RDONLY && must_fail("open") ? -1 : next(path, flags, mode);
}
