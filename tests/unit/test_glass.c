/* The writer of Xapian's tables: the codes of the format, whole databases against those that libxapian makes of the
 * same postings, the edges of terms, docids, positions and tags, and what wrong calls and full disks answer. */
#include "libsearch/glass/codes.h"
#include "libsearch/glass/glass.h"
#include "libsearch/support/files.h"
#include "libsearch/xapian/xapian_c.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[64];
static char path[128];  /* of the database, absent at first */
static char other[128]; /* of another one */
static search_error error;

static int set_up(void **state) {
    (void)state;
    strcpy(directory, "/tmp/test_glass.XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/store", directory);
    snprintf(other, sizeof other, "%s/other", directory);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return file_remove_tree(directory, NULL) == SEARCH_OK ? 0 : -1;
}

/* Faults of Xapian 1.4.22 itself: check() deletes a table as another type, and a compaction that fails leaks its
 * tables. */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}
const char *__lsan_default_suppressions(void) {
    return "leak:libxapian.so";
}

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        const search_status got = (call);                                                                              \
        if (got != SEARCH_OK)                                                                                          \
            fail_msg("%s: %s: %s", #call, search_status_name(got), error.message);                                     \
    } while (0)

#define assert_status(call, expected, expected_id)                                                                     \
    do {                                                                                                               \
        const search_status got = (call);                                                                              \
        if (got != (expected))                                                                                         \
            fail_msg("%s: %s: %s", #call, search_status_name(got), error.message);                                     \
        assert_string_equal(error.id, expected_id);                                                                    \
    } while (0)

static const char *file_in(const char *folder, const char *name) {
    static char out[256];
    snprintf(out, sizeof out, "%s/%s", folder, name);
    return out;
}

/* ---- Postings made from a number ------------------------------------------------------------------------------ */

enum { MAX_N_POSITIONS = 64 };

typedef struct model_term {
    size_t n_bytes;
    char bytes[GLASS_MAX_TERM_N_BYTES];
} model_term;

/* Postings of a term in a document are worked out from the seed when asked for. */
typedef struct model {
    uint64_t seed;
    uint32_t n_documents;
    uint32_t gap;     /* between docids, less 1 */
    unsigned density; /* of 1024 */
    bool is_long;     /* long data and positions */
    size_t n_terms;
    model_term *terms; /* ascending, each once */
} model;

typedef struct posting {
    bool is_there;
    uint32_t wdf;
    size_t n_positions;
    uint32_t positions[MAX_N_POSITIONS];
} posting;

static uint64_t mix(uint64_t x) {
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t draw(uint64_t *state) {
    return *state = mix(*state);
}

static uint32_t docid_of(const model *m, uint32_t i) {
    return 1 + i * (1 + m->gap);
}

static posting posting_of(const model *m, size_t t, uint32_t i) {
    posting p = {0};
    uint64_t state = mix(m->seed ^ t << 32 ^ i);
    if (i % 17 == 3) /* no terms */
        return p;
    p.is_there = t == 0 || draw(&state) % 1024 < m->density;
    if (!p.is_there)
        return p;
    p.wdf = (uint32_t)(draw(&state) % 8 == 0 ? draw(&state) % 1000000 : draw(&state) % 5);
    if (p.wdf == 0)
        return p;
    p.n_positions = (size_t)(draw(&state) % (draw(&state) % 8 == 0 ? MAX_N_POSITIONS : 4));
    const uint32_t step = (uint32_t)1 << draw(&state) % (m->is_long ? 26 : 8);
    uint32_t at = 0;
    for (size_t n = 0; n < p.n_positions; n++)
        p.positions[n] = at += 1 + (uint32_t)(draw(&state) % step);
    return p;
}

static void data_of(const model *m, uint32_t i, buffer *out) {
    uint64_t state = mix(m->seed + i);
    const size_t n = (size_t)(draw(&state) % (m->is_long ? 30000 : 200));
    const unsigned mask = draw(&state) % 2 == 0 ? 3 : 255;
    buffer_clear(out);
    for (size_t k = 0; k < n; k++)
        buffer_add_byte(out, (char)(draw(&state) & mask));
}

static int compare_terms(const void *a, const void *b) {
    const model_term *x = a;
    const model_term *y = b;
    const size_t n = x->n_bytes < y->n_bytes ? x->n_bytes : y->n_bytes;
    const int order = memcmp(x->bytes, y->bytes, n);
    return order != 0 ? order : (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

static size_t escaped_n_bytes(const model_term *t) {
    size_t n = t->n_bytes;
    for (size_t i = 0; i < t->n_bytes; i++)
        n += t->bytes[i] == '\0';
    return n;
}

static void make_terms(model *m, size_t n_terms) {
    uint64_t state = m->seed;
    m->terms = calloc(n_terms, sizeof *m->terms);
    assert_non_null(m->terms);
    for (size_t i = 0; i < n_terms; i++) {
        model_term *t = &m->terms[i];
        t->n_bytes = 1 + (size_t)(draw(&state) % (draw(&state) % 8 == 0 ? GLASS_MAX_TERM_N_BYTES : 9));
        if (i == 1)
            t->n_bytes = GLASS_MAX_TERM_N_BYTES;
        const unsigned alphabet = i % 3 == 0 ? 256 : 3;
        for (size_t k = 0; k < t->n_bytes; k++)
            t->bytes[k] = (char)(draw(&state) % alphabet + (i % 3 == 1 ? 'a' : 0));
        while (escaped_n_bytes(t) > GLASS_MAX_TERM_N_BYTES)
            t->n_bytes--;
    }
    qsort(m->terms, n_terms, sizeof *m->terms, compare_terms);
    for (size_t i = 0; i < n_terms; i++) {
        if (m->n_terms == 0 || compare_terms(&m->terms[m->n_terms - 1], &m->terms[i]) != 0)
            m->terms[m->n_terms++] = m->terms[i];
    }
}

static search_text term_of(const model *m, size_t t) {
    return (search_text){m->terms[t].bytes, m->terms[t].n_bytes};
}

/* ---- Databases made of them ----------------------------------------------------------------------------------- */

static void make_with_xapian(const model *m, const char *to) {
    xapian_writer *w = NULL;
    buffer data = {0};
    assert_ok(xapian_writer_create(to, &w, &error));
    for (uint32_t i = 0; i < m->n_documents; i++) {
        xapian_document *d = NULL;
        assert_ok(xapian_document_new(&d, &error));
        for (size_t t = 0; t < m->n_terms; t++) {
            const posting p = posting_of(m, t, i);
            if (p.is_there)
                assert_ok(xapian_document_add_term(d, term_of(m, t), p.wdf, &error));
            for (size_t n = 0; n < p.n_positions; n++)
                assert_ok(xapian_document_add_posting(d, term_of(m, t), p.positions[n], 0, &error));
        }
        data_of(m, i, &data);
        assert_ok(xapian_document_set_data(d, (search_text){data.bytes, data.n_bytes}, &error));
        uint32_t docid = 0;
        assert_ok(xapian_writer_add(w, d, &docid, &error));
        xapian_document_free(d);
    }
    buffer_free(&data);
    assert_ok(xapian_writer_close(w, &error));
    xapian_writer_free(w);
}

static void make_postlist(const model *m, const char *to, glass_roots *roots, glass_statistics *s) {
    glass_postlist *p = NULL;
    assert_ok(glass_postlist_open(file_in(to, "postlist.glass"), &p, &error));
    for (uint32_t i = 0; i < m->n_documents; i++) {
        uint32_t length = 0;
        for (size_t t = 0; t < m->n_terms; t++) {
            const uint32_t wdf = posting_of(m, t, i).wdf;
            length += wdf;
            s->max_wdf = wdf > s->max_wdf ? wdf : s->max_wdf;
        }
        s->total_length += length;
        s->max_length = length > s->max_length ? length : s->max_length;
        if (length > 0 && (s->min_length == 0 || length < s->min_length))
            s->min_length = length;
        s->last_docid = docid_of(m, i);
        assert_ok(glass_postlist_length(p, s->last_docid, length, &error));
    }
    s->n_documents = m->n_documents;
    for (size_t t = 0; t < m->n_terms; t++) {
        uint32_t n = 0;
        uint64_t frequency = 0;
        for (uint32_t i = 0; i < m->n_documents; i++) {
            const posting q = posting_of(m, t, i);
            n += q.is_there;
            frequency += q.wdf;
        }
        if (n == 0)
            continue;
        assert_ok(glass_postlist_term(p, term_of(m, t), n, frequency, &error));
        for (uint32_t i = 0; i < m->n_documents; i++) {
            const posting q = posting_of(m, t, i);
            if (q.is_there)
                assert_ok(glass_postlist_posting(p, docid_of(m, i), q.wdf, &error));
        }
    }
    assert_ok(glass_postlist_finish(p, &roots->postlist, &error));
    glass_postlist_free(p);
}

static void make_positions(const model *m, const char *to, glass_roots *roots) {
    glass_positions *p = NULL;
    buffer tag = {0};
    assert_ok(glass_positions_open(file_in(to, "position.glass"), &p, &error));
    for (size_t t = 0; t < m->n_terms; t++) {
        assert_ok(glass_positions_term(p, term_of(m, t), &error));
        for (uint32_t i = 0; i < m->n_documents; i++) {
            const posting q = posting_of(m, t, i);
            if (q.n_positions == 0)
                continue;
            buffer_clear(&tag);
            glass_positions_encode(&tag, q.positions, q.n_positions);
            assert_ok(glass_positions_add(p, docid_of(m, i), (search_text){tag.bytes, tag.n_bytes}, &error));
        }
    }
    assert_ok(glass_positions_finish(p, &roots->position, &error));
    glass_positions_free(p);
    buffer_free(&tag);
}

static void add_compressed(glass_table *t, glass_deflater *d, uint32_t docid, const buffer *tag) {
    buffer packed = {0};
    bool is_compressed = false;
    char key[5];
    const size_t n_key = glass_docid_key(docid, key);
    search_text stored = {tag->bytes, tag->n_bytes};
    assert_false(tag->failed);
    assert_ok(glass_deflate(d, stored, &packed, &is_compressed, &error));
    if (is_compressed)
        stored = (search_text){packed.bytes, packed.n_bytes};
    assert_ok(glass_table_add(t, (search_text){key, n_key}, stored, is_compressed, &error));
    buffer_free(&packed);
}

static void make_by_document(const model *m, const char *to, glass_roots *roots) {
    glass_table *terms = NULL;
    glass_table *data = NULL;
    glass_deflater *d = NULL;
    buffer tag = {0};
    assert_ok(glass_deflater_new(GLASS_LEVEL_TERMLIST, &d, &error));
    assert_ok(glass_table_open(file_in(to, "termlist.glass"), &terms, &error));
    assert_ok(glass_table_open_optional(file_in(to, "docdata.glass"), &data, &error));
    for (uint32_t i = 0; i < m->n_documents; i++) {
        glass_termlist list;
        uint32_t n = 0;
        uint32_t length = 0;
        for (size_t t = 0; t < m->n_terms; t++) {
            const posting p = posting_of(m, t, i);
            n += p.is_there;
            length += p.wdf;
        }
        glass_termlist_start(&list, &tag, length, n);
        for (size_t t = 0; t < m->n_terms; t++) {
            const posting p = posting_of(m, t, i);
            if (p.is_there)
                glass_termlist_add(&list, term_of(m, t), p.wdf);
        }
        add_compressed(terms, d, docid_of(m, i), &tag);
        data_of(m, i, &tag);
        if (tag.n_bytes > 0)
            add_compressed(data, d, docid_of(m, i), &tag);
    }
    assert_ok(glass_table_finish(terms, &roots->termlist, &error));
    assert_ok(glass_table_finish(data, &roots->docdata, &error));
    glass_table_free(terms);
    glass_table_free(data);
    glass_deflater_free(d);
    buffer_free(&tag);
}

static void write_version(const char *to, const glass_roots *roots, const glass_statistics *s) {
    static const unsigned char uuid[16] = {1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16};
    assert_ok(glass_write_version(file_in(to, "iamglass"), uuid, roots, s, &error));
}

static void make_with_glass(const model *m, const char *to) {
    glass_roots roots = {0};
    glass_statistics s = {0};
    assert_int_equal(mkdir(to, 0777), 0);
    make_postlist(m, to, &roots, &s);
    make_positions(m, to, &roots);
    make_by_document(m, to, &roots);
    write_version(to, &roots, &s);
}

/* ---- Comparing databases -------------------------------------------------------------------------------------- */

static void check_clean(const char *database) {
    size_t n_errors = 1;
    assert_ok(xapian_check(database, &n_errors, &error));
    assert_int_equal(n_errors, 0);
}

static void compare_postings(const xapian_database *a, const xapian_database *b, const model *m, search_text term) {
    xapian_postings *p = NULL;
    xapian_postings *q = NULL;
    uint32_t *positions[2] = {NULL, NULL};
    size_t capacity[2] = {0, 0};
    assert_ok(xapian_postings_open(a, term, &p, &error));
    assert_ok(xapian_postings_open(b, term, &q, &error));
    for (;;) {
        uint32_t docids[2];
        size_t n[2];
        assert_ok(xapian_postings_next(p, &docids[0], &error));
        assert_ok(xapian_postings_next(q, &docids[1], &error));
        assert_int_equal(docids[0], docids[1] == 0 ? 0 : docid_of(m, docids[1] - 1));
        if (docids[0] == 0)
            break;
        assert_int_equal(xapian_postings_wdf(p), xapian_postings_wdf(q));
        assert_ok(xapian_postings_positions(p, &positions[0], &capacity[0], &n[0], &error));
        assert_ok(xapian_postings_positions(q, &positions[1], &capacity[1], &n[1], &error));
        assert_int_equal(n[0], n[1]);
        if (n[0] > 0)
            assert_memory_equal(positions[0], positions[1], n[0] * sizeof *positions[0]);
    }
    free(positions[0]);
    free(positions[1]);
    xapian_postings_free(p);
    xapian_postings_free(q);
}

static void compare_terms_of(const xapian_database *a, const xapian_database *b, const model *m) {
    xapian_terms *p = NULL;
    xapian_terms *q = NULL;
    assert_ok(xapian_terms_open(a, (search_text){0}, &p, &error));
    assert_ok(xapian_terms_open(b, (search_text){0}, &q, &error));
    for (;;) {
        search_text terms[2];
        uint32_t n[2];
        assert_ok(xapian_terms_next(p, &terms[0], &n[0], &error));
        assert_ok(xapian_terms_next(q, &terms[1], &n[1], &error));
        assert_int_equal(terms[0].n_bytes, terms[1].n_bytes);
        assert_int_equal(terms[0].bytes == NULL, terms[1].bytes == NULL);
        if (terms[0].bytes == NULL)
            break;
        assert_memory_equal(terms[0].bytes, terms[1].bytes, terms[0].n_bytes);
        assert_int_equal(n[0], n[1]);
        compare_postings(a, b, m, terms[0]);
    }
    xapian_terms_free(p);
    xapian_terms_free(q);
}

static void compare_data(const xapian_database *a, const model *m) {
    buffer expected = {0};
    for (uint32_t i = 0; i < m->n_documents; i++) {
        char *data = NULL;
        size_t n = 0;
        assert_ok(xapian_database_data(a, docid_of(m, i), &data, &n, &error));
        data_of(m, i, &expected);
        assert_int_equal(n, expected.n_bytes);
        if (n > 0)
            assert_memory_equal(data, expected.bytes, n);
        free(data);
    }
    buffer_free(&expected);
}

/* `a` is ours, with the docids of the model; those of `b` count from 1. */
static void compare(const char *ours, const char *theirs, const model *m) {
    xapian_database *a = NULL;
    xapian_database *b = NULL;
    assert_ok(xapian_database_open(ours, &a, &error));
    assert_ok(xapian_database_open(theirs, &b, &error));
    assert_int_equal(xapian_database_n_documents(a), xapian_database_n_documents(b));
    assert_int_equal(xapian_database_total_length(a), xapian_database_total_length(b));
    assert_int_equal(xapian_database_last_docid(a), m->n_documents == 0 ? 0 : docid_of(m, m->n_documents - 1));
    compare_terms_of(a, b, m);
    compare_postings(a, b, m, (search_text){0});
    compare_data(a, m);
    xapian_database_free(a);
    xapian_database_free(b);
}

static void build_both(model m, size_t n_terms) {
    char compacted[192];
    char reference[192];
    snprintf(compacted, sizeof compacted, "%s-compacted-%llu", path, (unsigned long long)m.seed);
    snprintf(reference, sizeof reference, "%s-%llu", other, (unsigned long long)m.seed);
    char ours[192];
    snprintf(ours, sizeof ours, "%s-%llu", path, (unsigned long long)m.seed);
    make_terms(&m, n_terms);
    make_with_glass(&m, ours);
    make_with_xapian(&m, reference);
    check_clean(ours);
    compare(ours, reference, &m);
    assert_ok(xapian_compact(ours, compacted, &error));
    check_clean(compacted);
    compare(compacted, reference, &m);
    free(m.terms);
}

static void test_random_databases(void **state) {
    (void)state;
    build_both((model){.seed = 1, .n_documents = 0, .density = 0}, 5);
    build_both((model){.seed = 2, .n_documents = 1, .density = 1024}, 5);
    build_both((model){.seed = 3, .n_documents = 4, .density = 0}, 1);
    build_both((model){.seed = 4, .n_documents = 60, .density = 300}, 300);
    build_both((model){.seed = 5, .n_documents = 30, .gap = 50000, .density = 100, .is_long = true}, 200);
    build_both((model){.seed = 6, .n_documents = 2500, .gap = 500, .density = 500}, 4);
}

static void test_codes(void **state) {
    (void)state;
    static const struct {
        uint32_t docid;
        const char *bytes;
        size_t n_bytes;
    } docids[] = {{1, "\x00\x01", 2},
                  {0x7fff, "\x7f\xff", 2},
                  {0x8000, "\x80\x80\x00", 3},
                  {0x3fffff, "\xbf\xff\xff", 3},
                  {0x400000, "\xc0\x40\x00\x00", 4},
                  {0x1fffffff, "\xdf\xff\xff\xff", 4},
                  {0x20000000, "\xe0\x20\x00\x00\x00", 5},
                  {0xffffffff, "\xe0\xff\xff\xff\xff", 5}};
    for (size_t i = 0; i < sizeof docids / sizeof *docids; i++) {
        char key[5];
        assert_int_equal(glass_docid_key(docids[i].docid, key), docids[i].n_bytes);
        assert_memory_equal(key, docids[i].bytes, docids[i].n_bytes);
    }
}

#define assert_positions(expected, ...)                                                                                \
    do {                                                                                                               \
        const uint32_t positions[] = {__VA_ARGS__};                                                                    \
        buffer out = {0};                                                                                              \
        glass_positions_encode(&out, positions, sizeof positions / sizeof *positions);                                 \
        assert_int_equal(out.n_bytes, sizeof(expected) - 1);                                                           \
        assert_memory_equal(out.bytes, expected, sizeof(expected) - 1);                                                \
        buffer_free(&out);                                                                                             \
    } while (0)

static void test_position_codes(void **state) {
    (void)state;
    assert_positions("\x07\x49", 1, 3, 7);
    assert_positions("\x02\x01", 1, 2);
    assert_positions("\x02", 2);
    assert_positions("\xac\x02\x03\x08\x10\x48\x01\x00", 3, 5, 9, 20, 21, 300);
    assert_positions("\xff\xff\xff\xff\x0f", UINT32_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_position_codes),
        cmocka_unit_test_setup_teardown(test_random_databases, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
