#!/bin/sh
# A rebuild in which each system call that matters fails once, or is where the process is killed: the index goes on
# answering, what is told is true, nothing is left behind, and the next rebuild succeeds.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

faults=${top_builddir:-$top_srcdir/build}/tests/faults
shim=$faults/.libs/fail.so
if [ ! -e "$shim" ]; then
    [ -e "$faults/fail.la" ] && echo "# this build makes no shared libraries" && exit 77
    echo "Bail out! there is no $shim"
    exit 99
fi
# A sanitizer wants to be loaded first; the calls go on to its own all the same.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS

for i in 1 2 3; do
    echo "{\"id\":\"$i\",\"title\":\"Cable $i\",\"body\":\"harvest\",\"archive\":\"MOL\"}"
done >"$work/old.jsonl"
sed 's/harvest/harvest anew/' "$work/old.jsonl" >"$work/new.jsonl"

# litter N: what no index that is at rest holds, and what there is beside N generations.
litter() {
    [ -d "$index" ] || return 0
    find "$index" \( -name '.build-*' -o -name '.*.new' -o -name building -o -name staging \)
    [ ! -d "$index/generations" ] ||
        find "$index/generations" -mindepth 1 -maxdepth 1 ! -name '.*' | sort -r | tail -n +"$(($1 + 1))"
}

current() {
    readlink "$index/CURRENT"
}

# Whether the index answers with all of the old records, or with all of the new ones.
answers() {
    run_index search --format ids --limit 10 harvest
    if [ -z "$(current)" ]; then
        [ -z "$old" ] && [ "$code" -eq 3 ]
        return
    fi
    [ "$code" -eq 0 ] && [ "$(sort "$work/out" | tr '\n' ' ')" = "1 2 3 " ] || return 1
    run_index search --format ids anew
    case $(current):$code in
    "$old:1") return 0 ;;
    "$old:"*) return 1 ;;
    *:0) return 0 ;;
    *) return 1 ;;
    esac
}

# Whether the exit code and the message fit what there is now.
is_true() {
    case $how:$fault_code in
    kill:137) return 0 ;;
    kill:*) problem="exit code $fault_code after a kill" ;;
    *:0) [ "$(current)" != "$old" ] && return 0 || problem="success, and nothing is published" ;;
    *:5)
        if grep -q 'new index serves' "$work/fault"; then
            [ "$(current)" != "$old" ] && return 0 || problem="the new index is said to serve, and does not"
        else
            [ -s "$work/fault" ] && [ "$(current)" = "$old" ] && return 0 || problem="the failure is not told as it is"
        fi
        ;;
    *) problem="exit code $fault_code" ;;
    esac
    return 1
}

# How many generations there may be now.
n_allowed() {
    if [ "$fault_code" -eq 0 ]; then echo 2; else echo "$n_old"; fi
}

next_rebuild() {
    run_index rebuild --quiet "$work/new.jsonl"
    [ "$code" -eq 0 ] && answers && [ "$(current)" != "$old" ] && [ -z "$(litter 2)" ] && return 0
    problem="the next rebuild gave $code and left: $(litter 2)"
    return 1
}

# one N: whether all is well after the Nth call failed; 2 when there is no Nth one.
one() {
    rm -rf "$index" "$work/mark"
    [ ! -d "$work/pristine" ] || cp -RP "$work/pristine" "$index"
    FAIL_CALL=$call FAIL_AT=$1 FAIL_HOW=$how FAIL_THEN=$after FAIL_MARK=$work/mark LD_PRELOAD=$shim \
        "$CABLES" --index "$index" rebuild "$work/new.jsonl" >"$work/fault" 2>&1 </dev/null
    fault_code=$?
    [ -e "$work/mark" ] || return 2
    problem="the index does not answer"
    answers && is_true || return 1
    if [ "$how" = kill ] || [ -n "$after" ]; then
        next_rebuild
        return
    fi
    problem="left behind: $(litter "$(n_allowed)")"
    [ -z "$(litter "$(n_allowed)")" ]
}

# every CALL HOW [AFTER]: all calls, one after the other.
every() {
    call=$1
    how=$2
    after=${3:-}
    name="$on, $call, $how${after:+, then each $after}"
    n=1
    n_bad=0
    while
        one "$n"
        result=$?
        [ $result -ne 2 ]
    do
        if [ $result -ne 0 ]; then
            n_bad=$((n_bad + 1))
            echo "# $name, call $n: $problem" && sed 's/^/# /' "$work/fault"
        fi
        n=$((n + 1))
    done
    : >"$work/out"
    cp "$work/fault" "$work/err"
    if [ $n -gt 1 ] && [ $n_bad -eq 0 ] && [ $fault_code -eq 0 ]; then
        echo "# $((n - 1)) calls"
        ok "$name"
    else
        echo "# $n_bad of $((n - 1)) calls, and exit code $fault_code without a fault"
        not_ok "$name"
    fi
}

# errno: 5 EIO, 11 EAGAIN, 24 EMFILE, 28 ENOSPC
on="no index"
old=
n_old=0
every rename 5
every symlink 28
every fsync 5
every fsync 5 fsync
every fsync 5 unlink
every rename kill

on="an index"
rm -rf "$index"
run_index rebuild --quiet "$work/old.jsonl"
run_index rebuild --quiet "$work/old.jsonl"
code_is "the old index is built" 0
mv "$index" "$work/pristine"
old=$(readlink "$work/pristine/CURRENT")
n_old=2
for how in 5 kill; do
    every rename "$how"
    every fsync "$how"
done
for how in 28 kill; do
    every symlink "$how"
    every mkdtemp "$how"
    every write "$how"
done
every mkdir 28
every open 24
every open kill
every unlink kill
every flock kill
every pread 5
every pread kill
every pthread_create 11
every pthread_create kill
# What is to put things right fails too.
every fsync 5 fsync
every fsync 5 rename
every symlink 28 unlink

# A file size limit, as of a full disk; the signal that comes with it is passed over.
rm -rf "$index"
cp -RP "$work/pristine" "$index"
(
    trap '' XFSZ
    ulimit -f 4
    exec "$CABLES" --index "$index" rebuild "$work/new.jsonl"
) >"$work/out" 2>"$work/err"
code=$?
code_is "files that cannot grow give 5" 5
if answers && [ "$(current)" = "$old" ] && [ -z "$(litter $n_old)" ]; then
    ok "and the old index serves"
else
    not_ok "and the old index serves"
fi
finish
