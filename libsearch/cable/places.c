/* Countries named in title, sender and addressee, for records without a label of places.  Only names count, never
 * adjectives: "the Chinese Embassy in North Korea" is about North Korea.  The longest name wins ("North Korea" holds no
 * "Korea"), and a value is what the table says, so that the DPRK and North Korea are one value.  A name is matched as
 * printed here or all in capitals, as a whole word. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

#define MAX_TITLE 4096 /* bytes looked at: what is longer is a text in the wrong field */
#define MAX_PARTIES 64 /* senders or addressees looked at */

/* Name in the title, value in the record: null for the name itself, "" for a name that hides a country's. */
static const struct {
    const char *name;
    const char *value;
} countries[] = {
    {"Afghanistan", NULL},
    {"Albania", NULL},
    {"Algeria", NULL},
    {"Angola", NULL},
    {"Argentina", NULL},
    {"Armenia", NULL},
    {"Australia", NULL},
    {"Austria", NULL},
    {"Azerbaijan", NULL},
    {"Bangladesh", NULL},
    {"Belarus", NULL},
    {"Belgium", NULL},
    {"Bhutan", NULL},
    {"Bolivia", NULL},
    {"Botswana", NULL},
    {"Brazil", NULL},
    {"Britain", "United Kingdom"},
    {"Bulgaria", NULL},
    {"Burma", NULL},
    {"Burundi", NULL},
    {"Cambodia", NULL},
    {"Cameroon", NULL},
    {"Canada", NULL},
    {"Central African Republic", NULL},
    {"Ceylon", "Sri Lanka"},
    {"Chile", NULL},
    {"China", NULL},
    {"Colombia", NULL},
    {"Congo", NULL},
    {"Costa Rica", NULL},
    {"Cuba", NULL},
    {"Cyprus", NULL},
    {"Czech Republic", NULL},
    {"Czechoslovakia", NULL},
    {"DPRK", "North Korea"},
    {"DRV", "North Vietnam"},
    {"Dahomey", "Benin"},
    {"Democratic People's Republic of Korea", "North Korea"},
    {"Democratic People’s Republic of Korea", "North Korea"},
    {"Democratic Republic of Vietnam", "North Vietnam"},
    {"Democratic Republic of the Congo", NULL},
    {"Denmark", NULL},
    {"Dominican Republic", NULL},
    {"East China Sea", ""},
    {"East Germany", NULL},
    {"Ecuador", NULL},
    {"Egypt", NULL},
    {"El Salvador", NULL},
    {"Equatorial Guinea", NULL},
    {"Estonia", NULL},
    {"Ethiopia", NULL},
    {"FRG", "West Germany"},
    {"Federal Republic of Germany", "West Germany"},
    {"Finland", NULL},
    {"France", NULL},
    {"GDR", "East Germany"},
    {"Gabon", NULL},
    {"German Democratic Republic", "East Germany"},
    {"Germany", NULL},
    {"Ghana", NULL},
    {"Great Britain", "United Kingdom"},
    {"Greece", NULL},
    {"Grenada", NULL},
    {"Guatemala", NULL},
    {"Guinea", NULL},
    {"Guinea-Bissau", NULL},
    {"Gulf of Guinea", ""},
    {"Guyana", NULL},
    {"Haiti", NULL},
    {"Honduras", NULL},
    {"Hong Kong", NULL},
    {"Hungary", NULL},
    {"Iceland", NULL},
    {"India", NULL},
    {"Indonesia", NULL},
    {"Inner Mongolia", ""},
    {"Iran", NULL},
    {"Iraq", NULL},
    {"Ireland", NULL},
    {"Israel", NULL},
    {"Italy", NULL},
    {"Ivory Coast", NULL},
    {"Jamaica", NULL},
    {"Japan", NULL},
    {"Jordan", NULL},
    {"Kazakhstan", NULL},
    {"Kenya", NULL},
    {"Korea", NULL},
    {"Kuwait", NULL},
    {"Kyrgyzstan", NULL},
    {"Laos", NULL},
    {"Latvia", NULL},
    {"Lebanon", NULL},
    {"Liberia", NULL},
    {"Libya", NULL},
    {"Lithuania", NULL},
    {"Luxembourg", NULL},
    {"Madagascar", NULL},
    {"Malawi", NULL},
    {"Malaya", NULL},
    {"Malaysia", NULL},
    {"Maldives", NULL},
    {"Malta", NULL},
    {"Mauritania", NULL},
    {"Mexico", NULL},
    {"Moldova", NULL},
    {"Mongolia", NULL},
    {"Montenegro", NULL},
    {"Morocco", NULL},
    {"Mozambique", NULL},
    {"Myanmar", "Burma"},
    {"Namibia", NULL},
    {"Nepal", NULL},
    {"Netherlands", NULL},
    {"New Guinea", ""},
    {"New Mexico", ""},
    {"New Zealand", NULL},
    {"Nicaragua", NULL},
    {"Nigeria", NULL},
    {"North Korea", NULL},
    {"North Vietnam", NULL},
    {"Northern Ireland", ""},
    {"Norway", NULL},
    {"Oman", NULL},
    {"PRC", "China"},
    {"Pakistan", NULL},
    {"Palestine", NULL},
    {"Panama", NULL},
    {"Papua New Guinea", NULL},
    {"Paraguay", NULL},
    {"Persia", "Iran"},
    {"Peru", NULL},
    {"Philippines", NULL},
    {"Poland", NULL},
    {"Portugal", NULL},
    {"ROK", "South Korea"},
    {"Republic of Korea", "South Korea"},
    {"Republic of Vietnam", "South Vietnam"},
    {"Rhodesia", NULL},
    {"Romania", NULL},
    {"Rumania", "Romania"},
    {"Russia", NULL},
    {"Rwanda", NULL},
    {"Saudi Arabia", NULL},
    {"Sea of Japan", ""},
    {"Senegal", NULL},
    {"Serbia", NULL},
    {"Sierra Leone", NULL},
    {"Singapore", NULL},
    {"Slovakia", NULL},
    {"Slovenia", NULL},
    {"Somalia", NULL},
    {"South Africa", NULL},
    {"South China Sea", ""},
    {"South Korea", NULL},
    {"South Vietnam", NULL},
    {"South Yemen", NULL},
    {"Soviet Union", NULL},
    {"Spain", NULL},
    {"Sri Lanka", NULL},
    {"Sudan", NULL},
    {"Sweden", NULL},
    {"Switzerland", NULL},
    {"Syria", NULL},
    {"Taiwan", NULL},
    {"Tajikistan", NULL},
    {"Tanganyika", NULL},
    {"Tanzania", NULL},
    {"Thailand", NULL},
    {"Tunisia", NULL},
    {"Turkey", NULL},
    {"Turkmenistan", NULL},
    {"U.S.S.R.", "Soviet Union"},
    {"USA", "United States"},
    {"USSR", "Soviet Union"},
    {"Uganda", NULL},
    {"Ukraine", NULL},
    {"United Arab Republic", NULL},
    {"United Kingdom", NULL},
    {"United States", NULL},
    {"Uruguay", NULL},
    {"Uzbekistan", NULL},
    {"Venezuela", NULL},
    {"Viet Nam", "Vietnam"},
    {"Vietnam", NULL},
    {"West Germany", NULL},
    {"Yemen", NULL},
    {"Yugoslavia", NULL},
    {"Zaire", NULL},
    {"Zambia", NULL},
    {"Zimbabwe", NULL},
};

/* Whether a letter or digit stands there.  Of what is beyond ASCII, all but Latin-1 signs and general punctuation
 * counts. */
static bool letter_at(search_text title, size_t at) {
    if (at >= title.n_bytes)
        return false;
    if ((unsigned char)title.bytes[at] < 0x80)
        return is_word_byte(title.bytes[at]);
    uint32_t c = utf8_next(title.bytes, title.n_bytes, &at);
    return c > 0xBF && (c < 0x2000 || c > 0x206F);
}

static bool letter_before(search_text title, size_t at) {
    if (at == 0)
        return false;
    do
        at--;
    while (at > 0 && ((unsigned char)title.bytes[at] & 0xC0u) == 0x80u);
    return letter_at(title, at);
}

static bool stands_at(search_text title, size_t at, const char *name) {
    bool is_printed = true;
    bool is_capital = true;
    size_t n = strlen(name);
    if (n > title.n_bytes - at)
        return false;
    for (size_t i = 0; i < n && (is_printed || is_capital); i++) {
        char c = title.bytes[at + i];
        is_printed = is_printed && c == name[i];
        is_capital = is_capital && (is_lower(name[i]) ? is_upper(c) && to_lower(c) == name[i] : c == name[i]);
    }
    return (is_printed || is_capital) && !letter_at(title, at + n);
}

/* The country with the longest name at this place, or NOT_FOUND.  Every name begins with a capital. */
static size_t country_at(search_text title, size_t at) {
    size_t best = NOT_FOUND;
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        if (countries[i].name[0] == title.bytes[at] && stands_at(title, at, countries[i].name) &&
            (best == NOT_FOUND || strlen(countries[i].name) > strlen(countries[best].name)))
            best = i;
    return best;
}

static bool has_place(const search_record *record, const char *place) {
    for (size_t i = 0; i < search_record_n_values(record, "places"); i++)
        if (text_equals(search_record_value(record, "places", i), place))
            return true;
    return false;
}

bool places_has_name(search_text text) {
    for (size_t at = 0; at < text.n_bytes && at < MAX_TITLE; at++)
        if (is_upper(text.bytes[at]) && !letter_before(text, at) && country_at(text, at) != NOT_FOUND)
            return true;
    return false;
}

static search_status add_named(search_record *record, search_text text, search_error *error) {
    if (text.n_bytes > MAX_TITLE)
        text.n_bytes = utf8_cut(text.bytes, text.n_bytes, MAX_TITLE);
    for (size_t at = 0; at < text.n_bytes;) {
        bool is_start = is_upper(text.bytes[at]) && !letter_before(text, at);
        size_t found = is_start ? country_at(text, at) : NOT_FOUND;
        if (found == NOT_FOUND) {
            at++;
            continue;
        }
        at += strlen(countries[found].name);
        const char *value = countries[found].value == NULL ? countries[found].name : countries[found].value;
        search_status status =
            has_place(record, value) ? SEARCH_OK : search_record_add(record, "places", search_text_of(value), error);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

search_status places_derive(search_record *record, search_error *error) {
    static const char *const keys[] = {"title", "from", "to"};
    if (search_record_n_values(record, "places") > 0)
        return SEARCH_OK;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t i = 0; i < search_record_n_values(record, keys[k]) && i < MAX_PARTIES; i++) {
            search_status status = add_named(record, search_record_value(record, keys[k], i), error);
            if (status != SEARCH_OK)
                return status;
        }
    return search_record_n_values(record, "places") > 0 ? record_set_derived(record, "places", error) : SEARCH_OK;
}
