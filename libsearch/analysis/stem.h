/* libstemmer behind a name.  "none" is a stemmer that leaves every word as it is. */
#ifndef LIBSEARCH_ANALYSIS_STEM_H
#define LIBSEARCH_ANALYSIS_STEM_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/error.h"

/* A longer word is not one of a language, and stemming a very long one takes quadratic time. */
#define STEM_MAX_BYTES 64

struct sb_stemmer;

typedef struct stemmer {
    struct sb_stemmer *snowball; /* null for "none" */
    bool is_english;
} stemmer;

search_status stemmer_open(stemmer *s, const char *name, search_error *error);
/* The stem of a folded word, valid until the next call; it may be the word itself.  A possessive in English is stemmed
 * without its s, which the stemmer would keep in `lis` (Li's).  Null bytes: out of memory. */
search_text stemmer_stem(const stemmer *s, search_text folded, bool is_possessive);
void stemmer_close(stemmer *s);

/* What the stemmers of the library at hand make of a fixed list of words, as hex digits: libstemmer has no version. */
#define STEM_DIGEST_N 8
void stemmer_digest(char hex[STEM_DIGEST_N + 1]);

#endif
