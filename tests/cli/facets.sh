#!/bin/sh
# Counts, single cables and statistics, against the corpus and its README.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index facets --format json --facet archive:100
code_is "facets succeeds" 0
is_json "facets --format json is JSON"
json "facets has no hits" 'a["hits"] == [] and a["total"] == 75'
cp "$work/out" "$work/archive"
if python3 - "$work/archive" "$corpus/README.md" <<'PYTHON'
import json, re, sys
counted = {v["value"]: v["count"] for v in json.load(open(sys.argv[1]))["facets"]["archive"]["values"]}
table = open(sys.argv[2], encoding="utf-8").read().split("| Archive |")[1].split("**all**")[0]
told = {m[1]: int(m[2]) for m in re.finditer(r"^\| ([^|]+?) \|[^|]*\|[^|]*\| (\d+) \|$", table, re.M)}
told[None] = told.pop("(none given)")
for name in sorted(set(counted) | set(told), key=str):
    if counted.get(name) != told.get(name):
        print("#", name, counted.get(name), told.get(name))
sys.exit(counted != told)
PYTHON
then ok "archive counts equal the README's"; else not_ok "archive counts equal the README's"; fi

# The same from the records themselves, for every facet that is a plain key.
run_index search --format ids --limit 1000
: >"$work/records"
while read -r id; do
    "$CABLES" --index "$index" show --format json "$id" >>"$work/records" || not_ok "show $id"
done <"$work/out"
run_index facets --format json --facet archive:1000 --facet classification:1000 --facet donors:1000 --facet people:1000
if python3 - "$work/out" "$work/records" <<'PYTHON'
import collections, json, sys
facets = json.load(open(sys.argv[1]))["facets"]
records = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
assert len(records) == 75
bad = 0
for name, facet in facets.items():
    counts = collections.Counter()
    for record in records:
        values = record.get(name) or [None]
        counts.update(set(values if isinstance(values, list) else [values]))
    got = {v["value"]: v["count"] for v in facet["values"]}
    if got != dict(counts) or facet["distinct"] != len([v for v in counts if v is not None]):
        print("#", name, {k: (got.get(k), counts.get(k)) for k in set(got) | set(counts) if got.get(k) != counts.get(k)})
        bad = 1
sys.exit(bad)
PYTHON
then ok "counts equal those of the records"; else not_ok "counts equal those of the records"; fi

run_index search --format json --limit 0 --facet archive:100
json "search --facet counts the same" \
    'a["facets"]["archive"] == __import__("json").load(open("'"$work"'/archive"))["facets"]["archive"]'
run_index facets --format json
json "without --facet every facet is counted" '{"archive", "places", "decade", "month", "year"} <= set(a["facets"])'
run_index facets refugees
has "facets in text names the query" out "match  refugees"
has "facets in text counts dates" out "dates: "
run_index facets --facet classification
has "records without a value are (none)" out "(none)"
run_index facets zzyzx
code_is "facets of nothing give 1" 1
run_index facets --format json --facet places:100 --where 'places=Asia > Korea'
json "a value selects those below it" 'a["total"] == 10'
json "a facet is counted without its own selection" \
    '{v["value"]: v["count"] for v in a["facets"]["places"]["values"]}["Europe"] > a["total"]'
run_index facets --format json --facet places:2 --contains places=KOREA
json "--contains bounds the values" 'a["facets"]["places"]["distinct"] > 2 and len(a["facets"]["places"]["values"]) == 2 and all("Korea" in v["value"] for v in a["facets"]["places"]["values"])'
run_index facets --format json --contains "places=p'YONGAN" --contains archive=FMA
json "accents and apostrophes are passed over" \
    'set(a["facets"]) == {"places", "archive"} and [v["value"] for v in a["facets"]["places"]["values"]][:1] == ["Asia > Korea > North Korea > South P\u0027y\u014fngan"]'
run_index facets --format json --below 'places=Asia > Korea' --facet places:1
json "--below opens one level" \
    'a["facets"]["places"]["distinct"] == 2 and [v["value"] for v in a["facets"]["places"]["values"]] == ["Asia > Korea > North Korea"]'
run_index facets --format json --below places=
json "--below NAME= shows the top level" 'all(" > " not in v["value"] for v in a["facets"]["places"]["values"])'
run_index facets --format json --below places=Asia --where places=Europe --where archive=
json "what is selected stays" '{"value": "Europe", "selected": True} == {k: v for k, v in a["facets"]["places"]["values"][-1].items() if k != "count"}'
run_index facets --below people=Kim
code_is "a facet without levels gives 2" 2
has "and is named" err 'the facet "people" has no levels'
run_index facets --contains places
code_is "--contains needs a text" 2
run_index facets --contains "places=$(printf '\377')"
has "a text that is not UTF-8 is refused" err "--contains is not UTF-8"
run_index search --format json --limit 0 --contains places=hung korea
json "search takes --contains" 'all("Hung" in v["value"] for v in a["facets"]["places"]["values"])'
run_index facets --facet year:3 --contains year=196 --where decade=1960s
cat >"$work/expected" <<'END'
29 cables  where decade = 1960s
dates: 24 certain, 5 possible, 0 undated

year (10)
  1962       6 (5 certain)
  1964       6
  1961       5 (4 certain)
END
if diff "$work/expected" "$work/out"; then ok "years in text tell what is certain"; else not_ok "years in text tell what is certain"; fi
run_index facets --format json --facet year --facet archive
json "certain is told of periods only" \
    'all("certain" in v for v in a["facets"]["year"]["values"]) and not any("certain" in v for v in a["facets"]["archive"]["values"])'
run_index facets 'korea ('
code_is "facets of a bad query give 2" 2

run_index show 188166
code_is "show succeeds" 0
has "show has the archive" out "PRC FMA"
has "show has the body" out "20,517 Chinese of the Korean nationality"
run_index show --format json 188166
is_json "show --format json is JSON"
json "show --format json has the record" 'a["id"] == "188166" and a["date"] == "1961-12-02" and "body" in a'
run_index show 999
code_is "an unknown id gives 1" 1
has "an unknown id is named" err "999"
run_index show "$(printf '\377')"
code_is "an id that is not UTF-8 gives 2" 2
run_index show 188166 900001
code_is "two ids are a usage error" 2

run_index stats
code_is "stats succeeds" 0
has "stats counts the records" out "75"
run_index stats --format json
is_json "stats --format json is JSON"
json "stats --format json counts" 'a["format"] == 1 and a["records"] == 75 and a["words"] > 5000'
json "stats --format json has the days" 'a["date_earliest"] == "1945-11-03" and a["date_latest"] == "1991-03-01"'
json "stats --format json names the facets" '"archive" in a["facets"] and "decade" in a["facets"]'

# The whole of a record in text.
printf '%s\n' '{"id":"t-1","title":"Cable on rice","date":"1961-12-02","places":["Cuba","Romania"],"remarks":"odd","body":"One.\n\nTwo.","summary":"Short."}' \
    >"$work/one.jsonl"
index=$work/one
run_index rebuild --quiet "$work/one.jsonl"
run_index show t-1
cat >"$work/expected" <<'END'
Cable on rice

id                  t-1
date                1961-12-02
places              Cuba; Romania
remarks             odd

One.

Two.

Summary
Short.
END
if diff "$work/expected" "$work/out"; then ok "a record in text"; else not_ok "a record in text"; fi
finish
