/* What the files of the message reader share: message.c divides a file into messages, message_text.c reads one, and
 * message_line.c tells what a line is. */
#ifndef LIBSEARCH_CABLE_MESSAGE_H
#define LIBSEARCH_CABLE_MESSAGE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

#define MAX_LINE 300 /* bytes; a longer line is prose */

/* As IS_ONE_OF, with case: what a telegram has in capitals means something else in prose. */
static inline bool equals_one_of(search_text text, const char *const *words, size_t n_words) {
    for (size_t i = 0; i < n_words; i++)
        if (text_equals(text, words[i]))
            return true;
    return false;
}
#define EQUALS_ONE_OF(text, words) equals_one_of(text, words, sizeof(words) / sizeof *(words))

static inline search_text buffer_text(const buffer *b) {
    return (search_text){b->bytes == NULL ? "" : b->bytes, b->n_bytes};
}

/* Headers are in capitals, and prose need not be. */
static inline bool starts_exactly(search_text text, const char *string) {
    size_t n = strlen(string);
    return text.n_bytes >= n && memcmp(text.bytes, string, n) == 0;
}

static inline bool is_number(search_text word, size_t n_min, size_t n_max) {
    for (size_t i = 0; i < word.n_bytes; i++)
        if (!is_digit(word.bytes[i]))
            return false;
    return word.n_bytes >= n_min && word.n_bytes <= n_max;
}

static inline bool is_capitals(search_text word) {
    bool has_letter = false;
    for (size_t i = 0; i < word.n_bytes; i++) {
        if (!is_upper(word.bytes[i]) && strchr("-/.'", word.bytes[i]) == NULL)
            return false;
        has_letter = has_letter || is_upper(word.bytes[i]);
    }
    return has_letter;
}

/* ---- message_line.c ---- */
/* What stands before the rest of a line when it is a classification, with or without spaces between its letters:
 * "C O N F I D E N T I A L".  Null when the line begins otherwise. */
const char *message_grade(search_text line, search_text *rest);
bool message_is_grade_line(search_text line); /* nothing else */
bool message_is_handling(search_text word);   /* "EXDIS" */
bool message_is_handling_line(search_text line);
size_t message_post_and_number(search_text text); /* "SEOUL 01234": where it ends, or 0 */
const char *message_urgency(search_text word);    /* "Immediate" of "IMMEDIATE", "O", "OO"; null of others */
/* "O P 021530Z DEC 61" */
typedef struct time_group {
    const char *urgency; /* null: none given */
    search_text printed;
    char day[32]; /* "2 DEC 1961" */
} time_group;
bool message_time_group(search_text line, time_group *out);
/* The rest of a line that begins with one of the labels and a colon: "SUBJ:", "Subject:". */
bool message_has_label(search_text line, const char *const *labels, size_t n_labels, search_text *rest);
#define HAS_LABEL(line, labels, rest) message_has_label(line, labels, sizeof(labels) / sizeof *(labels), rest)
bool message_is_executive_order(search_text line); /* "E.O. 12065: GDS 11/15/85", "EO 12958: DECL: ..." */
bool message_has_offices(search_text text);        /* "OCT-00 ADS-00 /030 R": a word of capitals and a count */
bool message_is_address(search_text line);         /* "SECSTATE WASHDC PRIORITY 1234" */
bool message_is_drafting(search_text line);        /* "DRAFTED BY ..." */
bool message_is_clearance(search_text line);       /* "EUR/EE:CWSCHMIDT": who cleared it */
bool message_is_page_line(search_text line);
bool message_is_furniture(search_text line);    /* of the page, the release or the wire: no text */
bool message_is_above_header(search_text line); /* may stand above FM */

/* ---- message_text.c ---- */
typedef enum message_field {
    FIELD_NONE,
    FIELD_TO,
    FIELD_INFO,
    FIELD_DRAFTING,
    FIELD_ORDER,
    FIELD_TAGS,
    FIELD_TITLE,
    FIELD_REFERENCES,
} message_field;

typedef struct message {
    search_record *record; /* null: none */
    size_t line;
    unsigned section; /* 0: not said */
    buffer body;
    size_t n_body_lines;
    size_t n_above; /* of them, above FM: nobody knows what they are */
    bool after_blank;
    bool after_page;
    bool is_over; /* what follows is the release's own data */
    message_field field;
    buffer value;  /* of the field, so far */
    size_t n_last; /* bytes of its last line */
    search_text received;
    search_status status;
    search_error *error;
} message;

/* Reads the lines of a message into its record and body, which are not joined yet.  *m has its line and error. */
search_status message_read_text(message *m, search_text text);
bool message_has(const message *m, const char *key);
void message_add(message *m, const char *key, search_text value); /* unless something failed before */
/* A name in capitals that ends the text: "BERGER", "VAN DYKE". */
void message_read_signature(message *m);
void message_free(message *m);

#endif
