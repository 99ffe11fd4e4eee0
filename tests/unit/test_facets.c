/* Facets against counting by hand and by brute force: the records that search_index_each gives are counted anew, from
 * their own fields and by code that shares nothing with the library, for random queries, selections and filters.  The
 * corpus comes from $top_srcdir, else the working directory; all other records are made up here. */
#include "fixture.h"

#include <jansson.h>

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

static search_index *index_of(const scratch *s, const char *const *records) {
    rebuild(s->index, records);
    return open_index(s->index);
}

static search_results *counts_of(const search_index *index, search_request *request,
                                 const search_facet_request *facet) {
    search_results *results = NULL;
    request->limit = 0;
    request->facets = facet;
    request->n_facets = 1;
    assert_ok(search_run(index, request, &results, &last_error));
    return results;
}

/* The values of an answer in one line: "N: VALUE COUNT/CERTAIN, …"; a selected value has a star, null is "-". */
static const char *line_of(const search_facet_counts *facet) {
    static char line[4096];
    int n = snprintf(line, sizeof line, "%zu:", facet->n_distinct);
    for (size_t i = 0; i < facet->n_values && n < (int)sizeof line; i++) {
        const search_facet_value *v = &facet->values[i];
        n += snprintf(line + n, sizeof line - (size_t)n, "%s %s%.*s %d", i > 0 ? "," : "", v->selected ? "*" : "",
                      v->value.bytes ? (int)v->value.n_bytes : 1, v->value.bytes ? v->value.bytes : "-", (int)v->count);
        if (v->certain != v->count)
            n += snprintf(line + n, sizeof line - (size_t)n, "/%d", (int)v->certain);
    }
    return line;
}

static void assert_counts(const search_index *index, search_request *request, const search_facet_request *facet,
                          const char *expected) {
    search_results *results = counts_of(index, request, facet);
    assert_string_equal(line_of(search_results_facet(results, 0)), expected);
    search_results_free(results);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static const char *const places[] = {
    "{\"id\":\"1\",\"body\":\"open\",\"places\":[\"Asia > Korea\",\"Asia > Korea > Seoul\",\"Asia > China\"]}",
    "{\"id\":\"2\",\"body\":\"open\",\"places\":[\"Asia > Korea > P'y\xC5\x8Fngan\",\"Europe\"]}",
    "{\"id\":\"3\",\"body\":\"secret\",\"places\":[\"Atlantis > Korelia\"]}",
    "{\"id\":\"4\",\"body\":\"open\"}",
    NULL};

static void test_each_ancestor_counts_once(void **state) {
    search_index *index = index_of(*state, places);
    search_request request = SEARCH_REQUEST_INIT;
    const search_facet_request all = {.name = text_of("places"), .limit = 100};
    assert_counts(index, &request, &all,
                  "8: Asia 2, Asia > Korea 2, Asia > China 1, Asia > Korea > P'y\xC5\x8Fngan 1, "
                  "Asia > Korea > Seoul 1, Atlantis 1, Atlantis > Korelia 1, Europe 1, - 1");
    search_index_free(index);
}

static void test_values_that_contain_a_text(void **state) {
    search_index *index = index_of(*state, places);
    search_request request = SEARCH_REQUEST_INIT;
    const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"pyongan", "1: Asia > Korea > P'y\xC5\x8Fngan 1"},
        {"P\xE2\x80\x99Y\xC5\x8ENG", "1: Asia > Korea > P'y\xC5\x8Fngan 1"},
        {"ASIA  > chi", "1: Asia > China 1"},
        {"kor", "4: Asia > Korea 2, Asia > Korea > P'y\xC5\x8Fngan 1, Asia > Korea > Seoul 1, Atlantis > Korelia 1"},
        {"xyz", "0:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const search_facet_request facet = {.name = text_of("places"), .contains = text_of(cases[i].text)};
        assert_counts(index, &request, &facet, cases[i].expected);
    }
    const search_facet_request limited = {.name = text_of("places"), .limit = 1, .contains = text_of("kor")};
    assert_counts(index, &request, &limited, "4: Asia > Korea 2");
    const search_facet_request none = {.name = text_of("places"), .limit = 1, .contains = text_of(" > ")};
    assert_counts(index, &request, &none, "8: Asia 2, - 1");
    search_index_free(index);
}

static void test_one_level_below(void **state) {
    search_index *index = index_of(*state, places);
    search_request request = SEARCH_REQUEST_INIT;
    const struct {
        const char *below;
        const char *expected;
    } cases[] = {
        {"", "3: Asia 2, Atlantis 1, Europe 1"},
        {"Asia", "2: Asia > Korea 2, Asia > China 1"},
        {"Asia > Korea", "2: Asia > Korea > P'y\xC5\x8Fngan 1, Asia > Korea > Seoul 1"},
        {"Asia > Kor", "0:"},
        {"Europe", "0:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const search_facet_request facet = {.name = text_of("places"), .below = text_of(cases[i].below)};
        assert_counts(index, &request, &facet, cases[i].expected);
    }
    const search_facet_request both = {
        .name = text_of("places"), .below = text_of("Asia"), .contains = text_of("CHIN")};
    assert_counts(index, &request, &both, "1: Asia > China 1");
    search_index_free(index);
}

static void test_selected_values_stay(void **state) {
    search_index *index = index_of(*state, places);
    search_request request = SEARCH_REQUEST_INIT;
    const search_where wheres[] = {{text_of("places"), text_of("Europe")},
                                   {text_of("places"), text_of("Zembla")},
                                   {text_of("places"), {NULL, 0}}};
    request.wheres = wheres;
    request.n_wheres = 3;
    const search_facet_request top = {.name = text_of("places"), .limit = 1};
    assert_counts(index, &request, &top, "8: Asia 2, *Europe 1, *Zembla 0, *- 1");
    const search_facet_request china = {.name = text_of("places"), .contains = text_of("china")};
    assert_counts(index, &request, &china, "1: Asia > China 1, *Europe 1, *Zembla 0, *- 1");
    const search_facet_request below = {.name = text_of("places"), .below = text_of("Asia > Korea"), .limit = 1};
    assert_counts(index, &request, &below, "2: Asia > Korea > P'y\xC5\x8Fngan 1, *Europe 1, *Zembla 0, *- 1");
    search_index_free(index);
}

/* Nothing of a record that the filter hides is told, not even by the order of what is selected. */
static void test_hidden_values_are_not_told(void **state) {
    search_index *index = index_of(*state, places);
    search_request request = SEARCH_REQUEST_INIT;
    request.required_filter = text_of("open");
    const search_facet_request all = {.name = text_of("places"), .limit = 100};
    assert_counts(index, &request, &all,
                  "6: Asia 2, Asia > Korea 2, Asia > China 1, Asia > Korea > P'y\xC5\x8Fngan 1, "
                  "Asia > Korea > Seoul 1, Europe 1, - 1");
    const search_facet_request kor = {.name = text_of("places"), .limit = 1, .contains = text_of("atlant")};
    assert_counts(index, &request, &kor, "0:");
    const search_facet_request below = {.name = text_of("places"), .below = text_of("Atlantis")};
    assert_counts(index, &request, &below, "0:");
    const search_where wheres[] = {{text_of("places"), text_of("Zembla")},
                                   {text_of("places"), text_of("Atlantis")},
                                   {text_of("places"), text_of("Aaa")}};
    request.wheres = wheres;
    request.n_wheres = 3;
    assert_counts(index, &request, &kor, "0: *Aaa 0, *Atlantis 0, *Zembla 0");
    search_index_free(index);
}

static void test_what_cannot_be_asked_of_a_facet(void **state) {
    search_index *index = index_of(*state, places);
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    search_facet_request facet = {.name = text_of("places"), .contains = text_of("caf\xE9")};
    request.facets = &facet;
    request.n_facets = 1;
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    assert_string_equal(last_error.id, "facet.not_utf8");
    facet = (search_facet_request){.name = text_of("places"), .below = text_of("\xFF")};
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    facet = (search_facet_request){.name = text_of("archive"), .below = text_of("")};
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    assert_string_equal(last_error.id, "facet.no_levels");
    facet = (search_facet_request){.name = text_of("decade"), .below = text_of("1960s")};
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_ARGUMENT);
    char *much = calloc(1, 64 * 1024 + 1);
    assert_non_null(much);
    memset(much, 'a', 64 * 1024 + 1);
    facet = (search_facet_request){.name = text_of("places"), .contains = {much, 64 * 1024 + 1}};
    assert_fails(search_run(index, &request, &results, &last_error), SEARCH_E_LIMIT);
    facet.contains.n_bytes--;
    assert_counts(index, &request, &facet, "0:");
    free(much);
    search_index_free(index);
}

/* Long values are kept whole, an empty one is none, and one given twice counts once. */
static void test_odd_values(void **state) {
    char value[301];
    memset(value, 'x', 300);
    value[300] = '\0';
    char record[1024];
    snprintf(record, sizeof record,
             "{\"id\":\"1\",\"body\":\"b\",\"topics\":[\"%s\",\"\",\"  \",\"twice\",\"twice\"]}", value);
    search_index *index = index_of(*state, RECORDS(record, "{\"id\":\"2\",\"body\":\"b\",\"topics\":[\"\"]}"));
    search_request request = SEARCH_REQUEST_INIT;
    const search_facet_request topics = {.name = text_of("topics")};
    char expected[1024];
    snprintf(expected, sizeof expected, "2: twice 1, %s 1, - 1", value);
    assert_counts(index, &request, &topics, expected);
    const search_where where = {text_of("topics"), text_of(value)};
    request.wheres = &where;
    request.n_wheres = 1;
    search_results *results = counts_of(index, &request, &topics);
    assert_int_equal(search_results_total(results), 1);
    search_results_free(results);
    search_index_free(index);
}

static void test_thousands_of_values(void **state) {
    enum { n_records = 30, n_values = 100 };
    const scratch *s = *state;
    const search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (int r = 0; r < n_records; r++) {
        char json[n_values * 24 + 100];
        int n = snprintf(json, sizeof json, "{\"id\":\"%d\",\"body\":\"b\",\"topics\":[\"All\"", r);
        for (int v = 0; v < n_values; v++)
            n += snprintf(json + n, sizeof json - (size_t)n, ",\"Topic %02d-%02d\"", r, v);
        snprintf(json + n, sizeof json - (size_t)n, "]}");
        assert_ok(put_json(w, json, &last_error));
    }
    search_write_summary summary;
    assert_ok(search_writer_commit(w, &summary, &last_error));
    search_writer_free(w);
    search_index *index = open_index(s->index);
    search_request request = SEARCH_REQUEST_INIT;
    const search_facet_request top = {.name = text_of("topics"), .limit = 3};
    assert_counts(index, &request, &top, "3001: All 30, Topic 00-00 1, Topic 00-01 1");
    const search_facet_request some = {.name = text_of("topics"), .limit = 2, .contains = text_of("c 17")};
    assert_counts(index, &request, &some, "100: Topic 17-00 1, Topic 17-01 1");
    search_facet_request every = {.name = text_of("topics"), .limit = SIZE_MAX};
    search_results *results = counts_of(index, &request, &every);
    assert_int_equal(search_results_facet(results, 0)->n_values, 3001);
    search_results_free(results);
    search_index_free(index);
}

/* ---- Periods ----------------------------------------------------------------------------------------------------- */

static void test_periods_count_what_may_and_what_must(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"body\":\"b\",\"date\":\"1961..1963\"}",
                        "{\"id\":\"2\",\"body\":\"b\",\"date\":\"1961-12-02\"}",
                        "{\"id\":\"3\",\"body\":\"b\",\"date\":\"1962-03\"}", "{\"id\":\"4\",\"body\":\"b\"}",
                        "{\"id\":\"5\",\"body\":\"b\",\"date\":\"1969-12-31..1970-01-01\"}"));
    search_request request = SEARCH_REQUEST_INIT;
    const search_facet_request decade = {.name = text_of("decade")};
    assert_counts(index, &request, &decade, "2: 1960s 4/3, 1970s 1/0, - 1");
    const search_facet_request year = {.name = text_of("year")};
    assert_counts(index, &request, &year, "5: 1961 2/1, 1962 2/1, 1963 1/0, 1969 1/0, 1970 1/0, - 1");
    const search_facet_request month = {.name = text_of("month"), .limit = 3};
    assert_counts(index, &request, &month, "38: 1961-12 2/1, 1962-03 2/1, 1961-01 1/0, - 1");
    search_index_free(index);
}

static void test_a_long_span_has_no_months(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"b\",\"date\":\"1900..1999\"}",
                                                   "{\"id\":\"2\",\"body\":\"b\",\"date\":\"1960..1969\"}"));
    search_request request = SEARCH_REQUEST_INIT;
    const search_facet_request decade = {.name = text_of("decade"), .limit = 1};
    assert_counts(index, &request, &decade, "10: 1960s 2/1");
    const search_facet_request year = {.name = text_of("year"), .limit = 1};
    assert_counts(index, &request, &year, "100: 1960 2/0");
    const search_facet_request month = {.name = text_of("month"), .limit = 1};
    assert_counts(index, &request, &month, "120: 1960-01 1/0, - 1");
    search_index_free(index);
}

/* ---- Every record ------------------------------------------------------------------------------------------------- */

typedef struct each_seen {
    const search_index *index; /* null: not searched */
    char ids[64];
    size_t n_max;
    size_t n;
} each_seen;

static bool see(void *context, const search_record *record) {
    each_seen *seen = context;
    const search_text id = search_record_value(record, "id", 0);
    strncat(seen->ids, id.bytes, id.n_bytes);
    if (seen->index != NULL)
        assert_int_equal(fixture_total(seen->index, ""), 3);
    return ++seen->n < seen->n_max;
}

static void test_each_record_in_order(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"b\",\"body\":\"1\"}", "{\"id\":\"c\",\"body\":\"2\",\"date\":\"1999\"}",
                                 "{\"id\":\"a\",\"body\":\"3\"}"));
    each_seen seen = {index, "", 100, 0};
    assert_ok(search_index_each(index, see, &seen, &last_error));
    assert_string_equal(seen.ids, "bca");
    seen = (each_seen){NULL, "", 2, 0};
    assert_fails(search_index_each(index, see, &seen, &last_error), SEARCH_E_CANCELLED);
    assert_string_equal(seen.ids, "bc");
    assert_fails(search_index_each(index, NULL, &seen, &last_error), SEARCH_E_ARGUMENT);
    search_index_free(index);
}

/* ---- The JSON door ------------------------------------------------------------------------------------------------ */

static json_t *ask_json(const search_index *index, const char *request) {
    char *answer = NULL;
    size_t n_answer = 0;
    assert_ok(search_run_json(index, request, strlen(request), &answer, &n_answer, &last_error));
    json_t *root = json_loadb(answer, n_answer, 0, NULL);
    assert_non_null(root);
    search_bytes_free(answer);
    return json_object_get(root, "facets") == NULL ? NULL : root;
}

static void test_facets_through_json(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"body\":\"b\",\"date\":\"1961..1963\",\"places\":[\"Asia > Korea\"]}"));
    json_t *root = ask_json(index, "{\"limit\":0,\"facets\":[{\"name\":\"places\",\"below\":\"\",\"limit\":5},"
                                   "{\"name\":\"year\",\"contains\":\"62\"},\"decade:1\"]}");
    char *facets = json_dumps(json_object_get(root, "facets"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(facets, "{\"decade\":{\"distinct\":1,\"values\":[{\"certain\":1,\"count\":1,\"value\":"
                                "\"1960s\"}]},\"places\":{\"distinct\":1,\"values\":[{\"count\":1,\"value\":"
                                "\"Asia\"}]},\"year\":{\"distinct\":1,\"values\":[{\"certain\":0,\"count\":1,"
                                "\"value\":\"1962\"}]}}");
    free(facets);
    json_decref(root);
    static const char *const bad[] = {
        "{\"facets\":[{\"limit\":3}]}",
        "{\"facets\":[{\"name\":\"places\",\"prefix\":\"a\"}]}",
        "{\"facets\":[{\"name\":\"places\",\"limit\":-1}]}",
        "{\"facets\":[{\"name\":\"places\",\"contains\":1}]}",
        "{\"facets\":[{\"name\":\"places\",\"below\":null}]}",
        "{\"facets\":[{}]}",
        "{\"facets\":[[]]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *answer = NULL;
        size_t n_answer = 0;
        assert_fails(search_run_json(index, bad[i], strlen(bad[i]), &answer, &n_answer, &last_error),
                     SEARCH_E_ARGUMENT);
        assert_null(answer);
    }
    search_index_free(index);
}
