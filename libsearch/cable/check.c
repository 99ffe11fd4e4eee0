/* What looks wrong in a record: to be written. */
#include "libsearch/cable/cable.h"

search_status search_record_check(const search_record *record,
                                  void (*on_finding)(void *context, const char *id, const char *finding), void *context,
                                  search_error *error) {
    (void)record, (void)on_finding, (void)context;
    error_clear(error);
    return SEARCH_OK;
}
