/* Aliases.  Lines to names, names to the folded words of the analyzer, and the names of a line to the pairs that its
 * signs mean; the list is sorted once all lines are read. */
#include "libsearch/analysis/aliases.h"
#include "libsearch/analysis/table.h"
#include <stdlib.h>
#include <string.h>

#define MAX_FILE_BYTES ((size_t)1 << 20)
#define MAX_LINE_BYTES 4096
/* Pairs grow with the square of a line's names. */
#define MAX_NAMES 32
#define MAX_PAIRS ((size_t)1 << 16)

#define ERROR_LINE "aliases.line"

/* The names of a line.  Those with an = between are of one side; a -> begins the next. */
typedef struct alias_line {
    size_t number; /* in the file, from 1 */
    search_text names[MAX_NAMES];
    size_t sides[MAX_NAMES];
    size_t n;
} alias_line;

typedef enum { NO_SIGN, EQUALS, ARROW } sign;

/* ---- Names ---- */

/* Blanks alone stand for no name: they have no letter or digit either. */
static search_status read_name(aliases *a, alias_line *line, search_text written, analyzer *words,
                               search_error *error) {
    token_list list;
    search_status status = analyzer_tokens(words, written, &list, error);
    if (status != SEARCH_OK)
        return status;
    if (list.n_positions == 0)
        return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line %zu has a name without a letter or digit",
                         line->number);
    if (list.n_positions > READING_MAX_WORDS)
        return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line %zu has a name of over %d words", line->number,
                         READING_MAX_WORDS);
    if (line->n == MAX_NAMES)
        return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line %zu has over %d names", line->number, MAX_NAMES);
    buffer name = {0};
    for (size_t i = 0; i < list.n_tokens; i++) {
        if (list.tokens[i].is_extra)
            continue;
        if (name.n_bytes > 0)
            buffer_add_byte(&name, ' ');
        buffer_add(&name, list.tokens[i].folded.bytes, list.tokens[i].folded.n_bytes);
    }
    const char *kept = name.failed ? NULL : arena_copy(&a->memory, name.bytes, name.n_bytes);
    line->names[line->n] = (search_text){kept, name.n_bytes};
    buffer_free(&name);
    return kept == NULL ? error_memory(error) : SEARCH_OK;
}

/* Takes the text before the next sign off `rest`. */
static sign next_sign(search_text *rest, search_text *before) {
    const char *begin = rest->bytes;
    for (size_t i = 0; i < rest->n_bytes; i++) {
        bool is_arrow = begin[i] == '-' && i + 1 < rest->n_bytes && begin[i + 1] == '>';
        if (!is_arrow && begin[i] != '=')
            continue;
        size_t end = i + (is_arrow ? 2 : 1);
        *before = (search_text){begin, i};
        *rest = (search_text){begin + end, rest->n_bytes - end};
        return is_arrow ? ARROW : EQUALS;
    }
    *before = *rest;
    return NO_SIGN;
}

/* ---- Pairs ---- */

static search_status add_pair(aliases *a, const alias_line *line, size_t asked, size_t found, search_error *error) {
    if (a->n == MAX_PAIRS)
        return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line %zu makes over %zu pairs of names", line->number,
                         MAX_PAIRS);
    if (a->n == a->capacity) {
        size_t capacity = a->capacity == 0 ? 256 : a->capacity * 2;
        alias *list = realloc(a->list, capacity * sizeof *list);
        if (list == NULL)
            return error_memory(error);
        a->list = list;
        a->capacity = capacity;
    }
    a->list[a->n++] = (alias){.asked = line->names[asked], .found = line->names[found]};
    return SEARCH_OK;
}

static search_status add_pairs(aliases *a, const alias_line *line, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t asked = 0; asked < line->n; asked++)
        for (size_t found = 0; found < line->n && status == SEARCH_OK; found++)
            if (found != asked && line->sides[found] <= line->sides[asked])
                status = add_pair(a, line, asked, found, error);
    return status;
}

static int compare_texts(search_text x, search_text y) {
    size_t n = x.n_bytes < y.n_bytes ? x.n_bytes : y.n_bytes;
    int order = memcmp(x.bytes, y.bytes, n);
    if (order != 0)
        return order;
    return (x.n_bytes > y.n_bytes) - (x.n_bytes < y.n_bytes);
}

static int compare_pairs(const void *x, const void *y) {
    const alias *one = x;
    const alias *other = y;
    int order = compare_texts(one->asked, other->asked);
    return order != 0 ? order : compare_texts(one->found, other->found);
}

static void sort_pairs(aliases *a) {
    if (a->n == 0)
        return;
    qsort(a->list, a->n, sizeof *a->list, compare_pairs);
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        bool is_same = compare_texts(a->list[i].asked, a->list[i].found) == 0;
        if (!is_same && (n == 0 || compare_pairs(&a->list[n - 1], &a->list[i]) != 0))
            a->list[n++] = a->list[i];
    }
    a->n = n;
}

/* ---- Lines ---- */

static bool is_blank(search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++)
        if (strchr(" \t\r\v\f", text.bytes[i]) == NULL || text.bytes[i] == '\0')
            return false;
    return true;
}

static search_status add_line(aliases *a, search_text text, size_t number, analyzer *words, search_error *error) {
    if (text.n_bytes > MAX_LINE_BYTES)
        return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line %zu is over %d bytes", number, MAX_LINE_BYTES);
    search_text rest;
    table_next(&text, '#', &rest);
    if (is_blank(rest))
        return SEARCH_OK;
    alias_line line = {.number = number};
    size_t side = 0;
    sign s;
    do {
        search_text written;
        s = next_sign(&rest, &written);
        if (s == NO_SIGN && line.n == 0)
            return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line %zu has no = or ->", number);
        search_status status = read_name(a, &line, written, words, error);
        if (status != SEARCH_OK)
            return status;
        line.sides[line.n++] = side;
        side += s == ARROW;
    } while (s != NO_SIGN);
    return add_pairs(a, &line, error);
}

search_status aliases_add(aliases *a, search_text file, analyzer *words, search_error *error) {
    error_clear(error);
    const char mark[] = "\xEF\xBB\xBF";
    if (file.n_bytes > MAX_FILE_BYTES)
        return error_set(error, SEARCH_E_INPUT, ERROR_LINE, "line 1 begins a file of over %zu bytes", MAX_FILE_BYTES);
    if (file.n_bytes >= strlen(mark) && memcmp(file.bytes, mark, strlen(mark)) == 0)
        file = (search_text){file.bytes + strlen(mark), file.n_bytes - strlen(mark)};
    search_text line;
    for (size_t number = 1; table_next(&file, '\n', &line); number++) {
        search_status status = add_line(a, line, number, words, error);
        if (status != SEARCH_OK)
            return status;
    }
    sort_pairs(a);
    return SEARCH_OK;
}

search_status aliases_add_builtin(aliases *a, analyzer *words, search_error *error) {
    error_clear(error);
    for (size_t i = 0; table_aliases[i] != NULL; i++) {
        search_status status = add_line(a, search_text_of(table_aliases[i]), i + 1, words, error);
        if (status != SEARCH_OK)
            return status;
    }
    sort_pairs(a);
    return SEARCH_OK;
}

void aliases_free(aliases *a) {
    arena_free(&a->memory);
    free(a->list);
    *a = (aliases){0};
}
