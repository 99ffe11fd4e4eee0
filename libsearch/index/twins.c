/* Digests of the lengths and checksums of title and body: digests of the texts themselves would cost as much as reading
 * them, and that two are the same is seen when they are compared. */
#include "libsearch/index/twins.h"

#include "libsearch/support/digest.h"
#include <string.h>

enum { n_digest = DIGEST_TABLE_N_BYTES, n_keys = 2 };

static const char *const keys[n_keys] = {"title", "body"};

/* A record without a body has nothing that could be the same: titles such as "Telegram" are many. */
static void digest_record(const search_record *record, uint8_t out[n_digest]) {
    memset(out, 0, n_digest);
    if (search_record_n_values(record, "body") == 0) {
        return;
    }
    digest d;
    digest_start(&d);
    for (size_t i = 0; i < n_keys; i++) {
        const search_text text = search_record_value(record, keys[i], 0);
        const uint64_t told[] = {text.n_bytes, checksum_add(0, text.bytes, text.n_bytes)};
        digest_add(&d, told, sizeof told);
    }
    sha256_digest(&d.context, n_digest, out);
}

bool twins_note(twins *t, uint32_t number, const search_record *record, uint32_t *twin) {
    uint8_t value[n_digest];
    digest_record(record, value);
    return digest_table_set(&t->contents, number, value, twin);
}

bool twins_forget(twins *t, uint32_t number) {
    static const uint8_t nothing[n_digest];
    uint32_t twin;
    return digest_table_set(&t->contents, number, nothing, &twin);
}

bool twins_are(const search_record *a, const search_record *b) {
    for (size_t i = 0; i < n_keys; i++) {
        const search_text x = search_record_value(a, keys[i], 0);
        const search_text y = search_record_value(b, keys[i], 0);
        if (x.n_bytes != y.n_bytes || (x.n_bytes > 0 && memcmp(x.bytes, y.bytes, x.n_bytes) != 0)) {
            return false;
        }
    }
    return true;
}

void twins_free(twins *t) {
    digest_table_free(&t->contents);
}
