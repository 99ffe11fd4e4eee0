/* A record as bytes for files that live no longer than the program: numbers as the machine has them, and every text
 * with a NUL behind it, so that reading is one copy and a walk over it.  First u32 keys, u32 values of all keys; then
 * for each key u32 bytes of its name, u32 values, u8 form, u8 derived, the name, and for each value u32 bytes and the
 * value. */
#include "libsearch/cable/cable.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

/* Of the frame, of a key and of a value, beside their texts: what is there at least. */
enum { n_frame_bytes = 4 + 4, n_key_bytes = 4 + 4 + 1 + 1 + 1, n_value_bytes = 4 + 1 };

/* ---- Writing -------------------------------------------------------------------------------------------------- */

static char *put_number(char *to, size_t number) {
    const uint32_t n = (uint32_t)number;
    memcpy(to, &n, sizeof n);
    return to + sizeof n;
}

static char *put_text(char *to, const char *bytes, size_t n_bytes) {
    memcpy(to, bytes, n_bytes + 1);
    return to + n_bytes + 1;
}

bool record_frame_write(buffer *out, const search_record *record) {
    const size_t n_bytes =
        n_frame_bytes + record->n_keys * n_key_bytes + record->n_values * n_value_bytes + record->n_bytes;
    if (!buffer_reserve(out, n_bytes))
        return false;
    char *to = out->bytes + out->n_bytes;
    to = put_number(to, record->n_keys);
    to = put_number(to, record->n_values);
    for (size_t i = 0; i < record->n_keys; i++) {
        const record_key *key = &record->keys[i];
        to = put_number(to, key->n_name);
        to = put_number(to, key->n_values);
        *to++ = (char)key->form;
        *to++ = (char)key->derived;
        to = put_text(to, key->name, key->n_name);
        for (size_t v = 0; v < key->n_values; v++) {
            to = put_number(to, key->values[v].n_bytes);
            to = put_text(to, key->values[v].bytes, key->values[v].n_bytes);
        }
    }
    *to = '\0';
    out->n_bytes += n_bytes;
    return true;
}

/* ---- Reading -------------------------------------------------------------------------------------------------- */

typedef struct frame_reader {
    char *at; /* in the record's own copy */
    const char *end;
    record_value *values; /* the next one that is free */
    size_t n_values;      /* how many are */
    search_record *record;
} frame_reader;

static bool take_number(frame_reader *r, size_t *out) {
    uint32_t n;
    if ((size_t)(r->end - r->at) < sizeof n)
        return false;
    memcpy(&n, r->at, sizeof n);
    r->at += sizeof n;
    *out = n;
    return true;
}

/* A text of n bytes and its NUL. */
static bool take_text(frame_reader *r, size_t n_bytes, char **out) {
    if ((size_t)(r->end - r->at) <= n_bytes || r->at[n_bytes] != '\0' || !utf8_valid(r->at, n_bytes))
        return false;
    *out = r->at;
    r->at += n_bytes + 1;
    r->record->n_bytes += n_bytes;
    return true;
}

static bool take_marks(frame_reader *r, record_key *key) {
    if (r->end - r->at < 2 || r->at[0] < RECORD_ONE || r->at[0] > RECORD_JSON || (r->at[1] & ~1) != 0)
        return false;
    key->form = (record_form)r->at[0];
    key->derived = r->at[1] != 0;
    r->at += 2;
    return true;
}

static bool take_key(frame_reader *r, record_key *key) {
    *key = (record_key){.values = r->values};
    if (!take_number(r, &key->n_name) || !take_number(r, &key->n_values) || !take_marks(r, key))
        return false;
    if (key->n_values == 0 || key->n_values > r->n_values || (key->form != RECORD_LIST && key->n_values > 1))
        return false;
    if (!take_text(r, key->n_name, &key->name) || memchr(key->name, '\0', key->n_name) != NULL)
        return false;
    key->capacity = key->n_values;
    r->n_values -= key->n_values;
    for (size_t i = 0; i < key->n_values; i++, r->values++)
        if (!take_number(r, &r->values->n_bytes) || !take_text(r, r->values->n_bytes, &r->values->bytes))
            return false;
    return true;
}

/* The keys of a record that has room for all. */
static bool take_keys(frame_reader *r, size_t n_keys) {
    while (r->record->n_keys < n_keys)
        if (!take_key(r, &r->record->keys[r->record->n_keys++]))
            return false;
    return r->at == r->end && r->n_values == 0;
}

static search_status damaged(search_error *error) {
    return error_set(error, SEARCH_E_SYSTEM, "staging.damaged", "a record that was put aside cannot be read back");
}

search_status record_frame_read(search_text frame, search_record **out, search_error *error) {
    uint32_t counts[2];
    error_clear(error);
    *out = NULL;
    if (frame.n_bytes < n_frame_bytes)
        return damaged(error);
    memcpy(counts, frame.bytes, sizeof counts);
    const size_t n_keys = counts[0];
    const size_t n_values = counts[1];
    const size_t n_text = frame.n_bytes - n_frame_bytes;
    if (n_keys > n_text / n_key_bytes || n_values > n_text / n_value_bytes)
        return damaged(error);
    frame_reader r = {.n_values = n_values};
    r.record = record_in_block(n_keys, n_values, n_text, &r.values, &r.at);
    if (r.record == NULL)
        return error_memory(error);
    r.end = r.at + n_text;
    r.record->n_values = n_values;
    memcpy(r.at, frame.bytes + n_frame_bytes, n_text);
    if (take_keys(&r, n_keys)) {
        *out = r.record;
        return SEARCH_OK;
    }
    free(r.record); /* all of it: half a record is only its block */
    return damaged(error);
}
