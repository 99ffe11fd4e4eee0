/* The names that archives give to the keys of a record, in the columns of a table and in front matter.  A name is
 * folded first: "Original Archive", "original-archive" and "OriginalArchive" are one. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"

typedef struct key_synonyms {
    const char *key;
    const char *names; /* divided by blanks, without underscores */
} key_synonyms;

/* doc/formats.md shows this table.  The last rows are of the front matter of the Documents on Australian Foreign
 * Policy. */
static const key_synonyms table[] = {
    {"id", "recordid documentid docid identifier recordidentifier"},
    {"title", "documenttitle doctitle heading headline"},
    {"body", "text fulltext bodytext content transcript transcription translation englishtranslation translatedtext"},
    {"summary", "abstract description synopsis"},
    {"date", "docdate documentdate dateofdocument datecreated creationdate dated"},
    {"classification", "originalclassification securityclassification secrecy"},
    {"number", "no num docnum docno docnumber documentno documentnumber cableno cablenumber telegramno telegramnumber "
               "messageno messagenumber despatchno despatchnumber dispatchno dispatchnumber"},
    {"from", "author authors sender senders sentby creator creators originator"},
    {"to", "addressee addressees recipient recipients receiver sentto"},
    {"distribution", "distributionlist copies copiesto cc info"},
    {"places", "place coverage coverages originalcoverages location locations country countries associatedplaces"},
    {"people", "person persons personpeople names peopleorganizations peopleandorganizations associatedpeople "
               "associatedpeopleorganizations associatedpeopleandorganizations"},
    {"topics", "topic subject subjects subjectsdiscussed associatedtopics keyword keywords tag tags"},
    {"archive", "originalarchive repository repositories originalrepository holdingarchive holdinginstitution"},
    {"source", "reference references citation archivalreference originalsource sourcecitation shelfmark"},
    {"translators", "translator translatedby"},
    {"donors", "donor fundedby"},
    {"language", "languages"},
    {"original", "originaltext originaltranscript"},
    {"original_language", "originallanguage"},
    {"collection", "collections voltitle"},
    {"uploaded", "uploaddate uploadeddate dateuploaded originaluploadeddate"},
    {"url", "link uri permalink weblink webaddress"},
    {"source", "naarefsreference"},
    {"series", "naarefsnaaseries"},
};

void key_fold(search_text name, char out[KEY_MAX_N_BYTES + 1]) {
    static const uint32_t no_break_space = 0xA0;
    size_t n = 0;
    name = text_trim(name);
    for (size_t at = 0; at < name.n_bytes;) {
        size_t from = at;
        uint32_t c = utf8_next(name.bytes, name.n_bytes, &at);
        bool is_word = is_word_byte(name.bytes[from]) && c != no_break_space && c != UTF8_BAD;
        if (n + (at - from) > KEY_MAX_N_BYTES)
            break;
        if (is_word)
            for (size_t i = from; i < at; i++)
                out[n++] = to_lower(name.bytes[i]);
        else if (c != '(' && c != ')' && n > 0 && out[n - 1] != '_')
            out[n++] = '_';
    }
    while (n > 0 && out[n - 1] == '_')
        n--;
    out[n] = '\0';
}

/* Whether the folded name, its underscores left out, is the word. */
static bool is_name(const char *folded, search_text word) {
    size_t at = 0;
    for (; *folded != '\0'; folded++)
        if (*folded != '_' && (at == word.n_bytes || word.bytes[at++] != *folded))
            return false;
    return at == word.n_bytes;
}

const char *key_of(const char *folded) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(folded, table[i].key) == 0)
            return table[i].key;
        search_text word;
        for (size_t at = 0; text_next_word(search_text_of(table[i].names), &at, &word);)
            if (is_name(folded, word))
                return table[i].key;
    }
    return folded;
}

/* "Kim Il Sung; Pak Hon Yong" and "A | B" are two values.  A comma is part of a name. */
static search_status add_divided(search_record *record, const char *key, search_text value, search_error *error) {
    for (size_t from = 0; from <= value.n_bytes;) {
        size_t to = from;
        while (to < value.n_bytes && value.bytes[to] != ';' && value.bytes[to] != '|')
            to++;
        search_status status = search_record_add(record, key, text_part(value, from, to), error);
        if (status != SEARCH_OK)
            return status;
        from = to + 1;
    }
    return SEARCH_OK;
}

/* Of a key of one value.  A synonym never replaces: the second of "Date" and "Doc date" is kept under its own name. */
static const char *free_key(const search_record *record, const char *folded) {
    const char *key = key_of(folded);
    return search_record_n_values(record, key) > 0 ? folded : key;
}

/* What a synonym has put under a key of one value goes back to its name before the key's own value comes. */
static search_status give_way(search_record *record, const char *key, search_error *error) {
    const char *synonym = record_synonym(record, key);
    search_status status =
        synonym == NULL ? SEARCH_OK : search_record_add(record, synonym, search_record_value(record, key, 0), error);
    if (status == SEARCH_OK && synonym != NULL)
        record_remove(record, key);
    return status;
}

static search_status add_one(search_record *record, const char *folded, search_text value, search_error *error) {
    const char *key = free_key(record, folded);
    bool is_own = strcmp(key, folded) == 0;
    if (text_trim(value).n_bytes == 0)
        return SEARCH_OK;
    search_status status = is_own ? give_way(record, key, error) : SEARCH_OK;
    if (status == SEARCH_OK)
        status = search_record_add(record, key, value, error);
    return status == SEARCH_OK && !is_own ? record_set_synonym(record, key, folded, error) : status;
}

search_status key_add(search_record *record, const char *folded, search_text value, search_error *error) {
    if (strcmp(folded, "derived") == 0)
        return SEARCH_OK;
    const char *key = key_of(folded);
    switch (record_arity_of(key)) {
    case RECORD_ONE_VALUE:
        return add_one(record, folded, value, error);
    case RECORD_MANY_VALUES:
        return add_divided(record, key, value, error);
    case RECORD_UNKNOWN_KEY:
        break;
    }
    return search_record_add(record, key, value, error);
}

/* Keys of one value take the values of a list in one text, and stay short: each value copies those before it. */
static search_status add_joined(search_record *record, const char *key, search_text value, search_error *error) {
    search_text before = search_record_value(record, key, 0);
    value = text_trim(value);
    if (before.n_bytes == 0 || value.n_bytes == 0)
        return search_record_add(record, key, value, error);
    if (before.n_bytes + value.n_bytes > KEY_MAX_N_JOINED)
        return error_set(error, SEARCH_E_INPUT, "record.wrong_kind", "the key \"%s\" takes one text, not a long list",
                         key);
    buffer joined = {0};
    buffer_add(&joined, before.bytes, before.n_bytes);
    buffer_add_string(&joined, "; ");
    buffer_add(&joined, value.bytes, value.n_bytes);
    search_status status = joined.failed
                               ? error_memory(error)
                               : search_record_add(record, key, (search_text){joined.bytes, joined.n_bytes}, error);
    buffer_free(&joined);
    return status;
}

search_status key_add_item(search_record *record, const char *folded, search_text value, search_error *error) {
    if (strcmp(folded, "derived") == 0)
        return SEARCH_OK;
    const char *key = key_of(folded);
    if (record_arity_of(key) == RECORD_ONE_VALUE)
        return add_joined(record, key, value, error);
    return search_record_add(record, key, value, error);
}
