/* Chains of operands grow by one operand at a time.  From the end of every chain the text is walked one word a round,
 * over brackets as well as into them, for as many rounds as the distance allows; a chain goes on with each operand that
 * begins where it came.  A chain that comes to a position where one came before that began no earlier ends there, for
 * that one may go further: so a text of common words is walked about once, not once for each word of the distance. */
#include "libsearch/ranking/proximity.h"

#include <stdlib.h>
#include <string.h>

/* What went over a span last. */
typedef struct passed_span {
    uint64_t round;
    uint32_t first;
    float weight;
} passed_span;

typedef struct best_place {
    uint64_t walk; /* 0: free */
    uint32_t position;
    uint32_t first;
    float weight;
} best_place;

/* ---- lists of chains ---- */

static bool begins_later(const occurrence *a, const occurrence *b) {
    return a->first != b->first ? a->first > b->first : a->weight > b->weight;
}

static int by_last(const void *a, const void *b) {
    const occurrence *x = a;
    const occurrence *y = b;
    if (x->last != y->last) {
        return x->last < y->last ? -1 : 1;
    }
    return begins_later(x, y) ? -1 : begins_later(y, x) ? 1 : 0;
}

static int by_first(const void *a, const void *b) {
    const occurrence *x = a;
    const occurrence *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* One chain for each last position. */
static void settle(occurrence_list *list) {
    size_t n = 0;
    bool is_tidy = true;
    for (size_t i = 1; is_tidy && i < list->n; i++) {
        is_tidy = list->list[i - 1].last < list->list[i].last;
    }
    if (is_tidy) {
        return;
    }
    qsort(list->list, list->n, sizeof *list->list, by_last);
    for (size_t i = 0; i < list->n; i++) {
        if (n == 0 || list->list[n - 1].last != list->list[i].last) {
            list->list[n++] = list->list[i];
        }
    }
    list->n = n;
}

static search_status copy(const occurrence_list *from, occurrence_list *to, search_error *error) {
    search_status status = SEARCH_OK;
    to->n = 0;
    for (size_t i = 0; status == SEARCH_OK && i < from->n; i++) {
        status = occurrences_add(to, from->list[i], error);
    }
    return status;
}

/* ---- walking ---- */

/* All that goes over one span in a round meets the same words behind it: only what began later goes on. */
static bool may_pass(proximity_matcher *m, const proximity_request *r, size_t span, uint32_t at, const occurrence *o) {
    if (span == SIZE_MAX || r->spans[span].last < at || r->spans[span].last == UINT32_MAX) {
        return false;
    }
    passed_span *passed = &m->passed[span];
    const occurrence before = {passed->first, 0, passed->weight};
    if (passed->round == m->round && !begins_later(o, &before)) {
        return false;
    }
    *passed = (passed_span){m->round, o->first, o->weight};
    return true;
}

static best_place *place_of(best_place *places, size_t capacity, uint64_t walk, uint32_t position) {
    size_t at = (position * 2654435769u) & (capacity - 1);
    while (places[at].walk == walk && places[at].position != position) {
        at = (at + 1) & (capacity - 1);
    }
    return &places[at];
}

static bool grow_best(proximity_matcher *m) {
    const size_t capacity = m->best_capacity == 0 ? 1024 : m->best_capacity * 2;
    best_place *grown = calloc(capacity, sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    for (size_t i = 0; i < m->best_capacity; i++) {
        if (m->best[i].walk == m->n_walks) {
            *place_of(grown, capacity, m->n_walks, m->best[i].position) = m->best[i];
        }
    }
    free(m->best);
    m->best = grown;
    m->best_capacity = capacity;
    return true;
}

/* Keeps of the next chains those that are the best so far where they came, and notes them as reached. */
static search_status keep_best(proximity_matcher *m, uint32_t last_target, search_error *error) {
    search_status status = SEARCH_OK;
    size_t n = 0;
    for (size_t i = 0; status == SEARCH_OK && i < m->next.n && m->next.list[i].last <= last_target; i++) {
        const occurrence o = m->next.list[i];
        if (m->n_best * 2 >= m->best_capacity && !grow_best(m)) {
            return error_memory(error);
        }
        best_place *place = place_of(m->best, m->best_capacity, m->n_walks, o.last);
        const bool is_new = place->walk != m->n_walks;
        const occurrence before = {place->first, 0, place->weight};
        if (is_new || begins_later(&o, &before)) {
            *place = (best_place){m->n_walks, o.last, o.first, o.weight};
            m->n_best += is_new ? 1 : 0;
            m->next.list[n++] = o;
            status = occurrences_add(&m->reached, o, error);
        }
    }
    m->next.n = n;
    return status;
}

/* One word on from every chain of the frontier. */
static search_status walk(proximity_matcher *m, const proximity_request *r, search_error *error) {
    search_status status = SEARCH_OK;
    m->next.n = 0;
    m->round++;
    for (size_t i = m->frontier.n; status == SEARCH_OK && i-- > 0;) {
        const occurrence o = m->frontier.list[i];
        uint32_t at = o.last + 1;
        status = at == 0 ? SEARCH_OK : occurrences_add(&m->next, (occurrence){o.first, at, o.weight}, error);
        for (size_t span = lattice_find_span(r->spans, r->n_spans, at);
             status == SEARCH_OK && may_pass(m, r, span, at, &o); span = lattice_find_span(r->spans, r->n_spans, at)) {
            at = r->spans[span].last + 1;
            status = occurrences_add(&m->next, (occurrence){o.first, at, o.weight}, error);
        }
        if (status == SEARCH_OK && r->run != NULL) {
            status = run_check(r->run, error);
        }
    }
    settle(&m->next);
    return status;
}

/* Where what follows the chains may begin. */
static search_status reach(proximity_matcher *m, const proximity_request *r, const occurrence_list *chains,
                           uint32_t last_target, search_error *error) {
    m->reached.n = 0;
    m->n_best = 0;
    m->n_walks++;
    search_status status = copy(chains, &m->frontier, error);
    for (size_t words = 0; status == SEARCH_OK && words <= r->distance && m->frontier.n > 0; words++) {
        status = walk(m, r, error);
        if (status == SEARCH_OK) {
            status = keep_best(m, last_target, error);
        }
        const occurrence_list walked = m->next;
        m->next = m->frontier;
        m->frontier = walked;
    }
    settle(&m->reached);
    return status;
}

/* Adds the chains that go on with an operand. */
static search_status go_on(const proximity_matcher *m, const occurrence_list *target, occurrence_list *out,
                           search_error *error) {
    search_status status = SEARCH_OK;
    size_t at = 0;
    for (size_t i = 0; status == SEARCH_OK && i < target->n; i++) {
        const occurrence *next = &target->list[i];
        while (at < m->reached.n && m->reached.list[at].last < next->first) {
            at++;
        }
        if (at < m->reached.n && m->reached.list[at].last == next->first) {
            const occurrence *chain = &m->reached.list[at];
            const float weight = chain->weight < next->weight ? chain->weight : next->weight;
            status = occurrences_add(out, (occurrence){chain->first, next->last, weight}, error);
        }
    }
    return status;
}

/* ---- all operands ---- */

static uint32_t last_first(const proximity_matcher *m, size_t n_operands) {
    uint32_t last = 0;
    for (size_t i = 0; i < n_operands; i++) {
        const occurrence_list *t = &m->targets[i];
        last = t->n > 0 && t->list[t->n - 1].first > last ? t->list[t->n - 1].first : last;
    }
    return last;
}

static search_status follow_ordered(proximity_matcher *m, const proximity_request *r, search_error *error) {
    const uint32_t last = last_first(m, r->n_operands);
    search_status status = copy(&r->operands[0], &m->chains[0], error);
    for (size_t i = 1; status == SEARCH_OK && i < r->n_operands; i++) {
        settle(&m->chains[i - 1]);
        m->chains[i].n = 0;
        status = reach(m, r, &m->chains[i - 1], last, error);
        if (status == SEARCH_OK) {
            status = go_on(m, &m->targets[i], &m->chains[i], error);
        }
    }
    return status;
}

static search_status follow_unordered(proximity_matcher *m, const proximity_request *r, search_error *error) {
    const uint32_t last = last_first(m, r->n_operands);
    const size_t all = ((size_t)1 << r->n_operands) - 1;
    search_status status = SEARCH_OK;
    for (size_t set = 1; set <= all; set++) {
        m->chains[set].n = 0;
    }
    for (size_t i = 0; status == SEARCH_OK && i < r->n_operands; i++) {
        status = copy(&r->operands[i], &m->chains[(size_t)1 << i], error);
    }
    for (size_t set = 1; status == SEARCH_OK && set < all; set++) {
        settle(&m->chains[set]);
        status = m->chains[set].n > 0 ? reach(m, r, &m->chains[set], last, error) : SEARCH_OK;
        for (size_t i = 0; status == SEARCH_OK && m->chains[set].n > 0 && i < r->n_operands; i++) {
            if ((set >> i & 1) == 0) {
                status = go_on(m, &m->targets[i], &m->chains[set | (size_t)1 << i], error);
            }
        }
    }
    return status;
}

/* A window that holds a smaller one ends behind it and overlaps it, so taking what ends first takes the smallest. */
static search_status take_windows(proximity_matcher *m, occurrence_list *chains, search_error *error) {
    search_status status = SEARCH_OK;
    uint32_t end = 0;
    settle(chains);
    m->windows.n = 0;
    for (size_t i = 0; status == SEARCH_OK && i < chains->n; i++) {
        if (chains->list[i].first > end || m->windows.n == 0) {
            status = occurrences_add(&m->windows, chains->list[i], error);
            end = chains->list[i].last;
        }
    }
    return status;
}

static bool grow_lists(occurrence_list **lists, size_t *n, size_t wanted) {
    if (*n >= wanted) {
        return true;
    }
    occurrence_list *grown = realloc(*lists, wanted * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    memset(grown + *n, 0, (wanted - *n) * sizeof *grown);
    *lists = grown;
    *n = wanted;
    return true;
}

static bool reserve(proximity_matcher *m, const proximity_request *r) {
    const size_t n_chains = r->is_ordered ? r->n_operands : (size_t)1 << r->n_operands;
    if (!grow_lists(&m->chains, &m->n_chains, n_chains) || !grow_lists(&m->targets, &m->n_targets, r->n_operands)) {
        return false;
    }
    if (r->n_spans > m->passed_capacity) {
        passed_span *grown = realloc(m->passed, r->n_spans * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        memset(grown + m->passed_capacity, 0, (r->n_spans - m->passed_capacity) * sizeof *grown);
        m->passed = grown;
        m->passed_capacity = r->n_spans;
    }
    return true;
}

search_status proximity_match(const proximity_request *request, proximity_matcher *m, const occurrence_list **out,
                              search_error *error) {
    *out = &m->windows;
    m->windows.n = 0;
    search_status status = reserve(m, request) ? SEARCH_OK : error_memory(error);
    for (size_t i = 0; status == SEARCH_OK && i < request->n_operands; i++) {
        if (request->operands[i].n == 0) {
            return SEARCH_OK;
        }
        status = copy(&request->operands[i], &m->targets[i], error);
        if (status == SEARCH_OK) {
            qsort(m->targets[i].list, m->targets[i].n, sizeof *m->targets[i].list, by_first);
        }
    }
    if (status == SEARCH_OK) {
        status = request->is_ordered ? follow_ordered(m, request, error) : follow_unordered(m, request, error);
    }
    const size_t all = request->is_ordered ? request->n_operands - 1 : ((size_t)1 << request->n_operands) - 1;
    return status == SEARCH_OK ? take_windows(m, &m->chains[all], error) : status;
}

void proximity_matcher_free(proximity_matcher *m) {
    for (size_t i = 0; i < m->n_chains; i++) {
        free(m->chains[i].list);
    }
    for (size_t i = 0; i < m->n_targets; i++) {
        free(m->targets[i].list);
    }
    free(m->chains);
    free(m->targets);
    free(m->frontier.list);
    free(m->next.list);
    free(m->reached.list);
    free(m->best);
    free(m->passed);
    free(m->windows.list);
    *m = (proximity_matcher){0};
}
