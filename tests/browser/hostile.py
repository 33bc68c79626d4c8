"""Texts that attack a page, by family, and collections that are made of them."""

import json
import shutil
from pathlib import Path

FAMILIES: dict[str, list[str]] = json.loads(Path(__file__).with_name("hostile.json").read_text("utf-8"))
"""Family → its texts. What runs would set window.pwned. Lone surrogates stay what they are, as JSON lets them."""

CORPUS = tuple(text for texts in FAMILIES.values() for text in texts)

HOSTILE = (
    "<img src=x onerror=\"window.pwned='document'\">",
    "${window.pwned='template'} ${HOME}",
    "{{value}} {{#each value}}x{{/each}} {{{this}}}",
    "</script><script>window.pwned='script'</script>",
    "abc \u202eevil\u202c \u2066isolated\u2069 \u0000 nul \U000e0068\U000e0069 tags",
    "C:\\new\\table \\u00 `backtick` $' $& %s",
)
"""A few of them, for walks that look at each closely."""

LANGUAGES = ("ar", "bn", "de", "en", "es", "hi", "ja", "ko", "ru", "sw", "th", "zh")
BATCH = len(LANGUAGES)
"""Documents that one search finds: one group, a document in each language."""


def write_corpus(folder):
    """A BEIR folder of every text, as title and in the text; `batch7` finds the eighth dozen, one group of them.

    Ids, the collection's name, its description and the names of its grades are hostile too.
    """
    documents = [
        {
            "_id": id_of(at),
            "title": text,
            "text": text_of(at),
            "language": LANGUAGES[at % BATCH],
            "group": id_of(at - at % BATCH),
        }
        for at, text in enumerate(CORPUS)
    ]
    write(folder, documents, [])
    told = {
        "name": FAMILIES["html"][0],
        "licence": FAMILIES["template"][0],
        "description": " ".join(t for f in ("html", "attribute", "template") for t in FAMILIES[f]),
    }
    lines = [f"{key} = {json.dumps(text)}" for key, text in told.items()]
    for value, (name, meaning) in enumerate([("<b>no</b>", FAMILIES["attribute"][0]), ("${yes}", FAMILIES["html"][2])]):
        lines += ["[[grades]]", f"value = {value}", f"name = {json.dumps(name)}", f"meaning = {json.dumps(meaning)}"]
    (folder / "collection.toml").write_text("\n".join(lines) + "\n")


def text_of(at):
    return f"batch{at // BATCH} {CORPUS[at]} end."


def id_of(at):
    """The text itself as far as an id may hold it, after its number."""
    kept = "".join(c for c in CORPUS[at] if c.isprintable() and not c.isspace())
    return f"{at}-{kept}".encode()[:120].decode("utf-8", "ignore")


def write_hostile(folder):
    """A BEIR folder whose every text attacks the page; the plain word `honey` finds all of it."""
    documents = [
        {"_id": f"h{i}", "title": text, "text": f"honey {text} honey", "language": "en", "group": f"g{i}"}
        for i, text in enumerate(HOSTILE)
    ]
    long = "Filler sentence about nothing at all. " * 120 + "The honey is here. " + "<b>after</b> ${1+1} " * 20
    documents.append({"_id": "long", "title": "A long one", "text": long, "language": "en", "group": "g9"})
    documents.append(
        {
            "_id": "unbroken",
            "title": "honey " + "W" * 400,
            "text": "honey " + "漢" * 300 + "W" * 900,
            "language": "en",
            "group": "g8",
        }
    )
    queries = [
        {"_id": f"q{i}", "text": f"honey {text}", "language": "en", "need": f"n{i}"} for i, text in enumerate(HOSTILE)
    ]
    write(folder, documents, queries)


def write(folder, documents, queries):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in documents))
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    judged = f"{queries[0]['_id']}\t{documents[0]['_id']}\t1\n" if queries else ""
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
