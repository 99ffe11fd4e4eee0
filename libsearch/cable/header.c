/* What the title and the lines around a cable's text say of it.
 *
 *   Top Secret                                                         classification
 *   (61) Korea Consular No. 103                                        number
 *   To the Ministry of Foreign Affairs and the Ministry of …           to
 *   From: RUDNIK, Havana, sent 31.10.1962                              from
 *   Distribution: Jilin Province; Liaoning Province                    distribution
 *   Cable from the Chinese Embassy in North Korea, 'On …'              from, out of the title
 *
 * A line is `taken` when all it says went into fields; it then needs no place in the body.  A line that says more, such
 * as a number with a sender, gives its fields and stays.  Names are kept as printed but for a leading "the" and remarks
 * such as "personally".  Lists of people divided by commas alone are not divided: "Comrade Puja, Foreign Minister" is
 * one man. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

#define MAX_LINE 300    /* bytes; a longer line is a paragraph */
#define MAX_TITLE 1000  /* bytes */
#define MAX_COPIES 4000 /* bytes */
#define MAX_NUMBER 100  /* bytes */
#define MAX_PARTY_WORDS 16

static search_text without_end(search_text text, const char *ends) {
    while (text.n_bytes > 0 && strchr(ends, text.bytes[text.n_bytes - 1]) != NULL &&
           text.bytes[text.n_bytes - 1] != '\0')
        text.n_bytes--;
    return text_trim(text);
}

static search_text without_the(search_text text) {
    text = text_trim(text);
    return text_starts(text, "the ") ? text_trim(text_from(text, 4)) : text;
}

/* The text up to the first of the stops. */
static search_text up_to(search_text text, const char *const *stops, size_t n_stops) {
    size_t to = text.n_bytes;
    for (size_t i = 0; i < n_stops; i++) {
        size_t at = text_find(text, stops[i], 0);
        if (at < to)
            to = at;
    }
    return text_part(text, 0, to);
}
#define UP_TO(text, stops) up_to(text, stops, sizeof(stops) / sizeof *(stops))

static search_status add(search_record *record, const char *key, search_text value, search_error *error) {
    return search_record_add(record, key, without_end(without_the(value), ",;:."), error);
}

/* ---- Classification ------------------------------------------------------------------------------------------- */

/* A line of nothing but these words, one of them a grade: "Top Secret", "Strictly Confidential", "Urgent". */
static bool is_classification(search_text line) {
    static const char *const grades[] = {"Secret", "Confidential", "Restricted", "Unclassified", "Internal", "Urgent"};
    static const char *const others[] = {"Top",      "Strictly", "Most", "Very", "Highly",   "Extremely", "Absolutely",
                                         "Personal", "For",      "Use",  "Only", "Official", "and"};
    size_t n_grades = 0;
    search_text word;
    for (size_t at = 0; text_next_word(line, &at, &word);) {
        word = without_end(word, ",.!;");
        if (IS_ONE_OF(word, grades))
            n_grades++;
        else if (!IS_ONE_OF(word, others))
            return false;
    }
    return n_grades > 0;
}

/* ---- Number --------------------------------------------------------------------------------------------------- */

/* The length of "No.", "Nº", "№" or "Nr." at a place where a word begins; 0 when there is none. */
static size_t number_sign_at(search_text line, size_t at) {
    static const char *const signs[] = {"No.", "N\xC2\xBA", "N\xC2\xB0", "\xE2\x84\x96", "Nr."};
    if (at > 0 && line.bytes[at - 1] != ' ')
        return 0;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (text_starts(text_from(line, at), signs[i]))
            return strlen(signs[i]);
    return 0;
}

/* "(61) Korea Consular", "str. conf.": words before a number have a capital, a bracket or a full stop, else they are a
 * sentence that mentions one. */
static bool may_lead_number(search_text words) {
    search_text word;
    for (size_t at = 0; text_next_word(words, &at, &word);)
        if (is_lower(word.bytes[0]) && word.bytes[word.n_bytes - 1] != '.' && !text_equals(word, "telegram"))
            return false;
    return text_n_words(words) <= 5;
}

/* What may follow: the end, a comma, a full stop, or a remark in brackets. */
static bool may_follow_number(search_text rest) {
    return rest.n_bytes == 0 || strchr(",.;:", rest.bytes[0]) != NULL || text_starts(rest, " (") ||
           text_starts(rest, " [");
}

/* Where the piece between commas that holds `at` begins. */
static size_t piece_start(search_text line, size_t at) {
    while (at > 0 && line.bytes[at - 1] != ',')
        at--;
    while (at < line.n_bytes && line.bytes[at] == ' ')
        at++;
    return at;
}

static search_text number_after_sign(search_text line, size_t sign_at, size_t n_sign) {
    size_t from = sign_at + n_sign;
    while (from < line.n_bytes && line.bytes[from] == ' ')
        from++;
    size_t to = from;
    while (to < line.n_bytes && strchr(" ,;:", line.bytes[to]) == NULL)
        to++;
    search_text token = without_end(text_part(line, from, to), ".");
    to = from + token.n_bytes;
    size_t start = piece_start(line, sign_at);
    if (!text_has_digit(token) || !may_lead_number(text_part(line, start, sign_at)) ||
        !may_follow_number(text_from(line, to)))
        return (search_text){"", 0};
    return text_part(line, start, to);
}

/* "Ciphered telegram 401/89": a kind of message and, as the last word before a comma, figures with a stroke or dash. */
static search_text number_of_message(search_text line) {
    static const char *const kinds[] = {"Ciphered telegram ", "Telegram ", "Ciphergram ", "Cablegram ", "Savingram "};
    static const char *const stops[] = {","};
    search_text piece = UP_TO(line, stops);
    search_text last = {"", 0};
    search_text word;
    for (size_t at = 0; text_next_word(piece, &at, &word);)
        last = word;
    bool is_number =
        text_has_digit(last) && (text_find(last, "/", 0) != NOT_FOUND || text_find(last, "-", 0) != NOT_FOUND);
    for (size_t i = 0; is_number && i < sizeof kinds / sizeof *kinds; i++)
        if (text_starts(piece, kinds[i]) && text_n_words(piece) <= 4)
            return piece;
    return (search_text){"", 0};
}

search_text header_number(search_text line) {
    if (line.n_bytes > MAX_NUMBER)
        return (search_text){"", 0};
    for (size_t at = 0; at < line.n_bytes; at++) {
        size_t n_sign = number_sign_at(line, at);
        search_text number = n_sign > 0 ? number_after_sign(line, at, n_sign) : (search_text){"", 0};
        if (number.n_bytes > 0)
            return number;
    }
    return number_of_message(line);
}

/* ---- Addressee and sender lines ------------------------------------------------------------------------------- */

/* Cuts ", EYES ONLY", ", personally" and the like from the end. */
static search_text without_remark(search_text text) {
    static const char *const remarks[] = {", EYES ONLY", ", personally", ", personal", ", urgent"};
    text = without_end(text, ",;:.");
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (text_ends(text, remarks[i]))
            text.n_bytes -= strlen(remarks[i]);
    return text;
}

/* Where the next party begins: after "; ", " and the ", or before another "Comrade". */
static size_t party_end(search_text text, size_t *next) {
    static const struct {
        const char *mark;
        size_t n_skipped;
    } marks[] = {{"; ", 2}, {" and the ", 9}, {" and Comrade ", 5}, {", Comrade ", 2}};
    size_t end = text.n_bytes;
    *next = text.n_bytes;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = text_find(text, marks[i].mark, 0);
        if (at < end) {
            end = at;
            *next = at + marks[i].n_skipped;
        }
    }
    return end;
}

static search_status add_parties(search_record *record, const char *key, search_text text, search_error *error) {
    while (text.n_bytes > 0) {
        size_t next;
        size_t end = party_end(text, &next);
        search_status status = add(record, key, text_part(text, 0, end), error);
        if (status != SEARCH_OK)
            return status;
        text = text_from(text, next);
    }
    return SEARCH_OK;
}

/* "To the record of 31 July 1958" has no addressee. */
static bool ends_in_year(search_text text) {
    static const char *const centuries[] = {" 18", " 19", " 20"};
    text = without_end(text, ",;:.");
    for (size_t i = 0; text.n_bytes >= 5 && i < sizeof centuries / sizeof *centuries; i++) {
        search_text year = text_from(text, text.n_bytes - 5);
        if (text_starts(year, centuries[i]) && is_digit(year.bytes[3]) && is_digit(year.bytes[4]))
            return true;
    }
    return false;
}

/* What follows "To", "[To]" or "To:" when it looks like an addressee; empty else. */
static search_text addressee_of(search_text line) {
    static const char *const openings[] = {"[To] ", "To: ", "To "};
    search_text rest = {"", 0};
    for (size_t i = 0; i < sizeof openings / sizeof *openings && rest.n_bytes == 0; i++)
        if (text_starts(line, openings[i]))
            rest = text_trim(text_from(line, strlen(openings[i])));
    bool is_named = text_starts(rest, "the ") || (rest.n_bytes > 0 && !is_lower(rest.bytes[0]));
    bool is_sentence = text_ends(rest, ".") && text_n_words(rest) > 8;
    return is_named && !is_sentence && !ends_in_year(rest) ? rest : (search_text){"", 0};
}

/* "To A and the B; copy to C.": the copies go to the distribution. */
static search_status read_addressee(search_record *record, search_text rest, search_error *error) {
    static const char *const copies[] = {"; copy to ", ", copy to ", "; copies to ", ", copies to ", ". Repeated "};
    search_text parties = UP_TO(rest, copies);
    search_status status = add_parties(record, "to", without_remark(parties), error);
    search_text copied = text_from(rest, parties.n_bytes);
    for (size_t i = 0; status == SEARCH_OK && i < sizeof copies / sizeof *copies; i++)
        if (text_starts(copied, copies[i]))
            return add_parties(record, "distribution", without_remark(text_from(copied, strlen(copies[i]))), error);
    return status;
}

/* "RUDNIK, Havana, sent 31.10.1962 …": the sender ends at a time, or at a piece that begins with a figure. */
static search_text sender_of(search_text line) {
    static const char *const stops[] = {", sent ", ", received ", ", dispatched "};
    if (!text_starts(line, "From: "))
        return (search_text){"", 0};
    search_text sender = UP_TO(text_from(line, 6), stops);
    for (size_t at = 0; at + 2 < sender.n_bytes; at++)
        if (sender.bytes[at] == ',' && is_digit(sender.bytes[at + 2]))
            sender.n_bytes = at;
    return text_trim(sender);
}

/* ---- Copies --------------------------------------------------------------------------------------------------- */

/* Takes the count off "Stalin - 2". */
static search_text without_count(search_text copy) {
    size_t end = copy.n_bytes;
    while (end > 0 && is_digit(copy.bytes[end - 1]))
        end--;
    size_t dash = text_trim(text_part(copy, 0, end)).n_bytes;
    bool is_count = end < copy.n_bytes && dash > 0 && copy.bytes[dash - 1] == '-';
    return is_count ? text_trim(text_part(copy, 0, dash - 1)) : copy;
}

static search_status add_copies(search_record *record, search_text list, bool *is_whole, search_error *error) {
    const char *divider = text_find(list, ";", 0) == NOT_FOUND ? "," : ";";
    *is_whole = true;
    while (list.n_bytes > 0) {
        size_t end = text_find(list, divider, 0);
        size_t to = end == NOT_FOUND ? list.n_bytes : end;
        search_text copy = without_end(text_trim(text_part(list, 0, to)), ";");
        search_text name = without_count(copy);
        *is_whole = *is_whole && name.n_bytes == copy.n_bytes;
        search_status status = search_record_add(record, "distribution", without_the(name), error);
        if (status != SEARCH_OK)
            return status;
        list = text_from(list, end == NOT_FOUND ? to : to + 1);
    }
    return SEARCH_OK;
}

/* Of "Distribution list - 9 copies: Stalin - 2, …" the counts go into no field, so the line is not taken. */
search_status header_read_copies(search_record *record, search_text line, bool *taken, search_error *error) {
    static const char *const openings[] = {"Distribution", "Copies", "Cc", "Copied"};
    *taken = false;
    size_t colon = text_find(line, ":", 0);
    if (line.n_bytes > MAX_COPIES || colon == NOT_FOUND || colon > 60)
        return SEARCH_OK;
    bool is_list = false;
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        size_t n = strlen(openings[i]);
        is_list = is_list || (text_starts(line, openings[i]) && !is_word_byte(line.bytes[n]));
    }
    search_text list = text_trim(text_from(line, colon + 1));
    if (!is_list || list.n_bytes == 0)
        return SEARCH_OK;
    bool is_whole = false;
    search_status status = add_copies(record, list, &is_whole, error);
    *taken = is_whole && text_find(text_part(line, 0, colon), "-", 0) == NOT_FOUND;
    return status;
}

/* ---- A line --------------------------------------------------------------------------------------------------- */

static bool has(const search_record *record, const char *key) {
    return search_record_n_values(record, key) > 0;
}

static search_status read_party_line(search_record *record, search_text line, bool *taken, search_error *error) {
    search_text to = has(record, "to") ? (search_text){"", 0} : addressee_of(line);
    search_text from = sender_of(line);
    if (to.n_bytes > 0) {
        *taken = true;
        return read_addressee(record, to, error);
    }
    *taken = from.n_bytes > 0 && from.n_bytes + 6 == line.n_bytes;
    return from.n_bytes > 0 ? add(record, "from", from, error) : SEARCH_OK;
}

search_status header_read_line(search_record *record, search_text line, bool *taken, search_error *error) {
    *taken = false;
    if (line.n_bytes > MAX_LINE)
        return SEARCH_OK;
    if (!has(record, "classification") && is_classification(line)) {
        *taken = true;
        return search_record_add(record, "classification", line, error);
    }
    search_status status = read_party_line(record, line, taken, error);
    if (status != SEARCH_OK || *taken)
        return status;
    search_text number = has(record, "number") ? (search_text){"", 0} : header_number(line);
    if (number.n_bytes == 0)
        return header_read_copies(record, line, taken, error);
    *taken = number.n_bytes == without_end(line, ".").n_bytes;
    return search_record_add(record, "number", number, error);
}

/* ---- The title ------------------------------------------------------------------------------------------------ */

static const char *const kinds_of_message[] = {"Cable",    "Telegram",   "Cablegram", "Letter",     "Report",
                                               "Note",     "Message",    "Airgram",   "Savingram",  "Memorandum",
                                               "Dispatch", "Despatch",   "Ciphered",  "Coded",      "Secret",
                                               "Urgent",   "Ciphergram", "Circular",  "Information"};
static const char *const party_stops[] = {
    ", '", ", \xE2\x80\x98", ", \xE2\x80\x9C", ", \"",        " (",   ", on ", " on ", ": ",
    "; ",  " about ",        " concerning ",   " regarding ", ", re "};

/* "Ciphered Telegram": how many bytes of the title are words for a kind of message. */
static size_t n_kind(search_text title) {
    size_t n = 0;
    search_text word;
    for (size_t at = 0; text_next_word(title, &at, &word);) {
        search_text bare = without_end(word, ",");
        if (!IS_ONE_OF(bare, kinds_of_message))
            break;
        n = at;
        if (bare.n_bytes < word.n_bytes)
            break;
    }
    return n;
}

static bool names_mission(search_text text) {
    static const char *const missions[] = {"Embassy", "Legation", "Consulate", "Mission", "Delegation", "Chancellery"};
    for (size_t i = 0; i < sizeof missions / sizeof *missions; i++)
        if (text_find(text, missions[i], 0) != NOT_FOUND)
            return true;
    return false;
}

/* "Ambassador to Korea" is one party: where " to " divides sender and addressee, or NOT_FOUND. */
static size_t find_to(search_text parties) {
    static const char *const of_one[] = {"Ambassador", "Mission", "Delegation", "Representative", "Envoy", "Minister"};
    for (size_t at = text_find(parties, " to ", 0); at != NOT_FOUND; at = text_find(parties, " to ", at + 1)) {
        bool is_one = false;
        for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++)
            is_one = is_one || text_ends(text_part(parties, 0, at), of_one[i]);
        if (!is_one)
            return at;
    }
    return NOT_FOUND;
}

static bool is_party(search_text text) {
    text = text_trim(text);
    bool has_start = text.n_bytes > 0 && (is_word_byte(text.bytes[0]) || text.bytes[0] == '[');
    return has_start && text_n_words(text) <= MAX_PARTY_WORDS;
}

static search_status add_title_parties(search_record *record, search_text parties, search_error *error) {
    size_t to = find_to(parties);
    search_text sender = to == NOT_FOUND ? parties : text_part(parties, 0, to);
    search_status status = SEARCH_OK;
    if (is_party(sender))
        status = add(record, "from", sender, error);
    if (status != SEARCH_OK || to == NOT_FOUND || has(record, "to"))
        return status;
    search_text addressee = text_from(parties, to + 4);
    return is_party(addressee) ? add(record, "to", addressee, error) : SEARCH_OK;
}

/* The parties that follow the kind, which ends there; false when something else does. */
static bool find_parties(search_text title, size_t kind, search_text *out) {
    search_text rest = text_trim(text_from(title, kind));
    bool is_from = text_starts(rest, "from ");
    bool is_of = text_starts(rest, "of the ");
    bool is_list = title.bytes[kind - 1] == ','; /* "Cable, Zhou Enlai to Liu Shaoqi" */
    *out = UP_TO(text_from(rest, is_from ? 5 : is_of ? 7 : 0), party_stops);
    return is_from || (is_of && names_mission(*out)) || (is_list && find_to(*out) != NOT_FOUND);
}

search_status header_read_title(search_record *record, search_text title, search_error *error) {
    if (title.n_bytes > MAX_TITLE)
        return SEARCH_OK;
    size_t kind = n_kind(title);
    search_text parties;
    if (kind > 0 && find_parties(title, kind, &parties))
        return add_title_parties(record, parties, error);
    size_t comma = text_find(title, ", ", 0); /* "Hungarian Embassy in Hanoi, Ciphered Telegram, '…'" */
    if (comma == NOT_FOUND || n_kind(text_from(title, comma + 2)) == 0 || !names_mission(text_part(title, 0, comma)))
        return SEARCH_OK;
    return add_title_parties(record, text_part(title, 0, comma), error);
}
