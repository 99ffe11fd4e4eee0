/* The positions of a term in a document: binary interpolative coding, least bits first, and the table that holds it.
 *
 *   key  term 00 docid     tag  vint last position
 *                               | bits, when there are several: the first position, how many there are, then the middle
 *                                 one of every range between two that are known, left before right
 *
 * A value below m takes the bits of m - 1; where m is no power of two, those in the middle take one less. */
#include "libsearch/glass/table.h"
#include <stdlib.h>

enum { CODE_MAX_N_BITS = 32 };

/* ---- Coding --------------------------------------------------------------------------------------------------- */

/* Whole bytes are stored with each code: eight at a time, of which those behind the end are written over. */
typedef struct bit_writer {
    unsigned char *at;
    uint64_t bits;
    unsigned n_bits; /* under 8 between codes */
} bit_writer;
static_assert(7 + CODE_MAX_N_BITS <= 64, "a code fits behind what is left of a byte");

static inline void put_code(bit_writer *w, uint32_t value, uint32_t n_values) {
    if (n_values <= 1)
        return;
    unsigned n_bits = CODE_MAX_N_BITS - (unsigned)__builtin_clz(n_values - 1);
    const uint64_t half = (uint64_t)1 << (n_bits - 1);
    const uint32_t n_spare = (uint32_t)(2 * half - n_values);
    const uint32_t middle = (n_values - n_spare) / 2;
    uint64_t code = value;
    if (value >= middle + n_spare)
        code = value - middle - n_spare + (n_spare == 0 ? middle : half);
    else if (value >= middle)
        n_bits--;
    w->bits |= code << w->n_bits;
    w->n_bits += n_bits;
    const uint64_t little = htole64(w->bits);
    memcpy(w->at, &little, sizeof little);
    w->at += w->n_bits / 8;
    w->bits >>= w->n_bits & ~7u;
    w->n_bits &= 7;
}

/* What stands strictly between indexes j and k. */
static void put_between(bit_writer *w, const uint32_t *p, size_t j, size_t k) {
    while (k - j > 1) {
        const uint32_t n_between = (uint32_t)(k - j);
        const uint32_t span = p[k] - p[j];
        if (span == n_between)
            return; /* every place is taken: no bits */
        const size_t m = (j + k) / 2;
        put_code(w, p[m] - (p[j] + (uint32_t)(m - j)), span - n_between + 1);
        put_between(w, p, j, m);
        j = m;
    }
}

static_assert(VINT32_MAX_N_BYTES == 5 && CODE_MAX_N_BITS / 8 == 4 && sizeof(uint64_t) == 8,
              "as glass_positions_max_n_bytes has them");

unsigned char *glass_positions_encode(unsigned char *out, const uint32_t *positions, size_t n) {
    const uint32_t last = positions[n - 1];
    unsigned char *end = put_vint(out, last);
    if (n == 1)
        return end;
    bit_writer w = {.at = end};
    put_code(&w, positions[0], last);
    put_code(&w, (uint32_t)(n - 2), last - positions[0]);
    put_between(&w, positions, 0, n - 1);
    return w.at + (w.n_bits > 0);
}

/* ---- The table ------------------------------------------------------------------------------------------------ */

struct glass_positions {
    glass_table *table;
    uint32_t last_docid;
    size_t n_prefix; /* of the key: the term and its 00; 0: no term yet */
    unsigned char key[KEY_MAX_N_BYTES];
    size_t n_term;
    char term[GLASS_MAX_TERM_N_BYTES]; /* unescaped */
};

search_status glass_positions_open(const char *path, bool beside, glass_positions **out, search_error *error) {
    *out = NULL;
    glass_positions *p = calloc(1, sizeof *p);
    if (p == NULL)
        return error_memory(error);
    const search_status status = glass_table_open_optional(path, beside, &p->table, error);
    if (status != SEARCH_OK) {
        free(p);
        return status;
    }
    *out = p;
    return SEARCH_OK;
}

search_status glass_positions_term(glass_positions *p, search_text term, search_error *error) {
    const size_t n_common = p->n_term < term.n_bytes ? p->n_term : term.n_bytes;
    const int order = n_common == 0 ? 0 : memcmp(p->term, term.bytes, n_common);
    if (order > 0 || (order == 0 && p->n_term >= term.n_bytes && p->n_term > 0))
        return glass_order_error(error, "a term");
    p->n_prefix = 0;
    size_t n_escaped = 0;
    const search_status status = glass_put_term(p->key, term, &n_escaped, error);
    if (status != SEARCH_OK)
        return status;
    p->key[n_escaped] = 0;
    p->n_prefix = n_escaped + 1;
    p->last_docid = 0;
    memcpy(p->term, term.bytes, term.n_bytes);
    p->n_term = term.n_bytes;
    return SEARCH_OK;
}

search_status glass_positions_add(glass_positions *p, uint32_t docid, search_text tag, search_error *error) {
    if (docid <= p->last_docid || p->n_prefix == 0)
        return glass_order_error(error, "a document's positions");
    p->last_docid = docid;
    const size_t n_key = (size_t)(put_docid(p->key + p->n_prefix, docid) - p->key);
    if (ITEM_N_HEADER + n_key + tag.n_bytes > MAX_ITEM)
        return glass_table_add(p->table, (search_text){(const char *)p->key, n_key}, tag, false, error);
    return glass_table_put(p->table, p->key, n_key, tag, 0, error);
}

search_status glass_positions_finish(glass_positions *p, glass_root *root, search_error *error) {
    return glass_table_finish(p->table, root, error);
}

void glass_positions_free(glass_positions *p) {
    if (p == NULL)
        return;
    glass_table_free(p->table);
    free(p);
}
