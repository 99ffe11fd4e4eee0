#!/bin/sh
# What a historian asks of the sample's world is answered as wished, readable in a pipe of 80 columns.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

# first NAME ID QUERY...: the first hit of a search; its text stays in $work/out, wrapped lines joined in $work/joined.
first() {
    wanted=$2
    name=$1
    shift 2
    run_index search --format ids --relax "$@"
    if [ "$(head -n 1 "$work/out")" = "$wanted" ]; then ok "$name"; else not_ok "$name"; fi
    run_index search "$@"
    code_is "$name, as text" 0
    tr -s ' \n' '  ' <"$work/out" >"$work/joined"
    if python3 -c 'import sys; sys.exit(any(len(l.rstrip("\n")) > 80 for l in open(sys.argv[1], encoding="utf-8")))' "$work/out"; then
        ok "$name, in 80 columns"
    else
        not_ok "$name, in 80 columns"
    fi
}

first "four words of a subject" 188166 korean chinese border 1961
has "a year is offered as a date" joined "date:1961"
run_index search -p "Workers' Party of Korea"
code_is "a phrase with an apostrophe" 0
tr -s ' \n' '  ' <"$work/out" >"$work/joined"
has "it is quoted back" joined "\"Workers' Party of Korea\""
first "a name with its marks" 188166 Hoeryŏng
has "the passage has the name" joined Hoeryong
first "printed text" 188166 'verbatim:"An said"' --snippets 10
has "it is found once" out "1 cable matches"
if [ "$(grep -o 'An said' "$work/joined" | wc -l)" = 4 ]; then # the heading quotes the query
    ok "three passages and no more have it"
else
    not_ok "three passages and no more have it"
fi
run_index search --format json --snippets 10 'verbatim:"An said"'
json "not every an is marked" \
    '[s["text"][f:t] for h in a["hits"] for s in h["snippets"] for f, t in s["marks"]] == ["An said"] * 3'
first "a page of an archival file" 188166 'src:"PRC FMA 118-01026-07 126"'
has "the source is the passage" joined "source: PRC FMA 118-01026-07, 125-128"
run_index search 'src:"PRC FMA 118-01026-07 129"'
code_is "a page that it does not have" 1
first "a number" 188166 '"Korea Consular No. 103"'
first "sender, addressee and month" 188166 'from:"Chinese Embassy" to:"Ministry of Public Security" date:1961-12'
first "two words, in order of date, with facets" 188166 smuggling Chongjin --sort date --facet archive --facet translators
has "the archives are counted" joined "archive (1) PRC FMA 1"
has "the translators are counted" joined "translators (1) David Cowhig 1"

run_index search refugees korea china
has "no cable has all the words: said in the first line" out "No cable has all of these words"
index=$work/sample
run_index rebuild --quiet "$corpus/pages/188166.txt"
run_index search refugees korea china
has "of the sample alone: the word that no cable has" out 'No cable has "refugees"; showing cables with korea china.'
code_is "and what has the others is shown" 0
finish
