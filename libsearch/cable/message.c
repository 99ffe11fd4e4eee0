/* The text of U.S. State Department messages, as telegrams of the 1960s and later were printed and released:
 *
 *   PAGE 01 SEOUL 01234 01 OF 02 021530Z       lines of the page, of the release and of the wire: dropped, wherever
 *   ACTION EA-10                               offices
 *   O P 021530Z DEC 61                         date (its day), sent (as printed), urgency
 *   FM AMEMBASSY SEOUL                         from
 *   TO SECSTATE WASHDC IMMEDIATE 1234          to, and so the lines that follow; urgency
 *   INFO AMEMBASSY TOKYO                       distribution, and so the lines that follow
 *   BT
 *   C O N F I D E N T I A L SECTION 01 OF 02 SEOUL 1234     classification, its letters closed up; number
 *   EXDIS                                      handling
 *   E.O. 12065: GDS                            executive_order
 *   TAGS: PINS, KS                             topics
 *   SUBJ: …                                    title
 *   REF: …                                     references
 *   1. …                                       body, from the first line that is none of these
 *   BERGER                                     signed: a last line that is a name in capitals
 *   BT
 *   NNNN
 *
 * A message ends at NNNN, before ZCZC, and before another header: a line FM below a date-time group, or above a line
 * TO.  (FM alone may be a foreign minister.)  A message that says it is section 2 or later of the number before goes
 * with that one. */
#include "libsearch/cable/message.h"
#include "libsearch/support/utf8.h"

#define HEAD_LINES 60 /* where the format is told */

/* ---- Messages of a file ----------------------------------------------------------------------------------------- */

typedef struct message_reader {
    cable_stream *stream;
    search_error *error;
    buffer line;
    size_t n_lines; /* read so far */
    bool is_last;
    bool is_too_long;
    buffer text;       /* of the message being gathered */
    size_t first_line; /* its first */
    bool is_too_large;
    bool has_header; /* a line FM came */
    bool was_from;   /* ... as the last line */
    bool has_time;   /* in the lines above a header */
    size_t above;    /* where the lines that may be above the next header begin in `text` */
    size_t above_line;
    message pending; /* waits for its further sections */
    bool is_told;    /* a message or a report came of the file */
} message_reader;

/* Takes the bytes up to the next newline, or all there are, out of the chunk; true at a newline. */
static bool take_part(message_reader *r) {
    cable_stream *stream = r->stream;
    const char *from = stream->chunk + stream->at;
    size_t n_left = stream->n_chunk - stream->at;
    const char *newline = memchr(from, '\n', n_left);
    size_t n = newline == NULL ? n_left : (size_t)(newline - from);
    if (!r->is_too_long && n > RECORD_MAX_N_BYTES - r->line.n_bytes) {
        r->is_too_long = true;
        buffer_free(&r->line);
    }
    if (!r->is_too_long)
        buffer_add(&r->line, from, n);
    stream->at += n + (newline != NULL);
    return newline != NULL;
}

static search_status next_line(message_reader *r) {
    buffer_clear(&r->line);
    r->is_too_long = false;
    r->n_lines++;
    for (;;) {
        if (r->stream->at == r->stream->n_chunk) {
            search_status status = stream_fill(r->stream, r->error);
            if (status != SEARCH_OK)
                return status;
            r->is_last = r->stream->n_chunk == 0;
        }
        if (r->is_last || take_part(r))
            return r->line.failed ? error_memory(r->error) : SEARCH_OK;
    }
}

static search_status deliver_pending(message_reader *r) {
    message *m = &r->pending;
    if (m->record == NULL)
        return SEARCH_OK;
    search_error why;
    m->error = &why;
    m->status = SEARCH_OK;
    message_read_signature(m);
    message_add(m, "body", buffer_text(&m->body));
    search_status status = m->status;
    if (status == SEARCH_OK)
        status = stream_deliver(r->stream, m->line, m->record, r->error);
    else if (status == SEARCH_E_INPUT) {
        stream_report(r->stream, m->line, &why, true);
        status = SEARCH_OK;
    } else if (r->error != NULL)
        *r->error = why;
    message_free(m);
    return status;
}

static bool is_next_section(const message *pending, const message *m) {
    search_text number = m->record == NULL ? (search_text){"", 0} : search_record_value(m->record, "number", 0);
    return m->section > 1 && pending->record != NULL && number.n_bytes > 0 &&
           text_equals(search_record_value(pending->record, "number", 0), number.bytes) &&
           pending->body.n_bytes + m->body.n_bytes < RECORD_MAX_N_BYTES;
}

static search_status take_message(message_reader *r, message *m) {
    static const char *const signs[] = {"from", "to", "number", "date"};
    bool is_message = false;
    r->is_told = r->is_told || m->body.n_bytes > 0;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        is_message = is_message || message_has(m, signs[i]);
    if (!is_message) {
        search_error why;
        error_set(&why, SEARCH_E_INPUT, "record.not_a_message", "this text has no header of a message");
        if (m->body.n_bytes > 0) /* and not just what stands between messages */
            stream_report(r->stream, m->line, &why, true);
        message_free(m);
        return SEARCH_OK;
    }
    if (is_next_section(&r->pending, m)) {
        buffer_add_string(&r->pending.body, "\n\n");
        buffer_add(&r->pending.body, m->body.bytes, m->body.n_bytes);
        bool is_failed = r->pending.body.failed;
        message_free(m);
        return is_failed ? error_memory(r->error) : SEARCH_OK;
    }
    search_status status = deliver_pending(r);
    r->pending = *m;
    r->is_told = true;
    return status;
}

/* What was gathered, up to `end`, is a message. */
static search_status end_message(message_reader *r, size_t end) {
    search_text text = text_part(buffer_text(&r->text), 0, end);
    search_error why;
    if (r->is_too_large) {
        error_set(&why, SEARCH_E_INPUT, "record.too_large", "the message is larger than 32 MiB");
        stream_report(r->stream, r->first_line, &why, true);
        r->is_told = true;
        return SEARCH_OK;
    }
    if (end == 0 || text_trim(text).n_bytes == 0)
        return SEARCH_OK;
    const char *start = text_trim(text).bytes;
    for (const char *at = text.bytes; at < start; at++)
        r->first_line += *at == '\n';
    if (!utf8_valid(text.bytes, text.n_bytes))
        stream_report_repair(r->stream, r->first_line);
    message m = {.line = r->first_line, .error = &why};
    search_status status = message_read_text(&m, text);
    m.received = (search_text){"", 0};
    if (status == SEARCH_OK)
        return take_message(r, &m);
    message_free(&m);
    if (status == SEARCH_E_INPUT) {
        stream_report(r->stream, r->first_line, &why, true);
        r->is_told = true;
        return SEARCH_OK;
    }
    if (r->error != NULL)
        *r->error = why;
    return status;
}

/* Ends the message before `at`, and begins the next there. */
static search_status split(message_reader *r, size_t at, size_t line) {
    search_status status = end_message(r, at);
    r->text.n_bytes -= at;
    if (r->text.n_bytes > 0)
        memmove(r->text.bytes, r->text.bytes + at, r->text.n_bytes);
    r->first_line = line;
    r->is_too_large = false;
    r->has_header = false;
    r->has_time = false;
    r->above = 0;
    r->above_line = line;
    return status;
}

/* Whether the line, which is not yet gathered, shows that a new message has begun above it. */
static bool begins_message(message_reader *r, search_text line) {
    bool is_from = starts_exactly(line, "FM ") && message_is_address(line);
    bool is_to = starts_exactly(line, "TO ") && message_is_address(line);
    bool begins = r->has_header && ((is_from && r->has_time) || (r->was_from && is_to));
    r->was_from = is_from;
    return begins;
}

static void gather(message_reader *r) {
    bool has_room = !r->is_too_long && r->line.n_bytes + 1 <= RECORD_MAX_N_BYTES - r->text.n_bytes;
    if (has_room) {
        buffer_add(&r->text, r->line.bytes, r->line.n_bytes);
        buffer_add_byte(&r->text, '\n');
        return;
    }
    r->is_too_large = true;
    buffer_free(&r->text);
    r->above = 0;
    r->above_line = r->n_lines + 1;
}

/* Keeps where the lines began that may be above a header.  Only what follows a header can be above another one.  Of a
 * message that is too large nothing else is kept. */
static void mark_above(message_reader *r, search_text line) {
    time_group group;
    bool is_from = r->was_from;
    if (!is_from && !message_is_above_header(line)) {
        if (r->is_too_large)
            buffer_clear(&r->text);
        r->above = r->text.n_bytes;
        r->above_line = r->n_lines + 1;
        r->has_time = false;
    }
    r->has_time = r->has_time || message_time_group(line, &group);
    if (is_from && !r->has_header) {
        r->has_header = true;
        r->was_from = false;
        r->above = r->text.n_bytes;
        r->above_line = r->n_lines + 1;
        r->has_time = false;
    }
}

static search_status take_line(message_reader *r) {
    search_status status = SEARCH_OK;
    search_text line = text_trim(buffer_text(&r->line));
    if (starts_exactly(line, "ZCZC") || starts_exactly(line, "VZCZC"))
        status = split(r, r->text.n_bytes, r->n_lines);
    else if (begins_message(r, line)) {
        status = split(r, r->above, r->above_line);
        r->has_header = starts_exactly(line, "TO "); /* its line FM is gathered already */
    }
    if (status != SEARCH_OK)
        return status;
    gather(r);
    mark_above(r, line);
    if (text_equals(line, "NNNN"))
        status = split(r, r->text.n_bytes, r->n_lines + 1);
    return r->text.failed ? error_memory(r->error) : status;
}

/* No file vanishes: one of which nothing came is reported as a whole. */
static void report_nothing(const message_reader *r) {
    search_error why;
    error_set(&why, SEARCH_E_INPUT, "record.not_a_message", "there is no message in this file");
    if (!r->is_told)
        stream_report(r->stream, 0, &why, true);
}

search_status message_read(cable_stream *stream, search_error *error) {
    message_reader r = {.stream = stream, .error = error, .first_line = 1, .above_line = 1};
    search_status status = SEARCH_OK;
    while (status == SEARCH_OK && !r.is_last) {
        status = next_line(&r);
        if (status == SEARCH_OK)
            status = take_line(&r);
        if (status == SEARCH_OK && stream->at == stream->n_chunk)
            status = stream_tell(stream, error);
    }
    if (status == SEARCH_OK)
        status = end_message(&r, r.text.n_bytes);
    if (status == SEARCH_OK)
        status = deliver_pending(&r);
    if (status == SEARCH_OK)
        report_nothing(&r);
    message_free(&r.pending);
    buffer_free(&r.line);
    buffer_free(&r.text);
    return status;
}

/* ---- Telling the format ----------------------------------------------------------------------------------------- */

static bool has_small_letters(search_text line) {
    for (size_t i = 0; i < line.n_bytes; i++)
        if (is_lower(line.bytes[i]))
            return true;
    return false;
}

/* What a line says for the format: three points are enough. */
static unsigned points_of(search_text line) {
    static const char *const labels[] = {"SUBJ", "SUBJECT", "TAGS", "REF"};
    time_group group;
    search_text rest;
    if (line.n_bytes > MAX_LINE)
        return 0;
    if (starts_exactly(line, "ZCZC") || starts_exactly(line, "VZCZC") || message_time_group(line, &group))
        return 2;
    if (starts_exactly(line, "FM ") || starts_exactly(line, "TO ") || starts_exactly(line, "INFO "))
        return !has_small_letters(line);
    if (message_is_executive_order(line) || message_is_page_line(line) || text_equals(line, "BT"))
        return 1;
    return (HAS_LABEL(line, labels, &rest) && is_upper(line.bytes[1])) ||
           (message_grade(line, &rest) != NULL && message_post_and_number(rest) > 0);
}

bool message_looks_like(search_text head) {
    unsigned points = 0;
    size_t n_lines = 0;
    for (size_t from = 0; from < head.n_bytes && n_lines < HEAD_LINES; n_lines++) {
        const char *newline = memchr(head.bytes + from, '\n', head.n_bytes - from);
        size_t to = newline == NULL ? head.n_bytes : (size_t)(newline - head.bytes);
        points += points_of(text_trim(text_part(head, from, to)));
        from = to + 1;
    }
    return points >= 3;
}
