/* Nearness by walking ascending positions once. */
#include "libsearch/ranking/window.h"

static uint32_t miss(uint32_t a, uint32_t b, uint32_t distance) {
    if (b > a) {
        const uint32_t gap = b - a;
        return gap > distance ? gap - distance : distance - gap;
    }
    return a - b + distance + 1;
}

uint32_t window_pair(const term_positions *a, const term_positions *b, uint32_t distance) {
    uint32_t best = WINDOW_NONE;
    size_t at = 0;
    for (size_t i = 0; i < a->n && b->n > 0; i++) {
        const uint32_t wanted = a->positions[i] + distance;
        while (at + 1 < b->n && b->positions[at + 1] <= wanted) {
            at++;
        }
        for (size_t j = at; j < b->n && j <= at + 1; j++) {
            const uint32_t now = miss(a->positions[i], b->positions[j], distance);
            best = now < best ? now : best;
        }
    }
    return best;
}

uint32_t window_span(const term_positions *lists, size_t n_lists) {
    const term_positions *open[WINDOW_MAX_LISTS];
    size_t at[WINDOW_MAX_LISTS] = {0};
    size_t n = 0;
    for (size_t i = 0; i < n_lists && n < WINDOW_MAX_LISTS; i++) {
        if (lists[i].n > 0) {
            open[n++] = &lists[i];
        }
    }
    uint32_t best = WINDOW_NONE;
    while (n > 1) {
        size_t first = 0;
        uint32_t last = 0;
        for (size_t i = 0; i < n; i++) {
            const uint32_t position = open[i]->positions[at[i]];
            first = position < open[first]->positions[at[first]] ? i : first;
            last = position > last ? position : last;
        }
        const uint32_t span = last - open[first]->positions[at[first]] + 1;
        best = span < best ? span : best;
        if (++at[first] == open[first]->n) {
            break;
        }
    }
    return best;
}
