/* A set of hashes by open addressing, for finding what was read before. */
#include "cli/cli.h"

#include <stdlib.h>

#define FNV_OFFSET 14695981039346656037u
#define FNV_PRIME 1099511628211u

static uint64_t finish(uint64_t hash) {
    hash ^= hash >> 29; /* FNV leaves the low bits, which choose the slot, weak */
    return hash == 0 ? 1 : hash;
}

uint64_t seen_hash(search_text text) {
    uint64_t hash = FNV_OFFSET;

    for (size_t i = 0; i < text.n_bytes; i++) {
        hash = (hash ^ (unsigned char)text.bytes[i]) * FNV_PRIME;
    }
    return finish(hash);
}

uint64_t seen_hash_of_words(search_text text) {
    uint64_t hash = FNV_OFFSET;

    for (size_t i = 0; i < text.n_bytes; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte > ' ') {
            hash = (hash ^ byte) * FNV_PRIME;
        }
    }
    return finish(hash);
}

/* The slot of a hash, or the free one where it belongs. */
static size_t slot_of(const seen *set, uint64_t hash) {
    size_t slot = (size_t)hash & (set->n_slots - 1);

    while (set->hashes[slot] != 0 && set->hashes[slot] != hash) {
        slot = (slot + 1) & (set->n_slots - 1);
    }
    return slot;
}

static void grow(seen *set) {
    seen bigger = {.n = set->n, .n_slots = set->n_slots == 0 ? 64 : set->n_slots * 2};

    bigger.hashes = error_check_memory(calloc(bigger.n_slots, sizeof *bigger.hashes));
    bigger.numbers = error_check_memory(calloc(bigger.n_slots, sizeof *bigger.numbers));
    for (size_t i = 0; i < set->n_slots; i++) {
        if (set->hashes[i] != 0) {
            size_t slot = slot_of(&bigger, set->hashes[i]);
            bigger.hashes[slot] = set->hashes[i];
            bigger.numbers[slot] = set->numbers[i];
        }
    }
    seen_free(set);
    *set = bigger;
}

uint32_t seen_add(seen *set, uint64_t hash, uint32_t number) {
    if (set->n >= set->n_slots / 8 * 7) {
        grow(set);
    }
    size_t slot = slot_of(set, hash);
    if (set->hashes[slot] == 0) {
        set->hashes[slot] = hash;
        set->numbers[slot] = number;
        set->n++;
    }
    return set->numbers[slot];
}

void seen_free(seen *set) {
    free(set->hashes);
    free(set->numbers);
    *set = (seen){NULL, NULL, 0, 0};
}
