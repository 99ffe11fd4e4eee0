/* What the bulk builder makes is what libxapian makes of the same records, entry by entry, and the same bytes however
 * many threads and however much memory it has.  Whatever stops it, the old index serves and nothing is left behind. */
#include "libsearch/index/manifest.h"
#include "libsearch/support/files.h"
#include "made_up.h"

#include <pthread.h>
#include <unistd.h>

/* ---- Building ------------------------------------------------------------------------------------------------- */

typedef void (*make_record)(search_record *record, size_t i);

static search_status put_made(search_writer *w, make_record make, size_t i) {
    search_record *record = NULL;
    assert_ok(search_record_new(&record, &last_error));
    make(record, i);
    const search_status status = search_writer_put(w, record, &last_error);
    search_record_free(record);
    return status;
}

/* Writes records from..to-1, in `last_error` why not. */
static search_status write_made(const char *directory, const search_writer_options *options, make_record make,
                                size_t from, size_t to, search_write_summary *summary) {
    search_writer *w = NULL;
    search_status status = search_writer_open(directory, options, &w, &last_error);
    for (size_t i = from; i < to && status == SEARCH_OK; i++) {
        status = put_made(w, make, i);
    }
    if (status == SEARCH_OK) {
        status = search_writer_commit(w, summary, &last_error);
    }
    search_writer_free(w);
    return status;
}

static void print_finding(void *context, const search_finding *finding) {
    (void)context;
    print_error("%s: document %llu: %s\n", finding->id, (unsigned long long)finding->document, finding->text);
}

/* Both are sound, too. */
static void assert_equal_indexes(const char *directory, const char *other, uint64_t n_records) {
    search_check_options options = SEARCH_CHECK_OPTIONS_INIT;
    search_check_summary summary;
    options.full = true;
    options.against = other;
    options.max_findings = 10;
    options.on_finding = print_finding;
    assert_ok(search_check(directory, &options, &summary, &last_error));
    assert_true(summary.is_compared);
    assert_int_equal(summary.n_findings, 0);
    assert_int_equal(summary.n_differences, 0);
    assert_int_equal(summary.n_records, n_records);
}

static void name_in(char out[100], const scratch *s, const char *name) {
    snprintf(out, 100, "%s/%s", s->directory, name);
}

/* Builds the first n records both ways and compares. */
static void compare_ways(const scratch *s, make_record make, size_t n) {
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    char reference[100];
    name_in(reference, s, "reference");
    options.n_jobs = 3;
    assert_ok(write_made(s->index, &options, make, 0, n, NULL));
    options.via_xapian = true;
    assert_ok(write_made(reference, &options, make, 0, n, NULL));
    assert_equal_indexes(s->index, reference, n);
}

/* ---- Equal to the reference ----------------------------------------------------------------------------------- */

static void read_corpus(const char *directory, bool via_xapian) {
    static const char *const names[] = {"corpus/pages", "corpus/cables.jsonl"};
    const char *top = getenv("top_srcdir");
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, false);
    search_writer *w = NULL;
    options.via_xapian = via_xapian;
    assert_ok(search_writer_open(directory, &options, &w, &last_error));
    for (size_t i = 0; i < 2; i++) {
        char *path = file_path(top != NULL ? top : ".", names[i]);
        assert_ok(search_writer_read(w, path, &last_error));
        free(path);
    }
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
}

static void test_corpus(void **state) {
    const scratch *s = *state;
    char reference[100];
    name_in(reference, s, "reference");
    read_corpus(s->index, false);
    read_corpus(reference, true);
    assert_equal_indexes(s->index, reference, 75);
}

static void test_no_records(void **state) {
    compare_ways(*state, made_up_odd, 0);
}

static void test_one_record(void **state) {
    compare_ways(*state, made_up_plain, 1);
}

static void test_odd_records(void **state) {
    compare_ways(*state, made_up_odd, fixture_some(400));
}

static void test_plain_records(void **state) {
    compare_ways(*state, made_up_plain, fixture_some(400));
}

/* Just an id and what makes a record of it. */
static void make_least(search_record *record, size_t i) {
    made_up_id(record, "least", i);
    made_up_value(record, i % 3 == 0 ? "title" : "body", i % 2 == 0 ? "\xE2\x80\x94" : "a");
}

static void test_tiny_records(void **state) {
    compare_ways(*state, make_least, fixture_some(2000));
}

static size_t n_words_of_one;

static void make_of_many_words(search_record *record, size_t i) {
    buffer text = {0};
    made_up_id(record, "words", i);
    for (size_t k = 0; k < n_words_of_one; k++) {
        buffer_add_format(&text, "w%zu ", k * 7919 % n_words_of_one);
    }
    assert_ok(search_record_add(record, "body", (search_text){text.bytes, text.n_bytes}, &last_error));
    buffer_free(&text);
}

static void test_many_words_in_one_record(void **state) {
    n_words_of_one = fixture_some(50000);
    compare_ways(*state, make_of_many_words, 1);
}

static bool is_heavy(void) {
    const char *setting = getenv("SEARCH_TEST_HEAVY");
    if (setting == NULL || setting[0] == '\0') {
        print_message("takes many seconds: set SEARCH_TEST_HEAVY=1 to run it\n");
        return false;
    }
    return true;
}

static void test_a_million_words_in_one_record(void **state) {
    if (!is_heavy()) {
        skip();
    }
    n_words_of_one = 1000000;
    compare_ways(*state, make_of_many_words, 1);
}

/* Every value leaves a gap of 100 positions before it: 99,000 of them and 8,000,000 words pass 2^24. */
static void make_of_far_positions(search_record *record, size_t i) {
    const size_t n_words = 8000000;
    char *text = malloc(n_words * 2);
    assert_non_null(text);
    for (size_t k = 0; k < n_words; k++) {
        memcpy(text + k * 2, "a ", 2);
    }
    made_up_id(record, "far", i);
    assert_ok(search_record_add(record, "body", (search_text){text, n_words * 2}, &last_error));
    free(text);
    for (size_t k = 0; k < 99000; k++) {
        made_up_value(record, "people", k % 2 == 0 ? "b" : "c");
    }
}

static void test_far_positions(void **state) {
    if (!is_heavy()) {
        skip();
    }
    compare_ways(*state, make_of_far_positions, 2);
}

/* ---- Stored records of the lengths that libxapian cannot always read -------------------------------------------- */

enum { n_around = 17, n_multiples = 4, n_between = 40 };

static size_t json_length(size_t i) {
    return i < n_around * n_multiples ? 8192 * (1 + i / n_around) + i % n_around - n_around / 2
                                      : 12500 + (i - n_around * n_multiples) * 37; /* deflated to about 8192 */
}

static size_t length_of(const search_record *record) {
    char *json = NULL;
    size_t n = 0;
    assert_ok(search_record_to_json(record, &json, &n, &last_error));
    search_bytes_free(json);
    return n;
}

/* A record whose JSON has this length, of letters that deflate to some two thirds. */
static void make_of_length(search_record *record, size_t i) {
    static made_up_text text;
    made_up_state = i;
    made_up_id(record, "long", i);
    made_up_value(record, "body", "b");
    const size_t n_body = json_length(i) - length_of(record) + 1;
    text.n_bytes = 0;
    while (text.n_bytes < n_body) {
        made_up_add(&text, &"0123456789abcdefghijklmn pqrstuv"[made_up_below(32)], 1);
    }
    text.bytes[0] = text.bytes[n_body - 1] = 'b';
    made_up_put(record, "body", &text);
}

static void test_stored_records_read_back(void **state) {
    const scratch *s = *state;
    const size_t n = n_around * n_multiples + n_between;
    const size_t step = 8 / fixture_some(8); /* of those that are read */
    compare_ways(s, make_of_length, n);
    search_index *index = open_index(s->index);
    for (size_t i = 0; i < n; i += step) {
        char id[64];
        search_record *record = NULL;
        search_record *made = NULL;
        snprintf(id, sizeof id, "long-%zu", i);
        assert_ok(search_index_record(index, text_of(id), &record, &last_error));
        assert_ok(search_record_new(&made, &last_error));
        make_of_length(made, i);
        const search_text body = search_record_value(record, "body", 0);
        const search_text expected = search_record_value(made, "body", 0);
        assert_int_equal(length_of(made), json_length(i));
        assert_int_equal(body.n_bytes, expected.n_bytes);
        assert_memory_equal(body.bytes, expected.bytes, body.n_bytes);
        search_record_free(record);
        search_record_free(made);
    }
    search_index_free(index);
}

/* ---- The same bytes, whatever the threads and the memory --------------------------------------------------------- */

static void make_mixed(search_record *record, size_t i) {
    if (i % 16 == 0) {
        made_up_odd(record, i);
    } else {
        made_up_plain(record, i);
    }
}

/* The name of the generation and its manifest, which has the digest of every file. */
static void describe(const char *directory, buffer *out) {
    search_error error;
    char name[256] = "";
    char *current = file_path(directory, "CURRENT");
    char *manifest_path = file_path(current, MANIFEST_NAME);
    assert_true(readlink(current, name, sizeof name - 1) > 0);
    assert_int_equal(file_read(manifest_path, 1 << 20, out, &error), SEARCH_OK);
    buffer_add_string(out, name);
    free(manifest_path);
    free(current);
}

static void test_jobs_and_memory_change_no_byte(void **state) {
    const scratch *s = *state;
    static const size_t jobs[] = {1, 2, 5};
    static const uint64_t memories[] = {UINT64_C(64) << 20, UINT64_C(1) << 30};
    buffer first = {0};
    for (size_t i = 0; i < 6; i++) {
        char directory[100];
        char name[8];
        buffer here = {0};
        search_writer_options options = options_of(SEARCH_WRITE_REBUILD, false);
        snprintf(name, sizeof name, "%zu", i);
        name_in(directory, s, name);
        options.n_jobs = jobs[i / 2];
        options.n_bytes_memory = memories[i % 2];
        assert_ok(write_made(directory, &options, make_mixed, 0, fixture_some(3000), NULL));
        describe(directory, i == 0 ? &first : &here);
        if (i > 0) {
            assert_int_equal(here.n_bytes, first.n_bytes);
            assert_memory_equal(here.bytes, first.bytes, first.n_bytes);
        }
        buffer_free(&here);
    }
    buffer_free(&first);
}

/* ---- Updates ---------------------------------------------------------------------------------------------------- */

static size_t n_other_differences;

static void count_but_origin(void *context, const search_finding *finding) {
    const bool is_origin = strcmp(finding->id, "compare.column") == 0 && strstr(finding->text, "\"origin\"") != NULL;
    if (!is_origin) {
        n_other_differences++;
        print_finding(context, finding);
    }
}

/* Records are kept, deleted, replaced where they stood last, and added: the order is that of a rebuild. */
static void apply_update(const char *directory, bool via_xapian) {
    search_writer_options options = options_of(SEARCH_WRITE_UPDATE, false);
    search_writer *w = NULL;
    search_write_summary summary;
    options.via_xapian = via_xapian;
    assert_ok(search_writer_open(directory, &options, &w, &last_error));
    assert_ok(search_writer_delete(w, text_of("plain-99"), &last_error));
    assert_ok(put_made(w, made_up_plain, 100));
    for (size_t i = 101; i < 150; i++) {
        assert_ok(put_made(w, made_up_plain, i));
    }
    assert_ok(search_writer_commit(w, &summary, &last_error));
    search_writer_free(w);
    assert_int_equal(summary.n_deleted, 1);
    assert_int_equal(summary.n_replaced, 1);
    assert_int_equal(summary.n_added, 49);
}

/* The record 100 as it was before the update. */
static void make_before(search_record *record, size_t i) {
    made_up_plain(record, i);
    if (i == 100) {
        made_up_value(record, "title", "Not yet replaced");
    }
}

static void make_after(search_record *record, size_t i) {
    made_up_plain(record, i < 99 ? i : i + 1);
}

static void test_updates_equal_a_rebuild(void **state) {
    const scratch *s = *state;
    const search_writer_options options = options_of(SEARCH_WRITE_REBUILD, false);
    search_check_options check = SEARCH_CHECK_OPTIONS_INIT;
    search_check_summary summary;
    char reference[100];
    char rebuilt[100];
    name_in(reference, s, "reference");
    name_in(rebuilt, s, "rebuilt");
    assert_ok(write_made(s->index, &options, make_before, 0, 101, NULL));
    apply_update(s->index, false);
    assert_ok(write_made(reference, &options, make_before, 0, 101, NULL));
    apply_update(reference, true);
    assert_equal_indexes(s->index, reference, 149);
    assert_ok(write_made(rebuilt, &options, make_after, 0, 149, NULL));
    n_other_differences = 0;
    check.against = rebuilt;
    check.on_finding = count_but_origin;
    assert_ok(search_check(s->index, &check, &summary, &last_error));
    assert_int_equal(n_other_differences, 0);
    assert_true(summary.is_compared && summary.n_differences > 0); /* who put a record is told apart */
}

/* ---- Cancelling ------------------------------------------------------------------------------------------------- */

typedef struct watch {
    pthread_t thread;
    const char *stop_at;
    size_t n_before; /* calls in this phase that let it go on */
    size_t n_seen;
} watch;

static bool on_progress(void *context, const search_progress *progress) {
    watch *w = context;
    assert_true(pthread_equal(w->thread, pthread_self()));
    if (strcmp(progress->phase, w->stop_at) != 0) {
        return true;
    }
    return w->n_seen++ < w->n_before;
}

static void cancel(const scratch *s, watch *w, size_t n_jobs, bool verify_full) {
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, false);
    char generations[100];
    buffer before = {0};
    buffer after = {0};
    const size_t n_threads = count_entries("/proc/self/task");
    name_in(generations, s, "index/generations");
    describe(s->index, &before);
    w->thread = pthread_self();
    options.n_jobs = n_jobs;
    options.verify_full = verify_full;
    options.on_progress = on_progress;
    options.context = w;
    assert_fails(write_made(s->index, &options, made_up_plain, 0, fixture_some(1000), NULL), SEARCH_E_CANCELLED);
    assert_true(w->n_seen == w->n_before + 1);
    assert_n_threads(n_threads);
    describe(s->index, &after);
    assert_int_equal(after.n_bytes, before.n_bytes);
    assert_memory_equal(after.bytes, before.bytes, before.n_bytes);
    assert_int_equal(count_entries(generations), 1);
    buffer_free(&before);
    buffer_free(&after);
}

static void test_cancelling(void **state) {
    const scratch *s = *state;
    static const char *const phases[] = {"write", "merge", "verify"};
    const search_writer_options options = options_of(SEARCH_WRITE_REBUILD, false);
    assert_ok(write_made(s->index, &options, made_up_plain, 0, 10, NULL));
    for (size_t i = 0; i < 3; i++) {
        for (size_t n_jobs = 1; n_jobs <= 3; n_jobs++) {
            watch first = {.stop_at = phases[i]};
            cancel(s, &first, n_jobs, false);
        }
    }
    watch late = {.stop_at = "write", .n_before = fixture_some(12)};
    cancel(s, &late, 2, false);
    watch full = {.stop_at = "verify", .n_before = 2};
    cancel(s, &full, 2, true);
    search_index *index = open_index(s->index);
    assert_int_equal(fixture_total(index, "everywhere"), 10);
    search_index_free(index);
    watch never = {.stop_at = "never", .thread = pthread_self()};
    search_writer_options again = options;
    again.on_progress = on_progress;
    again.context = &never;
    assert_ok(write_made(s->index, &again, made_up_plain, 0, fixture_some(1000), NULL));
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_corpus),
        ON_SCRATCH(test_no_records),
        ON_SCRATCH(test_one_record),
        ON_SCRATCH(test_odd_records),
        ON_SCRATCH(test_plain_records),
        ON_SCRATCH(test_tiny_records),
        ON_SCRATCH(test_many_words_in_one_record),
        ON_SCRATCH(test_a_million_words_in_one_record),
        ON_SCRATCH(test_far_positions),
        ON_SCRATCH(test_stored_records_read_back),
        ON_SCRATCH(test_jobs_and_memory_change_no_byte),
        ON_SCRATCH(test_updates_equal_a_rebuild),
        ON_SCRATCH(test_cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
