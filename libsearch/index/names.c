/* Noting names while records are indexed, and finding them again. */
#include "libsearch/index/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More words joined by hyphens are a list, not a compound; and "so-on" is not soon: some word must be longer. */
enum { max_compound_words = 4, max_joined_n_bytes = 64, min_longest_n_bytes = 3 };
/* Those seen are forgotten when there are more. */
enum { max_runs = 131072 };
/* A power of two, so that the words an analyzer knows at a time have places of their own. */
enum { n_known = 131072 };

void names_writer_init(names_writer *n, const readings *r) {
    *n = (names_writer){.readings = r};
}

void names_writer_free(names_writer *n) {
    hash_free(&n->entries);
    hash_free(&n->runs);
    free(n->known);
    free(n->words);
    buffer_free(&n->entry);
}

/* ---- entries ---- */

static void add_words(buffer *out, const reading_word *words, size_t n_words, const char *between) {
    for (size_t i = 0; i < n_words; i++) {
        buffer_add_string(out, i == 0 ? "" : between);
        buffer_add(out, words[i].folded.bytes, words[i].folded.n_bytes);
    }
}

static search_status end_entry(names_writer *n, search_error *error) {
    const bool ok = !n->entry.failed && hash_add(&n->entries, n->entry.bytes, n->entry.n_bytes, NULL) != HASH_NONE;
    return ok ? SEARCH_OK : error_memory(error);
}

static void begin_entry(names_writer *n, name_kind kind) {
    buffer_clear(&n->entry);
    buffer_add_byte(&n->entry, (char)kind);
}

/* Two names that stand for each other, in both directions. */
static search_status add_both(names_writer *n, name_kind kind, const reading_word *a, size_t n_a, const reading_word *b,
                              size_t n_b, search_error *error) {
    search_status status = SEARCH_OK;
    for (int turn = 0; status == SEARCH_OK && turn < 2; turn++) {
        begin_entry(n, kind);
        add_words(&n->entry, turn == 0 ? a : b, turn == 0 ? n_a : n_b, " ");
        buffer_add_byte(&n->entry, '\0');
        add_words(&n->entry, turn == 0 ? b : a, turn == 0 ? n_b : n_a, " ");
        status = end_entry(n, error);
    }
    return status;
}

/* ---- names in running text ---- */

typedef struct name_run {
    names_writer *writer;
    const reading_word *words;
} name_run;

static search_status add_reading(void *context, const reading *r, search_error *error) {
    const name_run *run = context;
    begin_entry(run->writer, NAME_READING);
    buffer_add(&run->writer->entry, r->key.bytes, r->key.n_bytes);
    buffer_add_byte(&run->writer->entry, '\0');
    add_words(&run->writer->entry, run->words, r->n_words, " ");
    return end_entry(run->writer, error);
}

/* The key of words: their numbers where they have some. */
static void add_run_key(buffer *key, const reading_word *words, size_t n_words) {
    for (size_t i = 0; i < n_words; i++) {
        const reading_word *w = &words[i];
        buffer_add_byte(key, (char)(1 + (w->is_capital ? 1 : 0) + (w->joins_next ? 2 : 0) + (w->word != 0 ? 4 : 0)));
        if (w->word != 0) {
            buffer_add(key, &w->word, sizeof w->word);
            continue;
        }
        buffer_add(key, w->folded.bytes, w->folded.n_bytes);
        buffer_add_byte(key, '\0');
        buffer_add(key, w->exact.bytes, w->exact.n_bytes);
        buffer_add_byte(key, '\0');
    }
}

/* Whether the words are met for the first time.  Reading costs far more than this look-up, and texts repeat themselves.
 */
static search_status is_new_run(names_writer *n, const reading_word *words, size_t n_words, bool *is_new,
                                search_error *error) {
    if (n->runs.n_keys == max_runs) {
        hash_free(&n->runs);
    }
    buffer_clear(&n->entry);
    add_run_key(&n->entry, words, n_words);
    const bool ok = !n->entry.failed && hash_add(&n->runs, n->entry.bytes, n->entry.n_bytes, is_new) != HASH_NONE;
    return ok ? SEARCH_OK : error_memory(error);
}

/* Null for a word that has no number. */
static known_word *know(names_writer *n, const reading_word *word) {
    if (word->word == 0) {
        return NULL;
    }
    known_word *known = &n->known[word->word & (n_known - 1)];
    if (known->word != word->word) {
        *known = (known_word){.word = word->word, .languages = (uint8_t)readings_may_begin(n->readings, word->folded)};
    }
    return known;
}

/* The languages in which a name may begin with the word that was not read yet, or may go on otherwise than before. */
static unsigned languages_left(const known_word *first) {
    return first->languages & (first->is_read ? ~(unsigned)READINGS_OF_ONE_WORD : READINGS_ALL);
}

/* The languages in which reading the words may tell something new; they are to be read in them now. */
static unsigned languages_to_read(names_writer *n, const reading_word *words, size_t n_words) {
    known_word *first = know(n, &words[0]);
    if (first == NULL) {
        return readings_may_begin(n->readings, words[0].folded);
    }
    const unsigned languages = first->is_read_alone && n_words == 1 ? 0 : languages_left(first);
    first->is_read = true;
    first->is_read_alone = first->is_read_alone || n_words == 1;
    return languages;
}

static search_status add_run(names_writer *n, const reading_word *words, size_t n_words, search_error *error) {
    const unsigned languages = languages_to_read(n, words, n_words);
    bool is_new = languages != 0;
    search_status status = SEARCH_OK;
    if ((languages & ~(unsigned)READINGS_OF_ONE_WORD) != 0 && n_words > 1) {
        status = is_new_run(n, words, n_words, &is_new, error);
        is_new = is_new || (languages & READINGS_OF_ONE_WORD) != 0;
    }
    if (status != SEARCH_OK || !is_new) {
        return status;
    }
    name_run run = {n, words};
    return readings_visit_in(n->readings, languages, words, n_words, add_reading, &run, error);
}

static bool may_begin_name(names_writer *n, const reading_word *word) {
    const known_word *known = know(n, word);
    return (known == NULL ? readings_may_begin(n->readings, word->folded) : languages_left(known)) != 0;
}

/* The name that may begin with the token: words that are capitalised, or joined by a hyphen to the one before. */
static search_status add_name(names_writer *n, const token_list *tokens, size_t at, search_error *error) {
    reading_word words[READING_MAX_WORDS];
    token_list_next_word(tokens, &at, &words[0]);
    if (!words[0].is_capital || !may_begin_name(n, &words[0])) {
        return SEARCH_OK;
    }
    size_t n_words = 1;
    while (n_words < READING_MAX_WORDS && token_list_next_word(tokens, &at, &words[n_words]) &&
           (words[n_words].is_capital || words[n_words - 1].joins_next)) {
        n_words++;
    }
    return add_run(n, words, n_words, error);
}

/* ---- compounds ---- */

static bool is_compound(const reading_word *words, size_t n_words) {
    size_t n_bytes = 0;
    size_t longest = 0;
    for (size_t i = 0; i < n_words; i++) {
        const search_text word = words[i].folded;
        if (word.bytes[0] >= '0' && word.bytes[0] <= '9') {
            return false;
        }
        n_bytes += word.n_bytes;
        longest = word.n_bytes > longest ? word.n_bytes : longest;
    }
    return n_words >= 2 && n_words <= max_compound_words && n_bytes <= max_joined_n_bytes &&
           longest >= min_longest_n_bytes;
}

/* The words joined by hyphens from the token on. */
static search_status add_compound(names_writer *n, const token_list *tokens, size_t at, search_error *error) {
    reading_word words[max_compound_words + 1];
    size_t n_words = 0;
    while (n_words <= max_compound_words && (n_words == 0 || words[n_words - 1].joins_next) &&
           token_list_next_word(tokens, &at, &words[n_words])) {
        n_words++;
    }
    if (!is_compound(words, n_words)) {
        return SEARCH_OK;
    }
    begin_entry(n, NAME_JOINED);
    add_words(&n->entry, words, n_words, "");
    buffer_add_byte(&n->entry, '\0');
    add_words(&n->entry, words, n_words, " ");
    return end_entry(n, error);
}

/* ---- running text ---- */

static search_status add_text(names_writer *n, const token_list *tokens, search_error *error) {
    search_status status = SEARCH_OK;
    bool is_joined = false; /* to the word before */
    for (size_t at = 0; status == SEARCH_OK && at < tokens->n_tokens; at++) {
        const token *t = &tokens->tokens[at];
        if (t->is_extra) {
            continue;
        }
        /* A word that brackets complete may be capitalised where its first part is not: khru[Shchev]'s. */
        const bool has_extra = at + 1 < tokens->n_tokens && tokens->tokens[at + 1].is_extra;
        if (t->is_capital || has_extra) {
            status = add_name(n, tokens, at, error);
        }
        if (status == SEARCH_OK && t->joins_next && !is_joined) {
            status = add_compound(n, tokens, at, error);
        }
        is_joined = t->joins_next;
    }
    return status;
}

/* ---- fields of names ---- */

/* The words of the value between two bytes of it. */
static size_t words_between(const token_list *tokens, size_t from, size_t to, const reading_word *words, size_t n_words,
                            const reading_word **first) {
    size_t n = 0;
    for (size_t i = 0, word = 0; i < tokens->n_tokens && word < n_words; i++) {
        const token *t = &tokens->tokens[i];
        if (t->is_extra) {
            continue;
        }
        if (t->from >= from && t->to <= to) {
            *first = n == 0 ? words + word : *first;
            n++;
        }
        word++;
    }
    return n;
}

static size_t find_byte(search_text value, size_t from, const char *bytes) {
    while (from < value.n_bytes && (value.bytes[from] == '\0' || strchr(bytes, value.bytes[from]) == NULL)) {
        from++;
    }
    return from;
}

/* The first word need not be the capitalised one: de Gaulle. */
static bool is_name(const reading_word *words, size_t n) {
    bool has_capital = false;
    for (size_t i = 0; i < n; i++) {
        if (words[i].folded.bytes[0] >= '0' && words[i].folded.bytes[0] <= '9') {
            return false;
        }
        has_capital = has_capital || words[i].is_capital;
    }
    return n <= READING_MAX_WORDS / 2 && has_capital;
}

/* "Bush, George, 1924-" is also George Bush. */
static search_status add_order(names_writer *n, const token_list *tokens, search_text value, const reading_word *words,
                               size_t n_words, search_error *error) {
    const size_t comma = find_byte(value, 0, ",(");
    if (comma == value.n_bytes || value.bytes[comma] != ',') {
        return SEARCH_OK;
    }
    const reading_word *family = NULL;
    const reading_word *given = NULL;
    const size_t n_family = words_between(tokens, 0, comma, words, n_words, &family);
    const size_t n_given = words_between(tokens, comma, find_byte(value, comma + 1, ",;("), words, n_words, &given);
    if (!is_name(family, n_family) || !is_name(given, n_given)) {
        return SEARCH_OK;
    }
    reading_word direct[READING_MAX_WORDS];
    memcpy(direct, given, n_given * sizeof *direct);
    memcpy(direct + n_given, family, n_family * sizeof *direct);
    return add_both(n, NAME_ORDER, direct, n_given + n_family, family, n_family + n_given, error);
}

/* "Chiang, Kai-shek (Jiang Jieshi)": the one is the other.  A lone word in parentheses may be anything. */
static search_status add_parentheses(names_writer *n, const token_list *tokens, search_text value,
                                     const reading_word *words, size_t n_words, search_error *error) {
    const size_t open = find_byte(value, 0, "(");
    const reading_word *name = NULL;
    const reading_word *other = NULL;
    const size_t n_name = words_between(tokens, 0, open, words, n_words, &name);
    const size_t n_other = words_between(tokens, open, find_byte(value, open, ")"), words, n_words, &other);
    if (n_name < 2 || n_other < 2 || !is_name(name, n_name) || !is_name(other, n_other)) {
        return SEARCH_OK;
    }
    return add_both(n, NAME_PARENTHESES, name, n_name, other, n_other, error);
}

static bool reserve_words(names_writer *n, size_t n_words) {
    if (n_words > n->capacity) {
        reading_word *words = realloc(n->words, n_words * sizeof *words);
        n->words = words == NULL ? n->words : words;
        n->capacity = words == NULL ? n->capacity : n_words;
    }
    return n_words <= n->capacity;
}

static search_status add_name_field(names_writer *n, const token_list *tokens, search_text value, search_error *error) {
    if (tokens->n_tokens == 0) {
        return SEARCH_OK;
    }
    if (!reserve_words(n, tokens->n_tokens)) {
        return error_memory(error);
    }
    const size_t n_words = token_list_fill_words(tokens, n->words);
    const search_status status = add_order(n, tokens, value, n->words, n_words, error);
    return status == SEARCH_OK ? add_parentheses(n, tokens, value, n->words, n_words, error) : status;
}

search_status names_add(names_writer *n, const token_list *tokens, search_text value, bool is_name_field,
                        search_error *error) {
    if (n->known == NULL) {
        n->known = calloc(n_known, sizeof *n->known);
    }
    if (n->known == NULL) {
        return error_memory(error);
    }
    const search_status status = add_text(n, tokens, error);
    return status == SEARCH_OK && is_name_field ? add_name_field(n, tokens, value, error) : status;
}

/* ---- writing ---- */

static int by_bytes(const void *a, const void *b) {
    const search_text *x = a;
    const search_text *y = b;
    const int order = memcmp(x->bytes, y->bytes, x->n_bytes < y->n_bytes ? x->n_bytes : y->n_bytes);
    return order != 0 ? order : (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

/* The two sections of a list of strings. */
static search_status write_strings(const search_text *list, size_t n, const char *name, columns_writer *w,
                                   search_error *error) {
    char full[COLUMNS_MAX_NAME + 1];
    snprintf(full, sizeof full, "%s.at", name);
    buffer *at = columns_writer_section(w, full);
    snprintf(full, sizeof full, "%s.bytes", name);
    buffer *bytes = columns_writer_section(w, full);
    if (at == NULL || bytes == NULL) {
        return error_memory(error);
    }
    columns_add_u64(at, 0);
    for (size_t i = 0; i < n; i++) {
        buffer_add(bytes, list[i].bytes, list[i].n_bytes);
        columns_add_u64(at, bytes->n_bytes);
    }
    return at->failed || bytes->failed ? error_memory(error) : SEARCH_OK;
}

search_status names_merge(names_writer *n, const names_writer *other, search_error *error) {
    for (size_t i = 0; i < other->entries.n_keys; i++) {
        const search_text entry = other->entries.keys[i];
        if (hash_add(&n->entries, entry.bytes, entry.n_bytes, NULL) == HASH_NONE) {
            return error_memory(error);
        }
    }
    return SEARCH_OK;
}

search_status names_write(const names_writer *n, columns_writer *w, search_error *error) {
    const size_t n_keys = n->entries.n_keys;
    search_text *sorted = calloc(n_keys + 1, sizeof *sorted);
    if (sorted == NULL) {
        return error_memory(error);
    }
    if (n_keys > 0) {
        memcpy(sorted, n->entries.keys, n_keys * sizeof *sorted);
    }
    qsort(sorted, n_keys, sizeof *sorted, by_bytes);
    const search_status status = write_strings(sorted, n_keys, "names", w, error);
    free(sorted);
    return status;
}

search_status names_write_aliases(const aliases *known, columns_writer *w, search_error *error) {
    arena memory = {0};
    search_text *list = arena_array(&memory, known->n + 1, sizeof *list);
    search_status status = list == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < known->n; i++) {
        const alias *a = &known->list[i];
        const size_t n_bytes = a->asked.n_bytes + 1 + a->found.n_bytes;
        char *bytes = arena_alloc(&memory, n_bytes);
        if (bytes == NULL) {
            status = error_memory(error);
            break;
        }
        memcpy(bytes, a->asked.bytes, a->asked.n_bytes); /* the arena's zero ends it */
        memcpy(bytes + a->asked.n_bytes + 1, a->found.bytes, a->found.n_bytes);
        list[i] = (search_text){bytes, n_bytes};
    }
    if (status == SEARCH_OK) {
        status = write_strings(list, known->n, "aliases", w, error);
    }
    arena_free(&memory);
    return status;
}

/* ---- reading ---- */

/* How string `i` stands to kind and key followed by NUL: below 0, 0 when it begins so, or above. */
static int compare(const column_strings *names, size_t i, name_kind kind, search_text key) {
    const search_text entry = column_string(names, i);
    if (entry.n_bytes == 0) {
        return -1;
    }
    const int first = (unsigned char)entry.bytes[0] - (int)kind;
    if (first != 0) {
        return first;
    }
    const size_t n = entry.n_bytes - 1 < key.n_bytes ? entry.n_bytes - 1 : key.n_bytes;
    const int order = n == 0 ? 0 : memcmp(entry.bytes + 1, key.bytes, n);
    if (order != 0) {
        return order;
    }
    if (entry.n_bytes - 1 <= key.n_bytes) {
        return -1;
    }
    return (unsigned char)entry.bytes[1 + key.n_bytes];
}

void names_find(const column_strings *names, name_kind kind, search_text key, size_t *first, size_t *n) {
    size_t low = 0;
    size_t high = names->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(names, middle, kind, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *first = low;
    *n = 0;
    while (low + *n < names->n && compare(names, low + *n, kind, key) == 0) {
        ++*n;
    }
}

search_text names_form(const column_strings *names, size_t i) {
    const search_text entry = column_string(names, i);
    const char *nul = entry.n_bytes == 0 ? NULL : memchr(entry.bytes, '\0', entry.n_bytes);
    if (nul == NULL) {
        return (search_text){"", 0};
    }
    return (search_text){nul + 1, entry.n_bytes - (size_t)(nul + 1 - entry.bytes)};
}

search_status names_read_aliases(const column_strings *section, aliases *out, search_error *error) {
    *out = (aliases){0};
    out->list = calloc(section->n + 1, sizeof *out->list);
    if (out->list == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < section->n; i++) {
        const search_text found = names_form(section, i);
        const search_text entry = column_string(section, i);
        if (found.n_bytes == 0 || found.n_bytes + 1 == entry.n_bytes) {
            continue; /* no pair of names: of a damaged file */
        }
        out->list[out->n++] = (alias){{entry.bytes, entry.n_bytes - found.n_bytes - 1}, found};
    }
    out->capacity = out->n;
    return SEARCH_OK;
}
