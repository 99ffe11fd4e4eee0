/* C bindings over libxapian: only what the layers above use.  Every function is noexcept and runs through one guard, so no
 * exception leaves; Xapian's errors come back as a status with type, message and context.  A handle belongs to one thread at a
 * time (a database and all cursors opened on it count as one handle).  Terms are bytes.  Knows nothing of cables. */
#ifndef LIBSEARCH_XAPIAN_XAPIAN_C_H
#define LIBSEARCH_XAPIAN_XAPIAN_C_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <libsearch.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct xapian_writer xapian_writer;       /* Xapian::WritableDatabase */
typedef struct xapian_database xapian_database;   /* Xapian::Database */
typedef struct xapian_document xapian_document;   /* Xapian::Document being built */
typedef struct xapian_postings xapian_postings;   /* cursor over the documents of a term */
typedef struct xapian_terms xapian_terms;         /* cursor over the terms with a prefix */

/* Creates a glass database in a directory that does not exist yet; no fsync (the caller syncs the tree), large flush threshold.*/
search_status xapian_writer_create(const char *path, xapian_writer **out, search_error *error);
search_status xapian_writer_add(xapian_writer *w, const xapian_document *d, uint32_t *docid, search_error *error);
/* Replaces the data of a document and keeps its terms. */
search_status xapian_writer_set_data(xapian_writer *w, uint32_t docid, search_text data, search_error *error);
search_status xapian_writer_set_metadata(xapian_writer *w, search_text key, search_text value, search_error *error);
search_status xapian_writer_commit(xapian_writer *w, search_error *error);
search_status xapian_writer_close(xapian_writer *w, search_error *error); /* commits; the handle must still be freed */
void xapian_writer_free(xapian_writer *w);

search_status xapian_document_new(xapian_document **out, search_error *error);
search_status xapian_document_add_posting(xapian_document *d, search_text term, uint32_t position, uint32_t wdf,
                                          search_error *error);
search_status xapian_document_add_term(xapian_document *d, search_text term, uint32_t wdf, search_error *error);
search_status xapian_document_set_data(xapian_document *d, search_text data, search_error *error);
search_status xapian_document_set_value(xapian_document *d, uint32_t slot, search_text value, search_error *error);
void xapian_document_free(xapian_document *d);

/* SEARCH_E_NO_INDEX: nothing there; SEARCH_E_FORMAT: another version of the format; SEARCH_E_CORRUPT. */
search_status xapian_database_open(const char *path, xapian_database **out, search_error *error);
uint32_t xapian_database_n_documents(const xapian_database *d);
uint32_t xapian_database_last_docid(const xapian_database *d);
uint64_t xapian_database_total_length(const xapian_database *d);
search_status xapian_database_term_frequency(const xapian_database *d, search_text term, uint32_t *n_documents,
                                             search_error *error);
/* malloc'ed copies.  SEARCH_E_NOT_FOUND: no such document. */
search_status xapian_database_data(const xapian_database *d, uint32_t docid, char **out, size_t *n_out,
                                   search_error *error);
search_status xapian_database_metadata(const xapian_database *d, search_text key, char **out, size_t *n_out,
                                       search_error *error); /* empty when absent */
void xapian_database_free(xapian_database *d);

/* The cursor starts before the first document.  An absent term (or an empty term: all documents) is no error: it has no
 * documents (all of them).  docid is 0 past the end. */
search_status xapian_postings_open(const xapian_database *d, search_text term, xapian_postings **out,
                                   search_error *error);
search_status xapian_postings_next(xapian_postings *p, uint32_t *docid, search_error *error);
search_status xapian_postings_skip_to(xapian_postings *p, uint32_t target, uint32_t *docid, search_error *error);
uint32_t xapian_postings_wdf(const xapian_postings *p); /* 0 before the first and past the last */
/* Copies the positions of the current document, ascending, into a malloc'ed array that grows: *positions of *capacity. */
search_status xapian_postings_positions(xapian_postings *p, uint32_t **positions, size_t *capacity, size_t *n_positions,
                                        search_error *error);
void xapian_postings_free(xapian_postings *p);

/* Terms in bytewise order.  term is borrowed until the next call; null bytes past the end. */
search_status xapian_terms_open(const xapian_database *d, search_text prefix, xapian_terms **out, search_error *error);
search_status xapian_terms_next(xapian_terms *t, search_text *term, uint32_t *n_documents, search_error *error);
void xapian_terms_free(xapian_terms *t);

/* Xapian's own check of every table; SEARCH_E_CORRUPT with the first complaint. */
search_status xapian_check(const char *path, size_t *n_errors, search_error *error);
search_status xapian_compact(const char *from, const char *to, search_error *error);
const char *xapian_version(void);

#ifdef __cplusplus
}
#endif

#endif
