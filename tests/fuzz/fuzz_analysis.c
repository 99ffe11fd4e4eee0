/* Any bytes as a text: tokens must be in order, cut at characters and well-formed, the same when asked again of an
 * analyzer with other words in its cache; spans must nest; terms and sentences must keep their bounds. */
#include "libsearch/analysis/analysis.h"
#include "libsearch/support/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static bool equal(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.bytes, b.bytes, a.n_bytes) == 0);
}

static void check_token(search_text text, const token *t, size_t floor) {
    require(t->from >= floor && t->from < t->to && t->to <= text.n_bytes, "a range is out of order");
    require(utf8_valid(text.bytes + t->from, t->to - t->from), "a range does not cut at characters");
    require(t->folded.n_bytes > 0 && (t->stem.n_bytes > 0 || t->is_extra), "a form is empty");
    require(utf8_valid(t->folded.bytes, t->folded.n_bytes), "a folded form is not UTF-8");
    require(utf8_valid(t->exact.bytes, t->exact.n_bytes), "an exact form is not UTF-8");
    require(utf8_valid(t->stem.bytes, t->stem.n_bytes), "a stem is not UTF-8");
    require(t->exact.n_bytes == 0 || !equal(t->exact, t->folded), "an exact form repeats the folded one");
    buffer term = {0};
    term_add(&term, "XE", t->folded);
    require(term.failed || (term.n_bytes <= 200 && memchr(term.bytes, '\0', term.n_bytes) == NULL),
            "a term is too long");
    buffer_free(&term);
}

/* An extra token has the position and the beginning of the word's own, and may reach behind it. */
static void check_tokens(search_text text, const token_list *list) {
    const token *own = NULL;
    for (size_t i = 0; i < list->n_tokens; i++) {
        const token *t = &list->tokens[i];
        if (t->is_extra) {
            require(own != NULL && t->position == own->position && t->from == own->from, "an extra token stands alone");
            require(!t->joins_next && !equal(t->folded, own->folded), "an extra token is like the word's own");
            check_token(text, t, own->from);
            continue;
        }
        require(t->position == (own == NULL ? 1 : own->position + 1), "positions do not count up");
        require(own == NULL || !own->joins_next || (t->from > own->to && t->from - own->to <= 3), "no hyphen joins");
        check_token(text, t, own == NULL ? 0 : own->to);
        own = t;
    }
    require(list->n_positions == (own == NULL ? 0 : own->position), "the last position is another");
    require(own == NULL || !own->joins_next, "the last word joins another");
}

static void check_spans(const token_list *list) {
    uint32_t *ends = malloc((list->n_spans + 1) * sizeof *ends); /* of the spans around the one at hand, a stack */
    size_t n_ends = 0;
    uint32_t latest = 0;
    require(ends != NULL, "no memory");
    for (size_t i = 0; i < list->n_spans; i++) {
        const token_span *s = &list->spans[i];
        require(s->first > latest && s->first <= s->last && s->last <= list->n_positions, "a span is out of order");
        latest = s->first;
        while (n_ends > 0 && ends[n_ends - 1] < s->first)
            n_ends--;
        require(n_ends == 0 || s->last < ends[n_ends - 1], "spans do not nest");
        ends[n_ends++] = s->last;
    }
    free(ends);
}

static void check_again(search_text text, const token_list *first, analyzer *a) {
    token_list second;
    require(analyzer_tokens(a, search_text_of("P'yongyang"), &second, NULL) == SEARCH_OK, "a word fails");
    require(analyzer_tokens(a, text, &second, NULL) == SEARCH_OK, "the text fails");
    require(second.n_tokens == first->n_tokens && second.n_bad_bytes == first->n_bad_bytes, "the counts change");
    require(second.n_spans == first->n_spans && second.n_positions == first->n_positions, "the counts change");
    for (size_t i = 0; i < first->n_spans; i++)
        require(second.spans[i].first == first->spans[i].first && second.spans[i].last == first->spans[i].last,
                "a span changes");
    for (size_t i = 0; i < first->n_tokens; i++) {
        const token *x = &first->tokens[i];
        const token *y = &second.tokens[i];
        require(x->from == y->from && x->to == y->to && x->position == y->position, "a range changes");
        require(equal(x->folded, y->folded) && equal(x->exact, y->exact) && equal(x->stem, y->stem), "a form changes");
    }
}

static void check_sentences(search_text text) {
    size_t *starts;
    size_t n_starts;
    require(text_sentences(text, &starts, &n_starts, NULL) == SEARCH_OK, "the sentences fail");
    require((n_starts > 0) == (text.n_bytes > 0), "a text has no sentence");
    for (size_t i = 0; i < n_starts; i++)
        require(i == 0 ? starts[i] == 0 : starts[i] > starts[i - 1] && starts[i] < text.n_bytes,
                "a start is out of order");
    free(starts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    search_text text = {(const char *)data, size};
    analyzer *one;
    analyzer *other;
    token_list list;
    require(analyzer_new("english", &one, NULL) == SEARCH_OK, "no analyzer");
    require(analyzer_new("english", &other, NULL) == SEARCH_OK, "no analyzer");
    require(analyzer_tokens(one, text, &list, NULL) == SEARCH_OK, "the text fails");
    check_tokens(text, &list);
    check_spans(&list);
    check_again(text, &list, other);
    check_sentences(text);
    analyzer_free(one);
    analyzer_free(other);
    return 0;
}
