#!/bin/sh
# doc/formats.md tells every reason for which a record or source is skipped or doubtful, and no other; and the formats are told
# in the order in which they are asked.
set -u
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top_srcdir/tests/docs exec python3 - "$top_srcdir" <<'PYTHON'
import blocks, glob, os, re, sys
from blocks import tell

source = sys.argv[1]


def read(path):
    return open(os.path.join(source, path), encoding="utf-8").read()


code = "".join(read(path) for folder in ("cable", "index")
               for path in sorted(glob.glob(os.path.join(source, "libsearch", folder, "*.c"))))
argument = set(re.findall(r'SEARCH_E_ARGUMENT,\s*"((?:record|source)\.[a-z_0-9]+)"', code))
cancelled = set(re.findall(r'SEARCH_E_CANCELLED,\s*"((?:record|source)\.[a-z_0-9]+)"', code))
reasons = set(re.findall(r'"((?:record|source)\.[a-z_0-9]+)"', code)) - argument - cancelled
text = read("doc/formats.md")
reports = text[text.index("\n## Reports\n"):]
told = set(re.findall(r"`((?:record|source)\.[a-z_0-9]+)`", reports))
for name in sorted(reasons | told):
    tell(name in reasons and name in told, "the reports told and those of the sources both have " + name)

asked = re.findall(r'\{"([a-z]+)", [a-z]+_looks_like', read("libsearch/cable/source.c"))
section = text[text.index("\n## Sources\n"):text.index("\n## JSONL")]
rows = re.findall(r"^\| ((?:`[a-z]+` ?)+)\|", section, re.M)
formats = [name for row in rows for name in re.findall(r"`([a-z]+)`", row)]
tell(formats == asked, "the formats are told in the order in which they are asked")
sys.exit(blocks.n_failed > 0)
PYTHON
