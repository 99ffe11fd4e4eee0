#!/bin/sh
# What show marks, and the passages that search shows of the sample.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index show --highlight '"illegal border crossers" figures' 188166
code_is "show --highlight succeeds" 0
has "words and phrases stand between stars" out '1. **Figures** on the number of **illegal border crossers**. An said'
has "in every field that is searched" out 'Chinese Citizens'
has_not "no escape goes into a pipe" out "$(printf '\033')"
sed 's/\*\*//g' "$work/out" >"$work/plain"
run_index show 188166
if cmp -s "$work/out" "$work/plain"; then ok "but for the stars nothing changes"; else not_ok "but for the stars nothing changes"; fi
run_index show --hit 1 '"illegal border crossers"'
if cmp -s "$work/out" "$work/plain"; then ok "a hit is not marked in a pipe"; else not_ok "a hit is not marked in a pipe"; fi
run_index show --highlight 'title:border from:korea' 188166
has "a word in one field is marked there" out 'Crossing the **Border** to Come to Korea'
has "and another one in its own" out 'Chinese Embassy in North **Korea**'
has "and in no other" out 'Crossing the Border to Come to [North] Korea'
run_index show --highlight 'nothing-like-it' 188166
if cmp -s "$work/out" "$work/plain"; then ok "what is not there is not marked"; else not_ok "what is not there is not marked"; fi

run_index show --highlight 'korea (' 188166
code_is "a bad query gives 2" 2
has "the query is shown" err '  korea ('
has "with a caret" err '        ^'
is_empty "and nothing else" out
run_index show --highlight korea --format note 188166
code_is "a citation is not marked" 2
run_index show --highlight "$(printf 'kor\377')" 188166
code_is "a query that is not UTF-8 gives 2" 2

run_index show --format json --highlight '"border crossers" korea' 188166
is_json "--format json --highlight is JSON"
json "the record is within" 'a["format"] == 1 and a["record"]["id"] == "188166"'
json "the query is told" 'a["highlight"] == "\"border crossers\" korea"'
cat >"$work/marked.py" <<'PYTHON'
import json, sys
a = json.load(open(sys.argv[1], encoding="utf-8"))
found = set()
for m in a["marks"]:
    value = a["record"][m["field"]]
    value = value[m["value"]] if isinstance(value, list) else value
    value = value.get("value", "") if isinstance(value, dict) else value
    found |= {(term, value[f:t]) for f, t, term in m["marks"]}
print(sorted(found))
sys.exit(0 if found == {(0, "border crossers"), (1, "Korea"), (1, "Korea\u2019s")} else 1)
PYTHON
if python3 "$work/marked.py" "$work/out" >"$work/err" 2>&1; then ok "marks are code points of a value"; else not_ok "marks are code points of a value"; fi

run_index search --format json --limit 1 'korean chinese border 1961'
json "all words are in one passage" \
    '{"korean", "chinese", "border"} <= {s["text"][f:t].lower() for s in a["hits"][0]["snippets"][:1] for f, t in s["marks"]}'
run_index search --format json --limit 1 --snippets 3 '"illegal border crossers"'
json "a phrase is one mark in each passage" \
    'all([s["text"][f:t] for f, t in s["marks"]] == ["illegal border crossers"] for s in a["hits"][0]["snippets"])'
json "passages begin and end with sentences" \
    'all(s["text"][-1] in ".:" and s["text"][0].isupper() or s["text"][0].isdigit() for s in a["hits"][0]["snippets"])'
json "there are several" 'len(a["hits"][0]["snippets"]) == 3'
finish
