# Shared by the tests of the cables program: sourced first, it gives a scratch folder and the checks.
# shellcheck shell=sh
#
# CABLES is the program and top_srcdir the source tree; both have defaults for runs by hand.  Each check prints
# "ok - name" or "not ok - name"; `finish` exits 1 when one failed.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top_srcdir=${top_srcdir:-$(cd "$here/../.." && pwd)}
CABLES=${CABLES:-$top_srcdir/build/cables}
[ -x "$CABLES" ] || {
    echo "Bail out! there is no program $CABLES: set CABLES"
    exit 99
}
corpus=$top_srcdir/corpus
work=$(mktemp -d "${TMPDIR:-/tmp}/cables-test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# What the tester's machine has must not matter.
HOME=$work/home
mkdir "$HOME"
export HOME
unset CABLES_INDEX XDG_DATA_HOME NO_COLOR COLUMNS
LC_ALL=C.UTF-8
export LC_ALL

# Xapian 1.4.22 frees a table as another type in its own check, which the program calls.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}new_delete_type_mismatch=0
export ASAN_OPTIONS

index=$work/index
n_failed=0
code=0

ok() {
    echo "ok - $1"
}

not_ok() {
    echo "not ok - $1"
    n_failed=$((n_failed + 1))
    sed 's/^/# out: /' "$work/out" 2>/dev/null | head -n 12
    sed 's/^/# err: /' "$work/err" 2>/dev/null | head -n 12
}

skip() {
    echo "ok - $1 # skip $2"
}

# run ARG...: the program; what it said is in $work/out and $work/err, its exit code in $code.
run() {
    "$CABLES" "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
}

# run_index ARG...: the program on the index of this test.
run_index() {
    run --index "$index" "$@"
}

# Checks on the last run.
code_is() {
    if [ "$code" -eq "$2" ]; then
        ok "$1"
    else
        echo "# exit code $code, not $2"
        not_ok "$1"
    fi
}

# has NAME FILE TEXT: whether a file of $work, such as out or err, holds a text.
has() {
    if grep -qF -e "$3" "$work/$2"; then
        ok "$1"
    else
        echo "# $2 does not have: $3"
        not_ok "$1"
    fi
}

has_not() {
    if grep -qF -e "$3" "$work/$2"; then
        echo "# $2 has: $3"
        not_ok "$1"
    else
        ok "$1"
    fi
}

is_empty() {
    if [ -s "$work/$2" ]; then
        not_ok "$1"
    else
        ok "$1"
    fi
}

# json NAME EXPRESSION: a Python expression over the last output, parsed as `a`, must be true.
json() {
    if python3 - "$work/out" "$2" 2>"$work/json-err" <<'PYTHON'
import json, sys
a = json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(0 if eval(sys.argv[2]) else 1)
PYTHON
    then
        ok "$1"
    else
        echo "# not so: $2"
        sed 's/^/# /' "$work/json-err"
        not_ok "$1"
    fi
}

is_json() {
    if python3 -m json.tool "$work/out" >/dev/null 2>&1; then
        ok "$1"
    else
        not_ok "$1"
    fi
}

# The corpus, in $index.
build_index() {
    run_index rebuild --quiet "$corpus/pages" "$corpus/cables.jsonl"
    if [ "$code" -ne 0 ]; then
        not_ok "the corpus can be indexed"
        exit 1
    fi
}

finish() {
    exit "$((n_failed > 0))"
}
