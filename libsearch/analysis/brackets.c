/* Brackets.  The stack holds an entry a word, not a bracket, and a span's place is taken when its bracket opens: so the
 * spans come out by their first word, and no two have the same. */
#include "libsearch/analysis/brackets.h"
#include "libsearch/analysis/marks.h"
#include <stdlib.h>

/* ---- Spans ---- */

void spans_clear(span_list *s) {
    s->n_spans = 0;
    s->n_open = 0;
    s->latest = SIZE_MAX;
}

static bool reserve(span_list *s) {
    if (s->n_spans == s->spans_capacity) {
        size_t capacity = s->spans_capacity == 0 ? 64 : s->spans_capacity * 2;
        token_span *spans = realloc(s->spans, capacity * sizeof *spans);
        if (spans == NULL)
            return false;
        s->spans = spans;
        s->spans_capacity = capacity;
    }
    if (s->n_open == s->open_capacity) {
        size_t capacity = s->open_capacity == 0 ? 16 : s->open_capacity * 2;
        open_brackets *open = realloc(s->open, capacity * sizeof *open);
        if (open == NULL)
            return false;
        s->open = open;
        s->open_capacity = capacity;
    }
    return true;
}

bool spans_open(span_list *s, uint32_t position) {
    if (s->n_open > 0 && s->open[s->n_open - 1].first == position + 1) {
        s->open[s->n_open - 1].n++;
        return true;
    }
    if (!reserve(s))
        return false;
    s->open[s->n_open++] = (open_brackets){position + 1, 1, s->n_spans};
    s->spans[s->n_spans++] = (token_span){position + 1, 0};
    return true;
}

void spans_close(span_list *s, uint32_t position) {
    if (s->n_open == 0)
        return;
    open_brackets *o = &s->open[s->n_open - 1];
    if (position >= o->first) {
        /* The outer one of two that end together is kept. */
        if (s->latest < s->n_spans && s->spans[s->latest].last == position)
            s->spans[s->latest].last = 0;
        s->spans[o->span].last = position;
        s->latest = o->span;
    }
    o->n--;
    if (o->n > 0)
        return;
    /* Brackets without words, which may be many, keep no place. */
    if (o->span + 1 == s->n_spans && s->spans[o->span].last == 0)
        s->n_spans--;
    s->n_open--;
}

void spans_end_paragraph(span_list *s) {
    s->n_open = 0;
}

void spans_finish(span_list *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->n_spans; i++)
        if (s->spans[i].last > 0)
            s->spans[n++] = s->spans[i];
    s->n_spans = n;
    s->n_open = 0;
}

void spans_free(span_list *s) {
    free(s->spans);
    free(s->open);
    *s = (span_list){0};
}

/* ---- Completed words ---- */

/* The apostrophe of China['s] is in no word. */
static bool touches(const bracket_line *l, size_t from, size_t to) {
    return from == to || is_lone_apostrophe(l->text.bytes, from, to);
}

static bool is_part(const bracket_line *l, size_t i) {
    const token *t = &l->tokens[i];
    search_text word = {l->text.bytes + t->from, t->to - t->from};
    return word.n_bytes <= MAX_COMPLETED_BYTES && scanner_is_alphabetic(l->scanner, word);
}

/* Of the tokens before and after i, the word's own; `to` for none. */
static size_t word_before(const bracket_line *l, size_t i) {
    while (i > l->from)
        if (!l->tokens[--i].is_extra)
            return i;
    return l->to;
}

static size_t word_after(const bracket_line *l, size_t i) {
    do
        i++;
    while (i < l->to && l->tokens[i].is_extra);
    return i;
}

/* Whether bracket `at` and the next one hold just the word `inner`. */
static bool holds_part(const bracket_line *l, size_t at, size_t inner) {
    if (at + 1 >= l->scanner->n_brackets || inner >= l->to)
        return false;
    const bracket *opening = &l->scanner->brackets[at];
    const bracket *closing = opening + 1;
    const token *t = &l->tokens[inner];
    return opening->is_opening && !closing->is_opening && t->to == closing->from && opening->to <= t->from &&
           touches(l, opening->to, t->from) && is_part(l, inner);
}

size_t complete_word(const bracket_line *l, size_t at, size_t next, completed_word *out) {
    const bracket *brackets = l->scanner->brackets;
    if (!holds_part(l, at, next))
        return 0;
    size_t before = word_before(l, next);
    bool has_before = before < l->to && l->tokens[before].to == brackets[at].from && is_part(l, before);
    *out = (completed_word){has_before ? before : next, next, next};
    size_t n_brackets = 0;
    for (size_t inner = next;;) {
        n_brackets += 2;
        out->last = inner;
        size_t after = word_after(l, inner);
        if (after >= l->to || !touches(l, brackets[at + n_brackets - 1].to, l->tokens[after].from) ||
            !is_part(l, after))
            break;
        out->last = after;
        inner = word_after(l, after);
        bool goes_on = l->tokens[out->last].to - l->tokens[out->first].from <= MAX_COMPLETED_BYTES &&
                       holds_part(l, at + n_brackets, inner) && l->tokens[after].to == brackets[at + n_brackets].from;
        if (!goes_on)
            break;
    }
    if (!has_before)
        out->second = word_after(l, next);
    size_t n_bytes = l->tokens[out->last].to - l->tokens[out->first].from;
    return out->first == out->last || n_bytes > MAX_COMPLETED_BYTES ? 0 : n_brackets;
}
