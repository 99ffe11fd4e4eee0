/* CSV and TSV: a row of column names, then a record a row, as RFC 4180 has it and as spreadsheets write it.
 *
 * Rows are taken out of the stream as they come: the contents of a row's fields one after the other, and where each of
 * them ends.  What is no proper CSV is read as it was likely meant: a quote inside a field is a character, in a quoted
 * field too unless a separator or the end of the row comes after it.  Such a source is reported as doubtful, once. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <stdlib.h>

#define MAX_COLUMNS ((size_t)1000)
#define MIN_HEAD ((size_t)4096) /* a shorter head is the whole source */

/* ---- Rows ----------------------------------------------------------------------------------------------------- */

typedef enum row_state { FIELD_START, UNQUOTED, QUOTED, QUOTE_SEEN } row_state;

typedef struct csv_row {
    char separator;
    row_state state;
    buffer bytes;             /* of all fields; nothing once they are too many */
    size_t ends[MAX_COLUMNS]; /* of each field in the bytes; of those beyond, only their number is known */
    size_t n_fields;
    size_t quote_at; /* QUOTE_SEEN: where in the bytes the quote stands that may close the field */
    size_t n_after_quote;
    size_t line; /* of its first byte */
    size_t next_line;
    bool after_return; /* a newline that comes next belongs to the carriage return before it */
    bool is_too_long;
    bool is_unclosed;
    bool has_stray_quote;
} csv_row;

static void row_start(csv_row *row) {
    buffer_clear(&row->bytes);
    row->state = FIELD_START;
    row->n_fields = 0;
    row->line = row->next_line;
    row->is_too_long = row->is_unclosed = row->has_stray_quote = false;
}

static void row_add(csv_row *row, const char *bytes, size_t n_bytes) {
    if (!row->is_too_long && n_bytes > RECORD_MAX_N_BYTES - row->bytes.n_bytes) {
        row->is_too_long = true;
        buffer_free(&row->bytes);
    }
    if (!row->is_too_long)
        buffer_add(&row->bytes, bytes, n_bytes);
}

static void end_field(csv_row *row) {
    if (row->state == QUOTE_SEEN && !row->is_too_long && !row->bytes.failed)
        row->bytes.n_bytes = row->quote_at;
    if (row->n_fields < MAX_COLUMNS)
        row->ends[row->n_fields] = row->bytes.n_bytes;
    row->n_fields++;
    row->state = FIELD_START;
}

static bool is_line_end(csv_row *row, char c) {
    if (c != '\n' && c != '\r')
        return false;
    row->next_line++;
    row->after_return = c == '\r';
    return true;
}

static bool is_blank(const csv_row *row, char c) {
    return c == ' ' || (c == '\t' && row->separator != '\t');
}

static void take_in_quotes(csv_row *row, char c) {
    if (c == '"') {
        row->state = QUOTE_SEEN;
        row->quote_at = row->bytes.n_bytes;
        row->n_after_quote = 0;
    }
    row_add(row, is_line_end(row, c) ? "\n" : &c, 1);
}

/* The first of two quotes was added; what shows that the one seen did not close the field is added to it. */
static void take_after_quote(csv_row *row, char c) {
    if (c == '"' && row->n_after_quote == 0) {
        row->state = QUOTED;
        return;
    }
    row->n_after_quote++;
    if (is_blank(row, c)) {
        row_add(row, &c, 1);
        return;
    }
    row->has_stray_quote = true;
    row->state = QUOTED;
    take_in_quotes(row, c);
}

/* One byte that may have a meaning; true at the end of the row. */
static bool row_take(csv_row *row, char c) {
    if (row->state == QUOTED) {
        take_in_quotes(row, c);
        return false;
    }
    if (c == row->separator) {
        end_field(row);
        return false;
    }
    if (is_line_end(row, c)) {
        end_field(row);
        return true;
    }
    if (row->state == QUOTE_SEEN) {
        take_after_quote(row, c);
    } else if (c == '"' && row->state == FIELD_START) {
        row->state = QUOTED;
    } else if (row->state == UNQUOTED || !is_blank(row, c)) {
        row->has_stray_quote = row->has_stray_quote || c == '"';
        row->state = UNQUOTED;
        row_add(row, &c, 1);
    }
    return false;
}

/* Where the bytes end, from `at` on, that mean nothing in the state of the row. */
static size_t plain_end(const csv_row *row, search_text text, size_t at) {
    if (row->state != QUOTED && row->state != UNQUOTED)
        return at;
    for (; at < text.n_bytes; at++) {
        char c = text.bytes[at];
        if (c == '"' || c == '\n' || c == '\r' || (c == row->separator && row->state == UNQUOTED))
            break;
    }
    return at;
}

/* Takes bytes at and after *at into the row; true at its end, false when there are no more. */
static bool row_feed(csv_row *row, search_text text, size_t *at) {
    while (*at < text.n_bytes) {
        bool is_second = row->after_return && text.bytes[*at] == '\n';
        row->after_return = false;
        if (is_second) {
            ++*at;
            continue;
        }
        size_t end = plain_end(row, text, *at);
        row_add(row, text.bytes + *at, end - *at);
        *at = end;
        if (end < text.n_bytes && row_take(row, text.bytes[(*at)++]))
            return true;
    }
    return false;
}

/* The source ended without a newline after this row. */
static void row_end(csv_row *row) {
    row->is_unclosed = row->state == QUOTED;
    if (row->state != FIELD_START || row->n_fields > 0)
        end_field(row);
}

static search_text row_field(const csv_row *row, size_t i) {
    if (i >= row->n_fields || i >= MAX_COLUMNS || row->bytes.n_bytes == 0)
        return (search_text){"", 0};
    size_t from = i == 0 ? 0 : row->ends[i - 1];
    return (search_text){row->bytes.bytes + from, row->ends[i] - from};
}

/* Spreadsheets end in rows of separators only. */
static bool row_is_blank(const csv_row *row) {
    return row->bytes.n_bytes == 0 && !row->is_too_long && !row->is_unclosed;
}

/* ---- What is a table ------------------------------------------------------------------------------------------ */

static search_text without_bom(search_text text) {
    return text_starts(text, "\xEF\xBB\xBF") ? text_from(text, 3) : text;
}

/* A semicolon when the first row has no comma outside quotes. */
static char find_separator(search_text text) {
    char found = ',';
    bool is_quoted = false;
    for (size_t i = 0; i < text.n_bytes; i++) {
        char c = text.bytes[i];
        if (c == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        if (c == ',' || c == '\n' || c == '\r')
            return c == ',' ? ',' : found;
        if (c == ';')
            found = ';';
    }
    return found;
}

static search_status fold_name(search_text name, char out[KEY_MAX_N_BYTES + 1], search_error *error) {
    buffer repaired = {0};
    utf8_repair(&repaired, name.bytes, name.n_bytes);
    if (!repaired.failed)
        key_fold((search_text){repaired.bytes, repaired.n_bytes}, out);
    search_status status = repaired.failed ? error_memory(error) : SEARCH_OK;
    buffer_free(&repaired);
    return status;
}

/* A column says what the record is or says. */
static bool names_a_cable(const csv_row *header) {
    static const char *const telling[] = {"id", "title", "body"};
    char name[KEY_MAX_N_BYTES + 1];
    for (size_t i = 0; i < header->n_fields && i < MAX_COLUMNS; i++) {
        if (fold_name(row_field(header, i), name, NULL) != SEARCH_OK)
            return false;
        for (size_t j = 0; j < sizeof telling / sizeof *telling; j++)
            if (strcmp(key_of(name), telling[j]) == 0)
                return true;
    }
    return false;
}

static bool rows_look_like(csv_row *row, search_text head) {
    size_t at = 0;
    row_start(row);
    if (!row_feed(row, head, &at) || row->n_fields < 2 || !names_a_cable(row))
        return false;
    size_t n_columns = row->n_fields;
    row_start(row);
    if (row_feed(row, head, &at))
        return row->n_fields == n_columns;
    if (head.n_bytes >= MIN_HEAD)
        return row->n_fields < n_columns; /* the head ends within the row */
    row_end(row);
    return row->n_fields == n_columns;
}

static bool looks_like(search_text head, char separator) {
    csv_row *row = calloc(1, sizeof *row);
    if (row == NULL)
        return false;
    row->separator = separator;
    bool answer = rows_look_like(row, head) && !row->bytes.failed;
    buffer_free(&row->bytes);
    free(row);
    return answer;
}

bool csv_looks_like(search_text head) {
    head = without_bom(head);
    return looks_like(head, find_separator(head));
}

bool tsv_looks_like(search_text head) {
    return looks_like(without_bom(head), '\t');
}

/* ---- Reading -------------------------------------------------------------------------------------------------- */

typedef struct csv_table {
    cable_stream *stream;
    csv_row row;
    char (*names)[KEY_MAX_N_BYTES + 1]; /* folded */
    size_t n_columns;
    bool is_doubtful; /* and that is reported */
    bool is_done;
} csv_table;

/* The next row that is not blank; is_done: there is none. */
static search_status next_row(csv_table *table, search_error *error) {
    cable_stream *stream = table->stream;
    csv_row *row = &table->row;
    row_start(row);
    while (!table->is_done) {
        bool is_whole = row_feed(row, (search_text){stream->chunk, stream->n_chunk}, &stream->at);
        search_status status = is_whole ? SEARCH_OK : stream_fill(stream, error);
        if (status != SEARCH_OK)
            return status;
        if (stream->n_chunk == 0) {
            table->is_done = true;
            row_end(row);
        }
        if (row->bytes.failed)
            return error_memory(error);
        if (is_whole && row_is_blank(row))
            row_start(row);
        else if (is_whole)
            break;
    }
    return SEARCH_OK;
}

static search_status bad_name(const csv_table *table, const char *why, size_t i, search_error *error) {
    error_set(error, SEARCH_E_INPUT, "source.bad_header", "%s: column %zu \"%s\"", why, i + 1, table->names[i]);
    return stream_refuse(table->stream, table->row.line, error);
}

static search_status read_name(const csv_table *table, size_t i, search_error *error) {
    char *name = table->names[i];
    search_status status = fold_name(row_field(&table->row, i), name, error);
    if (status != SEARCH_OK)
        return status;
    if (*name == '\0')
        return bad_name(table, "a column has no name", i, error);
    for (size_t j = 0; j < i; j++)
        if (strcmp(table->names[j], name) == 0)
            return bad_name(table, "two columns have one name", i, error);
    return SEARCH_OK;
}

static search_status read_header(csv_table *table, search_error *error) {
    const csv_row *row = &table->row;
    search_status status = next_row(table, error);
    if (status != SEARCH_OK)
        return status;
    if (row->is_unclosed || row->is_too_long || row_is_blank(row)) {
        error_set(error, SEARCH_E_INPUT, "source.bad_header", "the table has no row of column names");
        return stream_refuse(table->stream, row_is_blank(row) ? 0 : row->line, error);
    }
    if (row->n_fields > MAX_COLUMNS) {
        error_set(error, SEARCH_E_INPUT, "source.bad_header", "the table has %zu columns, more than %zu", row->n_fields,
                  MAX_COLUMNS);
        return stream_refuse(table->stream, row->line, error);
    }
    table->names = calloc(row->n_fields, sizeof *table->names);
    if (table->names == NULL)
        return error_memory(error);
    table->n_columns = row->n_fields;
    for (size_t i = 0; status == SEARCH_OK && i < table->n_columns; i++)
        status = read_name(table, i, error);
    return status;
}

/* SEARCH_E_INPUT: why the row is no record. */
static search_status check_row(const csv_table *table, search_error *why) {
    const csv_row *row = &table->row;
    if (row->is_unclosed)
        return error_set(why, SEARCH_E_INPUT, "record.unclosed_quote",
                         "a quote of this row is not closed: all after it was passed over");
    if (row->is_too_long)
        return error_set(why, SEARCH_E_INPUT, "record.too_large", "the row is longer than 32 MiB");
    if (row->n_fields > table->n_columns)
        return error_set(why, SEARCH_E_INPUT, "record.too_many_fields", "the row has %zu fields and the header %zu",
                         row->n_fields, table->n_columns);
    return SEARCH_OK;
}

static void report_doubts(csv_table *table) {
    const csv_row *row = &table->row;
    search_error why;
    if (row->has_stray_quote && !table->is_doubtful) {
        table->is_doubtful = true;
        error_set(&why, SEARCH_E_INPUT, "record.stray_quote",
                  "a quote stands inside a field and was kept; more of them are not reported");
        stream_report(table->stream, row->line, &why, false);
    }
    if (row->n_fields < table->n_columns) {
        error_set(&why, SEARCH_E_INPUT, "record.too_few_fields",
                  "the row has %zu fields and the header %zu; the last ones were left empty", row->n_fields,
                  table->n_columns);
        stream_report(table->stream, row->line, &why, false);
    }
    if (!utf8_valid(row->bytes.bytes, row->bytes.n_bytes))
        stream_report_repair(table->stream, row->line);
}

static search_status make_record(const csv_table *table, search_record **out, search_error *why) {
    search_status status = check_row(table, why);
    if (status == SEARCH_OK)
        status = search_record_new(out, why);
    for (size_t i = 0; status == SEARCH_OK && i < table->n_columns; i++)
        status = key_add(*out, table->names[i], row_field(&table->row, i), why);
    return status;
}

static search_status read_row(csv_table *table, search_error *error) {
    search_record *record = NULL;
    search_error why;
    search_status status = make_record(table, &record, &why);
    if (status == SEARCH_OK) {
        report_doubts(table);
        status = stream_deliver(table->stream, table->row.line, record, error);
    } else if (status == SEARCH_E_INPUT) {
        stream_report(table->stream, table->row.line, &why, true);
        status = SEARCH_OK;
    } else if (error != NULL) {
        *error = why;
    }
    search_record_free(record);
    return status == SEARCH_OK ? stream_tell(table->stream, error) : status;
}

static search_status read_rows(csv_table *table, search_error *error) {
    search_status status = read_header(table, error);
    while (status == SEARCH_OK && !table->is_done) {
        status = next_row(table, error);
        if (status == SEARCH_OK && !row_is_blank(&table->row))
            status = read_row(table, error);
    }
    return status;
}

static search_status read_table(cable_stream *stream, char separator, search_error *error) {
    csv_table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return error_memory(error);
    table->stream = stream;
    table->row.separator = separator;
    table->row.next_line = 1;
    search_status status = read_rows(table, error);
    buffer_free(&table->row.bytes);
    free(table->names);
    free(table);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}

static search_text skip_bom(cable_stream *stream) {
    search_text text = {stream->chunk, stream->n_chunk};
    search_text rest = without_bom(text);
    stream->at = text.n_bytes - rest.n_bytes;
    return rest;
}

search_status csv_read(cable_stream *stream, search_error *error) {
    return read_table(stream, find_separator(skip_bom(stream)), error);
}

search_status tsv_read(cable_stream *stream, search_error *error) {
    skip_bom(stream);
    return read_table(stream, '\t', error);
}
