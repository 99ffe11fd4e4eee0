/* The lexer of the query language and its escaping.
 *
 * A word runs to white space, a parenthesis or a quote.  What it means is decided on the text as typed, so that a
 * backslash takes the meaning away: `\AND` is a word.  The lexer judges text as typed and the escaping judges resolved
 * text by the same functions.  That is sound because backslashes are all that differs: they are no letters, so a `?`
 * has a letter behind it in both or in neither, and they break up `~1`, so that it is plain as typed and escaped when
 * printed.
 *
 * Every loop is linear in the text: what lies ahead is looked at once for each piece, not for each character. */
#include "libsearch/query/lexer.h"
#include "libsearch/support/utf8.h"

#include <stdio.h>
#include <string.h>

/* ---- Characters ---- */

static uint32_t character_at(search_text text, size_t at) {
    return utf8_next(text.bytes, text.n_bytes, &at);
}

/* Unicode White_Space, and the zero width space and the byte order mark, which come along with pasted text. */
static bool is_space(uint32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 ||
           c == 0xFEFF;
}

static bool is_quote(uint32_t c) {
    return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E;
}

/* Straight closes straight and curly closes curly, so that each can stand inside the other. */
static bool is_closing_quote(uint32_t open, uint32_t c) {
    return open == '"' ? c == '"' : c == 0x201C || c == 0x201D;
}

static bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Good enough to tell `k?rea` from `Korea?”`: beyond ASCII all but white space and general punctuation counts. */
static bool is_letter_or_digit(uint32_t c) {
    if (c < 0x80) {
        return is_digit(c) || is_ascii_letter(c);
    }
    return !is_space(c) && !(c >= 0x2000 && c <= 0x206F);
}

static bool ends_word(uint32_t c) {
    return is_space(c) || is_quote(c) || c == '(' || c == ')';
}

static bool ends_word_at(search_text text, size_t at) {
    return at == text.n_bytes || ends_word(character_at(text, at));
}

/* Nothing follows that a field or a minus could belong to. */
static bool ends_clause_at(search_text text, size_t at) {
    return at == text.n_bytes || text.bytes[at] == ')' || is_space(character_at(text, at));
}

static search_text part(search_text text, size_t from, size_t to) {
    return (search_text){text.bytes + from, to - from};
}

static bool starts_with(search_text text, const char *prefix) {
    size_t n = strlen(prefix);
    return text.n_bytes >= n && memcmp(text.bytes, prefix, n) == 0;
}

static bool is_text(search_text text, const char *string) {
    return text.n_bytes == strlen(string) && starts_with(text, string);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ASCII case aside; `name` is lower case. */
static bool is_name(search_text text, const char *name) {
    if (text.n_bytes != strlen(name)) {
        return false;
    }
    for (size_t i = 0; i < text.n_bytes; i++) {
        if (lower(text.bytes[i]) != name[i]) {
            return false;
        }
    }
    return true;
}

/* ---- What the characters of a word or a phrase mean ---- */

/* A backslash takes the meaning of the character behind it; before white space or at the end it stands for itself. */
static bool is_escape(search_text text, size_t at) {
    return text.bytes[at] == '\\' && at + 1 < text.n_bytes && !is_space(character_at(text, at + 1));
}

typedef enum meaning {
    MEANING_NONE,
    MEANING_DELIMITER, /* ends a word or phrase, or is a backslash */
    MEANING_WILDCARD,
    MEANING_FUZZY,
} meaning;

/* Where the last letter or digit before the next white space ends.  A `?` before it is a wildcard; one behind it ends a
 * question and is punctuation. */
static size_t letters_end(search_text text, size_t at) {
    size_t end = at;
    while (at < text.n_bytes) {
        uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        if (is_space(c)) {
            break;
        }
        if (is_letter_or_digit(c)) {
            end = at;
        }
    }
    return end;
}

/* `~`, `~1` or `~0.8` at the end of a word. */
static bool is_fuzzy(search_text word, size_t at) {
    size_t i = at + 1;
    while (i < word.n_bytes && (is_digit((unsigned char)word.bytes[i]) || word.bytes[i] == '.')) {
        i++;
    }
    return at > 0 && i == word.n_bytes;
}

static meaning meaning_at(search_text text, size_t at, size_t letters, bool in_phrase) {
    uint32_t c = character_at(text, at);
    if (c == '*' || (c == '?' && at < letters)) {
        return MEANING_WILDCARD;
    }
    if (c == '\\' || c == '"') {
        return MEANING_DELIMITER;
    }
    if (in_phrase) {
        return MEANING_NONE;
    }
    if (c == '~' && is_fuzzy(text, at)) {
        return MEANING_FUZZY;
    }
    return ends_word(c) ? MEANING_DELIMITER : MEANING_NONE;
}

/* Length of the field name that a colon follows; 0 when the text does not start that way. */
static size_t field_name_n_bytes(search_text text) {
    size_t n = 0;
    while (n < text.n_bytes && (is_ascii_letter((unsigned char)text.bytes[n]) ||
                                (n > 0 && (is_digit((unsigned char)text.bytes[n]) || text.bytes[n] == '_')))) {
        n++;
    }
    return n < text.n_bytes && text.bytes[n] == ':' ? n : 0;
}

/* Operators with a number and `date=`, which are kept for later. */
static bool is_reserved_word(search_text word) {
    return starts_with(word, "NEAR/") || starts_with(word, "ADJ/") ||
           (word.n_bytes >= 5 && word.bytes[4] == '=' && is_name(part(word, 0, 4), "date"));
}

static bool is_reserved_field(search_text name) {
    static const char *const names[] = {"date", "since", "until", "verbatim", "src"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is_name(name, names[i])) {
            return true;
        }
    }
    return false;
}

static token_kind operator_of(search_text word) {
    if (is_text(word, "AND")) {
        return TOKEN_AND;
    }
    if (is_text(word, "OR")) {
        return TOKEN_OR;
    }
    return is_text(word, "NOT") ? TOKEN_NOT : TOKEN_WORD;
}

/* ---- Errors ---- */

search_status query_fault(search_error *error, search_status status, const char *id, size_t offset, const char *message,
                          const char *hint) {
    error_set(error, status, id, "%s", message);
    error_offset(error, offset);
    error_hint(error, "%s", hint);
    return status;
}

static search_status not_supported(search_error *error, size_t offset, const char *message, const char *hint) {
    return query_fault(error, SEARCH_E_QUERY, "query.not_supported", offset, message, hint);
}

static search_status empty_clause(search_error *error, size_t offset, const char *message, const char *hint) {
    return query_fault(error, SEARCH_E_QUERY, "query.empty_clause", offset, message, hint);
}

/* The i-th field that a query may name; null at the end. */
static const char *field_at(const query_options *options, size_t i) {
    return options->field == NULL ? NULL : options->field(options->context, i);
}

static bool is_known_field(const query_options *options, search_text name) {
    const char *field;
    for (size_t i = 0; (field = field_at(options, i)) != NULL; i++) {
        if (is_name(name, field)) {
            return true;
        }
    }
    return false;
}

/* The list stops before the hint's end, which error_hint would cut in the middle of a name. */
static search_status unknown_field(const lexer *l, search_text name, search_error *error) {
    char list[384] = "";
    size_t n = 0;
    const char *field;
    for (size_t i = 0; (field = field_at(l->options, i)) != NULL; i++) {
        if (is_reserved_field(search_text_of(field)) || strcmp(field, "exact") == 0) {
            continue;
        }
        if (n + strlen(field) + sizeof ", ..." > sizeof list) {
            n += (size_t)snprintf(list + n, sizeof list - n, ", ...");
            break;
        }
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", field);
    }
    int shown = name.n_bytes > 32 ? 32 : (int)name.n_bytes;
    error_set(error, SEARCH_E_QUERY, "query.unknown_field", "there is no field named %.*s", shown, name.bytes);
    error_offset(error, l->at);
    error_hint(error, "if the colon is part of the word, put the word in quotes; the fields are: %s",
               n > 0 ? list : "(none)");
    return SEARCH_E_QUERY;
}

static search_status reserved_field(search_text name, size_t offset, search_error *error) {
    error_set(error, SEARCH_E_QUERY, "query.not_supported", "%.*s: is reserved and not supported yet",
              (int)name.n_bytes, name.bytes);
    error_offset(error, offset);
    error_hint(error, "leave it out, or put the word in quotes if the colon is part of it");
    return SEARCH_E_QUERY;
}

/* Refuses what later versions will give a meaning, so that no query changes what it finds when they do. */
static search_status check_reserved(search_text text, size_t offset, bool in_phrase, search_error *error) {
    size_t letters = letters_end(text, 0);
    for (size_t at = 0; at < text.n_bytes;) {
        if (is_escape(text, at)) {
            at++;
            utf8_next(text.bytes, text.n_bytes, &at);
            continue;
        }
        meaning m = meaning_at(text, at, letters, in_phrase);
        if (m == MEANING_WILDCARD) {
            return not_supported(error, offset + at, "wildcards are not supported yet",
                                 "write the words out, joined by OR, or write \\* or \\? for the character itself");
        }
        if (m == MEANING_FUZZY) {
            return not_supported(error, offset + at, "searching for similar spellings with ~ is not supported yet",
                                 "write the spellings out, joined by OR, or write \\~ for the character itself");
        }
        if (is_space(utf8_next(text.bytes, text.n_bytes, &at))) {
            letters = letters_end(text, at);
        }
    }
    return SEARCH_OK;
}

/* ---- Tokens ---- */

/* Moves past the token and fills it in; its text stays empty. */
static search_status take(lexer *l, token_kind kind, size_t end, token *out) {
    *out = (token){.kind = kind, .offset = l->at, .n_bytes = end - l->at, .text = {"", 0}};
    l->at = end;
    l->after_field = kind == TOKEN_FIELD || (kind == TOKEN_MINUS && l->after_field);
    return SEARCH_OK;
}

/* Copies a word or the inside of a phrase without the backslashes that escape. */
static search_status resolve(const lexer *l, search_text raw, search_text *out, search_error *error) {
    char *copy = arena_alloc(l->memory, raw.n_bytes + 1);
    if (copy == NULL) {
        return error_memory(error);
    }
    size_t n = 0;
    for (size_t at = 0; at < raw.n_bytes;) {
        if (is_escape(raw, at)) {
            at++;
        }
        size_t from = at;
        utf8_next(raw.bytes, raw.n_bytes, &at);
        memcpy(copy + n, raw.bytes + from, at - from);
        n += at - from;
    }
    *out = (search_text){copy, n};
    return SEARCH_OK;
}

static bool is_white_space(search_text text) {
    size_t at = 0;
    while (at < text.n_bytes) {
        if (!is_space(utf8_next(text.bytes, text.n_bytes, &at))) {
            return false;
        }
    }
    return true;
}

static search_status next_phrase(lexer *l, token *out, search_error *error) {
    search_text text = l->text;
    size_t at = l->at;
    uint32_t open = utf8_next(text.bytes, text.n_bytes, &at);
    size_t from = at;
    while (at < text.n_bytes && !is_closing_quote(open, character_at(text, at))) {
        at += is_escape(text, at) ? 1 : 0;
        utf8_next(text.bytes, text.n_bytes, &at);
    }
    if (at == text.n_bytes) {
        return query_fault(error, SEARCH_E_QUERY, "query.unclosed_quote", l->at, "the quote is not closed",
                           open == '"' ? "add a closing \" after the phrase; write \\\" for a quote inside it"
                                       : "add a closing \xE2\x80\x9D after the phrase, or use straight quotes");
    }
    search_text inside = part(text, from, at);
    if (is_white_space(inside)) {
        return empty_clause(error, l->at, "there is nothing between the quotes",
                            "write a phrase between the quotes, or remove them");
    }
    search_status status = check_reserved(inside, from, true, error);
    if (status != SEARCH_OK) {
        return status;
    }
    utf8_next(text.bytes, text.n_bytes, &at);
    take(l, TOKEN_PHRASE, at, out);
    return resolve(l, inside, &out->text, error);
}

/* Reads `name:` when one is there; else leaves *is_field false.  `Subject: Kim`, with white space behind a colon that
 * belongs to no field, is pasted text and no field. */
static search_status next_field(lexer *l, token *out, bool *is_field, search_error *error) {
    search_text rest = part(l->text, l->at, l->text.n_bytes);
    size_t n = field_name_n_bytes(rest);
    search_text name = part(rest, 0, n);
    bool reserved = is_reserved_field(name);
    bool is_exact = is_name(name, "exact");
    bool known = reserved || is_exact || is_known_field(l->options, name);
    bool empty = n > 0 && ends_clause_at(rest, n + 1);
    *is_field = n > 0 && (known || !empty);
    if (!*is_field) {
        return SEARCH_OK;
    }
    if (empty) {
        return empty_clause(error, l->at,
                            is_exact ? "exact: has nothing to search for" : "the field has nothing to search for",
                            "write a word, a phrase or parentheses directly after the colon, without a space");
    }
    if (reserved) {
        return reserved_field(name, l->at, error);
    }
    if (!known) {
        return unknown_field(l, name, error);
    }
    if (is_exact) {
        return take(l, TOKEN_EXACT, l->at + n + 1, out);
    }
    char *folded = arena_copy(l->memory, name.bytes, n);
    if (folded == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        folded[i] = lower(folded[i]);
    }
    take(l, TOKEN_FIELD, l->at + n + 1, out);
    out->text = (search_text){folded, n};
    return SEARCH_OK;
}

static size_t word_end(search_text text, size_t at) {
    while (!ends_word_at(text, at)) {
        at += is_escape(text, at) ? 1 : 0;
        utf8_next(text.bytes, text.n_bytes, &at);
    }
    return at;
}

static bool is_only_asterisks(search_text word) {
    for (size_t i = 0; i < word.n_bytes; i++) {
        if (word.bytes[i] != '*') {
            return false;
        }
    }
    return true;
}

static search_status next_word(lexer *l, token *out, search_error *error) {
    size_t end = word_end(l->text, l->at);
    search_text word = part(l->text, l->at, end);
    if (is_only_asterisks(word)) {
        return empty_clause(error, l->at, "* alone searches for nothing",
                            "leave it out: a query without words gives every record");
    }
    if (!l->after_field && is_reserved_word(word)) {
        return not_supported(error, l->at, "NEAR/n, ADJ/n and date= are reserved and not supported yet",
                             "use AND or a phrase, or put the word in quotes to search for it");
    }
    search_status status = check_reserved(word, l->at, false, error);
    if (status != SEARCH_OK) {
        return status;
    }
    token_kind kind = l->after_field ? TOKEN_WORD : operator_of(word);
    take(l, kind, end, out);
    return kind == TOKEN_WORD ? resolve(l, word, &out->text, error) : SEARCH_OK;
}

/* Hyphens before an operand are NOTs, taken in one go; before white space they are a dash in pasted text. */
static size_t minus_end(search_text text, size_t at) {
    size_t end = at;
    while (end < text.n_bytes && text.bytes[end] == '-') {
        end++;
    }
    return ends_clause_at(text, end) ? at : end;
}

static size_t space_end(search_text text, size_t at) {
    size_t end = at;
    while (at < text.n_bytes && is_space(utf8_next(text.bytes, text.n_bytes, &at))) {
        end = at;
    }
    return end;
}

search_status lexer_next(lexer *l, token *out, search_error *error) {
    search_text text = l->text;
    size_t at = l->at = space_end(text, l->at);
    if (at == text.n_bytes) {
        return take(l, TOKEN_END, at, out);
    }
    uint32_t c = character_at(text, at);
    if (c == '(' || c == ')') {
        return take(l, c == '(' ? TOKEN_OPEN : TOKEN_CLOSE, at + 1, out);
    }
    if (is_quote(c)) {
        return next_phrase(l, out, error);
    }
    if (minus_end(text, at) > at) {
        return take(l, TOKEN_MINUS, minus_end(text, at), out);
    }
    if (c == '~' && at + 1 < text.n_bytes && is_quote(character_at(text, at + 1))) {
        return not_supported(error, at, "phrases with ~ before them are not supported yet",
                             "leave out the ~ to search for the exact words of the phrase");
    }
    bool is_field = false;
    search_status status = l->after_field ? SEARCH_OK : next_field(l, out, &is_field, error);
    return status != SEARCH_OK || is_field ? status : next_word(l, out, error);
}

/* ---- Escaping ---- */

/* A bare word that lexer_next would take for something else as a whole, whatever fields there are. */
static bool reads_otherwise(search_text word, bool after_field) {
    if (word.n_bytes > 0 && word.bytes[0] == '-') {
        return true;
    }
    return !after_field && (operator_of(word) != TOKEN_WORD || is_reserved_word(word) || field_name_n_bytes(word) > 0);
}

static void escape(buffer *out, search_text text, bool in_phrase) {
    size_t letters = letters_end(text, 0);
    for (size_t at = 0; at < text.n_bytes;) {
        if (meaning_at(text, at, letters, in_phrase) != MEANING_NONE) {
            buffer_add_byte(out, '\\');
        }
        size_t from = at;
        uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        buffer_add(out, text.bytes + from, at - from);
        if (is_space(c)) {
            letters = letters_end(text, at);
        }
    }
}

void lexer_escape_word(buffer *out, search_text word, bool after_field) {
    if (reads_otherwise(word, after_field)) {
        buffer_add_byte(out, '\\');
    }
    escape(out, word, false);
}

void lexer_escape_phrase(buffer *out, search_text phrase) {
    escape(out, phrase, true);
}
