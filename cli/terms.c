/* cables terms: the words of the index, by how they begin or are written. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { TERMS_FIELD = 1, TERMS_LIMIT, TERMS_SORT };

static const option options[] = {
    {TERMS_FIELD, "field", 0, OPTION_TEXT, "NAME", "only words of this field, such as title", 0, 0},
    {TERMS_LIMIT, "limit", 0, OPTION_NUMBER, "N", "print at most N words (20)", 1, 1000000},
    {TERMS_SORT, "sort", 0, OPTION_TEXT, "KEY", "count (the default) or word", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text, json or tsv", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

typedef struct terms {
    const invocation *call;
    search_terms_request request;
    output_format format;
    search_index *index;
} terms;

static exit_code read_option(terms *t, const arg *item) {
    const command *cmd = t->call->cmd;

    if (item->id == ARG_OPERAND) {
        if (t->request.pattern.bytes) {
            return error_usage(cmd, "list the words one by one", "one pattern at a time, not also '%s'", item->text);
        }
        t->request.pattern = search_text_of(item->text);
    } else if (item->id == TERMS_FIELD) {
        t->request.field = search_text_of(item->text);
    } else if (item->id == TERMS_LIMIT) {
        t->request.limit = (size_t)item->number;
    } else if (item->id == TERMS_SORT) {
        t->request.by_word = strcmp(item->text, "word") == 0;
        if (!t->request.by_word && strcmp(item->text, "count") != 0) {
            return error_usage(cmd, NULL, "unknown key '%s': words are sorted by count or word", item->text);
        }
    } else if (item->id == QUESTION_FORMAT) {
        return question_format(cmd, item->text, "text, json, tsv", &t->format);
    }
    return EXIT_CODE_OK;
}

static size_t count_terms(const search_term_list *list) {
    size_t n = 0;

    while (search_term_list_term(list, n)) {
        n++;
    }
    return n;
}

static void print_text(const search_term_list *list) {
    screen to = screen_of(stdout);
    size_t width = 0;
    size_t n = count_terms(list);
    size_t n_all = search_term_list_n_all(list);

    for (size_t i = 0; i < n; i++) {
        size_t own = text_width(search_term_list_term(list, i)->word);
        width = own > width ? own : width;
    }
    for (size_t i = 0; i < n; i++) {
        const search_term *term = search_term_list_term(list, i);
        text_put_padded(&to, term->word, width);
        printf("  %7llu\n", (unsigned long long)term->n_records);
    }
    if (n_all == 0) {
        puts("no words match");
    } else if (n < n_all) {
        printf("\n%zu more: --limit %zu\n", n_all - n, n_all);
    }
}

static void print_tsv(const search_term_list *list) {
    screen to = screen_of(stdout);

    for (size_t i = 0; search_term_list_term(list, i); i++) {
        const search_term *term = search_term_list_term(list, i);
        text_put(&to, term->word);
        printf("\t%llu\n", (unsigned long long)term->n_records);
    }
}

static void print_json(const terms *t, const search_term_list *list) {
    printf("{\"format\":1,\"generation\":\"%s\",\"pattern\":", search_index_generation(t->index));
    json_put_string(stdout, t->request.pattern);
    fputs(",\"field\":", stdout);
    if (t->request.field.bytes) {
        json_put_string(stdout, t->request.field);
    } else {
        fputs("null", stdout);
    }
    printf(",\"distinct\":%zu,\"terms\":[", search_term_list_n_all(list));
    for (size_t i = 0; search_term_list_term(list, i); i++) {
        const search_term *term = search_term_list_term(list, i);
        fputs(i > 0 ? ",{\"word\":" : "{\"word\":", stdout);
        json_put_string(stdout, term->word);
        printf(",\"count\":%llu}", (unsigned long long)term->n_records);
    }
    fputs("]}\n", stdout);
}

static exit_code print_terms(const terms *t) {
    search_term_list *list = NULL;
    search_error error;

    if (search_terms(t->index, &t->request, &list, &error) != SEARCH_OK) {
        return error_report(t->call->cmd, &error, NULL);
    }
    exit_code code = search_term_list_n_all(list) > 0 ? EXIT_CODE_OK : EXIT_CODE_NO_HITS;
    if (t->format == FORMAT_JSON) {
        print_json(t, list);
    } else if (t->format == FORMAT_TSV) {
        print_tsv(list);
    } else {
        print_text(list);
    }
    search_term_list_free(list);
    return code;
}

static exit_code run(const invocation *call) {
    terms t = {.call = call, .request = SEARCH_TERMS_REQUEST_INIT};
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        code = read_option(&t, &call->arguments.items[i]);
    }
    if (code == EXIT_CODE_OK) {
        code = index_open(call, &t.index);
    }
    if (code == EXIT_CODE_OK) {
        code = print_terms(&t);
    }
    search_index_free(t.index);
    return code;
}

const command command_terms = {
    "terms",
    "[PATTERN]",
    "list the words of the index that begin so",
    "Prints the words of the index that begin with PATTERN and in how many cables each stands,\n"
    "the most frequent first.  With '*', which stands for any letters, or '?', for one, PATTERN\n"
    "is the whole word.  Words are folded: no capitals, no marks, no apostrophes; inflections are\n"
    "words of their own.  --field looks in one field, but the body's words are not kept apart.\n"
    "Exit code 1: no word matches.",
    "  cables terms kore\n"
    "  cables terms '*yang' --sort word\n"
    "  cables terms --field places --format tsv\n",
    options,
    false,
    run,
};
