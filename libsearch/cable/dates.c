/* Dates as the archive writes them, read into an interval of days.  What is not understood is undated: nothing is
 * guessed, so that "Spring 1975" is found by its words and not by a wrong month. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <stdio.h>

#define MAX_DATE 64 /* bytes; a longer text is no date */
#define MAX_TOKENS 4

static int32_t day_of(int year, int month, int day) {
    return year * 10000 + month * 100 + day;
}

/* Of the proleptic Gregorian calendar. */
static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* 0 stands for "any" in month and day. */
static bool interval_of(int year, int month, int day, date_interval *out) {
    if (year < 1000 || year > 2999 || month < 0 || month > 12)
        return false;
    if (day != 0 && (month == 0 || day < 0 || day > days_in_month(year, month)))
        return false;
    int last_month = month == 0 ? 12 : month;
    out->earliest = day_of(year, month == 0 ? 1 : month, day == 0 ? 1 : day);
    out->latest = day_of(year, last_month, day == 0 ? days_in_month(year, last_month) : day);
    return true;
}

/* A number of n_min to n_max digits that is the whole text; -1 else. */
static int number_of(search_text text, size_t n_min, size_t n_max) {
    if (text.n_bytes < n_min || text.n_bytes > n_max)
        return -1;
    int number = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        if (!is_digit(text.bytes[i]))
            return -1;
        number = number * 10 + (text.bytes[i] - '0');
    }
    return number;
}

/* A full name, its first three letters, or these with a full stop; 0 else. */
static int month_of(search_text text) {
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    for (int i = 0; i < 12; i++)
        if (text_is(text, names[i]))
            return i + 1;
    if (text.n_bytes == 4 && text.bytes[3] == '.')
        text.n_bytes = 3;
    for (int i = 0; i < 12; i++)
        if (text_is(text, (char[]){names[i][0], names[i][1], names[i][2], '\0'}))
            return i + 1;
    return 0;
}

/* 1961, 1961-12, 1961-12-02 */
static bool read_iso(search_text text, date_interval *out) {
    bool has_month = text.n_bytes >= 7 && text.bytes[4] == '-';
    bool has_day = text.n_bytes == 10 && text.bytes[7] == '-';
    if (text.n_bytes != (has_day ? 10u : has_month ? 7u : 4u))
        return false;
    int month = has_month ? number_of(text_part(text, 5, 7), 2, 2) : 0;
    int day = has_day ? number_of(text_part(text, 8, 10), 2, 2) : 0;
    if ((has_month && month < 1) || (has_day && day < 1))
        return false;
    return interval_of(number_of(text_part(text, 0, 4), 4, 4), month, day, out);
}

/* December 2, 1961; 2 December 1961; December 1961; a comma may follow any part but the last. */
static bool read_words(search_text text, date_interval *out) {
    search_text tokens[MAX_TOKENS];
    size_t n = 0;
    search_text word;
    for (size_t at = 0; text_next_word(text, &at, &word); n++) {
        if (n == MAX_TOKENS)
            return false;
        if (at < text.n_bytes && word.bytes[word.n_bytes - 1] == ',')
            word.n_bytes--;
        tokens[n] = word;
    }
    if (n != 2 && n != 3)
        return false;
    int year = number_of(tokens[n - 1], 4, 4);
    int month = month_of(tokens[0]);
    if (n == 2)
        return month > 0 && interval_of(year, month, 0, out);
    int day = number_of(tokens[month > 0 ? 1 : 0], 1, 2);
    if (month == 0)
        month = month_of(tokens[1]);
    return month > 0 && day > 0 && interval_of(year, month, day, out);
}

/* Also "c. 1962", which means the year before to the year after. */
static bool read_single(search_text text, date_interval *out) {
    static const char *const circa[] = {"circa ", "ca. ", "ca ", "c. ", "c "};
    text = text_trim(text);
    bool is_circa = false;
    for (size_t i = 0; i < sizeof circa / sizeof *circa && !is_circa; i++) {
        is_circa = text_starts(text, circa[i]);
        if (is_circa)
            text = text_trim(text_from(text, strlen(circa[i])));
    }
    if (!is_circa && text.n_bytes == 6 && text_starts(text, "c.")) {
        is_circa = true;
        text = text_from(text, 2);
    }
    if (!read_iso(text, out) && !read_words(text, out))
        return false;
    if (!is_circa)
        return true;
    int year = out->earliest / 10000;
    out->earliest = day_of(year - 1, 1, 1);
    out->latest = day_of(year + 1, 12, 31);
    return true;
}

static bool read_range(search_text text, date_interval *out) {
    size_t dots = text_find(text, "..", 0);
    if (dots == NOT_FOUND)
        return read_single(text, out);
    date_interval first;
    date_interval last;
    if (!read_single(text_part(text, 0, dots), &first) || !read_single(text_from(text, dots + 2), &last))
        return false;
    *out = (date_interval){first.earliest, last.latest};
    return first.earliest <= last.latest;
}

/* No-break spaces, which pages are full of, become spaces. */
static search_text with_plain_spaces(search_text text, char copy[MAX_DATE]) {
    size_t n = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        bool is_no_break = i + 1 < text.n_bytes && memcmp(text.bytes + i, "\xC2\xA0", 2) == 0;
        copy[n++] = is_no_break ? ' ' : text.bytes[i];
        i += is_no_break;
    }
    return (search_text){copy, n};
}

bool date_read(search_text text, date_interval *out) {
    char copy[MAX_DATE];
    date_interval read;
    *out = (date_interval){0, 0};
    text = text_trim(text);
    if (text.n_bytes > MAX_DATE || !read_range(with_plain_spaces(text, copy), &read))
        return false;
    *out = read;
    return true;
}

void date_print(int32_t day, char out[16]) {
    out[0] = '\0';
    if (day > 0)
        snprintf(out, 16, "%04d-%02d-%02d", (int)(day / 10000 % 10000), (int)(day / 100 % 100), (int)(day % 100));
}
