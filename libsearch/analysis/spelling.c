/* Spellings.  A word is a stem of tables/spelling.txt with an ending of its class, both as they are in one spelling,
 * and its other spelling is the same row with the same ending of the other: so the two functions undo each other. */
#include "libsearch/analysis/spelling.h"
#include "libsearch/analysis/table.h"
#include "libsearch/support/hash.h"
#include <stdlib.h>
#include <string.h>

#define MAX_CLASSES 16
#define MAX_ENDINGS 32
/* The longest listed word has fewer; of a longer one not every beginning is looked up. */
#define MAX_WORD_BYTES 40

typedef enum { BRITISH, AMERICAN, N_SPELLINGS } spelling_number;

typedef struct ending {
    search_text text[N_SPELLINGS];
} ending;

typedef struct word_class {
    search_text name;
    ending endings[MAX_ENDINGS];
    size_t n_endings;
} word_class;

typedef struct stem_row {
    search_text stem[N_SPELLINGS];
    const word_class *class;
} stem_row;

struct spelling {
    word_class classes[MAX_CLASSES];
    size_t n_classes;
    stem_row *rows;
    hash_map stems[N_SPELLINGS]; /* to the number of the row */
};

static bool equal(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

/* ---- The table ---- */

static search_text ending_text(search_text written) {
    const search_text none = {"-", 1};
    return equal(written, none) ? (search_text){written.bytes, 0} : written;
}

static void add_class(spelling *s, search_text name, search_text endings) {
    if (s->n_classes == MAX_CLASSES)
        return;
    word_class *class = &s->classes[s->n_classes++];
    class->name = name;
    search_text both;
    while (class->n_endings < MAX_ENDINGS && table_next(&endings, ' ', &both)) {
        ending *e = &class->endings[class->n_endings++];
        search_text british = both;
        search_text american = both;
        search_text rest = both;
        if (table_next(&rest, ':', &british) && rest.bytes != NULL)
            american = rest;
        e->text[BRITISH] = ending_text(british);
        e->text[AMERICAN] = ending_text(american);
    }
}

static const word_class *find_class(const spelling *s, search_text name) {
    for (size_t i = 0; i < s->n_classes; i++)
        if (equal(s->classes[i].name, name))
            return &s->classes[i];
    return NULL;
}

/* The stems of a row have the number of the row.  A second row with a stem could not be undone: the first one counts.
 */
static bool add_row(spelling *s, search_text row) {
    const search_text ending_word = {"ending", 6};
    search_text columns[3] = {0};
    for (size_t n = 0; n < 3 && table_next(&row, '\t', &columns[n]);)
        n++;
    if (equal(columns[0], ending_word)) {
        add_class(s, columns[1], columns[2]);
        return true;
    }
    const word_class *class = find_class(s, columns[0]);
    for (size_t i = 0; i < N_SPELLINGS; i++)
        if (class == NULL || hash_find(&s->stems[i], columns[1 + i].bytes, columns[1 + i].n_bytes) != HASH_NONE)
            return true;
    stem_row *added = &s->rows[s->stems[BRITISH].n_keys];
    *added = (stem_row){.stem = {columns[1], columns[2]}, .class = class};
    for (size_t i = 0; i < N_SPELLINGS; i++)
        if (hash_add(&s->stems[i], added->stem[i].bytes, added->stem[i].n_bytes, NULL) == HASH_NONE)
            return false;
    return true;
}

search_status spelling_new(spelling **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    spelling *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_memory(error);
    size_t n_rows = 0;
    while (table_spelling[n_rows] != NULL)
        n_rows++;
    s->rows = calloc(n_rows + 1, sizeof *s->rows);
    bool is_added = s->rows != NULL;
    for (size_t i = 0; i < n_rows && is_added; i++)
        is_added = add_row(s, search_text_of(table_spelling[i]));
    if (!is_added) {
        spelling_free(s);
        return error_memory(error);
    }
    *out = s;
    return SEARCH_OK;
}

void spelling_free(spelling *s) {
    if (s == NULL)
        return;
    for (size_t i = 0; i < N_SPELLINGS; i++)
        hash_free(&s->stems[i]);
    free(s->rows);
    free(s);
}

/* ---- Words ---- */

static const ending *find_ending(const word_class *class, spelling_number from, search_text text) {
    for (size_t i = 0; i < class->n_endings; i++)
        if (equal(class->endings[i].text[from], text))
            return &class->endings[i];
    return NULL;
}

static bool respell(const spelling *s, spelling_number from, spelling_number to, search_text word, buffer *out) {
    buffer_clear(out);
    if (word.n_bytes > MAX_WORD_BYTES)
        return false;
    for (size_t n = word.n_bytes; n > 0; n--) {
        uint32_t number = hash_find(&s->stems[from], word.bytes, n);
        if (number == HASH_NONE)
            continue;
        const stem_row *row = &s->rows[number];
        const ending *e = find_ending(row->class, from, (search_text){word.bytes + n, word.n_bytes - n});
        if (e == NULL)
            continue;
        buffer_add(out, row->stem[to].bytes, row->stem[to].n_bytes);
        buffer_add(out, e->text[to].bytes, e->text[to].n_bytes);
        return !out->failed;
    }
    return false;
}

bool spelling_american(const spelling *s, search_text folded, buffer *out) {
    return respell(s, BRITISH, AMERICAN, folded, out);
}

bool spelling_british(const spelling *s, search_text folded, buffer *out) {
    return respell(s, AMERICAN, BRITISH, folded, out);
}
