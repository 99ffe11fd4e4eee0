/* One word to the forms under which it is found.
 *
 *   folded  NFKC case fold; marks stripped over Latin and Greek letters; letters with strokes and ligatures taken apart
 *           (đ ð ł ø æ œ þ ħ ı, and ё as е); apostrophes, format characters and separators gone.  A decimal point
 * stays. exact   lower case in NFC with the marks kept and every apostrophe as '.
 *
 * Both depend on the bytes of the word alone, not on what stands around it. */
#ifndef LIBSEARCH_ANALYSIS_FOLD_H
#define LIBSEARCH_ANALYSIS_FOLD_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"
#include <unicode/unorm2.h>

typedef struct fold_units {
    UChar *units;
    int32_t n;
    int32_t capacity;
} fold_units;

typedef struct folder {
    const UNormalizer2 *nfkc_casefold; /* owned by ICU */
    const UNormalizer2 *nfd;
    const UNormalizer2 *nfc;
    fold_units here; /* scratch of the functions below */
    fold_units there;
} folder;

search_status folder_open(folder *f, search_error *error);
/* Replace what `out` holds.  `word` is well-formed UTF-8 of at most 64 MiB; `out` is empty when no letter or digit is
 * left. */
search_status folder_fold(folder *f, search_text word, buffer *out, search_error *error);
search_status folder_exact(folder *f, search_text word, buffer *out, search_error *error);
void folder_free(folder *f);

#endif
