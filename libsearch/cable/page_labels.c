/* Labels of saved pages, and what stands under them: any number of lines, or none.  Those below the text give people,
 * places and topics, those of the block "Document Information" the rest.  A label counts in its own part only, so that
 * a topic named "Source" is a topic.  On some pages the value stands in the line of its label, after a colon. */
#include "libsearch/cable/page.h"
#include <string.h>

#define MAX_COMPARED 64  /* values of a key that a new one is compared with */
#define MAX_HEAD_LINES 6 /* lines at the top of a page among which its address is looked for */
#define BULLET "\xE2\x80\xA2"

/* Without a key, what stands under the label is passed over. */
typedef struct page_label {
    const char *name;
    const char *key;
    bool is_information;
} page_label;

static const page_label labels[] = {
    {"Author(s)", "people", false},
    {"Author", "people", false},
    {"Associated People & Organizations", "people", false},
    {"Associated People and Organizations", "people", false},
    {"Associated People", "people", false},
    {"Associated Places", "places", false},
    {"Associated Topics", "topics", false},
    {"Subjects Discussed", "topics", false},
    {"Document Contributors", "people", false},
    {"Related Documents", NULL, false},
    {"Source", "source", true},
    {"Original Archive", "archive", true},
    {"Rights", NULL, true},
    {"Original Uploaded Date", "uploaded", true},
    {"Type", "type", true},
    {"Language", "language", true},
    {"Original Language", "original_language", true},
    {"Original Classification", "classification", true},
    {"Record ID", "id", true},
    {"Donors", "donors", true},
};

/* The label that a line is or begins with; *value is what follows its colon.  "Author: X" may be text of a cable. */
static const page_label *label_of(search_text line, bool is_information, search_text *value) {
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        size_t n = strlen(labels[i].name);
        if (labels[i].is_information != is_information || !text_starts(line, labels[i].name))
            continue;
        bool has_colon = line.n_bytes > n && line.bytes[n] == ':';
        *value = text_trim(text_from(line, n + has_colon));
        bool may_have_value = has_colon && !text_equals(text_part(line, 0, n), "Author");
        if (value->n_bytes == 0 || may_have_value)
            return &labels[i];
    }
    return NULL;
}

static bool is_label(search_text line, bool is_information) {
    search_text value;
    return label_of(line, is_information, &value) != NULL;
}

bool page_is_label(search_text line) {
    search_text value;
    bool is_named = label_of(line, false, &value) != NULL || label_of(line, true, &value) != NULL;
    return (is_named && value.n_bytes == 0) || text_is(line, "Document Information");
}

/* The last line that is the label, or n_lines. */
static size_t last_label(const page *p, const char *name, bool with_value) {
    search_text value;
    for (size_t i = p->n_lines; i > 0; i--) {
        search_text line = p->lines[i - 1].text;
        if (text_is(line, name))
            return i - 1;
        if (with_value && text_starts(line, name) && label_of(line, true, &value) != NULL)
            return i - 1;
    }
    return p->n_lines;
}

static bool is_rights(search_text line) {
    return text_starts(line, "To enquire about this document") ||
           (text_starts(line, "The History and Public Policy Program welcomes reuse") && line.n_bytes > 60);
}

/* The source stands above the rights; either may have lost its label.  `end` when there are no rights before it. */
static size_t find_source_above_rights(const page *p, size_t end) {
    size_t at = 0;
    while (at < end && !is_rights(p->lines[at].text))
        at++;
    if (at == end)
        return end;
    if (at > 0 && text_is(p->lines[at - 1].text, "Rights"))
        at--;
    if (at > 0)
        at--;
    return at > 0 && text_is(p->lines[at - 1].text, "Source") ? at - 1 : at;
}

/* The block begins at its heading or, where that is lost, at the source, or at the first of the labels that lead up to
 * "Record ID". */
static size_t find_information(const page *p) {
    size_t heading = last_label(p, "Document Information", false);
    if (heading < p->n_lines)
        return heading;
    size_t id = last_label(p, "Record ID", true);
    size_t first = id;
    for (size_t i = id; i > 0 && id < p->n_lines && id - i < 24; i--)
        if (is_label(p->lines[i - 1].text, true))
            first = i - 1;
    return find_source_above_rights(p, first);
}

void page_place_labels(page *p) {
    size_t information = find_information(p);
    p->information = information < p->text ? p->n_lines : information;
    p->labels = p->text;
    while (p->labels < p->information && !is_label(p->lines[p->labels].text, false))
        p->labels++;
}

bool page_has_information(const page *p) {
    return find_information(p) < p->n_lines;
}

static bool has_value(const search_record *record, const char *key, search_text value) {
    size_t n = search_record_n_values(record, key);
    for (size_t i = 0; i < n && i < MAX_COMPARED; i++) {
        search_text other = search_record_value(record, key, i);
        if (other.n_bytes == value.n_bytes && memcmp(other.bytes, value.bytes, value.n_bytes) == 0)
            return true;
    }
    return false;
}

/* Keys of one value keep the first line under their label: what follows is a label that was lost, or its value. */
search_status page_add(page *p, const char *key, search_text value) {
    bool is_full = record_arity_of(key) == RECORD_ONE_VALUE && search_record_n_values(p->record, key) > 0;
    if (is_full || has_value(p->record, key, value))
        return SEARCH_OK;
    return search_record_add(p->record, key, value, p->error);
}

static search_status read_labels(page *p, size_t from, size_t to, bool is_information) {
    /* The label "Source" is lost on some pages: then the source is the first line of the block. */
    const char *key = is_information ? "source" : NULL;
    for (size_t i = from; i < to; i++) {
        search_text line = p->lines[i].text;
        search_text value = line;
        const page_label *label = label_of(line, is_information, &value);
        if (label == NULL && is_information) /* on some pages the other labels come last */
            label = label_of(line, false, &value);
        if (label != NULL)
            key = label->key;
        else
            value = line;
        if (text_starts(value, BULLET))
            value = text_trim(text_from(value, strlen(BULLET)));
        bool is_site = page_is_banner(line) || is_rights(line) || text_is(line, "Document Information") ||
                       (is_information && page_is_address(line));
        if (key == NULL || value.n_bytes == 0 || is_site)
            continue;
        search_status status = page_add(p, key, value);
        if (status != SEARCH_OK)
            return status;
    }
    return SEARCH_OK;
}

search_status page_read_labels(page *p) {
    search_status status = read_labels(p, p->labels, p->information, false);
    return status == SEARCH_OK ? read_labels(p, p->information, p->n_lines, true) : status;
}

/* ---- Id and address ------------------------------------------------------------------------------------------- */

static search_text record_id(const page *p) {
    size_t at = last_label(p, "Record ID", true);
    search_text id = {"", 0};
    if (at == p->n_lines || label_of(p->lines[at].text, true, &id) == NULL || id.n_bytes > 0)
        return id;
    id = page_line_text(p, at + 1);
    return is_label(id, true) ? (search_text){"", 0} : id;
}

/* The digits after "/document/" or the like, when nothing but digits stands there. */
static search_text number_after(search_text address, const char *folder) {
    size_t at = text_find(address, folder, 0);
    size_t from = at == NOT_FOUND ? address.n_bytes : at + strlen(folder);
    size_t to = from;
    while (to < address.n_bytes && is_digit(address.bytes[to]))
        to++;
    bool is_whole = to == address.n_bytes || strchr("/?#", address.bytes[to]) != NULL;
    return is_whole ? text_part(address, from, to) : (search_text){"", 0};
}

/* Of the addresses of one page the one with the number of the document says most; a node has a number of its own, and a
 * slug none. */
static int rank_of(search_text address) {
    return number_after(address, "/document/").n_bytes > 0 ? 3 : number_after(address, "/node/").n_bytes > 0 ? 2 : 1;
}

/* Addresses stand above the text or in the block below; under the other labels are those of other documents. */
static search_text best_address(const page *p) {
    search_text best = {"", 0};
    for (size_t i = 0; i < p->n_lines; i++) {
        search_text line = p->lines[i].text;
        bool is_around = i < p->text || i < MAX_HEAD_LINES || i >= p->information;
        if (is_around && page_is_address(line) && (best.n_bytes == 0 || rank_of(line) > rank_of(best)))
            best = line;
    }
    return best;
}

search_status page_read_id(page *p) {
    search_text address = best_address(p);
    search_text id = record_id(p);
    if (id.n_bytes == 0)
        id = number_after(address, "/document/");
    search_status status = SEARCH_OK;
    if (id.n_bytes > 0)
        status = page_add(p, "id", id);
    if (status == SEARCH_OK && address.n_bytes > 0)
        status = page_add(p, "url", address);
    return status;
}
