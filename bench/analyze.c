/* How fast text becomes terms: the analyzer against the plain way (ICU's word iterator, case folding and Snowball, word
 * by word) over the bodies of a file of records, one a line, in one thread.  Every round starts with nothing cached.
 *
 *   bench/analyze RECORDS.jsonl [ROUNDS] */
#include "libsearch/analysis/analysis.h"
#include <libstemmer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#define MAX_ROUNDS 101
#define MAX_WORD 256

typedef struct body {
    search_text text;
    UChar *units; /* the same as UTF-16: the iterator is not charged for the conversion */
    int32_t n_units;
} body;

typedef struct bodies {
    body *items;
    size_t n;
    size_t capacity;
    size_t n_bytes;
} bodies;

static void fail(const char *what) {
    fprintf(stderr, "bench/analyze: %s\n", what);
    exit(1);
}

/* ---- Texts ---- */

static void add_body(bodies *b, search_text text) {
    if (b->n == b->capacity) {
        b->capacity = b->capacity == 0 ? 1024 : b->capacity * 2;
        b->items = realloc(b->items, b->capacity * sizeof *b->items);
        if (b->items == NULL)
            fail("out of memory");
    }
    char *copy = malloc(text.n_bytes + 1);
    UChar *units = malloc((text.n_bytes + 1) * sizeof *units);
    if (copy == NULL || units == NULL)
        fail("out of memory");
    memcpy(copy, text.bytes, text.n_bytes);
    body *item = &b->items[b->n++];
    *item = (body){{copy, text.n_bytes}, units, 0};
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(units, (int32_t)text.n_bytes + 1, &item->n_units, text.bytes, (int32_t)text.n_bytes, &status);
    if (U_FAILURE(status))
        fail("a body is not UTF-8");
    b->n_bytes += text.n_bytes;
}

static void read_bodies(const char *path, bodies *out) {
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail("cannot open the records");
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t n = getline(&line, &capacity, file); n > 0; n = getline(&line, &capacity, file)) {
        search_record *record;
        search_error error;
        if (search_record_from_json((search_text){line, (size_t)n}, &record, &error) != SEARCH_OK)
            fail(error.message);
        for (size_t i = 0; i < search_record_n_values(record, "body"); i++)
            add_body(out, search_record_value(record, "body", i));
        search_record_free(record);
    }
    free(line);
    fclose(file);
}

static void free_bodies(bodies *b) {
    for (size_t i = 0; i < b->n; i++) {
        free((char *)b->items[i].text.bytes);
        free(b->items[i].units);
    }
    free(b->items);
}

/* Of the processor, so that other work of the machine counts less. */
static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- The two ways; both return the seconds they took and count words ---- */

static double run_analyzer(const bodies *b, size_t *n_words) {
    analyzer *a;
    search_error error;
    if (analyzer_new("english", &a, &error) != SEARCH_OK)
        fail(error.message);
    *n_words = 0;
    double start = seconds();
    for (size_t i = 0; i < b->n; i++) {
        token_list list;
        if (analyzer_tokens(a, b->items[i].text, &list, &error) != SEARCH_OK)
            fail(error.message);
        *n_words += list.n_positions;
    }
    double end = seconds();
    analyzer_free(a);
    return end - start;
}

static void stem_word(struct sb_stemmer *stemmer, const UChar *word, int32_t n) {
    UChar folded[MAX_WORD];
    char bytes[3 * MAX_WORD];
    int32_t n_bytes;
    UErrorCode status = U_ZERO_ERROR;
    int32_t n_folded = u_strFoldCase(folded, MAX_WORD, word, n, U_FOLD_CASE_DEFAULT, &status);
    u_strToUTF8(bytes, sizeof bytes, &n_bytes, folded, n_folded, &status);
    if (U_FAILURE(status) || sb_stemmer_stem(stemmer, (const sb_symbol *)bytes, n_bytes) == NULL)
        fail("a word cannot be stemmed");
}

static double run_plain(const bodies *b, size_t *n_words) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    struct sb_stemmer *stemmer = sb_stemmer_new("english", "UTF_8");
    if (U_FAILURE(status) || stemmer == NULL)
        fail("ICU or Snowball cannot be opened");
    *n_words = 0;
    double start = seconds();
    for (size_t i = 0; i < b->n; i++) {
        const body *item = &b->items[i];
        ubrk_setText(words, item->units, item->n_units, &status);
        int32_t from = ubrk_first(words);
        for (int32_t to = ubrk_next(words); to != UBRK_DONE; from = to, to = ubrk_next(words)) {
            if (ubrk_getRuleStatus(words) < UBRK_WORD_NONE_LIMIT || to - from > MAX_WORD / 2)
                continue;
            stem_word(stemmer, item->units + from, to - from);
            ++*n_words;
        }
    }
    double end = seconds();
    sb_stemmer_delete(stemmer);
    ubrk_close(words);
    return end - start;
}

/* ---- Measuring ---- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n) {
    qsort(values, n, sizeof *values, by_value);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int main(int n_arguments, char **arguments) {
    int n_rounds = n_arguments == 3 ? atoi(arguments[2]) : 7;
    if (n_arguments < 2 || n_arguments > 3 || n_rounds < 1 || n_rounds > MAX_ROUNDS)
        fail("usage: bench/analyze RECORDS.jsonl [ROUNDS]");
    bodies b = {0};
    read_bodies(arguments[1], &b);
    double n_megabytes = (double)b.n_bytes / 1e6;
    double analyzed[MAX_ROUNDS];
    double plain[MAX_ROUNDS];
    size_t n_words = 0;
    size_t n_plain = 0;
    /* In turns, so that whatever else the machine does falls on both. */
    for (int round = 0; round < n_rounds; round++) {
        analyzed[round] = n_megabytes / run_analyzer(&b, &n_words);
        plain[round] = n_megabytes / run_plain(&b, &n_plain);
    }
    double ours = median(analyzed, (size_t)n_rounds);
    double theirs = median(plain, (size_t)n_rounds);
    printf("%zu bodies, %.1f MB, %d rounds, medians\n", b.n, n_megabytes, n_rounds);
    printf("analyzer           %7.1f MB/s  %zu words\n", ours, n_words);
    printf("ICU and Snowball   %7.1f MB/s  %zu words\n", theirs, n_plain);
    printf("ratio              %7.1f\n", ours / theirs);
    free_bodies(&b);
    return 0;
}
