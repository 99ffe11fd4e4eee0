/* Placeholder until the binary form lands. */
#include "libsearch/cable/cable.h"

bool record_add_json(const search_record *record, buffer *out) {
    char *text = NULL;
    size_t n = 0;
    if (search_record_to_json(record, &text, &n, NULL) != SEARCH_OK) {
        return false;
    }
    buffer_add(out, text, n);
    search_bytes_free(text);
    return !out->failed;
}

bool record_frame_write(buffer *out, const search_record *record) {
    return record_add_json(record, out);
}

search_status record_frame_read(search_text frame, search_record **out, search_error *error) {
    return search_record_from_json(frame, out, error);
}
