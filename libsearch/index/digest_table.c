/* A slot is never emptied: when a number gets another digest, its slot no longer fits, and goes when the table grows.
 * Of many numbers that have the same digest the first alone has a slot, so that none is looked for among all the
 * others. */
#include "libsearch/index/digest_table.h"

#include <stdlib.h>
#include <string.h>

enum { n_digest = DIGEST_TABLE_N_BYTES, min_slots = 1024 };

static const uint8_t nothing[n_digest];

static uint8_t *digest_at(const digest_table *t, uint32_t number) {
    return (uint8_t *)t->digests.bytes + (size_t)number * n_digest;
}

static bool is_nothing(const uint8_t *value) {
    return memcmp(value, nothing, n_digest) == 0;
}

uint32_t digest_table_n(const digest_table *t) {
    return (uint32_t)(t->digests.n_bytes / n_digest);
}

/* The slot of the first number that has the digest, or the free one where it belongs. */
static size_t slot_of(const digest_table *t, const uint8_t *value) {
    uint64_t hash;
    memcpy(&hash, value, sizeof hash);
    size_t i = (size_t)hash & (t->n_slots - 1);
    while (t->slots[i] != 0 && memcmp(digest_at(t, t->slots[i] - 1), value, n_digest) != 0) {
        i = (i + 1) & (t->n_slots - 1);
    }
    return i;
}

/* Gives number a slot unless another has one for the same digest. */
static uint32_t place(digest_table *t, uint32_t number) {
    const size_t i = slot_of(t, digest_at(t, number));
    if (t->slots[i] != 0) {
        return t->slots[i] - 1 == number ? DIGEST_TABLE_NONE : t->slots[i] - 1;
    }
    t->slots[i] = number + 1;
    t->n_taken++;
    return DIGEST_TABLE_NONE;
}

static bool make_room(digest_table *t) {
    if (t->n_taken < t->n_slots / 4 * 3) {
        return true;
    }
    const uint32_t n_numbers = digest_table_n(t);
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

uint32_t digest_table_find(const digest_table *t, const uint8_t digest[DIGEST_TABLE_N_BYTES]) {
    return t->n_slots == 0 ? DIGEST_TABLE_NONE : t->slots[slot_of(t, digest)] - 1; /* 0 - 1 is none */
}

bool digest_table_set(digest_table *t, uint32_t number, const uint8_t digest[DIGEST_TABLE_N_BYTES], uint32_t *other) {
    *other = DIGEST_TABLE_NONE;
    while (!t->digests.failed && digest_table_n(t) <= number) {
        buffer_add(&t->digests, nothing, n_digest);
    }
    if (t->digests.failed) {
        return false;
    }
    memcpy(digest_at(t, number), nothing, n_digest);
    if (is_nothing(digest)) {
        return true;
    }
    if (!make_room(t)) {
        return false;
    }
    memcpy(digest_at(t, number), digest, n_digest);
    *other = place(t, number);
    return true;
}

void digest_table_free(digest_table *t) {
    buffer_free(&t->digests);
    free(t->slots);
    *t = (digest_table){0};
}
