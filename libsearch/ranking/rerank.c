/* Gains of stage 2, for queries of several words and phrases that are to be there together.
 *
 *   pairs(d)  = pair * sum over neighbours a, b of the query    min(idf a, idf b) / (1 + words they are off)
 *   window(d) = window * (sum of idf there)² / sum of idf / (1 + words between / 8)
 *   title(d)  = title * sum of idf in the title * share of the query * share of the title * (1 + order) / 2
 *               where order is pairs(d) within the title, of the most it could be
 *
 * Positions are those of the words as they are typed: an inflection gains nothing, so what stands as it was typed comes
 * first.  Words that are in more than a fifth of all documents are passed over: reading their positions would take
 * longer than all else, and they tell little. */
#include "libsearch/ranking/rerank.h"
#include "libsearch/ranking/window.h"

#include <stdlib.h>
#include <string.h>

enum { common_share = 5, window_slack = 8 };

typedef struct placed_word {
    cursor *c;
    double idf;
    uint32_t place; /* in the query, from 0 */
} placed_word;

typedef struct reranking {
    const leaf_list *list;
    const search_weights *weights;
    search_run_context *run;
    placed_word words[WINDOW_MAX_LISTS];
    term_positions positions[WINDOW_MAX_LISTS];
    size_t n_words;
    double idf_sum; /* of the words */
} reranking;

/* ---- the words whose positions count ---- */

/* Whether the leaf is the query or one of the terms that are to be there together. */
static bool is_at_top(const query_node *root, const query_node *node) {
    bool found = root == node;
    for (size_t i = 0; !found && root->kind == QUERY_AND && i < root->n_children; i++) {
        found = root->children[i] == node;
    }
    return found;
}

static bool counts(const reranking *r, const leaf *l) {
    return !l->is_negative && l->n_words > 0 && l->field == SIZE_MAX &&
           (l->node->kind == QUERY_WORD || l->node->kind == QUERY_PHRASE) && l->node->n_patterns == 0 &&
           is_at_top(r->list->tree.root, l->node);
}

static search_status add_word(reranking *r, search_text folded, uint32_t place, search_error *error) {
    const snapshot *index = r->run->index;
    buffer term = {0};
    uint32_t n = 0;
    term_add(&term, "", folded);
    search_status status =
        term.failed
            ? error_memory(error)
            : xapian_database_term_frequency(r->run->r->store, (search_text){term.bytes, term.n_bytes}, &n, error);
    buffer_free(&term);
    if (status != SEARCH_OK || n == 0 || n > index->n_documents / common_share + 1) {
        return status;
    }
    placed_word *word = &r->words[r->n_words];
    *word = (placed_word){NULL, score_idf(index, n), place};
    status = leaf_open_term(r->run, "", folded, &word->c, error);
    if (status == SEARCH_OK) {
        r->idf_sum += word->idf;
        r->n_words++;
    }
    return status;
}

/* A word or phrase alone gains nothing: what is in a phrase stands side by side wherever it is found. */
static bool has_several(const reranking *r) {
    size_t n = 0;
    for (size_t i = 0; n < 2 && i < r->list->n_leaves; i++) {
        n += counts(r, &r->list->leaves[i]) ? 1 : 0;
    }
    return n == 2;
}

static search_status open_words(reranking *r, search_error *error) {
    search_status status = SEARCH_OK;
    uint32_t place = 0;
    for (size_t i = 0; status == SEARCH_OK && i < r->list->n_leaves; i++) {
        const leaf *l = &r->list->leaves[i];
        for (size_t w = 0; status == SEARCH_OK && counts(r, l) && w < l->n_words; w++) {
            if (r->n_words < WINDOW_MAX_LISTS) {
                status = add_word(r, l->words[w].folded, place++, error);
            }
        }
    }
    return status;
}

/* ---- gains of one document ---- */

/* The first position of the first field of the zone of titles; 0 when it has no words. */
static uint32_t title_start(const snapshot *index, uint32_t docid) {
    for (size_t i = 0; i < index->n_order; i++) {
        if (index->contents.schema->fields[index->order[i]].zone == SEARCH_ZONE_TITLE) {
            return index->starts[(size_t)(docid - 1) * index->n_order + i];
        }
    }
    return 0;
}

static search_status read_positions(reranking *r, uint32_t docid, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < r->n_words; i++) {
        cursor *c = r->words[i].c;
        r->positions[i] = (term_positions){NULL, 0};
        status = c->is_done ? SEARCH_OK : c->operations->skip_to(c, docid, error);
        if (status == SEARCH_OK && !c->is_done && c->docid == docid) {
            status = c->operations->positions(c, &r->positions[i].positions, &r->positions[i].n, error);
        }
    }
    return status;
}

/* Of the neighbours in the query: how near they come to standing so, and the most that they could. */
static double pairs_in(const reranking *r, const term_positions *positions, double *most) {
    double sum = 0;
    *most = 0;
    for (size_t i = 0; i + 1 < r->n_words; i++) {
        const placed_word *a = &r->words[i];
        const placed_word *b = &r->words[i + 1];
        const double idf = a->idf < b->idf ? a->idf : b->idf;
        const uint32_t off = window_pair(&positions[i], &positions[i + 1], b->place - a->place);
        sum += off == WINDOW_NONE ? 0 : idf / (1 + (double)off);
        *most += idf;
    }
    return sum;
}

/* Whether the words stand in the title in the order of the query, from 0 to 1; 1 when there is no order to tell. */
static double order_in_title(const reranking *r, uint32_t docid, uint32_t n_title) {
    const uint32_t start = title_start(r->run->index, docid);
    term_positions inside[WINDOW_MAX_LISTS];
    for (size_t i = 0; i < r->n_words; i++) {
        const term_positions *all = &r->positions[i];
        size_t from = 0;
        while (from < all->n && all->positions[from] < start) {
            from++;
        }
        size_t to = from;
        while (to < all->n && all->positions[to] < start + n_title) {
            to++;
        }
        inside[i] = (term_positions){from == to ? NULL : all->positions + from, to - from};
    }
    double most = 0;
    const double sum = pairs_in(r, inside, &most);
    return most > 0 ? sum / most : 1;
}

static double window_of(const reranking *r) {
    const uint32_t span = window_span(r->positions, r->n_words);
    if (span == WINDOW_NONE) {
        return 0;
    }
    double there = 0;
    size_t n_there = 0;
    for (size_t i = 0; i < r->n_words; i++) {
        there += r->positions[i].n > 0 ? r->words[i].idf : 0;
        n_there += r->positions[i].n > 0 ? 1 : 0;
    }
    const double between = span > n_there ? (double)(span - n_there) : 0;
    return r->weights->window * there * there / r->idf_sum / (1 + between / window_slack);
}

static double title_of(const reranking *r, uint32_t docid) {
    const snapshot *index = r->run->index;
    const uint32_t n_title = index->lengths[(size_t)(docid - 1) * SCHEMA_N_ZONES + SEARCH_ZONE_TITLE];
    double there = 0;
    double all = 0;
    double n_there = 0;
    for (size_t i = 0; n_title > 0 && i < r->list->n_leaves; i++) {
        const leaf *l = &r->list->leaves[i];
        if (!counts(r, l) || l->postings.n == 0) {
            continue;
        }
        const double idf = score_idf(index, (double)l->postings.n);
        const posting *p = postings_find(&l->postings, docid);
        all += idf;
        if (p != NULL && p->counts[SEARCH_ZONE_TITLE] > 0) {
            there += idf;
            n_there += (double)l->n_words;
        }
    }
    if (all == 0) {
        return 0;
    }
    const double share = n_there < n_title ? n_there / n_title : 1;
    return r->weights->title * there * (there / all) * share * (1 + order_in_title(r, docid, n_title)) / 2;
}

/* ---- all of them ---- */

static int by_docid(const void *a, const void *b) {
    const scored *x = a;
    const scored *y = b;
    return (x->docid > y->docid) - (x->docid < y->docid);
}

static search_status gain_all(reranking *r, const scored *best, size_t n, double *scores, gain *gains,
                              search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < n; i++) {
        gain *g = &gains[i];
        double most = 0;
        *g = (gain){.docid = best[i].docid};
        status = r->n_words > 1 ? read_positions(r, g->docid, error) : SEARCH_OK;
        if (status == SEARCH_OK) {
            g->pairs = r->weights->pair * pairs_in(r, r->positions, &most);
            g->window = window_of(r);
            g->title = title_of(r, g->docid);
        }
        scores[g->docid - 1] += g->pairs + g->window + g->title;
        if (status == SEARCH_OK) {
            status = run_spend(r->run, RUN_STEPS_DOCUMENT, error);
        }
    }
    return status;
}

search_status rerank(const leaf_list *list, const document_set *matches, const search_weights *weights,
                     search_run_context *run, double *scores, gain_list *out, search_error *error) {
    reranking r = {.list = list, .weights = weights, .run = run};
    scored *best = NULL;
    size_t n = 0;
    *out = (gain_list){0};
    if (!has_several(&r)) {
        return SEARCH_OK;
    }
    search_status status = score_best(matches, scores, run->index, 0, RERANK_MAX, &best, &n, error);
    if (status == SEARCH_OK) {
        status = open_words(&r, error);
    }
    if (status == SEARCH_OK) {
        qsort(best, n, sizeof *best, by_docid); /* cursors go forwards only */
        out->list = calloc(n + 1, sizeof *out->list);
        status = out->list == NULL ? error_memory(error) : gain_all(&r, best, n, scores, out->list, error);
        out->n = n;
    }
    for (size_t i = 0; i < r.n_words; i++) {
        cursor_free(r.words[i].c);
    }
    free(best);
    return status;
}

const gain *gains_find(const gain_list *gains, uint32_t docid) {
    size_t low = 0;
    size_t high = gains->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (gains->list[middle].docid < docid) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < gains->n && gains->list[low].docid == docid ? &gains->list[low] : NULL;
}

void gains_free(gain_list *gains) {
    free(gains->list);
    *gains = (gain_list){0};
}
