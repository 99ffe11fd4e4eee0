/* Progress.  Speed and the time left are those of the phase at hand: phases are not equally fast.  Where records are
 * counted, the bytes done are their share of all bytes of the sources. */
#include "cli/output/progress.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    INTERVAL_MS = 100,
    SETTLED_MS = 500, /* before that a speed says little */
    BAR_WIDTH_MIN = 8,
    BAR_WIDTH_MAX = 40,
    GAP = 2,
    N_PARTS = 3,
};

#define FULL "\xE2\x96\x88"
#define LIGHT "\xE2\x96\x91"

static int64_t now_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

progress_line progress_open(bool is_quiet) {
    return (progress_line){.file = !is_quiet && isatty(STDERR_FILENO) ? stderr : NULL, .shown_at_ms = -INTERVAL_MS};
}

/* What stands beside the bar, the least important last. */
typedef char part[64];

static bool has_end(const search_progress *now) {
    return now->n_records < now->n_records_total;
}

static void write_count(part out, const search_progress *now) {
    const unsigned long long n = now->n_records;

    if (has_end(now)) {
        snprintf(out, sizeof(part), "%llu of %llu records", n, (unsigned long long)now->n_records_total);
    } else if (now->n_records_total > 0) {
        snprintf(out, sizeof(part), "%llu record%s", n, n == 1 ? "" : "s");
    } else if (n > 0) {
        snprintf(out, sizeof(part), "%llu record%s, %.1f MB", n, n == 1 ? "" : "s", (double)now->n_bytes / 1e6);
    } else if (now->n_bytes > 0) {
        snprintf(out, sizeof(part), "%.1f MB", (double)now->n_bytes / 1e6);
    }
}

static void write_left(part out, const search_progress *now, double seconds) {
    if (has_end(now) && now->n_records > 0) {
        const double left = seconds * (double)(now->n_records_total - now->n_records) / (double)now->n_records;
        const unsigned long long n_seconds = (unsigned long long)(left + 0.5);
        snprintf(out, sizeof(part), "%llu:%02llu left", n_seconds / 60, n_seconds % 60);
    }
}

static void write_speed(part out, const search_progress *now, double seconds) {
    const double share = has_end(now) ? (double)now->n_records / (double)now->n_records_total : 1;
    const double n_bytes = (double)now->n_bytes * share;

    if (n_bytes > 0 && (has_end(now) || now->n_records_total == 0)) {
        snprintf(out, sizeof(part), "%.1f MB/s", n_bytes / 1e6 / seconds);
    }
}

static void put_bar(FILE *file, const search_progress *now, size_t width) {
    const size_t n_full = (size_t)((double)width * (double)now->n_records / (double)now->n_records_total);

    for (size_t i = 0; i < width; i++) {
        fputs(i < n_full ? FULL : LIGHT, file);
    }
}

/* The last column stays free, for in it some terminals go on to the next line. */
static void draw(FILE *file, const search_progress *now, int64_t elapsed_ms) {
    const size_t width = screen_of(file).width - 1;
    part parts[N_PARTS] = {"", "", ""};
    size_t n_taken = strlen(now->phase);
    size_t n_shown = 0;

    write_count(parts[0], now);
    if (elapsed_ms >= SETTLED_MS) {
        write_left(parts[1], now, (double)elapsed_ms / 1000);
        write_speed(parts[2], now, (double)elapsed_ms / 1000);
    }
    for (; n_shown < N_PARTS && n_taken + GAP + strlen(parts[n_shown]) <= width; n_shown++) {
        n_taken += parts[n_shown][0] ? GAP + strlen(parts[n_shown]) : 0;
    }
    fprintf(file, "\r\033[K%.*s", (int)width, now->phase);
    if (has_end(now) && n_taken + GAP + BAR_WIDTH_MIN <= width) {
        const size_t room = width - n_taken - GAP;
        fprintf(file, "%*s", GAP, "");
        put_bar(file, now, room < BAR_WIDTH_MAX ? room : BAR_WIDTH_MAX);
    }
    for (size_t i = 0; i < n_shown; i++) {
        fprintf(file, "%*s%s", parts[i][0] ? GAP : 0, "", parts[i]);
    }
    fflush(file);
}

void progress_show(progress_line *p, const search_progress *now) {
    if (!p->file) {
        return;
    }
    const int64_t at_ms = now_ms();
    if (strncmp(p->phase, now->phase, sizeof p->phase - 1) != 0) {
        snprintf(p->phase, sizeof p->phase, "%s", now->phase);
        p->began_at_ms = at_ms;
    }
    if (at_ms - p->shown_at_ms < INTERVAL_MS) {
        return;
    }
    p->shown_at_ms = at_ms;
    p->is_standing = true;
    draw(p->file, now, at_ms - p->began_at_ms);
}

void progress_clear(progress_line *p) {
    if (p->is_standing) {
        fputs("\r\033[K", p->file);
        p->is_standing = false;
    }
}
