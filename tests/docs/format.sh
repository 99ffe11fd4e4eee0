#!/bin/sh
# doc/index-format.md tells the truth: its examples run and print what it shows, and its tables name the very prefixes, sections
# and keys that the sources write and an index has, no more and no less.  UPDATE=1 writes what was printed into the document.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
mkdir "$work/bin" "$work/here"
ln -s "$CABLES" "$work/bin/cables"
ln -s "$corpus" "$work/here/corpus"
PATH=$work/bin:$PATH
export PATH

cat >"$work/run.py" <<'PYTHON'
import blocks, json, os, re, shutil, sys
from blocks import *

source, here = sys.argv[1], sys.argv[2]
text = open(os.path.join(source, "doc/index-format.md"), encoding="utf-8").read()
code = {}
for folder in ("index", "ranking", "analysis"):
    for entry in os.scandir(os.path.join(source, "libsearch", folder)):
        if entry.is_file():
            code[entry.name] = open(entry.path, encoding="utf-8").read()


def same(name, told, known):
    tell(told == known, name, *["told, not there: " + x for x in sorted(told - known)],
         *["there, not told: " + x for x in sorted(known - told)])


def named(heading):
    """What the first column of a table puts in backticks; the first cell of the table is its title."""
    return {name for row in table(text, heading)[1:] for name in re.findall(r"`([^`]+)`", row[0])}


# ---- the examples ----
open(os.path.join(here, "columns.py"), "w", encoding="utf-8").write(fenced(text, "python")[0])
shown = run_console(text, here, [p for p in ("xapian-delve", "quest") if not shutil.which(p)])
open(os.path.join(here, "index-format.md"), "w", encoding="utf-8").write(shown)
generation = os.path.join(here, "idx", "CURRENT")

# ---- prefixes ----
told = {name for name in named("Terms") if re.match(r"[A-Z]+(<[a-z]+>:)?$", name)}
calls = r'(?:(?:occurrence|boolean)\(sink->context|add_number_term\(sink|number_of\(v|term_add\(&\w+), "([^"]*)"'
made = {p for name in ("document.c", "inverter.c", "segment_xapian.c", "snapshot.c", "leaf.c", "phrase.c")
        for p in re.findall(calls, code[name])}
made |= set(re.findall(r'snprintf\(prefix, sizeof prefix, "([^%"]*)%s:"', code["document.c"]))
prefixes = code["schema.c"][code["schema.c"].index("void schema_prefix"):]
prefixes = prefixes[:prefixes.index("\n}")]
made |= set(re.findall(r'str(?:cpy|cat)\(at, "([A-Z]+)"\)', prefixes)) | set(re.findall(r"= '([A-Z])'", prefixes))
bare = {re.sub(r"<.*", "", name) for name in told}
same("the sources write the prefixes told", {p for p in bare if p == "Z" or p[0] != "Z"}, made - {""})
same("every prefix of fields has one for stems", {p[1:] for p in bare if p[0] == "Z"} - {""}, {"S", "XT"})

if shutil.which("xapian-delve"):
    terms, status = run("xapian-delve -a -1 idx/CURRENT/segment-0/xapian", here)
    terms = [t for t in terms.splitlines()[1:] if t]
    fields = "(?:%s)" % "|".join(f["name"] for f in json.load(open(generation + "/manifest.json"))["schema"]["fields"])
    forms = {p: re.compile(re.sub(r"<\w+>", fields, p) + ("[^A-Z]" if p in ("Z", "S", "ZS", "XE") else "")) for p in told}
    found = {p for p in told if any(forms[p].match(t) for t in terms)}
    same("an index has terms of every prefix", told, found)
    strange = [t for t in terms if re.match("[A-Z]", t) and not any(forms[p].match(t) for p in told)]
    tell(terms and not strange, "an index has no other prefixes", *strange[:20])
    lengths = [len(t.encode()) for t in terms]
    tell(max(lengths) <= 200, "no term is longer than told", str(max(lengths)))
else:
    print("ok - the prefixes of an index # skip there is no xapian-delve")

# ---- column sections ----
told = named("The column file")
told = {name for name in told if re.match(r"[a-z]+(:<facet>)?(\.[a-z]+)?$", name)}
scope = {"__name__": "columns"}
sys.argv = ["columns.py", os.path.join(here, "idx"), "188166"]
exec(fenced(text, "python")[0].split("fields = manifest")[0], scope)
known = {re.sub("^facet:[a-z0-9_]+", "facet:<facet>", name) for name in scope["sections"]}
same("an index has the sections told", told, known)
for name in sorted({re.sub(r"^facet:<facet>|\.(at|bytes|order)$", "", name) for name in told} - {""}):
    tell('"%s"' % name in code["segment_columns.c"] + code["facet_column.c"] + code["names.c"],
         "the sources write the section " + name)
schema = scope["manifest"]["schema"]["fields"]
facets = {f["name"] for f in schema if f["type"] in (2, 3)} | {"decade", "year", "month"}
same("the facets with columns are those told", facets, {n[6:-3] for n in scope["sections"] if re.match(r"facet:.*\.at$", n)})


# ---- keys ----
def keys(value, at=""):
    if isinstance(value, dict):
        return {k for name, item in value.items() for k in keys(item, at + "." + name if at else name)}
    if isinstance(value, list):
        return {k for item in value for k in keys(item, at + "[]")}
    return {at}


values = {"update", "rebuild", "published", "bulk", "xapian", "fallback"}


def literals(source, begin, end):
    body = source[source.index(begin):]
    return set(re.findall(r'"([a-z][a-z0-9_]*)"', body[:body.index(end)])) - values


def parts(names):
    return {part for name in names for part in name.replace("[]", "").split(".")}


manifest = json.load(open(generation + "/manifest.json", encoding="utf-8"))
same("a manifest has the keys told", named("manifest.json"), keys(manifest))
same("the sources write the manifest's keys", parts(named("manifest.json")),
     literals(code["manifest.c"], "static json_t *schema_to_json", "/* ---- reading ---- */"))
checks = r'"((?:check|compare)\.[a-z_]+)"'
same("the findings of a check are told", set(re.findall(r"^\| `([a-z.]+)` \|", text[text.index("\n## What a check finds"):], re.M)),
     {name for file in code if file.startswith(("check", "compare", "inspect")) for name in re.findall(checks, code[file])}
     - {"check.options", "check.cancelled", "check.damaged"})
last = json.load(open(os.path.join(here, "idx/runs/last-run.json"), encoding="utf-8"))
same("runs/last-run.json has the keys told", named("runs/last-run.json"), keys(last))
header = open(os.path.join(source, "include/libsearch.h"), encoding="utf-8").read()
phases = set(re.findall('"([a-z]+)"', re.search(r"struct search_progress \{\s*const char \*phase;(.*)", header).group(1)))
same("the sources write the keys of a run", parts(named("runs/last-run.json")),
     literals(code["commit.c"], "static void write_run", "publish_write_run") | phases)
sys.exit(blocks.n_failed > 0)
PYTHON
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top_srcdir/tests/docs python3 "$work/run.py" "$top_srcdir" "$work/here"
status=$?
if [ "${UPDATE:-}" = 1 ] && [ -f "$work/here/index-format.md" ]; then
    cp "$work/here/index-format.md" "$top_srcdir/doc/index-format.md"
fi
exit "$status"
