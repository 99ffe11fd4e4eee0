#!/bin/sh
# What other Xapian programs make of an index: they check it, compact it, search it and list it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

for tool in xapian-check xapian-compact xapian-delve quest; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "# there is no $tool: install xapian-tools"
        exit 77
    fi
done

# tool NAME PROGRAM ARG...: it must succeed.
tool() {
    name=$1
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    code_is "$name" 0
}

# is_sound NAME DATABASE: what Xapian's own check says of every entry.
is_sound() {
    tool "xapian-check passes $1" xapian-check "$2"
    has "without a complaint about $1" out "No errors found"
}

# documents DATABASE: how many there are.
documents() {
    xapian-delve "$1" | sed -n 's/^number of documents = //p'
}

for jobs in 1 3; do
    run_index rebuild --quiet --jobs "$jobs" --memory $((64 * jobs)) "$corpus/pages" "$corpus/cables.jsonl"
    code_is "the corpus is indexed with $jobs jobs" 0
    store=$index/CURRENT/segment-0/xapian
    is_sound "the corpus" "$store"
done
run_index search --format ids --limit 100 korea
LC_ALL=C sort "$work/out" >"$work/ours"

tool "xapian-delve lists it" xapian-delve -a "$store"
has "with its words" out "korea"
tool "xapian-delve shows a record" xapian-delve -r 1 -d "$store"
has "as it is stored" out '"id":'
tool "quest searches it" quest --db="$store" --msize=100 korea
has "and finds" out "matches"
if [ "$(grep -c '^[0-9]*: \[' "$work/out")" -gt 0 ] &&
    [ "$(grep -c '^[0-9]*: \[' "$work/out")" -eq "$(wc -l <"$work/ours")" ]; then
    ok "as many records as cables search"
else
    not_ok "as many records as cables search"
fi

tool "xapian-compact accepts it" xapian-compact "$store" "$work/compacted"
is_sound "what it makes" "$work/compacted"
if [ "$(documents "$work/compacted")" = "$(documents "$store")" ] && [ "$(documents "$store")" -eq 75 ]; then
    ok "with all its documents"
else
    not_ok "with all its documents"
fi

echo '{"title":"Alone","id":"1"}' >"$work/one.jsonl"
run --index "$work/one" rebuild --quiet "$work/one.jsonl"
is_sound "one record" "$work/one/CURRENT/segment-0/xapian"
tool "and compacts" xapian-compact "$work/one/CURRENT/segment-0/xapian" "$work/one-compacted"
: >"$work/none.jsonl"
run --index "$work/none" rebuild --quiet --force "$work/none.jsonl"
code_is "no records are indexed" 0
is_sound "no records" "$work/none/CURRENT/segment-0/xapian"
finish
