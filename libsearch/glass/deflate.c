/* Compression of tags as raw deflate streams.
 *
 * libxapian inflates each item of a tag into pieces of 8192 bytes, and takes the input for used up when zlib has read
 * its last byte, though the last symbol may still be coming out on both sides of such a piece: then the tag is refused.
 * What was cut off depends on how the tag lies in its leaves, and changes when xapian-compact cuts it anew.  So the
 * streams of tags of over 8192 bytes end in an empty stored block: with its five bytes still to be read, no symbol is
 * left behind, wherever the tag is cut. */
#include "libsearch/glass/glass.h"
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LEVEL = 1,             /* the cheapest, and no table is larger than libxapian makes it: doc/glass.md */
    THRESHOLD = 18,        /* libxapian's: shorter tags are stored as they are */
    MAX_N_SAFE = 8192,     /* uncompressed bytes that libxapian reads at once */
    N_EMPTY_BLOCK = 5,     /* at most: three bits, filled to a byte, 00 00 ff ff */
    RAW_WINDOW_BITS = -15, /* deflate without a header */
    AT_BLOCK_END = 128,    /* z_stream.data_type after Z_BLOCK: */
    IN_LAST_BLOCK = 64,
    UNUSED_BITS = 7
};

struct glass_deflater {
    struct libdeflate_compressor *compressor;
    z_stream inflater;
    bool has_inflater;
    unsigned char scratch[1 << 15];
};

/* Where the last block begins and ends, in bits. */
static bool find_last_block(glass_deflater *d, const buffer *stream, size_t *begin, size_t *end) {
    z_stream *z = &d->inflater;
    if (inflateReset(z) != Z_OK)
        return false;
    z->next_in = (Bytef *)stream->bytes;
    z->avail_in = (uInt)stream->n_bytes;
    *begin = 0;
    for (;;) {
        z->next_out = d->scratch;
        z->avail_out = sizeof d->scratch;
        if (inflate(z, Z_BLOCK) != Z_OK)
            return false;
        if ((z->data_type & AT_BLOCK_END) == 0)
            continue;
        *end = 8 * (size_t)z->total_in - (size_t)(z->data_type & UNUSED_BITS);
        if ((z->data_type & IN_LAST_BLOCK) != 0)
            return true;
        *begin = *end;
    }
}

/* Makes the last block one of the others and adds an empty one to be the last. */
static bool add_empty_block(glass_deflater *d, buffer *stream) {
    static const unsigned char lengths[] = {0x00, 0x00, 0xff, 0xff};
    size_t begin = 0;
    size_t end = 0;
    if (!find_last_block(d, stream, &begin, &end))
        return false;
    if ((end + 3 + 7) / 8 > stream->n_bytes)
        buffer_add_byte(stream, 0);
    unsigned char *bytes = (unsigned char *)stream->bytes;
    bytes[begin / 8] = (unsigned char)(bytes[begin / 8] & ~(1u << begin % 8));
    bytes[end / 8] = (unsigned char)(bytes[end / 8] | 1u << end % 8);
    buffer_add(stream, lengths, sizeof lengths);
    return true;
}

search_status glass_deflate(glass_deflater *d, search_text tag, buffer *out, bool *is_compressed, search_error *error) {
    *is_compressed = false;
    if (tag.n_bytes <= THRESHOLD || tag.n_bytes > UINT32_MAX)
        return SEARCH_OK;
    const bool is_long = tag.n_bytes > MAX_N_SAFE;
    const size_t max_n_bytes = tag.n_bytes - 1 - (is_long ? N_EMPTY_BLOCK : 0);
    buffer_clear(out);
    if (!buffer_reserve(out, tag.n_bytes))
        return error_memory(error);
    out->n_bytes = libdeflate_deflate_compress(d->compressor, tag.bytes, tag.n_bytes, out->bytes, max_n_bytes);
    if (out->n_bytes == 0)
        return SEARCH_OK;
    if (is_long && !add_empty_block(d, out))
        return error_set(error, SEARCH_E_INTERNAL, "glass.deflate", "what was compressed cannot be read");
    out->bytes[out->n_bytes] = '\0';
    *is_compressed = true;
    return SEARCH_OK;
}

search_status glass_deflater_new(glass_deflater **out, search_error *error) {
    *out = NULL;
    glass_deflater *d = calloc(1, sizeof *d);
    if (d == NULL)
        return error_memory(error);
    d->compressor = libdeflate_alloc_compressor(LEVEL);
    d->has_inflater = d->compressor != NULL && inflateInit2(&d->inflater, RAW_WINDOW_BITS) == Z_OK;
    if (!d->has_inflater) {
        glass_deflater_free(d);
        return error_memory(error);
    }
    *out = d;
    return SEARCH_OK;
}

void glass_deflater_free(glass_deflater *d) {
    if (d == NULL)
        return;
    if (d->has_inflater)
        inflateEnd(&d->inflater);
    if (d->compressor != NULL)
        libdeflate_free_compressor(d->compressor);
    free(d);
}
