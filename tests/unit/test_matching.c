/* Matching: patterns, words near each other, dates, printed text and references; at random against a plain evaluator
 * that looks at every word of every record. */
#include "fixture.h"
#include "libsearch/ranking/match.h"

/* ---- Random records ---------------------------------------------------------------------------------------------- */

enum { n_records = 40, max_words = 64, max_spans = 16 };

static const char *const words[] = {"zab", "zaba",  "zabu",    "zib",     "ziba",
                                    "zob", "cross", "crossed", "crosses", "crossing"};
enum { n_words = sizeof words / sizeof *words };

/* A record as the plain evaluator sees it; title and topics stand behind the body, a hundred positions apart. */
typedef struct plain_record {
    const char *words[max_words];
    uint32_t positions[max_words];
    char fields[max_words]; /* b, t or o */
    size_t n;
    token_span spans[max_spans];
    size_t n_spans;
    int32_t earliest; /* 0: undated */
    int32_t latest;
} plain_record;

static plain_record records[n_records];
static uint64_t seed = 1;

static uint32_t roll(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* Adds a value of random words and brackets to the record and to the JSON. */
static void add_value(plain_record *r, char field, size_t n, char *json) {
    const uint32_t base = r->n == 0 ? 0 : r->positions[r->n - 1] + 100;
    size_t open = SIZE_MAX;
    for (uint32_t i = 0; i < n; i++) {
        const char *word = words[roll(n_words)];
        const bool opens = open == SIZE_MAX && r->n_spans < max_spans && roll(5) == 0;
        if (opens) {
            open = r->n_spans++;
            r->spans[open] = (token_span){base + i + 1, 0};
        }
        r->words[r->n] = word;
        r->positions[r->n] = base + i + 1;
        r->fields[r->n++] = field;
        const bool closes = open != SIZE_MAX && (i + 1 == n || roll(3) == 0);
        if (closes) {
            r->spans[open].last = base + i + 1;
            open = SIZE_MAX;
        }
        sprintf(json + strlen(json), "%s%s%s%s", i == 0 ? "" : " ", opens ? "[" : "", word, closes ? "]" : "");
    }
}

static void add_date(plain_record *r, char *json) {
    const uint32_t year = 1950 + roll(6);
    const uint32_t month = 1 + roll(12);
    switch (roll(4)) {
    case 0:
        return;
    case 1:
        r->earliest = (int32_t)(year * 10000 + 101);
        r->latest = (int32_t)(year * 10000 + 1231);
        sprintf(json + strlen(json), ",\"date\":\"%u\"", year);
        return;
    default:
        r->earliest = r->latest = (int32_t)(year * 10000 + month * 100 + 11);
        sprintf(json + strlen(json), ",\"date\":\"%u-%02u-11\"", year, month);
    }
}

static void make_records(void) {
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    memset(records, 0, sizeof records);
    for (size_t i = 0; i < n_records; i++) {
        char json[2048];
        plain_record *r = &records[i];
        sprintf(json, "{\"id\":\"r%zu\",\"body\":\"", i);
        add_value(r, 'b', 1 + roll(30), json);
        strcat(json, "\",\"title\":\"");
        add_value(r, 't', 1 + roll(4), json);
        strcat(json, "\",\"topics\":[\"");
        add_value(r, 'o', 1 + roll(4), json);
        strcat(json, "\",\"");
        add_value(r, 'o', 1 + roll(4), json);
        strcat(json, "\"]");
        add_date(r, json);
        strcat(json, "}");
        fixture_put(w, json);
    }
    fixture_commit(w);
}

/* ---- Random queries ---------------------------------------------------------------------------------------------- */

/* What one word of a query stands for: s its stem, e itself, p a pattern, f what is near. */
typedef struct asked_word {
    char kind;
    const char *text;
    size_t n_edits;
} asked_word;

typedef struct asked_phrase {
    asked_word words[3];
    size_t n;
} asked_phrase;

typedef struct asked_operand {
    asked_phrase ways[2];
    size_t n;
} asked_operand;

typedef struct asked {
    char kind;  /* & | ! or of leaves: p a phrase or word, n NEAR, a ADJ, d a date, D certainly, 0 undated */
    char field; /* 0: any */
    asked_phrase phrase;
    asked_operand operands[3];
    size_t n_operands;
    size_t distance;
    int32_t earliest;
    int32_t latest;
    struct asked *children[3];
    size_t n_children;
    float counts[n_records]; /* of leaves */
} asked;

static asked pool[64];
static size_t n_pool;

static asked_word ask_pattern(void) {
    static const char *const patterns[] = {"za*", "*b", "z?b", "*oss*", "cross*", "zi?*", "c*ed", "q*"};
    return (asked_word){'p', patterns[roll(sizeof patterns / sizeof *patterns)], 0};
}

static asked_word ask_word(char plain) {
    if (roll(4) == 0)
        return ask_pattern();
    if (roll(6) == 0)
        return (asked_word){'f', words[roll(n_words)], 1 + roll(2)};
    return (asked_word){plain, words[roll(n_words)], 0};
}

static void print_word(const asked_word *w, char *text) {
    strcat(text, w->text);
    if (w->kind == 'f')
        strcat(text, w->n_edits == 1 ? "~1" : "~2");
}

static const char *field_text(char field) {
    return field == 't' ? "title:" : field == 'b' ? "body:" : field == 'o' ? "topics:" : "";
}

/* A word, or a phrase in quotes. */
static asked_phrase ask_phrase(char field, char *text) {
    asked_phrase p = {.n = 1 + roll(3)};
    const bool inflects = p.n > 1 && field == 0 && roll(3) == 0;
    strcat(text, p.n == 1 && roll(5) == 0 ? "exact:" : inflects ? "~" : "");
    const bool is_exact = strlen(text) >= 6 && strcmp(text + strlen(text) - 6, "exact:") == 0;
    strcat(text, field_text(field));
    strcat(text, p.n > 1 ? "\"" : "");
    for (size_t i = 0; i < p.n; i++) {
        p.words[i] = ask_word(inflects || (p.n == 1 && !is_exact) ? 's' : 'e');
        strcat(text, i == 0 ? "" : " ");
        print_word(&p.words[i], text);
    }
    strcat(text, p.n > 1 ? "\"" : "");
    return p;
}

static void ask_near(asked *q, char *text) {
    q->kind = roll(2) == 0 ? 'n' : 'a';
    q->n_operands = 2 + roll(2);
    q->distance = roll(6);
    for (size_t i = 0; i < q->n_operands; i++) {
        asked_operand *o = &q->operands[i];
        if (i > 0)
            sprintf(text + strlen(text), " %s/%zu ", q->kind == 'n' ? "NEAR" : "ADJ", q->distance);
        o->n = 1 + roll(2);
        strcat(text, o->n > 1 ? "(" : "");
        for (size_t j = 0; j < o->n; j++) {
            strcat(text, j > 0 ? " OR " : "");
            o->ways[j] = ask_phrase(q->field, text);
        }
        strcat(text, o->n > 1 ? ")" : "");
    }
}

static void ask_date(asked *q, char *text) {
    const uint32_t year = 1950 + roll(6);
    q->kind = (char[]){'d', 'D', '0'}[roll(3)];
    q->field = 0;
    q->earliest = (int32_t)(year * 10000 + 101);
    q->latest = (int32_t)((year + roll(2)) * 10000 + 1231);
    if (q->kind == '0')
        strcat(text, "date:none");
    else
        sprintf(text + strlen(text), "date%c%d..%d", q->kind == 'd' ? ':' : '=', q->earliest / 10000,
                q->latest / 10000);
}

static asked *ask(size_t depth, char *text) {
    asked *q = &pool[n_pool++];
    memset(q, 0, sizeof *q);
    q->field = roll(3) == 0 ? (char[]){'b', 't', 'o'}[roll(3)] : 0;
    strcat(text, "(");
    switch (depth == 0 ? roll(3) : 3 + roll(3)) {
    case 0:
        q->kind = 'p';
        q->phrase = ask_phrase(q->field, text);
        break;
    case 1:
        ask_near(q, text);
        break;
    case 2:
        ask_date(q, text);
        break;
    case 3:
        q->kind = '!';
        strcat(text, "NOT ");
        q->children[q->n_children++] = ask(depth - 1, text);
        break;
    default:
        q->kind = roll(2) == 0 ? '&' : '|';
        for (size_t n = 2 + roll(2); q->n_children < n;) {
            strcat(text, q->n_children == 0 ? "" : q->kind == '&' ? " AND " : " OR ");
            q->children[q->n_children++] = ask(depth - 1, text);
        }
    }
    strcat(text, ")");
    return q;
}

/* ---- The plain evaluator ------------------------------------------------------------------------------------------
 */

static bool globs(const char *pattern, const char *word) {
    if (*pattern == '*')
        return globs(pattern + 1, word) || (*word != '\0' && globs(pattern, word + 1));
    if (*word == '\0' || *pattern == '\0')
        return *word == *pattern;
    return (*pattern == '?' || *pattern == *word) && globs(pattern + 1, word + 1);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t edits(const char *a, const char *b) {
    size_t d[16][16];
    for (size_t i = 0; i <= strlen(a); i++) {
        for (size_t j = 0; j <= strlen(b); j++) {
            d[i][j] = i == 0 ? j : j == 0 ? i : least(d[i - 1][j], d[i][j - 1]) + 1;
            if (i > 0 && j > 0)
                d[i][j] = least(d[i][j], d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[strlen(a)][strlen(b)];
}

/* What an occurrence of the word counts, 0 when it is not asked for. */
static float weigh(const asked_word *w, const char *word) {
    const bool is_stem = strncmp(w->text, "cross", 5) == 0 && strncmp(word, "cross", 5) == 0;
    size_t n = 0;
    switch (w->kind) {
    case 's':
        return is_stem || strcmp(w->text, word) == 0 ? 1 : 0;
    case 'p':
        return globs(w->text, word) ? 1 : 0;
    case 'f':
        n = edits(w->text, word);
        return n <= w->n_edits ? 1.0F / (float)(1 + n) : 0;
    default:
        return strcmp(w->text, word) == 0 ? 1 : 0;
    }
}

typedef struct found_list {
    occurrence list[4096];
    size_t n;
} found_list;

static void keep(found_list *f, occurrence o) {
    assert_true(f->n < sizeof f->list / sizeof *f->list);
    f->list[f->n++] = o;
}

/* The words between two places when all brackets that lie between them are passed over. */
static size_t words_between(const plain_record *r, uint32_t from, uint32_t to) {
    size_t n = to - from - 1;
    for (size_t i = 0; i < r->n_spans; i++) /* they do not nest */
        if (r->spans[i].first > from && r->spans[i].last < to)
            n -= r->spans[i].last - r->spans[i].first + 1;
    return n;
}

/* What begins with word `at` of the record. */
static void stand(const plain_record *r, const asked_phrase *p, size_t at, size_t i, occurrence o, found_list *out) {
    const float weight = weigh(&p->words[i], r->words[at]);
    if (weight == 0)
        return;
    o.last = r->positions[at];
    o.weight = weight < o.weight ? weight : o.weight;
    if (i + 1 == p->n) {
        keep(out, o);
        return;
    }
    for (size_t next = at + 1; next < r->n; next++)
        if (words_between(r, r->positions[at], r->positions[next]) == 0)
            stand(r, p, next, i + 1, o, out);
}

/* Of those that end together the one that counts most, then the shortest. */
static void keep_best(found_list *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        bool is_best = true;
        for (size_t j = 0; j < f->n; j++) {
            const occurrence *a = &f->list[i];
            const occurrence *b = &f->list[j];
            const bool is_better = b->weight > a->weight || (b->weight == a->weight && b->first > a->first) ||
                                   (b->weight == a->weight && b->first == a->first && j < i);
            is_best = is_best && !(a->last == b->last && is_better);
        }
        if (is_best)
            f->list[n++] = f->list[i];
    }
    f->n = n;
}

static void find(const plain_record *r, const asked_phrase *p, char field, found_list *out) {
    for (size_t at = 0; at < r->n; at++)
        if (field == 0 || r->fields[at] == field)
            stand(r, p, at, 0, (occurrence){r->positions[at], 0, 1}, out);
}

/* Tries every choice of one occurrence of each operand. */
static void choose(const plain_record *r, const asked *q, const found_list *operands, uint32_t taken, occurrence window,
                   found_list *out) {
    if (taken == (1u << q->n_operands) - 1) {
        keep(out, window);
        return;
    }
    for (size_t i = 0; i < q->n_operands; i++) {
        const bool is_next = q->kind == 'a' ? taken == (1u << i) - 1 : (taken >> i & 1) == 0;
        for (size_t o = 0; is_next && o < operands[i].n; o++) {
            const occurrence next = operands[i].list[o];
            const float weight = next.weight < window.weight ? next.weight : window.weight;
            const uint32_t first = taken == 0 ? next.first : window.first;
            if (taken == 0 || (next.first > window.last && words_between(r, window.last, next.first) <= q->distance))
                choose(r, q, operands, taken | 1u << i, (occurrence){first, next.last, weight}, out);
        }
    }
}

static int by_end(const void *a, const void *b) {
    const occurrence *x = a;
    const occurrence *y = b;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    if (x->first != y->first)
        return x->first > y->first ? -1 : 1;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

static float count_near(const plain_record *r, const asked *q) {
    static found_list operands[3];
    static found_list windows;
    for (size_t i = 0; i < q->n_operands; i++) {
        operands[i].n = 0;
        for (size_t j = 0; j < q->operands[i].n; j++)
            find(r, &q->operands[i].ways[j], q->field, &operands[i]);
        keep_best(&operands[i]);
    }
    windows.n = 0;
    choose(r, q, operands, 0, (occurrence){0, 0, 1}, &windows);
    qsort(windows.list, windows.n, sizeof *windows.list, by_end);
    float count = 0;
    uint32_t end = 0;
    for (size_t i = 0; i < windows.n; i++) {
        if (windows.list[i].first > end) {
            count += windows.list[i].weight;
            end = windows.list[i].last;
        }
    }
    return count;
}

static float count_leaf(const plain_record *r, const asked *q) {
    static found_list found;
    float count = 0;
    switch (q->kind) {
    case 'n':
    case 'a':
        return count_near(r, q);
    case '0':
        return r->earliest == 0 ? 1 : 0;
    case 'd':
        return r->earliest != 0 && r->earliest <= q->latest && r->latest >= q->earliest ? 1 : 0;
    case 'D':
        return r->earliest != 0 && r->earliest >= q->earliest && r->latest <= q->latest ? 1 : 0;
    default:
        found.n = 0;
        find(r, &q->phrase, q->field, &found);
        keep_best(&found);
        for (size_t i = 0; i < found.n; i++)
            count += found.list[i].weight;
        return count;
    }
}

static bool evaluate(asked *q, size_t record) {
    bool all = true;
    bool any = false;
    if (q->n_children == 0) {
        q->counts[record] = count_leaf(&records[record], q);
        return q->counts[record] > 0;
    }
    for (size_t i = 0; i < q->n_children; i++) {
        const bool is_match = evaluate(q->children[i], record);
        all = all && is_match;
        any = any || is_match;
    }
    return q->kind == '!' ? !any : q->kind == '&' ? all : any;
}

/* ---- Both ----------------------------------------------------------------------------------------------------------
 */

static float posting_count(const posting_list *p, uint32_t docid) {
    float count = 0;
    for (size_t i = 0; i < p->n; i++)
        for (size_t zone = 0; p->list[i].docid == docid && zone < SCHEMA_N_ZONES; zone++)
            count += p->list[i].counts[zone];
    return count;
}

static void collect_asked(asked *q, asked **leaves, size_t *n) {
    if (q->n_children == 0)
        leaves[(*n)++] = q;
    for (size_t i = 0; i < q->n_children; i++)
        collect_asked(q->children[i], leaves, n);
}

static void assert_counts(const leaf_list *list, asked *root, const char *text) {
    asked *leaves[64];
    size_t n = 0;
    collect_asked(root, leaves, &n);
    assert_int_equal(n, list->n_leaves);
    for (size_t i = 0; i < n; i++) {
        for (uint32_t record = 0; list->leaves[i].kind != LEAF_DATE && record < n_records; record++) {
            const float got = posting_count(&list->leaves[i].postings, record + 1);
            const float difference = got - leaves[i]->counts[record];
            if (difference > 1e-3F || difference < -1e-3F)
                fail_msg("%s: leaf %zu counts %g in r%u, not %g", text, i, (double)got, record,
                         (double)leaves[i]->counts[record]);
        }
    }
}

static size_t assert_alike(search_run_context *run, asked *root, const char *text) {
    leaf_list list;
    document_set set = {0};
    bool is_neutral = true;
    size_t n = 0;
    search_error error;
    if (leaves_open(search_text_of(text), 0, run, &list, &error) != SEARCH_OK ||
        leaves_match(&list, run, &set, &is_neutral, &error) != SEARCH_OK)
        fail_msg("%s: %s", text, error.message);
    assert_false(is_neutral);
    for (size_t i = 0; i < n_records; i++) {
        const bool is_match = evaluate(root, i);
        if (is_match != set_has(&set, (uint32_t)i + 1))
            fail_msg("%s: r%zu %s", text, i, is_match ? "is not found" : "is found");
        n += is_match ? 1 : 0;
    }
    assert_counts(&list, root, text);
    set_free(&set);
    leaves_close(&list);
    return n;
}

static void test_random_trees_match_as_plainly_evaluated(void **state) {
    (void)state;
    size_t n_some = 0;
    for (size_t round = 0; round < 4; round++) {
        seed = 20 + round;
        make_records();
        search_index *index = fixture_open();
        search_run_context run = {.index = index->now};
        search_error error;
        assert_int_equal(snapshot_take_reader(index->now, &run.r, &error), SEARCH_OK);
        for (size_t i = 0, n_trees = fixture_some(600); i < n_trees; i++) {
            char text[4096] = "";
            n_pool = 0;
            asked *root = ask(roll(3), text);
            const size_t n = assert_alike(&run, root, text);
            n_some += n > 0 && n < n_records ? 1 : 0;
        }
        snapshot_give_reader(index->now, run.r);
        search_index_free(index);
    }
    assert_true(n_some > fixture_some(1000)); /* else the test says little */
}

/* ---- By hand -------------------------------------------------------------------------------------------------------
 */

/* The ids of the hits, by id, joined by blanks. */
static const char *ids(const search_index *index, search_request *request, const char *asked_text) {
    static char text[256];
    search_results *results = NULL;
    search_error error;
    request->query = search_text_of(asked_text);
    if (search_run(index, request, &results, &error) != SEARCH_OK)
        fail_msg("%s: %s", asked_text, error.message);
    char *at = text;
    for (char id = 'a'; id <= 'z'; id++) { /* every id here is a letter */
        for (size_t i = 0; i < search_results_n_hits(results); i++)
            if (search_results_hit(results, i)->id.bytes[0] == id)
                at += sprintf(at, "%s%c", at == text ? "" : " ", id);
    }
    *at = '\0';
    search_results_free(results);
    return text;
}

static void assert_finds(const search_index *index, const char *asked_text, const char *expected) {
    search_request request = SEARCH_REQUEST_INIT;
    const char *got = ids(index, &request, asked_text);
    if (strcmp(got, expected) != 0)
        fail_msg("%s finds \"%s\", not \"%s\"", asked_text, got, expected);
}

static search_error error_of(const search_index *index, search_request *request, const char *asked_text) {
    search_results *results = NULL;
    search_error error;
    request->query = search_text_of(asked_text);
    assert_int_not_equal(search_run(index, request, &results, &error), SEARCH_OK);
    assert_null(results);
    return error;
}

static void test_patterns_are_folded_as_words_are(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"body\":\"In P'y\u014fngyang Kim Il-sung spoke of 20,517 men\"}",
                          "{\"id\":\"b\",\"body\":\"The H\u014fery\u014fng office of Kim Yong-nam\"}",
                          "{\"id\":\"c\",\"body\":\"Sung's [new] harbour\",\"title\":\"Harbours\"}"));
    search_index *index = fixture_open();
    assert_finds(index, "P'y\u014fng*", "a");
    assert_finds(index, "p\u2019yong*", "a");
    assert_finds(index, "p?ongyang", "a");
    assert_finds(index, "Hoery*", "b");
    assert_finds(index, "H\u014fery*ng", "b");
    assert_finds(index, "Il-s*", "a");
    assert_finds(index, "Kim Il-s*", "a");
    assert_finds(index, "\"kim k* y?ng\"", "");
    assert_finds(index, "\"kim *l sung\"", "a");
    assert_finds(index, "*-nam", "b");
    assert_finds(index, "Il-sang~1", "a");
    assert_finds(index, "\"Il-sang~1 spoke\"", "a");
    assert_finds(index, "205*", "a");
    assert_finds(index, "s?ng", "a c"); /* the owner in Sung's */
    assert_finds(index, "su?gs", "c");
    assert_finds(index, "\"sung* harb*\"", "c"); /* over the brackets */
    assert_finds(index, "title:harb*", "c");
    assert_finds(index, "body:harbours*", "");
    assert_finds(index, "q*", "");
    assert_finds(index, "-q*", "a b c");
    assert_finds(index, "kim -il*", "b");
    search_index_free(index);
}

static void test_what_is_near_counts_less_than_what_is_asked(void **state) {
    (void)state;
    fixture_build(
        RECORDS("{\"id\":\"a\",\"body\":\"the barder here\"}", "{\"id\":\"b\",\"body\":\"the border here\"}"));
    search_index *index = fixture_open();
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    search_error error;
    request.query = search_text_of("border~1");
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_OK);
    assert_int_equal(search_results_n_hits(results), 2);
    assert_int_equal(search_results_hit(results, 0)->id.bytes[0], 'b');
    assert_true(search_results_hit(results, 0)->score > search_results_hit(results, 1)->score);
    search_results_free(results);
    search_index_free(index);
}

static void test_inflections_by_position(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"body\":\"The labor dispute of the dying men\"}",
                          "{\"id\":\"b\",\"body\":\"Labour disputes; many cities cried\"}",
                          "{\"id\":\"c\",\"body\":\"They hoped for a city\"}"));
    search_index *index = fixture_open();
    assert_finds(index, "~\"labour disputes\"", "a b");
    assert_finds(index, "~\"labor dispute\"", "a b");
    assert_finds(index, "\"labor dispute\"", "a"); /* exact words, but for variants */
    assert_finds(index, "dispute ADJ/0 many", "b");
    assert_finds(index, "exact:dispute ADJ/0 exact:many", "");
    assert_finds(index, "labour NEAR/2 die", "");
    assert_finds(index, "labour NEAR/3 die", "a");
    assert_finds(index, "die ADJ/0 men", "a");
    assert_finds(index, "city ADJ/0 cries", "b");
    assert_finds(index, "hoping NEAR/2 cities", "c");
    search_index_free(index);
}

static void test_near_in_fields_and_values(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"body\":\"border [of the long river Tumen] troops\",\"title\":\"Troops\"}",
                          "{\"id\":\"b\",\"body\":\"north\",\"topics\":[\"border\",\"troops\"]}",
                          "{\"id\":\"c\",\"body\":\"border [troops]\",\"title\":\"Border troops\"}"));
    search_index *index = fixture_open();
    assert_finds(index, "border NEAR/0 troops", "a c");
    assert_finds(index, "troops ADJ/99 border", "");
    assert_finds(index, "topics:(border NEAR/99 troops)", "");
    assert_finds(index, "title:(border NEAR/0 troops)", "c");
    assert_finds(index, "body:(border ADJ/0 troops)", "a c");
    assert_finds(index, "river NEAR/1 troops", "a"); /* of the brackets, and behind them */
    assert_finds(index, "river NEAR/0 troops", "");
    assert_finds(index, "& NEAR/3 north", "b"); /* punctuation restricts nothing */
    assert_finds(index, "& NEAR/3 &", "a b c");
    assert_finds(index, "NOT border NEAR/0 troops", "b");
    assert_finds(index, "troops NEAR/9 troops", "");
    search_request request = SEARCH_REQUEST_INIT;
    const search_error error =
        error_of(index, &request, "z a NEAR/1 b NEAR/1 c NEAR/1 d NEAR/1 e NEAR/1 f NEAR/1 g NEAR/1 h NEAR/1 i");
    assert_int_equal(error.status, SEARCH_E_LIMIT);
    assert_string_equal(error.id, "query.near_too_long");
    assert_int_equal(error.offset, 2);
    assert_finds(index, "a ADJ/1 b ADJ/1 c ADJ/1 d ADJ/1 e ADJ/1 f ADJ/1 g ADJ/1 h ADJ/1 i", "");
    search_index_free(index);
}

static void test_expansions_have_a_limit(void **state) {
    (void)state;
    char body[16384] = "{\"id\":\"a\",\"body\":\"";
    char *at = body + strlen(body);
    for (int i = 0; i < 1001; i++)
        at += sprintf(at, "%s%04d ", i < 201 ? "qa" : "qb", i);
    strcpy(at, "\"}");
    fixture_build(RECORDS(body, "{\"id\":\"b\",\"body\":\"Kim Il-qa0007 came; the lost one stood\"}"));
    search_index *index = fixture_open();
    search_request request = SEARCH_REQUEST_INIT;
    search_error error = error_of(index, &request, "aid q*");
    assert_int_equal(error.status, SEARCH_E_LIMIT);
    assert_string_equal(error.id, "query.too_many_expansions");
    assert_int_equal(error.offset, 4);
    assert_non_null(strstr(error.hint, "1000 words"));
    assert_finds(index, "q?*0", "a"); /* 101 of them */
    assert_finds(index, "qb*", "a");  /* 800 */
    assert_finds(index, "qb* NEAR/1 qa020*", "a");
    assert_finds(index, "Kim Il-q*", "b"); /* what stands with il is few */
    assert_finds(index, "\"kim il q*\"", "b");
    assert_finds(index, "\"il kim q*\"", "");
    assert_finds(index, "title:\"il q*\"", "");
    assert_finds(index, "Il-q* NEAR/1 came", "b");
    error = error_of(index, &request, "\"qb0999 qa*\""); /* 201 stand with qb0999 */
    assert_string_equal(error.id, "query.too_many_expansions");
    assert_non_null(strstr(error.hint, "200 words in a phrase"));
    assert_finds(index, "\"qa01*0 qa01*1 qa01*\"", "a");
    search_index_free(index);
}

static void test_dates_restrict(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"date\":\"1961\",\"body\":\"x\"}",
                          "{\"id\":\"b\",\"date\":\"1961-12-02\",\"body\":\"x\"}", "{\"id\":\"c\",\"body\":\"x\"}",
                          "{\"id\":\"d\",\"date\":\"c. 1962\",\"body\":\"x\"}"));
    search_index *index = fixture_open();
    assert_finds(index, "date:1961", "a b d");
    assert_finds(index, "date=1961", "a b");
    assert_finds(index, "date=1961-12", "b");
    assert_finds(index, "date:1961-12-03", "a d");
    assert_finds(index, "date:none", "c");
    assert_finds(index, "NOT date:none", "a b d");
    assert_finds(index, "since:1962", "d");
    assert_finds(index, "until:1961-12-01", "a d");
    assert_finds(index, "x date:1963..", "d");
    search_request request = SEARCH_REQUEST_INIT;
    request.since = search_text_of("December 1961");
    assert_string_equal(ids(index, &request, "x"), "a b d");
    request.until = search_text_of("1961-12-01");
    request.since = search_text_of("");
    assert_string_equal(ids(index, &request, "x"), "a d");
    assert_string_equal(ids(index, &request, "date:none"), "");
    request.since = search_text_of("soon");
    search_error error = error_of(index, &request, "x");
    assert_int_equal(error.status, SEARCH_E_QUERY);
    assert_string_equal(error.id, "query.bad_date");
    request.since = (search_text){"\xFF", 1};
    assert_string_equal(error_of(index, &request, "x").id, "query.not_utf8");
    search_index_free(index);
}

static void test_text_as_printed(void **state) {
    (void)state;
    fixture_build(RECORDS(
        "{\"id\":\"a\",\"body\":\"An said that; then\\nKim  Il\\u00a0Sung's aide An\\nsaid so.\",\"title\":\"an said\"}",
        "{\"id\":\"b\",\"body\":\"Kan said it, and an said it; Th\u00f3 left\"}",
        "{\"id\":\"c\",\"body\":\"Tae-hui [Kim Thae Hui] An saids Tho\",\"summary\":\"An said\"}"));
    search_index *index = fixture_open();
    assert_finds(index, "verbatim:\"An said\"", "a c");
    assert_finds(index, "verbatim:\"an said\"", "a b");
    assert_finds(index, "verbatim:title:\"an said\"", "a");
    assert_finds(index, "verbatim:body:\"An said\"", "a");
    assert_finds(index, "verbatim:summary:\"An said\"", "c");
    assert_finds(index, "verbatim:\"An said that;\"", "a");
    assert_finds(index, "verbatim:\"An said that,\"", "");
    assert_finds(index, "verbatim:\"Kim Il Sung\"", "a");
    assert_finds(index, "verbatim:\"Kim Il Sung's\"", "a");
    assert_finds(index, "verbatim:\"hui [Kim Thae\"", "c"); /* a hyphen divides words */
    assert_finds(index, "verbatim:\"Tae-hui Kim\"", "");
    assert_finds(index, "verbatim:\"Th\u00f3\"", "b");
    assert_finds(index, "verbatim:Tho", "c");
    assert_finds(index, "-verbatim:\"An said\"", "b");
    search_index_free(index);
}

static void test_printed_text_is_counted(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"body\":\"An said. Kan said. An said An said\"}"));
    search_index *index = fixture_open();
    search_run_context run = {.index = index->now};
    leaf_list list;
    search_error error;
    assert_int_equal(snapshot_take_reader(index->now, &run.r, &error), SEARCH_OK);
    assert_int_equal(leaves_open(search_text_of("verbatim:\"An said\""), 0, &run, &list, &error), SEARCH_OK);
    assert_int_equal(list.n_leaves, 1);
    assert_int_equal(list.leaves[0].postings.n, 1);
    assert_true(list.leaves[0].postings.list[0].counts[SEARCH_ZONE_BODY] == 3);
    leaves_close(&list);
    snapshot_give_reader(index->now, run.r);
    search_index_free(index);
}

static void test_references(void **state) {
    (void)state;
    fixture_build(
        RECORDS("{\"id\":\"a\",\"body\":\"x\",\"source\":\"PRC FMA 118-01026-07, 125-128. Translated by An Example.\"}",
                "{\"id\":\"b\",\"body\":\"x\",\"source\":\"AVPRF, f. 0102, op. 13, p. 71, d. 20, ll. 12-14.\"}",
                "{\"id\":\"c\",\"body\":\"x 118-01026-07\",\"source\":\"People's Daily, 3 May 1961\"}",
                "{\"id\":\"d\",\"body\":\"x\",\"source\":\"PRC FMA 106-00001-01 and AVPRF, f. 0102, op. 14, d. 20\"}",
                "{\"id\":\"e\",\"body\":\"x\",\"source\":\"PRC FMA 118-01026-07\"}",
                "{\"id\":\"f\",\"body\":\"x\",\"source\":\"[AA : A1838, 250/8/8]\"}"));
    search_index *index = fixture_open();
    assert_finds(index, "src:\"PRC FMA 118-01026-07 126\"", "a");
    assert_finds(index, "src:\"PRC FMA 118-01026-07, 125-128\"", "a");
    assert_finds(index, "src:\"PRC FMA 118-01026-07, 125\u2013126\"", "a");
    assert_finds(index, "src:\"PRC FMA 118-01026-07, 127-8\"", "a");
    assert_finds(index, "src:\"prc fma 118-01026-07 page 128\"", "");
    assert_finds(index, "src:\"PRC FMA 118-01026-07 page 128\"", "a");
    assert_finds(index, "src:\"PRC FMA 118-01026-07 124\"", "");
    assert_finds(index, "src:\"PRC FMA 118-01026-07 124-126\"", "");
    assert_finds(index, "src:\"PRC FMA 118-01026-07\"", "a e");
    assert_finds(index, "src:118-01026-07", "a e");
    assert_finds(index, "src:118-01026", "a e");
    assert_finds(index, "src:\"PRC FMA 118-01026\"", "a e");
    assert_finds(index, "src:\"PRC FMA 118\"", "a e"); /* the beginning of a file, not a page */
    assert_finds(index, "src:\"PRC FMA, 106\"", "d");
    assert_finds(index, "src:\"PRC FMA 11\"", "");
    assert_finds(index, "src:\"AVPRF 0102\"", "b d");
    assert_finds(index, "src:\"PRC FMA page 126\"", "a");
    assert_finds(index, "src:\"118-01026-07 126\"", "a");
    assert_finds(index, "src:\"AVPRF, f. 0102, op. 13\"", "b");
    assert_finds(index, "src:\"AVPRF f. 0102 op. 13 p. 71 d. 20 l. 13\"", "b");
    assert_finds(index, "src:\"AVPRF f. 0102\"", "b d");
    assert_finds(index, "src:\"fond 0102, delo 20\"", "b d");
    assert_finds(index, "src:\"f. 0102, op. 14\"", "d");
    assert_finds(index, "src:\"AVPRF, op. 1\"", "");
    assert_finds(index, "src:\"PRC FMA 106-00001-01, op. 14\"", ""); /* parts of two sources */
    assert_finds(index, "src:\"People's Daily\"", "c");              /* no reference: its words */
    assert_finds(index, "src:\"PRC FMA\"", "a d e");
    assert_finds(index, "x -src:\"PRC FMA\"", "b c f");
    assert_finds(index, "src:A1838", "f");
    assert_finds(index, "src:\"AA : A1838, 250/8\"", "f");
    assert_finds(index, "src:\"[AA : A1838, 250/8/8]\"", "f");
    search_index_free(index);
}

static void test_filters_take_every_kind(void **state) {
    static const char *const filters[] = {"bord*",
                                          "bordar~1",
                                          "border NEAR/2 troops",
                                          "date=1961",
                                          "verbatim:\"Border\"",
                                          "src:\"PRC FMA 118-01026-07\"",
                                          "~\"border troop\"",
                                          "\"b?rder troops\""};
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"date\":\"1961\",\"body\":\"Border troops\",\"source\":\"PRC FMA "
                          "118-01026-07, 125-128\"}",
                          "{\"id\":\"b\",\"date\":\"1962\",\"body\":\"troops\",\"source\":\"none\"}"));
    search_index *index = fixture_open();
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        search_request request = SEARCH_REQUEST_INIT;
        request.required_filter = search_text_of(filters[i]);
        assert_string_equal(ids(index, &request, "troops"), "a");
    }
    search_index_free(index);
}

static bool cancel(void *context) {
    return *(bool *)context;
}

static void test_a_search_of_any_kind_can_be_cancelled(void **state) {
    (void)state;
    fixture_build(RECORDS("{\"id\":\"a\",\"body\":\"border\"}"));
    search_index *index = fixture_open();
    bool yes = true;
    search_request request = SEARCH_REQUEST_INIT;
    request.on_cancel = cancel;
    request.context = &yes;
    assert_int_equal(error_of(index, &request, "bord* NEAR/3 troops").status, SEARCH_E_CANCELLED);
    search_index_free(index);
}

/* Cancels when it is asked for the third time. */
static bool lose_patience(void *context) {
    size_t *n_asked = context;
    return ++*n_asked == 3;
}

static void test_long_work_of_any_kind_can_be_cancelled(void **state) {
    (void)state;
    enum { n_many = 300 };
    static const char *const queries[] = {"*q*x*q*", "\"*q*x*q* *q*x*q*\"", "wordlessness~2", "verbatim:Printed",
                                          "src:118", "a b c d e f g h",     "printed border"};
    search_writer *w = fixture_writer(SEARCH_WRITE_REBUILD, true);
    for (size_t i = 0; i < n_many; i++) {
        char json[256];
        snprintf(
            json, sizeof json,
            "{\"id\":\"%zu\",\"body\":\"printed border word%zua word%zub word%zuc\",\"source\":\"PRC FMA 118, 1-8\"}",
            i, i, i, i);
        fixture_put(w, json);
    }
    fixture_commit(w);
    search_index *index = fixture_open();
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        size_t n_asked = 0;
        search_request request = SEARCH_REQUEST_INIT;
        request.on_cancel = lose_patience;
        request.context = &n_asked;
        assert_int_equal(error_of(index, &request, queries[i]).status, SEARCH_E_CANCELLED);
    }
    search_index_free(index);
}

#define matching_test(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        matching_test(test_random_trees_match_as_plainly_evaluated),
        matching_test(test_patterns_are_folded_as_words_are),
        matching_test(test_what_is_near_counts_less_than_what_is_asked),
        matching_test(test_inflections_by_position),
        matching_test(test_near_in_fields_and_values),
        matching_test(test_expansions_have_a_limit),
        matching_test(test_dates_restrict),
        matching_test(test_text_as_printed),
        matching_test(test_printed_text_is_counted),
        matching_test(test_references),
        matching_test(test_filters_take_every_kind),
        matching_test(test_a_search_of_any_kind_can_be_cancelled),
        matching_test(test_long_work_of_any_kind_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
