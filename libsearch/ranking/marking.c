/* The words of all leaves are kept by form.  A text's tokens are looked up there in one pass, which gives each word the
 * places where it stands; from those come the marks of words, and lattices are walked as they are in the index. */
#include "libsearch/ranking/marking.h"

#include "libsearch/ranking/near.h"
#include "libsearch/ranking/verbatim.h"
#include "libsearch/support/hash.h"
#include <stdlib.h>
#include <string.h>

typedef enum form { FORM_FOLDED, FORM_EXACT, FORM_STEM, N_FORMS } form;

typedef struct found_word {
    uint32_t word;
    uint32_t place;
} found_word;

/* The words that are asked in one form, and where they stand in the text at hand: stems by token, else by position. */
typedef struct form_index {
    hash_map words;
    buffer found;   /* found_word, in order of the text */
    size_t *starts; /* by word, into places */
    buffer places;  /* uint32_t, word by word, ascending */
} form_index;

/* A lattice of a leaf, of a run of leaves, or of one way of an operand of NEAR. */
typedef struct marked_lattice {
    const lattice *l;
    size_t field;
    size_t first; /* leaves, half open */
    size_t last;
    size_t operand;  /* of NEAR; SIZE_MAX: of none */
    uint32_t *words; /* by term */
    struct marked_lattice *next;
} marked_lattice;

struct marker {
    const leaf_list *list;
    search_run_context *run;
    arena memory;
    form_index forms[N_FORMS];
    uint32_t **stems; /* by leaf: the words of its stems */
    marked_lattice *lattices;
    marked_lattice **end;
    term_positions *terms; /* of the lattice at hand */
    size_t n_terms_max;
    lattice_matcher matcher;
    proximity_matcher proximity;
    occurrence_list *operands;
    size_t n_operands_max;
    size_t field;  /* of the text at hand */
    buffer ranges; /* search_mark, by position */
    uint32_t n_positions;
    buffer marks; /* marked */
};

/* ---- what is asked ---- */

static bool is_in(const marker *m, size_t field) {
    return field == SIZE_MAX || m->field == MARKER_ANY_FIELD || field == m->field;
}

static bool is_marked(const leaf *l) {
    return !l->is_negative && l->n_words > 0 && l->kind != LEAF_DATE;
}

static bool add_lattice(marker *m, const lattice *l, size_t field, size_t first, size_t last, size_t operand) {
    if (l->n_edges == 0) {
        return true;
    }
    marked_lattice *made = arena_alloc(&m->memory, sizeof *made);
    uint32_t *words = arena_array(&m->memory, l->n_terms + 1, sizeof *words);
    if (made == NULL || words == NULL) {
        return false;
    }
    for (size_t i = 0; i < l->n_terms; i++) {
        const lattice_term *term = &l->terms[i];
        words[i] = hash_add(&m->forms[term->is_exact ? FORM_EXACT : FORM_FOLDED].words, term->text.bytes,
                            term->text.n_bytes, NULL);
        if (words[i] == HASH_NONE) {
            return false;
        }
    }
    *made = (marked_lattice){l, field, first, last, operand, words, NULL};
    *m->end = made;
    m->end = &made->next;
    m->n_terms_max = l->n_terms > m->n_terms_max ? l->n_terms : m->n_terms_max;
    return true;
}

static bool add_stems(marker *m, size_t leaf_number) {
    const leaf *l = &m->list->leaves[leaf_number];
    uint32_t *words = arena_array(&m->memory, l->n_stems + 1, sizeof *words);
    m->stems[leaf_number] = words;
    for (size_t i = 0; words != NULL && i < l->n_stems; i++) {
        words[i] = hash_add(&m->forms[FORM_STEM].words, l->stems[i].bytes, l->stems[i].n_bytes, NULL);
        if (words[i] == HASH_NONE) {
            return false;
        }
    }
    return words != NULL;
}

static bool add_operands(marker *m, size_t leaf_number) {
    const leaf *l = &m->list->leaves[leaf_number];
    for (size_t i = 0; i < l->n_operands; i++) {
        for (size_t j = 0; j < l->operands[i].n_ways; j++) {
            const leaf *way = &l->operands[i].ways[j];
            if (!add_lattice(m, &way->lattice, way->field, leaf_number, leaf_number + 1, i)) {
                return false;
            }
        }
    }
    m->n_operands_max = l->n_operands > m->n_operands_max ? l->n_operands : m->n_operands_max;
    return true;
}

static bool add_leaf(marker *m, size_t leaf_number) {
    const leaf *l = &m->list->leaves[leaf_number];
    if (l->kind == LEAF_NEAR) {
        return add_operands(m, leaf_number);
    }
    return l->kind == LEAF_VERBATIM ||
           (add_stems(m, leaf_number) && add_lattice(m, &l->lattice, l->field, leaf_number, leaf_number + 1, SIZE_MAX));
}

static bool add_all(marker *m) {
    const size_t n_leaves = m->list->n_leaves;
    m->stems = arena_array(&m->memory, n_leaves + 1, sizeof *m->stems);
    bool ok = m->stems != NULL;
    for (size_t i = 0; ok && i < n_leaves; i++) {
        ok = !is_marked(&m->list->leaves[i]) || add_leaf(m, i);
    }
    for (const leaf_run *r = m->list->runs; ok && r != NULL; r = r->next) {
        const leaf *first = &m->list->leaves[r->first];
        ok = !is_marked(first) || add_lattice(m, &r->lattice, first->field, r->first, r->last, SIZE_MAX);
    }
    return ok;
}

static bool reserve_all(marker *m) {
    m->terms = arena_array(&m->memory, m->n_terms_max + 1, sizeof *m->terms);
    m->operands = arena_array(&m->memory, m->n_operands_max + 1, sizeof *m->operands);
    bool ok = m->terms != NULL && m->operands != NULL;
    for (size_t i = 0; ok && i < N_FORMS; i++) {
        m->forms[i].starts = arena_array(&m->memory, m->forms[i].words.n_keys + 2, sizeof *m->forms[i].starts);
        ok = m->forms[i].starts != NULL;
    }
    return ok;
}

search_status marker_new(const leaf_list *list, search_run_context *run, marker **out, search_error *error) {
    *out = NULL;
    marker *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return error_memory(error);
    }
    m->list = list;
    m->run = run;
    m->end = &m->lattices;
    if (!add_all(m) || !reserve_all(m)) {
        marker_free(m);
        return error_memory(error);
    }
    *out = m;
    return SEARCH_OK;
}

void marker_free(marker *m) {
    if (m == NULL) {
        return;
    }
    for (size_t i = 0; i < N_FORMS; i++) {
        hash_free(&m->forms[i].words);
        buffer_free(&m->forms[i].found);
        buffer_free(&m->forms[i].places);
    }
    for (size_t i = 0; m->operands != NULL && i < m->n_operands_max; i++) {
        free(m->operands[i].list);
    }
    lattice_matcher_free(&m->matcher);
    proximity_matcher_free(&m->proximity);
    buffer_free(&m->ranges);
    buffer_free(&m->marks);
    arena_free(&m->memory);
    free(m);
}

bool marker_is_asked(const marker *m, size_t field) {
    for (size_t i = 0; i < m->list->n_leaves; i++) {
        const leaf *l = &m->list->leaves[i];
        const bool is_here = l->field == SIZE_MAX || field == MARKER_ANY_FIELD || l->field == field;
        if (is_marked(l) && is_here) {
            return true;
        }
    }
    return false;
}

/* ---- the words of a text ---- */

static void look_up(form_index *f, search_text word, uint32_t place) {
    const uint32_t number =
        word.n_bytes == 0 || f->words.n_keys == 0 ? HASH_NONE : hash_find(&f->words, word.bytes, word.n_bytes);
    if (number != HASH_NONE) {
        const found_word found = {number, place};
        buffer_add(&f->found, &found, sizeof found);
        f->starts[number + 2]++;
    }
}

/* From the order of the text to that of the words.  starts[w + 2] counts w, then starts[w + 1] is where w comes next.
 */
static bool sort_places(form_index *f) {
    const size_t n = f->found.n_bytes / sizeof(found_word);
    const found_word *found = (const found_word *)(const void *)f->found.bytes;
    buffer_clear(&f->places);
    if (f->found.failed || !buffer_reserve(&f->places, n * sizeof(uint32_t))) {
        return false;
    }
    uint32_t *places = (uint32_t *)(void *)f->places.bytes;
    for (size_t i = 1; i < f->words.n_keys + 2; i++) {
        f->starts[i] += f->starts[i - 1];
    }
    for (size_t i = 0; i < n; i++) {
        places[f->starts[found[i].word + 1]++] = found[i].place;
    }
    return true;
}

static term_positions places_of(const form_index *f, uint32_t word) {
    const uint32_t *places = (const uint32_t *)(const void *)f->places.bytes;
    return (term_positions){places + f->starts[word], f->starts[word + 1] - f->starts[word]};
}

/* The bytes of each position, of all its forms. */
static bool read_ranges(marker *m, const token_list *tokens) {
    const size_t n = (size_t)tokens->n_positions + 1;
    buffer_clear(&m->ranges);
    if (!buffer_reserve(&m->ranges, n * sizeof(search_mark))) {
        return false;
    }
    search_mark *ranges = (search_mark *)(void *)m->ranges.bytes;
    memset(ranges, 0, n * sizeof *ranges);
    m->n_positions = tokens->n_positions;
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        search_mark *range = &ranges[t->position];
        range->from = t->is_extra ? range->from : t->from;
        range->to = t->to > range->to ? t->to : range->to;
    }
    return true;
}

static search_status read_words(marker *m, const token_list *tokens, search_error *error) {
    bool ok = read_ranges(m, tokens);
    for (size_t i = 0; i < N_FORMS; i++) {
        form_index *f = &m->forms[i];
        buffer_clear(&f->found);
        memset(f->starts, 0, (f->words.n_keys + 2) * sizeof *f->starts);
    }
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        look_up(&m->forms[FORM_FOLDED], t->folded, t->position);
        look_up(&m->forms[FORM_EXACT], t->exact, t->position);
        look_up(&m->forms[FORM_STEM], t->stem, (uint32_t)i);
        status = run_check(m->run, error);
    }
    for (size_t i = 0; ok && i < N_FORMS; i++) {
        ok = sort_places(&m->forms[i]);
    }
    return status == SEARCH_OK && !ok ? error_memory(error) : status;
}

/* ---- the marks of a text ---- */

static void add_mark(marker *m, size_t from, size_t to, size_t leaf_number) {
    const marked made = {from, to, leaf_number};
    buffer_add(&m->marks, &made, sizeof made);
}

static void mark_stems(marker *m, size_t leaf_number, const token_list *tokens) {
    for (size_t i = 0; i < m->list->leaves[leaf_number].n_stems; i++) {
        const term_positions at = places_of(&m->forms[FORM_STEM], m->stems[leaf_number][i]);
        for (size_t p = 0; p < at.n; p++) {
            const token *t = &tokens->tokens[at.positions[p]];
            add_mark(m, t->from, t->to, leaf_number);
        }
    }
}

/* *out is null where no word of the lattice stands in the text. */
static search_status walk(marker *m, const marked_lattice *l, const token_list *tokens, const occurrence_list **out,
                          search_error *error) {
    size_t n_places = 0;
    for (size_t i = 0; i < l->l->n_terms; i++) {
        m->terms[i] = places_of(&m->forms[l->l->terms[i].is_exact ? FORM_EXACT : FORM_FOLDED], l->words[i]);
        n_places += m->terms[i].n;
    }
    *out = NULL;
    return n_places == 0 ? SEARCH_OK
                         : lattice_match(l->l, m->terms, tokens->spans, tokens->n_spans, &m->matcher, out, error);
}

static void mark_occurrence(marker *m, const occurrence *o, size_t first, size_t last) {
    const search_mark *ranges = (const search_mark *)(const void *)m->ranges.bytes;
    for (size_t leaf_number = first; leaf_number < last; leaf_number++) {
        add_mark(m, ranges[o->first].from, ranges[o->last].to, leaf_number);
    }
}

static search_status mark_lattice(marker *m, const marked_lattice *l, const token_list *tokens, search_error *error) {
    const occurrence_list *found = NULL;
    const search_status status = walk(m, l, tokens, &found, error);
    for (size_t i = 0; status == SEARCH_OK && found != NULL && i < found->n; i++) {
        mark_occurrence(m, &found->list[i], l->first, l->last);
    }
    return status;
}

/* The words of a reference stand apart in what is cited, between labels. */
static void mark_reference(marker *m, const marked_lattice *l) {
    for (size_t i = 0; l->field == m->field && i < l->l->n_terms; i++) {
        const term_positions at = places_of(&m->forms[FORM_FOLDED], l->words[i]);
        for (size_t p = 0; p < at.n; p++) {
            mark_occurrence(m, &(occurrence){at.positions[p], at.positions[p], 1}, l->first, l->last);
        }
    }
}

/* Both come by their last word, and no two windows overlap. */
static void mark_windows(marker *m, const occurrence_list *windows, const occurrence_list *operand,
                         size_t leaf_number) {
    size_t w = 0;
    for (size_t i = 0; i < operand->n; i++) {
        const occurrence *o = &operand->list[i];
        while (w < windows->n && windows->list[w].last < o->last) {
            w++;
        }
        if (w < windows->n && windows->list[w].first <= o->first) {
            mark_occurrence(m, o, leaf_number, leaf_number + 1);
        }
    }
}

static search_status read_operand(marker *m, const marked_lattice *way, const token_list *tokens, search_error *error) {
    const occurrence_list *found = NULL;
    search_status status = is_in(m, way->field) ? walk(m, way, tokens, &found, error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && found != NULL && i < found->n; i++) {
        status = occurrences_add(&m->operands[way->operand], found->list[i], error);
    }
    return status;
}

/* Marks the leaf whose ways begin with `way`; *next is the lattice behind them. */
static search_status mark_near(marker *m, marked_lattice *way, const token_list *tokens, marked_lattice **next,
                               search_error *error) {
    const size_t leaf_number = way->first;
    const leaf *l = &m->list->leaves[leaf_number];
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < l->n_operands; i++) {
        m->operands[i].n = 0;
    }
    for (; status == SEARCH_OK && way != NULL && way->first == leaf_number && way->operand != SIZE_MAX;
         way = way->next) {
        status = read_operand(m, way, tokens, error);
    }
    *next = way;
    for (size_t i = 0; i < l->n_operands; i++) {
        occurrences_settle(&m->operands[i]);
    }
    const proximity_request request = {
        m->operands,     l->n_operands, l->node->distance, l->node->kind == QUERY_ADJ, tokens->spans,
        tokens->n_spans, m->run};
    const occurrence_list *windows = NULL;
    if (status == SEARCH_OK) {
        status = proximity_match(&request, &m->proximity, &windows, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < l->n_operands; i++) {
        mark_windows(m, windows, &m->operands[i], leaf_number);
    }
    return status;
}

static search_status mark_printed(marker *m, size_t leaf_number, search_text text, const token_list *tokens,
                                  search_error *error) {
    verbatim_walk w = {.printed = m->list->leaves[leaf_number].printed, .value = text};
    search_status status = SEARCH_OK;
    size_t from;
    size_t to;
    while (status == SEARCH_OK && verbatim_find(&w, &from, &to)) {
        if (verbatim_is_whole(&w, tokens, from, to)) {
            add_mark(m, from, to, leaf_number);
        }
        status = run_check(m->run, error);
    }
    return status;
}

static search_status mark_lattices(marker *m, const token_list *tokens, search_error *error) {
    search_status status = SEARCH_OK;
    for (marked_lattice *l = m->lattices; status == SEARCH_OK && l != NULL;) {
        marked_lattice *next = l->next;
        if (l->operand != SIZE_MAX) {
            status = mark_near(m, l, tokens, &next, error);
        } else if (m->list->leaves[l->first].kind == LEAF_SOURCE) {
            mark_reference(m, l);
        } else if (is_in(m, l->field)) {
            status = mark_lattice(m, l, tokens, error);
        }
        l = next;
    }
    return status;
}

static search_status mark_tokens(marker *m, search_text text, const token_list *tokens, search_error *error) {
    search_status status = read_words(m, tokens, error);
    for (size_t i = 0; status == SEARCH_OK && i < m->list->n_leaves; i++) {
        const leaf *l = &m->list->leaves[i];
        if (!is_marked(l) || !is_in(m, l->field)) {
            continue;
        }
        if (l->kind == LEAF_VERBATIM) {
            status = mark_printed(m, i, text, tokens, error);
        } else if (l->n_stems > 0) {
            mark_stems(m, i, tokens);
        }
    }
    return status == SEARCH_OK ? mark_lattices(m, tokens, error) : status;
}

static int by_place(const void *a, const void *b) {
    const marked *x = a;
    const marked *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->to != y->to) {
        return x->to > y->to ? -1 : 1;
    }
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static void sort_marks(marker *m) {
    marked *marks = (marked *)(void *)m->marks.bytes;
    const size_t n = m->marks.n_bytes / sizeof *marks;
    if (n == 0) {
        return;
    }
    qsort(marks, n, sizeof *marks, by_place);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (n_kept == 0 || by_place(&marks[n_kept - 1], &marks[i]) != 0) {
            marks[n_kept++] = marks[i];
        }
    }
    m->marks.n_bytes = n_kept * sizeof *marks;
}

/* The clock is asked at once: analysis of a long text takes its time. */
static search_status check_now(search_run_context *run, search_error *error) {
    run->n_steps_left = 0;
    return run_check(run, error);
}

search_status marker_mark(marker *m, size_t field, search_text text, const marked **out, size_t *n_out,
                          search_error *error) {
    token_list tokens;
    *out = NULL;
    *n_out = 0;
    m->field = field;
    buffer_clear(&m->marks);
    search_status status = check_now(m->run, error);
    if (status == SEARCH_OK) {
        status = analyzer_tokens(m->run->r->words, text, &tokens, error);
    }
    if (status == SEARCH_OK) {
        status = check_now(m->run, error);
    }
    if (status == SEARCH_OK) {
        status = mark_tokens(m, text, &tokens, error);
    }
    if (status == SEARCH_OK && m->marks.failed) {
        status = error_memory(error);
    }
    if (status == SEARCH_OK) {
        sort_marks(m);
        *out = (const marked *)(const void *)m->marks.bytes;
        *n_out = m->marks.n_bytes / sizeof **out;
    }
    return status;
}

/* The beginning of the first word at or behind the byte; SIZE_MAX: there is none. */
static size_t word_behind(const marker *m, size_t at) {
    const search_mark *ranges = (const search_mark *)(const void *)m->ranges.bytes;
    uint32_t low = 1;
    uint32_t high = m->n_positions + 1;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (ranges[middle].from < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low <= m->n_positions ? ranges[low].from : SIZE_MAX;
}

void marker_part(marker *m, const marked **out, size_t *n_out) {
    marked *marks = (marked *)(void *)m->marks.bytes;
    const size_t n = m->marks.n_bytes / sizeof *marks;
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        marked *last = n_kept == 0 ? NULL : &marks[n_kept - 1];
        marked next = marks[i];
        if (last != NULL && next.from < last->to && next.leaf == last->leaf) {
            last->to = next.to > last->to ? next.to : last->to;
            continue;
        }
        if (last != NULL && next.from < last->to) {
            next.from = word_behind(m, last->to);
        }
        if (next.from < next.to) {
            marks[n_kept++] = next;
        }
    }
    m->marks.n_bytes = n_kept * sizeof *marks;
    *out = marks;
    *n_out = n_kept;
}
