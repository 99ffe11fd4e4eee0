/* Files: whole reads, synced writes, maps, walks, locks.  Every failure is SEARCH_E_SYSTEM with errno and the path. */
#ifndef LIBSEARCH_SUPPORT_FILES_H
#define LIBSEARCH_SUPPORT_FILES_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

/* directory + "/" + name, malloc'ed; null: out of memory */
char *file_path(const char *directory, const char *name);
/* Reads all of a regular file.  Over max_n_bytes: SEARCH_E_INPUT "file.too_large". */
search_status file_read(const char *path, size_t max_n_bytes, buffer *out, search_error *error);
/* Writes a new file and syncs it (not its directory). */
search_status file_write(const char *path, const void *bytes, size_t n_bytes, search_error *error);
/* The same by parts. */
typedef struct file_output {
    int fd;
    int reason; /* errno of the first part that could not be written */
} file_output;
search_status file_output_open(file_output *o, const char *path, search_error *error);
void file_output_add(file_output *o, const void *bytes, size_t n_bytes);
/* Syncs the file and tells whether all was written; if not, or when `status` says that what is in it is not right, the
 * file is removed. */
search_status file_output_close(file_output *o, const char *path, search_status status, search_error *error);
search_status file_sync(const char *path, search_error *error);           /* a file or a directory */
search_status file_sync_tree(const char *directory, search_error *error); /* every file and folder below, and itself */
search_status file_make_directories(const char *path, search_error *error); /* as mkdir -p */
search_status file_remove_tree(const char *path, search_error *error);      /* never follows symlinks; absent is fine */
bool file_exists(const char *path);

typedef struct file_map {
    const unsigned char *bytes; /* null when n_bytes is 0 */
    size_t n_bytes;
} file_map;
search_status file_map_open(const char *path, file_map *out, search_error *error);
/* Bytes that were read and will not be soon: they need not stay in this process's memory. */
void file_map_rest(const file_map *map, const void *from, size_t n_bytes);
void file_map_close(file_map *map);

/* Calls `visit` for every regular file below `directory`, bytewise by path; hidden names are passed over, symlinks are
 * not followed below the top, folders that cannot be read are told to `on_unreadable`, what is neither file nor folder
 * to `on_other`; both may be null.  Stops at the first status that is not OK. */
typedef struct file_walk {
    search_status (*visit)(void *context, const char *path, search_error *error);
    void (*on_unreadable)(void *context, const char *path, int system_errno);
    void (*on_other)(void *context, const char *path);
    void *context;
} file_walk;
search_status file_walk_tree(const char *directory, const file_walk *walk, search_error *error);

/* flock on `path` (made when missing), waiting up to timeout_ms.  *fd is the lock: close() lets go.  SEARCH_E_LOCKED.
 */
search_status file_lock(const char *path, uint32_t timeout_ms, int *fd, search_error *error);

#endif
