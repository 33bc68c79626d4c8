"""What the store says does not hang on who was first: every order in which two people's gestures can arrive."""

from itertools import combinations

import pytest

from core.errors import Conflict
from core.store.store import Store
from tests.core.test_store import AMA, BO, grade, undo
from tests.faults.figures import record

HERS = ("grade 1", "grade 3", "undo")
HIS = ("grade 2", "clear", "grade 0")


def orders():
    """Each as whose turn it is, six times."""
    for hers in combinations(range(6), 3):
        yield [AMA if place in hers else BO for place in range(6)]


def do(store, who, what):
    if what == "undo":
        undo(store, who)
    else:
        store.append(grade(None if what == "clear" else int(what.split()[1]), who=who))


def test_two_people_on_one_document_end_the_same_in_every_order(tmp_path):
    for number, order in enumerate(orders()):
        with Store.open(tmp_path / str(number) / "store.db") as store:
            left = {AMA: iter(HERS), BO: iter(HIS)}
            for who in order:
                do(store, who, next(left[who]))
            given = {judgment.annotator: judgment.grade for judgment in store.judgments("demo")}
            assert given == {AMA: 1, BO: 0}, order
            assert [logged.event.grade for logged in store.history(annotator=AMA)] == [1, 3, 1]
            assert [logged.event.grade for logged in store.history(annotator=BO)] == [2, None, 0]
            assert store.verify().faults == ()
    record("16", "orders in which two people's six gestures can arrive", f"{number + 1}, each ends the same")


@pytest.mark.parametrize(("first", "second"), [(1, 3), (3, 1)])
def test_of_two_tabs_the_second_is_told_and_its_person_decides(tmp_path, first, second):
    with Store.open(tmp_path / "store.db") as store:
        assert store.append(grade(first, expected=0)).version == 1
        late = grade(second, expected=0)
        for _ in range(2):  # sent again it is the same conflict
            with pytest.raises(Conflict, match=f"grade {first}"):
                store.append(late)
        assert store.append(grade(second, expected=1)).version == 2
        assert [logged.event.grade for logged in store.history()] == [first, second]
        assert store.grades(AMA, "demo", ["n07.sw"]) == {("n07.sw", "tides.sw"): (second, 2)}
