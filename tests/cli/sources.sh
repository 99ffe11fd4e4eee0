#!/bin/sh
# What sources may be: archives give the generation that the folder gives, formats can be named, doubts are told, and
# memory does not grow with the source.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# digits SOURCE...: the digits of the generation that these sources give, which tell whether the records are equal.
digits() {
    rm -rf "$work/digits"
    "$CABLES" --index "$work/digits" rebuild "$@" >"$work/out" 2>"$work/err"
    sed -n 's/^indexed .*: generation [0-9]*-//p' "$work/err"
}

# gives NAME SOURCE...: whether these give what the folder gives.
gives() {
    name=$1
    shift
    got=$(digits "$@")
    if [ -n "$got" ] && [ "$got" = "$of_folder" ]; then
        ok "$name gives the records of the folder"
    else
        echo "# \"$got\" is not \"$of_folder\""
        not_ok "$name gives the records of the folder"
    fi
}

# ---- Archives ----

of_folder=$(digits "$corpus")
if [ -n "$of_folder" ]; then ok "the folder is indexed"; else not_ok "the folder is indexed"; fi
python3 - "$corpus" "$work" <<'PYTHON'
import os, sys, tarfile, zipfile
corpus, work = sys.argv[1:]
names = sorted((os.path.relpath(os.path.join(folder, name), corpus)
                for folder, _, files in os.walk(corpus) for name in files), key=os.fsencode)
for path, mode in ("a.tar", "w"), ("a.tar.gz", "w:gz"):
    with tarfile.open(os.path.join(work, path), mode) as archive:
        for name in names:
            archive.add(os.path.join(corpus, name), name)
for path, method in ("a.zip", zipfile.ZIP_DEFLATED), ("stored.zip", zipfile.ZIP_STORED):
    with zipfile.ZipFile(os.path.join(work, path), "w", method) as archive:
        for name in names:
            archive.write(os.path.join(corpus, name), name)
with zipfile.ZipFile(os.path.join(work, "outer.zip"), "w") as archive:
    archive.write(os.path.join(work, "a.tar.gz"), "inner")
PYTHON
gives "a tar" "$work/a.tar"
gives "a tar.gz" "$work/a.tar.gz"
gives "a zip" "$work/a.zip"
gives "a zip that only stores" "$work/stored.zip"
gives "a tar.gz in a zip" "$work/outer.zip"
mv "$work/a.tar.gz" "$work/nameless"
gives "a tar.gz without its name" "$work/nameless"
if command -v zstd >/dev/null; then
    zstd -q "$work/a.tar" -o "$work/a.tar.zst"
    gives "a tar.zst" "$work/a.tar.zst"
else
    skip "a tar.zst gives the records of the folder" "there is no zstd"
fi
gives "a folder named with a slash" "$corpus/"
gives "a pattern" "$corpus/*"
for archive in nameless a.zip; do
    rm -rf "$work/digits"
    "$CABLES" --index "$work/digits" rebuild - <"$work/$archive" >"$work/out" 2>"$work/err"
    if grep -q -e "-$of_folder\$" "$work/err"; then ok "standard input takes $archive"; else not_ok "standard input takes $archive"; fi
done
gzip -c "$corpus/cables.jsonl" >"$work/cables"
run_index rebuild --report "$work/report" "$work/cables"
code_is "a compressed file is read" 0
run_index stats --format json
json "with all its records" 'a["records"] == 34'

# ---- What is passed over is told ----

mkdir "$work/mixed"
echo '{"id":"g-1","title":"A good record","body":"Rice and glue."}' >"$work/mixed/good.jsonl"
mkfifo "$work/mixed/pipe"
ln -s . "$work/mixed/loop"
python3 - "$work/mixed" <<'PYTHON'
import io, os, sys, tarfile, zipfile
folder = sys.argv[1]
def tar(path, entries):
    with tarfile.open(path, "w") as archive:
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
tar(f"{folder}/names.tar", [("bad\nname\x1b[2J", b"no cable")])
tar(f"{folder}/deep.tar", [("x", b'{"id":"deep","title":"too deep"}')])
for level in range(2):
    with open(f"{folder}/deep.tar", "rb") as file:
        inner = file.read()
    tar(f"{folder}/deep.tar", [("in.tar", inner)])
with zipfile.ZipFile(f"{folder}/locked.zip", "w") as archive:
    archive.writestr("x", '{"id":"locked","title":"locked"}')
locked = bytearray(open(f"{folder}/locked.zip", "rb").read())
locked[6] |= 1
locked[locked.index(b"PK\1\2") + 8] |= 1
open(f"{folder}/locked.zip", "wb").write(locked)
open(f"{folder}/cut.gz", "wb").write(b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\0" * 9)
PYTHON
run_index rebuild --force --report "$work/report" "$work/mixed"
code_is "what cannot be read stops nothing" 0
python3 - "$work/report" >"$work/out" <<'PYTHON'
import json, os, sys
reports = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert all(r["skipped"] and r["reason"] for r in reports)
print(json.dumps({os.path.basename(r["source"].split("/mixed/")[1]): r["id"] for r in reports}))
PYTHON
json "each is reported with its reason" 'a == {"cut.gz": "source.damaged", "deep.tar!in.tar!in.tar": "source.nested",
    "locked.zip!x": "source.encrypted", "loop": "source.no_file", "names.tar!bad\nname\x1b[2J": "record.not_a_cable",
    "pipe": "source.no_file"}'
if grep -q "$(printf '\033')" "$work/report" "$work/err"; then
    not_ok "names are escaped"
else
    ok "names are escaped"
fi
run_index search --format ids glue
has "and the good record is there" out "g-1"
run_index rebuild --strict "$work/mixed"
code_is "--strict refuses all of it" 4
run_index rebuild "$work/mixed/pipe"
code_is "a pipe by its name is no source" 4
has "and it is told how to read one" err "name the source -"
run_index rebuild "$work/none*.txt"
code_is "a pattern without a match gives 4" 4

# What was read of a page is kept, but the rest of it is missing.
mkdir "$work/deep"
python3 -c 'print("<html><body><h1>Note on glue</h1><p>Made up.</p>" + "<div>" * 1000 + "<p>lost</p>")' \
    >"$work/deep/page.html"
run --index "$work/deep-index" rebuild --strict "$work/deep"
code_is "--strict refuses a page that was cut" 4
has "and says what was not read" err "what follows was not read"
run --index "$work/deep-index" search --format ids glue
code_is "and publishes nothing" 3
run --index "$work/deep-index" rebuild "$work/deep"
code_is "without it the page is kept" 0
has "and counted" err "indexed 1 record (1 skipped)"

# ---- Formats ----

printf '[{"id":"j-1","title":"First"},\n {"id":"j-2","title":"Second"}]\n' >"$work/array"
run_index rebuild --force "$work/array"
code_is "an array of records is read" 0
run_index stats --format json
json "one by one" 'a["records"] == 2'
run_index rebuild --as jsonl "$work/array"
code_is "--as says what it is, whatever it looks like" 4
run_index rebuild --as docx "$work/array"
code_is "a format that is none gives 2" 2
has "and the formats are listed" err "jsonl, json"

# ---- Doubts ----

cat >"$work/twins.jsonl" <<'JSON'
{"id":"t-1","title":"Cable","date":"1961-12-02","body":"Rice."}
{"id":"t-2","title":"Cable","date":"1961-12-03","body":"Rice."}
{"id":"t-3","title":"Cable","date":"1961-12-02","body":"Wheat."}
{"id":"t-1","title":"Cable","date":"1961-12-02","body":"Glue."}
{"id":"t-4","title":"Cable"}
{"id":"t-5","title":"Cable"}
JSON
run_index rebuild --force --strict --report "$work/report" "$work/twins.jsonl"
code_is "doubtful records are kept, also by --strict" 0
python3 -c 'import json, sys
print(json.dumps([[r["line"], r["id"], r["skipped"], r["reason"]] for r in map(json.loads, open(sys.argv[1]))]))' \
    "$work/report" >"$work/out"
json "one content under two ids and one id twice are reported, one title and date is neither" \
    '[r[:3] for r in a] == [[2, "record.duplicate_content", False], [4, "record.duplicate_id", False]]'
json "and the other id is named" '"\"t-1\"" in a[0][3] and "\"t-2\"" in a[0][3]'

# ---- Memory ----

# shellcheck disable=SC3045 # where there is no ulimit -v the test is skipped; AddressSanitizer cannot live with it
if (ulimit -v 4000000 && exec "$CABLES" --version) >/dev/null 2>&1; then
    python3 - >"$work/large.jsonl" <<'PYTHON'
record = '{"id":"m-1","title":"Large","body":"' + "rice and glue " * 7000 + '"}\n'
for i in range(1000):
    print(record, end="")
PYTHON
    limit() { # limit KIB SOURCE: a rebuild with so much address space
        (ulimit -v "$1" && exec "$CABLES" --index "$work/large" rebuild --quiet "$2") >"$work/out" 2>"$work/err"
        code=$?
    }
    limit 131072 "$work/large.jsonl"
    code_is "100 MB are read in less than they are" 0
else
    skip "100 MB are read in less than they are" "the address space cannot be limited here"
fi
finish
