#!/bin/sh
# The manual page tells the truth: its examples run, and it names the options that the program has.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
manual=$top_srcdir/doc/cables.1

# The examples write as a reader would: "cables", the user's index, and cables in ~/cables.
ln -s "$corpus" "$HOME/cables"
mkdir "$work/bin"
ln -s "$CABLES" "$work/bin/cables"
PATH=$work/bin:$PATH
export PATH
sed -n 's/^\$ \(cables .*\)/\1/p' "$manual" >"$work/examples"
for command in search facets timeline show cite similar terms dump stats check analyze; do # those of rebuild name folders that are not here
    cables "$command" --help
done | sed -n 's/^  \(cables .*\)/\1/p' | grep -v -e '/srv/' >>"$work/examples"
if [ "$(wc -l <"$work/examples")" -ge 4 ]; then ok "the manual has examples"; else not_ok "the manual has examples"; fi
while read -r line; do
    (cd "$work" && sh -c "$line") >"$work/out" 2>"$work/err" </dev/null # some write files
    code=$?
    code_is "example: $line" 0
done <"$work/examples"

sed -n 's/^\.It .*Fl Fl \([a-z-]*\).*/\1/p' "$manual" | sort -u >"$work/told"
for command in rebuild search facets timeline show cite similar terms dump stats check analyze lint; do
    "$CABLES" "$command" --help
done | sed -n 's/^  .*--\([a-z-]*\)\( .*\)\{0,1\}  .*/\1/p' | sort -u >"$work/known"
if diff "$work/told" "$work/known" >"$work/out"; then
    ok "the manual has the options of the program"
else
    not_ok "the manual has the options of the program"
fi
finish
