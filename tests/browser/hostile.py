"""A collection whose every text attacks the page."""

import json
import shutil

HOSTILE = (
    "<img src=x onerror=\"window.pwned='document'\">",
    "${window.pwned='template'} ${HOME}",
    "{{value}} {{#each value}}x{{/each}} {{{this}}}",
    "</script><script>window.pwned='script'</script>",
    "abc \u202eevil\u202c \u2066isolated\u2069 \u0000 nul \U000e0068\U000e0069 tags",
    "C:\\new\\table \\u00 `backtick` $' $& %s",
)


def write_hostile(folder):
    """A BEIR folder whose every text attacks the page; the plain word `honey` finds all of it."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "qrels").mkdir(parents=True)
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
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in documents))
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq0\th0\t1\n")
