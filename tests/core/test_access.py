"""The table of modes and rights, as written out by hand."""

import pytest

from core.access import ALLOWED, Person, allowed, check
from core.errors import Forbidden

NOBODY, ADA, OWNER = Person(), Person("0" * 36, "Ada", verified=True), Person("1" * 36, "Bo", verified=True, owner=True)
DANGEROUS = ("import", "index", "load", "delete", "export", "people")


def test_every_mode_answers_for_every_right():
    assert {tuple(sorted(rights)) for rights in ALLOWED.values()} == {tuple(sorted((*DANGEROUS, "search", "grade")))}


@pytest.mark.parametrize("right", ["search", "grade", *DANGEROUS])
def test_private_is_one_trusted_machine(right):
    assert allowed("private", right, NOBODY)


@pytest.mark.parametrize("right", DANGEROUS)
def test_only_the_owner_runs_a_session_and_nobody_runs_a_public_copy(right):
    assert [allowed("session", right, who) for who in (NOBODY, ADA, OWNER)] == [False, False, True]
    assert [allowed("public", right, who) for who in (NOBODY, ADA, OWNER)] == [False, False, False]


def test_who_searches_and_who_grades():
    assert [allowed("session", "search", who) for who in (NOBODY, ADA)] == [False, True]
    assert [allowed("public", "search", who) for who in (NOBODY, ADA)] == [True, True]
    assert [allowed(mode, "grade", NOBODY) for mode in ("session", "public")] == [False, False]


def test_the_refusal_says_what_to_do():
    with pytest.raises(Forbidden, match="Sign in first"):
        check("session", "grade", NOBODY)
    with pytest.raises(Forbidden, match="machine of your own"):
        check("public", "import", OWNER)
    check("public", "grade", ADA)
