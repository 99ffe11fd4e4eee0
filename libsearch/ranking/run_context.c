/* When a running search must stop. */
#include "libsearch/ranking/run_context.h"

#include "libsearch/support/error.h"
#include <time.h>

enum { check_every = 4096 };

uint64_t run_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t run_deadline(uint64_t start_ns, uint32_t timeout_ms) {
    return timeout_ms == 0 ? 0 : start_ns + (uint64_t)timeout_ms * 1000000u;
}

search_status run_spend(search_run_context *run, size_t n_steps, search_error *error) {
    if (n_steps < run->n_steps_left) {
        run->n_steps_left -= n_steps;
        return SEARCH_OK;
    }
    run->n_steps_left = check_every;
    if (run->on_cancel != NULL && run->on_cancel(run->cancel_context)) {
        return error_set(error, SEARCH_E_CANCELLED, "search.cancelled", "the search was cancelled");
    }
    if (run->deadline_ns != 0 && run_now_ns() >= run->deadline_ns) {
        return error_set(error, SEARCH_E_DEADLINE, "search.deadline", "the search took longer than it may");
    }
    return SEARCH_OK;
}

search_status run_check(search_run_context *run, search_error *error) {
    return run_spend(run, 1, error);
}
