/* Facets: a value counts once a record; records without a value are told apart; selections of one facet are
 * alternatives.  What hidden records have is never told: a value is shown for its matches, or for the request's own
 * selection, whether any record has it or not. */
#include "libsearch/ranking/facets.h"
#include "libsearch/ranking/facet_filter.h"

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

/* Bytewise, the shorter first. */
static int compare(search_text a, search_text b) {
    const int order = memcmp(a.bytes, b.bytes, a.n_bytes < b.n_bytes ? a.n_bytes : b.n_bytes);
    return order != 0 ? order : (a.n_bytes > b.n_bytes) - (a.n_bytes < b.n_bytes);
}

/* The ordinal of a value, SIZE_MAX when no record has it. */
static size_t find_value(const column_strings *values, search_text value) {
    size_t low = 0;
    size_t high = values->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare(column_string(values, middle), value);
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

bool facets_is_date(search_text name) {
    static const char *const names[] = {"decade", "year", "month"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (name.n_bytes == strlen(names[i]) && memcmp(name.bytes, names[i], name.n_bytes) == 0) {
            return true;
        }
    }
    return false;
}

typedef struct value_count {
    uint32_t ordinal;
    uint32_t count;
    uint32_t n_alone; /* of these records, how many have no other value */
    bool passes;      /* the request does not leave it out */
    bool selected;
} value_count;

/* What counting one facet needs at hand. */
typedef struct counting {
    const snapshot *index;
    const search_request *request;
    size_t facet;
    const column_facet *column;
    value_count *counts; /* a value each */
    arena *memory;
    search_facet_counts *out;
    search_facet_value *values;
} counting;

static int by_count(const void *a, const void *b) {
    const value_count *x = a;
    const value_count *y = b;
    if (x->passes != y->passes) {
        return x->passes ? -1 : 1;
    }
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

/* Counts every value; returns how many matches have none. */
static uint32_t count_values(const counting *c, const document_set *matches) {
    const uint32_t *rows = c->column->rows;
    uint32_t n_without = 0;
    for (uint32_t d = set_next(matches, 1); d != 0; d = set_next(matches, d + 1)) {
        const uint32_t n = rows[d] - rows[d - 1];
        n_without += n == 0 ? 1 : 0;
        for (uint32_t i = rows[d - 1]; i < rows[d]; i++) {
            value_count *value = &c->counts[c->column->ordinals[i]];
            value->count++;
            value->n_alone += n == 1 ? 1 : 0;
        }
    }
    return n_without;
}

/* Marks the values the request selects; true when it selects records without one. */
static bool mark_selected(const counting *c) {
    bool null_selected = false;
    for (size_t i = 0; i < c->request->n_wheres; i++) {
        const search_where *where = &c->request->wheres[i];
        if (snapshot_facet_find(c->index, where->facet) != c->facet) {
            continue;
        }
        null_selected = null_selected || is_null(where->value);
        const size_t at = is_null(where->value) ? SIZE_MAX : find_value(&c->column->values, where->value);
        if (at != SIZE_MAX) {
            c->counts[at].selected = true;
        }
    }
    return null_selected;
}

/* Keeps the values that may be told, first those that pass, and returns how many they are.  Values that no match has
 * are not even looked at. */
static search_status keep_values(counting *c, facet_filter *filter, size_t *n_kept, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < c->column->values.n; i++) {
        value_count *value = &c->counts[i];
        value->ordinal = (uint32_t)i;
        if (value->count > 0) {
            status = facet_filter_passes(filter, column_string(&c->column->values, i), &value->passes, error);
            c->out->n_distinct += value->passes ? 1 : 0;
        }
        if (value->passes || (value->selected && value->count > 0)) {
            c->counts[(*n_kept)++] = *value;
        }
    }
    qsort(c->counts, *n_kept, sizeof *c->counts, by_count);
    return status;
}

static bool copy_value(search_text from, arena *memory, search_text *out) {
    out->n_bytes = from.n_bytes;
    out->bytes = arena_copy(memory, from.bytes, from.n_bytes);
    return out->bytes != NULL;
}

/* Takes the sorted counts over into the answer. */
static bool fill(counting *c, size_t n_kept, size_t limit) {
    const bool is_date = facets_is_date(c->out->name);
    for (size_t i = 0; i < n_kept; i++) {
        const value_count *from = &c->counts[i];
        if ((i < limit && from->passes) || from->selected) {
            search_facet_value *v = &c->values[c->out->n_values++];
            v->count = from->count;
            /* A date gives every period that it touches, so one that touches a single period lies in it. */
            v->certain = is_date ? from->n_alone : from->count;
            v->selected = from->selected;
            if (!copy_value(column_string(&c->column->values, from->ordinal), c->memory, &v->value)) {
                return false;
            }
        }
    }
    return true;
}

static bool is_told(const counting *c, search_text value) {
    for (size_t i = 0; i < c->out->n_values; i++) {
        if (compare(c->values[i].value, value) == 0) {
            return true;
        }
    }
    return false;
}

static int by_bytes(const void *a, const void *b) {
    return compare(((const search_facet_value *)a)->value, ((const search_facet_value *)b)->value);
}

/* Selected values that no match has.  Those that hidden records have and those that no record has at all are shown in
 * one order, so that nobody can tell which is which. */
static bool add_unmatched_selected(counting *c) {
    const size_t first = c->out->n_values;
    for (size_t i = 0; i < c->request->n_wheres; i++) {
        const search_where *where = &c->request->wheres[i];
        if (snapshot_facet_find(c->index, where->facet) == c->facet && !is_null(where->value) &&
            !is_told(c, where->value)) {
            search_facet_value *added = &c->values[c->out->n_values++];
            *added = (search_facet_value){.selected = true};
            if (!copy_value(where->value, c->memory, &added->value)) {
                return false;
            }
        }
    }
    qsort(c->values + first, c->out->n_values - first, sizeof *c->values, by_bytes);
    return true;
}

static search_status count_into(counting *c, const document_set *matches, facet_filter *filter, size_t limit,
                                search_error *error) {
    const uint32_t n_without = count_values(c, matches);
    const bool null_selected = mark_selected(c);
    size_t n_kept = 0;
    const search_status status = keep_values(c, filter, &n_kept, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const size_t room = (limit < n_kept ? limit : n_kept) + c->request->n_wheres + 1;
    c->values = arena_array(c->memory, room, sizeof *c->values);
    if (c->values == NULL || !fill(c, n_kept, limit) || !add_unmatched_selected(c)) {
        return error_memory(error);
    }
    if ((n_without > 0 && facet_filter_is_open(filter)) || null_selected) {
        c->values[c->out->n_values++] = (search_facet_value){
            .value = {NULL, 0}, .count = n_without, .selected = null_selected, .certain = n_without};
    }
    c->out->values = c->values;
    return SEARCH_OK;
}

static search_status check_below(const snapshot *index, const search_facet_request *asked, search_error *error) {
    const search_schema *schema = index->contents.schema;
    const size_t field = schema_find(schema, asked->name.bytes, asked->name.n_bytes);
    if (asked->below.bytes == NULL || (field != SIZE_MAX && schema->fields[field].hierarchical)) {
        return SEARCH_OK;
    }
    return error_set(error, SEARCH_E_ARGUMENT, "facet.no_levels", "the facet \"%.*s\" has no levels",
                     (int)asked->name.n_bytes, asked->name.bytes);
}

search_status facets_count(const snapshot *index, analyzer *words, const document_set *matches,
                           const search_request *request, const search_facet_request *asked, arena *memory,
                           search_facet_counts *out, search_error *error) {
    memset(out, 0, sizeof *out);
    counting c = {.index = index, .request = request, .memory = memory, .out = out};
    facet_filter filter = {0};
    search_status status = facets_find(index, asked->name, &c.facet, error);
    if (status == SEARCH_OK) {
        status = check_below(index, asked, error);
    }
    if (status == SEARCH_OK) {
        status = facet_filter_open(words, asked, &filter, error);
    }
    if (status == SEARCH_OK) {
        c.column = &index->facets[c.facet].column;
        c.counts = calloc(c.column->values.n + 1, sizeof *c.counts);
        const bool ok = c.counts != NULL && copy_value(asked->name, memory, &out->name);
        status = ok ? count_into(&c, matches, &filter, asked->limit == 0 ? default_limit : asked->limit, error)
                    : error_memory(error);
    }
    facet_filter_free(&filter);
    free(c.counts);
    return status;
}
