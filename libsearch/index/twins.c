/* Digests of title and body. */
#include "libsearch/index/twins.h"

#include "libsearch/support/digest.h"
#include <string.h>

enum { n_digest = DIGEST_TABLE_N_BYTES };

/* A record without a body has nothing that could be the same: titles such as "Telegram" are many. */
static void digest_record(const search_record *record, uint8_t out[n_digest]) {
    static const char *const keys[] = {"title", "body"};
    memset(out, 0, n_digest);
    if (search_record_n_values(record, "body") == 0) {
        return;
    }
    digest d;
    digest_start(&d);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const search_text text = search_record_value(record, keys[i], 0);
        digest_add(&d, text.bytes, text.n_bytes);
        digest_add(&d, "", 1);
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

void twins_free(twins *t) {
    digest_table_free(&t->contents);
}
