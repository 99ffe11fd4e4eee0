/* Automata over the letters of a word: which words a pattern or a misspelling stands for, and which could be the next
 * one in bytewise order, so that a walk over a sorted vocabulary passes over the others.
 *
 * An automaton keeps its state after each letter of the word at hand, by depth: 0 before the first letter.  A step
 * makes the state one deeper from those above it. */
#ifndef LIBSEARCH_RANKING_AUTOMATON_H
#define LIBSEARCH_RANKING_AUTOMATON_H
#ifndef SEARCH_BUILDING
#error "private to libsearch: include <libsearch.h>"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTOMATON_MAX_DEPTH 256   /* letters; a term has at most 245 bytes */
#define AUTOMATON_OTHER 0x110002u /* stands for every letter that the automaton does not tell from others */

typedef struct automaton automaton;
struct automaton {
    /* Makes the state at depth + 1, at most AUTOMATON_MAX_DEPTH.  False: no word that begins so is accepted. */
    bool (*step)(automaton *a, size_t depth, uint32_t letter);
    bool (*accepts)(const automaton *a, size_t depth);
    const uint32_t *letters; /* that it tells apart, ascending */
    size_t n_letters;
};

/* What no word of the walk comes before: fewer than AUTOMATON_MAX_DEPTH letters that a word may begin with. */
void automaton_first(automaton *a, uint32_t *out, size_t *n_out);
/* Runs over a word of at most AUTOMATON_MAX_DEPTH letters.  *n_alive: how many of them some accepted word begins
 * with. */
bool automaton_run(automaton *a, const uint32_t *word, size_t n_word, size_t *n_alive);
/* After a run: whether any letter may follow the word, so that the next word of the vocabulary may be accepted. */
bool automaton_goes_on(automaton *a, size_t n_word, size_t n_alive);
/* After a run: the first string behind the word, in bytewise order, that a word may begin with.  False: there is none.
 */
bool automaton_next(automaton *a, const uint32_t *word, size_t n_word, size_t n_alive, uint32_t *out, size_t *n_out);

#endif
