/* To be written. */
#include "libsearch/cable/cable.h"

bool tei_looks_like(search_text head) {
    (void)head;
    return false;
}

search_status tei_read(cable_stream *stream, search_error *error) {
    (void)stream, (void)error;
    return SEARCH_OK;
}
