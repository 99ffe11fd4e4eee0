/* Whether two texts meet: a walk over both, from word to word, that must reach both ends at once.  A step passes words
 * that are the same, share a reading, are variants of those asked for, or share a stem; or words in brackets. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct side {
    const search_analysis *analysis;
    size_t n_words;
    size_t first[MEET_MAX_N_WORDS]; /* the token of each word; its other forms come behind it */
} side;

typedef struct walk {
    side asked;
    side found;
    bool *is_dead; /* no way leads on from this pair of words: each is tried once */
    meeting *out;
} walk;

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && memcmp(a.bytes, b.bytes, a.n_bytes) == 0;
}

size_t meet_n_words(const search_analysis *analysis) {
    size_t n = 0;

    for (size_t i = 0; search_analysis_token(analysis, i); i++) {
        n = search_analysis_token(analysis, i)->position;
    }
    return n;
}

static void set_side(const search_analysis *analysis, size_t n_words, side *out) {
    const search_token *t;

    out->analysis = analysis;
    out->n_words = n_words;
    for (size_t i = 0; (t = search_analysis_token(analysis, i)) != NULL; i++) {
        if (!t->is_extra) {
            out->first[t->position - 1] = i;
        }
    }
}

/* Form `k` of a word; null past the last. */
static const search_token *form_of(const side *s, size_t word, size_t k) {
    const search_token *t = search_analysis_token(s->analysis, s->first[word] + k);

    return t && t->position == word + 1 ? t : NULL;
}

/* Whether any form of a word of a side is this one. */
static bool has_form(const side *s, size_t word, search_text folded) {
    const search_token *t;

    for (size_t k = 0; (t = form_of(s, word, k)) != NULL; k++) {
        if (same(t->folded, folded)) {
            return true;
        }
    }
    return false;
}

static bool share_form(const walk *w, size_t i, size_t j) {
    const search_token *t;

    for (size_t k = 0; (t = form_of(&w->asked, i, k)) != NULL; k++) {
        if (has_form(&w->found, j, t->folded)) {
            return true;
        }
    }
    return false;
}

static bool follow(walk *w, size_t i, size_t j);

/* Goes on after a step that needs a reason, which is taken back when it leads nowhere. */
static bool follow_for(walk *w, search_text what, search_text rule, size_t i, size_t j) {
    w->out->reasons[w->out->n_reasons++] = (meet_reason){what, rule};
    if (follow(w, i, j)) {
        return true;
    }
    w->out->n_reasons--;
    return false;
}

static bool follow_reading(walk *w, const search_reading *a, size_t j) {
    const search_reading *b;

    for (size_t k = 0; (b = search_analysis_reading(w->found.analysis, k)) != NULL; k++) {
        if (b->position_first == j + 1 && same(a->key, b->key) &&
            follow_for(w, a->key, a->rule, a->position_last, b->position_last)) {
            return true;
        }
    }
    return false;
}

static bool follow_readings(walk *w, size_t i, size_t j) {
    const search_reading *a;

    for (size_t k = 0; (a = search_analysis_reading(w->asked.analysis, k)) != NULL; k++) {
        if (a->position_first == i + 1 && follow_reading(w, a, j)) {
            return true;
        }
    }
    return false;
}

/* How many words of a side, from word `j` on, are those given; 0: they are others. */
static size_t count_words(const side *s, size_t j, search_text words) {
    size_t n = 0;

    while (words.n_bytes > 0) {
        const char *blank = memchr(words.bytes, ' ', words.n_bytes);
        search_text word = {words.bytes, blank ? (size_t)(blank - words.bytes) : words.n_bytes};
        if (j + n >= s->n_words || !has_form(s, j + n, word)) {
            return 0;
        }
        size_t n_passed = word.n_bytes + (blank ? 1 : 0);
        words = (search_text){words.bytes + n_passed, words.n_bytes - n_passed};
        n++;
    }
    return n;
}

static bool follow_variants(walk *w, size_t i, size_t j) {
    const search_variant *v;

    for (size_t k = 0; (v = search_analysis_variant(w->asked.analysis, k)) != NULL; k++) {
        size_t n = v->position_first == i + 1 ? count_words(&w->found, j, v->words) : 0;
        if (n > 0 && follow_for(w, v->words, v->rule, v->position_last, j + n)) {
            return true;
        }
    }
    return false;
}

static bool follow_stem(walk *w, size_t i, size_t j) {
    search_text stem = form_of(&w->asked, i, 0)->stem;

    return same(stem, form_of(&w->found, j, 0)->stem) &&
           follow_for(w, stem, search_text_of("the same stem; not in quoted phrases"), i + 1, j + 1);
}

/* Leaves out words in brackets, on either side. */
static bool follow_brackets(walk *w, size_t i, size_t j) {
    const search_text what = search_text_of("[…]");
    const search_text rule = search_text_of("words in brackets are passed over");
    const search_bracket *b;

    for (size_t k = 0; (b = search_analysis_bracket(w->asked.analysis, k)) != NULL; k++) {
        if (b->position_first == i + 1 && follow_for(w, what, rule, b->position_last, j)) {
            return true;
        }
    }
    for (size_t k = 0; (b = search_analysis_bracket(w->found.analysis, k)) != NULL; k++) {
        if (b->position_first == j + 1 && follow_for(w, what, rule, i, b->position_last)) {
            return true;
        }
    }
    return false;
}

/* Steps that pass words of both sides. */
static bool follow_words(walk *w, size_t i, size_t j) {
    return i < w->asked.n_words && j < w->found.n_words &&
           ((share_form(w, i, j) && follow(w, i + 1, j + 1)) || follow_readings(w, i, j) || follow_variants(w, i, j) ||
            follow_stem(w, i, j));
}

/* From before word `i` of the text asked for and word `j` of the other to both ends. */
static bool follow(walk *w, size_t i, size_t j) {
    bool *is_dead = &w->is_dead[i * (w->found.n_words + 1) + j];

    if (i == w->asked.n_words && j == w->found.n_words) {
        return true;
    }
    if (*is_dead) {
        return false;
    }
    if (follow_words(w, i, j) || follow_brackets(w, i, j)) {
        return true;
    }
    *is_dead = true;
    return false;
}

bool meet_find(const search_analysis *asked, const search_analysis *found, meeting *out) {
    size_t n_asked = meet_n_words(asked);
    size_t n_found = meet_n_words(found);
    walk w = {.out = out};

    *out = (meeting){0};
    if (n_asked == 0 || n_found == 0 || n_asked > MEET_MAX_N_WORDS || n_found > MEET_MAX_N_WORDS) {
        return false;
    }
    set_side(asked, n_asked, &w.asked);
    set_side(found, n_found, &w.found);
    w.is_dead = error_check_memory(calloc((n_asked + 1) * (n_found + 1), sizeof(bool)));
    out->is_met = follow(&w, 0, 0);
    free(w.is_dead);
    return out->is_met;
}
