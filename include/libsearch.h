/* libsearch: full-text search for archives of translated cables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * This header is the whole public API and its specification.  What holds unless a function says otherwise:
 *
 * Text: UTF-8, given as pointer and length (search_text); the length is honoured and no terminator is needed.
 * Bytes that are not UTF-8 are read as U+FFFD, never rejected, in record text; in queries they are SEARCH_E_ARGUMENT.
 * Paths are bytes and end in NUL.
 *
 * Null: Handle arguments must not be null; `search_error *` may be; a search_text may have a null pointer when its
 * length is 0.  Every `..._free(NULL)` does nothing.
 *
 * Ownership: `T **out` becomes yours: free it with `search_T_free`.  A `const T *` or search_text that is returned is
 * borrowed until the object it came from is freed.  `char **out` bytes are freed with search_bytes_free.
 * Arguments are only read during the call: nothing given to libsearch needs to outlive the call.
 *
 * Errors: A call that can fail returns search_status, sets nothing in its out arguments on failure (they become null
 * or 0), and fills the search_error given to it.  SEARCH_E_ARGUMENT, SEARCH_E_MEMORY and SEARCH_E_INTERNAL
 * may come from any call and are not listed below.
 *
 * Threads: Different objects may be used in different threads at once.  One search_index may be searched from any
 * number of threads at once; every other object belongs to one thread at a time.
 *
 * Process: The library never prints, exits, handles signals, changes the locale or reads the environment; libxapian
 * below it reads XAPIAN_FLUSH_THRESHOLD and its like.
 *
 * Dates: `YYYY-MM-DD` in the proleptic Gregorian calendar.  */
#ifndef LIBSEARCH_H
#define LIBSEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(SEARCH_BUILDING) && defined(__GNUC__)
#define SEARCH_API __attribute__((visibility("default")))
#else
#define SEARCH_API
#endif

/* ---- Version ------------------------------------------------------------------------------------------------- */

#define SEARCH_VERSION_MAJOR 0
#define SEARCH_VERSION_MINOR 1
#define SEARCH_VERSION_PATCH 0

/* The version of the library that runs, such as "0.1.0".  Static; any thread. */
SEARCH_API const char *search_version(void);

/* ---- Text ---------------------------------------------------------------------------------------------------- */

/* Borrowed UTF-8 text.  `bytes` may hold NUL and need not end in one. */
typedef struct search_text {
    const char *bytes;
    size_t n_bytes;
} search_text;

/* The search_text of a NUL-terminated string; null gives the empty text.  Cost: strlen. */
SEARCH_API search_text search_text_of(const char *string);

/* Frees bytes that a call gave out through `char **out`. */
SEARCH_API void search_bytes_free(char *bytes);

/* ---- Status and errors --------------------------------------------------------------------------------------- */

/* Values are pinned: they never change, and new ones are added within their family. */
typedef enum search_status {
    SEARCH_OK = 0,
    /* what the caller asked */
    SEARCH_E_ARGUMENT = 10,  /* an argument breaks this header's rules */
    SEARCH_E_QUERY = 11,     /* the query text cannot be read; `offset` and `hint` say where and how to mend it */
    SEARCH_E_FACET = 12,     /* no such facet; `hint` lists the facets */
    SEARCH_E_LIMIT = 13,     /* a limit of the request was reached; the text names it */
    SEARCH_E_FORKED = 14,    /* the handle was opened in another process: open it anew after fork */
    SEARCH_E_NOT_FOUND = 15, /* no record has this id */
    /* the index */
    SEARCH_E_NO_INDEX = 20, /* nothing is there, or what is there is no index */
    SEARCH_E_FORMAT = 21,   /* the index has another format number: rebuild it */
    SEARCH_E_CORRUPT = 22,  /* the index is damaged */
    SEARCH_E_ANALYZER = 23, /* the index was made by another analyzer: updating is refused, reading works */
    /* what is to be indexed */
    SEARCH_E_INPUT = 30,   /* this source or record cannot be read */
    SEARCH_E_REFUSED = 31, /* the result looks wrong and was not published; `force` publishes it all the same */
    /* the system */
    SEARCH_E_SYSTEM = 40,    /* a system call failed; `system_errno` says why */
    SEARCH_E_MEMORY = 41,    /* out of memory */
    SEARCH_E_DEADLINE = 42,  /* the request's time ran out */
    SEARCH_E_CANCELLED = 43, /* the callback said stop */
    SEARCH_E_INTERNAL = 44,  /* a fault of libsearch or of a library below it; please report it */
    /* other writers */
    SEARCH_E_LOCKED = 50, /* another writer holds the lock */
} search_status;

/* The name of a status, such as "SEARCH_E_QUERY"; "unknown status" for a value that is none.  Static; any thread. */
SEARCH_API const char *search_status_name(search_status status);

#define SEARCH_NO_OFFSET ((size_t)-1)

/* What went wrong, in memory of the caller.  Needs no initialisation: each call that takes one clears it first. */
typedef struct search_error {
    search_status status;
    int system_errno;  /* 0, or errno of the failed system call */
    size_t offset;     /* the byte of the query where it went wrong, or SEARCH_NO_OFFSET */
    char id[48];       /* stable name, such as "query.unclosed_quote" */
    char message[512]; /* one English sentence without a full stop, no newline; cut at a character if too long */
    char hint[512];    /* what to do about it, or "" */
} search_error;

/* ---- Schema -------------------------------------------------------------------------------------------------- */

/* What a field is for.  A record key that the schema does not name becomes a keyword field when all its values are
 * strings of at most 200 bytes, and a stored one otherwise. */
typedef enum search_field_type {
    SEARCH_FIELD_TEXT = 1,      /* searched, with positions; stemmed */
    SEARCH_FIELD_NAME = 2,      /* a person or office: searched, and a facet */
    SEARCH_FIELD_KEYWORD = 3,   /* searched as words, and a facet */
    SEARCH_FIELD_DATE = 4,      /* gives the facets decade, year and month */
    SEARCH_FIELD_REFERENCE = 5, /* a number or citation: searched, no facet */
    SEARCH_FIELD_ORIGINAL = 6,  /* text in the language of the original: searched, segmented by its script */
    SEARCH_FIELD_STORED = 7,    /* kept and shown, not searched */
} search_field_type;

/* Which length and weight of BM25F a field counts for. */
typedef enum search_zone {
    SEARCH_ZONE_BODY = 0, /* the body and every field that names no other */
    SEARCH_ZONE_TITLE = 1,
    SEARCH_ZONE_SUMMARY = 2,
    SEARCH_ZONE_NAMES = 3,
} search_zone;

typedef struct search_field {
    const char *name; /* the record key and the word before ":" in queries: [a-z][a-z0-9_]*, at most 32 bytes */
    search_field_type type;
    search_zone zone;
    bool hierarchical; /* "Asia > Korea" also counts under "Asia" */
} search_field;

typedef struct search_schema search_schema;

/* An empty schema; `stemmer` is a libstemmer name such as "english", or "none".  SEARCH_E_ARGUMENT: no such stemmer. */
SEARCH_API search_status search_schema_new(const char *stemmer, search_schema **out, search_error *error);

/* The schema of cables: the record fields listed at search_record_add, stemmer "english". */
SEARCH_API search_status search_schema_cables(search_schema **out, search_error *error);

/* Adds a field.  The first TEXT field of zone BODY is indexed first.  SEARCH_E_ARGUMENT: bad or repeated name.
 * At most 64 fields. */
SEARCH_API search_status search_schema_add(search_schema *schema, const search_field *field, search_error *error);

SEARCH_API size_t search_schema_n_fields(const search_schema *schema);
SEARCH_API const search_field *search_schema_field(const search_schema *schema, size_t i); /* null past the end */
SEARCH_API void search_schema_free(search_schema *schema);

/* ---- Records ------------------------------------------------------------------------------------------------- */

/* One cable: keys with values, in the order they were added.  Keys of the cables schema:
 *   one value    id title body summary date classification number archive source language original
 *                original_language collection uploaded url
 *   many values  from to distribution places people topics translators donors
 * Readers also give urgency, contributors and, where what was printed differs, classification_original and
 * urgency_original.  Places and people may carry the mark "derived": they were read from title, sender and addressee,
 * not from a label. */
typedef struct search_record search_record;

SEARCH_API search_status search_record_new(search_record **out, search_error *error);

/* Adds a value to a key.  White space at both ends is cut; an empty value is not added.  A second value of a key of one
 * value replaces the first.  SEARCH_E_INPUT: the record would exceed 32 MiB or 100,000 values. */
SEARCH_API search_status search_record_add(search_record *record, const char *key, search_text value,
                                           search_error *error);

/* Reads one JSON object with these keys.  SEARCH_E_INPUT: not an object, or a key has a value of the wrong kind. */
SEARCH_API search_status search_record_from_json(search_text json, search_record **out, search_error *error);

/* The record as one line of JSON in UTF-8, without a newline at the end. */
SEARCH_API search_status search_record_to_json(const search_record *record, char **out, size_t *n_out,
                                               search_error *error);

/* How many values a key has; 0 when the record has no such key. */
SEARCH_API size_t search_record_n_values(const search_record *record, const char *key);

/* Value `i` of a key; the empty text when there is none. */
SEARCH_API search_text search_record_value(const search_record *record, const char *key, size_t i);

/* Whether the key's values were derived from other fields instead of read from a label. */
SEARCH_API bool search_record_is_derived(const search_record *record, const char *key);

/* The keys the record has, in order; null past the end. */
SEARCH_API const char *search_record_key(const search_record *record, size_t i);

SEARCH_API void search_record_free(search_record *record);

/* ---- Reading sources ------------------------------------------------------------------------------------------- */

/* A record or source that was skipped or looks doubtful. */
typedef struct search_report {
    const char *source; /* the path, or "-"; for an entry of an archive that of the archive, "!" and the entry's name */
    size_t line;        /* 1-based line where a record of JSONL or an array begins, 0 when it does not apply */
    const char *id;     /* stable name of the reason, such as "record.not_a_cable" */
    const char *reason; /* one English sentence */
    bool skipped;       /* false: kept, but doubtful */
} search_report;

typedef struct search_read_options {
    size_t size;        /* sizeof(search_read_options) */
    const char *format; /* null: told from the content of each source */
    /* Each record, borrowed during the call; source and line as in search_report.  false: SEARCH_E_CANCELLED.  May be
     * null. */
    bool (*on_record)(void *context, const search_record *record, const char *source, size_t line);
    void (*on_report)(void *context, const search_report *report); /* may be null */
    void *context;
} search_read_options;

#define SEARCH_READ_OPTIONS_INIT                                                                                       \
    { sizeof(search_read_options), 0, 0, 0, 0 }

/* Reads every record of a source, without an index: what search_writer_read would put.
 *
 * A source is a file; a directory, of which every file below is read, bytewise by path, hidden ones aside, without
 * following symbolic links; a pattern of glob(3), when there is no file of that name; or "-", file descriptor 0.  What
 * a file is, its content says: gzip and Zstandard streams, tar and zip archives are unpacked while they are read, and
 * so is an archive in an archive, but none deeper.  Entries come in the order of the archive.  `format` says what all
 * that is found holds: "page" (a page saved as text), "html", "jsonl", "json" (an array of records), "csv", "tsv",
 * "markdown" (with front matter), "tei" or "message" (a telegram as text).
 *
 * A record that cannot be read is reported, and so is a file below a directory, of a pattern or in an archive; the call
 * goes on.  Pipes and devices are not opened, but for "-", /dev/stdin and /dev/fd/N.  Memory is bounded: a record over
 * 32 MiB is passed over, and what unpacks to over 64 MiB and 1000 times the bytes of its source is given up.
 *
 * `options` may be null: then nothing is called.  SEARCH_E_INPUT: the source is missing or unreadable, or a damaged
 * archive.  SEARCH_E_ARGUMENT: no such format; `hint` lists them.  SEARCH_E_CANCELLED. */
SEARCH_API search_status search_read(const char *source, const search_read_options *options, search_error *error);

/* Tells what looks wrong in a record: no id of its own, title, body or date; a date that cannot be read, is in doubt or
 * is not that of the title; a classification that is not that of the text; a source that is no citation; labels of a
 * page left in the text; letter-spacing, misread letters, wrong encodings and lost characters.  `on_finding`, which must
 * not be null, is called for each with a stable name, such as "lint.date_title", and an English sentence, both borrowed
 * during the call.  Cost: a few passes over the text. */
SEARCH_API search_status search_record_check(const search_record *record,
                                             void (*on_finding)(void *context, const char *id, const char *finding),
                                             void *context, search_error *error);

/* ---- Writing ------------------------------------------------------------------------------------------------- */

typedef enum search_write_mode {
    SEARCH_WRITE_REBUILD = 1, /* the index will hold what is put, and what updates put before and no source gave */
    SEARCH_WRITE_UPDATE = 2,  /* records are added, replaced by id, or deleted */
} search_write_mode;

/* How far a build has come.  n_records_total is 0 while it is unknown. */
typedef struct search_progress {
    const char *phase; /* "read", "write", "verify" or "publish" */
    uint64_t n_records;
    uint64_t n_records_total;
    uint64_t n_bytes; /* of sources, read so far */
} search_progress;

typedef struct search_writer_options {
    size_t size; /* sizeof(search_writer_options) */
    search_write_mode mode;
    const search_schema *schema; /* null: the schema of cables (rebuild) or that of the index (update) */
    uint32_t lock_timeout_ms;    /* how long to wait for another writer; 0: not at all */
    size_t n_keep;               /* generations kept after publishing, the new one included; 0: 2 */
    bool force;                  /* publish a result that looks wrong */
    bool exact;                  /* rebuild: drop records that updates put and no source gave */
    bool strict;                 /* a skipped record refuses the whole result: SEARCH_E_REFUSED at commit */
    void (*on_report)(void *context, const search_report *report);       /* may be null */
    bool (*on_progress)(void *context, const search_progress *progress); /* may be null; false cancels */
    void *context;
    /* Rebuild: the text of an alias file (doc/query-language.md, "Aliases"), beside the built-in aliases.  An update
     * keeps the aliases of the index and must give none. */
    search_text aliases;
    const char *format; /* of all sources, a name listed at search_read; null: told from the content of each */
} search_writer_options;

#define SEARCH_WRITER_OPTIONS_INIT                                                                                     \
    { sizeof(search_writer_options), SEARCH_WRITE_REBUILD, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, 0 }

/* What a commit did. */
typedef struct search_write_summary {
    char generation[64];
    uint64_t n_records;  /* in the new generation */
    uint64_t n_added;    /* put and new, in this run */
    uint64_t n_replaced; /* put under an id that was there, in this run */
    uint64_t n_deleted;
    uint64_t n_carried; /* put by earlier updates, absent from the sources, carried over */
    uint64_t n_skipped;
    uint64_t n_bytes_read;
    double seconds;
} search_write_summary;

typedef struct search_writer search_writer;

/* Starts writing to the index in `directory`, which is made when it is missing.  Nothing that is put is visible to
 * readers before commit, all of it after.  Cost: one build directory.
 * SEARCH_E_ARGUMENT: no such format; `hint` lists them.
 * SEARCH_E_INPUT: a line of the aliases cannot be read.
 * SEARCH_E_LOCKED (update): another writer holds the lock.  SEARCH_E_NO_INDEX: `directory` holds other files, or
 * (update) no index.  SEARCH_E_FORMAT, SEARCH_E_ANALYZER (update), SEARCH_E_SYSTEM. */
SEARCH_API search_status search_writer_open(const char *directory, const search_writer_options *options,
                                            search_writer **out, search_error *error);

/* Puts one record.  A record without id gets the number in its url, or "x-" and a digest of its content.  An id that
 * was put before is replaced.  SEARCH_E_INPUT: no body and no title. */
SEARCH_API search_status search_writer_put(search_writer *writer, const search_record *record, search_error *error);

/* Reads every record of a source, as search_read does, and puts it.  A record that cannot be read is skipped, counted
 * and reported; the call goes on.  One whose id was put before, or that has the title and body of another id, is put
 * and reported as doubtful.  SEARCH_E_INPUT: the source is missing or unreadable, or a damaged archive.
 * SEARCH_E_CANCELLED. */
SEARCH_API search_status search_writer_read(search_writer *writer, const char *source, search_error *error);

/* Deletes the record with this id.  SEARCH_E_NOT_FOUND: there is none.  Update only. */
SEARCH_API search_status search_writer_delete(search_writer *writer, search_text id, search_error *error);

/* Builds, verifies, syncs and publishes a generation.  On any failure the old generation stays as it was.  `summary`
 * may be null.  The writer is finished afterwards and can only be freed. SEARCH_E_LOCKED, SEARCH_E_REFUSED,
 * SEARCH_E_CANCELLED, SEARCH_E_SYSTEM. */
SEARCH_API search_status search_writer_commit(search_writer *writer, search_write_summary *summary,
                                              search_error *error);

/* Frees the writer.  Without a commit, what was put is dropped and its build directory removed. */
SEARCH_API void search_writer_free(search_writer *writer);

/* ---- Reading ------------------------------------------------------------------------------------------------- */

typedef struct search_index search_index;

/* Opens the current generation of the index in `directory`: a snapshot that no writer changes or removes.
 * SEARCH_E_NO_INDEX, SEARCH_E_FORMAT, SEARCH_E_CORRUPT, SEARCH_E_SYSTEM.  Cost: reads the manifest, maps the columns.
 */
SEARCH_API search_status search_index_open(const char *directory, search_index **out, search_error *error);

/* Moves to the current generation when it is another one.  `*changed` (may be null) says whether it was.  On failure
 * the handle keeps its snapshot.  Not while other threads use the handle. */
SEARCH_API search_status search_index_refresh(search_index *index, bool *changed, search_error *error);

/* The name of the generation, such as "000003-9f2c51aa03be". */
SEARCH_API const char *search_index_generation(const search_index *index);

/* Whether the index was made by this very analyzer; if not, searching works but some words may be missed. */
SEARCH_API bool search_index_analyzer_matches(const search_index *index);

SEARCH_API const search_schema *search_index_schema(const search_index *index);

/* The names of the facets in bytewise order, decade, month and year among them; null past the end. */
SEARCH_API const char *search_index_facet(const search_index *index, size_t i);

typedef struct search_stats {
    uint64_t n_records;
    uint64_t n_terms;       /* distinct terms of all kinds */
    uint64_t n_words;       /* words of all records: the sum of document lengths */
    uint64_t n_bytes_store; /* size of the Xapian databases */
    uint64_t n_bytes_columns;
    uint64_t n_bytes_text; /* of the records as JSON */
    uint64_t n_segments;
    char date_earliest[16]; /* first and last day of all dated records, or "" */
    char date_latest[16];
    uint64_t n_undated;
} search_stats;

SEARCH_API search_status search_index_stats(const search_index *index, search_stats *out, search_error *error);

/* The record with this id.  SEARCH_E_NOT_FOUND, SEARCH_E_CORRUPT, SEARCH_E_FORKED. */
SEARCH_API search_status search_index_record(const search_index *index, search_text id, search_record **out,
                                             search_error *error);

SEARCH_API void search_index_free(search_index *index);

/* ---- Searching ----------------------------------------------------------------------------------------------- */

/* A facet to count: the `limit` most frequent values, 0 for 10. */
typedef struct search_facet_request {
    search_text name;
    size_t limit;
} search_facet_request;

/* Selects records with this value of a facet or one below it.  A null `value.bytes` selects records without a value.
 * Values of one facet are alternatives; different facets restrict; each facet is counted without its own selection. */
typedef struct search_where {
    search_text facet;
    search_text value;
} search_where;

/* The query language is described in doc/query-language.md.  An empty query matches all records.
 *
 * Words and phrases also match their variants: other romanizations of a name that the index holds, British and American
 * spellings, compounds with a hyphen, apart or as one word, initials, and aliases.  A variant counts 0.8 of what is
 * written, and so does an unaccented form of a word asked with its accents.  At most 64 forms may stand for the same
 * words, else SEARCH_E_LIMIT.  `exact:` before a word, phrase or group switches variants off.  A phrase passes over
 * words in brackets.  search_analyze tells the variants of a text. */
typedef struct search_request {
    size_t size; /* sizeof(search_request) */
    search_text query;
    search_text required_filter; /* a query that binds hits, total and facet counts; "" binds nothing; one without
                                  * words is SEARCH_E_ARGUMENT */
    size_t offset;               /* hits to pass over */
    size_t limit;                /* hits to return at the most, 0: none, only total and counts; at most 10,000 */
    size_t n_snippets;           /* snippets a hit at the most; 0: none */
    const search_facet_request *facets;
    size_t n_facets;
    const search_where *wheres;
    size_t n_wheres;
    size_t max_terms;                 /* words, phrases and values in the query; 0: 256 */
    uint32_t deadline_ms;             /* 0: none */
    bool (*on_cancel)(void *context); /* asked now and then; true cancels; may be null */
    void *context;
} search_request;

#define SEARCH_REQUEST_INIT                                                                                            \
    { sizeof(search_request), {0, 0}, {0, 0}, 0, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0 }

/* A passage of a field with the words of the query marked. */
typedef struct search_mark {
    size_t from; /* byte offsets in the snippet's text, half open */
    size_t to;
} search_mark;

typedef struct search_snippet {
    const char *field;
    size_t para; /* 1-based paragraph of the field */
    search_text text;
    const search_mark *marks;
    size_t n_marks;
    bool cut_before; /* the paragraph goes on before, after the passage */
    bool cut_after;
} search_snippet;

typedef struct search_hit {
    search_text id;
    double score; /* comparable within one result only; 0 when the query has no words */
    search_text title;
    search_text date;       /* as the record has it, or empty */
    char date_earliest[16]; /* YYYY-MM-DD, or "" when undated */
    char date_latest[16];
    search_text number;    /* what tells records of one title apart; empty when the record has none */
    search_text reference; /* the archival reference in the source, else the archive; may be empty */
    const search_snippet *snippets;
    size_t n_snippets;
} search_hit;

typedef struct search_facet_value {
    search_text value; /* null bytes: records without a value */
    uint64_t count;
    bool selected; /* named by a search_where */
} search_facet_value;

/* Values by count, highest first, then bytewise; after them, beyond the limit, selected values even with count 0, and
 * last the records without a value, when there are any. */
typedef struct search_facet_counts {
    search_text name;
    size_t n_distinct; /* values that occur in the matches, records without a value not counted as one */
    const search_facet_value *values;
    size_t n_values;
} search_facet_counts;

/* How the matches lie in time: those with a known day, those known to the month, year or an interval only, and those
 * without a date. */
typedef struct search_date_counts {
    uint64_t certain;
    uint64_t possible;
    uint64_t undated;
} search_date_counts;

typedef struct search_results search_results;

/* Runs a request.  Equal requests on one generation give equal results; ties end in the newer date, then the id
 * bytewise. SEARCH_E_QUERY, SEARCH_E_FACET, SEARCH_E_LIMIT, SEARCH_E_DEADLINE, SEARCH_E_CANCELLED, SEARCH_E_CORRUPT,
 * SEARCH_E_FORKED.  Cost: proportional to the postings of the query's words. */
SEARCH_API search_status search_run(const search_index *index, const search_request *request, search_results **out,
                                    search_error *error);

/* Results touch no index: they stay readable after search_index_free. */
SEARCH_API uint64_t search_results_total(const search_results *results); /* matches, exact */
SEARCH_API const char *search_results_generation(const search_results *results);
SEARCH_API const char *search_results_query(const search_results *results); /* canonical text of the query */
SEARCH_API size_t search_results_n_hits(const search_results *results);
SEARCH_API const search_hit *search_results_hit(const search_results *results, size_t i); /* null past the end */
SEARCH_API size_t search_results_n_facets(const search_results *results);
SEARCH_API const search_facet_counts *search_results_facet(const search_results *results, size_t i);
SEARCH_API search_date_counts search_results_dates(const search_results *results);
SEARCH_API void search_results_free(search_results *results);

/* The JSON door.  `request` is one JSON object: "query" and "required_filter" (strings), "offset", "limit", "snippets",
 * "max_terms", "deadline_ms" (integers), "facets" (a list of "name" or "name:limit"), "where" (a list of [name, value]
 * pairs, value null for none).  An unknown key is SEARCH_E_ARGUMENT.  The answer is one JSON object, the bytes that
 * `cables search --format json` prints, without a newline at the end; marks are in code points.  Errors as search_run.
 */
SEARCH_API search_status search_run_json(const search_index *index, const char *request, size_t n_request, char **out,
                                         size_t *n_out, search_error *error);

/* ---- Analysis ------------------------------------------------------------------------------------------------ */

/* What becomes of a text: to see why a word is found, or is not. */
typedef struct search_analysis search_analysis;

/* One word of the text, or another form of one at the same position. */
typedef struct search_token {
    size_t from; /* bytes of the text, half open */
    size_t to;
    uint32_t position; /* from 1 */
    bool is_extra;     /* another form of the word before it, at its position: a possessive's owner, W[illiam] joined */
    search_text exact; /* lower case in NFC with marks and apostrophes */
    search_text folded; /* case, marks and apostrophes gone: what phrases compare */
    search_text stem;   /* what single words compare; empty when the word before it has the same */
} search_token;

/* Words in brackets, which a phrase may pass over. */
typedef struct search_bracket {
    uint32_t position_first;
    uint32_t position_last;
} search_bracket;

/* What a name stands for, however it is romanized: names that share a reading find each other. */
typedef struct search_reading {
    uint32_t position_first; /* the words it reads */
    uint32_t position_last;
    search_text key;
    search_text rule; /* the tables that join the names that have it */
} search_reading;

/* Other words that are looked for beside those of the text. */
typedef struct search_variant {
    uint32_t position_first; /* the words they stand for */
    uint32_t position_last;
    search_text words; /* folded, one space between */
    search_text rule;
} search_variant;

/* Analyzes a text as a query would be.  `index` may be null: then the stemmer is "english", and of the variants only
 * those that need no index are there: spellings and built-in aliases.  Variants are what a query would look for, also
 * where the index does not hold it.  SEARCH_E_LIMIT: over 64 MiB, or more variants than a query may have.
 * SEARCH_E_CORRUPT, SEARCH_E_FORKED.  Bad bytes are read as U+FFFD. */
SEARCH_API search_status search_analyze(const search_index *index, search_text text, search_analysis **out,
                                        search_error *error);
/* Null past the end.  Tokens by position; the others by their first position. */
SEARCH_API const search_token *search_analysis_token(const search_analysis *analysis, size_t i);
SEARCH_API const search_bracket *search_analysis_bracket(const search_analysis *analysis, size_t i);
SEARCH_API const search_reading *search_analysis_reading(const search_analysis *analysis, size_t i);
SEARCH_API const search_variant *search_analysis_variant(const search_analysis *analysis, size_t i);
SEARCH_API size_t search_analysis_n_bad_bytes(const search_analysis *analysis); /* ill-formed UTF-8 subparts */
/* One JSON object (doc/analysis.schema.json), the bytes that `cables analyze --format json` prints, without a newline
 * at the end; offsets are in code points. */
SEARCH_API search_status search_analysis_to_json(const search_analysis *analysis, char **out, size_t *n_out,
                                                 search_error *error);
SEARCH_API void search_analysis_free(search_analysis *analysis);

#ifdef __cplusplus
}
#endif

#endif
