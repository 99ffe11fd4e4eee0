/* Writing Xapian's glass tables front to back from what is sorted already: doc/glass.md describes the format.  Knows
 * nothing of cables, nor of libxapian.  One handle belongs to one thread; different handles are independent, so the
 * tables of a database can be written by different threads.  Equal calls give equal bytes.
 *
 * Docids are 1 to 2^32-1; terms are 1 to 245 bytes, a NUL counting as two (SEARCH_E_ARGUMENT "glass.term"); positions
 * are 1 to 2^32-1.  What comes in the wrong order is SEARCH_E_INTERNAL "glass.order", and what is not as many as was
 * said "glass.totals": the caller is at fault.  After an error a handle can only be freed. */
#ifndef LIBSEARCH_GLASS_GLASS_H
#define LIBSEARCH_GLASS_GLASS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include "libsearch/support/digest.h"
#include "libsearch/support/error.h"

enum { GLASS_MAX_TERM_N_BYTES = 245, GLASS_TERM_PADDING = 16, GLASS_BLOCK_N_BYTES = 8192 };

/* ---- a table ---- */

typedef struct glass_table glass_table;

/* What `iamglass` says of a table. */
typedef struct glass_root {
    uint32_t block;
    uint32_t level;
    uint64_t n_entries;
    uint32_t n_blocks;             /* 0: the table is absent */
    char digest[DIGEST_N_HEX + 1]; /* SHA-256 of the file, taken while it was written */
    uint64_t checksum;             /* of the file, too */
} glass_root;

/* Makes the file, which must not exist. */
search_status glass_table_open(const char *path, glass_table **out, search_error *error);
/* The file is made with the first entry: without one the table is absent, as docdata and position must be.  beside: a
 * thread of the table's own digests and writes what is complete, if one can be had. */
search_status glass_table_open_optional(const char *path, bool beside, glass_table **out, search_error *error);
/* Keys are 1 to 255 bytes and ascend; a tag may be empty, over some 120 MB SEARCH_E_LIMIT "glass.tag".  is_compressed:
 * the tag is a raw deflate stream that glass_deflate made of it. */
search_status glass_table_add(glass_table *t, search_text key, search_text tag, bool is_compressed,
                              search_error *error);
/* Writes what is left.  Does not sync. */
search_status glass_table_finish(glass_table *t, glass_root *root, search_error *error);
void glass_table_free(glass_table *t); /* closes the file; one that was not finished stays as it is */

/* ---- compression ---- */

typedef struct glass_deflater glass_deflater;
search_status glass_deflater_new(glass_deflater **out, search_error *error);
/* Compresses a tag to be stored; replaces what `out` holds.  *is_compressed is false, and `out` undefined, when it
 * would not be smaller, or the tag is so short that libxapian would not try.  What comes out can be read however it is
 * cut. */
search_status glass_deflate(glass_deflater *d, search_text tag, buffer *out, bool *is_compressed, search_error *error);
void glass_deflater_free(glass_deflater *d);

/* ---- the postlist table ---- */

typedef struct glass_postlist glass_postlist;

search_status glass_postlist_open(const char *path, glass_postlist **out, search_error *error);
/* First of all the list of lengths: of every document, by docid, also of those that have no terms (0). */
search_status glass_postlist_length(glass_postlist *p, uint32_t docid, uint32_t length, search_error *error);
/* Begins the list of a term, bytewise behind the one before; what it holds in all must be known.  At least one
 * document. */
search_status glass_postlist_term(glass_postlist *p, search_text term, uint32_t n_documents,
                                  uint64_t collection_frequency, search_error *error);
/* The next document of the term: n_documents of them, by docid. */
search_status glass_postlist_posting(glass_postlist *p, uint32_t docid, uint32_t wdf, search_error *error);
search_status glass_postlist_finish(glass_postlist *p, glass_root *root, search_error *error);
void glass_postlist_free(glass_postlist *p);

/* ---- the position table ---- */

/* Writes the tag for positions that ascend strictly, at least 1 and at most n of them, and gives its end.  `out` has
 * room for the most bytes that so many can take; some behind the end may be written over. */
unsigned char *glass_positions_encode(unsigned char *out, const uint32_t *positions, size_t n);
static inline size_t glass_positions_max_n_bytes(size_t n) {
    return 5 + 4 * (n + 1) + 8;
}

typedef struct glass_positions glass_positions;
/* The file is made with the first entry: without one the table is absent.  beside: as with a table. */
search_status glass_positions_open(const char *path, bool beside, glass_positions **out, search_error *error);
/* Terms ascend bytewise. */
search_status glass_positions_term(glass_positions *p, search_text term, search_error *error);
/* The tag, as glass_positions_encode made it, of the term's next document. */
search_status glass_positions_add(glass_positions *p, uint32_t docid, search_text tag, search_error *error);
search_status glass_positions_finish(glass_positions *p, glass_root *root, search_error *error);
void glass_positions_free(glass_positions *p);

/* ---- the termlist and docdata tables: by docid, a tag each ---- */

/* The terms of one document: start, which empties the buffer, add each term bytewise ascending, and the buffer holds
 * the tag.  A term of over 245 bytes makes the buffer fail.  Behind each term GLASS_TERM_PADDING bytes more are read,
 * which may hold anything. */
typedef struct glass_termlist {
    buffer *out;
    char last[GLASS_MAX_TERM_N_BYTES + GLASS_TERM_PADDING];
    size_t n_last; /* 0: none yet */
} glass_termlist;
void glass_termlist_start(glass_termlist *t, buffer *out, uint32_t length, uint32_t n_terms);
void glass_termlist_add(glass_termlist *t, search_text term, uint32_t wdf);

/* Appends the key of a docid, as the termlist and docdata tables have it, to key; at most 5 bytes. */
size_t glass_docid_key(uint32_t docid, char key[5]);

/* ---- the version file ---- */

typedef struct glass_statistics {
    uint32_t n_documents;
    uint32_t last_docid;
    uint32_t min_length; /* the least that is not 0; 0 when there is none */
    uint32_t max_length;
    uint32_t max_wdf;
    uint64_t total_length;
} glass_statistics;

typedef struct glass_roots {
    glass_root postlist;
    glass_root docdata;
    glass_root termlist;
    glass_root position;
} glass_roots;

/* Writes `iamglass` of revision 1, which makes a database of the folder: last, when the tables are there. */
search_status glass_write_version(const char *path, const unsigned char uuid[16], const glass_roots *roots,
                                  const glass_statistics *statistics, search_error *error);

#endif
