/* What the files of the cables program share: exit codes, commands, options, errors, and what is asked of an index.
 *
 * The program is a thin layer: it turns arguments into calls of <libsearch.h>, which is all it sees of the library, and
 * results into text.  Nothing here knows how an index is made. */
#ifndef CABLES_CLI_H
#define CABLES_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libsearch.h>

/* ---- Exit codes: part of the contract with scripts, see cables(1) ---- */

typedef enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_NO_HITS = 1,
    EXIT_CODE_USAGE = 2,    /* usage, or a query that cannot be read */
    EXIT_CODE_INDEX = 3,    /* no index, or a damaged one */
    EXIT_CODE_REFUSED = 4,  /* input or result refused */
    EXIT_CODE_SYSTEM = 5,   /* a system error or a deadline */
    EXIT_CODE_LOCKED = 75,  /* another writer holds the lock: try again later */
    EXIT_CODE_SIGNAL = 128, /* plus the number of the signal */
} exit_code;

/* ---- args.c: options ---- */

typedef enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER } option_kind;

/* Ids that every command knows; a command counts its own from 1. */
enum { ARG_OPERAND = 0, OPTION_INDEX = 1000, OPTION_HELP, OPTION_VERSION };

/* One line of an option table; the table ends with a null name. */
typedef struct option {
    int id;
    const char *name; /* the long form, without the dashes */
    char letter;      /* the short form; 0: none */
    option_kind kind;
    const char *value; /* what the help calls the value */
    const char *help;
    uint64_t lowest; /* of a number */
    uint64_t highest;
} option;

/* An option or operand as given; the order is kept because a query is put together from both. */
typedef struct arg {
    int id;
    const char *text;
    uint64_t number;
} arg;

typedef struct args {
    arg *items; /* freed with args_free */
    size_t n;
} args;

typedef struct command command;

extern const option args_global_options[];

/* Reads argv[0..n) against the global options and those of `cmd` (null: before the command, where reading stops at the
 * first operand).  `*n_read` (may be null) is how many were read.  EXIT_CODE_OK, or EXIT_CODE_USAGE after a message. */
exit_code args_read(const command *cmd, int n, char **argv, args *out, int *n_read);
void args_free(args *list);

/* Reads a whole decimal number within bounds. */
bool args_number(const char *text, size_t n_text, uint64_t lowest, uint64_t highest, uint64_t *out);

/* How many letters must be changed, added, dropped or swapped to get from one word to the other. */
size_t args_distance(const char *a, const char *b);

/* Whether `name` is near enough to `typed` to be offered instead; lower is nearer. */
bool args_is_near(const char *typed, const char *name, size_t *distance);

void args_print_options(const option *table, FILE *file);

/* ---- main.c: commands ---- */

/* What a command is given to work with. */
typedef struct invocation {
    const command *cmd;
    const char *index_option; /* --index, or null */
    args arguments;
} invocation;

struct command {
    const char *name;
    const char *operands; /* for the usage line */
    const char *summary;  /* one line, for the list of commands */
    const char *details;  /* paragraphs, for --help */
    const char *examples;
    const option *options;
    bool takes_query; /* an operand may begin with "-": it excludes a word */
    exit_code (*run)(const invocation *call);
};

extern const command command_analyze;
extern const command command_rebuild;
extern const command command_search;
extern const command command_facets;
extern const command command_timeline;
extern const command command_show;
extern const command command_stats;
extern const command command_lint;
extern const command command_cite;
extern const command command_terms;
extern const command command_similar;
extern const command command_dump;
extern const command command_check;

/* ---- index.c: where the index is ---- */

/* Opens the index to read.  On failure the message lists what was tried. */
exit_code index_open(const invocation *call, search_index **out);

/* The same, but when none is named and none is there, `*out` is null, nothing is said, and that is no failure. */
exit_code index_open_if_any(const invocation *call, search_index **out);

/* The directory of the index that is there, whatever its state, freed with free().  On failure as index_open. */
exit_code index_find(const invocation *call, char **out);

/* The directory to write to, freed with free(). */
exit_code index_directory(const invocation *call, char **out);

/* ---- error.c: messages on standard error ---- */

exit_code error_code(search_status status);

/* Prints an error of the library; `query` (may be null) is shown with a caret under the offending character. */
exit_code error_report(const command *cmd, const search_error *error, const char *query);

/* Prints what was wrong with a query that was searched all the same. */
void error_warn(const command *cmd, const search_warning *warning, const char *query);

/* Prints what is wrong with the arguments, and a hint unless it is null. */
exit_code error_usage(const command *cmd, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints a message and a hint unless it is null. */
void error_print(const command *cmd, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Ends the program when there is no memory left for `pointer`; else gives it back. */
void *error_check_memory(void *pointer);

/* ---- json.c ---- */

/* Writes a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_put_string(FILE *file, search_text text);

/* Writes JSON text and a newline.  On a terminal, characters that could steer it are written as escapes. */
void json_put_document(FILE *file, const char *bytes, size_t n_bytes);

/* ---- meet.c: whether two texts find each other ---- */

enum { MEET_MAX_N_WORDS = 256 };

/* Why some words of two texts stand for one another, other than being the same. */
typedef struct meet_reason {
    search_text what; /* the reading, word or stem that they share; borrowed from an analysis */
    search_text rule;
} meet_reason;

typedef struct meeting {
    bool is_met;
    meet_reason reasons[2 * MEET_MAX_N_WORDS]; /* in the order of the words */
    size_t n_reasons;
} meeting;

/* Whether a search for the words of `asked` finds those of `found`, both from end to end.  False when one of them has
 * no words, or more than MEET_MAX_N_WORDS. */
bool meet_find(const search_analysis *asked, const search_analysis *found, meeting *out);

/* How many positions a text has. */
size_t meet_n_words(const search_analysis *analysis);

typedef enum output_format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_IDS,
    FORMAT_JSONL,
    FORMAT_NOTE,
    FORMAT_RIS,
    FORMAT_BIBTEX,
    FORMAT_TSV,
} output_format;

/* ---- seen.c: what lint has seen before ---- */

/* Texts by a hash of 64 bits, each with the number it was first given; a chance equality of two texts costs a wrong
 * finding and no more. */
typedef struct seen {
    uint64_t *hashes; /* 0: free */
    uint32_t *numbers;
    size_t n;
    size_t n_slots; /* a power of two */
} seen;             /* zero-initialised is empty and valid */

uint64_t seen_hash(search_text text);          /* never 0 */
uint64_t seen_hash_of_words(search_text text); /* the same whatever the white space */

/* Adds a hash with a number unless it is there.  Gives the number it has. */
uint32_t seen_add(seen *set, uint64_t hash, uint32_t number);
void seen_free(seen *set);

/* ---- fill.c: how the fields of a collection are filled ---- */

typedef struct fill_table fill_table;

fill_table *fill_new(void);
void fill_add(fill_table *table, const search_record *record);
void fill_print(const fill_table *table, output_format format);
void fill_free(fill_table *table);

/* ---- question.c: what search and facets ask ---- */

enum {
    QUESTION_PHRASE = 100,
    QUESTION_FACET,
    QUESTION_WHERE,
    QUESTION_FORMAT,
    QUESTION_HIT,
    QUESTION_CONTAINS,
    QUESTION_BELOW,
    QUESTION_SORT,
    QUESTION_SINCE,
    QUESTION_UNTIL,
    QUESTION_EXPLAIN,
};

typedef struct question {
    char *query;
    size_t n_query;
    const char *similar_to; /* null, or an id: then there is no query */
    search_facet_request *facets;
    size_t n_facets;
    search_where *wheres;
    size_t n_wheres;
    const char *since; /* null: nothing is asked of the date */
    const char *until;
    search_sort *sorts;
    size_t n_sorts;
    uint64_t limit;
    uint64_t offset;
    uint64_t n_snippets;
    bool explain;
    bool relax; /* when no cable has all words */
    output_format format;
    bool is_lenient;
} question;

/* Adds a facet, which borrows the name; gives its request, valid until the next is added. */
search_facet_request *question_add_facet(question *q, search_text name, size_t limit);

/* Reads the operands and the options with a QUESTION_ id; others are left to the command. */
exit_code question_read(const invocation *call, question *out);
void question_free(question *q);

/* Reads the value of --format; `allowed` names the formats, such as "text, json". */
exit_code question_format(const command *cmd, const char *name, const char *allowed, output_format *out);

exit_code question_run(const invocation *call, const search_index *index, const question *q, search_results **out);

/* Asks through the JSON door and prints the answer. */
exit_code question_print_json(const invocation *call, const search_index *index, const question *q);

/* ---- narrow.c: what search offers besides its hits ---- */

/* Adds the facets that are offered. */
void narrow_ask(const search_index *index, question *q);

/* Prints the facets of an answer and what to type for fewer hits. */
void narrow_print(const search_results *results);

/* Tells of a year among the words of the query how to ask for it as a date. */
void narrow_print_year(const search_index *index, const question *q);

/* ---- search.c: what similar shares with it ---- */

enum { SEARCH_LIMIT = 1, SEARCH_OFFSET, SEARCH_SNIPPETS, SEARCH_RELAX, SEARCH_NO_RELAX, SEARCH_LENIENT };

exit_code answer_options(const invocation *call, question *q);
exit_code answer_print(const invocation *call, const search_index *index, question *q);

/* ---- which.c: which cable is meant ---- */

/* Whether the operands can name a record, and whether --where has a meaning without --hit.  EXIT_CODE_USAGE after a
 * message. */
exit_code which_check(const invocation *call, bool takes_where);

/* The record that the operands name: one id, or a beginning that no other has; with QUESTION_HIT among the options that
 * hit of the query they are.  EXIT_CODE_NO_HITS after a message when there is none. */
exit_code which_find(const invocation *call, const search_index *index, search_record **out);

/* The same; `*query` is what the hit is of, freed with free(), or null. */
exit_code which_find_hit(const invocation *call, const search_index *index, search_record **out, char **query);

/* ---- highlight.c: the words of a query in a record ---- */

typedef struct highlighter {
    const search_index *index;
    const char *query;
    search_unit unit;
    search_error error; /* of the first value that could not be marked */
    search_highlights *found;
    search_mark *marks; /* those found, as one where they touch */
    size_t n_marks;
} highlighter;

/* EXIT_CODE_USAGE after a message when the query cannot be read. */
exit_code highlighter_open(const invocation *call, const search_index *index, const char *query, search_unit unit,
                           highlighter *out);

/* Marks a value; the marks are there until the next call. */
void highlighter_mark(highlighter *h, const char *field, search_text value);
void highlighter_free(highlighter *h);

/* ---- cite.c ---- */

bool cite_is_style(output_format format);

/* Prints a citation of the record; on a terminal what could steer it is replaced. */
exit_code cite_print(const invocation *call, const search_record *record, output_format format);

#endif
