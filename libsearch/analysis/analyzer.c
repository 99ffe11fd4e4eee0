/* The analyzer: lines to atoms (scan.c), atoms to words (join.c), words to their forms (fold.c, stem.c).
 *
 * The forms of a word depend on its bytes alone, so they are kept by those: a word seen before costs one look-up. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/analysis/fold.h"
#include "libsearch/analysis/join.h"
#include "libsearch/analysis/marks.h"
#include "libsearch/analysis/scan.h"
#include "libsearch/analysis/stem.h"
#include "libsearch/support/arena.h"
#include "libsearch/support/hash.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uversion.h>

/* The version of our own rules.  It changes with any change in the terms that some text gives. */
#define RULES_VERSION 2

/* Longer words are not kept: they hardly come twice. */
#define MAX_KEPT_BYTES 64
/* Past so many words the cache is emptied, between two texts. */
#define MAX_KEPT_WORDS 65536
/* Keeps every length within ICU's 32 bits, whatever folding makes of it.  Records are smaller by half. */
#define MAX_TEXT_BYTES ((size_t)64 << 20)

typedef struct word_forms {
    search_text folded; /* empty: the word has no letter or digit after all */
    search_text exact;
    search_text stem;
} word_forms;

struct analyzer {
    readings *readings;
    spelling *spelling;
    stemmer stemmer;
    folder folder;
    scanner scanner;
    buffer folded; /* of the word at hand */
    buffer exact;
    buffer american; /* its American spelling */
    hash_map known;  /* the bytes of a word -> its place in `forms` */
    word_forms *forms;
    size_t forms_capacity;
    arena kept;     /* what `forms` point to */
    arena unkept;   /* forms of long words, until the next call */
    bool is_broken; /* a call failed: what is kept may be incomplete */
    token *tokens;
    size_t n_tokens;
    size_t tokens_capacity;
};

/* ---- Making ---- */

search_status analyzer_new(const char *name, analyzer **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    if (name == NULL)
        return error_set(error, SEARCH_E_ARGUMENT, "schema.unknown_stemmer", "the stemmer has no name");
    analyzer *a = calloc(1, sizeof *a);
    if (a == NULL)
        return error_memory(error);
    search_status status = readings_new(&a->readings, error);
    if (status == SEARCH_OK)
        status = spelling_new(&a->spelling, error);
    if (status == SEARCH_OK)
        status = stemmer_open(&a->stemmer, name, error);
    if (status == SEARCH_OK)
        status = folder_open(&a->folder, error);
    if (status != SEARCH_OK) {
        analyzer_free(a);
        return status;
    }
    *out = a;
    return SEARCH_OK;
}

const readings *analyzer_readings(const analyzer *a) {
    return a->readings;
}

const spelling *analyzer_spelling(const analyzer *a) {
    return a->spelling;
}

/* Also lets the buffers forget a failure. */
static void forget_words(analyzer *a) {
    hash_free(&a->known);
    arena_free(&a->kept);
    buffer_free(&a->folded);
    buffer_free(&a->exact);
    buffer_free(&a->american);
    a->is_broken = false;
}

void analyzer_free(analyzer *a) {
    if (a == NULL)
        return;
    forget_words(a);
    arena_free(&a->unkept);
    readings_free(a->readings);
    spelling_free(a->spelling);
    stemmer_close(&a->stemmer);
    folder_free(&a->folder);
    scanner_free(&a->scanner);
    free(a->forms);
    free(a->tokens);
    free(a);
}

/* ---- The forms of a word ---- */

static bool is_possessive(search_text word) {
    if (word.n_bytes < 3)
        return false;
    char last = word.bytes[word.n_bytes - 1];
    return (last == 's' || last == 'S') && apostrophe_before(word.bytes, 0, word.n_bytes - 1) > 0;
}

static bool equal(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

static bool copy_text(arena *memory, search_text text, search_text *out) {
    const char *copy = arena_copy(memory, text.bytes, text.n_bytes);
    *out = (search_text){copy, text.n_bytes};
    return copy != NULL;
}

/* Fills in the forms, in `memory`; `word` itself stays valid as long as that does. */
static search_status make_forms(analyzer *a, search_text word, arena *memory, word_forms *out, search_error *error) {
    *out = (word_forms){0};
    search_status status = folder_fold(&a->folder, word, &a->folded, error);
    if (status == SEARCH_OK && a->folded.n_bytes > 0)
        status = folder_exact(&a->folder, word, &a->exact, error);
    if (status != SEARCH_OK || a->folded.n_bytes == 0)
        return status;
    search_text folded = {a->folded.bytes, a->folded.n_bytes};
    search_text exact = {a->exact.bytes, a->exact.n_bytes};
    search_text spelled = folded;
    if (a->stemmer.is_english && spelling_american(a->spelling, folded, &a->american))
        spelled = (search_text){a->american.bytes, a->american.n_bytes};
    search_text stem = stemmer_stem(&a->stemmer, spelled, is_possessive(word));
    if (stem.bytes == NULL || a->american.failed)
        return error_memory(error);
    bool is_kept = true;
    if (equal(folded, word))
        out->folded = word;
    else
        is_kept = copy_text(memory, folded, &out->folded);
    if (is_kept && !equal(exact, folded))
        is_kept = copy_text(memory, exact, &out->exact);
    if (is_kept && equal(stem, folded))
        out->stem = out->folded;
    else if (is_kept)
        is_kept = copy_text(memory, stem, &out->stem);
    return is_kept ? SEARCH_OK : error_memory(error);
}

static bool reserve_forms(analyzer *a, size_t n) {
    if (n <= a->forms_capacity)
        return true;
    size_t capacity = a->forms_capacity == 0 ? 256 : a->forms_capacity * 2;
    word_forms *forms = realloc(a->forms, capacity * sizeof *forms);
    if (forms == NULL)
        return false;
    a->forms = forms;
    a->forms_capacity = capacity;
    return true;
}

static search_status find_forms(analyzer *a, search_text word, word_forms *out, search_error *error) {
    if (word.n_bytes > MAX_KEPT_BYTES) {
        search_text copy;
        if (!copy_text(&a->unkept, word, &copy))
            return error_memory(error);
        return make_forms(a, copy, &a->unkept, out, error);
    }
    bool is_new;
    uint32_t number = hash_add(&a->known, word.bytes, word.n_bytes, &is_new);
    if (number == HASH_NONE)
        return error_memory(error);
    if (is_new) {
        search_status status = reserve_forms(a, a->known.n_keys) ? SEARCH_OK : error_memory(error);
        if (status == SEARCH_OK)
            status = make_forms(a, a->known.keys[number], &a->kept, &a->forms[number], error);
        if (status != SEARCH_OK)
            return status;
    }
    *out = a->forms[number];
    return SEARCH_OK;
}

/* ---- Tokens ---- */

static search_status add_token(analyzer *a, search_text text, size_t from, size_t to, search_error *error) {
    word_forms forms;
    search_status status = find_forms(a, (search_text){text.bytes + from, to - from}, &forms, error);
    if (status != SEARCH_OK || forms.folded.n_bytes == 0)
        return status;
    if (a->n_tokens == a->tokens_capacity) {
        size_t capacity = a->tokens_capacity == 0 ? 256 : a->tokens_capacity * 2;
        token *tokens = realloc(a->tokens, capacity * sizeof *tokens);
        if (tokens == NULL)
            return error_memory(error);
        a->tokens = tokens;
        a->tokens_capacity = capacity;
    }
    token *t = &a->tokens[a->n_tokens++];
    *t = (token){.from = from,
                 .to = to,
                 .position = (uint32_t)a->n_tokens,
                 .folded = forms.folded,
                 .exact = forms.exact,
                 .stem = forms.stem};
    return SEARCH_OK;
}

static search_status add_line(analyzer *a, search_text text, size_t *at, search_error *error) {
    search_status status = scanner_line(&a->scanner, text, at, error);
    joiner words = {.text = text, .atoms = a->scanner.atoms, .n_atoms = a->scanner.n_atoms};
    size_t from;
    size_t to;
    while (status == SEARCH_OK && joiner_next(&words, &from, &to))
        status = add_token(a, text, from, to, error);
    return status;
}

search_status analyzer_tokens(analyzer *a, search_text text, token_list *out, search_error *error) {
    error_clear(error);
    *out = (token_list){0};
    if (text.n_bytes > MAX_TEXT_BYTES)
        return error_set(error, SEARCH_E_LIMIT, "analysis.text_too_long", "a text is over %zu bytes", MAX_TEXT_BYTES);
    if (a->is_broken || a->known.n_keys > MAX_KEPT_WORDS)
        forget_words(a);
    arena_free(&a->unkept);
    a->n_tokens = 0;
    a->scanner.n_bad_bytes = 0;
    for (size_t at = 0; at < text.n_bytes;) {
        search_status status = add_line(a, text, &at, error);
        if (status != SEARCH_OK) {
            a->is_broken = true;
            return status;
        }
    }
    *out = (token_list){.tokens = a->tokens,
                        .n_tokens = a->n_tokens,
                        .n_positions = (uint32_t)a->n_tokens,
                        .n_bad_bytes = a->scanner.n_bad_bytes};
    return SEARCH_OK;
}

/* ---- The fingerprint ---- */

static char fingerprint[128];
static pthread_once_t fingerprint_once = PTHREAD_ONCE_INIT;

static void make_fingerprint(void) {
    UVersionInfo version;
    char icu[U_MAX_VERSION_STRING_LENGTH];
    char unicode[U_MAX_VERSION_STRING_LENGTH];
    char stems[STEM_DIGEST_N + 1];
    u_getVersion(version);
    u_versionToString(version, icu);
    u_getUnicodeVersion(version);
    u_versionToString(version, unicode);
    stemmer_digest(stems);
    snprintf(fingerprint, sizeof fingerprint, "libsearch-analysis %d; ICU %s; Unicode %s; libstemmer %s", RULES_VERSION,
             icu, unicode, stems);
}

const char *analyzer_fingerprint(void) {
    pthread_once(&fingerprint_once, make_fingerprint);
    return fingerprint;
}
