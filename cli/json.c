/* The little JSON the program writes itself: requests, reports and statistics. */
#include "cli/cli.h"
#include "cli/output/text.h"

#include <unistd.h>

void json_put_string(FILE *file, search_text text) {
    size_t i = 0;

    fputc('"', file);
    while (i < text.n_bytes) {
        uint32_t character;
        size_t n = text_decode(text.bytes + i, text.n_bytes - i, &character);
        if (character == '"' || character == '\\') {
            fprintf(file, "\\%c", (int)character);
        } else if (character < 0x20) {
            fprintf(file, "\\u%04x", (unsigned)character);
        } else if (character == 0xFFFD) {
            fputs("\xEF\xBF\xBD", file); /* in the text, or for a byte that is no character */
        } else {
            fwrite(text.bytes + i, 1, n, file);
        }
        i += n;
    }
    fputc('"', file);
}

/* Characters above U+007E stand in strings only, so an escape there says the same. */
static void put_escaped(FILE *file, const char *bytes, size_t n_bytes) {
    size_t i = 0;

    while (i < n_bytes) {
        uint32_t character;
        size_t n = text_decode(bytes + i, n_bytes - i, &character);
        if (character > 0x7E && text_is_unsafe(character)) {
            fprintf(file, "\\u%04x", (unsigned)character);
        } else {
            fwrite(bytes + i, 1, n, file);
        }
        i += n;
    }
}

void json_put_document(FILE *file, const char *bytes, size_t n_bytes) {
    if (isatty(fileno(file))) {
        put_escaped(file, bytes, n_bytes);
    } else {
        fwrite(bytes, 1, n_bytes, file);
    }
    fputc('\n', file);
}
