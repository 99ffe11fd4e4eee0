/* Dates of a query.  Many spellings mean the same days, so the canonical text is made from the days: the coarsest of
 * year, month and day that says both bounds. */
#include "libsearch/query/clause.h"

#include "libsearch/query/chars.h"

#include <stdio.h>
#include <string.h>

/* ---- Canonical text ---- */

enum { PRECISION_DAY, PRECISION_MONTH, PRECISION_YEAR };

static int year_of(int32_t day) {
    return day / 10000;
}

static int month_of(int32_t day) {
    return day / 100 % 100;
}

static bool is_last_of_month(int32_t day) {
    static const int n_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = year_of(day);
    const int month = month_of(day);
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day % 100 == (month == 2 && is_leap ? 29 : n_days[month - 1]);
}

static int first_precision(int32_t day) {
    if (day % 10000 == 101) {
        return PRECISION_YEAR;
    }
    return day % 100 == 1 ? PRECISION_MONTH : PRECISION_DAY;
}

static int last_precision(int32_t day) {
    if (day % 10000 == 1231) {
        return PRECISION_YEAR;
    }
    return is_last_of_month(day) ? PRECISION_MONTH : PRECISION_DAY;
}

static void put_day(int32_t day, int precision, char out[32]) {
    if (precision == PRECISION_YEAR) {
        snprintf(out, 32, "%04d", year_of(day));
    } else if (precision == PRECISION_MONTH) {
        snprintf(out, 32, "%04d-%02d", year_of(day), month_of(day));
    } else {
        snprintf(out, 32, "%04d-%02d-%02d", year_of(day), month_of(day), (int)(day % 100));
    }
}

static void put_interval(const query_date *date, char out[80]) {
    char earliest[32] = "";
    char latest[32] = "";
    int from = date->has_earliest ? first_precision(date->earliest) : PRECISION_YEAR;
    int to = date->has_latest ? last_precision(date->latest) : PRECISION_YEAR;
    if (date->has_earliest && date->has_latest) {
        from = to = from < to ? from : to;
    }
    if (date->has_earliest) {
        put_day(date->earliest, from, earliest);
    }
    if (date->has_latest) {
        put_day(date->latest, to, latest);
    }
    const bool is_one = strcmp(earliest, latest) == 0;
    snprintf(out, 80, "%s%s%s", earliest, is_one ? "" : "..", is_one ? "" : latest);
}

/* ---- Reading ---- */

static search_status bad_date(search_text text, size_t offset, query_report *report) {
    char message[128];
    int shown = text.n_bytes > 40 ? 40 : (int)text.n_bytes;
    while (shown < (int)text.n_bytes && shown > 0 && ((unsigned char)text.bytes[shown] & 0xC0) == 0x80) {
        shown--;
    }
    snprintf(message, sizeof message, "%.*s is no date", shown, text.bytes);
    return query_fault(report, SEARCH_E_QUERY, "query.bad_date", offset, message,
                       "write 1961, 1961-12, 1961-12-02, an interval such as 1961..1963, none, or another date in "
                       "quotes: \"March 1964\"");
}

typedef struct bound {
    bool is_set;
    int32_t earliest;
    int32_t latest;
} bound;

static search_status read_bound(search_text text, size_t offset, const query_options *options, query_report *report,
                                bound *out, bool *is_read) {
    if (text.n_bytes == 0) {
        return SEARCH_OK;
    }
    bool has_dots = false;
    for (size_t i = 0; i + 1 < text.n_bytes; i++) {
        has_dots = has_dots || (text.bytes[i] == '.' && text.bytes[i + 1] == '.');
    }
    if (has_dots || !options->date(text, &out->earliest, &out->latest) || out->earliest > out->latest) {
        *is_read = false;
        return bad_date(text, offset, report);
    }
    out->is_set = true;
    return SEARCH_OK;
}

static search_status read_bounds(date_clause clause, const date_bounds *bounds, const query_options *options,
                                 query_report *report, query_date *out, bool *is_read) {
    bound first = {false, 0, 0};
    bound second = {false, 0, 0};
    search_status status = read_bound(bounds->first, bounds->offset, options, report, &first, is_read);
    if (status == SEARCH_OK && *is_read) {
        status = read_bound(bounds->second, bounds->second_offset, options, report, &second, is_read);
    }
    if (status != SEARCH_OK || !*is_read) {
        return status;
    }
    if (first.is_set && second.is_set && first.earliest > second.latest) {
        status = query_fault(report, SEARCH_E_QUERY, "query.reversed_dates", bounds->offset,
                             "the interval ends before it begins", "put the earlier date before the later one");
        const bound earlier = second;
        second = first;
        first = earlier;
    }
    if (!bounds->is_interval) {
        second = first;
    }
    out->has_earliest = first.is_set && clause != DATE_CLAUSE_UNTIL;
    out->earliest = out->has_earliest ? first.earliest : 0;
    out->has_latest = second.is_set && clause != DATE_CLAUSE_SINCE;
    out->latest = out->has_latest ? second.latest : 0;
    return status;
}

/* since: and until: take one bound. */
static bool takes_bounds(date_clause clause, const date_bounds *bounds) {
    return !bounds->is_interval || clause == DATE_CLAUSE_OVERLAPS || clause == DATE_CLAUSE_CERTAIN;
}

search_status clause_date(date_clause clause, const date_bounds *bounds, const query_options *options,
                          query_report *report, query_date *out, search_text *text, bool *is_read) {
    char canonical[80] = "none";
    *out = (query_date){.is_none = false};
    *is_read = true;
    search_status status = SEARCH_OK;
    if (bounds->first.n_bytes == 0 && bounds->second.n_bytes == 0) {
        *is_read = false;
        return query_fault_empty(report, bounds->offset, "no date is given",
                                 "write a date directly after the colon, or an interval such as 1961.. or 1961..1963");
    }
    if (!takes_bounds(clause, bounds)) {
        *is_read = false;
        return query_fault(report, SEARCH_E_QUERY, "query.bad_date", bounds->offset,
                           "since: and until: take one date, not an interval",
                           "write date: before the interval, or leave out a bound");
    }
    if (chars_is_name(bounds->first, "none") && takes_bounds(DATE_CLAUSE_SINCE, bounds) &&
        (clause == DATE_CLAUSE_OVERLAPS || clause == DATE_CLAUSE_CERTAIN)) {
        out->is_none = true;
    } else {
        status = read_bounds(clause, bounds, options, report, out, is_read);
        out->is_certain = clause == DATE_CLAUSE_CERTAIN;
        put_interval(out, canonical);
    }
    if (status != SEARCH_OK || !*is_read) {
        return status;
    }
    text->n_bytes = strlen(canonical);
    text->bytes = arena_copy(&report->out->memory, canonical, text->n_bytes);
    return text->bytes == NULL ? error_memory(report->error) : SEARCH_OK;
}
