/* The manifest of a generation: what it holds, how it was analyzed, and the digest of each of its files.  It says
 * nothing about the run that made it: between builds of equal records only the UUID that libxapian draws differs. JSON,
 * written last; its own digest is its last key. */
#ifndef LIBSEARCH_INDEX_MANIFEST_H
#define LIBSEARCH_INDEX_MANIFEST_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/schema.h"
#include "libsearch/index/segment.h"

#define MANIFEST_NAME "manifest.json"
#define MANIFEST_FORMAT 3
#define MANIFEST_SEGMENT "segment-0" /* format 3 has one segment */

typedef struct manifest_file {
    char path[128]; /* below the generation */
    uint64_t n_bytes;
    char sha256[65];
    uint64_t checksum; /* where the digest was taken while the file was written, else 0; not in the manifest */
} manifest_file;

typedef struct manifest {
    char analyzer[192];
    search_schema *schema;
    uint64_t n_records;
    uint64_t n_bytes_text; /* of the records as JSON */
    manifest_file *files;
    size_t n_files;
} manifest;

/* Lists and digests the files below the generation's segment; then manifest_write.  Of the files given, below the
 * segment, the digest is taken as given: it was taken while they were written. */
search_status manifest_collect(manifest *m, const char *generation, const segment_summary *known, search_error *error);
search_status manifest_write(const manifest *m, const char *generation, search_error *error);
/* SEARCH_E_FORMAT: another format number; SEARCH_E_CORRUPT: damaged, or a file is missing or has another size. */
search_status manifest_read(const char *generation, manifest *m, search_error *error);
/* The same without a look at the files. */
search_status manifest_read_alone(const char *generation, manifest *m, search_error *error);
/* Reads back every file, in up to n_jobs threads, and compares its checksum, or its digest where there is none.
 * SEARCH_E_CORRUPT names the first that differs. */
search_status manifest_verify(const manifest *m, const char *generation, size_t n_jobs, search_error *error);
void manifest_free(manifest *m);

#endif
