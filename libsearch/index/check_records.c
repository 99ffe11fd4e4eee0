/* What every document of an index must satisfy: its record reads back, is found by its id, and says what the columns
 * say.  Lengths of zones and positions are left out, since only analyzing all texts again would tell them. */
#include "libsearch/index/check.h"

#include "libsearch/cable/cable.h"
#include "libsearch/index/facet_column.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { n_records_per_task = 512, n_derived = 3 };

typedef struct record_check {
    inspection *i;
    const char *directory;
    snapshot *s;
    atomic_uint_fast64_t n_length; /* of all documents */
} record_check;

/* What one task works with.  The facets are collected as a build does, and compared document by document. */
typedef struct chunk {
    record_check *c;
    reader *r;
    finding_list *found;
    facet_column facets[SNAPSHOT_MAX_FACETS]; /* in the order of the snapshot; the derived ones are in `dates` */
    date_facets dates;
} chunk;

static search_text text(const search_record *record, const char *key) {
    return search_record_value(record, key, 0);
}

static bool is_same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.bytes, b.bytes, a.n_bytes) == 0);
}

static finding_place place_of(const chunk *k, uint32_t docid) {
    return (finding_place){k->c->directory, NULL, docid};
}

/* ---- columns ---- */

static void check_strings(chunk *k, uint32_t docid, const search_record *record) {
    const snapshot *s = k->c->s;
    const struct {
        const char *key;
        const column_strings *column;
    } all[] = {{"id", &s->ids}, {"title", &s->titles}, {"date", &s->dates}, {"number", &s->numbers}};
    const finding_place place = place_of(k, docid);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!is_same(text(record, all[i].key), column_string(all[i].column, docid - 1))) {
            note_damage(k->found, &place, "check.column", "the column \"%s\" does not say what the record says",
                        all[i].key);
        }
    }
}

static void check_days(chunk *k, uint32_t docid, const search_record *record, date_interval *days) {
    const snapshot *s = k->c->s;
    const search_schema *schema = s->contents.schema;
    *days = (date_interval){0, 0};
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (schema->fields[i].type == SEARCH_FIELD_DATE && days->earliest == 0) {
            date_read(text(record, schema->names[i]), days);
        }
    }
    const size_t row = (size_t)(docid - 1) * 2;
    if (s->days[row] != (uint32_t)days->earliest || s->days[row + 1] != (uint32_t)days->latest) {
        const finding_place place = place_of(k, docid);
        note_damage(k->found, &place, "check.column", "the column \"days\" does not say what the record says");
    }
}

/* Whether the values of the document at hand, which `f` has collected in memory, are those of the column. */
static bool has_same_values(const facet_column *f, const column_facet *column, uint32_t docid) {
    const size_t first = column->rows[docid - 1];
    const size_t n = column->rows[docid] - first;
    if ((f->numbers.tail.n_bytes - f->row_start) / sizeof(uint32_t) != n) {
        return false;
    }
    for (size_t at = (size_t)f->row_start; at < f->numbers.tail.n_bytes; at += sizeof(uint32_t)) {
        uint32_t number;
        memcpy(&number, f->numbers.tail.bytes + at, sizeof number);
        bool is_there = false;
        for (size_t i = 0; i < n && !is_there; i++) {
            is_there = is_same(f->values.keys[number], column_string(&column->values, column->ordinals[first + i]));
        }
        if (!is_there) {
            return false;
        }
    }
    return true;
}

static facet_column *facet_of(chunk *k, size_t i) {
    const char *name = k->c->s->facets[i].name;
    facet_column *const derived[n_derived] = {&k->dates.decade, &k->dates.year, &k->dates.month};
    for (size_t d = 0; d < n_derived; d++) {
        if (strcmp(derived[d]->name, name) == 0) {
            return derived[d];
        }
    }
    return &k->facets[i];
}

static bool is_derived(const chunk *k, const facet_column *f) {
    return f == &k->dates.decade || f == &k->dates.year || f == &k->dates.month;
}

static search_status check_facets(chunk *k, uint32_t docid, const search_record *record, date_interval days,
                                  search_error *error) {
    const snapshot *s = k->c->s;
    const finding_place place = place_of(k, docid);
    search_status status = date_facets_add(&k->dates, days.earliest, days.latest, error);
    for (size_t i = 0; status == SEARCH_OK && i < s->n_facets; i++) {
        facet_column *f = facet_of(k, i);
        const size_t n_values = is_derived(k, f) ? 0 : search_record_n_values(record, f->name);
        for (size_t v = 0; status == SEARCH_OK && v < n_values; v++) {
            status = facet_column_add(f, search_record_value(record, f->name, v), error);
        }
        if (status == SEARCH_OK && !has_same_values(f, &s->facets[i].column, docid)) {
            note_damage(k->found, &place, "check.column", "the facet \"%s\" does not hold what the record says",
                        f->name);
        }
        if (status == SEARCH_OK) {
            status = facet_column_end_document(f, error);
        }
    }
    return status;
}

/* ---- the database ---- */

/* The postlist table's length of the document is the sum over its termlist; Xapian's own check of single tables cannot
 * tell. */
static search_status check_length(chunk *k, uint32_t docid, search_error *error) {
    xapian_terms *terms = NULL;
    uint32_t length = 0;
    uint64_t sum = 0;
    search_text term = {"", 0};
    search_status status = xapian_database_document_length(k->r->store, docid, &length, error);
    if (status == SEARCH_OK) {
        status = xapian_terms_open_document(k->r->store, docid, &terms, error);
    }
    while (status == SEARCH_OK && term.bytes != NULL) {
        status = xapian_terms_next(terms, &term, NULL, error);
        sum += status == SEARCH_OK ? xapian_terms_wdf(terms) : 0;
    }
    xapian_terms_free(terms);
    if (status == SEARCH_OK && sum != length) {
        const finding_place place = place_of(k, docid);
        note_damage(k->found, &place, "check.length", "the document has the length %u, but its terms make %llu", length,
                    (unsigned long long)sum);
    }
    atomic_fetch_add(&k->c->n_length, length);
    return status;
}

static search_status check_id(chunk *k, uint32_t docid, search_error *error) {
    uint32_t found = 0;
    const search_text id = column_string(&k->c->s->ids, docid - 1);
    const search_status status = snapshot_find(k->c->s, k->r, id, &found, error);
    if (status == SEARCH_OK && found != docid) {
        const finding_place place = place_of(k, docid);
        note_damage(k->found, &place, "check.id", "its id does not find the record");
    }
    return status;
}

static search_status check_record(chunk *k, uint32_t docid, search_error *error) {
    search_record *record = NULL;
    date_interval days;
    search_status status = snapshot_record(k->c->s, k->r, docid, &record, error);
    if (status == SEARCH_OK) {
        check_strings(k, docid, record);
        check_days(k, docid, record, &days);
        status = check_facets(k, docid, record, days, error);
    }
    search_record_free(record);
    if (status == SEARCH_OK) {
        status = check_id(k, docid, error);
    }
    return status == SEARCH_OK ? check_length(k, docid, error) : status;
}

/* ---- chunks ---- */

static void chunk_init(chunk *k) {
    const snapshot *s = k->c->s;
    strcpy(k->dates.decade.name, "decade");
    strcpy(k->dates.year.name, "year");
    strcpy(k->dates.month.name, "month");
    for (size_t i = 0; i < s->n_facets; i++) {
        snprintf(k->facets[i].name, sizeof k->facets[i].name, "%s", s->facets[i].name);
        const size_t field = schema_find(s->contents.schema, s->facets[i].name, strlen(s->facets[i].name));
        k->facets[i].hierarchical = field != SIZE_MAX && s->contents.schema->fields[field].hierarchical;
    }
}

static void chunk_free(chunk *k) {
    if (k == NULL) {
        return;
    }
    for (size_t i = 0; i < SNAPSHOT_MAX_FACETS; i++) {
        facet_column_free(&k->facets[i]);
    }
    facet_column_free(&k->dates.decade);
    facet_column_free(&k->dates.year);
    facet_column_free(&k->dates.month);
    snapshot_give_reader(k->c->s, k->r);
    free(k);
}

static search_status check_chunk(void *context, size_t task, finding_list *found, search_error *error) {
    record_check *c = context;
    chunk *k = calloc(1, sizeof *k);
    if (k == NULL) {
        return error_memory(error);
    }
    k->c = c;
    k->found = found;
    chunk_init(k);
    search_status status = snapshot_take_reader(c->s, &k->r, error);
    const uint64_t end = (uint64_t)(task + 1) * n_records_per_task;
    for (uint64_t d = (uint64_t)task * n_records_per_task + 1;
         status == SEARCH_OK && d <= end && d <= c->s->n_documents && !inspect_is_stopped(c->i); d++) {
        search_error why;
        status = check_record(k, (uint32_t)d, &why);
        if (inspect_is_damage(status)) {
            const finding_place place = place_of(k, (uint32_t)d);
            note_damage(found, &place, "check.record", "%s", why.message);
            status = SEARCH_OK;
        } else if (status != SEARCH_OK && error != NULL) {
            *error = why;
        }
        atomic_fetch_add(&c->i->n_records, 1);
    }
    chunk_free(k);
    return status;
}

static search_status check_total(const record_check *c, search_error *error) {
    reader *r = NULL;
    const search_status status = snapshot_take_reader(c->s, &r, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const uint64_t total = xapian_database_total_length(r->store);
    const uint64_t sum = atomic_load(&c->n_length);
    snapshot_give_reader(c->s, r);
    finding_list found = inspect_list(c->i);
    if (total != sum) {
        const finding_place place = {c->directory, NULL, 0};
        note_damage(&found, &place, "check.length", "the lengths of all documents make %llu, not %llu",
                    (unsigned long long)sum, (unsigned long long)total);
    }
    return inspect_tell(c->i, &found, error);
}

search_status check_records(inspection *i, const char *directory, snapshot *s, search_error *error) {
    record_check c = {i, directory, s, 0};
    const size_t n_tasks = ((size_t)s->n_documents + n_records_per_task - 1) / n_records_per_task;
    const uint64_t n_before = i->summary.n_findings;
    search_status status = inspect_phase(i, "records", s->n_documents, error);
    if (status == SEARCH_OK) {
        status = inspect_run(i, "records", n_tasks, check_chunk, &c, error);
    }
    return status == SEARCH_OK && i->summary.n_findings == n_before ? check_total(&c, error) : status;
}
