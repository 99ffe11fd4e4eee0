#!/bin/sh
# The whole query language over the corpus: wildcards, similar words, words near each other, dates, printed text and
# references.  Totals are compared with a count over the records as `show` prints them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index search --format ids --limit 100
cp "$work/out" "$work/ids"
while read -r id; do
    run_index show --format json "$id"
    cat "$work/out"
    echo
done <"$work/ids" >"$work/records"
run_index search --format json --limit 100
cp "$work/out" "$work/hits"

# The plain count: a Python expression over each record `r`, its printed text, and its folded words `w`, which has a
# blank before and behind each; values and fields are lines.  `first` and `last` are its days, "" when it has no date.
plain() {
    python3 - "$work/records" "$1" "$work/hits" <<'PYTHON'
import json, re, sys, unicodedata

decoder = json.JSONDecoder()
text = open(sys.argv[1], encoding="utf-8").read().strip()
searched = ("body", "title", "summary", "classification", "number", "from", "to", "distribution", "places", "people",
            "topics", "archive", "source", "translators", "donors", "language", "original", "original_language",
            "collection")

def fold(value):
    value = re.sub("['\u2018\u2019\u201b\u02bb\u02bc\u02bf`]", "", value)
    value = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    return " " + "  ".join(re.findall(r"[^\W_]+", value.lower())) + " "

hits = {h["id"]: h for h in json.load(open(sys.argv[3], encoding="utf-8"))["hits"]}
n = 0
while text:
    r, end = decoder.raw_decode(text)
    text = text[end:].strip()
    values = []
    for name in searched:
        value = r.get(name, [])
        values += value if isinstance(value, list) else [value]
    printed = "\n".join(re.sub(r"\s+", " ", v) for v in values)
    w = "\n".join(fold(v) for v in values)
    first, last = hits[r["id"]]["date_earliest"] or "", hits[r["id"]]["date_latest"] or ""
    n += bool(eval(sys.argv[2]))
print(n)
PYTHON
}

# total NAME QUERY EXPRESSION: as many as the plain count, and not none.
total() {
    run_index search --format json --limit 0 -- "$2"
    expected=$(plain "$3")
    json "$1: $expected" "a['total'] == $expected > 0"
}

# finds NAME QUERY IDS: these hits, in any order.
finds() {
    run_index search --format ids --limit 100 -- "$2"
    if [ "$(sort "$work/out" | tr '\n' ' ')" = "$3" ]; then
        ok "$1"
    else
        not_ok "$1"
    fi
}

total "a beginning" 'kore*' 're.search(" kore[^ \n]* ", w)'
total "an end" '*gyang' 're.search("gyang ", w)'
total "one letter" 'P?ongyang' 're.search(" p.ongyang ", w)'
total "a beginning in a field" 'title:kore*' 're.search(" kore", fold(r["title"]))'
total "NOT over a wildcard" '-kore*' 'not re.search(" kore", w)'
total "a wildcard of a name with a hyphen" 'Kim-Il-s*' 're.search(" kim  il  s", w)'
finds "a wildcard in a phrase" '"illegal bord* crossers"' "188166 "
finds "a misspelt word" 'smugling~1' "188166 "
finds "a misspelt word in a phrase" '"ilegal~1 border crossers"' "188166 "
finds "inflections in a phrase" '~"illegally borders crossers"' "188166 "
finds "none without the tilde" '"illegally borders crossers"' ""

total "words near each other" 'Korean NEAR/5 border' \
    're.search(" koreans?  ([^ \n]+  ){0,5}border ", w) or re.search(" border  ([^ \n]+  ){0,5}koreans? ", w)'
total "words in order" 'illegal* ADJ/3 border' 're.search(" illegal[^ \n]*  ([^ \n]+  ){0,3}border ", w)'
finds "the other order" 'exact:crossers ADJ/0 exact:border' ""
finds "a phrase near a word" '"border crossers" NEAR/3 illegal' "188166 "

total "dates" 'date:1961..1963' 'first and first[:4] <= "1963" and last[:4] >= "1961"'
total "a month that is sure" 'date=1961-12' 'first[:7] == last[:7] == "1961-12"'
total "no date" 'date:none' 'not first'
total "since in the query" 'since:1975' 'last[:4] >= "1975"'
run_index search --format json --limit 0 'date:soon'
code_is "a date that is none gives 2" 2

total "text as printed" 'verbatim:"An said"' 're.search(r"\bAn said\b", printed)'
total "text with its punctuation" 'verbatim:"[North] Korea"' '"[North] Korea" in printed'
finds "other capitals are other text" 'verbatim:"an said"' ""
finds "a part of a word is no word" 'verbatim:"n said that"' ""
run_index search --format json --snippets 3 'verbatim:"An said"'
json "printed text is marked whole" \
    '[s["text"][f:t] for h in a["hits"] for s in h["snippets"] for f, t in s["marks"]].count("An said") == 3'

finds "a reference with a page" 'src:"PRC FMA 118-01026-07 126"' "188166 "
finds "its last page" 'src:"PRC FMA 118-01026-07, 128"' "188166 "
finds "without a page" 'src:"PRC FMA 118-01026-07"' "188166 "
finds "another page" 'src:"PRC FMA 118-01026-07 129"' ""
finds "another file" 'src:"PRC FMA 118-01026-08 126"' ""
total "an archive" 'src:"PRC FMA"' '"PRC FMA" in r.get("source", "")'

run_index search '"the a*"'
code_is "too many words give 2" 2
has "and say how many there may be" err "200 words"
finish
