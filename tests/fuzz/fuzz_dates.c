/* Any bytes as a date: not understood, undated, or an interval of days that exist; what is printed of it is read back.
 */
#include "libsearch/cable/cable.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_day(int32_t day) {
    char printed[16];
    date_interval again;
    date_print(day, printed);
    if (strlen(printed) != 10 || !date_read(search_text_of(printed), &again) || again.earliest != day ||
        again.latest != day)
        abort();
}

static void check_interval(date_interval days) {
    if (days.earliest > days.latest)
        abort();
    check_day(days.earliest);
    check_day(days.latest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    search_text text = {(const char *)data, size};
    date_reading date;
    date_interval days;
    bool is_read = date_read_full(text, &date);
    bool is_dated = date_read(text, &days);
    if (is_dated != (date.interval.earliest > 0) || (is_dated && !is_read))
        abort();
    if (is_dated != (date.precision != DATE_UNDATED) || memcmp(&days, &date.interval, sizeof days) != 0)
        abort();
    if (is_dated && days.earliest / 10000 < 1000 && date.precision != DATE_ABOUT)
        abort();
    if (is_dated && days.earliest / 10000 >= 1000 && days.latest / 10000 <= 2999)
        check_interval(days);
    if (date.other.earliest > 0)
        check_interval(date.other);
    return 0;
}
