/* Pieces of a file, digested and written. */
#include "libsearch/glass/output.h"
#include "libsearch/support/thread.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 0, or what failed. */
static int append(glass_output *o, const unsigned char *bytes, size_t n_bytes) {
    digest_add(&o->digest, bytes, n_bytes);
    o->checksum = checksum_add(o->checksum, bytes, n_bytes);
    for (size_t at = 0; at < n_bytes;) {
        const ssize_t n = write(o->fd, bytes + at, n_bytes - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        at += (size_t)n;
    }
#ifdef SYNC_FILE_RANGE_WRITE
    /* The disk may begin: so much the less is left for whoever syncs the file.  That it cannot is no failure. */
    (void)sync_file_range(o->fd, (off_t)o->n_written, (off_t)n_bytes, SYNC_FILE_RANGE_WRITE);
#endif
    o->n_written += n_bytes;
    return 0;
}

/* ---- The thread ----------------------------------------------------------------------------------------------- */

static void *write_waiting(void *context) {
    glass_output *o = context;
    pthread_mutex_lock(&o->mutex);
    for (;;) {
        while (o->waiting == NULL && !o->is_closed)
            pthread_cond_wait(&o->changed, &o->mutex);
        if (o->waiting == NULL)
            break;
        pthread_mutex_unlock(&o->mutex);
        const int failed_errno = append(o, o->waiting, o->n_waiting);
        pthread_mutex_lock(&o->mutex);
        o->failed_errno = o->failed_errno == 0 ? failed_errno : o->failed_errno;
        o->spare = o->waiting;
        o->waiting = NULL;
        pthread_cond_signal(&o->changed);
    }
    pthread_mutex_unlock(&o->mutex);
    return NULL;
}

static void begin_thread(glass_output *o) {
    o->spare = malloc(OUTPUT_N_BYTES);
    if (o->spare == NULL)
        return;
    pthread_mutex_init(&o->mutex, NULL);
    pthread_cond_init(&o->changed, NULL);
    o->has_thread = thread_start(&o->thread, write_waiting, o);
    if (!o->has_thread) {
        pthread_cond_destroy(&o->changed);
        pthread_mutex_destroy(&o->mutex);
    }
}

/* Gives the piece to the thread, when that has done with the one before. */
static int hand_on(glass_output *o, size_t n_bytes) {
    pthread_mutex_lock(&o->mutex);
    while (o->waiting != NULL)
        pthread_cond_wait(&o->changed, &o->mutex);
    const int failed_errno = o->failed_errno;
    if (failed_errno == 0) {
        o->waiting = o->piece;
        o->n_waiting = n_bytes;
        o->piece = o->spare;
        o->spare = NULL;
        pthread_cond_signal(&o->changed);
    }
    pthread_mutex_unlock(&o->mutex);
    return failed_errno;
}

static void end_thread(glass_output *o) {
    if (!o->has_thread)
        return;
    pthread_mutex_lock(&o->mutex);
    o->is_closed = true;
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->mutex);
    pthread_join(o->thread, NULL);
    pthread_cond_destroy(&o->changed);
    pthread_mutex_destroy(&o->mutex);
    o->has_thread = false;
}

/* ---- Life ----------------------------------------------------------------------------------------------------- */

search_status output_init(glass_output *o, const char *path, bool beside, search_error *error) {
    *o = (glass_output){.fd = -1, .path = strdup(path), .beside = beside};
    digest_start(&o->digest);
    return o->path == NULL ? error_memory(error) : SEARCH_OK;
}

search_status output_begin(glass_output *o, search_error *error) {
    o->piece = malloc(OUTPUT_N_BYTES);
    if (o->piece == NULL)
        return error_memory(error);
    o->fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
    if (o->fd < 0) {
        o->failed_errno = errno;
        return error_system(error, errno, "file.create", "cannot create %s", o->path);
    }
    if (o->beside)
        begin_thread(o);
    return SEARCH_OK;
}

static search_status fail(const glass_output *o, int failed_errno, search_error *error) {
    return error_system(error, failed_errno, "file.write", "cannot write %s", o->path);
}

search_status output_write(glass_output *o, size_t n_bytes, search_error *error) {
    if (o->has_thread) {
        const int failed_errno = hand_on(o, n_bytes);
        return failed_errno == 0 ? SEARCH_OK : fail(o, failed_errno, error);
    }
    if (o->failed_errno == 0)
        o->failed_errno = append(o, o->piece, n_bytes);
    return o->failed_errno == 0 ? SEARCH_OK : fail(o, o->failed_errno, error);
}

search_status output_finish(glass_output *o, char hex[DIGEST_N_HEX + 1], uint64_t *checksum, search_error *error) {
    end_thread(o);
    const int fd = o->fd;
    o->fd = -1;
    if (close(fd) != 0 && o->failed_errno == 0)
        o->failed_errno = errno;
    if (o->failed_errno != 0)
        return fail(o, o->failed_errno, error);
    digest_finish(&o->digest, hex);
    *checksum = o->checksum;
    return SEARCH_OK;
}

void output_free(glass_output *o) {
    end_thread(o);
    if (o->fd >= 0)
        close(o->fd);
    free(o->piece);
    free(o->spare);
    free(o->path);
}
