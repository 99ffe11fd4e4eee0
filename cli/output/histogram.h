/* A histogram drawn with block characters: a row a period, the certain part of its bar full, the possible one light. */
#ifndef CABLES_OUTPUT_HISTOGRAM_H
#define CABLES_OUTPUT_HISTOGRAM_H

#include "cli/output/text.h"

typedef struct histogram_row {
    char label[16];
    uint64_t count;
    uint64_t certain; /* at most count */
} histogram_row;

/* How wide the columns are.  The longest bar takes what they leave of the line. */
typedef struct histogram {
    const screen *to;
    size_t label_width;
    size_t count_width;
    size_t bar_width;
    uint64_t highest;
} histogram;

/* Lays out the columns for these rows and for one that has no bar, "undated", of `n_undated`. */
histogram histogram_of(const screen *to, const histogram_row *rows, size_t n_rows, uint64_t n_undated);
void histogram_put_row(const histogram *h, const histogram_row *row);
/* A row without a bar: what stands for several rows, or lies outside of the periods. */
void histogram_put_count(const histogram *h, const char *label, uint64_t count);
void histogram_put_gap(const histogram *h, const char *text);

#endif
