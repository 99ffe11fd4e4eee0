/* The lexer of the query language.
 *
 * A word runs to white space, a parenthesis or a quote.  Whether it is an operator or a field is decided on the text as
 * typed, so that a backslash takes the meaning away: `\AND` is a word.  What the characters inside it mean, pattern.c
 * knows.
 *
 * Every loop is linear in the text: what lies ahead is looked at once for each piece, not for each character. */
#include "libsearch/query/lexer.h"

#include "libsearch/query/chars.h"
#include "libsearch/query/clause.h"
#include "libsearch/query/pattern.h"
#include "libsearch/support/utf8.h"

#include <stdio.h>
#include <string.h>

#define DIRECTLY "write a word, a phrase or parentheses directly after the colon, without a space"

/* ---- Names and operators ---- */

/* Names before a colon that are no fields. */
typedef enum reserved_name {
    NAME_NONE,
    NAME_EXACT,
    NAME_VERBATIM,
    NAME_SOURCE,
    NAME_DATE,
    NAME_SINCE,
    NAME_UNTIL,
} reserved_name;

static reserved_name reserved_name_of(search_text name) {
    static const struct {
        const char *text;
        reserved_name name;
    } names[] = {{"exact", NAME_EXACT}, {"verbatim", NAME_VERBATIM}, {"src", NAME_SOURCE},
                 {"date", NAME_DATE},   {"since", NAME_SINCE},       {"until", NAME_UNTIL}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (chars_is_name(name, names[i].text)) {
            return names[i].name;
        }
    }
    return NAME_NONE;
}

bool query_is_reserved(search_text name) {
    return reserved_name_of(name) != NAME_NONE;
}

static bool is_distance(search_text word) {
    return chars_starts_with(word, "NEAR/") || chars_starts_with(word, "ADJ/");
}

static bool is_date_equals(search_text word) {
    return word.n_bytes >= 5 && word.bytes[4] == '=' && chars_is_name(chars_part(word, 0, 4), "date");
}

static token_kind operator_of(search_text word) {
    if (chars_is(word, "AND")) {
        return TOKEN_AND;
    }
    if (chars_is(word, "OR")) {
        return TOKEN_OR;
    }
    return chars_is(word, "NOT") ? TOKEN_NOT : TOKEN_WORD;
}

/* The i-th field that a query may name; null at the end. */
static const char *field_at(const query_options *options, size_t i) {
    return options->field == NULL ? NULL : options->field(options->context, i);
}

static bool is_known_field(const query_options *options, search_text name) {
    const char *field;
    for (size_t i = 0; (field = field_at(options, i)) != NULL; i++) {
        if (chars_is_name(name, field)) {
            return !query_is_reserved(name);
        }
    }
    return false;
}

/* The list stops before the hint's end, which would be cut in the middle of a name. */
static search_status unknown_field(const lexer *l, search_text name, size_t offset) {
    char list[384] = "";
    char message[64];
    char hint[512];
    size_t n = 0;
    const char *field;
    for (size_t i = 0; (field = field_at(l->options, i)) != NULL; i++) {
        if (query_is_reserved(search_text_of(field))) {
            continue;
        }
        if (n + strlen(field) + sizeof ", ..." > sizeof list) {
            n += (size_t)snprintf(list + n, sizeof list - n, ", ...");
            break;
        }
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", field);
    }
    snprintf(message, sizeof message, "there is no field named %.*s", name.n_bytes > 32 ? 32 : (int)name.n_bytes,
             name.bytes);
    snprintf(hint, sizeof hint, "if the colon is part of the word, put the word in quotes; the fields are: %s",
             n > 0 ? list : "(none)");
    return query_fault(l->report, SEARCH_E_QUERY, "query.unknown_field", offset, message, hint);
}

/* ---- Tokens ---- */

static arena *memory_of(const lexer *l) {
    return &l->report->out->memory;
}

/* Moves past the token and fills it in; its text stays empty. */
static search_status take(lexer *l, token_kind kind, size_t end, token *out) {
    *out = (token){.kind = kind, .offset = l->at, .n_bytes = end - l->at, .text = {"", 0}, .field = {"", 0}};
    l->at = end;
    l->after_field = kind == TOKEN_FIELD || (kind == TOKEN_MINUS && l->after_field);
    return SEARCH_OK;
}

/* Strict: the error.  Lenient: a clause to leave out. */
static search_status take_nothing(lexer *l, search_status fault, size_t end, token *out) {
    return fault == SEARCH_OK ? take(l, TOKEN_EMPTY, end, out) : fault;
}

static search_status lower_name(const lexer *l, search_text name, search_text *out) {
    char *lower = arena_copy(memory_of(l), name.bytes, name.n_bytes);
    if (lower == NULL) {
        return error_memory(l->report->error);
    }
    for (size_t i = 0; i < name.n_bytes; i++) {
        lower[i] = chars_lower(lower[i]);
    }
    *out = (search_text){lower, name.n_bytes};
    return SEARCH_OK;
}

static search_status unclosed_quote(const lexer *l, size_t at, uint32_t open) {
    return query_fault(l->report, SEARCH_E_QUERY, "query.unclosed_quote", at, "the quote is not closed",
                       open == '"' ? "add a closing \" after the phrase; write \\\" for a quote inside it"
                                   : "add a closing \xE2\x80\x9D after the phrase, or use straight quotes");
}

/* The inside of the quotes that open at `at`, and the byte behind them.  Lenient: where no quote closes, one of the
 * other kind does, else the end of the query; that none closes is found out once. */
static search_status quoted(lexer *l, size_t at, search_text *inside, size_t *end) {
    search_text text = l->text;
    const size_t start = at;
    const uint32_t open = utf8_next(text.bytes, text.n_bytes, &at);
    const size_t from = at;
    bool *is_unclosed = &l->is_unclosed[open == '"' ? 0 : 1];
    size_t other = text.n_bytes;
    while (at < text.n_bytes && !char_closes(open, char_at(text, at))) {
        if (char_is_quote(char_at(text, at)) && other == text.n_bytes) {
            other = at;
        }
        if (*is_unclosed && other < text.n_bytes) {
            break;
        }
        at += chars_is_escape(text, at) ? 1 : 0;
        utf8_next(text.bytes, text.n_bytes, &at);
    }
    search_status status = SEARCH_OK;
    if (at == text.n_bytes || *is_unclosed) {
        *is_unclosed = true;
        at = other;
        status = unclosed_quote(l, start, open);
    }
    *inside = chars_part(text, from, at);
    *end = at;
    if (at < text.n_bytes) {
        utf8_next(text.bytes, text.n_bytes, end);
    }
    return status;
}

static search_status fault_fuzzy_phrase(const lexer *l, size_t at) {
    return query_fault(l->report, SEARCH_E_QUERY, "query.bad_fuzzy", at, "~ behind a phrase means nothing",
                       "for words near each other write peace NEAR/3 treaty; for other forms of the words put the ~ "
                       "before the phrase");
}

/* `~3` directly behind a phrase, as some other languages have it. */
static search_status pass_fuzzy_phrase(lexer *l) {
    size_t at = l->at;
    if (at == l->text.n_bytes || l->text.bytes[at] != '~') {
        return SEARCH_OK;
    }
    for (at++; at < l->text.n_bytes && char_is_digit((unsigned char)l->text.bytes[at]);) {
        at++;
    }
    if (!chars_ends_clause_at(l->text, at)) {
        return SEARCH_OK;
    }
    search_status status = fault_fuzzy_phrase(l, l->at);
    l->at = at;
    return status;
}

static search_status next_phrase(lexer *l, token *out) {
    const bool is_inflected = l->text.bytes[l->at] == '~';
    const size_t at = l->at + (is_inflected ? 1 : 0);
    size_t end = 0;
    search_text inside;
    pattern_text read;
    search_status status = quoted(l, at, &inside, &end);
    if (status != SEARCH_OK) {
        return status;
    }
    if (chars_is_space(inside)) {
        return take_nothing(l,
                            query_fault_empty(l->report, at, "there is nothing between the quotes",
                                              "write a phrase between the quotes, or remove them"),
                            end, out);
    }
    status = pattern_read(inside, (size_t)(inside.bytes - l->text.bytes), true, l->report, &read);
    if (status != SEARCH_OK) {
        return status;
    }
    take(l, TOKEN_PHRASE, end, out);
    out->text = read.text;
    out->patterns = read.patterns;
    out->n_patterns = read.n_patterns;
    out->is_inflected = is_inflected;
    return pass_fuzzy_phrase(l);
}

/* ---- Clauses ---- */

/* The text of a clause that begins at `at`: a phrase, or a word in which nothing but a backslash has a meaning. */
static search_status plain_operand(lexer *l, size_t at, search_text *out, size_t *end) {
    search_text raw;
    search_status status = SEARCH_OK;
    if (at < l->text.n_bytes && char_is_quote(char_at(l->text, at))) {
        status = quoted(l, at, &raw, end);
    } else {
        *end = chars_word_end(l->text, at);
        raw = chars_part(l->text, at, *end);
    }
    return status == SEARCH_OK ? pattern_read_plain(raw, memory_of(l), out, l->report->error) : status;
}

/* Lenient: no group is taken in; what stands in it is read without the name. */
static search_status not_a_group(lexer *l, const char *name, size_t at, token *out) {
    char message[64];
    snprintf(message, sizeof message, "%s: takes a word or a phrase", name);
    return take_nothing(l,
                        query_fault(l->report, SEARCH_E_QUERY, "query.bad_operand", at, message,
                                    "write it before each word or phrase in the parentheses"),
                        at, out);
}

static search_status next_source(lexer *l, size_t at, token *out) {
    search_text text;
    size_t end = 0;
    if (l->text.bytes[at] == '(') {
        return not_a_group(l, "src", at, out);
    }
    search_status status = plain_operand(l, at, &text, &end);
    if (status != SEARCH_OK) {
        return status;
    }
    if (!chars_has_letter(text)) {
        return take_nothing(l,
                            query_fault_empty(l->report, l->at, "src: has no reference to search for",
                                              "write a reference in quotes directly after the colon"),
                            end, out);
    }
    take(l, TOKEN_SOURCE, end, out);
    out->text = text;
    return SEARCH_OK;
}

/* The field that stands between `verbatim:` and its text; *at moves past it. */
static search_status verbatim_field(lexer *l, search_text *field, size_t *at) {
    const search_text rest = chars_part(l->text, *at, l->text.n_bytes);
    const size_t n = chars_field_n_bytes(rest);
    const search_text name = chars_part(rest, 0, n);
    if (n == 0) {
        return SEARCH_OK;
    }
    if (is_known_field(l->options, name)) {
        *at += n + 1;
        return lower_name(l, name, field);
    }
    return chars_ends_clause_at(rest, n + 1) ? SEARCH_OK : unknown_field(l, name, *at);
}

/* `after_field`: what stands before `verbatim:` is its field, so that none follows. */
static search_status next_verbatim(lexer *l, size_t at, token *out) {
    search_text text;
    search_text field = {"", 0};
    size_t end = 0;
    search_status status = l->after_field ? SEARCH_OK : verbatim_field(l, &field, &at);
    if (status == SEARCH_OK && at < l->text.n_bytes && l->text.bytes[at] == '(') {
        return not_a_group(l, "verbatim", at, out);
    }
    if (status == SEARCH_OK) {
        status = plain_operand(l, at, &text, &end);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    if (chars_is_space(text)) {
        return take_nothing(l,
                            query_fault_empty(l->report, l->at, "verbatim: has nothing to search for",
                                              "write a word or a phrase directly after the colon, without a space"),
                            end, out);
    }
    take(l, TOKEN_VERBATIM, end, out);
    out->text = text;
    out->field = field;
    return SEARCH_OK;
}

/* Adds [from, to) of the query to the bounds; the first `..` parts them. */
static void add_to_bounds(const lexer *l, size_t from, size_t to, buffer typed[2], date_bounds *bounds) {
    for (size_t at = from; at < to; at++) {
        if (!bounds->is_interval && at + 1 < to && l->text.bytes[at] == '.' && l->text.bytes[at + 1] == '.') {
            bounds->is_interval = true;
            bounds->second_offset = at + 2;
            at++;
            continue;
        }
        buffer_add_byte(&typed[bounds->is_interval ? 1 : 0], l->text.bytes[at]);
    }
}

static search_text bound_of(const buffer *typed) {
    return chars_trim((search_text){typed->n_bytes == 0 ? "" : typed->bytes, typed->n_bytes});
}

/* Bounds are words and quoted texts without white space between them: "March 1964".."June 1964". */
static search_status read_bounds(lexer *l, size_t at, buffer typed[2], date_bounds *out, size_t *end) {
    search_status status = SEARCH_OK;
    *out = (date_bounds){.offset = at, .second_offset = at};
    while (status == SEARCH_OK && at < l->text.n_bytes) {
        search_text inside;
        if (char_is_quote(char_at(l->text, at))) {
            status = quoted(l, at, &inside, &at);
        } else {
            inside = chars_part(l->text, at, chars_word_end(l->text, at));
            at += inside.n_bytes;
            if (inside.n_bytes == 0) {
                break;
            }
        }
        const size_t from = (size_t)(inside.bytes - l->text.bytes);
        add_to_bounds(l, from, from + inside.n_bytes, typed, out);
    }
    if (status == SEARCH_OK && (typed[0].failed || typed[1].failed)) {
        return error_memory(l->report->error);
    }
    out->first = bound_of(&typed[0]);
    out->second = bound_of(&typed[1]);
    *end = at;
    return status;
}

/* Lenient: what is no date is no clause, but a word. */
static search_status next_date(lexer *l, date_clause clause, size_t at, token *out, bool *is_clause) {
    buffer typed[2] = {{0}, {0}};
    date_bounds bounds;
    query_date date;
    search_text text = {"", 0};
    size_t end = 0;
    if (l->options->date == NULL) {
        *is_clause = false;
        return query_fault(l->report, SEARCH_E_QUERY, "query.no_dates", l->at, "there are no dates to search",
                           "leave the date out, or put the word in quotes if the colon is part of it");
    }
    if (l->text.bytes[at] == '(') {
        return not_a_group(l, "date", at, out);
    }
    search_status status = read_bounds(l, at, typed, &bounds, &end);
    const bool is_empty = bounds.first.n_bytes == 0 && bounds.second.n_bytes == 0;
    if (status == SEARCH_OK) {
        status = clause_date(clause, &bounds, l->options, l->report, &date, &text, is_clause);
    }
    if (status == SEARCH_OK && is_empty) {
        *is_clause = true;
        take(l, TOKEN_EMPTY, end, out);
    } else if (status == SEARCH_OK && *is_clause) {
        take(l, TOKEN_DATE, end, out);
        out->text = text;
        out->date = date;
    }
    buffer_free(&typed[0]);
    buffer_free(&typed[1]);
    return status;
}

static search_status next_reserved(lexer *l, reserved_name name, size_t at, token *out, bool *is_clause) {
    switch (name) {
    case NAME_EXACT:
        return take(l, TOKEN_EXACT, at, out);
    case NAME_VERBATIM:
        return next_verbatim(l, at, out);
    case NAME_SOURCE:
        return next_source(l, at, out);
    case NAME_DATE:
        return next_date(l, DATE_CLAUSE_OVERLAPS, at, out, is_clause);
    case NAME_SINCE:
        return next_date(l, DATE_CLAUSE_SINCE, at, out, is_clause);
    case NAME_UNTIL:
        return next_date(l, DATE_CLAUSE_UNTIL, at, out, is_clause);
    case NAME_NONE:
        break;
    }
    return SEARCH_OK;
}

static search_status empty_name(lexer *l, search_text name, token *out) {
    char message[64];
    if (query_is_reserved(name)) {
        snprintf(message, sizeof message, "%.*s: has nothing to search for", (int)name.n_bytes, name.bytes);
    } else {
        snprintf(message, sizeof message, "the field has nothing to search for");
    }
    const size_t end = l->at + name.n_bytes + 1;
    return take_nothing(l, query_fault_empty(l->report, l->at, message, DIRECTLY), end, out);
}

/* Reads a clause that begins with a name when one is there; else leaves *is_clause false.  `Subject: Kim`, with white
 * space behind a colon that belongs to no field, is pasted text and no field. */
static search_status next_clause(lexer *l, token *out, bool *is_clause) {
    const search_text rest = chars_part(l->text, l->at, l->text.n_bytes);
    const size_t n = is_date_equals(rest) ? 4 : chars_field_n_bytes(rest);
    const search_text name = chars_part(rest, 0, n);
    const reserved_name reserved = reserved_name_of(name);
    const bool is_known = reserved != NAME_NONE || is_known_field(l->options, name);
    const bool is_empty = n > 0 && chars_ends_clause_at(rest, n + 1);
    *is_clause = n > 0 && (l->after_field ? reserved == NAME_VERBATIM : is_known || !is_empty);
    if (!*is_clause) {
        return SEARCH_OK;
    }
    if (is_empty) {
        return empty_name(l, name, out);
    }
    if (is_date_equals(rest)) {
        return next_date(l, DATE_CLAUSE_CERTAIN, l->at + n + 1, out, is_clause);
    }
    if (reserved != NAME_NONE) {
        return next_reserved(l, reserved, l->at + n + 1, out, is_clause);
    }
    if (!is_known) {
        *is_clause = false;
        return unknown_field(l, name, l->at);
    }
    search_text lower;
    const search_status status = lower_name(l, name, &lower);
    if (status == SEARCH_OK) {
        take(l, TOKEN_FIELD, l->at + n + 1, out);
        out->text = lower;
    }
    return status;
}

/* ---- Words ---- */

/* NEAR/n and ADJ/n.  Lenient: a number too great is the greatest, and what is no number is left out. */
static search_status next_distance(lexer *l, search_text word, size_t end, token *out) {
    const bool is_near = chars_starts_with(word, "NEAR/");
    const size_t from = is_near ? 5 : 4;
    size_t distance = 0;
    bool is_number = word.n_bytes > from;
    for (size_t i = from; i < word.n_bytes; i++) {
        is_number = is_number && char_is_digit((unsigned char)word.bytes[i]);
        distance = distance > QUERY_MAX_DISTANCE ? distance : distance * 10 + (size_t)(word.bytes[i] - '0');
    }
    search_status status = SEARCH_OK;
    if (!is_number || distance > QUERY_MAX_DISTANCE) {
        status = query_fault(l->report, SEARCH_E_QUERY, "query.bad_distance", l->at,
                             "NEAR/ and ADJ/ need a number from 0 to 99",
                             "write the number of words that may stand between, as in NEAR/3, or put the word in "
                             "quotes to search for it");
        distance = QUERY_MAX_DISTANCE;
    }
    if (status == SEARCH_OK) {
        take(l, !is_number ? TOKEN_EMPTY : is_near ? TOKEN_NEAR : TOKEN_ADJ, end, out);
        out->distance = distance;
    }
    return status;
}

static search_status next_word(lexer *l, token *out) {
    const size_t end = chars_word_end(l->text, l->at);
    const search_text word = chars_part(l->text, l->at, end);
    if (!l->after_field && is_distance(word)) {
        return next_distance(l, word, end, out);
    }
    const token_kind kind = l->after_field ? TOKEN_WORD : operator_of(word);
    if (kind != TOKEN_WORD) {
        return take(l, kind, end, out);
    }
    pattern_text read;
    const search_status status = pattern_read(word, l->at, false, l->report, &read);
    if (status != SEARCH_OK || read.is_empty) {
        return take_nothing(l, status, end, out);
    }
    take(l, TOKEN_WORD, end, out);
    out->text = read.text;
    out->patterns = read.patterns;
    out->n_patterns = read.n_patterns;
    return SEARCH_OK;
}

/* Hyphens before an operand are NOTs, taken in one go; before white space they are a dash in pasted text. */
static size_t minus_end(search_text text, size_t at) {
    size_t end = at;
    while (end < text.n_bytes && text.bytes[end] == '-') {
        end++;
    }
    return chars_ends_clause_at(text, end) ? at : end;
}

search_status lexer_next(lexer *l, token *out) {
    const search_text text = l->text;
    const size_t at = l->at = chars_space_end(text, l->at);
    if (at == text.n_bytes) {
        return take(l, TOKEN_END, at, out);
    }
    const uint32_t c = char_at(text, at);
    if (c == '(' || c == ')') {
        return take(l, c == '(' ? TOKEN_OPEN : TOKEN_CLOSE, at + 1, out);
    }
    if (char_is_quote(c) || (c == '~' && at + 1 < text.n_bytes && char_is_quote(char_at(text, at + 1)))) {
        return next_phrase(l, out);
    }
    if (minus_end(text, at) > at) {
        return take(l, TOKEN_MINUS, minus_end(text, at), out);
    }
    bool is_clause = false;
    const search_status status = next_clause(l, out, &is_clause);
    return status != SEARCH_OK || is_clause ? status : next_word(l, out);
}

/* ---- Writing ---- */

/* A word that lexer_next would take for something else as a whole, whatever fields there are. */
static bool reads_otherwise(search_text word, bool after_field) {
    const size_t n = chars_field_n_bytes(word);
    if (word.bytes[0] == '-' || (after_field && reserved_name_of(chars_part(word, 0, n)) == NAME_VERBATIM)) {
        return true;
    }
    return !after_field && (operator_of(word) != TOKEN_WORD || is_distance(word) || is_date_equals(word) || n > 0);
}

void lexer_write_word(buffer *out, const query_node *leaf) {
    if (reads_otherwise(leaf->text, leaf->field.n_bytes > 0)) {
        buffer_add_byte(out, '\\');
    }
    pattern_write(out, leaf->text, leaf->patterns, leaf->n_patterns, false);
}

void lexer_write_phrase(buffer *out, const query_node *leaf) {
    buffer_add_byte(out, '"');
    if (leaf->kind == QUERY_PHRASE) {
        pattern_write(out, leaf->text, leaf->patterns, leaf->n_patterns, true);
    } else {
        pattern_write_plain(out, leaf->text);
    }
    buffer_add_byte(out, '"');
}
