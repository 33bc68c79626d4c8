"""A system's name is the system: it prints and parses back, and what is wrong with a name is said at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadSystem
from core.grammar import parse
from core.systems import RERANK_KINDS, WITHOUT_MODEL, Fuse, PostHoc, Rerank, Source, walk, with_dropped

MODELS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,12}(/[A-Za-z0-9][A-Za-z0-9._-]{0,12})?", fullmatch=True)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
OPTIONS = st.dictionaries(NAMES, st.from_regex(r"[A-Za-z0-9.:/-]{1,12}", fullmatch=True), max_size=3).map(
    lambda found: tuple(sorted(found.items()))
)
DEPTHS = st.integers(1, 10_000)
WEIGHTS = st.floats(0, 1e6, allow_nan=False).map(abs)

BM25 = st.builds(Source, st.just("bm25"), st.just(""), OPTIONS, depth=DEPTHS)
OTHERS = st.builds(
    Source,
    st.sampled_from(["dense", "sparse", "run"]),
    MODELS,
    OPTIONS,
    st.lists(st.builds(PostHoc, NAMES, OPTIONS), max_size=2).map(tuple),
    DEPTHS,
)


def reranked(stage):
    with_model = st.sampled_from([kind for kind in RERANK_KINDS if kind not in WITHOUT_MODEL])
    return st.builds(Rerank, with_model, MODELS, stage, OPTIONS, DEPTHS) | st.builds(
        Rerank, st.just("feedback"), st.just(""), stage, OPTIONS, DEPTHS
    )


def fused(stage):
    parts = st.lists(stage, min_size=2, max_size=3).map(tuple)
    weighted = st.lists(st.tuples(stage, WEIGHTS), min_size=2, max_size=3).filter(lambda p: sum(w for _, w in p) > 0)
    return (
        st.builds(Fuse, st.just("rrf"), parts, k=st.integers(1, 1000), depth=DEPTHS)
        | st.builds(Fuse, st.just("mean"), parts, depth=DEPTHS)
        | st.builds(
            lambda pairs, depth: Fuse("wsum", tuple(p for p, _ in pairs), tuple(w for _, w in pairs), depth=depth),
            weighted,
            DEPTHS,
        )
    )


STAGES = st.recursive(BM25 | OTHERS, lambda stage: fused(stage) | reranked(stage), max_leaves=6)


@given(STAGES)
def test_every_system_prints_and_parses_back(stage):
    assert parse(str(stage)) == stage


@given(st.text(max_size=60))
def test_any_text_is_a_system_or_a_sentence(text):
    try:
        stage = parse(text)
    except BadSystem as error:
        assert 0 <= error.position <= len(text)
        assert "is not a system" in str(error)
    else:
        assert parse(str(stage)) == stage


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("bm25", "bm25"),
        (" bm25 @ 100 ", "bm25"),
        ("bm25[q=lex]@20", "bm25[q=lex]@20"),
        ("dense:static-26|centre", "dense:static-26|centre"),
        ("rrf( bm25 ,dense:static-26, k=60 )", "rrf(bm25, dense:static-26)"),
        ("wsum(bm25 0.5, dense:static-26 0.50)", "wsum(bm25 .5, dense:static-26 .5)"),
        ("wsum(bm25 1, dense:x 2.0)", "wsum(bm25 1, dense:x 2)"),
        ("bm25>>maxsim:static-26@50", "bm25 >> maxsim:static-26"),
        ("bm25@100 >> first:castorini/first_qwen3_0.6b@20", "bm25 >> first:castorini/first_qwen3_0.6b@20"),
        ("bm25 >> maxsim:x >> feedback@20", "bm25 >> maxsim:x >> feedback@20"),
        ("mean(bm25 >> maxsim:x, run:mine)", "mean(bm25 >> maxsim:x, run:mine)"),
        ("bm25[q=translate:org/model:en]", "bm25[q=translate:org/model:en]"),
        ("dense:x[q=roman, dim=128]", "dense:x[dim=128, q=roman]"),
    ],
)
def test_names_are_printed_in_their_shortest_form(written, printed):
    assert str(parse(written)) == printed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "empty"),
        ("bm52", "there is no 'bm52'"),
        ("bm25:x", "has no model"),
        ("dense", "needs a name after a colon"),
        ("dense:", "needs a name"),
        ("rrf(bm25)", "joins two systems"),
        ("rrf bm25", "in brackets"),
        ("rrf(bm25, dense:x", "not closed"),
        ("wsum(bm25, dense:x .5)", "needs a weight"),
        ("wsum(bm25 0, dense:x 0)", "above 0"),
        ("bm25 >> dense:x", "no re-ranker 'dense'"),
        ("maxsim:x", "write a source"),
        ("bm25@0", "from 1 to 10,000"),
        ("bm25@99999999999999999999", "from 1 to 10,000"),
        ("bm25[q=a, q=b]", "given twice"),
        ("bm25[q]", "name=value"),
        ("bm25 bm25", "not expected"),
        ("rrf(" * 30 + "bm25", "nested"),
        ("b" * 3000, "more than 2,000"),
    ],
)
def test_what_is_wrong_is_said(name, said):
    with pytest.raises(BadSystem, match="is not a system") as found:
        parse(name)
    assert said in str(found.value)


def test_walk_gives_sources_first_and_each_stage_once():
    stages = [str(stage) for stage in walk(parse("rrf(bm25, dense:x) >> maxsim:x"))]
    assert stages == ["bm25", "dense:x", "rrf(bm25, dense:x)", "rrf(bm25, dense:x) >> maxsim:x"]
    assert len(list(walk(parse("rrf(bm25, bm25 >> maxsim:x)")))) == 3


@pytest.mark.parametrize(
    ("name", "dropped"),
    [
        ("bm25[q=lex]", "bm25[drop=honey, q=lex]"),
        ("bm25[drop=bee, q=lex]@50", 'bm25[drop="bee honey", q=lex]@50'),
        (
            "wsum(bm25[q=lex] .5, dense:static-26 .5) >> maxsim:static-26",
            "wsum(bm25[drop=honey, q=lex] .5, dense:static-26 .5) >> maxsim:static-26",
        ),
        ("rrf(bm25, bm25[q=lex])", "rrf(bm25, bm25[drop=honey, q=lex])"),
        ("bm25", "bm25"),
        ("rrf(bm25, dense:a)", "rrf(bm25, dense:a)"),
    ],
)
def test_a_word_is_dropped_and_taken_back(name, dropped):
    without = with_dropped(parse(name), "honey")
    assert str(without) == dropped
    assert parse(dropped) == without == with_dropped(without, "honey")
    assert str(with_dropped(without, "honey", dropped=False)) == name
