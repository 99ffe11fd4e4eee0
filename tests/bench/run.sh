#!/bin/sh
# bench/run: measures what is there, says what is missing, and keeps what stands outside the markers of a results file.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
cd "${top_builddir:-$top_srcdir/build}" || exit 99

# bench ARG...: as run, for bench/run
bench() {
    "$top_srcdir/bench/run" --work "$work" "$@" "$corpus/cables.jsonl" >"$work/out" 2>"$work/err"
    code=$?
}

bench --only libsearch --rounds 2
code_is "libsearch alone" 0
if grep -Eq '^\| libsearch \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \| [0-9]+ \|' "$work/out"; then
    ok "a row has time, speed, processor time and memory"
else
    not_ok "a row has time, speed, processor time and memory"
fi
has "the corpus is named" out "The corpus: $(wc -l <"$corpus/cables.jsonl") records, "
has "the command is named" out "../bench/run --only libsearch --rounds 2 cables.jsonl"
has_not "and no folder" out "$work"
if [ -z "$(find "$work" -name 'bench-run.*')" ]; then ok "nothing is left behind"; else not_ok "nothing is left behind"; fi

printf 'Before.\n' >"$work/results"
bench --only libsearch --results "$work/results"
printf 'After.\n' >>"$work/results"
bench --only libsearch --results "$work/results"
if [ "$(grep -c '^| libsearch ' "$work/results")" -eq 1 ]; then
    ok "results are replaced"
else
    not_ok "results are replaced"
fi
if [ "$(head -n 1 "$work/results")" = Before. ] && [ "$(tail -n 1 "$work/results")" = After. ]; then
    ok "what stands around them is kept"
else
    not_ok "what stands around them is kept"
fi

bench --only libsearch --rebuild=--no-such-option
code_is "a rebuild that fails is no measurement" 1
has "and is said to have failed" out "Not measured: libsearch, it failed."
bench --only nothing
code_is "an unknown name is a wrong use" 2
finish
