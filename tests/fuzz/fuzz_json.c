/* Any bytes as the JSON of a record: refused as input, or a record whose JSON is given back unchanged, and so is its
 * clone's.  What is read fast is what the parser reads.  And any bytes as the frame of a record. */
#include "libsearch/cable/cable.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *json_of(const search_record *record, size_t *n_bytes) {
    char *json = NULL;
    if (search_record_to_json(record, &json, n_bytes, NULL) != SEARCH_OK)
        abort();
    return json;
}

static void check_equal(const search_record *a, const search_record *b) {
    size_t n_first = 0;
    size_t n_second = 0;
    char *first = json_of(a, &n_first);
    char *second = json_of(b, &n_second);
    if (n_first != n_second || memcmp(first, second, n_first) != 0)
        abort();
    search_bytes_free(first);
    search_bytes_free(second);
}

static void check_fast(search_text json) {
    search_record *parsed = NULL;
    search_record *scanned = record_scan_json(json);
    const search_status status = record_parse_json(json, &parsed, NULL);
    if (scanned != NULL && status != SEARCH_OK)
        abort();
    if (scanned != NULL)
        check_equal(scanned, parsed);
    search_record_free(scanned);
    search_record_free(parsed);
}

static void check_frame(search_text bytes) {
    search_record *record = NULL;
    search_record *again = NULL;
    buffer frame = {0};
    if (record_frame_read(bytes, &record, NULL) != SEARCH_OK)
        return;
    if (!record_frame_write(&frame, record) || frame.n_bytes != bytes.n_bytes ||
        memcmp(frame.bytes, bytes.bytes, bytes.n_bytes) != 0 || (again = record_clone(record)) == NULL)
        abort();
    check_equal(record, again);
    search_record_free(record);
    search_record_free(again);
    buffer_free(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    search_record *record = NULL;
    check_frame((search_text){(const char *)data, size});
    check_fast((search_text){(const char *)data, size});
    search_status status = search_record_from_json((search_text){(const char *)data, size}, &record, NULL);
    if (status != SEARCH_OK && status != SEARCH_E_INPUT)
        abort();
    if (status != SEARCH_OK)
        return 0;
    date_interval date;
    if (date_read(search_record_value(record, "date", 0), &date) != (date.earliest != 0) || date.earliest > date.latest)
        abort();
    size_t n = 0;
    char *json = json_of(record, &n);
    search_record *again = NULL;
    search_record *clone = record_clone(record);
    if (clone == NULL || search_record_from_json((search_text){json, n}, &again, NULL) != SEARCH_OK)
        abort();
    check_equal(record, again);
    check_equal(record, clone);
    if (record_complete_id(clone, NULL) != SEARCH_OK || places_derive(clone, NULL) != SEARCH_OK)
        abort();
    search_bytes_free(json);
    search_record_free(clone);
    search_record_free(again);
    search_record_free(record);
    return 0;
}
