/* Any bytes as a query: what parses must print to a text that parses to the same tree, and to the same text again.
 * Lenient reading takes every text that is UTF-8; of a query without errors it gives the same tree, and else a warning.
 */
#include "libsearch/query/query.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *field(const void *context, size_t i) {
    static const char *const names[] = {"title", "from", "a", NULL};
    (void)context;
    return names[i];
}

/* A year, from four digits. */
static bool read_year(search_text text, int32_t *earliest, int32_t *latest) {
    int32_t year = 0;
    if (text.n_bytes != 4 && text.n_bytes != 7 && text.n_bytes != 10)
        return false;
    for (size_t i = 0; i < text.n_bytes; i++) {
        const char c = text.bytes[i];
        if (i == 4 || i == 7 ? c != '-' : c < '0' || c > '9')
            return false;
        year = i < 4 ? year * 10 + (c - '0') : year;
    }
    const int32_t month = text.n_bytes < 7 ? 0 : (text.bytes[5] - '0') * 10 + (text.bytes[6] - '0');
    const int32_t day = text.n_bytes < 10 ? 0 : (text.bytes[8] - '0') * 10 + (text.bytes[9] - '0');
    static const int32_t n_days[] = {31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month > 12 || (text.n_bytes >= 7 && month == 0))
        return false;
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int32_t last = n_days[month] + (month == 2 && is_leap ? 1 : 0);
    if (day > last || (text.n_bytes == 10 && day == 0))
        return false;
    *earliest = year * 10000 + (month == 0 ? 1 : month) * 100 + (day == 0 ? 1 : day);
    *latest = year * 10000 + (month == 0 ? 12 : month) * 100 + (day == 0 ? last : day);
    return true;
}

static const query_options options = {.field = field, .date = read_year};
static const query_options lenient = {.field = field, .date = read_year, .is_lenient = true};

static void require(bool holds, const char *what, const buffer *printed) {
    if (!holds) {
        fprintf(stderr, "%s: %s\n", what, printed->bytes != NULL ? printed->bytes : "");
        abort();
    }
}

static void check_again(const query *first, const buffer *printed) {
    query second;
    search_error error;
    buffer again = {0};
    search_text text = {printed->bytes, printed->n_bytes};
    require(query_parse(text, &options, &second, &error) == SEARCH_OK, "the canonical text is refused", printed);
    require(query_equal(first->root, second.root), "the canonical text gives another tree", printed);
    query_print(second.root, &again);
    require(again.n_bytes == printed->n_bytes &&
                (again.n_bytes == 0 || memcmp(again.bytes, printed->bytes, again.n_bytes) == 0),
            "the canonical text changes when printed again", printed);
    buffer_free(&again);
    query_free(&second);
}

static void check_printed(const query *q) {
    buffer printed = {0};
    query_print(q->root, &printed);
    if (printed.n_bytes <= QUERY_MAX_N_BYTES) /* escapes may have made it too long to parse */
        check_again(q, &printed);
    buffer_free(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    query q;
    query mended;
    search_error error;
    const search_text text = {(const char *)data, size};
    const buffer typed = {0};
    const search_status status = query_parse(text, &options, &q, &error);
    require(status == SEARCH_OK || (error.hint[0] != '\0' && error.offset <= size), "an error lacks its hint or offset",
            &typed);
    const search_status lenient_status = query_parse(text, &lenient, &mended, NULL);
    require(lenient_status == (status == SEARCH_E_ARGUMENT ? SEARCH_E_ARGUMENT : SEARCH_OK), "lenient reading fails",
            &typed);
    if (status == SEARCH_OK) {
        require(query_equal(q.root, mended.root) && mended.n_warnings == 0, "lenient reading differs", &typed);
        check_printed(&q);
    } else if (lenient_status == SEARCH_OK) {
        require(mended.n_warnings > 0, "lenient reading warns of nothing", &typed);
        check_printed(&mended);
    }
    query_free(&q);
    query_free(&mended);
    return 0;
}
