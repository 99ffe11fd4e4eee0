/* The leaf under construction, so that the writers of many small entries can put them without a call each.
 *
 * Item of a leaf: size is that of the whole item less 3; a tag that fits one item has the flags FIRST and LAST.
 *
 *   +-----------------+----+-------------+----------------------------+------------+
 *   | be16 flags|size | u8 | key         | be16 component: not in the | tag bytes  |
 *   |      3 + 13 bits|  K | K bytes     |      first, which is 1     |            |
 *   +-----------------+----+-------------+----------------------------+------------+ */
#ifndef LIBSEARCH_GLASS_TABLE_H
#define LIBSEARCH_GLASS_TABLE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/glass/codes.h"
#include "libsearch/glass/output.h"

enum {
    BLOCK_N_HEADER = 11,
    ITEM_N_HEADER = 3,
    DIRECTORY_N_ENTRY = 2,
    MAX_ITEM = (GLASS_BLOCK_N_BYTES - BLOCK_N_HEADER - 4 * DIRECTORY_N_ENTRY) / 4, /* so that blocks can be split */
    FLAG_COMPRESSED = 0x8000,
    FLAG_LAST = 0x4000,
    FLAG_FIRST = 0x2000
};
static_assert(MAX_ITEM == 2043, "the limit of 8 KiB blocks");
static_assert(MAX_ITEM - ITEM_N_HEADER < FLAG_FIRST, "the size field has 13 bits");

/* A block being filled: the directory grows up, the items grow down, and between them is what is free. */
typedef struct glass_block {
    unsigned char *bytes;
    size_t n_directory; /* end of the directory */
    size_t lowest;      /* start of the items; both are 0 when there is no block, and nothing fits */
} glass_block;

/* A place in the order of items.  All zero, it stands before all. */
typedef struct glass_separator {
    size_t n_key;
    unsigned component;
    unsigned char key[KEY_MAX_N_BYTES];
} glass_separator;

typedef struct glass_branch {
    glass_block block;
    glass_separator own; /* under which the level above will hold this block */
} glass_branch;

enum { MAX_N_LEVELS = 10 }; /* with 30 children or more a block, 2^32 leaves have 7 */

struct glass_table {
    glass_block leaf; /* within the piece of the output */
    glass_separator leaf_own;
    uint64_t n_entries;
    glass_output output;
    size_t n_out;      /* blocks in its piece */
    uint32_t n_blocks; /* handed on or in the piece */
    glass_branch branches[MAX_N_LEVELS];
    int failed_errno; /* not 0: something failed */
};

/* Room for an item in a block; null when it does not fit. */
static inline unsigned char *block_reserve(glass_block *b, size_t n_item) {
    if (n_item + DIRECTORY_N_ENTRY > b->lowest - b->n_directory)
        return NULL;
    b->lowest -= n_item;
    put_be16(b->bytes + b->n_directory, b->lowest);
    b->n_directory += DIRECTORY_N_ENTRY;
    return b->bytes + b->lowest;
}

/* Begins the next leaf, and the file when it is the first.  The key and component are those of its first item. */
search_status glass_table_turn(glass_table *t, const unsigned char *key, size_t n_key, unsigned component,
                               search_error *error);

/* Puts an entry that fits one item and is known to come behind all others. */
static inline search_status glass_table_put(glass_table *t, const unsigned char *key, size_t n_key, search_text tag,
                                            unsigned flags, search_error *error) {
    const size_t n_item = ITEM_N_HEADER + n_key + tag.n_bytes;
    unsigned char *at = block_reserve(&t->leaf, n_item);
    if (at == NULL) {
        const search_status status = glass_table_turn(t, key, n_key, 1, error);
        if (status != SEARCH_OK)
            return status;
        at = block_reserve(&t->leaf, n_item);
    }
    at = put_be16(at, (n_item - ITEM_N_HEADER) | FLAG_FIRST | FLAG_LAST | flags);
    *at++ = (unsigned char)n_key;
    memcpy(at, key, n_key);
    if (tag.n_bytes > 0)
        memcpy(at + n_key, tag.bytes, tag.n_bytes);
    t->n_entries++;
    return SEARCH_OK;
}

#endif
