/* Snippets: which passage is chosen, where it is cut, and what is marked in it. */
#include "fixture.h"
#include "libsearch/support/buffer.h"

static search_index *index_of(const scratch *s, const char *const *records) {
    rebuild(s->index, records);
    return open_index(s->index);
}

static search_results *answer(const search_index *index, const char *query, size_t n_snippets) {
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;
    request.query = text_of(query);
    request.n_snippets = n_snippets;
    assert_ok(search_run(index, &request, &results, &last_error));
    assert_true(search_results_n_hits(results) > 0);
    return results;
}

/* "body 2: <The [border] goes on>", the cuts as "<" and ">"; several are joined by " | ". */
static void assert_shown(const search_index *index, const char *query, size_t n_snippets, const char *expected) {
    search_results *results = answer(index, query, n_snippets);
    const search_hit *hit = search_results_hit(results, 0);
    buffer got = {0};
    for (size_t i = 0; i < hit->n_snippets; i++) {
        const search_snippet *s = &hit->snippets[i];
        size_t at = 0;
        buffer_add_format(&got, "%s%s %zu: %s", i > 0 ? " | " : "", s->field, s->para, s->cut_before ? "<" : "");
        for (size_t m = 0; m < s->n_marks; m++) {
            buffer_add(&got, s->text.bytes + at, s->marks[m].from - at);
            buffer_add_byte(&got, '[');
            buffer_add(&got, s->text.bytes + s->marks[m].from, s->marks[m].to - s->marks[m].from);
            buffer_add_byte(&got, ']');
            at = s->marks[m].to;
        }
        buffer_add(&got, s->text.bytes + at, s->text.n_bytes - at);
        buffer_add_string(&got, s->cut_after ? ">" : "");
    }
    if (got.bytes == NULL || strcmp(got.bytes, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", query, got.bytes == NULL ? "" : got.bytes, expected);
    buffer_free(&got);
    search_results_free(results);
}

#define FILL                                                                                                           \
    " Nothing of note is in this one, which only goes on for a while and then ends as it began, without an end."

static void test_the_most_words_win(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"title\":\"t\",\"body\":\"Korea, Korea and Korea.\\n\\nThe border.\\n\\nThe "
                        "border of Korea.\\n\\nThe border, then much else, of Korea.\"}",
                        "{\"id\":\"2\",\"body\":\"korea\"}", "{\"id\":\"3\",\"body\":\"korea\"}"));
    assert_shown(index, "korea border", 1, "body 3: The [border] of [Korea].");
    assert_shown(index, "border -absent", 1, "body 2: The [border].");
    assert_shown(index, "title:t korea", 1, "body 1: [Korea], [Korea] and [Korea].");
    assert_shown(index, "border OR absent", 2, "body 2: The [border]. | body 3: The [border] of Korea.");
    search_index_free(index);
}

static void test_rarer_words_win(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"title\":\"only\",\"body\":\"Korea.\\n\\nA needle.\"}",
                                 "{\"id\":\"2\",\"body\":\"korea\"}", "{\"id\":\"3\",\"body\":\"korea\"}"));
    assert_shown(index, "title:only korea needle", 1, "body 2: A [needle].");
    assert_shown(index, "title:only korea needle", 2, "body 2: A [needle]. | body 1: [Korea].");
    search_index_free(index);
}

/* A second passage shows what the first does not, before it repeats anything. */
static void test_words_far_apart(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"The harvest was good." FILL FILL FILL
                                 " The harvest again." FILL FILL FILL " Crossers came. They stayed." FILL FILL "\"}"));
    assert_shown(index, "harvest crossers", 2,
                 "body 1: The [harvest] was good." FILL FILL "> | body 1: <Nothing of note is in this one, which only "
                 "goes on for a while and then ends as it began, without an end. [Crossers] came. They stayed." FILL
                 ">");
    search_index_free(index);
}

static void test_sentences(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"body\":\"Begins here." FILL FILL FILL
                                 " The border crossers of Mr. An said so. They left." FILL FILL FILL " The end.\"}"));
    assert_shown(index, "\"mr an\"", 1,
                 "body 1: <Nothing of note is in this one, which only goes on for a while and then ends as it began, "
                 "without an end. The border crossers of [Mr. An] said so. They left.>");
    search_index_free(index);
}

static void test_fields(void **state) {
    search_index *index =
        index_of(*state, RECORDS("{\"id\":\"1\",\"title\":\"Quince\",\"body\":\"The body of Kim.\\n\\nMore.\","
                                 "\"people\":[\"Pak Hon-yong\",\"Kim Il-sung\"],\"original\":\"金日成首相亲自开闸\"}"));
    assert_shown(index, "pak", 1, "people 1: [Pak] Hon-yong");
    assert_shown(index, "sung", 1, "people 2: Kim Il-[sung]");
    assert_shown(index, "kim sung", 1, "body 1: The body of [Kim].");
    assert_shown(index, "quince", 1, "body 1: The body of Kim.");
    assert_shown(index, "quince pak", 2, "people 1: [Pak] Hon-yong");
    assert_shown(index, "\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90", 1,
                 "original 1: [\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90]\xE9\xA6\x96\xE7\x9B\xB8\xE4\xBA\xB2\xE8\x87\xAA"
                 "\xE5\xBC\x80\xE9\x97\xB8");
    search_index_free(index);
}

static void test_phrases_stay_whole(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"title\":\"t\",\"body\":\"He ended. Border\\n\\ncrossers came.\\n\\nLast.\"}"));
    assert_shown(index, "\"border crossers\"", 1, "body 1: He ended. [Border\n\ncrossers] came.");
    assert_shown(index, "last", 1, "body 3: [Last].");
    search_index_free(index);
}

static void test_marks_are_what_is_asked(void **state) {
    search_index *index = index_of(
        *state, RECORDS("{\"id\":\"1\",\"body\":\"Ceau\\u0219escu met Kim [Il] Sung; the labour of borders.\"}"));
    assert_shown(index, "ceausescu", 1,
                 "body 1: [Ceau\xC8\x99"
                 "escu] met Kim [Il] Sung; the labour of borders.");
    assert_shown(index, "\"kim sung\" labor border", 1,
                 "body 1: Ceau\xC8\x99"
                 "escu met [Kim [Il] Sung]; the [labour] of [borders].");
    assert_shown(index, "exact:labour", 1,
                 "body 1: Ceau\xC8\x99"
                 "escu met Kim [Il] Sung; the [labour] of borders.");
    search_index_free(index);
}

/* One sentence of 200 KB: the passage is short, and of whole words. */
static void test_a_paragraph_without_end(void **state) {
    buffer json = {0};
    buffer_add_string(&json, "{\"id\":\"1\",\"body\":\"alpha");
    for (int i = 0; i < 25000; i++)
        buffer_add_string(&json, i == 12000 ? " needle" : " harvest");
    buffer_add_string(&json, " omega\"}");
    search_index *index = index_of(*state, RECORDS(json.bytes));
    search_results *results = answer(index, "needle", 3);
    const search_hit *hit = search_results_hit(results, 0);
    assert_int_equal(hit->n_snippets, 1);
    const search_snippet *s = &hit->snippets[0];
    assert_true(s->cut_before && s->cut_after);
    assert_true(s->text.n_bytes > 200 && s->text.n_bytes <= 320);
    assert_memory_equal(s->text.bytes, "harvest ", 8);
    assert_memory_equal(s->text.bytes + s->text.n_bytes - 8, " harvest", 8);
    search_results_free(results);
    results = answer(index, "alpha omega", 3);
    hit = search_results_hit(results, 0);
    assert_int_equal(hit->n_snippets, 2);
    assert_memory_equal(hit->snippets[0].text.bytes, "alpha ", 6);
    assert_false(hit->snippets[0].cut_before);
    assert_false(hit->snippets[1].cut_after);
    search_results_free(results);
    results = answer(index, "harvest", 100);
    hit = search_results_hit(results, 0);
    assert_int_equal(hit->n_snippets, 100);
    for (size_t i = 0; i < hit->n_snippets; i++)
        assert_true(hit->snippets[i].text.n_bytes <= 400 && hit->snippets[i].n_marks > 0);
    search_results_free(results);
    search_index_free(index);
    buffer_free(&json);
}

/* Text without blanks is cut where the analyzer sees words end. */
static void test_words_without_blanks(void **state) {
    buffer json = {0};
    buffer_add_string(&json, "{\"id\":\"1\",\"body\":\"x\",\"original\":\"");
    for (int i = 0; i < 401; i++)
        buffer_add_string(&json, i == 200 ? "\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90" : "\xE5\x8C\x97\xE4\xBA\xAC");
    buffer_add_string(&json, "\"}"); /* 北京 … 金日成 … 北京 */
    search_index *index = index_of(*state, RECORDS(json.bytes));
    search_results *results = answer(index, "\xE9\x87\x91\xE6\x97\xA5\xE6\x88\x90", 1);
    const search_snippet *s = &search_results_hit(results, 0)->snippets[0];
    assert_true(s->text.n_bytes > 200 && s->text.n_bytes <= 320);
    assert_memory_equal(s->text.bytes, "\xE5\x8C\x97\xE4\xBA\xAC", 6);
    assert_memory_equal(s->text.bytes + s->text.n_bytes - 6, "\xE5\x8C\x97\xE4\xBA\xAC", 6);
    search_results_free(results);
    search_index_free(index);
    buffer_free(&json);
}

/* However many there are, passages of one hit share no byte. */
static void test_passages_do_not_overlap(void **state) {
    buffer json = {0};
    buffer_add_string(&json, "{\"id\":\"1\",\"body\":\"");
    for (int i = 0; i < 400; i++)
        buffer_add_format(&json, "%sword%d %s", i % 9 == 0 ? "Korea. " : "", i, i % 31 == 30 ? "border\\n\\n" : "");
    buffer_add_string(&json, "\"}");
    search_index *index = index_of(*state, RECORDS(json.bytes));
    search_results *results = answer(index, "korea OR border OR word*", 50);
    const search_hit *hit = search_results_hit(results, 0);
    search_record *record = NULL;
    assert_ok(search_index_record(index, hit->id, &record, &last_error));
    const search_text body = search_record_value(record, "body", 0);
    bool *is_shown = calloc(body.n_bytes, sizeof *is_shown);
    assert_non_null(is_shown);
    assert_true(hit->n_snippets > 10);
    for (size_t i = 0; i < hit->n_snippets; i++) {
        const search_text text = hit->snippets[i].text;
        const char *at = memmem(body.bytes, body.n_bytes, text.bytes, text.n_bytes);
        assert_non_null(at);
        for (size_t b = (size_t)(at - body.bytes); b < (size_t)(at - body.bytes) + text.n_bytes; b++) {
            assert_false(is_shown[b]);
            is_shown[b] = true;
        }
    }
    free(is_shown);
    search_record_free(record);
    search_results_free(results);
    search_index_free(index);
    buffer_free(&json);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, fixture_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(test_the_most_words_win),
        ON_SCRATCH(test_rarer_words_win),
        ON_SCRATCH(test_words_far_apart),
        ON_SCRATCH(test_sentences),
        ON_SCRATCH(test_fields),
        ON_SCRATCH(test_phrases_stay_whole),
        ON_SCRATCH(test_marks_are_what_is_asked),
        ON_SCRATCH(test_a_paragraph_without_end),
        ON_SCRATCH(test_words_without_blanks),
        ON_SCRATCH(test_passages_do_not_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
