#!/bin/sh
# bench/enlarge: equal calls give equal bytes, ids are unique, and every record is one that can be indexed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

enlarge() {
    "$top_srcdir/bench/enlarge" "$@"
}

# same NAME FILE FILE
same() {
    if cmp -s "$work/$2" "$work/$3"; then ok "$1"; else not_ok "$1"; fi
}

for kind in large tiny; do
    option=
    [ $kind = tiny ] && option=--tiny
    # shellcheck disable=SC2086 # none or one
    enlarge $option "$corpus/cables.jsonl" 500 >"$work/a"
    # shellcheck disable=SC2086
    enlarge $option "$corpus/cables.jsonl" 500 >"$work/b"
    same "$kind: equal calls give equal bytes" a b
    # shellcheck disable=SC2086
    enlarge $option "$corpus/cables.jsonl" 100 >"$work/b"
    head -n 100 "$work/a" >"$work/first"
    same "$kind: the first records do not depend on the number" first b
    # shellcheck disable=SC2086
    enlarge $option --seed 2 "$corpus/cables.jsonl" 100 >"$work/b"
    if cmp -s "$work/first" "$work/b"; then not_ok "$kind: another seed, other records"; else ok "$kind: another seed, other records"; fi
    if [ "$(sed -E 's/^\{"id": ?"([^"]*)".*/\1/' "$work/a" | sort -u | wc -l)" -eq 500 ]; then
        ok "$kind: ids are unique"
    else
        not_ok "$kind: ids are unique"
    fi
    mv "$work/a" "$work/$kind.jsonl"
    run --index "$work/$kind" rebuild --strict "$work/$kind.jsonl"
    code_is "$kind: every record can be indexed" 0
    has "$kind: all of them are" err "indexed 500 records"
done

n_source=$(wc -c <"$corpus/cables.jsonl")
n_made=$(enlarge "$corpus/cables.jsonl" "$(wc -l <"$corpus/cables.jsonl")" | wc -c)
if [ "$n_made" -gt "$((n_source / 2))" ] && [ "$n_made" -lt "$((n_source * 2))" ]; then
    ok "records are about as long as those they were made from"
else
    echo "# $n_made bytes of $n_source"
    not_ok "records are about as long as those they were made from"
fi
finish
