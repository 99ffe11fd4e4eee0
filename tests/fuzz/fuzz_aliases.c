/* Any bytes as a file of aliases: it is read to a sorted list without repeats whose names the analyzer reads as they
 * are, or refused with the line named; read again on top of itself it adds nothing. */
#include "libsearch/analysis/aliases.h"
#include "libsearch/support/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static int compare(search_text x, search_text y) {
    int order = memcmp(x.bytes, y.bytes, x.n_bytes < y.n_bytes ? x.n_bytes : y.n_bytes);
    return order != 0 ? order : (x.n_bytes > y.n_bytes) - (x.n_bytes < y.n_bytes);
}

static void check_name(search_text name) {
    size_t n_words = 1;
    require(name.n_bytes > 0 && utf8_valid(name.bytes, name.n_bytes), "a name is empty or not UTF-8");
    for (size_t i = 0; i < name.n_bytes; i++)
        n_words += name.bytes[i] == ' ';
    require(name.bytes[0] != ' ' && name.bytes[name.n_bytes - 1] != ' ', "a name has a blank around it");
    require(n_words <= READING_MAX_WORDS, "a name has too many words");
}

static void check_list(const aliases *a) {
    for (size_t i = 0; i < a->n; i++) {
        const alias *here = &a->list[i];
        check_name(here->asked);
        check_name(here->found);
        require(compare(here->asked, here->found) != 0, "a name is its own alias");
        if (i == 0)
            continue;
        int order = compare(a->list[i - 1].asked, here->asked);
        require(order < 0 || (order == 0 && compare(a->list[i - 1].found, here->found) < 0), "pairs out of order");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    search_text file = {(const char *)data, size};
    analyzer *words;
    require(analyzer_new("english", &words, NULL) == SEARCH_OK, "no analyzer");
    aliases a = {0};
    search_error error;
    search_status status = aliases_add(&a, file, words, &error);
    if (status == SEARCH_OK) {
        check_list(&a);
        size_t n = a.n;
        require(aliases_add(&a, file, words, NULL) == SEARCH_OK && a.n == n, "a file adds to itself");
    } else {
        require(status == SEARCH_E_INPUT && strcmp(error.id, "aliases.line") == 0, "another error");
        require(strncmp(error.message, "line ", 5) == 0, "no line is named");
    }
    aliases_free(&a);
    analyzer_free(words);
    return 0;
}
