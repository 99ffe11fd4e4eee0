/* Snippets.  The values of a record's searched fields are marked, and the marks of each paragraph offer a window: those
 * that stand within a passage's length.  The best window becomes the first passage; what is left of its paragraph on
 * either side offers windows again, and so on.
 *
 * The first passage is of a text rather than of names and keywords, and then the one with the most leaves of the query;
 * every further one adds leaves that were not shown yet, if any can.  Then rarer leaves win, then those that stand
 * nearer to each other, then what comes first.  The title is not offered: every hit shows it anyway.
 *
 * A passage lies in one paragraph; only where a phrase goes over the end of a paragraph are two taken as one. */
#include "libsearch/ranking/snippet.h"

#include "libsearch/ranking/passage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct paragraph {
    const char *field;
    size_t number;
    bool is_text; /* of a TEXT field */
    search_text text;
    size_t first; /* marks, half open; their bytes are those of the paragraph */
    size_t last;
} paragraph;

/* Marks that make a passage, and why it should be chosen. */
typedef struct window {
    size_t first; /* marks, half open; none: nothing is left to show */
    size_t last;
    size_t n_new; /* leaves not shown yet; of the first passage 0 */
    bool is_text;
    size_t n_leaves;
    uint64_t rarity;
    size_t n_bytes_between; /* from the first to the last */
} window;

/* A part of a paragraph in which no passage was chosen yet. */
typedef struct gap {
    size_t paragraph;
    passage bounds;
    size_t first; /* marks, half open; those that reach over the bounds are passed over */
    size_t last;
    window best;
} gap;

typedef struct snippet_search {
    const leaf_list *list;
    search_run_context *run;
    arena *memory;
    marker *marker;
    buffer marks;       /* marked, of all paragraphs, in order */
    buffer paragraphs;  /* paragraph */
    buffer gaps;        /* gap */
    uint64_t *rarities; /* by leaf */
    size_t *counts;     /* by leaf, within the window at hand */
    bool *is_shown;     /* by leaf */
    bool has_shown;
    search_snippet *out;
    size_t n_out;
} snippet_search;

/* ---- paragraphs and their marks ---- */

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
    while (at < value.n_bytes && passage_is_blank(value.bytes[at])) {
        at++;
    }
    return at;
}

/* Takes the marks that begin before *end, which moves on when one of them ends in a later paragraph. */
static size_t take_marks(snippet_search *s, const marked *marks, size_t n, search_text value, size_t start, size_t *end,
                         size_t *n_paragraphs) {
    size_t n_taken = 0;
    while (n_taken < n && marks[n_taken].from < *end) {
        const marked m = marks[n_taken++];
        while (m.to > *end) {
            *end = paragraph_end(value, paragraph_start(value, *end));
            ++*n_paragraphs;
        }
        const marked relative = {m.from - start, m.to - start, m.leaf};
        buffer_add(&s->marks, &relative, sizeof relative);
    }
    return n_taken;
}

static void add_paragraphs(snippet_search *s, const char *field, bool is_text, search_text value, const marked *marks,
                           size_t n_marks, size_t *n_paragraphs) {
    size_t next = 0;
    for (size_t at = paragraph_start(value, 0); at < value.n_bytes && next < n_marks;) {
        size_t end = paragraph_end(value, at);
        const size_t number = ++*n_paragraphs;
        const size_t first = s->marks.n_bytes / sizeof(marked);
        const size_t n_taken = take_marks(s, marks + next, n_marks - next, value, at, &end, n_paragraphs);
        if (n_taken > 0) {
            const paragraph p = {field, number, is_text, {value.bytes + at, end - at}, first, first + n_taken};
            buffer_add(&s->paragraphs, &p, sizeof p);
        }
        next += n_taken;
        at = paragraph_start(value, end);
    }
}

static size_t count_paragraphs(search_text value) {
    size_t n = 0;
    for (size_t at = paragraph_start(value, 0); at < value.n_bytes; n++) {
        at = paragraph_start(value, paragraph_end(value, at));
    }
    return n;
}

static search_status read_field(snippet_search *s, const search_record *record, size_t field, search_error *error) {
    const search_schema *schema = s->run->index->contents.schema;
    const char *name = schema->names[field];
    const bool is_text = schema->fields[field].type == SEARCH_FIELD_TEXT;
    size_t n_before = 0;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < search_record_n_values(record, name); i++) {
        const search_text value = search_record_value(record, name, i);
        const marked *marks = NULL;
        size_t n_marks = 0;
        status = marker_mark(s->marker, field, value, &marks, &n_marks, error);
        size_t n_paragraphs = n_before;
        add_paragraphs(s, name, is_text, value, marks, n_marks, &n_paragraphs);
        n_before += i + 1 < search_record_n_values(record, name) ? count_paragraphs(value) : 0;
    }
    return status;
}

static search_status read_record(snippet_search *s, const search_record *record, search_error *error) {
    const snapshot *index = s->run->index;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < index->n_order; i++) {
        const size_t field = index->order[i];
        if (strcmp(index->contents.schema->names[field], "title") != 0 && marker_is_asked(s->marker, field)) {
            status = read_field(s, record, field, error);
        }
    }
    return status == SEARCH_OK && (s->marks.failed || s->paragraphs.failed) ? error_memory(error) : status;
}

/* ---- choosing windows ---- */

static const marked *marks_of(const snippet_search *s) {
    return (const marked *)(const void *)s->marks.bytes;
}

static const paragraph *paragraphs_of(const snippet_search *s) {
    return (const paragraph *)(const void *)s->paragraphs.bytes;
}

static bool is_within(passage bounds, const marked *m) {
    return m->from >= bounds.from && m->to <= bounds.to;
}

static void enter(snippet_search *s, window *w, size_t leaf_number) {
    if (s->counts[leaf_number]++ == 0) {
        w->n_leaves++;
        w->n_new += s->has_shown && !s->is_shown[leaf_number] ? 1 : 0;
        w->rarity += s->rarities[leaf_number];
    }
}

static void leave(snippet_search *s, window *w, size_t leaf_number) {
    if (--s->counts[leaf_number] == 0) {
        w->n_leaves--;
        w->n_new -= s->has_shown && !s->is_shown[leaf_number] ? 1 : 0;
        w->rarity -= s->rarities[leaf_number];
    }
}

static bool is_better(const window *a, const window *b) {
    if (b->first == b->last || a->first == a->last) {
        return a->first < a->last;
    }
    if (a->n_new != b->n_new) {
        return a->n_new > b->n_new;
    }
    if (a->is_text != b->is_text) {
        return a->is_text;
    }
    if (a->n_leaves != b->n_leaves) {
        return a->n_leaves > b->n_leaves;
    }
    if (a->rarity != b->rarity) {
        return a->rarity > b->rarity;
    }
    if (a->n_bytes_between != b->n_bytes_between) {
        return a->n_bytes_between < b->n_bytes_between;
    }
    return a->first < b->first;
}

/* Whether the first mark of the window goes when `next` comes: it is too far away, or another mark of its leaf is
 * nearer. */
static bool goes(const snippet_search *s, const marked *first, const marked *next) {
    const size_t reach = first->to > first->from + PASSAGE_N_BYTES ? first->to : first->from + PASSAGE_N_BYTES;
    return next->to > reach || s->counts[first->leaf] > 1;
}

/* One pass: the window ends with each mark in turn and begins as late as it may. */
static void find_best(snippet_search *s, gap *g) {
    const marked *marks = marks_of(s);
    window w = {.first = g->first, .is_text = paragraphs_of(s)[g->paragraph].is_text};
    g->best = (window){0};
    for (size_t i = g->first; i < g->last; i++) {
        if (!is_within(g->bounds, &marks[i])) {
            continue;
        }
        enter(s, &w, marks[i].leaf);
        for (; w.first < i && (!is_within(g->bounds, &marks[w.first]) || goes(s, &marks[w.first], &marks[i]));
             w.first++) {
            if (is_within(g->bounds, &marks[w.first])) {
                leave(s, &w, marks[w.first].leaf);
            }
        }
        w.last = i + 1;
        w.n_bytes_between = marks[i].from > marks[w.first].to ? marks[i].from - marks[w.first].to : 0;
        if (is_better(&w, &g->best)) {
            g->best = w;
        }
    }
    memset(s->counts, 0, s->list->n_leaves * sizeof *s->counts);
}

static void add_gap(snippet_search *s, size_t number, passage bounds, size_t first, size_t last) {
    gap g = {number, bounds, first, last, {0}};
    find_best(s, &g);
    if (g.best.first < g.best.last) {
        buffer_add(&s->gaps, &g, sizeof g);
    }
}

static gap *best_gap(const snippet_search *s) {
    gap *gaps = (gap *)(void *)s->gaps.bytes;
    gap *best = NULL;
    for (size_t i = 0; i < s->gaps.n_bytes / sizeof *gaps; i++) {
        if (best == NULL || is_better(&gaps[i].best, &best->best)) {
            best = &gaps[i];
        }
    }
    return best != NULL && best->best.first < best->best.last ? best : NULL;
}

/* ---- snippets ---- */

/* The marks within the passage, relative to it, as one where they touch. */
static bool give_marks(snippet_search *s, const gap *g, passage p, search_snippet *out) {
    const marked *marks = marks_of(s);
    buffer kept = {0};
    search_mark now = {0, 0};
    for (size_t i = g->first; i < g->last && marks[i].from < p.to; i++) {
        if (marks[i].to <= p.from) {
            continue;
        }
        const size_t from = marks[i].from > p.from ? marks[i].from - p.from : 0;
        const size_t to = (marks[i].to < p.to ? marks[i].to : p.to) - p.from;
        if (now.to > 0 && from > now.to) {
            buffer_add(&kept, &now, sizeof now);
            now = (search_mark){from, to};
        } else {
            now.from = now.to == 0 ? from : now.from;
            now.to = to > now.to ? to : now.to;
        }
    }
    if (now.to > 0) {
        buffer_add(&kept, &now, sizeof now);
    }
    search_mark *copy = arena_array(s->memory, kept.n_bytes / sizeof *copy + 1, sizeof *copy);
    const bool ok = copy != NULL && !kept.failed;
    if (ok && kept.n_bytes > 0) {
        memcpy(copy, kept.bytes, kept.n_bytes);
    }
    out->marks = copy;
    out->n_marks = kept.n_bytes / sizeof *copy;
    buffer_free(&kept);
    return ok;
}

static bool give_text(snippet_search *s, const paragraph *of, passage p, search_snippet *out) {
    out->field = arena_copy(s->memory, of->field, strlen(of->field));
    out->para = of->number;
    out->text = (search_text){arena_copy(s->memory, of->text.bytes + p.from, p.to - p.from), p.to - p.from};
    out->cut_before = paragraph_start(of->text, 0) < p.from;
    out->cut_after = paragraph_start(of->text, p.to) < of->text.n_bytes;
    return out->field != NULL && out->text.bytes != NULL;
}

/* Cuts the passage of the gap's window, and leaves the gap what is before it and a new gap what is behind it. */
static search_status take_passage(snippet_search *s, const gap *g, passage *p, search_error *error) {
    const paragraph *of = &paragraphs_of(s)[g->paragraph];
    const marked *marks = marks_of(s);
    passage core = {marks[g->best.first].from, 0};
    for (size_t i = g->best.first; i < g->best.last; i++) {
        core.to = is_within(g->bounds, &marks[i]) && marks[i].to > core.to ? marks[i].to : core.to;
    }
    const search_status status =
        passage_widen(of->text, g->bounds, core, marks + g->first, g->last - g->first, s->run->r->words, p, error);
    if (status != SEARCH_OK) {
        return status;
    }
    search_snippet *out = &s->out[s->n_out++];
    return give_text(s, of, *p, out) && give_marks(s, g, *p, out) ? SEARCH_OK : error_memory(error);
}

/* Whether the passage shows leaves that were not shown yet. */
static bool note_shown(snippet_search *s, const gap *g, passage p) {
    const marked *marks = marks_of(s);
    bool is_new = !s->has_shown;
    for (size_t i = g->first; i < g->last; i++) {
        if (is_within(p, &marks[i])) {
            is_new = is_new || !s->is_shown[marks[i].leaf];
            s->is_shown[marks[i].leaf] = true;
        }
    }
    s->has_shown = true;
    return is_new;
}

static void part_gap(snippet_search *s, gap *g, passage p, bool is_new) {
    const gap old = *g;
    const marked *marks = marks_of(s);
    size_t middle = old.first;
    while (middle < old.last && marks[middle].from < p.from) {
        middle++;
    }
    size_t last = middle;
    while (last < old.last && marks[last].from < p.to) {
        last++;
    }
    g->bounds.to = p.from;
    g->last = middle;
    find_best(s, g);
    add_gap(s, old.paragraph, (passage){p.to, old.bounds.to}, last, old.last);
    gap *gaps = (gap *)(void *)s->gaps.bytes;
    for (size_t i = 0; is_new && i < s->gaps.n_bytes / sizeof *gaps; i++) {
        find_best(s, &gaps[i]);
    }
}

static search_status choose(snippet_search *s, size_t n_max, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < s->paragraphs.n_bytes / sizeof(paragraph); i++) {
        const paragraph *p = &paragraphs_of(s)[i];
        add_gap(s, i, (passage){0, p->text.n_bytes}, p->first, p->last);
    }
    gap *g = best_gap(s);
    while (status == SEARCH_OK && g != NULL && s->n_out < n_max) {
        passage p;
        status = take_passage(s, g, &p, error);
        if (status == SEARCH_OK) {
            part_gap(s, g, p, note_shown(s, g, p));
            s->run->n_steps_left = 0; /* the clock is asked at once: a long record takes its time */
            status = s->gaps.failed ? error_memory(error) : run_check(s->run, error);
        }
        g = best_gap(s);
    }
    return status;
}

/* The beginning of the summary, else of the body. */
static search_status take_beginning(snippet_search *s, const search_record *record, search_error *error) {
    const char *field = search_record_n_values(record, "summary") > 0 ? "summary" : "body";
    const search_text value = search_record_value(record, field, 0);
    const size_t start = paragraph_start(value, 0);
    const size_t end = paragraph_end(value, start);
    if (end <= start) {
        return SEARCH_OK;
    }
    const paragraph of = {field, 1, true, {value.bytes + start, end - start}, 0, 0};
    passage p;
    const search_status status =
        passage_widen(of.text, (passage){0, end - start}, (passage){0, 0}, NULL, 0, s->run->r->words, &p, error);
    if (status != SEARCH_OK) {
        return status;
    }
    return give_text(s, &of, p, &s->out[s->n_out++]) ? SEARCH_OK : error_memory(error);
}

/* ---- all of it ---- */

static bool weigh_leaves(snippet_search *s) {
    const size_t n = s->list->n_leaves;
    s->rarities = calloc(n + 1, sizeof *s->rarities);
    s->counts = calloc(n + 1, sizeof *s->counts);
    s->is_shown = calloc(n + 1, sizeof *s->is_shown);
    for (size_t i = 0; s->rarities != NULL && i < n; i++) {
        const double n_found = (double)s->list->leaves[i].postings.n + 1;
        s->rarities[i] = (uint64_t)(1000 * log1p((double)s->run->index->n_documents / n_found));
    }
    return s->rarities != NULL && s->counts != NULL && s->is_shown != NULL;
}

search_status snippets_make(const leaf_list *list, search_run_context *run, const search_record *record, size_t n_max,
                            arena *memory, search_hit *hit, search_error *error) {
    snippet_search s = {.list = list, .run = run, .memory = memory};
    s.out = arena_array(memory, n_max + 1, sizeof *s.out);
    search_status status = s.out != NULL && weigh_leaves(&s) ? SEARCH_OK : error_memory(error);
    if (status == SEARCH_OK) {
        status = marker_new(list, run, &s.marker, error);
    }
    if (status == SEARCH_OK) {
        status = read_record(&s, record, error);
    }
    if (status == SEARCH_OK) {
        status = choose(&s, n_max, error);
    }
    if (status == SEARCH_OK && s.n_out == 0) {
        status = take_beginning(&s, record, error);
    }
    hit->snippets = s.out;
    hit->n_snippets = status == SEARCH_OK ? s.n_out : 0;
    marker_free(s.marker);
    buffer_free(&s.marks);
    buffer_free(&s.paragraphs);
    buffer_free(&s.gaps);
    free(s.rarities);
    free(s.counts);
    free(s.is_shown);
    return status;
}
