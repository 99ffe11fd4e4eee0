#!/bin/sh
# Rebuilding: what is said, what is skipped, what is refused, and that readers never lose the index.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run_index rebuild "$corpus/pages" "$corpus/cables.jsonl"
code_is "rebuild succeeds" 0
if grep -Eqx 'indexed 75 records( \(.*\))? in [0-9.]+ s: generation 000001-[0-9a-f]+' "$work/err"; then
    ok "one line of summary"
else
    not_ok "one line of summary"
fi
is_empty "rebuild prints nothing on standard output" out
run_index rebuild --quiet "$corpus/pages" "$corpus/cables.jsonl"
is_empty "--quiet is quiet" err
run_index rebuild --keep 1 --quiet "$corpus/pages" "$corpus/cables.jsonl"
set -- "$index"/generations/*
if [ $# -eq 1 ]; then ok "--keep 1 leaves one generation"; else not_ok "--keep 1 leaves one generation"; fi
run_index search --format json '"illegal border crossers"'
json "the generation of the answer is on disk" \
    '__import__("os").path.isdir("'"$index"'/generations/" + a["generation"])'

# Bad input: each is skipped and named, and the good record beside it is indexed.
mkdir "$work/in"
echo '{"id":"g-1","title":"A good record","date":"1961-12-02","body":"Rice and glue."}' >"$work/good.jsonl"
cp "$work/good.jsonl" "$work/in"
bad() { # bad NAME FILE: the file stands beside a good one
    index=$work/bad-index
    rm -rf "$index"
    run_index rebuild --report "$work/report" "$work/in"
    code_is "$1: rebuild goes on" 0
    if grep -q '"skipped":true' "$work/report" && grep -q "^skipped $work/in/$2.*: " "$work/err"; then
        ok "$1: skipped and named"
    else
        not_ok "$1: skipped and named"
    fi
    run_index search --format ids glue
    if [ "$(cat "$work/out")" = g-1 ]; then ok "$1: the good record is there"; else not_ok "$1: the good record is there"; fi
    index=$work/index
    rm "$work/in/$2"
}
echo "Dear diary, this is no cable." >"$work/in/diary.txt"
bad "a file that is no cable" diary.txt
: >"$work/in/empty.txt"
bad "an empty file" empty.txt
python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 12)' >"$work/in/random.txt"
bad "random bytes" random.txt
python3 -c 'print("{\"id\":\"long\",\"title\":\"t\",\"body\":\"" + "a " * 25000000 + "\"}")' >"$work/in/long.jsonl"
bad "a line of 50 MB" long.jsonl
printf '{"id":"b-1","title":"cut\n[1,2]\n{"title":{"no":"text"}}\n{}\n' >"$work/in/broken.jsonl"
bad "broken JSON lines" broken.jsonl
if [ "$(grep -c '"skipped":true' "$work/report")" -eq 4 ] && grep -q '"line":2' "$work/report"; then
    ok "each broken line is reported with its number"
else
    not_ok "each broken line is reported with its number"
fi
if python3 -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"): assert json.loads(line).keys() == {"source", "line", "id", "reason", "skipped"}' \
    "$work/report"; then
    ok "the report is JSON lines"
else
    not_ok "the report is JSON lines"
fi
printf '{"id":"u-1","title":"Bytes \377\376 here","body":"Rice\377 came. %s"}\n' "$(printf '%0300d' 7)" >"$work/in/utf8.jsonl"
run --index "$work/utf8" rebuild "$work/in/utf8.jsonl"
code_is "invalid UTF-8 and a word of 300 bytes are indexed" 0
run --index "$work/utf8" search --format json rice
json "invalid bytes are shown as U+FFFD" '"\ufffd" in a["hits"][0]["title"]'
run --index "$work/utf8" search --format ids "$(printf '%0300d' 7)"
code_is "the word of 300 bytes is found" 0

run_index rebuild "$work/missing"
code_is "a missing source gives 4" 4
has "a missing source is named" err "$work/missing"
if [ "$(id -u)" -eq 0 ]; then
    skip "an unreadable source gives 4" "root reads everything"
else
    cp "$work/good.jsonl" "$work/secret.jsonl"
    chmod 0 "$work/secret.jsonl"
    run_index rebuild "$work/secret.jsonl"
    code_is "an unreadable source gives 4" 4
fi
echo "Dear diary, this is no cable." >"$work/diary.txt"
run_index rebuild "$corpus/pages" "$corpus/cables.jsonl" "$work/diary.txt"
code_is "a source without records is refused" 4
has "a refusal tells of --force" err "--force"
run_index rebuild --force --quiet "$corpus/pages" "$corpus/cables.jsonl" "$work/diary.txt"
code_is "--force publishes it" 0
run_index rebuild --strict "$corpus"
code_is "--strict refuses a skipped record" 4
run_index rebuild "$corpus/pages/188166.txt"
code_is "far fewer records are refused" 4
run_index stats --format json
json "after a refusal the old index serves" 'a["records"] == 75'
mkdir "$work/nothing"
run --index "$work/none" rebuild "$work/nothing"
code_is "an empty directory is refused" 4
run_index rebuild --report "$work/no/such/dir" "$corpus/pages"
code_is "a report that cannot be written gives 5" 5
i=0
while [ $i -lt 14 ]; do
    echo "{\"not JSON $i\""
    i=$((i + 1))
done >"$work/many.jsonl"
cat "$work/good.jsonl" >>"$work/many.jsonl"
run --index "$work/many" rebuild "$work/many.jsonl"
if [ "$(grep -c '^skipped .*many.jsonl:' "$work/err")" -eq 10 ]; then ok "ten are listed"; else not_ok "ten are listed"; fi
has "and the rest is counted" err "skipped 4 more; --report FILE"
has "the summary counts all" err "(14 skipped"

"$CABLES" --index "$work/stdin" rebuild - <"$corpus/cables.jsonl" >"$work/out" 2>"$work/err"
code=$?
code_is "rebuild - reads JSONL" 0
run --index "$work/stdin" stats --format json
json "rebuild - indexed them all" 'a["records"] == 34'

# The lock, held by another process.
flock "$index/lock" "$CABLES" --index "$index" rebuild "$corpus/pages" "$corpus/cables.jsonl" >"$work/out" 2>"$work/err"
code=$?
code_is "a held lock gives 75" 75
flock "$index/lock" "$CABLES" --index "$index" search --format ids 20517 >"$work/out" 2>"$work/err"
code=$?
code_is "readers do not mind the lock" 0
flock "$index/lock" sleep 1 &
sleep 0.2
run_index rebuild --quiet --wait 30 "$corpus/pages" "$corpus/cables.jsonl"
code_is "--wait waits" 0
wait

# Stopped in the middle of reading: a pipe keeps the build going until the signal has come.
stop() { # stop SIGNAL: the exit code as Python tells it
    python3 - "$CABLES" "$index" "$1" <<'PYTHON'
import json, signal, subprocess, sys, time
cables, index, name = sys.argv[1:]
p = subprocess.Popen([cables, "--index", index, "rebuild", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
try:
    for i in range(100000):
        p.stdin.write((json.dumps({"id": f"k-{i}", "title": "t", "body": "word " * 300}) + "\n").encode())
        p.stdin.flush()
        if i == 200:
            p.send_signal(getattr(signal, name))
            end = time.time() + 20
        if i > 200 and (p.poll() is not None or time.time() > end):
            break
    p.stdin.close()
except BrokenPipeError:
    pass
print(p.wait(timeout=60))
PYTHON
}
find "$index" | grep -v -e '/runs' -e 'last-run' | sort >"$work/before"
for pair in SIGINT:130 SIGTERM:143; do
    got=$(stop "${pair%:*}")
    if [ "$got" = "${pair#*:}" ]; then ok "${pair%:*} gives ${pair#*:}"; else not_ok "${pair%:*} gives ${pair#*:}, not $got"; fi
    find "$index" | grep -v -e '/runs' -e 'last-run' | sort >"$work/after"
    if cmp -s "$work/before" "$work/after"; then ok "${pair%:*}: nothing is left"; else
        diff "$work/before" "$work/after" | sed 's/^/# /'
        not_ok "${pair%:*}: nothing is left"
    fi
done
stop SIGKILL >/dev/null
run_index search --format ids 20517
if [ "$(cat "$work/out")" = 188166 ]; then
    ok "after a kill the old index serves"
else
    not_ok "after a kill the old index serves"
fi
run_index rebuild --quiet "$corpus/pages" "$corpus/cables.jsonl"
code_is "after a kill a rebuild succeeds" 0
run_index stats --format json
json "after a kill nothing is doubled" 'a["records"] == 75'

# Damage.
cp -R "$index" "$work/damaged"
for manifest in "$work"/damaged/generations/*/manifest.json; do
    echo '{' >"$manifest"
done
run --index "$work/damaged" search korea
code_is "a damaged index gives 3" 3
# Aliases.
index=$work/aliases-index
printf '# names of this archive\nZyrian = Xenos\nOld Zed -> Xenos\n' >"$work/aliases.txt"
echo '{"id":"a-1","title":"A visit","date":"1961-12-02","body":"Zyrian came with old Zed."}' >"$work/names.jsonl"
run_index rebuild --quiet --aliases "$work/aliases.txt" "$work/names.jsonl"
code_is "rebuild --aliases succeeds" 0
run_index search --format ids xenos
has "who searches one name finds the other" out "a-1"
run_index analyze --against xenos zyrian
has "an alias joins two names" out "meet: "
has_not "and joins them both ways" out "one way"
run_index analyze --against 'old zed' Xenos
has "an alias with -> joins them one way" out 'one way: a search for Xenos finds old zed, not the other way round'
run_index rebuild --quiet --aliases "$work/no-aliases.txt" "$work/names.jsonl"
code_is "aliases that are missing refuse the rebuild" 4
has "the missing file is named" err "$work/no-aliases.txt"
run_index rebuild --quiet --aliases "$work" "$work/names.jsonl"
code_is "a directory holds no aliases" 4
printf 'Zyrian = Xenos\nno alias\n' >"$work/aliases.txt"
run_index rebuild --quiet --aliases "$work/aliases.txt" "$work/names.jsonl"
code_is "a line that is no alias refuses the rebuild" 4
has "the line is named" err "2"
head -c 1048577 /dev/zero | tr '\0' '#' >"$work/aliases.txt"
run_index rebuild --quiet --aliases "$work/aliases.txt" "$work/names.jsonl"
code_is "aliases over 1 MiB refuse the rebuild" 4
has "and the limit is named" err "1 MiB"
run_index search --format ids xenos
has "after all that the old index is there" out "a-1"
finish
