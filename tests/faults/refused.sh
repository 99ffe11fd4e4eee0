#!/bin/sh
# A libxapian that does not open what the bulk builder wrote: the rebuild warns once, lets libxapian index, and says so in
# runs/last-run.json.  The index is the one that --via-xapian makes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

faults=${top_builddir:-$top_srcdir/build}/tests/faults
shim=$faults/.libs/refuse.so
if [ ! -e "$shim" ]; then
    [ -e "$faults/refuse.la" ] && echo "# this build makes no shared libraries" && exit 77
    echo "Bail out! there is no $shim"
    exit 99
fi
# A sanitizer wants to be loaded first; the calls go on to its own all the same.
ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
export ASAN_OPTIONS

# run_refused ARG...: the program with a libxapian that refuses.
run_refused() {
    LD_PRELOAD=$shim "$CABLES" --index "$index" "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}

# last_run: what runs/last-run.json holds is the last output.
last_run() {
    cp "$index/runs/last-run.json" "$work/out"
}

# n_lines NAME FILE TEXT N: as many lines of a file of $work have the text.
n_lines() {
    if [ "$(grep -cF -e "$3" "$work/$2")" -eq "$4" ]; then ok "$1"; else not_ok "$1"; fi
}

run --index "$work/reference" rebuild --quiet --via-xapian "$corpus/cables.jsonl"
code_is "the reference is built" 0

run_refused rebuild --report "$work/report" "$corpus/cables.jsonl"
code_is "a refused database does not fail the rebuild" 0
n_lines "there is one warning" err "does not open what the bulk builder wrote" 1
n_lines "and one report" report '"id":"index.glass_refused"' 1
has_not "no record is doubtful for it" err "doubtful"
last_run
json "the run says that Xapian came in" 'a["builder"] == "fallback" and a["outcome"] == "published"'
run_index check --full --against "$work/reference"
code_is "the index is sound and that of --via-xapian" 0
run_index search --format ids --limit 1 korea
code_is "and answers" 0

run_refused rebuild --quiet "$corpus/cables.jsonl"
code_is "so it is with --quiet" 0
n_lines "which is quiet" err "" 0

run_refused rebuild --via-xapian "$corpus/cables.jsonl"
code_is "Xapian's own database is not refused" 0
has_not "who asks for Xapian is not warned" err "bulk builder"
last_run
json "and that was no fallback" 'a["builder"] == "xapian"'

run_index rebuild "$corpus/cables.jsonl"
has_not "nobody is warned otherwise" err "bulk builder"
last_run
json "and the bulk builder is used" 'a["builder"] == "bulk"'
if [ -z "$(find "$index" -name '.build-*')" ]; then ok "nothing is left behind"; else not_ok "nothing is left behind"; fi
finish
