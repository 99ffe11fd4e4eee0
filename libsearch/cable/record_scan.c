/* The plain case of a record's JSON, read in one pass into one piece of memory and without a tree: an object of texts,
 * lists of texts, whole numbers, truth values and null.  Whatever else there is, or is wrong, is left to the parser of
 * record_json.c, which makes the same record of the plain case: this reader never judges, it gives up. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/json_text.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>

/* Records of the plain case have fewer, and room is taken for so many.  Values that are empty count too, so that what
 * jsonl.c bounds needs no other count. */
#define MAX_N_KEYS 64
#define MAX_N_VALUES 200

typedef struct record_scan {
    const char *at;
    const char *end;
    search_record *record;
    record_value *values; /* the next one that is free */
    char *text;           /* where the next string is written: there is room, for none is longer than its JSON */
    search_text keys[MAX_N_KEYS];
    size_t n_keys;
    size_t n_values;
    const record_value *derived;
    size_t n_derived;
} record_scan;

/* ---- Strings -------------------------------------------------------------------------------------------------- */

/* Copies up to the next quote, backslash or control character, or to the end. */
static char *copy_plain(record_scan *s, char *to) {
    const size_t n = json_plain_end(s->at, (size_t)(s->end - s->at), 0);
    memcpy(to, s->at, n);
    s->at += n;
    return to + n;
}

static bool read_hex(record_scan *s, uint32_t *out) {
    *out = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        const char c = s->at < s->end ? to_lower(*s->at) : 0;
        if (!is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        *out = *out << 4 | (uint32_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* What follows \u.  U+0000 is left to the parser: it may stand in a value, but not in a key. */
static char *read_code(record_scan *s, char *to) {
    uint32_t c;
    uint32_t low;
    if (!read_hex(s, &c) || c == 0 || (c >= 0xDC00 && c <= 0xDFFF))
        return NULL;
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
            return NULL;
        s->at += 2;
        if (!read_hex(s, &low) || low < 0xDC00 || low > 0xDFFF)
            return NULL;
        c = 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
    }
    return to + utf8_put(c, to);
}

/* What follows a backslash. */
static char *read_escape(record_scan *s, char *to) {
    static const char from[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    if (s->at == s->end)
        return NULL;
    const char c = *s->at++;
    if (c == 'u')
        return read_code(s, to);
    const char *found = memchr(from, c, sizeof from - 1);
    if (found == NULL)
        return NULL;
    *to = meant[found - from];
    return to + 1;
}

/* A string that begins here. */
static bool read_string(record_scan *s, record_value *out) {
    char *to = s->text;
    if (s->at == s->end || *s->at++ != '"')
        return false;
    for (;;) {
        to = copy_plain(s, to);
        const char c = s->at < s->end ? *s->at++ : 0;
        if (c == '"')
            break;
        to = c == '\\' ? read_escape(s, to) : NULL;
        if (to == NULL)
            return false;
    }
    *to = '\0';
    *out = (record_value){s->text, (size_t)(to - s->text)};
    s->text = to + 1;
    return true;
}

/* ---- Values --------------------------------------------------------------------------------------------------- */

static void skip_space(record_scan *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

/* The byte, after white space. */
static bool take(record_scan *s, char c) {
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* true, false, null, or a whole number as the parser would print it. */
static bool read_literal(record_scan *s, record_value *out) {
    const char *from = s->at;
    while (s->at < s->end && (is_digit(*s->at) || is_lower(*s->at)))
        s->at++;
    const search_text text = {from, (size_t)(s->at - from)};
    size_t n_digits = 0;
    while (n_digits < text.n_bytes && is_digit(from[n_digits]))
        n_digits++;
    const bool is_number = n_digits > 0 && n_digits == text.n_bytes && n_digits < 19 && (*from != '0' || n_digits == 1);
    if (!is_number && !text_equals(text, "null") && !text_equals(text, "true") && !text_equals(text, "false"))
        return false;
    memcpy(s->text, from, text.n_bytes);
    s->text[text.n_bytes] = '\0';
    *out = (record_value){s->text, text.n_bytes};
    s->text += text.n_bytes + 1;
    return true;
}

/* The strings of a list whose bracket was passed, one behind the other. */
static bool read_list(record_scan *s) {
    if (take(s, ']'))
        return true;
    do {
        skip_space(s);
        if (s->n_values++ == MAX_N_VALUES || !read_string(s, s->values++))
            return false;
    } while (take(s, ','));
    return take(s, ']');
}

/* Trims values up to the one that is free next, and keeps those that are not empty; the rest are free again. */
static size_t keep_values(record_scan *s, record_value *values) {
    size_t n = 0;
    for (const record_value *from = values; from < s->values; from++) {
        const search_text text = text_trim((search_text){from->bytes, from->n_bytes});
        if (text.n_bytes == 0)
            continue;
        values[n] = (record_value){from->bytes + (text.bytes - from->bytes), text.n_bytes};
        values[n].bytes[text.n_bytes] = '\0';
        s->record->n_bytes += text.n_bytes;
        n++;
    }
    s->values = values + n;
    return n;
}

static void add_key(record_scan *s, const record_value *name, record_value *values, record_form form) {
    const size_t n = keep_values(s, values);
    if (n == 0)
        return;
    s->record->keys[s->record->n_keys++] = (record_key){.name = name->bytes,
                                                        .n_name = name->n_bytes,
                                                        .form = n > 1 ? RECORD_LIST : form,
                                                        .values = values,
                                                        .n_values = n,
                                                        .capacity = n};
    s->record->n_values += n;
    s->record->n_bytes += name->n_bytes;
}

/* ---- The object ----------------------------------------------------------------------------------------------- */

/* A key that no other member has: of several the last one would count. */
static bool read_key(record_scan *s, record_value *name) {
    skip_space(s);
    if (s->n_keys == MAX_N_KEYS || !read_string(s, name))
        return false;
    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].n_bytes == name->n_bytes && memcmp(s->keys[i].bytes, name->bytes, name->n_bytes) == 0)
            return false;
    s->keys[s->n_keys++] = (search_text){name->bytes, name->n_bytes};
    return true;
}

/* A list of keys, looked up when all have come. */
static bool keep_derived(record_scan *s, const record_value *values, bool is_list) {
    s->derived = values;
    s->n_derived = (size_t)(s->values - values);
    return is_list;
}

/* A value or a list of them, which begins here; *out: the first of them. */
static bool read_values(record_scan *s, char first, record_value **out) {
    *out = s->values;
    if (first == '[') {
        s->at++;
        return read_list(s);
    }
    if (s->n_values++ == MAX_N_VALUES)
        return false;
    return first == '"' ? read_string(s, s->values++) : read_literal(s, s->values++);
}

static bool read_member(record_scan *s) {
    record_value name;
    record_value *values;
    if (!read_key(s, &name) || !take(s, ':'))
        return false;
    skip_space(s);
    const char first = s->at < s->end ? *s->at : 0;
    if (!read_values(s, first, &values))
        return false;
    if (first == 'n') {
        s->values = values;
        return true;
    }
    if (text_equals((search_text){name.bytes, name.n_bytes}, "derived"))
        return keep_derived(s, values, first == '[');
    switch (record_arity_of(name.bytes)) {
    case RECORD_ONE_VALUE:
        if (s->values - values > 1)
            return false;
        add_key(s, &name, values, RECORD_ONE);
        return true;
    case RECORD_MANY_VALUES:
        add_key(s, &name, values, RECORD_LIST);
        return true;
    case RECORD_UNKNOWN_KEY:
        break;
    }
    add_key(s, &name, values, first == '[' ? RECORD_LIST : first == '"' ? RECORD_ONE : RECORD_JSON);
    return true;
}

static bool read_object(record_scan *s) {
    if (!take(s, '{'))
        return false;
    if (!take(s, '}')) {
        do {
            if (!read_member(s))
                return false;
        } while (take(s, ','));
        if (!take(s, '}'))
            return false;
    }
    skip_space(s);
    return s->at == s->end;
}

static void mark_derived(const record_scan *s) {
    for (size_t i = 0; i < s->n_derived; i++) {
        record_key *key = record_find_key(s->record, (search_text){s->derived[i].bytes, s->derived[i].n_bytes});
        if (key != NULL)
            key->derived = true;
    }
}

search_record *record_scan_json(search_text json) {
    if (json.n_bytes > RECORD_MAX_N_BYTES || !utf8_valid(json.bytes, json.n_bytes))
        return NULL;
    record_scan s = {.at = json.bytes, .end = json.bytes + json.n_bytes};
    s.record = record_in_block(MAX_N_KEYS, MAX_N_VALUES, json.n_bytes, &s.values, &s.text);
    if (s.record == NULL || !read_object(&s)) {
        search_record_free(s.record);
        return NULL;
    }
    mark_derived(&s);
    return s.record;
}
