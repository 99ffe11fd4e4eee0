/* Holds the library to the judged names in names.tsv: one record a name, then each name asked as a phrase.  Recall is
 * the share of the pairs that meet and are found, precision the share of what is found that is to meet; both count each
 * direction of a pair.  README.md says how the pairs are judged. */
#include "tests/unit/fixture.h"

#define RECALL_AT_LEAST 0.98
#define PRECISION_AT_LEAST 0.99
#define PAIRS_AT_LEAST 300 /* of either kind */

#define MAX_PAIRS 4096
#define MAX_RULES 512

typedef enum verdict { MEET, DIFFER, OUTSIDE } verdict;

typedef struct pair {
    verdict verdict;
    const char *a;
    const char *b;
    size_t rule;
} pair;

/* How often names met, of so many directions. */
typedef struct tally {
    size_t n_met;
    size_t n;
} tally;

typedef struct rule {
    const char *text;
    tally meet;
    tally differ; /* those of `outside` too */
} rule;

typedef struct judged {
    char *file; /* what the pairs point into */
    pair pairs[MAX_PAIRS];
    size_t n_pairs;
    const char *names[2 * MAX_PAIRS]; /* each once; the id of its record is its number */
    size_t n_names;
    rule rules[MAX_RULES];
    size_t n_rules;
    size_t n_unreadable;
    tally meet;
    tally differ;
} judged;

/* ---- The file ---- */

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

/* Cuts the field that ends at `stop` off the line; null when there is none, or an empty one. */
static char *next_field(char **line, char stop) {
    char *field = *line;
    char *end = strchr(field, stop);
    if (end == NULL || end == field)
        return NULL;
    *end = '\0';
    *line = end + 1;
    return field;
}

static size_t number_of_name(const judged *j, const char *name) {
    size_t i = 0;
    while (i < j->n_names && strcmp(j->names[i], name) != 0)
        i++;
    return i;
}

static void add_name(judged *j, const char *name) {
    const size_t i = number_of_name(j, name);
    if (i == j->n_names)
        j->names[j->n_names++] = name;
}

static size_t number_of_rule(judged *j, const char *text) {
    size_t i = 0;
    while (i < j->n_rules && strcmp(j->rules[i].text, text) != 0)
        i++;
    if (i < j->n_rules)
        return i;
    assert_true(j->n_rules < MAX_RULES);
    j->rules[j->n_rules++].text = text;
    return i;
}

static bool read_verdict(const char *text, verdict *out) {
    static const char *const names[] = {[MEET] = "meet", [DIFFER] = "differ", [OUTSIDE] = "outside"};
    for (size_t i = 0; text != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) != 0)
            continue;
        *out = (verdict)i;
        return true;
    }
    return false;
}

static bool read_pair(judged *j, char *line) {
    pair p;
    if (!read_verdict(next_field(&line, '\t'), &p.verdict))
        return false;
    p.a = next_field(&line, '\t');
    p.b = p.a == NULL ? NULL : next_field(&line, '\t');
    if (p.b == NULL || *line == '\0' || strchr(line, '\t') != NULL || strcmp(p.a, p.b) == 0)
        return false;
    p.rule = number_of_rule(j, line);
    assert_true(j->n_pairs < MAX_PAIRS);
    j->pairs[j->n_pairs++] = p;
    add_name(j, p.a);
    add_name(j, p.b);
    return true;
}

static void read_pairs(judged *j) {
    const char *top = getenv("top_srcdir");
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/quality/names.tsv", top != NULL ? top : ".");
    j->file = read_all(path);
    char *rest = j->file;
    for (size_t number = 1; *rest != '\0'; number++) {
        char *line = rest;
        char *end = strchr(line, '\n');
        rest = end == NULL ? line + strlen(line) : end + 1;
        if (end != NULL)
            *end = '\0';
        if (line[0] == '\0' || line[0] == '#' || read_pair(j, line))
            continue;
        printf("# names.tsv:%zu: cannot be read\n", number);
        j->n_unreadable++;
    }
}

/* ---- Asking ---- */

static void put_name(search_writer *w, size_t number, const char *name) {
    char id[24], body[512];
    snprintf(id, sizeof id, "%zu", number);
    const int n = snprintf(body, sizeof body, "The telegram names %s in its first paragraph.", name);
    assert_true(n > 0 && (size_t)n < sizeof body);
    search_record *record = NULL;
    assert_ok(search_record_new(&record, &last_error));
    assert_ok(search_record_add(record, "id", text_of(id), &last_error));
    assert_ok(search_record_add(record, "body", text_of(body), &last_error));
    assert_ok(search_writer_put(w, record, &last_error));
    search_record_free(record);
}

static search_index *build_names(const judged *j) {
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    for (size_t i = 0; i < j->n_names; i++)
        put_name(w, i, j->names[i]);
    fixture_commit(w);
    return fixture_open();
}

static void quote(const char *name, char *out, size_t n_out) {
    size_t n = 0;
    out[n++] = '"';
    for (const char *c = name; *c != '\0'; c++) {
        assert_true(n + 4 < n_out);
        if (*c == '"' || *c == '\\')
            out[n++] = '\\';
        out[n++] = *c;
    }
    out[n++] = '"';
    out[n] = '\0';
}

/* Whether the name that is asked finds the record of the other. */
static bool finds(const judged *j, const search_index *index, const char *asked, const char *written) {
    char query[512], id[24];
    quote(asked, query, sizeof query);
    snprintf(id, sizeof id, "%zu", number_of_name(j, written));
    search_request request = SEARCH_REQUEST_INIT;
    request.query = text_of(query);
    request.limit = j->n_names;
    request.n_snippets = 0;
    search_results *results = NULL;
    if (search_run(index, &request, &results, &last_error) != SEARCH_OK) {
        printf("# %s: %s\n", query, last_error.message);
        return false;
    }
    bool found = false;
    for (size_t i = 0; !found && i < search_results_n_hits(results); i++) {
        const search_text hit = search_results_hit(results, i)->id;
        found = hit.n_bytes == strlen(id) && memcmp(hit.bytes, id, hit.n_bytes) == 0;
    }
    search_results_free(results);
    return found;
}

static void count(tally *t, bool met) {
    t->n++;
    t->n_met += met;
}

static void judge_direction(judged *j, const search_index *index, const pair *p, const char *asked,
                            const char *written) {
    const bool is_to_meet = p->verdict == MEET;
    const bool met = finds(j, index, asked, written);
    rule *r = &j->rules[p->rule];
    count(is_to_meet ? &j->meet : &j->differ, met);
    count(is_to_meet ? &r->meet : &r->differ, met);
    if (met != is_to_meet)
        printf("# %s: \"%s\" %s \"%s\" (%s)\n", is_to_meet ? "missed" : "false", asked, met ? "finds" : "does not find",
               written, r->text);
}

static void judge_pairs(judged *j, const search_index *index) {
    for (size_t i = 0; i < j->n_pairs; i++) {
        const pair *p = &j->pairs[i];
        judge_direction(j, index, p, p->a, p->b);
        if (p->verdict != OUTSIDE)
            judge_direction(j, index, p, p->b, p->a);
    }
}

static void print_rules(const judged *j) {
    for (size_t i = 0; i < j->n_rules; i++) {
        const rule *r = &j->rules[i];
        printf("# rule: %s:", r->text);
        if (r->meet.n > 0)
            printf(" %zu of %zu found", r->meet.n_met, r->meet.n);
        if (r->differ.n > 0)
            printf("%s %zu of %zu falsely found", r->meet.n > 0 ? "," : "", r->differ.n_met, r->differ.n);
        putchar('\n');
    }
}

/* ---- The figures ---- */

static double share(size_t part, size_t whole) {
    return whole == 0 ? 0 : (double)part / (double)whole;
}

static void every_line_is_read(void **state) {
    const judged *j = *state;
    assert_int_equal(j->n_unreadable, 0);
}

static void there_are_pairs_enough(void **state) {
    const judged *j = *state;
    size_t n_meet = 0;
    for (size_t i = 0; i < j->n_pairs; i++)
        n_meet += j->pairs[i].verdict == MEET;
    assert_true(n_meet >= PAIRS_AT_LEAST);
    assert_true(j->n_pairs - n_meet >= PAIRS_AT_LEAST);
}

static void names_that_meet_are_found(void **state) {
    const judged *j = *state;
    const double recall = share(j->meet.n_met, j->meet.n);
    printf("# recall %.4f: %zu of %zu\n", recall, j->meet.n_met, j->meet.n);
    assert_true(recall >= RECALL_AT_LEAST);
}

static void what_is_found_is_to_meet(void **state) {
    const judged *j = *state;
    const size_t n_found = j->meet.n_met + j->differ.n_met;
    const double precision = share(j->meet.n_met, n_found);
    printf("# precision %.4f: %zu of %zu found; %zu directions are to differ\n", precision, j->meet.n_met, n_found,
           j->differ.n);
    assert_true(precision >= PRECISION_AT_LEAST);
}

static int judge(void **state) {
    static judged j;
    if (fixture_set_up(NULL) != 0)
        return -1;
    read_pairs(&j);
    search_index *index = build_names(&j);
    judge_pairs(&j, index);
    search_index_free(index);
    print_rules(&j);
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
        cmocka_unit_test(there_are_pairs_enough),
        cmocka_unit_test(names_that_meet_are_found),
        cmocka_unit_test(what_is_found_is_to_meet),
    };
    return cmocka_run_group_tests_name("names", tests, judge, clear);
}
