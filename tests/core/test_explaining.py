"""What answers what, and that the parts of every score add up to it."""

from itertools import pairwise

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from core import pipeline
from core.accounts import accounts, contributions, row_maxima
from core.collections.beir import read_beir
from core.explaining import matches, words
from core.grammar import parse
from core.service import LocalService
from core.settings import DATA, EMBEDDED

MARKS = "กำน้ำ蜜ｶﾞक्षि\u200d\u200c\u0301e 🙂"
SERVICE = LocalService(DATA / "models")
DEMO = read_beir(DATA / "demo")
TEXTS = {document.doc_id: document.text for document in DEMO.documents}


def answered(query: str, passage: str) -> set[tuple[str, str]]:
    (found,) = matches(query, [passage], model=EMBEDDED, service=SERVICE)

    def cut(text, word):
        return text[word.start : word.end]

    return {(cut(passage, found.passage[m.word]), cut(query, found.query[m.answers])) for m in found.found}


@pytest.mark.parametrize(
    ("query", "doc_id", "pair"),
    [
        ("Nyuki hutengenezaje asali?", "honey.en", ("honey", "asali")),
        ("Nyuki hutengenezaje asali?", "honey.ja", ("蜜", "asali")),
        ("Что делать, если море внезапно отступило?", "tsunami.zh", ("突然", "внезапно")),
        ("วัคซีนสอนร่างกายให้ต่อสู้กับโรคได้อย่างไร", "vaccine.en", ("vaccine", "วัคซีน")),
        ("月 満潮 干潮 原因", "tides.th", ("จันทร์", "月")),
        ("Solaranlage nachts", "solar.ar", ("ليلًا", "nachts")),
    ],
)
def test_words_answer_words_of_other_languages(query, doc_id, pair):
    assert pair in answered(query, TEXTS[doc_id])


def test_function_words_and_strangers_answer_nothing():
    assert not answered("the of and in", TEXTS["honey.en"])
    assert not answered("Nyuki hutengenezaje asali?", TEXTS["printing.en"])
    assert matches("", [""], model=EMBEDDED, service=SERVICE)[0].found == ()
    assert matches("honey", ["…!"], model=EMBEDDED, service=SERVICE)[0].found == ()


def test_hardly_a_word_of_an_unrelated_passage_reaches_the_threshold(capsys):
    """The measured share stands beside the threshold in model.toml."""
    card = SERVICE.card(EMBEDDED)
    graded = {(judged.query_id, judged.doc_id) for judged in DEMO.qrels.judgments if judged.grade > 0}
    best = []
    for query in DEMO.queries[::11]:
        for document in DEMO.documents[::41]:
            if (query.need, document.group) in graded or document.language == query.language:
                continue
            (found,) = matches(query.text, [document.text], model=EMBEDDED, service=SERVICE)
            telling = [at for at, word in enumerate(found.query) if word.weight >= card.word_weight]
            kept = [at for at, word in enumerate(found.passage) if word.weight >= card.word_weight]
            if telling and kept:
                best += found.cosines[np.ix_(telling, kept)].max(axis=0).tolist()
    share = float(np.mean(np.array(best) >= card.match_threshold))
    with capsys.disabled():
        print(f"\nwords of unrelated passages at {card.match_threshold} or above: {share:.2%} of {len(best):,}")
    assert share < 0.015


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(TEXTS.values())),
    st.text(max_size=30),
    st.text(MARKS, max_size=20),
)
def test_words_never_split_a_grapheme(text, more, marks):
    text = text[:80] + more + marks
    (tokens,) = SERVICE.tokens(EMBEDDED, [text], "query", offsets=True)
    found, vectors = words(text, tokens)
    edges = {m.start() for m in regex.finditer(r"\X", text)} | {len(text)}
    assert vectors.shape == (len(found), 256)
    assert all(word.start in edges and word.end in edges and word.start < word.end for word in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    "name", ["rrf(bm25, dense:static-26)", "wsum(bm25 .3, dense:static-26 .7)", "mean(bm25, dense:static-26)"]
)
def test_the_parts_of_a_fused_score_add_up(indexed, name):
    query = next(query for query in indexed.collection("small").queries if query.query_id == "n1.sw")
    (trace,) = pipeline.run([parse(name)], [query], index=indexed.index("small"), service=indexed.service)
    lists = [step.ranking for step in trace.steps[:-1]]
    for hit in trace.ranking:
        parts = contributions(trace.system, lists, hit.doc_id)
        assert len(parts) == 2
        assert sum(parts) == pytest.approx(hit.score, abs=1e-12)


def test_row_maxima_add_up_to_maxsim(indexed):
    query = next(query for query in indexed.collection("small").queries if query.query_id == "n1.sw")
    (trace,) = pipeline.run(
        [parse("bm25 >> maxsim:static-26")], [query], index=indexed.index("small"), service=indexed.service
    )
    documents = indexed.documents("small", trace.ranking.doc_ids)
    for hit in trace.ranking:
        asked, given = SERVICE.tokens(EMBEDDED, [query.text, documents[hit.doc_id].content], "query")
        shares = row_maxima(asked, given)
        assert sum(share for _, share in shares) == pytest.approx(hit.score, abs=1e-5)
        assert all(0 <= best < len(given.vectors) for best, _ in shares)


@pytest.mark.parametrize(
    "name",
    [
        "bm25",
        "bm25[q=lex]",
        "dense:static-26",
        "rrf(bm25[q=lex], dense:static-26) >> maxsim:static-26",
        "wsum(bm25 .3, dense:static-26 .7)",
        "mean(bm25, dense:static-26)",
    ],
)
@pytest.mark.parametrize("query_id", ["n1.sw", "n1.en"])
def test_every_account_adds_up(indexed, name, query_id):
    query = next(query for query in indexed.collection("small").queries if query.query_id == query_id)
    index, service = indexed.index("small"), indexed.service
    (trace,) = pipeline.run([parse(name)], [query], index=index, service=service)
    documents = indexed.documents("small", trace.ranking.doc_ids)
    for rank, hit in enumerate(trace.ranking, start=1):
        found = accounts(trace, documents[hit.doc_id], index=index, service=service)
        assert [account.stage for account in found] == [step.stage for step in trace.steps]
        assert (found[-1].rank, found[-1].score) == (rank, hit.score)
        for account in found:
            assert account.exact, account
            assert bool(account.parts) == (account.rank is not None)


def test_a_part_says_through_which_word_it_came(indexed):
    query = next(query for query in indexed.collection("small").queries if query.query_id == "n1.sw")
    index, service = indexed.index("small"), indexed.service
    (trace,) = pipeline.run([parse("bm25[q=lex]")], [query], index=index, service=service)
    document = indexed.documents("small", ["honey.en"])["honey.en"]
    (account,) = accounts(trace, document, index=index, service=service)
    assert ("asali", "honey") in {(part.what, part.answer) for part in account.parts}
    assert all(0.3 <= part.weight < 1 for part in account.parts)
