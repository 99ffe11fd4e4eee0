/* What Chinese and Korean names have in common: a surname, then one or two syllables, written apart, with hyphens or
 * together, with marks or without.  Spellings are looked up letter by letter, so a run is read in every way its letters
 * allow. */
#ifndef LIBSEARCH_ANALYSIS_SYLLABIC_H
#define LIBSEARCH_ANALYSIS_SYLLABIC_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/sounds.h"
#include "libsearch/support/buffer.h"

#define SYLLABIC_MAX_WORDS 6
#define SYLLABIC_MAX_NAMES 64

/* ---- Names ---- */

typedef struct syllabic_system {
    sounds surnames;
    sounds syllables;
    bool splits_after_consonants; /* a syllable may begin with a vowel within a word when a consonant is before it */
} syllabic_system;

typedef struct syllabic_name {
    const char *surname;
    const char *given[2];
    size_t n_given; /* entries of given */
    size_t n_given_syllables;
    bool is_loose; /* the rules of spelling would set its syllables off from each other */
} syllabic_name;

typedef struct syllabic_names {
    syllabic_name list[SYLLABIC_MAX_NAMES];
    size_t n_names;
} syllabic_names;

/* Adds every reading of the words as a surname, of `n_surname_words`, and a given name; 0 when the one word holds both,
 * which is read only if the given name has two syllables.  What follows no popular spelling comes first. */
void syllabic_find(const syllabic_system *system, const letters *words, size_t n_words, size_t n_surname_words,
                   syllabic_names *out);
/* False when no word of these letters, however it is marked, holds a surname and a given name. */
bool syllabic_may_be_name(const syllabic_system *system, const letters *word);

/* ---- Runs ---- */

/* English words that look like syllables, and names of other languages. */
typedef struct syllabic_words {
    hash_map function_words;
    hash_map common_words;
    hash_map foreign_names; /* folded words with spaces between */
} syllabic_words;

search_status syllabic_words_open(syllabic_words *w, search_error *error); /* after a failure still free it */
void syllabic_words_free(syllabic_words *w);
bool syllabic_is_function_word(const syllabic_words *w, const reading_word *word);
bool syllabic_is_english_word(const syllabic_words *w, const reading_word *word); /* of either kind */

/* ---- Orders ---- */

/* Part of a text, with the letters of its words. */
typedef struct syllabic_run {
    const reading_word *words;
    const letters *letters;
    size_t n_words;
} syllabic_run;

/* The surname, one word, then the given name: all the first n_name words. */
void syllabic_find_family_first(const syllabic_system *system, const syllabic_run *run, size_t n_name,
                                syllabic_names *out);
/* A given name of two syllables that is one word or has a hyphen, then the surname: Syngman Rhee. */
void syllabic_find_given_first(const syllabic_system *system, const syllabic_words *english, const syllabic_run *run,
                               size_t n_name, syllabic_names *out);

/* ---- Languages ---- */

typedef struct syllabic_language {
    const char *prefix; /* of keys */
    const char *name_rule;
    const char *place_rule;
    letter_is_marked is_marked;
    const syllabic_words *words;
    const sounds *places;
    const void *systems;
    /* Adds the names written by all the first n_name words of the run. */
    void (*find)(const void *systems, const syllabic_run *run, size_t n_name, syllabic_names *out);
} syllabic_language;

/* As readings_visit.  Where the last word of a name begins another, as in a list, the name is read without it too. */
search_status syllabic_visit(const syllabic_language *language, const reading_word *words, size_t n_words,
                             reading_visit visit, void *context, search_error *error);

#endif
