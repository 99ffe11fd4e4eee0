/* The staging file: frames of u32 length and JSON, appended and read back once. */
#include "libsearch/index/staging.h"

#include "libsearch/cable/cable.h"
#include "libsearch/support/files.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DELETED UINT64_MAX

/* A longer value is text, not something to count. */
enum { max_facet_value_n_bytes = 200 };

static search_status failed(const staging *s, search_error *error) {
    return error_system(error, errno, "staging.file", "cannot write %s", s->path);
}

search_status staging_open(staging *s, const char *directory, search_error *error) {
    memset(s, 0, sizeof *s);
    s->path = file_path(directory, "staging");
    if (s->path == NULL) {
        return error_memory(error);
    }
    s->file = fopen(s->path, "w+xe");
    return s->file == NULL ? failed(s, error) : SEARCH_OK;
}

static uint64_t *offset_of(const staging *s, uint32_t number) {
    return (uint64_t *)(void *)s->offsets.bytes + number;
}

/* The number of the id, with a place for its offset. */
static uint32_t intern(staging *s, search_text id, bool *is_new) {
    const uint32_t number = hash_add(&s->ids, id.bytes, id.n_bytes, is_new);
    if (number != HASH_NONE && *is_new) {
        const uint64_t none = DELETED;
        buffer_add(&s->offsets, &none, sizeof none);
    }
    return s->offsets.failed ? HASH_NONE : number;
}

search_status staging_note_keys(staging *s, const search_record *record, search_error *error) {
    for (size_t i = 0; search_record_key(record, i) != NULL; i++) {
        const char *key = search_record_key(record, i);
        bool is_new = false;
        const uint32_t number = hash_add(&s->keys, key, strlen(key), &is_new);
        if (number == HASH_NONE) {
            return error_memory(error);
        }
        if (is_new) {
            buffer_add_byte(&s->is_stored, 0);
        }
        bool fits = record_is_text(record, key);
        for (size_t v = 0; fits && v < search_record_n_values(record, key); v++) {
            fits = search_record_value(record, key, v).n_bytes <= max_facet_value_n_bytes;
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

static search_status append(staging *s, const char *json, size_t n_json, search_error *error) {
    const uint32_t length = (uint32_t)n_json;
    if (fwrite(&length, sizeof length, 1, s->file) != 1 || fwrite(json, 1, n_json, s->file) != n_json) {
        return failed(s, error);
    }
    s->end += sizeof length + n_json;
    return SEARCH_OK;
}

static search_status find_twin(staging *s, uint32_t number, const search_record *record, search_text *twin,
                               search_error *error) {
    uint32_t other = HASH_NONE;
    if (!twins_note(&s->contents, number, record, &other)) {
        return error_memory(error);
    }
    *twin = other == HASH_NONE ? (search_text){NULL, 0} : s->ids.keys[other];
    return SEARCH_OK;
}

search_status staging_put(staging *s, const search_record *record, staging_before *before, search_error *error) {
    char *json = NULL;
    size_t n_json = 0;
    search_status status = search_record_to_json(record, &json, &n_json, error);
    if (status != SEARCH_OK) {
        return status;
    }
    if (s->is_broken) {
        search_bytes_free(json);
        return broken(error);
    }
    const uint64_t at = s->end;
    bool is_new = false;
    const uint32_t number = intern(s, search_record_value(record, "id", 0), &is_new);
    status = number == HASH_NONE ? error_memory(error) : append(s, json, n_json, error);
    search_bytes_free(json);
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
    bool is_new = false;
    const uint32_t number = intern(s, id, &is_new);
    if (number == HASH_NONE) {
        return error_memory(error);
    }
    s->n_put -= *offset_of(s, number) != DELETED ? 1 : 0;
    *offset_of(s, number) = DELETED;
    twins_forget(&s->contents, number);
    return s->contents.digests.failed ? error_memory(error) : SEARCH_OK;
}

staging_state staging_find(const staging *s, search_text id) {
    const uint32_t number = hash_find(&s->ids, id.bytes, id.n_bytes);
    if (number == HASH_NONE) {
        return STAGING_ABSENT;
    }
    return *offset_of(s, number) == DELETED ? STAGING_DELETED : STAGING_PUT;
}

/* Reads the frame at the file's place into `json`. */
static search_status read_frame(staging *s, buffer *json, search_error *error) {
    uint32_t length = 0;
    buffer_clear(json);
    if (fread(&length, sizeof length, 1, s->file) != 1 || !buffer_reserve(json, length) ||
        fread(json->bytes, 1, length, s->file) != length) {
        return json->failed ? error_memory(error) : failed(s, error);
    }
    json->n_bytes = length;
    return SEARCH_OK;
}

search_status staging_each(staging *s, staging_visit visit, void *context, search_error *error) {
    if (s->is_broken) {
        return broken(error);
    }
    if (fflush(s->file) != 0 || fseeko(s->file, 0, SEEK_SET) != 0) {
        return failed(s, error);
    }
    buffer json = {0};
    search_status status = SEARCH_OK;
    for (uint64_t at = 0; status == SEARCH_OK && at < s->end; at += sizeof(uint32_t) + json.n_bytes) {
        search_record *record = NULL;
        status = read_frame(s, &json, error);
        const search_text text = {json.bytes, json.n_bytes};
        if (status == SEARCH_OK) {
            status = search_record_from_json(text, &record, error);
        }
        if (status == SEARCH_OK) {
            const search_text id = search_record_value(record, "id", 0);
            const uint32_t number = hash_find(&s->ids, id.bytes, id.n_bytes);
            if (number != HASH_NONE && *offset_of(s, number) == at) {
                status = visit(context, text, error);
            }
        }
        search_record_free(record);
    }
    buffer_free(&json);
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
    if (s->file != NULL) {
        fclose(s->file);
        unlink(s->path);
    }
    free(s->path);
    hash_free(&s->ids);
    hash_free(&s->keys);
    twins_free(&s->contents);
    buffer_free(&s->offsets);
    buffer_free(&s->is_stored);
    memset(s, 0, sizeof *s);
}
