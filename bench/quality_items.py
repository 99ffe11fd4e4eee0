#!/usr/bin/env python3
"""Draws known-item queries from a file of records, one JSON object a line: each query was made from one record, which
it is to find.  The same file, seed and count give the same queries, whatever the release of Python.

  title    the words of a title in their order, one of them dropped.  The title has at least four words and is that of
           no other record, for the telegrams between two offices often share theirs: who knows no more of one than its
           title can find any of them
  passage  five words of one passage, in its order.  A passage is at most 40 words in a row of one paragraph; its words
           are those of four letters and more, each once, that are no function words; it has at least eight of them
  typo     the queries of `passage`, each with one letter wrong in one word: two letters change places, or one is
           missing, too many, or another.  What comes of it may be a word
  name     a name as another standard spells it, and three words of the passage around it.  The pairs are those of
           tests/quality/names.tsv that meet and differ in more than marks, hyphens and American spelling; the record
           has one spelling of the pair and nowhere the other.  The names take turns, so that the frequent ones fill
           only what the others leave

Records are drawn at random, each once a kind (a name once a record).  Words are written small, names as the standard
has them.

Prints a line a query: kind, id of the record, query, separated by tabs."""
import argparse
import collections
import hashlib
import json
import pathlib
import re
import sys
import unicodedata

N_WINDOW = 40
N_WORDS_AT_LEAST = 8
N_TRIES = 20  # passages tried in a record before it is passed over
FUNCTION_WORDS = set(
    """about above after again against also although among because been before being between both cannot could does
    doing down during each either else even ever every from further have having here hers herself himself however into
    itself just less many might mine more most much must myself neither nevertheless none only onto other others ought
    ours ourselves over rather same shall should since some such than that their theirs them themselves then there
    therefore these they this those though through thus under unless until unto upon very were what whatever when
    where whereas whether which while whom whose will with within without would your yours yourself""".split()
)


class Draw:
    """Numbers drawn by counting digests."""

    def __init__(self, seed, kind):
        self.name = f"{seed}/{kind}"
        self.n_drawn = 0

    def below(self, n):
        self.n_drawn += 1
        digest = hashlib.sha256(f"{self.name}/{self.n_drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % n

    def one(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items

    def some_in_order(self, items, n):
        return [items[i] for i in sorted(self.shuffled(range(len(items)))[:n])]


def words_of(text):
    return re.findall(r"[^\W_]+(?:['’ʻʼ‘`][^\W_]+)*", text)


def fold(word):
    letters = unicodedata.normalize("NFD", re.sub(r"['’ʻʼ‘`]", "", word.lower()))
    return "".join(c for c in letters if not unicodedata.combining(c))


def key_of(text):
    return tuple(fold(word) for word in words_of(text))


def content_words(words):
    lower = (word.lower() for word in words)
    return list(dict.fromkeys(w for w in lower if len(w) >= 4 and w.isalpha() and w not in FUNCTION_WORDS))


class Record:
    def __init__(self, fields):
        self.id = fields["id"]
        self.title = fields.get("title") or ""
        self.paragraphs = [p for p in map(words_of, (fields.get("body") or "").split("\n")) if p]
        self.folded = " " + " ".join(key_of(self.title) + tuple(fold(w) for p in self.paragraphs for w in p)) + " "

    def has(self, key):
        return f" {' '.join(key)} " in self.folded


def read_records(path):
    with open(path, encoding="utf-8") as lines:
        fields = (json.loads(line) for line in lines if line.strip())
        return [Record(f) for f in fields if f.get("id") and not re.search(r"[\t\n]", f["id"])]


# ---- Titles and passages ----


def title_items(draw, records, n):
    titles = collections.Counter(key_of(record.title) for record in records)
    for record in draw.shuffled(records):
        words = [word.lower() for word in words_of(record.title)]
        if n == 0:
            return
        if len(words) < 4 or titles[key_of(record.title)] > 1:
            continue
        del words[draw.below(len(words))]
        yield record, words
        n -= 1


def passage_words(draw, record):
    for _ in range(N_TRIES if record.paragraphs else 0):
        paragraph = draw.one(record.paragraphs)
        start = draw.below(max(1, len(paragraph) - N_WINDOW + 1))
        words = content_words(paragraph[start : start + N_WINDOW])
        if len(words) >= N_WORDS_AT_LEAST:
            return draw.some_in_order(words, 5)
    return None


def passage_items(draw, records, n):
    for record in draw.shuffled(records):
        if n == 0:
            return
        words = passage_words(draw, record)
        if words:
            yield record, words
            n -= 1


def mistype(draw, word):
    while True:
        i = draw.below(len(word))
        letter = draw.one("abcdefghijklmnopqrstuvwxyz")
        wrong = draw.one(
            [
                word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :],
                word[:i] + word[i + 1 :],
                word[:i] + letter + word[i:],
                word[:i] + letter + word[i + 1 :],
            ]
        )
        if wrong != word:
            return wrong


def typo_items(draw, passages):
    for record, words in passages:
        i = draw.below(len(words))
        yield record, words[:i] + [mistype(draw, words[i])] + words[i + 1 :]


# ---- Names ----


def read_spellings(path):
    """From each spelling to the others that meet it."""
    spellings = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if not line.startswith("meet\t"):
            continue
        _, a, b, rule = line.split("\t")
        # A word that is written small is no name.
        is_name = a[0].isupper() and b[0].isupper() and rule != "British / American"
        if is_name and "".join(key_of(a)) != "".join(key_of(b)):
            spellings.setdefault(key_of(a), []).append(b)
            spellings.setdefault(key_of(b), []).append(a)
    return spellings


def words_around(draw, record, key, other):
    places = []
    for paragraph in record.paragraphs:
        folded = [fold(word) for word in paragraph]
        places += [(paragraph, i) for i in range(len(folded)) if tuple(folded[i : i + len(key)]) == key]
    if not places:
        return None
    paragraph, i = draw.one(places)
    start = max(0, i - N_WINDOW // 2)
    words = [w for w in content_words(paragraph[start : start + N_WINDOW]) if fold(w) not in key + key_of(other)]
    return draw.some_in_order(words, 3) if len(words) >= N_WORDS_AT_LEAST else None


def name_items(draw, records, n, spellings):
    turns = []
    for key in sorted(spellings):
        holders = draw.shuffled([record for record in records if record.has(key)])
        if holders:
            turns.append((key, holders))
    while n > 0 and turns:
        for key, holders in turns:
            record = holders.pop()
            other = draw.one(spellings[key])
            words = None if record.has(key_of(other)) else words_around(draw, record, key, other)
            if words and n > 0:
                yield record, [other.replace(",", "")] + words
                n -= 1
        turns = [turn for turn in turns if turn[1]]


def main():
    names = pathlib.Path(__file__).resolve().parent.parent / "tests/quality/names.tsv"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500, help="queries a kind (default 500)")
    arguments = parser.parse_args()
    records = read_records(arguments.records)
    passages = list(passage_items(Draw(arguments.seed, "passage"), records, arguments.count))
    kinds = {
        "title": list(title_items(Draw(arguments.seed, "title"), records, arguments.count)),
        "passage": passages,
        "typo": list(typo_items(Draw(arguments.seed, "typo"), passages)),
        "name": list(name_items(Draw(arguments.seed, "name"), records, arguments.count, read_spellings(names))),
    }
    for kind, items in kinds.items():
        if len(items) < arguments.count:
            print(f"quality_items: {kind}: the records give {len(items)} queries", file=sys.stderr)
        for record, words in items:
            print(kind, record.id, " ".join(words), sep="\t")


if __name__ == "__main__":
    main()
