/* To be written. */
#include "libsearch/cable/cable.h"

bool markdown_looks_like(search_text head) {
    (void)head;
    return false;
}

search_status markdown_read(cable_stream *stream, search_error *error) {
    (void)stream, (void)error;
    return SEARCH_OK;
}
