#!/bin/sh
# What a terminal gets: bold, lines of its width, and never a character of the archive that could steer it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

python3 - >"$work/evil.jsonl" <<'PYTHON'
import json
print(json.dumps({
    "id": "evil", "title": "Title \x1b]0;owned\x07 end", "date": "1961-12-02", "number": "No. \u202e7\u2069",
    "body": "Sugar \x1b[31mred\x1b[0m and \x7f and \x9b32m and \u200fmarks \u202eoverride and Ceau\u0219escu stay. \r\nNext \b line. "
            + "Sugar goes on with many more words, so that the line must be broken somewhere before its end. ",
    "summary": "A\ttab", "people": ["Bad \x1b[1mName"], "original": "金日成首相亲自开闸讲话十分钟未用讲稿他说大米就是社会主义" * 3,
}, ensure_ascii=False))
PYTHON
run_index rebuild --quiet "$work/evil.jsonl"
code_is "text with control characters is indexed" 0

# on_terminal COLUMNS ARG...: runs the program on a pseudo terminal; what it wrote is in $work/out.  The terminal is kept open until
# a mark of our own was read back: once its last writer is gone, the kernel may give end of file before all that was written.
on_terminal() {
    python3 - "$work/out" "$@" <<'PYTHON'
import fcntl, os, pty, struct, subprocess, sys, termios, threading
out, columns, argv = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
END = b"\x00the program has ended\x00"
terminal, program = pty.openpty()
fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
child = subprocess.Popen(argv, stdin=program, stdout=program, stderr=program)
code = []
def wait():
    code.append(child.wait())
    os.write(program, END)
waiter = threading.Thread(target=wait)
waiter.start()
text = b""
while not text.endswith(END):
    text += os.read(terminal, 65536)
waiter.join()
open(out, "wb").write(text[:-len(END)].replace(b"\r\n", b"\n"))
sys.exit(code[0] if code[0] >= 0 else 128 - code[0])
PYTHON
    code=$?
}

# is_safe NAME: the output has no unsafe character but line ends and, when bold is allowed, its two sequences.
is_safe() {
    if python3 - "$work/out" "$2" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
if sys.argv[2] == "bold":
    text = text.replace("\x1b[1m", "").replace("\x1b[0m", "")
bad = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
print("# unsafe:", [hex(ord(c)) for c in bad]) if bad else None
sys.exit(bool(bad))
PYTHON
    then ok "$1"; else not_ok "$1"; fi
}

TERM=xterm
export TERM
run_index search sugar
is_safe "search in a pipe is safe" plain
has "unsafe characters are replaced" out "�"
has "letters beyond ASCII stay" out "Ceaușescu"
run_index show evil
is_safe "show in a pipe is safe" plain
on_terminal 40 "$CABLES" --index "$index" search --facet people sugar
is_safe "search on a terminal is safe" bold
has "matches are bold on a terminal" out "$(printf '\033[1mSugar\033[0m')"
if python3 - "$work/out" <<'PYTHON'
import sys, unicodedata
for line in open(sys.argv[1], encoding="utf-8"):
    line = line.rstrip("\n").replace("\x1b[1m", "").replace("\x1b[0m", "")
    if not line.startswith("  Bad") and sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) > 40:
        print("# too long:", line)
        sys.exit(1)
PYTHON
then ok "lines fit the terminal"; else not_ok "lines fit the terminal"; fi
on_terminal 60 "$CABLES" --index "$index" show evil
is_safe "show on a terminal is safe" bold
if python3 -c 'import sys, unicodedata
sys.exit(any(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in l.rstrip("\n").replace("\x1b[1m", "").replace("\x1b[0m", "")) > 60
             for l in open(sys.argv[1], encoding="utf-8")))' "$work/out"; then
    ok "wide characters count twice"
else
    not_ok "wide characters count twice"
fi
on_terminal 80 "$CABLES" --index "$index" search --format json sugar
is_safe "JSON on a terminal is safe" plain
json "and still the same JSON" '"\u202e" in a["hits"][0]["number"] or "\u202e" in str(a)'
on_terminal 80 "$CABLES" --index "$index" show --format json evil
is_safe "a record as JSON on a terminal is safe" plain
on_terminal 40 "$CABLES" --index "$index" analyze "$(printf 'Sugar \033[31mred \302\233 \342\200\256x Khrushchev')"
is_safe "analyze on a terminal is safe" bold
NO_COLOR=1
export NO_COLOR
on_terminal 80 "$CABLES" --index "$index" search sugar
unset NO_COLOR
has_not "NO_COLOR is honoured" out "$(printf '\033')"
run_index search "$(printf 'sugar \033[31m (')"
if grep -q "$(printf '\033')" "$work/err"; then not_ok "an echoed query is safe"; else ok "an echoed query is safe"; fi
on_terminal 80 "$CABLES" --index "$work/progress" rebuild "$corpus/pages"
has "rebuild on a terminal ends with its summary" out "indexed 41 records"

# Progress.  Xapian's own indexing of this takes long enough for some lines.
python3 - >"$work/many.jsonl" <<'PYTHON'
import json
for i in range(400):
    print(json.dumps({"id": "m-%d" % i, "body": " ".join("word%d" % (i * 31 * j % 9973) for j in range(300))}))
PYTHON
# progress_is NAME COLUMNS EXPRESSION: a Python expression over `lines`, those drawn on a terminal so wide, `last`, what was
# printed behind them, and `seconds`, how long all took.
progress_is() {
    started=$(date +%s)
    on_terminal "$2" "$CABLES" --index "$work/many" rebuild --via-xapian "$work/many.jsonl"
    if python3 - "$work/out" "$(($(date +%s) + 1 - started))" "$3" <<'PYTHON'
import sys
drawn = open(sys.argv[1], encoding="utf-8", newline="").read().split("\r\x1b[K")
lines, last, seconds = drawn[1:-1], drawn[-1], int(sys.argv[2])
print("#", len(lines), "lines in less than", seconds, "s:", *lines[:3], lines[-1], sep="\n# ")
sys.exit(0 if eval(sys.argv[3]) else 1)
PYTHON
    then ok "$1"; else not_ok "$1"; fi
}
progress_is "progress has a bar and counts records" 80 'any("░  " in l and l.endswith(" of 400 records") for l in lines)'
progress_is "it begins with reading" 80 'lines[0].startswith("read  ")'
progress_is "no line reaches the edge" 60 'lines and max(map(len, lines)) < 60'
progress_is "nor that of a narrow terminal, where there is no bar" 34 \
    'max(map(len, lines)) < 34 and any(l.endswith(" of 400 records") for l in lines) and not any("░" in l for l in lines)'
progress_is "it is drawn ten times a second at the most" 80 'len(lines) <= 10 * seconds + 1'
progress_is "it is gone when the summary is printed" 80 'last.startswith("indexed 400 records") and last.endswith("\n")'
on_terminal 80 "$CABLES" --index "$work/many" rebuild --quiet "$work/many.jsonl"
is_empty "--quiet shows no progress" out
run --index "$work/many" rebuild --via-xapian "$work/many.jsonl"
has_not "nor does a pipe" err "$(printf '\r')"
on_terminal 80 "$CABLES" --index "$work/many" check --full
has "check shows progress, too" out "digests"

# What a search offers on a terminal, and only there.
build_index
on_terminal 80 "$CABLES" --index "$index" search --limit 1 korea
tail -n 4 "$work/out" >"$work/end"
cat >"$work/expected" <<'END'

Decades   1940s 3 · 1950s 6 · 1960s 5 · 1970s 3 · 1980s 1 · 1990s 1
Archives  PRC FMA 4 · AVPRF 3 · PAAA 3 · MOL 2
Narrow    --where decade=1950s or --where 'archive=PRC FMA'
END
if diff "$work/expected" "$work/end"; then ok "a search ends with what narrows it"; else not_ok "a search ends with what narrows it"; fi
run_index search --limit 1 korea --where decade=1950s
has_not "in a pipe nothing is offered" out "Narrow"
has "what it offers first can be typed" out "6 cables match"
run_index search --limit 1 korea --where 'archive=PRC FMA'
has "and what it offers next" out "4 cables match"
on_terminal 80 "$CABLES" --index "$index" search --limit 1 korea --where decade=1950s --where archive=
has_not "what is selected is not offered again" out "Narrow"
on_terminal 80 "$CABLES" --index "$index" search --limit 1 --facet places korea
has_not "facets that were asked for are enough" out "Narrow"
on_terminal 80 "$CABLES" --index "$index" search --format ids --limit 1 korea
has_not "ids come alone" out "Narrow"
on_terminal 80 "$CABLES" --index "$index" search korean chinese border 1961
has "a year is told to be a word" out "1961 is looked for as a word; date:1961 takes the cables of that year."
on_terminal 80 "$CABLES" --index "$index" search zzyzx 1850 1962
has "with no hits, too, and only years of the index" out "1962 is looked for as a word; date:1962"
for query in '"in 1961"' 'korea 1850' 'korea 19610' 'title:1961'; do
    on_terminal 80 "$CABLES" --index "$index" search "$query"
    has_not "no year is told of: $query" out "is looked for"
done
run_index search --format ids korean chinese border 1961
has_not "to a script no year is told of" out "is looked for"
printf '%s\n' '{"id":"q-1","body":"rice","archive":"It'"'"'s"}' '{"id":"q-2","body":"rice"}' >"$work/quote.jsonl"
run --index "$work/quote" rebuild --quiet "$work/quote.jsonl"
on_terminal 80 "$CABLES" --index "$work/quote" search rice
has "quotes are written for the shell" out "Narrow    --where 'archive=It'\\''s'"
on_terminal 40 "$CABLES" --index "$index" timeline --by decade
is_safe "timeline on a terminal is safe" bold
if python3 -c 'import sys; sys.exit(max(len(l.rstrip("\n")) for l in open(sys.argv[1], encoding="utf-8")) != 40)' "$work/out"; then
    ok "timeline takes the width of the terminal"
else
    not_ok "timeline takes the width of the terminal"
fi
run --index "$work/evil" rebuild --quiet "$work/evil.jsonl"
on_terminal 80 "$CABLES" --index "$work/evil" dump
is_safe "dump on a terminal is safe" plain

# A reader that goes away is no error.
"$CABLES" --index "$index" search sugar 2>"$work/err" | true
is_empty "a closed pipe is quiet" err
finish
