/* How far a long command has come: one line on a terminal, drawn over and over; in a pipe nothing at all. */
#ifndef CABLES_OUTPUT_PROGRESS_H
#define CABLES_OUTPUT_PROGRESS_H

#include "cli/output/text.h"

typedef struct progress_line {
    FILE *file;       /* null: nothing is shown */
    bool is_standing; /* a line is on the terminal now */
    int64_t shown_at_ms;
    char phase[16]; /* the one at hand, and when it began */
    int64_t began_at_ms;
} progress_line;

/* Shows on standard error when that is a terminal, unless it is to be quiet. */
progress_line progress_open(bool is_quiet);

/* Draws the line, at most ten times a second: the phase, a bar while the end is known, records, megabytes a second, and
 * the time that is left of the phase.  What the line has no room for is left out, the bar first. */
void progress_show(progress_line *p, const search_progress *now);

/* Takes the line away: before anything else is printed, and at the end. */
void progress_clear(progress_line *p);

#endif
