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
    "{\"id\":\"3\",\"body\":\"secret\",\"places\":[\"Atlantis > Korelia\"]}", "{\"id\":\"4\",\"body\":\"open\"}", NULL};

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
    const search_where wheres[] = {
        {text_of("places"), text_of("Europe")}, {text_of("places"), text_of("Zembla")}, {text_of("places"), {NULL, 0}}};
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
    snprintf(record, sizeof record, "{\"id\":\"1\",\"body\":\"b\",\"topics\":[\"%s\",\"\",\"  \",\"twice\",\"twice\"]}",
             value);
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
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"b\",\"date\":\"1961..1963\"}",
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

/* ---- Every record -------------------------------------------------------------------------------------------------
 */

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

/* ---- The JSON door ------------------------------------------------------------------------------------------------
 */

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

/* ---- Against brute force ------------------------------------------------------------------------------------------
 */

/* The first two facets are hierarchical, the last three come from dates. */
enum { max_records = 400, max_values = 4000, n_facets = 6 };

static const char *const facet_names[n_facets] = {"places", "topics", "archive", "decade", "year", "month"};

/* A record as it is counted by hand: for each facet its values, each once. */
typedef struct counted_record {
    char id[64];
    char *values[n_facets][300];
    size_t n_values[n_facets];
} counted_record;

typedef struct counted_index {
    counted_record *records;
    size_t n;
} counted_index;

static void add_own_value(counted_record *r, size_t facet, const char *text, size_t n_text) {
    for (size_t i = 0; i < r->n_values[facet]; i++) {
        if (strlen(r->values[facet][i]) == n_text && memcmp(r->values[facet][i], text, n_text) == 0)
            return;
    }
    assert_true(r->n_values[facet] < 300);
    r->values[facet][r->n_values[facet]++] = strndup(text, n_text);
}

typedef struct own_date {
    int from_year, from_month, until_year, until_month;
} own_date;

/* The forms that the corpus and the records below have; any other is no date. */
static bool read_own_date(const char *text, own_date *out) {
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    char word[32];
    int a = 0;
    int b = 0;
    int c = 0;
    int n = 0;
    if (sscanf(text, "%4d..%4d%n", &a, &b, &n) == 2 && text[n] == '\0')
        *out = (own_date){a, 1, b, 12};
    else if (sscanf(text, "%4d-%2d-%2d%n", &a, &b, &c, &n) == 3 && text[n] == '\0')
        *out = (own_date){a, b, a, b};
    else if (sscanf(text, "%4d-%2d%n", &a, &b, &n) == 2 && text[n] == '\0')
        *out = (own_date){a, b, a, b};
    else if (sscanf(text, "%4d%n", &a, &n) == 1 && n == 4 && text[n] == '\0')
        *out = (own_date){a, 1, a, 12};
    else if (sscanf(text, "c. %4d%n", &a, &n) == 1 && text[n] == '\0')
        *out = (own_date){a - 1, 1, a + 1, 12};
    else if (((sscanf(text, "%31[A-Za-z] %d, %4d%n", word, &b, &a, &n) == 3 && text[n] == '\0')) ||
             (sscanf(text, "%d %31[A-Za-z] %4d%n", &b, word, &a, &n) == 3 && text[n] == '\0') ||
             (sscanf(text, "%31[A-Za-z] %4d%n", word, &a, &n) == 2 && text[n] == '\0')) {
        for (int m = 0; m < 12; m++) {
            if (strcmp(word, months[m]) == 0) {
                *out = (own_date){a, m + 1, a, m + 1};
                return true;
            }
        }
        return false;
    } else
        return false;
    return true;
}

static void add_own_periods(counted_record *r, const char *date) {
    own_date d;
    char text[16];
    if (!read_own_date(date, &d))
        return;
    for (int month = d.from_year * 12 + d.from_month - 1; month <= d.until_year * 12 + d.until_month - 1; month++) {
        snprintf(text, sizeof text, "%d0s", month / 120);
        add_own_value(r, 3, text, strlen(text));
        snprintf(text, sizeof text, "%d", month / 12);
        add_own_value(r, 4, text, strlen(text));
        snprintf(text, sizeof text, "%d-%02d", month / 12, month % 12 + 1);
        if (d.until_year - d.from_year < 10)
            add_own_value(r, 5, text, strlen(text));
    }
}

static bool take_record(void *context, const search_record *record) {
    counted_index *all = context;
    assert_true(all->n < max_records);
    counted_record *r = &all->records[all->n++];
    const search_text id = search_record_value(record, "id", 0);
    assert_true(id.n_bytes < sizeof r->id);
    memcpy(r->id, id.bytes, id.n_bytes);
    for (size_t f = 0; f < 3; f++) {
        for (size_t v = 0; v < search_record_n_values(record, facet_names[f]); v++) {
            const search_text value = search_record_value(record, facet_names[f], v);
            for (size_t i = 1; f < 2 && i + 3 < value.n_bytes; i++) {
                if (memcmp(value.bytes + i, " > ", 3) == 0)
                    add_own_value(r, f, value.bytes, i);
            }
            add_own_value(r, f, value.bytes, value.n_bytes);
        }
    }
    char date[64] = "";
    const search_text given = search_record_value(record, "date", 0);
    memcpy(date, given.bytes, given.n_bytes < sizeof date ? given.n_bytes : 0);
    add_own_periods(r, date);
    return true;
}

static void forget_records(counted_index *all) {
    for (size_t i = 0; i < all->n; i++) {
        for (size_t f = 0; f < n_facets; f++) {
            for (size_t v = 0; v < all->records[i].n_values[f]; v++)
                free(all->records[i].values[f][v]);
        }
    }
    free(all->records);
}

/* The corpus, and records with dates and places that it has not. */
static search_index *build_mixed(const scratch *s) {
    static const char *const dates[] = {"1961..1963", "1958..1961", "1940..1955", "1961",      "1962-02",
                                        "1969..1970", "",           "c. 1960",    "1962-02-11"};
    static const char *const trees[] = {"Asia", "Asia > Korea > Seoul", "Europe > Poland", "Moon > Base > Gate > Door"};
    const search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    const char *top = getenv("top_srcdir");
    char path[512];
    search_writer *w = NULL;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    snprintf(path, sizeof path, "%s/corpus/cables.jsonl", top == NULL ? "." : top);
    assert_ok(search_writer_read(w, path, &last_error));
    snprintf(path, sizeof path, "%s/corpus/pages", top == NULL ? "." : top);
    assert_ok(search_writer_read(w, path, &last_error));
    unsigned seed = 11;
    for (int i = 0; i < 120; i++) {
        char json[512];
        const unsigned a = seed = seed * 1103515245u + 12345u;
        snprintf(json, sizeof json,
                 "{\"id\":\"made-%d\",\"body\":\"Invented report on %s and %s\",\"date\":\"%s\","
                 "\"places\":[\"%s\",\"%s\"],\"topics\":[\"t%u\",\"t%u\"]}",
                 i, a >> 16 & 1 ? "grain" : "korea", a >> 17 & 1 ? "border" : "embassy", dates[(a >> 8) % 9],
                 trees[a >> 18 & 3], trees[a >> 20 & 3], a >> 22 & 7, a >> 25 & 7);
        assert_ok(put_json(w, json, &last_error));
    }
    search_write_summary summary;
    assert_ok(search_writer_commit(w, &summary, &last_error));
    search_writer_free(w);
    return open_index(s->index);
}

/* Which records a query finds, nothing restricted. */
static void match_all(const search_index *index, const counted_index *all, const char *query, bool *is_match) {
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.query = text_of(query);
    request.limit = 10000;
    request.n_snippets = 0;
    assert_ok(search_run(index, &request, &results, &last_error));
    memset(is_match, 0, max_records * sizeof *is_match);
    for (size_t h = 0; h < search_results_n_hits(results); h++) {
        const search_text id = search_results_hit(results, h)->id;
        for (size_t r = 0; r < all->n; r++) {
            if (strlen(all->records[r].id) == id.n_bytes && memcmp(all->records[r].id, id.bytes, id.n_bytes) == 0)
                is_match[r] = true;
        }
    }
    search_results_free(results);
}

typedef struct own_where {
    size_t facet;
    const char *value; /* null: records without one */
} own_where;

static bool has_value(const counted_record *r, size_t facet, const char *value) {
    bool has = value == NULL && r->n_values[facet] == 0;
    for (size_t v = 0; value != NULL && v < r->n_values[facet]; v++)
        has = has || strcmp(r->values[facet][v], value) == 0;
    return has;
}

/* Whether a record meets the selections of every facet but one. */
static bool is_selected(const counted_record *r, const own_where *wheres, size_t n_wheres, size_t except) {
    for (size_t f = 0; f < n_facets; f++) {
        bool is_asked = false;
        bool is_met = false;
        for (size_t w = 0; w < n_wheres; w++) {
            if (wheres[w].facet == f && f != except) {
                is_asked = true;
                is_met = is_met || has_value(r, f, wheres[w].value);
            }
        }
        if (is_asked && !is_met)
            return false;
    }
    return true;
}

typedef struct own_count {
    const char *value;
    size_t count;
    size_t certain;
    bool is_selected;
} own_count;

static int by_own_count(const void *a, const void *b) {
    const own_count *x = a;
    const own_count *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->value, y->value);
}

static own_count *own_count_of(own_count *counts, size_t *n, const char *value) {
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(counts[i].value, value) == 0)
            return &counts[i];
    }
    assert_true(*n < max_values);
    counts[*n] = (own_count){value, 0, 0, false};
    return &counts[(*n)++];
}

/* A date is certain of a period when it begins and ends there: when it has no other of its kind. */
static void add_record_counts(const counted_record *r, size_t facet, own_count *counts, size_t *n) {
    for (size_t v = 0; v < r->n_values[facet]; v++) {
        own_count *c = own_count_of(counts, n, r->values[facet][v]);
        c->count++;
        c->certain += facet < 3 || (strcmp(r->values[facet][0], r->values[facet][v]) == 0 &&
                                    strcmp(r->values[facet][r->n_values[facet] - 1], r->values[facet][v]) == 0)
                          ? 1
                          : 0;
    }
}

static void check_value(const search_facet_value *got, const own_count *expected) {
    if (expected->value == NULL)
        assert_null(got->value.bytes);
    else
        assert_text(got->value, expected->value);
    assert_int_equal(got->count, expected->count);
    assert_int_equal(got->certain, expected->certain);
    assert_int_equal(got->selected, expected->is_selected);
}

static void check_facet(const counted_index *all, const bool *is_match, const own_where *wheres, size_t n_wheres,
                        size_t facet, size_t limit, const search_facet_counts *got) {
    static own_count counts[max_values];
    own_count without = {NULL, 0, 0, false};
    size_t n = 0;
    for (size_t r = 0; r < all->n; r++) {
        if (is_match[r] && is_selected(&all->records[r], wheres, n_wheres, facet)) {
            add_record_counts(&all->records[r], facet, counts, &n);
            without.count += all->records[r].n_values[facet] == 0 ? 1 : 0;
        }
    }
    without.certain = without.count;
    if (got->n_distinct != n)
        fail_msg("%s has %zu values, not %zu", facet_names[facet], got->n_distinct, n);
    for (size_t w = 0; w < n_wheres; w++) {
        if (wheres[w].facet == facet && wheres[w].value == NULL)
            without.is_selected = true;
        else if (wheres[w].facet == facet)
            own_count_of(counts, &n, wheres[w].value)->is_selected = true;
    }
    qsort(counts, n, sizeof *counts, by_own_count);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if ((i < limit && counts[i].count > 0) || counts[i].is_selected) {
            assert_true(at < got->n_values);
            check_value(&got->values[at++], &counts[i]);
        }
    }
    if (without.count > 0 || without.is_selected) {
        assert_true(at < got->n_values);
        check_value(&got->values[at++], &without);
    }
    assert_int_equal(got->n_values, at);
}

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

static own_where random_where(const counted_index *all, unsigned *seed) {
    own_where where = {next_random(seed) % n_facets, NULL};
    const counted_record *r = &all->records[next_random(seed) % all->n];
    const unsigned kind = next_random(seed) % 12;
    if (kind == 0)
        where.value = "No such value";
    else if (kind > 1 && r->n_values[where.facet] > 0)
        where.value = r->values[where.facet][next_random(seed) % r->n_values[where.facet]];
    return where;
}

static size_t n_compared;

/* One search for all facets. */
static void compare_search(const search_index *index, const counted_index *all, const char *query, const char *filter,
                           const own_where *own, size_t n_wheres, size_t limit) {
    static bool is_match[max_records];
    static bool is_allowed[max_records];
    search_where wheres[4];
    search_facet_request facets[n_facets];
    search_request request = SEARCH_REQUEST_INIT;
    for (size_t w = 0; w < n_wheres; w++)
        wheres[w] = (search_where){text_of(facet_names[own[w].facet]), text_of(own[w].value)};
    for (size_t f = 0; f < n_facets; f++)
        facets[f] = (search_facet_request){.name = text_of(facet_names[f]), .limit = limit};
    request.query = text_of(query);
    request.required_filter = text_of(filter);
    request.wheres = wheres;
    request.n_wheres = n_wheres;
    request.facets = facets;
    request.n_facets = n_facets;
    request.limit = 0;
    search_results *results = NULL;
    assert_ok(search_run(index, &request, &results, &last_error));
    match_all(index, all, query, is_match);
    if (filter[0] != '\0')
        match_all(index, all, filter, is_allowed);
    size_t total = 0;
    for (size_t r = 0; r < all->n; r++) {
        is_match[r] = is_match[r] && (filter[0] == '\0' || is_allowed[r]);
        total += is_match[r] && is_selected(&all->records[r], own, n_wheres, n_facets) ? 1 : 0;
    }
    if (search_results_total(results) != total)
        fail_msg("query \"%s\", filter \"%s\", %zu selections: %d, not %zu", query, filter, n_wheres,
                 (int)search_results_total(results), total);
    n_compared += total > 0 ? 1 : 0;
    for (size_t f = 0; f < n_facets; f++)
        check_facet(all, is_match, own, n_wheres, f, limit == 0 ? 10 : limit, search_results_facet(results, f));
    search_results_free(results);
}

static void test_counts_are_those_of_brute_force(void **state) {
    static const char *const queries[] = {
        "",        "korea",          "border",        "korea border", "korea OR grain",
        "embassy", "soviet OR rice", "china -border", "the",          "report grain"};
    static const char *const filters[] = {"", "", "invented OR korea", "NOT border"};
    static const size_t limits[] = {0, 1, 4, 100000};
    search_index *index = build_mixed(*state);
    counted_index all = {calloc(max_records, sizeof *all.records), 0};
    assert_non_null(all.records);
    assert_ok(search_index_each(index, take_record, &all, &last_error));
    assert_int_equal(all.n, 75 + 120);
    unsigned seed = 1961;
    n_compared = 0;
    for (int i = 0; i < 300; i++) {
        own_where wheres[4];
        const char *query = queries[next_random(&seed) % 10];
        const char *filter = filters[next_random(&seed) % 4];
        const size_t n_wheres = next_random(&seed) % 5;
        for (size_t w = 0; w < n_wheres; w++)
            wheres[w] = random_where(&all, &seed);
        compare_search(index, &all, query, filter, wheres, n_wheres, limits[next_random(&seed) % 4]);
    }
    assert_true(n_compared > 100); /* most searches find something to count */
    forget_records(&all);
    search_index_free(index);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_each_ancestor_counts_once),
        TEST(test_values_that_contain_a_text),
        TEST(test_one_level_below),
        TEST(test_selected_values_stay),
        TEST(test_hidden_values_are_not_told),
        TEST(test_what_cannot_be_asked_of_a_facet),
        TEST(test_odd_values),
        TEST(test_thousands_of_values),
        TEST(test_periods_count_what_may_and_what_must),
        TEST(test_a_long_span_has_no_months),
        TEST(test_each_record_in_order),
        TEST(test_facets_through_json),
        TEST(test_counts_are_those_of_brute_force),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
