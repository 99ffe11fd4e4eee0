/* The old layout of the site, where all that is said of a document stands above its text:
 *
 *   Search in / ADD SEARCH FILTER CANCEL SEARCH FILTER / Digital Archive International History Declassified
 *   September 09, 1955                                          date
 *   CABLE FROM THE FOREIGN MINISTRY …                           title, or none; then it is that of the citation
 *   This document was made possible with support from the …     donor (may be absent)
 *   Citation / get citation
 *   The Foreign Ministry's instructions regarding …             summary (may be absent)
 *   "Cable from …," September 09, 1955, … Digital Archive, …    the full citation: page_citation.c
 *   share document / https://…/document/110232
 *   English HTML                                                the version that follows
 *   … */
#include "libsearch/cable/page.h"
#include "libsearch/support/buffer.h"

#define MAX_HEAD_LINES 60    /* lines among which the citation is looked for */
#define MAX_CITATION_LINES 8 /* lines a citation may be broken into */

static bool is_button(search_text line) {
    return text_is(line, "Citation") || text_is(line, "get citation") || text_is(line, "share document") ||
           text_is(line, "print document");
}

static bool is_below_citation(search_text line) {
    return text_is(line, "share document") || page_is_address(line) || page_is_version(line);
}

bool page_is_old(const page *p) {
    bool has_button = false;
    bool has_citation = false;
    for (size_t i = 0; i < p->n_lines && i < MAX_HEAD_LINES; i++) {
        search_text line = p->lines[i].text;
        bool is_sure = text_is(line, "get citation") || text_is(line, "share document");
        has_button = has_button || is_sure || (text_is(line, "Citation") && i > 0);
        has_citation = has_citation || is_sure || page_is_citation(line);
    }
    return has_button && has_citation;
}

static bool is_credit(search_text line) {
    return page_is_credit(line) || text_starts(line, "from the ");
}

static bool ends_head(search_text line) {
    return is_button(line) || page_is_citation(line) || is_below_citation(line);
}

/* A year alone is a title nowhere, so a first line that is a date is the date. */
static search_status read_head(page *p, size_t *at, size_t end) {
    date_interval date;
    search_status status = SEARCH_OK;
    for (; status == SEARCH_OK && *at < end && !ends_head(p->lines[*at].text); (*at)++) {
        search_text line = p->lines[*at].text;
        bool has_title = search_record_n_values(p->record, "title") > 0;
        bool has_date = search_record_n_values(p->record, "date") > 0;
        if (page_is_banner(line) || text_is(line, "This document was made possible with support"))
            continue;
        if (is_credit(line))
            status = page_read_credit(p, line);
        else if (!has_date && date_read(line, &date))
            status = page_add_date(p, line);
        else if (!has_title)
            status = page_add(p, "title", line);
    }
    return status;
}

/* A citation broken into lines ends where a button, an address or the name of a version stands. */
static search_status join_citation(page *p, size_t *at, size_t end, buffer *out) {
    size_t to = *at + 1;
    while (to < end && to - *at < MAX_CITATION_LINES && !ends_head(p->lines[to].text))
        to++;
    if (to == end || !ends_head(p->lines[to].text))
        to = *at + 1;
    search_status status = page_join(p, *at, to, out);
    *at = to;
    return status;
}

/* The summary's paragraphs stand between the button of the citation and the citation. */
static search_status read_summary(page *p, size_t *at, size_t end) {
    buffer text = {0};
    for (; *at < end && !ends_head(p->lines[*at].text); (*at)++) {
        if (text.n_bytes > 0)
            buffer_add_string(&text, "\n\n");
        buffer_add(&text, p->lines[*at].text.bytes, p->lines[*at].text.n_bytes);
    }
    search_status status =
        text.failed ? error_memory(p->error) : page_add(p, "summary", (search_text){text.bytes, text.n_bytes});
    buffer_free(&text);
    return status;
}

/* The names of sender and addressee are those of the citation's title, which is not all capitals. */
static search_status read_text(page *p, search_text title) {
    page_place_labels(p);
    p->summary = p->labels;
    search_status status = page_read_id(p);
    if (status == SEARCH_OK)
        status = page_read_header(p, title.n_bytes > 0 ? title : search_record_value(p->record, "title", 0));
    if (status == SEARCH_OK)
        status = page_read_text(p);
    return status == SEARCH_OK ? page_read_labels(p) : status;
}

search_status page_read_old(page *p) {
    size_t at = 0;
    size_t end = p->n_lines < MAX_HEAD_LINES ? p->n_lines : MAX_HEAD_LINES;
    buffer cited = {0};
    search_text title = {"", 0};
    search_status status = read_head(p, &at, end);
    while (at < end && (text_is(p->lines[at].text, "Citation") || text_is(p->lines[at].text, "get citation")))
        at++;
    if (status == SEARCH_OK)
        status = read_summary(p, &at, end);
    if (status == SEARCH_OK && at < end && page_is_citation(p->lines[at].text))
        status = join_citation(p, &at, end, &cited);
    if (status == SEARCH_OK && cited.n_bytes > 0)
        status = page_read_citation(p, (search_text){cited.bytes, cited.n_bytes}, &title);
    while (at < end && (is_button(p->lines[at].text) || is_below_citation(p->lines[at].text)))
        at++;
    p->text = at;
    if (status == SEARCH_OK)
        status = read_text(p, title);
    buffer_free(&cited);
    return status;
}
