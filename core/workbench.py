"""Collections, indexes, encoders, store and settings, put together; the interface and the command line get one."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property

from core import pipeline
from core.access import Person, check
from core.alignment.keeping import keep, kept, place
from core.alignment.study import Study, study
from core.annotation.grading import Gesture, event_of
from core.detection import detect
from core.detection import warm as warm_detection
from core.errors import AppError, BadInput, Faults, UnknownName, shortened
from core.grammar import parse
from core.languages import language
from core.library import Library
from core.offering import Offers, offers
from core.offsite.offsite import Offsite
from core.protocols import Control
from core.records import Collection, Document, Query, Trace, adhoc_query_id
from core.service import LocalService
from core.settings import DATA, EMBEDDED, Settings
from core.store.events import Saved, cleaned_name
from core.systems import Stage
from core.text import cleaned, terms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from core.store.sets import SystemSet
    from core.store.store import Store

HYBRID = f"wsum(bm25[q=lex]@1000 .5, dense:{EMBEDDED}@1000 .5)"
"""The default hybrid: the fusion with the best nDCG@10 over the demo's mixed pool (tests/core/test_demo.py).

Its lists are deep, because each list's last score is its zero: with shallow lists the zero is a good document.
"""

SUGGESTED = (
    "bm25",
    f"dense:{EMBEDDED}",
    HYBRID,
    "bm25[q=lex]",
    f"wsum(bm25 .5, dense:{EMBEDDED} .5)",
    f"rrf(bm25, dense:{EMBEDDED})",
    f"rrf(bm25, dense:{EMBEDDED}) >> maxsim:{EMBEDDED}@50",
    f"{HYBRID} >> maxsim:{EMBEDDED}@50",
)
DEFAULT = ("bm25", f"dense:{EMBEDDED}", HYBRID)

MAX_QUERY = 1000
"""Characters of a typed query."""


class Workbench(Library):
    """Everything a page or a command needs. Opening it reads nothing: each thing is opened when it is first used."""

    def __init__(self, settings: Settings, service: LocalService | None = None) -> None:
        super().__init__(settings, service or LocalService(DATA / "models", settings.models_root))
        self.suggested, self.default = SUGGESTED, DEFAULT
        self._names: dict[str, str] = {}  # annotators as this process last named them
        self.offsite = Offsite(settings)

    def warm(self, collection_id: str) -> None:
        """Loads now what the first search would wait for. Raises NotIndexed or Damaged."""
        query = Query("warm", self.collection(collection_id).documents[0].language, "warm")
        warm_detection()
        for _ in pipeline.run(_parsed(self.suggested), [query], index=self.index(collection_id), service=self.service):
            pass

    # Searching

    def query(self, collection_id: str, text: str, language_tag: str | None = None) -> tuple[Query, float]:
        """What was typed, as a Query, and how sure its language is (0 to 1). Raises BadInput for no word."""
        asked = cleaned(text).strip()
        if not asked:
            raise BadInput("Type what you are looking for, in any language.")
        if len(asked) > MAX_QUERY:
            raise BadInput(f"The query has {len(asked):,} characters; shorten it to {MAX_QUERY:,}.")
        collection = self.collection(collection_id)
        known = self._known_query(collection, asked, language_tag)
        if known is not None:
            return known, 1.0
        tag, confidence = (language(language_tag).tag, 1.0) if language_tag else detect(asked, spoken(collection))
        if not terms(asked, tag):
            raise BadInput(f"There is no word in '{shortened(asked, 40)}'; type a word or a question in any language.")
        return Query(adhoc_query_id(collection_id, asked), tag, asked), confidence

    def search(
        self,
        query: Query,
        systems: Sequence[str],
        *,
        collection_id: str,
        languages: Sequence[str] = (),
        control: Control | None = None,
    ) -> Iterator[Trace]:
        """A Trace per system as it finishes. Raises Faults with every fault of every system before any runs."""
        collection = self.collection(collection_id)
        for tag in languages:
            if tag not in collection.languages:
                raise UnknownName(f"document language in '{collection_id}'", tag, collection.languages)
        return pipeline.run(
            _parsed(systems),
            [query],
            index=self.index(collection_id),
            service=self.service,
            languages=languages,
            control=control,
        )

    def faults(self, systems: Sequence[str], collection_id: str) -> dict[str, AppError]:
        """Which of these names cannot run on that collection, and why."""
        found: dict[str, AppError] = {}
        stages: dict[str, Stage] = {}
        for name in systems:
            try:
                stages[name] = parse(name)
            except AppError as error:
                found[name] = error
        try:
            index = self.index(collection_id)
        except AppError as error:
            return found | dict.fromkeys(stages, error)
        for name, stage in stages.items():
            faults = pipeline.check([stage], index=index, service=self.service)
            if faults:
                found[name] = faults[0].reason
        return found

    def offers(self, collection_id: str) -> Offers:
        """What a system can be put together from on that collection. Raises NotIndexed or Damaged."""
        return offers(self.service.names, index=self.index(collection_id), service=self.service)

    def documents(self, collection_id: str, doc_ids: Sequence[str]) -> dict[str, Document]:
        return {document.doc_id: document for document in self.index(collection_id).documents(doc_ids)}

    # Alignment

    def align(self, collection_id: str, model: str = EMBEDDED, *, seed: int = 0) -> Study:
        """How that encoder lines up the collection's parallel documents; computed once. Raises BadInput, NotIndexed."""
        card = self.service.card(model)
        found = self.kept_alignment(collection_id, card.identity, seed=seed)
        if found is None:
            collection = self.collection(collection_id)
            found = study(collection.documents, self.index(collection_id), card, collection_id=collection_id, seed=seed)
            keep(found, place(self.settings.cache_root, collection_id, found.checksum, card.identity, seed))
        return found

    def kept_alignment(self, collection_id: str, identity: str, *, seed: int = 0) -> Study | None:
        """The study that was computed before, by the encoder of that identity, of the documents as they are now."""
        checksum = self.collection(collection_id).checksums.documents
        return kept(place(self.settings.cache_root, collection_id, checksum, identity, seed))

    # Grades

    @cached_property
    def store(self) -> "Store":
        """The database of grades, opened (and created) when it is first asked for. Raises Damaged."""
        from core.store.store import Store

        with self._lock:
            self.settings.home.mkdir(parents=True, exist_ok=True)
            self.offsite.recover(self.settings.store_path)
            return Store.open(self.settings.store_path)

    def grade(self, gesture: Gesture) -> Saved:
        """Stores the grade; returns only when it is on disk. Raises BadInput, UnknownName, Conflict or Busy."""
        self.store.look()  # when the home is gone, that is what to say, not that an index is missing
        collection = self.collection(gesture.collection_id)
        query, _ = self.query(gesture.collection_id, gesture.query_text, gesture.query_language)
        document = self.documents(gesture.collection_id, [gesture.doc_id]).get(gesture.doc_id)
        model = " ".join(f"{name}:{self.service.card(name).identity}" for name in _models(gesture.system))
        event = event_of(gesture, collection=collection, query=query, document=document, model=model)
        renamed = gesture.annotator_name.strip() and self._names.get(gesture.annotator) != gesture.annotator_name
        if renamed:
            cleaned_name(gesture.annotator_name)  # refused before the grade is stored, not after
        saved = self.store.append(event)
        self.offsite.saw(saved.seq)
        if renamed:
            self.store.name_annotator(gesture.annotator, gesture.annotator_name)
            self._names[gesture.annotator] = gesture.annotator_name
        return saved

    def undo(self, annotator: str, *, event_id: str, client_time: str, collection_id: str) -> Saved:
        """Takes back this person's newest grade in that collection that still stands."""
        saved = self.store.undo(annotator, event_id=event_id, client_time=client_time, collection_id=collection_id)
        self.offsite.saw(saved.seq)
        return saved

    def redo(self, annotator: str, *, event_id: str, client_time: str, collection_id: str) -> Saved:
        saved = self.store.redo(annotator, event_id=event_id, client_time=client_time, collection_id=collection_id)
        self.offsite.saw(saved.seq)
        return saved

    def grades(self, annotator: str, collection_id: str, query_id: str) -> dict[str, tuple[int | None, int]]:
        """doc_id → (grade, version) of what this person graded for that query."""
        found = self.store.grades(annotator, collection_id, [query_id])
        return {doc_id: state for (_, doc_id), state in found.items()}

    # Saved sets of systems

    def sets(self, annotator: str) -> "list[SystemSet]":
        """The saved sets that this person sees: their own; on one trusted machine everybody's."""
        return self.store.sets.all(self._owner(annotator))

    def save_set(self, annotator: str, name: str, systems: Sequence[str], *, replace: bool = False) -> "SystemSet":
        """Raises Conflict for a name that is taken, unless `replace`; BadInput, and Forbidden for a visitor unknown."""
        return self.store.sets.save(self._owner(annotator), name, systems, replace=replace)

    def rename_set(self, annotator: str, identity: str, name: str) -> "SystemSet":
        return self.store.sets.rename(self._owner(annotator), identity, name)

    def delete_set(self, annotator: str, identity: str) -> "SystemSet":
        return self.store.sets.delete(self._owner(annotator), identity)

    def _owner(self, annotator: str) -> str:
        """Whose sets that person's are: "" for everybody's of one trusted machine. Raises Forbidden."""
        check(self.settings.mode, "grade", Person(annotator))  # who may not keep a grade may keep nothing else
        return "" if self.settings.mode == "private" else annotator

    def close(self) -> None:
        """Writes what is waiting, here and on the shelf, and lets the database go."""
        self.offsite.close()
        if "store" in self.__dict__:
            self.store.close()

    def _known_query(self, collection: Collection, text: str, language_tag: str | None) -> Query | None:
        """The collection's own query with exactly this text, so that its judgments count."""
        wanted = unicodedata.normalize("NFC", text)
        for query in collection.queries:
            if unicodedata.normalize("NFC", query.text) == wanted and language_tag in (None, query.language):
                return query
        return None


def spoken(collection: Collection) -> list[str]:
    """The languages of a collection's documents and queries."""
    asked = [query.language for query in collection.queries]
    return list(dict.fromkeys([*collection.languages, *asked]))


def _parsed(systems: Sequence[str]) -> list[Stage]:
    stages, faults = [], []
    for name in systems:
        try:
            stages.append(parse(name))
        except AppError as error:
            faults.append(error)
    if faults:
        raise Faults(faults)
    if not stages:
        raise BadInput("Choose at least one system, for example bm25.")
    return stages


def _models(system: str) -> list[str]:
    return pipeline.models(parse(system)) if system else []
