/* How fast an index could be built at all: reads records, one JSON object a line, and takes every searched text of each
 * apart, and nothing else; each thread has its share of the file.
 *
 *   bench/read_limit RECORDS.jsonl [THREADS]
 *
 * Prints what the programs that build an index print, with the bytes of an index of none. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/index/schema.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { max_threads = 64 };

/* Of the file. */
typedef struct share {
    const search_schema *schema;
    search_text bytes;
    pthread_t thread;
    size_t n_records;
    size_t n_words;
} share;

static void fail(const char *what) {
    fprintf(stderr, "bench/read_limit: %s\n", what);
    exit(1);
}

static search_text map_file(const char *path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0 || about.st_size == 0) {
        fail("cannot open the records, or there are none");
    }
    const char *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) {
        fail("cannot map the records");
    }
    close(file);
    return (search_text){bytes, (size_t)about.st_size};
}

static void analyze_record(share *s, analyzer *words, search_text line) {
    search_record *record = NULL;
    search_error error;
    if (search_record_from_json(line, &record, &error) != SEARCH_OK) {
        fail(error.message);
    }
    for (size_t i = 0; i < s->schema->n_fields; i++) {
        const char *name = s->schema->names[i];
        const size_t n = schema_is_searched(&s->schema->fields[i]) ? search_record_n_values(record, name) : 0;
        for (size_t v = 0; v < n; v++) {
            token_list list;
            if (analyzer_tokens(words, search_record_value(record, name, v), &list, &error) != SEARCH_OK) {
                fail(error.message);
            }
            s->n_words += list.n_positions;
        }
    }
    s->n_records++;
    search_record_free(record);
}

static void *analyze_share(void *context) {
    share *s = context;
    analyzer *words = NULL;
    search_error error;
    if (analyzer_new(s->schema->stemmer, &words, &error) != SEARCH_OK) {
        fail(error.message);
    }
    const char *end = s->bytes.bytes + s->bytes.n_bytes;
    for (const char *line = s->bytes.bytes; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *line_end = newline == NULL ? end : newline;
        if (line_end > line) {
            analyze_record(s, words, (search_text){line, (size_t)(line_end - line)});
        }
        line = line_end + 1;
    }
    analyzer_free(words);
    return NULL;
}

/* Where share i of n begins: behind a newline. */
static size_t share_start(search_text file, size_t i, size_t n) {
    const size_t at = file.n_bytes / n * i;
    if (at == 0) {
        return 0;
    }
    const char *newline = memchr(file.bytes + at - 1, '\n', file.n_bytes - at + 1);
    return newline == NULL ? file.n_bytes : (size_t)(newline + 1 - file.bytes);
}

int main(int n_arguments, char **arguments) {
    const int n_given = n_arguments == 3 ? atoi(arguments[2]) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (n_arguments < 2 || n_arguments > 3 || n_given < 1 || n_given > max_threads) {
        fail("usage: bench/read_limit RECORDS.jsonl [THREADS]");
    }
    const size_t n = (size_t)n_given;
    struct timespec start;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    search_schema *schema = NULL;
    search_error error;
    if (search_schema_cables(&schema, &error) != SEARCH_OK) {
        fail(error.message);
    }
    const search_text file = map_file(arguments[1]);
    share shares[max_threads] = {0};
    for (size_t i = 0; i < n; i++) {
        const size_t from = share_start(file, i, n);
        const size_t to = i + 1 == n ? file.n_bytes : share_start(file, i + 1, n);
        shares[i].schema = schema;
        shares[i].bytes = (search_text){file.bytes + from, to - from};
        if (pthread_create(&shares[i].thread, NULL, analyze_share, &shares[i]) != 0) {
            fail("cannot start a thread");
        }
    }
    size_t n_records = 0;
    for (size_t i = 0; i < n; i++) {
        pthread_join(shares[i].thread, NULL);
        n_records += shares[i].n_records;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("{\"name\": \"limit\", \"seconds\": %.3f, \"bytes_read\": %zu, \"records\": %zu, \"index_bytes\": 0}\n",
           (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9, file.n_bytes, n_records);
    search_schema_free(schema);
    return 0;
}
