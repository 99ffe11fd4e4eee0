/* Text for people: decoding, safe printing, wrapping, and the pages of search, facets and show. */
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { REPLACEMENT = 0xFFFD, WIDTH_DEFAULT = 80, WIDTH_MIN = 20, WIDTH_MAX = 10000 };

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define STARS "**"

/* ---- Streams and characters ---- */

/* The width that the environment names, 0 for none. */
static size_t width_of_environment(void) {
    const char *columns = getenv("COLUMNS");
    char *end;

    if (!columns || columns[0] < '1' || columns[0] > '9') {
        return 0;
    }
    unsigned long width = strtoul(columns, &end, 10);
    return *end != '\0' || width > WIDTH_MAX ? 0 : width < WIDTH_MIN ? WIDTH_MIN : (size_t)width;
}

screen screen_of(FILE *file) {
    size_t width = width_of_environment();
    screen to = {file, WIDTH_DEFAULT, isatty(fileno(file)) != 0, false, false};
    struct winsize size;

    if (to.is_terminal) {
        const char *no_color = getenv("NO_COLOR");
        const char *terminal = getenv("TERM");
        to.has_bold = !(no_color && no_color[0]) && terminal && strcmp(terminal, "dumb") != 0;
        if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
            to.width = size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
        }
    }
    to.width = width > 0 ? width : to.width;
    return to;
}

static bool is_continuation(const char *bytes, size_t at, size_t n_bytes) {
    return at < n_bytes && ((unsigned char)bytes[at] & 0xC0) == 0x80;
}

size_t text_decode(const char *bytes, size_t n_bytes, uint32_t *character) {
    unsigned char first = (unsigned char)bytes[0];
    size_t n = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    uint32_t value = n == 2 ? first & 0x1Fu : n == 3 ? first & 0x0Fu : n == 4 ? first & 0x07u : first;

    *character = REPLACEMENT;
    for (size_t i = 1; i < n; i++) {
        if (!is_continuation(bytes, i, n_bytes)) {
            return 1;
        }
        value = value << 6 | ((unsigned char)bytes[i] & 0x3Fu);
    }
    bool is_overlong = (n == 3 && value < 0x800) || (n == 4 && value < 0x10000);
    if (n == 0 || is_overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 1;
    }
    *character = value;
    return n;
}

size_t text_check(const char *bytes, size_t n_bytes) {
    size_t at = 0;

    while (at < n_bytes) {
        uint32_t character;
        size_t n = text_decode(bytes + at, n_bytes - at, &character);
        if (n == 1 && character == REPLACEMENT) { /* a real U+FFFD takes three bytes */
            return at;
        }
        at += n;
    }
    return n_bytes;
}

bool text_is_unsafe(uint32_t c) {
    bool is_control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
    bool is_direction =
        c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);

    return is_control || is_direction;
}

typedef struct range {
    uint32_t from;
    uint32_t to;
} range;

static bool is_in(const range *ranges, size_t n_ranges, uint32_t c) {
    for (size_t i = 0; i < n_ranges; i++) {
        if (c >= ranges[i].from && c <= ranges[i].to) {
            return true;
        }
    }
    return false;
}

/* Columns of one character.  The tables know the scripts of this archive; wcwidth() would ask the locale. */
static size_t character_width(uint32_t c) {
    static const range none[] = {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                 {0x200B, 0x200D}, {0x2060, 0x2060}, {0x20D0, 0x20FF},
                                 {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
    static const range wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},
                                 {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                                 {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

    if (c < 0x0300) {
        return 1;
    }
    if (is_in(none, sizeof none / sizeof none[0], c)) {
        return 0;
    }
    return is_in(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}

static bool is_blank(uint32_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 ||
           c == 0x2029;
}

size_t text_width(search_text text) {
    size_t width = 0;
    size_t i = 0;

    while (i < text.n_bytes) {
        uint32_t character;
        i += text_decode(text.bytes + i, text.n_bytes - i, &character);
        width += character_width(character);
    }
    return width;
}

/* ---- Safe printing ---- */

static void put_character(FILE *file, const char *bytes, size_t n_bytes, uint32_t character) {
    if (is_blank(character)) {
        fputc(' ', file);
    } else if (character == REPLACEMENT || text_is_unsafe(character)) {
        fputs("\xEF\xBF\xBD", file);
    } else {
        fwrite(bytes, 1, n_bytes, file);
    }
}

void text_put(const screen *to, search_text text) {
    size_t i = 0;

    while (i < text.n_bytes) {
        uint32_t character;
        size_t n = text_decode(text.bytes + i, text.n_bytes - i, &character);
        put_character(to->file, text.bytes + i, n, character);
        i += n;
    }
}

void text_put_bold(const screen *to, search_text text) {
    fputs(to->has_bold ? BOLD : "", to->file);
    text_put(to, text);
    fputs(to->has_bold ? PLAIN : "", to->file);
}

static void put_blanks(FILE *file, size_t n) {
    for (size_t i = 0; i < n; i++) {
        fputc(' ', file);
    }
}

void text_put_padded(const screen *to, search_text text, size_t width) {
    size_t own = text_width(text);

    text_put(to, text);
    put_blanks(to->file, own < width ? width - own : 0);
}

/* ---- Running text ---- */

/* The end of the word that starts at `from`, and its width.  Characters of two columns come without blanks between, so
 * a line may break before and after each. */
static size_t word_end(search_text text, size_t from, size_t *width) {
    size_t i = from;

    *width = 0;
    while (i < text.n_bytes) {
        uint32_t character;
        size_t n = text_decode(text.bytes + i, text.n_bytes - i, &character);
        size_t own = character_width(character);
        if (is_blank(character) || (own == 2 && i > from)) {
            break;
        }
        i += n;
        *width += own;
        if (own == 2) {
            break;
        }
    }
    return i;
}

static void break_line(text_flow *flow) {
    fputc('\n', flow->to->file);
    put_blanks(flow->to->file, flow->indent);
    flow->column = flow->indent;
    flow->has_blank = false;
}

/* Marks that are passed from the first to the last while a text is printed from end to end. */
typedef struct mark_walk {
    const search_mark *marks;
    size_t n;
} mark_walk;

/* Whether the byte is marked; earlier bytes are not asked for any more. */
static bool is_marked(mark_walk *walk, size_t at) {
    while (walk->n > 0 && walk->marks->to <= at) {
        walk->marks++;
        walk->n--;
    }
    return walk->n > 0 && walk->marks->from <= at;
}

/* Prints the character at bytes [at, until), with a star before it where a mark begins and behind it where one ends. */
static size_t put_starred(const screen *to, search_text text, size_t at, size_t until, uint32_t character,
                          mark_walk *walk) {
    const bool is_starred = to->has_stars && !to->has_bold && is_marked(walk, at);
    const bool begins = is_starred && walk->marks->from == at;
    const bool ends = is_starred && walk->marks->to == until;

    fputs(begins ? STARS : "", to->file);
    put_character(to->file, text.bytes + at, until - at, character);
    fputs(ends ? STARS : "", to->file);
    return (begins ? strlen(STARS) : 0) + (ends ? strlen(STARS) : 0);
}

/* Prints a word, turning bold on and off as the marks say; a word longer than a line is cut at the edge. */
static void put_word(text_flow *flow, search_text text, size_t from, size_t until, mark_walk *walk) {
    const screen *to = flow->to;
    bool is_bold = false;
    size_t i = from;

    while (i < until) {
        uint32_t character;
        size_t n = text_decode(text.bytes + i, until - i, &character);
        size_t width = character_width(character);
        bool wants_bold = to->has_bold && is_marked(walk, i);
        if (flow->column + width > to->width && flow->column > flow->indent) {
            break_line(flow);
        }
        if (wants_bold != is_bold) {
            fputs(wants_bold ? BOLD : PLAIN, to->file);
            is_bold = wants_bold;
        }
        flow->column += width + put_starred(to, text, i, i + n, character, walk);
        i += n;
    }
    fputs(is_bold ? PLAIN : "", to->file);
}

static void flow_range(text_flow *flow, search_text text, size_t from, mark_walk *walk) {
    size_t i = from;

    if (flow->column < flow->indent) {
        put_blanks(flow->to->file, flow->indent - flow->column);
        flow->column = flow->indent;
    }
    while (i < text.n_bytes) {
        uint32_t character;
        size_t n = text_decode(text.bytes + i, text.n_bytes - i, &character);
        if (is_blank(character)) {
            flow->has_blank = flow->column > flow->indent;
            i += n;
            continue;
        }
        size_t width;
        size_t until = word_end(text, i, &width);
        size_t n_blanks = flow->has_blank ? 1 : 0;
        if (flow->column + n_blanks + width > flow->to->width && flow->column > flow->indent) {
            break_line(flow);
        } else if (flow->has_blank) {
            fputc(' ', flow->to->file);
            flow->column++;
        }
        flow->has_blank = false;
        put_word(flow, text, i, until, walk);
        i = until;
    }
}

void text_flow_add(text_flow *flow, search_text text, const search_mark *marks, size_t n_marks) {
    mark_walk walk = {marks, n_marks};

    flow_range(flow, text, 0, &walk);
}

void text_flow_end(text_flow *flow) {
    fputc('\n', flow->to->file);
    flow->column = 0;
    flow->has_blank = false;
}

static void flow_string(text_flow *flow, const char *string) {
    text_flow_add(flow, search_text_of(string), NULL, 0);
}

/* ---- Search ---- */

static void put_part(const screen *to, const search_explanation *e) {
    static const char *const zones[] = {"body", "title", "summary", "names"};
    static const char *const gains[] = {"words side by side", "words near each other", "title"};
    text_flow flow = {to, 13, 0, false};
    char text[64];

    fprintf(to->file, "%11.4f  ", e->value);
    flow.column = 13;
    if (e->part != SEARCH_PART_WORD) {
        flow_string(&flow, gains[e->part - SEARCH_PART_PAIR]);
        text_flow_end(&flow);
        return;
    }
    text_flow_add(&flow, e->text, NULL, 0);
    snprintf(text, sizeof text, ": idf %.3f", e->idf);
    flow_string(&flow, text);
    for (size_t zone = 0; zone < sizeof zones / sizeof zones[0]; zone++) {
        if (e->counts[zone] > 0) {
            snprintf(text, sizeof text, ", %s %.4g", zones[zone], e->counts[zone]);
            flow_string(&flow, text);
        }
    }
    if (e->rule.n_bytes > 0) {
        flow_string(&flow, ", by ");
        text_flow_add(&flow, e->rule, NULL, 0);
    }
    text_flow_end(&flow);
}

void text_put_explanations(const screen *to, const search_hit *hit) {
    fprintf(to->file, "%11.4f  score\n", hit->score);
    for (size_t i = 0; i < hit->n_explanations; i++) {
        put_part(to, &hit->explanations[i]);
    }
}

void text_put_total(const screen *to, const search_results *results, const search_where *wheres, size_t n_wheres) {
    const uint64_t total = search_results_total(results);
    const search_text query = search_text_of(search_results_relaxation(results) ? "" : search_results_query(results));
    const search_mark whole = {0, query.n_bytes};
    text_flow flow = {to, 4, 4, false}; /* what does not fit on the line goes on below it */
    char count[64] = "no cables match";

    if (total > 0) {
        snprintf(count, sizeof count, "%llu cable%s%s", (unsigned long long)total, total == 1 ? "" : "s",
                 query.n_bytes == 0 ? ""
                 : total == 1       ? " matches"
                                    : " match");
    }
    fprintf(to->file, "%s%s", count, query.n_bytes > 0 ? "  " : "");
    flow.column = strlen(count) + (query.n_bytes > 0 ? 2 : 0);
    text_flow_add(&flow, query, &whole, query.n_bytes > 0 ? 1 : 0);
    for (size_t i = 0; i < n_wheres; i++) {
        if (i == 0) {
            fputs("  where ", to->file);
            flow.column += strlen("  where ");
        } else {
            flow_string(&flow, ", ");
        }
        text_flow_add(&flow, wheres[i].facet, NULL, 0);
        flow_string(&flow, " = ");
        text_flow_add(&flow, wheres[i].value.bytes ? wheres[i].value : search_text_of("(none)"), NULL, 0);
    }
    text_flow_end(&flow);
}

/* "a", "a" or "b", "a", "b" or "c" */
static void put_quoted(const screen *to, search_text word, size_t i, size_t n) {
    fputs(i == 0 ? "" : i + 1 == n ? " or " : ", ", to->file);
    fputc('"', to->file);
    text_put(to, word);
    fputc('"', to->file);
}

static bool is_missing(const search_relaxation *relaxation, search_text word) {
    for (size_t i = 0; i < relaxation->n_missing; i++) {
        const search_text missing = relaxation->missing[i];
        if (missing.n_bytes == word.n_bytes && memcmp(missing.bytes, word.bytes, word.n_bytes) == 0) {
            return true;
        }
    }
    return false;
}

void text_put_relaxation(const screen *to, const search_relaxation *relaxation) {
    if (!relaxation) {
        return;
    }
    size_t n_left = relaxation->n_words - relaxation->n_missing;
    size_t n_absent = relaxation->n_corrections + relaxation->n_missing;
    fputs(n_absent > 0 ? "No cable has " : "No cable has all of these words", to->file);
    for (size_t i = 0; i < n_absent; i++) {
        size_t k = i - relaxation->n_corrections;
        put_quoted(to, i < relaxation->n_corrections ? relaxation->corrections[i].from : relaxation->missing[k], i,
                   n_absent);
    }
    if (relaxation->n_required == 0) {
        fputs("; showing cables with the rest of the query.\n", to->file);
        return;
    }
    fputs("; showing cables with ", to->file);
    if (relaxation->n_required < n_left) {
        fprintf(to->file, "at least %zu of ", relaxation->n_required);
    }
    const char *between = "";
    for (size_t i = 0; i < relaxation->n_words; i++) {
        if (!is_missing(relaxation, relaxation->words[i])) {
            fputs(between, to->file);
            text_put_bold(to, relaxation->words[i]);
            between = " ";
        }
    }
    fputs(".\n", to->file);
}

void text_put_suggestion(const screen *to, search_text suggestion) {
    if (suggestion.n_bytes > 0) {
        fputs("Did you mean  ", to->file);
        text_put_bold(to, suggestion);
        fputs("  ?\n", to->file);
    }
}

void text_put_similar(const screen *to, const search_results *results, search_text id) {
    const uint64_t total = search_results_total(results);

    if (total == 0) {
        fputs("no cable shares telling words with ", to->file);
    } else {
        fprintf(to->file, "%llu cable%s telling words with ", (unsigned long long)total,
                total == 1 ? " shares" : "s share");
    }
    text_put_bold(to, id);
    fputc('\n', to->file);
}

static void put_snippet(const screen *to, const search_snippet *snippet, size_t indent) {
    text_flow flow = {to, indent, 0, false};

    if (strcmp(snippet->field, "body") != 0) {
        flow_string(&flow, snippet->field);
        flow_string(&flow, ": ");
    }
    flow_string(&flow, snippet->cut_before ? "⋯ " : "");
    text_flow_add(&flow, snippet->text, snippet->marks, snippet->n_marks);
    flow_string(&flow, snippet->cut_after ? " ⋯" : "");
    text_flow_end(&flow);
}

/* Date, number, archive reference and id: cables share titles, and these tell them apart. */
static void put_hit_line(const screen *to, const search_hit *hit, size_t indent) {
    text_flow flow = {to, indent, 0, false};
    const search_text parts[] = {hit->date, hit->number, hit->reference, hit->id};

    if (hit->date.n_bytes == 0) {
        flow_string(&flow, "undated");
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].n_bytes > 0) {
            flow_string(&flow, i > 0 ? " · " : "");
            text_flow_add(&flow, parts[i], NULL, 0);
        }
    }
    text_flow_end(&flow);
}

void text_put_hit(const screen *to, const search_hit *hit, size_t rank) {
    int n_written = fprintf(to->file, "%2zu. ", rank);
    size_t indent = n_written > 0 ? (size_t)n_written : 0;
    text_flow title = {to, indent, indent, false};
    const search_mark whole = {0, hit->title.n_bytes};

    if (hit->title.n_bytes > 0) {
        text_flow_add(&title, hit->title, &whole, 1);
    } else {
        flow_string(&title, "(no title)");
    }
    text_flow_end(&title);
    put_hit_line(to, hit, indent);
    for (size_t i = 0; i < hit->n_snippets; i++) {
        put_snippet(to, &hit->snippets[i], indent);
    }
}

/* ---- Facets ---- */

enum { VALUE_WIDTH_MAX = 56 };

static search_text value_text(const search_facet_value *value) {
    return value->value.bytes ? value->value : search_text_of("(none)");
}

void text_put_facet(const screen *to, const search_facet_counts *facet) {
    size_t width = 0;

    for (size_t i = 0; i < facet->n_values; i++) {
        size_t own = text_width(value_text(&facet->values[i]));
        width = own > width ? own : width;
    }
    width = width < VALUE_WIDTH_MAX ? width : VALUE_WIDTH_MAX;
    text_put_bold(to, facet->name);
    fprintf(to->file, " (%zu)\n", facet->n_distinct);
    for (size_t i = 0; i < facet->n_values; i++) {
        fputs(facet->values[i].selected ? "* " : "  ", to->file);
        text_put_padded(to, value_text(&facet->values[i]), width);
        fprintf(to->file, "  %6llu", (unsigned long long)facet->values[i].count);
        if (facet->values[i].certain < facet->values[i].count) {
            fprintf(to->file, " (%llu certain)", (unsigned long long)facet->values[i].certain);
        }
        fputc('\n', to->file);
    }
}

/* ---- A record ---- */

enum { LABEL_WIDTH = 20 };

static bool is_long_key(const char *key) {
    return strcmp(key, "title") == 0 || strcmp(key, "body") == 0 || strcmp(key, "summary") == 0 ||
           strcmp(key, "original") == 0;
}

static mark_walk walk_of(const text_marker *marker, const char *field, search_text value) {
    mark_walk walk = {NULL, 0};

    if (marker) {
        marker->find(marker->context, field, value, &walk.marks, &walk.n);
    }
    return walk;
}

static void put_label(const screen *to, const search_record *record, const char *key, const text_marker *marker) {
    search_text name = search_text_of(key);
    text_flow flow = {to, LABEL_WIDTH, LABEL_WIDTH, false};

    text_put_padded(to, name, LABEL_WIDTH - 1);
    fputc(' ', to->file);
    if (text_width(name) >= LABEL_WIDTH) { /* a long name has a line of its own */
        fputc('\n', to->file);
        flow.column = 0;
    }
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        flow_string(&flow, i > 0 ? "; " : "");
        search_text value = search_record_value(record, key, i);
        mark_walk walk = walk_of(marker, key, value);
        flow_range(&flow, value, 0, &walk);
    }
    flow_string(&flow, search_record_is_derived(record, key) ? " (from the title)" : "");
    text_flow_end(&flow);
}

static bool is_blank_line(search_text line) {
    size_t i = 0;

    while (i < line.n_bytes) {
        uint32_t character;
        i += text_decode(line.bytes + i, line.n_bytes - i, &character);
        if (!is_blank(character) && character != 0xA0) {
            return false;
        }
    }
    return true;
}

/* Prints a line as it is, its blanks too. */
static void put_whole_line(const screen *to, search_text text, size_t from, mark_walk *walk) {
    size_t i = from;

    while (i < text.n_bytes) {
        uint32_t character;
        size_t n = text_decode(text.bytes + i, text.n_bytes - i, &character);
        put_starred(to, text, i, i + n, character, walk);
        i += n;
    }
    fputc('\n', to->file);
}

/* Prints text line by line, wrapped on a terminal only: elsewhere lines stay whole, for grep and for quoting. */
static void put_lines(const screen *to, search_text text, mark_walk walk) {
    size_t from = 0;

    while (from < text.n_bytes) {
        const char *end = memchr(text.bytes + from, '\n', text.n_bytes - from);
        size_t until = end ? (size_t)(end - text.bytes) : text.n_bytes;
        if (is_blank_line((search_text){text.bytes + from, until - from})) {
            fputc('\n', to->file);
        } else if (to->is_terminal) {
            text_flow flow = {to, 0, 0, false};
            flow_range(&flow, (search_text){text.bytes, until}, from, &walk);
            text_flow_end(&flow);
        } else {
            put_whole_line(to, (search_text){text.bytes, until}, from, &walk);
        }
        from = until + 1;
    }
}

static void put_section(const screen *to, const search_record *record, const char *key, const char *heading,
                        const text_marker *marker) {
    for (size_t i = 0; i < search_record_n_values(record, key); i++) {
        fputc('\n', to->file);
        if (heading) {
            text_put_bold(to, search_text_of(heading));
            fputc('\n', to->file);
        }
        search_text value = search_record_value(record, key, i);
        put_lines(to, value, walk_of(marker, key, value));
    }
}

void text_put_record(const screen *to, const search_record *record, const text_marker *marker) {
    search_text title = search_record_value(record, "title", 0);
    const search_mark whole = {0, title.n_bytes};
    text_flow flow = {to, 0, 0, false};

    if (title.n_bytes > 0) {
        mark_walk walk = marker ? walk_of(marker, "title", title) : (mark_walk){&whole, 1};
        flow_range(&flow, title, 0, &walk);
        text_flow_end(&flow);
        fputc('\n', to->file);
    }
    for (size_t i = 0; search_record_key(record, i); i++) {
        if (!is_long_key(search_record_key(record, i))) {
            put_label(to, record, search_record_key(record, i), marker);
        }
    }
    put_section(to, record, "body", NULL, marker);
    put_section(to, record, "summary", "Summary", marker);
    put_section(to, record, "original", "Original", marker);
}
