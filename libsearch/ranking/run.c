/* A search from request to results: query and selections to sets, sets to counts and scores, scores to hits. */
#include "libsearch/ranking/date_filter.h"
#include "libsearch/ranking/explain.h"
#include "libsearch/ranking/facets.h"
#include "libsearch/ranking/filter.h"
#include "libsearch/ranking/relax.h"
#include "libsearch/ranking/results.h"
#include "libsearch/ranking/score.h"
#include "libsearch/ranking/similar.h"
#include "libsearch/ranking/snippet.h"
#include "libsearch/ranking/sort.h"
#include "libsearch/ranking/suggest.h"

#include "libsearch/cable/cable.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

enum { max_limit = 10000, max_wheres = 1024, max_facet_requests = 256, max_sorts = 16 };

typedef struct search {
    search_run_context run;
    search_request request;
    leaf_list query;
    document_set allowed; /* the required filter */
    document_set matches; /* query and required filter */
    document_set chosen;  /* and every selection */
    facet_selections selections;
    search_weights weights;
    gain_list gains; /* of stage 2 */
    buffer like;     /* the query of similar_to */
    search_results *results;
} search;

/* ---- the request ---- */

static search_status bad_request(const char *what, search_error *error) {
    return error_set(error, SEARCH_E_ARGUMENT, "search.request", "%s", what);
}

static search_status check_request(const search_request *given, search_request *out, search_error *error) {
    static const search_request defaults = SEARCH_REQUEST_INIT;
    *out = defaults;
    if (given->size < sizeof(size_t) || given->size > sizeof *out) {
        return bad_request("the request is of another version of libsearch", error);
    }
    memcpy(out, given, given->size);
    if (out->limit > max_limit) {
        return error_set(error, SEARCH_E_LIMIT, "search.limit", "the limit of hits is %d", max_limit);
    }
    if (out->n_sorts > max_sorts) {
        return error_set(error, SEARCH_E_LIMIT, "search.sorts", "at most %d keys to sort by", max_sorts);
    }
    if (out->n_wheres > max_wheres || out->n_facets > max_facet_requests) {
        return error_set(error, SEARCH_E_LIMIT, "search.selections", "at most %d selections and %d facets a search",
                         max_wheres, max_facet_requests);
    }
    if (out->tree != NULL && out->query.n_bytes > 0) {
        return bad_request("a request has a query or a tree, not both", error);
    }
    if (out->similar_to.n_bytes > 0 && (out->query.n_bytes > 0 || out->tree != NULL)) {
        return bad_request("a request has a query or similar_to, not both", error);
    }
    for (size_t i = 0; i < out->n_sorts; i++) {
        if (out->sorts[i].key < SEARCH_SORT_SCORE || out->sorts[i].key > SEARCH_SORT_NUMBER) {
            return bad_request("there is no such key to sort by", error);
        }
    }
    if (!utf8_valid(out->query.bytes, out->query.n_bytes) ||
        !utf8_valid(out->required_filter.bytes, out->required_filter.n_bytes) ||
        !utf8_valid(out->since.bytes, out->since.n_bytes) || !utf8_valid(out->until.bytes, out->until.n_bytes)) {
        return error_set(error, SEARCH_E_ARGUMENT, "query.not_utf8", "the query is not UTF-8");
    }
    for (size_t i = 0; i < out->n_facets + out->n_wheres; i++) {
        const search_text name = i < out->n_facets ? out->facets[i].name : out->wheres[i - out->n_facets].facet;
        if (!utf8_valid(name.bytes, name.n_bytes)) {
            return error_set(error, SEARCH_E_ARGUMENT, "facet.not_utf8", "the name of a facet is not UTF-8");
        }
    }
    return SEARCH_OK;
}

static search_status read_weights(const search_weights *given, search_weights *out, search_error *error) {
    static const search_weights defaults = SEARCH_WEIGHTS_INIT;
    *out = defaults;
    if (given == NULL) {
        return SEARCH_OK;
    }
    if (given->size < sizeof(size_t) || given->size > sizeof *out) {
        return bad_request("the weights are of another version of libsearch", error);
    }
    memcpy(out, given, given->size);
    return weights_check(out, error);
}

/* ---- matching ---- */

static search_status keep_query(search *s, search_error *error) {
    buffer text = {0};
    query_print(s->query.tree.root, &text);
    const char *copy = arena_copy(&s->results->memory, text.bytes == NULL ? "" : text.bytes, text.n_bytes);
    s->results->query = (search_text){copy, text.n_bytes};
    const bool ok = !text.failed && copy != NULL;
    buffer_free(&text);
    return ok ? SEARCH_OK : error_memory(error);
}

/* Any of the words that tell most of the record, in any other record. */
static search_status match_similar(search *s, search_error *error) {
    uint32_t docid = 0;
    search_status status = similar_query(s->request.similar_to, &s->allowed, &s->run, &s->like, &docid, error);
    if (status == SEARCH_OK) {
        const search_text words = {s->like.bytes, s->like.n_bytes};
        status = leaves_open(words, 0, &s->run, &s->query, error);
    }
    bool is_neutral = false;
    if (status == SEARCH_OK) {
        status = leaves_match(&s->query, &s->run, &s->matches, &is_neutral, error);
    }
    if (status == SEARCH_OK && is_neutral) {
        set_complement(&s->matches);
    }
    if (status == SEARCH_OK) {
        set_remove(&s->matches, docid);
    }
    return status;
}

static search_status match_query(search *s, search_error *error) {
    search_status status = leaves_open_request(&s->request, &s->run, &s->query, error);
    bool is_neutral = false;
    return status == SEARCH_OK ? leaves_match(&s->query, &s->run, &s->matches, &is_neutral, error) : status;
}

static search_status copy_warnings(search *s, search_error *error) {
    search_results *results = s->results;
    arena *memory = &results->memory;
    const query *tree = &s->query.tree;
    search_warning *warnings = arena_array(memory, tree->n_warnings + 1, sizeof *warnings);
    if (warnings == NULL) {
        return error_memory(error);
    }
    results->warnings = warnings;
    for (size_t i = 0; i < tree->n_warnings; i++) {
        const search_warning *from = &tree->warnings[i];
        warnings[i] = (search_warning){from->id, arena_copy(memory, from->message, strlen(from->message)), from->offset,
                                       arena_copy(memory, from->hint, strlen(from->hint))};
        if (warnings[i].message == NULL || warnings[i].hint == NULL) {
            return error_memory(error);
        }
        results->n_warnings++;
    }
    return SEARCH_OK;
}

/* What is left within the required filter, relaxed if that is nothing. */
static search_status keep_allowed(search *s, search_error *error) {
    set_and(&s->matches, &s->allowed);
    if (!s->request.relax || s->request.similar_to.n_bytes > 0 || set_next(&s->matches, 1) != 0) {
        return SEARCH_OK;
    }
    return relax_query(&s->query, &s->allowed, s->request.max_terms, &s->run, &s->results->memory, &s->matches,
                       &s->results->relaxation, error);
}

static search_status match(search *s, search_error *error) {
    search_status status = run_check(&s->run, error); /* at least once, however small the search */
    if (status == SEARCH_OK) {
        status = filter_match(s->request.required_filter, s->request.max_terms, &s->run, &s->allowed, error);
    }
    if (status == SEARCH_OK) {
        status = s->request.similar_to.n_bytes > 0 ? match_similar(s, error) : match_query(s, error);
    }
    if (status == SEARCH_OK) {
        status = keep_query(s, error);
    }
    if (status == SEARCH_OK) {
        status = copy_warnings(s, error);
    }
    if (status == SEARCH_OK) {
        status = facets_select(s->run.index, &s->request, &s->selections, error);
    }
    if (status == SEARCH_OK) {
        status = keep_allowed(s, error);
    }
    if (status == SEARCH_OK) {
        status = date_filter_restrict(s->request.since, s->request.until, &s->run, &s->matches, error);
    }
    if (status == SEARCH_OK) {
        status = facets_restrict(&s->matches, &s->selections, SIZE_MAX, &s->chosen, error);
    }
    return status;
}

/* ---- counts ---- */

static void count_dates(search *s) {
    const uint32_t *days = s->run.index->days;
    search_date_counts *dates = &s->results->dates;
    for (uint32_t d = set_next(&s->chosen, 1); d != 0; d = set_next(&s->chosen, d + 1)) {
        const uint32_t earliest = days[2 * (size_t)(d - 1)];
        const uint32_t latest = days[2 * (size_t)(d - 1) + 1];
        dates->undated += earliest == 0 ? 1 : 0;
        dates->certain += earliest != 0 && earliest == latest ? 1 : 0;
        dates->possible += earliest != latest ? 1 : 0;
    }
}

/* Each facet is counted without its own selection, so that its other values stay in sight. */
static search_status count_facets(search *s, search_error *error) {
    search_results *results = s->results;
    results->facets = arena_array(&results->memory, s->request.n_facets + 1, sizeof *results->facets);
    search_status status = results->facets == NULL ? error_memory(error) : SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < s->request.n_facets; i++) {
        size_t facet = 0;
        document_set set = {0};
        status = facets_find(s->run.index, s->request.facets[i].name, &facet, error);
        if (status == SEARCH_OK) {
            status = facets_restrict(&s->matches, &s->selections, facet, &set, error);
        }
        if (status == SEARCH_OK) {
            status = facets_count(s->run.index, s->run.r->words, &set, &s->request, &s->request.facets[i],
                                  &results->memory, &results->facets[results->n_facets++], error);
        }
        if (status == SEARCH_OK) {
            status = run_spend(&s->run, s->run.index->n_documents, error);
        }
        set_free(&set);
    }
    return status;
}

/* ---- hits ---- */

static bool copy_column(const column_strings *strings, uint32_t docid, arena *memory, search_text *out) {
    const search_text from = column_string(strings, docid - 1);
    out->n_bytes = from.n_bytes;
    out->bytes = arena_copy(memory, from.bytes, from.n_bytes);
    return out->bytes != NULL;
}

static search_status fill_hit(search *s, const scored *found, search_hit *hit, search_error *error) {
    const snapshot *index = s->run.index;
    arena *memory = &s->results->memory;
    hit->score = found->score;
    date_print((int32_t)index->days[2 * (size_t)(found->docid - 1)], hit->date_earliest);
    date_print((int32_t)index->days[2 * (size_t)(found->docid - 1) + 1], hit->date_latest);
    if (!copy_column(&index->ids, found->docid, memory, &hit->id) ||
        !copy_column(&index->titles, found->docid, memory, &hit->title) ||
        !copy_column(&index->dates, found->docid, memory, &hit->date) ||
        !copy_column(&index->numbers, found->docid, memory, &hit->number) ||
        !copy_column(&index->references, found->docid, memory, &hit->reference)) {
        return error_memory(error);
    }
    if (s->request.explain) {
        const search_status status =
            explain_hit(&s->query, &s->gains, &s->weights, &s->run, found->docid, memory, hit, error);
        if (status != SEARCH_OK) {
            return status;
        }
    }
    if (s->request.n_snippets == 0) {
        return SEARCH_OK;
    }
    search_record *record = NULL;
    search_status status = snapshot_record(index, s->run.r, found->docid, &record, error);
    if (status == SEARCH_OK) {
        const size_t n = s->request.n_snippets < 100 ? s->request.n_snippets : 100;
        status = snippets_make(&s->query, &s->run, record, n, memory, hit, error);
    }
    search_record_free(record);
    return status;
}

static search_status fill_hits(search *s, search_error *error) {
    double *scores = NULL;
    scored *best = NULL;
    size_t n_best = 0;
    search_results *results = s->results;
    search_status status = score_documents(&s->query, &s->chosen, &s->weights, &s->run, &scores, error);
    if (status == SEARCH_OK) {
        status = rerank(&s->query, &s->chosen, &s->weights, &s->run, scores, &s->gains, error);
    }
    if (status == SEARCH_OK) {
        status = s->request.n_sorts > 0
                     ? sort_best(&s->chosen, scores, s->run.index, &s->request, &best, &n_best, error)
                     : score_best(&s->chosen, scores, s->run.index, s->request.offset, s->request.limit, &best, &n_best,
                                  error);
    }
    if (status == SEARCH_OK) {
        results->hits = arena_array(&results->memory, n_best + 1, sizeof *results->hits);
        status = results->hits == NULL ? error_memory(error) : SEARCH_OK;
    }
    for (size_t i = 0; status == SEARCH_OK && i < n_best; i++) {
        status = fill_hit(s, &best[i], &results->hits[i], error);
        results->n_hits++;
        if (status == SEARCH_OK) {
            status = run_spend(&s->run, s->request.n_snippets > 0 ? RUN_STEPS_RECORD : 1, error);
        }
    }
    free(scores);
    free(best);
    return status;
}

/* Not needed when relaxing corrected all words already.  Time that runs out here costs the suggestion only. */
static search_status fill_suggestion(search *s, search_error *error) {
    search_results *results = s->results;
    const search_relaxation *relaxed = results->relaxation;
    document_set within = {0};
    const bool is_corrected = relaxed != NULL && relaxed->n_required == relaxed->n_words;
    if (is_corrected || s->request.similar_to.n_bytes > 0) {
        return SEARCH_OK;
    }
    search_status status = facets_restrict(&s->allowed, &s->selections, SIZE_MAX, &within, error);
    if (status == SEARCH_OK) {
        status = date_filter_restrict(s->request.since, s->request.until, &s->run, &within, error);
    }
    if (status == SEARCH_OK) {
        status = suggest_query(results->query, relaxed == NULL ? results->total : 0, &s->allowed, &within, &s->run,
                               &results->memory, &results->suggestion, error);
    }
    set_free(&within);
    if (status == SEARCH_E_DEADLINE) {
        error_clear(error);
        return SEARCH_OK;
    }
    return status;
}

static search_status fill(search *s, search_error *error) {
    search_results *results = s->results;
    strcpy(results->generation, s->run.index->name);
    results->total = set_count(&s->chosen);
    results->offset = s->request.offset;
    count_dates(s);
    search_status status = count_facets(s, error);
    if (status == SEARCH_OK) {
        status = fill_hits(s, error);
    }
    return status == SEARCH_OK ? fill_suggestion(s, error) : status;
}

search_status search_run(const search_index *index, const search_request *request, search_results **out,
                         search_error *error) {
    error_clear(error);
    *out = NULL;
    const uint64_t start = run_now_ns();
    search s = {0};
    search_status status = check_request(request, &s.request, error);
    if (status == SEARCH_OK) {
        status = read_weights(s.request.weights, &s.weights, error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    s.run.index = index->now;
    s.run.on_cancel = s.request.on_cancel;
    s.run.cancel_context = s.request.context;
    s.run.deadline_ns = run_deadline(start, s.request.deadline_ms);
    s.results = calloc(1, sizeof *s.results);
    status = s.results == NULL ? error_memory(error) : snapshot_take_reader(index->now, &s.run.r, error);
    if (status == SEARCH_OK) {
        status = match(&s, error);
    }
    if (status == SEARCH_OK) {
        status = fill(&s, error);
    }
    snapshot_give_reader(index->now, s.run.r);
    set_free(&s.allowed);
    set_free(&s.matches);
    set_free(&s.chosen);
    facets_free(&s.selections);
    leaves_close(&s.query);
    buffer_free(&s.like);
    gains_free(&s.gains);
    if (status != SEARCH_OK) {
        search_results_free(s.results);
        return status;
    }
    s.results->took_ms = (double)(run_now_ns() - start) / 1e6;
    *out = s.results;
    return SEARCH_OK;
}

/* ---- reading results ---- */

uint64_t search_results_total(const search_results *results) {
    return results->total;
}

const char *search_results_generation(const search_results *results) {
    return results->generation;
}

const char *search_results_query(const search_results *results) {
    return results->query.bytes;
}

size_t search_results_n_hits(const search_results *results) {
    return results->n_hits;
}

const search_hit *search_results_hit(const search_results *results, size_t i) {
    return i < results->n_hits ? &results->hits[i] : NULL;
}

size_t search_results_n_facets(const search_results *results) {
    return results->n_facets;
}

const search_facet_counts *search_results_facet(const search_results *results, size_t i) {
    return i < results->n_facets ? &results->facets[i] : NULL;
}

search_date_counts search_results_dates(const search_results *results) {
    return results->dates;
}

const search_relaxation *search_results_relaxation(const search_results *results) {
    return results->relaxation;
}

search_text search_results_suggestion(const search_results *results) {
    return results->suggestion;
}

size_t search_results_n_warnings(const search_results *results) {
    return results->n_warnings;
}

const search_warning *search_results_warning(const search_results *results, size_t i) {
    return i < results->n_warnings ? &results->warnings[i] : NULL;
}

void search_results_free(search_results *results) {
    if (results != NULL) {
        arena_free(&results->memory);
        free(results);
    }
}
