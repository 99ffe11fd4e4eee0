#!/bin/sh
# Records out as JSON lines, and the index that is made of them: the same records, the same answers.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index dump
code_is "dump succeeds" 0
is_empty "dump says nothing on standard error" err
cp "$work/out" "$work/dumped"
if [ "$(wc -l <"$work/dumped")" -eq 75 ]; then ok "a line for each record"; else not_ok "a line for each record"; fi
if python3 - "$work/dumped" "$corpus/cables.jsonl" <<'PYTHON'
import json, sys
dumped = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
given = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
# The pages come first; then what was given as JSON comes back.
assert [r["id"] for r in dumped[-len(given):]] == [r["id"] for r in given], "the order is not that of the sources"
for a, b in zip(dumped[-len(given):], given):
    for key in ("title", "date", "body", "archive", "places"):
        assert a.get(key) == (b.get(key) or None), (a["id"], key)
PYTHON
then ok "records come in order, with what they were given"; else not_ok "records come in order, with what they were given"; fi
run_index show --format json 188166
if grep -qxFf "$work/out" "$work/dumped"; then ok "a line is what show prints"; else not_ok "a line is what show prints"; fi

first=$index
index=$work/second
"$CABLES" --index "$first" dump | "$CABLES" --index "$index" rebuild --quiet --as jsonl - >"$work/out" 2>"$work/err"
code=$?
code_is "rebuild reads a dump" 0
run_index dump
if cmp "$work/dumped" "$work/out"; then ok "an index of a dump has the same records"; else not_ok "an index of a dump has the same records"; fi
for question in 'korea' '"illegal border crossers"' 'title:cable -japan' 'Kim Il-sung' ''; do
    for where in places=Asia decade=1960s archive= topics=Nothing; do
        "$CABLES" --index "$first" search --format json --limit 100 --facet places --facet year --where "$where" "$question" |
            sed 's/"took_ms":[0-9.e-]*//; s/"generation":"[^"]*"//' >"$work/first"
        "$CABLES" --index "$index" search --format json --limit 100 --facet places --facet year --where "$where" "$question" |
            sed 's/"took_ms":[0-9.e-]*//; s/"generation":"[^"]*"//' >"$work/out"
        if [ -s "$work/out" ] && cmp "$work/first" "$work/out"; then
            ok "the same answer: $question where $where"
        else
            not_ok "the same answer: $question where $where"
        fi
    done
done

run_index search --format ids --limit 100 --where decade=1960s korea
cp "$work/out" "$work/ids"
run_index dump --where decade=1960s korea
code_is "dump of a query succeeds" 0
python3 -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"): print(json.loads(line)["id"])' "$work/out" >"$work/dumped-ids"
if [ -s "$work/ids" ] && cmp "$work/ids" "$work/dumped-ids"; then
    ok "dump of a query gives what search finds"
else
    not_ok "dump of a query gives what search finds"
fi
run_index dump --where archive=
if [ "$(wc -l <"$work/out")" -gt 0 ] && ! grep -q '"archive":' "$work/out"; then ok "dump takes --where"; else not_ok "dump takes --where"; fi
run_index dump -p 'illegal border crossers'
if [ "$(wc -l <"$work/out")" -eq 1 ]; then ok "dump takes -p"; else not_ok "dump takes -p"; fi
run_index dump zzyzx
code_is "dump of nothing gives 1" 1
is_empty "dump of nothing prints nothing" out
run_index dump 'korea ('
code_is "dump of a bad query gives 2" 2
"$CABLES" --index "$index" dump 2>"$work/err" | true
is_empty "a closed pipe is quiet" err
if [ -e /dev/full ]; then
    "$CABLES" --index "$index" dump >/dev/full 2>"$work/err"
    code=$?
    code_is "a full disk gives 5" 5
fi
finish
