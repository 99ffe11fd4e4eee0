/* What a running search has at hand, and when it must stop.
 *
 * Work is counted in steps, about a posting each; after some thousands of them the clock and the callback are asked, so
 * that asking costs nothing beside the work.  What takes longer than a posting spends more steps. */
#ifndef LIBSEARCH_RANKING_RUN_CONTEXT_H
#define LIBSEARCH_RANKING_RUN_CONTEXT_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/snapshot.h"

/* Steps that work is worth. */
enum {
    RUN_STEPS_TERM = 16,      /* looking a term up */
    RUN_STEPS_WORD = 64,      /* holding a word of the vocabulary against a pattern */
    RUN_STEPS_DOCUMENT = 256, /* reading the positions of several words in a document */
    RUN_STEPS_RECORD = 1024,  /* reading a stored record, or analyzing a leaf of a query */
};

typedef struct search_run_context {
    snapshot *index;
    reader *r;
    uint64_t deadline_ns; /* of CLOCK_MONOTONIC; 0: none */
    bool (*on_cancel)(void *context);
    void *cancel_context;
    size_t n_steps_left; /* until they are asked again; 0 at first: they are asked at least once */
} search_run_context;

uint64_t run_now_ns(void);
/* The end of a time that begins at start_ns; 0, which is none, for 0 ms. */
uint64_t run_deadline(uint64_t start_ns, uint32_t timeout_ms);
/* SEARCH_E_DEADLINE, SEARCH_E_CANCELLED. */
search_status run_spend(search_run_context *run, size_t n_steps, search_error *error);
/* One step. */
search_status run_check(search_run_context *run, search_error *error);

#endif
