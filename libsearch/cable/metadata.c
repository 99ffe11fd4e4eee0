/* What a record says of itself, brought into one form whatever source it came from. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/buffer.h"

#define MAX_LEVELS_VALUE 1024 /* bytes; a longer value is no name of a place or topic */

/* The length of a sign between levels at a place: ">" or "--", but no longer row of hyphens; 0: none. */
static size_t divider_at(search_text value, size_t at) {
    if (value.bytes[at] == '>')
        return 1;
    size_t n = at;
    while (n < value.n_bytes && value.bytes[n] == '-')
        n++;
    return n - at == 2 && (at == 0 || value.bytes[at - 1] != '-') ? 2 : 0;
}

/* "Romania--Foreign relations--China" and "Asia>Korea" with " > " between the levels; an empty level is left out. */
static void write_levels(buffer *out, search_text value) {
    size_t from = 0;
    for (size_t at = 0; at <= value.n_bytes;) {
        size_t n = at < value.n_bytes ? divider_at(value, at) : 0;
        if (n == 0 && at < value.n_bytes) {
            at++;
            continue;
        }
        search_text level = text_trim(text_part(value, from, at));
        if (level.n_bytes > 0 && out->n_bytes > 0)
            buffer_add_string(out, " > ");
        buffer_add(out, level.bytes, level.n_bytes);
        at += n == 0 ? 1 : n;
        from = at;
    }
}

static search_status normalise_levels(search_record *record, const char *key, search_error *error) {
    search_status status = SEARCH_OK;
    for (size_t i = 0; i < search_record_n_values(record, key) && status == SEARCH_OK; i++) {
        search_text value = search_record_value(record, key, i);
        bool has_levels = text_find(value, ">", 0) != NOT_FOUND || text_find(value, "--", 0) != NOT_FOUND;
        if (!has_levels || value.n_bytes > MAX_LEVELS_VALUE)
            continue;
        buffer levels = {0};
        write_levels(&levels, value);
        if (levels.failed)
            status = error_memory(error);
        else if (levels.n_bytes > 0)
            status = record_replace(record, key, i, (search_text){levels.bytes, levels.n_bytes}, error);
        buffer_free(&levels);
    }
    return status;
}

static search_status add_contributors(search_record *record, search_error *error) {
    citation c;
    if (search_record_n_values(record, "contributors") > 0)
        return SEARCH_OK;
    citation_read(search_record_value(record, "source", 0), &c);
    return citation_add_contributors(record, c.credits, error);
}

search_status record_complete_metadata(search_record *record, search_error *error) {
    search_status status = add_contributors(record, error);
    if (status == SEARCH_OK)
        status = people_derive(record, error);
    if (status == SEARCH_OK)
        status = classification_normalise(record, error);
    if (status == SEARCH_OK && record_is_text(record, "places"))
        status = normalise_levels(record, "places", error);
    if (status == SEARCH_OK && record_is_text(record, "topics"))
        status = normalise_levels(record, "topics", error);
    return status;
}
