/* The public calls that stand for themselves: the version, and text of the caller. */
#include "libsearch/support/error.h"
#include <stdlib.h>
#include <string.h>

#define STRING_OF(x) #x
#define VERSION_OF(major, minor, patch) STRING_OF(major) "." STRING_OF(minor) "." STRING_OF(patch)

const char *search_version(void) {
    return VERSION_OF(SEARCH_VERSION_MAJOR, SEARCH_VERSION_MINOR, SEARCH_VERSION_PATCH);
}

search_text search_text_of(const char *string) {
    return (search_text){string, string == NULL ? 0 : strlen(string)};
}

void search_bytes_free(char *bytes) {
    free(bytes);
}
