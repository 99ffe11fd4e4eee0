/* Marking a text that the host gives.  The query is read as a search reads it, less the postings, and the text is
 * marked as a record is; then the offsets are counted in the unit that was asked for, in one pass. */
#include "libsearch/ranking/marking.h"
#include "libsearch/support/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct search_highlights {
    search_highlight_mark *marks;
    size_t n_marks;
    bool is_cut;
};

/* ---- options ---- */

static search_status check_options(const search_highlight_options *given, search_highlight_options *out,
                                   search_error *error) {
    static const search_highlight_options defaults = SEARCH_HIGHLIGHT_OPTIONS_INIT;
    *out = defaults;
    if (given == NULL) {
        return SEARCH_OK;
    }
    if (given->size < sizeof(size_t) || given->size > sizeof *out) {
        return error_set(error, SEARCH_E_ARGUMENT, "highlight.options",
                         "the options are of another version of libsearch");
    }
    memcpy(out, given, given->size);
    if (out->unit != SEARCH_UNIT_BYTES && out->unit != SEARCH_UNIT_UTF16 && out->unit != SEARCH_UNIT_CODE_POINTS) {
        return error_set(error, SEARCH_E_ARGUMENT, "highlight.options", "there is no such unit of offsets");
    }
    return SEARCH_OK;
}

static search_status find_field(const snapshot *index, search_text name, size_t *out, search_error *error) {
    *out = name.n_bytes == 0 ? MARKER_ANY_FIELD : schema_find(index->contents.schema, name.bytes, name.n_bytes);
    if (name.n_bytes > 0 && *out == SIZE_MAX) {
        return error_set(error, SEARCH_E_ARGUMENT, "highlight.unknown_field", "the index has no such field");
    }
    return SEARCH_OK;
}

static uint64_t deadline_of(const search_highlight_options *options) {
    struct timespec now;
    if (options->deadline_ms == 0) {
        return 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + (uint64_t)options->deadline_ms * 1000000u;
}

/* ---- units ---- */

/* Where a byte stands in another unit; bytes are asked for in ascending order.  What is ill-formed counts as the
 * U+FFFD that it is read as. */
typedef struct unit_counter {
    search_text text;
    search_unit unit;
    size_t at; /* byte */
    size_t n;  /* units before it */
} unit_counter;

static size_t count_to(unit_counter *c, size_t byte) {
    if (c->unit == SEARCH_UNIT_BYTES) {
        return byte;
    }
    while (c->at < byte) {
        const uint32_t character = utf8_next(c->text.bytes, c->text.n_bytes, &c->at);
        const bool is_pair = c->unit == SEARCH_UNIT_UTF16 && character != UTF8_BAD && character > 0xFFFF;
        c->n += is_pair ? 2 : 1;
    }
    return c->n;
}

static search_status keep_marks(const marked *marks, size_t n, search_text text,
                                const search_highlight_options *options, search_highlights *out, search_error *error) {
    out->is_cut = options->max_marks > 0 && n > options->max_marks;
    out->n_marks = out->is_cut ? options->max_marks : n;
    out->marks = calloc(out->n_marks + 1, sizeof *out->marks);
    if (out->marks == NULL) {
        return error_memory(error);
    }
    unit_counter c = {.text = text, .unit = options->unit};
    for (size_t i = 0; i < out->n_marks; i++) {
        out->marks[i].from = count_to(&c, marks[i].from);
        out->marks[i].to = count_to(&c, marks[i].to);
        out->marks[i].term = marks[i].leaf;
    }
    return SEARCH_OK;
}

/* ---- marking ---- */

static search_status mark_text(search_run_context *run, search_text asked, size_t field, search_text text,
                               const search_highlight_options *options, search_highlights *out, search_error *error) {
    leaf_list list = {0};
    marker *m = NULL;
    const marked *marks = NULL;
    size_t n = 0;
    search_status status = leaves_read(asked, options->max_terms, options->lenient, run, &list, error);
    if (status == SEARCH_OK) {
        status = marker_new(&list, run, &m, error);
    }
    const bool is_searched =
        field == MARKER_ANY_FIELD || schema_is_searched(&run->index->contents.schema->fields[field]);
    if (status == SEARCH_OK && is_searched) {
        status = marker_mark(m, field, text, &marks, &n, error);
    }
    if (status == SEARCH_OK) {
        marker_part(m, &marks, &n);
        status = keep_marks(marks, n, text, options, out, error);
    }
    marker_free(m);
    leaves_close(&list);
    return status;
}

search_status search_highlight(const search_index *index, search_text asked, search_text field, search_text text,
                               const search_highlight_options *options, search_highlights **out, search_error *error) {
    error_clear(error);
    *out = NULL;
    search_highlight_options chosen;
    size_t field_number = 0;
    search_run_context run = {.index = index->now};
    search_status status = check_options(options, &chosen, error);
    if (status == SEARCH_OK && !utf8_valid(asked.bytes, asked.n_bytes)) {
        status = error_set(error, SEARCH_E_ARGUMENT, "query.not_utf8", "the query is not UTF-8");
    }
    if (status == SEARCH_OK) {
        status = find_field(index->now, field, &field_number, error);
    }
    search_highlights *made = status == SEARCH_OK ? calloc(1, sizeof *made) : NULL;
    if (status == SEARCH_OK) {
        run.on_cancel = chosen.on_cancel;
        run.cancel_context = chosen.context;
        run.deadline_ns = deadline_of(&chosen);
        status = made == NULL ? error_memory(error) : snapshot_take_reader(index->now, &run.r, error);
    }
    if (status == SEARCH_OK) {
        status = mark_text(&run, asked, field_number, text, &chosen, made, error);
    }
    snapshot_give_reader(index->now, run.r);
    if (status != SEARCH_OK) {
        search_highlights_free(made);
        return status;
    }
    *out = made;
    return SEARCH_OK;
}

size_t search_highlights_n_marks(const search_highlights *highlights) {
    return highlights->n_marks;
}

const search_highlight_mark *search_highlights_mark(const search_highlights *highlights, size_t i) {
    return i < highlights->n_marks ? &highlights->marks[i] : NULL;
}

bool search_highlights_is_cut(const search_highlights *highlights) {
    return highlights->is_cut;
}

void search_highlights_free(search_highlights *highlights) {
    if (highlights != NULL) {
        free(highlights->marks);
        free(highlights);
    }
}
