/* Open addressing with linear probing.  Half of a key's hash is in its slot, so that a probe reads almost only the key
 * it looks for; all of it is kept by number, so that growing reads no key. */
#include "libsearch/support/hash.h"
#include <stdlib.h>
#include <string.h>

#define MIN_SLOTS 64

static uint64_t load(const unsigned char *bytes, size_t n_bytes) {
    uint64_t word = 0;
    memcpy(&word, bytes, n_bytes);
    return word;
}

/* Eight bytes a step by multiply and rotate, then the finalizer of MurmurHash3 for the spread that masking needs. */
static uint64_t hash_bytes(const void *bytes, size_t n_bytes) {
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    const unsigned char *b = bytes;
    uint64_t h = (n_bytes + 1) * odd;
    size_t at = 0;
    for (; n_bytes - at >= 8; at += 8) {
        h = (h ^ load(b + at, 8)) * odd;
        h = h << 29 | h >> 35;
    }
    if (at < n_bytes)
        h = (h ^ load(b + at, n_bytes - at)) * odd;
    h = (h ^ h >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    h = (h ^ h >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return h ^ h >> 33;
}

/* What a slot holds of the hash. */
static uint64_t tag_of(uint64_t hash) {
    return hash & ~(uint64_t)UINT32_MAX;
}

static uint32_t number_in(uint64_t slot) {
    return (uint32_t)slot - 1;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t find_slot(const hash_map *map, uint64_t hash, const void *bytes, size_t n_bytes) {
    size_t mask = map->n_slots - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        const uint64_t slot = map->slots[i];
        if (slot == 0)
            return i;
        if (tag_of(slot) != tag_of(hash))
            continue;
        const search_text key = map->keys[number_in(slot)];
        if (key.n_bytes == n_bytes && (n_bytes == 0 || memcmp(key.bytes, bytes, n_bytes) == 0))
            return i;
    }
}

static bool grow_slots(hash_map *map) {
    size_t n_slots = map->n_slots == 0 ? MIN_SLOTS : map->n_slots * 2;
    uint64_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t number = 0; number < map->n_keys; number++) {
        size_t i = (size_t)map->hashes[number] & (n_slots - 1);
        while (slots[i] != 0)
            i = (i + 1) & (n_slots - 1);
        slots[i] = tag_of(map->hashes[number]) | (number + 1);
    }
    free(map->slots);
    map->slots = slots;
    map->n_slots = n_slots;
    return true;
}

static bool grow_keys(hash_map *map) {
    size_t capacity = map->capacity == 0 ? MIN_SLOTS / 2 : map->capacity * 2;
    search_text *keys = realloc(map->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return false;
    map->keys = keys;
    uint64_t *hashes = realloc(map->hashes, capacity * sizeof *hashes);
    if (hashes == NULL)
        return false;
    map->hashes = hashes;
    map->capacity = capacity;
    return true;
}

uint32_t hash_add(hash_map *map, const void *bytes, size_t n_bytes, bool *is_new) {
    if (is_new != NULL)
        *is_new = false;
    uint64_t hash = hash_bytes(bytes, n_bytes);
    if (map->n_slots > 0) {
        size_t slot = find_slot(map, hash, bytes, n_bytes);
        if (map->slots[slot] != 0)
            return number_in(map->slots[slot]);
    }
    if (map->n_keys >= HASH_NONE - 1)
        return HASH_NONE;
    if (map->n_keys == map->capacity && !grow_keys(map))
        return HASH_NONE;
    if (map->n_keys >= map->n_slots / 2 && !grow_slots(map))
        return HASH_NONE;
    char *key = arena_copy(&map->memory, bytes, n_bytes);
    if (key == NULL)
        return HASH_NONE;
    uint32_t number = (uint32_t)map->n_keys++;
    map->keys[number] = (search_text){key, n_bytes};
    map->hashes[number] = hash;
    map->slots[find_slot(map, hash, bytes, n_bytes)] = tag_of(hash) | (number + UINT64_C(1));
    if (is_new != NULL)
        *is_new = true;
    return number;
}

uint32_t hash_find(const hash_map *map, const void *bytes, size_t n_bytes) {
    if (map->n_slots == 0)
        return HASH_NONE;
    size_t slot = find_slot(map, hash_bytes(bytes, n_bytes), bytes, n_bytes);
    return map->slots[slot] == 0 ? HASH_NONE : number_in(map->slots[slot]);
}

void hash_free(hash_map *map) {
    arena_free(&map->memory);
    free(map->keys);
    free(map->hashes);
    free(map->slots);
    *map = (hash_map){0};
}
