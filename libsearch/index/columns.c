/* Writing and checked reading of the column file drawn in columns.h. */
#include "libsearch/index/columns.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the column file is mapped as it is and holds little-endian numbers"
#endif

typedef struct header {
    char magic[8];
    uint32_t n_documents;
    uint32_t n_sections;
} header;

typedef struct section {
    char name[COLUMNS_MAX_NAME + 1];
    uint64_t offset;
    uint64_t n_bytes;
} section;

static_assert(sizeof(header) == 16, "the header is 16 bytes on disk");
static_assert(sizeof(section) == 64, "a table row is 64 bytes on disk");

static const char magic[8] = {'S', 'R', 'C', 'H', 'C', 'O', 'L', '1'};
enum { max_sections = 1024 };

/* Short columns stay in memory. */
enum { max_n_bytes_kept = 1 << 20 };

struct columns_writer {
    spill spill;
    size_t n_sections;
    char names[max_sections][COLUMNS_MAX_NAME + 1];
    spool sections[max_sections];
};

search_status columns_writer_new(const char *folder, columns_writer **out, search_error *error) {
    columns_writer *w = calloc(1, sizeof *w);
    *out = w;
    return w == NULL ? error_memory(error) : spill_open(&w->spill, folder, max_n_bytes_kept, error);
}

spool *columns_writer_spool(columns_writer *w, const char *name) {
    for (size_t i = 0; i < w->n_sections; i++) {
        if (strcmp(w->names[i], name) == 0) {
            return &w->sections[i];
        }
    }
    if (w->n_sections == max_sections || strlen(name) > COLUMNS_MAX_NAME) {
        return NULL;
    }
    strcpy(w->names[w->n_sections], name);
    w->sections[w->n_sections].file = &w->spill;
    return &w->sections[w->n_sections++];
}

buffer *columns_writer_section(columns_writer *w, const char *name) {
    spool *s = columns_writer_spool(w, name);
    return s == NULL ? NULL : &s->tail;
}

spill *columns_writer_spill(columns_writer *w) {
    return &w->spill;
}

void columns_add_u32(buffer *b, uint32_t value) {
    buffer_add(b, &value, sizeof value);
}

void columns_add_u64(buffer *b, uint64_t value) {
    buffer_add(b, &value, sizeof value);
}

static uint64_t aligned(uint64_t n) {
    return (n + 7) & ~(uint64_t)7;
}

static void add_head(const columns_writer *w, uint32_t n_documents, file_output *file) {
    header head = {{0}, n_documents, (uint32_t)w->n_sections};
    memcpy(head.magic, magic, sizeof magic);
    file_output_add(file, &head, sizeof head);
    uint64_t offset = aligned(sizeof head + w->n_sections * sizeof(section));
    for (size_t i = 0; i < w->n_sections; i++) {
        section row = {{0}, offset, spool_n_bytes(&w->sections[i])};
        memcpy(row.name, w->names[i], sizeof row.name);
        file_output_add(file, &row, sizeof row);
        offset = aligned(offset + row.n_bytes);
    }
}

static search_status add_section(const spool *s, file_output *file, search_error *error) {
    static const char zeros[8] = {0};
    spool_reader r;
    search_text part = {NULL, 0};
    spool_reader_open(&r, s);
    search_status status = s->tail.failed ? error_memory(error) : spool_reader_next(&r, &part, error);
    while (status == SEARCH_OK && part.n_bytes > 0) {
        file_output_add(file, part.bytes, part.n_bytes);
        status = spool_reader_next(&r, &part, error);
    }
    file_output_add(file, zeros, (size_t)(aligned(spool_n_bytes(s)) - spool_n_bytes(s)));
    spool_reader_close(&r);
    return status;
}

search_status columns_writer_finish(columns_writer *w, const char *path, uint32_t n_documents, search_error *error) {
    file_output file;
    search_status status = file_output_open(&file, path, error);
    if (status != SEARCH_OK) {
        return status;
    }
    add_head(w, n_documents, &file);
    for (size_t i = 0; i < w->n_sections && status == SEARCH_OK; i++) {
        status = add_section(&w->sections[i], &file, error);
    }
    return file_output_close(&file, path, status, error);
}

void columns_writer_free(columns_writer *w) {
    if (w == NULL) {
        return;
    }
    for (size_t i = 0; i < w->n_sections; i++) {
        spool_free(&w->sections[i]);
    }
    spill_close(&w->spill);
    free(w);
}

struct columns {
    file_map map;
    const header *head;
    const section *table;
};

static search_status corrupt(const char *what, search_error *error) {
    const search_status status =
        error_set(error, SEARCH_E_CORRUPT, "columns.corrupt", "the column file is damaged: %s", what);
    error_hint(error, "rebuild the index from its sources");
    return status;
}

static search_status check_container(columns *c, search_error *error) {
    if (c->map.n_bytes < sizeof(header) || memcmp(c->map.bytes, magic, sizeof magic) != 0) {
        return corrupt("it does not begin as one", error);
    }
    c->head = (const header *)(const void *)c->map.bytes;
    c->table = (const section *)(const void *)(c->map.bytes + sizeof(header));
    if (c->head->n_sections > max_sections || c->map.n_bytes < sizeof(header) + c->head->n_sections * sizeof(section)) {
        return corrupt("its table is cut", error);
    }
    for (uint32_t i = 0; i < c->head->n_sections; i++) {
        const section *row = &c->table[i];
        if (row->name[COLUMNS_MAX_NAME] != '\0' || row->offset % 8 != 0 || row->offset > c->map.n_bytes ||
            row->n_bytes > c->map.n_bytes - row->offset) {
            return corrupt("a section lies outside", error);
        }
    }
    return SEARCH_OK;
}

search_status columns_open(const char *path, columns **out, search_error *error) {
    *out = NULL;
    columns *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return error_memory(error);
    }
    search_status status = file_map_open(path, &c->map, error);
    if (status == SEARCH_OK) {
        status = check_container(c, error);
    }
    if (status != SEARCH_OK) {
        columns_close(c);
        return status;
    }
    *out = c;
    return SEARCH_OK;
}

uint32_t columns_n_documents(const columns *c) {
    return c->head->n_documents;
}

uint64_t columns_n_bytes(const columns *c) {
    return c->map.n_bytes;
}

static const section *find(const columns *c, const char *name, const char *suffix) {
    char full[2 * COLUMNS_MAX_NAME];
    if (strlen(name) + strlen(suffix) > COLUMNS_MAX_NAME) {
        return NULL;
    }
    strcpy(full, name);
    strcat(full, suffix);
    for (uint32_t i = 0; i < c->head->n_sections; i++) {
        if (strcmp(c->table[i].name, full) == 0) {
            return &c->table[i];
        }
    }
    return NULL;
}

static const void *at_section(const columns *c, const section *s) {
    return c->map.bytes + s->offset;
}

/* Checking reads every section; all of them at once would be as much memory as the file has bytes. */
static void rest(const columns *c, const section *s) {
    file_map_rest(&c->map, at_section(c, s), (size_t)s->n_bytes);
}

bool columns_section(const columns *c, size_t i, column_section *out) {
    if (i >= c->head->n_sections) {
        return false;
    }
    const section *s = &c->table[i];
    *out = (column_section){s->name, at_section(c, s), (size_t)s->n_bytes};
    return true;
}

bool columns_section_find(const columns *c, const char *name, column_section *out) {
    for (size_t i = 0; columns_section(c, i, out); i++) {
        if (strcmp(out->name, name) == 0) {
            return true;
        }
    }
    return false;
}

search_status columns_u32(const columns *c, const char *name, size_t n, const uint32_t **out, search_error *error) {
    const section *s = find(c, name, "");
    if (s == NULL || s->n_bytes != n * sizeof(uint32_t)) {
        return corrupt(name, error);
    }
    *out = at_section(c, s);
    return SEARCH_OK;
}

search_status columns_strings(const columns *c, const char *name, column_strings *out, search_error *error) {
    const section *at = find(c, name, ".at");
    const section *bytes = find(c, name, ".bytes");
    if (at == NULL || bytes == NULL || at->n_bytes % sizeof(uint64_t) != 0 || at->n_bytes < sizeof(uint64_t)) {
        return corrupt(name, error);
    }
    out->n = (size_t)(at->n_bytes / sizeof(uint64_t)) - 1;
    out->at = at_section(c, at);
    out->bytes = at_section(c, bytes);
    if (out->at[0] != 0 || out->at[out->n] != bytes->n_bytes) {
        return corrupt(name, error);
    }
    for (size_t i = 0; i < out->n; i++) {
        if (out->at[i] > out->at[i + 1]) {
            return corrupt(name, error);
        }
    }
    rest(c, at);
    return SEARCH_OK;
}

search_status columns_facet(const columns *c, const char *name, column_facet *out, search_error *error) {
    search_status status = columns_strings(c, name, &out->values, error);
    if (status != SEARCH_OK) {
        return status;
    }
    const size_t n = c->head->n_documents;
    const section *rows = find(c, name, ".rows");
    const section *ordinals = find(c, name, ".ordinals");
    if (rows == NULL || ordinals == NULL || rows->n_bytes != (n + 1) * sizeof(uint32_t)) {
        return corrupt(name, error);
    }
    out->rows = at_section(c, rows);
    out->ordinals = at_section(c, ordinals);
    if (out->rows[0] != 0 || (uint64_t)out->rows[n] * sizeof(uint32_t) != ordinals->n_bytes) {
        return corrupt(name, error);
    }
    for (size_t i = 0; i < n; i++) {
        if (out->rows[i] > out->rows[i + 1]) {
            return corrupt(name, error);
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t at = out->rows[i]; at < out->rows[i + 1]; at++) {
            if (out->ordinals[at] >= out->values.n ||
                (at > out->rows[i] && out->ordinals[at] <= out->ordinals[at - 1])) {
                return corrupt(name, error);
            }
        }
    }
    rest(c, rows);
    rest(c, ordinals);
    return SEARCH_OK;
}

search_text column_string(const column_strings *s, size_t i) {
    return (search_text){s->bytes + s->at[i], (size_t)(s->at[i + 1] - s->at[i])};
}

void columns_close(columns *c) {
    if (c != NULL) {
        file_map_close(&c->map);
        free(c);
    }
}
