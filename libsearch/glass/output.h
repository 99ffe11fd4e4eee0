/* The growing end of a table's file: pieces of some blocks are filled, handed on, digested and written.  Beside the
 * caller that is done by a thread of its own, while the caller fills the next piece; the bytes are the same. */
#ifndef LIBSEARCH_GLASS_OUTPUT_H
#define LIBSEARCH_GLASS_OUTPUT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/glass/glass.h"
#include <pthread.h>

enum { OUTPUT_N_BLOCKS = 64, OUTPUT_N_BYTES = OUTPUT_N_BLOCKS * GLASS_BLOCK_N_BYTES };

typedef struct glass_output {
    unsigned char *piece; /* OUTPUT_N_BYTES to be filled; null until the file is made */
    char *path;
    bool beside;
    int fd;
    uint64_t n_written;
    digest digest;
    uint64_t checksum;
    int failed_errno; /* not 0: writing failed; where there is a thread guarded, as what follows is */
    /* of the thread */
    bool has_thread;
    bool is_closed;         /* nothing more is handed on */
    unsigned char *waiting; /* handed on and not written yet */
    size_t n_waiting;
    unsigned char *spare; /* the piece that is filled when this one is handed on; null while it waits */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
} glass_output;

/* Copies the path and makes nothing.  beside: with a thread, if one can be had. */
search_status output_init(glass_output *o, const char *path, bool beside, search_error *error);
/* Makes the file, which must not exist. */
search_status output_begin(glass_output *o, search_error *error);
/* Hands on the first n bytes of the piece; the next one may lie elsewhere. */
search_status output_write(glass_output *o, size_t n_bytes, search_error *error);
/* When everything is written.  The digest is that of the file. */
search_status output_finish(glass_output *o, char hex[DIGEST_N_HEX + 1], uint64_t *checksum, search_error *error);
void output_free(glass_output *o); /* closes the file; one that was not finished stays as it is */

#endif
