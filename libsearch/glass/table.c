/* A B-tree file, front to back: leaves fill one after another, each full one gives its first key to the branch block
 * above, and every block is appended when it is complete.  Memory is one block a level, and those not yet written.
 *
 *   block    0  be32 revision   4  u8 level   5  be16 gap   7  be16 free bytes   9  be16 end of the directory
 *           11  be16 offset of each item, by key ...   (gap)   ... the last item, ..., the second, the first
 *
 * What is free is all in the gap, so both fields are the same.  The first item of a table has no key and no tag. */
#include "libsearch/glass/table.h"
#include <errno.h>
#include <stdlib.h>

enum {
    REVISION = 1, /* never 0: libxapian empties the tables of a database of revision 0 */
    BRANCH_N_ITEM = 7,
    COMPONENT_N_BYTES = 2,
    MAX_N_COMPONENTS = 65535,
    N_PIECES_MORE = 3, /* than with pieces as long as can be */
    MIN_N_PIECE = 34   /* a tag is not cut for the sake of fewer bytes than this and the key's */
};

/* ---- Blocks --------------------------------------------------------------------------------------------------- */

static void block_start(glass_block *b, unsigned char *bytes) {
    *b = (glass_block){bytes, BLOCK_N_HEADER, GLASS_BLOCK_N_BYTES};
}

static void block_finish(glass_block *b, size_t level) {
    const size_t n_free = b->lowest - b->n_directory;
    memset(b->bytes + b->n_directory, 0, n_free);
    unsigned char *at = put_be32(b->bytes, REVISION);
    *at++ = (unsigned char)level;
    at = put_be16(at, n_free);
    at = put_be16(at, n_free);
    put_be16(at, b->n_directory);
}

static search_status failed_before(const glass_table *t, search_error *error) {
    return error_system(error, t->failed_errno, "file.write", "cannot write %s", t->output.path);
}

/* After a failure that was told: nothing more is taken. */
static search_status stop(glass_table *t, search_status status) {
    if (t->failed_errno == 0)
        t->failed_errno = t->output.failed_errno == 0 ? ENOMEM : t->output.failed_errno;
    t->leaf = (glass_block){0};
    return status;
}

static search_status write_out(glass_table *t, search_error *error) {
    const search_status status = output_write(&t->output, t->n_out * GLASS_BLOCK_N_BYTES, error);
    if (status != SEARCH_OK)
        return stop(t, status);
    t->n_out = 0;
    return SEARCH_OK;
}

/* Where the next block is to be. */
static search_status next_block(glass_table *t, unsigned char **out, search_error *error) {
    if (t->n_out == OUTPUT_N_BLOCKS) {
        const search_status status = write_out(t, error);
        if (status != SEARCH_OK)
            return status;
    }
    *out = t->output.piece + t->n_out * GLASS_BLOCK_N_BYTES;
    return SEARCH_OK;
}

static uint32_t append_leaf(glass_table *t) {
    block_finish(&t->leaf, 0);
    t->n_out++;
    return t->n_blocks++;
}

static search_status append_branch(glass_table *t, size_t level, uint32_t *number, search_error *error) {
    unsigned char *bytes;
    const search_status status = next_block(t, &bytes, error);
    if (status != SEARCH_OK)
        return status;
    block_finish(&t->branches[level].block, level);
    memcpy(bytes, t->branches[level].block.bytes, GLASS_BLOCK_N_BYTES);
    t->n_out++;
    *number = t->n_blocks++;
    return SEARCH_OK;
}

/* ---- Branches ------------------------------------------------------------------------------------------------- */

/* Item of a branch; the first of a block is never compared, and has no key and component 0:
 *
 *   +------------+----+-----------+----------------+
 *   | be32 child | u8 | separator | be16 component |
 *   |            |  K | K bytes   |                |
 *   +------------+----+-----------+----------------+ */
static bool put_child(glass_block *b, const glass_separator *separator, uint32_t child) {
    unsigned char *at = block_reserve(b, BRANCH_N_ITEM + separator->n_key);
    if (at == NULL)
        return false;
    at = put_be32(at, child);
    *at++ = (unsigned char)separator->n_key;
    memcpy(at, separator->key, separator->n_key);
    put_be16(at + separator->n_key, separator->component);
    return true;
}

static const glass_separator before_all = {0};

static search_status add_child(glass_table *t, size_t level, const glass_separator *separator, uint32_t child,
                               search_error *error) {
    glass_branch *branch = &t->branches[level];
    if (branch->block.bytes == NULL) {
        unsigned char *bytes = malloc(GLASS_BLOCK_N_BYTES);
        if (bytes == NULL)
            return error_memory(error);
        block_start(&branch->block, bytes);
        put_child(&branch->block, &before_all, child);
        return SEARCH_OK;
    }
    if (put_child(&branch->block, separator, child))
        return SEARCH_OK;
    uint32_t number = 0;
    search_status status = append_branch(t, level, &number, error);
    if (status == SEARCH_OK)
        status = add_child(t, level + 1, &branch->own, number, error);
    if (status != SEARCH_OK)
        return status;
    block_start(&branch->block, branch->block.bytes);
    branch->own = *separator;
    put_child(&branch->block, &before_all, child);
    return SEARCH_OK;
}

/* ---- Leaves --------------------------------------------------------------------------------------------------- */

static search_text last_key(const glass_table *t) {
    if (t->leaf.bytes == NULL)
        return (search_text){0};
    const unsigned char *item = t->leaf.bytes + t->leaf.lowest;
    return (search_text){(const char *)item + ITEM_N_HEADER, item[ITEM_N_HEADER - 1]};
}

/* The shortest beginning of a key that is behind the last one: the whole key, where one tag lies on both sides. */
static void separate(search_text last, const unsigned char *key, size_t n_key, unsigned component,
                     glass_separator *out) {
    const unsigned char *bytes = (const unsigned char *)last.bytes;
    size_t n = 0;
    while (n < n_key && n < last.n_bytes && key[n] == bytes[n])
        n++;
    out->n_key = n < n_key ? n + 1 : n_key;
    out->component = component;
    memcpy(out->key, key, out->n_key);
}

static search_status begin(glass_table *t, search_error *error) {
    const search_status status = output_begin(&t->output, error);
    if (status != SEARCH_OK)
        return stop(t, status);
    block_start(&t->leaf, t->output.piece);
    unsigned char *null_item = block_reserve(&t->leaf, ITEM_N_HEADER);
    put_be16(null_item, FLAG_FIRST | FLAG_LAST);
    null_item[ITEM_N_HEADER - 1] = 0;
    return SEARCH_OK;
}

search_status glass_table_turn(glass_table *t, const unsigned char *key, size_t n_key, unsigned component,
                               search_error *error) {
    if (t->failed_errno != 0)
        return failed_before(t, error);
    if (t->output.piece == NULL)
        return begin(t, error);
    glass_separator next;
    separate(last_key(t), key, n_key, component, &next);
    const uint32_t number = append_leaf(t);
    unsigned char *bytes = NULL;
    search_status status = add_child(t, 1, &t->leaf_own, number, error);
    if (status == SEARCH_OK)
        status = next_block(t, &bytes, error);
    if (status != SEARCH_OK)
        return stop(t, status);
    block_start(&t->leaf, bytes);
    t->leaf_own = next;
    return SEARCH_OK;
}

/* ---- Entries -------------------------------------------------------------------------------------------------- */

static search_status put_component(glass_table *t, search_text key, search_text piece, unsigned flags,
                                   unsigned component, search_error *error) {
    const unsigned char *key_bytes = (const unsigned char *)key.bytes;
    const size_t n_component = component == 1 ? 0 : COMPONENT_N_BYTES;
    const size_t n_item = ITEM_N_HEADER + key.n_bytes + n_component + piece.n_bytes;
    unsigned char *at = block_reserve(&t->leaf, n_item);
    if (at == NULL) {
        const search_status status = glass_table_turn(t, key_bytes, key.n_bytes, component, error);
        if (status != SEARCH_OK)
            return status;
        at = block_reserve(&t->leaf, n_item);
    }
    at = put_be16(at, (n_item - ITEM_N_HEADER) | flags);
    *at++ = (unsigned char)key.n_bytes;
    memcpy(at, key.bytes, key.n_bytes);
    at += key.n_bytes;
    if (component > 1)
        at = put_be16(at, component);
    memcpy(at, piece.bytes, piece.n_bytes);
    return SEARCH_OK;
}

/* How many bytes of a tag the next item may have: what is left of the leaf, when that is worth a piece, or else what
 * fits one in a new leaf. */
static size_t piece_n_bytes(const glass_table *t, size_t n_key, unsigned component) {
    const size_t n_fixed = ITEM_N_HEADER + n_key + (component == 1 ? 0 : COMPONENT_N_BYTES);
    const size_t n_left = t->leaf.lowest - t->leaf.n_directory;
    const size_t n_most = MAX_ITEM - n_fixed;
    if (n_left < DIRECTORY_N_ENTRY + n_fixed + n_key + MIN_N_PIECE)
        return n_most;
    const size_t n = n_left - n_fixed - DIRECTORY_N_ENTRY;
    return n < n_most ? n : n_most;
}

/* Cuts a tag so that every leaf is full.  Readers do not care how a tag is cut. */
static search_status put_pieces(glass_table *t, search_text key, search_text tag, unsigned flags, search_error *error) {
    const size_t n_least = MAX_ITEM - ITEM_N_HEADER - COMPONENT_N_BYTES - key.n_bytes;
    if (tag.n_bytes / n_least + N_PIECES_MORE > MAX_N_COMPONENTS)
        return error_set(error, SEARCH_E_LIMIT, "glass.tag", "%zu bytes are too long for one entry", tag.n_bytes);
    flags |= FLAG_FIRST;
    unsigned component = 1;
    for (size_t at = 0; at < tag.n_bytes; component++) {
        size_t n = piece_n_bytes(t, key.n_bytes, component);
        if (n >= tag.n_bytes - at) {
            n = tag.n_bytes - at;
            flags |= FLAG_LAST;
        }
        const search_status status = put_component(t, key, (search_text){tag.bytes + at, n}, flags, component, error);
        if (status != SEARCH_OK)
            return status;
        flags &= ~(unsigned)FLAG_FIRST;
        at += n;
    }
    t->n_entries++;
    return SEARCH_OK;
}

search_status glass_table_add(glass_table *t, search_text key, search_text tag, bool is_compressed,
                              search_error *error) {
    if (key.n_bytes == 0 || key.n_bytes > KEY_MAX_N_BYTES)
        return error_set(error, SEARCH_E_ARGUMENT, "glass.key", "a key has 1 to %d bytes, not %zu", KEY_MAX_N_BYTES,
                         key.n_bytes);
    const search_text last = last_key(t);
    const size_t n_common = last.n_bytes < key.n_bytes ? last.n_bytes : key.n_bytes;
    const int order = n_common == 0 ? 0 : memcmp(last.bytes, key.bytes, n_common);
    if (order > 0 || (order == 0 && last.n_bytes >= key.n_bytes))
        return glass_order_error(error, "a key");
    const unsigned flags = is_compressed ? FLAG_COMPRESSED : 0;
    if (tag.n_bytes > piece_n_bytes(t, key.n_bytes, 1))
        return put_pieces(t, key, tag, flags, error);
    return glass_table_put(t, (const unsigned char *)key.bytes, key.n_bytes, tag, flags, error);
}

/* ---- Life ----------------------------------------------------------------------------------------------------- */

search_status glass_table_open_optional(const char *path, bool beside, glass_table **out, search_error *error) {
    *out = NULL;
    glass_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_memory(error);
    const search_status status = output_init(&t->output, path, beside, error);
    if (status != SEARCH_OK) {
        free(t);
        return status;
    }
    *out = t;
    return SEARCH_OK;
}

search_status glass_table_open(const char *path, glass_table **out, search_error *error) {
    search_status status = glass_table_open_optional(path, false, out, error);
    if (status == SEARCH_OK)
        status = begin(*out, error);
    if (status != SEARCH_OK) {
        glass_table_free(*out);
        *out = NULL;
    }
    return status;
}

search_status glass_table_finish(glass_table *t, glass_root *root, search_error *error) {
    *root = (glass_root){0};
    if (t->failed_errno != 0)
        return failed_before(t, error);
    if (t->output.piece == NULL)
        return SEARCH_OK;
    uint32_t number = append_leaf(t);
    const glass_separator *own = &t->leaf_own;
    size_t level = 0;
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && t->branches[level + 1].block.bytes != NULL) {
        level++;
        status = add_child(t, level, own, number, error);
        if (status == SEARCH_OK)
            status = append_branch(t, level, &number, error);
        own = &t->branches[level].own;
    }
    if (status == SEARCH_OK)
        status = write_out(t, error);
    t->leaf = (glass_block){0};
    if (status == SEARCH_OK)
        status = output_finish(&t->output, root->digest, &root->checksum, error);
    if (status != SEARCH_OK)
        return stop(t, status);
    root->block = number;
    root->level = (uint32_t)level;
    root->n_entries = t->n_entries;
    root->n_blocks = t->n_blocks;
    return SEARCH_OK;
}

void glass_table_free(glass_table *t) {
    if (t == NULL)
        return;
    for (size_t i = 0; i < MAX_N_LEVELS; i++)
        free(t->branches[i].block.bytes);
    output_free(&t->output);
    free(t);
}
