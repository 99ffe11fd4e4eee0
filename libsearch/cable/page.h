/* What the readers of the layouts of saved pages share: the lines of a page and the parts they fall into.  page.c
 * divides a text into lines and tells its layout; each layout has a file. */
#ifndef LIBSEARCH_CABLE_PAGE_H
#define LIBSEARCH_CABLE_PAGE_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

typedef struct page_line {
    search_text text; /* without white space at its ends, never empty */
    bool after_blank;
    bool taken; /* went into fields whole */
} page_line;

typedef struct page {
    const char *bytes; /* the page's text, which the lines are parts of */
    page_line *lines;
    size_t n_lines;
    size_t capacity;
    bool is_flat; /* no blank lines: each line is a paragraph */
    size_t text;  /* the lines of the text begin here, */
    size_t summary;
    size_t labels;
    size_t information; /* and these where their names say */
    search_record *record;
    search_error *error;
} page;

/* ---- page.c ---- */
/* Where the parts of a page in the new layout begin, when its markup says so: bytes of the text, in this order. */
typedef struct page_parts {
    size_t text;
    size_t summary;
    size_t labels;
} page_parts;
/* As page_read, with the parts known; the text is valid UTF-8. */
search_status page_read_parts(search_text text, const page_parts *parts, search_record **out, search_error *error);
search_text page_line_text(const page *p, size_t i); /* empty beyond the last */
bool page_is_banner(search_text line);               /* the site's own words above and below a page */
/* The line without the PDF export's banner at its beginning, whose lines may run on. */
search_text page_after_banner(search_text line);
bool page_is_address(search_text line); /* an address on the web, and nothing else */
/* The lines [from, to) as one paragraph. */
search_status page_join(const page *p, size_t from, size_t to, buffer *out);

/* ---- page_labels.c: what stands under labels ---- */
bool page_is_label(search_text line); /* of any part, and nothing else */
/* Sets p->labels and p->information, both at or below p->text. */
void page_place_labels(page *p);
bool page_has_information(const page *p);
search_status page_read_labels(page *p);
/* The id of the block "Document Information"; else the number in the best of the page's addresses. */
search_status page_read_id(page *p);
/* Adds to a key that has no such value yet; keys of one value keep the first. */
search_status page_add(page *p, const char *key, search_text value);

/* ---- page_text.c: the lines every layout has ---- */
/* Days, months and years are written in the one way the index sorts by; the rest as printed. */
search_status page_add_date(page *p, search_text line);
bool page_is_credit(search_text line);
search_status page_read_credit(page *p, search_text line);
/* A name of a version of the text, such as "English HTML" or "Chinese Transcription". */
bool page_is_version(search_text line);
/* The beginning of a line without the versions it lists. */
search_text page_after_versions(search_text line);
/* Sender, number, copies and the like, out of the lines from p->text to p->labels and the title. */
search_status page_read_header(page *p, search_text title);
/* Then the text up to p->summary, its versions, and the summary up to p->labels. */
search_status page_read_text(page *p);
bool page_ends_sentence(search_text line);
/* Nothing of the cable's text comes after a seal, signature, date or note. */
bool page_is_close(search_text line);

/* ---- page_citation.c: "Title," date, History and Public Policy Program Digital Archive, source. Address ---- */
bool page_is_citation(search_text line);
/* Adds what the record lacks.  *title is a part of the text. */
search_status page_read_citation(page *p, search_text text, search_text *title);

/* ---- the layouts: each reads the page whose labels and information are found ---- */
search_status page_read_new(page *p, const page_parts *parts); /* page_new.c; null parts: told from the lines */
bool page_is_old(const page *p);                               /* page_old.c */
search_status page_read_old(page *p);
bool page_is_pdf(const page *p); /* page_pdf.c */
search_status page_read_pdf(page *p);

#endif
