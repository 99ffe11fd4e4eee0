/* Classification and urgency in a short list of forms, whatever archive they come from.
 *
 * A text is compared by its letters alone, in lower case, so that "TOP SECRET", "Top-secret" and "T O P  S E C R E T"
 * are one.  It may hold several gradings ("Secret. Very urgent"): the highest of each kind counts.  A text that begins
 * with one and goes on ("Top secret! Made in 2 copies") has it, too.  The forms of other countries stand where their
 * translators put them: what is above "secret" is "Top Secret", and what is for use inside an office is "Restricted".
 */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

#define MAX_GRADING 200 /* bytes; a longer text is no grading */

/* Higher first. */
static const char *const classifications[] = {"Top Secret", "Secret", "Confidential", "Restricted", "Unclassified"};
static const char *const urgencies[] = {"Flash", "Immediate", "Urgent", "Priority", "Routine"};
enum { TOP_SECRET, SECRET, CONFIDENTIAL, RESTRICTED, UNCLASSIFIED, N_LEVELS };
enum { FLASH, IMMEDIATE, URGENT, PRIORITY, ROUTINE };

typedef enum phrase_kind { PHRASE_CLASSIFICATION, PHRASE_URGENCY, PHRASE_OTHER } phrase_kind;

typedef struct phrase {
    const char *letters; /* in lower case, without spaces */
    phrase_kind kind;
    int level;
} phrase;

static const phrase phrases[] = {
    {"topsecret", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"mostsecret", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"verysecret", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"strictlysecret", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"absolutelysecret", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"ofspecialimportance", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"specialimportance", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"sovershennosekretno", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"совершенносекретно", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"совсекретно", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"особойважности", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"строгосекретно", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"strengeheim", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"strenggeheim", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"szigorúantitkos", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"ściśletajne", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"přísnětajné", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"strictsecret", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"绝密", PHRASE_CLASSIFICATION, TOP_SECRET},
    {"secret", PHRASE_CLASSIFICATION, SECRET},
    {"sekretno", PHRASE_CLASSIFICATION, SECRET},
    {"секретно", PHRASE_CLASSIFICATION, SECRET},
    {"geheim", PHRASE_CLASSIFICATION, SECRET},
    {"titkos", PHRASE_CLASSIFICATION, SECRET},
    {"tajne", PHRASE_CLASSIFICATION, SECRET},
    {"tajné", PHRASE_CLASSIFICATION, SECRET},
    {"机密", PHRASE_CLASSIFICATION, SECRET},
    {"confidential", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"strictlyconfidential", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"highlyconfidential", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"veryconfidential", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"vertraulich", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"poufne", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"秘密", PHRASE_CLASSIFICATION, CONFIDENTIAL},
    {"restricted", PHRASE_CLASSIFICATION, RESTRICTED},
    {"internal", PHRASE_CLASSIFICATION, RESTRICTED},
    {"internaluse", PHRASE_CLASSIFICATION, RESTRICTED},
    {"internaluseonly", PHRASE_CLASSIFICATION, RESTRICTED},
    {"forinternaluse", PHRASE_CLASSIFICATION, RESTRICTED},
    {"forinternaluseonly", PHRASE_CLASSIFICATION, RESTRICTED},
    {"officialuseonly", PHRASE_CLASSIFICATION, RESTRICTED},
    {"forofficialuse", PHRASE_CLASSIFICATION, RESTRICTED},
    {"forofficialuseonly", PHRASE_CLASSIFICATION, RESTRICTED},
    {"limitedofficialuse", PHRASE_CLASSIFICATION, RESTRICTED},
    {"forserviceuse", PHRASE_CLASSIFICATION, RESTRICTED},
    {"forserviceuseonly", PHRASE_CLASSIFICATION, RESTRICTED},
    {"дляслужебногопользования", PHRASE_CLASSIFICATION, RESTRICTED},
    {"unclassified", PHRASE_CLASSIFICATION, UNCLASSIFIED},
    {"unclas", PHRASE_CLASSIFICATION, UNCLASSIFIED},
    {"unclasefto", PHRASE_CLASSIFICATION, UNCLASSIFIED},
    {"notclassified", PHRASE_CLASSIFICATION, UNCLASSIFIED},
    {"notsecret", PHRASE_CLASSIFICATION, UNCLASSIFIED},
    {"flash", PHRASE_URGENCY, FLASH},
    {"immediate", PHRASE_URGENCY, IMMEDIATE},
    {"mostimmediate", PHRASE_URGENCY, IMMEDIATE},
    {"operationalimmediate", PHRASE_URGENCY, IMMEDIATE},
    {"niactimmediate", PHRASE_URGENCY, IMMEDIATE},
    {"outofturn", PHRASE_URGENCY, IMMEDIATE},
    {"внеочереди", PHRASE_URGENCY, IMMEDIATE},
    {"urgent", PHRASE_URGENCY, URGENT},
    {"veryurgent", PHRASE_URGENCY, URGENT},
    {"mosturgent", PHRASE_URGENCY, URGENT},
    {"extremelyurgent", PHRASE_URGENCY, URGENT},
    {"especiallyurgent", PHRASE_URGENCY, URGENT},
    {"extraurgent", PHRASE_URGENCY, URGENT},
    {"срочно", PHRASE_URGENCY, URGENT},
    {"весьмасрочно", PHRASE_URGENCY, URGENT},
    {"dringend", PHRASE_URGENCY, URGENT},
    {"priority", PHRASE_URGENCY, PRIORITY},
    {"routine", PHRASE_URGENCY, ROUTINE},
    {"and", PHRASE_OTHER, 0},
    {"personal", PHRASE_OTHER, 0},
    {"strictlypersonal", PHRASE_OTHER, 0},
    {"eyesonly", PHRASE_OTHER, 0},
    {"guard", PHRASE_OTHER, 0},
};

/* ---- Letters -------------------------------------------------------------------------------------------------- */

/* Lower case of the scripts of the table: Latin with its marks, and Cyrillic. */
static uint32_t lower_of(uint32_t c) {
    bool is_latin_1 = c >= 0xC0 && c <= 0xDE && c != 0xD7;
    bool is_even_pair = (c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177);
    bool is_odd_pair = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    if ((c >= 'A' && c <= 'Z') || is_latin_1 || (c >= 0x410 && c <= 0x42F))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c + 0x50;
    if (is_even_pair)
        return c | 1u;
    return is_odd_pair && c % 2 == 1 ? c + 1 : c;
}

static bool is_letter(uint32_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= 0xC0 && c != UTF8_BAD && (c < 0x2000 || c > 0x206F) && (c < 0x3000 || c > 0x303F));
}

/* How many bytes of the text, from `from`, spell the letters, whatever stands between them; 0: they do not. */
static size_t spelled_at(search_text text, size_t from, const char *letters) {
    size_t n = strlen(letters);
    size_t at = from;
    for (size_t i = 0; i < n;) {
        uint32_t wanted = utf8_next(letters, n, &i);
        uint32_t c = 0;
        do {
            if (at >= text.n_bytes)
                return 0;
            c = utf8_next(text.bytes, text.n_bytes, &at);
            if (c >= '0' && c <= '9')
                return 0;
        } while (!is_letter(c));
        if (lower_of(c) != wanted)
            return 0;
    }
    return at - from;
}

/* Whether a word goes on there. */
static bool goes_on(search_text text, size_t at) {
    return at < text.n_bytes && is_letter(utf8_next(text.bytes, text.n_bytes, &at));
}

static const phrase *longest_at(search_text text, size_t from, size_t *n_bytes) {
    const phrase *best = NULL;
    *n_bytes = 0;
    if (from == text.n_bytes)
        return NULL;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        size_t n = spelled_at(text, from, phrases[i].letters);
        if (n > *n_bytes && !goes_on(text, from + n)) {
            best = &phrases[i];
            *n_bytes = n;
        }
    }
    return best;
}

static bool has_letter_or_digit(search_text text) {
    for (size_t at = 0; at < text.n_bytes;) {
        uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        if (is_letter(c) || (c >= '0' && c <= '9'))
            return true;
    }
    return false;
}

/* ---- Gradings ------------------------------------------------------------------------------------------------- */

bool grading_read(search_text text, grading *out) {
    int levels[] = {[PHRASE_CLASSIFICATION] = N_LEVELS, [PHRASE_URGENCY] = N_LEVELS, [PHRASE_OTHER] = N_LEVELS};
    size_t at = 0;
    size_t n = 0;
    *out = (grading){.classification = NULL};
    if (text.n_bytes > MAX_GRADING)
        return false;
    for (const phrase *p; (p = longest_at(text, at, &n)) != NULL; at += n)
        if (p->level < levels[p->kind])
            levels[p->kind] = p->level;
    int classification = levels[PHRASE_CLASSIFICATION];
    int urgency = levels[PHRASE_URGENCY];
    out->classification = classification < N_LEVELS ? classifications[classification] : NULL;
    out->urgency = urgency < N_LEVELS ? urgencies[urgency] : NULL;
    out->is_whole = !has_letter_or_digit(text_from(text, at));
    return out->classification != NULL || out->urgency != NULL;
}

/* Puts a form under a key that may hold another, which is kept as the original. */
static search_status put_form(search_record *record, const char *key, const char *original_key, const char *form,
                              search_error *error) {
    search_text printed = search_record_value(record, key, 0);
    if (text_equals(printed, form))
        return SEARCH_OK;
    search_status status = SEARCH_OK;
    if (printed.n_bytes > 0 && search_record_n_values(record, original_key) == 0)
        status = search_record_add(record, original_key, printed, error);
    if (status != SEARCH_OK)
        return status;
    return printed.n_bytes > 0 ? record_replace(record, key, 0, search_text_of(form), error)
                               : search_record_add(record, key, search_text_of(form), error);
}

/* "Urgent" in the field of the classification belongs in the other. */
static search_status move_to_urgency(search_record *record, const char *form, search_error *error) {
    search_text printed = search_record_value(record, "classification", 0);
    bool has_urgency = search_record_n_values(record, "urgency") > 0;
    search_status status = has_urgency ? SEARCH_OK : search_record_add(record, "urgency", printed, error);
    if (status == SEARCH_OK && !has_urgency)
        status = put_form(record, "urgency", "urgency_original", form, error);
    if (status == SEARCH_OK)
        record_remove(record, "classification");
    return status;
}

search_status classification_normalise(search_record *record, search_error *error) {
    grading read;
    search_status status = SEARCH_OK;
    bool is_text = record_is_text(record, "classification") && record_is_text(record, "urgency");
    if (is_text && grading_read(search_record_value(record, "classification", 0), &read)) {
        if (read.classification == NULL)
            status = move_to_urgency(record, read.urgency, error);
        else
            status = put_form(record, "classification", "classification_original", read.classification, error);
        if (status == SEARCH_OK && read.urgency != NULL && search_record_n_values(record, "urgency") == 0)
            status = search_record_add(record, "urgency", search_text_of(read.urgency), error);
    }
    if (status == SEARCH_OK && is_text && grading_read(search_record_value(record, "urgency", 0), &read) &&
        read.urgency != NULL)
        status = put_form(record, "urgency", "urgency_original", read.urgency, error);
    return status;
}
