/* The column file: what is written is read back, and nothing that is damaged is read at all. */
#include "libsearch/index/columns.h"
#include "libsearch/index/facet_column.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define N_HEADER 16
#define N_ROW 64
#define N_NAME 48

static search_error error;

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        const search_status got = (call);                                                                              \
        if (got != SEARCH_OK)                                                                                          \
            fail_msg("%s: %s: %s", #call, search_status_name(got), error.message);                                     \
    } while (0)

#define assert_corrupt(call)                                                                                           \
    do {                                                                                                               \
        memset(&error, 0x55, sizeof error);                                                                            \
        const search_status got = (call);                                                                              \
        if (got != SEARCH_E_CORRUPT)                                                                                   \
            fail_msg("%s: %s", #call, search_status_name(got));                                                        \
        assert_int_equal(error.status, SEARCH_E_CORRUPT);                                                              \
        assert_string_equal(error.id, "columns.corrupt");                                                              \
        assert_true(error.message[0] != '\0' && error.hint[0] != '\0');                                                \
    } while (0)

/* A file of memory: opened by its path as any other. */
typedef struct memory_file {
    int fd;
    char path[64];
} memory_file;

static int set_up(void **state) {
    memory_file *f = malloc(sizeof *f);
    if (f == NULL)
        return -1;
    f->fd = memfd_create("columns", MFD_CLOEXEC);
    snprintf(f->path, sizeof f->path, "/proc/self/fd/%d", f->fd);
    *state = f;
    return f->fd < 0 ? -1 : 0;
}

static int tear_down(void **state) {
    memory_file *f = *state;
    close(f->fd);
    free(f);
    return 0;
}

static void hold(const memory_file *f, const void *bytes, size_t n_bytes) {
    assert_int_equal(ftruncate(f->fd, 0), 0);
    assert_int_equal(pwrite(f->fd, bytes, n_bytes, 0), (ssize_t)n_bytes);
}

static search_status open_bytes(const memory_file *f, const void *bytes, size_t n_bytes, columns **out) {
    hold(f, bytes, n_bytes);
    return columns_open(f->path, out, &error);
}

static search_text text_of(const char *string) {
    return search_text_of(string);
}

static void assert_string(const column_strings *strings, size_t i, const char *expected) {
    const search_text text = column_string(strings, i);
    assert_int_equal(text.n_bytes, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.n_bytes);
}

static void add_strings(columns_writer *w, const char *name, const char *const *values) {
    char full[N_NAME];
    snprintf(full, sizeof full, "%s.at", name);
    buffer *at = columns_writer_section(w, full);
    snprintf(full, sizeof full, "%s.bytes", name);
    buffer *bytes = columns_writer_section(w, full);
    columns_add_u64(at, 0);
    for (size_t i = 0; values[i] != NULL; i++) {
        buffer_add(bytes, values[i], strlen(values[i]));
        columns_add_u64(at, bytes->n_bytes);
    }
}

/* Three documents with numbers, ids and a facet: China and Korea, none, Korea. */
static void write_sample(const char *path) {
    columns_writer *w = NULL;
    assert_ok(columns_writer_new("/tmp", &w, &error));
    for (uint32_t i = 0; i < 3; i++)
        columns_add_u32(columns_writer_section(w, "numbers"), 7 + i);
    add_strings(w, "id", (const char *const[]){"a-1", "", "c", NULL});
    facet_column f = {.name = "places"};
    assert_ok(facet_column_add(&f, text_of("Korea"), &error));
    assert_ok(facet_column_add(&f, text_of("China"), &error));
    assert_ok(facet_column_add(&f, text_of("Korea"), &error));
    assert_ok(facet_column_end_document(&f, &error));
    assert_ok(facet_column_end_document(&f, &error));
    assert_ok(facet_column_add(&f, text_of("Korea"), &error));
    assert_ok(facet_column_end_document(&f, &error));
    assert_ok(facet_column_write(&f, w, &error));
    facet_column_free(&f);
    unlink(path);
    assert_ok(columns_writer_finish(w, path, 3, &error));
    columns_writer_free(w);
}

/* The bytes of the sample, to be damaged; free() them. */
static unsigned char *sample(size_t *n_bytes) {
    char path[] = "/tmp/test_columns.XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_sample(path);
    buffer bytes = {0};
    assert_ok(file_read(path, 1 << 20, &bytes, &error));
    unlink(path);
    return (unsigned char *)buffer_take(&bytes, n_bytes);
}

/* The table row of a section. */
static unsigned char *row_of(unsigned char *bytes, const char *name) {
    uint32_t n_sections;
    memcpy(&n_sections, bytes + 12, sizeof n_sections);
    for (uint32_t i = 0; i < n_sections; i++) {
        unsigned char *row = bytes + N_HEADER + i * N_ROW;
        if (strcmp((const char *)row, name) == 0)
            return row;
    }
    fail_msg("no section %s", name);
    return NULL;
}

static uint64_t get_u64(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static void set_u64(unsigned char *at, uint64_t value) {
    memcpy(at, &value, sizeof value);
}

static void set_u32(unsigned char *at, uint32_t value) {
    memcpy(at, &value, sizeof value);
}

static unsigned char *section_of(unsigned char *bytes, const char *name) {
    return bytes + get_u64(row_of(bytes, name) + N_NAME);
}

/* Asks for all that is in the sample and touches every byte of what is given; the number of failures. */
static int read_everything(const columns *c) {
    static const char *const strings[] = {"id", "facet:places", "places", ""};
    const uint32_t n = columns_n_documents(c);
    const uint32_t *numbers = NULL;
    uint64_t sum = columns_n_bytes(c);
    int n_failed = 0;
    if (columns_u32(c, "numbers", n, &numbers, &error) == SEARCH_OK) {
        for (uint32_t i = 0; i < n; i++)
            sum += numbers[i];
    } else {
        n_failed++;
    }
    for (size_t s = 0; s < sizeof strings / sizeof *strings; s++) {
        column_strings list;
        if (columns_strings(c, strings[s], &list, &error) != SEARCH_OK) {
            n_failed++;
            continue;
        }
        for (size_t i = 0; i < list.n; i++) {
            const search_text text = column_string(&list, i);
            for (size_t b = 0; b < text.n_bytes; b++)
                sum += (unsigned char)text.bytes[b];
        }
    }
    column_facet facet;
    if (columns_facet(c, "facet:places", &facet, &error) == SEARCH_OK) {
        for (uint32_t d = 0; d < n; d++)
            for (uint32_t i = facet.rows[d]; i < facet.rows[d + 1]; i++)
                sum += column_string(&facet.values, facet.ordinals[i]).n_bytes;
    } else {
        n_failed++;
    }
    static volatile uint64_t sink;
    sink = sum;
    (void)sink;
    return n_failed;
}

/* ---- Round trips ------------------------------------------------------------------------------------------------ */

static void test_round_trip(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    columns *c = NULL;
    assert_ok(open_bytes(f, bytes, n_bytes, &c));
    assert_int_equal(columns_n_documents(c), 3);
    assert_int_equal(columns_n_bytes(c), n_bytes);
    const uint32_t *numbers = NULL;
    assert_ok(columns_u32(c, "numbers", 3, &numbers, &error));
    assert_int_equal(numbers[0], 7);
    assert_int_equal(numbers[2], 9);
    column_strings ids;
    assert_ok(columns_strings(c, "id", &ids, &error));
    assert_int_equal(ids.n, 3);
    assert_string(&ids, 0, "a-1");
    assert_string(&ids, 1, "");
    assert_string(&ids, 2, "c");
    columns_close(c);
    free(bytes);
}

static void test_facet_is_sorted_and_counts_a_value_once(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    columns *c = NULL;
    assert_ok(open_bytes(f, bytes, n_bytes, &c));
    column_facet facet;
    assert_ok(columns_facet(c, "facet:places", &facet, &error));
    assert_int_equal(facet.values.n, 2);
    assert_string(&facet.values, 0, "China");
    assert_string(&facet.values, 1, "Korea");
    const uint32_t rows[] = {0, 2, 2, 3};
    const uint32_t ordinals[] = {0, 1, 1};
    assert_memory_equal(facet.rows, rows, sizeof rows);
    assert_memory_equal(facet.ordinals, ordinals, sizeof ordinals);
    columns_close(c);
    free(bytes);
}

static void test_no_documents(void **state) {
    const memory_file *f = *state;
    char path[] = "/tmp/test_columns.XXXXXX";
    close(mkstemp(path));
    unlink(path);
    columns_writer *w = NULL;
    facet_column facet = {.name = "places"};
    assert_ok(columns_writer_new("/tmp", &w, &error));
    assert_non_null(columns_writer_section(w, "numbers"));
    add_strings(w, "id", (const char *const[]){NULL});
    assert_ok(facet_column_write(&facet, w, &error));
    facet_column_free(&facet);
    assert_ok(columns_writer_finish(w, path, 0, &error));
    columns_writer_free(w);
    columns *c = NULL;
    assert_ok(columns_open(path, &c, &error));
    column_facet read;
    column_strings ids;
    const uint32_t *numbers = NULL;
    assert_int_equal(columns_n_documents(c), 0);
    assert_ok(columns_u32(c, "numbers", 0, &numbers, &error));
    assert_ok(columns_strings(c, "id", &ids, &error));
    assert_ok(columns_facet(c, "facet:places", &read, &error));
    assert_int_equal(ids.n, 0);
    assert_int_equal(read.values.n, 0);
    columns_close(c);
    unlink(path);
    (void)f;
}

static void test_hierarchy_gives_every_ancestor_once(void **state) {
    (void)state;
    facet_column f = {.name = "places", .hierarchical = true};
    columns_writer *w = NULL;
    assert_ok(columns_writer_new("/tmp", &w, &error));
    assert_ok(facet_column_add(&f, text_of("Asia > Korea > North Korea"), &error));
    assert_ok(facet_column_add(&f, text_of("Asia > Korea > South Korea"), &error));
    assert_ok(facet_column_add(&f, text_of("Asia > China"), &error));
    assert_ok(facet_column_add(&f, text_of("A>B"), &error));
    assert_ok(facet_column_end_document(&f, &error));
    assert_ok(facet_column_write(&f, w, &error));
    const buffer *bytes = columns_writer_section(w, "facet:places.bytes");
    assert_string_equal(bytes->bytes,
                        "A>BAsiaAsia > ChinaAsia > KoreaAsia > Korea > North KoreaAsia > Korea > South Korea");
    assert_int_equal(columns_writer_section(w, "facet:places.ordinals")->n_bytes, 6 * sizeof(uint32_t));
    facet_column_free(&f);
    columns_writer_free(w);
}

static void assert_dates(int32_t earliest, int32_t latest, const char *decades, const char *years, const char *months) {
    date_facets f = {{.name = "decade"}, {.name = "year"}, {.name = "month"}};
    columns_writer *w = NULL;
    assert_ok(columns_writer_new("/tmp", &w, &error));
    assert_ok(date_facets_add(&f, earliest, latest, &error));
    const struct {
        facet_column *column;
        const char *name;
        const char *expected;
    } all[] = {{&f.decade, "facet:decade.bytes", decades},
               {&f.year, "facet:year.bytes", years},
               {&f.month, "facet:month.bytes", months}};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(facet_column_end_document(all[i].column, &error));
        assert_ok(facet_column_write(all[i].column, w, &error));
        const buffer *bytes = columns_writer_section(w, all[i].name);
        assert_string_equal(bytes->bytes == NULL ? "" : bytes->bytes, all[i].expected);
        facet_column_free(all[i].column);
    }
    columns_writer_free(w);
}

static void test_derived_dates(void **state) {
    (void)state;
    assert_dates(0, 0, "", "", "");
    assert_dates(19611202, 19611202, "1960s", "1961", "1961-12");
    assert_dates(19591130, 19600101, "1950s1960s", "19591960", "1959-111959-121960-01");
    assert_dates(19450101, 19451231, "1940s", "1945",
                 "1945-011945-021945-031945-041945-051945-061945-071945-081945-091945-101945-111945-12");
    /* too wide for months */
    assert_dates(19500101, 19611231, "1950s1960s", "195019511952195319541955195619571958195919601961", "");
}

static void test_writer_limits(void **state) {
    (void)state;
    columns_writer *w = NULL;
    assert_ok(columns_writer_new("/tmp", &w, &error));
    assert_null(columns_writer_section(w, "a name of more than forty-seven bytes is refused"));
    buffer *first = columns_writer_section(w, "forty-seven bytes of name are the longest there");
    assert_non_null(first);
    assert_ptr_equal(first, columns_writer_section(w, "forty-seven bytes of name are the longest there"));
    char name[16];
    for (int i = 1; i < 1024; i++) {
        snprintf(name, sizeof name, "s%d", i);
        assert_non_null(columns_writer_section(w, name));
    }
    assert_null(columns_writer_section(w, "one more"));
    columns_writer_free(w);
}

/* ---- Damage ----------------------------------------------------------------------------------------------------- */

static void test_absent_file_is_a_system_error(void **state) {
    (void)state;
    columns *c = NULL;
    assert_int_equal(columns_open("/nonexistent/columns.bin", &c, &error), SEARCH_E_SYSTEM);
    assert_null(c);
}

/* Cut anywhere, the container is refused unless only the filling behind the last section went. */
static void test_cut_anywhere(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    const unsigned char *last = row_of(bytes, "facet:places.ordinals");
    const uint64_t end = get_u64(last + N_NAME) + get_u64(last + N_NAME + 8);
    for (size_t n = 0; n < end; n++) {
        columns *c = NULL;
        assert_corrupt(open_bytes(f, bytes, n, &c));
        assert_null(c);
    }
    free(bytes);
}

static void test_bad_magic(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    columns *c = NULL;
    bytes[7] = '2';
    assert_corrupt(open_bytes(f, bytes, n_bytes, &c));
    assert_null(c);
    free(bytes);
}

static void test_too_many_sections(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    columns *c = NULL;
    set_u32(bytes + 12, 1025);
    assert_corrupt(open_bytes(f, bytes, n_bytes, &c));
    set_u32(bytes + 12, UINT32_MAX);
    assert_corrupt(open_bytes(f, bytes, n_bytes, &c));
    set_u32(bytes + 12, (uint32_t)(n_bytes / N_ROW) + 1);
    assert_corrupt(open_bytes(f, bytes, n_bytes, &c));
    free(bytes);
}

/* Sets one number of the row of "numbers". */
static void check_row(const memory_file *f, size_t at, uint64_t value) {
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    columns *c = NULL;
    set_u64(row_of(bytes, "numbers") + at, value);
    assert_corrupt(open_bytes(f, bytes, n_bytes, &c));
    assert_null(c);
    free(bytes);
}

static void test_sections_outside(void **state) {
    const memory_file *f = *state;
    check_row(f, N_NAME, 1 << 20);        /* begins behind the end */
    check_row(f, N_NAME, UINT64_MAX - 7); /* and a sum that wraps */
    check_row(f, N_NAME, 4);              /* not at a multiple of 8 */
    check_row(f, N_NAME + 8, 1 << 20);    /* ends behind the end */
    check_row(f, N_NAME + 8, UINT64_MAX);
    check_row(f, N_NAME + 8, UINT64_MAX - 64);
}

static void test_unended_name(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    columns *c = NULL;
    memset(row_of(bytes, "numbers"), 'x', N_NAME);
    assert_corrupt(open_bytes(f, bytes, n_bytes, &c));
    free(bytes);
}

typedef enum part { PART_NUMBERS, PART_STRINGS, PART_FACET } part;

static search_status ask(const columns *c, part what) {
    const uint32_t *numbers = NULL;
    column_strings strings;
    column_facet facet;
    switch (what) {
    case PART_NUMBERS:
        return columns_u32(c, "numbers", columns_n_documents(c), &numbers, &error);
    case PART_STRINGS:
        return columns_strings(c, "id", &strings, &error);
    case PART_FACET:
        return columns_facet(c, "facet:places", &facet, &error);
    }
    return SEARCH_OK;
}

/* The container opens, the part is refused. */
static void check_part(const memory_file *f, unsigned char *bytes, size_t n_bytes, part what) {
    columns *c = NULL;
    assert_ok(open_bytes(f, bytes, n_bytes, &c));
    assert_corrupt(ask(c, what));
    read_everything(c);
    columns_close(c);
}

static void test_absent_sections(void **state) {
    const memory_file *f = *state;
    const struct {
        const char *name;
        part what;
    } all[] = {{"numbers", PART_NUMBERS},
               {"id.at", PART_STRINGS},
               {"id.bytes", PART_STRINGS},
               {"facet:places.at", PART_FACET},
               {"facet:places.bytes", PART_FACET},
               {"facet:places.rows", PART_FACET},
               {"facet:places.ordinals", PART_FACET}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n_bytes;
        unsigned char *bytes = sample(&n_bytes);
        *row_of(bytes, all[i].name) = 'X';
        check_part(f, bytes, n_bytes, all[i].what);
        free(bytes);
    }
}

static void test_sections_of_another_size(void **state) {
    const memory_file *f = *state;
    const struct {
        const char *name;
        uint64_t n_bytes;
        part what;
    } all[] = {{"numbers", 8, PART_NUMBERS},
               {"numbers", 11, PART_NUMBERS},
               {"id.at", 0, PART_STRINGS},
               {"id.at", 12, PART_STRINGS},
               {"id.at", 24, PART_STRINGS},
               {"id.bytes", 3, PART_STRINGS},
               {"facet:places.rows", 12, PART_FACET},
               {"facet:places.ordinals", 8, PART_FACET},
               {"facet:places.ordinals", 11, PART_FACET}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n_bytes;
        unsigned char *bytes = sample(&n_bytes);
        set_u64(row_of(bytes, all[i].name) + N_NAME + 8, all[i].n_bytes);
        check_part(f, bytes, n_bytes, all[i].what);
        free(bytes);
    }
}

static void test_another_number_of_documents(void **state) {
    const memory_file *f = *state;
    static const uint32_t counts[] = {0, 2, 4, UINT32_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t n_bytes;
        unsigned char *bytes = sample(&n_bytes);
        set_u32(bytes + 8, counts[i]);
        check_part(f, bytes, n_bytes, PART_NUMBERS);
        check_part(f, bytes, n_bytes, PART_FACET);
        free(bytes);
    }
}

static void check_u64(const memory_file *f, const char *section, size_t i, uint64_t value, part what) {
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    set_u64(section_of(bytes, section) + i * 8, value);
    check_part(f, bytes, n_bytes, what);
    free(bytes);
}

static void check_u32(const memory_file *f, const char *section, size_t i, uint32_t value) {
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    set_u32(section_of(bytes, section) + i * 4, value);
    check_part(f, bytes, n_bytes, PART_FACET);
    free(bytes);
}

static void test_offsets_of_strings(void **state) {
    const memory_file *f = *state;
    check_u64(f, "id.at", 0, 1, PART_STRINGS);          /* does not begin at 0 */
    check_u64(f, "id.at", 1, 4, PART_STRINGS);          /* descends after */
    check_u64(f, "id.at", 2, 2, PART_STRINGS);          /* descends */
    check_u64(f, "id.at", 1, UINT64_MAX, PART_STRINGS); /* far outside */
    check_u64(f, "id.at", 3, 5, PART_STRINGS);          /* ends behind the bytes */
    check_u64(f, "id.at", 3, 3, PART_STRINGS);          /* ends before */
    check_u64(f, "facet:places.at", 1, UINT64_MAX, PART_FACET);
}

static void test_rows_and_ordinals(void **state) {
    const memory_file *f = *state;
    check_u32(f, "facet:places.rows", 0, 1);
    check_u32(f, "facet:places.rows", 1, 3); /* descends after */
    check_u32(f, "facet:places.rows", 2, UINT32_MAX);
    check_u32(f, "facet:places.rows", 3, 4);
    check_u32(f, "facet:places.rows", 3, UINT32_MAX);
    check_u32(f, "facet:places.ordinals", 1, 2); /* there are two values */
    check_u32(f, "facet:places.ordinals", 2, UINT32_MAX);
    check_u32(f, "facet:places.ordinals", 1, 0); /* the same value twice */
    check_u32(f, "facet:places.ordinals", 0, 1); /* and so, the other way */
}

/* Every bit of the file turned: never a read outside, and never a failure without its reason. */
static void test_every_bit(void **state) {
    const memory_file *f = *state;
    size_t n_bytes;
    unsigned char *bytes = sample(&n_bytes);
    size_t n_refused = 0;
    for (size_t bit = 0; bit < n_bytes * 8; bit++) {
        columns *c = NULL;
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        const search_status status = open_bytes(f, bytes, n_bytes, &c);
        assert_true(status == SEARCH_OK || status == SEARCH_E_CORRUPT);
        assert_true((c != NULL) == (status == SEARCH_OK));
        if (c != NULL)
            n_refused += read_everything(c) > 2 ? 1 : 0; /* "places" and "" are never there */
        else
            n_refused++;
        columns_close(c);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    assert_true(n_refused > n_bytes); /* most of a small file is structure */
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_facet_is_sorted_and_counts_a_value_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_documents, set_up, tear_down),
        cmocka_unit_test(test_hierarchy_gives_every_ancestor_once),
        cmocka_unit_test(test_derived_dates),
        cmocka_unit_test(test_writer_limits),
        cmocka_unit_test(test_absent_file_is_a_system_error),
        cmocka_unit_test_setup_teardown(test_cut_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_magic, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_many_sections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sections_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unended_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_absent_sections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sections_of_another_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_number_of_documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_offsets_of_strings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_and_ordinals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_bit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
