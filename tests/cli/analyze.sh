#!/bin/sh
# cables analyze: the tables in text and JSON, where the text comes from, with and without an index, and --against.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# prints NAME: the last output is the standard input of this.
prints() {
    cat >"$work/expected"
    if diff "$work/expected" "$work/out"; then ok "$1"; else not_ok "$1"; fi
}

no_index="cables analyze: there is no index: these are the tables alone, without the names of cables"

# ---- Words ----

run analyze "Border crossings, cafés"
code_is "analyze needs no index" 0
prints "words in text" <<'END'
  #  bytes  printed    folded     stem    exact
  1  0-6    Border     border     border
  2  7-16   crossings  crossings  cross
  3  18-24  cafés      cafes      cafe    cafés
END
if [ "$(cat "$work/err")" = "$no_index" ]; then ok "it says that there is no index"; else not_ok "it says that there is no index"; fi
run analyze 北京 1961
prints "columns are as wide as their characters" <<'END'
  #  bytes  printed  folded  stem
  1  0-6    北京     北京    北京
  2  7-11   1961     1961    1961
END
run analyze rice and sugar
cp "$work/out" "$work/joined"
run analyze 'rice and sugar'
if cmp -s "$work/out" "$work/joined"; then ok "arguments are joined by blanks"; else not_ok "arguments are joined by blanks"; fi
printf 'rice and sugar' | "$CABLES" analyze >"$work/out" 2>"$work/err"
if cmp -s "$work/out" "$work/joined"; then ok "without argument standard input is read"; else not_ok "without argument standard input is read"; fi
printf 'and sugar' | "$CABLES" analyze rice - >"$work/out" 2>"$work/err"
if cmp -s "$work/out" "$work/joined"; then ok "- is standard input"; else not_ok "- is standard input"; fi
run analyze
code_is "no text is no error" 0
prints "no text has no words" <<'END'
no words
END
run analyze -- -japan
has "an argument after -- may begin with a dash" out "japan"

# ---- Hostile text ----

run analyze "$(printf 'A\033[31mred\302\233x \342\200\256B \377C')"
code_is "control characters and bad bytes are no error" 0
if python3 -c 'import re, sys
sys.exit(bool(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", open(sys.argv[1], encoding="utf-8").read())))' "$work/out"; then
    ok "what is printed is safe"
else
    not_ok "what is printed is safe"
fi
has "bad bytes are counted" out "no UTF-8 at 1 place, read as U+FFFD"
printf 'a\000b \355\240\200 c' | "$CABLES" analyze --format json >"$work/out" 2>"$work/err"
is_json "NUL and surrogates in JSON"
json "offsets are in code points" 'all(a["text"][t["from"]:t["to"]] == t["text"] for t in a["tokens"])'
json "bad bytes in JSON" 'a["bad_bytes"] == 3 and a["text"].count("\ufffd") == 3'
head -c 68000000 /dev/zero | "$CABLES" analyze >"$work/out" 2>"$work/err"
code=$?
code_is "a text over 64 MiB is a usage error" 2
printf '%0400d' 1 | tr 0 a >"$work/long"
"$CABLES" analyze <"$work/long" >"$work/out" 2>"$work/err"
code=$?
code_is "a long word" 0

# ---- Brackets, names, spellings ----

run analyze 'Kim Tae-hui [Kim Thae Hui] received'
if [ "$(grep -A 1 -x brackets "$work/out")" = "$(printf 'brackets\n  Kim Thae Hui  4-6')" ]; then
    ok "brackets in text"
else
    not_ok "brackets in text"
fi
run analyze --format json 'Kim Tae-hui [Kim Thae Hui] received'
json "brackets in JSON" 'a["brackets"] == [[4, 6]]'
run analyze "Kim Il Sung's cable"
has "other forms are marked" out "  3+  "
run analyze Mao Tse-tung and the Labour Party
if grep -A 9 -x readings "$work/out" | grep -q '^  Mao Tse-tung  *zh:mao-ze-dong  *Chinese'; then ok "a reading"; else not_ok "a reading"; fi
if grep -A 9 -x variants "$work/out" | grep -q '^  Labour  *labor  *[A-Z]'; then ok "a spelling"; else not_ok "a spelling"; fi
run analyze --format json Mao Tse-tung and the Labour Party
json "a reading in JSON" '[r["positions"] for r in a["readings"] if r["reading"] == "zh:mao-ze-dong"] == [[1, 3]]'
json "a spelling in JSON" '[v["positions"] for v in a["variants"] if v["words"] == "labor"] == [[6, 6]]'

# ---- Two texts ----

# meet OTHER TEXT EXPECTED: what --against says.
meet() {
    run analyze --against "$1" "$2"
    if [ "$code" -eq 0 ] && [ "$(sed 's/ (Chinese[^)]*)/ (Chinese)/' "$work/out")" = "$3" ]; then
        ok "they meet: $1, $2"
    else
        echo "# not: $3"
        not_ok "they meet: $1, $2"
    fi
}
apart() {
    run analyze --against "$1" "$2"
    if [ "$code" -eq 1 ] && [ "$(cat "$work/out")" = "do not meet" ]; then
        ok "they do not meet: $1, $2"
    else
        not_ok "they do not meet: $1, $2"
    fi
}
meet "P'yŏngyang" Pyongyang "meet: the same words"
meet "the border crossed" "The Border Crossing" "meet: cross (the same stem; not in quoted phrases)"
meet "Mao Zedong" "Mao Tse-tung" "meet: zh:mao-ze-dong (Chinese)"
meet "Comrade Mao Zedong said" "comrade Mao Tse-tung said" "meet: zh:mao-ze-dong (Chinese)"
meet "Kim Il Sung" "Kim Il Sung's" "meet: the same words"
run analyze --against "labor party" Labour Party
if grep -q '^meet: labor (.*[Ss]pelling.*)$' "$work/out"; then ok "spellings meet"; else not_ok "spellings meet"; fi
meet "Kim Tae-hui received" "Kim Tae-hui [the guest] received" "meet: […] (words in brackets are passed over)"
apart "Mao Zedong" "Zhou Enlai"
apart "Mao Zedong" "Mao Zedong said"
apart "border" ""
apart "" ""
run analyze --against a --format json b
code_is "--against has no JSON" 2
run analyze --against "$(printf '%0600d' 0 | sed 's/0/a /g')" b
code_is "--against takes names, not books" 2
run analyze --format ids b
code_is "analyze has no ids" 2

# ---- With an index ----

build_index
run_index analyze Border crossings
is_empty "with an index there is nothing to say" err
code_is "analyze with an index" 0
has "words with an index" out "cross"
run --index "$work/nowhere" analyze rice
code_is "an index that is named must be there" 3
is_empty "and nothing else is printed" out
CABLES_INDEX=$work/nowhere "$CABLES" analyze rice >"$work/out" 2>"$work/err" </dev/null
code=$?
code_is "so must that of CABLES_INDEX" 3
finish
