/* A hash table of numbers by the digest of what they stand for.  A slot is never emptied: when a record is replaced its
 * digest changes, the slot no longer fits, and goes when the table grows.  Of many records that say the same the first
 * alone has a slot, so that none is looked for among all the others. */
#include "libsearch/index/twins.h"

#include "libsearch/support/digest.h"
#include <stdlib.h>
#include <string.h>

enum { n_digest = 16, min_slots = 1024 };

static uint8_t *digest_at(const twins *t, uint32_t number) {
    return (uint8_t *)t->digests.bytes + (size_t)number * n_digest;
}

static bool is_nothing(const uint8_t *value) {
    static const uint8_t nothing[n_digest];
    return memcmp(value, nothing, n_digest) == 0;
}

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

/* Gives number a slot unless another has one for the same digest. */
static uint32_t place(twins *t, uint32_t number) {
    const uint8_t *value = digest_at(t, number);
    uint64_t hash;
    memcpy(&hash, value, sizeof hash);
    size_t i = (size_t)hash & (t->n_slots - 1);
    for (; t->slots[i] != 0; i = (i + 1) & (t->n_slots - 1)) {
        const uint32_t other = t->slots[i] - 1;
        if (other == number) {
            return HASH_NONE;
        }
        if (memcmp(digest_at(t, other), value, n_digest) == 0) {
            return other;
        }
    }
    t->slots[i] = number + 1;
    t->n_taken++;
    return HASH_NONE;
}

static bool make_room(twins *t) {
    if (t->n_taken < t->n_slots / 4 * 3) {
        return true;
    }
    const size_t n_numbers = t->digests.n_bytes / n_digest;
    size_t n_slots = min_slots;
    while (n_slots / 2 <= n_numbers) {
        n_slots *= 2;
    }
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    t->n_taken = 0;
    for (uint32_t i = 0; i < n_numbers; i++) {
        if (!is_nothing(digest_at(t, i))) {
            place(t, i);
        }
    }
    return true;
}

bool twins_note(twins *t, uint32_t number, const search_record *record, uint32_t *twin) {
    uint8_t value[n_digest];
    digest_record(record, value);
    *twin = HASH_NONE;
    twins_forget(t, number);
    if (t->digests.failed || !make_room(t)) {
        return false;
    }
    memcpy(digest_at(t, number), value, n_digest);
    if (!is_nothing(value)) {
        *twin = place(t, number);
    }
    return true;
}

void twins_forget(twins *t, uint32_t number) {
    static const uint8_t nothing[n_digest];
    while (!t->digests.failed && t->digests.n_bytes <= (size_t)number * n_digest) {
        buffer_add(&t->digests, nothing, n_digest);
    }
    if (!t->digests.failed) {
        memset(digest_at(t, number), 0, n_digest);
    }
}

void twins_free(twins *t) {
    buffer_free(&t->digests);
    free(t->slots);
    *t = (twins){0};
}
