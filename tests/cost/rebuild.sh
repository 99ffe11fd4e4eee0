#!/bin/sh
# What a rebuild costs, counted in instructions: the test corpus is indexed and published for fewer than ten times those of
# reading and analyzing it (read_and_analyze.c), both from the start of the program to its end, in all threads, and with fewer
# than 250 allocations a record.  Not a part of make check, since valgrind makes it slow.
#
#   tests/cost/rebuild.sh    in the environment of make check, or by hand with the build in build/
set -u
here=$(cd "$(dirname "$0")" && pwd)
top_srcdir=${top_srcdir:-$(cd "$here/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
limit=10               # times
allocations_limit=250 # a record
work=$(mktemp -d "${TMPDIR:-/tmp}/cables-cost.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
LC_ALL=C.UTF-8
export LC_ALL

name="a rebuild takes under $limit times the instructions of reading and analyzing, and under $allocations_limit allocations a record"

bail_out() {
    echo "not ok - $name"
    echo "# $1"
    sed 's/^/# /' "$work/log" 2>/dev/null | tail -n 20
    exit 1
}

skip() {
    echo "ok - $name # skip $1"
    exit 0
}

# count PROGRAM ARGUMENT...: prints the instructions of a program of the build, run from the source tree.
count() {
    (cd "$top_srcdir" && "$top_builddir/libtool" --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$@" >"$work/log" 2>&1) || return 1
    sed -nE 's/^==[0-9]+== Collected : ([0-9]+).*/\1/p' "$work/log" | grep .
}

# allocations PROGRAM ARGUMENT...: prints how many blocks of memory a program of the build asks for.
allocations() {
    (cd "$top_srcdir" && "$top_builddir/libtool" --mode=execute valgrind --tool=dhat --dhat-out-file=/dev/null \
        "$@" >"$work/log" 2>&1) || return 1
    sed -nE 's/^==[0-9]+== Total: .* bytes in ([0-9,]+) blocks.*/\1/p' "$work/log" | tr -d , | grep .
}

command -v valgrind >/dev/null 2>&1 || skip "there is no valgrind"
if grep -q '^SANITIZER_FLAGS = .*-fsanitize' "$top_builddir/Makefile"; then
    skip "sanitizers and valgrind do not go together"
fi
make -s -C "$top_builddir" cables tests/cost/read_and_analyze >"$work/log" 2>&1 || bail_out "cannot build the programs"

least=$(count "$top_builddir/tests/cost/read_and_analyze" corpus) ||
    bail_out "reading and analyzing cannot be counted"
rebuild=$(count "$top_builddir/cables" --index "$work/index" rebuild --quiet corpus) ||
    bail_out "the rebuild cannot be counted"

blocks=$(allocations "$top_builddir/cables" --index "$work/counted" rebuild --quiet corpus) ||
    bail_out "the allocations cannot be counted"
records=$(sed -nE 's/^ +"records": ([0-9]+).*/\1/p' "$work/counted/runs/last-run.json")

[ -n "$(ls "$work/index/generations")" ] || bail_out "the rebuild published nothing"
echo "# reading and analyzing: $((least / 1000000)) million instructions"
echo "# rebuild:               $((rebuild / 1000000)) million, $((rebuild / least)).$((rebuild * 10 / least % 10)) times"
echo "# allocations:           $blocks, $((blocks / records)) a record"
if [ "$rebuild" -lt "$((limit * least))" ] && [ "$blocks" -lt "$((allocations_limit * records))" ]; then
    echo "ok - $name"
else
    bail_out "it takes too many"
fi
