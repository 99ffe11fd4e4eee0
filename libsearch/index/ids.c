/* An id from its beginning.  The ids of a snapshot are a column in the order of the documents, so all are looked at. */
#include "libsearch/index/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool begins_with(search_text id, search_text prefix) {
    return prefix.n_bytes > 0 && id.n_bytes >= prefix.n_bytes && memcmp(id.bytes, prefix.bytes, prefix.n_bytes) == 0;
}

/* How many ids begin so, and the last of them; one that is there as a whole is the only one. */
static size_t find(const snapshot *s, search_text prefix, search_text *found) {
    size_t n = 0;
    for (size_t i = 0; i < s->n_documents; i++) {
        const search_text id = column_string(&s->ids, i);
        if (begins_with(id, prefix)) {
            *found = id;
            n++;
            if (id.n_bytes == prefix.n_bytes) {
                return 1;
            }
        }
    }
    return n;
}

static search_status ambiguous(const snapshot *s, search_text prefix, size_t n, search_error *error) {
    char list[400] = "";
    size_t n_list = 0;
    for (size_t i = 0; i < s->n_documents; i++) {
        const search_text id = column_string(&s->ids, i);
        if (begins_with(id, prefix) && n_list + id.n_bytes + 8 < sizeof list) {
            n_list += (size_t)snprintf(list + n_list, sizeof list - n_list, "%s%.*s", n_list == 0 ? "" : ", ",
                                       (int)id.n_bytes, id.bytes);
        }
    }
    error_set(error, SEARCH_E_ARGUMENT, "index.ambiguous_id", "%zu records have ids that begin with \"%.*s\"", n,
              (int)(prefix.n_bytes < 200 ? prefix.n_bytes : 200), prefix.bytes);
    error_hint(error, "write more of the id; there are %s", list);
    return SEARCH_E_ARGUMENT;
}

search_status search_index_complete_id(const search_index *index, search_text prefix, char **out, size_t *n_out,
                                       search_error *error) {
    error_clear(error);
    *out = NULL;
    *n_out = 0;
    search_text found = {NULL, 0};
    const snapshot *s = index->now;
    const search_status status = snapshot_check_process(s, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const size_t n = find(s, prefix, &found);
    if (n == 0) {
        return error_set(error, SEARCH_E_NOT_FOUND, "index.no_record", "no record has an id that begins with \"%.*s\"",
                         (int)(prefix.n_bytes < 200 ? prefix.n_bytes : 200), prefix.bytes == NULL ? "" : prefix.bytes);
    }
    if (n > 1) {
        return ambiguous(s, prefix, n, error);
    }
    *out = malloc(found.n_bytes + 1);
    if (*out == NULL) {
        return error_memory(error);
    }
    memcpy(*out, found.bytes, found.n_bytes);
    (*out)[found.n_bytes] = '\0';
    *n_out = found.n_bytes;
    return SEARCH_OK;
}
