/* Unit tests of libsearch/support. */
#include "libsearch/support/arena.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/digest.h"
#include "libsearch/support/error.h"
#include "libsearch/support/files.h"
#include "libsearch/support/hash.h"
#include "libsearch/support/heap.h"
#include "libsearch/support/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Errors ---- */

static void test_error_set(void **state) {
    (void)state;
    search_error e;
    memset(&e, 0x5A, sizeof e);
    assert_int_equal(error_set(&e, SEARCH_E_QUERY, "query.bad", "bad %s at %d", "word", 7), SEARCH_E_QUERY);
    assert_int_equal(e.status, SEARCH_E_QUERY);
    assert_int_equal(e.system_errno, 0);
    assert_true(e.offset == SEARCH_NO_OFFSET);
    assert_string_equal(e.id, "query.bad");
    assert_string_equal(e.message, "bad word at 7");
    assert_string_equal(e.hint, "");
    error_hint(&e, "try %d", 8);
    error_offset(&e, 3);
    assert_string_equal(e.hint, "try 8");
    assert_int_equal(e.offset, 3);
    error_clear(&e);
    assert_int_equal(e.status, SEARCH_OK);
    assert_string_equal(e.message, "");
    assert_string_equal(e.hint, "");
    assert_true(e.offset == SEARCH_NO_OFFSET);
}

static void test_error_null(void **state) {
    (void)state;
    error_clear(NULL);
    assert_int_equal(error_set(NULL, SEARCH_E_INPUT, "x", "y"), SEARCH_E_INPUT);
    assert_int_equal(error_system(NULL, EIO, "x", "y"), SEARCH_E_SYSTEM);
    assert_int_equal(error_memory(NULL), SEARCH_E_MEMORY);
    error_hint(NULL, "x");
    error_offset(NULL, 1);
}

/* An argument may point into the error that is set. */
static void test_error_from_itself(void **state) {
    (void)state;
    search_error e;
    error_set(&e, SEARCH_E_INPUT, "a.b", "inner");
    error_set(&e, SEARCH_E_REFUSED, e.id, "outer: %s", e.message);
    assert_string_equal(e.id, "a.b");
    assert_string_equal(e.message, "outer: inner");
}

static void test_error_cut_at_a_character(void **state) {
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char text[2000] = "";
        for (size_t i = 0; i < shift; i++)
            strcat(text, "x");
        while (strlen(text) < 1200)
            strcat(text, "\xF0\x9F\x98\x80");
        search_error e;
        error_set(&e, SEARCH_E_INPUT, "x", "%s", text);
        size_t n = strlen(e.message);
        assert_true(n < sizeof e.message && n > sizeof e.message - 5);
        assert_true(utf8_valid(e.message, n));
        assert_memory_equal(e.message, text, n);
        error_hint(&e, "%s", text);
        assert_true(utf8_valid(e.hint, strlen(e.hint)));
    }
}

static void test_error_is_one_line_of_utf8(void **state) {
    (void)state;
    search_error e;
    error_set(&e, SEARCH_E_INPUT, "x", "%s",
              "a\nb\tc\x7F\xFF"
              "d");
    assert_string_equal(e.message, "a b c ?d");
}

static void test_error_system(void **state) {
    (void)state;
    search_error e;
    setlocale(LC_ALL, "");
    assert_int_equal(error_system(&e, ENOENT, "file.open", "cannot open %s", "/x"), SEARCH_E_SYSTEM);
    setlocale(LC_ALL, "C");
    assert_int_equal(e.system_errno, ENOENT);
    assert_string_equal(e.message, "cannot open /x: No such file or directory");
    char path[5000];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    error_system(&e, ENOENT, "file.open", "cannot open %s", path);
    assert_non_null(strstr(e.message, "p: No such file or directory"));
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
}

static void test_status_names(void **state) {
    (void)state;
    const search_status all[] = {SEARCH_OK,          SEARCH_E_ARGUMENT, SEARCH_E_QUERY,     SEARCH_E_FACET,
                                 SEARCH_E_LIMIT,     SEARCH_E_FORKED,   SEARCH_E_NOT_FOUND, SEARCH_E_NO_INDEX,
                                 SEARCH_E_FORMAT,    SEARCH_E_CORRUPT,  SEARCH_E_ANALYZER,  SEARCH_E_INPUT,
                                 SEARCH_E_REFUSED,   SEARCH_E_SYSTEM,   SEARCH_E_MEMORY,    SEARCH_E_DEADLINE,
                                 SEARCH_E_CANCELLED, SEARCH_E_INTERNAL, SEARCH_E_LOCKED};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_memory_equal(search_status_name(all[i]), "SEARCH_", 7);
    assert_string_equal(search_status_name(SEARCH_E_QUERY), "SEARCH_E_QUERY");
    assert_string_equal(search_status_name((search_status)49), "unknown status");
}

static void test_public_text(void **state) {
    (void)state;
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", SEARCH_VERSION_MAJOR, SEARCH_VERSION_MINOR, SEARCH_VERSION_PATCH);
    assert_string_equal(search_version(), version);
    assert_int_equal(search_text_of("abc").n_bytes, 3);
    assert_null(search_text_of(NULL).bytes);
    assert_int_equal(search_text_of(NULL).n_bytes, 0);
    search_bytes_free(NULL);
}

/* ---- Buffers ---- */

static void test_buffer_grows(void **state) {
    (void)state;
    buffer b = {0};
    for (int i = 0; i < 1000; i++)
        buffer_add_format(&b, "%d,", i);
    buffer_add_string(&b, "end");
    buffer_add_byte(&b, '!');
    buffer_add(&b, "", 0);
    assert_false(b.failed);
    assert_int_equal(b.n_bytes, strlen(b.bytes));
    assert_memory_equal(b.bytes, "0,1,2,", 6);
    assert_string_equal(b.bytes + b.n_bytes - 8, "999,end!");
    buffer_clear(&b);
    assert_int_equal(b.n_bytes, 0);
    assert_string_equal(b.bytes, "");
    buffer_free(&b);
    assert_null(b.bytes);
}

static void test_buffer_keeps_nul_bytes(void **state) {
    (void)state;
    buffer b = {0};
    buffer_add(&b, "a\0b", 3);
    size_t n;
    char *bytes = buffer_take(&b, &n);
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, "a\0b", 4);
    assert_null(b.bytes);
    free(bytes);
    bytes = buffer_take(&b, NULL);
    assert_string_equal(bytes, ""); /* empty is no failure */
    free(bytes);
}

static void test_buffer_failure_sticks(void **state) {
    (void)state;
    buffer b = {0};
    buffer_add_string(&b, "abc");
    assert_false(buffer_reserve(&b, SIZE_MAX));
    assert_true(b.failed);
    buffer_add_string(&b, "def");
    assert_string_equal(b.bytes, "abc");
    buffer_clear(&b);
    assert_true(b.failed);
    size_t n = 9;
    assert_null(buffer_take(&b, &n));
    assert_int_equal(n, 0);
}

/* ---- Arenas ---- */

static void test_arena(void **state) {
    (void)state;
    arena a = {0};
    unsigned char *pieces[400];
    for (size_t i = 0; i < 400; i++) {
        size_t n = i * 37 % 1000;
        pieces[i] = arena_alloc(&a, n);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i & 0xFF), n);
    }
    for (size_t i = 0; i < 400; i++)
        for (size_t k = 0; k < i * 37 % 1000; k++)
            assert_int_equal(pieces[i][k], i & 0xFF);
    assert_non_null(arena_alloc(&a, (size_t)3 << 20));
    assert_string_equal(arena_copy(&a, "xyz", 2), "xy");
    assert_string_equal(arena_copy(&a, NULL, 0), "");
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_copy(&a, "", SIZE_MAX));
    arena_free(&a);
    assert_null(a.blocks);
    arena_free(&a);
}

/* ---- UTF-8 ---- */

static void test_utf8_all_characters(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4];
        size_t n = utf8_put(c, bytes);
        size_t at = 0;
        uint32_t got = utf8_next(bytes, n, &at);
        bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
        if ((is_surrogate && got != UTF8_BAD) || (!is_surrogate && (got != c || at != n)))
            fail_msg("U+%04X", (unsigned)c);
    }
}

/* The examples of the Unicode Standard, tables 3-8 to 3-11: how many U+FFFD each gives. */
static void test_utf8_repair(void **state) {
    (void)state;
    const struct {
        const char *bytes;
        size_t n_bad;
        const char *repaired;
    } cases[] = {
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 8,
         "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"
         "A"},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 8,
         "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"
         "A"},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 7, "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFDB"},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 4,
         "\uFFFD\uFFFD\uFFFD\uFFFD"
         "A"},
        {"P\u02BByo\u0306ngyang", 0, "P\u02BByo\u0306ngyang"},
        {"x\xE2\x82", 1, "x\uFFFD"},
        {"", 0, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buffer b = {0};
        buffer_reserve(&b, 0);
        size_t n = strlen(cases[i].bytes);
        assert_int_equal(utf8_repair(&b, cases[i].bytes, n), cases[i].n_bad);
        assert_string_equal(b.bytes, cases[i].repaired);
        assert_int_equal(utf8_valid(cases[i].bytes, n), cases[i].n_bad == 0);
        buffer_free(&b);
    }
}

static void test_utf8_never_reads_past_the_end(void **state) {
    (void)state;
    const char *text = "\xF0\x9F\x98\x80";
    for (size_t n = 1; n < 4; n++) {
        char *exact = malloc(n);
        memcpy(exact, text, n);
        size_t at = 0;
        assert_int_equal(utf8_next(exact, n, &at), UTF8_BAD);
        assert_int_equal(at, n); /* one maximal subpart */
        free(exact);
    }
}

/* Long ASCII is passed over by large steps: each place of each character, sound or not, among and after them. */
static void test_utf8_valid_anywhere(void **state) {
    (void)state;
    static const char *const pieces[] = {"\x7F",     "\xC3\xA9", "\xE2\x80\x99", "\xF0\x9F\x98\x80", "\x80",
                                         "\xC0\x80", "\xE2\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        for (size_t at = 0; at < 100; at++) {
            for (size_t n_after = 0; n_after < 70; n_after += 23) {
                const size_t n_piece = strlen(pieces[i]);
                const size_t n = at + n_piece + n_after;
                char *exact = malloc(n);
                memset(exact, 'a', n);
                memcpy(exact + at, pieces[i], n_piece);
                assert_int_equal(utf8_valid(exact, n), i < 4);
                free(exact);
            }
        }
    }
}

static void test_utf8_cut(void **state) {
    (void)state;
    const char *text = "a\u00E9\u20AC\U0001F600z"; /* 1 + 2 + 3 + 4 + 1 bytes */
    const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t max = 0; max < sizeof expected / sizeof *expected; max++)
        assert_int_equal(utf8_cut(text, 11, max), expected[max]);
    assert_int_equal(utf8_n_characters(text, 11), 5);
    assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80", 5, 4), 4);
    assert_int_equal(utf8_cut("\xFF\xFF\xFF", 3, 2), 2);
}

/* ---- Digests ---- */

static void test_digest(void **state) {
    (void)state;
    char hex[DIGEST_N_HEX + 1];
    digest_of("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_of(NULL, 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest d;
    digest_start(&d);
    digest_add(&d, "a", 1);
    digest_add(&d, "bc", 2);
    digest_finish(&d, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* ---- Interning ---- */

static void test_hash(void **state) {
    (void)state;
    hash_map map = {0};
    assert_int_equal(hash_find(&map, "x", 1), HASH_NONE);
    bool is_new;
    char key[32];
    for (uint32_t i = 0; i < 50000; i++) {
        int n = snprintf(key, sizeof key, "word%u", (unsigned)i);
        assert_int_equal(hash_add(&map, key, (size_t)n, &is_new), i);
        assert_true(is_new);
    }
    for (uint32_t i = 0; i < 50000; i++) {
        int n = snprintf(key, sizeof key, "word%u", (unsigned)i);
        assert_int_equal(hash_add(&map, key, (size_t)n, &is_new), i);
        assert_false(is_new);
        assert_int_equal(hash_find(&map, key, (size_t)n), i);
        assert_int_equal(map.keys[i].n_bytes, n);
        assert_memory_equal(map.keys[i].bytes, key, (size_t)n);
    }
    assert_int_equal(map.n_keys, 50000);
    assert_int_equal(hash_find(&map, "word", 4), HASH_NONE);
    hash_free(&map);
    assert_int_equal(map.n_keys, 0);
}

static bool is_less(const void *context, uint32_t a, uint32_t b) {
    const uint32_t *values = context;
    return values[a] < values[b];
}

/* Items come out in the order of what they stand for, also when that of the first one grows meanwhile. */
static void test_heap(void **state) {
    (void)state;
    enum { n = 200 };
    uint32_t values[n];
    uint32_t items[n];
    heap h = {.items = items};
    for (uint32_t i = 0; i < n; i++) {
        values[i] = i * 7919 % 101;
        heap_push(&h, i, is_less, values);
    }
    values[items[0]] += 50;
    heap_sink(&h, is_less, values);
    uint32_t last = 0;
    for (size_t left = n; left > 0; left--) {
        assert_int_equal(h.n, left);
        const uint32_t first = heap_pop(&h, is_less, values);
        assert_true(values[first] >= last);
        last = values[first];
        values[first] = 0; /* would come first were it still in */
    }
    assert_int_equal(h.n, 0);
}

static void test_hash_odd_keys(void **state) {
    (void)state;
    hash_map map = {0};
    assert_int_equal(hash_add(&map, NULL, 0, NULL), 0);
    assert_int_equal(hash_add(&map, "\0", 1, NULL), 1);
    assert_int_equal(hash_add(&map, "\0\0", 2, NULL), 2);
    assert_int_equal(hash_add(&map, "", 0, NULL), 0);
    assert_int_equal(hash_find(&map, "\0\0\0", 3), HASH_NONE);
    hash_free(&map);
}

/* ---- Files ---- */

static int make_folder(void **state) {
    char *folder = strdup("/tmp/libsearch-test-XXXXXX");
    *state = folder;
    return folder != NULL && mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state) {
    search_status status = file_remove_tree(*state, NULL);
    free(*state);
    return status == SEARCH_OK ? 0 : -1;
}

static char *below(void **state, const char *name) {
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof *paths, "%s/%s", (const char *)*state, name);
    return path;
}

static void test_file_write_and_read(void **state) {
    const char *path = below(state, "a");
    size_t n = 300000;
    char *bytes = malloc(n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(i * 7);
    search_error e;
    assert_int_equal(file_write(path, bytes, n, &e), SEARCH_OK);
    buffer b = {0};
    buffer_add_string(&b, "what was there");
    assert_int_equal(file_read(path, n, &b, &e), SEARCH_OK);
    assert_int_equal(b.n_bytes, n);
    assert_memory_equal(b.bytes, bytes, n);
    assert_int_equal(b.bytes[n], 0);
    assert_int_equal(file_read(path, n - 1, &b, &e), SEARCH_E_INPUT);
    assert_string_equal(e.id, "file.too_large");
    assert_int_equal(b.n_bytes, 0);
    char hex[DIGEST_N_HEX + 1];
    char of_file[DIGEST_N_HEX + 1];
    digest_of(bytes, n, hex);
    assert_int_equal(digest_of_file(path, of_file, &e), SEARCH_OK);
    assert_string_equal(of_file, hex);
    assert_int_equal(file_write(path, "", 0, &e), SEARCH_E_SYSTEM); /* new files only */
    assert_int_equal(e.system_errno, EEXIST);
    file_map map;
    assert_int_equal(file_map_open(path, &map, &e), SEARCH_OK);
    assert_int_equal(map.n_bytes, n);
    assert_memory_equal(map.bytes, bytes, n);
    file_map_rest(&map, map.bytes, n);
    file_map_rest(&map, map.bytes + 5000, 100000);
    file_map_rest(&map, map.bytes + n - 1, 1);
    file_map_rest(&map, map.bytes + n, 0);
    assert_memory_equal(map.bytes, bytes, n); /* and comes back */
    file_map_close(&map);
    file_map_close(&map);
    buffer_free(&b);
    free(bytes);
}

static void test_file_by_parts(void **state) {
    const char *path = below(state, "a");
    search_error e;
    file_output o;
    buffer b = {0};
    assert_int_equal(file_output_open(&o, path, &e), SEARCH_OK);
    file_output_add(&o, "one ", 4);
    file_output_add(&o, "two", 3);
    assert_int_equal(file_output_close(&o, path, SEARCH_OK, &e), SEARCH_OK);
    assert_int_equal(file_read(path, 100, &b, &e), SEARCH_OK);
    assert_string_equal(b.bytes, "one two");
    assert_int_equal(file_output_open(&o, path, &e), SEARCH_E_SYSTEM); /* new files only */
    assert_int_equal(e.system_errno, EEXIST);
    unlink(path);
    assert_int_equal(file_output_open(&o, path, &e), SEARCH_OK); /* what is in it is not right */
    error_set(&e, SEARCH_E_CANCELLED, "test.cancelled", "cancelled");
    assert_int_equal(file_output_close(&o, path, SEARCH_E_CANCELLED, &e), SEARCH_E_CANCELLED);
    assert_string_equal(e.id, "test.cancelled");
    assert_false(file_exists(path));
    assert_int_equal(file_output_open(&o, path, &e), SEARCH_OK); /* it cannot be written */
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(dup2(full, o.fd), o.fd);
    close(full);
    file_output_add(&o, "one", 3);
    file_output_add(&o, "two", 3);
    assert_int_equal(file_output_close(&o, path, SEARCH_OK, &e), SEARCH_E_SYSTEM);
    assert_string_equal(e.id, "file.write");
    assert_int_equal(e.system_errno, ENOSPC);
    assert_false(file_exists(path));
    buffer_free(&b);
}

static void test_file_odd_ones(void **state) {
    search_error e;
    buffer b = {0};
    assert_int_equal(file_read(below(state, "none"), 10, &b, &e), SEARCH_E_SYSTEM);
    assert_int_equal(e.system_errno, ENOENT);
    assert_non_null(strstr(e.message, "/none"));
    assert_int_equal(file_read(*state, 10, &b, &e), SEARCH_E_SYSTEM);
    assert_int_equal(e.system_errno, EISDIR);
    assert_int_equal(mkfifo(below(state, "fifo"), 0600), 0);
    assert_int_equal(file_read(below(state, "fifo"), 10, &b, &e), SEARCH_E_SYSTEM); /* and does not wait */
    file_map map;
    assert_int_equal(file_map_open(below(state, "none"), &map, &e), SEARCH_E_SYSTEM);
    assert_null(map.bytes);
    assert_int_equal(file_write(below(state, "empty"), NULL, 0, &e), SEARCH_OK);
    assert_int_equal(file_map_open(below(state, "empty"), &map, &e), SEARCH_OK);
    assert_null(map.bytes);
    assert_int_equal(map.n_bytes, 0);
    file_map_close(&map);
    assert_int_equal(file_read(below(state, "empty"), 0, &b, &e), SEARCH_OK);
    assert_int_equal(b.n_bytes, 0);
    char hex[DIGEST_N_HEX + 1];
    assert_int_equal(digest_of_file(below(state, "none"), hex, &e), SEARCH_E_SYSTEM);
    assert_int_equal(digest_of_file(*state, hex, &e), SEARCH_E_SYSTEM);
    buffer_free(&b);
}

static void write_one(void **state, const char *name) {
    assert_int_equal(file_write(below(state, name), name, strlen(name), NULL), SEARCH_OK);
}

static void test_folders(void **state) {
    search_error e;
    assert_int_equal(file_make_directories(below(state, "x/y//z/"), &e), SEARCH_OK);
    assert_int_equal(file_make_directories(below(state, "x/y/z"), &e), SEARCH_OK);
    write_one(state, "x/y/file");
    assert_int_equal(file_make_directories(below(state, "x/y/file/w"), &e), SEARCH_E_SYSTEM);
    assert_int_equal(e.system_errno, ENOTDIR);
    assert_int_equal(file_make_directories(below(state, "x/y/file"), &e), SEARCH_E_SYSTEM);
    write_one(state, "kept");
    assert_int_equal(symlink(below(state, "kept"), below(state, "x/link")), 0);
    assert_int_equal(symlink(*state, below(state, "x/y/up")), 0);
    assert_int_equal(file_sync_tree(below(state, "x"), &e), SEARCH_OK);
    assert_int_equal(file_sync(below(state, "x"), &e), SEARCH_OK);
    assert_int_equal(file_sync_tree(below(state, "none"), &e), SEARCH_E_SYSTEM);
    assert_int_equal(file_remove_tree(below(state, "x"), &e), SEARCH_OK);
    assert_false(file_exists(below(state, "x")));
    assert_true(file_exists(below(state, "kept")));
    assert_int_equal(file_remove_tree(below(state, "x"), &e), SEARCH_OK);
}

typedef struct seen {
    buffer paths;
    size_t n_prefix;
    const char *stop_at;
    int n_unreadable;
} seen;

static search_status see(void *context, const char *path, search_error *error) {
    seen *s = context;
    const char *name = path + s->n_prefix + 1;
    if (s->stop_at != NULL && strcmp(name, s->stop_at) == 0)
        return error_set(error, SEARCH_E_CANCELLED, "stop", "stop");
    buffer_add_format(&s->paths, "%s ", name);
    return SEARCH_OK;
}

static void see_unreadable(void *context, const char *path, int system_errno) {
    seen *s = context;
    assert_non_null(strstr(path, "/shut"));
    assert_int_equal(system_errno, EACCES);
    s->n_unreadable++;
}

static void test_walk(void **state) {
    const char *folders[] = {"a", "a/b", ".hidden", "B"};
    const char *files[] = {"a/x", "a/b/y", "a-1", "a.txt", "B/z", ".hidden/w", "a/.v", "\u00E9", "~"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(file_make_directories(below(state, folders[i]), NULL), SEARCH_OK);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        write_one(state, files[i]);
    assert_int_equal(symlink(*state, below(state, "a/loop")), 0);
    assert_int_equal(symlink(below(state, "a-1"), below(state, "a/link")), 0);
    assert_int_equal(mkfifo(below(state, "fifo"), 0600), 0);

    seen s = {.n_prefix = strlen(*state)};
    const file_walk walk = {.visit = see, .on_unreadable = see_unreadable, .context = &s};
    search_error e;
    assert_int_equal(file_walk_tree(*state, &walk, &e), SEARCH_OK);
    assert_string_equal(s.paths.bytes, "B/z a-1 a.txt a/b/y a/x ~ \u00E9 ");

    buffer_clear(&s.paths);
    assert_int_equal(file_walk_tree(below(state, "/"), &walk, &e), SEARCH_OK); /* slashes at the end change no path */
    assert_string_equal(s.paths.bytes, "B/z a-1 a.txt a/b/y a/x ~ \u00E9 ");

    buffer_clear(&s.paths);
    s.stop_at = "a/b/y";
    assert_int_equal(file_walk_tree(*state, &walk, &e), SEARCH_E_CANCELLED);
    assert_string_equal(s.paths.bytes, "B/z a-1 a.txt ");
    buffer_free(&s.paths);

    assert_int_equal(file_walk_tree(below(state, "none"), &walk, &e), SEARCH_E_SYSTEM);
}

/* A link to a folder is followed when it is what was asked for. */
static void test_walk_follows_the_top(void **state) {
    assert_int_equal(mkdir(below(state, "real"), 0700), 0);
    write_one(state, "real/x");
    assert_int_equal(symlink("real", below(state, "link")), 0);
    seen s = {.n_prefix = strlen(below(state, "link"))};
    const file_walk walk = {.visit = see, .on_unreadable = see_unreadable, .context = &s};
    assert_int_equal(file_walk_tree(below(state, "link"), &walk, NULL), SEARCH_OK);
    assert_string_equal(s.paths.bytes, "x ");
    buffer_free(&s.paths);
}

/* Root reads everything, so root becomes nobody for the walk. */
static void test_walk_tells_what_it_cannot_read(void **state) {
    assert_int_equal(mkdir(below(state, "shut"), 0), 0);
    write_one(state, "x");
    assert_int_equal(chmod(*state, 0755), 0);
    uid_t user = geteuid();
    if (user == 0 && seteuid(65534) != 0)
        skip();
    seen s = {.n_prefix = strlen(*state)};
    const file_walk walk = {.visit = see, .on_unreadable = see_unreadable, .context = &s};
    search_status status = file_walk_tree(*state, &walk, NULL);
    assert_int_equal(seteuid(user), 0);
    assert_int_equal(status, SEARCH_OK);
    assert_string_equal(s.paths.bytes, "x ");
    assert_int_equal(s.n_unreadable, 1);
    buffer_free(&s.paths);
    assert_int_equal(chmod(below(state, "shut"), 0700), 0);
}

static void test_lock(void **state) {
    search_error e;
    int first;
    int second;
    assert_int_equal(file_lock(below(state, "lock"), 0, &first, &e), SEARCH_OK);
    assert_true(fcntl(first, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(file_lock(below(state, "lock"), 0, &second, &e), SEARCH_E_LOCKED);
    assert_int_equal(second, -1);
    assert_int_equal(file_lock(below(state, "lock"), 50, &second, &e), SEARCH_E_LOCKED);
    close(first);
    assert_int_equal(file_lock(below(state, "lock"), 0, &second, &e), SEARCH_OK);
    close(second);
    assert_int_equal(file_lock(below(state, "none/lock"), 0, &first, &e), SEARCH_E_SYSTEM);
    assert_int_equal(e.system_errno, ENOENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_set),
        cmocka_unit_test(test_error_null),
        cmocka_unit_test(test_error_from_itself),
        cmocka_unit_test(test_error_cut_at_a_character),
        cmocka_unit_test(test_error_is_one_line_of_utf8),
        cmocka_unit_test(test_error_system),
        cmocka_unit_test(test_status_names),
        cmocka_unit_test(test_public_text),
        cmocka_unit_test(test_buffer_grows),
        cmocka_unit_test(test_buffer_keeps_nul_bytes),
        cmocka_unit_test(test_buffer_failure_sticks),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_utf8_all_characters),
        cmocka_unit_test(test_utf8_repair),
        cmocka_unit_test(test_utf8_never_reads_past_the_end),
        cmocka_unit_test(test_utf8_valid_anywhere),
        cmocka_unit_test(test_utf8_cut),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_hash_odd_keys),
        cmocka_unit_test(test_heap),
        cmocka_unit_test_setup_teardown(test_file_write_and_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_file_by_parts, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_file_odd_ones, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_folders, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_walk, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_walk_follows_the_top, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_walk_tells_what_it_cannot_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_lock, make_folder, remove_folder),
    };
    return cmocka_run_group_tests_name("support", tests, NULL, NULL);
}
