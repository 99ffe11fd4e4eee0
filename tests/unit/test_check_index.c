/* Checking an index and comparing two: what is found, what is not, and what a check answers when it is stopped.  What
 * digests cannot tell is made by writing a part anew and taking its digest for good. */
#include "fixture.h"
#include "libsearch/index/check.h"
#include "libsearch/index/manifest.h"
#include "libsearch/index/segment.h"
#include "libsearch/support/files.h"
#include "libsearch/xapian/xapian_c.h"

#include <pthread.h>
#include <unistd.h>

/* Xapian 1.4.22 frees a table as another type in its own check. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

#define ONE                                                                                                            \
    "{\"id\":\"a-1\",\"title\":\"Cable on Korea\",\"body\":\"The front is quiet.\",\"date\":\"1952-07-01\","           \
    "\"places\":[\"Asia > Korea\"],\"archive\":\"MOL\",\"number\":\"12\"}"
#define TWO                                                                                                            \
    "{\"id\":\"a-2\",\"title\":\"Letter from Havana\",\"body\":\"Sugar and ships.\",\"date\":\"October 1962\","        \
    "\"places\":[\"Cuba\"],\"archive\":\"AVPRF\"}"
#define THREE "{\"id\":\"a-3\",\"title\":\"Note without a date\",\"body\":\"Filed and forgotten.\"}"

static const char *const three[] = {ONE, TWO, THREE, NULL};

/* Of private calls, which need not clear the error. */
#define assert_done(call) assert_int_equal((call), SEARCH_OK)

/* What a check told. */
typedef struct told {
    search_finding findings[200]; /* texts are not kept but for the last one's */
    char ids[200][48];
    char text[600];
    size_t n;
    pthread_t thread;
    const char *stop_at; /* cancel in this phase */
    size_t n_phases;
    char phases[8][16];
} told;

static void on_finding(void *context, const search_finding *finding) {
    told *t = context;
    assert_true(t->n < 200 && strlen(finding->id) < sizeof t->ids[0]);
    assert_true(pthread_equal(t->thread, pthread_self()));
    assert_true(finding->text[0] != '\0');
    t->findings[t->n] = *finding;
    strcpy(t->ids[t->n], finding->id);
    snprintf(t->text, sizeof t->text, "%s", finding->text);
    t->n++;
}

static bool on_progress(void *context, const search_progress *progress) {
    told *t = context;
    assert_true(pthread_equal(t->thread, pthread_self()));
    if (t->n_phases == 0 || strcmp(t->phases[t->n_phases - 1], progress->phase) != 0) {
        assert_true(t->n_phases < 8);
        snprintf(t->phases[t->n_phases++], sizeof t->phases[0], "%s", progress->phase);
    }
    return t->stop_at == NULL || strcmp(t->stop_at, progress->phase) != 0;
}

static search_status check(const char *directory, bool full, const char *against, told *t,
                           search_check_summary *summary) {
    search_check_options options = SEARCH_CHECK_OPTIONS_INIT;
    const char *stop_at = t->stop_at;
    memset(t, 0, sizeof *t);
    t->stop_at = stop_at;
    t->thread = pthread_self();
    options.full = full;
    options.against = against;
    options.on_finding = on_finding;
    options.on_progress = on_progress;
    options.context = t;
    return search_check(directory, &options, summary, &last_error);
}

static size_t count_of(const told *t, const char *id, uint64_t document) {
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        n += strcmp(t->ids[i], id) == 0 && t->findings[i].document == document ? 1 : 0;
    }
    return n;
}

static const char *in_current(const char *directory, const char *name) {
    static char path[900];
    snprintf(path, sizeof path, "%s/CURRENT/%s", directory, name);
    return path;
}

/* Takes the digests of the current generation anew: damage becomes what was written. */
static void seal(const char *directory) {
    char generation[400];
    manifest m;
    snprintf(generation, sizeof generation, "%s/CURRENT", directory);
    assert_done(manifest_read_alone(generation, &m, &last_error));
    free(m.files);
    m.files = NULL;
    assert_int_equal(unlink(in_current(directory, MANIFEST_NAME)), 0);
    assert_done(manifest_collect(&m, generation, &(segment_summary){0}, &last_error));
    assert_done(manifest_write(&m, generation, &last_error));
    manifest_free(&m);
}

/* Replaces bytes of the column file, which has them once. */
static void change_columns(const char *directory, const char *from, const char *to) {
    const char *path = in_current(directory, MANIFEST_SEGMENT "/" SEGMENT_COLUMN_FILE);
    buffer all = {0};
    assert_done(file_read(path, 1 << 20, &all, &last_error));
    const size_t n = strlen(from);
    bool is_found = false;
    for (size_t at = 0; !is_found && at + n <= all.n_bytes; at++) {
        is_found = memcmp(all.bytes + at, from, n) == 0;
        if (is_found) {
            memcpy(all.bytes + at, to, n);
        }
    }
    assert_true(is_found);
    assert_int_equal(unlink(path), 0);
    assert_done(file_write(path, all.bytes, all.n_bytes, &last_error));
    buffer_free(&all);
}

/* How the store of a test differs from that of the others. */
typedef struct variant {
    const char *data;      /* of the second document, instead of its record */
    uint32_t position;     /* of its word "ships", 0: 7 */
    uint32_t wdf;          /* of its word "sugar", 0: 1 */
    const char *value;     /* in its slot 3 */
    const char *metadata;  /* of the key "k" */
    const char *more_term; /* it has this term, too */
} variant;

static void add_document(xapian_writer *w, const char *id, const char *json, const variant *v) {
    xapian_document *d = NULL;
    uint32_t docid = 0;
    assert_done(xapian_document_new(&d, &last_error));
    assert_done(xapian_document_add_term(d, text_of(id), 0, &last_error));
    assert_done(xapian_document_set_data(d, text_of(v->data == NULL ? json : v->data), &last_error));
    assert_done(xapian_document_add_posting(d, text_of("ships"), v->position == 0 ? 7 : v->position, 1, &last_error));
    assert_done(xapian_document_add_term(d, text_of("sugar"), v->wdf == 0 ? 1 : v->wdf, &last_error));
    if (v->value != NULL) {
        assert_done(xapian_document_set_value(d, 3, text_of(v->value), &last_error));
    }
    if (v->more_term != NULL) {
        assert_done(xapian_document_add_term(d, text_of(v->more_term), 1, &last_error));
    }
    assert_done(xapian_writer_add(w, d, &docid, &last_error));
    xapian_document_free(d);
}

/* Builds the three records and puts a store of another making in its place. */
static void build_variant(const char *directory, const variant *v) {
    static const variant plain;
    rebuild(directory, three);
    char store[900];
    snprintf(store, sizeof store, "%s", in_current(directory, MANIFEST_SEGMENT "/" SEGMENT_STORE));
    assert_done(file_remove_tree(store, &last_error));
    xapian_writer *w = NULL;
    assert_done(xapian_writer_create(store, &w, &last_error));
    add_document(w, "Qa-1", ONE, &plain);
    add_document(w, "Qa-2", TWO, v);
    add_document(w, "Qa-3", THREE, &plain);
    if (v->metadata != NULL) {
        assert_done(xapian_writer_set_metadata(w, text_of("k"), text_of(v->metadata), &last_error));
    }
    assert_done(xapian_writer_close(w, &last_error));
    xapian_writer_free(w);
    seal(directory);
}

/* ---- Sound indexes -------------------------------------------------------------------------------------------- */

static void test_sound(void **state) {
    const scratch *s = *state;
    told t = {0};
    search_check_summary summary;
    const search_write_summary written = rebuild(s->index, three);
    assert_ok(check(s->index, false, NULL, &t, &summary));
    assert_int_equal(t.n, 0);
    assert_string_equal(summary.generation, written.generation);
    assert_int_equal(summary.n_records, 3);
    assert_int_equal(summary.n_files, 6);
    assert_true(summary.n_bytes > 10000);
    assert_false(summary.is_compared);
    assert_int_equal(t.n_phases, 1);
    assert_ok(check(s->index, true, s->index, &t, &summary));
    assert_int_equal(t.n, 0);
    assert_true(summary.is_compared && summary.n_differences == 0);
    assert_true(summary.n_terms > 20 && summary.n_postings >= summary.n_terms && summary.n_positions > 10);
    assert_string_equal(t.phases[0], "digests");
    assert_string_equal(t.phases[1], "tables");
    assert_string_equal(t.phases[2], "records");
    assert_string_equal(t.phases[t.n_phases - 1], "compare");
    assert_ok(search_check(s->index, NULL, NULL, &last_error));
}

static void test_no_records(void **state) {
    const scratch *s = *state;
    static const char *const none[] = {NULL};
    told t = {0};
    search_check_summary summary;
    rebuild(s->index, none);
    assert_ok(check(s->index, true, s->index, &t, &summary));
    assert_int_equal(summary.n_records, 0);
    assert_int_equal(t.n, 0);
    assert_true(summary.is_compared);
}

static void test_verify_full(void **state) {
    const scratch *s = *state;
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, false);
    search_write_summary summary;
    options.verify_full = true;
    assert_ok(write_records(s->index, &options, three, &summary));
    assert_int_equal(summary.n_records, 3);
}

static void test_what_was_built_is_checked(void **state) {
    const scratch *s = *state;
    char generation[900];
    search_error error;
    told t = {.thread = pthread_self()};
    rebuild(s->index, three);
    snprintf(generation, sizeof generation, "%s/CURRENT", s->index);
    assert_done(check_built(generation, on_progress, &t, &error));
    assert_string_equal(t.phases[2], "records");
    change_columns(s->index, "Letter from Havana", "Letter from Warsaw");
    seal(s->index);
    assert_int_equal(check_built(generation, NULL, NULL, &error), SEARCH_E_CORRUPT);
    assert_string_equal(error.id, "check.damaged");
    assert_non_null(strstr(error.message, "\"title\""));
    t = (told){.thread = pthread_self(), .stop_at = "records"};
    assert_int_equal(check_built(generation, on_progress, &t, &error), SEARCH_E_CANCELLED);
}

/* ---- Damage --------------------------------------------------------------------------------------------------- */

static void test_damaged_file(void **state) {
    const scratch *s = *state;
    told t = {0};
    search_check_summary summary;
    rebuild(s->index, three);
    change_columns(s->index, "Havana", "havana");
    assert_fails(check(s->index, true, NULL, &t, &summary), SEARCH_E_CORRUPT);
    assert_string_equal(last_error.id, "check.damaged");
    assert_int_equal(t.n, 1);
    assert_int_equal(count_of(&t, "check.digest", 0), 1);
    assert_int_equal(summary.n_findings, 1);
    assert_int_equal(summary.n_records, 3);
    assert_false(t.findings[0].is_difference);
}

static void test_full_finds_what_was_written_wrongly(void **state) {
    const scratch *s = *state;
    static const struct {
        const char *from;
        const char *to;
        uint64_t document;
    } changes[] = {{"Letter from Havana", "Letter from Warsaw", 2},
                   {"Asia > Korea", "Asia > Burma", 1},
                   {"1952-07-01", "1953-07-01", 1}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        told t = {0};
        rebuild(s->index, three);
        change_columns(s->index, changes[i].from, changes[i].to);
        seal(s->index);
        assert_ok(check(s->index, false, NULL, &t, NULL));
        assert_fails(check(s->index, true, NULL, &t, NULL), SEARCH_E_CORRUPT);
        assert_int_equal(t.n, 1);
        assert_int_equal(count_of(&t, "check.column", changes[i].document), 1);
    }
}

static void test_ids_are_probed(void **state) {
    const scratch *s = *state;
    told t = {0};
    rebuild(s->index, three);
    change_columns(s->index, "a-1a-2a-3", "a-1a-2a-4");
    seal(s->index);
    assert_fails(check(s->index, false, NULL, &t, NULL), SEARCH_E_CORRUPT);
    assert_int_equal(count_of(&t, "check.probe", 3), 1);
    assert_int_equal(t.n, 1);
    change_columns(s->index, "a-1a-2a-4", "a-1b-2a-3");
    seal(s->index);
    assert_ok(check(s->index, false, NULL, &t, NULL));
    assert_fails(check(s->index, true, NULL, &t, NULL), SEARCH_E_CORRUPT);
    assert_int_equal(count_of(&t, "check.id", 2), 1);
    assert_int_equal(count_of(&t, "check.column", 2), 1);
}

static void test_stored_record_that_is_none(void **state) {
    const scratch *s = *state;
    const variant v = {.data = "no JSON"};
    told t = {0};
    build_variant(s->index, &v);
    assert_ok(check(s->index, false, NULL, &t, NULL));
    assert_fails(check(s->index, true, NULL, &t, NULL), SEARCH_E_CORRUPT);
    assert_int_equal(t.n, 1);
    assert_int_equal(count_of(&t, "check.record", 2), 1);
}

/* The database has fewer documents than the columns. */
static void test_parts_disagree(void **state) {
    const scratch *s = *state;
    told t = {0};
    char other[100];
    char from[900];
    char to[900];
    static const char *const one[] = {ONE, NULL};
    snprintf(other, sizeof other, "%s/other", s->directory);
    rebuild(s->index, three);
    rebuild(other, one);
    snprintf(from, sizeof from, "%s", in_current(other, MANIFEST_SEGMENT "/" SEGMENT_STORE));
    snprintf(to, sizeof to, "%s", in_current(s->index, MANIFEST_SEGMENT "/" SEGMENT_STORE));
    assert_done(file_remove_tree(to, &last_error));
    assert_int_equal(rename(from, to), 0);
    seal(s->index);
    assert_fails(check(s->index, false, NULL, &t, NULL), SEARCH_E_CORRUPT);
    assert_int_equal(count_of(&t, "check.parts", 0), 1);
}

/* ---- Differences ---------------------------------------------------------------------------------------------- */

typedef struct expected {
    variant v;
    const char *ids[4]; /* all that are told, each at least once */
} expected;

static void test_every_kind_of_entry_is_compared(void **state) {
    const scratch *s = *state;
    static const expected all[] = {
        {{.data = TWO "   "}, {NULL}},
        {{.data = ONE}, {"compare.data"}},
        {{.position = 8}, {"compare.positions"}},
        {{.wdf = 2},
         {"compare.statistics", "compare.length", "compare.termlist", "compare.posting"}}, /* and frequency */
        {{.value = "v"}, {"compare.value"}},
        {{.metadata = "m"}, {"compare.metadata"}},
        {{.more_term = "zinc"}, {"compare.statistics", "compare.length", "compare.termlist", "compare.term"}},
    };
    static const variant plain;
    char other[100];
    snprintf(other, sizeof other, "%s/other", s->directory);
    build_variant(s->index, &plain);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        build_variant(other, &all[i].v);
        for (int side = 0; side < 2; side++) {
            told t = {0};
            search_check_summary summary;
            assert_ok(check(side == 0 ? s->index : other, false, side == 0 ? other : s->index, &t, &summary));
            assert_true(summary.is_compared);
            assert_int_equal(summary.n_findings, 0);
            assert_int_equal(summary.n_differences, t.n);
            for (size_t k = 0; k < 4 && all[i].ids[k] != NULL; k++) {
                size_t n = count_of(&t, all[i].ids[k], 0) + count_of(&t, all[i].ids[k], 2);
                if (n == 0) {
                    fail_msg("%s is not told of variant %zu", all[i].ids[k], i);
                }
            }
            if (all[i].ids[0] == NULL || all[i].ids[1] == NULL) {
                assert_int_equal(t.n, all[i].ids[0] == NULL ? 0 : 1);
            }
            assert_true(t.n == 0 || t.findings[0].is_difference);
        }
    }
}

static void test_a_record_less(void **state) {
    const scratch *s = *state;
    static const char *const two[] = {ONE, TWO, NULL};
    told t = {0};
    search_check_summary summary;
    char other[100];
    snprintf(other, sizeof other, "%s/other", s->directory);
    rebuild(s->index, three);
    rebuild(other, two);
    assert_ok(check(s->index, false, other, &t, &summary));
    assert_string_equal(t.ids[0], "compare.record");
    assert_int_equal(t.findings[0].document, 3);
    assert_int_equal(count_of(&t, "compare.posting", 3) > 0, 1);
    assert_true(summary.n_differences >= t.n);
    assert_ok(check(other, false, s->index, &t, NULL));
    assert_string_equal(t.ids[0], "compare.record");
    assert_int_equal(t.findings[0].document, 0);
}

static void test_findings_are_limited(void **state) {
    const scratch *s = *state;
    static const char *const two[] = {ONE, TWO, NULL};
    told t = {0};
    search_check_summary summary;
    search_check_options options = SEARCH_CHECK_OPTIONS_INIT;
    char other[100];
    snprintf(other, sizeof other, "%s/other", s->directory);
    rebuild(s->index, three);
    rebuild(other, two);
    t.thread = pthread_self();
    options.against = other;
    options.max_findings = 5;
    options.on_finding = on_finding;
    options.context = &t;
    assert_ok(search_check(s->index, &options, &summary, &last_error));
    assert_int_equal(t.n, 5);
    assert_true(summary.n_differences > 10);
}

/* ---- Arguments, cancelling, absence --------------------------------------------------------------------------- */

static void test_cancelling(void **state) {
    const scratch *s = *state;
    static const char *const phases[] = {"digests", "tables", "records", "compare"};
    rebuild(s->index, three);
    for (size_t i = 0; i < 4; i++) {
        told t = {.stop_at = phases[i]};
        search_check_summary summary;
        assert_fails(check(s->index, true, s->index, &t, &summary), SEARCH_E_CANCELLED);
        assert_string_equal(t.phases[t.n_phases - 1], phases[i]);
        assert_int_equal(summary.n_records, 0);
    }
}

static void test_bad_arguments(void **state) {
    const scratch *s = *state;
    search_check_options options = SEARCH_CHECK_OPTIONS_INIT;
    rebuild(s->index, three);
    assert_fails(search_check("", NULL, NULL, &last_error), SEARCH_E_ARGUMENT);
    options.against = "";
    assert_fails(search_check(s->index, &options, NULL, &last_error), SEARCH_E_ARGUMENT);
    options.against = NULL;
    options.size = sizeof options + 8;
    assert_fails(search_check(s->index, &options, NULL, &last_error), SEARCH_E_ARGUMENT);
    options.size = sizeof(size_t);
    options.against = "not read by the caller's version";
    assert_ok(search_check(s->index, &options, NULL, &last_error));
}

static void test_absent(void **state) {
    const scratch *s = *state;
    told t = {0};
    assert_fails(check(s->index, false, NULL, &t, NULL), SEARCH_E_NO_INDEX);
    rebuild(s->index, three);
    assert_fails(check(s->index, false, s->directory, &t, NULL), SEARCH_E_NO_INDEX);
    assert_int_equal(unlink(in_current(s->index, MANIFEST_NAME)), 0);
    assert_fails(check(s->index, false, NULL, &t, NULL), SEARCH_E_CORRUPT);
    assert_int_equal(count_of(&t, "check.manifest", 0), 1);
    assert_string_equal(t.text, "the manifest is missing");
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_sound),          ON_SCRATCH(test_no_records),
        ON_SCRATCH(test_verify_full),    ON_SCRATCH(test_what_was_built_is_checked),
        ON_SCRATCH(test_damaged_file),   ON_SCRATCH(test_full_finds_what_was_written_wrongly),
        ON_SCRATCH(test_ids_are_probed), ON_SCRATCH(test_stored_record_that_is_none),
        ON_SCRATCH(test_parts_disagree), ON_SCRATCH(test_every_kind_of_entry_is_compared),
        ON_SCRATCH(test_a_record_less),  ON_SCRATCH(test_findings_are_limited),
        ON_SCRATCH(test_cancelling),     ON_SCRATCH(test_bad_arguments),
        ON_SCRATCH(test_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
