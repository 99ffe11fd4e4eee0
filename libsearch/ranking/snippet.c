/* Snippets.  Each value of a record's searched fields is analyzed again, the words the query means are marked, and
 * every paragraph offers its best passage; the passages with the most distinct leaves win.  The title is not offered:
 * every hit shows it anyway. */
#include "libsearch/ranking/snippet.h"

#include "libsearch/ranking/marking.h"
#include "libsearch/ranking/verbatim.h"

#include <stdlib.h>
#include <string.h>

/* A passage is about this long; a paragraph only a little longer is shown whole. */
enum { passage_n_bytes = 260, slack_n_bytes = 60, max_tracked_leaves = 256 };

static const double text_bonus = 1e6;

typedef struct marked {
    size_t from; /* bytes of the value */
    size_t to;
    size_t leaf;
} marked;

typedef struct passage {
    const char *field;
    size_t para;
    search_text paragraph;
    size_t from; /* bytes of the paragraph */
    size_t to;
    const search_mark *marks; /* bytes of the paragraph */
    size_t n_marks;
    double worth;
} passage;

typedef struct snippet_search {
    const leaf_list *list;
    search_run_context *run;
    arena *memory;
    buffer marks;  /* marked, of the value at hand */
    buffer ranges; /* bytes of the value, by position */
    marking marking;
    passage *best;
    size_t n_best;
    size_t n_max;
    double text_bonus; /* of the field at hand: more than any passage of names and keywords is worth */
} snippet_search;

/* ---- marking ---- */

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

static bool is_asked_in(const leaf *l, size_t field) {
    return !l->is_negative && l->n_words > 0 && (l->field == SIZE_MAX || l->field == field);
}

/* The bytes of each position, of all its forms. */
static bool read_ranges(snippet_search *s, const token_list *tokens) {
    buffer_clear(&s->ranges);
    if (!buffer_reserve(&s->ranges, ((size_t)tokens->n_positions + 1) * sizeof(search_mark))) {
        return false;
    }
    search_mark *ranges = (search_mark *)(void *)s->ranges.bytes;
    memset(ranges, 0, ((size_t)tokens->n_positions + 1) * sizeof *ranges);
    for (size_t i = 0; i < tokens->n_tokens; i++) {
        const token *t = &tokens->tokens[i];
        search_mark *range = &ranges[t->position];
        range->from = t->is_extra ? range->from : t->from;
        range->to = t->to > range->to ? t->to : range->to;
    }
    return true;
}

static void add_mark(snippet_search *s, uint32_t first, uint32_t last, size_t leaf_number) {
    const search_mark *ranges = (const search_mark *)(const void *)s->ranges.bytes;
    const marked m = {ranges[first].from, ranges[last].to, leaf_number};
    buffer_add(&s->marks, &m, sizeof m);
}

static void mark_words(snippet_search *s, const token_list *tokens, size_t leaf_number) {
    const leaf *l = &s->list->leaves[leaf_number];
    for (size_t t = 0; t < tokens->n_tokens; t++) {
        for (size_t i = 0; i < l->n_stems; i++) {
            if (same(tokens->tokens[t].stem, l->stems[i])) {
                add_mark(s, tokens->tokens[t].position, tokens->tokens[t].position, leaf_number);
                break;
            }
        }
    }
}

/* Marks every occurrence for the leaves first … last. */
static void mark_occurrences(snippet_search *s, const occurrence_list *found, size_t first, size_t last) {
    for (size_t i = 0; i < found->n; i++) {
        for (size_t leaf_number = first; leaf_number < last; leaf_number++) {
            add_mark(s, found->list[i].first, found->list[i].last, leaf_number);
        }
    }
}

static search_status mark_lattice(snippet_search *s, const lattice *l, const token_list *tokens, size_t first,
                                  size_t last, search_error *error) {
    const occurrence_list *found = NULL;
    const search_status status = marking_lattice(&s->marking, l, tokens, &found, error);
    if (status == SEARCH_OK) {
        mark_occurrences(s, found, first, last);
    }
    return status;
}

static search_status mark_near(snippet_search *s, size_t field, const token_list *tokens, size_t leaf_number,
                               search_error *error) {
    const occurrence_list *found = NULL;
    const search_status status = marking_near(&s->marking, &s->list->leaves[leaf_number], field, tokens, &found, error);
    if (status == SEARCH_OK) {
        mark_occurrences(s, found, leaf_number, leaf_number + 1);
    }
    return status;
}

static void mark_printed(snippet_search *s, search_text value, const token_list *tokens, size_t leaf_number) {
    verbatim_walk w = {.printed = s->list->leaves[leaf_number].printed, .value = value};
    marked m = {.leaf = leaf_number};
    while (verbatim_find(&w, &m.from, &m.to)) {
        if (verbatim_is_whole(&w, tokens, m.from, m.to)) {
            buffer_add(&s->marks, &m, sizeof m);
        }
    }
}

static search_status mark_leaf(snippet_search *s, size_t field, search_text value, const token_list *tokens,
                               size_t leaf_number, search_error *error) {
    const leaf *l = &s->list->leaves[leaf_number];
    if (l->kind == LEAF_NEAR) {
        return mark_near(s, field, tokens, leaf_number, error);
    }
    if (l->kind == LEAF_VERBATIM) {
        mark_printed(s, value, tokens, leaf_number);
        return SEARCH_OK;
    }
    mark_words(s, tokens, leaf_number);
    return mark_lattice(s, &l->lattice, tokens, leaf_number, leaf_number + 1, error);
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

static search_status mark_tokens(snippet_search *s, size_t field, search_text value, const token_list *tokens,
                                 search_error *error) {
    search_status status = read_ranges(s, tokens) ? SEARCH_OK : error_memory(error);
    for (size_t i = 0; status == SEARCH_OK && i < s->list->n_leaves; i++) {
        if (is_asked_in(&s->list->leaves[i], field)) {
            status = mark_leaf(s, field, value, tokens, i, error);
        }
    }
    for (const leaf_run *r = s->list->runs; status == SEARCH_OK && r != NULL; r = r->next) {
        if (is_asked_in(&s->list->leaves[r->first], field)) {
            status = mark_lattice(s, &r->lattice, tokens, r->first, r->last, error);
        }
    }
    return status;
}

/* Collects the marks of a value, by from; where two leaves stand on the same word the longer mark comes first. */
static search_status mark_value(snippet_search *s, size_t field, search_text value, search_error *error) {
    token_list tokens;
    buffer_clear(&s->marks);
    search_status status = analyzer_tokens(s->run->r->words, value, &tokens, error);
    if (status == SEARCH_OK) {
        status = mark_tokens(s, field, value, &tokens, error);
    }
    if (status == SEARCH_OK && s->marks.failed) {
        status = error_memory(error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    if (s->marks.n_bytes > 0) {
        qsort(s->marks.bytes, s->marks.n_bytes / sizeof(marked), sizeof(marked), by_place);
    }
    return run_check(s->run, error);
}

/* ---- choosing passages ---- */

/* What marks[first .. last) are worth: distinct leaves above all, whole phrases, then how many. */
static double worth_of(const snippet_search *s, const marked *marks, size_t first, size_t last) {
    bool seen[max_tracked_leaves] = {false};
    double worth = 0;
    for (size_t i = first; i < last; i++) {
        const size_t leaf_number = marks[i].leaf % max_tracked_leaves;
        if (!seen[leaf_number]) {
            worth += s->list->leaves[marks[i].leaf].is_phrase ? 150 : 100;
        }
        seen[leaf_number] = true;
        worth += 1;
    }
    return worth;
}

static void insert(snippet_search *s, const passage *p) {
    size_t at = s->n_best < s->n_max ? s->n_best++ : s->n_max;
    for (; at > 0 && s->best[at - 1].worth < p->worth; at--) {
        if (at < s->n_max) {
            s->best[at] = s->best[at - 1];
        }
    }
    if (at < s->n_max) {
        s->best[at] = *p;
    }
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_inside_character(char c) {
    return ((unsigned char)c & 0xC0u) == 0x80u;
}

/* The first place from `at` to `from` that begins a word; in long text without blanks, a character. */
static size_t start_of_word(search_text text, size_t at, size_t from) {
    for (size_t i = at; i <= from; i++) {
        if (i == 0 || is_blank(text.bytes[i - 1])) {
            return i;
        }
    }
    if (from - at < slack_n_bytes) {
        return from;
    }
    while (is_inside_character(text.bytes[at])) {
        at++;
    }
    return at;
}

/* The last place back from `at` to `to` that ends a word; in long text without blanks, a character. */
static size_t end_of_word(search_text text, size_t at, size_t to) {
    for (size_t i = at + 1; i-- > to;) {
        if (i == text.n_bytes || is_blank(text.bytes[i])) {
            return i;
        }
    }
    if (at - to < slack_n_bytes) {
        return to;
    }
    while (is_inside_character(text.bytes[at])) {
        at--;
    }
    return at;
}

/* Widens [from, to) evenly to a passage's length and moves both ends to blanks between words, if there are any. */
static void widen(search_text text, size_t *from, size_t *to) {
    if (text.n_bytes <= passage_n_bytes + slack_n_bytes) {
        *from = 0;
        *to = text.n_bytes;
        return;
    }
    const size_t length = *to - *from;
    const size_t extra = length < passage_n_bytes ? (passage_n_bytes - length) / 2 : 0;
    /* a few words more, where they complete the paragraph at that end */
    size_t a = *from > extra + slack_n_bytes ? *from - extra : 0;
    size_t z = *to + extra + slack_n_bytes < text.n_bytes ? *to + extra : text.n_bytes;
    *from = start_of_word(text, a, *from);
    *to = end_of_word(text, z, *to);
}

/* Keeps the marks of the paragraph, relative to it, merged where they overlap. */
static bool take_marks(snippet_search *s, const marked *marks, size_t n, size_t start, passage *p) {
    search_mark *out = arena_array(s->memory, n + 1, sizeof *out);
    if (out == NULL) {
        return false;
    }
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t from = marks[i].from - start;
        const size_t to = marks[i].to - start < p->paragraph.n_bytes ? marks[i].to - start : p->paragraph.n_bytes;
        if (n_out > 0 && from < out[n_out - 1].to) {
            out[n_out - 1].to = to > out[n_out - 1].to ? to : out[n_out - 1].to;
        } else {
            out[n_out++] = (search_mark){from, to};
        }
    }
    p->marks = out;
    p->n_marks = n_out;
    return true;
}

/* Offers the best passage of one paragraph, whose marks are marks[0 .. n). */
static search_status offer(snippet_search *s, const marked *marks, size_t n, size_t start, passage p,
                           search_error *error) {
    size_t best_first = 0;
    size_t best_last = 0;
    for (size_t first = 0; first < n; first++) {
        size_t last = first + 1;
        while (last < n && marks[last].to - marks[first].from <= passage_n_bytes) {
            last++;
        }
        const double worth = worth_of(s, marks, first, last);
        if (worth > p.worth) {
            p.worth = worth;
            best_first = first;
            best_last = last;
        }
    }
    p.worth += s->text_bonus;
    if (s->n_best == s->n_max && p.worth <= s->best[s->n_best - 1].worth) {
        return SEARCH_OK;
    }
    p.paragraph.bytes = arena_copy(s->memory, p.paragraph.bytes, p.paragraph.n_bytes);
    if (p.paragraph.bytes == NULL || !take_marks(s, marks, n, start, &p)) {
        return error_memory(error);
    }
    p.from = marks[best_first].from - start;
    for (size_t i = best_first; i < best_last; i++) {
        p.to = marks[i].to - start > p.to ? marks[i].to - start : p.to;
    }
    p.to = p.to < p.paragraph.n_bytes ? p.to : p.paragraph.n_bytes;
    widen(p.paragraph, &p.from, &p.to);
    insert(s, &p);
    return SEARCH_OK;
}

/* Where the paragraph that begins at `at` ends: before a blank line or at the end of the value. */
static size_t paragraph_end(search_text value, size_t at) {
    for (size_t i = at; i + 1 < value.n_bytes; i++) {
        if (value.bytes[i] == '\n' && value.bytes[i + 1] == '\n') {
            return i;
        }
    }
    return value.n_bytes;
}

static size_t paragraph_start(search_text value, size_t at) {
    while (at < value.n_bytes && is_blank(value.bytes[at])) {
        at++;
    }
    return at;
}

static search_status offer_paragraphs(snippet_search *s, const char *field, search_text value, size_t *para,
                                      search_error *error) {
    const marked *marks = (const marked *)(const void *)s->marks.bytes;
    const size_t n_marks = s->marks.n_bytes / sizeof *marks;
    size_t next = 0;
    search_status status = SEARCH_OK;
    for (size_t at = paragraph_start(value, 0); at < value.n_bytes && status == SEARCH_OK;) {
        const size_t end = paragraph_end(value, at);
        ++*para;
        const size_t first = next;
        while (next < n_marks && marks[next].from < end) {
            next++;
        }
        if (next > first) {
            const passage p = {field, *para, {value.bytes + at, end - at}, 0, 0, NULL, 0, 0};
            status = offer(s, marks + first, next - first, at, p, error);
        }
        at = paragraph_start(value, end);
    }
    return status;
}

static search_status offer_field(snippet_search *s, const search_record *record, size_t field, search_error *error) {
    const search_schema *schema = s->run->index->contents.schema;
    const char *name = schema->names[field];
    s->text_bonus = schema->fields[field].type == SEARCH_FIELD_TEXT ? text_bonus : 0;
    size_t para = 0;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < search_record_n_values(record, name); i++) {
        const search_text value = search_record_value(record, name, i);
        status = mark_value(s, field, value, error);
        if (status == SEARCH_OK) {
            status = offer_paragraphs(s, name, value, &para, error);
        }
    }
    return status;
}

/* The beginning of the summary, else of the body. */
static search_status offer_beginning(snippet_search *s, const search_record *record, search_error *error) {
    const char *field = search_record_n_values(record, "summary") > 0 ? "summary" : "body";
    const search_text value = search_record_value(record, field, 0);
    const size_t start = paragraph_start(value, 0);
    const size_t end = paragraph_end(value, start);
    if (end <= start) {
        return SEARCH_OK;
    }
    passage p = {field, 1, {value.bytes + start, end - start}, 0, 0, NULL, 0, 0};
    p.paragraph.bytes = arena_copy(s->memory, p.paragraph.bytes, p.paragraph.n_bytes);
    if (p.paragraph.bytes == NULL) {
        return error_memory(error);
    }
    p.to = p.paragraph.n_bytes < passage_n_bytes ? 0 : end_of_word(p.paragraph, passage_n_bytes, 0);
    widen(p.paragraph, &p.from, &p.to);
    insert(s, &p);
    return SEARCH_OK;
}

/* ---- handing over ---- */

static bool hand_over(const snippet_search *s, search_hit *hit) {
    search_snippet *out = arena_array(s->memory, s->n_best + 1, sizeof *out);
    if (out == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->n_best; i++) {
        const passage *p = &s->best[i];
        search_mark *marks = arena_array(s->memory, p->n_marks + 1, sizeof *marks);
        if (marks == NULL) {
            return false;
        }
        size_t n = 0;
        for (size_t m = 0; m < p->n_marks; m++) {
            if (p->marks[m].from >= p->from && p->marks[m].from < p->to) {
                const size_t to = p->marks[m].to < p->to ? p->marks[m].to : p->to;
                marks[n++] = (search_mark){p->marks[m].from - p->from, to - p->from};
            }
        }
        out[i] = (search_snippet){p->field,
                                  p->para,
                                  {p->paragraph.bytes + p->from, p->to - p->from},
                                  marks,
                                  n,
                                  p->from > 0,
                                  p->to < p->paragraph.n_bytes};
    }
    hit->snippets = out;
    hit->n_snippets = s->n_best;
    return true;
}

static void name_fields(snippet_search *s) {
    for (size_t i = 0; i < s->n_best; i++) {
        s->best[i].field = arena_copy(s->memory, s->best[i].field, strlen(s->best[i].field));
    }
}

search_status snippets_make(const leaf_list *list, search_run_context *run, const search_record *record, size_t n_max,
                            arena *memory, search_hit *hit, search_error *error) {
    snippet_search s = {.list = list, .run = run, .memory = memory, .n_max = n_max};
    s.best = calloc(n_max + 1, sizeof *s.best);
    search_status status = s.best == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < run->index->n_order; i++) {
        const size_t field = run->index->order[i];
        if (strcmp(run->index->contents.schema->names[field], "title") != 0) {
            status = offer_field(&s, record, field, error);
        }
    }
    if (status == SEARCH_OK && s.n_best == 0) {
        status = offer_beginning(&s, record, error);
    }
    if (status == SEARCH_OK) {
        name_fields(&s);
        status = hand_over(&s, hit) ? SEARCH_OK : error_memory(error);
    }
    buffer_free(&s.marks);
    buffer_free(&s.ranges);
    marking_free(&s.marking);
    free(s.best);
    return status;
}
