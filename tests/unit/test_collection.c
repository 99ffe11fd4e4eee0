/* A collection published in two forms, read through the public door: 150 documents in Markdown, each a file, and the
 * same among the records of a JSONL file, whose bodies are the Markdown as it stands.  What the reader of Markdown
 * makes of a file must be the body of the record but for the marks.  A document that is missed, or has no text, fails.
 *
 * The collection may not be copied into the tree: it is looked for in $CORPORA, else in ../shared/corpora beside the
 * source tree, and the test is skipped where there is none. */
#include <libsearch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define N_DOCUMENTS 150
#define MIN_N_BYTES 20 /* of a body without its marks: the shortest of the collection are longer */
#define EXIT_SKIPPED 77

typedef struct document {
    char *id;
    char *body; /* without marks and white space */
    bool is_met;
} document;

typedef struct collection {
    document documents[N_DOCUMENTS];
    size_t n_documents;
    size_t n_met;
    size_t n_records;
    size_t n_reports;
} collection;

static char markdown_path[4096];
static char jsonl_path[4096];

static void *checked(void *pointer) {
    if (pointer == NULL)
        fail_msg("out of memory");
    return pointer;
}

/* Text with neither marks nor white space. */
typedef struct bare_text {
    char *bytes;
    size_t n_bytes;
} bare_text;

/* Marks that may stand anywhere: both sides lose them, so that one that only one side has for another reason shows. */
static void add_bare(bare_text *out, search_text text) {
    for (size_t i = 0; i < text.n_bytes; i++)
        if (strchr(" \t\r\n*_`#>\\", text.bytes[i]) == NULL)
            out->bytes[out->n_bytes++] = text.bytes[i];
}

static bare_text bare_new(search_text text) {
    return (bare_text){checked(calloc(1, text.n_bytes + 1)), 0};
}

/* How many bytes of a line, from `at` on, are all among the given ones. */
static size_t n_among(search_text line, size_t at, const char *set) {
    size_t n = 0;
    while (at + n < line.n_bytes && line.bytes[at + n] != '\0' && strchr(set, line.bytes[at + n]) != NULL)
        n++;
    return n;
}

/* The length of a link or the mark of a footnote that begins at a '[': of "[1](#f1)" the brackets stay, of other links
 * only what is between them, and of "[^1]" all but the mark.  0: it is neither. */
static size_t add_link(bare_text *out, search_text line, size_t at) {
    size_t from = at + 1;
    bool is_note = from < line.n_bytes && line.bytes[from] == '^';
    from += is_note ? 1 : 0;
    const char *close = memchr(line.bytes + from, ']', line.n_bytes - from);
    size_t to = close == NULL ? line.n_bytes : (size_t)(close - line.bytes);
    size_t end = to + 1;
    bool is_target = line.n_bytes - to > 2 && memcmp(line.bytes + to, "](#", 3) == 0;
    const char *target_end = is_target ? memchr(line.bytes + to, ')', line.n_bytes - to) : NULL;
    if (close == NULL || (!is_note && target_end == NULL))
        return 0;
    if (target_end != NULL)
        end = (size_t)(target_end - line.bytes) + 1;
    else if (at == 0 && end < line.n_bytes && line.bytes[end] == ':')
        end++;
    bool is_number = n_among(line, from, "0123456789") == to - from;
    add_bare(out, search_text_of(is_number ? "[" : ""));
    add_bare(out, (search_text){line.bytes + from, to - from});
    add_bare(out, search_text_of(is_number ? "]" : ""));
    return end - at;
}

/* A line as published: the rule below the heads of a table goes, and the mark of an item is a hyphen. */
static void add_published(bare_text *out, search_text line) {
    size_t at = n_among(line, 0, " \t");
    if (line.n_bytes > 0 && n_among(line, 0, " \t|:-") == line.n_bytes && memchr(line.bytes, '|', line.n_bytes) != NULL)
        return;
    if (line.n_bytes - at > 1 && strchr("*+", line.bytes[at]) != NULL && line.bytes[at + 1] == ' ')
        add_bare(out, search_text_of("-"));
    while (at < line.n_bytes) {
        size_t n = line.bytes[at] == '[' ? add_link(out, line, at) : 0;
        if (n == 0)
            add_bare(out, (search_text){line.bytes + at, 1});
        at += n == 0 ? 1 : n;
    }
}

static char *bare_of_published(search_text text) {
    bare_text out = bare_new(text);
    for (size_t at = 0; at < text.n_bytes;) {
        const char *end = memchr(text.bytes + at, '\n', text.n_bytes - at);
        size_t n = end == NULL ? text.n_bytes - at : (size_t)(end - text.bytes) - at;
        add_published(&out, (search_text){text.bytes + at, n});
        at += n + 1;
    }
    return out.bytes;
}

static char *bare_of_read(search_text text) {
    bare_text out = bare_new(text);
    add_bare(&out, text);
    return out.bytes;
}

/* The id that a file is named after: "volume-1__2-note.md" is "volume-1/2-note". */
static char *id_of_file(const char *path) {
    const char *slash = strrchr(path, '/');
    char *id = checked(strdup(slash == NULL ? path : slash + 1));
    char *ending = strstr(id, ".md");
    char *divider = strstr(id, "__");
    assert_non_null(ending);
    assert_non_null(divider);
    *ending = '\0';
    *divider = '/';
    memmove(divider + 1, divider + 2, strlen(divider + 2) + 1);
    return id;
}

static bool keep_document(void *context, const search_record *record, const char *source, size_t line) {
    (void)line;
    collection *c = context;
    assert_true(c->n_documents < N_DOCUMENTS);
    document *d = &c->documents[c->n_documents++];
    d->id = id_of_file(source);
    d->body = bare_of_read(search_record_value(record, "body", 0));
    if (strlen(d->body) < MIN_N_BYTES)
        fail_msg("%s: the Markdown has no text", d->id);
    return true;
}

static document *find_document(collection *c, search_text id) {
    for (size_t i = 0; i < c->n_documents; i++)
        if (strlen(c->documents[i].id) == id.n_bytes && memcmp(c->documents[i].id, id.bytes, id.n_bytes) == 0)
            return &c->documents[i];
    return NULL;
}

static void print_difference(const document *d, const char *expected) {
    size_t at = 0;
    while (d->body[at] != '\0' && d->body[at] == expected[at])
        at++;
    size_t from = at < 20 ? 0 : at - 20;
    print_error("%s: byte %zu\n  Markdown: %.80s\n  JSONL:    %.80s\n", d->id, at, d->body + from, expected + from);
}

static bool compare_record(void *context, const search_record *record, const char *source, size_t line) {
    (void)source, (void)line;
    collection *c = context;
    document *d = find_document(c, search_record_value(record, "id", 0));
    c->n_records++;
    if (d == NULL)
        return true;
    if (d->is_met)
        fail_msg("%s: two records have this id", d->id);
    d->is_met = true;
    char *expected = bare_of_published(search_record_value(record, "body", 0));
    if (strcmp(d->body, expected) == 0)
        c->n_met++;
    else
        print_difference(d, expected);
    free(expected);
    return true;
}

static void note_report(void *context, const search_report *report) {
    collection *c = context;
    c->n_reports++;
    print_error("%s: %s\n", report->source, report->reason);
}

static void read_all(collection *c, const char *source,
                     bool (*on_record)(void *context, const search_record *record, const char *source, size_t line)) {
    search_read_options options = SEARCH_READ_OPTIONS_INIT;
    search_error error;
    options.on_record = on_record;
    options.on_report = note_report;
    options.context = c;
    if (search_read(source, &options, &error) != SEARCH_OK)
        fail_msg("%s", error.message);
}

static void markdown_and_jsonl_have_the_same_texts(void **state) {
    (void)state;
    collection c = {0};
    read_all(&c, markdown_path, keep_document);
    assert_int_equal(c.n_documents, N_DOCUMENTS);
    read_all(&c, jsonl_path, compare_record);
    assert_int_equal(c.n_reports, 0);
    assert_true(c.n_records > N_DOCUMENTS);
    for (size_t i = 0; i < c.n_documents; i++)
        if (!c.documents[i].is_met)
            print_error("%s: there is no such record\n", c.documents[i].id);
    assert_int_equal(c.n_met, N_DOCUMENTS);
    for (size_t i = 0; i < c.n_documents; i++) {
        free(c.documents[i].id);
        free(c.documents[i].body);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(markdown_and_jsonl_have_the_same_texts)};
    const char *corpora = getenv("CORPORA");
    const char *top_srcdir = getenv("top_srcdir");
    bool is_named = corpora != NULL && corpora[0] != '\0';
    const char *folder = is_named ? corpora : top_srcdir != NULL ? top_srcdir : ".";
    const char *below = is_named ? "" : "/../shared/corpora";
    snprintf(markdown_path, sizeof markdown_path, "%s%s/dfat-markdown", folder, below);
    snprintf(jsonl_path, sizeof jsonl_path, "%s%s/dfat.jsonl", folder, below);
    if (!is_named && (access(markdown_path, R_OK) != 0 || access(jsonl_path, R_OK) != 0)) {
        puts("# skipped: there are no corpora beside the source tree; name their folder in CORPORA");
        return EXIT_SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
