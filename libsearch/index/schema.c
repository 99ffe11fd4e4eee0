/* The schema: field names, types and zones, and what follows from them.  The cables schema is the table below. */
#include "libsearch/index/schema.h"

#include "libsearch/analysis/analysis.h"
#include <stdlib.h>
#include <string.h>

static const search_field cable_fields[] = {
    {"body", SEARCH_FIELD_TEXT, SEARCH_ZONE_BODY, false},
    {"title", SEARCH_FIELD_TEXT, SEARCH_ZONE_TITLE, false},
    {"summary", SEARCH_FIELD_TEXT, SEARCH_ZONE_SUMMARY, false},
    {"date", SEARCH_FIELD_DATE, SEARCH_ZONE_BODY, false},
    {"classification", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false},
    {"number", SEARCH_FIELD_REFERENCE, SEARCH_ZONE_BODY, false},
    {"from", SEARCH_FIELD_NAME, SEARCH_ZONE_NAMES, false},
    {"to", SEARCH_FIELD_NAME, SEARCH_ZONE_NAMES, false},
    {"distribution", SEARCH_FIELD_NAME, SEARCH_ZONE_BODY, false},
    {"places", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, true},
    {"people", SEARCH_FIELD_NAME, SEARCH_ZONE_NAMES, false},
    {"topics", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, true},
    {"archive", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false},
    {"source", SEARCH_FIELD_REFERENCE, SEARCH_ZONE_BODY, false},
    {"translators", SEARCH_FIELD_NAME, SEARCH_ZONE_BODY, false},
    {"donors", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false},
    {"language", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false},
    {"original", SEARCH_FIELD_ORIGINAL, SEARCH_ZONE_BODY, false},
    {"original_language", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false},
    {"collection", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false},
    {"uploaded", SEARCH_FIELD_STORED, SEARCH_ZONE_BODY, false},
    {"url", SEARCH_FIELD_STORED, SEARCH_ZONE_BODY, false},
};

search_status search_schema_new(const char *stemmer, search_schema **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    if (stemmer == NULL || !analyzer_has_stemmer(stemmer)) {
        return error_set(error, SEARCH_E_ARGUMENT, "schema.unknown_stemmer", "there is no stemmer \"%s\"",
                         stemmer == NULL ? "" : stemmer);
    }
    search_schema *schema = calloc(1, sizeof *schema);
    if (schema == NULL) {
        return error_memory(error);
    }
    strncpy(schema->stemmer, stemmer, sizeof schema->stemmer - 1);
    *out = schema;
    return SEARCH_OK;
}

search_status search_schema_cables(search_schema **out, search_error *error) {
    search_status status = search_schema_new("english", out, error);
    for (size_t i = 0; status == SEARCH_OK && i < sizeof cable_fields / sizeof *cable_fields; i++) {
        status = search_schema_add(*out, &cable_fields[i], error);
    }
    return status;
}

bool schema_name_is_legal(const char *name) {
    const size_t n = strlen(name);
    return n >= 1 && n <= SCHEMA_MAX_NAME && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* Names that mean something else in queries, records or facets. */
static bool is_reserved(const char *name) {
    static const char *const reserved[] = {"id",    "decade",   "year", "month",   "since",
                                           "until", "verbatim", "src",  "derived", "exact"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return true;
        }
    }
    return false;
}

search_status search_schema_add(search_schema *schema, const search_field *field, search_error *error) {
    error_clear(error);
    if (field == NULL || field->name == NULL || !schema_name_is_legal(field->name) || is_reserved(field->name)) {
        return error_set(error, SEARCH_E_ARGUMENT, "schema.bad_name", "\"%.40s\" cannot name a field",
                         field == NULL || field->name == NULL ? "" : field->name);
    }
    if (field->type < SEARCH_FIELD_TEXT || field->type > SEARCH_FIELD_STORED || (int)field->zone < SEARCH_ZONE_BODY ||
        field->zone > SEARCH_ZONE_NAMES) {
        return error_set(error, SEARCH_E_ARGUMENT, "schema.bad_type", "field \"%s\" has no known type or zone",
                         field->name);
    }
    if (schema_find(schema, field->name, strlen(field->name)) != SIZE_MAX) {
        return error_set(error, SEARCH_E_ARGUMENT, "schema.repeated_name", "field \"%s\" is there already",
                         field->name);
    }
    if (schema->n_fields == SCHEMA_MAX_FIELDS) {
        return error_set(error, SEARCH_E_ARGUMENT, "schema.too_many_fields", "a schema has at most %d fields",
                         SCHEMA_MAX_FIELDS);
    }
    const size_t i = schema->n_fields++;
    schema->fields[i] = *field;
    strcpy(schema->names[i], field->name);
    schema->fields[i].name = schema->names[i];
    return SEARCH_OK;
}

search_schema *schema_clone(const search_schema *schema) {
    search_schema *copy = malloc(sizeof *copy);
    if (copy != NULL) {
        *copy = *schema;
        for (size_t i = 0; i < copy->n_fields; i++) {
            copy->fields[i].name = copy->names[i];
        }
    }
    return copy;
}

size_t schema_find(const search_schema *schema, const char *name, size_t n_name) {
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (strlen(schema->names[i]) == n_name && memcmp(schema->names[i], name, n_name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool schema_is_searched(const search_field *field) {
    return field->type != SEARCH_FIELD_DATE && field->type != SEARCH_FIELD_STORED;
}

bool schema_is_facet(const search_field *field) {
    return field->type == SEARCH_FIELD_NAME || field->type == SEARCH_FIELD_KEYWORD;
}

size_t schema_body(const search_schema *schema) {
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (schema->fields[i].type == SEARCH_FIELD_TEXT && schema->fields[i].zone == SEARCH_ZONE_BODY) {
            return i;
        }
    }
    return SIZE_MAX;
}

void schema_prefix(const search_schema *schema, size_t field, bool stem, char out[SCHEMA_PREFIX_SIZE]) {
    char *at = out;
    if (stem) {
        *at++ = 'Z';
    }
    *at = '\0';
    if (field == SIZE_MAX || field == schema_body(schema)) {
        return;
    }
    if (strcmp(schema->names[field], "title") == 0) {
        strcpy(at, "S");
        return;
    }
    strcpy(at, "XT");
    strcat(at, schema->names[field]);
    strcat(at, ":");
}

size_t schema_order(const search_schema *schema, size_t order[SCHEMA_MAX_FIELDS]) {
    const size_t body = schema_body(schema);
    size_t n = 0;
    if (body != SIZE_MAX) {
        order[n++] = body;
    }
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (i != body && schema_is_searched(&schema->fields[i])) {
            order[n++] = i;
        }
    }
    return n;
}

size_t search_schema_n_fields(const search_schema *schema) {
    return schema->n_fields;
}

const search_field *search_schema_field(const search_schema *schema, size_t i) {
    return i < schema->n_fields ? &schema->fields[i] : NULL;
}

void search_schema_free(search_schema *schema) {
    free(schema);
}
