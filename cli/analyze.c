/* cables analyze: what becomes of a text, and why two texts meet. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <stdlib.h>
#include <string.h>

enum { ANALYZE_AGAINST = 1 };

static const option options[] = {
    {ANALYZE_AGAINST, "against", 0, OPTION_TEXT, "OTHER", "tell whether TEXT and OTHER meet, and why", 0, 0},
    {QUESTION_FORMAT, "format", 0, OPTION_TEXT, "FORMAT", "text or json", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

/* ---- The text ---- */

/* More than the library takes: it says so. */
enum { INPUT_MAX_N_BYTES = (64 << 20) + 1 };

static exit_code put_standard_input(const command *cmd, FILE *text) {
    char piece[1 << 16];
    size_t n_left = INPUT_MAX_N_BYTES;
    size_t n;

    while (n_left > 0 && (n = fread(piece, 1, n_left < sizeof piece ? n_left : sizeof piece, stdin)) > 0) {
        fwrite(piece, 1, n, text);
        n_left -= n;
    }
    if (ferror(stdin)) {
        error_print(cmd, NULL, "cannot read the text from standard input");
        return EXIT_CODE_SYSTEM;
    }
    return EXIT_CODE_OK;
}

/* The operands with a blank between, or standard input when there is none. */
static exit_code put_text(const invocation *call, FILE *text) {
    exit_code code = EXIT_CODE_OK;
    bool is_first = true;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id != ARG_OPERAND) {
            continue;
        }
        fputs(is_first ? "" : " ", text);
        is_first = false;
        if (strcmp(item->text, "-") == 0) {
            code = put_standard_input(call->cmd, text);
        } else {
            fputs(item->text, text);
        }
    }
    return is_first ? put_standard_input(call->cmd, text) : code;
}

/* ---- Tables ---- */

enum { CELLS_N = 6, CELL_WIDTH_MAX = 18, GAP = 2 };

/* What is shown, and how wide its columns are. */
typedef struct view {
    search_text text;
    const search_analysis *analysis;
    size_t n_tokens;
    size_t widths[CELLS_N];
} view;

typedef struct row {
    search_text cells[CELLS_N];
    char first[24]; /* numbers that cells show */
    char second[48];
} row;

/* Fills in row `i` of a table; false past the end. */
typedef bool (*row_maker)(const view *v, size_t i, row *out);

/* The words at these positions, as they are printed. */
static search_text printed_words(const view *v, uint32_t first, uint32_t last) {
    size_t places[2];
    const uint32_t positions[2] = {first, last};

    for (size_t k = 0; k < 2; k++) {
        size_t low = 0;
        size_t high = v->n_tokens;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (search_analysis_token(v->analysis, middle)->position < positions[k]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        places[k] = low;
    }
    size_t from = search_analysis_token(v->analysis, places[0])->from;
    size_t to = search_analysis_token(v->analysis, places[1])->to;
    return (search_text){v->text.bytes + from, to - from};
}

static bool token_row(const view *v, size_t i, row *out) {
    const search_token *t = search_analysis_token(v->analysis, i);

    if (!t) {
        return false;
    }
    bool has_exact = t->exact.n_bytes != t->folded.n_bytes || memcmp(t->exact.bytes, t->folded.bytes, t->exact.n_bytes);
    snprintf(out->first, sizeof out->first, "%u%s", t->position, t->is_extra ? "+" : "");
    snprintf(out->second, sizeof out->second, "%zu-%zu", t->from, t->to);
    out->cells[0] = search_text_of(out->first);
    out->cells[1] = search_text_of(out->second);
    out->cells[2] = (search_text){v->text.bytes + t->from, t->to - t->from};
    out->cells[3] = t->folded;
    out->cells[4] = t->stem;
    out->cells[5] = has_exact ? t->exact : (search_text){NULL, 0};
    return true;
}

static bool bracket_row(const view *v, size_t i, row *out) {
    const search_bracket *b = search_analysis_bracket(v->analysis, i);

    if (!b) {
        return false;
    }
    if (b->position_first == b->position_last) {
        snprintf(out->first, sizeof out->first, "%u", b->position_first);
    } else {
        snprintf(out->first, sizeof out->first, "%u-%u", b->position_first, b->position_last);
    }
    out->cells[0] = printed_words(v, b->position_first, b->position_last);
    out->cells[1] = search_text_of(out->first);
    return true;
}

static bool reading_row(const view *v, size_t i, row *out) {
    const search_reading *r = search_analysis_reading(v->analysis, i);

    if (!r) {
        return false;
    }
    out->cells[0] = printed_words(v, r->position_first, r->position_last);
    out->cells[1] = r->key;
    out->cells[2] = r->rule;
    return true;
}

static bool variant_row(const view *v, size_t i, row *out) {
    const search_variant *variant = search_analysis_variant(v->analysis, i);

    if (!variant) {
        return false;
    }
    out->cells[0] = printed_words(v, variant->position_first, variant->position_last);
    out->cells[1] = variant->words;
    out->cells[2] = variant->rule;
    return true;
}

/* Makes the columns as wide as their cells, within bounds: a long cell moves those after it. */
static void widen(view *v, const row *r) {
    for (size_t i = 0; i < CELLS_N; i++) {
        size_t width = text_width(r->cells[i]);
        width = width < CELL_WIDTH_MAX ? width : CELL_WIDTH_MAX;
        v->widths[i] = width > v->widths[i] ? width : v->widths[i];
    }
}

static void widen_all(view *v, row_maker make) {
    row r = {0};

    for (size_t i = 0; make(v, i, &r); i++) {
        widen(v, &r);
    }
}

/* The last cell is wrapped on a terminal; elsewhere a row is a line. */
static void put_row(const screen *to, const view *v, const row *r) {
    size_t n = CELLS_N;
    size_t column = GAP;

    while (n > 1 && r->cells[n - 1].n_bytes == 0) {
        n--;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        size_t width = text_width(r->cells[i]);
        fprintf(to->file, "%*s", GAP, "");
        text_put_padded(to, r->cells[i], v->widths[i]);
        column += GAP + (width > v->widths[i] ? width : v->widths[i]);
    }
    fprintf(to->file, "%*s", GAP, "");
    if (to->is_terminal) {
        text_flow flow = {to, column, column, false};
        text_flow_add(&flow, r->cells[n - 1], NULL, 0);
        text_flow_end(&flow);
    } else {
        text_put(to, r->cells[n - 1]);
        fputc('\n', to->file);
    }
}

static void put_rows(const screen *to, const view *v, row_maker make) {
    row r = {0};

    for (size_t i = 0; make(v, i, &r); i++) {
        put_row(to, v, &r);
    }
}

static void put_block(const screen *to, const view *v, const char *heading, row_maker make) {
    row r = {0};

    if (make(v, 0, &r)) {
        text_put_bold(to, search_text_of(heading));
        fputc('\n', to->file);
        put_rows(to, v, make);
    }
}

static void put_tokens(const screen *to, view *v) {
    row header = {0};
    static const char *const names[CELLS_N] = {"#", "bytes", "printed", "folded", "stem", "exact"};

    widen_all(v, token_row);
    for (size_t i = 0; i < CELLS_N; i++) {
        header.cells[i] = search_text_of(v->widths[i] > 0 ? names[i] : NULL);
    }
    widen(v, &header);
    put_row(to, v, &header);
    put_rows(to, v, token_row);
}

static void print_text(search_text text, const search_analysis *analysis) {
    screen to = screen_of(stdout);
    view tokens = {.text = text, .analysis = analysis};
    size_t n_bad_bytes = search_analysis_n_bad_bytes(analysis);

    while (search_analysis_token(analysis, tokens.n_tokens)) {
        tokens.n_tokens++;
    }
    view others = tokens;
    if (tokens.n_tokens == 0) {
        puts("no words");
    } else {
        put_tokens(&to, &tokens);
    }
    widen_all(&others, reading_row);
    widen_all(&others, variant_row);
    widen_all(&others, bracket_row);
    put_block(&to, &others, "brackets", bracket_row);
    put_block(&to, &others, "readings", reading_row);
    put_block(&to, &others, "variants", variant_row);
    if (n_bad_bytes > 0) {
        printf("no UTF-8 at %zu place%s, read as U+FFFD\n", n_bad_bytes, n_bad_bytes == 1 ? "" : "s");
    }
}

/* ---- The command ---- */

typedef struct analyze {
    const invocation *call;
    search_index *index; /* null: there is none */
    const char *against; /* null: not asked */
    output_format format;
} analyze;

static exit_code analyze_text(const analyze *run, search_text text, search_analysis **out) {
    search_error error;

    if (search_analyze(run->index, text, out, &error) != SEARCH_OK) {
        return error_report(run->call->cmd, &error, NULL);
    }
    return EXIT_CODE_OK;
}

static exit_code print_json(const analyze *run, const search_analysis *analysis) {
    char *bytes = NULL;
    size_t n_bytes = 0;
    search_error error;

    if (search_analysis_to_json(analysis, &bytes, &n_bytes, &error) != SEARCH_OK) {
        return error_report(run->call->cmd, &error, NULL);
    }
    json_put_document(stdout, bytes, n_bytes);
    search_bytes_free(bytes);
    return EXIT_CODE_OK;
}

static void print_reasons(const screen *to, const meeting *met) {
    fputs("meet: ", stdout);
    for (size_t i = 0; i < met->n_reasons; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        text_put(to, met->reasons[i].what);
        fputs(" (", stdout);
        text_put(to, met->reasons[i].rule);
        fputs(")", stdout);
    }
    puts(met->n_reasons == 0 ? "the same words" : "");
}

/* Aliases may hold one way only, so both ways are tried. */
static exit_code print_meeting(const analyze *run, search_text text, const search_analysis *analysis,
                               const search_analysis *other) {
    screen to = screen_of(stdout);
    meeting there;
    meeting back;

    if (meet_n_words(analysis) > MEET_MAX_N_WORDS || meet_n_words(other) > MEET_MAX_N_WORDS) {
        return error_usage(run->call->cmd, NULL, "--against compares texts of at most %d words", MEET_MAX_N_WORDS);
    }
    meet_find(analysis, other, &there);
    meet_find(other, analysis, &back);
    if (!there.is_met && !back.is_met) {
        puts("do not meet");
        return EXIT_CODE_NO_HITS;
    }
    print_reasons(&to, there.is_met ? &there : &back);
    if (there.is_met != back.is_met) {
        fputs("one way: a search for ", stdout);
        text_put(&to, there.is_met ? text : search_text_of(run->against));
        fputs(" finds ", stdout);
        text_put(&to, there.is_met ? search_text_of(run->against) : text);
        puts(", not the other way round");
    }
    return EXIT_CODE_OK;
}

static exit_code compare(const analyze *run, search_text text, const search_analysis *analysis) {
    search_analysis *other = NULL;
    exit_code code = analyze_text(run, search_text_of(run->against), &other);

    if (code == EXIT_CODE_OK) {
        code = print_meeting(run, text, analysis, other);
    }
    search_analysis_free(other);
    return code;
}

static exit_code print_analysis(const analyze *run, search_text text) {
    search_analysis *analysis = NULL;
    exit_code code = analyze_text(run, text, &analysis);

    if (code == EXIT_CODE_OK && run->against) {
        code = compare(run, text, analysis);
    } else if (code == EXIT_CODE_OK && run->format == FORMAT_JSON) {
        code = print_json(run, analysis);
    } else if (code == EXIT_CODE_OK) {
        print_text(text, analysis);
    }
    search_analysis_free(analysis);
    return code;
}

static exit_code read_options(const invocation *call, analyze *out) {
    exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; i < call->arguments.n && code == EXIT_CODE_OK; i++) {
        const arg *item = &call->arguments.items[i];
        if (item->id == ANALYZE_AGAINST) {
            out->against = item->text;
        } else if (item->id == QUESTION_FORMAT) {
            code = question_format(call->cmd, item->text, "text, json", &out->format);
        }
    }
    if (code == EXIT_CODE_OK && out->against && out->format == FORMAT_JSON) {
        code = error_usage(call->cmd, NULL, "--against is answered in text only");
    }
    return code;
}

static exit_code open_index(analyze *run) {
    exit_code code = index_open_if_any(run->call, &run->index);

    if (code == EXIT_CODE_OK && !run->index) {
        error_print(run->call->cmd, NULL, "there is no index: these are the tables alone, without the names of cables");
    }
    return code;
}

static exit_code run(const invocation *call) {
    analyze own = {.call = call};
    char *bytes = NULL;
    size_t n_bytes = 0;
    exit_code code = read_options(call, &own);

    if (code == EXIT_CODE_OK) {
        code = open_index(&own);
    }
    if (code == EXIT_CODE_OK) {
        FILE *text = error_check_memory(open_memstream(&bytes, &n_bytes));
        code = put_text(call, text);
        if (fclose(text) != 0) {
            error_check_memory(NULL);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = print_analysis(&own, (search_text){bytes, n_bytes});
    }
    free(bytes);
    search_index_free(own.index);
    return code;
}

const command command_analyze = {
    "analyze",
    "[TEXT…]",
    "show what becomes of a text, or why two texts meet",
    "Prints the words of a text as searches see them: bytes, folded form, stem, and the exact\n"
    "form where it differs (+: another form of the word above it); then words in brackets, which\n"
    "phrases may pass over, the readings of names, and the variants that are looked for beside\n"
    "what is written.  The arguments are joined by blanks; '-' or none reads standard input.\n"
    "Without an index only the tables are used.\n\n"
    "--against tells whether OTHER and TEXT find each other, and by which reading, spelling or\n"
    "alias.  Exit code 1: they do not.",
    "  cables analyze Mao Tse-tung\n"
    "  cables analyze --against 'Mao Zedong' Mao Tse-tung\n"
    "  cables analyze --format json 'the Labour Party'\n",
    options,
    false,
    run,
};
