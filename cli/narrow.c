/* What search offers besides its hits: a year in the query as a date and, on a terminal, the decades and archives they
 * come from, and what to type next for fewer of them. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { N_DECADES = 8, N_ARCHIVES = 4, INDENT = 10 };

/* ---- Counts ---- */

static bool has_facet(const search_index *index, const char *name) {
    for (size_t i = 0; search_index_facet(index, i); i++) {
        if (strcmp(search_index_facet(index, i), name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_named(search_text text, const char *name) {
    return text.n_bytes == strlen(name) && memcmp(text.bytes, name, text.n_bytes) == 0;
}

static void ask_for(const search_index *index, question *q, const char *name, size_t limit) {
    bool is_selected = false;

    for (size_t i = 0; i < q->n_wheres; i++) {
        is_selected = is_selected || is_named(q->wheres[i].facet, name);
    }
    if (!is_selected && has_facet(index, name)) {
        question_add_facet(q, search_text_of(name), limit);
    }
}

void narrow_ask(const search_index *index, question *q) {
    ask_for(index, q, "decade", N_DECADES);
    ask_for(index, q, "archive", N_ARCHIVES);
}

/* The most frequent value that not all hits have; null when there is none. */
static const search_facet_value *best_value(const search_facet_counts *facet, uint64_t total) {
    for (size_t i = 0; i < facet->n_values; i++) {
        if (facet->values[i].value.bytes && facet->values[i].count < total) {
            return &facet->values[i];
        }
    }
    return NULL;
}

static int by_value(const void *a, const void *b) {
    const search_text *x = a;
    const search_text *y = b;
    int order = memcmp(x->bytes, y->bytes, x->n_bytes < y->n_bytes ? x->n_bytes : y->n_bytes);

    return order != 0 ? order : (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

/* Decades stand in their own order, archives in that of their counts. */
static void put_values(const screen *to, const search_facet_counts *facet) {
    bool is_decade = is_named(facet->name, "decade");
    text_flow flow = {to, INDENT, INDENT, false};
    search_facet_value *values = error_check_memory(calloc(facet->n_values + 1, sizeof *values));
    size_t n = 0;

    for (size_t i = 0; i < facet->n_values; i++) {
        if (facet->values[i].value.bytes) {
            values[n++] = facet->values[i];
        }
    }
    if (is_decade) {
        qsort(values, n, sizeof *values, by_value); /* the value is the first member */
    }
    text_put_padded(to, search_text_of(is_decade ? "Decades" : "Archives"), INDENT);
    for (size_t i = 0; i < n; i++) {
        char count[40];
        snprintf(count, sizeof count, " %llu", (unsigned long long)values[i].count);
        text_flow_add(&flow, search_text_of(i > 0 ? " \xC2\xB7 " : ""), NULL, 0);
        text_flow_add(&flow, values[i].value, NULL, 0);
        text_flow_add(&flow, search_text_of(count), NULL, 0);
    }
    text_flow_end(&flow);
    free(values);
}

/* --where NAME=VALUE as a shell reads it. */
static void put_where(text_flow *flow, search_text name, search_text value) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,:/+-";
    char *text = NULL;
    size_t n_text = 0;
    bool is_plain = true;
    FILE *file = error_check_memory(open_memstream(&text, &n_text));

    for (size_t i = 0; i < value.n_bytes; i++) {
        is_plain = is_plain && value.bytes[i] != '\0' && strchr(plain, value.bytes[i]);
    }
    fprintf(file, "--where %s%.*s=", is_plain ? "" : "'", (int)name.n_bytes, name.bytes);
    for (size_t i = 0; i < value.n_bytes; i++) {
        if (value.bytes[i] == '\'') {
            fputs("'\\''", file);
        } else {
            fputc(value.bytes[i], file);
        }
    }
    fputs(is_plain ? "" : "'", file);
    if (fclose(file) != 0) {
        error_check_memory(NULL);
    }
    text_flow_add(flow, (search_text){text, n_text}, NULL, 0);
    free(text);
}

static void put_counts(const screen *to, const search_results *results) {
    text_flow flow = {to, INDENT, INDENT, false};
    uint64_t total = search_results_total(results);
    size_t n = 0;

    for (size_t i = 0; i < search_results_n_facets(results); i++) {
        if (best_value(search_results_facet(results, i), total)) {
            fputs(n++ == 0 ? "\n" : "", to->file);
            put_values(to, search_results_facet(results, i));
        }
    }
    if (n == 0) {
        return;
    }
    text_put_padded(to, search_text_of("Narrow"), INDENT);
    for (size_t i = 0; i < search_results_n_facets(results); i++) {
        const search_facet_counts *facet = search_results_facet(results, i);
        const search_facet_value *best = best_value(facet, total);
        if (best) {
            text_flow_add(&flow, search_text_of(flow.column > INDENT ? " or " : ""), NULL, 0);
            put_where(&flow, facet->name, best->value);
        }
    }
    text_flow_end(&flow);
}

/* ---- Years ---- */

/* The next word outside of quotes that is four digits and no more; false when there is none. */
static bool next_year(const char *query, size_t n_query, size_t *at, char year[5]) {
    bool is_quoted = false;
    size_t from = *at;

    for (size_t i = *at; i <= n_query; i++) {
        bool is_end = i == n_query || strchr(" \t\r\n()\"", query[i]);
        if (!is_end) {
            continue;
        }
        if (!is_quoted && i - from == 4 && strspn(query + from, "0123456789") >= 4) {
            memcpy(year, query + from, 4);
            year[4] = '\0';
            *at = i;
            return true;
        }
        is_quoted = is_quoted != (i < n_query && query[i] == '"');
        from = i + 1;
    }
    return false;
}

/* The first and the last year that a date of the index may mean; false when there is none. */
static bool read_years(const search_index *index, char first[5], char last[5]) {
    const search_facet_request years = {.name = search_text_of("year"), .limit = SIZE_MAX};
    search_request request = SEARCH_REQUEST_INIT;
    search_results *results = NULL;

    request.limit = 0;
    request.facets = &years;
    request.n_facets = 1;
    strcpy(first, "9999");
    strcpy(last, "0000");
    if (search_run(index, &request, &results, NULL) != SEARCH_OK) {
        return false;
    }
    const search_facet_counts *facet = search_results_facet(results, 0);
    for (size_t i = 0; i < facet->n_values; i++) {
        search_text value = facet->values[i].value;
        if (value.n_bytes == 4) {
            memcpy(first, memcmp(value.bytes, first, 4) < 0 ? value.bytes : first, 4);
            memcpy(last, memcmp(value.bytes, last, 4) > 0 ? value.bytes : last, 4);
        }
    }
    search_results_free(results);
    return strcmp(first, last) <= 0;
}

void narrow_print_year(const search_index *index, const question *q) {
    char year[5];
    char first[5];
    char last[5];
    size_t at = 0;

    if (!next_year(q->query, q->n_query, &at, year) || !read_years(index, first, last)) {
        return;
    }
    do {
        if (strcmp(year, first) >= 0 && strcmp(year, last) <= 0) {
            printf("\n%s is looked for as a word; date:%s takes the cables of that year.\n", year, year);
            return;
        }
    } while (next_year(q->query, q->n_query, &at, year));
}

void narrow_print(const search_results *results) {
    screen to = screen_of(stdout);

    put_counts(&to, results);
}
