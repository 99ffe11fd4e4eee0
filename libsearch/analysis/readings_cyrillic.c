/* Cyrillic names.  A word is rewritten twice by the rules of tables/cyrillic.txt: in every system that its spelling
 * allows to the letters of BGN/PCGN, then to the key that the published romanizations of one name share.  The key tells
 * by its ending, or by a list, whether it is one of a name at all. */
#include "libsearch/analysis/readings_cyrillic.h"
#include "libsearch/analysis/table.h"
#include "libsearch/support/hash.h"
#include <stdlib.h>
#include <string.h>

#define MIN_LETTERS 4
/* Shorter words that end like names are mostly English: show, thin. */
#define MIN_LETTERS_OF_ENDINGS 5
#define MAX_LETTERS 32
/* No rule more than doubles what it reads, and every name goes through two. */
#define MAX_SPELLED_BYTES (MAX_LETTERS * 4)
/* Alternatives multiply; German names of three doubtful letters have eight. */
#define MAX_SPELLINGS 16

#define PREFIX "ru:"

typedef enum { ENGLISH, GERMAN, FRENCH, SCIENTIFIC, KEY, N_SYSTEMS } system_number;

static const char *const system_names[N_SYSTEMS] = {"english", "german", "french", "scientific", "key"};

typedef enum { ANYWHERE, BEGIN, INSIDE, END, VOWEL, VOWELS } rule_place;

static const char *const place_names[] = {"", "begin", "inside", "end", "vowel", "vowels"};

typedef struct rule {
    search_text from;
    search_text to;
    rule_place where;
} rule;

typedef struct ending {
    search_text text;
    size_t n_before;
    bool is_after_consonant;
} ending;

/* Rows of one kind. */
typedef struct rows {
    void *list;
    size_t n;
    size_t capacity;
} rows;

typedef struct spelling_system {
    rows rules;   /* rule */
    rows needs;   /* search_text */
    rows forbids; /* search_text */
} spelling_system;

struct cyrillic {
    spelling_system systems[N_SYSTEMS];
    rows endings;     /* ending */
    hash_map others;  /* words that are no names */
    hash_map names;   /* keys */
    hash_map spelled; /* words without a rule */
    rows stands_for;  /* search_text: what each of them is, by number */
};

typedef struct spellings {
    char bytes[MAX_SPELLINGS][MAX_SPELLED_BYTES];
    size_t n_bytes[MAX_SPELLINGS];
    size_t n;
} spellings;

/* ---- Rewriting ---- */

static bool is_vowel(char c) {
    return c != '\0' && strchr("aeiouy", c) != NULL;
}

static bool is_consonant(char c) {
    return c >= 'a' && c <= 'z' && !is_vowel(c);
}

static bool stands_at(search_text word, size_t at, search_text part) {
    return word.n_bytes - at >= part.n_bytes && memcmp(word.bytes + at, part.bytes, part.n_bytes) == 0;
}

static bool fits(const rule *r, search_text word, size_t at) {
    if (!stands_at(word, at, r->from))
        return false;
    size_t end = at + r->from.n_bytes;
    char before = at > 0 ? word.bytes[at - 1] : '\0';
    char after = end < word.n_bytes ? word.bytes[end] : '\0';
    switch (r->where) {
    case ANYWHERE:
        return true;
    case BEGIN:
        return at == 0;
    case INSIDE:
        return at > 0;
    case END:
        return end == word.n_bytes;
    case VOWEL:
        return is_vowel(after);
    case VOWELS:
        return is_vowel(before) && is_vowel(after);
    }
    return false;
}

/* The first of the longest that fit; null when none does. */
static const rule *find_rule(const spelling_system *s, search_text word, size_t at) {
    const rule *best = NULL;
    const rule *list = s->rules.list;
    for (size_t i = 0; i < s->rules.n; i++)
        if ((best == NULL || list[i].from.n_bytes > best->from.n_bytes) && fits(&list[i], word, at))
            best = &list[i];
    return best;
}

static void add_spelling(spellings *out, const char *bytes, size_t n_bytes) {
    for (size_t i = 0; i < n_bytes; i++)
        if (bytes[i] < 'a' || bytes[i] > 'z')
            return;
    for (size_t i = 0; i < out->n; i++)
        if (out->n_bytes[i] == n_bytes && memcmp(out->bytes[i], bytes, n_bytes) == 0)
            return;
    if (out->n == MAX_SPELLINGS)
        return;
    memcpy(out->bytes[out->n], bytes, n_bytes);
    out->n_bytes[out->n++] = n_bytes;
}

/* What has been written of a word so far. */
typedef struct draft {
    char bytes[MAX_SPELLED_BYTES];
    size_t n_bytes;
} draft;

static bool write_part(draft *d, search_text part) {
    if (part.n_bytes > sizeof d->bytes - d->n_bytes)
        return false;
    memcpy(d->bytes + d->n_bytes, part.bytes, part.n_bytes);
    d->n_bytes += part.n_bytes;
    return true;
}

static void rewrite_from(const spelling_system *s, search_text word, size_t at, draft *d, spellings *out) {
    if (at == word.n_bytes) {
        add_spelling(out, d->bytes, d->n_bytes);
        return;
    }
    const rule *r = find_rule(s, word, at);
    search_text letter = {word.bytes + at, 1};
    search_text rest = r == NULL ? letter : r->to;
    size_t next = at + (r == NULL ? 1 : r->from.n_bytes);
    size_t written = d->n_bytes;
    search_text part;
    while (out->n < MAX_SPELLINGS && table_next(&rest, ' ', &part)) {
        if (write_part(d, part))
            rewrite_from(s, word, next, d, out);
        d->n_bytes = written;
    }
}

static void rewrite(const spelling_system *s, search_text word, spellings *out) {
    draft d = {.n_bytes = 0};
    rewrite_from(s, word, 0, &d, out);
}

/* ---- Words to keys ---- */

static bool is_in(search_text word, search_text mark) {
    bool at_begin = mark.bytes[0] == '^';
    bool at_end = mark.bytes[mark.n_bytes - 1] == '^';
    search_text part = {mark.bytes + at_begin, mark.n_bytes - at_begin - at_end};
    for (size_t at = 0; at + part.n_bytes <= word.n_bytes; at++)
        if (stands_at(word, at, part) && (!at_begin || at == 0) && (!at_end || at + part.n_bytes == word.n_bytes))
            return true;
    return false;
}

static bool has_any(search_text word, const rows *marks) {
    const search_text *list = marks->list;
    for (size_t i = 0; i < marks->n; i++)
        if (is_in(word, list[i]))
            return true;
    return false;
}

static void add_keys(const cyrillic *l, system_number system, search_text word, spellings *keys) {
    const spelling_system *s = &l->systems[system];
    if ((s->needs.n > 0 && !has_any(word, &s->needs)) || has_any(word, &s->forbids))
        return;
    spellings read = {.n = 0};
    rewrite(s, word, &read);
    for (size_t i = 0; i < read.n; i++)
        rewrite(&l->systems[KEY], (search_text){read.bytes[i], read.n_bytes[i]}, keys);
}

static bool has_ending(const cyrillic *l, search_text key) {
    const ending *list = l->endings.list;
    for (size_t i = 0; i < l->endings.n; i++) {
        const ending *e = &list[i];
        if (key.n_bytes < e->n_before + e->text.n_bytes)
            continue;
        size_t at = key.n_bytes - e->text.n_bytes;
        if (stands_at(key, at, e->text) && (!e->is_after_consonant || is_consonant(key.bytes[at - 1])))
            return true;
    }
    return false;
}

static bool is_name(const cyrillic *l, search_text key, bool may_end_alike) {
    return (may_end_alike && has_ending(l, key)) || hash_find(&l->names, key.bytes, key.n_bytes) != HASH_NONE;
}

static bool is_readable(search_text folded) {
    if (folded.n_bytes < MIN_LETTERS || folded.n_bytes > MAX_LETTERS)
        return false;
    for (size_t i = 0; i < folded.n_bytes; i++)
        if (folded.bytes[i] < 'a' || folded.bytes[i] > 'z')
            return false;
    return true;
}

/* The keys of a word; those that no name has are left out. */
static void read_word(const cyrillic *l, search_text folded, search_text exact, spellings *keys) {
    keys->n = 0;
    if (!is_readable(folded))
        return;
    uint32_t number = hash_find(&l->spelled, folded.bytes, folded.n_bytes);
    if (number != HASH_NONE) {
        const search_text *stands_for = l->stands_for.list;
        add_spelling(keys, stands_for[number].bytes, stands_for[number].n_bytes);
        return;
    }
    spellings all = {.n = 0};
    add_keys(l, ENGLISH, folded, &all);
    add_keys(l, GERMAN, folded, &all);
    add_keys(l, FRENCH, folded, &all);
    if (exact.n_bytes > 0 && exact.n_bytes <= 2 * MAX_LETTERS)
        add_keys(l, SCIENTIFIC, exact, &all);
    bool is_other = hash_find(&l->others, folded.bytes, folded.n_bytes) != HASH_NONE;
    bool may_end_alike = folded.n_bytes >= MIN_LETTERS_OF_ENDINGS && !is_other;
    for (size_t i = 0; i < all.n; i++)
        if (is_name(l, (search_text){all.bytes[i], all.n_bytes[i]}, may_end_alike))
            add_spelling(keys, all.bytes[i], all.n_bytes[i]);
}

search_status cyrillic_visit(const cyrillic *l, const reading_word *words, size_t n_words, reading_visit visit,
                             void *context, search_error *error) {
    if (n_words == 0)
        return SEARCH_OK;
    spellings keys;
    read_word(l, words[0].folded, words[0].exact, &keys);
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < keys.n && status == SEARCH_OK; i++) {
        char key[sizeof PREFIX + MAX_SPELLED_BYTES] = PREFIX;
        memcpy(key + strlen(PREFIX), keys.bytes[i], keys.n_bytes[i]);
        reading r = {.key = {key, strlen(PREFIX) + keys.n_bytes[i]},
                     .n_words = 1,
                     .rule = "Cyrillic: BGN/PCGN, ALA-LC, ISO 9, German and French spellings"};
        status = visit(context, &r, error);
    }
    return status;
}

bool cyrillic_may_begin(const cyrillic *l, search_text folded) {
    (void)l;
    return is_readable(folded);
}

/* ---- The table ---- */

static void *add_row(rows *r, size_t n_bytes) {
    if (r->n == r->capacity) {
        size_t capacity = r->capacity == 0 ? 32 : r->capacity * 2;
        void *list = realloc(r->list, capacity * n_bytes);
        if (list == NULL)
            return NULL;
        r->list = list;
        r->capacity = capacity;
    }
    return (char *)r->list + r->n++ * n_bytes;
}

static bool add_text(rows *r, search_text text) {
    search_text *row = add_row(r, sizeof *row);
    if (row != NULL)
        *row = text;
    return row != NULL;
}

static bool add_rule(spelling_system *s, const search_text *columns) {
    rule *row = add_row(&s->rules, sizeof *row);
    if (row == NULL)
        return false;
    *row = (rule){.from = columns[2], .to = columns[3]};
    if (table_is(row->to, "-"))
        row->to.n_bytes = 0;
    for (size_t i = 0; i < sizeof place_names / sizeof *place_names; i++)
        if (table_is(columns[4], place_names[i]))
            row->where = (rule_place)i;
    return true;
}

static bool add_to_system(spelling_system *s, const search_text *columns) {
    if (table_is(columns[1], "needs"))
        return add_text(&s->needs, columns[2]);
    if (table_is(columns[1], "forbids"))
        return add_text(&s->forbids, columns[2]);
    return add_rule(s, columns);
}

static bool add_ending(cyrillic *l, const search_text *columns) {
    ending *row = add_row(&l->endings, sizeof *row);
    if (row == NULL)
        return false;
    *row = (ending){.text = columns[1],
                    .n_before = (size_t)(columns[2].bytes[0] - '0'),
                    .is_after_consonant = columns[3].n_bytes > 0};
    return true;
}

/* Adds the key of a name as the table writes it; its number is also that of the name. */
static uint32_t add_name(cyrillic *l, search_text name) {
    char lower[MAX_LETTERS];
    size_t n = name.n_bytes < sizeof lower ? name.n_bytes : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(name.bytes[i] >= 'A' && name.bytes[i] <= 'Z' ? name.bytes[i] + ('a' - 'A') : name.bytes[i]);
    spellings keys = {.n = 0};
    add_keys(l, ENGLISH, (search_text){lower, n}, &keys);
    return keys.n == 0 ? HASH_NONE : hash_add(&l->names, keys.bytes[0], keys.n_bytes[0], NULL);
}

static bool add_spelled(cyrillic *l, search_text word, search_text name) {
    bool is_new;
    uint32_t number = add_name(l, name);
    if (number == HASH_NONE || hash_add(&l->spelled, word.bytes, word.n_bytes, &is_new) == HASH_NONE)
        return false;
    return !is_new || add_text(&l->stands_for, l->names.keys[number]);
}

static bool add_table_row(cyrillic *l, const search_text *columns) {
    for (size_t i = 0; i < N_SYSTEMS; i++)
        if (table_is(columns[0], system_names[i]))
            return add_to_system(&l->systems[i], columns);
    if (table_is(columns[0], "ending"))
        return add_ending(l, columns);
    if (table_is(columns[0], "name"))
        return add_name(l, columns[1]) != HASH_NONE;
    if (table_is(columns[0], "spelled"))
        return add_spelled(l, columns[1], columns[2]);
    return hash_add(&l->others, columns[1].bytes, columns[1].n_bytes, NULL) != HASH_NONE;
}

search_status cyrillic_new(cyrillic **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    cyrillic *l = calloc(1, sizeof *l);
    if (l == NULL)
        return error_memory(error);
    for (size_t i = 0; table_cyrillic[i] != NULL; i++) {
        search_text rest = search_text_of(table_cyrillic[i]);
        search_text columns[5] = {0};
        for (size_t n = 0; n < 5 && table_next(&rest, '\t', &columns[n]);)
            n++;
        if (!add_table_row(l, columns)) {
            cyrillic_free(l);
            return error_memory(error);
        }
    }
    *out = l;
    return SEARCH_OK;
}

void cyrillic_free(cyrillic *l) {
    if (l == NULL)
        return;
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        free(l->systems[i].rules.list);
        free(l->systems[i].needs.list);
        free(l->systems[i].forbids.list);
    }
    free(l->endings.list);
    free(l->stands_for.list);
    hash_free(&l->others);
    hash_free(&l->names);
    hash_free(&l->spelled);
    free(l);
}
