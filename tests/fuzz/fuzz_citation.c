/* Any bytes as the source of a cable: all parts are pieces of the text, names are added to a record, gradings are read
 * and a record with the text in every field is checked. */
#include "libsearch/cable/cable.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(search_text whole, search_text part) {
    if (part.n_bytes > 0 && (part.bytes < whole.bytes || part.bytes + part.n_bytes > whole.bytes + whole.n_bytes))
        abort();
}

static void check_parts(search_text text) {
    citation c;
    citation_parts parts;
    citation_read(text, &c);
    check_part(text, c.archive);
    check_part(text, c.reference);
    check_part(text, c.credits);
    citation_parts_read(c.reference, &parts);
    if (parts.n_sources > CITATION_MAX_SOURCES)
        abort();
    for (size_t i = 0; i < parts.n_sources; i++) {
        const citation_source *s = &parts.sources[i];
        const search_text pieces[] = {s->archive, s->fond, s->opis, s->folder, s->file, s->pages};
        check_part(text, s->text);
        for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
            check_part(s->text, pieces[k]);
    }
}

static void on_finding(void *context, const char *id, const char *finding) {
    (void)context;
    if (*id == '\0' || *finding == '\0')
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const keys[] = {"title", "body",   "date",           "source",  "from",
                                       "to",    "places", "classification", "urgency", "topics"};
    search_text text = {(const char *)data, size};
    search_record *record = NULL;
    check_parts(text);
    if (search_record_new(&record, NULL) != SEARCH_OK)
        abort();
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (search_record_add(record, keys[k], text, NULL) != SEARCH_OK)
            abort();
    if (record_complete_metadata(record, NULL) != SEARCH_OK ||
        search_record_check(record, on_finding, NULL, NULL) != SEARCH_OK)
        abort();
    search_record_free(record);
    return 0;
}
