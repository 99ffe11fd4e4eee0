/* Holds the ranking to the judged queries in queries.tsv, asked on an index of corpus/ as `cables search` does for
 * people. recall@10 is the share of a query's relevant records, ten at the most, that are among the first ten hits;
 * nDCG@10 sums the gain 2^grade - 1 of each over log2(1 + rank), against the best order there could be.  Both are means
 * over the queries.  README.md says how they are judged. */
#include "tests/unit/fixture.h"
#include <math.h>

#define RECALL_AT_LEAST 0.92
#define NDCG_AT_LEAST 0.94
#define QUERIES_AT_LEAST 60

#define N_HITS 10
#define MAX_QUERIES 512
#define MAX_RELEVANT 32

typedef struct relevant {
    const char *id;
    int grade;
} relevant;

typedef struct query {
    const char *text;
    relevant records[MAX_RELEVANT];
    size_t n_records;
} query;

typedef struct judged {
    char *file; /* what the queries point into */
    query queries[MAX_QUERIES];
    size_t n_queries;
    size_t n_unreadable;
    size_t n_unknown; /* records that the corpus does not hold */
    size_t n_refused; /* queries that the library cannot read */
    double recall;
    double ndcg;
} judged;

/* ---- The file ---- */

static void path_of(const char *name, char *out, size_t n_out) {
    const char *top = getenv("top_srcdir");
    const int n = snprintf(out, n_out, "%s/%s", top != NULL ? top : ".", name);
    assert_true(n > 0 && (size_t)n < n_out);
}

static char *read_all(const char *path) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        fail_msg("%s cannot be opened", path);
        return NULL;
    }
    enum { MOST = 1 << 20 };
    char *bytes = calloc(1, MOST);
    assert_non_null(bytes);
    const size_t n = fread(bytes, 1, MOST - 1, in);
    assert_true(feof(in) && n > 0);
    fclose(in);
    return bytes;
}

/* The judgements of a query stand together. */
static query *query_of(judged *j, const char *text) {
    if (j->n_queries > 0 && strcmp(j->queries[j->n_queries - 1].text, text) == 0)
        return &j->queries[j->n_queries - 1];
    assert_true(j->n_queries < MAX_QUERIES);
    query *q = &j->queries[j->n_queries++];
    *q = (query){.text = text};
    return q;
}

static bool read_judgement(judged *j, char *line) {
    char *id = strchr(line, '\t');
    char *grade = id == NULL ? NULL : strchr(id + 1, '\t');
    if (id == line || grade == NULL || grade == id + 1)
        return false;
    if (grade[1] < '1' || grade[1] > '3' || grade[2] != '\0')
        return false;
    *id = '\0';
    *grade = '\0';
    query *q = query_of(j, line);
    assert_true(q->n_records < MAX_RELEVANT);
    q->records[q->n_records++] = (relevant){id + 1, grade[1] - '0'};
    return true;
}

static void read_queries(judged *j) {
    char path[1024];
    path_of("tests/quality/queries.tsv", path, sizeof path);
    j->file = read_all(path);
    char *rest = j->file;
    for (size_t number = 1; *rest != '\0'; number++) {
        char *line = rest;
        rest += strcspn(rest, "\n");
        if (*rest == '\n')
            *rest++ = '\0';
        if (line[0] == '\0' || line[0] == '#' || read_judgement(j, line))
            continue;
        printf("# queries.tsv:%zu: cannot be read\n", number);
        j->n_unreadable++;
    }
}

/* ---- Asking ---- */

static search_index *build_corpus(void) {
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    const char *const sources[] = {"corpus/pages", "corpus/cables.jsonl"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        char path[1024];
        path_of(sources[i], path, sizeof path);
        assert_ok(search_writer_read(w, path, &last_error));
    }
    fixture_commit(w);
    return fixture_open();
}

static void look_for_records(judged *j, const search_index *index) {
    for (size_t i = 0; i < j->n_queries; i++) {
        const query *q = &j->queries[i];
        for (size_t k = 0; k < q->n_records; k++) {
            search_record *record = NULL;
            if (search_index_record(index, text_of(q->records[k].id), &record, &last_error) != SEARCH_OK) {
                printf("# %s: no record %s\n", q->text, q->records[k].id);
                j->n_unknown++;
            }
            search_record_free(record);
        }
    }
}

static double gain(int grade, size_t rank) {
    return (exp2(grade) - 1) / log2(1 + (double)rank);
}

static int grade_of(const query *q, search_text id) {
    for (size_t i = 0; i < q->n_records; i++) {
        const relevant *r = &q->records[i];
        if (id.n_bytes == strlen(r->id) && memcmp(id.bytes, r->id, id.n_bytes) == 0)
            return r->grade;
    }
    return 0;
}

/* The sum of gains when the best records come first. */
static double best_sum(const query *q) {
    double sum = 0;
    size_t rank = 1;
    for (int grade = 3; grade >= 1; grade--) {
        for (size_t i = 0; i < q->n_records; i++) {
            if (q->records[i].grade == grade && rank <= N_HITS)
                sum += gain(grade, rank++);
        }
    }
    return sum;
}

static void ask(judged *j, const search_index *index, const query *q) {
    search_request request = SEARCH_REQUEST_INIT;
    request.query = text_of(q->text);
    request.limit = N_HITS;
    request.n_snippets = 0;
    request.relax = true;
    search_results *results = NULL;
    if (search_run(index, &request, &results, &last_error) != SEARCH_OK) {
        printf("# %s: %s\n", q->text, last_error.message);
        j->n_refused++;
        return;
    }
    size_t n_found = 0;
    double sum = 0;
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const int grade = grade_of(q, search_results_hit(results, i)->id);
        n_found += grade > 0;
        sum += gain(grade, i + 1);
    }
    search_results_free(results);
    const size_t n_most = q->n_records < N_HITS ? q->n_records : N_HITS;
    const double recall = (double)n_found / (double)n_most;
    const double ndcg = sum / best_sum(q);
    if (recall < 1 || ndcg < 0.9)
        printf("# recall %.2f, nDCG %.2f: %s\n", recall, ndcg, q->text);
    j->recall += recall / (double)j->n_queries;
    j->ndcg += ndcg / (double)j->n_queries;
}

/* ---- The figures ---- */

static void every_line_is_read(void **state) {
    const judged *j = *state;
    assert_int_equal(j->n_unreadable, 0);
    assert_int_equal(j->n_unknown, 0);
    assert_true(j->n_queries >= QUERIES_AT_LEAST);
}

static void every_query_can_be_asked(void **state) {
    const judged *j = *state;
    assert_int_equal(j->n_refused, 0);
}

static void relevant_records_are_found(void **state) {
    const judged *j = *state;
    printf("# recall@10 %.4f over %zu queries\n", j->recall, j->n_queries);
    assert_true(j->recall >= RECALL_AT_LEAST);
}

static void relevant_records_come_first(void **state) {
    const judged *j = *state;
    printf("# nDCG@10 %.4f over %zu queries\n", j->ndcg, j->n_queries);
    assert_true(j->ndcg >= NDCG_AT_LEAST);
}

static int judge(void **state) {
    static judged j;
    if (fixture_set_up(NULL) != 0)
        return -1;
    read_queries(&j);
    search_index *index = build_corpus();
    look_for_records(&j, index);
    for (size_t i = 0; i < j.n_queries; i++)
        ask(&j, index, &j.queries[i]);
    search_index_free(index);
    *state = &j;
    return 0;
}

static int clear(void **state) {
    const judged *j = *state;
    free(j->file);
    return fixture_tear_down(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_read),
        cmocka_unit_test(every_query_can_be_asked),
        cmocka_unit_test(relevant_records_are_found),
        cmocka_unit_test(relevant_records_come_first),
    };
    return cmocka_run_group_tests_name("queries", tests, judge, clear);
}
