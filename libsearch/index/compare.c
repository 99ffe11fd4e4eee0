/* Compares two generations by what is in them: not by how the database lays it out, which may differ between builders,
 * nor by the digests and lengths of its files. */
#include "libsearch/index/compare.h"

#include "libsearch/support/hash.h"
#include <stdlib.h>
#include <string.h>

enum { n_documents_per_task = 512, max_shown_n_bytes = 120 };

static int shown(search_text text) {
    return (int)(text.n_bytes < max_shown_n_bytes ? text.n_bytes : max_shown_n_bytes);
}

static bool is_same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.bytes, b.bytes, a.n_bytes) == 0);
}

static finding_place place_of(const comparison *c, uint64_t document) {
    return (finding_place){c->directory, NULL, document};
}

/* ---- which records there are ---- */

static search_status compare_ids(const comparison *c, size_t side, finding_list *found, search_error *error) {
    const column_strings *ids = &c->sides[side]->ids;
    const column_strings *others = &c->sides[1 - side]->ids;
    hash_map known = {0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < others->n && status == SEARCH_OK; i++) {
        const search_text id = column_string(others, i);
        status = hash_add(&known, id.bytes, id.n_bytes, NULL) == HASH_NONE ? error_memory(error) : SEARCH_OK;
    }
    for (size_t i = 0; i < ids->n && status == SEARCH_OK; i++) {
        const search_text id = column_string(ids, i);
        if (hash_find(&known, id.bytes, id.n_bytes) == HASH_NONE) {
            const finding_place place = place_of(c, side == 0 ? i + 1 : 0);
            note_difference(found, &place, "compare.record", "the record \"%.*s\" is only in %s index", shown(id),
                            id.bytes, side == 0 ? "this" : "the other");
        }
    }
    hash_free(&known);
    return status;
}

/* ---- the manifest and the statistics ---- */

static bool is_same_field(const search_field *a, const search_field *b) {
    return strcmp(a->name, b->name) == 0 && a->type == b->type && a->zone == b->zone &&
           a->hierarchical == b->hierarchical;
}

static bool is_same_schema(const search_schema *a, const search_schema *b) {
    bool is_equal = strcmp(a->stemmer, b->stemmer) == 0 && a->n_fields == b->n_fields;
    for (size_t i = 0; i < a->n_fields && is_equal; i++) {
        is_equal = is_same_field(&a->fields[i], &b->fields[i]);
    }
    return is_equal;
}

static void compare_number(const comparison *c, const char *what, uint64_t here, uint64_t there, finding_list *found) {
    if (here != there) {
        const finding_place place = place_of(c, 0);
        note_difference(found, &place, "compare.statistics", "%s: %llu here, %llu in the other index", what,
                        (unsigned long long)here, (unsigned long long)there);
    }
}

static void compare_manifests(const comparison *c, finding_list *found) {
    const manifest *a = &c->sides[0]->contents;
    const manifest *b = &c->sides[1]->contents;
    const finding_place place = {c->directory, MANIFEST_NAME, 0};
    if (strcmp(a->analyzer, b->analyzer) != 0) {
        note_difference(found, &place, "compare.manifest", "the analyzers are not the same: %s here, %s in the other",
                        a->analyzer, b->analyzer);
    }
    if (!is_same_schema(a->schema, b->schema)) {
        note_difference(found, &place, "compare.manifest", "the schemas are not the same");
    }
    compare_number(c, "records", a->n_records, b->n_records, found);
    compare_number(c, "bytes of text", a->n_bytes_text, b->n_bytes_text, found);
}

static void compare_statistics(const comparison *c, const xapian_database *const stores[2], finding_list *found) {
    compare_number(c, "documents of the database", xapian_database_n_documents(stores[0]),
                   xapian_database_n_documents(stores[1]), found);
    compare_number(c, "the last document's number", xapian_database_last_docid(stores[0]),
                   xapian_database_last_docid(stores[1]), found);
    compare_number(c, "the length of all documents", xapian_database_total_length(stores[0]),
                   xapian_database_total_length(stores[1]), found);
}

/* ---- metadata ---- */

/* Tells the keys of one side whose value is another on the other side, where an absent one is empty.  Seen from the
 * second side only what the first does not have is told. */
static search_status compare_metadata_of(const comparison *c, const xapian_database *const stores[2], size_t side,
                                         finding_list *found, search_error *error) {
    xapian_terms *keys = NULL;
    search_text key = {"", 0};
    search_status status = xapian_terms_open_metadata(stores[side], &keys, error);
    while (status == SEARCH_OK) {
        status = xapian_terms_next(keys, &key, NULL, error);
        if (status != SEARCH_OK || key.bytes == NULL) {
            break;
        }
        char *values[2] = {NULL, NULL};
        size_t n_values[2] = {0, 0};
        for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
            status = xapian_database_metadata(stores[i], key, &values[i], &n_values[i], error);
        }
        const bool is_equal = status != SEARCH_OK ||
                              is_same((search_text){values[0], n_values[0]}, (search_text){values[1], n_values[1]});
        if (!is_equal && (side == 0 || n_values[0] == 0)) {
            const finding_place place = place_of(c, 0);
            note_difference(found, &place, "compare.metadata", "the metadata of the key \"%.*s\" is not the same",
                            shown(key), key.bytes);
        }
        free(values[0]);
        free(values[1]);
    }
    xapian_terms_free(keys);
    return status;
}

/* ---- the column files ---- */

static void compare_section(const comparison *c, const column_section *here, const column_section *there,
                            finding_list *found) {
    const size_t n = here->n_bytes < there->n_bytes ? here->n_bytes : there->n_bytes;
    size_t at = 0;
    while (at < n && here->bytes[at] == there->bytes[at]) {
        at++;
    }
    if (at < n || here->n_bytes != there->n_bytes) {
        const finding_place place = place_of(c, 0);
        note_difference(found, &place, "compare.column",
                        "the section \"%s\" of the column file differs from byte %zu on (%zu bytes here, %zu in the "
                        "other index)",
                        here->name, at, here->n_bytes, there->n_bytes);
    }
}

static void compare_columns(const comparison *c, finding_list *found) {
    column_section here;
    column_section there;
    const finding_place place = place_of(c, 0);
    for (size_t i = 0; columns_section(c->sides[0]->file, i, &here); i++) {
        if (columns_section_find(c->sides[1]->file, here.name, &there)) {
            compare_section(c, &here, &there, found);
        } else {
            note_difference(found, &place, "compare.column", "the section \"%s\" is only in this index", here.name);
        }
    }
    for (size_t i = 0; columns_section(c->sides[1]->file, i, &there); i++) {
        if (!columns_section_find(c->sides[0]->file, there.name, &here)) {
            note_difference(found, &place, "compare.column", "the section \"%s\" is only in the other index",
                            there.name);
        }
    }
}

/* ---- documents ---- */

/* One document on both sides. */
typedef struct pair {
    const comparison *c;
    const xapian_database *stores[2];
    finding_place place;
    finding_list *found;
} pair;

static search_text without_blanks(const char *bytes, size_t n_bytes) {
    while (n_bytes > 0 && bytes[n_bytes - 1] == ' ') {
        n_bytes--;
    }
    return (search_text){bytes, n_bytes};
}

static search_status compare_data(const pair *p, search_error *error) {
    char *data[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_database_data(p->stores[i], (uint32_t)p->place.document, &data[i], &n[i], error);
    }
    if (status == SEARCH_OK) {
        const search_text a = without_blanks(data[0], n[0]);
        const search_text b = without_blanks(data[1], n[1]);
        size_t at = 0;
        while (at < a.n_bytes && at < b.n_bytes && a.bytes[at] == b.bytes[at]) {
            at++;
        }
        if (!is_same(a, b)) {
            const search_text id = column_string(&p->c->sides[0]->ids, p->place.document - 1);
            note_difference(p->found, &p->place, "compare.data",
                            "the stored record \"%.*s\" differs from byte %zu on (%zu bytes here, %zu in the other "
                            "index)",
                            shown(id), id.bytes, at, a.n_bytes, b.n_bytes);
        }
    }
    free(data[0]);
    free(data[1]);
    return status;
}

static search_status compare_lengths(const pair *p, search_error *error) {
    uint32_t length[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_database_document_length(p->stores[i], (uint32_t)p->place.document, &length[i], error);
    }
    if (status == SEARCH_OK && length[0] != length[1]) {
        note_difference(p->found, &p->place, "compare.length",
                        "the document's length is %u here, %u in the other index", length[0], length[1]);
    }
    return status;
}

/* Walks the term lists of both sides in step. */
static search_status compare_term_lists(const pair *p, search_error *error) {
    xapian_terms *lists[2] = {NULL, NULL};
    search_text term[2] = {{"", 0}, {"", 0}};
    bool is_due[2] = {true, true}; /* to be moved */
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_terms_open_document(p->stores[i], (uint32_t)p->place.document, &lists[i], error);
    }
    while (status == SEARCH_OK) {
        for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
            status = is_due[i] ? xapian_terms_next(lists[i], &term[i], NULL, error) : SEARCH_OK;
        }
        if (status != SEARCH_OK || (term[0].bytes == NULL && term[1].bytes == NULL)) {
            break;
        }
        const int order = compare_text_or_end(term[0], term[1]);
        is_due[0] = order <= 0;
        is_due[1] = order >= 0;
        if (order != 0) {
            const search_text only = order < 0 ? term[0] : term[1];
            note_difference(p->found, &p->place, "compare.termlist",
                            "the document has the term \"%.*s\" only in %s index", shown(only), only.bytes,
                            order < 0 ? "this" : "the other");
        } else if (xapian_terms_wdf(lists[0]) != xapian_terms_wdf(lists[1])) {
            note_difference(p->found, &p->place, "compare.termlist",
                            "the document has the term \"%.*s\" %u times here, %u times in the other index",
                            shown(term[0]), term[0].bytes, xapian_terms_wdf(lists[0]), xapian_terms_wdf(lists[1]));
        }
    }
    xapian_terms_free(lists[0]);
    xapian_terms_free(lists[1]);
    return status;
}

static search_status compare_values(const pair *p, search_error *error) {
    xapian_values *lists[2] = {NULL, NULL};
    search_text value[2] = {{"", 0}, {"", 0}};
    uint32_t slot[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_values_open(p->stores[i], (uint32_t)p->place.document, &lists[i], error);
    }
    bool is_equal = true;
    while (status == SEARCH_OK && is_equal && value[0].bytes != NULL) {
        for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
            status = xapian_values_next(lists[i], &slot[i], &value[i], error);
        }
        is_equal =
            (value[0].bytes == NULL) == (value[1].bytes == NULL) && slot[0] == slot[1] && is_same(value[0], value[1]);
    }
    if (status == SEARCH_OK && !is_equal) {
        note_difference(p->found, &p->place, "compare.value", "the document's values are not the same from slot %u on",
                        value[1].bytes == NULL || (value[0].bytes != NULL && slot[0] < slot[1]) ? slot[0] : slot[1]);
    }
    xapian_values_free(lists[0]);
    xapian_values_free(lists[1]);
    return status;
}

static search_status compare_document(const pair *p, search_error *error) {
    search_status status = compare_data(p, error);
    if (status == SEARCH_OK) {
        status = compare_lengths(p, error);
    }
    if (status == SEARCH_OK) {
        status = compare_term_lists(p, error);
    }
    return status == SEARCH_OK ? compare_values(p, error) : status;
}

/* Those that both sides have; of the others the ids were told. */
static uint32_t n_common(const comparison *c) {
    const uint32_t here = c->sides[0]->n_documents;
    const uint32_t there = c->sides[1]->n_documents;
    return here < there ? here : there;
}

static search_status compare_chunk(void *context, size_t task, finding_list *found, search_error *error) {
    comparison *c = context;
    reader *readers[2] = {NULL, NULL};
    search_status status = comparison_take_readers(c, readers, error);
    const uint64_t first = (uint64_t)task * n_documents_per_task + 1;
    for (uint64_t d = first;
         status == SEARCH_OK && d < first + n_documents_per_task && d <= n_common(c) && !inspect_is_stopped(c->i);
         d++) {
        const pair p = {c, {readers[0]->store, readers[1]->store}, place_of(c, d), found};
        status = compare_document(&p, error);
        atomic_fetch_add(&c->i->n_records, 1);
    }
    comparison_give_readers(c, readers);
    return status;
}

/* ---- all of it ---- */

search_status comparison_take_readers(const comparison *c, reader *readers[2], search_error *error) {
    const search_status status = snapshot_take_reader(c->sides[0], &readers[0], error);
    return status == SEARCH_OK ? snapshot_take_reader(c->sides[1], &readers[1], error) : status;
}

void comparison_give_readers(const comparison *c, reader *readers[2]) {
    snapshot_give_reader(c->sides[0], readers[0]);
    snapshot_give_reader(c->sides[1], readers[1]);
}

int compare_text_or_end(search_text a, search_text b) {
    if (a.bytes == NULL || b.bytes == NULL) {
        return (a.bytes == NULL) - (b.bytes == NULL);
    }
    const size_t n = a.n_bytes < b.n_bytes ? a.n_bytes : b.n_bytes;
    const int order = n == 0 ? 0 : memcmp(a.bytes, b.bytes, n);
    return order != 0 ? order : (a.n_bytes > b.n_bytes) - (a.n_bytes < b.n_bytes);
}

static search_status compare_wholes(comparison *c, search_error *error) {
    finding_list found = inspect_list(c->i);
    reader *readers[2] = {NULL, NULL};
    search_status status = comparison_take_readers(c, readers, error);
    for (size_t side = 0; side < 2 && status == SEARCH_OK; side++) {
        status = compare_ids(c, side, &found, error);
    }
    if (status == SEARCH_OK) {
        const xapian_database *const stores[2] = {readers[0]->store, readers[1]->store};
        compare_manifests(c, &found);
        compare_statistics(c, stores, &found);
        compare_columns(c, &found);
        status = compare_metadata_of(c, stores, 0, &found, error);
        if (status == SEARCH_OK) {
            status = compare_metadata_of(c, stores, 1, &found, error);
        }
    }
    comparison_give_readers(c, readers);
    const search_status told = inspect_tell(c->i, &found, status == SEARCH_OK ? error : NULL);
    return status == SEARCH_OK ? told : status;
}

search_status compare_snapshots(comparison *c, search_error *error) {
    const size_t n_tasks = (n_common(c) + n_documents_per_task - 1) / n_documents_per_task;
    search_status status = inspect_phase(c->i, "compare", n_common(c), error);
    if (status == SEARCH_OK) {
        status = compare_wholes(c, error);
    }
    if (status == SEARCH_OK) {
        status = inspect_run(c->i, "compare", n_tasks, compare_chunk, c, error);
    }
    return status == SEARCH_OK ? compare_terms(c, error) : status;
}
