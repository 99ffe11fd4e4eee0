/* The writer handle, shared by writer.c (taking records in) and commit.c (building and publishing). */
#ifndef LIBSEARCH_INDEX_WRITER_H
#define LIBSEARCH_INDEX_WRITER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"
#include "libsearch/index/publish.h"
#include "libsearch/index/snapshot.h"
#include "libsearch/index/staging.h"
#include <time.h>

enum { WRITER_N_PHASES = 5 };

/* How long a phase took, all its turns together. */
typedef struct writer_phase {
    const char *name; /* static text */
    double seconds;
    struct timespec began;
} writer_phase;

struct search_writer {
    char *directory;
    search_writer_options options;
    search_schema *schema;
    aliases known; /* rebuild: the archive's own and the built-in ones; an update has those of `old` */
    build_directory build;
    staging staged;
    char old_name[GENERATION_NAME_SIZE]; /* what CURRENT named when `old` was opened */
    snapshot *old;                       /* update: from opening; rebuild: from commit, where there is one */
    reader *old_reader;
    int lock;
    bool is_finished;
    uint64_t n_repeated; /* puts of an id that this run had put already */
    char *empty_source;  /* the first source that gave no record */
    buffer sources;      /* their names, a line each */
    time_t started;
    struct timespec clock;
    writer_phase phases[WRITER_N_PHASES]; /* in the order they were begun first */
    size_t n_phases;
    size_t phase; /* the one at hand */
    search_write_summary summary;
};

void writer_report(search_writer *w, const search_report *report);
search_status writer_progress(search_writer *w, const char *phase, uint64_t n_records, uint64_t n_total,
                              search_error *error);
/* The time of the phase at hand is taken, too. */
void writer_end_phases(search_writer *w);
double writer_seconds_since(const struct timespec *start);
search_status writer_is_finished(search_error *error);
size_t writer_n_jobs(const search_writer_options *options); /* threads that a build may have */

#endif
