/* Query text to tokens, one at a time, and the reverse: escaping a text so that it is read as it stands. */
#ifndef LIBSEARCH_QUERY_LEXER_H
#define LIBSEARCH_QUERY_LEXER_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include "libsearch/query/report.h"

typedef enum token_kind {
    TOKEN_END = 1,
    TOKEN_WORD,
    TOKEN_PHRASE,
    TOKEN_VERBATIM, /* a whole clause, with its field */
    TOKEN_SOURCE,   /* a whole clause */
    TOKEN_DATE,     /* a whole clause */
    TOKEN_EMPTY,    /* lenient: a clause that is left out */
    TOKEN_FIELD,    /* name and colon; a word, a phrase, a minus or an opening parenthesis follows */
    TOKEN_EXACT,    /* `exact:`; anything that a field may stand before follows, or a field */
    TOKEN_MINUS,    /* one or more hyphens directly before an operand: n_bytes of them, each a NOT */
    TOKEN_NEAR,
    TOKEN_ADJ,
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
    search_text text;              /* of the leaf: escapes resolved; FIELD: lower case.  In the arena */
    search_text field;             /* VERBATIM: lower case, perhaps empty */
    const query_pattern *patterns; /* WORD and PHRASE */
    size_t n_patterns;
    bool is_inflected; /* PHRASE */
    size_t distance;   /* NEAR and ADJ */
    query_date date;
} token;

typedef struct lexer {
    search_text text; /* valid UTF-8 */
    size_t at;
    bool after_field;    /* the next token is the operand of a field: no operator, no second field */
    bool is_unclosed[2]; /* lenient: from here on no straight, no curly quote closes */
    const query_options *options;
    query_report *report;
} lexer;

/* Reads the next token; TOKEN_END again and again at the end. */
search_status lexer_next(lexer *l, token *out);

/* Adds a leaf's text so that lexer_next gives it back. */
void lexer_write_word(buffer *out, const query_node *leaf);
void lexer_write_phrase(buffer *out, const query_node *leaf);

#endif
