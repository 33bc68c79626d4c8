"""What a system can be built of: only what runs, and every system as rows of parts that are the system again."""

import pytest
from hypothesis import given

from core.grammar import parse
from core.offering import Offer, recipe
from core.systems import Source
from tests.core.test_grammar import STAGES


def test_only_what_this_version_runs_is_offered(bench, folder):
    bench.add(folder)
    bench.build("small")
    found = bench.offers("small")
    assert [offer.name for offer in found.sources] == ["bm25", "bm25[q=lex]", "dense:static-26"]
    assert found.fusions == ("rrf", "wsum", "mean")
    assert found.rerankers == (Offer("maxsim:static-26"),)


def written(rows):
    """The rows as a name, as the builder of the page writes it."""
    parts = [part.name if part.depth is None else f"{part.name}@{part.depth}" for part in rows.parts]
    if rows.fusion == "wsum":
        parts = [f"{text} {part.weight!r}" for text, part in zip(parts, rows.parts, strict=True)]
    if rows.fusion == "rrf":
        parts.append(f"k={rows.k}")
    source = f"{rows.fusion}({', '.join(parts)})@{rows.depth}" if rows.fusion else parts[0]
    return " >> ".join([source, *(f"{part.name}@{part.depth}" for part in rows.rerankers)])


@given(STAGES)
def test_the_parts_of_any_system_make_it_again(stage):
    assert parse(written(recipe(stage))) == stage


def test_depth_and_weight_stand_apart_from_the_name():
    rows = recipe(parse("wsum(bm25[q=lex]@1000 .7, rrf(bm25, dense:m) .3)@50 >> maxsim:a@20 >> maxsim:b"))
    assert [(part.name, part.depth, part.weight) for part in rows.parts] == [
        ("bm25[q=lex]", 1000, 0.7),
        ("rrf(bm25, dense:m)", None, 0.3),
    ]
    assert (rows.fusion, rows.depth) == ("wsum", 50)
    assert [(part.name, part.depth) for part in rows.rerankers] == [("maxsim:a", 20), ("maxsim:b", 50)]


@pytest.mark.parametrize("name", ["bm25", "dense:m|centre"])
def test_one_source_is_one_row(name):
    (row,) = recipe(Source("bm25") if name == "bm25" else parse(name)).parts
    assert (row.name, row.depth, recipe(parse(name)).fusion) == (name, 100, "")
