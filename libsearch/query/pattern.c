/* Escapes are resolved first, and what a character means is judged on the resolved text, by the same function for
 * reading and writing: who reads gives no meaning to what was escaped, who writes escapes what would have one.
 *
 * A `?` is a wildcard only before a letter, digit or `*` of its word; behind them it ends a question.  A `~` with
 * nothing but digits and full stops behind it in its word, and a letter or digit before it, is a suffix of the word; it
 * is cut off the text.  What stands in a suffix is no letter for the `?`. */
#include "libsearch/query/pattern.h"

#include "libsearch/query/chars.h"
#include "libsearch/support/utf8.h"

#include <string.h>

/* Resolved text, and where each of its bytes was. */
typedef struct resolved {
    char *bytes;
    uint32_t *origins;
    size_t n_bytes;
} resolved;

static search_status resolve(search_text raw, arena *memory, resolved *out, search_error *error) {
    *out = (resolved){arena_alloc(memory, raw.n_bytes + 1), arena_array(memory, raw.n_bytes + 1, sizeof(uint32_t)), 0};
    if (out->bytes == NULL || out->origins == NULL) {
        return error_memory(error);
    }
    for (size_t at = 0; at < raw.n_bytes;) {
        at += chars_is_escape(raw, at) ? 1 : 0;
        size_t from = at;
        utf8_next(raw.bytes, raw.n_bytes, &at);
        for (; from < at; from++) {
            out->bytes[out->n_bytes] = raw.bytes[from];
            out->origins[out->n_bytes++] = (uint32_t)from;
        }
    }
    return SEARCH_OK;
}

static bool is_escaped(const resolved *r, size_t at) {
    return r->origins[at] != (at == 0 ? 0 : r->origins[at - 1] + 1);
}

static bool is_plain(const resolved *r, size_t from, size_t to) {
    bool plain = true;
    for (size_t at = from; at < to; at++) {
        plain = plain && !is_escaped(r, at);
    }
    return plain;
}

/* A word of a resolved text. */
typedef struct word_shape {
    size_t from;
    size_t end;
    size_t suffix;   /* where `~1` begins; `end` when there is none */
    size_t wild_end; /* a `?` before it is a wildcard */
    bool has_letter; /* before the suffix */
} word_shape;

/* `has_suffix`: the suffix stands behind the text already. */
static word_shape shape_of(search_text text, size_t from, size_t end, bool has_suffix) {
    word_shape shape = {from, end, end, from, false};
    size_t at = end;
    while (!has_suffix && at > from &&
           (char_is_digit((unsigned char)text.bytes[at - 1]) || text.bytes[at - 1] == '.')) {
        at--;
    }
    if (!has_suffix && at > from && text.bytes[at - 1] == '~') {
        shape.suffix = at - 1;
    }
    for (at = from; at < shape.suffix;) {
        uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
        bool is_letter = char_is_letter_or_digit(c);
        shape.has_letter = shape.has_letter || is_letter;
        shape.wild_end = is_letter || c == '*' ? at : shape.wild_end;
    }
    return shape;
}

static bool is_wildcard(const word_shape *shape, search_text text, size_t at) {
    return text.bytes[at] == '*' || (text.bytes[at] == '?' && at < shape->wild_end);
}

static bool is_suffix(const word_shape *shape, size_t at) {
    return at == shape->suffix && at < shape->end && shape->has_letter;
}

/* Where the white space ends at `at`, and where the word behind it ends. */
static size_t next_word(search_text text, size_t at, size_t *end) {
    const size_t from = chars_space_end(text, at);
    size_t next = from;
    *end = from;
    while (*end < text.n_bytes && !char_is_space(utf8_next(text.bytes, text.n_bytes, &next))) {
        *end = next;
    }
    return from;
}

/* ---- Reading ---- */

typedef struct pattern_reader {
    resolved r;
    search_text text; /* the same */
    size_t offset;
    bool in_phrase;
    size_t n_kept; /* bytes of the text without the suffixes, at its beginning */
    query_pattern *patterns;
    size_t n_patterns;
    bool is_empty;
    query_report *report;
} pattern_reader;

static size_t place(const pattern_reader *p, size_t at) {
    return p->offset + p->r.origins[at];
}

static bool has_wildcard(const pattern_reader *p, const word_shape *shape, size_t *at) {
    for (*at = shape->from; *at < shape->suffix; ++*at) {
        if (is_wildcard(shape, p->text, *at) && !is_escaped(&p->r, *at)) {
            return true;
        }
    }
    return false;
}

/* Nothing is 1; 0: another number. */
static uint8_t n_edits(search_text number) {
    if (number.n_bytes == 0 || chars_is(number, "1")) {
        return 1;
    }
    return chars_is(number, "2") ? 2 : 0;
}

static search_status read_edits(pattern_reader *p, const word_shape *shape, uint8_t *out) {
    const search_text number = chars_part(p->text, shape->suffix + 1, shape->end);
    *out = n_edits(number);
    if (*out > 0) {
        return SEARCH_OK;
    }
    *out = number.bytes[0] == '0' || number.bytes[0] == '.' ? 1 : 2;
    return query_fault(p->report, SEARCH_E_QUERY, "query.bad_fuzzy", place(p, shape->suffix),
                       "a word may differ by 1 or 2 letters", "write ~1 or ~2, or \\~ for the character itself");
}

static search_status check_wildcard(pattern_reader *p, const word_shape *shape, bool is_fuzzy, size_t at,
                                    bool *is_wild) {
    if (!shape->has_letter) {
        *is_wild = false;
        p->is_empty = !p->in_phrase;
        return query_fault_empty(p->report, place(p, at), "* alone searches for nothing",
                                 p->in_phrase ? "leave it out; for any word between two write ADJ/1 instead of a phrase"
                                              : "leave it out: a query without words gives every record");
    }
    if (is_fuzzy) {
        *is_wild = false;
        return query_fault(p->report, SEARCH_E_QUERY, "query.conflict", place(p, at),
                           "a word cannot have both wildcards and ~",
                           "leave out one of them, or write \\* or \\? for the character itself");
    }
    return SEARCH_OK;
}

static void keep_word(pattern_reader *p, const word_shape *shape, size_t end, bool is_wild) {
    for (size_t at = shape->from; at < end; at++) {
        if (is_wild && is_wildcard(shape, p->text, at) && !is_escaped(&p->r, at)) {
            p->patterns[p->n_patterns++] = (query_pattern){p->n_kept, p->text.bytes[at], 0};
        }
        p->r.bytes[p->n_kept++] = p->text.bytes[at];
    }
}

static search_status read_word(pattern_reader *p, size_t from, size_t end) {
    const word_shape shape = shape_of(p->text, from, end, false);
    const bool is_fuzzy = is_suffix(&shape, shape.suffix) && is_plain(&p->r, shape.suffix, end);
    size_t at = 0;
    uint8_t edits = 0;
    bool is_wild = has_wildcard(p, &shape, &at);
    search_status status = is_wild ? check_wildcard(p, &shape, is_fuzzy, at, &is_wild) : SEARCH_OK;
    if (status == SEARCH_OK && is_fuzzy) {
        status = read_edits(p, &shape, &edits);
    }
    if (status != SEARCH_OK) {
        return status;
    }
    keep_word(p, &shape, is_fuzzy ? shape.suffix : end, is_wild);
    if (is_fuzzy) {
        p->patterns[p->n_patterns++] = (query_pattern){p->n_kept, '~', edits};
    }
    return SEARCH_OK;
}

static size_t count_signs(search_text text) {
    size_t n = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        n += text.bytes[i] == '*' || text.bytes[i] == '?' || text.bytes[i] == '~' ? 1 : 0;
    }
    return n;
}

search_status pattern_read(search_text raw, size_t offset, bool in_phrase, query_report *report, pattern_text *out) {
    arena *memory = &report->out->memory;
    pattern_reader p = {.offset = offset, .in_phrase = in_phrase, .report = report};
    search_status status = resolve(raw, memory, &p.r, report->error);
    if (status != SEARCH_OK) {
        return status;
    }
    p.text = (search_text){p.r.bytes, p.r.n_bytes};
    const size_t n_signs = count_signs(p.text);
    p.patterns = n_signs == 0 ? NULL : arena_array(memory, n_signs, sizeof *p.patterns);
    if (n_signs > 0 && p.patterns == NULL) {
        return error_memory(report->error);
    }
    for (size_t at = 0; status == SEARCH_OK && at < p.text.n_bytes;) {
        size_t end = 0;
        const size_t from = next_word(p.text, at, &end);
        memmove(p.r.bytes + p.n_kept, p.r.bytes + at, from - at);
        p.n_kept += from - at;
        status = read_word(&p, from, end);
        at = end;
    }
    *out = (pattern_text){{p.r.bytes, p.n_kept}, p.patterns, p.n_patterns, p.is_empty};
    return status;
}

search_status pattern_read_plain(search_text raw, arena *memory, search_text *out, search_error *error) {
    resolved r = {NULL, NULL, 0};
    search_status status = resolve(raw, memory, &r, error);
    *out = (search_text){r.bytes, r.n_bytes};
    return status;
}

/* ---- Writing ---- */

static bool is_delimiter(uint32_t c, bool in_phrase) {
    return c == '\\' || c == '"' || (!in_phrase && char_ends_word(c));
}

void pattern_write(buffer *out, search_text text, const query_pattern *patterns, size_t n_patterns, bool in_phrase) {
    size_t next = 0; /* pattern */
    for (size_t at = 0; at < text.n_bytes;) {
        size_t end = 0;
        const size_t from = next_word(text, at, &end);
        buffer_add(out, text.bytes + at, from - at);
        size_t last = next;
        while (last < n_patterns && patterns[last].at < end) {
            last++;
        }
        const bool has_suffix = last < n_patterns && patterns[last].at == end && patterns[last].kind == '~';
        const word_shape shape = shape_of(text, from, end, has_suffix);
        for (at = from; at < end;) {
            const size_t start = at;
            const uint32_t c = utf8_next(text.bytes, text.n_bytes, &at);
            const bool is_pattern = next < last && patterns[next].at == start;
            if (!is_pattern &&
                (is_wildcard(&shape, text, start) || is_suffix(&shape, start) || is_delimiter(c, in_phrase))) {
                buffer_add_byte(out, '\\');
            }
            buffer_add(out, text.bytes + start, at - start);
            next += is_pattern ? 1 : 0;
        }
        if (has_suffix) {
            buffer_add_format(out, "~%d", (int)patterns[next++].n_edits);
        }
    }
}

void pattern_write_plain(buffer *out, search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++) {
        if (text.bytes[i] == '"' || text.bytes[i] == '\\') {
            buffer_add_byte(out, '\\');
        }
        buffer_add_byte(out, text.bytes[i]);
    }
}
