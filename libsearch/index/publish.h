/* The index directory: who may write, where a generation is built, and how it becomes current.
 *
 *   lock                       flock: one publisher at a time
 *   CURRENT                    symlink to generations/<counter>-<hex>, replaced by one rename
 *   generations/.build-*       being built; its file "building" is locked while the builder lives
 *   runs/last-run.json
 *
 * A crash at any point leaves CURRENT as it was or pointing at a whole, synced generation; the next publisher removes
 * builds whose builder is gone, and generations that still have a "building", which publishing would have removed. */
#ifndef LIBSEARCH_INDEX_PUBLISH_H
#define LIBSEARCH_INDEX_PUBLISH_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"

#define GENERATION_NAME_SIZE 64

typedef struct build_directory {
    char *path;
    int lock; /* descriptor of the file "building" */
} build_directory;

/* The name of the current generation.  SEARCH_E_NO_INDEX: there is none. */
search_status publish_current(const char *directory, char name[GENERATION_NAME_SIZE], search_error *error);
/* Makes the index directory with its folders.  SEARCH_E_NO_INDEX: it holds files of something else. */
search_status publish_prepare(const char *directory, search_error *error);
search_status publish_lock(const char *directory, uint32_t timeout_ms, int *lock, search_error *error);
search_status build_directory_make(const char *directory, build_directory *out, search_error *error);
void build_directory_remove(build_directory *build); /* also after publish_generation; zeroed is fine */
/* With the lock held: syncs the build, gives it its name (counter and the first 12 of `hex`), makes it current.
 * A failure is taken back.  When that cannot be, after the last rename, the new one stays current and the hint says so.
 */
search_status publish_generation(const char *directory, build_directory *build, const char *hex,
                                 char name[GENERATION_NAME_SIZE], search_error *error);
/* With the lock held: removes dead builds and all but the newest n_keep generations that no reader holds. */
void publish_prune(const char *directory, size_t n_keep);
search_status publish_write_run(const char *directory, const char *json, size_t n_json, search_error *error);

#endif
