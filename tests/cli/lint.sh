#!/bin/sh
# cables lint: what is read, what looks wrong, what was seen before, and the table of fields.  All texts are made up.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

long=$(printf 'The envoy spoke at length about kerosene, maize and the state of the roads in winter. %.0s' 1 2 3)
cat >"$work/good.jsonl" <<END
{"id":"g-1","title":"Report on Roads, 3 May 1961","date":"May 5, 1961","body":"$long","source":"PRC FMA 106-99999-01, 1-2. Translated by Ann Oak."}
END
run lint "$work/good.jsonl"
code_is "a good record gives 0" 0
has "what was read is shown" out "$work/good.jsonl:1: g-1, May 5, 1961, 7 fields, Report on Roads, 3 May 1961"
has "the summary" out "1 record read, 0 skipped, 0 findings in 0"
is_empty "nothing goes to standard error" err

cat >"$work/bad.jsonl" <<END
{"id":"b-1","title":"Report, Sofia, 26 June 1963","date":"June 30, 1962","body":"$long","source":"A heap of papers"}
{"id":"b-2","title":"The same under another id","date":"06.03.1976","body":"${long%?}","classification":"Secret"}
{"id":"b-1","title":"The id again","date":"Spring 1975","body":"TOP SECRET\n\nKoreaâ€™s envoy K O S Y G I N said fol1ows.\nSubjects Discussed\n","classification":"Secret"}
{"title":"No id"}
not JSON
END
run lint "$work/bad.jsonl"
code_is "findings give 1" 1
for finding in \
    'lint.date_title: the title has the date 1963-06-26, the record 1962-06-30' \
    'lint.citation_unread: the source names no archive and file that can be told: "A heap of papers"' \
    'lint.date_doubtful: the date may have day and month the other way round: "06.03.1976"' \
    "lint.duplicate_text: the text is that of record b-1 of $work/bad.jsonl:1" \
    "lint.duplicate_id: the id is used already, and this one will replace record b-1 of $work/bad.jsonl:1" \
    'lint.date_unread: the date cannot be read: "Spring 1975"' \
    'lint.classification: the text is headed "TOP SECRET", the record is "Secret"' \
    'lint.label: a label of the page is left in the text: "Subjects Discussed"' \
    'lint.mojibake: ' 'lint.ocr: ' 'lint.spaced: ' \
    'lint.no_id: ' 'lint.no_body: ' 'lint.no_date: ' \
    "$work/bad.jsonl:5: skipped"; do
    has "finding ${finding%%: *}" out "$finding"
done
has "the summary counts" out "4 records read, 1 skipped, 14 findings in 4"
run lint --quiet "$work/bad.jsonl"
code_is "--quiet has the same exit code" 1
if [ "$(wc -l <"$work/out")" -eq 1 ]; then ok "--quiet prints the summary"; else not_ok "--quiet prints the summary"; fi

run lint --format jsonl "$work/bad.jsonl" "$work/good.jsonl"
code_is "JSON lines have the same exit code" 1
if python3 - "$work/out" <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert [line["type"] for line in lines] == ["record"] * 4 + ["skipped", "record", "summary"]
assert lines[0]["id"] == "b-1" and lines[0]["line"] == 1
assert [f["id"] for f in lines[0]["findings"]] == ["lint.date_title", "lint.citation_unread"]
assert [f["id"] for f in lines[5]["findings"]] == ["lint.duplicate_text"] and lines[5]["fields"] == 7
assert lines[6] == {"type": "summary", "records": 5, "skipped": 1, "findings": 15, "records_with_findings": 5}
PYTHON
then ok "JSON lines"; else not_ok "JSON lines"; fi

# ---- Records without ids ----

mkdir "$work/unnamed"
printf '{"title":"Rice","date":"1961","body":"%s"}\n' "$long" >"$work/unnamed/1.jsonl"
printf '{"title":"Glue","body":"Glue."}\n{"title":"Maize","date":"1962","body":"Maize."}\n' >"$work/unnamed/2.jsonl"
run lint "$work/unnamed"
code_is "a source without ids gives 1" 1
cat >"$work/expected" <<END
$work/unnamed: 3 records
  lint.no_id: none of the 3 records has an id of its own
3 records read, 0 skipped, 2 findings in 1
END
if tail -n 3 "$work/out" | cmp -s - "$work/expected" && [ "$(grep -c no_id "$work/out")" -eq 1 ]; then
    ok "and is told so once, behind its records"
else
    not_ok "and is told so once, behind its records"
fi
run lint "$work/unnamed" "$work/good.jsonl" "$work/unnamed/1.jsonl"
if [ "$(grep -c no_id "$work/out")" -eq 2 ]; then ok "each source by itself"; else not_ok "each source by itself"; fi
has "one record, too" out "the one record has no id of its own"
run lint --quiet "$work/unnamed"
has "--quiet counts it once" out "3 records read, 0 skipped, 2 findings in 1"

# One id of a source makes the others faults of their records, those before it too.
cp "$work/good.jsonl" "$work/unnamed/3.jsonl"
cp "$work/unnamed/1.jsonl" "$work/unnamed/4.jsonl"
run lint "$work/unnamed"
code_is "a source with some ids gives 1" 1
sed -n '/unnamed.3/,$p' "$work/out" | sed 's/x-[0-9a-f]*/x/; /duplicate/d' >"$work/tail"
cat >"$work/expected" <<END
$work/unnamed/3.jsonl:1: g-1, May 5, 1961, 7 fields, Report on Roads, 3 May 1961
$work/unnamed/1.jsonl:1: x, read earlier
  lint.no_id: the record has no id of its own
$work/unnamed/2.jsonl:1: x, read earlier
  lint.no_id: the record has no id of its own
$work/unnamed/2.jsonl:2: x, read earlier
  lint.no_id: the record has no id of its own
$work/unnamed/4.jsonl:1: x, 1961, 4 fields, Rice
  lint.no_id: the record has no id of its own
5 records read, 0 skipped, 7 findings in 5
END
if cmp -s "$work/tail" "$work/expected"; then ok "and tells of each record"; else not_ok "and tells of each record"; fi

run lint --format jsonl "$work/unnamed" "$work/unnamed/2.jsonl"
if python3 - "$work/out" <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert [line["type"] for line in lines] == \
    ["record"] * 4 + ["earlier"] * 3 + ["record"] * 3 + ["source", "summary"]
for record, earlier in zip(lines[:3], lines[4:7]):
    assert "lint.no_id" not in [f["id"] for f in record["findings"]]
    assert [earlier[key] for key in ("source", "line", "id")] == [record[key] for key in ("source", "line", "id")]
    assert [f["id"] for f in earlier["findings"]] == ["lint.no_id"]
assert "lint.no_id" in [f["id"] for f in lines[7]["findings"]]
source = lines[10]
assert source["source"].endswith("/unnamed/2.jsonl") and source["line"] is None and source["records"] == 2
assert source["findings"] == [{"id": "lint.no_id", "finding": "none of the 2 records has an id of its own"}]
told = sum(len(line.get("findings", [])) for line in lines[:-1])
assert lines[11]["findings"] == told and lines[11]["records"] == 7, (told, lines[11])
PYTHON
then ok "as JSON lines"; else not_ok "as JSON lines"; fi

# ---- The table of fields ----

run lint --fields "$corpus/pages"
has "the table of fields" out "field                            records    filled     derived    distinct"
has "a row of it" out "id                                    41   100.0 %           0          41"
has "the summary is below the table" out "41 records read"
if awk 'length($0) > 80 { bad = 1 } END { exit bad }' "$work/out"; then
    ok "the table fits 80 columns"
else
    not_ok "the table fits 80 columns"
fi
run lint --fields --format jsonl "$work/good.jsonl"
has "the table as JSON lines" out \
    '{"type":"field","field":"id","records":1,"percent":100.0,"derived":0,"distinct":1,"distinct_exact":true}'

printf '{"id":"c-1","title":"\033[31mred\033[0m","date":"1961","body":"%s"}\n' "$long" >"$work/steer.jsonl"
sed 's/\x1b/\\u001b/g' "$work/steer.jsonl" >"$work/escaped.jsonl"
run lint "$work/escaped.jsonl"
if grep -q "$(printf '\033')" "$work/out"; then not_ok "nothing steers the terminal"; else ok "nothing steers the terminal"; fi

"$CABLES" lint - <"$work/good.jsonl" >"$work/out" 2>"$work/err"
code=$?
code_is "standard input is a source" 0
run lint --as jsonl "$work/good.jsonl"
code_is "--as names the format" 0
run lint --as page "$work/good.jsonl"
code_is "what is not of the format is skipped" 1
run lint
code_is "no source is a usage error" 2
run lint --format json "$work/good.jsonl"
code_is "json is no format of lint" 2
run lint "$work/missing"
code_is "a missing source gives 4" 4
has "and is named" err "$work/missing"
finish
