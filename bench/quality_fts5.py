#!/usr/bin/env python3
"""Plain SQLite FTS5 on the same records and queries as bench/quality_libsearch: columns title and body, the porter
tokenizer, order by bm25 with its defaults.  What else a user may choose is a setting: OR in the place of AND, a title
that counts five times, and the tokenizer without stemming.  Each word of a query is quoted, so that none is an operator.

  bench/quality_fts5.py RECORDS.jsonl ITEMS.tsv RUNS

makes in the directory RUNS a run for each setting: number of the query (its line, from 1), rank, id.  The query is the
last field of its line."""
import json
import sqlite3
import sys

TOKENIZERS = {"porter": "porter unicode61", "plain": "unicode61"}
# The first is the default of FTS5, but for the tokenizer.
SETTINGS = {
    "fts5-and": ("porter", " ", 1.0),
    "fts5-or": ("porter", " OR ", 1.0),
    "fts5-and-title5": ("porter", " ", 5.0),
    "fts5-or-title5": ("porter", " OR ", 5.0),
    "fts5-and-unstemmed": ("plain", " ", 1.0),
    "fts5-or-unstemmed": ("plain", " OR ", 1.0),
}


def build(path):
    database = sqlite3.connect(":memory:")
    for name, tokenizer in TOKENIZERS.items():
        database.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(id UNINDEXED, title, body, tokenize = '{tokenizer}')")
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if line.strip()]
    rows = [(r["id"], r.get("title") or "", r.get("body") or "") for r in records if r.get("id")]
    for name in TOKENIZERS:
        database.executemany(f"INSERT INTO {name} VALUES (?, ?, ?)", rows)
    return database


def run(database, queries, setting, path):
    table, joiner, title_weight = setting
    sql = f"SELECT id FROM {table} WHERE {table} MATCH ? ORDER BY bm25({table}, 0.0, {title_weight}, 1.0), rowid LIMIT 10"
    with open(path, "w", encoding="utf-8") as out:
        for number, query in enumerate(queries, 1):
            match = joiner.join('"' + word.replace('"', '""') + '"' for word in query.split())
            for rank, (found,) in enumerate(database.execute(sql, (match,)), 1):
                print(number, rank, found, sep="\t", file=out)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    database = build(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as lines:
        queries = [line.rstrip("\n").split("\t")[-1] for line in lines]
    for name, setting in SETTINGS.items():
        run(database, queries, setting, f"{sys.argv[3]}/{name}.tsv")


if __name__ == "__main__":
    main()
