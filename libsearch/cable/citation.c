/* The source line of a cable: "PRC FMA 118-01026-07, 125-128. Translated by David Cowhig."
 *
 * The credits begin with the first sentence that opens with one of the words below and has a "by" in it; what stands
 * before is the reference.
 *
 * The archive is what opens the reference, and only when it is sure:
 *   - in brackets, letters before a colon: "[AA : A1838, 250/8/8]" gives AA;
 *   - else one to four words with a capital before the first comma or the first word with a digit, small words and
 * words in parentheses not counted, of which one is an acronym (two capitals: PRC, BArch) or names a keeper (Archive,
 * Library …); and a digit follows.  "Printed in a volume, pp. 118-119" and "Pravda, 12 May 1960" name no archive. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

#define MAX_ARCHIVE_WORDS 4
#define MAX_ACRONYM 8
#define MAX_SOURCE 16384 /* bytes; a longer source is no citation, and is not taken apart */

/* ---- The credits ---------------------------------------------------------------------------------------------- */

static bool opens_credits(search_text text) {
    static const char *const verbs[] = {"Translated", "Obtained", "Contributed", "Transcribed", "Edited",
                                        "Provided",   "Selected", "Copied",      "Summarized"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (text_starts(text, verbs[i]))
            return text.n_bytes > strlen(verbs[i]) && !is_word_byte(text.bytes[strlen(verbs[i])]) &&
                   text_find(text, " by ", 0) != NOT_FOUND;
    return false;
}

/* Where the credits begin; the end of the text when there are none. */
static size_t find_credits(search_text source) {
    if (opens_credits(source))
        return 0;
    for (size_t at = text_find(source, ". ", 0); at != NOT_FOUND; at = text_find(source, ". ", at + 1)) {
        search_text rest = text_trim(text_from(source, at + 2));
        if (opens_credits(rest))
            return (size_t)(rest.bytes - source.bytes);
    }
    return source.n_bytes;
}

/* ---- The archive ---------------------------------------------------------------------------------------------- */

static size_t n_capitals(search_text word) {
    size_t n = 0;
    for (size_t i = 0; i < word.n_bytes; i++)
        n += is_upper(word.bytes[i]);
    return n;
}

static bool is_small_word(search_text word) {
    static const char *const words[] = {"of", "the", "and", "for", "de", "du", "der", "di", "al"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equals(word, words[i]))
            return true;
    return false;
}

static bool names_keeper(search_text word) {
    static const char *const starts[] = {"Archiv", "Arkhiv", "Arhiv", "Library", "Museum"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_starts(word, starts[i]))
            return true;
    return false;
}

/* "[AA : CP 290/6, BUNDLE 1, ITEM 28]" */
static search_text archive_in_brackets(search_text reference) {
    size_t to = 1;
    while (to < reference.n_bytes && is_upper(reference.bytes[to]))
        to++;
    size_t colon = to;
    while (colon < reference.n_bytes && reference.bytes[colon] == ' ')
        colon++;
    bool is_acronym = to >= 3 && to <= 1 + MAX_ACRONYM;
    bool has_colon = colon < reference.n_bytes && reference.bytes[colon] == ':';
    if (!is_acronym || !has_colon || !text_has_digit(text_from(reference, colon)))
        return (search_text){"", 0};
    return text_part(reference, 1, to);
}

/* The words from the start up to the first comma or word with a digit. */
static search_text opening_words(search_text reference) {
    size_t to = 0;
    search_text word;
    for (size_t at = 0; text_next_word(reference, &at, &word) && !text_has_digit(word);) {
        bool has_comma = word.bytes[word.n_bytes - 1] == ',';
        to = (size_t)(word.bytes - reference.bytes) + word.n_bytes - has_comma;
        if (has_comma)
            break;
    }
    return text_part(reference, 0, to);
}

static search_text archive_of(search_text reference) {
    static const search_text none = {"", 0};
    if (reference.n_bytes > 0 && reference.bytes[0] == '[')
        return archive_in_brackets(reference);
    search_text opening = opening_words(reference);
    size_t n = 0;
    bool is_sure = false;
    search_text word;
    for (size_t at = 0; text_next_word(opening, &at, &word);) {
        if (n > 0 && (is_small_word(word) || word.bytes[0] == '('))
            continue;
        if (is_lower(word.bytes[0]) || !is_word_byte(word.bytes[0]))
            return none;
        is_sure = is_sure || n_capitals(word) >= 2 || names_keeper(word);
        n++;
    }
    bool has_number = text_has_digit(text_from(reference, opening.n_bytes));
    return n <= MAX_ARCHIVE_WORDS && is_sure && has_number ? opening : none;
}

void citation_read(search_text source, citation *out) {
    source = text_trim(source);
    *out = (citation){.archive = {"", 0}, .reference = source, .credits = {"", 0}};
    if (source.n_bytes > MAX_SOURCE)
        return;
    size_t credits = find_credits(source);
    out->credits = text_from(source, credits);
    out->reference = text_trim(text_part(source, 0, credits));
    if (text_ends(out->reference, "."))
        out->reference.n_bytes--;
    out->archive = archive_of(out->reference);
}

/* ---- The translators ------------------------------------------------------------------------------------------ */

/* Where the clause that begins at `from` ends: at a semicolon or a sentence of credits.  A full stop alone is no end,
 * since names have initials. */
static size_t clause_end(search_text credits, size_t from) {
    for (size_t at = from; at < credits.n_bytes; at++) {
        if (credits.bytes[at] == ';')
            return at;
        if (text_starts(text_from(credits, at), ". ") && opens_credits(text_trim(text_from(credits, at + 2))))
            return at;
    }
    return credits.n_bytes;
}

/* The names end where another task, a purpose or a remark begins. */
static search_text names_of(search_text clause) {
    static const char *const stops[] = {" and edited",   " and contributed",
                                        " and obtained", " and transcribed",
                                        " and provided", " for ",
                                        " with ",        " (",
                                        " from "};
    size_t task = text_find(clause, "translated", 0);
    size_t by = task == NOT_FOUND ? NOT_FOUND : text_find(clause, " by ", task);
    if (by == NOT_FOUND)
        return (search_text){"", 0};
    search_text names = text_from(clause, by + 4);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        size_t at = text_find(names, stops[i], 0);
        if (at != NOT_FOUND)
            names.n_bytes = at;
    }
    return text_trim(names);
}

static search_status add_name(search_record *record, search_text name, search_error *error) {
    name = text_trim(name);
    if (text_starts(name, "and ") || text_is(name, "and"))
        name = text_trim(text_from(name, 3));
    if (text_ends(name, "."))
        name.n_bytes--;
    return search_record_add(record, "translators", name, error);
}

/* "A", "A and B", "A, B, and C" */
static search_status add_names(search_record *record, search_text names, search_error *error) {
    while (names.n_bytes > 0) {
        size_t comma = text_find(names, ",", 0);
        size_t conjunction = text_find(names, " and ", 0);
        size_t to = comma < conjunction ? comma : conjunction;
        if (to == NOT_FOUND)
            return add_name(record, names, error);
        search_status status = add_name(record, text_part(names, 0, to), error);
        if (status != SEARCH_OK)
            return status;
        names = text_from(names, to + 1);
    }
    return SEARCH_OK;
}

search_status citation_add_translators(search_record *record, search_text credits, search_error *error) {
    for (size_t from = 0; from < credits.n_bytes;) {
        size_t to = clause_end(credits, from);
        search_status status = add_names(record, names_of(text_part(credits, from, to)), error);
        if (status != SEARCH_OK)
            return status;
        from = to + 1;
    }
    return SEARCH_OK;
}
