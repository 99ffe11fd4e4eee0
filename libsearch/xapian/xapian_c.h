/* C bindings over libxapian: only what the layers above use.  Every function is noexcept and runs through one guard, so
 * no exception leaves; Xapian's errors come back as a status with type, message and context.  A handle belongs to one
 * thread at a time (a database and all cursors opened on it count as one handle).  Terms are bytes.  Knows nothing of
 * cables. */
#ifndef LIBSEARCH_XAPIAN_XAPIAN_C_H
#define LIBSEARCH_XAPIAN_XAPIAN_C_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <libsearch.h>

#ifdef __cplusplus
#define XAPIAN_C_NOEXCEPT noexcept
extern "C" {
#else
#define XAPIAN_C_NOEXCEPT
#endif

typedef struct xapian_writer xapian_writer;     /* Xapian::WritableDatabase */
typedef struct xapian_database xapian_database; /* Xapian::Database */
typedef struct xapian_document xapian_document; /* Xapian::Document being built */
typedef struct xapian_postings xapian_postings; /* cursor over the documents of a term */
typedef struct xapian_terms xapian_terms;       /* cursor over terms with a prefix, of a document, or metadata keys */
typedef struct xapian_values xapian_values;     /* cursor over the value slots of a document */

/* Terms and metadata keys are 1 to 245 bytes, a NUL counting as two; others are SEARCH_E_ARGUMENT when given to be
 * written and absent when looked for. */

/* Creates a glass database in a directory that does not exist yet (SEARCH_E_SYSTEM with EEXIST when it does) and whose
 * parent does.  In place and without fsync: unusable until it was closed, and the caller syncs the tree.  Xapian spills
 * its buffer every 10,000 documents; only the environment could change that, and the library leaves the environment
 * alone.  After a write that failed the writer can only be freed (SEARCH_E_INTERNAL "xapian.writer_failed"). */
search_status xapian_writer_create(const char *path, xapian_writer **out, search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_writer_add(xapian_writer *w, const xapian_document *d, uint32_t *docid,
                                search_error *error) XAPIAN_C_NOEXCEPT;
/* Replaces the data of a document and keeps its terms.  SEARCH_E_NOT_FOUND: no such document. */
search_status xapian_writer_set_data(xapian_writer *w, uint32_t docid, search_text data,
                                     search_error *error) XAPIAN_C_NOEXCEPT;
/* The data of a document as it would be read later, committed or not: a malloc'ed copy.  SEARCH_E_CORRUPT: it will not
 * be readable. */
search_status xapian_writer_data(const xapian_writer *w, uint32_t docid, char **out, size_t *n_out,
                                 search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_writer_set_metadata(xapian_writer *w, search_text key, search_text value,
                                         search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_writer_commit(xapian_writer *w, search_error *error) XAPIAN_C_NOEXCEPT;
/* Commits; the handle must still be freed. */
search_status xapian_writer_close(xapian_writer *w, search_error *error) XAPIAN_C_NOEXCEPT;
/* Drops what was not committed, and with it the database unless it was closed. */
void xapian_writer_free(xapian_writer *w) XAPIAN_C_NOEXCEPT;

search_status xapian_document_new(xapian_document **out, search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_document_add_posting(xapian_document *d, search_text term, uint32_t position, uint32_t wdf,
                                          search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_document_add_term(xapian_document *d, search_text term, uint32_t wdf,
                                       search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_document_set_data(xapian_document *d, search_text data, search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_document_set_value(xapian_document *d, uint32_t slot, search_text value,
                                        search_error *error) XAPIAN_C_NOEXCEPT;
void xapian_document_free(xapian_document *d) XAPIAN_C_NOEXCEPT;

/* SEARCH_E_NO_INDEX: nothing there; SEARCH_E_FORMAT: another version of the format; SEARCH_E_CORRUPT. */
search_status xapian_database_open(const char *path, xapian_database **out, search_error *error) XAPIAN_C_NOEXCEPT;
uint32_t xapian_database_n_documents(const xapian_database *d) XAPIAN_C_NOEXCEPT;
uint32_t xapian_database_last_docid(const xapian_database *d) XAPIAN_C_NOEXCEPT;
uint64_t xapian_database_total_length(const xapian_database *d) XAPIAN_C_NOEXCEPT;
search_status xapian_database_term_frequency(const xapian_database *d, search_text term, uint32_t *n_documents,
                                             search_error *error) XAPIAN_C_NOEXCEPT;
/* How often a term occurs in all documents: the sum of its wdfs.  0 for an absent one. */
search_status xapian_database_collection_frequency(const xapian_database *d, search_text term, uint64_t *n_occurrences,
                                                   search_error *error) XAPIAN_C_NOEXCEPT;
/* The sum of the wdfs of a document as the postlist table has it.  SEARCH_E_NOT_FOUND: no such document. */
search_status xapian_database_document_length(const xapian_database *d, uint32_t docid, uint32_t *length,
                                              search_error *error) XAPIAN_C_NOEXCEPT;
/* malloc'ed copies.  SEARCH_E_NOT_FOUND: no such document. */
search_status xapian_database_data(const xapian_database *d, uint32_t docid, char **out, size_t *n_out,
                                   search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_database_metadata(const xapian_database *d, search_text key, char **out, size_t *n_out,
                                       search_error *error) XAPIAN_C_NOEXCEPT; /* empty when absent */
void xapian_database_free(xapian_database *d) XAPIAN_C_NOEXCEPT;

/* A cursor that failed is past the end.  Cursors may outlive the handle of their database. */

/* The cursor starts before the first document.  An absent term (or an empty term: all documents) is no error: it has no
 * documents (all of them).  docid is 0 past the end. */
search_status xapian_postings_open(const xapian_database *d, search_text term, xapian_postings **out,
                                   search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_postings_next(xapian_postings *p, uint32_t *docid, search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_postings_skip_to(xapian_postings *p, uint32_t target, uint32_t *docid,
                                      search_error *error) XAPIAN_C_NOEXCEPT;
uint32_t xapian_postings_wdf(const xapian_postings *p) XAPIAN_C_NOEXCEPT; /* 0 before the first and past the last */
/* Copies the positions of the current document, ascending, into a malloc'ed array that grows: *positions of *capacity.
 * None before the first document, past the last, and in a cursor over all documents. */
search_status xapian_postings_positions(xapian_postings *p, uint32_t **positions, size_t *capacity, size_t *n_positions,
                                        search_error *error) XAPIAN_C_NOEXCEPT;
void xapian_postings_free(xapian_postings *p) XAPIAN_C_NOEXCEPT;

/* Terms in bytewise order.  term is borrowed until the next call; null bytes past the end.  n_documents may be null,
 * which spares looking it up. */
search_status xapian_terms_open(const xapian_database *d, search_text prefix, xapian_terms **out,
                                search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_terms_next(xapian_terms *t, search_text *term, uint32_t *n_documents,
                                search_error *error) XAPIAN_C_NOEXCEPT;
/* Moves to the first term at or behind the target, never backwards. */
search_status xapian_terms_skip_to(xapian_terms *t, search_text target, search_text *term, uint32_t *n_documents,
                                   search_error *error) XAPIAN_C_NOEXCEPT;
/* The same cursor over the terms of a document (SEARCH_E_NOT_FOUND: no such document) and over the metadata keys. */
search_status xapian_terms_open_document(const xapian_database *d, uint32_t docid, xapian_terms **out,
                                         search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_terms_open_metadata(const xapian_database *d, xapian_terms **out,
                                         search_error *error) XAPIAN_C_NOEXCEPT;
/* The current term's in the document; 0 before the first, past the last, and in other cursors. */
uint32_t xapian_terms_wdf(const xapian_terms *t) XAPIAN_C_NOEXCEPT;
/* The positions of the current term in the document, as xapian_postings_positions copies them, which reads the file for
 * each posting; this does not for a posting that stands near the one read before.  The table is sorted by term, then by
 * document. */
search_status xapian_terms_positions(xapian_terms *t, uint32_t **positions, size_t *capacity, size_t *n_positions,
                                     search_error *error) XAPIAN_C_NOEXCEPT;
void xapian_terms_free(xapian_terms *t) XAPIAN_C_NOEXCEPT;

/* Slots that hold a value, ascending.  value is borrowed until the next call; null bytes past the end.
 * SEARCH_E_NOT_FOUND: no such document. */
search_status xapian_values_open(const xapian_database *d, uint32_t docid, xapian_values **out,
                                 search_error *error) XAPIAN_C_NOEXCEPT;
search_status xapian_values_next(xapian_values *v, uint32_t *slot, search_text *value,
                                 search_error *error) XAPIAN_C_NOEXCEPT;
void xapian_values_free(xapian_values *v) XAPIAN_C_NOEXCEPT;

/* Xapian's own check of every table; SEARCH_E_CORRUPT with the first complaint. */
search_status xapian_check(const char *path, size_t *n_errors, search_error *error) XAPIAN_C_NOEXCEPT;
/* The same of one table, such as "postlist"; one that is not there is sound.  What two tables say of each other is not
 * compared.  Different tables may be checked in different threads at once.  The
 * table is opened for writing, though nothing is written.  A damaged file can make Xapian loop: give
 * only files whose bytes are known to be as they were written. */
search_status xapian_check_table(const char *path, const char *table, search_error *error) XAPIAN_C_NOEXCEPT;
/* Copies into a directory that does not exist yet; document numbers stay as they are. */
search_status xapian_compact(const char *from, const char *to, search_error *error) XAPIAN_C_NOEXCEPT;
const char *xapian_version(void) XAPIAN_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
