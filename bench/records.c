/* Records for the programs that build an index with another engine: see records.h. */
#include "bench/records.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { buffer_n_bytes = 1 << 20 };

struct records {
    const char *program;
    FILE *file;
    char *line;
    size_t capacity;
    json_t *json; /* of the last record */
    struct timespec start;
    unsigned long long n_bytes;
    unsigned long long n_records;
};

void bench_fail(const char *program, const char *what) {
    fprintf(stderr, "%s: %s\n", program, what);
    exit(1);
}

records *records_open(const char *program, const char *path) {
    records *r = calloc(1, sizeof *r);
    if (r == NULL) {
        bench_fail(program, "out of memory");
    }
    r->program = program;
    clock_gettime(CLOCK_MONOTONIC, &r->start);
    r->file = fopen(path, "r");
    if (r->file == NULL) {
        bench_fail(program, "cannot open the records");
    }
    setvbuf(r->file, NULL, _IOFBF, buffer_n_bytes);
    return r;
}

static record_text text_of(const json_t *json, const char *key) {
    const json_t *value = json_object_get(json, key);
    return json_is_string(value) ? (record_text){json_string_value(value), json_string_length(value)}
                                 : (record_text){"", 0};
}

int records_next(records *r, record *out) {
    size_t n = 0;
    do {
        const ssize_t n_read = getline(&r->line, &r->capacity, r->file);
        if (n_read < 0) {
            return 0;
        }
        r->n_bytes += (unsigned long long)n_read;
        n = (size_t)n_read - (r->line[n_read - 1] == '\n');
    } while (n == 0);
    json_decref(r->json);
    r->json = json_loadb(r->line, n, 0, NULL);
    if (!json_is_object(r->json)) {
        bench_fail(r->program, "a line is no JSON object");
    }
    r->n_records++;
    *out = (record){
        {r->line, n}, r->json, text_of(r->json, "title"), text_of(r->json, "summary"), text_of(r->json, "body")};
    return 1;
}

static void sync_path(const records *r, const char *path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fsync(file) != 0) {
        bench_fail(r->program, "cannot sync the index");
    }
    close(file);
}

/* The bytes of the files of a folder, each synced when that is asked for. */
static unsigned long long walk(const records *r, const char *folder, int syncs) {
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        bench_fail(r->program, "cannot list the index");
    }
    unsigned long long n_bytes = 0;
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char path[4096];
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
            continue;
        }
        n_bytes += (unsigned long long)about.st_size;
        if (syncs) {
            sync_path(r, path);
        }
    }
    closedir(entries);
    return n_bytes;
}

void records_sync(const records *r, const char *folder) {
    walk(r, folder, 1);
    sync_path(r, folder);
}

void records_close(records *r, const char *name, const char *folder) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double seconds = (double)(end.tv_sec - r->start.tv_sec) + (double)(end.tv_nsec - r->start.tv_nsec) * 1e-9;
    printf("{\"name\": \"%s\", \"seconds\": %.3f, \"bytes_read\": %llu, \"records\": %llu, \"index_bytes\": %llu}\n",
           name, seconds, r->n_bytes, r->n_records, walk(r, folder, 0));
    json_decref(r->json);
    free(r->line);
    fclose(r->file);
    free(r);
}
