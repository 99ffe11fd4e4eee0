/* What a line of a message is: by its capitals, its labels and its figures, never by where it stands. */
#include "libsearch/cable/message.h"
#include <stdio.h>

/* ---- Words of the header ---------------------------------------------------------------------------------------- */

const char *message_grade(search_text line, search_text *rest) {
    static const char *const grades[] = {"UNCLASSIFIED", "UNCLAS E F T O", "UNCLAS",       "LIMITED OFFICIAL USE",
                                         "TOP SECRET",   "SECRET",         "CONFIDENTIAL", "FOR OFFICIAL USE ONLY",
                                         "RESTRICTED"};
    for (size_t i = 0; i < sizeof grades / sizeof *grades; i++) {
        size_t at = 0;
        const char *letter = grades[i];
        for (; *letter != '\0' && at < line.n_bytes; at++) {
            letter += *letter == ' ';
            if (line.bytes[at] == *letter)
                letter++;
            else if (line.bytes[at] != ' ')
                break;
        }
        bool is_whole = at == line.n_bytes || !is_word_byte(line.bytes[at]);
        if (*letter == '\0' && is_whole) {
            *rest = text_trim(text_from(line, at));
            return grades[i];
        }
    }
    return NULL;
}

bool message_is_handling(search_text word) {
    static const char *const words[] = {"EXDIS", "NODIS",   "LIMDIS", "STADIS", "NOFORN", "SIPDIS",   "CHEROKEE",
                                        "ROGER", "CHANNEL", "EYES",   "ONLY",   "NOTAL",  "CODEWORD", "SENSITIVE"};
    return EQUALS_ONE_OF(word, words);
}

bool message_is_handling_line(search_text line) {
    search_text word;
    for (size_t at = 0; text_next_word(line, &at, &word);)
        if (!message_is_handling(word))
            return false;
    return line.n_bytes > 0;
}

size_t message_post_and_number(search_text text) {
    size_t n = 0;
    search_text word;
    for (size_t at = 0; text_next_word(text, &at, &word); n++) {
        size_t stroke = text_find(word, "/", 0);
        search_text figures = text_part(word, 0, stroke == NOT_FOUND ? word.n_bytes : stroke);
        if (n > 0 && is_number(figures, 1, 7))
            return (size_t)(figures.bytes - text.bytes) + figures.n_bytes;
        if (n == 4 || !is_capitals(word))
            return 0;
    }
    return 0;
}

const char *message_urgency(search_text word) {
    static const char *const words[][2] = {{"FLASH", "Flash"},       {"NIACT", "Niact"},     {"IMMEDIATE", "Immediate"},
                                           {"PRIORITY", "Priority"}, {"ROUTINE", "Routine"}, {"Z", "Flash"},
                                           {"O", "Immediate"},       {"P", "Priority"},      {"R", "Routine"},
                                           {"ZZ", "Flash"},          {"OO", "Immediate"},    {"PP", "Priority"},
                                           {"RR", "Routine"},        {"Y", "Immediate"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equals(word, words[i][0]))
            return words[i][1];
    return NULL;
}

bool message_time_group(search_text line, time_group *out) {
    size_t at = 0;
    search_text word = {"", 0};
    search_text month;
    search_text year;
    *out = (time_group){0};
    if (line.n_bytes > MAX_LINE)
        return false;
    while (text_next_word(line, &at, &word) && word.n_bytes <= 2 && message_urgency(word) != NULL)
        if (out->urgency == NULL)
            out->urgency = message_urgency(word);
    bool is_group = word.n_bytes == 7 && is_number(text_part(word, 0, 6), 6, 6) && is_upper(word.bytes[6]);
    if (!is_group || !text_next_word(line, &at, &month) || !text_next_word(line, &at, &year) || month.n_bytes != 3 ||
        (!is_number(year, 2, 2) && !is_number(year, 4, 4)))
        return false;
    const char *century = year.n_bytes == 4 ? "" : year.bytes[0] < '3' ? "20" : "19";
    snprintf(out->day, sizeof out->day, "%.2s %.3s %s%.*s", word.bytes, month.bytes, century, (int)year.n_bytes,
             year.bytes);
    out->printed = text_part(line, (size_t)(word.bytes - line.bytes), (size_t)(year.bytes - line.bytes) + year.n_bytes);
    date_interval interval;
    return date_read(search_text_of(out->day), &interval);
}

bool message_has_label(search_text line, const char *const *labels, size_t n_labels, search_text *rest) {
    for (size_t i = 0; i < n_labels; i++) {
        size_t n = strlen(labels[i]);
        if (!text_starts(line, labels[i]) || line.n_bytes <= n)
            continue;
        size_t at = n;
        while (at < line.n_bytes && line.bytes[at] == ' ')
            at++;
        if (at == line.n_bytes || line.bytes[at] != ':')
            continue;
        *rest = text_trim(text_from(line, at + 1));
        return true;
    }
    return false;
}

bool message_is_executive_order(search_text line) {
    size_t n = text_starts(line, "E.O. ") ? 5 : text_starts(line, "E.O.") ? 4 : text_starts(line, "EO ") ? 3 : 0;
    return n > 0 && n < line.n_bytes && is_digit(line.bytes[n]);
}

bool message_has_offices(search_text text) {
    search_text word;
    for (size_t at = 0; text_next_word(text, &at, &word);)
        if (word.n_bytes > 3 && word.bytes[word.n_bytes - 3] == '-' &&
            is_number(text_from(word, word.n_bytes - 2), 2, 2) && is_capitals(text_part(word, 0, word.n_bytes - 2)))
            return true;
    return false;
}

/* "SECSTATE WASHDC PRIORITY 1234": what may stand in a list of addresses. */
bool message_is_address(search_text line) {
    search_text word;
    if (line.n_bytes > 60 || text_n_words(line) > 7 || text_ends(line, "."))
        return false;
    for (size_t at = 0; text_next_word(line, &at, &word);) {
        if (word.n_bytes > 1 && word.bytes[word.n_bytes - 1] == ',')
            word.n_bytes--;
        if (!is_capitals(word) && !is_number(word, 1, 7))
            return false;
    }
    return true;
}

/* ---- Lines that are no text ------------------------------------------------------------------------------------- */

bool message_is_page_line(search_text line) {
    search_text rest;
    if (message_grade(line, &rest) != NULL)
        line = rest;
    if (!starts_exactly(line, "PAGE "))
        return false;
    search_text word;
    size_t at = 5;
    if (!text_next_word(line, &at, &word) || !is_number(word, 1, 3))
        return false;
    rest = text_trim(text_from(line, at));
    return rest.n_bytes == 0 || starts_exactly(rest, "RU") || message_post_and_number(rest) > 0 ||
           (starts_exactly(rest, "OF ") && is_number(text_from(rest, 3), 1, 3));
}

static bool is_wire_line(search_text line) {
    static const char *const whole[] = {"BT", "NNNN", "Message Text"};
    static const char *const starts[] = {"ZCZC", "VZCZC", "ZNR ", "ZNY ", "DE RU", "RR RU", "PP RU", "OO RU", "ZZ RU"};
    if (EQUALS_ONE_OF(line, whole))
        return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (starts_exactly(line, starts[i]))
            return true;
    bool is_serial = line.n_bytes > 1 && line.bytes[0] == '#' && is_number(text_from(line, 1), 1, 6);
    bool is_rule = starts_exactly(line, "----------") && text_has_digit(line);
    return is_serial || is_rule;
}

static bool is_release_stamp(search_text line) {
    return text_find(line, "Declassified/Released US Department of State", 0) != NOT_FOUND ||
           text_find(line, "EO Systematic Review", 0) != NOT_FOUND;
}

bool message_is_grade_line(search_text line) {
    search_text rest;
    return message_grade(line, &rest) != NULL && rest.n_bytes == 0;
}

bool message_is_furniture(search_text line) {
    return line.n_bytes <= MAX_LINE &&
           (is_wire_line(line) || message_is_page_line(line) || message_is_grade_line(line) || is_release_stamp(line));
}

bool message_is_drafting(search_text line) {
    static const char *const starts[] = {"DRAFTED BY", "APPROVED BY", "CLEARED BY", "CLEARANCES", "TEXT BY"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (starts_exactly(line, starts[i]))
            return true;
    return false;
}

bool message_is_clearance(search_text line) {
    size_t colon = text_find(line, ":", 0);
    return colon != NOT_FOUND && is_capitals(text_part(line, 0, colon)) && is_capitals(text_from(line, colon + 1));
}

bool message_is_above_header(search_text line) {
    time_group group;
    return line.n_bytes == 0 || message_is_furniture(line) || message_is_drafting(line) || message_is_clearance(line) ||
           message_has_offices(line) || message_post_and_number(line) == line.n_bytes ||
           message_time_group(line, &group);
}
