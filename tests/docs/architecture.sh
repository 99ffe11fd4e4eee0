#!/bin/sh
# doc/architecture.md agrees with the sources: its formula has their weights, its limits are theirs, and the files and folders
# it names are there.
set -u
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top_srcdir/tests/docs exec python3 - "$top_srcdir" <<'PYTHON'
import blocks, os, re, sys
from blocks import table, tell

source = sys.argv[1]


def read(path):
    return open(os.path.join(source, path), encoding="utf-8").read()


def numbers(text):
    return [float(n) for n in re.findall(r"\d+(?:\.\d+)?", text)]


text = read("doc/architecture.md")
score = read("libsearch/ranking/score.c")
rows = table(text, "The score")[1:]
zones = re.findall(r"SEARCH_ZONE_([A-Z]+) = (\d)", read("include/libsearch.h"))
tell([row[0] for row in rows] == [name.lower() for name, _ in sorted(zones, key=lambda z: z[1])],
     "the zones are those of the header", str(rows))
defaults = numbers(re.search(r"SEARCH_WEIGHTS_INIT[\s\\]*\{ sizeof\(search_weights\),(.*?) \}\n", read("include/libsearch.h")).group(1))
k1, weights, bs, (pair, window, title) = defaults[0], defaults[1:5], defaults[5:9], defaults[9:]
for column, known in ((1, weights), (2, bs)):
    tell([float(row[column]) for row in rows] == known, "the weights are the defaults", str(known))
tell("k1 is %s." % k1 in text, "k1 is the default")
tell("pair is %s, window %s, title %s." % (pair, window, title) in text, "the weights of stage 2 are the defaults")
n_best = int(re.search(r"RERANK_MAX (\d+)", read("libsearch/ranking/rerank.h")).group(1))
tell("the best {:,} documents".format(n_best) in text, "stage 2 looks at as many as told", str(n_best))
for line in ("f * (k1 + 1) / (f + k1)", "weight * count / (1 - b + b * length / average length)",
             "ln(1 + (N - n + 0.5) / (n + 0.5))"):
    tell(line in score and line.replace("*", "·").replace("-", "−") in text, "the formula is that of the scorer: " + line)

check_every = int(re.search(r"check_every = (\d+)", read("libsearch/ranking/run_context.c")).group(1))
tell("once in {:,} steps".format(check_every) in text, "cancelling is heard as often as told", str(check_every))
n_passage = re.search(r"PASSAGE_N_BYTES \(\(size_t\)(\d+)\)", read("libsearch/ranking/passage.h")).group(1)
tell("about %s bytes" % n_passage in text, "passages are as long as told", n_passage)

for header, pattern, sentence in (
        ("ranking/lattice.h", r"LATTICE_VARIANT_WEIGHT ([\d.]+)F", "A path counts 1, or %s when"),
        ("ranking/variants.h", r"VARIANTS_MAX (\d+)", "Limits: %s forms for the same words"),
        ("ranking/leaf.c", r"max_words = (\d+)", "; %s words a phrase, else"),
        ("analysis/readings.h", r"READING_MAX_WORDS (\d+)", "A name has at most %s words")):
    known = re.search(pattern, read("libsearch/" + header)).group(1)
    tell(sentence % known in text, "the limits are those of libsearch/" + header, known)
for kind, name in re.findall(r"NAME_([A-Z]+) = '([A-Z])'", read("libsearch/index/names.h")):
    tell("| `%s` |" % name in read("doc/index-format.md"), "the kinds of names are told: " + kind)

for path in sorted(set(re.findall(r"`((?:include|libsearch|cli|tests|doc)/[\w./-]*)`", text))):
    tell(os.path.exists(os.path.join(source, path)), "it is there: " + path)
for link in sorted(set(re.findall(r"\]\(([^)#:]+)\)", text))):
    tell(os.path.exists(os.path.join(source, "doc", link)), "the link leads somewhere: " + link)
sys.exit(blocks.n_failed > 0)
PYTHON
