/* The vocabulary of an index, walked by pattern and by edits, against brute force over random words. */
#include "fixture.h"
#include "libsearch/index/snapshot.h"
#include "libsearch/ranking/vocabulary.h"
#include "libsearch/support/utf8.h"

enum { max_letters = 300, max_words = 4000 };

typedef struct letters {
    uint32_t list[max_letters];
    size_t n;
} letters;

static letters letters_of(search_text text) {
    letters l = {.n = 0};
    for (size_t at = 0; at < text.n_bytes;)
        l.list[l.n++] = utf8_next(text.bytes, text.n_bytes, &at);
    return l;
}

/* Letters, '*' and '?'. */
static letters pattern_of(const char *text) {
    letters l = letters_of(search_text_of(text));
    for (size_t i = 0; i < l.n; i++)
        l.list[i] = l.list[i] == '*' ? VOCABULARY_ANY : l.list[i] == '?' ? VOCABULARY_ONE : l.list[i];
    return l;
}

/* ---- A vocabulary made by hand: a database and a reader on it --------------------------------------------------- */

typedef struct store {
    char path[96];
    reader r;
} store;

static store store_of(const scratch *s, const char *const *terms) {
    store made = {.r = {0}};
    xapian_writer *w = NULL;
    xapian_document *d = NULL;
    uint32_t docid = 0;
    snprintf(made.path, sizeof made.path, "%s/store", s->directory);
    assert_ok(xapian_writer_create(made.path, &w, &last_error));
    assert_ok(xapian_document_new(&d, &last_error));
    for (size_t i = 0; terms[i] != NULL; i++)
        assert_ok(xapian_document_add_term(d, search_text_of(terms[i]), 1, &last_error));
    assert_ok(xapian_writer_add(w, d, &docid, &last_error));
    assert_ok(xapian_writer_close(w, &last_error));
    xapian_document_free(d);
    xapian_writer_free(w);
    assert_ok(xapian_database_open(made.path, &made.r.store, &last_error));
    return made;
}

/* The words that were found, with one space between; those with edits as word/1. */
static void print_list(const vocabulary_list *found, char *out, size_t n_out) {
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < found->n; i++) {
        const vocabulary_word *w = &found->words[i];
        n += (size_t)snprintf(out + n, n_out - n, "%s%.*s", i == 0 ? "" : " ", (int)w->word.n_bytes, w->word.bytes);
        if (w->n_edits > 0)
            n += (size_t)snprintf(out + n, n_out - n, "/%zu", w->n_edits);
    }
}

static void assert_match(store *s, const char *prefix, const char *pattern, const char *expected) {
    arena memory = {0};
    vocabulary_list found;
    char text[4096];
    const letters p = pattern_of(pattern);
    assert_ok(
        vocabulary_match(&(search_run_context){.r = &s->r}, prefix, p.list, p.n, 100, &memory, &found, &last_error));
    print_list(&found, text, sizeof text);
    assert_string_equal(text, expected);
    arena_free(&memory);
}

static void assert_near(store *s, const char *prefix, const char *word, size_t n_edits, const char *expected) {
    arena memory = {0};
    vocabulary_list found;
    char text[4096];
    assert_ok(vocabulary_near(&(search_run_context){.r = &s->r}, prefix, search_text_of(word), n_edits, 100, &memory,
                              &found, &last_error));
    print_list(&found, text, sizeof text);
    assert_string_equal(text, expected);
    arena_free(&memory);
}

static void close_store(store *s) {
    xapian_database_free(s->r.store);
}

static void only_words_are_found(void **state) {
    store s = store_of(*state, RECORDS("007", "Qid", "Ssoviet", "Ssouth", "XBO", "XEsov\xc3\xa9t", "XFplaces:sov",
                                       "XTplaces:korea", "Zsoviet", "Zsov", "Y1961", "sou", "soviet", "soviets",
                                       "sovi\x7f"
                                       "0123456789abcdef0123456789abcdef",
                                       "\xc3\xa9t\xc3\xa9"));
    assert_match(&s, "", "*", "007 sou soviet soviets \xc3\xa9t\xc3\xa9");
    assert_match(&s, "", "s*", "sou soviet soviets");
    assert_match(&s, "", "?oviet*", "soviet soviets");
    assert_match(&s, "", "*t?", "soviets \xc3\xa9t\xc3\xa9");
    assert_match(&s, "", "*ov*", "soviet soviets");
    assert_match(&s, "", "soviet", "soviet");
    assert_match(&s, "", "???", "007 sou \xc3\xa9t\xc3\xa9");
    assert_match(&s, "", "S*", "");
    assert_match(&s, "", "**s**", "sou soviet soviets");
    assert_match(&s, "", "", "");
    assert_match(&s, "S", "*", "south soviet");
    assert_match(&s, "S", "*t", "soviet");
    assert_match(&s, "XTplaces:", "k*", "korea");
    assert_match(&s, "XTpeople:", "*", "");
    assert_match(&s, "Y", "*", "1961");
    close_store(&s);
}

static void edits_are_of_letters(void **state) {
    store s = store_of(*state, RECORDS("Skorea", "chongjin", "chonjgin", "chongjni", "korea", "koran", "kore", "koreaa",
                                       "okrea", "\xc3\xa9t\xc3\xa9", "\xe6\xbc\xa2\xe5\x9f\x8e", "\xe6\xbc\xa2"));
    assert_near(&s, "", "korea", 1, "kore/1 korea koreaa/1 okrea/1");
    assert_near(&s, "", "korea", 2, "koran/2 kore/1 korea koreaa/1 okrea/1");
    assert_near(&s, "S", "korae", 1, "korea/1");
    assert_near(&s, "", "chongjin", 1, "chongjin chongjni/1 chonjgin/1");
    assert_near(&s, "", "\xc3\xa9te", 1, "\xc3\xa9t\xc3\xa9/1");
    assert_near(&s, "", "\xe6\xbc\xa2\xe5\x9f\x8f", 1, "\xe6\xbc\xa2/1 \xe6\xbc\xa2\xe5\x9f\x8e/1");
    assert_near(&s, "", "x", 1, "\xe6\xbc\xa2/1");
    assert_near(&s, "", "", 2, "");
    assert_near(&s, "", "\xff\xfe", 2, "");
    close_store(&s);
}

static void more_than_the_limit_is_an_error(void **state) {
    store s = store_of(*state, RECORDS("kim", "kin", "kit", "lim"));
    arena memory = {0};
    vocabulary_list found;
    const letters p = pattern_of("ki*");
    assert_ok(vocabulary_match(&(search_run_context){.r = &s.r}, "", p.list, p.n, 3, &memory, &found, &last_error));
    assert_int_equal(found.n, 3);
    assert_int_equal(found.words[0].n_documents, 1);
    assert_fails(vocabulary_match(&(search_run_context){.r = &s.r}, "", p.list, p.n, 2, &memory, &found, &last_error),
                 SEARCH_E_LIMIT);
    assert_string_equal(last_error.id, "query.too_many_expansions");
    assert_fails(vocabulary_near(&(search_run_context){.r = &s.r}, "", search_text_of("kim"), 1, 3, &memory, &found,
                                 &last_error),
                 SEARCH_E_LIMIT);
    arena_free(&memory);
    close_store(&s);
}

/* Terms as no index of ours has them: bytes that are no text, and as long as a key may be. */
static void hostile_terms_are_passed_over(void **state) {
    char longest[246];
    char longer[200];
    memset(longest, 'k', 245);
    memset(longer, 'k', 199);
    longest[245] = longer[199] = '\0';
    store s = store_of(*state, RECORDS("\x01", "\x7f",
                                       "a\xff"
                                       "b",
                                       "ab", "abc\xed\xa0\x80", "ac", longer, longest, "\x80", "\xc3",
                                       "\xf4\x8f\xbf\xbf", "\xff\xff"));
    assert_match(&s, "", "a*", "ab ac");
    assert_match(&s, "", "?", "\x01 \xf4\x8f\xbf\xbf");
    assert_near(&s, "", "a", 1, "\x01/1 ab/1 ac/1 \xf4\x8f\xbf\xbf/1");
    arena memory = {0};
    vocabulary_list found;
    char pattern[max_letters];
    for (size_t n = 240; n < 260; n++) {
        memset(pattern, 'k', n);
        pattern[n] = '\0';
        const letters p = pattern_of(pattern);
        assert_ok(vocabulary_match(&(search_run_context){.r = &s.r}, "", p.list, p.n, 9, &memory, &found, &last_error));
        assert_int_equal(found.n, n == 245 ? 1 : 0);
        assert_ok(vocabulary_near(&(search_run_context){.r = &s.r}, "", search_text_of(pattern), 2, 9, &memory, &found,
                                  &last_error));
        assert_int_equal(found.n, n >= 243 && n <= 247 ? 1 : 0);
    }
    arena_free(&memory);
    close_store(&s);
}

/* ---- Brute force ------------------------------------------------------------------------------------------------ */

static uint32_t random_state;

static uint32_t random_below(uint32_t n) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % n;
}

static void random_word(char *out, size_t max_n) {
    static const char *const alphabet[] = {"a", "b", "c", "z", "\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80", "1"};
    const size_t n = 1 + random_below((uint32_t)max_n);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        strcat(out, alphabet[random_below(8) % (1 + random_below(8))]);
}

static bool matches(const uint32_t *pattern, size_t n_pattern, const uint32_t *word, size_t n_word) {
    if (n_pattern == 0)
        return n_word == 0;
    if (pattern[0] == VOCABULARY_ANY)
        return matches(pattern + 1, n_pattern - 1, word, n_word) ||
               (n_word > 0 && matches(pattern, n_pattern, word + 1, n_word - 1));
    return n_word > 0 && (pattern[0] == VOCABULARY_ONE || pattern[0] == word[0]) &&
           matches(pattern + 1, n_pattern - 1, word + 1, n_word - 1);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The whole table. */
static size_t distance(const letters *a, const letters *b) {
    static size_t d[16][16];
    assert_true(a->n < 16 && b->n < 16);
    for (size_t i = 0; i <= a->n; i++)
        for (size_t j = 0; j <= b->n; j++) {
            d[i][j] = i == 0 ? j : j == 0 ? i : least(d[i - 1][j], d[i][j - 1]) + 1;
            if (i > 0 && j > 0)
                d[i][j] = least(d[i][j], d[i - 1][j - 1] + (a->list[i - 1] == b->list[j - 1] ? 0 : 1));
            if (i > 1 && j > 1 && a->list[i - 1] == b->list[j - 2] && a->list[i - 2] == b->list[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a->n][b->n];
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char (*random_words)[40];
static const char *sorted[max_words + 1];
static size_t n_sorted;

/* Words of a small alphabet, each once, and terms of other kinds between them. */
static store random_store(const scratch *s) {
    const char *terms[2 * max_words + 1];
    size_t n_terms = 0;
    random_words = malloc(max_words * sizeof *random_words);
    assert_non_null(random_words);
    for (size_t i = 0; i < max_words; i++) {
        random_word(random_words[i] + 1, 7);
        random_words[i][0] = "SZQX"[i % 4];
        terms[n_terms++] = random_words[i];
        terms[n_terms++] = sorted[i] = random_words[i] + 1;
    }
    terms[n_terms] = NULL;
    qsort(sorted, max_words, sizeof *sorted, by_bytes);
    n_sorted = 0;
    for (size_t i = 0; i < max_words; i++)
        if (n_sorted == 0 || strcmp(sorted[i], sorted[n_sorted - 1]) != 0)
            sorted[n_sorted++] = sorted[i];
    return store_of(s, terms);
}

static void patterns_find_what_brute_force_finds(void **state) {
    random_state = 1;
    store s = random_store(*state);
    size_t n_found = 0;
    for (size_t n = 0; n < 500; n++) {
        char text[64];
        random_word(text, 5);
        letters p = pattern_of(text);
        for (size_t i = 0; i < p.n; i++)
            p.list[i] = random_below(3) > 0 ? p.list[i] : random_below(2) > 0 ? VOCABULARY_ANY : VOCABULARY_ONE;
        arena memory = {0};
        vocabulary_list found;
        assert_ok(vocabulary_match(&(search_run_context){.r = &s.r}, "", p.list, p.n, max_words, &memory, &found,
                                   &last_error));
        size_t at = 0;
        for (size_t i = 0; i < n_sorted; i++) {
            const letters word = letters_of(search_text_of(sorted[i]));
            if (matches(p.list, p.n, word.list, word.n)) {
                assert_true(at < found.n);
                assert_text(found.words[at++].word, sorted[i]);
            }
        }
        assert_int_equal(at, found.n);
        n_found += found.n;
        arena_free(&memory);
    }
    assert_true(n_found > 10000);
    free(random_words);
    close_store(&s);
}

static void edits_find_what_brute_force_finds(void **state) {
    random_state = 2;
    store s = random_store(*state);
    size_t n_found = 0;
    for (size_t n = 0; n < 500; n++) {
        char text[64];
        random_word(text, 8);
        const letters asked = letters_of(search_text_of(text));
        arena memory = {0};
        vocabulary_list found;
        assert_ok(vocabulary_near(&(search_run_context){.r = &s.r}, "", search_text_of(text), 1 + n % 2, max_words,
                                  &memory, &found, &last_error));
        size_t at = 0;
        for (size_t i = 0; i < n_sorted; i++) {
            const letters word = letters_of(search_text_of(sorted[i]));
            const size_t n_edits = distance(&asked, &word);
            if (n_edits <= 1 + n % 2) {
                assert_true(at < found.n);
                assert_text(found.words[at].word, sorted[i]);
                assert_int_equal(found.words[at++].n_edits, n_edits);
            }
        }
        assert_int_equal(at, found.n);
        n_found += found.n;
        arena_free(&memory);
    }
    assert_true(n_found > 5000);
    free(random_words);
    close_store(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_words_are_found, scratch_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(edits_are_of_letters, scratch_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(more_than_the_limit_is_an_error, scratch_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(hostile_terms_are_passed_over, scratch_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(patterns_find_what_brute_force_finds, scratch_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(edits_find_what_brute_force_finds, scratch_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
