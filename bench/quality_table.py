#!/usr/bin/env python3
"""What known-item runs are worth, as tables in Markdown.

  bench/quality_table.py ITEMS.tsv RUN.tsv...

A run is what one engine with one setting found, a line a hit: number of the query, rank from 1, id.  Its file is named
for the engine and, after a hyphen, the setting; the first run of an engine is its default.  One record is to be found,
so recall@10 is the share of the queries that have it among the first ten, MRR@10 the mean of 1/rank, and nDCG@10 the mean
of 1/log2(1 + rank); a query that has it further down, or not at all, counts 0."""
import math
import pathlib
import sys

MEASURES = {
    "MRR@10": lambda rank: 1 / rank,
    "recall@10": lambda rank: 1,
    "nDCG@10": lambda rank: 1 / math.log2(1 + rank),
}


def read_items(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def read_ranks(path, items):
    """The rank of each query's record, for those that have it among the first ten."""
    ranks = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            number, rank, found = line.rstrip("\n").split("\t")
            if int(rank) <= 10 and found == items[int(number) - 1][1]:
                ranks.setdefault(int(number), int(rank))
    return ranks


def measure(items, ranks, kind, gain):
    numbers = [i for i, item in enumerate(items, 1) if item[0] == kind]
    return sum(gain(ranks[i]) for i in numbers if i in ranks) / len(numbers)


def print_row(cells):
    print("| " + " | ".join(cells) + " |")


def print_head(first, kinds):
    print_row([first, *kinds])
    print_row(["---"] + ["---:"] * len(kinds))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    items = read_items(sys.argv[1])
    kinds = list(dict.fromkeys(item[0] for item in items))
    runs = {pathlib.Path(path).stem: read_ranks(path, items) for path in sys.argv[2:]}
    values = {
        name: {run: [measure(items, ranks, kind, gain) for kind in kinds] for run, ranks in runs.items()}
        for name, gain in MEASURES.items()
    }
    engines = {}
    for run in runs:
        engines.setdefault(run.split("-")[0], []).append(run)
    for name in MEASURES:
        print_head(name, kinds)
        for engine, settings in engines.items():
            print_row([settings[0] + ", the default"] + [f"{v:.3f}" for v in values[name][settings[0]]])
            if len(settings) > 1:
                best = [max(settings, key=lambda run, i=i: values[name][run][i]) for i in range(len(kinds))]
                print_row([f"{engine}, its best"] + [f"{values[name][run][i]:.3f}" for i, run in enumerate(best)])
        print()
    print_head("MRR@10, each setting", kinds)
    for run in runs:
        print_row([run] + [f"{v:.3f}" for v in values["MRR@10"][run]])
    print()
    counts = ", ".join(f"{kind} {sum(item[0] == kind for item in items)}" for kind in kinds)
    print(f"Queries: {counts}.")


if __name__ == "__main__":
    main()
