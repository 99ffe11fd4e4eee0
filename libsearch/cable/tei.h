/* What the files of the TEI reader share: tei.c hears the tags, tei_document.c makes records of what is in them, and
 * tei_flow.c joins their text. */
#ifndef LIBSEARCH_CABLE_TEI_H
#define LIBSEARCH_CABLE_TEI_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include <libxml/parser.h>

#define MAX_SECTIONS 16
#define MAX_HEAD 1000 /* bytes; a longer head of a section is no topic */
#define MAX_MARK 8    /* bytes; a longer footnote number is replaced by a count */

/* ---- tei_flow.c: flowing text: white space collapses, and what divides blocks stands only between text ---- */
typedef enum flow_break { BREAK_NONE, BREAK_SPACE, BREAK_CELL, BREAK_LINE, BREAK_PARAGRAPH } flow_break;

typedef struct flow {
    buffer text;
    flow_break due; /* before the next character */
    bool is_line;   /* every break is a space */
    bool is_held;   /* after a label: what it labels begins on its line */
} flow;

static inline bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* What has to stand before the next character, if that is more than what was asked for already. */
void flow_ask(flow *f, flow_break wanted);
void flow_write(flow *f, const char *bytes, size_t n_bytes); /* as it is */
void flow_add(flow *f, const char *bytes, size_t n_bytes);   /* words, and the white space between them */
search_text flow_text(const flow *f);
void flow_clear(flow *f); /* and gives back much memory */

/* ---- Elements ---- */
typedef enum element_role {
    ROLE_INLINE,
    ROLE_BLOCK,
    ROLE_SKIPPED,
    ROLE_BREAK, /* an empty element that is a break: lb */
    ROLE_LABEL,
    ROLE_LIST,
    ROLE_DIV,
    ROLE_ATTACHMENT,
    ROLE_HEAD,
    ROLE_NOTE,
    ROLE_OPENER,
    ROLE_SEGMENT,
    ROLE_DATELINE,
    ROLE_DATE,
    ROLE_PLACE,
    ROLE_PERSON,
    ROLE_CHOICE,
    ROLE_PASSED_OVER, /* in a choice: what was corrected */
    ROLE_ROOT,
    ROLE_HEADER,
    ROLE_TITLE,
    ROLE_NAME, /* idno */
} element_role;

typedef struct element_kind {
    const char *name;
    element_role role;
    flow_break around;
} element_kind;

/* A start tag: its attributes as libxml2 hands them, five pointers each. */
typedef struct tei_tag {
    const element_kind *kind;
    const xmlChar **attributes;
    size_t n_attributes;
} tei_tag;

/* The attribute of this name, whatever its prefix; empty when there is none. */
search_text tei_attribute(const tei_tag *tag, const char *name);

/* Where an element stands: its own role and those of the elements around it, up to the document. */
enum {
    IN_HEAD = 1,
    IN_DATELINE = 2,
    IN_PARTICIPANTS = 4,
    IN_ATTACHMENT = 8,
    IN_NOTE = 16,
    IN_OPENER = 32,
    IN_HEADER = 64,
    IN_CHOICE = 128,
};

typedef enum party { PARTY_NONE, PARTY_FROM, PARTY_TO } party;

typedef struct open_element {
    const element_kind *kind;
    unsigned place;
    party is_party;
    bool is_section; /* a div around documents */
    bool is_own_note;
    flow *to;    /* where its text goes; null: nowhere */
    size_t from; /* what of it is the element's */
} open_element;

typedef struct tei_document {
    size_t depth; /* of its div; 0: none is open */
    size_t line;
    search_record *record;
    flow title;
    flow body;
    flow notes;
    flow note;
    char mark[MAX_MARK + 1]; /* of the open note */
    bool is_source;          /* ... its kind */
    bool is_summary;
    size_t n_notes;
    char own_dates[32]; /* "1964-01-21..1964-02-05": what the div itself says */
    search_error why;   /* SEARCH_E_INPUT: it is no record */
} tei_document;

typedef struct tei_reader {
    cable_stream *stream;
    xmlParserCtxt *parser;
    search_status status;
    search_error *error;
    open_element *open;
    size_t n_open;
    flow volume;    /* its title */
    flow name;      /* its id */
    bool is_named;  /* by its own idno */
    bool has_title; /* the complete one */
    flow heads[MAX_SECTIONS];
    size_t n_sections; /* may exceed MAX_SECTIONS */
    tei_document document;
    size_t n_documents;
    search_error trouble; /* the first since the last report */
    size_t trouble_line;
} tei_reader;

/* ---- tei_document.c: the open document ---- */
/* Stops the reading. */
void tei_fail(tei_reader *r, search_status status);
/* What is wrong with a record is its own trouble; all else stops the reading. */
void tei_check(tei_reader *r, search_status status, const search_error *why);
void tei_report_trouble(tei_reader *r);
size_t tei_line(const tei_reader *r);
bool tei_has(const tei_reader *r, const char *key);
void tei_add(tei_reader *r, const char *key, search_text value);
/* A name out of the text: on one line, without what divides it from the next, and not twice. */
void tei_add_name(tei_reader *r, const char *key, search_text text);
/* A document over the limit is read to its end, and nothing of it is kept. */
void tei_check_size(tei_reader *r);
void tei_start_document(tei_reader *r, const tei_tag *tag);
void tei_finish_document(tei_reader *r);
void tei_start_note(tei_reader *r, const tei_tag *tag, open_element *e);
void tei_end_note(tei_reader *r, const open_element *e);
/* The date of a start tag, unless there is one already. */
void tei_read_date(tei_reader *r, const tei_tag *tag);

#endif
