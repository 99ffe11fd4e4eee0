/* Records as JSON.  Reading is forgiving: bytes that are no UTF-8 are repaired, null is no value, a key given twice
 * counts as given last, numbers and truth values stand for their text in the keys of the cables schema.  In other keys
 * anything that is neither a string nor a list of strings is kept as JSON text and written back as it is.  Writing is
 * one compact line, keys in the order of the record, then "derived": the keys whose values were derived. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/json_text.h"
#include "libsearch/support/utf8.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- Writing ------------------------------------------------------------------------------------------------- */

static void write_escaped(buffer *out, char c) {
    if (c == '\n')
        buffer_add(out, "\\n", 2);
    else if (c == '\t')
        buffer_add(out, "\\t", 2);
    else if (c == '"' || c == '\\')
        buffer_add(out, (const char[]){'\\', c}, 2);
    else
        buffer_add_format(out, "\\u%04x", (unsigned)c);
}

static void write_string(buffer *out, const char *bytes, size_t n_bytes) {
    buffer_add_byte(out, '"');
    for (size_t at = 0; at < n_bytes;) {
        const size_t to = json_plain_end(bytes, n_bytes, at);
        buffer_add(out, bytes + at, to - at);
        if (to < n_bytes)
            write_escaped(out, bytes[to]);
        at = to + 1;
    }
    buffer_add_byte(out, '"');
}

static void write_values(buffer *out, const record_key *key) {
    if (key->form == RECORD_JSON) {
        buffer_add(out, key->values[0].bytes, key->values[0].n_bytes);
        return;
    }
    if (key->form == RECORD_LIST)
        buffer_add_byte(out, '[');
    for (size_t i = 0; i < key->n_values; i++) {
        if (i > 0)
            buffer_add_byte(out, ',');
        write_string(out, key->values[i].bytes, key->values[i].n_bytes);
    }
    if (key->form == RECORD_LIST)
        buffer_add_byte(out, ']');
}

static void write_derived(buffer *out, const search_record *record) {
    size_t n = 0;
    for (size_t i = 0; i < record->n_keys; i++) {
        if (!record->keys[i].derived)
            continue;
        buffer_add_string(out, n++ == 0 ? ",\"derived\":[" : ",");
        write_string(out, record->keys[i].name, record->keys[i].n_name);
    }
    if (n > 0)
        buffer_add_byte(out, ']');
}

bool record_add_json(buffer *out, const search_record *record) {
    buffer_reserve(out, record->n_bytes + record->n_bytes / 16 + 8 * record->n_keys + 4 * record->n_values);
    buffer_add_byte(out, '{');
    for (size_t i = 0; i < record->n_keys; i++) {
        if (i > 0)
            buffer_add_byte(out, ',');
        write_string(out, record->keys[i].name, record->keys[i].n_name);
        buffer_add_byte(out, ':');
        write_values(out, &record->keys[i]);
    }
    write_derived(out, record);
    buffer_add_byte(out, '}');
    return !out->failed;
}

search_status search_record_to_json(const search_record *record, char **out, size_t *n_out, search_error *error) {
    error_clear(error);
    buffer json = {0};
    record_add_json(&json, record);
    *out = buffer_take(&json, n_out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

/* ---- Reading ------------------------------------------------------------------------------------------------- */

static bool is_scalar(const json_t *value) {
    return json_is_string(value) || json_is_number(value) || json_is_boolean(value);
}

/* The value as JSON text, malloc'ed.  Real numbers get the fewest digits that read back as the same number: the 17 that
 * always do would turn 0.1 into 0.10000000000000001. */
static char *json_text(const json_t *value) {
    for (size_t precision = 15;; precision++) {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(precision));
        if (text == NULL || precision == 17)
            return text;
        json_t *again = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        bool is_same = again != NULL && json_equal(again, value) == 1;
        json_decref(again);
        if (is_same)
            return text;
        free(text);
    }
}

static search_status append_json(search_record *record, const char *key, const json_t *value, record_form form,
                                 search_error *error) {
    char *text = json_text(value);
    if (text == NULL)
        return error_memory(error);
    search_status status = record_append(record, key, search_text_of(text), form, error);
    free(text);
    return status;
}

static search_status append_scalar(search_record *record, const char *key, const json_t *value, record_form form,
                                   search_error *error) {
    if (!json_is_string(value))
        return append_json(record, key, value, form, error);
    search_text text = {json_string_value(value), json_string_length(value)};
    return record_append(record, key, text, form, error);
}

static search_status wrong_kind(const char *key, const char *wanted, search_error *error) {
    return error_set(error, SEARCH_E_INPUT, "record.wrong_kind", "the key \"%s\" takes %s", key, wanted);
}

static search_status read_one(search_record *record, const char *key, const json_t *value, search_error *error) {
    if (json_is_array(value) && json_array_size(value) <= 1)
        value = json_array_get(value, 0);
    if (value == NULL || json_is_null(value))
        return SEARCH_OK;
    if (!is_scalar(value))
        return wrong_kind(key, "one text", error);
    return append_scalar(record, key, value, RECORD_ONE, error);
}

static search_status read_many(search_record *record, const char *key, const json_t *value, search_error *error) {
    if (is_scalar(value))
        return append_scalar(record, key, value, RECORD_LIST, error);
    if (!json_is_array(value))
        return wrong_kind(key, "a list of texts", error);
    size_t i;
    const json_t *item;
    json_array_foreach(value, i, item) {
        if (json_is_null(item))
            continue;
        if (!is_scalar(item))
            return wrong_kind(key, "a list of texts", error);
        search_status status = append_scalar(record, key, item, RECORD_LIST, error);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

static bool is_list_of_strings(const json_t *value) {
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    return json_is_array(value);
}

static search_status read_extra(search_record *record, const char *key, const json_t *value, search_error *error) {
    if (json_is_string(value))
        return append_scalar(record, key, value, RECORD_ONE, error);
    if (is_list_of_strings(value))
        return read_many(record, key, value, error);
    return append_json(record, key, value, RECORD_JSON, error);
}

static search_status read_key(search_record *record, const char *key, const json_t *value, search_error *error) {
    if (json_is_null(value) || strcmp(key, "derived") == 0)
        return SEARCH_OK;
    switch (record_arity_of(key)) {
    case RECORD_ONE_VALUE:
        return read_one(record, key, value, error);
    case RECORD_MANY_VALUES:
        return read_many(record, key, value, error);
    case RECORD_UNKNOWN_KEY:
        break;
    }
    return read_extra(record, key, value, error);
}

/* Marks of keys that the record has not are of no use and forgotten. */
static search_status read_derived(search_record *record, const json_t *value, search_error *error) {
    if (value == NULL || json_is_null(value))
        return SEARCH_OK;
    if (!is_list_of_strings(value))
        return wrong_kind("derived", "a list of keys", error);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *key = json_string_value(json_array_get(value, i));
        if (search_record_n_values(record, key) > 0)
            record_set_derived(record, key, NULL);
    }
    return SEARCH_OK;
}

static search_status read_object(search_record *record, json_t *root, search_error *error) {
    if (!json_is_object(root))
        return error_set(error, SEARCH_E_INPUT, "record.not_an_object", "a record is one JSON object");
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        search_status status = read_key(record, key, value, error);
        if (status != SEARCH_OK)
            return status;
    }
    return read_derived(record, json_object_get(root, "derived"), error);
}

/* The parser quotes the text it stumbled on, with its line ends and control characters. */
static search_status parse_error(json_error_t *e, search_error *error) {
    if (json_error_code(e) == json_error_out_of_memory)
        return error_memory(error);
    for (char *c = e->text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
    return error_set(error, SEARCH_E_INPUT, "record.bad_json", "this is not JSON, column %d: %s", e->column, e->text);
}

static search_status parse(search_text json, json_t **out, search_error *error) {
    static const char bom[] = "\xEF\xBB\xBF";
    if (json.n_bytes >= 3 && memcmp(json.bytes, bom, 3) == 0)
        json = (search_text){json.bytes + 3, json.n_bytes - 3};
    json_error_t e;
    *out = json_loadb(json.n_bytes == 0 ? "" : json.bytes, json.n_bytes, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    return *out == NULL ? parse_error(&e, error) : SEARCH_OK;
}

static search_status parse_repaired(search_text json, json_t **out, search_error *error) {
    if (utf8_valid(json.bytes, json.n_bytes))
        return parse(json, out, error);
    buffer repaired = {0};
    utf8_repair(&repaired, json.bytes, json.n_bytes);
    search_status status =
        repaired.failed ? error_memory(error) : parse((search_text){repaired.bytes, repaired.n_bytes}, out, error);
    buffer_free(&repaired);
    return status;
}

search_status record_parse_json(search_text json, search_record **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    json_t *root = NULL;
    search_status status = parse_repaired(json, &root, error);
    if (status != SEARCH_OK)
        return status;
    search_record *record = NULL;
    status = search_record_new(&record, error);
    if (status == SEARCH_OK)
        status = read_object(record, root, error);
    json_decref(root);
    if (status == SEARCH_OK)
        *out = record;
    else
        search_record_free(record);
    return status;
}

search_status search_record_from_json(search_text json, search_record **out, search_error *error) {
    error_clear(error);
    *out = record_scan_json(json);
    return *out == NULL ? record_parse_json(json, out, error) : SEARCH_OK;
}
