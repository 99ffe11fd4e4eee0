/* Starting threads and waiting for them. */
#include "libsearch/support/thread.h"
#include <signal.h>
#include <time.h>

bool thread_start(pthread_t *out, void *(*run)(void *context), void *context) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(out, NULL, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

void thread_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, unsigned timeout_ms) {
    const long n_second = 1000000000L;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / n_second;
    until.tv_nsec %= n_second;
    pthread_cond_timedwait(condition, mutex, &until);
}
