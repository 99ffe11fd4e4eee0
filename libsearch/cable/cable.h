/* Source to record: the record model and the readers.  Knows nothing of terms or indexes. */
#ifndef LIBSEARCH_CABLE_CABLE_H
#define LIBSEARCH_CABLE_CABLE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

#define RECORD_MAX_N_BYTES ((size_t)32 << 20)
#define RECORD_MAX_N_VALUES ((size_t)100000) /* a value costs some 50 bytes beside its own */

/* ---- record.c: behind search_record_… of the public header; what only the library uses ---- */
typedef enum record_form {
    RECORD_ONE = 1,  /* written to JSON as a string */
    RECORD_LIST = 2, /* written as a list of strings, also when there is one */
    RECORD_JSON = 3, /* the one value is JSON text, written as it is: a number, an object, a list of other things */
} record_form;
typedef struct record_value {
    char *bytes; /* ends in a NUL that is not counted */
    size_t n_bytes;
} record_value;
typedef struct record_key {
    char *name;
    size_t n_name;
    char *synonym; /* the name that its value was given under; null: its own */
    record_form form;
    bool derived;
    record_value *values;
    size_t n_values;
    size_t capacity;
} record_key;
struct search_record {
    record_key *keys;
    size_t n_keys;
    size_t capacity;
    size_t n_bytes;  /* of keys and values: at most RECORD_MAX_N_BYTES */
    size_t n_values; /* of all keys: at most RECORD_MAX_N_VALUES */
    size_t n_block;  /* of the block that the record is at the head of, see record_in_block; 0: none */
};
/* An empty record with room behind it, in one allocation, for so many keys, which `keys` is set to, values, and bytes
 * of names and values with a NUL behind each: for what makes a record whose size is known.  What is added or replaced
 * later is allocated by itself.  Null: out of memory. */
search_record *record_in_block(size_t n_keys, size_t n_values, size_t n_text, record_value **values, char **text);
/* The two ways of search_record_from_json: the plain case read fast, null when it is not plain, not sound or memory is
 * out (record_scan.c), and by a parser, which takes and judges everything (record_json.c). */
search_record *record_scan_json(search_text json);
search_status record_parse_json(search_text json, search_record **out, search_error *error);
/* ---- record_frame.c: a record as bytes for the program's own files, without its synonyms ---- */
bool record_frame_write(buffer *out, const search_record *record); /* false: out of memory */
bool record_add_json(buffer *out, const search_record *record);    /* appends what search_record_to_json gives */
/* Takes any bytes.  SEARCH_E_SYSTEM "staging.damaged": they are no frame. */
search_status record_frame_read(search_text frame, search_record **out, search_error *error);

/* How many values a key of the cables schema takes; RECORD_UNKNOWN_KEY for any other, which takes many. */
typedef enum record_arity { RECORD_UNKNOWN_KEY, RECORD_ONE_VALUE, RECORD_MANY_VALUES } record_arity;
record_arity record_arity_of(const char *key);
/* As search_record_add, with the form a new key gets. */
search_status record_append(search_record *record, const char *key, search_text value, record_form form,
                            search_error *error);
/* Another text, valid UTF-8 that is not empty, in the place of value i of a key that the record has. */
search_status record_replace(search_record *record, const char *key, size_t i, search_text text, search_error *error);
void record_remove(search_record *record, const char *key);
record_key *record_find_key(const search_record *record, search_text name); /* null: there is none */
/* White space of Unicode at both ends cut. */
search_text text_trim(search_text text);
/* Notes under what other name the value of a key was given, and tells it; null: none was noted. */
search_status record_set_synonym(search_record *record, const char *key, const char *synonym, search_error *error);
const char *record_synonym(const search_record *record, const char *key);
/* The mark of a key.  SEARCH_E_ARGUMENT: the record has no such key. */
search_status record_set_derived(search_record *record, const char *key, search_error *error);
/* Whether every value was given as a string, not as other JSON. */
bool record_is_text(const search_record *record, const char *key);
search_record *record_clone(const search_record *record); /* null: out of memory */
/* The record's id: its own, else the number in its url, else "x-" and 16 hex digits of the digest of its content. */
search_status record_complete_id(search_record *record, search_error *error);

/* ---- dates.c: a date is an interval of days ---- */
typedef struct date_interval {
    int32_t earliest; /* YYYYMMDD; 0: undated */
    int32_t latest;
} date_interval;
typedef enum date_precision {
    DATE_UNDATED,
    DATE_DAY,
    DATE_MONTH,
    DATE_YEAR,
    DATE_DECADE,
    DATE_RANGE,
    DATE_ABOUT, /* "c. 1962": the year before to the year after */
} date_precision;
typedef struct date_reading {
    date_interval interval;
    date_precision precision;
    bool is_doubtful;    /* day and month may be the other way round, or the text has a question mark */
    date_interval other; /* day and month the other way round; undated: that is not the doubt, or it is a range */
} date_reading;
/* Reads one date or range: "1961-12-02", "December 2, 1961", "24.III.50", "10/14/50 at 03:15 a.m.", "March 1964",
 * "3-10 March 1964", "1960s", "c. 1962", "undated" and more, see dates.c; a year of two digits is of the twentieth
 * century.  False, and undated: anything else.  Days must exist. */
bool date_read_full(search_text text, date_reading *out);
/* The interval of date_read_full.  False: undated, or not understood. */
bool date_read(search_text text, date_interval *out);
void date_print(int32_t day, char out[16]); /* YYYY-MM-DD, "" for 0 */

/* ---- citation.c: "PRC FMA 118-01026-07, 125-128. Translated by David Cowhig." ---- */
typedef struct citation {
    search_text archive;   /* "PRC FMA"; empty when not understood */
    search_text reference; /* "PRC FMA 118-01026-07, 125-128": the citation without the credit tail */
    search_text credits;   /* "Translated by David Cowhig." */
} citation;                /* parts of the text given */
void citation_read(search_text source, citation *out);
/* One source of a reference.  The parts are of the text given and empty when they are not there. */
typedef struct citation_source {
    search_text text;
    search_text archive; /* "APRF" */
    search_text fond;    /* "45": a fond, record group or collection */
    search_text opis;    /* "1": the inventory of the fond */
    search_text folder;  /* a papka, box or bundle */
    search_text file;    /* "347": a delo, archival unit, item, file or inventory number */
    search_text pages;   /* "41-45": sheets, folios or pages */
    bool is_printed;     /* no archive, but a book or newspaper */
} citation_source;
#define CITATION_MAX_SOURCES 8
typedef struct citation_parts {
    citation_source sources[CITATION_MAX_SOURCES];
    size_t n_sources;
} citation_parts;
void citation_parts_read(search_text reference, citation_parts *out); /* of a reference of citation_read */

/* ---- credits.c: "Obtained by A; translated and edited by B, C, and D." ---- */
size_t credits_start(search_text source); /* the end of the text when there are none */
search_status citation_add_translators(search_record *record, search_text credits, search_error *error);
/* Everyone who did another thing than translate, or also another, to the key "contributors". */
search_status citation_add_contributors(search_record *record, search_text credits, search_error *error);

/* ---- places.c: countries named in a title ---- */
/* Places named in title, sender and addressee, added and marked when the record has none. */
search_status places_derive(search_record *record, search_error *error);
bool places_has_name(search_text text); /* whether a name of the table stands in it */

/* ---- people.c ---- */
/* The persons among senders, addressees and those the title names, added and marked when the record has none. */
search_status people_derive(search_record *record, search_error *error);

/* ---- classification.c: "TOP SECRET. Urgent" ---- */
typedef struct grading {
    const char *classification; /* "Top Secret", "Secret", "Confidential", "Restricted", "Unclassified"; null: none */
    const char *urgency;        /* "Flash", "Immediate", "Urgent", "Priority", "Routine"; null: none */
    bool is_whole;              /* the text says nothing else */
} grading;
/* What a text begins with; false when that is neither. */
bool grading_read(search_text text, grading *out);
/* Writes classification and urgency in the forms of the list; what was printed goes to classification_original and
 * urgency_original where it differs. */
search_status classification_normalise(search_record *record, search_error *error);

/* ---- metadata.c: the last step of completion, behind id, archive, translators and places ---- */
/* Contributors and people where there are none, gradings and hierarchical values in one form. */
search_status record_complete_metadata(search_record *record, search_error *error);

/* ---- noise.c: what scanning and wrong encodings leave in a text ---- */
typedef struct noise {
    size_t n;    /* how often; 0: never */
    size_t from; /* where the first is, in bytes */
    size_t to;
} noise;
noise noise_find_mojibake(search_text text);  /* "KoreaÃ¢â‚¬â„¢s": UTF-8 that was read as another encoding */
noise noise_find_ocr(search_text text);       /* "Secreta1·y", "~^|\\": misread letters */
noise noise_find_spacing(search_text text);   /* "S H T Y K O V" */
noise noise_find_bad_bytes(search_text text); /* U+FFFD */

/* ---- keys.c: the names archives give to the keys of a record ---- */
#define KEY_MAX_N_BYTES 200
#define KEY_MAX_N_JOINED 8192
/* Lower case, parentheses dropped, any other run of what is no letter or digit one "_"; long names are cut.  The name
 * is UTF-8; empty when it has no letter or digit. */
void key_fold(search_text name, char out[KEY_MAX_N_BYTES + 1]);
/* The key that a folded name stands for; the name itself when it is no synonym. */
const char *key_of(const char *folded);
/* Adds a value under the key of a folded name: keys of many values divide it at ";" and "|".  A synonym whose key of
 * one value is taken keeps its own name, and goes back to it when the key's own name comes later. */
search_status key_add(search_record *record, const char *folded, search_text value, search_error *error);
/* Adds one value of a list: undivided, and keys of one value join the list by "; ". */
search_status key_add_item(search_record *record, const char *folded, search_text value, search_error *error);

/* ---- header.c: what the title and the lines above and below a cable's text say ---- */
/* Reads a line above the text: classification, number, addressee, sender, copies.  *taken: all of it is in fields. */
search_status header_read_line(search_record *record, search_text line, bool *taken, search_error *error);
/* Reads a "Distribution:" or "Copies:" line, above or below the text. */
search_status header_read_copies(search_record *record, search_text line, bool *taken, search_error *error);
/* The number in a line, such as "(61) Korea Consular No. 103"; empty when there is none. */
search_text header_number(search_text line);
/* Sender and addressee out of a title such as "Cable from the X to Y, '…'", where the record has none yet. */
search_status header_read_title(search_record *record, search_text title, search_error *error);

/* ---- sources: input.c finds the bytes, archive.c unpacks them, source.c tells what they are ---- */
typedef struct cable_sink {
    /* SEARCH_E_INPUT is reported as a skipped record; any other status that is not OK stops the reading. */
    search_status (*on_record)(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error);
    void (*on_report)(void *context, const search_report *report); /* never null */
    /* After each record or file, with the bytes read since the last call; may be null.  false: SEARCH_E_CANCELLED. */
    bool (*on_bytes)(void *context, size_t n_bytes);
    void *context;
} cable_sink;
/* A file, a directory, a pattern of glob(3) that matches some, or "-".  What cannot be read is skipped and
 * reported; a record over 32 MiB is passed over without being held in memory.  `format` is a name of the table of
 * source.c, or null: told from the content.  SEARCH_E_INPUT: the source itself is missing or unreadable.
 * SEARCH_E_ARGUMENT: no such format. */
search_status source_read(const char *source, const char *format, const cable_sink *sink, search_error *error);
/* The same, and a thread that lives no longer than the call may make the records of a long file of lines ahead of their
 * delivery.  The sink is called as by source_read, by the caller's thread alone. */
search_status source_read_ahead(const char *source, const char *format, const cable_sink *sink, search_error *error);
/* Puts the table's own name, which lives for ever, in the place of the one given.  SEARCH_E_ARGUMENT: there is none;
 * null is fine. */
search_status source_check_format(const char **format, search_error *error);

/* A source being read: the bytes ahead of the reader are chunk[at..n_chunk). */
typedef struct cable_stream {
    const char *source;
    const cable_sink *sink;
    const char *format; /* as given to source_read */
    int fd;
    bool can_seek;                 /* fd is that of a file, and was at its beginning */
    bool may_read_ahead;           /* and it is worth a thread */
    struct cable_archive *archive; /* what the bytes are unpacked from; null: they are those of fd */
    char *chunk;
    size_t at;
    size_t n_chunk;
    uint64_t offset;  /* of the end of the chunk in the source */
    uint64_t n_known; /* the greatest offset so far */
    size_t n_untold;  /* bytes read and not yet told to on_bytes */
} cable_stream;
/* More bytes in the place of those read; n_chunk 0 at the end.  SEARCH_E_INPUT "source.…": they cannot be read. */
search_status stream_fill(cable_stream *stream, search_error *error);
/* Completes a record and hands it on, or reports why not.  `line` is 0 for pages. */
search_status stream_deliver(cable_stream *stream, size_t line, search_record *record, search_error *error);
/* Its two steps: completing, which needs no stream and may be done in any thread, and handing on. */
search_status source_complete(search_record *record, search_error *error);
search_status stream_hand_on(const cable_stream *stream, size_t line, const search_record *record, search_error *error);
/* What came of reading one record: hands it on and frees it when `status` is SEARCH_OK, reports `why` when it is
 * SEARCH_E_INPUT, else fails with it. */
search_status stream_conclude(cable_stream *stream, size_t line, search_status status, search_record *record,
                              const search_error *why, search_error *error);
void stream_report(const cable_stream *stream, size_t line, const search_error *why, bool skipped);
/* Adds the source, and the line unless it is 0, to the message of an error that the source as a whole fails with.
 * SEARCH_E_INPUT. */
search_status stream_refuse(const cable_stream *stream, size_t line, search_error *error);
void stream_report_repair(const cable_stream *stream, size_t line); /* kept, but its bytes were no UTF-8 */
/* Tells on_bytes.  SEARCH_E_CANCELLED. */
search_status stream_tell(cable_stream *stream, search_error *error);
search_status source_tell(const cable_sink *sink, size_t n_bytes, search_error *error); /* tells so many */
/* All that is left of the stream.  Stops one byte over RECORD_MAX_N_BYTES: a longer text is no record. */
search_status stream_read_all(cable_stream *stream, buffer *text, search_error *error);

/* ---- the formats, a file each.  `head` is the beginning of the source, at least 4 KiB where there are so many;
 * X_looks_like is quick, and of several the first in the table of source.c that says yes is taken.  X_read hands on
 * every record of the stream by stream_deliver and reports what is none; it fails only by the system, or SEARCH_E_INPUT
 * for a source that is of the format as a whole but cannot be read. ---- */
bool jsonl_looks_like(search_text head); /* jsonl.c: every line of the stream is a record, or reported */
search_status jsonl_read(cable_stream *stream, search_error *error);
bool json_looks_like(search_text head); /* an array of records */
search_status json_read(cable_stream *stream, search_error *error);
bool csv_looks_like(search_text head); /* csv.c: a row of keys, then a record a row, separated by commas */
search_status csv_read(cable_stream *stream, search_error *error);
bool tsv_looks_like(search_text head); /* ... by tabs */
search_status tsv_read(cable_stream *stream, search_error *error);
bool markdown_looks_like(search_text head); /* markdown.c: YAML front matter between --- lines, then the body */
search_status markdown_read(cable_stream *stream, search_error *error);
bool tei_looks_like(search_text head); /* tei.c: a record for each div of type document */
search_status tei_read(cable_stream *stream, search_error *error);
bool html_looks_like(search_text head); /* html.c: a saved page */
search_status html_read(cable_stream *stream, search_error *error);
bool message_looks_like(search_text head); /* message.c: the text of a U.S. State Department telegram */
search_status message_read(cable_stream *stream, search_error *error);
bool page_looks_like(search_text head); /* page.c: a saved page as text */
search_status page_read_stream(cable_stream *stream, search_error *error);
/* The record of a page's text; SEARCH_E_INPUT "record.not_a_cable" when the text is not a saved page. */
search_status page_read(search_text text, search_record **out, search_error *error);

#endif
