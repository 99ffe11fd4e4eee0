/* Runs: kept or spilled they are read back as they were written, merged they are one run, and what is cut short or
 * cannot be written is told. */
#include "libsearch/index/inverter.h"
#include "libsearch/index/merge.h"
#include "libsearch/support/files.h"
#include "libsearch/xapian/xapian_c.h"
#include "made_up.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Of private calls, which need not clear the error. */
static search_error why;
#define assert_done(call)                                                                                              \
    do {                                                                                                               \
        if ((call) != SEARCH_OK)                                                                                       \
            fail_msg("%s: %s", #call, why.message);                                                                    \
    } while (0)

static const char *path_of(const scratch *s, const char *name) {
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", s->directory, name);
    return path;
}

/* ---- The spill -------------------------------------------------------------------------------------------------- */

static void fill(buffer *out, size_t n_bytes, char from) {
    for (size_t i = 0; i < n_bytes; i++) {
        buffer_add_byte(out, (char)(from + (char)(i % 64)));
    }
}

/* Takes all of a stream by pieces of n bytes. */
static void read_back(const spill *s, const run_stream *stream, size_t n_window, size_t n, buffer *out) {
    run_reader r;
    run_reader_open(&r, s, stream, n_window);
    for (;;) {
        assert_done(run_reader_need(&r, n, &why));
        const size_t n_here = (size_t)(r.end - r.at) < n ? (size_t)(r.end - r.at) : n;
        if (n_here == 0) {
            break;
        }
        buffer_add(out, r.at, n_here);
        r.at += n_here;
    }
    run_reader_close(&r);
}

static void test_spill(void **state) {
    const scratch *s = *state;
    static const size_t lengths[] = {0, 1, 1000, 5000, 3, 0, 100000};
    enum { n = sizeof lengths / sizeof *lengths };
    spill to;
    run_stream streams[n];
    buffer expected[n] = {0};
    assert_done(spill_open(&to, s->directory, 1001, &why));
    for (size_t i = 0; i < n; i++) {
        buffer bytes = {0};
        fill(&bytes, lengths[i], (char)i);
        fill(&expected[i], lengths[i], (char)i);
        assert_done(spill_add(&to, &bytes, &streams[i], &why));
        assert_int_equal(streams[i].is_spilled, i == 3 || i == 4 || i == 6);
        buffer_free(&bytes);
    }
    assert_false(file_exists(path_of(s, ".spill"))); /* a file without a name */
    for (size_t i = 0; i < n; i++) {
        static const size_t windows[] = {1, 7, 4096, 1 << 20};
        for (size_t k = 0; k < 16; k++) {
            static const size_t pieces[] = {1, 20, 5001, 1 << 20};
            buffer back = {0};
            read_back(&to, &streams[i], windows[k / 4], pieces[k % 4], &back);
            assert_int_equal(back.n_bytes, expected[i].n_bytes);
            assert_memory_equal(back.n_bytes == 0 ? "" : back.bytes, back.n_bytes == 0 ? "" : expected[i].bytes,
                                back.n_bytes);
            buffer_free(&back);
        }
        run_stream_free(&streams[i]);
        buffer_free(&expected[i]);
    }
    spill_close(&to);
}

static void test_spill_without_a_folder(void **state) {
    const scratch *s = *state;
    spill to;
    buffer bytes = {0};
    run_stream stream;
    fill(&bytes, 10, 'a');
    assert_done(spill_open(&to, s->index, 0, &why));
    assert_int_equal(spill_add(&to, &bytes, &stream, &why), SEARCH_E_SYSTEM);
    assert_string_equal(why.id, "spill.make");
    assert_int_equal(why.system_errno, ENOENT);
    spill_close(&to);
    buffer_free(&bytes);
}

static void test_numbers(void **state) {
    (void)state;
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        unsigned char bytes[VINT64_MAX_N_BYTES];
        const size_t n = (size_t)(put_vint(bytes, values[i]) - bytes);
        run_reader r = {.at = (char *)bytes, .end = (char *)bytes + n};
        assert_true(n <= VINT64_MAX_N_BYTES);
        assert_true(run_take_vint(&r) == values[i]);
        assert_ptr_equal(r.at, r.end);
    }
}

/* ---- Documents of terms, inverted to runs ----------------------------------------------------------------------- */

enum { n_documents = 300, max_runs = 40 };

/* Terms that begin alike, long ones, and some that stand in one document. */
static search_text drawn_term(char bytes[GLASS_MAX_TERM_N_BYTES]) {
    const size_t n_draw = made_up_below(1 + made_up_below(400));
    int n = snprintf(bytes, GLASS_MAX_TERM_N_BYTES, "%s%zu", n_draw % 3 == 0 ? "commonbeginning" : "", n_draw);
    while (n_draw % 17 == 0 && n < GLASS_MAX_TERM_N_BYTES) {
        bytes[n++] = 'x';
    }
    return (search_text){bytes, (size_t)n};
}

static void give_document(const term_sink *sink, size_t document) {
    char bytes[GLASS_MAX_TERM_N_BYTES];
    made_up_state = document;
    const size_t n_words = document % 29 == 0 ? 0 : made_up_below(120);
    for (size_t i = 1; i <= n_words; i++) {
        const search_text term = drawn_term(bytes);
        const uint32_t position = i % 5 == 0 ? 0 : (uint32_t)(i * i);
        assert_done(sink->occurrence(sink->context, "", term, position, &why));
    }
    if (n_words > 0) {
        const int n = snprintf(bytes, sizeof bytes, "%zu", document);
        assert_done(sink->boolean(sink->context, "Q", (search_text){bytes, (size_t)n}, &why));
    }
}

typedef struct runs {
    spill spill;
    run_stream postings[max_runs];
    run_stream positions[max_runs];
    size_t n;
    uint32_t lengths[n_documents];
} runs;

static void make_runs(runs *r, const scratch *s, size_t n_runs, uint64_t n_bytes_kept) {
    inverter v;
    const term_sink sink = inverter_sink(&v);
    buffer postings = {0};
    buffer positions = {0};
    memset(r, 0, sizeof *r);
    assert_done(spill_open(&r->spill, s->directory, n_bytes_kept, &why));
    assert_done(inverter_open(&v, &why));
    for (size_t from = 0; r->n < n_runs; r->n++) {
        const size_t to = n_documents * (r->n + 1) / n_runs;
        for (size_t document = from; document < to; document++) {
            give_document(&sink, document);
            assert_done(inverter_end_document(&v, &why));
        }
        assert_done(inverter_sort(&v, (uint32_t)from + 1, &postings, &positions, &why));
        memcpy(r->lengths + from, v.lengths, (to - from) * sizeof *r->lengths);
        assert_done(spill_add(&r->spill, &postings, &r->postings[r->n], &why));
        assert_done(spill_add(&r->spill, &positions, &r->positions[r->n], &why));
        inverter_clear(&v);
        from = to;
    }
    buffer_free(&postings);
    buffer_free(&positions);
    inverter_close(&v);
}

static void free_runs(runs *r) {
    for (size_t i = 0; i < r->n; i++) {
        run_stream_free(&r->postings[i]);
        run_stream_free(&r->positions[i]);
    }
    spill_close(&r->spill);
}

/* Only the last run is left. */
static void keep_last(runs *r) {
    for (size_t i = 0; i + 1 < r->n; i++) {
        run_stream_free(&r->postings[i]);
        run_stream_free(&r->positions[i]);
    }
    r->postings[0] = r->postings[r->n - 1];
    r->positions[0] = r->positions[r->n - 1];
    r->n = 1;
}

static search_status go_on(void *context, search_error *error) {
    (void)error;
    ++*(size_t *)context;
    return SEARCH_OK;
}

/* ---- Merging ---------------------------------------------------------------------------------------------------- */

static search_status merge_to_postlist(const runs *r, size_t n_window, const char *path, glass_root *root) {
    glass_postlist *out = NULL;
    size_t n_ticks = 0;
    const merge m = {&r->spill, r->postings, r->n, n_window, go_on, &n_ticks};
    assert_done(glass_postlist_open(path, &out, &why));
    for (uint32_t i = 0; i < n_documents; i++) {
        assert_done(glass_postlist_length(out, i + 1, r->lengths[i], &why));
    }
    search_status status = merge_postings(&m, out, &why);
    if (status == SEARCH_OK) {
        status = glass_postlist_finish(out, root, &why);
    }
    glass_postlist_free(out);
    assert_int_equal(unlink(path), 0);
    return status;
}

static search_status merge_to_positions(const runs *r, size_t n_window, const char *path, glass_root *root) {
    glass_positions *out = NULL;
    size_t n_ticks = 0;
    const merge m = {&r->spill, r->positions, r->n, n_window, go_on, &n_ticks};
    assert_done(glass_positions_open(path, false, &out, &why));
    search_status status = merge_positions(&m, out, &why);
    if (status == SEARCH_OK) {
        status = glass_positions_finish(out, root, &why);
    }
    glass_positions_free(out);
    unlink(path);
    return status;
}

static void test_runs_are_one_run(void **state) {
    const scratch *s = *state;
    static runs r;
    glass_root postings;
    glass_root positions;
    make_runs(&r, s, 1, UINT64_MAX);
    assert_done(merge_to_postlist(&r, 4096, path_of(s, "postlist"), &postings));
    assert_done(merge_to_positions(&r, 4096, path_of(s, "position"), &positions));
    free_runs(&r);
    assert_true(postings.n_entries > 100 && positions.n_entries > 1000);
    for (size_t i = 0; i < 12; i++) {
        static const size_t n_runs[] = {1, 2, 7, max_runs};
        static const size_t windows[] = {1, 300, 1 << 16};
        glass_root root;
        make_runs(&r, s, n_runs[i % 4], i % 2 == 0 ? 0 : 5000);
        assert_done(merge_to_postlist(&r, windows[i / 4], path_of(s, "postlist"), &root));
        assert_string_equal(root.digest, postings.digest);
        assert_done(merge_to_positions(&r, windows[i / 4], path_of(s, "position"), &root));
        assert_string_equal(root.digest, positions.digest);
        free_runs(&r);
    }
}

static search_status say_stop(void *context, search_error *error) {
    (void)context;
    return error_set(error, SEARCH_E_CANCELLED, "test.stop", "the test said stop");
}

static void test_a_merge_can_be_stopped(void **state) {
    const scratch *s = *state;
    static runs r;
    glass_postlist *postings = NULL;
    glass_positions *positions = NULL;
    make_runs(&r, s, 3, 0);
    merge m = {&r.spill, r.postings, r.n, 4096, say_stop, NULL};
    assert_done(glass_postlist_open(path_of(s, "postlist"), &postings, &why));
    for (uint32_t i = 0; i < n_documents; i++) {
        assert_done(glass_postlist_length(postings, i + 1, r.lengths[i], &why));
    }
    assert_int_equal(merge_postings(&m, postings, &why), SEARCH_E_CANCELLED);
    glass_postlist_free(postings);
    m.streams = r.positions;
    assert_done(glass_positions_open(path_of(s, "position"), false, &positions, &why));
    assert_int_equal(merge_positions(&m, positions, &why), SEARCH_E_CANCELLED);
    assert_string_equal(why.id, "test.stop");
    glass_positions_free(positions);
    free_runs(&r);
}

/* ---- Damage ----------------------------------------------------------------------------------------------------- */

typedef search_status (*merge_to)(const runs *r, size_t n_window, const char *path, glass_root *root);

/* The spill ends earlier than was written: told wherever it ends. */
static void test_spill_that_was_cut(void **state) {
    const scratch *s = *state;
    static const merge_to ways[] = {merge_to_postlist, merge_to_positions};
    static runs r;
    make_runs(&r, s, 3, 0);
    for (uint64_t n_bytes = r.spill.end; n_bytes > 0;) {
        n_bytes = n_bytes > 997 ? n_bytes - 997 : 0;
        assert_int_equal(ftruncate(r.spill.file, (off_t)n_bytes), 0);
        for (size_t i = 0; i < 2; i++) {
            const run_stream *last = i == 0 ? &r.postings[2] : &r.positions[2];
            glass_root root;
            const search_status status = ways[i](&r, 300, path_of(s, "table"), &root);
            if (n_bytes >= last->offset + last->n_bytes) {
                assert_int_equal(status, SEARCH_OK);
                continue;
            }
            assert_int_equal(status, SEARCH_E_SYSTEM);
            assert_string_equal(why.id, "spill.read");
        }
    }
    close(r.spill.file);
    r.spill.file = open("/dev/null", O_WRONLY | O_CLOEXEC);
    glass_root root;
    assert_int_equal(merge_to_positions(&r, 300, path_of(s, "table"), &root), SEARCH_E_SYSTEM);
    assert_int_equal(why.system_errno, EBADF);
    free_runs(&r);
}

/* A stream that ends within a term, in memory or spilled: told at every byte, or at every eighth. */
static void check_cut(const scratch *s, uint64_t n_bytes_kept, run_stream *stream, const runs *r, merge_to way) {
    const uint64_t n_bytes = stream->n_bytes;
    size_t n_whole = 0;
    glass_root root;
    assert_done(way(r, 300, path_of(s, "table"), &root));
    for (uint64_t n = 0; n < n_bytes; n += 8 / fixture_some(8)) {
        stream->n_bytes = n;
        stream->memory.n_bytes = n_bytes_kept == 0 ? 0 : (size_t)n;
        const search_status status = way(r, 300, path_of(s, "table"), &root);
        n_whole += status == SEARCH_OK ? 1 : 0;
        if (status != SEARCH_OK) {
            assert_int_equal(status, SEARCH_E_SYSTEM);
            assert_string_equal(why.id, "spill.damaged");
        }
    }
    stream->n_bytes = n_bytes;
    stream->memory.n_bytes = n_bytes_kept == 0 ? 0 : (size_t)n_bytes;
    assert_true(n_whole > 0 && n_whole < n_bytes / 10); /* it may end between two terms */
}

static void test_stream_that_was_cut(void **state) {
    const scratch *s = *state;
    static runs r;
    for (size_t i = 0; i < 2; i++) {
        const uint64_t n_bytes_kept = i == 0 ? 0 : UINT64_MAX;
        make_runs(&r, s, max_runs, n_bytes_kept);
        keep_last(&r);
        check_cut(s, n_bytes_kept, &r.postings[0], &r, merge_to_postlist);
        check_cut(s, n_bytes_kept, &r.positions[0], &r, merge_to_positions);
        free_runs(&r);
    }
}

/* Any byte is another: whatever comes of it, nothing is read beyond the stream. */
static void test_stream_that_was_changed(void **state) {
    const scratch *s = *state;
    static const merge_to ways[] = {merge_to_postlist, merge_to_positions};
    static runs r;
    make_runs(&r, s, max_runs, UINT64_MAX);
    keep_last(&r);
    for (size_t i = 0; i < 2; i++) {
        run_stream *stream = i == 0 ? &r.postings[0] : &r.positions[0];
        const size_t step = 24 / fixture_some(8);
        size_t n_told = 0;
        for (size_t at = 0; at < stream->memory.n_bytes; at += step) {
            const char byte = stream->memory.bytes[at];
            static const char changed[] = {0, 1, 0x7F, (char)0x80, (char)0xFF};
            for (size_t k = 0; k < sizeof changed; k++) {
                glass_root root;
                stream->memory.bytes[at] = changed[k];
                n_told += ways[i](&r, 300, path_of(s, "table"), &root) != SEARCH_OK ? 1 : 0;
            }
            stream->memory.bytes[at] = byte;
        }
        assert_true(n_told > 0);
    }
    free_runs(&r);
}

/* ---- Positions far out ------------------------------------------------------------------------------------------ */

static const uint32_t far_positions[] = {
    1, (1u << 24) - 1, 1u << 24, (1u << 24) + 1, 1u << 25, INVERTER_MAX_POSITION - 1, INVERTER_MAX_POSITION,
};
enum { n_far = sizeof far_positions / sizeof *far_positions };

static void give_far(inverter *v) {
    const term_sink sink = inverter_sink(v);
    for (size_t i = 0; i < n_far; i++) {
        assert_done(sink.occurrence(sink.context, "", search_text_of("far"), far_positions[i], &why));
    }
    assert_done(inverter_end_document(v, &why));
    assert_done(sink.occurrence(sink.context, "", search_text_of("far"), INVERTER_MAX_POSITION, &why));
    assert_done(inverter_end_document(v, &why));
}

static void write_database(const inverter *v, const merge *postings, const merge *positions, const char *path) {
    glass_roots roots = {0};
    glass_postlist *p = NULL;
    glass_positions *q = NULL;
    glass_table *lists = NULL;
    buffer tag = {0};
    char *names[] = {file_path(path, "postlist.glass"), file_path(path, "position.glass"),
                     file_path(path, "termlist.glass"), file_path(path, "iamglass")};
    static const unsigned char uuid[16] = {1};
    const glass_statistics statistics = {2, 2, v->lengths[1], v->lengths[0], n_far, v->lengths[0] + v->lengths[1]};
    assert_done(glass_postlist_open(names[0], &p, &why));
    assert_done(glass_positions_open(names[1], false, &q, &why));
    assert_done(glass_table_open(names[2], &lists, &why));
    for (uint32_t i = 0; i < 2; i++) {
        char key[5];
        const size_t n_key = glass_docid_key(i + 1, key);
        assert_done(glass_postlist_length(p, i + 1, v->lengths[i], &why));
        inverter_term_list(v, i, &tag);
        assert_done(
            glass_table_add(lists, (search_text){key, n_key}, (search_text){tag.bytes, tag.n_bytes}, false, &why));
    }
    assert_done(merge_postings(postings, p, &why));
    assert_done(merge_positions(positions, q, &why));
    assert_done(glass_postlist_finish(p, &roots.postlist, &why));
    assert_done(glass_positions_finish(q, &roots.position, &why));
    assert_done(glass_table_finish(lists, &roots.termlist, &why));
    assert_done(glass_write_version(names[3], uuid, &roots, &statistics, &why));
    glass_postlist_free(p);
    glass_positions_free(q);
    glass_table_free(lists);
    buffer_free(&tag);
    for (size_t i = 0; i < 4; i++) {
        free(names[i]);
    }
}

static void check_far(const char *path) {
    xapian_database *d = NULL;
    xapian_postings *p = NULL;
    uint32_t *found = NULL;
    uint32_t docid = 0;
    size_t capacity = 0;
    size_t n = 0;
    size_t n_errors = 1;
    assert_done(xapian_check(path, &n_errors, &why));
    assert_int_equal(n_errors, 0);
    assert_done(xapian_database_open(path, &d, &why));
    assert_done(xapian_postings_open(d, search_text_of("far"), &p, &why));
    assert_done(xapian_postings_next(p, &docid, &why));
    assert_int_equal(docid, 1);
    assert_done(xapian_postings_positions(p, &found, &capacity, &n, &why));
    assert_int_equal(n, n_far);
    assert_memory_equal(found, far_positions, sizeof far_positions);
    assert_done(xapian_postings_next(p, &docid, &why));
    assert_done(xapian_postings_positions(p, &found, &capacity, &n, &why));
    assert_int_equal(n, 1);
    assert_int_equal(found[0], INVERTER_MAX_POSITION);
    free(found);
    xapian_postings_free(p);
    xapian_database_free(d);
}

static void test_far_positions(void **state) {
    const scratch *s = *state;
    inverter v;
    spill to;
    buffer postings = {0};
    buffer positions = {0};
    run_stream streams[2];
    size_t n_ticks = 0;
    assert_done(inverter_open(&v, &why));
    assert_done(spill_open(&to, s->directory, 0, &why));
    give_far(&v);
    assert_done(inverter_sort(&v, 1, &postings, &positions, &why));
    assert_done(spill_add(&to, &postings, &streams[0], &why));
    assert_done(spill_add(&to, &positions, &streams[1], &why));
    const merge first = {&to, &streams[0], 1, 4096, go_on, &n_ticks};
    const merge second = {&to, &streams[1], 1, 4096, go_on, &n_ticks};
    assert_done(file_make_directories(s->index, &why));
    write_database(&v, &first, &second, s->index);
    check_far(s->index);
    spill_close(&to);
    buffer_free(&postings);
    buffer_free(&positions);
    inverter_close(&v);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),          ON_SCRATCH(test_spill),
        ON_SCRATCH(test_spill_without_a_folder), ON_SCRATCH(test_runs_are_one_run),
        ON_SCRATCH(test_a_merge_can_be_stopped), ON_SCRATCH(test_spill_that_was_cut),
        ON_SCRATCH(test_stream_that_was_cut),    ON_SCRATCH(test_stream_that_was_changed),
        ON_SCRATCH(test_far_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
