/* Any bytes as a saved page: refused as input, or a record that JSON gives back unchanged. */
#include "libsearch/cable/cable.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The record as JSON, read again and written again, is the same line. */
static void check_json(const search_record *record) {
    char *first = NULL;
    char *second = NULL;
    size_t n_first = 0;
    size_t n_second = 0;
    search_record *again = NULL;
    if (search_record_to_json(record, &first, &n_first, NULL) != SEARCH_OK ||
        search_record_from_json((search_text){first, n_first}, &again, NULL) != SEARCH_OK ||
        search_record_to_json(again, &second, &n_second, NULL) != SEARCH_OK || n_first != n_second ||
        memcmp(first, second, n_first) != 0)
        abort();
    search_bytes_free(first);
    search_bytes_free(second);
    search_record_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    search_text text = {(const char *)data, size};
    search_record *record = NULL;
    search_status status = page_read(text, &record, NULL);
    if (status != SEARCH_OK && status != SEARCH_E_INPUT)
        abort();
    if (status == SEARCH_OK && !page_looks_like(text))
        abort();
    if (status != SEARCH_OK)
        return 0;
    citation c;
    citation_read(search_record_value(record, "source", 0), &c);
    if (citation_add_translators(record, c.credits, NULL) != SEARCH_OK || places_derive(record, NULL) != SEARCH_OK ||
        record_complete_id(record, NULL) != SEARCH_OK)
        abort();
    check_json(record);
    search_record_free(record);
    return 0;
}
