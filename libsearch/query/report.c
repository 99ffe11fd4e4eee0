/* Faults of a query, as errors or as warnings. */
#include "libsearch/query/report.h"

#include <string.h>

static const char *keep(query_report *report, const char *string) {
    return arena_copy(&report->out->memory, string, strlen(string));
}

static search_status warn(query_report *report, const char *id, size_t offset, const char *message, const char *hint) {
    query *q = report->out;
    if (q->n_warnings == QUERY_MAX_N_WARNINGS) {
        return SEARCH_OK;
    }
    for (size_t i = 0; i < q->n_warnings; i++) { /* what is read again, in another way */
        if (q->warnings[i].offset == offset && strcmp(q->warnings[i].id, id) == 0) {
            return SEARCH_OK;
        }
    }
    if (q->warnings == NULL) {
        q->warnings = arena_array(&q->memory, QUERY_MAX_N_WARNINGS, sizeof *q->warnings);
    }
    const search_warning warning = {id, keep(report, message), offset, keep(report, hint)};
    if (q->warnings == NULL || warning.message == NULL || warning.hint == NULL) {
        return error_memory(report->error);
    }
    q->warnings[q->n_warnings++] = warning;
    return SEARCH_OK;
}

search_status query_fault(query_report *report, search_status status, const char *id, size_t offset,
                          const char *message, const char *hint) {
    if (report->is_lenient) {
        return warn(report, id, offset, message, hint);
    }
    error_set(report->error, status, id, "%s", message);
    error_offset(report->error, offset);
    error_hint(report->error, "%s", hint);
    return status;
}

search_status query_fault_empty(query_report *report, size_t offset, const char *message, const char *hint) {
    return query_fault(report, SEARCH_E_QUERY, "query.empty_clause", offset, message, hint);
}
