/* The reader of citations takes apart what is asked and what the records cite, so both are understood alike; parts are
 * compared by their folded words.  Candidates hold all these words somewhere; only their stored text is read.
 *
 * People ask with fewer commas than a citation has, so commas are put in first: before labels ("f. 45 op. 1"), and
 * before a last number or range behind a word with a digit, which is the page. */
#include "libsearch/ranking/reference.h"

#include "libsearch/cable/cable.h"
#include "libsearch/ranking/expand.h"
#include "libsearch/ranking/phrase.h"
#include <string.h>

typedef enum part_kind { PART_ARCHIVE, PART_FOND, PART_OPIS, PART_FOLDER, PART_FILE, PART_PAGES, N_PARTS } part_kind;

/* The folded words of each part, with a space between; empty when it is not there. */
struct reference {
    search_text parts[N_PARTS];
    search_text pages; /* as written */
};

/* ---- pages ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool read_number(search_text text, size_t *at, uint32_t *out) {
    const size_t start = *at;
    *out = 0;
    for (; *at < text.n_bytes && is_digit(text.bytes[*at]) && *at - start < 9; ++*at) {
        *out = *out * 10 + (uint32_t)(text.bytes[*at] - '0');
    }
    return *at > start && (*at == text.n_bytes || !is_digit(text.bytes[*at]));
}

static size_t dash_end(search_text text, size_t at) {
    if (at < text.n_bytes && text.bytes[at] == '-') {
        return at + 1;
    }
    const bool is_dash = at + 3 <= text.n_bytes && memcmp(text.bytes + at, "\xE2\x80", 2) == 0 &&
                         (text.bytes[at + 2] == '\x93' || text.bytes[at + 2] == '\x94');
    return is_dash ? at + 3 : at;
}

/* "126", "125-128", "125-8"; false for anything else. */
static bool read_pages(search_text text, uint32_t *first, uint32_t *last) {
    size_t at = 0;
    if (!read_number(text, &at, first)) {
        return false;
    }
    *last = *first;
    const size_t next = dash_end(text, at);
    if (next == at) {
        return at == text.n_bytes;
    }
    at = next;
    if (!read_number(text, &at, last) || at != text.n_bytes) {
        return false;
    }
    uint32_t scale = 1;
    for (size_t i = next; i < at && scale < 1000000000u; i++) {
        scale *= 10;
    }
    *last += *last < *first ? *first / scale * scale : 0;
    return *last >= *first;
}

/* ---- commas ---- */

static bool is_label(search_text word) {
    static const char *const labels[] = {"fond", "fonds", "f.",  "opis", "op.",  "papka", "p.",   "folder", "box",
                                         "file", "delo",  "d.",  "item", "list", "listy", "l.",   "ll.",    "bundle",
                                         "page", "pages", "pp.", "ff.",  "bl.",  "doc.",  "a.e.", "inv."};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (word.n_bytes == strlen(labels[i]) && memcmp(word.bytes, labels[i], word.n_bytes) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_digit(search_text word) {
    for (size_t i = 0; i < word.n_bytes; i++) {
        if (is_digit(word.bytes[i])) {
            return true;
        }
    }
    return false;
}

static search_text next_word(search_text text, size_t *at) {
    while (*at < text.n_bytes && strchr(" \t\r\n", text.bytes[*at]) != NULL) {
        ++*at;
    }
    const size_t from = *at;
    while (*at < text.n_bytes && strchr(" \t\r\n", text.bytes[*at]) == NULL) {
        ++*at;
    }
    return (search_text){text.bytes + from, *at - from};
}

static void add_commas(search_text asked, buffer *out) {
    uint32_t first;
    uint32_t last;
    search_text before = {"", 0};
    size_t at = 0;
    for (search_text word = next_word(asked, &at); word.n_bytes > 0; word = next_word(asked, &at)) {
        const bool is_last = text_trim((search_text){asked.bytes + at, asked.n_bytes - at}).n_bytes == 0;
        const bool is_page = is_last && read_pages(word, &first, &last) && has_digit(before);
        const bool ends_piece = before.n_bytes == 0 || before.bytes[before.n_bytes - 1] == ',' || is_label(before);
        buffer_add_string(out, before.n_bytes == 0 ? "" : !ends_piece && (is_page || is_label(word)) ? ", " : " ");
        buffer_add(out, word.bytes, word.n_bytes);
        before = word;
    }
}

/* ---- parts ---- */

static search_status fold(search_text text, const search_run_context *run, arena *memory, search_text *out,
                          search_error *error) {
    token_list tokens;
    buffer words = {0};
    search_status status = analyzer_tokens(run->r->words, text, &tokens, error);
    for (size_t i = 0; status == SEARCH_OK && i < tokens.n_tokens; i++) {
        if (!tokens.tokens[i].is_extra) {
            buffer_add_string(&words, words.n_bytes > 0 ? " " : "");
            buffer_add(&words, tokens.tokens[i].folded.bytes, tokens.tokens[i].folded.n_bytes);
        }
    }
    if (status == SEARCH_OK) {
        out->n_bytes = words.n_bytes;
        out->bytes = words.failed ? NULL : arena_copy(memory, words.bytes == NULL ? "" : words.bytes, words.n_bytes);
        status = out->bytes == NULL ? error_memory(error) : SEARCH_OK;
    }
    buffer_free(&words);
    return status;
}

/* A file such as "118-01026-07" that ends a citation looks like pages to its reader. */
static search_status fold_source(const citation_source *source, const search_run_context *run, arena *memory,
                                 struct reference *out, search_error *error) {
    uint32_t first;
    uint32_t last;
    const bool is_file = source->file.n_bytes == 0 && !read_pages(source->pages, &first, &last);
    const search_text none = {"", 0};
    const search_text parts[N_PARTS] = {source->archive,
                                        source->fond,
                                        source->opis,
                                        source->folder,
                                        is_file ? source->pages : source->file,
                                        is_file ? none : source->pages};
    search_status status = SEARCH_OK;
    out->pages = parts[PART_PAGES];
    out->pages.bytes = arena_copy(memory, out->pages.n_bytes == 0 ? "" : out->pages.bytes, out->pages.n_bytes);
    if (out->pages.bytes == NULL) {
        return error_memory(error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < N_PARTS; i++) {
        status = fold(parts[i], run, memory, &out->parts[i], error);
    }
    return status;
}

static bool same(search_text a, search_text b) {
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.bytes, b.bytes, a.n_bytes) == 0);
}

/* Whether whole words of `text` from byte `at` on are `words`. */
static bool has_words_at(search_text text, size_t at, search_text words) {
    return at + words.n_bytes <= text.n_bytes && memcmp(text.bytes + at, words.bytes, words.n_bytes) == 0 &&
           (at + words.n_bytes == text.n_bytes || text.bytes[at + words.n_bytes] == ' ');
}

static bool has_words(search_text text, search_text words) {
    for (size_t at = 0; at + words.n_bytes <= text.n_bytes; at++) {
        if ((at == 0 || text.bytes[at - 1] == ' ') && has_words_at(text, at, words)) {
            return true;
        }
    }
    return false;
}

static bool has_pages(const struct reference *asked, const struct reference *cited) {
    uint32_t first;
    uint32_t last;
    uint32_t from;
    uint32_t to;
    if (asked->parts[PART_PAGES].n_bytes == 0 || same(asked->parts[PART_PAGES], cited->parts[PART_PAGES])) {
        return true;
    }
    return read_pages(asked->pages, &first, &last) && read_pages(cited->pages, &from, &to) && from <= first &&
           last <= to;
}

/* All but the archive, which the record may name elsewhere.  A number without a label, read as a file, may be that of a
 * fond where no file is named: A1838. */
static bool has_parts(const struct reference *asked, const struct reference *cited) {
    static const part_kind whole[] = {PART_FOND, PART_OPIS, PART_FOLDER};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (asked->parts[whole[i]].n_bytes > 0 && !same(asked->parts[whole[i]], cited->parts[whole[i]])) {
            return false;
        }
    }
    const search_text file = asked->parts[PART_FILE];
    const bool is_fond = asked->parts[PART_FOND].n_bytes == 0 && same(file, cited->parts[PART_FOND]);
    return (file.n_bytes == 0 || is_fond || has_words_at(cited->parts[PART_FILE], 0, file)) && has_pages(asked, cited);
}

/* ---- analysis ---- */

/* Without an archive before them, parts are sure only when each is one word with a digit. */
static bool is_sure(const citation_source *source) {
    const search_text parts[] = {source->fond, source->opis, source->folder, source->file};
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].n_bytes > 0 && (!has_digit(parts[i]) || memchr(parts[i].bytes, ' ', parts[i].n_bytes) != NULL)) {
            return false;
        }
        n += parts[i].n_bytes > 0 ? 1 : 0;
    }
    return n > 0 || memchr(source->pages.bytes == NULL ? "" : source->pages.bytes, '-', source->pages.n_bytes) != NULL;
}

/* A number that stands alone behind an archive looks like a page to the reader of citations; who asks for "PRC FMA 118"
 * means the files or the fond that begin so. */
static void take_file(search_text text, citation_source *source) {
    const bool is_alone =
        source->fond.n_bytes + source->opis.n_bytes + source->folder.n_bytes + source->file.n_bytes == 0;
    search_text before = {"", 0};
    size_t at = 0;
    for (search_text word = next_word(text, &at); word.n_bytes > 0 && word.bytes < source->pages.bytes;
         word = next_word(text, &at)) {
        before = word;
    }
    if (is_alone && source->pages.n_bytes > 0 && !is_label(before)) {
        source->file = source->pages;
        source->pages = (search_text){"", 0};
    }
}

/* *is_found: the text is a reference. */
static search_status read_asked(search_text text, const search_run_context *run, arena *memory, struct reference *out,
                                bool *is_found, search_error *error) {
    static const char unnamed[] = "XX, "; /* looks like an archive */
    citation_parts parts;
    buffer with_commas = {0};
    buffer_add_string(&with_commas, unnamed);
    add_commas(text, &with_commas);
    *is_found = false;
    if (with_commas.failed) {
        buffer_free(&with_commas);
        return error_memory(error);
    }
    const search_text all = {with_commas.bytes, with_commas.n_bytes};
    const size_t n_unnamed = sizeof unnamed - 1;
    citation_parts_read((search_text){all.bytes + n_unnamed, all.n_bytes - n_unnamed}, &parts);
    bool has_archive = parts.n_sources == 1 && parts.sources[0].archive.n_bytes > 0;
    if (!has_archive) {
        citation_parts_read(all, &parts);
        *is_found = parts.n_sources == 1 && parts.sources[0].archive.n_bytes > 0 && is_sure(&parts.sources[0]);
        parts.sources[0].archive = (search_text){"", 0};
    }
    if (has_archive) {
        take_file((search_text){all.bytes + n_unnamed, all.n_bytes - n_unnamed}, &parts.sources[0]);
    }
    *is_found = *is_found || has_archive;
    const search_status status = *is_found ? fold_source(&parts.sources[0], run, memory, out, error) : SEARCH_OK;
    buffer_free(&with_commas);
    return status;
}

/* The words of the parts one behind the other: what candidates hold, and what is marked. */
static search_status add_words(leaf *l, search_text part, arena *memory, search_error *error) {
    search_status status = SEARCH_OK;
    size_t at = 0;
    for (search_text word = next_word(part, &at); status == SEARCH_OK && word.n_bytes > 0;
         word = next_word(part, &at)) {
        status = lattice_add(&l->lattice, l->n_words, l->n_words + 1, &word, 1, false, 1, memory, error);
        l->n_words++;
    }
    return status;
}

search_status reference_analyze(leaf *l, const query_node *node, search_run_context *run, arena *memory,
                                search_error *error) {
    bool is_found = false;
    l->field = schema_find(run->index->contents.schema, "source", strlen("source"));
    l->reference = arena_alloc(memory, sizeof *l->reference);
    if (l->reference == NULL) {
        return error_memory(error);
    }
    search_status status = read_asked(node->text, run, memory, l->reference, &is_found, error);
    for (size_t i = 0; status == SEARCH_OK && is_found && i < PART_PAGES; i++) {
        status = add_words(l, l->reference->parts[i], memory, error);
    }
    if (status != SEARCH_OK || l->n_words > 0) {
        l->kind = LEAF_SOURCE;
        l->is_phrase = true;
        return status;
    }
    return leaf_analyze_phrase(l, node, run, memory, error);
}

/* ---- evaluation ---- */

/* Whether a source of the record has the parts. */
static search_status cites(const leaf *l, const search_record *record, const search_run_context *run, arena *memory,
                           bool *yes, search_error *error) {
    const search_text archive = l->reference->parts[PART_ARCHIVE];
    bool is_at_archive = archive.n_bytes == 0;
    search_status status = SEARCH_OK;
    for (size_t i = 0; status == SEARCH_OK && i < search_record_n_values(record, "archive"); i++) {
        search_text folded;
        status = fold(search_record_value(record, "archive", i), run, memory, &folded, error);
        is_at_archive = is_at_archive || (status == SEARCH_OK && has_words(folded, archive));
    }
    for (size_t i = 0; status == SEARCH_OK && !*yes && i < search_record_n_values(record, "source"); i++) {
        citation read;
        citation_parts parts;
        citation_read(search_record_value(record, "source", i), &read);
        citation_parts_read(read.reference, &parts);
        for (size_t s = 0; status == SEARCH_OK && !*yes && s < parts.n_sources; s++) {
            struct reference cited;
            status = fold_source(&parts.sources[s], run, memory, &cited, error);
            *yes = status == SEARCH_OK && has_parts(l->reference, &cited) &&
                   (is_at_archive || has_words(cited.parts[PART_ARCHIVE], archive));
        }
    }
    return status;
}

static search_status evaluate_document(leaf *l, uint32_t docid, search_run_context *run, search_error *error) {
    search_record *record = NULL;
    arena memory = {0};
    bool yes = false;
    search_status status = snapshot_record(run->index, run->r, docid, &record, error);
    if (status == SEARCH_OK) {
        status = cites(l, record, run, &memory, &yes, error);
    }
    if (status == SEARCH_OK && yes) {
        posting found = {docid, {0}};
        found.counts[run->index->contents.schema->fields[l->field].zone] = 1;
        status = postings_add(&l->postings, &found, error);
    }
    search_record_free(record);
    arena_free(&memory);
    return status == SEARCH_OK ? run_spend(run, RUN_STEPS_RECORD, error) : status;
}

search_status reference_evaluate(leaf *l, search_run_context *run, search_error *error) {
    candidate_search search;
    const docid_list all = {.is_all = true};
    docid_list candidates = {0};
    search_status status = candidates_open(&l->lattice, SIZE_MAX, run, &search, error);
    if (status == SEARCH_OK && l->field != SIZE_MAX) {
        status = candidates_find(&search, &all, &candidates, error);
    }
    for (size_t i = 0; status == SEARCH_OK && i < candidates.n; i++) {
        status = evaluate_document(l, candidates.ids[i], run, error);
    }
    docids_free(&candidates);
    candidates_free(&search);
    return status;
}
