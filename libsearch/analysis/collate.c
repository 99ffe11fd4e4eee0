/* Collation keys by ICU.  Cases and marks decide only between texts that are equal without them. */
#include "libsearch/analysis/collate.h"

#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

enum { max_n_bytes = 4096 }; /* of a text; what comes behind does not count */

struct collator {
    UCollator *rules;
    UChar units[max_n_bytes];
};

static search_status icu_failed(UErrorCode code, search_error *error) {
    return code == U_MEMORY_ALLOCATION_ERROR
               ? error_memory(error)
               : error_set(error, SEARCH_E_INTERNAL, "analysis.icu", "ICU cannot order texts: %s", u_errorName(code));
}

search_status collator_new(bool is_natural, collator **out, search_error *error) {
    *out = NULL;
    collator *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return error_memory(error);
    }
    UErrorCode code = U_ZERO_ERROR;
    c->rules = ucol_open("root", &code);
    ucol_setAttribute(c->rules, UCOL_ALTERNATE_HANDLING, UCOL_SHIFTED, &code);
    ucol_setAttribute(c->rules, UCOL_NUMERIC_COLLATION, is_natural ? UCOL_ON : UCOL_OFF, &code);
    if (U_FAILURE(code)) {
        collator_free(c);
        return icu_failed(code, error);
    }
    *out = c;
    return SEARCH_OK;
}

search_status collator_add_key(collator *c, search_text text, buffer *out, search_error *error) {
    UErrorCode code = U_ZERO_ERROR;
    int32_t n_units = 0;
    const int32_t n_bytes = text.n_bytes < max_n_bytes ? (int32_t)text.n_bytes : max_n_bytes;
    u_strFromUTF8WithSub(c->units, max_n_bytes, &n_units, n_bytes == 0 ? "" : text.bytes, n_bytes, 0xFFFD, NULL, &code);
    if (U_FAILURE(code)) {
        return icu_failed(code, error);
    }
    const int32_t n_key = ucol_getSortKey(c->rules, c->units, n_units, NULL, 0);
    if (n_key <= 0 || !buffer_reserve(out, (size_t)n_key)) {
        return error_memory(error);
    }
    ucol_getSortKey(c->rules, c->units, n_units, (uint8_t *)out->bytes + out->n_bytes, n_key);
    out->n_bytes += (size_t)n_key;
    return SEARCH_OK;
}

void collator_free(collator *c) {
    if (c != NULL) {
        if (c->rules != NULL) {
            ucol_close(c->rules);
        }
        free(c);
    }
}
