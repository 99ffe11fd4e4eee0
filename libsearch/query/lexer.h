/* Query text to tokens, one at a time, and the reverse: escaping a text so that it is read as it stands.  Both live
 * here because they follow one set of rules; nothing else in the library knows which characters have a meaning in a
 * query. */
#ifndef LIBSEARCH_QUERY_LEXER_H
#define LIBSEARCH_QUERY_LEXER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/query.h"

typedef enum token_kind {
    TOKEN_END = 1,
    TOKEN_WORD,
    TOKEN_PHRASE,
    TOKEN_FIELD, /* name and colon; a word, a phrase, a minus or an opening parenthesis follows */
    TOKEN_EXACT, /* `exact:`; anything that a field may stand before follows, or a field */
    TOKEN_MINUS, /* one or more hyphens directly before an operand: n_bytes of them, each a NOT */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_OPEN,
    TOKEN_CLOSE,
} token_kind;

typedef struct token {
    token_kind kind;
    size_t offset; /* in the query text */
    size_t n_bytes;
    search_text text; /* WORD and PHRASE: escapes resolved; FIELD: lower case.  In the arena */
} token;

typedef struct lexer {
    search_text text; /* valid UTF-8 */
    size_t at;
    bool after_field; /* the next token is the operand of a field: no operator, no second field */
    const query_options *options;
    arena *memory;
} lexer;

/* Reads the next token; TOKEN_END again and again at the end. */
search_status lexer_next(lexer *l, token *out, search_error *error);

/* Adds the text of a word or the inside of a phrase in straight quotes so that lexer_next gives it back. */
void lexer_escape_word(buffer *out, search_text word, bool after_field);
void lexer_escape_phrase(buffer *out, search_text phrase);

/* An error of the query at a byte of it. */
search_status query_fault(search_error *error, search_status status, const char *id, size_t offset, const char *message,
                          const char *hint);

#endif
