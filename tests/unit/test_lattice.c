/* Occurrences of a lattice over texts made by hand and at random, against every path tried one by one; and the sorted
 * sections in which names and aliases are found, whole and damaged. */
#include "fixture.h"
#include "libsearch/index/names.h"
#include "libsearch/ranking/lattice.h"

static void check(search_status status) {
    assert_int_equal(status, SEARCH_OK);
}

/* ---- Texts and lattices made by hand ---------------------------------------------------------------------------- */

enum { max_positions = 40, max_spans = 12, max_terms = 8, max_edges = 8 };

/* A text of words of one letter and brackets, such as "a [b c] d". */
typedef struct sample {
    char words[max_positions + 1]; /* from 1 */
    uint32_t n;
    token_span spans[max_spans];
    size_t n_spans;
} sample;

static sample read_sample(const char *text) {
    sample s = {.n = 0};
    size_t open[max_spans];
    size_t n_open = 0;
    for (; *text != '\0'; text++) {
        if (*text == '[') {
            open[n_open++] = s.n_spans;
            s.spans[s.n_spans++] = (token_span){s.n + 1, 0};
        } else if (*text == ']') {
            s.spans[open[--n_open]].last = s.n;
        } else if (*text != ' ') {
            s.words[++s.n] = *text;
        }
    }
    return s;
}

typedef struct built {
    lattice l;
    arena memory;
} built;

/* Adds an edge of words of one letter. */
static void add(built *b, size_t first, size_t last, const char *letters, float weight) {
    search_text words[max_terms];
    const size_t n = strlen(letters);
    for (size_t i = 0; i < n; i++)
        words[i] = (search_text){arena_copy(&b->memory, letters + i, 1), 1};
    check(lattice_add(&b->l, first, last, words, n, false, weight, &b->memory, NULL));
}

/* The words of a phrase, each an edge of its own. */
static void add_phrase(built *b, const char *letters) {
    for (size_t i = 0; letters[i] != '\0'; i++)
        add(b, i, i + 1, (const char[]){letters[i], '\0'}, 1);
}

typedef struct found {
    occurrence_list list;
    occurrence occurrences[256];
} found;

static void match(const built *b, const sample *s, lattice_matcher *m, found *out) {
    uint32_t positions[max_terms][max_positions];
    term_positions terms[max_terms];
    assert_true(b->l.n_terms <= max_terms);
    for (size_t t = 0; t < b->l.n_terms; t++) {
        terms[t] = (term_positions){positions[t], 0};
        for (uint32_t p = 1; p <= s->n; p++)
            if (s->words[p] == b->l.terms[t].text.bytes[0])
                positions[t][terms[t].n++] = p;
    }
    const occurrence_list *list = NULL;
    check(lattice_match(&b->l, terms, s->spans, s->n_spans, m, &list, NULL));
    assert_true(list->n <= 256);
    for (size_t i = 0; i < list->n; i++)
        out->occurrences[i] = list->list[i];
    out->list = (occurrence_list){out->occurrences, list->n, 256};
}

/* What stands in the text, as "first-last first-last", with a ~ behind what weighs less than 1. */
static void assert_occurs(built *b, const char *text, const char *expected) {
    const sample s = read_sample(text);
    lattice_matcher m = {0};
    found f;
    char got[512] = "";
    lattice_finish(&b->l);
    match(b, &s, &m, &f);
    for (size_t i = 0; i < f.list.n; i++) {
        const occurrence o = f.occurrences[i];
        sprintf(got + strlen(got), "%s%u-%u%s", i == 0 ? "" : " ", o.first, o.last, o.weight < 1 ? "~" : "");
    }
    if (strcmp(got, expected) != 0)
        fail_msg("in \"%s\": \"%s\" is not \"%s\"", text, got, expected);
    lattice_matcher_free(&m);
}

static void phrase_occurs(const char *phrase, const char *text, const char *expected) {
    built b = {0};
    add_phrase(&b, phrase);
    assert_occurs(&b, text, expected);
    arena_free(&b.memory);
}

static void test_words_side_by_side(void **state) {
    (void)state;
    phrase_occurs("abc", "a b c", "1-3");
    phrase_occurs("abc", "x a b c a b a b c", "2-4 7-9");
    phrase_occurs("abc", "a b x c", "");
    phrase_occurs("abc", "c b a", "");
    phrase_occurs("abc", "a b", "");
    phrase_occurs("abc", "", "");
    phrase_occurs("aa", "a a a", "1-2 2-3");
    phrase_occurs("aba", "a b a b a", "1-3 3-5");
}

static void test_a_phrase_of_one_word(void **state) {
    (void)state;
    phrase_occurs("a", "a x a [a]", "1-1 3-3 4-4");
    phrase_occurs("a", "x", "");
}

static void test_brackets_are_passed_over(void **state) {
    (void)state;
    phrase_occurs("ab", "a [x y] b", "1-4");
    phrase_occurs("abc", "a [x] b [y] c", "1-5");
    phrase_occurs("abc", "a [x] b c", "1-4");
    phrase_occurs("ab", "a [x] [y] [z] b", "1-5");
    phrase_occurs("ab", "a [x [y] z] b", "1-5");
    phrase_occurs("ab", "a x [y] b", "");
}

static void test_brackets_are_entered_and_left(void **state) {
    (void)state;
    phrase_occurs("ab", "a [b c] d", "1-2");
    phrase_occurs("cd", "a [b c] d", "3-4");
    phrase_occurs("abcd", "a [b c] d", "1-4");
    phrase_occurs("ad", "a [b c] d", "1-4");
    phrase_occurs("acd", "a [b [x] c] d", "");
    phrase_occurs("bc", "a [b [x] c] d", "2-4");
    phrase_occurs("ab", "[a] b", "1-2");
    phrase_occurs("ab", "a [b]", "1-2");
    phrase_occurs("ax", "a [b] [x]", "1-3");
    phrase_occurs("ac", "a [b] [x] c", "1-4");
}

static void test_of_several_ways_the_shortest_stays(void **state) {
    (void)state;
    phrase_occurs("ab", "a [a] b", "2-3");
    phrase_occurs("ab", "a [b] b", "1-2 1-3");
}

static void test_a_variant_of_other_length(void **state) {
    (void)state;
    built b = {0};
    add_phrase(&b, "abc");
    add(&b, 0, 3, "xy", 0.8F);
    assert_occurs(&b, "a b c x y", "1-3 4-5~");
    assert_occurs(&b, "x [a] y", "1-3~");
    assert_occurs(&b, "a b y", "");
    assert_occurs(&b, "x b c", "");
    add(&b, 1, 3, "z", 0.8F);
    assert_occurs(&b, "a z", "1-2~");
    assert_occurs(&b, "a [q] z b c", "1-3~");
    arena_free(&b.memory);
}

static void test_two_names_in_one_lattice(void **state) {
    (void)state;
    built b = {0};
    add_phrase(&b, "abcde");
    add(&b, 0, 2, "x", 0.8F);
    add(&b, 3, 5, "yz", 0.8F);
    assert_occurs(&b, "a b c d e", "1-5");
    assert_occurs(&b, "x c d e", "1-4~");
    assert_occurs(&b, "a b c y z", "1-5~");
    assert_occurs(&b, "x c y z", "1-4~");
    assert_occurs(&b, "x [q] c [q] y [q] z", "1-7~");
    assert_occurs(&b, "x d y z", "");
    assert_occurs(&b, "x y z", "");
    arena_free(&b.memory);
}

static void test_the_weight_is_that_of_the_lightest_edge(void **state) {
    (void)state;
    built b = {0};
    add(&b, 0, 1, "a", 1);
    add(&b, 0, 1, "b", 0.5F);
    add(&b, 1, 2, "c", 0.8F);
    add(&b, 1, 2, "c", 1);
    lattice_finish(&b.l);
    const sample s = read_sample("a c b c");
    lattice_matcher m = {0};
    found f;
    match(&b, &s, &m, &f);
    assert_int_equal(f.list.n, 2);
    assert_true(f.occurrences[0].weight == 1.0F && f.occurrences[1].weight == 0.5F);
    lattice_matcher_free(&m);
    arena_free(&b.memory);
}

/* Where two ways end together the one that counts most stays, also when both go over the same bracket. */
static void test_what_counts_most_goes_over_a_bracket(void **state) {
    (void)state;
    built b = {0};
    add(&b, 0, 1, "b", 0.8F);
    add(&b, 0, 1, "a", 1);
    add(&b, 1, 2, "c", 1);
    assert_occurs(&b, "a [b] [x] c", "1-4");
    assert_occurs(&b, "b [a] [x] c", "2-4");
    assert_occurs(&b, "b [x] [x] c", "1-4~");
    arena_free(&b.memory);
}

static void test_what_is_asked_in_brackets_may_be_absent(void **state) {
    (void)state;
    built b = {0};
    add_phrase(&b, "abcd");
    add(&b, 1, 3, "", 0.8F);
    assert_occurs(&b, "a b c d a d a b d", "1-4 5-6~");
    assert_occurs(&b, "a [x] d", "1-3~");
    arena_free(&b.memory);
    b = (built){0};
    add_phrase(&b, "abc");
    add(&b, 0, 1, "", 0.8F);
    add(&b, 2, 3, "", 0.5F);
    assert_occurs(&b, "b x b c x a b c", "1-1~ 3-3~ 3-4~ 6-7~ 6-8");
    arena_free(&b.memory);
}

static void test_a_term_is_added_once(void **state) {
    (void)state;
    built b = {0};
    const search_text a = text_of("a");
    add_phrase(&b, "aab");
    assert_int_equal(b.l.n_terms, 2);
    check(lattice_add(&b.l, 0, 1, &a, 1, true, 1, &b.memory, NULL));
    assert_int_equal(b.l.n_terms, 3); /* the exact form is a term of its own */
    assert_int_equal(b.l.n_nodes, 4);
    arena_free(&b.memory);
}

/* What a damaged index may hold: a bracket that does not end, ends before it begins, or ends nowhere. */
static void test_damaged_brackets(void **state) {
    (void)state;
    static const uint32_t lasts[] = {0, 1, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        built b = {0};
        add_phrase(&b, "ab");
        lattice_finish(&b.l);
        sample s = read_sample("a [x] b");
        s.spans[0].last = lasts[i];
        lattice_matcher m = {0};
        found f;
        match(&b, &s, &m, &f);
        assert_int_equal(f.list.n, 0);
        lattice_matcher_free(&m);
        arena_free(&b.memory);
    }
}

/* From every bracket a phrase may go on into every later one: work must not grow with the square of their number. */
static void test_brackets_side_by_side_cost_little(void **state) {
    (void)state;
    enum { n = 200000 };
    uint32_t *positions = calloc(n, sizeof *positions);
    token_span *spans = calloc(n, sizeof *spans);
    assert_true(positions != NULL && spans != NULL);
    for (uint32_t i = 0; i < n; i++) {
        positions[i] = i + 1;
        spans[i] = (token_span){i + 1, i + 1};
    }
    built b = {0};
    add_phrase(&b, "aaa");
    add(&b, 0, 3, "aaaaaa", 0.8F);
    lattice_finish(&b.l);
    const term_positions terms[] = {{positions, n}};
    lattice_matcher m = {0};
    const occurrence_list *list = NULL;
    check(lattice_match(&b.l, terms, spans, n, &m, &list, NULL));
    assert_int_equal(list->n, n - 2);
    assert_true(list->capacity <= (size_t)16 * n);
    lattice_matcher_free(&m);
    arena_free(&b.memory);
    free(positions);
    free(spans);
}

/* ---- At random, against every path ------------------------------------------------------------------------------ */

static unsigned next_random(unsigned *seed, unsigned n) {
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % n;
}

typedef struct tried {
    const built *b;
    const sample *s;
    float best[max_positions + 1];                     /* by last: the most that an occurrence counts; 0: none */
    float pairs[max_positions + 1][max_positions + 1]; /* by first and last */
} tried;

static void try_from(tried *t, const lattice_edge *e, size_t n_done, uint32_t first, uint32_t last, float weight);

static void try_edges(tried *t, size_t node, uint32_t first, uint32_t last, float weight) {
    if (node == t->b->l.n_nodes - 1) {
        assert_true(first > 0);
        t->best[last] = weight > t->best[last] ? weight : t->best[last];
        t->pairs[first][last] = weight > t->pairs[first][last] ? weight : t->pairs[first][last];
        return;
    }
    for (size_t i = 0; i < t->b->l.n_edges; i++) {
        const lattice_edge *e = &t->b->l.edges[i];
        if (e->first == node)
            try_from(t, e, 0, first, last, e->weight < weight ? e->weight : weight);
    }
}

static void try_word(tried *t, const lattice_edge *e, size_t n_done, uint32_t first, uint32_t at, float weight) {
    if (at <= t->s->n && t->s->words[at] == t->b->l.terms[e->terms[n_done]].text.bytes[0])
        try_from(t, e, n_done + 1, first, at, weight);
}

/* Tries every place for the next word of the edge: behind `last`, and behind each bracket that may be passed over. */
static void try_from(tried *t, const lattice_edge *e, size_t n_done, uint32_t first, uint32_t last, float weight) {
    if (n_done == e->n_terms) {
        try_edges(t, e->last, first, last, weight);
        return;
    }
    if (first == 0) {
        for (uint32_t at = 1; at <= t->s->n; at++)
            try_word(t, e, n_done, at, at, weight);
        return;
    }
    for (uint32_t at = last + 1; at <= t->s->n;) {
        uint32_t behind = UINT32_MAX;
        try_word(t, e, n_done, first, at, weight);
        for (size_t i = 0; i < t->s->n_spans; i++)
            behind = t->s->spans[i].first == at ? t->s->spans[i].last + 1 : behind;
        at = behind;
    }
}

/* Brackets that nest, no two of which begin or end together. */
static sample random_sample(unsigned *seed) {
    sample s = {.n = 1 + next_random(seed, 12)};
    size_t open[max_spans];
    size_t n_open = 0;
    for (uint32_t p = 1; p <= s.n; p++) {
        s.words[p] = (char)('a' + next_random(seed, 3));
        if (s.n_spans < max_spans && next_random(seed, 2) == 0) {
            open[n_open++] = s.n_spans;
            s.spans[s.n_spans++] = (token_span){p, s.n};
        }
        if (n_open > 0 && next_random(seed, 5) < 3)
            s.spans[open[--n_open]].last = p;
    }
    while (n_open > 0) /* what is still open is no bracket */
        s.spans[open[--n_open]].last = 0;
    size_t n = 0;
    for (size_t i = 0; i < s.n_spans; i++)
        if (s.spans[i].last != 0)
            s.spans[n++] = s.spans[i];
    s.n_spans = n;
    return s;
}

/* Whether an edge without words between these nodes would complete a path without any. */
static bool is_all_empty(const built *b, size_t n_nodes, size_t first, size_t last) {
    bool reached[8] = {true};
    for (size_t node = 0; node < n_nodes; node++) {
        if (node == first && reached[node])
            reached[last] = true;
        for (size_t i = 0; i < b->l.n_edges; i++)
            if (b->l.edges[i].first == node && b->l.edges[i].n_terms == 0 && reached[node])
                reached[b->l.edges[i].last] = true;
    }
    return reached[n_nodes - 1];
}

static void random_lattice(unsigned *seed, built *b) {
    static const float weights[] = {1, 0.8F, 0.5F};
    const size_t n_nodes = 2 + next_random(seed, 3);
    for (size_t i = 0; i + 1 < n_nodes; i++)
        add(b, i, i + 1, (const char[]){(char)('a' + next_random(seed, 3)), '\0'}, 1);
    for (unsigned i = next_random(seed, 4); i > 0; i--) {
        const size_t first = next_random(seed, (unsigned)n_nodes - 1);
        const size_t last = first + 1 + next_random(seed, (unsigned)(n_nodes - 1 - first));
        char letters[4] = "";
        for (unsigned n = 1 + next_random(seed, 3); n > 0; n--)
            letters[n - 1] = (char)('a' + next_random(seed, 3));
        letters[3] = '\0';
        const bool may_be_empty = next_random(seed, 3) == 0 && !is_all_empty(b, n_nodes, first, last);
        add(b, first, last, may_be_empty ? "" : letters, weights[next_random(seed, 3)]);
    }
    lattice_finish(&b->l);
}

static void check_against_every_path(unsigned round, const built *b, const sample *s, const found *f) {
    tried t = {.b = b, .s = s};
    try_edges(&t, 0, 0, 0, 1);
    size_t n = 0;
    for (uint32_t last = 1; last <= s->n; last++)
        n += t.best[last] > 0 ? 1 : 0;
    if (f->list.n != n)
        fail_msg("round %u: %zu occurrences, not %zu", round, f->list.n, n);
    for (size_t i = 0; i < n; i++) {
        const occurrence o = f->occurrences[i];
        assert_true(i == 0 || f->occurrences[i - 1].last < o.last);
        if (o.weight != t.best[o.last] || o.weight > t.pairs[o.first][o.last])
            fail_msg("round %u: %u-%u counts %f, not %f", round, o.first, o.last, (double)o.weight,
                     (double)t.best[o.last]);
    }
}

static void test_random_lattices(void **state) {
    (void)state;
    unsigned seed = 1961;
    lattice_matcher m = {0}; /* one for all, as in a search */
    for (unsigned round = 0; round < 20000; round++) {
        built b = {0};
        found f;
        random_lattice(&seed, &b);
        const sample s = random_sample(&seed);
        match(&b, &s, &m, &f);
        check_against_every_path(round, &b, &s, &f);
        arena_free(&b.memory);
    }
    lattice_matcher_free(&m);
}

/* ---- Sections of names ------------------------------------------------------------------------------------------- */

typedef struct section {
    uint64_t at[32];
    char bytes[512];
    column_strings strings;
} section;

/* Strings that may hold NUL, each with its length; a null string ends them. */
static void fill(section *s, const search_text *entries) {
    size_t n = 0;
    s->at[0] = 0;
    for (; entries[n].bytes != NULL; n++) {
        memcpy(s->bytes + s->at[n], entries[n].bytes, entries[n].n_bytes);
        s->at[n + 1] = s->at[n] + entries[n].n_bytes;
    }
    s->strings = (column_strings){s->at, s->bytes, n};
}

#define ENTRY(literal)                                                                                                 \
    { literal, sizeof literal - 1 }
#define ENTRIES(...)                                                                                                   \
    (const search_text[]) {                                                                                            \
        __VA_ARGS__, {                                                                                                 \
            NULL, 0                                                                                                    \
        }                                                                                                              \
    }

static void assert_finds(const section *s, name_kind kind, const char *key, size_t first, size_t n) {
    size_t got_first = 77;
    size_t got_n = 77;
    names_find(&s->strings, kind, text_of(key), &got_first, &got_n);
    if (got_n != n || (n > 0 && got_first != first))
        fail_msg("%c%s: %zu from %zu, not %zu from %zu", (char)kind, key, got_n, got_first, n, first);
}

static void test_names_are_found_by_key(void **state) {
    (void)state;
    section s;
    fill(&s, ENTRIES(ENTRY("Jab\0a b"), ENTRY("Jabc\0ab c"), ENTRY("Obush george\0george bush"),
                     ENTRY("Ogeorge bush\0bush george"), ENTRY("Rzh:mao\0mao tse tung"), ENTRY("Rzh:mao\0mao zedong"),
                     ENTRY("Rzh:mao\0mao zedong2"), ENTRY("Rzh:mao-z\0x y")));
    assert_finds(&s, NAME_READING, "zh:mao", 4, 3);
    assert_finds(&s, NAME_READING, "zh:mao-z", 7, 1);
    assert_finds(&s, NAME_JOINED, "ab", 0, 1);
    assert_finds(&s, NAME_JOINED, "abc", 1, 1);
    assert_finds(&s, NAME_ORDER, "george bush", 3, 1);
    assert_text(names_form(&s.strings, 3), "bush george");
    assert_text(names_form(&s.strings, 5), "mao zedong");
}

static void test_absent_names_are_not_found(void **state) {
    (void)state;
    section s;
    fill(&s, ENTRIES(ENTRY("Jab\0a b"), ENTRY("Rzh:mao\0mao tse tung")));
    static const char *const keys[] = {"", "a", "ab ", "abc", "zh:ma", "zh:maoo", "zh:mao ", "~", "\xFF", "\x01"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_finds(&s, NAME_JOINED, keys[i], 0, 0);
        assert_finds(&s, NAME_READING, keys[i], 0, 0);
    }
    assert_finds(&s, NAME_ORDER, "ab", 0, 0);
    assert_finds(&s, NAME_PARENTHESES, "zh:mao", 0, 0);
    fill(&s, &(const search_text){NULL, 0});
    assert_finds(&s, NAME_JOINED, "ab", 0, 0);
    assert_finds(&s, NAME_JOINED, "", 0, 0);
}

/* Entries without a NUL, without a form, without anything: none of them is a name. */
static void test_damaged_names(void **state) {
    (void)state;
    section s;
    fill(&s, ENTRIES(ENTRY(""), ENTRY(""), ENTRY("J"), ENTRY("J\0"), ENTRY("Jab"), ENTRY("Jab\0"), ENTRY("Jab\0a b"),
                     ENTRY("Jab\0a\0b"), ENTRY("R")));
    assert_finds(&s, NAME_JOINED, "ab", 5, 3);
    assert_finds(&s, NAME_JOINED, "", 3, 1);
    assert_finds(&s, NAME_READING, "", 0, 0);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(names_form(&s.strings, i).n_bytes, 0);
    assert_text(names_form(&s.strings, 6), "a b");
    assert_int_equal(names_form(&s.strings, 7).n_bytes, 3);
    /* in no order: some may be missed, and that is all */
    fill(&s, ENTRIES(ENTRY("Rb\0c"), ENTRY(""), ENTRY("Jab\0a b"), ENTRY("Aa\0b")));
    size_t first;
    size_t n;
    names_find(&s.strings, NAME_JOINED, text_of("ab"), &first, &n);
    assert_true(first + n <= 4);
}

static void test_aliases_are_read(void **state) {
    (void)state;
    section s;
    aliases a;
    fill(&s, ENTRIES(ENTRY("jinmen\0quemoy"), ENTRY("stalin\0filippov ivan")));
    check(names_read_aliases(&s.strings, &a, NULL));
    assert_int_equal(a.n, 2);
    assert_text(a.list[0].asked, "jinmen");
    assert_text(a.list[1].found, "filippov ivan");
    aliases_free(&a);
}

static void test_damaged_aliases_are_left_out(void **state) {
    (void)state;
    section s;
    aliases a;
    fill(&s, ENTRIES(ENTRY(""), ENTRY("\0"), ENTRY("\0quemoy"), ENTRY("jinmen"), ENTRY("jinmen\0"),
                     ENTRY("jinmen\0quemoy"), ENTRY("x\0y\0z")));
    check(names_read_aliases(&s.strings, &a, NULL));
    assert_int_equal(a.n, 2);
    assert_text(a.list[0].asked, "jinmen");
    assert_text(a.list[1].asked, "x");
    aliases_free(&a);
    fill(&s, &(const search_text){NULL, 0});
    check(names_read_aliases(&s.strings, &a, NULL));
    assert_int_equal(a.n, 0);
    aliases_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_side_by_side),
        cmocka_unit_test(test_a_phrase_of_one_word),
        cmocka_unit_test(test_brackets_are_passed_over),
        cmocka_unit_test(test_brackets_are_entered_and_left),
        cmocka_unit_test(test_of_several_ways_the_shortest_stays),
        cmocka_unit_test(test_a_variant_of_other_length),
        cmocka_unit_test(test_two_names_in_one_lattice),
        cmocka_unit_test(test_the_weight_is_that_of_the_lightest_edge),
        cmocka_unit_test(test_what_counts_most_goes_over_a_bracket),
        cmocka_unit_test(test_what_is_asked_in_brackets_may_be_absent),
        cmocka_unit_test(test_a_term_is_added_once),
        cmocka_unit_test(test_damaged_brackets),
        cmocka_unit_test(test_brackets_side_by_side_cost_little),
        cmocka_unit_test(test_random_lattices),
        cmocka_unit_test(test_names_are_found_by_key),
        cmocka_unit_test(test_absent_names_are_not_found),
        cmocka_unit_test(test_damaged_names),
        cmocka_unit_test(test_aliases_are_read),
        cmocka_unit_test(test_damaged_aliases_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
