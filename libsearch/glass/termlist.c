/* The terms of a document, each as what is new behind the one before.
 *
 *   key  docid     tag  vint length | vint number of terms | terms
 *   first term     u8 length | bytes | vint wdf
 *   others         u8 reuse | u8 number of new bytes | new bytes | vint wdf
 *
 * reuse is the length of the common beginning.  The tag of a document without terms is empty, but there.
 *
 * libxapian also has a shorter form, in which reuse tells a small wdf too.  It mixes the wdf with the lengths of two
 * terms into a byte of some 200 values: as many bytes less are more bytes when they are compressed. */
#include "libsearch/glass/codes.h"

enum { ENTRY_MAX_N_BYTES = 2 + GLASS_MAX_TERM_N_BYTES + VINT32_MAX_N_BYTES, N_WORD = 8 };
static_assert((int)GLASS_MAX_TERM_N_BYTES <= 255, "lengths fit a byte");
static_assert((int)GLASS_TERM_PADDING == 2 * N_WORD, "two words are read of each term");

void glass_termlist_start(glass_termlist *t, buffer *out, uint32_t length, uint32_t n_terms) {
    t->out = out;
    t->n_last = 0;
    memset(t->last, 0, sizeof t->last); /* of a term more bytes are compared than it has */
    buffer_clear(out);
    if (n_terms == 0 || !buffer_reserve(out, 2 * VINT32_MAX_N_BYTES))
        return;
    unsigned char *start = (unsigned char *)out->bytes;
    out->n_bytes = (size_t)(put_vint(put_vint(start, length), n_terms) - start);
    out->bytes[out->n_bytes] = '\0';
}

/* ---- Short texts ---------------------------------------------------------------------------------------------- */

/* Most terms have 3 to 16 bytes, for which a loop or a call costs more than what it does. */

static inline uint64_t load64(const char *at) {
    uint64_t out;
    memcpy(&out, at, sizeof out);
    return htole64(out);
}

/* At most n. */
static inline size_t n_common(const char *a, const char *b, size_t n) {
    size_t i = 0;
    while (i < n) {
        const uint64_t differ = load64(a + i) ^ load64(b + i);
        if (differ != 0) {
            i += (size_t)__builtin_ctzll(differ) / N_WORD;
            break;
        }
        i += N_WORD;
    }
    return i < n ? i : n;
}

/* Both have room for what is copied too much. */
static inline void copy(void *to, const char *from, size_t n) {
    memcpy(to, from, GLASS_TERM_PADDING);
    if (n > GLASS_TERM_PADDING)
        memcpy(to, from, n);
}

/* ---- Terms ---------------------------------------------------------------------------------------------------- */

void glass_termlist_add(glass_termlist *t, search_text term, uint32_t wdf) {
    buffer *out = t->out;
    if (term.n_bytes > GLASS_MAX_TERM_N_BYTES)
        out->failed = true;
    const size_t n_needed = ENTRY_MAX_N_BYTES + GLASS_TERM_PADDING;
    if (out->failed || (out->capacity - out->n_bytes <= n_needed && !buffer_reserve(out, n_needed)))
        return;
    unsigned char *start = (unsigned char *)out->bytes + out->n_bytes;
    unsigned char *at = start;
    const size_t n_kept = n_common(t->last, term.bytes, t->n_last < term.n_bytes ? t->n_last : term.n_bytes);
    if (t->n_last > 0)
        *at++ = (unsigned char)n_kept;
    const size_t n_new = term.n_bytes - n_kept;
    *at++ = (unsigned char)n_new;
    copy(at, term.bytes + n_kept, n_new);
    copy(t->last, term.bytes, term.n_bytes);
    at = put_vint(at + n_new, wdf);
    t->n_last = term.n_bytes;
    out->n_bytes += (size_t)(at - start);
    out->bytes[out->n_bytes] = '\0';
}
