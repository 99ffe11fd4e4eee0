/* To be written. */
#include "libsearch/cable/cable.h"

bool csv_looks_like(search_text head) {
    (void)head;
    return false;
}

search_status csv_read(cable_stream *stream, search_error *error) {
    (void)stream, (void)error;
    return SEARCH_OK;
}

bool tsv_looks_like(search_text head) {
    (void)head;
    return false;
}

search_status tsv_read(cable_stream *stream, search_error *error) {
    (void)stream, (void)error;
    return SEARCH_OK;
}
