#!/bin/sh
# Queries that cannot be read: each gives exit code 2, its message, the query with a caret under the right character, and a hint;
# with --lenient each is searched all the same, with a warning.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
head -n 3 "$corpus/cables.jsonl" >"$work/few.jsonl"
run_index rebuild --quiet "$work/few.jsonl"
code_is "a small index" 0

n_queries=0

# caret_stands QUERY COLUMN: whether the second line of the message shows the query, perhaps cut behind the caret, and the third
# has a caret under the character of this number, from 0.
caret_stands() {
    shown=$(sed -n '2{s/⋯$//;p;}' "$work/err")
    printf '  %*s^\n' "$2" '' >"$work/caret"
    case "  $1" in
    "$shown"*) [ "$(sed -n 3p "$work/err")" = "$(cat "$work/caret")" ] ;;
    *) false ;;
    esac
}

# refused QUERY COLUMN MESSAGE: all characters before the caret are narrow.
refused() {
    n_queries=$((n_queries + 1))
    run_index search -- "$1"
    code_is "$1 gives 2" 2
    if caret_stands "$1" "$2"; then ok "$1: the caret stands at $2"; else not_ok "$1: the caret stands at $2"; fi
    has "$1: the message" err "cables search: $3"
    if [ "$(wc -l <"$work/err")" -eq 4 ]; then ok "$1: a hint"; else not_ok "$1: a hint"; fi
    is_empty "$1: nothing on standard output" out
}

# malformed QUERY COLUMN MESSAGE: refused, and mended when lenient.
malformed() {
    refused "$1" "$2" "$3"
    run_index search --lenient --format ids -- "$1"
    if [ "$code" -le 1 ]; then ok "$1: searched when lenient"; else not_ok "$1: searched when lenient"; fi
    has "$1: the warning" err "cables search: warning: $3"
}

malformed 'Korea "peace treaty' 6 'the quote is not closed'
malformed '“peace treaty' 0 'the quote is not closed'
malformed 'Ceaușescu "peace' 10 'the quote is not closed'
malformed 'Korea (Vietnam OR Laos' 6 'the parenthesis is not closed'
malformed 'Korea) Vietnam' 5 'this parenthesis closes nothing'
malformed ')' 0 'this parenthesis closes nothing'
malformed 'AND Korea' 0 'AND lacks a word or phrase on one side'
malformed 'Korea OR' 6 'OR lacks a word or phrase on one side'
malformed 'Korea AND OR Vietnam' 6 'AND lacks a word or phrase on one side'
malformed '(Korea NOT)' 7 'NOT lacks a word or phrase after it'
malformed 'Korea NEAR/3' 6 'NEAR/ lacks a word or phrase on one side'
malformed 'ADJ/3 Korea' 0 'ADJ/ lacks a word or phrase on one side'
malformed 'Korea ()' 6 'there is nothing between the parentheses'
malformed 'Korea ""' 6 'there is nothing between the quotes'
malformed 'title: Korea' 0 'the field has nothing to search for'
malformed 'exact:' 0 'exact: has nothing to search for'
malformed 'Korea verbatim: An' 6 'verbatim: has nothing to search for'
malformed 'src:"-"' 0 'src: has no reference to search for'
malformed 'Korea *' 6 '* alone searches for nothing'
malformed '"Kim * Sung"' 5 '* alone searches for nothing'
malformed 'tilte:Korea' 0 'there is no field named tilte'
malformed 'exact:tilte:Korea' 6 'there is no field named tilte'
malformed 'see http://example.org' 4 'there is no field named http'
malformed 'Korea NEAR/ armistice' 6 'NEAR/ and ADJ/ need a number from 0 to 99'
malformed 'Korea NEAR/x armistice' 6 'NEAR/ and ADJ/ need a number from 0 to 99'
malformed 'Korea ADJ/101 armistice' 6 'NEAR/ and ADJ/ need a number from 0 to 99'
malformed 'title:Korea NEAR/3 armistice' 19 'the words of NEAR/ and ADJ/ lie in different fields'
malformed '"peace treaty"~3' 14 '~ behind a phrase means nothing'
malformed 'Shtykov~0.8' 7 'a word may differ by 1 or 2 letters'
malformed 'kore*~1' 4 'a word cannot have both wildcards and ~'
malformed 'exact:~"peace treaty"' 6 'exact: leaves out inflections and ~ asks for them'
malformed 'verbatim:(An OR Kim)' 9 'verbatim: does not stand before parentheses'
malformed 'date:(1961 OR 1962)' 5 'date: does not stand before parentheses'
malformed 'date:yesterday' 5 'yesterday is no date'
malformed 'date:1961-02-30' 5 '1961-02-30 is no date'
malformed 'date:1961..soon' 11 'soon is no date'
malformed 'date:1961..1962..1963' 11 '1962..1963 is no date'
malformed 'since:1961..1963' 6 'since: and until: take one date, not an interval'
malformed 'date=1963..1961' 5 'the interval ends before it begins'
malformed 'Korea date:..' 11 'no date is given'
malformed 'until:' 0 'until: has nothing to search for'
malformed 'Korea NEAR/3 -armistice' 13 'NEAR/ and ADJ/ cannot have an exclusion as operand'
malformed 'Korea NEAR/3 (peace treaty)' 13 'NEAR/ and ADJ/ join words, phrases, or these joined by OR'
malformed 'Korea NEAR/3 date:1953' 13 'NEAR/ and ADJ/ join words, phrases, or these joined by OR'
malformed 'Korea NEAR/3 peace ADJ/3 treaty' 19 'operators with different distances cannot be side by side'
if [ "$n_queries" -ge 40 ]; then ok "40 queries"; else not_ok "40 queries"; fi

# What the lenient answer of a program is given.
run_index search --format json --lenient '“é” (korea'
is_json "--lenient --format json is JSON"
json "the warning counts code points" '[(w["id"], w["offset"]) for w in a["warnings"]] == [("query.unclosed_parenthesis", 4)]'
is_empty "JSON has its warnings in it" err
run_index search --format json korea
json "without a fault there is no warning" 'a["warnings"] == []'
run_index search --lenient korea
is_empty "and none on standard error" err

# Deep, long and odd ones.
deep=$(printf '%065d' 0 | tr 0 '(')
run_index search "$deep"
code_is "65 parentheses give 2" 2
has "too deep" err "nested more than 64 deep"
run_index search "$(printf '%0300d' 0 | sed 's/0/a /g')"
code_is "300 words give 2" 2
has "too many words" err "more than 256 words and phrases"
run_index search --lenient --format ids "$(printf '%0300d' 0 | sed 's/0/a /g')"
has "lenient warns of them" err "warning: the query has more than 256 words and phrases"
finish
