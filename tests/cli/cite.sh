#!/bin/sh
# Citing cables, and naming a cable by its id, a beginning of it, or as a hit.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

# is NAME TEXT: the last output is this one line.
is() {
    if [ "$(cat "$work/out")" = "$2" ]; then
        ok "$1"
    else
        not_ok "$1"
    fi
}

note='Chinese Embassy in North Korea, "On Chinese Citizens of the Korean Nationality Illegally Crossing the Border to Come to [North] Korea," cable to the Ministry of Foreign Affairs Consular Affairs Department and the Ministry of Public Security, (61) Korea Consular No. 103, December 2, 1961, Top Secret, PRC FMA 118-01026-07, 125-128, trans. David Cowhig, record 188166.'
run_index cite 188166
code_is "cite succeeds" 0
is "the footnote of the sample" "$note"
run_index cite 1881
is "a beginning that one id has is enough" "$note"
run_index cite --hit 1 illegal border crossers
is "a hit of a query" "$note"
run_index cite --hit 1 -p 'illegal border crossers' --where places=Korea
is "a hit of a phrase within a selection" "$note"
run_index show --format note 188166
is "show has the format" "$note"
run_index search --format note '"illegal border crossers"'
is "search has the format" "$note"

run_index cite inv-000
code_is "a beginning of several ids gives 2" 2
has "they are named" err "inv-0001, inv-0002"
run_index cite inv-0001
code_is "a whole id stands for itself" 0
run_index cite 999
code_is "no such id gives 1" 1
run_index cite ''
code_is "an empty id gives 1" 1
run_index cite --hit 76 ''
code_is "no such hit gives 1" 1
has "the hits are counted" err "the query has 75 hits, so none is number 76"
run_index cite --hit 1 'korea ('
code_is "a query that cannot be read gives 2" 2
run_index cite --where places=Korea 188166
code_is "a selection without --hit gives 2" 2
run_index cite 188166 inv-0001
code_is "two ids give 2" 2
run_index cite --format text 188166
code_is "a format that is none of cite gives 2" 2

run_index similar 188166
code_is "similar succeeds" 0
has "similar counts" out "cables share telling words with 188166"
run_index similar 188166 --format ids --limit 100
has_not "a cable is not like itself" out 188166
head -n 5 "$work/out" >"$work/five"
has "cables of the same border come first" five inv-0018
run_index similar --hit 1 --format ids --limit 5 illegal border crossers
if cmp -s "$work/out" "$work/five"; then ok "of a hit they are the same"; else not_ok "of a hit they are the same"; fi
run_index similar 188166 --where places=Cuba --format json
json "a selection binds them" '0 < a["total"] < 20'
run_index similar 188166 --format json --limit 100
json "the answer names the words" '" OR " in a["query"] and "border" in a["query"].split()'
run_index similar nothing
code_is "nothing is like no cable" 1

run_index cite --format ris 188166
has "RIS has the type" out "TY  - PCOMM"
has "RIS has the date" out "DA  - 1961/12/02/"
run_index cite --format bibtex 188166
has "BibTeX has the key" out "@misc{188166,"
run_index search --format ris --limit 3 korea
if [ "$(grep -c '^ER  - $' "$work/out")" = 3 ]; then ok "an entry a hit"; else not_ok "an entry a hit"; fi
run_index search --format bibtex zzyzx
code_is "no hits give 1" 1
is_empty "and print nothing" out
finish
