/* The days of every document are a column, so a restriction is one walk over it.  A date is an interval: it may lie in
 * the one asked for when they overlap, and surely does when it is within. */
#include "libsearch/ranking/date_filter.h"

#include "libsearch/ranking/tree.h"

static bool is_within(const query_date *asked, uint32_t earliest, uint32_t latest) {
    if (asked->is_none || earliest == 0) {
        return asked->is_none && earliest == 0;
    }
    const uint32_t first = asked->is_certain ? earliest : latest;
    const uint32_t last = asked->is_certain ? latest : earliest;
    return (!asked->has_earliest || first >= (uint32_t)asked->earliest) &&
           (!asked->has_latest || last <= (uint32_t)asked->latest);
}

search_status date_filter_match(const query_date *date, search_run_context *run, document_set *out,
                                search_error *error) {
    const uint32_t *days = run->index->days;
    search_status status = SEARCH_OK;
    for (uint32_t d = 1; status == SEARCH_OK && d <= run->index->n_documents; d++) {
        if (is_within(date, days[2 * (size_t)(d - 1)], days[2 * (size_t)(d - 1) + 1])) {
            set_add(out, d);
        }
        status = run_check(run, error);
    }
    return status;
}

static search_status read_bound(const char *name, search_text text, int32_t *earliest, int32_t *latest,
                                search_error *error) {
    if (tree_options(NULL).date(text, earliest, latest)) {
        return SEARCH_OK;
    }
    error_set(error, SEARCH_E_QUERY, "query.bad_date", "%s: %.*s is no date", name,
              (int)(text.n_bytes < 64 ? text.n_bytes : 64), text.bytes);
    error_hint(error, "write it as 1961, 1961-12 or 1961-12-02");
    return SEARCH_E_QUERY;
}

search_status date_filter_restrict(search_text since, search_text until, search_run_context *run, document_set *set,
                                   search_error *error) {
    query_date asked = {.has_earliest = since.n_bytes > 0, .has_latest = until.n_bytes > 0};
    int32_t other = 0;
    if (!asked.has_earliest && !asked.has_latest) {
        return SEARCH_OK;
    }
    document_set allowed = {0};
    search_status status = asked.has_earliest ? read_bound("since", since, &asked.earliest, &other, error) : SEARCH_OK;
    if (status == SEARCH_OK && asked.has_latest) {
        status = read_bound("until", until, &other, &asked.latest, error);
    }
    if (status == SEARCH_OK) {
        status = set_new(run->index->n_documents, false, &allowed, error);
    }
    if (status == SEARCH_OK) {
        status = date_filter_match(&asked, run, &allowed, error);
    }
    if (status == SEARCH_OK) {
        set_and(set, &allowed);
    }
    set_free(&allowed);
    return status;
}
