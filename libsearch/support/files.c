/* Files by plain POSIX calls.  Every descriptor is close-on-exec, interrupted calls go on, and whatever can fail says
 * which path it was about. */
#include "libsearch/support/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *file_path(const char *directory, const char *name) {
    size_t n_directory = strlen(directory);
    size_t n_name = strlen(name);
    char *path = malloc(n_directory + n_name + 2);
    if (path == NULL)
        return NULL;
    memcpy(path, directory, n_directory);
    path[n_directory] = '/';
    memcpy(path + n_directory + 1, name, n_name + 1);
    return path;
}

bool file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

/* ---- Whole files ---- */

/* Opens a regular file; O_NONBLOCK lets a FIFO be refused instead of waited for. */
static search_status open_regular(const char *path, int *fd, struct stat *st, search_error *error) {
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0)
        return error_system(error, errno, "file.open", "cannot open %s", path);
    int reason = 0;
    if (fstat(*fd, st) != 0)
        reason = errno;
    else if (!S_ISREG(st->st_mode))
        reason = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
    if (reason == 0)
        return SEARCH_OK;
    close(*fd);
    *fd = -1;
    return error_system(error, reason, "file.not_regular", "%s is not a regular file", path);
}

static search_status read_all(int fd, const char *path, size_t max_n_bytes, buffer *out, search_error *error) {
    for (;;) {
        if (out->n_bytes > max_n_bytes)
            return error_set(error, SEARCH_E_INPUT, "file.too_large", "%s is larger than %zu bytes", path, max_n_bytes);
        if (out->capacity - out->n_bytes < 4096 && !buffer_reserve(out, 65536))
            return error_memory(error);
        ssize_t n = read(fd, out->bytes + out->n_bytes, out->capacity - out->n_bytes - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_system(error, errno, "file.read", "cannot read %s", path);
        if (n == 0)
            return SEARCH_OK;
        out->n_bytes += (size_t)n;
        out->bytes[out->n_bytes] = '\0';
    }
}

search_status file_read(const char *path, size_t max_n_bytes, buffer *out, search_error *error) {
    buffer_clear(out);
    int fd;
    struct stat st;
    search_status status = open_regular(path, &fd, &st, error);
    if (status != SEARCH_OK)
        return status;
    if ((uintmax_t)st.st_size > max_n_bytes)
        status = error_set(error, SEARCH_E_INPUT, "file.too_large", "%s is larger than %zu bytes", path, max_n_bytes);
    else if (!buffer_reserve(out, (size_t)st.st_size + 4096)) /* one read, and one that finds the end */
        status = error_memory(error);
    else
        status = read_all(fd, path, max_n_bytes, out, error);
    close(fd);
    if (status != SEARCH_OK)
        buffer_clear(out);
    return status;
}

/* 0 or errno */
static int write_all(int fd, const char *bytes, size_t n_bytes) {
    while (n_bytes > 0) {
        ssize_t n = write(fd, bytes, n_bytes);
        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0) {
            bytes += n;
            n_bytes -= (size_t)n;
        }
    }
    return 0;
}

/* 0 or errno */
static int sync_descriptor(int fd) {
    int result;
    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

search_status file_output_open(file_output *o, const char *path, search_error *error) {
    *o = (file_output){open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), 0};
    return o->fd < 0 ? error_system(error, errno, "file.create", "cannot create %s", path) : SEARCH_OK;
}

void file_output_add(file_output *o, const void *bytes, size_t n_bytes) {
    if (o->reason == 0)
        o->reason = write_all(o->fd, bytes, n_bytes);
}

search_status file_output_close(file_output *o, const char *path, search_status status, search_error *error) {
    if (status == SEARCH_OK && o->reason == 0)
        o->reason = sync_descriptor(o->fd);
    if (close(o->fd) != 0 && o->reason == 0 && errno != EINTR)
        o->reason = errno;
    if (status == SEARCH_OK && o->reason == 0)
        return SEARCH_OK;
    unlink(path); /* half a file is worse than none */
    return status != SEARCH_OK ? status : error_system(error, o->reason, "file.write", "cannot write %s", path);
}

search_status file_write(const char *path, const void *bytes, size_t n_bytes, search_error *error) {
    file_output o;
    const search_status status = file_output_open(&o, path, error);
    if (status != SEARCH_OK)
        return status;
    file_output_add(&o, bytes, n_bytes);
    return file_output_close(&o, path, SEARCH_OK, error);
}

search_status file_sync(const char *path, search_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_system(error, errno, "file.open", "cannot open %s", path);
    int reason = sync_descriptor(fd);
    close(fd);
    return reason == 0 ? SEARCH_OK : error_system(error, reason, "file.sync", "cannot sync %s", path);
}

/* ---- Maps ---- */

search_status file_map_open(const char *path, file_map *out, search_error *error) {
    *out = (file_map){0};
    int fd;
    struct stat st;
    search_status status = open_regular(path, &fd, &st, error);
    if (status != SEARCH_OK)
        return status;
    if ((uintmax_t)st.st_size > SIZE_MAX)
        status = error_system(error, EOVERFLOW, "file.map", "cannot map %s", path);
    else if (st.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
            status = error_system(error, errno, "file.map", "cannot map %s", path);
        else
            *out = (file_map){bytes, (size_t)st.st_size};
    }
    close(fd);
    return status;
}

void file_map_rest(const file_map *map, const void *from, size_t n_bytes) {
    const long n_page = sysconf(_SC_PAGESIZE);
    if (n_page <= 0)
        return;
    const size_t page = (size_t)n_page;
    const size_t first = (size_t)((const unsigned char *)from - map->bytes);
    const size_t start = (first + page - 1) / page * page;
    const size_t end = (first + n_bytes) / page * page;
    if (start < end)
        madvise((void *)(uintptr_t)(map->bytes + start), end - start, MADV_DONTNEED);
}

void file_map_close(file_map *map) {
    if (map->bytes != NULL)
        munmap((void *)(uintptr_t)map->bytes, map->n_bytes);
    *map = (file_map){0};
}

/* ---- Directories ---- */

typedef struct entry {
    char *path;
    char *key; /* what entries are sorted by: a folder's name ends in "/", so that whole paths come out bytewise */
    bool is_directory;
    bool is_regular;
} entry;

typedef struct entry_list {
    entry *entries;
    size_t n_entries;
    size_t capacity;
} entry_list;

static void free_entries(entry_list *list) {
    for (size_t i = 0; i < list->n_entries; i++) {
        free(list->entries[i].path);
        free(list->entries[i].key);
    }
    free(list->entries);
    *list = (entry_list){0};
}

static int compare_entries(const void *a, const void *b) {
    return strcmp(((const entry *)a)->key, ((const entry *)b)->key);
}

/* 0 or errno; an entry that went away meanwhile is passed over */
static int add_entry(entry_list *list, const char *directory, const char *name) {
    if (list->n_entries == list->capacity) {
        size_t capacity = list->capacity == 0 ? 32 : list->capacity * 2;
        entry *entries = realloc(list->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return ENOMEM;
        list->entries = entries;
        list->capacity = capacity;
    }
    char *path = file_path(directory, name);
    if (path == NULL)
        return ENOMEM;
    struct stat st;
    if (lstat(path, &st) != 0) {
        int reason = errno;
        free(path);
        return reason == ENOENT ? 0 : reason;
    }
    bool is_directory = S_ISDIR(st.st_mode);
    char *key = is_directory ? file_path(name, "") : strdup(name);
    if (key == NULL) {
        free(path);
        return ENOMEM;
    }
    list->entries[list->n_entries++] = (entry){path, key, is_directory, S_ISREG(st.st_mode)};
    return 0;
}

/* What a directory holds, sorted; 0 or errno.  The directory is closed before anything below it is opened, so that
 * depth costs no descriptors. */
static int list_directory(const char *directory, bool with_hidden, entry_list *out) {
    *out = (entry_list){0};
    DIR *stream = opendir(directory);
    if (stream == NULL)
        return errno;
    int reason = 0;
    while (reason == 0) {
        errno = 0;
        struct dirent *found = readdir(stream);
        if (found == NULL) {
            reason = errno;
            break;
        }
        const char *name = found->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || (name[0] == '.' && !with_hidden))
            continue;
        reason = add_entry(out, directory, name);
    }
    closedir(stream);
    if (reason != 0)
        free_entries(out);
    else if (out->n_entries > 1)
        qsort(out->entries, out->n_entries, sizeof *out->entries, compare_entries);
    return reason;
}

static search_status list_failed(search_error *error, int reason, const char *directory) {
    if (reason == ENOMEM)
        return error_memory(error);
    return error_system(error, reason, "file.list", "cannot read the folder %s", directory);
}

search_status file_sync_tree(const char *directory, search_error *error) {
    entry_list list;
    int reason = list_directory(directory, true, &list);
    if (reason != 0)
        return list_failed(error, reason, directory);
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < list.n_entries && status == SEARCH_OK; i++) {
        const entry *e = &list.entries[i];
        if (e->is_directory)
            status = file_sync_tree(e->path, error);
        else if (e->is_regular)
            status = file_sync(e->path, error);
    }
    free_entries(&list);
    return status == SEARCH_OK ? file_sync(directory, error) : status;
}

/* 0 or errno; an existing folder is fine, whoever made it and whenever */
static int make_directory(const char *path) {
    if (mkdir(path, 0777) == 0)
        return 0;
    int reason = errno;
    struct stat st;
    if (stat(path, &st) != 0)
        return reason;
    return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

search_status file_make_directories(const char *path, search_error *error) {
    char *part = strdup(path);
    if (part == NULL)
        return error_memory(error);
    int reason = 0;
    for (char *c = part; *c != '\0' && reason == 0; c++) {
        if (*c != '/' || c == part)
            continue;
        *c = '\0';
        reason = make_directory(part);
        *c = '/';
    }
    free(part);
    if (reason == 0)
        reason = make_directory(path);
    return reason == 0 ? SEARCH_OK : error_system(error, reason, "file.mkdir", "cannot make the folder %s", path);
}

static search_status remove_directory(const char *path, search_error *error) {
    entry_list list;
    int reason = list_directory(path, true, &list);
    if (reason == ENOENT)
        return SEARCH_OK;
    if (reason != 0)
        return list_failed(error, reason, path);
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < list.n_entries && status == SEARCH_OK; i++)
        status = file_remove_tree(list.entries[i].path, error);
    free_entries(&list);
    if (status == SEARCH_OK && rmdir(path) != 0 && errno != ENOENT)
        status = error_system(error, errno, "file.remove", "cannot remove the folder %s", path);
    return status;
}

search_status file_remove_tree(const char *path, search_error *error) {
    struct stat st;
    if (lstat(path, &st) != 0) {
        if (errno == ENOENT)
            return SEARCH_OK;
        return error_system(error, errno, "file.remove", "cannot remove %s", path);
    }
    if (S_ISDIR(st.st_mode))
        return remove_directory(path, error);
    if (unlink(path) != 0 && errno != ENOENT)
        return error_system(error, errno, "file.remove", "cannot remove %s", path);
    return SEARCH_OK;
}

static search_status walk_entries(const entry_list *list, const file_walk *walk, search_error *error) {
    for (size_t i = 0; i < list->n_entries; i++) {
        const entry *e = &list->entries[i];
        search_status status = SEARCH_OK;
        if (e->is_directory) {
            entry_list below;
            int reason = list_directory(e->path, false, &below);
            if (reason == ENOMEM)
                return error_memory(error);
            if (reason != 0) {
                if (walk->on_unreadable != NULL)
                    walk->on_unreadable(walk->context, e->path, reason);
                continue;
            }
            status = walk_entries(&below, walk, error);
            free_entries(&below);
        } else if (e->is_regular)
            status = walk->visit(walk->context, e->path, error);
        else if (walk->on_other != NULL)
            walk->on_other(walk->context, e->path);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

search_status file_walk_tree(const char *directory, const file_walk *walk, search_error *error) {
    char *top = strdup(directory);
    if (top == NULL)
        return error_memory(error);
    /* "corpus/" and "corpus" name their files alike */
    for (size_t n = strlen(top); n > 1 && top[n - 1] == '/'; n--)
        top[n - 1] = '\0';
    entry_list list;
    int reason = list_directory(top, false, &list);
    search_status status = reason == 0 ? walk_entries(&list, walk, error) : list_failed(error, reason, top);
    free_entries(&list);
    free(top);
    return status;
}

/* ---- Locks ---- */

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* 0 or errno.  flock cannot wait for a given time, so it is asked again, seldom enough to cost nothing. */
static int lock_descriptor(int fd, uint32_t timeout_ms) {
    uint64_t deadline = now_ms() + timeout_ms;
    for (;;) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return errno;
        uint64_t now = now_ms();
        if (now >= deadline)
            return EWOULDBLOCK;
        uint64_t pause = deadline - now < 20 ? deadline - now : 20;
        nanosleep(&(struct timespec){.tv_nsec = (long)pause * 1000000}, NULL);
    }
}

search_status file_lock(const char *path, uint32_t timeout_ms, int *fd, search_error *error) {
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (*fd < 0)
        return error_system(error, errno, "file.lock", "cannot open the lock %s", path);
    int reason = lock_descriptor(*fd, timeout_ms);
    if (reason == 0)
        return SEARCH_OK;
    close(*fd);
    *fd = -1;
    if (reason == EWOULDBLOCK)
        return error_set(error, SEARCH_E_LOCKED, "lock.held", "another writer holds the lock %s", path);
    return error_system(error, reason, "file.lock", "cannot lock %s", path);
}
