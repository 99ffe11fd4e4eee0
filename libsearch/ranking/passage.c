/* Cutting passages.  Only what is near the core is read, however long the paragraph is. */
#include "libsearch/ranking/passage.h"

#include <stdlib.h>
#include <string.h>

enum { n_bytes_around = 1024, n_bytes_before_word = 64 };

bool passage_is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_inside_character(search_text text, size_t at) {
    return at < text.n_bytes && ((unsigned char)text.bytes[at] & 0xC0u) == 0x80u;
}

static size_t back_to_character(search_text text, size_t at, size_t low) {
    while (at > low && is_inside_character(text, at)) {
        at--;
    }
    return at;
}

static size_t on_to_character(search_text text, size_t at, size_t high) {
    while (at < high && is_inside_character(text, at)) {
        at++;
    }
    return at;
}

static passage trim(search_text text, passage p) {
    while (p.from < p.to && passage_is_blank(text.bytes[p.from])) {
        p.from++;
    }
    while (p.to > p.from && passage_is_blank(text.bytes[p.to - 1])) {
        p.to--;
    }
    return p;
}

/* ---- words ---- */

/* The first place from `at` to `core` where a word begins. */
static search_status start_of_word(search_text text, size_t at, size_t core, analyzer *words, size_t *out,
                                   search_error *error) {
    for (size_t i = at; i <= core; i++) {
        if (i == 0 || passage_is_blank(text.bytes[i - 1])) {
            *out = i;
            return SEARCH_OK;
        }
    }
    *out = core;
    if (core - at < PASSAGE_SLACK_N_BYTES) {
        return SEARCH_OK;
    }
    token_list tokens;
    const size_t from = back_to_character(text, at > n_bytes_before_word ? at - n_bytes_before_word : 0, 0);
    const search_status status = analyzer_tokens(words, (search_text){text.bytes + from, core - from}, &tokens, error);
    *out = on_to_character(text, at, core);
    for (size_t i = 0; status == SEARCH_OK && i < tokens.n_tokens; i++) {
        if (from + tokens.tokens[i].from >= at) {
            *out = from + tokens.tokens[i].from;
            break;
        }
    }
    return status;
}

/* The last place back from `at` to `core` where a word ends. */
static search_status end_of_word(search_text text, size_t at, size_t core, analyzer *words, size_t *out,
                                 search_error *error) {
    for (size_t i = at + 1; i-- > core;) {
        if (i == text.n_bytes || passage_is_blank(text.bytes[i])) {
            *out = i;
            return SEARCH_OK;
        }
    }
    *out = core;
    if (at - core < PASSAGE_SLACK_N_BYTES) {
        return SEARCH_OK;
    }
    token_list tokens;
    const size_t far = text.n_bytes - at > n_bytes_before_word ? at + n_bytes_before_word : text.n_bytes;
    const size_t to = back_to_character(text, far, core);
    const search_status status = analyzer_tokens(words, (search_text){text.bytes + core, to - core}, &tokens, error);
    *out = back_to_character(text, at, core);
    for (size_t i = 0; status == SEARCH_OK && i < tokens.n_tokens && core + tokens.tokens[i].to <= at; i++) {
        *out = core + tokens.tokens[i].to;
    }
    return status;
}

/* Both ends are moved from the core by half of what is left of the length, and all the way where that is little more.
 */
static search_status take_words(search_text text, passage bounds, passage core, bool moves_start, bool moves_end,
                                analyzer *words, passage *out, search_error *error) {
    const size_t length = out->to - out->from;
    const size_t left = length < PASSAGE_N_BYTES ? PASSAGE_N_BYTES - length : 0;
    const size_t extra = moves_start && moves_end ? left / 2 : left;
    search_status status = SEARCH_OK;
    if (moves_start && core.from - bounds.from <= extra + PASSAGE_SLACK_N_BYTES) {
        out->from = bounds.from;
    } else if (moves_start) {
        status = start_of_word(text, core.from - extra, core.from, words, &out->from, error);
    }
    if (moves_end && bounds.to - core.to <= extra + PASSAGE_SLACK_N_BYTES) {
        out->to = bounds.to;
    } else if (moves_end && status == SEARCH_OK) {
        status = end_of_word(text, core.to + extra, core.to, words, &out->to, error);
    }
    return status;
}

/* ---- sentences ---- */

/* The edges between the sentences around the core: bytes of the paragraph, ascending. */
typedef struct edge_list {
    size_t *edges;
    size_t n;
} edge_list;

static search_status find_edges(search_text text, passage bounds, passage core, edge_list *out, search_error *error) {
    const size_t near = core.from - bounds.from > n_bytes_around ? core.from - n_bytes_around : bounds.from;
    const size_t far = bounds.to - core.to > n_bytes_around ? core.to + n_bytes_around : bounds.to;
    const size_t from = back_to_character(text, near, bounds.from);
    const size_t to = on_to_character(text, far, bounds.to);
    size_t *starts = NULL;
    size_t n_starts = 0;
    search_status status = text_sentences((search_text){text.bytes + from, to - from}, &starts, &n_starts, error);
    out->n = 0;
    out->edges = status == SEARCH_OK ? calloc(n_starts + 2, sizeof *out->edges) : NULL;
    if (status == SEARCH_OK && out->edges == NULL) {
        status = error_memory(error);
    }
    /* where the text was cut no sentence begins or ends */
    for (size_t i = from == bounds.from ? 0 : 1; status == SEARCH_OK && i < n_starts; i++) {
        out->edges[out->n++] = from + starts[i];
    }
    if (status == SEARCH_OK && to == bounds.to) {
        out->edges[out->n++] = to;
    }
    free(starts);
    return status;
}

/* A sentence without the blanks behind it. */
static size_t end_at(search_text text, size_t edge, size_t low) {
    while (edge > low && passage_is_blank(text.bytes[edge - 1])) {
        edge--;
    }
    return edge;
}

/* Adds whole sentences, those that follow first, as long as they fit. */
static void add_sentences(search_text text, const edge_list *e, size_t first, size_t last, passage *p) {
    bool is_growing = true;
    while (is_growing) {
        is_growing = false;
        if (last + 1 < e->n && end_at(text, e->edges[last + 1], p->to) - p->from <= PASSAGE_N_BYTES) {
            p->to = end_at(text, e->edges[++last], p->to);
            is_growing = true;
        }
        if (first > 0 && p->to - e->edges[first - 1] <= PASSAGE_N_BYTES) {
            p->from = e->edges[--first];
            is_growing = true;
        }
    }
}

static search_status take_sentences(search_text text, passage bounds, passage core, const edge_list *e, analyzer *words,
                                    passage *out, search_error *error) {
    const size_t max = PASSAGE_N_BYTES + PASSAGE_SLACK_N_BYTES;
    size_t first = SIZE_MAX;
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < e->n; i++) {
        first = e->edges[i] <= core.from ? i : first;
        last = last == SIZE_MAX && e->edges[i] >= core.to && e->edges[i] > core.from ? i : last;
    }
    const bool has_start = first != SIZE_MAX && core.to - e->edges[first] <= max;
    const size_t from = has_start ? e->edges[first] : core.from;
    const size_t end = last != SIZE_MAX ? end_at(text, e->edges[last], core.to) : core.to;
    const bool has_end = last != SIZE_MAX && end - from <= max;
    *out = (passage){from, has_end ? end : core.to};
    if (has_start && has_end) {
        add_sentences(text, e, first, last, out);
        return SEARCH_OK;
    }
    return take_words(text, bounds, core, !has_start, !has_end, words, out, error);
}

/* ---- marks ---- */

static void keep_marks_whole(search_text text, passage core, const marked *marks, size_t n, passage *p) {
    for (size_t i = 0; i < n; i++) {
        if (marks[i].from < p->from && marks[i].to > p->from) {
            p->from = marks[i].to < core.from ? marks[i].to : core.from;
        }
    }
    for (size_t i = n; i-- > 0;) {
        if (marks[i].from < p->to && marks[i].to > p->to) {
            p->to = marks[i].from > core.to ? marks[i].from : core.to;
        }
    }
    *p = trim(text, *p);
}

search_status passage_widen(search_text paragraph, passage bounds, passage core, const marked *marks, size_t n,
                            analyzer *words, passage *out, search_error *error) {
    *out = trim(paragraph, bounds);
    if (out->to - out->from <= PASSAGE_N_BYTES + PASSAGE_SLACK_N_BYTES) {
        return SEARCH_OK;
    }
    bounds = *out;
    edge_list edges = {NULL, 0};
    search_status status = find_edges(paragraph, bounds, core, &edges, error);
    if (status == SEARCH_OK) {
        status = take_sentences(paragraph, bounds, core, &edges, words, out, error);
    }
    free(edges.edges);
    keep_marks_whole(paragraph, core, marks, n, out);
    return status;
}
