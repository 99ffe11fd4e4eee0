/* Persons named as sender, as addressee or in a title, for records without a label of people.  A person is known by
 * the form of the name alone: two to four words with capitals, of which none names an office or a country.  Titles of
 * courtesy and rank before a name are left out.  A family name alone is no sure person, and "Zhou Enlai's Office" is
 * none. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

#define MAX_TITLE 1000 /* bytes */
#define MAX_NAME 80
#define MAX_NAME_WORDS 4
#define MAX_PARTIES 64 /* senders or addressees looked at */

/* Words before a name that are no part of it, also of "Soviet Foreign Minister". */
static bool is_style(search_text word) {
    static const char *const styles[] = {
        "Admiral", "Ambassador", "Captain",   "Cde.",    "Chairman", "Chancellor", "Col.",  "Colonel",
        "Comrade", "Comrades",   "Deputy",    "Dr",      "Dr.",      "Foreign",    "Gen.",  "General",
        "King",    "Lady",       "Lord",      "Major",   "Marshal",  "Minister",   "Miss",  "Mr",
        "Mr.",     "Mrs",        "Mrs.",      "Ms.",     "Premier",  "President",  "Prime", "Prince",
        "Prof.",   "Professor",  "Secretary", "Senator", "Sir",      "Soviet",     "Vice",  "the"};
    return IS_ONE_OF(word, styles);
}

static bool is_office(search_text word) {
    static const char *const offices[] = {
        "Administration", "Affairs",       "Agency",         "Albanian",    "Ambassador",
        "American",       "And",           "Army",           "Association", "Australian",
        "Bank",           "Board",         "British",        "Bulgarian",   "Bureau",
        "Cabinet",        "Center",        "Central",        "Centre",      "Chairman",
        "Chancellery",    "Chief",         "Chinese",        "City",        "Colonial",
        "Comintern",      "Command",       "Commissariat",   "Commission",  "Commissioner",
        "Committee",      "Committees",    "Company",        "Conference",  "Congress",
        "Consulate",      "Conversation",  "Council",        "Crown",       "Cuban",
        "Czechoslovak",   "Delegation",    "Department",     "Director",    "Division",
        "Dominions",      "East",          "Embassies",      "Embassy",     "External",
        "Foreign",        "French",        "General",        "German",      "Government",
        "Governor",       "Great",         "Group",          "Head",        "Headquarters",
        "High",           "Hong",          "Hungarian",      "Indian",      "Information",
        "Institute",      "International", "Japanese",       "Korean",      "Leaders",
        "Legation",       "Letter",        "Meeting",        "Members",     "Minister",
        "Ministry",       "Mission",       "Missions",       "Mongolian",   "National",
        "Nations",        "New",           "News",           "North",       "Note",
        "Office",         "Officer",       "Officers",       "Officials",   "Party",
        "People",         "Permanent",     "Polish",         "Politburo",   "Posts",
        "Premier",        "President",     "Presidium",      "Province",    "Provincial",
        "Region",         "Report",        "Representative", "Republic",    "Romanian",
        "Russian",        "Secretariat",   "Secretary",      "Section",     "Security",
        "Service",        "Society",       "South",          "Soviet",      "Staff",
        "State",          "Talks",         "Telegram",       "Treasury",    "Union",
        "United",         "University",    "Vietnamese",     "War",         "West",
        "World",          "Yugoslav"};
    return IS_ONE_OF(word, offices);
}

static bool is_particle(search_text word) {
    static const char *const particles[] = {"de",  "da",  "do", "dos", "von", "van",
                                            "der", "den", "al", "bin", "ibn", "el"};
    return IS_ONE_OF(word, particles);
}

static search_text without_styles(search_text name) {
    search_text word;
    name = text_trim(name);
    for (size_t at = 0; text_next_word(name, &at, &word) && is_style(word); at = 0)
        name = text_trim(text_from(name, at));
    return name;
}

/* Letters, hyphens, apostrophes, and the full stop of an initial. */
static bool is_name_word(search_text word) {
    for (size_t i = 0; i < word.n_bytes; i++)
        if (!is_word_byte(word.bytes[i]) && strchr("-'.", word.bytes[i]) == NULL)
            return false;
    bool has_capital = is_upper(word.bytes[0]) || (unsigned char)word.bytes[0] >= 0x80;
    bool is_initials = text_ends(word, ".") && word.n_bytes <= 4;
    return has_capital && !text_has_digit(word) && !text_ends(word, "'s") && !text_ends(word, "\xE2\x80\x99s") &&
           (is_initials || !text_ends(word, "."));
}

/* All capitals are an acronym ("CC CPSU") rather than a name. */
static bool is_acronym(search_text word) {
    for (size_t i = 0; i < word.n_bytes; i++)
        if (is_lower(word.bytes[i]) || (unsigned char)word.bytes[i] >= 0x80 || word.bytes[i] == '.')
            return false;
    return true;
}

/* The name of a person, without styles; empty when it is none for sure. */
static search_text person_of(search_text text) {
    static const search_text none = {"", 0};
    search_text name = without_styles(text);
    size_t n_names = 0;
    size_t n_words = 0;
    search_text word;
    if (name.n_bytes > MAX_NAME)
        return none;
    for (size_t at = 0; text_next_word(name, &at, &word); n_words++) {
        if (n_words > 0 && is_particle(word))
            continue;
        if (!is_name_word(word) || is_office(word) || is_acronym(word))
            return none;
        n_names += word.n_bytes > 1 && !text_ends(word, ".");
    }
    bool is_given_and_family = n_words >= 2 && n_words <= MAX_NAME_WORDS && n_names >= 1;
    return is_given_and_family && !places_has_name(name) ? name : none;
}

static search_status add_name(search_record *record, search_text name, search_error *error) {
    for (size_t i = 0; i < search_record_n_values(record, "people"); i++) {
        search_text other = search_record_value(record, "people", i);
        if (other.n_bytes == name.n_bytes && memcmp(other.bytes, name.bytes, name.n_bytes) == 0)
            return SEARCH_OK;
    }
    return search_record_add(record, "people", name, error); /* none is not added */
}

static search_status add_person(search_record *record, search_text text, search_error *error) {
    return add_name(record, person_of(text), error);
}

static search_status add_parties(search_record *record, const search_record *parties, search_error *error) {
    static const char *const keys[] = {"from", "to"};
    search_status status = SEARCH_OK;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t i = 0; i < search_record_n_values(parties, keys[k]) && i < MAX_PARTIES && status == SEARCH_OK; i++)
            status = add_person(record, search_record_value(parties, keys[k], i), error);
    return status;
}

/* "Cable, Zhou Enlai to Liu Shaoqi": what header.c makes of the title. */
static search_status add_from_title(search_record *record, search_text title, search_error *error) {
    search_record *parties = NULL;
    search_status status = search_record_new(&parties, error);
    if (status == SEARCH_OK)
        status = header_read_title(parties, title, error);
    if (status == SEARCH_OK)
        status = add_parties(record, parties, error);
    search_record_free(parties);
    return status;
}

/* "Record of a Conversation between A and B, 3 March 1964" */
static search_status add_from_conversation(search_record *record, search_text title, search_error *error) {
    static const char *const stops[] = {",", " (", ":", " on ", " in ", " at ", ";", "'", " about "};
    size_t between = text_find(title, " between ", 0);
    if (between == NOT_FOUND)
        return SEARCH_OK;
    search_text pair = text_from(title, between + strlen(" between "));
    size_t conjunction = text_find(pair, " and ", 0);
    if (conjunction == NOT_FOUND)
        return SEARCH_OK;
    search_text second = text_from(pair, conjunction + strlen(" and "));
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        size_t at = text_find(second, stops[i], 0);
        second.n_bytes = at == NOT_FOUND ? second.n_bytes : at;
    }
    search_status status = add_person(record, text_part(pair, 0, conjunction), error);
    return status == SEARCH_OK ? add_person(record, second, error) : status;
}

/* "Sir George Pearce, Minister for External Affairs, to Mr J. A. Lyons, Prime Minister" */
static search_status add_from_offices(search_record *record, search_text title, search_error *error) {
    size_t comma = text_find(title, ",", 0);
    size_t to = text_find(title, ", to ", 0);
    if (to == NOT_FOUND)
        return SEARCH_OK;
    search_text sender = person_of(text_part(title, 0, comma));
    if (sender.n_bytes == 0)
        return SEARCH_OK;
    search_text addressee = text_from(title, to + strlen(", to "));
    size_t end = text_find(addressee, ",", 0);
    addressee.n_bytes = end == NOT_FOUND ? addressee.n_bytes : end;
    search_status status = add_name(record, sender, error);
    return status == SEARCH_OK ? add_person(record, addressee, error) : status;
}

search_status people_derive(search_record *record, search_error *error) {
    search_text title = search_record_value(record, "title", 0);
    if (title.n_bytes > MAX_TITLE)
        title.n_bytes = 0;
    if (search_record_n_values(record, "people") > 0)
        return SEARCH_OK;
    search_status status = add_parties(record, record, error);
    if (status == SEARCH_OK)
        status = add_from_title(record, title, error);
    if (status == SEARCH_OK)
        status = add_from_conversation(record, title, error);
    if (status == SEARCH_OK)
        status = add_from_offices(record, title, error);
    if (status != SEARCH_OK || search_record_n_values(record, "people") == 0)
        return status;
    return record_set_derived(record, "people", error);
}
