/* Columns: what ranking and facets need of every document, in one file a segment, mapped read-only.
 *
 *   file     = header, section table, sections (each at a multiple of 8 bytes); all numbers little-endian
 *   header   = "SRCHCOL1", u32 n_documents, u32 n_sections
 *   table    = n_sections x { char name[48] (NUL padded), u64 offset, u64 n_bytes }
 *
 * A list of strings is two sections: NAME.at (u64 x n+1, ascending, from 0) and NAME.bytes.  Facets add NAME.rows
 * (u32 x n_documents+1, ascending) and NAME.ordinals (u32, ascending within a row).  Everything is checked on opening,
 * so readers index without checks.  doc/index-format.md lists the sections. */
#ifndef LIBSEARCH_INDEX_COLUMNS_H
#define LIBSEARCH_INDEX_COLUMNS_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/index/spool.h"
#include "libsearch/support/files.h"

#define COLUMNS_MAX_NAME 47

/* ---- writing: sections are collected, long ones in a spill file, and written at once ---- */
typedef struct columns_writer columns_writer;
/* folder: of the spill file, which has no name. */
search_status columns_writer_new(const char *folder, columns_writer **out, search_error *error);
/* A section, made when it is new; null: out of memory, or there are too many.  The pointer holds until
 * columns_writer_free.  Its file is the writer's. */
spool *columns_writer_spool(columns_writer *w, const char *name);
/* The same for a section that is short: the buffer is all of it. */
buffer *columns_writer_section(columns_writer *w, const char *name);
spill *columns_writer_spill(columns_writer *w);
void columns_add_u32(buffer *b, uint32_t value);
void columns_add_u64(buffer *b, uint64_t value);
search_status columns_writer_finish(columns_writer *w, const char *path, uint32_t n_documents, search_error *error);
void columns_writer_free(columns_writer *w);

/* ---- reading ---- */
typedef struct columns columns;
typedef struct column_strings {
    const uint64_t *at; /* n + 1 */
    const char *bytes;
    size_t n;
} column_strings;
typedef struct column_facet {
    column_strings values; /* bytewise ascending */
    const uint32_t *rows;  /* n_documents + 1 */
    const uint32_t *ordinals;
} column_facet;

/* SEARCH_E_CORRUPT when the container breaks a rule above. */
search_status columns_open(const char *path, columns **out, search_error *error);
uint32_t columns_n_documents(const columns *c);
uint64_t columns_n_bytes(const columns *c);
/* A section of exactly n numbers; SEARCH_E_CORRUPT when absent or of another size. */
search_status columns_u32(const columns *c, const char *name, size_t n, const uint32_t **out, search_error *error);
search_status columns_strings(const columns *c, const char *name, column_strings *out, search_error *error);
search_status columns_facet(const columns *c, const char *name, column_facet *out, search_error *error);
/* Section i of the table, whatever it holds; false past the end. */
typedef struct column_section {
    const char *name;
    const unsigned char *bytes;
    size_t n_bytes;
} column_section;
bool columns_section(const columns *c, size_t i, column_section *out);
bool columns_section_find(const columns *c, const char *name, column_section *out);
search_text column_string(const column_strings *s, size_t i);
void columns_close(columns *c);

#endif
