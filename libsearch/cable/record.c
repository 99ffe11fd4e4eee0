/* The record: keys in the order they came, each with its values in order.  Rules: text is valid UTF-8 and has no white
 * space at its ends; an empty value is no value; a key of one value keeps the last one; keys and values together stay
 * within RECORD_MAX_N_BYTES and RECORD_MAX_N_VALUES.  A record has few keys, so they are looked up one after the other,
 * and their number is bounded. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/digest.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>

#define MAX_KEYS 1000

record_arity record_arity_of(const char *key) {
#define NAME(string)                                                                                                   \
    { string, sizeof(string) - 1 }
    static const search_text one[] = {
        NAME("id"),      NAME("title"),  NAME("body"),     NAME("summary"),    NAME("date"),
        NAME("number"),  NAME("source"), NAME("language"), NAME("original"),   NAME("original_language"),
        NAME("archive"), NAME("url"),    NAME("uploaded"), NAME("collection"), NAME("classification"),
    };
    static const search_text many[] = {
        NAME("from"),   NAME("to"),     NAME("distribution"), NAME("places"),
        NAME("people"), NAME("topics"), NAME("translators"),  NAME("donors"),
    };
#undef NAME
    size_t n = strlen(key);
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        if (n == one[i].n_bytes && memcmp(key, one[i].bytes, n) == 0)
            return RECORD_ONE_VALUE;
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        if (n == many[i].n_bytes && memcmp(key, many[i].bytes, n) == 0)
            return RECORD_MANY_VALUES;
    return RECORD_UNKNOWN_KEY;
}

static bool is_white(uint32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 ||
           c == 0xFEFF;
}

/* The start of the character that ends at `end`. */
static size_t character_before(search_text text, size_t end) {
    size_t at = end - 1;
    while (at > 0 && end - at < 4 && ((unsigned char)text.bytes[at] & 0xC0u) == 0x80u)
        at--;
    return at;
}

static bool is_visible_ascii(char c) {
    return c > ' ' && c < 0x7F;
}

search_text text_trim(search_text text) {
    if (text.n_bytes > 0 && is_visible_ascii(text.bytes[0]) && is_visible_ascii(text.bytes[text.n_bytes - 1]))
        return text;
    size_t from = 0;
    while (from < text.n_bytes) {
        size_t next = from;
        if (!is_white(utf8_next(text.bytes, text.n_bytes, &next)))
            break;
        from = next;
    }
    size_t to = text.n_bytes;
    while (to > from) {
        size_t at = character_before(text, to);
        size_t next = at;
        if (at < from || !is_white(utf8_next(text.bytes, to, &next)) || next != to)
            break;
        to = at;
    }
    return from < to ? text_part(text, from, to) : (search_text){"", 0};
}

search_status search_record_new(search_record **out, search_error *error) {
    error_clear(error);
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

search_record *record_in_block(size_t n_keys, size_t n_values, size_t n_text, record_value **values, char **text) {
    const size_t n_block = sizeof(search_record) + n_keys * sizeof(record_key) + n_values * sizeof **values + n_text;
    search_record *record = malloc(n_block);
    if (record == NULL)
        return NULL;
    record_key *keys = (record_key *)(void *)(record + 1);
    *record = (search_record){.keys = n_keys == 0 ? NULL : keys, .capacity = n_keys, .n_block = n_block};
    *values = (record_value *)(void *)(keys + n_keys);
    *text = (char *)(*values + n_values);
    return record;
}

static bool is_in_block(const search_record *record, const void *place) {
    return (uintptr_t)place - (uintptr_t)record < record->n_block;
}

static void release(const search_record *record, void *place) {
    if (!is_in_block(record, place))
        free(place);
}

record_key *record_find_key(const search_record *record, search_text name) {
    for (size_t i = 0; i < record->n_keys; i++)
        if (record->keys[i].n_name == name.n_bytes && memcmp(record->keys[i].name, name.bytes, name.n_bytes) == 0)
            return &record->keys[i];
    return NULL;
}

static record_key *find_key(const search_record *record, const char *name) {
    return record_find_key(record, search_text_of(name));
}

/* Room for one more element; null when there is no memory, and the array stays as it was. */
static void *grown(const search_record *record, void *array, size_t n, size_t *capacity, size_t element_n_bytes) {
    if (n < *capacity)
        return array;
    size_t more = *capacity == 0 ? 4 : *capacity * 2;
    if (more > SIZE_MAX / element_n_bytes)
        return NULL;
    bool is_apart = !is_in_block(record, array);
    void *bigger = is_apart ? realloc(array, more * element_n_bytes) : malloc(more * element_n_bytes);
    if (bigger != NULL && !is_apart)
        memcpy(bigger, array, n * element_n_bytes);
    if (bigger != NULL)
        *capacity = more;
    return bigger;
}

static search_status add_key(search_record *record, const char *name, record_form form, record_key **out,
                             search_error *error) {
    if (record->n_keys == MAX_KEYS)
        return error_set(error, SEARCH_E_INPUT, "record.too_many_keys", "the record has more than %d keys", MAX_KEYS);
    record_key *keys = grown(record, record->keys, record->n_keys, &record->capacity, sizeof *keys);
    if (keys == NULL)
        return error_memory(error);
    record->keys = keys;
    char *copy = strdup(name);
    if (copy == NULL)
        return error_memory(error);
    *out = &keys[record->n_keys++];
    **out = (record_key){.name = copy, .n_name = strlen(name), .form = form};
    record->n_bytes += (*out)->n_name;
    return SEARCH_OK;
}

static bool value_copy(record_value *out, search_text text) {
    out->bytes = malloc(text.n_bytes + 1);
    if (out->bytes == NULL)
        return false;
    if (text.n_bytes > 0)
        memcpy(out->bytes, text.bytes, text.n_bytes);
    out->bytes[text.n_bytes] = '\0';
    out->n_bytes = text.n_bytes;
    return true;
}

static search_status add_value(search_record *record, record_key *key, search_text text, search_error *error) {
    record_value value;
    if (!value_copy(&value, text))
        return error_memory(error);
    if (key->n_values == 1 && record_arity_of(key->name) == RECORD_ONE_VALUE) {
        record->n_bytes -= key->values[0].n_bytes;
        release(record, key->values[0].bytes);
        key->n_values = 0;
        record->n_values--;
    }
    record_value *values = grown(record, key->values, key->n_values, &key->capacity, sizeof *values);
    if (values == NULL) {
        free(value.bytes);
        return error_memory(error);
    }
    key->values = values;
    values[key->n_values++] = value;
    record->n_values++;
    record->n_bytes += value.n_bytes;
    if (key->n_values > 1)
        key->form = RECORD_LIST;
    return SEARCH_OK;
}

search_status record_replace(search_record *record, const char *key, size_t i, search_text text, search_error *error) {
    record_value *old = &find_key(record, key)->values[i];
    record_value value;
    text = text_trim(text);
    if (record->n_bytes - old->n_bytes + text.n_bytes > RECORD_MAX_N_BYTES)
        return error_set(error, SEARCH_E_INPUT, "record.too_large", "the record exceeds 32 MiB");
    if (!value_copy(&value, text))
        return error_memory(error);
    record->n_bytes = record->n_bytes - old->n_bytes + value.n_bytes;
    release(record, old->bytes);
    *old = value;
    return SEARCH_OK;
}

static void free_key(const search_record *record, const record_key *key) {
    for (size_t j = 0; j < key->n_values; j++)
        release(record, key->values[j].bytes);
    release(record, key->values);
    release(record, key->name);
    free(key->synonym);
}

void record_remove(search_record *record, const char *name) {
    record_key *key = find_key(record, name);
    if (key == NULL)
        return;
    record->n_bytes -= strlen(name);
    for (size_t j = 0; j < key->n_values; j++)
        record->n_bytes -= key->values[j].n_bytes;
    record->n_values -= key->n_values;
    free_key(record, key);
    memmove(key, key + 1, (size_t)(&record->keys[record->n_keys] - (key + 1)) * sizeof *key);
    record->n_keys--;
}

static search_status append_repaired(search_record *record, const char *name, search_text text, record_form form,
                                     search_error *error) {
    text = text_trim(text);
    if (text.n_bytes == 0)
        return SEARCH_OK;
    record_key *key = find_key(record, name);
    size_t n_name = key == NULL ? strlen(name) : 0;
    bool replaces = key != NULL && record_arity_of(name) == RECORD_ONE_VALUE;
    size_t n_old = record->n_bytes - (replaces ? key->values[0].n_bytes : 0);
    if (n_name > RECORD_MAX_N_BYTES || text.n_bytes > RECORD_MAX_N_BYTES ||
        n_old + n_name + text.n_bytes > RECORD_MAX_N_BYTES)
        return error_set(error, SEARCH_E_INPUT, "record.too_large", "the record exceeds 32 MiB");
    if (!replaces && record->n_values == RECORD_MAX_N_VALUES)
        return error_set(error, SEARCH_E_INPUT, "record.too_many_values", "the record has more than %zu values",
                         RECORD_MAX_N_VALUES);
    bool is_new = key == NULL;
    search_status status = is_new ? add_key(record, name, form, &key, error) : SEARCH_OK;
    if (status != SEARCH_OK)
        return status;
    status = add_value(record, key, text, error);
    if (status != SEARCH_OK && is_new) { /* a key without a value is no key */
        record->n_bytes -= n_name;
        free(key->values);
        free(key->name);
        record->n_keys--;
    }
    return status;
}

search_status record_append(search_record *record, const char *key, search_text value, record_form form,
                            search_error *error) {
    if (utf8_valid(value.bytes, value.n_bytes))
        return append_repaired(record, key, value, form, error);
    buffer repaired = {0};
    utf8_repair(&repaired, value.bytes, value.n_bytes);
    search_status status =
        repaired.failed ? error_memory(error)
                        : append_repaired(record, key, (search_text){repaired.bytes, repaired.n_bytes}, form, error);
    buffer_free(&repaired);
    return status;
}

search_status search_record_add(search_record *record, const char *key, search_text value, search_error *error) {
    error_clear(error);
    if (key == NULL || *key == '\0' || !utf8_valid(key, strlen(key)))
        return error_set(error, SEARCH_E_ARGUMENT, "record.bad_key", "a key must be UTF-8 and not empty");
    if (strcmp(key, "derived") == 0)
        return error_set(error, SEARCH_E_ARGUMENT, "record.reserved_key", "the key \"derived\" is the mark of others");
    return record_append(record, key, value, record_arity_of(key) == RECORD_MANY_VALUES ? RECORD_LIST : RECORD_ONE,
                         error);
}

size_t search_record_n_values(const search_record *record, const char *key) {
    const record_key *found = find_key(record, key);
    return found == NULL ? 0 : found->n_values;
}

search_text search_record_value(const search_record *record, const char *key, size_t i) {
    const record_key *found = find_key(record, key);
    if (found == NULL || i >= found->n_values)
        return (search_text){"", 0};
    return (search_text){found->values[i].bytes, found->values[i].n_bytes};
}

bool search_record_is_derived(const search_record *record, const char *key) {
    const record_key *found = find_key(record, key);
    return found != NULL && found->derived;
}

const char *search_record_key(const search_record *record, size_t i) {
    return i < record->n_keys ? record->keys[i].name : NULL;
}

void search_record_free(search_record *record) {
    if (record == NULL)
        return;
    for (size_t i = 0; i < record->n_keys; i++)
        free_key(record, &record->keys[i]);
    release(record, record->keys);
    free(record);
}

search_status record_set_derived(search_record *record, const char *key, search_error *error) {
    record_key *found = find_key(record, key);
    if (found == NULL)
        return error_set(error, SEARCH_E_ARGUMENT, "record.no_such_key", "the record has no key \"%s\"", key);
    found->derived = true;
    return SEARCH_OK;
}

search_status record_set_synonym(search_record *record, const char *key, const char *synonym, search_error *error) {
    record_key *found = find_key(record, key);
    char *copy = found == NULL ? NULL : strdup(synonym);
    if (found == NULL)
        return SEARCH_OK;
    if (copy == NULL)
        return error_memory(error);
    free(found->synonym);
    found->synonym = copy;
    return SEARCH_OK;
}

const char *record_synonym(const search_record *record, const char *key) {
    const record_key *found = find_key(record, key);
    return found == NULL ? NULL : found->synonym;
}

/* With its NUL, at *to, which moves behind it. */
static char *put_text(char **to, const char *bytes, size_t n_bytes) {
    char *copy = *to;
    memcpy(copy, bytes, n_bytes + 1);
    *to += n_bytes + 1;
    return copy;
}

search_record *record_clone(const search_record *record) {
    record_value *values;
    char *text;
    const size_t n_text = record->n_bytes + record->n_keys + record->n_values;
    search_record *clone = record_in_block(record->n_keys, record->n_values, n_text, &values, &text);
    if (clone == NULL)
        return NULL;
    clone->n_bytes = record->n_bytes;
    clone->n_values = record->n_values;
    for (; clone->n_keys < record->n_keys; clone->n_keys++) {
        const record_key *from = &record->keys[clone->n_keys];
        record_key *to = &clone->keys[clone->n_keys];
        *to = *from;
        to->synonym = NULL;
        to->name = put_text(&text, from->name, from->n_name);
        to->values = values;
        to->capacity = from->n_values;
        for (size_t i = 0; i < from->n_values; i++, values++)
            *values = (record_value){put_text(&text, from->values[i].bytes, from->values[i].n_bytes),
                                     from->values[i].n_bytes};
    }
    return clone;
}

static bool is_figures(search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++)
        if (!is_digit(text.bytes[i]))
            return false;
    return text.n_bytes > 0;
}

/* The number that a url gives a document: 188166 in ".../document/188166?lang=en".  In ".../2019/05/12/a-visit" numbers
 * are the day, which many documents share: one that follows a number is none, and above the last segment only one that
 * follows "document" or "node" is. */
static search_text number_in_url(search_text url) {
    search_text found = {"", 0};
    search_text before = {"", 0};
    size_t end = 0;
    while (end < url.n_bytes && url.bytes[end] != '?' && url.bytes[end] != '#')
        end++;
    while (end > 0 && url.bytes[end - 1] == '/')
        end--;
    for (size_t from = 0; from < end;) {
        size_t to = from;
        while (to < end && url.bytes[to] != '/')
            to++;
        search_text segment = text_part(url, from, to);
        bool is_named = text_is(before, "document") || text_is(before, "node");
        if (is_figures(segment) && (is_named || (to == end && !is_figures(before))))
            found = segment;
        before = segment;
        from = to + 1;
    }
    return found;
}

search_status record_complete_id(search_record *record, search_error *error) {
    if (search_record_n_values(record, "id") > 0)
        return SEARCH_OK;
    search_text number = number_in_url(search_record_value(record, "url", 0));
    if (number.n_bytes > 0)
        return search_record_add(record, "id", number, error);
    char *json = NULL;
    size_t n_json = 0;
    search_status status = search_record_to_json(record, &json, &n_json, error);
    if (status != SEARCH_OK)
        return status;
    char hex[DIGEST_N_HEX + 1];
    char id[] = "x-0123456789abcdef";
    digest_of(json, n_json, hex);
    memcpy(id + 2, hex, 16);
    search_bytes_free(json);
    return search_record_add(record, "id", search_text_of(id), error);
}

bool record_is_text(const search_record *record, const char *key) {
    const record_key *found = find_key(record, key);
    return found == NULL || found->form != RECORD_JSON;
}
