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

/* ---- Short texts ---------------------------------------------------------------------------------------------- */

/* Most have 3 to 16 bytes, for which a loop or a call costs more than what it does. */

static inline uint64_t load64(const char *at) {
    uint64_t out;
    memcpy(&out, at, sizeof out);
    return htole64(out);
}

static inline uint32_t load32(const char *at) {
    uint32_t out;
    memcpy(&out, at, sizeof out);
    return htole32(out);
}

static inline size_t n_common(const char *a, const char *b, size_t n) {
    size_t i = 0;
    for (; n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        const uint64_t differ = load64(a + i) ^ load64(b + i);
        if (differ != 0)
            return i + (size_t)__builtin_ctzll(differ) / 8;
    }
    if (n - i >= sizeof(uint32_t)) {
        const uint32_t differ = load32(a + i) ^ load32(b + i);
        if (differ != 0)
            return i + (size_t)__builtin_ctz(differ) / 8;
        i += sizeof(uint32_t);
    }
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

static inline void copy_twice(unsigned char *to, char *also_to, const char *from, size_t n) {
    if (n > 16) {
        memcpy(to, from, n);
        memcpy(also_to, from, n);
    } else if (n >= 8) {
        uint64_t ends[2];
        memcpy(&ends[0], from, 8);
        memcpy(&ends[1], from + n - 8, 8);
        memcpy(to, &ends[0], 8);
        memcpy(to + n - 8, &ends[1], 8);
        memcpy(also_to, &ends[0], 8);
        memcpy(also_to + n - 8, &ends[1], 8);
    } else if (n >= 4) {
        uint32_t ends[2];
        memcpy(&ends[0], from, 4);
        memcpy(&ends[1], from + n - 4, 4);
        memcpy(to, &ends[0], 4);
        memcpy(to + n - 4, &ends[1], 4);
        memcpy(also_to, &ends[0], 4);
        memcpy(also_to + n - 4, &ends[1], 4);
    } else {
        for (size_t i = 0; i < n; i++)
            also_to[i] = (char)(to[i] = (unsigned char)from[i]);
    }
}

/* ---- Terms ---------------------------------------------------------------------------------------------------- */

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
    copy_twice(at, t->last + n_kept, term.bytes + n_kept, n_new);
    at += n_new;
    if (!is_packed)
        at = put_vint(at, wdf);
    t->n_last = term.n_bytes;
    out->n_bytes += (size_t)(at - start);
    out->bytes[out->n_bytes] = '\0';
}
