/* Terms to numbers, occurrences to sorted streams. */
#include "libsearch/index/inverter.h"

#include "libsearch/glass/glass.h"
#include "libsearch/index/run.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A power of two; as many words as the analyzer keeps (word_cache.h) find their place without pushing others out. */
enum { n_words = 131072, n_in_fields = 65536 };

/* Terms are forgotten when there are more: many, such as ids, never come again. */
enum { max_kept_terms = 131072 };

/* In place of a position: a term that counts nothing.  No text has so many words. */
static const uint32_t counts_nothing = UINT32_MAX;

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
    return add_entry(v, number_of(v, prefix, word), position, error);
}

static search_status add_boolean(void *context, const char *prefix, search_text word, search_error *error) {
    inverter *v = context;
    return add_entry(v, number_of(v, prefix, word), counts_nothing, error);
}

/* Most words were seen before, and the terms of a word are always the same: their numbers are kept by its number. */
static search_status add_word_alone(inverter *v, const token *word, uint32_t position, search_error *error) {
    word_terms unkept = {0, HASH_NONE, HASH_NONE, HASH_NONE};
    word_terms *terms = word->word == 0 ? &unkept : &v->words[word->word & (n_words - 1)];
    if (terms->word != word->word) {
        *terms = (word_terms){word->word, HASH_NONE, HASH_NONE, HASH_NONE};
    }
    if (terms->folded == HASH_NONE) {
        terms->folded = number_of(v, "", word->folded);
    }
    search_status status = add_entry(v, terms->folded, position, error);
    if (status == SEARCH_OK && word->stem.n_bytes > 0) {
        if (terms->stem == HASH_NONE) {
            terms->stem = number_of(v, "Z", word->stem);
        }
        status = add_entry(v, terms->stem, 0, error);
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
    word_in_field unkept = {0, 0, HASH_NONE, HASH_NONE};
    const uint32_t place = (word->word + field->number * UINT32_C(0x9E3779B1)) & (n_in_fields - 1);
    word_in_field *terms = word->word == 0 ? &unkept : &v->in_fields[place];
    if (terms->word != word->word || terms->field != field->number) {
        *terms = (word_in_field){word->word, field->number, HASH_NONE, HASH_NONE};
    }
    if (terms->folded == HASH_NONE) {
        terms->folded = number_of(v, field->prefix, word->folded);
    }
    search_status status = add_entry(v, terms->folded, position, error);
    if (status == SEARCH_OK && word->stem.n_bytes > 0) {
        if (terms->stem == HASH_NONE) {
            terms->stem = number_of(v, field->stem_prefix, word->stem);
        }
        status = add_entry(v, terms->stem, 0, error);
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
    v->n_documents++;
    return v->ends.failed ? error_memory(error) : SEARCH_OK;
}

/* ---- terms by rank ---- */

typedef struct ranked {
    uint64_t head; /* the first eight bytes as a number: enough for most comparisons */
    search_text text;
    uint32_t number;
} ranked;

static uint64_t head_of(search_text text) {
    unsigned char bytes[8] = {0};
    memcpy(bytes, text.bytes, text.n_bytes < sizeof bytes ? text.n_bytes : sizeof bytes);
    uint64_t head = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        head = head << 8 | bytes[i];
    }
    return head;
}

static int by_bytes(const void *a, const void *b) {
    const ranked *x = a;
    const ranked *y = b;
    if (x->head != y->head) {
        return x->head < y->head ? -1 : 1;
    }
    const size_t n = x->text.n_bytes < y->text.n_bytes ? x->text.n_bytes : y->text.n_bytes;
    const int order = memcmp(x->text.bytes, y->text.bytes, n);
    return order != 0 ? order : (x->text.n_bytes > y->text.n_bytes) - (x->text.n_bytes < y->text.n_bytes);
}

/* ---- memory ---- */

enum room {
    ROOM_RANKED,
    ROOM_SORTED,
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

/* Fills in v->sorted, and the ranks of the terms that occur. */
static search_status rank_terms(inverter *v, occurrences *o, search_error *error) {
    ranked *list = make_room(v, ROOM_RANKED, v->n_terms, sizeof *list);
    search_text *sorted = make_room(v, ROOM_SORTED, v->n_terms, sizeof *sorted);
    if (list == NULL || sorted == NULL) {
        return error_memory(error);
    }
    size_t n = 0;
    size_t n_bytes = 0;
    for (size_t number = 0; number < v->terms.n_keys; number++) {
        if (o->counts[number] > 0) {
            list[n++] = (ranked){head_of(v->terms.keys[number]), v->terms.keys[number], (uint32_t)number};
            n_bytes += v->terms.keys[number].n_bytes;
        }
    }
    qsort(list, n, sizeof *list, by_bytes);
    char *to = make_room(v, ROOM_BYTES, n_bytes, 1);
    for (size_t rank = 0; rank < n && to != NULL; rank++) {
        const search_text text = list[rank].text;
        sorted[rank] = (search_text){memcpy(to, text.bytes, text.n_bytes), text.n_bytes};
        o->ranks[list[rank].number] = (uint32_t)rank;
        to += text.n_bytes;
    }
    v->sorted = sorted;
    return to == NULL ? error_memory(error) : SEARCH_OK;
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

/* The items from `from` on that are of the same document end before what is returned. */
static size_t document_end(const uint64_t *items, size_t from, size_t end) {
    const uint64_t document = items[from] >> 32;
    size_t to = from + 1;
    while (to < end && items[to] >> 32 == document) {
        to++;
    }
    return to;
}

/* ---- writing the streams ---- */

static int by_value(const void *a, const void *b) {
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* The positions among the items, ascending and once each. */
static size_t take_positions(const uint64_t *items, size_t n, uint32_t *out) {
    size_t n_out = 0;
    bool ascend = true;
    for (size_t i = 0; i < n; i++) {
        const uint32_t position = (uint32_t)items[i];
        if (position != 0 && position != counts_nothing) {
            ascend = ascend && (n_out == 0 || out[n_out - 1] < position);
            out[n_out++] = position;
        }
    }
    if (ascend) {
        return n_out;
    }
    qsort(out, n_out, sizeof *out, by_value);
    size_t n_kept = 1;
    for (size_t i = 1; i < n_out; i++) {
        if (out[i] != out[n_kept - 1]) {
            out[n_kept++] = out[i];
        }
    }
    return n_kept;
}

static uint32_t wdf_of(const uint64_t *items, size_t n) {
    uint32_t wdf = 0;
    for (size_t i = 0; i < n; i++) {
        wdf += (uint32_t)items[i] != counts_nothing ? 1 : 0;
    }
    return wdf;
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

/* The positions of one document; *previous is the docid before it in the stream, 0 while the term has none there. */
static void put_positions(occurrences *o, const run_output *out, search_text term, uint32_t docid, uint32_t *previous,
                          size_t n) {
    if (*previous == 0) {
        add_term(out->positions, term);
    }
    add_vint(out->positions, docid - *previous);
    *previous = docid;
    buffer *to = out->positions;
    const size_t at = to->n_bytes;
    add_vint(to, 0); /* a place for the length of the tag: most are short */
    glass_positions_encode(to, o->positions, n);
    unsigned char length[VINT64_MAX_N_BYTES];
    const size_t n_tag = to->n_bytes - at - 1;
    const size_t n_length = (size_t)(put_vint(length, n_tag) - length);
    if (to->failed || !buffer_reserve(to, n_length)) {
        return;
    }
    if (n_length > 1) {
        memmove(to->bytes + at + n_length, to->bytes + at + 1, n_tag);
        to->n_bytes += n_length - 1;
    }
    memcpy(to->bytes + at, length, n_length);
}

static void put_rank(inverter *v, occurrences *o, const run_output *out, uint32_t rank) {
    const size_t from = rank == 0 ? 0 : o->ends[rank - 1];
    const size_t end = o->ends[rank];
    uint32_t n_documents = 0;
    uint64_t collection_frequency = 0;
    uint32_t previous = 0;
    uint32_t previous_with_positions = 0;
    unsigned char *const list = make_room(v, ROOM_LIST, (end - from) * 2, VINT64_MAX_N_BYTES);
    unsigned char *to = list;
    if (list == NULL) {
        return;
    }
    for (size_t at = from, next; at < end; at = next) {
        next = document_end(o->items, at, end);
        const uint32_t document = (uint32_t)(o->items[at] >> 32);
        const uint32_t docid = out->first_docid + document;
        const uint32_t wdf = wdf_of(o->items + at, next - at);
        to = put_vint(to, docid - previous);
        to = put_vint(to, wdf);
        previous = docid;
        n_documents++;
        collection_frequency += wdf;
        v->listed[o->list_next[document]++] = (listed_term){rank, wdf};
        v->lengths[document] += wdf;
        v->max_wdf = wdf > v->max_wdf ? wdf : v->max_wdf;
        const size_t n = take_positions(o->items + at, next - at, o->positions);
        if (n > 0) {
            put_positions(o, out, v->sorted[rank], docid, &previous_with_positions, n);
        }
    }
    const size_t n_list = (size_t)(to - list);
    add_term(out->postings, v->sorted[rank]);
    add_vint(out->postings, n_documents);
    add_vint(out->postings, collection_frequency);
    add_vint(out->postings, n_list);
    buffer_add(out->postings, list, n_list);
    if (previous_with_positions != 0) {
        add_vint(out->positions, 0);
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
    search_status status = rank_terms(v, &o, error);
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
        glass_termlist_add(&list, v->sorted[v->listed[i].rank], v->listed[i].wdf);
    }
}

void inverter_clear(inverter *v) {
    if (v->terms.n_keys > max_kept_terms) {
        hash_free(&v->terms);
        memset(v->words, 0, n_words * sizeof *v->words);
        memset(v->in_fields, 0, n_in_fields * sizeof *v->in_fields);
    }
    buffer_clear(&v->entries);
    buffer_clear(&v->ends);
    v->n_documents = 0;
}

void inverter_close(inverter *v) {
    hash_free(&v->terms);
    buffer_free(&v->term);
    buffer_free(&v->entries);
    buffer_free(&v->ends);
    for (size_t i = 0; i < INVERTER_N_ROOMS; i++) {
        buffer_free(&v->room[i]);
    }
    free(v->words);
    free(v->in_fields);
    *v = (inverter){0};
}
