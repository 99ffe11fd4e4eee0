/* Text to terms.  Bytes -> UTF-8 repaired -> ICU word segmentation on the original, so that every token keeps its byte
 * range -> folded (NFKC case fold, marks, apostrophes, separators in numbers) -> positions -> stems, brackets to spans.
 * The same analyzer reads records and queries.  DESIGN: fold before stemming; ICU and libstemmer are seen in this
 * folder only. */
#ifndef LIBSEARCH_ANALYSIS_ANALYSIS_H
#define LIBSEARCH_ANALYSIS_ANALYSIS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/readings.h"
#include "libsearch/analysis/spelling.h"
#include "libsearch/support/arena.h"
#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

/* One word of a text.  Texts of a token are valid until the analyzer's next call. */
typedef struct token {
    size_t from; /* bytes of the original text, half open */
    size_t to;
    uint32_t position; /* from 1 */
    /* Another form of the word at this position, behind that word's own token: the owner of a possessive (Sung of
     * Sung's), or the word that brackets complete (William of W[illiam]). */
    bool is_extra;
    uint32_t word;      /* a number for its bytes, and so for its forms, while the analyzer lives; 0: none was given */
    bool is_capital;    /* holds a capital letter */
    bool joins_next;    /* nothing but one hyphen stands between it and the word at the next position */
    search_text folded; /* never empty */
    search_text exact;  /* lower case with its marks, where that differs from folded; else empty */
    /* The stem of folded, equal to it where the stemmer does nothing; of an English possessive that of its owner, so
     * that Li's (folded lis) has the stem li; of a British spelling that of the American one.  Empty for an extra token
     * whose stem the word's own token has already. */
    search_text stem;
} token;

/* A bracketed span: the positions of its first and its last word.  Spans nest, and no two begin or end together.  Where
 * brackets complete a word, the span is that of its parts behind the first, bracketed or not: from the completed word
 * at the first part's position a phrase goes over the span to what follows. */
typedef struct token_span {
    uint32_t first;
    uint32_t last;
} token_span;

typedef struct token_list {
    const token *tokens; /* by position, extra ones last */
    size_t n_tokens;
    const token_span *spans; /* by first */
    size_t n_spans;
    uint32_t n_positions; /* the highest position */
    size_t n_bad_bytes;   /* ill-formed UTF-8 subparts read as U+FFFD */
} token_list;

typedef struct analyzer analyzer;

/* stemmer: a libstemmer name, or "none".  SEARCH_E_ARGUMENT "schema.unknown_stemmer".  One thread at a time. */
search_status analyzer_new(const char *stemmer, analyzer **out, search_error *error);
/* SEARCH_E_LIMIT "analysis.text_too_long": over 64 MiB.  After a failure the analyzer can go on to other texts. */
search_status analyzer_tokens(analyzer *a, search_text text, token_list *out, search_error *error);
/* Folds a running text, such as the value of a facet: what stands between white space is folded as a word is, and what
 * is left is joined by one blank.  Replaces what `out` holds.  At most 64 MiB. */
search_status analyzer_fold(analyzer *a, search_text text, buffer *out, search_error *error);
/* One word a position for readings_visit, of a possessive the owner.  The array lies in the arena; its texts are valid
 * as long as the tokens. */
search_status token_list_words(const token_list *tokens, arena *memory, reading_word **out, size_t *n_out,
                               search_error *error);
/* The word at token *at or behind it, and where the next one is; false: there is none. */
bool token_list_next_word(const token_list *tokens, size_t *at, reading_word *out);
/* All of them, in memory of the caller's with room for as many as there are tokens; gives how many there are. */
size_t token_list_fill_words(const token_list *tokens, reading_word *words);
/* What the analyzer knows of names and of spellings; they live as long as it does.  The readings are made when they are
 * first asked for: who only takes texts apart, or opens an index without searching it, does without their tables. */
search_status analyzer_readings(analyzer *a, const readings **out, search_error *error);
const spelling *analyzer_spelling(const analyzer *a);
void analyzer_free(analyzer *a);

bool analyzer_has_stemmer(const char *stemmer);

/* Names all that decides which terms a text gives: our own version, ICU, Unicode, libstemmer, our tables.  Static text.
 */
const char *analyzer_fingerprint(void);

/* Appends prefix + word as a term.  A term over 200 bytes becomes its first 160 or fewer (cut at a character), U+007F,
 * and 32 hex digits of the SHA-256 of the whole term.  Terms that hold a NUL byte hold U+FFFD instead. */
void term_add(buffer *out, const char *prefix, search_text word);

/* The start of each sentence that is not blank, as byte offsets, the first always 0, by ICU less the breaks
 * after titles, abbreviations and initials; *n_starts of them in a malloc'ed array. */
search_status text_sentences(search_text text, size_t **starts, size_t *n_starts, search_error *error);

#endif
