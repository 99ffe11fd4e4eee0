/* The row of a document: the values that the columns hold of it, in the order of their sections, as bytes that go from
 * the thread that read the record to the one that collects the columns.  Never on disk.
 *
 *   row = u32 lengths[zones], u32 starts[fields of words], i32 earliest, i32 latest, u32 put_by_update,
 *         text id, title, date, number, reference, then of each facet field: u32 n, n texts
 *   text = u32 n_bytes, bytes */
#ifndef LIBSEARCH_INDEX_ROW_H
#define LIBSEARCH_INDEX_ROW_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/support/buffer.h"
#include <libsearch.h>
#include <stdint.h>
#include <string.h>

static inline void row_add_u32(buffer *row, uint32_t value) {
    buffer_add(row, &value, sizeof value);
}

static inline void row_add_text(buffer *row, search_text text) {
    row_add_u32(row, (uint32_t)text.n_bytes);
    if (text.n_bytes > 0) {
        buffer_add(row, text.bytes, text.n_bytes);
    }
}

/* Both move *row on. */
static inline uint32_t row_take_u32(const char **row) {
    uint32_t value;
    memcpy(&value, *row, sizeof value);
    *row += sizeof value;
    return value;
}

static inline search_text row_take_text(const char **row) {
    const size_t n_bytes = row_take_u32(row);
    const search_text text = {*row, n_bytes};
    *row += n_bytes;
    return text;
}

#endif
