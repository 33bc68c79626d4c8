"""Reliability 18: any sequence of grading, clearing, undoing, redoing, resending, exporting, restoring a backup and
reopening, against a plain model of it."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import BadInput, Conflict
from core.records import JudgmentKey, Qrel
from core.store.backup import backup, restore
from core.store.events import Event, new_event_id
from core.store.export import qrels
from core.store.store import Store
from tests.faults.figures import record

PEOPLE = ("0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "7c1d2e3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f")
TIME = "2026-11-20T09:00:00Z"
people, collections = st.sampled_from(PEOPLE), st.sampled_from(("demo", "other"))
scopes = st.sampled_from((None, "demo", "other"))


class Editor(RuleBasedStateMachine):
    """The model: for each person the acts in force, and the acts taken back, each with when it happened."""

    template, steps = None, 0

    @initialize()
    def start(self):
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "store.db"
        if Editor.template is None:
            Editor.template = Path(tempfile.mkdtemp()) / "store.db"
            Store.open(Editor.template).close()
        shutil.copy(Editor.template, self.path)
        self.store = Store.open(self.path)
        self.clock = 0
        self.acts = {who: [] for who in PEOPLE}  # (when, key, grade)
        self.taken_back = {who: [] for who in PEOPLE}  # (when taken back, act)
        self.graded = {who: {} for who in PEOPLE}  # collection -> when last graded
        self.versions = {}
        self.sent = []

    def teardown(self):
        if hasattr(self, "store"):
            report = self.store.verify()
            assert report.faults == ()
            assert report.events == self.clock
            self.store.close()
            shutil.rmtree(self.folder)

    def grade_of(self, key):
        return next((grade for _, its, grade in reversed(sorted_acts(self.acts[key.annotator])) if its == key), None)

    def happened(self, saved, key):
        self.clock += 1
        self.versions[key] = self.versions.get(key, 0) + 1
        assert (saved.key, saved.seq, saved.version) == (key, self.clock, self.versions[key])
        assert saved.grade == self.grade_of(key)
        assert not saved.repeated

    @rule(who=people, collection=collections, doc=st.sampled_from("abc"), grade=st.sampled_from((None, 0, 1, 2)))
    def grade(self, who, collection, doc, grade):
        key = JudgmentKey(who, collection, "q", doc)
        kind = "clear" if grade is None else "grade"
        event = Event(new_event_id(), kind, key, grade, None, self.versions.get(key, 0), TIME)
        saved = self.store.append(event)
        self.acts[who].append((self.clock + 1, key, grade))
        self.graded[who][collection] = self.clock + 1
        self.happened(saved, key)
        self.sent.append((event, saved))

    @rule(who=people, scope=scopes)
    def undo(self, who, scope):
        acts = [act for act in sorted_acts(self.acts[who]) if scope in (None, act[1].collection_id)]
        saved = self.step("undo", who, scope, expected=bool(acts))
        if acts:
            self.acts[who].remove(acts[-1])
            self.taken_back[who].append((self.clock + 1, acts[-1]))
            self.happened(saved, acts[-1][1])

    @rule(who=people, scope=scopes)
    def redo(self, who, scope):
        back = [item for item in self.taken_back[who] if scope in (None, item[1][1].collection_id)]
        last = max((when for name, when in self.graded[who].items() if scope in (None, name)), default=0)
        possible = bool(back) and back[-1][0] > last
        saved = self.step("redo", who, scope, expected=possible)
        if possible:
            self.taken_back[who].remove(back[-1])
            self.acts[who].append(back[-1][1])
            self.happened(saved, back[-1][1][1])

    def step(self, kind, who, scope, expected):
        try:
            saved = getattr(self.store, kind)(who, event_id=new_event_id(), client_time=TIME, collection_id=scope)
        except BadInput as error:
            assert str(error) == f"Nothing to {kind}."
            assert not expected
            return None
        assert expected
        return saved

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def resend(self, data):
        event, saved = data.draw(st.sampled_from(self.sent))
        again = self.store.append(event)
        assert again.repeated
        assert (again.seq, again.grade, again.version) == (saved.seq, saved.grade, saved.version)

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), off=st.sampled_from((-1, 1)))
    def another_tab(self, data, off):
        key = data.draw(st.sampled_from(sorted(self.versions, key=repr)))
        try:
            self.store.append(Event(new_event_id(), "grade", key, 2, None, self.versions[key] + off, TIME))
        except Conflict:
            return
        raise AssertionError("no conflict")

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store.open(self.path)

    @rule()
    def restore_a_backup(self):
        manifest = backup(self.path, self.folder / "backups")
        assert manifest.events == self.clock
        self.store.close()
        restore(self.folder / "backups" / manifest.file, self.path)
        self.store = Store.open(self.path)

    @rule()
    def export(self):
        for collection in ("demo", "other"):
            grades = {}
            for key in self.versions:
                if key.collection_id == collection and self.grade_of(key) is not None:
                    grades.setdefault(key.doc_id, []).append(self.grade_of(key))
            expected = [Qrel("q", doc_id, min(given)) for doc_id, given in sorted(grades.items())]  # of two: the lower
            assert qrels(self.store, collection) == expected

    @invariant()
    def count(self):
        Editor.steps += 1

    @invariant()
    def the_grades_are_the_models(self):
        for who in PEOPLE if hasattr(self, "store") else ():
            for collection in ("demo", "other"):
                keys = [key for key in self.versions if (key.annotator, key.collection_id) == (who, collection)]
                expected = {("q", key.doc_id): (self.grade_of(key), self.versions[key]) for key in keys}
                assert self.store.grades(who, collection, ["q"]) == expected


def sorted_acts(acts):
    return sorted(acts, key=lambda act: act[0])


class TestEditor(Editor.TestCase):
    settings = settings(
        max_examples=int(os.environ.get("BABELSCOPE_EXAMPLES", "20")),
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    @classmethod
    def tearDownClass(cls):
        record("18", "examples", f"{Editor.steps:,}")
