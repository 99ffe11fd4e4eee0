/* The staging file: frames of u32 bytes, u32 number of the id, and the record as record_frame.c writes it, appended and
 * read back, both by large pieces. */
#include "libsearch/index/staging.h"

#include "libsearch/cable/cable.h"
#include "libsearch/support/digest.h"
#include "libsearch/support/files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DELETED UINT64_MAX

/* A longer value is text, not something to count. */
enum { max_facet_value_n_bytes = 200 };

enum { piece_n_bytes = 256 << 10 };

typedef struct frame_head {
    uint32_t n_bytes; /* of the record */
    uint32_t number;  /* of its id */
} frame_head;

static search_status failed(const staging *s, search_error *error) {
    return error_system(error, errno, "staging.file", "cannot write %s", s->path);
}

static search_status cannot_read(const staging *s, int reason, search_error *error) {
    return error_system(error, reason, "staging.file", "cannot read %s", s->path);
}

search_status staging_open(staging *s, const char *directory, search_error *error) {
    memset(s, 0, sizeof *s);
    s->path = file_path(directory, "staging");
    if (s->path == NULL) {
        return error_memory(error);
    }
    s->fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
    if (s->fd >= 0) {
        return SEARCH_OK;
    }
    const search_status status = failed(s, error);
    free(s->path);
    s->path = NULL;
    return status;
}

static uint64_t *offset_of(const staging *s, uint32_t number) {
    return (uint64_t *)(void *)s->offsets.bytes + number;
}

static void digest_id(search_text id, uint8_t out[DIGEST_TABLE_N_BYTES]) {
    digest d;
    digest_start(&d);
    digest_add(&d, id.bytes, id.n_bytes);
    sha256_digest(&d.context, DIGEST_TABLE_N_BYTES, out);
}

/* The number of the id, with a place for its offset; DIGEST_TABLE_NONE: out of memory. */
static uint32_t intern(staging *s, search_text id) {
    uint8_t value[DIGEST_TABLE_N_BYTES];
    digest_id(id, value);
    const uint32_t known = digest_table_find(&s->ids, value);
    if (known != DIGEST_TABLE_NONE) {
        return known;
    }
    const uint64_t none = DELETED;
    const uint32_t number = digest_table_n(&s->ids);
    uint32_t other;
    buffer_add(&s->offsets, &none, sizeof none);
    const bool ok = number < DIGEST_TABLE_NONE - 1 && !s->offsets.failed;
    return ok && digest_table_set(&s->ids, number, value, &other) ? number : DIGEST_TABLE_NONE;
}

search_status staging_note_keys(staging *s, const search_record *record, search_error *error) {
    for (size_t i = 0; i < record->n_keys; i++) {
        const record_key *key = &record->keys[i];
        bool is_new = false;
        const uint32_t number = hash_add(&s->keys, key->name, key->n_name, &is_new);
        if (number == HASH_NONE) {
            return error_memory(error);
        }
        if (is_new) {
            buffer_add_byte(&s->is_stored, 0);
        }
        bool fits = key->form != RECORD_JSON;
        for (size_t v = 0; fits && v < key->n_values; v++) {
            fits = key->values[v].n_bytes <= max_facet_value_n_bytes;
        }
        if (s->is_stored.failed) {
            return error_memory(error);
        }
        if (!fits) {
            s->is_stored.bytes[number] = 1;
        }
    }
    return SEARCH_OK;
}

static search_status broken(search_error *error) {
    return error_set(error, SEARCH_E_SYSTEM, "staging.broken", "an earlier record could not be written");
}

static search_status write_pending(staging *s, search_error *error) {
    for (size_t at = 0; at < s->pending.n_bytes;) {
        const ssize_t n = write(s->fd, s->pending.bytes + at, s->pending.n_bytes - at);
        if (n < 0 && errno != EINTR) {
            return failed(s, error);
        }
        at += n < 0 ? 0 : (size_t)n;
    }
    buffer_clear(&s->pending);
    return SEARCH_OK;
}

static search_status append(staging *s, uint32_t number, const search_record *record, search_error *error) {
    const size_t before = s->pending.n_bytes;
    frame_head head = {0, number};
    buffer_add(&s->pending, &head, sizeof head);
    if (!record_frame_write(&s->pending, record)) {
        return error_memory(error);
    }
    head.n_bytes = (uint32_t)(s->pending.n_bytes - before - sizeof head);
    memcpy(s->pending.bytes + before, &head, sizeof head);
    s->end += s->pending.n_bytes - before;
    return s->pending.n_bytes < piece_n_bytes ? SEARCH_OK : write_pending(s, error);
}

/* Reads bytes of the file that may still wait to be written. */
static search_status read_at(const staging *s, uint64_t at, void *to, size_t n_bytes, search_error *error) {
    const uint64_t n_written = s->end - s->pending.n_bytes;
    if (at >= n_written) {
        memcpy(to, s->pending.bytes + (at - n_written), n_bytes);
        return SEARCH_OK;
    }
    for (size_t n_done = 0; n_done < n_bytes;) {
        const ssize_t n = pread(s->fd, (char *)to + n_done, n_bytes - n_done, (off_t)(at + n_done));
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return cannot_read(s, n < 0 ? errno : EIO, error);
        }
        n_done += n < 0 ? 0 : (size_t)n;
    }
    return SEARCH_OK;
}

/* The record that was put last for the number. */
static search_status read_put(const staging *s, uint32_t number, search_record **out, search_error *error) {
    const uint64_t at = *offset_of(s, number);
    frame_head head;
    buffer frame = {0};
    search_status status = read_at(s, at, &head, sizeof head, error);
    if (status == SEARCH_OK && !buffer_reserve(&frame, head.n_bytes)) {
        status = error_memory(error);
    }
    if (status == SEARCH_OK) {
        status = read_at(s, at + sizeof head, frame.bytes, head.n_bytes, error);
    }
    if (status == SEARCH_OK) {
        status = record_frame_read((search_text){frame.bytes, head.n_bytes}, out, error);
    }
    buffer_free(&frame);
    return status;
}

/* The digest of the table is quick rather than safe: texts that were made to have the same one are no twins. */
static search_status find_twin(staging *s, uint32_t number, const search_record *record, search_text *twin,
                               search_error *error) {
    uint32_t other = DIGEST_TABLE_NONE;
    search_record_free(s->twin);
    s->twin = NULL;
    *twin = (search_text){NULL, 0};
    if (!twins_note(&s->contents, number, record, &other)) {
        return error_memory(error);
    }
    if (other == DIGEST_TABLE_NONE) {
        return SEARCH_OK;
    }
    const search_status status = read_put(s, other, &s->twin, error);
    if (status == SEARCH_OK && twins_are(s->twin, record)) {
        *twin = search_record_value(s->twin, "id", 0);
    }
    return status;
}

search_status staging_put(staging *s, const search_record *record, staging_before *before, search_error *error) {
    if (s->is_broken) {
        return broken(error);
    }
    const uint64_t at = s->end;
    const uint32_t number = intern(s, search_record_value(record, "id", 0));
    search_status status = number == DIGEST_TABLE_NONE ? error_memory(error) : append(s, number, record, error);
    if (status == SEARCH_OK) {
        before->was_put = *offset_of(s, number) != DELETED;
        s->n_put += before->was_put ? 0 : 1;
        *offset_of(s, number) = at;
        status = find_twin(s, number, record, &before->twin, error);
    }
    if (status == SEARCH_OK) {
        status = staging_note_keys(s, record, error);
    }
    s->is_broken = status != SEARCH_OK;
    return status;
}

search_status staging_delete(staging *s, search_text id, search_error *error) {
    const uint32_t number = intern(s, id);
    if (number == DIGEST_TABLE_NONE) {
        return error_memory(error);
    }
    s->n_put -= *offset_of(s, number) != DELETED ? 1 : 0;
    *offset_of(s, number) = DELETED;
    return twins_forget(&s->contents, number) ? SEARCH_OK : error_memory(error);
}

staging_state staging_find(const staging *s, search_text id) {
    uint8_t value[DIGEST_TABLE_N_BYTES];
    digest_id(id, value);
    const uint32_t number = digest_table_find(&s->ids, value);
    if (number == DIGEST_TABLE_NONE) {
        return STAGING_ABSENT;
    }
    return *offset_of(s, number) == DELETED ? STAGING_DELETED : STAGING_PUT;
}

/* The file from its beginning: bytes[at..n_bytes) are read and not yet handed on. */
typedef struct staging_reader {
    const staging *s;
    buffer bytes;
    size_t at;
} staging_reader;

/* Makes n bytes follow each other ahead. */
static search_status read_ahead(staging_reader *r, size_t n, search_error *error) {
    buffer *b = &r->bytes;
    if (b->n_bytes - r->at >= n) {
        return SEARCH_OK;
    }
    if (r->at > 0) {
        b->n_bytes -= r->at;
        memmove(b->bytes, b->bytes + r->at, b->n_bytes);
        r->at = 0;
    }
    const size_t wanted = n < piece_n_bytes ? piece_n_bytes : n;
    if (!buffer_reserve(b, wanted - b->n_bytes)) {
        return error_memory(error);
    }
    while (b->n_bytes < n) {
        const ssize_t got = read(r->s->fd, b->bytes + b->n_bytes, wanted - b->n_bytes);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return cannot_read(r->s, got < 0 ? errno : EIO, error);
        }
        b->n_bytes += (size_t)got;
    }
    return SEARCH_OK;
}

static search_status next_frame(staging_reader *r, frame_head *head, search_text *frame, search_error *error) {
    search_status status = read_ahead(r, sizeof *head, error);
    if (status != SEARCH_OK) {
        return status;
    }
    memcpy(head, r->bytes.bytes + r->at, sizeof *head);
    status = read_ahead(r, sizeof *head + head->n_bytes, error);
    if (status != SEARCH_OK) {
        return status;
    }
    *frame = (search_text){r->bytes.bytes + r->at + sizeof *head, head->n_bytes};
    r->at += sizeof *head + head->n_bytes;
    return SEARCH_OK;
}

static bool is_last_put(const staging *s, uint32_t number, uint64_t at) {
    return number < digest_table_n(&s->ids) && *offset_of(s, number) == at;
}

search_status staging_each(staging *s, staging_visit visit, void *context, search_error *error) {
    if (s->is_broken) {
        return broken(error);
    }
    twins_free(&s->contents);
    search_status status = write_pending(s, error);
    if (status == SEARCH_OK && lseek(s->fd, 0, SEEK_SET) < 0) {
        status = failed(s, error);
    }
    staging_reader r = {.s = s};
    for (uint64_t at = 0; status == SEARCH_OK && at < s->end;) {
        frame_head head = {0, 0};
        search_text frame = {NULL, 0};
        status = next_frame(&r, &head, &frame, error);
        if (status == SEARCH_OK && is_last_put(s, head.number, at)) {
            status = visit(context, frame, error);
        }
        at += sizeof head + frame.n_bytes;
    }
    buffer_free(&r.bytes);
    return status;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

search_status staging_add_fields(const staging *s, search_schema *schema, search_error *error) {
    const char **names = calloc(s->keys.n_keys + 1, sizeof *names);
    if (names == NULL) {
        return error_memory(error);
    }
    size_t n_names = 0;
    for (uint32_t i = 0; i < s->keys.n_keys; i++) {
        const char *name = s->keys.keys[i].bytes;
        if (!s->is_stored.bytes[i] && schema_name_is_legal(name) &&
            schema_find(schema, name, strlen(name)) == SIZE_MAX) {
            names[n_names++] = name;
        }
    }
    qsort(names, n_names, sizeof *names, by_bytes);
    for (size_t i = 0; i < n_names && schema->n_fields < SCHEMA_MAX_FIELDS; i++) {
        const search_field field = {names[i], SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false};
        search_schema_add(schema, &field, NULL); /* a reserved name stays stored */
    }
    free(names);
    return SEARCH_OK;
}

void staging_close(staging *s) {
    if (s->path != NULL) {
        close(s->fd);
        unlink(s->path);
    }
    buffer_free(&s->pending);
    free(s->path);
    digest_table_free(&s->ids);
    hash_free(&s->keys);
    twins_free(&s->contents);
    search_record_free(s->twin);
    buffer_free(&s->offsets);
    buffer_free(&s->is_stored);
    memset(s, 0, sizeof *s);
}
