/* Markdown: YAML front matter between two "---" lines, then the text.
 *
 * The front matter is read by the events of libyaml, never as a tree: an alias stands for nothing, so that a few lines
 * cannot become gigabytes.  The names of a mapping inside the mapping are joined by "_".
 *
 * Of the text, the marks are taken off that a reader of the rendered page would not see, paragraph by paragraph; lines
 * stay lines.  Cables are full of brackets, so a bracket is a mark only where a target follows that looks like one. */
#include "libsearch/cable/cable.h"
#include "libsearch/cable/markdown_text.h"
#include "libsearch/cable/words.h"
#include "libsearch/support/utf8.h"
#include <yaml.h>

#define MAX_FRONT_MATTER ((size_t)1 << 20)
#define MAX_DEPTH 16

/* ---- Front matter --------------------------------------------------------------------------------------------- */

typedef struct front_matter {
    yaml_parser_t parser;
    search_record *record;
    bool has_alias;
    search_error *error;
} front_matter;

static search_status unreadable(front_matter *f, const char *why, const yaml_mark_t *mark) {
    return error_set(f->error, SEARCH_E_INPUT, "record.bad_front_matter",
                     "the front matter cannot be read, line %zu: %s", mark->line + 2,
                     why); /* from 0, and the line --- comes before */
}

static search_status next_event(front_matter *f, yaml_event_t *event) {
    if (yaml_parser_parse(&f->parser, event))
        return SEARCH_OK;
    if (f->parser.error == YAML_MEMORY_ERROR)
        return error_memory(f->error);
    const char *why = f->parser.problem == NULL ? "no YAML" : f->parser.problem;
    return unreadable(f, why, &f->parser.problem_mark);
}

/* "" and ~ and null are no value, unless in quotes. */
static search_text scalar_text(const yaml_event_t *event) {
    search_text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return is_plain && (text_equals(text, "~") || text_is(text, "null")) ? (search_text){"", 0} : text;
}

typedef struct front_place {
    char name[KEY_MAX_N_BYTES + 1]; /* folded; that of the root is empty */
    bool in_list;
    int depth;
} front_place;

static search_status read_node(front_matter *f, const front_place *place, const yaml_event_t *event);

static search_status read_name(front_matter *f, const front_place *outer, const yaml_event_t *event,
                               front_place *place) {
    if (event->type != YAML_SCALAR_EVENT)
        return unreadable(f, "a key is no text", &event->start_mark);
    *place = (front_place){.in_list = outer->in_list, .depth = outer->depth + 1};
    buffer path = {0};
    buffer_add_format(&path, "%s ", outer->name);
    buffer_add(&path, event->data.scalar.value, event->data.scalar.length);
    if (!path.failed)
        key_fold((search_text){path.bytes, path.n_bytes}, place->name);
    search_status status = path.failed ? error_memory(f->error) : SEARCH_OK;
    buffer_free(&path);
    if (status == SEARCH_OK && *place->name == '\0')
        return unreadable(f, "a key has no letters", &event->start_mark);
    return status;
}

static search_status read_inner(front_matter *f, const front_place *place) {
    yaml_event_t event;
    search_status status = next_event(f, &event);
    if (status != SEARCH_OK)
        return status;
    status = read_node(f, place, &event);
    yaml_event_delete(&event);
    return status;
}

static search_status read_mapping(front_matter *f, const front_place *outer) {
    for (;;) {
        yaml_event_t event;
        front_place place;
        search_status status = next_event(f, &event);
        if (status != SEARCH_OK)
            return status;
        bool is_end = event.type == YAML_MAPPING_END_EVENT;
        if (!is_end)
            status = read_name(f, outer, &event, &place);
        yaml_event_delete(&event);
        if (status == SEARCH_OK && !is_end)
            status = read_inner(f, &place);
        if (status != SEARCH_OK || is_end)
            return status;
    }
}

static search_status read_list(front_matter *f, const front_place *outer) {
    front_place place = *outer;
    place.in_list = true;
    place.depth++;
    for (;;) {
        yaml_event_t event;
        search_status status = next_event(f, &event);
        if (status != SEARCH_OK)
            return status;
        bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
        if (!is_end)
            status = read_node(f, &place, &event);
        yaml_event_delete(&event);
        if (status != SEARCH_OK || is_end)
            return status;
    }
}

/* The text below is the body: "content" or "transcript" here is something else. */
static search_status add_scalar(front_matter *f, const front_place *place, search_text value) {
    bool is_other_text = strcmp(key_of(place->name), "body") == 0 && strcmp(place->name, "body") != 0;
    if (is_other_text)
        return search_record_add(f->record, place->name, value, f->error);
    return place->in_list ? key_add_item(f->record, place->name, value, f->error)
                          : key_add(f->record, place->name, value, f->error);
}

static search_status read_node(front_matter *f, const front_place *place, const yaml_event_t *event) {
    if (place->depth > MAX_DEPTH)
        return unreadable(f, "lists and mappings lie too deep in each other", &event->start_mark);
    if (event->type == YAML_MAPPING_START_EVENT)
        return read_mapping(f, place);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return read_list(f, place);
    f->has_alias = f->has_alias || event->type == YAML_ALIAS_EVENT;
    if (event->type != YAML_SCALAR_EVENT)
        return SEARCH_OK;
    return add_scalar(f, place, scalar_text(event));
}

/* Up to the root, which is a mapping, or there is nothing. */
static search_status read_document(front_matter *f) {
    static const front_place root = {"", false, 0};
    for (;;) {
        yaml_event_t event;
        search_status status = next_event(f, &event);
        if (status != SEARCH_OK)
            return status;
        yaml_event_type_t type = event.type;
        if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT || type == YAML_ALIAS_EVENT)
            status = unreadable(f, "it is no mapping of keys to values", &event.start_mark);
        yaml_event_delete(&event);
        if (status != SEARCH_OK || type == YAML_STREAM_END_EVENT)
            return status;
        if (type == YAML_MAPPING_START_EVENT)
            return read_mapping(f, &root);
    }
}

/* The line, from 1, of a directive such as "%TAG"; 0: there is none.  Behind "---" YAML has none, and libyaml compares
 * each of them with each. */
static size_t directive_line(search_text yaml) {
    size_t n_lines = 1;
    for (size_t at = 0; at < yaml.n_bytes; at++) {
        if (yaml.bytes[at] == '%' && (at == 0 || yaml.bytes[at - 1] == '\n'))
            return n_lines;
        n_lines += yaml.bytes[at] == '\n';
    }
    return 0;
}

static search_status read_front_matter(search_text yaml, search_record *record, bool *has_alias, search_error *error) {
    front_matter f = {.record = record, .error = error};
    size_t directive = directive_line(yaml);
    if (directive > 0)
        return unreadable(&f, "a directive stands in it", &(yaml_mark_t){.line = directive - 1});
    if (!yaml_parser_initialize(&f.parser))
        return error_memory(error);
    yaml_parser_set_encoding(&f.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&f.parser, (const unsigned char *)yaml.bytes, yaml.n_bytes);
    search_status status = read_document(&f);
    yaml_parser_delete(&f.parser);
    *has_alias = f.has_alias;
    return status;
}

/* ---- The file ------------------------------------------------------------------------------------------------- */

/* The line at *at without its end and the white space before it; *at moves to the next. */
static search_text take_line(search_text text, size_t *at) {
    const char *from = text.bytes + *at;
    const char *newline = memchr(from, '\n', text.n_bytes - *at);
    size_t n = newline == NULL ? text.n_bytes - *at : (size_t)(newline - from);
    *at += n + (newline != NULL);
    while (n > 0 && (from[n - 1] == '\r' || from[n - 1] == ' ' || from[n - 1] == '\t'))
        n--;
    return (search_text){from, n};
}

typedef struct markdown_parts {
    search_text yaml;
    search_text body;
    bool is_closed;
} markdown_parts;

/* A text without front matter, or whose front matter does not end, is all body. */
static markdown_parts split(search_text text) {
    size_t at = 0;
    if (text_starts(text, "\xEF\xBB\xBF"))
        text = text_from(text, 3);
    markdown_parts parts = {{"", 0}, text, false};
    if (text.n_bytes == 0 || !text_equals(take_line(text, &at), "---"))
        return parts;
    for (size_t from = at; at < text.n_bytes;) {
        size_t line_at = at;
        search_text line = take_line(text, &at);
        if (text_equals(line, "---") || text_equals(line, "..."))
            return (markdown_parts){text_part(text, from, line_at), text_from(text, at), true};
    }
    return parts;
}

/* A heading is the title of a text that has none; it is not said twice. */
static search_status add_text(search_record *record, const markdown_text *text, search_error *error) {
    search_text title = search_record_value(record, "title", 0);
    bool is_title = text->heading.n_bytes > 0 && (title.n_bytes == 0 || text_equals(text->heading, title.bytes));
    search_status status = is_title ? search_record_add(record, "title", text->heading, error) : SEARCH_OK;
    return status == SEARCH_OK ? search_record_add(record, "body", is_title ? text->below : text->all, error) : status;
}

static search_status read_body(search_text body, search_record *record, search_error *error) {
    buffer plain = {0};
    markdown_text text;
    search_status status = markdown_plain(body, &plain, &text) ? SEARCH_OK : error_memory(error);
    if (status == SEARCH_OK)
        status = add_text(record, &text, error);
    buffer_free(&plain);
    return status;
}

static search_status make_record(search_text text, search_record **out, bool *has_alias, search_error *why) {
    if (text.n_bytes > RECORD_MAX_N_BYTES)
        return error_set(why, SEARCH_E_INPUT, "record.too_large", "the file is larger than 32 MiB");
    markdown_parts parts = split(text);
    if (parts.yaml.n_bytes > MAX_FRONT_MATTER)
        return error_set(why, SEARCH_E_INPUT, "record.bad_front_matter", "the front matter is larger than 1 MiB");
    search_status status = search_record_new(out, why);
    if (status == SEARCH_OK && parts.is_closed)
        status = read_front_matter(parts.yaml, *out, has_alias, why);
    if (status == SEARCH_OK)
        status = read_body(parts.body, *out, why);
    if (status == SEARCH_OK && (*out)->n_keys == 0)
        return error_set(why, SEARCH_E_INPUT, "record.empty", "the file is empty");
    return status;
}

/* The text is valid UTF-8. */
static search_status deliver(cable_stream *stream, search_text text, bool is_repaired, search_error *error) {
    search_record *record = NULL;
    bool has_alias = false;
    search_error why;
    search_status status = make_record(text, &record, &has_alias, &why);
    if (status == SEARCH_OK && is_repaired)
        stream_report_repair(stream, 0);
    if (status == SEARCH_OK && has_alias) {
        error_set(&why, SEARCH_E_INPUT, "record.yaml_alias", "an alias of the front matter was left empty");
        stream_report(stream, 0, &why, false);
    }
    return stream_conclude(stream, 0, status, record, &why, error);
}

static search_status deliver_repaired(cable_stream *stream, search_text text, search_error *error) {
    buffer repaired = {0};
    utf8_repair(&repaired, text.bytes, text.n_bytes);
    search_status status = repaired.failed
                               ? error_memory(error)
                               : deliver(stream, (search_text){repaired.bytes, repaired.n_bytes}, true, error);
    buffer_free(&repaired);
    return status;
}

bool markdown_looks_like(search_text head) {
    size_t at = 0;
    if (text_starts(head, "\xEF\xBB\xBF"))
        head = text_from(head, 3);
    if (head.n_bytes == 0 || !text_equals(take_line(head, &at), "---"))
        return false;
    while (at < head.n_bytes) {
        search_text line = take_line(head, &at);
        if (line.n_bytes > 0 && line.bytes[0] != '#')
            return text_find(line, ":", 1) != NOT_FOUND;
    }
    return false;
}

search_status markdown_read(cable_stream *stream, search_error *error) {
    buffer bytes = {0};
    search_status status = stream_read_all(stream, &bytes, error);
    search_text text = {bytes.n_bytes == 0 ? "" : bytes.bytes, bytes.n_bytes};
    if (status == SEARCH_OK)
        status = utf8_valid(text.bytes, text.n_bytes) ? deliver(stream, text, false, error)
                                                      : deliver_repaired(stream, text, error);
    buffer_free(&bytes);
    return status == SEARCH_OK ? stream_tell(stream, error) : status;
}
