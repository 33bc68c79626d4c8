"""The Alignment page's JSON of a small study; whatever a browser may send; every tint readable."""

import base64
import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_contrast import contrast

from core.alignment.study import Pair, Point, Study, sentence
from core.settings import EMBEDDED, Settings
from core.workbench import Workbench
from ui import atlas, sights
from ui.assets import HERE, STYLES
from ui.events import answering
from ui.sights import Sight
from ui.views.alignment import Alignment, plotly_js
from ui.words import say

TEXTS = {
    "honey": {
        "en": "Bees make honey from nectar.",
        "ar": "النحل يصنع العسل من الرحيق.",
        "sw": "Nyuki hutengeneza asali.",
    },
    "tides": {"en": "The moon pulls the sea.", "ar": "القمر يجذب البحر.", "sw": "Mwezi huvuta bahari."},
    "bread": {"en": "Yeast lets bread rise.", "ar": "الخميرة تجعل الخبز ينتفخ.", "sw": "Hamira huumua mkate."},
}


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    root = tmp_path_factory.mktemp("source")
    parallel = [(f"{g}.{tag}", tag, text, g) for g, texts in TEXTS.items() for tag, text in texts.items()]
    alone = [(f"d{i}", "en", f"text number {i}", None) for i in range(3)]
    bench = Workbench(Settings(home=tmp_path_factory.mktemp("home"), collection="parallel"))
    for name, rows in (("parallel", parallel), ("alone", alone), ("unbuilt", parallel)):
        (root / name / "qrels").mkdir(parents=True)
        lines = [
            {"_id": i, "language": tag, "title": "", "text": text} | ({"group": g} if g else {})
            for i, tag, text, g in rows
        ]
        (root / name / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (root / name / "queries.jsonl").write_text('{"_id": "q", "text": "honey", "language": "en", "need": "n"}\n')
        (root / name / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\nq\t{rows[0][0]}\t1\n")
        bench.add(root / name)
    bench.build("parallel")
    bench.build("alone")
    yield Alignment(bench)
    bench.close()


def merged(updates):
    return {name: value for update in updates for name, value in update.items()}


def follow(view, link):
    return merged(view.updates({"run": "r", "link": link}))


def asked(**more):
    return {"collection": "parallel", "model": EMBEDDED} | more


def test_the_page_comes_first_then_the_numbers_of_the_study(view):
    updates = list(view.updates({"run": "r", "link": ""}))
    assert [list(update) for update in updates] == [["page"], ["study"]]
    page, study = updates[0]["page"], updates[1]["study"]
    found = view.bench.align("parallel")
    assert (page["run"], study["run"], page["notes"], study["notes"]) == ("r", "r", [], [])
    assert page["models"] == [EMBEDDED]
    assert study["sentence"] == sentence(found)
    assert study["link"] == f"?v=1&c=parallel&model={EMBEDDED}&metric=retrieval"
    assert study["languages"] == ["ar", "en", "sw"]
    for pair in found.pairs:
        i, j = study["languages"].index(pair.asked), study["languages"].index(pair.answering)
        assert study["cells"][i][j] == pytest.approx(
            [pair.retrieval, pair.margin_error, pair.matched, pair.random, pair.n], abs=1e-6
        )
    assert [study["cells"][i][i] for i in range(3)] == [None, None, None]
    assert study["origin"]["identity"] == found.identity[:12]
    assert study["origin"]["checksum"] == found.checksum[:12]
    assert (study["origin"]["seed"], study["origin"]["n"]) == (0, found.n)
    assert json.loads(json.dumps(study)) == json.loads(json.dumps(study, allow_nan=False))


def test_the_points_are_bytes_and_hold_no_text(view):
    found, sent = view.bench.align("parallel"), follow(view, "")["study"]["points"]
    x = np.frombuffer(base64.b64decode(sent["x"]), "<f4")
    language = np.frombuffer(base64.b64decode(sent["language"]), "<u2")
    group = np.frombuffer(base64.b64decode(sent["group"]), "<u4")
    assert x == pytest.approx([point.x for point in found.points])
    assert [sent["languages"][at] for at in language] == [point.language for point in found.points]
    assert [sent["groups"][at] for at in group] == [point.group for point in found.points]
    everything = json.dumps(follow(view, "")["study"], ensure_ascii=False)
    assert not any(text in everything for texts in TEXTS.values() for text in texts.values())


def made(pairs, points, neighbours=None):
    named = {"collection_id": "c", "checksum": "0" * 64, "model": "m", "identity": "1" * 64, "seed": 0}
    counted = {"share": 1.0, "low": 1.0, "high": 1.0, "n": 1, "variance": (0.5, 0.2)}
    return Study(
        **named, **counted, languages=("a", "b", "c"), pairs=pairs, control=pairs, points=points,
        neighbours=neighbours or {},
    )  # fmt: skip


def test_columns_weigh_each_pair_by_its_documents():
    pairs = (Pair("a", "c", 1, 1.0, 0.0, 0.8, 0.2), Pair("b", "c", 3, 0.0, 1.0, 0.4, 0.0))
    assert atlas._columns(pairs, ("a", "b", "c")) == [None, None, [0.25, 0.75, 0.5, 0.05, 4]]


def test_neighbours_say_own_chance_and_the_others_falling():
    points = tuple(Point(f"{tag}{i}", str(i), tag, 0, 0) for tag in "aab" for i in range(2))
    row = atlas._neighbours(made((), points, {"a": {"a": 0.5, "b": 0.2, "c": 0.3}}))[0]
    assert row == {"language": "a", "n": 4, "own": 0.5, "chance": 3 / 5, "others": [("c", 0.3), ("b", 0.2)]}


def test_of_very_many_points_whole_groups_are_drawn(monkeypatch):
    monkeypatch.setattr(atlas, "MOST_POINTS", 10)
    points = tuple(Point(f"{g}.{tag}", f"{g:02}", tag, 0, 0) for g in range(16) for tag in "ab")
    drawn = atlas.plotted(made((), points))
    assert len(drawn) == 8
    assert {point.group for point in drawn} == {"00", "04", "08", "12"}
    assert atlas.plotted(made((), points[:10])) == points[:10]


def test_misses_by_hand_a_tie_is_one():
    x, y = np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)[[0, 0, 2]]
    assert atlas.missed(x, y) == [(0, 1, 1.0, 1.0), (1, 0, 0.0, 0.0)]
    assert atlas.missed(x, x) == []


def test_a_source_is_authors_year_and_title():
    assert atlas.cited("artetxe2019margin").startswith("Artetxe and Schwenk 2019, Margin-based Parallel Corpus")
    assert atlas.cited("cormack2009rrf").startswith("Cormack et al. 2009, ")


def test_a_text_comes_with_its_translations_by_place_or_by_id(view):
    points = atlas.plotted(view.bench.align("parallel"))
    at = next(place for place, point in enumerate(points) if point.doc_id == "tides.ar")
    by_place, by_id = view.read(asked(at=at)), view.read(asked(at=None, doc="tides.ar"))
    assert by_place == by_id
    assert by_id["opened"] == {
        "at": at, "id": "tides.ar", "language": "ar", "title": "", "text": TEXTS["tides"]["ar"], "cut": False
    }  # fmt: skip
    assert [document["id"] for document in by_id["translations"]] == ["tides.en", "tides.sw"]
    assert points[by_id["translations"][0]["at"]].doc_id == "tides.en"


def test_misses_agree_with_the_cell(view):
    for pair in view.bench.align("parallel").pairs:
        answer = view.misses(asked(asked=pair.asked, answering=pair.answering))
        assert answer["n"] == pair.n
        assert 1 - answer["missed"] / answer["n"] == pytest.approx(pair.retrieval)
        assert len(answer["misses"]) == len(answer["groups"]) == answer["missed"]
        assert all(miss["best"] >= miss["own"] for miss in answer["misses"])


def test_a_link_restores_everything(view):
    study = follow(view, "?v=1&c=parallel&model=static-26&metric=cosine&pair=sw-ar&open=honey.sw")["study"]
    assert (study["pair"], study["open"], study["notes"]) == (("sw", "ar"), "honey.sw", [])
    assert study["link"] == "?v=1&c=parallel&model=static-26&metric=cosine&pair=sw-ar&open=honey.sw"


def test_what_a_link_says_in_vain_is_left_out_with_a_note(view):
    said = follow(view, "?v=9&c=nowhere&model=bert&metric=vibes&pair=sw-xx&open=gone&foo=1&pair=ar-en&__theme=dark")
    notes = [*said["page"]["notes"], *said["study"]["notes"]]
    for part in ("version 9", "nowhere", "bert", "vibes", "sw-xx", "gone", "foo", "twice"):
        assert sum(part in note for note in notes) == 1, part
    assert said["study"]["link"] == f"?v=1&c=parallel&model={EMBEDDED}&metric=retrieval"


def test_pairs_are_found_where_tags_have_hyphens():
    compared = [("zh-Hant", "ja"), ("zh", "Hant-ja")]
    assert sights.pair_of(Sight(pair="zh-Hant-ja"), compared) == ("zh-Hant", "ja")
    assert sights.pair_of(Sight(pair="ja-zh"), compared) is None


@given(
    st.builds(
        Sight,
        collection=st.text(max_size=20),
        model=st.text(max_size=20),
        metric=st.sampled_from(sights.METRICS),
        pair=st.text(max_size=9),
        open=st.text(max_size=20),
    )
)
def test_a_sight_is_written_and_read_back(sight):
    assert sights.read(sights.write(sight)) == (sight, [])


def test_without_parallel_documents_the_sentence_stands_there(view):
    said = follow(view, "?c=alone&pair=en-ar")["study"]
    assert said["empty"].startswith("'alone' has no parallel documents: give translations")
    assert said["link"] == f"?v=1&c=alone&model={EMBEDDED}&metric=retrieval"


def test_a_collection_that_is_not_indexed_says_the_command(view):
    assert "babelscope index unbuilt" in follow(view, "?c=unbuilt")["study"]["error"]


BAD = [
    None, 3, "x", [], {}, {"collection": "parallel"}, {"collection": 1, "model": EMBEDDED, "at": 0},
    asked(at=-1), asked(at=10**9), asked(at="0"), asked(at=True), asked(at=None), asked(at=None, doc="gone"),
    asked(at=None, doc="x" * 300), asked(asked="xx", answering="ar"), asked(asked="ar", answering=["en"]),
    {"collection": "nowhere", "model": EMBEDDED, "at": 0}, {"collection": "parallel", "model": "bert", "at": 0},
    {"collection": "../parallel", "model": EMBEDDED, "at": 0}, {"collection": "alone", "model": EMBEDDED, "at": 0},
]  # fmt: skip


@pytest.mark.parametrize("data", BAD, ids=range(len(BAD)))
def test_bad_input_is_refused_with_a_sentence(view, data):
    for handler in (view.read, view.misses):
        answer = answering(handler, "handler")(data)
        assert answer["ok"] is False
        assert answer["error"] not in ("", say("error.bug"))


@pytest.mark.parametrize("wish", [None, 7, [], {}, {"run": 3, "link": ""}, {"run": "r"}, {"run": "r" * 99, "link": ""}])
def test_a_bad_wish_ends_in_a_sentence(view, wish):
    (update,) = view.updates(wish)
    assert update["study"]["error"] not in ("", say("error.bug"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=120))
def test_any_link_ends_in_a_page(view, link):
    study = follow(view, link)["study"]
    assert "error" not in study or study["error"] != say("error.bug")


def test_the_script_of_the_map_is_there_or_the_page_says_so():
    file = plotly_js()
    assert file is None or (file.name == "plotly.min.js" and file.stat().st_size > 1_000_000)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_numbers_stay_readable_on_the_strongest_tint(theme):
    css = "\n".join((HERE / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    tokens = {
        name: both.split(", ")[theme] for name, both in re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\)", css)
    }
    most = int(re.search(r"--far-most: (\d+)%", css)[1]) / 100
    channels = [[int(tokens[name][i : i + 2], 16) for i in (1, 3, 5)] for name in ("far", "card", "ink")]
    tint = [round(most * far + (1 - most) * card) for far, card, _ in zip(*channels, strict=True)]
    faded = [round(0.82 * ink + 0.18 * under) for ink, under in zip(channels[2], tint, strict=True)]  # n, at .82
    for text in (channels[2], faded):
        assert contrast(*("#" + "".join(f"{c:02x}" for c in colour) for colour in (text, tint))) >= 4.5
