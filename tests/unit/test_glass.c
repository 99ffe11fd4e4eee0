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
        const search_status status_of_call = (call);                                                                   \
        if (status_of_call != SEARCH_OK)                                                                               \
            fail_msg("%s: %s: %s", #call, search_status_name(status_of_call), error.message);                          \
    } while (0)

#define assert_status(call, expected, expected_id)                                                                     \
    do {                                                                                                               \
        const search_status status_of_call = (call);                                                                   \
        if (status_of_call != (expected))                                                                              \
            fail_msg("%s: %s: %s", #call, search_status_name(status_of_call), error.message);                          \
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

static void encode_positions(buffer *out, const uint32_t *positions, size_t n) {
    buffer_clear(out);
    assert_true(buffer_reserve(out, glass_positions_max_n_bytes(n)));
    const unsigned char *end = glass_positions_encode((unsigned char *)out->bytes, positions, n);
    out->n_bytes = (size_t)(end - (const unsigned char *)out->bytes);
    assert_true(out->n_bytes <= glass_positions_max_n_bytes(n));
}

/* Adds the term with what may stand behind it. */
static void add_listed(glass_termlist *list, search_text term, uint32_t wdf) {
    char padded[GLASS_MAX_TERM_N_BYTES + 1 + GLASS_TERM_PADDING];
    memset(padded, 'x', sizeof padded);
    memcpy(padded, term.bytes, term.n_bytes);
    glass_termlist_add(list, (search_text){padded, term.n_bytes}, wdf);
}

static void make_positions(const model *m, const char *to, glass_roots *roots) {
    glass_positions *p = NULL;
    buffer tag = {0};
    assert_ok(glass_positions_open(file_in(to, "position.glass"), true, &p, &error));
    for (size_t t = 0; t < m->n_terms; t++) {
        assert_ok(glass_positions_term(p, term_of(m, t), &error));
        for (uint32_t i = 0; i < m->n_documents; i++) {
            const posting q = posting_of(m, t, i);
            if (q.n_positions == 0)
                continue;
            encode_positions(&tag, q.positions, q.n_positions);
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
    assert_ok(glass_deflater_new(&d, &error));
    assert_ok(glass_table_open(file_in(to, "termlist.glass"), &terms, &error));
    assert_ok(glass_table_open_optional(file_in(to, "docdata.glass"), false, &data, &error));
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
                add_listed(&list, term_of(m, t), p.wdf);
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
        encode_positions(&out, positions, sizeof positions / sizeof *positions);                                       \
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

/* ---- The worked example of the format, without what the bulk builder does not write ----------------------------- */

static void assert_tail(const char *name, const void *expected, size_t n) {
    buffer bytes = {0};
    assert_ok(file_read(file_in(path, name), 1 << 20, &bytes, &error));
    assert_int_equal(bytes.n_bytes, GLASS_BLOCK_N_BYTES);
    assert_memory_equal(bytes.bytes + bytes.n_bytes - n, expected, n);
    for (size_t i = 11 + 2 * 16; i < bytes.n_bytes - n; i++)
        assert_int_equal(bytes.bytes[i], 0);
    buffer_free(&bytes);
}
#define ASSERT_TAIL(name, expected) assert_tail(name, expected, sizeof(expected) - 1)

typedef struct example_posting {
    const char *term;
    uint32_t docid;
    uint32_t wdf;
    uint32_t positions[3];
} example_posting;

static const example_posting example[] = {{"Q1", 1, 0, {0}},  {"Q2", 2, 0, {0}},        {"Zcat", 1, 3, {0}},
                                          {"cab", 2, 1, {1}}, {"cat", 1, 3, {1, 3, 7}}, {"cat", 2, 1, {2}},
                                          {"sat", 1, 1, {2}}};
enum { N_EXAMPLE = sizeof example / sizeof *example };

static void make_example_lists(glass_roots *roots) {
    glass_postlist *p = NULL;
    glass_positions *q = NULL;
    buffer tag = {0};
    assert_ok(glass_postlist_open(file_in(path, "postlist.glass"), &p, &error));
    assert_ok(glass_positions_open(file_in(path, "position.glass"), false, &q, &error));
    assert_ok(glass_postlist_length(p, 1, 7, &error));
    assert_ok(glass_postlist_length(p, 2, 2, &error));
    for (size_t i = 0; i < N_EXAMPLE; i++) {
        const example_posting *e = &example[i];
        const bool has_two = i + 1 < N_EXAMPLE && strcmp(e->term, e[1].term) == 0;
        if (i == 0 || strcmp(e->term, e[-1].term) != 0) {
            assert_ok(glass_postlist_term(p, search_text_of(e->term), has_two ? 2 : 1,
                                          e->wdf + (has_two ? e[1].wdf : 0), &error));
            assert_ok(glass_positions_term(q, search_text_of(e->term), &error));
        }
        assert_ok(glass_postlist_posting(p, e->docid, e->wdf, &error));
        size_t n = 0;
        while (n < 3 && e->positions[n] != 0)
            n++;
        if (n == 0)
            continue;
        encode_positions(&tag, e->positions, n);
        assert_ok(glass_positions_add(q, e->docid, (search_text){tag.bytes, tag.n_bytes}, &error));
    }
    assert_ok(glass_postlist_finish(p, &roots->postlist, &error));
    assert_ok(glass_positions_finish(q, &roots->position, &error));
    glass_postlist_free(p);
    glass_positions_free(q);
    buffer_free(&tag);
}

static void make_example_documents(glass_roots *roots) {
    glass_table *terms = NULL;
    glass_table *data = NULL;
    buffer tag = {0};
    assert_ok(glass_table_open(file_in(path, "termlist.glass"), &terms, &error));
    assert_ok(glass_table_open_optional(file_in(path, "docdata.glass"), false, &data, &error));
    for (uint32_t docid = 1; docid <= 2; docid++) {
        char key[5];
        const search_text key_text = {key, glass_docid_key(docid, key)};
        glass_termlist list;
        glass_termlist_start(&list, &tag, docid == 1 ? 7 : 2, docid == 1 ? 4 : 3);
        for (size_t i = 0; i < N_EXAMPLE; i++) {
            if (example[i].docid == docid)
                add_listed(&list, search_text_of(example[i].term), example[i].wdf);
        }
        assert_ok(glass_table_add(terms, key_text, (search_text){tag.bytes, tag.n_bytes}, false, &error));
        assert_ok(glass_table_add(data, key_text, search_text_of(docid == 1 ? "doc one" : "doc two"), false, &error));
    }
    assert_ok(glass_table_finish(terms, &roots->termlist, &error));
    assert_ok(glass_table_finish(data, &roots->docdata, &error));
    glass_table_free(terms);
    glass_table_free(data);
    buffer_free(&tag);
}

static void test_worked_example(void **state) {
    (void)state;
    glass_roots roots = {0};
    glass_statistics s = {
        .n_documents = 2, .last_docid = 2, .min_length = 2, .max_length = 7, .max_wdf = 3, .total_length = 9};
    assert_int_equal(mkdir(path, 0777), 0);
    make_example_lists(&roots);
    make_example_documents(&roots);
    write_version(path, &roots, &s);
    ASSERT_TAIL("postlist.glass", "\x60\x09\x03sat\x01\x01\x00\x31\x00\x01"
                                  "\x60\x0b\x03\x63\x61\x74\x02\x04\x00\x31\x01\x03\x00\x01"
                                  "\x60\x09\x03\x63\x61\x62\x01\x01\x01\x31\x00\x01"
                                  "\x60\x0a\x04Zcat\x01\x03\x00\x31\x00\x03"
                                  "\x60\x08\x02Q2\x01\x00\x01\x31\x00\x00"
                                  "\x60\x08\x02Q1\x01\x00\x00\x31\x00\x00"
                                  "\x60\x0a\x02\x00\xe0\x00\x00\x00\x31\x01\x07\x00\x02"
                                  "\x60\x00\x00");
    ASSERT_TAIL("position.glass", "\x60\x07\x06sat\x00\x00\x01\x02"
                                  "\x60\x07\x06\x63\x61\x74\x00\x00\x02\x02"
                                  "\x60\x08\x06\x63\x61\x74\x00\x00\x01\x07\x49"
                                  "\x60\x07\x06\x63\x61\x62\x00\x00\x02\x01"
                                  "\x60\x00\x00");
    ASSERT_TAIL("termlist.glass",
                "\x60\x12\x02\x00\x02\x02\x03\x02Q2\x00\x00\x03\x63\x61\x62\x01\x02\x01t\x01"
                "\x60\x1b\x02\x00\x01\x07\x04\x02Q1\x00\x00\x04Zcat\x03\x00\x03\x63\x61\x74\x03\x00\x03sat\x01"
                "\x60\x00\x00");
    ASSERT_TAIL("docdata.glass", "\x60\x09\x02\x00\x02\x64oc two\x60\x09\x02\x00\x01\x64oc one\x60\x00\x00");
    static const char version[] = "\x00\x02\x07\x04\x00\x06\x01\x01\x00\x00\x00\x00"
                                  "\x00\x02\x02\x04\x12\x06\x01\x01\x00\x00\x00\x00"
                                  "\x00\x02\x02\x04\x12\x06\x01\x01\x00\x00\x00\x00"
                                  "\x00\x02\x04\x04\x00\x06\x01\x01\x00\x00\x00\x00"
                                  "\x00\x03\x00\x04\x12\x00\x00\x03\x00\x04\x12\x00"
                                  "\x02\x00\x02\x03\x04\x00\x09\x00";
    buffer bytes = {0};
    assert_ok(file_read(file_in(path, "iamglass"), 256, &bytes, &error));
    assert_int_equal(bytes.n_bytes, 33 + sizeof version - 1);
    assert_memory_equal(bytes.bytes, "\x0f\x0dXapian Glass\x04\x6e\x01\x02\x03", 19);
    assert_int_equal(bytes.bytes[32], 1);
    assert_memory_equal(bytes.bytes + 33, version, sizeof version - 1);
    buffer_free(&bytes);
    check_clean(path);
}

/* ---- Trees, components, and the far ends ----------------------------------------------------------------------- */

enum { N_LONG_TERMS = 36000, N_LONG_PREFIX = 240 };

static search_text long_term(size_t i) {
    static char bytes[GLASS_MAX_TERM_N_BYTES + 1];
    memset(bytes, 'x', N_LONG_PREFIX);
    snprintf(bytes + N_LONG_PREFIX, 6, "%05zu", i % 100000);
    return (search_text){bytes, GLASS_MAX_TERM_N_BYTES};
}

/* A document of terms that all begin alike: what separates leaves is long, and a branch holds few. */
static void test_deep_trees(void **state) {
    (void)state;
    glass_roots roots = {0};
    glass_postlist *p = NULL;
    glass_positions *q = NULL;
    glass_table *t = NULL;
    glass_termlist list;
    buffer tag = {0};
    assert_int_equal(mkdir(path, 0777), 0);
    assert_ok(glass_postlist_open(file_in(path, "postlist.glass"), &p, &error));
    assert_ok(glass_positions_open(file_in(path, "position.glass"), false, &q, &error));
    assert_ok(glass_table_open(file_in(path, "termlist.glass"), &t, &error));
    assert_ok(glass_postlist_length(p, 1, N_LONG_TERMS, &error));
    glass_termlist_start(&list, &tag, N_LONG_TERMS, N_LONG_TERMS);
    for (size_t i = 0; i < N_LONG_TERMS; i++) {
        assert_ok(glass_postlist_term(p, long_term(i), 1, 1, &error));
        assert_ok(glass_postlist_posting(p, 1, 1, &error));
        assert_ok(glass_positions_term(q, long_term(i), &error));
        assert_ok(glass_positions_add(q, 1, (search_text){"\x02", 1}, &error));
        add_listed(&list, long_term(i), 1);
    }
    assert_ok(glass_table_add(t, (search_text){"\x00\x01", 2}, (search_text){tag.bytes, tag.n_bytes}, false, &error));
    assert_ok(glass_postlist_finish(p, &roots.postlist, &error));
    assert_ok(glass_positions_finish(q, &roots.position, &error));
    assert_ok(glass_table_finish(t, &roots.termlist, &error));
    assert_int_equal(roots.postlist.level, 3);
    assert_int_equal(roots.position.level, 3);
    assert_int_equal(roots.position.n_entries, N_LONG_TERMS);
    assert_true(roots.termlist.n_blocks > 10); /* one tag of them all */
    assert_int_equal(roots.termlist.n_entries, 1);
    glass_postlist_free(p);
    glass_positions_free(q);
    glass_table_free(t);
    buffer_free(&tag);
    const glass_statistics s = {.n_documents = 1,
                                .last_docid = 1,
                                .min_length = N_LONG_TERMS,
                                .max_length = N_LONG_TERMS,
                                .max_wdf = 1,
                                .total_length = N_LONG_TERMS};
    write_version(path, &roots, &s);
    check_clean(path);
    xapian_database *d = NULL;
    assert_ok(xapian_database_open(path, &d, &error));
    uint32_t n = 0;
    assert_ok(xapian_database_term_frequency(d, long_term(N_LONG_TERMS - 1), &n, &error));
    assert_int_equal(n, 1);
    assert_ok(xapian_database_term_frequency(d, long_term(N_LONG_TERMS), &n, &error));
    assert_int_equal(n, 0);
    xapian_database_free(d);
}

static void test_greatest_numbers(void **state) {
    (void)state;
    static const uint32_t docids[] = {1, 0x7fff, 0x8000, 0x3fffff, 0x400000, 0x1fffffff, 0x20000000, UINT32_MAX};
    static const uint32_t positions[] = {1, 1u << 24, (1u << 24) + 1, 1u << 31, UINT32_MAX - 1, UINT32_MAX};
    enum { N = sizeof docids / sizeof *docids };
    glass_roots roots = {0};
    glass_postlist *p = NULL;
    glass_positions *q = NULL;
    glass_table *t = NULL;
    buffer tag = {0};
    assert_int_equal(mkdir(path, 0777), 0);
    assert_ok(glass_postlist_open(file_in(path, "postlist.glass"), &p, &error));
    assert_ok(glass_positions_open(file_in(path, "position.glass"), false, &q, &error));
    assert_ok(glass_table_open(file_in(path, "termlist.glass"), &t, &error));
    for (size_t i = 0; i < N; i++)
        assert_ok(glass_postlist_length(p, docids[i], UINT32_MAX, &error));
    assert_ok(glass_postlist_term(p, search_text_of("t"), N, (uint64_t)N * UINT32_MAX, &error));
    assert_ok(glass_positions_term(q, search_text_of("t"), &error));
    for (size_t i = 0; i < N; i++) {
        assert_ok(glass_postlist_posting(p, docids[i], UINT32_MAX, &error));
        encode_positions(&tag, positions, sizeof positions / sizeof *positions);
        assert_ok(glass_positions_add(q, docids[i], (search_text){tag.bytes, tag.n_bytes}, &error));
        glass_termlist list;
        char key[5];
        glass_termlist_start(&list, &tag, UINT32_MAX, 1);
        add_listed(&list, search_text_of("t"), UINT32_MAX);
        const search_text key_text = {key, glass_docid_key(docids[i], key)};
        assert_ok(glass_table_add(t, key_text, (search_text){tag.bytes, tag.n_bytes}, false, &error));
    }
    assert_ok(glass_postlist_finish(p, &roots.postlist, &error));
    assert_ok(glass_positions_finish(q, &roots.position, &error));
    assert_ok(glass_table_finish(t, &roots.termlist, &error));
    glass_postlist_free(p);
    glass_positions_free(q);
    glass_table_free(t);
    buffer_free(&tag);
    const glass_statistics s = {.n_documents = N,
                                .last_docid = UINT32_MAX,
                                .min_length = UINT32_MAX,
                                .max_length = UINT32_MAX,
                                .max_wdf = UINT32_MAX,
                                .total_length = (uint64_t)N * UINT32_MAX};
    write_version(path, &roots, &s);
    /* no check: Xapian's keeps an array by docid */
    xapian_database *d = NULL;
    xapian_postings *c = NULL;
    uint32_t *got = NULL;
    size_t capacity = 0;
    assert_ok(xapian_database_open(path, &d, &error));
    assert_int_equal(xapian_database_total_length(d), (uint64_t)N * UINT32_MAX);
    assert_ok(xapian_postings_open(d, search_text_of("t"), &c, &error));
    for (size_t i = 0; i < N; i++) {
        uint32_t docid = 0;
        size_t n = 0;
        assert_ok(xapian_postings_next(c, &docid, &error));
        assert_int_equal(docid, docids[i]);
        assert_int_equal(xapian_postings_wdf(c), UINT32_MAX);
        assert_ok(xapian_postings_positions(c, &got, &capacity, &n, &error));
        assert_int_equal(n, sizeof positions / sizeof *positions);
        assert_memory_equal(got, positions, sizeof positions);
    }
    free(got);
    xapian_postings_free(c);
    xapian_database_free(d);
}

/* Documents of one table of data only; each has a length of 0 and no terms. */
static void make_data(uint32_t n_documents, void (*fill)(uint32_t i, buffer *out)) {
    glass_roots roots = {0};
    glass_postlist *p = NULL;
    glass_table *terms = NULL;
    glass_table *data = NULL;
    glass_deflater *d = NULL;
    buffer bytes = {0};
    assert_int_equal(mkdir(path, 0777), 0);
    assert_ok(glass_deflater_new(&d, &error));
    assert_ok(glass_postlist_open(file_in(path, "postlist.glass"), &p, &error));
    assert_ok(glass_table_open(file_in(path, "termlist.glass"), &terms, &error));
    assert_ok(glass_table_open_optional(file_in(path, "docdata.glass"), false, &data, &error));
    for (uint32_t i = 1; i <= n_documents; i++) {
        assert_ok(glass_postlist_length(p, i, 0, &error));
        buffer_clear(&bytes);
        add_compressed(terms, d, i, &bytes);
        fill(i, &bytes);
        add_compressed(data, d, i, &bytes);
    }
    assert_ok(glass_postlist_finish(p, &roots.postlist, &error));
    assert_ok(glass_table_finish(terms, &roots.termlist, &error));
    assert_ok(glass_table_finish(data, &roots.docdata, &error));
    glass_postlist_free(p);
    glass_table_free(terms);
    glass_table_free(data);
    glass_deflater_free(d);
    buffer_free(&bytes);
    write_version(path, &roots, &(glass_statistics){.n_documents = n_documents, .last_docid = n_documents});
}

static void compare_made_data(const char *database, uint32_t n_documents, void (*fill)(uint32_t i, buffer *out)) {
    xapian_database *d = NULL;
    buffer expected = {0};
    assert_ok(xapian_database_open(database, &d, &error));
    for (uint32_t i = 1; i <= n_documents; i++) {
        char *got = NULL;
        size_t n = 0;
        buffer_clear(&expected);
        fill(i, &expected);
        assert_ok(xapian_database_data(d, i, &got, &n, &error));
        assert_int_equal(n, expected.n_bytes);
        assert_memory_equal(got, expected.bytes, n);
        free(got);
    }
    xapian_database_free(d);
    buffer_free(&expected);
}

/* 1 to 600 from 8,000 repeated characters, as 8,195; then noise with a run behind it, which ends near the multiples of
 * 8,192 where libxapian's reader gives up; then what is long. */
static void fill_hard_data(uint32_t i, buffer *out) {
    uint64_t state = i;
    size_t n_noise = 0;
    size_t n_run = 7999 + i;
    if (i > 600) {
        n_noise = 4000 + (size_t)(draw(&state) % 8000);
        n_run = 8192 - n_noise % 8192 + (size_t)(draw(&state) % 260);
    }
    if (i > 1000) {
        n_noise = i % 2 == 0 ? 60000 : 0;
        n_run = i % 2 == 0 ? 0 : 60000;
    }
    for (size_t k = 0; k < n_noise; k++)
        buffer_add_byte(out, (char)(draw(&state) & (i % 2 == 0 && i > 1000 ? 255 : 63)));
    for (size_t k = 0; k < n_run; k++)
        buffer_add_byte(out, 'a');
}

static void test_data_that_the_reader_could_not_read(void **state) {
    (void)state;
    enum { N = 1004 };
    make_data(N, fill_hard_data);
    check_clean(path);
    compare_made_data(path, N, fill_hard_data);
    assert_ok(xapian_compact(path, other, &error));
    check_clean(other);
    compare_made_data(other, N, fill_hard_data);
}

/* Every length around one item, two items, and a leaf, so that tags end and begin at every place of one. */
static void fill_all_lengths(uint32_t i, buffer *out) {
    uint64_t state = i;
    const size_t n = i < 600 ? 1800 + i : i < 1000 ? 3500 + i : i * 7 % 2100 + 1;
    for (size_t k = 0; k < n; k++)
        buffer_add_byte(out, (char)draw(&state));
}

static void test_tags_cut_everywhere(void **state) {
    (void)state;
    enum { N = 1500 };
    make_data(N, fill_all_lengths);
    check_clean(path);
    compare_made_data(path, N, fill_all_lengths);
    struct stat st;
    assert_int_equal(stat(file_in(path, "docdata.glass"), &st), 0);
    size_t n_bytes = 0;
    buffer bytes = {0};
    for (uint32_t i = 1; i <= N; i++) {
        buffer_clear(&bytes);
        fill_all_lengths(i, &bytes);
        n_bytes += bytes.n_bytes;
    }
    buffer_free(&bytes);
    assert_true((size_t)st.st_size < n_bytes + n_bytes / 50); /* leaves are full: 2 % is for items and branches */
}

/* ---- What goes wrong ------------------------------------------------------------------------------------------- */

static void test_order(void **state) {
    (void)state;
    glass_table *t = NULL;
    assert_ok(glass_table_open(path, &t, &error));
    assert_ok(glass_table_add(t, search_text_of("b"), (search_text){0}, false, &error));
    assert_status(glass_table_add(t, search_text_of("b"), (search_text){0}, false, &error), SEARCH_E_INTERNAL,
                  "glass.order");
    assert_status(glass_table_add(t, search_text_of("a"), (search_text){0}, false, &error), SEARCH_E_INTERNAL,
                  "glass.order");
    assert_status(glass_table_add(t, (search_text){0}, (search_text){0}, false, &error), SEARCH_E_ARGUMENT,
                  "glass.key");
    char long_key[256] = "z";
    assert_status(glass_table_add(t, (search_text){long_key, 256}, (search_text){0}, false, &error), SEARCH_E_ARGUMENT,
                  "glass.key");
    assert_ok(glass_table_add(t, search_text_of("bb"), (search_text){0}, false, &error));
    glass_table_free(t);
    assert_status(glass_table_open(path, &t, &error), SEARCH_E_SYSTEM, "file.create");
    assert_int_equal(error.system_errno, EEXIST);
    assert_null(t);
}

static glass_postlist *new_postlist(void) {
    glass_postlist *p = NULL;
    unlink(path);
    assert_ok(glass_postlist_open(path, &p, &error));
    assert_ok(glass_postlist_length(p, 7, 3, &error));
    return p;
}

static void test_order_of_postings(void **state) {
    (void)state;
    glass_root root;
    glass_postlist *p = new_postlist();
    assert_status(glass_postlist_length(p, 7, 3, &error), SEARCH_E_INTERNAL, "glass.order");
    assert_status(glass_postlist_posting(p, 8, 1, &error), SEARCH_E_INTERNAL, "glass.totals");
    glass_postlist_free(p);
    p = new_postlist();
    assert_ok(glass_postlist_term(p, search_text_of("b"), 2, 5, &error));
    assert_ok(glass_postlist_posting(p, 7, 3, &error));
    assert_status(glass_postlist_length(p, 8, 3, &error), SEARCH_E_INTERNAL, "glass.order");
    assert_status(glass_postlist_posting(p, 8, 3, &error), SEARCH_E_INTERNAL, "glass.totals");
    assert_status(glass_postlist_term(p, search_text_of("c"), 1, 1, &error), SEARCH_E_INTERNAL, "glass.totals");
    assert_status(glass_postlist_finish(p, &root, &error), SEARCH_E_INTERNAL, "glass.totals");
    assert_status(glass_postlist_posting(p, 6, 2, &error), SEARCH_E_INTERNAL, "glass.order");
    glass_postlist_free(p);
    p = new_postlist();
    assert_ok(glass_postlist_term(p, search_text_of("b"), 1, 0, &error));
    assert_ok(glass_postlist_posting(p, 7, 0, &error));
    assert_status(glass_postlist_posting(p, 8, 0, &error), SEARCH_E_INTERNAL, "glass.totals");
    assert_status(glass_postlist_term(p, search_text_of("a"), 1, 1, &error), SEARCH_E_INTERNAL, "glass.order");
    assert_status(glass_postlist_term(p, search_text_of("b"), 1, 1, &error), SEARCH_E_INTERNAL, "glass.order");
    glass_postlist_free(p);
    p = new_postlist();
    assert_status(glass_postlist_term(p, search_text_of("b"), 0, 0, &error), SEARCH_E_INTERNAL, "glass.totals");
    glass_postlist_free(p);
}

static void test_order_of_positions(void **state) {
    (void)state;
    glass_positions *p = NULL;
    glass_root root;
    assert_ok(glass_positions_open(path, false, &p, &error));
    assert_status(glass_positions_add(p, 1, (search_text){"\x01", 1}, &error), SEARCH_E_INTERNAL, "glass.order");
    assert_ok(glass_positions_term(p, search_text_of("b"), &error));
    assert_status(glass_positions_term(p, search_text_of("b"), &error), SEARCH_E_INTERNAL, "glass.order");
    assert_ok(glass_positions_finish(p, &root, &error));
    assert_int_equal(root.n_blocks, 0);
    assert_false(file_exists(path));
    glass_positions_free(p);
    assert_ok(glass_positions_open(path, false, &p, &error));
    assert_ok(glass_positions_term(p, search_text_of("b"), &error));
    assert_ok(glass_positions_add(p, 2, (search_text){"\x01", 1}, &error));
    assert_status(glass_positions_add(p, 2, (search_text){"\x01", 1}, &error), SEARCH_E_INTERNAL, "glass.order");
    glass_positions_free(p);
}

static void test_terms_too_long(void **state) {
    (void)state;
    char bytes[GLASS_MAX_TERM_N_BYTES + 1] = {0}; /* NULs */
    glass_positions *p = NULL;
    assert_ok(glass_positions_open(path, false, &p, &error));
    assert_status(glass_positions_term(p, (search_text){0}, &error), SEARCH_E_ARGUMENT, "glass.term");
    assert_status(glass_positions_term(p, (search_text){bytes, 123}, &error), SEARCH_E_ARGUMENT, "glass.term");
    assert_ok(glass_positions_term(p, (search_text){bytes, 122}, &error));
    memset(bytes, 'x', sizeof bytes);
    assert_ok(glass_positions_term(p, (search_text){bytes, GLASS_MAX_TERM_N_BYTES}, &error));
    assert_status(glass_positions_term(p, (search_text){bytes, sizeof bytes}, &error), SEARCH_E_ARGUMENT, "glass.term");
    glass_positions_free(p);
    glass_postlist *q = new_postlist();
    assert_status(glass_postlist_term(q, (search_text){bytes, sizeof bytes}, 1, 1, &error), SEARCH_E_ARGUMENT,
                  "glass.term");
    glass_postlist_free(q);
    buffer out = {0};
    glass_termlist list;
    glass_termlist_start(&list, &out, 1, 1);
    add_listed(&list, (search_text){bytes, sizeof bytes}, 1);
    assert_true(out.failed);
    buffer_free(&out);
}

static void test_contradictions(void **state) {
    (void)state;
    const unsigned char uuid[16] = {1};
    const glass_roots roots = {0};
    assert_status(glass_write_version(path, uuid, &roots, &(glass_statistics){.n_documents = 1}, &error),
                  SEARCH_E_INTERNAL, "glass.totals");
    assert_status(glass_write_version(path, uuid, &roots, &(glass_statistics){.max_wdf = 1}, &error), SEARCH_E_INTERNAL,
                  "glass.totals");
    assert_false(file_exists(path));
}

/* Adds entries of a block's quarter until one fails. */
static search_status fill_table(glass_table *t, uint32_t n) {
    static const char tag[2000];
    search_status status = SEARCH_OK;
    for (uint32_t i = 1; status == SEARCH_OK && i <= n; i++) {
        char key[5];
        const search_text key_text = {key, glass_docid_key(i, key)};
        status = glass_table_add(t, key_text, (search_text){tag, sizeof tag}, false, &error);
    }
    return status;
}

/* beside: in a thread, which is heard of with the next piece or at the end. */
static void assert_full_disk_is_told(bool beside) {
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit little = {10 * GLASS_BLOCK_N_BYTES + 100, old.rlim_max};
    void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    glass_table *large = NULL;
    glass_table *small = NULL;
    glass_root root;
    const search_status opened = glass_table_open_optional(path, beside, &large, &error);
    const search_status filled = opened == SEARCH_OK ? fill_table(large, 100000) : opened;
    const search_error at_once = error;
    const search_status again = glass_table_finish(large, &root, &error);
    const search_status reopened = glass_table_open_optional(other, beside, &small, &error);
    const search_status buffered = fill_table(small, 100);
    const search_status finished = glass_table_finish(small, &root, &error);
    const search_error at_last = error;
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    assert_int_equal(filled, SEARCH_E_SYSTEM);
    assert_string_equal(at_once.id, "file.write");
    assert_int_equal(at_once.system_errno, EFBIG);
    assert_int_equal(again, SEARCH_E_SYSTEM);
    assert_int_equal(reopened, SEARCH_OK);
    assert_int_equal(buffered, SEARCH_OK); /* not yet written */
    assert_int_equal(finished, SEARCH_E_SYSTEM);
    assert_int_equal(at_last.system_errno, EFBIG);
    assert_int_equal(root.n_blocks, 0);
    assert_int_equal(fill_table(large, 10000), SEARCH_E_SYSTEM); /* and goes on failing */
    assert_int_equal(fill_table(small, 10000), SEARCH_E_SYSTEM);
    assert_int_equal(glass_table_finish(small, &root, &error), SEARCH_E_SYSTEM);
    glass_table_free(large);
    glass_table_free(small);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(other), 0);
}

static void test_full_disk(void **state) {
    (void)state;
    assert_full_disk_is_told(false);
    assert_full_disk_is_told(true);
}

static void test_digests_and_equal_bytes(void **state) {
    (void)state;
    glass_root roots[2];
    for (size_t i = 0; i < 2; i++) {
        glass_table *t = NULL;
        char hex[DIGEST_N_HEX + 1];
        assert_ok(glass_table_open(i == 0 ? path : other, &t, &error));
        assert_int_equal(fill_table(t, 1000), SEARCH_OK);
        assert_ok(glass_table_finish(t, &roots[i], &error));
        glass_table_free(t);
        assert_ok(digest_of_file(i == 0 ? path : other, hex, &error));
        assert_string_equal(hex, roots[i].digest);
    }
    assert_string_equal(roots[0].digest, roots[1].digest);
    assert_int_equal(roots[0].n_entries, 1000);
    assert_int_equal(roots[0].level, 1);
    assert_int_equal(roots[0].block, roots[0].n_blocks - 1);
}

static void test_short_tags_stay(void **state) {
    (void)state;
    glass_deflater *d = NULL;
    buffer out = {0};
    bool is_compressed = true;
    assert_ok(glass_deflater_new(&d, &error));
    char bytes[100];
    memset(bytes, 'a', sizeof bytes);
    assert_ok(glass_deflate(d, (search_text){bytes, 18}, &out, &is_compressed, &error));
    assert_false(is_compressed);
    assert_ok(glass_deflate(d, (search_text){bytes, sizeof bytes}, &out, &is_compressed, &error));
    assert_true(is_compressed);
    assert_true(out.n_bytes < 19);
    assert_ok(glass_deflate(d, search_text_of("abcdefghijklmnopqrstuvwxyz"), &out, &is_compressed, &error));
    assert_false(is_compressed);
    glass_deflater_free(d);
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_position_codes),
        cmocka_unit_test_setup_teardown(test_worked_example, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random_databases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deep_trees, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_greatest_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_data_that_the_reader_could_not_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tags_cut_everywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order_of_postings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order_of_positions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_terms_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_contradictions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_digests_and_equal_bytes, set_up, tear_down),
        cmocka_unit_test(test_short_tags_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
