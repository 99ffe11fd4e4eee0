/* Records that are drawn, the same ones in every run: plain ones of common words, and odd ones of all that is hard to
 * index.  All are made up.  And what tests of building count: entries of a folder, threads. */
#ifndef TESTS_UNIT_MADE_UP_H
#define TESTS_UNIT_MADE_UP_H

#include "fixture.h"
#include <dirent.h>
#include <sched.h>

/* Xapian 1.4.22 frees a table as another type in its own check. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}

/* ---- Folders and threads ---- */

static inline size_t count_entries(const char *path) {
    DIR *folder = opendir(path);
    size_t n = 0;
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 ? 1 : 0;
    }
    closedir(folder);
    return n;
}

/* A thread that was joined may be in the list for a moment still. */
static inline void assert_n_threads(size_t n) {
    for (size_t i = 0; i < 1000000 && count_entries("/proc/self/task") > n; i++) {
        sched_yield();
    }
    assert_int_equal(count_entries("/proc/self/task"), n);
}

/* ---- Drawing ---- */

static uint64_t made_up_state;

static inline uint64_t made_up_draw(void) {
    made_up_state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = made_up_state;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline size_t made_up_below(size_t n) {
    return (size_t)(made_up_draw() % n);
}

/* ---- Texts ---- */

typedef struct made_up_text {
    char bytes[1 << 17];
    size_t n_bytes;
} made_up_text;

static inline void made_up_add(made_up_text *text, const void *bytes, size_t n_bytes) {
    assert_true(text->n_bytes + n_bytes < sizeof text->bytes);
    memcpy(text->bytes + text->n_bytes, bytes, n_bytes);
    text->n_bytes += n_bytes;
}

/* A word of so many letters, the first of which are drawn. */
static inline void made_up_add_long(made_up_text *text, size_t n_letters) {
    for (size_t i = 0; i < n_letters; i++) {
        const char letter = (char)('a' + (i < 3 ? made_up_below(26) : i % 26));
        made_up_add(text, &letter, 1);
    }
}

/* One of some 20,000 words, the first of them ever more often. */
static inline void made_up_add_common(made_up_text *text) {
    size_t n = made_up_below(1 + made_up_below(1 + made_up_below(20000)));
    do {
        const char syllable[2] = {"bdfgklmnprstvz"[n % 14], "aeiou"[n / 14 % 5]};
        made_up_add(text, syllable, 2);
        n /= 70;
    } while (n > 0);
    made_up_add(text, " ", 1);
}

#define MADE_UP(literal)                                                                                               \
    { literal, sizeof literal - 1 }

static const search_text made_up_odd_words[] = {
    MADE_UP("front"),
    MADE_UP("Korea"),
    MADE_UP("Kim Il-sung"),
    MADE_UP("Sung's"),
    MADE_UP("James\xE2\x80\x99"),
    MADE_UP("W[illiam] Porter"),
    MADE_UP("[from the Ambassador]"),
    MADE_UP("[[deeply] nested]"),
    MADE_UP("]"),
    MADE_UP("["),
    MADE_UP("20,517"),
    MADE_UP("1.5"),
    MADE_UP("00123"),
    MADE_UP("18446744073709551616"),
    MADE_UP("U.S.S.R."),
    MADE_UP("P\xE2\x80\x98y\xC5\x8Fngyang"),
    MADE_UP("Ch\xCA\xBCoe"),
    MADE_UP("\xE4\xB8\xAD\xE5\x8D\x8E\xE4\xBA\xBA\xE6\xB0\x91\xE5\x85\xB1\xE5\x92\x8C\xE5\x9B\xBD"),
    MADE_UP("\xE6\x9C\x9D\xE9\xAE\xAE"),
    MADE_UP("\xE3\x81\x93\xE3\x82\x93\xE3\x81\xAB\xE3\x81\xA1\xE3\x81\xAF"),
    MADE_UP("\xED\x95\x9C\xEA\xB5\xAD\xEC\xA0\x84\xEC\x9F\x81"),
    MADE_UP("\xD0\x9C\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0"),
    MADE_UP("\xEF\xAC\x81n"),
    MADE_UP("\xC4\xB0stanbul"),
    MADE_UP("na\xC3\xAFve"),
    MADE_UP("nai\xCC\x88ve"),
    MADE_UP("\xEF\xBF\xBD"),
    MADE_UP("lost\xEF\xBF\xBDletter"),
    MADE_UP("bad\xFF\xFE"),
    MADE_UP("nul\0inside"),
    MADE_UP("\0"),
    MADE_UP("XBO"),
    MADE_UP("colour honour's"),
    MADE_UP("e-mail@example.org"),
    MADE_UP("\xF0\x9F\x95\x8A"),
    MADE_UP("\xE2\x80\x94"),
    MADE_UP("\n\n"),
    MADE_UP("Quemoy"),
};

static const size_t made_up_odd_lengths[] = {1, 62, 63, 64, 65, 66, 150, 197, 199, 200, 201, 243, 245, 246, 256, 5000};

static inline void made_up_add_odd(made_up_text *text) {
    const size_t n_words = sizeof made_up_odd_words / sizeof *made_up_odd_words;
    const size_t n_lengths = sizeof made_up_odd_lengths / sizeof *made_up_odd_lengths;
    if (made_up_below(8) == 0) {
        made_up_add_long(text, made_up_odd_lengths[made_up_below(n_lengths)]);
    } else if (made_up_below(4) == 0) {
        made_up_add_common(text);
    } else {
        const search_text word = made_up_odd_words[made_up_below(n_words)];
        made_up_add(text, word.bytes, word.n_bytes);
    }
    made_up_add(text, " ", 1);
}

/* ---- Records ---- */

static inline void made_up_put(search_record *record, const char *key, const made_up_text *text) {
    assert_ok(search_record_add(record, key, (search_text){text->bytes, text->n_bytes}, &last_error));
}

static inline void made_up_field(search_record *record, const char *key, size_t n_words, void (*add)(made_up_text *)) {
    static made_up_text text;
    text.n_bytes = 0;
    for (size_t i = 0; i < n_words; i++) {
        add(&text);
    }
    made_up_put(record, key, &text);
}

static inline void made_up_value(search_record *record, const char *key, const char *value) {
    assert_ok(search_record_add(record, key, search_text_of(value), &last_error));
}

static inline void made_up_id(search_record *record, const char *kind, size_t i) {
    char id[64];
    snprintf(id, sizeof id, "%s-%zu", kind, i);
    made_up_value(record, "id", id);
}

static const char *const made_up_places[] = {
    "Asia > Korea > Seoul", "Asia > Korea",  "Asia", "Europe > Germany", "Asia >", " > ",
    "China; Korea",         "a > b > c > d",
};
static const char *const made_up_dates[] = {
    "1952-07-01", "October 1962", "1960s", "c. 1962", "undated", "99-99-99", "24.III.50", "1945-1989", "March 1964?",
};

/* About 1,200 bytes. */
static inline void made_up_plain(search_record *record, size_t i) {
    made_up_state = i;
    made_up_id(record, "plain", i);
    made_up_field(record, "title", 6, made_up_add_common);
    made_up_field(record, "body", 200, made_up_add_common);
    made_up_value(record, "summary", "everywhere");
    made_up_value(record, "places", made_up_places[i % 4]);
    made_up_value(record, "date", made_up_dates[i % 4]);
}

static inline void made_up_odd(search_record *record, size_t i) {
    static const char *const texts[] = {"title", "summary", "original", "source",  "number",  "from",
                                        "to",    "people",  "topics",   "own_key", "Own Key", "classification"};
    made_up_state = ~(uint64_t)i;
    made_up_id(record, "odd", i);
    made_up_field(record, "title", made_up_below(9), made_up_add_odd);
    made_up_field(record, "body", made_up_below(3) == 0 ? 1 : made_up_below(120), made_up_add_odd);
    made_up_value(record, i % 2 == 0 ? "title" : "body", "never empty");
    for (size_t n = made_up_below(8); n > 0; n--) {
        const size_t which = made_up_below(sizeof texts / sizeof *texts);
        made_up_field(record, texts[which], made_up_below(6), made_up_add_odd);
    }
    for (size_t n = made_up_below(12) == 0 ? 300 : made_up_below(4); n > 0; n--) {
        made_up_field(record, "people", 1 + made_up_below(3), made_up_add_common);
        made_up_value(record, "places", made_up_places[made_up_below(sizeof made_up_places / sizeof *made_up_places)]);
    }
    if (made_up_below(3) > 0) {
        made_up_value(record, "date", made_up_dates[made_up_below(sizeof made_up_dates / sizeof *made_up_dates)]);
    }
    if (made_up_below(4) == 0) {
        made_up_value(record, "language", "english");
        made_up_value(record, "original_language", "chinese");
    }
}

#endif
