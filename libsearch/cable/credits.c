/* The credits behind the source of a cable: who translated it, and who else had a part in its publication.
 *
 *   Translated by David Cowhig.
 *   Contributed by A and translated by B.
 *   Obtained by A; translated and edited by B, C, and D.
 *   Translated for X by Y.
 *
 * A credit is words of which some name a task, then "by", then names.  The names end at a semicolon, at the end of a
 * sentence, at the next task, or where a remark begins ("with", "for").  Who translated is a translator; who did
 * anything else, also beside translating, is a contributor. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

static search_text bare(search_text word) {
    while (word.n_bytes > 0 && strchr(",.;:()", word.bytes[word.n_bytes - 1]) != NULL)
        word.n_bytes--;
    while (word.n_bytes > 0 && word.bytes[0] == '(')
        word = text_from(word, 1);
    return word;
}

static bool is_translation(search_text word) {
    return text_is(word, "translated") || text_is(word, "translation");
}

static bool is_task(search_text word) {
    static const char *const tasks[] = {"obtained", "contributed", "transcribed", "edited",    "provided",
                                        "selected", "copied",      "summarized",  "compiled",  "annotated",
                                        "donated",  "acquired",    "discovered",  "introduced"};
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (text_is(word, tasks[i]))
            return true;
    return is_translation(word);
}

/* ---- Where the credits begin ---------------------------------------------------------------------------------- */

static bool opens_credits(search_text text) {
    size_t at = 0;
    search_text word;
    return text_next_word(text, &at, &word) && is_task(bare(word)) && text_find(text, " by ", at) != NOT_FOUND;
}

size_t credits_start(search_text source) {
    bool may_open = true;
    for (size_t at = 0; at < source.n_bytes; at++) {
        char c = source.bytes[at];
        if (may_open && is_word_byte(c) && opens_credits(text_from(source, at)))
            return at;
        bool is_space = c == ' ' || c == '\n';
        may_open = is_space ? may_open : strchr(".;)]", c) != NULL && c != '\0';
    }
    return source.n_bytes;
}

/* ---- One credit after the other ------------------------------------------------------------------------------- */

typedef struct credit {
    bool is_translation;
    bool is_other;
    search_text names;
} credit;

/* Reads up to "by"; false when no task is done by anybody. */
static bool read_tasks(search_text credits, size_t *at, credit *out) {
    search_text word;
    *out = (credit){.is_translation = false};
    while (text_next_word(credits, at, &word)) {
        search_text task = bare(word);
        bool has_task = out->is_translation || out->is_other;
        if (has_task && text_is(word, "by"))
            return true;
        if (is_translation(task))
            out->is_translation = true;
        else if (is_task(task))
            out->is_other = true;
        if (word.bytes[word.n_bytes - 1] == ';')
            *out = (credit){.is_translation = false};
    }
    return false;
}

static bool begins_remark(search_text word) {
    static const char *const words[] = {"for", "with", "from", "on", "in", "at", "as"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equals(word, words[i]))
            return true;
    return word.bytes[0] == '(';
}

/* Initials and "Jr." have full stops, too. */
static bool ends_names(search_text word) {
    static const char *const shortened[] = {"Jr", "Sr", "Dr", "St"};
    char last = word.bytes[word.n_bytes - 1];
    search_text name = bare(word);
    bool is_shortened = name.n_bytes < 2 || text_find(name, ".", 0) != NOT_FOUND;
    for (size_t i = 0; i < sizeof shortened / sizeof *shortened; i++)
        is_shortened = is_shortened || text_is(name, shortened[i]);
    return last == ';' || (last == '.' && !is_shortened);
}

static void read_names(search_text credits, size_t *at, credit *out) {
    size_t from = *at;
    size_t to = *at;
    search_text word;
    for (size_t next = *at; text_next_word(credits, &next, &word);) {
        size_t start = (size_t)(word.bytes - credits.bytes);
        *at = next;
        if (begins_remark(word))
            break;
        if (is_task(bare(word))) {
            *at = start;
            break;
        }
        to = next;
        if (ends_names(word))
            break;
    }
    out->names = text_trim(text_part(credits, from, to));
}

/* ---- Names ---------------------------------------------------------------------------------------------------- */

static bool has_value(const search_record *record, const char *key, search_text value) {
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        search_text other = search_record_value(record, key, i);
        if (other.n_bytes == value.n_bytes && memcmp(other.bytes, value.bytes, value.n_bytes) == 0)
            return true;
    }
    return false;
}

static search_status add_name(search_record *record, const char *key, search_text name, search_error *error) {
    name = text_trim(name);
    if (text_starts(name, "and ") || text_is(name, "and"))
        name = text_trim(text_from(name, 3));
    while (name.n_bytes > 0 && strchr(".;,", name.bytes[name.n_bytes - 1]) != NULL)
        name.n_bytes--;
    if (text_ends(name, " and"))
        name = text_trim(text_part(name, 0, name.n_bytes - 4));
    if (name.n_bytes > 0 && name.bytes[name.n_bytes - 1] == ',')
        name.n_bytes--;
    bool is_name = name.n_bytes > 0 && !text_is(name, "Jr") && !text_is(name, "and") && !has_value(record, key, name);
    return is_name ? record_append(record, key, name, RECORD_LIST, error) : SEARCH_OK;
}

/* "A", "A and B", "A, B, and C" */
static search_status add_names(search_record *record, const char *key, search_text names, search_error *error) {
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && names.n_bytes > 0) {
        size_t comma = text_find(names, ",", 0);
        size_t conjunction = text_find(names, " and ", 0);
        size_t to = comma < conjunction ? comma : conjunction;
        to = to == NOT_FOUND ? names.n_bytes : to;
        status = add_name(record, key, text_part(names, 0, to), error);
        names = text_from(names, to < names.n_bytes ? to + 1 : to);
    }
    return status;
}

static search_status add_credited(search_record *record, const char *key, bool of_translation, search_text credits,
                                  search_error *error) {
    search_status status = SEARCH_OK;
    credit c;
    for (size_t at = 0; status == SEARCH_OK && read_tasks(credits, &at, &c);) {
        read_names(credits, &at, &c);
        if (of_translation ? c.is_translation : c.is_other)
            status = add_names(record, key, c.names, error);
    }
    return status;
}

search_status citation_add_translators(search_record *record, search_text credits, search_error *error) {
    return add_credited(record, "translators", true, credits, error);
}

search_status citation_add_contributors(search_record *record, search_text credits, search_error *error) {
    return add_credited(record, "contributors", false, credits, error);
}
