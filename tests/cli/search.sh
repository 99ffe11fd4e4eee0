#!/bin/sh
# Searching the corpus: hits, facets, selections, formats, and queries that cannot be read.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index search --format json '"illegal border crossers"'
code_is "hits give 0" 0
is_json "search --format json is JSON"
json "the first hit of the phrase is 188166" 'a["hits"][0]["id"] == "188166"'
json "the total is exact" 'a["exact"] is True and a["format"] == 1'
json "188166 has its date" 'a["hits"][0]["date_earliest"] == a["hits"][0]["date_latest"] == "1961-12-02"'
json "the phrase stands in 188166 alone" 'a["total"] == 1'
json "a mark covers words of the phrase" \
    'any(s["text"][f:t].lower() in "illegal border crossers" for s in a["hits"][0]["snippets"] for f, t in s["marks"])'
cp "$work/out" "$work/quoted"
run_index search --format json -p 'illegal border crossers'
json "-p is a phrase" 'a["hits"][0]["id"] == "188166" and a["total"] == 1'
run_index search --format json --where places=Korea '"illegal border crossers"'
json "the phrase within places=Korea is 188166" 'a["hits"][0]["id"] == "188166"'
json "within places=Korea the date is 1961-12-02" 'a["hits"][0]["date_earliest"] == "1961-12-02"'
run_index search --format json 'places:Korea "illegal border crossers"'
json "the phrase with places:Korea in the query" 'a["hits"][0]["id"] == "188166"'
run_index search --format ids 20517
if [ "$(cat "$work/out")" = 188166 ]; then ok "20517 finds 20,517"; else not_ok "20517 finds 20,517"; fi
run_index search --format ids 20,517
if [ "$(cat "$work/out")" = 188166 ]; then ok "so does 20,517"; else not_ok "so does 20,517"; fi

run_index search illegal border crossers
tr -s ' \n' '  ' <"$work/out" >"$work/joined" # the line may be wrapped
has "the first line counts" out "1 cable matches  illegal border crossers"
has "a hit has date, number, reference and id" joined \
    "1961-12-02 · (61) Korea Consular No. 103 · PRC FMA 118-01026-07, 125-128 · 188166"
has_not "no escapes outside terminals" out "$(printf '\033')"
if python3 -c 'import sys; sys.exit(any(len(l.rstrip("\n")) > 80 for l in open(sys.argv[1], encoding="utf-8")))' "$work/out"; then
    ok "lines fit 80 columns"
else
    not_ok "lines fit 80 columns"
fi
printf 'illegal\nborder crossers\n' | "$CABLES" --index "$index" search --format ids - >"$work/out" 2>"$work/err"
if grep -qx 188166 "$work/out"; then ok "- reads the query"; else not_ok "- reads the query"; fi
run_index search --limit 1 korea
has "what follows the page is told" out "--offset 1"
run_index search --format ids --limit 100 korea
cp "$work/out" "$work/all"
run_index search --format ids --limit 3 --offset 2 korea
if [ "$(sed -n 3,5p "$work/all")" = "$(cat "$work/out")" ]; then
    ok "pages agree"
else
    not_ok "pages agree"
fi
run_index search --format json --limit 0 korea
json "--limit 0 counts only" 'a["hits"] == [] and a["total"] > 0'
code_is "--limit 0 with matches gives 0" 0
run_index search --format json --explain --limit 20 north korea
json "the parts of a score add up to it" \
    'all(abs(sum(e["value"] for e in h["explanations"]) - h["score"]) < 1e-9 for h in a["hits"]) and len(a["hits"]) > 5'
run_index search --format json --snippets 3 --limit 1 korea
json "--snippets bounds the passages" '1 <= len(a["hits"][0]["snippets"]) <= 3'
run_index search --format ids --limit 100
if [ "$(sort -u "$work/out" | wc -l)" -eq 75 ]; then ok "no query: all records"; else not_ok "no query: all records"; fi
run_index search --format ids --limit 100 korea -china
cp "$work/out" "$work/without"
run_index search --format ids --limit 100 korea china
if ! grep -qxFf "$work/out" "$work/without"; then ok "-word leaves out"; else not_ok "-word leaves out"; fi

run_index search zzyzx
code_is "no hits give 1" 1
has "no hits are told, with advice" out "Try fewer words"
run_index search --where places=Atlantis korea
has "no hits with --where: try without" out "without --where"
run_index search --format json zzyzx
code_is "no hits in JSON give 1" 1
json "no hits in JSON" 'a["total"] == 0 and a["hits"] == []'
run_index search --format ids zzyzx
code_is "no hits as ids give 1" 1
is_empty "no hits as ids print nothing" out

run_index search --limit 1 --facet archive:3 --facet decade korea
has "facets follow the hits" out "archive ("
run_index search --format json --limit 0 --facet places:2 korea
json "--facet NAME:N bounds the values" 'len(a["facets"]["places"]["values"]) == 2'
run_index search --format json --limit 100 --where classification= --where archive=MOL --where archive=AJ
json "--where f= takes records without a value" 'a["total"] == len(a["hits"]) > 0'
for id in $(python3 -c 'import json,sys; print(*[h["id"] for h in json.load(open(sys.argv[1]))["hits"]])' "$work/out"); do
    run_index show --format json "$id"
    json "$id has no classification and one of two archives" 'not a.get("classification") and a["archive"] in ("MOL", "AJ")'
done
run_index search --facet places:Korea korea
code_is "--facet places:Korea is a usage error" 2
has "--facet places:Korea points to --where" err "--where places=Korea"
run_index search --where places:Korea korea
has "--where places:Korea is mended" err "did you mean --where places=Korea?"
run_index search --facet colour korea
code_is "an unknown facet gives 2" 2
has "an unknown facet lists the facets" err "archive"
run_index search --where colour=red korea
code_is "an unknown facet in --where gives 2" 2
run_index search --format json --facet colour korea
is_empty "errors with --format json leave the output empty" out
has "errors with --format json are text" err "colour"

run_index search 'korea "illegal border'
code_is "an unclosed quote gives 2" 2
if grep -qF '  korea "illegal border' "$work/err" && grep -qx '        ^' "$work/err"; then
    ok "the caret stands under the quote"
else
    not_ok "the caret stands under the quote"
fi
run_index search 'Ceaușescu 金日成 (moscow'
if grep -q '^ *^$' "$work/err" && [ "$(grep '\^' "$work/err")" = "                   ^" ]; then
    ok "the caret counts columns, not bytes"
else
    not_ok "the caret counts columns, not bytes"
fi
run_index search 'colour:red'
code_is "an unknown field gives 2" 2
run_index search 'korea )'
code_is "a stray parenthesis gives 2" 2
run_index search --format json 'korea )'
has "a bad query in JSON still has its caret" err "^"
run_index search "$(printf 'kor\377ea')"
code_is "a query that is not UTF-8 gives 2" 2
has "a query that is not UTF-8 is told where" err "byte 4"
long=$(printf '%0300d' 7)
run_index search "$long"
code_is "a word of 300 bytes finds nothing, without an error" 1
run_index search "$(printf 'a%.0s OR ' $(seq 300)) a"
code_is "too many words give 2" 2

# Dates and lines
run_index search --format ids --limit 100 korea --since 1961 --until 1964-06
cp "$work/out" "$work/bound"
run_index search --format ids --limit 100 'korea date:1961..1964-06'
if cmp -s "$work/out" "$work/bound"; then ok "--since and --until are a date"; else not_ok "--since and --until are a date"; fi
run_index search --format json korea --since 1990 --relax
json "they bind in JSON" 'a["total"] == 1 and a["hits"][0]["date"] >= "1990"'
run_index search korea --since maybe
code_is "a bound that is no date gives 2" 2
has "it is named" err "since: maybe is no date"
for command in facets timeline dump; do
    run_index "$command" --since 1961 --until 1961
    code_is "$command takes them" 0
done
run_index search --format tsv --limit 3 korea
if [ "$(awk -F '\t' 'NF == 6' "$work/out" | wc -l)" = 4 ]; then ok "a table has six columns"; else not_ok "a table has six columns"; fi
run_index search --format json --limit 2 korea
cp "$work/out" "$work/object"
run_index search --format jsonl --limit 2 korea
if python3 -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
sys.exit(lines != json.load(open(sys.argv[2], encoding="utf-8"))["hits"])' "$work/out" "$work/object"; then
    ok "JSON lines are the hits of the object"
else
    not_ok "JSON lines are the hits of the object"
fi

# Orders
run_index search --format json --limit 100 --sort date
json "by date, the oldest first" \
    '[h["date_earliest"] for h in a["hits"] if h["date_earliest"]] == sorted(h["date_earliest"] for h in a["hits"] if h["date_earliest"])'
json "the undated come last" 'all(h["date_earliest"] is None for h in a["hits"][-2:]) and a["hits"][0]["date_earliest"]'
run_index search --format json --limit 100 --sort date:desc
json "by date, the newest first" \
    '(lambda d: d == sorted(d, reverse=True))([h["date_latest"] for h in a["hits"] if h["date_latest"]])'
json "the undated come last again" 'a["hits"][-1]["date_earliest"] is None'
run_index search --format json --limit 100 --sort title
json "by title, capitals and quotes aside" \
    '(lambda t: t == sorted(t))(["".join(c for c in h["title"].lower() if c.isascii() and c.isalnum())[:9] for h in a["hits"]])'
run_index search --format json --limit 100 --sort number
json "by number, digits as numbers" \
    '(lambda n: n == sorted(n))([int(h["number"][5:]) for h in a["hits"] if h["number"] and h["number"].startswith("No. ") and h["number"][4:].isdigit()])'
json "cables without a number come last" 'a["hits"][0]["number"] and a["hits"][-1]["number"] is None'
run_index search --format ids --limit 100 --sort title:desc,date
cp "$work/out" "$work/all"
run_index search --format ids --limit 10 --offset 20 --sort title:desc,date
if [ "$(sed -n 21,30p "$work/all")" = "$(cat "$work/out")" ]; then
    ok "pages of an order agree"
else
    not_ok "pages of an order agree"
fi
run_index search --format ids --limit 100 --sort score korea
cp "$work/out" "$work/all"
run_index search --format ids --limit 100 korea
if cmp -s "$work/out" "$work/all"; then ok "by score is what it is without"; else not_ok "by score is what it is without"; fi
run_index search --format ids --limit 100 --sort score:asc korea
if [ "$(head -n 1 "$work/out")" = "$(tail -n 1 "$work/all")" ]; then ok "the worst first"; else not_ok "the worst first"; fi
for bad in colour date:up 'date,' ',' date:desc:asc ''; do
    run_index search --sort "$bad" korea
    code_is "--sort '$bad' gives 2" 2
done
has "the keys are told" err "score, date, title and number"

# The whole of an answer, on records made for it.
cat >"$work/two.jsonl" <<'END'
{"id":"t-1","title":"Cable on rice","date":"1961-12-02","number":"No. 1","archive":"PRC FMA","places":["Cuba"],"body":"Rice came late."}
{"id":"t-2","title":"Note on maize","places":["Cuba","Romania"],"body":"Maize came early.","summary":"Rice is not spoken of here."}
END
index=$work/two
run_index rebuild --quiet "$work/two.jsonl"
run_index search rice --facet places --facet archive --where places=Cuba
cat >"$work/expected" <<'END'
2 cables match  rice  where places = Cuba

 1. Cable on rice
    1961-12-02 · No. 1 · PRC FMA · t-1
    Rice came late.

 2. Note on maize
    undated · t-2
    summary: Rice is not spoken of here.

places (2)
* Cuba          2
  Romania       1

archive (1)
  PRC FMA       1
  (none)        1
END
if diff "$work/expected" "$work/out"; then ok "an answer in text"; else not_ok "an answer in text"; fi

# Names meet however they are written, and exact: keeps to what is typed.
cat >"$work/names.jsonl" <<'END'
{"id":"n-1","title":"Talk in Peking","date":"1957-11-02","places":["China"],"body":"Mao Tse-tung received W[illiam] Clark."}
{"id":"n-2","title":"Talk in Beijing","date":"1957-11-03","places":["China"],"body":"Mao Zedong [the Chairman] received Pak Hŏn-yŏng."}
{"id":"n-3","title":"On work","date":"1957-11-04","places":["Korea"],"body":"Zedong, said Mao, spoke of labor. Pak Hon Yong agreed to a cease-fire."}
END
index=$work/named
run_index rebuild --quiet "$work/names.jsonl"
run_index search --facet places mao zedong
cat >"$work/expected" <<'END'
3 cables match  mao zedong

 1. Talk in Beijing
    1957-11-03 · n-2
    Mao Zedong [the Chairman] received Pak Hŏn-yŏng.

 2. Talk in Peking
    1957-11-02 · n-1
    Mao Tse-tung received W[illiam] Clark.

 3. On work
    1957-11-04 · n-3
    Zedong, said Mao, spoke of labor. Pak Hon Yong agreed to a cease-fire.

places (2)
  China       2
  Korea       1
END
if diff "$work/expected" "$work/out"; then ok "a name as bare words"; else not_ok "a name as bare words"; fi

# finds NAME QUERY IDS: the ids found, from the best on.
finds() {
    run_index search --format ids "$2"
    if [ "$(paste -sd' ' "$work/out")" = "$3" ]; then ok "$1"; else not_ok "$1"; fi
}
finds "a name as a phrase" '"mao zedong"' 'n-2 n-1'
finds "what is typed comes first" '"mao tse-tung"' 'n-1 n-2'
finds "a phrase over a bracket" '"Mao Tse-tung received"' 'n-1 n-2'
finds "a word that brackets complete" '"william clark"' 'n-1'
finds "a place" 'peking' 'n-1 n-2'
finds "a spelling" 'labour' 'n-3'
finds "a compound" 'ceasefire' 'n-3'
finds "a name left out" 'received -"mao zedong"' ''
finds "exact: of a phrase" 'exact:"mao zedong"' 'n-2'
finds "exact: of words in parentheses" 'exact:(mao zedong)' 'n-2 n-3'
finds "exact: of a word" 'exact:labour' ''
finds "exact: before a field" 'exact:title:peking' 'n-1'
finds "exact: left out" 'mao -exact:"mao zedong"' 'n-1 n-3'
finds "exact: still folds marks" 'exact:"pak hon yong"' 'n-2 n-3'
run_index search --format json --snippets 1 'exact:"mao zedong"'
json "the query is told with exact:" 'a["query"] == "exact:\"mao zedong\""'
run_index search --format json --snippets 1 '"mao zedong received" clark'
json "a name and a word that brackets complete are marked whole" \
    '[a["hits"][0]["snippets"][0]["text"][f:t] for f, t in a["hits"][0]["snippets"][0]["marks"]] == ["Mao Tse-tung received", "Clark"]'
run_index search 'mao exact:'
code_is "exact: of nothing gives 2" 2
if [ "$(grep '\^' "$work/err")" = "      ^" ]; then ok "its caret"; else not_ok "its caret"; fi

finish
