/* The source line of a cable: "PRC FMA 118-01026-07, 125-128. Translated by David Cowhig."
 *
 * What stands before the credits (credits.c) is the reference, to one source or several.  The archive is what opens a
 * source, and only when it is sure:
 *   - in brackets, letters before a colon: "[AA : A1838, 250/8/8]" gives AA;
 *   - else one to four words with a capital before the first comma or the first word with a digit, small words and
 * words in parentheses not counted, of which one is an acronym (two capitals: PRC, BArch) or names a keeper (Archive,
 * Library …); and a digit follows.  "Printed in a volume, pp. 118-119" and "Pravda, 12 May 1960" name no archive.
 *
 * Behind the archive stand pieces between commas: with a label, such as "fond 45", "op. 49", "5. doboz", or without
 * one. Of those without, a last one that is a number or a range is the pages, the last other one with a digit is the
 * file unless a label names it, and the first that is left is the fond unless a label names it. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"

#define MAX_REFERENCE 4096 /* bytes that are taken apart */
#define MAX_ARCHIVE_WORDS 4
#define MAX_ACRONYM 8
#define MAX_SOURCE 16384 /* bytes; a longer source is no citation, and is not taken apart */

/* ---- The archive ---------------------------------------------------------------------------------------------- */

static size_t n_capitals(search_text word) {
    size_t n = 0;
    for (size_t i = 0; i < word.n_bytes; i++)
        n += is_upper(word.bytes[i]);
    return n;
}

static bool is_small_word(search_text word) {
    static const char *const words[] = {"of", "the", "and", "for", "de", "du", "der", "di", "al"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equals(word, words[i]))
            return true;
    return false;
}

static bool names_keeper(search_text word) {
    static const char *const starts[] = {"Archiv", "Arkhiv", "Arhiv", "Library", "Museum"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_starts(word, starts[i]))
            return true;
    return false;
}

/* "[AA : CP 290/6, BUNDLE 1, ITEM 28]" */
static search_text archive_in_brackets(search_text reference) {
    size_t to = 1;
    while (to < reference.n_bytes && is_upper(reference.bytes[to]))
        to++;
    size_t colon = to;
    while (colon < reference.n_bytes && reference.bytes[colon] == ' ')
        colon++;
    bool is_acronym = to >= 3 && to <= 1 + MAX_ACRONYM;
    bool has_colon = colon < reference.n_bytes && reference.bytes[colon] == ':';
    if (!is_acronym || !has_colon || !text_has_digit(text_from(reference, colon)))
        return (search_text){"", 0};
    return text_part(reference, 1, to);
}

/* The words from the start up to the first comma or word with a digit. */
static search_text opening_words(search_text reference) {
    size_t to = 0;
    search_text word;
    for (size_t at = 0; text_next_word(reference, &at, &word) && !text_has_digit(word);) {
        bool has_comma = word.bytes[word.n_bytes - 1] == ',';
        to = (size_t)(word.bytes - reference.bytes) + word.n_bytes - has_comma;
        if (has_comma)
            break;
    }
    return text_part(reference, 0, to);
}

static search_text archive_of(search_text reference) {
    static const search_text none = {"", 0};
    if (reference.n_bytes > 0 && reference.bytes[0] == '[')
        return archive_in_brackets(reference);
    search_text opening = opening_words(reference);
    size_t n = 0;
    bool is_sure = false;
    search_text word;
    for (size_t at = 0; text_next_word(opening, &at, &word);) {
        if (n > 0 && (is_small_word(word) || word.bytes[0] == '('))
            continue;
        if (is_lower(word.bytes[0]) || !is_word_byte(word.bytes[0]))
            return none;
        is_sure = is_sure || n_capitals(word) >= 2 || names_keeper(word);
        n++;
    }
    bool has_number = text_has_digit(text_from(reference, opening.n_bytes));
    return n <= MAX_ARCHIVE_WORDS && is_sure && has_number ? opening : none;
}

void citation_read(search_text source, citation *out) {
    source = text_trim(source);
    *out = (citation){.archive = {"", 0}, .reference = source, .credits = {"", 0}};
    if (source.n_bytes > MAX_SOURCE)
        return;
    size_t credits = credits_start(source);
    out->credits = text_from(source, credits);
    out->reference = text_trim(text_part(source, 0, credits));
    if (text_ends(out->reference, ".") || text_ends(out->reference, ";"))
        out->reference.n_bytes--;
    out->archive = archive_of(out->reference);
}

/* ---- The parts of a reference --------------------------------------------------------------------------------- */

typedef enum piece_kind { PIECE_PLAIN, PIECE_FOND, PIECE_OPIS, PIECE_FOLDER, PIECE_FILE, PIECE_PAGES } piece_kind;

typedef struct piece_label {
    const char *label;
    piece_kind kind;
} piece_label;

/* Before the value; of two that fit, the first is taken. */
static const piece_label leading_labels[] = {
    {"fond", PIECE_FOND},
    {"fonds", PIECE_FOND},
    {"record group", PIECE_FOND},
    {"RG", PIECE_FOND},
    {"z.", PIECE_FOND},
    {"kh\xC3\xB6g.", PIECE_FOND},
    {"f.", PIECE_FOND},
    {"opis", PIECE_OPIS},
    {"op.", PIECE_OPIS},
    {"dans", PIECE_OPIS},
    {"papka", PIECE_FOLDER},
    {"por.", PIECE_FOLDER},
    {"box", PIECE_FOLDER},
    {"folder", PIECE_FOLDER},
    {"bundle", PIECE_FOLDER},
    {"w.", PIECE_FOLDER},
    {"delo", PIECE_FILE},
    {"d.", PIECE_FILE},
    {"a.e.", PIECE_FILE},
    {"a. e.", PIECE_FILE},
    {"file no.", PIECE_FILE},
    {"file", PIECE_FILE},
    {"dos.", PIECE_FILE},
    {"item", PIECE_FILE},
    {"kh.n.", PIECE_FILE},
    {"t.", PIECE_FILE},
    {"h\xE1\xBB\x93 s\xC6\xA1", PIECE_FILE},
    {"inv.", PIECE_FILE},
    {"doc.", PIECE_FILE},
    {"bd.", PIECE_FILE},
    {"listy", PIECE_PAGES},
    {"list", PIECE_PAGES},
    {"ll.", PIECE_PAGES},
    {"l.", PIECE_PAGES},
    {"ff.", PIECE_PAGES},
    {"bl.", PIECE_PAGES},
    {"k.", PIECE_PAGES},
    {"pp.", PIECE_PAGES},
    {"p.", PIECE_PAGES},
    {"pages", PIECE_PAGES},
    {"page", PIECE_PAGES},
    {"fl.", PIECE_PAGES},
    {"t\xE1\xBB\x9D", PIECE_PAGES},
    {"str.", PIECE_PAGES},
    {"s.", PIECE_PAGES},
};

/* Behind the value, in Hungarian. */
static const piece_label trailing_labels[] = {
    {". doboz", PIECE_FOLDER}, {". \xC5\x91. e.", PIECE_FILE}, {". \xC5\x91.e.", PIECE_FILE}, {". f.", PIECE_FOND}};

/* "list" is none of "listing", but "f." is one of "f.5". */
static bool has_label(search_text piece, const char *label) {
    size_t n = strlen(label);
    return text_starts(piece, label) && piece.n_bytes > n && (label[n - 1] == '.' || piece.bytes[n] == ' ');
}

static piece_kind take_label(search_text *piece) {
    for (size_t i = 0; i < sizeof trailing_labels / sizeof *trailing_labels; i++)
        if (text_ends(*piece, trailing_labels[i].label)) {
            piece->n_bytes -= strlen(trailing_labels[i].label);
            return trailing_labels[i].kind;
        }
    for (size_t i = 0; i < sizeof leading_labels / sizeof *leading_labels; i++)
        if (has_label(*piece, leading_labels[i].label)) {
            *piece = text_trim(text_from(*piece, strlen(leading_labels[i].label)));
            return leading_labels[i].kind;
        }
    return PIECE_PLAIN;
}

/* "125-128", "40": digits and dashes, but no year alone. */
static bool is_pages(search_text piece) {
    static const char *const centuries[] = {"18", "19", "20"};
    bool has_other = piece.n_bytes == 0 || !is_digit(piece.bytes[0]);
    for (size_t i = 0; i < piece.n_bytes && !has_other; i++)
        has_other = !is_digit(piece.bytes[i]) && strchr("-\xE2\x80\x93", piece.bytes[i]) == NULL;
    bool is_year = false;
    for (size_t i = 0; i < sizeof centuries / sizeof *centuries; i++)
        is_year = is_year || (piece.n_bytes == 4 && text_starts(piece, centuries[i]));
    return !has_other && !is_year;
}

/* "f." is the fond at first and the folios behind a file; "p." is a folder between inventory and file. */
static piece_kind kind_in_place(const citation_source *source, piece_kind kind, bool is_folio, bool is_page) {
    if (is_folio && (source->fond.n_bytes > 0 || source->file.n_bytes > 0))
        return PIECE_PAGES;
    if (is_page && source->opis.n_bytes > 0 && source->file.n_bytes == 0)
        return PIECE_FOLDER;
    return kind;
}

static void keep_piece(citation_source *source, piece_kind kind, search_text value) {
    search_text *const kept[] = {[PIECE_FOND] = &source->fond,
                                 [PIECE_OPIS] = &source->opis,
                                 [PIECE_FOLDER] = &source->folder,
                                 [PIECE_FILE] = &source->file,
                                 [PIECE_PAGES] = &source->pages};
    if (kind != PIECE_PLAIN && kept[kind]->n_bytes == 0)
        *kept[kind] = value;
}

/* "M-KS 288. f. 5/930. ő. e." has its fond and its file in one piece. */
static search_text take_leading_fond(citation_source *source, search_text piece) {
    size_t at = text_find(piece, ". f. ", 0);
    if (at == NOT_FOUND)
        return piece;
    keep_piece(source, PIECE_FOND, text_part(piece, 0, at));
    return text_trim(text_from(piece, at + 5));
}

/* What stands without label. */
typedef struct plain_pieces {
    search_text first;
    search_text file; /* the last one with a digit */
} plain_pieces;

static void read_piece(citation_source *source, search_text piece, bool is_last, plain_pieces *plain) {
    piece = take_leading_fond(source, text_trim(piece));
    bool is_folio = has_label(piece, "f.");
    bool is_page = has_label(piece, "p.");
    piece_kind kind = kind_in_place(source, take_label(&piece), is_folio, is_page);
    if (kind == PIECE_PLAIN && is_last && is_pages(piece))
        kind = PIECE_PAGES;
    keep_piece(source, kind, piece);
    if (kind != PIECE_PLAIN || piece.n_bytes == 0)
        return;
    if (plain->first.n_bytes == 0)
        plain->first = piece;
    if (text_has_digit(piece))
        plain->file = piece;
}

/* The comma at or after `from` that is in no parentheses, or the end. */
static size_t piece_end(search_text text, size_t from) {
    size_t depth = 0;
    size_t at = from;
    for (; at < text.n_bytes && (text.bytes[at] != ',' || depth > 0); at++) {
        depth += text.bytes[at] == '(';
        depth -= text.bytes[at] == ')' && depth > 0;
    }
    return at;
}

static void read_pieces(citation_source *source, search_text rest) {
    plain_pieces plain = {.file = {"", 0}};
    for (size_t from = 0; from < rest.n_bytes;) {
        size_t to = piece_end(rest, from);
        read_piece(source, text_part(rest, from, to), to == rest.n_bytes, &plain);
        from = to + 1;
    }
    if (source->file.n_bytes == 0)
        source->file = plain.file;
    bool is_first_file = source->file.bytes == plain.first.bytes;
    if (source->fond.n_bytes == 0 && !is_first_file)
        source->fond = plain.first;
}

/* "(Beijing: …, 2018)", or a newspaper's day. */
static bool is_printed(search_text text) {
    date_interval date;
    for (size_t at = 5; at < text.n_bytes; at++) {
        search_text year = text_part(text, at - 4, at);
        if (text.bytes[at] == ')' && strchr(" (,", text.bytes[at - 5]) != NULL && date_read(year, &date))
            return true;
    }
    for (size_t from = 0; from < text.n_bytes; from = piece_end(text, from) + 1)
        if (from > 0 && date_read(text_part(text, from, piece_end(text, from)), &date) && date.earliest == date.latest)
            return true;
    return text_find(text, "pp. ", 0) != NOT_FOUND;
}

static void read_source(search_text text, citation_source *out) {
    *out = (citation_source){.text = text, .archive = archive_of(text)};
    if (out->archive.n_bytes == 0) {
        out->is_printed = is_printed(text);
        return;
    }
    search_text rest = text_from(text, (size_t)(out->archive.bytes - text.bytes) + out->archive.n_bytes);
    while (rest.n_bytes > 0 && strchr(" ,:", rest.bytes[0]) != NULL)
        rest = text_from(rest, 1);
    if (text_starts(text, "[") && text_ends(rest, "]"))
        rest.n_bytes--;
    read_pieces(out, rest);
}

/* Where a source ends: at "and", a semicolon or a full stop behind which another archive is named. */
static size_t source_end(search_text reference, size_t from, size_t *next) {
    static const char *const dividers[] = {" and ", "; ", ". "};
    for (size_t at = from; at < reference.n_bytes; at++)
        for (size_t i = 0; i < sizeof dividers / sizeof *dividers; i++) {
            *next = at + strlen(dividers[i]);
            bool is_divider = text_starts(text_from(reference, at), dividers[i]);
            if (is_divider && *next < reference.n_bytes && archive_of(text_from(reference, *next)).n_bytes > 0 &&
                archive_of(text_part(reference, from, at)).n_bytes > 0)
                return at;
        }
    *next = reference.n_bytes;
    return reference.n_bytes;
}

void citation_parts_read(search_text reference, citation_parts *out) {
    out->n_sources = 0;
    reference = text_trim(reference);
    if (reference.n_bytes > MAX_REFERENCE)
        return;
    for (size_t from = 0; from < reference.n_bytes && out->n_sources < CITATION_MAX_SOURCES;) {
        size_t next;
        size_t to = source_end(reference, from, &next);
        read_source(text_trim(text_part(reference, from, to)), &out->sources[out->n_sources++]);
        from = next;
    }
}
