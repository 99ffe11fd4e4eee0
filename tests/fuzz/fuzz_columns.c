/* Any bytes as a column file: refused as corrupt, or every section can be asked for in every way and read to its end,
 * every list of strings also as the names and the aliases of an index.  In one that is sorted each name is found. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "libsearch/index/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum_of_strings(const column_strings *strings) {
    uint64_t sum = 0;
    for (size_t i = 0; i < strings->n; i++) {
        const search_text text = column_string(strings, i);
        for (size_t b = 0; b < text.n_bytes; b++)
            sum += (unsigned char)text.bytes[b];
    }
    return sum;
}

static uint64_t sum_of_facet(const column_facet *facet, uint32_t n_documents) {
    uint64_t sum = sum_of_strings(&facet->values);
    for (uint32_t d = 0; d < n_documents; d++)
        for (uint32_t i = facet->rows[d]; i < facet->rows[d + 1]; i++)
            sum += column_string(&facet->values, facet->ordinals[i]).n_bytes;
    return sum;
}

static void check_status(search_status status) {
    if (status != SEARCH_OK && status != SEARCH_E_CORRUPT)
        abort();
}

static void require(bool holds) {
    if (!holds)
        abort();
}

static int compare(search_text x, search_text y) {
    const size_t n = x.n_bytes < y.n_bytes ? x.n_bytes : y.n_bytes;
    const int order = n == 0 ? 0 : memcmp(x.bytes, y.bytes, n);
    return order != 0 ? order : (x.n_bytes > y.n_bytes) - (x.n_bytes < y.n_bytes);
}

static bool is_sorted(const column_strings *strings) {
    for (size_t i = 1; i < strings->n; i++)
        if (compare(column_string(strings, i - 1), column_string(strings, i)) > 0)
            return false;
    return true;
}

/* What is found has the key.  Returns whether string `wanted` is among it. */
static bool find(const column_strings *names, name_kind kind, search_text key, size_t wanted) {
    size_t first = 0;
    size_t n = 0;
    names_find(names, kind, key, &first, &n);
    require(first <= names->n && n <= names->n - first);
    for (size_t i = first; i < first + n; i++) {
        const search_text entry = column_string(names, i);
        require(entry.n_bytes >= key.n_bytes + 2 && (unsigned char)entry.bytes[0] == kind);
        require(key.n_bytes == 0 || memcmp(entry.bytes + 1, key.bytes, key.n_bytes) == 0);
        require(entry.bytes[1 + key.n_bytes] == '\0');
    }
    return wanted >= first && wanted - first < n;
}

/* Looks for each name, and for what its bytes begin with. */
static uint64_t sum_of_names(const column_strings *names) {
    enum { max_looked_for = 256 };
    uint64_t sum = 0;
    const bool sorted = is_sorted(names);
    for (size_t i = 0; i < names->n && i < max_looked_for; i++) {
        const search_text entry = column_string(names, i);
        sum += names_form(names, i).n_bytes;
        if (entry.n_bytes == 0)
            continue;
        const name_kind kind = (name_kind)(unsigned char)entry.bytes[0];
        const char *nul = entry.n_bytes < 2 ? NULL : memchr(entry.bytes + 1, '\0', entry.n_bytes - 1);
        const size_t n_key = nul == NULL ? entry.n_bytes - 1 : (size_t)(nul - entry.bytes) - 1;
        const bool found = find(names, kind, (search_text){entry.bytes + 1, n_key}, i);
        require(!sorted || found == (nul != NULL));
        for (size_t n = 0; n <= entry.n_bytes && n < 4; n++)
            find(names, NAME_READING, (search_text){entry.bytes, n}, i);
    }
    return sum;
}

static uint64_t sum_of_aliases(const column_strings *strings) {
    aliases known;
    uint64_t sum = 0;
    require(names_read_aliases(strings, &known, NULL) == SEARCH_OK && known.n <= strings->n);
    for (size_t i = 0; i < known.n; i++) {
        require(known.list[i].asked.n_bytes > 0 && known.list[i].found.n_bytes > 0);
        sum += (unsigned char)known.list[i].asked.bytes[known.list[i].asked.n_bytes - 1];
        sum += (unsigned char)known.list[i].found.bytes[known.list[i].found.n_bytes - 1];
    }
    aliases_free(&known);
    return sum;
}

/* Asks for the section of this name as numbers, and for its stem as strings and as a facet. */
static uint64_t ask(const columns *c, const char *name, uint64_t n_bytes) {
    char stem[COLUMNS_MAX_NAME + 1];
    const uint32_t *numbers = NULL;
    const size_t n = (size_t)(n_bytes / sizeof *numbers);
    column_strings strings;
    column_facet facet;
    uint64_t sum = 0;
    search_status status = columns_u32(c, name, n, &numbers, NULL);
    check_status(status);
    for (size_t i = 0; status == SEARCH_OK && i < n; i++)
        sum += numbers[i];
    snprintf(stem, sizeof stem, "%s", name);
    char *dot = strrchr(stem, '.');
    if (dot != NULL)
        *dot = '\0';
    status = columns_strings(c, stem, &strings, NULL);
    check_status(status);
    if (status == SEARCH_OK)
        sum += sum_of_strings(&strings) + sum_of_names(&strings) + sum_of_aliases(&strings);
    status = columns_facet(c, stem, &facet, NULL);
    check_status(status);
    if (status == SEARCH_OK)
        sum += sum_of_facet(&facet, columns_n_documents(c));
    return sum;
}

/* Seen from outside, so that no compiler leaves out the reads that feed it. */
extern volatile uint64_t fuzz_columns_sink;
volatile uint64_t fuzz_columns_sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { n_header = 16, n_row = 64, n_name = COLUMNS_MAX_NAME + 1, max_asked = 64 };
    const int fd = memfd_create("columns", MFD_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    columns *c = NULL;
    const search_status status = columns_open(path, &c, NULL);
    close(fd);
    check_status(status);
    if ((c != NULL) != (status == SEARCH_OK))
        abort();
    if (c == NULL)
        return 0;
    if (columns_n_bytes(c) != size)
        abort();
    uint32_t n_sections;
    memcpy(&n_sections, data + 12, sizeof n_sections);
    for (uint32_t i = 0; i < n_sections && i < max_asked; i++) {
        char name[n_name];
        uint64_t n_bytes;
        memcpy(name, data + n_header + i * n_row, sizeof name);
        memcpy(&n_bytes, data + n_header + i * n_row + n_name + 8, sizeof n_bytes);
        fuzz_columns_sink += ask(c, name, n_bytes);
    }
    columns_close(c);
    return 0;
}
