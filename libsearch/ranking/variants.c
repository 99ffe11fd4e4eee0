/* The sources of variants, asked one after the other at each word of a run. */
#include "libsearch/ranking/variants.h"

#include <stdlib.h>
#include <string.h>

/* A compound has at most so many parts (libsearch/index/names.c). */
enum { max_parts = 4 };

typedef struct finder {
    const snapshot *index; /* may be null */
    const reader *r;       /* may be null */
    const aliases *known;
    analyzer *words;
    const reading_word *run;
    size_t n_run;
    arena *memory;
    variant_list *out;
    size_t capacity;
    buffer key;
    size_t first;    /* the word at hand */
    size_t name_end; /* behind the last name found: its inner words begin no other */
} finder;

/* ---- edges ---- */

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

static bool same_words(const search_text *a, size_t n_a, const search_text *b, size_t n_b) {
    for (size_t i = 0; n_a == n_b && i < n_a; i++) {
        if (!same(a[i], b[i])) {
            return false;
        }
    }
    return n_a == n_b;
}

static bool is_written(const finder *f, size_t last, const search_text *words, size_t n_words) {
    if (n_words != last - f->first) {
        return false;
    }
    for (size_t i = 0; i < n_words; i++) {
        if (!same(words[i], f->run[f->first + i].folded)) {
            return false;
        }
    }
    return true;
}

/* How many edges stand for the same words; *is_there: this is one of them. */
static size_t count_alike(const finder *f, size_t last, const search_text *words, size_t n_words, bool *is_there) {
    size_t n = 0;
    *is_there = false;
    for (size_t i = 0; i < f->out->n_edges; i++) {
        const variant_edge *e = &f->out->edges[i];
        if (e->first == f->first && e->last == last) {
            n++;
            *is_there = *is_there || same_words(e->words, e->n_words, words, n_words);
        }
    }
    return n;
}

static search_status too_many(search_error *error) {
    error_set(error, SEARCH_E_LIMIT, "query.too_many_variants", "a name has more than %d forms in the index",
              VARIANTS_MAX);
    error_hint(error, "write exact: before it to search for these very words, or name more of it");
    return SEARCH_E_LIMIT;
}

static search_status add_edge(finder *f, size_t last, const search_text *words, size_t n_words, const char *rule,
                              search_error *error) {
    bool is_there = false;
    const size_t n_alike = count_alike(f, last, words, n_words, &is_there);
    if (is_there || is_written(f, last, words, n_words)) {
        return SEARCH_OK;
    }
    if (n_alike == VARIANTS_MAX) {
        return too_many(error);
    }
    if (f->out->n_edges == f->capacity) {
        const size_t capacity = f->capacity == 0 ? 16 : f->capacity * 2;
        variant_edge *grown = arena_array(f->memory, capacity, sizeof *grown);
        if (grown == NULL) {
            return error_memory(error);
        }
        if (f->out->n_edges > 0) {
            memcpy(grown, f->out->edges, f->out->n_edges * sizeof *grown);
        }
        f->out->edges = grown;
        f->capacity = capacity;
    }
    f->out->edges[f->out->n_edges++] = (variant_edge){f->first, last, words, n_words, rule};
    return SEARCH_OK;
}

/* Whether the index holds the word; without a reader every word may be there. */
static search_status exists(const finder *f, search_text word, bool *yes, search_error *error) {
    uint32_t n_documents = 1;
    search_status status = SEARCH_OK;
    if (f->r != NULL) {
        buffer term = {0};
        term_add(&term, "", word);
        status = term.failed ? error_memory(error)
                             : xapian_database_term_frequency(f->r->store, (search_text){term.bytes, term.n_bytes},
                                                              &n_documents, error);
        buffer_free(&term);
    }
    *yes = n_documents > 0;
    return status;
}

/* Adds folded words with one space between, if the index holds them all. */
static search_status add_form(finder *f, size_t last, search_text form, const char *rule, search_error *error) {
    const char *copy = arena_copy(f->memory, form.bytes, form.n_bytes);
    search_text *words = arena_array(f->memory, form.n_bytes + 1, sizeof *words);
    if (copy == NULL || words == NULL) {
        return error_memory(error);
    }
    size_t n_words = 0;
    bool all = true;
    search_status status = SEARCH_OK;
    for (size_t at = 0; all && status == SEARCH_OK && at < form.n_bytes;) {
        const char *space = memchr(copy + at, ' ', form.n_bytes - at);
        const size_t end = space == NULL ? form.n_bytes : (size_t)(space - copy);
        words[n_words++] = (search_text){copy + at, end - at};
        all = end > at; /* of a damaged file a word may be empty */
        if (all) {
            status = exists(f, words[n_words - 1], &all, error);
        }
        at = end + 1;
    }
    return status == SEARCH_OK && all && n_words > 0 ? add_edge(f, last, words, n_words, rule, error) : status;
}

/* ---- keys ---- */

static search_text join_words(finder *f, size_t n, const char *between) {
    buffer_clear(&f->key);
    for (size_t i = 0; i < n; i++) {
        const search_text word = f->run[f->first + i].folded;
        buffer_add_string(&f->key, i == 0 ? "" : between);
        buffer_add(&f->key, word.bytes, word.n_bytes);
    }
    return (search_text){f->key.bytes, f->key.n_bytes};
}

static size_t n_left(const finder *f, size_t max) {
    return f->n_run - f->first < max ? f->n_run - f->first : max;
}

static search_status add_mapped(finder *f, name_kind kind, search_text key, size_t last, const char *rule,
                                size_t *n_found, search_error *error) {
    size_t first = 0;
    size_t n = 0;
    names_find(&f->index->names, kind, key, &first, &n);
    *n_found += n;
    search_status status = SEARCH_OK;
    for (size_t i = first; status == SEARCH_OK && i < first + n; i++) {
        status = add_form(f, last, names_form(&f->index->names, i), rule, error);
    }
    return status;
}

/* ---- spellings ---- */

static search_status add_spellings(finder *f, search_error *error) {
    static const char rule[] = "British and American spelling";
    typedef bool (*other_spelling)(const spelling *s, search_text folded, buffer *out);
    const other_spelling others[] = {spelling_american, spelling_british};
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < 2; i++) {
        const bool found = others[i](analyzer_spelling(f->words), f->run[f->first].folded, &f->key);
        if (f->key.failed) {
            return error_memory(error);
        }
        if (found) {
            status = add_form(f, f->first + 1, (search_text){f->key.bytes, f->key.n_bytes}, rule, error);
        }
    }
    return status;
}

/* ---- readings ---- */

typedef struct reading_search {
    finder *f;
    size_t n_words; /* of the longest run that was read */
    size_t n_known; /* of the shortest that the index knows; SIZE_MAX: none */
} reading_search;

static search_status look_up_reading(void *context, const reading *r, search_error *error) {
    reading_search *s = context;
    size_t n_found = 0;
    s->n_words = r->n_words > s->n_words ? r->n_words : s->n_words;
    const search_status status =
        add_mapped(s->f, NAME_READING, r->key, s->f->first + r->n_words, r->rule, &n_found, error);
    s->n_known = n_found > 0 && r->n_words < s->n_known ? r->n_words : s->n_known;
    return status;
}

/* The longest run that the index knows: in `lin biao an old man` the first three words could be a name, too. */
static search_status add_readings(finder *f, search_error *error) {
    const readings *r = NULL;
    const search_status made = analyzer_readings(f->words, &r, error);
    if (made != SEARCH_OK) {
        return made;
    }
    const reading_word *words = f->run + f->first;
    const bool may_begin = f->first >= f->name_end && readings_may_begin(r, words[0].folded) != 0;
    size_t n = may_begin ? n_left(f, READING_MAX_WORDS) : 0;
    while (n > 0) {
        reading_search s = {f, 0, SIZE_MAX};
        const search_status status = readings_visit(r, words, n, look_up_reading, &s, error);
        if (s.n_known != SIZE_MAX) {
            f->name_end = f->first + s.n_known;
        }
        if (status != SEARCH_OK || s.n_known != SIZE_MAX || s.n_words < 2) {
            return status;
        }
        n = s.n_words - 1;
        while (n > 0 && words[n - 1].joins_next) {
            n--;
        }
    }
    return SEARCH_OK;
}

/* ---- compounds and initials ---- */

static search_status add_joined(finder *f, size_t n, const char *rule, search_error *error) {
    bool is_there = false;
    const search_text joined = join_words(f, n, "");
    if (f->key.failed) {
        return error_memory(error);
    }
    const search_status status = exists(f, joined, &is_there, error);
    return status == SEARCH_OK && is_there ? add_form(f, f->first + n, joined, rule, error) : status;
}

/* Whether the archive writes these words with hyphens somewhere. */
static bool is_known_compound(finder *f, size_t n) {
    size_t first = 0;
    size_t n_found = 0;
    const search_text joined = join_words(f, n, "");
    if (!f->key.failed) {
        names_find(&f->index->names, NAME_JOINED, joined, &first, &n_found);
    }
    for (size_t i = first; i < first + n_found; i++) {
        const search_text apart = join_words(f, n, " ");
        if (!f->key.failed && same(apart, names_form(&f->index->names, i))) {
            return true;
        }
    }
    return false;
}

static bool is_hyphenated(const finder *f, size_t n) {
    for (size_t i = 0; i + 1 < n; i++) {
        if (!f->run[f->first + i].joins_next) {
            return false;
        }
    }
    return !f->run[f->first + n - 1].joins_next && (f->first == 0 || !f->run[f->first - 1].joins_next);
}

static bool are_letters(const finder *f, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const search_text word = f->run[f->first + i].folded;
        if (word.n_bytes != 1 || word.bytes[0] < 'a' || word.bytes[0] > 'z') {
            return false;
        }
    }
    return true;
}

static search_status add_compounds(finder *f, search_error *error) {
    static const char rule[] = "written as one word, with a hyphen or apart";
    size_t n_found = 0;
    search_status status = add_mapped(f, NAME_JOINED, f->run[f->first].folded, f->first + 1, rule, &n_found, error);
    for (size_t n = 2; status == SEARCH_OK && n <= n_left(f, max_parts); n++) {
        /* without a reader nobody can tell whether the word exists: only what was seen with hyphens is told */
        if ((f->r != NULL && is_hyphenated(f, n)) || is_known_compound(f, n)) {
            status = add_joined(f, n, rule, error);
        }
    }
    return status;
}

/* V. M. is V.M., one word. */
static search_status add_initials(finder *f, search_error *error) {
    static const char rule[] = "initials";
    search_status status = SEARCH_OK;
    for (size_t n = 2; status == SEARCH_OK && n <= n_left(f, max_parts) && are_letters(f, n); n++) {
        status = add_joined(f, n, rule, error);
    }
    const reading_word *word = &f->run[f->first];
    const bool has_stops = word->exact.n_bytes > 2 && word->exact.bytes[1] == '.';
    if (status != SEARCH_OK || !has_stops || word->folded.n_bytes > max_parts) {
        return status;
    }
    buffer_clear(&f->key);
    for (size_t i = 0; i < word->folded.n_bytes; i++) {
        if (word->folded.bytes[i] < 'a' || word->folded.bytes[i] > 'z') {
            return SEARCH_OK;
        }
        buffer_add_string(&f->key, i == 0 ? "" : " ");
        buffer_add_byte(&f->key, word->folded.bytes[i]);
    }
    return f->key.failed ? error_memory(error)
                         : add_form(f, f->first + 1, (search_text){f->key.bytes, f->key.n_bytes}, rule, error);
}

/* ---- names as the archive lists them ---- */

static search_status add_listed(finder *f, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t n = 2; status == SEARCH_OK && n <= n_left(f, READING_MAX_WORDS); n++) {
        size_t n_found = 0;
        const search_text key = join_words(f, n, " ");
        if (f->key.failed) {
            return error_memory(error);
        }
        status = add_mapped(f, NAME_ORDER, key, f->first + n, "family name first or last", &n_found, error);
        if (status == SEARCH_OK) {
            status = add_mapped(f, NAME_PARENTHESES, key, f->first + n, "beside it in parentheses in a list of names",
                                &n_found, error);
        }
    }
    return status;
}

/* ---- aliases ---- */

static int compare(search_text a, search_text b) {
    const size_t n = a.n_bytes < b.n_bytes ? a.n_bytes : b.n_bytes;
    const int order = n == 0 ? 0 : memcmp(a.bytes, b.bytes, n);
    return order != 0 ? order : (a.n_bytes > b.n_bytes) - (a.n_bytes < b.n_bytes);
}

static size_t first_alias(const aliases *known, search_text asked) {
    size_t low = 0;
    size_t high = known->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(known->list[middle].asked, asked) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static search_status add_aliases(finder *f, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t n = 1; status == SEARCH_OK && n <= n_left(f, READING_MAX_WORDS); n++) {
        const search_text key = join_words(f, n, " ");
        if (f->key.failed) {
            return error_memory(error);
        }
        for (size_t i = first_alias(f->known, key);
             status == SEARCH_OK && i < f->known->n && same(f->known->list[i].asked, key); i++) {
            status = add_form(f, f->first + n, f->known->list[i].found, "alias", error);
        }
    }
    return status;
}

/* ---- all of them ---- */

static int by_place(const void *a, const void *b) {
    const variant_edge *x = a;
    const variant_edge *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    if (x->last != y->last) {
        return x->last < y->last ? -1 : 1;
    }
    for (size_t i = 0; i < x->n_words && i < y->n_words; i++) {
        const int order = compare(x->words[i], y->words[i]);
        if (order != 0) {
            return order;
        }
    }
    return (x->n_words > y->n_words) - (x->n_words < y->n_words);
}

search_status variants_find(const snapshot *index, const reader *r, const aliases *known, analyzer *words,
                            const reading_word *run, size_t n_run, arena *memory, variant_list *out,
                            search_error *error) {
    typedef search_status (*source)(finder * f, search_error * error);
    static const source of_tables[] = {add_spellings, add_aliases};
    static const source of_index[] = {add_readings, add_compounds, add_initials, add_listed};
    *out = (variant_list){0};
    finder f = {.index = index,
                .r = r,
                .known = known,
                .words = words,
                .run = run,
                .n_run = n_run,
                .memory = memory,
                .out = out};
    search_status status = SEARCH_OK;
    for (; status == SEARCH_OK && f.first < n_run; f.first++) {
        for (size_t i = 0; status == SEARCH_OK && i < sizeof of_tables / sizeof *of_tables; i++) {
            status = of_tables[i](&f, error);
        }
        for (size_t i = 0; index != NULL && status == SEARCH_OK && i < sizeof of_index / sizeof *of_index; i++) {
            status = of_index[i](&f, error);
        }
    }
    buffer_free(&f.key);
    if (out->n_edges > 1) {
        qsort(out->edges, out->n_edges, sizeof *out->edges, by_place);
    }
    return status;
}
