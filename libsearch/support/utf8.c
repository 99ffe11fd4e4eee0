/* UTF-8 by table 3-7 of the Unicode Standard: the second byte's range depends on the first, all later ones are 80..BF.
 */
#include "libsearch/support/utf8.h"
#include <string.h>

/* What a first byte promises: the bytes that follow, its own bits, and the range of the second byte. */
typedef struct lead {
    unsigned n_more;
    uint32_t bits;
    unsigned char low;
    unsigned char high;
} lead;

static bool read_lead(unsigned char byte, lead *out) {
    *out = (lead){0, byte, 0x80, 0xBF};
    if (byte < 0x80)
        return true;
    if (byte < 0xC2 || byte > 0xF4) /* continuation bytes, overlong C0 and C1, above U+10FFFF */
        return false;
    if (byte < 0xE0) {
        out->n_more = 1;
        out->bits = byte & 0x1Fu;
    } else if (byte < 0xF0) {
        out->n_more = 2;
        out->bits = byte & 0x0Fu;
        if (byte == 0xE0)
            out->low = 0xA0; /* else overlong */
        else if (byte == 0xED)
            out->high = 0x9F; /* else a surrogate */
    } else {
        out->n_more = 3;
        out->bits = byte & 0x07u;
        if (byte == 0xF0)
            out->low = 0x90; /* else overlong */
        else if (byte == 0xF4)
            out->high = 0x8F; /* else above U+10FFFF */
    }
    return true;
}

uint32_t utf8_next(const char *bytes, size_t n_bytes, size_t *at) {
    const unsigned char *b = (const unsigned char *)bytes;
    lead first;
    if (!read_lead(b[(*at)++], &first))
        return UTF8_BAD;
    uint32_t character = first.bits;
    for (unsigned i = 0; i < first.n_more; i++) {
        unsigned char low = i == 0 ? first.low : 0x80;
        unsigned char high = i == 0 ? first.high : 0xBF;
        if (*at >= n_bytes || b[*at] < low || b[*at] > high)
            return UTF8_BAD;
        character = character << 6 | (b[(*at)++] & 0x3Fu);
    }
    return character;
}

size_t utf8_put(uint32_t character, char out[4]) {
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xC0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xE0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 0x3F));
        out[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 0x3F));
    out[2] = (char)(0x80 | (character >> 6 & 0x3F));
    out[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}

/* Passes over ASCII by 32 bytes a step, since most text is that: the place of the first byte of another kind, or up to
 * 31 bytes before it or the end. */
static size_t skip_ascii(const char *bytes, size_t n_bytes, size_t at) {
    for (uint64_t words[4]; n_bytes - at >= sizeof words; at += sizeof words) {
        memcpy(words, bytes + at, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return at;
}

bool utf8_valid(const char *bytes, size_t n_bytes) {
    for (size_t at = 0; at < n_bytes;) {
        size_t ascii_to = skip_ascii(bytes, n_bytes, at);
        size_t step_to = n_bytes - ascii_to < 32 ? n_bytes : ascii_to + 32;
        for (at = ascii_to; at < step_to;)
            if ((unsigned char)bytes[at] < 0x80)
                at++;
            else if (utf8_next(bytes, n_bytes, &at) == UTF8_BAD)
                return false;
    }
    return true;
}

size_t utf8_repair(buffer *out, const char *bytes, size_t n_bytes) {
    size_t n_bad = 0;
    size_t good_from = 0;
    for (size_t at = 0; at < n_bytes;) {
        size_t from = at;
        if (utf8_next(bytes, n_bytes, &at) != UTF8_BAD)
            continue;
        buffer_add(out, bytes + good_from, from - good_from);
        buffer_add(out, "\xEF\xBF\xBD", 3);
        good_from = at;
        n_bad++;
    }
    if (good_from < n_bytes)
        buffer_add(out, bytes + good_from, n_bytes - good_from);
    return n_bad;
}

size_t utf8_cut(const char *bytes, size_t n_bytes, size_t max) {
    if (n_bytes <= max)
        return n_bytes;
    for (size_t back = 1; back <= 3 && back <= max; back++) {
        size_t at = max - back;
        if (((unsigned char)bytes[at] & 0xC0u) == 0x80u)
            continue;
        /* the last first byte before the cut: its character either ends by there or goes */
        size_t end = at;
        return utf8_next(bytes, n_bytes, &end) != UTF8_BAD && end > max ? at : max;
    }
    return max;
}

size_t utf8_n_characters(const char *bytes, size_t n_bytes) {
    size_t n = 0;
    for (size_t at = 0; at < n_bytes; n++)
        utf8_next(bytes, n_bytes, &at);
    return n;
}
