/* The analyzer: lines to atoms (scan.c), atoms to words (join.c), words to their forms (fold.c, stem.c), brackets to
 * spans and completed words (brackets.c).
 *
 * The forms of a word depend on its bytes alone, so they are kept by those: a word seen before costs one look-up. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/analysis/brackets.h"
#include "libsearch/analysis/fold.h"
#include "libsearch/analysis/join.h"
#include "libsearch/analysis/marks.h"
#include "libsearch/analysis/scan.h"
#include "libsearch/analysis/stem.h"
#include "libsearch/analysis/table.h"
#include "libsearch/analysis/word_cache.h"
#include "libsearch/support/arena.h"
#include "libsearch/support/utf8.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uversion.h>

/* The version of our own rules.  It changes with any change in the terms that some text gives. */
#define RULES_VERSION 2

/* Keeps every length within ICU's 32 bits, whatever folding makes of it.  Records are smaller by half. */
#define MAX_TEXT_BYTES ((size_t)64 << 20)

/* Words that are looked up together. */
#define N_AT_ONCE 64

typedef struct token_array {
    token *items;
    size_t n;
    size_t capacity;
} token_array;

struct analyzer {
    readings *readings; /* null until asked for */
    spelling *spelling;
    stemmer stemmer;
    folder folder;
    scanner scanner;
    buffer folded; /* of the word at hand */
    buffer exact;
    buffer american; /* its American spelling */
    word_cache known;
    uint32_t n_forgotten; /* words were known before, which keep their numbers */
    arena unkept;         /* forms of words that are too long or too many to keep, until the next call */
    bool is_broken;       /* a call failed: what is kept may be incomplete */
    token_array tokens;
    size_t last; /* the token of the last word that is none of the extra ones, if there is any */
    uint32_t n_positions;
    token_array completed; /* extra tokens that have yet to be put among the others */
    span_list spans;
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
    search_status status = spelling_new(&a->spelling, error);
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

search_status analyzer_readings(analyzer *a, const readings **out, search_error *error) {
    const search_status status = a->readings == NULL ? readings_new(&a->readings, error) : SEARCH_OK;
    *out = a->readings;
    return status;
}

const spelling *analyzer_spelling(const analyzer *a) {
    return a->spelling;
}

/* Also lets the buffers forget a failure. */
static void forget_words(analyzer *a) {
    a->n_forgotten += (uint32_t)a->known.n_words;
    word_cache_free(&a->known);
    buffer_free(&a->folded);
    buffer_free(&a->exact);
    buffer_free(&a->american);
    a->is_broken = false;
}

static bool is_white(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

search_status analyzer_fold(analyzer *a, search_text text, buffer *out, search_error *error) {
    buffer_clear(out);
    search_status status = SEARCH_OK;
    for (size_t from = 0, to = 0; status == SEARCH_OK && from < text.n_bytes; from = to + 1) {
        for (to = from; to < text.n_bytes && !is_white(text.bytes[to]);)
            to++;
        status = folder_fold(&a->folder, (search_text){text.bytes + from, to - from}, &a->folded, error);
        if (status != SEARCH_OK || a->folded.n_bytes == 0)
            continue;
        if (out->n_bytes > 0)
            buffer_add_byte(out, ' ');
        buffer_add(out, a->folded.bytes, a->folded.n_bytes);
    }
    if (status != SEARCH_OK)
        forget_words(a);
    return status == SEARCH_OK && out->failed ? error_memory(error) : status;
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
    spans_free(&a->spans);
    free(a->tokens.items);
    free(a->completed.items);
    free(a);
}

/* ---- The forms of a word ---- */

/* The bytes of the owner in an English possessive; 0 when the word is none, as 1960's is. */
static size_t owner_of(search_text word) {
    if (word.n_bytes < 3)
        return 0;
    char last = word.bytes[word.n_bytes - 1];
    size_t n = word.n_bytes - 1;
    size_t n_apostrophe = apostrophe_before(word.bytes, 0, n);
    if ((last != 's' && last != 'S') || n_apostrophe == 0)
        return 0;
    n -= n_apostrophe;
    n -= bracket_before(word.bytes, 0, n);
    return n > 0 && u_isdigit((unsigned char)word.bytes[n - 1]) ? 0 : n;
}

static bool has_capital(search_text word) {
    for (size_t at = 0; at < word.n_bytes;) {
        uint32_t mask = U_MASK(u_charType((UChar32)utf8_next(word.bytes, word.n_bytes, &at)));
        if ((mask & (U_GC_LU_MASK | U_GC_LT_MASK)) != 0)
            return true;
    }
    return false;
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
    out->is_capital = has_capital(word);
    out->n_owner_bytes = a->stemmer.is_english ? owner_of(word) : 0;
    search_text spelled = folded;
    if (a->stemmer.is_english && spelling_american(a->spelling, folded, &a->american))
        spelled = (search_text){a->american.bytes, a->american.n_bytes};
    search_text stem = stemmer_stem(&a->stemmer, spelled, out->n_owner_bytes > 0);
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

/* A long number hardly comes twice, and many of them would push all other words out. */
static bool is_worth_keeping(search_text word) {
    const size_t n_number = 4;
    const bool is_number = word.bytes[0] >= '0' && word.bytes[0] <= '9';
    return word.n_bytes <= (is_number ? n_number : WORD_CACHE_MAX_BYTES);
}

/* A word to be looked up, and where. */
typedef struct sought_word {
    size_t from; /* bytes of the text */
    size_t to;
    word_place place;
    bool is_kept; /* or will be */
} sought_word;

/* Aims at the word from `from` to `to`. */
static inline void seek(const analyzer *a, search_text text, sought_word *word) {
    const size_t n_bytes = word->to - word->from;
    word->is_kept = is_worth_keeping((search_text){text.bytes + word->from, n_bytes});
    if (word->is_kept)
        word_cache_aim(&a->known, text, word->from, n_bytes, &word->place);
}

static inline search_text text_of(search_text text, const sought_word *word) {
    return (search_text){text.bytes + word->from, word->to - word->from};
}

static inline const kept_word *find_known(const analyzer *a, search_text text, sought_word *word) {
    return word->is_kept ? word_cache_find(&a->known, text_of(text, word), &word->place) : NULL;
}

/* The forms of a word that is not known. */
static search_status find_new(analyzer *a, search_text text, const sought_word *word, word_forms *out,
                              search_error *error) {
    const bool is_kept = word->is_kept && a->known.n_words < WORD_CACHE_MAX;
    arena *memory = is_kept ? &a->known.memory : &a->unkept;
    search_text copy;
    if (!copy_text(memory, text_of(text, word), &copy))
        return error_memory(error);
    search_status status = make_forms(a, copy, memory, out, error);
    if (status == SEARCH_OK && is_kept && !word_cache_add(&a->known, copy, out, &word->place))
        status = error_memory(error);
    return status;
}

static search_status find_forms(analyzer *a, search_text text, sought_word *word, word_forms *out,
                                search_error *error) {
    const kept_word *known = find_known(a, text, word);
    if (known == NULL)
        return find_new(a, text, word, out, error);
    *out = word_cache_forms(&a->known, known);
    return SEARCH_OK;
}

/* ---- Tokens ---- */

static uint32_t number_of(const analyzer *a, const word_forms *forms) {
    return forms->number == 0 ? 0 : a->n_forgotten + forms->number;
}

/* The next token of the array, which the caller fills in; null: out of memory. */
static inline token *next_token(token_array *t) {
    if (t->n == t->capacity) {
        size_t capacity = t->capacity == 0 ? 256 : t->capacity * 2;
        token *items = realloc(t->items, capacity * sizeof *items);
        if (items == NULL)
            return NULL;
        t->items = items;
        t->capacity = capacity;
    }
    return &t->items[t->n++];
}

/* An extra token for the bytes, at the place of the word whose token is given (by value, for arrays move): nothing when
 * they fold to the same.  How many of the bytes are an owner is for the caller to go on with. */
static search_status add_extra(analyzer *a, token_array *tokens, search_text text, size_t from, size_t to, token own,
                               size_t *n_owner_bytes, search_error *error) {
    word_forms forms;
    sought_word sought = {.from = from, .to = to};
    seek(a, text, &sought);
    search_status status = find_forms(a, text, &sought, &forms, error);
    *n_owner_bytes = status == SEARCH_OK ? forms.n_owner_bytes : 0;
    if (status != SEARCH_OK || forms.folded.n_bytes == 0 || equal(forms.folded, own.folded))
        return status;
    token *t = next_token(tokens);
    if (t == NULL)
        return error_memory(error);
    *t = (token){.from = from,
                 .to = to,
                 .position = own.position,
                 .is_extra = true,
                 .word = number_of(a, &forms),
                 .is_capital = forms.is_capital,
                 .folded = forms.folded,
                 .exact = forms.exact};
    if (!equal(forms.stem, own.stem))
        t->stem = forms.stem;
    return SEARCH_OK;
}

/* Adds a word whose forms are found. */
static inline search_status add_found(analyzer *a, search_text text, const sought_word *word, const word_forms forms,
                                      search_error *error) {
    const size_t from = word->from;
    const size_t to = word->to;
    if (forms.folded.n_bytes == 0)
        return SEARCH_OK;
    /* What is before most words is a space, so that is asked first. */
    if (a->last < a->tokens.n && text.bytes[from - 1] != ' ' &&
        is_lone_hyphen(text.bytes, a->tokens.items[a->last].to, from))
        a->tokens.items[a->last].joins_next = true;
    token *t = next_token(&a->tokens);
    if (t == NULL)
        return error_memory(error);
    *t = (token){.from = from,
                 .to = to,
                 .position = ++a->n_positions,
                 .word = number_of(a, &forms),
                 .is_capital = forms.is_capital,
                 .folded = forms.folded,
                 .exact = forms.exact,
                 .stem = forms.stem};
    a->last = a->tokens.n - 1;
    size_t n_owner_bytes = forms.n_owner_bytes;
    if (n_owner_bytes == 0)
        return SEARCH_OK;
    return add_extra(a, &a->tokens, text, from, from + n_owner_bytes, *t, &n_owner_bytes, error);
}

/* As find_forms, but the forms of a known word, which most are, go from there to the token by registers alone. */
static search_status add_word(analyzer *a, search_text text, sought_word *word, search_error *error) {
    const kept_word *known = find_known(a, text, word);
    word_forms forms;
    if (known != NULL) {
        forms = word_cache_forms(&a->known, known);
    } else {
        word_forms made;
        const search_status status = find_new(a, text, word, &made, error);
        if (status != SEARCH_OK)
            return status;
        forms = made;
    }
    return add_found(a, text, word, forms, error);
}

/* ---- Brackets ---- */

static search_status add_completed(analyzer *a, search_text text, const completed_word *word, search_error *error) {
    const token *tokens = a->tokens.items;
    size_t from = tokens[word->first].from;
    const token *own = &tokens[word->first];
    size_t n_owner_bytes;
    search_status status = add_extra(a, &a->completed, text, from, tokens[word->last].to, *own, &n_owner_bytes, error);
    if (n_owner_bytes > 0)
        status = add_extra(a, &a->completed, text, from, from + n_owner_bytes, *own, &n_owner_bytes, error);
    if (status != SEARCH_OK)
        return status;
    if (!spans_open(&a->spans, tokens[word->second].position - 1))
        return error_memory(error);
    spans_close(&a->spans, tokens[word->last].position);
    return SEARCH_OK;
}

/* The first token from `next` on that begins at byte `from` or behind it. */
static size_t token_behind(const bracket_line *line, size_t next, size_t from) {
    size_t end = line->to;
    while (next < end) {
        const size_t middle = next + (end - next) / 2;
        if (line->tokens[middle].from < from)
            next = middle + 1;
        else
            end = middle;
    }
    return next;
}

/* Takes in the brackets of the line whose tokens are those from `first` on. */
static search_status add_brackets(analyzer *a, search_text text, size_t first, search_error *error) {
    const bracket_line line = {text, &a->scanner, a->tokens.items, first, a->tokens.n};
    size_t next = first;
    for (size_t i = 0; i < a->scanner.n_brackets;) {
        const bracket *b = &a->scanner.brackets[i];
        next = token_behind(&line, next, b->from);
        completed_word word;
        size_t n = complete_word(&line, i, next, &word);
        i += n == 0 ? 1 : n;
        uint32_t position = next == 0 ? 0 : line.tokens[next - 1].position;
        if (n > 0) {
            search_status status = add_completed(a, text, &word, error);
            if (status != SEARCH_OK)
                return status;
        } else if (!b->is_opening) {
            spans_close(&a->spans, position);
        } else if (!spans_open(&a->spans, position)) {
            return error_memory(error);
        }
    }
    return SEARCH_OK;
}

/* Puts the completed words behind the tokens of their positions, from the back. */
static search_status merge_completed(analyzer *a, search_error *error) {
    size_t n_others = a->tokens.n;
    size_t n_left = a->completed.n;
    for (size_t i = 0; i < n_left; i++)
        if (next_token(&a->tokens) == NULL)
            return error_memory(error);
    token *tokens = a->tokens.items;
    while (n_left > 0) {
        const token *extra = &a->completed.items[n_left - 1];
        if (tokens[n_others - 1].position > extra->position) {
            tokens[n_others + n_left - 1] = tokens[n_others - 1];
            n_others--;
        } else {
            tokens[n_others + n_left - 1] = *extra;
            n_left--;
        }
    }
    return SEARCH_OK;
}

/* ---- Texts ---- */

/* The words of a line, some at a time. */
static search_status add_words(analyzer *a, search_text text, joiner *words, search_error *error) {
    sought_word some[N_AT_ONCE];
    size_t n = N_AT_ONCE;
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && n == N_AT_ONCE) {
        for (n = 0; n < N_AT_ONCE && joiner_next(words, &some[n].from, &some[n].to); n++)
            seek(a, text, &some[n]);
        for (size_t i = 0; i < n; i++)
            if (some[i].is_kept)
                __builtin_prefetch(word_cache_approach(&a->known, &some[i].place));
        for (size_t i = 0; i < n && status == SEARCH_OK; i++)
            status = add_word(a, text, &some[i], error);
    }
    return status;
}

static search_status add_line(analyzer *a, search_text text, size_t *at, search_error *error) {
    search_status status = scanner_line(&a->scanner, text, at, error);
    if (status == SEARCH_OK && a->scanner.is_blank)
        spans_end_paragraph(&a->spans);
    size_t first = a->tokens.n;
    joiner words = {.text = text, .atoms = a->scanner.atoms, .n_atoms = a->scanner.n_atoms};
    if (status == SEARCH_OK)
        status = add_words(a, text, &words, error);
    if (status == SEARCH_OK && a->scanner.n_brackets > 0)
        status = add_brackets(a, text, first, error);
    return status;
}

static void start_text(analyzer *a) {
    if (a->is_broken || a->known.n_words == WORD_CACHE_MAX)
        forget_words(a);
    arena_free(&a->unkept);
    spans_clear(&a->spans);
    a->tokens.n = 0;
    a->completed.n = 0;
    a->last = 0;
    a->n_positions = 0;
    a->scanner.n_bad_bytes = 0;
}

search_status analyzer_tokens(analyzer *a, search_text text, token_list *out, search_error *error) {
    error_clear(error);
    *out = (token_list){0};
    if (text.n_bytes > MAX_TEXT_BYTES)
        return error_set(error, SEARCH_E_LIMIT, "analysis.text_too_long", "a text is over %zu bytes", MAX_TEXT_BYTES);
    start_text(a);
    search_status status = SEARCH_OK;
    for (size_t at = 0; status == SEARCH_OK && at < text.n_bytes;)
        status = add_line(a, text, &at, error);
    if (status == SEARCH_OK)
        status = merge_completed(a, error);
    if (status != SEARCH_OK) {
        a->is_broken = true;
        return status;
    }
    spans_finish(&a->spans);
    *out = (token_list){.tokens = a->tokens.items,
                        .n_tokens = a->tokens.n,
                        .spans = a->spans.spans,
                        .n_spans = a->spans.n_spans,
                        .n_positions = a->n_positions,
                        .n_bad_bytes = a->scanner.n_bad_bytes};
    return SEARCH_OK;
}

/* ---- The fingerprint ---- */

static char fingerprint[160];
static pthread_once_t fingerprint_once = PTHREAD_ONCE_INIT;

static void make_fingerprint(void) {
    UVersionInfo version;
    char icu[U_MAX_VERSION_STRING_LENGTH];
    char unicode[U_MAX_VERSION_STRING_LENGTH];
    char stems[STEM_DIGEST_N + 1];
    char tables[TABLE_DIGEST_N + 1];
    u_getVersion(version);
    u_versionToString(version, icu);
    u_getUnicodeVersion(version);
    u_versionToString(version, unicode);
    stemmer_digest(stems);
    table_digest(tables);
    snprintf(fingerprint, sizeof fingerprint, "libsearch-analysis %d; ICU %s; Unicode %s; libstemmer %s; tables %s",
             RULES_VERSION, icu, unicode, stems, tables);
}

const char *analyzer_fingerprint(void) {
    pthread_once(&fingerprint_once, make_fingerprint);
    return fingerprint;
}
