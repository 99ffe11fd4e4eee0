/* Facets: a value counts once a record; records without a value are told apart; selections of one facet are
 * alternatives. */
#include "libsearch/ranking/facets.h"

#include <stdlib.h>
#include <string.h>

enum { default_limit = 10 };

search_status facets_find(const snapshot *index, search_text name, size_t *facet, search_error *error) {
    *facet = snapshot_facet_find(index, name);
    if (*facet != SIZE_MAX) {
        return SEARCH_OK;
    }
    error_set(error, SEARCH_E_FACET, "facet.unknown", "there is no facet \"%.*s\"",
              (int)(name.n_bytes < 64 ? name.n_bytes : 64), name.bytes == NULL ? "" : name.bytes);
    buffer names = {0};
    for (size_t i = 0; i < index->n_facets; i++) {
        buffer_add_format(&names, "%s%s", i == 0 ? "" : ", ", index->facets[i].name);
    }
    error_hint(error, "the facets are: %s", names.bytes == NULL ? "" : names.bytes);
    buffer_free(&names);
    return SEARCH_E_FACET;
}

/* The ordinal of a value, SIZE_MAX when no record has it. */
static size_t find_value(const column_strings *values, search_text value) {
    size_t low = 0;
    size_t high = values->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const search_text at = column_string(values, middle);
        int order = memcmp(at.bytes, value.bytes, at.n_bytes < value.n_bytes ? at.n_bytes : value.n_bytes);
        if (order == 0) {
            order = (at.n_bytes > value.n_bytes) - (at.n_bytes < value.n_bytes);
        }
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return SIZE_MAX;
}

static bool is_null(search_text value) {
    return value.bytes == NULL;
}

static void add_documents(const column_facet *column, search_text value, document_set *out) {
    const size_t wanted = is_null(value) ? SIZE_MAX : find_value(&column->values, value);
    for (size_t d = 0; d < out->n_documents; d++) {
        if (is_null(value) && column->rows[d] == column->rows[d + 1]) {
            set_add(out, (uint32_t)d + 1);
        }
        for (size_t i = column->rows[d]; wanted != SIZE_MAX && i < column->rows[d + 1]; i++) {
            if (column->ordinals[i] == wanted) {
                set_add(out, (uint32_t)d + 1);
            }
        }
    }
}

static facet_selection *selection_of(facet_selections *all, size_t facet) {
    for (size_t i = 0; i < all->n; i++) {
        if (all->list[i].facet == facet) {
            return &all->list[i];
        }
    }
    all->list[all->n].facet = facet;
    return &all->list[all->n++];
}

search_status facets_select(const snapshot *index, const search_request *request, facet_selections *out,
                            search_error *error) {
    out->n = 0;
    out->list = calloc(request->n_wheres + 1, sizeof *out->list);
    search_status status = out->list == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < request->n_wheres; i++) {
        size_t facet = 0;
        status = facets_find(index, request->wheres[i].facet, &facet, error);
        if (status != SEARCH_OK) {
            break;
        }
        facet_selection *selection = selection_of(out, facet);
        if (selection->documents.bits == NULL) {
            status = set_new(index->n_documents, false, &selection->documents, error);
        }
        if (status == SEARCH_OK) {
            add_documents(&index->facets[facet].column, request->wheres[i].value, &selection->documents);
        }
    }
    return status;
}

search_status facets_restrict(const document_set *matches, const facet_selections *selections, size_t except,
                              document_set *out, search_error *error) {
    const search_status status = set_copy(matches, out, error);
    for (size_t i = 0; status == SEARCH_OK && i < selections->n; i++) {
        if (selections->list[i].facet != except) {
            set_and(out, &selections->list[i].documents);
        }
    }
    return status;
}

void facets_free(facet_selections *selections) {
    for (size_t i = 0; i < selections->n; i++) {
        set_free(&selections->list[i].documents);
    }
    free(selections->list);
}

/* ---- counting ---- */

typedef struct value_count {
    uint32_t ordinal;
    uint32_t count;
    bool selected;
} value_count;

static int by_count(const void *a, const void *b) {
    const value_count *x = a;
    const value_count *y = b;
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

/* Counts every value; returns how many matches have none. */
static uint32_t count_values(const column_facet *column, const document_set *matches, value_count *counts) {
    uint32_t n_without = 0;
    for (uint32_t d = set_next(matches, 1); d != 0; d = set_next(matches, d + 1)) {
        const uint32_t end = column->rows[d];
        n_without += column->rows[d - 1] == end ? 1 : 0;
        for (uint32_t i = column->rows[d - 1]; i < end; i++) {
            counts[column->ordinals[i]].count++;
        }
    }
    return n_without;
}

/* Marks the values the request selects; true when it selects records without one. */
static bool mark_selected(const snapshot *index, size_t facet, const search_request *request, value_count *counts) {
    bool null_selected = false;
    for (size_t i = 0; i < request->n_wheres; i++) {
        const search_where *where = &request->wheres[i];
        if (snapshot_facet_find(index, where->facet) != facet) {
            continue;
        }
        null_selected = null_selected || is_null(where->value);
        const size_t at =
            is_null(where->value) ? SIZE_MAX : find_value(&index->facets[facet].column.values, where->value);
        if (at != SIZE_MAX) {
            counts[at].selected = true;
        }
    }
    return null_selected;
}

static bool copy_value(search_text from, arena *memory, search_text *out) {
    out->n_bytes = from.n_bytes;
    out->bytes = arena_copy(memory, from.bytes, from.n_bytes);
    return out->bytes != NULL;
}

/* Takes the sorted counts over into the answer. */
static bool fill(const column_strings *strings, const value_count *counts, size_t limit, arena *memory,
                 search_facet_counts *out, search_facet_value *values) {
    for (size_t i = 0; i < strings->n; i++) {
        out->n_distinct += counts[i].count > 0 ? 1 : 0;
        if ((i < limit && counts[i].count > 0) || counts[i].selected) {
            search_facet_value *v = &values[out->n_values++];
            v->count = counts[i].count;
            v->selected = counts[i].selected;
            if (!copy_value(column_string(strings, counts[i].ordinal), memory, &v->value)) {
                return false;
            }
        }
    }
    return true;
}

/* Selected values that no record has at all are shown too, so that nobody can tell them from those of hidden records.
 */
static bool add_unknown_selected(const snapshot *index, size_t facet, const search_request *request, arena *memory,
                                 search_facet_counts *out, search_facet_value *values) {
    for (size_t i = 0; i < request->n_wheres; i++) {
        const search_where *where = &request->wheres[i];
        bool is_new = snapshot_facet_find(index, where->facet) == facet && !is_null(where->value) &&
                      find_value(&index->facets[facet].column.values, where->value) == SIZE_MAX;
        for (size_t v = 0; is_new && v < out->n_values; v++) {
            is_new = values[v].value.n_bytes != where->value.n_bytes ||
                     memcmp(values[v].value.bytes, where->value.bytes, where->value.n_bytes) != 0;
        }
        if (is_new) {
            search_facet_value *added = &values[out->n_values++];
            added->selected = true;
            if (!copy_value(where->value, memory, &added->value)) {
                return false;
            }
        }
    }
    return true;
}

search_status facets_count(const snapshot *index, const document_set *matches, const search_request *request,
                           size_t facet, size_t limit, arena *memory, search_facet_counts *out, search_error *error) {
    const column_facet *column = &index->facets[facet].column;
    const size_t n = column->values.n;
    memset(out, 0, sizeof *out);
    limit = limit == 0 ? default_limit : limit;
    value_count *counts = calloc(n + 1, sizeof *counts);
    const size_t room = (limit < n ? limit : n) + request->n_wheres + 1;
    search_facet_value *values = arena_array(memory, room, sizeof *values);
    bool ok =
        counts != NULL && values != NULL && copy_value(search_text_of(index->facets[facet].name), memory, &out->name);
    if (ok) {
        for (size_t i = 0; i < n; i++) {
            counts[i].ordinal = (uint32_t)i;
        }
        const uint32_t n_without = count_values(column, matches, counts);
        const bool null_selected = mark_selected(index, facet, request, counts);
        qsort(counts, n, sizeof *counts, by_count);
        ok = fill(&column->values, counts, limit, memory, out, values) &&
             add_unknown_selected(index, facet, request, memory, out, values);
        if (ok && (n_without > 0 || null_selected)) {
            values[out->n_values++] = (search_facet_value){{NULL, 0}, n_without, null_selected};
        }
    }
    out->values = values;
    free(counts);
    return ok ? SEARCH_OK : error_memory(error);
}
