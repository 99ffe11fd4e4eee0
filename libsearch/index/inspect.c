/* Findings, and the threads that look for them. */
#include "libsearch/index/inspect.h"

#include "libsearch/support/thread.h"
#include "libsearch/support/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { default_max_findings = 100, max_threads = 16, progress_interval_ms = 100, max_text_n_bytes = 600 };

/* ---- findings ---- */

static size_t max_findings(const inspection *i) {
    return i->options.max_findings == 0 ? default_max_findings : i->options.max_findings;
}

static void note(finding_list *list, const finding_place *place, const char *id, bool is_difference, const char *format,
                 va_list values) {
    if (list->n_items == list->max_items) {
        return;
    }
    noted_finding *grown = realloc(list->items, (list->n_items + 1) * sizeof *grown);
    if (grown == NULL) {
        list->failed = true;
        return;
    }
    list->items = grown;
    char text[max_text_n_bytes];
    vsnprintf(text, sizeof text, format, values);
    text[utf8_cut(text, strlen(text), sizeof text - 1)] = '\0';
    noted_finding *f = &list->items[list->n_items];
    *f =
        (noted_finding){id,           place->directory, strdup(place->file == NULL ? "" : place->file), place->document,
                        strdup(text), is_difference};
    list->failed = list->failed || f->file == NULL || f->text == NULL;
    list->n_items++;
}

void note_damage(finding_list *list, const finding_place *place, const char *id, const char *format, ...) {
    va_list values;
    va_start(values, format);
    list->n_damages++;
    note(list, place, id, false, format, values);
    va_end(values);
}

void note_difference(finding_list *list, const finding_place *place, const char *id, const char *format, ...) {
    va_list values;
    va_start(values, format);
    list->n_differences++;
    note(list, place, id, true, format, values);
    va_end(values);
}

finding_list inspect_list(const inspection *i) {
    return (finding_list){.max_items = max_findings(i)};
}

static void list_free(finding_list *list) {
    for (size_t i = 0; i < list->n_items; i++) {
        free(list->items[i].file);
        free(list->items[i].text);
    }
    free(list->items);
    *list = (finding_list){0};
}

search_status inspect_tell(inspection *i, finding_list *list, search_error *error) {
    const bool failed = list->failed;
    i->summary.n_findings += list->n_damages;
    i->summary.n_differences += list->n_differences;
    for (size_t k = 0; k < list->n_items && !failed && i->n_told < max_findings(i); k++) {
        const noted_finding *f = &list->items[k];
        i->n_told++;
        if (i->options.on_finding != NULL) {
            const search_finding finding = {
                f->id, f->directory == NULL ? "" : f->directory, f->file, f->document, f->text, f->is_difference};
            i->options.on_finding(i->options.context, &finding);
        }
    }
    list_free(list);
    return failed ? error_memory(error) : SEARCH_OK;
}

bool inspect_is_damage(search_status status) {
    switch (status) {
    case SEARCH_E_CORRUPT:
    case SEARCH_E_NO_INDEX:
    case SEARCH_E_NOT_FOUND:
    case SEARCH_E_INPUT:
    case SEARCH_E_INTERNAL:
        return true;
    case SEARCH_OK:
    case SEARCH_E_ARGUMENT:
    case SEARCH_E_QUERY:
    case SEARCH_E_FACET:
    case SEARCH_E_LIMIT:
    case SEARCH_E_FORKED:
    case SEARCH_E_FORMAT:
    case SEARCH_E_ANALYZER:
    case SEARCH_E_REFUSED:
    case SEARCH_E_SYSTEM:
    case SEARCH_E_MEMORY:
    case SEARCH_E_DEADLINE:
    case SEARCH_E_CANCELLED:
    case SEARCH_E_LOCKED:
        return false;
    }
    return false;
}

/* ---- progress ---- */

bool inspect_is_stopped(const inspection *i) {
    return atomic_load_explicit(&i->is_stopped, memory_order_relaxed);
}

static bool ask(inspection *i, const char *phase) {
    if (i->options.on_progress == NULL) {
        return true;
    }
    const search_progress progress = {phase, atomic_load(&i->n_records), i->n_records_total, atomic_load(&i->n_bytes)};
    return i->options.on_progress(i->options.context, &progress);
}

static search_status cancelled(search_error *error) {
    return error_set(error, SEARCH_E_CANCELLED, "check.cancelled", "the check was cancelled");
}

search_status inspect_phase(inspection *i, const char *phase, uint64_t n_records_total, search_error *error) {
    atomic_store(&i->n_records, 0);
    atomic_store(&i->n_bytes, 0);
    i->n_records_total = n_records_total;
    return ask(i, phase) ? SEARCH_OK : cancelled(error);
}

/* ---- threads ---- */

typedef struct pool {
    inspection *i;
    inspect_task run;
    void *context;
    size_t n_tasks;
    finding_list *lists; /* by task */
    pthread_mutex_t mutex;
    pthread_cond_t is_idle; /* the last worker is done */
    size_t next;
    size_t n_workers;
    size_t failed_task;
    search_status status;
    search_error error;
} pool;

static void *work(void *argument) {
    pool *p = argument;
    pthread_mutex_lock(&p->mutex);
    while (p->next < p->n_tasks && !inspect_is_stopped(p->i)) {
        const size_t task = p->next++;
        pthread_mutex_unlock(&p->mutex);
        search_error error;
        const search_status status = p->run(p->context, task, &p->lists[task], &error);
        pthread_mutex_lock(&p->mutex);
        if (status != SEARCH_OK && (p->status == SEARCH_OK || task < p->failed_task)) {
            p->status = status;
            p->error = error;
            p->failed_task = task;
        }
        if (status != SEARCH_OK) {
            atomic_store(&p->i->is_stopped, true);
        }
    }
    p->n_workers--;
    if (p->n_workers == 0) {
        pthread_cond_signal(&p->is_idle);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

static size_t n_threads_for(size_t n_tasks) {
    const long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = n_cores < 1 ? 1 : (size_t)n_cores;
    n = n < max_threads ? n : max_threads;
    return n < n_tasks ? n : n_tasks;
}

static size_t start(pool *p, pthread_t threads[max_threads]) {
    const size_t n_wanted = n_threads_for(p->n_tasks);
    size_t n = 0;
    while (n < n_wanted && thread_start(&threads[n], work, p)) {
        n++;
    }
    return n;
}

/* Tells of progress until all workers are done; true when the callback said stop. */
static bool wait_for_all(pool *p, const char *phase) {
    bool is_cancelled = false;
    pthread_mutex_lock(&p->mutex);
    while (p->n_workers > 0) {
        thread_wait(&p->is_idle, &p->mutex, progress_interval_ms);
        pthread_mutex_unlock(&p->mutex);
        if (!is_cancelled && !ask(p->i, phase)) {
            is_cancelled = true;
            atomic_store(&p->i->is_stopped, true);
        }
        pthread_mutex_lock(&p->mutex);
    }
    pthread_mutex_unlock(&p->mutex);
    return is_cancelled;
}

/* The workers are counted before they start: one that is quick must not pass for the last. */
static bool run_all(pool *p, const char *phase) {
    pthread_t threads[max_threads];
    p->n_workers = max_threads;
    const size_t n = start(p, threads);
    pthread_mutex_lock(&p->mutex);
    p->n_workers -= max_threads - n;
    const bool has_none = n == 0;
    p->n_workers += has_none ? 1 : 0;
    pthread_mutex_unlock(&p->mutex);
    if (has_none) {
        work(p);
    }
    const bool is_cancelled = wait_for_all(p, phase);
    for (size_t k = 0; k < n; k++) {
        pthread_join(threads[k], NULL);
    }
    return is_cancelled;
}

search_status inspect_run(inspection *i, const char *phase, size_t n_tasks, inspect_task run, void *context,
                          search_error *error) {
    pool p = {.i = i, .run = run, .context = context, .n_tasks = n_tasks, .status = SEARCH_OK};
    p.lists = calloc(n_tasks + 1, sizeof *p.lists);
    if (p.lists == NULL) {
        return error_memory(error);
    }
    for (size_t k = 0; k < n_tasks; k++) {
        p.lists[k] = inspect_list(i);
    }
    pthread_mutex_init(&p.mutex, NULL);
    pthread_cond_init(&p.is_idle, NULL);
    const bool is_cancelled = n_tasks > 0 && run_all(&p, phase);
    pthread_cond_destroy(&p.is_idle);
    pthread_mutex_destroy(&p.mutex);
    search_status status = is_cancelled ? cancelled(error) : p.status;
    if (!is_cancelled && status != SEARCH_OK && error != NULL) {
        *error = p.error;
    }
    for (size_t k = 0; k < n_tasks; k++) {
        if (status == SEARCH_OK) {
            status = inspect_tell(i, &p.lists[k], error);
        }
        list_free(&p.lists[k]);
    }
    free(p.lists);
    return status;
}
