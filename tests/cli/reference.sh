#!/bin/sh
# Of a real collection the bulk builder makes what libxapian makes of it, entry by entry.  The collection may not be copied into
# the tree: it is looked for in $CORPORA, else in ../shared/corpora beside the source tree.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

collection=${CORPORA:-$top_srcdir/../shared/corpora}/dfat.jsonl
if [ ! -r "$collection" ]; then
    echo "# there are no corpora beside the source tree; name their folder in CORPORA"
    exit 77
fi
if [ -n "${SEARCH_TEST_LIGHT:-}" ]; then # a checker makes all slow
    head -n 400 "$collection" >"$work/some.jsonl"
    collection=$work/some.jsonl
fi
run_index rebuild --quiet "$collection"
code_is "the bulk builder takes the collection" 0
run --index "$work/reference" rebuild --quiet --via-xapian "$collection"
code_is "libxapian takes it" 0
run_index check --full --against "$work/reference"
code_is "they are equal" 0
has "and were compared" out "indexes are equal"

run --index "$work/narrow" rebuild --quiet --jobs 5 --memory 320 "$collection"
code_is "other threads and other memory build it" 0
if cmp "$index/CURRENT/manifest.json" "$work/narrow/CURRENT/manifest.json"; then
    ok "with the same digest of every file"
else
    not_ok "with the same digest of every file"
fi

finish
