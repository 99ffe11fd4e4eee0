/* Terms to numbers, occurrences to sorted streams. */
#include "libsearch/index/inverter.h"

#include "libsearch/glass/glass.h"
#include "libsearch/index/run.h"
#include "libsearch/index/term_key.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A power of two; as many words as the analyzer keeps (word_cache.h) find their place without pushing others out. */
enum { n_words = 131072, n_in_fields = 65536 };

/* Terms are forgotten when there are more: many, such as ids, never come again. */
enum { max_kept_terms = 131072 };

/* In an entry or item, in place of a position: this and how often the term occurs without one, which may be never. */
static const uint32_t without_position = INVERTER_MAX_POSITION + 1;
static_assert(INVERTER_MAX_POSITION == UINT32_MAX / 2, "one bit tells them apart");

search_status inverter_open(inverter *v, search_error *error) {
    memset(v, 0, sizeof *v);
    v->words = calloc(n_words, sizeof *v->words);
    v->in_fields = calloc(n_in_fields, sizeof *v->in_fields);
    return v->words == NULL || v->in_fields == NULL ? error_memory(error) : SEARCH_OK;
}

/* ---- taking terms in ---- */

static uint32_t number_of(inverter *v, const char *prefix, search_text word) {
    buffer_clear(&v->term);
    term_add(&v->term, prefix, word);
    return v->term.failed ? HASH_NONE : hash_add(&v->terms, v->term.bytes, v->term.n_bytes, NULL);
}

static search_status add_entry(inverter *v, uint32_t number, uint32_t position, search_error *error) {
    if (number == HASH_NONE) {
        return error_memory(error);
    }
    if (v->entries.capacity - v->entries.n_bytes <= sizeof(uint64_t) &&
        !buffer_reserve(&v->entries, sizeof(uint64_t))) {
        return error_memory(error);
    }
    const uint64_t entry = (uint64_t)position << 32 | number;
    memcpy(v->entries.bytes + v->entries.n_bytes, &entry, sizeof entry);
    v->entries.n_bytes += sizeof entry;
    return SEARCH_OK;
}

static search_status add_occurrence(void *context, const char *prefix, search_text word, uint32_t position,
                                    search_error *error) {
    inverter *v = context;
    return add_entry(v, number_of(v, prefix, word), position == 0 ? without_position + 1 : position, error);
}

static search_status add_boolean(void *context, const char *prefix, search_text word, search_error *error) {
    inverter *v = context;
    return add_entry(v, number_of(v, prefix, word), without_position, error);
}

/* A stem has no positions, so that a document needs one entry for each of its words: *place is that of the last one. */
static search_status count_stem(inverter *v, uint32_t number, uint32_t *place, search_error *error) {
    const size_t n_entries = v->entries.n_bytes / sizeof(uint64_t);
    uint64_t *entries = (uint64_t *)(void *)v->entries.bytes;
    const uint64_t sought = (uint64_t)without_position << 32 | number;
    if (*place >= v->first_entry && *place < n_entries && (entries[*place] & (sought | UINT32_MAX)) == sought) {
        entries[*place] += UINT64_C(1) << 32;
        return SEARCH_OK;
    }
    *place = (uint32_t)n_entries;
    return add_entry(v, number, without_position + 1, error);
}

/* Most words were seen before, and the terms of a word are always the same: their numbers are kept by its number. */
static search_status add_word_alone(inverter *v, const token *word, uint32_t position, search_error *error) {
    word_terms unkept = {0, HASH_NONE, HASH_NONE, HASH_NONE, 0};
    word_terms *terms = word->word == 0 ? &unkept : &v->words[word->word & (n_words - 1)];
    if (terms->word != word->word) {
        *terms = (word_terms){word->word, HASH_NONE, HASH_NONE, HASH_NONE, 0};
    }
    if (terms->folded == HASH_NONE) {
        terms->folded = number_of(v, "", word->folded);
    }
    search_status status = add_entry(v, terms->folded, position, error);
    if (status == SEARCH_OK && word->stem.n_bytes > 0) {
        if (terms->stem == HASH_NONE) {
            terms->stem = number_of(v, "Z", word->stem);
        }
        status = count_stem(v, terms->stem, &terms->stem_place, error);
    }
    if (status == SEARCH_OK && word->exact.n_bytes > 0) {
        if (terms->exact == HASH_NONE) {
            terms->exact = number_of(v, "XE", word->exact);
        }
        status = add_entry(v, terms->exact, position, error);
    }
    return status;
}

static search_status add_word_in_field(inverter *v, const token *word, const field_terms *field, uint32_t position,
                                       search_error *error) {
    word_in_field unkept = {0, 0, HASH_NONE, HASH_NONE, 0};
    const uint32_t place = (word->word + field->number * UINT32_C(0x9E3779B1)) & (n_in_fields - 1);
    word_in_field *terms = word->word == 0 ? &unkept : &v->in_fields[place];
    if (terms->word != word->word || terms->field != field->number) {
        *terms = (word_in_field){word->word, field->number, HASH_NONE, HASH_NONE, 0};
    }
    if (terms->folded == HASH_NONE) {
        terms->folded = number_of(v, field->prefix, word->folded);
    }
    search_status status = add_entry(v, terms->folded, position, error);
    if (status == SEARCH_OK && word->stem.n_bytes > 0) {
        if (terms->stem == HASH_NONE) {
            terms->stem = number_of(v, field->stem_prefix, word->stem);
        }
        status = count_stem(v, terms->stem, &terms->stem_place, error);
    }
    return status;
}

static search_status add_word(void *context, const token *word, const field_terms *field, uint32_t position,
                              search_error *error) {
    inverter *v = context;
    const search_status status = add_word_alone(v, word, position, error);
    return status == SEARCH_OK && field->prefix[0] != '\0' ? add_word_in_field(v, word, field, position, error)
                                                           : status;
}

term_sink inverter_sink(inverter *v) {
    return (term_sink){.word = add_word, .occurrence = add_occurrence, .boolean = add_boolean, .context = v};
}

search_status inverter_end_document(inverter *v, search_error *error) {
    const uint64_t end = v->entries.n_bytes / sizeof(uint64_t);
    buffer_add(&v->ends, &end, sizeof end);
    v->first_entry = (size_t)end;
    v->n_documents++;
    return v->ends.failed ? error_memory(error) : SEARCH_OK;
}

/* ---- memory ---- */

enum room {
    ROOM_NEW,
    ROOM_RANKED,
    ROOM_BYTES,
    ROOM_COUNTS,
    ROOM_RANKS,
    ROOM_PLACES,
    ROOM_ITEMS,
    ROOM_ENDS,
    ROOM_POSITIONS,
    ROOM_LISTED,
    ROOM_LIST_ENDS,
    ROOM_LIST_NEXT,
    ROOM_LENGTHS,
    ROOM_LIST,
    N_ROOMS
};
static_assert((int)N_ROOMS == (int)INVERTER_N_ROOMS, "a buffer for each");

/* Memory for n elements, with nothing in it; null: there is none. */
static void *make_room(inverter *v, enum room which, size_t n, size_t element_n_bytes) {
    buffer_clear(&v->room[which]);
    return buffer_reserve(&v->room[which], (n + 1) * element_n_bytes) ? v->room[which].bytes : NULL;
}

/* ---- terms in order ---- */

/* A term of this run or of one before; the bytes are those of the hash table, which stay where they are. */
typedef struct ordered_term {
    term_key key;
    const char *bytes;
    uint32_t n_bytes;
    uint32_t number;
} ordered_term;

static ordered_term ordered(search_text term, size_t number) {
    char bytes[TERM_KEY_N_BYTES] = "";
    memcpy(bytes, term.bytes, term.n_bytes < sizeof bytes ? term.n_bytes : sizeof bytes);
    const term_key key = term_key_of((search_text){bytes, term.n_bytes});
    return (ordered_term){key, term.bytes, (uint32_t)term.n_bytes, (uint32_t)number};
}

static int by_bytes(const void *a, const void *b) {
    const ordered_term *x = a;
    const ordered_term *y = b;
    const search_text x_term = {x->bytes, x->n_bytes};
    const search_text y_term = {y->bytes, y->n_bytes};
    return term_key_compare(&x->key, x_term, &y->key, y_term);
}

/* Puts the terms that are new in this run among those that were there before. */
static search_status order_terms(inverter *v, search_error *error) {
    size_t n_old = v->order.n_bytes / sizeof(ordered_term);
    size_t n_new = v->terms.n_keys - n_old;
    ordered_term *new = make_room(v, ROOM_NEW, n_new, sizeof *new);
    if (new == NULL || !buffer_reserve(&v->order, n_new * sizeof *new)) {
        return error_memory(error);
    }
    for (size_t i = 0; i < n_new; i++) {
        new[i] = ordered(v->terms.keys[n_old + i], n_old + i);
    }
    qsort(new, n_new, sizeof *new, by_bytes);
    ordered_term *order = (ordered_term *)(void *)v->order.bytes;
    v->order.n_bytes += n_new * sizeof *new;
    while (n_new > 0) {
        const bool is_old = n_old > 0 && by_bytes(&order[n_old - 1], &new[n_new - 1]) > 0;
        order[n_old + n_new - 1] = is_old ? order[n_old - 1] : new[n_new - 1];
        n_old -= is_old ? 1 : 0;
        n_new -= is_old ? 0 : 1;
    }
    return SEARCH_OK;
}

/* ---- terms by rank ---- */

/* Where the next occurrence of a term goes, and the document that had it last, from 1. */
typedef struct place {
    uint32_t next;
    uint32_t last_document;
} place;

/* Occurrences by rank, then in the order they came; those of rank r end at ends[r]. */
typedef struct occurrences {
    uint64_t *items; /* document << 32 | position */
    size_t *ends;
    uint32_t *counts;    /* by number of the term */
    uint32_t *ranks;     /* by number, of the terms of this run */
    place *places;       /* by number */
    uint32_t *positions; /* room for those of one document */
    size_t *list_next;   /* by document: where its next listed term goes */
} occurrences;

/* Counts the occurrences of every term. */
static void count_terms(inverter *v, occurrences *o) {
    const size_t n_entries = v->entries.n_bytes / sizeof(uint64_t);
    const uint64_t *entries = (const uint64_t *)(const void *)v->entries.bytes;
    memset(o->counts, 0, v->terms.n_keys * sizeof *o->counts);
    for (size_t i = 0; i < n_entries; i++) {
        o->counts[(uint32_t)entries[i]]++;
    }
    v->n_terms = 0;
    for (size_t number = 0; number < v->terms.n_keys; number++) {
        v->n_terms += o->counts[number] > 0 ? 1 : 0;
    }
}

static search_text term_of(const ranked_term *term) {
    if (term->n_bytes <= RANKED_N_BYTES) {
        return (search_text){term->bytes, term->n_bytes};
    }
    const char *bytes;
    memcpy(&bytes, term->bytes, sizeof bytes);
    return (search_text){bytes, term->n_bytes};
}

static void set_term(ranked_term *out, search_text term, char **room) {
    *out = (ranked_term){.n_bytes = (uint8_t)term.n_bytes};
    if (term.n_bytes <= RANKED_N_BYTES) {
        memcpy(out->bytes, term.bytes, term.n_bytes);
        return;
    }
    const char *copy = memcpy(*room, term.bytes, term.n_bytes);
    memcpy(out->bytes, &copy, sizeof copy);
    *room += term.n_bytes;
}

/* Fills in v->ranked, and the ranks of the terms that occur. */
static search_status rank_terms(inverter *v, occurrences *o, search_error *error) {
    const ordered_term *order = (const ordered_term *)(const void *)v->order.bytes;
    size_t n_bytes = 0;
    for (size_t i = 0; i < v->terms.n_keys; i++) {
        const bool is_apart = order[i].n_bytes > RANKED_N_BYTES && o->counts[order[i].number] > 0;
        n_bytes += is_apart ? order[i].n_bytes : 0;
    }
    char *room = make_room(v, ROOM_BYTES, n_bytes + GLASS_TERM_PADDING, 1);
    ranked_term *ranked = make_room(v, ROOM_RANKED, v->n_terms + GLASS_TERM_PADDING / sizeof *ranked, sizeof *ranked);
    if (room == NULL || ranked == NULL) {
        return error_memory(error);
    }
    memset(room + n_bytes, 0, GLASS_TERM_PADDING);
    memset(ranked + v->n_terms, 0, GLASS_TERM_PADDING);
    v->ranked = ranked;
    uint32_t rank = 0;
    for (size_t i = 0; i < v->terms.n_keys; i++) {
        const ordered_term *term = &order[i];
        if (o->counts[term->number] > 0) {
            set_term(ranked, (search_text){term->bytes, term->n_bytes}, &room);
            ranked++;
            o->ranks[term->number] = rank++;
        }
    }
    return SEARCH_OK;
}

/* ---- occurrences by rank ---- */

static const uint64_t *entries_of(const inverter *v, uint32_t document, size_t *n) {
    uint64_t ends[2] = {0, 0};
    const char *at = v->ends.bytes + document * sizeof(uint64_t);
    memcpy(&ends[1], at, sizeof *ends);
    if (document > 0) {
        memcpy(&ends[0], at - sizeof *ends, sizeof *ends);
    }
    *n = (size_t)(ends[1] - ends[0]);
    return (const uint64_t *)(const void *)v->entries.bytes + ends[0];
}

/* Sorts by counting, and finds where the list of each document goes. */
static void scatter(const inverter *v, occurrences *o) {
    for (size_t number = 0; number < v->terms.n_keys; number++) {
        if (o->counts[number] > 0) {
            o->ends[o->ranks[number]] = o->counts[number];
        }
    }
    size_t sum = 0;
    for (size_t rank = 0; rank < v->n_terms; rank++) {
        sum += o->ends[rank];
        o->ends[rank] = sum;
    }
    for (size_t number = 0; number < v->terms.n_keys; number++) {
        if (o->counts[number] > 0) {
            o->places[number] = (place){(uint32_t)o->ends[o->ranks[number]] - o->counts[number], 0};
        }
    }
    size_t n_listed = 0;
    for (uint32_t document = 0; document < v->n_documents; document++) {
        size_t n;
        const uint64_t *entry = entries_of(v, document, &n);
        o->list_next[document] = n_listed;
        for (size_t i = 0; i < n; i++) {
            place *p = &o->places[(uint32_t)entry[i]];
            n_listed += p->last_document != document + 1 ? 1 : 0;
            p->last_document = document + 1;
            o->items[p->next++] = (uint64_t)document << 32 | entry[i] >> 32;
        }
        v->list_ends[document] = n_listed;
    }
}

/* ---- writing the streams ---- */

static int by_value(const void *a, const void *b) {
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* Once each, ascending. */
static size_t sort_positions(uint32_t *positions, size_t n) {
    qsort(positions, n, sizeof *positions, by_value);
    size_t n_kept = 1;
    for (size_t i = 1; i < n; i++) {
        if (positions[i] != positions[n_kept - 1]) {
            positions[n_kept++] = positions[i];
        }
    }
    return n_kept;
}

/* What a document has of a term. */
typedef struct held {
    uint32_t wdf;
    size_t n_positions; /* in o->positions, once each and ascending */
} held;

/* Takes in the items from *at on that are of the same document. */
static held take_document(const occurrences *o, size_t *at, size_t end) {
    const uint64_t *items = o->items;
    const uint64_t document = items[*at] >> 32;
    held h = {0};
    bool ascend = true;
    do {
        const uint32_t item = (uint32_t)items[*at];
        if (item >= without_position) {
            h.wdf += item - without_position;
        } else {
            ascend = ascend && (h.n_positions == 0 || o->positions[h.n_positions - 1] < item);
            o->positions[h.n_positions++] = item;
            h.wdf++;
        }
    } while (++*at < end && items[*at] >> 32 == document);
    if (!ascend) {
        h.n_positions = sort_positions(o->positions, h.n_positions);
    }
    return h;
}

static void add_vint(buffer *out, uint64_t value) {
    if (buffer_reserve(out, VINT64_MAX_N_BYTES)) {
        unsigned char *at = (unsigned char *)out->bytes + out->n_bytes;
        out->n_bytes += (size_t)(put_vint(at, value) - at);
    }
}

static void add_term(buffer *out, search_text term) {
    add_vint(out, term.n_bytes);
    buffer_add(out, term.bytes, term.n_bytes);
}

/* Where the streams of a run are written to. */
typedef struct run_output {
    buffer *postings;
    buffer *positions;
    uint32_t first_docid;
} run_output;

/* Before its tag an entry has the gap of its docid and the bytes of the tag. */
enum { max_entry_head_n_bytes = VINT32_MAX_N_BYTES + VINT64_MAX_N_BYTES };

/* The positions of one document, written at `to`, which has room. */
static unsigned char *put_positions(unsigned char *to, uint32_t gap, const uint32_t *positions, size_t n) {
    to = put_vint(to, gap);
    unsigned char *tag = to + 1; /* a place for its length: most are short */
    unsigned char *end = glass_positions_encode(tag, positions, n);
    const size_t n_tag = (size_t)(end - tag);
    const size_t n_length = vint_n_bytes(n_tag);
    if (n_length > 1) {
        memmove(to + n_length, tag, n_tag);
    }
    put_vint(to, n_tag);
    return to + n_length + n_tag;
}

static unsigned char *put_bytes(unsigned char *to, const char *bytes, size_t n_bytes) {
    memcpy(to, bytes, n_bytes);
    return to + n_bytes;
}

/* Room for the term, for the positions of all items in an entry for each document, and for the zero behind them. */
static unsigned char *reserve_positions(buffer *out, search_text term, size_t n_items, size_t n_documents) {
    const size_t n_entries = n_items < n_documents ? n_items : n_documents;
    const size_t n_all =
        n_entries * (max_entry_head_n_bytes + glass_positions_max_n_bytes(0)) + n_items * sizeof(uint32_t);
    const bool ok = buffer_reserve(out, VINT64_MAX_N_BYTES + term.n_bytes + n_all + 1);
    return ok ? (unsigned char *)out->bytes + out->n_bytes : NULL;
}

static void put_rank(inverter *v, occurrences *o, const run_output *out, uint32_t rank) {
    const size_t from = rank == 0 ? 0 : o->ends[rank - 1];
    const size_t end = o->ends[rank];
    const search_text term = term_of(&v->ranked[rank]);
    unsigned char *const list = make_room(v, ROOM_LIST, (end - from) * 2, VINT64_MAX_N_BYTES);
    unsigned char *const entries = reserve_positions(out->positions, term, end - from, v->n_documents);
    if (list == NULL || entries == NULL) {
        return;
    }
    unsigned char *to = list;
    unsigned char *const first_entry = put_bytes(put_vint(entries, term.n_bytes), term.bytes, term.n_bytes);
    unsigned char *entry = first_entry;
    uint32_t n_documents = 0;
    uint64_t collection_frequency = 0;
    uint32_t previous = 0;
    uint32_t previous_with_positions = 0;
    for (size_t at = from; at < end; n_documents++) {
        const uint32_t document = (uint32_t)(o->items[at] >> 32);
        const uint32_t docid = out->first_docid + document;
        const held h = take_document(o, &at, end);
        to = put_vint(put_vint(to, docid - previous), h.wdf);
        previous = docid;
        collection_frequency += h.wdf;
        v->listed[o->list_next[document]++] = (listed_term){rank, h.wdf};
        v->lengths[document] += h.wdf;
        v->max_wdf = h.wdf > v->max_wdf ? h.wdf : v->max_wdf;
        if (h.n_positions > 0) {
            entry = put_positions(entry, docid - previous_with_positions, o->positions, h.n_positions);
            previous_with_positions = docid;
        }
    }
    add_term(out->postings, term);
    add_vint(out->postings, n_documents);
    add_vint(out->postings, collection_frequency);
    add_vint(out->postings, (uint64_t)(to - list));
    buffer_add(out->postings, list, (size_t)(to - list));
    if (entry > first_entry) {
        *entry++ = 0;
        out->positions->n_bytes += (size_t)(entry - entries);
    }
}

static bool make_rooms(inverter *v, occurrences *o) {
    const size_t n_entries = v->entries.n_bytes / sizeof(uint64_t);
    const size_t n_numbers = v->terms.n_keys;
    o->counts = make_room(v, ROOM_COUNTS, n_numbers, sizeof *o->counts);
    o->ranks = make_room(v, ROOM_RANKS, n_numbers, sizeof *o->ranks);
    o->places = make_room(v, ROOM_PLACES, n_numbers, sizeof *o->places);
    o->items = make_room(v, ROOM_ITEMS, n_entries, sizeof *o->items);
    o->ends = make_room(v, ROOM_ENDS, n_numbers, sizeof *o->ends);
    o->positions = make_room(v, ROOM_POSITIONS, n_entries, sizeof *o->positions);
    o->list_next = make_room(v, ROOM_LIST_NEXT, v->n_documents, sizeof *o->list_next);
    v->listed = make_room(v, ROOM_LISTED, n_entries, sizeof *v->listed);
    v->list_ends = make_room(v, ROOM_LIST_ENDS, v->n_documents, sizeof *v->list_ends);
    v->lengths = make_room(v, ROOM_LENGTHS, v->n_documents, sizeof *v->lengths);
    return o->counts && o->ranks && o->places && o->items && o->ends && o->positions && o->list_next && v->listed &&
           v->list_ends && v->lengths;
}

search_status inverter_sort(inverter *v, uint32_t first_docid, buffer *postings, buffer *positions,
                            search_error *error) {
    occurrences o = {0};
    const run_output out = {postings, positions, first_docid};
    buffer_clear(postings);
    buffer_clear(positions);
    if (!make_rooms(v, &o)) {
        return error_memory(error);
    }
    count_terms(v, &o);
    search_status status = order_terms(v, error);
    if (status == SEARCH_OK) {
        status = rank_terms(v, &o, error);
    }
    if (status == SEARCH_OK) {
        scatter(v, &o);
        memset(v->lengths, 0, v->n_documents * sizeof *v->lengths);
        v->max_wdf = 0;
        for (uint32_t rank = 0; rank < v->n_terms; rank++) {
            put_rank(v, &o, &out, rank);
        }
        const bool failed = postings->failed || positions->failed || v->room[ROOM_LIST].failed;
        status = failed ? error_memory(error) : SEARCH_OK;
    }
    return status;
}

void inverter_term_list(const inverter *v, uint32_t document, buffer *out) {
    const size_t from = document == 0 ? 0 : v->list_ends[document - 1];
    const size_t to = v->list_ends[document];
    buffer_clear(out);
    if (from == to) {
        return; /* a document without terms has an empty list */
    }
    glass_termlist list;
    glass_termlist_start(&list, out, v->lengths[document], (uint32_t)(to - from));
    for (size_t i = from; i < to; i++) {
        glass_termlist_add(&list, term_of(&v->ranked[v->listed[i].rank]), v->listed[i].wdf);
    }
}

void inverter_clear(inverter *v) {
    if (v->terms.n_keys > max_kept_terms) {
        hash_free(&v->terms);
        buffer_clear(&v->order);
        memset(v->words, 0, n_words * sizeof *v->words);
        memset(v->in_fields, 0, n_in_fields * sizeof *v->in_fields);
    }
    buffer_clear(&v->entries);
    buffer_clear(&v->ends);
    v->first_entry = 0;
    v->n_documents = 0;
}

void inverter_close(inverter *v) {
    hash_free(&v->terms);
    buffer_free(&v->term);
    buffer_free(&v->entries);
    buffer_free(&v->ends);
    buffer_free(&v->order);
    for (size_t i = 0; i < INVERTER_N_ROOMS; i++) {
        buffer_free(&v->room[i]);
    }
    free(v->words);
    free(v->in_fields);
    *v = (inverter){0};
}
