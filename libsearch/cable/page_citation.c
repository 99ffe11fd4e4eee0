/* The full citation of a document:
 *
 *   "Title," September 09, 1955, History and Public Policy Program Digital Archive, PRC FMA 1-2, 3. Translated by A B.
 *   https://digitalarchive.wilsoncenter.org/document/110232
 *
 * The title ends at the last quotation mark before the name of the Digital Archive; pages that have lost that name end
 * it at the first mark after a comma.  Date, name and address may each be absent, and empty pieces between commas are
 * passed over. */
#include "libsearch/cable/page.h"

#define MAX_CITATION 16384 /* bytes; a longer text is no citation */
#define MAX_DATE_PIECES 3  /* "September 09, 1955" is two */

static const char *const keepers[] = {"History and Public Policy Program Digital Archive",
                                      "Wilson Center Digital Archive",
                                      "Cold War International History Project Digital Archive"};

/* Where the name of the Digital Archive stands; *end is behind it.  NOT_FOUND: nowhere. */
static size_t find_keeper(search_text text, size_t *end) {
    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
        size_t at = text_find(text, keepers[i], 0);
        *end = at == NOT_FOUND ? 0 : at + strlen(keepers[i]);
        if (at != NOT_FOUND)
            return at;
    }
    return NOT_FOUND;
}

/* The bytes of the quotation mark at the start of a text; 0: there is none. */
static size_t n_quote(search_text text) {
    static const char *const quotes[] = {"\"", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (text_starts(text, quotes[i]))
            return strlen(quotes[i]);
    return 0;
}

bool page_is_citation(search_text line) {
    size_t end;
    return n_quote(line) > 0 && line.n_bytes <= MAX_CITATION && find_keeper(line, &end) != NOT_FOUND;
}

/* Where the quotation mark behind the title stands in `head`, or NOT_FOUND. */
static size_t title_end(search_text head, size_t from, bool is_last) {
    size_t found = NOT_FOUND;
    for (size_t at = from; at < head.n_bytes; at++) {
        bool is_end = n_quote(text_from(head, at)) > 0;
        if (is_end && is_last)
            found = at;
        else if (is_end && strchr(",.?!", head.bytes[at - 1]) != NULL)
            return at;
    }
    return found;
}

static search_text without_commas(search_text text) {
    text = text_trim(text);
    while (text.n_bytes > 0 && text.bytes[0] == ',')
        text = text_trim(text_from(text, 1));
    while (text.n_bytes > 0 && text.bytes[text.n_bytes - 1] == ',')
        text = text_trim(text_part(text, 0, text.n_bytes - 1));
    return text;
}

/* The longest date at the start of a text, up to a comma or the end; empty when there is none. */
static search_text opening_date(search_text text) {
    search_text date = {"", 0};
    date_interval interval;
    size_t to = 0;
    for (size_t i = 0; i < MAX_DATE_PIECES && to < text.n_bytes; i++) {
        size_t comma = text_find(text, ",", to);
        size_t end = comma == NOT_FOUND ? text.n_bytes : comma;
        if (date_read(text_part(text, 0, end), &interval))
            date = text_part(text, 0, end);
        to = end + 1;
    }
    return date;
}

/* Cuts the last address off the end. */
static search_text cut_address(search_text *text) {
    size_t at = NOT_FOUND;
    for (size_t i = text_find(*text, "http", 0); i != NOT_FOUND; i = text_find(*text, "http", i + 1))
        if (text_starts(text_from(*text, i), "http://") || text_starts(text_from(*text, i), "https://"))
            at = i;
    search_text address = {"", 0};
    size_t next = 0;
    if (at == NOT_FOUND || !text_next_word(text_from(*text, at), &next, &address))
        return (search_text){"", 0};
    if (text_trim(text_from(*text, at + next)).n_bytes > 0)
        return (search_text){"", 0};
    *text = text_trim(text_part(*text, 0, at));
    if (text_ends(address, "."))
        address.n_bytes--;
    return address;
}

search_status page_read_citation(page *p, search_text text, search_text *title) {
    *title = (search_text){"", 0};
    text = text_trim(text);
    size_t from = n_quote(text);
    if (from == 0 || text.n_bytes > MAX_CITATION)
        return SEARCH_OK;
    search_text address = cut_address(&text);
    size_t keeper_end;
    size_t keeper = find_keeper(text, &keeper_end);
    search_text head = text_part(text, 0, keeper == NOT_FOUND ? text.n_bytes : keeper);
    size_t end = title_end(head, from, keeper != NOT_FOUND);
    if (end == NOT_FOUND)
        return SEARCH_OK;
    *title = without_commas(text_part(text, from, end));
    search_status status = page_add(p, "title", *title);
    search_text rest = without_commas(text_from(head, end + n_quote(text_from(head, end))));
    search_text date = opening_date(rest);
    if (status == SEARCH_OK && date.n_bytes > 0 && search_record_n_values(p->record, "date") == 0)
        status = page_add_date(p, date);
    rest = keeper == NOT_FOUND ? text_from(rest, date.n_bytes) : text_from(text, keeper_end);
    if (status == SEARCH_OK)
        status = page_add(p, "source", without_commas(rest));
    return status == SEARCH_OK ? page_add(p, "url", address) : status;
}
