/* Reading a request from JSON: unknown keys and wrong kinds are told by name, never passed over. */
#include "libsearch/ranking/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static search_status bad(search_error *error, const char *key, const char *what) {
    const search_status status =
        error_set(error, SEARCH_E_ARGUMENT, "request.bad_value", "\"%.60s\" must be %s", key, what);
    error_hint(error, "the keys are query, required_filter, offset, limit, snippets, max_terms, deadline_ms, relax, "
                      "lenient, facets, where, since, until, similar_to, sort, explain, weights");
    return status;
}

static search_status read_text(json_t *value, const char *key, arena *memory, search_text *out, search_error *error) {
    if (!json_is_string(value)) {
        return bad(error, key, "a string");
    }
    out->n_bytes = json_string_length(value);
    out->bytes = arena_copy(memory, json_string_value(value), out->n_bytes);
    return out->bytes == NULL ? error_memory(error) : SEARCH_OK;
}

static search_status read_size(json_t *value, const char *key, uint64_t max, uint64_t *out, search_error *error) {
    if (!json_is_integer(value) || json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) > max) {
        return bad(error, key, "a whole number from 0 up");
    }
    *out = (uint64_t)json_integer_value(value);
    return SEARCH_OK;
}

/* "name" or "name:limit" */
static search_status read_facet(json_t *value, arena *memory, search_facet_request *out, search_error *error) {
    search_status status = read_text(value, "facets", memory, &out->name, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const char *colon = memchr(out->name.bytes, ':', out->name.n_bytes);
    if (colon == NULL) {
        return SEARCH_OK;
    }
    const size_t n_digits = out->name.n_bytes - (size_t)(colon + 1 - out->name.bytes);
    if (n_digits == 0 || n_digits > 9 || strspn(colon + 1, "0123456789") != n_digits) {
        status = error_set(error, SEARCH_E_ARGUMENT, "request.facet_limit", "\"%.60s\" names no number of values",
                           out->name.bytes);
        error_hint(error, "a facet is asked as \"name\" or \"name:10\"; to select a value use \"where\"");
        return status;
    }
    out->limit = (size_t)strtoul(colon + 1, NULL, 10);
    out->name.n_bytes = (size_t)(colon - out->name.bytes);
    return SEARCH_OK;
}

static search_status read_facet_key(const char *key, json_t *value, arena *memory, search_facet_request *out,
                                    search_error *error) {
    if (strcmp(key, "name") == 0) {
        return read_text(value, key, memory, &out->name, error);
    }
    if (strcmp(key, "contains") == 0) {
        return read_text(value, key, memory, &out->contains, error);
    }
    if (strcmp(key, "below") == 0) {
        return read_text(value, key, memory, &out->below, error);
    }
    if (strcmp(key, "limit") == 0) {
        uint64_t number = 0;
        const search_status status = read_size(value, key, SIZE_MAX / 2, &number, error);
        out->limit = (size_t)number;
        return status;
    }
    const search_status status =
        error_set(error, SEARCH_E_ARGUMENT, "request.bad_value", "\"%.60s\" is no key of a facet", key);
    error_hint(error, "the keys of a facet are name, limit, contains, below");
    return status;
}

/* {"name": ..., "limit": ..., "contains": ..., "below": ...} */
static search_status read_facet_object(json_t *object, arena *memory, search_facet_request *out, search_error *error) {
    search_status status = SEARCH_OK;
    for (void *at = json_object_iter(object); at != NULL && status == SEARCH_OK;
         at = json_object_iter_next(object, at)) {
        status = read_facet_key(json_object_iter_key(at), json_object_iter_value(at), memory, out, error);
    }
    return status == SEARCH_OK && out->name.bytes == NULL ? bad(error, "name", "in each facet that is an object")
                                                          : status;
}

static search_status read_facets(json_t *list, arena *memory, search_request *out, search_error *error) {
    if (!json_is_array(list)) {
        return bad(error, "facets", "a list");
    }
    search_facet_request *facets = arena_array(memory, json_array_size(list) + 1, sizeof *facets);
    search_status status = facets == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < json_array_size(list); i++) {
        json_t *facet = json_array_get(list, i);
        facets[i] = (search_facet_request){0};
        status = json_is_object(facet) ? read_facet_object(facet, memory, &facets[i], error)
                                       : read_facet(facet, memory, &facets[i], error);
    }
    out->facets = facets;
    out->n_facets = json_array_size(list);
    return status;
}

static search_status read_wheres(json_t *list, arena *memory, search_request *out, search_error *error) {
    if (!json_is_array(list)) {
        return bad(error, "where", "a list");
    }
    search_where *wheres = arena_array(memory, json_array_size(list) + 1, sizeof *wheres);
    search_status status = wheres == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < json_array_size(list); i++) {
        json_t *pair = json_array_get(list, i);
        if (json_array_size(pair) != 2) {
            return bad(error, "where", "a list of [name, value] pairs");
        }
        status = read_text(json_array_get(pair, 0), "where", memory, &wheres[i].facet, error);
        if (status == SEARCH_OK && !json_is_null(json_array_get(pair, 1))) {
            status = read_text(json_array_get(pair, 1), "where", memory, &wheres[i].value, error);
        }
    }
    out->wheres = wheres;
    out->n_wheres = json_array_size(list);
    return status;
}

/* "date", "date:asc" or "date:desc"; of a score the best comes first, of the rest the first. */
static search_status read_sort(json_t *value, arena *memory, search_sort *out, search_error *error) {
    static const char *const keys[] = {"score", "date", "title", "number"}; /* in the order of search_sort_key */
    search_text text = {NULL, 0};
    const search_status status = read_text(value, "sort", memory, &text, error);
    for (size_t i = 0; status == SEARCH_OK && i < sizeof keys / sizeof *keys; i++) {
        const size_t n = strlen(keys[i]);
        if (strncmp(text.bytes, keys[i], n) != 0 || strlen(text.bytes) != text.n_bytes) {
            continue;
        }
        out->key = (search_sort_key)(i + 1);
        out->descending = strcmp(text.bytes + n, ":desc") == 0 || (i == 0 && text.n_bytes == n);
        if (text.n_bytes == n || out->descending || strcmp(text.bytes + n, ":asc") == 0) {
            return SEARCH_OK;
        }
    }
    return status == SEARCH_OK
               ? bad(error, "sort", "a list of score, date, title or number, perhaps with :asc or :desc")
               : status;
}

static search_status read_sorts(json_t *list, arena *memory, search_request *out, search_error *error) {
    if (!json_is_array(list)) {
        return bad(error, "sort", "a list");
    }
    search_sort *sorts = arena_array(memory, json_array_size(list) + 1, sizeof *sorts);
    search_status status = sorts == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < json_array_size(list); i++) {
        status = read_sort(json_array_get(list, i), memory, &sorts[i], error);
    }
    out->sorts = sorts;
    out->n_sorts = json_array_size(list);
    return status;
}

static search_status read_number(json_t *value, const char *key, double *out, search_error *error) {
    if (!json_is_number(value)) {
        return bad(error, key, "a number");
    }
    *out = json_number_value(value);
    return SEARCH_OK;
}

/* By search_zone: four numbers. */
static search_status read_zones(json_t *list, const char *key, double *out, search_error *error) {
    search_status status = json_array_size(list) == 4 ? SEARCH_OK : bad(error, key, "a list of four numbers");
    for (size_t i = 0; status == SEARCH_OK && i < 4; i++) {
        status = read_number(json_array_get(list, i), key, &out[i], error);
    }
    return status;
}

static search_status read_weight(const char *key, json_t *value, search_weights *w, search_error *error) {
    const struct {
        const char *key;
        double *to;
    } plain[] = {{"k1", &w->k1}, {"pair", &w->pair}, {"window", &w->window}, {"title", &w->title}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(key, plain[i].key) == 0) {
            return read_number(value, key, plain[i].to, error);
        }
    }
    if (strcmp(key, "zone") == 0) {
        return read_zones(value, key, w->zone, error);
    }
    if (strcmp(key, "zone_b") == 0) {
        return read_zones(value, key, w->zone_b, error);
    }
    return bad(error, "weights", "an object with k1, zone, zone_b, pair, window and title");
}

static search_status read_weights(json_t *object, arena *memory, search_request *out, search_error *error) {
    static const search_weights defaults = SEARCH_WEIGHTS_INIT;
    if (!json_is_object(object)) {
        return bad(error, "weights", "an object");
    }
    search_weights *w = arena_alloc(memory, sizeof *w);
    if (w == NULL) {
        return error_memory(error);
    }
    *w = defaults;
    out->weights = w;
    search_status status = SEARCH_OK;
    for (void *at = json_object_iter(object); at != NULL && status == SEARCH_OK;
         at = json_object_iter_next(object, at)) {
        status = read_weight(json_object_iter_key(at), json_object_iter_value(at), w, error);
    }
    return status;
}

static search_status read_key(const char *key, json_t *value, arena *memory, search_request *out, search_error *error) {
    const struct {
        const char *key;
        size_t *to;
    } sizes[] = {{"offset", &out->offset},
                 {"limit", &out->limit},
                 {"snippets", &out->n_snippets},
                 {"max_terms", &out->max_terms}};
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (strcmp(key, sizes[i].key) == 0) {
            const search_status status = read_size(value, key, SIZE_MAX / 2, &number, error);
            *sizes[i].to = (size_t)number;
            return status;
        }
    }
    if (strcmp(key, "deadline_ms") == 0) {
        const search_status status = read_size(value, key, UINT32_MAX, &number, error);
        out->deadline_ms = (uint32_t)number;
        return status;
    }
    if (strcmp(key, "relax") == 0) {
        out->relax = json_is_true(value);
        return json_is_boolean(value) ? SEARCH_OK : bad(error, key, "true or false");
    }
    if (strcmp(key, "lenient") == 0) {
        out->lenient = json_is_true(value);
        return json_is_boolean(value) ? SEARCH_OK : bad(error, key, "true or false");
    }
    if (strcmp(key, "query") == 0) {
        return read_text(value, key, memory, &out->query, error);
    }
    if (strcmp(key, "required_filter") == 0) {
        return read_text(value, key, memory, &out->required_filter, error);
    }
    if (strcmp(key, "weights") == 0) {
        return read_weights(value, memory, out, error);
    }
    if (strcmp(key, "explain") == 0) {
        out->explain = json_is_true(value);
        return json_is_boolean(value) ? SEARCH_OK : bad(error, key, "true or false");
    }
    if (strcmp(key, "sort") == 0) {
        return read_sorts(value, memory, out, error);
    }
    if (strcmp(key, "since") == 0 || strcmp(key, "until") == 0) {
        return read_text(value, key, memory, key[0] == 's' ? &out->since : &out->until, error);
    }
    if (strcmp(key, "similar_to") == 0) {
        return read_text(value, key, memory, &out->similar_to, error);
    }
    if (strcmp(key, "facets") == 0) {
        return read_facets(value, memory, out, error);
    }
    if (strcmp(key, "where") == 0) {
        return read_wheres(value, memory, out, error);
    }
    return bad(error, key, "left out: there is no such key");
}

search_status json_read_request(const char *json, size_t n_json, arena *memory, search_request *out,
                                search_error *error) {
    static const search_request defaults = SEARCH_REQUEST_INIT;
    *out = defaults;
    json_error_t where;
    json_t *root = json_loadb(json, n_json, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (!json_is_object(root)) {
        json_decref(root);
        return error_set(error, SEARCH_E_ARGUMENT, "request.not_json", "the request is not a JSON object");
    }
    search_status status = SEARCH_OK;
    for (void *at = json_object_iter(root); at != NULL && status == SEARCH_OK; at = json_object_iter_next(root, at)) {
        status = read_key(json_object_iter_key(at), json_object_iter_value(at), memory, out, error);
    }
    json_decref(root);
    return status;
}
