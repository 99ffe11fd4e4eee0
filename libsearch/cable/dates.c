/* Dates as archives write them, read into an interval of days.  What is not understood is undated: nothing is guessed,
 * so that "Spring 1975" is found by its words and not by a wrong month.
 *
 * A text is cut into tokens (numbers, months, signs, known words) and read by a small grammar:
 *
 *   text     undated | [about] day | [between] part to part
 *   day      [time] numeric | words | year | decade, [time]
 *   numeric  1961-12-02 | 1961-12 | 1973-3-15 | 24.3.50 | 24.III.50 | 27/X/1962 | 10/14/50
 *   words    2 December 1961 | December 2, 1961 | December 1961 | 021530Z DEC 61
 *
 * The first part of a range takes what it lacks from the second: "3-10 March 1964", "28 February - 3 March 1964".  An
 * editor's square brackets are looked through, and a question mark in the text makes the date doubtful.  Of a number
 * before another, both of which could be a month, the first is the day, as in most archives; the other reading is kept
 * beside it. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <stdio.h>

#define MAX_DATE 80 /* bytes; a longer text is no date */

/* ---- Days ----------------------------------------------------------------------------------------------------- */

static int32_t day_of(int year, int month, int day) {
    return year * 10000 + month * 100 + day;
}

/* Of the proleptic Gregorian calendar. */
static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* What a text says of a day; 0 where it says nothing. */
typedef struct date_part {
    int year;
    int month;
    int day;
    bool is_decade;
    bool is_swappable; /* day and month are numbers, and each could be the other */
} date_part;

static bool part_interval(date_part part, date_interval *out) {
    if (part.year < 1000 || part.year > 2999 || part.month > 12 || (part.day > 0 && part.month == 0))
        return false;
    if (part.day > 0 && part.day > days_in_month(part.year, part.month))
        return false;
    int last_month = part.month == 0 ? 12 : part.month;
    int last_year = part.year + (part.is_decade ? 9 : 0);
    int last_day = part.day == 0 ? days_in_month(last_year, last_month) : part.day;
    out->earliest = day_of(part.year, part.month == 0 ? 1 : part.month, part.day == 0 ? 1 : part.day);
    out->latest = day_of(last_year, last_month, last_day);
    return true;
}

/* ---- Tokens --------------------------------------------------------------------------------------------------- */

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_MONTH, /* a name */
    TOKEN_ROMAN, /* a month from I to XII */
    TOKEN_SIGN,  /* a character of ".,-/:" */
    TOKEN_TO,    /* "to", "until", ".." */
    TOKEN_AND,
    TOKEN_BETWEEN,
    TOKEN_ABOUT,
    TOKEN_UNDATED,
    TOKEN_WEEKDAY,
    TOKEN_ORDINAL, /* "nd" of "2nd" */
    TOKEN_AT,
    TOKEN_HOURS,    /* "hs" of "1830hs" */
    TOKEN_HALF_DAY, /* "a.m." */
    TOKEN_ZONE,
    TOKEN_DECADE, /* "s" of "1960s" */
    TOKEN_T,      /* of "1961-12-02T10:00" */
} token_kind;

typedef struct date_token {
    token_kind kind;
    int value; /* a number, a month, a sign */
    size_t n_digits;
    bool is_spaced; /* white space stands before it */
} date_token;

typedef struct date_text {
    date_token tokens[MAX_DATE + 1]; /* ends in TOKEN_END */
    size_t n;
    size_t at;
    bool is_queried; /* it had a question mark */
} date_text;

/* A full name, its first three letters, or "Sept"; 0 else. */
static int month_of(search_text text) {
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    if (text_is(text, "Sept"))
        return 9;
    for (int i = 0; i < 12; i++)
        if (text_is(text, names[i]) || text_is(text, (char[]){names[i][0], names[i][1], names[i][2], '\0'}))
            return i + 1;
    return 0;
}

static int roman_month_of(search_text text) {
    static const char *const romans[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"};
    for (int i = 0; i < 12; i++)
        if (text_equals(text, romans[i]))
            return i + 1;
    return 0;
}

/* Words that mean something in a date; where the kind is TOKEN_END the text is no date. */
static token_kind word_kind(search_text text) {
    static const struct {
        const char *word;
        token_kind kind;
    } words[] = {
        {"to", TOKEN_TO},
        {"until", TOKEN_TO},
        {"through", TOKEN_TO},
        {"and", TOKEN_AND},
        {"between", TOKEN_BETWEEN},
        {"from", TOKEN_BETWEEN},
        {"c", TOKEN_ABOUT},
        {"ca", TOKEN_ABOUT},
        {"circa", TOKEN_ABOUT},
        {"about", TOKEN_ABOUT},
        {"undated", TOKEN_UNDATED},
        {"at", TOKEN_AT},
        {"hs", TOKEN_HOURS},
        {"hrs", TOKEN_HOURS},
        {"hours", TOKEN_HOURS},
        {"h", TOKEN_HOURS},
        {"a", TOKEN_HALF_DAY},
        {"m", TOKEN_HALF_DAY},
        {"p", TOKEN_HALF_DAY},
        {"am", TOKEN_HALF_DAY},
        {"pm", TOKEN_HALF_DAY},
        {"GMT", TOKEN_ZONE},
        {"UTC", TOKEN_ZONE},
        {"Z", TOKEN_ZONE},
        {"st", TOKEN_ORDINAL},
        {"nd", TOKEN_ORDINAL},
        {"rd", TOKEN_ORDINAL},
        {"th", TOKEN_ORDINAL},
        {"s", TOKEN_DECADE},
        {"T", TOKEN_T},
        {"Monday", TOKEN_WEEKDAY},
        {"Tuesday", TOKEN_WEEKDAY},
        {"Wednesday", TOKEN_WEEKDAY},
        {"Thursday", TOKEN_WEEKDAY},
        {"Friday", TOKEN_WEEKDAY},
        {"Saturday", TOKEN_WEEKDAY},
        {"Sunday", TOKEN_WEEKDAY},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(text, words[i].word))
            return words[i].kind;
    return TOKEN_END;
}

static date_token number_token(search_text digits) {
    int value = 0;
    for (size_t i = 0; i < digits.n_bytes && i < 8; i++)
        value = value * 10 + (digits.bytes[i] - '0');
    return (date_token){.kind = TOKEN_NUMBER, .value = value, .n_digits = digits.n_bytes};
}

static date_token word_token(search_text word) {
    int month = month_of(word);
    int roman = roman_month_of(word);
    if (month > 0)
        return (date_token){.kind = TOKEN_MONTH, .value = month};
    if (roman > 0)
        return (date_token){.kind = TOKEN_ROMAN, .value = roman};
    return (date_token){.kind = word_kind(word)};
}

static search_text run_of(search_text text, size_t from, bool is_digits) {
    size_t to = from;
    while (to < text.n_bytes &&
           (is_digits ? is_digit(text.bytes[to]) : is_upper(text.bytes[to]) || is_lower(text.bytes[to])))
        to++;
    return text_part(text, from, to);
}

/* What is no token but has a meaning: white space, dashes, brackets, question marks, "..".  The length; 0: none. */
static size_t pass_over(date_text *out, search_text rest, bool *is_spaced) {
    static const char *const dashes[] = {"\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x90", "\xE2\x80\x91"};
    if (strchr(" \t\n", rest.bytes[0]) != NULL || text_starts(rest, "\xC2\xA0")) {
        *is_spaced = true;
        return rest.bytes[0] == '\xC2' ? 2 : 1;
    }
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
        if (text_starts(rest, dashes[i])) {
            out->tokens[out->n++] = (date_token){.kind = TOKEN_SIGN, .value = '-', .is_spaced = *is_spaced};
            *is_spaced = false;
            return strlen(dashes[i]);
        }
    if (text_starts(rest, "..") && !text_starts(rest, "...")) {
        out->tokens[out->n++] = (date_token){.kind = TOKEN_TO};
        return 2;
    }
    out->is_queried = out->is_queried || rest.bytes[0] == '?';
    return strchr("[]?", rest.bytes[0]) != NULL ? 1 : 0;
}

/* False: the text has something that no date has. */
static bool read_tokens(search_text text, date_text *out) {
    bool is_spaced = false;
    *out = (date_text){.n = 0};
    for (size_t at = 0; at < text.n_bytes;) {
        char c = text.bytes[at];
        if (c == '\0')
            return false;
        size_t n = pass_over(out, text_from(text, at), &is_spaced);
        at += n;
        if (n > 0)
            continue;
        search_text run = run_of(text, at, is_digit(c));
        date_token token = run.n_bytes == 0 ? (date_token){.kind = TOKEN_SIGN, .value = c}
                           : is_digit(c)    ? number_token(run)
                                            : word_token(run);
        if (token.kind == TOKEN_END || (token.kind == TOKEN_SIGN && strchr(".,-/:", c) == NULL))
            return false;
        token.is_spaced = is_spaced;
        is_spaced = false;
        out->tokens[out->n++] = token;
        at += run.n_bytes == 0 ? 1 : run.n_bytes;
    }
    return true;
}

/* ---- The grammar: each function reads from `at`; one that says false has moved nothing ------------------------- */

static const date_token *peek(const date_text *text, size_t ahead) {
    size_t at = text->at + ahead;
    return &text->tokens[at < text->n ? at : text->n];
}

static bool is_sign(const date_token *token, char sign) {
    return token->kind == TOKEN_SIGN && token->value == sign;
}

static bool take(date_text *text, token_kind kind) {
    bool is_there = peek(text, 0)->kind == kind;
    text->at += is_there;
    return is_there;
}

static bool take_sign(date_text *text, char sign) {
    bool is_there = is_sign(peek(text, 0), sign);
    text->at += is_there;
    return is_there;
}

static bool is_number(const date_token *token, size_t n_min, size_t n_max) {
    return token->kind == TOKEN_NUMBER && token->n_digits >= n_min && token->n_digits <= n_max;
}

/* Of two digits: this is an archive of the twentieth century. */
static int year_of(const date_token *token) {
    return token->n_digits == 2 ? 1900 + token->value : token->value;
}

/* 1961-12-02, 1961-12; also with full stops or strokes when a day is given. */
static bool read_year_first(date_text *text, date_part *out) {
    const date_token *first = peek(text, 0);
    const date_token *second = peek(text, 2);
    char sign = (char)peek(text, 1)->value;
    bool is_numeric = is_number(first, 4, 4) && peek(text, 1)->kind == TOKEN_SIGN && strchr("-./", sign) != NULL &&
                      is_number(second, 1, 2) && !peek(text, 1)->is_spaced && second->value > 0;
    if (!is_numeric)
        return false;
    const date_token *third = peek(text, 4);
    bool has_day = is_sign(peek(text, 3), sign) && !peek(text, 3)->is_spaced && is_number(third, 1, 2);
    if ((has_day && third->value == 0) || (!has_day && (sign != '-' || second->n_digits != 2)))
        return false;
    *out = (date_part){.year = first->value, .month = second->value, .day = has_day ? third->value : 0};
    text->at += has_day ? 5 : 3;
    return true;
}

/* Of 11.03.1962 the first number is the day unless only the second can be one. */
static date_part part_of_numbers(int first, int second, int year) {
    if (second > 12 && first <= 12)
        return (date_part){.year = year, .month = first, .day = second};
    return (date_part){
        .year = year, .month = second, .day = first, .is_swappable = first <= 12 && second <= 12 && first != second};
}

/* 24.3.50, 24.III.50, 27/X/1962, 24-10-1962 */
static bool read_year_last(date_text *text, date_part *out) {
    const date_token *first = peek(text, 0);
    const date_token *second = peek(text, 2);
    const date_token *third = peek(text, 4);
    char sign = (char)peek(text, 1)->value;
    bool has_signs = peek(text, 1)->kind == TOKEN_SIGN && strchr("-./", sign) != NULL && is_sign(peek(text, 3), sign);
    bool is_roman = second->kind == TOKEN_ROMAN;
    if (!has_signs || !is_number(first, 1, 2) || first->value == 0 || (!is_roman && !is_number(second, 1, 2)))
        return false;
    bool has_year = is_number(third, 4, 4) || (sign != '-' && is_number(third, 2, 2));
    if (second->value == 0 || !has_year)
        return false;
    *out = part_of_numbers(first->value, second->value, year_of(third));
    out->is_swappable = out->is_swappable && !is_roman;
    text->at += 5;
    return true;
}

/* 021530Z DEC 61 */
static bool read_group(date_text *text, date_part *out) {
    if (!is_number(peek(text, 0), 6, 6) || peek(text, 1)->kind != TOKEN_ZONE || peek(text, 2)->kind != TOKEN_MONTH ||
        !is_number(peek(text, 3), 2, 4) || peek(text, 3)->n_digits == 3)
        return false;
    *out = (date_part){year_of(peek(text, 3)), peek(text, 2)->value, peek(text, 0)->value / 10000, false, false};
    text->at += 4;
    return out->day > 0;
}

/* The year after day and month, behind a comma or not. */
static bool take_year(date_text *text, size_t n_min, date_part *out) {
    size_t at = text->at;
    take_sign(text, ',');
    if (is_number(peek(text, 0), n_min, 4) && peek(text, 0)->n_digits != 3) {
        out->year = year_of(&text->tokens[text->at++]);
        return true;
    }
    text->at = at;
    return false;
}

/* 2 December 1961, 2nd December, 1961, 2. Dec. 61; the month and the year may be missing at the start of a range. */
static bool read_day_first(date_text *text, date_part *out) {
    if (!is_number(peek(text, 0), 1, 2) || peek(text, 0)->value == 0)
        return false;
    *out = (date_part){.day = text->tokens[text->at++].value};
    if (!take(text, TOKEN_ORDINAL))
        take_sign(text, '.');
    size_t after_day = text->at;
    take_sign(text, ',');
    if (peek(text, 0)->kind == TOKEN_MONTH) {
        out->month = text->tokens[text->at++].value;
        take_sign(text, '.');
        take_year(text, 2, out);
    } else {
        text->at = after_day; /* "10, 1964" ends a range that began with a month */
        take_year(text, 4, out);
    }
    return true;
}

/* December 2, 1961; December, 1961; December 2 and December alone at the start of a range. */
static bool read_month_first(date_text *text, date_part *out) {
    if (peek(text, 0)->kind != TOKEN_MONTH)
        return false;
    *out = (date_part){.month = text->tokens[text->at++].value};
    take_sign(text, '.');
    size_t after_month = text->at;
    take_sign(text, ',');
    if (is_number(peek(text, 0), 1, 2) && peek(text, 0)->value > 0) {
        out->day = text->tokens[text->at++].value;
        take(text, TOKEN_ORDINAL);
    } else {
        text->at = after_month;
    }
    take_year(text, 4, out);
    return true;
}

/* 1961, 1960s */
static bool read_year(date_text *text, date_part *out) {
    if (!is_number(peek(text, 0), 4, 4))
        return false;
    *out = (date_part){.year = text->tokens[text->at++].value};
    out->is_decade = !peek(text, 0)->is_spaced && out->year % 10 == 0 && take(text, TOKEN_DECADE);
    return true;
}

static bool read_part(date_text *text, date_part *out) {
    return read_group(text, out) || read_year_first(text, out) || read_year_last(text, out) ||
           read_month_first(text, out) || read_year(text, out) || read_day_first(text, out);
}

/* 11:32, 03:15 a.m., 1830hs, 22 GMT, 10:00:00Z */
static bool read_time(date_text *text) {
    size_t at = text->at;
    if (!take(text, TOKEN_AT) && !take(text, TOKEN_T) && !take_sign(text, ','))
        take_sign(text, '/');
    take(text, TOKEN_AT);
    bool is_hour = is_number(peek(text, 0), 1, 4);
    int hour = peek(text, 0)->value;
    hour = peek(text, 0)->n_digits > 2 ? hour / 100 : hour;
    text->at += is_hour;
    size_t n_marks = 0;
    while (is_hour && is_sign(peek(text, 0), ':') && is_number(peek(text, 1), 2, 2) && peek(text, 1)->value < 60) {
        text->at += 2;
        n_marks++;
    }
    while (is_hour && (take(text, TOKEN_HALF_DAY) || take(text, TOKEN_ZONE) || take(text, TOKEN_HOURS))) {
        take_sign(text, '.');
        n_marks++;
    }
    if (is_hour && hour <= 24 && n_marks > 0)
        return true;
    text->at = at;
    return false;
}

/* A part with what may stand around it: a weekday, a time. */
static bool read_day(date_text *text, date_part *out) {
    if (take(text, TOKEN_WEEKDAY) || read_time(text))
        take_sign(text, ',');
    if (!read_part(text, out))
        return false;
    if (out->day > 0)
        read_time(text);
    return true;
}

static bool read_divider(date_text *text, bool is_between) {
    return take(text, TOKEN_TO) || take_sign(text, '-') || (is_between && take(text, TOKEN_AND)) ||
           (is_sign(peek(text, 0), '/') && is_number(peek(text, 1), 4, 4) && take_sign(text, '/'));
}

static bool is_over(const date_text *text) {
    return text->at == text->n;
}

/* ---- The whole text ------------------------------------------------------------------------------------------- */

static date_precision precision_of(date_part part) {
    return part.day > 0 ? DATE_DAY : part.month > 0 ? DATE_MONTH : part.is_decade ? DATE_DECADE : DATE_YEAR;
}

static bool finish_single(date_part part, bool is_about, date_reading *out) {
    if (!part_interval(part, &out->interval))
        return false;
    out->precision = precision_of(part);
    date_part swapped = {.year = part.year, .month = part.day, .day = part.month};
    if (part.is_swappable)
        out->is_doubtful = part_interval(swapped, &out->other);
    if (is_about) {
        int last = part.year + (part.is_decade ? 9 : 0);
        out->precision = DATE_ABOUT;
        out->interval = (date_interval){day_of(part.year - 1, 1, 1), day_of(last + 1, 12, 31)};
    }
    return true;
}

static bool finish_range(date_part first, date_part last, date_reading *out) {
    if (first.year == 0)
        first.year = last.year;
    if (first.month == 0 && first.day > 0)
        first.month = last.month;
    if (last.month == 0 && last.day > 0 && first.day > 0)
        last.month = first.month;
    date_interval from;
    date_interval to;
    if (!part_interval(first, &from) || !part_interval(last, &to) || from.earliest > to.latest)
        return false;
    out->precision = DATE_RANGE;
    out->interval = (date_interval){from.earliest, to.latest};
    out->is_doubtful = first.is_swappable || last.is_swappable;
    return true;
}

static bool read_text(date_text *text, date_reading *out) {
    date_part first;
    date_part last;
    if (take(text, TOKEN_UNDATED))
        return is_over(text);
    bool is_about = take(text, TOKEN_ABOUT);
    if (is_about)
        take_sign(text, '.');
    bool is_between = take(text, TOKEN_BETWEEN);
    if (!read_day(text, &first))
        return false;
    if (is_over(text))
        return !is_between && finish_single(first, is_about, out);
    if (!read_divider(text, is_between))
        return false;
    bool is_last_about = take(text, TOKEN_ABOUT);
    return !is_about && !is_last_about && read_day(text, &last) && is_over(text) && finish_range(first, last, out);
}

static bool says_undated(search_text text) {
    static const char *const forms[] = {"n.d.", "[n.d.]", "n. d.", "nd", "no date", "[no date]", "not dated"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (text_is(text, forms[i]))
            return true;
    return false;
}

bool date_read_full(search_text text, date_reading *out) {
    date_text tokens;
    date_reading read = {.precision = DATE_UNDATED};
    *out = read;
    text = text_trim(text);
    if (says_undated(text))
        return true;
    if (text.n_bytes == 0 || text.n_bytes > MAX_DATE || !read_tokens(text, &tokens) || !read_text(&tokens, &read))
        return false;
    read.is_doubtful = read.is_doubtful || tokens.is_queried;
    *out = read;
    return true;
}

bool date_read(search_text text, date_interval *out) {
    date_reading reading;
    date_read_full(text, &reading);
    *out = reading.interval;
    return out->earliest > 0;
}

void date_print(int32_t day, char out[16]) {
    out[0] = '\0';
    if (day > 0)
        snprintf(out, 16, "%04d-%02d-%02d", (int)(day / 10000 % 10000), (int)(day / 100 % 100), (int)(day % 100));
}
