#!/bin/sh
# A rebuild in which each system call that matters fails once, or is where the process is killed: the index goes on
# answering, a failure is told, nothing is left behind, and the next rebuild succeeds.
. "$(dirname "$0")/../cli/lib.sh"

shim=${top_builddir:-$top_srcdir/build}/tests/faults/.libs/fail.so
[ -e "$shim" ] || {
    echo "Bail out! there is no $shim"
    exit 99
}
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS

for i in 1 2 3; do
    echo "{\"id\":\"$i\",\"title\":\"Cable $i\",\"body\":\"harvest\",\"archive\":\"MOL\"}"
done >"$work/old.jsonl"
sed 's/harvest/harvest anew/' "$work/old.jsonl" >"$work/new.jsonl"
run_index rebuild --quiet "$work/old.jsonl"
run_index rebuild --quiet "$work/old.jsonl"
code_is "the old index is built" 0
mv "$index" "$work/pristine"
old=$(readlink "$work/pristine/CURRENT")

# What no index that is at rest holds.
litter() {
    find "$index" \( -name '.build-*' -o -name '.CURRENT.new' -o -name '.*.new' -o -name building -o -name staging \) -print
    find "$index/generations" -mindepth 1 -maxdepth 1 | tail -n +3
}

# Whether the index answers with all of the old records, or all of the new ones.
answers() {
    run_index search --format ids --limit 10 harvest
    [ "$code" -eq 0 ] && [ "$(sort "$work/out" | tr '\n' ' ')" = "1 2 3 " ] || return 1
    run_index search --format ids anew
    case $(readlink "$index/CURRENT"):$code in
    "$old:1" | *:0) return 0 ;;
    *) return 1 ;;
    esac
}

# one CALL N HOW: whether all is well after the Nth CALL failed; 2 when there is no Nth one.
one() {
    rm -rf "$index" "$work/mark"
    cp -R "$work/pristine" "$index"
    FAIL_CALL=$1 FAIL_AT=$2 FAIL_HOW=$3 FAIL_MARK=$work/mark LD_PRELOAD=$shim \
        "$CABLES" --index "$index" rebuild "$work/new.jsonl" >"$work/fault" 2>&1 </dev/null
    fault_code=$?
    [ -e "$work/mark" ] || return 2
    answers || { echo "# $1 $2 $3: the index does not answer" && return 1; }
    now=$(readlink "$index/CURRENT")
    case $3:$fault_code in
    kill:137) ;;
    kill:*) echo "# $1 $2: exit code $fault_code after a kill" && return 1 ;;
    *:0)
        [ "$now" != "$old" ] || { echo "# $1 $2 $3: success, and nothing is published" && return 1; }
        ;;
    *:5)
        grep -q . "$work/fault" || { echo "# $1 $2 $3: nothing is said" && return 1; }
        [ "$now" = "$old" ] || { echo "# $1 $2 $3: a failure is told, and the new index serves" && return 1; }
        ;;
    *) echo "# $1 $2 $3: exit code $fault_code" && return 1 ;;
    esac
    if [ "$3" != kill ] && [ -n "$(litter)" ]; then
        litter | sed "s/^/# $1 $2 $3: left: /"
        return 1
    fi
    [ "$3" = kill ] || return 0
    run_index rebuild --quiet "$work/new.jsonl"
    [ "$code" -eq 0 ] && [ -z "$(litter)" ] && return 0
    litter | sed "s/^/# $1 $2 $3: left after the next rebuild: /"
    echo "# $1 $2 $3: the next rebuild gave $code"
    return 1
}

# every CALL HOW...: all calls, one after the other.
every() {
    call=$1
    shift
    for how; do
        n=0
        n_bad=0
        result=0
        while [ $result -ne 2 ]; do
            n=$((n + 1))
            one "$call" $n "$how"
            result=$?
            [ $result -ne 1 ] || n_bad=$((n_bad + 1))
        done
        : >"$work/out"
        cp "$work/fault" "$work/err"
        if [ $n -gt 1 ] && [ $n_bad -eq 0 ] && [ $fault_code -eq 0 ]; then
            ok "$call, $how: all $((n - 1)) of them"
        else
            not_ok "$call, $how: $n_bad of $((n - 1)), and $fault_code without a fault"
        fi
    done
}

# errno: 5 EIO, 24 EMFILE, 28 ENOSPC
every rename 5 kill
every symlink 28 kill
every mkdir 28 kill
every fsync 5 kill
every write 28 kill
every open 24 kill
every unlink kill
every flock kill

# A file size limit, as of a full disk; the signal that comes with it is passed over.
rm -rf "$index"
cp -R "$work/pristine" "$index"
(
    trap '' XFSZ
    ulimit -f 4
    exec "$CABLES" --index "$index" rebuild "$work/new.jsonl"
) >"$work/out" 2>"$work/err"
code=$?
code_is "files that cannot grow give 5" 5
if answers && [ "$(readlink "$index/CURRENT")" = "$old" ] && [ -z "$(litter)" ]; then
    ok "and the old index serves"
else
    not_ok "and the old index serves"
fi
finish
