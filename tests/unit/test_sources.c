/* Where records come from: archives, compressed files, patterns, arrays, and what must not be opened.  The archives are
 * made here by libarchive, from invented records. */
#include "libsearch/cable/cable.h"
#include "libsearch/support/files.h"
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct seen {
    char directory[64];
    char path[128];
    buffer log;     /* "+id " for a record, "-reason " for a skipped one, "~reason " for a doubtful one */
    buffer sources; /* of all that is in the log, after the directory's name */
    size_t n_records;
    size_t last_line;
    bool is_counting; /* keeps no log */
} seen;

static const char *after_directory(const seen *s, const char *source) {
    size_t n = strlen(s->directory);
    return strncmp(source, s->directory, n) == 0 ? source + n + 1 : source;
}

static search_status on_record(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error) {
    (void)error;
    seen *s = context;
    s->n_records++;
    s->last_line = line;
    if (s->is_counting)
        return SEARCH_OK;
    search_text id = search_record_value(record, "id", 0);
    buffer_add_format(&s->log, "+%.*s ", (int)id.n_bytes, id.bytes);
    buffer_add_format(&s->sources, "%s ", after_directory(s, source));
    return SEARCH_OK;
}

static void on_report(void *context, const search_report *report) {
    seen *s = context;
    assert_null(strpbrk(report->reason, "\n\r\t\x1B"));
    buffer_add_format(&s->log, "%s%s ", report->skipped ? "-" : "~", report->id);
    buffer_add_format(&s->sources, "%s ", after_directory(s, report->source));
    s->last_line = report->line;
}

static int open_directory(void **state) {
    seen *s = calloc(1, sizeof *s);
    if (s == NULL)
        return -1;
    strcpy(s->directory, "/tmp/test_sources.XXXXXX");
    buffer_add_string(&s->log, "");
    buffer_add_string(&s->sources, "");
    *state = s;
    return mkdtemp(s->directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state) {
    seen *s = *state;
    search_status status = file_remove_tree(s->directory, NULL);
    buffer_free(&s->log);
    buffer_free(&s->sources);
    free(s);
    return status == SEARCH_OK ? 0 : -1;
}

static const char *in_directory(seen *s, const char *name) {
    snprintf(s->path, sizeof s->path, "%s/%s", s->directory, name);
    return s->path;
}

static const char *write_bytes(seen *s, const char *name, const void *bytes, size_t n_bytes) {
    int fd = open(in_directory(s, name), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n_bytes), n_bytes);
    close(fd);
    return s->path;
}

static const char *write_text(seen *s, const char *name, const char *text) {
    return write_bytes(s, name, text, strlen(text));
}

static search_status read_as(seen *s, const char *source, const char *format, search_error *error) {
    cable_sink sink = {.on_record = on_record, .on_report = on_report, .context = s};
    return source_read(source, format, &sink, error);
}

static void assert_reads(seen *s, const char *source, const char *expected_log) {
    search_error error;
    search_status status = read_as(s, source, NULL, &error);
    if (status != SEARCH_OK)
        fail_msg("%s: %s", error.id, error.message);
    assert_string_equal(s->log.bytes, expected_log);
}

static void assert_fails(seen *s, const char *source, search_status expected, const char *expected_id) {
    search_error error;
    assert_int_equal(read_as(s, source, NULL, &error), expected);
    assert_string_equal(error.id, expected_id);
}

/* ---- Archives made for the tests ------------------------------------------------------------------------------- */

typedef struct packed {
    unsigned char bytes[1 << 20];
    size_t n_bytes;
} packed;

static struct archive *start_archive(packed *out, bool is_zip, int filter) {
    struct archive *a = archive_write_new();
    out->n_bytes = 0;
    assert_int_equal(is_zip ? archive_write_set_format_zip(a) : archive_write_set_format_gnutar(a), ARCHIVE_OK);
    assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(a, 1);
    assert_int_equal(archive_write_open_memory(a, out->bytes, sizeof out->bytes, &out->n_bytes), ARCHIVE_OK);
    return a;
}

static void add_entry(struct archive *a, const char *name, unsigned type, const void *bytes, size_t n_bytes) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_copy_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, type == AE_IFREG ? (la_int64_t)n_bytes : 0);
    if (type == AE_IFLNK)
        archive_entry_copy_symlink(entry, "elsewhere");
    assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
    if (n_bytes > 0)
        assert_int_equal(archive_write_data(a, bytes, n_bytes), n_bytes);
    archive_entry_free(entry);
}

static void add_text(struct archive *a, const char *name, const char *text) {
    add_entry(a, name, AE_IFREG, text, strlen(text));
}

static void finish_archive(struct archive *a) {
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
}

static void pack_pair(packed *out, bool is_zip, int filter) {
    struct archive *a = start_archive(out, is_zip, filter);
    add_entry(a, "in", AE_IFDIR, NULL, 0);
    add_text(a, "in/b.jsonl", "{\"id\":\"b\"}\n{\"id\":\"b2\"}\n");
    add_text(a, "in/.hidden.jsonl", "{\"id\":\"h\"}\n");
    add_text(a, ".git/c.jsonl", "{\"id\":\"g\"}\n");
    add_text(a, "./../a.json", "[{\"id\":\"a\"}]");
    finish_archive(a);
}

/* One stream without entries. */
static void pack_stream(packed *out, int filter, const void *bytes, size_t n_bytes) {
    struct archive *a = archive_write_new();
    out->n_bytes = 0;
    assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
    assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(a, 1);
    assert_int_equal(archive_write_open_memory(a, out->bytes, sizeof out->bytes, &out->n_bytes), ARCHIVE_OK);
    add_entry(a, "data", AE_IFREG, bytes, n_bytes);
    finish_archive(a);
}

static void archives_are_told_by_content(void **state) {
    seen *s = *state;
    static packed p;
    static const struct {
        bool is_zip;
        int filter;
    } ways[] = {{false, ARCHIVE_FILTER_NONE},
                {false, ARCHIVE_FILTER_GZIP},
                {false, ARCHIVE_FILTER_ZSTD},
                {true, ARCHIVE_FILTER_NONE},
                {true, ARCHIVE_FILTER_GZIP}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        pack_pair(&p, ways[i].is_zip, ways[i].filter);
        buffer_clear(&s->log);
        buffer_clear(&s->sources);
        assert_reads(s, write_bytes(s, "cables.txt", p.bytes, p.n_bytes), "+b +b2 +a ");
        assert_string_equal(s->sources.bytes, "cables.txt!in/b.jsonl cables.txt!in/b.jsonl cables.txt!./../a.json ");
    }
}

static void archives_come_through_standard_input(void **state) {
    seen *s = *state;
    static packed p;
    int saved = dup(STDIN_FILENO);
    for (int is_zip = 0; is_zip < 2; is_zip++) {
        pack_pair(&p, is_zip, ARCHIVE_FILTER_NONE);
        int fd = open(write_bytes(s, "in", p.bytes, p.n_bytes), O_RDONLY);
        dup2(fd, STDIN_FILENO);
        close(fd);
        buffer_clear(&s->log);
        assert_reads(s, "-", "+b +b2 +a ");
    }
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void compressed_files_are_read(void **state) {
    seen *s = *state;
    static packed p;
    static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD};
    for (size_t i = 0; i < 2; i++) {
        pack_stream(&p, filters[i], "{\"id\":\"a\"}\n{\"id\":\"b\"}", 21);
        buffer_clear(&s->log);
        buffer_clear(&s->sources);
        assert_reads(s, write_bytes(s, "f", p.bytes, p.n_bytes), "+a +b ");
        assert_string_equal(s->sources.bytes, "f f ");
        assert_int_equal(s->last_line, 2);
        pack_stream(&p, filters[i], "", 0);
        buffer_clear(&s->log);
        assert_reads(s, write_bytes(s, "f", p.bytes, p.n_bytes), "-record.empty ");
    }
}

static void format_holds_for_what_is_unpacked(void **state) {
    seen *s = *state;
    static packed p;
    pack_stream(&p, ARCHIVE_FILTER_GZIP, " [\n{\"id\":\"a\"}]", 14);
    search_error error;
    assert_int_equal(read_as(s, write_bytes(s, "f", p.bytes, p.n_bytes), "jsonl", &error), SEARCH_OK);
    assert_string_equal(s->log.bytes, "-record.bad_json -record.bad_json ");
}

static void entries_that_are_no_files_are_passed_over(void **state) {
    seen *s = *state;
    static packed p;
    for (int is_zip = 0; is_zip < 2; is_zip++) {
        struct archive *a = start_archive(&p, is_zip, ARCHIVE_FILTER_NONE);
        add_entry(a, "link", AE_IFLNK, NULL, 0);
        if (!is_zip)
            add_entry(a, "pipe", AE_IFIFO, NULL, 0);
        add_text(a, "a", "{\"id\":\"a\"}\n");
        finish_archive(a);
        buffer_clear(&s->log);
        assert_reads(s, write_bytes(s, "f", p.bytes, p.n_bytes),
                     is_zip ? "-source.no_file +a " : "-source.no_file -source.no_file +a ");
    }
}

static void names_of_entries_may_be_any_bytes(void **state) {
    seen *s = *state;
    static packed p;
    struct archive *a = start_archive(&p, false, ARCHIVE_FILTER_NONE);
    add_text(a, "new\nline\x1B[2J\xFF.txt", "no cable");
    add_text(a, "\xC3\xA9.jsonl", "{\"id\":\"a\"}\n");
    finish_archive(a);
    assert_reads(s, write_bytes(s, "f", p.bytes, p.n_bytes), "-record.not_a_cable +a ");
    assert_string_equal(s->sources.bytes, "f!new\nline\x1B[2J\xFF.txt f!\xC3\xA9.jsonl ");
}

static void archives_nest_once(void **state) {
    seen *s = *state;
    static packed inmost, inner, outer;
    pack_pair(&inmost, false, ARCHIVE_FILTER_GZIP);
    struct archive *a = start_archive(&inner, true, ARCHIVE_FILTER_NONE);
    add_text(a, "a", "{\"id\":\"inner\"}\n");
    add_entry(a, "deep.tar.gz", AE_IFREG, inmost.bytes, inmost.n_bytes);
    add_text(a, "b", "{\"id\":\"after\"}\n");
    finish_archive(a);
    a = start_archive(&outer, false, ARCHIVE_FILTER_ZSTD);
    add_entry(a, "in.zip", AE_IFREG, inner.bytes, inner.n_bytes);
    add_text(a, "c", "{\"id\":\"last\"}\n");
    finish_archive(a);
    assert_reads(s, write_bytes(s, "f", outer.bytes, outer.n_bytes), "+inner -source.nested +after +last ");
    assert_string_equal(s->sources.bytes, "f!in.zip!a f!in.zip!deep.tar.gz f!in.zip!b f!c ");
}

static void nothing_is_decompressed_twice(void **state) {
    seen *s = *state;
    static packed once, twice;
    pack_stream(&once, ARCHIVE_FILTER_GZIP, "{\"id\":\"a\"}", 10);
    pack_stream(&twice, ARCHIVE_FILTER_ZSTD, once.bytes, once.n_bytes);
    assert_fails(s, write_bytes(s, "f", twice.bytes, twice.n_bytes), SEARCH_E_INPUT, "source.nested");
}

/* Lines of JSONL as often as it takes, which compress far below a thousandth. */
static void bombs_are_stopped(void **state) {
    seen *s = *state;
    static packed p;
    size_t n_bytes = (size_t)96 << 20;
    char *lines = malloc(n_bytes);
    assert_non_null(lines);
    memset(lines, '\n', n_bytes);
    memcpy(lines, "{\"id\":\"a\"}", 10);
    pack_stream(&p, ARCHIVE_FILTER_ZSTD, lines, n_bytes);
    assert_true(p.n_bytes * 1000 < n_bytes);
    s->is_counting = true;
    assert_fails(s, write_bytes(s, "f", p.bytes, p.n_bytes), SEARCH_E_INPUT, "source.bomb");
    assert_int_equal(s->n_records, 1);

    struct archive *a = start_archive(&p, false, ARCHIVE_FILTER_ZSTD);
    add_entry(a, "bomb", AE_IFREG, lines, n_bytes);
    add_text(a, "a", "{\"id\":\"b\"}\n");
    finish_archive(a);
    free(lines);
    assert_fails(s, write_bytes(s, "f", p.bytes, p.n_bytes), SEARCH_E_INPUT, "source.bomb");
}

/* Each of the archives is small enough for itself. */
static void many_small_bombs_are_one(void **state) {
    seen *s = *state;
    static packed inner, outer;
    size_t n_bytes = (size_t)20 << 20;
    char *lines = malloc(n_bytes);
    assert_non_null(lines);
    memset(lines, '\n', n_bytes);
    memcpy(lines, "{\"id\":\"a\"}", 10);
    struct archive *a = start_archive(&inner, true, ARCHIVE_FILTER_NONE);
    add_entry(a, "a", AE_IFREG, lines, n_bytes);
    finish_archive(a);
    free(lines);
    a = start_archive(&outer, false, ARCHIVE_FILTER_ZSTD);
    for (int i = 0; i < 8; i++)
        add_entry(a, "b.zip", AE_IFREG, inner.bytes, inner.n_bytes);
    finish_archive(a);
    s->is_counting = true;
    assert_fails(s, write_bytes(s, "f", outer.bytes, outer.n_bytes), SEARCH_E_INPUT, "source.bomb");
    assert_in_range(s->n_records, 1, 7);
}

static void a_large_entry_of_little_is_no_bomb(void **state) {
    seen *s = *state;
    static packed p;
    size_t n_bytes = (size_t)48 << 20;
    char *lines = malloc(n_bytes);
    assert_non_null(lines);
    memset(lines, '\n', n_bytes);
    memcpy(lines + n_bytes - 10, "{\"id\":\"a\"}", 10);
    lines[0] = '{'; /* a line that is no record, so that the format is told */
    pack_stream(&p, ARCHIVE_FILTER_ZSTD, lines, n_bytes);
    free(lines);
    assert_reads(s, write_bytes(s, "f", p.bytes, p.n_bytes), "-record.bad_json +a ");
}

static void damaged_archives_never_pass_for_whole(void **state) {
    seen *s = *state;
    static packed p;
    char text[4096];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(' ' + rand() % 90);
    memcpy(text, "{\"id\":\"", 7);
    for (int is_zip = 0; is_zip < 2; is_zip++) {
        struct archive *a = start_archive(&p, is_zip, is_zip ? ARCHIVE_FILTER_NONE : ARCHIVE_FILTER_GZIP);
        add_text(a, "a", "{\"id\":\"a\"}\n");
        add_entry(a, "b", AE_IFREG, text, sizeof text);
        finish_archive(a);
        s->is_counting = true;
        /* the list at the end of a zip, which only repeats, stays away whole */
        for (size_t n = p.n_bytes - 300; n > 120; n -= 97) {
            search_error error;
            search_status status = read_as(s, write_bytes(s, "f", p.bytes, n), NULL, &error);
            assert_int_equal(status, SEARCH_E_INPUT);
        }
    }
}

static void flipped_bits_do_no_harm(void **state) {
    seen *s = *state;
    static packed p, flipped;
    s->is_counting = true;
    for (int way = 0; way < 3; way++) {
        pack_pair(&p, way == 2, way == 1 ? ARCHIVE_FILTER_ZSTD : ARCHIVE_FILTER_NONE);
        for (size_t at = 0; at < p.n_bytes; at += way == 1 ? 1 : 7) {
            memcpy(flipped.bytes, p.bytes, p.n_bytes);
            flipped.bytes[at] ^= (unsigned char)(1u << at % 8);
            search_error error;
            search_status status = read_as(s, write_bytes(s, "f", flipped.bytes, p.n_bytes), NULL, &error);
            assert_true(status == SEARCH_OK || status == SEARCH_E_INPUT);
        }
    }
}

static void an_archive_in_a_directory_is_skipped_when_damaged(void **state) {
    seen *s = *state;
    write_bytes(s, "a.gz", "\x1F\x8B\x08\0\0\0\0\0\0\3garbage of no kind", 29);
    write_text(s, "b.jsonl", "{\"id\":\"b\"}\n");
    assert_reads(s, s->directory, "-source.damaged +b ");
}

/* ---- Files, directories, patterns ------------------------------------------------------------------------------ */

static void pipes_and_devices_are_not_opened(void **state) {
    seen *s = *state;
    char path[128];
    strcpy(path, in_directory(s, "a"));
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_fails(s, path, SEARCH_E_INPUT, "source.no_file");
    assert_fails(s, "/dev/zero", SEARCH_E_INPUT, "source.no_file");
    write_text(s, "b", "{\"id\":\"b\"}\n");
    assert_reads(s, s->directory, "-source.no_file +b ");
}

static void own_descriptors_are_read(void **state) {
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "{\"id\":\"a\"}\n", 11), 11);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_reads(*state, path, "+a ");
    close(ends[0]);
}

static void links_are_not_followed(void **state) {
    seen *s = *state;
    write_text(s, "b", "{\"id\":\"b\"}\n");
    assert_int_equal(symlink(".", in_directory(s, "loop")), 0);
    assert_int_equal(symlink("round", in_directory(s, "round")), 0);
    assert_reads(s, s->directory, "+b -source.no_file -source.no_file ");
    assert_fails(s, s->path, SEARCH_E_INPUT, "source.unreadable");
    buffer_clear(&s->log);
    assert_reads(s, in_directory(s, "loop"), "+b -source.no_file -source.no_file ");
}

static void directories_that_cannot_be_read_are_reported(void **state) {
    seen *s = *state;
    if (geteuid() == 0) /* root reads everything */
        skip();
    mkdir(in_directory(s, "a"), 0);
    write_text(s, "b", "{\"id\":\"b\"}\n");
    assert_reads(s, s->directory, "-source.unreadable +b ");
}

static void names_may_hold_newlines(void **state) {
    seen *s = *state;
    write_text(s, "a\nb", "no cable");
    assert_reads(s, s->directory, "-record.not_a_cable ");
    assert_string_equal(s->sources.bytes, "a\nb ");
}

static void patterns_are_expanded_bytewise(void **state) {
    seen *s = *state;
    write_text(s, "b.jsonl", "{\"id\":\"b\"}\n");
    write_text(s, "B.jsonl", "{\"id\":\"B\"}\n");
    write_text(s, "a.jsonl", "{\"id\":\"a\"}\n");
    write_text(s, "a.txt", "{\"id\":\"txt\"}\n");
    mkdir(in_directory(s, "c.jsonl"), 0777);
    write_text(s, "c.jsonl/in", "{\"id\":\"in\"}\n");
    mkfifo(in_directory(s, "d.jsonl"), 0666);
    assert_reads(s, in_directory(s, "*.jsonl"), "+B +a +b +in -source.no_file ");
    assert_fails(s, in_directory(s, "*.json"), SEARCH_E_INPUT, "source.missing");
}

static void a_file_is_no_pattern(void **state) {
    seen *s = *state;
    write_text(s, "a1", "{\"id\":\"1\"}\n");
    write_text(s, "a[1]", "{\"id\":\"2\"}\n");
    assert_reads(s, in_directory(s, "a[1]"), "+2 ");
}

static void unknown_formats_are_refused(void **state) {
    seen *s = *state;
    search_error error;
    assert_int_equal(read_as(s, s->directory, "docx", &error), SEARCH_E_ARGUMENT);
    assert_string_equal(error.id, "source.format");
    assert_non_null(strstr(error.hint, "jsonl, json, tei"));
    const char *format = "tsv";
    assert_int_equal(source_check_format(&format, NULL), SEARCH_OK);
    assert_string_equal(format, "tsv");
}

/* ---- Arrays of JSON -------------------------------------------------------------------------------------------- */

static void assert_array(seen *s, const char *text, const char *expected_log) {
    buffer_clear(&s->log);
    assert_reads(s, write_text(s, "a.json", text), expected_log);
}

static void arrays_are_read(void **state) {
    seen *s = *state;
    assert_array(s, "[{\"id\":\"a\"},{\"id\":\"b\"}]", "+a +b ");
    assert_array(s, "\xEF\xBB\xBF\n [ \n {\"id\" : \"a\"} ,\n\n {\n\"id\":\"b\"}\n]\n\n", "+a +b ");
    assert_int_equal(s->last_line, 5);
    assert_array(s, "[]", "");
    assert_array(s, "[{\"id\":\"a\",\"x\":[1,{\"y\":\"]}\\\",\\\\\"}],\"title\":\"a, b]\"}]", "+a ");
}

static void arrays_with_faults_lose_only_those(void **state) {
    seen *s = *state;
    assert_array(s, "[{\"id\":\"a\"},{\"id\":\"b},\n{\"id\":\"c\"},]", "+a -record.bad_json -record.bad_json ");
    assert_array(s, "[{\"id\":\"a\"},{\"id\":\"b\n},\n{\"id\":\"c\"},]", "+a -record.bad_json +c ");
    assert_array(s, "[{\"id\":\"a\"}},7,\"s,]\",null,[{}],{\"id\":\"b\"}]",
                 "-record.bad_json -record.not_an_object -record.not_an_object -record.not_an_object "
                 "-record.not_an_object +b ");
    assert_array(s, "[{\"id\":\"a\"}] x", "+a -record.bad_json ");
    assert_array(s, "[{\"id\":\"a\"}\n", "-record.bad_json +a ");
    assert_array(s, "[{\"id\":\"a\"},\n{\"id\":", "+a -record.bad_json -record.bad_json ");
    assert_array(s, "[{\"id\":\"a\",\"title\":\"\xFF\"}]", "~record.bad_utf8 +a ");
}

static void a_bracket_alone_is_no_array(void **state) {
    assert_array(*state, "[To] the Ministry: {\"id\":\"a\"}", "-record.not_a_cable ");
    search_error error;
    buffer_clear(&((seen *)*state)->log);
    assert_int_equal(read_as(*state, write_text(*state, "a", "{\"id\":\"a\"}"), "json", &error), SEARCH_OK);
    assert_string_equal(((seen *)*state)->log.bytes, "-record.bad_json ");
}

static void a_large_element_is_passed_over(void **state) {
    seen *s = *state;
    size_t n = RECORD_MAX_N_BYTES + 100;
    char *text = malloc(n + 64);
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, "[{\"id\":\"a\"},{\"id\":\"", 19);
    memcpy(text + n, "\"},\n{\"id\":\"b\"}]", 15);
    assert_reads(s, write_bytes(s, "a", text, n + 15), "+a -record.too_large +b ");
    free(text);
}

/* ---- Limits ---------------------------------------------------------------------------------------------------- */

static long peak_kib(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* AddressSanitizer and valgrind keep what is freed for a while: then memory is not measured. */
static bool is_memory_watched(void) {
#ifdef __SANITIZE_ADDRESS__
    return true;
#else
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
#endif
}

static void assert_grew_little(long before_kib) {
    assert_true(is_memory_watched() || peak_kib() - before_kib < 16 << 10);
}

static void write_many(FILE *file, size_t n_bytes, bool is_array) {
    static char body[1024];
    memset(body, 'x', sizeof body - 1);
    for (size_t i = 0; (size_t)ftello(file) < n_bytes; i++)
        fprintf(file, "%s{\"id\":\"%zu\",\"body\":\"%s\"}\n", !is_array ? "" : i == 0 ? "[" : ",", i, body);
    if (is_array)
        fputs("]", file);
}

static void large_sources_are_streamed(void **state) {
    seen *s = *state;
    s->is_counting = true;
    for (int is_array = 0; is_array < 2; is_array++) {
        FILE *file = fopen(in_directory(s, "large"), "w");
        assert_non_null(file);
        write_many(file, (size_t)64 << 20, is_array);
        fclose(file);
        long before = peak_kib();
        s->n_records = 0;
        assert_reads(s, s->path, "");
        assert_true(s->n_records > 60000);
        assert_grew_little(before);
    }
}

static void many_small_files_are_read(void **state) {
    seen *s = *state;
    s->is_counting = true;
    for (int i = 0; i < 20000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%05d", i);
        write_text(s, name, "{\"id\":\"a\"}\n");
    }
    long before = peak_kib();
    assert_reads(s, s->directory, "");
    assert_int_equal(s->n_records, 20000);
    assert_grew_little(before);
}

static search_status cut_file(void *context, const search_record *record, const char *source, size_t line,
                              search_error *error) {
    search_status status = on_record(context, record, source, line, error);
    assert_int_equal(truncate(source, 100000), 0);
    return status;
}

static void a_file_may_shrink(void **state) {
    seen *s = *state;
    FILE *file = fopen(in_directory(s, "a.jsonl"), "w");
    assert_non_null(file);
    write_many(file, 1 << 20, false);
    fclose(file);
    s->is_counting = true;
    cable_sink sink = {.on_record = cut_file, .on_report = on_report, .context = s};
    assert_int_equal(source_read(s->path, NULL, &sink, NULL), SEARCH_OK);
    assert_string_equal(s->log.bytes, "-record.bad_json ");
}

/* ---- search_read ----------------------------------------------------------------------------------------------- */

static bool take(void *context, const search_record *record, const char *source, size_t line) {
    (void)source;
    seen *s = context;
    search_text id = search_record_value(record, "id", 0);
    buffer_add_format(&s->log, "+%.*s:%zu ", (int)id.n_bytes, id.bytes, line);
    return ++s->n_records < 2;
}

static void search_read_reads_without_an_index(void **state) {
    seen *s = *state;
    write_text(s, "a.jsonl", "{\"id\":\"a\"}\nx\n");
    search_read_options options = SEARCH_READ_OPTIONS_INIT;
    options.on_record = take;
    options.on_report = on_report;
    options.context = s;
    assert_int_equal(search_read(s->directory, &options, NULL), SEARCH_OK);
    assert_string_equal(s->log.bytes, "+a:1 -record.bad_json ");
    assert_int_equal(search_read(s->directory, NULL, NULL), SEARCH_OK);
    search_error error;
    assert_int_equal(search_read(s->directory, &options, &error), SEARCH_E_CANCELLED);
    assert_string_equal(error.id, "source.cancelled");
}

static void search_read_refuses_bad_arguments(void **state) {
    (void)state;
    search_read_options options = SEARCH_READ_OPTIONS_INIT;
    options.format = "docx";
    assert_int_equal(search_read("x", &options, NULL), SEARCH_E_ARGUMENT);
    options.format = NULL;
    options.size = sizeof options + 1;
    assert_int_equal(search_read("x", &options, NULL), SEARCH_E_ARGUMENT);
    assert_int_equal(search_read("", NULL, NULL), SEARCH_E_ARGUMENT);
    assert_int_equal(search_read(NULL, NULL, NULL), SEARCH_E_ARGUMENT);
    assert_int_equal(search_read("/nowhere/cables", NULL, NULL), SEARCH_E_INPUT);
}

#define DIRECTORY(f) cmocka_unit_test_setup_teardown(f, open_directory, remove_directory)

int main(void) {
    const struct CMUnitTest tests[] = {
        DIRECTORY(large_sources_are_streamed), /* first: it compares with the most memory used so far */
        DIRECTORY(many_small_files_are_read),
        DIRECTORY(archives_are_told_by_content),
        DIRECTORY(archives_come_through_standard_input),
        DIRECTORY(compressed_files_are_read),
        DIRECTORY(format_holds_for_what_is_unpacked),
        DIRECTORY(entries_that_are_no_files_are_passed_over),
        DIRECTORY(names_of_entries_may_be_any_bytes),
        DIRECTORY(archives_nest_once),
        DIRECTORY(nothing_is_decompressed_twice),
        DIRECTORY(bombs_are_stopped),
        DIRECTORY(many_small_bombs_are_one),
        DIRECTORY(a_large_entry_of_little_is_no_bomb),
        DIRECTORY(damaged_archives_never_pass_for_whole),
        DIRECTORY(flipped_bits_do_no_harm),
        DIRECTORY(an_archive_in_a_directory_is_skipped_when_damaged),
        DIRECTORY(pipes_and_devices_are_not_opened),
        DIRECTORY(own_descriptors_are_read),
        DIRECTORY(links_are_not_followed),
        DIRECTORY(directories_that_cannot_be_read_are_reported),
        DIRECTORY(names_may_hold_newlines),
        DIRECTORY(patterns_are_expanded_bytewise),
        DIRECTORY(a_file_is_no_pattern),
        DIRECTORY(unknown_formats_are_refused),
        DIRECTORY(arrays_are_read),
        DIRECTORY(arrays_with_faults_lose_only_those),
        DIRECTORY(a_bracket_alone_is_no_array),
        DIRECTORY(a_large_element_is_passed_over),
        DIRECTORY(a_file_may_shrink),
        DIRECTORY(search_read_reads_without_an_index),
        DIRECTORY(search_read_refuses_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
