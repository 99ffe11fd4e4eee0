/* Compares the postings of two databases, range of terms by range of terms.  Positions are compared with the documents.
 */
#include "libsearch/index/compare.h"

#include "libsearch/support/arena.h"
#include <stdlib.h>
#include <string.h>

enum { n_postings_per_task = 1 << 14 };

/* A task compares the terms from starts[task] up to the next start. */
typedef struct ranges {
    comparison *c;
    search_text *starts;
    size_t n;
    arena texts;
    atomic_uint_fast64_t n_terms;
    atomic_uint_fast64_t n_postings;
} ranges;

/* One term on both sides. */
typedef struct both {
    const xapian_database *stores[2];
    search_text term;
    const comparison *c;
    finding_list *found;
    uint64_t n_postings;
} both;

/* ---- one term ---- */

static void compare_posting(both *b, xapian_postings *const postings[2], const uint32_t docid[2]) {
    const uint32_t here = docid[0];
    const uint32_t there = docid[1];
    if (here != there) {
        const bool is_here = here != 0 && (there == 0 || here < there);
        const finding_place place = {b->c->directory, NULL, is_here ? here : there};
        note_difference(b->found, &place, "compare.posting", "only in %s index the term \"%.*s\" has the document",
                        is_here ? "this" : "the other", compare_shown(b->term), b->term.bytes);
        return;
    }
    const uint32_t wdf[2] = {xapian_postings_wdf(postings[0]), xapian_postings_wdf(postings[1])};
    if (wdf[0] != wdf[1]) {
        const finding_place place = {b->c->directory, NULL, here};
        note_difference(b->found, &place, "compare.posting",
                        "the term \"%.*s\" is there %u times here, %u times in the other index", compare_shown(b->term),
                        b->term.bytes, wdf[0], wdf[1]);
    }
    b->n_postings++;
}

static search_status compare_postings(both *b, search_error *error) {
    xapian_postings *postings[2] = {NULL, NULL};
    uint32_t docid[2] = {1, 1};
    bool is_due[2] = {true, true}; /* to be moved */
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_postings_open(b->stores[i], b->term, &postings[i], error);
    }
    while (status == SEARCH_OK) {
        for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
            status = is_due[i] ? xapian_postings_next(postings[i], &docid[i], error) : SEARCH_OK;
        }
        if (status != SEARCH_OK || (docid[0] == 0 && docid[1] == 0)) {
            break;
        }
        is_due[0] = docid[0] != 0 && (docid[1] == 0 || docid[0] <= docid[1]);
        is_due[1] = docid[1] != 0 && (docid[0] == 0 || docid[1] <= docid[0]);
        compare_posting(b, postings, docid);
    }
    xapian_postings_free(postings[0]);
    xapian_postings_free(postings[1]);
    return status;
}

static search_status compare_frequencies(both *b, search_error *error) {
    const finding_place place = {b->c->directory, NULL, 0};
    uint32_t n_documents[2] = {0, 0};
    uint64_t n_occurrences[2] = {0, 0};
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_database_term_frequency(b->stores[i], b->term, &n_documents[i], error);
        if (status == SEARCH_OK) {
            status = xapian_database_collection_frequency(b->stores[i], b->term, &n_occurrences[i], error);
        }
    }
    if (status == SEARCH_OK && n_documents[0] != n_documents[1]) {
        note_difference(b->found, &place, "compare.frequency",
                        "the term \"%.*s\" is in %u documents here, in %u of the other index", compare_shown(b->term),
                        b->term.bytes, n_documents[0], n_documents[1]);
    }
    if (status == SEARCH_OK && n_occurrences[0] != n_occurrences[1]) {
        note_difference(b->found, &place, "compare.frequency",
                        "the term \"%.*s\" occurs %llu times here, %llu times in the other index",
                        compare_shown(b->term), b->term.bytes, (unsigned long long)n_occurrences[0],
                        (unsigned long long)n_occurrences[1]);
    }
    return status;
}

/* ---- a range of terms ---- */

/* The term that a cursor moves to, or the end when it is not below `end`. */
static search_status next_term(xapian_terms *terms, search_text end, search_text *term, search_error *error) {
    const search_status status = xapian_terms_next(terms, term, NULL, error);
    if (status == SEARCH_OK && term->bytes != NULL && compare_text_or_end(*term, end) >= 0) {
        *term = (search_text){NULL, 0};
    }
    return status;
}

static search_status compare_common(ranges *r, both *b, search_error *error) {
    atomic_fetch_add(&r->n_terms, 1);
    const search_status status = compare_frequencies(b, error);
    return status == SEARCH_OK ? compare_postings(b, error) : status;
}

static search_status walk(ranges *r, both *b, xapian_terms *const terms[2], search_text term[2], search_text end,
                          search_error *error) {
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && (term[0].bytes != NULL || term[1].bytes != NULL) && !inspect_is_stopped(r->c->i)) {
        const int order = compare_text_or_end(term[0], term[1]);
        b->term = order <= 0 ? term[0] : term[1];
        if (order == 0) {
            status = compare_common(r, b, error);
        } else {
            const finding_place place = {b->c->directory, NULL, 0};
            note_difference(b->found, &place, "compare.term", "the term \"%.*s\" is only in %s index",
                            compare_shown(b->term), b->term.bytes, order < 0 ? "this" : "the other");
        }
        if (status == SEARCH_OK && order <= 0) {
            status = next_term(terms[0], end, &term[0], error);
        }
        if (status == SEARCH_OK && order >= 0) {
            status = next_term(terms[1], end, &term[1], error);
        }
    }
    return status;
}

static search_status compare_range(void *context, size_t task, finding_list *found, search_error *error) {
    ranges *r = context;
    const search_text end = task + 1 < r->n ? r->starts[task + 1] : (search_text){NULL, 0};
    reader *readers[2] = {NULL, NULL};
    xapian_terms *terms[2] = {NULL, NULL};
    search_text term[2] = {{NULL, 0}, {NULL, 0}};
    search_status status = comparison_take_readers(r->c, readers, error);
    for (size_t i = 0; i < 2 && status == SEARCH_OK; i++) {
        status = xapian_terms_open(readers[i]->store, (search_text){NULL, 0}, &terms[i], error);
        if (status == SEARCH_OK) {
            status = xapian_terms_skip_to(terms[i], r->starts[task], &term[i], NULL, error);
        }
        if (status == SEARCH_OK && term[i].bytes != NULL && compare_text_or_end(term[i], end) >= 0) {
            term[i] = (search_text){NULL, 0};
        }
    }
    if (status == SEARCH_OK) {
        both b = {.stores = {readers[0]->store, readers[1]->store}, .c = r->c, .found = found};
        status = walk(r, &b, terms, term, end, error);
        atomic_fetch_add(&r->n_postings, b.n_postings);
    }
    xapian_terms_free(terms[0]);
    xapian_terms_free(terms[1]);
    comparison_give_readers(r->c, readers);
    return status;
}

/* ---- dividing the terms ---- */

static search_status add_start(ranges *r, search_text term, search_error *error) {
    search_text *grown = realloc(r->starts, (r->n + 1) * sizeof *grown);
    char *copy = grown == NULL ? NULL : arena_copy(&r->texts, term.bytes, term.n_bytes);
    r->starts = grown == NULL ? r->starts : grown;
    if (copy == NULL) {
        return error_memory(error);
    }
    r->starts[r->n++] = (search_text){copy, term.n_bytes};
    return SEARCH_OK;
}

/* The ranges have about as many postings each, by the terms of the first side; the first range begins before all. */
static search_status divide(ranges *r, search_error *error) {
    reader *readers[2] = {NULL, NULL};
    xapian_terms *terms = NULL;
    search_status status = comparison_take_readers(r->c, readers, error);
    if (status == SEARCH_OK) {
        status = xapian_terms_open(readers[0]->store, (search_text){NULL, 0}, &terms, error);
    }
    if (status == SEARCH_OK) {
        status = add_start(r, (search_text){"", 0}, error);
    }
    search_text term = {"", 0};
    uint64_t n_postings = 0;
    while (status == SEARCH_OK && term.bytes != NULL) {
        uint32_t n = 0;
        status = xapian_terms_next(terms, &term, &n, error);
        if (status == SEARCH_OK && term.bytes != NULL && n_postings + n > n_postings_per_task) {
            status = add_start(r, term, error);
            n_postings = 0;
        }
        n_postings += n;
    }
    xapian_terms_free(terms);
    comparison_give_readers(r->c, readers);
    return status;
}

search_status compare_terms(comparison *c, search_error *error) {
    ranges r = {.c = c};
    search_status status = divide(&r, error);
    if (status == SEARCH_OK) {
        status = inspect_run(c->i, "compare", r.n, compare_range, &r, error);
    }
    c->i->summary.n_terms = atomic_load(&r.n_terms);
    c->i->summary.n_postings = atomic_load(&r.n_postings);
    free(r.starts);
    arena_free(&r.texts);
    return status;
}
