#!/bin/sh
# doc/search.schema.json and doc/analysis.schema.json describe what search, facets and analyze print as JSON, all of it, and
# refuse what they never print.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
schema=$top_srcdir/doc/search.schema.json

cat >"$work/validate.py" <<'PYTHON'
"""validate.py SCHEMA ANSWER [EDIT]: exit 1 and say why when the answer, edited by Python code on `a`, breaks the schema.

The part of JSON Schema that the schema uses, and no other keyword.  Objects are closed: a key that the schema does not
name is an error here, though readers of answers are to pass over it."""
import json, re, sys

PASSED_OVER = {"$schema", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
root = json.load(open(sys.argv[1], encoding="utf-8"))


def is_type(value, name):
    if name in ("integer", "number"):
        kinds = int if name == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check(value, schema, at):
    for keyword, rule in schema.items():
        bad = False
        if keyword in PASSED_OVER or keyword in ("properties", "additionalProperties"):
            continue
        elif keyword == "$ref":
            target = root
            for part in rule.lstrip("#/").split("/"):
                target = target[part]
            check(value, target, at)
        elif keyword == "type":
            bad = not any(is_type(value, name) for name in ([rule] if isinstance(rule, str) else rule))
        elif keyword == "const":
            bad = value != rule or type(value) is not type(rule)
        elif keyword == "required":
            bad = isinstance(value, dict) and any(key not in value for key in rule)
        elif keyword == "items":
            for i, item in enumerate(value):
                check(item, rule, "%s[%d]" % (at, i))
        elif keyword == "minItems":
            bad = len(value) < rule
        elif keyword == "maxItems":
            bad = len(value) > rule
        elif keyword == "minLength":
            bad = isinstance(value, str) and len(value) < rule
        elif keyword == "pattern":
            bad = isinstance(value, str) and not re.search(rule, value)
        elif keyword == "minimum":
            bad = value < rule
        else:
            raise SystemExit("the schema uses %s, which this test does not know" % keyword)
        if bad:
            raise ValueError("%s breaks %s: %s" % (at, keyword, json.dumps(rule)))
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for key, item in value.items():
            rule = known.get(key, schema.get("additionalProperties"))
            if rule is None and "$ref" not in schema:
                raise ValueError("%s has the unknown key %s" % (at, key))
            if rule is not None:
                check(item, rule, "%s.%s" % (at, key))


a = json.load(open(sys.argv[2], encoding="utf-8"))
if len(sys.argv) > 3:
    exec(sys.argv[3])
try:
    check(a, root, "answer")
except ValueError as why:
    raise SystemExit(str(why))
PYTHON

# holds ARG...: what the program prints fits the schema.
holds() {
    run_index "$@"
    if python3 "$work/validate.py" "$schema" "$work/out" >"$work/err" 2>&1; then
        ok "it fits: $*"
    else
        not_ok "it fits: $*"
    fi
}

# refused EDIT: an answer changed so does not fit.
refused() {
    if python3 "$work/validate.py" "$schema" "$work/good" "$1" >"$work/err" 2>&1; then
        not_ok "it does not fit: $1"
    elif grep -q '^answer' "$work/err"; then
        ok "it does not fit: $1"
    else
        not_ok "the check itself works: $1"
    fi
}

build_index
holds search --format json
holds search --format json --limit 100 --snippets 3 --facet places --facet decade:2 korea
cp "$work/out" "$work/good"
holds search --format json --limit 100 --where classification= --where places=Korea --facet places:1 --facet classification border
holds search --format json --limit 0 --where places=Atlantis --facet places korea
holds search --format json zzyzx
holds search --format json --offset 5 '"north korea" OR 20,517'
holds search --format json smugling zzyzx chongjin
cp "$work/out" "$work/relaxed"
holds search --format json title:koera
holds search --format json --lenient '(korea OR'
holds facets --format json korea
holds facets --format json --contains places=kor --below places=Asia --facet month --where year=1961
cat >"$work/bare.jsonl" <<'END'
{"id":"b-1","body":"No title, no date."}
{"id":"b-2","title":"No body"}
END
index=$work/bare
run_index rebuild --quiet "$work/bare.jsonl"
holds search --format json --facet places no

refused 'a["format"] = 2'
refused 'a["total"] = -1'
refused 'a["total"] = "20"'
refused 'a["exact"] = 1'
refused 'a["more"] = 1'
refused 'del a["dates"]["undated"]'
refused 'a["generation"] = "latest"'
refused 'a["hits"][0]["date"] = ""'
refused 'a["hits"][0]["date_latest"] = "1961"'
refused 'del a["hits"][0]["snippets"]'
refused 'a["hits"][0]["snippets"][0]["marks"][0] = [1]'
refused 'a["hits"][0]["snippets"][0]["para"] = 0'
refused 'a["hits"][0]["score"] = None'
refused 'a["facets"]["places"]["values"][0]["selected"] = False'
refused 'a["facets"]["places"]["values"][0]["colour"] = "red"'
refused 'a["facets"]["places"] = []'
refused 'a["warnings"] = None'
refused 'a["warnings"] = [{"id": "query.unclosed_quote"}]'
refused 'a["suggestion"] = ""'
cp "$work/relaxed" "$work/good"
refused 'a["relaxed"] = []'
refused 'a["relaxed"]["words"] = []'
refused 'a["relaxed"]["missing"] = ["zzyzx", None]'
refused 'del a["relaxed"]["required"]'
refused 'del a["relaxed"]["corrections"][0]["offset"]'
refused 'a["relaxed"]["corrections"][0]["colour"] = "red"'

schema=$top_srcdir/doc/analysis.schema.json
holds analyze --format json
holds analyze --format json "$(printf 'rice\377 \342\200\256 Łódź')"
holds analyze --format json 'Kim Tae-hui [Kim Thae Hui] received W[illiam] and Mao Tse-tung of the Labour Party'
cat >"$work/out" <<'END'
{"format": 1, "text": "[Mao's] favour",
 "tokens": [{"from": 1, "to": 6, "position": 1, "extra": false, "text": "Mao's", "exact": "mao's", "folded": "maos", "stem": "mao"},
            {"from": 1, "to": 4, "position": 1, "extra": true, "text": "Mao", "exact": "mao", "folded": "mao", "stem": ""}],
 "brackets": [[1, 1]], "readings": [{"positions": [1, 1], "reading": "zh:a-b", "rule": "a rule"}],
 "variants": [{"positions": [2, 2], "words": "favor", "rule": "a rule"}], "bad_bytes": 0}
END
cp "$work/out" "$work/good"
if python3 "$work/validate.py" "$schema" "$work/good"; then ok "an analysis fits"; else not_ok "an analysis fits"; fi
refused 'a["format"] = 2'
refused 'a["text"] = None'
refused 'a["bad_bytes"] = -1'
refused 'del a["brackets"]'
refused 'a["brackets"][0] = [1]'
refused 'a["brackets"][0] = [0, 1]'
refused 'a["tokens"][0]["position"] = 0'
refused 'a["tokens"][0]["extra"] = 1'
refused 'a["tokens"][0]["exact"] = ""'
refused 'del a["tokens"][0]["stem"]'
refused 'a["tokens"][0]["more"] = 1'
refused 'a["readings"][0]["reading"] = ""'
refused 'a["readings"][0]["positions"] = [1, 2, 3]'
refused 'a["variants"][0]["words"] = ["favor"]'
refused 'del a["variants"][0]["rule"]'
finish
