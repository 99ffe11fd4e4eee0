/* What checking an index and comparing two share: findings, and work in threads.
 *
 * Tasks run in threads of their own and only note what they find.  The callbacks of the caller run in the caller's
 * thread alone; findings are told in the order of the tasks, so that two runs tell the same. */
#ifndef LIBSEARCH_INDEX_INSPECT_H
#define LIBSEARCH_INDEX_INSPECT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"
#include <stdatomic.h>

typedef struct inspection {
    search_check_options options;
    search_check_summary summary;
    size_t n_told;
    atomic_bool is_stopped; /* a callback or a failure said so: tasks end soon */
    /* of the phase at hand */
    atomic_uint_fast64_t n_records;
    atomic_uint_fast64_t n_bytes;
    uint64_t n_records_total;
} inspection;

/* Where something was found; what does not apply is null or 0. */
typedef struct finding_place {
    const char *directory;
    const char *file;
    uint64_t document;
} finding_place;

typedef struct noted_finding {
    const char *id; /* static */
    const char *directory;
    char *file;
    uint64_t document;
    char *text;
    bool is_difference;
} noted_finding;

/* The findings of one task: the first ones, and how many there were. */
typedef struct finding_list {
    noted_finding *items;
    size_t n_items;
    size_t max_items;
    uint64_t n_damages;
    uint64_t n_differences;
    bool failed; /* out of memory */
} finding_list;

/* `id` is static, `place->directory` outlives the inspection; the rest is copied. */
void note_damage(finding_list *list, const finding_place *place, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void note_difference(finding_list *list, const finding_place *place, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For what is looked at outside of tasks: an empty list, and telling what it holds, which frees it. */
finding_list inspect_list(const inspection *i);
search_status inspect_tell(inspection *i, finding_list *list, search_error *error);

/* Whether a status speaks of what was read and not of the system or the caller. */
bool inspect_is_damage(search_status status);
bool inspect_is_stopped(const inspection *i);

/* Starts a phase: sets the counts of progress back and asks whether to go on. */
search_status inspect_phase(inspection *i, const char *phase, uint64_t n_records_total, search_error *error);

typedef search_status (*inspect_task)(void *context, size_t task, finding_list *found, search_error *error);

/* Runs the tasks 0 … n_tasks - 1 and tells what they found.  A task that fails stops the others; of several failures
 * that of the first task is returned. */
search_status inspect_run(inspection *i, const char *phase, size_t n_tasks, inspect_task run, void *context,
                          search_error *error);

#endif
