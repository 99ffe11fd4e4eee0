#!/bin/sh
# The histogram in time: its units, its width, what it leaves out and tells, and the same as JSON and TSV.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# is NAME: the last output is what stands on standard input.
is() {
    cat >"$work/expected"
    if diff "$work/expected" "$work/out" >"$work/difference"; then
        ok "$1"
    else
        sed 's/^/# /' "$work/difference"
        not_ok "$1"
    fi
}

# Invented records: dates that are certain, that may be of several years, that are far apart, and none.
python3 - >"$work/made.jsonl" <<'PYTHON'
import json
dates = ["1961-12-02"] * 12 + ["1961-11-30"] * 5 + ["1961..1963"] * 4 + ["1962-03"] * 7 + ["1963"] + ["1968-01-01"] + ["1991", "1800..1820"]
for i, date in enumerate(dates + [None, None]):
    record = {"id": "t-%d" % i, "title": "Invented", "body": "Rice." if i % 2 else "Sugar.", "topics": ["all"]}
    print(json.dumps({**record, "date": date} if date else record))
PYTHON
run_index rebuild --quiet "$work/made.jsonl"
code_is "dates can be indexed" 0

run_index timeline --by year --where year=1961 --where year=1962 --where year=1963 --where year=1968 --where year=1991
code_is "timeline succeeds" 0
is "by year in 80 columns" <<'END'
31 cables  where year = 1961, year = 1962, year = 1963, year = 1968, year = 1991
by year: █ certain ░ possible

1961  21  ███████████████████████████████████████████████░░░░░░░░░░░  17 certain
1962  11  ███████████████████░░░░░░░░░░░  7 certain
1963   5  ███░░░░░░░░░░░  1 certain
⋯     4 years without a cable
1968   1  ███
⋯     22 years without a cable
1991   1  ███
END
COLUMNS=40
export COLUMNS
run_index timeline sugar --where decade=1960s
is "by year in 40 columns" <<'END'
15 cables match  sugar  where decade =
    1960s
by year: █ certain ░ possible

1961  11  ████████████████░░░  9 certain
1962   5  █████░░░░  3 certain
1963   3  ██░░░  1 certain
END
COLUMNS=9
run_index timeline
has "the narrowest has bars, too" out "1960s    30  ████"
COLUMNS=wide
run_index timeline --by decade
unset COLUMNS
is "by decade over two centuries" <<'END'
34 cables
by decade: █ certain ░ possible

1800s     1  ░░  0 certain
1810s     1  ░░  0 certain
1820s     1  ░░  0 certain
⋯        13 decades without a cable
1960s    30  ████████████████████████████████████████████████████████
1970s     0
1980s     0
1990s     1  ██
undated   2
END
cp "$work/out" "$work/decades"
run_index timeline
if cmp -s "$work/out" "$work/decades"; then ok "long times are shown by decade"; else not_ok "long times are shown by decade"; fi
run_index timeline --where year=1961 --where month=1961-11 --where month=1961-12
is "short times are shown by month" <<'END'
21 cables  where year = 1961, month = 1961-11, month = 1961-12
by month: █ certain ░ possible

1961-11   9  █████████████████░░░░░░░░░░░░░░  5 certain
1961-12  16  █████████████████████████████████████████░░░░░░░░░░░░░░  12 certain
END
run_index timeline --by month --where decade=1810s
is "long spans have no months" <<'END'
1 cable  where decade = 1810s
1 more: a span of over ten years
END
run_index timeline --where decade=
is "only undated cables" <<'END'
2 cables  where decade = (none)
undated  2
END
run_index timeline zzyzx
code_is "nothing gives 1" 1
is "nothing" <<'END'
no cables match  zzyzx
END

run_index timeline --format tsv --by year rice --where topics=all
sed '/^18/d' "$work/out" >"$work/late" && mv "$work/late" "$work/out"
is "TSV has the periods with cables" <<'END'
period	count	certain
1961	10	8
1962	6	4
1963	2	0
1968	1	1
undated	1	1
END
run_index timeline --format json --by decade -p rice
is_json "timeline --format json is JSON"
json "JSON has the periods with cables" '[(p["period"], p["count"], p["certain"]) for p in a["periods"]] == [("1800s", 1, 0), ("1810s", 1, 0), ("1820s", 1, 0), ("1960s", 15, 15)]'
json "and what has none" 'a["undated"] == 1 and a["too_wide"] == 0 and a["total"] == 17'
json "and what was asked" 'a["format"] == 1 and a["query"] == "\"rice\"" and a["by"] == "decade" and "generation" in a'
run_index timeline --format json --by month
json "JSON tells of long spans" 'a["too_wide"] == 1 and a["undated"] == 2'
if grep -q "$(printf '\033')" "$work/out"; then not_ok "no escapes"; else ok "no escapes"; fi

run_index timeline --by week
code_is "an unknown period is a usage error" 2
has "and the periods are told" err "decade, year or month"
run_index timeline --format ids
code_is "timeline has no ids" 2
run_index timeline 'rice ('
code_is "timeline of a bad query gives 2" 2

index=$work/corpus
build_index
run_index timeline --format json --by year
cp "$work/out" "$work/years"
run_index facets --format json --facet year:1000
json "a timeline counts as facets do" 'sorted((v["value"], v["count"], v["certain"]) for v in a["facets"]["year"]["values"] if v["value"]) == [(p["period"], p["count"], p["certain"]) for p in __import__("json").load(open("'"$work"'/years"))["periods"]]'
run_index timeline --by year
if python3 -c 'import sys; sys.exit(any(len(l.rstrip("\n")) > 80 for l in open(sys.argv[1], encoding="utf-8")))' "$work/out"; then
    ok "lines fit 80 columns"
else
    not_ok "lines fit 80 columns"
fi
finish
