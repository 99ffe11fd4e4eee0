#!/bin/sh
# cables check: a sound index passes, whatever is damaged is found and named, and two indexes are compared entry by entry.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

build_index
run_index check
code_is "a sound index passes" 0
has "the last line says what was checked" out "index is sound: 75 records, 6 files, "
has "and that only digests were" out "digests compared: generation 000001-"
is_empty "nothing is said on standard error" err
run_index check --full
code_is "a sound index passes the full check" 0
has "the last line says that all was read" out "every table and record read"
run_index check --quiet --full
code_is "--quiet passes" 0
is_empty "--quiet says nothing of a sound index" out
run_index check --format jsonl
json "the summary is JSON" 'a["verdict"] == "sound" and a["records"] == 75 and a["damages"] == 0 and a["differences"] is None'

# ---- Damage ----

# damage FILE HOW: changes a file of the generation.
damage() {
    python3 - "$1" "$2" <<'PYTHON'
import os, sys
path, how = sys.argv[1:]
n = os.path.getsize(path)
if how == "missing":
    os.remove(path)
elif how == "cut":
    os.truncate(path, n - 1 if n else 0)
elif how == "longer":
    open(path, "ab").write(b"\0")
else:
    at = min(int(how), n - 1) if int(how) >= 0 else n + int(how)
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x40]))
PYTHON
}

generation=$(readlink "$index/CURRENT")
# found FILE HOW: whether the check finds the damage, and no other, and names the file.
found() {
    rm -rf "$work/damaged"
    cp -R "$index" "$work/damaged"
    damage "$work/damaged/$generation/$1" "$2"
    run --index "$work/damaged" check --full
    if [ "$code" -eq 3 ] && [ "$(grep -c '^[a-z].*: check\.' "$work/out")" -ge 1 ] &&
        ! grep '^[a-z].*: check\.' "$work/out" | grep -v -q -F "$1: check."; then
        ok "$1, $2: is found"
    else
        echo "# exit code $code"
        not_ok "$1, $2: is found"
    fi
}
(cd "$index/$generation" && find . -type f) | sed 's/^..//' | LC_ALL=C sort >"$work/files"
if [ "$(wc -l <"$work/files")" -eq 7 ]; then ok "a generation has seven files"; else not_ok "a generation has seven files"; fi
while read -r file; do
    found "$file" missing
    found "$file" longer
    [ -s "$index/$generation/$file" ] || continue
    for how in cut 0 100 5000 -1; do
        found "$file" "$how"
    done
done <"$work/files"

rm -rf "$work/damaged"
cp -R "$index" "$work/damaged"
echo spelling >"$work/damaged/$generation/segment-0/xapian/spelling.glass"
damage "$work/damaged/$generation/segment-0/xapian/postlist.glass" 9000
run --index "$work/damaged" check --format jsonl
code_is "a damaged index gives 3" 3
# told NAME: a Python program on standard input, given the last output, must succeed.
told() {
    if python3 - "$work/out" 2>"$work/json-err"; then
        ok "$1"
    else
        sed 's/^/# /' "$work/json-err"
        not_ok "$1"
    fi
}
told "the findings are JSON lines" <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert [(a["type"], a.get("id"), a.get("file")) for a in lines] == [
    ("damage", "check.digest", "segment-0/xapian/postlist.glass"),
    ("damage", "check.unlisted", "segment-0/xapian/spelling.glass"), ("summary", None, None)], lines
assert lines[2]["verdict"] == "damaged" and lines[2]["damages"] == 2, lines
PYTHON
has "what to do is said" err "cables rebuild"
run --index "$index" check --against "$work/damaged"
code_is "nothing is compared with a damaged index" 3
has "which is named" out "$work/damaged: segment-0/xapian/postlist.glass: check.digest: "
has "the last line speaks of damage" out "index is damaged: 2 findings"
run --index "$work/damaged" check --quiet
has "--quiet prints what is damaged" out "check.digest"
has_not "--quiet prints no last line" out "index is damaged"

ln -sfn generations/000009-abcdefabcdef "$work/damaged/CURRENT"
run --index "$work/damaged" check
code_is "a generation that is gone gives 3" 3
has "CURRENT is named" out "CURRENT: check.current: "
run --index "$work/none" check
code_is "an absent index gives 3" 3
has "it is named" err "$work/none"
run check
code_is "no index at all gives 3" 3
has "what was tried is told" err "/var/lib/cables/index"
run_index check --against "$work/none"
code_is "an absent second index gives 3" 3
has "it is named, too" err "$work/none"
run_index check extra
code_is "an operand is a usage error" 2
run_index check --against=
code_is "an empty --against is a usage error" 2
run_index check --format yaml
code_is "a bad format is a usage error" 2

if [ "$(id -u)" -eq 0 ]; then
    skip "tables that may only be read are told" "root may write to all"
else
    rm -rf "$work/damaged"
    cp -R "$index" "$work/damaged"
    chmod a-w "$work/damaged/$generation"/segment-0/xapian/*.glass
    run --index "$work/damaged" check --full
    code_is "tables that may only be read are a system error" 5
    has "what to do is said" err "as its owner"
    run --index "$work/damaged" check
    code_is "their digests can be compared" 0
fi

# ---- Comparing ----

# Other generations before it: counter and time of the run do not matter.
other=$work/other
run --index "$other" rebuild --quiet "$corpus/cables.jsonl"
run --index "$other" rebuild --quiet --verify full "$corpus/pages" "$corpus/cables.jsonl"
code_is "rebuild --verify full succeeds" 0
run_index check --against "$other"
code_is "two rebuilds of the same sources are equal" 0
has "the last line counts what was compared" out "indexes are equal: 75 records, "
run_index check --against "$other" --full --quiet
code_is "and sound" 0
is_empty "and --quiet has nothing to say" out
run_index check --against "$index" --format jsonl
json "an index equals itself" 'a["verdict"] == "equal" and a["differences"] == 0 and a["positions"] > 20000'

# One word of one record: inv-0034 stands last, and its title gets another word.
sed '/"id": *"inv-0034"/s/"title": *"/&Zanzibar /' "$corpus/cables.jsonl" >"$work/word.jsonl"
cmp -s "$corpus/cables.jsonl" "$work/word.jsonl" && not_ok "the sample has the record that is changed"
run --index "$other" rebuild --quiet "$corpus/pages" "$work/word.jsonl"
run_index check --against "$other"
code_is "one word more gives 1" 1
has "the record is named" out 'document 75: compare.data: the stored record "inv-0034" differs from byte '
has "the word is named" out 'document 75: compare.termlist: the document has the term "zanzibar" only in the other index'
has "the column of titles differs" out 'compare.column: the section "title.bytes"'
has_not "no other document differs" out "document 74:"
has "the last line counts the differences" out "indexes differ: "
run_index check --quiet --against "$other"
code_is "--quiet gives the same exit code" 1
has_not "and no last line" out "indexes differ"

# One record left out.
grep -v '"id": *"inv-0034"' "$corpus/cables.jsonl" >"$work/less.jsonl"
run --index "$other" rebuild --quiet --force "$corpus/pages" "$work/less.jsonl"
run_index check --against "$other" --format jsonl
code_is "a record less gives 1" 1
told "the record is told first, and no more than 100 are" <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert lines[0]["id"] == "compare.record" and "inv-0034" in lines[0]["finding"] and lines[0]["document"] == 75, lines[0]
assert all(a["type"] == "difference" for a in lines[:-1])
assert lines[-1]["type"] == "summary" and lines[-1]["verdict"] == "different", lines[-1]
assert len(lines) - 1 == min(100, lines[-1]["differences"]), (len(lines), lines[-1])
PYTHON
run --index "$other" check --against "$index"
has "seen from the other side it is in the other index" out 'compare.record: the record "inv-0034" is only in the other index'

run_index rebuild --verify half "$corpus/cables.jsonl"
code_is "--verify takes quick or full" 2
finish
