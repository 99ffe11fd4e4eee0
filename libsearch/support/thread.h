/* Threads of the library's own.  They take no signals: those are for the host's threads. */
#ifndef LIBSEARCH_SUPPORT_THREAD_H
#define LIBSEARCH_SUPPORT_THREAD_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <pthread.h>
#include <stdbool.h>

/* False when there can be none.  Whoever starts a thread joins it. */
bool thread_start(pthread_t *out, void *(*run)(void *context), void *context);
/* Waits for the condition, with the mutex held, but no longer than some time. */
void thread_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, unsigned timeout_ms);

#endif
