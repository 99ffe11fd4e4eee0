/* Sorting by several keys.  Each key is a number by document, so that comparing touches no text; of a key that a record
 * does not have it comes last, whichever way the key runs.  A merge sort of the matches: every page of a search cuts
 * the same order. */
#include "libsearch/ranking/sort.h"

#include <stdlib.h>
#include <string.h>

typedef struct sorting {
    const snapshot *index;
    const search_request *request;
} sorting;

static int sign(bool is_before, bool is_behind) {
    return is_before ? -1 : is_behind ? 1 : 0;
}

/* Below 0: a comes first; missing (0) comes last. */
static int compare_places(uint32_t a, uint32_t b, bool is_descending) {
    if (a == 0 || b == 0) {
        return sign(a != 0 && b == 0, a == 0 && b != 0);
    }
    return is_descending ? sign(a > b, a < b) : sign(a<b, a> b);
}

static int compare_dates(const snapshot *index, uint32_t a, uint32_t b, bool is_descending) {
    const uint32_t *days_a = index->days + 2 * (size_t)(a - 1);
    const uint32_t *days_b = index->days + 2 * (size_t)(b - 1);
    const int first = is_descending ? 1 : 0; /* the newest by its last day, the oldest by its first */
    const int order = compare_places(days_a[first], days_b[first], is_descending);
    return order != 0 ? order : compare_places(days_a[1 - first], days_b[1 - first], is_descending);
}

static int compare(const sorting *s, const scored *a, const scored *b) {
    int order = 0;
    for (size_t i = 0; order == 0 && i < s->request->n_sorts; i++) {
        const search_sort *sort = &s->request->sorts[i];
        switch (sort->key) {
        case SEARCH_SORT_DATE:
            order = compare_dates(s->index, a->docid, b->docid, sort->descending);
            break;
        case SEARCH_SORT_TITLE:
            order = compare_places(s->index->title_order[a->docid - 1], s->index->title_order[b->docid - 1],
                                   sort->descending);
            break;
        case SEARCH_SORT_NUMBER:
            order = compare_places(s->index->number_order[a->docid - 1], s->index->number_order[b->docid - 1],
                                   sort->descending);
            break;
        case SEARCH_SORT_SCORE:
            order = sort->descending ? sign(a->score > b->score, a->score < b->score)
                                     : sign(a->score<b->score, a->score> b->score);
            break;
        }
    }
    return order != 0 ? order : score_compare(s->index, a, b);
}

/* Merges list[0 .. middle) and list[middle .. n), both in order. */
static void merge(const sorting *s, scored *list, size_t middle, size_t n, scored *scratch) {
    memcpy(scratch, list, middle * sizeof *list);
    size_t at = 0;
    size_t left = 0;
    size_t right = middle;
    while (left < middle && right < n) {
        list[at++] = compare(s, &list[right], &scratch[left]) < 0 ? list[right++] : scratch[left++];
    }
    memcpy(list + at, scratch + left, (middle - left) * sizeof *list);
}

static void merge_sort(const sorting *s, scored *list, size_t n, scored *scratch) {
    if (n < 2) {
        return;
    }
    merge_sort(s, list, n / 2, scratch);
    merge_sort(s, list + n / 2, n - n / 2, scratch);
    merge(s, list, n / 2, n, scratch);
}

search_status sort_best(const document_set *matches, const double *scores, const snapshot *index,
                        const search_request *request, scored **hits, size_t *n_hits, search_error *error) {
    const size_t total = (size_t)set_count(matches);
    scored *list = calloc(total + 1, sizeof *list);
    scored *scratch = calloc(total + 1, sizeof *scratch);
    *n_hits = 0;
    *hits = list;
    if (list == NULL || scratch == NULL) {
        free(scratch);
        return error_memory(error);
    }
    size_t n = 0;
    for (uint32_t d = set_next(matches, 1); d != 0; d = set_next(matches, d + 1)) {
        list[n++] = (scored){d, scores[d - 1]};
    }
    const sorting s = {index, request};
    merge_sort(&s, list, n, scratch);
    free(scratch);
    if (request->offset < n) {
        *n_hits = request->limit < n - request->offset ? request->limit : n - request->offset;
        memmove(list, list + request->offset, *n_hits * sizeof *list);
    }
    return SEARCH_OK;
}
