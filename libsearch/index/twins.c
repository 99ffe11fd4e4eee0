/* Digests of title and body. */
#include "libsearch/index/twins.h"

#include <string.h>

enum { n_digest = DIGEST_TABLE_N_BYTES, n_lanes = 4, n_block = n_lanes * sizeof(uint64_t) };

static const char *const keys[] = {"title", "body"};
enum { n_keys = sizeof keys / sizeof keys[0] };

/* Words of eight bytes go to the lanes in turn, so that the multiplications of one do not wait for those of another. */
typedef struct mixer {
    uint64_t lanes[n_lanes];
} mixer;

static void mix_block(mixer *m, const char *block) {
    for (size_t i = 0; i < n_lanes; i++) {
        uint64_t word;
        memcpy(&word, block + i * sizeof word, sizeof word);
        const uint64_t h = (m->lanes[i] ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        m->lanes[i] = h << 29 | h >> 35;
    }
}

/* The rest of a text is filled up with zeros, and its length tells how many of them are its own. */
static void mix_text(mixer *m, search_text text) {
    char rest[n_block] = "";
    size_t at = 0;
    for (; text.n_bytes - at >= n_block; at += n_block) {
        mix_block(m, text.bytes + at);
    }
    if (at < text.n_bytes) {
        memcpy(rest, text.bytes + at, text.n_bytes - at);
        mix_block(m, rest);
    }
    m->lanes[0] ^= text.n_bytes;
    mix_block(m, (const char[n_block]){0});
}

static uint64_t spread(uint64_t h) {
    h = (h ^ h >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    h = (h ^ h >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return h ^ h >> 33;
}

/* Each half depends on all lanes. */
static void end_mix(const mixer *m, uint8_t out[n_digest]) {
    uint64_t halves[2] = {0, 1};
    for (size_t i = 0; i < n_lanes; i++) {
        halves[0] = spread(halves[0] ^ m->lanes[i]);
        halves[1] = spread(halves[1] + m->lanes[n_lanes - 1 - i]);
    }
    memcpy(out, halves, n_digest);
}

/* A record without a body has nothing that could be the same: titles such as "Telegram" are many. */
static void digest_record(const search_record *record, uint8_t out[n_digest]) {
    memset(out, 0, n_digest);
    if (search_record_n_values(record, "body") == 0) {
        return;
    }
    mixer m = {{1, 2, 3, 4}};
    for (size_t i = 0; i < n_keys; i++) {
        mix_text(&m, search_record_value(record, keys[i], 0));
    }
    end_mix(&m, out);
}

bool twins_note(twins *t, uint32_t number, const search_record *record, uint32_t *twin) {
    uint8_t value[n_digest];
    digest_record(record, value);
    return digest_table_set(&t->contents, number, value, twin);
}

bool twins_are(const search_record *a, const search_record *b) {
    for (size_t i = 0; i < n_keys; i++) {
        const search_text x = search_record_value(a, keys[i], 0);
        const search_text y = search_record_value(b, keys[i], 0);
        if (x.n_bytes != y.n_bytes || memcmp(x.bytes, y.bytes, x.n_bytes) != 0) {
            return false;
        }
    }
    return true;
}

bool twins_forget(twins *t, uint32_t number) {
    static const uint8_t nothing[n_digest];
    uint32_t twin;
    return digest_table_set(&t->contents, number, nothing, &twin);
}

void twins_free(twins *t) {
    digest_table_free(&t->contents);
}
