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

/* How a citation is written.  A note is one line without a newline, to be pasted into a footnote: sender, title,
 * addressees, number, date, classification, archival reference, translators and id.  The entries for reference managers
 * are lines that end in a newline. */
typedef enum search_citation_style {
    SEARCH_CITATION_NOTE = 1,
    SEARCH_CITATION_RIS = 2,
    SEARCH_CITATION_BIBTEX = 3,
} search_citation_style;

/* Cites a record.  Parts that it does not have are left out.  White space and control characters within a value become
 * one blank.  SEARCH_E_ARGUMENT: no such style. */
SEARCH_API search_status search_record_cite(const search_record *record, search_citation_style style, char **out,
                                            size_t *n_out, search_error *error);

SEARCH_API void search_record_free(search_record *record);

/* ---- Reading sources ------------------------------------------------------------------------------------------- */

/* A record or source that was skipped or looks doubtful. */
typedef struct search_report {
    const char *source; /* the path, or "-"; for an entry of an archive that of the archive, "!" and the entry's name */
    size_t line;        /* 1-based line where a record of JSONL or an array begins, 0 when it does not apply */
    const char *id;     /* stable name of the reason, such as "record.not_a_cable" */
    const char *reason; /* one English sentence */
    bool skipped;       /* a record or the rest of one was left out; false: kept, but doubtful */
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
 * page left in the text; letter-spacing, misread letters, wrong encodings and lost characters.  `on_finding`, which
 * must not be null, is called for each with a stable name, such as "lint.date_title", and an English sentence, both
 * borrowed during the call.  Cost: a few passes over the text. */
SEARCH_API search_status search_record_check(const search_record *record,
                                             void (*on_finding)(void *context, const char *id, const char *finding),
                                             void *context, search_error *error);

/* ---- Writing ------------------------------------------------------------------------------------------------- */

typedef enum search_write_mode {
    SEARCH_WRITE_REBUILD = 1, /* the index will hold what is put, and what updates put before and no source gave */
    SEARCH_WRITE_UPDATE = 2,  /* records are added, replaced by id, or deleted */
} search_write_mode;

/* How far a build has come.  Phases follow one another in this order; what an update published meanwhile, or a
 * libxapian that refuses what was built, has a build go back to "write".  n_records_total is 0 while it is unknown. */
typedef struct search_progress {
    const char *phase;  /* "read", "write", "merge", "verify" or "publish" */
    uint64_t n_records; /* that the phase is done with: "read", put so far; "write", indexed; else mostly all */
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
    bool strict;                 /* a report of what was skipped refuses the result: SEARCH_E_REFUSED at commit */
    void (*on_report)(void *context, const search_report *report);       /* may be null */
    bool (*on_progress)(void *context, const search_progress *progress); /* may be null; false cancels */
    void *context;
    /* Rebuild: the text of an alias file (doc/query-language.md, "Aliases"), beside the built-in aliases.  An update
     * keeps the aliases of the index and must give none. */
    search_text aliases;
    const char *format; /* of all sources, a name listed at search_read; null: told from the content of each */
    /* How many threads of the library's own analyze records; 0: as many as there are processors.  At most 64, and one
     * for each 64 MiB of memory.  Where there may be more than one, a long file is read by one more than the caller's.
     * The index is the same, byte for byte, whatever this and the memory are. */
    size_t n_jobs;
    /* Bytes that building may hold of postings and known words; what is over is sorted into runs on disk, in the index
     * directory, and merged.  0: a quarter of the machine's memory, at most 2 GiB; less than 64 MiB counts as that.
     * Beside it a build holds about 60 bytes a record, and in each thread one record whole. */
    uint64_t n_bytes_memory;
    /* Let libxapian itself index: the reference, more than ten times slower, with a UUID by chance in its files.  A
     * build takes this way by itself, and reports "index.glass_refused" once, when this libxapian does not open what
     * the other way wrote. */
    bool via_xapian;
    bool verify_full; /* before publishing, check what was built as search_check does with `full` */
} search_writer_options;

#define SEARCH_WRITER_OPTIONS_INIT                                                                                     \
    { sizeof(search_writer_options), SEARCH_WRITE_REBUILD, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, 0, 0, 0, false, false }

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
 * and reported as doubtful.  Callbacks are called in the calling thread.  SEARCH_E_INPUT: the source is missing or
 * unreadable, or a damaged archive.  SEARCH_E_CANCELLED. */
SEARCH_API search_status search_writer_read(search_writer *writer, const char *source, search_error *error);

/* Deletes the record with this id.  SEARCH_E_NOT_FOUND: there is none.  Update only. */
SEARCH_API search_status search_writer_delete(search_writer *writer, search_text id, search_error *error);

/* Builds, verifies, syncs and publishes a generation.  On any failure the old generation stays as it was.  `summary`
 * may be null.  Callbacks are called in the calling thread.  Reports whose id begins with "index." are of the index and
 * not of a record, and `source` is its directory: "index.old_unreadable", the old index is damaged or of another
 * format, so nothing is carried over from it; "index.glass_refused", see `via_xapian`.  Cost: reads all records once
 * and writes the index once, in `n_jobs` threads; with `verify_full` some multiple of that.  The writer is finished
 * afterwards and can only be freed. SEARCH_E_LOCKED, SEARCH_E_REFUSED, SEARCH_E_CANCELLED, SEARCH_E_SYSTEM.
 * SEARCH_E_CORRUPT: what was built does not read back as it was written. */
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

/* Calls `on_record` for every record, in the order of the index; the record is borrowed during the call.  When
 * it returns false nothing more is read: SEARCH_E_CANCELLED.  The callback may search the index.  SEARCH_E_CORRUPT,
 * SEARCH_E_FORKED.  Cost: reads every stored record, one at a time in memory. */
SEARCH_API search_status search_index_each(const search_index *index,
                                           bool (*on_record)(void *context, const search_record *record), void *context,
                                           search_error *error);

/* The one id that begins with `prefix`, an id that is there as a whole before any longer one.  SEARCH_E_NOT_FOUND:
 * none does.  SEARCH_E_ARGUMENT "index.ambiguous_id": several do; `hint` names some.  SEARCH_E_CORRUPT,
 * SEARCH_E_FORKED.  Cost: reads the ids of all records. */
SEARCH_API search_status search_index_complete_id(const search_index *index, search_text prefix, char **out,
                                                  size_t *n_out, search_error *error);

SEARCH_API void search_index_free(search_index *index);

/* ---- Checking ------------------------------------------------------------------------------------------------- */

/* What is damaged in an index, or differs between two.  Everything is borrowed during the call. */
typedef struct search_finding {
    const char *id;        /* stable name, such as "check.digest" or "compare.positions"; doc/index-format.md has all */
    const char *directory; /* the index it was found in; of a difference the first one */
    const char *file;      /* "CURRENT", or a path below the generation; "" when it is of no one file */
    uint64_t document;     /* its number in the index, from 1; 0: it is of no one record */
    const char *text;      /* one English sentence */
    bool is_difference;    /* between two indexes, each of which is sound */
} search_finding;

typedef struct search_check_options {
    size_t size;         /* sizeof(search_check_options) */
    bool full;           /* read everything, not only the digests */
    const char *against; /* the directory of an index to compare with; null: none */
    size_t max_findings; /* told at the most, the rest is counted; 0: 100 */
    void (*on_finding)(void *context, const search_finding *finding);    /* may be null */
    bool (*on_progress)(void *context, const search_progress *progress); /* may be null; false cancels */
    void *context;
} search_check_options;

#define SEARCH_CHECK_OPTIONS_INIT                                                                                      \
    { sizeof(search_check_options), 0, 0, 0, 0, 0, 0 }

/* What was looked at. */
typedef struct search_check_summary {
    char generation[64];
    uint64_t n_findings;    /* damages, of both indexes */
    uint64_t n_differences; /* 0 when nothing was compared */
    uint64_t n_records;
    uint64_t n_files;
    uint64_t n_bytes; /* of these files */
    uint64_t n_terms; /* compared, and the next two */
    uint64_t n_postings;
    uint64_t n_positions;
    bool is_compared; /* false: no other index was given, or one of the two is damaged */
} search_check_summary;

/* Verifies the current generation of an index, and compares it with another when one is given.
 *
 * Always: CURRENT names a generation, its manifest holds together, every file has the length and digest that the
 * manifest says and no other file is among them, columns and database agree, and the first and the last record are
 * found.  With `full` also: Xapian's own check of each table, and that every record reads back, has the id, title,
 * date, number and facets that the columns say, is found by its id, and is as long as its terms are many.  A file whose
 * digest is wrong is read no further, since libxapian may not come to an end on damaged tables.  libxapian opens tables
 * for writing to check them, though it writes nothing: `full` is SEARCH_E_SYSTEM for who may only read them.
 *
 * Comparing goes entry by entry: records, statistics, each document's terms, length, values and data, metadata, each
 * term's frequencies, postings and positions, the sections of the column file, and schema and analyzer.  How the
 * database lays them out does not count, nor do blanks behind stored records.  The other index is verified first.
 *
 * Findings are told in an order that is the same for equal indexes, in the caller's thread; the work is done in
 * threads, one a processor.  The phases of progress are "digests", "tables", "records" and "compare"; within one table
 * cancelling is not heard.  `options` and `summary` may be null.
 *
 * SEARCH_OK: the index is sound, also when it differs from the other one; `n_differences` says whether it does.
 * SEARCH_E_CORRUPT "check.damaged": there were findings; unlike elsewhere the summary is filled then.
 * SEARCH_E_NO_INDEX, SEARCH_E_FORMAT, SEARCH_E_SYSTEM, SEARCH_E_CANCELLED.
 * Cost: reads all bytes once; `full` reads them twice more, comparing all entries of both. */
SEARCH_API search_status search_check(const char *directory, const search_check_options *options,
                                      search_check_summary *summary, search_error *error);

/* ---- Searching ----------------------------------------------------------------------------------------------- */

/* A facet to count: the `limit` most frequent values, 0 for 10.  Name the members when you make one: there may be more.
 *
 * `contains` and `below` leave out values, and the records without a value, but never what is selected.  Each is UTF-8
 * of at most 64 KiB, else SEARCH_E_ARGUMENT or SEARCH_E_LIMIT. */
typedef struct search_facet_request {
    search_text name;
    size_t limit;
    search_text contains; /* only values with this text in them, case, marks and apostrophes aside; without any
                           * letter or digit: all */
    search_text below;    /* only values one level below this one, "" for the top level; null bytes: all */
} search_facet_request;

/* Selects records with this value of a facet or one below it.  A null `value.bytes` selects records without a value.
 * Values of one facet are alternatives; different facets restrict; each facet is counted without its own selection. */
typedef struct search_where {
    search_text facet;
    search_text value;
} search_where;

typedef struct search_query search_query; /* a query as a tree */

/* The weights of ranking; doc/architecture.md gives the formulas.  Each is from 0 to 1000, of `zone_b` from 0 to 1;
 * SEARCH_WEIGHTS_INIT holds the defaults. */
typedef struct search_weights {
    size_t size;      /* sizeof(search_weights) */
    double k1;        /* how soon further occurrences count no more */
    double zone[4];   /* by search_zone: what an occurrence counts there */
    double zone_b[4]; /* by search_zone: how much a long one counts less */
    double pair;      /* words that stand side by side as in the query */
    double window;    /* all words in a short stretch */
    double title;     /* the query is much of the title */
} search_weights;

#define SEARCH_WEIGHTS_INIT                                                                                            \
    { sizeof(search_weights), 0.9, {1.0, 3.0, 1.5, 2.0}, {0.75, 0.4, 0.5, 0.3}, 2.0, 2.0, 4.0 }

/* What hits may be ordered by. */
typedef enum search_sort_key {
    SEARCH_SORT_SCORE = 1,
    SEARCH_SORT_DATE = 2,   /* ascending by the first day a date may mean, descending by the last */
    SEARCH_SORT_TITLE = 3,  /* by ICU's root collation, punctuation passed over */
    SEARCH_SORT_NUMBER = 4, /* the same, digits as numbers: No. 9 before No. 10 */
} search_sort_key;

/* A key to order hits by.  Records without it come last, whichever way it runs. */
typedef struct search_sort {
    search_sort_key key;
    bool descending;
} search_sort;

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
    const search_query *tree;      /* not null: searched instead of `query`, which must be empty; borrowed */
    search_text since;             /* only records whose date may be at or behind this one; "" binds nothing.  What
                                    * is no date is SEARCH_E_QUERY "query.bad_date" */
    search_text until;             /* only records whose date may be at or before this one; "" binds nothing */
    bool lenient;                  /* what is wrong with the query is mended and told as a warning */
    bool relax;                    /* when no record has all words: correct words, then let some be missing */
    bool explain;                  /* tell how each score comes about */
    const search_weights *weights; /* null: the default weights */
    const search_sort *sorts;      /* keys to order hits by, at most 16; ties, and without any: the best score first */
    size_t n_sorts;
    search_text similar_to; /* not empty: the id of a record; the query, which must be empty, is that of its most
                             * telling words, any of which may match, and the record itself is left out.
                             * SEARCH_E_NOT_FOUND: no record within the required filter has this id */
} search_request;

#define SEARCH_REQUEST_INIT                                                                                            \
    {                                                                                                                  \
        sizeof(search_request), {0, 0}, {0, 0}, 0, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, {0, 0}, 0, 0, 0, 0, 0, 0, \
        {                                                                                                              \
            0, 0                                                                                                       \
        }                                                                                                              \
    }

/* A passage of a field with the words of the query marked: inflections, variants and other accents, too.
 *
 * A passage lies in one paragraph, is of about 260 bytes, and begins and ends with sentences, where they are not too
 * long, else between words.  What is marked is not cut in two; a passage is longer where a phrase is.  Marks are in
 * order, and those that touch or overlap are one.  The passages of a hit do not overlap.  The first is the best: one of
 * a text rather than of names and keywords, with the most of the query's words and phrases, then the rarer ones, then
 * the ones nearer to each other.  Every further one shows words that the ones before it do not, if any can.  The title
 * gives none.  Without anything to mark there is the beginning of the summary, or else of the body. */
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

/* What a score is made of. */
typedef enum search_part {
    SEARCH_PART_WORD = 1,   /* a word, phrase or the like of the query: its BM25F */
    SEARCH_PART_PAIR = 2,   /* words stand side by side as in the query */
    SEARCH_PART_WINDOW = 3, /* all words stand in a short stretch */
    SEARCH_PART_TITLE = 4,  /* the query is much of the title */
} search_part;

/* One part of a score; doc/architecture.md gives the formulas. */
typedef struct search_explanation {
    search_part part;
    double value;     /* those of a hit add up to its score */
    search_text text; /* of a WORD: the word, phrase or the like in canonical text; else empty */
    double idf;       /* of a WORD: how rare it is */
    double counts[4]; /* of a WORD: occurrences by search_zone; a variant counts 0.8 */
    search_text rule; /* of a WORD: what joins the variants of it that the record holds, or empty */
} search_explanation;

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
    const search_explanation *explanations; /* null unless the request asks for them */
    size_t n_explanations;
} search_hit;

typedef struct search_facet_value {
    search_text value; /* null bytes: records without a value */
    uint64_t count;
    bool selected; /* named by a search_where */
    /* Of decade, year and month: records that lie in it for certain; `count` are those that may.  A date in 1961..1963
     * may lie in each of the three years and lies in the 1960s.  Of other facets the same as `count`. */
    uint64_t certain;
} search_facet_value;

/* Values by count, highest first, then bytewise; after them selected values beyond the limit or left out by the
 * request, even with count 0, and last the records without a value, when there are any.  A value that no match has is
 * told only when the request itself selects it, whether a record that the required filter hides has it or not.
 *
 * A value of a hierarchical facet, such as "Asia > Korea", counts for "Asia" too, once a record.  A date that touches
 * more than ten years has decades and years, but no months: it counts as without a month. */
typedef struct search_facet_counts {
    search_text name;
    size_t n_distinct; /* values that occur in the matches and that the request does not leave out */
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

/* A word that no record has, and the word of the index that was searched instead. */
typedef struct search_correction {
    search_text from; /* as it was asked */
    search_text to;
    size_t offset; /* the byte of the query where `from` stands */
} search_correction;

/* How a query gave way that no record matches.  Only words at the top of the query, in all fields, without `exact:` and
 * without wildcards, give way; phrases, words in a field, restrictions and what is left out always bind.  First a word
 * that no record has takes its best correction: a word of the index at most two letters away (one when it has fewer
 * than six), that most of the other words occur with.  Then as many of the words as some record has are enough. */
typedef struct search_relaxation {
    const search_correction *corrections; /* in the order of the query */
    size_t n_corrections;
    const search_text *missing; /* words that no record has, and that no correction was found for */
    size_t n_missing;
    const search_text *words; /* the words that may give way, as they were searched */
    size_t n_words;
    size_t n_required; /* every match has so many of them */
} search_relaxation;

typedef struct search_results search_results;

/* What was wrong with the query of a lenient request, and how it was read all the same. */
typedef struct search_warning {
    const char *id; /* that of the error it would have been, such as "query.unclosed_quote" */
    const char *message;
    size_t offset; /* the byte of the query */
    const char *hint;
} search_warning;

/* Runs a request.  Equal requests on one generation give equal results; ties end in the newer date, then the id
 * bytewise. SEARCH_E_QUERY, SEARCH_E_FACET, SEARCH_E_LIMIT, SEARCH_E_DEADLINE, SEARCH_E_CANCELLED, SEARCH_E_CORRUPT,
 * SEARCH_E_FORKED.  Cost: proportional to the postings of the query's words. */
SEARCH_API search_status search_run(const search_index *index, const search_request *request, search_results **out,
                                    search_error *error);

/* Results touch no index: they stay readable after search_index_free. */
SEARCH_API uint64_t search_results_total(const search_results *results); /* matches, exact */
SEARCH_API const char *search_results_generation(const search_results *results);
/* The canonical text of the query, as far as a NUL in it. */
SEARCH_API const char *search_results_query(const search_results *results);
SEARCH_API size_t search_results_n_hits(const search_results *results);
SEARCH_API const search_hit *search_results_hit(const search_results *results, size_t i); /* null past the end */
/* A hit as one line of JSON, as it stands in the answer of search_run_json, without a newline at the end. */
SEARCH_API search_status search_hit_to_json(const search_hit *hit, char **out, size_t *n_out, search_error *error);
SEARCH_API size_t search_results_n_facets(const search_results *results);
SEARCH_API const search_facet_counts *search_results_facet(const search_results *results, size_t i);
SEARCH_API search_date_counts search_results_dates(const search_results *results);
/* How the query was relaxed; null when it was not: it matched, `relax` was not asked, or nothing could give way.  It is
 * decided without regard to `wheres`, `since` and `until`, as if only records within the required filter existed. */
SEARCH_API const search_relaxation *search_results_relaxation(const search_results *results);
/* A query that finds more, in canonical text: with other spellings of words that no record has, or few.  The empty text
 * when there is none. */
SEARCH_API search_text search_results_suggestion(const search_results *results);
SEARCH_API size_t search_results_n_warnings(const search_results *results); /* at most 64 are kept */
SEARCH_API const search_warning *search_results_warning(const search_results *results,
                                                        size_t i); /* null past the end */
SEARCH_API void search_results_free(search_results *results);

/* The JSON door.  `request` is one JSON object with any of these keys:
 *   strings    "query", "required_filter", "since", "until" (dates), "similar_to" (an id)
 *   integers   "offset", "limit", "snippets", "max_terms", "deadline_ms"
 *   booleans   "relax", "lenient", "explain"
 *   "facets"   a list of "name", "name:limit", or objects with "name" and perhaps "limit", "contains" and "below"
 *   "where"    a list of [name, value] pairs, value null for none
 *   "sort"     a list of "score", "date", "title" or "number", perhaps with ":asc" or ":desc" behind
 *   "weights"  an object with members of search_weights, those of zones as lists of four
 * An unknown key is SEARCH_E_ARGUMENT.  The answer is one JSON object (doc/search.schema.json), the bytes that
 * `cables search --format json` prints, without a newline at the end; marks are in code points.  Errors as search_run.
 */
SEARCH_API search_status search_run_json(const search_index *index, const char *request, size_t n_request, char **out,
                                         size_t *n_out, search_error *error);

/* ---- The vocabulary ------------------------------------------------------------------------------------------ */

typedef struct search_terms_request {
    size_t size;                      /* sizeof(search_terms_request) */
    search_text pattern;              /* how words begin; with '*' for any letters and '?' for one, how whole words are
                                       * written.  Case, marks and apostrophes do not count.  "": every word */
    search_text field;                /* words of this field, not the body; "": of all fields */
    search_text required_filter;      /* a query: only its records count, and words of others are not told */
    size_t limit;                     /* words at the most; 0: 20 */
    bool by_word;                     /* in bytewise order; else those of most records first */
    uint32_t deadline_ms;             /* 0: none */
    bool (*on_cancel)(void *context); /* asked now and then; true cancels; may be null */
    void *context;
} search_terms_request;

#define SEARCH_TERMS_REQUEST_INIT                                                                                      \
    { sizeof(search_terms_request), {0, 0}, {0, 0}, {0, 0}, 0, 0, 0, 0, 0 }

/* A word of the index, folded, and how many records hold it in this form. */
typedef struct search_term {
    search_text word;
    uint64_t n_records;
} search_term;

typedef struct search_term_list search_term_list;

/* Lists the words of the index that a pattern stands for.  A word of more than 200 bytes is not told.
 * SEARCH_E_QUERY: no such field, or a filter that cannot be read.  SEARCH_E_LIMIT: over 1024 bytes, or a million words.
 * SEARCH_E_ARGUMENT: a pattern of several words, the field body, a filter without words.  SEARCH_E_DEADLINE,
 * SEARCH_E_CANCELLED, SEARCH_E_CORRUPT, SEARCH_E_FORKED.  Cost: the words with the letters before the first '*' or '?';
 * with a filter also their postings. */
SEARCH_API search_status search_terms(const search_index *index, const search_terms_request *request,
                                      search_term_list **out, search_error *error);
SEARCH_API const search_term *search_term_list_term(const search_term_list *list, size_t i); /* null past the end */
SEARCH_API size_t search_term_list_n_all(const search_term_list *list); /* words without the limit */
SEARCH_API void search_term_list_free(search_term_list *list);

/* ---- Queries as trees ------------------------------------------------------------------------------------------ */

/* A query can be built instead of written, so that no text needs escaping: search_request.tree takes it.  What cannot
 * be written cannot be built: SEARCH_E_ARGUMENT with the ids of doc/query-language.md, such as "query.bad_operand", and
 * SEARCH_E_LIMIT "query.too_deep" and "query.too_long".  Whether the fields are there is seen when it is searched.
 *
 * Ownership: and, or, not, near and adj take their children over, whether they succeed or fail; a null child makes them
 * fail, so that a tree can be built without a test at each step.  No child may be given twice.  A finished tree is only
 * read, and may be searched in any number of threads at once. */

enum {
    SEARCH_QUERY_EXACT = 1,     /* these very words: `exact:` */
    SEARCH_QUERY_INFLECTED = 2, /* of a phrase, inflections too: `~"…"` */
    SEARCH_QUERY_PATTERN = 4,   /* `*`, `?`, `~1` and backslashes mean what they mean in a query; else they are plain */
};

/* Reads a query with the fields of the index, or none when it is null.  Lenient: see search_request.lenient.
 * SEARCH_E_QUERY, SEARCH_E_LIMIT. */
SEARCH_API search_status search_query_parse(const search_index *index, search_text text, bool is_lenient,
                                            search_query **out, search_error *error);
/* `field` may be empty: all fields.  A word has no white space. */
SEARCH_API search_status search_query_word(search_text field, search_text word, unsigned flags, search_query **out,
                                           search_error *error);
SEARCH_API search_status search_query_phrase(search_text field, search_text phrase, unsigned flags, search_query **out,
                                             search_error *error);
SEARCH_API search_status search_query_verbatim(search_text field, search_text text, search_query **out,
                                               search_error *error);
/* An archival reference or a part of one: `src:`. */
SEARCH_API search_status search_query_source(search_text reference, search_query **out, search_error *error);
/* What stands behind `date:`, without quotes: "1961..1963", "1961-12..", "March 1964", "none".  Certain: `date=`. */
SEARCH_API search_status search_query_date(search_text bounds, bool is_certain, search_query **out,
                                           search_error *error);
/* `children` has `n`, at least one; one alone is itself. */
SEARCH_API search_status search_query_and(search_query *const *children, size_t n, search_query **out,
                                          search_error *error);
SEARCH_API search_status search_query_or(search_query *const *children, size_t n, search_query **out,
                                         search_error *error);
SEARCH_API search_status search_query_not(search_query *child, search_query **out, search_error *error);
/* At most `distance` words, from 0 to 99, between one child and the next: in any order, or (adj) in this one. */
SEARCH_API search_status search_query_near(search_query *const *children, size_t n, size_t distance, search_query **out,
                                           search_error *error);
SEARCH_API search_status search_query_adj(search_query *const *children, size_t n, size_t distance, search_query **out,
                                          search_error *error);
/* The canonical text.  Within the limits of queries it is read back to the same tree. */
SEARCH_API search_status search_query_to_text(const search_query *query, char **out, size_t *n_out,
                                              search_error *error);
/* Of lenient reading; what is combined has none. */
SEARCH_API size_t search_query_n_warnings(const search_query *query);
SEARCH_API const search_warning *search_query_warning(const search_query *query, size_t i); /* null past the end */
SEARCH_API void search_query_free(search_query *query);

/* ---- Marking texts --------------------------------------------------------------------------------------------- */

/* What offsets in a text count.  UTF-16 units are what JavaScript, Java and C# count, code points what Python does. */
typedef enum search_unit {
    SEARCH_UNIT_BYTES = 0,
    SEARCH_UNIT_UTF16 = 1,
    SEARCH_UNIT_CODE_POINTS = 2,
} search_unit;

typedef struct search_highlight_options {
    size_t size; /* sizeof(search_highlight_options) */
    search_unit unit;
    size_t max_marks; /* marks to return at the most; 0: all */
    bool lenient;     /* as in search_request, and the next four */
    size_t max_terms;
    uint32_t deadline_ms;
    bool (*on_cancel)(void *context);
    void *context;
} search_highlight_options;

#define SEARCH_HIGHLIGHT_OPTIONS_INIT                                                                                  \
    { sizeof(search_highlight_options), SEARCH_UNIT_BYTES, 0, 0, 0, 0, 0, 0 }

typedef struct search_highlight_mark {
    size_t from; /* in the unit asked for, half open */
    size_t to;
    size_t term; /* which word, phrase, NEAR, date … of the query it is for, from 0 in the order of the query */
} search_highlight_mark;

typedef struct search_highlights search_highlights;

/* Marks the words of a query in a text that need not be of the index: what a search that finds the text in `field`
 * would mark, inflections, variants and other accents included.  What is below a NOT marks nothing, nor does a date;
 * words of NEAR are marked where they stand near each other.  Words that are asked in another field mark nothing, nor
 * does anything when the field is not searched; with an empty `field` the text is of every field at once.
 *
 * Marks come in the order of the text and do not overlap.  Where several words and phrases stand on the same text the
 * mark that begins first is kept, of those that begin together the longest, and what sticks out of it behind is marked
 * for the other from its next word on.  A variant of several words of the query has the number of the first.
 *
 * `options` may be null.  A text that is not UTF-8 has the offsets it would have with each ill-formed part read as one
 * U+FFFD; in bytes they are those of the text given.  SEARCH_E_ARGUMENT "highlight.unknown_field": the index has no
 * such field.  SEARCH_E_QUERY, SEARCH_E_LIMIT (also: the text is over 64 MiB), SEARCH_E_DEADLINE, SEARCH_E_CANCELLED,
 * SEARCH_E_CORRUPT, SEARCH_E_FORKED.  Cost: proportional to the text; no postings are read. */
SEARCH_API search_status search_highlight(const search_index *index, search_text query, search_text field,
                                          search_text text, const search_highlight_options *options,
                                          search_highlights **out, search_error *error);
SEARCH_API size_t search_highlights_n_marks(const search_highlights *highlights);
SEARCH_API const search_highlight_mark *search_highlights_mark(const search_highlights *highlights,
                                                               size_t i);      /* null past the end */
SEARCH_API bool search_highlights_is_cut(const search_highlights *highlights); /* max_marks left some out */
SEARCH_API void search_highlights_free(search_highlights *highlights);

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
