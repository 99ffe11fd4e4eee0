/* Long columns: spools with pieces in memory and in the spill file, and what is written and sorted through them. */
#include "libsearch/index/facet_column.h"
#include "libsearch/index/order_column.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static search_error error;

#define assert_ok(call) assert_int_equal(call, SEARCH_OK)

enum { n_numbers = 100000, n_documents = 300000 };

static int make_folder(void **state) {
    char name[] = "/tmp/test_spool.XXXXXX";
    *state = mkdtemp(name) == NULL ? NULL : strdup(name);
    return *state == NULL ? -1 : 0;
}

static int remove_folder(void **state) {
    const int failed = file_remove_tree(*state, NULL) != SEARCH_OK;
    free(*state);
    return failed;
}

static void add_numbers(spool *s) {
    for (uint32_t i = 0; i < n_numbers; i++) {
        buffer_add(&s->tail, &i, sizeof i);
        assert_ok(spool_settle(s, &error));
    }
}

/* Read back in steps that do not fit the pieces. */
static void assert_numbers(const spool *s) {
    enum { step = 5 };
    uint32_t numbers[step];
    spool_reader r;
    assert_int_equal(spool_n_bytes(s), n_numbers * sizeof(uint32_t));
    spool_reader_open(&r, s);
    for (uint32_t i = 0; i < n_numbers; i += step) {
        assert_ok(spool_reader_take(&r, numbers, sizeof numbers, &error));
        for (uint32_t k = 0; k < step; k++) {
            assert_int_equal(numbers[k], i + k);
        }
    }
    search_text rest = {NULL, 0};
    assert_ok(spool_reader_next(&r, &rest, &error));
    assert_int_equal(rest.n_bytes, 0);
    assert_int_equal(spool_reader_take(&r, numbers, 1, &error), SEARCH_E_INTERNAL);
    assert_string_equal(error.id, "spool.end");
    spool_reader_close(&r);
}

static void check_spool(spill *file) {
    spool s = {.file = file};
    add_numbers(&s);
    assert_true(file == NULL ? s.n_pieces == 0 : s.tail.n_bytes < SPOOL_PIECE_N_BYTES);
    assert_numbers(&s);
    spool_free(&s);
    assert_int_equal(spool_n_bytes(&s), 0);
}

static void test_pieces(void **state) {
    spill file;
    check_spool(NULL);
    assert_ok(spill_open(&file, *state, 0, &error));
    check_spool(&file);
    assert_true(file.end > 0);
    spill_close(&file);
    assert_ok(spill_open(&file, *state, 3 * SPOOL_PIECE_N_BYTES, &error)); /* some in memory */
    check_spool(&file);
    assert_int_equal(file.end, n_numbers * sizeof(uint32_t) / SPOOL_PIECE_N_BYTES * SPOOL_PIECE_N_BYTES -
                                   3 * SPOOL_PIECE_N_BYTES);
    spill_close(&file);
    assert_ok(spill_open(&file, *state, UINT64_MAX, &error)); /* all in memory */
    check_spool(&file);
    assert_int_equal(file.end, 0);
    spill_close(&file);
}

static void test_no_place_for_pieces(void **state) {
    spill file;
    char *nowhere = file_path(*state, "absent");
    assert_ok(spill_open(&file, nowhere, 0, &error));
    spool s = {.file = &file};
    search_status status = SEARCH_OK;
    for (uint32_t i = 0; i < n_numbers && status == SEARCH_OK; i++) {
        buffer_add(&s.tail, &i, sizeof i);
        status = spool_settle(&s, &error);
    }
    assert_int_equal(status, SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "spill.make");
    spool_free(&s);
    spill_close(&file);
    free(nowhere);
}

/* ---- columns of many documents ---- */

/* Titles in no order, each several times; every seventh document has none. */
static uint32_t rank_of(uint32_t document) {
    return document % 7 == 0 ? 0 : document * UINT32_C(2654435761) % 100003 + 1;
}

static void write_titles(columns_writer *w) {
    spool *order = columns_writer_spool(w, "title.order");
    spool *at = columns_writer_spool(w, "title.at");
    spool *bytes = columns_writer_spool(w, "title.bytes");
    assert_non_null(order);
    columns_add_u64(&at->tail, 0);
    for (uint32_t i = 0; i < n_documents; i++) {
        char title[32];
        const int n = rank_of(i) == 0 ? 0 : snprintf(title, sizeof title, "Telegram %06u", rank_of(i));
        buffer_add(&bytes->tail, title, (size_t)n);
        columns_add_u64(&at->tail, spool_n_bytes(bytes));
        assert_ok(spool_settle(bytes, &error));
        assert_ok(spool_settle(at, &error));
    }
    assert_ok(order_column_write(w, "title", n_documents, false, &error));
}

/* Document i has i % 4 values. */
static void write_facet(columns_writer *w) {
    facet_column f = {.name = "places"};
    facet_column_spill(&f, columns_writer_spill(w));
    for (uint32_t i = 0; i < n_documents; i++) {
        for (uint32_t v = 0; v < i % 4; v++) {
            char value[16];
            const int n = snprintf(value, sizeof value, "place %u", (i + 7 * v) % 50 + 10);
            assert_ok(facet_column_add(&f, (search_text){value, (size_t)n}, &error));
        }
        assert_ok(facet_column_end_document(&f, &error));
    }
    assert_ok(facet_column_write(&f, w, &error));
    facet_column_free(&f);
}

static void assert_order(const columns *c) {
    const uint32_t *order = NULL;
    uint32_t *place_of_rank = calloc(100003 + 1, sizeof *place_of_rank);
    assert_ok(columns_u32(c, "title.order", n_documents, &order, &error));
    for (uint32_t i = 0; i < n_documents; i++) {
        place_of_rank[rank_of(i)] = 1;
    }
    place_of_rank[0] = 0;
    for (uint32_t rank = 1, place = 0; rank <= 100003; rank++) {
        place += place_of_rank[rank];
        place_of_rank[rank] = place;
    }
    for (uint32_t i = 0; i < n_documents; i++) {
        assert_int_equal(order[i], place_of_rank[rank_of(i)]);
    }
    free(place_of_rank);
}

static void assert_facet(const columns *c) {
    column_facet f;
    assert_ok(columns_facet(c, "facet:places", &f, &error));
    assert_int_equal(f.values.n, 50);
    for (uint32_t i = 0; i < n_documents; i++) {
        assert_int_equal(f.rows[i + 1] - f.rows[i], i % 4);
        uint64_t expected = 0; /* a bit for each ordinal */
        uint64_t found = 0;
        for (uint32_t v = 0; v < i % 4; v++) {
            expected |= UINT64_C(1) << (i + 7 * v) % 50;
            found |= UINT64_C(1) << f.ordinals[f.rows[i] + v];
        }
        assert_int_equal(found, expected);
    }
}

static void test_columns_of_many_documents(void **state) {
    columns_writer *w = NULL;
    columns *c = NULL;
    char *path = file_path(*state, "columns.bin");
    assert_ok(columns_writer_new(*state, &w, &error));
    write_titles(w);
    write_facet(w);
    assert_true(columns_writer_spill(w)->end > 0);
    assert_ok(columns_writer_finish(w, path, n_documents, &error));
    columns_writer_free(w);
    assert_ok(columns_open(path, &c, &error));
    column_strings titles;
    assert_ok(columns_strings(c, "title", &titles, &error));
    assert_int_equal(titles.n, n_documents);
    assert_order(c);
    assert_facet(c);
    columns_close(c);
    free(path);
}

static void test_file_is_new_or_not_written(void **state) {
    columns_writer *w = NULL;
    char *path = file_path(*state, "columns.bin");
    assert_ok(columns_writer_new(*state, &w, &error));
    assert_ok(columns_writer_finish(w, path, 0, &error));
    assert_int_equal(columns_writer_finish(w, path, 0, &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "file.create");
    assert_true(file_exists(path)); /* that of another is left alone */
    unlink(path);
    columns_writer_section(w, "numbers")->failed = true;
    assert_int_equal(columns_writer_finish(w, path, 0, &error), SEARCH_E_MEMORY);
    assert_false(file_exists(path));
    columns_writer_free(w);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pieces, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_no_place_for_pieces, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_columns_of_many_documents, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_file_is_new_or_not_written, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
