/* BM25F:  score(d) = sum over leaves  idf * f * (k1 + 1) / (f + k1)
 *         f        = sum over zones   weight * count / (1 - b + b * length / average length)
 *         idf      = ln(1 + (N - n + 0.5) / (n + 0.5)),  n documents of N hold the leaf
 * With one zone of weight 1 this is plain BM25. */
#include "libsearch/ranking/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

search_status weights_check(const search_weights *w, search_error *error) {
    const double plain[] = {w->k1, w->zone[0], w->zone[1], w->zone[2], w->zone[3], w->pair, w->window, w->title};
    bool ok = true;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        ok = ok && plain[i] >= 0 && plain[i] <= 1000;
    }
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        ok = ok && w->zone_b[zone] >= 0 && w->zone_b[zone] <= 1;
    }
    return ok ? SEARCH_OK
              : error_set(error, SEARCH_E_ARGUMENT, "search.weights",
                          "a weight is not from 0 to 1000, or a zone_b not from 0 to 1");
}

static double combined_count(const posting *p, const snapshot *index, const search_weights *w) {
    const uint32_t *lengths = index->lengths + (size_t)(p->docid - 1) * SCHEMA_N_ZONES;
    double f = 0;
    for (size_t zone = 0; zone < SCHEMA_N_ZONES; zone++) {
        if (p->counts[zone] > 0 && index->average_lengths[zone] > 0) {
            const double relative = lengths[zone] / index->average_lengths[zone];
            f += w->zone[zone] * (double)p->counts[zone] / (1 - w->zone_b[zone] + w->zone_b[zone] * relative);
        }
    }
    return f;
}

double score_idf(const snapshot *index, double n) {
    return log(1 + (index->n_documents - n + 0.5) / (n + 0.5));
}

double score_posting(const posting *p, double idf, const snapshot *index, const search_weights *w) {
    const double f = combined_count(p, index, w);
    return f == 0 ? 0 : idf * f * (w->k1 + 1) / (f + w->k1);
}

search_status score_documents(const leaf_list *list, const document_set *matches, const search_weights *w,
                              search_run_context *run, double **scores, search_error *error) {
    const snapshot *index = run->index;
    *scores = calloc((size_t)index->n_documents + 1, sizeof **scores);
    if (*scores == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; i < list->n_leaves; i++) {
        const leaf *l = &list->leaves[i];
        if (l->is_negative || l->postings.n == 0) {
            continue;
        }
        const double idf = score_idf(index, (double)l->postings.n);
        for (size_t p = 0; p < l->postings.n; p++) {
            const posting *found = &l->postings.list[p];
            if (set_has(matches, found->docid)) {
                (*scores)[found->docid - 1] += score_posting(found, idf, index, w);
            }
        }
        const search_status status = run_spend(run, l->postings.n, error);
        if (status != SEARCH_OK) {
            return status;
        }
    }
    return SEARCH_OK;
}

/* ---- the best of a set: a heap whose root is the worst hit kept ---- */

int score_compare(const snapshot *index, const scored *a, const scored *b) {
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    const uint32_t date_a = index->days[2 * (size_t)(a->docid - 1)];
    const uint32_t date_b = index->days[2 * (size_t)(b->docid - 1)];
    if (date_a != date_b) {
        return date_a > date_b ? -1 : 1;
    }
    const search_text id_a = column_string(&index->ids, a->docid - 1);
    const search_text id_b = column_string(&index->ids, b->docid - 1);
    const int order = memcmp(id_a.bytes, id_b.bytes, id_a.n_bytes < id_b.n_bytes ? id_a.n_bytes : id_b.n_bytes);
    return order != 0 ? order : (id_a.n_bytes > id_b.n_bytes) - (id_a.n_bytes < id_b.n_bytes);
}

static bool is_better(const snapshot *index, const scored *a, const scored *b) {
    return score_compare(index, a, b) < 0;
}

static void sift_down(const snapshot *index, scored *heap, size_t n, size_t i) {
    for (;;) {
        size_t worst = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++) {
            if (is_better(index, &heap[worst], &heap[child])) {
                worst = child;
            }
        }
        if (worst == i) {
            return;
        }
        const scored moved = heap[i];
        heap[i] = heap[worst];
        heap[worst] = moved;
        i = worst;
    }
}

static void heapify(const snapshot *index, scored *heap, size_t n) {
    for (size_t i = n / 2; i-- > 0;) {
        sift_down(index, heap, n, i);
    }
}

/* Takes the worst off again and again, to its end: the array is then best first. */
static void sort_heap(const snapshot *index, scored *heap, size_t n) {
    while (n > 1) {
        const scored worst = heap[0];
        heap[0] = heap[--n];
        heap[n] = worst;
        sift_down(index, heap, n, 0);
    }
}

search_status score_best(const document_set *matches, const double *scores, const snapshot *index, size_t offset,
                         size_t limit, scored **hits, size_t *n_hits, search_error *error) {
    const size_t total = (size_t)set_count(matches);
    const size_t wanted = offset >= total || limit == 0 ? 0 : (limit < total - offset ? offset + limit : total);
    scored *heap = calloc(wanted + 1, sizeof *heap);
    *n_hits = 0;
    *hits = heap;
    if (heap == NULL) {
        return error_memory(error);
    }
    size_t n = 0;
    for (uint32_t d = wanted == 0 ? 0 : set_next(matches, 1); d != 0; d = set_next(matches, d + 1)) {
        const scored candidate = {d, scores[d - 1]};
        if (n < wanted) {
            heap[n++] = candidate;
            if (n == wanted) {
                heapify(index, heap, n);
            }
        } else if (is_better(index, &candidate, &heap[0])) {
            heap[0] = candidate;
            sift_down(index, heap, n, 0);
        }
    }
    sort_heap(index, heap, n);
    if (n > offset) {
        *n_hits = n - offset;
        memmove(heap, heap + offset, *n_hits * sizeof *heap);
    }
    return SEARCH_OK;
}
