/* The public side of query trees.  A tree that a program builds is held to the same rules as one that is read, by the
 * same functions, so that its text reads back to it.  Combining copies the children and frees them: a tree is one arena
 * and no child is shared. */
#include "libsearch/ranking/tree.h"

#include "libsearch/cable/cable.h"
#include "libsearch/index/snapshot.h"
#include "libsearch/query/chars.h"
#include "libsearch/query/clause.h"
#include "libsearch/query/node.h"
#include "libsearch/query/pattern.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

enum { default_max_leaves = 256, max_depth = 64 };

/* ---- what an index gives ---- */

static const char *field_name(const void *context, size_t i) {
    const search_schema *schema = context;
    size_t order[SCHEMA_MAX_FIELDS];
    return i < schema_order(schema, order) ? schema->names[order[i]] : NULL;
}

static bool read_date(search_text text, int32_t *earliest, int32_t *latest) {
    date_interval interval;
    if (!date_read(text, &interval) || interval.earliest == 0) {
        return false;
    }
    *earliest = interval.earliest;
    *latest = interval.latest;
    return true;
}

query_options tree_options(const search_schema *schema) {
    return (query_options){.field = schema == NULL ? NULL : field_name, .context = schema, .date = read_date};
}

static const query_node *node_of_unknown_field(const query_node *node, const search_schema *schema) {
    if (node->n_children == 0) {
        const size_t field = schema_find(schema, node->field.bytes, node->field.n_bytes);
        const bool is_known = field != SIZE_MAX && schema_is_searched(&schema->fields[field]);
        return node->field.n_bytes == 0 || is_known ? NULL : node;
    }
    const query_node *found = NULL;
    for (size_t i = 0; i < node->n_children && found == NULL; i++) {
        found = node_of_unknown_field(node->children[i], schema);
    }
    return found;
}

search_status tree_check(const search_query *q, const search_schema *schema, size_t max_leaves, search_error *error) {
    const size_t n_max = max_leaves == 0 ? default_max_leaves : max_leaves;
    const query_node *unknown = node_of_unknown_field(q->tree.root, schema);
    if (unknown != NULL) {
        error_set(error, SEARCH_E_ARGUMENT, "query.unknown_field", "there is no field named %.*s",
                  (int)unknown->field.n_bytes, unknown->field.bytes);
        error_hint(error, "name a field of the schema that is searched");
        return SEARCH_E_ARGUMENT;
    }
    if (q->tree.n_leaves > n_max) {
        error_set(error, SEARCH_E_LIMIT, "query.too_many_terms", "the query has more than %zu words and phrases",
                  n_max);
        error_hint(error, "split it into several queries, or give max_terms");
        return SEARCH_E_LIMIT;
    }
    return SEARCH_OK;
}

/* ---- building ---- */

static search_status bad(const char *id, const char *message, const char *hint, search_error *error) {
    error_set(error, SEARCH_E_ARGUMENT, id, "%s", message);
    error_hint(error, "%s", hint);
    return SEARCH_E_ARGUMENT;
}

/* What the language calls a bad query is a bad argument here. */
static search_status as_argument(search_status status, search_error *error) {
    if (status != SEARCH_E_QUERY) {
        return status;
    }
    if (error != NULL) {
        error->status = SEARCH_E_ARGUMENT;
    }
    return SEARCH_E_ARGUMENT;
}

static search_status new_query(search_query **out, search_error *error) {
    error_clear(error);
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

/* Gives the finished query out, or ends it. */
static search_status give(search_status status, search_query *q, search_query **out) {
    if (status != SEARCH_OK) {
        search_query_free(q);
        *out = NULL;
    } else {
        *out = q;
    }
    return status;
}

static search_status check_text(search_text text, search_error *error) {
    if (text.n_bytes > QUERY_MAX_N_BYTES) {
        error_set(error, SEARCH_E_LIMIT, "query.too_long", "the text is longer than 65536 bytes");
        error_hint(error, "split it into several texts");
        return SEARCH_E_LIMIT;
    }
    if (!utf8_valid(text.bytes, text.n_bytes)) {
        return bad("query.not_utf8", "the text is not UTF-8", "convert it to UTF-8", error);
    }
    if (text.n_bytes == 0 || chars_is_space(text)) {
        return bad("query.empty_clause", "there is nothing to search for", "give a text", error);
    }
    return SEARCH_OK;
}

static search_status check_field(search_text field, search_error *error) {
    char name[SCHEMA_MAX_NAME + 1] = "";
    if (field.n_bytes > 0 && field.n_bytes <= SCHEMA_MAX_NAME) {
        memcpy(name, field.bytes, field.n_bytes);
    }
    if (field.n_bytes > 0 &&
        (strlen(name) != field.n_bytes || !schema_name_is_legal(name) || query_is_reserved(field))) {
        return bad("query.unknown_field", "a text that cannot name a field was given for one",
                   "name a field of the schema, in small letters, or none", error);
    }
    return SEARCH_OK;
}

static search_status add_leaf(search_query *q, query_kind kind, search_text field, search_error *error) {
    q->tree.root = node_new(&q->tree.memory, kind, 0, 0);
    if (q->tree.root == NULL) {
        return error_memory(error);
    }
    q->tree.n_leaves = 1;
    q->tree.root->field.n_bytes = field.n_bytes;
    q->tree.root->field.bytes = arena_copy(&q->tree.memory, field.bytes, field.n_bytes);
    return q->tree.root->field.bytes == NULL ? error_memory(error) : SEARCH_OK;
}

static search_status set_text(search_query *q, search_text text, search_error *error) {
    q->tree.root->text = (search_text){arena_copy(&q->tree.memory, text.bytes, text.n_bytes), text.n_bytes};
    return q->tree.root->text.bytes == NULL ? error_memory(error) : SEARCH_OK;
}

static search_status set_pattern(search_query *q, search_text text, search_error *error) {
    query_report report = {.out = &q->tree, .error = error};
    pattern_text read;
    const search_status status = pattern_read(text, 0, q->tree.root->kind == QUERY_PHRASE, &report, &read);
    if (status != SEARCH_OK) {
        return as_argument(status, error);
    }
    q->tree.root->text = read.text;
    q->tree.root->patterns = read.patterns;
    q->tree.root->n_patterns = read.n_patterns;
    return SEARCH_OK;
}

static search_status check_flags(query_kind kind, unsigned flags, search_error *error) {
    const unsigned known =
        SEARCH_QUERY_EXACT | SEARCH_QUERY_PATTERN | (kind == QUERY_PHRASE ? SEARCH_QUERY_INFLECTED : 0u);
    if ((flags & ~known) != 0) {
        return bad("query.bad_flags", "this flag does not go with a word or phrase",
                   "SEARCH_QUERY_EXACT and SEARCH_QUERY_PATTERN go with both, SEARCH_QUERY_INFLECTED with a phrase",
                   error);
    }
    if ((flags & SEARCH_QUERY_EXACT) != 0 && (flags & SEARCH_QUERY_INFLECTED) != 0) {
        return bad("query.conflict", "exact leaves out inflections and inflected asks for them",
                   "leave out one of the flags", error);
    }
    return SEARCH_OK;
}

static bool has_space(search_text text) {
    for (size_t at = 0; at < text.n_bytes;) {
        if (char_is_space(utf8_next(text.bytes, text.n_bytes, &at))) {
            return true;
        }
    }
    return false;
}

static search_status fill_words(search_query *q, query_kind kind, search_text field, search_text text, unsigned flags,
                                search_error *error) {
    search_status status = check_text(text, error);
    if (status == SEARCH_OK) {
        status = check_field(field, error);
    }
    if (status == SEARCH_OK) {
        status = check_flags(kind, flags, error);
    }
    if (status == SEARCH_OK && kind == QUERY_WORD && has_space(text)) {
        status = bad("query.bad_operand", "a word has white space in it", "make it a phrase, or several words", error);
    }
    if (status == SEARCH_OK) {
        status = add_leaf(q, kind, field, error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    q->tree.root->is_exact = (flags & SEARCH_QUERY_EXACT) != 0;
    q->tree.root->is_inflected = (flags & SEARCH_QUERY_INFLECTED) != 0;
    return (flags & SEARCH_QUERY_PATTERN) != 0 ? set_pattern(q, text, error) : set_text(q, text, error);
}

static search_status words(query_kind kind, search_text field, search_text text, unsigned flags, search_query **out,
                           search_error *error) {
    search_query *q = NULL;
    search_status status = new_query(&q, error);
    if (status == SEARCH_OK) {
        status = fill_words(q, kind, field, text, flags, error);
    }
    return give(status, q, out);
}

search_status search_query_word(search_text field, search_text word, unsigned flags, search_query **out,
                                search_error *error) {
    return words(QUERY_WORD, field, word, flags, out, error);
}

search_status search_query_phrase(search_text field, search_text phrase, unsigned flags, search_query **out,
                                  search_error *error) {
    return words(QUERY_PHRASE, field, phrase, flags, out, error);
}

static search_status plain(query_kind kind, search_text field, search_text text, search_query **out,
                           search_error *error) {
    search_query *q = NULL;
    search_status status = new_query(&q, error);
    if (status == SEARCH_OK) {
        status = check_text(text, error);
    }
    if (status == SEARCH_OK) {
        status = check_field(field, error);
    }
    if (status == SEARCH_OK && kind == QUERY_SOURCE && !chars_has_letter(text)) {
        status = bad("query.empty_clause", "the reference has no letter or digit", "give a reference", error);
    }
    if (status == SEARCH_OK) {
        status = add_leaf(q, kind, field, error);
    }
    if (status == SEARCH_OK) {
        status = set_text(q, text, error);
    }
    return give(status, q, out);
}

search_status search_query_verbatim(search_text field, search_text text, search_query **out, search_error *error) {
    return plain(QUERY_VERBATIM, field, text, out, error);
}

search_status search_query_source(search_text reference, search_query **out, search_error *error) {
    return plain(QUERY_SOURCE, (search_text){"", 0}, reference, out, error);
}

static date_bounds split_bounds(search_text text) {
    date_bounds bounds = {.first = text, .second = {"", 0}};
    for (size_t i = 0; i + 1 < text.n_bytes && !bounds.is_interval; i++) {
        if (text.bytes[i] == '.' && text.bytes[i + 1] == '.') {
            bounds = (date_bounds){.first = chars_part(text, 0, i),
                                   .second = chars_part(text, i + 2, text.n_bytes),
                                   .is_interval = true,
                                   .second_offset = i + 2};
        }
    }
    bounds.first = chars_trim(bounds.first);
    bounds.second = chars_trim(bounds.second);
    return bounds;
}

search_status search_query_date(search_text bounds, bool is_certain, search_query **out, search_error *error) {
    search_query *q = NULL;
    bool is_read = false;
    search_status status = new_query(&q, error);
    if (status == SEARCH_OK) {
        status = check_text(bounds, error);
    }
    if (status == SEARCH_OK) {
        status = add_leaf(q, QUERY_DATE, (search_text){"", 0}, error);
    }
    if (status == SEARCH_OK) {
        const query_options options = tree_options(NULL);
        const date_bounds split = split_bounds(bounds);
        query_report report = {.out = &q->tree, .error = error};
        status = clause_date(is_certain ? DATE_CLAUSE_CERTAIN : DATE_CLAUSE_OVERLAPS, &split, &options, &report,
                             &q->tree.root->date, &q->tree.root->text, &is_read);
        status = as_argument(status, error);
    }
    return give(status, q, out);
}

/* ---- combining ---- */

/* Copies the children into the list, in the memory of `q`. */
static search_status copy_children(search_query *q, search_query *const *children, size_t n, node_list *list,
                                   search_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (children[i] == NULL || children[i]->tree.root->kind == QUERY_ALL) {
            return bad("query.empty_clause", "a part of the query is null or empty",
                       "leave it out: an empty query matches everything", error);
        }
        query_node *copy = node_copy(children[i]->tree.root, &q->tree.memory);
        if (copy == NULL || !node_list_add(list, copy, &q->tree.memory)) {
            return error_memory(error);
        }
    }
    return n > 0 ? SEARCH_OK : bad("query.empty_clause", "the query has no parts", "give one at least", error);
}

static search_status check_operands(query_kind kind, size_t distance, const node_list *list, search_error *error) {
    if (distance > QUERY_MAX_DISTANCE) {
        return bad("query.bad_distance", "at most 99 words may stand between", "give a number from 0 to 99", error);
    }
    for (size_t i = 0; i < list->n; i++) {
        if (node_bad_operand(list->nodes[i], kind, distance) != NULL) {
            return bad("query.bad_operand", "near and adj join words, phrases, or these joined by or",
                       "use and for anything else", error);
        }
        if (node_other_field(list->nodes[i], node_first_leaf(list->nodes[0])->field) != NULL) {
            return bad("query.mixed_fields", "the words of near and adj lie in different fields",
                       "give all of them one field", error);
        }
    }
    return SEARCH_OK;
}

static search_status join(search_query *q, query_kind kind, size_t distance, search_query *const *children, size_t n,
                          search_error *error) {
    node_list list = {NULL, 0, 0};
    search_status status = copy_children(q, children, n, &list, error);
    if (status == SEARCH_OK && node_is_distance(kind)) {
        status = check_operands(kind, distance, &list, error);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    const bool ok = kind == QUERY_NOT ? node_negate(list.nodes[0], 0, &q->tree.memory, &q->tree.root)
                                      : node_join(kind, distance, &list, &q->tree.memory, &q->tree.root);
    if (!ok) {
        return error_memory(error);
    }
    if (node_too_deep(q->tree.root, max_depth) != NULL) {
        error_set(error, SEARCH_E_LIMIT, "query.too_deep", "the query is nested more than %d deep", (int)max_depth);
        error_hint(error, "join more parts at once");
        return SEARCH_E_LIMIT;
    }
    q->tree.n_leaves = node_n_leaves(q->tree.root);
    return SEARCH_OK;
}

static search_status combine(query_kind kind, size_t distance, search_query *const *children, size_t n,
                             search_query **out, search_error *error) {
    search_query *q = NULL;
    search_status status = new_query(&q, error);
    if (status == SEARCH_OK) {
        status = join(q, kind, distance, children, n, error);
    }
    for (size_t i = 0; i < n; i++) {
        search_query_free(children[i]);
    }
    return give(status, q, out);
}

search_status search_query_and(search_query *const *children, size_t n, search_query **out, search_error *error) {
    return combine(QUERY_AND, 0, children, n, out, error);
}

search_status search_query_or(search_query *const *children, size_t n, search_query **out, search_error *error) {
    return combine(QUERY_OR, 0, children, n, out, error);
}

search_status search_query_not(search_query *child, search_query **out, search_error *error) {
    return combine(QUERY_NOT, 0, &child, 1, out, error);
}

search_status search_query_near(search_query *const *children, size_t n, size_t distance, search_query **out,
                                search_error *error) {
    return combine(QUERY_NEAR, distance, children, n, out, error);
}

search_status search_query_adj(search_query *const *children, size_t n, size_t distance, search_query **out,
                               search_error *error) {
    return combine(QUERY_ADJ, distance, children, n, out, error);
}

/* ---- text ---- */

search_status search_query_parse(const search_index *index, search_text text, bool is_lenient, search_query **out,
                                 search_error *error) {
    search_query *q = NULL;
    search_status status = new_query(&q, error);
    if (status == SEARCH_OK) {
        query_options options = tree_options(index == NULL ? NULL : index->now->contents.schema);
        options.is_lenient = is_lenient;
        options.max_leaves = QUERY_MAX_N_BYTES;
        status = query_parse(text, &options, &q->tree, error);
    }
    return give(status, q, out);
}

search_status search_query_to_text(const search_query *q, char **out, size_t *n_out, search_error *error) {
    buffer text = {0};
    error_clear(error);
    query_print(q->tree.root, &text);
    buffer_add_string(&text, ""); /* so that there are bytes */
    *out = buffer_take(&text, n_out);
    if (*out == NULL) {
        *n_out = 0;
        return error_memory(error);
    }
    return SEARCH_OK;
}

size_t search_query_n_warnings(const search_query *q) {
    return q->tree.n_warnings;
}

const search_warning *search_query_warning(const search_query *q, size_t i) {
    return i < q->tree.n_warnings ? &q->tree.warnings[i] : NULL;
}

void search_query_free(search_query *q) {
    if (q != NULL) {
        query_free(&q->tree);
        free(q);
    }
}
