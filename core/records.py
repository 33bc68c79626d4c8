"""What is searched, asked, found and judged. One word per thing, the same in code, table, file and screen."""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.errors import AppError, BadInput, shortened
from core.systems import Stage

Provenance = Literal["native", "human-translated", "machine-translated", "machine-written", "unknown"]
Check = Literal["numbers", "languages", "overlap"]


@dataclass(frozen=True, slots=True)
class Document:
    """`group` joins documents that are translations of each other."""

    doc_id: str
    language: str
    title: str
    text: str
    group: str | None = None

    @property
    def content(self) -> str:
        """What is indexed and encoded: the title, if there is one, on a line of its own before the text."""
        return f"{self.title}\n{self.text}" if self.title else self.text

    @property
    def text_sha256(self) -> str:
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Query:
    """`need` joins queries that ask the same thing in different languages."""

    query_id: str
    language: str
    text: str
    need: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What queries of one need ask for, in one language, as a TREC topic says it; judges work from the narrative."""

    need: str
    language: str
    title: str
    description: str
    narrative: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A need asked in another manner: `kind` says how, "romanised" or "code-switched" for example."""

    query_id: str
    language: str
    text: str
    need: str
    kind: str


@dataclass(frozen=True, slots=True)
class Qrel:
    query_id: str
    doc_id: str
    grade: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that one text of a group rightly lacks or has beside the others: "1024", or "5 metre" for its unit."""

    doc_id: str
    kind: Literal["missing", "extra"]
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Grade:
    """One step of a collection's scale and what it means."""

    value: int
    name: str
    meaning: str


@dataclass(frozen=True)
class Checksums:
    """sha256 of each part; only a change of the documents makes an index stale."""

    documents: str
    queries: str
    qrels: str


@dataclass(frozen=True)
class Collection:
    """`checks` are asked for beyond those of every collection; `near` are groups that may overlap."""

    collection_id: str
    name: str
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]
    qrels: Sequence[Qrel]
    grades: tuple[Grade, ...]
    licence: str
    provenance: Provenance
    description: str
    checksums: Checksums
    needs: tuple[Need, ...] = ()
    variants: tuple[Variant, ...] = ()
    checks: tuple[Check, ...] = ()
    near: tuple[tuple[str, str], ...] = ()
    exceptions: tuple[Difference, ...] = ()

    @property
    def languages(self) -> dict[str, int]:
        """Language tag → number of documents, the most frequent first."""
        counts: dict[str, int] = {}
        for document in self.documents:
            counts[document.language] = counts.get(document.language, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Hit:
    doc_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Documents in one order: score falling, then doc_id rising. Made by `core.scoring.ranking`."""

    hits: tuple[Hit, ...]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @property
    def doc_ids(self) -> list[str]:
        return [hit.doc_id for hit in self.hits]

    def first(self, depth: int) -> "Ranking":
        return self if len(self.hits) <= depth else Ranking(self.hits[:depth])


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A term that BM25 looked for in one language: `word` is the query's, `surface` the form the documents mostly have.

    `weight` is 1 for the word itself; a word that the language lacks is joined by near ones, with the cosine as weight.
    """

    language: str
    term: str
    surface: str
    word: str
    weight: float

    @property
    def added(self) -> bool:
        return self.weight < 1


@dataclass(frozen=True, slots=True)
class Step:
    """What one Stage gave. `seconds` are its own, without its sources; `shared`: another system had already run it.

    `terms` are what a lexical source with `q=lex` looked for.
    """

    stage: Stage
    ranking: Ranking
    seconds: float
    shared: bool = False
    terms: tuple[SearchTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What one System did for one Query: a Step for every Stage, the sources first; or the fault that stopped it."""

    system: Stage
    query: Query
    steps: tuple[Step, ...]
    fault: AppError | None = None
    revisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def ranking(self) -> Ranking:
        """The final order; empty after a fault."""
        return self.steps[-1].ranking if self.steps and self.fault is None else Ranking(())

    @property
    def seconds(self) -> float:
        """The time the system takes alone: every stage once, whoever ran it."""
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class JudgmentKey:
    """One person's view of one pair. `annotator` is a UUID; the name behind it lives in a table of its own."""

    annotator: str
    collection_id: str
    query_id: str
    doc_id: str


def checked_id(value: str, kind: str) -> str:
    """The id as given; raises BadInput for white space, control characters, no characters or more than 200 bytes."""
    if not value or len(value.encode("utf-8", "surrogatepass")) > 200:
        raise BadInput(f"The {kind} '{shortened(value)}' must have 1 to 200 bytes.")
    if any(c.isspace() or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp", "Zs") for c in value):
        raise BadInput(f"The {kind} '{shortened(value)}' holds white space or a control character; take it out.")
    return value


def adhoc_query_id(collection_id: str, text: str) -> str:
    """The id of a typed query: the same text in the same collection always gets the same id."""
    key = collection_id + "\n" + unicodedata.normalize("NFC", text)
    return "adhoc-" + hashlib.sha256(key.encode()).hexdigest()[:12]


def same_under_nfc(ids: Sequence[str]) -> tuple[str, str] | None:
    """Two different or equal ids that are one under NFC, or None."""
    seen: dict[str, str] = {}
    for value in ids:
        key = unicodedata.normalize("NFC", value)
        if key in seen:
            return seen[key], value
        seen[key] = value
    return None
