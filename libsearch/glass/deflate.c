/* Compression of tags as raw deflate streams.
 *
 * libxapian inflates each item of a tag into pieces of 8192 bytes, and takes the input for used up when zlib has read
 * its last byte, though the last symbol may still be coming out on both sides of such a piece: then the tag is refused.
 * What was cut off depends on how the tag lies in its leaves, and changes when xapian-compact cuts it anew.  So the
 * streams of tags of over 8192 bytes end in an empty stored block: with its bytes still to be read, no symbol is left
 * behind, wherever the tag is cut. */
#include "libsearch/glass/glass.h"
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVEL = 1, /* the cheapest with tables made for each tag; what it costs is made up for elsewhere: doc/glass.md */
    THRESHOLD = 18,   /* libxapian's: shorter tags are stored as they are */
    MAX_N_SAFE = 8192 /* uncompressed bytes that libxapian reads at once */
};

/* The last block, behind others that end with a byte: stored, of no bytes. */
static const unsigned char empty_block[] = {0x01, 0x00, 0x00, 0xff, 0xff};

struct glass_deflater {
    struct isal_zstream stream;
    uint8_t tables[ISAL_DEF_LVL1_DEFAULT]; /* what the level needs */
};

search_status glass_deflate(glass_deflater *d, search_text tag, buffer *out, bool *is_compressed, search_error *error) {
    *is_compressed = false;
    if (tag.n_bytes <= THRESHOLD || tag.n_bytes > UINT32_MAX)
        return SEARCH_OK;
    const bool is_long = tag.n_bytes > MAX_N_SAFE;
    buffer_clear(out);
    if (!buffer_reserve(out, tag.n_bytes))
        return error_memory(error);
    struct isal_zstream *s = &d->stream;
    isal_deflate_stateless_init(s);
    s->level = LEVEL;
    s->level_buf = d->tables;
    s->level_buf_size = sizeof d->tables;
    s->next_in = (uint8_t *)(uintptr_t)tag.bytes; /* which it only reads */
    s->avail_in = (uint32_t)tag.n_bytes;
    s->next_out = (uint8_t *)out->bytes;
    s->avail_out = (uint32_t)(tag.n_bytes - 1 - (is_long ? sizeof empty_block : 0));
    s->end_of_stream = is_long ? 0 : 1;
    s->flush = is_long ? FULL_FLUSH : NO_FLUSH;
    const int result = isal_deflate_stateless(s);
    if (result == STATELESS_OVERFLOW)
        return SEARCH_OK;
    if (result != COMP_OK)
        return error_set(error, SEARCH_E_INTERNAL, "glass.deflate", "ISA-L cannot compress: error %d", result);
    out->n_bytes = s->total_out;
    out->bytes[out->n_bytes] = '\0';
    if (is_long)
        buffer_add(out, empty_block, sizeof empty_block);
    *is_compressed = true;
    return SEARCH_OK;
}

search_status glass_deflater_new(glass_deflater **out, search_error *error) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_memory(error) : SEARCH_OK;
}

void glass_deflater_free(glass_deflater *d) {
    free(d);
}
