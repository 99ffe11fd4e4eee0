/* Posting lists and the list of document lengths, cut into chunks that fill an item each, so that four fill a block.
 *
 *   first chunk     key   term
 *                   tag   vint documents | vint collection frequency | vint first docid - 1 | header | entries
 *   further chunk   key   term 00 docid of the first
 *                   tag   header | entries
 *   header          '1' when it is the last of the list, else '0' | vint last docid - first docid
 *   entries         vint wdf of the first, then for each: vint docid - the one before - 1 | vint wdf
 *
 * The lengths are the same with the length for the wdf and 0 for both totals, under the keys 00 e0 and 00 e0 docid,
 * with no 00 between.  They sort before all terms, since a term that begins with NUL begins with 00 ff here. */
#include "libsearch/glass/table.h"
#include <stdlib.h>

enum {
    MAX_N_TOTALS = VINT32_MAX_N_BYTES + VINT64_MAX_N_BYTES + VINT32_MAX_N_BYTES,
    MAX_N_HEADER = 1 + VINT32_MAX_N_BYTES,
    MAX_N_FRONT = MAX_N_TOTALS + MAX_N_HEADER,
    MAX_N_ENTRY = 2 * VINT32_MAX_N_BYTES
};
static_assert(ITEM_N_HEADER + KEY_MAX_N_BYTES + MAX_N_FRONT + MAX_N_ENTRY < MAX_ITEM / 2, "entries have room");

static const unsigned char lengths_key[] = {0x00, 0xe0};

struct glass_postlist {
    glass_table *table;
    unsigned char *at; /* in `tag`, behind the last entry */
    unsigned char *near_full;
    uint32_t first_docid; /* of the chunk */
    uint32_t last_docid;  /* 0: none in the list yet */
    uint32_t n_left;
    uint64_t frequency_left;
    uint32_t n_documents; /* the totals of the list */
    uint64_t frequency;
    bool is_first_chunk;
    bool is_lengths;
    size_t n_key; /* of the first chunk; what follows it in the others comes behind */
    unsigned char key[KEY_MAX_N_BYTES];
    size_t n_term;
    char term[GLASS_MAX_TERM_N_BYTES];                       /* unescaped */
    unsigned char tag[MAX_N_FRONT + MAX_ITEM + MAX_N_ENTRY]; /* the entries, and room for what comes before them */
};

/* ---- Chunks --------------------------------------------------------------------------------------------------- */

static inline unsigned char *entries(glass_postlist *p) {
    return p->tag + MAX_N_FRONT;
}

static size_t chunk_key(glass_postlist *p) {
    if (p->is_first_chunk)
        return p->n_key;
    unsigned char *at = p->key + p->n_key;
    if (!p->is_lengths)
        *at++ = 0;
    return (size_t)(put_docid(at, p->first_docid) - p->key);
}

/* The bytes of an item that are there before the entries, if the chunk reached to a docid. */
static size_t chunk_n_front(const glass_postlist *p, uint32_t last_docid) {
    const size_t n_header = 1 + vint_n_bytes(last_docid - p->first_docid);
    if (!p->is_first_chunk) {
        unsigned char scratch[DOCID_MAX_N_BYTES];
        const size_t n_docid = (size_t)(put_docid(scratch, p->first_docid) - scratch);
        return ITEM_N_HEADER + p->n_key + !p->is_lengths + n_docid + n_header;
    }
    return ITEM_N_HEADER + p->n_key + vint_n_bytes(p->n_documents) + vint_n_bytes(p->frequency) +
           vint_n_bytes(p->first_docid - 1) + n_header;
}

static void chunk_start(glass_postlist *p, uint32_t docid, uint32_t wdf) {
    p->first_docid = docid;
    p->at = put_vint(entries(p), wdf);
    const size_t n_front = ITEM_N_HEADER + p->n_key + 1 + DOCID_MAX_N_BYTES + MAX_N_FRONT;
    p->near_full = entries(p) + (MAX_ITEM - n_front - MAX_N_ENTRY);
}

static search_status chunk_flush(glass_postlist *p, bool is_last, search_error *error) {
    const size_t n_key = chunk_key(p);
    unsigned char front[MAX_N_FRONT];
    unsigned char *at = front;
    if (p->is_first_chunk) {
        at = put_vint(at, p->n_documents);
        at = put_vint(at, p->frequency);
        at = put_vint(at, p->first_docid - 1);
    }
    *at++ = is_last ? '1' : '0';
    at = put_vint(at, p->last_docid - p->first_docid);
    const size_t n_front = (size_t)(at - front);
    unsigned char *tag = entries(p) - n_front;
    memcpy(tag, front, n_front);
    p->is_first_chunk = false;
    return glass_table_put(p->table, p->key, n_key, (search_text){(const char *)tag, (size_t)(p->at - tag)}, 0, error);
}

/* ---- Lists ---------------------------------------------------------------------------------------------------- */

static void list_start(glass_postlist *p, uint32_t n_documents, uint64_t frequency) {
    p->n_documents = n_documents;
    p->frequency = frequency;
    p->n_left = n_documents;
    p->frequency_left = frequency;
    p->last_docid = 0;
    p->is_first_chunk = true;
}

static search_status totals_error(const glass_postlist *p, search_error *error) {
    return error_set(error, SEARCH_E_INTERNAL, "glass.totals", "a term holds not the %lu postings said before",
                     (unsigned long)p->n_documents);
}

static search_status list_finish(glass_postlist *p, search_error *error) {
    if (!p->is_lengths && (p->n_left != 0 || p->frequency_left != 0))
        return totals_error(p, error);
    return p->last_docid == 0 ? SEARCH_OK : chunk_flush(p, true, error);
}

/* The next of a list, when it is the first or may not fit the chunk. */
static search_status add_rarely(glass_postlist *p, uint32_t docid, uint32_t wdf, search_error *error) {
    if (p->last_docid == 0) {
        chunk_start(p, docid, wdf);
        return SEARCH_OK;
    }
    unsigned char *end = put_vint(put_vint(p->at, docid - p->last_docid - 1), wdf);
    if (chunk_n_front(p, docid) + (size_t)(end - entries(p)) <= MAX_ITEM) {
        p->at = end;
        return SEARCH_OK;
    }
    const search_status status = chunk_flush(p, false, error);
    chunk_start(p, docid, wdf);
    return status;
}

static inline search_status add(glass_postlist *p, uint32_t docid, uint32_t wdf, search_error *error) {
    if (docid <= p->last_docid)
        return glass_order_error(error, "a document");
    search_status status = SEARCH_OK;
    const uint32_t gap = docid - p->last_docid - 1;
    if (p->last_docid == 0 || p->at > p->near_full)
        status = add_rarely(p, docid, wdf, error);
    else if (gap < 0x80 && wdf < 0x80) {
        *p->at++ = (unsigned char)gap;
        *p->at++ = (unsigned char)wdf;
    } else
        p->at = put_vint(put_vint(p->at, gap), wdf);
    p->last_docid = docid;
    return status;
}

search_status glass_postlist_length(glass_postlist *p, uint32_t docid, uint32_t length, search_error *error) {
    if (!p->is_lengths)
        return glass_order_error(error, "a document's length");
    return add(p, docid, length, error);
}

search_status glass_postlist_term(glass_postlist *p, search_text term, uint32_t n_documents,
                                  uint64_t collection_frequency, search_error *error) {
    search_status status = list_finish(p, error);
    if (status != SEARCH_OK)
        return status;
    const size_t n_common = p->n_term < term.n_bytes ? p->n_term : term.n_bytes;
    const int order = n_common == 0 ? 0 : memcmp(p->term, term.bytes, n_common);
    if (order > 0 || (order == 0 && p->n_term >= term.n_bytes && p->n_term > 0))
        return glass_order_error(error, "a term");
    p->is_lengths = false;
    list_start(p, n_documents, collection_frequency);
    if (n_documents == 0)
        return totals_error(p, error);
    status = glass_put_term(p->key, term, &p->n_key, error);
    if (status != SEARCH_OK)
        return status;
    memcpy(p->term, term.bytes, term.n_bytes);
    p->n_term = term.n_bytes;
    return SEARCH_OK;
}

search_status glass_postlist_posting(glass_postlist *p, uint32_t docid, uint32_t wdf, search_error *error) {
    if (p->n_left == 0 || wdf > p->frequency_left)
        return totals_error(p, error);
    p->n_left--;
    p->frequency_left -= wdf;
    return add(p, docid, wdf, error);
}

/* ---- Life ----------------------------------------------------------------------------------------------------- */

search_status glass_postlist_open(const char *path, glass_postlist **out, search_error *error) {
    *out = NULL;
    glass_postlist *p = calloc(1, sizeof *p);
    if (p == NULL)
        return error_memory(error);
    const search_status status = glass_table_open(path, &p->table, error);
    if (status != SEARCH_OK) {
        free(p);
        return status;
    }
    list_start(p, 0, 0);
    p->is_lengths = true;
    p->n_key = sizeof lengths_key;
    memcpy(p->key, lengths_key, sizeof lengths_key);
    *out = p;
    return SEARCH_OK;
}

search_status glass_postlist_finish(glass_postlist *p, glass_root *root, search_error *error) {
    *root = (glass_root){0};
    const search_status status = list_finish(p, error);
    return status == SEARCH_OK ? glass_table_finish(p->table, root, error) : status;
}

void glass_postlist_free(glass_postlist *p) {
    if (p == NULL)
        return;
    glass_table_free(p->table);
    free(p);
}
