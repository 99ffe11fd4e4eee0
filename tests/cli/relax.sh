#!/bin/sh
# Queries that no cable of the corpus matches: corrected, with words missing, or with a better query offered; and who gets
# that without asking.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index search smugling chongjin
code_is "a corrected query has hits" 0
has "the correction is told" out 'No cable has "smugling"; showing cables with smuggling chongjin.'
has "the cable is found" out "188166"
run_index search --format json smugling chongjin
json "the correction in JSON" \
    'a["relaxed"] == {"corrections": [{"from": "smugling", "to": "smuggling", "offset": 0}], "missing": [],
                      "words": ["smuggling", "chongjin"], "required": 2}'
json "the query in JSON is the one asked" 'a["query"] == "smugling chongjin" and a["suggestion"] is None'
run_index search --format json "P'yŏngyang refuggees"
json "offsets are code points" 'a["relaxed"]["corrections"][0]["offset"] == 11'

run_index search refugees korea china
has "words that may be missing are told" out \
    "No cable has all of these words; showing cables with at least 2 of refugees korea china."
run_index search --format json --limit 0 refugees korea china
json "the largest number of words that some cable has" 'a["relaxed"]["required"] == 2 and a["total"] > 1'
run_index search --format ids refugees korea china
code_is "ids are those of all words" 1
is_empty "ids are those of all words: none" out
run_index search --format ids --relax --limit 100 refugees korea china
code_is "--relax relaxes ids" 0
sort "$work/out" >"$work/relaxed"
for pair in 'refugees korea' 'refugees china' 'korea china'; do
    # shellcheck disable=SC2086
    run_index search --format ids --limit 100 $pair
    cat "$work/out" >>"$work/pairs"
done
if [ "$(sort -u "$work/pairs")" = "$(cat "$work/relaxed")" ]; then
    ok "two of three words are what each two find"
else
    not_ok "two of three words are what each two find"
fi
run_index search --format json --facet places --limit 0 refugees korea china
cp "$work/out" "$work/facets"
run_index search --format json --limit 3 --offset 2 refugees korea china
json "pages are of the one set" \
    'a["total"] == json.load(open(sys.argv[1].replace("/out", "/facets")))["total"] and a["offset"] == 2'
run_index search --no-relax refugees korea china
code_is "--no-relax: every word" 1
has "--no-relax: none" out "no cables match"
run_index search --no-relax --format json refugees korea china
json "--no-relax in JSON" 'a["relaxed"] is None and a["total"] == 0'
run_index search --no-relax --relax refugees korea china
code_is "the last of both counts" 0

run_index search zzyzx korea
has "a word of no cable is told" out 'No cable has "zzyzx"; showing cables with korea.'
run_index search zzyzx qqxqq smugling
has "several words of no cable" out 'No cable has "smugling", "zzyzx" or "qqxqq"; showing cables with smuggling.'
run_index search '"illegal border crossers" zzyzx'
has "what never gives way stays" out 'No cable has "zzyzx"; showing cables with the rest of the query.'
run_index search --format json '"illegal korea" border'
json "a phrase never gives way" 'a["total"] == 0 and a["relaxed"] is None'
run_index search --format json '"illegal border crossers" -chongjin -korea'
json "what is left out stays out" 'a["total"] == 0 and a["relaxed"] is None'

run_index search '"ilegal border crossers"'
code_is "a suggestion is no hit" 1
has "a better phrase is offered" out 'Did you mean  "illegal border crossers"  ?'
has_not "then no other advice is given" out "Try fewer words"
run_index search --format json title:koera
json "a better query in JSON" 'a["suggestion"] == "title:korea" and a["relaxed"] is None'
run_index search --where places=Cuba title:koera
has_not "a query that finds no more is not offered" out "Did you mean"

run_index show --format json --hit 1 smugling chongjin
json "a hit of a corrected query can be shown" 'a["id"] == "188166"'
finish
