/* Spellings and what they stand for: the letters of a word with their marks, looked up in the spellings of sounds, of
 * surnames, or of places. */
#ifndef LIBSEARCH_ANALYSIS_SOUNDS_H
#define LIBSEARCH_ANALYSIS_SOUNDS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"
#include "libsearch/support/hash.h"

#define LETTERS_MAX 24

/* ---- Letters ---- */

/* True for a letter whose mark tells two sounds apart, such as ü. */
typedef bool (*letter_is_marked)(uint32_t character);

/* Bit i of a mask is about letter i. */
typedef struct letters {
    char bytes[LETTERS_MAX]; /* a to z */
    size_t n_bytes;
    uint32_t marks;
    uint32_t apostrophes; /* one follows the letter */
    uint32_t tones;       /* the digit of a tone follows the letter */
} letters;

/* False for words of other letters and for those too long: they are in no run. */
bool letters_of_word(letters *l, const reading_word *word, letter_is_marked is_marked);
/* A spelling of a table.  Spaces are left out.  False when it has other characters or is too long. */
bool letters_of_spelling(letters *l, search_text spelling, letter_is_marked is_marked);
bool letters_append(letters *l, const letters *more); /* false: too long */

/* ---- Sounds ---- */

typedef enum {
    SOUND_POPULAR = 1, /* of no system: used where the systems leave more than one way */
    SOUND_DIGRAPH = 2, /* written so that no mark is needed: where one is, none was lost */
    SOUND_SPACED = 4   /* may be written as several words */
} sound_flag;

/* One spelling of one sound, or of a surname, or a place. */
typedef struct sound {
    const char *key;
    const char *first_key; /* at the start of a given name */
    uint32_t marks;        /* those of its spelling */
    uint32_t apostrophes;  /* but for one that parts it from what follows */
    uint32_t n_syllables;
    uint32_t flags;
    uint32_t next; /* the next of the same letters, HASH_NONE at the end */
} sound;

typedef struct sounds {
    hash_map spellings;
    sound *list;
    size_t n_sounds;
    size_t capacity;
    uint32_t *first;              /* by number of the spelling */
    size_t n_first;               /* room in it */
    bool marks_bring_apostrophes; /* who writes the marks writes the apostrophes too */
} sounds;                         /* zero-initialised is empty and valid */

/* Keeps the keys of `s` by reference; marks, apostrophes and next are filled in.  The sounds of a spelling stay in
 * order, each once. */
search_status sounds_add(sounds *all, const letters *spelling, sound s, search_error *error);
const sound *sounds_find(const sounds *all, const char *bytes, size_t n_bytes); /* null: none */
const sound *sounds_next(const sounds *all, const sound *s);                    /* null: no more */
void sounds_free(sounds *all);
/* Bits [from, from + n) of a mask. */
static inline uint32_t mask_part(uint32_t mask, size_t from, size_t n) {
    return mask >> from & ((UINT32_C(1) << n) - 1);
}

#endif
