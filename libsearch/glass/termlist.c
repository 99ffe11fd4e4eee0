/* The terms of a document, each as what is new behind the one before.
 *
 *   key  docid     tag  vint length | vint number of terms | terms
 *   first term     u8 length | bytes | vint wdf
 *   others         u8 reuse | u8 number of new bytes | new bytes | [vint wdf]
 *
 * reuse is the length c of the common beginning, or, where that is under 256, (wdf + 1) * (n_last + 1) + c, which is
 * over n_last, and no wdf follows.  The tag of a document without terms is empty, but there. */
#include "libsearch/glass/codes.h"

enum { MAX_REUSE = 255, ENTRY_MAX_N_BYTES = 2 + GLASS_MAX_TERM_N_BYTES + VINT32_MAX_N_BYTES };
static_assert((int)GLASS_MAX_TERM_N_BYTES <= (int)MAX_REUSE, "lengths fit a byte");

void glass_termlist_start(glass_termlist *t, buffer *out, uint32_t length, uint32_t n_terms) {
    t->out = out;
    t->n_last = 0;
    buffer_clear(out);
    if (n_terms == 0 || !buffer_reserve(out, 2 * VINT32_MAX_N_BYTES))
        return;
    unsigned char *start = (unsigned char *)out->bytes;
    out->n_bytes = (size_t)(put_vint(put_vint(start, length), n_terms) - start);
    out->bytes[out->n_bytes] = '\0';
}

static inline size_t n_common(const char *a, const char *b, size_t n) {
    size_t i = 0;
    for (; n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t left;
        uint64_t right;
        memcpy(&left, a + i, sizeof left);
        memcpy(&right, b + i, sizeof right);
        const uint64_t differ = htole64(left ^ right);
        if (differ != 0)
            return i + (size_t)__builtin_ctzll(differ) / 8;
    }
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

void glass_termlist_add(glass_termlist *t, search_text term, uint32_t wdf) {
    buffer *out = t->out;
    if (term.n_bytes > GLASS_MAX_TERM_N_BYTES)
        out->failed = true;
    if (!buffer_reserve(out, ENTRY_MAX_N_BYTES))
        return;
    unsigned char *start = (unsigned char *)out->bytes + out->n_bytes;
    unsigned char *at = start;
    const size_t n_last = t->n_last;
    size_t n_kept = 0;
    bool is_packed = false;
    if (n_last > 0) {
        n_kept = n_common(t->last, term.bytes, n_last < term.n_bytes ? n_last : term.n_bytes);
        const uint64_t reuse = ((uint64_t)wdf + 1) * (n_last + 1) + n_kept;
        is_packed = reuse <= MAX_REUSE;
        *at++ = (unsigned char)(is_packed ? reuse : n_kept);
    }
    const size_t n_new = term.n_bytes - n_kept;
    *at++ = (unsigned char)n_new;
    memcpy(at, term.bytes + n_kept, n_new);
    at += n_new;
    if (!is_packed)
        at = put_vint(at, wdf);
    memcpy(t->last + n_kept, term.bytes + n_kept, n_new);
    t->n_last = term.n_bytes;
    out->n_bytes += (size_t)(at - start);
    out->bytes[out->n_bytes] = '\0';
}
