/* Analysis for people: what becomes of a text, laid open.  It goes the way of a query: the analyzer's tokens, their
 * words, the readings from every word on, and the variants that would be looked for. */
#include "libsearch/ranking/variants.h"
#include "libsearch/support/utf8.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct search_analysis {
    arena memory; /* holds all that follows */
    search_text text;
    search_token *tokens;
    size_t n_tokens;
    search_bracket *brackets;
    size_t n_brackets;
    search_reading *readings;
    size_t n_readings;
    search_variant *variants;
    size_t n_variants;
    size_t n_bad_bytes;
};

/* ---- what to analyze with ---- */

/* Those of an open index, else made for this one text. */
typedef struct tools {
    const snapshot *index; /* null: none is open */
    reader *borrowed;
    analyzer *words;
    aliases own_aliases;
    const aliases *known;
} tools;

static search_status make_tools(tools *t, search_error *error) {
    t->known = &t->own_aliases;
    const search_status status = analyzer_new("english", &t->words, error);
    return status == SEARCH_OK ? aliases_add_builtin(&t->own_aliases, t->words, error) : status;
}

static search_status take_tools(const search_index *index, tools *t, search_error *error) {
    if (index == NULL) {
        return make_tools(t, error);
    }
    t->index = index->now;
    t->known = &index->now->known;
    const search_status status = snapshot_take_reader(index->now, &t->borrowed, error);
    t->words = status == SEARCH_OK ? t->borrowed->words : NULL;
    return status;
}

static void give_tools(const search_index *index, tools *t) {
    if (index == NULL) {
        analyzer_free(t->words);
    } else {
        snapshot_give_reader(index->now, t->borrowed);
    }
    aliases_free(&t->own_aliases);
}

/* ---- tokens and brackets ---- */

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

static bool copy_text(arena *memory, search_text text, search_text *out) {
    *out = (search_text){arena_copy(memory, text.bytes, text.n_bytes), text.n_bytes};
    return out->bytes != NULL;
}

static bool copy_token(arena *memory, const token *from, search_token *to) {
    *to = (search_token){.from = from->from, .to = from->to, .position = from->position, .is_extra = from->is_extra};
    if (!copy_text(memory, from->folded, &to->folded)) {
        return false;
    }
    to->exact = to->folded;
    to->stem = to->folded;
    return (from->exact.n_bytes == 0 || copy_text(memory, from->exact, &to->exact)) &&
           (same(from->stem, from->folded) || copy_text(memory, from->stem, &to->stem));
}

static search_status copy_tokens(search_analysis *a, const token_list *tokens, search_error *error) {
    a->tokens = arena_array(&a->memory, tokens->n_tokens, sizeof *a->tokens);
    a->brackets = arena_array(&a->memory, tokens->n_spans, sizeof *a->brackets);
    if (a->tokens == NULL || a->brackets == NULL) {
        return error_memory(error);
    }
    for (; a->n_tokens < tokens->n_tokens; a->n_tokens++) {
        if (!copy_token(&a->memory, &tokens->tokens[a->n_tokens], &a->tokens[a->n_tokens])) {
            return error_memory(error);
        }
    }
    for (; a->n_brackets < tokens->n_spans; a->n_brackets++) {
        const token_span *span = &tokens->spans[a->n_brackets];
        a->brackets[a->n_brackets] = (search_bracket){span->first, span->last};
    }
    a->n_bad_bytes = tokens->n_bad_bytes;
    return SEARCH_OK;
}

/* ---- readings ---- */

typedef struct reading_list {
    arena *memory;
    buffer found;      /* search_reading */
    uint32_t position; /* of the first word that is read */
} reading_list;

static search_status keep_reading(void *context, const reading *r, search_error *error) {
    reading_list *list = context;
    search_reading kept = {.position_first = list->position,
                           .position_last = list->position + (uint32_t)r->n_words - 1,
                           .rule = search_text_of(r->rule)};
    if (!copy_text(list->memory, r->key, &kept.key)) {
        return error_memory(error);
    }
    buffer_add(&list->found, &kept, sizeof kept);
    return list->found.failed ? error_memory(error) : SEARCH_OK;
}

static search_status find_readings(search_analysis *a, const readings *tables, const reading_word *words,
                                   size_t n_words, search_error *error) {
    reading_list list = {.memory = &a->memory};
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < n_words; i++) {
        const size_t n = n_words - i < READING_MAX_WORDS ? n_words - i : READING_MAX_WORDS;
        list.position = (uint32_t)i + 1;
        if (readings_may_begin(tables, words[i].folded) != 0) {
            status = readings_visit(tables, words + i, n, keep_reading, &list, error);
        }
    }
    if (status == SEARCH_OK) {
        a->n_readings = list.found.n_bytes / sizeof *a->readings;
        a->readings = (search_reading *)(void *)arena_copy(&a->memory, list.found.bytes, list.found.n_bytes);
        status = a->readings == NULL ? error_memory(error) : SEARCH_OK;
    }
    buffer_free(&list.found);
    return status;
}

/* ---- variants ---- */

static bool join_words(arena *memory, const search_text *words, size_t n_words, search_text *out) {
    buffer joined = {0};
    buffer_add_string(&joined, "");
    for (size_t i = 0; i < n_words; i++) {
        buffer_add_string(&joined, i > 0 ? " " : "");
        buffer_add(&joined, words[i].bytes, words[i].n_bytes);
    }
    const bool ok = !joined.failed && copy_text(memory, (search_text){joined.bytes, joined.n_bytes}, out);
    buffer_free(&joined);
    return ok;
}

static search_status find_variants(search_analysis *a, const tools *t, const reading_word *words, size_t n_words,
                                   search_error *error) {
    variant_list list = {0};
    const search_status status =
        variants_find(t->index, NULL, t->known, t->words, words, n_words, &a->memory, &list, error);
    if (status != SEARCH_OK) {
        return status;
    }
    a->variants = arena_array(&a->memory, list.n_edges, sizeof *a->variants);
    if (a->variants == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < list.n_edges; i++) {
        const variant_edge *edge = &list.edges[i];
        search_variant *v = &a->variants[a->n_variants++];
        v->position_first = (uint32_t)edge->first + 1;
        v->position_last = (uint32_t)edge->last;
        v->rule = search_text_of(edge->rule);
        if (!join_words(&a->memory, edge->words, edge->n_words, &v->words)) {
            return error_memory(error);
        }
    }
    return SEARCH_OK;
}

/* ---- the call ---- */

static search_status fill(search_analysis *a, const tools *t, search_text text, search_error *error) {
    token_list tokens;
    reading_word *words = NULL;
    size_t n_words = 0;
    search_status status = analyzer_tokens(t->words, text, &tokens, error);
    if (status == SEARCH_OK) {
        status = copy_text(&a->memory, text, &a->text) ? copy_tokens(a, &tokens, error) : error_memory(error);
    }
    if (status == SEARCH_OK) {
        status = token_list_words(&tokens, &a->memory, &words, &n_words, error);
    }
    const readings *tables = NULL;
    if (status == SEARCH_OK) {
        status = analyzer_readings(t->words, &tables, error);
    }
    if (status == SEARCH_OK) {
        status = find_readings(a, tables, words, n_words, error);
    }
    return status == SEARCH_OK ? find_variants(a, t, words, n_words, error) : status;
}

search_status search_analyze(const search_index *index, search_text text, search_analysis **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    search_analysis *a = calloc(1, sizeof *a);
    if (a == NULL) {
        return error_memory(error);
    }
    tools t = {0};
    search_status status = take_tools(index, &t, error);
    if (status == SEARCH_OK) {
        status = fill(a, &t, text, error);
    }
    give_tools(index, &t);
    if (status != SEARCH_OK) {
        search_analysis_free(a);
        return status;
    }
    *out = a;
    return SEARCH_OK;
}

/* ---- reading it ---- */

const search_token *search_analysis_token(const search_analysis *analysis, size_t i) {
    return i < analysis->n_tokens ? &analysis->tokens[i] : NULL;
}

const search_bracket *search_analysis_bracket(const search_analysis *analysis, size_t i) {
    return i < analysis->n_brackets ? &analysis->brackets[i] : NULL;
}

const search_reading *search_analysis_reading(const search_analysis *analysis, size_t i) {
    return i < analysis->n_readings ? &analysis->readings[i] : NULL;
}

const search_variant *search_analysis_variant(const search_analysis *analysis, size_t i) {
    return i < analysis->n_variants ? &analysis->variants[i] : NULL;
}

size_t search_analysis_n_bad_bytes(const search_analysis *analysis) {
    return analysis->n_bad_bytes;
}

void search_analysis_free(search_analysis *analysis) {
    if (analysis != NULL) {
        arena_free(&analysis->memory);
        free(analysis);
    }
}

/* ---- as JSON ---- */

/* Text may be long, so each item is written when it is made instead of building one tree of them all. */
typedef struct json_writer {
    const search_analysis *a;
    buffer out;
    buffer repaired; /* the piece of text at hand */
    size_t from;     /* a place in the text, in bytes and in code points */
    size_t n_before;
} json_writer;

static int put_bytes(const char *bytes, size_t n_bytes, void *context) {
    buffer *out = context;
    buffer_add(out, bytes, n_bytes);
    return out->failed ? -1 : 0;
}

/* Takes the value; null stands for one that could not be made. */
static void put_json(json_writer *w, json_t *value) {
    if (value == NULL || json_dump_callback(value, put_bytes, &w->out, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
        w->out.failed = true;
    }
    json_decref(value);
}

static json_t *text_json(search_text text) {
    return json_stringn(text.n_bytes == 0 ? "" : text.bytes, text.n_bytes);
}

/* A piece of the text as printed; what is no UTF-8 is U+FFFD. */
static json_t *printed_json(json_writer *w, size_t from, size_t to) {
    buffer_clear(&w->repaired);
    utf8_repair(&w->repaired, w->a->text.bytes + from, to - from);
    return w->repaired.failed ? NULL : text_json((search_text){w->repaired.bytes, w->repaired.n_bytes});
}

static size_t n_characters(const json_writer *w, size_t from, size_t to) {
    return utf8_n_characters(w->a->text.bytes + from, to - from);
}

/* Counts from the place before: tokens hardly ever go back. */
static void move_to(json_writer *w, size_t from) {
    if (from >= w->from) {
        w->n_before += n_characters(w, w->from, from);
    } else {
        w->n_before -= n_characters(w, from, w->from);
    }
    w->from = from;
}

static json_t *token_json(json_writer *w, size_t i) {
    const search_token *t = &w->a->tokens[i];
    move_to(w, t->from);
    return json_pack("{s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:o}", "from", (json_int_t)w->n_before, "to",
                     (json_int_t)(w->n_before + n_characters(w, t->from, t->to)), "position", (json_int_t)t->position,
                     "extra", t->is_extra ? 1 : 0, "text", printed_json(w, t->from, t->to), "exact",
                     text_json(t->exact), "folded", text_json(t->folded), "stem", text_json(t->stem));
}

static json_t *bracket_json(json_writer *w, size_t i) {
    const search_bracket *b = &w->a->brackets[i];
    return json_pack("[I, I]", (json_int_t)b->position_first, (json_int_t)b->position_last);
}

static json_t *reading_json(json_writer *w, size_t i) {
    const search_reading *r = &w->a->readings[i];
    return json_pack("{s:[I, I], s:o, s:o}", "positions", (json_int_t)r->position_first, (json_int_t)r->position_last,
                     "reading", text_json(r->key), "rule", text_json(r->rule));
}

static json_t *variant_json(json_writer *w, size_t i) {
    const search_variant *v = &w->a->variants[i];
    return json_pack("{s:[I, I], s:o, s:o}", "positions", (json_int_t)v->position_first, (json_int_t)v->position_last,
                     "words", text_json(v->words), "rule", text_json(v->rule));
}

static void put_list(json_writer *w, const char *key, json_t *(*item)(json_writer *w, size_t i), size_t n) {
    buffer_add_format(&w->out, ",\"%s\":[", key);
    for (size_t i = 0; i < n && !w->out.failed; i++) {
        buffer_add_string(&w->out, i > 0 ? "," : "");
        put_json(w, item(w, i));
    }
    buffer_add_byte(&w->out, ']');
}

search_status search_analysis_to_json(const search_analysis *analysis, char **out, size_t *n_out, search_error *error) {
    error_clear(error);
    *n_out = 0;
    json_writer w = {.a = analysis};
    buffer_add_string(&w.out, "{\"format\":1,\"text\":");
    put_json(&w, printed_json(&w, 0, analysis->text.n_bytes));
    put_list(&w, "tokens", token_json, analysis->n_tokens);
    put_list(&w, "brackets", bracket_json, analysis->n_brackets);
    put_list(&w, "readings", reading_json, analysis->n_readings);
    put_list(&w, "variants", variant_json, analysis->n_variants);
    buffer_add_format(&w.out, ",\"bad_bytes\":%zu}", analysis->n_bad_bytes);
    *out = buffer_take(&w.out, n_out);
    buffer_free(&w.out);
    buffer_free(&w.repaired);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}
