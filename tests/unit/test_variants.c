/* Phrases over brackets, names and their variants, through the public interface: what finds what, in which order, how
 * it is counted, and what the passages mark. */
#include "fixture.h"

/* ---- Helpers ----------------------------------------------------------------------------------------------------- */

static search_index *index_of(const scratch *s, const char *const *records) {
    rebuild(s->index, records);
    return open_index(s->index);
}

/* An index with one record for each body; its id is its number from 1. */
static search_index *index_of_bodies(const scratch *s, const char *const *bodies) {
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (size_t i = 0; bodies[i] != NULL; i++) {
        char json[1024];
        snprintf(json, sizeof json, "{\"id\":\"%zu\",\"body\":\"%s\"}", i + 1, bodies[i]);
        assert_ok(put_json(w, json, &last_error));
    }
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
    return open_index(s->index);
}

#define BODIES RECORDS

static search_results *answer(const search_index *index, const char *query) {
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.limit = 1000;
    request.query = text_of(query);
    assert_ok(search_run(index, &request, &results, &last_error));
    return results;
}

/* The ids of all hits from the best on, joined by blanks. */
static const char *ids_of(const search_index *index, const char *query) {
    static char ids[4096];
    search_results *results = answer(index, query);
    ids[0] = '\0';
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_text id = search_results_hit(results, i)->id;
        strcat(ids, i == 0 ? "" : " ");
        strncat(ids, id.bytes, id.n_bytes);
    }
    assert_int_equal(search_results_total(results), search_results_n_hits(results));
    search_results_free(results);
    return ids;
}

static void assert_hits(const search_index *index, const char *query, const char *expected) {
    const char *ids = ids_of(index, query);
    if (strcmp(ids, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", query, ids, expected);
}

static int by_byte(const void *a, const void *b) {
    return *(const char *)a - *(const char *)b;
}

/* The same in whatever order; ids are single digits. */
static void assert_finds(const search_index *index, const char *query, const char *expected) {
    char digits[64] = "";
    for (const char *at = ids_of(index, query); *at != '\0'; at++)
        if (*at != ' ')
            strncat(digits, at, 1);
    qsort(digits, strlen(digits), 1, by_byte);
    if (strcmp(digits, expected) != 0)
        fail_msg("%s: %s, not %s", query, digits, expected);
}

static double score_of(const search_index *index, const char *query, const char *id) {
    search_results *results = answer(index, query);
    double score = -1;
    for (size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        if (hit->id.n_bytes == strlen(id) && memcmp(hit->id.bytes, id, hit->id.n_bytes) == 0)
            score = hit->score;
    }
    search_results_free(results);
    return score;
}

/* The text of the first hit's passage with its marks in braces. */
static void assert_marks(const search_index *index, const char *query, const char *expected) {
    char got[1024];
    size_t n = 0;
    search_results *results = answer(index, query);
    if (search_results_n_hits(results) == 0 || search_results_hit(results, 0)->n_snippets == 0)
        fail_msg("%s: no passage", query);
    const search_snippet *s = search_results_hit(results, 0)->snippets;
    size_t at = 0;
    for (size_t i = 0; i < s->n_marks; i++) {
        const search_mark m = s->marks[i];
        assert_true(at <= m.from && m.from < m.to && m.to <= s->text.n_bytes);
        n += (size_t)snprintf(got + n, sizeof got - n, "%.*s{%.*s}", (int)(m.from - at), s->text.bytes + at,
                              (int)(m.to - m.from), s->text.bytes + m.from);
        at = m.to;
    }
    snprintf(got + n, sizeof got - n, "%.*s", (int)(s->text.n_bytes - at), s->text.bytes + at);
    if (strcmp(got, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", query, got, expected);
    search_results_free(results);
}

static search_status refused(const search_index *index, const char *query) {
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.query = text_of(query);
    const search_status status = search_run(index, &request, &results, &last_error);
    search_results_free(results);
    return status;
}

/* ---- Phrases over brackets --------------------------------------------------------------------------------------- */

static void test_phrases_pass_over_brackets(void **state) {
    search_index *index = index_of_bodies(*state, BODIES("Kim Tae-hui [Kim Thae Hui] received the guests.",
                                                         "Kim Tae-hui received the guests.", "Kim received Tae-hui."));
    assert_finds(index, "\"Kim Tae-hui received\"", "12");
    assert_finds(index, "\"Kim Tae-hui Kim Thae Hui received\"", "1");
    assert_finds(index, "exact:\"Thae Hui received\"", "1");
    assert_finds(index, "\"hui kim thae\"", "1");
    assert_finds(index, "exact:\"Kim Tae-hui received\"", "12");
    assert_finds(index, "\"tae hui guests\"", "");
    assert_finds(index, "\"Kim Tae-hui [so] received\"", "12");
    assert_finds(index, "\"[Comrade] Kim Tae-hui [Kim Thae Hui] received [the] guests\"", "12");
    assert_finds(index, "\"[Comrade] Kim Tae-hui [Kim Thae Hui] received the guests [there]\"", "12");
    assert_finds(index, "\"Kim Tae-hui [Kim Thae Hui] received\"", "12");
    assert_finds(index, "\"[Comrade] [so]\"", "");
    search_index_free(index);
}

static void test_brackets_complete_a_word(void **state) {
    search_index *index = index_of_bodies(
        *state, BODIES("He met the [Nor]th Korean side.", "He met W[illiam] Clark there.", "He met W. Clark there.",
                       "A [28?] May meeting", "They re[com]mended rest.", "Ask William Clark."));
    assert_finds(index, "\"the North Korean\"", "1");
    assert_finds(index, "\"met the North Korean side\"", "1");
    assert_finds(index, "\"the nor th korean\"", "1");
    assert_finds(index, "\"William Clark\"", "26");
    assert_finds(index, "\"met William Clark there\"", "2");
    assert_finds(index, "\"W Clark\"", "23");
    assert_finds(index, "William", "26");
    assert_finds(index, "north", "1");
    assert_finds(index, "recommended", "5");
    assert_finds(index, "\"they recommended rest\"", "5");
    assert_finds(index, "\"W[illiam] Clark\"", "26");
    assert_finds(index, "W[illiam]", "26");
    assert_finds(index, "\"[Nor]th Korean\"", "1");
    assert_finds(index, "\"met W[illiam] Clark [sic] there\"", "2");
    search_index_free(index);
}

static void test_brackets_of_every_kind(void **state) {
    search_index *index = index_of_bodies(
        *state, BODIES("the comrads [sic] agreed", "the comrads [...] agreed", "on [28?] May 1956",
                       "alpha [one [two] three] beta", "alpha [one] [two] [three] beta", "gamma [one two delta",
                       "gamma one] two delta", "[] alpha [] beta", "gamma [one. Two. Three.] delta"));
    assert_finds(index, "\"comrads agreed\"", "12");
    assert_finds(index, "\"comrads sic agreed\"", "1");
    assert_finds(index, "\"on 28 May\"", "3");
    assert_finds(index, "\"on May 1956\"", "3");
    assert_finds(index, "\"alpha beta\"", "458");
    assert_finds(index, "\"one three\"", "45");
    assert_finds(index, "\"alpha one three beta\"", "45");
    assert_finds(index, "\"alpha three beta\"", "5");
    assert_finds(index, "\"alpha two beta\"", "5");
    assert_finds(index, "\"gamma delta\"", "9");
    assert_finds(index, "\"gamma one two delta\"", "67");
    search_index_free(index);
}

static void test_brackets_in_fields(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"title\":\"Talk with Kim [Il] Sung\",\"body\":\"nothing\"}",
                        "{\"id\":\"2\",\"title\":\"Talk\",\"body\":\"with Kim [Il] Sung\"}",
                        "{\"id\":\"3\",\"title\":\"Talk\",\"body\":\"x\",\"people\":[\"Kim [Il] Sung\",\"Pak\"]}"));
    assert_finds(index, "\"Kim Sung\"", "123");
    assert_finds(index, "title:\"Kim Sung\"", "1");
    assert_finds(index, "body:\"Kim Sung\"", "2");
    assert_finds(index, "people:\"Kim Sung\"", "3");
    assert_finds(index, "people:\"Sung Pak\"", "");
    search_index_free(index);
}

static void test_phrases_are_counted(void **state) {
    search_index *index = index_of_bodies(
        *state, BODIES("delta alpha [x] beta y alpha beta z", "delta alpha beta x y alpha z delta", "x y z x y z x y"));
    assert_true(score_of(index, "\"alpha beta\"", "1") > score_of(index, "\"alpha beta\"", "2"));
    /* twice in one record of eight words, once in another: as delta, the other way round */
    assert_true(score_of(index, "\"alpha beta\"", "1") == score_of(index, "delta", "2"));
    assert_true(score_of(index, "\"alpha beta\"", "2") == score_of(index, "delta", "1"));
    search_index_free(index);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static void test_names_as_bare_words(void **state) {
    search_index *index = index_of_bodies(
        *state, BODIES("Mao Zedong spoke to them then", "Mao Tse-tung spoke to them then",
                       "Mao spoke of it, said Zedong", "Mao spoke to Tse of Tung then", "Zedong Mao Tse x Tung spoke"));
    assert_finds(index, "mao zedong", "1235");
    assert_finds(index, "\"mao zedong\"", "12");
    assert_finds(index, "MAO Tse-tung", "12");
    assert_finds(index, "mao tse tung", "1245");
    assert_finds(index, "spoke mao zedong then", "12");
    assert_finds(index, "mao spoke zedong", "135");
    assert_finds(index, "zedong mao", "135");
    assert_finds(index, "mao OR zedong", "12345");
    assert_finds(index, "mao & zedong", "1235");
    search_index_free(index);
}

static void test_a_variant_ranks_below_what_is_written(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"p\",\"body\":\"Mao Zedong spoke to them then again\"}",
                                                   "{\"id\":\"w\",\"body\":\"Mao Tse-tung spoke to them then\"}"));
    assert_hits(index, "\"Mao Zedong\"", "p w");
    assert_hits(index, "\"Mao Tse-tung\"", "w p");
    assert_hits(index, "Mao Zedong", "p w");
    assert_hits(index, "Mao Tse-tung", "w p");
    assert_hits(index, "Zedong Mao Zedong", "p");
    /* punctuation between them counts nothing */
    assert_true(score_of(index, "Mao & Zedong", "w") == score_of(index, "Mao Zedong", "w"));
    search_index_free(index);
}

static void test_excluding_and_choosing_names(void **state) {
    search_index *index = index_of_bodies(
        *state, BODIES("talks Mao Zedong", "talks Mao Tse-tung", "talks Chou En-lai", "talks Zhou Enlai", "talks"));
    assert_finds(index, "talks -\"Mao Zedong\"", "345");
    assert_finds(index, "talks -(mao zedong)", "345");
    assert_finds(index, "-\"Mao Tse-tung\" -\"Zhou Enlai\"", "5");
    assert_finds(index, "talks -exact:\"Mao Zedong\"", "2345");
    assert_finds(index, "\"Mao Zedong\" OR \"Zhou Enlai\"", "1234");
    assert_finds(index, "(mao zedong) OR (chou en-lai)", "1234");
    assert_finds(index, "mao zedong OR exact:(zhou enlai)", "124");
    search_index_free(index);
}

static void test_exact_switches_variants_off(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"title\":\"On Mao Zedong\",\"body\":\"labor in Beijing\"}",
                        "{\"id\":\"2\",\"title\":\"On Mao Tse-tung\",\"body\":\"labour in Peking\"}",
                        "{\"id\":\"3\",\"title\":\"On both\",\"body\":\"labours of Beijing\"}",
                        "{\"id\":\"4\",\"title\":\"On ceasefire\",\"body\":\"a cease-fire and a cease fire\"}"));
    assert_finds(index, "labour", "123");
    assert_finds(index, "exact:labour", "2");
    assert_finds(index, "exact:labor", "1");
    assert_finds(index, "beijing", "123");
    assert_finds(index, "exact:beijing", "13");
    assert_finds(index, "\"mao zedong\"", "12");
    assert_finds(index, "exact:\"mao zedong\"", "1");
    assert_finds(index, "exact:(mao zedong)", "1");
    assert_finds(index, "exact:(labour OR beijing)", "123");
    assert_finds(index, "exact:(labour beijing)", "");
    assert_finds(index, "title:\"mao zedong\"", "12");
    assert_finds(index, "exact:title:\"mao zedong\"", "1");
    assert_finds(index, "title:exact:zedong", "");
    assert_finds(index, "title:ceasefire", "4");
    assert_finds(index, "exact:title:\"cease fire\"", "");
    assert_finds(index, "exact:\"in peking\"", "2");
    search_index_free(index);
}

static void test_accents_are_preferred_when_asked(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"a\",\"body\":\"Nicolae Ceausescu came\"}",
                                                   "{\"id\":\"b\",\"body\":\"Nicolae Ceaușescu came\"}",
                                                   "{\"id\":\"c\",\"body\":\"Nicolae Ceausescu came\"}"));
    assert_hits(index, "Ceaușescu", "b a c");
    assert_hits(index, "\"Nicolae Ceaușescu\"", "b a c");
    assert_hits(index, "body:Ceaușescu", "b a c");
    assert_hits(index, "exact:Ceaușescu", "b a c");
    assert_hits(index, "Ceausescu", "a b c");
    assert_hits(index, "\"Nicolae Ceausescu\"", "a b c");
    assert_true(score_of(index, "Ceaușescu", "b") == score_of(index, "Ceausescu", "b"));
    search_index_free(index);
}

static void test_possessives(void **state) {
    search_index *index = index_of_bodies(*state, BODIES("Kim Il Sung's report", "the report of Kim Il Sung came",
                                                         "Mao Tse-tung’s report", "Mao Zedong’s report"));
    assert_finds(index, "\"Kim Il Sung\"", "12");
    assert_finds(index, "\"Kim Il Sung's\"", "12");
    assert_finds(index, "\"Kim Il Sung report\"", "1");
    assert_finds(index, "\"Kim Il Sung's report\"", "1");
    assert_finds(index, "\"Mao Zedong's report\"", "34");
    assert_finds(index, "\"Mao Zedong\"", "34");
    assert_finds(index, "mao zedong's", "34");
    search_index_free(index);
}

static void test_initials(void **state) {
    search_index *index =
        index_of_bodies(*state, BODIES("V.M. Molotov wrote", "V. M. Molotov wrote", "VM Molotov wrote",
                                       "V. Molotov wrote", "the U.S.S.R. wrote", "the USSR wrote"));
    assert_finds(index, "\"V.M. Molotov\"", "123");
    assert_finds(index, "\"V. M. Molotov\"", "123");
    assert_finds(index, "V. M. Molotov", "123");
    assert_finds(index, "V.M. Molotov", "123");
    assert_finds(index, "\"V. Molotov\"", "4");
    assert_finds(index, "USSR", "56");
    assert_finds(index, "exact:\"V. M. Molotov\"", "2");
    search_index_free(index);
}

static void test_compounds(void **state) {
    search_index *index =
        index_of_bodies(*state, BODIES("a ceasefire was agreed", "a cease-fire was agreed", "a cease fire was agreed",
                                       "cease all fire", "fire, then cease", "20-30 tons", "2030 tons"));
    assert_finds(index, "ceasefire", "123");
    assert_finds(index, "cease-fire", "123");
    assert_finds(index, "\"cease fire\"", "123");
    assert_finds(index, "cease fire", "12345");
    assert_finds(index, "\"a ceasefire was\"", "123");
    assert_finds(index, "\"a cease-fire was agreed\"", "123");
    assert_finds(index, "exact:ceasefire", "1");
    assert_finds(index, "exact:cease-fire", "23");
    assert_finds(index, "-ceasefire", "4567");
    assert_finds(index, "2030", "7");
    search_index_free(index);
}

static void test_listed_names(void **state) {
    search_index *index = index_of(
        *state,
        RECORDS("{\"id\":\"1\",\"body\":\"x\",\"people\":[\"Bush, George, 1924-\",\"Baker, James\"]}",
                "{\"id\":\"2\",\"body\":\"George Bush came\"}", "{\"id\":\"3\",\"body\":\"bush, George\"}",
                "{\"id\":\"4\",\"body\":\"x\",\"people\":[\"Chiang, Kai-shek (Jiang Jieshi)\"]}",
                "{\"id\":\"5\",\"body\":\"Chiang Kai-shek wrote\"}", "{\"id\":\"6\",\"body\":\"Jiang Jieshi wrote\"}",
                "{\"id\":\"7\",\"body\":\"George, Baker and James Bush\"}",
                "{\"id\":\"8\",\"body\":\"x\",\"people\":[\"de Gaulle, Charles\", \"Pak, the old one\"]}"));
    assert_finds(index, "\"George Bush\"", "123");
    assert_finds(index, "people:\"George Bush\"", "1");
    assert_finds(index, "\"Bush George\"", "123");
    assert_finds(index, "\"George Baker\"", "7");
    assert_finds(index, "exact:\"George Bush\"", "2");
    assert_finds(index, "\"Chiang Kai-shek\"", "456");
    assert_finds(index, "\"Jiang Jieshi\"", "456");
    assert_finds(index, "jiang jieshi", "456");
    assert_finds(index, "people:\"Jiang Jieshi\"", "4");
    assert_finds(index, "\"Charles de Gaulle\"", "8");
    assert_finds(index, "\"the old one Pak\"", "");
    search_index_free(index);
}

/* ---- Aliases ----------------------------------------------------------------------------------------------------- */

static search_write_summary rebuild_with(const char *directory, const char *aliases, const char *const *records) {
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_write_summary summary;
    options.aliases = text_of(aliases);
    assert_ok(write_records(directory, &options, records, &summary));
    return summary;
}

static const char *const of_aliases[] = {"{\"id\":\"1\",\"body\":\"Comrade Ostrich wrote\"}",
                                         "{\"id\":\"2\",\"body\":\"Stalin wrote\"}",
                                         "{\"id\":\"3\",\"body\":\"the Old Man wrote\"}",
                                         "{\"id\":\"4\",\"body\":\"the Great Helmsman wrote\"}",
                                         "{\"id\":\"5\",\"body\":\"the old, and a man of Ostrich wrote\"}",
                                         "{\"id\":\"6\",\"body\":\"Joseph Stalin wrote\"}",
                                         NULL};
static const char alias_file[] = "# of the archive\nOld Man = Great Helmsman\nOstrich -> Stalin\n"
                                 "Joseph Stalin = Stalin\n";

static void assert_aliases(const search_index *index) {
    assert_finds(index, "stalin", "1256");
    assert_finds(index, "\"stalin\"", "1256");
    assert_finds(index, "\"stalin wrote\"", "1256");
    assert_finds(index, "ostrich", "15");
    assert_finds(index, "\"old man\"", "34");
    assert_finds(index, "old man", "345");
    assert_finds(index, "\"great helmsman\"", "34");
    assert_finds(index, "great helmsman", "34");
    assert_finds(index, "exact:stalin", "26");
    assert_finds(index, "exact:\"old man\"", "3");
}

static void test_aliases_of_the_archive(void **state) {
    const scratch *s = *state;
    rebuild_with(s->index, alias_file, of_aliases);
    search_index *index = open_index(s->index);
    assert_aliases(index);
    /* a form that holds the word asked for counts it once */
    assert_true(score_of(index, "stalin", "6") < score_of(index, "stalin", "2"));
    assert_true(score_of(index, "stalin", "1") < score_of(index, "stalin", "2"));
    search_index_free(index);
}

static void test_an_update_keeps_the_aliases(void **state) {
    const scratch *s = *state;
    rebuild_with(s->index, alias_file, of_aliases);
    update(s->index, RECORDS("{\"id\":\"7\",\"body\":\"nobody\"}"));
    search_index *index = open_index(s->index);
    assert_aliases(index);
    assert_finds(index, "nobody", "7");
    search_index_free(index);
    rebuild(s->index, of_aliases);
    index = open_index(s->index);
    assert_finds(index, "ostrich", "15");
    assert_finds(index, "stalin", "26");
    search_index_free(index);
}

static void test_bad_aliases_are_refused(void **state) {
    const scratch *s = *state;
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = (search_writer *)&last_error;
    options.aliases = text_of("Quemoy = Jinmen\n\nno sign here\n");
    assert_fails(search_writer_open(s->index, &options, &w, &last_error), SEARCH_E_INPUT);
    assert_null(w);
    assert_string_equal(last_error.id, "aliases.line");
    assert_non_null(strstr(last_error.message, "3"));
    rebuild(s->index, of_aliases);
    options = options_of(SEARCH_WRITE_UPDATE, false);
    options.aliases = text_of("Quemoy = Jinmen\n");
    assert_fails(search_writer_open(s->index, &options, &w, &last_error), SEARCH_E_ARGUMENT);
    assert_null(w);
}

/* The name of a generation is a counter, a hyphen and a digest. */
static void test_other_aliases_give_another_generation(void **state) {
    const scratch *s = *state;
    const search_write_summary a = rebuild_with(s->index, alias_file, of_aliases);
    const search_write_summary b = rebuild_with(s->index, alias_file, of_aliases);
    const search_write_summary c = rebuild_with(s->index, "Old Man = Great Helmsman\n", of_aliases);
    const search_write_summary d = rebuild(s->index, of_aliases);
    assert_string_equal(strchr(a.generation, '-'), strchr(b.generation, '-'));
    assert_string_not_equal(strchr(a.generation, '-'), strchr(c.generation, '-'));
    assert_string_not_equal(strchr(c.generation, '-'), strchr(d.generation, '-'));
}

static void test_too_many_forms(void **state) {
    const scratch *s = *state;
    char aliases[4096] = "";
    char body[2048] = "{\"id\":\"1\",\"body\":\"moon";
    for (int i = 0; i < 64; i++) {
        sprintf(aliases + strlen(aliases), "luna%d -> moon\n", i);
        sprintf(body + strlen(body), " luna%d", i);
    }
    strcat(aliases, "luna64 -> moon\n");
    char more[2100];
    snprintf(more, sizeof more, "%s luna64\"}", body);
    strcat(body, "\"}");
    rebuild_with(s->index, aliases, RECORDS(body));
    search_index *index = open_index(s->index);
    assert_hits(index, "moon", "1"); /* what the index does not hold is no form */
    search_index_free(index);
    rebuild_with(s->index, aliases, RECORDS(more));
    index = open_index(s->index);
    assert_int_equal(refused(index, "moon"), SEARCH_E_LIMIT);
    assert_string_equal(last_error.id, "query.too_many_variants");
    assert_int_equal(last_error.offset, 0);
    assert_non_null(strstr(last_error.hint, "exact:"));
    assert_int_equal(refused(index, "stars OR \"the moon\""), SEARCH_E_LIMIT);
    assert_int_equal(last_error.offset, 9);
    assert_int_equal(refused(index, "-title:moon"), SEARCH_E_LIMIT);
    assert_hits(index, "exact:moon", "1");
    assert_hits(index, "luna64", "1");
    search_index_free(index);
}

/* ---- Passages ---------------------------------------------------------------------------------------------------- */

static void test_variants_are_marked(void **state) {
    search_index *index = index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"Then Mao Tse-tung’s labor began.\"}"));
    assert_marks(index, "\"mao zedong\"", "Then {Mao Tse-tung’s} labor began.");
    assert_marks(index, "mao zedong", "Then {Mao Tse-tung’s} labor began.");
    assert_marks(index, "labour", "Then Mao Tse-tung’s {labor} began.");
    assert_marks(index, "then -peace", "{Then} Mao Tse-tung’s labor began.");
    assert_marks(index, "exact:mao", "Then {Mao} Tse-tung’s labor began.");
    search_index_free(index);
}

static void test_a_listed_name_is_marked(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"x\",\"people\":[\"Bush, George, 1924-\"]}"));
    assert_marks(index, "\"george bush\"", "{Bush, George}, 1924-");
    assert_marks(index, "people:\"george bush\"", "{Bush, George}, 1924-");
    assert_marks(index, "george bush", "{Bush, George}, 1924-");
    search_index_free(index);
}

static void test_phrases_are_marked_whole(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"Kim Tae-hui [Kim Thae Hui] received W[illiam] Clark.\"}"));
    assert_marks(index, "\"Tae-hui received\"", "Kim {Tae-hui [Kim Thae Hui] received} W[illiam] Clark.");
    assert_marks(index, "\"William Clark\"", "Kim Tae-hui [Kim Thae Hui] received {W[illiam] Clark}.");
    assert_marks(index, "\"received W Clark\"", "Kim Tae-hui [Kim Thae Hui] {received W[illiam] Clark}.");
    search_index_free(index);
}

/* The mark that begins first may end last. */
static void test_a_long_mark_is_not_cut(void **state) {
    char json[4096];
    char note[600] = "";
    char filler[900] = "";
    for (int i = 0; i < 50; i++)
        strcat(note, "middle ");
    for (int i = 0; i < 120; i++)
        strcat(filler, "filler ");
    snprintf(json, sizeof json, "{\"id\":\"1\",\"body\":\"%s alpha [%s] beta %s\"}", filler, note, filler);
    search_index *index = index_of(*state, RECORDS(json));
    search_results *results = answer(index, "\"alpha beta\" alpha");
    const search_snippet *s = search_results_hit(results, 0)->snippets;
    assert_int_equal(s->n_marks, 1);
    assert_memory_equal(s->text.bytes + s->marks[0].from, "alpha [", 7);
    assert_memory_equal(s->text.bytes + s->marks[0].to - 4, "beta", 4);
    search_results_free(results);
    search_index_free(index);
}

/* ---- At random, against reading every text ------------------------------------------------------------------------
 */

enum { n_texts = 60, max_text = 14, n_letters = 6 };

/* Each letter stands for a word: what is asked, and what is also looked for. */
static const struct {
    const char *asked;
    const char *found;
} pairs[] = {{"ab", "c"}, {"bc", "aa"}, {"d", "ef"}, {"ef", "d"}, {"cd", "fab"}, {"a", "e"}};
static const char random_aliases[] = "charlie -> alfa bravo\nalfa alfa -> bravo charlie\necho foxtrot = delta\n"
                                     "foxtrot alfa bravo -> charlie delta\necho -> alfa\n";
static const char *const words[n_letters] = {"alfa", "bravo", "charlie", "delta", "echo", "foxtrot"};

typedef struct random_text {
    char letters[max_text + 1];
    size_t n;
    size_t behind[max_text + 1]; /* of a bracket that begins there, what follows it; else 0 */
} random_text;

static unsigned next_random(unsigned *seed, unsigned n) {
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % n;
}

/* A phrase of such words, some of them in brackets. */
typedef struct random_phrase {
    char letters[8];
    size_t opens; /* letters, half open; none when they are equal */
    size_t closes;
} random_phrase;

/* Whether the words stand at `at` or behind the brackets that begin there, and then the phrase from `next` on. */
static bool stands(const random_text *t, size_t at, bool is_start, const char *now, const random_phrase *p,
                   size_t next);

/* The phrase from letter i on, in every form, from `at` on. */
static bool is_asked_at(const random_text *t, size_t at, bool is_start, const random_phrase *p, size_t i) {
    if (p->letters[i] == '\0')
        return true;
    bool yes = stands(t, at, is_start, (const char[]){p->letters[i], '\0'}, p, i + 1);
    for (size_t v = 0; !yes && v < sizeof pairs / sizeof *pairs; v++)
        if (strncmp(p->letters + i, pairs[v].asked, strlen(pairs[v].asked)) == 0)
            yes = stands(t, at, is_start, pairs[v].found, p, i + strlen(pairs[v].asked));
    return yes || (i == p->opens && p->closes > i && is_asked_at(t, at, is_start, p, p->closes));
}

static bool stands(const random_text *t, size_t at, bool is_start, const char *now, const random_phrase *p,
                   size_t next) {
    if (*now == '\0')
        return is_asked_at(t, at, false, p, next);
    for (; at < t->n; at = t->behind[at]) {
        if (t->letters[at] == *now && stands(t, at + 1, false, now + 1, p, next))
            return true;
        if (is_start || t->behind[at] == 0)
            break;
    }
    return false;
}

static bool has_phrase(const random_text *t, const random_phrase *p) {
    for (size_t at = 0; at < t->n; at++)
        if (is_asked_at(t, at, true, p, 0))
            return true;
    return false;
}

static bool has_form(const random_text *t, const char *form) {
    static const random_phrase nothing = {"", 0, 0};
    for (size_t at = 0; at < t->n; at++)
        if (stands(t, at, true, form, &nothing, 0))
            return true;
    return false;
}

/* Each word is there, or what stands for it alone or with its neighbours. */
static bool has_words(const random_text *t, const char *asked) {
    for (size_t w = 0; asked[w] != '\0'; w++) {
        bool yes = memchr(t->letters, asked[w], t->n) != NULL;
        for (size_t i = 0; !yes && i < sizeof pairs / sizeof *pairs; i++) {
            const size_t n = strlen(pairs[i].asked);
            for (size_t first = 0; !yes && first <= w; first++)
                yes = first + n > w && strncmp(asked + first, pairs[i].asked, n) == 0 && has_form(t, pairs[i].found);
        }
        if (!yes)
            return false;
    }
    return true;
}

/* Writes a text of words and brackets that do not nest. */
static void make_text(random_text *t, unsigned *seed, char *out) {
    *t = (random_text){.n = 1 + next_random(seed, max_text)};
    size_t open = SIZE_MAX;
    out[0] = '\0';
    for (size_t i = 0; i < t->n; i++) {
        const unsigned letter = next_random(seed, n_letters);
        t->letters[i] = (char)('a' + letter);
        const bool opens = open == SIZE_MAX && next_random(seed, 4) == 0;
        open = opens ? i : open;
        const bool closes = open != SIZE_MAX && (i + 1 == t->n || next_random(seed, 2) == 0);
        sprintf(out + strlen(out), "%s%s%s%s", i == 0 ? "" : " ", opens ? "[" : "", words[letter], closes ? "]" : "");
        if (closes) {
            t->behind[open] = i + 1;
            open = SIZE_MAX;
        }
    }
}

static void make_phrase(random_phrase *p, unsigned *seed) {
    const size_t n = 1 + next_random(seed, 5);
    *p = (random_phrase){"", 0, 0};
    for (size_t i = 0; i < n; i++)
        p->letters[i] = (char)('a' + next_random(seed, n_letters));
    if (next_random(seed, 2) == 0) {
        p->opens = next_random(seed, (unsigned)n);
        p->closes = p->opens + 1 + next_random(seed, (unsigned)(n - p->opens));
    }
    if (p->closes - p->opens == n) /* all in brackets: they may not be absent */
        p->closes = p->opens;
}

/* Asks for the phrase, with its brackets, or for its words; notes which texts are found. */
static void ask(const search_index *index, const random_phrase *p, bool is_quoted, bool found[n_texts]) {
    char query[128] = "";
    strcat(query, is_quoted ? "\"" : "");
    for (size_t i = 0; p->letters[i] != '\0'; i++) {
        const bool is_bracketed = is_quoted && p->closes > p->opens;
        sprintf(query + strlen(query), "%s%s%s%s", i == 0 ? "" : " ", is_bracketed && i == p->opens ? "[" : "",
                words[p->letters[i] - 'a'], is_bracketed && i + 1 == p->closes ? "]" : "");
    }
    strcat(query, is_quoted ? "\"" : "");
    search_results *results = answer(index, query);
    for (size_t i = 0; i < search_results_n_hits(results); i++)
        found[atoi(search_results_hit(results, i)->id.bytes) - 1] = true;
    search_results_free(results);
}

static void check_random_phrase(const search_index *index, const random_text *texts, unsigned *seed) {
    random_phrase p;
    bool with_phrase[n_texts] = {false};
    bool with_words[n_texts] = {false};
    make_phrase(&p, seed);
    ask(index, &p, true, with_phrase);
    ask(index, &p, false, with_words);
    for (size_t i = 0; i < n_texts; i++) {
        if (with_phrase[i] != has_phrase(&texts[i], &p))
            fail_msg("the phrase %s, brackets %zu-%zu, and text %zu, %s", p.letters, p.opens, p.closes, i + 1,
                     texts[i].letters);
        if (with_words[i] != has_words(&texts[i], p.letters))
            fail_msg("the words %s and text %zu, %s", p.letters, i + 1, texts[i].letters);
    }
}

/* A name that brackets complete is capitalised where its first part is not, and here is a possessive's owner. */
static void test_names_that_brackets_complete(void **state) {
    const scratch *s = *state;
    search_index *index = index_of_bodies(
        s, BODIES("They spoke of khru[Shchev]'s visit.", "They spoke of [k]Hrushchev's visit.", "Other words."));
    assert_finds(index, "Khrushchov", "12");
    search_index_free(index);
}

static void test_random_phrases(void **state) {
    const scratch *s = *state;
    unsigned seed = 1964;
    random_text texts[n_texts];
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    options.aliases = text_of(random_aliases);
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (size_t i = 0; i < n_texts; i++) {
        char body[256];
        char json[320];
        make_text(&texts[i], &seed, body);
        snprintf(json, sizeof json, "{\"id\":\"%zu\",\"body\":\"%s\"}", i + 1, body);
        assert_ok(put_json(w, json, &last_error));
    }
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
    search_index *index = open_index(s->index);
    for (size_t i = 0, n = fixture_some(400); i < n; i++)
        check_random_phrase(index, texts, &seed);
    search_index_free(index);
}

/* ---- Counts ------------------------------------------------------------------------------------------------------ */

/* The total, the counts of a facet and the hits of a selection are of one set. */
static void check_counts(const search_index *index, const char *query) {
    const search_facet_request facet = {.name = text_of("places"), .limit = 100};
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.query = text_of(query);
    request.limit = 1000;
    request.facets = &facet;
    request.n_facets = 1;
    assert_ok(search_run(index, &request, &results, &last_error));
    assert_int_equal(search_results_total(results), search_results_n_hits(results));
    const search_facet_counts *counts = search_results_facet(results, 0);
    uint64_t sum = 0;
    for (size_t i = 0; i < counts->n_values; i++) {
        const search_where where = {text_of("places"), counts->values[i].value};
        search_request selected = SEARCH_REQUEST_INIT;
        search_results *some = NULL;
        selected.query = request.query;
        selected.limit = 1000;
        selected.wheres = &where;
        selected.n_wheres = 1;
        assert_ok(search_run(index, &selected, &some, &last_error));
        assert_int_equal(search_results_total(some), counts->values[i].count);
        assert_int_equal(search_results_n_hits(some), counts->values[i].count);
        search_results_free(some);
        sum += counts->values[i].count;
    }
    assert_int_equal(sum, search_results_total(results)); /* one place a record */
    search_results_free(results);
}

static void test_counts_agree_with_hits(void **state) {
    static const char *const texts[] = {"Mao Zedong",          "Mao Tse-tung",     "Mao [the Chairman] Zedong",
                                        "Zedong and Mao",      "ceasefire",        "a cease-fire now",
                                        "the cease fire [so]", "Kim [x] received", "Kim received W[illiam]"};
    static const char *const places[] = {"China", "Korea", "Cuba"};
    const scratch *s = *state;
    search_writer_options options = options_of(SEARCH_WRITE_REBUILD, true);
    search_writer *w = NULL;
    assert_ok(search_writer_open(s->index, &options, &w, &last_error));
    for (unsigned i = 0; i < 60; i++) {
        char json[256];
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s %s\",\"places\":[\"%s\"]}", i, texts[i % 9],
                 texts[i / 9 % 9], places[i * 7 % 11 % 3]);
        assert_ok(put_json(w, json, &last_error));
    }
    assert_ok(search_writer_commit(w, NULL, &last_error));
    search_writer_free(w);
    search_index *index = open_index(s->index);
    static const char *const queries[] = {"mao zedong",
                                          "\"mao zedong\"",
                                          "-\"mao zedong\"",
                                          "ceasefire -mao",
                                          "cease-fire OR \"kim received\"",
                                          "william",
                                          "exact:mao",
                                          "\"kim received w\"",
                                          "mao zedong (fire OR kim)"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        check_counts(index, queries[i]);
    search_index_free(index);
}

/* ---- Damage ------------------------------------------------------------------------------------------------------ */

/* Asks for names; a status is fine as long as it says that the index is damaged, or that a name has too many forms. */
static void ask_for_names(const char *directory, size_t at) {
    static const char *const queries[] = {"\"mao zedong\"", "peking ceasefire", "george bush", "\"stalin wrote\""};
    search_index *index = NULL;
    search_status status = search_index_open(directory, &index, &last_error);
    for (size_t i = 0; status == SEARCH_OK && i < sizeof queries / sizeof *queries; i++)
        status = refused(index, queries[i]);
    search_analysis *analysis = NULL;
    if (status == SEARCH_OK)
        status = search_analyze(index, text_of("George Bush and Mao Zedong in Peking"), &analysis, &last_error);
    search_analysis_free(analysis);
    if (status != SEARCH_OK && status != SEARCH_E_CORRUPT && status != SEARCH_E_LIMIT)
        fail_msg("byte %zu: %s: %s", at, search_status_name(status), last_error.message);
    search_index_free(index);
}

static bool is_of_names(const char *section) {
    return strncmp(section, "names.", 6) == 0 || strncmp(section, "aliases.", 8) == 0;
}

static void test_damaged_names(void **state) {
    enum { n_header = 16, n_row = 64, n_name = 48 };
    const scratch *s = *state;
    rebuild_with(s->index, alias_file,
                 RECORDS("{\"id\":\"1\",\"body\":\"Mao Tse-tung and Stalin wrote of the cease-fire\"}",
                         "{\"id\":\"2\",\"body\":\"Beijing\",\"people\":[\"Bush, George\"]}"));
    char path[256];
    snprintf(path, sizeof path, "%s/CURRENT/segment-0/columns/columns.bin", s->index);
    FILE *file = fopen(path, "r+b");
    uint32_t n_sections = 0;
    size_t n_turned = 0;
    assert_non_null(file);
    assert_int_equal(fseek(file, n_header - 4, SEEK_SET), 0);
    assert_int_equal(fread(&n_sections, sizeof n_sections, 1, file), 1);
    for (uint32_t i = 0; i < n_sections; i++) {
        char row[n_row];
        uint64_t place[2]; /* where the section begins, its length */
        assert_int_equal(fseek(file, (long)(n_header + i * n_row), SEEK_SET), 0);
        assert_int_equal(fread(row, sizeof row, 1, file), 1);
        memcpy(place, row + n_name, sizeof place);
        for (size_t at = 0; is_of_names(row) && at<place[1]; at += place[1]> 2000 ? 41 : 1) {
            const long where = (long)(place[0] + at);
            assert_int_equal(fseek(file, where, SEEK_SET), 0);
            const int kept = fgetc(file);
            for (int turn = 0; turn < 2; turn++) { /* turns a bit, then puts it back */
                assert_int_equal(fseek(file, where, SEEK_SET), 0);
                assert_int_not_equal(fputc(turn == 0 ? kept ^ 1 << at % 8 : kept, file), EOF);
                assert_int_equal(fflush(file), 0);
                if (turn == 0)
                    ask_for_names(s->index, (size_t)where);
            }
            n_turned++;
        }
    }
    assert_true(n_turned > 200);
    assert_int_equal(fclose(file), 0);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_phrases_pass_over_brackets),
        ON_SCRATCH(test_brackets_complete_a_word),
        ON_SCRATCH(test_brackets_of_every_kind),
        ON_SCRATCH(test_brackets_in_fields),
        ON_SCRATCH(test_phrases_are_counted),
        ON_SCRATCH(test_names_as_bare_words),
        ON_SCRATCH(test_a_variant_ranks_below_what_is_written),
        ON_SCRATCH(test_excluding_and_choosing_names),
        ON_SCRATCH(test_exact_switches_variants_off),
        ON_SCRATCH(test_accents_are_preferred_when_asked),
        ON_SCRATCH(test_possessives),
        ON_SCRATCH(test_initials),
        ON_SCRATCH(test_compounds),
        ON_SCRATCH(test_listed_names),
        ON_SCRATCH(test_aliases_of_the_archive),
        ON_SCRATCH(test_an_update_keeps_the_aliases),
        ON_SCRATCH(test_bad_aliases_are_refused),
        ON_SCRATCH(test_other_aliases_give_another_generation),
        ON_SCRATCH(test_too_many_forms),
        ON_SCRATCH(test_variants_are_marked),
        ON_SCRATCH(test_a_listed_name_is_marked),
        ON_SCRATCH(test_phrases_are_marked_whole),
        ON_SCRATCH(test_a_long_mark_is_not_cut),
        ON_SCRATCH(test_names_that_brackets_complete),
        ON_SCRATCH(test_random_phrases),
        ON_SCRATCH(test_counts_agree_with_hits),
        ON_SCRATCH(test_damaged_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
