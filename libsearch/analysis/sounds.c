/* Words and spellings to letters, and the spellings kept by their letters. */
#include "libsearch/analysis/sounds.h"
#include "libsearch/analysis/marks.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>
#include <string.h>

/* ---- Letters ---- */

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

/* One digit after a letter: the number of a document is no tone. */
static bool is_tone(search_text word, size_t i) {
    bool is_digit = word.bytes[i] >= '0' && word.bytes[i] <= '5';
    return is_digit && i > 0 && is_letter(word.bytes[i - 1]);
}

static bool is_combining(uint32_t c) {
    return c >= 0x0300 && c <= 0x036F;
}

static uint32_t bit(size_t i) {
    return UINT32_C(1) << i;
}

/* The masks of l that its exact form tells: one character of it stands for each of the folded. */
static bool add_marks(letters *l, search_text folded, search_text exact, letter_is_marked is_marked) {
    size_t n_folded = 0;
    size_t n_letters = 0;
    for (size_t at = 0; at < exact.n_bytes;) {
        uint32_t c = utf8_next(exact.bytes, exact.n_bytes, &at);
        if (is_apostrophe(c)) {
            if (n_letters > 0)
                l->apostrophes |= bit(n_letters - 1);
            continue;
        }
        if (is_combining(c))
            continue;
        if (n_folded == folded.n_bytes)
            return false;
        if (!is_letter(folded.bytes[n_folded++]))
            continue;
        if (is_marked(c))
            l->marks |= bit(n_letters);
        n_letters++;
    }
    return n_folded == folded.n_bytes;
}

bool letters_of_word(letters *l, const reading_word *word, letter_is_marked is_marked) {
    *l = (letters){0};
    if (word->folded.n_bytes > LETTERS_MAX)
        return false;
    for (size_t i = 0; i < word->folded.n_bytes; i++) {
        char c = word->folded.bytes[i];
        if (is_letter(c))
            l->bytes[l->n_bytes++] = c;
        else if (is_tone(word->folded, i))
            l->tones |= bit(l->n_bytes - 1);
        else
            return false;
    }
    return l->n_bytes > 0 && (word->exact.n_bytes == 0 || add_marks(l, word->folded, word->exact, is_marked));
}

static char plain_letter(uint32_t c) {
    switch (c) {
    case 0x00EA: /* ê */
        return 'e';
    case 0x014F: /* ŏ */
        return 'o';
    case 0x00FC: /* ü */
    case 0x016D: /* ŭ */
        return 'u';
    default:
        return c < 0x80 ? (char)c : '\0';
    }
}

bool letters_of_spelling(letters *l, search_text spelling, letter_is_marked is_marked) {
    *l = (letters){0};
    for (size_t at = 0; at < spelling.n_bytes;) {
        uint32_t c = utf8_next(spelling.bytes, spelling.n_bytes, &at);
        if (c == ' ')
            continue;
        if (c == '\'' && l->n_bytes > 0) {
            l->apostrophes |= bit(l->n_bytes - 1);
            continue;
        }
        if (!is_letter(plain_letter(c)) || l->n_bytes == LETTERS_MAX)
            return false;
        if (is_marked(c))
            l->marks |= bit(l->n_bytes);
        l->bytes[l->n_bytes++] = plain_letter(c);
    }
    return l->n_bytes > 0;
}

bool letters_append(letters *l, const letters *more) {
    if (more->n_bytes > LETTERS_MAX - l->n_bytes)
        return false;
    if (more->n_bytes == 0)
        return true;
    memcpy(l->bytes + l->n_bytes, more->bytes, more->n_bytes);
    l->marks |= more->marks << l->n_bytes;
    l->apostrophes |= more->apostrophes << l->n_bytes;
    l->tones |= more->tones << l->n_bytes;
    l->n_bytes += more->n_bytes;
    return true;
}

/* ---- Sounds ---- */

static bool make_room(sounds *all) {
    if (all->n_sounds == all->capacity) {
        size_t capacity = all->capacity == 0 ? 256 : all->capacity * 2;
        sound *list = realloc(all->list, capacity * sizeof *list);
        if (list == NULL)
            return false;
        all->list = list;
        all->capacity = capacity;
    }
    if (all->spellings.n_keys == all->n_first) {
        size_t n_first = all->n_first == 0 ? 256 : all->n_first * 2;
        uint32_t *first = realloc(all->first, n_first * sizeof *first);
        if (first == NULL)
            return false;
        all->first = first;
        all->n_first = n_first;
    }
    return true;
}

static bool is_same_sound(const sound *a, const sound *b) {
    return a->marks == b->marks && a->apostrophes == b->apostrophes && strcmp(a->key, b->key) == 0;
}

search_status sounds_add(sounds *all, const letters *spelling, sound s, search_error *error) {
    bool is_new;
    if (!make_room(all))
        return error_memory(error);
    uint32_t number = hash_add(&all->spellings, spelling->bytes, spelling->n_bytes, &is_new);
    if (number == HASH_NONE)
        return error_memory(error);
    s.marks = spelling->marks;
    s.apostrophes = mask_part(spelling->apostrophes, 0, spelling->n_bytes - 1);
    s.next = HASH_NONE;
    if (is_new)
        all->first[number] = HASH_NONE;
    uint32_t *link = &all->first[number];
    while (*link != HASH_NONE) {
        sound *other = &all->list[*link];
        if (is_same_sound(other, &s)) {
            /* Two ways to come by one spelling: it is popular, say, only if it is so by both. */
            other->flags = (other->flags & s.flags) | ((other->flags | s.flags) & SOUND_SPACED);
            return SEARCH_OK;
        }
        link = &other->next;
    }
    *link = (uint32_t)all->n_sounds;
    all->list[all->n_sounds++] = s;
    return SEARCH_OK;
}

const sound *sounds_find(const sounds *all, const char *bytes, size_t n_bytes) {
    uint32_t number = hash_find(&all->spellings, bytes, n_bytes);
    return number == HASH_NONE ? NULL : &all->list[all->first[number]];
}

const sound *sounds_next(const sounds *all, const sound *s) {
    return s->next == HASH_NONE ? NULL : &all->list[s->next];
}

void sounds_free(sounds *all) {
    hash_free(&all->spellings);
    free(all->list);
    free(all->first);
    *all = (sounds){0};
}
