/* Holds the readers to the judged pages: pages.tsv says what each page of tests/quality/pages says, field for field.
 * A field is right when all its values are, in their order.  README.md says how the pages are judged. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define RIGHT_AT_LEAST 0.95
#define PAGES_AT_LEAST 80
#define MAX_LINE 16384
#define MAX_KEYS 64

typedef struct tally {
    char key[32];
    size_t n_right;
    size_t n;
} tally;

typedef struct judged {
    char name[128]; /* of the page that `record` is */
    search_record *record;
    size_t n_pages;
    tally keys[MAX_KEYS];
    size_t n_keys;
    tally all;
} judged;

/* ---- The pages ------------------------------------------------------------------------------------------------ */

static const char *path_of(const char *name, char path[512]) {
    const char *top = getenv("top_srcdir");
    snprintf(path, 512, "%s/tests/quality/%s", top == NULL ? "." : top, name);
    return path;
}

static search_status keep(void *context, const search_record *record, const char *source, size_t line,
                          search_error *error) {
    (void)source, (void)line, (void)error;
    judged *j = context;
    assert_null(j->record);
    j->record = record_clone(record);
    return SEARCH_OK;
}

static void on_report(void *context, const search_report *report) {
    (void)context;
    printf("%s: %s\n", report->source, report->reason);
}

static void open_page(judged *j, const char *name) {
    char page[256];
    char path[512];
    if (strcmp(j->name, name) == 0)
        return;
    search_record_free(j->record);
    j->record = NULL;
    snprintf(j->name, sizeof j->name, "%.100s", name);
    snprintf(page, sizeof page, "pages/%.100s", name);
    cable_sink sink = {.on_record = keep, .on_report = on_report, .context = j};
    assert_int_equal(source_read(path_of(page, path), NULL, &sink, NULL), SEARCH_OK);
    j->n_pages++;
}

/* The values of a key as the table writes them; what was concluded and does not stand on the page is none. */
static void write_values(const search_record *record, const char *key, buffer *out) {
    buffer_add_string(out, "");
    bool is_read = record != NULL && !search_record_is_derived(record, key);
    for (size_t i = 0; is_read && i < search_record_n_values(record, key); i++) {
        search_text value = search_record_value(record, key, i);
        if (i > 0)
            buffer_add_byte(out, '|');
        for (size_t at = 0; at < value.n_bytes; at++)
            if (value.bytes[at] == '\n')
                buffer_add_string(out, "\\n");
            else
                buffer_add_byte(out, value.bytes[at]);
    }
    assert_false(out->failed);
}

/* ---- The table ------------------------------------------------------------------------------------------------ */

static tally *tally_of(judged *j, const char *key) {
    for (size_t i = 0; i < j->n_keys; i++)
        if (strcmp(j->keys[i].key, key) == 0)
            return &j->keys[i];
    assert_true(j->n_keys < MAX_KEYS);
    tally *t = &j->keys[j->n_keys++];
    snprintf(t->key, sizeof t->key, "%s", key);
    return t;
}

static void judge(judged *j, const char *name, const char *key, const char *expected) {
    open_page(j, name);
    buffer values = {0};
    write_values(j->record, key, &values);
    bool is_right = strcmp(values.bytes, expected) == 0;
    tally *t = tally_of(j, key);
    t->n++;
    t->n_right += is_right;
    j->all.n++;
    j->all.n_right += is_right;
    if (!is_right)
        printf("%s: %s\n  is     %s\n  not    %s\n", name, key, expected, values.bytes);
    buffer_free(&values);
}

static void read_table(judged *j) {
    char path[512];
    char line[MAX_LINE];
    FILE *file = fopen(path_of("pages.tsv", path), "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char *key = strchr(line, '\t');
        char *expected = key == NULL ? NULL : strchr(key + 1, '\t');
        char *end = strchr(line, '\n');
        assert_non_null(end);
        if (line[0] == '#')
            continue;
        assert_non_null(expected);
        *end = *key++ = *expected++ = '\0';
        judge(j, line, key, expected);
    }
    fclose(file);
    search_record_free(j->record);
}

static void pages_are_read_as_judged(void **state) {
    (void)state;
    judged j = {0};
    read_table(&j);
    for (size_t i = 0; i < j.n_keys; i++)
        printf("%-18s %4zu of %4zu\n", j.keys[i].key, j.keys[i].n_right, j.keys[i].n);
    double share = (double)j.all.n_right / (double)j.all.n;
    printf("%zu pages, %zu of %zu fields are right: %.4f\n", j.n_pages, j.all.n_right, j.all.n, share);
    assert_true(j.n_pages >= PAGES_AT_LEAST);
    assert_true(share >= RIGHT_AT_LEAST);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pages_are_read_as_judged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
