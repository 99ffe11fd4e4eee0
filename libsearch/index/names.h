/* The maps made at indexing that variants are looked up in at query time: which forms of a name the segment holds.
 *
 * A map is a section of strings in the column file, "names": sorted bytewise, each a kind, a key, NUL, and a form,
 * which is folded words with one space between.
 *
 *   R reading      a name seen capitalised that has this reading: "Rzh:mao-ze-dong" -> "mao tse tung"
 *   J joined       a compound seen with hyphens: "Jceasefire" -> "cease fire"
 *   O words        the other order of a name in a field of names: "Ogeorge bush" -> "bush george" and back
 *   P words        the name beside it in parentheses there: "Pchiang kai shek" -> "jiang jieshi" and back
 *
 * The aliases, the index's own and the built-in ones, are a section of their own, "aliases", in the same form without a
 * kind. */
#ifndef LIBSEARCH_INDEX_NAMES_H
#define LIBSEARCH_INDEX_NAMES_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/analysis/aliases.h"
#include "libsearch/index/columns.h"
#include "libsearch/support/hash.h"

typedef enum name_kind {
    NAME_READING = 'R',
    NAME_JOINED = 'J',
    NAME_ORDER = 'O',
    NAME_PARENTHESES = 'P',
} name_kind;

/* ---- writing ---- */

/* What is known of a word, by its number: reading it anew costs far more. */
typedef struct known_word {
    uint32_t word;      /* 0: nothing here */
    uint8_t languages;  /* in which a name may begin with it */
    bool is_read;       /* in the languages that need no word behind it */
    bool is_read_alone; /* in all, with no word behind it that might belong to it */
} known_word;

typedef struct names_writer {
    const readings *readings; /* borrowed; null: nothing is added but by names_merge */
    hash_map entries;
    hash_map runs;       /* of words that were read already */
    known_word *known;   /* by part of the number; null until needed */
    reading_word *words; /* of the value at hand */
    size_t capacity;
    buffer entry;
} names_writer;

void names_writer_init(names_writer *n, const readings *r);
/* Notes the names and compounds of a value; of a field of names also their order and parentheses. */
search_status names_add(names_writer *n, const token_list *tokens, search_text value, bool is_name_field,
                        search_error *error);
/* Adds what another writer noted. */
search_status names_merge(names_writer *n, const names_writer *other, search_error *error);
search_status names_write(const names_writer *n, columns_writer *w, search_error *error);
search_status names_write_aliases(const aliases *known, columns_writer *w, search_error *error);
void names_writer_free(names_writer *n);

/* ---- reading ---- */

/* The first string of the map with this key, and how many there are; `form` of each is what follows its NUL. */
void names_find(const column_strings *names, name_kind kind, search_text key, size_t *first, size_t *n);
search_text names_form(const column_strings *names, size_t i);
/* A view on the section; free(list) by aliases_free. */
search_status names_read_aliases(const column_strings *section, aliases *out, search_error *error);

#endif
