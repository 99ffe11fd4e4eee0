/* What the programs that build an index with another engine share: reading a file of records, one JSON object a line,
 * syncing a folder, and the line that tells what was built.  They end the program with a message when something
 * fails. */
#ifndef BENCH_RECORDS_H
#define BENCH_RECORDS_H

#include <jansson.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct records records;

typedef struct record_text {
    const char *bytes;
    size_t n_bytes;
} record_text;

/* Valid until the next one is read. */
typedef struct record {
    record_text line; /* without the newline */
    json_t *json;
    record_text title; /* the texts are empty where the record has none */
    record_text summary;
    record_text body;
} record;

void bench_fail(const char *program, const char *what);

/* The clock runs from here.  `program` is what messages begin with. */
records *records_open(const char *program, const char *path);
/* False at the end of the file.  Blank lines are passed over. */
int records_next(records *r, record *out);
/* Syncs the files of a folder and the folder. */
void records_sync(const records *r, const char *folder);
/* Prints {"name", "seconds", "bytes_read", "records", "index_bytes"} on one line, the last being the files of the
 * folder; and frees. */
void records_close(records *r, const char *name, const char *folder);

#ifdef __cplusplus
}
#endif

#endif
