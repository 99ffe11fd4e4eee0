/* Tests of writing and opening through the public header: what is put is found, nothing shows before commit, damage is
 * told. */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const three[] = {
    "{\"id\":\"a\",\"title\":\"Alpha\",\"body\":\"first cable\",\"places\":[\"Korea\"]}",
    "{\"id\":\"b\",\"title\":\"Beta\",\"body\":\"second cable\"}",
    "{\"id\":\"c\",\"title\":\"Gamma\",\"body\":\"third cable\"}", NULL};

static void path_below(char out[256], const char *name) {
    snprintf(out, 256, "%s/%s", fixture_directory, name);
}

static search_status open_status(search_error *error) {
    search_index *index = NULL;
    const search_status status = search_index_open(fixture_directory, &index, error);
    search_index_free(index);
    return status;
}

static void test_no_index(void **state) {
    (void)state;
    search_error error;
    assert_int_equal(open_status(&error), SEARCH_E_NO_INDEX);
    assert_string_not_equal(error.hint, "");
}

static void test_build_and_stats(void **state) {
    (void)state;
    fixture_build(three);
    search_index *index = fixture_open();
    search_stats stats;
    search_error error;
    assert_int_equal(search_index_stats(index, &stats, &error), SEARCH_OK);
    assert_int_equal(stats.n_records, 3);
    assert_int_equal(stats.n_undated, 3);
    assert_true(stats.n_terms > 6);
    assert_true(search_index_analyzer_matches(index));
    search_index_free(index);
}

static void test_record_is_whole(void **state) {
    (void)state;
    fixture_build(three);
    search_index *index = fixture_open();
    search_record *record = NULL;
    search_error error;
    assert_int_equal(search_index_record(index, search_text_of("b"), &record, &error), SEARCH_OK);
    assert_memory_equal(search_record_value(record, "body", 0).bytes, "second cable", 12);
    search_record_free(record);
    assert_int_equal(search_index_record(index, search_text_of("z"), &record, &error), SEARCH_E_NOT_FOUND);
    assert_null(record);
    search_index_free(index);
}

static void test_empty_index(void **state) {
    (void)state;
    const char *const none[] = {NULL};
    fixture_build(none);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, ""), 0);
    assert_int_equal(fixture_total(index, "word"), 0);
    search_index_free(index);
}

static size_t n_reports;

static void count_report(void *context, const search_report *report) {
    (void)context;
    n_reports += strcmp(report->id, "record.duplicate_id") == 0 ? 1 : 0;
}

static void test_last_put_wins(void **state) {
    (void)state;
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.on_report = count_report;
    search_writer *w = NULL;
    assert_int_equal(search_writer_open(fixture_directory, &options, &w, NULL), SEARCH_OK);
    n_reports = 0;
    fixture_put(w, "{\"id\":\"a\",\"body\":\"old words\"}");
    fixture_put(w, "{\"id\":\"a\",\"body\":\"new words\"}");
    const search_write_summary summary = fixture_commit(w);
    assert_int_equal(summary.n_records, 1);
    assert_int_equal(summary.n_replaced, 1);
    assert_int_equal(n_reports, 1);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "old"), 0);
    assert_int_equal(fixture_total(index, "new"), 1);
    search_index_free(index);
}

static void test_update_adds_replaces_deletes(void **state) {
    (void)state;
    fixture_build(three);
    search_writer *w = fixture_writer(SEARCH_WRITE_UPDATE, false);
    search_error error;
    fixture_put(w, "{\"id\":\"b\",\"body\":\"replaced\"}");
    fixture_put(w, "{\"id\":\"d\",\"body\":\"fourth\"}");
    assert_int_equal(search_writer_delete(w, search_text_of("c"), &error), SEARCH_OK);
    assert_int_equal(search_writer_delete(w, search_text_of("c"), &error), SEARCH_E_NOT_FOUND);
    assert_int_equal(search_writer_delete(w, search_text_of("z"), &error), SEARCH_E_NOT_FOUND);
    search_index *before = fixture_open();
    const search_write_summary summary = fixture_commit(w);
    assert_int_equal(summary.n_records, 3);
    assert_int_equal(summary.n_added, 1);
    assert_int_equal(summary.n_replaced, 1);
    assert_int_equal(summary.n_deleted, 1);
    assert_int_equal(fixture_total(before, "second"), 1); /* a snapshot does not change */
    bool changed = false;
    assert_int_equal(search_index_refresh(before, &changed, &error), SEARCH_OK);
    assert_true(changed);
    assert_int_equal(fixture_total(before, "second"), 0);
    assert_int_equal(fixture_total(before, "fourth OR replaced OR first"), 3);
    search_index_free(before);
}

static void test_rebuild_carries_over_updates(void **state) {
    (void)state;
    fixture_build(three);
    search_writer *w = fixture_writer(SEARCH_WRITE_UPDATE, false);
    fixture_put(w, "{\"id\":\"d\",\"body\":\"fourth\",\"mark\":[\"m\"]}");
    fixture_commit(w);
    fixture_build(three);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "fourth"), 1);
    assert_int_equal(fixture_total(index, "mark:m"), 1);
    search_index_free(index);
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.exact = true;
    options.force = true;
    assert_int_equal(search_writer_open(fixture_directory, &options, &w, NULL), SEARCH_OK);
    for (size_t i = 0; three[i] != NULL; i++) {
        fixture_put(w, three[i]);
    }
    assert_int_equal(fixture_commit(w).n_records, 3);
}

static void test_nothing_before_commit(void **state) {
    (void)state;
    fixture_build(three);
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    fixture_put(w, "{\"id\":\"x\",\"body\":\"unseen\"}");
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "unseen"), 0);
    assert_int_equal(fixture_total(index, "cable"), 3);
    search_index_free(index);
    search_writer_free(w);
}

/* The number of entries in generations/ whose names begin so. */
static size_t n_generations(char first) {
    char path[256];
    path_below(path, "generations");
    DIR *dir = opendir(path);
    assert_non_null(dir);
    size_t n = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        n += entry->d_name[0] == first && entry->d_name[1] != '\0' && entry->d_name[1] != '.' ? 1 : 0;
    }
    closedir(dir);
    return n;
}

static void test_old_generations_are_pruned_but_not_under_readers(void **state) {
    (void)state;
    fixture_build(three);
    search_index *held = fixture_open();
    for (int i = 0; i < 4; i++) {
        fixture_build(three);
    }
    assert_int_equal(n_generations('0'), 3); /* two kept, one held */
    assert_int_equal(fixture_total(held, "cable"), 3);
    search_index_free(held);
    fixture_build(three);
    assert_int_equal(n_generations('0'), 2);
}

static void test_dead_builds_are_cleared(void **state) {
    (void)state;
    fixture_build(three);
    const pid_t child = fork();
    if (child == 0) {
        search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
        fixture_put(w, three[0]);
        _exit(0); /* as if killed: nothing is freed */
    }
    waitpid(child, NULL, 0);
    assert_int_equal(n_generations('.'), 1);
    fixture_build(three);
    assert_int_equal(n_generations('.'), 0);
}

static void test_lock(void **state) {
    (void)state;
    fixture_build(three);
    char path[256];
    path_below(path, "lock");
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.mode = SEARCH_WRITE_UPDATE;
    search_writer *w = NULL;
    search_error error;
    assert_int_equal(search_writer_open(fixture_directory, &options, &w, &error), SEARCH_E_LOCKED);
    assert_null(w);
    w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    fixture_put(w, three[0]);
    assert_int_equal(search_writer_commit(w, NULL, &error), SEARCH_E_LOCKED);
    search_writer_free(w);
    close(fd);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "cable"), 3);
    search_index_free(index);
}

static search_status commit_one(bool strict, const char *json) {
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.strict = strict;
    search_writer *w = NULL;
    search_error error;
    assert_int_equal(search_writer_open(fixture_directory, &options, &w, &error), SEARCH_OK);
    fixture_put(w, json);
    const search_status status = search_writer_commit(w, NULL, &error);
    search_writer_free(w);
    return status;
}

static void test_shrunk_result_is_refused(void **state) {
    (void)state;
    fixture_build(three);
    assert_int_equal(commit_one(false, three[0]), SEARCH_E_REFUSED);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "cable"), 3);
    search_index_free(index);
}

static void test_lost_facet_is_refused(void **state) {
    (void)state;
    fixture_build((const char *const[]){three[0], NULL});
    assert_int_equal(commit_one(false, "{\"id\":\"a\",\"body\":\"no place\"}"), SEARCH_E_REFUSED);
    assert_int_equal(commit_one(false, three[0]), SEARCH_OK);
}

static void test_finished_writer(void **state) {
    (void)state;
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    fixture_put(w, three[0]);
    search_error error;
    assert_int_equal(search_writer_commit(w, NULL, &error), SEARCH_OK);
    assert_int_equal(search_writer_commit(w, NULL, &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_writer_read(w, "x", &error), SEARCH_E_ARGUMENT);
    search_writer_free(w);
}

static void test_other_files_are_left_alone(void **state) {
    (void)state;
    char path[256];
    path_below(path, "thesis.txt");
    fclose(fopen(path, "w"));
    search_writer *w = NULL;
    search_error error;
    assert_int_equal(search_writer_open(fixture_directory, NULL, &w, &error), SEARCH_E_NO_INDEX);
    assert_string_equal(error.id, "index.not_an_index");
}

static void test_fork(void **state) {
    (void)state;
    fixture_build(three);
    search_index *index = fixture_open();
    const pid_t child = fork();
    if (child == 0) {
        search_request request = SEARCH_REQUEST_INIT;
        search_results *results = NULL;
        _exit((int)search_run(index, &request, &results, NULL));
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), SEARCH_E_FORKED);
    search_index_free(index);
}

static void replace_in_manifest(const char *from, const char *to) {
    char command[512];
    snprintf(command, sizeof command, "sed -i 's/%s/%s/' '%s/CURRENT/manifest.json'", from, to, fixture_directory);
    assert_int_equal(system(command), 0);
}

static void test_other_format(void **state) {
    (void)state;
    fixture_build(three);
    replace_in_manifest("\"format\": 1", "\"format\": 99");
    search_error error;
    assert_int_equal(open_status(&error), SEARCH_E_FORMAT);
    assert_non_null(strstr(error.hint, "rebuild"));
}

static void test_tampered_manifest(void **state) {
    (void)state;
    fixture_build(three);
    replace_in_manifest("\"records\": 3", "\"records\": 2");
    assert_int_equal(open_status(NULL), SEARCH_E_CORRUPT);
}

static void test_truncated_files(void **state) {
    (void)state;
    static const char *const files[] = {"manifest.json", "segment-0/columns/columns.bin",
                                        "segment-0/xapian/postlist.glass", "segment-0/xapian/iamglass"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        fixture_build(three);
        char path[256];
        char name[128];
        snprintf(name, sizeof name, "CURRENT/%s", files[i]);
        path_below(path, name);
        struct stat info;
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(truncate(path, info.st_size / 2), 0);
        assert_int_equal(open_status(NULL), SEARCH_E_CORRUPT);
    }
}

static void test_dangling_current(void **state) {
    (void)state;
    fixture_build(three);
    char path[256];
    path_below(path, "CURRENT");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("generations/000099-none", path), 0);
    assert_int_equal(open_status(NULL), SEARCH_E_CORRUPT);
    fixture_build(three); /* a rebuild mends it */
    assert_int_equal(open_status(NULL), SEARCH_OK);
}

static void test_equal_records_equal_names(void **state) {
    (void)state;
    fixture_build(three);
    search_index *index = fixture_open();
    char first[64];
    strcpy(first, search_index_generation(index));
    search_index_free(index);
    fixture_build(three);
    index = fixture_open();
    assert_string_equal(strchr(first, '-'), strchr(search_index_generation(index), '-'));
    assert_string_not_equal(first, search_index_generation(index));
    search_index_free(index);
}

/* libxapian writes compressed data of some lengths that it cannot read back. */
static void test_records_of_every_awkward_length(void **state) {
    (void)state;
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    char *json = malloc(20000);
    for (int length = 8150; length < 8230; length++) {
        int n = sprintf(json, "{\"id\":\"n%d\",\"body\":\"", length);
        memset(json + n, 'a', (size_t)length);
        strcpy(json + n + length, "\"}");
        fixture_put(w, json);
    }
    free(json);
    fixture_commit(w);
    search_index *index = fixture_open();
    for (int length = 8150; length < 8230; length++) {
        char id[16];
        sprintf(id, "n%d", length);
        search_record *record = NULL;
        assert_int_equal(search_index_record(index, search_text_of(id), &record, NULL), SEARCH_OK);
        assert_int_equal(search_record_value(record, "body", 0).n_bytes, length);
        search_record_free(record);
    }
    search_index_free(index);
}

static void test_unknown_keys_become_facets(void **state) {
    (void)state;
    fixture_build((const char *const[]){"{\"id\":\"a\",\"body\":\"x\",\"series\":[\"A1\",\"A2\"],\"pages\":7}", NULL});
    search_index *index = fixture_open();
    bool has_series = false;
    bool has_pages = false;
    for (size_t i = 0; search_index_facet(index, i) != NULL; i++) {
        has_series = has_series || strcmp(search_index_facet(index, i), "series") == 0;
        has_pages = has_pages || strcmp(search_index_facet(index, i), "pages") == 0;
    }
    assert_true(has_series);
    assert_false(has_pages);
    assert_int_equal(fixture_total(index, "series:A2"), 1);
    search_index_free(index);
}

static void test_own_schema(void **state) {
    (void)state;
    search_schema *schema = NULL;
    search_error error;
    assert_int_equal(search_schema_new("klingon", &schema, &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_schema_new("none", &schema, &error), SEARCH_OK);
    const search_field text = {"text", SEARCH_FIELD_TEXT, SEARCH_ZONE_BODY, false};
    const search_field bad = {"Bad Name", SEARCH_FIELD_TEXT, SEARCH_ZONE_BODY, false};
    const search_field reserved = {"year", SEARCH_FIELD_KEYWORD, SEARCH_ZONE_BODY, false};
    assert_int_equal(search_schema_add(schema, &text, &error), SEARCH_OK);
    assert_int_equal(search_schema_add(schema, &text, &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_schema_add(schema, &bad, &error), SEARCH_E_ARGUMENT);
    assert_int_equal(search_schema_add(schema, &reserved, &error), SEARCH_E_ARGUMENT);
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.schema = schema;
    search_writer *w = NULL;
    assert_int_equal(search_writer_open(fixture_directory, &options, &w, &error), SEARCH_OK);
    search_schema_free(schema);
    fixture_put(w, "{\"id\":\"a\",\"title\":\"t\",\"text\":\"crossings\"}");
    fixture_commit(w);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "text:crossings"), 1);
    assert_int_equal(fixture_total(index, "crossing"), 0); /* not stemmed */
    search_index_free(index);
}

static bool refuse(void *context, const search_progress *progress) {
    (void)context;
    return strcmp(progress->phase, "publish") != 0;
}

static void test_cancel_at_the_last_moment(void **state) {
    (void)state;
    fixture_build(three);
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.on_progress = refuse;
    options.force = true;
    search_writer *w = NULL;
    search_error error;
    assert_int_equal(search_writer_open(fixture_directory, &options, &w, &error), SEARCH_OK);
    fixture_put(w, three[0]);
    assert_int_equal(search_writer_commit(w, NULL, &error), SEARCH_E_CANCELLED);
    search_writer_free(w);
    assert_int_equal(n_generations('.'), 0);
    search_index *index = fixture_open();
    assert_int_equal(fixture_total(index, "cable"), 3);
    search_index_free(index);
}

static size_t n_descriptors(void) {
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;
    while (readdir(dir) != NULL) {
        n++;
    }
    closedir(dir);
    return n;
}

static void test_no_descriptor_is_left_open(void **state) {
    (void)state;
    const size_t before = n_descriptors();
    fixture_build(three);
    search_index *index = fixture_open();
    fixture_total(index, "cable");
    search_index_free(index);
    commit_one(false, three[0]);
    open_status(NULL);
    assert_int_equal(n_descriptors(), before);
}

static void test_run_is_told(void **state) {
    (void)state;
    fixture_build(three);
    commit_one(false, three[0]);
    char path[256];
    char text[4096] = "";
    path_below(path, "runs/last-run.json");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "SEARCH_E_REFUSED"));
    assert_non_null(strstr(text, "\"mode\": \"rebuild\""));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(test_no_index),
        CASE(test_build_and_stats),
        CASE(test_record_is_whole),
        CASE(test_empty_index),
        CASE(test_last_put_wins),
        CASE(test_update_adds_replaces_deletes),
        CASE(test_rebuild_carries_over_updates),
        CASE(test_nothing_before_commit),
        CASE(test_old_generations_are_pruned_but_not_under_readers),
        CASE(test_dead_builds_are_cleared),
        CASE(test_lock),
        CASE(test_shrunk_result_is_refused),
        CASE(test_lost_facet_is_refused),
        CASE(test_finished_writer),
        CASE(test_other_files_are_left_alone),
        CASE(test_fork),
        CASE(test_other_format),
        CASE(test_tampered_manifest),
        CASE(test_truncated_files),
        CASE(test_dangling_current),
        CASE(test_equal_records_equal_names),
        CASE(test_records_of_every_awkward_length),
        CASE(test_unknown_keys_become_facets),
        CASE(test_own_schema),
        CASE(test_cancel_at_the_last_moment),
        CASE(test_no_descriptor_is_left_open),
        CASE(test_run_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
