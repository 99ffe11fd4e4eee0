/* Compares two generations by what is in them: not by how the database lays it out, which may differ between builders,
 * nor by the digests and lengths of its files. */
#include "libsearch/index/compare.h"

#include "libsearch/support/hash.h"
#include <stdlib.h>
#include <string.h>

enum { max_shown_n_bytes = 120 };

int compare_shown(search_text text) {
    return (int)(text.n_bytes < max_shown_n_bytes ? text.n_bytes : max_shown_n_bytes);
}

bool compare_is_same(search_text a, search_text b) {
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
            note_difference(found, &place, "compare.record", "the record \"%.*s\" is only in %s index",
                            compare_shown(id), id.bytes, side == 0 ? "this" : "the other");
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
        const bool is_equal = status != SEARCH_OK || compare_is_same((search_text){values[0], n_values[0]},
                                                                     (search_text){values[1], n_values[1]});
        if (!is_equal && (side == 0 || n_values[0] == 0)) {
            const finding_place place = place_of(c, 0);
            note_difference(found, &place, "compare.metadata", "the metadata of the key \"%.*s\" is not the same",
                            compare_shown(key), key.bytes);
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

/* ---- all of it ---- */

uint32_t comparison_n_common(const comparison *c) {
    const uint32_t here = c->sides[0]->n_documents;
    const uint32_t there = c->sides[1]->n_documents;
    return here < there ? here : there;
}

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
    search_status status = inspect_phase(c->i, "compare", comparison_n_common(c), error);
    if (status == SEARCH_OK) {
        status = compare_wholes(c, error);
    }
    if (status == SEARCH_OK) {
        status = compare_documents(c, error);
    }
    return status == SEARCH_OK ? compare_terms(c, error) : status;
}
