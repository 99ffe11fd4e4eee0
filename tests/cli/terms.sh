#!/bin/sh
# The vocabulary of the corpus, by beginning and by pattern, and how it is printed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
build_index

run_index terms Kore
code_is "words give 0" 0
cat >"$work/expected" <<'END'
korea         20
korean        19
koreans        5
koreas         3
koreai         1
END
if diff "$work/expected" "$work/out"; then ok "words by how they begin"; else not_ok "words by how they begin"; fi
run_index terms "P'yŏng"
has "marks and apostrophes do not count" out "pyongyang"
run_index terms --format tsv --sort word '*yang'
printf 'kiyang\t1\nnamyang\t2\npyongyang\t15\n' >"$work/expected"
if diff "$work/expected" "$work/out"; then ok "a pattern, sorted by word, as TSV"; else not_ok "a pattern, sorted by word, as TSV"; fi
run_index terms --format tsv 'kore?'
has "? is one letter" out "korea"
has_not "? is not two letters" out "koreas"
run_index terms --format json --field places --limit 2
is_json "--format json is JSON"
json "words of a field, the most frequent first" \
    'a["field"] == "places" and a["pattern"] == "" and a["terms"][0]["count"] >= a["terms"][1]["count"] > 0'
json "--limit bounds the words, not their number" 'len(a["terms"]) == 2 < a["distinct"]'
run_index terms --limit 3
has "what follows is told" out "more: --limit"
n=$(sed -n 's/^.* --limit //p' "$work/out")
run_index terms --format tsv --limit 1000000
if [ "$(wc -l <"$work/out")" -eq "$n" ]; then ok "--limit prints all words"; else not_ok "--limit prints all words"; fi
if grep -q '[A-Z]' "$work/out"; then not_ok "words are folded, and nothing else is listed"; else
    ok "words are folded, and nothing else is listed"
fi
# Each count is what a search for that very word finds.
for word in korea smuggling 20517; do
    run_index terms --format json "$word*"
    json "$word is listed" "any(t['word'] == '$word' for t in a['terms'])"
    count=$(python3 -c 'import json, sys
print(next(t["count"] for t in json.load(open(sys.argv[1]))["terms"] if t["word"] == sys.argv[2]))' "$work/out" "$word")
    run_index search --format ids --limit 100 "exact:$word"
    if [ "$(wc -l <"$work/out")" -eq "$count" ]; then ok "$word is counted"; else not_ok "$word is counted"; fi
done

run_index terms zzyzx
code_is "no words give 1" 1
has "no words are told" out "no words match"
run_index terms --format tsv zzyzx
is_empty "no words as TSV print nothing" out
run_index terms 'il sung'
code_is "a pattern of two words is refused" 2
run_index terms kim il
code_is "one pattern at a time" 2
run_index terms --field body k
code_is "the body is not kept apart" 2
has "the hint says what to do" err "leave out the field"
run_index terms --field colour k
code_is "an unknown field gives 2" 2
has "an unknown field lists the fields" err "places"
run_index terms --sort size
code_is "an unknown key gives 2" 2
run_index terms "$(printf 'k\377')"
code_is "a pattern that is not UTF-8 gives 2" 2
run_index terms --field "$(printf '\033[2J')" k
has_not "a hostile field does not reach the terminal" err "$(printf '\033')"
finish
