/* Readings: what a name or place stands for, however it is romanized.
 *
 * A reading is a key such as "zh:mao-ze-dong".  Mao Tse-tung and Mao Zedong both have it, so each finds the other.  Two
 * names meet when they share a reading: never transitively, and never on a lone syllable of a name.  The same function
 * reads the names of records, when they are indexed, and those of queries.
 *
 * One file a language: each reads a run of words as a whole or not at all.  The tables are in tables/. */
#ifndef LIBSEARCH_ANALYSIS_READINGS_H
#define LIBSEARCH_ANALYSIS_READINGS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"
#include <stdint.h>

/* No name has more words. */
#define READING_MAX_WORDS 8

/* One word of a text, as the analyzer gives it; of a possessive its owner. */
typedef struct reading_word {
    search_text folded; /* never empty */
    search_text exact;  /* lower case with its marks and apostrophes, where that differs from folded; else empty */
    bool is_capital;    /* holds a capital letter; queries are often typed without */
    bool joins_next;    /* nothing but one hyphen stands between it and the next word */
    uint32_t word;      /* the number of the token, 0: none */
} reading_word;

typedef struct reading {
    search_text key;  /* valid during the visit; at most 200 bytes, no NUL */
    size_t n_words;   /* it reads words[0 .. n_words) */
    const char *rule; /* static text: what joins the names that have it, such as "Chinese: Wade-Giles and Pinyin" */
} reading;

typedef search_status (*reading_visit)(void *context, const reading *r, search_error *error);

typedef struct readings readings; /* immutable: any number of threads may use one */

search_status readings_new(readings **out, search_error *error);
/* Visits every reading of a name or place that begins at words[0]; there may be none.  Of each language the
 * longest run is read, and where its last word begins a name of its own, as in a list, also the run without it; in
 * Japanese also a lone surname.  The first status of `visit` that is not SEARCH_OK ends it. */
search_status readings_visit(const readings *r, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error);
/* A bit for each language. */
enum {
    READINGS_CHINESE = 1,
    READINGS_KOREAN = 2,
    READINGS_JAPANESE = 4,
    READINGS_CYRILLIC = 8,
    READINGS_ALL = 15,
    READINGS_OF_ONE_WORD = READINGS_CYRILLIC, /* whatever comes behind it */
};
/* The languages in which a name can begin with this folded word, 0: none; a quick test before readings_visit. */
unsigned readings_may_begin(const readings *r, search_text folded);
/* As readings_visit, in some languages. */
search_status readings_visit_in(const readings *r, unsigned languages, const reading_word *words, size_t n_words,
                                reading_visit visit, void *context, search_error *error);
void readings_free(readings *r);

#endif
