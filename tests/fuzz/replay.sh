#!/bin/sh
# Replays what fuzzing is begun with, and what it once found: tests/fuzz/corpus/NAME through fuzz_NAME.  A crash, a sanitizer's
# complaint or more than a minute fails; a program that passes says so itself.
set -u
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
n_failed=0

for program in ${FUZZ_PROGRAMS:?}; do
    name=${program##*/fuzz_}
    if ! timeout 60 "$top_builddir/$program" "$top_srcdir/tests/fuzz/corpus/$name"; then
        echo "not ok - replay of ${program##*/}"
        n_failed=$((n_failed + 1))
    fi
done

[ "$n_failed" -eq 0 ]
