/* One generation, opened for reading: what search_index is made of.  Everything here is immutable after opening but the
 * pool of readers, which a mutex guards; so any number of threads may share a snapshot. */
#ifndef LIBSEARCH_INDEX_SNAPSHOT_H
#define LIBSEARCH_INDEX_SNAPSHOT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/analysis.h"
#include "libsearch/index/columns.h"
#include "libsearch/index/manifest.h"
#include "libsearch/index/names.h"
#include "libsearch/index/publish.h"
#include "libsearch/xapian/xapian_c.h"
#include <pthread.h>
#include <sys/types.h>

#define SNAPSHOT_MAX_FACETS (SCHEMA_MAX_FIELDS + 3)

/* What one running search has for itself. */
typedef struct reader {
    xapian_database *store;
    analyzer *words;
    struct reader *next;
} reader;

typedef struct snapshot_facet {
    const char *name;
    column_facet column;
} snapshot_facet;

typedef struct snapshot {
    char *path; /* of the generation */
    char *store_path;
    char name[GENERATION_NAME_SIZE];
    int hold; /* shared lock on the manifest: keeps the generation from being pruned */
    pid_t pid;
    manifest contents;
    size_t order[SCHEMA_MAX_FIELDS]; /* fields by position */
    size_t n_order;

    columns *file;
    uint32_t n_documents;
    const uint32_t *lengths; /* n_documents x SCHEMA_N_ZONES */
    const uint32_t *starts;  /* n_documents x n_order */
    const uint32_t *days;    /* n_documents x 2: earliest, latest */
    const uint32_t *origin;
    const uint32_t *title_order; /* libsearch/index/order_column.h */
    const uint32_t *number_order;
    column_strings ids, titles, dates, numbers, references;
    column_strings names;                       /* libsearch/index/names.h */
    aliases known;                              /* texts lie in the column file */
    snapshot_facet facets[SNAPSHOT_MAX_FACETS]; /* bytewise by name */
    size_t n_facets;
    double average_lengths[SCHEMA_N_ZONES];

    pthread_mutex_t mutex;
    reader *idle;
} snapshot;

struct search_index {
    char *directory;
    snapshot *now;
};

/* Opens generations/<name> below the index directory. */
search_status snapshot_open(const char *directory, const char *name, snapshot **out, search_error *error);
/* Opens a folder that holds a generation: what a builder just wrote. */
search_status snapshot_open_path(const char *path, snapshot **out, search_error *error);
void snapshot_close(snapshot *s);
/* Keeps a generation from being pruned until close(*hold).  SEARCH_E_NO_INDEX: it is not there, or being removed. */
search_status snapshot_hold(const char *generation, int *hold, search_error *error);

/* Both SEARCH_E_FORKED in a child process. */
search_status snapshot_check_process(const snapshot *s, search_error *error);
search_status snapshot_take_reader(snapshot *s, reader **out, search_error *error);
void snapshot_give_reader(snapshot *s, reader *r);

/* The document with this id, 0 when there is none. */
search_status snapshot_find(const snapshot *s, const reader *r, search_text id, uint32_t *docid, search_error *error);
search_status snapshot_no_record(search_text id, search_error *error); /* SEARCH_E_NOT_FOUND */
search_status snapshot_record(const snapshot *s, const reader *r, uint32_t docid, search_record **out,
                              search_error *error);
/* SIZE_MAX: no such facet. */
size_t snapshot_facet_find(const snapshot *s, search_text name);

#endif
