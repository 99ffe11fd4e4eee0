/* Source to record: the record model and the readers.  Knows nothing of terms or indexes. */
#ifndef LIBSEARCH_CABLE_CABLE_H
#define LIBSEARCH_CABLE_CABLE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/error.h"

#define RECORD_MAX_N_BYTES ((size_t)32 << 20)

/* ---- record.c: behind search_record_… of the public header; what only the library uses ---- */
search_status record_set_derived(search_record *record, const char *key, search_error *error); /* mark of a key */
search_record *record_clone(const search_record *record); /* null: out of memory */
/* The record's id: its own, else the number in its url, else "x-" and 16 hex digits of the digest of its content. */
search_status record_complete_id(search_record *record, search_error *error);

/* ---- dates.c: a date is an interval of days ---- */
typedef struct date_interval {
    int32_t earliest; /* YYYYMMDD; 0: undated */
    int32_t latest;
} date_interval;
/* Reads "1961-12-02", "1961-12", "1961", "December 2, 1961", "2 December 1961", "March 1964", "c. 1962" (+-1 year),
 * "1961-12-02..1962-01-05"; anything else is undated and false.  Days must exist. */
bool date_read(search_text text, date_interval *out);
void date_print(int32_t day, char out[16]); /* YYYY-MM-DD, "" for 0 */

/* ---- citation.c: "PRC FMA 118-01026-07, 125-128. Translated by David Cowhig." ---- */
typedef struct citation {
    search_text archive;   /* "PRC FMA"; empty when not understood */
    search_text reference; /* "PRC FMA 118-01026-07, 125-128": the citation without the credit tail */
    search_text credits;   /* "Translated by David Cowhig." */
} citation; /* parts of the text given */
void citation_read(search_text source, citation *out);
search_status citation_add_translators(search_record *record, search_text credits, search_error *error);

/* ---- places.c: countries named in a title ---- */
search_status places_derive(search_record *record, search_error *error); /* adds and marks when there are none */

/* ---- page.c, jsonl.c: the formats ---- */
/* SEARCH_E_INPUT "record.not_a_cable" when the text is not a saved page. */
search_status page_read(search_text text, search_record **out, search_error *error);
bool page_looks_like(search_text text);

/* ---- source.c: files, directories, standard input ---- */
typedef struct cable_sink {
    /* A status that is not OK and not SEARCH_E_INPUT stops the reading; SEARCH_E_INPUT is reported as a skipped record. */
    search_status (*on_record)(void *context, const search_record *record, const char *source, size_t line,
                               search_error *error);
    void (*on_report)(void *context, const search_report *report); /* never null */
    bool (*on_bytes)(void *context, size_t n_bytes); /* after each record or file; false: SEARCH_E_CANCELLED */
    void *context;
} cable_sink;
/* A file, a directory or "-".  What is no cable is skipped and reported; a line over 32 MiB is passed over without being held
 * in memory.  SEARCH_E_INPUT: the source itself is missing or unreadable. */
search_status source_read(const char *source, const cable_sink *sink, search_error *error);

#endif
