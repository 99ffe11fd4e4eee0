/* Dates in the forms archives print: intervals, precision, and doubts. */
#include "libsearch/cable/cable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct example {
    const char *text;
    int earliest;
    int latest;
    date_precision precision;
} example;

static date_reading read(const char *text) {
    date_reading date;
    if (!date_read_full(search_text_of(text), &date))
        fail_msg("\"%s\" is not read", text);
    return date;
}

static void check(const example *examples, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const example *e = &examples[i];
        date_reading date = read(e->text);
        if (date.interval.earliest != e->earliest || date.interval.latest != e->latest ||
            date.precision != e->precision)
            fail_msg("\"%s\" is %d..%d with precision %d", e->text, (int)date.interval.earliest,
                     (int)date.interval.latest, (int)date.precision);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void words_of_a_day(void **state) {
    (void)state;
    static const example examples[] = {
        {"September 09, 1955", 19550909, 19550909, DATE_DAY},  {"2 Dec. 1961", 19611202, 19611202, DATE_DAY},
        {"2. December 1961", 19611202, 19611202, DATE_DAY},    {"2nd December, 1961", 19611202, 19611202, DATE_DAY},
        {"Sept. 2, 1961", 19610902, 19610902, DATE_DAY},       {"2 Dec 61", 19611202, 19611202, DATE_DAY},
        {"Tuesday, 8 May 1962", 19620508, 19620508, DATE_DAY}, {"8 September [1955]", 19550908, 19550908, DATE_DAY},
        {"22 [November] 1963", 19631122, 19631122, DATE_DAY},  {"021530Z DEC 61", 19611202, 19611202, DATE_DAY},
    };
    CHECK(examples);
}

static void numbers_of_a_day(void **state) {
    (void)state;
    static const example examples[] = {
        {"24.III.50", 19500324, 19500324, DATE_DAY},  {"24. III. 1950", 19500324, 19500324, DATE_DAY},
        {"8.II.1950", 19500208, 19500208, DATE_DAY},  {"27/X/1962", 19621027, 19621027, DATE_DAY},
        {"13.9.50", 19500913, 19500913, DATE_DAY},    {"1973-3-15", 19730315, 19730315, DATE_DAY},
        {"1961-12-02", 19611202, 19611202, DATE_DAY}, {"1961.12.02", 19611202, 19611202, DATE_DAY},
        {"24-10-1962", 19621024, 19621024, DATE_DAY}, {"10/14/50", 19501014, 19501014, DATE_DAY},
    };
    CHECK(examples);
}

static void times_are_passed_over(void **state) {
    (void)state;
    static const example examples[] = {
        {"31.8.50 11:32", 19500831, 19500831, DATE_DAY},
        {"10/14/50 at 03:15 a.m.", 19501014, 19501014, DATE_DAY},
        {"13.10.1962/03:00", 19621013, 19621013, DATE_DAY},
        {"24 October 1962, 1830hs", 19621024, 19621024, DATE_DAY},
        {"1830hs 24 October 1962", 19621024, 19621024, DATE_DAY},
        {"27.10.1962 at 22 GMT", 19621027, 19621027, DATE_DAY},
        {"1961-12-02T10:00:00Z", 19611202, 19611202, DATE_DAY},
    };
    CHECK(examples);
}

static void months_years_and_more(void **state) {
    (void)state;
    static const example examples[] = {
        {"January, 1951", 19510101, 19510131, DATE_MONTH},
        {"1961-12", 19611201, 19611231, DATE_MONTH},
        {"1961", 19610101, 19611231, DATE_YEAR},
        {"[1961]", 19610101, 19611231, DATE_YEAR},
        {"1960s", 19600101, 19691231, DATE_DECADE},
        {"c. 1962", 19610101, 19631231, DATE_ABOUT},
        {"c.1962", 19610101, 19631231, DATE_ABOUT},
        {"circa 1960s", 19590101, 19701231, DATE_ABOUT},
        {"undated", 0, 0, DATE_UNDATED},
        {"n.d.", 0, 0, DATE_UNDATED},
        {"[no date]", 0, 0, DATE_UNDATED},
    };
    CHECK(examples);
}

static void ranges(void **state) {
    (void)state;
    static const example examples[] = {
        {"3-10 March 1964", 19640303, 19640310, DATE_RANGE},
        {"3\xE2\x80\x93"
         "10 March 1964",
         19640303, 19640310, DATE_RANGE},
        {"March 3-10, 1964", 19640303, 19640310, DATE_RANGE},
        {"between 3 and 10 March 1964", 19640303, 19640310, DATE_RANGE},
        {"from 3 to 10 March 1964", 19640303, 19640310, DATE_RANGE},
        {"28 February - 3 March 1964", 19640228, 19640303, DATE_RANGE},
        {"March 28-April 2, 1964", 19640328, 19640402, DATE_RANGE},
        {"December 30, 1961 - January 2, 1962", 19611230, 19620102, DATE_RANGE},
        {"March-April 1964", 19640301, 19640430, DATE_RANGE},
        {"1961-12-02 to 1962-01-05", 19611202, 19620105, DATE_RANGE},
        {"1961-12-02/1962-01-05", 19611202, 19620105, DATE_RANGE},
        {"1961-1963", 19610101, 19631231, DATE_RANGE},
        {"1961..1963-02", 19610101, 19630228, DATE_RANGE},
    };
    CHECK(examples);
}

static void doubtful_is(const char *text, int other) {
    date_reading date = read(text);
    assert_true(date.is_doubtful);
    assert_int_equal(date.other.earliest, other);
    assert_int_equal(date.other.latest, other);
}

static void doubts_are_told(void **state) {
    (void)state;
    doubtful_is("11.03.1962", 19621103);
    doubtful_is("06.03.1976/03:00", 19760603);
    doubtful_is("[28?] October 1962", 0);
    doubtful_is("1962?", 0);
    doubtful_is("3.4.1962 - 5.4.1962", 0);
    assert_int_equal(read("11.03.1962").interval.earliest, 19620311);
    static const char *const sure[] = {"11.11.1962",  "13.03.1962", "03/13/62",
                                       "11.III.1962", "1962-03-11", "11 March 1962"};
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++)
        assert_false(read(sure[i]).is_doubtful);
}

static void what_is_no_date(void **state) {
    (void)state;
    static const char *const none[] = {
        "22 [November]",
        "4 March, 3:30 p.m.",
        "30.02.1962",
        "13.13.1962",
        "0.1.1962",
        "before 1962",
        "early 1962",
        "1960's",
        "1963s",
        "12/1962",
        "3 1962",
        "1961-63",
        "1962-1961",
        "March 1964 to June",
        "1964 March",
        "ON/26/26/X/62",
        "May 1961.",
        "12.5.",
        "1961 1962",
        "at 1961",
        "25:00 1961",
        "1961 and 1962",
        "between 1961",
        "1830hs",
        "24.III.1950 24",
        "9999999999",
        "2 Decem 1961",
        "[]",
        "?",
        "c. c. 1961",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        date_reading date;
        if (date_read_full(search_text_of(none[i]), &date) || date.interval.earliest != 0)
            fail_msg("\"%s\" is read", none[i]);
    }
}

static void undated_has_no_interval(void **state) {
    (void)state;
    date_interval days = {1, 1};
    assert_false(date_read(search_text_of("undated"), &days));
    assert_int_equal(days.earliest, 0);
    assert_int_equal(days.latest, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_a_day),
        cmocka_unit_test(numbers_of_a_day),
        cmocka_unit_test(times_are_passed_over),
        cmocka_unit_test(months_years_and_more),
        cmocka_unit_test(ranges),
        cmocka_unit_test(doubts_are_told),
        cmocka_unit_test(what_is_no_date),
        cmocka_unit_test(undated_has_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
