/* Histograms: columns are aligned, no line is longer than the screen is wide, and no count that is not 0 is without a
 * block.  The numbers stand beside the bars, so nothing is lost to rounding. */
#include "cli/output/histogram.h"

#include <string.h>

enum { BAR_WIDTH_MIN = 4, GAP = 2 };

#define FULL "\xE2\x96\x88"
#define LIGHT "\xE2\x96\x91"
#define ELISION "\xE2\x8B\xAF"

static size_t n_digits(uint64_t number) {
    size_t n = 1;

    for (; number >= 10; number /= 10) {
        n++;
    }
    return n;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

histogram histogram_of(const screen *to, const histogram_row *rows, size_t n_rows, uint64_t n_undated) {
    histogram h = {to, n_undated > 0 ? strlen("undated") : 0, n_digits(n_undated), BAR_WIDTH_MIN, 1};
    size_t n_note = 0;

    for (size_t i = 0; i < n_rows; i++) {
        h.label_width = larger(h.label_width, strlen(rows[i].label));
        h.count_width = larger(h.count_width, n_digits(rows[i].count));
        h.highest = rows[i].count > h.highest ? rows[i].count : h.highest;
        if (rows[i].certain < rows[i].count) {
            n_note = larger(n_note, GAP + n_digits(rows[i].certain) + strlen(" certain"));
        }
    }
    size_t n_taken = h.label_width + GAP + h.count_width + GAP + n_note;
    h.bar_width = n_taken + BAR_WIDTH_MIN < to->width ? to->width - n_taken : BAR_WIDTH_MIN;
    return h;
}

static void put_blocks(FILE *file, const char *block, size_t n) {
    for (size_t i = 0; i < n; i++) {
        fputs(block, file);
    }
}

static size_t n_blocks(const histogram *h, uint64_t count) {
    size_t n = (size_t)((double)count / (double)h->highest * (double)h->bar_width + 0.5);

    return n == 0 && count > 0 ? 1 : n;
}

static void put_number(const histogram *h, const char *label, uint64_t count) {
    fprintf(h->to->file, "%-*s%*s%*llu", (int)h->label_width, label, GAP, "", (int)h->count_width,
            (unsigned long long)count);
}

void histogram_put_row(const histogram *h, const histogram_row *row) {
    size_t n_all = n_blocks(h, row->count);
    size_t n_full = n_blocks(h, row->certain);

    if (row->certain < row->count && n_full == n_all && n_all > 1) {
        n_full = n_all - 1; /* a difference too small for the scale */
    }
    put_number(h, row->label, row->count);
    if (row->count > 0) {
        fprintf(h->to->file, "%*s", GAP, "");
        put_blocks(h->to->file, FULL, n_full);
        put_blocks(h->to->file, LIGHT, n_all - n_full);
    }
    if (row->certain < row->count) {
        fprintf(h->to->file, "%*s%llu certain", GAP, "", (unsigned long long)row->certain);
    }
    fputc('\n', h->to->file);
}

void histogram_put_count(const histogram *h, const char *label, uint64_t count) {
    put_number(h, label, count);
    fputc('\n', h->to->file);
}

void histogram_put_gap(const histogram *h, const char *text) {
    fprintf(h->to->file, ELISION "%*s%s\n", (int)(h->label_width - 1 + GAP), "", text);
}
