/* One message: the lines of its header become fields, and all that is no header and no furniture becomes its body. */
#include "libsearch/cable/message.h"

#define MAX_FIELD 2000  /* bytes; what goes on longer is prose */
#define MAX_VALUES 500  /* of a key */
#define LATE_LINES 12   /* how far into the body "SUBJ:" and the like are looked for */
#define WRAPPED_LINE 45 /* bytes; a subject goes on only behind a line as long as that */

/* ---- One message ------------------------------------------------------------------------------------------------ */

void message_add(message *m, const char *key, search_text value) {
    if (m->status == SEARCH_OK && search_record_n_values(m->record, key) < MAX_VALUES)
        m->status = search_record_add(m->record, key, value, m->error);
}

bool message_has(const message *m, const char *key) {
    return search_record_n_values(m->record, key) > 0;
}

static void add_if_none(message *m, const char *key, search_text value) {
    if (!message_has(m, key))
        message_add(m, key, value);
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
        const char *is_urgent = last.n_bytes > 2 ? message_urgency(last) : NULL;
        if (from == 0 || (is_urgent == NULL && !is_number(last, 1, 7)))
            break;
        if (is_urgent != NULL)
            urgency = is_urgent;
        address.n_bytes = from;
    }
    if (urgency != NULL && strcmp(key, "to") == 0)
        add_if_none(m, "urgency", search_text_of(urgency));
    message_add(m, key, address);
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
            message_add(m, "topics", text_part(tags, from, i));
            from = i + 1;
        } else
            depth += (tags.bytes[i] == '(') - (tags.bytes[i] == ')');
    }
}

static void end_field(message *m) {
    search_text value = buffer_text(&m->value);
    if (m->value.failed)
        m->status = error_memory(m->error);
    else if (m->value.n_bytes > 0 && m->field == FIELD_ORDER)
        message_add(m, "executive_order", value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_TAGS)
        add_tags(m, value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_TITLE)
        add_if_none(m, "title", value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_REFERENCES)
        message_add(m, "references", value);
    else if (m->value.n_bytes > 0 && m->field == FIELD_DRAFTING)
        message_add(m, "drafting", value);
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
        return message_is_address(line);
    case FIELD_DRAFTING:
        return message_is_clearance(line);
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
    const char *grade = line.n_bytes <= MAX_LINE ? message_grade(line, &rest) : NULL;
    if (grade == NULL)
        return false;
    search_text after = rest;
    unsigned section = section_of(rest, &after);
    size_t n_number = message_post_and_number(after);
    search_text number = text_part(after, 0, n_number);
    after = text_trim(text_from(after, n_number));
    if (section == 0)
        section = section_of(after, &after);
    if (rest.n_bytes > 0 && n_number == 0 && section == 0 && !message_is_handling_line(rest))
        return false;
    add_if_none(m, "classification", search_text_of(grade));
    add_if_none(m, "number", number);
    m->section = section > 0 ? section : m->section;
    search_text word;
    for (size_t at = 0; text_next_word(after, &at, &word);)
        if (message_is_handling(word))
            message_add(m, "handling", word);
    return true;
}

static bool read_date_line(message *m, search_text line) {
    time_group group;
    if (message_has(m, "sent") || !message_time_group(line, &group))
        return false;
    date_interval interval;
    char day[16];
    date_read(search_text_of(group.day), &interval);
    date_print(interval.earliest, day);
    add_if_none(m, "date", search_text_of(day));
    message_add(m, "sent", group.printed);
    if (group.urgency != NULL)
        add_if_none(m, "urgency", search_text_of(group.urgency));
    return true;
}

static bool read_party_line(message *m, search_text line) {
    static const char *const from[] = {"FROM"};
    static const char *const to[] = {"TO"};
    static const char *const info[] = {"INFO"};
    search_text rest = text_from(line, line.n_bytes < 3 ? line.n_bytes : 3);
    if (!message_has(m, "from") && (starts_exactly(line, "FM ") || HAS_LABEL(line, from, &rest))) {
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
    if ((is_office || !message_has(m, "from")) && message_has_offices(line)) {
        end_field(m);
        message_add(m, "offices", line);
        return true;
    }
    if (!message_has(m, "from") && message_is_drafting(line)) {
        if (m->field == FIELD_DRAFTING)
            extend_field(m, line);
        else
            start_field(m, FIELD_DRAFTING, line);
        return true;
    }
    if (read_date_line(m, line) || read_party_line(m, line))
        return true;
    if (!message_has(m, "number") && HAS_LABEL(line, number, &rest)) {
        end_field(m);
        size_t comma = text_find(rest, ",", 0);
        message_add(m, "number", text_part(rest, 0, comma == NOT_FOUND ? rest.n_bytes : comma));
        return true;
    }
    if (m->received.n_bytes == 0 && HAS_LABEL(line, received, &rest)) {
        end_field(m);
        m->received = rest;
        return true;
    }
    if (message_has(m, "from") && message_is_handling_line(line)) {
        end_field(m);
        message_add(m, "handling", line);
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
    if (!message_has(m, "executive_order") && message_is_executive_order(line))
        start_field(m, FIELD_ORDER, line);
    else if (!message_has(m, "title") && HAS_LABEL(line, title, &rest))
        start_field(m, FIELD_TITLE, rest);
    else if (!message_has(m, "topics") && HAS_LABEL(line, tags, &rest))
        start_field(m, FIELD_TAGS, rest);
    else if (!message_has(m, "references") && HAS_LABEL(line, references, &rest))
        start_field(m, FIELD_REFERENCES, rest);
    else
        return false;
    return true;
}

static bool read_header_line(message *m, search_text line) {
    if (line.n_bytes > MAX_LINE)
        return false;
    bool is_top = m->n_body_lines == m->n_above || (!message_has(m, "from") && m->n_body_lines <= LATE_LINES);
    if (is_top && read_top_line(m, line))
        return true;
    if (!message_has(m, "number") && m->n_body_lines <= LATE_LINES && read_grade(m, line)) {
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
    if (number.n_bytes == 0 || line.n_bytes > MAX_LINE || message_grade(line, &rest) == NULL)
        return false;
    section_of(rest, &rest);
    return text_equals(text_part(rest, 0, message_post_and_number(rest)), number.bytes);
}

static void read_line(message *m, search_text line) {
    bool after_page = m->after_page;
    m->after_page = message_is_page_line(line);
    if (text_is(line, "Message Attributes")) {
        end_field(m);
        m->is_over = true;
    } else if (m->is_over)
        read_attribute(m, line);
    else if (line.n_bytes == 0) {
        end_field(m);
        m->after_blank = true;
    } else if (message_is_grade_line(line) && m->n_body_lines == 0) {
        end_field(m);
        read_grade(m, line);
    } else if (message_is_furniture(line) || is_repeated(m, line)) {
        if (text_equals(line, "BT"))
            end_field(m);
    } else if (after_page && message_post_and_number(line) == line.n_bytes)
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

void message_read_signature(message *m) {
    static const char *const others[] = {"END", "UNQUOTE", "QUOTE", "NOTE", "TEXT", "COMMENT", "BT"};
    size_t from = m->body.n_bytes;
    while (from > 0 && m->body.bytes[from - 1] != '\n')
        from--;
    search_text line = text_from(buffer_text(&m->body), from);
    search_text word;
    if (from == 0 || line.n_bytes > 40 || text_n_words(line) > 3)
        return;
    for (size_t at = 0; text_next_word(line, &at, &word);)
        if (!is_capitals(word) || EQUALS_ONE_OF(word, others))
            return;
    if (line.n_bytes >= 3 && line.bytes[line.n_bytes - 1] != '.')
        message_add(m, "signed", line);
}

/* "December 2, 1961, 4:30 a.m.": the date up to its year. */
static void read_received(message *m) {
    size_t year = text_find(m->received, " 19", 0);
    date_interval interval;
    if (message_has(m, "date") || year == NOT_FOUND || year + 5 > m->received.n_bytes)
        return;
    search_text date = text_part(m->received, 0, year + 5);
    if (date_read(date, &interval))
        message_add(m, "date", date);
}

search_status message_read_text(message *m, search_text text) {
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

void message_free(message *m) {
    search_record_free(m->record);
    buffer_free(&m->body);
    buffer_free(&m->value);
    *m = (message){0};
}
