/* The text of U.S. State Department messages, as telegrams of the 1960s and later were printed and released:
 *
 *   PAGE 01 SEOUL 01234 01 OF 02 021530Z       lines of the page, of the release and of the wire: dropped, wherever
 *   ACTION EA-10                               offices
 *   O P 021530Z DEC 61                         date (its day), sent (as printed), urgency
 *   FM AMEMBASSY SEOUL                         from
 *   TO SECSTATE WASHDC IMMEDIATE 1234          to, and so the lines that follow; urgency
 *   INFO AMEMBASSY TOKYO                       distribution, and so the lines that follow
 *   BT
 *   C O N F I D E N T I A L SECTION 01 OF 02 SEOUL 1234     classification, its letters closed up; number
 *   EXDIS                                      handling
 *   E.O. 12065: GDS                            executive_order
 *   TAGS: PINS, KS                             topics
 *   SUBJ: …                                    title
 *   REF: …                                     references
 *   1. …                                       body, from the first line that is none of these
 *   BERGER                                     signed: a last line that is a name in capitals
 *   BT
 *   NNNN
 *
 * A message ends at NNNN, before ZCZC, and before another header: a line FM below a date-time group, or above a line
 * TO.  (FM alone may be a foreign minister.)  A message that says it is section 2 or later of the number before goes
 * with that one. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <stdio.h>

#define MAX_LINE 300    /* bytes; a longer line is prose */
#define MAX_FIELD 2000  /* bytes; what goes on longer is prose */
#define MAX_VALUES 500  /* of a key */
#define LATE_LINES 12   /* how far into the body "SUBJ:" and the like are looked for */
#define WRAPPED_LINE 45 /* bytes; a subject goes on only behind a line as long as that */
#define HEAD_LINES 60   /* where the format is told */

static bool is_one_of(search_text text, const char *const *words, size_t n_words) {
    for (size_t i = 0; i < n_words; i++)
        if (text_equals(text, words[i]))
            return true;
    return false;
}
#define IS_ONE_OF(text, words) is_one_of(text, words, sizeof(words) / sizeof *(words))

/* Headers are in capitals, and prose need not be. */
static bool starts_exactly(search_text text, const char *string) {
    size_t n = strlen(string);
    return text.n_bytes >= n && memcmp(text.bytes, string, n) == 0;
}

static bool is_number(search_text word, size_t n_min, size_t n_max) {
    for (size_t i = 0; i < word.n_bytes; i++)
        if (!is_digit(word.bytes[i]))
            return false;
    return word.n_bytes >= n_min && word.n_bytes <= n_max;
}

static bool is_capitals(search_text word) {
    bool has_letter = false;
    for (size_t i = 0; i < word.n_bytes; i++) {
        if (!is_upper(word.bytes[i]) && strchr("-/.'", word.bytes[i]) == NULL)
            return false;
        has_letter = has_letter || is_upper(word.bytes[i]);
    }
    return has_letter;
}

/* ---- Words of the header ---------------------------------------------------------------------------------------- */

/* What stands before the rest of a line when it is a classification, with or without spaces between its letters:
 * "C O N F I D E N T I A L".  Null when the line begins otherwise. */
static const char *grade_of(search_text line, search_text *rest) {
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

static bool is_handling(search_text word) {
    static const char *const words[] = {"EXDIS", "NODIS",   "LIMDIS", "STADIS", "NOFORN", "SIPDIS",   "CHEROKEE",
                                        "ROGER", "CHANNEL", "EYES",   "ONLY",   "NOTAL",  "CODEWORD", "SENSITIVE"};
    return IS_ONE_OF(word, words);
}

static bool is_handling_line(search_text line) {
    search_text word;
    for (size_t at = 0; text_next_word(line, &at, &word);)
        if (!is_handling(word))
            return false;
    return line.n_bytes > 0;
}

/* "SEOUL 01234": where it ends, or 0. */
static size_t post_and_number(search_text text) {
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

static const char *urgency_of(search_text word) {
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

/* "O P 021530Z DEC 61" */
typedef struct time_group {
    const char *urgency; /* null: none given */
    search_text printed;
    char day[32]; /* "2 DEC 1961" */
} time_group;

static bool read_time_group(search_text line, time_group *out) {
    size_t at = 0;
    search_text word = {"", 0};
    search_text month;
    search_text year;
    *out = (time_group){0};
    if (line.n_bytes > MAX_LINE)
        return false;
    while (text_next_word(line, &at, &word) && word.n_bytes <= 2 && urgency_of(word) != NULL)
        if (out->urgency == NULL)
            out->urgency = urgency_of(word);
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

/* The rest of a line that begins with one of the labels and a colon: "SUBJ:", "Subject:". */
static bool has_label(search_text line, const char *const *labels, size_t n_labels, search_text *rest) {
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
#define HAS_LABEL(line, labels, rest) has_label(line, labels, sizeof(labels) / sizeof *(labels), rest)

/* "E.O. 12065: GDS 11/15/85", "EO 12958: DECL: …" */
static bool is_executive_order(search_text line) {
    size_t n = text_starts(line, "E.O. ") ? 5 : text_starts(line, "E.O.") ? 4 : text_starts(line, "EO ") ? 3 : 0;
    return n > 0 && n < line.n_bytes && is_digit(line.bytes[n]);
}

/* "OCT-00 ADS-00 /030 R": a word of capitals and a count. */
static bool has_offices(search_text text) {
    search_text word;
    for (size_t at = 0; text_next_word(text, &at, &word);)
        if (word.n_bytes > 3 && word.bytes[word.n_bytes - 3] == '-' &&
            is_number(text_from(word, word.n_bytes - 2), 2, 2) && is_capitals(text_part(word, 0, word.n_bytes - 2)))
            return true;
    return false;
}

/* "SECSTATE WASHDC PRIORITY 1234": what may stand in a list of addresses. */
static bool is_address(search_text line) {
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

static bool is_page_line(search_text line) {
    search_text rest;
    if (grade_of(line, &rest) != NULL)
        line = rest;
    if (!starts_exactly(line, "PAGE "))
        return false;
    search_text word;
    size_t at = 5;
    if (!text_next_word(line, &at, &word) || !is_number(word, 1, 3))
        return false;
    rest = text_trim(text_from(line, at));
    return rest.n_bytes == 0 || starts_exactly(rest, "RU") || post_and_number(rest) > 0 ||
           (starts_exactly(rest, "OF ") && is_number(text_from(rest, 3), 1, 3));
}

static bool is_wire_line(search_text line) {
    static const char *const whole[] = {"BT", "NNNN", "Message Text"};
    static const char *const starts[] = {"ZCZC", "VZCZC", "ZNR ", "ZNY ", "DE RU", "RR RU", "PP RU", "OO RU", "ZZ RU"};
    if (IS_ONE_OF(line, whole))
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

static bool is_grade_line(search_text line) {
    search_text rest;
    return grade_of(line, &rest) != NULL && rest.n_bytes == 0;
}

static bool is_furniture(search_text line) {
    return line.n_bytes <= MAX_LINE &&
           (is_wire_line(line) || is_page_line(line) || is_grade_line(line) || is_release_stamp(line));
}

static bool is_drafting(search_text line) {
    static const char *const starts[] = {"DRAFTED BY", "APPROVED BY", "CLEARED BY", "CLEARANCES", "TEXT BY"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (starts_exactly(line, starts[i]))
            return true;
    return false;
}

/* "EUR/EE:CWSCHMIDT": who cleared it. */
static bool is_clearance(search_text line) {
    size_t colon = text_find(line, ":", 0);
    return colon != NOT_FOUND && is_capitals(text_part(line, 0, colon)) && is_capitals(text_from(line, colon + 1));
}

/* What may stand above FM. */
static bool is_above_header(search_text line) {
    time_group group;
    return line.n_bytes == 0 || is_furniture(line) || is_drafting(line) || is_clearance(line) || has_offices(line) ||
           post_and_number(line) == line.n_bytes || read_time_group(line, &group);
}

/* ---- One message ------------------------------------------------------------------------------------------------ */

typedef enum message_field {
    FIELD_NONE,
    FIELD_TO,
    FIELD_INFO,
    FIELD_DRAFTING,
    FIELD_ORDER,
    FIELD_TAGS,
    FIELD_TITLE,
    FIELD_REFERENCES,
} message_field;

typedef struct message {
    search_record *record; /* null: none */
    size_t line;
    unsigned section; /* 0: not said */
    buffer body;
    size_t n_body_lines;
    size_t n_above; /* of them, above FM: nobody knows what they are */
    bool after_blank;
    bool after_page;
    bool is_over; /* what follows is the release's own data */
    message_field field;
    buffer value;  /* of the field, so far */
    size_t n_last; /* bytes of its last line */
    search_text received;
    search_status status;
    search_error *error;
} message;

static void add(message *m, const char *key, search_text value) {
    if (m->status == SEARCH_OK && search_record_n_values(m->record, key) < MAX_VALUES)
        m->status = search_record_add(m->record, key, value, m->error);
}

static bool has(const message *m, const char *key) {
    return search_record_n_values(m->record, key) > 0;
}

static void add_if_none(message *m, const char *key, search_text value) {
    if (!has(m, key))
        add(m, key, value);
}

/* "RUEHC/SECSTATE WASHDC IMMEDIATE 1234" */
static void add_address(message *m, const char *key, search_text address) {
    size_t stroke = text_find(address, "/", 0);
    if (starts_exactly(address, "RU") && stroke != NOT_FOUND && stroke >= 5 && stroke <= 8)
        address = text_from(address, stroke + 1);
    const char *urgency = NULL;
    for (;;) {
        address = text_trim(address);
        size_t from = address.n_bytes;
        while (from > 0 && address.bytes[from - 1] != ' ')
            from--;
        search_text last = text_from(address, from);
        const char *is_urgent = last.n_bytes > 2 ? urgency_of(last) : NULL;
        if (from == 0 || (is_urgent == NULL && !is_number(last, 1, 7)))
            break;
        if (is_urgent != NULL)
            urgency = is_urgent;
        address.n_bytes = from;
    }
    if (urgency != NULL && strcmp(key, "to") == 0)
        add_if_none(m, "urgency", search_text_of(urgency));
    add(m, key, address);
}

static void add_addresses(message *m, const char *key, search_text line) {
    while (line.n_bytes > 0) {
        size_t comma = text_find(line, ",", 0);
        size_t to = comma == NOT_FOUND ? line.n_bytes : comma;
        add_address(m, key, text_trim(text_part(line, 0, to)));
        line = comma == NOT_FOUND ? text_from(line, line.n_bytes) : text_from(line, to + 1);
    }
}

/* "PFOR, OVIP (KISSINGER, HENRY A.)", "PREL MARR KS": commas divide where there are any outside brackets. */
static void add_tags(message *m, search_text tags) {
    bool has_commas = false;
    int depth = 0;
    for (size_t i = 0; i < tags.n_bytes; i++) {
        depth += (tags.bytes[i] == '(') - (tags.bytes[i] == ')');
        has_commas = has_commas || (depth == 0 && tags.bytes[i] == ',');
    }
    depth = 0;
    size_t from = 0;
    for (size_t i = 0; i <= tags.n_bytes; i++) {
        bool is_end = i == tags.n_bytes;
        bool is_divider = !is_end && depth <= 0 && tags.bytes[i] == (has_commas ? ',' : ' ') &&
                          (has_commas || i + 1 == tags.n_bytes || tags.bytes[i + 1] != '(');
        if (is_end || is_divider) {
            add(m, "topics", text_part(tags, from, i));
            from = i + 1;
        } else
            depth += (tags.bytes[i] == '(') - (tags.bytes[i] == ')');
    }
}

static void end_field(message *m) {
    search_text value = {m->value.bytes, m->value.n_bytes};
    if (m->value.failed)
        m->status = error_memory(m->error);
    else if (m->value.n_bytes > 0 && m->field == FIELD_ORDER)
        add(m, "executive_order", value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_TAGS)
        add_tags(m, value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_TITLE)
        add_if_none(m, "title", value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_REFERENCES)
        add(m, "references", value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_DRAFTING)
        add(m, "drafting", value);
    m->field = FIELD_NONE;
    buffer_clear(&m->value);
}

static void extend_field(message *m, search_text line) {
    if (m->value.n_bytes > 0)
        buffer_add_byte(&m->value, ' ');
    buffer_add(&m->value, line.bytes, line.n_bytes);
    m->n_last = line.n_bytes;
}

static void start_field(message *m, message_field field, search_text first) {
    end_field(m);
    m->field = field;
    extend_field(m, first);
}

/* "1. ", "1.  (C)", "2) " */
static bool is_numbered(search_text line) {
    size_t n = 0;
    while (n < line.n_bytes && is_digit(line.bytes[n]))
        n++;
    return n > 0 && n <= 3 && n < line.n_bytes && strchr(".)", line.bytes[n]) != NULL;
}

/* "B. STATE 295719" */
static bool is_lettered(search_text line) {
    size_t n = line.n_bytes > 0 && line.bytes[0] == '(';
    return line.n_bytes > n + 1 && is_upper(line.bytes[n]) && strchr(".)", line.bytes[n + 1]) != NULL;
}

/* Whether the line goes on with the field before it. */
static bool continues(const message *m, search_text line) {
    bool is_long = m->n_last >= WRAPPED_LINE;
    char last = m->value.n_bytes > 0 ? m->value.bytes[m->value.n_bytes - 1] : ' ';
    bool is_open = last == ',' || last == ';' || last == '-';
    if (is_numbered(line) || line.n_bytes > MAX_LINE || m->value.n_bytes > MAX_FIELD)
        return false;
    switch (m->field) {
    case FIELD_NONE:
        return false;
    case FIELD_TO:
    case FIELD_INFO:
        return is_address(line);
    case FIELD_DRAFTING:
        return is_clearance(line);
    case FIELD_ORDER:
    case FIELD_TAGS:
        return is_open;
    case FIELD_TITLE:
        return is_long || is_open || m->value.n_bytes == 0;
    case FIELD_REFERENCES:
        return is_long || is_open || is_lettered(line) || m->value.n_bytes == 0;
    }
    return false;
}

static void continue_field(message *m, search_text line) {
    if (m->field == FIELD_TO)
        add_addresses(m, "to", line);
    else if (m->field == FIELD_INFO)
        add_addresses(m, "distribution", line);
    else
        extend_field(m, line);
}

/* ---- Lines of the header ---------------------------------------------------------------------------------------- */

static unsigned figure_of(search_text word) {
    static const char *const words[] = {"ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"};
    unsigned n = 0;
    for (size_t i = 0; i < word.n_bytes && is_number(word, 1, 3); i++)
        n = n * 10 + (unsigned)(word.bytes[i] - '0');
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equals(word, words[i]))
            return i + 1;
    return n;
}

/* "SECTION 01 OF 02": the section, and what follows it. */
static unsigned section_of(search_text text, search_text *rest) {
    search_text word;
    size_t at = 0;
    bool is_final = starts_exactly(text, "FINAL SECTION OF ");
    if (is_final)
        at = strlen("FINAL SECTION OF ");
    else if (starts_exactly(text, "SECTION "))
        at = strlen("SECTION ");
    else
        return 0;
    if (!text_next_word(text, &at, &word))
        return 0;
    unsigned section = figure_of(word);
    *rest = text_trim(text_from(text, at));
    if (is_final || !starts_exactly(*rest, "OF "))
        return section;
    at = 3;
    text_next_word(*rest, &at, &word);
    *rest = text_trim(text_from(*rest, at));
    return section;
}

/* "C O N F I D E N T I A L SECTION 01 OF 02 SEOUL 1234 EXDIS"; false when the line is prose. */
static bool read_grade(message *m, search_text line) {
    search_text rest;
    const char *grade = line.n_bytes <= MAX_LINE ? grade_of(line, &rest) : NULL;
    if (grade == NULL)
        return false;
    search_text after = rest;
    unsigned section = section_of(rest, &after);
    size_t n_number = post_and_number(after);
    search_text number = text_part(after, 0, n_number);
    after = text_trim(text_from(after, n_number));
    if (section == 0)
        section = section_of(after, &after);
    if (rest.n_bytes > 0 && n_number == 0 && section == 0 && !is_handling_line(rest))
        return false;
    add_if_none(m, "classification", search_text_of(grade));
    add_if_none(m, "number", number);
    m->section = section > 0 ? section : m->section;
    search_text word;
    for (size_t at = 0; text_next_word(after, &at, &word);)
        if (is_handling(word))
            add(m, "handling", word);
    return true;
}

static bool read_date_line(message *m, search_text line) {
    time_group group;
    if (has(m, "sent") || !read_time_group(line, &group))
        return false;
    date_interval interval;
    char day[16];
    date_read(search_text_of(group.day), &interval);
    date_print(interval.earliest, day);
    add_if_none(m, "date", search_text_of(day));
    add(m, "sent", group.printed);
    if (group.urgency != NULL)
        add_if_none(m, "urgency", search_text_of(group.urgency));
    return true;
}

static bool read_party_line(message *m, search_text line) {
    static const char *const from[] = {"FROM"};
    static const char *const to[] = {"TO"};
    static const char *const info[] = {"INFO"};
    search_text rest = text_from(line, line.n_bytes < 3 ? line.n_bytes : 3);
    if (!has(m, "from") && (starts_exactly(line, "FM ") || HAS_LABEL(line, from, &rest))) {
        end_field(m);
        add_address(m, "from", text_trim(rest));
        m->n_above = m->n_body_lines;
        return true;
    }
    rest = text_from(line, line.n_bytes < 3 ? line.n_bytes : 3);
    if (starts_exactly(line, "TO ") || HAS_LABEL(line, to, &rest)) {
        start_field(m, FIELD_TO, (search_text){"", 0});
        add_addresses(m, "to", text_trim(rest));
        return true;
    }
    rest = text_from(line, line.n_bytes < 5 ? line.n_bytes : 5);
    if (starts_exactly(line, "INFO ") || HAS_LABEL(line, info, &rest)) {
        start_field(m, FIELD_INFO, (search_text){"", 0});
        add_addresses(m, "distribution", text_trim(rest));
        return true;
    }
    return false;
}

/* Lines that are above the text only. */
static bool read_top_line(message *m, search_text line) {
    static const char *const number[] = {"NO", "NO."};
    static const char *const received[] = {"REC'D", "RECD", "RECEIVED"};
    search_text rest;
    bool is_office =
        starts_exactly(line, "ACTION ") || starts_exactly(line, "ORIGIN ") || starts_exactly(line, "INFO ");
    if ((is_office || !has(m, "from")) && has_offices(line)) {
        end_field(m);
        add(m, "offices", line);
        return true;
    }
    if (!has(m, "from") && is_drafting(line)) {
        if (m->field == FIELD_DRAFTING)
            extend_field(m, line);
        else
            start_field(m, FIELD_DRAFTING, line);
        return true;
    }
    if (read_date_line(m, line) || read_party_line(m, line))
        return true;
    if (!has(m, "number") && HAS_LABEL(line, number, &rest)) {
        end_field(m);
        size_t comma = text_find(rest, ",", 0);
        add(m, "number", text_part(rest, 0, comma == NOT_FOUND ? rest.n_bytes : comma));
        return true;
    }
    if (m->received.n_bytes == 0 && HAS_LABEL(line, received, &rest)) {
        end_field(m);
        m->received = rest;
        return true;
    }
    if (has(m, "from") && is_handling_line(line)) {
        end_field(m);
        add(m, "handling", line);
        return true;
    }
    return false;
}

/* Lines that may also stand a little below the beginning of the text. */
static bool read_labelled_line(message *m, search_text line) {
    static const char *const title[] = {"SUBJ", "SUBJECT"};
    static const char *const tags[] = {"TAGS", "TAG"};
    static const char *const references[] = {"REF", "REFS", "REFTEL", "REFTELS", "REFERENCE", "REF(S)"};
    search_text rest;
    if (!has(m, "executive_order") && is_executive_order(line))
        start_field(m, FIELD_ORDER, line);
    else if (!has(m, "title") && HAS_LABEL(line, title, &rest))
        start_field(m, FIELD_TITLE, rest);
    else if (!has(m, "topics") && HAS_LABEL(line, tags, &rest))
        start_field(m, FIELD_TAGS, rest);
    else if (!has(m, "references") && HAS_LABEL(line, references, &rest))
        start_field(m, FIELD_REFERENCES, rest);
    else
        return false;
    return true;
}

static bool read_header_line(message *m, search_text line) {
    if (line.n_bytes > MAX_LINE)
        return false;
    bool is_top = m->n_body_lines == m->n_above || (!has(m, "from") && m->n_body_lines <= LATE_LINES);
    if (is_top && read_top_line(m, line))
        return true;
    if (!has(m, "number") && m->n_body_lines <= LATE_LINES && read_grade(m, line)) {
        end_field(m);
        return true;
    }
    return m->n_body_lines <= LATE_LINES && read_labelled_line(m, line);
}

/* ---- The text --------------------------------------------------------------------------------------------------- */

static void add_body_line(message *m, search_text line) {
    if (m->body.n_bytes > 0)
        buffer_add_string(&m->body, m->after_blank ? "\n\n" : "\n");
    buffer_add(&m->body, line.bytes, line.n_bytes);
    m->n_body_lines++;
    m->after_blank = false;
}

/* The release tells its own data below the text; the document number is the one that names the message. */
static void read_attribute(message *m, search_text line) {
    static const char *const document[] = {"Document Number"};
    search_text rest;
    if (HAS_LABEL(line, document, &rest))
        add_if_none(m, "id", rest);
}

/* The line of the classification and number again, as later sections begin with. */
static bool is_repeated(const message *m, search_text line) {
    search_text rest;
    search_text number = search_record_value(m->record, "number", 0);
    if (number.n_bytes == 0 || line.n_bytes > MAX_LINE || grade_of(line, &rest) == NULL)
        return false;
    section_of(rest, &rest);
    return text_equals(text_part(rest, 0, post_and_number(rest)), number.bytes);
}

static void read_line(message *m, search_text line) {
    bool after_page = m->after_page;
    m->after_page = is_page_line(line);
    if (text_is(line, "Message Attributes")) {
        end_field(m);
        m->is_over = true;
    } else if (m->is_over)
        read_attribute(m, line);
    else if (line.n_bytes == 0) {
        end_field(m);
        m->after_blank = true;
    } else if (is_grade_line(line) && m->n_body_lines == 0) {
        end_field(m);
        read_grade(m, line);
    } else if (is_furniture(line) || is_repeated(m, line)) {
        if (text_equals(line, "BT"))
            end_field(m);
    } else if (after_page && post_and_number(line) == line.n_bytes)
        return;
    else if (read_header_line(m, line))
        return;
    else if (continues(m, line))
        continue_field(m, line);
    else {
        end_field(m);
        add_body_line(m, line);
    }
}

/* A name in capitals that ends the text: "BERGER", "VAN DYKE". */
static void read_signature(message *m) {
    static const char *const others[] = {"END", "UNQUOTE", "QUOTE", "NOTE", "TEXT", "COMMENT", "BT"};
    size_t from = m->body.n_bytes;
    while (from > 0 && m->body.bytes[from - 1] != '\n')
        from--;
    search_text line = text_part((search_text){m->body.bytes, m->body.n_bytes}, from, m->body.n_bytes);
    search_text word;
    if (from == 0 || line.n_bytes > 40 || text_n_words(line) > 3)
        return;
    for (size_t at = 0; text_next_word(line, &at, &word);)
        if (!is_capitals(word) || IS_ONE_OF(word, others))
            return;
    if (line.n_bytes >= 3 && line.bytes[line.n_bytes - 1] != '.')
        add(m, "signed", line);
}

/* "December 2, 1961, 4:30 a.m.": the date up to its year. */
static void read_received(message *m) {
    size_t year = text_find(m->received, " 19", 0);
    date_interval interval;
    if (has(m, "date") || year == NOT_FOUND || year + 5 > m->received.n_bytes)
        return;
    search_text date = text_part(m->received, 0, year + 5);
    if (date_read(date, &interval))
        add(m, "date", date);
}

static search_status read_message(message *m, search_text text) {
    m->status = search_record_new(&m->record, m->error);
    for (size_t from = 0; from < text.n_bytes && m->status == SEARCH_OK;) {
        const char *newline = memchr(text.bytes + from, '\n', text.n_bytes - from);
        size_t to = newline == NULL ? text.n_bytes : (size_t)(newline - text.bytes);
        read_line(m, text_trim(text_part(text, from, to)));
        from = to + 1;
    }
    if (m->status != SEARCH_OK)
        return m->status;
    end_field(m);
    read_received(m);
    return m->body.failed ? error_memory(m->error) : m->status;
}

static void free_message(message *m) {
    search_record_free(m->record);
    buffer_free(&m->body);
    buffer_free(&m->value);
    *m = (message){0};
}

/* ---- Messages of a file ----------------------------------------------------------------------------------------- */

typedef struct message_reader {
    cable_stream *stream;
    search_error *error;
    buffer line;
    size_t n_lines; /* read so far */
    bool is_last;
    bool is_too_long;
    buffer text;       /* of the message being gathered */
    size_t first_line; /* its first */
    bool is_too_large;
    bool has_header; /* a line FM came */
    bool was_from;   /* ... as the last line */
    bool has_time;   /* in the lines above a header */
    size_t above;    /* where the lines that may be above the next header begin in `text` */
    size_t above_line;
    message pending; /* waits for its further sections */
} message_reader;

/* Takes the bytes up to the next newline, or all there are, out of the chunk; true at a newline. */
static bool take_part(message_reader *r) {
    cable_stream *stream = r->stream;
    const char *from = stream->chunk + stream->at;
    size_t n_left = stream->n_chunk - stream->at;
    const char *newline = memchr(from, '\n', n_left);
    size_t n = newline == NULL ? n_left : (size_t)(newline - from);
    if (!r->is_too_long && n > RECORD_MAX_N_BYTES - r->line.n_bytes) {
        r->is_too_long = true;
        buffer_free(&r->line);
    }
    if (!r->is_too_long)
        buffer_add(&r->line, from, n);
    stream->at += n + (newline != NULL);
    return newline != NULL;
}

static search_status next_line(message_reader *r) {
    buffer_clear(&r->line);
    r->is_too_long = false;
    r->n_lines++;
    for (;;) {
        if (r->stream->at == r->stream->n_chunk) {
            search_status status = stream_fill(r->stream, r->error);
            if (status != SEARCH_OK)
                return status;
            r->is_last = r->stream->n_chunk == 0;
        }
        if (r->is_last || take_part(r))
            return r->line.failed ? error_memory(r->error) : SEARCH_OK;
    }
}

static search_status deliver_pending(message_reader *r) {
    message *m = &r->pending;
    if (m->record == NULL)
        return SEARCH_OK;
    search_error why;
    m->error = &why;
    m->status = SEARCH_OK;
    read_signature(m);
    add(m, "body", (search_text){m->body.bytes == NULL ? "" : m->body.bytes, m->body.n_bytes});
    search_status status = m->status;
    if (status == SEARCH_OK)
        status = stream_deliver(r->stream, m->line, m->record, r->error);
    else if (status == SEARCH_E_INPUT) {
        stream_report(r->stream, m->line, &why, true);
        status = SEARCH_OK;
    } else if (r->error != NULL)
        *r->error = why;
    free_message(m);
    return status;
}

static bool is_next_section(const message *pending, const message *m) {
    search_text number = m->record == NULL ? (search_text){"", 0} : search_record_value(m->record, "number", 0);
    return m->section > 1 && pending->record != NULL && number.n_bytes > 0 &&
           text_equals(search_record_value(pending->record, "number", 0), number.bytes) &&
           pending->body.n_bytes + m->body.n_bytes < RECORD_MAX_N_BYTES;
}

static search_status take_message(message_reader *r, message *m) {
    static const char *const signs[] = {"from", "to", "number", "date"};
    bool is_message = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        is_message = is_message || has(m, signs[i]);
    if (!is_message) {
        search_error why;
        error_set(&why, SEARCH_E_INPUT, "record.not_a_message", "this text has no header of a message");
        if (m->body.n_bytes > 0) /* and not just what stands between messages */
            stream_report(r->stream, m->line, &why, true);
        free_message(m);
        return SEARCH_OK;
    }
    if (is_next_section(&r->pending, m)) {
        buffer_add_string(&r->pending.body, "\n\n");
        buffer_add(&r->pending.body, m->body.bytes, m->body.n_bytes);
        bool is_failed = r->pending.body.failed;
        free_message(m);
        return is_failed ? error_memory(r->error) : SEARCH_OK;
    }
    search_status status = deliver_pending(r);
    r->pending = *m;
    return status;
}

/* What was gathered, up to `end`, is a message. */
static search_status end_message(message_reader *r, size_t end) {
    search_text text = {r->text.bytes, end};
    search_error why;
    if (r->is_too_large) {
        error_set(&why, SEARCH_E_INPUT, "record.too_large", "the message is larger than 32 MiB");
        stream_report(r->stream, r->first_line, &why, true);
        return SEARCH_OK;
    }
    if (end == 0 || text_trim(text).n_bytes == 0)
        return SEARCH_OK;
    const char *start = text_trim(text).bytes;
    for (const char *at = text.bytes; at < start; at++)
        r->first_line += *at == '\n';
    if (!utf8_valid(text.bytes, text.n_bytes))
        stream_report_repair(r->stream, r->first_line);
    message m = {.line = r->first_line, .error = &why};
    search_status status = read_message(&m, text);
    m.received = (search_text){"", 0};
    if (status == SEARCH_OK)
        return take_message(r, &m);
    free_message(&m);
    if (status == SEARCH_E_INPUT) {
        stream_report(r->stream, r->first_line, &why, true);
        return SEARCH_OK;
    }
    if (r->error != NULL)
        *r->error = why;
    return status;
}

/* Ends the message before `at`, and begins the next there. */
static search_status split(message_reader *r, size_t at, size_t line) {
    search_status status = end_message(r, at);
    r->text.n_bytes -= at;
    memmove(r->text.bytes, r->text.bytes + at, r->text.n_bytes);
    r->first_line = line;
    r->is_too_large = false;
    r->has_header = false;
    r->has_time = false;
    r->above = 0;
    r->above_line = line;
    return status;
}

/* Whether the line, which is not yet gathered, shows that a new message has begun above it. */
static bool begins_message(message_reader *r, search_text line) {
    bool is_from = starts_exactly(line, "FM ") && is_address(line);
    bool is_to = starts_exactly(line, "TO ") && is_address(line);
    bool begins = r->has_header && ((is_from && r->has_time) || (r->was_from && is_to));
    r->was_from = is_from;
    return begins;
}

static void gather(message_reader *r) {
    bool has_room = !r->is_too_long && r->line.n_bytes + 1 <= RECORD_MAX_N_BYTES - r->text.n_bytes;
    if (has_room) {
        buffer_add(&r->text, r->line.bytes, r->line.n_bytes);
        buffer_add_byte(&r->text, '\n');
        return;
    }
    r->is_too_large = true;
    buffer_free(&r->text);
    r->above = 0;
    r->above_line = r->n_lines + 1;
}

/* Keeps where the lines began that may be above a header.  Only what follows a header can be above another one.  Of a
 * message that is too large nothing else is kept. */
static void mark_above(message_reader *r, search_text line) {
    time_group group;
    bool is_from = r->was_from;
    if (!is_from && !is_above_header(line)) {
        if (r->is_too_large)
            buffer_clear(&r->text);
        r->above = r->text.n_bytes;
        r->above_line = r->n_lines + 1;
        r->has_time = false;
    }
    r->has_time = r->has_time || read_time_group(line, &group);
    if (is_from && !r->has_header) {
        r->has_header = true;
        r->was_from = false;
        r->above = r->text.n_bytes;
        r->above_line = r->n_lines + 1;
        r->has_time = false;
    }
}

static search_status take_line(message_reader *r) {
    search_status status = SEARCH_OK;
    search_text line = text_trim((search_text){r->line.bytes == NULL ? "" : r->line.bytes, r->line.n_bytes});
    if (starts_exactly(line, "ZCZC") || starts_exactly(line, "VZCZC"))
        status = split(r, r->text.n_bytes, r->n_lines);
    else if (begins_message(r, line)) {
        status = split(r, r->above, r->above_line);
        r->has_header = starts_exactly(line, "TO "); /* its line FM is gathered already */
    }
    if (status != SEARCH_OK)
        return status;
    gather(r);
    mark_above(r, line);
    if (text_equals(line, "NNNN"))
        status = split(r, r->text.n_bytes, r->n_lines + 1);
    return r->text.failed ? error_memory(r->error) : status;
}

search_status message_read(cable_stream *stream, search_error *error) {
    message_reader r = {.stream = stream, .error = error, .first_line = 1, .above_line = 1};
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && !r.is_last) {
        status = next_line(&r);
        if (status == SEARCH_OK)
            status = take_line(&r);
        if (status == SEARCH_OK && stream->at == stream->n_chunk)
            status = stream_tell(stream, error);
    }
    if (status == SEARCH_OK)
        status = end_message(&r, r.text.n_bytes);
    if (status == SEARCH_OK)
        status = deliver_pending(&r);
    free_message(&r.pending);
    buffer_free(&r.line);
    buffer_free(&r.text);
    return status;
}

/* ---- Telling the format ----------------------------------------------------------------------------------------- */

static bool has_small_letters(search_text line) {
    for (size_t i = 0; i < line.n_bytes; i++)
        if (is_lower(line.bytes[i]))
            return true;
    return false;
}

/* What a line says for the format: three points are enough. */
static unsigned points_of(search_text line) {
    static const char *const labels[] = {"SUBJ", "SUBJECT", "TAGS", "REF"};
    time_group group;
    search_text rest;
    if (line.n_bytes > MAX_LINE)
        return 0;
    if (starts_exactly(line, "ZCZC") || starts_exactly(line, "VZCZC") || read_time_group(line, &group))
        return 2;
    if (starts_exactly(line, "FM ") || starts_exactly(line, "TO ") || starts_exactly(line, "INFO "))
        return !has_small_letters(line);
    if (is_executive_order(line) || is_page_line(line) || text_equals(line, "BT"))
        return 1;
    return (HAS_LABEL(line, labels, &rest) && is_upper(line.bytes[1])) ||
           (grade_of(line, &rest) != NULL && post_and_number(rest) > 0);
}

bool message_looks_like(search_text head) {
    unsigned points = 0;
    size_t n_lines = 0;
    for (size_t from = 0; from < head.n_bytes && n_lines < HEAD_LINES; n_lines++) {
        const char *newline = memchr(head.bytes + from, '\n', head.n_bytes - from);
        size_t to = newline == NULL ? head.n_bytes : (size_t)(newline - head.bytes);
        points += points_of(text_trim(text_part(head, from, to)));
        from = to + 1;
    }
    return points >= 3;
}
