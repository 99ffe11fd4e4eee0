/* Reading runs of syllables: each split of the letters is tried, and at most SYLLABIC_MAX_NAMES readings are kept. */
#include "libsearch/analysis/syllabic.h"
#include "libsearch/analysis/table.h"
#include <string.h>

/* Shorter words that hold three syllables mostly do so by chance: Malaya, minute. */
#define TOGETHER_MIN 9

/* ---- Names ---- */

/* A run that has marks anywhere has them wherever they belong; the same for apostrophes. */
typedef struct run_style {
    bool has_marks;
    bool has_apostrophes;
} run_style;

static run_style style_of(const sounds *all, const letters *words, size_t n_words) {
    run_style style = {false, false};
    for (size_t i = 0; i < n_words; i++) {
        style.has_marks |= words[i].marks != 0;
        style.has_apostrophes |= mask_part(words[i].apostrophes, 0, words[i].n_bytes - 1) != 0;
    }
    style.has_apostrophes |= style.has_marks && all->marks_bring_apostrophes;
    return style;
}

/* Whether the letters [from, from + n) of l, which are those of the sound, have its marks. */
static bool sound_agrees(const sound *s, const letters *l, size_t from, size_t n, run_style style) {
    if (mask_part(l->tones, from, n - 1) != 0)
        return false;
    if (style.has_marks && mask_part(l->marks, from, n) != s->marks)
        return false;
    return !style.has_apostrophes || mask_part(l->apostrophes, from, n - 1) == s->apostrophes;
}

typedef struct name_search {
    const syllabic_system *system;
    const letters *words;
    size_t n_words;
    run_style style;
    bool takes_popular;
    bool splits_anywhere;
    size_t min_syllables;
    syllabic_names *out;
} name_search;

typedef struct name_state {
    size_t word;
    size_t from;
    bool lost_mark;
    bool has_digraph;
    syllabic_name name;
} name_state;

static bool is_same_name(const syllabic_name *a, const syllabic_name *b) {
    if (a->n_given != b->n_given || strcmp(a->surname, b->surname) != 0)
        return false;
    for (size_t i = 0; i < a->n_given; i++)
        if (strcmp(a->given[i], b->given[i]) != 0)
            return false;
    return true;
}

static void add_name(syllabic_names *out, const syllabic_name *name) {
    if (out->n_names == SYLLABIC_MAX_NAMES)
        return;
    for (size_t i = 0; i < out->n_names; i++)
        if (is_same_name(&out->list[i], name))
            return;
    out->list[out->n_names++] = *name;
}

static bool is_vowel(char c) {
    return c != '\0' && strchr("aeiou", c) != NULL;
}

/* By the rules of spelling a syllable that begins with a vowel is set off within a word. */
static bool may_split(const name_search *s, const letters *l, size_t at) {
    if (at == 0 || s->splits_anywhere || !is_vowel(l->bytes[at]))
        return true;
    if (mask_part(l->apostrophes | l->tones, at - 1, 1) != 0)
        return true;
    return s->system->splits_after_consonants && !is_vowel(l->bytes[at - 1]);
}

static bool take_sound(const name_search *s, name_state *state, const sound *next, size_t n) {
    const letters *l = &s->words[state->word];
    syllabic_name *name = &state->name;
    if (name->n_given_syllables + next->n_syllables > 2 || !sound_agrees(next, l, state->from, n, s->style))
        return false;
    if (!s->takes_popular && (next->flags & SOUND_POPULAR) != 0)
        return false;
    state->lost_mark |= next->marks != 0 && !s->style.has_marks;
    state->has_digraph |= (next->flags & SOUND_DIGRAPH) != 0;
    name->given[name->n_given] = name->n_given == 0 ? next->first_key : next->key;
    name->n_given++;
    name->n_given_syllables += next->n_syllables;
    name->is_loose = s->splits_anywhere;
    state->from += n;
    return !(state->lost_mark && state->has_digraph);
}

static void find_given(const name_search *s, name_state state) {
    if (state.word < s->n_words && state.from == s->words[state.word].n_bytes) {
        state.word++;
        state.from = 0;
    }
    if (state.word == s->n_words) {
        if (state.name.n_given_syllables >= s->min_syllables)
            add_name(s->out, &state.name);
        return;
    }
    const letters *l = &s->words[state.word];
    if (state.name.n_given_syllables == 2 || !may_split(s, l, state.from))
        return;
    const sounds *syllables = &s->system->syllables;
    for (size_t n = 1; n <= l->n_bytes - state.from; n++)
        for (const sound *next = sounds_find(syllables, l->bytes + state.from, n); next != NULL;
             next = sounds_next(syllables, next)) {
            name_state then = state;
            if (take_sound(s, &then, next, n))
                find_given(s, then);
        }
}

/* The sound that is written by all the words, with marks and apostrophes where they have any; null: none.  `from` is
 * null or the one before. */
static const sound *find_whole(const sounds *all, const letters *words, size_t n_words, const sound *from) {
    letters whole = {0};
    for (size_t i = 0; i < n_words; i++)
        if (!letters_append(&whole, &words[i]))
            return NULL;
    run_style style = style_of(all, words, n_words);
    const sound *s = from == NULL ? sounds_find(all, whole.bytes, whole.n_bytes) : sounds_next(all, from);
    while (s != NULL && !sound_agrees(s, &whole, 0, whole.n_bytes, style))
        s = sounds_next(all, s);
    return s;
}

/* The surname is written by whole words, whose marks are then judged by those of the whole run. */
static void find_apart(const name_search *s, size_t n_surname_words) {
    const sound *surname = NULL;
    while ((surname = find_whole(&s->system->surnames, s->words, n_surname_words, surname)) != NULL) {
        const letters *l = s->words;
        if (n_surname_words == 1 && !sound_agrees(surname, l, 0, l->n_bytes, s->style))
            continue;
        find_given(s, (name_state){.word = n_surname_words, .name = {.surname = surname->key}});
    }
}

/* One word holds surname and given name. */
static void find_together(const name_search *s) {
    const letters *l = s->words;
    const sounds *surnames = &s->system->surnames;
    for (size_t n = 1; n < l->n_bytes; n++)
        for (const sound *surname = sounds_find(surnames, l->bytes, n); surname != NULL;
             surname = sounds_next(surnames, surname))
            if (sound_agrees(surname, l, 0, n, s->style))
                find_given(s, (name_state){.from = n, .name = {.surname = surname->key}});
}

static void find_once(const name_search *s, size_t n_surname_words) {
    if (n_surname_words == 0)
        find_together(s);
    else
        find_apart(s, n_surname_words);
}

void syllabic_find(const syllabic_system *system, const letters *words, size_t n_words, size_t n_surname_words,
                   syllabic_names *out) {
    bool is_together = n_surname_words == 0;
    if (is_together ? n_words != 1 || words->n_bytes < TOGETHER_MIN : n_words <= n_surname_words)
        return;
    size_t n_before = out->n_names;
    name_search s = {.system = system,
                     .words = words,
                     .n_words = n_words,
                     .style = style_of(&system->syllables, words, n_words),
                     .min_syllables = is_together ? 2 : 1,
                     .out = out};
    find_once(&s, n_surname_words);
    s.takes_popular = !s.style.has_marks;
    if (s.takes_popular)
        find_once(&s, n_surname_words);
    s.splits_anywhere = true;
    if (out->n_names == n_before && !is_together)
        find_once(&s, n_surname_words);
}

bool syllabic_may_be_name(const syllabic_system *system, const letters *word) {
    syllabic_names names = {.n_names = 0};
    const name_search s = {.system = system,
                           .words = word,
                           .n_words = 1,
                           .takes_popular = true,
                           .splits_anywhere = true,
                           .min_syllables = 2,
                           .out = &names};
    if (word->n_bytes >= TOGETHER_MIN)
        find_together(&s);
    return names.n_names > 0;
}

/* ---- Runs ---- */

static search_status add_words(hash_map *map, search_text words, search_error *error) {
    search_text word;
    while (table_next(&words, ' ', &word))
        if (hash_add(map, word.bytes, word.n_bytes, NULL) == HASH_NONE)
            return error_memory(error);
    return SEARCH_OK;
}

search_status syllabic_words_open(syllabic_words *w, search_error *error) {
    *w = (syllabic_words){0};
    search_status status = SEARCH_OK;
    for (const char *const *row = table_surnames; *row != NULL && status == SEARCH_OK; row++) {
        search_text rest = search_text_of(*row);
        search_text kind;
        table_next(&rest, '\t', &kind);
        if (table_is(kind, "function"))
            status = add_words(&w->function_words, rest, error);
        else if (table_is(kind, "common"))
            status = add_words(&w->common_words, rest, error);
        else if (table_is(kind, "foreign") && hash_add(&w->foreign_names, rest.bytes, rest.n_bytes, NULL) == HASH_NONE)
            status = error_memory(error);
    }
    return status;
}

void syllabic_words_free(syllabic_words *w) {
    hash_free(&w->function_words);
    hash_free(&w->common_words);
    hash_free(&w->foreign_names);
}

static bool has_word(const hash_map *map, const reading_word *word) {
    return hash_find(map, word->folded.bytes, word->folded.n_bytes) != HASH_NONE;
}

/* A name of two or three words that is not of these languages, such as Ho Chi Minh. */
static bool is_foreign(const syllabic_words *w, const reading_word *words, size_t n_words) {
    char name[3 * (LETTERS_MAX + 1)];
    size_t n = 0;
    for (size_t i = 0; i < n_words && i < 3 && words[i].folded.n_bytes <= LETTERS_MAX; i++) {
        if (i > 0)
            name[n++] = ' ';
        memcpy(name + n, words[i].folded.bytes, words[i].folded.n_bytes);
        n += words[i].folded.n_bytes;
        if (i > 0 && hash_find(&w->foreign_names, name, n) != HASH_NONE)
            return true;
    }
    return false;
}

bool syllabic_is_function_word(const syllabic_words *w, const reading_word *word) {
    return has_word(&w->function_words, word);
}

bool syllabic_is_english_word(const syllabic_words *w, const reading_word *word) {
    return has_word(&w->function_words, word) || has_word(&w->common_words, word);
}

/* English goes on in lower case after a capitalised word; a query in lower case may be English all along. */
static bool ends_before(const syllabic_words *w, const reading_word *first, const reading_word *word) {
    if ((word - 1)->joins_next || word->joins_next || word->is_capital)
        return false;
    if (!first->is_capital)
        return syllabic_is_function_word(w, word);
    return syllabic_is_english_word(w, word) || syllabic_is_english_word(w, first);
}

/* The letters of the words that may be a run, and how many there are. */
static size_t read_run(const syllabic_language *language, const reading_word *words, size_t n_words,
                       letters out[SYLLABIC_MAX_WORDS]) {
    if (is_foreign(language->words, words, n_words))
        return 0;
    size_t n = 0;
    while (n < n_words && n < SYLLABIC_MAX_WORDS) {
        if (n > 0 && ends_before(language->words, words, &words[n]))
            return n;
        if (!letters_of_word(&out[n], &words[n], language->is_marked))
            return n;
        n++;
    }
    return n;
}

/* True when the words rather are English. */
static bool is_english(const syllabic_words *w, const reading_word *words, size_t n_words) {
    for (size_t i = 0; i < n_words; i++) {
        bool is_word =
            words[0].is_capital ? syllabic_is_function_word(w, &words[i]) : syllabic_is_english_word(w, &words[i]);
        if (words[i].joins_next || !is_word)
            return false;
    }
    return true;
}

/* ---- Orders ---- */

void syllabic_find_family_first(const syllabic_system *system, const syllabic_run *run, size_t n_name,
                                syllabic_names *out) {
    if (n_name < 2 || n_name > 3)
        return;
    bool is_given_first = n_name == 3 && run->words[0].joins_next && !run->words[1].joins_next;
    if (!is_given_first)
        syllabic_find(system, run->letters, n_name, 1, out);
}

/* In a list of names the word after a given name is the next surname: Kim Il-sung, Pak Hon-yong. */
static bool begins_name(const syllabic_system *system, const syllabic_run *run, size_t from) {
    const syllabic_run rest = {run->words + from, run->letters + from, run->n_words - from};
    syllabic_names names = {.n_names = 0};
    for (size_t n = 2; n <= rest.n_words && names.n_names == 0; n++)
        syllabic_find_family_first(system, &rest, n, &names);
    return names.n_names > 0;
}

void syllabic_find_given_first(const syllabic_system *system, const syllabic_words *english, const syllabic_run *run,
                               size_t n_name, syllabic_names *out) {
    if (n_name < 2 || n_name > 3 || (n_name == 3 && !run->words[0].joins_next))
        return;
    size_t last = n_name - 1;
    const reading_word *surname = &run->words[last];
    if (surname->joins_next || run->words[last - 1].joins_next || surname->is_capital != run->words[0].is_capital)
        return;
    if (run->letters[last].n_bytes == 1 || syllabic_is_english_word(english, surname) || begins_name(system, run, last))
        return;
    letters turned[3] = {run->letters[last], run->letters[0], run->letters[1]};
    syllabic_names names = {.n_names = 0};
    syllabic_find(system, turned, n_name, 1, &names);
    for (size_t i = 0; i < names.n_names; i++)
        if (names.list[i].n_given_syllables == 2)
            add_name(out, &names.list[i]);
}

/* ---- Languages ---- */

/* A run that ends within a chain of hyphens is cut, unless its given name is full. */
static bool is_cut(const reading_word *words, size_t n_words, const syllabic_name *name) {
    bool is_full = name->n_given_syllables == 2 && !name->is_loose;
    return words[n_words - 1].joins_next && !is_full;
}

/* What a hyphen joins to one syllable is the rest of a given name: Shao-chi. */
static bool is_tail(const reading_word *words, size_t n_words, const syllabic_name *name) {
    bool is_full = name->n_given_syllables == 2 && !name->is_loose;
    return n_words == 2 && words[0].joins_next && !is_full;
}

/* In lower case after a capitalised surname only single syllables are a given name; and if they are capitalised words
 * of English, a sentence begins there. */
static bool is_sentence(const syllabic_words *w, const reading_word *words, size_t n_words, const syllabic_name *name) {
    if (n_words != 2 || words[0].joins_next || !words[0].is_capital)
        return false;
    return words[1].is_capital ? syllabic_is_function_word(w, &words[1]) : name->n_given_syllables == 2;
}

static void find_names(const syllabic_language *language, const syllabic_run *run, size_t n_name, syllabic_names *out) {
    const reading_word *words = run->words;
    out->n_names = 0;
    if (is_english(language->words, words, n_name))
        return;
    language->find(language->systems, run, n_name, out);
    size_t n_kept = 0;
    for (size_t i = 0; i < out->n_names; i++) {
        const syllabic_name *name = &out->list[i];
        if (!is_cut(words, n_name, name) && !is_tail(words, n_name, name) &&
            !is_sentence(language->words, words, n_name, name))
            out->list[n_kept++] = *name;
    }
    out->n_names = n_kept;
}

/* The words of the longest name; 0 when there is none. */
static size_t find_longest(const syllabic_language *language, const syllabic_run *run, syllabic_names *out) {
    out->n_names = 0;
    for (size_t n = run->n_words; n > 0; n--) {
        find_names(language, run, n, out);
        if (out->n_names > 0)
            return n;
    }
    return 0;
}

static search_status visit_names(const syllabic_language *language, const syllabic_names *names, size_t n_words,
                                 reading_visit visit, void *context, search_error *error) {
    buffer key = {0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < names->n_names && status == SEARCH_OK; i++) {
        const syllabic_name *name = &names->list[i];
        buffer_clear(&key);
        buffer_add_format(&key, "%s:%s", language->prefix, name->surname);
        for (size_t j = 0; j < name->n_given; j++)
            buffer_add_format(&key, "-%s", name->given[j]);
        if (key.failed)
            status = error_memory(error);
        else
            status = visit(context, &(reading){{key.bytes, key.n_bytes}, n_words, language->name_rule}, error);
    }
    buffer_free(&key);
    return status;
}

static bool is_chain(const reading_word *words, size_t n_words) {
    for (size_t i = 0; i + 1 < n_words; i++)
        if (!words[i].joins_next)
            return false;
    return true;
}

static bool is_place(const sounds *places, const letters *run, size_t n_words, bool is_chain) {
    const sound *s = NULL;
    while ((s = find_whole(places, run, n_words, s)) != NULL)
        if (is_chain || (s->flags & SOUND_SPACED) != 0)
            return true;
    return false;
}

/* The words of the longest place; 0 when there is none. */
static size_t find_place(const sounds *places, const reading_word *words, const letters *run, size_t n_words) {
    size_t n = n_words;
    while (n > 0 && !is_place(places, run, n, is_chain(words, n)))
        n--;
    return n;
}

/* A place has the same letters twice where only the marks differ: Tai-wan, T'ai-wan. */
static bool was_visited(const sounds *places, const letters *run, size_t n_words, const sound *place) {
    const sound *s = NULL;
    while ((s = find_whole(places, run, n_words, s)) != place)
        if (strcmp(s->key, place->key) == 0)
            return true;
    return false;
}

static search_status visit_places(const syllabic_language *language, const letters *run, size_t n_words,
                                  reading_visit visit, void *context, search_error *error) {
    buffer key = {0};
    search_status status = SEARCH_OK;
    const sound *place = NULL;
    while (status == SEARCH_OK && (place = find_whole(language->places, run, n_words, place)) != NULL) {
        if (was_visited(language->places, run, n_words, place))
            continue;
        buffer_clear(&key);
        buffer_add_format(&key, "%s-place:%s", language->prefix, place->key);
        if (key.failed)
            status = error_memory(error);
        else
            status = visit(context, &(reading){{key.bytes, key.n_bytes}, n_words, language->place_rule}, error);
    }
    buffer_free(&key);
    return status;
}

search_status syllabic_visit(const syllabic_language *language, const reading_word *words, size_t n_words,
                             reading_visit visit, void *context, search_error *error) {
    letters all[SYLLABIC_MAX_WORDS];
    syllabic_names names;
    syllabic_names next;
    const syllabic_run run = {words, all, read_run(language, words, n_words, all)};
    size_t n_place = find_place(language->places, words, all, run.n_words);
    size_t n_name = find_longest(language, &run, &names);
    if (n_place > 0 && is_english(language->words, words, n_place))
        n_place = 0;
    if (n_place > 0 && n_place >= n_name)
        return visit_places(language, all, n_place, visit, context, error);
    search_status status = visit_names(language, &names, n_name, visit, context, error);
    if (status != SEARCH_OK || n_name < 3 || words[n_name - 2].joins_next)
        return status;
    size_t last = n_name - 1;
    if (find_longest(language, &(syllabic_run){words + last, all + last, run.n_words - last}, &next) < 2)
        return SEARCH_OK;
    find_names(language, &run, last, &names);
    return visit_names(language, &names, last, visit, context, error);
}
