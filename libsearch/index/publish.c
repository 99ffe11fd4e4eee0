/* One rename makes a generation current; all else here prepares for it or cleans up after it. */
#include "libsearch/index/publish.h"

#include "libsearch/index/manifest.h"
#include "libsearch/support/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define GENERATIONS "generations"
#define BUILD_PREFIX ".build-"
#define BUILD_LOCK "building"

enum { max_build_tries = 4 };

search_status publish_current(const char *directory, char name[GENERATION_NAME_SIZE], search_error *error) {
    name[0] = '\0';
    char *path = file_path(directory, "CURRENT");
    if (path == NULL) {
        return error_memory(error);
    }
    char target[256];
    const ssize_t n = readlink(path, target, sizeof target - 1);
    const int reason = errno;
    free(path);
    if (n < 0) {
        const search_status status =
            reason == EACCES || reason == EIO || reason == ENOMEM
                ? error_system(error, reason, "index.unreadable", "cannot read the index in %s", directory)
                : error_set(error, SEARCH_E_NO_INDEX, "index.none", "there is no index in %s", directory);
        error_hint(error, "make one with `cables rebuild SOURCE`");
        return status;
    }
    target[n] = '\0';
    const size_t n_prefix = strlen(GENERATIONS "/");
    if (strncmp(target, GENERATIONS "/", n_prefix) != 0 || strchr(target + n_prefix, '/') != NULL ||
        target[n_prefix] == '.' || strlen(target + n_prefix) >= GENERATION_NAME_SIZE) {
        return error_set(error, SEARCH_E_CORRUPT, "index.corrupt", "CURRENT in %s points at no generation", directory);
    }
    strcpy(name, target + n_prefix);
    return SEARCH_OK;
}

/* Whether the directory is empty, absent, or one of ours. */
static bool may_hold_index(const char *directory) {
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        return errno == ENOENT;
    }
    bool is_empty = true;
    bool is_ours = false;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            is_empty = false;
            is_ours = is_ours || strcmp(entry->d_name, GENERATIONS) == 0;
        }
    }
    closedir(dir);
    return is_empty || is_ours;
}

search_status publish_prepare(const char *directory, search_error *error) {
    if (!may_hold_index(directory)) {
        const search_status status =
            error_set(error, SEARCH_E_NO_INDEX, "index.not_an_index", "%s is not empty and holds no index", directory);
        error_hint(error, "name an empty or new directory with --index");
        return status;
    }
    static const char *const folders[] = {GENERATIONS, "runs"};
    for (size_t i = 0; i < 2; i++) {
        char *path = file_path(directory, folders[i]);
        const search_status status = path == NULL ? error_memory(error) : file_make_directories(path, error);
        free(path);
        if (status != SEARCH_OK) {
            return status;
        }
    }
    return SEARCH_OK;
}

search_status publish_lock(const char *directory, uint32_t timeout_ms, int *lock, search_error *error) {
    char *path = file_path(directory, "lock");
    const search_status status = path == NULL ? error_memory(error) : file_lock(path, timeout_ms, lock, error);
    free(path);
    if (status == SEARCH_E_LOCKED) {
        error_set(error, status, "index.locked", "another writer is publishing to %s", directory);
        error_hint(error, "try again later, or wait with --wait SECONDS");
    }
    return status;
}

static search_status make_build_path(const char *directory, char **out, search_error *error) {
    char *generations = file_path(directory, GENERATIONS);
    *out = generations == NULL ? NULL : file_path(generations, BUILD_PREFIX "XXXXXX");
    free(generations);
    if (*out == NULL) {
        return error_memory(error);
    }
    if (mkdtemp(*out) == NULL) {
        const search_status status = error_system(error, errno, "file.make", "cannot make a folder in %s", directory);
        free(*out);
        *out = NULL;
        return status;
    }
    return chmod(*out, 0755) == 0 ? SEARCH_OK : error_system(error, errno, "file.make", "cannot open up %s", *out);
}

static search_status try_build_directory(const char *directory, build_directory *out, search_error *error) {
    out->lock = -1;
    search_status status = make_build_path(directory, &out->path, error);
    if (status != SEARCH_OK) {
        return status;
    }
    char *path = file_path(out->path, BUILD_LOCK);
    status = path == NULL ? error_memory(error) : file_lock(path, 0, &out->lock, error);
    free(path);
    if (status != SEARCH_OK) {
        build_directory_remove(out);
    }
    return status;
}

/* A publisher that cleans up may take the folder away before it has its lock; then another is made. */
search_status build_directory_make(const char *directory, build_directory *out, search_error *error) {
    search_status status = SEARCH_E_SYSTEM;
    for (int i = 0; i < max_build_tries && status == SEARCH_E_SYSTEM; i++) {
        error_clear(error); /* of the try before */
        status = try_build_directory(directory, out, error);
    }
    return status;
}

void build_directory_remove(build_directory *build) {
    if (build->path != NULL) {
        file_remove_tree(build->path, NULL);
        if (build->lock >= 0) {
            close(build->lock);
        }
        free(build->path);
        build->path = NULL;
    }
}

/* The highest counter any generation has. */
static unsigned long last_counter(const char *generations) {
    unsigned long last = 0;
    DIR *dir = opendir(generations);
    for (struct dirent *entry = dir == NULL ? NULL : readdir(dir); entry != NULL; entry = readdir(dir)) {
        const unsigned long counter = strtoul(entry->d_name, NULL, 10);
        if (entry->d_name[0] != '.' && counter > last) {
            last = counter;
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return last;
}

/* A lock on `name` in the directory that nobody else holds; -1 when somebody does, or the file is absent. */
static int lock_if_free(const char *directory, const char *name) {
    char *path = file_path(directory, name);
    const int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool is_absent(const char *directory, const char *name) {
    char *path = file_path(directory, name);
    const bool absent = path != NULL && access(path, F_OK) != 0 && errno == ENOENT;
    free(path);
    return absent;
}

/* What has no lock at all was killed before it had one, or while it was being removed.  An empty folder may be that of
 * a builder about to make its lock, who then makes another; its lock is the first file there is, so a folder that holds
 * others is nobody's. */
static void remove_unless_held(const char *generations, const char *name, const char *lock_name) {
    char *path = file_path(generations, name);
    const int fd = path == NULL ? -1 : lock_if_free(path, lock_name);
    if (fd >= 0) {
        file_remove_tree(path, NULL);
        close(fd);
    } else if (path != NULL && rmdir(path) != 0 && is_absent(path, lock_name)) {
        file_remove_tree(path, NULL);
    }
    free(path);
}

static search_status switch_current(const char *directory, const char *name, search_error *error) {
    char target[GENERATION_NAME_SIZE + sizeof GENERATIONS "/"];
    snprintf(target, sizeof target, GENERATIONS "/%s", name);
    char *fresh = file_path(directory, ".CURRENT.new");
    char *current = file_path(directory, "CURRENT");
    search_status status = SEARCH_OK;
    if (fresh == NULL || current == NULL) {
        status = error_memory(error);
    } else {
        unlink(fresh);
        if (symlink(target, fresh) != 0 || rename(fresh, current) != 0) {
            status = error_system(error, errno, "index.publish", "cannot replace %s", current);
            unlink(fresh);
        }
    }
    free(fresh);
    free(current);
    return status == SEARCH_OK ? file_sync(directory, error) : status;
}

static void unlink_below(const char *folder, const char *name, const char *file) {
    char *path = file_path(folder, name);
    char *below = path == NULL ? NULL : file_path(path, file);
    if (below != NULL) {
        unlink(below);
    }
    free(below);
    free(path);
}

/* Whether CURRENT names this generation; when that cannot be told, it counts as if it did. */
static bool is_current(const char *directory, const char *name) {
    char current[GENERATION_NAME_SIZE];
    const search_status status = publish_current(directory, current, NULL);
    return status == SEARCH_OK ? strcmp(current, name) == 0 : status != SEARCH_E_NO_INDEX && status != SEARCH_E_CORRUPT;
}

static search_status switch_back(const char *directory, const char *before) {
    if (before[0] != '\0') {
        return switch_current(directory, before, NULL);
    }
    unlink_below(directory, ".", "CURRENT");
    return file_sync(directory, NULL);
}

/* Publishing failed half-way: what was current before is made so again, and the new generation goes.  It stays when a
 * reader was quick, and when a crash might yet bring its name back; the next publisher knows it by its "building". */
static void withdraw(const char *directory, const char *before, const char *generations, const char *name,
                     search_error *error) {
    const bool is_settled = !is_current(directory, name) || switch_back(directory, before) == SEARCH_OK;
    if (is_current(directory, name)) {
        error_hint(error, "the new index serves all the same, but may be lost in a crash");
        return;
    }
    error_hint(error, "the index is as it was before");
    if (is_settled) {
        remove_unless_held(generations, name, MANIFEST_NAME);
    }
}

/* The name to go back to, "" when there is none.  Its publisher may have been killed before it could remove "building".
 */
static search_status find_before(const char *directory, const char *generations, char before[GENERATION_NAME_SIZE],
                                 search_error *error) {
    const search_status status = publish_current(directory, before, error);
    if (status == SEARCH_OK) {
        unlink_below(generations, before, BUILD_LOCK);
    } else if (status == SEARCH_E_NO_INDEX || status == SEARCH_E_CORRUPT) {
        error_clear(error);
        return SEARCH_OK;
    }
    return status;
}

search_status publish_generation(const char *directory, build_directory *build, const char *hex,
                                 char name[GENERATION_NAME_SIZE], search_error *error) {
    char before[GENERATION_NAME_SIZE];
    char *generations = file_path(directory, GENERATIONS);
    char *target = NULL;
    if (generations != NULL) {
        snprintf(name, GENERATION_NAME_SIZE, "%06lu-%.12s", last_counter(generations) + 1, hex);
        target = file_path(generations, name);
    }
    search_status status = target == NULL ? error_memory(error) : find_before(directory, generations, before, error);
    if (status == SEARCH_OK) {
        status = file_sync_tree(build->path, error);
    }
    if (status == SEARCH_OK && rename(build->path, target) != 0) {
        status = error_system(error, errno, "index.publish", "cannot rename %s", build->path);
    } else if (status == SEARCH_OK) {
        status = file_sync(generations, error);
        if (status == SEARCH_OK) {
            status = switch_current(directory, name, error);
        }
        if (status == SEARCH_OK) {
            unlink_below(generations, name, BUILD_LOCK); /* kept until now: it tells what was published from litter */
        } else {
            withdraw(directory, before, generations, name, error);
        }
    }
    free(generations);
    free(target);
    return status;
}

/* ---- cleaning ---- */

/* Whether a generation that is not current never was for good: its publisher was killed, or could not finish. */
static bool is_unpublished(const char *generations, const char *name) {
    char *path = file_path(generations, name);
    char *building = path == NULL ? NULL : file_path(path, BUILD_LOCK);
    const bool unpublished = building != NULL && file_exists(building);
    free(building);
    free(path);
    return unpublished;
}

static int by_name_descending(const struct dirent **a, const struct dirent **b) {
    return strcmp((*b)->d_name, (*a)->d_name);
}

void publish_prune(const char *directory, size_t n_keep) {
    char current[GENERATION_NAME_SIZE];
    char *generations = file_path(directory, GENERATIONS);
    struct dirent **entries = NULL;
    const int n = generations == NULL ? -1 : scandir(generations, &entries, NULL, by_name_descending);
    const bool is_known = publish_current(directory, current, NULL) == SEARCH_OK;
    size_t n_seen = 1; /* the current one */
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (strncmp(name, BUILD_PREFIX, strlen(BUILD_PREFIX)) == 0) {
            remove_unless_held(generations, name, BUILD_LOCK);
        } else if (name[0] != '.' && is_known && strcmp(name, current) != 0 &&
                   (is_unpublished(generations, name) || n_seen++ >= n_keep)) {
            remove_unless_held(generations, name, MANIFEST_NAME); /* what was current for an instant may have readers */
        }
        free(entries[i]);
    }
    free(entries);
    free(generations);
}

search_status publish_write_run(const char *directory, const char *json, size_t n_json, search_error *error) {
    char *fresh = file_path(directory, "runs/.last-run.json.new");
    char *path = file_path(directory, "runs/last-run.json");
    search_status status = SEARCH_OK;
    if (fresh == NULL || path == NULL) {
        status = error_memory(error);
    } else {
        unlink(fresh);
        status = file_write(fresh, json, n_json, error);
    }
    if (status == SEARCH_OK && rename(fresh, path) != 0) {
        status = error_system(error, errno, "index.runs", "cannot replace %s", path);
        unlink(fresh);
    }
    free(fresh);
    free(path);
    return status;
}
