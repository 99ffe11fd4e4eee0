/* Values are compared as words are: case, marks and apostrophes aside; levels are compared as they are written. */
#include "libsearch/ranking/facet_filter.h"

#include "libsearch/support/utf8.h"
#include <string.h>

enum { max_n_bytes = 64 * 1024 };

static const char separator[] = " > ";
static const size_t n_separator = sizeof separator - 1;

static search_status check_text(search_text text, search_error *error) {
    if (!utf8_valid(text.bytes, text.n_bytes)) {
        return error_set(error, SEARCH_E_ARGUMENT, "facet.not_utf8", "what a facet is asked for is not UTF-8");
    }
    if (text.n_bytes > max_n_bytes) {
        return error_set(error, SEARCH_E_LIMIT, "facet.too_long", "what a facet is asked for has over %d bytes",
                         max_n_bytes);
    }
    return SEARCH_OK;
}

search_status facet_filter_open(analyzer *words, const search_facet_request *asked, facet_filter *out,
                                search_error *error) {
    *out = (facet_filter){.words = words, .below = asked->below};
    search_status status = check_text(asked->contains, error);
    if (status == SEARCH_OK) {
        status = check_text(asked->below, error);
    }
    return status == SEARCH_OK ? analyzer_fold(words, asked->contains, &out->wanted, error) : status;
}

bool facet_filter_is_open(const facet_filter *f) {
    return f->wanted.n_bytes == 0 && f->below.bytes == NULL;
}

/* Where `part` stands in `text`, SIZE_MAX when it does not; an empty part stands at 0. */
static size_t find(search_text text, search_text part) {
    for (size_t at = 0; at + part.n_bytes <= text.n_bytes; at++) {
        if (part.n_bytes == 0 || memcmp(text.bytes + at, part.bytes, part.n_bytes) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static bool is_one_level_below(search_text value, search_text above) {
    const search_text between = {separator, n_separator};
    if (above.n_bytes > 0) {
        if (value.n_bytes <= above.n_bytes + n_separator || memcmp(value.bytes, above.bytes, above.n_bytes) != 0 ||
            memcmp(value.bytes + above.n_bytes, separator, n_separator) != 0) {
            return false;
        }
        value.bytes += above.n_bytes + n_separator;
        value.n_bytes -= above.n_bytes + n_separator;
    }
    return find(value, between) == SIZE_MAX;
}

search_status facet_filter_passes(facet_filter *f, search_text value, bool *out, search_error *error) {
    *out = f->below.bytes == NULL || is_one_level_below(value, f->below);
    if (!*out || f->wanted.n_bytes == 0) {
        return SEARCH_OK;
    }
    const search_status status = analyzer_fold(f->words, value, &f->folded, error);
    const search_text folded = {f->folded.bytes, f->folded.n_bytes};
    *out = status == SEARCH_OK && find(folded, (search_text){f->wanted.bytes, f->wanted.n_bytes}) != SIZE_MAX;
    return status;
}

void facet_filter_free(facet_filter *f) {
    buffer_free(&f->wanted);
    buffer_free(&f->folded);
}
