/* How the fields of a collection are filled: for each key the records that have it, those in which it was derived from
 * other fields, and its distinct values.  Sources may have any number of keys and values, so both are counted up to a
 * limit only. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_N_KEYS = 256, MAX_N_DISTINCT = 100000 };

typedef struct fill_key {
    char *name;
    uint64_t n_records;
    uint64_t n_derived;
    seen values;
} fill_key;

struct fill_table {
    fill_key keys[MAX_N_KEYS];
    size_t n_keys;
    uint64_t n_records;
    uint64_t n_uncounted; /* times that a record had a key beyond the limit */
};

fill_table *fill_new(void) {
    return error_check_memory(calloc(1, sizeof(fill_table)));
}

static fill_key *find_key(fill_table *table, const char *name) {
    for (size_t i = 0; i < table->n_keys; i++) {
        if (strcmp(table->keys[i].name, name) == 0) {
            return &table->keys[i];
        }
    }
    if (table->n_keys == MAX_N_KEYS) {
        return NULL;
    }
    fill_key *key = &table->keys[table->n_keys++];
    key->name = error_check_memory(strdup(name));
    return key;
}

void fill_add(fill_table *table, const search_record *record) {
    table->n_records++;
    for (size_t i = 0; search_record_key(record, i); i++) {
        const char *name = search_record_key(record, i);
        fill_key *key = find_key(table, name);
        if (!key) {
            table->n_uncounted++;
            continue;
        }
        key->n_records++;
        key->n_derived += search_record_is_derived(record, name) ? 1 : 0;
        for (size_t j = 0; j < search_record_n_values(record, name) && key->values.n < MAX_N_DISTINCT; j++) {
            seen_add(&key->values, seen_hash(search_record_value(record, name, j)), 0);
        }
    }
}

/* The fullest first; of equals the one that came first. */
static int compare(const void *a, const void *b) {
    const fill_key *const *left = a;
    const fill_key *const *right = b;

    if ((*left)->n_records != (*right)->n_records) {
        return (*left)->n_records < (*right)->n_records ? 1 : -1;
    }
    return *left < *right ? -1 : 1;
}

static double percent(const fill_table *table, uint64_t n) {
    return table->n_records == 0 ? 0 : 100.0 * (double)n / (double)table->n_records;
}

static void print_row(const screen *to, const fill_table *table, const fill_key *key) {
    const char *more = key->values.n >= MAX_N_DISTINCT ? "+" : "";

    text_put_padded(to, search_text_of(key->name), 28);
    printf("  %10llu  %6.1f %%  %10llu  %10zu%s\n", (unsigned long long)key->n_records, percent(table, key->n_records),
           (unsigned long long)key->n_derived, key->values.n, more);
}

static void print_json(const fill_table *table, const fill_key *key) {
    fputs("{\"type\":\"field\",\"field\":", stdout);
    json_put_string(stdout, search_text_of(key->name));
    printf(",\"records\":%llu,\"percent\":%.1f,\"derived\":%llu,\"distinct\":%zu,\"distinct_exact\":%s}\n",
           (unsigned long long)key->n_records, percent(table, key->n_records), (unsigned long long)key->n_derived,
           key->values.n, key->values.n < MAX_N_DISTINCT ? "true" : "false");
}

void fill_print(const fill_table *table, output_format format) {
    const fill_key *order[MAX_N_KEYS];
    screen to = screen_of(stdout);

    for (size_t i = 0; i < table->n_keys; i++) {
        order[i] = &table->keys[i];
    }
    qsort(order, table->n_keys, sizeof order[0], compare);
    if (format == FORMAT_TEXT) {
        printf("%-28s  %10s  %8s  %10s  %10s\n", "field", "records", "filled", "derived", "distinct");
    }
    for (size_t i = 0; i < table->n_keys; i++) {
        if (format == FORMAT_TEXT) {
            print_row(&to, table, order[i]);
        } else {
            print_json(table, order[i]);
        }
    }
    if (format == FORMAT_TEXT && table->n_uncounted > 0) {
        printf("and %llu values under more than %d fields, not counted\n", (unsigned long long)table->n_uncounted,
               MAX_N_KEYS);
    }
}

void fill_free(fill_table *table) {
    for (size_t i = 0; table && i < table->n_keys; i++) {
        free(table->keys[i].name);
        seen_free(&table->keys[i].values);
    }
    free(table);
}
