/* Writing results as JSON.  Marks are byte offsets in C and code points here, as a reader in another language counts.
 */
#include "libsearch/ranking/json.h"

#include "libsearch/support/utf8.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *text_json(search_text text) {
    return text.bytes == NULL ? json_null() : json_stringn(text.bytes, text.n_bytes);
}

/* An absent text is null, never "". */
static json_t *optional_json(search_text text) {
    return text.n_bytes == 0 ? json_null() : text_json(text);
}

static json_t *date_json(const char *date) {
    return optional_json(search_text_of(date));
}

static json_t *snippet_json(const search_snippet *s) {
    json_t *marks = json_array();
    for (size_t i = 0; i < s->n_marks; i++) {
        const size_t from = utf8_n_characters(s->text.bytes, s->marks[i].from);
        const size_t length = utf8_n_characters(s->text.bytes + s->marks[i].from, s->marks[i].to - s->marks[i].from);
        json_array_append_new(marks, json_pack("[I, I]", (json_int_t)from, (json_int_t)(from + length)));
    }
    return json_pack("{s:s, s:I, s:o, s:o, s:b, s:b}", "field", s->field, "para", (json_int_t)s->para, "text",
                     text_json(s->text), "marks", marks, "cut_before", s->cut_before ? 1 : 0, "cut_after",
                     s->cut_after ? 1 : 0);
}

static json_t *explanation_json(const search_explanation *e) {
    static const char *const parts[] = {"word", "pair", "window", "title"}; /* in the order of search_part */
    json_t *object = json_pack("{s:s, s:f}", "part", parts[e->part - 1], "value", e->value);
    if (e->part == SEARCH_PART_WORD) {
        json_object_set_new(object, "text", text_json(e->text));
        json_object_set_new(object, "idf", json_real(e->idf));
        json_object_set_new(object, "counts",
                            json_pack("[f, f, f, f]", e->counts[0], e->counts[1], e->counts[2], e->counts[3]));
        json_object_set_new(object, "rule", optional_json(e->rule));
    }
    return object;
}

static json_t *explanations_json(const search_hit *hit) {
    json_t *list = json_array();
    for (size_t i = 0; i < hit->n_explanations; i++) {
        json_array_append_new(list, explanation_json(&hit->explanations[i]));
    }
    return list;
}

static json_t *hit_json(const search_hit *hit) {
    json_t *snippets = json_array();
    for (size_t i = 0; i < hit->n_snippets; i++) {
        json_array_append_new(snippets, snippet_json(&hit->snippets[i]));
    }
    json_t *object =
        json_pack("{s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", text_json(hit->id), "score", hit->score,
                  "title", text_json(hit->title), "date", optional_json(hit->date), "date_earliest",
                  date_json(hit->date_earliest), "date_latest", date_json(hit->date_latest), "number",
                  optional_json(hit->number), "reference", optional_json(hit->reference), "snippets", snippets);
    if (hit->explanations != NULL) {
        json_object_set_new(object, "explanations", explanations_json(hit));
    }
    return object;
}

static json_t *facet_json(const search_facet_counts *facet) {
    const bool is_date = facets_is_date(facet->name);
    json_t *values = json_array();
    for (size_t i = 0; i < facet->n_values; i++) {
        const search_facet_value *v = &facet->values[i];
        json_t *value = json_pack("{s:o, s:I}", "value", text_json(v->value), "count", (json_int_t)v->count);
        if (is_date) {
            json_object_set_new(value, "certain", json_integer((json_int_t)v->certain));
        }
        if (v->selected) {
            json_object_set_new(value, "selected", json_true());
        }
        json_array_append_new(values, value);
    }
    return json_pack("{s:I, s:o}", "distinct", (json_int_t)facet->n_distinct, "values", values);
}

static json_t *texts_json(const search_text *texts, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, text_json(texts[i]));
    }
    return list;
}

static json_t *relaxation_json(const search_relaxation *relaxed, search_text query) {
    if (relaxed == NULL) {
        return json_null();
    }
    json_t *corrections = json_array();
    for (size_t i = 0; i < relaxed->n_corrections; i++) {
        const search_correction *c = &relaxed->corrections[i];
        const size_t offset = c->offset < query.n_bytes ? utf8_n_characters(query.bytes, c->offset) : 0;
        json_array_append_new(corrections, json_pack("{s:o, s:o, s:I}", "from", text_json(c->from), "to",
                                                     text_json(c->to), "offset", (json_int_t)offset));
    }
    return json_pack("{s:o, s:o, s:o, s:I}", "corrections", corrections, "missing",
                     texts_json(relaxed->missing, relaxed->n_missing), "words",
                     texts_json(relaxed->words, relaxed->n_words), "required", (json_int_t)relaxed->n_required);
}

/* Offsets are bytes in C and code points here. */
static json_t *warning_json(const search_warning *warning, search_text query) {
    const size_t offset = warning->offset < query.n_bytes ? warning->offset : query.n_bytes;
    return json_pack("{s:s, s:s, s:I, s:s}", "id", warning->id, "message", warning->message, "offset",
                     (json_int_t)utf8_n_characters(query.bytes, offset), "hint", warning->hint);
}

static json_t *results_json(const search_results *results, search_text query) {
    json_t *hits = json_array();
    for (size_t i = 0; i < results->n_hits; i++) {
        json_array_append_new(hits, hit_json(&results->hits[i]));
    }
    json_t *facets = json_object();
    for (size_t i = 0; i < results->n_facets; i++) {
        json_object_set_new(facets, results->facets[i].name.bytes, facet_json(&results->facets[i]));
    }
    json_t *dates = json_pack("{s:I, s:I, s:I}", "certain", (json_int_t)results->dates.certain, "possible",
                              (json_int_t)results->dates.possible, "undated", (json_int_t)results->dates.undated);
    json_t *warnings = json_array();
    for (size_t i = 0; i < results->n_warnings; i++) {
        json_array_append_new(warnings, warning_json(&results->warnings[i], query));
    }
    json_t *text = query.n_bytes == 0 ? json_string("") : text_json(query);
    return json_pack("{s:i, s:o, s:s, s:I, s:b, s:o, s:o, s:I, s:f, s:o, s:o, s:o, s:o}", "format", 1, "query", text,
                     "generation", results->generation, "total", (json_int_t)results->total, "exact", 1, "relaxed",
                     relaxation_json(results->relaxation, query), "suggestion", optional_json(results->suggestion),
                     "offset", (json_int_t)results->offset, "took_ms", results->took_ms, "hits", hits, "facets", facets,
                     "dates", dates, "warnings", warnings);
}

/* Six digits tell hits apart; the parts of a score add up to it in full only. */
static size_t n_digits(const search_hit *hit) {
    return hit != NULL && hit->explanations != NULL ? 17 : 6;
}

/* Takes over the value. */
static search_status dump(json_t *value, size_t n, char **out, size_t *n_out, search_error *error) {
    *out = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(n));
    *n_out = *out == NULL ? 0 : strlen(*out);
    json_decref(value);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

search_status search_hit_to_json(const search_hit *hit, char **out, size_t *n_out, search_error *error) {
    error_clear(error);
    return dump(hit_json(hit), n_digits(hit), out, n_out, error);
}

search_status json_write_results(const search_results *results, search_text query, char **out, size_t *n_out,
                                 search_error *error) {
    const size_t n = n_digits(results->n_hits > 0 ? &results->hits[0] : NULL);
    return dump(results_json(results, query), n, out, n_out, error);
}

search_status search_run_json(const search_index *index, const char *request, size_t n_request, char **out,
                              size_t *n_out, search_error *error) {
    error_clear(error);
    *out = NULL;
    *n_out = 0;
    arena memory = {0};
    search_request asked;
    search_results *results = NULL;
    search_status status = json_read_request(request, n_request, &memory, &asked, error);
    if (status == SEARCH_OK) {
        status = search_run(index, &asked, &results, error);
    }
    if (status == SEARCH_OK) {
        const search_text made = search_text_of(search_results_query(results));
        status = json_write_results(results, asked.similar_to.n_bytes > 0 ? made : asked.query, out, n_out, error);
    }
    search_results_free(results);
    arena_free(&memory);
    return status;
}
