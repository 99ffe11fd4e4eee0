/* The staging file: what was put last comes back, in order and whole, however large it is.  The records are made up. */
#include "libsearch/index/staging.h"

#include "libsearch/cable/cable.h"
#include "libsearch/support/files.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { n_records = 300, n_large = 700000 };

typedef struct fixture {
    char directory[32];
    staging staged;
    buffer seen; /* "id:length of the body " of every record visited */
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->directory, "/tmp/libsearch-XXXXXX");
    *state = f;
    return mkdtemp(f->directory) == NULL || staging_open(&f->staged, f->directory, NULL) != SEARCH_OK;
}

static int tear_down(void **state) {
    fixture *f = *state;
    staging_close(&f->staged);
    buffer_free(&f->seen);
    const int failed = rmdir(f->directory); /* the file is gone */
    free(f);
    return failed;
}

/* A record of that id whose body is n_body times the letter. */
static search_status put_before(fixture *f, int id, size_t n_body, char letter, staging_before *before,
                                search_error *error) {
    char text[16];
    char *body = malloc(n_body);
    search_record *record = NULL;
    snprintf(text, sizeof text, "%d", id);
    memset(body, letter, n_body);
    assert_int_equal(search_record_new(&record, NULL), SEARCH_OK);
    assert_int_equal(search_record_add(record, "id", search_text_of(text), NULL), SEARCH_OK);
    assert_int_equal(search_record_add(record, "body", (search_text){body, n_body}, NULL), SEARCH_OK);
    const search_status status = staging_put(&f->staged, record, before, error);
    search_record_free(record);
    free(body);
    return status;
}

static search_status put(fixture *f, int id, size_t n_body, char letter, search_error *error) {
    staging_before before;
    return put_before(f, id, n_body, letter, &before, error);
}

static search_status see(void *context, search_text frame, search_error *error) {
    fixture *f = context;
    search_record *record = NULL;
    const search_status status = record_frame_read(frame, &record, error);
    if (status == SEARCH_OK) {
        buffer_add_format(&f->seen, "%s:%zu ", search_record_value(record, "id", 0).bytes,
                          search_record_value(record, "body", 0).n_bytes);
    }
    search_record_free(record);
    return status;
}

static void gives_back_what_was_put_last(void **state) {
    fixture *f = *state;
    buffer expected = {0};
    for (int i = 0; i < n_records; i++) {
        const size_t n_body = i == 100 || i == 200 ? n_large : (size_t)(1 + i * 37 % 5000);
        assert_int_equal(put(f, i, n_body, 'a', NULL), SEARCH_OK);
        if (i != 7 && i != 8 && i != 200) {
            buffer_add_format(&expected, "%d:%zu ", i, n_body);
        }
    }
    assert_int_equal(put(f, 7, 10, 'b', NULL), SEARCH_OK);
    assert_int_equal(staging_delete(&f->staged, search_text_of("8"), NULL), SEARCH_OK);
    assert_int_equal(put(f, 200, n_large / 2, 'b', NULL), SEARCH_OK);
    buffer_add_format(&expected, "7:10 200:%d ", n_large / 2);
    for (int i = 0; i < 2; i++) { /* a rebuild that was overtaken reads twice */
        buffer_clear(&f->seen);
        assert_int_equal(staging_each(&f->staged, see, f, NULL), SEARCH_OK);
        assert_string_equal(f->seen.bytes, expected.bytes);
    }
    buffer_free(&expected);
}

static void gives_nothing_when_nothing_was_put(void **state) {
    fixture *f = *state;
    assert_int_equal(staging_each(&f->staged, see, f, NULL), SEARCH_OK);
    assert_int_equal(f->seen.n_bytes, 0);
}

/* The descriptor is one that cannot be written. */
static void stays_broken_when_it_cannot_write(void **state) {
    fixture *f = *state;
    search_error error;
    const int full = open("/dev/full", O_RDWR | O_CLOEXEC);
    assert_true(full >= 0);
    assert_int_equal(dup2(full, f->staged.fd), f->staged.fd);
    close(full);
    assert_int_equal(put(f, 1, n_large, 'a', &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.file");
    assert_int_equal(put(f, 2, 10, 'a', &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.broken");
    assert_int_equal(staging_each(&f->staged, see, f, &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.broken");
}

/* What waits in memory is written before it is read. */
static void tells_what_cannot_be_written_at_last(void **state) {
    fixture *f = *state;
    search_error error;
    assert_int_equal(put(f, 1, 10, 'a', NULL), SEARCH_OK);
    const int full = open("/dev/full", O_RDWR | O_CLOEXEC);
    assert_int_equal(dup2(full, f->staged.fd), f->staged.fd);
    close(full);
    assert_int_equal(staging_each(&f->staged, see, f, &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.file");
}

static void tells_what_was_cut_off(void **state) {
    fixture *f = *state;
    search_error error;
    assert_int_equal(put(f, 1, n_large, 'a', NULL), SEARCH_OK);
    assert_int_equal(ftruncate(f->staged.fd, n_large / 2), 0);
    assert_int_equal(staging_each(&f->staged, see, f, &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.file");
    assert_int_equal(f->seen.n_bytes, 0);
}

/* Also of what still waits in memory, and of a record that was put again. */
static void names_the_twin(void **state) {
    fixture *f = *state;
    search_error error;
    staging_before before;
    const size_t n_bodies[] = {n_large, 10};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(put(f, 10 * i + 1, n_bodies[i], 'a', NULL), SEARCH_OK);
        assert_int_equal(put(f, 10 * i + 2, 5, 'b', NULL), SEARCH_OK);
        assert_int_equal(put_before(f, 10 * i + 3, n_bodies[i], 'a', &before, &error), SEARCH_OK);
        assert_false(before.was_put);
        assert_string_equal(before.twin.bytes, i == 0 ? "1" : "11");
        assert_int_equal(put_before(f, 10 * i + 3, n_bodies[i], 'a', &before, &error), SEARCH_OK);
        assert_true(before.was_put);
        assert_string_equal(before.twin.bytes, i == 0 ? "1" : "11");
        assert_int_equal(put_before(f, 10 * i + 4, 7 + (size_t)i, 'a', &before, &error), SEARCH_OK);
        assert_null(before.twin.bytes);
    }
    assert_int_equal(put(f, 1, 8, 'c', NULL), SEARCH_OK);
    assert_int_equal(put_before(f, 30, 8, 'c', &before, &error), SEARCH_OK);
    assert_string_equal(before.twin.bytes, "1");
    assert_int_equal(staging_delete(&f->staged, search_text_of("1"), NULL), SEARCH_OK);
    assert_int_equal(put_before(f, 31, 8, 'c', &before, &error), SEARCH_OK);
    assert_null(before.twin.bytes);
}

static search_record *record_of(const char *title, const char *body) {
    search_record *record = NULL;
    assert_int_equal(search_record_new(&record, NULL), SEARCH_OK);
    assert_int_equal(search_record_add(record, "title", search_text_of(title), NULL), SEARCH_OK);
    assert_int_equal(search_record_add(record, "body", search_text_of(body), NULL), SEARCH_OK);
    return record;
}

/* Whether the digests of two records are the same, and with that whether they are twins. */
static bool are_twins(const search_record *a, const search_record *b) {
    twins t = {0};
    uint32_t twin = 0;
    assert_true(twins_note(&t, 0, a, &twin));
    assert_int_equal(twin, DIGEST_TABLE_NONE);
    assert_true(twins_note(&t, 1, b, &twin));
    assert_int_equal(twin, twins_are(a, b) ? 0 : DIGEST_TABLE_NONE);
    twins_free(&t);
    return twin == 0;
}

/* Bodies of each length up to several blocks of the digest, and all that differ from one in a byte. */
static void tells_texts_apart(void **state) {
    (void)state;
    char body[101];
    memset(body, 'a', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    search_record *whole = record_of("t", body);
    for (size_t n = 1; n < sizeof body - 1; n++) {
        body[n] = '\0';
        search_record *shorter = record_of("t", body);
        body[n] = 'b';
        search_record *other = record_of("t", body);
        body[n] = 'a';
        search_record *same = record_of("t", body);
        assert_false(are_twins(whole, shorter));
        assert_false(are_twins(whole, other));
        assert_true(are_twins(whole, same));
        search_record_free(shorter);
        search_record_free(other);
        search_record_free(same);
    }
    search_record *titled = record_of("ta", body + 1); /* the same bytes, divided at another place */
    assert_false(are_twins(whole, titled));
    search_record_free(titled);
    search_record_free(whole);
}

static void tells_what_cannot_be_read_of_the_twin(void **state) {
    fixture *f = *state;
    search_error error;
    staging_before before;
    assert_int_equal(put(f, 1, 10, 'a', NULL), SEARCH_OK);
    assert_int_equal(put(f, 2, n_large, 'b', NULL), SEARCH_OK); /* both are written now */
    assert_int_equal(ftruncate(f->staged.fd, 0), 0);
    assert_int_equal(put_before(f, 3, 10, 'a', &before, &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.file");
    assert_int_equal(put(f, 4, 10, 'a', &error), SEARCH_E_SYSTEM);
    assert_string_equal(error.id, "staging.broken");
}

static void knows_ids(void **state) {
    fixture *f = *state;
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(put(f, 2 * i, 1 + (size_t)i % 3, 'a', NULL), SEARCH_OK);
    }
    assert_int_equal(staging_delete(&f->staged, search_text_of("10"), NULL), SEARCH_OK);
    assert_int_equal(staging_delete(&f->staged, search_text_of("absent"), NULL), SEARCH_OK);
    assert_int_equal(f->staged.n_put, 4999);
    for (int i = 0; i < 10000; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        const staging_state expected = i == 10 ? STAGING_DELETED : i % 2 == 0 ? STAGING_PUT : STAGING_ABSENT;
        assert_int_equal(staging_find(&f->staged, search_text_of(id)), expected);
    }
    assert_int_equal(staging_find(&f->staged, search_text_of("absent")), STAGING_DELETED);
    assert_int_equal(staging_find(&f->staged, search_text_of("")), STAGING_ABSENT);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STAGED(gives_back_what_was_put_last),
        STAGED(gives_nothing_when_nothing_was_put),
        STAGED(stays_broken_when_it_cannot_write),
        STAGED(tells_what_cannot_be_written_at_last),
        STAGED(tells_what_was_cut_off),
        STAGED(names_the_twin),
        cmocka_unit_test(tells_texts_apart),
        STAGED(tells_what_cannot_be_read_of_the_twin),
        STAGED(knows_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
