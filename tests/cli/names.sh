#!/bin/sh
# Names and words that meet however they are written, and near neighbours that do not: each is asked as a phrase of a
# small corpus with one record a form.  The pairs of doc/query-language.md are among them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Forms of one line meet, each with each.
cat >"$work/meet" <<'FORMS'
Kim Il-sung|Kim Il Sung|Kim Ilsong
P'yŏngyang|P‘yongyang|Pyongyang
Mao Tse-tung|Mao Zedong
Chou En-lai|Zhou Enlai
Teng Hsiao-p'ing|Deng Xiaoping
Peking|Beijing
Pak Hŏn-yŏng|Pak Hon Yong|Park Heon-young
Khrushchev|Khrushchov|Khruschev
Ceaușescu|Ceauşescu|Ceausescu
Ho Chi Minh|Hồ Chí Minh
Satō Eisaku|Sato Eisaku
S H T Y K O V|Shtykov
Kim Tae-hui received|Kim Tae-hui [Kim Thae Hui] received
labour|labor
FORMS

# The first, asked, does not find the second.
cat >"$work/apart" <<'FORMS'
Pak|Park Avenue
Park Avenue|Pak
Chen|Cheng
Cheng|Chen
Ho|Hoe
Hoe|Ho
Shanxi|Shaanxi
Shaanxi|Shanxi
Kim Il-sung|Kim Il
FORMS

# ask NAME ASKED WRITTEN YES-OR-NO: whether the first finds the record of the second.  A record's id is its form.
ask() {
    run_index search --format ids --limit 100 "\"$2\""
    answer=no
    if grep -qxF -e "$3" "$work/out"; then answer=yes; fi
    if [ "$answer" = "$4" ]; then
        ok "$1"
    else
        not_ok "$1"
    fi
}

python3 - "$work" "$top_srcdir" <<'PYTHON'
import json, re, sys
page = open(f"{sys.argv[2]}/doc/query-language.md", encoding="utf-8").read()
section = re.search(r"^## Names and spellings\n(.*?)^## ", page, re.S | re.M).group(1)
told = re.findall(r"^\|.*\| `(.*)` \| `(.*)` \|$", section, re.M)
assert len(told) > 10
with open(f"{sys.argv[1]}/told", "w", encoding="utf-8") as out:
    for asked, written in told:
        print(asked, written, sep="|", file=out)
forms = {}
for name in "meet", "apart", "told":
    for line in open(f"{sys.argv[1]}/{name}", encoding="utf-8"):
        forms.update(dict.fromkeys(line.rstrip("\n").split("|")))
with open(f"{sys.argv[1]}/names.jsonl", "w", encoding="utf-8") as out:
    for form in forms:
        body = f"The telegram names {form} in its first paragraph."
        print(json.dumps({"id": form, "body": body}, ensure_ascii=False), file=out)
with open(f"{sys.argv[1]}/pairs", "w", encoding="utf-8") as out:
    for line in open(f"{sys.argv[1]}/meet", encoding="utf-8"):
        line = line.rstrip("\n").split("|")
        for asked in line:
            for written in line:
                if asked != written:
                    print(asked, written, sep="|", file=out)
PYTHON
run_index rebuild --quiet "$work/names.jsonl"
code_is "the names can be indexed" 0

while IFS='|' read -r asked written; do
    ask "$asked finds $written" "$asked" "$written" yes
done <"$work/pairs"
while IFS='|' read -r asked written; do
    ask "as told, $asked finds $written" "$asked" "$written" yes
done <"$work/told"
while IFS='|' read -r asked written; do
    ask "$asked does not find $written" "$asked" "$written" no
done <"$work/apart"
ask "Kim Il finds Kim Il-sung" "Kim Il" "Kim Il-sung" yes
finish
